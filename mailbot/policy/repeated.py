"""Whether a request is one that the sender, or their initiative, has booked already."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.reservation import BOOKED, Act, Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Repeated
from mailbot.policy.amendments import as_uses
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.candidates import candidates_of
from mailbot.policy.matter import Matter


def ask_whether_the_same(matter: Matter, request: Meaning, basket: Basket) -> Decision | None:
    """Ask whether a request for what is booked already is that booking, or comes on top; None where nothing like it is
    booked. It is so too where it would collide with that booking alone: the same room, at hours that overlap."""
    for standing in matter.ahead(*BOOKED):
        if _is_like(basket, standing, matter.rules):
            after = matter.cleared(request=request, repeats=standing.code)
            put = matter.step(after, Act.ASK, f"the same as {standing.code}, or more?")
            content = Repeated(put.after, standing, as_uses(basket.pieces, matter.rules), basket.attendees)
            return matter.answered(content, put.why, puts=(put,), code=put.after.code)
    return None


def is_the_same(request: Meaning, standing: Reservation, rules: Rules) -> bool:
    """Return whether a request asks for exactly what is booked."""
    booked = Basket.of(pieces_of(standing.uses, rules)).pieces
    return any(candidate.basket.pieces == booked for candidate in candidates_of(request, rules))


def as_change(request: Meaning, said: Meaning) -> Meaning:
    """Return a request as a change of what is booked."""
    days = frozenset(slot.day for item in request.items for slot in item.slots)
    return replace(request, intent=Intent.CHANGE, language=said.language, days=days, alternatives=(), option=None)


def _is_like(basket: Basket, standing: Reservation, rules: Rules) -> bool:
    booked = Basket.of(pieces_of(standing.uses, rules))
    if booked.pieces == basket.pieces:
        return True
    return any(
        room.resource == other.resource and room.span(rules).overlaps(other.span(rules))
        for room in basket.rooms
        for other in booked.rooms
    )
