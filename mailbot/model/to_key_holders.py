"""What letters to key-holders and stewards hold: their lists, and the answers to what they report."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.model.meaning import Collector
from mailbot.model.reports import Blocked, Deed, Report, Statement
from mailbot.model.reservation import Neighbour, Reservation
from mailbot.model.spans import Span


class Direction(StrEnum):
    OUT = "out"
    BACK = "back"


class Passing(Struct, frozen=True):
    """One line of a key-holder's list: what passes over the counter, to or from whom, in which opening."""

    direction: Direction
    counter: str
    opening: Span
    code: str
    asker: Address
    initiative: str
    """The initiative's name, or empty."""
    phone: str
    rooms: tuple[str, ...]
    keys: tuple[tuple[str, int], ...]
    """Key and number of the copy."""
    goods: tuple[tuple[str, int], ...]
    """Equipment and quantity."""
    number: int = 0
    reminded: int = 0
    """Of what is late: how often the borrower was reminded."""
    said_back: bool = False
    """Of what is late: the borrower says that it is back."""
    unreached: bool = False
    """A letter to the asker came back."""
    comes: Collector | None = None
    """Who comes in the asker's place."""
    reserved: bool = False
    """It is booked under reserve: the College has not agreed yet."""
    giver: Neighbour | None = None
    """Who hands it over directly: nothing of it passes over the counter."""

    @property
    def place(self) -> str:
        """What makes it the same passing from list to list: the opening by the end that a use does not cut short."""
        edge = self.opening.start if self.direction is Direction.OUT else self.opening.end
        return place_of(self.code, self.direction, self.counter, edge)


def place_of(code: str, direction: Direction, counter: str, edge: datetime) -> str:
    return f"{code} {direction} {counter} {edge:%Y-%m-%dT%H:%MZ}"


class Digest(Struct, frozen=True):
    """A key-holder's list from now to the next one. Lines are numbered in the order of the letter."""

    template: ClassVar[str] = "digest"
    holder: str
    """Id of the key-holder whose counters these are (the reader may be the stand-in)."""
    day: date
    until: datetime
    """When the next list comes, UTC."""
    late: tuple[Passing, ...] = ()
    lines: tuple[Passing, ...] = ()
    changed: tuple[Change, ...] = ()
    noted: tuple[Report, ...] = ()
    """What the key-holder reported since the last list, as it was noted."""
    blocked: tuple[Blocked, ...] = ()
    """What is closed until the next list, of the places and things whose keys or goods they hand out."""


class Change(Struct, frozen=True):
    """What is new since the last list: a passing that was added or cancelled, or at which something else passes
    (`altered`)."""

    passing: Passing
    cancelled: bool
    altered: bool = False


class ShortNotice(Struct, frozen=True):
    """One short extra mail to a key-holder: something inside the list they already have was booked or cancelled."""

    template: ClassVar[str] = "short_notice"
    holder: str
    changes: tuple[Change, ...]


class Unclear(StrEnum):
    """Why a statement of a report was not noted."""

    WHICH = "which"
    """Several lines could be meant, or none."""
    NUMBER = "number"
    """No line has that number, or no booking that code."""
    HOW_MANY = "how-many"
    THING = "thing"
    """What it is of is not known."""
    NEW_KIND = "new-kind"
    """There is more of something that rules.yaml does not know: a person adds it there."""
    NOT_LEFT = "not-left"
    """A limit that rules.yaml does not leave to them."""
    DAYS = "days"


class Doubt(Struct, frozen=True):
    """A statement that was not noted, why, and the lines that it may be about."""

    statement: Statement
    why: Unclear
    lines: tuple[Passing, ...] = ()


class ReportUnclear(Struct, frozen=True):
    """To who reported: what was not understood, and what was noted besides."""

    template: ClassVar[str] = "report_unclear"
    doubts: tuple[Doubt, ...] = ()
    deeds: tuple[Deed, ...] = ()
    handed: bool = False
    """Nothing of it was understood, and a person gets it."""


class ReportChallenged(Struct, frozen=True):
    """To who seems to have reported, alone: is this from you? Nothing of it holds before a bare yes."""

    template: ClassVar[str] = "report_challenged"
    deeds: tuple[Deed, ...]
    doubts: tuple[Doubt, ...] = ()


class Shortfall(Struct, frozen=True):
    """A later booking of which `free` units are there of the `asked`, at the worst of its days or hours."""

    reservation: Reservation
    resource: str
    asked: int
    free: int
    out: Span | None
    """The opening in which it is fetched."""


class ReportTold(Struct, frozen=True):
    """To staff: what was reported and noted, by whom, and who goes short by it."""

    template: ClassVar[str] = "report_told"
    who: str
    """The name of who reported."""
    deeds: tuple[Deed, ...]
    short: tuple[Shortfall, ...] = ()
    words: str = ""
    """What they wrote, whole."""
    stranded: tuple[Passing, ...] = ()
    """What would pass over a counter that is now closed."""
    unread: bool = False
    """Something in it was not understood: the mail goes with it, whole."""


class Coming(Struct, frozen=True):
    """The answer to "who comes?": what is still ahead until the next list; those that the last one told have its
    numbers."""

    template: ClassVar[str] = "coming"
    lines: tuple[Passing, ...]
    day: date
    until: datetime
