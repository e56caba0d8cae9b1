"""What the clock writes to askers by itself: when, once, and never in the night."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts, Decision
from mailbot.model.meaning import Intent, Wish
from mailbot.model.reservation import Act, State
from mailbot.model.rules import Reminders, Rules
from mailbot.model.spans import Hours
from mailbot.model.to_askers import Evaluated, Reminded, Thanked
from mailbot.model.to_staff import ToStaff
from mailbot.policy.clock import on_clock
from mailbot.policy.hours import is_quiet, last_awake
from mailbot.policy.reminders import events
from tests.policy.commune import NOW, RULES, Office, asks, goods, local, room, says, slot


def asked_at(office: Office, moment: str) -> Decision:
    """Let the clock look at everything at that moment, and carry out what it decides."""
    office.now = local(moment)
    standing = tuple(r for r in office.reservations.values() if r.state in (State.CONFIRMED, State.CLOSED))
    facts = ClockFacts(office.now, ending=standing, coming=standing, used=standing, last_digests={})
    facts = replace(facts, ending=tuple(r for r in standing if r.state is State.CONFIRMED))
    decision = on_clock(facts, office.rules)
    office.carry_out(decision)
    return decision


def letters(decision: Decision) -> list[object]:
    return [n.content for n in decision.notices if isinstance(n.content, Reminded | Evaluated)]


def booked(office: Office, *items) -> str:
    decision = office.mail(asks(*items))
    assert decision.puts[-1].after.state is State.CONFIRMED, decision.because
    return decision.code


SATURDAY = room("quartier", slot("2026-06-13", "14-18"))
"""Its key is fetched on Friday 12 June from 17:00 to 19:00, so that its reminder is due on Wednesday at 17:00."""


# --- quiet times


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-06-03 07:59", True),
        ("2026-06-03 08:00", False),
        ("2026-06-03 19:59", False),
        ("2026-06-03 20:00", True),
        ("2026-06-07 12:00", True),  # a Sunday
        ("2026-07-21 12:00", True),  # the national day
        ("2026-08-12 12:00", True),  # all is closed
    ],
)
def test_nobody_is_written_to_at_night_and_on_days_of_rest(moment: str, quiet: bool) -> None:
    assert is_quiet(local(moment), RULES) is quiet


def test_where_it_is_quiet_a_reminder_leaves_before() -> None:
    assert last_awake(local("2026-06-03 12:00"), RULES) == local("2026-06-03 12:00")
    assert last_awake(local("2026-06-03 06:00"), RULES) == local("2026-06-02 19:45")
    assert last_awake(local("2026-06-07 12:00"), RULES) == local("2026-06-06 19:45")
    assert last_awake(local("2026-08-13 12:00"), RULES) == local("2026-08-08 19:45"), "over a week of closing"


def test_quiet_hours_may_lie_within_a_day() -> None:
    at_noon = replace(RULES, reminders=Reminders(quiet=Hours(720, 840), on_rest_days=True))
    assert is_quiet(local("2026-06-07 12:30"), at_noon)
    assert not is_quiet(local("2026-06-07 23:30"), at_noon)
    assert last_awake(local("2026-06-07 12:30"), at_noon) == local("2026-06-07 11:45")


# --- before use


def test_a_reminder_goes_out_once_two_days_before_the_key_is_fetched() -> None:
    office = Office()
    code = booked(office, SATURDAY)
    assert letters(asked_at(office, "2026-06-10 16:59")) == []
    decision = asked_at(office, "2026-06-10 17:00")
    [reminder] = letters(decision)
    assert isinstance(reminder, Reminded)
    assert [use.resource for use in reminder.reservation.uses] == ["quartier"]
    assert [(put.act, put.after.code) for put in decision.puts] == [(Act.REMIND, code)]
    [notice] = [notice for notice in decision.notices if notice.content is reminder]
    assert (notice.to, notice.answers) == (office.reservations[code].asker, False)
    assert letters(asked_at(office, "2026-06-10 17:01")) == [], "once"


def test_a_reminder_that_was_missed_is_caught_up_until_the_key_is_fetched() -> None:
    for moment, told in [("2026-06-11 09:00", True), ("2026-06-12 16:59", True), ("2026-06-12 17:00", False)]:
        office = Office()
        booked(office, SATURDAY)
        assert bool(letters(asked_at(office, moment))) is told, moment


def test_a_reminder_that_falls_on_a_sunday_leaves_on_saturday_whatever_minute_the_clock_looks() -> None:
    office = Office()
    booked(office, room("quartier", slot("2026-06-09", "14-18")))  # its key is fetched that Tuesday at 8
    told = [moment for moment in ("19:30", "19:47", "19:52") if letters(asked_at(office, f"2026-06-06 {moment}"))]
    assert len(told) == 1


def test_a_reminder_waits_for_the_morning() -> None:
    office = Office()
    booked(office, SATURDAY)
    assert letters(asked_at(office, "2026-06-11 03:00")) == []
    assert len(letters(asked_at(office, "2026-06-11 08:00"))) == 1


def test_what_was_booked_after_the_hour_of_its_reminder_has_none() -> None:
    office = Office(now=local("2026-06-10 18:00"))
    booked(office, SATURDAY)
    assert letters(asked_at(office, "2026-06-11 09:00")) == [], "the confirmation said the same a day ago"


def test_things_that_are_fetched_on_following_days_are_reminded_of_together() -> None:
    office = Office()
    code = booked(office, SATURDAY, goods("table", 4, slot("2026-06-13")))
    [event] = events(office.reservations[code], RULES)
    assert {use.resource for use in event.uses} == {"quartier", "table"}
    assert event.start == local("2026-06-12 16:00"), "the garage opens first"


def test_a_series_is_reminded_of_each_time_that_something_is_fetched() -> None:
    office = Office()
    weeks = [slot(f"2026-06-{day}", "19-21") for day in (11, 18, 25)]
    code = booked(office, room("quartier", *weeks))
    assert len(events(office.reservations[code], RULES)) == 3
    asked_at(office, "2026-06-09 18:00")
    [second] = letters(asked_at(office, "2026-06-16 18:00"))
    assert isinstance(second, Reminded)
    assert [use.when for use in second.reservation.uses] == [office.reservations[code].uses[1].when]


def test_a_series_in_which_nothing_is_fetched_is_reminded_of_once() -> None:
    office = Office()
    code = booked(office, room("kiosque", *(slot(f"2026-06-{day}", "19-21") for day in (11, 18, 25))))
    assert [event.start for event in events(office.reservations[code], RULES)] == [local("2026-06-11 19:00")]


# --- after use


def test_three_questions_are_asked_once_after_the_use_on_the_next_day_that_is_none_of_rest() -> None:
    office = Office()
    code = booked(office, SATURDAY)
    asked_at(office, "2026-06-12 09:00")
    assert letters(asked_at(office, "2026-06-14 12:00")) == [], "a Sunday"
    decision = asked_at(office, "2026-06-15 08:00")
    [questions] = letters(decision)
    assert isinstance(questions, Evaluated)
    [asked] = decision.evaluations
    assert (asked.code, str(asked.about), asked.answered) == (code, "2026-06-13", None)
    assert letters(asked_at(office, "2026-06-16 08:00")) == []


def test_a_use_that_is_long_over_is_not_asked_about() -> None:
    office = Office()
    booked(office, SATURDAY)
    assert letters(asked_at(office, "2026-06-29 09:00")) == []


def test_a_commune_may_do_without_evaluations() -> None:
    office = Office(rules=replace(RULES, reminders=Reminders(evaluation=False)))
    booked(office, SATURDAY)
    assert letters(asked_at(office, "2026-06-15 08:00")) == []


def test_a_series_is_evaluated_once_a_quarter() -> None:
    office = Office(rules=replace(RULES, reminders=Reminders(before_use=timedelta(minutes=1))))
    days = ["2026-06-11", "2026-06-18", "2026-06-25", "2026-07-02", "2026-07-09"]
    booked(office, room("kiosque", *(slot(day, "19-21") for day in days)))
    asked = {}
    for day in ["2026-06-12", "2026-06-19", "2026-06-26", "2026-07-03", "2026-07-10"]:
        found = [*letters(asked_at(office, f"{day} 10:00")), *letters(asked_at(office, f"{day} 10:01"))]
        asked[day] = [one for one in found if isinstance(one, Evaluated)]
    assert [day for day, told in asked.items() if told] == ["2026-06-26", "2026-07-10"]
    assert [len(told[0].reservation.uses) for told in asked.values() if told] == [3, 2]


def told_how_it_went(rules: Rules = RULES, **meaning: object) -> tuple[str, Decision]:
    office = Office(rules=rules)
    code = booked(office, SATURDAY)
    asked_at(office, "2026-06-15 08:00")
    said = says(Intent.FEEDBACK, evaluates=True, **meaning)
    return code, office.mail(said, code=code)


def test_three_numbers_are_kept_and_thanked_for() -> None:
    code, decision = told_how_it_went(scores=(4, 5, 5), remark="parfait")
    [evaluation] = decision.evaluations
    assert (evaluation.code, str(evaluation.about), evaluation.scores) == (code, "2026-06-13", (4, 5, 5))
    assert (evaluation.remark, evaluation.damage, evaluation.initiative) == ("parfait", False, "parc")
    [notice] = decision.notices
    assert isinstance(notice.content, Thanked)
    assert not notice.content.passed_on


@pytest.mark.parametrize(
    ("scores", "wishes", "why"),
    [
        ((5, 5, 5), frozenset({Wish.DAMAGE}), "damage"),
        ((2, 5, 5), frozenset(), "damage"),
        ((), frozenset(), "feedback"),
    ],
)
def test_damage_a_poor_state_and_words_without_numbers_go_to_staff(scores, wishes, why) -> None:
    _, decision = told_how_it_went(scores=scores, wishes=wishes, remark="une chaise est cassée")
    assert [n.content.why for n in decision.notices if isinstance(n.content, ToStaff)] == [why]
    assert decision.evaluations[0].damage is (why == "damage")


def test_a_question_beside_the_marks_reaches_staff_and_the_asker_knows() -> None:
    _, decision = told_how_it_went(scores=(5, 5, 5), remark="Et peut-on l'avoir le 27 ?")
    [thanks, *staff] = [n.content for n in decision.notices]
    assert isinstance(thanks, Thanked)
    assert thanks.passed_on
    assert [content.why for content in staff if isinstance(content, ToStaff)] == ["feedback"]


def test_a_booking_asked_for_beside_the_marks_reaches_staff_once_and_the_asker_knows() -> None:
    asked = says(Intent.BOOK, room("quartier", slot("2026-06-27", "14-18")))
    _, decision = told_how_it_went(scores=(5, 5, 5), remark="et le 27 ?", further=(asked,))
    [thanks, *staff] = [n.content for n in decision.notices]
    assert isinstance(thanks, Thanked)
    assert thanks.passed_on
    assert len(staff) == 1


def test_who_was_not_asked_answers_no_evaluation() -> None:
    office = Office(now=NOW)
    code = booked(office, SATURDAY)
    assert office.mail(says(Intent.FEEDBACK, evaluates=True, scores=(5, 5, 5)), code=code).evaluations == ()
