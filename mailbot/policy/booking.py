"""A request becomes a booking, a question, an offer or a refusal: the harmless one wherever there is doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import SAME, Item, Lack, Meaning
from mailbot.model.objections import NotLent, Objection
from mailbot.model.reservation import BOOKED, HELD, Act, Option, Reservation, State, hold_of
from mailbot.model.rules import Rules, UnknownSender
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Confirmed, Examined, Listed, Offered, Refused
from mailbot.policy import because
from mailbot.policy.alternatives import MOST, alternatives, fewer_units, first_moment, free_dates, part_of, without
from mailbot.policy.answers import is_room, is_unknown, lacks_of, requested
from mailbot.policy.approvals import needed, submitted
from mailbot.policy.basket import Basket
from mailbot.policy.candidates import Candidate, candidates_of, distinct, rooms_that_hold
from mailbot.policy.checks import Weighed, once, weighed
from mailbot.policy.due import short_notices
from mailbot.policy.holding import option, wishes_option
from mailbot.policy.hours import hold_end, local_day, not_at_night, whole
from mailbot.policy.matter import Matter
from mailbot.policy.questions import ask
from mailbot.policy.repeated import ask_whether_the_same
from mailbot.policy.reserve import under_reserve

UNDO = timedelta(hours=24)
CLOSED_TO_REQUESTS = BOOKED | {State.CANCELLED, State.CLOSED, State.HANDED}
"""States in which a full request in the old thread is a new booking."""


def book(matter: Matter) -> Decision:
    """Decide a request, or an answer to our question about one."""
    if _stands_apart(matter):
        matter = matter.anew()
    request, rules = requested(matter.meaning, matter.conversation, matter.rules), matter.rules
    if matter.facts.sender.initiative is None and rules.unknown_senders is UnknownSender.TO_STAFF:
        return matter.handed("unknown-sender", "unknown_senders: to-staff")
    unnamed = matter.facts.sender.initiative is None and matter.conversation is None
    return decide(matter, request, name=unnamed and rules.unknown_senders is UnknownSender.ASK_NAME)


def _stands_apart(matter: Matter) -> bool:
    """Return whether a request gets a conversation of its own: where the old one is closed to requests, or offers a
    room and this one is all about something else ("et aussi dix chaises le 13"), so that the offer stays."""
    conversation = matter.conversation
    if conversation is None or conversation.state not in HELD:
        return conversation is not None and conversation.state in CLOSED_TO_REQUESTS
    items = matter.meaning.items
    complete = bool(items) and not lacks_of(matter.meaning, matter.rules)
    offers_room = any(isinstance(use.when, Span) for option in conversation.options for use in option.uses)
    of_room = any(item.resources == (SAME,) or is_room(item, matter.rules) for item in items)
    return complete and offers_room and not of_room


def decide(matter: Matter, request: Meaning, *, name: bool = False, more: bool = False) -> Decision:
    """Decide a request as a whole: asked where something is missing or unclear (or, with `name`, for whom it is), else
    booked, offered or refused. With `more` it comes on top of what they have, even if it is like it."""
    readings = distinct(request, local_day(matter.facts.now, matter.rules), matter.rules)
    rivals = () if readings[0].either else readings[1:]
    request = replace(readings[0], alternatives=readings[1:])
    if any(_beyond_us(item, matter.rules) for reading in readings for item in reading.items):
        return matter.handed("human", "a thing that cannot be told from others")
    lacks = lacks_of(request, matter.rules)
    if name or rivals or lacks - {Lack.RESOURCE} or not request.items:
        return ask(matter, request, rivals=rivals, choices=rooms_that_hold(request, matter.rules), name=name)
    if Lack.RESOURCE in lacks:
        return _let_choose(matter, request)
    complete = (reading for reading in readings if not lacks_of(reading, matter.rules))
    candidates = [one for reading in complete for one in candidates_of(reading, matter.rules) if one.basket.pieces]
    if not candidates:
        return refuse(matter, request, ())
    asked = None if more else ask_whether_the_same(matter, request, candidates[0].basket)
    return asked or _book_first(matter, candidates)


def _beyond_us(item: Item, rules: Rules) -> bool:
    fits_several = len(item.resources) > 1 and not is_room(item, rules)
    return item.resources == (SAME,) or fits_several


def _book_first(matter: Matter, candidates: Sequence[Candidate]) -> Decision:
    tried: list[Weighed] = []
    for candidate in candidates:
        here = _in_its_offer(candidate.basket, matter)
        one = weighed(candidate.basket, here.facts, matter.rules)
        if one.possible and wishes_option(here, candidate.reading):
            return option(here, candidate.reading, one, not_lent(candidate.reading, matter.rules))
        if one.possible and matter.meaning.doubts:
            return offer(here, candidate.reading, [one], ())
        if one.possible:
            return confirm(here, candidate.reading, one)
        if here.conversation and _offers(here.conversation, candidate.basket, matter.rules):
            reasons = because.of_objections(one.objections, matter.rules)
            return here.answered(_as_held(here.conversation, one.objections), "asked again", *reasons)
        tried.append(one)
    return offer_or_refuse(matter, candidates[0].reading, tried)


def _in_its_offer(basket: Basket, matter: Matter) -> Matter:
    """Return the matter in the conversation that offers something for this very request: asked twice is held once, and
    not for longer."""
    for standing in matter.ahead(*HELD):
        if _offers(standing, basket, matter.rules):
            return replace(matter, facts=replace(matter.facts, conversation=standing))
    return matter


def _offers(conversation: Reservation, basket: Basket, rules: Rules) -> bool:
    request = conversation.request
    if conversation.state not in HELD or request is None or lacks_of(request, rules):
        return False
    return any(candidate.basket.pieces == basket.pieces for candidate in candidates_of(request, rules))


def _as_held(conversation: Reservation, objections: tuple[Objection, ...]) -> Offered | Examined | Listed:
    """Return the letter about what is held already, whatever else is not possible."""
    if conversation.draft is not None:
        return Listed((conversation,))
    if conversation.examined:
        return Examined(conversation, objections=objections)
    return Offered(conversation, objections)


def _let_choose(matter: Matter, request: Meaning) -> Decision:
    """Several rooms fit the words: those that are really free are named; if none is, the rest is as for one room."""
    candidates = candidates_of(request, matter.rules)
    tried = [weighed(candidate.basket, matter.facts, matter.rules) for candidate in candidates]
    free = (candidate.rooms[0] for candidate, one in zip(candidates, tried, strict=True) if one.possible)
    if choices := tuple(dict.fromkeys(free)):
        return ask(matter, request, choices=choices)
    return offer_or_refuse(matter, request, tried)


def confirm(
    matter: Matter, request: Meaning | None, one: Weighed, act: Act = Act.CONFIRM, chosen: int | None = None
) -> Decision:
    """Book it, or ask those who must agree first, and tell the asker; and the key-holder, if something of it lies in
    the list they have. `chosen` is the number of our proposal that the asker took."""
    if needs := needed(one, request, matter):
        return submitted(matter, request, one, needs, not_lent(request, matter.rules))
    reasons = tuple(because.of_use(use, matter.rules) for use in one.uses)
    after = matter.cleared(
        uses=one.uses,
        request=request,
        attendees=one.basket.attendees,
        settled=matter.facts.now,
        before=None,
        sequence=_next_sequence(matter.conversation),
    )
    put = matter.step(under_reserve(after, one, request, matter), act, "; ".join(reasons)[:200])
    until, unknown = undo_until(put.after, matter), not_lent(request, matter.rules)
    content = Confirmed(put.after, until, unknown, matter.facts.sender.proven, chosen)
    answer = matter.answered(content, *reasons, puts=(put,), code=put.after.code)
    return replace(answer, notices=(*answer.notices, *short_notices(put.after, matter.facts, matter.rules)))


def _next_sequence(conversation: Reservation | None) -> int:
    """Return the sequence of the calendar file: higher than that of what was taken out of the calendar before."""
    return conversation.sequence + 1 if conversation is not None and conversation.sequence else 0


def undo_until(reservation: Reservation, matter: Matter) -> datetime:
    """Return until when a bare NO takes it back: 24 hours, or the next morning where these end at night; the first use
    if that is sooner."""
    starts = (first_start(use.when, matter.rules) for use in reservation.uses)
    ahead = (start for start in starts if start > matter.facts.now)
    settled = reservation.settled or matter.facts.now
    return max(matter.facts.now, min((not_at_night(settled + UNDO, matter.rules), *ahead)))


def first_start(when: Span | Days, rules: Rules) -> datetime:
    return when.start if isinstance(when, Span) else whole(when, rules).start


def not_lent(request: Meaning | None, rules: Rules) -> tuple[NotLent, ...]:
    unknown = [item for item in (request.items if request else ()) if is_unknown(item, rules)]
    return tuple(NotLent(item.name or " ".join(item.words)) for item in unknown)


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
    deadline = deadline_of(options, matter)
    after = matter.cleared(
        request=request,
        attendees=request.attendees,
        options=numbered,
        hold=hold_of(numbered),
        deadline=deadline,
        partial=partial,
    )
    whole_objections = (*objections, *not_lent(request, matter.rules))
    reasons = because.of_objections(whole_objections, matter.rules) or because.of_doubts(request)
    put = matter.step(after, Act.OFFER, "; ".join(reasons)[:200])
    return matter.answered(Offered(put.after, whole_objections), *reasons, puts=(put,), code=put.after.code)


def deadline_of(options: Sequence[Weighed], matter: Matter) -> datetime:
    """Return until when options are held: the end of the hold, or when the first new thing of one of them happens."""
    firsts = (first_moment(one, matter.rules) for one in options)
    return min([hold_end(matter.facts.now, matter.rules), *(first for first in firsts if first is not None)])


def refuse(matter: Matter, request: Meaning, objections: Sequence[Objection]) -> Decision:
    """Say that it cannot be had. What is held in the conversation goes on being held."""
    whole_objections = (*objections, *not_lent(request, matter.rules))
    reasons = because.of_objections(whole_objections, matter.rules)
    if matter.conversation and matter.conversation.state in HELD:
        return matter.answered(_as_held(matter.conversation, whole_objections), *reasons)
    after = matter.cleared(request=request, attendees=request.attendees)
    put = matter.step(after, Act.REFUSE, "; ".join(reasons)[:200])
    return matter.answered(Refused(put.after, whole_objections), *reasons, puts=(put,), code=put.after.code)
