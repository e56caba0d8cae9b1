"""What askers say of a use afterwards: a row an asking, with its answer once there is one."""

from __future__ import annotations

STATEMENTS = (
    """
    CREATE TABLE evaluation (
        code TEXT NOT NULL,
        about DATE NOT NULL,
        asked {moment} NOT NULL,
        address TEXT NOT NULL,
        initiative TEXT,
        answered {moment},
        "condition" INTEGER,
        access INTEGER,
        usefulness INTEGER,
        remark TEXT NOT NULL,
        damage BOOLEAN NOT NULL,
        PRIMARY KEY (code, about),
        CHECK ("condition" BETWEEN 1 AND 5 AND access BETWEEN 1 AND 5 AND usefulness BETWEEN 1 AND 5)
    )
    """,
)
