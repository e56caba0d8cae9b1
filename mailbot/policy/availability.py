"""What is free: the stock in force less the highest taken in the span, one formula for rooms, keys and equipment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.model.decision import Occupancy
from mailbot.model.objections import Closed, NoKey, Objection, ShortStock, Taken
from mailbot.model.reservation import Claim, Use, key_copy
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.policy.handovers import Arranged, loan_days
from mailbot.policy.stock import blocks_by_resource, blocks_in


class Remembered:
    """An Occupancy that looks once: one decision asks for the same key through the same days many times."""

    def __init__(self, occupancy: Occupancy) -> None:
        self._occupancy = occupancy
        self._free: dict[tuple[str, int, int], int] = {}
        self.stock, self.taken = occupancy.stock, occupancy.taken

    @classmethod
    def of(cls, occupancy: Occupancy) -> Remembered:
        """Return the occupancy itself where it remembers already."""
        return occupancy if isinstance(occupancy, cls) else cls(occupancy)

    def free(self, resource: str, first: int, last: int) -> int:
        """Return the stock in force less the highest taken, the least of any cell; below 0 where more is out than there
        is."""
        place = (resource, first, last)
        if place not in self._free:
            self._free[place] = self._least(resource, first, last)
        return self._free[place]

    def _least(self, resource: str, first: int, last: int) -> int:
        taken = self.taken(resource, first, last)
        stocks = {self.stock(resource, cell) for cell in range(first, last + 1)}
        if len(stocks) == 1 or not taken:
            return min(stocks) - taken
        return min(self.stock(resource, cell) - self.taken(resource, cell, cell) for cell in range(first, last + 1))


class Desk(Struct):
    """The ledger as one asker sees it: what others have, without the asker's own hold (`without`), with what this
    basket has picked so far (`picked`)."""

    occupancy: Occupancy
    without: tuple[Claim, ...] = ()
    picked: list[Claim] = field(default_factory=list)

    def free(self, resource: str, first: int, last: int) -> int:
        """Return how many units are free in every cell from `first` to `last`: at least 0."""
        if not any(_touches(claim, resource, first, last) for claim in (*self.without, *self.picked)):
            return max(0, Remembered.of(self.occupancy).free(resource, first, last))
        return max(0, min(self._free_in(resource, cell) for cell in range(first, last + 1)))

    def pick(self, claim: Claim) -> Claim:
        self.picked.append(claim)
        return claim

    def _free_in(self, resource: str, cell: int) -> int:
        taken = self.occupancy.taken(resource, cell, cell)
        taken += sum(claim.units for claim in self.picked if _touches(claim, resource, cell, cell))
        taken -= sum(claim.units for claim in self.without if _touches(claim, resource, cell, cell))
        return self.occupancy.stock(resource, cell) - taken


def _touches(claim: Claim, resource: str, first: int, last: int) -> bool:
    return claim.resource == resource and claim.first <= last and first <= claim.last


def placed(ways: Sequence[Arranged], desk: Desk, rules: Rules) -> tuple[tuple[Use, ...], tuple[Objection, ...]]:
    """Return the uses with what they claim, and what is not free. All of a basket is placed together: it does not get
    the same table twice. What has no way over a counter is left out: it has its objection already."""
    sound = [way for way in ways if way.problem is None]
    copies = {_hand(way): _pick_copy(way, desk, rules) for way in sound if way.key and way.carries}
    both = [(_room if way.piece.is_room else _goods)(way, copies.get(_hand(way)), desk, rules) for way in sound]
    return tuple(use for use, _ in both), tuple(lacking for _, lacking in both if lacking)


def _hand(way: Arranged) -> tuple[str, datetime | None]:
    return way.thing, way.out.opening.start if way.out else None


def _pick_copy(way: Arranged, desk: Desk, rules: Rules) -> Claim | None:
    """Claim the lowest copy of the key that is free from the opening before to the opening after."""
    assert way.key
    assert way.out
    assert way.back
    cells = Span(way.out.opening.start, way.back.opening.end).cells()
    copies = [key_copy(way.key, number) for number in range(1, rules.keys[way.key].copies + 1)]
    own = {claim.resource for claim in desk.without if any(_touches(claim, c, cells[0], cells[-1]) for c in copies)}
    for copy in sorted(copies, key=lambda copy: copy not in own):  # the copy they were told of, or have in hand
        if desk.free(copy, cells[0], cells[-1]):
            return desk.pick(Claim(copy, cells[0], cells[-1]))
    return None


def _room(way: Arranged, copy: Claim | None, desk: Desk, rules: Rules) -> tuple[Use, Objection | None]:
    assert isinstance(way.when, Span)
    room = rules.rooms[way.piece.resource]
    use = Use(room.id, 1, way.when, (), way.out, way.back, way.key, _number(copy))
    cells = way.when.widened(after=room.turnaround).cells()
    if not desk.free(room.id, cells[0], cells[-1]):
        return use, closed_by_mail(room.id, cells, rules) or Taken(room.id, way.when)
    claim = desk.pick(Claim(room.id, cells[0], cells[-1]))
    if way.key and copy is None:
        return use, NoKey(room.id, way.counter or "", way.when)
    return replace(use, claims=(claim, copy) if copy and way.carries else (claim,)), None


def closed_by_mail(resource: str, cells: range, rules: Rules) -> Closed | None:
    """Return why something cannot be had in one of the cells, where it is blocked there altogether."""
    blocks = blocks_by_resource(rules.said).get(resource)
    for cell in cells if blocks else ():
        for block in blocks_in(cell, blocks or ()):
            if block.units is None:
                return Closed(resource, block.when, {"": block.reason} if block.reason else {})
    return None


def _number(copy: Claim | None) -> int | None:
    return int(copy.resource.rpartition(":")[2]) if copy else None


def _goods(way: Arranged, _copy: Claim | None, desk: Desk, rules: Rules) -> tuple[Use, Objection | None]:
    assert isinstance(way.when, Days)
    assert way.out
    assert way.back
    thing = rules.equipment[way.piece.resource]
    use = Use(thing.id, way.piece.quantity, way.when, (), way.out, way.back)
    if not way.carries:
        return use, None
    cells = loan_days(way.out, way.back, thing.days_between, rules).cells()
    free = desk.free(thing.id, cells[0], cells[-1])
    if free < way.units:
        blocked = None if free else closed_by_mail(thing.id, cells, rules)
        return use, blocked or ShortStock(thing.id, way.units, free, way.when)
    return replace(use, claims=(desk.pick(Claim(thing.id, cells[0], cells[-1], way.units)),)), None
