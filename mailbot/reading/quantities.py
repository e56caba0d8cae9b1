"""How many of a thing: by the words beside its name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.numbers import Number, numbers
from mailbot.reading.page import TO, Page, folded
from mailbot.reading.things import Mention, Sort
from mailbot.reading.tokens import fold

FARTHEST = 4
"""Words that may stand between a number and its thing: "20 grandes belles tables"."""
ADJECTIVES = 2
"""Of them, words that no list knows, and letters that each of them has at least."""
LEAST_LETTERS = 4
FEW = 10
"""The most that "un ou …" may lead up to."""


_COUNTED = frozenset({Sort.EQUIPMENT, Sort.UNLENT})
_SAID_AFTERWARDS = frozenset({"quantity-rather", "quantity-moves", "quantity-taken-up"})
"""Cues that hold a number of what was named before."""
_OPENING, _CLOSING = (
    frozenset({",", "(", "-", ":", "–", "—"}),
    frozenset({",", ")", ".", "?", "!", ";", "-", "(", "–", "—"}),
)
"""Marks before and behind a number that stands apart."""


class Count(Struct, frozen=True):
    """A number at words `first` to `last` (excluded) of the page. `least` is set for a range, `value` is its top."""

    first: int
    last: int
    value: int
    least: int | None = None
    article: bool = False
    ordinal: bool = False
    about: bool = False


class Quantity(Struct, frozen=True):
    """How many of a thing: None where a plural has no number. `first` is where the words of it begin, `last` behind."""

    value: int | None
    first: int
    last: int
    said: bool
    """A number was said."""
    definite: bool = False
    corrected: bool = False
    """Another number was said afterwards."""


class Counting:
    """The words of number of some languages, the foremost first."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._lexicons = lexicons
        quantity = [lexicon.table("quantity") for lexicon in lexicons]
        self.days = folded(word for lexicon in lexicons for word in lexicon.table("units")["day"])
        self.both = phrases(quantity, "both")
        self.vague = phrases(quantity, "vague")
        self.one = frozenset(phrase[-1] for phrase in phrases(quantity, "one"))
        self.definite = frozenset(phrase[-1] for phrase in phrases(quantity, "definite"))
        self.between = frozenset(word for phrase in phrases(quantity, "between") for word in phrase)
        self.after = frozenset(phrase[0] for phrase in phrases(quantity, "after"))
        self.about = folded(word for lexicon in lexicons for word in lexicon.table("groups")["about"])
        self.other = frozenset(phrase[0].rstrip("*") for phrase in phrases(quantity, "other"))
        self.ranges = frozenset(phrase[0] for phrase in phrases(quantity, "range"))
        self.choice = folded(word for lexicon in lexicons for word in lexicon.table("marks")["or"] if " " not in word)
        self.pairs = frozenset(phrase[0] for phrase in phrases(quantity, "between-two"))
        self.pair_joints = frozenset(phrase[0] for phrase in phrases(quantity, "between-two-joint"))
        self.not_but = phrases(quantity, "not-but")
        self.contrast = frozenset(phrase[0] for phrase in phrases(quantity, "contrast"))
        self.two = phrases(quantity, "two")
        self.none = frozenset(phrase[0] for phrase in phrases(quantity, "none"))
        self.few = phrases(quantity, "few")
        self.or_so = frozenset(phrase[0] for phrase in phrases(quantity, "or-so"))
        self.instead = folded(word for lexicon in lexicons for word in lexicon.table("quantity")["contrast"]) - {
            fold(word) for lexicon in lexicons for word in lexicon.table("marks")["and"]
        }
        self.or_more = phrases(quantity, "or-more")
        self.small = folded(word for lexicon in lexicons for word in lexicon.table("language")["words"])
        self.ends = folded(word for lexicon in lexicons for word in lexicon.table("things.stranger")["ends"])
        self.apart_after = folded(word for table in quantity for word in table["apart-after"]) | self.ends
        self.apart_before = folded(word for table in quantity for word in table["apart-before"])
        self.apart_before |= self.about | self.definite
        self.in_all = phrases(quantity, "in-all")
        self.capped = phrases(quantity, "capped")
        self.gatherings = folded(word for lexicon in lexicons for word in lexicon.table("people")["gatherings"])
        self.verbs = folded(w for lexicon in lexicons for w in lexicon.table("groups")["reserve"] if w.isalpha())
        self.moving = folded(word for table in quantity for word in table["moving"])
        marks = [lexicon.table("marks") for lexicon in lexicons]
        self.of_the = folded(word for table in quantity for word in table["of-the"])
        """Words that are "of the" in one: "des"."""
        self.froms = folded(word for table in marks for key in ("from", "of") for word in table[key])

    def numbers(self, page: Page) -> list[Number]:
        """Return all numbers of a page."""
        return list(numbers(page.tokens, self._lexicons))

    def counts(self, page: Page, taken: Iterable[tuple[int, int]], said: Iterable[Number] | None = None) -> list[Count]:
        """Return the numbers of a page (`said`, where they are known), ranges joined; those inside `taken` stretches of
        words (dates) are left out."""
        spans = sorted(taken)
        starts = [first for first, _ in spans]
        found: list[Count] = []
        for number in self.numbers(page) if said is None else said:
            first = bisect_left(page.at, number.first)
            last = bisect_left(page.at, number.last)
            if _numbers_a_list(page, first, last):
                continue
            inside = bisect_left(starts, first + 1) - 1
            if inside >= 0 and spans[inside][1] > first:
                continue
            count = Count(first, last, number.value, None, number.article, number.ordinal, number.about)
            before = found[-1] if found else None
            if before is not None and self._is_range(page, before, count):
                found[-1] = Count(before.first, last, max(count.value, before.value), min(before.value, count.value))
            else:
                found.append(count)
        return found

    def _is_range(self, page: Page, low: Count, high: Count) -> bool:
        if low.ordinal or high.ordinal or low.least is not None or low.value >= high.value:
            return False
        between = page.words[low.last : high.first]
        if low.article:  # "un ou deux", but not "een tot"
            return len(between) == 1 and between[0] in self.choice and high.value <= FEW
        if self._led_by_between(page, low) and len(between) == 1:
            return between[0] in self.pair_joints or between[0] in self.ranges
        if between == []:
            return "-" in {token.norm for token in page.tokens[page.at[low.last - 1] : page.at[high.first]]}
        return (len(between) == 1 and between[0] in self.ranges) or between == ["-"]

    def is_between(self, page: Page, count: Count) -> bool:
        """Whether a number is said to lie between two: "entre 20 et 25"."""
        return count.least is not None and self._led_by_between(page, count)

    def is_capped(self, page: Page, count: Count) -> bool:
        """Whether words before a number make it no day or hour: "we cap it at 20", "our group (about 18)"."""
        capped = ends_with(page.words, page.sentence(count.first).first, count.first, self.capped)
        return bool(capped) or group_before(page, count, self.gatherings, self.small | self.about) is not None

    def is_moved(self, page: Page, count: Count, ends: Collection[int]) -> bool:
        """Whether a number is that from which a thing is moved to another: "cut the chairs from 20 to 12"; `ends` are
        the words behind things."""
        if count.first == 0 or page.words[count.first - 1] not in self.froms or count.first - 1 not in ends:
            return False
        return not self.moving.isdisjoint(page.words[page.sentence(count.first).first : count.first])

    def _led_by_between(self, page: Page, count: Count) -> bool:
        before = count.first - 1
        if before > 0 and page.words[before] in self.definite and page.words[before - 1] in self.pairs:
            before -= 1
        return before >= 0 and page.words[before] in self.pairs

    def of_thing(
        self,
        page: Page,
        mention: Mention,
        by_end: Mapping[int, Count],
        by_start: Mapping[int, Count],
        dated: Mapping[int, int],
    ) -> Quantity:
        """Return how many of a thing are spoken of; `dated` are the stretches of words that say when."""
        words, at = page.words, mention.first
        sentence = page.sentence(at)
        unheard = 0
        if (many := self._out_of(page, mention, by_end)) is not None:
            return many
        for _ in range(FARTHEST + 1):
            count = by_end.get(at)
            if count is not None and not count.ordinal and count.first >= sentence.first:
                instead = self._but(page, mention, by_start)
                if instead is not None:
                    return Quantity(instead.value, count.first, instead.last, True, corrected=True)
                more = self._or_more(page, mention, by_start, dated)
                if more and not (count.article and page.words[mention.last] in self.or_so):
                    return Quantity(None, count.first, more, True)
                if count.article:
                    break
                if count.least is not None and self._moves(page, count):
                    return Quantity(count.value, count.first, mention.last, said=True, corrected=True)
                few = ends_with(words, sentence.first, count.first, self.few)
                if few:
                    return Quantity(None, count.first - few, mention.last, True)
                return Quantity(None if count.least is not None else count.value, count.first, mention.last, True)
            both = ends_with(words, sentence.first, at, self.both)
            if both:
                return Quantity(2, at - both, mention.last, True, True)
            two = ends_with(words, sentence.first, at, self.two)
            if two:
                return Quantity(2, at - two, mention.last, True)
            if at - 1 > sentence.first and words[at - 1] == "." and words[at - 2] in self.between:
                at -= 1
            if at <= sentence.first:
                break
            if words[at - 1] not in self.between:
                unheard += 1
                if unheard > ADJECTIVES or not self._may_describe(words[at - 1]) or at in by_end:
                    break
            at -= 1
        return (
            self._after(page, mention, by_start)
            or self._explained(page, mention, by_start)
            or self._unsaid(page, mention)
        )

    def _moves(self, page: Page, count: Count) -> bool:
        """Whether two numbers say from how many to how many: "passer de 2 à 4 tonnelles"."""
        first = page.sentence(count.first).first
        led = count.first > first and page.words[count.first - 1] in self.froms
        return led and not self.moving.isdisjoint(page.words[max(first, count.first - FARTHEST) : count.first])

    def _out_of(self, page: Page, mention: Mention, by_end: Mapping[int, Count]) -> Quantity | None:
        """Return how many of all there are: "one of your gazebos", "deux des tonnelles", "een van jullie tenten"."""
        words, at = page.words, mention.first
        while at > 0 and words[at - 1] in self.definite:
            at -= 1
        led = 0 < at < mention.first and words[at - 1] in self.froms
        at -= led
        joined = at == mention.first and at > 0 and words[at - 1] in self.of_the
        count = by_end.get(at - joined) if led or joined else None
        if count is None or count.ordinal or count.least is not None or not mention.plural:
            return None
        return Quantity(count.value, count.first, mention.last, said=True)

    def _may_describe(self, word: str) -> bool:
        """Whether a word that no list knows may be an adjective: "3 sturdy tables"; little words are none."""
        return len(word) >= LEAST_LETTERS and word.isalpha() and word not in self.small and word not in self.ends

    def _but(self, page: Page, mention: Mention, by_start: Mapping[int, Count]) -> Count | None:
        """Return the number that is meant instead: "we don't need 20 chairs any more but 12"."""
        limit = page.sentence(mention.first).last
        for at in range(mention.last, min(mention.last + FARTHEST, limit)):
            if page.words[at] in self.instead:
                count = by_start.get(at + 1) or by_start.get(at + 2)
                if count is None or count.article or count.ordinal:
                    return None
                behind = page.words[count.last : min(count.last + 1, limit)]
                alone = not behind or not behind[0].isalpha() or behind[0] in self.ends
                return count if alone and count.last - at <= 4 else None
        return None

    def _or_more(self, page: Page, mention: Mention, by_start: Mapping[int, Count], dated: Mapping[int, int]) -> int:
        """Return the word behind another number that may be it as well, 0 for none: "1 barbecue ou 2", "6 banken
        zaterdag, misschien 8"."""
        at, limit = mention.last, page.sentence(mention.first).last
        at = dated.get(at, at)
        at += at < limit and page.words[at] in {",", "(", "-", "/"}
        said = starts_with(page.words, at, limit, self.or_more)
        count = by_start.get(at + said) if said else None
        if count is None or count.ordinal or count.article:
            return 0
        behind = page.words[count.last : min(count.last + 1, limit)]
        alone = not behind or not behind[0].isalpha() or behind[0] in self.ends or behind[0] in self.small
        return count.last if alone else 0

    def _after(self, page: Page, mention: Mention, by_start: Mapping[int, Count]) -> Quantity | None:
        """tables : 20; tables (20); chaises x 50"""
        at, limit = mention.last, page.sentence(mention.first).last
        while at < limit and page.words[at] in self.other and at < mention.last + 3:
            at += 1
        at = self._over_adjective(page, at, limit)
        count = by_start.get(at) if at < limit else None  # not the next line's
        if count is not None and count.last < limit and not self._is_value(page, mention, count, limit):
            count = None
        if count is None and at < limit and page.words[at] in self.after:
            while (
                at < limit
                and at not in by_start
                and (not page.words[at].isalnum() or page.words[at] in self.after | self.about)
            ):
                at += 1
            count = by_start.get(at) if at < limit else None
            if count is None and at < limit and page.words[at] in self.none:
                return Quantity(0, mention.first, at + 1, True)
        if count is None and at + 1 < limit and page.words[at] in self.or_so:
            count = by_start.get(at + 1)
        if count is not None and count.last < limit and page.words[count.last] in self.days:
            count = None  # "also a projector all three days"
        if count is not None and not count.ordinal and not count.article:
            return Quantity(None if count.least is not None else count.value, mention.first, count.last, True)
        return None

    def _explained(self, page: Page, mention: Mention, by_start: Mapping[int, Count]) -> Quantity | None:
        """ "alle kabelhaspels die u hebt (8 toch?)", "cool box if you have one (1)": a bracket a few words behind that
        says little but a number."""
        limit = page.sentence(mention.first).last
        opened = next(
            (at for at in range(mention.last, min(mention.last + FARTHEST, limit)) if page.words[at] == "("), 0
        )
        named = mention.plural or mention.sort is Sort.UNLENT
        if not named or not opened or any(at in by_start for at in range(mention.last, opened)):
            return None
        if "," in page.words[mention.last : opened]:
            return None
        count = next((by_start[at] for at in range(opened + 1, min(opened + 5, limit)) if at in by_start), None)
        if count is None or count.article or count.ordinal or count.least is not None:
            return None
        behind = page.words[count.last : count.last + 2]
        alone = not behind or not behind[0].isalnum() or behind[0] in self.between or behind[1:] == ["?"]
        return Quantity(count.value, mention.first, count.last, True) if alone else None

    def apart(
        self, quantities: Sequence[Quantity], mentions: Sequence[Mention], counts: Sequence[Count], page: Page
    ) -> tuple[list[Quantity], list[tuple[int, int]]]:
        """Give a number that stands apart, with no noun behind it, to the things named before: "des tables, huit de
        préférence", "cups for Saturday, about a hundred", "Stoelen graag. Veertig in totaal."; return the quantities,
        and where those numbers stand."""
        found, used = list(quantities), list[tuple[int, int]]()
        for count in counts:
            before = [i for i, mention in enumerate(mentions) if mention.last <= count.first]
            if not before or count.ordinal or count.article or not self._stands_apart(page, count, mentions):
                continue
            index = before[-1]
            mention, own = mentions[index], found[index]
            total = starts_with(page.words, count.last, page.sentence(count.first).last, self.in_all)
            if mention.sort not in _COUNTED or not mention.plural or (own.said and not total):
                continue
            if not self._is_near(page, mention, count) or self._is_one_of_many(found, mentions, index, page):
                continue
            found[index] = replace(own, value=None if count.least is not None else count.value, said=True)
            used.append((count.first, count.last))
        return found, used

    def _stands_apart(self, page: Page, count: Count, mentions: Sequence[Mention]) -> bool:
        """Whether a number stands by itself: between marks or small words, with no noun behind it."""
        words, sentence = page.words, page.sentence(count.first)
        at = count.first
        while at > sentence.first and words[at - 1] in self.apart_before:
            at -= 1
        opened = at == sentence.first or words[at - 1] in _OPENING
        behind = words[count.last] if count.last < sentence.last else ""
        closed = not behind or behind in _CLOSING or behind in self.apart_after
        counted = any(count.last <= mention.first <= count.last + FARTHEST for mention in mentions)
        return opened and closed and not (counted and behind not in _CLOSING)

    def _is_near(self, page: Page, mention: Mention, count: Count) -> bool:
        """Whether a number is of a thing: a few words behind it, or all that the next sentence says."""
        if page.sentence_of[mention.first] == page.sentence_of[count.first]:
            return count.first - mention.last <= 2 * FARTHEST
        sentence = page.sentence(count.first)
        alone = all(
            word in self.apart_before | self.apart_after or not word.isalnum()
            for word in page.words[sentence.first : count.first] + page.words[count.last : sentence.last]
        )
        return alone and sentence.number - page.sentence_of[mention.first] == 1

    def _is_one_of_many(self, found: Sequence[Quantity], mentions: Sequence[Mention], index: int, page: Page) -> bool:
        """Whether another thing without a number is listed with this one: of "tables et bancs, dix" nobody knows."""
        if index == 0 or found[index - 1].said or mentions[index - 1].sort not in _COUNTED:
            return False
        return mentions[index].first - mentions[index - 1].last <= 2 and mentions[index - 1].plural

    def _over_adjective(self, page: Page, at: int, limit: int) -> int:
        """Pass over a word or two between a thing and its colon: "enrouleurs électriques : 5"."""
        for behind in range(at + 1, min(at + 3, limit - 1)):
            if page.words[behind] == ":" and all(word.isalpha() for word in page.words[at:behind]):
                return behind
        return at

    def _is_value(self, page: Page, mention: Mention, count: Count, limit: int) -> bool:
        """Whether a number right behind a thing is how many: at the end of its line, or before a comma."""
        behind = page.words[count.last]
        begins = mention.first == page.sentence(mention.first).first and behind in self.ends
        return mention.plural and (behind in {",", ";", ")", "."} or begins)

    def _unsaid(self, page: Page, mention: Mention) -> Quantity:
        words, start = page.words, page.sentence(mention.first).first
        at = mention.first
        vague = ends_with(words, start, at, self.vague)
        one = at > start and words[at - 1] in self.one
        one = one or (0 < vague < at - start and words[at - vague - 1] in self.one)  # "one more table"
        definite = at > start and words[at - 1] in self.definite
        if mention.plural or (vague and not one):
            return Quantity(None, at - vague, mention.last, False, definite)
        return Quantity(1, at - 1 if one else at, mention.last, False, definite)


