"""What a mail says besides: periods without a day, topics that are asked about, options, and other wishes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent, Meaning, Wish
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
"""A Tuesday."""


def meant(text: str) -> Meaning:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marc <marc@valleeverte.example>", "reservations@bruyere.example"
    mail["Date"], mail["Message-ID"], mail["Subject"] = SENT, "<a@voisins.example>", "question"
    mail.set_content(text)
    return read(parse(mail.as_bytes(), SENT), NO_CONTEXT, COMMUNE, load_all())


PERIODS = [
    ("Bonjour, quels samedis de septembre sont libres pour 40 personnes ?", "2026-09-01", "2026-09-30", (5,), None),
    ("Qu'est-ce qui est libre la semaine prochaine ?", "2026-06-08", "2026-06-14", (), None),
    (
        "La salle polyvalente est-elle libre un samedi soir de septembre ?",
        "2026-09-01",
        "2026-09-30",
        (5,),
        (1080, 1320),
    ),
    ("Quels week-ends de juillet la maison de quartier est-elle libre ?", "2026-07-01", "2026-07-31", (5, 6), None),
    ("Welke avonden volgende week is de vergaderzaal vrij?", "2026-06-08", "2026-06-14", (), (1080, 1320)),
    ("Welke zaterdagen in september zijn er zalen vrij?", "2026-09-01", "2026-09-30", (5,), None),
    ("Is anything free next week?", "2026-06-08", "2026-06-14", (), None),
    ("Which Saturdays in September are free?", "2026-09-01", "2026-09-30", (5,), None),
]


@pytest.mark.parametrize(("text", "first", "last", "weekdays", "hours"), PERIODS)
def test_a_period_in_which_no_day_is_fixed_is_kept_with_its_weekdays_and_hours(
    text: str, first: str, last: str, weekdays: tuple[int, ...], hours: tuple[int, int] | None
) -> None:
    meaning = meant(text)
    assert meaning.intent is Intent.AVAILABILITY
    [period] = meaning.periods
    assert (str(period.days.first), str(period.days.last)) == (first, last)
    assert (period.weekdays, period.hours) == (weekdays, hours)
    assert len(meaning.items) == 1, "a question about no room is one about any"


TOPICS = [
    ("Y a-t-il du wifi dans la salle polyvalente ? Et combien ça coûte ?", ("wifi", "cost"), ("salle-polyvalente",)),
    ("Que prêtez-vous ?", ("lent",), ()),
    ("Is er wifi in het buurthuis?", ("wifi",), ("maison-quartier",)),
    ("Moeten we een waarborg betalen en zijn we verzekerd?", ("cost", "deposit", "insurance"), ()),
    ("Do we have to pay a deposit?", ("cost", "deposit"), ()),
    ("Comment ça marche ?", ("how",), ()),
]


@pytest.mark.parametrize(("text", "topics", "about"), TOPICS)
def test_what_is_asked_about_how_things_work(text: str, topics: tuple[str, ...], about: tuple[str, ...]) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.topics, meaning.about) == (Intent.HELP, topics, about)


OPTIONS = [
    ("Mettez une option sur la salle polyvalente samedi 13 juin de 14h à 18h, notre CA est lundi.", "2026-06-09"),
    (
        "Pouvez-vous mettre une option jusqu'à lundi sur la salle polyvalente, samedi 13 juin de 14h à 18h ?",
        "2026-06-08",
    ),
    ("Kunt u de polyvalente zaal op zaterdag 13 juni van 14 tot 18 uur in optie houden tot maandag?", "2026-06-08"),
    (
        "Could you hold the multipurpose hall for us on Saturday 13 June from 2 to 6 pm? Our board meets on Monday.",
        "2026-06-09",
    ),
]


@pytest.mark.parametrize(("text", "until"), OPTIONS)
def test_an_option_is_wished_until_they_have_decided_and_that_day_is_none_of_the_use(text: str, until: str) -> None:
    meaning = meant(text)
    assert Wish.HOLD in meaning.wishes
    assert meaning.hold_until == date.fromisoformat(until)
    assert [str(slot.day) for item in meaning.items for slot in item.slots] == ["2026-06-13"]


WISHES = {
    Wish.WAIT: ["ATTENDRE", "WACHTEN", "WAIT", "Mettez-nous sur la liste d'attente", "Zet ons op de wachtlijst"],
    Wish.DATA: [
        "Quelles données avez-vous sur moi ?",
        "Pouvez-vous m'envoyer tout ce que vous avez sur moi ?",
        "Welke gegevens hebt u over mij?",
        "Wat houden jullie allemaal van mij bij?",
        "Send me my data",
        "What do you know about us?",
    ],
    Wish.FORGET: [
        "Supprimez toutes mes données",
        "Veuillez effacer tout ce qui me concerne",
        "Wis al mijn gegevens",
        "Gelieve alles over mij te wissen",
        "Please delete all my data",
        "Please delete everything you have about me",
    ],
    Wish.HOLD: [
        "Pouvez-vous nous garder sous option la classe 3 le 24 juin ?",
        "Une option aussi sur la classe 3 le 24 juin svp",
        "Kunt u klas 3 op 24 juni al even voor ons vasthouden?",
    ],
    Wish.PROBLEM: [
        "La clé ne tourne pas !",
        "Il n'y a personne à la loge",
        "De sleutel draait niet",
        "We geraken niet binnen",
        "The key won't turn",
        "We are locked out",
    ],
    Wish.HERE: [
        "On est devant la porte de la maison de quartier et la clé ne marche pas !!",
        "Nous n'arrivons pas à entrer",
        "We staan voor de deur van het buurthuis en de sleutel werkt niet!!",
        "We geraken er niet in",
        "We are in front of the door and the key does not work!",
        "We can't get in",
    ],
    Wish.DAMAGE: ["Une chaise est cassée", "Er is een stoel kapot", "One chair is broken"],
}


@pytest.mark.parametrize(("wish", "text"), [(wish, text) for wish, texts in WISHES.items() for text in texts])
def test_a_wish_is_heard(wish: Wish, text: str) -> None:
    assert wish in meant(text).wishes


@pytest.mark.parametrize("text", WISHES[Wish.HERE])
def test_what_is_wrong_at_this_moment_is_a_problem(text: str) -> None:
    assert meant(text).wishes >= {Wish.PROBLEM, Wish.HERE}


@pytest.mark.parametrize(
    "text",
    [
        "La clé ne marchait pas hier à la maison de quartier.",
        "La clé n'a pas tourné samedi.",
        "De sleutel werkte gisteren niet in het buurthuis.",
        "The key did not work yesterday.",
    ],
)
def test_what_was_wrong_is_not_so_at_this_moment(text: str) -> None:
    assert Wish.HERE not in meant(text).wishes


PLAIN = [
    "Bonjour, nous voudrions la salle polyvalente le samedi 13 juin de 14h à 18h pour 40 personnes.",
    "Goedendag, graag de polyvalente zaal op zaterdag 13 juni van 14 tot 18 uur, voor 40 mensen.",
    "Hello, we would like the multipurpose hall on Saturday 13 June from 2 to 6 pm for 40 people.",
]


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_request_wishes_nothing_besides(text: str) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.wishes, meaning.topics, meaning.periods) == (Intent.BOOK, frozenset(), (), ())


GIVEN_UP = ["Je ne viens plus", "Nous ne viendrons pas samedi", "We komen niet meer", "We are no longer coming"]


@pytest.mark.parametrize("text", GIVEN_UP)
def test_who_no_longer_comes_gives_up(text: str) -> None:
    assert meant(text).intent is Intent.CANCEL
