"""A letter that the server took may come back later."""

from __future__ import annotations

STATEMENTS = ("ALTER TABLE outbox ADD COLUMN bounced {moment}",)
