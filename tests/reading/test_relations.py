"""How many, said by how many of something else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


def quantities(sentence: str) -> dict[str, int | None]:
    head = f"From: a@b.example\r\nTo: {MAILBOX}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    raw = f"{head}\r\n{sentence}\r\n".encode()
    meaning = read(parse(raw, SENT, own=frozenset({MAILBOX})), NO_CONTEXT, COMMUNE, load_all())
    return {item.resources[0]: item.quantity for item in meaning.items}


@pytest.mark.parametrize(
    ("sentence", "tables", "others"),
    [
        ("Pouvons-nous avoir 6 tables et autant de bancs le 13 juin ?", 6, {"banc": 6}),
        ("Nous voudrions 8 tables, 2 bancs par table, le 13 juin.", 8, {"banc": 16}),
        ("Graag 12 klaptafels en evenveel banken op 13 juni.", 12, {"banc": 12}),
        ("Graag 15 tafels met telkens 4 stoelen op 13 juni.", 15, {"chaise": 60}),
        ("Could we borrow 5 tables with 6 chairs each on 13 June?", 5, {"chaise": 30}),
        ("Could we borrow 5 tables and twice as many chairs on 13 June?", 5, {"chaise": 10}),
        ("Could we borrow as many chairs as tables, and 9 tables, on 13 June?", 9, {"chaise": 9}),
    ],
)
def test_one_thing_is_counted_by_another(sentence: str, tables: int, others: dict[str, int]) -> None:
    assert quantities(sentence) == {"table": tables, **others}


def test_as_many_as_last_year_is_no_number() -> None:
    assert quantities("Graag 3 tafels en evenveel bekers als vorig jaar, op 13 juni.")["gobelet"] is None
