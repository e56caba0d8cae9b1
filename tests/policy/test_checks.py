"""The table of rules: each case is a request, and the objections in the order of the letter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.meaning import Slot
from mailbot.model.objections import (
    Closed,
    InThePast,
    LoanTooLong,
    NoKey,
    NoOpening,
    OutsideHours,
    ShortStock,
    Taken,
    TooFar,
    TooLate,
    TooLong,
    TooManyBookings,
    TooManyHours,
    TooManyPeople,
    TooManyUnits,
)
from mailbot.model.reports import Limited
from mailbot.model.rules import Closure
from mailbot.model.spans import Days
from mailbot.model.to_askers import Confirmed, Offered
from mailbot.policy import checks
from mailbot.policy.basket import Basket, Piece
from mailbot.policy.checks import CHECKS, weighed
from mailbot.policy.stock import in_force
from tests.policy.commune import (
    KARIM,
    RULES,
    Office,
    asks,
    goods,
    hours,
    limited,
    local,
    room,
    slot,
    span,
)

SAT = "2026-06-13"
DAY = date(2026, 6, 13)


def piece(resource: str, day: str, between: str = "", quantity: int = 1, last: str = "") -> Piece:
    one = slot(day, between)
    return Piece(resource, quantity, Slot(one.start, date.fromisoformat(last)) if last else _full(one))


def _full(one: Slot) -> Slot:
    return one


def objections(*pieces: Piece, rules=RULES, people=None, office: Office | None = None, **facts):
    office = office or Office(rules)
    office.ledger.windows = None
    return weighed(Basket.of(pieces, people), office.facts(**facts), office.rules).objections


def one_day(day: date) -> Days:
    return Days(day, day)


CASES = {
    "nothing against it": ([piece("salle", SAT, "14-18"), piece("table", SAT, quantity=12)], []),
    "a room yesterday": ([piece("kiosque", "2026-06-01", "14-18")], [InThePast(date(2026, 6, 1))]),
    "a room this morning": ([piece("kiosque", "2026-06-02", "9-10")], [InThePast(date(2026, 6, 2))]),
    "tables yesterday": ([piece("table", "2026-06-01")], [InThePast(date(2026, 6, 1))]),
    "a room without a key tonight": (
        [piece("kiosque", "2026-06-02", "19-21")],
        [TooLate(local("2026-06-03 09:30"))],
    ),
    "a room with a key tomorrow": (
        [piece("salle", "2026-06-03", "8:30-11")],
        [TooLate(local("2026-06-03 09:30"))],
    ),
    "tables that would have to be fetched last Friday": (
        [piece("table", "2026-06-04")],
        [TooLate(local("2026-06-05 19:00"))],
    ),
    "in two years": ([piece("kiosque", "2028-06-10", "14-18")], [TooFar(date(2027, 6, 2))]),
    "a room for thirteen hours": ([piece("kiosque", SAT, "9-22")], [TooLong(timedelta(hours=12))]),
    "tables for eight days": ([piece("table", SAT, last="2026-06-20")], [LoanTooLong(7)]),
    "before it opens": ([piece("kiosque", SAT, "7-9")], [OutsideHours("kiosque", DAY, hours("8-23"))]),
    "after it closes": ([piece("kiosque", SAT, "22-24")], [OutsideHours("kiosque", DAY, hours("8-23"))]),
    "into the night where that is open": ([piece("salle", SAT, "20-26")], []),
    "into the night where that is closed": (
        [piece("salle", SAT, "20-27")],
        [OutsideHours("salle", DAY, hours("8-26"))],
    ),
    "a weekday that is closed in school holidays": (
        [piece("quartier", "2026-07-06", "14-18")],
        [OutsideHours("quartier", date(2026, 7, 6), ())],
    ),
    "the same weekday in term": ([piece("quartier", "2026-06-29", "14-18")], []),
    "a public holiday": (
        [piece("kiosque", "2026-11-11", "14-18")],
        [Closed("kiosque", one_day(date(2026, 11, 11)), {"fr": "Armistice"})],
    ),
    "a public holiday where that is open": ([piece("quartier", "2026-11-11", "14-18")], []),
    "while everything is closed": (
        [piece("kiosque", "2026-08-11", "14-18")],
        [Closed("kiosque", Days(date(2026, 8, 10), date(2026, 8, 14)), {"fr": "congé"})],
    ),
    "in the past and outside hours: both are said": (
        [piece("kiosque", "2026-06-01", "6-7")],
        [InThePast(date(2026, 6, 1)), OutsideHours("kiosque", date(2026, 6, 1), hours("8-23"))],
    ),
    "more tables than there are": (
        [piece("table", SAT, quantity=13)],
        [ShortStock("table", 13, 12, one_day(DAY))],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_rule_objects_in_its_own_words(case) -> None:
    pieces, expected = CASES[case]
    assert list(objections(*pieces)) == expected


@pytest.mark.parametrize(
    ("rooms", "people", "expected"),
    [
        (["bureau"], 12, []),
        (["bureau"], 13, [TooManyPeople("bureau", 12, 13)]),
        (["quartier", "cuisine"], 60, []),  # beside each other they hold 65
        (["quartier", "cuisine"], 66, [TooManyPeople("quartier", 65, 66)]),
        (["bureau"], None, []),
    ],
)
def test_the_rooms_of_a_basket_hold_all_who_come(rooms, people, expected) -> None:
    assert list(objections(*(piece(room, SAT, "14-18") for room in rooms), people=people)) == expected


def test_a_counter_that_is_closed_for_long_leaves_no_way_to_the_key() -> None:
    away = Closure(Days(date(2026, 6, 1), date(2026, 6, 30)), {"fr": "travaux"})
    rules = replace(RULES, counters={**RULES.counters, "loge": replace(RULES.counters["loge"], closures=(away,))})
    assert objections(piece("salle", SAT, "14-18"), rules=rules) == (NoOpening("salle", "loge", span(SAT, "14-18")),)


def test_what_is_taken_is_named_for_each_date() -> None:
    office = Office()
    office.mail(asks(room("salle", slot(SAT, "17-19"))), KARIM)
    pieces = [piece("salle", day, "14-18") for day in (SAT, "2026-06-20")]
    assert objections(*pieces, office=office) == (Taken("salle", span(SAT, "14-18")),)


def test_the_turnaround_is_kept_free() -> None:
    office = Office()
    office.mail(asks(room("quartier", slot(SAT, "18-20"))), KARIM)
    assert Taken("quartier", span(SAT, "14-17:45")) in objections(piece("quartier", SAT, "14-17:45"), office=office)
    assert Taken("quartier", span(SAT, "20:15-22")) in objections(piece("quartier", SAT, "20:15-22"), office=office)
    free = objections(piece("quartier", SAT, "14-17:30"), office=office)
    assert free == (NoKey("quartier", "loge", span(SAT, "14-17:30")),)


def test_cups_are_washed_for_two_days_after_they_are_back() -> None:
    office = Office()
    office.mail(asks(goods("gobelet", 400, slot(SAT))), KARIM)  # Friday to Monday, washed until Wednesday
    [short] = objections(piece("gobelet", "2026-06-16", quantity=200), office=office)
    assert short == ShortStock("gobelet", 200, 100, one_day(date(2026, 6, 16)))
    assert not objections(piece("gobelet", "2026-06-20", quantity=500), office=office)


def test_an_initiative_has_so_many_bookings_at_most() -> None:
    office = Office(limited(active_bookings=2))
    office.mail(asks(room("kiosque", slot(SAT, "10-12"))))
    assert not objections(piece("bureau", SAT, "14-18"), office=office)
    office.mail(asks(room("kiosque", slot(SAT, "10-12"), words=("encore",))), KARIM)  # an offer to another counts not
    assert not objections(piece("bureau", SAT, "14-18"), office=office)
    office.mail(asks(room("kiosque", slot("2026-06-20", "10-12"))))
    assert objections(piece("bureau", SAT, "14-18"), office=office) == (TooManyBookings(2),)
    office.now += timedelta(days=30)
    assert not objections(piece("bureau", "2026-07-11", "14-18"), office=office)


def test_what_is_offered_to_an_initiative_counts() -> None:
    office = Office(limited(active_bookings=2, hours_per_week=8))
    office.mail(asks(room("kiosque", slot(SAT, "10-12"))), KARIM)
    office.mail(asks(room("kiosque", slot(SAT, "10-12"))))
    assert len([r for r in office.reservations.values() if r.options]) == 1
    [week] = [o for o in objections(piece("bureau", SAT, "14-21"), office=office) if isinstance(o, TooManyHours)]
    assert week == TooManyHours(8, date(2026, 6, 8))


def test_the_hours_of_a_week_are_counted_from_monday_to_sunday() -> None:
    office = Office(limited(hours_per_week=10))
    decision = office.mail(asks(room("kiosque", slot("2026-06-14", "10-16"))))
    assert isinstance(decision.notices[0].content, Confirmed)
    assert objections(piece("bureau", "2026-06-08", "9-14"), office=office) == (TooManyHours(10, date(2026, 6, 8)),)
    assert not objections(piece("bureau", "2026-06-15", "9-14"), office=office)


def test_no_rule_is_left_out_of_the_table() -> None:
    public = [name for name, value in vars(checks).items() if getattr(value, "__module__", "") == checks.__name__]
    takes_case = {name for name in public if "case" in getattr(getattr(checks, name), "__annotations__", {})}
    assert {check.__name__ for check in CHECKS} == {name for name in takes_case if not name.startswith("_")}


def test_one_loan_has_so_many_units_at_most_and_so_many_are_offered() -> None:
    rules = in_force(RULES, (Limited("table", 4),))
    office = Office(rules)
    decision = office.mail(asks(goods("table", 6, slot("2026-06-13"))))
    [content] = [notice.content for notice in decision.notices if notice.answers]
    assert isinstance(content, Offered)
    assert content.objections == (TooManyUnits("table", 4, 6),)
    assert [use.quantity for use in content.reservation.options[0].uses] == [4]
    assert office.mail(asks(goods("table", 4, slot("2026-06-20"))), KARIM).puts[0].after.uses


def test_a_limit_counts_what_is_asked_for_the_same_days() -> None:
    rules = in_force(RULES, (Limited("table", 4),))
    twice = asks(goods("table", 3, slot("2026-06-13")), goods("table", 3, slot("2026-06-20")))
    assert Office(rules).mail(twice).puts[0].after.uses
