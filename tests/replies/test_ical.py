"""Calendar files: what RFC 5545 and 5546 ask, and what two other libraries read back from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from msgspec.structs import replace

from mailbot.model.letters import Address
from mailbot.model.spans import Days, Span
from mailbot.replies.ical import CalendarFile, Entry, Occasion, cancellation, folded, invitation, timezone_of
from tests.replies.examples import BRUSSELS, NOW, at, days, span


def entry(*whens: Span | Days, sequence: int = 1, **words: Any) -> Entry:
    words = {"summary": "Salle polyvalente – Fête", "description": "R-7K3F2", "reminder": "la clé", **words}
    return Entry(
        uid="r-7k3f2@bruyere.example",
        sequence=sequence,
        organizer=Address("Réservations", "reservations@bruyere.example"),
        attendee=Address('Anne "Nanou" Dubois', "anne@courrier.example"),
        occasions=tuple(Occasion(when, **words) for when in whens),
        zone=BRUSSELS,
    )


def weeks(first: str, hours: str, numbers: tuple[int, ...]) -> list[Span]:
    start = date.fromisoformat(first)
    return [span((start + timedelta(weeks=week)).isoformat(), hours) for week in numbers]


def read(file: CalendarFile) -> Any:
    return icalendar.Calendar.from_ical(file.raw)


def other(file: CalendarFile) -> Any:
    return IcsCalendarStream.calendar_from_ics(file.raw.decode("utf-8"))


def expanded(file: CalendarFile) -> list[tuple[datetime, datetime]]:
    """Return all instants that a calendar program shows, as recurring-ical-events finds them."""
    found = recurring_ical_events.of(read(file)).between((2026, 1, 1), (2028, 1, 1))
    return sorted((event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found)


def expanded_elsewhere(file: CalendarFile) -> list[tuple[datetime, datetime]]:
    """Return the same, as the second library finds them."""
    return sorted(
        (event.dtstart.astimezone(UTC), event.dtend.astimezone(UTC))
        for event in other(file).timeline
        if isinstance(event.dtstart, datetime) and isinstance(event.dtend, datetime)
    )


ONE = span("2026-06-13", "14:00-18:00")


def test_an_invitation_has_what_a_request_must_have() -> None:
    """RFC 5546 section 3.2.2."""
    file = invitation(entry(ONE, location="Rue du Parc 1", geo=(50.7942, 4.3389)), NOW)
    calendar = read(file)
    [event] = calendar.events
    assert (file.method, calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "REQUEST", "2.0")
    assert calendar["PRODID"]
    assert event["UID"] == "r-7k3f2@bruyere.example"
    assert event["SEQUENCE"] == 1
    assert event["DTSTAMP"].dt == NOW
    assert event["ORGANIZER"] == "mailto:reservations@bruyere.example"
    assert event["ATTENDEE"] == "mailto:anne@courrier.example"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Anne 'Nanou' Dubois",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "OPAQUE")
    assert event["LOCATION"] == "Rue du Parc 1"
    assert event["GEO"].to_ical() == "50.7942;4.3389"


def test_the_method_comes_before_all_components_and_once() -> None:
    lines = invitation(entry(ONE), NOW).raw.decode("utf-8").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("METHOD:REQUEST") == 1
    assert lines.index("METHOD:REQUEST") < lines.index("BEGIN:VTIMEZONE") < lines.index("BEGIN:VEVENT")
    assert lines.count("BEGIN:VALARM") == 1


def test_the_reminder_comes_when_it_says() -> None:
    [event] = read(invitation(entry(ONE, alarm=timedelta(hours=23)), NOW)).events
    [alarm] = event.walk("VALARM")
    assert (alarm["ACTION"], alarm["DESCRIPTION"]) == ("DISPLAY", "la clé")
    assert alarm["TRIGGER"].dt == -timedelta(hours=23)


def test_a_cancellation_takes_the_same_event_back() -> None:
    """RFC 5546 section 3.2.5: the same UID, a higher SEQUENCE, STATUS:CANCELLED, no VALARM."""
    file = cancellation(entry(ONE, sequence=2), NOW)
    [event] = read(file).events
    assert file.method == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("r-7k3f2@bruyere.example", 2, "CANCELLED")
    assert not event.walk("VALARM")
    assert event["DTSTART"].dt == ONE.start.astimezone(BRUSSELS)


def test_equipment_alone_is_a_matter_of_whole_days_that_block_no_hour() -> None:
    file = invitation(entry(days("2026-06-12", "2026-06-15")), NOW)
    [event] = read(file).events
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 6, 12), date(2026, 6, 16))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["TRANSP"] == "TRANSPARENT"
    assert b"VTIMEZONE" not in file.raw
    [same] = other(file).events
    assert (same.dtstart, same.dtend) == (date(2026, 6, 12), date(2026, 6, 16))


SERIES = {
    "tous les mardis, heure d'été puis d'hiver": weeks("2026-09-01", "19:00-21:00", tuple(range(15))),
    "sauf deux": weeks("2026-09-01", "19:00-21:00", (0, 1, 2, 4, 5, 7, 8, 9, 10)),
    "un mardi sur deux au printemps": weeks("2027-03-02", "19:00-21:00", (0, 2, 4, 6)),
    "le premier lundi": [span(day, "18:30-20:15") for day in ("2026-09-07", "2026-10-05", "2026-11-02", "2026-12-07")],
    "jusque dans la nuit": weeks("2026-09-05", "20:00-01:00", (0, 1, 2)),
}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_is_one_event_and_gives_exactly_the_booked_hours(name: str) -> None:
    booked = [(each.start, each.end) for each in SERIES[name]]
    file = invitation(entry(*SERIES[name]), NOW)
    [event] = read(file).events
    assert file.method == "REQUEST"
    assert event["RRULE"]["UNTIL"] == [booked[-1][0]]
    assert expanded(file) == booked
    assert expanded_elsewhere(file) == booked


def test_a_weekly_evening_stays_at_seven_over_the_last_sunday_of_october() -> None:
    file = invitation(entry(*weeks("2026-10-20", "19:00-21:00", (0, 1, 2))), NOW)
    [event] = read(file).events
    assert event["DTSTART"].to_ical() == b"20261020T190000"
    assert event["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert {start.astimezone(BRUSSELS).hour for start, _ in expanded(file)} == {19}


APART = {
    "sans règle": [span(day, "10:00-12:00") for day in ("2026-06-07", "2026-06-21", "2026-07-12", "2026-08-30")],
    "d'autres heures": [span("2026-06-13", "14:00-18:00"), span("2026-06-20", "10:00-12:00")],
    "deux fois le même jour": [span("2026-06-13", "09:00-11:00"), span("2026-06-13", "14:00-18:00")],
    "une nuit plus longue que les autres": weeks("2026-10-17", "22:00-04:00", (0, 1, 2)),
}


@pytest.mark.parametrize("name", APART)
def test_other_dates_are_published_one_by_one(name: str) -> None:
    """RFC 5546 section 3.2.1: no attendee, and a UID each."""
    booked = sorted((each.start, each.end) for each in APART[name])
    file = invitation(entry(*APART[name]), NOW)
    events = read(file).events
    assert file.method == "PUBLISH"
    assert len({event["UID"] for event in events}) == len(booked)
    assert all(event["UID"].endswith("@bruyere.example") for event in events)
    assert not any("ATTENDEE" in event or "RRULE" in event for event in events)
    assert all("ORGANIZER" in event for event in events)
    assert expanded(file) == booked
    assert expanded_elsewhere(file) == booked


def test_published_dates_are_taken_back_under_the_same_names() -> None:
    dates = APART["sans règle"]
    published, taken_back = invitation(entry(*dates), NOW), cancellation(entry(*dates, sequence=2), NOW)
    assert taken_back.method == "PUBLISH"
    assert [event["UID"] for event in read(taken_back).events] == [event["UID"] for event in read(published).events]
    assert {(event["STATUS"], event["SEQUENCE"]) for event in read(taken_back).events} == {("CANCELLED", 2)}


def test_a_night_over_the_change_of_hour_has_its_true_length() -> None:
    night = Span(at("2026-10-24 22:00"), at("2026-10-25 04:00"))
    assert night.length == timedelta(hours=7)
    file = invitation(entry(night), NOW)
    assert expanded(file) == [(night.start, night.end)]
    assert expanded_elsewhere(file) == [(night.start, night.end)]


def test_an_end_in_the_hour_that_comes_twice_is_told_in_utc() -> None:
    """RFC 5545 section 3.3.5: with a TZID it would mean the first time that the clock shows it."""
    night = Span.local(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 2, 30), BRUSSELS)  # noqa: DTZ001
    assert night.length == timedelta(hours=5, minutes=30)
    file = invitation(entry(night), NOW)
    assert b"DTEND:20261025T013000Z" in file.raw
    assert expanded(file) == [(night.start, night.end)]


def test_the_time_zone_agrees_with_the_zone_for_years() -> None:
    calendar = read(invitation(entry(ONE), NOW))
    [zone] = calendar.timezones
    ours = zone.to_tz(lookup_tzid=False)
    assert len(timezone_of(BRUSSELS)) < 450
    for day in range(0, 365 * 6, 7):
        noon = datetime(2024, 1, 1, 12) + timedelta(days=day)  # noqa: DTZ001
        assert noon.replace(tzinfo=ours).utcoffset() == noon.replace(tzinfo=BRUSSELS).utcoffset(), noon


def test_a_zone_with_other_changes_of_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="America/New_York"):
        timezone_of(ZoneInfo("America/New_York"))
    assert b"TZID:Europe/Lisbon" in timezone_of(ZoneInfo("Europe/Lisbon"))


@given(st.binary(max_size=400).filter(lambda line: b"\r" not in line and b"\n" not in line))
def test_no_line_is_longer_than_75_octets(line: bytes) -> None:
    lines = folded(b"X:" + line).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"".join([lines[0], *(each[1:] for each in lines[1:])]) == b"X:" + line


@given(st.text(max_size=300))
def test_any_words_come_back_as_they_were(text: str) -> None:
    """Folded within no character, escaped where they must be (RFC 5545 section 3.3.11)."""
    clean = "".join(c for c in text if c.isprintable())
    words = f'é; à, \\ : "{clean}\nfin'
    file = invitation(entry(ONE, description=words, summary=f"x{clean}x"), NOW)
    for line in file.raw.split(b"\r\n"):
        line.decode("utf-8")
        assert len(line) <= 75
    [event] = read(file).events
    assert event["DESCRIPTION"] == words
    [same] = other(file).events
    assert same.description == words


# --- what a calendar holds in the end


def held(files: list[CalendarFile], reads: Any) -> set[str]:
    """Return the starts of all that a calendar program holds after these files, in their order (RFC 5546 section
    2.1.5): the higher SEQUENCE counts; CANCEL, and what is published as cancelled, goes out."""
    kept: dict[str, tuple[int, CalendarFile | None]] = {}
    for file in files:
        for uid, sequence, cancelled in reads(file):
            assert sequence >= kept.get(uid, (-1, None))[0], "an older word than what is there"
            kept[uid] = (sequence, None if cancelled or file.method == "CANCEL" else file)
    alive = {id(file): file for _, file in kept.values() if file}
    uids = {uid for uid, (_, file) in kept.items() if file}
    found: set[str] = set()
    for file in alive.values():
        calendar = icalendar.Calendar.from_ical(file.raw)
        events = recurring_ical_events.of(calendar).between(date(2026, 1, 1), date(2027, 1, 1))
        mine = [event for event in events if str(event["UID"]) in uids and kept[str(event["UID"])][1] is file]
        found |= {f"{event['DTSTART'].dt:%Y-%m-%d %H:%M}" for event in mine}
    return found


def in_icalendar(file: CalendarFile) -> list[tuple[str, int, bool]]:
    events = icalendar.Calendar.from_ical(file.raw).walk("VEVENT")
    return [(str(e["UID"]), int(e["SEQUENCE"]), str(e.get("STATUS")) == "CANCELLED") for e in events]


def in_ical(file: CalendarFile) -> list[tuple[str, int, bool]]:
    return [(e.uid, e.sequence, str(e.status.value) == "CANCELLED") for e in other(file).events]


REGULAR, IRREGULAR, ALONE = (
    weeks("2026-06-09", "19:00-21:00", (0, 1, 2, 3)),
    [span("2026-06-09", "19:00-21:00"), span("2026-06-18", "18:00-20:00"), span("2026-06-23", "19:00-22:00")],
    [span("2026-06-23", "19:00-22:00")],
)


@pytest.mark.parametrize("reads", [in_icalendar, in_ical])
@pytest.mark.parametrize(
    "stages",
    [
        (REGULAR, IRREGULAR, REGULAR, ALONE),
        (IRREGULAR, REGULAR, ALONE, IRREGULAR),
        (ALONE, REGULAR, ALONE, IRREGULAR, ALONE),
        (REGULAR, REGULAR[1:], IRREGULAR, ALONE, REGULAR),
    ],
)
def test_whatever_a_booking_becomes_no_old_entry_stays_in_a_calendar(stages: Any, reads: Any) -> None:
    """As the booking keeps it: once published, always published."""
    files: list[CalendarFile] = []
    before, published = None, False
    for sequence, whens in enumerate(stages, 1):
        now = replace(entry(*whens, sequence=sequence), published=published)
        files.append(invitation(now, NOW, before))
        published = published or files[-1].method == "PUBLISH"
        assert held(files, reads) == {f"{when.start.astimezone(BRUSSELS):%Y-%m-%d %H:%M}" for when in whens}
        before = replace(now, published=published and files[-1].method == "PUBLISH")
    files.append(cancellation(replace(now, sequence=len(stages) + 1, published=published), NOW))
    assert held(files, reads) == set()
