"""What is only told: nothing is booked by a question."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.decision import End
from mailbot.model.meaning import Intent, Item
from mailbot.model.notices import Content
from mailbot.model.objections import Taken
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Confirmed, Free, Handed, Helped, Listed, Thanked
from mailbot.model.to_staff import ToStaff
from tests.policy.commune import KARIM, Office, any_room, asks, goods, limited, local, not_lent, room, says, slot, span

DAY = "2026-06-13"


def letter(decision) -> Content:
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def question(office: Office, *items: Item, **more):
    decision = office.mail(says(Intent.AVAILABILITY, *items, **more))
    assert not decision.puts
    return letter(decision)


def rows(content: Free) -> list[tuple[str, object, int]]:
    return [(row.resource, row.when, row.free) for row in content.rows]


def test_what_is_free_at_an_hour_is_told_for_each_room_that_holds_all() -> None:
    office = Office()
    office.mail(asks(room("salle", slot(DAY, "15-16"))), KARIM)
    content = question(office, any_room(slot(DAY, "14-18")), attendees=30)
    when = span(DAY, "14-18")
    assert rows(content) == [("salle", when, 0), ("quartier", when, 1), ("kiosque", when, 1)]
    assert content.rows[0].objections == (Taken("salle", when),)
    assert not content.hint


def test_of_a_day_the_free_stretches_are_told_less_the_turnaround() -> None:
    office = Office()
    office.mail(asks(room("quartier", slot(DAY, "14-18"))), KARIM)
    content = question(office, room("quartier", slot(DAY)))
    assert [row.when for row in content.rows] == [span(DAY, "8-13:30"), span(DAY, "18:30-23")]
    assert [row.free for row in content.rows] == [0, 0], "the one key is out"


def test_from_an_hour_on_what_follows_is_told() -> None:
    content = question(Office(), room("kiosque", slot(DAY, "19-")))
    assert rows(content) == [("kiosque", span(DAY, "19-23"), 1)]


def test_a_day_that_is_full_is_told_in_one_line() -> None:
    office = Office(limited(longest=Span(local(f"{DAY} 08:00"), local(f"{DAY} 23:00")).length))
    office.mail(asks(room("kiosque", slot(DAY, "8-23"))), KARIM)
    content = question(office, room("kiosque", slot(DAY)))
    assert rows(content) == [("kiosque", span(DAY, "8-23"), 0)]


def test_a_day_on_which_it_is_closed_is_told_with_the_reason() -> None:
    [row] = question(Office(), room("kiosque", slot("2026-11-11"))).rows
    assert row.free == 0
    assert row.objections[0].reason == {"fr": "Armistice"}


def test_of_equipment_the_units_that_are_left_are_told() -> None:
    office = Office()
    office.mail(asks(goods("table", 5, slot(DAY))), KARIM)
    content = question(office, goods("table", None, slot(DAY)), goods("sono", 1, slot(DAY)))
    days = Days(date(2026, 6, 13), date(2026, 6, 13))
    assert rows(content) == [("table", days, 7), ("sono", days, 1)]


def test_without_a_day_the_next_free_times_are_told() -> None:
    content = question(Office(), room("kiosque"))
    assert content.hint
    assert [row.when.start.date() for row in content.rows] == [date(2026, 6, day) for day in range(4, 9)]


def test_without_a_day_the_next_days_with_something_left_are_told() -> None:
    content = question(Office(), goods("table", None))
    assert content.hint
    assert all(row.free == 12 for row in content.rows)
    assert len(content.rows) == 5


def test_both_readings_of_a_question_are_answered() -> None:
    other = says(Intent.AVAILABILITY, room("kiosque", slot("2026-06-20", "14-18")))
    content = question(Office(), room("kiosque", slot(DAY, "14-18")), alternatives=(other,))
    assert [row.when for row in content.rows] == [span(DAY, "14-18"), span("2026-06-20", "14-18")]


def test_where_it_may_be_only_a_question_nothing_is_booked() -> None:
    request = asks(room("kiosque", slot(DAY, "14-18")))
    rival = says(Intent.AVAILABILITY, room("kiosque", slot(DAY, "14-18")))
    decision = Office().mail(replace(request, alternatives=(rival,)))
    assert isinstance(letter(decision), Free)
    assert not decision.puts


@pytest.mark.parametrize("items", [[], [not_lent("patinoire")]])
def test_a_question_about_nothing_we_lend_is_told_what_we_lend(items) -> None:
    assert isinstance(question(Office(), *items), Helped)


def test_the_asker_is_told_their_own_bookings_alone() -> None:
    office = Office()
    office.mail(asks(room("salle", slot(DAY, "14-18"))), KARIM)
    own = letter(office.mail(asks(room("kiosque", slot(DAY, "14-18"))))).reservation
    assert letter(office.mail(says(Intent.LIST))) == Listed((own,))


def test_feedback_is_passed_on_with_thanks() -> None:
    decision = Office().mail(says(Intent.FEEDBACK))
    assert isinstance(letter(decision), Thanked)
    assert [notice.content.why for notice in decision.notices if isinstance(notice.content, ToStaff)] == ["feedback"]


def test_what_else_a_mail_wants_is_passed_on() -> None:
    decision = Office().mail(asks(room("kiosque", slot(DAY, "14-18")), further=(says(Intent.HUMAN),)))
    assert isinstance(letter(decision), Confirmed)
    assert [notice.content.why for notice in decision.notices if isinstance(notice.content, ToStaff)] == ["human"]


def test_rival_intents_that_would_change_something_go_to_a_person() -> None:
    office = Office()
    code = office.mail(asks(room("kiosque", slot(DAY, "14-18")))).code
    decision = office.mail(replace(says(Intent.CANCEL), alternatives=(says(Intent.CHANGE),)), code=code)
    assert isinstance(letter(decision), Handed)


def test_nobody_waits_for_an_answer_to_an_automatic_mail() -> None:
    decision = Office().mail(says(Intent.IGNORE))
    assert (decision.end, decision.notices, decision.puts) == (End.IGNORED, (), ())
