"""What is kept of one person, as they may ask for it (GDPR, articles 15 and 20)."""

from __future__ import annotations

from msgspec import Struct

from mailbot.model.evaluation import Evaluation
from mailbot.model.reservation import Reservation


class Personal(Struct, frozen=True):
    """All that is kept under one address. The texts of mails that came in are not kept: they lie in the mailbox."""

    address: str
    reservations: tuple[Reservation, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    mails: int = 0
    """Mails of theirs of which it is kept when they came and how they ended."""
    letters: int = 0
    """Letters to them that are kept, with their texts."""
    document: str = "{}"
    """All of it, as JSON."""
