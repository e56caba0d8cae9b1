"""What was erased of personal data, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Erased:
    conversations: int
    letters: int
    mails: int
    """Entries in the ledger whose sender is no longer told."""
    standing: tuple[str, ...] = ()
    """Codes of what is kept because it is not over."""
    photos: tuple[str, ...] = ()
    """Names of photos that go with it."""
