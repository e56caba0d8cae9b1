"""Three numbers, however they are written, and what else is said."""

from __future__ import annotations

import pytest

from mailbot.model.meaning import Evidence, Intent, Item, Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.scores import evaluating, scores_of

SCORES = [
    ("4 5 5", (4, 5, 5), ""),
    ("4/5/5", (4, 5, 5), ""),
    ("4, 5 et 3. Merci !", (4, 5, 3), "Merci !"),
    ("5-5-4\n\nTrès belle salle.", (5, 5, 4), "Très belle salle."),
    ("1. 4\n2. 5\n3. 3\nLa porte grince.", (4, 5, 3), "La porte grince."),
    ("1) 4  \n2) 5\n3) 2", (4, 5, 2), ""),
    ("1: 4\n2: 5\n3: 5", (4, 5, 5), ""),
    ("État des lieux : 4, accès : 5, utilité : 5", (4, 5, 5), None),
    ("4/5, 5/5 et 3/5", (4, 5, 3), ""),
    ("5 partout, un grand merci", (5, 5, 5), None),
    ("Overal 4, bedankt", (4, 4, 4), None),
    ("3 en 4 en 5", (3, 4, 5), ""),
    ("All three 5", (5, 5, 5), None),
    ("5,5,4", (5, 5, 4), ""),
    ("455", (4, 5, 5), ""),
    ("5.4.3!", (5, 4, 3), "!"),
    ("4 sur 5, 5 sur 5 et 3 sur 5", (4, 5, 3), ""),
    ("4 out of 5, 5 out of 5, 3 out of 5", (4, 5, 3), ""),
    ("Quatre, cinq et trois. Merci !", (4, 5, 3), "Merci !"),
    ("État : 4/5, accès : 2/5 (20 minutes d'attente), utilité : 5/5", (4, 2, 5), None),
    ("un, quatre et cinq", (1, 4, 5), ""),
    ("vijf, vier en drie. De wc was verstopt!", (5, 4, 3), "De wc was verstopt!"),
    ("Four, five, five: we had two chairs too few", (4, 5, 5), "we had two chairs too few"),
    ("1. drie\n2. vier\n3. vijf", (3, 4, 5), ""),
    ("1) cinq\n2) quatre\n3) cinq, et deux chaises de trop", (5, 4, 5), "et deux chaises de trop"),
    ("Staat drie, toegang vijf, nut vier", (3, 5, 4), None),
    ("Tout 5, nickel", (5, 5, 5), None),
    ("alles 5", (5, 5, 5), None),
    ("Overal een vijf", (5, 5, 5), None),
    ("five all round", (5, 5, 5), None),
    ("4 for everything", (4, 4, 4), None),
    ("Accès 5, état 3, utilité 4", (3, 5, 4), None),
    ("5 pour l'accès, 3 pour l'état des lieux, 4 pour l'utilité", (3, 5, 4), None),
    ("Nut: 4. Sleutel: 2. Staat: 5", (5, 2, 4), None),
    ("usefulness 3, condition 4, access 5", (4, 5, 3), None),
]


@pytest.mark.parametrize(("text", "scores", "remark"), SCORES)
def test_scores_are_found_however_they_are_written(text: str, scores: tuple[int, ...], remark: str | None) -> None:
    """Where the marks stand apart, the text is kept whole (None)."""
    assert scores_of(text, load_all()) == (scores, text if remark is None else remark)


@pytest.mark.parametrize(
    "text",
    [
        "Très bien, merci",
        "4 et 5",
        "7 8 9",
        "le 13 de 14h à 18h",
        "0 5 5",
        "10/10 10/10 9/10",
        "55 45 33",
        "3.5, 4, 5",
        "3.5.26",
        "1. très propre\n2. facile\n3. parfait",
        "1) ja 2) ja 3) neen",
        "Tout s'est bien passé, nous étions 5",
        "2 chaises, 3 tables et 4 bancs étaient sales",
        "Deux chaises, trois tables et quatre bancs manquaient",
        "een stoel was stuk en twee tafels ook, drie dagen lang",
    ],
)
def test_what_is_no_three_scores_is_only_a_remark(text: str) -> None:
    assert scores_of(text, load_all()) == ((), text)


def test_a_mail_without_scores_that_asks_for_something_is_no_answer() -> None:
    booking = Meaning("fr", Intent.BOOK, (Item(("salle-polyvalente",)),))
    assert not evaluating(booking, "Pouvons-nous avoir la salle le 20 juin ?", load_all()).evaluates
    besides = evaluating(booking, "5 5 4. Pouvons-nous avoir la salle le 20 juin ?", load_all())
    assert besides.evaluates
    assert [further.intent for further in besides.further] == [Intent.BOOK]


def test_what_no_word_of_the_mail_asks_for_is_not_asked() -> None:
    guessed = Meaning("nl", Intent.CANCEL)
    said = Meaning("nl", Intent.CANCEL, evidence=(Evidence("intent", "annuleer", "cancel, strong"),))
    assert evaluating(guessed, "PS de verwarming deed het ook niet", load_all()).evaluates
    assert not evaluating(said, "Annuleer de rest van de reeks", load_all()).evaluates
