"""What the clock brings, all of it: ends and lapses, the key-holders' lists, and letters to askers."""

from __future__ import annotations

from collections.abc import Iterable

from mailbot.model.decision import ClockFacts, Decision
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules
from mailbot.policy.approving import approval_reminders
from mailbot.policy.due import house_work
from mailbot.policy.holding import option_reminders
from mailbot.policy.overdue import overdue
from mailbot.policy.quarters import quarters
from mailbot.policy.reminders import evaluations, reminders, together


def on_clock(facts: ClockFacts, rules: Rules) -> Decision:
    """Return what is due now. At most one step of a conversation: the next minute sees to what is left."""
    decision = house_work(facts, rules)
    decision = together([decision, overdue(facts, frozenset(put.after.code for put in decision.puts), rules)])
    for duty, about in (
        (reminders, facts.coming),
        (evaluations, facts.used),
        (option_reminders, facts.offers),
        (approval_reminders, facts.offers),
        (quarters, facts.series),
    ):
        decision = together([decision, duty(_untouched(about, decision), facts.now, rules)])
    return decision


def _untouched(reservations: Iterable[Reservation], decision: Decision) -> list[Reservation]:
    codes = {put.after.code for put in decision.puts}
    return [one for one in reservations if one.code not in codes]
