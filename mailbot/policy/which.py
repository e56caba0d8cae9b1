"""Which of several bookings a mail speaks of that names none: asked with numbers; what the mail wants waits."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.reservation import BOOKED, Act, Reservation, State
from mailbot.model.to_askers import Handed, Which
from mailbot.policy.basket import pieces_of
from mailbot.policy.continued import spoken_of
from mailbot.policy.matter import Matter
from mailbot.policy.questions import FRUITLESS

MOST = 9
"""Bookings among which somebody is asked to choose."""


def ask_which(matter: Matter, booked: Sequence[Reservation]) -> Decision:
    """Ask which of these bookings is to be changed or given up, or keeps what it is to keep."""
    wanted = replace(matter.meaning, missing=frozenset(), alternatives=(), option=None)
    among = tuple(booked[:MOST])
    after = matter.cleared(request=wanted, among=tuple(one.code for one in among))
    put = matter.step(after, Act.ASK, f"which of {len(booked)} bookings")
    return matter.answered(Which(put.after, among), put.why, puts=(put,), code=put.after.code)


def ask_again(matter: Matter) -> Decision:
    """Ask once more, about what the mail wants now; a person takes over after two questions that brought nothing."""
    question = matter.conversation
    assert question
    if question.questions + 1 >= FRUITLESS:
        put = matter.step(matter.cleared(), Act.HAND_OVER_TO_PERSON, "which booking is not clear")
        notices = (matter.letter(Handed(put.after)), *matter.to_staff("questions", put.after))
        return Decision(End.HANDED, (put.why,), (put,), notices, put.after.code)
    among = tuple(one for one in matter.ahead(*BOOKED) if one.code in question.among)
    wants = matter.meaning.intent in (Intent.CHANGE, Intent.CANCEL)
    after = matter.cleared(
        request=replace(matter.meaning, missing=frozenset(), alternatives=()) if wants else question.request,
        among=tuple(one.code for one in among),
        questions=question.questions + 1,
    )
    put = matter.step(after, Act.ASK, "which booking is not clear yet")
    return matter.answered(Which(put.after, among), put.why, puts=(put,))


def asks_which(conversation: Reservation | None) -> bool:
    """Return whether our open question in a conversation is which booking is meant."""
    return conversation is not None and conversation.state is State.ASKED and bool(conversation.among)


def spoken_of_now(matter: Matter) -> tuple[Matter, Reservation] | None:
    """Return the matter that waited, in the booking that the answer to our question names, and that booking; where the
    mail wants something else of one of them, that. None where it is not clear which."""
    question = matter.conversation
    assert question
    standing = [one for code in question.among for one in matter.ahead(*BOOKED) if one.code == code]
    meaning = matter.meaning
    if meaning.intent in (Intent.CHANGE, Intent.CANCEL) and meaning.option is None:
        fitting = spoken_of(meaning, standing, matter.rules)
        chosen, said = (fitting[0], meaning) if len(fitting) == 1 else (None, meaning)
    else:
        assert question.request
        chosen = _chosen(matter, question.among, standing)
        said = replace(question.request, language=meaning.language, language_sure=meaning.language_sure)
    if chosen is None:
        return None
    return replace(matter, meaning=said, facts=replace(matter.facts, conversation=chosen)), chosen


def _chosen(matter: Matter, among: Sequence[str], standing: Sequence[Reservation]) -> Reservation | None:
    meaning = matter.meaning
    if meaning.option is not None:
        named = among[meaning.option - 1 : meaning.option] if meaning.option >= 1 else ()
        return next((one for one in standing if one.code in named), None)
    if meaning.intent is Intent.DECLINE:
        return None
    fitting = [one for one in standing if one.code in meaning.references] or [
        one for one in standing if _is_spoken_of(one, meaning, matter)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _is_spoken_of(booking: Reservation, meaning: Meaning, matter: Matter) -> bool:
    days = {day for piece in pieces_of(booking.uses, matter.rules) for day in piece.days}
    things = {use.resource for use in booking.uses}
    named = set(meaning.about) | {id for item in meaning.items for id in item.resources}
    return bool(days & meaning.days) or (not meaning.days and bool(things & named))
