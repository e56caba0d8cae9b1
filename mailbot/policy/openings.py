"""In which openings of a counter something is fetched and brought back, other than what the rules would choose: at the
borrower's own wish. A later change keeps that where it can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mailbot.model.decision import Facts
from mailbot.model.reservation import Claim, Handover, Reservation, Use, claims_in_force
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.availability import Desk
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.handovers import arranged
from mailbot.policy.hours import counter_openings, local_day, whole


@dataclass(frozen=True)
class Passing:
    """A handover, and whether it is that of fetching."""

    handover: Handover
    out: bool


def with_chosen(uses: tuple[Use, ...], booking: Reservation, facts: Facts, rules: Rules) -> tuple[Use, ...]:
    """Return what would stand after a change with the openings that were chosen for the booking, for the same things on
    the same days, as far as they are still in time and free."""
    for old, passing in _chosen(booking, rules):
        default = next((of_way(use, passing.out) for use in uses if _is_same(use, old, rules)), None)
        if default is None or default == passing.handover or not _is_opening(passing.handover, rules):
            continue
        hand = [use for use in uses if _thing(use) == _thing(old) and of_way(use, passing.out) == default]
        if not all(_in_time(use, passing, facts, rules) for use in hand):
            continue
        kept = tuple(with_handover(use, passing.handover, passing, rules) if use in hand else use for use in uses)
        if is_free(kept, booking, facts):
            uses = kept
    return uses


def _chosen(booking: Reservation, rules: Rules) -> Iterator[tuple[Use, Passing]]:
    """Yield each use with a handover that the rules alone would not have."""
    ways = {way.piece: way for way in arranged(Basket.of(pieces_of(booking.uses, rules)), rules)}
    for use in booking.uses:
        [piece] = pieces_of((use,), rules)
        way = ways.get(piece)
        if way is None:
            continue
        if use.out and use.out != way.out:
            yield use, Passing(use.out, out=True)
        if use.back and use.back != way.back:
            yield use, Passing(use.back, out=False)


def _thing(use: Use) -> str:
    """Return what is handed over: a key, or the thing itself."""
    return f"key:{use.key}" if use.key else use.resource


def _is_same(use: Use, old: Use, rules: Rules) -> bool:
    return _thing(use) == _thing(old) and _day(use, rules) == _day(old, rules)


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
    desk = Desk(facts.occupancy, claims_in_force(booking))
    claims = [claim for use in uses for claim in use.claims]
    return all(
        desk.free(claim.resource, claim.first, claim.last) >= claim.units and desk.pick(claim) for claim in claims
    )
