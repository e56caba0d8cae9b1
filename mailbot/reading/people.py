"""How many people are expected: numbers with a noun for people, or led by "nous serons", summed and corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon, words_of
from mailbot.reading.page import TO, Page, folded
from mailbot.reading.quantities import Count, ends_with, group_before, starts_with
from mailbot.reading.quantities import phrases as phrases_of
from mailbot.reading.tokens import fold

MOST = 5_000
"""More people than any commune's room holds: the number counts something else."""
YEARS = range(1900, 2101)
"""Numbers that are years where nothing says what they count."""
FILLERS = 5
"""Words that may stand between "nous serons" and the number: "normalement plus ou moins"."""
SOME = 3
"""So few people beside the sender ("avec deux collègues") are not all that come."""
SOUGHT = 6
"""Words from "une salle" to how many it must hold."""
FEW_BETWEEN = 5
"""Words between people and those among them: "30 personnes, dont une petite 10 d'enfants"."""
FAR = 10
"""Words from "thirty of them" to what they do: "own an umbrella and will come"."""
LONGEST_SUM = 8
"""Numbers in a row that one behind them may be the sum of."""

ALONE, LED, NAMED, SURE, TOTAL = range(1, 6)
"""How surely a number is that of the people expected: it stands alone, or its noun looks like one; it is led by
"nous serons" or has a noun for people; both; a label or a correction says so; a total."""


class People(Struct, frozen=True):
    """A number of people expected, at words `first` to `last` (excluded), and how surely it is the one."""

    value: int
    first: int
    last: int
    weight: int


_LONGEST_ALONE = 20
"""Words and marks of a sentence that is a number alone, at most."""
_LONGEST_CLAUSE = 40
"""Words that are looked at behind a number, so that a row of numbers is read in linear time."""


