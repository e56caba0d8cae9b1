"""The waiting list: in the order of coming, each in turn gets an offer that is held; never two the same thing."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Meaning, Wish
from mailbot.model.notices import Notice
from mailbot.model.objections import InThePast, TooLate, may_be_freed
from mailbot.model.reservation import Act, Reservation, State, Use
from mailbot.model.to_askers import Freed, WaitedInVain, Waits
from mailbot.policy.alternatives import in_time_to_answer
from mailbot.policy.answers import lacks_of
from mailbot.policy.booking import decide, offer
from mailbot.policy.candidates import candidates_of
from mailbot.policy.checks import Weighed, weighed
from mailbot.policy.matter import Matter

MAY_WAIT = frozenset({State.OFFERED, State.REFUSED, State.LAPSED, State.DECLINED})
OVER = (InThePast, TooLate)


def waits(matter: Matter) -> Decision | None:
    """Put what was asked in this conversation on the waiting list; None where there is nothing to wait for."""
    conversation = matter.conversation or _only_offer(matter)
    if Wish.WAIT not in matter.meaning.wishes or matter.meaning.items or conversation is None:
        return None
    matter = replace(matter, facts=replace(matter.facts, conversation=conversation))
    request = conversation.request
    if conversation.state is State.WAITING and request:
        return matter.answered(Waits(conversation, _wanted(matter, request)), "waits already")
    if conversation.state not in MAY_WAIT or request is None or lacks_of(request, matter.rules):
        return None
    tried = _tried(matter, request)
    if any(one.possible for one in tried) or not any(may_be_freed(one.objections, matter.rules) for one in tried):
        return decide(matter, request)
    after = matter.cleared(request=request, attendees=request.attendees, waiting=matter.facts.now)
    put = matter.step(after, Act.WAIT, "nothing fits: waits for what becomes free")
    return matter.answered(Waits(put.after, _wanted(matter, request)), put.why, puts=(put,), code=put.after.code)


def in_turn(matter: Matter) -> Decision | None:
    """Return the offer to somebody who waits, held, if what they wait for is free now; their leave where it can no
    longer become so; None where they go on waiting."""
    waiting = matter.conversation
    assert waiting
    assert waiting.request
    tried = _tried(matter, waiting.request)
    free = [one for one in tried if one.possible and in_time_to_answer(one, matter.facts, matter.rules)]
    if free:
        return _to_who_waits(offer(matter, waiting.request, free[:1], ()), waiting)
    if tried and all(any(isinstance(o, OVER) for o in one.objections) for one in tried):
        put = matter.step(matter.cleared(waiting=None), Act.LAPSE, "it did not become free in time")
        content = WaitedInVain(put.after, tried[0].uses)
        return _to_who_waits(matter.answered(content, put.why, puts=(put,)), waiting)
    return None


def _to_who_waits(decision: Decision, waiting: Reservation) -> Decision:
    """Return the decision as one of the clock: it answers no mail, and nobody did it."""
    puts = tuple(replace(put, by="", mail="") for put in decision.puts)
    [notice] = decision.notices
    content = notice.content if isinstance(notice.content, WaitedInVain) else Freed(puts[0].after)
    told = Notice(waiting.asker, (waiting.language,), content, answers=False)
    return Decision(End.ANSWERED, decision.because, puts, (told,), waiting.code)


def _only_offer(matter: Matter) -> Reservation | None:
    offers = matter.ahead(State.OFFERED)
    return offers[0] if len(offers) == 1 else None


def _tried(matter: Matter, request: Meaning) -> list[Weighed]:
    if lacks_of(replace(request, items=tuple(replace(item, any_will_do=True) for item in request.items)), matter.rules):
        return []
    candidates = candidates_of(request, matter.rules)
    return [weighed(one.basket, matter.facts, matter.rules) for one in candidates if one.basket.pieces]


def _wanted(matter: Matter, request: Meaning) -> tuple[Use, ...]:
    tried = _tried(matter, request)
    return tried[0].uses if tried else ()
