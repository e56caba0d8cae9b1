"""What a mail source must not forget: where a folder stood at the first start, and which UIDs are done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from mailbot.model.watermark import Watermark
from mailbot.store.engine import Engines
from mailbot.store.schema import DONE, LOW_WATER, TRIES, WATERMARK
from mailbot.store.upsert import insert_unless_there


class SourceMemory:
    """Watermarks and UIDs in the database; each call is a transaction of its own. See `mailbot.model.watermark`."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def first_start(self, folder: str, uid_validity: int, uid_next: int, moment: datetime) -> Watermark:
        """Return the watermark in force: the one of the very first call for this folder, which this call writes where
        there is none, in whole seconds, as INTERNALDATE has them."""
        first = Watermark(folder, uid_validity, uid_next, moment.replace(microsecond=0))
        row = {"folder": folder, "uid_validity": uid_validity, "uid_next": uid_next, "moment": first.moment}
        with self._engines.writing.begin() as connection:
            if insert_unless_there(connection, WATERMARK, row):
                _raise_low_water(connection, folder, uid_validity, uid_next - 1)
            kept = connection.execute(select(WATERMARK).where(WATERMARK.c.folder == folder)).one()
        return Watermark(kept.folder, kept.uid_validity, kept.uid_next, kept.moment)

    def low_water(self, folder: str, uid_validity: int) -> int:
        """Return the UID up to which (included) nothing is to be looked at; 0 where all is new to us."""
        with self._engines.reading.begin() as connection:
            return _low_water(connection, folder, uid_validity)

    def undone(self, folder: str, uid_validity: int, uids: Iterable[int]) -> tuple[int, ...]:
        """Return those of `uids` that are above the low water and not done, ascending."""
        with self._engines.reading.begin() as connection:
            low = _low_water(connection, folder, uid_validity)
            here = and_(DONE.c.folder == folder, DONE.c.uid_validity == uid_validity)
            done = set(connection.execute(select(DONE.c.uid).where(here)).scalars())
        return tuple(sorted(uid for uid in set(uids) - done if uid > low))

    def done(self, folder: str, uid_validity: int, uid: int) -> None:
        """Remember that this mail has ended; harmless when called twice."""
        row = {"folder": folder, "uid_validity": uid_validity, "uid": uid}
        with self._engines.writing.begin() as connection:
            insert_unless_there(connection, DONE, row)

    def forget(self) -> None:
        """Forget all of it: the next start is silent, as the first one was."""
        with self._engines.writing.begin() as connection:
            for table in (WATERMARK, LOW_WATER, DONE, TRIES):
                connection.execute(delete(table))

    def settle(self, folder: str, uid_validity: int, below: int) -> None:
        """Raise the low water to `below` - 1 (it never falls), and forget the UIDs under it one by one, and those of
        other UIDVALIDITYs, which mean nothing any more (RFC 9051 section 2.3.1.1)."""
        with self._engines.writing.begin() as connection:
            _raise_low_water(connection, folder, uid_validity, below - 1)
            needless = or_(DONE.c.uid_validity != uid_validity, DONE.c.uid < below)
            connection.execute(delete(DONE).where(DONE.c.folder == folder, needless))


def _low_water(connection: Connection, folder: str, uid_validity: int) -> int:
    here = and_(LOW_WATER.c.folder == folder, LOW_WATER.c.uid_validity == uid_validity)
    return connection.execute(select(LOW_WATER.c.uid).where(here)).scalar_one_or_none() or 0


def _raise_low_water(connection: Connection, folder: str, uid_validity: int, uid: int) -> None:
    row = {"folder": folder, "uid_validity": uid_validity, "uid": uid}
    if not insert_unless_there(connection, LOW_WATER, row):
        here = and_(LOW_WATER.c.folder == folder, LOW_WATER.c.uid_validity == uid_validity)
        connection.execute(update(LOW_WATER).where(here, LOW_WATER.c.uid < uid).values(uid=uid))
