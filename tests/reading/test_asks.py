"""What mails ask for: the phrases of tests/corpus/asks, each with what it is for, which things, how many, and whom it
expects. Days and hours are those of tests/corpus/moments, and are not compared here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Lack, Meaning
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
ASKS = Path(__file__).parent.parent / "corpus" / "asks"
LANGUAGES = ("fr", "nl", "en")
TOLD = {Lack.RESOURCE, Lack.QUANTITY}
"""What may be missing here: days and hours are not compared."""


@cache
def corpus(language: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = tomllib.loads((ASKS / f"{language}.toml").read_text("utf-8"))["means"]
    return groups


def cases() -> Iterator[Any]:
    for language in LANGUAGES:
        for group in corpus(language):
            for phrase in group["phrases"]:
                yield pytest.param(language, phrase, group["means"], id=f"{language}: {phrase[:90]}")


def understood(text: str) -> Meaning:
    head = f"From: a@b.example\r\nTo: {MAILBOX}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    raw = f"{head}\r\n{text}\r\n".encode()
    return read(parse(raw, SENT, own=frozenset({MAILBOX})), NO_CONTEXT, COMMUNE, load_all())


def told(meaning: Meaning) -> str:
    """Return a meaning in the form of the phrases: `book: 3 tonnelle, salle-polyvalente; people 25`."""
    things = sorted(
        (item.resource if item.quantity == 1 else f"{'?' if item.quantity is None else item.quantity} {item.resource}")
        for item in meaning.items
    )
    parts = [f"{meaning.intent}: {', '.join(things)}" if things else str(meaning.intent)]
    if meaning.attendees is not None:
        parts.append(f"people {meaning.attendees}")
    parts += [f"code {code}" for code in meaning.references]
    parts += [f"missing {lack}" for lack in sorted(meaning.missing & TOLD)]
    return "; ".join(parts)


def in_order(means: str) -> str:
    purpose, *rest = means.split("; ")
    intent, _, things = purpose.partition(": ")
    return "; ".join([f"{intent}: {', '.join(sorted(things.split(', ')))}" if things else intent, *rest])


@pytest.mark.parametrize(("language", "phrase", "means"), list(cases()))
def test_what_is_asked_is_understood(language: str, phrase: str, means: str) -> None:
    meaning = understood(phrase)
    assert told(meaning) == in_order(means)
    assert meaning.language == language
