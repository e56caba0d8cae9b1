"""How many people are expected: numbers with a noun for people, or led by "nous serons", summed and corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import TO, Page, folded
from mailbot.reading.quantities import Count, starts_with
from mailbot.reading.quantities import phrases as phrases_of
from mailbot.reading.tokens import fold

MOST = 5_000
"""More people than any commune's room holds: the number counts something else."""

ALONE, LED, NAMED, SURE, TOTAL = range(1, 6)
"""How surely a number is that of the people expected: it stands alone, or its noun looks like one; it is led by
"nous serons" or has a noun for people; both; a label or a correction says so; a total."""


@dataclass(frozen=True, slots=True)
class People:
    """A number of people expected, at words `first` to `last` (excluded), and how surely it is the one."""

    value: int
    first: int
    last: int
    weight: int


@dataclass(frozen=True)
class Sight:
    """What is known of the page besides its numbers."""

    page: Page
    cues: Sequence[Cue]
    past: Callable[[int], bool]
    """Whether a word speaks of earlier times."""
    named: frozenset[int]
    """The first words of things."""
    days: frozenset[int]
    """The first words of days."""
    since: int
    """Where the body begins."""

    def starts(self, value: str) -> dict[int, int]:
        return {cue.first: cue.last for cue in self.cues if cue.value == value}

    def ends(self, value: str) -> set[int]:
        return {cue.last for cue in self.cues if cue.value == value}

    def numbers(self, value: str, by_last: Mapping[int, Count]) -> set[int]:
        """Return the words behind the numbers that cues of a value hold."""
        cues = [cue for cue in self.cues if cue.value == value]
        return {last for cue in cues for last in range(cue.first + 1, cue.last + 1) if last in by_last}


