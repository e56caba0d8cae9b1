"""The plan of a place for a week, for who manages it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reports import Opened
from mailbot.model.reservation import BOOKED, Reservation
from mailbot.model.rules import Manager, Rules
from mailbot.model.spans import Days, Hours, Span
from mailbot.model.to_staff import WeekPlan
from mailbot.policy.hours import ONE_DAY, local_day, whole
from mailbot.policy.stock import blocks_during

CAUGHT_UP = timedelta(hours=24)
"""So long after its hour a plan that was missed still goes out."""


def plan_due(manager: Manager, now: datetime, rules: Rules) -> Days | None:
    """Return the seven days of the plan whose hour has come, of late; None where it has not."""
    at = manager.plan_at.hour * 60 + manager.plan_at.minute
    for back in range(2):
        day = local_day(now, rules) - back * ONE_DAY
        hour = Hours(at, at + 1).on(day, rules.commune.zone).start
        if day.weekday() == manager.plan_day and hour <= now < hour + CAUGHT_UP:
            return Days(day, day + 6 * ONE_DAY)
    return None


def plan_of(manager: Manager, days: Days, booked: Iterable[Reservation], rules: Rules) -> Decision:
    """Return the letter with what is booked in the places of a manager, soonest first; also where nothing is."""
    rooms, span = rules.rooms_of(manager), whole(days, rules)
    theirs = []
    for one in booked:
        uses = tuple(
            use
            for use in one.uses
            if use.resource in rooms and isinstance(use.when, Span) and use.when.overlaps(span) and one.state in BOOKED
        )
        if uses:
            theirs.append(replace(one, uses=uses))
    blocked = tuple(block for block in blocks_during(span, rules) if block.blocked in rooms)
    besides = (deed for deed in rules.said if isinstance(deed, Opened) and deed.opened in rooms)
    opened = tuple(deed for deed in besides if deed.when.overlaps(span))
    content = WeekPlan(manager.id, days, tuple(theirs), blocked, opened)
    notice = Notice(Address(manager.name, manager.address), (manager.language,), content, answers=False)
    return Decision(End.ANSWERED, (f"plan of {manager.id} from {days.first}",), (), (notice,))
