"""How a language says days, hours, lists and numbers of things: formats are data (templates/<language>/words.toml).

Nothing here knows a language. A format is a `str.format` string of the commune's own file; what people wrote is only
ever an argument of one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct

from mailbot.model.spans import Days, Hours, Span

Formats = Mapping[str, str]

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories that have no place in a line of a letter: controls, bidi overrides and other formatting, surrogates,
private use, unassigned, line and paragraph separators."""

_KEPT = {"\u200c", "\u200d"}
"""Joiners that Indic and Persian names and some emoji need; they reorder nothing."""


def one_line(text: str, longest: int = 0) -> str:
    """Return text that cannot break out of its line or turn it around: white space made single spaces, invisible
    characters dropped, cut with an ellipsis after `longest` characters (0: never)."""
    if text.isprintable() and "  " not in text:
        clean = text.strip()
    else:
        spaced = re.sub(r"\s", " ", text)
        visible = "".join(c for c in spaced if c in _KEPT or unicodedata.category(c) not in _INVISIBLE)
        clean = re.sub(r" {2,}", " ", visible).strip()
    return clean[: longest - 1].rstrip() + "…" if 0 < longest < len(clean) else clean


class Words(Struct, frozen=True, dict=True):
    """The words of one language, as its words.toml gives them."""

    tables: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read a words.toml. Raises OSError and tomllib.TOMLDecodeError: the file is part of the program."""
        return cls(tomllib.loads(path.read_text(encoding="utf-8")))

    def table(self, name: str) -> Formats:
        table: Formats = self.tables[name]
        return table

    @cached_property
    def unbroken(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """What must not be parted at the end of a line, and how it is kept together."""
        return tuple((re.compile(pattern), together) for pattern, together in self.tables["unbroken"])

    @cached_property
    def plural_rules(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(pattern), plural) for pattern, plural in self.tables["things"]["plural"])

    def plural(self, name: str) -> str:
        """Return a thing's name as it stands after a number above one: an exception, else the first rule that fits."""
        exceptions: Formats = self.tables["things"]["plurals"]
        if name in exceptions:
            return exceptions[name]
        for pattern, plural in self.plural_rules:
            if pattern.search(name):
                return pattern.sub(plural, name, count=1)
        return name


