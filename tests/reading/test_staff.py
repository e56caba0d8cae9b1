"""What one of the staff answers to a mail that was handed to them; what is not sure is neither booked nor passed on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.cases import Answered, Verdict
from mailbot.model.letters import NO_CONTEXT, Address, Letter
from mailbot.reading.lexicon import load_all
from mailbot.reading.staff import read_answered, read_verdict
from tests.replies.examples import rules

LEXICA = load_all()
TUESDAY = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
CLAIRE = Address("Claire Dumont", "participation@bruyere.example")

DROPPED = ["sans suite", "Sans suite.", "Classer sans suite\n\nClaire", "zonder gevolg", "No further action"]
DROPPED += ["Sans suite, merci", "c'est réglé par téléphone", "geen gevolg", "is geregeld, dank u", "dealt with"]
AGREED = ["ok merci", "is goed", "OK", "ok.", "D'accord", "akkoord", "ja", "Yes"]
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


YES = ["ok", "c ok", "oui ok", "d'accord pour moi", "ça marche", "Bonjour, OK pour moi. Claire", "OK Claire", "👍"]
YES += ["oké", "is goed", "voor mij ok", "ja hoor", "Dag, ok voor mij", "sure", "yes please", "no objection"]
NO = ["non", "nn", "désolée, non", "avis défavorable", "niet goed", "sorry, nee", "👎", "afraid not"]
NO_BECAUSE = {
    "NON trop tard": "trop tard",
    "Bonjour Claire, non, trop tard": "trop tard",
    "pas possible c'est trop tard": "trop tard",
    "nee, te laat voor de buren": "te laat voor de buren",
    "sorry, no: too noisy": "too noisy",
}
YES_UNTIL_EIGHT = ["OK mais 20h", "ok mais 20 h maxi", "oui mais fini à 20h", "OK maar 20u", "ok but until 8pm"]
NEITHER = ["OK ? Combien de personnes ?", "je pense que oui", "OK... non, trop tard", "je regarde"]
TO_THE_ASKER = [
    "Bonjour Madame Collin,\n\nAvec de la musique ?\n\nClaire",
    "Bonjour,\n\nNon, le percolateur n'est pas compris dans la location de la salle, il faut le demander.\n\nClaire",
]


def verdict(words: str) -> Verdict:
    letter = Letter("x@b", "d", CLAIRE, (), (), (), TUESDAY, TUESDAY, "Re: À décider", words, in_reply_to=("1@b",))
    return read_verdict(letter, NO_CONTEXT, rules().catalogue, LEXICA)


@pytest.mark.parametrize("words", YES)
def test_a_yes_in_a_few_words_adds_nothing(words: str) -> None:
    assert verdict(words) == Verdict(agrees=True)


@pytest.mark.parametrize("words", NO)
def test_a_no_in_a_few_words_needs_no_reason(words: str) -> None:
    assert verdict(words) == Verdict(agrees=False)


@pytest.mark.parametrize("words", NO_BECAUSE)
def test_the_reason_follows_the_no(words: str) -> None:
    assert verdict(words) == Verdict(agrees=False, rest=NO_BECAUSE[words])


@pytest.mark.parametrize("words", YES_UNTIL_EIGHT)
def test_a_yes_but_changes_the_hour(words: str) -> None:
    said = verdict(words)
    assert said.agrees
    assert said.change is not None
    assert 20 * 60 in said.change.hours


@pytest.mark.parametrize("words", NEITHER)
def test_what_is_neither_decides_nothing(words: str) -> None:
    assert verdict(words) == Verdict()


@pytest.mark.parametrize("words", TO_THE_ASKER)
def test_a_letter_to_who_asked_decides_nothing(words: str) -> None:
    said = verdict(words)
    assert said.agrees is None
    assert said.words.startswith("Bonjour")
