"""What employees write for hours, days and lengths, with what it means; and what must not be taken for anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from mailbot.model.spans import Days, Hours
from mailbot.policy import notation
from mailbot.policy.outline import Misread

HOURS = {
    (Hours(480, 1320),): ["8:00-22:00", "08:00-22:00", "8h-22h", "8 h - 22 h", "8u-22u", "8.00–22.00",
                          "van 8 tot 22 uur",
                          "de 8h à 22h", "from 8 to 22", "8u tot 22u", "8:00 — 22:00"],
    (Hours(510, 750), Hours(810, 1020)): ["8:30-12:30, 13:30-17:00", "8h30-12h30 et 13h30-17h",
                                          "8u30-12u30 en 13u30-17u",
                                          "13:30-17:00; 8:30-12:30", "8:30-12:30 & 13:30-17:00"],
    (Hours(1080, 1500),): ["18:00-01:00", "18h-1h", "18u-1u"],
    (Hours(1080, 1440),): ["18:00-24:00", "18:00-0:00", "18h-24h"],
    (Hours(0, 1440),): ["0:00-24:00", "0-24"],
    (Hours(1320, 1800),): ["22:00-06:00"],
    (): ["fermé", "Fermé", "gesloten", "closed", "dicht"],
}  # fmt: skip
NOT_HOURS = {
    "hours": ["8", "8:00", "toute la journée", "8:00-", "25:00-26:00", "8:60-9:00", "24:00-2:00", "750", "8:00-12:00,"],
    "hours.backwards": ["18:00-8:00", "12:00-6:01", "9:00-9:00"],
    "hours.overlap": ["8:00-12:00, 11:59-14:00", "18:00-02:00, 20:00-21:00"],
}


@pytest.mark.parametrize(("text", "hours"), [(text, hours) for hours, texts in HOURS.items() for text in texts])
def test_hours(text: str, hours: tuple[Hours, ...]) -> None:
    assert notation.read_hours(text) == hours


@pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in NOT_HOURS.items() for text in texts])
def test_what_are_no_hours(text: str, kind: str) -> None:
    refuses(notation.read_hours, text, kind)


WEEKDAYS = {
    (0, 1, 2, 3, 4): ["lu-ve", "ma-vr", "mon-fri", "lundi-vendredi", "lun. au ven.", "maandag tot vrijdag",
                      "Mo-Fr", "LU - VE"],
    (5, 6): ["sam, dim", "week-end", "weekend", "za, zo", "sa-su"],
    (0, 5, 6): ["sam-lun", "za-ma", "weekend, lu"],
    (0, 1, 2, 3, 4, 5, 6): ["tous les jours", "elke dag", "every day", "lu-di", "ma-zo"],
    (1,): ["mar", "mardi", "din", "dinsdag", "tue"],
    (6,): ["dim", "zo", "sunday"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "days"), [(text, days) for days, texts in WEEKDAYS.items() for text in texts])
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    assert notation.read_weekdays([text]) == [days]


def test_one_sure_day_tells_the_language_of_the_others() -> None:
    assert notation.read_weekdays(["lu", "ma", "di"]) == [(0,), (1,), (6,)]
    assert notation.read_weekdays(["ma", "di", "woe"]) == [(0,), (1,), (2,)]
    assert notation.read_weekdays(["ma-ve", "di"]) == [(1, 2, 3, 4), (6,)]


def test_sure_days_of_two_languages_may_stand_together() -> None:
    assert notation.read_weekdays(["lu-ve", "zat", "sunday"]) == [(0, 1, 2, 3, 4), (5,), (6,)]


@pytest.mark.parametrize(
    ("texts", "kind", "which"),
    [
        (["ma"], "weekday.ambiguous", 0),
        (["sam", "ma", "zo"], "weekday.ambiguous", 1),
        (["ma", "di"], "weekday.ambiguous", 0),
        (["lu-ve", "feest"], "weekday.unknown", 1),
        (["lu-me-ve"], "weekday.unknown", 0),
        (["lu,"], "weekday.unknown", 0),
        ([""], "weekday.unknown", 0),
    ],
)
def test_a_day_that_is_two_days_is_asked_about(texts: list[str], kind: str, which: int) -> None:
    with pytest.raises(Misread) as caught:
        notation.read_weekdays(texts)
    [slip] = caught.value.slips
    assert (slip.kind, slip.values["which"]) == (kind, which)


DAYS = {
    Days(date(2026, 7, 21), date(2026, 7, 21)): ["2026-07-21", "21/07/2026", "21/7/2026", "21.07.2026", "21-07-2026"],
    Days(date(2026, 7, 20), date(2026, 8, 2)): [
        "2026-07-20..2026-08-02", "20/07/2026 .. 02/08/2026", "20/7/2026 - 2/8/2026", "20/07/2026 au 02/08/2026",
        "20/07/2026 tot en met 02/08/2026", "20/07/2026 t/m 02/08/2026", "2026-07-20 to 2026-08-02",
        "20/07/2026 – 02/08/2026", "2026-07-20…2026-08-02",
    ],
}  # fmt: skip
NOT_DAYS = {
    "date": ["21/07", "21/07/26", "juillet", "2026", "1 2 2026", "1/7/2026..2/7/2026..3/7/2026", ".."],
    "date.impossible": ["31/02/2026", "2026-13-01", "0/1/2026", "29/02/2027"],
    "days.backwards": ["2026-08-02..2026-07-20"],
}


@pytest.mark.parametrize(("text", "days"), [(text, days) for days, texts in DAYS.items() for text in texts])
def test_days(text: str, days: Days) -> None:
    assert notation.read_days(text) == days


@pytest.mark.parametrize(("text", "kind"), [(text, kind) for kind, texts in NOT_DAYS.items() for text in texts])
def test_what_are_no_days(text: str, kind: str) -> None:
    refuses(notation.read_days, text, kind)


LENGTHS = {
    timedelta(hours=48): ["48 h", "48h", "48 uur", "48 heures", "2 jours", "2 dagen", "2 days", "2 d"],
    timedelta(minutes=90): ["1 h 30", "1h30", "1,5 h", "1.5 uur", "90 min", "1 h 30 min", "90 minuten"],
    timedelta(weeks=6): ["6 semaines", "6 weken", "6 weeks"],
    timedelta(days=365): ["12 mois", "12 maanden", "1 an", "1 jaar", "1 year", "365 j"],
    timedelta(0): ["0 h", "0 min"],
}
NOT_LENGTHS = ["48", "", "deux jours", "2 lunes", "h", "1 j 30", "-2 h", "2 h et demie", "99999999999 h 5 x"]


@pytest.mark.parametrize(("text", "length"), [(text, length) for length, texts in LENGTHS.items() for text in texts])
def test_lengths(text: str, length: timedelta) -> None:
    assert notation.read_length(text) == length


@pytest.mark.parametrize("text", NOT_LENGTHS)
def test_what_are_no_lengths(text: str) -> None:
    refuses(notation.read_length, text, "length")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (notation.read_clock, "6:45", time(6, 45)),
        (notation.read_clock, "6h45", time(6, 45)),
        (notation.read_clock, "18u", time(18)),
        (notation.read_clock, "7.15", time(7, 15)),
        (notation.read_yearly, "27/09", (9, 27)),
        (notation.read_yes_no, "Oui", True),
        (notation.read_yes_no, "nee", False),
        (notation.read_whole, "1 500", 1500),
        (notation.read_whole, "1.500", 1500),
        (notation.read_whole, "0", 0),
        (notation.read_whole_days, "3", 3),
        (notation.read_whole_days, "3 jours", 3),
        (notation.read_whole_days, "1 week", 7),
        (notation.read_kilos, "12,5 kg", 12.5),
        (notation.read_kilos, "25", 25.0),
        (notation.read_place, "50.7958, 4.3402", (50.7958, 4.3402)),
        (notation.read_address, "Josiane.Lambert@Voisines.example", "josiane.lambert@voisines.example"),
        (notation.read_address_or_domain, "@ValleeVerte.example", "@valleeverte.example"),
        (notation.read_phone, "02 000 01 23", "02 000 01 23"),
        (notation.read_phone, "+32 (0)2 000.01.23", "+32 (0)2 000.01.23"),
    ],
)
def test_other_values(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "kind"),
    [
        (notation.read_clock, "24:00", "clock"),
        (notation.read_clock, "tôt", "clock"),
        (notation.read_yearly, "31/02", "date.impossible"),
        (notation.read_yearly, "2026-09-27", "date"),
        (notation.read_yes_no, "peut-être", "yes-no"),
        (notation.read_whole, "-1", "whole"),
        (notation.read_whole, "1,5", "whole"),
        (notation.read_whole, "²", "whole"),
        (notation.read_whole_days, "36 h", "whole-days"),
        (notation.read_kilos, "lourd", "kilos"),
        (notation.read_place, "50.79", "place"),
        (notation.read_place, "91.0, 4.0", "place"),
        (notation.read_address, "josiane chez voisines", "address"),
        (notation.read_address, "josiane@voisines", "address"),
        (notation.read_address, "a@b.example, c@d.example", "address"),
        (notation.read_address_or_domain, "@", "address"),
        (notation.read_address_or_domain, "voisines.example", "address"),
        (notation.read_phone, "appelez Josiane", "phone"),
        (notation.read_phone, "12-34", "phone"),
    ],
)
def test_what_is_no_such_value(read: Callable[[str], object], text: str, kind: str) -> None:
    refuses(read, text, kind)


def refuses(read: Callable[[str], object], text: str, kind: str) -> None:
    with pytest.raises(Misread) as caught:
        read(text)
    assert [slip.kind for slip in caught.value.slips] == [kind]
