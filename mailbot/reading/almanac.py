"""The calendar that phrases of time are read by: seen from the day of sending, with feasts and school holidays."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Final

from msgspec import Struct

from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import fold

WEEK: Final = timedelta(days=7)
ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=400)
def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (8 * b + 13) // 25
    g = (19 * a + b - d - f + 15) % 30
    h = (a + 11 * g) // 319
    i, j = divmod(c, 4)
    k = (2 * e + 2 * i - j - g + h + 32) % 7
    month = (g - h + k + 90) // 25
    return date(year, month, (g - h + k + month + 19) % 32)


def _after_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, nth: int) -> Callable[[int], date]:
    return lambda year: nth_weekday(year, month, weekday, nth) or date(year, month, 1)


FEASTS: Final[Mapping[str, Callable[[int], date]]] = {
    "new-year": _fixed(1, 1),
    "easter": _after_easter(0),
    "easter-monday": _after_easter(1),
    "labour-day": _fixed(5, 1),
    "ascension": _after_easter(39),
    "pentecost": _after_easter(49),
    "whit-monday": _after_easter(50),
    "national-day": _fixed(7, 21),
    "assumption": _fixed(8, 15),
    "all-saints": _fixed(11, 1),
    "armistice": _fixed(11, 11),
    "christmas": _fixed(12, 25),
    "boxing-day": _fixed(12, 26),
    "christmas-eve": _fixed(12, 24),
    "new-year-eve": _fixed(12, 31),
    "saint-nicholas": _fixed(12, 6),
    "saint-martin": _fixed(11, 11),
    "epiphany": _fixed(1, 6),
    "valentine": _fixed(2, 14),
    "halloween": _fixed(10, 31),
    "saint-patrick": _fixed(3, 17),
    "good-friday": _after_easter(-2),
    "mardi-gras": _after_easter(-47),
    "ash-wednesday": _after_easter(-46),
    "mothers-day": _nth(5, 6, 2),
    "kings-day": _fixed(11, 15),
    "community-day": _fixed(9, 27),
    "flemish-day": _fixed(7, 11),
    "iris-day": _fixed(5, 8),
}
"""The day of each feast that the lexicons name, in a year."""


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """Return the nth such weekday of a month, -1 the last, -2 the one before it; None where the month has no fifth."""
    if nth < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    first = date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1)
    return date(year, month, day) if day <= monthrange(year, month)[1] else None


def month_span(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def valid(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where the month has no such day or the year is out of reach."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


class Almanac(Struct, frozen=True, dict=True):
    """Days as seen from `today`, the day of sending."""

    today: date
    catalogue: Catalogue
    lexicons: Sequence[Lexicon]

    @property
    def monday(self) -> date:
        """Monday of the week of sending."""
        return self.today - timedelta(days=self.today.weekday())

    def coming(self, weekday: int) -> date:
        """Return the next such weekday, never today."""
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def in_week(self, offset: int, weekday: int) -> date:
        """Return the weekday of this calendar week (0), of the next (1) and so on."""
        return self.monday + offset * WEEK + timedelta(days=weekday)

    def dated(self, month: int, day: int, not_before: date | None = None) -> date | None:
        """Return the next such day on or after `not_before`, by default the day of sending."""
        floor = not_before or self.today
        for year in (floor.year, floor.year + 1):
            found = valid(year, month, day)
            if found is not None and found >= floor:
                return found
        return None

    def day_of_month(self, day: int, not_before: date | None = None) -> date | None:
        """Return the next day with this number, in whatever month comes first."""
        floor = not_before or self.today
        year, month = floor.year, floor.month
        for _ in range(3):
            found = valid(year, month, day)
            if found is not None and found >= floor:
                return found
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return None

    def month(self, number: int, year: int | None = None, not_before: date | None = None) -> Days:
        """Return a month: this one if it is named in its course, otherwise the next of that name."""
        floor = not_before or self.today
        if year is None:
            year = floor.year if number >= floor.month else floor.year + 1
        return month_span(year, number)

    def month_at(self, offset: int) -> Days:
        years, month = divmod(self.today.month - 1 + offset, 12)
        return month_span(self.today.year + years, month + 1)

    def feast(self, key: str, year: int | None = None, not_before: date | None = None) -> date:
        """Return the day of a feast: in `year`, otherwise the next on or after the day of sending."""
        floor = not_before or self.today
        if year is not None:
            return FEASTS[key](year)
        found = FEASTS[key](floor.year)
        return found if found >= floor else FEASTS[key](floor.year + 1)

    @cached_property
    def _holidays(self) -> Mapping[str, tuple[Days, ...]]:
        """School holidays by their key in the lexicons, of the community of the mail's language where it has any."""
        communities = self.catalogue.school_holidays
        code = next((lexicon.code for lexicon in self.lexicons if communities.get(lexicon.code)), None)
        found: dict[str, list[Days]] = {}
        for closure in communities.get(code or "", ()):
            names = " / ".join(fold(name) for name in closure.reason.values())
            for key, phrases in _holiday_names(tuple(self.lexicons)).items():
                if any(phrase in names for phrase in phrases):
                    found.setdefault(key, []).append(closure.days)
            found.setdefault("all", []).append(closure.days)
        found["public"] = [Days(day, day) for day in self.catalogue.public_holidays]
        return {key: tuple(sorted(spans)) for key, spans in found.items()}

    def holidays(self, key: str) -> tuple[Days, ...]:
        """Return the spans of holidays of this sort in rules.yaml, earliest first; none where it has none."""
        return self._holidays.get(key, ())

    def next_holidays(self, key: str) -> Days | None:
        """Return the first of them that is not over."""
        return next((span for span in self.holidays(key) if span.last >= self.today), None)


@lru_cache(maxsize=16)
def _holiday_names(lexicons: tuple[Lexicon, ...]) -> Mapping[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for lexicon in lexicons:
        for key, phrases in lexicon.table("school-holidays").items():
            if key not in ("all", "term", "public"):
                names.setdefault(key, []).extend(fold(phrase) for phrase in phrases)
    return {key: tuple(phrases) for key, phrases in names.items()}
