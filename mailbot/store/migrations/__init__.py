"""The schema's history: numbered modules, each a tuple of SQL statements, carried out in order, each in a transaction.

Forward only, and written for SQLite and PostgreSQL at once: what the two name differently stands in braces. A released
migration is never edited.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, text

from mailbot.errors import BadSettings
from mailbot.store.migrations import (
    m0001_the_first_schema,
    m0002_which_mail_and_offers_of_changes,
    m0003_answers_are_counted_by_day,
    m0004_letters_that_came_back,
    m0005_how_it_went,
    m0006_the_waiting_list,
    m0007_counts_by_index,
    m0008_reports,
    m0009_goodbyes,
    m0010_cases,
    m0011_what_staff_examine,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    m0001_the_first_schema.STATEMENTS,
    m0002_which_mail_and_offers_of_changes.STATEMENTS,
    m0003_answers_are_counted_by_day.STATEMENTS,
    m0004_letters_that_came_back.STATEMENTS,
    m0005_how_it_went.STATEMENTS,
    m0006_the_waiting_list.STATEMENTS,
    m0007_counts_by_index.STATEMENTS,
    m0008_reports.STATEMENTS,
    m0009_goodbyes.STATEMENTS,
    m0010_cases.STATEMENTS,
    m0011_what_staff_examine.STATEMENTS,
)
"""The first is number 1."""

NEWEST = len(MIGRATIONS)

_WORDS = {
    "sqlite": {
        "moment": "DATETIME",
        "bytes": "BLOB",
        "number": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "keyed": "WITHOUT ROWID",
    },
    "postgresql": {
        "moment": "TIMESTAMP WITH TIME ZONE",
        "bytes": "BYTEA",
        "number": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "keyed": "",
    },
}

_ONE_AT_A_TIME = 0x6D61696C626F74
"""PostgreSQL's advisory lock for those who migrate: "mailbot"."""


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; harmless when it is, and when two do it at once. Raises BadSettings where the
    database was written by a newer program, Temporary where it is locked or away."""
    while _one_step(engine):
        pass


def is_current(engine: Engine) -> bool:
    """Return whether nothing is left to migrate. Changes nothing."""
    with engine.connect() as connection:
        return schema_version(connection) == NEWEST


def _one_step(engine: Engine) -> bool:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
        version = schema_version(connection)
        if version > NEWEST:
            raise BadSettings(
                [f"the database has schema {version}, this program knows {NEWEST}: install the newer program again"]
            )
        if version == NEWEST:
            return False
        words = _WORDS[connection.dialect.name]
        for statement in MIGRATIONS[version]:
            connection.exec_driver_sql(statement.format_map(words))
        connection.execute(text("UPDATE schema_version SET version = :version"), {"version": version + 1})
        return True


def schema_version(connection: Connection) -> int:
    """Return the number of the last migration that was carried out; 0 for an empty database."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return int(connection.execute(text("SELECT version FROM schema_version")).scalar_one())
