"""What the clock brings: offers that lapse, reservations that end, and the key-holders' lists.

A list reaches from its hour to the holder's next one. Each passing over a counter is in exactly one list, or in
the short notice that follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts, Decision, End, Facts
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reports import Blocked, Outcome, Passed, Report
from mailbot.model.reservation import HELD, Act, Handover, Put, Reservation, State, Use, next_state
from mailbot.model.rules import Holder, Rules
from mailbot.model.spans import Days, Hours, Span
from mailbot.model.to_key_holders import Change, Digest, Direction, Passing, ShortNotice
from mailbot.model.to_staff import StillInside
from mailbot.policy.availability import closed_by_mail
from mailbot.policy.hours import ONE_DAY, local_day, whole
from mailbot.policy.lateness import is_late, reminded, was_fetched
from mailbot.policy.openings import without_direct
from mailbot.policy.stock import blocks_during

LOOK_BACK = 15
"""Days in which a list that was missed is still caught up."""
LOOK_AHEAD = 40
"""Days in which each key-holder has a working day; one who has none gets no list."""


def house_work(facts: ClockFacts, rules: Rules) -> Decision:
    """Return what is due now of steps of offers and reservations that are over, and of lists."""
    over_with = lapsed(facts.lapsing, facts.now, rules)
    over = (one for one in facts.ending if is_over(one, facts.now, rules) and not is_outstanding(one, facts, rules))
    closes = [_step(one, Act.CLOSE, "all used and brought back") for one in over]
    digests = tuple(digest_of(due, facts, rules) for due in due_lists(facts.last_digests, facts.now, rules))
    lists = tuple(_letter(digest, facts.now, rules) for digest in digests if _has_to_go(digest, rules))
    notices = (*over_with.notices, *lists)
    because = (
        *over_with.because,
        *(f"closed: {put.after.code}" for put in closes),
        *(f"list of {digest.holder} for {digest.day}, until {_utc(digest.until)}" for digest in digests),
    )
    return Decision(
        End.ANSWERED if notices else End.IGNORED, because, (*over_with.puts, *closes), notices, digests=digests
    )


def is_outstanding(reservation: Reservation, facts: ClockFacts, rules: Rules) -> bool:
    """Return whether something of a booking is late: it is not closed before that is settled."""
    return any(is_late(passing, facts.outcomes, facts.now, rules) for passing in passings_of(reservation, rules))


def lapsed(offers: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Let offers go whose deadline is over; the letter that made them named it, so that nobody is written to, but staff
    where what still stands lies in what is blocked. Who waited in vain for a direct hand-over has the other openings
    again."""
    offers = tuple(offers)
    awaited = [one for one in offers if one.pending and one.pending.partner]
    again = [without_direct(one, now, rules, f"no answer until {_utc(one.deadline)}") for one in awaited]
    over = _let_go((one for one in offers if one not in awaited), rules)
    return Decision(
        over.end,
        (*over.because, *(why for one in again for why in one.because)),
        (*over.puts, *(put for one in again for put in one.puts)),
        (*over.notices, *(notice for one in again for notice in one.notices)),
    )


def _let_go(offers: Iterable[Reservation], rules: Rules) -> Decision:
    puts = tuple(_step(offer, Act.LAPSE, f"held until {_utc(offer.deadline)}") for offer in offers)
    notices = tuple(
        Notice(Address(person.name, person.address), (person.language,), StillInside(put.after, uses), answers=False)
        for put in puts
        if put.after.state is State.CONFIRMED and (uses := blocked_uses(put.after.uses, rules))
        for person in rules.staff
    )
    return Decision(End.IGNORED, tuple(f"lapsed: {put.after.code}, {put.why}" for put in puts), puts, notices)


def is_blocked(uses: Iterable[Use], rules: Rules) -> bool:
    return bool(blocked_uses(uses, rules))


def blocked_uses(uses: Iterable[Use], rules: Rules) -> tuple[Use, ...]:
    """Return the uses that lie in what is blocked altogether."""
    return tuple(
        use for use in uses if any(closed_by_mail(c.resource, range(c.first, c.last + 1), rules) for c in use.claims)
    )


