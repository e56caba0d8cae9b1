"""When rooms and counters are open, and when the commune works: weeks, school and public holidays, closures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from mailbot.model.rules import Closure, Counter, Room, Rules, Week
from mailbot.model.spans import Days, Hours, Span

ONE_DAY = timedelta(days=1)
MARGIN = timedelta(minutes=15)
"""So long before a quiet time what must leave before it is due: a minute of its own could be missed by a clock that
waits for a server, and the next one may be days away."""
SUNDAY = 6
MORNING, EVENING = 9, 20
"""Hours of the day between which something may be due."""
LONGEST_REST = 30
"""Days that are looked at for a moment at which the clock may write."""
_WHOLE_DAY = Hours(0, 1440)


def local_day(moment: datetime, rules: Rules) -> date:
    """Return the day it is in the commune at that moment."""
    return moment.astimezone(rules.commune.zone).date()


def whole(days: Days, rules: Rules) -> Span:
    """Return the span from the first midnight of the days to the last: 23 to 25 hours for each."""
    zone = rules.commune.zone
    return Span(_WHOLE_DAY.on(days.first, zone).start, _WHOLE_DAY.on(days.last, zone).end)


def school_holiday(day: date, community: str | None, rules: Rules) -> Closure | None:
    """Return the school holiday of the community (None: the first language that has any) that holds the day."""
    if community is None:
        community = next((code for code in rules.commune.languages if rules.school_holidays.get(code)), "")
    return _holding(day, rules.school_holidays.get(community, ()))


def room_hours(room: Room, day: date, rules: Rules) -> tuple[Hours, ...]:
    """Return the opening hours of the room on that weekday, in term or in school holidays; closures apart."""
    week: Week = room.holidays if school_holiday(day, room.holiday_community, rules) else room.term
    return week.get(day.weekday(), ())


def room_closure(room: Room, day: date, rules: Rules) -> Closure | None:
    """Return why the room is closed on a day on which it would else be open, or None."""
    site = rules.sites.get(room.site)
    closures = (*rules.closures, *(site.closures if site else ()), *room.closures)
    return _holding(day, closures) or (None if room.open_on_public_holidays else _public_holiday(day, rules))


def room_openings(room: Room, day: date, rules: Rules) -> tuple[Span, ...]:
    """Return when the room is open on that day, soonest first; nothing where it is closed. What is blocked is open, and
    not to be had."""
    besides = tuple(sorted(span for span in room.extra if local_day(span.start, rules) == day))
    if room_closure(room, day, rules):
        return besides
    usual = _spans(room_hours(room, day, rules), day, rules)
    return usual if not besides else tuple(_merged(sorted((*usual, *besides))))


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield spans of which those that overlap or touch are made one."""
    last: Span | None = None
    for span in spans:
        if last is not None and span.start <= last.end:
            last = Span(last.start, max(last.end, span.end))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def is_open(room: Room, span: Span, rules: Rules) -> bool:
    """Return whether the room is open through the whole span; openings that touch, over midnight too, count as one."""
    day = local_day(span.start, rules) - ONE_DAY
    reached = span.start
    while day <= local_day(span.end, rules):
        for opening in room_openings(room, day, rules):
            if opening.start <= reached < opening.end:
                reached = opening.end
        day += ONE_DAY
    return reached >= span.end


class _CounterDay(Struct, frozen=True, eq=False):
    """A counter on a day under one version of the rules, the same only as itself: a key for what was computed."""

    counter: Counter
    day: date
    rules: Rules

    def __hash__(self) -> int:
        return hash((id(self.rules), id(self.counter), self.day))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _CounterDay):
            return NotImplemented
        return (self.rules is other.rules) and (self.counter is other.counter) and self.day == other.day


def counter_openings(counter: Counter, day: date, rules: Rules) -> tuple[Span, ...]:
    """Return when the counter is open on that day, soonest first. Each mail asks for the same few weeks, so what was
    computed is kept for as long as the rules are the same."""
    return _counter_openings(_CounterDay(counter, day, rules))


@lru_cache(maxsize=4096)
def _counter_openings(key: _CounterDay) -> tuple[Span, ...]:
    counter, day, rules = key.counter, key.day, key.rules
    closed = _holding(day, (*rules.closures, *counter.closures))
    if closed or (_public_holiday(day, rules) and not counter.open_on_public_holidays):
        return ()
    return _spans(counter.week.get(day.weekday(), ()), day, rules)


def is_working_day(day: date, rules: Rules) -> bool:
    """Return whether the commune works: Monday to Friday, no public holiday, no closure of everything."""
    return day.weekday() < 5 and day not in rules.public_holidays and not _holding(day, rules.closures)


def is_quiet(moment: datetime, rules: Rules) -> bool:
    """Return whether the clock writes to nobody at that moment: at night, on Sundays and holidays."""
    return not any(span.start <= moment < span.end for span in _awake(local_day(moment, rules), rules))


def last_awake(moment: datetime, rules: Rules) -> datetime:
    """Return the last moment up to this one at which the clock may write: this one, or MARGIN before a quiet time
    began. Where it was quiet for weeks on end it is this one, quiet or not."""
    day = local_day(moment, rules)
    for back in range(LONGEST_REST):
        for span in reversed(_awake(day - back * ONE_DAY, rules)):
            if span.start <= moment:
                return min(moment, max(span.start, span.end - MARGIN))
    return moment


def _awake(day: date, rules: Rules) -> tuple[Span, ...]:
    if _is_rest_day(day, rules):
        return ()
    quiet = rules.reminders.quiet
    ends = [(quiet.end - 1440, quiet.start)] if quiet.end > 1440 else [(0, quiet.start), (quiet.end, 1440)]
    return _spans((Hours(start, end) for start, end in ends if start < end), day, rules)


def _is_rest_day(day: date, rules: Rules) -> bool:
    if rules.reminders.on_rest_days:
        return False
    return day.weekday() == SUNDAY or day in rules.public_holidays or _holding(day, rules.closures) is not None


def not_at_night(moment: datetime, rules: Rules) -> datetime:
    """Return the moment, or nine in the morning after it where it lies between eight in the evening and then: nobody
    is to answer in their sleep."""
    local = moment.astimezone(rules.commune.zone)
    if MORNING <= local.hour < EVENING:
        return moment
    day = local.date() + ONE_DAY if local.hour >= EVENING else local.date()
    return Hours(0, MORNING * 60).on(day, rules.commune.zone).end


def hold_end(now: datetime, rules: Rules) -> datetime:
    """Return when an offer made now ends (UTC): at `hold_until` of the `hold`-th working day after today."""
    day, left = local_day(now, rules), max(1, rules.limits.hold)
    while left:
        day += ONE_DAY
        left -= is_working_day(day, rules)
    return until_evening(day, rules)


def until_evening(day: date, rules: Rules) -> datetime:
    """Return `hold_until` of that day, or of the first working day after it (UTC)."""
    while not is_working_day(day, rules):
        day += ONE_DAY
    until = rules.limits.hold_until
    return Hours(0, until.hour * 60 + until.minute or 1440).on(day, rules.commune.zone).end


def _holding(day: date, closures: Iterable[Closure]) -> Closure | None:
    return next((closure for closure in closures if day in closure.days), None)


def _public_holiday(day: date, rules: Rules) -> Closure | None:
    name = rules.public_holidays.get(day)
    return None if name is None else Closure(Days(day, day), name)


def _spans(hours: Iterable[Hours], day: date, rules: Rules) -> tuple[Span, ...]:
    return tuple(sorted(stretch.on(day, rules.commune.zone) for stretch in hours))
