"""What is not back: reminders that stop, staff who take over, other copies of a key, borrowers who count."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import ClockFacts
from mailbot.model.reports import Found, Outcome, Passed, Statement, Told, Verb
from mailbot.model.reservation import Act, State
from mailbot.model.rules import Rules
from mailbot.model.to_askers import BroughtBack, Overdue, ShortWarned
from mailbot.model.to_staff import OverdueTold, ToStaff
from mailbot.policy.borrowers import borrower, on_borrower
from mailbot.policy.due import digest_of, due_lists, is_outstanding, passings_of
from mailbot.policy.lateness import is_late
from mailbot.policy.overdue import overdue
from mailbot.policy.reports import held_of, on_report
from mailbot.policy.stock import in_force
from tests.policy.commune import KARIM, RULES, Office, asks, goods, local, room, slot
from tests.policy.test_reports import JOSIANE, facts, says

MUST_REPORT = replace(RULES, keys={**RULES.keys, "mairie": replace(RULES.keys["mairie"], report_return=True)})
BACK = "R-00000 back loge 2026-06-15T08:00Z"


def lent(rules: Rules = RULES) -> Office:
    office = Office(rules)
    office.mail(asks(room("salle", slot("2026-06-13", "14-18"))))
    return office


def late(office: Office, outcome: Outcome = Outcome.NOT_BACK) -> Passed:
    one = office.reservations["R-00000"]
    passing = next(passing for passing in passings_of(one, RULES) if passing.direction.value == "back")
    assert passing.place == BACK
    return Passed(BACK, one.code, outcome, "Comité du Parc", held_of(passing, one))


def clock(office: Office, now: str, *said: Passed, rules: Rules = RULES, **more: object):
    """Let the clock look at what is late, and carry out its steps."""
    known = {deed.passing: deed for deed in said}
    everything = tuple(office.reservations.values())
    looked = ClockFacts(local(now), late=everything, outcomes=known, coming=everything, **more)  # type: ignore[arg-type]
    decision = overdue(looked, frozenset(), in_force(rules, said))
    office.carry_out(decision)
    return decision


def contents(decision):
    return [notice.content for notice in decision.notices]


def test_silence_closes_unless_the_rules_want_a_report() -> None:
    office = lent()
    [_, passing] = passings_of(office.reservations["R-00000"], RULES)
    monday = local("2026-06-15 12:00")
    assert not is_late(passing, {}, monday, RULES)
    assert is_late(passing, {}, monday, MUST_REPORT)
    assert not is_late(passing, {}, local("2026-06-15 09:00"), MUST_REPORT)
    assert is_late(passing, {BACK: late(office)}, monday, RULES)
    assert not is_late(passing, {BACK: late(office, Outcome.RETURNED)}, monday, MUST_REPORT)


def test_what_nobody_fetched_is_not_late() -> None:
    [out, passing] = passings_of(lent().reservations["R-00000"], RULES)
    known = {out.place: Passed(out.place, "R-00000", Outcome.NOBODY)}
    assert not is_late(passing, known, local("2026-06-15 12:00"), MUST_REPORT)


def test_a_booking_is_not_closed_before_its_key_is_back() -> None:
    office = lent()
    one, now = office.reservations["R-00000"], local("2026-06-16 12:00")
    assert not is_outstanding(one, ClockFacts(now), RULES)
    assert is_outstanding(one, ClockFacts(now), MUST_REPORT)
    assert is_outstanding(one, ClockFacts(now, outcomes={BACK: late(office)}), RULES)


def test_the_borrower_is_reminded_three_times_once_a_day_and_then_it_goes_to_staff() -> None:
    office = lent()
    said = late(office)
    numbers = []
    for day in ("15", "16", "17", "18", "19"):
        for hour in ("12:00", "12:01"):
            numbers += [
                content.number if isinstance(content, Overdue) else content.template
                for content in contents(clock(office, f"2026-06-{day} {hour}", said))
            ]
    assert numbers == [1, 2, 3, OverdueTold.template]
    assert office.reservations["R-00000"].state is State.CONFIRMED


def test_nobody_is_reminded_at_night_or_after_saying_that_it_is_back() -> None:
    office = lent()
    assert not clock(office, "2026-06-15 23:00", late(office)).notices
    assert not clock(office, "2026-06-16 12:00", late(office, Outcome.SAID_BACK)).notices


def test_where_a_report_is_needed_the_day_itself_is_left_to_report_it() -> None:
    office = lent(MUST_REPORT)
    assert not clock(office, "2026-06-15 19:00", rules=MUST_REPORT).notices
    assert [type(content) for content in contents(clock(office, "2026-06-16 12:00", rules=MUST_REPORT))] == [Overdue]


def test_what_is_late_stands_first_in_the_list_with_its_reminders() -> None:
    office = lent()
    said = late(office)
    clock(office, "2026-06-15 12:00", said)
    now = local("2026-06-16 06:45")
    due = next(due for due in due_lists({}, now, RULES) if due.holder == "josiane")
    looked = ClockFacts(now, late=tuple(office.reservations.values()), outcomes={BACK: said})
    [line] = digest_of(due, looked, RULES).late
    assert (line.number, line.code, line.reminded, line.said_back) == (1, "R-00000", 1, False)


def test_the_next_borrower_is_given_another_copy_of_the_key_and_nobody_is_troubled() -> None:
    office = lent()
    office.mail(asks(room("bureau", slot("2026-06-16", "12-14"))), sender=KARIM)
    next_one = office.reservations["R-00001"]
    assert next_one.uses[0].copy == 1
    decision = on_report(says(Statement(Verb.NOT_BACK, (1,))), facts(office, JOSIANE), RULES)
    assert decision
    [put] = decision.puts
    assert (put.act, put.after.uses[0].copy, put.after.uses[0].claims[1].resource) == (Act.NOTE, 2, "key:mairie:2")
    assert not [content for content in contents(decision) if isinstance(content, ShortWarned)]
    assert contents(decision)[0].short == ()


def test_where_there_is_no_other_copy_the_next_borrower_is_warned_once() -> None:
    one_copy = replace(RULES, keys={**RULES.keys, "mairie": replace(RULES.keys["mairie"], copies=1)})
    office = lent(one_copy)
    office.mail(asks(room("bureau", slot("2026-06-16", "12-14"))), sender=KARIM)
    decision = on_report(says(Statement(Verb.NOT_BACK, (1,))), facts(office, JOSIANE), one_copy)
    assert decision
    [warning] = [notice for notice in decision.notices if isinstance(notice.content, ShortWarned)]
    assert warning.to == KARIM
    office.carry_out(decision)
    again = clock(office, "2026-06-15 12:00", late(office), rules=one_copy)
    assert not [content for content in contents(again) if isinstance(content, ShortWarned)]


def test_who_fetches_much_later_is_warned_when_it_comes_near() -> None:
    office = Office()
    office.mail(asks(goods("table", 8, slot("2026-06-13"))))
    office.mail(asks(goods("table", 10, slot("2026-06-27"))), sender=KARIM)
    [_, passing] = passings_of(office.reservations["R-00000"], RULES)
    held = held_of(passing, office.reservations["R-00000"])
    said = Passed(passing.place, "R-00000", Outcome.NOT_BACK, "", held)

    def warned(now: str) -> list[str]:
        return [c.reservation.code for c in contents(clock(office, now, said)) if isinstance(c, ShortWarned)]

    assert warned("2026-06-16 12:00") == []
    assert warned("2026-06-24 12:00") == ["R-00001"]
    assert warned("2026-06-24 12:01") == []


# --- the borrower's own word


def tell(office: Office, told: Told, *said: Passed, now: str = "2026-06-15 12:00"):
    known = {deed.passing: deed for deed in said}
    return on_borrower(told, office.reservations["R-00000"], known, "1@parc.example", local(now), RULES)


RENDU = Told("fr", (Statement(Verb.RETURNED, words="rendu"),), "rendu")


def test_the_borrowers_own_word_counts() -> None:
    decision = tell(lent(), RENDU)
    assert [(deed.passing, deed.outcome) for deed in decision.report.deeds] == [(BACK, Outcome.RETURNED)]
    assert contents(decision) == [BroughtBack(lent().reservations["R-00000"])]


def test_where_the_key_holder_reported_otherwise_it_is_not_there_before_it_is_seen() -> None:
    office = lent()
    said = late(office)
    decision = tell(office, RENDU, said)
    assert decision.report.deeds == (replace(said, outcome=Outcome.SAID_BACK),)
    assert decision.report.deeds[0].held == said.held
    assert contents(decision)[0].to_be_seen


def test_what_is_told_besides_goes_to_a_person_too() -> None:
    told = replace(RENDU, statements=(*RENDU.statements, Statement(Verb.DAMAGED, words="une chaise cassée")))
    assert [type(content) for content in contents(tell(lent(), told))] == [BroughtBack, ToStaff]


def test_how_a_place_was_found_on_arrival_is_kept_and_told_to_staff() -> None:
    told = Told("fr", (Statement(Verb.DAMAGED, arrival=True, words="vitre cassée"),), "à l'arrivée : vitre cassée")
    decision = tell(lent(), told, now="2026-06-13 14:05")
    assert decision.report.deeds == (Found("à l'arrivée : vitre cassée", "R-00000", arrival=True),)
    assert [type(content) for content in contents(decision)] == [BroughtBack, ToStaff]
    assert contents(decision)[0].condition


def test_what_is_not_yet_to_come_back_or_is_promised_takes_the_way_of_any_other_mail() -> None:
    office = lent()
    assert tell(office, RENDU, now="2026-06-12 12:00") is None
    assert tell(office, replace(RENDU, ahead=True)) is None
    assert tell(office, replace(RENDU, statements=(Statement(Verb.WHO_COMES),))) is None
    assert tell(office, RENDU, late(office, Outcome.RETURNED)) is None
    assert borrower(None) is None
    assert borrower(replace(office.reservations["R-00000"], state=State.CANCELLED)) is None
