"""What is only told, and books nothing: what is free, what the asker has, how it works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import ANY_ROOM, Intent, Item, Meaning, Slot
from mailbot.model.objections import Objection, ShortStock, Taken, TooLong
from mailbot.model.reservation import BOOKED, HELD, Reservation
from mailbot.model.rules import Rules
from mailbot.model.spans import QUARTER, Days, Span
from mailbot.model.to_askers import Free, FreeSlot, Handed, Helped, Listed, Thanked
from mailbot.policy.answers import is_room, is_unknown
from mailbot.policy.availability import Desk, closed_by_mail
from mailbot.policy.basket import Basket, Piece, local_slot
from mailbot.policy.checks import once, weighed
from mailbot.policy.continued import OPEN
from mailbot.policy.hours import ONE_DAY, local_day, room_openings
from mailbot.policy.matter import Matter

ASKS_STATE = frozenset({Intent.HUMAN, Intent.HELP, Intent.LIST, Intent.ACCEPT})
"""What "bien reçu ?" may look like; a mail that asks for more than that gets more."""
ANSWERED_ANYWAY = frozenset({"how", "lent"})
"""Topics of which the letter about a request says what is to be known."""
MOST_ROWS = 60
DAYS_AHEAD = 14
"""Days that are looked at where none was named."""
FREE_DAYS = 5
"""Days that are told of each thing where none was named."""
SHORTEST = timedelta(hours=1)
"""A shorter stretch is not told as free."""


def availability(matter: Matter) -> Decision:
    """Tell what is free: each room that could do, or the units that are left, with the reason where there is none."""
    items = [item for reading in (matter.meaning, *matter.meaning.alternatives) for item in reading.items]
    items = [item for item in dict.fromkeys(items) if not is_unknown(item, matter.rules)]
    if not items:
        return helped(matter)
    hint = not any(slots_asked(item, matter.meaning, matter.facts.now, matter.rules) for item in items)
    told = once(row for item in items for row in _rows(item, matter))
    free = Free(told[:MOST_ROWS], hint, more=len(told) > MOST_ROWS, reservation=_waiting(matter))
    return matter.answered(free, *(f"{row.free} free of {row.resource}" for row in told[:FREE_DAYS]))


def listed(matter: Matter) -> Decision:
    """Tell what the asker has booked or is held for them: to the From address alone."""
    own = matter.ahead(*BOOKED, *HELD)
    return matter.answered(Listed(own), f"{len(own)} stand")


def how_it_stands(matter: Matter) -> Decision | None:
    """Tell somebody who asks whether a mail has arrived how things stand: that conversation, else all they have."""
    if not matter.meaning.asks_state or matter.meaning.intent not in ASKS_STATE:
        return None
    mine = (matter.conversation,) if matter.conversation else matter.facts.standing
    return matter.answered(Listed(mine, arrived=True), f"asks how it stands: {len(mine)} stand")


def helped(matter: Matter) -> Decision:
    """Answer what was asked about from the rules; what they do not say is for a person."""
    known = tuple(topic for topic in matter.meaning.topics if topic == "lent" or topic in matter.rules.answers)
    told = Helped(known, matter.meaning.about, _waiting(matter))
    if matter.meaning.topics and not known and not matter.meaning.about:
        return matter.handed("human", f"no answer in the rules: {', '.join(matter.meaning.topics)}")
    return matter.answered(told, f"asks about: {', '.join(known) or 'how it works'}")


def _waiting(matter: Matter) -> Reservation | None:
    """Return the conversation where something of ours waits for an answer: what is only told leaves it open."""
    conversation = matter.conversation
    return conversation if conversation is not None and conversation.state in OPEN else None


def with_answers(decision: Decision, matter: Matter) -> Decision:
    """Return the decision with the answers to what the mail asks besides, in the letter to its sender; what the rules
    do not answer goes to a person."""
    asked = [topic for topic in matter.meaning.topics if topic not in ANSWERED_ANYWAY]
    answer = next((n for n in decision.notices if n.answers and n.to == matter.facts.sender.address), None)
    if not asked or answer is None or isinstance(answer.content, Helped | Handed):
        return decision
    known = tuple(topic for topic in asked if topic in matter.rules.answers)
    notices = [replace(n, also=known) if n is answer else n for n in decision.notices]
    if len(known) < len(asked):
        notices += matter.to_staff("human", matter.conversation)
    return replace(decision, notices=tuple(notices), because=(*decision.because, f"asks about: {', '.join(asked)}"))


def thanked(matter: Matter) -> Decision:
    """Thank for what was told of a past use, and pass it on."""
    decision = matter.answered(Thanked(matter.conversation), "tells how a use went")
    return replace(decision, notices=(*decision.notices, *matter.to_staff("feedback", matter.conversation)))


def rooms_asked(item: Item, people: int | None, rules: Rules) -> tuple[str, ...]:
    """Return the rooms that an item asks about and that hold so many."""
    ids = tuple(rules.rooms) if item.resources == (ANY_ROOM,) else item.resources
    rooms = [rules.rooms[id] for id in ids if id in rules.rooms]
    fitting = [room.id for room in rooms if room.capacity >= (people or 0)]
    return tuple(fitting or [room.id for room in rooms])


def days_ahead(now: datetime, rules: Rules) -> Iterator[date]:
    """Yield the days that are looked at where none was named: those for which the notice is not over."""
    first = local_day(now + rules.limits.notice, rules) + ONE_DAY
    return (first + ahead * ONE_DAY for ahead in range(DAYS_AHEAD))


def slots_asked(item: Item, meaning: Meaning, now: datetime, rules: Rules) -> tuple[Slot, ...]:
    """Return when an item is asked about: its own days, else those of the periods that can still be booked."""
    if item.slots:
        return item.slots
    first, last = local_day(now, rules), local_day(now + rules.limits.horizon, rules)
    return tuple(
        _slot_of(day, period.hours if is_room(item, rules) else None)
        for period in meaning.periods
        for day in period.days
        if first <= day <= last and (not period.weekdays or day.weekday() in period.weekdays)
    )


def _slot_of(day: date, hours: tuple[int, int] | None) -> Slot:
    if hours is None:
        return Slot(day, None)
    midnight = datetime.combine(day, time())
    return Slot(midnight + timedelta(minutes=hours[0]), midnight + timedelta(minutes=hours[1]))


def _rows(item: Item, matter: Matter) -> Iterator[FreeSlot]:
    slots = slots_asked(item, matter.meaning, matter.facts.now, matter.rules)
    rows = list(_rows_at(item, slots, matter) if slots else _rows_ahead(item, matter))
    if item.slots or not any(row.free for row in rows):
        yield from rows
    else:  # of a whole period, what is free is told
        yield from (row for row in rows if row.free)


def _rows_at(item: Item, slots: Sequence[Slot], matter: Matter) -> Iterator[FreeSlot]:
    if is_room(item, matter.rules):
        rooms = rooms_asked(item, matter.meaning.attendees, matter.rules)
        for slot in slots:
            for room in rooms:
                yield from _room_rows(room, slot, matter)
        return
    for thing in item.resources:
        yield from _joined(_goods_row(thing, whole_slot(slot), matter) for slot in slots)


def _rows_ahead(item: Item, matter: Matter) -> Iterator[FreeSlot]:
    if is_room(item, matter.rules):
        for room in rooms_asked(item, matter.meaning.attendees, matter.rules):
            yield from _next_rows(lambda day, room=room: _day_rows(room, day, matter), matter)  # type: ignore[misc]
        return
    for thing in item.resources:
        yield from _next_rows(lambda day, thing=thing: [_goods_row(thing, Slot(day, day), matter)], matter)  # type: ignore[misc]


def _joined(rows: Iterable[FreeSlot]) -> Iterator[FreeSlot]:
    """Yield rows of a thing, days in a row that are alike made one."""
    last: FreeSlot | None = None
    for row in rows:
        assert isinstance(row.when, Days)
        alike = last is not None and (row.free, bool(row.objections)) == (last.free, bool(last.objections))
        if last is not None and alike and isinstance(last.when, Days) and row.when.first == last.when.last + ONE_DAY:
            last = replace(last, when=Days(last.when.first, row.when.last))
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _next_rows(rows_of: Callable[[date], Iterable[FreeSlot]], matter: Matter) -> Iterator[FreeSlot]:
    """Yield what is free on the next days on which something is."""
    by_day = ([row for row in rows_of(day) if row.free] for day in days_ahead(matter.facts.now, matter.rules))
    for rows in islice((rows for rows in by_day if rows), FREE_DAYS):
        yield from rows


def _room_rows(room: str, slot: Slot, matter: Matter) -> Iterable[FreeSlot]:
    if isinstance(slot.start, datetime) and slot.end is not None:
        return [_room_row(Piece(room, 1, slot), matter)]
    after = slot.start if isinstance(slot.start, datetime) else None
    return _day_rows(room, slot.day, matter, after)


def _room_row(piece: Piece, matter: Matter) -> FreeSlot:
    objections = _objections(piece, matter)
    return FreeSlot(piece.resource, piece.span(matter.rules), 0 if objections else 1, objections)


def _day_rows(room: str, day: date, matter: Matter, after: datetime | None = None) -> list[FreeSlot]:
    """Return the free stretches of a day, from the hour that was said on, or one line that says why there is none."""
    stretches = list(_free_stretches(room, day, matter, after))
    if stretches:
        return [_room_row(Piece(room, 1, local_slot(stretch, matter.rules)), matter) for stretch in stretches]
    openings = room_openings(matter.rules.rooms[room], day, matter.rules)
    if openings:
        return [FreeSlot(room, opening, 0, (_why(room, opening, matter.rules),)) for opening in openings]
    noon = Slot(datetime.combine(day, time(12)), datetime.combine(day, time(13)))
    return [FreeSlot(room, Days(day, day), 0, _objections(Piece(room, 1, noon), matter))]


def _why(room: str, opening: Span, rules: Rules) -> Objection:
    return closed_by_mail(room, opening.cells(), rules) or Taken(room, opening)


def _free_stretches(room: str, day: date, matter: Matter, after: datetime | None) -> Iterator[Span]:
    """Yield the stretches of an hour and more that are free, less the turnaround before the next use."""
    rules, desk = matter.rules, Desk(matter.facts.occupancy)
    zone = rules.commune.zone
    since = max(matter.facts.now, after.replace(tzinfo=zone).astimezone(UTC)) if after else matter.facts.now
    for opening in room_openings(rules.rooms[room], day, rules):
        free = [cell for cell in opening.cells() if desk.free(room, cell, cell)]
        for first, last in _runs(free):
            start = max(datetime.fromtimestamp(first * QUARTER, UTC), opening.start, since)
            cut_short = last < opening.cells()[-1]
            end = datetime.fromtimestamp((last + 1) * QUARTER, UTC)
            end -= rules.rooms[room].turnaround if cut_short else timedelta(0)
            if min(end, opening.end) - start >= SHORTEST:
                yield Span(start, min(end, opening.end))


def _runs(cells: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of consecutive cells."""
    for _, run in groupby(enumerate(cells), key=lambda numbered: numbered[1] - numbered[0]):
        together = [cell for _, cell in run]
        yield together[0], together[-1]


def whole_slot(slot: Slot) -> Slot:
    """Return a slot of equipment by whole days."""
    end = slot.end.date() if isinstance(slot.end, datetime) else slot.end
    return Slot(slot.day, max(slot.day, end or slot.day))


def _goods_row(thing: str, slot: Slot, matter: Matter) -> FreeSlot:
    stock = matter.rules.equipment[thing].stock
    piece = Piece(thing, stock, slot)
    objections = _objections(piece, matter)
    short = [objection.free for objection in objections if isinstance(objection, ShortStock)]
    others = tuple(objection for objection in objections if not isinstance(objection, ShortStock))
    free = 0 if others else min(short, default=stock)
    return FreeSlot(thing, piece.days, free, others if free or others else objections)


def _objections(piece: Piece, matter: Matter) -> tuple[Objection, ...]:
    """Return what stands against having one thing; what the asker has besides is not the question."""
    one = weighed(Basket.of((piece,)), replace(matter.facts, conversation=None, standing=()), matter.rules)
    return tuple(objection for objection in one.objections if not isinstance(objection, TooLong))
