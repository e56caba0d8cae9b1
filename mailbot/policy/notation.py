"""How employees write hours, days, dates and lengths, in French, Dutch or English: text becomes a value, or Misread."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from itertools import pairwise

from mailbot.model.addresses import one_form
from mailbot.model.spans import Days, Hours
from mailbot.policy.outline import misread
from mailbot.policy.providers import PROVIDERS

LATEST_NIGHT = 6 * 60
"""Minutes. An end up to 6:00 that lies before its start is in the night that follows; a later one is a slip."""

_DASH = r"\s*(?:-|–|—|\bà\b|\btot\b|\bto\b)\s*"
_CLOCK = r"(\d{1,2})\s*(?:[:.hu]\s*(\d{2})|(?:h|u|uur|heures?)(?![a-z]))?"
_RANGE = re.compile(rf"(?:de |van |from )?\s*{_CLOCK}{_DASH}{_CLOCK}")
_ONE_CLOCK = re.compile(_CLOCK)
_BETWEEN_RANGES = re.compile(r"\s*(?:[,;]|\bet\b|\ben\b|\band\b|&)\s*")
CLOSED = frozenset({"fermé", "ferme", "fermée", "gesloten", "dicht", "closed"})


def read_clock(text: str) -> time:
    """Return the time of day: 6:45, 6h45, 6u45, 6.45, 18h."""
    found = _ONE_CLOCK.fullmatch(text.lower())
    minutes = _minutes(found[1], found[2]) if found else None
    if minutes is None or minutes >= 1440:
        raise misread("clock", text=text)
    return time(*divmod(minutes, 60))


def read_hours(text: str) -> tuple[Hours, ...]:
    """Return the hours of a day in their order: "8:00-12:00, 13:00-17:00"; none where it is closed."""
    if text.lower() in CLOSED:
        return ()
    ranges = sorted(_range(part) for part in _BETWEEN_RANGES.split(text.lower()))
    for one, next_one in pairwise(ranges):
        if next_one.start < one.end:
            raise misread("hours.overlap", text=text)
    return tuple(ranges)


def read_night(text: str) -> Hours:
    """Return hours that may go on until late in the next morning: "20:00-8:00"."""
    found = _RANGE.fullmatch(text.lower())
    start = _minutes(found[1], found[2]) if found else None
    end = _minutes(found[3], found[4]) if found else None
    if start is None or end is None or start in (end, 1440):
        raise misread("hours", text=text)
    return Hours(start, end if end > start else end + 1440)


def _range(text: str) -> Hours:
    found = _RANGE.fullmatch(text)
    start = _minutes(found[1], found[2]) if found else None
    end = _minutes(found[3], found[4]) if found else None
    if start is None or end is None or start == 1440:
        raise misread("hours", text=text)
    if end <= start:
        if end > LATEST_NIGHT or start == end != 0:
            raise misread("hours.backwards", start=_clock(start), end=_clock(end))
        end += 1440
    return Hours(start, end)


def _minutes(hour: str, minute: str | None) -> int | None:
    total = int(hour) * 60 + int(minute or 0)
    return total if total <= 1440 and int(minute or 0) < 60 else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


_NAMES: Mapping[str, tuple[str, ...]] = {
    "fr": ("lu lun lundi", "ma mar mardi", "me mer mercredi", "je jeu jeudi", "ve ven vendredi", "sa sam samedi",
           "di dim dimanche"),
    "nl": ("ma maa maandag", "di din dinsdag", "wo woe woensdag", "do don donderdag", "vr vri vrijdag",
           "za zat zaterdag", "zo zon zondag"),
    "en": ("mo mon monday", "tu tue tues tuesday", "we wed wednesday", "th thu thur thurs thursday", "fr fri friday",
           "sa sat saturday", "su sun sunday"),
}  # fmt: skip
_TABLES = {
    language: {name: day for day, names in enumerate(week) for name in names.split()}
    for language, week in _NAMES.items()
}
_ANY = {name: day for table in _TABLES.values() for name, day in table.items()}
_AMBIGUOUS = {name for table in _TABLES.values() for name, day in table.items() if _ANY[name] != day}
_SURE = {name: day for name, day in _ANY.items() if name not in _AMBIGUOUS}
_SEVERAL: Mapping[str, tuple[int, ...]] = {
    "weekend": (5, 6),
    **dict.fromkeys(("tous les jours", "chaque jour", "elke dag", "dagelijks", "alle dagen", "every day", "daily"),
                    (0, 1, 2, 3, 4, 5, 6)),
}  # fmt: skip
_DAY_DASH = re.compile(r"\s*(?:-|–|—|\bau\b|\bà\b|\btot\b|\bto\b)\s*")


def read_weekdays(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the weekdays that each text names (Monday is 0): lu-ve, ma-vr, mon-fri, "sa, di", tous les jours.

    All texts are read in one language, since `ma` is a Tuesday in French and a Monday in Dutch, and `di` a Sunday or
    a Tuesday: one sure name among them settles the others. Raises Misread, with the number of the text as `which`.
    """
    readings = []
    for table in _TABLES.values():
        days = [_days(text, table) for text in texts]
        if all(days) and days not in readings:
            readings.append(days)
    if not readings:
        days = [_days(text, _SURE) for text in texts]
        if all(days):
            readings.append(days)
    if len(readings) == 1:
        return readings[0]
    for which, text in enumerate(texts):
        for name in _tokens(text):
            if name not in _ANY:
                raise misread("weekday.unknown", text=name, which=which)
    for which, text in enumerate(texts):
        for name in _tokens(text):
            if name in _AMBIGUOUS:
                raise misread("weekday.ambiguous", text=name, which=which)
    raise misread("weekday.unknown", text=", ".join(texts), which=0)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.lower().replace(".", "").replace("week-end", "weekend").split(",")]


