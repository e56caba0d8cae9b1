"""Stretches of time: instants in UTC for rooms and keys, whole local days for equipment, and the cells of both.

A cell is an integer. A quarter of an hour counts from the epoch (UTC seconds // 900); a day is `date.toordinal()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from msgspec import Struct

QUARTER = 900
"""Seconds in a quarter of an hour, the cell of rooms and keys."""


class Span(Struct, frozen=True, order=True):
    """A stretch of time in UTC; `start` belongs to it, `end` does not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError(f"not in UTC: {self}")
        if self.end <= self.start:
            raise ValueError(f"ends before it starts: {self}")

    @classmethod
    def local(cls, start: datetime, end: datetime, zone: tzinfo) -> Span:
        """Return the span between two naive local times: an hour that does not exist is moved on, one that exists
        twice is the first for the start and the second for the end (the longer booking)."""
        return cls(
            start.replace(tzinfo=zone, fold=0).astimezone(UTC),
            end.replace(tzinfo=zone, fold=1).astimezone(UTC),
        )

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def widened(self, before: timedelta = timedelta(0), after: timedelta = timedelta(0)) -> Span:
        return Span(self.start - before, self.end + after)

    def cells(self) -> range:
        """Return the quarters of an hour that the span touches: hours off the quarter are widened to whole cells."""
        return range(int(self.start.timestamp()) // QUARTER, -(-int(self.end.timestamp()) // QUARTER))


class Days(Struct, frozen=True, order=True):
    """Whole local days, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"ends before it starts: {self}")

    def __iter__(self) -> Iterator[date]:
        return (date.fromordinal(cell) for cell in self.cells())

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def overlaps(self, other: Days) -> bool:
        return self.first <= other.last and other.first <= self.last

    def cells(self) -> range:
        return range(self.first.toordinal(), self.last.toordinal() + 1)


class Hours(Struct, frozen=True, order=True):
    """Hours of a local day, in minutes after midnight; an end past 1440 is in the night that follows."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < 1440 or not self.start < self.end <= self.start + 1440:
            raise ValueError(f"not hours of a day: {self}")

    def on(self, day: date, zone: tzinfo) -> Span:
        midnight = datetime.combine(day, time())
        return Span.local(midnight + timedelta(minutes=self.start), midnight + timedelta(minutes=self.end), zone)
