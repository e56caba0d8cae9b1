"""A problem while something is used, or just before: the number to call at once, and the key-holder is told.

Whoever stands before a closed door gets a number even where the booking is somebody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent, Wish
from mailbot.model.notices import Notice
from mailbot.model.reservation import BOOKED, Reservation, Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Span
from mailbot.model.to_askers import OnCall, OnTheSpot, Problem
from mailbot.policy.due import reader_of
from mailbot.policy.hours import local_day, whole
from mailbot.policy.matter import Matter

BEFORE = timedelta(hours=2)
"""So long before a use a problem is one of this use."""
AFTER_OPENING = timedelta(hours=1)
"""So long after a counter closed, its key may still be missed."""

TELLS = frozenset({Intent.HUMAN, Intent.FEEDBACK, Intent.KEY, Intent.HELP})
"""What a mail about a problem may be read as besides; one that books, changes or cancels gets that done."""


def on_the_spot(matter: Matter) -> Decision | None:
    """Return the help for who has a problem right now; None where none is told, or nothing of theirs is in use and
    nothing says that it is now."""
    meaning, now, rules = matter.meaning, matter.facts.now, matter.rules
    troubled = Wish.PROBLEM in meaning.wishes and not (meaning.intent is Intent.BOOK and meaning.items)
    if not troubled and (meaning.intent is not Intent.HUMAN or meaning.comes):  # who says who fetches has no problem
        return None
    mine = (matter.conversation, *matter.facts.standing)
    reservation = next((one for one in mine if one and one.state in BOOKED and uses_now(one, now, rules)), None)
    if reservation is None:
        here = troubled and Wish.HERE in meaning.wishes and meaning.intent in TELLS and not meaning.items
        return _without_booking(matter) if here else None
    uses = uses_now(reservation, now, rules)
    content = OnTheSpot(reservation, uses)
    holders = tuple(_to_holder(holder, reservation, uses, matter) for holder in _holders(uses, matter))
    staff = matter.to_staff("problem", reservation)
    notices = (matter.letter(content), *holders, *staff)
    return Decision(End.HANDED, ("a problem on the spot",), notices=notices, code=reservation.code)


def _without_booking(matter: Matter) -> Decision:
    """Give the number of the place that is named, else of the only one in use, else those of all places."""
    rules, meaning = matter.rules, matter.meaning
    rooms = tuple(id for id in meaning.about if id in rules.rooms) or _rooms_in_use(matter)
    sites = tuple(dict.fromkeys(rules.rooms[id].site for id in rooms))
    told = OnCall(sites or tuple(site.id for site in rules.sites.values() if site.on_call), known=bool(sites))
    keys = (rules.keys[key] for id in rooms if (key := rules.rooms[id].key) in rules.keys and key)
    stand = dict.fromkeys(rules.counters[key.counter].holder for key in keys if key.counter in rules.counters)
    holders = tuple(_to_holder(holder, None, (), matter, sites) for holder in stand)
    notices = (matter.letter(told), *holders, *matter.to_staff("problem", None))
    return Decision(End.HANDED, ("a problem on the spot, without a booking of theirs",), notices=notices)


def _rooms_in_use(matter: Matter) -> tuple[str, ...]:
    """Return the rooms that somebody uses right now, where they are all in one place."""
    rules, now = matter.rules, matter.facts.now
    uses = (use for one in matter.facts.in_use for use in uses_now(one, now, rules) if use.resource in rules.rooms)
    rooms = tuple(dict.fromkeys(use.resource for use in uses))
    return rooms if len({rules.rooms[id].site for id in rooms}) == 1 else ()


def uses_now(reservation: Reservation, now: datetime, rules: Rules) -> tuple[Use, ...]:
    """Return what is used at that moment, or within two hours, or just being fetched or brought back."""
    return tuple(use for use in reservation.uses if any(start <= now < end for start, end in _stretches(use, rules)))


def _stretches(use: Use, rules: Rules) -> list[tuple[datetime, datetime]]:
    when = use.when if isinstance(use.when, Span) else whole(use.when, rules)
    passings = [passing.opening for passing in (use.out, use.back) if passing]
    return [
        (when.start - BEFORE, when.end),
        *((opening.start - BEFORE, opening.end + AFTER_OPENING) for opening in passings),
    ]


def _holders(uses: tuple[Use, ...], matter: Matter) -> tuple[str, ...]:
    """Return who stands at the counters of these uses, each once; of a room whose key is kept for a series, at that
    of its key."""
    rules = matter.rules
    counters = [use.out.counter for use in uses if use.out]
    counters += [rules.keys[use.key].counter for use in uses if use.key in rules.keys and use.key]
    return tuple(dict.fromkeys(rules.counters[counter].holder for counter in counters if counter in rules.counters))


def _to_holder(
    holder: str, reservation: Reservation | None, uses: tuple[Use, ...], matter: Matter, sites: tuple[str, ...] = ()
) -> Notice:
    reader = reader_of(matter.rules.holders[holder], local_day(matter.facts.now, matter.rules), matter.rules)
    phone = matter.meaning.phone or (reservation.phone if reservation else "") or ""
    content = Problem(reservation, uses, matter.facts.sender.address, phone, sites)
    return Notice(Address(reader.name, reader.address), (reader.language,), content, answers=False)
