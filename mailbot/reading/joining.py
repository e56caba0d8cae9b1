"""Which room is used at which hours, which things on which days, and what is missing.

Most mails speak of one event: all its days and hours are those of the rooms, and the things go with the rooms. Where
several rooms or things are named, each with a day or hours beside it (in its line, its clause), these are its own, and
what is said for none of them is said for all.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from mailbot.model.meaning import SAME, Evidence, Intent, Item, Lack, Slot
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.amends import marked
from mailbot.reading.headings import headed, of_event
from mailbot.reading.moments import Clock, Role, When, combine, equipment_slots, room_slots
from mailbot.reading.occasions import Moment, chosen, on_the_way
from mailbot.reading.sightings import FAR, Sighting, Wanted
from mailbot.reading.things import Sort
from mailbot.reading.wanted import is_parted


@dataclass
class Joiner:
    sighting: Sighting
    catalogue: Catalogue
    wanted: Sequence[Wanted]
    moments: Sequence[Moment]
    intent: Intent
    _lacks: set[Lack] = field(default_factory=set)
    _heads: Mapping[int, Moment] = field(init=False)
    """For a sentence, the line with a day that it stands under."""
    _paragraphs: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.moments, self._heads = headed(self.moments, self.sighting.page)
        self._paragraphs = self._records()

    def items(self) -> tuple[tuple[Item, ...], frozenset[Lack]]:
        rooms = [one for one in self.wanted if one.room]
        items = [self._item(one, self._room(one, rooms)) for one in rooms]
        days = [{slot.day for slot in item.slots} for item in items]
        for one in self.wanted:
            if not one.room:
                with_room = self._beside(one, rooms, days) if rooms else set()
                items.append(self._item(one, self._goods(one, sorted(with_room), bool(rooms))))
        parted = self.intent is Intent.CANCEL and is_parted(self.sighting)
        if not items and (self.intent is Intent.CHANGE or parted) and self.moments:
            named = {m.ids for m in self.sighting.mentions if m.sort is Sort.ROOM and not m.generic}
            ids = named.pop() if parted and len(named) == 1 else (SAME,)
            items = [Item(ids, 1, self._slots(self.moments))]
        elif not rooms and (moved := self._moved_besides()):
            items.insert(0, Item((SAME,), 1, self._slots(moved)))
        return tuple(items), frozenset(self._lacks)

    def _moved_besides(self) -> list[Moment]:
        """Return the day and hours to which what is booked goes, where a change says them before a thing that it asks
        for as well: "plutôt 20 h le 26, et un projecteur"; not "un projecteur, plutôt le 26"."""
        if self.intent is not Intent.CHANGE or not self.wanted:
            return []
        thing = min(one.quantity.first for one in self.wanted)
        moves = {"amends-rather", "change/decisive", "change/strong", "change/fair"}
        said = [cue.first for cue in self.sighting.cues if cue.value in moves and cue.first < thing]
        use = [moment for moment in self.moments if moment.when.role is Role.USE and moment.at < thing]
        return [m for m in use if m.when.has_days and m.when.has_clock and said and min(said) <= m.at]

    def _beside(self, one: Wanted, rooms: Sequence[Wanted], days: Sequence[set[date]]) -> set[date]:
        """Return the days of the rooms that a thing goes with: those of its sentence, where the others are named in
        other sentences, for other days; else all."""
        here = [own for room, own in zip(rooms, days, strict=True) if room.sentence == one.sentence]
        others = [own for room, own in zip(rooms, days, strict=True) if room.sentence != one.sentence]
        nth = self._nth_event(one)
        if nth is not None and 0 <= nth < len(rooms):
            return days[nth]
        mine: set[date] = set().union(*here)
        return mine if mine and all(own and not own & mine for own in others) else set().union(*days)

    def _nth_event(self, one: Wanted) -> int | None:
        """Return which of several events a thing is said to be for: "un beamer pour la seconde"."""
        page, fors = self.sighting.page, self.sighting.stances.words.fors
        for count in self.sighting.counts:
            near = count.ordinal and page.sentence_of[count.first] == one.sentence
            led = any(word in fors for word in page.words[max(0, count.first - 2) : count.first])
            if near and led and count.value > 0:
                return count.value - 1
        return None

    def _item(self, one: Wanted, slots: tuple[Slot, ...]) -> Item:
        words = self.sighting.page.quote(min(one.quantity.first, one.at), one.mention.last)
        name = one.mention.name if one.unknown else ""
        item = Item(one.ids, 1 if one.room else one.quantity.value, slots, words=(words,), name=name)
        return marked(item, one, self.sighting, self.intent)

    def _record(self, sentence: int) -> int:
        """Return what tells a sentence from those of other records: the line that heads it, the first of its paragraph
        where each of several has a day and a room of its own, or itself."""
        head = self._heads.get(sentence)
        if head is not None:
            return head.sentence
        return self._paragraphs.get(self.sighting.page.sentences[sentence].block, sentence)

    def _records(self) -> dict[int, int]:
        """Return the first sentence of each paragraph that tells of one room on its own days, where several do."""
        block_of = [sentence.block for sentence in self.sighting.page.sentences]
        days: defaultdict[int, set[frozenset[date]]] = defaultdict(set)
        rooms: defaultdict[int, set[int]] = defaultdict(set)
        for moment in self.moments:
            if moment.when.role is Role.USE and moment.days:
                days[block_of[moment.sentence]].add(frozenset(moment.days))
        for one in self.wanted:
            if one.room:
                for _, sentence in one.places:
                    rooms[block_of[sentence]].add(one.at)
        each = [block for block in days if len(days[block]) == 1 == len(rooms.get(block, ()))]
        if len(each) < 2 or days.keys() | rooms.keys() != set(each):
            return {}
        return {block: block_of.index(block) for block in each}

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
        others = [moment for moment in use if moment.sentence not in lent and not self._is_of_goods(moment, use)]
        return others if any(moment.when.has_days for moment in others) else use

    def _is_of_goods(self, moment: Moment, use: Sequence[Moment]) -> bool:
        """Whether days stand behind things and before a room that has a day of its own: "8 panels for 1 to 4 October,
        plus the library on Thursday 1 October, 6-9pm"."""
        here = [one for one in self.wanted if one.sentence == moment.sentence]
        goods = [one for one in here if not one.room and one.at < moment.at]
        rooms = [one for one in here if one.room and one.at > moment.at]
        if moment.when.has_clock or not goods or not rooms or any(one.room and one.at < moment.at for one in here):
            return False
        timed = [m for m in use if m.sentence == moment.sentence and m.at > rooms[0].at and m.when.has_clock]
        return any(m.when.has_days for m in timed)

    def _own(self, one: Wanted, rooms: Sequence[Wanted], use: list[Moment]) -> list[Moment]:
        """Return the moments said with one of several rooms, completed by those that are said for all."""
        shares = _shares(rooms, use, self._record, self._joins)
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

    def _joins(self, first: int, last: int) -> bool:
        """Whether only small words stand between two mentions, by their first words."""
        behind = next((mention.last for mention in self.sighting.mentions if mention.first == first), last)
        return behind < last and self.sighting.stances.joins(self.sighting.page.words[behind:last])

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
        """Whether it is asked which days are free ("quels samedis de mai"): none is named then, unless by its date."""
        if self.intent is not Intent.AVAILABILITY or not any(c.value == "stance-which" for c in self.sighting.cues):
            return False
        listed = [m for m in self.moments if m.when.counts and not m.weekday_alone and len(m.when.days) > 1]
        return not listed

    # things

    def _goods(self, one: Wanted, days: Sequence[date], with_room: bool) -> tuple[Slot, ...]:
        if with_room and (only := self._only_then(one)):
            return equipment_slots(only)
        loan = [m for m in self.moments if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.has_days]
        mine = [m for m in self._days_of(one, bool(days)) if not (len(loan) > 1 and m.weekday_alone)]
        edge = self._edge_of(one)
        if len(mine) == 1 and mine[0].when.since and days and max(mine[0].days) < days[-1]:
            spans = [Days(max(mine[0].days), days[-1])]  # "les grilles, à partir du jeudi pour l'accrochage"
        elif not mine and days:
            edges = [days[edge]] if edge is not None else days
            spans = [Days(day, day) for day in edges]
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
        if not loan and not with_room and len(spans) > 1 and self._set_up_and_taken_down():
            spans = [Days(min(span.first for span in spans), max(span.last for span in spans))]
        if not spans and not one.unknown and self.intent is not Intent.CHANGE:
            self._lacks.add(Lack.DATE)
        return () if self._is_open_question() else equipment_slots(spans)

    def _only_then(self, one: Wanted) -> list[Days]:
        """Return the days on which alone a thing is needed beside a room: "2 percolateurs le 12 seulement"."""
        found: list[Days] = []
        for cue in self.sighting.cues:
            behind = 0 <= cue.first - one.mention.last <= 1
            before = 0 <= one.quantity.first - cue.last <= 1
            if cue.value == "stance-only" and (behind or before):
                for when, (first, last) in zip(self.sighting.whens, self.sighting.spans, strict=True):
                    if cue.first <= first < cue.last and last - first <= cue.last - cue.first + 1:
                        found += when.days
        return found

    def _edge_of(self, one: Wanted) -> int | None:
        """Return 0 for a thing that is needed on the first day, -1 on the last, None where nothing says so."""
        edges = {"stance-first-day": 0, "stance-last-day": -1}
        page = self.sighting.page
        said = [cue for cue in self.sighting.cues if cue.value in edges and page.sentence_of[cue.first] == one.sentence]
        return edges[said[0].value] if len(said) == 1 else None

    def _set_up_and_taken_down(self) -> bool:
        """Whether things stand from one day to another: "on monte le mercredi, on démonte le vendredi"."""
        said = {cue.value for cue in self.sighting.cues}
        return {"stance-sets-up", "stance-takes-down"} <= said

    def _days_of(self, one: Wanted, with_days: bool) -> list[Moment]:
        """Return the days said for this thing: in its sentence where no room is, beside it where others have others."""
        here = [m for m in self.moments if m.sentence == one.sentence and m.when.has_days and m.when.role is Role.USE]
        if not here:
            return self._headed_days(one)
        here = [m for m in here if not (with_days and Lack.UNTIL in m.when.lacks)]
        if own := [m for m in here if self._is_of_goods(m, here)]:
            return own
        here = [m for m in here if not self._said_of_another(m, one)]
        rooms = [other for other in self.wanted if other.room]
        with_room = any(other.sentence == one.sentence for other in rooms)
        apart = len({other.sentence for other in rooms}) > 1 and len({m.when.days for m in here}) == 1
        if (with_room and not apart) or not here:
            return []
        goods = [other for other in self.wanted if other.sentence == one.sentence and not other.room]
        named_again = [m for m in here if self._named_before(m, goods) is one]
        if len({m.when.days for m in here}) > 1 and all(self._named_before(m, goods) for m in here) and named_again:
            return named_again
        here = [moment for moment in here if not moment.when.loose] or here
        if len({m.when.days for m in here}) < 2:
            return here
        goods = [other for other in self.wanted if other.sentence == one.sentence]
        if goods == [one]:
            return here
        if here[0].at < goods[0].at:
            return [m for m in here if m.at < one.at][-1:]
        return [m for m in here if m.at > one.at][:1] or here[-1:]

    @staticmethod
    def _named_before(moment: Moment, goods: Sequence[Wanted]) -> Wanted | None:
        """Return the thing that is named again nearest before a day: "les bancs du 25 au 27, les tonnelles le 26"."""
        again = [(word, one) for one in goods for word, number in one.places[1:] if number == moment.sentence]
        before = [(word, one) for word, one in again if word < moment.at]
        return max(before, key=lambda pair: pair[0])[1] if before else None

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
        if one.sentence in sighting.sentences_of("stance-each-time"):
            return []
        above, line = sighting.page.sentences[one.sentence - 1], sighting.page.sentences[one.sentence]
        if sighting.page.words[line.first] == "+" and above.number < line.number and above.block == line.block:
            return [m for m in self.moments if m.when.has_days and m.sentence == above.number]
        return of_event(one.sentence, self.moments, sighting.page, sighting.counts, sighting.stances.words)

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


