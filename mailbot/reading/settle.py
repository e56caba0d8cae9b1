"""From days as said to days of the calendar.

A list is settled as a whole: what one of its days leaves out (month, year, week) the others say.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.spans import Days
from mailbot.reading.almanac import ONE_DAY, Almanac, month_span, nth_weekday, valid
from mailbot.reading.said import DaysPhrase, Entry, Link

_BACK: Final = 10
"""A bare number so many days before the day named last is of the same month, one further back of the next."""
_WEEK: Final = 7
_FAR: Final = timedelta(days=62)
"""How far ahead "samedi 13" is looked for: two months."""


class Settled(Struct, frozen=True):
    """What one entry means: its days, or why there are none."""

    days: Days | None = None
    rival: Days | None = None
    """The other day that the words may mean: "samedi prochain"."""
    period: Days | None = None
    """A period in which no day is fixed."""
    conflict: bool = False
    """Weekday and date disagree, or there is no such day."""
    past: bool = False
    sure: bool = True
    """False for a weekday alone: an earlier date of the mail may be meant."""
    open_end: bool = False
    """A period whose end a calendar does not tell: "jusqu'aux vacances"."""
    ranged: bool = False
    """Said with a first and a last day."""


def settle(
    phrase: DaysPhrase, almanac: Almanac, last_named: date | None = None, hint: date | None = None
) -> list[Settled]:
    """Return what each entry of a list means. `last_named` is the day last named before ("le lendemain"); `hint` a day
    whose month a bare number shares."""
    _share_months(phrase)
    settled: list[Settled] = []
    floor: date | None = None
    for entry in phrase.entries:
        found = _entry(entry, almanac, floor, last_named, hint)
        settled.append(found)
        named = found.days or found.period
        if named is not None:
            hint = named.last
            last_named = named.last if entry.next_day is None else last_named
            if entry.year is not None:
                floor = named.first
    return settled


def choices(phrase: DaysPhrase) -> list[list[int]]:
    """Return the entries by alternative: those joined by "et" stand together, "ou" and "sinon" part them."""
    groups: list[list[int]] = [[0]]
    for number, link in enumerate(phrase.links, 1):
        if _parts(phrase.links, number - 1) or link in (Link.OR, Link.ELSE):
            groups.append([number])
        else:
            groups[-1].append(number)
    return groups


def _parts(links: Sequence[Link], at: int) -> bool:
    """Whether a comma parts alternatives: "le 3, le 10 ou le 17" are three of them."""
    if links[at] is not Link.COMMA:
        return False
    following = next((link for link in links[at:] if link is not Link.COMMA), None)
    return following is Link.OR


def _flat(phrase: DaysPhrase) -> list[Entry]:
    return [each for entry in phrase.entries for each in (entry, entry.until) if each is not None]


def _share_months(phrase: DaysPhrase) -> None:
    """Give each day the month and the year that the list says once."""
    entries = _flat(phrase)
    for entry, following in zip(reversed(entries[:-1]), reversed(entries[1:]), strict=True):
        if entry.day is not None and entry.month is None and entry.month_offset is None:
            entry.month, entry.month_offset, entry.year = following.month, following.month_offset, following.year
            if (
                entry.month is not None
                and following.day is not None
                and entry.day > following.day
                and entry.until is following
            ):
                entry.month, entry.year = _month_before(entry.month, entry.year)
        if (
            entry.month is not None
            and entry.year is None
            and following.year is not None
            and following.month is not None
        ):
            earlier = (entry.month, entry.day or 1) <= (following.month, following.day or 31)
            entry.year = following.year if earlier else following.year - 1
        if entry.year_offset is None and entry.month is not None and following.month is not None:
            entry.year_offset = following.year_offset
    for before, entry in itertools.pairwise(entries):
        if entry.day is not None and entry.month is None and entry.month_offset is None and before.month is not None:
            entry.month, entry.year = before.month, before.year
            if before.day is not None and entry.day < before.day - _BACK:
                entry.month, entry.year = _month_after(entry.month, entry.year)
        if entry.bare_weekday and before.week_offset is not None:
            entry.week_offset = before.week_offset


def _month_before(month: int, year: int | None) -> tuple[int, int | None]:
    return (month - 1, year) if month > 1 else (12, None if year is None else year - 1)


def _month_after(month: int, year: int | None) -> tuple[int, int | None]:
    return (month + 1, year) if month < 12 else (1, None if year is None else year + 1)


def _entry(entry: Entry, almanac: Almanac, floor: date | None, last_named: date | None, hint: date | None) -> Settled:
    first = _one(entry, almanac, floor, last_named, hint)
    if entry.apart:
        first = _apart(first, entry.apart, last_named)
    if entry.until is None:
        return first
    begun = first.days or first.period
    if first.conflict or begun is None:
        return replace(first, ranged=True)
    last = _end(entry.until, almanac, begun.first)
    ended = last.days or last.period
    if last.conflict:
        return replace(last, days=None, ranged=True)
    if ended is None:
        return Settled(period=begun, open_end=True, ranged=True)
    if ended.last < begun.first:
        return Settled(conflict=True, ranged=True)
    span = Days(begun.first, ended.last)
    if first.period is not None or last.period is not None:
        return Settled(period=span, open_end=last.open_end, past=first.past and last.past, ranged=True)
    return Settled(days=span, past=ended.last < almanac.today, sure=first.sure, ranged=True)


def _apart(settled: Settled, days: int, last_named: date | None) -> Settled:
    """Return the day so many days from a date ("la veille du 5 juin"), or the date, where it is that from the day named
    last: "le lendemain 6 juin"."""
    if settled.days is None or settled.days.first != settled.days.last:
        return settled
    day = settled.days.first
    if last_named is None or day != last_named + timedelta(days=days):
        day += timedelta(days=days)
    return replace(settled, days=Days(day, day))


def _end(entry: Entry, almanac: Almanac, start: date) -> Settled:
    """Settle the last day of a range: the first such day from its start on."""
    if (
        entry.weekday is not None
        and entry.day is None
        and entry.month is None
        and not entry.nth
        and entry.week_offset is None
    ):
        ahead = (entry.weekday - start.weekday()) % 7
        return Settled(Days(start + timedelta(days=ahead), start + timedelta(days=ahead)), sure=False)
    return _one(entry, almanac, start, start, start)


def _one(entry: Entry, almanac: Almanac, floor: date | None, last_named: date | None, hint: date | None) -> Settled:
    if entry.nth:
        return _ranked(entry, almanac, floor)
    if entry.feast is not None:
        return _feast(entry, almanac, floor)
    if entry.day is not None:
        return _dated(entry, almanac, floor, hint)
    if entry.weekend:
        return _weekend(entry, almanac)
    if entry.weekday is not None and not entry.vague:
        if entry.following and last_named is not None and last_named >= almanac.today:
            day = last_named + timedelta(days=(entry.weekday - last_named.weekday() - 1) % 7 + 1)
            return Settled(Days(day, day))
        if entry.preceding and last_named is not None and last_named >= almanac.today:
            day = last_named - timedelta(days=(last_named.weekday() - entry.weekday - 1) % 7 + 1)
            return Settled(Days(day, day))
        return _weekday(entry, almanac)
    if entry.day_offset is not None:
        day = almanac.today + timedelta(days=entry.day_offset)
        return Settled(Days(day, day), past=day < almanac.today)
    if entry.next_day is not None:
        if last_named is None:
            return _period(Entry(week_offset=2), almanac, floor) if entry.next_day == _WEEK else Settled()
        day = last_named + timedelta(days=entry.next_day)
        return Settled(Days(day, day))
    return _period(entry, almanac, floor)


def _dated(entry: Entry, almanac: Almanac, floor: date | None, hint: date | None) -> Settled:
    day = _date(entry, almanac, floor, hint)
    if day is None:
        return Settled(conflict=True)
    if entry.weekend:
        return _weekend_at(day)
    if entry.week:
        return _week_at(day, vague=entry.vague)
    if entry.weekday is not None and day.weekday() != entry.weekday:
        before = valid(day.year - 1, day.month, day.day) if entry.year is None else None
        if before is not None and before.weekday() == entry.weekday and almanac.today - before <= _FAR:
            return Settled(Days(before, before), past=True)
        return Settled(conflict=True)
    return Settled(Days(day, day), past=day < almanac.today)


def _date(entry: Entry, almanac: Almanac, floor: date | None, hint: date | None) -> date | None:
    day = entry.day
    assert day is not None, "asked of entries with a day's number"
    if entry.month is not None:
        if entry.year is not None:
            return valid(entry.year, entry.month, day)
        if entry.year_offset is not None:
            return valid(almanac.today.year + entry.year_offset, entry.month, day)
        return almanac.dated(entry.month, day, floor)
    if entry.month_offset is not None:
        month = almanac.month_at(entry.month_offset).first
        return valid(month.year, month.month, day)
    if entry.weekday is not None:
        near = None if hint is None else valid(hint.year, hint.month, day)
        if near is not None and near >= almanac.today and near.weekday() == entry.weekday:
            return near
        return _numbered_weekday(day, entry.weekday, almanac, floor or hint)
    if hint is not None and hint >= almanac.today:
        of_this_month = day >= hint.day - _BACK
        return almanac.day_of_month(day, max(hint.replace(day=1), almanac.today) if of_this_month else hint)
    return almanac.day_of_month(day, floor)


def _numbered_weekday(day: int, weekday: int, almanac: Almanac, floor: date | None) -> date | None:
    """ "samedi 13": the first 13th that is a Saturday, within two months."""
    start = max(floor or almanac.today, almanac.today)
    return next(
        (
            found
            for found in (start + timedelta(days=ahead) for ahead in range(_FAR.days + 1))
            if found.day == day and found.weekday() == weekday
        ),
        None,
    )


def _weekday(entry: Entry, almanac: Almanac) -> Settled:
    weekday = entry.weekday
    assert weekday is not None, "asked of entries with a weekday"
    coming = almanac.coming(weekday)
    if entry.gone:
        day = coming - timedelta(days=7)
        day -= timedelta(days=7) if day >= almanac.today else timedelta(0)
        return Settled(Days(day, day), past=True)
    if entry.week_offset is not None:
        day = almanac.in_week(entry.week_offset, weekday)
        return Settled(Days(day, day), past=day < almanac.today)
    day = coming + timedelta(days=entry.shift)
    if entry.next and not entry.this:
        other = almanac.in_week(1, weekday)
        return Settled(Days(day, day), rival=None if other == day else Days(other, other))
    return Settled(Days(day, day), sure=not entry.bare_weekday)


def _weekend(entry: Entry, almanac: Almanac) -> Settled:
    if entry.week_offset is not None:
        return _weekend_at(almanac.in_week(entry.week_offset, 5))
    today = almanac.today
    saturday = today if today.weekday() == 5 else almanac.coming(5)
    if entry.gone:
        return replace(_weekend_at(saturday - timedelta(days=7)), past=True)
    found = _weekend_at(saturday + timedelta(days=entry.shift))
    if entry.next and not entry.this:
        other = _weekend_at(almanac.in_week(1, 5))
        return replace(found, rival=None if other.days == found.days else other.days)
    return found


def _weekend_at(day: date) -> Settled:
    """Return the Saturday and Sunday that a day belongs to; a Friday goes with those that follow it."""
    if day.weekday() < 4:
        return Settled(conflict=True)
    saturday = day + timedelta(days=5 - day.weekday())
    return Settled(Days(saturday, saturday + ONE_DAY))


def _week_at(day: date, *, vague: bool) -> Settled:
    monday = day - timedelta(days=day.weekday())
    week = Days(monday, monday + timedelta(days=6))
    return Settled(period=week) if vague else Settled(week)


def _feast(entry: Entry, almanac: Almanac, floor: date | None) -> Settled:
    assert entry.feast is not None, "asked of entries with a feast"
    day = almanac.feast(entry.feast, entry.year, floor)
    if entry.weekend:
        saturday = day + timedelta(
            days=(5 - day.weekday()) % 7 if day.weekday() not in (0, 6) else -((day.weekday() - 5) % 7)
        )
        return Settled(Days(saturday, saturday + ONE_DAY))
    if entry.week:
        return _week_at(day, vague=entry.vague)
    return Settled(Days(day, day), past=day < almanac.today)


def _ranked(entry: Entry, almanac: Almanac, floor: date | None) -> Settled:
    """ "le premier lundi de mars", "le dernier week-end d'août"; of a week only a period is known."""
    month = _month(entry, almanac, floor)
    if month is None:
        return Settled(conflict=True)
    if entry.week:
        return Settled(period=_ranked_week(month, entry.nth[0]))
    weekday = 5 if entry.weekend else entry.weekday
    assert weekday is not None, "a rank is of a weekday, a weekend or a week"
    day = nth_weekday(month.first.year, month.first.month, weekday, entry.nth[0])
    if day is None:
        return Settled(conflict=True)
    if day < almanac.today and entry.year is None and entry.month is not None:
        month = month_span(month.first.year + 1, month.first.month)
        day = nth_weekday(month.first.year, month.first.month, weekday, entry.nth[0]) or day
    return Settled(Days(day, day + ONE_DAY) if entry.weekend else Days(day, day), past=day < almanac.today)


def _ranked_week(month: Days, nth: int) -> Days:
    if nth < 0:
        return Days(month.last - timedelta(days=6), month.last)
    first = month.first + timedelta(days=7 * (nth - 1))
    return Days(first, min(first + timedelta(days=6), month.last))


def _month(entry: Entry, almanac: Almanac, floor: date | None) -> Days | None:
    if entry.month is not None:
        year = entry.year
        if year is None and entry.year_offset is not None:
            year = almanac.today.year + entry.year_offset
        return almanac.month(entry.month, year, floor)
    if entry.month_offset is not None:
        return almanac.month_at(entry.month_offset)
    return None


_EDGES: Final = {"start": (1, 10), "middle": (11, 20), "end": (21, 31)}


def _period(entry: Entry, almanac: Almanac, floor: date | None) -> Settled:
    month = _month(entry, almanac, floor)
    if month is not None:
        if entry.edge is not None:
            low, high = _EDGES[entry.edge]
            last = min(high, month.last.day)
            period = Days(month.first.replace(day=low), month.first.replace(day=last))
            return Settled(period=period, open_end=entry.edge != "end")
        return Settled(period=month, past=month.last < almanac.today)
    if entry.week_offset is not None:
        monday = almanac.in_week(entry.week_offset, 0)
        week = Days(monday, monday + timedelta(days=6))
        if entry.whole:
            return Settled(week)
        return Settled(period=week, past=week.last < almanac.today)
    if entry.year_offset is not None:
        year = almanac.today.year + entry.year_offset
        return Settled(period=Days(date(year, 1, 1), date(year, 12, 31)), past=entry.year_offset < 0)
    if entry.holidays is not None and entry.holidays not in ("term", "public"):
        return Settled(period=almanac.next_holidays(entry.holidays), open_end=True)
    return Settled(open_end=True)


def spans_of(settled: Iterable[Settled]) -> tuple[Days, ...]:
    """Return the days that are fixed, in the order said, each once."""
    return tuple(dict.fromkeys(each.days for each in settled if each.days is not None))
