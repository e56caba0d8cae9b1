"""Text becomes tokens: words folded for comparison, numbers, marks and line ends, each with its place in the text.

Folding makes "Samedi", "SAMEDI" and "samedi" one norm, and "août" and "aout" too: lower case, accents off, typographic
apostrophes and dashes plain, soft hyphens and other invisible signs gone. Elisions are tokens of their own ("l'" and
"après"), hyphens too, so that "après-midi" and "après midi" read alike. What only looks like numbers (telephone,
account and enterprise numbers, addresses on the net, reservation codes, amounts of money) is OPAQUE and means nothing
further. One regular expression without nested repetition: linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Kind(StrEnum):
    WORD = "word"
    """Letters; an elided article or pronoun with its apostrophe ("l'", "d'", "qu'") is a word too."""
    NUMBER = "number"
    """Digits alone, of at most nine; longer runs are OPAQUE."""
    MARK = "mark"
    """One punctuation sign or symbol, folded: - for every dash, ' for every apostrophe, " for quotes."""
    NEWLINE = "newline"
    """A line end; `norm` is a newline, or two where a blank line follows (a paragraph ends)."""
    OPAQUE = "opaque"
    """A code, telephone number, account, amount or address: never a quantity, day or hour."""


class Token(NamedTuple):
    """One token: `text[start:end]` of the text it was cut from. `glued` says that nothing, not even a space, lies
    between it and the token before. `value` is the number of a NUMBER, else -1."""

    text: str
    norm: str
    start: int
    end: int
    kind: Kind
    glued: bool = False
    value: int = -1


_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„«»″", '"'),
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "→": ">",
        "⇒": ">",
        "…": ".",
        "•": "*",
        "·": "*",
        "●": "*",
        "▪": "*",
        "◦": "*",
        "：": ":",
    }
)

