"""Random walks in which those who run it act as well: staff close, open and book for others, agree or not, take that
back, and tell what the College decided; a steward sets limits, a head teacher closes her place, a key-holder reports;
owners ask, choose, change and give up in between.

`ACTS` is the list of what somebody may do next: whoever adds an actor adds a function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.model.behalf import Behalf, Party
from mailbot.model.cases import Verdict, Vote, Voted
from mailbot.model.decision import ClockFacts, Decision
from mailbot.model.house import Act as Wanted
from mailbot.model.house import Order, Stretch
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent
from mailbot.model.reports import Amount, Deed, Report, Standing, Statement, Told, Undone, Verb
from mailbot.model.reservation import BOOKED, Act, Claim, Put, State, claims_in_force
from mailbot.model.rules import Approvals, AtDeadline, College, Holder, Manager, NeedsApproval, Staff
from mailbot.model.spans import Hours
from mailbot.model.to_key_holders import Digest
from mailbot.policy.approving import as_booked, at_deadline
from mailbot.policy.behalf import ordered, party_of
from mailbot.policy.blocks import Housekeeper, agreed, offered_elsewhere, on_order, taken_back
from mailbot.policy.clock import on_clock
from mailbot.policy.college import Clerk, listed, ruled
from mailbot.policy.due import digest_for
from mailbot.policy.matter import Matter
from mailbot.policy.meetings import next_meeting
from mailbot.policy.needs import things
from mailbot.policy.reports import ReportFacts, on_report, reporter_of
from mailbot.policy.reserve import MARK
from mailbot.policy.stock import in_force, stock_of
from mailbot.policy.windows import windows, windows_around
from mailbot.service.approving import looked_at as around
from tests.policy.commune import KARIM, RULES, YVETTE, Ledger, Office, asks, goods, room, says, slot

ELS = Manager("els", "Els", "els@school.example", "nl", ("parc",))
STEWARD = Holder("hugo", "Hugo", "hugo@garage.example", "fr", things=frozenset({"table", "sono"}), sets_limits=True)
NIGHT = NeedsApproval("nuit", {}, after=21 * 60)
HALL = NeedsApproval("salle", {}, rooms=frozenset({"salle", "quartier"}))
TOWN = replace(
    RULES,
    managers={"els": ELS},
    holders={**RULES.holders, "hugo": STEWARD},
    approvals=Approvals({"nuit": NIGHT}),
    college=College({"salle": HALL}, meets_on=3, list_before=1),
)
CLAIRE, WOUTER = TOWN.staff[0], Staff("Wouter", "wouter@commune.example", "nl")
STAFF = Housekeeper("staff", CLAIRE)
HEAD = Housekeeper("els", Staff(ELS.name, ELS.address, ELS.language), TOWN.rooms_of(ELS))
DAYS = st.integers(3, 12).map(lambda ahead: date(2026, 6, 2) + timedelta(days=ahead))
ROOMS = st.sampled_from(["salle", "quartier", "cuisine", "kiosque"])
THINGS = st.sampled_from(["table", "sono"])
HOURS = st.sampled_from(["9-12", "14-18", "18-22"])


class Cells(Ledger):
    """A ledger as the database keeps it: all of a transaction is netted, and no cell takes more than there is; what was
    taken before it was blocked stays."""

    def stock(self, resource: str, cell: int) -> int:
        return stock_of(self.rules)(resource, cell)

    def carry_out(self, puts: Iterable[Put]) -> None:
        change: Counter[tuple[str, int]] = Counter()
        for put in puts:
            for claims, sign in ((claims_in_force(put.after), 1), (claims_in_force(put.before), -1)):
                for claim in claims:
                    change.update({(claim.resource, cell): sign * claim.units for cell in cells_of(claim)})
        for (resource, cell), units in change.items():
            taken = self.cells[resource, cell] + units
            assert taken >= 0
            assert units <= 0 or taken <= self.stock(resource, cell), (resource, cell)
            self.cells[resource, cell] = taken


def cells_of(claim: Claim) -> range:
    return range(claim.first, claim.last + 1)


@dataclass
class House(Office):
    """A commune whose rules change with what is said by mail."""

    reports: list[Report] = field(default_factory=list)
    said: tuple[Deed, ...] = ()

    def hear(self, decision: Decision | None) -> Decision | None:
        """Carry out a decision whole, as the store would: its steps, then its report."""
        if decision is None:
            return None
        self.carry_out(decision)
        report = decision.report
        if report is not None and report.standing is Standing.DONE:
            undone = {deed.report for deed in report.deeds if isinstance(deed, Undone)}
            gone = [deed for one in self.reports if one.id in undone for deed in one.deeds]
            self.reports = [one for one in self.reports if one.id not in undone]
            kept = replace(report, id=report.id or 1 + sum(one.id for one in self.reports[-1:]) + len(self.reports))
            self.reports.append(kept)
            new = tuple(deed for deed in report.deeds if not isinstance(deed, Undone))
            self.said = tuple(deed for deed in (*self.said, *new) if deed not in gone)
            self.rules = self.ledger.rules = in_force(TOWN, self.said)
        return decision

    def booked(self):
        return tuple(one for one in self.reservations.values() if one.state in BOOKED)


Draw = Callable[[st.SearchStrategy], object]


def a_request(house: House, draw) -> Decision:
    items = [room(draw(ROOMS), slot(draw(DAYS).isoformat(), draw(HOURS)))]
    if draw(st.booleans()):
        items.append(goods(draw(THINGS), draw(st.integers(1, 9)), slot(draw(DAYS).isoformat())))
    return house.mail(asks(*items), draw(st.sampled_from([YVETTE, KARIM])))


def an_answer(house: House, draw) -> Decision | None:
    open_ones = [one for one in house.reservations.values() if one.state in (State.OFFERED, State.CHANGING)]
    if not open_ones:
        return None
    one = draw(st.sampled_from(open_ones))
    meaning = draw(
        st.sampled_from([says(Intent.ACCEPT, option=1), says(Intent.ACCEPT, option=2), says(Intent.DECLINE)])
    )
    challenge = one.pending.act if one.pending else None
    return house.mail(meaning, one.asker, one.code, challenge=challenge)


def a_giving_up(house: House, draw) -> Decision | None:
    if not house.booked():
        return None
    one = draw(st.sampled_from(house.booked()))
    return house.mail(says(Intent.CANCEL), one.asker, one.code, sender_is_proven=True)


def a_change(house: House, draw) -> Decision | None:
    if not house.booked():
        return None
    one = draw(st.sampled_from(house.booked()))
    meaning = says(Intent.CHANGE, room(draw(ROOMS), slot(draw(DAYS).isoformat(), draw(HOURS))))
    return house.mail(meaning, one.asker, one.code, sender_is_proven=True)


def a_verdict(house: House, draw) -> Decision | None:
    """One of those who decide says yes, no or yes but, to what waits or after the fact."""
    asked = [one for one in house.reservations.values() if one.approval]
    if not asked:
        return None
    one = draw(st.sampled_from(asked))
    said = draw(
        st.sampled_from(
            [Verdict(True), Verdict(False, "non"), Verdict(True, "20h", says(Intent.CHANGE, hours=(None, 20 * 60)))]
        )
    )
    person = draw(st.sampled_from([CLAIRE, CLAIRE, WOUTER]))
    decision = house.judge(said, person, one.code)
    if not one.examined and one.approval and one.approval.by not in ("", person.address):
        assert not decision.puts, "what one decided is not for another to take back"
    return decision


def nobody_decides(house: House, draw) -> Decision | None:
    waiting = [one for one in house.reservations.values() if one.examined]
    if not waiting:
        return None
    one = draw(st.sampled_from(waiting))
    house.rules = replace(
        house.rules, approvals=Approvals({"nuit": NIGHT}, at_deadline=draw(st.sampled_from(AtDeadline)))
    )
    meaning = says(Intent.CHANGE)
    house.ledger.windows = around(meaning, as_booked(one), house.rules, house.now)
    facts = house.facts(one.asker, one.code)
    facts = replace(facts, sender=replace(facts.sender, proven=True))
    return at_deadline(Matter(meaning, facts, house.rules))


def a_list(house: House, draw) -> Decision | None:
    return listed(next_meeting(house.now, house.rules), house.booked(), house.now, house.rules)


def a_ballot(house: House, draw) -> Decision | None:
    """One of the staff says what the College decided, of what is on a list or was."""
    marked = [one for one in house.reservations.values() if any(name.startswith(MARK) for name in one.told)]
    if not marked:
        return None
    one = draw(st.sampled_from(marked))
    mark = next(name for name in reversed(one.told) if name.startswith(MARK))
    meaning = says(Intent.CHANGE)
    house.ledger.windows = around(meaning, one, house.rules, house.now)
    facts = house.facts(one.asker, one.code)
    matter = Matter(meaning, replace(facts, sender=replace(facts.sender, proven=True)), house.rules)
    clerk = Clerk(draw(st.sampled_from([CLAIRE, CLAIRE, WOUTER])), date.fromisoformat(mark.split(":")[1]), "m")
    ruling, decision, _ = ruled(Voted(draw(st.sampled_from(Vote)), (1,), reason="bruit"), matter, clerk)
    event(f"ruling {ruling}")
    return decision


def an_order(house: House, draw) -> Decision:
    keeper = draw(st.sampled_from([STAFF, STAFF, HEAD]))
    first = draw(DAYS)
    hours = draw(st.sampled_from([(), (Hours(9 * 60, 12 * 60),), (Hours(6 * 60, 9 * 60),)]))
    when = (Stretch(first, first + timedelta(days=draw(st.integers(0, 2))), hours),)
    thing = draw(st.one_of(ROOMS, THINGS))
    units = draw(st.none() | st.integers(1, 6)) if thing in house.rules.equipment else None
    order = Order(draw(st.sampled_from(Wanted)), ((thing, units),), when, "peinture", "…")
    return on_order(order, keeper, "m", draw(st.booleans()), house.booked(), house.now, house.rules)


def an_ok(house: House, draw) -> Decision | None:
    """Staff agree: each owner inside is offered something else, one after the other."""
    if not house.reports:
        return None
    report = draw(st.sampled_from(house.reports))
    for one in agreed(report, house.booked(), house.now, house.rules):
        booking = house.reservations[one.reservation.code]
        house.ledger.windows = windows_around(booking.uses, booking.attendees, house.rules)
        facts = house.facts(booking.asker, booking.code)
        matter = Matter(says(Intent.CHANGE), facts, house.rules)
        looked_at(house.hear(offered_elsewhere(matter, one.uses, report, CLAIRE, "m")), house)
    assert agreed(report, house.booked(), house.now, house.rules) == ()
    return None


def a_no(house: House, draw) -> Decision | None:
    if not house.reports:
        return None
    report = draw(st.sampled_from(house.reports))
    return taken_back(report, STAFF, draw(st.booleans()), house.booked(), "m", house.rules)


def on_behalf(house: House, draw) -> Decision:
    behalf = Behalf("canal", "", "…", "", house.now)
    party = party_of(behalf, house.rules)
    assert isinstance(party, Party)
    meaning = asks(room(draw(ROOMS), slot(draw(DAYS).isoformat(), draw(HOURS))))
    house.ledger.windows = windows(meaning, None, house.rules, house.now, ())
    facts = replace(house.facts(party.address), conversation=None)
    return ordered(Matter(meaning, facts, house.rules), behalf, party, CLAIRE, "m")


def a_word_of_the_garage(house: House, draw) -> Decision | None:
    who = draw(st.sampled_from([Address("Hugo", STEWARD.address), Address("Freddy", "freddy@commune.example")]))
    reporter = reporter_of(who, house.rules)
    assert reporter
    verb = draw(st.sampled_from([Verb.LIMITED, Verb.COUNTED, Verb.REPAIR, Verb.UNDO, Verb.NOBODY, Verb.RETURNED]))
    things = (Amount("table", draw(st.integers(1, 9))),) if verb in (Verb.LIMITED, Verb.COUNTED, Verb.REPAIR) else ()
    told = Told("fr", (Statement(verb, things=things, words="…"),), "…")
    day = house.now.date() + timedelta(days=draw(st.integers(0, 6)))
    facts = ReportFacts(
        house.now,
        reporter,
        proven=draw(st.booleans()),
        answers_list=True,
        digest=digest_for("freddy", day, house.booked(), house.rules),
        reservations=house.reservations,
        booked=house.booked(),
        undoable=next((one for one in reversed(house.reports) if one.who == reporter.id), None),
    )
    return on_report(told, facts, house.rules)


def the_clock(house: House, draw) -> Decision:
    house.now += draw(st.sampled_from([timedelta(hours=1), timedelta(hours=7), timedelta(days=2)]))
    waits = (
        one for one in house.reservations.values() if one.state in (State.OFFERED, State.CHANGING) and not one.examined
    )
    over = tuple(one for one in waits if one.deadline and one.deadline < house.now)
    return on_clock(ClockFacts(house.now, lapsing=over), house.rules)


ACTS = (
    a_request, a_request, a_request, an_answer, an_answer, a_change, a_giving_up, an_order, an_order, an_ok, a_no,
    on_behalf, a_word_of_the_garage, the_clock, a_verdict, a_verdict, nobody_decides, a_list, a_ballot, a_ballot,
)  # fmt: skip


OF_THE_COLLEGE = (
    a_request, a_request, an_answer, a_change, a_giving_up, an_order, the_clock, a_verdict, a_list, a_list,
    a_ballot, a_ballot, a_ballot, a_ballot,
)  # fmt: skip
"""A walk among what the College decides about, which is rare among all that may happen."""


def looked_at(decision: Decision | None, house: House) -> None:
    """One letter at most to each person, and each letter's reservation is what stands."""
    if decision is None:
        return
    people = Counter(notice.to.address for notice in decision.notices if not isinstance(notice.content, Digest))
    assert all(count == 1 for count in people.values()), people
    for put in decision.puts:
        assert house.reservations[put.after.code] == put.after


