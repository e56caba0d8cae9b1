"""A borrower says that it is back: it counts, and nobody is reminded any more.

Where the key-holder reported otherwise, it is not there for others before the key-holder has seen it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reports import Found, Outcome, Passed, Report, Told, Verb
from mailbot.model.reservation import BOOKED, Reservation, State
from mailbot.model.rules import Rules
from mailbot.model.to_askers import BroughtBack
from mailbot.model.to_key_holders import Direction
from mailbot.model.to_staff import ToStaff
from mailbot.policy.due import passings_of
from mailbot.policy.reports import EARLY, ENOUGH_SAID, Reporter

BORROWER = "borrower"
AFTER = frozenset({Verb.RETURNED, Verb.MISSING, Verb.DAMAGED, Verb.STATE})
"""What may be said in one breath with it; what is missing is for a person to look at."""
BROKEN = frozenset({Verb.MISSING, Verb.DAMAGED, Verb.STATE})


def borrower(conversation: Reservation | None) -> Reporter | None:
    """Return whoever has something on loan, or had."""
    if conversation is None or conversation.state not in (*BOOKED, State.CLOSED):
        return None
    asker = conversation.asker
    return Reporter(BORROWER, asker.name, asker, conversation.language, frozenset(), frozenset(), hands_out=False)


def on_borrower(
    told: Told, loan: Reservation, outcomes: Mapping[str, Passed], message_id: str, now: datetime, rules: Rules
) -> Decision | None:
    """Return what is noted; None where the mail says anything else, and takes the way of any other."""
    verbs = {statement.verb for statement in told.statements}
    if any(statement.arrival for statement in told.statements) and verbs <= BROKEN:
        return _on_arrival(told, loan, message_id, rules)
    if Verb.RETURNED not in verbs or not verbs <= AFTER or told.ahead or len(told.words.split()) > ENOUGH_SAID:
        return None
    deeds = tuple(
        _back(outcomes.get(passing.place), passing.place, loan)
        for passing in passings_of(loan, rules)
        if passing.direction is Direction.BACK and passing.opening.start <= now + EARLY
        if passing.place not in outcomes or outcomes[passing.place].outcome is Outcome.NOT_BACK
    )
    if not deeds:
        return None
    report = Report(BORROWER, loan.asker.address, deeds, told.words, message_id)
    to_be_seen = any(deed.outcome is Outcome.SAID_BACK for deed in deeds)
    notices = [Notice(loan.asker, (loan.language,), BroughtBack(loan, to_be_seen))]
    if told.rest or verbs != {Verb.RETURNED}:
        notices += _to_staff(loan, rules)
    because = ("the borrower says that it is back",)
    return Decision(End.ANSWERED, because, (), tuple(notices), loan.code, report=report)


def _on_arrival(told: Told, loan: Reservation, message_id: str, rules: Rules) -> Decision:
    """Keep in what condition they found it: nobody will hold it against them."""
    report = Report(BORROWER, loan.asker.address, (Found(told.words, loan.code, arrival=True),), told.words, message_id)
    notices = [Notice(loan.asker, (loan.language,), BroughtBack(loan, condition=True)), *_to_staff(loan, rules)]
    because = ("the borrower says how it was found",)
    return Decision(End.ANSWERED, because, (), tuple(notices), loan.code, report=report)


def _to_staff(loan: Reservation, rules: Rules) -> list[Notice]:
    content = ToStaff("key", loan.asker, loan.subject, None, loan)
    return [
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    ]


def _back(known: Passed | None, place: str, loan: Reservation) -> Passed:
    if known is not None:
        return replace(known, outcome=Outcome.SAID_BACK)
    return Passed(place, loan.code, Outcome.RETURNED, loan.asker.name)
