"""Many ask for the last one at once, each in a process of its own: one gets it, nobody sees a deadlock.

Each process is a worker as the daemon is one: it looks, decides, writes, and where it lost the race it looks again,
three times at most. CI runs 200 rounds, otherwise RACE_ROUNDS says how many.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import text

from mailbot.errors import LostRace
from mailbot.model.decision import Window
from mailbot.model.outbox import Post, Receipt
from mailbot.model.reservation import Claim, Use
from mailbot.model.spans import Span
from mailbot.service import ports
from mailbot.store import Store, open_store
from tests.faults import FRESH
from tests.store.examples import NOW, booked, hours, outgoing, room, stock_of, with_key

ROUNDS = int(os.environ.get("RACE_ROUNDS", "200" if os.environ.get("CI") == "true" else "40"))
WORKERS = 8
TRIES = 3
STOCK = stock_of(table=12, cup=60, tent=3, beamer=2)
THINGS = ("hall", "foyer", "table", "cup", "tent", "beamer")


@dataclass(frozen=True)
class Outcome:
    """What became of one request."""

    round: int
    worker: int
    won: bool
    lost: tuple[str, ...]
    """Races lost on the way, by what the database said; each was decided again."""
    seconds: float


Basket = Callable[[int, int], tuple[Use, ...]]
"""(round, worker) → what it asks for."""


def last_slot(number: int, worker: int) -> tuple[Use, ...]:
    """Everybody wants the same Saturday afternoon, with the only copy of the key from the morning to the evening."""
    morning, evening = _later(hours(13, 8, 10), number), _later(hours(13, 17, 19), number)
    return (with_key(room(_later(hours(13, 12, 16), number)), morning, evening),)


def ten_tables(number: int, worker: int) -> tuple[Use, ...]:
    return (_goods("table", 10, number),)


def shuffled_basket(number: int, worker: int) -> tuple[Use, ...]:
    """Half of all things, in an order of one's own, so that many baskets cross."""
    chance = random.Random(number * WORKERS + worker)
    units = {"table": 5, "cup": 40, "tent": 2, "beamer": 1, "hall": 1, "foyer": 1}
    return tuple(_goods(thing, units[thing], number) for thing in chance.sample(THINGS, 3))


def _later(span: Span, weeks: int) -> Span:
    return Span(span.start + timedelta(weeks=weeks), span.end + timedelta(weeks=weeks))


def _goods(resource: str, units: int, number: int) -> Use:
    when = _later(hours(13, 12, 16), number)
    first = when.start.date().toordinal()
    return Use(resource, units, when, (Claim(resource, first, first + 3, units),))


