"""Letters that go out: composed, waiting in the outbox, on their way, and what became of them."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

_TRAVELS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")


class Post(Struct, frozen=True):
    """One letter of the outbox on its way: the whole message, and the envelope."""

    id: int
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    tries: int
    """Tries so far."""

    @property
    def deliverable(self) -> bool:
        """Whether there are recipients, each of which an SMTP command can hold: printable ASCII, no spaces or `<>`."""
        return bool(self.recipients) and all(_TRAVELS.fullmatch(address) for address in self.recipients)


class Receipt(Struct, frozen=True):
    """What became of one post: taken (a 250), refused for good (5xx: `error` says why), or to be tried again. `away`:
    no server was there that would hear of any letter; that is no try of this one."""

    id: int
    taken: bool
    final: bool = False
    error: str = ""
    away: bool = False


class Outgoing(Struct, frozen=True):
    """A letter as it goes into the outbox. `text` is its plain text, kept to recognise what a reply repeats of it."""

    message_id: str
    """Without angle brackets."""
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    text: str
    kind: str
    """The template's name; "challenged" marks a challenge."""
    code: str = ""
    """Of the conversation it belongs to; may be empty."""
    cause: str = ""
    """Digest of the mail that it answers, or the event that it tells; may be empty."""
    published: bool = False
    """Its calendar file holds one entry a date (METHOD:PUBLISH)."""


class OurLetter(Struct, frozen=True):
    """One of our letters, as an incoming mail refers to it."""

    message_id: str
    code: str
    kind: str
    recipients: tuple[str, ...]
    text: str
    written: datetime
    cause: str = ""
    """As it was given to the outbox: of a list, which one; of a letter about a report, its number."""


class Thread(Struct, frozen=True):
    """What an answer carries of the mail it answers (RFC 5322 section 3.6.4)."""

    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    forwarded: bytes = b""
    """The whole mail, to be attached where staff must read it."""
