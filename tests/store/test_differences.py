"""Each kind of difference is planted, found, and mended where it can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from mailbot.model.differences import Difference
from mailbot.service.rounds import SWEPT_AFTER
from mailbot.store import Store, open_store
from tests.store.examples import NOW, ONE_EACH, booked, hours, letter, offered, outgoing, room, stock_of, tables

LATER = NOW + timedelta(days=5)
CELL = hours(13, 12, 16).cells()[0]


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A database in order: a booking that was told, an offer, a mail that ended."""
    store = open_store(database)
    store.migrate()
    with store.unit() as unit:
        unit.reservations.put([booked("R-7K3F9", room(hours(13, 12, 16)))], ONE_EACH, NOW)
        unit.mailbox.post(outgoing("1@mairie.example"), NOW)
        unit.commit()
    yield store
    store.close()


def plant(store: Store, *statements: str) -> None:
    with store._engines.writing.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def found(store: Store, later: timedelta = timedelta(0)) -> list[Difference]:
    with store.reading() as unit:
        return list(unit.differences(NOW + later).found())


def mend(store: Store) -> int:
    with store.unit() as unit:
        cells = unit.differences(NOW).mend()
        unit.commit()
    return cells


def test_what_agrees_has_no_differences(store: Store) -> None:
    assert found(store) == []
    assert mend(store) == 0


def test_offers_are_counted_as_what_they_hold(store: Store) -> None:
    with store.unit() as unit:
        unit.reservations.put([offered("R-00003", (room(hours(20, 12, 16)),))], ONE_EACH, NOW)
        unit.commit()
    assert found(store) == []


def test_cells_that_nobody_booked_are_found_and_freed(store: Store) -> None:
    plant(store, f"INSERT INTO occupancy VALUES ('foyer', {CELL}, 1, 1)")
    assert found(store) == [Difference("taken-by-nobody", "foyer", "1 cells", mends=True)]
    assert mend(store) == 1
    assert found(store) == []


def test_a_booking_whose_cells_are_free_is_found_and_taken_again(store: Store) -> None:
    plant(store, f"DELETE FROM occupancy WHERE resource = 'hall' AND cell <= {CELL + 1}",
          f"UPDATE occupancy SET taken = 0 WHERE resource = 'hall' AND cell = {CELL + 2}")  # fmt: skip
    assert found(store) == [Difference("booked-and-free", "hall", "3 cells", mends=True)]
    assert mend(store) == 3
    assert found(store) == []


def test_what_is_booked_twice_is_found_and_stays_for_a_person(store: Store) -> None:
    plant(
        store,
        "INSERT INTO reservation (code, state, version, address, created, updated, body) "
        "SELECT 'R-00009', state, version, address, created, updated, body FROM reservation",
    )
    kinds = {difference.kind: difference.mends for difference in found(store)}
    assert kinds["booked-twice"] is False
    assert "booked-and-not-told" in kinds


def test_a_row_whose_columns_say_something_else_is_found(store: Store) -> None:
    plant(store, "UPDATE reservation SET version = 7")
    assert [(one.kind, one.where) for one in found(store)] == [("two-minds", "R-7K3F9")]


def test_a_booking_that_nobody_was_told_of_is_found(store: Store) -> None:
    plant(store, "DELETE FROM recipient", "DELETE FROM outbox")
    assert found(store) == [Difference("booked-and-not-told", "R-7K3F9", "confirmed")]


def test_a_yes_without_a_booking_is_found(store: Store) -> None:
    with store.unit() as unit:
        unit.mailbox.post(outgoing("2@mairie.example", code="R-00007"), NOW)
        unit.commit()
    assert found(store) == [Difference("told-and-not-booked", "R-00007", "no such booking")]


def test_a_letter_that_does_not_leave_is_found(store: Store) -> None:
    assert [(one.kind, one.where) for one in found(store, timedelta(days=3))] == [("letter-stuck", "R-7K3F9")]


def test_a_mail_without_an_end_is_found(store: Store) -> None:
    with store.unit() as unit:
        assert unit.mailbox.admit(letter("mail"))
        unit.commit()
    plant(store, "UPDATE ledger SET admitted = '2026-01-01 00:00:00+00:00'")
    assert [(one.kind, one.where) for one in found(store)] == [("mail-without-an-end", "mail")]


def test_cells_that_were_swept_are_not_missed(store: Store) -> None:
    with store.unit() as unit:
        unit.reservations.put([booked("R-00004", tables(4, NOW.date(), NOW.date()))], stock_of(table=9), NOW)
        unit.mailbox.post(outgoing("4@mairie.example", code="R-00004"), NOW)
        unit.reservations.sweep(NOW + timedelta(days=30))
        unit.commit()
    assert [one.kind for one in found(store, timedelta(days=33)) if one.kind != "letter-stuck"] == []


@pytest.mark.parametrize("hours_later", range(0, 120, 7))
def test_at_no_hour_is_what_was_just_swept_missed(store: Store, hours_later: int) -> None:
    """Goods that are not back yet are booked still, while their days are over."""
    later = timedelta(hours=hours_later)
    with store.unit() as unit:
        unit.reservations.put([booked("R-00004", tables(4, NOW.date(), NOW.date()))], stock_of(table=9), NOW)
        unit.mailbox.post(outgoing("4@mairie.example", code="R-00004"), NOW)
        unit.reservations.sweep(NOW + later - SWEPT_AFTER)
        unit.commit()
    assert [one for one in found(store, later) if one.kind != "letter-stuck"] == []