def next_moment(
    last: Mapping[str, Digest], deadlines: Iterable[datetime], now: datetime, rules: Rules
) -> datetime | None:
    """Return when the next list or one of the `deadlines` (offers' ends, ends of use) is due; `now` where one is due
    already; None where nothing ever is."""
    if due_lists(last, now, rules):
        return now
    moments = [next_list(holder, now, rules) for holder in list_readers(rules)]
    soonest = min((moment for moment in (*moments, *deadlines) if moment is not None), default=None)
    return None if soonest is None else max(soonest, now)


# --- the lists


class Due(Struct, frozen=True):
    """A list that must go out now: whose, for which of their working days, from where the last one ended (None: there
    was none), until the next."""

    holder: str
    day: date
    since: datetime | None
    until: datetime


def due_lists(last: Mapping[str, Digest], now: datetime, rules: Rules) -> tuple[Due, ...]:
    """Return the lists whose hour has come and that were not given: at most one a holder, that of their last working
    day, also when the program was down at that hour."""
    found: list[Due] = []
    for holder in list_readers(rules):
        given, day = last.get(holder.id), _last_list_day(holder, now, rules)
        until = next_list(holder, now, rules)
        if day is not None and until is not None and (given is None or given.day < day):
            found.append(Due(holder.id, day, given.until if given else None, until))
    return tuple(found)


def due_span(last: Mapping[str, Digest], now: datetime, rules: Rules) -> Span | None:
    """Return the time whose passings the lists that are due now must tell; None where no list is due."""
    lists = due_lists(last, now, rules)
    if not lists:
        return None
    first = min(due.day for due in lists)
    return Span(whole(Days(first, first), rules).start, max(due.until for due in lists))


def next_list(holder: Holder, after: datetime, rules: Rules) -> datetime | None:
    """Return the hour of the holder's first list after that moment (UTC)."""
    today = local_day(after, rules)
    moments = (_list_hour(holder, today + ahead * ONE_DAY, rules) for ahead in range(LOOK_AHEAD))
    return next((moment for moment in moments if moment is not None and moment > after), None)


def digest_of(due: Due, facts: ClockFacts, rules: Rules) -> Digest:
    """Return the list: what passes over the holder's counters until the next one, by hour and counter, numbered."""
    mine = looked_after(due.holder, rules)
    present = [p for r in facts.passing for p in passings_of(r, rules) if mine(p)]
    awaited = [p for p in present if is_awaited(p, facts.outcomes)]
    ahead = sorted((p for p in awaited if _belongs(p, due, facts.now, rules)), key=_by_hour)
    late = late_of(mine, facts, rules)
    lines = tuple(replace(passing, number=number) for number, passing in enumerate(ahead, len(late) + 1))
    gone = [p for r in facts.cancelled for p in passings_of(r, rules) if mine(p)]
    last = facts.last_digests.get(due.holder)
    changed = _changed(last.lines if last else (), present, gone, due, facts.now)
    noted = tuple(report for report in facts.reports if concerns(report, due.holder, rules))
    blocked = tuple(block for block in _closed_until(due, facts.now, rules) if _is_of(block.blocked, due.holder, rules))
    return Digest(due.holder, due.day, due.until, late, lines, changed, noted, blocked)


def _closed_until(due: Due, now: datetime, rules: Rules) -> tuple[Blocked, ...]:
    return blocks_during(Span(now, due.until), rules) if now < due.until else ()


def _is_of(resource: str, holder: str, rules: Rules) -> bool:
    """Return whether somebody hands out a thing, or the key of a room; of a steward, whether it is theirs."""
    things, counters = rules.holders[holder].things, _counters_of(holder, rules)
    if resource in rules.rooms:
        key = rules.keys.get(rules.rooms[resource].key or "")
        return key is not None and key.counter in counters
    return resource in things or (resource in rules.equipment and rules.equipment[resource].counter in counters)


def concerns(report: Report, holder: str, rules: Rules) -> bool:
    """Return whether a report is told in a key-holder's list: their own, and what borrowers say of their counters."""
    counters = _counters_of(holder, rules)
    passed = (deed.passing.split(" ")[2] for deed in report.deeds if isinstance(deed, Passed))
    return report.who == holder or (report.who == "borrower" and any(counter in counters for counter in passed))


