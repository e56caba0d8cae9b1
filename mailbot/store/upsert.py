"""The one thing that SQLAlchemy makes a matter of the database: an INSERT that yields to the row that is there."""

from __future__ import annotations

from sqlalchemy import Connection, Insert, Table


def insert_unless_there(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that does nothing (rowcount 0) where a row with the same key is there. On PostgreSQL it waits
    for another transaction that is inserting that key."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as on_postgresql

        return on_postgresql(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as on_sqlite

    return on_sqlite(table).on_conflict_do_nothing()
