"""What the asker's calendar shows, and when it reminds."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from mailbot.model.reservation import Reservation, Use
from mailbot.replies.diary import alarm_before, entry_of, occasions_of
from mailbot.replies.telling import Teller
from tests.replies.examples import CHAIRS, ROOM, TENTS, YVETTE, evenings, reservation, span, sundays
from tests.replies.tellers import teller


def described(tell: Teller, told: Reservation) -> tuple[str, str]:
    return f"{tell.language}: the key", f"{tell.language}: {len(told.uses)} uses"


def shown(*uses: Use) -> list[str]:
    return [occasion.summary for occasion, _ in occasions_of(reservation(uses=uses), teller())]


def test_a_room_is_shown_and_equipment_beside_it_is_told_in_the_description() -> None:
    assert shown(TENTS, ROOM, CHAIRS) == ["Maison de quartier – Fête de la rue"]
    assert shown(TENTS, CHAIRS) == ["2 tonnelles et 30 chaises – Fête de la rue"]


def test_two_rooms_of_one_hour_are_one_occasion_and_of_other_hours_two() -> None:
    kitchen = replace(ROOM, resource="cuisine-quartier")
    assert shown(ROOM, kitchen) == ["Maison de quartier et cuisine de la maison de quartier – Fête de la rue"]
    assert len(shown(ROOM, replace(kitchen, when=span("2026-06-13", "10:00-18:00")))) == 2


def test_the_place_has_its_address_and_its_point_on_the_map() -> None:
    [(occasion, _)] = occasions_of(reservation(uses=(ROOM,)), teller("nl"))
    assert occasion.location == "Buurthuis Park, Parkstraat 1, 1099 Heide-aan-de-Zenne"
    assert occasion.geo == (50.7942, 4.3389)
    elsewhere = (ROOM, replace(ROOM, resource="salle-reunion"))
    [(both, _)] = occasions_of(reservation(uses=elsewhere), teller("nl"))
    assert both.geo is None


def test_the_calendar_reminds_two_hours_before_the_key_can_be_fetched() -> None:
    """On Friday at three: the lodge opens at five, the room is for Saturday at two."""
    assert alarm_before((ROOM,), ROOM.when) == timedelta(hours=23)
    assert alarm_before((replace(ROOM, out=None),), ROOM.when) == timedelta(days=1)
    assert alarm_before((TENTS,), TENTS.when) == timedelta(days=1)


def test_a_series_is_described_as_a_whole_and_its_reminder_tells_of_no_single_date() -> None:
    entry = entry_of(reservation(uses=evenings("2026-09-01", 6)), YVETTE, [teller("fr"), teller("nl")], described)
    assert entry.occasions[0].description == "fr: 6 uses\n\nnl: 6 uses"
    assert entry.occasions[0].reminder == entry.occasions[0].summary
    assert entry.occasions[0].alarm == timedelta(days=1)


def test_dates_without_a_rule_are_described_each() -> None:
    entry = entry_of(reservation(uses=sundays()), YVETTE, [teller()], described)
    assert [occasion.description for occasion in entry.occasions] == ["fr: 1 uses"] * 4
    assert [occasion.reminder for occasion in entry.occasions] == ["fr: the key"] * 4
    assert entry.occasions[0].alarm == timedelta(hours=27)


def test_the_entry_is_one_for_life() -> None:
    entry = entry_of(reservation(sequence=3), YVETTE, [teller()], described)
    assert (entry.uid, entry.sequence) == ("r-7k3f2@bruyere.example", 3)
    assert entry.organizer.address == "reservations@bruyere.example"
