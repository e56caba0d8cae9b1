"""The ledger of cells: what is taken, guarded by the database (CHECK and primary key), and read for a decision."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, text

from mailbot.model.decision import Window
from mailbot.model.reservation import Claim, Put, claims_in_force
from mailbot.model.spans import QUARTER, Days, Span
from mailbot.store.schema import OCCUPANCY

Cell: TypeAlias = tuple[str, int]
"""A resource and the number of one of its cells."""

Stock: TypeAlias = Callable[[str, int], int]
"""(resource, cell) → the units in force there."""

_FIRST_QUARTER = 1_000_000
"""Cells from here on are quarters of an hour (10 July 1998), below it they are days (until the year 2738)."""

_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)
"""How far local time is from UTC at most: a day begins with the first place on earth and ends with the last."""

_WRITE = text(
    """
    WITH RECURSIVE run (cell) AS (
        SELECT CAST(:first AS INTEGER) UNION ALL SELECT cell + 1 FROM run WHERE cell < :last
    )
    INSERT INTO occupancy (resource, cell, taken, capacity)
    SELECT CAST(:resource AS TEXT), cell, CAST(:proposed AS INTEGER), CAST(:stock AS INTEGER)
    FROM run WHERE true ORDER BY cell
    ON CONFLICT (resource, cell) DO UPDATE SET
        taken = occupancy.taken + :change,
        capacity = CASE WHEN :stock > occupancy.taken + :fall THEN :stock ELSE occupancy.taken + :fall END
    """
)
"""One statement for takings and releases, so that both are written in one order of cells, and one for a whole run of
cells that change alike: a key is out for hundreds. The row that is proposed never holds less than 0, since CHECK looks
at it too. `fall` is what a release lets go (0 or less): capacity is the stock in force, or what stays taken where that
is more. A release of cells that were swept leaves an empty row. (`WHERE true` keeps SQLite from reading ON as a join.)
"""


def netted(puts: Iterable[Put]) -> dict[Cell, int]:
    """Return what the steps change, per cell, takings and releases together; cells that stay equal are not there."""
    changes: Counter[Cell] = Counter()
    for put in puts:
        _add(changes, claims_in_force(put.after), 1)
        _add(changes, claims_in_force(put.before), -1)
    return {cell: change for cell, change in changes.items() if change}


def _add(changes: Counter[Cell], claims: Iterable[Claim], sign: int) -> None:
    for claim in claims:
        for cell in range(claim.first, claim.last + 1):
            changes[claim.resource, cell] += sign * claim.units


def write(connection: Connection, changes: Mapping[Cell, int], stock: Stock) -> None:
    """Take (more than 0) and release (less) units in cells, in order of (resource, cell): whoever writes several cells
    meets others in the same order, so that nobody waits in a circle. Raises LostRace where a cell would overflow."""
    for run in _runs(changes, stock):  # not all at once: psycopg logs a warning where a pipeline ends in a refusal
        connection.execute(_WRITE, _row(*run))


def _runs(changes: Mapping[Cell, int], stock: Stock) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield (resource, first, last, change, stock) of neighbouring cells that change alike, in order."""
    alike: tuple[str, int, int] | None = None
    first = last = 0
    for (resource, cell), change in sorted(changes.items()):
        this = (resource, change, max(0, stock(resource, cell)))
        if this == alike and cell == last + 1:
            last = cell
            continue
        if alike is not None:
            yield alike[0], first, last, alike[1], alike[2]
        alike, first, last = this, cell, cell
    if alike is not None:
        yield alike[0], first, last, alike[1], alike[2]


def _row(resource: str, first: int, last: int, change: int, units: int) -> dict[str, str | int]:
    return {
        "resource": resource,
        "first": first,
        "last": last,
        "change": change,
        "stock": units,
        "proposed": max(0, change),
        "fall": min(0, change),
    }


_READ = (
    select(OCCUPANCY.c.cell, OCCUPANCY.c.taken)
    .where(
        OCCUPANCY.c.resource == bindparam("resource"),
        OCCUPANCY.c.cell.between(bindparam("first"), bindparam("last")),
        OCCUPANCY.c.taken > 0,
    )
    .order_by(OCCUPANCY.c.cell)
)


class TakenCells:
    """What some windows of the ledger hold, and the stock. An Occupancy, to be asked inside the transaction: a stretch
    of a resource is read when it is first asked for. A decision looks at a tenth of what it might have to look at."""

    def __init__(self, connection: Connection, windows: Iterable[Window], stock: Stock) -> None:
        self._connection = connection
        self._windows = _joined(windows)
        self._read: dict[Cell, tuple[list[int], list[int]]] = {}
        self._stock = stock

    def taken(self, resource: str, first: int, last: int) -> int:
        """Return the most units taken in a cell from `first` to `last`, both included. Raises ValueError for cells that
        are in no window: that they look free must not become a yes."""
        for begin, end in self._windows.get(resource, ()):
            if begin <= first and last <= end:
                cells, taken = self._stretch(resource, begin, end)
                return max(taken[bisect_left(cells, first) : bisect_right(cells, last)], default=0)
        raise ValueError(f"not read: {resource} from {first} to {last}")

    def _stretch(self, resource: str, first: int, last: int) -> tuple[list[int], list[int]]:
        """Return the cells of a stretch that hold something, ascending, and what each holds."""
        if (resource, first) not in self._read:
            rows = self._connection.execute(_READ, {"resource": resource, "first": first, "last": last}).all()
            self._read[resource, first] = [row.cell for row in rows], [row.taken for row in rows]
        return self._read[resource, first]

    def stock(self, resource: str, cell: int) -> int:
        return self._stock(resource, cell)


def _joined(windows: Iterable[Window]) -> dict[str, list[tuple[int, int]]]:
    """Return the cells of windows, a resource each, as stretches that do not touch."""
    stretches: dict[str, list[tuple[int, int]]] = {}
    for window in sorted(windows, key=lambda window: window.first):
        for resource in window.resources:
            seen = stretches.setdefault(resource, [])
            if seen and window.first <= seen[-1][1] + 1:
                seen[-1] = (seen[-1][0], max(seen[-1][1], window.last))
            else:
                seen.append((window.first, window.last))
    return stretches


def sweep(connection: Connection, before: datetime) -> int:
    """Delete cells that ended before that; return how many. A local day has ended when it has everywhere on earth."""
    quarter = int(before.timestamp()) // QUARTER
    day = (before - _WEST).astimezone(UTC).date().toordinal()
    cell = OCCUPANCY.c.cell
    past = or_(cell < day, and_(cell >= _FIRST_QUARTER, cell < quarter))
    return connection.execute(delete(OCCUPANCY).where(past)).rowcount


def end_of(cell: int) -> datetime:
    """Return when a cell ends, UTC; for a day, when it has ended everywhere on earth."""
    if cell >= _FIRST_QUARTER:
        return datetime.fromtimestamp((cell + 1) * QUARTER, UTC)
    return _midnight(date.fromordinal(cell + 1)) + _WEST


def stretch_of(when: Span | Days) -> Span:
    """Return the time in which a use may lie: days are taken as long as they are anywhere on earth, because the store
    knows no time zone; whoever asks for uses between two moments looks closer."""
    if isinstance(when, Span):
        return when
    return Span(_midnight(when.first) - _EAST, _midnight(when.last + timedelta(days=1)) + _WEST)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
