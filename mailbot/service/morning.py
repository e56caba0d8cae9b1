"""One mail a working day to staff that lists what waits for a person; nothing waits, no mail."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from mailbot.model.decision import Decision, End, Morning, Notice, Waiting
from mailbot.model.letters import Address
from mailbot.model.rules import Rules
from mailbot.policy.hours import local_day
from mailbot.service.ports import Unit

AT, UNTIL = time(7, 30), time(9, 30)
"""Local time between which it leaves: what came after the first waits for the next morning."""
NOT_WAITED_FOR = frozenset({"feedback", "damage", "problem"})
"""Why staff get mails that need no answer."""
SOON = timedelta(days=14)
"""From now to the bookings whose owners must be reached."""
MOST_LISTED = 50


def event_of(now: datetime, rules: Rules) -> str:
    return f"morning {local_day(now, rules)}"


def morning(unit: Unit, rules: Rules, now: datetime) -> Decision | None:
    """Return the decision that tells staff what waits, where it is the hour for it and no letter of today told them."""
    day = local_day(now, rules)
    first, last = (datetime.combine(day, hour, rules.commune.zone).astimezone(UTC) for hour in (AT, UNTIL))
    if not first <= now < last or day.weekday() >= 5 or day in rules.public_holidays:
        return None
    unit.reservations.lock("morning")
    if unit.mailbox.told(event_of(now, rules), first):
        return None
    waiting = [Waiting(case, since) for case, since in unit.cases.waiting() if since < first]
    waiting = [one for one in waiting if one.case.why not in NOT_WAITED_FOR]
    unreached = tuple(one for one in unit.reservations.between(now, now + SOON) if one.unreached)
    examined = [one for one in unit.reservations.examined() if one.approval and one.approval.since < first]
    if not waiting and not unreached and not examined:
        return None
    content = Morning(tuple(waiting[:MOST_LISTED]), unreached[:MOST_LISTED], tuple(examined[:MOST_LISTED]))
    notices = tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    )
    because = f"{len(waiting)} mails, {len(examined)} approvals and {len(unreached)} people wait"
    return Decision(End.HANDED, (because,), (), notices)
