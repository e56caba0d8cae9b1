"""A few mails of a few neighbours, dated from today on, so that the demo never grows old."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from mailbot.model.rules import Rules

THURSDAY, FRIDAY, SATURDAY = 3, 4, 5


@dataclass(frozen=True)
class Neighbour:
    """One mail to come: who writes, what, and what it is to show."""

    shows: str
    sender: str
    subject: str
    body: str
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self, mailbox: str, sent: datetime, **more: str) -> bytes:
        """Return the mail as it would arrive."""
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = make_msgid(domain="voisins.example")
        mail["Date"] = format_datetime(sent)
        mail["From"] = self.sender
        mail["To"] = mailbox
        mail["Subject"] = self.subject
        for name, value in (self.headers | more).items():
            mail[name] = value
        mail.set_content(self.body)
        return mail.as_bytes()


def ordinary(rules: Rules, after: date, weekday: int) -> date:
    """Return the first such weekday after a date that is no holiday and on which nothing is closed."""
    closed = [closure.days for closure in rules.closures]
    closed += [closure.days for holidays in rules.school_holidays.values() for closure in holidays]
    for site in rules.sites.values():
        closed += [closure.days for closure in site.closures]
    day = after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)
    while day in rules.public_holidays or any(day in days for days in closed):
        day += timedelta(days=7)
    return day


def party_day(rules: Rules, today: date) -> date:
    """Return the Saturday for which most neighbours write."""
    return ordinary(rules, today + timedelta(days=14), SATURDAY)


def neighbours(rules: Rules, today: date) -> tuple[Neighbour, ...]:
    """Return the mails of the demo, in the order in which they arrive."""
    saturday = party_day(rules, today)
    thursday = ordinary(rules, today + timedelta(days=9), THURSDAY)
    friday = ordinary(rules, today + timedelta(days=20), FRIDAY)
    other = ordinary(rules, saturday, SATURDAY)
    return (
        Neighbour(
            "a room and things from the garage, in one mail",
            "Yvette Collin <yvette.collin@voisins.example>",
            "Fête de la rue",
            f"""Bonjour,

Avec les voisins de la rue du Lavoir nous voudrions la maison de quartier
le samedi {saturday:%d/%m}, de 2 à 6. Il nous faudrait aussi les deux tentes
pliantes et une trentaine de chaises. On sera une quarantaine.

Merci d'avance !
Yvette Collin
0400 00 00 31
""",
        ),
        Neighbour(
            "Dutch, with an hour said as people say it",
            "Griet Vandamme <griet@buurtcomite-delinde.example>",
            "vergaderzaaltje",
            f"""Dag,

Kunnen wij de kleine vergaderzaal krijgen op donderdag {thursday:%d/%m}, van half acht
tot tien uur 's avonds? We zijn met tien.

Alvast bedankt!
Griet
""",
        ),
        Neighbour(
            "English, equipment only",
            "Dan Whitfield <residents@rueducanal.example>",
            "Street party kit",
            f"""Hi there,

could we borrow half a dozen benches and 12 folding tables for Saturday {other:%d/%m}?
We'll pick them up with a cargo bike.

Cheers, Dan
""",
        ),
        Neighbour(
            "a clash: what is free instead is offered, and held",
            "Michel Piron <michel@fanfare-baspre.example>",
            "Répétition générale",
            f"""Bonjour,

Nous souhaitons réserver la maison de quartier le samedi {saturday:%d/%m} de 15h à 17h,
pour notre répétition générale. 25 musiciens.

Michel Piron
""",
        ),
        Neighbour(
            "something is missing: one question",
            "Luc Thys <heemkring@heide-geschiedenis.example>",
            "receptie",
            f"""Beste

Graag reserveren wij voor onze receptie de polyvalente zaal op vrijdag {friday:%d/%m}
vanaf 19u. Wij rekenen op een 50-tal leden.

Beste groeten
Luc Thys
""",
        ),
        Neighbour(
            "an out-of-office note: never answered",
            "Didier Claes <d.claes@maisondesassociations.example>",
            "Réponse automatique : Fête de la rue",
            "Bonjour,\n\nJe suis absent du bureau jusqu'à lundi. Cordialement,\nDidier Claes\n",
            {"Auto-Submitted": "auto-replied"},
        ),
        Neighbour(
            "a matter for a person",
            "E. Kovacs <e.kovacs@courrier.example>",
            "carte d'identité",
            """Bonjour,

Ma carte d'identité expire le 14 et je n'arrive pas à prendre rendez-vous en ligne
au service population. Pouvez-vous m'aider ou transmettre à la bonne personne ?

E. Kovacs
""",
        ),
        Neighbour(
            "just a question: nothing is booked",
            "Koen Peeters <koen.peeters@post.example>",
            "Buurthuis vrij?",
            f"""Goeiemorgen,

Is het buurthuis vrij op zaterdag {other:%d/%m} in de voormiddag? Ik vraag het gewoon om
te weten, we moeten nog beslissen.

Mvg
Koen Peeters
""",
        ),
    )
