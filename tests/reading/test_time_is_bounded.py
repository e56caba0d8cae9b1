"""Nonsense is read in linear time, and never gives more than a person could ask for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.model.letters import NO_CONTEXT, Address, Context, Letter
from mailbot.model.meaning import Lack
from mailbot.reading.lexicon import load_all
from mailbot.reading.moments import MOST, combine, find, loan, room_slots
from mailbot.reading.reader import read
from tests.corpus.commune import catalogue
from tests.watchdog import calls, computing_ends

SENT = datetime(2026, 6, 2, 9, 30)  # noqa: DTZ001 (local, as `find` takes it)
COMMUNE = catalogue()
LEXICA = load_all()
LEXICONS = list(LEXICA.values())
SENDER = Address("Luc Peeters", "luc@amis.example")
SENT_AT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)

LONG = {
    "numbers": " ".join(str(number % 40) for number in range(10_000)),
    "numbers in a list": ", ".join(str(number % 31 + 1) for number in range(10_000)),
    "numbers in ranges": " au ".join(str(number % 31 + 1) for number in range(10_000)),
    "le 3 ou le 4 et": "le 3 ou le 4 et " * 5_000,
    "dates in a list": "le 3 mai et le 4 juin, " * 4_000,
    "ranks": "1er et " * 10_000,
    "weekdays": "samedi " * 10_000,
    "every": "tous les " * 10_000,
    "exceptions": "tous les mardis sauf le 3 " * 3_000,
    "hours": "14h-" * 8_000,
    "lengths": "1 heure et " * 8_000,
    "halves": "half " * 10_000,
    "weeks": "la semaine du " * 5_000,
    "corrections": "le 12 mai, non " * 4_000,
    "tables": "le 12/10 19h-21h\n" * 3_000,
    "spelled numbers": "quatre-vingt-" * 8_000,
    "brackets": "(" * 20_000,
    "blank": " " * 200_000,
    "one word": "a" * 200_000,
    "dots": "." * 20_000,
    "at signs": "a@" * 10_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_text_of_nonsense_is_read_to_its_end_and_bounded(text: str) -> None:
    find("samedi", LEXICONS, SENT, COMMUNE)
    with computing_ends():
        moments = find(text, LEXICONS, SENT, COMMUNE)
    assert sum(len(when.days) for when in moments.asked) <= MOST
    assert all(len(when.rivals) <= MOST for when in moments.whens)


def test_four_times_the_text_takes_about_four_times_the_work() -> None:
    def work(times: int) -> int:
        return calls(lambda: find("Nous serons 12, le bus 38, à 3 ou 4, " * times, LEXICONS, SENT, COMMUNE))

    work(10)
    assert work(400) < 6 * work(100)


def test_a_daily_repetition_of_years_is_cut_at_the_most() -> None:
    moments = find("tous les jours du 1er janvier 2027 au 31 décembre 2028", LEXICONS, SENT, COMMUNE)
    assert moments.too_many
    assert len(moments.whens[0].days) == MOST


def test_a_stretch_of_years_is_asked_about_and_is_no_thousands_of_days() -> None:
    [when] = find("du 12.12.2012 au 1 avril 2027 de 19h30 à 21h30", LEXICONS, SENT, COMMUNE).whens
    assert when.days == ()
    assert Lack.DATE in when.lacks


MIXED = """
le samedi 6 13 31 juin mai et ou du au de à 14h 18h30 , . /n/ ( ) - tous_les mardis sauf non pardon
premier dernier semaine prochaine week-end half acht 's_avonds van tot op every other Tuesday from
to pm 2026 14/06 3/4 29_février 31_avril minuit pendant 3 heures jours mois d'affilée fois jusqu'au
à_partir_du Pâques vacances hors un sur deux dans quinze demain soir in a fortnight 30 : / 99 0 24h
000 lundi au_lieu_de pas en septembre une_heure_avant earlier later sauf_le dernier du_mois octobre_: la_veille
the_Friday_before de_week_erna nous ni sinon 2h30 passer am
"""
WORDS = st.sampled_from([word.replace("_", " ").replace("/n/", "\n") for word in MIXED.split()])


@given(st.lists(WORDS, max_size=25))
@settings(max_examples=400, deadline=None)
def test_no_mixture_of_words_of_time_breaks_the_reading(words: list[str]) -> None:
    text = " ".join(words)
    moments = find(text, LEXICONS, SENT, COMMUNE)
    assert all(0 <= when.start < when.end <= len(text) for when in moments.whens)
    assert sum(len(when.days) for when in moments.asked) <= MOST
    slots, _ = room_slots(combine(moments.whens), COMMUNE)
    assert len(slots) <= 60 * MOST
    loan(moments.whens)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reading(text: str) -> None:
    room_slots(combine(find(text, LEXICONS, SENT, COMMUNE).whens), COMMUNE)


ROWS = {
    "numbers": "17 ",
    "dates": "le 12 juin de 14h à 18h, ",
    "things": "3 tables et 12 chaises, ",
    "corrections": "non pas le 12, plutôt le 13, ",
    "people": "nous serons 12, ",
    "codes": "R-7K3F2 ",
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_mail_of_one_thing_over_and_over_is_read_in_about_linear_work(row: str) -> None:
    def work(times: int) -> int:
        letter = Letter("1", "", SENDER, (), (), (), SENT_AT, SENT_AT, "1", row * times)
        return calls(lambda: read(letter, NO_CONTEXT, COMMUNE, LEXICA))

    work(10)
    assert work(400) < 7 * work(100)


JUNE = ("Salle de lecture, samedi 20 juin, 14h-18h", "Salle de lecture, samedi 27 juin, 14h-18h")
ANSWERED = {
    "changes": ("10 chaises en plus, plus besoin de la table, et ", Context(code="R-7K3F2", booked=True)),
    "choices": ("le 20 ne va pas, le 27 oui, mais ", Context(options=JUNE)),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_an_answer_of_one_thing_over_and_over_is_read_in_about_linear_work(case: str) -> None:
    row, context = ANSWERED[case]

    def work(times: int) -> int:
        letter = Letter("1", "", SENDER, (), (), (), SENT_AT, SENT_AT, "1", row * times)
        return calls(lambda: read(letter, context, COMMUNE, LEXICA))

    work(10)
    assert work(400) < 7 * work(100)
