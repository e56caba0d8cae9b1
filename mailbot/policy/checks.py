"""The rules as a table: one small function each, in the order a clerk would ask. All objections to the whole basket are
gathered, so that one letter says everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeAlias, TypeVar

from msgspec import Struct

from mailbot.model.decision import Facts
from mailbot.model.objections import (
    BeforeCollege,
    Closed,
    InThePast,
    LoanTooLong,
    NoKey,
    Objection,
    OutsideHours,
    ShortStock,
    Taken,
    TooFar,
    TooLate,
    TooLong,
    TooManyBookings,
    TooManyHours,
    TooManyPeople,
    TooManyUnits,
)
from mailbot.model.reservation import BOOKED, HELD, Reservation, State, Use, claims_in_force
from mailbot.model.rules import Closure, Rules, UseBefore
from mailbot.model.spans import Span
from mailbot.policy.availability import Desk, placed
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.due import last_use
from mailbot.policy.handovers import Arranged, arranged, next_opening
from mailbot.policy.hours import ONE_DAY, is_open, local_day, room_closure, room_hours
from mailbot.policy.meetings import is_early, next_meeting
from mailbot.policy.needs import Asking, asks_for

HOUR = timedelta(hours=1)
T = TypeVar("T")


class Case(Struct, frozen=True):
    """A basket on the clerk's desk, planned as far as it can be. `stays` is the part of it that stands already."""

    basket: Basket
    facts: Facts
    rules: Rules
    ways: tuple[Arranged, ...]
    uses: tuple[Use, ...]
    shortages: tuple[Objection, ...]
    stays: frozenset[Piece] = frozenset()

    @property
    def rooms(self) -> tuple[Piece, ...]:
        return self.basket.rooms

    @property
    def new(self) -> Iterator[Arranged]:
        return (way for way in self.ways if way.piece not in self.stays)


class Weighed(Struct, frozen=True):
    """What came of it: the uses as they would be booked, and all that stands against it. Of a booking that is changed,
    `basket` is what is new, and `uses` is all that would stand."""

    basket: Basket
    uses: tuple[Use, ...]
    objections: tuple[Objection, ...]
    stays: frozenset[Piece] = frozenset()

    @property
    def possible(self) -> bool:
        return bool(self.uses) and not self.objections


Check: TypeAlias = Callable[[Case], Iterable[Objection]]


def weighed(basket: Basket, facts: Facts, rules: Rules) -> Weighed:
    """Return the basket as it would be booked now, and all objections, each once, in the order of the table. What the
    conversation at hand holds itself is not against it: a new decision replaces it."""
    stays = frozenset(pieces_of(facts.stays, rules))
    whole = Basket.of((*stays, *basket.pieces), basket.attendees) if stays else basket
    ways = arranged(whole, rules)
    uses, shortages = placed(ways, Desk(facts.occupancy, facts.held or claims_in_force(facts.conversation)), rules)
    case = Case(whole, facts, rules, ways, uses, shortages, stays)
    return Weighed(basket, uses, once(objection for check in CHECKS for objection in check(case)), stays)


def once(values: Iterable[T]) -> tuple[T, ...]:
    """Return equal values once, in their order; they need not be hashable (reasons are mappings)."""
    found: list[T] = []
    found.extend(value for value in values if value not in found)
    return tuple(found)


def lies_ahead(case: Case) -> Iterator[Objection]:
    """What is past cannot be booked."""
    for way in case.new:
        if _is_past(way, case):
            yield InThePast(way.piece.slot.day)


def _is_past(way: Arranged, case: Case) -> bool:
    if way.piece.is_room:
        return way.needed.start < case.facts.now
    return way.piece.slot.day < local_day(case.facts.now, case.rules)


def asked_in_time(case: Case) -> Iterator[Objection]:
    """The first use is far enough ahead, and the opening in which it is fetched is still to come."""
    now, soonest = case.facts.now, case.facts.now + case.rules.limits.notice
    late = [
        _earliest(way, soonest, case)
        for way in case.new
        if not _is_past(way, case) and (way.needed.start < soonest or (way.out and way.out.opening.start <= now))
    ]
    if late:
        yield TooLate(max(late))


def _earliest(way: Arranged, soonest: datetime, case: Case) -> datetime:
    if way.counter is None:
        return soonest
    opening = next_opening(case.rules.counters[way.counter], case.facts.now, case.rules)
    return max(soonest, opening.end) if opening else soonest


def within_horizon(case: Case) -> Iterator[Objection]:
    """Nobody takes a room years ahead."""
    latest = local_day(case.facts.now + case.rules.limits.horizon, case.rules)
    if any(piece.days.last > latest for piece in case.basket.pieces):
        yield TooFar(latest)


def not_too_long(case: Case) -> Iterator[Objection]:
    longest = case.rules.limits.longest
    if any(piece.span(case.rules).length > longest for piece in case.rooms):
        yield TooLong(longest)


def loan_not_too_long(case: Case) -> Iterator[Objection]:
    longest = case.rules.limits.longest_loan
    if any((piece.days.last - piece.days.first).days + 1 > longest for piece in case.basket.goods):
        yield LoanTooLong(longest)


def not_too_many_units(case: Case) -> Iterator[Objection]:
    """One loan has so many units of a thing at most, on the fullest of its days."""
    by_thing: dict[str, list[Piece]] = {}
    for piece in case.basket.goods:
        by_thing.setdefault(piece.resource, []).append(piece)
    for thing, pieces in by_thing.items():
        limit = case.rules.equipment[thing].most_per_loan
        asked = max(sum(other.quantity for other in pieces if other.days.overlaps(one.days)) for one in pieces)
        if limit is not None and asked > limit:
            yield TooManyUnits(thing, limit, asked)


