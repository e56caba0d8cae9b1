"""What is booked under reserve of the College: its list for a meeting, and what follows from its yes or no.

What is booked so is a booking in all else. Nothing becomes of it by itself: staff say what was decided, and are
reminded where they do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.cases import Ballot, Vote, Voted
from mailbot.model.decision import Decision, End
from mailbot.model.notices import Notice
from mailbot.model.reservation import Act, Approval, Put, Reservation, State, next_state
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_askers import Firm
from mailbot.model.to_staff import CollegeList, CollegeTold, Listing, Ruled, Ruling
from mailbot.policy.approvals import to_people
from mailbot.policy.booking import first_start
from mailbot.policy.due import changed_notices, is_blocked
from mailbot.policy.matter import Matter
from mailbot.policy.needs import things
from mailbot.policy.reserve import MARK
from mailbot.policy.withdrawing import begun, name_of, offered_after_all, takes_back, withdrawn


class Clerk(Struct, frozen=True):
    """Who says what was decided, of which meeting, by which mail."""

    person: Staff
    meeting: date
    mail: str
    """Message-ID."""


# --- the list


def number_of(booking: Reservation, meeting: date) -> int:
    """Return the number of a booking in the list of a meeting; 0 where it was not in it."""
    mark = f"{MARK}{meeting}:"
    return next((int(name.removeprefix(mark)) for name in booking.told if name.startswith(mark)), 0)


def listed(meeting: date, booked: Iterable[Reservation], now: datetime, rules: Rules) -> Decision | None:
    """Return the list for a meeting, to staff: what is booked under reserve and still ahead, soonest first; None where
    there is nothing."""
    waiting = [
        one for one in awaited(booked, now, rules) if one.reserve and (one.reserve.meeting or meeting) <= meeting
    ]
    if not waiting:
        return None
    puts = tuple(_on_list(one, number, meeting) for number, one in enumerate(waiting, 1))
    lines = tuple(Listing(number, put.after) for number, put in enumerate(puts, 1))
    notices = to_people(rules.staff, CollegeList(meeting, lines))
    return Decision(End.ANSWERED, (f"list for the College of {meeting}: {len(lines)}",), puts, notices)


def asked_again(meeting: date, booked: Iterable[Reservation], now: datetime, rules: Rules) -> Decision | None:
    """Return the reminder of what was decided at a meeting that is over: what nobody told yet, with its numbers."""
    waiting = [one for one in awaited(booked, now, rules) if number_of(one, meeting)]
    if not waiting:
        return None
    notices = to_people(rules.staff, CollegeList(meeting, _lines(waiting, meeting), again=True))
    return Decision(End.ANSWERED, (f"the College's decisions of {meeting} are not told: {len(waiting)}",), (), notices)


def awaited(booked: Iterable[Reservation], now: datetime, rules: Rules) -> list[Reservation]:
    """Return what is booked under reserve and not over, soonest first."""
    waiting = [one for one in booked if one.reserved and any(first_start(use.when, rules) > now for use in one.uses)]
    return sorted(waiting, key=lambda one: (min(first_start(use.when, rules) for use in one.uses), one.code))


def _lines(waiting: Iterable[Reservation], meeting: date) -> tuple[Listing, ...]:
    lines = (Listing(number_of(one, meeting), one) for one in waiting)
    return tuple(sorted(lines, key=lambda line: line.number))


def _on_list(booking: Reservation, number: int, meeting: date) -> Put:
    after = replace(booking, told=(*booking.told, f"{MARK}{meeting}:{number}"))
    return _step(booking, after, Act.REMIND, f"number {number} of the College's list of {meeting}")


def _step(before: Reservation, after: Reservation, act: Act, why: str) -> Put:
    return Put(before, replace(after, state=next_state(before.state, act), version=before.version + 1), act, why)


# --- what is said of it


def understood(ballot: Ballot, lines: Iterable[Listing]) -> tuple[dict[str, Voted], tuple[str, ...]]:
    """Return what was decided, by code, and what is not clear: a line that was not understood, a number or a code that
    is not in the list, a yes and a no to the same. What is said of one goes before what is said of all."""
    by_number = {line.number: line.reservation.code for line in lines}
    codes = set(by_number.values())
    found: dict[str, Voted] = {}
    unclear = list(ballot.unclear)
    for vote in ballot.votes:
        named = [*vote.codes, *(by_number.get(number, str(number)) for number in vote.numbers)]
        unclear += [code for code in named if code not in codes]
        unclear += [code for code in named if code in found and found[code].vote is not vote.vote]
        found |= dict.fromkeys((code for code in named if code in codes), vote)
    of_all = [vote for vote in ballot.votes if not (vote.numbers or vote.codes)]
    if len({vote.vote for vote in of_all}) > 1:
        unclear.append("")
    rest = dict.fromkeys(codes - found.keys(), of_all[0]) if of_all else {}
    return {**found, **rest}, tuple(unclear)


def ruled(vote: Voted, matter: Matter, clerk: Clerk) -> tuple[Ruling, Decision | None, str]:
    """Return what becomes of one booking of the list, and who had said it before. `matter` is that of the booking, as
    if its asker had written, and were proven."""
    booking, rules = matter.conversation, matter.rules
    assert booking
    reserve = booking.reserve
    if reserve is None or not number_of(booking, clerk.meeting):
        return Ruling.OVER, None, ""
    if reserve.granted is not None:
        return _said_before(vote, reserve, matter, clerk)
    if not booking.reserved:
        return Ruling.OVER, None, ""
    if vote.vote is Vote.LATER:
        return Ruling.LATER, None, ""
    agrees, now = vote.vote is Vote.YES, matter.facts.now
    decided = replace(reserve, granted=agrees, by=clerk.person.address, said=vote.reason, uses=booking.uses, at=now)
    if not agrees:
        return _no(matter, decided, clerk)
    if is_blocked(booking.uses, rules):
        return Ruling.CLOSED, None, ""
    return Ruling.FIRM, _by(_firm(matter, decided), clerk), ""


def _no(matter: Matter, decided: Approval, clerk: Clerk) -> tuple[Ruling, Decision | None, str]:
    booking = matter.conversation
    assert booking
    if begun(booking, matter.facts.now, matter.rules):
        return Ruling.BEGUN, None, ""
    decision = withdrawn(matter, decided)
    offered = decision.puts[0].after.state is State.OFFERED
    return Ruling.OFFERED if offered else Ruling.WITHOUT, _by(decision, clerk), ""


def _said_before(vote: Voted, reserve: Approval, matter: Matter, clerk: Clerk) -> tuple[Ruling, Decision | None, str]:
    """What was said before stands, unless who said it takes it back within a day."""
    booking, agrees = matter.conversation, vote.vote is Vote.YES
    assert booking
    who = name_of(reserve.by, matter.rules)
    if vote.vote is Vote.LATER or agrees is reserve.granted:
        return Ruling.DECIDED, None, who
    if not takes_back(reserve, clerk.person, matter.facts.now):
        return Ruling.DECIDED, None, who
    decided = replace(reserve, granted=agrees, said=vote.reason, at=matter.facts.now)
    if not agrees:
        stands = booking.state is State.CONFIRMED and things(booking.uses) == things(reserve.uses)
        return _no(matter, decided, clerk) if stands else (Ruling.OVER, None, "")
    decision = offered_after_all(matter, decided)
    return (Ruling.BACK, _by(decision, clerk), "") if decision else (Ruling.OVER, None, "")


def _firm(matter: Matter, decided: Approval) -> Decision:
    booking = matter.conversation
    assert booking
    after = replace(booking, reserve=decided, sequence=booking.sequence + 1)
    put = _step(booking, after, Act.AGREE, f"the College agreed on {decided.meeting}")
    everybody = (booking.asker, *booking.colleagues)
    letters = [Notice(one, (booking.language,), Firm(put.after)) for one in everybody]
    letters[1:] = [replace(letter, answers=False) for letter in letters[1:]]
    told = changed_notices(booking, put.after, matter.facts, matter.rules)
    return Decision(End.ANSWERED, (put.why,), (put,), (*letters, *told), booking.code)


def _by(decision: Decision, clerk: Clerk) -> Decision:
    puts = tuple(replace(put, by=clerk.person.address, mail=clerk.mail) for put in decision.puts)
    return replace(decision, puts=puts)


def told(
    clerk: Clerk, outcomes: Iterable[Ruled], left: Iterable[Reservation], unclear: tuple[str, ...] = ()
) -> Decision:
    """Return the word to who of the staff said what was decided."""
    content = CollegeTold(clerk.meeting, tuple(outcomes), _lines(left, clerk.meeting), unclear)
    because = tuple(f"{one.listing.reservation.code}: {one.ruling}" for one in content.ruled)
    why = because or ("what the College decided is not clear: nothing is done",)
    return Decision(End.ANSWERED, why, (), to_people((clerk.person,), content))
