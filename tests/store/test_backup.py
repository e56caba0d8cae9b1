"""Backups of SQLite: whole while others write, restored while others read, and never a second answer afterwards."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from mailbot.errors import BadSettings, MailbotError
from mailbot.service.rounds import fetch
from mailbot.store import open_store
from mailbot.store.backup import back_up, restore
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, MARC, READING_ROOM, to
from tests.stories.town import Clock, Town


def address_of(folder: Path) -> str:
    return f"sqlite:///{folder}/mailbot.sqlite3"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite3"


def test_a_backup_that_is_restored_brings_back_what_was_booked(tmp_path: Path, copy: Path) -> None:
    with closing(Town(tmp_path, Clock(NINE_THIRTY))) as town:
        town.round()
        town.write(INES, "lecture", READING_ROOM)
        back_up(address_of(tmp_path), copy)
        assert copy.stat().st_mode & 0o777 == 0o600
        town.write(MARC, "lecture", READING_ROOM.replace("jeudi 18", "mercredi 17"))
        assert len(town.rows()) == 2
        restore(address_of(tmp_path), copy)
        assert len(town.rows()) == 1, "also for those who had it open"
        town.write("zoe@courrier.example", "lecture", READING_ROOM.replace("jeudi 18", "mardi 16"))
        assert len(town.rows()) == 2, "and it is written to again"


def test_a_backup_while_a_daemon_writes_is_whole(tmp_path: Path) -> None:
    with closing(Town(tmp_path, Clock(NINE_THIRTY))) as town:
        town.round()
        for number in range(60):
            town.inbox.put(town.mail(f"a{number}@b{number}.example", "lecture", f"{READING_ROOM} Numéro {number}."))
        working = threading.Thread(target=fetch, args=(town.inbox, town.office))
        working.start()
        copies = []
        while working.is_alive():
            copies.append(tmp_path / f"copy-{len(copies)}.sqlite3")
            back_up(address_of(tmp_path), copies[-1])
        working.join()
        assert copies
        for path in copies:
            with closing(sqlite3.connect(path)) as rows:
                assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                [without] = rows.execute("SELECT count(*) FROM ledger WHERE ended IS NULL").fetchone()
                assert without == 0, "a mail and what follows from it are in it together or not at all"


def test_after_a_restore_the_mailbox_is_looked_at_as_on_the_first_start(tmp_path: Path, copy: Path) -> None:
    store = open_store(address_of(tmp_path))
    store.migrate()
    store.memory.first_start("INBOX", 1, 10, NINE_THIRTY)
    back_up(address_of(tmp_path), copy)
    restore(address_of(tmp_path), copy)
    assert store.memory.first_start("INBOX", 1, 99, NINE_THIRTY).uid_next == 99
    assert store.memory.low_water("INBOX", 1) == 98, "what came since the backup is not answered twice"
    store.close()


def test_a_backup_never_overwrites_anything(tmp_path: Path, copy: Path) -> None:
    with closing(Town(tmp_path, Clock(NINE_THIRTY))):
        copy.write_text("precious")
        with pytest.raises(MailbotError, match="is there already"):
            back_up(address_of(tmp_path), copy)
        assert copy.read_text() == "precious"


@pytest.mark.parametrize("octets", [b"", b"no database" * 999, b"SQLite format 3\x00" + b"\xff" * 9_000])
def test_a_file_that_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path, copy: Path, octets: bytes) -> None:
    with closing(Town(tmp_path, Clock(NINE_THIRTY))) as town:
        town.round()
        [letter] = town.write(INES, "lecture", READING_ROOM)
        assert to([letter])
        copy.write_bytes(octets)
        with pytest.raises(BadSettings):
            restore(address_of(tmp_path), copy)
        assert len(town.rows()) == 1
        assert not list(tmp_path.glob("*.restoring"))


def test_the_database_of_a_newer_program_is_refused(tmp_path: Path, copy: Path) -> None:
    with closing(Town(tmp_path, Clock(NINE_THIRTY))):
        back_up(address_of(tmp_path), copy)
        with closing(sqlite3.connect(copy)) as rows:
            rows.execute("UPDATE schema_version SET version = 999")
            rows.commit()
        with pytest.raises(BadSettings, match="newer mailbot"):
            restore(address_of(tmp_path), copy)


def test_postgresql_has_tools_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="pg_dump"):
        back_up("postgresql+psycopg://mailbot@/postgres", tmp_path / "x")