def _numbers_a_list(page: Page, first: int, last: int) -> bool:
    """Whether a number only counts the entries of a list: "2) la bibliothèque"."""
    if last >= len(page.words) or page.words[last] not in {")", "."} or not page.token(last).glued:
        return False
    return first == page.sentence(first).first and page.sentence(first).bullet


def corrected(
    quantities: list[Quantity],
    mentions: Sequence[Mention],
    counts: Sequence[Count],
    cues: Iterable[Cue],
    page: Page,
    contrast: frozenset[str],
    small: Collection[str] = (),
) -> tuple[list[Quantity], list[tuple[int, int]]]:
    """Put the numbers that are said afterwards ("non, plutôt 5", "we hebben er 2 nodig", "goes from 60 to 90") to the
    thing named before; return the quantities, and where those numbers stand.
    Behind a word of contrast ("12 et non 10") stands what is not meant."""
    cues = list(cues)
    people = [cue.first for cue in cues if cue.value == "people-nouns"]
    heads = {cue.first for cue in cues if cue.value in {"people-nouns", "people-generic"}}
    by_last = {count.last: count for count in counts}
    own = {quantity.first for quantity in quantities if quantity.said}
    led = {at for cue in cues if cue.value == "people-lead" for at in range(cue.first, cue.last)}
    used: list[tuple[int, int]] = []
    for cue in cues:
        count = next((by_last[at] for at in range(cue.last, cue.first, -1) if at in by_last), None)
        if cue.value not in _SAID_AFTERWARDS or count is None or count.first in own or count.ordinal:
            continue
        if cue.value == "quantity-taken-up" and (count.first in led or not _has_no_noun(page, count, small)):
            continue
        if count.article and any(count.last <= one.first < count.last + ADJECTIVES for one in mentions):
            continue  # "er nog een beamer" counts what follows
        if page.words[cue.first + 1] == "." and cue.first > page.sentence(cue.first).first:
            continue  # "policy no. 45"
        has = count.article and (cue.value == "quantity-rather" or _has_noun(page, count, small))
        if count.last in heads or has:
            continue  # "er 3 mensen", "er een waarborg", "de paters hebben er een"
        if count.first > cue.first > 0 and page.words[cue.first - 1] in contrast:
            continue
        moved = cue.value == "quantity-moves"
        start = count.first if moved else cue.first  # "raise the plates from 60 to 90"
        before = [i for i, one in enumerate(mentions) if one.sort in _COUNTED and one.last <= start]
        if before and cue.value == "quantity-taken-up" and not _waits(mentions, quantities, before[-1], count, page):
            continue
        if before and quantities[before[-1]].said and in_brackets(page, mentions[before[-1]].last, cue.first):
            continue
        if before and any(mentions[before[-1]].last <= at < cue.first for at in people):
            continue  # "we had 120 visitors, so let us say 80" speaks of them
        if before and page.sentence_of[cue.first] - page.sentence_of[mentions[before[-1]].first] <= 1:
            value = None if count.least is not None and not moved else count.value
            quantities[before[-1]] = replace(quantities[before[-1]], value=value, said=True, corrected=True)
            used.append((count.first, count.last))
    return quantities, used


