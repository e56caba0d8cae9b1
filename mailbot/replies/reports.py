"""What was reported, in words: what was noted, what was not and why, and who goes short by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from mailbot.model.reports import (
    Away,
    Blocked,
    Deed,
    ForSomebody,
    Found,
    Held,
    Limited,
    Opened,
    Passed,
    Shut,
    Stocked,
    Unblocked,
    Why,
    Word,
)
from mailbot.model.spans import Days
from mailbot.model.to_key_holders import Doubt, Shortfall
from mailbot.model.to_staff import Inside
from mailbot.replies.phrases import one_line
from mailbot.replies.rounds import Line, lines_of
from mailbot.replies.telling import Teller


class Doubtful(Struct, frozen=True):
    """A statement that was not noted: what was written and why, and the lines that it may be about."""

    text: str
    lines: tuple[Line, ...]


def deeds(done: Iterable[Deed], teller: Teller) -> tuple[str, ...]:
    """Return what was noted, a line each."""
    return tuple(_deed(deed, teller) for deed in done)


def _deed(deed: Deed, teller: Teller) -> str:
    if isinstance(deed, Passed):
        things = teller.phrases.listed(_held(deed.held, teller))
        form = f"{deed.outcome}_of" if things else deed.outcome.value
        return teller.format("reports", form, who=one_line(deed.who), code=deed.code, things=things)
    if isinstance(deed, Stocked):
        return _stocked(deed, teller)
    if isinstance(deed, Away):
        return teller.format("reports", "away", days=teller.phrases.days(Days(deed.first, deed.last)))
    if isinstance(deed, Shut):
        days = teller.phrases.days(Days(deed.first, deed.last))
        return teller.format("reports", "shut", counter=teller.short_place(deed.counter), days=days)
    if isinstance(deed, Found):
        state = teller.phrases.quoted(deed.state)
        form = "arrival" if deed.arrival else "state"
        photos = f", {teller.phrases.counted(len(deed.photos), 'photos')}" if deed.photos else ""
        return teller.format("reports", form, state=state) + (f" ({deed.code})" if deed.code else "") + photos
    if isinstance(deed, Word):
        return teller.phrases.quoted(deed.words)
    if isinstance(deed, ForSomebody):
        whom = one_line(deed.behalf.whom or deed.behalf.address)
        return teller.format("reports", "for", whom=whom, words=teller.phrases.quoted(deed.behalf.text))
    if isinstance(deed, Limited):
        most = teller.phrases.quantity(deed.most, teller.name(deed.limited))
        return teller.format("reports", "limited", things=most)
    if isinstance(deed, Blocked | Unblocked | Opened):
        return _of_house(deed, teller)
    return teller.format("reports", "undone", number=deed.report)


def _of_house(deed: Blocked | Unblocked | Opened, teller: Teller) -> str:
    when = teller.phrases.when(deed.when)
    if isinstance(deed, Opened):
        return teller.format("reports", "opened", thing=teller.name(deed.opened), when=when)
    if isinstance(deed, Unblocked):
        return teller.format("reports", "unblocked", thing=teller.name(deed.unblocked), when=when)
    thing = teller.name(deed.blocked)
    thing = thing if deed.units is None else teller.phrases.quantity(deed.units, thing)
    form = "unlent" if deed.blocked in teller.rules.equipment else "blocked"
    form = f"{form}_because" if deed.reason else form
    return teller.format("reports", form, thing=thing, when=when, reason=one_line(deed.reason))


def inside(within: Iterable[Inside], teller: Teller) -> tuple[str, ...]:
    """Return whose bookings lie in what is blocked, a line each."""
    lines = []
    for one in within:
        asker = one.reservation.asker
        initiative = teller.rules.initiatives.get(one.reservation.initiative or "")
        who = [initiative.name if initiative else "", asker.name or asker.address, one.reservation.phone or ""]
        lines.append(
            teller.format(
                "reports",
                "inside",
                who=", ".join(one_line(part) for part in who if part),
                code=one.reservation.code,
                what=teller.besides(teller.booked(one.uses)),
            )
        )
    return tuple(lines)


def _stocked(deed: Stocked, teller: Teller) -> str:
    things = teller.phrases.quantity(abs(deed.units), teller.name(deed.resource))
    if deed.why is Why.REPAIR and deed.last is not None:
        last = teller.phrases.day(date.fromordinal(deed.last))
        return teller.format("reports", "repair_until", things=things, day=last)
    return teller.format("reports", deed.why.value, things=things) + (f" ({deed.code})" if deed.code else "")


def _held(held: Iterable[Held], teller: Teller) -> Iterator[str]:
    for each in held:
        kind, _, rest = each.resource.partition(":")
        if kind == "key" and rest:
            key, _, copy = rest.rpartition(":")
            yield teller.key_copy(key, int(copy))
        else:
            yield teller.phrases.quantity(each.units, teller.name(each.resource))


def doubts(told: Iterable[Doubt], teller: Teller) -> tuple[Doubtful, ...]:
    """Return what was not noted, and why."""
    return tuple(
        Doubtful(
            teller.format("reports", doubt.why.value, words=teller.phrases.quoted(doubt.statement.words)),
            lines_of(doubt.lines, teller),
        )
        for doubt in told
    )


def lacking(short: Shortfall, teller: Teller) -> str:
    """Return what somebody goes short of, as they asked for it."""
    return teller.phrases.listed(_held((Held(short.resource, short.asked, 0),), teller))


def shortfalls(short: Iterable[Shortfall], teller: Teller) -> tuple[str, ...]:
    """Return who goes short, of what, and when they fetch it."""
    lines = []
    for one in short:
        asker = one.reservation.asker
        initiative = teller.rules.initiatives.get(one.reservation.initiative or "")
        who = [initiative.name if initiative else "", asker.name or asker.address, one.reservation.phone or ""]
        held = Held(one.resource, one.asked, 0)
        asked = teller.phrases.listed(_held((held,), teller))
        when = teller.phrases.opening(one.out) if one.out else ""
        lines.append(
            teller.format(
                "reports",
                "short" if one.free else "short_none",
                who=", ".join(one_line(part) for part in who if part),
                code=one.reservation.code,
                when=when,
                asked=asked,
                free=one.free,
            )
        )
    return tuple(lines)
