"""What staff, and those who manage a place, close and open by mail; and what becomes of the bookings inside.

A block alters the stock in force: nothing new is booked in it, what is booked stands. Its owners are offered something
else only once staff say so; who chooses nothing keeps what stands, and staff hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.house import Act as Wanted
from mailbot.model.house import Order, Stretch
from mailbot.model.letters import Address
from mailbot.model.notices import Content, Notice
from mailbot.model.reports import Blocked, Deed, Opened, Report, Standing, Unblocked, Undone
from mailbot.model.reservation import BOOKED, Act, Option, Pending, Put, Reservation, State, Use, hold_of
from mailbot.model.rules import Rules, Staff
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Displaced
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import BlockTold, BlockUnclear, Inside, OwnersTold, Puzzle
from mailbot.policy.alternatives import alternatives, on_dates
from mailbot.policy.amendments import as_uses
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import deadline_of, first_start
from mailbot.policy.checks import weighed
from mailbot.policy.due import is_blocked
from mailbot.policy.hours import local_day, whole
from mailbot.policy.matter import Matter
from mailbot.policy.shortfalls import short_of
from mailbot.policy.stock import blocks_by_resource, holds, in_force, stock_of

TAKEN_BACK_WITHIN = timedelta(hours=24)
EVENT = "block:"
"""How an owner's letter is remembered with the booking: each block once."""
OF_HOUSE = (Blocked, Unblocked, Opened)


class Housekeeper(Struct, frozen=True):
    """Who closes and opens: one of the staff, or who manages some places (`rooms`; None: everything)."""

    id: str
    person: Staff
    rooms: frozenset[str] | None = None


# --- what is closed or opened


def on_order(
    order: Order,
    keeper: Housekeeper,
    mail: str,
    proven: bool,
    booked: Sequence[Reservation],
    now: datetime,
    rules: Rules,
) -> Decision:
    """Return what follows from an order; where nothing proves who wrote it, the question whether it is from them."""
    found = deeds_of(order, keeper, now, rules)
    if isinstance(found, Puzzle):
        because = f"not done, {found}: nothing is closed or opened"
        return Decision(End.ANSWERED, (because,), (), (_letter(BlockUnclear(found, order.words), keeper.person),))
    report = Report(keeper.id, keeper.person.address, found, order.words, mail)
    if not proven:
        waiting = replace(report, standing=Standing.WAITING)
        because = "a From line proves nothing: who seems to have written is asked"
        return Decision(
            End.ANSWERED, (because,), (), (_letter(ReportChallenged(found), keeper.person),), report=waiting
        )
    return carried_out(report, keeper, booked, now, rules)


def carried_out(
    report: Report, keeper: Housekeeper, booked: Sequence[Reservation], now: datetime, rules: Rules
) -> Decision:
    """Return what follows from an order that counts: it is told to staff, with the bookings that lie inside."""
    after = in_force(rules, (*rules.said, *report.deeds))
    within = tuple(inside(report.deeds, booked, now, after))
    until = now + TAKEN_BACK_WITHIN
    told = BlockTold(keeper.person.name, report.deeds, within, until=until)
    notices = [_letter(replace(told, asks=True), person) for person in rules.staff]
    if keeper.person not in rules.staff:
        notices.insert(0, _letter(told, keeper.person))
    puts, letters = _back(booked, after)
    because = (f"{type(deed).__name__.lower()}: {_resource(deed)}" for deed in report.deeds)
    done = replace(report, standing=Standing.DONE)
    return Decision(End.ANSWERED, tuple(because), puts, (*notices, *letters), report=done)


def taken_back(
    report: Report, keeper: Housekeeper, in_time: bool, booked: Sequence[Reservation], mail: str, rules: Rules
) -> Decision:
    """Return what follows from a bare NO to what was closed or opened."""
    if not in_time or report.standing is not Standing.DONE:
        content = BlockUnclear(Puzzle.TOO_LATE, report.words)
        return Decision(End.ANSWERED, ("taken back too late",), (), (_letter(content, keeper.person),))
    after = replace(rules, said=tuple(deed for deed in rules.said if deed not in report.deeds))
    puts, letters = _back(booked, after)
    told = BlockTold(keeper.person.name, report.deeds, undone=True)
    people = dict.fromkeys([keeper.person, *rules.staff])
    notices = tuple(_letter(told, person) for person in people)
    undone = Report(keeper.id, keeper.person.address, (Undone(report.id),), "", mail)
    return Decision(End.ANSWERED, ("taken back",), puts, (*notices, *letters), report=undone)


