"""Mails that wait for a person for long: from which working day on, until which day an answer is told, and to whom."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.cases import Case
from mailbot.model.rules import Handovers
from mailbot.model.to_askers import AnswerBy
from mailbot.model.to_staff import Recalled
from mailbot.policy.recalls import answer_day, is_old, recalled
from tests.policy.commune import KARIM, RULES, local

TOWN = replace(RULES, handovers=Handovers(recall_after=2, answer_within=3))
CASE = Case("d1", "human", KARIM, ("fr",), "Bruit", "…", local("2026-06-05 10:00"))
FRIDAY = local("2026-06-05 10:00")


@pytest.mark.parametrize(
    ("now", "old"),
    [("2026-06-05 18:00", False), ("2026-06-08 18:00", False), ("2026-06-09 08:00", True), ("2026-06-20 08:00", True)],
)
def test_only_working_days_count_and_its_own_day_does_not(now: str, old: bool) -> None:
    assert is_old(CASE, FRIDAY, local(now), TOWN) is old


def test_a_holiday_is_no_working_day() -> None:
    before = local("2026-07-20 10:00")
    assert not is_old(CASE, before, local("2026-07-22 12:00"), TOWN)
    assert is_old(CASE, before, local("2026-07-23 12:00"), TOWN)
    assert answer_day(local("2026-07-17 12:00"), TOWN) == date(2026, 7, 23)


@pytest.mark.parametrize("why", ["feedback", "damage", "problem", "forget", "new-kind"])
def test_what_needs_no_answer_is_never_old(why: str) -> None:
    assert not is_old(replace(CASE, why=why), FRIDAY, local("2026-06-20 08:00"), TOWN)


def test_staff_are_reminded_and_who_waits_is_told_a_day() -> None:
    told = {n.to.address: n.content for n in recalled(CASE, FRIDAY, None, local("2026-06-09 08:00"), TOWN).notices}
    assert told == {
        "claire@commune.example": Recalled(CASE, FRIDAY, date(2026, 6, 12), told=True),
        KARIM.address: AnswerBy(CASE, date(2026, 6, 12)),
    }


def test_nobody_is_written_to_at_an_address_that_may_not_be_theirs() -> None:
    forged = replace(CASE, why="forged")
    decision = recalled(forged, FRIDAY, None, local("2026-06-09 08:00"), TOWN)
    assert [notice.to.address for notice in decision.notices] == ["claire@commune.example"]
