"""Phrases of the lexicons as regular expressions over folded lines.

All languages at once: nobody's history keeps to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from mailbot.reading.lexicon import load_all

_ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
_FOLD = str.maketrans(_ACCENTED + "’‘ʼ´`–—−‐‑«»“”„", _PLAIN + "'''''-----" + '"""""')


def folded(text: str) -> str:
    """Return `text` in lower case, without accents, with plain apostrophes, dashes and quotation marks."""
    return text.lower().translate(_FOLD)


@cache
def phrases(table: str, *keys: str) -> tuple[str, ...]:
    """Return the folded phrases that all languages have under the keys of a table, or under all; longest first."""
    tables = [lexicon.table(table) for lexicon in load_all().values()]
    found = {folded(phrase) for words in tables for key in keys or words for phrase in words.get(key, ())}
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


def one_of(table: str, *keys: str) -> str:
    """Return a group that matches any phrase of the keys; `…` in a phrase is anything, spaces may be several."""
    return "(?:" + "|".join(map(_expression, phrases(table, *keys))) + ")"


def whole_words(table: str, *keys: str) -> re.Pattern[str]:
    """Return what finds any phrase of the keys as whole words."""
    return re.compile(rf"(?<!\w){one_of(table, *keys)}(?!\w)")


def beginnings(table: str, *keys: str) -> re.Pattern[str]:
    """Return what finds any word that begins with a phrase of the keys."""
    return re.compile(rf"(?<!\w){one_of(table, *keys)}")


def _expression(phrase: str) -> str:
    return ".{0,400}?".join(_spaced(piece.split()) for piece in phrase.split("…"))


def _spaced(words: Iterable[str]) -> str:
    return " {1,3}".join(map(re.escape, words))
