"""A booking is to become another one: looked at as a new request against everything but itself, all or nothing.

What stands goes on standing until the new one is sure. Nothing is changed without proof; without it, what is asked for
is held, and the owner is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Intent, Lack, Meaning, Slot
from mailbot.model.objections import TooManyPeople
from mailbot.model.reservation import BOOKED, Act, Booked, Option, Pending, Reservation, State, Use, hold_of
from mailbot.model.to_askers import (
    Asked,
    Challenged,
    Changed,
    ChangeOffered,
    Confirmed,
    DirectAwaited,
    Handed,
    Unchanged,
)
from mailbot.policy import because
from mailbot.policy.alternatives import alternatives, fewer_units, free_dates, part_of, without
from mailbot.policy.amendments import (
    Amendment,
    Unclear,
    amended,
    as_uses,
    between,
    for_each_date,
    missing_of,
    readings_of,
    rooms_in_question,
    said_in_all,
)
from mailbot.policy.approvals import asked, needed
from mailbot.policy.approvals import deadline_of as end_of_approval
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.booking import UNDO, deadline_of, not_lent, undo_until
from mailbot.policy.cancelling import challenge_end, give_up
from mailbot.policy.checks import Weighed, weighed
from mailbot.policy.continued import spoken_of
from mailbot.policy.direct import wanted
from mailbot.policy.due import changed_notices, is_blocked
from mailbot.policy.hours import not_at_night
from mailbot.policy.matter import Matter
from mailbot.policy.openings import giver_of, is_free, is_of_openings, of_booking, with_chosen
from mailbot.policy.questions import FRUITLESS
from mailbot.policy.reserve import under_reserve
from mailbot.policy.which import ask_which


def change(matter: Matter) -> Decision:
    """Decide what a mail asks of a booking: another day, hours, room or number, more or less of it."""
    booking = matter.conversation
    if booking is None or booking.state not in BOOKED:
        return _which(matter)
    meaning = said_in_all(matter.meaning, booking, matter.rules)
    if not _says_something(meaning):
        return matter.handed("change", "a change that is not understood")
    readings = readings_of(meaning, booking, matter.facts.now, matter.rules)
    if lacks := missing_of(readings[0], matter.rules):
        return _inquire(matter, meaning, lacks=lacks)
    try:
        ways = [amended(reading, booking, matter.facts.now, matter.rules) for reading in readings]
    except Unclear as unclear:
        rivals = for_each_date(readings[0], booking, unclear.dates, matter.rules)
        return _inquire(matter, meaning, rivals=rivals) if rivals else matter.handed("change", str(unclear))
    distinct = list({way.pieces: way for way in reversed(ways)}.values())[::-1]
    if len(distinct) > 1 and not meaning.either:
        return _inquire(matter, meaning, rivals=[(way.reading, _first_new(way, booking, matter)) for way in distinct])
    return _settle(matter, meaning, distinct[0])


def _which(matter: Matter) -> Decision:
    booked = spoken_of(matter.meaning, matter.ahead(*BOOKED), matter.rules)
    if matter.conversation is None and booked and not matter.meaning.references:
        return ask_which(matter, booked)
    return matter.handed("change", "a change of what is not booked")


def _says_something(meaning: Meaning) -> bool:
    said = meaning.items or meaning.attendees is not None or meaning.hours != (None, None)
    return bool(said) or meaning.intent is Intent.CANCEL


def _first_new(way: Amendment, booking: Reservation, matter: Matter) -> Slot:
    old = Basket.of(pieces_of(booking.uses, matter.rules)).pieces
    pieces = [piece for piece in way.pieces if piece not in old] or way.pieces
    return min((piece for piece in pieces), key=lambda piece: (not piece.is_room, piece.slot.day, str(piece.slot))).slot


# --- asked about


def _inquire(
    matter: Matter,
    meaning: Meaning,
    *,
    lacks: frozenset[Lack] = frozenset(),
    rivals: Sequence[tuple[Meaning, Slot]] = (),
) -> Decision:
    """Ask what is missing before the change; what is booked stands. After two questions that brought nothing new a
    person takes over."""
    booking = matter.conversation
    assert booking
    fruitless = booking.questions + 1 if _is_asked(booking) else 0
    slots = tuple(slot for _, slot in rivals)
    if fruitless >= FRUITLESS or len(set(slots)) != len(slots):
        return _to_a_person(matter)
    pending = Pending(Act.CHANGE, replace(meaning, missing=lacks), tuple(rival for rival, _ in rivals))
    after = matter.cleared(pending=pending, questions=fruitless, slots=slots)
    why = f"missing before a change: {', '.join(sorted(lacks)) or 'which of the rival readings'}"
    put = matter.step(after, Act.INQUIRE, why)
    return matter.answered(Asked(put.after, lacks, (), slots), why, puts=(put,))


def _is_asked(booking: Reservation) -> bool:
    return booking.state is State.CHANGING and not booking.options


def _to_a_person(matter: Matter) -> Decision:
    why = "two questions brought nothing new"
    state = matter.conversation.state if matter.conversation else State.NEW
    puts = (matter.step(matter.cleared(pending=None), Act.DECLINE, why),) if state is State.CHANGING else ()
    after = puts[0].after if puts else matter.conversation
    notices = (matter.letter(Handed(after)), *matter.to_staff("questions", after))
    return Decision(End.HANDED, (why,), puts, notices, after.code if after else "")


# --- looked at


def _settle(matter: Matter, meaning: Meaning, way: Amendment) -> Decision:
    booking = matter.conversation
    assert booking
    if way.gives_all_up and not (way.pieces and _is_still_out(booking, matter)):
        return give_up(matter, booking)
    if (
        way.pieces == between(booking, booking.uses, None, matter.rules).pieces
        and way.new.attendees == booking.attendees
    ):
        return matter.answered(Confirmed(booking, undo_until(booking, matter)), "it is booked like this already")
    here, one = weighed_change(matter, way)
    pending = Pending(Act.CHANGE, meaning)
    if one.possible:
        return carried_out(matter, one.uses, pending, one.basket.attendees, one)
    return offer_instead(here, one, pending)


def _is_still_out(booking: Reservation, matter: Matter) -> bool:
    """Whether a key or goods are out: what was used already must stand until they are back."""
    now = matter.facts.now
    return any(use.out and use.back and use.out.opening.start <= now < use.back.opening.end for use in booking.uses)


def weighed_change(matter: Matter, way: Amendment) -> tuple[Matter, Weighed]:
    """Return the change as it would be booked, with the matter as it was weighed in. Where more people come than a
    room holds that stays, it is the room that is looked for anew."""
    here = _beside(matter, way)
    one = weighed(way.new, here.facts, matter.rules)
    if any(isinstance(objection, TooManyPeople) for objection in one.objections) and not way.new.rooms:
        here = _beside(matter, rooms_in_question(way))
        one = weighed(rooms_in_question(way).new, here.facts, matter.rules)
    booking = matter.conversation
    if booking is not None and one.possible:
        one = replace(one, uses=with_chosen(one.uses, booking, here.facts, matter.rules))
    return here, one


def _beside(matter: Matter, way: Amendment) -> Matter:
    return replace(matter, facts=replace(matter.facts, stays=as_uses(way.stays, matter.rules)))


def offer_instead(matter: Matter, one: Weighed, pending: Pending) -> Decision:
    """Hold what could be had instead, besides what stands; say no where there is nothing."""
    facts, rules, booking = matter.facts, matter.rules, matter.conversation
    assert booking
    reasons = because.of_objections(one.objections, rules)
    part = part_of(one, (fewer_units, free_dates), facts, rules) if one.basket.pieces else None
    moves = one.basket.rooms or (one.basket.pieces and not facts.stays)  # what goes with a room that stays is not moved
    options = (part,) if part else alternatives([one], facts, rules) if moves else ()
    if not options and one.basket.pieces and (part := part_of(one, (without,), facts, rules)):
        options = (part,)
    if not options:
        return matter.answered(Unchanged(booking, one.objections), *reasons)
    numbered = tuple(Option(number, other.uses) for number, other in enumerate(options, 1))
    after = _holding(matter, numbered, pending, deadline_of(options, matter))
    put = matter.step(after, Act.PROPOSE, "; ".join(reasons)[:200])
    return matter.answered(ChangeOffered(put.after, one.objections), *reasons, puts=(put,))


def _holding(matter: Matter, options: tuple[Option, ...], pending: Pending, deadline: datetime) -> Reservation:
    booking = matter.conversation
    assert booking
    hold = hold_of((Option(0, booking.uses), *options))
    return matter.cleared(pending=pending, options=options, hold=hold, deadline=deadline)


# --- carried out


def carried_out(
    matter: Matter, uses: tuple[Use, ...], pending: Pending, attendees: int | None, one: Weighed | None = None
) -> Decision:
    """Change it where it is proven who asks and nobody must agree; else hold it, and ask the owner, or those who
    decide."""
    booking = matter.conversation
    assert booking
    if matter.facts.sender.proven or matter.facts.challenge is pending.act:
        whole = one or Weighed(Basket.of(pieces_of(uses, matter.rules), attendees), uses, ())
        reasons = needed(whole, pending.meaning, matter) if pending.act is Act.CHANGE else ()
        if reasons:
            held = _holding(matter, (Option(1, uses),), pending, end_of_approval(whole, matter))
            return asked(matter, held, Act.PROPOSE, reasons)
        return _changed(matter, uses, pending, attendees)
    why = "a From line proves nothing: the owner is asked"
    comes = pending.meaning.comes if pending.meaning else None
    if one is not None and not one.basket.pieces:  # nothing new to be held
        after = matter.cleared(pending=pending)
        put = matter.step(after, Act.CHALLENGE, why)
    else:
        deadline = deadline_of((one,), matter) if one else booking.deadline
        assert deadline
        put = matter.step(_holding(matter, (Option(1, uses),), pending, deadline), Act.PROPOSE, why)
    until = challenge_end(put.after, matter.facts.now, matter.rules)
    return matter.answered(Challenged(put.after, pending.act, until, uses=uses, collector=comes), why, puts=(put,))


def _changed(matter: Matter, uses: tuple[Use, ...], pending: Pending, attendees: int | None) -> Decision:
    booking = matter.conversation
    assert booking
    undone = pending.act is Act.UNDO
    comes = pending.meaning.comes if pending.meaning else None
    besides = matter.meaning.comes if comes is None else None
    proven = matter.facts.sender.proven
    after = matter.cleared(
        uses=uses,
        attendees=attendees,
        pending=None,
        sequence=booking.sequence + 1,
        collector=comes or (besides if proven else None) or booking.collector,
        before=None if undone else Booked(booking.uses, booking.attendees),
        settled=None if undone else matter.facts.now,
    )
    reasons = tuple(because.of_use(use, matter.rules) for use in uses if use not in booking.uses)
    reasons = reasons or ("less than before",)
    whole = Weighed(Basket.of(pieces_of(uses, matter.rules), attendees), uses, ())
    put = matter.step(under_reserve(after, whole, pending.meaning, matter), pending.act, "; ".join(reasons)[:200])
    until = None if undone else undo_until(put.after, matter)
    content = Changed(put.after, booking.uses, until, undone, not_lent(pending.meaning, matter.rules), pending.meaning)
    decision = matter.answered(content, *reasons, puts=(put,))
    told = changed_notices(booking, put.after, matter.facts, matter.rules)
    looked_at = matter.to_staff("human", put.after) if besides and not proven else ()
    return replace(decision, notices=(*decision.notices, *told, *looked_at))


# --- answered


def accept_change(matter: Matter) -> Decision:
    """The asker agrees to what our letter about a change proposed, or answers the question it asked."""
    booking = matter.conversation
    assert booking
    assert booking.pending
    meaning = booking.pending.meaning
    if not booking.options and meaning is None:
        return matter.handed("human", "agrees, and it is not clear to what")
    if not booking.options and meaning is not None:
        said = matter.meaning if _is_asked(booking) else replace(meaning, language=matter.meaning.language)
        return change(replace(matter, meaning=said))
    option = _chosen(matter, booking)
    if option is None and booking.state is not State.CHANGING:  # the hold is over, and no number was said
        return change(replace(matter, meaning=meaning)) if meaning else matter.handed("human", "which option, too late")
    if option is None:
        return _which_option(matter, booking)
    if giver_of(option, booking):
        return wanted(matter, option)
    attendees = booking.attendees
    if meaning is not None and meaning.attendees is not None:
        attendees = meaning.attendees
    arrived = matter.facts.arrived or matter.facts.now
    held = booking.state is State.CHANGING and booking.deadline and arrived <= booking.deadline
    if held and not is_blocked(option.uses, matter.rules):
        return carried_out(matter, option.uses, booking.pending, attendees)
    return _accepted_late(matter, option, booking.pending, attendees)


def _which_option(matter: Matter, booking: Reservation) -> Decision:
    why = f"which of {len(booking.options)} options is not clear"
    if booking.pending and booking.pending.partner:
        return matter.answered(DirectAwaited(booking), f"{why}; another is asked about one")
    put = matter.step(matter.reservation(), Act.NOTE, why)
    content = of_booking(put.after, put.after.options) if is_of_openings(booking) else ChangeOffered(put.after, ())
    return matter.answered(content, why, puts=(put,))


def _chosen(matter: Matter, booking: Reservation) -> Option | None:
    number = matter.meaning.option
    if number is None:
        return booking.options[0] if len(booking.options) == 1 else None
    return next((option for option in booking.options if option.number == number), None)


def _accepted_late(matter: Matter, option: Option, pending: Pending, attendees: int | None) -> Decision:
    """The hold is over: carried out if it is still free, else looked at again."""
    booking = matter.conversation
    assert booking
    way = between(booking, option.uses, attendees, matter.rules)
    here, one = weighed_change(matter, way)
    if one.possible:
        return carried_out(matter, one.uses, pending, attendees, one)
    return offer_instead(here, one, pending)


def leave_as_it_is(matter: Matter) -> Decision:
    """The owner does not want what waits for their word: what is booked stays, unless it is closed by then."""
    booking = matter.conversation
    assert booking
    if is_blocked(booking.uses, matter.rules):
        return matter.handed("change", "wants none of what is offered for what is blocked")
    act = Act.DECLINE if booking.state is State.CHANGING else Act.NOTE
    put = matter.step(matter.cleared(pending=None), act, "not wanted: nothing changes")
    return matter.answered(Unchanged(put.after), put.why, puts=(put,))


# --- undone


def undo(matter: Matter) -> Decision:
    """A bare NO to a confirmation or a change puts back what was before, if it is still free."""
    booking = matter.conversation
    assert booking
    arrived = matter.facts.arrived or matter.facts.now
    if booking.settled is None or arrived > not_at_night(booking.settled + UNDO, matter.rules):
        return give_up(matter, booking, asked_twice=True)
    if booking.before is None:
        return give_up(matter, booking)
    stood = booking.before
    if _same_but_openings(stood.uses, booking.uses) and is_free(stood.uses, booking, matter.facts):
        as_it_was = Weighed(Basket.of(pieces_of(stood.uses, matter.rules), stood.attendees), stood.uses, ())
        return carried_out(matter, stood.uses, Pending(Act.UNDO), stood.attendees, as_it_was)
    way = between(booking, booking.before.uses, booking.before.attendees, matter.rules)
    here, one = weighed_change(matter, way)
    if one.possible:
        return carried_out(matter, one.uses, Pending(Act.UNDO), booking.before.attendees, one)
    return offer_instead(here, one, Pending(Act.CHANGE))


def _same_but_openings(uses: Sequence[Use], others: Sequence[Use]) -> bool:
    """Whether the same things are booked at the same times, and only fetched or brought back otherwise."""
    told = [[(use.resource, use.quantity, use.when) for use in each] for each in (uses, others)]
    return told[0] == told[1]
