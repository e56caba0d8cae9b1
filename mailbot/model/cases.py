"""Mails that a person deals with: what each said, what was understood of it, and what a person made of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.model.meaning import Language, Meaning
from mailbot.model.reservation import Act


class Ending(StrEnum):
    """How a person ended a case."""

    BOOKED = "booked"
    """With a correction that was booked."""
    ANSWERED = "answered"
    """With words of their own."""
    SENT = "sent"
    """The answer that waited was let go, as it was or with words of their own."""
    DROPPED = "dropped"
    """Nothing more is to be done."""


class Case(Struct, frozen=True):
    """One mail that was handed to a person. `id` is the digest of the mail, `meaning` what was understood of it."""

    id: str
    why: str
    """As `ToStaff` has it."""
    sender: Address
    languages: tuple[Language, ...]
    """In which the sender is answered."""
    subject: str
    text: str
    """As it came, history and signature included; the beginning where it is very long."""
    sent: datetime
    message_id: str = ""
    references: tuple[str, ...] = ()
    code: str = ""
    """Of the conversation that it belongs to; may be empty."""
    meaning: Meaning | None = None
    ending: Ending | None = None
    """None while it waits."""
    by: str = ""
    """The address of who ended it."""
    corrected: Meaning | None = None
    """What a person says that it means."""
    arrived: datetime | None = None
    """When the mail came: an answer is in time by that."""
    copied: tuple[Address, ...] = ()
    """To whom it went besides."""
    answers: str = ""
    """Message-ID of our letter that it answers; may be empty."""
    proven: bool = False
    challenge: Act | None = None
    """The act whose challenge it answers."""
    gist: str = ""
    """Of a draft: what it says, in short, so that another one is known."""
    reminded: bool = False
    """Of a draft: staff were reminded of it."""


class Verdict(Struct, frozen=True):
    """What one of those who decide answers when they are asked for a yes."""

    agrees: bool | None = None
    """None: neither yes nor no is clear."""
    rest: str = ""
    """Their own words besides: a reason, or a condition."""
    change: Meaning | None = None
    """What they agree to instead of what was asked."""
    words: str = ""
    """A letter to the asker, which decides nothing."""


class Vote(StrEnum):
    """What the College decided about one of its list."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    """It is put off, or left out of a yes to the others without a word why."""


class Voted(Struct, frozen=True):
    """What was decided about some of the list: `numbers` and `codes`, or all of it where both are empty."""

    vote: Vote
    numbers: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    reason: str = ""


class Ballot(Struct, frozen=True):
    """What one of the staff says that the College decided. `unclear` are lines that were not understood."""

    votes: tuple[Voted, ...] = ()
    unclear: tuple[str, ...] = ()


class Answered(Struct, frozen=True):
    """What one of the staff writes about a case: one of `drop`, `agrees` and `correction`, else `words` for the sender
    of the mail; `unclear` where it may be a correction and may be words."""

    words: str
    drop: bool = False
    agrees: bool = False
    """With what the program proposes."""
    correction: Meaning | None = None
    unclear: bool = False
    refuses: bool = False
    """A no and nothing else."""
