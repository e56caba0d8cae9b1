"""Options: what is held at the asker's own wish until they have decided, within a cap, reminded of once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from mailbot.model.decision import Decision
from mailbot.model.meaning import Meaning, Wish
from mailbot.model.objections import NotLent, TooManyOptions
from mailbot.model.reservation import Act, Option, Reservation, State, hold_of
from mailbot.model.rules import Rules
from mailbot.model.to_askers import OptionHeld, Refused
from mailbot.policy import because
from mailbot.policy.alternatives import first_moment
from mailbot.policy.checks import Weighed
from mailbot.policy.hours import hold_end, is_quiet, last_awake, local_day, until_evening
from mailbot.policy.matter import Matter
from mailbot.policy.reminders import NOTHING, together, told

REMINDED = "option"


def wishes_option(matter: Matter, request: Meaning) -> bool:
    return Wish.HOLD in request.wishes | matter.meaning.wishes


def option(matter: Matter, request: Meaning, one: Weighed, not_lent: Sequence[NotLent]) -> Decision:
    """Hold it until the evening of the day on which they will have decided; refused where they hold too much."""
    limit = matter.rules.limits.options
    own = matter.conversation.code if matter.conversation else ""
    held = [r for r in matter.ahead(State.OFFERED) if r.optioned and r.code != own]
    if len(held) >= limit:
        after = matter.cleared(request=request, attendees=request.attendees)
        put = matter.step(after, Act.REFUSE, f"options: {limit}")
        objections = (TooManyOptions(limit),)
        return matter.answered(Refused(put.after, objections), f"options: {limit}", puts=(put,), code=put.after.code)
    options = (Option(1, one.uses),)
    after = matter.cleared(
        request=request,
        attendees=one.basket.attendees,
        options=options,
        hold=hold_of(options),
        deadline=min(_end(matter.meaning.hold_until or request.hold_until, matter), *_first(one, matter)),
        optioned=matter.facts.now,
        told=tuple(name for name in _told(matter) if name != REMINDED),
    )
    reasons = tuple(because.of_use(use, matter.rules) for use in one.uses)
    put = matter.step(after, Act.HOLD, f"held until {after.deadline:%Y-%m-%d %H:%M} UTC"[:200])
    content = OptionHeld(put.after, not_lent=tuple(not_lent))
    return matter.answered(content, *reasons, put.why, puts=(put,), code=put.after.code)


def _first(one: Weighed, matter: Matter) -> tuple[datetime, ...]:
    first = first_moment(one, matter.rules)
    return () if first is None else (first,)


def _told(matter: Matter) -> tuple[str, ...]:
    return matter.conversation.told if matter.conversation else ()


def _end(day: date | None, matter: Matter) -> datetime:
    """Return when an option ends: the evening of that day, or of the next working day, within what the rules allow; as
    an offer does where no day was said."""
    now, rules = matter.facts.now, matter.rules
    if day is None or day < local_day(now, rules):
        return hold_end(now, rules)
    longest = local_day(now, rules) + timedelta(days=rules.limits.longest_option)
    return until_evening(min(day, longest), rules)


def option_reminders(offers: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Remind once of each option that soon ends, if it was not made just now."""
    if is_quiet(now, rules):
        return NOTHING
    due = (offer for offer in offers if offer.state is State.OFFERED and _is_due(offer, now, rules))
    return together(
        [told(offer, REMINDED, Act.REMIND, OptionHeld(offer, again=True), "before its end") for offer in due]
    )


def _is_due(offer: Reservation, now: datetime, rules: Rules) -> bool:
    if offer.optioned is None or offer.deadline is None or REMINDED in offer.told:
        return False
    hour = last_awake(offer.deadline - rules.reminders.option, rules)
    return offer.optioned < hour <= now < offer.deadline
