"""Joining what a mail names: which room at which hours, which things on which days, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailbot.model.meaning import ANY_ROOM, UNKNOWN, Evidence, Intent, Item, Lack, Meaning, Slot
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.cues import Cue
from mailbot.reading.moments import When, combine, equipment_slots, room_slots
from mailbot.reading.page import Page
from mailbot.reading.quantities import Count, People, Quantity
from mailbot.reading.stance import Stances
from mailbot.reading.things import Mention, Sort


@dataclass(frozen=True)
class Sighting:
    """All that was found on a page, and how it is spoken of. Words before `body_at` are the subject."""

    page: Page
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]
    whens: tuple[When, ...]
    spans: tuple[tuple[int, int], ...]
    """The words of each of `whens`."""
    counts: tuple[Count, ...]
    cues: tuple[Cue, ...]
    stances: Stances
    people: People | None
    body_at: int

    def asked_mentions(self) -> list[Mention]:
        return [mention for index, mention in enumerate(self.mentions) if self.stances.asked(index)]


@dataclass(frozen=True)
class _Wanted:
    """A thing asked for, at a place on the page."""

    index: int
    mention: Mention
    quantity: Quantity
    ids: tuple[str, ...]

    @property
    def room(self) -> bool:
        return self.mention.sort in {Sort.ROOM, Sort.SITE}


def with_items(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning:
    """Return the meaning with what is asked for, when, and what is missing."""
    wanted = _given_up(sighting) if meaning.intent is Intent.CANCEL else _wanted(sighting, meaning.intent)
    whens = _event_whens(sighting, meaning.intent)
    joiner = _Joiner(sighting, catalogue, wanted, whens)
    items, lacks = joiner.items()
    any_will_do = any(cue.value == "answer-any" for cue in sighting.cues)
    items = tuple(replace(item, any_will_do=any_will_do and _open(item)) for item in items)
    return replace(
        meaning,
        items=items,
        missing=_missing(meaning.intent, items, lacks),
        evidence=meaning.evidence + joiner.evidence,
    )


def _open(item: Item) -> bool:
    return len(item.resources) > 1 or item.resources == (ANY_ROOM,)


def _missing(intent: Intent, items: Sequence[Item], lacks: frozenset[Lack]) -> frozenset[Lack]:
    missing = set(lacks)
    if intent is Intent.BOOK and any(_open(item) and not item.any_will_do for item in items):
        missing.add(Lack.RESOURCE)
    if intent is not Intent.AVAILABILITY and any(item.quantity is None for item in items):
        missing.add(Lack.QUANTITY)
    if intent is Intent.AVAILABILITY:
        missing &= set()
    if intent is Intent.CHANGE:
        missing -= {Lack.START, Lack.END, Lack.RESOURCE}
        if not any(item.slots for item in items):
            missing -= {Lack.DATE}
    if intent is Intent.CANCEL:
        missing = set()
    return frozenset(missing)


def _wanted(sighting: Sighting, intent: Intent) -> list[_Wanted]:
    """Return the mentions that are asked for: those in requests if there are any of their sort, else those that are
    merely named; the body before the subject; names before words that leave the room open."""
    stances = sighting.stances
    able = [i for i in range(len(sighting.mentions)) if stances.asked(i) and _meant(sighting, i)]
    body = [i for i in able if sighting.mentions[i].first >= sighting.body_at]
    chosen: list[int] = []
    for is_room in (True, False):
        pool = [i for i in able if (sighting.mentions[i].sort in {Sort.ROOM, Sort.SITE}) is is_room]
        if is_room:
            pool = _rooms(sighting, pool)
        in_body = [i for i in pool if i in body]
        pool = in_body or pool
        requested = [i for i in pool if stances.in_request(sighting.mentions[i].first)]
        chosen.extend(requested or pool)
    found: dict[tuple[tuple[str, ...], int | None], _Wanted] = {}
    for i in sorted(chosen):
        mention, quantity = sighting.mentions[i], sighting.quantities[i]
        one = _Wanted(i, mention, quantity, mention.ids)
        found.setdefault((mention.ids if mention.ids != (UNKNOWN,) else (mention.name,), quantity.value), one)
    return _same_merged(list(found.values()))


def _given_up(sighting: Sighting) -> list[_Wanted]:
    """Return the part that is given up; nothing where the whole reservation is."""
    stances = sighting.stances
    cancelled = {sighting.page.sentence_of[cue.first] for cue in sighting.cues if cue.value.startswith("cancel/")}
    parted = bool(stances.kept) or any(cue.value == "stance-kept" for cue in sighting.cues)
    found: dict[tuple[str, ...], _Wanted] = {}
    for i, (mention, quantity) in enumerate(zip(sighting.mentions, sighting.quantities, strict=True)):
        room = mention.sort in {Sort.ROOM, Sort.SITE}
        if i in stances.kept or mention.generic or mention.sort is Sort.UNLENT or (room and not parted):
            continue
        if i in stances.unwanted or sighting.page.sentence_of[mention.first] in cancelled:
            known = found.get(mention.ids)
            if known is None or (quantity.said and not known.quantity.said):
                found[mention.ids] = _Wanted(i, mention, quantity, mention.ids)
    return list(found.values())


def _meant(sighting: Sighting, index: int) -> bool:
    """Whether a thing that is not lent, or whose name is misspelt, is spoken of as wanted: counted, or listed."""
    mention, quantity = sighting.mentions[index], sighting.quantities[index]
    if mention.near and mention.sort is Sort.EQUIPMENT:
        return quantity.said
    if mention.sort is not Sort.UNLENT:
        return True
    counted = quantity.said or quantity.first < mention.first
    sentence = sighting.page.sentence(mention.first)
    return sighting.stances.in_request(mention.first) and (
        counted or (sentence.bullet and mention.first <= sentence.first + 2)
    )


def _same_merged(wanted: list[_Wanted]) -> list[_Wanted]:
    """A thing named again without a number is the one named before."""
    kept: list[_Wanted] = []
    for one in wanted:
        again = [other for other in kept if other.ids == one.ids and not one.room and one.ids != (UNKNOWN,)]
        if again and not one.quantity.said:
            continue
        if again and not again[0].quantity.said and one.quantity.said:
            kept.remove(again[0])
        kept.append(one)
    return kept


def _rooms(sighting: Sighting, pool: list[int]) -> list[int]:
    """Leave out words that leave the room open where one is named ("la salle"), and ids that a narrower name holds."""
    named = [i for i in pool if not sighting.mentions[i].generic]
    if not named:
        return pool[:1]
    kept: list[int] = []
    for i in named:
        ids = set(sighting.mentions[i].ids)
        narrower = any(set(sighting.mentions[j].ids) < ids for j in named)
        if not narrower:
            kept.append(i)
    return kept


def _event_whens(sighting: Sighting, intent: Intent) -> list[tuple[int, When]]:
    """Return the moments of the event, with the word each begins at: not past, no deadlines, the body before the
    subject."""
    found = [
        (sighting.spans[i][0], when)
        for i, when in enumerate(sighting.whens)
        if when.counts and i not in sighting.stances.deadlines
    ]
    body = [pair for pair in found if pair[0] >= sighting.body_at]
    if any(when.has_days or when.vague or when.lacks for _, when in body):
        subject_clock = [] if any(when.has_clock for _, when in body) else [p for p in found if p[0] < sighting.body_at]
        return [p for p in subject_clock if not p[1].has_days] + body
    return found


class _Joiner:
    def __init__(
        self, sighting: Sighting, catalogue: Catalogue, wanted: list[_Wanted], whens: list[tuple[int, When]]
    ) -> None:
        self._sighting, self._catalogue, self._wanted, self._whens = sighting, catalogue, wanted, whens
        self.evidence: tuple[Evidence, ...] = ()

    def items(self) -> tuple[tuple[Item, ...], frozenset[Lack]]:
        items: list[Item] = []
        lacks: set[Lack] = set()
        rooms = [one for one in self._wanted if one.room]
        for one in rooms:
            slots, missing = self._room(one, rooms)
            lacks |= missing
            items.append(self._item(one, slots))
        days = sorted({slot.day for item in items for slot in item.slots})
        for one in self._wanted:
            if not one.room:
                slots, missing = self._goods(one, days, bool(rooms))
                if one.ids != (UNKNOWN,):
                    lacks |= missing
                items.append(self._item(one, slots))
        self.evidence = tuple(self._evidence())
        return tuple(items), frozenset(lacks)

    def _item(self, one: _Wanted, slots: tuple[Slot, ...]) -> Item:
        quantity = 1 if one.room else one.quantity.value
        words = (self._sighting.page.quote(min(one.quantity.first, one.mention.first), one.mention.last),)
        return Item(one.ids, quantity, slots, words=words, name=one.mention.name if one.ids == (UNKNOWN,) else "")

    def _room(self, one: _Wanted, rooms: Sequence[_Wanted]) -> tuple[tuple[Slot, ...], frozenset[Lack]]:
        whens = self._local(one, rooms) if len(rooms) > 1 else [when for _, when in self._whens]
        return room_slots(_joined(whens), self._catalogue)

    def _local(self, one: _Wanted, rooms: Sequence[_Wanted]) -> list[When]:
        """The moments said with one of several rooms, and what is said for all."""
        starts = sorted(other.mention.first for other in rooms)
        position = starts.index(one.mention.first)
        first = one.mention.first
        last = starts[position + 1] if position + 1 < len(starts) else len(self._sighting.page.words)
        own = [when for at, when in self._whens if first <= at < last]
        shared = [when for at, when in self._whens if at < starts[0]]
        if not own:
            return shared or [when for _, when in self._whens]
        if not any(when.has_days for when in own):
            own = [when for when in shared if when.has_days] + own
        if not any(when.has_clock for when in own):
            own = own + [when for when in shared if when.has_clock and not when.has_days]
        return own

    def _goods(self, one: _Wanted, days: Sequence[date], with_room: bool) -> tuple[tuple[Slot, ...], frozenset[Lack]]:
        page = self._sighting.page
        sentence = page.sentence_of[one.mention.first]
        local = [when for at, when in self._whens if page.sentence_of[at] == sentence and when.has_days]
        room_there = any(other.room and page.sentence_of[other.mention.first] == sentence for other in self._wanted)
        if local and not room_there:
            return self._days(local)
        if days:
            return equipment_slots([Days(day, day) for day in days]), frozenset()
        return self._days([when for _, when in self._whens])

    def _days(self, whens: Iterable[When]) -> tuple[tuple[Slot, ...], frozenset[Lack]]:
        whens = list(whens)
        days = [span for when in whens for span in when.days]
        lacks = {lack for when in whens for lack in when.lacks} & {Lack.DATE, Lack.UNTIL}
        if not days:
            lacks.add(Lack.DATE)
        return equipment_slots(days), frozenset(lacks)

    def _evidence(self) -> Iterable[Evidence]:
        for one in self._wanted:
            words = self._sighting.page.quote(min(one.quantity.first, one.mention.first), one.mention.last)
            yield Evidence("resource", words, "|".join(one.ids))
        for _, when in self._whens:
            yield Evidence("moment", when.words, str(when.days or when.clocks))


def _joined(whens: Sequence[When]) -> tuple[When, ...]:
    return combine(whens)
