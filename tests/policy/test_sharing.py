"""Several people of one initiative share its bookings: each hears, once, of what becomes of them."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.meaning import Intent
from mailbot.model.to_askers import Cancelled, Changed, Confirmed
from tests.policy.commune import YVETTE, Office, asks, goods, says, slot

TABLES = asks(goods("table", 2, slot("2026-06-13")))
CARINE = replace(YVETTE, name="Carine", address="carine@parc.example")


def told(decision) -> list[tuple[str, type, bool]]:
    return [(notice.to.address, type(notice.content), notice.answers) for notice in decision.notices]


def test_who_had_a_copy_gets_the_calendar_file_and_all_that_follows() -> None:
    office = Office()
    decision = office.mail(TABLES, colleagues=(CARINE,))
    assert told(decision) == [(YVETTE.address, Confirmed, True), (CARINE.address, Confirmed, False)]
    changed = office.mail(says(Intent.CHANGE, goods("table", 3)), code=decision.code, sender_is_proven=True)
    assert told(changed) == [(YVETTE.address, Changed, True), (CARINE.address, Changed, False)]


def test_who_asked_for_it_hears_of_what_a_colleague_does() -> None:
    office = Office()
    code = office.mail(TABLES).code
    given_up = office.mail(says(Intent.CANCEL), CARINE, code, sender_is_proven=True)
    assert told(given_up) == [(CARINE.address, Cancelled, True), (YVETTE.address, Cancelled, False)]


def test_what_changes_nothing_is_told_to_nobody_else() -> None:
    office = Office()
    code = office.mail(TABLES, colleagues=(CARINE,)).code
    asked = office.mail(says(Intent.CANCEL), code=code)
    assert [address for address, *_ in told(asked)] == [YVETTE.address]
