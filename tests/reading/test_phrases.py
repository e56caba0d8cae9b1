"""Phrases of time in a short mail: those that residents wrote, read as the whole reader reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build
from tests.corpus.score import Form, is_exact

FOLDER = Path(__file__).parent.parent / "corpus" / "phrases"
LANGUAGES = ("fr", "nl", "en")
ASKS = {
    ("fr", "room"): "Bonjour,\n\nNous voudrions réserver la petite salle de réunion {}.\n\nMerci d'avance,\nClaire",
    ("nl", "room"): "Dag,\n\nWij willen graag de kleine vergaderzaal reserveren {}.\n\nAlvast bedankt,\nKlaar",
    ("en", "room"): "Hello,\n\nWe would like to book the small meeting room {}.\n\nMany thanks,\nClare",
    ("fr", "equipment"): "Bonjour,\n\nNous voudrions réserver 3 tonnelles {}.\n\nMerci d'avance,\nClaire",
    ("nl", "equipment"): "Dag,\n\nWij willen graag 3 partytenten reserveren {}.\n\nAlvast bedankt,\nKlaar",
    ("en", "equipment"): "Hello,\n\nWe would like to book 3 gazebos {}.\n\nMany thanks,\nClare",
}
THING = {"room": ("salle-reunion", 1), "equipment": ("tonnelle", 3)}
Phrase = dict[str, Any]


def phrases(language: str) -> Iterator[Phrase]:
    lines = (FOLDER / f"{language}.jsonl").read_text("utf-8").splitlines()
    return (json.loads(line) for line in lines)


def understood(phrase: Phrase, language: str) -> Form:
    body = phrase["text"] if phrase.get("whole") else ASKS[language, phrase["resource"]].format(phrase["text"])
    sender = {"id": "phrase", "from": "A Neighbour <neighbour@quarter.example>", "date": phrase["sent"], "subject": ""}
    raw = build({**sender, "body": body, "gold": {"language": language}})
    letter = parse(raw, datetime.fromisoformat(phrase["sent"]).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all()).to_json()


def meaning(slots: object, missing: list[str], resource: str) -> Form:
    """The corpus's form of what is asked in a phrase, and nothing besides."""
    thing, quantity = THING[resource]
    return {"intent": "book", "items": [{"resource": thing, "quantity": quantity, "slots": slots}], "missing": missing}


def is_right(phrase: Phrase, language: str) -> bool:
    read_so = understood(phrase, language)
    thing = THING[phrase["resource"]][0]
    slots = [slot for item in read_so["items"] if item["resource"] == thing for slot in item["slots"]]
    found = meaning(slots, [lack for lack in read_so["missing"] if lack != "quantity"], phrase["resource"])
    ways = [phrase, *phrase.get("alternatives", [])]
    return any(is_exact(found, meaning(way["slots"], way["missing"], phrase["resource"])) for way in ways)


@cache
def wrong(language: str) -> tuple[str, ...]:
    return tuple(phrase["text"] for phrase in phrases(language) if not is_right(phrase, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_residents_say_of_time_is_understood(language: str) -> None:
    every = list(phrases(language))
    assert len(wrong(language)) / len(every) <= 0.02, wrong(language)
