"""What a mail would make of a booking: which of its dates and things it speaks of, what stays, what is new.

A change says only what is newly wanted; all that it does not speak of stays. "La séance du 11 aura lieu le 10" names a
day that is booked and one that is not: the one is moved to the other, and what was lent beside it goes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, SAME, Intent, Item, Lack, Meaning, Slot
from mailbot.model.reservation import Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.policy.answers import at_minutes, at_other_hours, is_room, is_unknown, merged
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.hours import local_day

MOST_DATES = 3
"""Dates of a series among which the asker is asked to choose."""


class Amendment(Struct, frozen=True):
    """A booking as one reading of a mail would have it: `stays` is planned along, `new` is asked."""

    reading: Meaning
    stays: tuple[Piece, ...]
    new: Basket
    gives_all_up: bool = False
    """Nothing is left of what is still to come."""

    @classmethod
    def of(cls, reading: Meaning, pieces: Iterable[Piece], old: Sequence[Piece], attendees: int | None) -> Amendment:
        """Return the amendment that makes `pieces` of `old`."""
        whole = Basket.of(pieces).pieces
        stays = tuple(piece for piece in whole if any(_asks_no_more(piece, one) for one in old))
        return cls(reading, stays, Basket.of((piece for piece in whole if piece not in stays), attendees))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return Basket.of((*self.stays, *self.new.pieces)).pieces


class Unclear(Exception):
    """The mail does not tell which part of the booking it speaks of; `dates` are those that may be meant."""

    def __init__(self, dates: Sequence[date] = ()) -> None:
        super().__init__("which part of the booking is not clear")
        self.dates = tuple(dates)


def readings_of(meaning: Meaning, booking: Reservation, now: datetime, rules: Rules) -> tuple[Meaning, ...]:
    """Return every way in which a change may be meant, likeliest first: its rival readings, and where only a later
    start is said ("19 h au lieu de 18 h"), the end that stays and the length that stays."""
    readings = (replace(meaning, alternatives=()), *meaning.alternatives)
    whole = (one for reading in readings for one in _with_ends(reading, booking, now, rules))
    return tuple(dict.fromkeys(whole))


def amended(reading: Meaning, booking: Reservation, now: datetime, rules: Rules) -> Amendment:
    """Return the booking as the reading would have it. Raises Unclear."""
    way = _Amending(reading, booking, now, rules).amendment()
    stood = between(booking, booking.uses, booking.attendees, rules)
    turned = _turned(reading, booking, rules) if way.pieces == stood.pieces else None
    return _Amending(turned, booking, now, rules).amendment() if turned else way


def between(booking: Reservation, uses: Iterable[Use], attendees: int | None, rules: Rules) -> Amendment:
    """Return the amendment that leads from what is booked to `uses`."""
    nothing = Meaning(booking.language, Intent.CHANGE)
    return Amendment.of(nothing, pieces_of(uses, rules), pieces_of(booking.uses, rules), attendees)


def rooms_in_question(way: Amendment) -> Amendment:
    """Return the same with its rooms looked for anew."""
    rooms = tuple(piece for piece in way.stays if piece.is_room)
    new = Basket.of((*rooms, *way.new.pieces), way.new.attendees)
    return replace(way, stays=tuple(piece for piece in way.stays if not piece.is_room), new=new)


def for_each_date(
    reading: Meaning, booking: Reservation, dates: Sequence[date], rules: Rules
) -> tuple[tuple[Meaning, Slot], ...]:
    """Return the reading for each of those dates of a series that are nearest to the days it asks for, with what is
    booked then."""
    wanted = [slot.day for item in reading.items for slot in item.slots] or list(dates[:1])
    nearest = sorted(sorted(dates, key=lambda day: abs(day - wanted[0]))[:MOST_DATES])
    booked = {piece.slot.day: piece.slot for piece in reversed(Basket.of(pieces_of(booking.uses, rules)).pieces)}
    return tuple((replace(reading, days=frozenset({day})), booked[day]) for day in nearest)


def said_in_all(meaning: Meaning, booking: Reservation, rules: Rules) -> Meaning:
    """Return the change that is asked for, with what an earlier mail said of it where our question about it is open."""
    pending = booking.pending
    if booking.state is not State.CHANGING or booking.options or pending is None or pending.meaning is None:
        return meaning
    if pending.rivals:
        days = meaning.days | {slot.day for item in meaning.items for slot in item.slots}
        named = [number for number, slot in enumerate(booking.slots, 1) if slot.day in days]
        number = named[0] if len(named) == 1 else meaning.option
        if number is not None and 1 <= number <= len(pending.rivals):
            return replace(pending.rivals[number - 1], language=meaning.language)
        meaning = replace(meaning, option=None)
    whole = merged(pending.meaning, meaning, booking, rules)
    return replace(whole, intent=pending.meaning.intent, alternatives=())


def possible(meaning: Meaning, booking: Reservation, now: datetime, rules: Rules) -> Iterator[Amendment]:
    """Yield every amendment that a mail may come to, or what waits in the booking: the ledger is looked at for them."""
    pending = booking.pending
    earlier = [one for one in (pending.meaning, *pending.rivals) if one] if pending else []
    for one in (said_in_all(meaning, booking, rules), *earlier):
        for reading in readings_of(one, booking, now, rules):
            try:
                yield amended(reading, booking, now, rules)
            except Unclear:
                continue
    for uses in (*(option.uses for option in booking.options), *([booking.before.uses] if booking.before else [])):
        yield between(booking, uses, booking.attendees, rules)


def missing_of(reading: Meaning, rules: Rules) -> frozenset[Lack]:
    """Return what must be asked before a change can be looked at. What is given up without a number is all of it."""
    if reading.intent is Intent.CANCEL:
        return frozenset()
    lent = [item for item in reading.items if not is_unknown(item, rules)]
    return frozenset({Lack.QUANTITY} if any(item.quantity is None for item in lent) else ())


def _turned(reading: Meaning, booking: Reservation, rules: Rules) -> Meaning | None:
    """Return a reading that names the day that is booked as the one that is wanted, with the other day it names in its
    place: "la séance du 23 aura lieu le 24"."""
    booked = {piece.slot.day for piece in pieces_of(booking.uses, rules)}
    others = reading.days - booked
    wanted = [slot for item in reading.items for slot in item.slots]
    if len(others) != 1 or len(wanted) != 1 or reading.intent is Intent.CANCEL:
        return None
    [other], [slot] = others, wanted
    by = other - slot.day
    there = Slot(slot.start + by, None if slot.end is None else slot.end + by)
    items = tuple(replace(item, slots=(there,)) if item.slots else item for item in reading.items)
    return replace(reading, items=items)


def as_uses(pieces: Iterable[Piece], rules: Rules) -> tuple[Use, ...]:
    """Return pieces as uses that claim nothing: to say what stays."""
    return tuple(Use(piece.resource, piece.quantity, piece.when(rules), ()) for piece in pieces)


def _with_ends(reading: Meaning, booking: Reservation, now: datetime, rules: Rules) -> Iterator[Meaning]:
    rooms = [
        piece for piece in pieces_of(booking.uses, rules) if piece.is_room and piece.slot.day >= _today(now, rules)
    ]
    start = _only_start(reading)
    if start is None or not rooms or not isinstance(rooms[0].slot.end, datetime):
        yield reading
        return
    began, ended = rooms[0].slot.start, rooms[0].slot.end
    assert isinstance(began, datetime)
    midnight = datetime.combine(began.date(), datetime.min.time())
    starts = midnight + timedelta(minutes=start)
    if starts < ended:
        yield _ending_at(reading, _minutes(ended, midnight))
    if starts > began:
        yield _ending_at(reading, _minutes(starts + (ended - began), midnight))


def _only_start(reading: Meaning) -> int | None:
    """Return the start, in minutes, where it is all that is said of the hours."""
    if reading.hours[0] is not None and reading.hours[1] is None:
        return reading.hours[0]
    slots = [slot for item in reading.items for slot in item.slots]
    starts = {slot.start.hour * 60 + slot.start.minute for slot in slots if isinstance(slot.start, datetime)}
    return starts.pop() if len(starts) == 1 and all(slot.end is None for slot in slots) else None


def _ending_at(reading: Meaning, minutes: int) -> Meaning:
    start = reading.hours[0]
    items = tuple(
        replace(item, slots=tuple(at_minutes(slot, (None, minutes % 1440)) for slot in item.slots))
        for item in reading.items
    )
    return replace(reading, items=items, hours=reading.hours if start is None else (start, minutes % 1440))


def _minutes(moment: datetime, midnight: datetime) -> int:
    return int((moment - midnight).total_seconds()) // 60


def _today(now: datetime, rules: Rules) -> date:
    return local_day(now, rules)


class _Amending:
    """One reading on its way to an amendment: pieces are taken off and put on, one item after another."""

    def __init__(self, reading: Meaning, booking: Reservation, now: datetime, rules: Rules) -> None:
        self.reading, self.rules = reading, rules
        self.old = pieces_of(booking.uses, rules)
        self.attendees = reading.attendees if reading.attendees is not None else booking.attendees
        today = _today(now, rules)
        self.ahead = [piece for piece in self.old if piece.days.last >= today]
        self.dates = [day for day in Basket.of(self.ahead).dates if day >= today] or list(Basket.of(self.ahead).dates)
        self.spoken = self._spoken(today)
        self.pieces = list(self.old)

    def amendment(self) -> Amendment:
        if self.reading.intent is Intent.CANCEL:
            self._give_up(self.reading.items)
        else:
            if self.reading.drops:
                self._give_up(self.reading.drops)
            for item in self.reading.items:
                if not is_unknown(item, self.rules):
                    self._take(item)
            self._retime()
        way = Amendment.of(self.reading, self.pieces, self.old, self.attendees)
        over = [piece for piece in self.old if piece not in self.ahead]
        return replace(way, gives_all_up=all(piece in over for piece in self.pieces))

    def _spoken(self, today: date) -> list[date]:
        """Return the dates of the booking that the mail speaks of: those it names, or all that are still to come."""
        wanted = {slot.day for item in self.reading.items for slot in item.slots}
        named = [day for day in self.dates if day in self.reading.days]
        named = [day for day in named if day not in wanted] or named
        if self.reading.rest:
            first = min(self.reading.days | wanted, default=today)
            named = [day for day in self.dates if day >= first]
        if not named and self.reading.rest:
            raise Unclear
        return named or self.dates

    def _there(self, piece: Piece) -> bool:
        """Whether a piece belongs to the dates that are spoken of: equipment that is lent through one of them too."""
        return piece in self.ahead and any(day in piece.days for day in self.spoken)

    # --- given up

    def _give_up(self, items: Sequence[Item]) -> None:
        """Take items off; where none is named, all that is spoken of."""
        if not items:
            self.pieces = [piece for piece in self.pieces if not self._there(piece)]
        for item in items:
            days = {slot.day for slot in item.slots} if not self.reading.rest else set()
            left = item.quantity
            for piece in [piece for piece in self.pieces if self._there(piece) and _names(item, piece)]:
                if days and not any(day in piece.days for day in days):
                    continue
                self.pieces.remove(piece)
                if not piece.is_room and left is not None and item.resources != (SAME,) and left < piece.quantity:
                    self.pieces.append(replace(piece, quantity=piece.quantity - left))

    # --- newly wanted

    def _take(self, item: Item) -> None:
        if item.resources == (SAME,) or is_room(item, self.rules):
            self._take_room(item)
        else:
            self._take_goods(item)

    def _take_room(self, item: Item) -> None:
        rooms = [piece for piece in self.pieces if piece.is_room and self._there(piece)]
        known = {piece.resource for piece in rooms}
        if len(item.resources) > 1 or item.resources == (ANY_ROOM,):
            raise Unclear
        [room] = item.resources
        if item.added:
            self._add_room(room, item, rooms)
            return
        if room == SAME or room in known:
            moved = [piece for piece in rooms if room in (SAME, piece.resource)]
        elif len(known) == 1:
            moved = rooms
        elif not known and item.slots and room != SAME:
            self._add_room(room, item, rooms)
            return
        else:
            raise Unclear
        self._move(moved, item, room)

    def _add_room(self, room: str, item: Item, rooms: Sequence[Piece]) -> None:
        """Add a room: at the hours that are said, or at those of what is booked that day."""
        pattern = next(iter(rooms), None)
        days = [slot.day for slot in item.slots] or self.spoken
        slots = item.slots or tuple(Slot(day, None) for day in days)
        for slot in slots:
            if pattern is None and (slot.end is None or not isinstance(slot.start, datetime)):
                raise Unclear
            like = next((piece for piece in rooms if piece.slot.day == slot.day), pattern)
            wanted = like.resource if room == SAME and like else room
            self.pieces.append(
                Piece(wanted, 1, slot if like is None else at_other_hours(slot, like.slot, self.reading.hours))
            )

    def _move(self, moved: Sequence[Piece], item: Item, room: str) -> None:
        """Put rooms, or all of a booking, at other hours, on another day, or in another room."""
        days = self._targets(item)
        whole = room == SAME or len({piece.resource for piece in self.pieces if piece.is_room}) == 1
        for day in self.spoken:
            target, by = days.get(day), timedelta(0)
            if target is not None:
                by = target.day - day
            for piece in [piece for piece in self.pieces if self._there(piece) and _on(piece, day)]:
                if piece in moved and piece.is_room:
                    slot = target or Slot(day, None)
                    new = Piece(
                        piece.resource if room == SAME else room, 1, at_other_hours(slot, piece.slot, (None, None))
                    )
                elif by and ((whole and not piece.is_room) or room == SAME):
                    new = piece.moved(by)
                else:
                    continue
                self.pieces.remove(piece)
                self.pieces.append(new)

    def _targets(self, item: Item) -> dict[date, Slot]:
        """Return for each date that is spoken of where it goes; those that stay on their day are not in it unless
        hours are said."""
        slots, here = list(item.slots), self.spoken
        elsewhere = [slot for slot in slots if slot.day not in self.dates]
        if elsewhere and not any(isinstance(slot.start, datetime) for slot in slots if slot not in elsewhere):
            slots = elsewhere  # "the session on 23 June to 24 June": the day that is booked says only which
        if not slots:
            return {}
        by_day = {slot.day: slot for slot in slots}
        if set(by_day) <= set(here):
            return by_day
        if len(slots) == len(here):
            return dict(zip(here, sorted(slots, key=lambda slot: slot.day), strict=True))
        raise Unclear(here if len(slots) == 1 else ())

    def _take_goods(self, item: Item) -> None:
        [resource] = item.resources[:1]
        if len(item.resources) > 1 or item.quantity is None:
            raise Unclear
        old = [piece for piece in self.pieces if piece.resource == resource and self._there(piece)]
        days = [_whole(slot) for slot in item.slots if slot.end is not None]
        elsewhere = [slot for slot in days if not any(slot.day in piece.days for piece in old)]
        if old and not (item.added and elsewhere):
            for piece in old:
                if days and not any(slot.day in piece.days for slot in days):
                    continue
                self.pieces.remove(piece)
                units = item.quantity + (piece.quantity if item.added else 0)
                slot = next((s for s in days if s.day in piece.days and s.end != s.start), piece.slot)
                self.pieces.append(Piece(resource, units, slot))
            return
        for slot in days or [Slot(day, day) for day in self.spoken]:
            self.pieces.append(Piece(resource, item.quantity, slot))

    def _retime(self) -> None:
        """Give the rooms that are spoken of the hours that were said without any day."""
        hours = self.reading.hours
        if hours == (None, None):
            return
        for piece in [piece for piece in self.pieces if piece.is_room and self._said_of(piece)]:
            self.pieces.remove(piece)
            self.pieces.append(replace(piece, slot=at_other_hours(Slot(piece.slot.day, None), piece.slot, hours)))

    def _said_of(self, piece: Piece) -> bool:
        return self._there(piece) or (piece not in self.old and not self._has_own_hours(piece))

    def _has_own_hours(self, piece: Piece) -> bool:
        slots = (slot for item in self.reading.items for slot in item.slots)
        return any(isinstance(slot.start, datetime) and slot.day == piece.slot.day for slot in slots)


def _names(item: Item, piece: Piece) -> bool:
    if item.resources == (SAME,):
        return True
    return (item.resources == (ANY_ROOM,) and piece.is_room) or piece.resource in item.resources


def _on(piece: Piece, day: date) -> bool:
    return piece.slot.day == day or (not piece.is_room and day in piece.days)


def _asks_no_more(piece: Piece, old: Piece) -> bool:
    """Whether a piece needs nothing that was not booked: the same, fewer units, or shorter hours."""
    if piece.resource != old.resource or piece.quantity > old.quantity:
        return False
    assert piece.slot.end is not None
    assert old.slot.end is not None
    return old.slot.start <= piece.slot.start and piece.slot.end <= old.slot.end


def _whole(slot: Slot) -> Slot:
    """Return the days of a loan; what serves an evening that ends after midnight is needed on that evening."""
    return Slot(slot.day, slot.day if slot.end is None or isinstance(slot.end, datetime) else slot.end)