def not_closed(case: Case) -> Iterator[Objection]:
    """No public holiday, no closure of the commune, the site or the thing on a day of use; nothing is blocked."""
    for piece in case.basket.pieces:
        for day in piece.days if not piece.is_room else (piece.slot.day,):
            if closure := _closure(piece, day, case.rules):
                yield Closed(piece.resource, closure.days, closure.reason)
    yield from (shortage for shortage in case.shortages if isinstance(shortage, Closed))


def _closure(piece: Piece, day: date, rules: Rules) -> Closure | None:
    if piece.is_room:
        room = rules.rooms[piece.resource]
        besides = room.extra and is_open(room, piece.span(rules), rules)
        return None if besides else room_closure(room, day, rules)
    closures = rules.equipment[piece.resource].closures
    return next((closure for closure in closures if day in closure.days), None)


def within_opening_hours(case: Case) -> Iterator[Objection]:
    """The room is open all the while, in term or in school holidays."""
    for piece in case.rooms:
        room, day = case.rules.rooms[piece.resource], piece.slot.day
        if not room_closure(room, day, case.rules) and not is_open(room, piece.span(case.rules), case.rules):
            yield OutsideHours(room.id, day, room_hours(room, day, case.rules))


def people_fit(case: Case) -> Iterator[Objection]:
    """The rooms that are had together hold all who come."""
    people = case.basket.attendees or 0
    spans = [(piece, piece.span(case.rules)) for piece in case.rooms] if people else []
    for piece, span in spans:
        together = {other.resource for other, theirs in spans if theirs.overlaps(span)}
        largest = max(together, key=lambda room: (case.rules.rooms[room].capacity, room))
        capacity = sum(case.rules.rooms[room].capacity for room in together)
        if people > capacity and piece.resource == largest:
            yield TooManyPeople(largest, capacity, people)


def counters_are_open(case: Case) -> Iterator[Objection]:
    """The key and the goods can be fetched before and brought back after."""
    return (way.problem for way in case.ways if way.problem)


def rooms_are_free(case: Case) -> Iterator[Objection]:
    return (shortage for shortage in case.shortages if isinstance(shortage, Taken))


def units_are_free(case: Case) -> Iterator[Objection]:
    return (shortage for shortage in case.shortages if isinstance(shortage, ShortStock))


def a_key_is_there(case: Case) -> Iterator[Objection]:
    return (shortage for shortage in case.shortages if isinstance(shortage, NoKey))


def bookings_left(case: Case) -> Iterator[Objection]:
    """An initiative has so many bookings ahead at most; what is offered to it counts."""
    limit = case.rules.limits.active_bookings
    if sum(last_use(other, case.rules) > case.facts.now for other in _others(case)) >= limit:
        yield TooManyBookings(limit)


def hours_left(case: Case) -> Iterator[Objection]:
    """An initiative has so many hours of rooms a week at most; of an offer, the fullest option counts."""
    hours = room_hours_by_week(case.uses, case.rules)
    for other in _others(case):
        hours += _hours_of(other, case.rules)
    limit = case.rules.limits.hours_per_week
    asked = room_hours_by_week(case.uses, case.rules)
    for week in sorted(asked):
        if hours[week] > limit * HOUR.total_seconds():
            yield TooManyHours(limit, week)


def college_can_decide(case: Case) -> Iterator[Objection]:
    """What is booked under reserve of the College comes after a meeting of it, where the rules say so."""
    college, now = case.rules.college, case.facts.now
    new = [use for use in case.uses if not case.stays.issuperset(pieces_of((use,), case.rules))]
    if college.use_before is not UseBefore.REFUSE or not is_early(new, now, case.rules):
        return
    asking = Asking(case.basket.attendees or 0, case.facts.sender.initiative)
    if any(asks_for(need, new, asking, lambda: _fullest(case), case.rules) for need in college.needs.values()):
        yield BeforeCollege(next_meeting(now, case.rules) + ONE_DAY)


def _fullest(case: Case) -> float:
    """Return the hours of rooms in the fullest week that is asked for, with what the asker has besides."""
    asked = room_hours_by_week(case.uses, case.rules)
    hours = sum((_hours_of(other, case.rules) for other in _others(case)), asked)
    return max((hours[week] / HOUR.total_seconds() for week in asked), default=0)


CHECKS: tuple[Check, ...] = (
    lies_ahead,
    asked_in_time,
    within_horizon,
    not_too_long,
    loan_not_too_long,
    not_too_many_units,
    not_closed,
    within_opening_hours,
    people_fit,
    counters_are_open,
    rooms_are_free,
    units_are_free,
    a_key_is_there,
    bookings_left,
    hours_left,
    college_can_decide,
)
"""Every rule, in the order a clerk would ask."""


def room_hours_by_week(uses: Iterable[Use], rules: Rules) -> Counter[date]:
    """Return the seconds of rooms by week, each under its Monday; a night belongs to the day it starts on."""
    weeks: Counter[date] = Counter()
    for use in uses:
        if isinstance(use.when, Span):
            day = local_day(use.when.start, rules)
            weeks[day - timedelta(days=day.weekday())] += int(use.when.length.total_seconds())
    return weeks


def _hours_of(other: Reservation, rules: Rules) -> Counter[date]:
    if other.state is State.CONFIRMED:
        return room_hours_by_week(other.uses, rules)
    fullest = room_hours_by_week(other.uses, rules) if other.state is State.CHANGING else Counter[date]()
    for option in other.options:
        fullest |= room_hours_by_week(option.uses, rules)
    return fullest


def _others(case: Case) -> list[Reservation]:
    """Return what the asker has besides the conversation at hand."""
    own = case.facts.conversation.code if case.facts.conversation else ""
    return [r for r in case.facts.standing if r.code != own and r.state in BOOKED | HELD]
