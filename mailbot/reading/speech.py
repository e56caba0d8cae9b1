"""Which language a mail is in: by the little words of the lexicons, which no other text has in such numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from mailbot.model.meaning import Language
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import fold

HINT = 0.5
"""What a word counts that is no little word, but stands in the lexicon of one language alone."""
ENOUGH, AT_LEAST = 0.3, 3.0
"""A language is spoken too, and its words are read as well, if it has this share of the words of the foremost, and so
many: only words that no other language has are counted."""


class Speech(Struct, frozen=True):
    """The language of a text. `spoken` are all that are read, the foremost first; `sure`: the words tell."""

    language: Language
    spoken: tuple[Language, ...]
    sure: bool


class Tongues:
    """The words that tell languages apart, compiled from the lexicons."""

    def __init__(self, lexica: Mapping[Language, Lexicon]) -> None:
        self._order = tuple(lexica)
        self._told: dict[str, list[Language]] = {}
        for code, lexicon in lexica.items():
            for word in lexicon.table("language")["words"]:
                self._told.setdefault(fold(word), []).append(code)
        self._hints = self._other_words(lexica)

    def _other_words(self, lexica: Mapping[Language, Lexicon]) -> dict[str, Language]:
        """The words of the other tables that only one language has."""
        having: dict[str, set[Language]] = {}
        for code, lexicon in lexica.items():
            for word in lexicon.words():
                having.setdefault(word, set()).add(code)
        return {w: next(iter(codes)) for w, codes in having.items() if len(codes) == 1 and w not in self._told}

    def of(
        self, texts: Iterable[tuple[Iterable[str], float]], otherwise: Callable[[], Language | None] = lambda: None
    ) -> Speech:
        """Return the language of texts, given as folded words and their weight. A word that several languages have
        counts little for each. `otherwise` is asked where nothing tells."""
        scores, own = dict.fromkeys(self._order, 0.0), dict.fromkeys(self._order, 0.0)
        for words, weight in texts:
            for word in words:
                told = self._told.get(word)
                if word in self._hints:
                    scores[self._hints[word]] += weight * HINT
                if told is not None:
                    for code in told:
                        scores[code] += weight / (len(told) * len(told))
                    if len(told) == 1:
                        own[told[0]] += weight
        ranked = sorted(self._order, key=lambda code: -scores[code])
        first, second = ranked[0], ranked[1] if len(ranked) > 1 else ranked[0]
        if scores[first] == 0:
            return Speech(otherwise() or first, self._order, False)
        least = max(AT_LEAST, ENOUGH * own[first])
        spoken = tuple(code for code in ranked if code == first or own[code] >= least)
        sure = scores[first] >= 2 and (first == second or scores[first] >= 1.5 * scores[second])
        return Speech(first, spoken, sure)
