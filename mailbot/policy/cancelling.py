"""A booking is given up as a whole: with proof at once, without it the owner is asked, and may answer for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.reservation import Act, Pending, Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Cancelled, Challenged
from mailbot.policy.basket import pieces_of
from mailbot.policy.due import changed_notices, span_of
from mailbot.policy.matter import Matter

CHALLENGE_LIFE = timedelta(days=7)


def give_up(matter: Matter, booking: Reservation, *, asked_twice: bool = False) -> Decision:
    """Cancel it where it is proven who asks; else, or with `asked_twice`, ask the owner first."""
    proven = matter.facts.sender.proven or matter.facts.challenge is Act.CANCEL
    if proven and not asked_twice:
        return _cancelled(matter, booking)
    why = "whether all is given up is not sure" if matter.facts.sender.proven else "a From line proves nothing"
    put = matter.step(matter.reservation(pending=Pending(Act.CANCEL)), Act.CHALLENGE, f"{why}: the owner is asked")
    until = challenge_end(put.after, matter.facts.now, matter.rules)
    return matter.answered(Challenged(put.after, Act.CANCEL, until), put.why, puts=(put,))


def challenge_end(booking: Reservation, written: datetime, rules: Rules) -> datetime:
    """Return until when the owner may answer a challenge: before the use that it is about begins (the days that the
    mail names, else the next one), seven days at most. What has begun may be given up until it ends."""
    days = booking.pending.meaning.days if booking.pending and booking.pending.meaning else frozenset()
    named = [use for use in booking.uses if not days.isdisjoint(pieces_of((use,), rules)[0].days)]
    spans = [span_of(use, rules) for use in named or booking.uses]
    ahead = [span.start for span in spans if span.start > written] or [s.end for s in spans if s.end > written]
    return min([*ahead, written + CHALLENGE_LIFE])


def _cancelled(matter: Matter, booking: Reservation) -> Decision:
    proof = "the owner answered our challenge" if matter.facts.challenge else "the sender's domain check passed"
    after = matter.cleared(pending=None, sequence=booking.sequence + 1)
    put = matter.step(after, Act.CANCEL, proof)
    decision = matter.answered(Cancelled(put.after), f"given up, {proof}", puts=(put,))
    told = changed_notices(booking, None, matter.facts, matter.rules)
    return replace(decision, notices=(*decision.notices, *told))
