"""Mails that a person deals with, until one did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from mailbot.model.cases import Case
from mailbot.store.schema import HANDED
from mailbot.store.upsert import insert_unless_there

_ONE = select(HANDED.c.body).where(HANDED.c.id == bindparam("of"))
_NEWEST = (
    select(HANDED.c.body).where(HANDED.c.code == bindparam("of"), HANDED.c.code != "").order_by(HANDED.c.opened.desc())
).limit(1)
_OPEN = select(HANDED.c.body, HANDED.c.opened).where(HANDED.c.ended.is_(None)).order_by(HANDED.c.opened, HANDED.c.id)
_KEEP = update(HANDED).where(HANDED.c.id == bindparam("of"), HANDED.c.ended.is_(None))
_END = update(HANDED).where(HANDED.c.id == bindparam("of"), HANDED.c.ended.is_(None))


class Cases:
    """Cases, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self, case: Case, now: datetime) -> None:
        """Write down that a mail waits for a person; one that is there stays as it is."""
        row = {"id": case.id, "code": case.code, "address": case.sender.address, "opened": now, "ended": None}
        insert_unless_there(self._connection, HANDED, {**row, "body": case})

    def get(self, case: str) -> Case | None:
        return self._connection.execute(_ONE, {"of": case}).scalar_one_or_none()

    def newest_of(self, code: str) -> Case | None:
        """Return the newest case of a conversation."""
        return self._connection.execute(_NEWEST, {"of": code}).scalar_one_or_none()

    def waiting(self) -> tuple[tuple[Case, datetime], ...]:
        """Return the cases that nobody ended, and since when each waits, the oldest first."""
        return tuple((case, opened) for case, opened in self._connection.execute(_OPEN))

    def keep(self, case: Case, now: datetime) -> None:
        """Write down that a mail waits for a person, as it is known now."""
        self.open(case, now)
        self._connection.execute(_KEEP, {"of": case.id, "code": case.code, "body": case})

    def end(self, case: Case, now: datetime) -> bool:
        """Write how a person ended a case; False where one had ended it before."""
        return self._connection.execute(_END, {"of": case.id, "ended": now, "body": case}).rowcount == 1