def deeds_of(order: Order, keeper: Housekeeper, now: datetime, rules: Rules) -> tuple[Deed, ...] | Puzzle:
    """Return what an order does, or why it cannot be done as it was said."""
    today = local_day(now, rules)
    things = dict(order.things)
    if order.several:
        return Puzzle.THING
    if keeper.rooms is not None and not things:
        things = dict.fromkeys(sorted(keeper.rooms))
    if not things:
        return Puzzle.THING
    if keeper.rooms is not None and not things.keys() <= keeper.rooms:
        return Puzzle.NOT_YOURS
    if order.act is Wanted.UNBLOCK:
        return _unblocked(things, order.when, rules) or Puzzle.NOT_BLOCKED
    if not order.when or any(stretch.last < today for stretch in order.when):
        return Puzzle.DAYS
    if order.act is Wanted.OPEN:
        rooms = [thing for thing in things if thing in rules.rooms]
        if not rooms:
            return Puzzle.THING
        if not all(stretch.hours for stretch in order.when):
            return Puzzle.HOURS
        return tuple(Opened(room, span) for room in rooms for span in _spans(order.when, rules))
    return tuple(_blocks(things, order, rules))


def _blocks(things: dict[str, int | None], order: Order, rules: Rules) -> Iterator[Blocked]:
    for thing, units in things.items():
        for stretch in order.when:
            days = Days(stretch.first, stretch.last)
            if thing not in rules.rooms:
                cells = days.cells()
                yield Blocked(thing, days, cells[0], cells[-1], order.reason, units)
            elif not stretch.hours:
                cells = whole(days, rules).cells()
                yield Blocked(thing, days, cells[0], cells[-1], order.reason)
            else:
                for span in _spans((stretch,), rules):
                    yield Blocked(thing, span, span.cells()[0], span.cells()[-1], order.reason)


def _spans(when: Iterable[Stretch], rules: Rules) -> Iterator[Span]:
    for stretch in when:
        for day in Days(stretch.first, stretch.last):
            yield from (hours.on(day, rules.commune.zone) for hours in stretch.hours)


def _unblocked(things: dict[str, int | None], when: Sequence[Stretch], rules: Rules) -> tuple[Deed, ...]:
    """Return what lifts the blocks of these things: in these days and hours, or, where none are said, all of them."""
    every = blocks_by_resource(rules.said)
    found: list[Deed] = []
    for thing in things:
        holding = [one for one in every.get(thing, ()) if isinstance(one, Blocked) and holds(one, every[thing])]
        lifted = tuple(_blocks({thing: None}, Order(Wanted.BLOCK, when=tuple(when)), rules)) if when else holding
        found += [
            Unblocked(thing, one.when, one.first, one.last)
            for one in lifted
            if any(block.first <= one.last and one.first <= block.last for block in holding)
        ]
    return tuple(found)


def _resource(deed: Deed) -> str:
    return str(next((getattr(deed, name) for name in ("blocked", "unblocked", "opened") if hasattr(deed, name)), ""))


# --- the bookings inside


def inside(deeds: Iterable[Deed], booked: Iterable[Reservation], now: datetime, after: Rules) -> Iterator[Inside]:
    """Yield the bookings still to come that lie in what is blocked, soonest first; of a thing of which only some units
    are blocked, those that go short of it. `after` are the rules with the blocks in force."""
    every, booked = [deed for deed in deeds if isinstance(deed, Blocked)], tuple(booked)
    partly = {block.blocked for block in every if block.units is not None}
    first = local_day(now, after).toordinal()
    short = {(one.reservation.code, one.resource) for one in short_of(partly, booked, first, stock_of(after))}
    for one in booked:
        uses = tuple(use for use in one.uses if _lies_in(use, one.code, every, short) and not _is_past(use, now, after))
        if uses and one.state in BOOKED:
            yield Inside(one, uses)


