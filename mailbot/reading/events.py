"""Joining what a mail names: which room at which hours, which things on which days, and what is missing.

Most mails speak of one event: all its days and hours are those of the rooms, and the things go with the rooms. Where
several rooms or things are named, each with a day or hours beside it (in its line, its clause), these are its own, and
what is said for none of them is said for all.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Evidence, Intent, Item, Lack, Meaning, Slot
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.cues import Cue
from mailbot.reading.headings import headed, of_event
from mailbot.reading.moments import Clock, Role, When, combine, end_after, equipment_slots, room_slots
from mailbot.reading.occasions import (
    DAY,
    Moment,
    anchored,
    by_line,
    chosen,
    ending,
    of_use,
    on_the_way,
    within_ranges,
    without,
)
from mailbot.reading.page import Page
from mailbot.reading.people import People
from mailbot.reading.quantities import Count, Quantity
from mailbot.reading.stance import Stances
from mailbot.reading.things import Mention, Sort

MOST_RIVALS = 3
NEAR, FAR = 6, 14
"""Words between two rooms of which one is to be had: "la classe 3 ou le réfectoire", "ou, sinon, …"."""


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
    today: date

    def asked_mentions(self) -> list[Mention]:
        return [mention for index, mention in enumerate(self.mentions) if self.stances.asked(index)]

    def sentences_of(self, *values: str) -> frozenset[int]:
        """Return the sentences that hold a cue of one of these values, or of an intent's values ("change/")."""
        return frozenset(self.page.sentence_of[cue.first] for cue in self.cues if cue.value.startswith(values))


@dataclass(frozen=True)
class Wanted:
    """A thing asked for. `places` are the words and sentences where it is named, the first that of `mention`. `either`:
    or this one instead of the room before it; `otherwise`: this one only where that is not to be had."""

    mention: Mention
    quantity: Quantity
    ids: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    either: bool = False
    otherwise: bool = False

    @property
    def sentence(self) -> int:
        return self.places[0][1]

    @property
    def at(self) -> int:
        return self.mention.first

    @property
    def room(self) -> bool:
        return self.mention.sort in {Sort.ROOM, Sort.SITE}

    @property
    def unknown(self) -> bool:
        return self.ids == (UNKNOWN,)


