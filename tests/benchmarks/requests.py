"""Any number of distinct, plausible requests in three languages, as a commune gets them in a year: all rooms, evenings
and weekends, with equipment or without, now and then without an hour."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

LANGUAGES = ["fr", "fr", "nl", "en"]
ROOMS = {
    "fr": [
        "la salle polyvalente", "la petite salle de réunion", "la salle de lecture", "la classe 3", "le réfectoire",
        "la maison de quartier", "la cuisine collective",
    ],
    "nl": [
        "de polyvalente zaal", "de kleine vergaderzaal", "de leeszaal", "klas 3", "de refter", "het buurthuis",
        "de buurtkeuken",
    ],
    "en": [
        "the multipurpose hall", "the small meeting room", "the reading room", "classroom 3", "the school canteen",
        "the community centre", "the community kitchen",
    ],
}  # fmt: skip
THINGS = {
    "fr": ["{n} tables", "{n} chaises", "{n} bancs", "2 tonnelles", "{n}0 gobelets", "{n} assiettes", "2 rallonges"],
    "nl": ["{n} tafels", "{n} stoelen", "{n} banken", "2 partytenten", "{n}0 bekers", "{n} borden", "2 verlengkabels"],
    "en": ["{n} tables", "{n} chairs", "{n} benches", "2 gazebos", "{n}0 cups", "{n} plates", "2 extension leads"],
}
WHATS = {
    "fr": ["fête de rue", "assemblée générale", "atelier couture", "goûter", "répétition", "soirée jeux"],
    "nl": ["straatfeest", "ledenvergadering", "kookles", "ruilbeurs", "repetitie", "spelavond"],
    "en": ["street party", "annual meeting", "choir rehearsal", "plant sale", "repair evening", "games night"],
}
OPENINGS = {
    "fr": [
        "Bonjour,\n\nPour notre {what} nous voudrions réserver {room} {when}.",
        "Bonjour Madame, Monsieur,\n\nSerait-il possible d'avoir {room} {when} ? C'est pour notre {what}.",
        "Bonjour,\n\nnotre comité aimerait occuper {room} {when} ({what}).",
    ],
    "nl": [
        "Dag,\n\nVoor onze {what} zouden we graag {room} reserveren {when}.",
        "Beste,\n\nKunnen we {room} huren {when}? Het is voor onze {what}.",
        "Goeiedag,\n\nwe zouden {room} willen vastleggen {when} ({what}).",
    ],
    "en": [
        "Hello,\n\nFor our {what} we would like to book {room} {when}.",
        "Dear all,\n\nCould we have {room} {when}, please? It is for our {what}.",
        "Hi,\n\nwe would like to reserve {room} {when} ({what}).",
    ],
}
ALSO = {
    "fr": " Il nous faudrait aussi {thing}.",
    "nl": " We hebben ook {thing} nodig.",
    "en": " We also need {thing}.",
}
PEOPLE = {"fr": " Nous serons {n} personnes.", "nl": " We zijn met {n}.", "en": " We will be {n} people."}
HOURS = {"fr": " de {start}h à {end}h", "nl": " van {start}u tot {end}u", "en": " from {start}:00 to {end}:00"}
ENDINGS = {"fr": "Merci,", "nl": "Met vriendelijke groeten", "en": "Many thanks,"}
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
DAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "nl": ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
NAMES = ["Yvette Collin", "Griet Vandamme", "Dan Whitfield", "Michel Piron", "Luc Thys", "Amina Ziani", "Koen Peeters"]
WITHOUT_HOURS, WITHOUT_THINGS = 0.08, 0.4


def requests(count: int, sent: datetime, seed: int = 7) -> Iterator[bytes]:
    """Yield `count` mails of as many senders, sent at that moment, for days of the following eleven months."""
    chance = random.Random(seed)
    for number in range(count):
        language = chance.choice(LANGUAGES)
        name = chance.choice(NAMES)
        what = chance.choice(WHATS[language])
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<request-{number}@voisins{number}.example>"
        mail["Date"] = format_datetime(sent)
        mail["From"] = f"{name} <asker@voisins{number}.example>"
        mail["To"] = "reservations@bruyere.example"
        mail["Subject"] = what
        text = chance.choice(OPENINGS[language]).format(
            what=what, room=chance.choice(ROOMS[language]), when=when(sent.date(), language, chance)
        )
        if chance.random() > WITHOUT_THINGS:
            text += ALSO[language].format(thing=chance.choice(THINGS[language]).format(n=chance.randint(2, 9)))
        text += PEOPLE[language].format(n=chance.randint(5, 11))
        mail.set_content(f"{text}\n\n{ENDINGS[language]}\n{name}\n0400 00 {number % 100:02} 17\n")
        yield mail.as_bytes()


def when(today: date, language: str, chance: random.Random) -> str:
    """Return a day and hours as people write them: evenings in the week, any part of the day at the weekend."""
    day = today + timedelta(days=chance.randint(12, 335))
    start = chance.choice([18, 19]) if day.weekday() < 5 else chance.choice([10, 13, 14, 15])
    named = f"{DAYS[language][day.weekday()]} {day.day} {MONTHS[language][day.month - 1]} {day.year}"
    said = chance.choice([f"{day:%d/%m/%Y}", named])
    lead = {"fr": "le ", "nl": "op ", "en": "on "}[language]
    hours = "" if chance.random() < WITHOUT_HOURS else HOURS[language].format(start=start, end=start + 3)
    return lead + said + hours
