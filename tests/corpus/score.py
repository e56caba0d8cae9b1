"""Scoring of predicted meanings against the corpus: how many are exact, and how many would do harm.

language     share of cases answered in the right language
intent       share of cases with the right intent
exact        share of all cases whose whole meaning is right (intent, items, attendees, references, missing, option)
asked        the same, among book, availability and change alone
harmful      share of book, change and cancel readings that could be carried out and are wrong: lower is better
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from mailbot.model.meaning import ANY_ROOM, UNKNOWN, Intent
from tests.corpus.mails import Case, is_room

Form = dict[str, Any]
"""A meaning in the corpus's form."""
Pair = tuple[str, str]

ASKED = {Intent.BOOK, Intent.AVAILABILITY, Intent.CHANGE}
ACTED = {Intent.BOOK, Intent.CHANGE, Intent.CANCEL}
NOTHING: Form = {"items": [], "references": [], "missing": []}


def key(meaning: Form) -> tuple[Any, ...]:
    """Return what must agree, in a form that compares: the order and the grouping of items and slots do not matter."""
    slots: defaultdict[tuple[str, int | None], set[Pair]] = defaultdict(set)
    for item in meaning.get("items", []):
        slots[item["resource"], item["quantity"]].update((first or "", last or "") for first, last in item["slots"])
    items = frozenset(
        (resource, quantity, frozenset(found if is_room(resource) else _merged(found)))
        for (resource, quantity), found in slots.items()
    )
    references = [] if meaning.get("intent") == Intent.IGNORE else meaning.get("references", [])
    return (
        meaning.get("intent"),
        items,
        meaning.get("attendees"),
        frozenset(references),
        frozenset(meaning.get("missing", [])),
        meaning.get("option"),
    )


def _merged(slots: set[Pair]) -> list[Pair]:
    """Return spans of days with those that touch made one; a span with an open end stays as it is."""
    merged: list[Pair] = []
    for first, last in sorted((first[:10], last[:10]) for first, last in slots):
        if merged and last and merged[-1][1] and first <= str(date.fromisoformat(merged[-1][1]) + timedelta(days=1)):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def readings(gold: Form) -> list[Form]:
    return [gold, *gold.get("alternatives", [])]


def actionable(meaning: Form) -> bool:
    """True where a bot could act on the meaning without asking anything."""
    if meaning.get("intent") not in ACTED or meaning.get("missing"):
        return False
    if meaning["intent"] == Intent.CANCEL:
        return True
    items = meaning.get("items", [])
    return bool(items) and all("|" not in i["resource"] and i["resource"] not in {ANY_ROOM, UNKNOWN} for i in items)


def is_exact(predicted: Form, gold: Form) -> bool:
    return any(key(predicted) == key(reading) for reading in readings(gold))


def is_harmful(predicted: Form, gold: Form) -> bool:
    """True where carrying the prediction out would do what the sender did not ask."""

    def deed(meaning: Form) -> tuple[Any, ...]:
        intent, items, _, references, _, _ = key(meaning)
        return intent, items, references

    return actionable(predicted) and all(deed(predicted) != deed(reading) for reading in readings(gold))


@dataclass
class Score:
    """Counts over a set of cases: (right, of) by measure."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def count(self, predicted: Form, gold: Form) -> None:
        exact = is_exact(predicted, gold)
        self._add("language", predicted.get("language") == gold["language"])
        self._add("intent", any(predicted.get("intent") == reading["intent"] for reading in readings(gold)))
        self._add("exact", exact)
        if gold["intent"] in ASKED:
            self._add("asked", exact)
        if actionable(predicted):
            self._add("harmful", is_harmful(predicted, gold))

    def _add(self, measure: str, right: bool) -> None:
        self.of[measure] += 1
        self.right[measure] += right

    def share(self, measure: str) -> float:
        return self.right[measure] / self.of[measure] if self.of[measure] else 0.0


MEASURES = ("language", "intent", "exact", "asked", "harmful")


def score(cases: Iterable[Case], predictions: dict[str, Form]) -> dict[str, Score]:
    """Return the scores by language of the gold label, and over all under "all". No prediction counts as wrong."""
    scores: defaultdict[str, Score] = defaultdict(Score)
    for case in cases:
        predicted = predictions.get(case["id"], NOTHING)
        for group in ("all", case["gold"]["language"]):
            scores[group].count(predicted, case["gold"])
    return dict(scores)


def table(scores: dict[str, Score]) -> str:
    """Return the scores as lines of text, a group a line."""
    head = f"{'':8}{'cases':>7}" + "".join(f"{measure:>18}" for measure in MEASURES)
    lines = [head]
    for group in sorted(scores, key=lambda name: (name != "all", name)):
        found = scores[group]
        cells = "".join(f"{found.share(m):>8.1%} {f'({found.right[m]}/{found.of[m]})':>9}" for m in MEASURES)
        lines.append(f"{group:8}{found.of['exact']:>7}{cells}")
    return "\n".join(lines)
