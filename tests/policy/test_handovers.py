"""How keys and goods travel: from which opening to which."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.meaning import Slot
from mailbot.policy.basket import Basket, Piece
from mailbot.policy.handovers import arranged, first_after, last_before
from tests.policy.commune import RULES, hours, local, slot, span

LOGE = RULES.counters["loge"]  # Monday to Friday, 8-10 and 17-19
ALL_DAY = replace(LOGE, week={day: hours("9-17") for day in range(5)})


@pytest.mark.parametrize(
    ("counter", "moment", "expected"),
    [
        (LOGE, "2026-06-12 19:00", span("2026-06-12", "17-19")),
        (LOGE, "2026-06-12 14:00", span("2026-06-12", "8-10")),
        (LOGE, "2026-06-14 14:00", span("2026-06-12", "17-19")),  # a Sunday
        (LOGE, "2026-06-12 17:20", span("2026-06-12", "8-10")),  # twenty minutes are too few
        (LOGE, "2026-06-12 18:00", span("2026-06-12", "17-18")),
        (ALL_DAY, "2026-06-12 14:00", span("2026-06-12", "9-14")),
        (LOGE, "2026-07-22 07:00", span("2026-07-20", "17-19")),  # over the national day
        (LOGE, "2026-08-15 12:00", None),  # closed all week, and the Friday before is eight days away
    ],
)
def test_a_key_is_fetched_in_the_last_opening_before(counter, moment, expected) -> None:
    assert last_before(counter, local(moment), RULES) == expected


@pytest.mark.parametrize(
    ("counter", "moment", "expected"),
    [
        (LOGE, "2026-06-12 10:00", span("2026-06-12", "17-19")),
        (LOGE, "2026-06-12 18:00", span("2026-06-12", "18-19")),
        (LOGE, "2026-06-12 18:45", span("2026-06-15", "8-10")),
        (LOGE, "2026-06-13 22:00", span("2026-06-15", "8-10")),
        (LOGE, "2026-08-07 20:00", None),
    ],
)
def test_a_key_comes_back_in_the_first_opening_after(counter, moment, expected) -> None:
    assert first_after(counter, local(moment), RULES) == expected


def ways(*pieces: Piece):
    return arranged(Basket.of(pieces), RULES)


@pytest.mark.parametrize(
    ("first", "last", "room", "out", "back"),
    [
        ("2026-06-12", "2026-06-12", "", span("2026-06-08", "8-10"), span("2026-06-15", "8-10")),
        ("2026-06-12", "2026-06-12", "19:30-23", span("2026-06-12", "16-19"), span("2026-06-15", "8-10")),
        ("2026-06-12", "2026-06-12", "10-15", span("2026-06-08", "8-10"), span("2026-06-12", "16-19")),
        ("2026-06-12", "2026-06-15", "", span("2026-06-08", "8-10"), span("2026-06-19", "16-19")),
    ],
)
def test_goods_are_fetched_before_the_first_hour_they_are_needed(first, last, room, out, back) -> None:
    tables = Piece("table", 4, Slot(date.fromisoformat(first), date.fromisoformat(last)))
    rooms = [Piece("kiosque", 1, slot(first, room))] if room else []
    way = next(way for way in ways(tables, *rooms) if way.piece.resource == "table")
    assert (way.out.opening, way.back.opening) == (out, back)


def test_goods_from_friday_to_monday_around_a_saturday_are_fetched_on_friday_and_back_on_monday() -> None:
    tables = Piece("table", 4, Slot(date(2026, 6, 12), date(2026, 6, 15)))
    way = next(w for w in ways(tables, Piece("kiosque", 1, slot("2026-06-13", "14-18"))) if w.piece == tables)
    assert way.out.opening == span("2026-06-12", "16-19")
    assert way.back.opening == span("2026-06-15", "8-10")


def test_who_uses_a_room_on_two_evenings_in_a_row_keeps_the_key() -> None:
    monday, tuesday = ways(
        Piece("salle", 1, slot("2026-06-08", "14-16")), Piece("salle", 1, slot("2026-06-09", "7:30-9"))
    )
    assert monday.out == tuesday.out
    assert monday.back == tuesday.back
    assert (monday.carries, tuesday.carries) == (True, False)


def test_who_comes_weekly_brings_the_key_back_in_between() -> None:
    first, second = ways(Piece("salle", 1, slot("2026-06-09", "14-16")), Piece("salle", 1, slot("2026-06-16", "14-16")))
    assert first.back.opening == span("2026-06-09", "17-19")
    assert second.out.opening == span("2026-06-16", "8-10")


def test_a_room_without_a_key_needs_no_counter() -> None:
    [way] = ways(Piece("kiosque", 1, slot("2026-06-13", "14-18")))
    assert way.out is way.back is way.problem is None
