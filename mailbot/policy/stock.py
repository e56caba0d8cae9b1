"""How much there is of each resource: what the rules say, and what was said since by those who look after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.reports import Away, Blocked, Deed, Held, Limited, Opened, Passed, Shut, Stocked, Unblocked, Why
from mailbot.model.rules import Closure, Counter, Equipment, Holder, Room, Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.hours import whole

Altered: TypeAlias = Stocked | Held


def stock_of(rules: Rules) -> Callable[[str, int], int]:
    """Return the function that tells the stock in force of a resource in a cell: 1 for a room and for a copy of a key,
    the stock for equipment, 0 for what the rules do not know (any more); less what is broken, missing or not back."""
    units = dict.fromkeys(rules.rooms, 1) | {thing.id: thing.stock for thing in rules.equipment.values()}
    altered = _altered(rules.said)
    blocked = blocks_by_resource(rules.said)

    def stock(resource: str, cell: int) -> int:
        said = 1 if resource.startswith("key:") else units.get(resource, 0)
        changes = altered.get(resource)
        there = _in_force(said, changes, cell) if changes else said
        blocks = blocked.get(resource)
        return max(0, there - sum(_units(block, there) for block in blocks_in(cell, blocks))) if blocks else there

    return stock


def _units(block: Blocked, there: int) -> int:
    return there if block.units is None else block.units


Block: TypeAlias = Blocked | Unblocked


def blocks_by_resource(said: Iterable[Deed]) -> dict[str, list[Block]]:
    """Return what blocks each resource and what unblocked it, oldest first."""
    found: dict[str, list[Block]] = {}
    for deed in said:
        if isinstance(deed, Blocked):
            found.setdefault(deed.blocked, []).append(deed)
        elif isinstance(deed, Unblocked):
            found.setdefault(deed.unblocked, []).append(deed)
    return found


def blocks_in(cell: int, blocks: Iterable[Block]) -> list[Blocked]:
    """Return the blocks that hold in a cell: those after the last word that lifted them."""
    holding: list[Blocked] = []
    for block in blocks:
        if block.first <= cell <= block.last:
            holding = [*holding, block] if isinstance(block, Blocked) else []
    return holding


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


def blocks_during(span: Span, rules: Rules) -> tuple[Blocked, ...]:
    """Return the blocks that hold at some time of a span, as they were said, soonest first."""
    found = []
    for blocks in blocks_by_resource(rules.said).values():
        for block in blocks:
            when = block.when if isinstance(block.when, Span) else whole(block.when, rules)
            if isinstance(block, Blocked) and when.overlaps(span) and holds(block, blocks):
                found.append(block)
    return tuple(sorted(found, key=lambda block: (block.first, block.blocked)))


def holds(block: Blocked, blocks: Iterable[Block]) -> bool:
    """Return whether a block still holds in one of its cells."""
    every = tuple(blocks)
    edges = {block.first, *(other.last + 1 for other in every if block.first <= other.last < block.last)}
    return any(block in blocks_in(cell, every) for cell in edges)


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
        rooms=_with_openings(rules.rooms, said),
        equipment=_with_limits(rules.equipment, said),
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


def _with_limits(equipment: Mapping[str, Equipment], said: Iterable[Deed]) -> Mapping[str, Equipment]:
    most = {deed.limited: deed.most for deed in said if isinstance(deed, Limited)}
    if not most:
        return equipment
    return {id: replace(one, most_per_loan=most[id]) if id in most else one for id, one in equipment.items()}


def _with_openings(rooms: Mapping[str, Room], said: Iterable[Deed]) -> Mapping[str, Room]:
    more: dict[str, tuple[Span, ...]] = {}
    for deed in said:
        if isinstance(deed, Opened):
            more[deed.opened] = (*more.get(deed.opened, ()), deed.when)
    if not more:
        return rooms
    return {id: replace(room, extra=more[id]) if id in more else room for id, room in rooms.items()}
