"""What is asked for in all: a request, completed by what later mails said. What was said once is never asked again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, SAME, Item, Lack, Meaning, Slot, Wish
from mailbot.model.reservation import Reservation, State
from mailbot.model.rules import Rules

Minutes: TypeAlias = tuple[int | None, int | None]
"""Start and end in minutes after midnight, each where it was said."""

COMPLETED = frozenset({State.OFFERED, State.EXAMINED, State.REFUSED, State.LAPSED, State.DECLINED})
"""States in which a mail that says only a part ("plutôt le 20") goes on from what was asked before."""


def requested(meaning: Meaning, conversation: Reservation | None, rules: Rules) -> Meaning:
    """Return all that is asked for, with what the conversation already knows. A full request stands for itself, except
    as the answer to our question: what that does not repeat (the tables beside the room) stays."""
    if conversation is None or conversation.request is None:
        return meaning
    partial = not meaning.items or any(item.resources == (SAME,) for item in meaning.items)
    partial = partial or bool(lacks_of(meaning, rules))
    if conversation.state is State.ASKED or (conversation.state in COMPLETED and partial):
        return merged(conversation.request, meaning, conversation, rules)
    return meaning


def merged(request: Meaning, meaning: Meaning, asked: Reservation, rules: Rules) -> Meaning:
    """Return the request completed by an answer. A number picks among what our question in `asked` numbered."""
    base = _picked(request, meaning.option, asked, rules)
    whole = _completed(base, meaning, rules)
    rivals = [_completed(base, rival, rules) for rival in meaning.alternatives]
    rivals += [_completed(rival, meaning, rules) for rival in base.alternatives]
    return replace(whole, alternatives=tuple(rivals), either=meaning.either or base.either)


def lacks_of(meaning: Meaning, rules: Rules) -> frozenset[Lack]:
    """Return what must be asked before one reading can be carried out: what the reader missed, and what its items do
    not have. What is not lent lacks nothing."""
    lacks = set(meaning.missing)
    for item in meaning.items:
        if not is_unknown(item, rules):
            lacks |= _lacks_of_item(item, meaning.hours, rules)
    return frozenset(lacks)


def is_room(item: Item, rules: Rules) -> bool:
    return any(resource == ANY_ROOM or resource in rules.rooms for resource in item.resources)


def is_open(item: Item, rules: Rules) -> bool:
    """Return whether a room is asked for, and several fit the words."""
    return is_room(item, rules) and (len(item.resources) > 1 or item.resources == (ANY_ROOM,))


def is_unknown(item: Item, rules: Rules) -> bool:
    """Return whether the commune does not have it."""
    return not is_room(item, rules) and not any(id in rules.equipment or id == SAME for id in item.resources)


def _lacks_of_item(item: Item, hours: Minutes, rules: Rules) -> set[Lack]:
    lacks = {Lack.QUANTITY} if item.quantity is None else set()
    if not item.slots:
        lacks.add(Lack.DATE)
    if not is_room(item, rules):
        return lacks
    if is_open(item, rules) and not item.any_will_do:
        lacks.add(Lack.RESOURCE)
    if not item.slots:
        lacks |= {lack for lack, said in zip((Lack.START, Lack.END), hours, strict=True) if said is None}
    if any(not isinstance(slot.start, datetime) for slot in item.slots):
        lacks |= {Lack.START, Lack.END}
    if any(slot.end is None for slot in item.slots):
        lacks.add(Lack.END)
    return lacks


def _picked(request: Meaning, option: int | None, asked: Reservation, rules: Rules) -> Meaning:
    if option is None and len(asked.choices) == 1 and not asked.slots:
        option = 1
    if option is None or option < 1:
        return request
    if option <= len(asked.slots):
        return replace((request, *request.alternatives)[option - 1], alternatives=())
    if option <= len(asked.choices):
        return _with_room(request, asked.choices[option - 1], rules)
    counted = [item for item in request.items if item.quantity is None]
    if not asked.choices and not asked.slots and len(counted) == 1:
        return _with_items(request, (replace(i, quantity=option) if i is counted[0] else i for i in request.items))
    return request


def _with_room(request: Meaning, room: str, rules: Rules) -> Meaning:
    items = list(request.items)
    first = next((n for n, item in enumerate(items) if is_open(item, rules)), None)
    if first is None:
        items.append(Item((room,)))
    else:
        items[first] = replace(items[first], resources=(room,))
    return replace(_with_items(request, items), missing=request.missing - {Lack.RESOURCE})


def _with_items(request: Meaning, items: Iterable[Item]) -> Meaning:
    return replace(request, items=tuple(items))


def _completed(request: Meaning, said: Meaning, rules: Rules) -> Meaning:
    items = list(request.items)
    for new in said.items:
        _take_in(items, new, rules)
    start, end = (new if new is not None else old for new, old in zip(said.hours, request.hours, strict=True))
    with_hours = any(slot.end for item in said.items for slot in item.slots)
    newly = (None, None) if with_hours else said.hours
    if said.rather and newly[0] is not None:
        items = [_begun_anew(item, newly[0], rules) for item in items]
    items = [_with_hours(item, (start, end), newly) if is_room(item, rules) else item for item in items]
    items = [_with_dates(item, items, rules) for item in items]
    whole = replace(
        request,
        language=said.language if said.language_sure else request.language,
        language_sure=said.language_sure or request.language_sure,
        items=tuple(items),
        attendees=said.attendees if said.attendees is not None else request.attendees,
        references=tuple(dict.fromkeys((*request.references, *said.references))),
        missing=_still_open(request, said),
        alternatives=(),
        phone=said.phone or request.phone,
        days=request.days | said.days,
        drops=(*request.drops, *said.drops),
        hours=(start, end),
        wishes=request.wishes | said.wishes & {Wish.ALCOHOL},
        features=request.features | said.features,
        evidence=(*request.evidence, *said.evidence),
    )
    return replace(whole, missing=lacks_of(whole, rules))


def _still_open(request: Meaning, said: Meaning) -> frozenset[Lack]:
    """An end of a repetition cannot be seen from the items: it is known once an answer wrote out several dates."""
    written_out = any(len(item.slots) > 1 for item in said.items) and Lack.UNTIL not in said.missing
    return frozenset({Lack.UNTIL}) & (said.missing if written_out else request.missing | said.missing)


def _take_in(items: list[Item], new: Item, rules: Rules) -> None:
    """Complete the item that the new one speaks of, or add it."""
    place = _spoken_of(items, new, rules)
    if place is None:
        items.append(new)
        return
    old = items[place]
    stands_for_it = is_open(new, rules) or new.resources == (SAME,)
    items[place] = replace(
        old,
        resources=old.resources if stands_for_it and not _narrows(new, old) else new.resources,
        quantity=old.quantity if new.quantity is None or stands_for_it else new.quantity,
        slots=_newer(old.slots, new.slots),
        any_will_do=old.any_will_do or new.any_will_do,
        words=(*old.words, *new.words),
    )
    for n, item in enumerate(items):
        if n != place and not is_room(item, rules) and item.slots and _days(item.slots) == _days(old.slots):
            items[n] = replace(item, slots=_whole_days(items[place].slots))


def _spoken_of(items: list[Item], new: Item, rules: Rules) -> int | None:
    if same := [n for n, item in enumerate(items) if item.resources == new.resources]:
        return same[0]
    if new.resources == (SAME,):
        return 0 if items else None
    if not is_room(new, rules):
        return None
    rooms = [n for n, item in enumerate(items) if is_room(item, rules)]
    opened = [n for n in rooms if is_open(items[n], rules)]
    return next(iter(opened or rooms), None)


def _narrows(new: Item, old: Item) -> bool:
    return not {ANY_ROOM, SAME} & set(new.resources) and (
        old.resources == (ANY_ROOM,) or set(new.resources) < set(old.resources)
    )


def _newer(old: tuple[Slot, ...], new: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Return the slots after an answer: new days take the hours that were said before; new hours take their days."""
    if not new or not old:
        return new or old
    if len(old) > len(new) and _days(new) <= _days(old):
        by_day = {slot.day: slot for slot in new}
        return tuple(_newer_one(slot, by_day[slot.day]) if slot.day in by_day else slot for slot in old)
    return tuple(_newer_one(old[0], slot) for slot in new)


