"""A request becomes a booking, a question, an offer or a refusal: the harmless one wherever there is doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice, product
from typing import Any

from mailbot.model.decision import (
    Asked,
    Confirmed,
    Decision,
    End,
    Handed,
    NotLent,
    Objection,
    Offered,
    Refused,
)
from mailbot.model.meaning import ANY_ROOM, SAME, Item, Lack, Meaning, Slot
from mailbot.model.reservation import Act, Option, Reservation, State, hold_of
from mailbot.model.rules import Rules, UnknownSender
from mailbot.model.spans import Days, Span
from mailbot.policy import because
from mailbot.policy.alternatives import MOST, alternatives, fewer_units, first_moment, free_dates, part_of, without
from mailbot.policy.answers import is_open, is_room, is_unknown, lacks_of, requested
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.checks import Weighed, once, weighed
from mailbot.policy.due import short_notices
from mailbot.policy.hours import hold_end, local_day, whole
from mailbot.policy.matter import Matter

MOST_CANDIDATES = 50
"""Ways to fill a request with open rooms that are tried."""
UNDO = timedelta(hours=24)
CHOICES = 6
"""Rooms to choose from in one question."""
FRUITLESS = 2
"""Questions that brought nothing new before a person takes over."""
CLOSED_TO_REQUESTS = frozenset({State.CONFIRMED, State.CANCELLED, State.CLOSED, State.HANDED})
"""States in which a full request in the old thread is a new booking."""


def book(matter: Matter) -> Decision:
    """Decide a request, or an answer to our question about one."""
    if matter.conversation and matter.conversation.state in CLOSED_TO_REQUESTS:
        matter = matter.anew()
    if matter.facts.sender.initiative is None:
        if matter.rules.unknown_senders is UnknownSender.TO_STAFF:
            return matter.handed("unknown-sender", "unknown_senders: to-staff")
        if matter.rules.unknown_senders is UnknownSender.ASK_NAME and matter.conversation is None:
            return ask(matter, matter.meaning, name=True)
    return decide(matter, requested(matter.meaning, matter.conversation, matter.rules))


def decide(matter: Matter, request: Meaning) -> Decision:
    """Decide a request as a whole: asked where something is missing or unclear, else booked, offered or refused."""
    readings = distinct(request, matter)
    request = readings[0]
    if any(_beyond_us(item, matter.rules) for item in request.items):
        return matter.handed("human", "a thing that cannot be told from others")
    if len(readings) > 1 and not request.either:
        return ask(matter, request, rivals=readings[1:])
    lacks = lacks_of(request, matter.rules)
    if lacks - {Lack.RESOURCE} or not request.items:
        return ask(matter, request, choices=_rooms_that_hold(request, matter.rules))
    complete = [reading for reading in readings if not lacks_of(reading, matter.rules)]
    candidates = [one for reading in complete or [request] for one in candidates_of(reading, matter.rules)]
    if not any(one.basket.pieces for one in candidates):
        return refuse(matter, request, ())
    if Lack.RESOURCE in lacks:
        return _let_choose(matter, request, candidates_of(request, matter.rules))
    return _book_first(matter, request, candidates)


def _beyond_us(item: Item, rules: Rules) -> bool:
    fits_several = len(item.resources) > 1 and not is_room(item, rules)
    return item.resources == (SAME,) or fits_several


def _book_first(matter: Matter, request: Meaning, candidates: Sequence[Candidate]) -> Decision:
    tried: list[Weighed] = []
    for candidate in candidates:
        if standing := already_there(candidate.basket, matter):
            return standing
        one = weighed(candidate.basket, matter.facts, matter.rules)
        if one.possible:
            return confirm(matter, request, one)
        tried.append(one)
    return offer_or_refuse(matter, request, tried)


def _let_choose(matter: Matter, request: Meaning, candidates: Sequence[Candidate]) -> Decision:
    """Several rooms fit the words: those that are really free are named; if none is, the rest is as for one room."""
    tried = [weighed(candidate.basket, matter.facts, matter.rules) for candidate in candidates]
    free = (candidate.rooms[0] for candidate, one in zip(candidates, tried, strict=True) if one.possible)
    if choices := tuple(dict.fromkeys(free)):
        return ask(matter, request, choices=choices)
    return offer_or_refuse(matter, request, tried)


@dataclass(frozen=True)
class Candidate:
    """One way to fill the request: a room chosen for each item that leaves it open, in the order of the items."""

    rooms: tuple[str, ...]
    basket: Basket


def candidates_of(request: Meaning, rules: Rules) -> list[Candidate]:
    """Return every way to fill a complete reading, the smallest rooms that hold all who come first; one where no room
    is open. A room that is asked for by name is not chosen once more, if it can be helped. What is not lent is left
    out."""
    known = [item for item in request.items if not is_unknown(item, rules)]
    opened = [item for item in known if is_open(item, rules)]
    fixed = [piece for item in known if item not in opened for piece in _pieces(item, item.resources[0], rules)]
    named = {piece.resource for piece in fixed}
    ways = list(islice(product(*(_fitting(item, request.attendees, rules) for item in opened)), MOST_CANDIDATES))
    apart = [rooms for rooms in ways if len({*rooms, *named}) == len(rooms) + len(named)]
    found: list[Candidate] = []
    for rooms in apart or ways:
        chosen = (piece for item, room in zip(opened, rooms, strict=True) for piece in _pieces(item, room, rules))
        found.append(Candidate(rooms, Basket.of((*fixed, *chosen), request.attendees)))
    return found


def _pieces(item: Item, resource: str, rules: Rules) -> Iterator[Piece]:
    for slot in item.slots:
        if resource in rules.rooms:
            yield Piece(resource, 1, slot)
        else:
            yield Piece(resource, item.quantity or 1, Slot(slot.day, _last_day(slot)))


def _last_day(slot: Slot) -> date:
    """Return the last day of a loan; what serves an evening that ends after midnight is needed on that evening."""
    if slot.end is None or isinstance(slot.end, datetime):
        return slot.day
    return slot.end


def _fitting(item: Item, people: int | None, rules: Rules) -> list[str]:
    """Return the rooms that an open item leaves, smallest first; if people are more than any of them holds, all."""
    ids = rules.rooms if item.resources == (ANY_ROOM,) else item.resources
    rooms = sorted((rules.rooms[id] for id in ids if id in rules.rooms), key=lambda room: (room.capacity, room.id))
    return [room.id for room in rooms if room.capacity >= (people or 0)] or [room.id for room in rooms]


def _rooms_that_hold(request: Meaning, rules: Rules) -> tuple[str, ...]:
    item = next((item for item in request.items if is_open(item, rules) and not item.any_will_do), None)
    return () if item is None else tuple(_fitting(item, request.attendees, rules))


def distinct(request: Meaning, matter: Matter) -> tuple[Meaning, ...]:
    """Return the readings of a request that differ in what would be done, likeliest first. Readings that lie wholly in
    the past are dropped where another does not; readings that differ in one room alone are one that leaves it open."""
    by_effect = {_effect(reading): reading for reading in reversed((request, *request.alternatives))}
    readings = [reading for reading in (request, *request.alternatives) if by_effect[_effect(reading)] is reading]
    today = local_day(matter.facts.now, matter.rules)
    ahead = [r for r in readings if any(slot.day >= today for item in r.items for slot in item.slots)]
    readings = [replace(r, alternatives=(), either=request.either) for r in ahead or readings]
    joined = None if request.either else _with_room_open(readings, matter.rules)
    return (joined,) if joined else tuple(readings)


def _effect(reading: Meaning) -> tuple[object, ...]:
    items = sorted((item.resource, item.quantity or 0, item.slots, item.any_will_do) for item in reading.items)
    return (tuple(items), reading.attendees)


def _with_room_open(readings: Sequence[Meaning], rules: Rules) -> Meaning | None:
    """Return the readings as one with an open room, where they differ in nothing but one room."""
    first = readings[0]
    if len(readings) < 2 or any(len(other.items) != len(first.items) for other in readings):
        return None
    columns = list(zip(*(reading.items for reading in readings), strict=True))
    differing = [n for n, column in enumerate(columns) if len({_effect_of(item) for item in column}) > 1]
    if len(differing) != 1:
        return None
    column = columns[differing[0]]
    if any(not is_room(item, rules) or item.slots != column[0].slots for item in column):
        return None
    room = replace(column[0], resources=tuple(sorted({id for item in column for id in item.resources})))
    items = (*first.items[: differing[0]], room, *first.items[differing[0] + 1 :])
    return replace(first, items=items, missing=first.missing | {Lack.RESOURCE})


def _effect_of(item: Item) -> tuple[object, ...]:
    return item.resources, item.quantity, item.slots


def ask(
    matter: Matter,
    request: Meaning,
    *,
    rivals: Sequence[Meaning] = (),
    choices: Sequence[str] = (),
    name: bool = False,
) -> Decision:
    """Ask one question about all that is missing or unclear. After two that brought nothing new a person takes over."""
    lacks = _asked_lacks(request, rivals, matter)
    fruitless = _fruitless(lacks, matter)
    slots = _rival_slots((request, *rivals)) if rivals else ()
    after = closed_offer(
        matter,
        request=replace(request, alternatives=tuple(rivals)),
        questions=fruitless,
        choices=tuple(choices)[:CHOICES] if not slots else (),
        slots=slots,
    )
    if fruitless >= FRUITLESS:
        put = matter.step(after, Act.HAND_OVER_TO_PERSON, "two questions brought nothing new")
        notices = (matter.letter(Handed(put.after)), *matter.to_staff("questions", put.after))
        return Decision(End.HANDED, ("two questions brought nothing new",), (put,), notices, put.after.code)
    missing = ", ".join(sorted(lacks)) or ("whose initiative" if name else "which of the rival readings")
    put = matter.step(after, Act.ASK, f"missing: {missing}")
    content = Asked(put.after, lacks, put.after.choices, slots, name)
    return matter.answered(content, f"missing: {missing}", puts=(put,), code=put.after.code)


def _asked_lacks(request: Meaning, rivals: Sequence[Meaning], matter: Matter) -> frozenset[Lack]:
    lacks = lacks_of(request, matter.rules)
    if not request.items:
        return lacks | {Lack.RESOURCE, Lack.DATE}
    if rivals and not _rival_slots((request, *rivals)):
        return lacks | {Lack.QUANTITY}
    return lacks


def _fruitless(lacks: frozenset[Lack], matter: Matter) -> int:
    """Return how many questions in a row brought nothing new, this mail's answer included."""
    conversation = matter.conversation
    if conversation is None or conversation.state is not State.ASKED or conversation.request is None:
        return 0
    before = _asked_lacks(conversation.request, conversation.request.alternatives, matter)
    known = not conversation.slots or bool(matter.meaning.items or matter.meaning.option)
    return 0 if known and lacks < before else conversation.questions + 1


