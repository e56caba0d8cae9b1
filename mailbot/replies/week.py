"""The plan of a place for a week, day by day, in lines that a phone shows."""

from __future__ import annotations

from itertools import groupby

from mailbot.model.reservation import Reservation, Use
from mailbot.model.spans import Span
from mailbot.model.to_staff import WeekPlan
from mailbot.replies.phrases import one_line
from mailbot.replies.telling import Teller


def week_of(plan: WeekPlan, teller: Teller) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each day on which something is booked, with its lines, soonest first."""
    every = [(use.when, use, one) for one in plan.booked for use in one.uses if isinstance(use.when, Span)]
    ordered = sorted(every, key=lambda row: (row[0], row[1].resource))
    return tuple(
        (teller.phrases.day(day).upper(), tuple(_line(when, use, one, teller) for when, use, one in of_day))
        for day, of_day in groupby(ordered, key=lambda row: teller.phrases.local_day(row[0]))
    )


def _line(when: Span, use: Use, one: Reservation, teller: Teller) -> str:
    initiative = teller.rules.initiatives.get(one.initiative or "")
    asker = one.asker.name or one.asker.address
    who = [initiative.name if initiative else "", asker, one.phone or ""]
    people = teller.phrases.counted(one.attendees, "people") if one.attendees else ""
    return teller.format(
        "list",
        "planned",
        hours=teller.phrases.hours(when, "short"),
        room=teller.name(use.resource),
        who=", ".join(one_line(part) for part in (*who, people) if part),
        code=one.code,
    ) + (teller.format("list", "reserved") if one.reserved else "")
