"""What a reservation is in the asker's calendar: its occasions, in words, and when the calendar reminds of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.letters import Address
from mailbot.model.reservation import Reservation, Use
from mailbot.model.spans import Days, Span
from mailbot.replies import ical
from mailbot.replies.bookings import beginning
from mailbot.replies.heading import SUBJECT
from mailbot.replies.phrases import one_line
from mailbot.replies.telling import Teller

Describe: TypeAlias = Callable[[Teller, Reservation], tuple[str, str]]
"""Tells a reservation for a calendar: the first thing to do in a line, and all of it."""


def entry_of(reservation: Reservation, to: Address, tellers: Sequence[Teller], describe: Describe) -> ical.Entry:
    """Return what the calendar file says: times and places in the first language, descriptions in each; of a series as
    a whole, else of each occasion its own."""
    commune = tellers[0].rules.commune
    bare = occasions_of(reservation, tellers[0])
    if not reservation.published and ical.series_of([occasion for occasion, _ in bare], commune.zone):
        first = _described(bare[0][0], reservation, tellers, describe)
        occasions = [first, *(occasion for occasion, _ in bare[1:])]
    else:
        occasions = [_described(each, replace(reservation, uses=uses), tellers, describe) for each, uses in bare]
    return ical.Entry(
        uid=f"{reservation.uid}@{commune.mailbox.domain}",
        sequence=reservation.sequence,
        organizer=commune.mailbox,
        attendee=Address(one_line(to.name), to.address),
        occasions=tuple(occasions),
        zone=commune.zone,
        tentative=reservation.reserved,
        published=reservation.published,
    )


def occasions_of(reservation: Reservation, teller: Teller) -> list[tuple[ical.Occasion, tuple[Use, ...]]]:
    """Return what the calendar shows, soonest first, and of which uses: rooms that share their hours as one occasion;
    equipment only where no room is booked (the description tells of it otherwise)."""
    rooms = [use for use in reservation.uses if isinstance(use.when, Span)]
    bundles: dict[Span | Days, list[Use]] = {}
    for use in sorted(rooms or reservation.uses, key=beginning):
        bundles.setdefault(use.when, []).append(use)
    return [(_occasion(when, uses, reservation.subject, teller), tuple(uses)) for when, uses in bundles.items()]


def _occasion(when: Span | Days, uses: Sequence[Use], subject: str, teller: Teller) -> ical.Occasion:
    things = teller.phrases.listed(teller.thing(use.resource, use.quantity) for use in uses)
    own = one_line(subject, SUBJECT)
    venues = teller.venues(uses)
    return ical.Occasion(
        when=when,
        summary=things[:1].upper() + things[1:] + (f" – {own}" if own else ""),
        location="; ".join(f"{venue.name}, {venue.address}" for venue in venues),
        geo=venues[0].geo if len(venues) == 1 else None,
        name="-".join(use.resource for use in uses) if isinstance(when, Span) else "",
    )


def _described(
    occasion: ical.Occasion, told: Reservation, tellers: Sequence[Teller], describe: Describe
) -> ical.Occasion:
    """Return an occasion with its description, and what the calendar reminds of before it: of a series, that it is on;
    of a single one, of the first thing to do."""
    texts = [describe(teller, told) for teller in tellers]
    once = len({use.when for use in told.uses if isinstance(use.when, Span)}) <= 1
    return replace(
        occasion,
        description="\n\n".join(text for _, text in texts),
        reminder=texts[0][0] if once else occasion.summary,
        alarm=alarm_before(told.uses, occasion.when) if once else timedelta(days=1),
    )


def alarm_before(uses: Sequence[Use], when: Span | Days) -> timedelta:
    """Return how long before its start the calendar reminds of an occasion: two hours before the first counter opens
    where something is fetched, else a day."""
    openings = [use.out.opening.start for use in uses if use.out]
    if not openings or isinstance(when, Days):
        return timedelta(days=1)
    return max(when.start - min(openings), timedelta(0)) + timedelta(hours=2)
