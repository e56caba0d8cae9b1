"""What is not done for somebody who may not be who the From line says (design: trust by proof)."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent
from mailbot.model.reservation import BOOKED, Act
from mailbot.model.rules import UnprovenBookings
from mailbot.policy.matter import Matter

BOOKS = frozenset({Intent.BOOK, Intent.ACCEPT})
HURTS = frozenset({Intent.CHANGE, Intent.CANCEL})
ANSWERS = frozenset({Intent.ACCEPT, Intent.DECLINE})


def with_what_is_proven(matter: Matter, intent: Intent) -> Matter:
    """Return the matter in which the answer to our challenge counts for nothing but an answer: a yes, a no, a number,
    or the word of what the challenge named. Whatever else the mail asks needs a proof of its own."""
    challenge = matter.facts.challenge
    if challenge is None or intent in ANSWERS or (intent is Intent.CANCEL and challenge is Act.CANCEL):
        return matter
    return replace(matter, facts=replace(matter.facts, challenge=None))


def distrusted(matter: Matter, intent: Intent) -> Decision | None:
    """Return what is done instead of what the mail asks: a person looks where the sender's domain disowns a mail that
    could hurt, and where the rules want a proof even for a booking. None where the mail may take its way."""
    sender = matter.facts.sender
    if sender.forged and _could_hurt(matter, intent):
        return matter.handed("forged", "the domain check failed: a person looks at it")
    proven = sender.proven or (intent is Intent.ACCEPT and matter.facts.challenge is not None)
    if intent in BOOKS and not proven and matter.rules.unproven_bookings is UnprovenBookings.TO_STAFF:
        return matter.handed("unproven", "unproven_bookings: to-staff")
    return None


def _could_hurt(matter: Matter, intent: Intent) -> bool:
    """Return whether a forger would gain by it: what stands is touched, or a challenge answered. Bookings follow their
    own rule, and answers to questions go to the owner of the address."""
    conversation = matter.conversation
    stands = conversation is not None and conversation.state in BOOKED
    return intent in HURTS or matter.facts.challenge is not None or (intent in ANSWERS and stands)
