from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailbot.model.watermark import SourceMemory, Watermark
from mailbot.store import Store, open_store
from tests.store.examples import NOW


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = open_store(database)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def memory(store: Store) -> SourceMemory:
    return store.memory


def test_the_first_start_is_remembered_for_good(memory: SourceMemory) -> None:
    first = memory.first_start("INBOX", 7, 100, NOW.replace(microsecond=999))
    assert first == Watermark("INBOX", 7, 100, NOW)
    assert memory.first_start("INBOX", 8, 1, NOW + timedelta(days=1)) == first
    assert memory.first_start("Réservations", 8, 1, NOW).uid_validity == 8


def test_old_mail_is_never_answered(memory: SourceMemory) -> None:
    memory.first_start("INBOX", 7, 100, NOW)
    assert memory.low_water("INBOX", 7) == 99
    assert memory.undone("INBOX", 7, [101, 99, 1, 100]) == (100, 101)


def test_a_mail_to_retry_is_not_passed_over(memory: SourceMemory) -> None:
    memory.first_start("INBOX", 7, 1, NOW)
    memory.done("INBOX", 7, 2)
    memory.done("INBOX", 7, 2)
    assert memory.undone("INBOX", 7, [1, 2, 3]) == (1, 3)
    assert memory.low_water("INBOX", 7) == 0


def test_after_a_change_of_uidvalidity_all_is_looked_at_again(memory: SourceMemory) -> None:
    memory.first_start("INBOX", 7, 100, NOW)
    memory.done("INBOX", 7, 100)
    assert memory.low_water("INBOX", 8) == 0
    assert memory.undone("INBOX", 8, [1, 100]) == (1, 100)
    assert memory.undone("Archive", 7, [100]) == (100,)


def test_what_is_settled_is_neither_new_nor_remembered_one_by_one(memory: SourceMemory, store: Store) -> None:
    memory.first_start("INBOX", 7, 1, NOW)
    for uid in range(1, 2**32 - 1, 2**30):
        memory.done("INBOX", 7, uid)
    memory.done("INBOX", 6, 5)
    memory.settle("INBOX", 7, 2**31)
    memory.settle("INBOX", 7, 3)
    assert memory.low_water("INBOX", 7) == 2**31 - 1
    assert memory.undone("INBOX", 7, [1, 2, 2**31, 2**31 + 1]) == (2**31,)
    with store._engines.reading.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM done").scalar_one() == 2


@pytest.mark.parametrize("wrong", [{"uid_validity": 0}, {"uid_next": 0}, {"moment": NOW.replace(tzinfo=None)}])
def test_a_watermark_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"UIDs count from 1|time zone"):
        Watermark(**{"folder": "INBOX", "uid_validity": 1, "uid_next": 1, "moment": NOW, **wrong})
