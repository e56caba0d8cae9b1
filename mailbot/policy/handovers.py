"""How keys and goods travel: from which counter opening before a use to which one after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.objections import NoOpening
from mailbot.model.reservation import Handover
from mailbot.model.rules import Counter, Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.basket import Basket, Piece
from mailbot.policy.hours import ONE_DAY, counter_openings, local_day, whole

REACH = 7
"""Days before and after a use in which an opening must lie."""
ENOUGH = timedelta(minutes=30)
"""What must be left of an opening that the use cuts short."""


class Arranged(Struct, frozen=True):
    """A piece with its way: what it occupies itself, and how its key or the goods are fetched and brought back.
    Pieces that go in one hand share one `out` and `back`; only the first of them `carries` the claim for all."""

    piece: Piece
    when: Span | Days
    needed: Span
    """From when to when it must be at hand."""
    counter: str | None = None
    key: str | None = None
    out: Handover | None = None
    back: Handover | None = None
    carries: bool = True
    units: int = 1
    """Of equipment, for all that share the hand."""
    problem: NoOpening | None = None

    @property
    def thing(self) -> str:
        """What is handed over: a key or a piece of equipment."""
        return f"key:{self.key}" if self.key else self.piece.resource


def last_before(counter: Counter, moment: datetime, rules: Rules) -> Span | None:
    """Return the last opening in which one can fetch something before `moment`, at most 7 days earlier. Of one that
    is under way then, the part before counts, if there is half an hour of it."""
    day = local_day(moment, rules)
    for earlier in range(REACH + 1):
        for opening in reversed(counter_openings(counter, day - earlier * ONE_DAY, rules)):
            if opening.end <= moment:
                return opening
            if moment - opening.start >= ENOUGH:
                return Span(opening.start, moment)
    return None


def first_after(counter: Counter, moment: datetime, rules: Rules) -> Span | None:
    """Return the first opening in which one can bring something back after `moment`, at most 7 days later; see
    `last_before`."""
    day = local_day(moment, rules)
    for later in range(REACH + 1):
        for opening in counter_openings(counter, day + later * ONE_DAY, rules):
            if opening.start >= moment:
                return opening
            if opening.end - moment >= ENOUGH:
                return Span(moment, opening.end)
    return None


def arranged(basket: Basket, rules: Rules) -> tuple[Arranged, ...]:
    """Return each piece of the basket with its way. What one asker would bring back and fetch again in one opening
    stays in their hands."""
    ways = [_way(piece, basket, rules) for piece in basket.pieces]
    shared: dict[Piece, Arranged] = {}
    for hand in _hands(way for way in ways if way.out):
        shared.update((way.piece, way) for way in hand)
    return tuple(shared.get(way.piece, way) for way in ways)


def loan_days(out: Handover, back: Handover, days_between: int, rules: Rules) -> Days:
    """Return the days on which what is lent is away: from the day it is fetched to the day it is back, and those it
    needs to dry or to be washed."""
    first, last = local_day(out.opening.start, rules), local_day(back.opening.start, rules)
    return Days(first, last + timedelta(days=days_between))


def needed(piece: Piece, basket: Basket, rules: Rules) -> Span:
    """Return from when to when a piece must be at hand. Equipment: from the first hour of a room on its first day, or
    in the course of that day if the rooms are only later; with no room, from midnight to midnight."""
    if piece.is_room:
        return piece.span(rules)
    all_days = whole(piece.days, rules)
    return _needed_beside(piece.days, [room for room in basket.rooms if room.slot.day in piece.days], all_days, rules)


def _needed_beside(days: Days, rooms: Sequence[Piece], all_days: Span, rules: Rules) -> Span:
    if not rooms:
        return all_days
    spans = [room.span(rules) for room in rooms]
    start = min(span.start for span in spans)
    end = max(span.end for span in spans)
    if days.first != local_day(start, rules):
        start = whole(Days(days.first, days.first), rules).end
    if all(room.slot.day != days.last for room in rooms):
        end = whole(Days(days.last, days.last), rules).start
    return Span(min(start, end - ENOUGH), max(start, end))


def _way(piece: Piece, basket: Basket, rules: Rules) -> Arranged:
    way = Arranged(piece, piece.when(rules), needed(piece, basket, rules), units=piece.quantity)
    if piece.is_room:
        key = rules.keys.get(rules.rooms[piece.resource].key or "")
        if key is None:
            return way
        return _handed_over(replace(way, key=key.id, counter=key.counter, units=1), rules)
    return _handed_over(replace(way, counter=rules.equipment[piece.resource].counter), rules)


def _handed_over(way: Arranged, rules: Rules) -> Arranged:
    assert way.counter is not None
    counter = rules.counters[way.counter]
    before, after = last_before(counter, way.needed.start, rules), first_after(counter, way.needed.end, rules)
    if before is None or after is None:
        return replace(way, problem=NoOpening(way.piece.resource, way.counter, way.when))
    return replace(way, out=Handover(way.counter, before), back=Handover(way.counter, after))


def _hands(ways: Iterable[Arranged]) -> Iterator[list[Arranged]]:
    """Yield what goes in one hand: the same thing, where the next one begins before the last is back."""
    by_thing: dict[str, list[Arranged]] = {}
    for way in sorted(ways, key=lambda way: (way.thing, _out(way).opening.start)):
        by_thing.setdefault(way.thing, []).append(way)
    for same in by_thing.values():
        hand: list[Arranged] = []
        for way in same:
            if hand and _out(way).opening.start >= max(_back(held).opening.end for held in hand):
                yield _shared(hand)
                hand = []
            hand.append(way)
        yield _shared(hand)


def _shared(hand: Sequence[Arranged]) -> list[Arranged]:
    out = _out(hand[0])
    back = max((_back(way) for way in hand), key=lambda back: back.opening.end)
    units = _most_at_once(hand)
    return [replace(way, out=out, back=back, carries=n == 0, units=units) for n, way in enumerate(hand)]


def _most_at_once(hand: Sequence[Arranged]) -> int:
    """Return how many units the hand holds on its fullest day: a key opens all its rooms."""
    if hand[0].key:
        return 1
    return max(sum(other.units for other in hand if other.piece.days.overlaps(way.piece.days)) for way in hand)


def _out(way: Arranged) -> Handover:
    assert way.out is not None
    return way.out


def _back(way: Arranged) -> Handover:
    assert way.back is not None
    return way.back


def next_opening(counter: Counter, moment: datetime, rules: Rules) -> Span | None:
    """Return the first opening that starts after `moment`, within 14 days."""
    day: date = local_day(moment, rules)
    days = (day + ahead * ONE_DAY for ahead in range(2 * REACH + 1))
    return next((o for day in days for o in counter_openings(counter, day, rules) if o.start > moment), None)
