"""SIGKILL at each step of a mail's way: after the restart one booking, one answer (one Message-ID), nothing lost."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.demo.embedded import EmbeddedImap, EmbeddedSmtp, environment
from mailbot.demo.mails import neighbours
from mailbot.policy.rules import load
from tests.faults import FRESH
from tests.faults.killed import STEPS, once
from tests.stories.town import ROOT, opened

MAY_LEAVE_TWICE = {"sent", "before the receipt"}
"""Between the server's 250 and our commit: the only place where a letter can leave twice, under one Message-ID."""


class Installation:
    """A mailbot on the embedded servers, run as processes."""

    def __init__(self, imap: EmbeddedImap, smtp: EmbeddedSmtp, folder: Path) -> None:
        self.imap = imap
        self.smtp = smtp
        self.database = folder / "mailbot.sqlite3"
        self.environment = environment(imap, imap.user, imap.password, smtp, folder)

    def once(self, killed_at: str | None = None) -> int:
        """Run one round in a new process; return its exit code (-9 where it was killed)."""
        process = FRESH.Process(target=once, args=(self.environment, killed_at))
        process.start()
        process.join(60)
        assert process.exitcode is not None
        return process.exitcode

    def count(self, query: str) -> int:
        with sqlite3.connect(self.database) as rows:
            [(number,)] = rows.execute(query)
        return int(number)


@pytest.fixture
def installation(embedded_imap: EmbeddedImap, embedded_smtp: EmbeddedSmtp, tmp_path: Path) -> Installation:
    return Installation(embedded_imap, embedded_smtp, tmp_path)


@pytest.fixture
def request_mail() -> Callable[[], bytes]:
    rules = load(ROOT / "rules.yaml")
    today = datetime.now(rules.commune.zone).date()
    return lambda: neighbours(rules, today)[3].raw(rules.commune.mailbox.address, datetime.now(UTC))


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_process_loses_nothing_and_doubles_nothing(
    step: str, installation: Installation, request_mail: Callable[[], bytes]
) -> None:
    assert installation.once() == 0, "the first start is silent"
    installation.imap.put(request_mail())
    assert installation.once(killed_at=step) == -signal.SIGKILL
    assert installation.once() == 0
    assert installation.once() == 0
    letters = [opened(arrived.raw) for arrived in installation.smtp.arrived]
    to_asker = [letter for letter in letters if "michel" in str(letter["To"])]
    assert len({str(letter["Message-ID"]) for letter in to_asker}) == 1
    assert len(to_asker) == 1 or (step in MAY_LEAVE_TWICE and len(to_asker) == 2)
    assert "R-" in str(to_asker[0]["Subject"])
    assert installation.count("SELECT count(*) FROM reservation WHERE state = 'confirmed'") == 1
    assert installation.count("SELECT count(*) FROM ledger WHERE ended IS NULL") == 0
