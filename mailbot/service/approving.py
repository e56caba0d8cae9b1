"""Words of those who decide about a request: which one, whether they may, and all that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from mailbot.model.cases import Verdict
from mailbot.model.decision import Decision, Facts, Sender, Window
from mailbot.model.letters import Letter
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.outbox import OurLetter, Thread
from mailbot.model.reservation import CODE, Reservation
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_staff import ApprovalAsked, ApprovalTold
from mailbot.policy.approvals import who_decide
from mailbot.policy.approving import Judge, as_booked, at_deadline, judged
from mailbot.policy.matter import Matter
from mailbot.policy.stock import stock_of
from mailbot.policy.windows import windows, windows_around
from mailbot.service.causes import asking_in
from mailbot.service.ports import Unit

ABOUT = frozenset({ApprovalAsked.template, ApprovalTold.template})
"""Letters that are answered with a yes or a no."""


@dataclass(frozen=True)
class Asking:
    """What a person is asked to agree to: the conversation, and the number of the asking that they answer."""

    conversation: Reservation
    number: int


def asking_of(letter: Letter, ours: tuple[OurLetter, ...], unit: Unit) -> Asking | None:
    """Return the asking of the letter of ours that is answered; where a relay gave that another Message-ID, the one of
    the conversation whose code the subject holds, if it is still open."""
    about = next((found for mine in ours if mine.kind in ABOUT and (found := asking_in(mine.cause))), None)
    if about is not None:
        code, number = about
        conversation = unit.reservations.get(code)
        return Asking(conversation, number) if conversation else None
    codes = [] if ours or not letter.in_reply_to else CODE.findall(letter.subject.upper())
    open_ones = (one for code in codes if (one := unit.reservations.get(code)) and one.examined)
    return next((Asking(one, one.approval.number) for one in open_ones if one.approval), None)


def decider_at(address: str, asking: Asking, rules: Rules) -> Staff | None:
    """Return who may decide at this address: who was asked, or any of the staff."""
    people = (*rules.staff, *who_decide(asking.conversation, rules))
    return next((person for person in people if person.address.lower() == address), None)


def thread_to_asker(conversation: Reservation) -> Thread:
    """Return what a letter to the asker carries of their last mail."""
    *earlier, last = conversation.thread or ("",)
    return Thread(conversation.subject, last, tuple(earlier))


def decided_by(
    person: Staff, said: Verdict, asking: Asking, mail: str, unit: Unit, rules: Rules, now: datetime
) -> Decision:
    """Return what follows from a person's words, from inside the transaction."""
    conversation = unit.reservations.get(asking.conversation.code) or asking.conversation
    matter = matter_of(conversation, said.change, unit, rules, now)
    return judged(said, matter, Judge(person, asking.number, mail))


def matter_of(conversation: Reservation, change: Meaning | None, unit: Unit, rules: Rules, now: datetime) -> Matter:
    """Return the matter of a conversation as if its asker had written now, and were proven. `change` decides, with what
    is held, which part of the calendar is looked at."""
    unit.reservations.lock(conversation.initiative or conversation.asker.address)
    meaning = change or conversation.request or Meaning(conversation.language, Intent.CHANGE)
    about = as_booked(conversation) if conversation.examined else conversation
    facts = Facts(
        now=now,
        sender=Sender(conversation.asker, conversation.initiative, proven=True),
        occupancy=unit.reservations.occupancy(looked_at(meaning, about, rules, now), stock_of(rules)),
        subject=conversation.subject,
        conversation=conversation,
        standing=unit.reservations.of(conversation.asker.address, conversation.initiative, now),
        last_digests=unit.reservations.last_digests(),
    )
    sure = replace(meaning, language=conversation.language, language_sure=True)
    return Matter(sure, facts, rules)


def looked_at(meaning: Meaning, about: Reservation, rules: Rules, now: datetime) -> tuple[Window, ...]:
    """Return which part of the calendar a decision about what is held or booked looks at: what is said of it, what
    could be had instead, what it was before, and what was decided about."""
    decided = (one for one in (about.before, about.approval, about.reserve) if one is not None)
    around = dict.fromkeys(uses for uses in (about.uses, *(one.uses for one in decided)) if uses)
    return (
        *windows(replace(meaning, intent=Intent.CHANGE), about, rules, now),
        *(one for uses in around for one in windows_around(uses, about.attendees, rules)),
    )


def undecided(conversation: Reservation, unit: Unit, rules: Rules, now: datetime) -> Decision:
    """Return what becomes of what nobody decided in time."""
    return at_deadline(matter_of(conversation, None, unit, rules, now))
