"""What follows from a few words of somebody who hands out keys and goods.

Each statement is tied to a line of a list, a booking or a thing, and becomes a deed; what cannot be tied is asked
about, never guessed. Nothing that could hurt is done without proof: a domain check that passed, or the yes to our
question. An answer to a list proves that its writer saw the list, no more: it may say what silence would have said too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.notices import Content, Notice
from mailbot.model.reports import (
    Away,
    Deed,
    Found,
    Held,
    Limited,
    Outcome,
    Passed,
    Report,
    Shut,
    Standing,
    Statement,
    Stocked,
    Told,
    Undone,
    Verb,
    Why,
)
from mailbot.model.reservation import Act, Put, Reservation, State
from mailbot.model.rules import Holder, Rules
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import NotFetched
from mailbot.model.to_key_holders import (
    Coming,
    Digest,
    Direction,
    Doubt,
    Passing,
    ReportChallenged,
    ReportTold,
    ReportUnclear,
    Shortfall,
    Unclear,
)
from mailbot.model.to_staff import ToStaff
from mailbot.policy.due import next_list, passings_of, reader_of
from mailbot.policy.form import plain
from mailbot.policy.handovers import next_opening
from mailbot.policy.hours import local_day, whole
from mailbot.policy.overdue import another_copy, is_near, shortfalls_of, warned
from mailbot.policy.reminders import end_of, nobody_came
from mailbot.policy.reminders import told as written_once
from mailbot.policy.stock import in_force, stock_of

EARLY = timedelta(hours=1)
"""So long before an opening something may already have passed."""
DONE = frozenset({Verb.HANDED, Verb.RETURNED})
STOCK = {
    Verb.MISSING: Why.MISSING,
    Verb.DAMAGED: Why.DAMAGED,
    Verb.REPAIR: Why.REPAIR,
    Verb.FOUND: Why.FOUND,
    Verb.ADDED: Why.ADDED,
    Verb.COUNTED: Why.COUNTED,
}
LESS = frozenset({Why.MISSING, Why.DAMAGED, Why.REPAIR})
ASKED = frozenset({Unclear.NEW_KIND, Unclear.NOT_LEFT})
"""Doubts about what nobody else would write."""
ENOUGH_SAID = 25
"""Words of a mail that answers no list and may be a report."""


class Reporter(Struct, frozen=True):
    """Who reports: a key-holder, a steward, or staff, by id (`staff`), with the things and counters they look after."""

    id: str
    name: str
    address: Address
    language: Language
    things: frozenset[str]
    counters: frozenset[str]
    sets_limits: bool = False
    """Whether they say how much one loan may have."""
    hands_out: bool = True
    """Whether they stand at a counter; staff do not."""


class ReportFacts(Struct, frozen=True):
    """All that the decision may know besides what is told and the rules."""

    now: datetime
    reporter: Reporter
    subject: str = ""
    message_id: str = ""
    proven: bool = False
    forged: bool = False
    answers_list: bool = False
    """It answers a letter of ours that went to this address alone: a list, a short notice, or about a report."""
    digest: Digest | None = None
    """The list that it answers, else the newest they have."""
    reservations: Mapping[str, Reservation] = field(default_factory=dict)
    """Those of the list, and those whose code is named."""
    outcomes: Mapping[str, Passed] = field(default_factory=dict)
    """By `Passing.place`."""
    booked: tuple[Reservation, ...] = ()
    """All that is booked from now on."""
    waiting: Report | None = None
    """The report that our question was about, where this is its owner's answer, in time."""
    undoable: Report | None = None
    """The report that our letter was about, else the reporter's last."""


