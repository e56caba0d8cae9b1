"""What several people of one initiative share: each who had a copy, and who asked for it, hears what becomes of it."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.notices import Notice
from mailbot.model.to_askers import Cancelled, Changed, Confirmed
from mailbot.policy.matter import Matter

SHARED = (Confirmed, Changed, Cancelled)
"""Letters with a calendar file that all of them need."""


def shared(decision: Decision, matter: Matter) -> Decision:
    """Return the decision with a copy of its letter for the others who have this booking in their calendars: those who
    had a copy of a mail about it, and who asked for it where a colleague wrote this time."""
    sender = matter.facts.sender.address.address
    changed = {put.after.code for put in decision.puts}
    copies: list[Notice] = []
    for notice in decision.notices:
        if notice.answers and isinstance(notice.content, SHARED) and notice.content.reservation.code in changed:
            booking = notice.content.reservation
            others = {one.address: one for one in (booking.asker, *booking.colleagues) if one.address != sender}
            copies += [Notice(one, notice.languages, notice.content, answers=False) for one in others.values()]
    return replace(decision, notices=(*decision.notices, *copies)) if copies else decision
