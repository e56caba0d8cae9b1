"""Why something cannot be as it is asked; each objection holds what the letter must say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from mailbot.model.rules import Rules, Words
from mailbot.model.spans import Days, Hours, Span


class InThePast(Struct, frozen=True):
    day: date


class TooLate(Struct, frozen=True):
    """Asked too shortly before; `earliest` is the first moment that could be had (UTC)."""

    earliest: datetime


class TooFar(Struct, frozen=True):
    latest: date


class TooLong(Struct, frozen=True):
    """A use of a room is longer than allowed."""

    longest: timedelta


class LoanTooLong(Struct, frozen=True):
    longest: int


class OutsideHours(Struct, frozen=True):
    """`open` holds the opening hours of that day; empty where it is closed that weekday."""

    resource: str
    day: date
    open: tuple[Hours, ...]


class Closed(Struct, frozen=True):
    """Of the whole, or blocked for some hours or days; what staff wrote as a reason stands for every language."""

    resource: str
    when: Span | Days
    reason: Words


class TooManyPeople(Struct, frozen=True):
    resource: str
    capacity: int
    asked: int


class Taken(Struct, frozen=True):
    resource: str
    when: Span | Days


class ShortStock(Struct, frozen=True):
    """`free` units are left on the busiest day."""

    resource: str
    asked: int
    free: int
    days: Days


class TooManyUnits(Struct, frozen=True):
    """More of a thing is asked than one loan may have."""

    resource: str
    limit: int
    asked: int


class NoKey(Struct, frozen=True):
    """The room is free, but each copy of its key is out from the last opening before to the first after."""

    resource: str
    counter: str
    when: Span


class NoOpening(Struct, frozen=True):
    """No opening of the counter lies in reach before or after the use."""

    resource: str
    counter: str
    when: Span | Days


class TooManyBookings(Struct, frozen=True):
    limit: int


class TooManyHours(Struct, frozen=True):
    limit: int
    week: date
    """The Monday of the week that would be too full."""


class TooManyOptions(Struct, frozen=True):
    """More is held at their own wish than the rules allow."""

    limit: int


class BeforeCollege(Struct, frozen=True):
    """The College must agree first, and cannot before; `earliest` is the first day that could be had."""

    earliest: date


class NotAgreed(Struct, frozen=True):
    """Those who must agree do not, or do no longer."""

    resource: str
    when: Span | Days


class NotLent(Struct, frozen=True):
    """Something that the commune does not have; `name` as the asker called it."""

    name: str


Objection: TypeAlias = (
    InThePast
    | TooLate
    | TooFar
    | TooLong
    | LoanTooLong
    | OutsideHours
    | Closed
    | TooManyPeople
    | Taken
    | ShortStock
    | TooManyUnits
    | NoKey
    | NoOpening
    | TooManyBookings
    | TooManyHours
    | TooManyOptions
    | BeforeCollege
    | NotAgreed
    | NotLent
)


def may_be_freed(objections: Sequence[Objection], rules: Rules) -> bool:
    """Return whether waiting makes sense: others have it, and nothing else is against it. More than there is will never
    be given back; a closing day stays one."""
    return bool(objections) and all(
        isinstance(each, Taken | NoKey) or (isinstance(each, ShortStock) and not beyond_stock(each, rules))
        for each in objections
    )


def beyond_stock(short: ShortStock, rules: Rules) -> bool:
    """Return whether more is asked than there is at all."""
    thing = rules.equipment.get(short.resource)
    return thing is not None and short.asked > thing.stock