def is_awaited(passing: Passing, outcomes: Mapping[str, Passed]) -> bool:
    """Return whether something may still pass: nothing of it was reported, and what comes back was fetched."""
    return passing.place not in outcomes and (passing.direction is Direction.OUT or was_fetched(passing, outcomes))


def late_of(mine: Callable[[Passing], bool], facts: ClockFacts, rules: Rules) -> tuple[Passing, ...]:
    """Return what should be back and is not of what somebody looks after, the oldest first, numbered."""
    every = {one.code: one for one in (*facts.late, *facts.ending, *facts.passing)}
    late = [
        replace(passing, reminded=reminded(one, passing), said_back=_is_said_back(passing, facts.outcomes))
        for one in every.values()
        for passing in passings_of(one, rules)
        if mine(passing) and is_late(passing, facts.outcomes, facts.now, rules)
    ]
    return tuple(replace(passing, number=number) for number, passing in enumerate(sorted(late, key=_by_hour), 1))


def _is_said_back(passing: Passing, outcomes: Mapping[str, Passed]) -> bool:
    known = outcomes.get(passing.place)
    return known is not None and known.outcome is Outcome.SAID_BACK


def digest_for(holder: str, day: date, reservations: Iterable[Reservation], rules: Rules) -> Digest:
    """Return the list as it would be at the holder's hour on that day, for a look ahead: it is not given to anybody."""
    now = _hour_of(rules.holders[holder], day, rules)
    until = next_list(rules.holders[holder], now, rules) or now + ONE_DAY
    return digest_of(Due(holder, day, None, until), ClockFacts(now, passing=tuple(reservations)), rules)


def reader_of(holder: Holder, day: date, rules: Rules) -> Holder:
    """Return who reads the holder's list that day: the stand-in, and theirs, while the one before is absent."""
    reader, asked = holder, {holder.id}
    while any(day in absence for absence in reader.absences) and reader.stand_in in rules.holders:
        assert reader.stand_in is not None
        if reader.stand_in in asked:
            return holder
        reader = rules.holders[reader.stand_in]
        asked.add(reader.id)
    return reader


def _belongs(passing: Passing, due: Due, now: datetime, rules: Rules) -> bool:
    """Return whether a passing is told in this list: not told in the last one, not left to the next, and not over,
    except on the day of a list that is late: what they missed for want of it they should know."""
    if passing.opening.start >= due.until:
        return False
    if due.since is None:
        return passing.opening.end > now
    missed = local_day(passing.opening.start, rules) == due.day
    return passing.opening.start >= due.since and (passing.opening.end > now or missed)


def _changed(
    told: Sequence[Passing], present: Sequence[Passing], gone: Sequence[Passing], due: Due, now: datetime
) -> tuple[Change, ...]:
    still = {_identity(passing) for passing in present}
    cancelled = {_identity(passing): passing for passing in (*told, *gone) if _identity(passing) not in still}
    ahead = (p for p in cancelled.values() if p.opening.end > now and p.opening.start < due.until)
    return tuple(Change(replace(passing, number=0), cancelled=True) for passing in sorted(ahead, key=_by_hour))


def _letter(digest: Digest, now: datetime, rules: Rules) -> Notice:
    reader = reader_of(rules.holders[digest.holder], local_day(now, rules), rules)
    return Notice(Address(reader.name, reader.address), (reader.language,), digest, answers=False)


def _has_to_go(digest: Digest, rules: Rules) -> bool:
    something = digest.late or digest.lines or digest.changed or digest.noted
    return bool(something) or rules.holders[digest.holder].empty_digest


def list_readers(rules: Rules) -> Iterator[Holder]:
    """Yield those who stand at a counter, and stewards, unless they are the same person."""
    at_counters = {holder for counter in rules.counters.values() for holder in counter.holders}
    theirs = {rules.holders[id].address for id in at_counters if id in rules.holders}
    for holder in rules.holders.values():
        if holder.id in at_counters or (holder.things and holder.address not in theirs):
            yield holder


