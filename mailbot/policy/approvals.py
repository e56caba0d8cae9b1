"""What needs a person's yes. Only what is possible is submitted: it is held until the deadline, and those who decide
are asked once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TypeAlias

from mailbot.model.decision import ApprovalAsked, Content, Decision, Examined, Notice, NotLent
from mailbot.model.letters import Address
from mailbot.model.meaning import Meaning, Wish
from mailbot.model.reservation import BOOKED, Act, Approval, Option, Reservation, Use, hold_of
from mailbot.model.rules import Holder, NeedsApproval, Rules, Staff
from mailbot.model.spans import Days, Span
from mailbot.policy.alternatives import first_moment
from mailbot.policy.checks import Weighed, room_hours_by_week
from mailbot.policy.hours import ONE_DAY, is_working_day, last_awake, local_day, until_evening
from mailbot.policy.matter import Matter

REMINDED = "approval"
MINUTE = timedelta(minutes=1)
Thing: TypeAlias = tuple[str, int, Span | Days]
"""What a use is to who decides: not how it is fetched."""


# --- what needs it


def needed(one: Weighed, request: Meaning | None, matter: Matter) -> tuple[str, ...]:
    """Return the ids of what in a basket needs a person's yes: what is booked already does not, nor what they agreed
    to."""
    conversation = matter.conversation
    approval = conversation.approval if conversation else None
    if approval and approval.granted and things(one.uses) <= things(approval.uses):
        return ()
    stands = conversation if conversation and conversation.state in BOOKED else None
    more_people = stands is not None and (one.basket.attendees or 0) > (stands.attendees or 0)
    known = things(stands.uses) if stands and not more_people else frozenset()
    new = tuple(use for use in one.uses if _thing(use) not in known)
    needs = matter.rules.approvals.needs.values()
    return tuple(need.id for need in needs if _asks_for(need, one, new, request, matter))


def things(uses: Iterable[Use]) -> frozenset[Thing]:
    return frozenset(map(_thing, uses))


def _thing(use: Use) -> Thing:
    return use.resource, use.quantity, use.when


def _asks_for(need: NeedsApproval, one: Weighed, new: tuple[Use, ...], request: Meaning | None, matter: Matter) -> bool:
    people = one.basket.attendees or 0
    wishes = matter.meaning.wishes | (request.wishes if request else frozenset())
    return (
        (need.people_above is None or people > need.people_above)
        and (not need.alcohol or Wish.ALCOHOL in wishes)
        and (not need.unknown_initiative or matter.facts.sender.initiative is None)
        and (need.hours_per_week_above is None or _hours(one, matter) > need.hours_per_week_above)
        and any(_is_of(use, need, matter.rules) for use in new)
    )


def _is_of(use: Use, need: NeedsApproval, rules: Rules) -> bool:
    """Return whether a use is one that the need speaks of."""
    room = rules.rooms.get(use.resource)
    return (
        (not need.rooms or use.resource in need.rooms)
        and (not need.things or use.resource in need.things)
        and (need.units_above is None or (room is None and use.quantity > need.units_above))
        and (need.capacity_above is None or (room is not None and room.capacity > need.capacity_above))
        and (need.after is None or (isinstance(use.when, Span) and _ends_after(use.when, need.after, rules)))
        and (not need.days or any(day in days for days in need.days for day in _days(use, rules)))
    )


def _ends_after(span: Span, minutes: int, rules: Rules) -> bool:
    zone = rules.commune.zone
    midnight = datetime.combine(local_day(span.start, rules), time(), zone)
    ends = span.end.astimezone(zone).replace(tzinfo=None) - midnight.replace(tzinfo=None)
    return ends > timedelta(minutes=minutes)


def _days(use: Use, rules: Rules) -> Days:
    if isinstance(use.when, Days):
        return use.when
    return Days(local_day(use.when.start, rules), local_day(use.when.end - MINUTE, rules))


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
    needs = [rules.approvals.needs[reason] for reason in reasons if reason in rules.approvals.needs]
    things = {use.resource for use in uses for need in needs if need.things and _is_of(use, need, rules)}
    if needs and all(need.things for need in needs):
        found = {thing: [holder for holder in rules.holders.values() if thing in holder.things] for thing in things}
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
