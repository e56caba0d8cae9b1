"""What one of the staff answers to a mail that was handed to them: a correction, nothing more, or words to pass on.

A correction is short and says nothing but things, days, hours and numbers; where anything else stands beside them it
may be a sentence for the sender, and nobody is booked by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from mailbot.model.cases import Answered
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.rules import Catalogue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.reader import read
from mailbot.reading.tokens import fold
from mailbot.reading.words import own_words

FEW = 5
"""Words below which a text without a greeting is no letter to anybody."""
LONGEST = 25
"""Words of a correction, at most."""
_WORD = re.compile(r"[^\W\d_]+")


def read_answered(
    letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]
) -> Answered:
    """Return what the letter says about the case that it answers. Words of every language count. Pure."""
    own = own_words(letter, context, catalogue.banners)
    words = own.body.strip()
    said = _folded(words)
    if said in _phrases(tuple(lexica.values()), "no-further"):
        return Answered(words, drop=True)
    if said in _phrases(tuple(lexica.values()), "agrees"):
        return Answered(words, agrees=True)
    spoken = _WORD.findall(fold(words))
    greets = bool(spoken) and spoken[0] in _phrases(tuple(lexica.values()), "greetings")
    if greets:
        return Answered(words)
    meaning = read(replace(letter, subject="", text=own.body), Context(), catalogue, lexica)
    whole = meaning.intent is Intent.BOOK and meaning.items and not meaning.missing and not meaning.alternatives
    if whole and len(spoken) <= LONGEST:
        beside = _phrases(tuple(lexica.values()), "beside")
        left = [word for word in _uncovered(words, meaning) if word not in beside]
        return Answered(words, unclear=True) if left else Answered(words, correction=meaning)
    return Answered(words, unclear=len(spoken) < FEW)


def _uncovered(words: str, meaning: Meaning) -> Iterable[str]:
    """Return the words that are neither of a thing nor of a moment."""
    rest = fold(words)
    steps = (fold(step.words) for step in meaning.evidence if step.part in ("resource", "moment", "people"))
    for step in sorted(steps, key=len, reverse=True):
        rest = rest.replace(step, " ")
    return _WORD.findall(rest)


def _folded(words: str) -> str:
    return " ".join(fold(words).split()).strip(" .,!;:")


@cache
def _phrases(lexicons: tuple[Lexicon, ...], name: str) -> frozenset[str]:
    return frozenset(_folded(phrase) for lexicon in lexicons for phrase in lexicon.table("staff")[name])
