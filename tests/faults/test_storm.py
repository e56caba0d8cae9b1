"""The kill test in its short form: see storm.py for the long one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.storm import storm

KILLS = 10 if os.environ.get("CI") == "true" else 4


@pytest.mark.timeout(400)
def test_a_daemon_that_is_killed_again_and_again_keeps_every_promise(database: str, tmp_path: Path) -> None:
    with storm(database, tmp_path, seed=7) as it:
        outcome = it.rage(KILLS)
    assert outcome.faults == [], str(outcome)
    assert outcome.confirmed > 3, str(outcome)
    assert outcome.mails >= 12, str(outcome)
