"""What is asked with each mail is answered by an index: it takes no longer when a commune has thousands of bookings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from mailbot.store import open_store
from mailbot.store.unit import Store

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
SMALL = ("digest", "schema_version", "CONSTANT", "(subquery", "anon_")
"""Tables that hold a row a key-holder, and what SQLite makes itself."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    opened.migrate()
    yield opened
    opened.close()


def test_no_table_is_read_through_for_a_mail(store: Store) -> None:
    scanned: list[str] = []

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            scanned.extend(f"{row[3]}: {statement}" for row in plan if row[3].startswith("SCAN"))

    with store.unit() as unit:
        event.listen(unit.reservations._connection.engine, "before_cursor_execute", look)
        unit.reservations.lapsing(NOW)
        unit.reservations.ending(NOW)
        unit.reservations.of("lea@velo.example", "velo", NOW)
        unit.reservations.last_digests()
        unit.mailbox.traffic("lea@velo.example", "R-7K3F9", NOW)
        unit.mailbox.due(NOW, 50)
    assert [plan for plan in scanned if not plan.removeprefix("SCAN ").startswith(SMALL)] == []
