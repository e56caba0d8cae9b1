"""What somebody of the commune writes for somebody else: a mail that they hand on, or a few words "for …:"."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.model.meaning import Language


class Behalf(Struct, frozen=True):
    """A request for somebody else, as it was read. `whom` is how they are called, `address` theirs where it was said;
    either may be empty. `text` is what the request says, `subject` what it is about, `sent` when it was written."""

    whom: str
    address: str
    text: str
    subject: str
    sent: datetime
    handed_on: bool = False
    """It is their own mail, which is handed on; else it is in the words of the commune."""
    named: bool = False
    """No sign parts the name from the request: "salle polyvalente samedi 14-18h pour Les Lombrics"."""
    sure: bool = True
    """It is surely for somebody else; else only where `whom` is known."""


class Party(Struct, frozen=True):
    """For whom it is: who gets the letters, of which initiative (its id), and in which language they are written to."""

    address: Address
    initiative: str | None = None
    name: str = ""
    """Of the initiative, else of the person."""
    language: Language | None = None


class Unknown(StrEnum):
    """Why it cannot be told for whom it is."""

    WHOM = "whom"
    """No initiative is called so."""
    SEVERAL = "several"
    ADDRESS = "address"
    """It is known who, and not where to write."""


class Unresolved(Struct, frozen=True):
    """It cannot be told for whom it is; `near` are names that are like it."""

    why: Unknown
    whom: str
    near: tuple[str, ...] = ()
    initiative: str | None = None
    """Its id, where only an address is missing."""
