"""What closes a place or opens it: which things, which days and hours, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mailbot.model.house import Act, Order, Stretch
from mailbot.model.letters import NO_CONTEXT, Address, Letter
from mailbot.model.spans import Hours
from mailbot.reading.house import read_order
from mailbot.reading.lexicon import load_all
from tests.replies.examples import rules

TUESDAY = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
CLAIRE = Address("Claire Dumont", "participation@bruyere.example")
HALL, SCHOOL = ["salle-polyvalente"], ["classe-tilleuls", "refectoire-tilleuls"]


def stretch(first: int, last: int = 0, month: int = 7, *hours: Hours) -> Stretch:
    return Stretch(date(2026, month, first), date(2026, month, last or first), hours)


JULY = [stretch(1, 5)]
MORNING = Hours(9 * 60, 12 * 60)
ORDERS = {
    "bloquer la salle polyvalente du 1 au 5 juillet (peinture)": (Act.BLOCK, HALL, JULY, "peinture"),
    "Bonjour,\n\nMerci de bloquer la salle polyvalente du 1 au 5 juillet, en raison de travaux.\n\nClaire": (
        Act.BLOCK, HALL, JULY, "travaux",
    ),
    "La salle polyvalente sera fermée le 1 juillet toute la journée : nettoyage": (
        Act.BLOCK, HALL, [stretch(1)], "nettoyage",
    ),
    "bloquer la salle de lecture le 14 juin de 9h à 12h": (
        Act.BLOCK, ["bibliotheque"], [stretch(14, 0, 6, MORNING)], "",
    ),
    "bloquer l'école des Tilleuls le 12 juin": (Act.BLOCK, SCHOOL, [stretch(12, 0, 6)], ""),
    "l'école est fermée le 12 juin": (Act.BLOCK, [], [stretch(12, 0, 6)], ""),
    "débloquer la salle polyvalente du 1 au 5 juillet": (Act.UNBLOCK, HALL, JULY, ""),
    "bloqer la salle polyvalente du 1 au 5 juillet": (Act.BLOCK, HALL, JULY, ""),
    "polyvalente zaal dicht 1-5 juli": (Act.BLOCK, HALL, JULY, ""),
    "school toe op 12 juni": (Act.BLOCK, [], [stretch(12, 0, 6)], ""),
    "large hall shut from 1 to 5 July": (Act.BLOCK, HALL, JULY, ""),
    "la salle polyvalente sera en travaux du 1 au 5 juillet": (Act.BLOCK, HALL, JULY, ""),
    "l'école est fermée la semaine prochaine": (Act.BLOCK, [], [stretch(8, 14, 6)], ""),
    "débloquer la salle polyvalente": (Act.UNBLOCK, HALL, [], ""),
    "ouvert exceptionnellement dimanche 7 juin de 9h à 12h": (Act.OPEN, [], [stretch(7, 0, 6, MORNING)], ""),
    "blokkeer de polyvalente zaal van 1 tot 5 juli (schilderwerken)": (Act.BLOCK, HALL, JULY, "schilderwerken"),
    "de school is gesloten op 12 juni wegens pedagogische studiedag": (
        Act.BLOCK, [], [stretch(12, 0, 6)], "pedagogische studiedag",
    ),
    "de polyvalente zaal is opnieuw vrij van 1 tot 5 juli": (Act.UNBLOCK, HALL, JULY, ""),
    "uitzonderlijk open op zondag 7 juni van 9 tot 12 uur": (Act.OPEN, [], [stretch(7, 0, 6, MORNING)], ""),
    "block the large hall from 1 to 5 July (painting)": (Act.BLOCK, HALL, JULY, "painting"),
    "unblock the large hall 1-5 July": (Act.UNBLOCK, HALL, JULY, ""),
    "exceptionally open on Sunday 7 June from 9 to 12": (Act.OPEN, [], [stretch(7, 0, 6, MORNING)], ""),
}  # fmt: skip
NO_ORDERS = [
    "Bonjour, je voudrais la salle polyvalente le 14 juin de 18h à 22h.",
    "La salle polyvalente est-elle fermée le 14 juin ?",
    "OK",
    "sans suite",
    "Merci pour votre aide.",
    "La porte est bloquée.",
    "Je réserve la salle polyvalente le 14 juin de 18h à 22h ; il faudra fermer les fenêtres.",
]


def read(text: str, subject: str = "") -> Order | None:
    letter = Letter("m", "d", CLAIRE, (), (), (), TUESDAY, TUESDAY, subject, text)
    return read_order(letter, NO_CONTEXT, rules().catalogue, load_all(), "fr")


@pytest.mark.parametrize("text", ORDERS)
def test_what_an_order_says(text: str) -> None:
    order = read(text)
    assert order is not None
    assert (order.act, [thing for thing, _ in order.things], list(order.when), order.reason) == ORDERS[text]


@pytest.mark.parametrize("text", NO_ORDERS)
def test_what_is_no_order(text: str) -> None:
    assert read(text) is None


def test_only_some_units_of_a_thing() -> None:
    order = read("bloquer 3 tonnelles et la sono du 1 au 5 juillet")
    assert order is not None
    assert order.things == (("tonnelle", 3), ("sono", None))


def test_each_day_has_the_hours_that_were_said_of_it() -> None:
    order = read("bloquer la salle polyvalente samedi 13 juin de 14h à 18h et dimanche 14 juin de 9h à 12h")
    assert order is not None
    assert order.when == (stretch(13, 0, 6, Hours(840, 1080)), stretch(14, 0, 6, MORNING))


def test_the_subject_of_our_own_letter_is_no_order() -> None:
    assert read("OK", "Re: Salle polyvalente : fermé du mercredi 1er au dimanche 5 juillet (peinture)") is None
