"""A key goes straight from one borrower to the next: only where both said yes, and never by halves."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.decision import ClockFacts
from mailbot.model.meaning import SAME, Intent, Item
from mailbot.model.reservation import Act, State, claims_in_force, linked, neighbours
from mailbot.model.to_askers import (
    Changed,
    DirectAgreed,
    DirectAsked,
    DirectAwaited,
    DirectOff,
    Handed,
    OpeningsOffered,
    Unchanged,
)
from mailbot.model.to_key_holders import ShortNotice
from mailbot.policy.clock import on_clock
from tests.policy.commune import KARIM, RULES, YVETTE, Office, asks, goods, local, room, says, slot

THURSDAY, FRIDAY, SATURDAY = (date(2026, 6, day) for day in (11, 12, 13))
NOT_FRIDAY = says(Intent.HUMAN, prevented=frozenset({FRIDAY}), days=frozenset({FRIDAY}))
OK, NO = says(Intent.ACCEPT), says(Intent.DECLINE, undo=True)


def two_bookings(karim: str = "2026-06-10", between: str = "18-22") -> tuple[Office, str, str]:
    """Karim has the only key till Thursday morning or longer, Yvette fetches it on Friday evening; it is the 8th."""
    office = Office()
    theirs = office.mail(asks(room("cuisine", slot(karim, between)), phone="0400 11 22 33"), KARIM).code
    mine = office.mail(asks(room("quartier", slot("2026-06-13", "14-18")), attendees=20, phone="0400 98 76 54")).code
    office.now = local("2026-06-08 09:00")
    return office, theirs, mine


def letters(decision, to=None) -> list:
    return [n.content for n in decision.notices if to is None or n.to == to]


def asked(office: Office, mine: str):
    office.mail(NOT_FRIDAY, code=mine)
    direct = office.reservations[mine].options[-1]
    return office.mail(says(Intent.ACCEPT, option=direct.number), code=mine, challenge=Act.CHANGE)


def test_who_cannot_come_is_offered_to_have_it_from_the_borrower_before() -> None:
    office, theirs, mine = two_bookings()
    [content] = letters(office.mail(NOT_FRIDAY, code=mine), YVETTE)
    assert isinstance(content, OpeningsOffered)
    assert content.direct
    booking = office.reservations[mine]
    assert len(booking.options) == len(content.openings) + 1
    [whom] = neighbours(booking.options[-1].uses)
    assert (whom.code, whom.name, whom.phone, whom.address) == (theirs, "", "", ""), "nobody is named yet"
    assert office.reservations[theirs].pending is None, "nobody is asked yet"


def test_who_has_it_is_asked_alone_and_nobody_is_named() -> None:
    office, _theirs, mine = two_bookings()
    decision = asked(office, mine)
    assert isinstance(letters(decision, YVETTE)[0], DirectAwaited)
    [question] = letters(decision, KARIM)
    assert isinstance(question, DirectAsked)
    assert question.deadline == office.reservations[mine].deadline < local("2026-06-11 08:00"), "before it is back"
    assert "Yvette" not in repr(question)
    assert "0400 98" not in repr(question)
    assert office.reservations[mine].options, "the other openings stay"
    assert office.reservations[mine].uses == decision.puts[0].before.uses


def test_the_yes_of_both_tells_each_the_other_and_the_list_of_one_line() -> None:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    decision = office.mail(OK, KARIM, theirs, challenge=Act.NOTE)
    assert [type(content) for content in letters(decision)[:2]] == [DirectAgreed, DirectAgreed]
    [to_karim], [to_yvette] = (neighbours(office.reservations[code].uses) for code in (theirs, mine))
    assert (to_karim.name, to_karim.phone) == ("Yvette Collin", "0400 98 76 54")
    assert (to_yvette.name, to_yvette.phone) == ("Karim Benali", "0400 11 22 33")
    assert [put.act for put in decision.puts] == [Act.CHANGE, Act.CHANGE]
    assert all(put.by == "karim@canal.example" for put in decision.puts)
    assert [claim for claim in claims_in_force(office.reservations[mine]) if claim.resource.startswith("key")]
    both = (office.reservations[theirs], office.reservations[mine])
    told = []
    for morning in ("2026-06-10 06:45", "2026-06-11 06:45", "2026-06-12 06:45"):
        office.now = local(morning)
        facts = ClockFacts(office.now, passing=both, last_digests={d.holder: d for d in told})
        told += [digest for digest in on_clock(facts, RULES).digests if digest.holder == "josiane"]
    lines = [(line.direction, line.code, line.giver and line.giver.name) for digest in told for line in digest.lines]
    assert lines == [("out", theirs, None), ("out", mine, "Karim Benali")]


def test_a_key_that_would_be_back_too_late_goes_directly_as_well() -> None:
    """Friday night to Saturday afternoon, with no counter in between: there are two copies, and one is enough."""
    rules = replace(RULES, keys={**RULES.keys, "parc": replace(RULES.keys["parc"], copies=2)})
    office = Office(rules)
    theirs = office.mail(asks(room("cuisine", slot("2026-06-12", "19-22"))), KARIM).code
    mine = office.mail(asks(room("quartier", slot("2026-06-13", "14-18")), attendees=20)).code
    office.now = local("2026-06-08 09:00")
    asked(office, mine)
    office.mail(OK, KARIM, theirs, challenge=Act.NOTE)
    given, taken = (office.reservations[code].uses[0] for code in (theirs, mine))
    assert given.copy == taken.copy
    keys = [[c for c in use.claims if c.resource.startswith("key")] for use in (given, taken)]
    assert keys[0][0].last + 1 == keys[1][0].first
    assert taken.out.opening.start == local("2026-06-12 22:00")
    assert taken.out.opening.end == local("2026-06-13 14:00")


@pytest.mark.parametrize("answer", [NO, says(Intent.DECLINE)])
@pytest.mark.parametrize("proof", [{}, {"challenge": Act.NOTE}])
def test_a_no_leaves_all_as_it_was_with_the_openings(answer, proof) -> None:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    stood = office.reservations[theirs].uses, office.reservations[mine].uses
    decision = office.mail(answer, KARIM, theirs, **proof)
    assert isinstance(letters(decision, KARIM)[0], Unchanged)
    [content] = letters(decision, YVETTE)
    assert isinstance(content, OpeningsOffered)
    assert content.refused
    assert not content.direct
    assert (office.reservations[theirs].uses, office.reservations[mine].uses) == stood
    assert office.reservations[theirs].pending is None
    assert office.reservations[mine].deadline > office.now
    chosen = office.mail(says(Intent.ACCEPT, option=1), code=mine, challenge=Act.CHANGE)
    assert isinstance(letters(chosen, YVETTE)[0], Changed)


def test_silence_until_the_hour_is_a_no() -> None:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    waits = office.reservations[mine]
    office.now = waits.deadline
    decision = office.carry_out(on_clock(ClockFacts(office.now, lapsing=(waits,)), RULES))
    assert [type(content) for content in letters(decision, YVETTE)] == [OpeningsOffered]
    assert letters(decision, KARIM) == []
    assert office.reservations[theirs].pending is None
    late = office.mail(OK, KARIM, theirs)
    assert late.puts == ()


def test_a_yes_that_proves_nothing_gives_nothing_away() -> None:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    decision = office.mail(OK, KARIM, theirs)
    assert [type(content) for content in letters(decision)] == [DirectAsked]
    assert [put.act for put in decision.puts] == [Act.NOTE]
    office.mail(NOT_FRIDAY, code=mine)
    unproven = office.mail(says(Intent.ACCEPT, option=office.reservations[mine].options[-1].number), code=mine)
    [content] = letters(unproven)
    assert isinstance(content, OpeningsOffered)
    assert content.unproven
    assert [put.act for put in unproven.puts] == [Act.NOTE]
    assert office.reservations[theirs].pending is None, "nobody is asked"


def test_who_takes_an_opening_meanwhile_waits_for_nobody() -> None:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    office.mail(says(Intent.ACCEPT, option=1), code=mine, sender_is_proven=True)
    assert office.reservations[theirs].pending is None
    assert neighbours(office.reservations[mine].uses) == ()


def agreed() -> tuple[Office, str, str]:
    office, theirs, mine = two_bookings()
    asked(office, mine)
    office.mail(OK, KARIM, theirs, challenge=Act.NOTE)
    assert linked(office.reservations[mine]) == {theirs}
    return office, theirs, mine


@pytest.mark.parametrize(
    "meaning",
    [
        NO,
        says(Intent.CANCEL),
        says(Intent.CHANGE, Item((SAME,), 1, (slot("2026-06-20", "14-18"),)), days=frozenset({date(2026, 6, 20)})),
    ],
)
@pytest.mark.parametrize("giver_writes", [True, False])
def test_what_changes_for_one_goes_over_the_counter_for_the_other(meaning, giver_writes) -> None:
    office, theirs, mine = agreed()
    who, code, other, whom = (KARIM, theirs, mine, YVETTE) if giver_writes else (YVETTE, mine, theirs, KARIM)
    office.now = local("2026-06-08 10:00")
    decision = office.mail(meaning, who, code, sender_is_proven=True)
    if meaning.intent is Intent.CANCEL:
        assert office.reservations[code].state is State.CANCELLED
    [content] = letters(decision, whom)
    assert isinstance(content, DirectOff)
    assert content.needed
    assert linked(office.reservations[other]) == frozenset()
    use = office.reservations[other].uses[0]
    wanted = use.back.opening if whom == KARIM else use.out.opening
    expected = "2026-06-11 08:00" if whom == KARIM else "2026-06-12 17:00"
    assert wanted.start == local(expected)


def test_a_change_that_leaves_it_alone_keeps_it() -> None:
    office, theirs, mine = agreed()
    office.mail(says(Intent.CHANGE, attendees=25), code=mine, sender_is_proven=True)
    assert office.reservations[mine].attendees == 25
    assert linked(office.reservations[mine]) == {theirs}


def test_where_it_may_have_changed_hands_a_person_looks() -> None:
    office, _theirs, mine = agreed()
    office.now = local("2026-06-11 12:00")
    decision = office.mail(says(Intent.CANCEL), code=mine, sender_is_proven=True)
    assert "ToStaff" in [type(content).__name__ for content in letters(decision)]
    assert [type(content) for content in letters(decision, KARIM)] == []


def test_a_key_holder_gets_one_letter_about_both() -> None:
    office, theirs, mine = two_bookings("2026-06-11")
    asked(office, mine)
    office.now = local("2026-06-10 09:00")
    both = (office.reservations[theirs], office.reservations[mine])
    digests = {d.holder: d for d in on_clock(ClockFacts(local("2026-06-10 06:45"), passing=both), RULES).digests}
    office.now = office.reservations[mine].deadline
    digests = {id: replace(digest, until=local("2026-06-15 06:45")) for id, digest in digests.items()}
    decision = office.mail(OK, KARIM, theirs, challenge=Act.NOTE, last_digests=digests)
    [notice] = [content for content in letters(decision) if isinstance(content, ShortNotice)]
    assert sorted((c.passing.direction, c.cancelled, c.passing.giver is not None) for c in notice.changes) == [
        ("back", True, False),
        ("out", False, True),
        ("out", True, False),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (room("salle", slot("2026-06-10", "18-22")), room("quartier", slot("2026-06-13", "14-18"))),
        (goods("table", 4, slot("2026-06-11")), goods("table", 6, slot("2026-06-13"))),
        (goods("gobelet", 50, slot("2026-06-11")), goods("gobelet", 50, slot("2026-06-13"))),
        (goods("table", 4, slot("2026-06-13")), goods("table", 4, slot("2026-06-13"))),
    ],
    ids=["another key", "another number", "has to dry", "at the same time"],
)
def test_what_is_not_the_same_or_not_over_is_not_offered(first, second) -> None:
    office = Office()
    office.mail(asks(first), KARIM)
    mine = office.mail(asks(second)).code
    office.now = local("2026-06-08 09:00")
    office.mail(NOT_FRIDAY, code=mine)
    assert not any(neighbours(option.uses) for option in office.reservations[mine].options)


def test_goods_go_directly_from_the_last_day_to_the_first() -> None:
    office = Office()
    theirs = office.mail(asks(goods("table", 4, slot("2026-06-12"))), KARIM).code
    mine = office.mail(asks(goods("table", 4, slot("2026-06-13")))).code
    out = office.reservations[mine].uses[0].out.opening
    day = date(2026, 6, 8) if out.start < local("2026-06-09 00:00") else FRIDAY
    decision = office.mail(says(Intent.HUMAN, prevented=frozenset({day}), days=frozenset({day})), code=mine)
    if not neighbours(office.reservations[mine].options[-1].uses if office.reservations[mine].options else ()):
        pytest.fail(repr(decision.notices))
    option = office.reservations[mine].options[-1]
    office.mail(says(Intent.ACCEPT, option=option.number), code=mine, challenge=Act.CHANGE)
    office.mail(OK, KARIM, theirs, challenge=Act.NOTE)
    given, taken = (office.reservations[code].uses[0].claims[0] for code in (theirs, mine))
    assert given.last + 1 == taken.first


def test_without_any_other_opening_it_is_the_only_choice_and_a_no_brings_a_person() -> None:
    office, theirs, mine = two_bookings("2026-06-11", "14-18")  # back on Friday morning
    office.mail(says(Intent.HUMAN, prevented=frozenset({FRIDAY}), days=frozenset({FRIDAY})), code=mine)
    [option] = office.reservations[mine].options
    office.mail(says(Intent.ACCEPT), code=mine, challenge=Act.CHANGE)
    assert office.reservations[theirs].pending.partner == mine
    decision = office.mail(NO, KARIM, theirs, challenge=Act.NOTE)
    assert isinstance(letters(decision, YVETTE)[0], Handed)
    assert office.reservations[mine].state is State.CONFIRMED
    assert option.number == 1
