"""What should be back and is not.

Of most keys and goods, silence closes: a return counts as made unless the key-holder reports otherwise. Of those that
the rules name, a return must be reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbot.model.reports import Outcome, Passed
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_key_holders import Direction, Passing

AWAY = frozenset({Outcome.NOT_BACK, Outcome.SAID_BACK})


def is_late(passing: Passing, outcomes: Mapping[str, Passed], now: datetime, rules: Rules) -> bool:
    """Return whether something should be back and is not: as reported, or for want of a report where one is needed."""
    if passing.direction is not Direction.BACK:
        return False
    known = outcomes.get(passing.place)
    if known is not None:
        return known.outcome in AWAY
    return passing.opening.end <= now and must_be_reported(passing, rules) and was_fetched(passing, outcomes)


def was_fetched(passing: Passing, outcomes: Mapping[str, Passed]) -> bool:
    """Return whether what comes back went out: nobody reported that no one came for it."""
    start = f"{passing.code} {Direction.OUT} "
    fetched = [deed.outcome for place, deed in outcomes.items() if place.startswith(start)]
    return not fetched or any(outcome is not Outcome.NOBODY for outcome in fetched)


def must_be_reported(passing: Passing, rules: Rules) -> bool:
    """Return whether silence does not close the return of a passing: of its key, or of any of its goods."""
    keys = (rules.keys[key].report_return for key, _ in passing.keys if key in rules.keys)
    goods = (rules.equipment[thing].report_return for thing, _ in passing.goods if thing in rules.equipment)
    return any(keys) or any(goods)


def reminded(reservation: Reservation, passing: Passing) -> int:
    """Return how often the borrower was reminded of it."""
    return sum(name.startswith(f"late:{passing.place}:") and not name.endswith(":staff") for name in reservation.told)