def _lies_in(use: Use, code: str, blocks: Iterable[Blocked], short: set[tuple[str, str]]) -> bool:
    return any(
        claim.resource == block.blocked and claim.first <= block.last and block.first <= claim.last
        for block in blocks
        if block.units is None or (code, block.blocked) in short
        for claim in use.claims
    )


def _is_past(use: Use, now: datetime, rules: Rules) -> bool:
    return first_start(use.when, rules) <= now


def agreed(report: Report, booked: Sequence[Reservation], now: datetime, rules: Rules) -> tuple[Inside, ...]:
    """Return whose owners are still to be offered something else for what a report blocked, where that still holds."""
    standing = [deed for deed in report.deeds if deed in rules.said]
    event = f"{EVENT}{report.id}"
    return tuple(one for one in inside(standing, booked, now, rules) if event not in one.reservation.told)


def offered_elsewhere(matter: Matter, uses: Sequence[Use], report: Report, person: Staff, mail: str) -> Decision:
    """Return what the owner of a booking is told: other options, held besides what stands; or that there are none."""
    booking, rules = matter.conversation, matter.rules
    assert booking
    whole_basket = Basket.of(pieces_of(booking.uses, rules), booking.attendees)
    moving = on_dates(whole_basket, {piece.slot.day for piece in pieces_of(uses, rules)})
    stays = tuple(piece for piece in whole_basket.pieces if piece not in moving.pieces)
    facts = replace(matter.facts, stays=as_uses(stays, rules))
    one = weighed(moving, facts, rules)
    found = alternatives([one], facts, rules)
    told = (*booking.told, f"{EVENT}{report.id}")
    if not found:
        after = replace(booking, told=told, version=booking.version + 1)
        put = Put(booking, after, Act.NOTE, "blocked, and nothing else is free", person.address, mail)
    else:
        options = tuple(Option(number, other.uses) for number, other in enumerate(found, 1))
        hold = hold_of((Option(0, booking.uses), *options))
        deadline = deadline_of(found, matter)
        pending = Pending(Act.CHANGE)
        after = matter.cleared(pending=pending, options=options, hold=hold, deadline=deadline, told=told)
        put = replace(
            matter.step(after, Act.PROPOSE, "blocked: something else is offered"), by=person.address, mail=mail
        )
    content = Displaced(put.after, tuple(uses), one.objections)
    notice = Notice(booking.asker, (booking.language,), content, answers=False)
    return Decision(End.ANSWERED, (f"{booking.code}: {put.why}",), (put,), (notice,), booking.code)


def owners_told(done: Iterable[tuple[Inside, Decision]], person: Staff) -> Decision:
    """Return the word to who of the staff said OK."""
    every = tuple(done)
    offered = tuple(decision.puts[0].after for _, decision in every if decision.puts[0].act is Act.PROPOSE)
    without = tuple(one for one, decision in every if decision.puts[0].act is not Act.PROPOSE)
    content = OwnersTold(offered, without)
    because = (f"{len(offered)} owners are offered something else, {len(without)} nothing",)
    return Decision(End.ANSWERED, because, (), (_letter(content, person),))


def _back(booked: Iterable[Reservation], after: Rules) -> tuple[tuple[Put, ...], tuple[Notice, ...]]:
    """Return the steps and the letters for those who were offered something else, and need it no more."""
    puts, notices = [], []
    for one in booked:
        told = any(name.startswith(EVENT) for name in one.told)
        if not (told and _is_offered(one)) or is_blocked(one.uses, after):
            continue
        kept = replace(one, state=State.CONFIRMED, version=one.version + 1)
        kept = replace(kept, pending=None, options=(), hold=(), deadline=None)
        puts.append(Put(one, kept, Act.DECLINE, "not blocked any more"))
        content = Displaced(kept, kept.uses, back=True)
        notices.append(Notice(one.asker, (one.language,), content, answers=False))
    return tuple(puts), tuple(notices)


def _is_offered(booking: Reservation) -> bool:
    """Return whether our offer of something else is open: nobody asked for a change."""
    pending = booking.pending
    offered = pending is not None and pending.act is Act.CHANGE and pending.meaning is None
    return offered and booking.state is State.CHANGING and bool(booking.options)


def _letter(content: Content, person: Staff) -> Notice:
    return Notice(Address(person.name, person.address), (person.language,), content, answers=False)
