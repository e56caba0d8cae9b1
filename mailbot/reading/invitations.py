"""What a calendar program answers to our invitation (RFC 5546 section 3.2.3): read before the rule for machines."""

from __future__ import annotations

from typing import Any

from mailbot.model.letters import CalendarReply

LARGEST = 200_000
"""Octets of a calendar that is read: an answer has one event. Repetitions in it are never expanded."""

STATUSES = frozenset({"ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED", "NEEDS-ACTION"})
COUNTER = "COUNTER"
"""The status of one who proposes another time (METHOD:COUNTER): a person reads it."""


def reply(octets: bytes) -> CalendarReply | None:
    """Return the answer that a calendar holds, or None where it is no answer or makes no sense: never raises."""
    head = octets[:LARGEST].upper()
    if len(octets) > LARGEST or b"BEGIN:VEVENT" not in head or not (b"REPLY" in head or b"COUNTER" in head):
        return None
    from icalendar import Calendar  # 80 ms that few mails need

    try:
        calendar = Calendar.from_ical(octets.strip() + b"\r\n")  # the library takes no empty lines around it
        method = str(calendar.get("METHOD", "")).strip().upper()
        event = next(iter(calendar.walk("VEVENT")), None)
        return None if event is None else _answer(method, event)
    except Exception:  # noqa: BLE001 - whatever a stranger's calendar provokes in the library, it is no answer
        return None


def _answer(method: str, event: Any) -> CalendarReply | None:
    uid = str(event.get("UID", "")).strip()
    if not uid or method not in ("REPLY", "COUNTER"):
        return None
    if method == "COUNTER":
        return CalendarReply(uid, COUNTER)
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    statuses = {str(attendee.params.get("PARTSTAT", "")).upper() for attendee in attendees} & STATUSES
    return CalendarReply(uid, statuses.pop()) if len(statuses) == 1 else None