def _newer_one(old: Slot, new: Slot) -> Slot:
    if isinstance(new.start, datetime):
        return new
    if not isinstance(old.start, datetime):
        return new if new.end is not None or old.end is None or new.start != old.start else old
    length = None if not isinstance(old.end, datetime) else old.end - old.start
    start = datetime.combine(new.start, old.start.time())
    return Slot(start, None if length is None else start + length)


def _begun_anew(item: Item, start: int, rules: Rules) -> Item:
    """Return a room whose end is not known yet with the start that is said instead of the first: "non, plutôt 20 h"."""
    if item.resources != (SAME,) and not is_room(item, rules):
        return item
    slots = (
        Slot(_clock(slot.day, start), None) if isinstance(slot.start, datetime) and slot.end is None else slot
        for slot in item.slots
    )
    return replace(item, slots=tuple(slots))


def _with_hours(item: Item, hours: Minutes, newly: Minutes) -> Item:
    """Return a room with the hours it has not, and where it has them with those that are said now: "plutôt de 18 à 20
    h"."""
    slots = (
        at_minutes(slot, hours)
        if slot.end is None or not isinstance(slot.start, datetime) or newly == (None, None)
        else at_other_hours(slot, slot, newly)
        for slot in item.slots
    )
    return item if hours == (None, None) else replace(item, slots=tuple(slots))


