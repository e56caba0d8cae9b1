"""What becomes of something that stands: an offer that is answered, a booking that is given up, a calendar's answer.

Nothing that could hurt is done without proof: a domain check that passed, or the answer to a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailbot.model.decision import Cancelled, Challenged, Confirmed, Decision, Declined, Lapsed, Listed, Offered
from mailbot.model.meaning import ANY_ROOM, SAME, Item
from mailbot.model.reservation import Act, Option, Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.policy.answers import requested
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import confirm, decide, offer_again, undo_until
from mailbot.policy.checks import Weighed, weighed
from mailbot.policy.due import short_notices
from mailbot.policy.matter import Matter


def accept(matter: Matter) -> Decision:
    """The asker agrees to what our letter proposed."""
    conversation = matter.conversation
    if matter.facts.challenge is Act.CANCEL:
        return cancel(matter)
    if conversation is None:
        offer = _only_offer(matter)
        if offer is None or not _in_time(matter, offer):
            return matter.handed("human", "agrees, and it is not clear to what")
        return accept(replace(matter, facts=replace(matter.facts, conversation=offer)))
    if conversation.state is State.ASKED:
        return decide(matter, requested(matter.meaning, conversation, matter.rules))
    if conversation.state is State.OFFERED and _in_time(matter, conversation):
        return _accepted(matter, conversation)
    if conversation.state in (State.OFFERED, State.LAPSED):
        return _accepted_late(matter, conversation)
    if conversation.state is State.CONFIRMED and matter.meaning.option is None:
        return matter.ignored(f"booked already: {conversation.code}")
    return matter.handed("human", f"agrees, but {conversation.code} is {conversation.state}")


def _in_time(matter: Matter, conversation: Reservation) -> bool:
    arrived = matter.facts.arrived or matter.facts.now
    return conversation.deadline is None or arrived <= conversation.deadline


def _chosen(matter: Matter, conversation: Reservation) -> Option | None:
    """Return the option that a number names, or the only one there is; None where it cannot be told."""
    number = matter.meaning.option
    if number is None:
        return conversation.options[0] if len(conversation.options) == 1 else None
    return next((option for option in conversation.options if option.number == number), None)


def _accepted(matter: Matter, conversation: Reservation) -> Decision:
    """Book exactly what was offered: it lies within the hold."""
    option = _chosen(matter, conversation)
    if option is None:
        return matter.answered(Offered(conversation, ()), f"which of {len(conversation.options)} options is not clear")
    one = _as_offered(option, conversation, matter.rules)
    return confirm(matter, conversation.request, one, Act.ACCEPT)


def _as_offered(option: Option, conversation: Reservation, rules: Rules) -> Weighed:
    return Weighed(Basket.of(pieces_of(option.uses, rules), conversation.attendees), option.uses, ())


def _accepted_late(matter: Matter, conversation: Reservation) -> Decision:
    """The hold is over: booked if exactly the same is still free, else looked at again from what was asked."""
    option = _chosen(matter, conversation)
    if option is not None:
        offered = _as_offered(option, conversation, matter.rules)
        again = weighed(offered.basket, matter.facts, matter.rules)
        if again.possible and _handovers(again) == _handovers(offered):
            return confirm(matter, conversation.request, again)
    if conversation.request is not None and (offer := offer_again(matter, conversation.request)):
        return offer
    put = matter.step(matter.reservation(), Act.LAPSE, "answered late") if conversation.state is State.OFFERED else None
    lapsed = put.after if put else conversation
    return matter.answered(Lapsed(lapsed), f"held until {conversation.deadline}", puts=(put,) if put else ())


def _handovers(one: Weighed) -> list[tuple[object, ...]]:
    return [(use.resource, use.when, use.out, use.back) for use in one.uses]


def decline(matter: Matter) -> Decision:
    """The asker refuses what our letter proposed. A bare NO to a confirmation asks to undo it."""
    conversation = matter.conversation or _only_offer(matter)
    if conversation is None:
        return matter.handed("human", "refuses, and nothing is on offer")
    matter = replace(matter, facts=replace(matter.facts, conversation=conversation))
    if matter.facts.challenge:
        content = Confirmed(conversation, undo_until(conversation, matter))
        return matter.answered(content, f"the owner does not want {matter.facts.challenge}: nothing changes")
    if conversation.state in (State.OFFERED, State.ASKED, State.WAITING):
        put = matter.step(matter.cleared(), Act.DECLINE, "the asker refuses")
        return matter.answered(Declined(put.after), "the asker refuses", puts=(put,))
    if conversation.state is State.CONFIRMED:
        return _given_up(matter, conversation)
    return matter.ignored(f"nothing stands: {conversation.code} is {conversation.state}")


def _only_offer(matter: Matter) -> Reservation | None:
    offers = matter.ahead(State.OFFERED)
    return offers[0] if len(offers) == 1 else None


def cancel(matter: Matter) -> Decision:
    """The asker gives up a booking, or a part of it: a part is for a person."""
    found = _given_up_ones(matter)
    if not found and matter.meaning.references and matter.conversation is None:
        return matter.handed("human", "the code is none of the sender's")
    if len(found) != 1:
        booked = matter.ahead(State.CONFIRMED)
        return matter.answered(Listed(booked), f"{len(found)} bookings fit what is given up")
    matter = replace(matter, facts=replace(matter.facts, conversation=found[0]))
    if found[0].state in (State.OFFERED, State.ASKED, State.WAITING):
        return decline(matter)
    if found[0].state is State.CANCELLED:
        return matter.answered(Cancelled(found[0]), f"{found[0].code} is cancelled already")
    if not _covers(matter.meaning.items, found[0], matter.rules):
        return matter.handed("change", f"gives up a part of {found[0].code}")
    return _given_up(matter, found[0])


def _given_up_ones(matter: Matter) -> list[Reservation]:
    """Return what the mail may give up: its own conversation, else what stands and fits what it names."""
    conversation = matter.conversation
    if conversation is not None:
        stands = (State.CONFIRMED, State.OFFERED, State.ASKED, State.WAITING, State.CANCELLED)
        return [conversation] if conversation.state in stands else []
    if matter.meaning.references:
        return []
    items = matter.meaning.items
    booked = matter.ahead(State.CONFIRMED)
    return [r for r in booked if not items or any(_fits(item, use, matter.rules) for item in items for use in r.uses)]


def _covers(items: Sequence[Item], reservation: Reservation, rules: Rules) -> bool:
    """Return whether the items name the whole reservation: nothing named is all of it."""
    return not items or all(any(_fits(item, use, rules) for item in items) for use in reservation.uses)


def _fits(item: Item, use: Use, rules: Rules) -> bool:
    """Return whether an item names a use: the thing (or any room), its day if it says one, and all its units."""
    [piece] = pieces_of((use,), rules)
    any_room = item.resources == (ANY_ROOM,) and piece.is_room
    thing = any_room or item.resources == (SAME,) or use.resource in item.resources
    day = not item.slots or any(slot.day in piece.days for slot in item.slots)
    units = piece.is_room or item.quantity is None or item.quantity >= use.quantity or item.resources == (SAME,)
    return thing and day and units


def _given_up(matter: Matter, conversation: Reservation) -> Decision:
    if matter.facts.sender.proven or matter.facts.challenge is Act.CANCEL:
        return _cancelled(matter, conversation)
    content = Challenged(conversation, Act.CANCEL)
    return matter.answered(content, "a From line proves nothing: the owner is asked", code=conversation.code)


def _cancelled(matter: Matter, conversation: Reservation) -> Decision:
    proof = "the owner answered our challenge" if matter.facts.challenge else "the sender's domain check passed"
    after = matter.reservation(sequence=conversation.sequence + 1)
    put = matter.step(after, Act.CANCEL, proof)
    decision = matter.answered(Cancelled(put.after), f"given up, {proof}", puts=(put,))
    told = short_notices(put.after, matter.facts, matter.rules, cancelled=True)
    return replace(decision, notices=(*decision.notices, *told))


def calendar_answer(matter: Matter, status: str) -> Decision:
    """What a calendar program says about our invitation (PARTSTAT, RFC 5546 section 3.2.3): noted, or asked about."""
    conversation = matter.conversation
    if conversation is None or conversation.state is not State.CONFIRMED:
        return matter.ignored(f"a calendar says {status} to what is not booked")
    if status == conversation.calendar_status:
        return matter.ignored(f"a calendar says {status} once more")
    put = matter.step(matter.reservation(calendar_status=status), Act.NOTE, f"calendar: {status}")
    if status in ("ACCEPTED", "TENTATIVE"):
        return matter.ignored(f"noted: a calendar says {status}", puts=(put,))
    if status == "DECLINED":
        content = Challenged(put.after, Act.CANCEL, by_calendar=True)
        return matter.answered(content, "a calendar says DECLINED: nothing changes, the owner is asked", puts=(put,))
    return matter.handed("human", f"a calendar says {status}")
