"""The one thing that SQLAlchemy makes a matter of the database: an INSERT that yields to the row that is there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, Insert, Table


def insert_unless_there(connection: Connection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert the row, or do nothing and return False where one with the same key is there. On PostgreSQL this waits for
    another transaction that is inserting that key."""
    return connection.execute(_insert(connection.dialect.name, table), dict(row)).rowcount == 1


@cache
def _insert(dialect: str, table: Table) -> Insert:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as on_postgresql

        return on_postgresql(table).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
    from sqlalchemy.dialects.sqlite import insert as on_sqlite

    return on_sqlite(table).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
