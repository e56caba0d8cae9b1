"""What key-holders and stewards report, and what holds because of it."""

from __future__ import annotations

STATEMENTS = (
    """
    CREATE TABLE report (
        id {number},
        who TEXT NOT NULL,
        at {moment} NOT NULL,
        standing TEXT NOT NULL,
        told {moment},
        body TEXT NOT NULL
    )
    """,
    "CREATE INDEX report_untold ON report (id) WHERE told IS NULL",
    """
    CREATE TABLE deed (
        report BIGINT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        code TEXT NOT NULL,
        last_day DATE,
        undone {moment},
        body TEXT NOT NULL,
        PRIMARY KEY (report, place)
    )
    """,
    "CREATE INDEX deed_code ON deed (code)",
    "CREATE INDEX deed_subject ON deed (subject)",
    "CREATE INDEX deed_kind ON deed (kind, last_day) WHERE undone IS NULL",
)
