"""What a sender says, and what a mail merely repeats, hands on or signs with."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT, Address, Context, Letter
from mailbot.reading import mime
from mailbot.reading.words import OwnWords, bare_subject, own_words
from tests.corpus.words import MAILBOX, WordsCase, cases

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
CASES = list(cases())


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def read(case: WordsCase) -> OwnWords:
    context = Context(our_texts=(case.parts["ours"],)) if "ours" in case.parts else NO_CONTEXT
    return own_words(mime.parse(case.raw(), ARRIVED), context)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_sender_says_is_told_from_the_rest(case: WordsCase) -> None:
    found = read(case)
    assert lines(found.body) == lines(case.parts["own"])
    assert lines(found.forwarded) == lines(case.parts.get("forwarded", ""))
    if "phone" in case.parts:
        assert found.phone == case.parts["phone"].strip()
    if "subject" in case.parts:
        assert found.subject == case.parts["subject"].strip()
