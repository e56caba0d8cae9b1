"""From what a mail names to what it asks for: items with their days and hours, what is missing, the rival readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, UNKNOWN, Intent, Item, Lack, Meaning
from mailbot.model.rules import Catalogue
from mailbot.reading.joining import Joiner
from mailbot.reading.moments import Role, When
from mailbot.reading.occasions import Moment
from mailbot.reading.sightings import Sighting, Wanted
from mailbot.reading.timing import moments_of
from mailbot.reading.wanted import WANTED

MOST_RIVALS = 3


def with_items(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning:
    """Return the meaning with what is asked for, when, what is missing, and the rival readings."""
    wanted = WANTED[meaning.intent](sighting)
    moments = moments_of(sighting, meaning.intent, wanted)
    if meaning.intent is Intent.AVAILABILITY:
        wanted = [replace(one, either=False, otherwise=False) for one in wanted]
        moments = [asked for moment in moments for asked in _with_either(moment)]
    first = [one for one in wanted if not one.either and not one.otherwise]
    read = _reading(meaning, sighting, first, moments, catalogue)
    rivals = [_reading(meaning, sighting, first, other, catalogue) for other in _rival_moments(moments)]
    either = any(rival.either for moment in moments for rival in moment.when.rivals)
    if any(one.either for one in wanted):
        second = [one for one in wanted if not _has_other(one, wanted) and not one.otherwise]
        rivals.append(_reading(meaning, sighting, second, moments, catalogue))
        either = True
    others = [replace(one, evidence=()) for one in rivals if (one.items, one.missing) != (read.items, read.missing)]
    return replace(read, alternatives=tuple(others[:MOST_RIVALS]), either=either and bool(others))


def _with_either(moment: Moment) -> list[Moment]:
    """A question about one day or another asks about both, each at its own hours where it has some."""
    when = moment.when
    either = [rival for rival in when.rivals if rival.either]
    days = tuple(span for rival in either if not rival.clocks or rival.clocks == when.clocks for span in rival.days)
    others = [rival for rival in either if rival.clocks and rival.clocks != when.clocks]
    alone = replace(when, days=when.days + days, rivals=tuple(r for r in when.rivals if not r.either))
    asked = [replace(alone, days=rival.days or when.days, clocks=rival.clocks) for rival in others]
    return [replace(moment, when=one) for one in (alone, *asked)]


def _has_other(one: Wanted, wanted: Sequence[Wanted]) -> bool:
    """Whether the next room is named instead of this one."""
    following = [other for other in wanted if other.room and other.at > one.at]
    return one.room and bool(following) and following[0].either


def _reading(
    meaning: Meaning, sighting: Sighting, wanted: Sequence[Wanted], moments: Sequence[Moment], catalogue: Catalogue
) -> Meaning:
    joiner = Joiner(sighting, catalogue, wanted, moments, meaning.intent)
    items, lacks = joiner.items()
    if any(cue.value == "answer-any" for cue in sighting.cues):
        items = tuple(replace(item, any_will_do=_open(item)) for item in items)
    return replace(
        meaning,
        items=items,
        hours=_hours_without_day(moments),
        missing=_missing(meaning.intent, items, lacks),
        evidence=meaning.evidence + tuple(joiner.evidence()),
    )


def _hours_without_day(moments: Sequence[Moment]) -> tuple[int | None, int | None]:
    """Return the hours of a request that says no day: they wait for one."""
    if any(moment.when.has_days for moment in moments):
        return (None, None)
    clocks = {(c.start, c.end) for m in moments if m.when.role is Role.USE for c in m.when.clocks}
    return clocks.pop() if len(clocks) == 1 else (None, None)


def _open(item: Item) -> bool:
    return len(item.resources) > 1 or item.resources == (ANY_ROOM,)


def _missing(intent: Intent, items: Sequence[Item], lacks: Iterable[Lack]) -> frozenset[Lack]:
    if intent is Intent.CANCEL:
        return frozenset()
    missing = set(lacks)
    if intent is Intent.AVAILABILITY:
        return frozenset()
    if any(item.quantity is None and item.resources != (UNKNOWN,) for item in items):
        missing.add(Lack.QUANTITY)
    if intent is Intent.BOOK and any(_open(item) and not item.any_will_do for item in items):
        missing.add(Lack.RESOURCE)
    if intent is Intent.CHANGE:
        missing -= {Lack.START, Lack.END, Lack.RESOURCE}
    return frozenset(missing)


def _rival_moments(moments: Sequence[Moment]) -> Iterable[list[Moment]]:
    """Yield the moments with each rival reading of the days in place of the first."""
    most = max((len(moment.when.rivals) for moment in moments), default=0)
    for number in range(min(most, MOST_RIVALS)):
        yield [
            replace(moment, when=_with_rival(moment.when, number)) if len(moment.when.rivals) > number else moment
            for moment in moments
        ]


def _with_rival(when: When, number: int) -> When:
    rival = when.rivals[number]
    return replace(when, days=rival.days or when.days, clocks=rival.clocks or when.clocks, rivals=())
