"""What the reader understands of the corpus does not fall behind: the floors rise with it, they are never lowered.

`python -m tests.corpus` prints each wrong case with its derivation. The sets named held-* are set aside: only their
sums are looked at, and not here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.corpus.__main__ import understood
from tests.corpus.mails import SETS, Case, faults, load
from tests.corpus.score import Form, Score, score

FLOORS = {
    "blind-17": 0.75,
    "blind-18": 0.8,
    "blind-19": 0.8,
    "blind-24": 0.85,
    "blind-26": 0.8,
    "blind-29": 0.88,
    "blind-30": 0.75,
    "blind-31": 0.73,
    "part-hours": 0.85,
    "part-people": 0.87,
    "part-things": 0.8,
    "seen-1": 0.75,
    "seen-days": 0.78,
    "seen-hours": 0.66,
    "seen-people": 0.62,
    "seen-things": 0.66,
}
"""Where a set is not at 90 % yet: set aside for long, then looked at; or written on one hard matter."""
VISIBLE = sorted(path for path in SETS.glob("*.jsonl") if not path.stem.startswith("held"))


@cache
def read_set(path: Path) -> tuple[list[Case], dict[str, Form]]:
    cases = list(load(path))
    return cases, {case["id"]: understood(case)[0].to_json() for case in cases}


def share(path: Path, what: str) -> float:
    found: Score = score(*read_set(path))["all"]
    return found.share(what)


def test_the_dev_set_is_understood() -> None:
    dev = SETS / "dev.jsonl"
    assert share(dev, "exact") >= 0.97
    assert share(dev, "intent") >= 0.99
    assert share(dev, "language") == 1
    assert share(dev, "harmful") == 0


@pytest.mark.parametrize("path", VISIBLE, ids=lambda path: path.stem)
def test_what_other_writers_wrote_is_understood(path: Path) -> None:
    assert share(path, "exact") >= FLOORS.get(path.stem, 0.9)


@pytest.mark.parametrize("path", sorted(SETS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_each_case_is_well_formed(path: Path) -> None:
    assert [f"{case['id']}: {fault}" for case in load(path) for fault in faults(case)] == []
