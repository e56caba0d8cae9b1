"""The kill test: a daemon under a stream of mixed mails is killed with SIGKILL at random moments, again and again.

    python -m tests.faults.storm --kills 300 --database sqlite
    python -m tests.faults.storm --kills 300 --database postgresql

Afterwards every mail has one end, every yes its row, every row its letter, nothing is booked twice, and nobody got two
different answers to one mail. Letters that left twice (under one Message-ID) are counted: that is possible only between
the server's 250 and our commit.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mailbot.demo.embedded import EmbeddedImap, EmbeddedSmtp, environment
from mailbot.model.reservation import Reservation, State, claims_in_force
from mailbot.policy.rules import load
from mailbot.store import open_store
from tests.faults import FRESH
from tests.servers.postgresql import Cluster, binaries
from tests.service.mails import nested
from tests.stories.town import EVER, MAILBOX, ROOT, opened

BACKLOG = 12
"""Mails that wait when a daemon starts: there is always work in which to die."""

EVENTS = 10
"""A daemon dies within so many events of its life: mails that end, letters that leave."""

JITTER = 0.1
"""Seconds within which it dies after the last of them."""

PATIENCE = 8.0
"""Seconds after which it dies in any case."""

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def daemon(environment: Mapping[str, str]) -> None:
    """Run mailbot, as in production. For a process of its own."""
    from mailbot import app

    os.environ.clear()
    os.environ.update(environment)
    app.run()
    sys.exit(0)


@dataclass
class Outcome:
    """What a storm left behind; `faults` is empty where all promises were kept."""

    kills: int
    mails: int
    letters: int = 0
    confirmed: int = 0
    duplicates: int = 0
    set_aside: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.kills} kills, {self.mails} mails, {self.letters} letters, {self.confirmed} bookings, "
        told += f"{self.duplicates} letters left twice, {self.set_aside} mails set aside, {self.seconds:.0f} s"
        return "\n".join([told, *(f"FAULT: {fault}" for fault in self.faults)])


class Stream:
    """Mixed mails: most ask for a room that two others want as well; some ask something, some are machines', some no
    program can read."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.written = 0
        self.waits_for_answer: set[str] = set()
        """Message-IDs of mails of people."""

    def __next__(self) -> bytes:
        self.written += 1
        kind = self._chance.choices(["book", "ask", "absent", "unreadable"], [6, 2, 1, 1])[0]
        if kind == "unreadable":
            number = self.written
            return nested(200).replace(b"<profond@", f"<{number}-deep@".encode()).replace(b"Bonjour", b"%d" % number)
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<{self.written}@stream.example>"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["From"] = f"Voisin {self.written} <v{self.written}@d{self.written}.example>"
        mail["To"] = MAILBOX
        mail["Subject"] = f"{kind} {self.written}"
        if kind == "absent":
            mail["Auto-Submitted"] = "auto-replied"
        else:
            self.waits_for_answer.add(f"{self.written}@stream.example")
        mail.set_content(self._body(kind))
        return mail.as_bytes()

    def _body(self, kind: str) -> str:
        if kind == "absent":
            return f"Je suis absente jusqu'à lundi ({self.written})."
        day = datetime.now(UTC).date() + timedelta(days=10 + self._chance.randrange(200))
        when = f"le {day.day} {MONTHS[day.month - 1]} {day.year}"
        if kind == "ask":
            return f"Bonjour, la salle de lecture est-elle libre {when} de 14h à 16h ? ({self.written})"
        start = self._chance.choice([14, 15, 16])
        return f"Bonjour, nous voudrions la salle de lecture {when} de {start}h à {start + 2}h, pour 12 personnes."


