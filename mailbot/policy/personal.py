"""My data, and forget me: for the owner of the address alone, who is known by a domain check or by answering us."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning, Wish
from mailbot.model.reservation import BOOKED, HELD
from mailbot.model.to_askers import DataAsked, ForgetAsked, Forgotten, StillNeeded, YourData
from mailbot.policy.matter import Matter

QUESTIONS = {DataAsked.template: Wish.DATA, ForgetAsked.template: Wish.FORGET}
STANDS = (*BOOKED, *HELD)


def wish_of(meaning: Meaning, answered: str) -> Wish | None:
    """Return what is wished for: by the mail itself, or by the yes to our question."""
    if answered in QUESTIONS and meaning.intent is Intent.ACCEPT:
        return QUESTIONS[answered]
    if meaning.intent is Intent.BOOK and meaning.items:
        return None
    return next((wish for wish in (Wish.FORGET, Wish.DATA) if wish in meaning.wishes), None)


def personal(matter: Matter) -> Decision | None:
    """Give somebody their data, or forget them; ask first who it is. None where nothing of the kind is wished for."""
    facts = matter.facts
    wish = wish_of(matter.meaning, facts.answered)
    if wish is None:
        return None
    answers_us = QUESTIONS.get(facts.answered) is wish and facts.owner_answers
    if not (facts.sender.proven or answers_us):
        question = ForgetAsked() if wish is Wish.FORGET else DataAsked()
        return matter.answered(question, "a From line proves nothing: the owner is asked")
    if wish is Wish.FORGET:
        return _forget(matter)
    assert facts.personal
    return matter.answered(YourData(facts.personal), "the owner asks for their data")


def _forget(matter: Matter) -> Decision:
    address = matter.facts.sender.address.address
    own = tuple(one for one in matter.ahead(*STANDS) if one.asker.address == address)
    if own:
        return matter.answered(StillNeeded(own), f"{len(own)} bookings are still to come")
    matter = matter.anew()
    decision = matter.answered(Forgotten(), "the owner asks to be forgotten")
    return replace(decision, notices=(*decision.notices, *matter.to_staff("forget", None)), erase=address)
