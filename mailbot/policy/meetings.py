"""When the College meets, and when the list of what it decides about is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from mailbot.model.reservation import Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Hours, Span
from mailbot.policy.hours import ONE_DAY, is_working_day, local_day, whole

FARTHEST = 400
"""Days that are looked ahead for a meeting: a recess may be long."""
LONGEST_REST = 14
"""Days that are gone back over, at most, for a working day."""


def meetings(first: date, rules: Rules) -> Iterator[date]:
    """Yield the days from `first` on which the College meets, soonest first."""
    for ahead in range(FARTHEST):
        day = first + ahead * ONE_DAY
        if day.weekday() == rules.college.meets_on and is_working_day(day, rules) and not _in_recess(day, rules):
            yield day


def _in_recess(day: date, rules: Rules) -> bool:
    return any(day in days for days in rules.college.recess)


def list_hour(meeting: date, rules: Rules) -> datetime:
    """Return when the list for a meeting is written (UTC): on the last working day that is early enough."""
    day = meeting - rules.college.list_before * ONE_DAY
    for back in range(LONGEST_REST):
        if is_working_day(day - back * ONE_DAY, rules):
            return _at_hour(day - back * ONE_DAY, rules)
    return _at_hour(day, rules)


def _at_hour(day: date, rules: Rules) -> datetime:
    at = rules.college.list_at.hour * 60 + rules.college.list_at.minute
    return Hours(at, at + 1).on(day, rules.commune.zone).start


def next_meeting(now: datetime, rules: Rules) -> date:
    """Return the meeting that decides about what is booked now: the first one whose list is still to be written. Where
    the rules have none in a year, the day a year ahead."""
    today = local_day(now, rules)
    coming = (day for day in meetings(today, rules) if list_hour(day, rules) > now)
    return next(coming, today + FARTHEST * ONE_DAY)


def meeting_listed(now: datetime, rules: Rules) -> date | None:
    """Return the meeting, today or later, whose list is to be written by now; None where there is none."""
    soonest = next(meetings(local_day(now, rules), rules), None)
    return soonest if soonest is not None and list_hour(soonest, rules) <= now else None


def meeting_over(now: datetime, rules: Rules) -> date | None:
    """Return the last meeting, where staff are to be reminded of it by now: from the working day after it till the next
    list."""
    today = local_day(now, rules)
    past = [day for day in meetings(today - 60 * ONE_DAY, rules) if day < today] if rules.college.needs else []
    if not past or meeting_listed(now, rules) is not None:
        return None
    day = past[-1] + ONE_DAY
    while not is_working_day(day, rules):
        day += ONE_DAY
    return past[-1] if _at_hour(day, rules) <= now else None


def is_early(uses: Iterable[Use], now: datetime, rules: Rules) -> bool:
    """Return whether something is fetched or used before the College can have decided."""
    if not rules.college.needs:
        return False
    decided = whole(Days(*(next_meeting(now, rules),) * 2), rules).end
    return any(first_moment_of(use, rules) < decided for use in uses)


def first_moment_of(use: Use, rules: Rules) -> datetime:
    """Return when a use begins, or what it needs is fetched (UTC)."""
    start = use.when.start if isinstance(use.when, Span) else whole(use.when, rules).start
    return min(start, use.out.opening.start) if use.out else start
