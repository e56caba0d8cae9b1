"""What is booked under reserve of the College, and what follows from its yes, its no and its silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.cases import Ballot, Verdict, Vote, Voted
from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.objections import BeforeCollege
from mailbot.model.reservation import Reservation, State
from mailbot.model.rules import College, NeedsApproval, Rules, Staff, UseBefore
from mailbot.model.spans import Days
from mailbot.model.to_askers import ApprovedOtherwise, Confirmed, Examined, Firm, Offered, Withdrawn
from mailbot.model.to_staff import CollegeList, Listing, Ruling
from mailbot.policy.college import Clerk, asked_again, listed, number_of, ruled, understood
from mailbot.policy.due import passings_of
from mailbot.policy.matter import Matter
from mailbot.policy.meetings import list_hour, meeting_listed, meeting_over, next_meeting
from mailbot.service.approving import looked_at
from tests.policy.commune import KARIM, NOW, RULES, YVETTE, Office, asks, goods, local, room, says, slot, span

CLAIRE = Staff("Claire", "claire@commune.example", "fr")
WOUTER = Staff("Wouter", "wouter@commune.example", "nl")
NEED = NeedsApproval("mairie", {"fr": "une salle de la mairie"}, sites=frozenset({"mairie"}))
COLLEGE = College({"mairie": NEED}, meets_on=1)
"""It meets on Tuesdays; the list is written on Fridays, since two days before is a Sunday."""
HALL = asks(room("salle", slot("2026-06-13", "14-18")), attendees=40)
MEETING = date(2026, 6, 9)
CODE = "R-00000"
YES, NO = Voted(Vote.YES), Voted(Vote.NO, (1,), reason="trop de bruit")


def rules(**changes: object) -> Rules:
    return replace(RULES, college=replace(COLLEGE, **changes))  # type: ignore[arg-type]


def office(*mails: Meaning, **changes: object) -> Office:
    """Return a commune in which these are booked under reserve, and are on the list for the meeting."""
    there = Office(rules(**changes))
    for meaning in mails or (HALL,):
        there.mail(meaning)
    there.now = list_hour(MEETING, there.rules)
    decision = listed(MEETING, there.reservations.values(), there.now, there.rules)
    assert decision
    there.carry_out(decision)
    there.now = local("2026-06-10 10:00")
    return there


def say(there: Office, vote: Voted, code: str = CODE, person: Staff = CLAIRE) -> tuple[Ruling, Decision | None]:
    booking = there.reservations[code]
    meaning = Meaning("fr", Intent.CHANGE)
    facts = there.facts(booking.asker, code)
    facts = replace(facts, sender=replace(facts.sender, proven=True))
    there.ledger.windows = looked_at(meaning, booking, there.rules, there.now)
    ruling, decision, _ = ruled(vote, Matter(meaning, facts, there.rules), Clerk(person, MEETING, "m@commune.example"))
    if decision:
        there.carry_out(decision)
    return ruling, decision


def letters(decision: Decision | None) -> list[type]:
    return [type(notice.content) for notice in decision.notices] if decision else []


# --- under reserve


NEEDS_IT: list[tuple[dict[str, object], Meaning]] = [
    ({"sites": frozenset({"mairie"})}, HALL),
    ({"rooms": frozenset({"salle"})}, HALL),
    ({"initiatives": frozenset({"parc"})}, HALL),
    ({"people_above": 39}, HALL),
    ({"things": frozenset({"table"}), "units_above": 4}, asks(goods("table", 5, slot("2026-06-13")))),
]
DOES_NOT: list[tuple[dict[str, object], Meaning]] = [
    ({"sites": frozenset({"parc"})}, HALL),
    ({"initiatives": frozenset({"canal"})}, HALL),
    ({"sites": frozenset({"mairie"})}, asks(goods("table", 5, slot("2026-06-13")))),
]


@pytest.mark.parametrize(("need", "request_"), NEEDS_IT)
def test_what_the_college_decides_about_is_booked_under_reserve(need: dict[str, object], request_: Meaning) -> None:
    there = Office(rules(needs={"need": replace(NeedsApproval("need", {}), **need)}))  # type: ignore[arg-type]
    assert letters(there.mail(request_)) == [Confirmed]
    booked = there.reservations[CODE]
    assert booked.reserved
    assert booked.state is State.CONFIRMED
    assert booked.reserve
    assert (booked.reserve.meeting, booked.reserve.reasons) == (MEETING, ("need",))


@pytest.mark.parametrize(("need", "request_"), DOES_NOT)
def test_what_it_does_not_is_firm(need: dict[str, object], request_: Meaning) -> None:
    there = Office(rules(needs={"need": replace(NeedsApproval("need", {}), **need)}))  # type: ignore[arg-type]
    there.mail(request_)
    assert not there.reservations[CODE].reserved


def test_the_key_holder_sees_that_it_is_under_reserve() -> None:
    there = office()
    assert all(passing.reserved for passing in passings_of(there.reservations[CODE], there.rules))
    say(there, YES)
    assert not any(passing.reserved for passing in passings_of(there.reservations[CODE], there.rules))


# --- meetings


def test_the_list_is_written_some_days_before_the_meeting_on_a_working_day() -> None:
    assert list_hour(MEETING, rules()) == local("2026-06-05 08:00")  # a Friday
    assert list_hour(MEETING, rules(list_before=1)) == local("2026-06-08 08:00")
    assert next_meeting(NOW, rules()) == MEETING
    assert next_meeting(local("2026-06-05 08:00"), rules()) == date(2026, 6, 16), "the list for the 9th is written"
    assert meeting_listed(local("2026-06-05 07:59"), rules()) is None
    assert meeting_listed(local("2026-06-05 08:00"), rules()) == MEETING
    assert meeting_over(local("2026-06-10 07:59"), rules()) is None
    assert meeting_over(local("2026-06-10 08:00"), rules()) == MEETING


def test_it_does_not_meet_in_its_recess_nor_on_public_holidays() -> None:
    resting = rules(recess=(Days(MEETING, date(2026, 6, 16)),))
    assert next_meeting(NOW, resting) == date(2026, 6, 23)
    assert next_meeting(local("2026-07-16 10:00"), rules()) == date(2026, 7, 28)  # the 21st is a holiday


@pytest.mark.parametrize(
    ("use_before", "letter", "reserved"),
    [
        (UseBefore.STAFF, Examined, False),
        (UseBefore.FIRM, Confirmed, False),
        (UseBefore.REFUSE, Offered, False),
    ],
)
def test_what_comes_before_the_meeting_is_as_the_rules_have_it(
    use_before: UseBefore, letter: type, reserved: bool
) -> None:
    there = Office(rules(use_before=use_before))
    decision = there.mail(asks(room("salle", slot("2026-06-06", "14-18")), attendees=40))
    assert letters(decision)[0] is letter
    assert there.reservations[CODE].reserved is reserved
    if letter is Offered:
        [content] = [notice.content for notice in decision.notices if isinstance(notice.content, Offered)]
        assert content.objections == (BeforeCollege(date(2026, 6, 10)),)


def test_what_one_of_the_staff_agrees_to_in_the_place_of_the_college_is_firm() -> None:
    there = Office(rules())
    there.mail(asks(room("salle", slot("2026-06-06", "14-18")), attendees=40))
    assert letters(there.judge(Verdict(True), CLAIRE, CODE))[0] is Confirmed
    assert (there.reservations[CODE].state, there.reservations[CODE].reserved) == (State.CONFIRMED, False)


# --- the list


def test_the_list_has_each_booking_once_by_number_soonest_first() -> None:
    there = Office(rules())
    there.mail(asks(room("bureau", slot("2026-06-20", "9-12"))))
    there.mail(HALL, KARIM)
    there.mail(asks(room("kiosque", slot("2026-06-20", "14-16"))), KARIM)
    decision = listed(MEETING, there.reservations.values(), local("2026-06-05 08:00"), there.rules)
    assert decision
    assert [notice.to.address for notice in decision.notices] == [CLAIRE.address]
    content = decision.notices[0].content
    assert isinstance(content, CollegeList)
    assert [(line.number, line.reservation.code) for line in content.lines] == [(1, "R-00001"), (2, "R-00000")]
    there.carry_out(decision)
    assert [number_of(there.reservations[code], MEETING) for code in ("R-00000", "R-00001", "R-00002")] == [2, 1, 0]


def test_where_nothing_is_under_reserve_there_is_no_list() -> None:
    there = Office(rules())
    there.mail(asks(room("kiosque", slot("2026-06-20", "14-16"))))
    assert listed(MEETING, there.reservations.values(), NOW, there.rules) is None


def test_what_was_not_decided_is_recalled_with_its_number_and_comes_on_the_next_list() -> None:
    there = office(HALL, asks(room("bureau", slot("2026-06-20", "9-12"))))
    say(there, Voted(Vote.YES, (1,)))
    again = asked_again(MEETING, there.reservations.values(), there.now, there.rules)
    assert again
    content = again.notices[0].content
    assert isinstance(content, CollegeList)
    assert content.again
    assert [(line.number, line.reservation.code) for line in content.lines] == [(2, "R-00001")]
    then = listed(date(2026, 6, 16), there.reservations.values(), there.now, there.rules)
    assert then
    assert [put.after.code for put in then.puts] == ["R-00001"]


# --- what is said of it


def booking(number: int) -> Listing:
    return Listing(number, Reservation(f"R-0000{number}", YVETTE, "fr", NOW))


LINES = tuple(map(booking, (1, 2, 3)))
UNCLEAR: list[tuple[Voted, ...]] = [
    (Voted(Vote.YES, (4,)),),
    (Voted(Vote.YES, (), ("R-ZZZZZ",)),),
    (Voted(Vote.YES, (1,)), Voted(Vote.NO, (1,))),
    (Voted(Vote.YES), Voted(Vote.NO)),
]


def test_what_is_said_of_one_goes_before_what_is_said_of_all() -> None:
    votes, unclear = understood(Ballot((YES, Voted(Vote.NO, (3,)), Voted(Vote.LATER, (), ("R-00002",)))), LINES)
    assert {code: vote.vote for code, vote in votes.items()} == {
        "R-00001": Vote.YES, "R-00002": Vote.LATER, "R-00003": Vote.NO,
    }  # fmt: skip
    assert unclear == ()


@pytest.mark.parametrize("votes", UNCLEAR)
def test_what_is_not_on_the_list_or_said_both_ways_is_not_clear(votes: tuple[Voted, ...]) -> None:
    assert understood(Ballot(votes), LINES)[1]


def test_a_yes_makes_it_firm_and_its_owner_is_told_with_a_higher_sequence() -> None:
    there = office()
    ruling, decision = say(there, YES)
    assert (ruling, letters(decision)[0]) == (Ruling.FIRM, Firm)
    booked = there.reservations[CODE]
    assert (booked.state, booked.reserved, booked.sequence) == (State.CONFIRMED, False, 1)
    assert booked.reserve
    assert (booked.reserve.granted, booked.reserve.by) == (True, CLAIRE.address)
    assert decision
    assert decision.puts[0].by == CLAIRE.address


def test_a_no_gives_it_up_and_offers_something_else_that_is_held() -> None:
    there = office()
    ruling, decision = say(there, NO)
    assert ruling is Ruling.OFFERED
    assert decision
    content = decision.notices[0].content
    assert isinstance(content, Withdrawn)
    assert (content.said, content.college) == ("trop de bruit", True)
    after = there.reservations[CODE]
    assert (after.state, after.uses, bool(after.hold)) == (State.OFFERED, (), True)
    assert 1 <= len(after.options) <= 3
    assert all(
        use.when != span("2026-06-13", "14-18") or use.resource != "salle" for o in after.options for use in o.uses
    )
    elsewhere = next(option for option in after.options if option.uses[0].resource == "quartier")
    there.mail(says(Intent.ACCEPT, option=elsewhere.number), code=CODE)
    assert (there.reservations[CODE].state, there.reservations[CODE].reserved) == (State.CONFIRMED, False)
    assert there.reservations[CODE].sequence == 2


def test_a_no_where_nothing_else_is_free_gives_it_up() -> None:
    there = office(asks(room("salle", slot("2026-06-13", "14-18"), slot("2026-06-20", "14-18")), attendees=80))
    ruling, decision = say(there, NO)
    assert (ruling, letters(decision)[0]) == (Ruling.WITHOUT, Withdrawn)
    assert there.reservations[CODE].state is State.REFUSED
    assert not +there.ledger.cells


def test_what_is_put_off_stays_under_reserve() -> None:
    there = office()
    assert say(there, Voted(Vote.LATER, (1,))) == (Ruling.LATER, None)
    assert there.reservations[CODE].reserved


def test_of_two_who_answer_the_first_counts() -> None:
    there = office()
    say(there, YES)
    assert say(there, NO, person=WOUTER) == (Ruling.DECIDED, None)
    assert say(there, YES, person=WOUTER) == (Ruling.DECIDED, None)


def test_who_said_it_may_take_it_back_within_a_day() -> None:
    there = office()
    say(there, YES)
    assert say(there, NO)[0] is Ruling.OFFERED
    ruling, decision = say(there, Voted(Vote.YES, (1,)))
    assert (ruling, letters(decision)) == (Ruling.BACK, [ApprovedOtherwise])
    there.mail(says(Intent.ACCEPT), code=CODE)
    booked = there.reservations[CODE]
    assert (booked.state, booked.reserved, booked.uses[0].resource) == (State.CONFIRMED, False, "salle")
    there.now += timedelta(hours=25)
    late = office()
    say(late, YES)
    late.now += timedelta(hours=25)
    assert say(late, NO)[0] is Ruling.DECIDED


def test_nothing_is_given_up_that_is_fetched_or_in_use() -> None:
    there = office()
    there.now = local("2026-06-13 10:00")  # the key is out
    assert say(there, NO) == (Ruling.BEGUN, None)
    assert there.reservations[CODE].reserved


def test_a_change_meanwhile_is_a_new_question_to_the_next_meeting() -> None:
    there = office()
    there.mail(says(Intent.CHANGE, room("salle", slot("2026-06-27", "14-18"))), code=CODE, sender_is_proven=True)
    changed = there.reservations[CODE]
    assert changed.reserved
    assert changed.reserve
    assert changed.reserve.meeting == date(2026, 6, 16)
    assert say(there, YES) == (Ruling.OVER, None), "what was on the list is not what is booked"


def test_what_the_college_agreed_to_stays_firm_when_there_is_less_of_it_and_not_when_it_is_moved() -> None:
    there = office(asks(room("salle", slot("2026-06-27", "14-18")), goods("table", 5, slot("2026-06-27"))))
    say(there, YES)
    there.mail(says(Intent.CANCEL, goods("table", None)), code=CODE, sender_is_proven=True)
    assert len(there.reservations[CODE].uses) == 1
    assert not there.reservations[CODE].reserved
    there.mail(says(Intent.CHANGE, room("salle", slot("2026-06-20", "14-18"))), code=CODE, sender_is_proven=True)
    assert there.reservations[CODE].reserved