def on_report(told: Told, facts: ReportFacts, rules: Rules) -> Decision | None:
    """Return what is to be done; None where it is no report, and takes the way of any other mail."""
    if not told.statements:
        return _nothing_read(told, facts, rules) if facts.answers_list else None
    if facts.waiting and any(statement.verb is Verb.YES for statement in told.statements) and not facts.forged:
        confirmed = replace(facts.waiting, standing=Standing.DONE)
        return _done(confirmed, (), told, facts, rules, "our question was answered")
    reading = _Reading(facts, rules)
    for statement in told.statements:
        reading.take(statement)
    if not _is_report(told, reading, facts):
        return None
    if facts.forged and reading.deeds:
        return _handed(told, facts, rules, "forged")
    if not reading.deeds:
        return _answered(reading, facts)
    words, mail = told.words, facts.message_id
    report = Report(facts.reporter.id, facts.reporter.address.address, tuple(reading.deeds), words, mail)
    if not facts.proven and not (facts.answers_list and all(_harmless(deed, facts) for deed in reading.deeds)):
        return _challenged(replace(report, standing=Standing.WAITING), reading, facts)
    why = "the sender's domain check passed" if facts.proven else "answers a list, and says no more than silence would"
    return _done(report, tuple(reading.doubts), told, facts, rules, why)


def _is_report(told: Told, reading: _Reading, facts: ReportFacts) -> bool:
    """Whether the mail is one at all. Somebody at a counter may also book, ask or complain like anybody else."""
    if facts.answers_list:
        return bool(reading.deeds or reading.doubts or reading.who_comes)
    short = len(told.words.split()) <= ENOUGH_SAID
    if not facts.reporter.hands_out:
        return short and bool(reading.deeds) and not reading.doubts
    tied = any(
        doubt.why in ASKED or doubt.statement.numbers or doubt.statement.codes or doubt.statement.all
        for doubt in reading.doubts
    )
    return short and bool(reading.deeds or reading.who_comes or tied)


