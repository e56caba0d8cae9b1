"""Random walks through whole conversations, by several people, with and without proof: at each step the ledger is the
sum of what stands, no state is without its letter, and no letter without its state."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.model.cases import Verdict
from mailbot.model.decision import ClockFacts, Decision
from mailbot.model.meaning import SAME, Collector, Intent, Item, Meaning, Slot
from mailbot.model.reservation import BOOKED, HELD, Act, Reservation, State, claims_in_force, linked
from mailbot.model.rules import Approvals, NeedsApproval, Staff
from mailbot.model.to_askers import (
    Asked,
    Cancelled,
    Challenged,
    Changed,
    ChangeOffered,
    CollectorNoted,
    Confirmed,
    Declined,
    DirectAgreed,
    DirectAsked,
    DirectAwaited,
    DirectOff,
    Examined,
    Lapsed,
    Offered,
    OpeningsOffered,
    Refused,
    Repeated,
    Unchanged,
    Vouching,
    Which,
)
from mailbot.policy.approving import at_deadline
from mailbot.policy.clock import on_clock
from mailbot.policy.matter import Matter
from tests.policy.commune import KARIM, YVETTE, Office, asks, goods, limited, room, says, slot

CARINE = replace(YVETTE, name="Carine", address="carine@parc.example")
NIGHT, MANY = (
    NeedsApproval(id, {"fr": id}, after=after, people_above=people)
    for id, after, people in (("night", 21 * 60, None), ("many", None, 50))
)
RULES = replace(
    limited(notice=timedelta(hours=12), active_bookings=5, hours_per_week=30),
    approvals=Approvals({"night": NIGHT, "many": MANY}),
)
CLAIRE = Staff("Claire", "claire@commune.example", "fr")
VERDICTS = st.sampled_from(
    [None, None, Verdict(True), Verdict(False, "non"), Verdict(True, "20h", says(Intent.CHANGE, hours=(1200, None)))]
)
"""What staff say, if anything, of what waits for them after each mail."""
DAYS = st.integers(2, 14).map(lambda ahead: date(2026, 6, 3) + timedelta(days=ahead))
HOURS = st.sampled_from(["9-12", "14-18", "18-22", "19-21", "20-25"])
ROOMS = st.sampled_from(["salle", "bureau", "quartier", "cuisine", "kiosque"])
THINGS = st.sampled_from(["table", "gobelet", "sono"])
UNITS = st.none() | st.integers(1, 9)


@st.composite
def requests(draw) -> Meaning:
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    between = draw(HOURS)
    items = [room(draw(ROOMS), *(slot(day.isoformat(), between) for day in days))]
    if draw(st.booleans()):
        items.append(goods(draw(THINGS), draw(st.integers(1, 9)), Slot(days[0], days[0])))
    return asks(*items, attendees=draw(st.none() | st.integers(1, 60)))


@st.composite
def changes(draw) -> Meaning:
    day, other = draw(DAYS), draw(DAYS)
    moved = draw(st.sampled_from([Slot(day, None), slot(day.isoformat(), "14-18"), slot(day.isoformat(), "15-")]))
    said = {
        "day": {"items": (Item((SAME,), 1, (moved,)),), "days": frozenset({day})},
        "one of many": {"items": (Item((SAME,), 1, (moved,)),), "days": frozenset({day, other})},
        "hours": {"hours": draw(st.sampled_from([(840, 1080), (900, None), (None, 1260), (1200, 60)]))},
        "room": {"items": (room(draw(ROOMS)),)},
        "another room": {"items": (replace(room(draw(ROOMS)), added=True),)},
        "things": {"items": (replace(goods(draw(THINGS), draw(UNITS)), added=draw(st.booleans())),)},
        "people": {"attendees": draw(st.integers(1, 90))},
        "rest": {"hours": (1140, 1260), "days": frozenset({day}), "rest": True},
        "nothing": {},
    }
    form = said[draw(st.sampled_from(list(said)))]
    return replace(says(Intent.CHANGE), **form)


@st.composite
def givings_up(draw) -> Meaning:
    day = draw(DAYS)
    items = draw(st.sampled_from([(), (goods("table", 2),), (Item((SAME,), 1, (Slot(day, None),)),)]))
    return says(
        Intent.CANCEL, *items, days=frozenset({day}) if draw(st.booleans()) else frozenset(), rest=draw(st.booleans())
    )


OTHERS = st.sampled_from(
    [
        *(says(Intent.ACCEPT, option=number) for number in (None, 1, 2, 3)),
        says(Intent.DECLINE),
        says(Intent.DECLINE, undo=True),
        says(Intent.HUMAN, comes=Collector("Carine", "0400")),
        says(Intent.ACCEPT, comes=Collector("Paul", "0401")),
        says(Intent.ACCEPT, phone="0499 66 66 66"),
        says(Intent.HUMAN, prevented=frozenset(date(2026, 6, day) for day in (5, 12, 19))),
        says(Intent.HUMAN, prevented=frozenset(date(2026, 6, day) for day in (4, 5, 8, 9, 10, 11, 12))),
        says(Intent.HUMAN, asks_state=True),
        says(Intent.HUMAN, more=True),
        says(Intent.LIST),
    ]
)
PEOPLE = st.sampled_from([YVETTE, CARINE, KARIM])
PROOFS = st.sampled_from(["none", "domain", "challenge"])
FIRST = st.lists(
    st.tuples(requests(), PEOPLE, st.just(-1), PROOFS, st.just(timedelta(0)), VERDICTS), min_size=2, max_size=4
)
"""Everybody begins by asking for something."""
THEN = st.lists(
    st.tuples(
        changes() | givings_up() | OTHERS | OTHERS | requests(),
        PEOPLE,
        st.sampled_from([0, 0, 0, 1, 1, 2, -1]),
        PROOFS,
        st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=7), timedelta(days=2)]),
        VERDICTS,
    ),
    min_size=4,
    max_size=12,
)
FITS: dict[type, frozenset[State]] = {
    Confirmed: BOOKED,
    Changed: frozenset({State.CONFIRMED}),
    Unchanged: BOOKED,
    Challenged: BOOKED,
    ChangeOffered: frozenset({State.CHANGING}),
    OpeningsOffered: frozenset({State.CHANGING}),
    DirectAsked: BOOKED,
    DirectAwaited: frozenset({State.CHANGING}),
    DirectAgreed: frozenset({State.CONFIRMED}),
    DirectOff: BOOKED,
    CollectorNoted: BOOKED,
    Examined: frozenset({State.EXAMINED, State.CHANGING}),
    Offered: frozenset({State.OFFERED}),
    Repeated: frozenset({State.ASKED}),
    Which: frozenset({State.ASKED}),
    Vouching: BOOKED,
    Asked: frozenset({State.ASKED, State.CHANGING}),
    Refused: frozenset({State.REFUSED}),
    Cancelled: frozenset({State.CANCELLED}),
    Declined: frozenset({State.DECLINED}),
    Lapsed: frozenset({State.LAPSED}),
}
"""In which states a letter may speak of a conversation."""


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(first=FIRST, then=THEN)
def test_whatever_people_write_the_ledger_holds_and_each_state_has_its_letter(first, then) -> None:
    walked(Office(RULES), (*first, *then))


NOT_FRIDAY = says(Intent.HUMAN, prevented=frozenset({date(2026, 6, 12)}), days=frozenset({date(2026, 6, 12)}))
AT_ONCE = timedelta(0)
DIRECT = (
    (asks(room("cuisine", slot("2026-06-10", "18-20"))), KARIM, -1, "domain", AT_ONCE, None),
    (asks(room("quartier", slot("2026-06-13", "14-18"))), YVETTE, -1, "domain", timedelta(days=6), None),
    (NOT_FRIDAY, YVETTE, 0, "domain", AT_ONCE, None),
    (says(Intent.ACCEPT, option=2), YVETTE, 0, "challenge", AT_ONCE, None),
    (says(Intent.ACCEPT), KARIM, 0, "challenge", AT_ONCE, None),
)
"""What two borrowers write till one has the key from the other."""


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(steps=st.integers(4, 5), then=THEN)
def test_whatever_they_write_then_a_direct_hand_over_is_one_for_both(steps, then) -> None:
    office = Office(RULES)
    walked(office, DIRECT[:steps])
    assert any(map(linked, office.reservations.values()))
    walked(office, then)


def walked(office: Office, steps) -> None:
    for meaning, sender, nth, proof, later, verdict in steps:
        code = a_thread(office, sender, nth)
        pending = office.reservations[code].pending if code else None
        more = {"challenge": pending.act} if proof == "challenge" and pending else {}
        decision = office.mail(meaning, sender, code, sender_is_proven=proof == "domain", **more)
        holds(office)
        each_letter_has_its_state(decision, office)
        only_proven_acts_touch_what_stands(decision, proof)
        for put in decision.puts:
            event(f"{put.before.state if put.before else State.NEW} {put.act}")
        if verdict:
            staff_say(verdict, office)
        office.now += later
        the_clock(office)
        holds(office)


def staff_say(verdict: Verdict, office: Office) -> None:
    """Let staff answer all that waits for them; of each they hear, or the asker does."""
    for code in [one.code for one in office.reservations.values() if one.examined]:
        decision = office.judge(verdict, CLAIRE, code)
        assert decision.notices
        for put in decision.puts:
            assert not put.after.examined
            event(f"staff: {put.before.state if put.before else State.NEW} {put.act}")
        holds(office)


def a_thread(office: Office, sender, nth: int) -> str:
    whose = office.rules.initiative_of(sender.address).id
    own = [code for code, reservation in office.reservations.items() if reservation.initiative == whose]
    return own[nth] if 0 <= nth < len(own) else ""


def the_clock(office: Office) -> None:
    every = office.reservations.values()
    lapsing = tuple(r for r in every if r.state in (*HELD, State.CHANGING) and r.deadline and r.deadline < office.now)
    undecided = [one for one in lapsing if one.examined]
    lapsing = tuple(one for one in lapsing if not one.examined)
    office.carry_out(on_clock(ClockFacts(office.now, lapsing=lapsing), office.rules))
    for one in undecided:
        office.carry_out(at_deadline(Matter(says(Intent.CHANGE), office.facts(one.asker, one.code), office.rules)))


def holds(office: Office) -> None:
    """The ledger is the sum of what stands, and each conversation is whole."""
    occupied: Counter[tuple[str, int]] = Counter()
    for reservation in office.reservations.values():
        is_whole(reservation)
        shares_with_who_shares(reservation, office)
        for claim in claims_in_force(reservation):
            occupied.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
    assert +office.ledger.cells == +occupied


def shares_with_who_shares(reservation: Reservation, office: Office) -> None:
    """What passes directly passes for both; where one is off, it may have changed hands, and staff know."""
    for code in linked(reservation):
        event(f"direct: {reservation.state}, {'asked' if reservation.pending else 'agreed'}")
        begun = [one.opening.start for use in reservation.uses for one in (use.out, use.back) if one and one.direct]
        assert reservation.code in linked(office.reservations[code]) or any(start <= office.now for start in begun)


def is_whole(reservation: Reservation) -> None:
    if reservation.state in BOOKED:
        assert reservation.uses
    if reservation.state is State.CHANGING:
        assert reservation.pending
        assert bool(reservation.options) is bool(reservation.hold) is bool(reservation.deadline)
    if reservation.state in HELD:
        assert reservation.options
        assert reservation.deadline
    if reservation.state is State.ASKED:
        assert reservation.request


def each_letter_has_its_state(decision: Decision, office: Office) -> None:
    answers = [notice.content for notice in decision.notices if notice.answers]
    assert len(answers) <= 1
    assert answers or not decision.puts
    for content in answers:
        reservation = getattr(content, "reservation", None)
        if type(content) in FITS:
            assert reservation.state in FITS[type(content)], (type(content), reservation.state)
        if reservation is not None:
            assert office.reservations[reservation.code] == reservation


TOUCHES = frozenset({Act.CHANGE, Act.UNDO, Act.CANCEL})


def only_proven_acts_touch_what_stands(decision: Decision, proof: str) -> None:
    """Without proof nothing; with the answer to a challenge, what the challenge named, or what both agreed to share."""
    for put in decision.puts:
        if proof == "challenge" and linked(put.before):
            continue
        if put.before is not None and put.before.state in BOOKED and proof == "challenge":
            pending = put.before.pending
            assert put.act not in TOUCHES or (pending and put.act is pending.act)
            named = [option.uses for option in put.before.options]
            assert put.act is Act.CANCEL or put.after.uses in (put.before.uses, *named) or not put.before.hold
            comes = pending.meaning.comes if pending and pending.meaning else None
            assert put.after.collector in (put.before.collector, comes)
        if put.before is not None and put.before.state in BOOKED and proof == "none":
            assert put.act not in TOUCHES
            assert put.after.phone == put.before.phone
            assert put.after.uses == put.before.uses
            assert put.after.collector == put.before.collector
