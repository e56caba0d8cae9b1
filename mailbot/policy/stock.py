"""How much there is of each resource: what the rules say, and what was said since by those who look after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from mailbot.model.reports import Away, Deed, Held, Passed, Shut, Stocked, Why
from mailbot.model.rules import Closure, Counter, Holder, Rules
from mailbot.model.spans import Days

Altered: TypeAlias = Stocked | Held


def stock_of(rules: Rules) -> Callable[[str, int], int]:
    """Return the function that tells the stock in force of a resource in a cell: 1 for a room and for a copy of a key,
    the stock for equipment, 0 for what the rules do not know (any more); less what is broken, missing or not back."""
    units = dict.fromkeys(rules.rooms, 1) | {thing.id: thing.stock for thing in rules.equipment.values()}
    altered = _altered(rules.said)

    def stock(resource: str, cell: int) -> int:
        said = 1 if resource.startswith("key:") else units.get(resource, 0)
        changes = altered.get(resource)
        return _in_force(said, changes, cell) if changes else said

    return stock


def _altered(said: Iterable[Deed]) -> dict[str, list[Altered]]:
    """Return what alters the stock of each resource, oldest first."""
    found: dict[str, list[Altered]] = {}
    for deed in said:
        if isinstance(deed, Stocked):
            found.setdefault(deed.resource, []).append(deed)
        elif isinstance(deed, Passed):
            for held in deed.held:
                found.setdefault(held.resource, []).append(held)
    return found


def _in_force(said: int, changes: Sequence[Altered], cell: int) -> int:
    """Return the units there are in a cell. What has no end holds until it is counted anew or the rules say another
    stock; what is found again never makes more than there was."""
    total = whole = said
    away = 0
    for change in changes:
        if cell < change.first:
            continue
        if isinstance(change, Held):
            away += change.units
        elif change.last is not None:
            away -= change.units if cell <= change.last else 0
        elif change.of == said:
            total, whole = _changed(total, whole, change)
    return max(0, total - away)


def _changed(total: int, whole: int, change: Stocked) -> tuple[int, int]:
    if change.why is Why.COUNTED:
        return change.units, change.units
    if change.why is Why.ADDED:
        return total + change.units, whole + change.units
    return min(whole, total + change.units), whole


def in_force(rules: Rules, said: tuple[Deed, ...]) -> Rules:
    """Return the rules with what was said since: who is absent, which counter is closed, what there is less of. The
    same arguments give the same value, so that what was computed of it is kept."""
    if not said:
        return rules
    for base, words, made in _MADE:
        if base is rules and words == said:
            return made
    made = replace(
        rules,
        said=said,
        holders={id: _with_absences(holder, said) for id, holder in rules.holders.items()},
        counters={id: _with_closures(counter, said) for id, counter in rules.counters.items()},
    )
    _MADE.insert(0, (rules, said, made))
    del _MADE[4:]
    return made


_MADE: list[tuple[Rules, tuple[Deed, ...], Rules]] = []


def _with_absences(holder: Holder, said: Iterable[Deed]) -> Holder:
    more = tuple(Days(deed.first, deed.last) for deed in said if isinstance(deed, Away) and deed.holder == holder.id)
    return replace(holder, absences=(*holder.absences, *more)) if more else holder


def _with_closures(counter: Counter, said: Iterable[Deed]) -> Counter:
    more = tuple(
        Closure(Days(deed.first, deed.last)) for deed in said if isinstance(deed, Shut) and deed.counter == counter.id
    )
    return replace(counter, closures=(*counter.closures, *more)) if more else counter
