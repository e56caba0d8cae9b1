"""Who goes short: later bookings for which there is no longer enough, those that were booked last first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mailbot.model.reservation import Claim, Reservation, claims_in_force
from mailbot.model.spans import Span
from mailbot.model.to_key_holders import Shortfall

Stock = Callable[[str, int], int]


def short_of(
    resources: Iterable[str], booked: Iterable[Reservation], first: int, stock: Stock
) -> tuple[Shortfall, ...]:
    """Return the bookings that have less of the resources than they asked for, soonest first. What was booked first is
    served first; what is already under way at the cell `first` is not looked at, but counts."""
    ordered = sorted(booked, key=lambda one: (one.created, one.code))
    found = [short for resource in sorted(set(resources)) for short in _of(resource, ordered, first, stock)]
    return tuple(sorted(found, key=lambda short: short.out.start if short.out else short.reservation.created))


def _of(resource: str, ordered: Iterable[Reservation], first: int, stock: Stock) -> Iterator[Shortfall]:
    taken: dict[int, int] = {}
    waiting: list[tuple[Reservation, list[Claim]]] = []
    for one in ordered:
        claims = [claim for claim in claims_in_force(one) if claim.resource == resource]
        if any(claim.first < first for claim in claims):
            _take(claims, taken)
        elif claims:
            waiting.append((one, claims))
    for one, claims in waiting:
        worst = min(_left(claim, taken, stock) - claim.units for claim in claims)
        if worst < 0:
            asked = max(claim.units for claim in claims)
            yield Shortfall(one, resource, asked, max(0, asked + worst), _out(one, resource))
        _take(claims, taken)


def _left(claim: Claim, taken: dict[int, int], stock: Stock) -> int:
    """Return the least that the others leave in a cell of the claim."""
    return min(stock(claim.resource, cell) - taken.get(cell, 0) for cell in range(claim.first, claim.last + 1))


def _take(claims: Iterable[Claim], taken: dict[int, int]) -> None:
    for claim in claims:
        for cell in range(claim.first, claim.last + 1):
            taken[cell] = taken.get(cell, 0) + claim.units


def _out(one: Reservation, resource: str) -> Span | None:
    uses = (use for use in one.uses if any(claim.resource == resource for claim in use.claims))
    return next((use.out.opening for use in uses if use.out), None)
