""" "Comme l'an passé, le 20 juin": the booking of then, proposed for the new day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Item, Meaning, Slot
from mailbot.model.reservation import BOOKED, Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Offered, Proposed
from mailbot.policy.answers import at_other_hours, lacks_of
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.booking import offer, offer_or_refuse
from mailbot.policy.checks import weighed
from mailbot.policy.matter import Matter

ASKS = frozenset({Intent.HUMAN, Intent.BOOK, Intent.AVAILABILITY})


def as_before(matter: Matter) -> Decision | None:
    """Propose an earlier booking on the day that is named now, held until they say yes; None where the mail points to
    none, or says by itself what it wants."""
    meaning, conversation = matter.meaning, matter.conversation
    if meaning.intent not in ASKS or (conversation is not None and conversation.state in BOOKED):
        return None
    if meaning.items and not lacks_of(meaning, matter.rules):
        return None
    earlier = pointed_to(meaning, matter.facts.earlier, matter.rules)
    request = repeated_on(meaning, earlier, matter.rules) if earlier else None
    if earlier is None or request is None:
        return None
    one = weighed(basket_of(request), matter.facts, matter.rules)
    if not one.possible:
        return offer_or_refuse(matter, request, [one])
    decision = offer(matter, request, [one], ())
    notices = tuple(
        replace(notice, content=Proposed(notice.content.reservation, earlier))
        if isinstance(notice.content, Offered)
        else notice
        for notice in decision.notices
    )
    return replace(decision, because=(f"as {earlier.code}",), notices=notices)


def pointed_to(meaning: Meaning, earlier: Iterable[Reservation], rules: Rules) -> Reservation | None:
    """Return the earlier booking that a mail points to: of those with a thing that it names, if any has one, the one
    nearest to a year before the new day."""
    if not meaning.like_before or len(meaning.days) != 1:
        return None
    [day] = meaning.days
    every = [one for one in earlier if one.uses]
    named = [one for one in every if {use.resource for use in one.uses} & set(meaning.about)] or every
    a_year_before = day - timedelta(days=364)
    return min(named, key=lambda one: abs(_first_day(one, rules) - a_year_before), default=None)


def repeated_on(meaning: Meaning, earlier: Reservation, rules: Rules) -> Meaning | None:
    """Return a request for the first date of an earlier booking on the day that is named now, at hours that are said
    now, or else the same."""
    [day] = meaning.days
    first = _first_day(earlier, rules)
    items = []
    for piece in pieces_of(earlier.uses, rules):
        if piece.slot.day != first and (piece.is_room or first not in piece.days):
            continue
        there = piece.moved(day - first).slot
        if piece.is_room and meaning.hours != (None, None):
            there = at_other_hours(Slot(there.day, None), there, meaning.hours)
        items.append(Item((piece.resource,), piece.quantity, (there,)))
    people = meaning.attendees if meaning.attendees is not None else earlier.attendees
    return replace(
        meaning, intent=Intent.BOOK, items=tuple(items), attendees=people, missing=frozenset(), alternatives=()
    )


def basket_of(request: Meaning) -> Basket:
    """Return what a request that names one thing an item asks for."""
    pieces = (Piece(item.resource, item.quantity or 1, slot) for item in request.items for slot in item.slots)
    return Basket.of(pieces, request.attendees)


def _first_day(booking: Reservation, rules: Rules) -> date:
    pieces = pieces_of(booking.uses, rules)
    rooms = [piece.slot.day for piece in pieces if isinstance(piece.slot.start, datetime)]
    return min(rooms or [piece.slot.day for piece in pieces])
