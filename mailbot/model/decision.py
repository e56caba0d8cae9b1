"""What follows from a mail or from the clock: steps of reservations, and what must be told to whom.

A decision holds no sentence: notices carry values, and `replies` words them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, field

from mailbot.model.cases import Case
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address, CalendarReply
from mailbot.model.notices import Notice
from mailbot.model.personal import Personal
from mailbot.model.reports import Passed, Report
from mailbot.model.reservation import Act, Claim, Put, Reservation, Use
from mailbot.model.to_key_holders import Digest


class Occupancy(Protocol):
    """What is taken, as the ledger of cells tells it, and the stock in force."""

    def taken(self, resource: str, first: int, last: int) -> int:
        """Return the highest number of units taken in any cell from `first` to `last`, both included."""
        ...

    def stock(self, resource: str, cell: int) -> int:
        """Return the units there are in a cell: the stock of the rules, less what is broken, out or blocked."""
        ...


class Window(Struct, frozen=True):
    """A part of the ledger that a decision will look at: cells of some resources, both ends included."""

    resources: frozenset[str]
    first: int
    last: int


class End(StrEnum):
    """How a mail ended; the reason stands beside it."""

    ANSWERED = "answered"
    IGNORED = "ignored"
    HANDED = "handed"


class Decision(Struct, frozen=True):
    """What is to be done, in order, and why. `because` names rules and values for people: "free: salle-polyvalente,
    13 June 14:00-18:00"."""

    end: End
    because: tuple[str, ...] = ()
    puts: tuple[Put, ...] = ()
    notices: tuple[Notice, ...] = ()
    code: str = ""
    """Of the conversation it speaks of; empty where there is none."""
    digests: tuple[Digest, ...] = ()
    """Lists to be kept as given, also one that has nothing to tell and so no letter; where a holder's list of that day
    was kept before, its notice is not sent."""
    evaluations: tuple[Evaluation, ...] = ()
    """Askings and answers to be kept."""
    erase: str = ""
    """The address under which nothing is to be kept any more."""
    report: Report | None = None
    """To be kept; one that waited for its sender's yes has its number already."""
    case: Case | None = None
    """Ended by this decision."""


class Sender(Struct, frozen=True):
    """Who wrote, as rules and ledger know them. `proven`: a domain check passed; `forged`: the domain of the address
    disowns the mail."""

    address: Address
    initiative: str | None
    proven: bool = False
    forged: bool = False


class Traffic(Struct, frozen=True):
    """Answers that were written lately; what staff and key-holders get is none."""

    sender: int = 0
    """To the sender's address, in the last 24 hours."""
    domain: int = 0
    """To its domain, in the last 24 hours."""
    conversation: int = 0
    """In the conversation that the mail belongs to, in the last 24 hours."""
    strangers: int = 0
    """To anybody, in the last hour."""


class Facts(Struct, frozen=True):
    """All that a decision may know besides the meaning and the rules."""

    now: datetime
    sender: Sender
    occupancy: Occupancy
    subject: str = ""
    message_id: str = ""
    new_code: str = ""
    """A code that is free, for a new conversation."""
    conversation: Reservation | None = None
    """The one that the mail belongs to, if it is the sender's."""
    standing: tuple[Reservation, ...] = ()
    """What the sender or their initiative holds or has booked, from today on, soonest first."""
    arrived: datetime | None = None
    """An answer is in time by its arrival."""
    last_digests: Mapping[str, Digest] = field(default_factory=dict)
    """By key-holder: the list that they have."""
    calendar_reply: CalendarReply | None = None
    traffic: Traffic = Traffic()
    personal: Personal | None = None
    """All that is kept of the sender, where it is asked for."""
    answered: str = ""
    """The kind of our letter that the mail answers; of the newest in its conversation where it names none."""
    owner_answers: bool = False
    """It answers, by its Message-ID, a letter that went to the sender's address alone not long ago."""
    held: tuple[Claim, ...] = ()
    """What is held for this very mail, where it has no conversation yet: our first answer to it waited for a person."""
    challenge: Act | None = None
    """The act that our challenge asked about, where the mail is the one answer to it, from its owner, in time. It
    proves this act as the challenge named it, and nothing else that the mail may ask."""
    earlier: tuple[Reservation, ...] = ()
    """What the sender or their initiative had in the year before, where the mail points to it."""
    anothers: Reservation | None = None
    """A booking of an initiative that the mail of an unknown address speaks of, by thread or code."""
    colleagues: tuple[Address, ...] = ()
    """Others of the sender's initiative to whom the mail went as well."""
    in_use: tuple[Reservation, ...] = ()
    """What anybody has booked about now, where the mail tells of a problem at this moment."""
    others: tuple[Reservation, ...] = ()
    """Bookings of others with which a direct hand-over is spoken of, or could be."""
    stays: tuple[Use, ...] = ()
    """Of the booking that a change is asked of: what it leaves as it is. It is planned together with what is new, but
    need not be asked in time again."""


class ClockFacts(Struct, frozen=True):
    """All that the clock's duties may know besides the rules."""

    now: datetime
    lapsing: tuple[Reservation, ...] = ()
    """Offers whose deadline is before the start of the last complete fetch."""
    ending: tuple[Reservation, ...] = ()
    """Confirmed reservations whose last use is over."""
    passing: tuple[Reservation, ...] = ()
    """Confirmed reservations with a fetching or a bringing back in the span of the lists that are due."""
    cancelled: tuple[Reservation, ...] = ()
    """Reservations that were cancelled since the last lists, with a passing in that span."""
    last_digests: Mapping[str, Digest] = field(default_factory=dict)
    """By key-holder: the last list they were given."""
    coming: tuple[Reservation, ...] = ()
    """Booked reservations with a use or a fetching soon."""
    used: tuple[Reservation, ...] = ()
    """Reservations that are or were booked, with a use that ended lately."""
    offers: tuple[Reservation, ...] = ()
    """Offers and options that soon end."""
    series: tuple[Reservation, ...] = ()
    """Booked reservations with a use after the end of the quarter, where that is near."""
    outcomes: Mapping[str, Passed] = field(default_factory=dict)
    """By `Passing.place`: what was reported last."""
    reports: tuple[Report, ...] = ()
    """Those that no list told yet."""
    late: tuple[Reservation, ...] = ()
    """Bookings of which something is reported not to be back."""
