"""The last letters to those who were forgotten are found without looking at all letters."""

from __future__ import annotations

STATEMENTS = ("CREATE INDEX outbox_goodbye ON outbox (written) WHERE kind = 'forgotten'",)
