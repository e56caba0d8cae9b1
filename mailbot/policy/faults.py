"""Slips become sentences for people who edit rules.yaml: the words are in faults.toml, a language each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from mailbot.errors import Fault
from mailbot.model.meaning import Language
from mailbot.policy.outline import Slip


def worded(slips: Iterable[Slip], language: Language) -> tuple[Fault, ...]:
    """Return the faults in the order of the file, each once. A language without sentences gets English."""
    sentences = _sentences(language)
    faults = {_fault(slip, sentences) for slip in slips}
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.message)))


def _fault(slip: Slip, sentences: Mapping[str, str]) -> Fault:
    guess = slip.values.get("guess")
    hint = sentences["guess"].format(guess=guess) if guess else ""
    message = sentences[slip.kind].format(**{"owner": "", "field": "", **slip.values, "hint": hint})
    place = slip.place
    return Fault(place.line if place else 0, place.column if place else 0, message)


def _sentences(language: Language) -> dict[str, str]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {kind: words.get(language, words["en"]) for kind, words in table.items()}
