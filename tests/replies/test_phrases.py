"""How each language says days, hours and numbers of things."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.model.spans import Days, Span
from mailbot.replies.phrases import Phrases, Words, one_line
from tests.replies.examples import BRUSSELS, LANGUAGES, TEMPLATES, at, days, span

WORDS = {language: Words.load(TEMPLATES / language / "words.toml") for language in LANGUAGES}
SAY = {language: Phrases(words, BRUSSELS, date(2026, 6, 2)) for language, words in WORDS.items()}


WHEN = [
    (
        span("2026-06-13", "14:00-18:00"),
        "samedi 13 juin, de 14 h à 18 h",
        "zaterdag 13 juni, van 14 tot 18 uur",
        "Saturday 13 June, from 2 pm to 6 pm",
    ),
    (
        span("2026-07-01", "09:30-12:00"),
        "mercredi 1er juillet, de 9 h 30 à 12 h",
        "woensdag 1 juli, van 9.30 tot 12 uur",
        "Wednesday 1 July, from 9.30 am to noon",
    ),
    (
        span("2026-06-13", "20:00-00:00"),
        "samedi 13 juin, de 20 h à minuit",
        "zaterdag 13 juni, van 20 uur tot middernacht",
        "Saturday 13 June, from 8 pm to midnight",
    ),
    (
        span("2026-06-13", "20:00-01:30"),
        "samedi 13 juin, de 20 h à 1 h 30 du matin",
        "zaterdag 13 juni, van 20 uur tot 1.30 uur 's nachts",
        "Saturday 13 June, from 8 pm to 1.30 am the next morning",
    ),
    (
        Span(at("2026-06-13 14:00"), at("2026-06-14 18:00")),
        "du samedi 13 juin à 14 h au dimanche 14 juin à 18 h",
        "van zaterdag 13 juni om 14 uur tot zondag 14 juni om 18 uur",
        "from Saturday 13 June at 2 pm to Sunday 14 June at 6 pm",
    ),
    (days("2026-06-13"), "samedi 13 juin", "zaterdag 13 juni", "Saturday 13 June"),
    (
        days("2026-06-12", "2026-06-15"),
        "du vendredi 12 au lundi 15 juin",
        "van vrijdag 12 tot en met maandag 15 juni",
        "from Friday 12 to Monday 15 June",
    ),
    (
        days("2026-06-29", "2026-07-01"),
        "du lundi 29 juin au mercredi 1er juillet",
        "van maandag 29 juni tot en met woensdag 1 juli",
        "from Monday 29 June to Wednesday 1 July",
    ),
    (
        days("2026-12-30", "2027-01-02"),
        "du mercredi 30 décembre 2026 au samedi 2 janvier 2027",
        "van woensdag 30 december 2026 tot en met zaterdag 2 januari 2027",
        "from Wednesday 30 December 2026 to Saturday 2 January 2027",
    ),
    (days("2027-01-05"), "mardi 5 janvier 2027", "dinsdag 5 januari 2027", "Tuesday 5 January 2027"),
]


@pytest.mark.parametrize(("when", "fr", "nl", "en"), WHEN)
def test_days_and_hours_are_said_as_people_say_them(when: Span | Days, fr: str, nl: str, en: str) -> None:
    assert SAY["fr"].when(when) == fr
    assert SAY["nl"].when(when) == nl
    assert SAY["en"].when(when) == en


def test_the_year_is_said_where_it_is_asked_for() -> None:
    assert SAY["fr"].when(span("2026-06-13", "14:00-18:00"), year=True) == "samedi 13 juin 2026, de 14 h à 18 h"
    assert SAY["nl"].days(days("2026-06-12", "2026-06-15"), year=True).endswith("maandag 15 juni 2026")


def test_a_booking_over_the_change_of_hour_is_said_in_the_hours_of_the_clock() -> None:
    night = Span(at("2026-10-24 22:00"), at("2026-10-25 04:00"))
    assert SAY["fr"].when(night) == "samedi 24 octobre, de 22 h à 4 h du matin"


OPENINGS = {
    "fr": "vendredi 12 juin, entre 17 h et 19 h",
    "nl": "vrijdag 12 juni tussen 17 en 19 uur",
    "en": "Friday 12 June, between 5 pm and 7 pm",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_opening_is_a_day_and_between_two_hours(language: str) -> None:
    assert SAY[language].opening(span("2026-06-12", "17:00-19:00")) == OPENINGS[language]


MOMENTS = {"fr": "mercredi 3 juin à 9 h 30", "nl": "woensdag 3 juni om 9.30 uur", "en": "Wednesday 3 June at 9.30 am"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deadline_is_a_day_and_an_hour(language: str) -> None:
    assert SAY[language].moment(at("2026-06-03 09:30")) == MOMENTS[language]


DATES = {
    "fr": "les 1er, 8 et 15 septembre, le 6 octobre, le 5 janvier 2027",
    "nl": "1, 8 en 15 september, 6 oktober, 5 januari 2027",
    "en": "1, 8 and 15 September, 6 October, 5 January 2027",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_dates_name_each_month_once(language: str) -> None:
    every = [date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15), date(2026, 10, 6), date(2027, 1, 5)]
    assert SAY[language].dates(every) == DATES[language]


LISTS = [((), ""), (("a",), "a"), (("a", "b"), "a et b"), (("a", "b", "c"), "a, b et c")]


@pytest.mark.parametrize(("parts", "said"), LISTS)
def test_a_list_ends_with_and(parts: tuple[str, ...], said: str) -> None:
    assert SAY["fr"].listed(parts) == said


PLURALS = {
    "fr": {
        "tonnelle": "tonnelles",
        "tente pliante": "tentes pliantes",
        "gobelet réutilisable": "gobelets réutilisables",
        "machine à café": "machines à café",
        "grille d'exposition": "grilles d'exposition",
        "remorque vélo": "remorques vélo",
        "tableau": "tableaux",
        "bocal": "bocaux",
        "bus": "bus",
    },
    "nl": {
        "partytent": "partytenten",
        "tafel": "tafels",
        "stoel": "stoelen",
        "bank": "banken",
        "beker": "bekers",
        "bord": "borden",
        "percolator": "percolators",
        "verlengkabel": "verlengkabels",
        "geluidsinstallatie": "geluidsinstallaties",
        "scherm": "schermen",
        "fietskar": "fietskarren",
        "barbecue": "barbecues",
        "tentoonstellingspaneel": "tentoonstellingspanelen",
        "koffiezetapparaat": "koffiezetapparaten",
    },
    "en": {
        "gazebo": "gazebos",
        "bench": "benches",
        "coffee urn": "coffee urns",
        "PA system": "PA systems",
        "battery": "batteries",
        "display panel": "display panels",
    },
}


@pytest.mark.parametrize(("language", "one"), [(language, one) for language in LANGUAGES for one in PLURALS[language]])
def test_two_of_a_thing_are_said_in_the_plural(language: str, one: str) -> None:
    assert SAY[language].quantity(2, one) == f"2 {PLURALS[language][one]}"
    assert SAY[language].quantity(1, one) == f"1 {one}"


HOSTILE = [
    ("Yvette\r\nBcc: all@victim.example", "Yvette Bcc: all@victim.example"),
    ("Jean\u202etxt.exe", "Jeantxt.exe"),
    ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
    ("\ufeffzéro\u200b\x00\x1b[31m", "zéro[31m"),
    ("  deux   mots \t", "deux mots"),
]


@pytest.mark.parametrize(("written", "kept"), HOSTILE)
def test_what_people_write_stays_on_its_line(written: str, kept: str) -> None:
    assert one_line(written) == kept


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_any_text_becomes_one_printable_line_of_bounded_length(text: str, longest: int) -> None:
    line = one_line(text, longest)
    assert len(line.splitlines()) <= 1
    assert len(line) <= longest
    assert one_line(line) == line
    assert all(c.isprintable() or c in "\u200c\u200d" for c in line)
