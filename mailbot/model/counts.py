"""What somebody who watches an installation wants to see, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Counts(Struct, frozen=True):
    """How it stands at a moment: nothing of it names anybody."""

    mails: Mapping[str, int]
    """By how they ended; those that were let in and not handled yet under `waiting`."""
    oldest_mail: datetime | None
    """When the oldest mail that waits was let in, UTC."""
    letters: Mapping[str, int]
    """`sent`, `waiting`, `given_up` and `bounced` (of the sent)."""
    oldest_letter: datetime | None
    """When the oldest letter that waits was written, UTC."""
    tries: int
    """Failures, so far, of what is being tried again: mails and rounds."""
    bookings: Mapping[str, int]
    """Conversations by state."""
