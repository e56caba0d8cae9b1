"""Who fetches the key and the goods in the asker's place, and what else can be done on a day on which nobody can.

A stranger who sends somebody else for the key would have it: both need proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import SAME, Intent, Meaning
from mailbot.model.reservation import (
    BOOKED,
    Act,
    Handover,
    Option,
    Pending,
    Reservation,
    State,
    Use,
    hold_of,
)
from mailbot.model.to_askers import Challenged, CollectorNoted
from mailbot.policy.cancelling import challenge_end
from mailbot.policy.direct import answer_by, way_from_before
from mailbot.policy.due import changed_notices
from mailbot.policy.hours import ONE_DAY, counter_openings, local_day
from mailbot.policy.matter import Matter
from mailbot.policy.openings import Passing, end_of_offer, is_free, needed_by, of_booking, with_handover

SPEAKS = frozenset({Intent.HUMAN, Intent.KEY, Intent.FEEDBACK, Intent.HELP, Intent.ACCEPT, Intent.LIST, Intent.CANCEL})
"""What a mail about the key may look like by itself."""
FARTHEST = 7
"""Days around the opening that does not suit in which another one is looked for."""
MOST = 3


def who_comes(matter: Matter) -> Decision | None:
    """Write down who comes in the asker's place, for the key-holder's list; None where the mail says nothing of it."""
    booking, meaning = matter.conversation, matter.meaning
    if meaning.comes is None or booking is None or booking.state not in BOOKED or meaning.intent not in SPEAKS:
        return None
    if not _fetched(booking) or _answers_something_else(matter):
        return None
    return note_collector(matter)


def _answers_something_else(matter: Matter) -> bool:
    """Whether the mail says yes to another act that waits: that comes first."""
    waits = matter.conversation.pending if matter.conversation else None
    return matter.meaning.intent is Intent.ACCEPT and waits is not None and waits.act is not Act.NOTE


def note_collector(matter: Matter) -> Decision:
    """Write it down where it is proven who says so; else ask the owner."""
    booking, comes = matter.conversation, matter.meaning.comes
    assert booking
    asked = booking.pending.meaning if booking.pending and matter.facts.challenge is Act.NOTE else None
    named = asked is not None and asked.comes == comes
    changing = booking.pending if booking.state is State.CHANGING else None
    if not (matter.facts.sender.proven or named):
        if changing is not None:  # one thing is asked at a time
            return matter.handed("human", "somebody else comes, and a change waits for the owner's word")
        why = "who fetches a key is not believed of a From line: the owner is asked"
        after = matter.reservation(pending=Pending(Act.NOTE, matter.meaning))
        put = matter.step(after, Act.CHALLENGE, why)
        until = challenge_end(put.after, matter.facts.now, matter.rules)
        return matter.answered(Challenged(put.after, Act.NOTE, until, collector=comes), why, puts=(put,))
    put = matter.step(
        matter.reservation(collector=comes, pending=_still_open(booking)), Act.NOTE, "somebody else comes"
    )
    decision = matter.answered(CollectorNoted(put.after), put.why, puts=(put,))
    told = changed_notices(booking, put.after, matter.facts, matter.rules)
    return replace(decision, notices=(*decision.notices, *told))


def _still_open(booking: Reservation) -> Pending | None:
    """Return what is asked of a booking besides who comes."""
    pending = booking.pending
    if pending is not None and (pending.partner or pending.act is not Act.NOTE):
        return pending
    return Pending(Act.CHANGE) if booking.options else None


def _fetched(booking: Reservation) -> bool:
    return any(use.out or use.back for use in booking.uses)


# --- another opening


def cannot_come(matter: Matter) -> Decision | None:
    """Offer the other openings in which what is booked can be fetched or brought back, held; a person where there is
    none; None where the mail says nothing of such a day."""
    booking, meaning = matter.conversation, matter.meaning
    if booking is None or booking.state not in BOOKED or not meaning.prevented or _wants_another(meaning):
        return None
    passing = next(iter(_prevented(booking, matter)), None)
    if passing is None:
        return matter.handed("change", "a day that does not suit, and no other is named") if meaning.items else None
    ways = list(_ways(booking, passing, matter))[:MOST]
    numbered = [Option(number, uses) for number, uses in enumerate(ways, 1)]
    deadline = end_of_offer(booking, numbered, matter.facts.now, matter.rules)
    if direct := _directly(booking, passing, numbered, matter):
        uses, answered_by = direct
        numbered.append(Option(len(numbered) + 1, uses))
        deadline = min(deadline, answered_by)
    if not numbered:
        return matter.handed("key", "no other opening before or after the use")
    options = tuple(numbered)
    after = matter.cleared(
        pending=Pending(Act.CHANGE),
        options=options,
        hold=hold_of((Option(0, booking.uses), *options)),
        deadline=deadline,
    )
    put = matter.step(after, Act.PROPOSE, "cannot come then: other openings")
    return matter.answered(of_booking(put.after, options), put.why, puts=(put,))


def _directly(
    booking: Reservation, passing: Passing, options: Sequence[Option], matter: Matter
) -> tuple[tuple[Use, ...], datetime] | None:
    """Return what is held where it could be had from who has it before, without any counter, and until when that can be
    asked."""
    if not passing.out:
        return None
    before = (one for one in matter.facts.others if one.pending is None or one.pending.partner == booking.code)
    way = way_from_before(booking, passing.handover, before, matter.rules)
    openings = [handover.opening for handover in of_booking(booking, options).openings]
    until = answer_by(way, openings, matter.facts.now, matter.rules) if way else None
    if way is None or until is None or not is_free(way.held, booking, matter.facts):
        return None
    return way.held, until


def _wants_another(meaning: Meaning) -> bool:
    """Whether a mail names something else than the days that do not suit: that is a change, and says to what."""
    return any(
        item.resources != (SAME,) or not {slot.day for slot in item.slots} <= meaning.prevented
        for item in meaning.items
    )


def _prevented(booking: Reservation, matter: Matter) -> Iterator[Passing]:
    """Yield the handovers on the days that do not suit; where there is none on them, the next on such a weekday:
    "vendredi" is said of the Friday of the key."""
    days = matter.meaning.prevented
    ahead = list(_ahead(booking, matter))
    yield from (passing for day, passing in ahead if day in days)
    yield from (passing for day, passing in ahead if day.weekday() in {one.weekday() for one in days})


def _ahead(booking: Reservation, matter: Matter) -> Iterator[tuple[date, Passing]]:
    """Yield the handovers over a counter that are still to come, each with its day."""
    for use in sorted(booking.uses, key=lambda use: str(use.when)):
        for handover, out in ((use.out, True), (use.back, False)):
            if handover is not None and not handover.direct and handover.opening.end > matter.facts.now:
                yield local_day(handover.opening.start, matter.rules), Passing(handover, out)


def _ways(booking: Reservation, passing: Passing, matter: Matter) -> Iterator[tuple[Use, ...]]:
    """Yield what would be booked with each other opening of the counter, nearest first, as far as it is free."""
    rules, now = matter.rules, matter.facts.now
    counter = rules.counters[passing.handover.counter]
    day = local_day(passing.handover.opening.start, rules)
    moved = [use for use in booking.uses if (use.out if passing.out else use.back) == passing.handover]
    needed = [needed_by(use, rules) for use in moved]
    edge = min(span.start for span in needed) if passing.out else max(span.end for span in needed)
    for ahead in range(1, FARTHEST + 1):
        other = day - ahead * ONE_DAY if passing.out else day + ahead * ONE_DAY
        openings = counter_openings(counter, other, rules)
        for opening in reversed(openings) if passing.out else openings:
            in_time = opening.end <= edge and opening.start > now if passing.out else opening.start >= edge
            if other in matter.meaning.prevented or not in_time:
                continue
            handover = Handover(passing.handover.counter, opening)
            uses = tuple(with_handover(use, handover, passing, rules) if use in moved else use for use in booking.uses)
            if is_free(uses, booking, matter.facts):
                yield uses
