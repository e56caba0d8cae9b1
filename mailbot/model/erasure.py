"""What was erased of personal data, in numbers."""

from __future__ import annotations

from msgspec import Struct


class Erased(Struct, frozen=True):
    conversations: int
    letters: int
    mails: int
    """Entries in the ledger whose sender is no longer told."""
    standing: tuple[str, ...] = ()
    """Codes of what is kept because it is not over."""
    photos: tuple[str, ...] = ()
    """Names of photos that go with it."""
