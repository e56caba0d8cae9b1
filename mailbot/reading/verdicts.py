"""How an answer to our offers speaks of the days and rooms it names, clause by clause: "le 13 ne va pas, le 27 oui"."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.spans import Days
from mailbot.reading.moments import When
from mailbot.reading.people import NAMED
from mailbot.reading.quantities import Count
from mailbot.reading.sightings import Sighting
from mailbot.reading.things import Sort


class Verdict(StrEnum):
    WISHED = "wished"
    """Agreed to, or asked for: "mais le 27 oui", "kan het niet zaterdag 27?"."""
    REFUSED = "refused"
    OPEN = "open"
    """Named, and nothing is said of it."""


class Clause(Struct, frozen=True):
    """Words `first` to `last` (excluded) of a sentence, up to a comma or a word of contrast."""

    first: int
    last: int
    verdict: Verdict
    named: bool
    """A day or a room stands in it."""
    asks: bool = False
    """It ends a question."""


class Verdicts:
    """What the answer says of each day and room that it names, by the word at which the name begins."""

    def __init__(self, sighting: Sighting) -> None:
        self._sighting = sighting
        self._names = {mention.first for mention in sighting.mentions if mention.sort is Sort.ROOM}
        spans = zip(sighting.whens, sighting.spans, strict=True)
        self._names |= {first for when, (first, _) in spans if when.has_days or when.vague}
        self._cues = sorted(sighting.cues, key=lambda cue: cue.first)
        self._cues_at = [cue.first for cue in self._cues]
        self._clauses = list(self._told())
        self._ends = [clause.last for clause in self._clauses]

    def of(self, at: int) -> Verdict:
        """Return the verdict on what is named at a word: that of its clause, else of those behind it that name nothing:
        "le 27, c'est parfait"."""
        here = bisect_right(self._ends, at)
        behind = self._clauses[here : here + 2]
        for clause in behind[:1] + [clause for clause in behind[1:] if not clause.named]:
            if clause.verdict is not Verdict.OPEN:
                return clause.verdict
        return Verdict.OPEN

    def wishes(self) -> bool:
        """Whether something that is named is agreed to or asked for."""
        return any(self.of(at) is Verdict.WISHED for at in self._names if at >= self._sighting.body_at)

    @property
    def asking(self) -> list[Clause]:
        return [clause for clause in self._clauses if clause.asks]

    def without_refused(self) -> Sighting:
        """Return what is seen without the moments that are refused."""
        sighting = self._sighting
        told = zip(sighting.whens, sighting.spans, strict=True)
        kept = [(when, span) for when, span in told if self.of(span[0]) is not Verdict.REFUSED]
        return replace(sighting, whens=tuple(when for when, _ in kept), spans=tuple(span for _, span in kept))

    def _told(self) -> Iterator[Clause]:
        page, words = self._sighting.page, self._sighting.stances.words
        inside = {at for first, last in self._sighting.spans for at in range(first + 1, last)}
        for sentence in page.sentences:
            first = max(sentence.first, self._sighting.body_at)
            breaks = [
                at
                for at in range(first + 1, sentence.last)
                if at not in inside and (page.words[at] == "," or page.words[at] in words.contrast)
            ]
            for begin, end in zip([first, *breaks], [*breaks, sentence.last], strict=True):
                if begin < end:
                    asks = sentence.question and end == sentence.last
                    named = any(at in self._names for at in range(begin, end))
                    yield Clause(begin, end, self._verdict(begin, end, asks and named), named, asks)

    def _verdict(self, first: int, last: int, asks: bool) -> Verdict:
        if asks:
            return Verdict.WISHED
        agreed = self._words_of(first, last, "accept/", "answer-would")
        refused = self._words_of(first, last, "answer-refuses") - agreed  # "no problem"
        if refused or self._words_of(first, last, "decline/strong", "decline/decisive", "stance-unfit"):
            return Verdict.REFUSED
        return Verdict.WISHED if agreed else Verdict.OPEN

    def _words_of(self, first: int, last: int, *values: str) -> set[int]:
        """Return the words of the cues of these values that begin between two words."""
        cues = self._cues[bisect_left(self._cues_at, first) : bisect_left(self._cues_at, last)]
        there = (cue for cue in cues if cue.value.startswith(values))
        return {at for cue in there for at in range(cue.first, min(cue.last, last))}


SHOWN = 31
"""Days from today in which a number alone is looked for: it is of this month or of the next."""


def in_answer(sighting: Sighting, days: Sequence[date], offered: int) -> Sighting:
    """Return what an answer to so many offers shows, of which some are on these days: there "le 27" is a day wherever
    it stands, and "kan het niet zaterdag?" asks for that Saturday."""
    if not days:
        return sighting
    asked = {at for clause in Verdicts(sighting).asking for at in range(clause.first, clause.last)}
    told = [
        (replace(when, negated=False) if span[0] in asked else when, span)
        for when, span in zip(sighting.whens, sighting.spans, strict=True)
    ]
    taken = _taken(sighting)
    for count in sighting.counts:
        if (
            count.first not in taken
            and _is_a_day(count, sighting, offered)
            and (day := _day_meant(count.value, days, sighting.today))
        ):
            token, last = sighting.page.token(count.first), sighting.page.token(count.last - 1)
            words = sighting.page.quote(count.first, count.last)
            when = When(token.start, last.end, words, days=(Days(day, day),), dated=True)
            told.append((when, (count.first, count.last)))
    told.sort(key=lambda pair: pair[1])
    people = sighting.people
    heads = None if people and any(first <= people.first < last for _, (first, last) in told) else people
    return replace(sighting, whens=tuple(one for one, _ in told), spans=tuple(at for _, at in told), people=heads)


def _taken(sighting: Sighting) -> set[int]:
    """Return the words of moments, and of things with their numbers."""
    goods = [
        (quantity.first, mention.last) for mention, quantity in zip(sighting.mentions, sighting.quantities, strict=True)
    ]
    return {at for first, last in (*sighting.spans, *goods) for at in range(first, last)}


def _is_a_day(count: Count, sighting: Sighting, offered: int) -> bool:
    """Whether a number is no offer's, counts nobody and nothing, and has the form of a day: "le 27", "de 27ste"."""
    words = sighting.stances.words
    led = count.first > 0 and sighting.page.words[count.first - 1] in words.articles - words.undated
    heads = sighting.people is not None and sighting.people.value == count.value and sighting.people.weight >= NAMED
    plain = count.least is None and not (count.about or count.article)
    mine = count.first >= sighting.body_at and offered < count.value <= SHOWN
    return mine and plain and (count.ordinal or (led and not heads))


def _day_meant(number: int, days: Sequence[date], today: date) -> date | None:
    """Return the day on offer with this number, else the next one that has it; None where several on offer have it."""
    fitting = {day for day in days if day.day == number}
    if fitting:
        return fitting.pop() if len(fitting) == 1 else None
    coming = (today + timedelta(days=ahead) for ahead in range(SHOWN))
    return next((day for day in coming if day.day == number), None)
