"""Mails that a person deals with."""

from __future__ import annotations

STATEMENTS = (
    """
    CREATE TABLE handed (
        id TEXT PRIMARY KEY,
        code TEXT NOT NULL,
        address TEXT NOT NULL,
        opened {moment} NOT NULL,
        ended {moment},
        body TEXT NOT NULL
    )
    """,
    "CREATE INDEX handed_code ON handed (code, opened)",
    "CREATE INDEX handed_open ON handed (opened) WHERE ended IS NULL",
)
