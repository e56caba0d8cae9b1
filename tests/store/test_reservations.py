from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from mailbot.model.history import Entry
from mailbot.model.reservation import Act
from mailbot.store import Store, open_store
from tests.store.examples import ASKER, NOW, ONE_EACH, booked, hours, room, step, stock_of, tables


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = open_store(database)
    store.migrate()
    yield store
    store.close()


def test_the_history_tells_who_did_what_when_and_why(store: Store) -> None:
    first = booked("R-00001", room(hours(13, 12, 16)))
    with store.unit() as unit:
        unit.reservations.put([first], ONE_EACH, NOW)
        standing = unit.reservations.get("R-00001")
        assert standing is not None
        given_up = step(standing, standing, Act.CANCEL, "le rendez-vous tombe à l'eau")
        unit.reservations.put([replace(given_up, mail="non@voisins.example")], ONE_EACH, NOW)
        unit.commit()
    with store.reading() as unit:
        assert unit.reservations.history("R-00001") == (
            Entry(NOW, "confirm", "confirmed", ASKER.address, "", ""),
            Entry(NOW, "cancel", "cancelled", ASKER.address, "le rendez-vous tombe à l'eau", "non@voisins.example"),
        )
        assert unit.reservations.history("R-00002") == ()


def test_a_release_leaves_no_more_room_than_the_stock(store: Store) -> None:
    day = date(2026, 6, 12)
    with store.unit() as unit:
        unit.reservations.put([booked("R-00001", tables(10, day, day))], stock_of(table=12), NOW)
        unit.reservations.put([booked("R-00002", tables(2, day, day))], stock_of(table=12), NOW)
        standing = unit.reservations.get("R-00001")
        assert standing is not None
        unit.reservations.put([step(standing, standing, Act.CANCEL)], stock_of(table=1), NOW)
        unit.commit()
    with store._engines.reading.begin() as connection:
        [row] = connection.execute(text("SELECT taken, capacity FROM occupancy"))
    assert tuple(row) == (2, 2)