def _has_no_noun(page: Page, count: Count, small: Collection[str]) -> bool:
    """Whether nothing but a small word or a mark follows a number; `small` are such words, and those that say when."""
    if count.article or count.last >= page.sentence(count.first).last:
        return not count.article
    behind = page.words[count.last]
    return (not behind[0].isalnum() and behind not in {"%", "€", ":", "/"}) or behind in small


def _has_noun(page: Page, count: Count, small: Collection[str]) -> bool:
    """Whether an article has its noun behind it, so that it stands for no number."""
    return count.last < page.sentence(count.first).last and not _has_no_noun(page, replace(count, article=False), small)


def _waits(mentions: Sequence[Mention], quantities: Sequence[Quantity], index: int, count: Count, page: Page) -> bool:
    """Whether a thing, the last that is named, was named without a number so that the next one tells it."""
    mention, here = mentions[index], page.sentence_of[count.first]
    alone = not any(page.sentence_of[one.first] == here for one in mentions)
    return alone and mention.plural and not quantities[index].said and not mention.stranger


def in_brackets(page: Page, first: int, last: int) -> bool:
    """Whether a bracket opens between two words and none closes: what is in it explains what stands before it."""
    between = page.words[first:last]
    return between.count("(") > between.count(")")


def group_before(page: Page, count: Count, gatherings: Collection[str], passed: Collection[str]) -> int | None:
    """Return the word for a group that a number in brackets is put to, "our group (around 18)", or None; `passed` are
    words that may stand before the number."""
    at, first = count.first - 1, page.sentence(count.first).first
    while at > first + 1 and page.words[at] in passed:
        at -= 1
    if at <= first or page.words[at] != "(" or page.words[count.last : count.last + 1] != [")"]:
        return None
    return at - 1 if page.words[at - 1] in gatherings else None


def phrases(tables: Iterable[Mapping[str, Sequence[str]]], key: str) -> tuple[tuple[str, ...], ...]:
    """Return the phrases of a key as folded words, the longer ones first."""
    said = [_parts(phrase) for table in tables for phrase in table[key]]
    found = {tuple(fold(part) for part in parts) for parts in said}
    found |= {tuple(part if part == TO else fold(part) for part in parts) for parts in said}
    return tuple(sorted(found, key=len, reverse=True))


def _parts(phrase: str) -> list[str]:
    return _HYPHEN.sub(" ", phrase).replace("'", "' ").split()


_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
"""Pages leave it out."""


def ends_with(words: Sequence[str], start: int, at: int, phrases: Iterable[tuple[str, ...]]) -> int:
    """Return how many words before word `at` are one of the phrases, 0 for none."""
    for phrase in phrases:
        if at - len(phrase) >= start and tuple(words[at - len(phrase) : at]) == phrase:
            return len(phrase)
    return 0


def starts_with(words: Sequence[str], at: int, limit: int, phrases: Iterable[tuple[str, ...]]) -> int:
    """Return how many words from word `at` on are one of the phrases, 0 for none."""
    for phrase in phrases:
        if at + len(phrase) <= limit and tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0
