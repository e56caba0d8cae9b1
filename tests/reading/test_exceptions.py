"""What a mail says of single days of a series: which are off, which are moved, and what must change nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 8, 20, 7, 30, tzinfo=UTC)
"""A Thursday."""
SERIES = {
    "fr": "Bonjour,\n\nNous voudrions réserver la classe 3 tous les mardis d'octobre, de 18h à 20h. {}\n\nClaire",
    "nl": "Dag,\n\nWij willen graag klas 3 reserveren elke dinsdag van oktober, van 18u tot 20u. {}\n\nKlaar",
    "en": "Hello,\n\nWe would like to book classroom 3 every Tuesday in October, from 6pm to 8pm. {}\n\nClare",
}
TUESDAYS = (6, 13, 20, 27)


def meant(text: str) -> Meaning:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marc <marc@valleeverte.example>", "reservations@bruyere.example"
    mail["Date"], mail["Message-ID"], mail["Subject"] = SENT, "<a@voisins.example>", ""
    mail.set_content(text)
    return read(parse(mail.as_bytes(), SENT), NO_CONTEXT, COMMUNE, load_all())


def days(meaning: Meaning) -> list[str]:
    return sorted({slot.day.isoformat() for item in meaning.items for slot in item.slots})


OFF = [
    ("fr", "Le 13 octobre, il n'y a pas cours.", {13}),
    ("fr", "On ne se réunit pas le 13.", {13}),
    ("fr", "Le 13, personne n'est libre, on passe.", {13}),
    ("fr", "Attention, rien le 20 octobre.", {20}),
    ("fr", "Par contre nous ne serons pas là le 20 ni le 27 octobre.", {20, 27}),
    ("fr", "Le 27 octobre c'est congé", {27}),
    ("fr", "La séance du 13 saute.", {13}),
    ("fr", "Nous sautons celle du 6 octobre.", {6}),
    ("fr", "Ces jours-là, le 13 et le 20, la prof est absente.", {13, 20}),
    ("fr", "Aucune répétition le 13 octobre, on est en stage.", {13}),
    ("fr", "Seule exception : pas de séance le 20.", {20}),
    ("nl", "Op 13 oktober is er geen les.", {13}),
    ("nl", "De 13e slaan we over.", {13}),
    ("nl", "Op 20 oktober zijn we er niet.", {20}),
    ("nl", "Enkel op de 20ste niet, dan zitten we in Gent.", {20}),
    ("nl", "De les van 13 oktober valt weg.", {13}),
    ("nl", "Op de 6e en de 13e komen we niet samen.", {6, 13}),
    ("nl", "27 oktober is het herfstvakantie, dan is er niemand.", {27}),
    ("nl", "Op 13 oktober doen we het bij een lid thuis, die datum mag u overslaan.", {13}),
    ("nl", "Let op: op 20/10 vervalt de sessie.", {20}),
    ("en", "We will not meet on 13 October because of a wedding.", {13}),
    ("en", "There's no class on the 13th.", {13}),
    ("en", "On 20 October there is also no lesson.", {20}),
    ("en", "Nothing on 27 October, that's school holidays.", {27}),
    ("en", "One of those, the 20th, is a day off for us; we shan't sing that day.", {20}),
    ("en", "We're skipping the 13th.", {13}),
    ("en", "The teacher is away on the 6th and the 27th.", {6, 27}),
    ("en", "We can't make 13 October, so leave that one out.", {13}),
]


@pytest.mark.parametrize(("language", "said", "off"), OFF)
def test_a_day_of_a_series_that_is_named_again_with_a_no_is_off(language: str, said: str, off: set[int]) -> None:
    meaning = meant(SERIES[language].format(said))
    assert days(meaning) == [f"2026-10-{day:02}" for day in TUESDAYS if day not in off]
    assert not meaning.missing


NOT_OFF = [
    ("fr", "Le 13 octobre, nous aurions aussi besoin du projecteur, mais pas de l'écran."),
    ("fr", "Le 13 octobre, nous ne serons pas 20 mais 12."),
    ("fr", "Nous ne faisons pas de bruit."),
    ("fr", "Le 6 octobre, c'est la première séance."),
    ("nl", "Op 13 oktober hebben we ook de beamer nodig, maar geen scherm."),
    ("nl", "Op 20 oktober zijn we niet met 20 maar met 12."),
    ("nl", "De eerste les is op 6 oktober."),
    ("en", "On 13 October we also need the projector, but no screen."),
    ("en", "On 20 October we won't be 20 but 12."),
    ("en", "The first session is on 6 October."),
]


@pytest.mark.parametrize(("language", "said"), NOT_OFF)
def test_a_no_to_something_else_leaves_the_day(language: str, said: str) -> None:
    rooms = [item for item in meant(SERIES[language].format(said)).items if item.resources == ("classe-tilleuls",)]
    assert sorted({slot.day.day for item in rooms for slot in item.slots}) == [*TUESDAYS]


MOVED = [
    ("fr", "La séance du 13 se fera exceptionnellement le mercredi 14, aux mêmes heures.", 13, 14),
    ("fr", "Le 20 octobre sera remplacé par le jeudi 22 octobre.", 20, 22),
    ("fr", "Au lieu du 6 octobre, nous viendrons le lundi 5.", 6, 5),
    ("nl", "De les van 13 oktober wordt uitzonderlijk verplaatst naar woensdag 14 oktober.", 13, 14),
    ("nl", "In plaats van 20 oktober komen we op donderdag 22 oktober.", 20, 22),
    ("nl", "In de week van 5 oktober wordt het maandag 5 oktober in plaats van dinsdag.", 6, 5),
    ("en", "The week of 12 October we have to do Wednesday the 14th instead of the Tuesday.", 13, 14),
    ("en", "The session of 20 October moves to Thursday 22 October.", 20, 22),
    ("en", "Exceptionally, 6 October becomes Monday 5 October.", 6, 5),
]


@pytest.mark.parametrize(("language", "said", "old", "new"), MOVED)
def test_a_day_of_a_series_is_moved_at_its_hours(language: str, said: str, old: int, new: int) -> None:
    meaning = meant(SERIES[language].format(said))
    assert days(meaning) == sorted(f"2026-10-{day:02}" for day in {*TUESDAYS, new} - {old})
    assert len({(slot.start.hour, slot.end.hour) for item in meaning.items for slot in item.slots}) == 1  # type: ignore[union-attr]


ASKED = {
    "fr": "Bonjour,\n\nNous voudrions réserver la classe 3 {}\n\nClaire",
    "nl": "Dag,\n\nWij willen graag klas 3 reserveren {}\n\nKlaar",
    "en": "Hello,\n\nWe would like to book classroom 3 {}\n\nClare",
}
FIRST, SECOND = "2026-10-08", "2026-10-15"
EITHER = [
    ("fr", "le 8 ou le 15 octobre de 18h à 20h."),
    ("fr", "de 18h à 20h. Nous hésitons entre le 8 et le 15 octobre, l'un ou l'autre nous convient."),
    ("fr", "de 18h à 20h, un des deux jeudis suivants : 8 octobre, 15 octobre. Au choix !"),
    ("fr", "le 8 et le 15 octobre de 18h à 20h. Enfin, l'une des deux dates : à vous de choisir."),
    ("nl", "op 8 of 15 oktober van 18u tot 20u."),
    ("nl", "van 18u tot 20u. Zowel 8 als 15 oktober past, één van de twee volstaat."),
    ("nl", "van 18u tot 20u. We twijfelen tussen 8 en 15 oktober."),
    (
        "nl",
        "op donderdag 8 en donderdag 15 oktober van 18u tot 20u, kies maar: allebei goed.",
    ),
    ("en", "on 8 or 15 October from 6pm to 8pm."),
    ("en", "from 6pm to 8pm. Both 8 and 15 October would work, we only need one of them."),
    ("en", "from 6pm to 8pm. We're torn between 8 and 15 October."),
    (
        "en",
        "on Thursday 8 October and Thursday 15 October from 6pm to 8pm, whichever suits you best.",
    ),
]


@pytest.mark.parametrize(("language", "said"), EITHER)
def test_of_two_days_one_is_asked_and_the_other_would_do(language: str, said: str) -> None:
    meaning = meant(ASKED[language].format(said))
    assert days(meaning) == [FIRST]
    assert [days(other) for other in meaning.alternatives] == [[SECOND]]
    assert meaning.either


OTHERWISE = [
    ("fr", "le 8 octobre de 18h à 20h ; à défaut, le 15 octobre aux mêmes heures."),
    ("fr", "le 8 octobre de 18h à 20h. Si ce n'est pas possible, le 15 octobre."),
    ("fr", "le 8 octobre de 18h à 20h. Au cas où ce serait déjà pris, le 15 irait encore."),
    ("nl", "op 8 oktober van 18u tot 20u. Past dat niet, dan donderdag 15 oktober, zelfde uren."),
    ("nl", "op 8 oktober van 18u tot 20u. Lukt dat niet, dan graag 15 oktober."),
    ("nl", "op 8 oktober van 18u tot 20u. Mocht de zaal dan niet vrij zijn: 15 oktober."),
    ("en", "on 8 October, 18:00-20:00, or if that is not possible then on 15 October at same time."),
    ("en", "on 8 October from 6pm to 8pm. Should that be taken, 15 October."),
    ("en", "on 8 October from 6pm to 8pm. If the hall isn't free then, 15 October from 6pm to 8pm."),
]


@pytest.mark.parametrize(("language", "said"), OTHERWISE)
def test_a_day_for_want_of_another_is_not_asked(language: str, said: str) -> None:
    meaning = meant(ASKED[language].format(said))
    assert days(meaning) == [FIRST]
    assert not meaning.missing


BOTH = [
    ("fr", "le 8 et le 15 octobre de 18h à 20h. Si ce n'est pas trop demander, le 22 octobre aussi.", 3),
    ("fr", "le 8 et le 15 octobre de 18h à 20h. Pour le projecteur, l'un ou l'autre modèle convient.", 2),
    ("nl", "op 8 en 15 oktober van 18u tot 20u. De klas of de refter, een van de twee zalen.", 2),
    ("en", "on 8 and 15 October from 6pm to 8pm. Either projector will do.", 2),
    ("en", "on 8 and 15 October from 6pm to 8pm. If it's not too much trouble, also on 22 October.", 3),
]


@pytest.mark.parametrize(("language", "said", "many"), BOTH)
def test_what_is_said_of_things_leaves_both_days(language: str, said: str, many: int) -> None:
    assert len(days(meant(ASKED[language].format(said)))) == many
