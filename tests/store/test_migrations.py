from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from mailbot.errors import BadSettings
from mailbot.store import migrations
from mailbot.store.engine import connect
from mailbot.store.migrations import NEWEST, migrate, schema_version
from mailbot.store.schema import METADATA


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engines = connect(database)
    yield engines.writing
    engines.close()


def version(engine: Engine) -> int:
    with engine.begin() as connection:
        return schema_version(connection)


def test_an_empty_database_gets_the_newest_schema(engine: Engine) -> None:
    assert version(engine) == 0
    migrate(engine)
    assert version(engine) == NEWEST


def test_the_tables_are_as_the_program_believes(engine: Engine) -> None:
    migrate(engine)
    found = inspect(engine)
    assert set(found.get_table_names()) == {*METADATA.tables, "schema_version"}
    for table in METADATA.tables.values():
        there = {column["name"]: column for column in found.get_columns(table.name)}
        assert list(there) == list(table.columns.keys())
        for column in table.columns:
            kind = getattr(column.type, "impl_instance", column.type)
            assert there[column.name]["type"].python_type is kind.python_type
            assert column.primary_key or there[column.name]["nullable"] == column.nullable
        assert found.get_pk_constraint(table.name)["constrained_columns"] == list(table.primary_key.columns.keys())


def test_the_database_itself_refuses_a_cell_above_capacity(engine: Engine) -> None:
    migrate(engine)
    for taken, capacity in ((2, 1), (-1, 1), (1, 0)):
        with pytest.raises(Exception, match=r"(?i)check"), engine.begin() as connection:
            connection.execute(text(f"INSERT INTO occupancy VALUES ('hall', 1, {taken}, {capacity})"))


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE schema_version SET version = {NEWEST + 1}"))
    with pytest.raises(BadSettings, match=f"has schema {NEWEST + 1}, this program knows {NEWEST}"):
        migrate(engine)


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("CREATE TABLE half (id INTEGER)", "NO SUCH STATEMENT")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
    monkeypatch.setattr(migrations, "NEWEST", NEWEST + 1)
    with pytest.raises(DatabaseError):
        migrate(engine)
    assert version(engine) == NEWEST
    assert not inspect(engine).has_table("half")


def test_two_programs_may_start_at_once(database: str) -> None:
    failures: list[Exception] = []

    def start() -> None:
        engines = connect(database)
        try:
            migrate(engines.writing)
        except Exception as error:  # noqa: BLE001 - a thread's error must reach the test
            failures.append(error)
        finally:
            engines.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
