"""What needs a person's yes, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.cases import Verdict
from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning, Wish
from mailbot.model.objections import TooManyPeople
from mailbot.model.reports import Blocked
from mailbot.model.reservation import BOOKED, State
from mailbot.model.rules import Approvals, AtDeadline, Holder, NeedsApproval, Rules, Staff
from mailbot.model.spans import Days
from mailbot.model.to_askers import (
    ApprovedOtherwise,
    Changed,
    ChangeOffered,
    Confirmed,
    Examined,
    NotApproved,
    Offered,
    Unchanged,
    Withdrawn,
)
from mailbot.model.to_staff import ApprovalAsked, ApprovalTold, Settled
from mailbot.policy.approvals import who_decide
from mailbot.policy.approving import approval_reminders, at_deadline
from mailbot.policy.hours import whole
from mailbot.policy.matter import Matter
from mailbot.policy.stock import stock_of
from tests.policy.commune import NOW, RULES, STRANGER, YVETTE, Ledger, Office, asks, goods, room, says, slot, span

CLAIRE = Staff("Claire", "claire@commune.example", "fr")
WOUTER = Staff("Wouter", "wouter@commune.example", "nl")
HALL = asks(room("salle", slot("2026-06-13", "18-23")), attendees=40)
WHY = {"fr": "parce que"}
NEED = NeedsApproval("need", WHY)


def rules(at: AtDeadline = AtDeadline.LAPSE, **need: object) -> Rules:
    one = replace(NEED, **need)  # type: ignore[arg-type]
    return replace(RULES, approvals=Approvals({"need": one}, at_deadline=at))


def judge(office: Office, said: Verdict, code: str = "R-00000", number: int = 0, person: Staff = CLAIRE) -> Decision:
    return office.judge(said, person, code, number)


def letters(decision: Decision) -> list[type]:
    return [type(notice.content) for notice in decision.notices]


NEEDS_IT: list[tuple[dict[str, object], Meaning]] = [
    ({"rooms": frozenset({"salle"})}, HALL),
    ({"capacity_above": 79}, HALL),
    ({"people_above": 39}, HALL),
    ({"after": 22 * 60}, HALL),
    ({"after": 23 * 60}, asks(room("salle", slot("2026-06-13", "20-25")))),
    ({"days": (Days(date(2026, 6, 8), date(2026, 6, 14)),)}, HALL),
    ({"alcohol": True}, replace(HALL, wishes=frozenset({Wish.ALCOHOL}))),
    ({"hours_per_week_above": 4}, HALL),
    ({"things": frozenset({"table"}), "units_above": 4}, asks(goods("table", 5, slot("2026-06-10")))),
    ({"rooms": frozenset({"salle"}), "people_above": 39}, HALL),
]
DOES_NOT: list[tuple[dict[str, object], Meaning]] = [
    ({"rooms": frozenset({"bureau"})}, HALL),
    ({"capacity_above": 80}, HALL),
    ({"people_above": 40}, HALL),
    ({"after": 23 * 60}, HALL),
    ({"days": (Days(date(2026, 6, 14), date(2026, 6, 20)),)}, HALL),
    ({"alcohol": True}, HALL),
    ({"unknown_initiative": True}, HALL),
    ({"hours_per_week_above": 5}, HALL),
    ({"things": frozenset({"table"}), "units_above": 5}, asks(goods("table", 5, slot("2026-06-10")))),
    ({"rooms": frozenset({"salle"}), "people_above": 40}, HALL),
]


@pytest.mark.parametrize(("need", "request_"), NEEDS_IT)
def test_what_needs_a_yes_is_held_and_those_who_decide_are_asked(need: dict[str, object], request_: Meaning) -> None:
    office = Office(rules(**need))
    decision = office.mail(request_)
    assert letters(decision) == [Examined, ApprovalAsked]
    [held] = office.reservations.values()
    assert (held.state, held.examined, held.uses) == (State.EXAMINED, True, ())
    assert +office.ledger.cells


@pytest.mark.parametrize(("need", "request_"), DOES_NOT)
def test_what_needs_none_is_booked(need: dict[str, object], request_: Meaning) -> None:
    assert letters(Office(rules(**need)).mail(request_))[0] is Confirmed


def test_an_unknown_initiative_needs_it() -> None:
    assert letters(Office(rules(unknown_initiative=True)).mail(HALL, STRANGER)) == [Examined, ApprovalAsked]


def test_what_cannot_be_is_not_submitted() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    again = replace(HALL, attendees=90)
    assert ApprovalAsked not in letters(office.mail(again, STRANGER))


def test_large_loans_go_to_the_steward_of_the_kind_if_there_is_one() -> None:
    lent = rules(things=frozenset({"table"}), units_above=4)
    hugo = Holder("hugo", "Hugo", "hugo@garage.example", "nl", things=frozenset({"table"}))
    with_steward = replace(lent, holders={**lent.holders, "hugo": hugo})
    for known, decides in ((lent, "claire@commune.example"), (with_steward, "hugo@garage.example")):
        office = Office(known)
        decision = office.mail(asks(goods("table", 5, slot("2026-06-10"))))
        assert [notice.to.address for notice in decision.notices][1:] == [decides]
        assert [one.address for one in who_decide(office.reservations["R-00000"], known)] == [decides]


def test_a_yes_books_what_is_held_and_the_second_answer_changes_nothing() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    decision = judge(office, Verdict(True, "bonne fête"))
    [confirmed] = [notice for notice in decision.notices if isinstance(notice.content, Confirmed)]
    assert isinstance(confirmed.content, Confirmed)
    assert (confirmed.to, confirmed.content.said) == (YVETTE, "bonne fête")
    assert not confirmed.content.proven, "who decides is proven, not who asked: a NO may have to be confirmed"
    booked = office.reservations["R-00000"]
    assert booked.state in BOOKED
    assert booked.approval
    assert (booked.approval.granted, booked.approval.by) == (True, CLAIRE.address)
    assert decision.puts[0].by == CLAIRE.address
    second = judge(office, Verdict(False, "trop tard"), person=WOUTER)
    [told] = second.notices
    assert isinstance(told.content, ApprovalTold)
    assert (told.content.outcome, told.content.who, second.puts) == (Settled.DECIDED, "Claire", ())


def test_a_no_lets_go_what_is_held_with_its_reason() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    [notice] = judge(office, Verdict(False, "trop tard")).notices
    assert isinstance(notice.content, NotApproved)
    assert (notice.content.said, office.reservations["R-00000"].state) == ("trop tard", State.REFUSED)
    assert not +office.ledger.cells


def test_yes_but_is_offered_and_booked_at_their_yes_without_asking_again() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    decision = judge(office, Verdict(True, "20h", says(Intent.CHANGE, hours=(20 * 60, None))))
    assert letters(decision) == [ApprovedOtherwise, ApprovalTold]
    offered = office.reservations["R-00000"]
    assert (offered.state, offered.options[0].uses[0].when) == (State.OFFERED, slot_of("18-20"))
    assert letters(office.mail(says(Intent.ACCEPT), code="R-00000")) == [Confirmed]
    assert office.reservations["R-00000"].uses[0].when == slot_of("18-20")


def slot_of(hours: str, day: str = "2026-06-13") -> object:
    return span(day, hours)


def test_a_change_of_what_is_booked_needs_it_too_and_what_is_booked_stands_meanwhile() -> None:
    office = Office(rules(after=22 * 60))
    office.mail(asks(room("salle", slot("2026-06-13", "18-21")), attendees=40))
    later = says(Intent.CHANGE, hours=(None, 23 * 60))
    decision = office.mail(later, code="R-00000", sender_is_proven=True)
    assert letters(decision) == [Examined, ApprovalAsked]
    changing = office.reservations["R-00000"]
    assert (changing.state, changing.examined, changing.uses[0].when) == (State.CHANGING, True, slot_of("18-21"))
    assert letters(office.mail(says(Intent.ACCEPT), code="R-00000")) == [Examined]
    assert letters(judge(office, Verdict(False, "non")))[0] is NotApproved
    assert office.reservations["R-00000"].state is State.CONFIRMED
    office.mail(later, code="R-00000", sender_is_proven=True)
    assert letters(judge(office, Verdict(True)))[0] is Changed
    assert office.reservations["R-00000"].uses[0].when == slot_of("18-23")
    assert letters(office.mail(says(Intent.CHANGE, attendees=30), code="R-00000", sender_is_proven=True))[0] is Changed


def test_who_gives_it_up_or_asks_for_something_else_leaves_nothing_to_decide() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    asked = office.reservations["R-00000"].approval
    assert asked
    office.mail(replace(HALL, attendees=41), code="R-00000")
    [told] = judge(office, Verdict(True), number=asked.number).notices
    assert isinstance(told.content, ApprovalTold)
    assert told.content.outcome is Settled.OVER
    office.mail(says(Intent.DECLINE), code="R-00000")
    assert office.reservations["R-00000"].state is State.DECLINED
    assert not +office.ledger.cells


def test_asked_once_more_nobody_else_hears_of_it() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    assert letters(office.mail(HALL)) == [Examined]
    assert letters(office.mail(HALL, code="R-00000")) == [Examined]
    assert len(office.reservations) == 1


@pytest.mark.parametrize(
    ("at", "letter", "state"),
    [
        (AtDeadline.LAPSE, NotApproved, State.LAPSED),
        (AtDeadline.REFUSE, NotApproved, State.REFUSED),
        (AtDeadline.ACCEPT, Confirmed, State.CONFIRMED),
    ],
)
def test_what_nobody_decides_is_as_the_rules_have_it(at: AtDeadline, letter: type, state: State) -> None:
    office = Office(rules(at, people_above=39))
    office.mail(HALL)
    facts = office.facts(YVETTE, "R-00000")
    decision = at_deadline(Matter(Meaning("fr", Intent.CHANGE), facts, office.rules))
    office.carry_out(decision)
    assert (letters(decision)[0], office.reservations["R-00000"].state) == (letter, state)
    assert not any(notice.answers for notice in decision.notices)
    assert decision.puts[0].by == ""


def test_those_who_decide_are_reminded_once_before_the_end_and_the_asker_has_half_of_the_time() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    held = office.reservations["R-00000"]
    assert held.deadline
    assert approval_reminders([held], held.deadline - timedelta(days=1, minutes=1), office.rules).puts == ()
    reminded = approval_reminders([held], held.deadline - timedelta(hours=23), office.rules)
    assert letters(reminded) == [ApprovalAsked]
    assert approval_reminders([reminded.puts[0].after], held.deadline - timedelta(hours=2), office.rules).puts == ()
    soon = Office(rules(people_above=39))
    soon.mail(asks(room("salle", slot("2026-06-04", "18-20")), attendees=40))
    for one in soon.reservations.values():
        assert one.deadline
        assert NOW < one.deadline <= NOW + timedelta(days=1, hours=5)


# --- taken back


def told(decision: Decision) -> list[Settled]:
    return [notice.content.outcome for notice in decision.notices if isinstance(notice.content, ApprovalTold)]


def test_who_said_yes_may_take_it_back_and_the_asker_is_offered_something_else() -> None:
    office = Office(rules(rooms=frozenset({"salle"})))
    office.mail(HALL)
    judge(office, Verdict(True))
    decision = judge(office, Verdict(False, "les voisins"))
    assert letters(decision)[0] is Withdrawn
    assert told(decision) == [Settled.TAKEN_BACK]
    after = office.reservations["R-00000"]
    assert (after.state, after.uses, after.sequence) == (State.OFFERED, (), 1)
    assert after.options
    assert {use.resource for option in after.options for use in option.uses} - {"salle"}
    content = decision.notices[0].content
    assert isinstance(content, Withdrawn)
    assert (content.said, content.college, content.uses[0].resource) == ("les voisins", False, "salle")
    elsewhere = next(option.number for option in after.options if option.uses[0].resource != "salle")
    office.mail(says(Intent.ACCEPT, option=elsewhere), code="R-00000")
    assert office.reservations["R-00000"].sequence == 2, "higher than that of the cancelling calendar file"


def test_a_yes_stands_after_a_day_once_something_is_fetched_and_for_everybody_else() -> None:
    for later, person in ((timedelta(hours=25), CLAIRE), (timedelta(hours=1), WOUTER)):
        office = Office(rules(people_above=39))
        office.mail(HALL)
        judge(office, Verdict(True))
        office.now += later
        assert told(judge(office, Verdict(False, "non"), person=person)) == [Settled.DECIDED]
        assert office.reservations["R-00000"].state is State.CONFIRMED
    soon = Office(rules(people_above=39))
    soon.mail(asks(room("salle", slot("2026-06-03", "10-12")), attendees=40))
    judge(soon, Verdict(True))
    soon.now += timedelta(hours=23)  # the key is fetched by now
    assert told(judge(soon, Verdict(False, "non"))) == [Settled.DECIDED]


def test_a_yes_to_what_was_changed_since_stands() -> None:
    office = Office(rules(after=22 * 60))
    office.mail(HALL)
    judge(office, Verdict(True))
    office.mail(says(Intent.CHANGE, hours=(None, 21 * 60)), code="R-00000", sender_is_proven=True)
    assert told(judge(office, Verdict(False, "non"))) == [Settled.DECIDED]
    assert office.reservations["R-00000"].state is State.CONFIRMED


def test_a_yes_to_a_change_that_is_taken_back_puts_back_what_was() -> None:
    office = Office(rules(after=22 * 60))
    office.mail(asks(room("salle", slot("2026-06-13", "18-21")), attendees=40))
    office.mail(says(Intent.CHANGE, hours=(None, 23 * 60)), code="R-00000", sender_is_proven=True)
    judge(office, Verdict(True))
    decision = judge(office, Verdict(False, "trop tard"))
    [changed] = [notice.content for notice in decision.notices if isinstance(notice.content, Changed)]
    assert (changed.undone, changed.said) == (True, "trop tard")
    assert told(decision) == [Settled.TAKEN_BACK]
    assert office.reservations["R-00000"].uses[0].when == slot_of("18-21")


def test_a_no_that_is_taken_back_books_nothing_it_is_offered() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    judge(office, Verdict(False, "trop tard"))
    decision = judge(office, Verdict(True))
    [offered] = [notice.content for notice in decision.notices if isinstance(notice.content, ApprovedOtherwise)]
    assert offered.after_all
    assert told(decision) == [Settled.OTHERWISE]
    assert office.reservations["R-00000"].state is State.OFFERED
    assert letters(office.mail(says(Intent.ACCEPT), code="R-00000"))[0] is Confirmed


def test_a_no_that_is_taken_back_too_late_for_the_place_stays() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    judge(office, Verdict(False, "trop tard"))
    office.mail(asks(room("salle", slot("2026-06-13", "18-23"))), STRANGER)
    assert told(judge(office, Verdict(True))) == [Settled.DECIDED]


# --- weighed again


class Blockable(Ledger):
    """A ledger whose stock is less what is blocked."""

    def stock(self, resource: str, cell: int) -> int:
        return stock_of(self.rules)(resource, cell)


def closed(office: Office, day: str = "2026-06-13") -> None:
    """Close the hall for that day, as staff may by mail."""
    days = Days(date.fromisoformat(day), date.fromisoformat(day))
    cells = whole(days, office.rules).cells()
    office.rules = replace(office.rules, said=(Blocked("salle", days, cells[0], cells[-1], "peinture"),))
    office.ledger = Blockable(office.rules, office.ledger.cells)


def test_a_yes_to_what_was_closed_meanwhile_offers_something_else_and_who_agreed_is_told() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    closed(office)
    decision = judge(office, Verdict(True))
    assert letters(decision) == [Offered, ApprovalTold]
    assert told(decision) == [Settled.OFFERED]
    after = office.reservations["R-00000"]
    assert (after.state, after.uses) == (State.OFFERED, ())
    assert all(use.resource != "salle" or use.when != slot_of("18-23") for o in after.options for use in o.uses)


def test_a_yes_is_weighed_against_rules_that_changed_meanwhile() -> None:
    office = Office(rules(people_above=39))
    office.mail(HALL)
    office.rules = replace(
        office.rules, rooms={**office.rules.rooms, "salle": replace(RULES.rooms["salle"], capacity=30)}
    )
    decision = judge(office, Verdict(True))
    assert letters(decision)[0] is Offered
    [content] = [notice.content for notice in decision.notices if isinstance(notice.content, Offered)]
    assert content.objections == (TooManyPeople("salle", 30, 40),)


def test_a_yes_that_comes_late_is_not_against_what_was_asked_in_time() -> None:
    office = Office(rules(people_above=39))
    office.mail(asks(room("salle", slot("2026-06-04", "18-20")), attendees=40))
    office.now += timedelta(hours=30)  # less than the notice of a day is left
    assert letters(judge(office, Verdict(True)))[0] is Confirmed


def test_a_change_that_is_closed_meanwhile_is_not_made() -> None:
    office = Office(rules(after=22 * 60))
    office.mail(asks(room("salle", slot("2026-06-12", "18-21")), attendees=40))
    to_saturday = says(Intent.CHANGE, room("salle", slot("2026-06-13", "18-23")))
    office.mail(to_saturday, code="R-00000", sender_is_proven=True)
    closed(office)
    decision = judge(office, Verdict(True))
    assert letters(decision)[0] in (ChangeOffered, Unchanged)
    assert told(decision) in ([Settled.OFFERED], [Settled.REFUSED])
    after = office.reservations["R-00000"]
    assert after.state in BOOKED
    assert after.uses[0].when == slot_of("18-21", "2026-06-12")
