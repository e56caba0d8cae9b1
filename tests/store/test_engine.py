from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from mailbot.errors import BadSettings, Temporary
from mailbot.store import open_store
from mailbot.store.engine import connect


def test_nobody_else_can_read_the_database_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/deep/mailbot.sqlite3")
    store.migrate()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "deep").iterdir()}
    store.close()
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700
    assert modes == dict.fromkeys(("mailbot.sqlite3", "mailbot.sqlite3-wal", "mailbot.sqlite3-shm"), 0o600)


@pytest.mark.parametrize("kind", ["writing", "reading"])
def test_what_was_committed_survives_a_power_cut(tmp_path: Path, kind: str) -> None:
    engines = connect(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    with getattr(engines, kind).begin() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engines.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "cannot be read"),
        ("data/mailbot.sqlite3", "cannot be read"),
        ("nosuch://x", "no such kind of database"),
        ("mysql://root:geheim@host/x", "no such kind of database"),
        ("sqlite://", "must be a plain file"),
        ("sqlite:///:memory:", "must be a plain file"),
        ("sqlite:///file:x?mode=memory&uri=true", "must be a plain file"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_secrets(address: str, fault: str) -> None:
    with pytest.raises(BadSettings, match=fault) as raised:
        open_store(address)
    assert "geheim" not in str(raised.value)


def test_a_folder_where_nothing_can_be_made_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Temporary):
        open_store(f"sqlite:///{tmp_path}/file/mailbot.sqlite3")


def test_a_server_that_is_away_is_tried_again_later(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgresql` is not installed")
    store = open_store(f"postgresql://mailbot:geheim@/commune?host={tmp_path}")
    with pytest.raises(Temporary) as raised, store.unit() as unit:
        unit.reservations.get("R-00000")
    store.close()
    assert "geheim" not in str(raised.value)


def test_a_damaged_database_is_no_matter_of_waiting(tmp_path: Path) -> None:
    (tmp_path / "mailbot.sqlite3").write_bytes(b"not a database at all" * 100)
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    with pytest.raises(Exception, match="not a database") as raised:
        store.migrate()
    store.close()
    assert not isinstance(raised.value, Temporary)


def test_a_backup_that_reads_does_not_stop_the_writers(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/mailbot.sqlite3"
    store = open_store(address, wait=0.1)
    store.migrate()
    reader = sqlite3.connect(tmp_path / "mailbot.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM ledger").fetchone()
    with store.unit() as unit:
        assert unit.mailbox.count_try("INBOX/1/1") == 1
    reader.close()
    store.close()


def test_threads_write_in_turn_and_a_thread_that_waits_too_long_tries_again_later(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3", wait=0.3)
    store.migrate()
    late: list[Exception] = []

    def other() -> None:
        try:
            with store.unit() as unit:
                unit.mailbox.count_try("INBOX/1/2")
        except Temporary as error:
            late.append(error)

    def from_another_thread() -> None:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)

    with store.unit() as unit:
        unit.reservations.lock("velo")
        from_another_thread()
        assert len(late) == 1
    from_another_thread()
    assert len(late) == 1
    with store.unit() as unit:
        assert unit.mailbox.count_try("INBOX/1/2") == 2
    store.close()


def test_only_the_count_of_tries_may_be_lost_in_a_power_cut(tmp_path: Path) -> None:
    engines = connect(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    with engines.counting.begin() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 1
    engines.close()
