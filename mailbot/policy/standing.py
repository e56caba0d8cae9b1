"""What becomes of something that stands: an offer that is answered, a booking that is given up, a calendar's answer.

Nothing that could hurt is done without proof: a domain check that passed, or the answer to a challenge."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.reservation import BOOKED, HELD, Act, Option, Pending, Reservation, State
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Cancelled, Challenged, Declined, Examined, Lapsed, Listed, Offered
from mailbot.policy.answers import lacks_of, requested
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import confirm, decide, offer_again
from mailbot.policy.cancelling import challenge_end, give_up
from mailbot.policy.candidates import candidates_of
from mailbot.policy.changing import accept_change, change, leave_as_it_is, undo
from mailbot.policy.checks import Weighed, weighed
from mailbot.policy.collecting import note_collector
from mailbot.policy.continued import spoken_of, undoable
from mailbot.policy.direct import agreed, answers_in_vain, no_longer_asked
from mailbot.policy.due import is_blocked
from mailbot.policy.matter import Matter
from mailbot.policy.vouching import welcome
from mailbot.policy.which import ask_which

GIVEN_BACK = (*HELD, State.ASKED, State.WAITING)
"""States in which nothing is booked that could be given up, but something waits."""


def accept(matter: Matter) -> Decision:
    """The asker agrees to what our letter proposed."""
    conversation = matter.conversation
    if conversation is not None and answers_in_vain(matter):
        return no_longer_asked(matter, conversation)
    if matter.facts.challenge is Act.CANCEL and conversation is not None:
        return give_up(matter, conversation) if conversation.state in BOOKED else cancel(matter)
    if conversation is None:
        return matter.handed("human", "agrees, and it is not clear to what")
    if conversation.examined:
        return matter.answered(Examined(conversation), "a person decides")
    if conversation.state is State.ASKED:
        return decide(matter, requested(matter.meaning, conversation, matter.rules))
    if conversation.state is State.OFFERED and _in_time(matter, conversation):
        return _accepted(matter, conversation)
    if conversation.state in (State.OFFERED, State.LAPSED):
        return _accepted_late(matter, conversation)
    pending = conversation.pending
    if conversation.state in BOOKED and pending and pending.act is Act.CANCEL and _answers_challenge(matter):
        return give_up(matter, conversation)  # too late, or not its owner's: it is asked once more
    if conversation.state in BOOKED and pending and pending.newcomer:
        return welcome(matter) if matter.facts.challenge is Act.NOTE or matter.facts.sender.proven else _who(matter)
    if conversation.state in BOOKED and pending and pending.act is Act.NOTE and pending.partner:
        return agreed(matter)
    if conversation.state in BOOKED and pending and pending.act is Act.NOTE and pending.meaning:
        said = replace(matter.meaning, comes=pending.meaning.comes)
        return note_collector(replace(matter, meaning=said))
    if conversation.state in BOOKED and pending and pending.act is not Act.CANCEL:
        return accept_change(matter)
    if conversation.state in BOOKED and matter.meaning.option is None:
        if _names_another_day(matter, conversation):
            return matter.handed("human", f"agrees, and names another day than {conversation.code}")
        return matter.ignored(f"booked already: {conversation.code}")
    return matter.handed("human", f"agrees, but {conversation.code} is {conversation.state}")


def _who(matter: Matter) -> Decision:
    return matter.handed("human", "agrees to somebody new, and nothing proves who does")


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
    if is_blocked(option.uses, matter.rules):
        return _accepted_late(matter, conversation)
    one = _as_offered(option, conversation, matter.rules)
    return confirm(matter, conversation.request, one, Act.ACCEPT, _named_by(option, one, conversation, matter.rules))


def _as_offered(option: Option, conversation: Reservation, rules: Rules) -> Weighed:
    return Weighed(Basket.of(pieces_of(option.uses, rules), conversation.attendees), option.uses, ())


def _named_by(option: Option, offered: Weighed, conversation: Reservation, rules: Rules) -> int | None:
    """Return the number of the proposal that is taken, said or not (0: the only one there was); None where it is what
    was asked for, whose words are then read back."""
    request = conversation.request
    asked = candidates_of(request, rules) if request is not None and not lacks_of(request, rules) else ()
    if any(one.basket.pieces == offered.basket.pieces for one in asked):
        return None
    return option.number if len(conversation.options) > 1 else 0


def _accepted_late(matter: Matter, conversation: Reservation) -> Decision:
    """The hold is over: booked if exactly the same is still free, else looked at again from what was asked."""
    option = _chosen(matter, conversation)
    if option is not None:
        offered = _as_offered(option, conversation, matter.rules)
        again = weighed(offered.basket, matter.facts, matter.rules)
        if again.possible and _handovers(again) == _handovers(offered):
            return confirm(
                matter, conversation.request, again, chosen=_named_by(option, offered, conversation, matter.rules)
            )
    if conversation.request is not None and (offer := offer_again(matter, conversation.request)):
        return offer
    put = matter.step(matter.reservation(), Act.LAPSE, "answered late") if conversation.state is State.OFFERED else None
    lapsed = put.after if put else conversation
    return matter.answered(Lapsed(lapsed), f"held until {conversation.deadline}", puts=(put,) if put else ())


def _handovers(one: Weighed) -> list[tuple[object, ...]]:
    return [(use.resource, use.when, use.out, use.back) for use in one.uses]


def decline(matter: Matter) -> Decision:
    """The asker refuses what our letter proposed. A bare NO to a confirmation asks to undo it."""
    conversation = matter.conversation
    if conversation is not None and answers_in_vain(matter):
        return no_longer_asked(matter, conversation)
    if conversation is None and matter.meaning.undo and (booked := undoable(matter.ahead(*BOOKED))):
        return ask_which(matter, booked)
    if conversation is None:
        return matter.handed("human", "refuses, and nothing is on offer")
    if matter.facts.challenge or (conversation.pending and conversation.pending.partner):
        return leave_as_it_is(matter)
    if conversation.state in GIVEN_BACK:
        put = matter.step(matter.cleared(), Act.DECLINE, "the asker refuses")
        return matter.answered(Declined(put.after), "the asker refuses", puts=(put,))
    if conversation.state is State.CHANGING and conversation.pending and conversation.pending.act is not Act.CANCEL:
        return leave_as_it_is(matter)
    if conversation.state in BOOKED:
        return undo(matter) if matter.meaning.undo else give_up(matter, conversation, asked_twice=True)
    if conversation.state is State.HANDED:
        return matter.handed("human", "refuses, and a person has it")
    if conversation.state is State.CANCELLED and matter.meaning.undo:
        return matter.answered(Cancelled(conversation), f"{conversation.code} is cancelled, and stays so")
    return matter.ignored(f"nothing stands: {conversation.code} is {conversation.state}")


def cancel(matter: Matter) -> Decision:
    """The asker gives up a booking, or a part of it: a date of a series, one of several things, some of many."""
    conversation = matter.conversation
    if conversation is None and matter.meaning.references:
        return matter.handed("human", "the code is none of the sender's")
    if conversation is None or conversation.state not in (*BOOKED, *GIVEN_BACK, State.CANCELLED):
        booked = spoken_of(matter.meaning, matter.ahead(*BOOKED), matter.rules)
        if conversation is None and booked:
            return ask_which(matter, booked)
        return matter.answered(Listed(booked), f"which of {len(booked)} bookings is given up is not clear")
    if conversation.state in GIVEN_BACK:
        return decline(matter)
    if conversation.state is State.CANCELLED:
        return matter.answered(Cancelled(conversation), f"{conversation.code} is cancelled already")
    if _names_another_day(matter, conversation):
        return give_up(matter, conversation, asked_twice=True)
    return change(matter)


def _names_another_day(matter: Matter, booking: Reservation) -> bool:
    """Whether a mail names days, and nothing of a booking happens on them: it may be meant for something else."""
    booked = {day for piece in pieces_of(booking.uses, matter.rules) for day in piece.days}
    return bool(matter.meaning.days) and not (booked & matter.meaning.days or matter.meaning.rest)


def _answers_challenge(matter: Matter) -> bool:
    return matter.facts.answered == Challenged.template


def calendar_answer(matter: Matter, status: str) -> Decision:
    """What a calendar program says about our invitation (PARTSTAT, RFC 5546 section 3.2.3): noted, or asked about."""
    conversation = matter.conversation
    if conversation is None or conversation.state not in BOOKED:
        return matter.ignored(f"a calendar says {status} to what is not booked")
    if status == conversation.calendar_status:
        return matter.ignored(f"a calendar says {status} once more")
    pending = Pending(Act.CANCEL) if status == "DECLINED" else conversation.pending
    put = matter.step(matter.reservation(calendar_status=status, pending=pending), Act.NOTE, f"calendar: {status}")
    if status in ("ACCEPTED", "TENTATIVE"):
        return matter.ignored(f"noted: a calendar says {status}", puts=(put,))
    if status == "DECLINED":
        until = challenge_end(put.after, matter.facts.now, matter.rules)
        content = Challenged(put.after, Act.CANCEL, until, by_calendar=True)
        return matter.answered(content, "a calendar says DECLINED: nothing changes, the owner is asked", puts=(put,))
    return matter.handed("human", f"a calendar says {status}")
