"""What a mail says of single days of those it asks for: they are left out, or moved, or one of them will do.

"Elke woensdag tot en met 29 april. … Op 8 en 15 april is er geen les": whoever names some days of a series again has a
reason; where the sentence says no, they are off. Where it names another day besides ("la séance du 16 se fera le 17"),
they are moved there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.spans import Days
from mailbot.reading.cues import Cue
from mailbot.reading.moments import Rival, Role, When
from mailbot.reading.occasions import Moment
from mailbot.reading.page import Sentence
from mailbot.reading.sightings import SECOND_CHOICE, Sighting
from mailbot.reading.things import Sort

_OF_ROOMS = frozenset({Role.USE, Role.FETCH})
"""What is told of days on which a room is used, or "we come"."""
_PARTS = frozenset(",;:().!?")
"""Signs between two clauses."""
_BARE = 2
"""Words beside a day, at most, where the clause behind it tells of it: "Mais le 2, personne n'est là"."""
_NEAR = 2
"""Sentences between the days and "one of them", at most."""
_FEW = 3
"""Days of which one is to be had, at most."""
_BEHIND = 2
"""Words between "one of" and the room that it speaks of, at most."""
_LONGEST = 31
"""Days of a period that may be left out of a series, at most."""


class Singled(Struct):
    """The moments of a mail, in its order, with what it says of single days."""

    sighting: Sighting
    moments: list[Moment]

    def left_out(self) -> set[date]:
        """Return the days that are off; what takes their place ranks as high as they do."""
        off: set[date] = set()
        dropped = -1
        for sentence in self.sighting.page.sentences:
            here = [m for m in self.moments if m.sentence == sentence.number and m.when.role in _OF_ROOMS]
            again, new, base = self._sorted(here)
            if len(base) < 2:
                continue
            moved = bool(again) and self._says("stance-moves", sentence.first, sentence.last)
            moved |= dropped == sentence.number - 1 and len(new) == 1 and self._asks(new[0], sentence)
            if len(new) == 1 and moved:
                off |= {day for m in again for day in _days(m.when) & base}
                self._raise(new[0], base)
                continue
            again, new = ([m for m in told if m.when.role is Role.USE] for told in (again, new))
            alone = not any(_is_many(m) or m.when.has_clock for m in here)
            for moment in (*again, *new):
                if self._is_off(moment, sentence, whole=alone and not new):
                    dropped = sentence.number
                    off |= _days(moment.when) & base or moment.days
        return off

    # ── one of several ──────────────────────────────────────────────────────────────────────────────────────────────

    def without_second_choice(self) -> None:
        """Leave out the days that are meant only where those before them will not do: "past dat niet, dan …"."""
        for cue in self.sighting.cues:
            if cue.value not in SECOND_CHOICE:
                continue
            sentence = self.sighting.page.sentence(cue.first)
            named = {day for m in self.moments if m.at < cue.first and self._is_asked(m) for day in m.days}
            behind = [m for m in self.moments if cue.first <= m.at < sentence.last and self._is_asked(m)]
            second = [m for m in behind if not m.days & named]
            if named and len(second) == 1 and len(second[0].days) == 1 and not self._adds(sentence):
                self.moments.remove(second[0])

    def one_of_several(self) -> None:
        """Make alternatives of two or three days of which one will do: "l'un ou l'autre nous convient"."""
        page = self.sighting.page
        for cue in self.sighting.cues:
            if cue.value != "stance-one-of" or self._is_of_things(cue):
                continue
            number = page.sentence_of[cue.first]
            near = [m for m in self.moments if abs(m.sentence - number) <= _NEAR and self._may_be_one(m)]
            places = {m.sentence for m in near}
            if len(places) == 1 and self._part(near):
                return

    def _part(self, together: Sequence[Moment]) -> bool:
        """Let the first of some days stand for all; say whether it could."""
        days = [day for m in together for day in _ends(m.when)]
        if not 1 < len(days) <= _FEW or any(m.when.rivals for m in together):
            return False
        first = together[0]
        rivals = tuple(Rival((Days(day, day),), either=True) for day in days[1:])
        only = replace(first.when, days=(Days(days[0], days[0]),), vague=False, period=None, rivals=rivals)
        kept = [m for m in self.moments if m is first or m not in together]
        self.moments[:] = [replace(first, when=only) if m is first else m for m in kept]
        return True

    @staticmethod
    def _is_asked(moment: Moment) -> bool:
        return moment.when.counts and moment.when.role is Role.USE and not moment.when.loose and bool(moment.days)

    @staticmethod
    def _may_be_one(moment: Moment) -> bool:
        when = moment.when
        return when.counts and when.role is Role.USE and when.repetition is None and when.dated and bool(_ends(when))

    def _adds(self, sentence: Sentence) -> bool:
        adding = self.sighting.stances.words.adding
        return any(word in adding for word in self.sighting.page.words[sentence.first : sentence.last])

    def _is_of_things(self, cue: Cue) -> bool:
        """Whether "one of the two" speaks of rooms or things: they are named right behind, or in its sentence, where
        nothing says "on one of them"."""
        page, ons = self.sighting.page, self.sighting.stances.words.ons
        sentence = page.sentence(cue.first)
        named = [m.first for m in self.sighting.mentions if sentence.first <= m.first < sentence.last]
        led = cue.first > sentence.first and page.words[cue.first - 1] in ons
        days = any(sentence.first <= m.at < sentence.last and m.days for m in self.moments)
        return any(cue.last <= at < cue.last + _BEHIND for at in named) or (bool(named) and not led and not days)

    # ── in a sentence ───────────────────────────────────────────────────────────────────────────────────────────────

    def refused(self) -> list[Moment]:
        """Return the days of which their clause says no."""
        sentences = self.sighting.page.sentences
        days = [m for m in self.moments if m.days and not m.when.has_clock and m.when.role is Role.USE]
        return [m for m in days if self._is_off(m, sentences[m.sentence], whole=False)]

    def _sorted(self, here: Sequence[Moment]) -> tuple[list[Moment], list[Moment], set[date]]:
        """Return which moments of a sentence name days again, which name a new one, and the days named before."""
        again: list[Moment] = []
        new: list[Moment] = []
        base: set[date] = set()
        for moment in here:
            base = self._named_before(moment)
            if moment.when.has_clock and _is_whole(moment.when):
                continue
            if (days := _days(moment.when)) & base and (moment.days <= base or not moment.days) and not base <= days:
                again.append(moment)
            elif len(moment.days) == 1 and moment.when.counts:
                new.append(moment)
        return again, new, base

    def _named_before(self, moment: Moment) -> set[date]:
        """Return the days asked for before a moment; of its own sentence, only those of a series."""
        before = [m for m in self.moments if m.at < moment.at and m.when.counts and m.when.role is Role.USE]
        return {day for m in before if m.sentence < moment.sentence or _is_many(m) for day in m.days}

    def _raise(self, moment: Moment, base: set[date]) -> None:
        rank = max(m.rank for m in self.moments if m.days & base)
        used = replace(moment.when, loose=False, role=Role.USE)
        self.moments[self.moments.index(moment)] = replace(moment, rank=rank, when=used)

    def _is_off(self, moment: Moment, sentence: Sentence, *, whole: bool) -> bool:
        """Whether the clause of a day, or the `whole` sentence, says that it is not, and nothing else of it."""
        first, last = self._clause(moment, sentence)
        counts = [count for count in self.sighting.counts if count.value > 1 and first <= count.first < sentence.last]
        told = any(not (count.ordinal or self._in_a_moment(count.first)) for count in counts)
        told |= any(first <= m.first < last and m.sort in {Sort.EQUIPMENT, Sort.UNLENT} for m in self.sighting.mentions)
        where = (sentence.first, sentence.last) if whole else (first, last)
        return self._says("stance-drops", *where) and not told

    def _says(self, value: str, first: int, last: int) -> bool:
        return any(cue.value == value and first <= cue.first < last for cue in self.sighting.cues)

    def _asks(self, moment: Moment, sentence: Sentence) -> bool:
        """Whether the clause of a day asks for it: "Please take 8 November for that month"."""
        first, last = self._clause(moment, sentence)
        here = [cue.value for cue in self.sighting.cues if first <= cue.first < last]
        return "stance-drops" not in here and any(value.startswith(("book/", "change/")) for value in here)

    def _in_a_moment(self, word: int) -> bool:
        """Whether a number is part of a day, of hours, or of a name ("la classe 3")."""
        named = any(mention.first <= word < mention.last for mention in self.sighting.mentions)
        return named or any(first <= word < last for first, last in self.sighting.spans)

    def _clause(self, moment: Moment, sentence: Sentence) -> tuple[int, int]:
        """Return the words of a moment's clause, and of the next where its own says nothing of it."""
        first = self._edge(moment.at - 1, sentence.first - 1, -1) + 1
        last = self._edge(moment.last, sentence.last, 1)
        words = self.sighting.page.words
        beside = [word for word in (*words[first : moment.at], *words[moment.last : last]) if word.isalnum()]
        return (first, self._edge(last + 1, sentence.last, 1)) if len(beside) <= _BARE else (first, last)

    def _edge(self, at: int, end: int, step: int) -> int:
        contrast = self.sighting.stances.words.contrast
        words = self.sighting.page.words
        return next((word for word in range(at, end, step) if words[word] in _PARTS or words[word] in contrast), end)


