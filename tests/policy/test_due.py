"""The clock: key-holders' lists, offers that lapse, reservations that end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts
from mailbot.model.meaning import Intent
from mailbot.model.reservation import Act, State
from mailbot.model.spans import Days
from mailbot.model.to_key_holders import Digest, Direction, ShortNotice
from mailbot.policy.clock import on_clock
from mailbot.policy.due import (
    due_lists,
    due_span,
    is_over,
    next_list,
    next_moment,
    passings_of,
    reader_of,
)
from tests.policy.commune import KARIM, RULES, Office, asks, goods, limited, local, room, says, slot

JOSIANE = RULES.holders["josiane"]


def tick(office: Office, last: dict[str, Digest]):
    """Let the clock do its duties, and keep the lists as the store does."""
    standing = tuple(r for r in office.reservations.values() if r.state is State.CONFIRMED)
    cancelled = tuple(r for r in office.reservations.values() if r.state is State.CANCELLED)
    facts = ClockFacts(office.now, passing=standing, cancelled=cancelled, last_digests=last)
    decision = on_clock(facts, office.rules)
    last.update((digest.holder, digest) for digest in decision.digests)
    return decision


def list_of(decision, holder: str = "josiane") -> Digest:
    [digest] = [digest for digest in decision.digests if digest.holder == holder]
    return digest


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-06-02 06:44", "2026-06-02 06:45"),
        ("2026-06-02 06:45", "2026-06-03 06:45"),
        ("2026-06-05 12:00", "2026-06-08 06:45"),  # from Friday to Monday
        ("2026-07-20 12:00", "2026-07-22 06:45"),  # over the national day
        ("2026-10-23 12:00", "2026-10-26 06:45"),  # over the change of hour
    ],
)
def test_a_list_reaches_to_the_next_working_day(after, expected) -> None:
    assert next_list(JOSIANE, local(after), RULES) == local(expected)


def test_the_friday_list_tells_what_goes_out_and_comes_back_until_monday() -> None:
    office = Office(now=local("2026-06-02 09:30"))
    office.mail(asks(room("salle", slot("2026-06-13", "14-18")), phone="0400 11 22 33"))
    office.now = local("2026-06-12 06:45")
    digest = list_of(tick(office, {}))
    [line] = digest.lines
    assert digest.until == local("2026-06-15 06:45")
    assert (line.number, line.direction, line.counter, line.keys) == (1, Direction.OUT, "loge", (("mairie", 1),))
    assert (line.rooms, line.phone, line.initiative) == (("salle",), "0400 11 22 33", "Comité du Parc")


def test_what_one_reservation_passes_in_one_opening_is_one_line() -> None:
    office = Office(replace(RULES, counters={**RULES.counters, "garage": replace(RULES.counters["loge"], id="garage")}))
    day = slot("2026-06-13", "14-18")
    code = office.mail(asks(room("quartier", day), room("cuisine", day), goods("table", 4, slot("2026-06-13")))).code
    passings = passings_of(office.reservations[code], office.rules)
    assert [(p.counter, p.direction, p.rooms, p.goods) for p in passings] == [
        ("loge", Direction.OUT, ("cuisine", "quartier"), ()),
        ("loge", Direction.BACK, ("cuisine", "quartier"), ()),
        ("garage", Direction.OUT, (), (("table", 4),)),
        ("garage", Direction.BACK, (), (("table", 4),)),
    ]


def test_a_list_that_was_missed_is_caught_up_once() -> None:
    office, last = Office(now=local("2026-06-02 06:45")), {}
    tick(office, last)
    assert not due_lists(last, local("2026-06-02 23:00"), RULES)
    late = local("2026-06-03 11:00")
    assert {due.day for due in due_lists(last, late, RULES)} == {date(2026, 6, 3)}
    office.now = late
    tick(office, last)
    assert not due_lists(last, late + timedelta(minutes=1), RULES)
    assert due_span(last, late, RULES) is None


def test_the_stand_in_reads_the_list_of_one_who_is_absent() -> None:
    absent = replace(JOSIANE, absences=(Days(date(2026, 6, 1), date(2026, 6, 5)),))
    rules = replace(RULES, holders={**RULES.holders, "josiane": absent})
    assert reader_of(absent, date(2026, 6, 5), rules).id == "samir"
    assert reader_of(absent, date(2026, 6, 8), rules).id == "josiane"
    decision = tick(Office(rules, now=local("2026-06-02 06:45")), {})
    [notice] = [notice for notice in decision.notices if notice.content.holder == "josiane"]
    assert notice.to.address == "samir@commune.example"
    assert notice.languages == ("nl",)


def test_who_wants_no_empty_list_gets_none_but_it_is_kept() -> None:
    decision = tick(Office(now=local("2026-06-02 07:00")), {})
    assert {digest.holder for digest in decision.digests} == {"josiane", "freddy"}
    assert [notice.content.holder for notice in decision.notices] == ["josiane"]


def test_what_is_booked_inside_the_list_they_have_is_told_at_once_and_only_once() -> None:
    office, last = Office(limited(notice=timedelta(hours=2)), now=local("2026-06-02 06:45")), {}
    tick(office, last)
    decision = office.mail(asks(room("salle", slot("2026-06-02", "20-22"))), last_digests=last)
    [told] = [notice.content for notice in decision.notices if isinstance(notice.content, ShortNotice)]
    assert [(change.passing.direction, change.cancelled) for change in told.changes] == [(Direction.OUT, False)]
    office.now = local("2026-06-03 06:45")
    assert [line.direction for line in list_of(tick(office, last)).lines] == [Direction.BACK]


def test_what_is_booked_for_after_their_list_is_left_to_the_next() -> None:
    office, last = Office(now=local("2026-06-02 06:45")), {}
    tick(office, last)
    decision = office.mail(asks(room("salle", slot("2026-06-06", "20-22"))), last_digests=last)
    assert not [notice for notice in decision.notices if isinstance(notice.content, ShortNotice)]


def test_an_offer_lapses_and_holds_nothing_any_more() -> None:
    office = Office()
    office.mail(asks(room("kiosque", slot("2026-06-13", "14-18"))), KARIM)
    before = +office.ledger.cells
    code = office.mail(asks(room("kiosque", slot("2026-06-13", "14-18")))).code
    offer = office.reservations[code]
    assert +office.ledger.cells > before
    decision = on_clock(ClockFacts(office.now + timedelta(days=3), lapsing=(offer,)), RULES)
    [put] = decision.puts
    assert (put.act, put.after.state) == (Act.LAPSE, State.LAPSED)
    office.carry_out(decision)
    assert +office.ledger.cells == before


def test_a_reservation_is_closed_only_when_its_key_is_back_and_its_cups_are_dry() -> None:
    office = Office()
    code = office.mail(asks(goods("gobelet", 100, slot("2026-06-13")))).code
    reservation = office.reservations[code]
    assert not is_over(reservation, local("2026-06-15 12:00"), RULES)  # back on Monday, washed until Wednesday
    assert is_over(reservation, local("2026-06-18 00:00"), RULES)
    decision = on_clock(ClockFacts(local("2026-06-18 00:00"), ending=(reservation,)), RULES)
    assert Act.CLOSE in {put.act for put in decision.puts}


def test_the_next_moment_is_the_next_list_or_the_end_of_an_offer() -> None:
    office, last = Office(now=local("2026-06-02 07:00")), {}
    assert next_moment(last, (), office.now, RULES) == office.now
    tick(office, last)
    assert next_moment(last, (), office.now, RULES) == local("2026-06-03 06:45")
    deadline = local("2026-06-02 18:00")
    assert next_moment(last, (deadline,), office.now, RULES) == deadline


def test_what_was_cancelled_since_the_last_list_is_said() -> None:
    office, last = Office(now=local("2026-06-11 06:45")), {}
    code = office.mail(asks(room("salle", slot("2026-06-13", "14-18")))).code
    tick(office, last)
    office.now = local("2026-06-11 12:00")
    office.mail(says(Intent.CANCEL), code=code, sender_is_proven=True)
    office.now = local("2026-06-12 06:45")
    digest = list_of(tick(office, last))
    assert not digest.lines
    assert [(change.cancelled, change.passing.code) for change in digest.changed] == [(True, code)]


MONDAY = date(2026, 10, 19)
"""The clocks go back on the Sunday of this fortnight."""
LAST = 17
"""Days on which mails come in and lists go out."""
BOOKINGS = st.lists(
    st.tuples(
        st.sampled_from(["salle", "bureau", "quartier", "table", "gobelet"]),
        st.integers(0, LAST),  # the day of the mail
        st.integers(1, 9),  # how many days before the use
        st.integers(8, 20),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=12,
)


def of_fortnight(resource: str, day: date, hour: int, much: int):
    if resource in RULES.equipment:
        return goods(resource, much, slot(day.isoformat()))
    return room(resource, slot(day.isoformat(), f"{hour}-{hour + much}"))


def names(passings) -> list[tuple[object, ...]]:
    return [(passing.code, passing.direction, passing.counter, passing.opening) for passing in passings]


@settings(max_examples=50, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(bookings=BOOKINGS, late=st.lists(st.integers(0, 600), min_size=LAST + 1, max_size=LAST + 1))
def test_over_a_fortnight_each_passing_is_in_one_list_or_in_one_short_notice(bookings, late) -> None:
    office, last = Office(limited(notice=timedelta(hours=2), active_bookings=50)), {}
    told: list[tuple[object, ...]] = []
    for number in range(LAST + 1):
        day = MONDAY + timedelta(days=number)
        office.now = local(f"{day} 06:45") + timedelta(minutes=late[number])
        for digest in tick(office, last).digests:
            told += names(digest.lines)
        for resource, _, ahead, hour, much in (booking for booking in bookings if booking[1] == number):
            request = asks(of_fortnight(resource, day + timedelta(days=ahead), hour, much))
            for notice in office.mail(request, last_digests=dict(last)).notices:
                if isinstance(notice.content, ShortNotice):
                    told += names(change.passing for change in notice.content.changes)
    assert len(told) == len(set(told))
    end = min(digest.until for digest in last.values())
    booked = (r for r in office.reservations.values() if r.state is State.CONFIRMED)
    due = [p for r in booked for p in passings_of(r, RULES) if p.opening.start < end]
    assert set(names(due)) <= set(told)


def test_each_of_those_who_stand_at_a_counter_gets_the_list() -> None:
    both = replace(RULES.counters["loge"], beside=("samir",))
    office = Office(replace(RULES, counters={**RULES.counters, "loge": both}), now=local("2026-06-02 09:30"))
    office.mail(asks(room("salle", slot("2026-06-13", "14-18"))))
    office.now = local("2026-06-12 06:45")
    decision = tick(office, {})
    assert [line.code for holder in ("josiane", "samir") for line in list_of(decision, holder).lines] == ["R-00000"] * 2


def test_a_steward_gets_the_list_of_what_is_theirs_and_nobody_two_lists() -> None:
    hugo = replace(RULES.holders["samir"], id="hugo", address="hugo@garage.example", things=frozenset({"table"}))
    rules = replace(RULES, holders={**RULES.holders, "hugo": hugo})
    office = Office(rules, now=local("2026-06-02 09:30"))
    day = slot("2026-06-13")
    office.mail(asks(room("salle", slot("2026-06-13", "14-18")), goods("table", 4, day)))
    office.mail(asks(goods("gobelet", 100, day)), sender=KARIM)
    office.now = local("2026-06-12 07:00")
    assert [line.code for line in list_of(tick(office, {}), "hugo").lines] == ["R-00000"]
    same = replace(rules, holders={**rules.holders, "hugo": replace(hugo, address="freddy@commune.example")})
    office.rules = same
    assert "hugo" not in {digest.holder for digest in tick(office, {}).digests}