def with_items(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning:
    """Return the meaning with what is asked for, when, what is missing, and the rival readings."""
    wanted = _WANTED[meaning.intent](sighting)
    moments = _moments(sighting, meaning.intent, wanted)
    if meaning.intent is Intent.AVAILABILITY:
        wanted = [replace(one, either=False, otherwise=False) for one in wanted]
        moments = [replace(moment, when=_with_either(moment.when)) for moment in moments]
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


def _with_either(when: When) -> When:
    """A question about one day or another asks about both."""
    either = tuple(span for rival in when.rivals if rival.either for span in rival.days)
    return (
        replace(when, days=when.days + either, rivals=tuple(r for r in when.rivals if not r.either)) if either else when
    )


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


# ── what is wanted ──────────────────────────────────────────────────────────────────────────────────────────────────


def _asked(sighting: Sighting) -> list[Wanted]:
    """Return the mentions that are asked for: those in requests if there are any of their sort, else those that are
    merely named; the body before the subject; names before words that leave the room open."""
    stances = sighting.stances
    able = [i for i in range(len(sighting.mentions)) if stances.asked(i) and _meant(sighting, i)]
    picked: list[int] = []
    goods = [i for i in able if sighting.mentions[i].sort in {Sort.EQUIPMENT, Sort.UNLENT}]
    rooms = _rooms(sighting, [i for i in able if i not in goods], bool(goods))
    if all(sighting.mentions[i].generic for i in rooms):
        rooms = _buildings(sighting) or rooms
    for pool in (rooms, goods):
        in_body = [i for i in pool if sighting.mentions[i].first >= sighting.body_at]
        requested = [i for i in in_body or pool if stances.in_request(sighting.mentions[i].first)]
        picked.extend(requested or in_body or pool)
    return _merged(sighting, sorted(picked))


def _buildings(sighting: Sighting) -> list[int]:
    """Return the building that is asked for where no room is named: "nous cherchons un point de chute à l'école"."""
    requests = sighting.sentences_of("book/strong", "availability/strong")
    return [
        i
        for i, mention in enumerate(sighting.mentions)
        if mention.sort is Sort.SITE
        and sighting.page.sentence_of[mention.first] in requests
        and mention.first >= sighting.body_at
        and not sighting.stances.in_past(mention.first)
        and i not in sighting.stances.unwanted | sighting.stances.old
    ][:1]


def _merged(sighting: Sighting, indexes: Sequence[int]) -> list[Wanted]:
    """Return the mentions once each: a thing named again without another number is the one named before."""
    kept: list[Wanted] = []
    for i in indexes:
        mention, quantity = sighting.mentions[i], sighting.quantities[i]
        ids = mention.hint if mention.hint and quantity.definite else mention.ids
        place = (mention.first, sighting.page.sentence_of[mention.first])
        one = Wanted(mention, quantity, ids, (place,))
        again = next((k for k, other in enumerate(kept) if _same(other, one)), None)
        if again is None:
            kept.append(_with_link(one, kept, sighting))
        elif one.room or not quantity.said or kept[again].quantity.value == quantity.value:
            kept[again] = replace(kept[again], places=(*kept[again].places, place))
        elif not kept[again].quantity.said or _taken_back(sighting, kept[again], one):
            kept[again] = replace(one, places=(place, *kept[again].places))
        else:
            kept.append(one)
    return kept


def _taken_back(sighting: Sighting, old: Wanted, new: Wanted) -> bool:
    """Whether another number of the same thing corrects the one before: "30 tafels… pardon, 20 tafels"."""
    between = sighting.page.words[old.mention.last : new.quantity.first]
    return len(between) <= FAR and any(word in sighting.stances.corrections for word in between)


def _same(one: Wanted, other: Wanted) -> bool:
    return one.ids == other.ids and (not one.unknown or one.mention.name.lower() == other.mention.name.lower())


def _with_link(one: Wanted, kept: Sequence[Wanted], sighting: Sighting) -> Wanted:
    """Mark a room that is named as one that will do as well as the one before it, or instead of it."""
    before = [other for other in kept if other.room]
    if not one.room or not before:
        return one
    first, last = before[-1].mention.last, one.at
    said = {cue.value for cue in sighting.cues if first <= cue.first and cue.last <= last}
    start = sighting.page.sentences[one.sentence].first
    begins = any(
        cue.value == "stance-else" and cue.first <= start + 1 and cue.last <= last
        for cue in sighting.cues
        if cue.first >= start
    )
    if begins and one.sentence - before[-1].sentence == 1:
        return replace(one, otherwise=True)
    if sighting.page.sentence_of[first - 1] != one.sentence or last - first > FAR:
        return one
    if "stance-else" in said or ("stance-or" in said and last - first > NEAR):
        return replace(one, otherwise=True)
    return replace(one, either="stance-or" in said)


def _meant(sighting: Sighting, index: int) -> bool:
    """Whether a thing that is not lent, or whose name is misspelt, is spoken of as wanted: counted, or listed."""
    mention, quantity = sighting.mentions[index], sighting.quantities[index]
    if quantity.value == 0:
        return False
    if mention.near and mention.sort is Sort.EQUIPMENT:
        return quantity.said
    if mention.sort is not Sort.UNLENT or mention.stranger:
        return True
    counted = quantity.said or (quantity.first < mention.first and not quantity.definite)
    sentence = sighting.page.sentence(mention.first)
    listed = sentence.bullet and mention.first <= sentence.first + 2
    return sighting.stances.in_request(mention.first) and (counted or listed or _beside_lent(sighting, index))


def _beside_lent(sighting: Sighting, index: int) -> bool:
    """Whether only small words part a thing from one that is lent: "avec micro, projecteur et écran"."""
    words, mentions = sighting.page.words, sighting.mentions
    for before, after in ((index - 1, index), (index, index + 1)):
        if before < 0 or after >= len(mentions):
            continue
        other = mentions[before if after == index else after]
        between = words[mentions[before].last : sighting.quantities[after].first]
        if other.sort is Sort.EQUIPMENT and 0 < len(between) <= 3 and sighting.stances.joins(between):
            return True
    return False


def _rooms(sighting: Sighting, pool: list[int], goods: bool) -> list[int]:
    """Leave out words that leave the room open where one is named ("la salle"), and ids that a narrower name holds."""
    named = [i for i in pool if not sighting.mentions[i].generic]
    if named:
        ids = [set(sighting.mentions[i].ids) for i in named]
        return [i for i, own in zip(named, ids, strict=True) if not any(other < own for other in ids)]
    generic = [i for i in pool if sighting.stances.in_request(sighting.mentions[i].first) or not goods]
    told = [i for i in generic if not (goods and sighting.quantities[i].definite)]
    sites = [
        i
        for i, mention in enumerate(sighting.mentions)
        if mention.sort is Sort.SITE
        and mention.first >= sighting.body_at
        and sighting.stances.in_request(mention.first)
    ]
    return sites[:1] if sites and (told or not goods) else told[:1]


def _given_up(sighting: Sighting) -> list[Wanted]:
    """Return the part that is given up; nothing where the whole reservation is."""
    stances = sighting.stances
    cancelled = sighting.sentences_of("cancel/")
    parted = bool(stances.kept) or bool(sighting.sentences_of("stance-kept"))
    if sighting.sentences_of("stance-whole") and not parted:
        return []
    if not parted and _gives_up_room_and_things(sighting, cancelled):
        return []
    given_up: list[int] = []
    for i, mention in enumerate(sighting.mentions):
        room = mention.sort in {Sort.ROOM, Sort.SITE}
        if i in stances.kept or mention.generic or mention.sort is Sort.UNLENT or (room and not parted):
            continue
        if i in stances.unwanted or sighting.page.sentence_of[mention.first] in cancelled:
            given_up.append(i)
    in_body = [i for i in given_up if sighting.mentions[i].first >= sighting.body_at]
    ids = [set(sighting.mentions[i].ids) for i in in_body or given_up]
    narrow = [i for i in in_body or given_up if not any(other < set(sighting.mentions[i].ids) for other in ids)]
    return _merged(sighting, narrow)


def _is_parted(sighting: Sighting) -> bool:
    """Whether only days of a reservation are given up: "uniquement le 18 juin, les autres jeudis restent"."""
    cancelled = sighting.sentences_of("cancel/")
    whole = sighting.sentences_of("stance-whole")
    return not whole and bool(sighting.sentences_of("stance-kept") | (sighting.sentences_of("stance-only") & cancelled))


def _gives_up_room_and_things(sighting: Sighting, cancelled: Collection[int]) -> bool:
    """Whether "the room" is given up in one breath with a thing: then all of it is."""
    for one, other in itertools.pairwise(sighting.mentions):
        between = sighting.page.words[one.last : other.first]
        near = len(between) <= 3 and not any(word in sighting.stances.fors for word in between)
        if near and one.generic != other.generic and sighting.page.sentence_of[one.first] in cancelled:
            return True
    return False


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
    told = [one for one in told if not one.mention.generic]
    rooms = [one for one in told if one.room]
    if len(rooms) < len(told) and not any(when.has_clock for when in sighting.whens if when.counts):
        rooms = [one for one in rooms if one.sentence in sighting.sentences_of("change/")]
    return [one for one in told if not one.room or one in rooms[-1:]]


_WANTED: dict[Intent, Callable[[Sighting], list[Wanted]]] = {
    Intent.BOOK: _asked,
    Intent.AVAILABILITY: _asked,
    Intent.CHANGE: _changed,
    Intent.CANCEL: _given_up,
}


# ── when ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moments(sighting: Sighting, intent: Intent, wanted: Sequence[Wanted]) -> list[Moment]:
    """Return the moments that may be those of what is asked, ranked; days that are left out taken off."""
    free = ("availability/",) if intent is Intent.AVAILABILITY else ("availability/strong",)
    asking = sighting.sentences_of("book/strong", *free, "change/decisive", "change/strong")
    asking |= sighting.sentences_of("stance-same-place")
    if intent is Intent.AVAILABILITY:
        asking |= {sentence.number for sentence in sighting.page.sentences if sentence.question}
    if intent is Intent.CHANGE:  # "we have it booked" only tells what is
        asking -= sighting.sentences_of("stance-confirmed") - sighting.sentences_of("change/")
    if intent is not Intent.CHANGE:
        asking |= {sentence for one in wanted if one.room for _, sentence in one.places}
    if not any(one.room for one in wanted):
        asking |= {sentence for one in wanted for _, sentence in one.places}
    every = [_not_replaced(_ranked(sighting, i, asking), sighting) for i in range(len(sighting.whens))]
    kept = sighting.sentences_of("stance-kept")
    fallback = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-fallback"]
    if intent is Intent.BOOK and fallback:
        every = _without_fallback(every, fallback)
    found = [
        _told_now(m, sighting.stances.tells_of_then(m.sentence)) if m.rank >= 3 else m
        for m in every
        if not sighting.stances.in_past(m.at) or _is_loan_ahead(m)
    ]
    if intent is Intent.CHANGE:
        return _new(found or every, every, sighting)
    spans = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-kept"]
    found = [m for m in found if not _inside(m, spans)] if intent is Intent.CANCEL else found
    spared = [m for m in found if m.sentence not in kept]
    found = spared if any(m.when.counts and m.when.has_days for m in spared) else found
    used = _on_edges(within_ranges(_used(found, sighting)), sighting)
    return used if intent is Intent.CANCEL else without(used, _left_out(every, sighting))


def _not_replaced(moment: Moment, sighting: Sighting) -> Moment:
    """ "In plaats van de refter, van 14u tot 18u": what is replaced is the thing, not the hours behind it."""
    if not moment.when.replaced:
        return moment
    for cue in sighting.cues:
        if cue.value == "stance-old-after" and cue.last <= moment.at and moment.at - cue.last < FAR:
            between = range(cue.last, moment.at)
            if any(mention.first in between for mention in sighting.mentions):
                return replace(moment, when=replace(moment.when, replaced=False))
    return moment


def _without_fallback(every: list[Moment], fallback: Sequence[tuple[int, int]]) -> list[Moment]:
    """Leave out the day that is meant only if another will not do: "le 18 juin (19 juin en cas de pluie)"."""
    firm = [moment for moment in every if not _inside(moment, fallback)]
    if any(moment.days for moment in firm):
        return firm
    return [
        replace(m, when=replace(m.when, days=m.when.days[:-1])) if _inside(m, fallback) and len(m.when.days) > 1 else m
        for m in every
    ]


def _inside(moment: Moment, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= moment.at < last for first, last in spans)


def _is_loan_ahead(moment: Moment) -> bool:
    """ "Returned on the Monday": the participle of what is still to come tells of no earlier times."""
    ahead = bool(moment.days) and min(moment.days) >= moment.today and not moment.when.past
    return ahead and moment.when.role in {Role.FETCH, Role.BRING_BACK}


def _on_edges(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Put hours on the first or the last day of a stretch: "le dernier jour, de 16h à 18h, la grande salle"."""
    edges = {"stance-first-day": 0, "stance-last-day": -1}
    moved = list(found)
    for cue in sighting.cues:
        if cue.value not in edges:
            continue
        days = [day for m in found if m.at < cue.first for day in sorted(m.days) if len(m.days) > 1]
        behind = [i for i, m in enumerate(found) if m.only_hours and cue.last <= m.at <= cue.last + NEAR]
        if days and behind and sighting.page.sentence_of[cue.first] == found[behind[0]].sentence:
            day = days[edges[cue.value]]
            hours = moved[behind[0]]
            moved[behind[0]] = replace(hours, when=replace(hours.when, days=(Days(day, day),)))
    return moved


def _told_now(moment: Moment, then: bool) -> Moment:
    """A day to come that is asked for is not past where its sentence does not tell of earlier times (`then`)."""
    if moment.when.past and not then and moment.days and min(moment.days) >= moment.today:
        return replace(moment, when=replace(moment.when, past=False))
    return moment


def _used(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    replying = sighting.sentences_of("stance-reply")
    asking = sighting.sentences_of("book/", "availability/", "change/") - replying
    loan = [m for m in found if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.counts]
    return by_line(of_use(anchored(found), asked=lambda sentence: sentence in asking)) + loan


def _ranked(sighting: Sighting, index: int, asking: frozenset[int] | set[int]) -> Moment:
    (first, last), when = sighting.spans[index], sighting.whens[index]
    page = sighting.page
    sentence = page.sentence(min(first, len(page.words) - 1))
    listed = sentence.bullet or first == sentence.first or ":" in page.words[sentence.first : first]
    named = any(sentence.first <= mention.first < sentence.last for mention in sighting.mentions)
    if sentence.number in sighting.sentences_of("stance-reply") and not named:
        asking = frozenset()
    rank = 0.0 if first < sighting.body_at else 3.0 if sentence.number in asking else 2.0 if listed else 1.0
    if when.loose:
        rank -= 0.5 if sentence.number in asking else 2
    told = {cue.value for cue in sighting.cues if cue.first <= first < cue.last}
    ends, begins = "stance-ends" in told, "stance-begins" in told and "stance-ends" not in told
    if ends and when.role is Role.HABIT and not when.has_days and when.has_clock:
        when = replace(when, role=Role.USE)
    if begins and when.has_days and when.counts and any(clock.end is not None for clock in when.clocks):
        rank = max(rank, 3.0)
    if ends and when.role is Role.HABIT and all(clock.start is None and clock.end is not None for clock in when.clocks):
        when = replace(when, role=Role.USE)  # "out by 9 at the latest"
    return Moment(first, last, sentence.number, when, sighting.today, rank, ends, begins)


def _left_out(every: Sequence[Moment], sighting: Sighting) -> set[date]:
    """The days on which it is not: "pas de séance le 31 octobre"."""
    spans = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-except"]
    return {
        day
        for moment in every
        for day in moment.days
        if moment.when.negated or any(first < moment.at < last for first, last in spans)
    }


def _new(found: Sequence[Moment], every: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Return what a change newly wants: the day and hours it asks for, completed by what it says of the reservation."""
    use = ending(of_use(found, asked=lambda sentence: True))
    loan = [m for m in found if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.counts]
    days = [m for m in use if m.when.has_days or Lack.DATE in m.when.lacks]
    asked = [m for m in days if m.rank >= 2.5] or days
    if not use:
        return loan
    day = _last_named(asked[-1]) if asked else None
    hours = [m for m in use if m.only_hours]
    newly = [m for m in hours if m.rank >= 3 and (day is None or not day.when.has_clock or day.rank < m.rank)]
    newly = newly or ([] if day else hours)
    clock = day.when.clocks[-1] if day is not None and day.when.has_clock else None
    clock = newly[-1].when.clocks[-1] if newly else clock
    if day is None:
        told = [m for m in every if m.when.has_days and m.when.role is Role.USE and not m.when.negated]
        day = told[-1] if told and clock is not None else None
    use = [m for m in every if m.when.role is Role.USE]
    before = [c for m in use for c in m.when.clocks if c != clock and (_is_whole(c) or not m.when.replaced)]
    same = any(cue.value == "stance-same-hours" for cue in sighting.cues)
    clock = _completed(clock, before, same)
    base = day or (newly[-1] if newly else use[-1])
    when = replace(base.when, days=base.when.days, clocks=(clock,) if clock else ())
    return [replace(base, when=when), *loan]


def _completed(clock: Clock | None, before: Sequence[Clock], same: bool) -> Clock | None:
    """Fill what new hours leave open with those of the reservation, where the mail tells them."""
    told = [old for old in before if _is_whole(old)]
    if clock is None:
        return told[-1] if same and told else None
    starts = {old.start for old in told[-1:] or before if old.start is not None}
    ends = {old.end for old in told[-1:] or before if old.end is not None}
    if clock.start is None and clock.end is not None and clock.part is None and len(starts) == 1:
        start = starts.pop()
        end = end_after(start, clock.end)
        return Clock(start, end) if end <= start + DAY else clock
    if clock.start is not None and clock.end is None and len(ends) == 1:
        end = ends.pop()
        return Clock(clock.start, end) if clock.start < end else clock
    return clock


def _is_whole(clock: Clock) -> bool:
    return clock.start is not None and clock.end is not None


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
    _heads: Mapping[int, Moment] = field(init=False)
    """For a sentence, the line with a day that it stands under."""

    def __post_init__(self) -> None:
        self.moments, self._heads = headed(self.moments, self.sighting.page)

    def items(self) -> tuple[tuple[Item, ...], frozenset[Lack]]:
        rooms = [one for one in self.wanted if one.room]
        items = [self._item(one, self._room(one, rooms)) for one in rooms]
        days = [{slot.day for slot in item.slots} for item in items]
        for one in self.wanted:
            if not one.room:
                with_room = self._beside(one, rooms, days) if rooms else set()
                items.append(self._item(one, self._goods(one, sorted(with_room), bool(rooms))))
        parted = self.intent is Intent.CANCEL and _is_parted(self.sighting)
        if not items and (self.intent is Intent.CHANGE or parted) and self.moments:
            items = [Item((SAME,), 1, self._slots(self.moments))]
        return tuple(items), frozenset(self._lacks)

    def _beside(self, one: Wanted, rooms: Sequence[Wanted], days: Sequence[set[date]]) -> set[date]:
        """Return the days of the rooms that a thing goes with: those of its sentence, where the others are named in
        other sentences, for other days; else all."""
        here = [own for room, own in zip(rooms, days, strict=True) if room.sentence == one.sentence]
        others = [own for room, own in zip(rooms, days, strict=True) if room.sentence != one.sentence]
        mine: set[date] = set().union(*here)
        return mine if mine and all(own and not own & mine for own in others) else set().union(*days)

    def _item(self, one: Wanted, slots: tuple[Slot, ...]) -> Item:
        words = self.sighting.page.quote(min(one.quantity.first, one.at), one.mention.last)
        name = one.mention.name if one.unknown else ""
        return Item(one.ids, 1 if one.room else one.quantity.value, slots, words=(words,), name=name)

    # rooms

    def _room(self, one: Wanted, rooms: Sequence[Wanted]) -> tuple[Slot, ...]:
        told = [moment for moment in self.moments if moment.when.role is Role.USE]
        taken = [moment for moment in self.moments if moment.when.role is Role.FETCH]  # a room is used when it is taken
        use = self._for_rooms(told or [replace(m, when=replace(m.when, role=Role.USE)) for m in taken])
        return self._slots(self._own(one, rooms, use) if len(rooms) > 1 else chosen(use))

    def _for_rooms(self, use: list[Moment]) -> list[Moment]:
        """Leave out what is said of things alone ("le beamer seulement le 13"), unless nothing else says a day."""
        page = self.sighting.page
        placed = {page.sentence_of[m.first] for m in self.sighting.mentions if m.sort in {Sort.ROOM, Sort.SITE}}
        lent = {one.sentence for one in self.wanted if not one.room} - placed
        others = [moment for moment in use if moment.sentence not in lent]
        return others if any(moment.when.has_days for moment in others) else use

    def _own(self, one: Wanted, rooms: Sequence[Wanted], use: list[Moment]) -> list[Moment]:
        """Return the moments said with one of several rooms, completed by those that are said for all."""
        shares = _shares(rooms, use)
        own, common = shares[one.at], shares[-1]
        if not own:
            return chosen(common or use)
        if not any(moment.when.has_days for moment in own):
            days = [moment for moment in common if moment.when.has_days] or [m for m in use if m.when.has_days][:1]
            own = [replace(moment, when=replace(moment.when, clocks=())) for moment in days] + own
        if not any(moment.when.has_clock for moment in own):
            hours = [moment for moment in common if moment.only_hours]
            own = own + (hours or self._each_time(use))
        return chosen(own)

    def _each_time(self, use: Sequence[Moment]) -> list[Moment]:
        """The hours said with another room that are those of each: "… le 4 et … le 25, chaque fois de 18h à 20h"."""
        timed = [moment for moment in use if moment.when.has_clock]
        said = any(cue.value in {"stance-each-time", "stance-same-hours"} for cue in self.sighting.cues)
        if not said or len({moment.when.clocks for moment in timed}) != 1:
            return []
        return [replace(timed[0], when=replace(timed[0].when, days=()))]

    def _slots(self, moments: Sequence[Moment]) -> tuple[Slot, ...]:
        whens = combine([moment.when for moment in moments])
        slots, lacks = room_slots(whens, self.catalogue)
        if self.intent is Intent.CHANGE and not any(Lack.DATE in when.lacks for when in whens):
            lacks -= {Lack.DATE}
        self._lacks |= lacks
        return () if self._is_open_question() else self._with_exceptions(slots)

    def _with_exceptions(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """Let one of several days begin or end as is said of it alone: "le 10 nous commencerons déjà à 13h"."""
        days = {slot.day for slot in slots}
        for moment in self.moments:
            when = moment.when
            if when.role is not Role.USE or not moment.days or not moment.days < days or len(when.clocks) != 1:
                continue
            [clock] = when.clocks
            if (clock.start is None) != (clock.end is None):
                slots = tuple(_shifted(slot, clock) if slot.day in moment.days else slot for slot in slots)
        return slots

    def _is_open_question(self) -> bool:
        """Whether it is asked which days are free ("quels samedis de mai"): none is named then."""
        return self.intent is Intent.AVAILABILITY and any(cue.value == "stance-which" for cue in self.sighting.cues)

    # things

    def _goods(self, one: Wanted, days: Sequence[date], with_room: bool) -> tuple[Slot, ...]:
        loan = [m for m in self.moments if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.has_days]
        mine = [m for m in self._days_of(one, bool(days)) if not (len(loan) > 1 and m.weekday_alone)]
        if not mine and days:
            spans = [Days(day, day) for day in days]
        else:
            use = mine or chosen([m for m in self.moments if m.when.role is Role.USE])
            use = [m for m in use if not (len(loan) > 1 and m.weekday_alone)]
            spans = [span for moment in use for span in moment.when.days]
            if not one.unknown:
                self._lacks |= {lack for m in use for lack in m.when.lacks} & {Lack.DATE, Lack.UNTIL}
        if loan and spans:
            first, last = min(span.first for span in spans), max(span.last for span in spans)
            way = on_the_way(loan, first, last)
            spans = [Days(min(first, *way), max(last, *way))]
        elif loan:
            days_said = [day for moment in loan for day in moment.days]
            spans = [Days(min(days_said), max(days_said))]
        if not spans and not one.unknown and self.intent is not Intent.CHANGE:
            self._lacks.add(Lack.DATE)
        return () if self._is_open_question() else equipment_slots(spans)

    def _days_of(self, one: Wanted, with_days: bool) -> list[Moment]:
        """Return the days said for this thing: in its sentence where no room is, beside it where others have others."""
        here = [m for m in self.moments if m.sentence == one.sentence and m.when.has_days and m.when.role is Role.USE]
        if not here:
            return self._headed_days(one)
        here = [m for m in here if not (with_days and Lack.UNTIL in m.when.lacks)]
        here = [m for m in here if not self._said_of_another(m, one)]
        rooms = [other for other in self.wanted if other.room]
        with_room = any(other.sentence == one.sentence for other in rooms)
        apart = len({other.sentence for other in rooms}) > 1 and len({m.when.days for m in here}) == 1
        if (with_room and not apart) or not here:
            return []
        here = [moment for moment in here if not moment.when.loose] or here
        if len({m.when.days for m in here}) < 2:
            return here
        goods = [other for other in self.wanted if other.sentence == one.sentence]
        if here[0].at < goods[0].at:
            return [m for m in here if m.at < one.at][-1:]
        return [m for m in here if m.at > one.at][:1] or here[-1:]

    def _said_of_another(self, moment: Moment, one: Wanted) -> bool:
        """Whether a day stands in brackets behind another thing: "10 tonnelles (samedi seulement) et 200 gobelets"."""
        words = self.sighting.page.words
        named = [other for other in self.wanted if other.sentence == one.sentence and other.mention.last <= moment.at]
        if not named or one.at < moment.at:
            return False
        between = words[named[-1].mention.last : moment.at]
        return between.count("(") > between.count(")") and len(between) <= FAR

    def _headed_days(self, one: Wanted) -> list[Moment]:
        """Return the day of the line that a thing stands under, or of the event that it is for."""
        if one.sentence in self._heads:
            return [self._heads[one.sentence]]
        sighting = self.sighting
        return of_event(one.sentence, self.moments, sighting.page, sighting.counts, sighting.stances.fors)

    def evidence(self) -> Iterable[Evidence]:
        for one in self.wanted:
            words = self.sighting.page.quote(min(one.quantity.first, one.at), one.mention.last)
            yield Evidence("resource", words, "|".join(one.ids))
        for moment in self.moments:
            yield Evidence("moment", moment.when.words, _told(moment.when))


def _shifted(slot: Slot, clock: Clock) -> Slot:
    """Return a slot with another start or another end, where both hours are known and stay in order."""
    if not isinstance(slot.start, datetime) or not isinstance(slot.end, datetime):
        return slot
    minutes = clock.start if clock.start is not None else clock.end
    at = datetime.combine(slot.day, time()) + timedelta(minutes=minutes or 0)
    if clock.start is not None:
        return replace(slot, start=at) if at < slot.end else slot
    return replace(slot, end=at) if at > slot.start else slot


def _shares(rooms: Sequence[Wanted], moments: Sequence[Moment]) -> dict[int, list[Moment]]:
    """Return which moments are said with which room (by its place), and under -1 those that are said for all.

    A moment belongs to the room named before it in its sentence; where the moments lead ("le 3 la salle, le 4 …"), to
    the room after it. Of a room that is named twice, the place with a moment beside it counts."""
    shares: dict[int, list[Moment]] = {one.at: [] for one in rooms}
    shares[-1] = []
    named = sorted((word, sentence, one.at) for one in rooms for word, sentence in one.places)
    for moment in moments:
        there = [(word, at) for word, sentence, at in named if sentence == moment.sentence]
        before = [at for word, at in there if word < moment.at]
        after = [at for word, at in there if word > moment.at]
        leads = bool(there) and not any(m.at > there[-1][0] for m in moments if m.sentence == moment.sentence)
        both = len({at for _, at in there}) > 1
        if leads and after and both:
            shares[after[0]].append(moment)
        elif before and not (both and _follows_all(moment, there, moments)):
            shares[before[-1]].append(moment)
        elif after and not both and len({sentence for _, sentence, _ in named}) > 1:
            shares[after[0]].append(moment)
        else:
            shares[-1].append(moment)
    return shares


def _follows_all(moment: Moment, there: Sequence[tuple[int, int]], moments: Sequence[Moment]) -> bool:
    """Whether all moments of the sentence stand behind all its rooms: "cuisine et salle le 5 mai de 10h à 18h"."""
    return all(m.at > there[-1][0] for m in moments if m.sentence == moment.sentence)


def _told(when: When) -> str:
    days = ", ".join(str(span.first) if span.first == span.last else f"{span.first}…{span.last}" for span in when.days)
    hours = ", ".join(
        f"{_clock(clock.start)}-{_clock(clock.end)}{f' {clock.part}' if clock.part else ''}" for clock in when.clocks
    )
    return " ".join(part for part in (days, hours, ", ".join(sorted(when.lacks))) if part) or "no day"


def _clock(minutes: int | None) -> str:
    return "?" if minutes is None else f"{minutes // 60 % 24}:{minutes % 60:02}"
