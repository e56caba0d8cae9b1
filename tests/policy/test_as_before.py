"""As last year: the booking of then is proposed for the new day, and nothing is booked before the yes."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from mailbot.model.meaning import Intent
from mailbot.model.notices import Content
from mailbot.model.reservation import Reservation, State
from mailbot.model.to_askers import Confirmed, Handed, Offered, Proposed
from tests.policy.commune import KARIM, Office, asks, goods, local, room, says, slot, span

SATURDAY, LAST_YEAR = "2026-06-13", "2025-06-14"
AGAIN = says(Intent.HUMAN, like_before=True, days=frozenset({date(2026, 6, 13)}))


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def last_year() -> Reservation:
    office = Office(now=local("2025-06-01 10:00"))
    code = office.mail(
        asks(room("salle", slot(LAST_YEAR, "14-18")), goods("table", 4, slot(LAST_YEAR)), attendees=30)
    ).code
    return replace(office.reservations[code], state=State.CLOSED, code="R-LASTY")


def test_the_booking_of_last_year_is_proposed_on_the_new_day() -> None:
    office = Office()
    decision = office.mail(AGAIN, earlier=(last_year(),))
    content = letter(decision)
    assert isinstance(content, Proposed)
    assert content.earlier.code == "R-LASTY"
    [option] = content.reservation.options
    assert [(use.resource, use.quantity) for use in option.uses] == [("salle", 1), ("table", 4)]
    assert option.uses[0].when == span(SATURDAY, "14-18")
    confirmed = letter(office.mail(says(Intent.ACCEPT), code=decision.code))
    assert isinstance(confirmed, Confirmed)
    assert confirmed.reservation.uses == option.uses


def test_other_hours_and_people_count() -> None:
    content = letter(Office().mail(replace(AGAIN, hours=(15 * 60, 19 * 60), attendees=50), earlier=(last_year(),)))
    assert isinstance(content, Proposed)
    assert content.reservation.options[0].uses[0].when == span(SATURDAY, "15-19")
    assert content.reservation.attendees == 50


def test_what_is_taken_on_the_new_day_gets_alternatives() -> None:
    office = Office()
    office.mail(asks(room("salle", slot(SATURDAY, "12-20"))), KARIM)
    assert isinstance(letter(office.mail(AGAIN, earlier=(last_year(),))), Offered)


def test_who_had_nothing_before_gets_a_person() -> None:
    assert isinstance(letter(Office().mail(AGAIN)), Handed)
