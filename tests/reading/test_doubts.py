"""Hours and days that were said firmly and that a reading leaves out are asked about; what is told besides is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent, Lack, Meaning
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
def test_hours_that_nothing_asked_for_has_are_asked_about(more: str) -> None:
    meaning = understood(ROOM + more)
    assert meaning.intent is Intent.BOOK
    assert {Lack.START, Lack.END} <= meaning.missing


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
