"""Whether bookings, the ledger of cells, letters and mails still say the same, and how to mend what can be counted
again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from mailbot.model.differences import Difference
from mailbot.model.reservation import BOOKED, HELD, claims_in_force
from mailbot.store.occupancy import Cell, end_of
from mailbot.store.schema import LEDGER, OCCUPANCY, OUTBOX, RESERVATION

SWEPT = timedelta(days=2)
"""Cells that ended before that are swept each minute: nobody compares them."""
UNDECIDED = timedelta(hours=1)
"""A mail that was let in and has no end after that was lost on the way."""
STUCK = timedelta(days=2)
"""A letter that waits for so long is not on its way any more."""

_HOLDING = tuple(state.value for state in (*BOOKED, *HELD))
_A_YES = ("confirmed", "changed")
"""Kinds of letters that say that something is booked."""


class Differences:
    """Looks through everything, inside one transaction."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def found(self) -> tuple[Difference, ...]:
        """Return what does not agree, in the order of how much it matters."""
        return (*self._cells(), *self._rows(), *self._letters(), *self._mails())

    def mend(self) -> int:
        """Count the ledger of cells again from what is booked and held; return how many cells were wrong. What is
        booked twice stays booked twice: a person must decide who goes short."""
        booked, kept = self._booked(), self._kept()
        wrong = [cell for cell in sorted({*booked, *kept}) if booked[cell] != kept.get(cell, (0, 0))[0]]
        for resource, cell in wrong:
            taken = booked[resource, cell]
            here = (OCCUPANCY.c.resource == resource) & (OCCUPANCY.c.cell == cell)
            if (resource, cell) in kept:
                capacity = max(taken, kept[resource, cell][1])
                self._connection.execute(update(OCCUPANCY).where(here).values(taken=taken, capacity=capacity))
            else:
                row = {"resource": resource, "cell": cell, "taken": taken, "capacity": taken}
                self._connection.execute(insert(OCCUPANCY).values(row))
        return len(wrong)

    def _booked(self) -> Counter[Cell]:
        """Return what each cell to come should hold."""
        counted = Counter[Cell]()
        bodies = select(RESERVATION.c.body).where(RESERVATION.c.state.in_(_HOLDING))
        for body in self._connection.execute(bodies).scalars():
            for claim in claims_in_force(body):
                for cell in range(claim.first, claim.last + 1):
                    counted[claim.resource, cell] += claim.units
        return Counter({cell: units for cell, units in counted.items() if self._to_come(cell)})

    def _kept(self) -> dict[Cell, tuple[int, int]]:
        """Return what each cell to come holds, and could hold."""
        rows = self._connection.execute(select(OCCUPANCY)).all()
        cells = {(row.resource, row.cell): (row.taken, row.capacity) for row in rows}
        return {cell: units for cell, units in cells.items() if self._to_come(cell)}

    def _to_come(self, cell: Cell) -> bool:
        return end_of(cell[1]) > self._now - SWEPT

    def _cells(self) -> Iterator[Difference]:
        booked, kept = self._booked(), self._kept()
        wrong = Counter[tuple[str, str]]()
        for cell in {*booked, *kept}:
            taken, capacity = kept.get(cell, (0, booked[cell]))
            if booked[cell] > capacity:
                wrong["booked-twice", cell[0]] += 1
            elif taken != booked[cell]:
                wrong["taken-by-nobody" if taken > booked[cell] else "booked-and-free", cell[0]] += 1
        for (kind, resource), cells in sorted(wrong.items()):
            yield Difference(kind, resource, f"{cells} cells", mends=kind != "booked-twice")

    def _rows(self) -> Iterator[Difference]:
        """Find rows whose columns, which are looked for, are not those of the reservation, which is read."""
        columns = select(RESERVATION.c.code, RESERVATION.c.state, RESERVATION.c.version, RESERVATION.c.body)
        for code, state, version, body in self._connection.execute(columns.order_by(RESERVATION.c.code)):
            if (state, version) != (body.state.value, body.version):
                yield Difference("two-minds", code, f"{state} and {body.state}, {version} and {body.version}")

    def _letters(self) -> Iterator[Difference]:
        told = set(self._connection.execute(select(OUTBOX.c.code).where(OUTBOX.c.kind.in_(_A_YES))).scalars())
        rows = self._connection.execute(select(RESERVATION.c.code, RESERVATION.c.state)).all()
        states: dict[str, str] = {row.code: row.state for row in rows}
        booked = {code for code, state in states.items() if state in BOOKED}
        yield from (Difference("booked-and-not-told", code, states[code]) for code in sorted(booked - told))
        yield from (Difference("told-and-not-booked", code, "no such booking") for code in sorted(told - set(states)))
        waits = select(OUTBOX.c.message_id, OUTBOX.c.code).where(OUTBOX.c.next_try < self._now - STUCK)
        for message_id, code in self._connection.execute(waits.order_by(OUTBOX.c.id)):
            yield Difference("letter-stuck", code or message_id, f"waits since {STUCK.days} days or more")

    def _mails(self) -> Iterator[Difference]:
        lost = select(LEDGER.c.digest).where(LEDGER.c.ended.is_(None), LEDGER.c.admitted < self._now - UNDECIDED)
        for digest in self._connection.execute(lost).scalars():
            yield Difference("mail-without-an-end", digest[:12], "let in, and never ended")
