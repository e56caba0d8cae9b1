"""What is asked back: one question about all that is missing or unclear, with numbered choices where there are any."""

from __future__ import annotations

from collections.abc import Sequence

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Lack, Meaning, Slot
from mailbot.model.reservation import Act, Reservation, State
from mailbot.model.to_askers import Asked, Handed
from mailbot.policy.answers import lacks_of
from mailbot.policy.matter import Matter

CHOICES = 6
"""Rooms to choose from in one question."""
FRUITLESS = 2
"""Questions that brought nothing new before a person takes over."""


def ask(
    matter: Matter,
    request: Meaning,
    *,
    rivals: Sequence[Meaning] = (),
    choices: Sequence[str] = (),
    name: bool = False,
) -> Decision:
    """Ask one question about all that is missing or unclear: `rivals` are those of its alternatives that the asker must
    choose from. After two that brought nothing new a person takes over,
    and at once where the readings differ in what cannot be asked with numbers."""
    lacks, slots = asked_lacks(request, rivals, matter), rival_slots((request, *rivals))
    fruitless = _fruitless(request, lacks, matter)
    after = matter.cleared(
        request=request,
        questions=fruitless,
        choices=() if slots else tuple(choices)[:CHOICES],
        slots=slots,
    )
    if fruitless >= FRUITLESS:
        return _to_a_person(matter, after, "two questions brought nothing new")
    if rivals and not slots and not _differ_in_quantity((request, *rivals)):
        return _to_a_person(matter, after, "rival readings that no number tells apart")
    missing = ", ".join(sorted(lacks)) or ("whose initiative" if name else "which of the rival readings")
    put = matter.step(after, Act.ASK, f"missing: {missing}")
    content = Asked(put.after, lacks, put.after.choices, slots, name)
    return matter.answered(content, f"missing: {missing}", puts=(put,), code=put.after.code)


def _to_a_person(matter: Matter, after: Reservation, why: str) -> Decision:
    put = matter.step(after, Act.HAND_OVER_TO_PERSON, why)
    notices = (matter.letter(Handed(put.after)), *matter.to_staff("questions", put.after))
    return Decision(End.HANDED, (why,), (put,), notices, put.after.code)


def asked_lacks(request: Meaning, rivals: Sequence[Meaning], matter: Matter) -> frozenset[Lack]:
    """Return what a question about the request asks for; rival quantities are a quantity that is not known."""
    lacks = lacks_of(request, matter.rules)
    if not request.items:
        return lacks | {Lack.RESOURCE, Lack.DATE}
    if rivals and not rival_slots((request, *rivals)):
        return lacks | {Lack.QUANTITY}
    return lacks


def _fruitless(request: Meaning, lacks: frozenset[Lack], matter: Matter) -> int:
    """Return how many questions in a row brought nothing new, this mail's answer included."""
    conversation = matter.conversation
    if conversation is None or conversation.state is not State.ASKED or conversation.request is None:
        return 0
    before = asked_lacks(conversation.request, conversation.request.alternatives, matter)
    told = not conversation.slots or bool(matter.meaning.items or matter.meaning.option)
    newly = lacks < before or bool(conversation.slots) or request.attendees != conversation.request.attendees
    return 0 if told and newly else conversation.questions + 1


def rival_slots(readings: Sequence[Meaning]) -> tuple[Slot, ...]:
    """Return for each reading the first occurrence that not all have; nothing where that does not tell them apart."""
    all_slots = [[slot for item in reading.items for slot in item.slots] for reading in readings]
    common = set(all_slots[0]).intersection(*all_slots)
    own = [next((slot for slot in slots if slot not in common), None) for slots in all_slots]
    apart = tuple(slot for slot in own if slot is not None)
    return apart if len(readings) > 1 and len(set(apart)) == len(readings) else ()


def _differ_in_quantity(readings: Sequence[Meaning]) -> bool:
    """Return whether the readings ask for the same things on the same days, but not for as many."""
    things = {tuple((item.resources, item.slots) for item in reading.items) for reading in readings}
    return len(things) == 1
