"""What follows from the words of those who decide, and what becomes of what nobody decides. Of two who answer, the
first counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.cases import Verdict
from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Meaning
from mailbot.model.notices import Notice
from mailbot.model.reservation import Act, Approval, Option, Pending, Put, Reservation, State, hold_of, next_state
from mailbot.model.rules import Approvals, AtDeadline, Rules, Staff
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import ApprovedOtherwise, Changed, Confirmed, NotApproved, PersonSays, Refused, Unchanged
from mailbot.model.to_staff import ApprovalAsked, ApprovalTold, Settled
from mailbot.policy.amendments import Unclear, amended, between, readings_of
from mailbot.policy.approvals import REMINDED, to_people, who_decide
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import confirm, deadline_of, offer_or_refuse
from mailbot.policy.cases import as_to_anybody
from mailbot.policy.changing import carried_out, offer_instead, weighed_change
from mailbot.policy.checks import Weighed
from mailbot.policy.hours import is_quiet, last_awake, local_day
from mailbot.policy.matter import Matter
from mailbot.policy.needs import things
from mailbot.policy.reminders import NOTHING, together
from mailbot.policy.withdrawing import against_now, begun, name_of, offered_after_all, takes_back, withdrawn


class Judge(Struct, frozen=True):
    """Who says yes or no, to which asking, by which mail."""

    person: Staff
    number: int
    """Of the asking, as the letter that is answered has it."""
    mail: str
    """Message-ID."""


def judged(said: Verdict, matter: Matter, judge: Judge) -> Decision:
    """Return what follows from words of those who decide, which are proven. `matter` is that of the conversation, as if
    its asker had written, and were proven. Pure."""
    conversation = matter.conversation
    assert conversation
    if not conversation.examined or _approval(conversation).number != judge.number:
        return _taken_back(said, matter, judge) or _too_late(conversation, judge, matter.rules)
    if said.words:
        return _passed_on(said.words, conversation, judge)
    if said.agrees is None:
        return _told(ApprovalTold(conversation, Settled.UNCLEAR), judge, "yes or no is not clear")
    if not said.agrees:
        return _by(_refused(conversation, said.rest, judge.person.address, matter.facts.now), judge)
    if said.change is not None:
        return _otherwise(said.change, said.rest, matter, judge)
    return _by(_granted(matter, said.rest, judge.person.address), judge)


def _approval(conversation: Reservation) -> Approval:
    assert conversation.approval
    return conversation.approval


def _too_late(conversation: Reservation, judge: Judge, rules: Rules) -> Decision:
    approval = conversation.approval
    decided = approval is not None and approval.number == judge.number and approval.granted is not None
    who = name_of(approval.by, rules) if decided and approval else ""
    content = ApprovalTold(conversation, Settled.DECIDED if who else Settled.OVER, who=who)
    return _told(content, judge, "it was decided, or is over")


# --- taken back


def _taken_back(said: Verdict, matter: Matter, judge: Judge) -> Decision | None:
    """Return what follows where somebody takes back what they decided: within a day, and before anything is fetched or
    used. None where it is not that."""
    conversation, now = matter.conversation, matter.facts.now
    approval = conversation.approval if conversation else None
    if conversation is None or approval is None or approval.granted is None or approval.number != judge.number:
        return None
    if said.agrees in (None, approval.granted) or said.words or not takes_back(approval, judge.person, now):
        return None
    decided = replace(approval, granted=said.agrees, by=judge.person.address, said=said.rest, at=now)
    if said.agrees:
        decision, outcome = offered_after_all(matter, decided), Settled.OTHERWISE
    else:
        decision, outcome = _no_after_all(matter, decided), Settled.TAKEN_BACK
    if decision is None:
        return None
    told = to_people((judge.person,), ApprovalTold(decision.puts[0].after, outcome))
    return _by(replace(decision, notices=(*decision.notices, *told)), judge)


def _no_after_all(matter: Matter, decided: Approval) -> Decision | None:
    """Give up what was booked at their yes, or put back what stood before it; None where it is changed since, begun, or
    what stood before is taken."""
    booking = matter.conversation
    assert booking
    is_the_same = booking.state is State.CONFIRMED and things(booking.uses) == things(decided.uses)
    if not is_the_same or begun(booking, matter.facts.now, matter.rules):
        return None
    here = replace(matter, facts=replace(matter.facts, conversation=replace(booking, approval=decided)))
    if booking.before is None:
        return withdrawn(here, decided)
    way = between(booking, booking.before.uses, booking.before.attendees, matter.rules)
    there, one = weighed_change(here, way)
    if against_now(one, matter.facts.now, matter.rules):
        return None
    decision = carried_out(there, one.uses, Pending(Act.UNDO), booking.before.attendees, one)
    return replace(decision, notices=tuple(_saying(notice, decided.said) for notice in decision.notices))


def _told(content: ApprovalTold, judge: Judge, why: str) -> Decision:
    return Decision(End.ANSWERED, (why,), (), to_people((judge.person,), content), content.reservation.code)


def _by(decision: Decision, judge: Judge) -> Decision:
    puts = tuple(replace(put, by=judge.person.address, mail=judge.mail) for put in decision.puts)
    return replace(decision, puts=puts, because=(f"decided by {judge.person.address}", *decision.because))


def _passed_on(words: str, conversation: Reservation, judge: Judge) -> Decision:
    """Pass words that begin as a letter does on to the asker; it goes on being examined."""
    put = _step(conversation, conversation, Act.NOTE, "a person writes to the asker")
    notice = Notice(conversation.asker, (conversation.language,), PersonSays(words, judge.person.name, put.after))
    return _by(Decision(End.ANSWERED, ("words of a person, passed on",), (put,), (notice,), put.after.code), judge)


def _granted(matter: Matter, said: str, by: str) -> Decision:
    """Do what is held, as if its asker had a right to it. It is weighed once more: what was closed, or counted anew,
    since it was asked is against it now as well."""
    conversation = matter.conversation
    assert conversation
    option = conversation.options[0]
    approval = replace(_approval(conversation), granted=True, by=by, said=said, uses=option.uses, at=matter.facts.now)
    conversation = replace(conversation, approval=approval)
    here = replace(matter, facts=replace(matter.facts, conversation=conversation))
    way = between(conversation, option.uses, _people(conversation), matter.rules)
    there, one = weighed_change(here, way)
    if against := against_now(one, matter.facts.now, matter.rules):
        return _offered_instead(there, replace(one, objections=against), by)
    if conversation.state is State.CHANGING:
        assert conversation.pending
        decision = carried_out(here, option.uses, conversation.pending, _people(conversation))
    else:
        basket = Basket.of(pieces_of(option.uses, matter.rules), conversation.attendees)
        decision = confirm(here, conversation.request, Weighed(basket, option.uses, ()), Act.ACCEPT)
    return replace(decision, notices=tuple(_saying(notice, said) for notice in decision.notices))


def _people(conversation: Reservation) -> int | None:
    """Return how many people come, with the change that is asked for."""
    meaning = conversation.pending.meaning if conversation.pending else None
    return meaning.attendees if meaning and meaning.attendees is not None else conversation.attendees


def _offered_instead(matter: Matter, one: Weighed, by: str) -> Decision:
    """Offer something else for what a person agrees to, and is not possible any more; who agreed is told."""
    conversation, rules = matter.conversation, matter.rules
    assert conversation
    if conversation.state is State.CHANGING:
        assert conversation.pending
        decision = offer_instead(matter, one, conversation.pending)
    else:
        decision = offer_or_refuse(matter, conversation.request or matter.meaning, [one])
    if not decision.puts:  # nothing to offer: what was held is let go
        letting_go = Act.DECLINE if conversation.state is State.CHANGING else Act.REFUSE
        after = replace(conversation, options=(), hold=(), deadline=None, pending=None)
        put = _step(conversation, after, letting_go, "agreed to, and not possible any more")
        content = Unchanged(put.after, one.objections) if put.after.uses else Refused(put.after, one.objections)
        notice = Notice(conversation.asker, (conversation.language,), content)
        decision = Decision(End.ANSWERED, (put.why,), (put,), (notice,), conversation.code)
    outcome = Settled.OFFERED if decision.puts[0].after.options else Settled.REFUSED
    told = ApprovalTold(decision.puts[0].after, outcome, one.objections)
    people = [person for person in who_decide(conversation, rules) if person.address == by]
    return replace(decision, notices=(*decision.notices, *to_people(people, told)))


def _saying(notice: Notice, said: str) -> Notice:
    notice = as_to_anybody(notice)
    content = notice.content
    return replace(notice, content=replace(content, said=said)) if isinstance(content, Confirmed | Changed) else notice


def _refused(conversation: Reservation, said: str, by: str, now: datetime, *, act: Act | None = None) -> Decision:
    """Let go what is held, and tell the asker why in the words of who decided; what is booked stays."""
    uses = conversation.options[0].uses
    approval = replace(_approval(conversation), granted=False, by=by, said=said, uses=uses, at=now)
    changes = conversation.state is State.CHANGING
    after = replace(conversation, options=(), hold=(), deadline=None, pending=None, approval=approval)
    act = act or (Act.DECLINE if changes else Act.REFUSE)
    put = _step(conversation, after, act, f"not approved: {', '.join(approval.reasons)}"[:200])
    content = NotApproved(put.after, approval.reasons, uses, said, lapsed=act is Act.LAPSE)
    return Decision(End.ANSWERED, (put.why,), (put,), (_to_asker(content),), conversation.code)


def _to_asker(content: NotApproved | ApprovedOtherwise) -> Notice:
    reservation = content.reservation
    return Notice(reservation.asker, (reservation.language,), content)


# --- yes, but


def _otherwise(said: Meaning, words: str, matter: Matter, judge: Judge) -> Decision:
    """Offer what a person agrees to instead of what was asked: nobody is booked for what they did not ask."""
    conversation = matter.conversation
    assert conversation
    held = as_booked(conversation)
    change = _ending(said, held, matter.rules)
    rules = replace(matter.rules, approvals=Approvals())
    here = replace(matter, meaning=change, rules=rules, facts=replace(matter.facts, conversation=held))
    try:
        way = amended(readings_of(change, held, here.facts.now, rules)[0], held, here.facts.now, rules)
    except Unclear:
        return _told(ApprovalTold(conversation, Settled.UNCLEAR), judge, "what is agreed to is not clear")
    _, one = weighed_change(here, way)
    if way.gives_all_up or not one.possible:
        content = ApprovalTold(conversation, Settled.NOT_POSSIBLE, one.objections)
        return _told(content, judge, "what is agreed to is not possible")
    if things(one.uses) == things(held.uses):
        return _by(_granted(matter, "", judge.person.address), judge)
    options = (Option(1, one.uses),)
    stands = (Option(0, conversation.uses),) if conversation.state is State.CHANGING else ()
    after = replace(
        conversation,
        options=options,
        hold=hold_of((*stands, *options)),
        deadline=deadline_of((one,), here),
        approval=replace(
            _approval(conversation), granted=True, by=judge.person.address, said=words, uses=one.uses, at=here.facts.now
        ),
    )
    act = Act.PROPOSE if stands else Act.OFFER
    put = _step(conversation, after, act, "approved, but not as it was asked")
    told_back = to_people((judge.person,), ApprovalTold(put.after, Settled.OTHERWISE))
    notices = (_to_asker(ApprovedOtherwise(put.after, words)), *told_back)
    return _by(Decision(End.ANSWERED, (put.why,), (put,), notices, conversation.code), judge)


def as_booked(conversation: Reservation) -> Reservation:
    """Return a conversation as if what is held in it were booked: what a person agrees to instead is a change of
    that."""
    return replace(conversation, state=State.CONFIRMED, uses=conversation.options[0].uses, pending=None, options=())


def _ending(change: Meaning, held: Reservation, rules: Rules) -> Meaning:
    """Return a change in which an hour alone is the end: who agrees "mais 20h" says until when."""
    start, end = change.hours
    if start is None or end is not None:
        return change
    spans = [use.when for use in held.uses if isinstance(use.when, Span)]
    inside = any(span.start < moment < span.end for span in spans for moment in _moments(span, start, rules))
    return replace(change, hours=(None, start)) if inside else change


def _moments(span: Span, minutes: int, rules: Rules) -> Iterator[datetime]:
    for day in Days(local_day(span.start, rules), local_day(span.end, rules)):
        yield datetime.combine(day, time(), rules.commune.zone) + timedelta(minutes=minutes)


def _step(before: Reservation, after: Reservation, act: Act, why: str) -> Put:
    return Put(before, replace(after, state=next_state(before.state, act), version=before.version + 1), act, why)


# --- the clock


def at_deadline(matter: Matter) -> Decision:
    """Return what becomes of what nobody decided in time, as the rules have it. `matter` is that of the conversation,
    as if its asker were proven."""
    conversation = matter.conversation
    assert conversation
    match matter.rules.approvals.at_deadline:
        case AtDeadline.ACCEPT:
            decision = _granted(matter, "", "")
        case AtDeadline.REFUSE:
            decision = _refused(conversation, "", "", matter.facts.now)
        case AtDeadline.LAPSE:
            decision = _refused(conversation, "", "", matter.facts.now, act=Act.LAPSE)
    puts = tuple(replace(put, by="", mail="", why=f"nobody decided: {put.why}"[:200]) for put in decision.puts)
    notices = tuple(replace(notice, answers=False) for notice in decision.notices)
    return replace(decision, puts=puts, notices=notices)


def approval_reminders(offers: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Remind those who decide, once, of what soon ends undecided."""
    if is_quiet(now, rules):
        return NOTHING
    return together([_reminded(offer, rules) for offer in offers if offer.examined and _is_due(offer, now, rules)])


def _is_due(offer: Reservation, now: datetime, rules: Rules) -> bool:
    if offer.deadline is None or REMINDED in offer.told:
        return False
    hour = last_awake(offer.deadline - rules.approvals.reminder, rules)
    return _approval(offer).since < hour <= now < offer.deadline


def _reminded(offer: Reservation, rules: Rules) -> Decision:
    put = _step(offer, replace(offer, told=(*offer.told, REMINDED)), Act.REMIND, "nobody decided yet")
    notices = to_people(who_decide(offer, rules), ApprovalAsked(put.after, again=True))
    return Decision(End.ANSWERED, (f"{offer.code}: {put.why}",), (put,), notices)
