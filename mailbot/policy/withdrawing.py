"""A yes that does not hold any more, or never came, of what is booked; and a no that is taken back.

Who decided may take it back for a day, as long as nothing is fetched or used: what is booked is then given up, and
something else is offered. A no that is taken back books nothing: what it was about is offered, if it is still free.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.notices import Notice
from mailbot.model.objections import NotAgreed, Objection, TooLate
from mailbot.model.reservation import Act, Approval, Option, Pending, Reservation, State, hold_of
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_askers import ApprovedOtherwise, Withdrawn
from mailbot.policy.alternatives import alternatives
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import deadline_of
from mailbot.policy.checks import Weighed, weighed
from mailbot.policy.due import changed_notices
from mailbot.policy.matter import Matter
from mailbot.policy.meetings import first_moment_of

TAKEN_BACK_WITHIN = timedelta(hours=24)


def takes_back(approval: Approval, person: Staff, now: datetime) -> bool:
    """Return whether somebody may take back what was decided: their own word, or what the clock did, within a day."""
    mine = approval.by in ("", person.address)
    return mine and approval.at is not None and now <= approval.at + TAKEN_BACK_WITHIN


def begun(booking: Reservation, now: datetime, rules: Rules) -> bool:
    """Return whether something of a booking is fetched or in use."""
    return any(first_moment_of(use, rules) <= now for use in booking.uses)


def name_of(address: str, rules: Rules) -> str:
    """Return the name of who of the commune has an address."""
    holders = {holder.address: holder.name for holder in rules.holders.values()}
    staff = {person.address: person.name for person in rules.staff}
    return (holders | staff).get(address, address)


def against_now(one: Weighed, now: datetime, rules: Rules) -> tuple[Objection, ...]:
    """Return what stands against something that a person agrees to. It was asked in time: how long they took is not
    against it, as long as nothing of it had to be fetched by now."""
    late = not one.uses or any(first_moment_of(use, rules) <= now for use in one.uses)
    return tuple(objection for objection in one.objections if late or not isinstance(objection, TooLate))


def withdrawn(matter: Matter, decided: Approval) -> Decision:
    """Return the step that gives up what is booked, for other options where there are any; its owner is told why.
    `decided` is the no. `matter` is that of the booking, as if its asker had written."""
    booking, facts, rules = matter.conversation, matter.facts, matter.rules
    assert booking
    basket = Basket.of(pieces_of(booking.uses, rules), booking.attendees)
    against = tuple(NotAgreed(use.resource, use.when) for use in booking.uses)
    found = alternatives([Weighed(basket, booking.uses, against)], facts, rules)
    options = tuple(Option(number, one.uses) for number, one in enumerate(found, 1))
    after = matter.cleared(
        uses=(),
        options=options,
        hold=hold_of(options),
        deadline=deadline_of(found, matter) if found else None,
        pending=None,
        before=None,
        settled=None,
        sequence=booking.sequence + 1,
        **_remembering(decided),
    )
    put = matter.step(after, Act.OFFER if options else Act.REFUSE, f"not agreed to: {', '.join(decided.reasons)}"[:200])
    college = decided.meeting is not None
    content = Withdrawn(put.after, booking.uses, decided.said, college, decided.reasons)
    others = (one for one in booking.colleagues if one != booking.asker)
    copies = (Notice(one, (booking.language,), content, answers=False) for one in others)
    notices = (Notice(booking.asker, (booking.language,), content), *copies)
    told = changed_notices(booking, None, facts, rules)
    return Decision(End.ANSWERED, (put.why,), (put,), (*notices, *told), booking.code)


def _remembering(decided: Approval) -> dict[str, Any]:
    """Return what keeps a decision with its conversation: of a person, or of a meeting of the College."""
    return {"approval" if decided.meeting is None else "reserve": decided}


def offered_after_all(matter: Matter, decided: Approval) -> Decision | None:
    """Return the step that offers what somebody said no to, if it is still free and its asker has nothing else of it
    by now; None where not. `decided.uses` are what it was about."""
    conversation, rules = matter.conversation, matter.rules
    assert conversation
    stands = conversation.state is State.CONFIRMED
    if conversation.state not in (State.REFUSED, State.OFFERED, State.CONFIRMED) or not decided.uses:
        return None
    one = weighed(Basket.of(pieces_of(decided.uses, rules), conversation.attendees), matter.facts, rules)
    if against_now(one, matter.facts.now, rules):
        return None
    options = (Option(1, one.uses),)
    after = matter.cleared(
        options=options,
        hold=hold_of((Option(0, conversation.uses), *options) if stands else options),
        deadline=deadline_of((one,), matter),
        pending=Pending(Act.CHANGE) if stands else None,
        **_remembering(replace(decided, uses=one.uses)),
    )
    put = matter.step(after, Act.PROPOSE if stands else Act.OFFER, "agreed to after all: offered")
    content = ApprovedOtherwise(put.after, decided.said, after_all=True)
    notice = Notice(conversation.asker, (conversation.language,), content)
    return Decision(End.ANSWERED, (put.why,), (put,), (notice,), conversation.code)
