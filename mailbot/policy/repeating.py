"""People ask twice: what they have already is neither doubled nor in its own way. They are asked whether it is the
same, or something more."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.reservation import BOOKED, Act, State
from mailbot.model.to_askers import Confirmed
from mailbot.policy.booking import decide, undo_until
from mailbot.policy.changing import change
from mailbot.policy.matter import Matter
from mailbot.policy.repeated import as_change, is_the_same

SAME, MORE = 1, 2
"""What our question numbers: the same as what is booked, or something more."""


def whether_the_same(matter: Matter) -> Decision | None:
    """Decide what follows from the answer to our question whether a request is the same as a booking; None where the
    mail is no such answer."""
    conversation = matter.conversation
    if conversation is None or conversation.state is not State.ASKED or not conversation.repeats:
        return None
    standing = next((r for r in matter.ahead(*BOOKED) if r.code == conversation.repeats), None)
    answer = _answer(matter.meaning)
    if answer is None or conversation.request is None:
        return None
    if answer == MORE or standing is None:
        return decide(matter, replace(conversation.request, language=matter.meaning.language), more=True)
    put = matter.step(matter.cleared(repeats=""), Act.DECLINE, f"the same as {standing.code}")
    there = replace(matter, facts=replace(matter.facts, conversation=standing))
    if is_the_same(conversation.request, standing, matter.rules):
        content = Confirmed(standing, undo_until(standing, matter))
        return there.answered(content, put.why, puts=(put,))
    decision = change(replace(there, meaning=as_change(conversation.request, matter.meaning)))
    return replace(decision, puts=(put, *decision.puts))


def _answer(meaning: Meaning) -> int | None:
    if meaning.option in (SAME, MORE):
        return meaning.option
    if meaning.items:
        return None
    if meaning.more:
        return MORE
    return SAME if meaning.same or meaning.intent in (Intent.ACCEPT, Intent.DECLINE) else None
