"""In which openings of a counter something is fetched and brought back, other than what the rules would choose: at the
borrower's own wish. A later change keeps that where it can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Facts
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reservation import (
    Act,
    Claim,
    Handover,
    Option,
    Pending,
    Put,
    Reservation,
    State,
    Use,
    claims_in_force,
    hold_of,
    neighbours,
    next_state,
)
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Handed, OpeningsOffered
from mailbot.model.to_staff import ToStaff
from mailbot.policy.availability import Desk
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.handovers import arranged
from mailbot.policy.hours import counter_openings, hold_end, local_day, whole


class Passing(Struct, frozen=True):
    """A handover, and whether it is that of fetching."""

    handover: Handover
    out: bool


def with_chosen(uses: tuple[Use, ...], booking: Reservation, facts: Facts, rules: Rules) -> tuple[Use, ...]:
    """Return what would stand after a change with the openings that were chosen for the booking, for the same things on
    the same days, as far as they are still in time and free."""
    uses = _with_direct(uses, booking, facts)
    for old, passing in _chosen(booking, rules):
        default = next((of_way(use, passing.out) for use in uses if _is_same(use, old, rules)), None)
        if default is None or default == passing.handover or not _is_opening(passing.handover, rules):
            continue
        hand = [use for use in uses if thing_of(use) == thing_of(old) and of_way(use, passing.out) == default]
        if not all(_in_time(use, passing, facts, rules) for use in hand):
            continue
        kept = tuple(with_handover(use, passing.handover, passing, rules) if use in hand else use for use in uses)
        if is_free(kept, booking, facts):
            uses = kept
    return uses


def _with_direct(uses: tuple[Use, ...], booking: Reservation, facts: Facts) -> tuple[Use, ...]:
    """Return the uses with what was agreed to pass directly, where nothing else of that changes."""
    agreed = [use for use in booking.uses if neighbours((use,))]
    kept = tuple(next((old for old in agreed if _is_alike(use, old)), use) for use in uses)
    return kept if all(use in kept for use in agreed) and is_free(kept, booking, facts) else uses


def _is_alike(use: Use, old: Use) -> bool:
    return (use.resource, use.quantity, use.when, use.key) == (old.resource, old.quantity, old.when, old.key)


def _chosen(booking: Reservation, rules: Rules) -> Iterator[tuple[Use, Passing]]:
    """Yield each use with a handover that the rules alone would not have."""
    ways = {way.piece: way for way in arranged(Basket.of(pieces_of(booking.uses, rules)), rules)}
    for use in booking.uses:
        [piece] = pieces_of((use,), rules)
        way = ways.get(piece)
        if way is None:
            continue
        if use.out and use.out != way.out and not use.out.direct:
            yield use, Passing(use.out, out=True)
        if use.back and use.back != way.back and not use.back.direct:
            yield use, Passing(use.back, out=False)


def thing_of(use: Use) -> str:
    """Return what is handed over: a key, or the thing itself."""
    return f"key:{use.key}" if use.key else use.resource


def _is_same(use: Use, old: Use, rules: Rules) -> bool:
    return thing_of(use) == thing_of(old) and _day(use, rules) == _day(old, rules)


def _day(use: Use, rules: Rules) -> object:
    return use.when if isinstance(use.when, Days) else local_day(use.when.start, rules)


def _is_opening(handover: Handover, rules: Rules) -> bool:
    """Whether the counter is still open then, as the rules are now."""
    counter = rules.counters.get(handover.counter)
    day = local_day(handover.opening.start, rules)
    openings = counter_openings(counter, day, rules) if counter else ()
    return any(one.start <= handover.opening.start and handover.opening.end <= one.end for one in openings)


def _in_time(use: Use, passing: Passing, facts: Facts, rules: Rules) -> bool:
    opening, needed = passing.handover.opening, needed_by(use, rules)
    return facts.now < opening.start and opening.end <= needed.start if passing.out else opening.start >= needed.end


def of_way(use: Use, out: bool) -> Handover | None:
    return use.out if out else use.back


def needed_by(use: Use, rules: Rules) -> Span:
    """Return from when to when it must be at hand."""
    return use.when if isinstance(use.when, Span) else whole(use.when, rules)


def with_handover(use: Use, handover: Handover, passing: Passing, rules: Rules) -> Use:
    """Return a use with another handover, and its key or goods away from then or until then."""
    claims = tuple(_widened(claim, handover.opening, use, passing, rules) for claim in use.claims)
    return replace(
        use, claims=claims, out=handover if passing.out else use.out, back=use.back if passing.out else handover
    )


def _widened(claim: Claim, opening: Span, use: Use, passing: Passing, rules: Rules) -> Claim:
    if isinstance(use.when, Days):
        wait = claim.last - local_day(use.back.opening.start, rules).toordinal() if use.back else 0
        day = local_day(opening.start, rules).toordinal()
        return replace(claim, first=day) if passing.out else replace(claim, last=day + wait)
    if not claim.resource.startswith("key:"):
        return claim
    cells = opening.cells()
    return replace(claim, first=cells[0]) if passing.out else replace(claim, last=cells[-1])


def is_free(uses: Iterable[Use], booking: Reservation, facts: Facts) -> bool:
    """Return whether all that the uses claim is free but for what the booking has itself."""
    return is_free_on(Desk(facts.occupancy, claims_in_force(booking)), uses)


def is_free_on(desk: Desk, uses: Iterable[Use]) -> bool:
    """Return whether a desk has all that the uses claim; it then counts as picked."""
    claims = [claim for use in uses for claim in use.claims]
    return all(
        desk.free(claim.resource, claim.first, claim.last) >= claim.units and desk.pick(claim) for claim in claims
    )


# --- offered


def giver_of(option: Option, booking: Reservation) -> str:
    """Return the code of the booking from which an option would have something directly; empty where over a counter."""
    known = neighbours(booking.uses)
    return next((one.code for one in neighbours(option.uses) if one not in known), "")


def of_booking(booking: Reservation, options: Sequence[Option]) -> OpeningsOffered:
    """Return what a letter tells of other openings: those over a counter, and whether it may be had directly."""
    others = [option for option in options if not giver_of(option, booking)]
    pairs = [next((new, old) for new, old in zip(o.uses, booking.uses, strict=True) if new != old) for o in others]
    fetching = not pairs or pairs[0][0].out != pairs[0][1].out
    openings = tuple(found for new, _ in pairs if (found := of_way(new, fetching)))
    return OpeningsOffered(booking, openings, fetching, direct=len(others) < len(options))


def is_of_openings(booking: Reservation) -> bool:
    """Whether what is on offer is the same booking with other openings."""
    plain = [(use.resource, use.quantity, use.when) for use in booking.uses]
    told = ([(use.resource, use.quantity, use.when) for use in option.uses] for option in booking.options)
    return booking.state is State.CHANGING and bool(booking.options) and all(one == plain for one in told)


def end_of_offer(booking: Reservation, options: Iterable[Option], now: datetime, rules: Rules) -> datetime:
    """Return until when other openings are held: no longer than until the first of them begins."""
    new = [use for option in options for use in option.uses if use not in booking.uses and not neighbours((use,))]
    return min(
        [hold_end(now, rules), *(use.out.opening.start for use in new if use.out and use.out.opening.start > now)]
    )


def without_direct(booking: Reservation, now: datetime, rules: Rules, why: str, *, answers: bool = False) -> Decision:
    """Go on with the openings that are left where it cannot be had directly; with a person where none is. `answers`:
    that answers the mail at hand."""
    left = [option for option in booking.options if not giver_of(option, booking)]
    left = [option for option in left if _is_ahead(option, booking, now)]
    options = tuple(replace(option, number=number) for number, option in enumerate(left, 1))
    act = Act.PROPOSE if options else Act.DECLINE
    nothing = replace(booking, pending=None, options=(), hold=(), deadline=None)
    after = replace(nothing, state=next_state(booking.state, act), version=booking.version + 1)
    if options:
        hold, end = hold_of((Option(0, booking.uses), *options)), end_of_offer(booking, options, now, rules)
        after = replace(after, pending=Pending(Act.CHANGE), options=options, hold=hold, deadline=end)
    put = Put(booking, after, act, why)
    content = replace(of_booking(after, options), refused=True) if options else Handed(after)
    notices = [Notice(booking.asker, (booking.language,), content, answers=answers)]
    if not options:
        told = ToStaff("key", booking.asker, booking.subject, None, after)
        notices += [Notice(Address(one.name, one.address), (one.language,), told, answers=False) for one in rules.staff]
    return Decision(End.ANSWERED if options else End.HANDED, (why,), (put,), tuple(notices), booking.code)


def _is_ahead(option: Option, booking: Reservation, now: datetime) -> bool:
    return all(use.out is None or use.out.opening.start > now for use in option.uses if use not in booking.uses)
