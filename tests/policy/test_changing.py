"""What becomes of a booking that is to be another one: all or nothing, proven, and the old one stands until then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts
from mailbot.model.meaning import SAME, Intent, Item, Lack, Meaning
from mailbot.model.notices import Content
from mailbot.model.objections import Taken, TooManyPeople
from mailbot.model.reservation import Act, State
from mailbot.model.to_askers import (
    Asked,
    Cancelled,
    Challenged,
    Changed,
    ChangeOffered,
    Confirmed,
    Handed,
    Unchanged,
    Which,
)
from mailbot.model.to_key_holders import ShortNotice
from mailbot.policy.clock import on_clock
from tests.policy.commune import KARIM, RULES, YVETTE, Office, asks, goods, local, room, says, slot, span

SATURDAY, SUNDAY, LATER = "2026-06-13", "2026-06-14", "2026-06-20"
YES, NO = says(Intent.ACCEPT), says(Intent.DECLINE)
UNDO = says(Intent.DECLINE, undo=True)


def changes(*items: Item, days: tuple[str, ...] = (), **more: object) -> Meaning:
    named = frozenset(date.fromisoformat(day) for day in days) | {slot.day for item in items for slot in item.slots}
    return says(Intent.CHANGE, *items, days=named, **more)


def same(*slots) -> Item:
    return Item((SAME,), 1, slots)


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def booked(office: Office, day: str = SATURDAY) -> str:
    return office.mail(asks(room("salle", slot(day, "14-18")), goods("table", 4, slot(day)), attendees=40)).code


def series(office: Office, *days: str) -> str:
    return office.mail(asks(room("bureau", *(slot(day, "19-21") for day in days)))).code


def stands(office: Office, code: str) -> list[tuple[str, int, object]]:
    return [(use.resource, use.quantity, use.when) for use in office.reservations[code].uses]


def ledger_is_the_sum_of_what_stands(office: Office) -> bool:
    again = Office(office.rules)
    for reservation in office.reservations.values():
        from mailbot.model.reservation import claims_in_force

        again.ledger.take(claims_in_force(reservation))
    return +again.ledger.cells == +office.ledger.cells


# --- what is changed


CHANGES = [
    ("another day, and what is lent goes along", changes(same(slot(LATER))), {"salle": span(LATER, "14-18")}),
    ("other hours", changes(hours=(15 * 60, 19 * 60)), {"salle": span(SATURDAY, "15-19")}),
    ("an end alone", changes(same(), hours=(None, 20 * 60)), {"salle": span(SATURDAY, "14-20")}),
    ("an earlier start alone", changes(same(), hours=(13 * 60, None)), {"salle": span(SATURDAY, "13-18")}),
    ("day and hours", changes(same(slot(LATER, "10-12"))), {"salle": span(LATER, "10-12")}),
    ("another room", changes(room("quartier")), {"quartier": span(SATURDAY, "14-18")}),
    ("another room on another day", changes(room("quartier", slot(LATER))), {"quartier": span(LATER, "14-18")}),
]


@pytest.mark.parametrize(("words", "meaning", "rooms"), CHANGES, ids=[words for words, *_ in CHANGES])
def test_a_proven_change_is_made_at_once(words, meaning, rooms) -> None:
    office = Office()
    code = booked(office)
    before = office.reservations[code]
    content = letter(office.mail(meaning, code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    after = office.reservations[code]
    assert {use.resource: use.when for use in after.uses if use.resource != "table"} == rooms
    day = next(iter(rooms.values())).start.date()
    assert [use.when.first for use in after.uses if use.resource == "table"] == [day]
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert content.before == before.uses
    assert ledger_is_the_sum_of_what_stands(office)


def test_more_and_less_of_a_thing_and_another_thing_besides() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(goods("table", 6)), code=code, sender_is_proven=True)
    assert ("table", 6) in [(name, units) for name, units, _ in stands(office, code)]
    office.mail(changes(replace(goods("table", 3), added=True)), code=code, sender_is_proven=True)
    assert ("table", 9) in [(name, units) for name, units, _ in stands(office, code)]
    office.mail(changes(replace(goods("gobelet", 50), added=True)), code=code, sender_is_proven=True)
    assert ("gobelet", 50) in [(name, units) for name, units, _ in stands(office, code)]
    office.mail(says(Intent.CANCEL, goods("gobelet", 20)), code=code, sender_is_proven=True)
    assert ("gobelet", 30) in [(name, units) for name, units, _ in stands(office, code)]
    office.mail(changes(replace(room("cuisine"), added=True)), code=code, sender_is_proven=True)
    assert {name for name, *_ in stands(office, code)} == {"salle", "cuisine", "table", "gobelet"}
    assert office.reservations[code].sequence == 5
    assert ledger_is_the_sum_of_what_stands(office)


def test_things_said_with_the_hours_of_the_room_stay_things_of_whole_days() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(goods("table", 6, slot(SATURDAY, "14-18"))), code=code, sender_is_proven=True)
    assert [(use.resource, use.quantity) for use in office.reservations[code].uses] == [("salle", 1), ("table", 6)]


def test_its_own_place_is_not_against_a_booking() -> None:
    office = Office()
    code = office.mail(asks(room("quartier", slot(SATURDAY, "14-18")))).code  # its key has one copy
    content = letter(office.mail(changes(same(slot(SATURDAY, "15-19"))), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)


def test_a_date_of_a_series_moves_and_the_others_stay() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23", "2026-06-30")
    office.mail(changes(same(slot("2026-06-24")), days=("2026-06-23",)), code=code, sender_is_proven=True)
    assert [when for *_, when in stands(office, code)] == [
        span(day, "19-21") for day in ("2026-06-16", "2026-06-24", "2026-06-30")
    ]


def test_the_day_that_is_booked_may_be_named_where_the_new_one_would_be() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23")
    office.mail(changes(same(slot("2026-06-23")), days=("2026-06-24",)), code=code, sender_is_proven=True)
    assert [when for *_, when in stands(office, code)] == [span("2026-06-16", "19-21"), span("2026-06-24", "19-21")]


def test_the_rest_of_a_series_gets_other_hours() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23", "2026-06-30")
    meaning = changes(hours=(20 * 60, 22 * 60), days=("2026-06-23",), rest=True)
    office.mail(meaning, code=code, sender_is_proven=True)
    assert [when for *_, when in stands(office, code)] == [
        span("2026-06-16", "19-21"),
        span("2026-06-23", "20-22"),
        span("2026-06-30", "20-22"),
    ]


def test_a_date_or_the_rest_of_a_series_is_given_up() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23", "2026-06-30", "2026-07-07")
    named = says(Intent.CANCEL, days=frozenset({date(2026, 6, 23)}))
    assert isinstance(letter(office.mail(named, code=code, sender_is_proven=True)), Changed)
    assert [when.start.date().day for *_, when in stands(office, code)] == [16, 30, 7]
    rest = says(Intent.CANCEL, days=frozenset({date(2026, 6, 30)}), rest=True)
    assert isinstance(letter(office.mail(rest, code=code, sender_is_proven=True)), Changed)
    assert [when.start.date().day for *_, when in stands(office, code)] == [16]
    assert isinstance(letter(office.mail(says(Intent.CANCEL), code=code, sender_is_proven=True)), Cancelled)
    assert not +office.ledger.cells


def test_what_is_over_stays_written_and_all_that_is_ahead_is_given_up() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23")
    office.now = local("2026-06-18 09:00")
    content = letter(office.mail(changes(hours=(20 * 60, 22 * 60)), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert [when for *_, when in stands(office, code)] == [span("2026-06-16", "19-21"), span("2026-06-23", "20-22")]
    assert isinstance(letter(office.mail(says(Intent.CANCEL), code=code, sender_is_proven=True)), Cancelled)


def test_less_is_possible_when_more_would_be_too_late() -> None:
    office = Office()
    code = booked(office)
    office.now = local("2026-06-12 20:00")
    assert isinstance(letter(office.mail(changes(goods("table", 2)), code=code, sender_is_proven=True)), Changed)
    more = office.mail(changes(goods("table", 8)), code=code, sender_is_proven=True)
    assert isinstance(letter(more), Unchanged)
    assert ("table", 2) in [(name, units) for name, units, _ in stands(office, code)]


def test_more_people_than_the_room_holds_need_another_room() -> None:
    office = Office()
    code = office.mail(asks(room("quartier", slot(SATURDAY, "14-18")), attendees=30)).code
    fits = office.mail(changes(attendees=45), code=code, sender_is_proven=True)
    assert isinstance(letter(fits), Changed)
    assert office.reservations[code].attendees == 45
    content = letter(office.mail(changes(attendees=70), code=code, sender_is_proven=True))
    assert isinstance(content, ChangeOffered)
    assert any(isinstance(objection, TooManyPeople) for objection in content.objections)
    assert content.reservation.options[0].uses[0].resource == "salle"
    office.mail(YES, code=code, sender_is_proven=True)
    assert (stands(office, code)[0][0], office.reservations[code].attendees) == ("salle", 70)


def test_what_is_so_already_changes_nothing() -> None:
    office = Office()
    code = booked(office)
    decision = office.mail(changes(goods("table", 4)), code=code, sender_is_proven=True)
    assert isinstance(letter(decision), Confirmed)
    assert not decision.puts


# --- not possible: what stands goes on standing


def taken_by_karim(office: Office, day: str = LATER) -> None:
    office.mail(asks(room("salle", slot(day, "10-22"))), KARIM)


def test_a_change_that_is_not_possible_holds_others_besides_what_stands() -> None:
    office = Office()
    code = booked(office)
    before = stands(office, code)
    taken_by_karim(office)
    decision = office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    content = letter(decision)
    assert isinstance(content, ChangeOffered)
    assert any(isinstance(objection, Taken) for objection in content.objections)
    assert office.reservations[code].state is State.CHANGING
    assert stands(office, code) == before
    assert ledger_is_the_sum_of_what_stands(office)
    for option in content.reservation.options:  # held: nobody else can have it
        [use] = [use for use in option.uses if use.resource in RULES.rooms]
        other = office.facts(KARIM)
        assert use.claims[0].resource in {claim.resource for claim in content.reservation.hold}
        assert other.occupancy.taken(use.claims[0].resource, use.claims[0].first, use.claims[0].last) >= 1


def test_an_option_for_a_change_is_taken_exactly() -> None:
    office = Office()
    code = booked(office)
    taken_by_karim(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    chosen = office.reservations[code].options[1]
    content = letter(office.mail(says(Intent.ACCEPT, option=2), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert office.reservations[code].uses == chosen.uses
    assert office.reservations[code].state is State.CONFIRMED
    assert ledger_is_the_sum_of_what_stands(office)


@pytest.mark.parametrize("answer", [NO, UNDO])
def test_who_takes_none_keeps_what_stands(answer) -> None:
    office = Office()
    code = booked(office)
    before = stands(office, code)
    taken_by_karim(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    assert isinstance(letter(office.mail(answer, code=code, sender_is_proven=True)), Unchanged)
    assert (office.reservations[code].state, stands(office, code)) == (State.CONFIRMED, before)
    assert ledger_is_the_sum_of_what_stands(office)


def test_options_for_a_change_lapse_and_a_late_number_is_looked_at_again() -> None:
    office = Office()
    code = booked(office)
    taken_by_karim(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    changing = office.reservations[code]
    office.now = changing.deadline + timedelta(minutes=1)
    office.carry_out(on_clock(ClockFacts(office.now, lapsing=(changing,)), RULES))
    assert office.reservations[code].state is State.CONFIRMED
    assert ledger_is_the_sum_of_what_stands(office)
    content = letter(office.mail(says(Intent.ACCEPT, option=1), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert office.reservations[code].uses == changing.options[0].uses


def test_a_change_of_mind_replaces_the_options_before() -> None:
    office = Office()
    code = booked(office)
    taken_by_karim(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    content = letter(office.mail(changes(same(slot("2026-06-27"))), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert stands(office, code)[0] == ("salle", 1, span("2026-06-27", "14-18"))
    assert ledger_is_the_sum_of_what_stands(office)


# --- proof


def test_without_proof_what_is_asked_is_held_and_the_owner_is_asked() -> None:
    office = Office()
    code = booked(office)
    before = stands(office, code)
    content = letter(office.mail(changes(same(slot(LATER))), code=code))
    assert isinstance(content, Challenged)
    assert (content.act, office.reservations[code].state) == (Act.CHANGE, State.CHANGING)
    assert stands(office, code) == before
    yes = office.mail(YES, code=code)  # a yes from anybody is none
    assert isinstance(letter(yes), Challenged)
    assert isinstance(letter(office.mail(YES, code=code, challenge=Act.CHANGE)), Changed)
    assert stands(office, code)[0] == ("salle", 1, span(LATER, "14-18"))
    assert ledger_is_the_sum_of_what_stands(office)


def test_the_answer_to_a_challenge_counts_once() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(same(slot(LATER))), code=code)
    office.mail(YES, code=code, challenge=Act.CHANGE)
    assert office.reservations[code].pending is None
    again = office.mail(YES, code=code)
    assert not again.puts


def test_a_part_is_given_up_after_a_challenge() -> None:
    office = Office()
    code = booked(office)
    content = letter(office.mail(says(Intent.CANCEL, goods("table", None)), code=code))
    assert isinstance(content, Challenged)
    assert content.act is Act.CHANGE
    assert office.reservations[code].state is State.CONFIRMED, "nothing has to be held"
    assert isinstance(letter(office.mail(YES, code=code, challenge=Act.CHANGE)), Changed)
    assert [name for name, *_ in stands(office, code)] == ["salle"]


def test_a_late_yes_to_a_challenge_is_looked_at_again() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(same(slot(LATER))), code=code)
    changing = office.reservations[code]
    office.now = changing.deadline + timedelta(minutes=1)
    office.carry_out(on_clock(ClockFacts(office.now, lapsing=(changing,)), RULES))
    taken_by_karim(office)
    content = letter(office.mail(YES, code=code, challenge=Act.CHANGE))
    assert isinstance(content, ChangeOffered)
    assert stands(office, code)[0] == ("salle", 1, span(SATURDAY, "14-18"))


# --- what is not clear is asked


def test_a_later_start_alone_may_mean_two_things() -> None:
    office = Office()
    code = booked(office)
    content = letter(office.mail(changes(same(), hours=(15 * 60, None)), code=code, sender_is_proven=True))
    assert isinstance(content, Asked)
    assert [(one.start.hour, one.end.hour) for one in content.slots] == [(15, 18), (15, 19)]
    content = letter(office.mail(says(Intent.ACCEPT, option=2), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert stands(office, code)[0] == ("salle", 1, span(SATURDAY, "15-19"))


def test_a_day_for_one_of_many_dates_asks_which() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23", "2026-06-30", "2026-07-07")
    content = letter(office.mail(changes(same(slot("2026-06-24"))), code=code, sender_is_proven=True))
    assert isinstance(content, Asked)
    assert [one.day.day for one in content.slots] == [16, 23, 30]
    content = letter(office.mail(says(Intent.ACCEPT, option=2), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert span("2026-06-24", "19-21") in [when for *_, when in stands(office, code)]
    assert span("2026-06-23", "19-21") not in [when for *_, when in stands(office, code)]


def test_a_thing_without_a_number_asks_how_many() -> None:
    office = Office()
    code = booked(office)
    content = letter(office.mail(changes(replace(goods("gobelet", None), added=True)), code=code))
    assert isinstance(content, Asked)
    assert content.lacks == {Lack.QUANTITY}
    content = letter(office.mail(says(Intent.ACCEPT, option=40), code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert ("gobelet", 40) in [(name, units) for name, units, _ in stands(office, code)]


def test_after_two_fruitless_questions_a_person_takes_over_and_what_stands_stays() -> None:
    office = Office()
    code = series(office, "2026-06-16", "2026-06-23", "2026-06-30")
    vague = changes(same(slot("2026-06-24")))
    assert isinstance(letter(office.mail(vague, code=code)), Asked)
    assert isinstance(letter(office.mail(vague, code=code)), Asked)
    decision = office.mail(vague, code=code)
    assert isinstance(letter(decision), Handed)
    assert office.reservations[code].state is State.CONFIRMED
    assert len(stands(office, code)) == 3


def test_two_bookings_and_none_named_are_numbered_and_the_one_that_is_chosen_is_changed() -> None:
    office = Office()
    first, second = booked(office), booked(office, LATER)
    decision = office.mail(changes(hours=(15 * 60, 19 * 60)))
    content = letter(decision)
    assert isinstance(content, Which)
    assert [one.code for one in content.among] == [first, second]
    changed = office.mail(says(Intent.BOOK, option=2), code=decision.code, sender_is_proven=True)
    assert isinstance(letter(changed), Changed)
    assert stands(office, second)[0][2] == span(LATER, "15-19")
    assert stands(office, first)[0][2] == span(SATURDAY, "14-18")
    assert office.reservations[decision.code].state is State.DECLINED
    assert ledger_is_the_sum_of_what_stands(office)


def test_a_bare_no_that_may_speak_of_two_bookings_asks_which() -> None:
    office = Office()
    first, second = booked(office), booked(office, LATER)
    decision = office.mail(UNDO)
    assert isinstance(letter(decision), Which)
    chosen = says(Intent.HUMAN, days=frozenset({date.fromisoformat(SATURDAY)}))
    office.mail(chosen, code=decision.code, sender_is_proven=True)
    assert office.reservations[first].state is State.CANCELLED
    assert office.reservations[second].state is State.CONFIRMED
    named = office.mail(changes(hours=(15 * 60, 19 * 60), days=(LATER,)), sender_is_proven=True)
    assert isinstance(letter(named), Changed)


# --- undone


def test_no_alone_puts_back_what_was_before_the_change() -> None:
    office = Office()
    code = booked(office)
    before = office.reservations[code].uses
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    content = letter(office.mail(UNDO, code=code, sender_is_proven=True))
    assert isinstance(content, Changed)
    assert content.undone
    assert office.reservations[code].uses == before
    assert office.reservations[code].sequence == 2
    assert ledger_is_the_sum_of_what_stands(office)


def test_no_alone_to_a_first_confirmation_gives_it_up() -> None:
    office = Office()
    code = booked(office)
    assert isinstance(letter(office.mail(UNDO, code=code, sender_is_proven=True)), Cancelled)


def test_no_among_other_words_is_asked_about_even_of_who_is_proven() -> None:
    office = Office()
    code = booked(office)
    assert isinstance(letter(office.mail(NO, code=code, sender_is_proven=True)), Challenged)


def test_no_after_a_day_is_asked_about() -> None:
    office = Office()
    code = booked(office)
    office.now += timedelta(hours=24, minutes=1)
    content = letter(office.mail(UNDO, code=code, sender_is_proven=True))
    assert isinstance(content, Challenged)
    assert content.act is Act.CANCEL


def test_an_undo_whose_place_is_gone_changes_nothing_and_offers_others() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    office.mail(asks(room("salle", slot(SATURDAY, "14-18"))), KARIM)
    content = letter(office.mail(UNDO, code=code, sender_is_proven=True))
    assert isinstance(content, ChangeOffered)
    assert stands(office, code)[0] == ("salle", 1, span(LATER, "14-18"))
    assert ledger_is_the_sum_of_what_stands(office)


def test_an_undo_without_proof_is_asked_of_the_owner() -> None:
    office = Office()
    code = booked(office)
    office.mail(changes(same(slot(LATER))), code=code, sender_is_proven=True)
    content = letter(office.mail(UNDO, code=code))
    assert isinstance(content, Challenged)
    assert content.act is Act.UNDO
    undone = letter(office.mail(YES, code=code, challenge=Act.UNDO))
    assert isinstance(undone, Changed)
    assert undone.undone


# --- the key-holder


def test_the_key_holder_hears_of_a_change_inside_the_list_they_have() -> None:
    office = Office()
    code = booked(office)
    office.now = local("2026-06-12 06:45")
    digests = {
        d.holder: d for d in on_clock(ClockFacts(office.now, passing=(office.reservations[code],)), RULES).digests
    }
    decision = office.mail(changes(goods("table", 2)), code=code, sender_is_proven=True, last_digests=digests)
    [notice] = [notice.content for notice in decision.notices if isinstance(notice.content, ShortNotice)]
    assert notice.holder == "freddy"
    assert {(change.cancelled, change.altered, change.passing.goods) for change in notice.changes} == {
        (False, True, (("table", 2),))
    }


def test_who_expects_somebody_within_two_days_hears_at_once_that_nobody_comes() -> None:
    office = Office()
    code = booked(office)
    office.now = local("2026-06-11 12:00")  # the key is due on Friday evening, in no list yet
    decision = office.mail(says(Intent.CANCEL), code=code, sender_is_proven=True)
    told = {notice.content.holder for notice in decision.notices if isinstance(notice.content, ShortNotice)}
    assert told == {"josiane", "freddy"}
    office = Office()
    code = booked(office)
    decision = office.mail(says(Intent.CANCEL), code=code, sender_is_proven=True)
    assert not [notice for notice in decision.notices if isinstance(notice.content, ShortNotice)]


def test_a_colleague_of_the_initiative_changes_it_as_well() -> None:
    office = Office()
    code = booked(office)
    colleague = replace(YVETTE, name="Carine", address="carine@parc.example")
    assert isinstance(letter(office.mail(changes(goods("table", 2)), colleague, code, sender_is_proven=True)), Changed)


def test_giving_up_a_day_that_is_not_booked_is_asked_about_first() -> None:
    office = Office()
    code = series(office, "2026-06-09", "2026-06-16")
    decision = office.mail(says(Intent.CANCEL, days=frozenset({date(2026, 6, 17)})), code=code, sender_is_proven=True)
    assert isinstance(letter(decision), Challenged)
    assert len(stands(office, code)) == 2
