"""A series at the end of a quarter: asked, reminded twice, kept or freed."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent
from mailbot.model.reservation import State, claims_in_force
from mailbot.model.to_askers import Freeing, GoesOn, Handed, Kept
from mailbot.policy.quarters import crosses, ends_near, quarter_end, quarters
from tests.policy.commune import RULES, Office, asks, local, room, says, slot

DAYS = ["2026-09-15", "2026-09-22", "2026-09-29", "2026-10-06", "2026-10-27"]
END = date(2026, 9, 30)


def series(office: Office, days: list[str] = DAYS) -> str:
    decision = office.mail(asks(room("kiosque", *(slot(day, "19-21") for day in days))))
    assert decision.puts[-1].after.state is State.CONFIRMED
    return decision.code


def at(office: Office, moment: str) -> Decision:
    office.now = local(moment)
    decision = quarters(office.reservations.values(), office.now, office.rules)
    office.carry_out(decision)
    return decision


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2026-01-01", "2026-03-31"),
        ("2026-06-30", "2026-06-30"),
        ("2026-07-01", "2026-09-30"),
        ("2026-12-24", "2026-12-31"),
    ],
)
def test_a_quarter_ends(day: str, end: str) -> None:
    assert quarter_end(date.fromisoformat(day)) == date.fromisoformat(end)


def test_nobody_is_looked_for_before_the_question_is_due() -> None:
    assert ends_near(local("2026-09-09 23:59"), RULES) == ()
    assert ends_near(local("2026-09-10 00:00"), RULES) == (END,)
    assert ends_near(local("2026-10-21 23:59"), RULES) == (END,)
    assert ends_near(local("2026-10-22 00:00"), RULES) == ()


def test_it_is_asked_and_reminded_twice_and_then_freed() -> None:
    office = Office()
    code = series(office)
    told = {moment: at(office, f"{moment} 09:00").notices for moment in ["2026-09-09", "2026-09-10", "2026-09-11"]}
    assert [len(notices) for notices in told.values()] == [0, 1, 0]
    [notice] = told["2026-09-10"]
    assert isinstance(notice.content, GoesOn)
    assert (notice.content.until, len(notice.content.uses)) == (date(2026, 10, 1), 2)
    [first], none, [second] = (at(office, f"2026-09-{day} 09:00").notices for day in (17, 18, 24))
    assert (notice.content.again, none) == (False, ())
    assert [(one.content.again, one.content.last) for one in (first, second) if isinstance(one.content, GoesOn)] == [
        (True, False),
        (True, True),
    ]
    assert len(office.reservations[code].uses) == 5
    before = claims_in_force(office.reservations[code])
    [freed] = at(office, "2026-10-01 09:00").notices
    assert isinstance(freed.content, Freeing)
    after = office.reservations[code]
    assert ([len(after.uses), after.sequence, after.state]) == [3, 1, State.CONFIRMED]
    assert set(claims_in_force(after)) < set(before)


def test_reminders_that_were_missed_are_not_sent_in_a_heap() -> None:
    office = Office()
    series(office)
    moments = ["2026-09-24 09:00", "2026-09-25 09:00", "2026-10-01 09:00", "2026-10-08 09:00", "2026-10-15 09:00"]
    assert [bool(at(office, moment).notices) for moment in moments] == [True, False, True, True, True]
    assert len(next(iter(office.reservations.values())).uses) == 4, "what is past stays"


def test_at_night_nobody_is_asked() -> None:
    office = Office()
    series(office)
    assert at(office, "2026-09-10 03:00").notices == ()


@pytest.mark.parametrize("days", [DAYS[:3], DAYS[:4], DAYS[3:], DAYS[2:4], [DAYS[0], DAYS[4]]])
def test_what_does_not_cross_the_quarter_or_is_no_series_is_not_asked_about(days: list[str]) -> None:
    office = Office()
    code = series(office, days)
    assert not crosses(office.reservations[code], END, RULES)
    assert at(office, "2026-09-10 09:00").notices == ()


def test_what_was_booked_after_the_hour_of_the_question_is_not_asked_about() -> None:
    office = Office(now=local("2026-09-11 09:00"))
    series(office)
    assert at(office, "2026-09-12 09:00").notices == ()


def answer(intent: Intent, **facts: object) -> tuple[Office, str, Decision]:
    office = Office()
    code = series(office)
    at(office, "2026-09-10 09:00")
    return office, code, office.mail(says(intent), code=code, answered="goes_on", **facts)


def test_a_yes_keeps_all_and_ends_the_reminders() -> None:
    office, code, decision = answer(Intent.ACCEPT)
    assert isinstance(decision.notices[0].content, Kept)
    assert len(office.reservations[code].uses) == 5
    assert at(office, "2026-09-17 09:00").notices == ()


def test_a_no_of_the_owner_frees_at_once() -> None:
    office, code, decision = answer(Intent.DECLINE, owner_answers=True)
    assert isinstance(decision.notices[0].content, Freeing)
    assert decision.notices[0].answers
    assert len(office.reservations[code].uses) == 3


def test_a_no_without_proof_frees_nothing() -> None:
    office, code, decision = answer(Intent.DECLINE)
    assert isinstance(decision.notices[0].content, Handed)
    assert len(office.reservations[code].uses) == 5


def test_an_answer_to_another_letter_is_none_to_this_question() -> None:
    office = Office()
    code = series(office)
    at(office, "2026-09-10 09:00")
    decision = office.mail(says(Intent.ACCEPT), code=code, answered="confirmed")
    assert not any(isinstance(notice.content, Kept) for notice in decision.notices)
