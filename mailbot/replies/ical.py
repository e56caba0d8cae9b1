"""Calendar files of reservations: iTIP messages (RFC 5546) made of iCalendar objects (RFC 5545).

One occasion, or occasions that one rule less exceptions describes, make one VEVENT that is sent as an invitation
(METHOD:REQUEST) and taken back by METHOD:CANCEL. Other sets of dates need several UIDs, which a REQUEST may not hold
(RFC 5546 section 3.2.2): they are published (METHOD:PUBLISH), one VEVENT each, and taken back by publishing them again
with STATUS:CANCELLED.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.letters import Address
from mailbot.model.spans import Days, Span
from mailbot.model.zones import changes_with_europe
from mailbot.replies.recurrence import Rule, rule_of

if TYPE_CHECKING:
    from icalendar import Event

REQUEST, PUBLISH, CANCEL = "REQUEST", "PUBLISH", "CANCEL"
"""The methods of iTIP that are sent."""

PRODID = "-//mailbot//reservations by mail//EN"


class Occasion(Struct, frozen=True):
    """One stretch of time that a calendar shows, with its words in the reader's language."""

    when: Span | Days
    summary: str
    location: str = ""
    geo: tuple[float, float] | None = None
    """Latitude and longitude, WGS 84."""
    name: str = ""
    """What tells it from others at the same moment: ids of rooms."""
    description: str = ""
    reminder: str = ""
    """What the calendar says when it reminds."""
    alarm: timedelta = timedelta(days=1)
    """How long before the start it does."""


class Entry(Struct, frozen=True):
    """All that a calendar file says of one reservation."""

    uid: str
    """One for life, with its domain."""
    sequence: int
    organizer: Address
    attendee: Address
    occasions: tuple[Occasion, ...]
    zone: ZoneInfo
    tentative: bool = False
    """It is under reserve: somebody must still agree."""
    published: bool = False
    """What a calendar has of it so far are entries of single dates."""

    @property
    def series(self) -> Series | None:
        """The one invitation that it makes, or None where each date is an entry of its own."""
        return None if self.published else series_of(self.occasions, self.zone)


class CalendarFile(Struct, frozen=True):
    method: str
    raw: bytes
    """UTF-8, lines ended by CRLF and folded at 75 octets."""


class Series(Struct, frozen=True):
    """Occasions that differ by their day alone: the first, the rule that the others follow, and the days left out."""

    first: Occasion
    rule: Rule
    last: Span | Days
    left_out: tuple[date, ...]


def invitation(entry: Entry, now: datetime, before: Entry | None = None) -> CalendarFile:
    """Return the file that puts a reservation into the asker's calendar, or brings it up to date there. What was
    published (`before`, or `entry.published`) goes on being published, and what is no longer in it is taken out by
    STATUS:CANCELLED."""
    series = entry.series
    old = before.series if before else series
    if series and old:
        return _file(entry.zone, REQUEST, [_series_event(entry, series, now, cancelled=False)])
    events = [_published_event(entry, occasion, now, cancelled=False) for occasion in entry.occasions]
    if before:
        gone = replace(before, sequence=entry.sequence)
        events += _taken_out(gone, old, {str(event["uid"]) for event in events}, now)
    return _file(entry.zone, PUBLISH, events)


def cancellation(entry: Entry, now: datetime) -> CalendarFile:
    """Return the file that takes it out again. `entry.sequence` must be above that of the invitation."""
    series = entry.series
    if series:
        return _file(entry.zone, CANCEL, [_series_event(entry, series, now, cancelled=True)])
    return _file(entry.zone, PUBLISH, [_published_event(entry, one, now, cancelled=True) for one in entry.occasions])


def _taken_out(gone: Entry, series: Series | None, kept: set[str], now: datetime) -> list[Event]:
    if series:
        return [_event(gone, series.first, gone.uid, now, cancelled=True)]
    events = (_published_event(gone, occasion, now, cancelled=True) for occasion in gone.occasions)
    return [event for event in events if str(event["uid"]) not in kept]


def _file(zone: ZoneInfo, method: str, events: Sequence[Event]) -> CalendarFile:
    local = any(getattr(event.get("dtstart").dt, "tzinfo", UTC) is not UTC for event in events)
    parts = [
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nMETHOD:{method}\r\n".encode("ascii"),
        timezone_of(zone) if local else b"",
        *(folded(line.encode("utf-8")) for event in events for line in event.content_lines() if line),
        b"END:VCALENDAR\r\n",
    ]
    return CalendarFile(method, b"".join(parts))


