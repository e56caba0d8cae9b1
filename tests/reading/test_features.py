"""What a room must have, in the words of a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.stories.town import ROOT, rules_of

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
SAMPLE = rules_of(ROOT / "rules.yaml").current().catalogue
OWN = replace(
    SAMPLE,
    features={
        **SAMPLE.features,
        "four": {"fr": "four"},
        "karaoke": {"fr": "karaoké", "nl": "karaoke", "en": "karaoke"},
    },
    rooms={
        **SAMPLE.rooms,
        "dojo": replace(SAMPLE.rooms["salle-reunion"], id="dojo", features=frozenset({"four", "karaoke"})),
    },
)
"""A commune that names features of its own."""


def named(text: str) -> set[str]:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marc <marc@valleeverte.example>", "reservations@bruyere.example"
    mail["Date"], mail["Message-ID"], mail["Subject"] = SENT, "<a@voisins.example>", "demande"
    mail.set_content(text)
    return set(read(parse(mail.as_bytes(), SENT), NO_CONTEXT, OWN, load_all()).features)


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("Une salle accessible en fauteuil roulant, mardi 9 juin de 14h à 16h.", {"wheelchair"}),
        ("Il faut une salle accessible aux PMR avec wifi, mardi 9 juin de 14h à 16h.", {"wheelchair", "wifi"}),
        ("Nous voudrions une salle avec un tableau blanc mardi 9 juin de 14h à 16h.", {"whiteboard"}),
        ("Een zaal die rolstoeltoegankelijk is, dinsdag 9 juni van 14 tot 16u.", {"wheelchair"}),
        ("Een van onze leden zit in een rolstoel. Graag een zaal op 9 juni van 14 tot 16u.", {"wheelchair"}),
        ("We need a room with a stage, Tuesday 9 June from 2 to 4 pm.", {"stage"}),
        ("One of our members uses a wheelchair. A room on 9 June from 2 to 4 pm, please.", {"wheelchair"}),
        ("Une salle avec karaoké le 9 juin de 14h à 16h", {"karaoke"}),
        ("Une salle avec un four le 9 juin de 14h à 16h", {"four"}),
    ],
)
def test_what_a_room_must_have_is_heard(text: str, features: set[str]) -> None:
    assert named(text) == features


@pytest.mark.parametrize(
    "text",
    [
        "Nous n'avons pas besoin du wifi. La salle de lecture le 9 juin de 14h à 16h.",
        "A room on 9 June from 2 to 4 pm; at this stage we are ten.",
        "Une salle le 9 juin de 14h à 16h ; le four à pain est à nous.",
        "Graag een zaal zonder wifi op 9 juni van 14 tot 16u.",
    ],
)
def test_what_is_not_asked_of_a_room_is_not_heard(text: str) -> None:
    assert named(text) == set()
