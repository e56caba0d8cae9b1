"""Letters that come in (parsed, never trusted) and what the reader knows of the conversation they belong to."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct, field

from mailbot.model.meaning import Lack, Language


class Address(Struct, frozen=True):
    """A mailbox: the name as written (decoded, no control characters, may be empty) and the address in its one form."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class CalendarReply(Struct, frozen=True):
    """The answer of a calendar program to our invitation (METHOD:REPLY, RFC 5546 section 3.2.3)."""

    uid: str
    status: str
    """PARTSTAT in upper case: ACCEPTED, TENTATIVE, DECLINED, …; COUNTER where another time is proposed."""


class Bounce(Struct, frozen=True):
    """News that a letter did not arrive: whom it names (may be nobody), and what the server there said, in a line."""

    recipients: tuple[str, ...]
    said: str


class Letter(Struct, frozen=True):
    """A mail that came in, decoded. `text` is the best plain text of it (the text part, or the HTML part made text),
    quoted history included. `machine` says why no person waits for an answer, or is empty."""

    message_id: str
    """As in the header, without angle brackets; empty where there is none."""
    digest: str
    """What the ledger keys on: see store/mailbox."""
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    sent: datetime
    """The Date header, aware; the moment of arrival where there is none or it makes no sense."""
    arrived: datetime
    """INTERNALDATE, aware, UTC."""
    subject: str
    text: str
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    machine: str = ""
    attachments: tuple[str, ...] = ()
    """File names of attachments that were not read."""
    calendar_reply: CalendarReply | None = None
    bounce: Bounce | None = None
    size: int = 0
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """All headers, names in lower case, values decoded and unfolded."""


class Context(Struct, frozen=True):
    """What the commune last said in this conversation, so that an answer is read with the question in mind."""

    code: str = ""
    """The conversation's code, R- and five characters; empty where the mail belongs to none."""
    asked: frozenset[Lack] = frozenset()
    """What our open question asks for."""
    options: tuple[str, ...] = ()
    """The offered options as the letter worded them, in order; empty where nothing is on offer."""
    language: Language | None = None
    """The language of the conversation so far."""
    our_texts: tuple[str, ...] = ()
    """The plain texts of our own letters in this thread, newest first: what a reply repeats of them is not its own."""
    booked: bool = False
    """True where the conversation is about something that is booked."""
    days: frozenset[date] = frozenset()
    """The local days on which what is booked is used: a weekday alone is that of their week."""
    challenge: bool = False
    """True where the letter that is answered asked the owner to confirm one act with a bare yes."""
    yes_alone: bool = False
    """True where that letter asked for a yes and nothing else: whatever is no plain one is none."""
    evaluation: bool = False
    """True where the letter that is answered asked how it went, or thanked for such an answer."""
    settled: bool = False
    """True where the letter that is answered asks nothing: who only thanks for it waits for no answer."""


NO_CONTEXT = Context()
