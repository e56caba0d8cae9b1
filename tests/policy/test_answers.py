"""A request in several mails: what was said is never asked again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailbot.model.decision import End
from mailbot.model.meaning import Intent, Item, Lack
from mailbot.model.notices import Content
from mailbot.model.reservation import State
from mailbot.model.rules import UnknownSender
from mailbot.model.to_askers import Asked, Confirmed
from mailbot.model.to_staff import ToStaff
from tests.policy.commune import RULES, STRANGER, Office, any_room, asks, goods, room, says, slot, span

DAY = "2026-06-13"


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def conversation(*mails, office: Office | None = None, sender=None):
    """Send mails in one thread; return the last decision."""
    office, code = office or Office(), ""
    for meaning in mails:
        decision = office.mail(meaning, *([sender] if sender else []), code=code)
        code = decision.code
    return decision


ANSWERS = {
    "the end": ([asks(room("salle", slot(DAY, "14-"))), asks(any_room(slot(DAY, "14-18")))], [("salle", "14-18")]),
    "the end alone": ([asks(room("salle", slot(DAY, "14-"))), asks(hours=(None, 18 * 60))], [("salle", "14-18")]),
    "a bare hour for the end": (
        [asks(room("salle", slot(DAY, "14-"))), asks(hours=(18 * 60, None))],
        [("salle", "14-18")],
    ),
    "both hours": ([asks(room("salle", slot(DAY))), asks(hours=(14 * 60, 18 * 60))], [("salle", "14-18")]),
    "an end on a clock of twelve hours": (
        [asks(room("salle", slot(DAY, "19-"))), asks(hours=(None, 9 * 60))],
        [("salle", "19-21")],
    ),
    "hours into the night": ([asks(room("salle", slot(DAY))), asks(hours=(20 * 60, 60))], [("salle", "20-25")]),
    "hours first, then the day": (
        [asks(room("salle"), hours=(14 * 60, 18 * 60)), asks(any_room(slot(DAY)))],
        [("salle", "14-18")],
    ),
    "the same room with its hours": (
        [asks(room("salle", slot(DAY))), asks(room("salle", slot(DAY, "14-18")))],
        [("salle", "14-18")],
    ),
    "another room and hours": (
        [asks(room("salle", slot(DAY))), asks(room("bureau", slot(DAY, "14-18")))],
        [("bureau", "14-18")],
    ),
    "which of two rooms, by name": (
        [asks(room("bureau|kiosque", slot(DAY, "14-18"))), asks(room("kiosque"))],
        [("kiosque", "14-18")],
    ),
    "which room, by number": (
        [asks(room("bureau|kiosque", slot(DAY, "14-18"))), says(Intent.ACCEPT, option=2)],
        [("kiosque", "14-18")],
    ),
    "which room, by number, read as a request": (
        [asks(any_room(slot(DAY, "14-18")), attendees=40), asks(option=1)],
        [("quartier", "14-18")],
    ),
    "which day, by number": (
        [
            replace(
                asks(room("salle", slot("2026-06-06", "14-18"))),
                alternatives=(asks(room("salle", slot(DAY, "14-18"))),),
            ),
            says(Intent.ACCEPT, option=2),
        ],
        [("salle", "14-18")],
    ),
    "what it was, said once more": (
        [asks(room("salle", slot(DAY, "14-"))), asks(Item(("same",), 1, (slot(DAY, "14-18"),)))],
        [("salle", "14-18")],
    ),
    "which room, then the day of it, without a word for it": (
        [
            asks(any_room(), attendees=40, missing={Lack.DATE, Lack.START, Lack.END, Lack.RESOURCE}),
            asks(Item(("same",), 1, (slot(DAY),))),
            asks(hours=(14 * 60, 18 * 60)),
            says(Intent.ACCEPT, option=1),
        ],
        [("quartier", "14-18")],
    ),
    "two answers": (
        [asks(room("salle")), asks(any_room(slot(DAY))), asks(hours=(14 * 60, 18 * 60))],
        [("salle", "14-18")],
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_completes_the_open_request(case) -> None:
    mails, expected = ANSWERS[case]
    content = letter(conversation(*mails))
    assert isinstance(content, Confirmed)
    uses = [(use.resource, use.when) for use in content.reservation.uses]
    assert uses == [(resource, span(DAY, between)) for resource, between in expected]


def test_the_tables_beside_the_room_stay_and_get_its_day() -> None:
    content = letter(conversation(asks(room("salle"), goods("table", 4)), asks(room("salle", slot(DAY, "14-18")))))
    assert [(use.resource, use.quantity) for use in content.reservation.uses] == [("salle", 1), ("table", 4)]
    assert content.reservation.uses[1].when.first == slot(DAY).day


@pytest.mark.parametrize("answer", [asks(goods("table", 6)), asks(option=6)])
def test_how_many_is_answered_by_a_number(answer) -> None:
    content = letter(conversation(asks(room("salle", slot(DAY, "14-18")), goods("table", None, slot(DAY))), answer))
    assert [(use.resource, use.quantity) for use in content.reservation.uses] == [("salle", 1), ("table", 6)]


def test_a_number_that_was_not_offered_is_asked_again() -> None:
    content = letter(conversation(asks(room("bureau|kiosque", slot(DAY, "14-18"))), says(Intent.ACCEPT, option=7)))
    assert isinstance(content, Asked)
    assert content.choices == ("bureau", "kiosque")


def test_what_is_still_missing_is_asked_without_what_is_known() -> None:
    content = letter(conversation(asks(room("salle"), attendees=30), asks(any_room(slot(DAY)))))
    assert isinstance(content, Asked)
    assert content.lacks == {Lack.START, Lack.END}
    assert content.reservation.attendees is None
    assert content.reservation.request.attendees == 30


def test_the_end_of_a_series_is_known_once_its_dates_are_written_out() -> None:
    tuesdays = [slot(day, "19-21") for day in ("2026-06-09", "2026-06-16")]
    first = asks(room("salle", tuesdays[0]), missing={Lack.UNTIL})
    assert letter(conversation(first, asks(any_room(slot("2026-06-30"))))).lacks == {Lack.UNTIL}
    assert isinstance(letter(conversation(first, asks(any_room(*tuesdays)))), Confirmed)


def test_after_two_questions_that_brought_nothing_a_person_takes_over() -> None:
    office = Office()
    decision = conversation(asks(room("salle")), asks(), asks(), office=office)
    assert decision.end is End.HANDED
    assert office.reservations[decision.code].state is State.HANDED
    assert [notice.content.why for notice in decision.notices if isinstance(notice.content, ToStaff)] == ["questions"]


def test_how_many_come_is_something_new() -> None:
    decision = conversation(asks(room("salle")), asks(), asks(attendees=20), asks())
    assert isinstance(letter(decision), Asked)


def test_an_answer_that_brings_something_starts_the_count_again() -> None:
    office = Office()
    decision = conversation(asks(room("salle")), asks(), asks(any_room(slot(DAY))), asks(), office=office)
    assert isinstance(letter(decision), Asked)


@pytest.mark.parametrize("answer", [says(Intent.HUMAN), asks(), says(Intent.ACCEPT)])
def test_whatever_names_the_initiative_is_the_answer_to_who_are_you(answer) -> None:
    office = Office(replace(RULES, unknown_senders=UnknownSender.ASK_NAME))
    decision = conversation(asks(room("salle", slot(DAY, "14-18"))), answer, office=office, sender=STRANGER)
    assert isinstance(letter(decision), Confirmed)


def test_plutot_le_vingt_goes_on_from_an_offer() -> None:
    office = Office()
    office.mail(asks(room("kiosque", slot(DAY, "14-18"))), STRANGER)
    decision = conversation(
        asks(room("kiosque", slot(DAY, "14-18"))), asks(any_room(slot("2026-06-21"))), office=office
    )
    [use] = letter(decision).reservation.uses
    assert (use.resource, use.when) == ("kiosque", span("2026-06-21", "14-18"))
