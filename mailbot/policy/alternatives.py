"""What could be had instead: the whole basket at a near hour, in another room, in another week; or a part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.decision import Facts
from mailbot.model.objections import (
    Closed,
    InThePast,
    NoKey,
    NoOpening,
    NotAgreed,
    Objection,
    OutsideHours,
    ShortStock,
    Taken,
    TooManyBookings,
    TooManyPeople,
    TooManyUnits,
)
from mailbot.model.reservation import claims_in_force
from mailbot.model.rules import Room, Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.availability import Desk
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.candidates import with_features
from mailbot.policy.checks import Weighed, weighed

MOST = 3
"""Options in one letter."""
NEAR = timedelta(hours=3)
STEP = timedelta(minutes=30)
WEEKS = (7, -7, 14, -14)
"""Days between the day that was asked and the same weekday in weeks around it, best first."""
TIME_TO_ANSWER = timedelta(hours=1)
"""An option whose first handover or use is sooner than this would be over before the answer."""


def alternatives(tried: Sequence[Weighed], facts: Facts, rules: Rules) -> tuple[Weighed, ...]:
    """Return up to three whole baskets that could be booked instead, really free: first the best of each kind (near
    hour, other room, other week), then the next best; those of the same day first. `tried` are those that would have
    done, likeliest first."""
    if any(isinstance(objection, _BEYOND_HELP) for one in tried for objection in one.objections):
        return ()
    kinds = [
        _possible(candidates, facts, rules)
        for candidates in (
            _each(near_hours(one.basket) for one in tried if not _not_agreed(one)),
            _each(other_rooms(one.basket, one.objections, rules) for one in tried),
            _each(other_weeks(one.basket) for one in tried),
        )
    ]
    chosen = _best_of_each(kinds, {one.basket.pieces for one in tried})
    asked = tried[0].basket.dates[0]
    return tuple(sorted(chosen, key=lambda one: abs(one.basket.dates[0] - asked)))


_BEYOND_HELP = (InThePast, TooManyBookings)
"""A day that is past was meant otherwise; who has too many bookings has too many at any hour."""


def _not_agreed(one: Weighed) -> bool:
    """Return whether those who must agree do not: half an hour later they would not either."""
    return any(isinstance(objection, NotAgreed) for objection in one.objections)


def _each(kinds: Iterable[Iterator[Basket]]) -> Iterator[Basket]:
    """Yield the first of each, then the second of each, and so on."""
    for row in zip_longest(*kinds):
        yield from (basket for basket in row if basket is not None)


def _possible(candidates: Iterable[Basket], facts: Facts, rules: Rules) -> Iterator[Weighed]:
    for basket in candidates:
        if not _rooms_look_free(basket, facts, rules):  # most near hours fall here: spare the rest of the table
            continue
        one = weighed(basket, facts, rules)
        if one.possible and in_time_to_answer(one, facts, rules):
            yield one


def _rooms_look_free(basket: Basket, facts: Facts, rules: Rules) -> bool:
    desk = Desk(facts.occupancy, facts.held or claims_in_force(facts.conversation))
    spans = ((piece.resource, piece.span(rules).cells()) for piece in basket.rooms)
    return all(desk.free(resource, cells[0], cells[-1]) for resource, cells in spans)


def _best_of_each(kinds: Sequence[Iterator[Weighed]], unwanted: set[tuple[Piece, ...]]) -> tuple[Weighed, ...]:
    chosen: list[Weighed] = []
    for one in (one for row in zip_longest(*kinds) for one in row if one is not None):
        if one.basket.pieces not in unwanted:
            unwanted.add(one.basket.pieces)
            chosen.append(one)
        if len(chosen) == MOST:
            break
    return tuple(chosen)


def first_moment(one: Weighed, rules: Rules) -> datetime | None:
    """Return when the first new thing of it happens: a handover or a use; None where nothing is new."""
    new = [use for use in one.uses if not one.stays or not one.stays.issuperset(pieces_of((use,), rules))]
    handovers = [use.out.opening.start for use in new if use.out]
    return min([*handovers, *(use.when.start for use in new if isinstance(use.when, Span))], default=None)


def in_time_to_answer(one: Weighed, facts: Facts, rules: Rules) -> bool:
    first = first_moment(one, rules)
    return first is None or first - facts.now >= TIME_TO_ANSWER


def near_hours(basket: Basket) -> Iterator[Basket]:
    """Yield the basket with its rooms at other hours of the same day, nearest first, on quarters of an hour."""
    if len(basket.dates) != 1 or not basket.rooms:
        return
    asked = basket.changed(Piece.on_quarters)
    for steps in range(1, NEAR // STEP + 1):
        for by in (-steps * STEP, steps * STEP):
            near = _with_rooms_moved(asked, by)
            if near.dates == basket.dates:
                yield near


def _with_rooms_moved(basket: Basket, by: timedelta) -> Basket:
    return basket.changed(lambda piece: piece.moved(by) if piece.is_room else piece)


def other_rooms(basket: Basket, objections: Iterable[Objection], rules: Rules) -> Iterator[Basket]:
    """Yield the basket with another room in the place of the one that cannot be had, likest first."""
    rooms = {objection.resource for objection in objections if isinstance(objection, _OF_A_ROOM)} & rules.rooms.keys()
    if len(rooms) != 1:
        return
    [wanted] = rooms
    on_quarters = basket.changed(Piece.on_quarters)
    for room in like(rules.rooms[wanted], basket, rules):
        yield exchanged(on_quarters, wanted, room.id)


def exchanged(basket: Basket, room: str, other: str) -> Basket:
    """Return the basket with another room in the place of one, on all its dates."""
    return basket.changed(lambda piece: replace(piece, resource=other) if piece.resource == room else piece)


_OF_A_ROOM = (Taken, NoKey, NoOpening, OutsideHours, Closed, TooManyPeople, NotAgreed)


def like(wanted: Room, basket: Basket, rules: Rules) -> list[Room]:
    """Return the other rooms that could do instead: those that hold all who come (half of what the wanted one holds, if
    nobody said how many) and have what was asked for, most shared features first, then the same site, then the nearest
    in size."""
    taken = {piece.resource for piece in basket.rooms}
    people = basket.attendees or wanted.capacity / 2
    others = [room for room in rules.rooms.values() if room.id not in taken and room.capacity >= people]
    return sorted(with_features(others, basket.features), key=lambda room: _unlike(room, wanted))


def _unlike(room: Room, wanted: Room) -> tuple[int, bool, int, str]:
    missing = len(wanted.features - room.features)
    return missing, room.site != wanted.site, abs(room.capacity - wanted.capacity), room.id


def other_weeks(basket: Basket) -> Iterator[Basket]:
    """Yield the basket on the same weekday in the weeks around, nearest first."""
    if len(basket.dates) == 1:
        on_quarters = basket.changed(Piece.on_quarters)
        for days in WEEKS:
            yield moved(on_quarters, timedelta(days=days))


def moved(basket: Basket, by: timedelta) -> Basket:
    return basket.changed(lambda piece: piece.moved(by))


Part: TypeAlias = Callable[[Weighed, Facts, Rules], Basket | None]


def part_of(asked: Weighed, parts: Iterable[Part], facts: Facts, rules: Rules) -> Weighed | None:
    """Return the first of these parts of a basket that could be had as it stands; None where none could."""
    for part in parts:
        basket = part(asked, facts, rules)
        if basket is not None and basket.pieces and basket.pieces != asked.basket.pieces:
            one = weighed(basket, facts, rules)
            if one.possible and in_time_to_answer(one, facts, rules):
                return one
    return None


def fewer_units(asked: Weighed, _facts: Facts, _rules: Rules) -> Basket | None:
    """10 of the 12 tables; what is out altogether is left out."""
    if not all(isinstance(objection, ShortStock | TooManyUnits) for objection in asked.objections):
        return None
    most = {o.resource: o.limit for o in asked.objections if isinstance(o, TooManyUnits)}
    free = {(p.resource, p.days): most[p.resource] for p in asked.basket.pieces if p.resource in most}
    for short in (o for o in asked.objections if isinstance(o, ShortStock)):
        free[short.resource, short.days] = min(short.free, free.get((short.resource, short.days), short.free))
    left = asked.basket.only(lambda piece: free.get((piece.resource, piece.days), 1) > 0)
    return left.changed(lambda piece: replace(piece, quantity=_at_most(piece, free)))


def _at_most(piece: Piece, free: Mapping[tuple[str, Days], int]) -> int:
    return min(piece.quantity, free.get((piece.resource, piece.days), piece.quantity))


def free_dates(asked: Weighed, facts: Facts, rules: Rules) -> Basket | None:
    """The dates of a series that are free, one by one."""
    basket = asked.basket
    if len(basket.dates) < 2:
        return None
    kept: list[date] = [day for day in basket.dates if weighed(on_dates(basket, {day}), facts, rules).possible]
    while kept and not weighed(on_dates(basket, set(kept)), facts, rules).possible:
        kept.pop()
    return on_dates(basket, set(kept))


def on_dates(basket: Basket, dates: Set[date]) -> Basket:
    """Return what the basket holds for these of its dates, with what is lent beside their rooms."""
    rooms = dates & {piece.slot.day for piece in basket.rooms}
    return basket.only(
        lambda piece: piece.slot.day in dates or (not piece.is_room and any(day in piece.days for day in rooms))
    )


def without(asked: Weighed, _facts: Facts, _rules: Rules) -> Basket | None:
    """The rest of the basket, where one of its things cannot be had."""
    lacking = {getattr(objection, "resource", "") for objection in asked.objections}
    return None if "" in lacking else asked.basket.only(lambda piece: piece.resource not in lacking)
