"""Somebody else comes, or nobody can come then: with proof only, for whoever has the key has the room."""

from __future__ import annotations

from datetime import date

import pytest

from mailbot.model.decision import ClockFacts
from mailbot.model.meaning import Collector, Intent, Item
from mailbot.model.notices import Content
from mailbot.model.reservation import Act, claims_in_force
from mailbot.model.to_askers import Challenged, Changed, CollectorNoted, Handed, OpeningsOffered
from mailbot.model.to_key_holders import ShortNotice
from mailbot.policy.clock import on_clock
from tests.policy.commune import KARIM, RULES, Office, asks, goods, local, room, says, slot, span

SATURDAY = "2026-06-13"
CARINE = Collector("Carine", "0400 11 22 33")
COMES = says(Intent.HUMAN, comes=CARINE, phone="0400 11 22 33")
FRIDAY = frozenset({date(2026, 6, 12)})
NOT_FRIDAY = says(Intent.HUMAN, prevented=FRIDAY, days=FRIDAY)


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def booked(office: Office) -> str:
    return office.mail(asks(room("quartier", slot(SATURDAY, "14-18")), attendees=20)).code


def test_who_comes_reaches_the_list_of_the_key_holder() -> None:
    office = Office()
    code = booked(office)
    assert isinstance(letter(office.mail(COMES, code=code, sender_is_proven=True)), CollectorNoted)
    office.now = local("2026-06-12 06:45")
    digests = on_clock(ClockFacts(office.now, passing=(office.reservations[code],)), RULES).digests
    assert {line.comes for digest in digests for line in digest.lines} == {CARINE}
    assert office.reservations[code].phone is None, "hers is not the asker's"


def test_who_comes_is_told_at_once_where_the_list_is_out() -> None:
    office = Office()
    code = booked(office)
    office.now = local("2026-06-12 06:45")
    digests = {
        digest.holder: digest
        for digest in on_clock(ClockFacts(office.now, passing=(office.reservations[code],)), RULES).digests
    }
    decision = office.mail(COMES, code=code, sender_is_proven=True, last_digests=digests)
    [notice] = [notice.content for notice in decision.notices if isinstance(notice.content, ShortNotice)]
    assert all(change.altered and change.passing.comes == CARINE for change in notice.changes)


def test_a_stranger_cannot_send_somebody_for_the_key() -> None:
    office = Office()
    code = booked(office)
    content = letter(office.mail(COMES, code=code))
    assert isinstance(content, Challenged)
    assert (content.act, content.collector, office.reservations[code].collector) == (Act.NOTE, CARINE, None)
    assert isinstance(letter(office.mail(says(Intent.ACCEPT), code=code)), Challenged)
    assert isinstance(letter(office.mail(says(Intent.ACCEPT), code=code, challenge=Act.NOTE)), CollectorNoted)
    assert office.reservations[code].collector == CARINE


def test_who_is_named_in_the_request_comes_from_the_start() -> None:
    office = Office()
    code = office.mail(asks(room("quartier", slot(SATURDAY, "14-18")), comes=CARINE)).code
    assert office.reservations[code].collector == CARINE


def test_a_day_that_does_not_suit_gets_the_other_openings_held() -> None:
    office = Office()
    code = booked(office)
    before = office.reservations[code]
    content = letter(office.mail(NOT_FRIDAY, code=code))
    assert isinstance(content, OpeningsOffered)
    assert content.fetching
    ends = [opening.opening.end for opening in content.openings]
    assert ends == sorted(ends, reverse=True)
    assert all(end <= local("2026-06-11 19:00") for end in ends)
    assert office.reservations[code].uses == before.uses
    chosen = office.reservations[code].options[1]
    taken = letter(office.mail(says(Intent.ACCEPT, option=2), code=code, challenge=Act.CHANGE))
    assert isinstance(taken, Changed)
    [use] = office.reservations[code].uses
    assert use.out == content.openings[1]
    assert office.reservations[code].uses == chosen.uses
    again = Office()
    again.ledger.take(claims_in_force(office.reservations[code]))
    assert +again.ledger.cells == +office.ledger.cells


def changed_hours(*hours: int, **more):
    return says(Intent.CHANGE, hours=hours, **more)


def test_an_opening_that_was_chosen_stays_when_the_hours_change() -> None:
    office = Office()
    code = booked(office)
    content = letter(office.mail(NOT_FRIDAY, code=code))
    office.mail(says(Intent.ACCEPT, option=2), code=code, challenge=Act.CHANGE)
    taken = letter(office.mail(changed_hours(15 * 60, 19 * 60), code=code, sender_is_proven=True))
    assert isinstance(taken, Changed)
    [use] = office.reservations[code].uses
    assert use.when == span(SATURDAY, "15-19")
    assert use.out == content.openings[1]
    again = Office()
    again.ledger.take(claims_in_force(office.reservations[code]))
    assert +again.ledger.cells == +office.ledger.cells


def test_who_comes_is_kept_from_a_mail_that_changes_something_too() -> None:
    office = Office()
    code = booked(office)
    office.mail(changed_hours(15 * 60, 19 * 60, comes=CARINE), code=code, sender_is_proven=True)
    assert office.reservations[code].collector == CARINE


def test_who_comes_waits_for_the_owners_word_with_the_change() -> None:
    office = Office()
    code = booked(office)
    office.mail(changed_hours(15 * 60, 19 * 60, comes=CARINE), code=code)
    assert office.reservations[code].collector is None
    office.mail(says(Intent.ACCEPT), code=code, challenge=Act.CHANGE)
    assert office.reservations[code].collector == CARINE


def test_an_opening_in_which_the_key_is_still_out_is_not_offered() -> None:
    office = Office()
    office.mail(asks(room("cuisine", slot("2026-06-11", "14-18"))), KARIM)  # the only key, till Friday morning
    code = booked(office)
    content = letter(office.mail(NOT_FRIDAY, code=code))
    assert isinstance(content, OpeningsOffered)
    assert (content.openings, content.direct) == ((), True), "only from who has it till then"


def test_a_day_of_bringing_back_that_does_not_suit_gets_later_ones() -> None:
    office = Office()
    code = office.mail(asks(goods("table", 4, slot(SATURDAY)))).code
    monday = frozenset({date(2026, 6, 15)})
    content = letter(office.mail(says(Intent.HUMAN, prevented=monday), code=code))
    assert isinstance(content, OpeningsOffered)
    assert not content.fetching
    assert [opening.opening.start for opening in content.openings] == [
        local("2026-06-19 16:00"),
        local("2026-06-22 08:00"),
    ]


@pytest.mark.parametrize("meaning", [COMES, NOT_FRIDAY])
def test_what_has_no_booking_is_for_a_person(meaning) -> None:
    assert isinstance(letter(Office().mail(meaning)), Handed)


def test_a_day_that_does_not_suit_is_never_the_day_it_is_moved_to() -> None:
    office = Office()
    code = booked(office)
    friday = Item(("same",), 1, (slot("2026-06-12"),))
    read_as_change = says(Intent.CHANGE, friday, prevented=FRIDAY, days=FRIDAY)
    assert isinstance(letter(office.mail(read_as_change, code=code, sender_is_proven=True)), OpeningsOffered)
    saturday = frozenset({date(2026, 6, 13)})
    of_use = says(Intent.CHANGE, Item(("same",), 1, (slot(SATURDAY),)), prevented=saturday, days=saturday)
    assert isinstance(letter(office.mail(of_use, code=code, sender_is_proven=True)), Handed)
