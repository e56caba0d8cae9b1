"""No person waits behind a machine's mail, and every person's mail is a person's."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.reading import mime
from tests.corpus.mails import SETS, Case, build, load

CASES = [case for path in sorted(SETS.glob("*.jsonl")) for case in load(path)]
HUMAN = [case for case in CASES if case["gold"]["intent"] != "ignore"]


@pytest.mark.parametrize("case", HUMAN, ids=lambda case: case["id"])
def test_a_person_who_wants_something_is_not_taken_for_a_machine(case: Case) -> None:
    assert mime.parse(build(case), datetime.fromisoformat(case["date"])).machine == ""