def ask(store: ports.Store, basket: tuple[Use, ...], code: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the basket was booked, and the races that were lost before that was clear."""
    lost: tuple[str, ...] = ()
    for _ in range(TRIES):
        try:
            return _ask_once(store, basket, code), lost
        except LostRace as error:
            lost += (str(error),)
    return False, lost


def _ask_once(store: ports.Store, basket: tuple[Use, ...], code: str) -> bool:
    claims = [claim for use in basket for claim in use.claims]
    windows = [Window(frozenset({claim.resource}), claim.first, claim.last) for claim in claims]
    with store.unit() as unit:
        read = unit.reservations.occupancy(windows, STOCK)
        if any(
            read.taken(claim.resource, claim.first, claim.last) + claim.units > STOCK(claim.resource, claim.first)
            for claim in claims
        ):
            return False
        unit.reservations.put([booked(code, *basket)], STOCK, NOW)
        unit.commit()
    return True


def work(address: str, basket: Basket, worker: int, start: Barrier, told: Queue[Outcome | str]) -> None:
    """Ask once in each round, all workers at the same moment."""
    store = open_store(address)
    try:
        for number in range(ROUNDS):
            start.wait(60)
            began = time.perf_counter()
            won, lost = ask(store, basket(number, worker), f"R-{number:03}{worker:02}")
            told.put(Outcome(number, worker, won, lost, time.perf_counter() - began))
    except BaseException as error:
        told.put(f"worker {worker}: {error!r}")
        start.abort()
        raise
    finally:
        store.close()


def race(address: str, basket: Basket) -> list[Outcome]:
    """Let the workers run, and return what became of each request; any error of one fails the test."""
    start, told = FRESH.Barrier(WORKERS), FRESH.Queue()
    workers = [FRESH.Process(target=work, args=(address, basket, worker, start, told)) for worker in range(WORKERS)]
    for worker in workers:
        worker.start()
    outcomes = [told.get(timeout=100) for _ in range(WORKERS * ROUNDS)]
    for worker in workers:
        worker.join(20)
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    return [outcome for outcome in outcomes if isinstance(outcome, Outcome)]


def send(address: str, worker: int, start: Barrier, told: Queue[list[int] | str]) -> None:
    """Take letters out of the outbox until there are none, and tell which."""
    store = open_store(address)
    sent: list[int] = []
    try:
        start.wait(60)
        while posts := _leased(store):
            sent += [post.id for post in posts]
            with store.unit() as unit:
                for post in posts:
                    unit.mailbox.taken(Receipt(post.id, True), NOW)
                unit.commit()
        told.put(sent)
    except BaseException as error:
        told.put(f"worker {worker}: {error!r}")
        raise
    finally:
        store.close()


def _leased(store: ports.Store) -> tuple[Post, ...]:
    with store.unit() as unit:
        posts = unit.mailbox.due(NOW, 3)
        unit.commit()
    return posts


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = open_store(database)
    store.migrate()
    yield store
    store.close()


def winners(outcomes: list[Outcome]) -> list[int]:
    return [sum(outcome.won for outcome in outcomes if outcome.round == number) for number in range(ROUNDS)]


@pytest.mark.parametrize("basket", [last_slot, ten_tables], ids=["the last slot", "ten tables of twelve"])
def test_exactly_one_of_eight_gets_it(database: str, store: Store, basket: Basket) -> None:
    outcomes = race(database, basket)
    assert winners(outcomes) == [1] * ROUNDS
    assert ledger(store) == booked_in(store)


def test_shuffled_baskets_neither_overbook_nor_wait_in_a_circle(database: str, store: Store) -> None:
    outcomes = race(database, shuffled_basket)
    assert min(winners(outcomes)) >= 1
    assert "DeadlockDetected" not in {reason for outcome in outcomes for reason in outcome.lost}
    assert max(len(outcome.lost) for outcome in outcomes) < TRIES
    taken = ledger(store)
    assert taken == booked_in(store)
    assert all(units <= STOCK(resource, cell) for (resource, cell), units in taken.items())


def test_each_letter_is_sent_by_one_worker(database: str, store: Store) -> None:
    with store.unit() as unit:
        for number in range(ROUNDS):
            unit.mailbox.post(outgoing(f"{number}@mairie.example"), NOW)
        unit.commit()
    start, told = FRESH.Barrier(WORKERS), FRESH.Queue()
    workers = [FRESH.Process(target=send, args=(database, worker, start, told)) for worker in range(WORKERS)]
    for one in workers:
        one.start()
    sent = [told.get(timeout=100) for _ in workers]
    for one in workers:
        one.join(20)
    assert [outcome for outcome in sent if isinstance(outcome, str)] == []
    ids = [id for some in sent for id in some]
    assert len(ids) == len(set(ids)) == ROUNDS
    with store.reading() as unit:
        assert unit.mailbox.next_due() is None


def ledger(store: Store) -> dict[tuple[str, int], int]:
    with store._engines.reading.begin() as connection:
        rows = connection.execute(text("SELECT resource, cell, taken FROM occupancy WHERE taken > 0"))
        return {(row.resource, row.cell): row.taken for row in rows}


def booked_in(store: Store) -> dict[tuple[str, int], int]:
    """Return what the bookings that stand claim, cell by cell: the ledger must say the same."""
    taken: dict[tuple[str, int], int] = {}
    with store.reading() as unit:
        for reservation in unit.reservations.between(NOW, NOW + timedelta(weeks=9999)):
            for claim in (claim for use in reservation.uses for claim in use.claims):
                for cell in range(claim.first, claim.last + 1):
                    taken[claim.resource, cell] = taken.get((claim.resource, cell), 0) + claim.units
    return taken
