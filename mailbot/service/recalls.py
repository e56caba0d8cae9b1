"""Old hand-overs: each is recalled once, in the transaction that remembers it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mailbot.model.cases import Case
from mailbot.model.decision import Decision
from mailbot.model.rules import Rules
from mailbot.policy.hours import is_quiet
from mailbot.policy.recalls import is_old, recalled
from mailbot.service.ports import Unit


def recalls(unit: Unit, rules: Rules, now: datetime) -> Iterator[tuple[Decision, Case, str]]:
    """Yield what is due, with the case and the event that its letters are remembered by."""
    if is_quiet(now, rules):
        return
    for case, since in unit.cases.waiting():
        event = f"recall {case.id}"
        if is_old(case, since, now, rules) and not unit.mailbox.told(event, since):
            conversation = unit.reservations.get(case.code) if case.code else None
            yield recalled(case, since, conversation, now, rules), case, event