_TOKEN = re.compile(
    r"""                                                                 # a word with nothing glued to it, first:
      (?P<plain>[^\W\d_]+(?![\w@.+’'ʼ‘:/\-\u0300-\u036f\u00ad\u200b-\u200d\u2060]))
    | (?P<newline>[ \t]*(?:\r\n|\r|\n|\u2028|\u2029)\s*)
    | (?P<space>[^\S\r\n\u2028\u2029]+)
    | (?P<opaque>
          [\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,6}          # mail address
        | (?:https?://|www\.)[^\s<>"]{1,2000}                          # page
        | (?<![\w-])[Rr]-[0-9A-Za-z]{5}(?![\w-])                      # reservation code
        | (?<![\w])[A-Z]{2}\d{2}(?:[ .\-]?[0-9A-Z]{4}){2,7}(?:[ .\-]?[0-9A-Z]{1,3})?(?![\w]|\.\d)   # IBAN
        | (?<![\w])(?:BE[ ]?)?[01]\d{3}\.\d{3}\.\d{3}(?![\w])          # enterprise number
        | (?<![\w/])(?:\+|00)[1-9]\d(?:[ ./\-]{0,3}\(?\d{1,4}\)?){3,7}(?![\w])   # telephone, international
        | (?<![\w/.:])0\d{1,3}[ ]?/[ ]?\d{2,3}(?:[ .]?\d{2}){2}(?![\w])         # 0400/12.34.56, 02/513.14.00
        | (?<![\w/.:])0\d{2,3}(?:[ .]\d{2}){3}(?![\w])                 # 0400 12 34 56
        | (?<![\w/.:])0\d{1,3}[ .]\d{2,3}[ .]\d{2}[ .]\d{2}(?![\w])    # 02 513 14 00
        | (?<![\w/.:])0\d{8,9}(?![\w])
        | [€$£][ ]?\d{1,9}(?:[.,]\d{1,3}){0,3}
        | \d{1,9}(?:[.,\u202f\u00a0 ]\d{3}){0,3}(?:,\d{1,2}|,-|\.\d{2})?[ \u00a0\u202f]?(?:€|EUR\b|euros?\b)
        | \d{1,5}[ ]?%
        | \d{10,}
      )
    | (?P<number>\d{1,9})
    | (?P<elision>[^\W\d_]{1,7}[’'ʼ‘](?=[^\W\d_]))
    | (?P<word>(?:[^\W\d_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])+)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_ELIDED = frozenset(
    ["l'", "d'", "j'", "m'", "n'", "s'", "t'", "c'", "qu'", "jusqu'", "lorsqu'", "puisqu'", "quelqu'", "aujourd'"]
)


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Return `text` in the form that words are compared in: lower case, plain letters and signs."""
    text = text.translate(_INVISIBLE)
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKD", text.translate(_PLAIN).lower().translate(_PLAIN))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut `text` into tokens, in linear time; spaces are left out, and every other sign belongs to one token."""
    tokens: list[Token] = []
    position, length, last_end = 0, len(text), -1
    match = _TOKEN.match
    while position < length:
        found = match(text, position)
        assert found is not None, "the last alternative takes any sign"
        kind, word, start, position = found.lastgroup, found.group(), position, found.end()
        if kind == "plain":
            tokens.append(Token(word, fold(word), start, position, Kind.WORD, start == last_end))
            last_end = position
            continue
        if kind == "space":
            continue
        if kind == "elision" and fold(word) not in _ELIDED:
            position = found.end() - 1
            kind, word = "word", word[:-1]
        tokens.append(_token(kind or "mark", word, start, position, start == last_end))
        last_end = position
    return tuple(tokens)


def _token(kind: str, word: str, start: int, end: int, glued: bool) -> Token:
    if kind == "number":
        return Token(word, word, start, end, Kind.NUMBER, glued, int(word))
    if kind == "newline":
        blank = word.replace("\r\n", "\n").replace("\r", "\n").count("\n") > 1 or "\u2029" in word
        return Token(word, "\n\n" if blank else "\n", start, end, Kind.NEWLINE, glued)
    if kind == "opaque":
        return Token(word, word.upper(), start, end, Kind.OPAQUE, glued)
    norm = fold(word) or _NOTHING  # an accent that stands alone
    return Token(word, norm, start, end, Kind.MARK if kind == "mark" else Kind.WORD, glued)


_NOTHING = "\ufffd"
"""What a token is compared as of which no plain letter is left; no word of any lexicon."""
_BULLETS = frozenset("-*>+–|")
_NARROWEST = 50
"""Characters of a line that a mail program may have wrapped, at least."""
_NARROWEST_PAGE = 65
"""Characters that fit in a line of any mail program that wraps, at least."""


def begins_entry(tokens: Sequence[Token], at: int) -> bool:
    """Whether a list entry or a row of a table begins here: a bullet, or a number with a point or bracket."""
    if at >= len(tokens):
        return False
    token = tokens[at]
    if token.kind is Kind.MARK and token.norm in _BULLETS:
        return True
    if token.kind is Kind.NUMBER and token.value < 30 and at + 2 < len(tokens):
        return tokens[at + 1].norm in {")", "."} and tokens[at + 1].glued and not tokens[at + 2].glued
    return False


def wrapped_lines(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the line ends (indices of their tokens) that a mail program put where a line grew too long. There the
    next word did not fit: no line is longer than this one with that word; or a long line ends with a word, and the next
    one begins with a small letter, where lines begin with capitals. Other line ends were typed, and mean it."""
    ends = [index for index, token in enumerate(tokens) if token.kind is Kind.NEWLINE]
    starts = [0, *(tokens[index].end for index in ends)]
    lengths = [tokens[index].start - start for index, start in zip(ends, starts, strict=False)]
    last = tokens[-1].end - starts[-1] if tokens else 0
    longest = max([*lengths, last, _NARROWEST_PAGE])
    begun = [tokens[index + 1] for index in ends if index + 1 < len(tokens) and tokens[index].norm == "\n"]
    upper = sum(token.text[:1].isupper() for token in begun) > 1
    return frozenset(
        index
        for index, length in zip(ends, lengths, strict=True)
        if length >= _NARROWEST
        and tokens[index].norm == "\n"
        and index + 1 < len(tokens)
        and (length + 1 + _word_length(tokens, index + 1) > longest or (upper and _goes_on(tokens, index)))
        and not begins_entry(tokens, index + 1)
    )


def _goes_on(tokens: Sequence[Token], end: int) -> bool:
    """Whether a line ends with a word in the middle of a sentence, as the next one shows."""
    before, after = tokens[end - 1], tokens[end + 1]
    return end > 0 and before.kind is Kind.WORD and after.kind is Kind.WORD and after.text[:1].islower()


def _word_length(tokens: Sequence[Token], at: int) -> int:
    """Return how many characters stand from a token to the next space."""
    behind = at + 1
    while behind < len(tokens) and tokens[behind].glued and tokens[behind].kind is not Kind.NEWLINE:
        behind += 1
    return tokens[behind - 1].end - tokens[at].start
