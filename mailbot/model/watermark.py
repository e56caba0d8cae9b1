"""Where a mail folder stood at the first start, and what of it is done: old mail is never answered.

The memory survives restarts. How a source uses it: `first_start` once after SELECT; then look at UIDs above
`low_water`, keep those that are `undone` and, where the UIDVALIDITY is no longer the watermark's, those that arrived
after its moment; `done` for each mail that has ended; `settle` now and then, so that the memory stays small.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class Watermark(Struct, frozen=True):
    """A folder at the first start: mail with a UID below `uid_next` (while its UIDVALIDITY is `uid_validity`) is old;
    under any other UIDVALIDITY, mail whose INTERNALDATE is before `moment` (UTC, whole seconds) is old."""

    folder: str
    uid_validity: int
    uid_next: int
    moment: datetime

    def __post_init__(self) -> None:
        if self.moment.tzinfo is None:
            raise ValueError(f"without a time zone: {self}")
        if self.uid_validity < 1 or self.uid_next < 1:
            raise ValueError(f"UIDs count from 1 (RFC 9051 section 2.3.1.1): {self}")


class SourceMemory(Protocol):
    """What a source must not forget. Each call is a transaction of its own, and raises Temporary where the database is
    locked or away. Done is kept per UID: a mail to retry is not passed over by later ones that are done."""

    def first_start(self, folder: str, uid_validity: int, uid_next: int, moment: datetime) -> Watermark:
        """Return the watermark in force: the one of the very first call for this folder, which this call writes where
        there is none."""
        ...

    def low_water(self, folder: str, uid_validity: int) -> int:
        """Return the UID up to which (included) nothing is to be looked at; 0 where all is new to us, as after a
        change of UIDVALIDITY."""
        ...

    def undone(self, folder: str, uid_validity: int, uids: Iterable[int]) -> tuple[int, ...]:
        """Return those of `uids` that are above the low water and not done, ascending."""
        ...

    def done(self, folder: str, uid_validity: int, uid: int) -> None:
        """Remember that this mail has ended; harmless when called twice."""
        ...

    def settle(self, folder: str, uid_validity: int, below: int) -> None:
        """Raise the low water to `below` - 1 (it never falls): all that exists below is done or will never be looked
        at. UIDs only ascend, so what does not exist there now never will."""
        ...
