"""Which part of the ledger a decision may look at: known before any lock, read with one query.

All that `on_mail` can ask of the ledger lies within these windows; tests hold the two together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from mailbot.model.decision import Window
from mailbot.model.meaning import SAME, Intent, Item, Lack, Meaning, Slot, Wish
from mailbot.model.reservation import BOOKED, Reservation, State, Use, key_copy
from mailbot.model.rules import Counter, Equipment, Room, Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.alternatives import NEAR, WEEKS, like, on_dates
from mailbot.policy.amendments import Amendment, possible, rooms_in_question
from mailbot.policy.answers import COMPLETED, is_room, is_unknown, lacks_of, requested
from mailbot.policy.as_before import basket_of, pointed_to, repeated_on
from mailbot.policy.basket import Basket, Piece, pieces_of
from mailbot.policy.candidates import candidates_of
from mailbot.policy.collecting import FARTHEST
from mailbot.policy.handovers import REACH, first_after, last_before
from mailbot.policy.hours import local_day, room_openings, whole
from mailbot.policy.repeated import as_change
from mailbot.policy.telling import days_ahead, rooms_asked, slots_asked, whole_slot

Need: TypeAlias = tuple[frozenset[str], Span]
"""Rooms or goods, and the time in which they may be used."""
Stretch: TypeAlias = tuple[frozenset[str], int, int]
"""Resources, and the first and last of their cells."""

BEYOND_REACH = timedelta(days=REACH + 1)
KNOWN = COMPLETED | {State.ASKED, State.WAITING}
"""States in which a mail goes on from what was asked before."""
ROUNDING = timedelta(minutes=15)
"""Alternatives are on quarters of an hour."""


def windows(
    meaning: Meaning,
    conversation: Reservation | None,
    rules: Rules,
    now: datetime,
    standing: Iterable[Reservation] = (),
) -> tuple[Window, ...]:
    """Return what `on_mail` may look at: the hours that are asked and near ones, the rooms that could do instead, the
    same weekday in the weeks around, with the keys and goods that go along. The same resource may be in several.
    `standing` is what the sender has besides, and had: what is asked again may become a change of it."""
    asked_for = None if conversation is not None and conversation.among else conversation
    baskets = dict.fromkeys(_baskets(meaning, asked_for, rules))
    needs = [need for basket in baskets for need in _of_basket(basket, rules)]
    if earlier := pointed_to(meaning, standing, rules):
        request = repeated_on(meaning, earlier, rules)
        needs += list(_of_basket(basket_of(request), rules)) if request else []
    if conversation is not None and conversation.repeats and conversation.request:
        repeats = (one for one in standing if one.code == conversation.repeats)
        newly = as_change(conversation.request, meaning)
        needs += [n for one in repeats for way in possible(newly, one, now, rules) for n in _of_amendment(way, rules)]
    if conversation is not None and conversation.among and conversation.request:
        said = (meaning, conversation.request)
        waiting = [(one, what) for one in standing if one.code in conversation.among for what in said]
        ways = [way for one, what in waiting for way in possible(what, one, now, rules)]
        needs += [need for way in ways for need in _of_amendment(way, rules)]
    if conversation is not None and conversation.state in BOOKED:
        needs += [need for way in possible(meaning, conversation, now, rules) for need in _of_amendment(way, rules)]
    if Intent.AVAILABILITY in {meaning.intent, *(rival.intent for rival in meaning.alternatives)}:
        items = dict.fromkeys(item for one in (meaning, *meaning.alternatives) for item in one.items)
        needs += [need for item in items for need in _of_question(item, meaning, rules, now)]
    together: dict[Span, frozenset[str]] = {}
    for resources, span in needs:
        together[span] = together.get(span, frozenset()) | resources
    stretches = [stretch for span, resources in together.items() for stretch in _cells(resources, span, rules)]
    if conversation is not None and meaning.prevented:
        stretches += _around_claims(conversation, rules)
    stretches += [stretch for one in _changed(conversation, standing) for stretch in _of_claims(one, rules)]
    return _joined(stretches)


def windows_around(uses: Iterable[Use], attendees: int | None, rules: Rules) -> tuple[Window, ...]:
    """Return what is looked at to find something else for what is booked: there, near, and in the weeks around."""
    basket = Basket.of(pieces_of(uses, rules), attendees)
    needs = [need for day in basket.dates for need in _of_basket(on_dates(basket, {day}), rules)]
    needs += list(_of_basket(basket, rules))
    return _joined(stretch for resources, span in needs for stretch in _cells(resources, span, rules))


def _around_claims(booking: Reservation, rules: Rules) -> Iterator[Stretch]:
    """Yield what a booking has away, of a key with all its copies, with the days around in which it might be fetched or
    brought back instead."""
    for use in booking.uses:
        for claim in use.claims:
            around = FARTHEST + 1 if isinstance(use.when, Days) else (FARTHEST + 1) * 24 * 4
            yield frozenset({claim.resource, *_copies(use, rules)}), claim.first - around, claim.last + around


def _copies(use: Use, rules: Rules) -> set[str]:
    copies = rules.keys[use.key].copies if use.key in rules.keys and use.key else 0
    return {key_copy(use.key, number + 1) for number in range(copies)} if use.key else set()


def _changed(conversation: Reservation | None, standing: Iterable[Reservation]) -> list[Reservation]:
    """Return the bookings that the mail may change: the one at hand, or those that our question is about."""
    if conversation is None:
        return []
    about = {conversation.repeats, *conversation.among}
    asked = [one for one in standing if one.code in about]
    return [*asked, conversation] if conversation.state in BOOKED else asked


def _of_claims(booking: Reservation, rules: Rules) -> Iterator[Stretch]:
    """Yield what a booking has away, of a key with all its copies: a chosen opening is kept through a change."""
    stood = booking.before.uses if booking.before else ()
    for use in (*booking.uses, *stood):
        for claim in use.claims:
            yield frozenset({claim.resource, *_copies(use, rules)}), claim.first, claim.last


def _joined(stretches: Iterable[Stretch]) -> tuple[Window, ...]:
    """Return stretches that overlap as one window for all their resources: few wide looks cost less than many narrow
    ones. Days and quarters of an hour are numbered far apart."""
    found: list[Window] = []
    for resources, first, last in sorted(dict.fromkeys(stretches), key=lambda stretch: stretch[1:]):
        if found and first <= found[-1].last:
            found[-1] = Window(found[-1].resources | resources, found[-1].first, max(found[-1].last, last))
        else:
            found.append(Window(resources, first, last))
    return tuple(found)


def _baskets(meaning: Meaning, conversation: Reservation | None, rules: Rules) -> Iterator[Basket]:
    """Yield what may be decided: the request, its rival readings, and what the conversation asked or was offered."""
    known = conversation is not None and (conversation.state in KNOWN or Wish.WAIT in meaning.wishes)
    requests = [requested(meaning, conversation, rules)] if known or meaning.intent is Intent.BOOK else []
    if known and conversation and conversation.request:
        requests.append(conversation.request)
        for option in conversation.options:
            yield Basket.of(pieces_of(option.uses, rules), conversation.attendees)
    for reading in (reading for request in requests for reading in (request, *request.alternatives)):
        if not lacks_of(reading, rules) - {Lack.RESOURCE} and not any(i.resources == (SAME,) for i in reading.items):
            yield from (candidate.basket for candidate in candidates_of(reading, rules))


def _of_basket(basket: Basket, rules: Rules) -> Iterator[Need]:
    alone = len(basket.dates) == 1
    for days in (0, *WEEKS) if alone else (0,):
        there = basket.changed(lambda piece, by=timedelta(days=days): piece.moved(by))  # type: ignore[misc]
        margin = ROUNDING + (NEAR if alone and days == 0 else timedelta(0))
        for piece in there.pieces:
            yield _of_piece(piece, there, margin, rules)


def _of_amendment(way: Amendment, rules: Rules) -> Iterator[Need]:
    """Yield what a change looks at: what stays, and what is new there and in the weeks around."""
    whole = Basket.of((*way.stays, *way.new.pieces), way.new.attendees)
    for piece in whole.pieces:
        yield _of_piece(piece, whole, NEAR + ROUNDING, rules)
    for new in dict.fromkeys((way.new, rooms_in_question(way).new)):  # each may be moved to weeks around
        yield from _of_basket(new, rules)


def _of_piece(piece: Piece, basket: Basket, margin: timedelta, rules: Rules) -> Need:
    if piece.is_room:
        others = like(rules.rooms[piece.resource], basket, rules)
        resources = frozenset({piece.resource, *(room.id for room in others)})
        return resources, piece.span(rules).widened(margin, margin)
    beside = (room.span(rules).widened(margin, margin) for room in basket.rooms if room.slot.day in piece.days)
    return frozenset({piece.resource}), _hull((whole(piece.days, rules), *beside))


def _cells(resources: frozenset[str], span: Span, rules: Rules) -> Iterator[Stretch]:
    """Yield the cells of what is used somewhere in a span: with turnarounds, the copies of keys, and the days on which
    goods are away."""
    rooms = [rules.rooms[id] for id in resources if id in rules.rooms]
    if rooms:
        yield from _of_rooms(rooms, span, rules)
    for thing in (rules.equipment[id] for id in resources if id in rules.equipment):
        yield _of_goods(thing, span, rules)


def _of_rooms(rooms: Sequence[Room], span: Span, rules: Rules) -> Iterator[Stretch]:
    cells = span.widened(after=max(room.turnaround for room in rooms)).cells()
    yield frozenset(room.id for room in rooms), cells[0], cells[-1]
    for key in (key for key in rules.keys.values() if any(room.key == key.id for room in rooms)):
        cells = _away(rules.counters[key.counter], span, rules).cells()
        yield frozenset(key_copy(key.id, number + 1) for number in range(key.copies)), cells[0], cells[-1]


def _of_goods(thing: Equipment, span: Span, rules: Rules) -> Stretch:
    away = _away(rules.counters[thing.counter], span, rules)
    last = local_day(away.end, rules) + timedelta(days=thing.days_between)
    return frozenset({thing.id}), local_day(away.start, rules).toordinal(), last.toordinal()


def _away(counter: Counter, span: Span, rules: Rules) -> Span:
    """Return from when to when something is away that is used somewhere in the span: earlier or later by as much as a
    counter is looked for where no opening is in reach of the whole span."""
    before, after = last_before(counter, span.start, rules), first_after(counter, span.end, rules)
    start = before.start if before else span.start - BEYOND_REACH
    end = after.end if after else span.end + BEYOND_REACH
    return Span(start, end)


def _of_question(item: Item, meaning: Meaning, rules: Rules, now: datetime) -> Iterator[Need]:
    """Yield what the answer to "what is free?" looks at: whole days, those to come where none was named."""
    if is_unknown(item, rules):
        return
    ahead = tuple(days_ahead(now, rules))
    asked = slots_asked(item, meaning, now, rules)
    stretches = [whole_slot(slot) for slot in asked] or [Slot(ahead[0], ahead[-1])]
    for slot in stretches:
        assert isinstance(slot.end, date)
        days = Days(slot.day, slot.end)
        if is_room(item, rules):
            rooms = [rules.rooms[id] for id in rooms_asked(item, meaning.attendees, rules)]
            openings = (opening for room in rooms for day in days for opening in room_openings(room, day, rules))
            yield frozenset(room.id for room in rooms), _hull((whole(days, rules), *openings))
        else:
            yield frozenset(item.resources), whole(days, rules)


def _hull(spans: Iterable[Span]) -> Span:
    spans = tuple(spans)
    return Span(min(span.start for span in spans), max(span.end for span in spans))
