"""What is asked, thing by thing and date by date: a basket is one request, and gets one decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import Slot
from mailbot.model.reservation import Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span

QUARTER = timedelta(minutes=15)


class Piece(Struct, frozen=True, order=True):
    """One thing through one occurrence. `slot` is local and complete: start and end for a room, first and last day
    for equipment."""

    resource: str
    quantity: int
    slot: Slot

    @property
    def is_room(self) -> bool:
        return isinstance(self.slot.start, datetime)

    def span(self, rules: Rules) -> Span:
        """Return the hours of a room, in UTC."""
        start, end = self.slot.start, self.slot.end
        assert isinstance(start, datetime)
        assert isinstance(end, datetime)
        return Span.local(start, end, rules.commune.zone)

    @property
    def days(self) -> Days:
        """Return the days of the slot; those of a night are both."""
        end = self.slot.end
        if end is None:
            return Days(self.slot.day, self.slot.day)
        if isinstance(end, datetime):
            return Days(self.slot.day, (end - timedelta(microseconds=1)).date())
        return Days(self.slot.day, end)

    def when(self, rules: Rules) -> Span | Days:
        return self.span(rules) if self.is_room else self.days

    def moved(self, by: timedelta) -> Piece:
        """Return the same at another local time; equipment moves by whole days."""
        assert self.slot.end is not None
        return replace(self, slot=Slot(self.slot.start + by, self.slot.end + by))

    def on_quarters(self) -> Piece:
        """Return a room's hours widened to quarters of an hour; equipment as it is."""
        start, end = self.slot.start, self.slot.end
        if not isinstance(start, datetime) or not isinstance(end, datetime):
            return self
        return replace(self, slot=Slot(_to_quarter(start, up=False), _to_quarter(end, up=True)))


def _to_quarter(moment: datetime, *, up: bool) -> datetime:
    midnight = datetime.combine(moment.date(), time())
    since = moment - midnight
    return midnight + (-(-since // QUARTER) if up else since // QUARTER) * QUARTER


class Basket(Struct, frozen=True):
    """All that one request asks, sorted, each thing once for the same hours or days."""

    pieces: tuple[Piece, ...]
    attendees: int | None = None
    features: frozenset[str] = frozenset()
    """What its rooms must have."""

    @classmethod
    def of(
        cls, pieces: Iterable[Piece], attendees: int | None = None, features: frozenset[str] = frozenset()
    ) -> Basket:
        """Return the basket: what is asked twice for the same days is added up, a room is there once, and equipment for
        days that touch is one loan."""
        counted: dict[tuple[str, Slot], int] = {}
        for piece in pieces:
            place = (piece.resource, piece.slot)
            counted[place] = 1 if piece.is_room else counted.get(place, 0) + piece.quantity
        return cls(
            _joined(Piece(resource, units, slot) for (resource, slot), units in counted.items()), attendees, features
        )

    @property
    def rooms(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.is_room)

    @property
    def goods(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if not piece.is_room)

    @property
    def dates(self) -> tuple[date, ...]:
        """Return the first days of its occurrences, each once, soonest first. What is lent beside a room that day is no
        date of its own."""
        rooms = {piece.slot.day for piece in self.rooms}
        goods = {piece.slot.day for piece in self.goods if not any(day in piece.days for day in rooms)}
        return tuple(sorted(rooms | goods))

    def only(self, keep: Callable[[Piece], bool]) -> Basket:
        return replace(self, pieces=tuple(piece for piece in self.pieces if keep(piece)))

    def changed(self, change: Callable[[Piece], Piece]) -> Basket:
        return Basket.of((change(piece) for piece in self.pieces), self.attendees, self.features)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.resource, piece.quantity, piece.slot.day, piece.slot.end)):
        last = joined[-1] if joined else None
        if last and not piece.is_room and _touch(last, piece):
            days = Slot(last.days.first, max(last.days.last, piece.days.last))
            joined[-1] = replace(last, slot=days)
        else:
            joined.append(piece)
    return tuple(sorted(joined, key=lambda piece: (not piece.is_room, piece.slot.day, piece.resource)))


def _touch(one: Piece, next_one: Piece) -> bool:
    same = (one.resource, one.quantity) == (next_one.resource, next_one.quantity)
    return same and one.days.last + timedelta(days=1) == next_one.days.first


def pieces_of(uses: Iterable[Use], rules: Rules) -> tuple[Piece, ...]:
    """Return what was planned as it would be asked."""
    return tuple(Piece(use.resource, use.quantity, local_slot(use.when, rules)) for use in uses)


def local_slot(when: Span | Days, rules: Rules) -> Slot:
    """Return a stretch of time as people write it: local, without a zone."""
    if isinstance(when, Days):
        return Slot(when.first, when.last)
    zone = rules.commune.zone
    return Slot(when.start.astimezone(zone).replace(tzinfo=None), when.end.astimezone(zone).replace(tzinfo=None))