class Storm:
    """One installation on the embedded servers, and a daemon that dies."""

    def __init__(self, imap: EmbeddedImap, smtp: EmbeddedSmtp, database: str, folder: Path, seed: int) -> None:
        self._imap, self._smtp = imap, smtp
        self._chance = random.Random(seed)
        self.stream = Stream(seed)
        rules = (ROOT / "rules.yaml").read_text(encoding="utf-8")
        for limit in ("answers_to_strangers_per_hour: 200", "answers_per_domain: 100"):
            rules = rules.replace(limit, f"{limit.partition(':')[0]}: 100000")
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        self._environment = environment(imap, imap.user, imap.password, smtp, folder / "data") | {
            "MAILBOT_DATABASE_URL": database,
            "MAILBOT_RULES": str(folder / "rules.yaml"),
            "MAILBOT_TEMPLATES": str(ROOT / "templates"),
            "MAILBOT_LOG_LEVEL": "ERROR",
        }
        self.store = open_store(database)

    def rage(self, kills: int) -> Outcome:
        """Kill that often, let the last daemon finish, and look at what is left."""
        started = time.monotonic()
        self._first_start()
        for _ in range(kills):
            self._fill()
            process = self._start()
            self._wait_for_its_hour()
            assert process.is_alive(), "it died by itself"
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        self._finish()
        outcome = Outcome(kills, self.stream.written, seconds=time.monotonic() - started)
        self._judge(outcome)
        return outcome

    def _start(self) -> Any:
        process = FRESH.Process(target=daemon, args=(self._environment,))
        process.start()
        return process

    def _first_start(self) -> None:
        """The first start is silent: what comes after it is answered."""
        process = self._start()
        until(lambda: self._prepared() and self._count("SELECT count(*) FROM watermark") == 1, 60)
        self._stop(process)

    def _stop(self, process: Any) -> None:
        os.kill(process.pid, signal.SIGTERM)
        process.join(60)
        assert process.exitcode == 0, "it did not stop when told"

    def _prepared(self) -> bool:
        try:
            return self.store.prepared()
        except Exception:  # noqa: BLE001 - the file is being made
            return False

    def _fill(self) -> None:
        done = self._count("SELECT count(*) FROM ledger WHERE ended IS NOT NULL")
        for _ in range(BACKLOG - (self.stream.written - done)):
            self._imap.put(next(self.stream))

    def _wait_for_its_hour(self) -> None:
        """Wait for some events, or for none, and a moment more."""
        end, already = time.monotonic() + PATIENCE, self._events()
        enough = already + self._chance.randrange(EVENTS)
        while self._events() < enough and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(self._chance.uniform(0, 2.0 if enough == already else JITTER))

    def _events(self) -> int:
        return len(self._smtp.arrived) + self._count("SELECT count(*) FROM ledger")

    def _finish(self) -> None:
        process = self._start()

        def over() -> bool:
            ended = self._count("SELECT count(*) FROM ledger WHERE ended IS NOT NULL") >= self.stream.written
            return ended and self._count("SELECT count(*) FROM outbox WHERE next_try IS NOT NULL") == 0

        until(over, 180)
        self._stop(process)

    # --- the judgement

    def _judge(self, outcome: Outcome) -> None:
        faults = outcome.faults
        letters = [opened(mail.raw) for mail in self._smtp.arrived]
        identifiers = Counter(str(letter["Message-ID"]) for letter in letters)
        outcome.letters, outcome.duplicates = len(letters), sum(identifiers.values()) - len(identifiers)
        outcome.set_aside = self._count("SELECT count(*) FROM ledger WHERE why = 'failed'")
        if (entered := self._count("SELECT count(*) FROM ledger")) != self.stream.written:
            faults.append(f"{self.stream.written} mails came, {entered} are in the ledger")
        if without := self._count("SELECT count(*) FROM ledger WHERE ended IS NULL"):
            faults.append(f"{without} mails have no end")
        if unsent := self._count("SELECT count(*) FROM outbox WHERE sent IS NULL"):
            faults.append(f"{unsent} letters never left")
        if stray := set(identifiers) ^ {f"<{name}>" for name in self._column("SELECT message_id FROM outbox")}:
            faults.append(f"letters that left are not those that were written: {len(stray)}")
        faults += self._answers(letters)
        faults += self._bookings(outcome)

    def _answers(self, letters: list[EmailMessage]) -> Iterator[str]:
        """Each person got one answer to each mail."""
        answers: dict[tuple[str, str], set[str]] = {}
        for letter in letters:
            if letter["In-Reply-To"]:
                about = (str(letter["In-Reply-To"]).strip("<>"), str(letter["To"]))
                answers.setdefault(about, set()).add(str(letter["Message-ID"]))
        yield from (
            f"{len(named)} different answers to {about[0]}" for about, named in answers.items() if len(named) > 1
        )
        answered = {mail for mail, _ in answers}
        yield from (f"no answer to {mail}" for mail in self.stream.waits_for_answer - answered)

    def _bookings(self, outcome: Outcome) -> Iterator[str]:
        """Each yes has its row, each row its letter; nothing is taken twice, and what is taken is what is booked."""
        with self.store.reading() as unit:
            standing = [*unit.reservations.between(*EVER), *unit.reservations.lapsing(EVER[1])]
        confirmed = [one for one in standing if one.state is State.CONFIRMED]
        outcome.confirmed = len(confirmed)
        written = Counter(self._column("SELECT code FROM outbox WHERE kind = 'confirmed'"))
        yield from (f"{code} is confirmed {number} times" for code, number in written.items() if number > 1)
        if apart := set(written) ^ {one.code for one in confirmed}:
            yield f"a yes without a row, or a row without a yes: {sorted(apart)}"
        yield from twice(confirmed)
        taken = Counter[tuple[str, int]]()
        for one in standing:
            for claim in claims_in_force(one):
                for cell in range(claim.first, claim.last + 1):
                    taken[claim.resource, cell] += claim.units
        ledger = {
            (row[0], row[1]): row[2]
            for row in self._rows("SELECT resource, cell, taken FROM occupancy WHERE taken > 0")
        }
        if ledger != dict(taken):
            yield f"the ledger of cells is not what is booked: {len(set(ledger.items()) ^ set(taken.items()))} cells"

    def _rows(self, query: str) -> list[Any]:
        with self.store._engines.reading.connect() as connection:
            return list(connection.execute(text(query)))

    def _column(self, query: str) -> list[Any]:
        return [row[0] for row in self._rows(query)]

    def _count(self, query: str) -> int:
        return int(self._column(query)[0])


