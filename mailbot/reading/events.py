"""Joining what a mail names: which room at which hours, which things on which days, and what is missing.

Most mails speak of one event: all days and hours are its own, the rooms have them and the things go with the rooms. Where
several rooms or things are named, each with a day or hours beside it (in its line, its clause), these are its own, and what
is said for none of them is said for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Evidence, Intent, Item, Lack, Meaning, Slot
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.cues import Cue
from mailbot.reading.moments import Clock, Role, When, combine, equipment_slots, room_slots
from mailbot.reading.page import Page
from mailbot.reading.quantities import Count, People, Quantity
from mailbot.reading.stance import Stances
from mailbot.reading.things import Mention, Sort

MOST_RIVALS = 3
NEAR = 6
"""Words between two rooms of which one is to be had: "la classe 3 ou le réfectoire"."""


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

    def sentences_of(self, *values: str) -> frozenset[int]:
        """Return the sentences that hold a cue of one of these values, or of an intent's values ("change/")."""
        return frozenset(self.page.sentence_of[cue.first] for cue in self.cues if cue.value.startswith(values))


@dataclass(frozen=True)
class Wanted:
    """A thing asked for, at a place on the page. `either`: or this one instead of the room before it."""

    mention: Mention
    quantity: Quantity
    ids: tuple[str, ...]
    sentence: int
    either: bool = False

    @property
    def at(self) -> int:
        return self.mention.first

    @property
    def room(self) -> bool:
        return self.mention.sort in {Sort.ROOM, Sort.SITE}

    @property
    def unknown(self) -> bool:
        return self.ids == (UNKNOWN,)


@dataclass(frozen=True)
class Moment:
    """A phrase of time at word `at` of the page."""

    at: int
    sentence: int
    when: When


