"""What became of a conversation, step by step, as it is kept for those who ask later."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Entry(Struct, frozen=True):
    """One step: when, what, by whom, why, and from which mail."""

    at: datetime
    act: str
    state: str
    """The state it led to."""
    by: str
    """The address of who did it; empty where the clock did."""
    why: str
    mail: str
    """Message-ID of the mail it follows from; empty where there is none."""
