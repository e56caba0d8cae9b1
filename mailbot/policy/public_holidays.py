"""The public holidays of Belgium, from a table of days and of distances to Easter.

The library `holidays` knows them too, but takes 0.24 s to import (it loads every country), which is near half of what
`mailbot explain` may take in all. The tests hold this table against that library, year by year.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from mailbot.model.rules import Words

YEARS = range(2020, 2051)


@cache
def belgian_holidays() -> dict[date, Words]:
    """Return the public holidays of all YEARS, in order. A day of two has the name of the first in the table."""
    source = Path(__file__).with_suffix(".toml").read_text("utf-8")
    rows = tomllib.loads(source)["holiday"]
    named: dict[date, Words] = {}
    for year in YEARS:
        for row in rows:
            named.setdefault(_day(year, row), row["names"])
    return dict(sorted(named.items()))


def _day(year: int, row: dict[str, str | int]) -> date:
    if "easter" in row:
        return easter(year) + timedelta(days=int(row["easter"]))
    month, day = str(row["day"]).split("-")
    return date(year, int(month), int(day))


def each_year(dates: Iterable[tuple[int, int]]) -> set[date]:
    """Return the days of all YEARS with these months and days."""
    return {
        date(year, month, day) for year in YEARS for month, day in dates if (month, day) != (2, 29) or year % 4 == 0
    }


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar: the Sunday after the ecclesiastical full moon of spring."""
    century, of_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
