"""What becomes of something that stands: offers answered, bookings given up, calendars heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts, End
from mailbot.model.letters import CalendarReply
from mailbot.model.meaning import Intent, Item
from mailbot.model.notices import Content
from mailbot.model.reservation import Act, State
from mailbot.model.to_askers import (
    Cancelled,
    Challenged,
    Changed,
    Confirmed,
    Declined,
    Handed,
    Lapsed,
    Listed,
    Offered,
    Unchanged,
    Which,
)
from mailbot.model.to_key_holders import ShortNotice
from mailbot.model.to_staff import ToStaff
from mailbot.policy.cancelling import challenge_end
from mailbot.policy.clock import on_clock
from tests.policy.commune import (
    BRUSSELS,
    KARIM,
    RULES,
    YVETTE,
    Office,
    any_room,
    asks,
    goods,
    local,
    room,
    says,
    slot,
    span,
)

SATURDAY = "2026-06-13"
YES, NO, CANCEL = says(Intent.ACCEPT), says(Intent.DECLINE), says(Intent.CANCEL)


def number(option: int):
    return says(Intent.ACCEPT, option=option)


def test_a_number_that_was_read_as_a_request_is_a_choice_all_the_same() -> None:
    office = Office()
    code = offered(office)
    assert isinstance(letter(office.mail(asks(option=1), code=code)), Confirmed)


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def offered(office: Office) -> str:
    """Bring Yvette three options for the kiosque, which Karim has; return the code."""
    office.mail(asks(room("kiosque", slot(SATURDAY, "14-18"))), KARIM)
    decision = office.mail(asks(room("kiosque", slot(SATURDAY, "14-18")), attendees=20))
    assert isinstance(letter(decision), Offered)
    return decision.code


def partly_offered(office: Office) -> str:
    office.mail(asks(goods("table", 2, slot(SATURDAY))), KARIM)
    return office.mail(asks(goods("table", 12, slot(SATURDAY)))).code


def confirmed(office: Office, day: str = SATURDAY) -> str:
    return office.mail(asks(room("salle", slot(day, "14-18")), goods("table", 4, slot(day)))).code


def test_a_number_books_exactly_that_option() -> None:
    office = Office()
    code = offered(office)
    option = office.reservations[code].options[1]
    decision = office.mail(number(2), code=code)
    content = letter(decision)
    assert isinstance(content, Confirmed)
    assert content.reservation.uses == option.uses
    assert content.reservation.options == content.reservation.hold == ()
    assert [put.act for put in decision.puts] == [Act.ACCEPT]


@pytest.mark.parametrize("answer", [number(4), number(0), YES])
def test_a_number_that_is_not_there_gets_the_offer_again(answer) -> None:
    office = Office()
    code = offered(office)
    decision = office.mail(answer, code=code)
    assert letter(decision) == Offered(office.reservations[code], ())
    assert not decision.puts


def test_a_bare_yes_books_a_partial_offer() -> None:
    office = Office()
    code = partly_offered(office)
    [use] = letter(office.mail(YES, code=code)).reservation.uses
    assert use.quantity == 10


def test_a_yes_without_thread_is_for_the_only_offer() -> None:
    office = Office()
    code = offered(office)
    assert letter(office.mail(number(1))).reservation.code == code


def test_a_yes_to_nothing_is_for_a_person() -> None:
    decision = Office().mail(YES)
    assert isinstance(letter(decision), Handed)
    assert decision.end is End.HANDED


def test_a_yes_is_in_time_by_its_arrival() -> None:
    office = Office()
    code = offered(office)
    deadline = office.reservations[code].deadline
    office.now = deadline + timedelta(hours=3)  # the server was down
    assert isinstance(letter(office.mail(number(1), code=code, arrived=deadline)), Confirmed)


def lapse(office: Office, code: str) -> None:
    office.now = office.reservations[code].deadline + timedelta(minutes=1)
    office.carry_out(on_clock(ClockFacts(office.now, lapsing=(office.reservations[code],)), RULES))


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_late_yes_books_what_is_still_free_exactly_so(carried_out) -> None:
    office = Office()
    code = offered(office)
    option = office.reservations[code].options[0]
    if carried_out:
        lapse(office, code)
    office.now = office.reservations[code].deadline + timedelta(minutes=5)
    content = letter(office.mail(number(1), code=code))
    assert isinstance(content, Confirmed)
    assert [use.when for use in content.reservation.uses] == [use.when for use in option.uses]


def test_a_late_yes_to_what_another_has_taken_brings_a_new_offer() -> None:
    office = Office()
    code = offered(office)
    lapse(office, code)
    [use] = office.reservations[code].options[0].uses
    asked = slot(SATURDAY, f"{use.when.start.hour + 2}-{use.when.end.hour + 2}")
    office.mail(asks(room(use.resource, asked)), KARIM)
    content = letter(office.mail(number(1), code=code))
    assert isinstance(content, Offered)
    assert content.reservation.state is State.OFFERED


def test_a_late_yes_does_not_book_what_was_first_asked_even_if_that_is_free_now() -> None:
    office = Office()
    code = partly_offered(office)
    karims = next(r for r in office.reservations.values() if r.asker == KARIM)
    lapse(office, code)
    office.mail(CANCEL, KARIM, karims.code, sender_is_proven=True)
    office.mail(asks(goods("table", 7, slot(SATURDAY))), KARIM)
    content = letter(office.mail(YES, code=code))
    assert isinstance(content, Offered)
    assert content.reservation.options[0].uses[0].quantity == 5


def test_a_late_yes_to_what_is_over_says_so() -> None:
    office = Office()
    code = offered(office)
    lapse(office, code)
    office.now = local("2026-07-20 09:00")
    decision = office.mail(number(1), code=code)
    assert isinstance(letter(decision), Lapsed)
    assert not decision.puts


def test_no_gives_the_held_things_free() -> None:
    office = Office()
    code = offered(office)
    assert isinstance(letter(office.mail(NO, code=code)), Declined)
    assert office.reservations[code].state is State.DECLINED
    assert {resource for resource, _ in +office.ledger.cells} == {"kiosque"}


def challenged(office: Office, code: str, *, by_calendar: bool = False) -> Challenged:
    booking = office.reservations[code]
    return Challenged(booking, Act.CANCEL, challenge_end(booking, office.now, office.rules), by_calendar)


@pytest.mark.parametrize("words", [CANCEL, NO])
def test_giving_up_a_booking_without_proof_is_asked_of_the_owner(words) -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(words, code=code)
    assert letter(decision) == challenged(office, code)
    assert [put.act for put in decision.puts] == [Act.CHALLENGE]
    assert office.reservations[code].state is State.CONFIRMED


@pytest.mark.parametrize("words", [YES, CANCEL])
def test_the_answer_to_the_challenge_gives_it_up(words) -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(words, code=code, challenge=Act.CANCEL)
    content = letter(decision)
    assert isinstance(content, Cancelled)
    assert content.reservation.sequence == 1
    assert not +office.ledger.cells
    again = office.mail(words, code=code, challenge=Act.CANCEL)
    assert isinstance(letter(again), Cancelled)
    assert not again.puts


def test_a_no_to_the_challenge_leaves_it_as_it_is() -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(NO, code=code, challenge=Act.CANCEL)
    assert letter(decision) == Unchanged(office.reservations[code])
    assert office.reservations[code].pending is None


def test_a_proven_sender_gives_it_up_at_once() -> None:
    office = Office()
    code = confirmed(office)
    assert isinstance(letter(office.mail(CANCEL, code=code, sender_is_proven=True)), Cancelled)
    assert isinstance(letter(office.mail(CANCEL, code=code, sender_is_proven=True)), Cancelled)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], Which),
        ([any_room(slot(SATURDAY))], Challenged),  # the tables of that day stay
        ([room("salle", slot("2026-06-20", "14-18")), goods("table", 4, slot("2026-06-20"))], Challenged),
        ([Item(("same",), 1, (slot("2026-06-20"),))], Challenged),
        ([goods("table", 2, slot(SATURDAY))], Challenged),
        ([room("bureau")], Listed),
    ],
)
def test_what_is_given_up_without_a_code_is_found_by_its_day_and_thing(items, expected) -> None:
    office = Office()
    confirmed(office)
    confirmed(office, "2026-06-20")
    decision = office.mail(says(Intent.CANCEL, *items))
    assert isinstance(letter(decision), expected)
    assert all(put.act in (Act.CHALLENGE, Act.ASK) for put in decision.puts)


def test_the_only_booking_is_meant_where_nothing_is_named() -> None:
    office = Office()
    code = confirmed(office)
    assert letter(office.mail(CANCEL)) == challenged(office, code)


def test_a_code_of_somebody_else_gives_up_nothing() -> None:
    office = Office()
    confirmed(office)
    decision = office.mail(says(Intent.CANCEL, references=("R-ZZZZZ",)))
    assert isinstance(letter(decision), Handed)


def test_the_key_holder_hears_of_what_is_given_up_inside_the_list_they_have() -> None:
    office = Office()
    code = confirmed(office)
    office.now = local("2026-06-12 06:45")
    digests = {
        d.holder: d for d in on_clock(ClockFacts(office.now, passing=(office.reservations[code],)), RULES).digests
    }
    decision = office.mail(CANCEL, code=code, sender_is_proven=True, last_digests=digests)
    told = [notice.content for notice in decision.notices if isinstance(notice.content, ShortNotice)]
    assert {(notice.holder, change.cancelled) for notice in told for change in notice.changes} == {
        ("josiane", True),
        ("freddy", True),
    }


@pytest.mark.parametrize(("status", "puts"), [("ACCEPTED", [Act.NOTE]), ("TENTATIVE", [Act.NOTE])])
def test_a_calendar_that_accepts_is_noted_and_not_answered(status, puts) -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(says(Intent.IGNORE), code=code, calendar_reply=CalendarReply("uid", status))
    assert (decision.end, decision.notices, [put.act for put in decision.puts]) == (End.IGNORED, (), puts)
    assert office.reservations[code].calendar_status == status


def test_a_calendar_that_declines_changes_nothing_and_asks_once() -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(says(Intent.IGNORE), code=code, calendar_reply=CalendarReply("uid", "DECLINED"))
    assert letter(decision) == challenged(office, code, by_calendar=True)
    assert [put.act for put in decision.puts] == [Act.NOTE]
    assert office.reservations[code].state is State.CONFIRMED
    again = office.mail(says(Intent.IGNORE), code=code, calendar_reply=CalendarReply("uid", "DECLINED"))
    assert (again.end, again.notices, again.puts) == (End.IGNORED, (), ())


def test_thanks_for_a_confirmation_are_not_answered() -> None:
    office = Office()
    assert office.mail(YES, code=confirmed(office)).end is End.IGNORED


@pytest.mark.parametrize(("intent", "why"), [(Intent.CHANGE, "change"), (Intent.KEY, "key"), (Intent.HUMAN, "human")])
def test_what_only_a_person_can_do_goes_to_one_and_nothing_changes(intent, why) -> None:
    office = Office()
    code = confirmed(office)
    before = office.reservations[code]
    decision = office.mail(says(intent), code=code)
    assert letter(decision) == Handed(before)
    assert [notice.content.why for notice in decision.notices if isinstance(notice.content, ToStaff)] == [why]
    assert office.reservations[code] == before


def test_an_offer_stays_while_a_person_answers_a_question_about_it() -> None:
    office = Office()
    code = offered(office)
    office.mail(says(Intent.HUMAN), code=code)
    assert office.reservations[code].state is State.OFFERED


def test_a_mail_for_a_person_has_a_code() -> None:
    office = Office()
    decision = office.mail(says(Intent.HUMAN))
    assert office.reservations[decision.code].state is State.HANDED


def test_the_offer_of_an_initiative_can_be_taken_by_another_of_its_members() -> None:
    office = Office()
    code = offered(office)
    colleague = replace(YVETTE, name="Carine", address="carine@parc.example")
    content = letter(office.mail(number(1), colleague, code))
    assert isinstance(content, Confirmed)
    assert content.reservation.asker == YVETTE


def test_a_part_is_given_up_and_the_rest_stays() -> None:
    office = Office()
    code = confirmed(office)
    decision = office.mail(says(Intent.CANCEL, goods("table", 4)), code=code, sender_is_proven=True)
    assert isinstance(letter(decision), Changed)
    [use] = office.reservations[code].uses
    assert use.when == span(SATURDAY, "14-18")
    assert {resource for resource, _ in +office.ledger.cells} == {"salle", "key:mairie:1"}


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("2026-06-02T09:30", "2026-06-03T09:30"),
        ("2026-06-02T03:12", "2026-06-03T09:00"),
        ("2026-06-02T22:40", "2026-06-04T09:00"),
        ("2026-06-02T19:59", "2026-06-03T19:59"),
    ],
)
def test_a_bare_no_counts_for_a_day_and_to_the_next_morning_where_that_ends_at_night(written: str, until: str) -> None:
    office = Office()
    office.now = datetime.fromisoformat(written).replace(tzinfo=BRUSSELS).astimezone(UTC)
    last = datetime.fromisoformat(until).replace(tzinfo=BRUSSELS).astimezone(UTC)
    decision = office.mail(asks(room("salle", slot("2026-06-20", "14-18"))))
    assert letter(decision).undo_until == last
    office.now = last
    undone = office.mail(says(Intent.DECLINE, undo=True), code=decision.code, sender_is_proven=True)
    assert isinstance(letter(undone), Cancelled)


def test_who_takes_the_only_proposal_reads_that_and_not_what_they_first_asked() -> None:
    office = Office()
    one = office.mail(asks(goods("table", 50, slot(SATURDAY))))
    assert letter(office.mail(says(Intent.ACCEPT), code=one.code)).chosen == 0


def test_who_takes_one_of_several_reads_its_number() -> None:
    office = Office()
    assert letter(office.mail(number(1), code=offered(office))).chosen == 1