class _Reading(Struct):
    """Statements being tied to lines, bookings and things, in their order."""

    facts: ReportFacts
    rules: Rules
    deeds: list[Deed] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    who_comes: bool = False
    loan: Reservation | None = None
    """The booking that was spoken of last: what is missing is missing from it."""

    @property
    def today(self) -> date:
        return local_day(self.facts.now, self.rules)

    def take(self, statement: Statement) -> None:
        verb = statement.verb
        if verb in (Verb.HANDED, Verb.RETURNED, Verb.NOT_BACK, Verb.NOBODY):
            self._passed(statement)
        elif verb is Verb.STATE:
            self._condition(statement)
        elif verb in STOCK:
            self._stocked(statement, STOCK[verb])
        elif verb is Verb.LIMITED:
            self._limited(statement)
        elif verb is Verb.ABSENT:
            stretches = statement.days or ((self.today, self.today),)
            if statement.days or not any(isinstance(deed, Away) for deed in self.deeds):
                self.deeds += [Away(self.facts.reporter.id, first, last) for first, last in stretches]
        elif verb is Verb.CLOSED:
            self._shut(statement)
        elif verb is Verb.WHO_COMES:
            self.who_comes = True
        elif verb in (Verb.UNDO, Verb.BACK):
            self._undone(statement)

    def _undone(self, statement: Statement) -> None:
        last = self.facts.undoable
        absent = last is not None and any(isinstance(deed, Away) for deed in last.deeds)
        if last is None or (statement.verb is Verb.BACK and not absent):
            self.doubts.append(Doubt(statement, Unclear.WHICH))
        else:
            self.deeds.append(Undone(last.id))

    # --- what passed

    def _passed(self, statement: Statement) -> None:
        lines = [line for line in self._lines() if line.number not in statement.but]
        if not (statement.numbers or statement.codes or statement.copies):
            self._unnamed(statement, lines)
            return
        for number in statement.numbers:
            self._one(statement, [line for line in lines if line.number == number], Unclear.NUMBER)
        for copy in statement.copies:
            with_copy = [line for line in lines if any(one == copy for _, one in line.keys)]
            self._one(statement, self._fitting(statement.verb, with_copy) or with_copy, Unclear.NUMBER)
        for code in statement.codes:
            self._one(statement, self._of_code(code, statement.verb), Unclear.NUMBER)

    def _one(self, statement: Statement, lines: Sequence[Passing], otherwise: Unclear) -> None:
        if len(lines) == 1:
            self._note(statement, lines[0])
        else:
            self.doubts.append(Doubt(statement, Unclear.WHICH if lines else otherwise, tuple(lines)))

    def _unnamed(self, statement: Statement, lines: Sequence[Passing]) -> None:
        """What names no line is of the only one it may be of; "tout" is of all that may have passed by now."""
        fitting = [line for line in self._fitting(statement.verb, lines) if self._may_have_passed(line)]
        if statement.things:
            wanted = {amount.resource for amount in statement.things}
            fitting = [line for line in fitting if wanted & {resource for resource, _ in line.goods}]
        if statement.key:
            fitting = [line for line in fitting if line.keys]
        if len(fitting) > 1 and not statement.all:
            fitting = [line for line in fitting if _is_named(line, statement.words)] or fitting
        if statement.all and fitting:
            for line in fitting:
                self._note(statement, line)
        else:
            self._one(statement, fitting, Unclear.WHICH)

    def _may_have_passed(self, line: Passing) -> bool:
        known = self.facts.outcomes.get(line.place)
        settled = known is not None and known.outcome in (Outcome.HANDED, Outcome.RETURNED)
        return line.opening.start <= self.facts.now + EARLY and not settled

    def _fitting(self, verb: Verb, lines: Iterable[Passing]) -> list[Passing]:
        direction = Direction.OUT if verb in (Verb.HANDED, Verb.NOBODY) else Direction.BACK
        return [line for line in lines if line.direction is direction]

    def _lines(self) -> tuple[Passing, ...]:
        digest = self.facts.digest
        return (*digest.late, *digest.lines) if digest else ()

    def _of_code(self, code: str, verb: Verb) -> list[Passing]:
        """Return the passing of a booking that is meant: the last that may have been, else the next."""
        reservation = self.facts.reservations.get(code)
        if reservation is None:
            return []
        own = (p for p in passings_of(reservation, self.rules) if p.counter in self.facts.reporter.counters)
        every = sorted(self._fitting(verb, own), key=lambda passing: passing.opening.start)
        past = [passing for passing in every if self._may_have_passed(passing)]
        return past[-1:] or every[:1]

    def _note(self, statement: Statement, line: Passing) -> None:
        """A line says by itself whether it goes out or comes back: "remis" and "rendu" are easily taken for another."""
        done, out = statement.verb in DONE, line.direction is Direction.OUT
        outcome = (Outcome.HANDED if out else Outcome.RETURNED) if done else Outcome.NOBODY if out else Outcome.NOT_BACK
        reservation = self.facts.reservations.get(line.code)
        held = held_of(line, reservation, key_only=statement.key) if outcome is Outcome.NOT_BACK else ()
        self.loan = reservation
        self.deeds.append(Passed(line.place, line.code, outcome, line.initiative or line.asker.name, held))

    # --- stock, counters

    def _stocked(self, statement: Statement, why: Why) -> None:
        if not statement.things and why in (Why.DAMAGED, Why.MISSING):
            self._condition(statement)
            return
        own = [amount for amount in statement.things if amount.resource in self.facts.reporter.things]
        if not own:
            new = why is Why.ADDED and not statement.things
            self.doubts.append(Doubt(statement, Unclear.NEW_KIND if new else Unclear.THING))
        elif any(amount.units is None for amount in own):
            self.doubts.append(Doubt(statement, Unclear.HOW_MANY))
        else:
            last = max((last for _, last in statement.days), default=None) if why is Why.REPAIR else None
            self.deeds += [self._change(amount.resource, amount.units or 0, why, last) for amount in own]

    def _condition(self, statement: Statement) -> None:
        code = self.loan.code if self.loan else next(iter(statement.codes), "")
        self.deeds.append(Found(statement.words, code, statement.arrival))

    def _limited(self, statement: Statement) -> None:
        """How many may go with one loan is for staff to say, and for a steward to whom the rules leave it."""
        own = [amount for amount in statement.things if amount.resource in self.facts.reporter.things]
        if not self.facts.reporter.sets_limits:
            self.doubts.append(Doubt(statement, Unclear.NOT_LEFT))
        elif not own:
            self.doubts.append(Doubt(statement, Unclear.THING))
        elif not all(amount.units for amount in own):
            self.doubts.append(Doubt(statement, Unclear.HOW_MANY))
        else:
            self.deeds += [Limited(amount.resource, amount.units or 1) for amount in own]

    def _change(self, resource: str, units: int, why: Why, last: date | None) -> Stocked:
        stock = self.rules.equipment[resource].stock
        first = max(self.today.toordinal(), self._given_back(resource) if why in LESS else 0)
        signed = -units if why in LESS else units
        code = self.loan.code if self.loan and why in LESS else ""
        return Stocked(resource, signed, why, first, stock, last.toordinal() if last else None, code)

    def _given_back(self, resource: str) -> int:
        """Return the cell from which the loan no longer counts what it had: until then it is not there anyway."""
        uses = self.loan.uses if self.loan else ()
        ends = [claim.last + 1 for use in uses for claim in use.claims if claim.resource == resource]
        return min(ends, default=0)

    def _shut(self, statement: Statement) -> None:
        if not statement.days:
            self.doubts.append(Doubt(statement, Unclear.DAYS))
            return
        counters = sorted(self.facts.reporter.counters)
        self.deeds += [Shut(counter, first, last) for counter in counters for first, last in statement.days]


