"""The grammar of days and hours, written once for all languages: a first, narrow one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import Clock, Moments, When
from mailbot.reading.tokens import Token

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "janvier januari january", "fevrier februari february", "mars maart march", "avril april", "mai mei may",
            "juin juni june", "juillet juli july", "aout augustus august", "septembre september",
            "octobre oktober october",
            "novembre november", "decembre december",
        ],
        1,
    )
    for name in names.split()
}  # fmt: skip
_HOURS = re.compile(
    r"(?:de |van |from |entre )?(\d{1,2})\s?(?:[hu:.]\s?(\d\d)?)?"
    r"\s?(?:-|a|à|tot|to|et)\s?(\d{1,2})\s?(?:[hu:.]\s?(\d\d)?|uur|heures)"
)
_DAY = re.compile(r"(\d{1,2})(?:er)? ([a-zéû]+)(?: (20\d\d))?|(\d{1,2})/(\d{1,2})(?:/(20\d\d))?", re.IGNORECASE)


def read(
    text: str, tokens: Sequence[Token], lexicons: Sequence[Lexicon], sent: datetime, catalogue: Catalogue
) -> Moments:
    whens: list[When] = []
    for found in _DAY.finditer(text):
        day = _day(found, sent.date())
        if day is not None:
            whens.append(When(found.start(), found.end(), found.group(), (Days(day, day),)))
    for found in _HOURS.finditer(text):
        start, end = int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)
        if start < end <= 1440:
            whens.append(When(found.start(), found.end(), found.group(), (), (Clock(start, end),)))
    return Moments(tuple(sorted(whens, key=lambda when: when.start)))


def _day(found: re.Match[str], sent: date) -> date | None:
    from mailbot.reading.tokens import fold

    month = _MONTHS.get(fold(found[2])) if found[2] else int(found[5])
    if month is None:
        return None
    try:
        day = date(int(found[3] or found[6] or sent.year), month, int(found[1] or found[4]))
        return day if day >= sent or found[3] or found[6] else day.replace(year=day.year + 1)
    except ValueError:
        return None
