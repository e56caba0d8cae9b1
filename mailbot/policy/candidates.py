"""Every way in which a request could be meant and filled: rival readings, and rooms where it leaves the room open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice, product

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, Item, Lack, Meaning, Slot
from mailbot.model.rules import Room, Rules
from mailbot.policy.answers import is_open, is_room, is_unknown
from mailbot.policy.basket import Basket, Piece

MOST_CANDIDATES = 50
"""Ways to fill a request with open rooms that are tried."""


class Candidate(Struct, frozen=True):
    """One way to fill a reading: a room chosen for each item that leaves it open, in the order of the items."""

    reading: Meaning
    rooms: tuple[str, ...]
    basket: Basket


def candidates_of(request: Meaning, rules: Rules) -> list[Candidate]:
    """Return every way to fill a complete reading, the smallest rooms that hold all who come first; one where no room
    is open. A room that is asked for by name is not chosen once more, if it can be helped. What is not lent is left
    out."""
    known = [item for item in request.items if not is_unknown(item, rules)]
    opened = [item for item in known if is_open(item, rules)]
    fixed = [piece for item in known if item not in opened for piece in _pieces(item, item.resources[0], rules)]
    named = {piece.resource for piece in fixed}
    ways = list(islice(product(*(_fitting(item, request, rules) for item in opened)), MOST_CANDIDATES))
    apart = [rooms for rooms in ways if len({*rooms, *named}) == len(rooms) + len(named)]
    found: list[Candidate] = []
    for rooms in apart or ways:
        chosen = (piece for item, room in zip(opened, rooms, strict=True) for piece in _pieces(item, room, rules))
        found.append(Candidate(request, rooms, Basket.of((*fixed, *chosen), request.attendees, request.features)))
    return found


def _pieces(item: Item, resource: str, rules: Rules) -> Iterator[Piece]:
    for slot in item.slots:
        if resource in rules.rooms:
            yield Piece(resource, 1, slot)
        else:
            yield Piece(resource, item.quantity or 1, Slot(slot.day, _last_day(slot)))


def _last_day(slot: Slot) -> date:
    """Return the last day of a loan; what serves an evening that ends after midnight is needed on that evening."""
    if slot.end is None or isinstance(slot.end, datetime):
        return slot.day
    return slot.end


def _fitting(item: Item, request: Meaning, rules: Rules) -> list[str]:
    """Return the rooms that an open item leaves and that have what is asked of them, smallest first; if people are more
    than any of them holds, all."""
    ids = rules.rooms if item.resources == (ANY_ROOM,) else item.resources
    rooms = sorted((rules.rooms[id] for id in ids if id in rules.rooms), key=lambda room: (room.capacity, room.id))
    holding = [room for room in rooms if room.capacity >= (request.attendees or 0)]
    return [room.id for room in with_features(holding or rooms, request.features)]


def with_features(rooms: Sequence[Room], features: frozenset[str]) -> list[Room]:
    """Return the rooms that have most of these features: all that have every one, where there are any."""
    most = max((len(room.features & features) for room in rooms), default=0)
    return [room for room in rooms if len(room.features & features) == most]


def rooms_that_hold(request: Meaning, rules: Rules) -> tuple[str, ...]:
    """Return the rooms that the first open item leaves to choose from, free or not; nothing where none is open."""
    item = next((item for item in request.items if is_open(item, rules) and not item.any_will_do), None)
    return () if item is None else tuple(_fitting(item, request, rules))


def distinct(request: Meaning, today: date, rules: Rules) -> tuple[Meaning, ...]:
    """Return the readings of a request that differ in what would be done, likeliest first. Readings that lie wholly in
    the past are dropped where another does not; readings that differ in one room alone are one that leaves it open."""
    by_effect = {_effect(reading): reading for reading in reversed((request, *request.alternatives))}
    readings = [reading for reading in (request, *request.alternatives) if by_effect[_effect(reading)] is reading]
    ahead = [r for r in readings if any(slot.day >= today for item in r.items for slot in item.slots)]
    readings = [replace(r, alternatives=(), either=request.either) for r in ahead or readings]
    joined = None if request.either else _with_room_open(readings, rules)
    return (joined,) if joined else tuple(readings)


def _effect(reading: Meaning) -> tuple[object, ...]:
    items = [(item.resource, item.quantity or 0, item.slots, item.any_will_do) for item in reading.items]
    return (tuple(sorted(items, key=repr)), reading.attendees)  # slots with and without hours have no order


def _with_room_open(readings: Sequence[Meaning], rules: Rules) -> Meaning | None:
    """Return the readings as one with an open room, where they differ in nothing but one room."""
    first = readings[0]
    if len(readings) < 2 or any(len(other.items) != len(first.items) for other in readings):
        return None
    columns = list(zip(*(reading.items for reading in readings), strict=True))
    differing = [n for n, column in enumerate(columns) if len({_effect_of(item) for item in column}) > 1]
    if len(differing) != 1:
        return None
    column = columns[differing[0]]
    if any(not is_room(item, rules) or item.slots != column[0].slots for item in column):
        return None
    room = replace(column[0], resources=tuple(sorted({id for item in column for id in item.resources})))
    items = (*first.items[: differing[0]], room, *first.items[differing[0] + 1 :])
    return replace(first, items=items, missing=first.missing | {Lack.RESOURCE})


def _effect_of(item: Item) -> tuple[object, ...]:
    return item.resources, item.quantity, item.slots