def _is_named(line: Passing, words: str) -> bool:
    """Whether words name whose loan it is: one word of their name, or of the initiative's."""
    names = re.findall(r"\w{3,}", plain(f"{line.asker.name} {line.initiative}"))
    return not set(names).isdisjoint(re.findall(r"\w+", plain(words)))


def held_of(line: Passing, reservation: Reservation | None, *, key_only: bool = False) -> tuple[Held, ...]:
    """Return what is not back of a passing, each from the cell on in which the booking no longer has it."""
    held: dict[str, Held] = {}
    for use in reservation.uses if reservation else ():
        if not use.back or use.back.counter != line.counter or use.back.opening.end != line.opening.end:
            continue
        for claim in use.claims:
            is_key = claim.resource.startswith("key:")
            is_goods = isinstance(use.when, Days) and claim.resource == use.resource and not key_only
            if is_key or is_goods:
                before = held.get(claim.resource, Held(claim.resource, 0, claim.last + 1))
                held[claim.resource] = replace(before, units=1 if is_key else before.units + claim.units)
    return tuple(held.values())


def _harmless(deed: Deed, facts: ReportFacts) -> bool:
    """Whether a forger would gain nothing by it: silence closes a return as well, and nobody said otherwise."""
    if not isinstance(deed, Passed) or deed.outcome not in (Outcome.HANDED, Outcome.RETURNED):
        return False
    return deed.passing not in facts.outcomes


# --- decisions


def _done(
    report: Report, doubts: tuple[Doubt, ...], told: Told, facts: ReportFacts, rules: Rules, why: str
) -> Decision:
    held = {held.resource for deed in report.deeds if isinstance(deed, Passed) for held in deed.held}
    short, moves = _short(held, report, facts, rules)
    warnings = [step for one in short if one.resource in held and is_near(one, facts.now) and (step := warned(one))]
    notices = [*_copies(report, short, told, facts, rules), *_to_stand_in(report, facts, rules)]
    if doubts:
        notices.insert(0, _letter(ReportUnclear(doubts, report.deeds), facts))
    warnings += _not_fetched(report, {put.after.code for step in warnings for put in step.puts}, moves, facts, rules)
    notices += [notice for step in warnings for notice in step.notices]
    puts = {put.after.code: put for put in (*moves, *(put for step in warnings for put in step.puts))}
    because = (why, *(f"noted: {type(deed).__name__.lower()}" for deed in report.deeds))
    end = End.ANSWERED if notices else End.IGNORED
    return Decision(end, because, tuple(puts.values()), tuple(notices), report=report)


