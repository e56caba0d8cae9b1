"""A text made ready for reading: tokens, sentences, and the words that cues are looked for in.

A sentence ends at a full stop, a question or exclamation mark, a semicolon, an empty line, a list entry, or the end of
a short line; a line that was only wrapped goes on. Words leave out line ends and hyphens, so that phrases match across
them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.reading.tokens import Kind, Token, begins_entry, fold, tokenize, wrapped_lines

LONGEST_STEM = 12
LEADER = 4
"""Dots in a row, at least, that lead from a name to its value."""

TO = "à"
"""The French preposition, which folding would make one with the verb ("il a réservé"): it keeps its accent. Words of
lexicons that say "à" stand for both, since many type it without."""

_STOPS = frozenset(".!?;")


def folded(words: Iterable[str]) -> frozenset[str]:
    """Return words in the form that a page has them in."""
    told = list(words)
    return frozenset(map(fold, told)) | ({TO} & set(told))


class Sentence(Struct, frozen=True):
    """Words `first` to `last` (excluded) of a page. `line` counts list entries and lines; `block` counts paragraphs.
    `bullet`: it begins a list entry; `entry`: it is part of one."""

    number: int
    first: int
    last: int
    block: int
    question: bool = False
    bullet: bool = False


class Page(Struct):
    """A text with its tokens and sentences. `words[i]` is the norm of token `at[i]`; `sentence_of[i]` its sentence."""

    text: str
    tokens: tuple[Token, ...]
    words: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _beginnings: frozenset[str] = frozenset()

    @property
    def beginnings(self) -> frozenset[str]:
        """The words, and what they begin with, LONGEST_STEM letters of it at most."""
        if not self._beginnings:
            words = set(self.words)
            prefixes = (word[:length] for word in words for length in range(1, LONGEST_STEM + 1))
            self._beginnings = frozenset(words.union(prefixes))
        return self._beginnings

    def token(self, word: int) -> Token:
        return self.tokens[self.at[word]]

    def quote(self, first: int, last: int) -> str:
        """Return the text of words `first` to `last` (excluded), in one line."""
        if first >= last:
            return ""
        return " ".join(self.text[self.token(first).start : self.token(last - 1).end].split())

    def word_at(self, offset: int) -> int:
        """Return the word that stands at or after a place in the text."""
        if not self._starts:
            self._starts = [self.tokens[i].start for i in self.at]
        found = bisect_right(self._starts, offset) - 1
        if found >= 0 and self.tokens[self.at[found]].end > offset:
            return found
        return found + 1

    def word_behind(self, offset: int) -> int:
        """Return the first word that starts at or behind a place in the text."""
        if not self._starts:
            self._starts = [self.tokens[i].start for i in self.at]
        return bisect_right(self._starts, offset - 1)

    def sentence(self, word: int) -> Sentence:
        return self.sentences[self.sentence_of[word]]


def page(text: str, abbreviations: frozenset[str], tokens: tuple[Token, ...] | None = None) -> Page:
    """Cut `text` into sentences and words; `abbreviations` are folded words whose full stop ends nothing."""
    made = Page(text, tokenize(text) if tokens is None else tokens)
    first, block, bullet, fresh = 0, 0, False, True
    wrapped = wrapped_lines(made.tokens)

    def close(question: bool = False) -> None:
        nonlocal first, bullet
        if made.sentences and len(made.words) > first and not any(word.isalnum() for word in made.words[first:]):
            before = made.sentences[-1]
            made.sentences[-1] = replace(before, last=len(made.words), question=before.question or question)
            made.sentence_of.extend([before.number] * (len(made.words) - first))
            first = len(made.words)
        if len(made.words) > first:
            made.sentences.append(Sentence(len(made.sentences), first, len(made.words), block, question, bullet))
            made.sentence_of.extend([len(made.sentences) - 1] * (len(made.words) - first))
            first = len(made.words)
            bullet = False

    for index, token in enumerate(made.tokens):
        if token.kind is Kind.NEWLINE:
            following = made.tokens[index + 1] if index + 1 < len(made.tokens) else None
            if token.norm == "\n\n" or following is None:
                close()
                block += 1
            elif index not in wrapped:
                close()
            fresh = True
            continue
        if fresh and begins_entry(made.tokens, index):
            bullet = True
        fresh = False
        if token.norm == "-" and token.kind is Kind.MARK and token.glued and _glued_after(made.tokens, index):
            continue
        made.words.append(token.norm if token.norm != "a" or token.text.lower() != TO else TO)
        made.at.append(index)
        if token.kind is Kind.MARK and token.norm in _STOPS and _stops(made.tokens, index, abbreviations):
            close(question=token.norm == "?")
    close()
    return made


def _stops(tokens: Sequence[Token], index: int, abbreviations: frozenset[str]) -> bool:
    token = tokens[index]
    if token.norm != ".":
        return index + 1 >= len(tokens) or tokens[index + 1].norm != ")"  # "(stoofvlees!)" ends nothing
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or following.kind is Kind.NEWLINE:
        return True
    if _leads_on(tokens, index):
        return False
    if following.glued and following.kind is not Kind.MARK:
        return following.text[:1].isupper() and tokens[index - 1].kind is Kind.WORD and len(tokens[index - 1].text) > 3
    before = tokens[index - 1] if index else token
    if before.kind is Kind.NUMBER and token.glued and (index < 2 or tokens[index - 2].kind is Kind.NEWLINE):
        return False
    counted = index > 1 and tokens[index - 2].kind is Kind.NUMBER
    if counted and following.kind is Kind.WORD and following.text[:1].isupper() and len(following.text) > 1:
        return True  # "12 pers. Merci": a day or a count ends here, whatever is short in it
    hour = before.glued and index > 1 and tokens[index - 2].kind is Kind.NUMBER
    return hour or not (before.norm in abbreviations or (len(before.norm) == 1 and before.kind is Kind.WORD))


def _leads_on(tokens: Sequence[Token], index: int) -> bool:
    """Whether a dot is one of a row that leads from a name to its value: "Tables ...... 20"."""
    before = next((n for n in range(LEADER) if index < n or tokens[index - n].norm != "."), LEADER)
    after = next((n for n in range(LEADER) if index + n >= len(tokens) or tokens[index + n].norm != "."), LEADER)
    return before + after > LEADER


def _glued_after(tokens: Sequence[Token], index: int) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].glued and tokens[index + 1].kind is Kind.WORD
