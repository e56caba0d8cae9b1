"""What a person must agree to is held until a deadline, as offers are, and looked for each morning."""

from __future__ import annotations

STATEMENTS = (
    "DROP INDEX reservation_deadline",
    "CREATE INDEX reservation_deadline ON reservation (deadline) WHERE state IN ('offered', 'examined', 'changing')",
    "CREATE INDEX reservation_examined ON reservation (state) WHERE state IN ('examined', 'changing')",
)
