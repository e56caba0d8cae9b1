"""A commune in a box: the real rules, reader, policy, letters and SQLite; a mailbox and a mail server in memory."""

from __future__ import annotations

import email
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot.mail.memory import MemorySender, MemorySource
from mailbot.model.letters import Letter
from mailbot.model.meaning import Language
from mailbot.model.proof import Proof
from mailbot.model.reservation import BOOKED, Reservation
from mailbot.model.spans import Days, Span
from mailbot.policy.rules import RulesFile
from mailbot.reading.lexicon import Lexicon, load_all
from mailbot.replies.compose import Composer
from mailbot.service.deliver import deliver
from mailbot.service.office import Office
from mailbot.service.rounds import fetch, tick
from mailbot.store import open_store

ROOT = Path(__file__).resolve().parents[2]
BRUSSELS = ZoneInfo("Europe/Brussels")
MAILBOX = "reservations@bruyere.example"
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@dataclass
class Town:
    """One commune with its mailbot. Mails are put in, rounds are run, letters and rows are looked at."""

    folder: Path
    clock: Clock
    rules: Path = ROOT / "rules.yaml"
    database: str = ""
    """Its address; a file in the folder where there is none."""
    written: int = 0
    proven: frozenset[str] = frozenset()
    """Addresses whose domain vouches for their mails."""
    inbox: MemorySource = field(init=False)
    outbox: MemorySender = field(default_factory=MemorySender)

    def __post_init__(self) -> None:
        self.inbox = MemorySource(self.clock)
        self.store = open_store(self.database or f"sqlite:///{self.folder}/mailbot.sqlite3")
        self.store.migrate()
        self.office = Office(
            rules=rules_of(self.rules),
            lexica=lexica(),
            store=self.store,
            composer=Composer(ROOT / "templates"),
            clock=self.clock,
            proof=self.proof,
        )

    def proof(self, _raw: bytes, letter: Letter, _own: frozenset[str]) -> Proof:
        return Proof.PASSED if letter.sender.address in self.proven else Proof.NONE

    def at(self, local: str) -> None:
        """Set the clock to a local time such as 2026-06-02T09:30."""
        self.clock.now = datetime.fromisoformat(local).replace(tzinfo=BRUSSELS)

    def later(self, **step: float) -> None:
        self.clock.now += timedelta(**step)

    def write(
        self,
        sender: str,
        subject: str,
        body: str,
        *,
        answers: EmailMessage | None = None,
        headers: dict[str, str] | None = None,
    ) -> list[EmailMessage]:
        """Let somebody write, run a round, and return the letters that left."""
        return self.receive(self.mail(sender, subject, body, answers=answers, headers=headers))

    def mail(
        self,
        sender: str,
        subject: str,
        body: str,
        *,
        answers: EmailMessage | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Return a mail that somebody writes now, raw."""
        self.written += 1
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<mail-{self.written}@voisins.example>"
        mail["Date"] = format_datetime(self.clock.now)
        mail["From"] = sender
        mail["To"] = MAILBOX
        mail["Subject"] = subject
        if answers is not None:
            mail["In-Reply-To"] = str(answers["Message-ID"])
            mail["References"] = str(answers["Message-ID"])
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(body)
        return mail.as_bytes()

    def answer_invitation(self, sender: str, invitation: EmailMessage, status: str) -> list[EmailMessage]:
        """Answer an invitation as a calendar program does (RFC 5546 section 3.2.3): by its UID, outside the thread."""
        calendar = next(part for part in invitation.walk() if part.get_content_type() == "text/calendar")
        _, _, invited = str(calendar.get_content()).replace("\r\n ", "").partition("BEGIN:VEVENT")
        names = ("UID:", "DTSTART", "ORGANIZER", "SEQUENCE", "DTSTAMP")
        kept = [line for line in invited.splitlines() if line.startswith(names)]
        event = ["BEGIN:VEVENT", *kept, f"ATTENDEE;PARTSTAT={status}:mailto:{parseaddr(sender)[1]}", "END:VEVENT"]
        whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Voisins//FR", "METHOD:REPLY", *event, "END:VCALENDAR", ""]
        self.written += 1
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<agenda-{self.written}@voisins.example>"
        mail["Date"] = format_datetime(self.clock.now)
        mail["From"] = sender
        mail["To"] = MAILBOX
        mail["Subject"] = f"{status.title()}: {invitation['Subject']}".partition(" (R-")[0]
        mail.set_content(f"{sender} {status}")
        mail.add_alternative("\r\n".join(whole), subtype="calendar", params={"method": "REPLY"})
        return self.receive(mail.as_bytes())

    def receive(self, raw: bytes) -> list[EmailMessage]:
        """Put a raw mail into the mailbox, run a round, and return the letters that left."""
        self.inbox.put(raw)
        return self.round()

    def round(self) -> list[EmailMessage]:
        """Fetch, do what the clock asks for, post; return the letters that left."""
        before = len(self.outbox.sent)
        fetch(self.inbox, self.office)
        tick(self.office)
        while deliver(self.office, self.outbox):
            pass
        return [opened(post.raw) for post in self.outbox.sent[before:]]

    def letters(self) -> list[EmailMessage]:
        """Return all letters that ever left, oldest first."""
        return [opened(post.raw) for post in self.outbox.sent]

    def standing(self) -> list[Reservation]:
        """Return what is booked or offered, of anyone."""
        with self.store.reading() as unit:
            both = [*unit.reservations.between(*EVER), *unit.reservations.lapsing(EVER[1])]
            return list({one.code: one for one in both}.values())

    def rows(self) -> list[str]:
        """Return what is booked, a line a use: resource, quantity, local times."""
        uses = [use for one in self.standing() if one.state in BOOKED for use in one.uses]
        return sorted(f"{use.resource} {use.quantity} {local(use.when)}" for use in uses)

    def evaluations(self) -> list[str]:
        """Return what was said of how it went, a line each; "asked" where nobody answered yet."""
        with self.store.reading() as unit:
            kept = unit.evaluations.between(date.min, date.max)
        return [
            f"{one.about} {' '.join(map(str, one.scores)) or '-'} {one.remark}".rstrip()
            if one.answered
            else f"{one.about} asked"
            for one in kept
        ]

    def close(self) -> None:
        self.store.close()


@cache
def lexica() -> Mapping[Language, Lexicon]:
    return load_all()


@cache
def sample() -> RulesFile:
    """The rules that nobody changes: read once, and what the reader compiles of them with them."""
    return RulesFile(ROOT / "rules.yaml")


def rules_of(path: Path) -> RulesFile:
    return sample() if path == ROOT / "rules.yaml" else RulesFile(path)


def local(when: Span | Days) -> str:
    if isinstance(when, Span):
        start, end = when.start.astimezone(BRUSSELS), when.end.astimezone(BRUSSELS)
        return f"{start:%Y-%m-%dT%H:%M} {end:%Y-%m-%dT%H:%M}"
    return f"{when.first} {when.last}"


def opened(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def text_of(letter: EmailMessage) -> str:
    """Return the plain text of a letter, lines ended by a line feed alone."""
    body = letter.get_body(("plain",))
    assert body is not None, "a letter without plain text"
    return str(body.get_content()).replace("\r\n", "\n")
