"""The table of Belgian holidays, held against a library that knows them from elsewhere."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from mailbot.policy.public_holidays import YEARS, belgian_holidays, each_year, easter


@pytest.mark.parametrize("year", YEARS)
def test_the_days_are_those_of_the_library(year: int) -> None:
    assert {day for day in belgian_holidays() if day.year == year} == set(holidays.country_holidays("BE", years=year))


def test_easter_of_two_centuries() -> None:
    from dateutil.easter import easter as known

    assert [easter(year) for year in range(1900, 2100)] == [known(year) for year in range(1900, 2100)]


def test_each_day_has_a_name_in_each_language() -> None:
    assert all(set(names) == {"fr", "nl", "en"} and all(names.values()) for names in belgian_holidays().values())
    assert belgian_holidays()[date(2026, 4, 6)]["nl"] == "paasmaandag"


def test_a_day_of_each_year_is_there_in_leap_years_alone_if_need_be() -> None:
    assert date(2027, 9, 27) in each_year([(9, 27)])
    assert {day.year for day in each_year([(2, 29)])} == {2020, 2024, 2028, 2032, 2036, 2040, 2044, 2048}
