"""My data and forget me: for whom, and on what proof."""

from __future__ import annotations

import pytest

from mailbot.model.meaning import Intent, Wish
from mailbot.model.personal import Personal
from mailbot.model.to_askers import DataAsked, ForgetAsked, Forgotten, StillNeeded, YourData
from mailbot.model.to_staff import ToStaff
from tests.policy.commune import Office, asks, local, room, says, slot

KEPT = Personal("yvette@parc.example")
DATA = says(Intent.HUMAN, wishes=frozenset({Wish.DATA}))
FORGET = says(Intent.HUMAN, wishes=frozenset({Wish.FORGET}))
YES = says(Intent.ACCEPT)


@pytest.mark.parametrize(("wish", "question"), [(DATA, DataAsked), (FORGET, ForgetAsked)])
def test_without_proof_the_owner_is_asked(wish, question) -> None:
    decision = Office().mail(wish, personal=KEPT)
    [notice] = decision.notices
    assert isinstance(notice.content, question)
    assert decision.erase == ""


def test_a_domain_check_is_a_proof() -> None:
    [notice] = Office().mail(DATA, sender_is_proven=True, personal=KEPT).notices
    assert notice.content == YourData(KEPT)


def test_the_owners_yes_to_our_question_is_a_proof() -> None:
    [notice] = Office().mail(YES, answered="data_asked", owner_answers=True, personal=KEPT).notices
    assert notice.content == YourData(KEPT)


def test_a_yes_that_does_not_come_from_the_owner_is_asked_again() -> None:
    decision = Office().mail(YES, answered="forget_asked", owner_answers=False, personal=KEPT)
    assert isinstance(decision.notices[0].content, ForgetAsked)
    assert decision.erase == ""


def test_who_is_forgotten_is_told_and_staff_erase_the_mails() -> None:
    decision = Office().mail(YES, answered="forget_asked", owner_answers=True, personal=KEPT)
    assert decision.erase == "yvette@parc.example"
    contents = [notice.content for notice in decision.notices]
    assert contents[0] == Forgotten()
    assert [content.why for content in contents if isinstance(content, ToStaff)] == ["forget"]


def test_nobody_is_forgotten_while_something_is_booked_for_them() -> None:
    office = Office()
    code = office.mail(asks(room("salle", slot("2026-06-13", "14-18")))).code
    decision = office.mail(YES, answered="forget_asked", owner_answers=True, personal=KEPT)
    [notice] = decision.notices
    assert isinstance(notice.content, StillNeeded)
    assert [one.code for one in notice.content.reservations] == [code]
    assert decision.erase == ""
    office.now = local("2026-06-14 12:00")
    assert office.mail(YES, answered="forget_asked", owner_answers=True, personal=KEPT).erase


def test_a_request_that_speaks_of_data_is_a_request() -> None:
    request = asks(room("salle", slot("2026-06-13", "14-18")), wishes=frozenset({Wish.DATA}))
    assert not any(isinstance(n.content, DataAsked) for n in Office().mail(request, personal=KEPT).notices)
