"""One mail a working day to staff that lists what waits for a person; nothing waits, no mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.rules import Rules
from mailbot.model.to_staff import DraftShown, Morning, Waiting
from mailbot.policy.approvals import to_people
from mailbot.policy.drafts import WHY as DRAFT
from mailbot.policy.hours import is_quiet, local_day
from mailbot.service.college import overdue
from mailbot.service.desk import Due
from mailbot.service.ports import Unit

AT, UNTIL = time(7, 30), time(9, 30)
"""Local time between which it leaves: what came after the first waits for the next morning."""
NOT_WAITED_FOR = frozenset({"feedback", "damage", "problem"})
"""Why staff get mails that need no answer."""
SOON = timedelta(days=14)
"""From now to the bookings whose owners must be reached."""
MOST_LISTED = 50


def morning(unit: Unit, rules: Rules, now: datetime) -> Iterator[Due]:
    """Yield the decision that tells staff what waits, where it is the hour for it and no letter of today told them."""
    day = local_day(now, rules)
    first, last = (datetime.combine(day, hour, rules.commune.zone).astimezone(UTC) for hour in (AT, UNTIL))
    if not first <= now < last or day.weekday() >= 5 or day in rules.public_holidays:
        return
    unit.reservations.lock("morning")
    event = f"morning {day}"
    if unit.mailbox.told(event, first):
        return
    waiting = [Waiting(case, since) for case, since in unit.cases.waiting() if since < first]
    waiting = [one for one in waiting if one.case.why not in NOT_WAITED_FOR]
    drafts = [one for one in waiting if one.case.why == DRAFT]
    waiting = [one for one in waiting if one.case.why != DRAFT]
    unreached = tuple(one for one in unit.reservations.between(now, now + SOON) if one.unreached)
    examined = [one for one in unit.reservations.examined() if one.approval and one.approval.since < first]
    reserved = overdue(unit, rules, now)
    if not (waiting or unreached or examined or drafts or reserved):
        return
    to_do, to_go = (tuple(cases[:MOST_LISTED]) for cases in (waiting, drafts))
    because = f"{len(waiting)} mails, {len(drafts)} drafts, {len(examined)} approvals and {len(unreached)} people wait"
    content = Morning(to_do, unreached[:MOST_LISTED], tuple(examined[:MOST_LISTED]), to_go, reserved[:MOST_LISTED])
    yield Due(Decision(End.HANDED, (because,), (), to_people(rules.staff, content)), event)


def drafts_again(unit: Unit, rules: Rules, now: datetime) -> Iterator[Due]:
    """Yield the decision that reminds staff, once, of answers that wait for one of them for long."""
    if is_quiet(now, rules):
        return
    due = [
        (case, since)
        for case, since in unit.cases.waiting()
        if case.why == DRAFT and not case.reminded and since <= now - rules.supervision.reminder
    ]
    for case, _ in due:
        unit.cases.keep(replace(case, reminded=True), now)
    shown = [DraftShown(None, unit.reservations.get(case.code), case, again=True, since=since) for case, since in due]
    notices = tuple(notice for content in shown for notice in to_people(rules.staff, content))
    if due:
        yield Due(Decision(End.HANDED, tuple(f"still waits: {case.code}" for case, _ in due), (), notices))
