"""Requests and what becomes of them: booked, asked about, offered, refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.decision import End
from mailbot.model.meaning import Intent, Lack, Slot
from mailbot.model.notices import Content
from mailbot.model.objections import InThePast, NoKey, NotLent, ShortStock, Taken, TooManyBookings
from mailbot.model.reservation import Act, State
from mailbot.model.rules import UnknownSender
from mailbot.model.spans import Days
from mailbot.model.to_askers import Asked, Confirmed, Handed, Offered, Refused
from mailbot.model.to_staff import ToStaff
from tests.policy.commune import (
    KARIM,
    RULES,
    STRANGER,
    YVETTE,
    Office,
    any_room,
    asks,
    goods,
    limited,
    local,
    not_lent,
    room,
    says,
    slot,
    span,
)

SATURDAY = "2026-06-13"


def letter(decision) -> Content:
    """Return what the asker is told."""
    [answer] = [notice.content for notice in decision.notices if notice.answers]
    return answer


def booked(office: Office, *items, sender=KARIM) -> None:
    """Let somebody else have it."""
    assert isinstance(letter(office.mail(asks(*items), sender)), Confirmed)


def test_a_free_room_is_booked_at_once() -> None:
    decision = Office().mail(asks(room("salle", slot(SATURDAY, "14-18")), attendees=40))
    content = letter(decision)
    assert isinstance(content, Confirmed)
    [use] = content.reservation.uses
    assert use.when == span(SATURDAY, "14-18")
    assert (use.key, use.copy) == ("mairie", 1)
    assert use.out.opening == span("2026-06-12", "17-19")
    assert use.back.opening == span("2026-06-15", "8-10")
    assert decision.puts[0].act is Act.CONFIRM
    assert decision.code == content.reservation.code
    assert decision.because == ("free: salle, 13 June 2026 14:00-18:00",)


def test_room_and_goods_are_one_basket() -> None:
    decision = Office().mail(asks(room("salle", slot(SATURDAY, "14-18")), goods("table", 10, slot(SATURDAY))))
    hall, tables = letter(decision).reservation.uses
    assert hall.resource == "salle"
    assert (tables.quantity, tables.when) == (10, Days(date(2026, 6, 13), date(2026, 6, 13)))
    assert tables.out.opening == span("2026-06-12", "16-19")
    assert tables.back.opening == span("2026-06-15", "8-10")
    assert (tables.claims[0].first, tables.claims[0].last) == (
        date(2026, 6, 12).toordinal(),
        date(2026, 6, 15).toordinal(),
    )


@pytest.mark.parametrize(
    ("items", "lacks"),
    [
        ([room("salle", slot(SATURDAY, "14-"))], {Lack.END}),
        ([room("salle")], {Lack.DATE, Lack.START, Lack.END}),
        ([goods("table", None, slot(SATURDAY))], {Lack.QUANTITY}),
        ([any_room(slot(SATURDAY, "14-18"))], {Lack.RESOURCE}),
        ([room("salle", slot(SATURDAY, "14-18")), goods("table", None, slot(SATURDAY))], {Lack.QUANTITY}),
        ([], {Lack.RESOURCE, Lack.DATE}),
    ],
)
def test_what_is_missing_is_asked_and_nothing_is_booked(items, lacks) -> None:
    office = Office()
    content = letter(office.mail(asks(*items)))
    assert isinstance(content, Asked)
    assert content.lacks == lacks
    assert content.reservation.state is State.ASKED
    assert not +office.ledger.cells


def test_rooms_to_choose_from_are_free_and_hold_all_who_come() -> None:
    office = Office()
    booked(office, room("quartier", slot(SATURDAY, "15-16")))
    content = letter(office.mail(asks(any_room(slot(SATURDAY, "14-18")), attendees=25)))
    assert content.choices == ("kiosque", "salle")


def test_if_no_room_that_fits_is_free_others_are_offered() -> None:
    office = Office()
    booked(office, room("quartier", slot(SATURDAY, "14-18")))
    content = letter(office.mail(asks(room("cuisine|quartier", slot(SATURDAY, "14-18")))))
    assert isinstance(content, Offered)
    assert content.objections[0] == NoKey("cuisine", "loge", span(SATURDAY, "14-18"))


def test_any_will_do_takes_the_smallest_free_room_that_fits() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "14-18")))
    decision = office.mail(asks(any_room(slot(SATURDAY, "14-18"), will_do=True), attendees=20))
    assert letter(decision).reservation.uses[0].resource == "quartier"


def test_the_third_or_the_tenth_both_fine_books_the_first_that_is_free() -> None:
    office = Office()
    booked(office, room("kiosque", slot("2026-06-13", "14-18")))
    other = asks(room("kiosque", slot("2026-06-20", "14-18")))
    decision = office.mail(
        replace(asks(room("kiosque", slot("2026-06-13", "14-18"))), alternatives=(other,), either=True)
    )
    assert letter(decision).reservation.uses[0].when == span("2026-06-20", "14-18")


def test_rival_days_are_asked_with_numbers() -> None:
    other = asks(room("kiosque", slot("2026-06-13", "14-18")))
    content = letter(Office().mail(replace(asks(room("kiosque", slot("2026-06-06", "14-18"))), alternatives=(other,))))
    assert isinstance(content, Asked)
    assert content.slots == (slot("2026-06-06", "14-18"), slot("2026-06-13", "14-18"))
    assert content.reservation.slots == content.slots


def test_rival_readings_that_do_the_same_are_no_doubt() -> None:
    request = asks(room("kiosque", slot("2026-06-06", "14-18")))
    assert isinstance(letter(Office().mail(replace(request, alternatives=(request,)))), Confirmed)


def test_rival_rooms_are_a_choice_of_rooms() -> None:
    other = asks(room("salle", slot(SATURDAY, "14-18")))
    content = letter(Office().mail(replace(asks(room("kiosque", slot(SATURDAY, "14-18"))), alternatives=(other,))))
    assert (content.lacks, content.choices) == ({Lack.RESOURCE}, ("kiosque", "salle"))


def test_a_room_that_is_taken_brings_three_alternatives_of_each_kind() -> None:
    office = Office()
    booked(office, room("salle", slot(SATURDAY, "14-18")))
    decision = office.mail(asks(room("salle", slot(SATURDAY, "14-18")), attendees=40))
    content = letter(decision)
    assert isinstance(content, Offered)
    assert content.objections == (Taken("salle", span(SATURDAY, "14-18")),)
    options = [option.uses[0] for option in content.reservation.options]
    assert [(use.resource, use.when) for use in options] == [
        ("quartier", span(SATURDAY, "14-18")),
        ("salle", span("2026-06-20", "14-18")),
        ("salle", span("2026-06-06", "14-18")),
    ]
    assert content.reservation.deadline == local("2026-06-04 18:00")
    assert not content.reservation.partial


def test_the_hold_of_an_offer_ends_before_its_first_handover() -> None:
    office = Office(now=local("2026-06-03 09:00"))
    booked(office, room("kiosque", slot("2026-06-05", "14-16")))
    content = letter(office.mail(asks(room("kiosque", slot("2026-06-05", "14-16")))))
    assert isinstance(content, Offered)
    first = min(use.when.start for option in content.reservation.options for use in option.uses)
    assert content.reservation.deadline <= first


def test_a_near_hour_is_on_quarters_even_if_the_asked_one_is_not() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "14-18")))
    content = letter(office.mail(asks(room("kiosque", slot(SATURDAY, "17:50-20:20")))))
    assert content.reservation.options[0].uses[0].when == span(SATURDAY, "18:15-21:00")


def test_one_key_for_saturday_and_sunday_with_the_counter_closed_is_a_clash() -> None:
    office = Office()
    booked(office, room("quartier", slot("2026-06-13", "14-18")))
    content = letter(office.mail(asks(room("quartier", slot("2026-06-14", "14-18")))))
    assert isinstance(content, Offered)
    assert content.objections == (NoKey("quartier", "loge", span("2026-06-14", "14-18")),)


def test_two_rooms_of_one_key_share_one_copy() -> None:
    decision = Office().mail(asks(room("quartier", slot(SATURDAY, "14-18")), room("cuisine", slot(SATURDAY, "14-18"))))
    uses = letter(decision).reservation.uses
    assert [use.copy for use in uses] == [1, 1]
    assert [claim.resource for use in uses for claim in use.claims].count("key:parc:1") == 1


def test_a_key_stays_in_one_hand_over_a_weekend_of_two_days() -> None:
    decision = Office().mail(asks(room("quartier", slot("2026-06-13", "14-18"), slot("2026-06-14", "10-12"))))
    first, second = letter(decision).reservation.uses
    assert (first.out, first.back) == (second.out, second.back)


def test_less_equipment_than_asked_is_offered_and_waits_for_a_yes() -> None:
    office = Office()
    booked(office, goods("table", 2, slot(SATURDAY)))
    content = letter(office.mail(asks(room("salle", slot(SATURDAY, "14-18")), goods("table", 12, slot(SATURDAY)))))
    assert isinstance(content, Offered)
    assert content.objections == (ShortStock("table", 12, 10, Days(date(2026, 6, 13), date(2026, 6, 13))),)
    assert content.reservation.partial
    [option] = content.reservation.options
    assert [(use.resource, use.quantity) for use in option.uses] == [("salle", 1), ("table", 10)]


def test_the_free_dates_of_a_series_are_offered() -> None:
    office = Office()
    booked(office, room("salle", slot("2026-06-16", "18-20")))
    tuesdays = [slot(f"2026-06-{day}", "19-21") for day in ("09", "16", "23", "30")]
    content = letter(office.mail(asks(room("salle", *tuesdays))))
    assert isinstance(content, Offered)
    assert content.reservation.partial
    [option] = content.reservation.options
    assert [use.when.start.day for use in option.uses] == [9, 23, 30]


def test_a_series_that_is_free_is_booked_at_once() -> None:
    tuesdays = [slot(f"2026-06-{day}", "19-21") for day in ("09", "16", "23", "30")]
    content = letter(Office().mail(asks(room("salle", *tuesdays))))
    assert isinstance(content, Confirmed)
    assert len(content.reservation.uses) == 4


def test_a_weekly_evening_stays_at_its_hour_when_the_clocks_go_back() -> None:
    decision = Office().mail(asks(room("salle", slot("2026-10-20", "19-21"), slot("2026-10-27", "19-21"))))
    first, second = letter(decision).reservation.uses
    assert (first.when.start.hour, second.when.start.hour) == (17, 18)


@pytest.mark.parametrize(("night", "hours"), [("2026-10-17", 6), ("2026-10-24", 7), ("2027-03-27", 5)])
def test_a_night_over_the_change_of_hour_has_its_true_length(night, hours) -> None:
    decision = Office().mail(asks(room("salle", slot(night, "20-26"))))
    [use] = letter(decision).reservation.uses
    assert use.when.length == timedelta(hours=hours)
    assert use.claims[0].last - use.claims[0].first + 1 == 4 * hours


def test_what_is_not_lent_is_named_and_the_rest_is_booked() -> None:
    content = letter(Office().mail(asks(room("salle", slot(SATURDAY, "14-18")), not_lent("château gonflable"))))
    assert isinstance(content, Confirmed)
    assert content.not_lent == (NotLent("château gonflable"),)


def test_only_what_is_not_lent_is_refused() -> None:
    content = letter(Office().mail(asks(not_lent("château gonflable", slot(SATURDAY)))))
    assert isinstance(content, Refused)
    assert content.objections == (NotLent("château gonflable"),)


def test_too_many_bookings_bring_no_alternatives() -> None:
    office = Office(limited(active_bookings=1))
    office.mail(asks(room("salle", slot(SATURDAY, "14-18"))))
    content = letter(office.mail(asks(room("kiosque", slot("2026-06-20", "14-18")))))
    assert isinstance(content, Refused)
    assert content.objections == (TooManyBookings(1),)


@pytest.mark.parametrize("policy", list(UnknownSender))
def test_who_is_unknown_is_treated_as_staff_chose(policy) -> None:
    office = Office(replace(RULES, unknown_senders=policy))
    decision = office.mail(asks(room("salle", slot(SATURDAY, "14-18"))), STRANGER)
    content = letter(decision)
    match policy:
        case UnknownSender.ALLOWED:
            assert isinstance(content, Confirmed)
        case UnknownSender.ASK_NAME:
            assert isinstance(content, Asked)
            assert content.name
        case UnknownSender.TO_STAFF:
            assert isinstance(content, Handed)
            assert decision.end is End.HANDED
            assert [notice.content.why for notice in decision.notices if isinstance(notice.content, ToStaff)] == [
                "unknown-sender"
            ]


def test_a_full_request_in_the_thread_of_a_booking_is_a_new_one() -> None:
    office = Office()
    first = office.mail(asks(room("salle", slot(SATURDAY, "14-18")))).code
    second = office.mail(asks(room("salle", slot("2026-06-20", "14-18"))), code=first)
    assert second.code != first
    assert office.reservations[first].state is State.CONFIRMED
    assert office.reservations[second.code].state is State.CONFIRMED


def test_a_new_offer_in_a_conversation_replaces_the_old_one() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "11-23"), slot("2026-06-20", "11-23")))
    code = office.mail(asks(room("kiosque", slot(SATURDAY, "14-18")))).code
    again = office.mail(asks(room("kiosque", slot("2026-06-20", "14-18"))), code=code)
    assert again.code == code
    assert isinstance(letter(again), Offered)
    assert office.reservations[code].request.items[0].slots == (slot("2026-06-20", "14-18"),)


def test_an_offer_stands_when_something_else_is_refused() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "11-23")))
    code = office.mail(asks(room("kiosque", slot(SATURDAY, "14-18")))).code
    refused = office.mail(asks(room("kiosque", slot("2026-05-30", "14-18"))), code=code)
    assert not refused.puts
    assert letter(refused) == Offered(office.reservations[code], (InThePast(date(2026, 5, 30)),))
    assert office.reservations[code].state is State.OFFERED


def test_chairs_that_are_asked_beside_an_offer_of_rooms_are_a_booking_of_their_own() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "11-23")))
    code = office.mail(asks(room("kiosque", slot(SATURDAY, "14-18")))).code
    beside = office.mail(asks(goods("table", 4, slot(SATURDAY))), code=code)
    assert isinstance(letter(beside), Confirmed)
    assert beside.code != code
    assert office.reservations[code].state is State.OFFERED


@pytest.mark.parametrize("in_thread", [True, False])
def test_the_same_request_again_gets_its_offer_again_and_no_longer_hold(in_thread) -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "11-23")))
    request = asks(room("kiosque", slot(SATURDAY, "14-18")))
    offer = letter(office.mail(request))
    office.now += timedelta(hours=3)
    again = office.mail(request, code=offer.reservation.code if in_thread else "")
    assert letter(again) == offer
    assert not again.puts


def test_the_same_request_again_is_booked_once_it_can_be() -> None:
    office = Office()
    booked(office, room("kiosque", slot(SATURDAY, "11-23")))
    request = asks(room("kiosque", slot(SATURDAY, "14-18")))
    offered = office.mail(request).code
    [theirs] = [code for code in office.reservations if code != offered]
    office.mail(says(Intent.CANCEL), KARIM, theirs, sender_is_proven=True)
    again = office.mail(request)
    assert isinstance(letter(again), Confirmed)
    assert again.code == offered
    assert office.reservations[offered].hold == ()


def test_a_day_that_is_past_brings_no_alternatives() -> None:
    content = letter(Office().mail(asks(room("kiosque", slot("2026-05-30", "14-18")))))
    assert isinstance(content, Refused)
    assert content.objections == (InThePast(date(2026, 5, 30)),)


def test_rival_quantities_are_asked_as_a_quantity() -> None:
    rival = asks(goods("table", 6, slot(SATURDAY)))
    content = letter(Office().mail(replace(asks(goods("table", 4, slot(SATURDAY))), alternatives=(rival,))))
    assert (content.lacks, content.slots) == ({Lack.QUANTITY}, ())


def test_rival_readings_that_no_number_tells_apart_go_to_a_person() -> None:
    rival = asks(goods("sono", 1, slot(SATURDAY)))
    decision = Office().mail(replace(asks(goods("table", 4, slot(SATURDAY))), alternatives=(rival,)))
    assert isinstance(letter(decision), Handed)
    assert decision.puts[0].after.state is State.HANDED


def test_each_date_of_a_series_gets_as_many_tables_as_it_can() -> None:
    office = Office()
    booked(office, goods("table", 4, slot(SATURDAY)))
    content = letter(office.mail(asks(goods("table", 10, slot(SATURDAY), slot("2026-06-27")))))
    [option] = content.reservation.options
    assert [use.quantity for use in option.uses] == [8, 10]


def test_the_sender_of_a_thread_is_its_asker() -> None:
    office = Office()
    decision = office.mail(asks(room("salle", slot(SATURDAY, "14-18"))))
    assert decision.puts[0].after.asker == YVETTE
    assert decision.puts[0].after.initiative == "parc"


def test_a_room_with_hours_on_one_day_and_without_on_another_is_asked_about_and_nothing_stumbles() -> None:
    day_alone = room("salle", Slot(date(2026, 6, 14), None))
    with_hours = room("salle", slot("2026-06-13", "14-18"))
    decision = Office(RULES).mail(asks(with_hours, day_alone, missing={Lack.START, Lack.END}), YVETTE)
    assert isinstance(decision.notices[0].content, Asked)