def holds(house: House) -> None:
    occupied: Counter[tuple[str, int]] = Counter()
    for one in house.reservations.values():
        for claim in claims_in_force(one):
            occupied.update({(claim.resource, cell): claim.units for cell in cells_of(claim)})
        if one.state is State.CHANGING:
            assert one.pending
            assert bool(one.options) is bool(one.hold) is bool(one.deadline)
        if one.state in BOOKED:
            assert one.uses
    assert +house.ledger.cells == +occupied


@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@pytest.mark.parametrize("acts", [ACTS, OF_THE_COLLEGE])
@given(data=st.data())
def test_whoever_acts_the_ledger_holds_and_nothing_new_is_taken_where_it_is_closed(acts, data) -> None:
    house = House(TOWN, ledger=Cells())
    for _ in range(data.draw(st.integers(6, 18))):
        act = data.draw(st.sampled_from(acts))
        before = dict(house.reservations)
        decision = act(house, data.draw)
        if decision is not None and not mailed(act):
            house.hear(decision)
        looked_at(decision, house)
        for notice in decision.notices if decision else ():
            event(type(notice.content).__name__)
        holds(house)
        unproven_words_change_nothing(act, decision, before, house)
        calendars_go_on(before, house)
        only_the_college_makes_firm(act, before, house)


