from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.errors import LostRace
from mailbot.model.decision import Window
from mailbot.model.reservation import (
    Act,
    Claim,
    Option,
    Put,
    Reservation,
    State,
    Use,
    WrongStep,
    claims_in_force,
    hold_of,
)
from mailbot.model.spans import Days
from mailbot.store import Store, occupancy, open_store
from tests.store.examples import NOW, booked, hours, reservation, room, step, stock_of, tables

STOCK = {"hall": 1, "table": 3}
CELLS = range(2_000_000, 2_000_008)
CODES = ("R-00000", "R-00001", "R-00002")

claim = st.builds(
    lambda resource, first, more, units: Claim(resource, first, min(first + more, CELLS[-1]), units),
    st.sampled_from(sorted(STOCK)),
    st.sampled_from(CELLS),
    st.integers(0, 4),
    st.integers(1, 3),
)
use = st.builds(
    lambda claims: Use("hall", 1, hours(13, 12, 16), tuple(claims)), st.lists(claim, min_size=1, max_size=2)
)
basket = st.lists(use, min_size=1, max_size=2).map(tuple)
wish = st.tuples(st.sampled_from(CODES), st.sampled_from(Act), st.lists(basket, min_size=1, max_size=3))


def wanted(standing: Reservation | None, code: str, act: Act, baskets: list[tuple[Use, ...]]) -> Put | None:
    """Return the step that the act would be, or None where the table has no such step."""
    before = reservation(code) if standing is None else standing
    options = tuple(Option(number, uses) for number, uses in enumerate(baskets, 1))
    after = {
        Act.OFFER: replace(before, uses=(), options=options, hold=hold_of(options)),
        Act.CONFIRM: replace(before, uses=baskets[0], options=(), hold=()),
        Act.ACCEPT: replace(before, uses=(before.options or options)[-1].uses, options=(), hold=()),
    }.get(act, before)
    try:
        return step(standing, after, act)
    except WrongStep:
        return None


class Commune:
    """The store, and beside it what must stand in it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.standing: dict[str, Reservation] = {}

    def carry_out(self, puts: list[Put]) -> None:
        would = {**self.standing, **{put.after.code: put.after for put in puts}}
        if overbooked(would):
            with pytest.raises(LostRace):
                self._put(puts)
            return
        self._put(puts)
        with self.store.reading() as unit:
            self.standing = {code: found for code in CODES if (found := unit.reservations.get(code)) is not None}

    def _put(self, puts: list[Put]) -> None:
        with self.store.unit() as unit:
            unit.reservations.put(puts, stock_of(**STOCK), NOW)
            unit.commit()


def cells_of(standing: dict[str, Reservation]) -> Counter[tuple[str, int]]:
    return Counter(
        (claim.resource, cell)
        for value in standing.values()
        for claim in claims_in_force(value)
        for cell in range(claim.first, claim.last + 1)
        for _ in range(claim.units)
    )


def overbooked(standing: dict[str, Reservation]) -> bool:
    return any(units > STOCK[resource] for (resource, _), units in cells_of(standing).items())


def in_ledger(store: Store) -> Counter[tuple[str, int]]:
    window = Window(frozenset(STOCK), CELLS[0], CELLS[-1])
    with store.reading() as unit:
        read = unit.reservations.occupancy([window], stock_of(**STOCK))
        return Counter({(resource, cell): read.taken(resource, cell, cell) for resource in STOCK for cell in CELLS})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(wish, min_size=1, max_size=3), max_size=8))
def test_the_ledger_is_the_sum_of_what_stands(
    tmp_path_factory: pytest.TempPathFactory, transactions: list[list[tuple[str, Act, list[tuple[Use, ...]]]]]
) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('store')}/mailbot.sqlite3")
    store.migrate()
    commune = Commune(store)
    for wishes in transactions:
        of_each = {code: (act, baskets) for code, act, baskets in wishes}
        puts = [wanted(commune.standing.get(code), code, *what) for code, what in of_each.items()]
        commune.carry_out([put for put in puts if put is not None])
        assert +in_ledger(store) == cells_of(commune.standing)
    store.close()


def test_takings_and_releases_are_netted() -> None:
    first, second = room(hours(13, 12, 14)), room(hours(13, 13, 15))
    before = replace(booked("R-00001", first).after, version=1)
    moved = Put(before, replace(before, state=State.CONFIRMED, uses=(second,)), Act.NOTE)
    cells = hours(13, 12, 15).cells()
    assert occupancy.netted([moved]) == {
        **{("hall", cell): -1 for cell in cells[:4]},
        **{("hall", cell): 1 for cell in cells[8:]},
    }


def test_nothing_that_stays_equal_is_written() -> None:
    before = replace(booked("R-00001", room(hours(13, 12, 14))).after, version=1)
    assert occupancy.netted([step(before, before, Act.NOTE)]) == {}


def test_a_day_lasts_as_long_as_anywhere_on_earth() -> None:
    stretch = occupancy.stretch_of(Days(date(2026, 6, 12), date(2026, 6, 13)))
    assert stretch.start == datetime(2026, 6, 11, 10, tzinfo=UTC)
    assert stretch.end == datetime(2026, 6, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "end"),
    [
        (date(2026, 6, 12).toordinal(), datetime(2026, 6, 13, 12, tzinfo=UTC)),
        (hours(13, 12, 13).cells()[-1], datetime(2026, 6, 13, 13, tzinfo=UTC)),
    ],
    ids=["a day", "a quarter of an hour"],
)
def test_cells_tell_what_they_are(cell: int, end: datetime) -> None:
    assert occupancy.end_of(cell) == end


def test_drying_days_belong_to_the_loan(tmp_path: Path) -> None:
    loan = tables(2, date(2026, 6, 12), date(2026, 6, 15))
    drying = replace(loan, claims=(replace(loan.claims[0], last=date(2026, 6, 18).toordinal()),))
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    store.migrate()
    with store.unit() as unit:
        unit.reservations.put([booked("R-00001", drying)], stock_of(table=12), NOW)
        dry = datetime(2026, 6, 19, 12, tzinfo=UTC)
        assert unit.reservations.ending(dry) == ()
        assert len(unit.reservations.ending(dry + timedelta(minutes=1))) == 1
    store.close()
