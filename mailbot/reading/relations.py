"""How many of one thing, said by how many of another: "autant de bancs que de tables", "2 par table", "double"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page
from mailbot.reading.quantities import Quantity, ends_with, phrases, starts_with
from mailbot.reading.things import Mention, Sort

FARTHEST = 3
"""Words from a thing to the one that it is measured by."""


class Relations:
    """The words of some languages that measure one thing by another."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        tables = [lexicon.table("quantity") for lexicon in lexicons]
        times = {**dict.fromkeys(phrases(tables, "same"), 1), **dict.fromkeys(phrases(tables, "double"), 2)}
        self._times: Mapping[tuple[str, ...], int] = {one: times[one] for one in sorted(times, key=len, reverse=True)}
        self._as = phrases(tables, "as")
        self._each = phrases(tables, "each")
        self._each_with = phrases(tables, "each-with")
        self._each_after = phrases(tables, "each-after")
        self._times_of = {word for table in tables for word in table["each-time"]}

    def related(self, quantities: Sequence[Quantity], mentions: Sequence[Mention], page: Page) -> list[Quantity]:
        """Return the quantities with those that are said by another made numbers; None where that one has none."""
        found = list(quantities)
        for index, mention in enumerate(mentions):
            if mention.sort in {Sort.EQUIPMENT, Sort.UNLENT}:
                if found[index].said:
                    found[index] = self._for_each(found, mentions, index, page)
                else:
                    found[index] = self._as_many(found, mentions, index, page)
        return found

    def _as_many(self, found: Sequence[Quantity], mentions: Sequence[Mention], index: int, page: Page) -> Quantity:
        """ "evenveel stoelen als tafels", "autant de bancs", "cups: double that"."""
        mention, own = mentions[index], found[index]
        sentence = page.sentence(mention.first)
        for phrase, times in self._times.items():
            before = ends_with(page.words, sentence.first, mention.first, (phrase,))
            after = 0 if before else self._behind(page, mention.last, sentence.last, phrase)
            if not before and not after:
                continue
            behind = max(mention.last, after)
            link = starts_with(page.words, behind, sentence.last, self._as)
            other = (
                self._measure(found, mentions, index, behind + link, page)
                if link
                else self._last(found, mentions, index)
            )
            value = None if other is None or found[other].value is None else times * (found[other].value or 0)
            return replace(own, value=value, first=mention.first - before, said=value is not None)
        return own

    def _behind(self, page: Page, last: int, limit: int, phrase: tuple[str, ...]) -> int:
        """Return the word behind a phrase that follows a thing and a mark: "bekers - het dubbele"."""
        for at in range(last, min(last + 2, limit)):
            length = starts_with(page.words, at, limit, (phrase,))
            if length:
                return at + length
            if page.words[at].isalnum():
                return 0
        return 0

    def _for_each(self, found: Sequence[Quantity], mentions: Sequence[Mention], index: int, page: Page) -> Quantity:
        """ "2 bancs par table", "tafels met telkens 4 stoelen", "tables with 4 chairs each"."""
        mention, own = mentions[index], found[index]
        sentence = page.sentence(mention.first)
        each = starts_with(page.words, mention.last, sentence.last, self._each)
        other = None
        if each and page.words[mention.last + each].isalpha():
            other = self._measure(found, mentions, index, mention.last + each, page)
        elif ends_with(page.words, sentence.first, own.first, self._each_with) or starts_with(
            page.words, mention.last, sentence.last, self._each_after
        ):
            other = None if self._each_time(page, mention.last, sentence.last) else self._last(found, mentions, index)
            if other is not None and page.sentence_of[mentions[other].first] != sentence.number:
                other = None
        if other is None or own.value is None or found[other].value is None:
            return own
        return replace(own, value=own.value * (found[other].value or 0))

    def _each_time(self, page: Page, at: int, limit: int) -> bool:
        """Whether "each" goes on: "4 extension cords each time"."""
        each = starts_with(page.words, at, limit, self._each_after)
        return bool(each) and at + each < limit and page.words[at + each] in self._times_of

    def _measure(
        self, found: Sequence[Quantity], mentions: Sequence[Mention], index: int, at: int, page: Page
    ) -> int | None:
        """Return the mention, with its number, of the thing that is named at word `at` or just behind."""
        named = next((m for m in mentions if at <= m.first < at + FARTHEST), None)
        if named is None or page.sentence_of[named.first] != page.sentence_of[mentions[index].first]:
            return None
        same = [i for i, m in enumerate(mentions) if i != index and m.ids == named.ids and found[i].said]
        return same[-1] if same else None

    def _last(self, found: Sequence[Quantity], mentions: Sequence[Mention], index: int) -> int | None:
        """Return the thing named last before this one, where it has a number."""
        before = [i for i in range(index) if mentions[i].sort in {Sort.EQUIPMENT, Sort.UNLENT}]
        return before[-1] if before and found[before[-1]].said else None
