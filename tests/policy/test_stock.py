"""The stock in force: what the rules say, and what was said since."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.reports import Away, Held, Outcome, Passed, Shut, Stocked, Why
from mailbot.policy.hours import counter_openings
from mailbot.policy.stock import in_force, stock_of
from tests.policy.commune import RULES

DAY = date(2026, 6, 15).toordinal()


def changed(units: int, why: Why, first: int = DAY, last: int | None = None, of: int = 12) -> Stocked:
    return Stocked("table", units, why, first, of, last)


def late(resource: str, units: int, first: int) -> Passed:
    return Passed(
        "R-00001 back garage 2026-06-15T08:00Z", "R-00001", Outcome.NOT_BACK, "", (Held(resource, units, first),)
    )


CASES = [
    ([], 12),
    ([changed(-3, Why.MISSING)], 9),
    ([changed(-3, Why.MISSING), changed(-1, Why.DAMAGED)], 8),
    ([changed(-3, Why.MISSING, first=DAY + 1)], 12),
    ([changed(-3, Why.MISSING, of=10)], 12),  # the rules say another stock since
    ([changed(-3, Why.MISSING), changed(2, Why.FOUND)], 11),
    ([changed(-1, Why.MISSING), changed(5, Why.FOUND)], 12),  # what is found is never more than there was
    ([changed(2, Why.ADDED)], 14),
    ([changed(2, Why.ADDED), changed(-1, Why.DAMAGED), changed(1, Why.FOUND)], 14),
    ([changed(-3, Why.MISSING), changed(10, Why.COUNTED)], 10),
    ([changed(10, Why.COUNTED), changed(-1, Why.DAMAGED)], 9),
    ([changed(-2, Why.REPAIR, last=DAY)], 10),
    ([changed(-2, Why.REPAIR, first=DAY - 5, last=DAY - 1)], 12),
    ([changed(-2, Why.REPAIR, last=DAY, of=10)], 10),  # a repair ends by itself
    ([changed(-2, Why.REPAIR, last=DAY), changed(11, Why.COUNTED)], 9),
    ([late("table", 4, DAY)], 8),
    ([late("table", 4, DAY + 1)], 12),
    ([changed(-20, Why.MISSING)], 0),
]


@pytest.mark.parametrize(("said", "units"), CASES)
def test_the_stock_in_force_of_a_day(said, units) -> None:
    assert stock_of(in_force(RULES, tuple(said)))("table", DAY) == units
    assert stock_of(in_force(RULES, tuple(said)))("sono", DAY) == 1


def test_a_key_that_is_not_back_is_not_there() -> None:
    stock = stock_of(in_force(RULES, (late("key:mairie:2", 1, 1_000),)))
    assert [stock("key:mairie:2", cell) for cell in (999, 1_000, 5_000)] == [1, 0, 0]
    assert stock("key:mairie:1", 5_000) == 1


def test_the_rules_are_themselves_where_nothing_was_said_and_made_once_where_something_was() -> None:
    assert in_force(RULES, ()) is RULES
    said = (changed(-3, Why.MISSING),)
    assert in_force(RULES, said) is in_force(RULES, (changed(-3, Why.MISSING),))
    other = replace(RULES, version="2")
    assert in_force(other, said) is not in_force(RULES, said)


def test_who_is_absent_and_what_is_closed_is_so_in_the_rules() -> None:
    said = (Away("josiane", date(2026, 6, 15), date(2026, 6, 16)), Shut("garage", date(2026, 6, 15), date(2026, 6, 15)))
    rules = in_force(RULES, said)
    assert date(2026, 6, 16) in rules.holders["josiane"].absences[-1]
    assert rules.holders["samir"] is RULES.holders["samir"]
    assert counter_openings(RULES.counters["garage"], date(2026, 6, 15), RULES)
    assert counter_openings(rules.counters["garage"], date(2026, 6, 15), rules) == ()
