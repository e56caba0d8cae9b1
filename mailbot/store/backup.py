"""A copy of the database while it is in use, and the way back. For SQLite; PostgreSQL has tools of its own."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from mailbot.errors import BadSettings, MailbotError, Temporary
from mailbot.store.migrations import NEWEST

WAIT = 60.0
"""Seconds that a copy waits for a lock."""


FOR_POSTGRESQL = (
    "this is for SQLite. PostgreSQL: back it up with pg_dump, and the data folder with it; put both back while mailbot "
    "is stopped; then `mailbot restore --since 2026-06-12T03:00` (the hour of the dump) reads the mails again that "
    "came since, and leaves their answers in the drafts"
)


def back_up(address: str, target: Path) -> None:
    """Copy the database at an address into a new file that nobody else can read; whoever writes meanwhile is not kept
    waiting. Raises MailbotError where the file is there already, BadSettings for PostgreSQL, Temporary."""
    source = _file_of(address)
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise MailbotError(f"{target} is there already: a backup never overwrites another") from None
    try:
        with closing(_reading(source)) as database, closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        _sound(target)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise Temporary(f"no backup was made: {error}") from error


def restore(address: str, file: Path) -> None:
    """Put a backup in the place of the database, all at once. Mails that came since the backup are not answered again:
    its memory of the mailbox is dropped, so that the next start is silent as the first one was. Nobody else may be at
    work on it. Raises BadSettings for a file that is no backup, Temporary where the database is locked."""
    target = _file_of(address)
    _sound(file)
    prepared = target.with_suffix(".restoring")
    try:
        with closing(_reading(file)) as backup, closing(sqlite3.connect(prepared)) as copy:
            backup.backup(copy)
            for table in ("watermark", "low_water", "done", "tries"):
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            copy.commit()
            with closing(sqlite3.connect(target, timeout=WAIT)) as database:
                copy.backup(database)
        target.chmod(0o600)
    except sqlite3.Error as error:
        raise Temporary(f"nothing was restored: {error}") from error
    finally:
        prepared.unlink(missing_ok=True)


def _file_of(address: str) -> Path:
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BadSettings([FOR_POSTGRESQL])
    return Path(url.database)


def _reading(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise BadSettings([f"there is no database at {path}"])
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=WAIT)


def _sound(path: Path) -> None:
    """Raise BadSettings where a file is no whole database of ours, or a newer program's."""
    try:
        with closing(_reading(path)) as database:
            [found] = database.execute("PRAGMA integrity_check(1)").fetchone()
            [version] = database.execute("SELECT version FROM schema_version").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise BadSettings([f"{path} is no backup of mailbot: {error}"]) from error
    if found != "ok":
        raise BadSettings([f"{path} is damaged: {found}"])
    if version > NEWEST:
        raise BadSettings([f"{path} was written by a newer mailbot: install that one again"])