def _rival_slots(readings: Sequence[Meaning]) -> tuple[Slot, ...]:
    """Return the first occurrence in which the readings differ, one a reading; nothing where they have the same."""
    for columns in zip(
        *([slot for item in reading.items for slot in item.slots] for reading in readings), strict=False
    ):
        if len(set(columns)) == len(columns):
            return tuple(columns)
    return ()


def confirm(matter: Matter, request: Meaning | None, one: Weighed, act: Act = Act.CONFIRM) -> Decision:
    """Book it, and tell the asker; and the key-holder, if something of it lies in the list they have."""
    reasons = tuple(because.of_use(use, matter.rules) for use in one.uses)
    after = closed_offer(matter, uses=one.uses, request=request, attendees=one.basket.attendees)
    put = matter.step(after, act, "; ".join(reasons)[:200])
    content = Confirmed(put.after, undo_until(put.after, matter), not_lent(request, matter.rules))
    answer = matter.answered(content, *reasons, puts=(put,), code=put.after.code)
    return replace(answer, notices=(*answer.notices, *short_notices(put.after, matter.facts, matter.rules)))


def undo_until(reservation: Reservation, matter: Matter) -> datetime:
    """Return until when a bare NO takes it back: 24 hours, or the first use if that is sooner."""
    starts = (first_start(use.when, matter.rules) for use in reservation.uses)
    return max(matter.facts.now, min((matter.facts.now + UNDO, *starts)))


