"""What staff and those who manage a place say of it: closed, open again, open besides its hours."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from mailbot.model.spans import Hours


class Act(StrEnum):
    BLOCK = "block"
    UNBLOCK = "unblock"
    OPEN = "open"


class Stretch(Struct, frozen=True):
    """Days, both included, and the hours of each of them; without any it is the whole days."""

    first: date
    last: date
    hours: tuple[Hours, ...] = ()


class Order(Struct, frozen=True):
    """A few words that close something or open it. `things` are ids of rooms (of a place: all of its rooms) and of
    equipment, each with how many (None: all of it); where there are none, nothing says what is meant."""

    act: Act
    things: tuple[tuple[str, int | None], ...] = ()
    when: tuple[Stretch, ...] = ()
    reason: str = ""
    words: str = ""
    several: bool = False
    """A name in it fits several things: nobody knows which."""
