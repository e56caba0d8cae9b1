"""What needs a person's yes. Only what is possible is submitted: it is held until the deadline, and those who decide
are asked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.letters import Address
from mailbot.model.meaning import Meaning
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import NotLent
from mailbot.model.reservation import BOOKED, Act, Approval, Option, Reservation, Use, hold_of
from mailbot.model.rules import Holder, NeedsApproval, Rules, Staff, UseBefore
from mailbot.model.to_askers import Examined
from mailbot.model.to_staff import ApprovalAsked
from mailbot.policy.alternatives import first_moment
from mailbot.policy.checks import Weighed, room_hours_by_week
from mailbot.policy.hours import ONE_DAY, is_working_day, last_awake, local_day, until_evening
from mailbot.policy.matter import Matter
from mailbot.policy.meetings import is_early
from mailbot.policy.needs import Asking, asks_for, is_of, thing_of, things

REMINDED = "approval"


# --- what needs it


def needed(one: Weighed, request: Meaning | None, matter: Matter) -> tuple[str, ...]:
    """Return the ids of what in a basket needs a person's yes: what is booked already does not, nor what they agreed
    to."""
    conversation = matter.conversation
    if conversation and covers(conversation.approval, one):
        return ()
    stands = conversation if conversation and conversation.state in BOOKED else None
    return (
        *reasons_in(matter.rules.approvals.needs, one, stands, request, matter),
        *before_college(one, stands, request, matter),
    )


def covers(approval: Approval | None, one: Weighed) -> bool:
    """Return whether those who were asked agreed to as much as this."""
    return approval is not None and approval.granted is True and things(one.uses) <= things(approval.uses)


def reasons_in(
    needs: Mapping[str, NeedsApproval],
    one: Weighed,
    stands: Reservation | None,
    request: Meaning | None,
    matter: Matter,
) -> tuple[str, ...]:
    """Return the ids of the needs that a basket has; what is booked already (`stands`) has none."""
    more_people = stands is not None and (one.basket.attendees or 0) > (stands.attendees or 0)
    known = things(stands.uses) if stands and not more_people else frozenset()
    new = tuple(use for use in one.uses if thing_of(use) not in known)
    wishes = matter.meaning.wishes | (request.wishes if request else frozenset())
    asking = Asking(one.basket.attendees or 0, matter.facts.sender.initiative, wishes)
    hours = partial(_hours, one, matter)
    return tuple(need.id for need in needs.values() if asks_for(need, new, asking, hours, matter.rules))


def before_college(
    one: Weighed, stands: Reservation | None, request: Meaning | None, matter: Matter
) -> tuple[str, ...]:
    """Return why one of the staff decides in the place of the College: it would not meet before the use."""
    college = matter.rules.college
    if college.use_before is UseBefore.FIRM or not is_early(one.uses, matter.facts.now, matter.rules):
        return ()
    if matter.conversation is not None and covers(matter.conversation.reserve, one):
        return ()
    return reasons_in(college.needs, one, stands, request, matter)


def _hours(one: Weighed, matter: Matter) -> float:
    """Return the hours of rooms of the fullest week that the basket touches, with what the initiative has besides."""
    own = matter.conversation.code if matter.conversation else ""
    asked = room_hours_by_week(one.uses, matter.rules)
    hours = room_hours_by_week(one.uses, matter.rules)
    for other in matter.facts.standing:
        if other.code != own:
            held = other.options[0].uses if other.options else ()
            hours += room_hours_by_week((*other.uses, *held), matter.rules)
    return max((hours[week] / 3600 for week in asked), default=0)


def deciders(reasons: Iterable[str], uses: Iterable[Use], rules: Rules) -> tuple[Staff, ...]:
    """Return who decides: the stewards, where all of it is about equipment that each has one for; else staff."""
    reasons = tuple(reasons)
    needs = [rules.approvals.needs[reason] for reason in reasons if reason in rules.approvals.needs]
    lent = {use.resource for use in uses for need in needs if need.things and is_of(use, need, rules)}
    if len(needs) == len(reasons) and all(need.things for need in needs):
        found = {thing: [holder for holder in rules.holders.values() if thing in holder.things] for thing in lent}
        if found and all(found.values()):
            return tuple(dict.fromkeys(_as_staff(holder) for thing in sorted(found) for holder in found[thing]))
    return rules.staff


def _as_staff(holder: Holder) -> Staff:
    return Staff(holder.name, holder.address, holder.language)


def who_decide(reservation: Reservation, rules: Rules) -> tuple[Staff, ...]:
    """Return who decides, or decided, about a conversation."""
    approval = reservation.approval
    return deciders(approval.reasons, _held(reservation) or approval.uses, rules) if approval else ()


def _held(reservation: Reservation) -> tuple[Use, ...]:
    return reservation.options[0].uses if reservation.options else ()


# --- submitted


def submitted(
    matter: Matter, request: Meaning | None, one: Weighed, reasons: tuple[str, ...], not_lent: tuple[NotLent, ...]
) -> Decision:
    """Hold a request until the deadline, and ask those who decide; the asker is told so."""
    options = (Option(1, one.uses),)
    after = matter.cleared(
        request=request,
        attendees=one.basket.attendees,
        uses=(),
        options=options,
        hold=hold_of(options),
        deadline=deadline_of(one, matter),
    )
    return asked(matter, after, Act.SUBMIT, reasons, not_lent)


def asked(
    matter: Matter, after: Reservation, act: Act, reasons: tuple[str, ...], not_lent: tuple[NotLent, ...] = ()
) -> Decision:
    """Return the step to what is held until a person decides, and the letters about it."""
    conversation = matter.conversation
    if conversation and conversation.examined and _asks_the_same(conversation, after):
        return matter.answered(Examined(conversation, not_lent), "asked again: those who decide know")
    version = conversation.version if conversation else 0
    after = replace(
        after,
        approval=Approval(version + 1, reasons, matter.facts.now),
        told=tuple(name for name in after.told if name != REMINDED),
    )
    put = matter.step(after, act, f"needs approval: {', '.join(reasons)}"[:200])
    decision = matter.answered(Examined(put.after, not_lent), put.why, puts=(put,), code=put.after.code)
    people = who_decide(put.after, matter.rules)
    return replace(decision, notices=(*decision.notices, *to_people(people, ApprovalAsked(put.after))))


def _asks_the_same(conversation: Reservation, after: Reservation) -> bool:
    asked, again = (things(one.options[0].uses) for one in (conversation, after))
    return asked == again and conversation.attendees == after.attendees


def deadline_of(one: Weighed, matter: Matter) -> datetime:
    """Return until when an answer is waited for: the evening of the last working day of those that the rules give, or
    half of the time that is left before the first thing happens, so that the asker has the other half."""
    now, rules = matter.facts.now, matter.rules
    day, left = local_day(now, rules), max(1, rules.approvals.within)
    while left:
        day += ONE_DAY
        left -= is_working_day(day, rules)
    first = first_moment(one, rules)
    half = [] if first is None else [last_awake(now + (first - now) / 2, rules).replace(second=0, microsecond=0)]
    return max(now, min([until_evening(day, rules), *half]))


def to_people(people: Iterable[Staff], content: Content) -> tuple[Notice, ...]:
    return tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False) for person in people
    )
