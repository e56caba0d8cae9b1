"""Hours and days that were said firmly and that a reading leaves out are read back before it is booked; what is told
besides is not. So is a request that leaves its reader many choices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent, Meaning
from mailbot.reading.doubts import LONG, SIGNS
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-09-03T10:00:00+02:00"
ROOM = "Bonjour,\nNous voudrions la salle de lecture le mardi 15 septembre de 14h à 16h.\n"


def understood(body: str) -> Meaning:
    raw = build({"id": "doubt", "from": "A <a@quarter.example>", "date": SENT, "subject": "", "body": body, "gold": {}})
    letter = parse(raw, datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all())


@pytest.mark.parametrize(
    "more",
    [
        "Les autres viennent tous au même endroit de 19h à 21h.",
        "Le groupe des grands a besoin de la place vers 18h30.",
    ],
)
def test_what_nothing_asked_for_has_is_read_back(more: str) -> None:
    meaning = understood(ROOM + more)
    assert meaning.intent is Intent.BOOK
    assert meaning.missing == frozenset()
    assert [one.reading for one in meaning.doubts] == ["hours at which nothing is booked"]


def test_two_days_of_which_either_will_do_are_read_back_as_well() -> None:
    either = "Bonjour,\nNous voudrions la salle de lecture le 15 ou le 17 septembre de 14h à 16h.\n"
    assert understood(either).doubts == ()
    meaning = understood(either + "Les autres viennent tous au même endroit de 19h à 21h.")
    assert meaning.either
    assert [one.reading for one in meaning.doubts] == ["hours at which nothing is booked"]


@pytest.mark.parametrize(
    "more",
    [
        "",
        "Les enfants arrivent à 14h30 et goûtent de 15h à 15h30.",
        "Je suis chez moi tous les matins de 9h à 11h30.",
        "L'an dernier, c'était de 18h à 20h.",
        "Merci de répondre avant le 10 septembre.",
    ],
)
def test_what_lies_within_or_is_told_besides_raises_no_doubt(more: str) -> None:
    meaning = understood(ROOM + more)
    assert meaning.intent is Intent.BOOK
    assert meaning.missing == frozenset()
    assert meaning.doubts == ()


PLAIN = "Bonjour, nous voudrions la maison de quartier le mardi 15 septembre de 14h à 18h, pour 30 personnes."
MUCH_TO_CHOOSE = (
    "Notre comité s'est réuni le 2 septembre, mais personne n'avait pensé à la clé. L'an dernier nous étions à la "
    "bibliothèque, qui n'était pas libre non plus le 10 septembre. Nous ne prenons pas de tables, ou alors une autre "
    "fois. Les enfants goûtent de 15h à 15h30."
)


def test_a_plain_request_leaves_no_doubt() -> None:
    assert understood(PLAIN).doubts == ()


@pytest.mark.parametrize("more", ["Pas besoin de tables.", "Notre comité aime raconter. " * LONG])
def test_one_choice_alone_leaves_no_doubt(more: str) -> None:
    assert understood(f"{PLAIN}\n\n{more}").doubts == ()


def test_a_request_that_leaves_much_to_choose_is_read_back() -> None:
    meaning = understood(f"{PLAIN}\n\n{MUCH_TO_CHOOSE}")
    assert meaning.missing == frozenset()
    assert len(meaning.doubts) >= SIGNS
    assert {"tells of earlier times", "says what is not"} <= {one.reading for one in meaning.doubts}


def test_an_exception_on_a_day_that_is_none_of_the_series_gives_reason_to_ask() -> None:
    series = "Bonjour, nous voudrions la maison de quartier chaque mardi de septembre de 18h à 20h sauf le {}."
    assert understood(series.format(8)).doubts == ()
    assert [one.reading for one in understood(series.format(9)).doubts] == ["an exception of no date"]


def test_what_is_asked_about_anyway_is_not_doubted_besides() -> None:
    meaning = understood(f"Bonjour, nous voudrions la maison de quartier le 15 septembre à 14h. {MUCH_TO_CHOOSE}")
    assert meaning.missing
    assert meaning.doubts == ()
