"""Asked twice: neither doubled nor refused for colliding with itself; one question, "the same, or more?"."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailbot.model.meaning import Intent
from mailbot.model.notices import Content
from mailbot.model.reservation import State
from mailbot.model.to_askers import Challenged, Changed, Confirmed, Listed, Offered, Repeated
from tests.policy.commune import KARIM, YVETTE, Office, asks, goods, room, says, slot, span

SATURDAY = "2026-06-13"
TABLES = asks(goods("table", 2, slot(SATURDAY)))
COLLEAGUE = replace(YVETTE, name="Carine", address="carine@parc.example")


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def taken(office: Office, resource: str) -> int:
    return max((units for (name, _), units in office.ledger.cells.items() if name == resource), default=0)


@pytest.mark.parametrize("sender", [YVETTE, COLLEAGUE])
def test_the_same_request_again_is_asked_about_and_not_doubled(sender) -> None:
    office = Office()
    first = office.mail(TABLES).code
    content = letter(office.mail(TABLES, sender))
    assert isinstance(content, Repeated)
    assert content.standing.code == first
    assert taken(office, "table") == 2


@pytest.mark.parametrize(
    "answer", [says(Intent.ACCEPT, option=1), says(Intent.ACCEPT), says(Intent.HUMAN, same=True), asks(option=1)]
)
def test_the_same_leaves_what_stands(answer) -> None:
    office = Office()
    first = office.mail(TABLES).code
    again = office.mail(TABLES).code
    content = letter(office.mail(answer, code=again))
    assert isinstance(content, Confirmed)
    assert content.reservation.code == first
    assert office.reservations[again].state is State.DECLINED
    assert taken(office, "table") == 2


@pytest.mark.parametrize("answer", [says(Intent.ACCEPT, option=2), says(Intent.HUMAN, more=True)])
def test_more_is_booked_besides(answer) -> None:
    office = Office()
    first = office.mail(TABLES).code
    again = office.mail(TABLES).code
    content = letter(office.mail(answer, code=again))
    assert isinstance(content, Confirmed)
    assert content.reservation.code == again != first
    assert taken(office, "table") == 4


def test_the_same_room_at_other_hours_is_not_in_its_own_way() -> None:
    office = Office()
    first = office.mail(asks(room("salle", slot(SATURDAY, "14-18")), goods("table", 2, slot(SATURDAY)))).code
    again = office.mail(asks(room("salle", slot(SATURDAY, "14-20"))))
    assert isinstance(letter(again), Repeated)
    changed = office.mail(says(Intent.ACCEPT, option=1), code=again.code, sender_is_proven=True)
    assert isinstance(letter(changed), Changed)
    assert office.reservations[first].uses[0].when == span(SATURDAY, "14-20")
    assert office.reservations[again.code].state is State.DECLINED
    assert taken(office, "table") == 2


def test_a_change_that_a_repetition_means_needs_proof_as_well() -> None:
    office = Office()
    first = office.mail(asks(room("salle", slot(SATURDAY, "14-18")))).code
    again = office.mail(asks(room("salle", slot(SATURDAY, "14-20")))).code
    content = letter(office.mail(says(Intent.ACCEPT, option=1), code=again))
    assert isinstance(content, Challenged)
    assert content.reservation.code == first


def test_the_same_room_in_its_place_again_offers_others() -> None:
    office = Office()
    office.mail(asks(room("salle", slot(SATURDAY, "14-18"))))
    again = office.mail(asks(room("salle", slot(SATURDAY, "14-20")))).code
    assert isinstance(letter(office.mail(says(Intent.ACCEPT, option=2), code=again)), Offered)


def test_what_others_have_is_no_repetition() -> None:
    office = Office()
    office.mail(TABLES, KARIM)
    assert isinstance(letter(office.mail(TABLES)), Confirmed)


def test_who_asks_whether_it_arrived_is_told_how_it_stands() -> None:
    office = Office()
    code = office.mail(TABLES).code
    asks_state = says(Intent.HUMAN, asks_state=True)
    assert letter(office.mail(asks_state, code=code)) == Listed((office.reservations[code],), arrived=True)
    assert letter(office.mail(asks_state)) == Listed((office.reservations[code],), arrived=True)
    assert letter(office.mail(asks_state, KARIM)) == Listed((), arrived=True)


def test_who_asks_for_something_besides_gets_it() -> None:
    office = Office()
    assert isinstance(letter(office.mail(replace(TABLES, asks_state=True))), Confirmed)
