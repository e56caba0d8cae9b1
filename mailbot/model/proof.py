"""What a check of the sender's domain says of a mail: whether the address in From may be believed (RFC 7489)."""

from __future__ import annotations

from enum import StrEnum


class Proof(StrEnum):
    PASSED = "passed"
    """The domain of From answers for this mail."""
    FAILED = "failed"
    """The domain of From disowns it: nothing else in it proves anything either."""
    NONE = "none"
    """Nobody can tell."""
