"""Which conversation a mail goes on with that names none: no thread, no code.

Pure, and asked twice: before a mail is read to the end, and before the ledger is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mailbot.model.meaning import ANY_ROOM, SAME, Intent, Item, Meaning
from mailbot.model.reservation import BOOKED, Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.policy.basket import pieces_of
from mailbot.policy.due import last_use

OPEN = frozenset({State.ASKED, State.OFFERED, State.CHANGING})
"""States in which a question or an offer of ours waits for an answer."""


@dataclass(frozen=True)
class Standing:
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


def continued(meaning: Meaning, standing: Sequence[Reservation], now: datetime, rules: Rules) -> Reservation | None:
    """Return the conversation of the sender's that a mail without thread and code goes on with; None where there is
    none, or several would do."""
    if meaning.references:
        return None  # a code that is none of the sender's
    found = Standing(tuple(standing), now, rules)
    if meaning.undo and not found.open:
        return _only(r for r in found.booked if r.settled is not None)
    if meaning.intent in (Intent.ACCEPT, Intent.DECLINE):
        return _only(found.open)
    if meaning.intent is Intent.CANCEL:
        return _only(r for r in found.booked if _is_named(r, meaning, rules))
    if meaning.intent is Intent.CHANGE:
        return _only(r for r in found.booked if _is_named(r, meaning, rules)) or _only(found.booked)
    return None


def afterthought_to(meaning: Meaning, standing: Sequence[Reservation]) -> Reservation | None:
    """Return the conversation in which a few words that mean nothing by themselves should be read: that of our only
    open question or offer; for "oups, 19 h" else the last one."""
    if meaning.references or meaning.intent not in (Intent.HUMAN, Intent.IGNORE, Intent.ACCEPT, Intent.DECLINE):
        return None
    if only := _only(one for one in standing if one.state in OPEN):
        return only
    return max(standing, key=lambda one: one.created, default=None) if meaning.corrects else None


def _only(found: Iterable[Reservation]) -> Reservation | None:
    every = list(found)
    return every[0] if len(every) == 1 else None


def _is_named(booking: Reservation, meaning: Meaning, rules: Rules) -> bool:
    """Whether a mail that gives up or changes something speaks of this booking: of one of its days, of a thing in it;
    one that names neither may speak of any."""
    days = {day for piece in pieces_of(booking.uses, rules) for day in piece.days}
    if meaning.intent is Intent.CHANGE:
        return bool(days & meaning.days) or (not meaning.days and _has_thing(booking, meaning.items))
    return not meaning.items or any(fits(item, use, rules) for item in meaning.items for use in booking.uses)


def _has_thing(booking: Reservation, items: Sequence[Item]) -> bool:
    things = {use.resource for use in booking.uses}
    return any(things & set(item.resources) for item in items)


def fits(item: Item, use: Use, rules: Rules) -> bool:
    """Return whether an item names a use: the thing (or any room), and its day if it says one."""
    [piece] = pieces_of((use,), rules)
    any_room = item.resources == (ANY_ROOM,) and piece.is_room
    thing = any_room or item.resources == (SAME,) or use.resource in item.resources
    days: set[date] = {slot.day for slot in item.slots}
    return thing and (not days or any(day in piece.days for day in days))
