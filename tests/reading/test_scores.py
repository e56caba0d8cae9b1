"""Three numbers, however they are written, and what else is said."""

from __future__ import annotations

import pytest

from mailbot.model.meaning import Intent, Item, Meaning
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
    ("État des lieux : 4, accès : 5, utilité : 5", (4, 5, 5), "État des lieux : 4, accès : 5, utilité : 5"),
    ("4/5, 5/5 et 3/5", (4, 5, 3), "et"),
    ("5 partout, un grand merci", (5, 5, 5), "5 partout, un grand merci"),
    ("Overal 4, bedankt", (4, 4, 4), "Overal 4, bedankt"),
    ("3 en 4 en 5", (3, 4, 5), ""),
    ("All three 5", (5, 5, 5), "All three 5"),
]


@pytest.mark.parametrize(("text", "scores", "remark"), SCORES)
def test_scores_are_found_however_they_are_written(text: str, scores: tuple[int, ...], remark: str) -> None:
    assert scores_of(text, load_all()) == (scores, remark)


@pytest.mark.parametrize(
    "text", ["Très bien, merci", "4 et 5", "7 8 9", "le 13 de 14h à 18h", "0 5 5", "10/10 10/10 9/10", "55 45 33"]
)
def test_what_is_no_three_scores_is_only_a_remark(text: str) -> None:
    assert scores_of(text, load_all()) == ((), text)


def test_a_mail_without_scores_that_asks_for_something_is_no_answer() -> None:
    booking = Meaning("fr", Intent.BOOK, (Item(("salle-polyvalente",)),))
    assert not evaluating(booking, "Pouvons-nous avoir la salle le 20 juin ?", load_all()).evaluates
    besides = evaluating(booking, "5 5 4. Pouvons-nous avoir la salle le 20 juin ?", load_all())
    assert besides.evaluates
    assert [further.intent for further in besides.further] == [Intent.BOOK]
