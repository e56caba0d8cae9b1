"""An answer to three questions about how it went: three numbers, however they are written, and a remark."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from mailbot.model.evaluation import BEST, QUESTIONS
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import fold

_SCORE = rf"([1-{BEST}])(?:\s?/\s?{BEST}(?!\s?/))?(?![\d%]|[.,]\d)"
_OF_FIVE = re.compile(rf"(?<![\d/])([1-{BEST}])\s?/\s?{BEST}(?!\s?[/\d])")
_IN_A_ROW = re.compile(
    rf"(?<![\d.,:/]){_SCORE}(?:[\s,;/.|–-]|\bet\b|\ben\b|\band\b)+{_SCORE}(?:[\s,;/.|–-]|\bet\b|\ben\b|\band\b)+{_SCORE}(?!\s?/)"
)
_NUMBERED = re.compile(rf"(?m)^\W{{0,3}}([123])\s?[.):=–-]+\s?(?:[^\d\n]{{0,60}}?)(?<!\d){_SCORE}")
_ALONE = re.compile(rf"(?<![\d.,:/hu]){_SCORE}(?!\s?(?:[hu:/]|heures?|uur|[ap]m)\b)")
_BUSINESS = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL, Intent.AVAILABILITY, Intent.LIST, Intent.KEY})
"""What is asked besides, and goes on its own way."""


def evaluating(meaning: Meaning, body: str, lexica: Mapping[Language, Lexicon]) -> Meaning:
    """Return the meaning of a mail that answers our questions: the scores, and all that it says besides as a remark. A
    mail without numbers that asks for something is no such answer."""
    scores, rest = scores_of(body, lexica)
    if not scores and (meaning.intent in _BUSINESS or not body.strip()):
        return meaning
    asked = (replace(meaning, further=()), *meaning.further) if meaning.intent in _BUSINESS and meaning.items else ()
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
    """Return the three scores, none where it cannot be told which they are, and what is left of the text."""
    numbered = list(_NUMBERED.finditer(body))
    if [found[1] for found in numbered] == ["1", "2", "3"]:
        return tuple(int(found[2]) for found in numbered), _without(body, numbered)
    for pattern in (_OF_FIVE, _IN_A_ROW):
        matches = list(pattern.finditer(body))
        if pattern is _IN_A_ROW and matches:
            return tuple(int(score) for score in matches[0].groups()), _without(body, matches[:1])
        if len(matches) == len(QUESTIONS):
            return tuple(int(found[1]) for found in matches), _without(body, matches)
    alone = list(_ALONE.finditer(body))
    if len(alone) == len(QUESTIONS):
        return tuple(int(found[1]) for found in alone), body.strip()
    everywhere = [fold(phrase) for lexicon in lexica.values() for phrase in lexicon.table("wishes")["everywhere"]]
    if len(alone) == 1 and any(phrase in fold(body) for phrase in everywhere):
        return (int(alone[0][1]),) * len(QUESTIONS), body.strip()
    return (), body.strip()


def _without(body: str, matches: list[re.Match[str]]) -> str:
    """Return the text without the scores, tidied."""
    for found in reversed(matches):
        body = body[: found.start()] + body[found.end() :]
    return re.sub(r"\n{3,}", "\n\n", body).strip().lstrip(",;.:–- \n\t")
