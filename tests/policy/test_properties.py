"""What holds for whatever is asked, in whatever order: the ledger is the sum of what stands, and promises are kept."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts
from mailbot.model.meaning import ANY_ROOM, Intent, Item, Meaning, Slot
from mailbot.model.reservation import State, claims_in_force
from mailbot.model.to_askers import Asked, Confirmed, Offered
from mailbot.policy.basket import Basket, pieces_of
from mailbot.policy.checks import weighed
from mailbot.policy.clock import on_clock
from mailbot.policy.decide import on_mail
from tests.policy.commune import KARIM, NOW, RULES, YVETTE, Office, asks, limited, says, slot

UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing case is told as found: shrinking whole conversations takes minutes."""
FIRST = date(2026, 6, 3)
DAYS = st.integers(0, 70).map(lambda ahead: FIRST + timedelta(days=ahead))
MINUTES = st.integers(7 * 4, 22 * 4).map(lambda quarters: quarters * 15) | st.integers(7 * 60, 22 * 60)


@st.composite
def room_slots(draw) -> Slot:
    start, length = draw(MINUTES), draw(st.sampled_from([60, 90, 120, 240, 480, 200]))
    end = start + length
    return slot(draw(DAYS).isoformat(), f"{start // 60}:{start % 60}-{end // 60}:{end % 60}")


@st.composite
def loans(draw) -> Slot:
    first = draw(DAYS)
    return Slot(first, first + timedelta(days=draw(st.integers(0, 4))))


ROOMS = st.builds(
    lambda rooms, slots, any_will_do: Item(rooms, 1, tuple(sorted(set(slots))), any_will_do),
    st.sampled_from([*((room,) for room in RULES.rooms), (ANY_ROOM,), ("bureau", "salle"), ("cuisine", "quartier")]),
    st.lists(room_slots(), min_size=1, max_size=4),
    st.booleans(),
)
GOODS = st.builds(
    lambda thing, units, slots: Item((thing,), units, tuple(sorted(set(slots)))),
    st.sampled_from(list(RULES.equipment)),
    st.integers(1, 14),
    st.lists(loans(), min_size=1, max_size=2),
)
BASKETS = st.lists(ROOMS | GOODS, min_size=1, max_size=3).map(tuple)
REQUESTS = st.builds(
    lambda items, people, rivals, either: replace(
        asks(*items, attendees=people),
        alternatives=tuple(asks(*rival, attendees=people) for rival in rivals),  # readings differ in what, not in who
        either=either,
    ),
    BASKETS,
    st.none() | st.integers(1, 90),
    st.lists(BASKETS, max_size=1),
    st.booleans(),
)
QUESTIONS = st.builds(lambda items: says(Intent.AVAILABILITY, *items), BASKETS)
OTHERS = st.sampled_from(
    [
        *(says(Intent.ACCEPT, option=option) for option in (None, 1, 2, 3)),
        says(Intent.DECLINE),
        says(Intent.CANCEL),
        says(Intent.CHANGE),
        says(Intent.HUMAN),
        says(Intent.LIST),
        says(Intent.AVAILABILITY, Item((ANY_ROOM,))),
        says(Intent.AVAILABILITY, Item(("gobelet",), None)),
        asks(hours=(14 * 60, 16 * 60)),
    ]
)
MAILS = st.lists(
    st.tuples(
        REQUESTS | QUESTIONS | OTHERS,
        st.sampled_from([YVETTE, KARIM]),
        st.integers(-1, 5),
        st.booleans(),
        st.sampled_from([timedelta(0), timedelta(hours=5), timedelta(days=2)]),
    ),
    min_size=1,
    max_size=8,
)
SMALL = limited(notice=timedelta(hours=12), active_bookings=4, hours_per_week=16)


def a_thread(office: Office, sender, nth: int) -> str:
    """Return the code of one of the sender's conversations; empty for a mail of its own."""
    whose = office.rules.initiative_of(sender.address).id
    own = [code for code, reservation in office.reservations.items() if reservation.initiative == whose]
    return own[nth] if 0 <= nth < len(own) else ""


def write(office: Office, meaning: Meaning, sender, nth: int, proven: bool):
    """One mail. The ledger refuses what overflows, and to be asked what no window announced."""
    return office.mail(meaning, sender, a_thread(office, sender, nth), sender_is_proven=proven)