def folded(line: bytes) -> bytes:
    """Return a content line with its CRLF, folded at 75 octets (RFC 5545 section 3.1), never within a character. The
    library does the same character by character, which takes 2 ms for one description."""
    pieces = []
    while len(line) > 75:
        cut = 75
        while line[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(line[:cut])
        line = b" " + line[cut:]
    return b"\r\n".join([*pieces, line]) + b"\r\n"


def _series_event(entry: Entry, series: Series, now: datetime, cancelled: bool) -> Event:
    event = _event(entry, series.first, entry.uid, now, cancelled)
    event.add("attendee", _person(entry.attendee, role="REQ-PARTICIPANT", partstat="ACCEPTED", rsvp="FALSE"))
    if series.rule:
        until = series.last.start if isinstance(series.last, Span) else series.last.first
        event.add("rrule", {**series.rule, "UNTIL": until})
        start = event.get("dtstart").dt
        for day in series.left_out:
            event.add("exdate", day if isinstance(series.last, Days) else datetime.combine(day, start.timetz()))
    return event


def _published_event(entry: Entry, occasion: Occasion, now: datetime, cancelled: bool) -> Event:
    """No attendee: RFC 5546 section 3.2.1 forbids it."""
    name, _, domain = entry.uid.partition("@")
    if isinstance(occasion.when, Span):
        start = f"{occasion.when.start.astimezone(entry.zone):%Y%m%dt%H%M}"
    else:
        start = f"{occasion.when.first:%Y%m%d}"
    uid = "-".join(part for part in (name, start, occasion.name) if part) + "@" + domain
    return _event(entry, occasion, uid, now, cancelled)


def _event(entry: Entry, occasion: Occasion, uid: str, now: datetime, cancelled: bool) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("organizer", _person(entry.organizer))
    event.add("summary", occasion.summary)
    event.add("description", occasion.description)
    event.add("status", "CANCELLED" if cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "OPAQUE" if isinstance(occasion.when, Span) else "TRANSPARENT")
    if occasion.location:
        event.add("location", occasion.location)
    if occasion.geo:
        event.add("geo", occasion.geo)
    _add_times(event, occasion.when, entry.zone)
    if not cancelled:
        event.add_component(_alarm(occasion))
    return event


def _add_times(event: Event, when: Span | Days, zone: ZoneInfo) -> None:
    if isinstance(when, Days):
        event.add("dtstart", when.first)
        event.add("dtend", when.last + timedelta(days=1))
        return
    start, end = when.start.astimezone(zone), when.end.astimezone(zone)
    if start.fold or end.fold:
        # an hour that exists twice means its first occurrence where a TZID stands (RFC 5545 section 3.3.5)
        start, end = when.start, when.end
    event.add("dtstart", start)
    event.add("dtend", end)


def _alarm(occasion: Occasion) -> Any:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", occasion.reminder or occasion.summary)
    alarm.add("trigger", -occasion.alarm)
    return alarm


def _person(address: Address, **parameters: str) -> Any:
    from icalendar import vCalAddress

    person = vCalAddress("mailto:" + quote(address.address, safe="@+!$'*"))
    if address.name:
        # DQUOTE has no escape in a parameter (RFC 5545 section 3.2)
        person.params["CN"] = address.name.replace('"', "'")
    for name, value in parameters.items():
        person.params[name.upper()] = value
    return person


# --- dates that are one rule less exceptions


def series_of(occasions: Sequence[Occasion], zone: ZoneInfo) -> Series | None:
    """Return the occasions as one series, or None where they differ in more than their day: in words, in local hours,
    in true length (RFC 5545 section 3.8.5.3: all have that of the first), or follow no rule. One occasion is a series
    with an empty rule."""
    every = sorted(occasions, key=lambda each: _start(each.when))
    first, last = every[0], every[-1]
    if len(every) == 1:
        return Series(first, {}, first.when, ())
    if len({_likeness(each, zone) for each in every}) > 1:
        return None
    days = [_local_day(each.when, zone) for each in every]
    found = rule_of(days)
    return Series(first, found[0], last.when, found[1]) if found else None


def _likeness(occasion: Occasion, zone: ZoneInfo) -> tuple[object, ...]:
    if isinstance(occasion.when, Days):
        return (occasion.summary, occasion.location, occasion.name, len(occasion.when.cells()))
    start, end = occasion.when.start.astimezone(zone), occasion.when.end.astimezone(zone)
    length, fold = occasion.when.length, start.fold or end.fold
    return (occasion.summary, occasion.location, occasion.name, start.time(), length, fold)


def _local_day(when: Span | Days, zone: ZoneInfo) -> date:
    return when.first if isinstance(when, Days) else when.start.astimezone(zone).date()


def _start(when: Span | Days) -> float:
    return when.first.toordinal() if isinstance(when, Days) else when.start.timestamp()


# --- the time zone

_EUROPEAN_UNION = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:DAYLIGHT
TZNAME:{summer_name}
DTSTART:19960331T{spring:02}0000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:{winter_name}
DTSTART:19961027T{autumn:02}0000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
END:STANDARD
END:VTIMEZONE
"""


@lru_cache(maxsize=8)
def timezone_of(zone: ZoneInfo) -> bytes:
    """Return the VTIMEZONE of a zone whose clocks change with the European Union's (at 1:00 UTC on the last Sundays of
    March and October), by rules: 400 bytes. Raises ValueError for another zone."""
    if not changes_with_europe(zone):
        raise ValueError(f"not the European Union's change of hour: {zone.key}")
    winter, summer = datetime(2026, 1, 1, tzinfo=zone), datetime(2026, 7, 1, tzinfo=zone)
    hours = winter.utcoffset()
    assert hours is not None
    text = _EUROPEAN_UNION.format(
        tzid=zone.key,
        winter=f"{winter:%z}",
        summer=f"{summer:%z}",
        winter_name=winter.tzname(),
        summer_name=summer.tzname(),
        spring=1 + hours // timedelta(hours=1),
        autumn=2 + hours // timedelta(hours=1),
    )
    return text.replace("\n", "\r\n").encode("ascii")