def sentences_on_series(sighting: Sighting) -> frozenset[int]:
    """Return the sentences that speak of single days of a series which the mail names before: what is off in them, or
    moved, is so in what is asked for."""
    series: set[date] = set()
    found: set[int] = set()
    for (first, _), when in zip(sighting.spans, sighting.whens, strict=True):
        days = _days(when)
        sentence = sighting.page.sentence_of[min(first, len(sighting.page.words) - 1)]
        if series and days & series and not series <= days and (days <= series or not when.days):
            found.add(sentence)
        elif when.counts and when.repetition is not None and len(days) > 1:
            series |= days
    return frozenset(found)


def _is_many(moment: Moment) -> bool:
    return len(moment.days) > 1 or moment.when.repetition is not None


def _is_whole(when: When) -> bool:
    return any(clock.start is not None and clock.end is not None for clock in when.clocks)


def _days(when: When) -> set[date]:
    """Return the days of a phrase, or of the short period that it names."""
    spans: Iterable[Days] = when.days
    if not when.days and when.period is not None and (when.period.last - when.period.first).days < _LONGEST:
        spans = (when.period,)
    return {day for span in spans for day in span}


def _ends(when: When) -> list[date]:
    """Return the single days of a phrase, or the two that "entre le 6 et le 13" names."""
    if when.vague and when.period is not None and any(sign.isdigit() for sign in when.words):
        return [when.period.first, when.period.last]
    return [span.first for span in when.days] if all(span.first == span.last for span in when.days) else []