def _short(
    held: set[str], report: Report, facts: ReportFacts, rules: Rules
) -> tuple[tuple[Shortfall, ...], tuple[Put, ...]]:
    """Return who goes short by a report, and the steps of those who are given another copy of their key instead."""
    stock = stock_of(in_force(rules, (*rules.said, *report.deeds)))
    resources = held | {deed.resource for deed in report.deeds if isinstance(deed, Stocked)}
    booked = {one.code: one for one in facts.booked}
    short: list[Shortfall] = []
    moves: list[Put] = []
    for one in shortfalls_of(resources, facts.booked, facts.now, stock, rules):
        other = another_copy(one, booked.values(), stock, rules) if one.resource.startswith("key:") else None
        if other is None:
            short.append(one)
            continue
        after = replace(other, version=other.version + 1)
        booked[other.code] = after
        by, mail = facts.reporter.address.address, facts.message_id
        moves.append(Put(one.reservation, after, Act.NOTE, "another copy of the key: the first is not back", by, mail))
    return tuple(short), tuple(moves)


def _not_fetched(
    report: Report, busy: set[str], moves: tuple[Put, ...], facts: ReportFacts, rules: Rules
) -> Iterator[Decision]:
    """Yield the letters to those for whom nobody came, each once, while what they booked still stands."""
    busy = busy | {put.after.code for put in moves}
    for deed in report.deeds:
        if not isinstance(deed, Passed) or deed.outcome is not Outcome.NOBODY or deed.code in busy:
            continue
        one, name = facts.reservations.get(deed.code), nobody_came(deed.passing)
        if one is None or one.state is not State.CONFIRMED or name in one.told:
            continue
        busy.add(deed.code)
        for passing in passings_of(one, rules):
            if passing.place == deed.passing:
                opening = _in_time(one, passing, facts, rules)
                yield written_once(one, name, Act.REMIND, NotFetched(one, passing, opening), "nobody came for it")


def _in_time(reservation: Reservation, passing: Passing, facts: ReportFacts, rules: Rules) -> Span | None:
    """Return the next opening at which it is still of use to fetch it."""
    opening = next_opening(rules.counters[passing.counter], facts.now, rules)
    fetched = (use for use in reservation.uses if use.out and use.out.opening.start == passing.opening.start)
    over = max(end_of(use, rules) for use in fetched)
    return opening if opening and opening.start < over else None


def _challenged(report: Report, reading: _Reading, facts: ReportFacts) -> Decision:
    content = ReportChallenged(report.deeds, tuple(reading.doubts))
    because = ("a From line proves nothing: who seems to have reported is asked",)
    return Decision(End.ANSWERED, because, (), (_letter(content, facts),), report=report)


def _answered(reading: _Reading, facts: ReportFacts) -> Decision:
    if reading.doubts:
        because = tuple(f"not noted, {doubt.why}: {doubt.statement.words}" for doubt in reading.doubts)
        letter = _letter(ReportUnclear(tuple(reading.doubts)), facts)
        if any(doubt.why is Unclear.NEW_KIND for doubt in reading.doubts):
            to_staff = _to_staff(ToStaff("new-kind", facts.reporter.address, facts.subject), reading.rules)
            return Decision(End.HANDED, because, (), (letter, *to_staff))
        return Decision(End.ANSWERED, because, (), (letter,))
    return Decision(End.ANSWERED, ("asks who comes",), (), (_letter(coming(facts, reading.rules), facts),))


def _nothing_read(told: Told, facts: ReportFacts, rules: Rules) -> Decision:
    if not told.rest:
        return Decision(End.IGNORED, ("a bare ok changes nothing",))
    return _handed(told, facts, rules, "key")


def _handed(told: Told, facts: ReportFacts, rules: Rules, why: str) -> Decision:
    content = ToStaff(why, facts.reporter.address, facts.subject)
    notices = (_letter(ReportUnclear(handed=True), facts), *_to_staff(content, rules))
    return Decision(End.HANDED, (f"for a person: {why}",), (), notices)


def _letter(content: Content, facts: ReportFacts) -> Notice:
    return Notice(facts.reporter.address, (facts.reporter.language,), content)


def _to_staff(content: Content, rules: Rules) -> Iterator[Notice]:
    for person in rules.staff:
        yield Notice(Address(person.name, person.address), (person.language,), content, answers=False)


def _copies(
    report: Report, short: tuple[Shortfall, ...], told: Told, facts: ReportFacts, rules: Rules
) -> Iterator[Notice]:
    """Tell staff what they must know: not that something went out and came back as it should."""
    telling = tuple(deed for deed in report.deeds if not _as_it_should(deed))
    if not telling and not told.rest:
        return
    content = ReportTold(
        facts.reporter.name,
        telling or report.deeds,
        short,
        report.words,
        tuple(_stranded(report.deeds, facts, rules)),
        unread=told.rest,
    )
    yield from _to_staff(content, rules)