def twice(confirmed: list[Reservation]) -> Iterator[str]:
    """Yield what is booked twice: one room, two reservations, at one time."""
    uses = sorted(
        ((use.resource, use.when, one.code) for one in confirmed for use in one.uses), key=lambda u: (u[0], str(u[1]))
    )
    for number, (room, when, code) in enumerate(uses):
        for other_room, other_when, other in uses[number + 1 : number + 12]:
            if room == other_room and code != other and when.overlaps(other_when):  # type: ignore[union-attr, arg-type]
                yield f"{room} is booked twice: {code} and {other}"


def until(enough: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not enough():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)


@contextmanager
def storm(database: str, folder: Path, seed: int) -> Iterator[Storm]:
    """Lend an installation on a database that is empty."""
    with EmbeddedImap() as imap, EmbeddedSmtp() as smtp:
        it = Storm(imap, smtp, database, folder, seed)
        with closing(it.store):
            yield it


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--kills", type=int, default=300)
    arguments.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    load(ROOT / "rules.yaml")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        address = f"sqlite:///{folder}/mailbot.sqlite3"
        if chosen.database == "postgresql":
            programs = binaries()
            assert programs, "no PostgreSQL server here (apt install postgresql)"
            cluster = Cluster(
                Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))), programs
            )
            cluster.start()
            stack.callback(cluster.stop)
            address = cluster.database()
        outcome = stack.enter_context(storm(address, folder, chosen.seed)).rage(chosen.kills)
    sys.stdout.write(f"{chosen.database}: {outcome}\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