def calendars_go_on(before: dict, house: House) -> None:
    """A calendar file never has a lower SEQUENCE than the one before it (RFC 5546 section 2.1.4)."""
    assert all(house.reservations[code].sequence >= one.sequence for code, one in before.items())


def only_the_college_makes_firm(act, before: dict, house: House) -> None:
    """What is under reserve stays so, whatever happens, until somebody says that the College agreed."""
    for code, one in before.items():
        now = house.reservations[code]
        if one.reserved and now.state in BOOKED and not now.reserved and things(now.uses) == things(one.uses):
            assert act is a_ballot


def mailed(act: Callable[..., object]) -> bool:
    """Whether the office carried it out already."""
    return act in (a_request, an_answer, a_change, a_giving_up, a_verdict)


def unproven_words_change_nothing(act, decision: Decision | None, before: dict, house: House) -> None:
    waits = decision is not None and decision.report is not None and decision.report.standing is Standing.WAITING
    if waits and act in (an_order, a_word_of_the_garage):
        assert house.reservations == before


def test_each_kind_of_act_is_reached() -> None:
    """The walk is no walk if nobody can ever be displaced."""
    house = House(TOWN, ledger=Cells())
    house.mail(asks(room("salle", slot("2026-06-12", "14-18"))))
    order = Order(Wanted.BLOCK, (("salle", None),), (Stretch(date(2026, 6, 12), date(2026, 6, 12)),), "", "…")
    house.hear(on_order(order, STAFF, "m", True, house.booked(), house.now, house.rules))

    class First:
        def __call__(self, strategy: object) -> object:
            return house.reports[0]

    an_ok(house, First())
    [booking] = house.reservations.values()
    assert booking.state is State.CHANGING
    chosen = house.mail(says(Intent.ACCEPT, option=1), booking.asker, booking.code, challenge=Act.CHANGE)
    assert chosen.puts[0].act is Act.CHANGE
