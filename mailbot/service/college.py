"""The College's lists, and what staff say that it decided about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mailbot.model.cases import Ballot
from mailbot.model.decision import Decision
from mailbot.model.outbox import OurLetter
from mailbot.model.reservation import CODE_LETTERS, Reservation
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_staff import CollegeList, CollegeTold, Listing, Ruled
from mailbot.policy.college import Clerk, asked_again, awaited, listed, ruled, told, understood
from mailbot.policy.hours import local_day
from mailbot.policy.meetings import meeting_listed, meeting_over
from mailbot.service.approving import matter_of, thread_to_asker
from mailbot.service.causes import meeting_in, of_meeting
from mailbot.service.desk import Desk, Due, gives_back
from mailbot.service.ports import Unit

ABOUT = frozenset({CollegeList.template, CollegeTold.template})
"""Letters that are answered with what the College decided."""
LONG = timedelta(days=60)
"""A list is written once in so long."""
_LINE = re.compile(rf"^(\d{{1,2}})\. .*\((R-[{CODE_LETTERS}]{{5}})\)", re.MULTILINE)


@dataclass(frozen=True)
class Meeting:
    """The meeting whose list is answered, and the codes of its lines by their numbers, as our letters had them."""

    day: date
    lines: Mapping[int, str] = field(default_factory=dict)


def meeting_of(ours: tuple[OurLetter, ...]) -> Meeting | None:
    """Return the meeting whose list is answered; None where it is another letter."""
    about = [mine for mine in ours if mine.kind in ABOUT]
    day = meeting_in(about[0].cause) if about else None
    if day is None:
        return None
    theirs = [mine for mine in reversed(about) if meeting_in(mine.cause) == day]
    lines = {int(number): code for mine in theirs for number, code in _LINE.findall(mine.text)}
    return Meeting(day, lines)


def lists(unit: Unit, rules: Rules, now: datetime) -> Iterator[Due]:
    """Yield the list that is due, or the reminder of one."""
    if not rules.college.needs:
        return
    for meeting, write, mark in (
        (meeting_listed(now, rules), listed, ""),
        (meeting_over(now, rules), asked_again, " again"),
    ):
        if meeting is None:
            continue
        event = of_meeting(meeting) + mark
        unit.reservations.lock(event)
        if not unit.mailbox.told(event, now - LONG) and (
            decision := write(meeting, _booked(unit, rules, now), now, rules)
        ):
            yield Due(decision, event)


def overdue(unit: Unit, rules: Rules, now: datetime) -> tuple[Reservation, ...]:
    """Return what is booked under reserve of a meeting that is over, soonest first."""
    if not rules.college.needs:
        return ()
    today = local_day(now, rules)
    waiting = awaited(_booked(unit, rules, now), now, rules)
    return tuple(one for one in waiting if one.reserve and one.reserve.meeting and one.reserve.meeting < today)


def _booked(unit: Unit, rules: Rules, now: datetime) -> tuple[Reservation, ...]:
    return unit.reservations.between(now, now + rules.limits.horizon)


def voted(ballot: Ballot, meeting: Meeting, person: Staff, mail: str, desk: Desk) -> Decision:
    """Return the word to who said what was decided, from inside the transaction: each booking is carried out before the
    next, so that what is held for one is not offered to another."""
    unit, rules, now = desk.unit, desk.rules, desk.now
    clerk = Clerk(person, meeting.day, mail)
    lines = [Listing(n, one) for n, code in sorted(meeting.lines.items()) if (one := unit.reservations.get(code))]
    votes, unclear = understood(ballot, lines)
    outcomes: list[Ruled] = []
    for line in lines if not unclear else ():
        if vote := votes.get(line.reservation.code):
            unit.reservations.lock(line.reservation.initiative or line.reservation.asker.address)
            booking = unit.reservations.get(line.reservation.code) or line.reservation
            ruling, decision, who = ruled(vote, matter_of(booking, None, unit, rules, now), clerk)
            if decision is not None:
                desk.carry_out(decision, thread_to_asker(booking))
                if gives_back(decision):
                    desk.serve_waiting()
            outcomes.append(Ruled(line, ruling, who))
    now_there = (unit.reservations.get(line.reservation.code) for line in lines)
    return told(clerk, outcomes, [one for one in now_there if one is not None and one.reserved], unclear)
