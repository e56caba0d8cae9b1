"""What makes the reading of a request unsure, so that it is read back before it is booked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.readback import LONG
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-06-01T10:00:00+02:00"
PLAIN = "Bonjour, nous voudrions la maison de quartier le samedi 13 juin de 14h à 18h, pour 30 personnes."


def meaning_of(body: str) -> Meaning:
    case = {"id": "x", "from": "A B <a@b.example>", "date": SENT, "subject": "fête", "body": body}
    letter = parse(build(case), datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all())


def test_a_plain_request_leaves_no_doubt() -> None:
    assert meaning_of(PLAIN).doubts == ()


@pytest.mark.parametrize(
    ("more", "words", "why"),
    [
        ("Pas besoin de tables.", "tables", "not wanted, or kept"),
        ("Notre comité aime raconter. " * LONG, "", "a long mail"),
    ],
)
def test_what_gives_reason_to_ask(more: str, words: str, why: str) -> None:
    assert [(one.words, one.reading) for one in meaning_of(f"{PLAIN}\n\n{more}").doubts] == [(words, why)]


def test_an_exception_on_a_day_that_is_none_of_the_series_gives_reason_to_ask() -> None:
    series = "Bonjour, nous voudrions la maison de quartier chaque mardi de septembre de 18h à 20h sauf le {}."
    assert meaning_of(series.format(8)).doubts == ()
    assert [one.reading for one in meaning_of(series.format(9)).doubts] == ["an exception of no date"]


def test_what_is_asked_about_anyway_is_not_doubted_besides() -> None:
    meaning = meaning_of("Bonjour, nous voudrions la maison de quartier le 13 juin à 14h. Pas besoin de tables.")
    assert meaning.missing
    assert meaning.doubts == ()
