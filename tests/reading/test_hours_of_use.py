"""From when to when a room is used, where a mail tells its hours in several sentences, beside those of other things."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Lack
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)  # a Tuesday
ASKS = {
    "fr": "Bonjour,\n\nNous voudrions la salle de réunion le samedi 13 juin. {}\n\nMerci,\nClaire",
    "nl": "Dag,\n\nGraag de kleine vergaderzaal op zaterdag 13 juni. {}\n\nBedankt,\nKlaar",
    "en": "Hello,\n\nWe would like the small meeting room on Saturday 13 June. {}\n\nThanks,\nClare",
}


def hours(text: str, *, days: bool = False) -> str:
    """Return the hours of each day (with the `days`) in their order, and "?" where hours must be asked."""
    raw = f"From: a@b.example\r\nTo: {MAILBOX}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    meaning = read(parse(raw, SENT, own=frozenset({MAILBOX})), NO_CONTEXT, COMMUNE, load_all())
    found = []
    for slot in (slot for item in meaning.items for slot in item.slots):
        ends = [end.strftime("%H:%M") if isinstance(end, datetime) else "" for end in (slot.start, slot.end)]
        found.append((f"{slot.day} " if days else "") + "-".join(ends))
    unsure = meaning.missing & {Lack.START, Lack.END}
    return " ".join(found) + (" ?" if unsure else "")


def said(language: str, text: str) -> str:
    return hours(ASKS[language].format(text))


LAST_IS_THE_END = [
    ("fr", "On ouvre la porte à 13h45 et à 15h45 tout le monde est reparti.", "13:45-15:45"),
    ("fr", "Accueil à 10h, les gens rentrent chez eux à 12h30.", "10:00-12:30"),
    ("fr", "À 19h on commence. Nous rendons la clé à 22h.", "19:00-22:00"),
    ("fr", "19h30 pétantes et on s'en va à 21h", "19:30-21:00"),
    ("fr", "Projection à vingt heures précises, clôture du débat à vingt-trois heures trente.", "20:00-23:30"),
    ("fr", "Les musiciens arrivent à 17h, on ouvre à 19h et on ferme à 1h.", "17:00-01:00"),
    ("nl", "Om kwart voor twee doen we open en om kwart voor vier zwaaien we iedereen uit.", "13:45-15:45"),
    ("nl", "9u45 erin, 12u30 eruit.", "09:45-12:30"),
    ("nl", "Aan om 18u, alles uit om 4u 's nachts.", "18:00-04:00"),
    ("nl", "We beginnen om zes uur 's avonds en om tien uur gaat het licht uit.", "18:00-22:00"),
    ("nl", "Onthaal om 10u. Om 12u30 is iedereen naar huis.", "10:00-12:30"),
    ("nl", "De deuren gaan open om half acht en de sleutel is om elf uur terug.", "19:30-23:00"),
    ("en", "We open up at a quarter to two and at a quarter to four we wave everybody off.", "13:45-15:45"),
    ("en", "In at 9.45, out at 12.30.", "09:45-12:30"),
    ("en", "Kick off at 6pm, everything off by 4am.", "18:00-04:00"),
    ("en", "Doors at 7pm and we hand back the key at 11.", "19:00-23:00"),
    ("en", "Starting at two, swept and locked by half past four.", "14:00-16:30"),
    ("en", "At ten the first ones arrive. By half past twelve everyone has gone home.", "10:00-12:30"),
]

NO_END = [
    ("fr", "Portes à 19h, concert à 20h.", "19:00- ?"),
    ("fr", "Début à 19h.", "19:00- ?"),
    ("nl", "Deuren om 19u, start om 20u.", "19:00- ?"),
    ("en", "Doors open at 7pm, it starts at 8pm.", "19:00- ?"),
]

HOURS_OF_SOMETHING_ELSE = [
    ("fr", "De 14h à 17h. Le train de notre oratrice est à 18h12.", "14:00-17:00"),
    ("fr", "De 14h à 17h ; le boulanger n'ouvre qu'à 7h, tant pis pour le café.", "14:00-17:00"),
    ("fr", "Vous pouvez me sonner tous les jours entre 17h et 19h.", "- ?"),
    ("fr", "Je suis joignable chaque jour de 9h à 12h.", "- ?"),
    ("fr", "De 14h à 17h. Après, à 18h, balade au parc.", "14:00-17:00"),
    ("nl", "Van 14u tot 17u. De trein van de spreker is om 18u12.", "14:00-17:00"),
    ("nl", "U kan mij altijd bellen, elke dag van 17 tot 19 uur ben ik thuis.", "- ?"),
    ("nl", "Van 14u tot 17u, want de laatste bus rijdt om 17u40.", "14:00-17:00"),
    ("nl", "Uitleg van 19.45 uur tot 20.45 uur, de wandeling vertrekt om 21u aan de vijver.", "19:45-20:45"),
    ("nl", "Het uur volgt nog, de lesgever moet eerst zien hoe hij terug geraakt, de laatste is om 18u12.", "- ?"),
    ("fr", "De 14h à 17h, notre amie repart à 17h26.", "14:00-17:00"),
    ("en", "The times will follow; our guest gets in at 2.52pm.", "- ?"),
    ("en", "From 2 to 5pm. The speaker's train is at 6.12pm.", "14:00-17:00"),
    ("en", "You can ring me any day between 5 and 7pm.", "- ?"),
    ("en", "From 16:30 to 18:30 (lantern walk afterwards at 18:45, outside).", "16:30-18:30"),
    ("en", "8am till 2pm. The bread comes out at noon and the shop opens at 7 but that's my problem.", "08:00-14:00"),
]

SPELLED = [
    ("fr", "De une heure et demie à cinq heures.", "13:30-17:00"),
    ("fr", "À 14h, pour une séance de deux heures et demie.", "14:00-16:30"),
    ("nl", "Van tien uur tot twaalf uur min een kwartier.", "10:00-11:45"),
    ("nl", "Tussen half elf en twaalf als het kan.", "10:30-12:00"),
    ("nl", "Van 10.30 tot den noen.", "10:30-12:00"),
    ("nl", "van 2 tot 5 ofzo", "14:00-17:00"),
    ("en", "from 2 till like 4.30", "14:00-16:30"),
    ("en", "From 10 hour until 13:30 hour.", "10:00-13:30"),
    ("en", "from 5 and a half in the afternoon to 9 in the evening", "17:30-21:00"),
    ("en", "7.30pm start, usually all done inside two hours so say half nine.", "19:30-21:30"),
    ("en", "Time: from 15:00, one hour and half.", "15:00-16:30"),
]


EACH_DAY_ITS_OWN = [
    (
        "La salle de réunion les 6 et 20 juillet. Pour le 6, de 10 à 12 h, pour le 20, de 14 à 16 h.",
        "6 10-12, 20 14-16",
    ),
    (
        "La salle de réunion les lundi 6 et mardi 7 juillet. Lundi c'est le créneau 19-22, mardi plutôt 18-20h30.",
        "6 19-22, 7 18-20:30",
    ),
    (
        "La salle de réunion les samedi 11 et dimanche 12 juillet. "
        "Le samedi nous sommes là de 10h à 18h, le dimanche de 11h à 16h.",
        "11 10-18, 12 11-16",
    ),
    (
        "Salle de réunion les mercredis 1, 8 et 15 juillet, 14h-16h30, sauf le 15 où on fait 14h-17h.",
        "1 14-16:30, 8 14-16:30, 15 14-17",
    ),
    ("Salle de réunion les mercredis 1, 8 et 15 juillet, sauf le 8, de 14h à 16h30.", "1 14-16:30, 15 14-16:30"),
    (
        "Kleine vergaderzaal op 6 en 20 juli. Op de 6de van 10u tot 12u, op de 20ste van 14u tot 16u.",
        "6 10-12, 20 14-16",
    ),
    ("14u-18u kleine vergaderzaal 6/7\n13u-17u kleine vergaderzaal 20/7\nFons", "6 14-18, 20 13-17"),
    (
        "Graag de kleine vergaderzaal elke maandag van 6 juli tot 20 juli, "
        "19u30 tot 21u, maar op 13 juli beginnen we al om 19u.",
        "6 19:30-21, 13 19-21, 20 19:30-21",
    ),
    (
        "Graag de kleine vergaderzaal elke woensdag van juli, "
        "van 14u tot 16u behalve de 8ste, dan is het van 15u tot 17u.",
        "1 14-16, 8 15-17, 15 14-16, 22 14-16, 29 14-16",
    ),
    (
        "Graag de kleine vergaderzaal elke woensdag van juli behalve de 8ste, telkens van 14u tot 16u.",
        "1 14-16, 15 14-16, 22 14-16, 29 14-16",
    ),
    (
        "The small meeting room on 6 and 20 July please. On the 6th from 7 to 9pm, on the 20th from 8 to 10pm.",
        "6 19-21, 20 20-22",
    ),
    (
        "We need the small meeting room for two days: Saturday 11 July, 10 to 5, and Sunday 12 July, 11 to 4.",
        "11 10-17, 12 11-16",
    ),
    (
        "The small meeting room every Wednesday in July, 7pm to 9pm except the 15th when it's 6pm to 8pm.",
        "1 19-21, 8 19-21, 15 18-20, 22 19-21, 29 19-21",
    ),
    (
        "The small meeting room over the weekend of 11 July, 9am to 5pm on the Saturday and 9am to 1pm on the Sunday.",
        "11 9-17, 12 9-13",
    ),
    (
        "La salle de réunion les lundi 6 et mardi 7 juillet en soirée. Lundi de 19 à 22h, mardi de 18h à 20h30.",
        "6 19-22, 7 18-20:30",
    ),
    (
        "The small meeting room on 6 and 20 July please. On the 6th we'd come in at seven in the evening and be out by "
        "half past nine. On the 20th we'd come in at eight in the evening and be out by ten.",
        "6 19-21:30, 20 20-22",
    ),
    (
        "De kleine vergaderzaal op 6 en 20 juli. Op de 6de komen we om 19u en zijn we buiten om 21u30. "
        "Op de 20ste komen we om 20u en zijn we buiten om 22u.",
        "6 19-21:30, 20 20-22",
    ),
]

CORRECTED = [
    ("fr", "19h → 21h45. Ah non pardon, le président ne sort du boulot qu'à 19h : mettez 19h30 → 22h.", "19:30-22:00"),
    ("fr", "De 14h à 17h, pardon, de 15h à 18h.", "15:00-18:00"),
    ("nl", "Van 13 u. tot 17 u., nee sorry, dan moet ik om 16 u. bij ons ma zijn: van 12 u. tot 15 u.", "12:00-15:00"),
    ("nl", "Van 14u tot 17u, of nee, van 15u tot 18u.", "15:00-18:00"),
    ("en", "7pm to 9pm. Oops, the head can't get away before eight: 8.15pm to 9.30pm.", "20:15-21:30"),
    ("en", "2 to 5pm, sorry, make that 3 to 6pm.", "15:00-18:00"),
]


@pytest.mark.parametrize(("language", "text", "expected"), LAST_IS_THE_END)
def test_of_times_of_day_the_last_is_the_end(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


@pytest.mark.parametrize(("language", "text", "expected"), NO_END)
def test_what_begins_is_no_end(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


@pytest.mark.parametrize(("language", "text", "expected"), HOURS_OF_SOMETHING_ELSE)
def test_trains_shops_and_telephones_have_hours_of_their_own(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


@pytest.mark.parametrize(("language", "text", "expected"), SPELLED)
def test_hours_in_words(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


def test_the_number_of_a_room_is_no_hour() -> None:
    asked = "Hello,\n\nFor our day on 13 June we'd need:\n\nclassroom 3 - 10 am to noon (talks)\n\nHelena"
    assert hours(asked) == "10:00-12:00"


@pytest.mark.parametrize(("text", "expected"), EACH_DAY_ITS_OWN)
def test_each_day_has_the_hours_said_with_it(text: str, expected: str) -> None:
    def clock(told: str) -> str:
        hour, _, minute = told.partition(":")
        return f"{int(hour):02}:{minute or '00'}"

    pairs = [tuple(part.split()) for part in expected.split(", ")]
    told = [f"2026-07-{int(day):02} {'-'.join(map(clock, span.split('-')))}" for day, span in pairs]
    assert hours(text, days=True) == " ".join(told)


TOLD_OF_BEFORE = [
    ("fr", "L'an passé nous avions de 10h à 13h, cette fois ce serait l'après-midi, de 15 à 18.", "15:00-18:00"),
    ("fr", "On avait dit de 10h à 16h, mais à cause de la messe ce sera de 11h à 16h.", "11:00-16:00"),
    (
        "nl",
        "Eerst hadden we gezegd 10 tot 16 uur, maar omdat de mis later uit is, doen we 11 tot 16 uur.",
        "11:00-16:00",
    ),
    ("nl", "Vorig jaar was het van 13u tot 17u, nu van 14u tot 18u.", "14:00-18:00"),
    ("en", "We had said 10am to 4pm but because of the fair it is now 11am to 4pm.", "11:00-16:00"),
    ("en", "Two years ago we had it from 12 to 6pm. This year from 4pm to 10pm.", "16:00-22:00"),
]

AROUND = [
    ("fr", "Concert de 20h à 22h, et une heure avant pour installer.", "19:00-22:00"),
    ("fr", "De 13 à 19 heures. Le cortège n'arrive qu'une heure plus tard.", "13:00-19:00"),
    ("nl", "Van 14u tot 17u, een kwartier vroeger om klaar te zetten.", "13:45-17:00"),
    ("en", "Meeting is 5.30 to 7pm; leaders come half an hour earlier to set up and leave a quarter of an hour later.",
     "17:00-19:15"),
    ("en", "From 1 to 7pm. The parade only gets here an hour later.", "13:00-19:00"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), TOLD_OF_BEFORE)
def test_hours_of_earlier_times_are_left_behind(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


@pytest.mark.parametrize(("language", "text", "expected"), AROUND)
def test_what_goes_before_and_behind_is_added_once(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We'd like classroom 3 on 13 June from 2 to 5pm, and we'll have the chairs stacked before we go.",
        "Graag klas 3 op 13 juni van 14u tot 17u. We komen vroeger om de tafels klaar te zetten.",
        "La classe 3 le 13 juin de 14h à 17h svp. Nous viendrons ranger les chaises après.",
    ],
)
def test_what_is_set_up_or_put_away_is_not_asked_for(text: str) -> None:
    assert hours(text) == "14:00-17:00"


@pytest.mark.parametrize(("language", "text", "expected"), CORRECTED)
def test_what_is_corrected_is_whole_hours(language: str, text: str, expected: str) -> None:
    assert said(language, text) == expected


def test_a_night_between_two_dates_is_one() -> None:
    asked = "Nous voudrions passer la nuit du vendredi 3 au samedi 4 juillet dans le réfectoire : début 21h, fin 6h."
    assert hours(asked, days=True) == "2026-07-03 21:00-06:00"


def test_a_feast_before_a_date_is_what_it_is_for() -> None:
    asked = "For our national day on Saturday 1 August we'd like the community centre, from 16.00 h to 22.00 h."
    assert hours(asked, days=True) == "2026-08-01 16:00-22:00"


@pytest.mark.parametrize(
    "text",
    [
        "Est-ce que la salle de réunion est libre jeudi soir ? Sinon vendredi entre 17 et 20h ?",
        "Is de kleine vergaderzaal donderdagavond vrij? Anders vrijdag van 17 tot 20u?",
        "Is the small meeting room free on Thursday evening, or else on Friday from 5 to 8pm?",
    ],
)
def test_a_question_about_one_day_or_another_asks_about_each_at_its_hours(text: str) -> None:
    assert hours(text, days=True) == "2026-06-04 18:00-22:00 2026-06-05 17:00-20:00"


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (
            "Nous voudrions la classe 3 du 15 au 19 juin :\nlundi 9h30-11h30\nmardi 13h-15h\n"
            "mercredi rien\njeudi 9h-10h",
            "2026-06-15 09:30-11:30 2026-06-16 13:00-15:00 2026-06-18 09:00-10:00",
        ),
        (
            "Graag klas 3 op 15 en 22 juni. De eerste keer kan het maar van één tot drie. De tweede keer doen we van "
            "half twee tot half vier.",
            "2026-06-15 13:00-15:00 2026-06-22 13:30-15:30",
        ),
        (
            "We would like classroom 3.\n\nMon 15 June: 6-8pm\nTue 16: same\nWed 17: off\nThu 18: 6-9pm",
            "2026-06-15 18:00-20:00 2026-06-16 18:00-20:00 2026-06-18 18:00-21:00",
        ),
        (
            "Graag klas 3:\nma 15/6, 20-22u\nzo 21/6, 10-13u\nma 22/6, zelfde als de andere maandag",
            "2026-06-15 20:00-22:00 2026-06-21 10:00-13:00 2026-06-22 20:00-22:00",
        ),
        (
            "Nous voudrions la classe 3 les 15 et 22 juin. La première fois de 14h à 16h, la deuxième fois de 15h à "
            "17h.",
            "2026-06-15 14:00-16:00 2026-06-22 15:00-17:00",
        ),
    ],
)
def test_each_of_several_days_has_its_own_hours(text: str, read_as: str) -> None:
    assert hours(text, days=True) == read_as
