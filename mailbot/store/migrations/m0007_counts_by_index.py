"""The answers of a day and of an hour are counted in indexes alone, whatever the letters weigh."""

from __future__ import annotations

STATEMENTS = (
    "DROP INDEX recipient_written",
    "CREATE INDEX recipient_written ON recipient (written, address)",
    "CREATE INDEX outbox_written ON outbox (written, kind)",
)
