"""What follows from a few words of somebody at a counter: deeds, questions, and who goes short."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Slot
from mailbot.model.reports import (
    Amount,
    Away,
    Found,
    Limited,
    Outcome,
    Passed,
    Report,
    Shut,
    Standing,
    Statement,
    Stocked,
    Told,
    Undone,
    Verb,
    Why,
)
from mailbot.model.to_askers import NotFetched
from mailbot.model.to_key_holders import Coming, Digest, Direction, ReportChallenged, ReportTold, ReportUnclear, Unclear
from mailbot.model.to_staff import ToStaff
from mailbot.policy.due import digest_for
from mailbot.policy.reports import ReportFacts, on_report, reporter_of
from tests.policy.commune import KARIM, RULES, YVETTE, Office, asks, goods, local, room, slot

FREDDY = Address("Freddy", "freddy@commune.example")
JOSIANE = Address("Josiane", "josiane@commune.example")
CLAIRE = Address("Claire", "claire@commune.example")


def commune() -> Office:
    """A commune on 2 June, with tables and cups lent for the weekend of 13 June, and tables again a week later."""
    office = Office()
    day, next_week = slot("2026-06-13"), slot("2026-06-20")
    office.mail(asks(room("salle", slot("2026-06-13", "14-18")), goods("table", 4, day), goods("gobelet", 200, day)))
    office.mail(asks(goods("table", 10, next_week)), sender=KARIM)
    return office


def facts(office: Office, who: Address = FREDDY, **more: object) -> ReportFacts:
    """Return the facts on Monday 15 June, after the opening of the morning."""
    reporter = reporter_of(who, RULES)
    assert reporter
    monday = date(2026, 6, 15)
    booked = tuple(office.reservations.values())
    digest = None if reporter.id == "staff" else digest_for(reporter.id, monday, booked, RULES)
    whole = ReportFacts(
        local("2026-06-15 10:30"),
        reporter,
        "Re: liste",
        "1@garage.example",
        proven=True,
        answers_list=reporter.id != "staff",
        digest=digest,
        reservations=office.reservations,
        booked=booked,
    )
    return replace(whole, **more)  # type: ignore[arg-type]


def says(*statements: Statement, rest: bool = False) -> Told:
    return Told("fr", statements, " ".join(statement.words for statement in statements) or "mots", rest)


def on(office: Office, *statements: Statement, who: Address = FREDDY, rest: bool = False, **more: object) -> Decision:
    decision = on_report(says(*statements, rest=rest), facts(office, who, **more), RULES)
    assert decision
    return decision


RETURNED = Statement(Verb.RETURNED, (1,), words="1 rendu")
MISSING = Statement(Verb.MISSING, things=(Amount("table", 3),), words="manque 3 tables")


def deeds(decision: Decision) -> tuple[object, ...]:
    return decision.report.deeds if decision.report else ()


def test_a_line_that_is_back_is_noted_and_nobody_is_written_to() -> None:
    decision = on(commune(), RETURNED)
    [deed] = deeds(decision)
    assert (deed.outcome, deed.code, deed.who) == (Outcome.RETURNED, "R-00000", "Comité du Parc")
    assert deed.passing == "R-00000 back garage 2026-06-15T08:00Z"
    assert (decision.end, decision.notices) == (End.IGNORED, ())


def test_the_line_says_whether_it_goes_or_comes_back_whatever_verb_is_used() -> None:
    [deed] = deeds(on(commune(), replace(RETURNED, verb=Verb.HANDED)))
    assert deed.outcome is Outcome.RETURNED
    [deed] = deeds(on(commune(), replace(RETURNED, verb=Verb.NOBODY)))
    assert deed.outcome is Outcome.NOT_BACK


def test_without_a_number_the_only_line_that_fits_is_meant() -> None:
    for statement in (
        Statement(Verb.RETURNED),
        Statement(Verb.RETURNED, all=True),
        Statement(Verb.RETURNED, codes=("R-00000",)),
    ):
        [deed] = deeds(on(commune(), statement))
        assert deed.code == "R-00000"


def test_two_lines_that_fit_are_asked_about() -> None:
    office = commune()
    office.mail(asks(goods("table", 2, slot("2026-06-13"))), sender=KARIM)
    decision = on(office, Statement(Verb.RETURNED, words="rendu"))
    [notice] = decision.notices
    assert isinstance(notice.content, ReportUnclear)
    [doubt] = notice.content.doubts
    assert (doubt.why, len(doubt.lines)) == (Unclear.WHICH, 2)
    assert decision.report is None
    assert len(deeds(on(office, Statement(Verb.RETURNED, all=True)))) == 2
    assert len(deeds(on(office, Statement(Verb.RETURNED, all=True, but=(1,))))) == 1


def test_an_unknown_number_or_code_is_asked_about() -> None:
    for statement in (Statement(Verb.RETURNED, (7,)), Statement(Verb.RETURNED, codes=("R-ZZZZZ",))):
        [notice] = on(commune(), statement).notices
        assert notice.content.doubts[0].why is Unclear.NUMBER


def test_what_is_missing_lowers_the_stock_from_when_the_loan_no_longer_counts_it_and_who_goes_short_is_told() -> None:
    decision = on(commune(), RETURNED, MISSING)
    _, stocked = deeds(decision)
    back = date(2026, 6, 15).toordinal()
    assert stocked == Stocked("table", -3, Why.MISSING, back + 1, 12, None, "R-00000")
    [told] = [notice.content for notice in decision.notices]
    assert isinstance(told, ReportTold)
    assert told.deeds == (stocked,)
    [short] = told.short
    assert (short.reservation.code, short.asked, short.free) == ("R-00001", 10, 9)
    assert short.out == next(use.out.opening for use in short.reservation.uses if use.out)


def test_cups_that_are_missing_count_as_missing_only_once_they_would_be_dry() -> None:
    decision = on(commune(), RETURNED, Statement(Verb.MISSING, things=(Amount("gobelet", 20),)))
    assert deeds(decision)[1].first == date(2026, 6, 15).toordinal() + 2 + 1
    assert decision.notices[0].content.short == ()


def test_what_is_not_back_is_held_from_the_end_of_the_loan_on() -> None:
    [deed] = deeds(on(commune(), replace(RETURNED, verb=Verb.NOT_BACK)))
    day = date(2026, 6, 15).toordinal()
    assert [(held.resource, held.units, held.first) for held in deed.held] == [
        ("gobelet", 200, day + 3),
        ("table", 4, day + 1),
    ]


def test_a_key_that_is_not_back_leaves_the_goods_alone() -> None:
    decision = on(commune(), Statement(Verb.NOT_BACK, key=True), who=JOSIANE)
    [deed] = deeds(decision)
    assert [held.resource for held in deed.held] == ["key:mairie:1"]


@pytest.mark.parametrize(
    "statement", [Statement(Verb.DAMAGED, words="vitre cassée"), Statement(Verb.MISSING, words="il manque un truc")]
)
def test_what_names_no_equipment_is_kept_in_its_words_for_staff(statement: Statement) -> None:
    decision = on(commune(), RETURNED, statement)
    assert deeds(decision)[1] == Found(statement.words, "R-00000")
    assert isinstance(decision.notices[0].content, ReportTold)


def test_a_plural_without_a_number_and_the_equipment_of_others_are_asked_about() -> None:
    for amount, who, why in (
        (Amount("table", None), FREDDY, Unclear.HOW_MANY),
        (Amount("table", 1), JOSIANE, Unclear.THING),
    ):
        [notice] = on(commune(), Statement(Verb.DAMAGED, things=(amount,)), who=who).notices
        assert notice.content.doubts[0].why is why


# --- proof


def test_a_report_that_nobody_vouches_for_waits_for_a_yes() -> None:
    decision = on(commune(), RETURNED, MISSING, proven=False)
    assert decision.report
    assert decision.report.standing is Standing.WAITING
    [notice] = decision.notices
    assert isinstance(notice.content, ReportChallenged)
    assert notice.to == FREDDY
    yes = on(commune(), Statement(Verb.YES), proven=False, waiting=replace(decision.report, id=4))
    assert yes.report == replace(decision.report, id=4, standing=Standing.DONE)
    assert isinstance(yes.notices[0].content, ReportTold)


def test_what_silence_would_say_too_needs_no_proof_in_answer_to_the_list() -> None:
    assert on(commune(), RETURNED, proven=False).report.standing is Standing.DONE
    assert on(commune(), RETURNED, proven=False, answers_list=False).report.standing is Standing.WAITING
    place = "R-00000 back garage 2026-06-15T08:00Z"
    known = {place: Passed(place, "R-00000", Outcome.NOT_BACK)}
    assert on(commune(), RETURNED, proven=False, outcomes=known).report.standing is Standing.WAITING


def test_a_mail_that_its_domain_disowns_goes_to_a_person() -> None:
    decision = on(commune(), RETURNED, MISSING, proven=False, forged=True)
    assert decision.report is None
    assert [type(notice.content) for notice in decision.notices] == [ReportUnclear, ToStaff]


def test_the_yes_to_a_question_that_a_domain_disowns_does_nothing() -> None:
    waiting = Report("freddy", FREDDY.address, (Found("x"),), standing=Standing.WAITING, id=4)
    decision = on_report(says(Statement(Verb.YES)), facts(commune(), proven=False, forged=True, waiting=waiting), RULES)
    assert decision is None or decision.report is None


# --- undoing, absences, closings


def test_staff_undo_what_was_noted() -> None:
    last = Report("freddy", FREDDY.address, (Found("x"),), id=4)
    decision = on(commune(), Statement(Verb.UNDO), who=CLAIRE, undoable=last)
    assert deeds(decision) == (Undone(4),)


def test_staff_say_how_many_there_are() -> None:
    decision = on(commune(), Statement(Verb.COUNTED, things=(Amount("table", 8),)), who=CLAIRE)
    assert deeds(decision) == (Stocked("table", 8, Why.COUNTED, date(2026, 6, 15).toordinal(), 12),)
    assert [short.free for short in decision.notices[0].content.short] == [8]


def test_other_mails_of_staff_and_key_holders_take_the_way_of_any_other() -> None:
    office = commune()
    unclear = Statement(Verb.DAMAGED, things=(Amount("table", None),))
    assert on_report(says(unclear), facts(office, CLAIRE), RULES) is None
    assert on_report(says(unclear), facts(office, answers_list=False), RULES) is None
    assert on_report(says(rest=True), facts(office, answers_list=False), RULES) is None
    long = Told("fr", (RETURNED,), "mot " * 40)
    assert on_report(long, facts(office, answers_list=False), RULES) is None


def test_a_bare_ok_changes_nothing_and_anything_else_goes_to_a_person() -> None:
    office = commune()
    nothing = on_report(says(), facts(office), RULES)
    assert nothing
    assert (nothing.end, nothing.notices, nothing.report) == (End.IGNORED, (), None)
    handed = on_report(says(rest=True), facts(office), RULES)
    assert handed
    assert handed.end is End.HANDED
    assert [type(notice.content) for notice in handed.notices] == [ReportUnclear, ToStaff]


def test_who_is_absent_today_gives_the_rest_of_the_list_to_the_stand_in() -> None:
    office = commune()
    now = local("2026-06-15 07:30")
    decision = on(office, Statement(Verb.ABSENT), who=JOSIANE, now=now)
    today = date(2026, 6, 15)
    assert deeds(decision) == (Away("josiane", today, today),)
    [list_now] = [notice for notice in decision.notices if isinstance(notice.content, Digest)]
    assert list_now.to.address == "samir@commune.example"
    assert [line.direction for line in list_now.content.lines] == [Direction.BACK]


def test_an_absence_to_come_moves_no_list_yet() -> None:
    days = ((date(2026, 6, 17), date(2026, 6, 18)),)
    decision = on(commune(), Statement(Verb.ABSENT, days=days), who=JOSIANE)
    assert deeds(decision) == (Away("josiane", *days[0]),)
    assert not [notice for notice in decision.notices if isinstance(notice.content, Digest)]


def test_a_closed_counter_says_who_is_expected_there() -> None:
    friday = date(2026, 6, 19)
    decision = on(commune(), Statement(Verb.CLOSED, days=((friday, friday),)))
    assert deeds(decision) == (Shut("garage", friday, friday),)
    told = decision.notices[0].content
    assert [passing.code for passing in told.stranded] == ["R-00001"]


def test_who_comes_is_answered_to_the_key_holder_alone() -> None:
    decision = on(commune(), Statement(Verb.WHO_COMES), who=JOSIANE, now=local("2026-06-15 07:30"), proven=False)
    [notice] = decision.notices
    assert notice.to == JOSIANE
    assert isinstance(notice.content, Coming)
    assert [(line.number, line.code) for line in notice.content.lines] == [(1, "R-00000")]
    later = on(commune(), Statement(Verb.WHO_COMES), who=JOSIANE, now=local("2026-06-15 12:00"))
    assert later.notices[0].content.lines == ()


def test_a_stand_in_speaks_for_the_counter_of_the_other() -> None:
    samir = reporter_of(Address("", "samir@commune.example"), RULES)
    assert samir
    assert samir.counters == {"loge"}
    assert reporter_of(YVETTE, RULES) is None


MOST = Statement(Verb.LIMITED, things=(Amount("table", 4),), words="maximum 4 tables par prêt")


def test_a_limit_is_set_by_staff_and_by_a_steward_to_whom_the_rules_leave_it() -> None:
    decision = on(commune(), MOST, who=CLAIRE)
    assert deeds(decision) == (Limited("table", 4),)
    assert {type(notice.content) for notice in decision.notices} == {ReportTold}
    office = commune()
    steward = replace(facts(office).reporter, sets_limits=True)
    told = on_report(says(MOST), facts(office, reporter=steward), RULES)
    assert told
    assert deeds(told) == (Limited("table", 4),)


def test_who_may_set_no_limit_hears_it() -> None:
    [notice] = on(commune(), MOST).notices
    assert isinstance(notice.content, ReportUnclear)
    assert [doubt.why for doubt in notice.content.doubts] == [Unclear.NOT_LEFT]


def test_more_of_what_the_rules_do_not_know_is_for_staff_to_add() -> None:
    decision = on(commune(), Statement(Verb.ADDED, (2,), words="ajouter 2 thermos"))
    assert decision.report is None
    unclear, to_staff = (notice.content for notice in decision.notices)
    assert isinstance(unclear, ReportUnclear)
    assert unclear.doubts[0].why is Unclear.NEW_KIND
    assert isinstance(to_staff, ToStaff)
    assert to_staff.why == "new-kind"


def test_whoever_did_not_come_is_asked_once_whether_they_still_need_it() -> None:
    office = commune()
    friday = digest_for("freddy", date(2026, 6, 12), tuple(office.reservations.values()), RULES)
    nobody = Statement(Verb.NOBODY, (1,), words="1 personne n'est venu")
    decision = on(office, nobody, digest=friday, now=local("2026-06-12 19:10"))
    [content] = [notice.content for notice in decision.notices if notice.to == YVETTE]
    assert isinstance(content, NotFetched)
    assert content.passing.direction is Direction.OUT
    assert content.opening is None, "the next opening is after the use"
    [put] = decision.puts
    office.reservations[put.after.code] = put.after
    again = on(office, nobody, digest=friday, now=local("2026-06-12 19:20"))
    assert not [notice for notice in again.notices if notice.to == YVETTE]


def test_whoever_did_not_come_reads_of_the_next_opening_that_is_still_of_use() -> None:
    office = Office()
    office.mail(asks(goods("table", 4, Slot(date(2026, 6, 13), date(2026, 6, 17)))))
    friday = digest_for("freddy", date(2026, 6, 12), tuple(office.reservations.values()), RULES)
    nobody = Statement(Verb.NOBODY, (1,), words="1 personne n'est venu")
    decision = on(office, nobody, digest=friday, now=local("2026-06-12 19:10"))
    [content] = [notice.content for notice in decision.notices if notice.to == YVETTE]
    assert isinstance(content, NotFetched)
    assert content.opening is not None
    assert content.opening.start == local("2026-06-15 08:00")
