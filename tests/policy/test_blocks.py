"""What is closed by mail: nothing new is booked in it, what is booked stands, its owner is offered something else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.house import Act as Wanted
from mailbot.model.house import Order, Stretch
from mailbot.model.meaning import Intent
from mailbot.model.notices import Content
from mailbot.model.objections import Closed, ShortStock
from mailbot.model.reports import Blocked, Deed, Opened, Report, Unblocked
from mailbot.model.reservation import Act, Reservation, State, claims_in_force
from mailbot.model.rules import Rules, Staff
from mailbot.model.spans import Days
from mailbot.model.to_askers import Changed, Confirmed, Displaced, Free, Handed, Offered
from mailbot.model.to_staff import BlockTold, Puzzle, StillInside
from mailbot.policy.blocks import Housekeeper, agreed, carried_out, deeds_of, offered_elsewhere, taken_back
from mailbot.policy.due import digest_for, lapsed
from mailbot.policy.hours import is_open
from mailbot.policy.matter import Matter
from mailbot.policy.stock import blocks_during, in_force, stock_of
from mailbot.policy.windows import windows_around
from tests.policy.commune import KARIM, NOW, RULES, YVETTE, Ledger, Office, asks, goods, hours, room, says, slot, span

CLAIRE = RULES.staff[0]
STAFF = Housekeeper("staff", CLAIRE)
HEAD = Housekeeper("els", Staff("Els", "els@school.example", "nl"), frozenset({"quartier", "cuisine"}))
FRIDAY = date(2026, 6, 12)
HALL = room("salle", slot("2026-06-12", "14-18"))


def order(*things: str, act: Wanted = Wanted.BLOCK, days: tuple[int, int] = (10, 14), hour: str = "", units: int = 0):
    when = Stretch(date(2026, 6, days[0]), date(2026, 6, days[1]), hours(hour) if hour else ())
    return Order(act, tuple((thing, units or None) for thing in things), (when,), "peinture", "bloquer")


def done(wanted: Order, keeper: Housekeeper = STAFF, rules: Rules = RULES) -> tuple[Deed, ...]:
    deeds = deeds_of(wanted, keeper, NOW, rules)
    assert isinstance(deeds, tuple), deeds
    return deeds


class Town(Office):
    """An office whose ledger knows what is blocked."""

    def __init__(self, *deeds: Deed) -> None:
        super().__init__(in_force(RULES, deeds))
        rules = self.rules

        class Blocking(Ledger):
            def stock(self, resource: str, cell: int) -> int:
                return stock_of(rules)(resource, cell)

        self.ledger = Blocking(rules)


def told(decision: Decision) -> Content:
    return next(notice.content for notice in decision.notices if notice.answers)


def test_nothing_new_is_booked_and_the_reason_is_given() -> None:
    decision = Town(*done(order("salle"))).mail(asks(HALL))
    content = told(decision)
    assert isinstance(content, Offered)
    days = Days(date(2026, 6, 10), date(2026, 6, 14))
    assert content.objections == (Closed("salle", days, {"": "peinture"}),)
    for option in content.reservation.options:
        for use in option.uses:
            assert use.resource != "salle" or not span("2026-06-10", "0-24").start < use.when.start < NOW  # type: ignore[union-attr]
            assert use.resource != "salle" or use.when.start.date() not in days  # type: ignore[union-attr]


def test_hours_alone_close_those_hours() -> None:
    town = Town(*done(order("salle", days=(12, 12), hour="9-12")))
    assert isinstance(told(town.mail(asks(HALL))), Confirmed)
    early = town.mail(asks(room("salle", slot("2026-06-12", "10-11"))), KARIM)
    assert isinstance(told(early), Offered)


def test_what_is_free_says_that_it_is_closed() -> None:
    town = Town(*done(order("salle")))
    content = told(town.mail(says(Intent.AVAILABILITY, room("salle", slot("2026-06-12")))))
    assert isinstance(content, Free)
    assert {type(row.objections[0]) for row in content.rows} == {Closed}
    assert not any(row.free for row in content.rows)


def test_some_units_of_a_thing_lower_its_stock() -> None:
    town = Town(*done(order("table", units=10)))
    content = told(town.mail(asks(goods("table", 3, slot("2026-06-12")))))
    assert isinstance(content, Offered)
    [objection] = content.objections
    assert isinstance(objection, ShortStock)
    assert objection.free == 2


def test_what_is_lifted_is_free_again_and_the_rest_stays_closed() -> None:
    blocks = done(order("salle"))
    rules = in_force(RULES, blocks)
    lifted = done(order("salle", act=Wanted.UNBLOCK, days=(12, 12)), rules=rules)
    assert [type(deed) for deed in lifted] == [Unblocked]
    stock = stock_of(in_force(RULES, (*blocks, *lifted)))
    assert [stock("salle", span(f"2026-06-{day}", "12-13").cells()[0]) for day in (10, 11, 12, 13)] == [0, 0, 1, 0]
    again = done(order("salle", days=(12, 12)))
    assert stock_of(in_force(RULES, (*blocks, *lifted, *again)))("salle", span("2026-06-12", "12-13").cells()[0]) == 0
    assert len(blocks_during(span("2026-06-12", "8-20"), in_force(RULES, (*blocks, *lifted, *again)))) == 2


@pytest.mark.parametrize(
    ("wanted", "keeper", "puzzle"),
    [
        (Order(Wanted.BLOCK, when=order().when), STAFF, Puzzle.THING),
        (replace(order("salle"), several=True), STAFF, Puzzle.THING),
        (replace(order("salle"), when=()), STAFF, Puzzle.DAYS),
        (order("salle", days=(1, 1)), STAFF, Puzzle.DAYS),
        (order("salle", act=Wanted.UNBLOCK), STAFF, Puzzle.NOT_BLOCKED),
        (order("salle", act=Wanted.OPEN), STAFF, Puzzle.HOURS),
        (order("table", act=Wanted.OPEN, hour="9-12"), STAFF, Puzzle.THING),
        (order("salle"), HEAD, Puzzle.NOT_YOURS),
    ],
)
def test_what_is_missing_is_asked(wanted: Order, keeper: Housekeeper, puzzle: Puzzle) -> None:
    assert deeds_of(wanted, keeper, NOW, RULES) is puzzle


def test_who_manages_a_place_closes_all_of_it() -> None:
    assert [deed.blocked for deed in done(order(), HEAD) if isinstance(deed, Blocked)] == ["cuisine", "quartier"]


def test_it_is_open_besides_its_hours_and_on_a_holiday() -> None:
    rules = in_force(RULES, (Opened("salle", span("2026-07-21", "9-12")),))
    town = Office(rules)
    assert isinstance(told(town.mail(asks(room("salle", slot("2026-07-21", "9-12"))))), Confirmed)
    assert isinstance(told(town.mail(asks(room("salle", slot("2026-07-21", "9-13"))), KARIM)), Offered)
    early = in_force(RULES, (Opened("salle", span("2026-06-12", "6-9")),))
    assert is_open(early.rooms["salle"], span("2026-06-12", "7-10"), early)
    assert not is_open(RULES.rooms["salle"], span("2026-06-12", "7-10"), RULES)


# --- bookings inside


def booked_then_blocked(*wanted: Order) -> tuple[Town, Reservation, Report]:
    """Let Yvette book the hall on Friday, then block it."""
    before = Office(RULES)
    before.mail(asks(HALL, attendees=40))
    deeds = tuple(deed for one in wanted or (order("salle"),) for deed in done(one))
    town = Town(*deeds)
    town.ledger.cells, town.reservations = before.ledger.cells, before.reservations
    [booking] = town.reservations.values()
    return town, booking, Report("staff", CLAIRE.address, deeds, "bloquer", id=7)


def test_the_bookings_inside_are_listed_and_stand() -> None:
    town, booking, report = booked_then_blocked()
    decision = carried_out(report, STAFF, [booking], NOW, RULES)
    assert decision.puts == ()
    [notice] = decision.notices
    assert isinstance(notice.content, BlockTold)
    assert [one.reservation for one in notice.content.inside] == [booking]
    assert agreed(report, [booking], NOW, town.rules) == notice.content.inside


def test_another_room_or_day_is_not_inside() -> None:
    for wanted in (order("bureau"), order("salle", days=(13, 14)), order("salle", days=(12, 12), hour="9-12")):
        town, booking, report = booked_then_blocked(wanted)
        assert agreed(report, [booking], NOW, town.rules) == ()


def offered(town: Town, booking: Reservation, report: Report) -> Decision:
    town.ledger.windows = windows_around(booking.uses, booking.attendees, town.rules)
    facts = replace(town.facts(YVETTE), conversation=booking, standing=(booking,))
    matter = Matter(says(Intent.CHANGE), facts, town.rules)
    decision = offered_elsewhere(matter, booking.uses, report, CLAIRE, "ok@commune.example")
    for put in decision.puts:  # what is taken in a blocked cell stays: the ledger of the walk would refuse it
        town.ledger.cells.update(
            {
                (c.resource, cell): c.units
                for c in set(claims_in_force(put.after)) - set(claims_in_force(put.before))
                for cell in range(c.first, c.last + 1)
            }
        )
        town.reservations[put.after.code] = put.after
    return decision


def test_once_staff_agree_the_owner_is_offered_something_else_beside_what_stands() -> None:
    town, booking, report = booked_then_blocked()
    decision = offered(town, booking, report)
    [put] = decision.puts
    assert (put.act, put.after.state, put.by) == (Act.PROPOSE, State.CHANGING, CLAIRE.address)
    assert put.after.uses == booking.uses
    [notice] = decision.notices
    assert isinstance(notice.content, Displaced)
    assert notice.to == YVETTE
    assert notice.content.reservation.options
    assert agreed(report, [put.after], NOW, town.rules) == (), "each owner once"


def test_who_chooses_has_it_and_who_wants_none_gets_a_person() -> None:
    town, booking, report = booked_then_blocked()
    changing = offered(town, booking, report).puts[0].after
    town.ledger.windows = None
    facts = replace(town.facts(YVETTE, changing.code), challenge=Act.CHANGE)
    from mailbot.policy.decide import on_mail

    chosen = on_mail(says(Intent.ACCEPT, option=1), facts, town.rules)
    assert isinstance(told(chosen), Changed)
    assert chosen.puts[0].after.uses == changing.options[0].uses
    refused = on_mail(says(Intent.DECLINE), facts, town.rules)
    assert isinstance(told(refused), Handed)


def test_silence_keeps_what_stands_and_staff_hear_of_it() -> None:
    town, booking, report = booked_then_blocked()
    changing = offered(town, booking, report).puts[0].after
    decision = lapsed([changing], town.now, town.rules)
    assert decision.puts[0].after.state is State.CONFIRMED
    [notice] = decision.notices
    assert isinstance(notice.content, StillInside)
    assert lapsed([changing], town.now, RULES).notices == ()


def test_a_bare_no_within_a_day_takes_it_back() -> None:
    town, booking, report = booked_then_blocked()
    changing = offered(town, booking, report).puts[0].after
    decision = taken_back(report, STAFF, True, [changing], "no@commune.example", town.rules)
    assert decision.puts[0].after.state is State.CONFIRMED
    assert {type(notice.content) for notice in decision.notices} == {BlockTold, Displaced}
    late = taken_back(report, STAFF, False, [changing], "no@commune.example", town.rules)
    assert (late.puts, late.report) == ((), None)


def test_an_offer_of_what_was_blocked_since_is_looked_at_again() -> None:
    before = Office(RULES)
    before.mail(asks(room("salle", slot("2026-06-12", "14-18"))), KARIM)
    other = before.mail(asks(HALL))
    held = other.puts[0].after
    inside = [use for option in held.options for use in option.uses if use.resource == "salle"]
    assert inside
    days = {use.when.start.date() for use in inside}  # type: ignore[union-attr]
    deeds = tuple(d for day in days for d in done(replace(order("salle"), when=(Stretch(day, day),))))
    town = Town(*deeds)
    town.ledger.cells, town.reservations = before.ledger.cells, before.reservations
    number = next(option.number for option in held.options if option.uses[0] in inside)
    facts = town.facts(YVETTE, held.code)
    from mailbot.policy.decide import on_mail

    decision = on_mail(says(Intent.ACCEPT, option=number), facts, town.rules)
    assert not isinstance(told(decision), Confirmed)


def test_the_key_holders_list_says_what_is_closed() -> None:
    rules = in_force(RULES, done(order("salle")))
    assert [block.blocked for block in digest_for("josiane", FRIDAY, (), rules).blocked] == ["salle"]
    assert digest_for("freddy", FRIDAY, (), rules).blocked == ()
    assert digest_for("josiane", FRIDAY + timedelta(days=7), (), rules).blocked == ()