def looked_after(holder: str, rules: Rules) -> Callable[[Passing], bool]:
    """Return what tells whether a passing is one of somebody's list: of a key-holder all at their counters, of a
    steward those of their things."""
    counters, things = _counters_of(holder, rules), rules.holders[holder].things
    if things:
        return lambda passing: any(thing in things for thing, _ in passing.goods)
    return lambda passing: passing.counter in counters


def _counters_of(holder: str, rules: Rules) -> frozenset[str]:
    return frozenset(counter.id for counter in rules.counters.values() if holder in counter.holders)


def _last_list_day(holder: Holder, now: datetime, rules: Rules) -> date | None:
    today = local_day(now, rules)
    for back in range(LOOK_BACK):
        moment = _list_hour(holder, today - back * ONE_DAY, rules)
        if moment is not None and moment <= now:
            return today - back * ONE_DAY
    return None


def _list_hour(holder: Holder, day: date, rules: Rules) -> datetime | None:
    """Return the hour of the list on one of the holder's working days; None on others and on public holidays."""
    works = day.weekday() in holder.working_days and day not in rules.public_holidays
    return _hour_of(holder, day, rules) if works else None


def _hour_of(holder: Holder, day: date, rules: Rules) -> datetime:
    at = holder.digest_at.hour * 60 + holder.digest_at.minute
    return Hours(at, at + 1).on(day, rules.commune.zone).start


# --- passings


Place: TypeAlias = tuple[Direction, str, datetime]


def passings_of(reservation: Reservation, rules: Rules) -> tuple[Passing, ...]:
    """Return what one reservation passes over counters: one passing for all that goes in one opening."""
    places: dict[Place, list[Use]] = {}
    for use in reservation.uses:
        if use.out:
            places.setdefault((Direction.OUT, use.out.counter, use.out.opening.start), []).append(use)
        if use.back and not use.back.direct:  # who takes it has the line
            places.setdefault((Direction.BACK, use.back.counter, use.back.opening.end), []).append(use)
    return tuple(_passing(place, uses, reservation, rules) for place, uses in places.items())


def _passing(place: Place, uses: Sequence[Use], reservation: Reservation, rules: Rules) -> Passing:
    direction, counter, _ = place
    handovers = [use.out if direction is Direction.OUT else use.back for use in uses]
    initiative = rules.initiatives.get(reservation.initiative or "")
    return Passing(
        direction,
        counter,
        _common([handover for handover in handovers if handover]),
        reservation.code,
        reservation.asker,
        initiative.name if initiative else "",
        reservation.phone or "",
        rooms=tuple(dict.fromkeys(use.resource for use in uses if use.key)),
        keys=tuple(dict.fromkeys((use.key, use.copy) for use in uses if use.key and use.copy)),
        goods=_goods(uses),
        unreached=reservation.unreached,
        comes=reservation.collector,
        reserved=reservation.reserved,
        giver=next((one.direct for one in handovers if one and one.direct), None),
    )


def _common(handovers: Sequence[Handover]) -> Span:
    """Return the part of the opening that is there for all that passes in it."""
    start = max(handover.opening.start for handover in handovers)
    end = min(handover.opening.end for handover in handovers)
    return Span(start, end) if start < end else handovers[0].opening


def _goods(uses: Sequence[Use]) -> tuple[tuple[str, int], ...]:
    """Return what equipment passes, and how many: those that share a hand are counted with the one that claims."""
    counted: dict[str, int] = {}
    for use in uses:
        for claim in use.claims:
            if isinstance(use.when, Days) and claim.resource == use.resource:
                counted[use.resource] = counted.get(use.resource, 0) + claim.units
    return tuple(counted.items())


def _identity(passing: Passing) -> tuple[str, Direction, str, datetime]:
    """Return what makes it the same passing: the opening by the end that a use does not cut short."""
    edge = passing.opening.start if passing.direction is Direction.OUT else passing.opening.end
    return passing.code, passing.direction, passing.counter, edge


def _by_hour(passing: Passing) -> tuple[datetime, str, Direction, str]:
    return passing.opening.start, passing.counter, passing.direction, passing.code


