"""Mails of the commune for somebody else: for whom each is, what it asks, and what is for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from mailbot.model.behalf import Behalf
from mailbot.model.letters import NO_CONTEXT, Address, Letter
from mailbot.reading.behalf import read_behalf, read_whom
from mailbot.reading.lexicon import load_all
from tests.replies.examples import rules

TUESDAY = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
CLAIRE = Address("Claire Dumont", "participation@bruyere.example")
MAILBOX = Address("", "reservations@bruyere.example")

FOR = {
    "pour Compost des Tilleuls: salle polyvalente le 14 juin 18-22h": "Compost des Tilleuls",
    "Bonjour,\n\nPour Les Lombrics : la salle polyvalente le 14 juin de 18 à 22h\n\nClaire": "Lombrics",
    "réserver pour le Collectif Marmite : cuisine le 14 juin 18-22h": "Collectif Marmite",
    "à la demande de Repair Café : 2 tonnelles le 14 juin": "Repair Café",
    "voor Natuurkring Heide: polyvalente zaal 14 juni 18-22u": "Natuurkring Heide",
    "Dag,\nnamens Schaakkring Heide: refter op 14 juni van 14 tot 18 uur": "Schaakkring Heide",
    "for Rue du Canal Residents: large hall, 14 June, 6-10pm": "Rue du Canal Residents",
    "on behalf of CodeDojo: reading room 14 June 2-5pm": "CodeDojo",
}
NOT_SURELY = [
    "pour 30 personnes : la salle polyvalente le 14 juin",
    "pour samedi 14 juin : la salle polyvalente est-elle libre ?",
    "pour la salle polyvalente : la clé ne tourne pas",
    "voor zaterdag 14 juni: is de zaal vrij?",
    "for the large hall: is it free on 14 June?",
    "Pour les Lombrics, la salle polyvalente le 14 juin de 18 à 22h",
]
FOR_NOBODY = [
    "salle polyvalente le 14 juin 18-22h",
    "Bonjour, merci pour votre aide : tout est prêt.",
    "bloquer la salle polyvalente du 1 au 5 juillet (peinture)",
    "OK",
]


def letter(text: str, subject: str = "") -> Letter:
    return Letter("m", "d", CLAIRE, (), (MAILBOX,), (), TUESDAY, TUESDAY, subject, text)


def read(text: str, subject: str = "") -> Behalf | None:
    return read_behalf(letter(text, subject), NO_CONTEXT, rules().catalogue, load_all())


@pytest.mark.parametrize("text", FOR)
def test_for_whom_it_is(text: str) -> None:
    behalf = read(text)
    assert behalf is not None
    assert (behalf.whom, behalf.sure, behalf.handed_on) == (FOR[text], True, False)
    assert behalf.whom not in behalf.text


@pytest.mark.parametrize("text", NOT_SURELY)
def test_a_day_a_number_or_a_thing_is_surely_nobody(text: str) -> None:
    behalf = read(text)
    assert behalf is not None
    assert not behalf.sure


@pytest.mark.parametrize("text", FOR_NOBODY)
def test_what_is_for_nobody_else(text: str) -> None:
    assert read(text) is None


def test_a_subject_may_say_for_whom_it_is() -> None:
    behalf = read("salle polyvalente le 14 juin 18-22h", "Pour CodeDojo")
    assert behalf is not None
    assert (behalf.whom, behalf.text) == ("CodeDojo", "salle polyvalente le 14 juin 18-22h")


NAMED = [
    "pour les lombrics salle polyvalente 14 juin 18-22h",
    "réserver pour Les Lombrics la salle polyvalente le 14 juin 18-22h",
    "salle polyvalente le 14 juin 18-22h pour Les Lombrics",
    "polyvalente zaal 14 juni 18-22u voor Lombrics",
    "large hall 14 June 6-10pm for the Lombrics",
]


def known(words: Sequence[str]) -> int:
    return next((at + 1 for at, word in enumerate(words[:2]) if word == "lombrics"), 0)


@pytest.mark.parametrize("text", NAMED)
def test_whose_name_is_known_needs_no_colon(text: str) -> None:
    behalf = read_behalf(letter(text), NO_CONTEXT, rules().catalogue, load_all(), known)
    assert behalf is not None
    assert behalf.named
    assert behalf.whom.casefold().endswith("lombrics")
    assert "ombrics" not in behalf.text
    assert read(text) is None


def test_a_long_mail_that_names_somebody_is_not_for_them() -> None:
    story = "La fête de samedi était belle. " * 10 + NAMED[2]
    assert read_behalf(letter(story), NO_CONTEXT, rules().catalogue, load_all(), known) is None


def test_an_address_says_it_best() -> None:
    behalf = read("pour Karim Benali <Karim@LesLombrics.example> : 3 chaises le 14 juin")
    assert behalf is not None
    assert (behalf.whom, behalf.address) == ("Karim Benali", "karim@leslombrics.example")


HANDED_ON = [
    """Pour suivi, merci

Claire

-----Message d'origine-----
De : Jeanne Peeters <jeanne@courrier.example>
Envoyé : lundi 1 juin 2026 10:12
À : participation@bruyere.example
Objet : salle

Bonjour, la salle polyvalente demain de 18h à 22h ?
Jeanne
""",
    """---------- Forwarded message ---------
From: Jeanne Peeters <jeanne@courrier.example>
Date: Mon, 1 Jun 2026 10:12:00 +0200
Subject: salle
To: <participatie@bruyere.example>

Bonjour, la salle polyvalente demain de 18h à 22h ?
Jeanne
""",
    """Le lun. 1 juin 2026 à 10:12, Jeanne Peeters <jeanne@courrier.example> a écrit :
> Bonjour, la salle polyvalente demain de 18h à 22h ?
> Jeanne
""",
    """Op ma 1 jun 2026 om 10:12 schreef Jeanne Peeters <jeanne@courrier.example>:
> Bonjour, la salle polyvalente demain de 18h à 22h ?
> Jeanne
""",
]


@pytest.mark.parametrize("text", HANDED_ON)
def test_a_mail_that_is_handed_on_is_of_who_wrote_it_and_when(text: str) -> None:
    behalf = read(text, "TR: salle")
    assert behalf is not None
    assert behalf.handed_on
    assert (behalf.whom, behalf.address, behalf.subject) == ("Jeanne Peeters", "jeanne@courrier.example", "salle")
    assert behalf.text.startswith("Bonjour, la salle polyvalente demain")
    assert behalf.text.endswith("Jeanne")
    assert (behalf.sent.month, behalf.sent.day) == (6, 1)


def test_without_an_address_who_wrote_it_is_only_called() -> None:
    text = HANDED_ON[0].replace(" <jeanne@courrier.example>", "")
    behalf = read(text, "TR: salle")
    assert behalf is not None
    assert (behalf.whom, behalf.address) == ("Jeanne Peeters", "")


def test_our_question_is_answered_by_a_name_or_an_address() -> None:
    def answer(text: str) -> tuple[str, str]:
        return read_whom(letter(text), NO_CONTEXT, rules().catalogue)

    assert answer("Les Lombrics\n\nClaire") == ("Lombrics", "")
    assert answer("odile@courrier.example") == ("", "odile@courrier.example")
    assert answer("Je ne sais pas encore.\nJe vous le dirai demain, ou bien après-demain.") == ("", "")
