"""A problem right now: the number at once, and the key-holder is told; at any other time it is a mail like others."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Intent, Wish
from mailbot.model.to_askers import OnCall, OnTheSpot, Problem, Thanked
from mailbot.model.to_staff import ToStaff
from tests.policy.commune import KARIM, RULES, STRANGER, Office, asks, local, room, says, slot

TROUBLE = says(Intent.HUMAN, wishes=frozenset({Wish.PROBLEM}), phone="0470 12 34 56")

AT_THE_DOOR = says(Intent.FEEDBACK, wishes=frozenset({Wish.PROBLEM, Wish.HERE}))
"""Of somebody with no booking of their own: a husband, a colleague."""
WITH_NUMBERS = replace(RULES, sites={id: replace(site, on_call=f"0400 {id}") for id, site in RULES.sites.items()})


def used(office: Office) -> str:
    """Book the quarter house on Saturday from 14 to 18; its key is fetched on Friday from 17 to 19."""
    return office.mail(asks(room("quartier", slot("2026-06-13", "14-18")))).code


@pytest.mark.parametrize(
    ("moment", "helped"),
    [
        ("2026-06-12 14:59", False),
        ("2026-06-12 15:00", True),  # two hours before the key is fetched
        ("2026-06-12 20:01", False),
        ("2026-06-13 11:59", False),
        ("2026-06-13 12:00", True),  # two hours before the use
        ("2026-06-13 17:59", True),
        ("2026-06-13 18:00", False),
    ],
)
def test_help_is_given_from_two_hours_before_to_the_end(moment: str, helped: bool) -> None:
    office = Office()
    used(office)
    office.now = local(moment)
    decision = office.mail(TROUBLE)
    assert isinstance(decision.notices[0].content, OnTheSpot) is helped


def test_the_key_holder_and_staff_get_the_mail() -> None:
    office = Office()
    code = used(office)
    office.now = local("2026-06-13 14:10")
    decision = office.mail(TROUBLE)
    assert decision.code == code
    told = {notice.to.address: notice.content for notice in decision.notices}
    assert isinstance(told["josiane@commune.example"], Problem)
    assert told["josiane@commune.example"].reached_at == "0470 12 34 56"
    assert isinstance(told["claire@commune.example"], ToStaff)
    assert len(told) == len(decision.notices) == 3
    assert decision.puts == ()


def test_somebody_else_has_no_use_at_that_hour() -> None:
    office = Office()
    used(office)
    office.now = local("2026-06-13 14:10")
    assert not any(isinstance(n.content, OnTheSpot) for n in office.mail(TROUBLE, KARIM).notices)


def test_a_request_that_is_urgent_is_a_request() -> None:
    office = Office()
    used(office)
    office.now = local("2026-06-13 14:10")
    urgent = asks(room("salle", slot("2026-06-20", "14-18")), wishes=frozenset({Wish.PROBLEM}))
    assert not any(isinstance(n.content, OnTheSpot) for n in office.mail(urgent).notices)


def helped(decision: Decision) -> OnCall:
    [told] = [notice.content for notice in decision.notices if isinstance(notice.content, OnCall)]
    assert decision.end is End.HANDED
    assert decision.code == ""
    assert decision.puts == ()
    return told


def test_whoever_stands_at_a_door_that_they_name_gets_its_number_and_the_key_holder_the_mail() -> None:
    decision = Office().mail(replace(AT_THE_DOOR, about=("quartier",)), STRANGER)
    assert helped(decision) == OnCall(("parc",))
    told = {notice.to.address: notice.content for notice in decision.notices}
    assert told["josiane@commune.example"] == Problem(None, (), STRANGER, "", ("parc",))
    assert isinstance(told["claire@commune.example"], ToStaff)


def test_where_no_place_is_named_it_is_the_only_one_in_use() -> None:
    office = Office(rules=WITH_NUMBERS)
    code = used(office)
    office.now = local("2026-06-13 14:10")
    decision = office.mail(AT_THE_DOOR, STRANGER, in_use=(office.reservations[code],))
    assert helped(decision) == OnCall(("parc",))
    assert any(isinstance(notice.content, Problem) for notice in decision.notices)


def test_where_nothing_tells_the_place_the_numbers_of_all_are_given() -> None:
    office = Office(rules=WITH_NUMBERS)
    code = used(office)
    office.now = local("2026-06-13 18:00")  # over by then
    decision = office.mail(AT_THE_DOOR, STRANGER, in_use=(office.reservations[code],))
    assert helped(decision) == OnCall(("parc", "mairie"), known=False)
    assert not any(isinstance(notice.content, Problem) for notice in decision.notices)
    assert helped(Office().mail(AT_THE_DOOR, STRANGER)) == OnCall((), known=False)


def test_a_problem_of_the_past_is_one_that_is_told() -> None:
    decision = Office().mail(says(Intent.FEEDBACK, wishes=frozenset({Wish.PROBLEM}), about=("quartier",)), STRANGER)
    assert isinstance(decision.notices[0].content, Thanked)