def at_other_hours(slot: Slot, old: Slot, hours: Minutes) -> Slot:
    """Return the day of `slot` with its own hours, else those said without a day, else those of `old`. Where only a
    start is said, the end stays if it is later; where only an end is said, the start stays."""
    began, ended = old.start, old.end
    assert isinstance(began, datetime)
    assert isinstance(ended, datetime)
    if slot is old:
        slot = Slot(slot.day, None)
    slot = at_minutes(slot, hours) if hours[0] is not None else slot
    by = slot.day - began.date()
    if isinstance(slot.start, datetime):
        if slot.end is not None:
            return slot
        end = ended + by
        return Slot(slot.start, end if end > slot.start else slot.start + (ended - began))
    return Slot(began + by, ended + by if hours[1] is None else _following(began + by, hours[1]))


def at_minutes(slot: Slot, hours: Minutes) -> Slot:
    """Return the slot with hours where it has none."""
    start, end = hours
    if isinstance(slot.start, datetime):
        late = end if end is not None else start
        return slot if slot.end is not None or late is None else Slot(slot.start, _following(slot.start, late))
    if start is None:
        return slot
    began = _clock(slot.start, start)
    return Slot(began, None if end is None else _following(began, end))


def _following(start: datetime, minutes: int) -> datetime:
    """Return the next moment at which a clock shows these minutes after midnight: one of twelve hours, where an hour of
    the morning ends what begins in the afternoon ("19h", then "tot half tien")."""
    end = _clock(start.date(), minutes)
    evening = end + timedelta(hours=12)
    if end <= start < evening and evening.date() == start.date():
        return evening
    return end if end > start else end + timedelta(days=1)


def _clock(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _with_dates(item: Item, items: list[Item], rules: Rules) -> Item:
    """Equipment that has no day of its own has that of the room."""
    if item.slots or is_room(item, rules):
        return item
    rooms = (slot for other in items if is_room(other, rules) for slot in other.slots)
    return replace(item, slots=_whole_days(tuple(rooms)))


def _days(slots: Iterable[Slot]) -> set[date]:
    return {slot.day for slot in slots}


def _whole_days(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    return tuple(Slot(day, day) for day in sorted(_days(slots)))
