"""Which conversation a mail goes on with that names none: no thread, no code.

Pure, and asked twice: before a mail is read to the end, and before the ledger is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.model.meaning import ANY_ROOM, SAME, Intent, Item, Meaning
from mailbot.model.reservation import BOOKED, Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.policy.answers import is_room, lacks_of
from mailbot.policy.basket import pieces_of
from mailbot.policy.due import last_use

OPEN = frozenset({State.ASKED, State.OFFERED, State.CHANGING})
"""States in which a question or an offer of ours waits for an answer."""
FEW_WORDS = frozenset({Intent.HUMAN, Intent.IGNORE, Intent.ACCEPT, Intent.DECLINE})
"""What a few words may look like that mean nothing by themselves."""


class Standing(Struct, frozen=True):
    """What the sender has, as a mail finds it."""

    all: tuple[Reservation, ...]
    now: datetime
    rules: Rules

    @property
    def booked(self) -> list[Reservation]:
        return [r for r in self.all if r.state in BOOKED and last_use(r, self.rules) > self.now]

    @property
    def open(self) -> list[Reservation]:
        """What waits for an answer: questions too, which have no last use."""
        return [r for r in self.all if r.state in OPEN]


def under_subject(subject: str, standing: Sequence[Reservation], *, answers: bool) -> tuple[Reservation, ...]:
    """Return the conversations that a mail may go on with by its subject: those whose own it repeats; where it repeats
    none, all, and none where it is marked as the answer to something else."""
    said = " ".join(subject.casefold().split())
    named = [one for one in standing if (own := _plain(one.subject)) and own in said]
    if named:
        closest = max(len(_plain(one.subject)) for one in named)
        return tuple(one for one in named if len(_plain(one.subject)) == closest)
    return () if answers and said else tuple(standing)


def _plain(subject: str) -> str:
    return " ".join(subject.casefold().split())


def continued(meaning: Meaning, standing: Sequence[Reservation], now: datetime, rules: Rules) -> Reservation | None:
    """Return the conversation of the sender's that a mail without thread and code goes on with; None where there is
    none, or several would do."""
    if meaning.references:
        return None  # a code that is none of the sender's
    found = Standing(tuple(standing), now, rules)
    if meaning.undo and not found.open:
        return _only(undoable(found.booked))
    if meaning.intent in (Intent.ACCEPT, Intent.DECLINE):
        return _only(found.open)
    if meaning.intent is Intent.CANCEL and not found.booked:
        return _only(found.open)
    if meaning.intent in (Intent.CANCEL, Intent.CHANGE):
        return _only(spoken_of(meaning, found.booked, rules))
    return None


def undoable(booked: Iterable[Reservation]) -> tuple[Reservation, ...]:
    """Return the bookings that a bare NO may speak of."""
    return tuple(one for one in booked if one.settled is not None)


def spoken_of(meaning: Meaning, booked: Sequence[Reservation], rules: Rules) -> tuple[Reservation, ...]:
    """Return the bookings that a change or a cancellation may speak of: those it names; where it names none, all,
    unless it gives up a thing that none of them has."""
    named = tuple(one for one in booked if _is_named(one, meaning, rules))
    elsewhere = meaning.intent is Intent.CANCEL and meaning.items
    return named or (() if elsewhere else tuple(booked))


def afterthought_to(
    meaning: Meaning, standing: Sequence[Reservation], sender: Address, now: datetime, rules: Rules
) -> tuple[Reservation, ...]:
    """Return the conversations in one of which a few words that mean little by themselves should be read once more:
    those of which they name a day, else our only open question or offer; for "oups, 19 h" the sender's own last one,
    else the last, for "finalement plutôt 20 h" all that is booked."""
    if meaning.references:
        return ()
    found = Standing(tuple(standing), now, rules)
    later = (meaning.rather or meaning.corrects) and not _asks_anew(meaning, rules)
    named = [one for one in found.booked if later and _days(one, rules) & meaning.days]
    if named:
        return tuple(named)
    if meaning.intent in FEW_WORDS and len(found.open) == 1:
        return tuple(found.open)
    if not later or (meaning.intent is Intent.BOOK and meaning.days):
        return ()
    if meaning.corrects:
        own = [one for one in standing if one.asker.address == sender.address]
        last = max(own or standing, key=lambda one: one.created, default=None)
        return (last,) if last else ()
    return tuple(found.booked)


def _asks_anew(meaning: Meaning, rules: Rules) -> bool:
    """Whether it is a whole request for a room, or a question."""
    whole = any(is_room(item, rules) for item in meaning.items) and not lacks_of(meaning, rules)
    return meaning.intent not in (*FEW_WORDS, Intent.BOOK) or (meaning.intent is Intent.BOOK and whole)


def _only(found: Iterable[Reservation]) -> Reservation | None:
    every = list(found)
    return every[0] if len(every) == 1 else None


def _days(booking: Reservation, rules: Rules) -> set[date]:
    return {day for piece in pieces_of(booking.uses, rules) for day in piece.days}


def _is_named(booking: Reservation, meaning: Meaning, rules: Rules) -> bool:
    """Whether a mail that gives up or changes something speaks of this booking: of one of its days, or, where it names
    no day, of a thing in it."""
    if meaning.intent is Intent.CANCEL and meaning.items:
        return any(fits(item, use, rules) for item in meaning.items for use in booking.uses)
    if meaning.days:
        return bool(_days(booking, rules) & meaning.days)
    return bool({use.resource for use in booking.uses} & _things(meaning))


def _things(meaning: Meaning) -> set[str]:
    return {id for item in meaning.items for id in item.resources} | set(meaning.about)


def fits(item: Item, use: Use, rules: Rules) -> bool:
    """Return whether an item names a use: the thing (or any room), and its day if it says one."""
    [piece] = pieces_of((use,), rules)
    any_room = item.resources == (ANY_ROOM,) and piece.is_room
    thing = any_room or item.resources == (SAME,) or use.resource in item.resources
    days: set[date] = {slot.day for slot in item.slots}
    return thing and (not days or any(day in piece.days for day in days))
