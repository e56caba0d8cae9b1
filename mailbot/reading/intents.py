"""What a mail is for: the cues of the lexicon, weighed, with what stands around the mail; the runner-up is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailbot.model.meaning import Intent
from mailbot.reading.cues import Cue

WEIGHTS = {"decisive": 6.0, "strong": 3.0, "fair": 1.2, "weak": 0.4}
MOST_OF_A_KIND = 3
"""Cues of one strength that count for an intent; more of them prove little more."""


@dataclass(frozen=True)
class Signs:
    """What stands around the words and in them, beside the cues."""

    machine: bool = False
    thread: bool = False
    """It answers a letter of ours."""
    asked: bool = False
    """Our letter asked something."""
    options: bool = False
    challenge: bool = False
    code: bool = False
    """A reservation code in the sender's own words or subject."""
    things: bool = False
    """A room or a thing is named as wanted."""
    moment: bool = False
    """A day to come is named."""
    question: bool = False
    words: int = 0
    people: bool = False
    anew: bool = False
    """Another request than the one that the code names."""


@dataclass(frozen=True)
class Judgement:
    intent: Intent
    runner_up: Intent | None
    scores: Mapping[Intent, float]
    cues: tuple[Cue, ...]
    """Those that spoke for the intent."""


def judge(
    cues: Iterable[Cue], signs: Signs, known: Iterable[tuple[int, int]], settled: Iterable[tuple[int, int]]
) -> Judgement:
    """Weigh the cues, whose values are `intent/strength`. A cue for a booking counts nothing where it spans a word of
    wondering ("savoir si", the stretches `known`) or begins in what is said to be booked already (`settled`)."""
    wondered, done = list(known), list(settled)
    kept = [cue for cue in cues if "/" in cue.value and not _void(cue, wondered, done)]
    scores = _sums(kept)
    _weigh_signs(scores, signs)
    ranked = sorted(scores, key=lambda intent: -scores[intent])
    best = ranked[0] if ranked and scores[ranked[0]] > 1.0 else Intent.HUMAN
    runner_up = next((intent for intent in ranked if intent is not best and scores[intent] > 1.0), None)
    return Judgement(best, runner_up, scores, tuple(cue for cue in kept if cue.value.startswith(f"{best}/")))


def _void(cue: Cue, wondered: Iterable[tuple[int, int]], done: Iterable[tuple[int, int]]) -> bool:
    if not cue.value.startswith("book/"):
        return False
    return any(cue.first < first and last <= cue.last for first, last in wondered) or any(
        first <= cue.first < last for first, last in done
    )


def _sums(cues: Iterable[Cue]) -> dict[Intent, float]:
    """Add up the weights by intent; of overlapping cues for one intent the strongest counts."""
    places: defaultdict[Intent, list[tuple[float, int, int]]] = defaultdict(list)
    for cue in cues:
        name, _, strength = cue.value.partition("/")
        places[Intent(name)].append((WEIGHTS[strength], cue.first, cue.last))
    scores: dict[Intent, float] = {}
    for intent, found in places.items():
        counted: list[tuple[float, int, int]] = []
        tally: defaultdict[float, int] = defaultdict(int)
        for weight, first, last in sorted(found, key=lambda one: (-one[0], one[1])):
            apart = all(last <= other_first or first >= other_last for _, other_first, other_last in counted)
            if apart and tally[weight] < MOST_OF_A_KIND:
                counted.append((weight, first, last))
                tally[weight] += 1
        scores[intent] = sum(weight for weight, _, _ in counted)
    return scores


def _weigh_signs(scores: dict[Intent, float], signs: Signs) -> None:
    for intent in Intent:
        scores.setdefault(intent, 0.0)
    if signs.machine:
        scores[Intent.IGNORE] += 100
    wanted = signs.things and signs.moment
    if wanted:
        scores[Intent.BOOK] += 2.5
        scores[Intent.IGNORE] -= 3
    elif signs.things:
        scores[Intent.BOOK] += 1
    if not signs.things and not signs.asked:
        scores[Intent.BOOK] -= 2
        scores[Intent.AVAILABILITY] -= 2
    if signs.code and not signs.anew:
        scores[Intent.CHANGE] += 2 if scores[Intent.CHANGE] > 1 else 0
        scores[Intent.CANCEL] += 2 if scores[Intent.CANCEL] > 1 else 0
        asked = max(scores[Intent.BOOK], 0.0)
        scores[Intent.CHANGE] = max(scores[Intent.CHANGE], asked)
        scores[Intent.BOOK] = -1.0
    if not signs.thread and not signs.options:
        scores[Intent.ACCEPT] -= 12
        scores[Intent.DECLINE] -= 12
    if signs.options:
        scores[Intent.ACCEPT] += 1
        scores[Intent.DECLINE] += 1
    if scores[Intent.AVAILABILITY] >= 6 and scores[Intent.AVAILABILITY] > scores[Intent.BOOK] - 6:
        scores[Intent.AVAILABILITY] += 1
