"""A new address writes about a booking of an initiative: who booked it is asked whether that person is one of theirs.

Until their yes nothing is done and nothing told; after it the new address may speak of this booking as they do."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent
from mailbot.model.notices import Notice
from mailbot.model.reservation import Act, Pending, Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Vouching
from mailbot.policy.lookalikes import looks_like
from mailbot.policy.matter import Matter

SPEAKS_OF_IT = frozenset({Intent.CHANGE, Intent.CANCEL, Intent.HUMAN, Intent.KEY, Intent.LIST})
"""What a mail about somebody else's booking may want of it; what asks for something new, or answers, takes its way."""


def vouched_for(matter: Matter) -> Decision | None:
    """Ask who booked whether the sender is one of theirs; None where the mail speaks of no such booking, or something
    else waits for their word."""
    booking, sender = matter.facts.anothers, matter.facts.sender
    if booking is None or matter.meaning.intent not in SPEAKS_OF_IT or sender.forged:
        return None
    if _is_of_the_commune(sender.address, matter.rules):
        return None
    if looks_like(sender.address.address, booking.asker.address):
        return None  # whoever reads the question in haste would take it for their own address, and say yes
    if booking.pending is not None and booking.pending.newcomer is None:
        return None
    awaited = matter.letter(Vouching(None, sender.address))
    if booking.pending is not None and booking.pending.newcomer == sender.address:
        return Decision(End.ANSWERED, ("who booked was asked already",), notices=(awaited,))
    there = replace(matter, facts=replace(matter.facts, conversation=booking))
    after = replace(booking, pending=Pending(Act.NOTE, newcomer=sender.address))
    put = there.step(after, Act.NOTE, "a new address: who booked is asked whether it is one of theirs")
    asked = _letter(booking.asker, booking, Vouching(put.after, sender.address))
    return Decision(End.ANSWERED, (put.why,), (put,), (awaited, asked), booking.code)


def _is_of_the_commune(address: Address, rules: Rules) -> bool:
    known = {one.address for one in rules.staff} | {one.address for one in rules.holders.values()}
    return address.address in known


def welcome(matter: Matter) -> Decision:
    """Let the newcomer speak of the booking: who booked said yes."""
    booking = matter.conversation
    assert booking
    assert booking.pending
    newcomer = booking.pending.newcomer
    assert newcomer
    known = tuple(dict.fromkeys((*booking.colleagues, newcomer)))
    put = matter.step(matter.reservation(pending=None, colleagues=known), Act.NOTE, "who booked vouches for them")
    content = Vouching(put.after, newcomer, vouched=True)
    decision = matter.answered(content, put.why, puts=(put,))
    return replace(decision, notices=(*decision.notices, _letter(newcomer, booking, content)))


def _letter(to: Address, booking: Reservation, content: Vouching) -> Notice:
    return Notice(to, (booking.language,), content, answers=False)
