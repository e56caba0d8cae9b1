"""Typing errors in the few words of those who run it: "1 afgegevn", "prsonne n'est venu".

They write on a phone, from a counter, and of a small vocabulary: that of the lexicons' table at hand. A word that no
lexicon has, one letter off from one of that table, is read as it. Nothing is guessed where two words of another
meaning are as near.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cache

from rapidfuzz.distance import OSA

from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page
from mailbot.reading.tokens import Kind, fold

SHORTEST = 4
"""Letters of a word that may be misspelt."""
SURE = 5
"""Letters from which it is mended also where the text says something without it."""
LONGEST_END = 4
"""Letters behind a stem: "manqu-aient"."""
_WORD = re.compile(r"[^\W\d_]{4,}\*?")


class Spelling:
    """The words of one table of some lexicons, the foremost first, as those who mistype them meant them."""

    def __init__(self, lexicons: Iterable[Lexicon], table: str) -> None:
        self._known: set[str] = set()
        self._stems: set[str] = set()
        self._meant: list[dict[str, dict[str, set[str]]]] = []
        """For each lexicon and first letter, the words with the keys under which they stand."""
        for lexicon in lexicons:
            self._known |= lexicon.words()
            words: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
            for key, patterns in lexicon.table(table).items():
                for word in map(fold, _WORD.findall("\n".join(patterns))):
                    words[word[0]][word].add(key)
                    (self._stems if word.endswith("*") else self._known).add(word.rstrip("*"))
            self._meant.append(words)

    def mend(self, sheet: Page, named: Container[int], shortest: int = SURE) -> bool:
        """Put what was meant in the place of misspelt words of at least `shortest` letters; return whether there were
        any. The words `named` stand as they are, and so does a name, which has a capital inside its sentence."""
        mended = False
        for at, word in enumerate(sheet.words):
            token = sheet.token(at)
            is_name = token.text[:1].isupper() and not token.text.isupper() and at != sheet.sentence(at).first
            kept = is_name or at in named or token.kind is not Kind.WORD or not word.isalpha()
            if kept or len(word) < shortest or self._is_known(word):
                continue
            if meant := self._nearest(word):
                sheet.words[at], mended = meant, True
        return mended

    def _is_known(self, word: str) -> bool:
        return word in self._known or any(word[:length] in self._stems for length in range(3, len(word) + 1))

    def _nearest(self, word: str) -> str:
        """Return the word that is one letter off and begins alike, of the foremost lexicon that has one; nothing where
        it has several, of different keys."""
        for words in self._meant:
            found: dict[str, set[str]] = defaultdict(set)
            for meant, keys in words.get(word[0], {}).items():
                if _is_near(word, meant):
                    found[meant.rstrip("*")] |= keys
            if found:
                return next(iter(found)) if set.intersection(*found.values()) else ""
        return ""


def _is_near(word: str, meant: str) -> bool:
    if not meant.endswith("*"):
        return abs(len(word) - len(meant)) <= 1 and OSA.distance(word, meant, score_cutoff=1) <= 1
    stem = meant[:-1]
    if len(stem) < SURE or not -1 <= len(word) - len(stem) <= LONGEST_END:
        return False
    beginnings = (word[: len(stem) + step] for step in (-1, 0, 1))
    return any(OSA.distance(beginning, stem, score_cutoff=1) <= 1 for beginning in beginnings)


@cache
def spelling(lexicons: tuple[Lexicon, ...], table: str) -> Spelling:
    """Return how the words of a table are spelt, compiled once."""
    return Spelling(lexicons, table)
