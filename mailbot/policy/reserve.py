"""Under which reserve something is booked, if under any."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.meaning import Meaning
from mailbot.model.reservation import BOOKED, Approval, Reservation
from mailbot.model.rules import UseBefore
from mailbot.policy.approvals import covers, reasons_in
from mailbot.policy.checks import Weighed
from mailbot.policy.matter import Matter
from mailbot.policy.meetings import is_early, next_meeting
from mailbot.policy.needs import things

MARK = "college:"
"""How it is remembered with a booking that it was on a list: `college:2026-06-09:3`, day and number."""


def under_reserve(after: Reservation, one: Weighed, request: Meaning | None, matter: Matter) -> Reservation:
    """Return a booking with its reserve. What is asked of the College anew is on none of its lists yet."""
    reserve, before = reserve_of(one, request, matter), matter.conversation.reserve if matter.conversation else None
    told = after.told if reserve == before else tuple(name for name in after.told if not name.startswith(MARK))
    return replace(after, reserve=reserve, told=told)


def reserve_of(one: Weighed, request: Meaning | None, matter: Matter) -> Approval | None:
    """Return what the College must agree to before a basket is firm, or agreed to; None where it need not be asked.
    What is changed while its agreement is waited for is a new question to it."""
    booking, rules, now = matter.conversation, matter.rules, matter.facts.now
    stands = booking if booking and booking.state in BOOKED else None
    known = stands.reserve if stands else None
    if booking and covers(booking.reserve, one):
        return booking.reserve
    reasons = reasons_in(rules.college.needs, one, None if stands and stands.reserved else stands, request, matter)
    if not reasons:
        return known if known is not None and known.granted else None
    if stands and known and stands.reserved and _is_the_same(one, stands):
        return known
    if is_early(one.uses, now, rules) and _is_left_to_staff(one, matter):
        return None
    return Approval(booking.version + 1 if booking else 1, reasons, now, meeting=next_meeting(now, rules))


def _is_the_same(one: Weighed, stands: Reservation) -> bool:
    return things(one.uses) == things(stands.uses) and one.basket.attendees == stands.attendees


def _is_left_to_staff(one: Weighed, matter: Matter) -> bool:
    """Return whether somebody else than the College decided, as the rules have it for what comes before its meeting."""
    approval = matter.conversation.approval if matter.conversation else None
    return matter.rules.college.use_before is UseBefore.FIRM or covers(approval, one)