def _tokens(text: str) -> list[str]:
    return [name for part in _parts(text) if part not in _SEVERAL for name in _DAY_DASH.split(part)]


def _days(text: str, table: Mapping[str, int]) -> tuple[int, ...]:
    """Return the weekdays of one text, or none where the table does not hold all of its names."""
    days: set[int] = set()
    for part in _parts(text):
        if part in _SEVERAL:
            days.update(_SEVERAL[part])
            continue
        ends = [table.get(name, -1) for name in _DAY_DASH.split(part)]
        if -1 in ends or len(ends) > 2:
            return ()
        days.update((ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1))
    return tuple(sorted(days))


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_BELGIAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEARLY = re.compile(r"(\d{1,2})[/.](\d{1,2})")
_TO = re.compile(r"\s*(?:\.\.+|…)\s*|\s+(?:-|–|au|tot en met|t/m|tot|to)\s+")


def read_date(text: str) -> date:
    """Return the day: 2026-07-21 or 21/07/2026."""
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _BELGIAN.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise misread("date", text=text)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise misread("date.impossible", text=text) from error


def read_days(text: str) -> Days:
    """Return days from the first to the last, both included: "2026-07-20..2026-08-02", or one day."""
    parts = _TO.split(text)
    if len(parts) > 2:
        raise misread("date", text=text)
    first, last = read_date(parts[0]), read_date(parts[-1])
    if last < first:
        raise misread("days.backwards", start=parts[0], end=parts[-1])
    return Days(first, last)


def read_yearly(text: str) -> tuple[int, int]:
    """Return month and day of what comes back each year: 27/09."""
    found = _YEARLY.fullmatch(text)
    if not found:
        raise misread("date", text=text)
    day, month = int(found[1]), int(found[2])
    try:
        date(2024, month, day)
    except ValueError as error:
        raise misread("date.impossible", text=text) from error
    return month, day


