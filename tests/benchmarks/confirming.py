"""How long one confirmation takes in the database, beside the floor: a commit of one row.

python -m tests.benchmarks.confirming [ADDRESS]      (a SQLite file in a temporary folder by default)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta

from mailbot.model.decision import End, Window
from mailbot.model.reservation import Use
from mailbot.model.spans import Span
from mailbot.service import ports
from mailbot.store import open_store
from tests.store.examples import ASKER, NOW, ONE_EACH, booked, hours, letter, outgoing, room, with_key

ROUNDS = 300


def weekend(number: int) -> Use:
    """A Saturday afternoon whose key is out from Friday 16:00 to Monday 08:00: 272 cells with the room's."""

    def later(span: Span) -> Span:
        return Span(span.start + timedelta(weeks=number), span.end + timedelta(weeks=number))

    return with_key(room(later(hours(13, 12, 16))), later(hours(12, 16, 18)), later(hours(15, 6, 8)))


def confirm(store: ports.Store, number: int) -> None:
    """Do all that a mail which is confirmed at once asks of the database, in one transaction."""
    use = weekend(number)
    claim = use.claims[1]
    asker = f"{number}-{ASKER.address}"
    with store.unit() as unit:
        assert unit.mailbox.admit(letter(f"digest {number}"))
        unit.reservations.lock("velo")
        unit.mailbox.traffic(asker, "", NOW)
        unit.reservations.of(asker, "velo", NOW + timedelta(weeks=number - 5))
        month = Window(frozenset({"hall", "foyer"}), claim.first - 1400, claim.last + 1400)
        keys = Window(frozenset({"key:hall:1", "key:hall:2"}), claim.first, claim.last)
        unit.reservations.occupancy([month, keys], ONE_EACH).taken("hall", claim.first, claim.last)
        unit.reservations.last_digests()
        code = unit.reservations.new_code(str(number))
        unit.reservations.put([booked(code, use)], ONE_EACH, NOW)
        unit.mailbox.post(outgoing(f"{number}@mairie.example", asker, code=code), NOW)
        unit.mailbox.ended(f"digest {number}", End.ANSWERED, "free", code)
        unit.commit()


def commit_one_row(store: ports.Store, number: int) -> None:
    with store.unit() as unit:
        unit.mailbox.admit(letter(f"floor {number}"))
        unit.commit()


def milliseconds(work: Callable[[ports.Store, int], None], store: ports.Store) -> tuple[float, float]:
    """Return the median and the 95th percentile of a round."""
    rounds = []
    for number in range(20, ROUNDS + 20):
        began = time.perf_counter()
        work(store, number)
        rounds.append((time.perf_counter() - began) * 1000)
    return statistics.median(rounds), sorted(rounds)[ROUNDS * 95 // 100]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        address = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/mailbot.sqlite3"
        store = open_store(address)
        store.migrate()
        for number in range(20):
            confirm(store, number)
        floor, floor_95 = milliseconds(commit_one_row, store)
        whole, whole_95 = milliseconds(confirm, store)
        store.close()
    print(f"commit of one row  median {floor:5.2f} ms  95 % {floor_95:5.2f} ms")  # noqa: T201 - it is a report
    print(f"confirmation       median {whole:5.2f} ms  95 % {whole_95:5.2f} ms")  # noqa: T201
    print(f"ratio {whole / floor:.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
