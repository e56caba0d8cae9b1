"""The weekly plans of those who manage a place: each once, in the transaction that remembers it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mailbot.model.rules import Rules
from mailbot.policy.hours import whole
from mailbot.policy.week import plan_due, plan_of
from mailbot.service.desk import Due
from mailbot.service.ports import Unit


def plans(unit: Unit, rules: Rules, now: datetime) -> Iterator[Due]:
    """Yield the plans that are due and were not given."""
    for manager in rules.managers.values():
        days = plan_due(manager, now, rules)
        if days is None:
            continue
        unit.reservations.lock(f"plan {manager.id}")
        event, span = f"plan {manager.id} {days.first}", whole(days, rules)
        if not unit.mailbox.told(event, span.start):
            yield Due(plan_of(manager, days, unit.reservations.between(span.start, span.end), rules), event)
