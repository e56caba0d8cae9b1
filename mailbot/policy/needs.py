"""What must be so for somebody to be asked first: one form for approvals and for what the College agrees to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import TypeAlias

from msgspec import Struct

from mailbot.model.meaning import Wish
from mailbot.model.reservation import Use
from mailbot.model.rules import NeedsApproval, Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.hours import local_day

MINUTE = timedelta(minutes=1)
Thing: TypeAlias = tuple[str, int, Span | Days]
"""What a use is to who decides: not how it is fetched."""


def things(uses: Iterable[Use]) -> frozenset[Thing]:
    return frozenset(map(thing_of, uses))


def thing_of(use: Use) -> Thing:
    return use.resource, use.quantity, use.when


class Asking(Struct, frozen=True):
    """Who asks, for how many people, and what they wish besides."""

    people: int
    initiative: str | None
    wishes: frozenset[Wish] = frozenset()


def asks_for(need: NeedsApproval, new: Iterable[Use], asking: Asking, hours: Callable[[], float], rules: Rules) -> bool:
    """Return whether something that is asked for is as a need has it. `hours` counts those of rooms in the fullest
    week."""
    return (
        (need.people_above is None or asking.people > need.people_above)
        and (not need.alcohol or Wish.ALCOHOL in asking.wishes)
        and (not need.unknown_initiative or asking.initiative is None)
        and (not need.initiatives or asking.initiative in need.initiatives)
        and (need.hours_per_week_above is None or hours() > need.hours_per_week_above)
        and any(is_of(use, need, rules) for use in new)
    )


def is_of(use: Use, need: NeedsApproval, rules: Rules) -> bool:
    """Return whether a use is one that the need speaks of."""
    room = rules.rooms.get(use.resource)
    return (
        (not need.rooms or use.resource in need.rooms)
        and (not need.sites or (room is not None and room.site in need.sites))
        and (not need.things or use.resource in need.things)
        and (need.units_above is None or (room is None and use.quantity > need.units_above))
        and (need.capacity_above is None or (room is not None and room.capacity > need.capacity_above))
        and (need.after is None or (isinstance(use.when, Span) and _ends_after(use.when, need.after, rules)))
        and (not need.days or any(day in days for days in need.days for day in _days(use, rules)))
    )


def _ends_after(span: Span, minutes: int, rules: Rules) -> bool:
    zone = rules.commune.zone
    midnight = datetime.combine(local_day(span.start, rules), time(), zone)
    ends = span.end.astimezone(zone).replace(tzinfo=None) - midnight.replace(tzinfo=None)
    return ends > timedelta(minutes=minutes)


def _days(use: Use, rules: Rules) -> Days:
    if isinstance(use.when, Days):
        return use.when
    return Days(local_day(use.when.start, rules), local_day(use.when.end - MINUTE, rules))
