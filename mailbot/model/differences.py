"""Something that two parts of the database tell differently."""

from __future__ import annotations

from msgspec import Struct


class Difference(Struct, frozen=True):
    kind: str
    """booked-twice, taken-by-nobody, booked-and-free, two-minds, booked-and-not-told, told-and-not-booked,
    letter-stuck, mail-without-an-end."""
    where: str
    """A resource, a code, a Message-ID or a digest."""
    detail: str
    mends: bool = False
    """Whether counting again mends it."""
