"""The history names the mail that a step follows from, and options for a change lapse as offers do."""

from __future__ import annotations

STATEMENTS = (
    "ALTER TABLE history ADD COLUMN mail TEXT NOT NULL DEFAULT ''",
    "DROP INDEX reservation_deadline",
    "CREATE INDEX reservation_deadline ON reservation (deadline) WHERE state IN ('offered', 'changing')",
)
