"""The words of a language, as data: `lexicon/<code>.toml`, read once, compiled for matching.

A lexicon file holds tables of phrases. A phrase is written as people type it; it is cut by the same tokenizer as mails,
so case, accents and hyphens do not matter. A table is either `key = ["phrase", …]` (many values, each with its words)
or, where the value is a number, the same with the number as key. In `marks`, "(return|returns) (it|them)" stands for
each of its four phrases. Grammar asks by table name and never sees a word.
Every lexicon has the same tables and, where the grammar names them, the same keys: a test holds them to it.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from mailbot.model.meaning import Language
from mailbot.reading.kept import kept
from mailbot.reading.tokens import Kind, Token, fold, tokenize

Table = Mapping[str, tuple[str, ...]]
"""A value and the phrases that say it, as typed in the file."""


class _Node(Struct):
    """One step into the phrases: which word may follow, and what is said if they end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


class Phrases:
    """Phrases to look for, longest first: a tree of folded words."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self._root = _Node()
        for value, phrases in table.items():
            for phrase in phrases:
                self.add(phrase, value)

    def add(self, phrase: str, value: str) -> None:
        node = self._root
        for word in words_of(phrase):
            node = node.next.setdefault(word, _Node())
        if value not in node.said:
            node.said.append(value)

    def match(self, tokens: Sequence[Token], at: int) -> tuple[tuple[str, ...], int] | None:
        """Return what the longest phrase that begins at token `at` says, and the index behind it; None if none does.
        A hyphen between two of its words is passed over, and so is one line end (a phrase that was wrapped)."""
        node, position, best = self._root, at, None
        while position < len(tokens):
            following = node.next.get(tokens[position].norm)
            if following is None:
                if position == at or not _passed_over(tokens[position]) or position + 1 >= len(tokens):
                    break
                following = node.next.get(tokens[position + 1].norm)
                if following is None:
                    break
                position += 1
            node, position = following, position + 1
            if node.said:
                best = (tuple(node.said), position)
        return best

    def first_words(self) -> Iterator[str]:
        return iter(self._root.next)


def _passed_over(token: Token) -> bool:
    return (token.norm == "-" and token.glued) or token.norm == "\n"


def words_of(phrase: str) -> list[str]:
    """Return the folded words of a phrase, hyphens left out unless they are all there is."""
    if phrase.isalpha():
        return [fold(phrase)]
    elided = phrase.endswith("'")
    norms = [token.norm for token in tokenize(f"{phrase}x" if elided else phrase) if token.kind is not Kind.NEWLINE]
    norms = norms[:-1] if elided else norms
    return [norm for norm in norms if norm != "-"] or norms


class Lexicon(Struct, frozen=True, eq=False):
    """The words of one language. `tables` is the file as it stands, nested tables by dotted name."""

    code: Language
    tables: Mapping[str, Table]
    _compiled: dict[str, Phrases] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table of the file by its dotted name; KeyError where the file has none."""
        return self.tables[name]

    def phrases(self, name: str) -> Phrases:
        """Return the table compiled for matching, its keys as values; compiled once."""
        if name not in self._compiled:
            self._compiled[name] = Phrases(self.tables[name])
        return self._compiled[name]

    def words(self) -> frozenset[str]:
        """Return the words of the language that stand in any table, folded: who types one of them means it. Stems
        are none; words that tables hold for being misspelt are left out."""
        phrases = (
            phrase
            for name, table in self.tables.items()
            for key, phrases in table.items()
            if key != "misspelt" and name != "things.synonyms"
            for phrase in phrases
        )
        return frozenset(map(fold, set(_WORD.findall("\n".join(phrases)))))


_WORD = re.compile(r"(?<![\w*])[^\W\d_]{4,}(?![\w*])")


def from_toml(code: Language, text: str) -> Lexicon:
    """Read a lexicon from the text of its file. Raise ValueError where a value is not a list of phrases."""
    return Lexicon(code, dict(_flattened("", tomllib.loads(text))))


def _flattened(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    leaves = {key: _phrases(f"{prefix}.{key}", value) for key, value in table.items() if not isinstance(value, dict)}
    if leaves:
        yield prefix, {key: spelled_out(phrases) for key, phrases in leaves.items()} if prefix == "marks" else leaves
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flattened(f"{prefix}.{key}" if prefix else key, value)


def _phrases(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(phrase, str) for phrase in value):
        raise ValueError(f"{name}: a list of phrases is expected, not {value!r}")
    return tuple(value)


def spelled_out(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return phrases with the alternatives in their brackets as phrases of their own, each once, in order."""
    return tuple(dict.fromkeys(one for phrase in phrases for one in _alternatives(phrase)))


def _alternatives(phrase: str) -> Iterator[str]:
    parts = (part.split("|") for part in re.split(r"[()]", phrase))
    return ("".join(chosen).strip() for chosen in itertools.product(*parts))


_FOLDER = Path(__file__).with_name("lexicon")


@cache
def load(code: Language) -> Lexicon:
    """Return the lexicon of a language; FileNotFoundError where there is none."""
    source = _FOLDER / f"{code}.toml"
    text = source.read_text("utf-8")
    return Lexicon(code, kept(source, text, lambda: dict(from_toml(code, text).tables)))


@cache
def load_all() -> Mapping[Language, Lexicon]:
    """Return every lexicon there is, by language."""
    codes = sorted(source.stem for source in _FOLDER.glob("*.toml"))
    return {code: load(code) for code in codes}