class Sight(Struct, dict=True):
    """What is known of the page besides its numbers."""

    page: Page
    cues: Sequence[Cue]
    past: Callable[[int], bool]
    """Whether a word speaks of earlier times."""
    named: frozenset[int]
    """The first words of things."""
    days: frozenset[int]
    """The first words of days."""
    dated: frozenset[int]
    """The words that say when."""
    goods: frozenset[int]
    """The first words of things that are counted."""
    since: int
    """Where the body begins."""

    @cached_property
    def people(self) -> frozenset[int]:
        """The first words of nouns for people."""
        return frozenset(self.starts("people-nouns"))

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
        self._governs, self._comes = _by_word(people, "governs", -1), _by_word(people, "comes", 0)
        self._agents = _by_word(people, "agents", 0)
        self._fillers = folded(word for table in people for word in table["fillers"])
        self._adverbs = tuple(fold(ending) for table in people for ending in table["adverbs"])
        self._compounds = tuple(fold(ending) for table in people for ending in table["compounds"])
        self._numbered = folded(word for table in people for word in table["numbered"])
        self._members = folded(word for table in people for word in table["members"])
        self._errands = folded(word for table in people for word in table["errands"])
        self._with = folded(word for table in people for word in table["with"])
        self._by = folded(word for table in people for word in table["by"])
        self._of = folded(word for table in people for word in table["of"])
        self._can = folded(w for lexicon in lexicons for w in lexicon.table("groups")["can"] if w.isalpha())
        self._in = folded(word for table in marks for word in table["in"] if " " not in word)
        self._passed = self._small | folded(word for lexicon in lexicons for word in lexicon.table("groups")["about"])
        self._gatherings = folded(word for table in people for word in table["gatherings"])
        self._aside = folded(word for table in people for word in table["aside"])
        self._costs = folded(word for table in people for word in table["costs"])
        self._of_them = [["of", "them"], ["of", "those"], ["of", "these"], ["d'", "entre"], ["van", "die"]]
        self._indefinite = folded(word for table in people for word in table["sought"])
        self._part = {tuple(words_of(word)) for table in people for word in table["part"]}
        self._pairs = folded(word for table in people for word in table["pairs"])
        self._there = folded(word for table in people for word in table["there"])
        ours = [word for lexicon in lexicons for word in lexicon.table("groups")["ours"]]
        self._definite = folded([*ours, *(word for table in quantity for word in table["definite"])])
        stance = [lexicon.table("stance") for lexicon in lexicons]
        self._adding = folded(word for table in stance for word in table["also"])
        self._turns = folded(word for table in quantity for word in table["contrast"]) - self._sums
        self._fors = folded(word for table in marks for word in table["for"])

    def named(self, page: Page, counts: Sequence[Count]) -> set[int]:
        """Return the words behind numbers that name people by their last part or by what they do."""
        found = set()
        for count in counts:
            limit = page.sentence(count.first).last
            found |= {
                at for at in range(count.last, min(count.last + 2, limit)) if self._acts_like_people(page, at, limit)
            }
        return found

    def count(self, counts: Sequence[Count], sight: Sight) -> People | None:
        """Return how many people are expected, None where nothing says. Sums are made ("20 adultes et 15 enfants"),
        the top of a range counts, and what replaces another number stands for it."""
        nouns, totals = sight.starts("people-nouns"), sight.ends("people-total")
        totals_behind = sight.starts("people-total")
        generic = sight.starts("people-generic")
        by_last = {count.last: count for count in counts}
        leads, there = self._leads(sight, by_last)
        products = self._products(sight, by_last)
        besides = sight.numbers("people-besides", by_last)
        rather = sight.numbers("quantity-rather", by_last)
        others = [(cue.first, cue.last) for cue in sight.cues if cue.value == "people-other"]
        others += [
            (cue.first, cue.last)
            for cue in sight.cues
            if cue.value == "people-capacity" and not self._is_sought(sight, cue.first)
        ]
        by_first = {count.first: count for count in counts}
        found: list[People] = []
        for count in counts:
            if count.ordinal or not 0 < count.value <= MOST or sight.past(count.first):
                continue
            if any(first <= count.first < last for first, last in others) or self._is_old(sight.page, found, count):
                continue
            if self._numbers_something(sight.page, count) or self._is_part(sight.page, found, count):
                continue
            if count.last in products:
                count = replace(count, value=products[count.last])
            elif count.last < len(sight.page.words) and sight.page.words[count.last] in self._pairs:
                count = replace(count, value=2 * count.value)
            person = self._noun_after(sight.page, count, nouns) or self._one_more(sight, found, count, generic)
            if self._are_members(sight.page, count, person) or self._run_an_errand(sight.page, count):
                continue
            label = self._label_before(sight.page, count, nouns)
            summed = count.first in totals or count.last in totals or (person or count.last) in totals_behind
            bare = person is None and self._is_bare(sight, count)
            total = summed and (bool(found) or (bare and self._stands_for_itself(sight, count)))
            total = total or ((bare or person is not None) and self._sums_up(sight, counts, count, others))
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
                (
                    count.last in leads
                    and (count.last not in there or person is not None or not self._is_plural(sight, count))
                )
                or (bare and self._is_governed(sight, count))
                or count.last in products
                or (joined and person is not None)
            )
            weight = self._weight(sight, count, person, label, led, total)
            if weight == LED and person is not None and self._is_generic(generic, count):
                weight = NAMED
            if weight == 0 and self._each_day(sight, found, count):
                weight = found[-1].weight
            if weight == 0 and found and count.last in rather and self._corrects(sight, found[-1], count):
                weight = found[-1].weight
            if weight == 0 and found and self._tops(sight.page, found[-1], count):
                weight = found[-1].weight
            if weight == 0 and found and bare and self._but_fewer(sight.page, found[-1], count):
                weight = found[-1].weight
            if weight == 0 and self._replaces(sight.page, count, by_first):
                weight = LED
            if weight == 0:
                continue
            one = People(count.value, count.first, person or count.last, weight)
            if joined:
                before = found.pop()
                one = replace(one, value=before.value + one.value, first=before.first, weight=max(before.weight, NAMED))
            elif found and self._but_fewer(sight.page, found[-1], count):
                one = replace(one, weight=max(found.pop().weight, one.weight))
            elif (found and self._goes_further(sight.page, found[-1], count)) or (
                found and count.last in rather and self._corrects(sight, found[-1], count)
            ):
                one = replace(one, first=found[-1].first, weight=max(found.pop().weight, one.weight))
            if one.last - count.last <= 4 and not total:
                one = self._with_sender(sight.page, one)
            if count.last in besides:
                one = replace(one, value=one.value + 1)
            found.append(one)
        if unknown := self._unknown(sight, counts):
            found = [one for one in found if one.weight > NAMED or self._answers(sight.page, one, unknown)]
        return max(found, key=lambda one: (one.weight, one.value)) if found else None

    def _unknown(self, sight: Sight, counts: Sequence[Count]) -> set[int]:
        """Return the sentences that say that nobody knows how many come: "combien viendront, mystère"; what is told of
        people elsewhere is then no answer, but a number said at once is ("disons 40")."""
        page = sight.page
        told = {page.sentence_of[cue.first] for cue in sight.cues if cue.value == "people-unknown"}
        counted = {page.sentence_of[count.first] for count in counts if not count.article}
        named = {page.sentence_of[at] for at in sight.named}
        return {
            number
            for number in told - counted
            if not page.sentences[number].question
            and number not in named
            and self._costs.isdisjoint(self._words_of(page, number))
        }

    @staticmethod
    def _answers(page: Page, one: People, unknown: Set[int]) -> bool:
        """Whether a number is said right behind a sentence that says that nobody knows."""
        sentence = page.sentence(one.first)
        return sentence.number - 1 in unknown and page.sentences[sentence.number - 1].block == sentence.block

    @staticmethod
    def _words_of(page: Page, number: int) -> Sequence[str]:
        return page.words[page.sentences[number].first : page.sentences[number].last]

    def _is_sought(self, sight: Sight, at: int) -> bool:
        """Whether a place for so many is looked for, and none that is known: "une salle où tiennent 40 personnes"."""
        page = sight.page
        if at in sight.named and at and page.words[at - 1] in self._definite:
            return False
        before = page.words[max(at - SOUGHT, page.sentence(at).first) : at + 1]
        return not self._indefinite.isdisjoint(before)

    def _leads(self, sight: Sight, by_last: Mapping[int, Count]) -> tuple[set[int], set[int]]:
        """Return the words behind the numbers that are led by words such as "nous serons", and of them those that are
        only said to be there: "we are 12 tenors" are people, "there are 85 crates" are not."""
        leads, there = set(), set()
        for cue in sight.cues:
            inner = range(cue.first + 1, cue.last)  # not the first: "a quiet place for six"
            if cue.value == "people-lead" and not any(at in sight.named for at in inner):
                behind = {last for last in range(cue.first + 1, cue.last + 1) if last in by_last}
                leads |= behind
                if not self._there.isdisjoint(sight.page.words[cue.first : cue.last]):
                    there |= behind
        return leads, there

    def _numbers_something(self, page: Page, count: Count) -> bool:
        """Whether the number is the name of something: "plot 16", "nr. 3 tot 41", "in 2027", "au 12 rue Haute"."""
        before = page.words[max(count.first - 2, page.sentence(count.first).first) : count.first]
        if before and (before[-1] in self._numbered or (before[-1] == "." and before[0] in self._numbered)):
            return True
        dated = bool(before) and before[-1] in self._in and count.value in YEARS
        return dated or (count.value in YEARS and count.last < len(page.words) and not page.words[count.last].isalpha())

    def _are_members(self, page: Page, count: Count, person: int | None) -> bool:
        """Whether all that belong to a society are counted, who are not all expected: "nos 85 membres"."""
        if person is None or self._members.isdisjoint(page.words[count.last : person]) or count.first < 2:
            return False
        first = count.first - 1
        return page.words[first] in self._definite and page.words[first - 1] not in self._fors

    def _run_an_errand(self, page: Page, count: Count) -> bool:
        """Whether a few come for another purpose: "two of us will come for the key on Friday"."""
        clause = self._clause(page, count.last, page.sentence(count.first).last)
        return count.value <= SOME and not count.article and not self._errands.isdisjoint(clause)

    def _is_bare(self, sight: Sight, count: Count) -> bool:
        """Whether no name of anything follows the number."""
        page, at = sight.page, count.last
        if at >= page.sentence(count.first).last:
            return True
        word = page.words[at]
        if at in sight.named or at in sight.days or word in self._nobody or word in {"/", ":", "%", "€", "$", "°"}:
            return False
        of = word in {"de", "d'", "van", "of"}
        small = word in self._small or word in self._fillers or word in self._bounds or word in self._sums
        behind = page.words[at + 1 : at + 2]
        if of and behind and behind[0].isalpha() and behind[0] not in self._small:
            return False  # "une vingtaine de crêpes"
        return (
            not word[0].isalnum() or small or bool(starts_with(page.words, at, len(page.words), self._comes_at(word)))
        )

    def _comes_at(self, word: str) -> tuple[tuple[str, ...], ...]:
        return self._comes.get(word, ())

    def _is_governed(self, sight: Sight, count: Count) -> bool:
        """Whether words before the number make it one of people ("on va être facile 30"), or words behind it ("30 of
        them will come"), and nothing else is counted there."""
        page, sentence = sight.page, sight.page.sentence(count.first)
        if count.first < sight.since or (
            count.first > sentence.first and page.words[count.first - 1] in self._timely_only()
        ):
            return False
        behind = count.last
        if page.words[behind : behind + 2] in self._of_them and not self._thing_before(sight, count):
            come = any(
                starts_with(page.words, at, sentence.last, self._comes_at(page.words[at]))
                for at in range(behind + 2, min(behind + FAR, sentence.last))
            )
            if come:
                return True
        for _ in range(3):
            if (
                behind == count.last
                and page.words[behind : behind + 2] in self._of_them
                and self._thing_before(sight, count)
            ):
                return False
            if behind < sentence.last and starts_with(
                page.words, behind, sentence.last, self._comes_at(page.words[behind])
            ):
                return not self._near_thing(sight, count)
            behind += 1
            if behind >= sentence.last or not self._fills(page.words[behind - 1]):
                break
        at = count.first
        for _ in range(FILLERS + 1):
            if at > sentence.first and (
                ends_with(page.words, sentence.first, at, self._governs.get(page.words[at - 1], ()))
            ):
                return not self._near_thing(sight, count)
            if at <= sentence.first or not self._fills(page.words[at - 1]):
                return False
            at -= 1
        return False

    def _thing_before(self, sight: Sight, count: Count) -> bool:
        """Whether a thing is named before the number in its sentence: "benches (I have 40 of them)"."""
        return any(at in sight.goods for at in range(sight.page.sentence(count.first).first, count.first))

    def _timely_only(self) -> frozenset[str]:
        return self._timely - self._fillers

    def _fills(self, word: str) -> bool:
        return word in self._fillers or (len(word) > 5 and word.endswith(self._adverbs))

    def _near_thing(self, sight: Sight, count: Count) -> bool:
        """Whether a thing is named before the number in its clause, so that it may be what is counted."""
        at, first = count.first - 1, sight.page.sentence(count.first).first
        while at >= first and sight.page.words[at] not in {",", ";", "(", ":"}:
            if at in sight.goods:
                return True
            at -= 1
        return False

    def _is_plural(self, sight: Sight, count: Count) -> bool:
        """Whether a word that no list knows follows, which may name what is counted: "85 crates"."""
        page, at = sight.page, count.last
        if at >= page.sentence(count.first).last or self._is_bare(sight, count):
            return False
        word = page.words[at]
        plural = word.isalpha() and len(word) > 3 and word.endswith(("s", "x", "en"))
        return plural and not self._looks_like_people(page, count)

    def _stands_for_itself(self, sight: Sight, count: Count) -> bool:
        """Whether a number behind "so" counts nothing that was named: "Bart, Fatma, Luc en ikzelf, vijf dus"."""
        sentence = sight.page.sentence(count.first)
        before = sight.page.words[sentence.first : count.first]
        told = any(word in self._self for word in before) or any(
            at in sight.people for at in range(sentence.first, count.first)
        )
        return told and count.value > 1 and count.first >= sight.since and not self._near_thing(sight, count)

    def _sums_up(self, sight: Sight, counts: Sequence[Count], count: Count, others: Sequence[tuple[int, int]]) -> bool:
        """Whether a number is the sum of those before it, the sender counted in: "9 mamans, 4 papas et moi, 14"."""
        page = sight.page
        if count.article or count.value < 3 or count.first < sight.since:
            return False
        if page.words[count.first - 1] in self._timely_only():
            return False
        here = page.sentence_of[count.first]
        total, number, named = 0, 0, False
        for before in reversed([one for one in counts if one.last <= count.first]):
            if here - page.sentence_of[before.first] > 1 or number >= LONGEST_SUM:
                break
            if before.ordinal or before.article or before.first < sight.since or before.last in sight.named:
                continue
            total, number = total + before.value, number + 1
            named = named or before.last in sight.people
            selves = sum(word in self._self for word in page.words[before.first : count.last + 2])
            if number > (1 if named else 2) and total == count.value:
                return True
            if selves and count.value - total == 1:
                return True
            if total > count.value:
                break
        return False

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
        if person is not None:
            expected = led or self._is_expected(sight, count, person)
            return (NAMED if led else LED) if expected else ALONE if count.about else 0
        if led:
            return LED
        alone = count.first >= sight.since and (
            self._is_alone(sight.page, count)
            or (self._looks_like_people(sight.page, count) and self._is_expected(sight, count, count.last + 1))
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
            if at < count.last + 2 and self._acts_like_people(page, at, limit):
                return at + 1
        return None

    def _acts_like_people(self, page: Page, at: int, limit: int) -> bool:
        """Whether a word that no list knows is one of people by its last part ("bordspelfanaten"), or by what they do:
        "twee dozijn zielen zoeken onderdak"."""
        word = page.words[at]
        if word in self._small or len(word) < 4:
            return False
        compound = len(word) > 7 and word.endswith(self._compounds)
        behind = page.words[at + 1] if at + 1 < limit else ""
        return compound or bool(starts_with(page.words, at + 1, limit, self._agents.get(behind, ())))

    def _label_before(self, page: Page, count: Count, nouns: Mapping[int, int]) -> int | None:
        """Return the noun for people that a number is put to: "Kinderen: 45", "Convives .... 80"."""
        if (group := group_before(page, count, self._gatherings, self._passed)) is not None:
            return group
        at, first = count.first - 1, page.sentence(count.first).first
        while at > first + 1 and page.words[at] in self._passed:
            at -= 1
        if at <= first or page.words[at] not in {":", ".", "=", "("}:
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
        return count.value > 1 and len(word) > 5 and word.endswith(self._endings) and word not in self._nobody

    def _is_alone(self, page: Page, count: Count) -> bool:
        """Whether a number, with a word or two that count what it is ("environ 60 donneurs"), is a whole sentence."""
        sentence = page.sentence(count.first)
        if sentence.last - sentence.first > _LONGEST_ALONE:
            return False
        before, after = page.words[sentence.first : count.first], page.words[count.last : sentence.last]
        if any(word in self._nobody for word in after) or sum(word.isalnum() for word in (*before, *after)) > 5:
            return False
        if not count.about and sum(word.isalnum() and word not in self._bounds for word in after) > 1:
            return False
        return all(word in self._bounds or word in self._fillers or word in {",", "-", "*", ":"} for word in before)

    def _counts_other(self, sight: Sight, count: Count) -> bool:
        """Whether the number counts something else: years, hours, chairs."""
        page, limit = sight.page, sight.page.sentence(count.first).last
        for at in range(count.last, min(count.last + 3, limit)):
            if page.words[at] in self._nobody or at in sight.named:
                return True
            if not page.words[at].isalpha() or page.words[at] in self._with:
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
        sentence = page.sentence(one.first)
        for at in range(one.last, min(one.last + FAR, sentence.last - 1)):
            if page.words[at][0].isdigit():
                break
            if page.words[at] in self._sums and page.words[at + 1] in self._self:  # "les 24 élèves de la P4B, plus moi"
                if not self._can.isdisjoint(page.words[at + 2 : at + 3]):
                    break  # "a dozen regulars, and I can vouch for them"
                return replace(one, value=one.value + 1, last=at + 2)
        behind = page.words[one.last : one.last + 3]
        if len(behind) == 3 and behind[0] in self._sums and behind[2] in self._roles:  # "32 choristes plus le chef"
            return replace(one, value=one.value + 1, last=one.last + 3)
        return one

    def _is_expected(self, sight: Sight, count: Count, person: int) -> bool:
        """Whether nothing shows that the people counted are others than those that come: who run an errand, do
        something for those that come or get something from them, or are named with the sender by the way."""
        page, sentence = sight.page, sight.page.sentence(count.first)
        at = count.first
        while at > sentence.first and (self._fills(page.words[at - 1]) or page.words[at - 1] in self._definite):
            at -= 1
        before = page.words[at - 1] if at > sentence.first else ""
        opens = not before or not before[0].isalnum()
        clause = self._clause(page, person, sentence.last)
        led = at > sentence.first and ends_with(page.words, sentence.first, at, self._governs.get(before, ()))
        if (before in self._by and not led) or (opens and not self._errands.isdisjoint(clause)):
            return False
        if before in self._fors:
            return not self._is_price(page, person, sentence.last)
        if before in self._with and count.value <= SOME and at - 1 == sentence.first:
            return False
        aside = not self._aside.isdisjoint(page.words[count.last : person])
        return not aside or opens or self._is_said_to_come(sight, count, person, at)

    def _is_said_to_come(self, sight: Sight, count: Count, person: int, at: int) -> bool:
        """Whether what stands before word `at`, or behind the people named there, says that they come."""
        page, sentence = sight.page, sight.page.sentence(count.first)
        for before in range(at, count.first + 1):
            if before <= sentence.first:
                continue
            word = page.words[before - 1]
            if ends_with(page.words, sentence.first, before, self._governs.get(word, ())):
                return True
            if word in self._of and before - 2 >= sentence.first and page.words[before - 2] in self._gatherings:
                return True
        word = page.words[at - 1]
        if at - 1 in sight.dated or word in self._sums or word in self._with:
            return True
        behind = person
        while behind < sentence.last and self._fills(page.words[behind]) and page.words[behind] not in self._comes:
            behind += 1
        if behind >= sentence.last:
            return False
        does = self._comes_at(page.words[behind]) + self._agents.get(page.words[behind], ())
        return bool(starts_with(page.words, behind, sentence.last, does))

    @staticmethod
    def _clause(page: Page, at: int, limit: int) -> list[str]:
        words = page.words[at : min(limit, at + _LONGEST_CLAUSE)]
        return words[: next((i for i, word in enumerate(words) if not word[0].isalnum()), len(words))]

    @staticmethod
    def _is_price(page: Page, at: int, limit: int) -> bool:
        return any(word in {"€", "euro", "euros", "eur"} for word in page.words[at : min(at + 4, limit)])

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

    def _is_part(self, page: Page, found: Sequence[People], count: Count) -> bool:
        """Whether the people counted are some of those counted before: "30, dont 10 enfants"."""
        if not found or page.sentence_of[found[-1].first] != page.sentence_of[count.first]:
            return False
        between = page.words[found[-1].last : count.first]
        if page.words[count.last : count.last + 2] in self._of_them and count.value < found[-1].value:
            return True  # "28 of us, 6 of them little ones"
        return len(between) <= FEW_BETWEEN and any(
            tuple(between[at : at + len(phrase)]) == phrase for phrase in self._part for at in range(len(between))
        )

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
            if self._is_generic(generic, count) and count.value == before.value:
                return False  # "ten mats, ten people"
            return not whole and len(between) <= 2
        return 0 < len(between) <= 4 and between[0] in self._sums and not any(w in {".", "("} for w in between)

    def _goes_further(self, page: Page, before: People, count: Count) -> bool:
        """Whether a number only widens the one before: "8, 9 maximum"."""
        between = [word for word in page.words[before.last : count.first] if word not in {",", "("}]
        further = tuple(between) in self._or_more or (not between and page.words[before.last] in {",", "("})
        return further and before.value < count.value <= 1.5 * before.value

    def _but_fewer(self, page: Page, before: People, count: Count) -> bool:
        """Whether fewer are said to come than the people named before: "90 au cimetière mais 60 au repas"."""
        between = page.words[before.last : count.first]
        same = page.sentence_of[before.first] == page.sentence_of[count.first]
        turned = not self._turns.isdisjoint(between) and self._adding.isdisjoint(between)
        return same and turned and count.value < before.value

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


def _by_word(
    tables: Iterable[Mapping[str, Sequence[str]]], key: str, place: int
) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the phrases of a key as a page has them, by their first or last word, the longer ones first."""
    told = {phrase for table in tables for phrase in table[key]}
    found = {tuple(words_of(phrase)) for phrase in told}
    found |= {tuple(TO if word == "a" else word for word in words) for words in found if "a" in words}
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted(found, key=len, reverse=True):
        by_word.setdefault(words[place], []).append(words)
    return {word: tuple(phrases) for word, phrases in by_word.items()}