class Phrases(Struct, frozen=True):
    """Days, hours and numbers in words, for one letter: its language, the commune's zone, and the day it is written.
    A year is said where it is not the year of `today`, or where it is asked for."""

    words: Words
    zone: tzinfo
    today: date

    # --- lists and numbers of things

    def listed(self, parts: Iterable[str], last: str = "and") -> str:
        """Return "a, b et c"; with `last="or"`: "a, b ou c"."""
        every = list(parts)
        return self.words.table("list")[last].join(part for part in (", ".join(every[:-1]), *every[-1:]) if part)

    def quantity(self, number: int, name: str) -> str:
        """Return "2 tonnelles", "1 percolateur"."""
        formats = self.words.table("things")
        return formats["quantity"].format(number=number, name=name if number == 1 else self.words.plural(name))

    def plural(self, name: str) -> str:
        return self.words.plural(name)

    def quoted(self, text: str) -> str:
        return self.words.table("list")["quoted"].format(one_line(text, 120))

    def counted(self, number: int, what: str) -> str:
        """Return a number with a noun of the table `counts`: it holds "one" and "many" forms as `<what>` and
        `<what>_many`; "no" forms as `<what>_none` are optional."""
        counts = self.words.table("counts")
        form = counts.get(f"{what}_none", counts[f"{what}_many"]) if number == 0 else counts[f"{what}_many"]
        return (counts[what] if number == 1 else form).format(number)

    # --- days

    def day(self, day: date, *, year: bool = False) -> str:
        """Return "samedi 13 juin"."""
        return self._dated("day", day, year)

    def short_day(self, day: date) -> str:
        """Return "ven. 12 juin", for a subject."""
        return self._dated("short", day, False)

    def near_day(self, day: date, today: date) -> str:
        """Return "AUJOURD'HUI", "DEMAIN", or the day, as a heading in capitals."""
        near = {0: "today", 1: "tomorrow"}.get((day - today).days)
        return self.words.table("dates")[near] if near else self.day(day).upper()

    def near_moment(self, moment: datetime) -> str:
        """Return "aujourd'hui", "demain" or "le mardi 9 juin", for a subject."""
        day, formats = moment.astimezone(self.zone).date(), self.words.table("dates")
        near = {0: "ends_today", 1: "ends_tomorrow"}.get((day - self.today).days)
        return formats[near] if near else formats["ends"].format(day=self.day(day))

    def weekday(self, day: date) -> str:
        return str(self.words.tables["weekdays"][day.weekday()])

    def days(self, days: Days, *, year: bool = False) -> str:
        """Return "samedi 13 juin", or "du vendredi 12 au lundi 15 juin"."""
        first, last = days.first, days.last
        if first == last:
            return self.day(first, year=year)
        if first.year != last.year:
            start, end = self.day(first, year=True), self.day(last, year=True)
        else:
            start = self._dated("in_month" if first.month == last.month else "day", first, None)
            end = self.day(last, year=year)
        return self.words.table("dates")["range"].format(start=start, end=end)

    def plain_range(self, days: Days, *, year: bool = False) -> str:
        """Return "du 1er septembre au 13 octobre", without weekdays."""
        first, last = days.first, days.last
        start = self._dated("plain", first, first.year != last.year)
        return self.words.table("dates")["range"].format(start=start, end=self._dated("plain", last, year))

    def dates(self, days: Sequence[date]) -> str:
        """Return dates with each month said once: "les 1er, 8 et 15 septembre, le 6 octobre"."""
        formats = self.words.table("dates")
        parts = []
        for (year, month), group in groupby(sorted(days), key=lambda day: (day.year, day.month)):
            numbers = [self._number(day) for day in group]
            form = "one" if len(numbers) == 1 else "several"
            name = self.words.tables["months"][month - 1]
            said = formats[form].format(days=self.listed(numbers), month=name)
            parts.append(formats["with_year"].format(said, year) if self._says_year(year) else said)
        return ", ".join(parts)

    def recurring(self, days: Sequence[date]) -> str:
        """Return what several dates have in common: "6 mardis", or "4 dates"."""
        if len({day.weekday() for day in days}) == 1:
            return f"{len(days)} {self.words.tables['weekdays_plural'][days[0].weekday()]}"
        return self.counted(len(days), "dates")

    def _dated(self, form: str, day: date, year: bool | None) -> str:
        """`year` None: never said."""
        formats = self.words.table("dates")
        said = formats[form].format(
            weekday=self.weekday(day),
            short=self.words.tables["weekdays_short"][day.weekday()],
            day=self._number(day),
            month=self.words.tables["months"][day.month - 1],
        )
        if year is None or not (year or self._says_year(day.year)):
            return said
        return formats["with_year"].format(said, day.year)

    def _number(self, day: date) -> str:
        return self.words.table("dates")["first"] if day.day == 1 else str(day.day)

    def _says_year(self, year: int) -> bool:
        return year != self.today.year

    # --- hours

    def clock(self, moment: datetime) -> str:
        """Return "14 h", "9 h 30" of an aware moment, in the commune's time."""
        local = moment.astimezone(self.zone)
        return self._clock(local.hour * 60 + local.minute)

    def moment(self, moment: datetime) -> str:
        """Return "mercredi 3 juin à 9 h 30"."""
        day = moment.astimezone(self.zone).date()
        return self.words.table("hours")["moment"].format(day=self.day(day), clock=self.clock(moment))

    def hours(self, span: Span, form: str = "range") -> str:
        """Return "de 14 h à 18 h"; with `form="between"`: "entre 14 h et 18 h"; with `form="short"`: "14 h-18 h"."""
        start, end = span.start.astimezone(self.zone), span.end.astimezone(self.zone)
        past = (end.date() - start.date()).days * 1440
        return self._hours(start.hour * 60 + start.minute, past + end.hour * 60 + end.minute, form)

    def opening_hours(self, hours: Sequence[Hours]) -> str:
        """Return "de 9 h à 12 h et de 13 h à 18 h"."""
        return self.listed(self._hours(each.start, each.end, "range") for each in hours)

    def opening(self, span: Span) -> str:
        """Return "vendredi 12 juin, entre 17 h et 19 h"."""
        formats = self.words.table("hours")
        return formats["on_day_between"].format(day=self.day(self.local_day(span)), hours=self.hours(span, "between"))

    def when(self, when: Span | Days, *, year: bool = False) -> str:
        """Return the day or days, and the hours where there are any."""
        if isinstance(when, Days):
            return self.days(when, year=year)
        start, end = when.start.astimezone(self.zone), when.end.astimezone(self.zone)
        formats = self.words.table("hours")
        if when.length > timedelta(hours=24):
            return formats["over_days"].format(
                start=formats["moment"].format(day=self.day(start.date()), clock=self.clock(when.start)),
                end=formats["moment"].format(day=self.day(end.date(), year=year), clock=self.clock(when.end)),
            )
        return formats["on_day"].format(day=self.day(start.date(), year=year), hours=self.hours(when))

    def length(self, length: timedelta) -> str:
        """Return "4 heures", "1 h 30"."""
        hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
        if minutes:
            return self.words.table("hours")["length"].format(h=hours, mm=f"{minutes:02}")
        return self.counted(hours, "hours")

    def local_day(self, span: Span) -> date:
        return span.start.astimezone(self.zone).date()

    def _hours(self, start: int, end: int, form: str) -> str:
        """Minutes after midnight; an end past 1440 is in the night that follows."""
        formats = self.words.table("hours")
        late = "_midnight" if end == 1440 else "_night" if end > 1440 else ""
        return formats[form + late].format(
            start=self._clock(start), end=self._clock(end), start_bare=self._clock(start, "bare")
        )

    def _clock(self, minutes: int, form: str = "clock") -> str:
        formats = self.words.table("hours")
        hour, minute = divmod(minutes % 1440, 60)
        if minutes % 1440 == 720 and formats["noon"]:
            return formats["noon"]
        half = formats["before_noon" if hour < 12 else "after_noon"]
        return formats[f"{form}_minutes" if minute else form].format(
            h=hour, mm=f"{minute:02}", h12=(hour - 1) % 12 + 1, half=half
        )
