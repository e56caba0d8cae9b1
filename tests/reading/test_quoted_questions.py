"""Answers to a question that only the quoted letter tells of, and to proposals that are told by what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent, Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-06-01T10:00:00+02:00"


def answer(body: str, *quoted: str) -> Meaning:
    text = "\n".join([body, "", *(f"> {line}" for line in quoted)])
    case = {
        "id": "q",
        "from": "A <a@quarter.example>",
        "date": SENT,
        "subject": "Re: Demande",
        "body": text,
        "gold": {},
    }
    letter = parse(build(case), datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all())


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("De 19h à 21h, nous serons 20.", "Quelles heures souhaitez-vous pour la classe 3, mardi 16 juin 2026 ?"),
        ("19h-21h svp. On sera 20.", "Vous demandez la classe 3 le mardi 16 juin 2026. À quelles heures ?"),
        ("Van 19u tot 21u, we zijn met 20.", "U vroeg klas 3 op dinsdag 16 juni 2026. Van hoe laat tot hoe laat?"),
        ("20 man, van 19 tot 21 uur.", "Welke uren wenst u voor klas 3 op dinsdag 16 juni 2026?"),
        ("From 7 pm to 9 pm please, 20 of us.", "At what times would you like classroom 3 on Tuesday 16 June 2026?"),
        ("7pm-9pm. We'll be 20.", "You asked for classroom 3 on Tuesday 16 June 2026. From when until when?"),
    ],
)
def test_what_a_question_names_is_what_its_answer_is_about(body: str, question: str) -> None:
    meaning = answer(body, question).to_json()
    slots = [["2026-06-16T19:00", "2026-06-16T21:00"]]
    assert meaning["items"] == [{"resource": "classe-tilleuls", "quantity": 1, "slots": slots}]
    assert meaning["attendees"] == 20


def test_where_a_question_names_two_rooms_the_answer_names_none() -> None:
    question = "Souhaitez-vous la classe 3 ou la bibliothèque mardi 16 juin 2026, et à quelles heures ?"
    rooms = [item["resource"] for item in answer("De 19h à 21h, nous serons 20.", question).to_json()["items"]]
    assert not {"classe-tilleuls", "bibliotheque"} & set(rooms)


def test_a_room_of_the_senders_own_stands() -> None:
    question = "À quelles heures souhaitez-vous la classe 3, mardi 16 juin 2026 ?"
    [item] = answer("Finalement plutôt la bibliothèque le jeudi 18 juin, de 19h à 21h.", question).to_json()["items"]
    assert item["resource"] == "bibliotheque"
    assert item["slots"] == [["2026-06-18T19:00", "2026-06-18T21:00"]]


OPTIONS = {
    "fr": (
        "Voici ce qui reste :",
        "1. bibliothèque, samedi 13 juin, 14h00-18h00",
        "2. réfectoire des Tilleuls, dimanche 14 juin, 14h00-18h00",
    ),
    "nl": (
        "Dit is nog vrij:",
        "1. leeszaal, zaterdag 13 juni, 14u00-18u00",
        "2. refter van de Lindeschool, zondag 14 juni, 14u00-18u00",
    ),
    "en": (
        "We can offer:",
        "1. library room, Saturday 13 June, 14:00-18:00",
        "2. refectory of the Tilleuls school, Sunday 14 June, 14:00-18:00",
    ),
}


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("fr", "Personne n'aime la bibliothèque, les jeunes non plus. Tout compte fait, c'est oui pour le dimanche."),
        ("fr", "Le samedi ne convient pas à Martine. Donc d'accord pour le réfectoire."),
        ("nl", "De leeszaal zagen de jongeren niet zitten. Dus graag de zondag."),
        ("nl", "Gisteravond hebben we overlegd: zaterdag lukt niet. Akkoord voor de refter."),
        ("en", "We talked it over last night, and Saturday does not suit the choir. So yes please, the Sunday."),
        ("en", "Nobody liked the library. Go ahead with the refectory, please."),
    ],
)
def test_a_proposal_is_told_by_the_last_sentence_that_names_one(code: str, body: str) -> None:
    meaning = answer(body, *OPTIONS[code])
    assert (meaning.intent, meaning.option) == (Intent.ACCEPT, 2)