def short_notices(reservation: Reservation, facts: Facts, rules: Rules) -> tuple[Notice, ...]:
    """Return one short letter to each key-holder in whose present list this would stand, had it been known then."""
    return changed_notices(None, reservation, facts, rules)


def changed_notices(
    before: Reservation | None, after: Reservation | None, facts: Facts, rules: Rules
) -> tuple[Notice, ...]:
    """Return one short letter to each key-holder whose present list is no longer right, or who expects somebody within
    two days who will not come."""
    return notices_of_changes(((before, after),), facts, rules)


def notices_of_changes(
    pairs: Iterable[tuple[Reservation | None, Reservation | None]], facts: Facts, rules: Rules
) -> tuple[Notice, ...]:
    """Return the same for several bookings that change together: one letter to each all the same."""
    pairs = tuple(pairs)
    stood = {_identity(passing): passing for one, _ in pairs if one for passing in passings_of(one, rules)}
    shall = {_identity(passing): passing for _, one in pairs if one for passing in passings_of(one, rules)}
    gone = [Change(passing, cancelled=True) for place, passing in stood.items() if place not in shall]
    new = [
        Change(passing, cancelled=False, altered=place in stood)
        for place, passing in shall.items()
        if not _same(stood.get(place), passing)
    ]
    changes: dict[str, list[Change]] = {}
    for change in sorted((*gone, *new), key=lambda change: (_by_hour(change.passing), not change.cancelled)):
        for holder in rules.counters[change.passing.counter].holders:
            if _must_know_now(change, facts.last_digests.get(holder), facts.now):
                changes.setdefault(holder, []).append(change)
    return tuple(_short_notice(holder, tuple(told), facts, rules) for holder, told in changes.items())


SOON = timedelta(days=2)
"""Who expects somebody so soon is told at once that nobody comes."""


def _must_know_now(change: Change, given: Digest | None, now: datetime) -> bool:
    opening = change.passing.opening
    if opening.end <= now:
        return False
    in_list = given is not None and opening.start < given.until
    return in_list or (change.cancelled and opening.start < now + SOON)


_SEEN = ("rooms", "keys", "goods", "comes", "reserved", "giver")


def _same(one: Passing | None, other: Passing) -> bool:
    """Whether two passings are the same for who stands at the counter."""
    if one is None:
        return False
    return all(getattr(one, part) == getattr(other, part) for part in _SEEN)


def _short_notice(holder: str, changes: tuple[Change, ...], facts: Facts, rules: Rules) -> Notice:
    reader = reader_of(rules.holders[holder], local_day(facts.now, rules), rules)
    content = ShortNotice(holder, changes)
    return Notice(Address(reader.name, reader.address), (reader.language,), content, answers=False)


# --- ends


def last_use(reservation: Reservation, rules: Rules) -> datetime:
    """Return when the last use that is booked or offered ends (UTC); the hour of the request where there is none."""
    held = reservation.options if reservation.state in (*HELD, State.CHANGING) else ()
    offered = [use for option in held for use in option.uses]
    return max((span_of(use, rules).end for use in (*reservation.uses, *offered)), default=reservation.created)


def span_of(use: Use, rules: Rules) -> Span:
    """Return when something is used; things all through their days."""
    return use.when if isinstance(use.when, Span) else whole(use.when, rules)


def is_over(reservation: Reservation, now: datetime, rules: Rules) -> bool:
    """Return whether all is used, brought back, dried and washed: until then it goes on occupying."""
    return all(_end(use, rules) <= now for use in reservation.uses)


def _end(use: Use, rules: Rules) -> datetime:
    ends = [use.when.end if isinstance(use.when, Span) else whole(use.when, rules).end]
    if use.back:
        ends.append(use.back.opening.end)
    for claim in use.claims:
        if isinstance(use.when, Days):
            last = date.fromordinal(claim.last)
            ends.append(whole(Days(last, last), rules).end)
    return max(ends)


def _step(before: Reservation, act: Act, why: str) -> Put:
    after = replace(before, state=next_state(before.state, act), version=before.version + 1)
    return Put(before, after, act, why)


def _utc(moment: datetime | None) -> str:
    return "no hour" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
