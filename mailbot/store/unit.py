"""The database as the service sees it: a Store, and its Units, each one transaction."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType

from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailbot.errors import Temporary
from mailbot.model.counts import Counts
from mailbot.store import engine as engines
from mailbot.store import migrations, worker
from mailbot.store.cases import Cases
from mailbot.store.counts import counts
from mailbot.store.differences import Differences
from mailbot.store.erasure import Erasure
from mailbot.store.evaluations import Evaluations
from mailbot.store.mailbox import Mailbox, count_try
from mailbot.store.memory import SourceMemory
from mailbot.store.personal import PersonalData
from mailbot.store.reports import Reports
from mailbot.store.reservations import Reservations


class Store:
    """One database. Thread-safe; not for use on both sides of a fork."""

    def __init__(self, connections: engines.Engines) -> None:
        self._engines = connections
        self._worker = worker.enrol()

    def unit(self) -> Unit:
        """Return a transaction that may write; it begins with its first statement. Temporary where the database is
        locked for long, or away."""
        return Unit(self._engines, self._worker, writes=True)

    def reading(self) -> Unit:
        """Return a transaction that only reads, from one snapshot; it locks nobody and waits for nobody."""
        return Unit(self._engines, self._worker, writes=False)

    @property
    def memory(self) -> SourceMemory:
        """What mail sources must not forget."""
        return SourceMemory(self._engines)

    def migrate(self) -> None:
        """Bring the schema up to date; harmless when it is. Raises BadSettings where a newer program wrote it."""
        migrations.migrate(self._engines.writing)

    def prepared(self) -> bool:
        """Return whether the schema is there and up to date. Changes nothing."""
        return migrations.is_current(self._engines.reading)

    def close(self) -> None:
        """Let go of all connections, and of the letters this worker holds; harmless when called twice."""
        worker.leave(self._worker)
        self._engines.close()


class Unit:
    """One transaction: nothing of it stands before `commit`; leaving without it rolls back. Used once."""

    def __init__(self, connections: engines.Engines, name: str, *, writes: bool) -> None:
        self._engines = connections
        self._name = name
        self._writes = writes
        self._tries: list[str] = []

    def __enter__(self) -> Unit:
        try:
            self._connection = (self._engines.writing if self._writes else self._engines.reading).connect()
        except PoolTimeout as error:
            raise Temporary("too many units are open at once") from error
        counting = self._engines.counting
        self._mailbox = Mailbox(self._connection, counting, self._name, self._tries.append, writes=self._writes)
        self._reservations = Reservations(self._connection, writes=self._writes)
        self._evaluations = Evaluations(self._connection)
        self._personal = PersonalData(self._connection)
        self._reports = Reports(self._connection)
        self._erasure = Erasure(self._connection)
        self._cases = Cases(self._connection)
        return self

    @property
    def mailbox(self) -> Mailbox:
        return self._mailbox

    @property
    def reservations(self) -> Reservations:
        return self._reservations

    @property
    def evaluations(self) -> Evaluations:
        return self._evaluations

    @property
    def reports(self) -> Reports:
        return self._reports

    @property
    def erasure(self) -> Erasure:
        return self._erasure

    def differences(self, now: datetime) -> Differences:
        return Differences(self._connection, now)

    def counts(self) -> Counts:
        return counts(self._connection)

    @property
    def personal(self) -> PersonalData:
        return self._personal

    @property
    def cases(self) -> Cases:
        return self._cases

    def commit(self) -> None:
        self._connection.commit()
        self._tries.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        for place in self._tries:
            with self._engines.counting.begin() as connection:
                count_try(connection, place)


def open_store(address: str, wait: float = engines.WAIT) -> Store:
    """Return the store at a database address, `sqlite:///data/mailbot.sqlite3` or `postgresql+psycopg://user@host/name`;
    it waits up to `wait` seconds for a lock. Call `migrate` before the first unit. Raises BadSettings for an address
    that is none, Temporary where the file cannot be made."""
    return Store(engines.connect(address, wait))
