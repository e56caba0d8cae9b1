"""What people tell beside a request, and do not ask for, changes nothing of it: whom they met, what they bring, when
they rang, what was last year. The sentences stand in tests/corpus/told, one a line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.model.letters import NO_CONTEXT, Address, Letter
from mailbot.model.meaning import Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.reader import read
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 4, 21, 9, 0, tzinfo=UTC)
REQUESTS = {
    "fr": (
        "Nous souhaitons réserver la salle de lecture le vendredi 12 juin de 18h à 21h.",
        "Pourrions-nous emprunter 4 tonnelles le samedi 13 juin ?",
        "Pour le samedi 13 juin : 10 tables. Merci !",
    ),
    "nl": (
        "Graag zouden wij de leeszaal reserveren op vrijdag 12 juni van 18u tot 21u.",
        "Kunnen wij 4 partytenten lenen op zaterdag 13 juni?",
        "Voor zaterdag 13 juni: 10 tafels. Bedankt!",
    ),
    "en": (
        "We would like to book the reading room on Friday 12 June from 6pm to 9pm.",
        "Could we borrow 4 gazebos on Saturday 13 June?",
        "For Saturday 13 June: 10 tables. Thanks!",
    ),
}
TOLD = [
    pytest.param(path.stem, sentence, id=f"{path.stem}: {sentence}")
    for path in sorted((Path(__file__).parents[1] / "corpus" / "told").glob("*.txt"))
    for sentence in path.read_text(encoding="utf-8").splitlines()
]


def meaning_of(body: str) -> Meaning:
    sender = Address("Luc Peeters", "luc@amis.example")
    return read(
        Letter("1@amis.example", "", sender, (), (), (), SENT, SENT, "1", body), NO_CONTEXT, COMMUNE, load_all()
    )


def asked(meaning: Meaning) -> object:
    form = meaning.to_json()
    return {key: form[key] for key in ("language", "intent", "items", "attendees", "missing")}


@pytest.mark.parametrize(("language", "sentence"), TOLD)
def test_it_changes_nothing_of_what_is_asked(language: str, sentence: str) -> None:
    for request in REQUESTS[language]:
        alone = asked(meaning_of(f"{request}\n\nLuc Peeters"))
        assert alone["intent"] == "book"
        assert asked(meaning_of(f"{request}\n\n{sentence}\n\nLuc Peeters")) == alone
        assert asked(meaning_of(f"{request} {sentence}\n\nLuc Peeters")) == alone
