"""A key or goods go from one borrower straight to the next, over no counter: where who fetches cannot come, and who has
it before still has it then.

Both must say yes before either is told of the other: who cannot come picks it among the other openings, who has it is
asked, alone. What they answer, or leave unanswered, changes nothing but that. One booking never keeps a hand-over that
the other no longer has (`loosened`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Facts
from mailbot.model.letters import Address
from mailbot.model.notices import Content, Notice
from mailbot.model.reservation import (
    Act,
    Booked,
    Claim,
    Handover,
    Neighbour,
    Option,
    Pending,
    Put,
    Reservation,
    State,
    Use,
    claims_in_force,
    linked,
    next_state,
)
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import DirectAgreed, DirectAsked, DirectAwaited, DirectOff
from mailbot.model.to_key_holders import ShortNotice
from mailbot.model.to_staff import ToStaff
from mailbot.policy.availability import Desk
from mailbot.policy.booking import undo_until
from mailbot.policy.due import notices_of_changes
from mailbot.policy.handovers import first_after, last_before
from mailbot.policy.hours import hold_end
from mailbot.policy.matter import Matter
from mailbot.policy.openings import (
    Passing,
    giver_of,
    is_free_on,
    needed_by,
    of_booking,
    thing_of,
    with_handover,
    without_direct,
)

KEPT_FOR = timedelta(days=7)
"""Who has it before keeps it no longer than that for who comes next."""
HALF_A_DAY = timedelta(hours=12)
"""The day on which goods are used ends at noon of it, and begins at noon, for who passes them on. As long as that the
other openings are still ahead once the answer is there, or not."""
SHORTEST_ASKING = timedelta(hours=4)
"""Nobody is asked who would have less time for the answer."""
AT_THE_DOOR = timedelta(minutes=15)
UNPROVEN = "a From line proves nothing"


class Way(Struct, frozen=True):
    """What would stand with a direct hand-over: of who gives and of who takes it."""

    giver: Reservation
    given: tuple[Use, ...]
    taken: tuple[Use, ...]
    held: tuple[Use, ...]
    """What is taken, less what the giver has itself until then: what an option holds."""
    meeting: Span


def way_from_before(booking: Reservation, passing: Handover, others: Iterable[Reservation], rules: Rules) -> Way | None:
    """Return how what is fetched in an opening could be had from the borrower before: from the last one to have all of
    it, who still brings it back."""
    found = (_between(giver, booking, passing, rules) for giver in others)
    return max((way for way in found if way is not None), key=lambda way: way.meeting.start, default=None)


def answer_by(way: Way, openings: Iterable[Span], now: datetime, rules: Rules) -> datetime | None:
    """Return until when the giver may answer: before it is brought back, and while the other `openings` can still be
    chosen afterwards. None where that is too soon to ask."""
    returns = [use.back.opening.start for use in way.giver.uses if use.back and use not in way.given]
    deadline = min([hold_end(now, rules), way.meeting.end, *returns, *(one.start - HALF_A_DAY for one in openings)])
    return deadline if deadline - now >= SHORTEST_ASKING else None


def _between(giver: Reservation, booking: Reservation, passing: Handover, rules: Rules) -> Way | None:
    """Return the way from one booking to the other, where the first has all that the second fetches, just before."""
    if giver.state is not State.CONFIRMED or giver.code == booking.code or giver.asker == booking.asker:
        return None
    moved = [use for use in booking.uses if use.out == passing]
    hands = {thing: [use for use in moved if thing_of(use) == thing] for thing in dict.fromkeys(map(thing_of, moved))}
    pairs = [(theirs, hand) for hand in hands.values() if (theirs := _same_before(giver, hand, rules))]
    if not pairs or len(pairs) < len(hands):
        return None
    start = max(_free_from(use, rules) for theirs, _ in pairs for use in theirs)
    end = min(_wanted_from(use, rules) for _, hand in pairs for use in hand)
    if end - start > KEPT_FOR:
        return None
    meeting = Span(min(start, end - AT_THE_DOOR), end)
    given, taken, held = (list(one.uses) for one in (giver, booking, booking))
    for theirs, hand in pairs:
        first = _first_cell(theirs, hand, rules)
        for use in theirs:
            assert use.back
            back = Handover(use.back.counter, meeting, Neighbour(booking.code))
            claims = tuple(_until(claim, use, first) for claim in use.claims)
            given[given.index(use)] = replace(use, claims=claims, back=back)
        for use in hand:
            assert use.out
            out = Handover(use.out.counter, meeting, Neighbour(giver.code))
            copy = theirs[0].copy
            claims = tuple(_since(claim, use, copy, first) for claim in use.claims)
            new = replace(use, claims=claims, out=out, copy=copy)
            taken[taken.index(use)] = new
            held[held.index(use)] = replace(new, claims=tuple(_not_theirs(claims, theirs)))
    return Way(giver, tuple(given), tuple(taken), tuple(held), meeting)


def _same_before(giver: Reservation, hand: Sequence[Use], rules: Rules) -> list[Use]:
    """Return what a booking brings back over a counter, in one go and before it is needed, that is all of what a hand
    holds; nothing where it does not dry or is not washed in between."""
    thing = thing_of(hand[0])
    if hand[0].resource in rules.equipment and rules.equipment[hand[0].resource].days_between:
        return []
    same = [use for use in giver.uses if use.back and not use.back.direct and thing_of(use) == thing]
    before = [use for use in same if _is_before(use, hand, rules)]
    if not before:
        return []
    last = max(before, key=lambda use: needed_by(use, rules).end)
    theirs = [use for use in same if use.back == last.back]
    whole_hand = all(_is_before(use, hand, rules) for use in theirs) and _units(theirs) == _units(hand)
    return theirs if whole_hand else []


def _is_before(use: Use, hand: Sequence[Use], rules: Rules) -> bool:
    return needed_by(use, rules).end <= min(needed_by(one, rules).start for one in hand)


def _units(hand: Iterable[Use]) -> int:
    return sum(claim.units for use in hand for claim in use.claims if claim.resource == _claimed(use))


def _claimed(use: Use) -> str:
    """Return what stands in the ledger for what is handed over of a use."""
    return f"key:{use.key}:{use.copy}" if use.key else use.resource


def _free_from(use: Use, rules: Rules) -> datetime:
    end = needed_by(use, rules).end
    return end - HALF_A_DAY if isinstance(use.when, Days) else end


def _wanted_from(use: Use, rules: Rules) -> datetime:
    start = needed_by(use, rules).start
    return start + HALF_A_DAY if isinstance(use.when, Days) else start


def _first_cell(theirs: Iterable[Use], hand: Iterable[Use], rules: Rules) -> int:
    """Return the first cell in which it is the taker's: once the giver would have brought it back, or as soon as it is
    needed, if that is earlier."""
    lasts = [claim.last for use in theirs for claim in use.claims if claim.resource == _claimed(use)]
    needs = [
        use.when.first.toordinal() if isinstance(use.when, Days) else needed_by(use, rules).cells()[0] for use in hand
    ]
    return min(max(lasts) + 1, *needs)


def _until(claim: Claim, use: Use, first: int) -> Claim:
    return replace(claim, last=min(claim.last, first - 1)) if claim.resource == _claimed(use) else claim


def _since(claim: Claim, use: Use, copy: int | None, first: int) -> Claim:
    if claim.resource != _claimed(use):
        return claim
    return replace(claim, resource=_claimed(replace(use, copy=copy)), first=first)


def _not_theirs(claims: Iterable[Claim], theirs: Sequence[Use]) -> Iterator[Claim]:
    """Yield claims without the cells that the giver has: these cannot be lost to others."""
    has = {claim.resource: claim for use in theirs for claim in use.claims if claim.resource == _claimed(use)}
    for claim in claims:
        mine = has.get(claim.resource)
        first = max(claim.first, mine.last + 1) if mine else claim.first
        if first <= claim.last:
            yield replace(claim, first=first)


# --- asked


def wanted(matter: Matter, option: Option) -> Decision:
    """Ask who has it before, where it is proven who wants it so; the other openings stay held meanwhile."""
    booking, facts = matter.conversation, matter.facts
    assert booking
    if not (facts.sender.proven or facts.challenge is Act.CHANGE):
        put = matter.step(matter.reservation(), Act.NOTE, f"{UNPROVEN}: asked once more")
        again = replace(of_booking(put.after, booking.options), unproven=True)
        return matter.answered(again, put.why, puts=(put,))
    if booking.pending and booking.pending.partner:
        return matter.answered(DirectAwaited(booking), "who has it before was asked already")
    way = _of_option(booking, option, facts.others, matter.rules)
    openings = [handover.opening for handover in of_booking(booking, booking.options).openings]
    deadline = answer_by(way, openings, facts.now, matter.rules) if way else None
    if way is None or deadline is None or way.giver.pending is not None:
        return without_direct(
            booking, matter.facts.now, matter.rules, "it cannot be had directly any more", answers=True
        )
    after = matter.reservation(pending=Pending(Act.CHANGE, partner=way.giver.code), deadline=deadline)
    put = matter.step(after, Act.PROPOSE, f"wants it directly from {way.giver.code}, who is asked")
    question = _asked_for(matter, way, deadline, booking.code)
    decision = matter.answered(DirectAwaited(put.after), put.why, puts=(put, question))
    content = DirectAsked(question.after, _passed_on(way), deadline)
    return replace(decision, notices=(*decision.notices, _to(way.giver, content)))


def _asked_for(matter: Matter, way: Way, deadline: datetime, taker: str) -> Put:
    after = replace(way.giver, pending=Pending(Act.NOTE, partner=taker))
    return _step(way.giver, after, Act.NOTE, f"asked to hand it over directly to {taker}", matter)


def _of_option(booking: Reservation, option: Option, others: Iterable[Reservation], rules: Rules) -> Way | None:
    """Return the way that an option is, as things stand now; None where it is no longer the same."""
    passing = next((old.out for new, old in zip(option.uses, booking.uses, strict=True) if new.out != old.out), None)
    giver = [one for one in others if one.code == giver_of(option, booking)]
    way = way_from_before(booking, passing, giver, rules) if passing else None
    return way if way is not None and way.held == option.uses else None


def _passed_on(way: Way) -> tuple[Use, ...]:
    return tuple(use for use in way.given if use not in way.giver.uses)


def _to(booking: Reservation, content: Content) -> Notice:
    return Notice(booking.asker, (booking.language,), content, answers=False)


def _step(before: Reservation, after: Reservation, act: Act, why: str, matter: Matter | None = None) -> Put:
    """Return a step of a booking other than the one at hand, or of the clock."""
    by = matter.facts.sender.address.address if matter else ""
    mail = matter.facts.message_id if matter else ""
    stepped = replace(after, state=next_state(before.state, act), version=before.version + 1)
    return Put(before, stepped, act, why, by, mail)


# --- agreed


def agreed(matter: Matter) -> Decision:
    """Who has it says yes: both bookings say so, and each gets the name and the number of the other."""
    giver = matter.conversation
    assert giver
    found = _waiting_for(giver, matter)
    if found is None:
        return no_longer_asked(matter, giver)
    taker, way = found
    if matter.facts.sender.proven or matter.facts.challenge is Act.NOTE:
        return _passes(matter, giver, taker, way)
    put = matter.step(matter.reservation(), Act.NOTE, f"{UNPROVEN}: asked once more")
    question = DirectAsked(put.after, _passed_on(way), taker.deadline or matter.facts.now)
    return matter.answered(question, put.why, puts=(put,))


def answers_in_vain(matter: Matter) -> bool:
    """Whether the mail answers our question for a direct hand-over, and nobody waits for that any more."""
    booking = matter.conversation
    asked = matter.facts.answered == DirectAsked.template
    return asked and booking is not None and booking.state is State.CONFIRMED and booking.pending is None


def no_longer_asked(matter: Matter, giver: Reservation) -> Decision:
    why = "nobody waits for it any more"
    if giver.pending is None:
        return matter.answered(DirectOff(giver, giver.uses, needed=False), why)
    put = matter.step(matter.reservation(pending=None), Act.NOTE, why)
    return matter.answered(DirectOff(put.after, giver.uses, needed=False), why, puts=(put,))


def _waiting_for(giver: Reservation, matter: Matter) -> tuple[Reservation, Way] | None:
    """Return who waits for the word of a giver, and what would be; None where nobody does any more, or in vain."""
    for taker in matter.facts.others:
        if taker.code == _partner(giver) and _partner(taker) == giver.code:
            option = next((one for one in taker.options if giver_of(one, taker) == giver.code), None)
            way = _of_option(taker, option, (giver,), matter.rules) if option else None
            return (taker, way) if way else None
    return None


def _partner(booking: Reservation) -> str:
    return booking.pending.partner if booking.pending else ""


def _passes(matter: Matter, giver: Reservation, taker: Reservation, way: Way) -> Decision:
    now = matter.facts.now
    start = max(way.meeting.start, now)
    meeting = Span(min(start, way.meeting.end - AT_THE_DOOR), way.meeting.end)
    given = _named(way.given, giver.uses, taker, meeting)
    taken = _named(way.taken, taker.uses, giver, meeting)
    mine = matter.cleared(**_changed(giver, given, now))
    put = matter.step(mine, Act.CHANGE, f"hands it over directly to {taker.code}: both said yes")
    theirs = replace(taker, options=(), hold=(), deadline=None, **_changed(taker, taken, now))
    other = _step(taker, theirs, Act.CHANGE, f"has it directly from {giver.code}: both said yes", matter)
    told = [
        DirectAgreed(one.after, before.uses, undo_until(one.after, matter))
        for one, before in ((put, giver), (other, taker))
    ]
    decision = matter.answered(told[0], put.why, puts=(put, other))
    lists = notices_of_changes(((giver, put.after), (taker, other.after)), matter.facts, matter.rules)
    return replace(decision, notices=(*decision.notices, _to(taker, told[1]), *lists))


def _changed(booking: Reservation, uses: tuple[Use, ...], now: datetime) -> dict[str, Any]:
    return {
        "uses": uses,
        "pending": None,
        "sequence": booking.sequence + 1,
        "before": Booked(booking.uses, booking.attendees),
        "settled": now,
    }


def _named(uses: Iterable[Use], before: Sequence[Use], other: Reservation, meeting: Span) -> tuple[Use, ...]:
    """Return uses with the name, the number and the address of whom something passes to or comes from."""
    whom = Neighbour(other.code, other.asker.name, other.phone or "", other.asker.address)

    def named(handover: Handover | None) -> Handover | None:
        ours = handover is not None and handover.direct is not None and handover.direct.code == other.code
        return replace(handover, opening=meeting, direct=whom) if handover and ours else handover

    return tuple(use if use in before else replace(use, out=named(use.out), back=named(use.back)) for use in uses)


# --- loosened


def with_partners(
    decision: Decision,
    booking_of: Callable[[str], Reservation | None],
    facts_around: Callable[[Reservation], Facts],
    rules: Rules,
) -> Decision:
    """Return a decision with what follows from it for those with whom what it changes shared a direct hand-over, or who
    are asked about one. `booking_of` gives what stands under a code, `facts_around` what is free around a booking."""
    done = {put.after.code for put in decision.puts}
    for put in decision.puts:
        for code in sorted(linked(put.before) - linked(put.after) - done):
            partner = booking_of(code)
            if partner is not None and put.after.code in linked(partner):
                decision = _joined(decision, loosened(put, partner, facts_around(partner), rules))
    return decision


def _joined(one: Decision, other: Decision) -> Decision:
    """Return two decisions as one; a key-holder gets one short letter about both."""
    notices = list(one.notices)
    for notice in other.notices:
        alike = (n for n in notices if n.to == notice.to and isinstance(n.content, ShortNotice))
        told = next(alike, None) if isinstance(notice.content, ShortNotice) else None
        if told is None:
            notices.append(notice)
        elif isinstance(told.content, ShortNotice) and isinstance(notice.content, ShortNotice):
            content = replace(told.content, changes=(*told.content.changes, *notice.content.changes))
            notices[notices.index(told)] = replace(told, content=content)
    return replace(one, because=(*one.because, *other.because), puts=(*one.puts, *other.puts), notices=tuple(notices))


def loosened(put: Put, partner: Reservation, facts: Facts, rules: Rules) -> Decision:
    """Return what becomes of a booking where the one with which it shares a direct hand-over, or is asked about one,
    goes another way in `put`. `facts` know what is free around it."""
    other = put.after.code
    if _partner(partner) == other and partner.state is State.CHANGING:
        return without_direct(partner, facts.now, rules, "who has it before does not hand it over directly")
    if _partner(partner) == other:
        step = _step(partner, replace(partner, pending=None), Act.NOTE, "nobody waits for it any more")
        return Decision(End.IGNORED, (step.why,), (step,))
    desk = Desk(
        facts.occupancy, (*claims_in_force(partner), *claims_in_force(put.before)), [*claims_in_force(put.after)]
    )
    ways = (_over_the_counter(partner, other, copy, facts.now, rules) for copy in _copies(partner, other, rules))
    uses = next((uses for uses in ways if uses is not None and is_free_on(desk, uses)), None)
    if uses is None:
        content = ToStaff("key", partner.asker, partner.subject, None, partner, told=False)
        staff = [Notice(Address(one.name, one.address), (one.language,), content, answers=False) for one in rules.staff]
        return Decision(End.HANDED, ("a direct hand-over is off, and no counter is left",), (), tuple(staff))
    bare = replace(partner, options=(), hold=(), deadline=None, pending=None)
    stands = replace(bare, uses=uses, sequence=partner.sequence + 1, before=None, settled=None)
    step = _step(partner, stands, Act.CHANGE, f"{other} changed: it passes over the counter again")
    lists = notices_of_changes(((partner, step.after),), facts, rules)
    return Decision(End.ANSWERED, (step.why,), (step,), (_to(partner, DirectOff(step.after, partner.uses)), *lists))


def _copies(booking: Reservation, other: str, rules: Rules) -> Sequence[int | None]:
    """Return the copies of a key that may be fetched instead of the one that would have come directly, that one first;
    no number where there is no key to fetch."""
    taken = [use for use in booking.uses if use.key and use.out and use.out.direct and use.out.direct.code == other]
    if not taken or taken[0].key is None:
        return (None,)
    copies = range(1, rules.keys[taken[0].key].copies + 1)
    return sorted(copies, key=lambda copy: copy != taken[0].copy)


def _over_the_counter(
    booking: Reservation, other: str, copy: int | None, now: datetime, rules: Rules
) -> tuple[Use, ...] | None:
    """Return what is booked with the openings that the rules choose, in place of a direct hand-over with another; None
    where one is over."""
    uses = booking.uses
    for use in booking.uses:
        for handover, out in ((use.out, True), (use.back, False)):
            if handover is None or handover.direct is None or handover.direct.code != other:
                continue
            counter, needed = rules.counters[handover.counter], needed_by(use, rules)
            opening = last_before(counter, needed.start, rules) if out else first_after(counter, needed.end, rules)
            if opening is None or opening.start <= now or handover.opening.start <= now:
                return None  # it may have changed hands
            new = with_handover(use, Handover(handover.counter, opening), Passing(handover, out), rules)
            new = _with_copy(new, copy) if out and copy and use.key else new
            uses = tuple(new if one == use else one for one in uses)
    return uses


def _with_copy(use: Use, copy: int) -> Use:
    old, new = _claimed(use), _claimed(replace(use, copy=copy))
    claims = tuple(replace(claim, resource=new) if claim.resource == old else claim for claim in use.claims)
    return replace(use, claims=claims, copy=copy)
