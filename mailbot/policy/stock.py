"""How much there is of each resource, as the rules say."""

from __future__ import annotations

from collections.abc import Callable

from mailbot.model.rules import Rules


def stock_of(rules: Rules) -> Callable[[str, int], int]:
    """Return the function that tells the stock of a resource in a cell: 1 for a room and for a copy of a key, the stock
    for equipment, 0 for what the rules do not know (any more)."""
    units = dict.fromkeys(rules.rooms, 1) | {thing.id: thing.stock for thing in rules.equipment.values()}

    def stock(resource: str, cell: int) -> int:
        return 1 if resource.startswith("key:") else units.get(resource, 0)

    return stock