def let_lapse(office: Office) -> None:
    over = [r for r in office.reservations.values() if r.state is State.OFFERED and r.deadline < office.now]
    office.carry_out(on_clock(ClockFacts(office.now, lapsing=tuple(over)), office.rules))


@settings(max_examples=60, deadline=None, phases=UNSHRUNK)
@given(mails=MAILS)
def test_the_ledger_is_the_sum_of_what_stands_whatever_comes(mails) -> None:
    office = Office(SMALL)
    for meaning, sender, nth, proven, later in mails:
        decision = write(office, meaning, sender, nth, proven)
        assert decision.because
        assert len([notice for notice in decision.notices if notice.answers]) <= 1
        occupied: Counter[tuple[str, int]] = Counter()
        for reservation in office.reservations.values():
            for claim in claims_in_force(reservation):
                occupied.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
        assert +office.ledger.cells == +occupied
        office.now += later
        let_lapse(office)


@settings(max_examples=60, deadline=None, phases=UNSHRUNK)
@given(mails=MAILS, option=st.integers(1, 3), share=st.floats(0, 1))
def test_each_offered_option_holds_to_every_rule_and_can_be_had_until_the_deadline(mails, option, share) -> None:
    office = Office(SMALL)
    for meaning, sender, nth, proven, _ in mails:
        decision = write(office, meaning, sender, nth, proven)
        offer = decision.notices[0].content if decision.notices else None
        if not isinstance(offer, Offered) or not decision.puts:
            continue
        event("offered")
        held = offer.reservation
        facts = replace(office.facts(sender), conversation=held)
        office.ledger.windows = None
        for one in held.options:
            again = weighed(Basket.of(pieces_of(one.uses, office.rules), held.attendees), facts, office.rules)
            assert not again.objections
            assert again.uses == one.uses
            _within(one.uses, held.hold)
        chosen = held.options[min(option, len(held.options)) - 1]
        assert held.deadline > office.now
        office.now += (held.deadline - office.now) * share
        accepted = office.mail(says(Intent.ACCEPT, option=chosen.number), sender, held.code)
        assert isinstance(accepted.notices[0].content, Confirmed)
        assert office.reservations[held.code].uses == chosen.uses
        starts = [use.out.opening.start for use in chosen.uses if use.out]
        assert all(start >= office.now for start in starts)
        return


def _within(uses, hold) -> None:
    """Each claim lies inside the hold."""
    held: Counter[tuple[str, int]] = Counter()
    for claim in hold:
        held.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
    needed: Counter[tuple[str, int]] = Counter()
    for claim in (claim for use in uses for claim in use.claims):
        needed.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
    assert needed <= held


OPEN_ROOMS = st.builds(
    lambda rooms, day, others: (Item(rooms, 1, (slot(day.isoformat(), "14-18"),)), *others),
    st.sampled_from([(ANY_ROOM,), ("bureau", "salle"), ("cuisine", "quartier")]),
    st.integers(4, 20).map(lambda ahead: FIRST + timedelta(days=ahead)),
    st.lists(GOODS, max_size=1),
)


@settings(max_examples=60, deadline=None, phases=UNSHRUNK)
@given(mails=MAILS, items=OPEN_ROOMS, people=st.none() | st.integers(1, 60))
def test_each_room_to_choose_from_can_be_had(mails, items, people) -> None:
    office = Office(SMALL)
    for meaning, _, nth, proven, _ in mails:
        write(office, meaning, KARIM, nth, proven)
    asked = office.mail(asks(*items, attendees=people))
    if not isinstance(asked.notices[0].content, Asked):
        return
    event("asked to choose")
    office.ledger.windows = None
    for number, choice in enumerate(asked.notices[0].content.choices, 1):
        chosen = on_mail(says(Intent.ACCEPT, option=number), office.facts(YVETTE, asked.code), office.rules)
        assert isinstance(chosen.notices[0].content, Confirmed)
        assert choice in {use.resource for use in chosen.puts[0].after.uses}


@settings(max_examples=60, deadline=None, phases=UNSHRUNK)
@given(meaning=REQUESTS)
def test_the_same_mail_and_facts_give_the_same_decision(meaning) -> None:
    office = Office(SMALL, now=NOW)
    facts = office.facts()
    assert on_mail(meaning, facts, office.rules) == on_mail(meaning, facts, office.rules)