def with_items(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning:
    """Return the meaning with what is asked for, when, what is missing, and the rival readings."""
    moments = _moments(sighting, meaning.intent)
    wanted = _WANTED[meaning.intent](sighting)
    first = [one for one in wanted if not one.either or meaning.intent is Intent.AVAILABILITY]
    read = _reading(meaning, sighting, first, moments, catalogue)
    rivals = [
        replace(_reading(meaning, sighting, first, other, catalogue), evidence=()) for other in _rival_moments(moments)
    ]
    either = any(rival.either for moment in moments for rival in moment.when.rivals)
    if any(one.either for one in wanted) and meaning.intent is not Intent.AVAILABILITY:
        second = [one for one in wanted if not _has_other(one, wanted)]
        rivals.append(replace(_reading(meaning, sighting, second, moments, catalogue), evidence=()))
        either = True
    rivals = [rival for rival in rivals if (rival.items, rival.missing) != (read.items, read.missing)]
    return replace(read, alternatives=tuple(rivals[:MOST_RIVALS]), either=either and bool(rivals))


def _has_other(one: Wanted, wanted: Sequence[Wanted]) -> bool:
    """Whether the next room is named instead of this one."""
    following = [other for other in wanted if other.room and other.at > one.at]
    return one.room and bool(following) and following[0].either


def _reading(
    meaning: Meaning, sighting: Sighting, wanted: Sequence[Wanted], moments: Sequence[Moment], catalogue: Catalogue
) -> Meaning:
    joiner = _Joiner(sighting, catalogue, wanted, moments, meaning.intent)
    items, lacks = joiner.items()
    if any(cue.value == "answer-any" for cue in sighting.cues):
        items = tuple(replace(item, any_will_do=_open(item)) for item in items)
    return replace(
        meaning,
        items=items,
        missing=_missing(meaning.intent, items, lacks),
        evidence=meaning.evidence + tuple(joiner.evidence()),
    )


def _open(item: Item) -> bool:
    return len(item.resources) > 1 or item.resources == (ANY_ROOM,)


def _missing(intent: Intent, items: Sequence[Item], lacks: Iterable[Lack]) -> frozenset[Lack]:
    if intent is Intent.CANCEL:
        return frozenset()
    missing = set(lacks)
    if intent is Intent.AVAILABILITY:
        return frozenset(missing & {Lack.DATE} if any(item.slots == () for item in items) else ()) & _CONFLICT
    if any(item.quantity is None for item in items):
        missing.add(Lack.QUANTITY)
    if intent is Intent.BOOK and any(_open(item) and not item.any_will_do for item in items):
        missing.add(Lack.RESOURCE)
    if intent is Intent.CHANGE:
        missing -= {Lack.START, Lack.END, Lack.RESOURCE}
        missing -= {Lack.DATE} if Lack.DATE not in lacks else set()
    return frozenset(missing)


_CONFLICT: frozenset[Lack] = frozenset()


# ── what is wanted ──────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(sighting: Sighting) -> list[Wanted]:
    """Return the mentions that are asked for: those in requests if there are any of their sort, else those that are
    merely named; the body before the subject; names before words that leave the room open."""
    stances = sighting.stances
    able = [i for i in range(len(sighting.mentions)) if stances.asked(i) and _meant(sighting, i)]
    chosen: list[int] = []
    goods = [i for i in able if sighting.mentions[i].sort in {Sort.EQUIPMENT, Sort.UNLENT}]
    rooms = _rooms(sighting, [i for i in able if i not in goods], bool(goods))
    for pool in (rooms, goods):
        in_body = [i for i in pool if sighting.mentions[i].first >= sighting.body_at]
        requested = [i for i in in_body or pool if stances.in_request(sighting.mentions[i].first)]
        chosen.extend(requested or in_body or pool)
    return _merged(sighting, sorted(chosen))


def _merged(sighting: Sighting, chosen: Sequence[int]) -> list[Wanted]:
    """Return the chosen mentions once each: a thing named again without another number is the one named before."""
    kept: list[Wanted] = []
    for i in chosen:
        mention, quantity = sighting.mentions[i], sighting.quantities[i]
        ids = mention.hint if mention.hint and quantity.definite else mention.ids
        one = Wanted(mention, quantity, ids, sighting.page.sentence_of[mention.first], _is_either(sighting, i, kept))
        key = (ids, mention.name.lower() if ids == (UNKNOWN,) else "")
        again = [k for k in kept if (k.ids, k.mention.name.lower() if k.unknown else "") == key]
        if again and (one.room or not quantity.said or again[0].quantity.value == quantity.value):
            continue
        if again and not again[0].quantity.said:
            kept.remove(again[0])
        kept.append(one)
    return kept


def _is_either(sighting: Sighting, index: int, kept: Sequence[Wanted]) -> bool:
    """Whether a room is named as one that will do as well as the one before it."""
    mention = sighting.mentions[index]
    before = [one for one in kept if one.room]
    if mention.sort not in {Sort.ROOM, Sort.SITE} or not before:
        return False
    between = (before[-1].mention.last, mention.first)
    if between[1] - between[0] > NEAR:
        return False
    return any(between[0] <= cue.first and cue.last <= between[1] for cue in sighting.cues if cue.value == "stance-or")


def _meant(sighting: Sighting, index: int) -> bool:
    """Whether a thing that is not lent, or whose name is misspelt, is spoken of as wanted: counted, or listed."""
    mention, quantity = sighting.mentions[index], sighting.quantities[index]
    if mention.near and mention.sort is Sort.EQUIPMENT:
        return quantity.said
    if mention.sort is not Sort.UNLENT:
        return True
    counted = quantity.said or quantity.first < mention.first
    sentence = sighting.page.sentence(mention.first)
    listed = sentence.bullet and mention.first <= sentence.first + 2
    return sighting.stances.in_request(mention.first) and (counted or listed)


def _rooms(sighting: Sighting, pool: list[int], goods: bool) -> list[int]:
    """Leave out words that leave the room open where one is named ("la salle"), and ids that a narrower name holds."""
    named = [i for i in pool if not sighting.mentions[i].generic]
    if named:
        ids = [set(sighting.mentions[i].ids) for i in named]
        return [i for i, own in zip(named, ids, strict=True) if not any(other < own for other in ids)]
    generic = [i for i in pool if sighting.stances.in_request(sighting.mentions[i].first) or not goods]
    told = [i for i in generic if not (goods and sighting.quantities[i].definite)]
    return told[:1]


def _given_up(sighting: Sighting) -> list[Wanted]:
    """Return the part that is given up; nothing where the whole reservation is."""
    stances = sighting.stances
    cancelled = sighting.sentences_of("cancel/")
    parted = bool(stances.kept) or bool(sighting.sentences_of("stance-kept"))
    chosen = []
    for i, mention in enumerate(sighting.mentions):
        room = mention.sort in {Sort.ROOM, Sort.SITE}
        if i in stances.kept or mention.generic or mention.sort is Sort.UNLENT or (room and not parted):
            continue
        if i in stances.unwanted or sighting.page.sentence_of[mention.first] in cancelled:
            chosen.append(i)
    return _merged(sighting, chosen)


def _changed(sighting: Sighting) -> list[Wanted]:
    """Return what a change is about: what is newly wanted; else what the mail says of the reservation."""
    asked = _asked(sighting)
    changing = sighting.sentences_of("change/", "book/strong")
    told = [one for one in asked if one.sentence in changing] or asked
    if not told:
        named = [
            i
            for i, mention in enumerate(sighting.mentions)
            if mention.sort is Sort.ROOM and not mention.generic and i not in sighting.stances.old
        ]
        told = _merged(sighting, named[-1:])
    rooms = [one for one in told if one.room]
    return [one for one in told if not one.room or one is rooms[-1]]


_WANTED: dict[Intent, Callable[[Sighting], list[Wanted]]] = {
    Intent.BOOK: _asked,
    Intent.AVAILABILITY: _asked,
    Intent.CHANGE: _changed,
    Intent.CANCEL: _given_up,
}


# ── when ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moments(sighting: Sighting, intent: Intent) -> list[Moment]:
    """Return the moments of what is asked: not past, not what is kept, the body before the subject, what is firm before
    what is loose or vague."""
    kept = sighting.sentences_of("stance-kept")
    found = [
        Moment(first, sighting.page.sentence_of[min(first, len(sighting.page.words) - 1)], when)
        for (first, _), when in zip(sighting.spans, sighting.whens, strict=True)
        if when.counts or when.role is Role.DEADLINE
    ]
    found = _without_deadlines(found, sighting)
    found = [m for m in found if m.sentence not in kept and not sighting.stances.in_past(m.at)]
    found = _firm(_of_body(found, sighting.body_at))
    return _new(found, sighting) if intent is Intent.CHANGE else found


def _without_deadlines(found: list[Moment], sighting: Sighting) -> list[Moment]:
    """Leave out days by which something must be done; "voor zaterdag" may also be the day itself, where it is asked for
    and nothing else is."""
    asking, replying = sighting.sentences_of("book/", "availability/"), sighting.sentences_of("stance-reply")
    sure = [moment for moment in found if moment.when.role is not Role.DEADLINE]
    if any(moment.when.has_days for moment in sure):
        return sure
    return [
        m if m.when.role is not Role.DEADLINE else replace(m, when=replace(m.when, role=Role.USE))
        for m in found
        if m.when.role is not Role.DEADLINE or (m.sentence in asking and m.sentence not in replying)
    ]


def _of_body(found: list[Moment], body_at: int) -> list[Moment]:
    """The body says when; the subject only what the body leaves open."""
    body = [moment for moment in found if moment.at >= body_at]
    subject = [moment for moment in found if moment.at < body_at]
    if any(_says_day(moment.when) for moment in body):
        clock_said = any(moment.when.has_clock for moment in body)
        subject = [] if clock_said else [m for m in subject if m.when.has_clock and not m.when.has_days]
    return subject + body


def _says_day(when: When) -> bool:
    return when.role is Role.USE and (when.has_days or Lack.DATE in when.lacks) and not when.loose


def _firm(found: list[Moment]) -> list[Moment]:
    """Leave out loose phrases and periods where days are named, and days that are named again with their hours."""
    if any(_says_day(moment.when) for moment in found):
        found = [m for m in found if not m.when.loose and not (m.when.vague and not m.when.has_days)]
    return [
        replace(moment, when=replace(moment.when, vague=False))
        if moment.when.vague and moment.when.has_clock and not moment.when.has_days
        else moment
        for moment in found
    ]


def _once(found: list[Moment]) -> list[Moment]:
    """Leave out days that are named elsewhere with their hours, and weekdays that a date names again."""
    whole = {day for m in found if m.when.has_clock for day in _days(m.when)}
    found = [m for m in found if m.when.has_clock or not m.when.has_days or not _days(m.when) <= whole]
    dated = {day.weekday() for m in found if _dated(m.when) for day in _days(m.when)}
    kept = []
    for moment in found:
        days = _days(moment.when)
        weekdays = {day.weekday() for day in days}
        if weekdays and not _dated(moment.when) and not moment.when.repetition and weekdays <= dated:
            if moment.when.has_clock:
                kept.append(replace(moment, when=replace(moment.when, days=())))
            continue
        kept.append(moment)
    return kept


def _days(when: When) -> set[date]:
    return {day for span in when.days for day in span}


def _dated(when: When) -> bool:
    """Whether a day is said by a number, not by its weekday alone."""
    return any(step.part == "day" and any(sign.isdigit() for sign in step.words) for step in when.derivation)


def _new(found: list[Moment], sighting: Sighting) -> list[Moment]:
    """Of what a change says, keep what is newly wanted: the last day named where it asks; hours only where it asks."""
    asking = sighting.sentences_of("change/decisive", "change/strong", "book/strong")
    said = [moment for moment in found if moment.sentence in asking] or found
    days = [_last_named(m) for m in said if m.when.has_days] or [_last_named(m) for m in found if m.when.has_days]
    hours = [moment for moment in said if moment.when.has_clock and not moment.when.has_days]
    return sorted({id(m): m for m in days[-1:] + hours[-1:]}.values(), key=lambda m: m.at)


def _last_named(moment: Moment) -> Moment:
    """Of days said as "(mardi 9 juin) au mardi 16 juin", the last."""
    if ")" in moment.when.words and len(moment.when.days) > 1:
        return replace(moment, when=replace(moment.when, days=moment.when.days[-1:]))
    return moment


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


# ── joining ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Joiner:
    sighting: Sighting
    catalogue: Catalogue
    wanted: Sequence[Wanted]
    moments: Sequence[Moment]
    intent: Intent
    _lacks: set[Lack] = field(default_factory=set)

    def items(self) -> tuple[tuple[Item, ...], frozenset[Lack]]:
        rooms = [one for one in self.wanted if one.room]
        items = [self._item(one, self._room(one, rooms)) for one in rooms]
        days = sorted({slot.day for item in items for slot in item.slots})
        items += [self._item(one, self._goods(one, days, bool(rooms))) for one in self.wanted if not one.room]
        if not items and self.intent is Intent.CHANGE and self.moments:
            items = [Item((SAME,), 1, self._slots([moment.when for moment in self.moments]))]
        return tuple(items), frozenset(self._lacks)

    def _item(self, one: Wanted, slots: tuple[Slot, ...]) -> Item:
        words = self.sighting.page.quote(min(one.quantity.first, one.at), one.mention.last)
        name = one.mention.name if one.unknown else ""
        return Item(one.ids, 1 if one.room else one.quantity.value, slots, words=(words,), name=name)

    # rooms

    def _room(self, one: Wanted, rooms: Sequence[Wanted]) -> tuple[Slot, ...]:
        use = [moment for moment in self.moments if moment.when.role is Role.USE]
        mine = _once(self._for_rooms(use))
        if len(rooms) > 1:
            mine = self._own(one, rooms, mine)
        return self._slots([moment.when for moment in mine])

    def _for_rooms(self, use: list[Moment]) -> list[Moment]:
        """Leave out what is said of things alone ("le beamer seulement le 13"), unless nothing else says a day."""
        placed = {one.sentence for one in self.wanted if one.room}
        lent = {one.sentence for one in self.wanted if not one.room} - placed
        others = [moment for moment in use if moment.sentence not in lent]
        return others if any(moment.when.has_days for moment in others) else use

    def _own(self, one: Wanted, rooms: Sequence[Wanted], use: list[Moment]) -> list[Moment]:
        """Return the moments said with one of several rooms, completed by those that are said for all."""
        shares = _shares(rooms, use)
        own, common = shares[one.at], shares[-1]
        if not own:
            own = common or use
        if not any(moment.when.has_days for moment in own):
            own = [moment for moment in common or use if moment.when.has_days and moment not in own] + own
        if not any(moment.when.has_clock for moment in own):
            own = own + [moment for moment in common if moment.when.has_clock and not moment.when.has_days]
        return own

    def _slots(self, whens: Sequence[When]) -> tuple[Slot, ...]:
        slots, lacks = room_slots(self._joined(whens), self.catalogue)
        self._lacks |= lacks
        return slots

    def _joined(self, whens: Sequence[When]) -> tuple[When, ...]:
        """Put hours to days: those said in one go belong together; hours said alone go to the days said alone."""
        whole = [when for when in whens if when.has_days and when.has_clock]
        days = [when for when in whens if not when.has_clock]
        hours = [when for when in whens if when.has_clock and not when.has_days]
        if whole and not any(when.has_days for when in days):
            lengths = [when for when in hours if all(clock.length is not None for clock in when.clocks)]
            return combine([*whole, *lengths])
        if whole and days and not hours:
            days = [replace(when, clocks=_only(whole)) for when in days]
            return (*whole, *days)
        return combine([*whole, *days, *hours])

    # things

    def _goods(self, one: Wanted, days: Sequence[date], with_room: bool) -> tuple[Slot, ...]:
        loan = [m for m in self.moments if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.has_days]
        mine = self._days_of(one)
        if not mine and days:
            spans = [Days(day, day) for day in days]
        else:
            use = mine or [moment for moment in self.moments if moment.when.role is Role.USE]
            spans = [span for moment in use for span in moment.when.days]
            if not one.unknown:
                self._lacks |= {lack for m in use for lack in m.when.lacks} & {Lack.DATE, Lack.UNTIL}
        if loan:
            every = [span for moment in loan for span in moment.when.days] + spans
            spans = [Days(min(span.first for span in every), max(span.last for span in every))]
        if not spans and not one.unknown and self.intent is not Intent.CHANGE:
            self._lacks.add(Lack.DATE)
        return equipment_slots(spans)

    def _days_of(self, one: Wanted) -> list[Moment]:
        """Return the days said for this thing: in its sentence where no room is, beside it where others have others."""
        here = [m for m in self.moments if m.sentence == one.sentence and m.when.has_days and m.when.role is Role.USE]
        if any(other.room and other.sentence == one.sentence for other in self.wanted) or not here:
            return []
        if len({m.when.days for m in here}) < 2:
            return here
        goods = [other for other in self.wanted if other.sentence == one.sentence]
        if here[0].at < goods[0].at:
            return [m for m in here if m.at < one.at][-1:]
        return [m for m in here if m.at > one.at][:1] or here[-1:]

    def evidence(self) -> Iterable[Evidence]:
        for one in self.wanted:
            words = self.sighting.page.quote(min(one.quantity.first, one.at), one.mention.last)
            yield Evidence("resource", words, "|".join(one.ids))
        for moment in self.moments:
            yield Evidence("moment", moment.when.words, _told(moment.when))


def _only(whens: Sequence[When]) -> tuple[Clock, ...]:
    """The hours of these phrases if they are all the same."""
    clocks = {when.clocks for when in whens}
    return clocks.pop() if len(clocks) == 1 else ()


def _shares(rooms: Sequence[Wanted], moments: Sequence[Moment]) -> dict[int, list[Moment]]:
    """Return which moments are said with which room (by its place), and under -1 those that are said for all.

    A moment belongs to the room named before it in its sentence; where the moments lead ("le 3 la salle, le 4 …"), to
    the room after it; in a sentence without a room, to the room of the sentence before, if each room has its own."""
    shares: dict[int, list[Moment]] = {one.at: [] for one in rooms}
    shares[-1] = []
    ordered = sorted(rooms, key=lambda one: one.at)
    for moment in moments:
        there = [one for one in ordered if one.sentence == moment.sentence]
        before = [one for one in there if one.at < moment.at]
        after = [one for one in there if one.at > moment.at]
        leads = bool(there) and not any(m.at > there[-1].at for m in moments if m.sentence == moment.sentence)
        if leads and after and len(there) > 1:
            shares[after[0].at].append(moment)
        elif before:
            shares[before[-1].at].append(moment)
        elif after and len(there) == 1 and len({one.sentence for one in ordered}) > 1:
            shares[after[0].at].append(moment)
        else:
            shares[-1].append(moment)
    return shares


def _told(when: When) -> str:
    days = ", ".join(str(span.first) if span.first == span.last else f"{span.first}…{span.last}" for span in when.days)
    hours = ", ".join(
        f"{_clock(clock.start)}-{_clock(clock.end)}{f' {clock.part}' if clock.part else ''}" for clock in when.clocks
    )
    return " ".join(part for part in (days, hours, ", ".join(sorted(when.lacks))) if part) or "no day"


def _clock(minutes: int | None) -> str:
    return "?" if minutes is None else f"{minutes // 60 % 24}:{minutes % 60:02}"