def first_start(when: Span | Days, rules: Rules) -> datetime:
    return when.start if isinstance(when, Span) else whole(when, rules).start


def not_lent(request: Meaning | None, rules: Rules) -> tuple[NotLent, ...]:
    unknown = [item for item in (request.items if request else ()) if is_unknown(item, rules)]
    return tuple(NotLent(item.name or " ".join(item.words)) for item in unknown)


def already_there(basket: Basket, matter: Matter) -> Decision | None:
    """Answer a request that is booked already with that booking: it is not doubled."""
    for standing in matter.facts.standing:
        if standing.state is not State.CONFIRMED:
            continue
        if Basket.of(pieces_of(standing.uses, matter.rules)).pieces == basket.pieces:
            content = Confirmed(standing, undo_until(standing, matter))
            return matter.answered(content, f"booked already as {standing.code}", code=standing.code)
    return None


def offer_again(matter: Matter, request: Meaning) -> Decision | None:
    """Offer what an older request can have today, first of all what it asked; None where there is nothing. Nothing is
    booked: the asker agreed to something else."""
    if lacks_of(request, matter.rules):
        return None
    candidates = candidates_of(request, matter.rules)
    tried = [
        weighed(candidate.basket, matter.facts, matter.rules) for candidate in candidates if candidate.basket.pieces
    ]
    if free := [one for one in tried if one.possible]:
        return offer(matter, request, free[:MOST], ())
    decision = offer_or_refuse(matter, request, tried) if tried else None
    offered = decision and any(isinstance(notice.content, Offered) for notice in decision.notices)
    return decision if offered and decision and decision.puts else None


