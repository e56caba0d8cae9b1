"""What mails say of a booking: its days, what is added or left of it, who comes, when not, and mere afterthoughts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from mailbot.model.letters import NO_CONTEXT, Context
from mailbot.model.meaning import Collector, Intent, Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
"""A Tuesday."""
BOOKED = Context(code="R-7K3F2", booked=True, our_texts=("C'est réservé :\n– salle, samedi 13 juin 2026.\n",))


def meant(text: str, context: Context = BOOKED) -> Meaning:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Marc <marc@valleeverte.example>", "reservations@bruyere.example"
    mail["Date"], mail["Message-ID"] = SENT, "<a@voisins.example>"
    mail["Subject"] = "Re: fête – c'est réservé (R-7K3F2)" if context.code else "fête"
    mail.set_content(text)
    return read(parse(mail.as_bytes(), SENT), context, COMMUNE, load_all())


@pytest.mark.parametrize("word", ["NON", "non", "Non.", "NON !", "NEE", "Neen", "NO", "no."])
def test_no_alone_is_an_undo(word: str) -> None:
    meaning = meant(word)
    assert (meaning.intent, meaning.undo) == (Intent.DECLINE, True)


@pytest.mark.parametrize("words", ["Non merci", "non, c'était le 14", "nee bedankt", "no thanks", "nous disons non"])
def test_no_among_other_words_is_none(words: str) -> None:
    assert not meant(words).undo


ADDED = [
    ("Pouvez-vous ajouter 10 chaises ?", [True]),
    ("Encore 2 tables en plus svp", [True]),
    ("6 tables au lieu de 4, et ajoutez 10 chaises", [False, True]),
    ("Kunnen er nog 10 stoelen bij?", [True]),
    ("Graag 6 tafels in plaats van 4.", [False]),
    ("Please add 10 chairs.", [True]),
    ("Could we have 6 tables instead of 4?", [False]),
    ("Ajoutez aussi la cuisine collective s'il vous plaît", [True]),
]


@pytest.mark.parametrize(("text", "added"), ADDED)
def test_what_comes_on_top_is_told_from_what_takes_a_place(text: str, added: list[bool]) -> None:
    meaning = meant(text)
    assert meaning.intent is Intent.CHANGE
    assert [item.added for item in meaning.items] == added


BOTH = [
    ("finalement 40 chaises au lieu de 20, et le projecteur on laisse tomber", {"chaise": 40}, {"projecteur": None}),
    ("plutôt 40 chaises, et le projecteur peut sauter", {"chaise": 40}, {"projecteur": None}),
    ("Annulez les chaises et ajoutez 10 tables", {"table": 10}, {"chaise": None}),
    ("liever 40 stoelen, en de beamer mag weg", {"chaise": 40}, {"projecteur": None}),
    ("nog 10 tafels erbij graag, de stoelen zijn niet meer nodig", {"table": 10}, {"chaise": None}),
    ("maak er 40 stoelen van, en de beamer hoeft niet", {"chaise": 40}, {"projecteur": None}),
    ("We need 10 more tables but no longer need the chairs", {"table": 10}, {"chaise": None}),
    ("Pouvez-vous mettre 40 chaises ? Le projecteur, on n'en a plus besoin.", {"chaise": 40}, {"projecteur": None}),
    ("make it 40 chairs, and we no longer need the projector", {"chaise": 40}, {"projecteur": None}),
]


@pytest.mark.parametrize(("text", "wanted", "given_up"), BOTH)
def test_what_is_wanted_besides_is_told_from_what_is_given_up(
    text: str, wanted: dict[str, int], given_up: dict[str, int | None]
) -> None:
    meaning = meant(text)
    assert meaning.intent is Intent.CHANGE
    assert {item.resource: item.quantity for item in meaning.items} == wanted
    assert {item.resource: item.quantity for item in meaning.drops} == given_up


@pytest.mark.parametrize(
    "text",
    [
        "On annule le projecteur et on commence à 18h au lieu de 19h",
        "Could we start at 7 pm instead? The projector is not needed any more.",
        "commencez à 19h plutôt, et le projecteur n'est plus nécessaire",
    ],
)
def test_other_hours_are_never_given_up_along(text: str) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.items) == (Intent.HUMAN, ())


@pytest.mark.parametrize(
    "text", ["Annulez aussi les 10 tables", "De 20 stoelen zijn niet meer nodig", "We no longer need the 20 chairs"]
)
def test_a_number_that_is_given_up_is_no_wish(text: str) -> None:
    assert meant(text).intent is Intent.CANCEL


REST = [
    ("Annulez tout le reste de la série à partir du 15 septembre.", Intent.CANCEL, True),
    ("Schrap de rest van de reeks vanaf 15 september.", Intent.CANCEL, True),
    ("Please cancel the rest of the series from 15 September.", Intent.CANCEL, True),
    ("Please cancel 15 September, the other dates stay.", Intent.CANCEL, False),
    ("Pas de séance le 15 septembre, les autres restent.", Intent.CANCEL, False),
]


@pytest.mark.parametrize(("text", "intent", "rest"), REST)
def test_the_rest_of_a_series_is_told_from_one_date(text: str, intent: Intent, rest: bool) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.rest) == (intent, rest)
    assert meaning.days == {date(2026, 9, 15)}


ONE_DATE = [
    "il faudrait annuler seulement le 19",
    "Pouvez-vous annuler le 19 ?",
    "le 19 est annulé, les autres restent",
    "we moeten enkel de 19de annuleren",
    "kan je de 19e schrappen?",
    "alleen de 19e valt weg",
    "we need to cancel only the 19th",
    "we need the 19th cancelled",
]


@pytest.mark.parametrize("text", ONE_DATE)
def test_the_day_that_is_given_up_is_named_by_its_number_alone(text: str) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.days) == (Intent.CANCEL, {date(2026, 6, 19)})


def test_all_days_are_kept_also_those_that_say_which_date_is_moved() -> None:
    meaning = meant("La séance du 23 juin aura lieu le 24, aux mêmes heures.")
    assert meaning.days == {date(2026, 6, 23), date(2026, 6, 24)}


SHORT = ["oups, 19h", "Peut-on passer au 20 juin ?", "oeps, 19u", "oops, 7pm", "non, c'était le 14", "Oei, om 19u dus"]


@pytest.mark.parametrize("text", SHORT)
def test_a_few_words_in_the_conversation_of_a_booking_change_it(text: str) -> None:
    assert meant(text).intent is Intent.CHANGE


@pytest.mark.parametrize("text", ["oups, 19h", "oeps, 19u", "oops, 7pm", "Pardon, le 14 !"])
def test_an_afterthought_is_known_as_one_without_its_thread(text: str) -> None:
    assert meant(text, NO_CONTEXT).corrects


COMES = [
    ("Ma fille Carine viendra chercher la clé, 0400 11 22 33.", "Carine", "0400 11 22 33"),
    ("C'est mon mari Paul qui passera, 0475/12.34.56", "Paul", "0475/12.34.56"),
    ("Jean-Luc Picard viendra prendre le matériel.", "Jean-Luc Picard", ""),
    ("Mijn dochter Carine komt de sleutel halen, 0400 11 22 33.", "Carine", "0400 11 22 33"),
    ("My daughter Carine will come for the key. Her number is 0400 11 22 33.", "Carine", "0400 11 22 33"),
]


@pytest.mark.parametrize(("text", "name", "phone"), COMES)
def test_who_comes_is_read_with_the_number(text: str, name: str, phone: str) -> None:
    assert meant(text).comes == Collector(name, phone)


@pytest.mark.parametrize(
    "text",
    [
        "Je ne peux pas venir vendredi pour la clé.",
        "Vendredi ça ne me convient pas pour la clé.",
        "Ik kan vrijdag niet komen voor de sleutel.",
        "Vrijdag past niet voor de sleutel.",
        "I can't make Friday for the key.",
        "Friday doesn't suit us for the key.",
    ],
)
def test_a_day_on_which_they_cannot_come_is_read(text: str) -> None:
    assert meant(text).prevented == {date(2026, 6, 5)}


@pytest.mark.parametrize(
    "text",
    [
        "Samedi matin on n'est pas là pour la clé, y a moyen un autre moment ?",
        "On pourrait venir chercher la clé jeudi plutôt ?",
        "Je sais pas venir vendredi chercher le matériel",
        "Zaterdagochtend zijn wij er niet voor de sleutel, kan het een ander moment?",
        "Ik geraak vrijdag niet tot daar voor de sleutel",
        "Could I pick up the key on Thursday instead?",
        "We're away on Saturday, can we collect the key some other time?",
    ],
)
def test_another_time_for_the_key_is_none_for_the_room(text: str) -> None:
    meaning = meant(text)
    assert meaning.intent in {Intent.KEY, Intent.HUMAN}
    assert not meaning.items


@pytest.mark.parametrize("text", ["Morgen gaat helaas niet door, de rest wel hoor", "Morgen gaat niet door, sorry"])
def test_what_does_not_take_place_is_no_day_for_the_key(text: str) -> None:
    assert not meant(text).prevented


@pytest.mark.parametrize(
    "text", ["Super, à vendredi !", "Merci, parfait pour le 19", "Dank u, tot vrijdag!", "Great, see you on Friday!"]
)
def test_a_day_that_pleases_is_none_that_is_asked_for(text: str) -> None:
    assert meant(text).intent is Intent.ACCEPT


@pytest.mark.parametrize(
    "text",
    [
        "En fait on préfère le vendredi 26",
        "On préférerait le 26 si possible",
        "Eigenlijk verkiezen we vrijdag 26 juni",
        "Actually we'd prefer Friday 26 June",
    ],
)
def test_a_day_that_is_preferred_is_asked_for(text: str) -> None:
    meaning = meant(text)
    assert (meaning.intent, meaning.days) == (Intent.CHANGE, {date(2026, 6, 26)})


@pytest.mark.parametrize("text", ["Ah oui, c'est bien la même", "c'est la même", "it's the same", "dat is dezelfde"])
def test_the_same_request_is_said_to_be_one(text: str) -> None:
    assert meant(text, NO_CONTEXT).same


@pytest.mark.parametrize(
    "text", ["Bien reçu ?", "Avez-vous reçu mon mail ?", "Is mijn mail goed aangekomen?", "Did you get my mail?"]
)
def test_a_question_whether_it_arrived_asks_for_the_state(text: str) -> None:
    assert meant(text).asks_state


@pytest.mark.parametrize("text", ["Bien reçu, merci !", "Goed ontvangen, dank u.", "Received, thanks!"])
def test_thanks_for_what_arrived_ask_nothing(text: str) -> None:
    assert not meant(text).asks_state


@pytest.mark.parametrize(
    "text",
    ["Comme l'an passé, pour le 20 juin.", "Zoals vorig jaar, op 20 juni.", "Same as last year, on 20 June please."],
)
def test_an_earlier_booking_is_pointed_to(text: str) -> None:
    meaning = meant(text, NO_CONTEXT)
    assert meaning.like_before
    assert meaning.days == {date(2026, 6, 20)}
