"""A booking is given up as a whole: with proof at once, without it the owner is asked."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.reservation import Act, Pending, Reservation
from mailbot.model.to_askers import Cancelled, Challenged
from mailbot.policy.due import changed_notices
from mailbot.policy.matter import Matter


def give_up(matter: Matter, booking: Reservation, *, asked_twice: bool = False) -> Decision:
    """Cancel it where it is proven who asks; else, or with `asked_twice`, ask the owner first."""
    proven = matter.facts.sender.proven or matter.facts.challenge is Act.CANCEL
    if proven and not asked_twice:
        return _cancelled(matter, booking)
    why = "whether all is given up is not sure" if matter.facts.sender.proven else "a From line proves nothing"
    put = matter.step(matter.reservation(pending=Pending(Act.CANCEL)), Act.CHALLENGE, f"{why}: the owner is asked")
    return matter.answered(Challenged(put.after, Act.CANCEL), put.why, puts=(put,))


def _cancelled(matter: Matter, booking: Reservation) -> Decision:
    proof = "the owner answered our challenge" if matter.facts.challenge else "the sender's domain check passed"
    after = matter.cleared(pending=None, sequence=booking.sequence + 1)
    put = matter.step(after, Act.CANCEL, proof)
    decision = matter.answered(Cancelled(put.after), f"given up, {proof}", puts=(put,))
    told = changed_notices(booking, None, matter.facts, matter.rules)
    return replace(decision, notices=(*decision.notices, *told))