def offer_or_refuse(matter: Matter, request: Meaning, tried: Sequence[Weighed]) -> Decision:
    """Offer what could be had instead, held for some time; refuse where there is nothing."""
    facts, rules, first = matter.facts, matter.rules, tried[0]
    objections = once(objection for one in tried for objection in one.objections)
    part = part_of(first, (fewer_units, free_dates), facts, rules)
    if part is None:
        options = alternatives(tried, facts, rules)
        if options:
            return offer(matter, request, options, objections)
        part = part_of(first, (without,), facts, rules)
    if part is None:
        return refuse(matter, request, objections)
    return offer(matter, request, (part,), objections, partial=True)


def offer(
    matter: Matter,
    request: Meaning,
    options: Sequence[Weighed],
    objections: Sequence[Objection],
    *,
    partial: bool = False,
) -> Decision:
    """Hold the options until the end of the hold, or until the first of them begins."""
    numbered = tuple(Option(number, one.uses) for number, one in enumerate(options, 1))
    deadline = min(hold_end(matter.facts.now, matter.rules), *(first_moment(one) for one in options))
    after = closed_offer(
        matter,
        request=request,
        attendees=request.attendees,
        options=numbered,
        hold=hold_of(numbered),
        deadline=deadline,
        partial=partial,
    )
    whole_objections = (*objections, *not_lent(request, matter.rules))
    reasons = because.of_objections(whole_objections, matter.rules)
    put = matter.step(after, Act.OFFER, "; ".join(reasons)[:200])
    return matter.answered(Offered(put.after, whole_objections), *reasons, puts=(put,), code=put.after.code)


def refuse(matter: Matter, request: Meaning, objections: Sequence[Objection]) -> Decision:
    """Say that it cannot be had. An offer that stands in the conversation goes on standing."""
    whole_objections = (*objections, *not_lent(request, matter.rules))
    reasons = because.of_objections(whole_objections, matter.rules)
    if matter.conversation and matter.conversation.state is State.OFFERED:
        return matter.answered(Offered(matter.conversation, whole_objections), *reasons)
    after = closed_offer(matter, request=request, attendees=request.attendees)
    put = matter.step(after, Act.REFUSE, "; ".join(reasons)[:200])
    return matter.answered(Refused(put.after, whole_objections), *reasons, puts=(put,), code=put.after.code)


def closed_offer(matter: Matter, **changes: Any) -> Reservation:
    """Return the conversation with `changes`, and nothing left of an older question or offer."""
    nothing = {
        "options": (),
        "hold": (),
        "deadline": None,
        "partial": False,
        "choices": (),
        "slots": (),
        "questions": 0,
    }
    return matter.reservation(**{**nothing, **changes})
