"""Things that no list knows and that are asked for all the same: "une arche gonflable", "1 karaoke machine".

What is counted beside things that are lent, in the same list, or is the object of a word of lending, is a thing that is
asked for. Its name is what the mail calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from mailbot.model.meaning import UNKNOWN
from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page, Sentence, folded
from mailbot.reading.quantities import Count
from mailbot.reading.things import Mention, Sort
from mailbot.reading.tokens import Kind

LONGEST = 5
"""Words of the name of a thing that nobody knows."""
NEAR, FARTHEST = 4, 8
"""Words from a thing to the next of its list; more where that one is all that is said between two commas."""
_LEADING, _PARTING = frozenset({"(", ":", "x", "=", "-", "."}), frozenset({",", ";", ":", "(", ")", "-", "*", "."})
"""Marks from a name to its number, and between the entries of a list."""
_CLOSING = frozenset({",", ";", ")", "."})


class Strangers:
    """Finds such things with the words of some languages."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        stranger = [lexicon.table("things.stranger") for lexicon in lexicons]
        self._ends = folded(word for table in stranger for word in table["ends"])
        self._never = folded(word for table in stranger for word in table["never"])
        self._purpose = folded(word for table in stranger for word in table["purpose"])
        self._adding = folded(word for lexicon in lexicons for word in lexicon.table("stance")["also"])
        self._articles = folded(word for table in stranger for word in table["articles"])
        self._pieces = folded(word for lexicon in lexicons for word in lexicon.table("quantity")["apart-after"])
        self._joints = folded(word for table in stranger for word in table["joints"])

    def find(
        self,
        page: Page,
        mentions: Sequence[Mention],
        counts: Sequence[Count],
        cues: Sequence[Cue],
        taken: Callable[[int], bool],
    ) -> list[Mention]:
        """Return things asked for that are none of `mentions`. `taken` tells the words that say when or name people."""
        named = {at for mention in mentions for at in range(mention.first, mention.last)}
        lent = {page.sentence_of[mention.first] for mention in mentions if mention.sort is Sort.EQUIPMENT}
        lending = {cue.last for cue in cues if cue.value == "things-lend"}
        found = []
        for count in self._with_articles(page, counts):
            if count.ordinal or count.value > 2_000:
                continue
            name = self._named_behind(page, count, lambda at: at in named or taken(at))
            if name is not None and not (
                count.last in lending or self._is_listed(page, count, name[1], mentions, lent)
            ):
                name = None
            if name is None:
                name = self._named_before(page, count, lent, lambda at: at in named or taken(at))
            if name is not None:
                plural = count.value != 1 or count.least is not None
                found.append(Mention(Sort.UNLENT, *name, (UNKNOWN,), plural, stranger=True, name=page.quote(*name)))
        return found

    def _named_behind(self, page: Page, count: Count, other: Callable[[int], bool]) -> tuple[int, int] | None:
        """Return the words of a name that follows its number: "1 karaoke machine"."""
        if count.last >= page.sentence(count.first).last:
            return None
        last = self._end_of_name(page, count.last, other)
        return None if last is None else (count.last, last)

    def _named_before(
        self, page: Page, count: Count, lent: Collection[int], other: Callable[[int], bool]
    ) -> tuple[int, int] | None:
        """Return the words of a name that its number ends, in a list with things that are lent: "mât à drapeau : 1",
        "flag pole (1)", "système audioguide ...... 1"."""
        sentence = page.sentence(count.first)
        before = page.words[count.first - 1] if count.first > sentence.first else ""
        behind = page.words[count.last : sentence.last]
        behind = behind[1:] if not self._pieces.isdisjoint(behind[:1]) else behind  # "flag pole (1 pc)"
        closed = not behind or behind[0] in _CLOSING
        if count.article or before not in _LEADING or not closed or not self._is_among(page, sentence, lent):
            return None
        if before == "-" and page.token(count.first).glued:
            return None  # a number plate
        end = count.first
        while end > sentence.first and page.words[end - 1] in _LEADING:
            end -= 1
        first = end
        while first > sentence.first and page.token(first - 1).kind is Kind.WORD:
            first -= 1
        if first < end and page.words[first] in self._joints:
            first += 1
        if first >= end:
            return None
        return (first, end) if self._end_of_name(page, first, other) == end else None

    @staticmethod
    def _is_among(page: Page, sentence: Sentence, lent: Collection[int]) -> bool:
        """Whether things that are lent stand in a sentence, or in an entry beside it."""
        beside = {sentence.number + by for by in (-2, -1, 1, 2)}
        return sentence.number in lent or (sentence.bullet and not beside.isdisjoint(lent))

    def _with_articles(self, page: Page, counts: Sequence[Count]) -> list[Count]:
        """Return the counts, with the articles that no number is: "and a maypole"."""
        known = {count.first for count in counts}
        articles = (at for at, word in enumerate(page.words) if word in self._articles and at not in known)
        return sorted(
            [*counts, *(Count(at, at + 1, 1, article=True) for at in articles)], key=lambda count: count.first
        )

    def _end_of_name(self, page: Page, first: int, other: Callable[[int], bool]) -> int | None:
        """Return the word behind the name that begins at word `first`; None where there is no name."""
        at, limit = first, page.sentence(first).last
        while at < limit and page.token(at).kind is Kind.WORD and page.words[at] not in self._ends:
            if other(at) or at - first >= LONGEST:
                return None
            at += 1
        nothing = at == first or page.words[first] in self._never or len(page.words[first]) < 2  # "i.p.v. 40"
        return None if nothing else at

    def _is_listed(self, page: Page, count: Count, last: int, mentions: Sequence[Mention], lent: Iterable[int]) -> bool:
        """Whether it stands in a list with things that are lent."""
        sentence = page.sentence(count.first)
        line = sentence.first == count.first and not count.article and last == sentence.last
        if sentence.bullet or (line and sentence.number not in lent):
            beside = {sentence.number - 2, sentence.number - 1, sentence.number + 1, sentence.number + 2}
            return count.first <= sentence.first + 2 and bool(beside & set(lent))
        added = count.first == sentence.first + 1 and page.words[sentence.first] in self._adding
        if added and sentence.number - 1 in lent:
            return True
        if sentence.number not in lent:
            return False
        before = page.words[count.first - 1] if count.first > sentence.first else ""
        goods = [mention for mention in mentions if page.sentence_of[mention.first] == sentence.number]
        if before in self._purpose:
            return False
        far = FARTHEST if last >= sentence.last or page.words[last] in _PARTING else NEAR
        follows = before in self._joints and any(0 <= count.first - mention.last <= far for mention in goods)
        leads = last < len(page.words) and page.words[last] in self._joints
        return follows or (leads and any(0 < mention.first - last <= 4 for mention in goods))
