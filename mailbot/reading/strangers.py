"""Things that no list knows and that are asked for all the same: "une arche gonflable", "1 karaoke machine".

What is counted beside things that are lent, in the same list, or is the object of a word of lending, is a thing that is
asked for. Its name is what the mail calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mailbot.model.meaning import UNKNOWN
from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page, folded
from mailbot.reading.quantities import Count
from mailbot.reading.things import Mention, Sort
from mailbot.reading.tokens import Kind

LONGEST = 5
"""Words of the name of a thing that nobody knows."""


class Strangers:
    """Finds such things with the words of some languages."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        stranger = [lexicon.table("things.stranger") for lexicon in lexicons]
        self._ends = folded(word for table in stranger for word in table["ends"])
        self._never = folded(word for table in stranger for word in table["never"])
        self._purpose = folded(word for table in stranger for word in table["purpose"])
        self._adding = folded(word for lexicon in lexicons for word in lexicon.table("stance")["also"])
        self._articles = folded(word for table in stranger for word in table["articles"])
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
            if count.ordinal or count.value > 2_000 or count.last >= page.sentence(count.first).last:
                continue
            last = self._end_of_name(page, count.last, lambda at: at in named or taken(at))
            if last is None:
                continue
            if count.last in lending or self._is_listed(page, count, last, mentions, lent):
                plural = count.value != 1 or count.least is not None
                name = page.quote(count.last, last)
                found.append(Mention(Sort.UNLENT, count.last, last, (UNKNOWN,), plural, stranger=True, name=name))
        return found

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
        return None if at == first or page.words[first] in self._never else at

    def _is_listed(self, page: Page, count: Count, last: int, mentions: Sequence[Mention], lent: Iterable[int]) -> bool:
        """Whether it stands in a list with things that are lent."""
        sentence = page.sentence(count.first)
        if sentence.bullet:
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
        follows = before in self._joints and any(0 <= count.first - mention.last <= 4 for mention in goods)
        leads = last < len(page.words) and page.words[last] in self._joints
        return follows or (leads and any(0 < mention.first - last <= 4 for mention in goods))
