"""The weekly plan of who manages a place: on its day and hour, once caught up, with what is booked, closed and open."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.reports import Blocked, Opened
from mailbot.model.rules import Manager
from mailbot.model.spans import Days
from mailbot.model.to_staff import WeekPlan
from mailbot.policy.stock import in_force
from mailbot.policy.week import plan_due, plan_of
from tests.policy.commune import RULES, Office, asks, goods, local, room, slot, span

ELS = Manager("els", "Els", "els@school.example", "nl", ("parc",), plan_day=0)
TOWN = replace(RULES, managers={"els": ELS})
WEEK = Days(date(2026, 6, 8), date(2026, 6, 14))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-06-08 06:59", None),
        ("2026-06-08 07:00", WEEK),
        ("2026-06-09 06:59", WEEK),
        ("2026-06-09 07:00", None),
        ("2026-06-11 07:00", None),
    ],
)
def test_a_plan_is_due_at_its_hour_and_a_day_long(now: str, due: Days | None) -> None:
    assert plan_due(ELS, local(now), TOWN) == due


def test_it_tells_the_rooms_of_the_place_in_these_days() -> None:
    office = Office(TOWN)
    office.mail(asks(room("quartier", slot("2026-06-10", "14-18")), goods("table", 2, slot("2026-06-10"))))
    office.mail(asks(room("salle", slot("2026-06-11", "14-18"))))
    office.mail(asks(room("quartier", slot("2026-06-15", "14-18"))))
    morning = span("2026-06-14", "6-9")
    block = Blocked("cuisine", morning, morning.cells()[0], morning.cells()[-1], "gaz")
    rules = in_force(TOWN, (block, Opened("quartier", morning), Opened("salle", morning)))
    [notice] = plan_of(ELS, WEEK, office.reservations.values(), rules).notices
    plan = notice.content
    assert isinstance(plan, WeekPlan)
    assert [use.when for one in plan.booked for use in one.uses] == [span("2026-06-10", "14-18")]
    assert (plan.blocked, plan.opened) == ((block,), (Opened("quartier", morning),))
    assert (notice.to.address, notice.languages, notice.answers) == (ELS.address, ("nl",), False)
