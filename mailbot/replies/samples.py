"""Every letter, filled in with sample values of the commune's own rules, to be approved: those to who asks, and those
to who runs it (staff, stewards, key-holders, who manages a place)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from mailbot.model.behalf import Party, Unknown, Unresolved
from mailbot.model.cases import Case
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address
from mailbot.model.meaning import Collector, Intent, Item, Lack, Language, Meaning
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import Taken
from mailbot.model.personal import Personal
from mailbot.model.reports import Blocked, Deed, Outcome, Passed, Statement, Verb
from mailbot.model.reservation import Act, Approval, Handover, Neighbour, Option, Pending, Reservation, State, Use
from mailbot.model.rules import Counter, Room, Rules
from mailbot.model.spans import Days, Hours, Span
from mailbot.model.to_askers import (
    AnswerBy,
    ApprovedOtherwise,
    Asked,
    BroughtBack,
    Cancelled,
    Challenged,
    Changed,
    ChangeOffered,
    CollectorNoted,
    Confirmed,
    DataAsked,
    Declined,
    DirectAgreed,
    DirectAsked,
    DirectAwaited,
    DirectOff,
    Displaced,
    Evaluated,
    Examined,
    Firm,
    ForgetAsked,
    Forgotten,
    Free,
    Freed,
    Freeing,
    FreeSlot,
    GoesOn,
    Handed,
    Helped,
    Kept,
    Lapsed,
    Listed,
    NotApproved,
    NotFetched,
    Offered,
    OnCall,
    OnTheSpot,
    OpeningsOffered,
    OptionHeld,
    Overdue,
    PersonSays,
    Problem,
    Proposed,
    Refused,
    Reminded,
    Repeated,
    ShortWarned,
    StillNeeded,
    Thanked,
    Unchanged,
    Vouching,
    WaitedInVain,
    Waits,
    Which,
    Withdrawn,
    YourData,
)
from mailbot.model.to_key_holders import (
    Change,
    Coming,
    Digest,
    Direction,
    Doubt,
    Passing,
    ReportChallenged,
    ReportTold,
    ReportUnclear,
    Shortfall,
    ShortNotice,
    Unclear,
)
from mailbot.model.to_staff import (
    Alert,
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    BlockUnclear,
    Carried,
    CaseTold,
    CollegeList,
    CollegeTold,
    Dealt,
    DraftShown,
    Inside,
    Listing,
    Morning,
    OverdueTold,
    OwnersTold,
    Puzzle,
    Recalled,
    Ruled,
    Ruling,
    Settled,
    StillInside,
    ToStaff,
    Waiting,
    WeekPlan,
)
from mailbot.replies.phrases import Formats

CODE = "R-7K3F2"
WEEKS_AHEAD = timedelta(weeks=4)
ONE_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
EVENING = Hours(18 * 60, 22 * 60)


def samples(rules: Rules, words: Formats, language: Language, now: datetime) -> list[Notice]:
    """Return each letter in a language; `words` are the table `samples` of that language, `now` is aware."""
    asker = Address(words["asker"], "asker@example.org")
    house = Address(rules.staff[0].name, rules.staff[0].address)
    theirs = [Notice(asker, (language,), content) for content in _to_askers(rules, words, language, asker, now)]
    ours = _to_the_house(rules, words, language, asker, now)
    return [*theirs, *(Notice(house, (language,), content, answers=False) for content in ours)]


def _to_askers(rules: Rules, words: Formats, language: Language, asker: Address, now: datetime) -> Iterator[Content]:
    uses = _uses(rules, now)
    later = tuple(_moved(use, A_WEEK) for use in uses)
    request = Meaning(language, Intent.BOOK, (Item((uses[0].resource,), words=(words["request"],)),), attendees=30)
    booked = Reservation(CODE, asker, language, now, State.CONFIRMED, 1, 1, None, words["subject"], 30)
    booked = replace(booked, uses=uses, request=request)
    end = now + timedelta(days=2)
    two = (Option(1, uses), Option(2, later))
    offered = replace(booked, state=State.OFFERED, uses=(), options=two, deadline=end)
    one = replace(offered, options=two[:1])
    none = replace(booked, state=State.REFUSED, uses=())
    changing = replace(booked, state=State.CHANGING, options=two, deadline=end, pending=Pending(Act.CHANGE, request))
    taken = (Taken(uses[0].resource, uses[0].when),)
    needs = tuple(rules.approvals.needs)[:1]
    college = tuple(rules.college.needs)[:1]
    examined = replace(one, state=State.EXAMINED, approval=Approval(1, needs, now))
    first, last = _days(uses[0]).first, _days(later[0]).last
    site = rules.rooms[uses[0].resource].site
    passing = _passing(uses[0], asker, booked, rules)
    yield Confirmed(booked, end)
    yield OptionHeld(one)
    yield Waits(replace(none, state=State.WAITING), uses)
    yield Freed(one)
    yield WaitedInVain(replace(none, state=State.LAPSED), uses)
    if needs:  # where the rules want nobody's yes, these are never sent
        yield Examined(examined)
        yield ApprovedOtherwise(one, words["said"])
        yield NotApproved(none, needs, uses, words["said"])
    if needs or college:
        yield Withdrawn(offered, uses, words["said"], bool(college), college or needs)
    if college:
        reserved = replace(booked, reserve=Approval(1, college, now, meeting=next_meeting_after(now, rules)))
        yield Confirmed(reserved, end)
        yield Firm(booked)
    yield Offered(offered, taken)
    yield Proposed(one, booked)
    yield Refused(none, taken)
    yield Asked(replace(none, state=State.ASKED), frozenset({Lack.DATE, Lack.START, Lack.END}))
    yield Which(replace(booked, uses=()), (booked, replace(booked, code="R-9F4YB", uses=later)))
    yield Repeated(replace(none, state=State.ASKED), booked, uses)
    newcomer = Address(words["collector"], "newcomer@example.org")
    yield Vouching(booked, newcomer)
    yield Vouching(None, newcomer)
    yield Vouching(booked, newcomer, vouched=True)
    yield Handed(booked)
    yield PersonSays(words["letter"], rules.staff[0].name, booked)
    case = Case("sample", "human", asker, (language,), words["subject"], "", now)
    yield AnswerBy(case, first, booked)
    yield Changed(replace(booked, uses=later), uses, end)
    yield ChangeOffered(changing, taken)
    yield Unchanged(booked, taken)
    yield Displaced(changing, uses[:1], taken)
    yield CollectorNoted(replace(booked, collector=Collector(words["collector"], rules.commune.phone)))
    yield OpeningsOffered(changing, tuple(use.out for use in (uses[0], later[0]) if use.out), fetching=True)
    yield from _directly(booked, changing, words["collector"], rules.commune.phone, end)
    yield Challenged(booked, Act.CANCEL, end)
    yield Cancelled(booked)
    yield Declined(replace(none, state=State.DECLINED))
    yield Lapsed(replace(none, state=State.LAPSED))
    yield Free((FreeSlot(uses[0].resource, uses[0].when, 1),))
    yield Listed((booked, replace(offered, code="R-9F4YB")))
    yield Listed((offered,), arrived=True)
    yield Listed((), arrived=True)
    yield Helped()
    yield Reminded(booked)
    yield Evaluated(booked)
    yield Thanked(booked, Evaluation(CODE, first, now, asker.address, answered=now, scores=(4, 5, 5)))
    yield GoesOn(booked, later, first, last)
    yield Kept(booked, later, first)
    yield Freeing(booked, later, first)
    yield Overdue(booked, passing, 1, passing.opening)
    yield NotFetched(booked, passing, passing.opening)
    yield ShortWarned(booked, Shortfall(booked, uses[-1].resource, uses[-1].quantity, 0, passing.opening))
    yield BroughtBack(booked)
    yield OnTheSpot(booked, uses[:1])
    yield OnCall((site,))
    yield DataAsked()
    yield YourData(Personal(asker.address, (booked,), document="{}"))
    yield ForgetAsked()
    yield StillNeeded((booked,))
    yield Forgotten()


def _to_the_house(rules: Rules, words: Formats, language: Language, asker: Address, now: datetime) -> Iterator[Content]:
    """Yield the letters to those who run it, with what they are about."""
    uses = _uses(rules, now)
    booked = Reservation(CODE, asker, language, now, State.CONFIRMED, 1, 1, None, words["subject"], 30, uses=uses)
    end = now + timedelta(days=2)
    holder, day = next(iter(rules.holders.values())), _days(uses[0]).first
    waits = replace(booked, state=State.EXAMINED, uses=(), options=(Option(1, uses),), deadline=end)
    needs, college = tuple(rules.approvals.needs)[:1], tuple(rules.college.needs)[:1]
    examined = replace(waits, approval=Approval(1, needs, now))
    request = Meaning(language, Intent.BOOK, (Item((uses[0].resource,), words=(words["request"],)),), attendees=30)
    case = Case("sample", "human", asker, (language,), words["subject"], "", now, code=CODE, meaning=request)
    taken = (Taken(uses[0].resource, uses[0].when),)
    passing = replace(_passing(uses[0], asker, booked, rules), number=1)
    going = replace(passing, direction=Direction.OUT, number=2)
    closed = Blocked(uses[0].resource, Days(day, day), 0, 1, words["closed"])
    deeds: tuple[Deed, ...] = (Passed(passing.place, CODE, Outcome.RETURNED, asker.name), closed)
    inside = (Inside(booked, uses[:1]),)
    doubt = Doubt(Statement(Verb.RETURNED, words=words["returned"]), Unclear.WHICH, (passing, going))
    site = rules.rooms[uses[0].resource].site
    short = (Shortfall(booked, uses[-1].resource, uses[-1].quantity, 0, passing.opening),)
    yield ToStaff("human", asker, words["subject"], request, booked)
    yield DraftShown(Notice(asker, (language,), Confirmed(booked, end)), booked, case)
    yield CaseTold(case, Dealt.BOOKED, booked)
    if needs:
        yield ApprovalAsked(examined)
        yield ApprovalTold(examined, Settled.NOT_POSSIBLE, taken)
    if college:
        meeting = next_meeting_after(now, rules)
        listing = Listing(1, replace(booked, reserve=Approval(1, college, now, meeting=meeting)))
        yield CollegeList(meeting, (listing,))
        yield CollegeTold(meeting, (Ruled(listing, Ruling.FIRM),))
    party = Party(asker, "", words["asker"], language)
    yield BehalfTold(party, Carried.BOOKED, booked)
    yield BehalfUnclear(Unresolved(Unknown.WHOM, words["asker"]), words["request"])
    yield BlockTold(rules.staff[0].name, (closed,), inside, asks=True, until=end)
    yield BlockUnclear(Puzzle.DAYS, words["request"])
    yield OwnersTold((booked,), inside)
    yield StillInside(booked, uses[:1])
    yield Recalled(case, now - A_WEEK, day, told=True)
    yield Morning((Waiting(case, now),), (booked,), (examined,) if needs else ())
    yield OverdueTold(booked, replace(passing, reminded=3), 3)
    yield ReportTold(holder.name, deeds, short, words["returned"])
    yield Alert("undeliverable", {"to": asker.address, "reservation": CODE})
    yield Digest(holder.id, day, now + A_WEEK, (), (going, replace(passing, number=3)))
    yield ShortNotice(holder.id, (Change(going, cancelled=False),))
    yield Coming((going,), day, now + A_WEEK)
    yield ReportUnclear((doubt,))
    yield ReportChallenged(deeds)
    yield Problem(booked, uses[:1], asker, rules.commune.phone, (site,))
    if rules.managers:
        yield WeekPlan(next(iter(rules.managers)), Days(day, day + 6 * ONE_DAY), (booked,), (closed,))


def next_meeting_after(now: datetime, rules: Rules) -> date:
    """Return a day on which the College meets by the rules."""
    day = now.astimezone(rules.commune.zone).date() + ONE_DAY
    return day + ((rules.college.meets_on - day.weekday()) % 7) * ONE_DAY


def _directly(booked: Reservation, changing: Reservation, other: str, phone: str, end: datetime) -> Iterator[Content]:
    """Yield the letters about what goes from one borrower to the next."""
    whom = Neighbour("R-9F4YB", other, phone)
    given = tuple((use.back and replace(use, back=replace(use.back, direct=whom))) or use for use in booked.uses)
    yield DirectAsked(booked, given, end)
    yield DirectAwaited(changing)
    yield DirectAgreed(replace(booked, uses=given), booked.uses, end)
    yield DirectOff(booked, given)


def _uses(rules: Rules, now: datetime) -> tuple[Use, ...]:
    """Return a room, the first that has a key, and the first equipment there is, some weeks ahead."""
    room = next((room for room in rules.rooms.values() if room.key), next(iter(rules.rooms.values())))
    day = (now + WEEKS_AHEAD).astimezone(rules.commune.zone).date()
    day += next((ahead * ONE_DAY for ahead in range(7) if (day + ahead * ONE_DAY).weekday() in room.term), 0 * ONE_DAY)
    uses = [_room(room, day, rules)]
    for thing in list(rules.equipment.values())[:2]:
        counter = rules.counters[thing.counter]
        units = min(thing.stock, 10) or 1
        out, back = _passings(counter, day, rules)
        uses.append(Use(thing.id, units, Days(day, day), (), out, back))
    return tuple(uses)


def _room(room: Room, day: date, rules: Rules) -> Use:
    open_then = (room.term.get(day.weekday()) or (EVENING,))[0]
    hours = Hours(open_then.start, min(open_then.end, open_then.start + 4 * 60))
    span = hours.on(day, rules.commune.zone)
    if room.key is None:
        return Use(room.id, 1, span, ())
    out, back = _passings(rules.counters[rules.keys[room.key].counter], day, rules)
    return Use(room.id, 1, span, (), out, back, room.key, 1)


def _passings(counter: Counter, day: date, rules: Rules) -> tuple[Handover, Handover]:
    """Return the last opening of a counter before a day, and the first after it."""
    return tuple(  # type: ignore[return-value]
        next(
            Handover(counter.id, counter.week[then.weekday()][at].on(then, rules.commune.zone))
            for then in (day + step * way * ONE_DAY for step in range(1, 8))
            if counter.week.get(then.weekday())
        )
        for way, at in ((-1, -1), (1, 0))
    )


def _passing(use: Use, asker: Address, booked: Reservation, rules: Rules) -> Passing:
    back = use.back or _passings(next(iter(rules.counters.values())), _days(use).first, rules)[1]
    keys = ((use.key, use.copy or 1),) if use.key else ()
    return Passing(Direction.BACK, back.counter, back.opening, booked.code, asker, "", "", (use.resource,), keys, ())


def _days(use: Use) -> Days:
    return use.when if isinstance(use.when, Days) else Days(use.when.start.date(), use.when.end.date())


def _moved(use: Use, by: timedelta) -> Use:
    def span(one: Span) -> Span:
        return Span(one.start + by, one.end + by)

    def passing(one: Handover | None) -> Handover | None:
        return one and replace(one, opening=span(one.opening))

    when = Days(use.when.first + by, use.when.last + by) if isinstance(use.when, Days) else span(use.when)
    return replace(use, when=when, out=passing(use.out), back=passing(use.back))