class Assembly:
    """The words of some languages that count people."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        people = [lexicon.table("people") for lexicon in lexicons]
        quantity = [lexicon.table("quantity") for lexicon in lexicons]
        self._sums = folded(word for table in people for word in table["sum"])
        self._bounds = folded(word for table in people for phrase in table["bound"] for word in phrase.split())
        marks = [lexicon.table("marks") for lexicon in lexicons]
        self._timely = folded(word for table in marks for key in ("at", "until", "to", "from") for word in table[key])
        self._few = phrases_of(quantity, "few")
        self._nobody = folded(word for table in people for word in table["not"])
        self._endings = tuple(fold(ending) for table in people for ending in table["endings"])
        self._endings_of_one = tuple(fold(ending) for table in people for ending in table["endings-one"])
        self._self = folded(word for table in people for word in table["self"])
        self._small = folded(word for lexicon in lexicons for word in lexicon.table("language")["words"])
        self._roles = folded(word for table in people for word in table["roles"])
        self._or_more = {tuple(fold(w) for w in p.replace("-", " ").split()) for t in quantity for p in t["or-more"]}
        phrases = [phrase for table in quantity for phrase in table["not-but"]]
        self._not_but = tuple({tuple(w if w == TO else fold(w) for w in phrase.split()) for phrase in phrases})

    def count(self, counts: Sequence[Count], sight: Sight) -> People | None:
        """Return how many people are expected, None where nothing says. Sums are made ("20 adultes et 15 enfants"),
        the top of a range counts, and what replaces another number stands for it."""
        nouns, totals = sight.starts("people-nouns"), sight.ends("people-total")
        totals_behind = sight.starts("people-total")
        generic = sight.starts("people-generic")
        by_last = {count.last: count for count in counts}
        leads = sight.numbers("people-lead", by_last)
        products = self._products(sight, by_last)
        besides = sight.numbers("people-besides", by_last)
        rather = sight.numbers("quantity-rather", by_last)
        others = [(cue.first, cue.last) for cue in sight.cues if cue.value == "people-other"]
        by_first = {count.first: count for count in counts}
        found: list[People] = []
        for count in counts:
            if count.ordinal or not 0 < count.value <= MOST or sight.past(count.first):
                continue
            if any(first <= count.first < last for first, last in others) or self._is_old(sight.page, found, count):
                continue
            if count.last in products:
                count = replace(count, value=products[count.last])
            person = self._noun_after(sight.page, count, nouns) or self._one_more(sight, found, count, generic)
            label = self._label_before(sight.page, count, nouns)
            summed = count.first in totals or count.last in totals or (person or count.last) in totals_behind
            total = bool(found) and summed
            heads = (
                self._looks_like_people(sight.page, count)
                or (person or label) is not None
                or (count.last in leads and "," not in sight.page.words[count.first - 4 : count.first])
            )
            joined = heads and self._is_sum(sight, found, count, generic) and not total
            if count.article and (not joined or self._is_few(sight.page, count)):
                continue
            unnamed = person is None and (label is None or count.last in sight.named)
            if unnamed and self._counts_other(sight, count):
                continue
            led = (
                count.last in leads
                or count.last in products
                or (person is not None and self._is_generic(generic, count))
            )
            weight = self._weight(sight, count, person, label, led, total)
            if weight == 0 and self._each_day(sight, found, count):
                weight = found[-1].weight
            if weight == 0 and found and count.last in rather and self._corrects(sight, found[-1], count):
                weight = found[-1].weight
            if weight == 0 and found and self._tops(sight.page, found[-1], count):
                weight = found[-1].weight
            if weight == 0 and self._replaces(sight.page, count, by_first):
                weight = LED
            if weight == 0:
                continue
            one = People(count.value, count.first, person or count.last, weight)
            if joined:
                before = found.pop()
                one = replace(one, value=before.value + one.value, first=before.first, weight=max(before.weight, NAMED))
            elif (found and self._goes_further(sight.page, found[-1], count)) or (
                found and count.last in rather and self._corrects(sight, found[-1], count)
            ):
                one = replace(one, first=found[-1].first, weight=max(found.pop().weight, one.weight))
            if one.last - count.last <= 4:
                one = self._with_sender(sight.page, one)
            if count.last in besides:
                one = replace(one, value=one.value + 1)
            found.append(one)
        return max(found, key=lambda one: (one.weight, one.value)) if found else None

    def _products(self, sight: Sight, by_last: Mapping[int, Count]) -> dict[int, int]:
        """Return how many people are in so many groups of so many, by the word behind: "10 équipes de 5"."""
        found = {}
        for cue in sight.cues:
            if cue.value == "people-times":
                numbers = [by_last[at] for at in range(cue.first + 1, cue.last + 1) if at in by_last]
                if len(numbers) == 2:
                    found[numbers[1].last] = numbers[0].value * numbers[1].value
        return found

    @staticmethod
    def _is_generic(generic: Mapping[int, int], count: Count) -> bool:
        """Whether the noun says no more than that they are people: they are those expected."""
        return any(at in generic for at in range(count.last, count.last + 2))

    def _weight(self, sight: Sight, count: Count, person: int | None, label: int | None, led: bool, total: bool) -> int:
        if total:
            return TOTAL
        if label is not None:
            return SURE
        if person is not None or led:
            return NAMED if person is not None and led else LED
        alone = count.first >= sight.since and (
            self._is_alone(sight.page, count) or self._looks_like_people(sight.page, count)
        )
        return ALONE if alone else 0

    def _noun_after(self, page: Page, count: Count, nouns: Mapping[int, int]) -> int | None:
        """Return the word behind the noun for people that the number counts, "de" and an adjective or two between."""
        limit = page.sentence(count.first).last
        for at in range(count.last, min(count.last + 4, limit)):
            if at in nouns:
                return nouns[at]
            if page.words[at] == "." and at == count.last + 1:  # "70 nos. people"
                continue
            if page.words[at] in self._nobody or not page.words[at].replace("'", "").isalpha():
                return None
        return None

    def _label_before(self, page: Page, count: Count, nouns: Mapping[int, int]) -> int | None:
        """Return the noun for people that a number is put to: "Kinderen: 45", "Convives .... 80"."""
        at, first = count.first - 1, page.sentence(count.first).first
        if at <= first or page.words[at] not in {":", ".", "="}:
            return None
        while at > first and not page.words[at].isalnum():
            at -= 1
        return next((noun for noun, last in nouns.items() if noun <= at < last), None)

    def _looks_like_people(self, page: Page, count: Count) -> bool:
        """Whether the word behind the number has an ending of those who do something: dentellières, tuinders."""
        if count.last >= page.sentence(count.first).last:
            return False
        word = (
            page.words[count.last + (page.words[count.last] in {"de", "d'"})] if count.about else page.words[count.last]
        )
        return len(word) > 5 and word.endswith(self._endings) and word not in self._nobody

    def _is_alone(self, page: Page, count: Count) -> bool:
        """Whether a number, with a word or two that count what it is ("environ 60 donneurs"), is a whole sentence."""
        sentence = page.sentence(count.first)
        before, after = page.words[sentence.first : count.first], page.words[count.last : sentence.last]
        if any(word in self._nobody for word in after) or sum(word.isalnum() for word in (*before, *after)) > 5:
            return False
        if not count.about and sum(word.isalnum() and word not in self._bounds for word in after) > 1:
            return False
        return all(word in self._bounds or word in {",", "-", "*", ":"} for word in before)

    def _counts_other(self, sight: Sight, count: Count) -> bool:
        """Whether the number counts something else: years, hours, chairs."""
        page, limit = sight.page, sight.page.sentence(count.first).last
        for at in range(count.last, min(count.last + 3, limit)):
            if page.words[at] in self._nobody or at in sight.named:
                return True
            if not page.words[at].isalpha():
                break
        return False

    def _is_few(self, page: Page, count: Count) -> bool:
        """Whether an article begins "een paar": no number was said."""
        return bool(starts_with(page.words, count.first, page.sentence(count.first).last, self._few))

    def _one_more(self, sight: Sight, found: Sequence[People], count: Count, generic: Mapping[int, int]) -> int | None:
        """Return the word behind somebody who is added to people: "22 singers and 1 pianist"."""
        at = count.last
        if not self._is_sum(sight, found, count, generic) or at >= len(sight.page.words):
            return None
        word = sight.page.words[at]
        endings = self._endings_of_one if count.value == 1 else self._endings
        known = (len(word) > 5 and word.endswith(endings)) or (count.value == 1 and word in self._roles)
        return at + 1 if known and at not in sight.named else None

    def _with_sender(self, page: Page, one: People) -> People:
        """Add the sender who counts himself besides: "14 kinderen + ik"."""
        behind = page.words[one.last : one.last + 3]
        if len(behind) >= 2 and behind[0] in self._sums and behind[1] in self._self:
            return replace(one, value=one.value + 1, last=one.last + 2)
        if len(behind) == 3 and behind[0] in self._sums and behind[2] in self._roles:  # "32 choristes plus le chef"
            return replace(one, value=one.value + 1, last=one.last + 3)
        return one

    def _each_day(self, sight: Sight, found: Sequence[People], count: Count) -> bool:
        """Whether a number beside a day goes on from one beside another: "20 le samedi et 30 le dimanche"."""
        if not found or sight.page.sentence_of[found[-1].first] != sight.page.sentence_of[count.first]:
            return False
        near = [any(at in sight.days for at in range(last, last + 3)) for last in (found[-1].last, count.last)]
        return all(near)

    def _corrects(self, sight: Sight, before: People, count: Count) -> bool:
        """Whether a number takes back the one said of people just before: "about thirty... well, 25"."""
        page = sight.page
        near = page.sentence_of[count.first] - page.sentence_of[before.first] <= 1
        return near and not any(at in sight.named for at in range(before.last, count.first))

    def _is_sum(self, sight: Sight, found: Sequence[People], count: Count, generic: Mapping[int, int]) -> bool:
        """Whether a number of people is said beside another: "14 élèves et 3 parents", "14 élèves, 3 parents"."""
        if not found:
            return False
        page, before = sight.page, found[-1]
        between = [word for word in page.words[before.last : count.first] if word != ":"]
        whole = any(at in generic for at in range(max(before.first - 2, 0), before.last))
        if between[:1] == [","]:
            if between[1:] in (["plus"], ["+"]):  # "participants: 16, plus 1 instructor"
                return True
            return not whole and len(between) <= 2
        return 0 < len(between) <= 4 and between[0] in self._sums and not any(w in {".", "("} for w in between)

    def _goes_further(self, page: Page, before: People, count: Count) -> bool:
        """Whether a number only widens the one before: "8, 9 maximum"."""
        between = [word for word in page.words[before.last : count.first] if word not in {",", "("}]
        further = not between or tuple(between) in self._or_more
        return further and page.words[before.last] in {",", "("} and before.value < count.value <= 1.5 * before.value

    def _tops(self, page: Page, before: People, count: Count) -> bool:
        """Whether a number is said to be the most that may come, behind another: "45 convives, 50 grand maximum"."""
        behind = page.words[count.last : count.last + 2]
        said = (
            not behind or not behind[0].isalpha() or any(word in self._bounds or word in self._small for word in behind)
        )
        return said and self._goes_further(page, before, count)

    def _is_old(self, page: Page, found: Sequence[People], count: Count) -> bool:
        """Whether the number is what the one before replaces: "45 et plus 30"."""
        if not found:
            return False
        before = page.words[found[-1].last : count.first]
        return any(tuple(before[-len(phrase) :]) == phrase for phrase in self._not_but)

    def _replaces(self, page: Page, count: Count, by_first: Mapping[int, Count]) -> bool:
        """Whether the number replaces the one behind it: "50 au lieu de 35"."""
        if count.first and page.words[count.first - 1] in self._timely:  # "till 11 instead of 10"
            return False
        behind = [(phrase, count.last + len(phrase)) for phrase in self._not_but]
        return any(tuple(page.words[count.last : at]) == phrase and at in by_first for phrase, at in behind)
