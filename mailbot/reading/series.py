"""Repetitions written out: from a rule, its bounds and its exceptions to days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.model.spans import Days
from mailbot.reading.almanac import ONE_DAY, Almanac, month_span, nth_weekday
from mailbot.reading.atoms import Mark
from mailbot.reading.pieces import Piece
from mailbot.reading.said import CountPhrase, DaysPhrase, Entry, ExceptPhrase, RulePhrase
from mailbot.reading.settle import settle

_FIVE_YEARS: Final = timedelta(days=1830)


class Window(Struct, frozen=True):
    """From when to when a repetition runs; None where it was not said."""

    first: date | None = None
    last: date | None = None


class Excluded(Struct):
    """Days that are left out."""

    weekdays: set[int] = field(default_factory=set)
    spans: list[Days] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    """Days of the month, of whichever month there is: "sauf le 15"."""
    ranks: set[int] = field(default_factory=set)
    """Which of all the days, 1 the first, -1 the last: "sauf le dernier"."""
    of_month: set[int] = field(default_factory=set)
    """The same of such weekdays in each month: "sauf le dernier du mois"."""

    def leaves_out(self, day: date) -> bool:
        ranked = (nth_weekday(day.year, day.month, day.weekday(), rank) for rank in self.of_month)
        told = day.day in self.numbers or day.weekday() in self.weekdays or day in ranked
        return told or any(day in span for span in self.spans)


class Series(Struct, frozen=True):
    """A repetition written out. `ends`: its end was said, so that `days` are all of them, else the first alone."""

    days: tuple[date, ...]
    left_out: tuple[date, ...]
    ends: bool
    last: date | None
    too_many: bool = False


def with_count(rule: RulePhrase, counted: CountPhrase | None) -> RulePhrase:
    """Return the rule with the number of its uses, where "pendant 6 semaines" or "8 keer" said one."""
    if counted is None or rule.count is not None:
        return rule
    uses = {
        ("times", rule.frequency): counted.number,
        ("week", "weekly"): max(1, len(rule.weekdays)) * -(-counted.number // rule.interval),
        ("month", "monthly"): max(1, len(rule.nth)) * counted.number,
        ("day", "daily"): counted.number,
        ("week", "daily"): 7 * counted.number,
    }
    return replace(rule, count=uses.get((counted.unit, rule.frequency)))


def with_weekdays(rule: RulePhrase, pieces: Sequence[Piece]) -> RulePhrase:
    """Return the rule with the weekdays that it left open: those said elsewhere, or that of the first day."""
    if not rule.open_weekdays or rule.frequency == "daily":
        return rule
    weekdays = {weekday for piece in pieces for entry in piece.entries for weekday in _weekdays(entry)}
    if not weekdays and rule.frequency == "weekly":
        firsts = (each.days.first for piece in pieces for each in piece.settled if each.days is not None and each.sure)
        weekdays = {day.weekday() for day in firsts}
    if not weekdays:
        return rule
    return replace(rule, weekdays=tuple(sorted(weekdays)), open_weekdays=False)


def _weekdays(entry: Entry) -> list[int]:
    """Return the weekdays that an entry names without a date: "le mardi", "du lundi au vendredi"."""
    if entry.weekday is None or entry.has_month or entry.day is not None:
        return []
    if entry.until is None:
        return [entry.weekday]
    if not entry.until.bare_weekday or entry.until.weekday is None:
        return []
    return [(entry.weekday + step) % 7 for step in range((entry.until.weekday - entry.weekday) % 7 + 1)]


def windows(pieces: Sequence[Piece]) -> list[Window]:
    """Return from when to when: ranges and periods each are a window; "à partir du" and "jusqu'au" bound them."""
    found: list[Window] = []
    first: date | None = None
    last: date | None = None
    for piece in pieces:
        for entry, each in zip(piece.entries, piece.settled, strict=True):
            span = each.days or each.period
            until = piece.leads & Mark.UNTIL and not piece.leads & Mark.FROM and entry.until is None
            if (entry.bare_weekday and _weekdays(entry)) or span is None:
                continue
            if until:
                last = last if each.open_end else span.last
            elif piece.leads & (Mark.SINCE | Mark.AFTER) and entry.until is None:
                first = span.first
            elif each.ranged or entry.is_period:
                found.append(Window(span.first, None if each.open_end and entry.holidays is None else span.last))
            else:
                first = span.first if first is None else min(first, span.first)
    if not found:
        return [Window(first, last)]
    narrow = [one for one in found if not any(_holds(one, other) for other in found)]
    return [Window(_latest(window.first, first), _earliest(window.last, last)) for window in narrow]


def _holds(window: Window, other: Window) -> bool:
    """Whether a window only tells in which longer time another one lies: "en 2027, de janvier à juin"."""
    if window == other or window.first is None or window.last is None or other.first is None:
        return False
    return window.first <= other.first and other.last is not None and other.last <= window.last


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def excluded(pieces: Sequence[Piece], almanac: Almanac, last_named: date | None) -> Excluded:
    """Return what the exceptions among the pieces leave out."""
    left_out = Excluded()
    for piece in pieces:
        if isinstance(piece.phrase, ExceptPhrase):
            left_out.weekdays.update(piece.phrase.weekdays)
            (left_out.of_month if piece.phrase.monthly else left_out.ranks).update(piece.phrase.ranks)
            for key in piece.phrase.holidays:
                left_out.spans.extend(almanac.holidays(key))
            for days in piece.phrase.days:
                exclude(days, left_out, almanac, last_named)
    return left_out


def exclude(phrase: DaysPhrase, left_out: Excluded, almanac: Almanac, last_named: date | None) -> None:
    numbers = {entry.day for entry in phrase.entries if entry.day is not None and not entry.has_month}
    if numbers and not any(entry.has_month for entry in phrase.entries):
        left_out.numbers |= numbers
        return
    for entry, each in zip(phrase.entries, settle(phrase, almanac, last_named), strict=True):
        if entry.bare_weekday and entry.until is None and entry.weekday is not None:
            left_out.weekdays.add(entry.weekday)
        elif entry.holidays is not None:
            left_out.spans.extend(almanac.holidays(entry.holidays))
        else:
            span = each.days or each.period
            left_out.spans.extend([span] if span is not None else [])


def without(span: Days, left_out: Excluded) -> Iterator[Days]:
    """Yield what is left of a stretch of days: "du 26 au 30 octobre, sauf le mercredi" is two."""
    first: date | None = None
    for day in span:
        if left_out.leaves_out(day):
            if first is not None:
                yield Days(first, day - ONE_DAY)
            first = None
        elif first is None:
            first = day
    if first is not None:
        yield Days(first, span.last)


def write_out(rule: RulePhrase, spans: Sequence[Window], left_out: Excluded, today: date, most: int) -> Series:
    """Return the days of a rule within its windows, at most `most`; the first alone where no end was said."""
    ends = rule.count is not None or all(span.last is not None for span in spans)
    days: list[date] = []
    skipped: list[date] = []
    too_many = False
    for span in spans:
        start = span.first or today + ONE_DAY
        start = max(start, today) if span.last is not None else start
        for taken, day in enumerate(_occurrences(rule, start, span.last)):
            if taken >= (rule.count or most):
                too_many = rule.count is None
                break
            (skipped if left_out.leaves_out(day) else days).append(day)
            if days and not ends:
                break
    unique = tuple(sorted(set(days)))
    if ends and left_out.ranks:
        gone = {unique[rank - 1 if rank > 0 else rank] for rank in left_out.ranks if abs(rank) <= len(unique)}
        gone |= {day for day in unique if day.day in left_out.ranks and day.day > len(unique)}  # "not the 13th"
        skipped.extend(sorted(gone))
        unique = tuple(day for day in unique if day not in gone)
    last = spans[-1].last or max(unique, default=None)
    return Series(unique[:most], tuple(skipped) if ends else (), ends, last if ends else None, too_many)


def _occurrences(rule: RulePhrase, first: date, last: date | None) -> Iterator[date]:
    """Yield the days of a rule from `first` on, at most five years of them."""
    end = first + _FIVE_YEARS if last is None else min(last, first + _FIVE_YEARS)
    if rule.frequency == "monthly":
        yield from _monthly(rule, first, end)
    elif rule.frequency == "daily":
        yield from (first + timedelta(days=ahead) for ahead in range(0, (end - first).days + 1, rule.interval))
    else:
        yield from _weekly(rule, first, end)


def _weekly(rule: RulePhrase, first: date, end: date) -> Iterator[date]:
    """Weeks are counted from that of the first use."""
    monday = first - timedelta(days=first.weekday())
    if rule.weekdays[-1] < first.weekday():
        monday += timedelta(days=7)
    while monday <= end:
        for weekday in rule.weekdays:
            day = monday + timedelta(days=weekday)
            if first <= day <= end:
                yield day
        monday += timedelta(days=7 * rule.interval)


def _monthly(rule: RulePhrase, first: date, end: date) -> Iterator[date]:
    month = month_span(first.year, first.month)
    while month.first <= end:
        year, number = month.first.year, month.first.month
        found = [nth_weekday(year, number, weekday, nth) for nth in rule.nth for weekday in rule.weekdays]
        if rule.day_of_month is not None:
            found = [date(year, number, rule.day_of_month)]
        yield from (day for day in sorted(day for day in found if day is not None) if first <= day <= end)
        years, months = divmod(number - 1 + rule.interval, 12)
        month = month_span(year + years, months + 1)
