"""Connections to SQLite and PostgreSQL, and what their refusals mean to mailbot.

On SQLite a writer begins with BEGIN IMMEDIATE: it waits for its turn at the start and never has to give up half-way.
Readers have connections of their own that cannot write, and lock nobody (WAL). On PostgreSQL writers are READ COMMITTED
(the CHECK on cells and the versions of reservations decide races), readers see one snapshot.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from mailbot.errors import BadSettings, LostRace, MailbotError, Temporary

WAIT = 30.0
"""Seconds that a statement waits for a lock before the database counts as locked. Transactions take milliseconds; this
is for a backup or a full disk queue. SQLite gives no turns: with 8 writers some wait far longer than their share."""

_SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_SQLITE_BROKEN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_SQLITE_RACE = {
    sqlite3.SQLITE_CONSTRAINT_CHECK,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
}
_POSTGRESQL_AWAY = ("08", "25006", "25P03", "53", "55P03", "57", "58")
"""SQLSTATEs or their classes: connection, read-only standby, idle too long, no room, no lock, shut down, disk."""
_POSTGRESQL_RACE = ("23514", "23505", "40")
"""CHECK, UNIQUE, and the class of deadlocks and serialization failures."""


class Engines(Struct, frozen=True):
    """The kinds of connections to one database."""

    writing: Engine
    reading: Engine
    counting: Engine
    """For what is committed by itself, and may be lost in a power cut (not where the program is killed)."""

    def close(self) -> None:
        for engine in (self.writing, self.reading, self.counting):
            engine.dispose()


def connect(address: str, wait: float = WAIT) -> Engines:
    """Return engines for a database address, `sqlite:///path` or `postgresql+psycopg://user@host/name`; `wait` is in
    seconds. Nothing is opened yet, but a SQLite file is made (mode 0600). Raises BadSettings for an address that is
    none, Temporary where the file cannot be made."""
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, wait)
        if url.get_backend_name() == "postgresql":
            return _postgresql(url.set(drivername="postgresql+psycopg"), wait)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSettings(["the database address cannot be read: sqlite:///data/mailbot.sqlite3 is one"]) from error
    except ModuleNotFoundError as error:
        raise BadSettings([f"the database needs a package that is not installed: {error.name}"]) from error
    raise BadSettings([f"no such kind of database: {url.get_backend_name()} (there are sqlite and postgresql)"])


def _sqlite(url: URL, wait: float) -> Engines:
    if not url.database or url.database == ":memory:" or url.query:
        raise BadSettings(["the SQLite database must be a plain file: sqlite:///data/mailbot.sqlite3"])
    _make_private(Path(url.database))
    arguments = {"timeout": wait}
    writing, reading, counting = (create_engine(url, connect_args=arguments) for _ in range(3))
    _let_threads_take_turns((writing, counting), wait)
    _open_sqlite_as(writing, "BEGIN IMMEDIATE", "synchronous=FULL")
    _open_sqlite_as(reading, "BEGIN", "synchronous=FULL", "query_only=ON")
    _open_sqlite_as(counting, "BEGIN IMMEDIATE", "synchronous=NORMAL")
    return Engines(writing, reading, counting)


def _let_threads_take_turns(engines: Iterable[Engine], wait: float) -> None:
    """Let the threads of this process write in turn. Where they meet in SQLite, they sleep, longer each time, and the
    one that writes most keeps the others out."""
    turn = threading.Lock()

    def on_begin(connection: Connection) -> None:
        record = connection.connection.record_info
        assert record is not None
        if not record.get("turn"):
            if not turn.acquire(timeout=wait):
                raise Temporary("the database is locked by another thread")
            record["turn"] = True

    def on_checkin(_connection: object, entry: ConnectionPoolEntry) -> None:
        if entry.record_info and entry.record_info.pop("turn", False):
            turn.release()

    for engine in engines:
        event.listen(engine, "begin", on_begin)
        event.listen(engine, "checkin", on_checkin)


def _make_private(path: Path) -> None:
    """Make the file so that no other user can read it; SQLite gives -wal and -shm the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Temporary(f"the database file cannot be opened: {path}: {error.strerror}") from error


def _open_sqlite_as(engine: Engine, begin: str, *pragmas: str) -> None:
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself: a SELECT would stand outside
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "handle_error", _meaning_of)


def _postgresql(url: URL, wait: float) -> Engines:
    given = url.query.get("options", "")
    options = (
        f"-c lock_timeout={int(wait * 1000)} -c timezone=UTC {given if isinstance(given, str) else ' '.join(given)}"
    )
    arguments: dict[str, Any] = {"connect_timeout": 10, "options": options.strip()}
    writing = create_engine(url, connect_args=arguments, pool_pre_ping=True, isolation_level="READ COMMITTED")
    event.listen(writing, "handle_error", _meaning_of)
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writing, reading, counting=writing)


def _meaning_of(context: ExceptionContext) -> BaseException | None:
    """Say what a refusal of the database means: LostRace, Temporary, or None for a fault of the program."""
    if context.is_pre_ping:
        return None
    error = context.original_exception
    if isinstance(error, sqlite3.Error):
        return _meaning_on_sqlite(error)
    if context.sqlalchemy_exception is not None:
        return _meaning_on_postgresql(error)
    return None


def _meaning_on_sqlite(error: sqlite3.Error) -> MailbotError | None:
    code = getattr(error, "sqlite_errorcode", 0)
    if code in _SQLITE_RACE:
        return LostRace(error.sqlite_errorname)
    if code & 0xFF in _SQLITE_AWAY:
        return Temporary(f"the database is locked or away: {error.sqlite_errorname}")
    if code & 0xFF in _SQLITE_BROKEN:
        return BadSettings([f"the database file is damaged, or not a database: {error.sqlite_errorname}"])
    return None


def _meaning_on_postgresql(error: BaseException) -> MailbotError | None:
    state: str | None = getattr(error, "sqlstate", None)
    if state is not None and state.startswith(_POSTGRESQL_RACE):
        return LostRace(type(error).__name__)
    lost = type(error).__name__ == "OperationalError"  # psycopg's own, without a state: no connection, or lost it
    if lost or (state is not None and state.startswith(_POSTGRESQL_AWAY)):
        return Temporary(f"the database is locked or away: {type(error).__name__} {state or ''}".rstrip())
    return None
