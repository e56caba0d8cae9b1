"""Old hand-overs: each is recalled once, in the transaction that remembers it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mailbot.model.rules import Rules
from mailbot.policy.hours import is_quiet
from mailbot.policy.recalls import is_old, recalled
from mailbot.service.cases import thread_of_case
from mailbot.service.desk import Due
from mailbot.service.ports import Unit


def recalls(unit: Unit, rules: Rules, now: datetime) -> Iterator[Due]:
    """Yield what is due."""
    if is_quiet(now, rules):
        return
    for case, since in unit.cases.waiting():
        event = f"recall {case.id}"
        if is_old(case, since, now, rules) and not unit.mailbox.told(event, since):
            conversation = unit.reservations.get(case.code) if case.code else None
            yield Due(recalled(case, since, conversation, now, rules), event, thread_of_case(case))
