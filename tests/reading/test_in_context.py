"""A mail read with what stands around it: our open question, our offer, whom it is addressed to, what is attached."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from mailbot.model.letters import NO_CONTEXT, Context
from mailbot.model.meaning import ANY_ROOM, Intent, Lack, Meaning, Wish
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)  # a Tuesday
WHEN = "Plain: at what time?"
ROOMS = Context(
    code="R-7K3F2",
    options=("salle polyvalente, samedi 13 juin de 14 à 18h", "bibliothèque, samedi 13 juin de 14 à 18h"),
    language="fr",
    our_texts=("1. salle polyvalente, samedi 13 juin de 14 à 18h\n2. bibliothèque, samedi 13 juin de 14 à 18h",),
)
DAYS = Context(
    code="R-7K3F2",
    options=(
        "salle polyvalente, samedi 20 juin, de 14 h à 21 h",
        "salle polyvalente, samedi 6 juin, de 14 h à 21 h",
        "salle polyvalente, samedi 27 juin, de 14 h à 21 h",
    ),
    language="fr",
    our_texts=("Répondez 1, 2 ou 3 ?",),
)
CHALLENGE = Context(code="R-7K3F2", challenge=True, language="fr")


def asking(*lacks: Lack) -> Context:
    return Context(code="R-7K3F2", asked=frozenset(lacks), language="fr", our_texts=(WHEN,))


def meant(
    text: str,
    context: Context = NO_CONTEXT,
    *,
    to: str = MAILBOX,
    more: str = "",
    subject: str = "",
    sender: str = "a@b.example",
) -> Meaning:
    thread = "In-Reply-To: <ours@bruyere.example>\r\n" if context is not NO_CONTEXT else ""
    head = f"From: {sender}\r\nTo: {to}\r\n{more}{thread}Subject: {subject or 'Re: R-7K3F2'}\r\n"
    raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    return read(parse(raw, SENT, own=frozenset({MAILBOX})), context, COMMUNE, load_all())


@pytest.mark.parametrize(
    ("text", "lacks", "hours"),
    [
        ("à 19h30 alors", {Lack.START, Lack.END}, (19 * 60 + 30, None)),
        ("de 19h à 22h", {Lack.START, Lack.END}, (19 * 60, 22 * 60)),
        ("van 19u tot 22u", {Lack.START, Lack.END}, (19 * 60, 22 * 60)),
        ("22h", {Lack.END}, (None, 22 * 60)),
        ("tot 22u", {Lack.END}, (None, 22 * 60)),
        ("until 10pm", {Lack.END}, (None, 22 * 60)),
    ],
)
def test_hours_that_were_asked_for(text: str, lacks: set[Lack], hours: tuple[int | None, int | None]) -> None:
    meaning = meant(text, asking(*lacks))
    assert (meaning.intent, meaning.hours) == (Intent.BOOK, hours)


@pytest.mark.parametrize(
    "text", ["30", "Une trentaine suffira, merci", "on en prendrait 30", "we nemen er 30", "30 please"]
)
def test_a_number_that_was_asked_for(text: str) -> None:
    meaning = meant(text, asking(Lack.QUANTITY))
    assert (meaning.intent, meaning.option) == (Intent.BOOK, 30)


@pytest.mark.parametrize("text", ["plutôt jeudi", "liever donderdag", "Thursday rather"])
def test_a_day_instead_of_those_on_offer(text: str) -> None:
    meaning = meant(text, ROOMS)
    """Of the week on offer, not of this one."""
    assert meaning.intent is Intent.BOOK
    assert [slot.to_json() for item in meaning.items for slot in item.slots] == [["2026-06-11", None]]


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("geen van alle, kan het niet zaterdag 27?", 3),
        ("le 13 ne va pas mais le 27 oui", 3),
        ("none of these, but the 27th would do", 3),
        ("le 6 ne va pas, le 20 oui", 1),
        ("de 6de gaat niet maar de 20ste wel", 1),
        ("The 6th doesn't work but the 20th does", 1),
        ("De 20ste past ons niet, de 27ste past wel.", 3),
        ("le 20 non, le 27 oui", 3),
        ("non pour le 20, oui pour le 27", 3),
        ("aucune, mais le 20 irait", 1),
        ("aucune ne va, le 27 n'est pas possible ?", 3),
        ("not the 20th, but the 27th is no problem", 3),
    ],
)
def test_a_day_on_offer_that_is_affirmed_beside_a_no(text: str, option: int) -> None:
    meaning = meant(text, DAYS)
    assert (meaning.intent, meaning.option, meaning.attendees) == (Intent.ACCEPT, option, None)


@pytest.mark.parametrize(
    "text",
    [
        "geen van alle, kan het niet donderdag 25?",
        "geen van deze past ons, maar de 25ste zou wel gaan",
        "aucune de ces dates, mais le 25 nous irait",
        "le 6 ne va pas mais le 25 oui",
        "Aucune. Le 25 ne serait pas possible ?",
        "none of these, but the 25th would do",
    ],
)
def test_another_day_beside_a_no_is_a_new_wish(text: str) -> None:
    meaning = meant(text, DAYS)
    assert meaning.intent is Intent.BOOK
    assert [slot.to_json() for item in meaning.items for slot in item.slots] == [["2026-06-25", None]]


@pytest.mark.parametrize(
    "text",
    [
        "ni le 6 ni le 20, merci quand même",
        "aucune date ne va, le 27 on ne peut pas non plus",
        "non, le 27 est impossible",
        "non merci, on a trouvé une autre salle pour le 27",
        "No, the 27th is impossible for us",
        "no, we found another room for the 20th",
        "nee, 27 juni kunnen we niet",
        "neen, geen van deze dagen, ook de 27ste niet",
    ],
)
def test_a_day_that_is_refused_with_the_rest_is_not_taken(text: str) -> None:
    meaning = meant(text, DAYS)
    assert (meaning.intent, meaning.option, meaning.items) == (Intent.DECLINE, None, ())


@pytest.mark.parametrize("text", ["plutôt jeudi", "liever donderdag", "Thursday works for us"])
def test_a_weekday_alone_beside_offers_of_several_weeks_is_for_a_person(text: str) -> None:
    offers = ("salle polyvalente, samedi 13 juin de 14 à 18h", "salle polyvalente, samedi 27 juin de 14 à 18h")
    meaning = meant(text, replace(ROOMS, options=offers, our_texts=("\n".join(offers),)))
    assert (meaning.intent, meaning.items) == (Intent.HUMAN, ())


CHOICES = Context(
    code="R-7K3F2",
    asked=frozenset({Lack.RESOURCE}),
    options=("salle polyvalente (80 places)", "bibliothèque (25 places)"),
    language="fr",
    our_texts=("Quelle salle ?\n1. salle polyvalente (80 places)\n2. bibliothèque (25 places)",),
)


@pytest.mark.parametrize(
    "text",
    ["2", "2 svp", "la deuxième", "la 2e merci", "le 2", "doe maar 2", "de tweede", "the second one", "2 please"],
)
def test_a_choice_that_is_picked_by_its_number_counts_nobody(text: str) -> None:
    meaning = meant(text, CHOICES)
    assert (meaning.intent, meaning.option, meaning.attendees) == (Intent.ACCEPT, 2, None)


@pytest.mark.parametrize(
    ("text", "option", "attendees"),
    [("la 2, on sera 15", 2, 15), ("on sera 2", None, 2), ("2 personnes", None, 2), ("we zijn met 2", None, 2)],
)
def test_a_choice_beside_how_many_come(text: str, option: int | None, attendees: int) -> None:
    meaning = meant(text, CHOICES)
    assert (meaning.option, meaning.attendees) == (option, attendees)


def test_a_choice_with_the_day_that_was_asked_too() -> None:
    meaning = meant("la 2, le vendredi 19 juin", replace(CHOICES, asked=frozenset({Lack.RESOURCE, Lack.DATE})))
    assert meaning.option == 2
    assert [slot.to_json() for item in meaning.items for slot in item.slots] == [["2026-06-19", None]]


@pytest.mark.parametrize("text", ["peu importe", "maakt niet uit", "any will do"])
def test_any_room_will_do(text: str) -> None:
    [item] = meant(text, asking(Lack.RESOURCE)).items
    assert (item.resources, item.any_will_do) == ((ANY_ROOM,), True)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("oui", None),
        ("le 2", 2),
        ("2", 2),
        ("la deuxième svp", 2),
        ("de tweede graag", 2),
        ("the second one please", 2),
        ("va pour la bibliothèque", 2),
        ("la plus grande", 1),
        ("de grootste", 1),
        ("the largest", 1),
        ("la plus petite", 2),
        ("ok pour la 1, merci !", 1),
        ("Non, c'est parfait comme ça", None),
        ("ok 1, merci", 1),
        ("oui 2 merci", 2),
        ("doe maar 2", 2),
    ],
)
def test_an_offer_that_is_taken(text: str, option: int | None) -> None:
    meaning = meant(text, ROOMS)
    assert (meaning.intent, meaning.option) == (Intent.ACCEPT, option)


@pytest.mark.parametrize("text", ["non merci", "ni l'une ni l'autre", "geen van beide", "neither of them"])
def test_an_offer_that_is_refused(text: str) -> None:
    assert meant(text, ROOMS).intent is Intent.DECLINE


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("laquelle est la moins chère ?", ROOMS),
        ("Is there a projector in the library?", ROOMS),
        ("Pourquoi voulez-vous savoir ça ?", asking(Lack.END)),
        ("Je ne sais pas encore, je vous dis quoi demain.", asking(Lack.END)),
        ("Ik laat het morgen weten.", asking(Lack.END)),
        ("I don't know yet, I'll let you know tomorrow.", asking(Lack.END)),
    ],
)
def test_a_question_met_by_a_question_or_put_off_books_nothing(text: str, context: Context) -> None:
    assert meant(text, context).intent in {Intent.HUMAN, Intent.HELP}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("oui", Intent.ACCEPT), ("Non, c'est parfait", Intent.ACCEPT), ("non, ce n'est pas moi", Intent.DECLINE)],
)
def test_a_yes_or_a_no_to_a_challenge(text: str, intent: Intent) -> None:
    assert meant(text, CHALLENGE).intent is intent


def test_a_mail_with_us_only_in_copy_books_nothing() -> None:
    text = "Salut Paul, peux-tu nous réserver la salle polyvalente samedi de 14h à 18h ?"
    copied = meant(text, to="paul@b.example", more=f"Cc: {MAILBOX}\r\n", subject="salle")
    assert (copied.intent, copied.items) == (Intent.HUMAN, ())
    assert meant(text, more="Cc: paul@b.example\r\n", subject="salle").intent is Intent.BOOK


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, veuillez trouver en annexe notre demande de réservation. Merci, Anne",
        "Beste, in bijlage vindt u onze aanvraag tot reservatie. Mvg, An",
        "Dear team, please find our booking request attached. Ann",
    ],
)
def test_what_is_asked_only_in_an_attachment_is_for_a_person(text: str) -> None:
    part = "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text
    form = (
        'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="demande.pdf"\r\n\r\n%PDF-1.4\r\n'
    )
    head = f"From: a@b.example\r\nTo: {MAILBOX}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n"
    raw = f"{head}\r\n--x\r\n{part}\r\n--x\r\n{form}--x--\r\n".encode()
    letter = parse(raw, SENT, own=frozenset({MAILBOX}))
    assert letter.attachments == ("demande.pdf",)
    assert read(letter, NO_CONTEXT, COMMUNE, load_all()).intent is Intent.HUMAN


@pytest.mark.parametrize(
    "text",
    [
        "Réunion de l'échevine le 24/06 à 15h à la maison communale, pour information.",
        "Ter info: de vergadering van het comité is op 24 juni om 15u in het gemeentehuis.",
        "For your information, the committee meets on 24 June at 3pm at the town hall.",
    ],
)
def test_a_meeting_that_is_only_mentioned_books_nothing(text: str) -> None:
    assert meant(text, subject="agenda").intent is not Intent.BOOK


@pytest.mark.parametrize(
    ("text", "first", "further"),
    [
        (
            "Nous annulons la salle polyvalente du 13 juin (R-7K3F2). Par contre nous voudrions la bibliothèque le "
            "20 juin de 14h à 16h.",
            Intent.CANCEL,
            Intent.BOOK,
        ),
        (
            "Wij annuleren R-7K3F2. Daarnaast willen we graag het buurthuis op 20 juni van 14u tot 16u.",
            Intent.CANCEL,
            Intent.BOOK,
        ),
        (
            "Une chaise a été cassée samedi dernier. Nous voudrions réserver la salle polyvalente le 20 juin de "
            "14h à 18h.",
            Intent.BOOK,
            Intent.FEEDBACK,
        ),
        (
            "One of the gazebos was torn last Saturday. Could we also book the library on 20 June from 2 to 4pm?",
            Intent.BOOK,
            Intent.FEEDBACK,
        ),
    ],
)
def test_two_acts_in_one_mail_are_both_kept(text: str, first: Intent, further: Intent) -> None:
    meaning = meant(text, subject="deux choses")
    assert (meaning.intent, [other.intent for other in meaning.further]) == (first, [further])


@pytest.mark.parametrize(
    "text",
    [
        "Nous voudrions la salle polyvalente le 20 juin de 14h à 18h. L'an dernier c'était parfait !",
        "Graag het buurthuis op 20 juni van 14u tot 16u. Stoelen hebben we niet nodig.",
        "We no longer need R-7K3F2. I had asked for the library on 20 June.",
    ],
)
def test_one_act_has_no_other(text: str) -> None:
    assert meant(text, subject="salle").further == ()


@pytest.mark.parametrize(
    "text", ["either is fine", "whichever suits you", "peu importe", "les deux vont", "maakt niet uit", "om het even"]
)
def test_who_leaves_it_to_us_takes_the_first_proposal(text: str) -> None:
    meaning = meant(text, ROOMS)
    assert (meaning.intent, meaning.option) == (Intent.ACCEPT, 1)


def test_who_leaves_it_to_us_but_for_one_thing_does_not() -> None:
    assert meant("Peu importe, mais pas avant 20h", ROOMS).intent is not Intent.ACCEPT


SETTLED = replace(
    NO_CONTEXT, code="R-7K3F2", booked=True, settled=True, our_texts=("Vous ne venez plus ? Répondez-le.",)
)


@pytest.mark.parametrize(
    "text",
    [
        "merci beaucoup !",
        "Bonjour, merci pour votre réponse rapide, à vendredi !",
        "Un tout grand merci\nAurore",
        "ok, tot vrijdag",
        "Hartelijk dank voor uw snelle antwoord, tot dan",
        "Thanks for the reminder, see you Friday",
        "Great, thank you so much. We'll be there",
    ],
)
def test_who_only_thanks_for_a_letter_that_asks_nothing_waits_for_no_answer(text: str) -> None:
    assert meant(text, SETTLED, sender="Aurore D. <a@b.example>").intent is Intent.IGNORE


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("merci de m'appeler", Intent.HUMAN),
        ("merci d'annuler", Intent.CANCEL),
        ("merci mais la porte était fermée", Intent.HUMAN),
        ("dank u, wij komen om 19u", Intent.CHANGE),
        ("thanks, Saturday instead", Intent.CHANGE),
        ("Parfait, merci. Est-ce qu'il y a le wifi ?", Intent.HELP),
    ],
)
def test_who_says_anything_besides_is_heard(text: str, intent: Intent) -> None:
    assert meant(text, SETTLED).intent is intent


@pytest.mark.parametrize(
    "text",
    [
        "5 5 5, mais les toilettes étaient bouchées",
        "4 5 5. La salle n'était pas propre",
        "5 5 5, le chauffage marchait pas",
        "vijf, vier en drie. De wc was verstopt!",
        "4 5 5, het was vuil toen we aankwamen",
        "5 5 5 but the toilet was blocked",
    ],
)
def test_damage_is_heard_beside_good_marks(text: str) -> None:
    meaning = meant(text, replace(NO_CONTEXT, code="R-7K3F2", evaluation=True))
    assert meaning.evaluates
    assert Wish.DAMAGE in meaning.wishes


@pytest.mark.parametrize(
    ("text", "damage"),
    [
        ("5 5 5, rien de cassé, rien ne manquait", False),
        ("5 5 5. Niets stuk, er ontbrak niets.", False),
        ("5 5 5, nothing broken and nothing missing", False),
        ("5 5 5, rien de cassé mais le lavabo fuit", True),
        ("5 5 5, niets stuk maar er ontbraken 3 stoelen", True),
        ("5 5 5, nothing broken but two chairs were missing", True),
    ],
)
def test_that_nothing_is_broken_is_no_damage(text: str, damage: bool) -> None:
    meaning = meant(text, replace(NO_CONTEXT, code="R-7K3F2", evaluation=True))
    assert (Wish.DAMAGE in meaning.wishes) is damage
