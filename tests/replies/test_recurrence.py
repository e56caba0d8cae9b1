"""Dates that one rule less exceptions gives, and those that need one entry each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from mailbot.replies.recurrence import Rule, rule_of

TUESDAY = date(2026, 9, 1)


def weekly(weeks: Iterable[int], first: date = TUESDAY) -> list[date]:
    return [first + timedelta(weeks=week) for week in weeks]


def dates(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


RULES = [
    ("tous les mardis", weekly(range(6)), {"FREQ": "WEEKLY", "INTERVAL": 1, "BYDAY": ["TU"]}, []),
    ("sauf le 22", weekly((0, 1, 2, 4, 5)), {"FREQ": "WEEKLY", "INTERVAL": 1, "BYDAY": ["TU"]}, weekly((3,))),
    ("un mardi sur deux", weekly((0, 2, 4)), {"FREQ": "WEEKLY", "INTERVAL": 2, "BYDAY": ["TU"]}, []),
    (
        "mardi et jeudi",
        sorted(weekly(range(3)) + weekly(range(3), TUESDAY + timedelta(days=2))),
        {"FREQ": "WEEKLY", "INTERVAL": 1, "BYDAY": ["TU", "TH"]},
        [],
    ),
    (
        "chaque premier lundi",
        dates("2026-09-07", "2026-10-05", "2026-11-02", "2026-12-07"),
        {"FREQ": "MONTHLY", "BYDAY": "1MO"},
        [],
    ),
    (
        "chaque dernier vendredi",
        dates("2026-09-25", "2026-10-30", "2026-11-27"),
        {"FREQ": "MONTHLY", "BYDAY": "-1FR"},
        [],
    ),
    ("dix jours de suite", [TUESDAY + timedelta(days=day) for day in range(10)], {"FREQ": "DAILY", "INTERVAL": 1}, []),
    ("deux dates", dates("2026-06-13", "2026-06-27"), {"FREQ": "WEEKLY", "INTERVAL": 2, "BYDAY": ["SA"]}, []),
]


@pytest.mark.parametrize(("_said", "days", "rule", "left_out"), RULES, ids=[said for said, *_ in RULES])
def test_a_repetition_is_one_rule(_said: str, days: list[date], rule: Rule, left_out: list[date]) -> None:
    found = rule_of(days)
    assert found is not None
    ours, exceptions = found
    if ours["FREQ"] != rule["FREQ"]:  # ten days in a row are weekly on seven weekdays as well
        assert ours == {"FREQ": "WEEKLY", "INTERVAL": 1, "BYDAY": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]}
    else:
        assert ours == rule
    assert exceptions == tuple(left_out)


NO_RULE = [
    ("quatre dimanches sans ordre", dates("2026-06-07", "2026-06-21", "2026-07-12", "2026-08-30")),
    ("le même jour deux fois", dates("2026-06-07", "2026-06-07")),
    ("trois jours au hasard", dates("2026-06-01", "2026-06-18", "2026-07-30")),
]


@pytest.mark.parametrize(("_said", "days"), NO_RULE, ids=[said for said, _ in NO_RULE])
def test_dates_without_a_rule_have_none(_said: str, days: list[date]) -> None:
    assert rule_of(days) is None
