"""What is given up, what is not, and what only is an exception of what is asked for."""

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
GIVEN_UP = [
    "Our fair of Saturday 13 June is off, so the benches and the community centre can go to somebody else.",
    "R-7K3F2: you can hand the community centre on to others.",
    "The yoga of 18 June won't take place; the room is free for another group.",
    "La fête du 13 juin n'aura pas lieu : vous pouvez tout remettre à disposition, salle et matériel.",
    "R-7K3F2 : la maison de quartier peut être rendue à d'autres.",
    "Nous n'occuperons pas la salle de lecture le 16 juin, elle peut servir à quelqu'un d'autre.",
    "Donderdag 18 juni ligt de yoga stil; het buurthuis mag naar iemand anders.",
    "R-7K3F2: geef de zaal gerust aan een andere vereniging.",
    "Onze repetitie van 18 juni gaat niet door, anderen mogen het buurthuis gebruiken.",
    "R-7K3F2 : personne ne viendra.",
    "R-7K3F2: niemand komt.",
    "R-7K3F2: nobody will come.",
]
NOT_GIVEN_UP = [
    "R-7K3F2 is NOT to be cancelled. Please make it the community centre on Saturday 13 June from 3 to 7 pm instead.",
    "Please don't cancel R-7K3F2, we would only like to finish an hour later: Saturday 13 June from 3 pm to 7 pm.",
    "N'annulez surtout pas R-7K3F2 ! Nous venons le samedi 13 juin de 15h à 19h au lieu de 14h à 18h.",
    "Il ne faut pas annuler R-7K3F2, simplement la maison de quartier de 15h à 19h au lieu de 14h à 18h le 13 juin.",
    "R-7K3F2 zeker niet annuleren, wij komen op zaterdag 13 juni van 15u tot 19u in plaats van 14u tot 18u.",
    "Annuleer R-7K3F2 niet, wij willen enkel later: zaterdag 13 juni van 15u tot 19u in plaats van 14u tot 18u.",
]
EXCEPTED = [
    "We would like the library room every Monday from 7 to 9 pm from 8 June to 13 July. On 22 June the meeting is off.",
    "Nous voudrions la bibliothèque chaque lundi de 19h à 21h du 8 juin au 13 juillet. Le 22 juin la séance saute.",
    "Kan de leeszaal gereserveerd worden op maandagavond, 19u tot 21u, van 8 juni tot en met 13 juli? "
    "De week van 22 juni valt de bijeenkomst weg.",
]


def meaning_of(body: str) -> Meaning:
    raw = build({"id": "up", "from": "A <a@quarter.example>", "date": SENT, "subject": "", "body": body, "gold": {}})
    letter = parse(raw, datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all())


@pytest.mark.parametrize("body", GIVEN_UP)
def test_what_others_may_have_is_given_up(body: str) -> None:
    assert meaning_of(body).intent is Intent.CANCEL


@pytest.mark.parametrize("body", NOT_GIVEN_UP)
def test_what_is_not_to_be_cancelled_is_changed(body: str) -> None:
    assert meaning_of(body).intent is Intent.CHANGE


@pytest.mark.parametrize("body", EXCEPTED)
def test_a_day_that_drops_out_of_a_request_cancels_nothing(body: str) -> None:
    assert meaning_of(body).intent is Intent.BOOK
