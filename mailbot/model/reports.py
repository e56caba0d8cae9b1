"""What key-holders and stewards report, as it was read, and what holds because of it until somebody says otherwise.

A report is kept whole; its deeds count from then on, the newest one about the same thing first, and none of them once
the report is undone. `Rules.said` holds those that alter what the rules say: stock, absences, closed counters.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from mailbot.model.behalf import Behalf
from mailbot.model.meaning import Language
from mailbot.model.spans import Days, Span

# --- what a few words say


class Verb(StrEnum):
    """What one statement tells or asks."""

    HANDED = "handed"
    RETURNED = "returned"
    NOT_BACK = "not-back"
    NOBODY = "nobody"
    """Nobody came."""
    MISSING = "missing"
    DAMAGED = "damaged"
    STATE = "state"
    """It is dirty, wet or in disorder: for people to read, nothing is missing."""
    FOUND = "found"
    """What was missing or broken is there again, whole."""
    REPAIR = "repair"
    COUNTED = "counted"
    """An inventory: so many there are."""
    ADDED = "added"
    LIMITED = "limited"
    """So many may go with one loan, at most."""
    CLOSED = "closed"
    ABSENT = "absent"
    BACK = "back"
    """Who was absent is there again."""
    WHO_COMES = "who-comes"
    UNDO = "undo"
    YES = "yes"


class Amount(Struct, frozen=True):
    """A thing and how many of it; None where a plural has no number."""

    resource: str
    units: int | None


class Statement(Struct, frozen=True):
    """One verb, and what it is said of: lines of a list by their number, codes, things, days; `all` of them, without
    those `but`. `words` are the sender's own."""

    verb: Verb
    numbers: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    things: tuple[Amount, ...] = ()
    all: bool = False
    but: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    """Numbers of copies of a key ("clé 2")."""
    key: bool = False
    """It names the key, and so not the goods beside it."""
    days: tuple[tuple[date, date], ...] = ()
    """Stretches of days, first and last."""
    arrival: bool = False
    """How something was found on arrival, before its use."""
    words: str = ""


class Told(Struct, frozen=True):
    """What a mail tells, in its order. `rest`: it says something besides that nobody read."""

    language: Language
    statements: tuple[Statement, ...]
    words: str
    """The sender's own words, whole."""
    rest: bool = False
    ahead: bool = False
    """It speaks of days to come."""


# --- what holds because of it


class Outcome(StrEnum):
    """What became of one passing over a counter."""

    HANDED = "handed"
    RETURNED = "returned"
    NOT_BACK = "not-back"
    NOBODY = "nobody"
    SAID_BACK = "said-back"
    """The borrower says so; the key-holder said otherwise before."""


class Held(Struct, frozen=True):
    """Units of a resource that are not there, from a cell on."""

    resource: str
    units: int
    first: int


class Passed(Struct, frozen=True):
    """What became of a passing: `passing` is its `place`. `held` is what is not back."""

    passing: str
    code: str
    outcome: Outcome
    who: str = ""
    """Whose loan it is, as lists name them."""
    held: tuple[Held, ...] = ()


class Why(StrEnum):
    MISSING = "missing"
    DAMAGED = "damaged"
    REPAIR = "repair"
    FOUND = "found"
    ADDED = "added"
    COUNTED = "counted"


class Stocked(Struct, frozen=True):
    """The stock of a thing is other than the rules say: by `units` (less than 0 for what is missing), or, where it was
    counted, `units` in all. From the cell `first` to `last`, both included; where `last` is None, for as long as the
    rules say the stock `of` that they said then."""

    resource: str
    units: int
    why: Why
    first: int
    of: int
    last: int | None = None
    code: str = ""
    """Of the loan that it came to light with; may be empty."""


class Limited(Struct, frozen=True):
    """One loan may have `most` units of a thing: as who looks after it says, until they say otherwise."""

    limited: str
    most: int


class Away(Struct, frozen=True):
    """A key-holder is absent, both days included."""

    holder: str
    first: date
    last: date


class Shut(Struct, frozen=True):
    """A counter is closed, both days included."""

    counter: str
    first: date
    last: date


class Found(Struct, frozen=True):
    """In what condition a place or a thing was found, in the words of who found it; for people to read."""

    state: str
    code: str = ""
    arrival: bool = False
    photos: tuple[str, ...] = ()
    """Names of the photos that came with it, in the data folder."""


class Undone(Struct, frozen=True):
    """An earlier report no longer holds."""

    report: int


class Word(Struct, frozen=True):
    """What one of the staff seems to have written about something else than goods and keys: read once they say that it
    is from them. `answers` is the Message-ID of the letter of ours that it answers."""

    words: str
    """Their own words."""
    text: str
    """All that the mail held."""
    sent: datetime
    answers: str = ""
    subject: str = ""


class ForSomebody(Struct, frozen=True):
    """What one of the commune asks for somebody else, kept until they say that it is from them, or what was missing."""

    behalf: Behalf


class Blocked(Struct, frozen=True):
    """A room, or `units` of a thing (None: all of it), cannot be had: in its cells `first` to `last`, both included.
    `when` is what letters say, `reason` as it was written."""

    blocked: str
    when: Span | Days
    first: int
    last: int
    reason: str = ""
    units: int | None = None


class Unblocked(Struct, frozen=True):
    """What was blocked before in these cells is not any more."""

    unblocked: str
    when: Span | Days
    first: int
    last: int


class Opened(Struct, frozen=True):
    """A room is open besides its hours, also on a day on which it would be closed."""

    opened: str
    when: Span


Deed: TypeAlias = (
    Passed | Stocked | Away | Shut | Found | Undone | Word | ForSomebody | Blocked | Unblocked | Opened | Limited
)


class Standing(StrEnum):
    WAITING = "waiting"
    """For the yes of whom it seems to be from; nothing of it holds."""
    DONE = "done"
    UNDONE = "undone"


class Report(Struct, frozen=True):
    """One mail of somebody who runs it, and what it changed."""

    who: str
    """Id of the key-holder or steward; `staff`, or `borrower`."""
    by: str
    """The address."""
    deeds: tuple[Deed, ...]
    words: str = ""
    mail: str = ""
    """Message-ID."""
    standing: Standing = Standing.DONE
    id: int = 0
    """0: not yet kept."""

    @property
    def asks_for(self) -> Behalf | None:
        """Return the request for somebody else that it holds."""
        return next((deed.behalf for deed in self.deeds if isinstance(deed, ForSomebody)), None)
