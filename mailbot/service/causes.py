"""What a letter of ours is written for, kept beside it, so that its answer is known by it."""

from __future__ import annotations

import re
from datetime import date

from mailbot.model.reservation import Reservation
from mailbot.model.to_key_holders import Digest, ReportChallenged, ReportTold, ReportUnclear
from mailbot.model.to_staff import (
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    CaseTold,
    CollegeTold,
    DraftShown,
)

_ASKING = re.compile(r"approval (R-\w{5}) (\d+)")
_MEETING = re.compile(r"college (\d{4}-\d\d-\d\d)\b")
_REPORT = re.compile(r"report (\d+)")
_LIST = re.compile(r"list (\S+) (\S+)")
_ABOUT_REPORTS = ReportChallenged | ReportTold | ReportUnclear | BehalfUnclear | BehalfTold | BlockTold


def cause_of(content: object, report: int, otherwise: str) -> str:
    """Return the cause of a letter by its content; of one about a report (0: none is kept), by that."""
    if isinstance(content, Digest):
        return f"list {content.holder} {content.day}"
    if isinstance(content, CaseTold | DraftShown) and content.case is not None:
        return content.case.id
    if isinstance(content, ApprovalAsked | ApprovalTold):
        return of_asking(content.reservation)
    if isinstance(content, CollegeTold):
        return of_meeting(content.meeting)
    return f"report {report}" if report and isinstance(content, _ABOUT_REPORTS) else otherwise


def of_asking(reservation: Reservation) -> str:
    return f"approval {reservation.code} {reservation.approval.number if reservation.approval else 0}"


def asking_in(cause: str) -> tuple[str, int] | None:
    """Return the code of a conversation about which people were asked, and the number of that asking."""
    found = _ASKING.fullmatch(cause)
    return (found[1], int(found[2])) if found else None


def of_meeting(meeting: date) -> str:
    return f"college {meeting}"


def meeting_in(cause: str) -> date | None:
    """Return the day of the meeting that a letter was about: a list, its reminder, or what was told of it."""
    found = _MEETING.match(cause)
    return date.fromisoformat(found[1]) if found else None


def report_in(cause: str) -> int | None:
    found = _REPORT.fullmatch(cause)
    return int(found[1]) if found else None


def list_in(cause: str) -> tuple[str, str] | None:
    """Return the key-holder and the day, ISO 8601, of a list."""
    found = _LIST.fullmatch(cause)
    return (found[1], found[2]) if found else None
