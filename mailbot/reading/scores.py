"""An answer to three questions about how it went: three numbers, however they are written, and a remark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from mailbot.model.evaluation import BEST, QUESTIONS, WORST
from mailbot.model.meaning import Intent, Language, Meaning, Wish
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import fold

_OVER = r"\s?(?:/|sur|op|out of)\s?"
_SCORE = rf"([1-{BEST}])(?:{_OVER}{BEST}(?!\s?/))?(?![\d%]|[.,]\d)"
_OF_FIVE = re.compile(rf"(?<![\d/])([1-{BEST}]){_OVER}{BEST}(?!\s?[/\d])")
_JOINT = r"(?:[\s,;/.|–-]|\bet\b|\ben\b|\band\b)+"
_IN_A_ROW = re.compile(rf"(?<![\d.,:/]){_SCORE}{_JOINT}{_SCORE}{_JOINT}{_SCORE}(?!\s?/)")
_CLOSE = re.compile(rf"(?<![\d.,:/])([1-{BEST}])([,.]?)([1-{BEST}])\2([1-{BEST}])(?![\d%/:]|[.,]\d)")
"""Three digits with the same comma, point or nothing between them."""
_NUMBERED = re.compile(rf"(?m)^\W{{0,3}}([123])\s?[.):=–-]+\s?(?:[^\d\n]{{0,60}}?)(?<!\d){_SCORE}")
_ALONE = re.compile(rf"(?<![\d.,:/hu]){_SCORE}(?!\s?(?:[hu:/]|heures?|uur|[ap]m)\b)")
_STOP = re.compile(r"\s*(?:[.,;:!?()\n–-]|$|(?:et|en|and|pour|voor|for|à|aan)\b)")
"""What may follow a mark: what follows a number of chairs is their name."""
_LABELS = re.compile(
    r"(?ms)^\W{0,3}(1)\s?[.):](?!\d).{0,400}?(?<!\d)(2)\s?[.):](?!\d).{0,400}?(?<!\d)(3)\s?[.):](?!\d)"
)
"""The numbers of our questions, repeated."""
_ARTICLES = frozenset({"un", "une", "een", "one"})
"""Words for 1 that are more often none."""
ASPECTS = 2
"""Of the three things that we ask about, so many are named where marks stand beside them."""

Found: TypeAlias = tuple[tuple[int, ...], str] | None
"""Scores, and what is left of the text."""
_BUSINESS = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL, Intent.AVAILABILITY, Intent.LIST, Intent.KEY})
"""What is asked besides, where the mail has words for it, and goes on its own way."""


def evaluating(meaning: Meaning, body: str, lexica: Mapping[Language, Lexicon]) -> Meaning:
    """Return the meaning of a mail that answers our questions: the scores, and all that it says besides as a remark. A
    mail without numbers that asks for something, or waits for no answer, is no such answer; one that tells of damage
    is, and gives nothing up: "er ontbraken twee stoelen"."""
    scores, rest = scores_of(body, lexica)
    damage = Wish.DAMAGE in meaning.wishes
    asks = meaning.intent in _BUSINESS and (bool(meaning.items) or meaning.evidence != ())
    if not (scores or damage) and (asks or meaning.intent is Intent.IGNORE or not body.strip()):
        return meaning
    business = _BUSINESS - {Intent.CHANGE, Intent.CANCEL} if damage else _BUSINESS
    asked = (replace(meaning, further=()), *meaning.further) if meaning.intent in business and meaning.items else ()
    return replace(
        meaning,
        intent=Intent.FEEDBACK,
        items=(),
        missing=frozenset(),
        alternatives=(),
        further=asked,
        evaluates=True,
        scores=scores,
        remark=rest,
    )


def scores_of(body: str, lexica: Mapping[Language, Lexicon]) -> tuple[tuple[int, ...], str]:
    """Return the three scores, none where it cannot be told which they are, and what is left of the text. Digits go
    before words: who writes digits counts chairs in words."""
    spelled, counted = _in_digits(body, lexica, frozenset()), _in_digits(body, lexica, _ARTICLES)
    return (
        _numbered(counted, body)
        or _together(body, body)
        or _apart(body, body, lexica)
        or _together(spelled, body)
        or _apart(counted, body, lexica)
        or ((), body.strip())
    )


def _numbered(text: str, body: str) -> Found:
    found = list(_NUMBERED.finditer(text))
    if [one[1] for one in found] != ["1", "2", "3"]:
        return None
    return tuple(int(one[2]) for one in found), _without(body, found)


def _together(text: str, body: str) -> Found:
    """Return three scores in a row, or three that are each said to be one of five."""
    if row := _IN_A_ROW.search(text):
        return tuple(map(int, row.groups())), _without(body, [row])
    of_five = list(_OF_FIVE.finditer(text))
    if len(of_five) == len(QUESTIONS):
        return tuple(int(one[1]) for one in of_five), body.strip()
    if row := _CLOSE.search(text):
        return tuple(int(row[at]) for at in (1, 3, 4)), _without(body, [row])
    return None


def _apart(text: str, body: str, lexica: Mapping[Language, Lexicon]) -> Found:
    """Return three scores that stand apart, or the one that is said of everything; none where they may count what was
    broken or missing, or repeat the numbers of our questions."""
    labels = _LABELS.search(text)
    ours = {labels.start(group) for group in (1, 2, 3)} if labels else set()
    alone = [found for found in _ALONE.finditer(text) if found.start(1) not in ours]
    aspects = _aspects(text, lexica)
    if len(alone) == len(QUESTIONS) and (len(aspects) >= ASPECTS or all(_STOP.match(text, one.end()) for one in alone)):
        return _in_order(alone, aspects), body.strip()
    everywhere, article = _any_of(_phrases(lexica, "everywhere")), _any_of(_ARTICLES)
    of_all = re.search(
        rf"{everywhere}\W+(?:{article}\W+)?([1-{BEST}])\b(?!\W*\d)|\b([1-{BEST}])(?:/{BEST})?\W+{everywhere}",
        fold(text),
    )
    if len(alone) == 1 and of_all:
        return (int(alone[0][1]),) * len(QUESTIONS), body.strip()
    return None


def _aspects(text: str, lexica: Mapping[Language, Lexicon]) -> list[tuple[int, str]]:
    """Return where our questions are named, and which: "accès", "de staat"; or "question" for the word itself."""
    named = {key: _any_of(_phrases(lexica, key)) for key in (*QUESTIONS, "question")}
    return sorted((found.start(), key) for key, words in named.items() for found in re.finditer(words, fold(text)))


def _in_order(alone: Sequence[re.Match[str]], aspects: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """Return the scores in the order of our questions, where each stands right behind, or right before, what it is of:
    "accès 5, état 3, utilité 4"."""
    edges = [0, *(one.start(1) for one in alone), 10**9]
    for offset in (0, 1):
        stretches = zip(edges[offset:], edges[offset + 1 :], strict=False)
        named = [[key for at, key in aspects if first <= at < last] for first, last in stretches][: len(alone)]
        scores = {key: int(one[1]) for one, keys in zip(alone, named, strict=True) for key in keys}
        if all(len(keys) == 1 for keys in named) and scores.keys() == set(QUESTIONS):
            return tuple(scores[key] for key in QUESTIONS)
    return tuple(int(one[1]) for one in alone)


def _phrases(lexica: Mapping[Language, Lexicon], key: str) -> list[str]:
    return [fold(phrase) for lexicon in lexica.values() for phrase in lexicon.table("scores")[key]]


def _any_of(phrases: Iterable[str]) -> str:
    return rf"\b(?:{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})\b"


def _in_digits(body: str, lexica: Mapping[Language, Lexicon], without: frozenset[str]) -> str:
    """Return the text with words for marks as digits, each letter in its place."""
    units = [lexicon.table("number.units") for lexicon in lexica.values()]
    marks = {
        word: str(mark)
        for table in units
        for mark in range(WORST, BEST + 1)
        for word in table[str(mark)]
        if word not in without
    }
    return re.sub(_any_of(marks), lambda word: marks[word[0].lower()].ljust(len(word[0])), body, flags=re.IGNORECASE)


def _without(body: str, matches: list[re.Match[str]]) -> str:
    """Return the text without the scores, tidied."""
    for found in reversed(matches):
        end = found.end()
        while body[end - 1 : end + 1].isalpha() and end < len(body):  # the rest of a word whose digit was found
            end += 1
        body = body[: found.start()] + body[end:]
    return re.sub(r"\n{3,}", "\n\n", body).strip().lstrip(",;.:–- \n\t")