def _as_it_should(deed: Deed) -> bool:
    return isinstance(deed, Passed) and deed.outcome in (Outcome.HANDED, Outcome.RETURNED)


def _stranded(deeds: Iterable[Deed], facts: ReportFacts, rules: Rules) -> Iterator[Passing]:
    """Yield what would pass over a counter while it is closed."""
    for deed in deeds:
        if isinstance(deed, Shut):
            span = whole(Days(deed.first, deed.last), rules)
            for reservation in facts.booked:
                for passing in passings_of(reservation, rules):
                    if passing.counter == deed.counter and span.overlaps(passing.opening):
                        yield passing


def _to_stand_in(report: Report, facts: ReportFacts, rules: Rules) -> Iterator[Notice]:
    """Give what is left of today's list to whoever reads it now."""
    today = local_day(facts.now, rules)
    holder = rules.holders.get(facts.reporter.id)
    if holder is None or not any(isinstance(d, Away) and d.first <= today <= d.last for d in report.deeds):
        return
    after = in_force(rules, (*rules.said, *report.deeds))
    reader = reader_of(after.holders[holder.id], today, after)
    digest = facts.digest
    if digest is None or reader.id == holder.id or digest.holder != holder.id or digest.until <= facts.now:
        return
    lines = tuple(line for line in digest.lines if line.opening.end > facts.now and line.place not in facts.outcomes)
    left = replace(digest, lines=lines, changed=(), noted=())
    yield Notice(Address(reader.name, reader.address), (reader.language,), left, answers=False)


def coming(facts: ReportFacts, rules: Rules) -> Coming:
    """Return what is still ahead over the reporter's counters until their next list."""
    holder = rules.holders.get(facts.reporter.id)
    until = facts.digest.until if facts.digest and facts.digest.until > facts.now else None
    until = until or (next_list(holder, facts.now, rules) if holder else None) or facts.now + timedelta(days=1)
    numbers = {line.place: line.number for line in facts.digest.lines} if facts.digest else {}
    ahead = [
        replace(passing, number=numbers.get(passing.place, 0))
        for reservation in facts.booked
        for passing in passings_of(reservation, rules)
        if passing.counter in facts.reporter.counters
        and passing.opening.end > facts.now
        and passing.opening.start < until
        and passing.place not in facts.outcomes
    ]
    ordered = sorted(ahead, key=lambda passing: (passing.opening.start, passing.counter, passing.code))
    return Coming(tuple(ordered), local_day(facts.now, rules), until)


def reporter_of(address: Address, rules: Rules) -> Reporter | None:
    """Return who of those who run it writes from an address: at a counter first, then staff."""
    mine = [holder for holder in rules.holders.values() if holder.address.lower() == address.address]
    if mine:
        return _holder(mine, address, rules)
    for person in rules.staff:
        if person.address.lower() == address.address:
            everything = frozenset(rules.equipment), frozenset[str]()
            whole = Reporter("staff", person.name, address, person.language, *everything)
            return replace(whole, sets_limits=True, hands_out=False)
    return None


def _holder(mine: Sequence[Holder], address: Address, rules: Rules) -> Reporter:
    """Whoever may stand in for another looks after the other's counters as well; a steward after the counters of their
    things."""
    ids = {holder.id for holder in mine}
    stood_for = ids | {other.id for other in rules.holders.values() if other.stand_in in ids}
    counters = {counter.id for counter in rules.counters.values() if stood_for.intersection(counter.holders)}
    things = {thing.id for thing in rules.equipment.values() if thing.counter in counters}
    things |= {thing for holder in mine for thing in holder.things if thing in rules.equipment}
    counters |= {rules.equipment[thing].counter for thing in things}
    first = mine[0]
    sets_limits = any(holder.sets_limits for holder in mine)
    return Reporter(first.id, first.name, address, first.language, frozenset(things), frozenset(counters), sets_limits)
