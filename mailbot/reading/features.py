"""What a room must have, in the words of a mail: what the rules call it, and what each language calls it besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mailbot.model.meaning import Language
from mailbot.model.rules import Catalogue
from mailbot.reading.lexicon import Lexicon, Phrases
from mailbot.reading.page import Page, folded

NEAR = 3
"""Words before a feature in which a negation takes it back, or "with" makes a short word of the rules one."""
SHORT = 5
"""Letters of a word that means other things as well ("at this stage", "un four"): it needs a "with" before it."""


class Features:
    """The features that the rooms of a catalogue have, compiled with the lexicons: once for each version of the rules.

    The ids of the rules are free; where they are those of the lexicons (`wheelchair`), the lexicons' words count too.
    """

    def __init__(self, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> None:
        had = {id for room in catalogue.rooms.values() for id in room.features}
        self._named: dict[Language, Phrases] = {}
        self._short: dict[Language, Phrases] = {}
        for code, lexicon in lexica.items():
            besides = lexicon.table("features")
            self._named[code] = Phrases({id: words for id, words in besides.items() if id in had})
            self._short[code] = Phrases({})
            for id in sorted(had):
                words = catalogue.features.get(id, {}).get(code, "")
                known = self._short if len(words) <= SHORT else self._named
                if words:
                    known[code].add(words, id)
        self._with = {code: folded(lexicon.table("people")["with"]) for code, lexicon in lexica.items()}
        self._without = {code: folded(lexicon.table("stance")["negations"]) for code, lexicon in lexica.items()}

    def named(self, page: Page, spoken: Iterable[Language]) -> frozenset[str]:
        """Return the ids of the features that a page asks for."""
        found: set[str] = set()
        for code in spoken:
            for at in range(len(page.words)):
                before = set(page.words[max(at - NEAR, page.sentences[page.sentence_of[at]].first) : at])
                if before & self._without[code]:
                    continue
                phrases = (self._named[code], *([self._short[code]] if before & self._with[code] else []))
                for table in phrases:
                    said = table.match(page.tokens, page.at[at])
                    found.update(said[0] if said else ())
        return frozenset(found)