def _named_together(before: Sequence[tuple[int, int]], joins: Callable[[int, int], bool]) -> Iterable[int]:
    """Return the room named last, and those that only "and" parts from it: "la classe 3 et la salle de réunion".
    `before` are the words that name them, with their rooms."""
    found = dict.fromkeys((before[-1][1],))
    for (word, _), (earlier, room) in itertools.pairwise(reversed(before)):
        if not joins(earlier, word):
            break
        found[room] = None
    return found


def _shares(
    rooms: Sequence[Wanted],
    moments: Sequence[Moment],
    record: Callable[[int], int],
    joins: Callable[[int, int], bool],
) -> dict[int, list[Moment]]:
    """Return which moments are said with which room (by its place), and under -1 those that are said for all.

    A moment belongs to the room named before it in its sentence, or in the lines of the same `record`; where the
    moments lead ("le 3 la salle, le 4 …"), to the room after it. Of a room that is named twice, the place with a
    moment beside it counts."""
    shares: dict[int, list[Moment]] = {one.at: [] for one in rooms}
    shares[-1] = []
    named = sorted((word, record(sentence), one.at) for one in rooms for word, sentence in one.places)
    for moment in moments:
        here = record(moment.sentence)
        there = [(word, at) for word, sentence, at in named if sentence == here]
        before = [at for word, at in there if word < moment.at]
        after = [at for word, at in there if word > moment.at]
        leads = bool(there) and not any(m.at > there[-1][0] for m in moments if record(m.sentence) == here)
        both = len({at for _, at in there}) > 1
        if leads and after and both:
            shares[after[0]].append(moment)
        elif before and not (both and _follows_all(moment, there, moments)):
            for at in _named_together([one for one in there if one[0] < moment.at], joins):
                shares[at].append(moment)
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
