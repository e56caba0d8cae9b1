"""One mail becomes one decision: what it asks for picks who decides it, the guards come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.decision import Decision, Facts
from mailbot.model.meaning import Intent, Lack, Meaning
from mailbot.model.reservation import BOOKED, Act, Reservation, State
from mailbot.model.rules import Rules
from mailbot.model.to_staff import ToStaff
from mailbot.policy.answers import COMPLETED, lacks_of
from mailbot.policy.as_before import as_before
from mailbot.policy.availability import Remembered
from mailbot.policy.booking import book, decide
from mailbot.policy.cases import with_proposal
from mailbot.policy.changing import change
from mailbot.policy.collecting import cannot_come, who_comes
from mailbot.policy.evaluating import evaluated
from mailbot.policy.floods import too_many
from mailbot.policy.matter import Matter
from mailbot.policy.on_the_spot import on_the_spot
from mailbot.policy.personal import personal
from mailbot.policy.quarters import goes_on
from mailbot.policy.repeating import whether_the_same
from mailbot.policy.sharing import shared
from mailbot.policy.standing import accept, calendar_answer, cancel, decline
from mailbot.policy.telling import availability, helped, how_it_stands, listed, thanked, with_answers
from mailbot.policy.trust import distrusted, with_what_is_proven
from mailbot.policy.vouching import vouched_for
from mailbot.policy.waiting import waits
from mailbot.policy.which import ask_again, asks_which, spoken_of_now

Clerk: TypeAlias = Callable[[Matter], Decision]
GOES_ON = COMPLETED | {State.ASKED}
"""States in which a "change" is one of what was asked, not of what is booked."""


def on_mail(meaning: Meaning, facts: Facts, rules: Rules) -> Decision:
    """Return what is to be done about one mail, and why. Pure: the same arguments give the same decision. Where there
    is doubt it is the harmless one: nothing is booked, changed or given up."""
    matter = Matter(meaning, replace(facts, occupancy=Remembered.of(facts.occupancy)), rules)
    return shared(with_answers(_decided(matter), matter), matter)


def _decided(matter: Matter) -> Decision:
    meaning, facts, rules = matter.meaning, matter.facts, matter.rules
    if meaning.intent is Intent.IGNORE and not facts.calendar_reply:
        return _ignored(matter)
    if silence := too_many(matter):
        return silence
    if distrust := distrusted(matter, _intent(matter)):
        return with_proposal(distrust, matter)
    matter = with_what_is_proven(matter, _intent(matter))
    if facts.calendar_reply:
        return calendar_answer(matter, facts.calendar_reply.status)
    if _awaits_name(facts.conversation, rules):
        return _named(matter)
    for besides in BESIDES:
        if decision := besides(matter):
            return _with_further(matter, decision)
    return with_proposal(_with_further(matter, CLERKS[_intent(matter)](matter)), matter)


def _intent(matter: Matter) -> Intent:
    """Return what the mail wants; where rival readings want different things, the one that changes nothing. A number
    and nothing else, in answer to an offer, agrees to it."""
    meaning, conversation = matter.meaning, matter.conversation
    offered = conversation is not None and conversation.state in (State.OFFERED, State.CHANGING)
    picks = offered and meaning.option is not None and not meaning.items
    wanted = {meaning.intent, *(rival.intent for rival in meaning.alternatives)}
    if wanted == {Intent.BOOK} and picks:
        return Intent.ACCEPT
    if len(wanted) == 1:
        return meaning.intent
    return Intent.AVAILABILITY if wanted == {Intent.BOOK, Intent.AVAILABILITY} else Intent.HUMAN


def _awaits_name(conversation: Reservation | None, rules: Rules) -> bool:
    """Return whether all that our question lacked was for whom it is: any answer is one."""
    if conversation is None or conversation.state is not State.ASKED or conversation.request is None:
        return False
    asked_else = conversation.choices or conversation.slots or conversation.repeats or conversation.among
    return not (lacks_of(conversation.request, rules) or asked_else)


def _named(matter: Matter) -> Decision:
    """Go on with the request, whatever the mail that names the initiative was read as."""
    if matter.meaning.intent in (Intent.CANCEL, Intent.DECLINE, Intent.HELP, Intent.LIST, Intent.AVAILABILITY):
        return CLERKS[matter.meaning.intent](matter)
    if matter.meaning.intent is Intent.BOOK:
        return book(matter)
    assert matter.conversation
    assert matter.conversation.request
    return decide(matter, matter.conversation.request)


def _with_further(matter: Matter, decision: Decision) -> Decision:
    """Pass a mail on whose other acts were not carried out: one mail gets one decision, and is passed on once."""
    left = [further.intent for further in matter.meaning.further if further.intent not in (Intent.IGNORE, Intent.HELP)]
    if not left or any(isinstance(notice.content, ToStaff) for notice in decision.notices):
        return decision
    reservation = decision.puts[-1].after if decision.puts else matter.conversation
    told = ", ".join(left)
    notices = (*decision.notices, *matter.to_staff("human", reservation))
    return replace(decision, notices=notices, because=(*decision.because, f"also for a person: {told}"))


def _ignored(matter: Matter) -> Decision:
    return matter.ignored("nobody waits for an answer")


def _change(matter: Matter) -> Decision:
    """Change what is booked, or go on with a request that is not."""
    conversation = matter.conversation
    if conversation is not None and conversation.request is not None and conversation.state in GOES_ON:
        return book(matter)
    return change(matter)


def _booking(matter: Matter) -> Decision:
    """A request in the thread of a booking that says only a part ("plutôt de 15 à 19 h") changes that booking."""
    conversation = matter.conversation
    if conversation is not None and conversation.state in BOOKED and not _is_whole(matter):
        return change(matter)
    return book(matter)


def _is_whole(matter: Matter) -> bool:
    items = matter.meaning.items
    return bool(items) and not lacks_of(matter.meaning, matter.rules) - {Lack.RESOURCE, Lack.QUANTITY}


def _key(matter: Matter) -> Decision:
    return matter.handed("key", "tells of a key or of goods")


def _of_which(matter: Matter) -> Decision | None:
    """Do what waited until it was known of which booking it speaks; None where that is not what we asked, or the mail
    is about something else."""
    question, intent = matter.conversation, matter.meaning.intent
    if question is None or not asks_which(question):
        return None
    if found := spoken_of_now(matter):
        there, booking = found
        put = matter.step(matter.cleared(), Act.DECLINE, f"it speaks of {booking.code}")
        told = (decision for besides in (who_comes, cannot_come) if (decision := besides(there)))
        decision = next(told, None) or CLERKS[there.meaning.intent](there)
        return replace(decision, puts=(put, *decision.puts))
    if intent is Intent.BOOK and matter.meaning.items:
        return book(matter.anew())
    if intent in (Intent.BOOK, Intent.ACCEPT, Intent.CHANGE, Intent.CANCEL):
        return ask_again(matter)
    return None


def _human(matter: Matter) -> Decision:
    return matter.handed("human", "for a person")


BESIDES: tuple[Callable[[Matter], Decision | None], ...] = (
    personal,
    on_the_spot,
    vouched_for,
    evaluated,
    goes_on,
    waits,
    whether_the_same,
    _of_which,
    who_comes,
    cannot_come,
    how_it_stands,
    as_before,
)
"""What a mail may be besides its intent, in this order."""

CLERKS: Mapping[Intent, Clerk] = {
    Intent.BOOK: _booking,
    Intent.AVAILABILITY: availability,
    Intent.CHANGE: _change,
    Intent.CANCEL: cancel,
    Intent.LIST: listed,
    Intent.ACCEPT: accept,
    Intent.DECLINE: decline,
    Intent.KEY: _key,
    Intent.FEEDBACK: thanked,
    Intent.HELP: helped,
    Intent.HUMAN: _human,
    Intent.IGNORE: _ignored,
}