_UNITS = {
    timedelta(minutes=1): "min minute minutes minuut minuten",
    timedelta(hours=1): "h heure heures u uur uren hour hours",
    timedelta(days=1): "j jour jours d dag dagen day days",
    timedelta(weeks=1): "semaine semaines sem week weken weeks",
    timedelta(hours=730): "mois maand maanden month months",
    timedelta(days=365): "an ans année années jaar jaren year years",
}
_UNIT = {name: length for length, names in _UNITS.items() for name in names.split()}
_LENGTH = re.compile(r"(\d{1,5}(?:[.,]\d+)?)\s*([^\W\d_]+)\.?\s*(?:(\d{1,2})(?!\s*\w))?\s*")


def read_length(text: str) -> timedelta:
    """Return a length of time: 48 h, 3 jours, 2 dagen, 1 h 30, 15 min. A year is 365 days, a month a twelfth of it."""
    total, at = timedelta(0), 0
    while found := _LENGTH.match(text.lower(), at):
        unit = _UNIT.get(found[2])
        if unit is None or (found[3] and unit != timedelta(hours=1)):
            raise misread("length", text=text)
        total += float(found[1].replace(",", ".")) * unit + timedelta(minutes=int(found[3] or 0))
        at = found.end()
    if at < len(text) or not text:
        raise misread("length", text=text)
    return total


_YES = frozenset({"oui", "ja", "yes", "true", "vrai", "waar"})
_NO = frozenset({"non", "nee", "neen", "no", "false", "faux", "onwaar"})


def read_yes_no(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise misread("yes-no", text=text)
    return word in _YES


def read_whole(text: str) -> int:
    """Return a whole number, 0 or more; a space or a point may part the thousands."""
    digits = re.sub(r"(?<=\d)[ .\u00a0\u202f](?=\d{3}\b)", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise misread("whole", text=text)
    return int(digits)


def read_whole_days(text: str) -> int:
    """Return a number of days: 3, 3 jours, 3 dagen, 1 semaine."""
    if text.isdigit():
        return read_whole(text)
    length = read_length(text)
    if length % timedelta(days=1):
        raise misread("whole-days", text=text)
    return length.days


def read_kilos(text: str) -> float:
    """Return a weight in kg: 25, 25 kg, 12,5 kg."""
    found = re.fullmatch(r"(\d{1,4}(?:[.,]\d+)?)\s*(?:kg|kilo|kilos)?", text.lower())
    if not found:
        raise misread("kilos", text=text)
    return float(found[1].replace(",", "."))


def read_place(text: str) -> tuple[float, float]:
    """Return latitude and longitude in degrees: "50.7958, 4.3402"."""
    found = re.fullmatch(r"(-?\d{1,2}\.\d+)\s*[,; ]\s*(-?\d{1,3}\.\d+)", text)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise misread("place", text=text)
    return float(found[1]), float(found[2])


_ADDRESS = re.compile(r"[^\s@<>,;:\"()]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")


_QUOTES = frozenset("“”„«»‘’")
"""Quotation marks of word processors: YAML takes them for a part of the text, and so would an address."""


def read_address(text: str) -> str:
    """Return the mail address, in its one form."""
    address = one_form(text)
    if not _ADDRESS.fullmatch(address) or _QUOTES.intersection(text):
        raise misread("address", text=text)
    return address


def read_address_or_domain(text: str) -> str:
    """Return the address, or `@domain` for all of a domain, in its one form."""
    if not text.startswith("@"):
        return read_address(text)
    domain = read_address("x" + text)[1:]
    if domain[1:] in PROVIDERS:
        raise misread("everybody", text=text)
    return domain


def read_phone(text: str) -> str:
    """Return the number as it was written."""
    if not re.fullmatch(r"\+?[\d ./()-]{6,24}", text) or sum(map(str.isdigit, text)) < 6:
        raise misread("phone", text=text)
    return text
