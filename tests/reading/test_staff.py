"""What one of the staff answers to a mail that was handed to them; what is not sure is neither booked nor passed on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.cases import Answered
from mailbot.model.letters import NO_CONTEXT, Address, Letter
from mailbot.reading.lexicon import load_all
from mailbot.reading.staff import read_answered
from tests.replies.examples import rules

LEXICA = load_all()
TUESDAY = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
CLAIRE = Address("Claire Dumont", "participation@bruyere.example")

DROPPED = ["sans suite", "Sans suite.", "Classer sans suite\n\nClaire", "zonder gevolg", "No further action"]
AGREED = ["OK", "ok.", "D'accord", "akkoord", "ja", "Yes"]
CORRECTED = [
    "salle polyvalente, 14 juin, 18-22h",
    "salle polyvalente, 14 juin, 18-22h\n\nClaire",
    "La salle polyvalente le 14 juin de 18h à 22h pour 30 personnes",
    "polyvalente zaal, 14 juni, 18-22u",
    "large hall, 14 June, 6-10pm",
    "12 chaises du 12 au 14 juin",
]
WORDS = [
    "Bonjour Huguette, nous passerons demain.",
    "Bonjour, salle polyvalente, 14 juin, 18-22h",
    "Beste Lieve, de polyvalente zaal is vrij op 14 juni van 18 tot 22u.",
    "Bonjour, la salle polyvalente est prise le 14 juin de 18h à 22h, essayez le 21 juin.",
    "Nous ne prêtons plus ce matériel, mais la commune voisine le fait encore.",
]
UNCLEAR = [
    "salle polyvalente, 14 juin, 18-22h, impossible",
    "pas la salle polyvalente le 14 juin de 18h à 22h",
    "Venez au bureau le 14 juin de 18h à 22h, salle polyvalente.",
    "14 juin 18-22h",
    "je regarde",
    "merci",
]


def kind(said: Answered) -> str:
    found = {"dropped": said.drop, "agreed": said.agrees, "corrected": said.correction, "unclear": said.unclear}
    named = [name for name, value in found.items() if value]
    assert len(named) < 2
    return next(iter(named), "words")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (words, name)
        for name, every in {
            "dropped": DROPPED,
            "agreed": AGREED,
            "corrected": CORRECTED,
            "words": WORDS,
            "unclear": UNCLEAR,
        }.items()
        for words in every
    ],
)
def test_what_staff_answer(words: str, expected: str) -> None:
    letter = Letter(
        "x@bruyere.example", "d", CLAIRE, (), (), (), TUESDAY, TUESDAY, "Re: À lire", words, in_reply_to=("1@b",)
    )
    assert kind(read_answered(letter, NO_CONTEXT, rules().catalogue, LEXICA)) == expected
