"""Of what is late: who is reminded, when staff take over, and whom it leaves without.

Noise stops: the borrower is reminded three times at most, once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import ClockFacts, Decision, End
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reports import Outcome, Passed
from mailbot.model.reservation import Act, Claim, Put, Reservation, State, Use, key_copy
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Overdue, ShortWarned
from mailbot.model.to_key_holders import Passing, Shortfall
from mailbot.model.to_staff import OverdueTold
from mailbot.policy.due import passings_of
from mailbot.policy.handovers import next_opening
from mailbot.policy.hours import is_quiet, local_day
from mailbot.policy.lateness import is_late, reminded
from mailbot.policy.reminders import together, told
from mailbot.policy.shortfalls import Stock, short_of
from mailbot.policy.stock import stock_of

MOST = 3
"""Reminders to the borrower; after them it is a matter of staff."""
WARNED_BEFORE = timedelta(days=3)
"""So long before they fetch it, whoever would go short is warned."""
# --- the clock


def overdue(facts: ClockFacts, busy: frozenset[str], rules: Rules) -> Decision:
    """Remind of what is late, once a day and three times at most, then tell staff; warn whoever would go short of it.
    Bookings whose codes are `busy` have their step already."""
    if is_quiet(facts.now, rules):
        return together(())
    concerned = {reservation.code: reservation for reservation in (*facts.late, *facts.ending)}
    untouched = (reservation for code, reservation in concerned.items() if code not in busy)
    steps = [step for reservation in untouched for step in _of(reservation, facts, rules)]
    touched = busy.union(put.after.code for step in steps for put in step.puts)
    return together([*steps, *_warnings(facts, rules, set(touched))])


def _of(reservation: Reservation, facts: ClockFacts, rules: Rules) -> Iterator[Decision]:
    """Yield at most one step of a booking: the next minute sees to the rest."""
    today = local_day(facts.now, rules)
    for passing in passings_of(reservation, rules):
        known = facts.outcomes.get(passing.place)
        says_back = known is not None and known.outcome is Outcome.SAID_BACK
        if says_back or not is_late(passing, facts.outcomes, facts.now, rules):
            continue
        reported = known is not None
        if not reported and local_day(passing.opening.end, rules) >= today:
            continue  # there is still time to report it
        so_far, name = reminded(reservation, passing), f"late:{passing.place}:{today}"
        if name in reservation.told or f"late:{passing.place}:staff" in reservation.told:
            continue
        if so_far < MOST:
            opening = next_opening(rules.counters[passing.counter], facts.now, rules)
            yield told(reservation, name, Act.REMIND, Overdue(reservation, passing, so_far + 1, opening), "not back")
        else:
            yield _handed(reservation, passing, so_far, rules)
        return


def _handed(reservation: Reservation, passing: Passing, so_far: int, rules: Rules) -> Decision:
    name = f"late:{passing.place}:staff"
    after = replace(reservation, version=reservation.version + 1, told=(*reservation.told, name))
    put = Put(reservation, after, Act.REMIND, "reminded three times: for staff")
    content = OverdueTold(reservation, passing, so_far)
    notices = (
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    )
    return Decision(End.ANSWERED, (f"{reservation.code}: {name}",), (put,), tuple(notices))


# --- who goes short of what is late


def _warnings(facts: ClockFacts, rules: Rules, busy: set[str]) -> Iterator[Decision]:
    """Warn those who would soon fetch what is not back, once."""
    for short in short_of_late(facts.coming, facts.now, rules):
        if short.reservation.code not in busy and is_near(short, facts.now):
            step = warned(short)
            if step is not None:
                busy.add(short.reservation.code)
                yield step


def short_of_late(booked: Iterable[Reservation], now: datetime, rules: Rules) -> tuple[Shortfall, ...]:
    """Return who goes short of what is not back."""
    booked = tuple(booked)
    held = {held.resource for deed in rules.said if isinstance(deed, Passed) for held in deed.held}
    return shortfalls_of(held, booked, now, stock_of(rules), rules)


def shortfalls_of(
    resources: Iterable[str], booked: Iterable[Reservation], now: datetime, stock: Stock, rules: Rules
) -> tuple[Shortfall, ...]:
    """Return who goes short of goods from tomorrow on, and of keys from now on."""
    resources = set(resources)
    keys = {resource for resource in resources if resource.startswith("key:")}
    booked = tuple(booked)
    tomorrow, next_quarter = local_day(now, rules).toordinal() + 1, int(now.timestamp()) // 900 + 1
    return (*short_of(resources - keys, booked, tomorrow, stock), *short_of(keys, booked, next_quarter, stock))


def is_near(short: Shortfall, now: datetime) -> bool:
    return short.out is not None and now < short.out.end and short.out.start <= now + WARNED_BEFORE


def warned(short: Shortfall) -> Decision | None:
    """Return the warning to the asker; None where they had it, or where nothing stands any more."""
    name = f"short:{short.resource}:{short.out.start:%Y-%m-%d}" if short.out else f"short:{short.resource}"
    if name in short.reservation.told or short.reservation.state is not State.CONFIRMED:
        return None
    return told(short.reservation, name, Act.REMIND, ShortWarned(short.reservation, short), "what it needs is not back")


def another_copy(short: Shortfall, booked: Iterable[Reservation], stock: Stock, rules: Rules) -> Reservation | None:
    """Return the booking with another copy of its key, free all the while; None where there is none."""
    one = short.reservation
    key, _, copy = short.resource.removeprefix("key:").rpartition(":")
    if one.state is not State.CONFIRMED or key not in rules.keys:
        return None
    own = [claim for use in one.uses for claim in use.claims if claim.resource == short.resource]
    taken = [claim for other in booked if other.code != one.code for use in other.uses for claim in use.claims]
    for number in range(1, rules.keys[key].copies + 1):
        other = key_copy(key, number)
        if number != int(copy) and all(_is_free(replace(claim, resource=other), taken, stock) for claim in own):
            return replace(one, uses=tuple(_moved(use, short.resource, other, number) for use in one.uses))
    return None


def _is_free(claim: Claim, taken: Iterable[Claim], stock: Stock) -> bool:
    meets = any(o.resource == claim.resource and o.first <= claim.last and claim.first <= o.last for o in taken)
    return not meets and all(stock(claim.resource, cell) > 0 for cell in range(claim.first, claim.last + 1))


def _moved(use: Use, resource: str, other: str, number: int) -> Use:
    if use.key is None or key_copy(use.key, use.copy or 0) != resource:
        return use
    claims = tuple(replace(claim, resource=other) if claim.resource == resource else claim for claim in use.claims)
    return replace(use, copy=number, claims=claims)


def held_now(rules: Rules) -> frozenset[str]:
    """Return the codes of the bookings of which something is not back, as reported."""
    return frozenset(deed.code for deed in rules.said if isinstance(deed, Passed) and deed.held)
