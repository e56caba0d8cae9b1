"""Dates as one rule less exceptions (RFC 5545 section 3.3.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce
from math import gcd
from typing import Any, TypeAlias

Rule: TypeAlias = Mapping[str, Any]
"""The parts of an RRULE, without UNTIL."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def rule_of(days: Sequence[date]) -> tuple[Rule, tuple[date, ...]] | None:
    """Return the rule that gives these days (rising, at least two) with the fewest exceptions, and the exceptions;
    None where that leaves out more than one day in three, or where a day stands twice."""
    if len(set(days)) < len(days):
        return None
    rules = (_weekly(days), _monthly(days, 1), _monthly(days, -1), _daily(days))
    left_out = [(rule, tuple(sorted(set(given) - set(days)))) for rule, given in rules if set(given) >= set(days)]
    best = min(left_out, key=lambda found: len(found[1]))
    return best if len(best[1]) * 2 <= len(days) else None


def _weekly(days: Sequence[date]) -> tuple[Rule, list[date]]:
    mondays = sorted({day - timedelta(days=day.weekday()) for day in days})
    interval = reduce(gcd, ((monday - mondays[0]).days // 7 for monday in mondays), 0) or 1
    weekdays = sorted({day.weekday() for day in days})
    given = [
        monday + timedelta(days=weekday)
        for monday in _stepped(mondays[0], mondays[-1], 7 * interval)
        for weekday in weekdays
    ]
    byday = [_WEEKDAYS[weekday] for weekday in weekdays]
    rule = {"FREQ": "WEEKLY", "INTERVAL": interval, "BYDAY": byday}
    return rule, [day for day in given if days[0] <= day <= days[-1]]


def _daily(days: Sequence[date]) -> tuple[Rule, list[date]]:
    interval = reduce(gcd, ((day - days[0]).days for day in days), 0)
    return {"FREQ": "DAILY", "INTERVAL": interval}, list(_stepped(days[0], days[-1], interval))


def _monthly(days: Sequence[date], side: int) -> tuple[Rule, list[date]]:
    """The n-th same weekday of each month, counted from its first day (`side` 1) or from its last (-1)."""
    places = {(day.weekday(), _place_in_month(day, side)) for day in days}
    if len(places) > 1:
        return {}, []
    weekday, place = places.pop()
    given = [
        day
        for day in _stepped(days[0], days[-1], 1)
        if day.weekday() == weekday and _place_in_month(day, side) == place
    ]
    return {"FREQ": "MONTHLY", "BYDAY": f"{place}{_WEEKDAYS[weekday]}"}, given


def _place_in_month(day: date, side: int) -> int:
    if side > 0:
        return (day.day - 1) // 7 + 1
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return -(((next_month - day).days - 1) // 7 + 1)


def _stepped(first: date, last: date, step: int) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, step))
