"""A new address speaks of an initiative's booking: asked of who booked, and nothing before their yes."""

from __future__ import annotations

from mailbot.model.decision import Decision
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent
from mailbot.model.reservation import Act
from mailbot.model.to_askers import Challenged, Handed, Vouching
from tests.policy.commune import YVETTE, Office, asks, room, says, slot

STRANGER = Address("Nadia", "nadia@elsewhere.example")
CANCEL, YES = says(Intent.CANCEL), says(Intent.ACCEPT)


def booked(office: Office) -> str:
    return office.mail(asks(room("salle", slot("2026-06-13", "14-18")))).code


def written(office: Office, code: str, meaning=CANCEL) -> Decision:
    return office.mail(meaning, STRANGER, anothers=office.reservations[code])


def test_who_booked_is_asked_and_the_stranger_is_told_nothing_of_the_booking() -> None:
    office = Office()
    code = booked(office)
    before = office.reservations[code].uses
    to = {notice.to: notice.content for notice in written(office, code).notices}
    assert to == {STRANGER: Vouching(None, STRANGER), YVETTE: Vouching(office.reservations[code], STRANGER)}
    assert office.reservations[code].uses == before


def test_who_booked_is_asked_once_of_one_stranger() -> None:
    office = Office()
    code = booked(office)
    written(office, code)
    again = written(office, code)
    assert [notice.to for notice in again.notices] == [STRANGER]
    assert not again.puts


def test_a_yes_lets_them_speak_of_it_and_nobody_elses_yes_does() -> None:
    office = Office()
    code = booked(office)
    written(office, code)
    unproven = office.mail(YES, code=code)
    assert any(isinstance(notice.content, Handed) for notice in unproven.notices)
    assert not office.reservations[code].colleagues
    yes = office.mail(YES, code=code, challenge=Act.NOTE)
    assert {notice.to for notice in yes.notices} == {YVETTE, STRANGER}
    assert office.reservations[code].colleagues == (STRANGER,)
    assert office.reservations[code].pending is None


def test_what_waits_for_the_owners_word_is_not_pushed_aside_by_a_stranger() -> None:
    office = Office()
    code = booked(office)
    assert isinstance(office.mail(CANCEL, code=code).notices[0].content, Challenged)
    pending = office.reservations[code].pending
    written(office, code)
    assert office.reservations[code].pending == pending


def test_a_stranger_who_asks_for_something_of_their_own_gets_it() -> None:
    office = Office()
    code = booked(office)
    own = asks(room("bureau", slot("2026-06-20", "14-18")))
    assert written(office, code, own).code != code
    assert office.reservations[code].pending is None


def test_nobody_vouches_for_the_communes_own() -> None:
    office = Office()
    code = booked(office)
    [claire, *_] = office.rules.staff
    office.mail(CANCEL, Address("", claire.address), anothers=office.reservations[code])
    assert office.reservations[code].pending is None
