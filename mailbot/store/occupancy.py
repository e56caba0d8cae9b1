"""The ledger of cells: what is taken, guarded by the database (CHECK and primary key), and read for a decision."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


_READ = select(OCCUPANCY.c.resource, OCCUPANCY.c.cell, OCCUPANCY.c.taken).where(
    OCCUPANCY.c.resource.in_(bindparam("resources", expanding=True)),
    OCCUPANCY.c.cell.between(bindparam("first"), bindparam("last")),
    OCCUPANCY.c.taken > 0,
)


class TakenCells:
    """What some windows of the ledger held when they were read, and the stock. An Occupancy."""

    def __init__(self, windows: Sequence[Window], rows: Iterable[tuple[str, int, int]], stock: Stock) -> None:
        """`rows` are (resource, cell, taken) in order of resource and cell."""
        self._seen = _joined(windows)
        self._cells: dict[str, list[int]] = {}
        self._taken: dict[str, list[int]] = {}
        self._stock = stock
        for resource, cell, taken in rows:
            self._cells.setdefault(resource, []).append(cell)
            self._taken.setdefault(resource, []).append(taken)

    def taken(self, resource: str, first: int, last: int) -> int:
        """Return the most units taken in a cell from `first` to `last`, both included. Raises ValueError for cells that
        were not read: that they look free must not become a yes."""
        if not any(begin <= first and last <= end for begin, end in self._seen.get(resource, ())):
            raise ValueError(f"not read: {resource} from {first} to {last}")
        cells = self._cells.get(resource, [])
        inside = slice(bisect_left(cells, first), bisect_right(cells, last))
        return max(self._taken.get(resource, [])[inside], default=0)

    def stock(self, resource: str, cell: int) -> int:
        return self._stock(resource, cell)


def _joined(windows: Iterable[Window]) -> dict[str, list[tuple[int, int]]]:
    """Return the cells that were read, a resource each, as stretches that do not touch."""
    stretches: dict[str, list[tuple[int, int]]] = {}
    for window in sorted(windows, key=lambda window: window.first):
        for resource in window.resources:
            seen = stretches.setdefault(resource, [])
            if seen and window.first <= seen[-1][1] + 1:
                seen[-1] = (seen[-1][0], max(seen[-1][1], window.last))
            else:
                seen.append((window.first, window.last))
    return stretches


def read(connection: Connection, windows: Iterable[Window], stock: Stock) -> TakenCells:
    """Read what is taken in these windows."""
    looked_at = tuple(window for window in windows if window.resources)
    found: dict[Cell, int] = {}
    for window in looked_at:
        wanted = {"resources": sorted(window.resources), "first": window.first, "last": window.last}
        for resource, cell, taken in connection.execute(_READ, wanted):
            found[resource, cell] = taken
    return TakenCells(looked_at, ((*cell, taken) for cell, taken in sorted(found.items())), stock)


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
