"""Any number of distinct, plausible requests in three languages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

ROOMS = {
    "fr": ["la salle polyvalente", "la petite salle de réunion", "la maison de quartier", "le réfectoire"],
    "nl": ["de polyvalente zaal", "de kleine vergaderzaal", "het buurthuis", "de refter van de Lindeschool"],
    "en": ["the multipurpose hall", "the small meeting room", "the community centre", "classroom 3"],
}
THINGS = {
    "fr": ["{n} tables", "{n} chaises", "2 tonnelles", "un percolateur", "{n} gobelets"],
    "nl": ["{n} tafels", "{n} stoelen", "2 partytenten", "een percolator", "{n} bekers"],
    "en": ["{n} tables", "{n} chairs", "2 gazebos", "a coffee urn", "{n} cups"],
}
BODIES = {
    "fr": (
        "Bonjour,\n\nPour notre {what} nous voudrions réserver {room} le {day} de {start}h à {end}h.\n"
        "Il nous faudrait aussi {thing}. Nous serons {people} personnes.\n\nMerci,\n{name}\n0400 00 {n:02} 17\n"
    ),
    "nl": (
        "Dag,\n\nVoor onze {what} zouden we graag {room} reserveren op {day} van {start}u tot {end}u.\n"
        "We hebben ook {thing} nodig. We zijn met {people}.\n\nMet vriendelijke groeten\n{name}\n0400 00 {n:02} 17\n"
    ),
    "en": (
        "Hello,\n\nFor our {what} we would like to book {room} on {day} from {start}:00 to {end}:00.\n"
        "We also need {thing}. We will be {people} people.\n\nMany thanks,\n{name}\n0400 00 {n:02} 17\n"
    ),
}
WHATS = {
    "fr": ["fête de rue", "assemblée générale", "atelier couture", "goûter"],
    "nl": ["straatfeest", "ledenvergadering", "kookles", "ruilbeurs"],
    "en": ["street party", "annual meeting", "choir rehearsal", "plant sale"],
}
NAMES = ["Yvette Collin", "Griet Vandamme", "Dan Whitfield", "Michel Piron", "Luc Thys", "Amina Ziani", "Koen Peeters"]


def requests(count: int, sent: datetime, seed: int = 7) -> Iterator[bytes]:
    """Yield `count` mails of as many senders, sent at that moment, for days of the following weeks."""
    chance = random.Random(seed)
    for number in range(count):
        language = chance.choice(["fr", "fr", "nl", "en"])
        day = sent + timedelta(days=chance.randint(12, 150))
        start = chance.choice([9, 10, 13, 14, 18, 19])
        name = chance.choice(NAMES)
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<request-{number}@voisins{number}.example>"
        mail["Date"] = format_datetime(sent)
        mail["From"] = f"{name} <asker@voisins{number}.example>"
        mail["To"] = "reservations@bruyere.example"
        mail["Subject"] = chance.choice(WHATS[language])
        mail.set_content(
            BODIES[language].format(
                what=mail["Subject"],
                room=chance.choice(ROOMS[language]),
                thing=chance.choice(THINGS[language]).format(n=chance.randint(2, 9)),
                day=f"{day:%d/%m/%Y}",
                start=start,
                end=start + chance.choice([2, 3]),
                people=chance.randint(5, 11),
                name=name,
                n=number % 100,
            )
        )
        yield mail.as_bytes()
