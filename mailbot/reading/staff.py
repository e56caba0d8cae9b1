"""What one of the staff answers to a mail that was handed to them, or when they are asked for a yes: a correction,
nothing more, words to pass on; yes, no, or yes but.

A correction is short and says nothing but things, days, hours and numbers; where anything else stands beside them it
may be a sentence for the sender, and nobody is booked by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from msgspec.structs import replace

from mailbot.model.cases import Answered, Verdict
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.rules import Catalogue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.reader import read
from mailbot.reading.tokens import fold
from mailbot.reading.words import own_words

FEW = 5
"""Words below which a text without a greeting is no letter to anybody."""
SHORT_VERDICT = 8
"""Words behind a greeting that may be a yes or a no; more are a letter to who asked."""
LONGEST = 25
"""Words of a correction, at most."""
_MARKS = " \t\r\n.,;:!–—-"
_WORD = re.compile(r"[^\W\d_]+")


def read_answered(
    letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]
) -> Answered:
    """Return what the letter says about the case that it answers. Words of every language count. Pure."""
    own = own_words(letter, context, catalogue.banners)
    words = own.body.strip()
    said = _without_courtesy(_folded(words), tuple(lexica.values()))
    if said in phrases(tuple(lexica.values()), "no-further"):
        return Answered(words, drop=True)
    if said in phrases(tuple(lexica.values()), "agrees"):
        return Answered(words, agrees=True)
    if said in phrases(tuple(lexica.values()), "refuses"):
        return Answered(words, unclear=True, refuses=True)
    spoken = _WORD.findall(fold(words))
    greets = bool(spoken) and spoken[0] in phrases(tuple(lexica.values()), "greetings")
    if greets:
        return Answered(words)
    meaning = read(replace(letter, subject="", text=own.body), Context(), catalogue, lexica)
    whole = meaning.intent is Intent.BOOK and meaning.items and not meaning.missing and not meaning.alternatives
    if whole and len(spoken) <= LONGEST:
        beside = phrases(tuple(lexica.values()), "beside")
        left = [word for word in _uncovered(words, meaning) if word not in beside]
        return Answered(words, unclear=True) if left else Answered(words, correction=meaning)
    return Answered(words, unclear=len(spoken) < FEW)


def read_verdict(letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Verdict:
    """Return what the letter answers to our question whether something may be. It must begin with a yes or a no; what
    speaks against its own beginning is neither. Pure."""
    lexicons = tuple(lexica.values())
    own = own_words(letter, context, catalogue.banners)
    words = own.body.strip()
    spoken = _WORD.findall(fold(words))
    if spoken and spoken[0] in phrases(lexicons, "greetings"):
        behind = _behind_greeting(words)
        short = len(_WORD.findall(behind)) <= SHORT_VERDICT
        verdict = _verdict(behind, letter, catalogue, lexica) if short else Verdict()
        return Verdict(words=words) if verdict.agrees is None else verdict
    return _verdict(words, letter, catalogue, lexica)


def _behind_greeting(words: str) -> str:
    """Return what follows "Bonjour Claire," or "Dag": from the first sign behind it, or the second word."""
    found = re.match(r"[^\s,!.]+(?: +[^\W\d_]+){0,3} *[,!.\n]+\s*|\S+\s+", words)
    return words[found.end() :] if found else ""


def _verdict(words: str, letter: Letter, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Verdict:
    """Return the yes or no that words begin with."""
    lexicons = tuple(lexica.values())
    refuses, agrees = begun_with(words, lexicons, "refuses"), begun_with(words, lexicons, "approves")
    begun = max(refuses, agrees)
    if not begun:
        return Verdict()
    rest = rest_after(_unsigned(words, letter), begun, lexicons)
    against = _says(words[begun:], lexicons, "approves-within" if refuses > agrees else "refuses-within")
    if against or (agrees > refuses and "?" in words):
        return Verdict()
    if refuses > agrees or not rest:
        return Verdict(agrees=agrees > refuses, rest=rest)
    return Verdict(agrees=True, rest=rest, change=_change(letter, rest, catalogue, lexica))


def _unsigned(words: str, letter: Letter) -> str:
    """Return words without the name of who wrote them at their end, of which no signature tells: "OK Claire"."""
    names = set(_WORD.findall(fold(letter.sender.name)))
    kept = words.split()
    while len(kept) > 1 and (last := set(_WORD.findall(fold(kept[-1])))) and last <= names:
        kept.pop()
    return words if len(kept) == len(words.split()) else " ".join(kept)


def begun_with(words: str, lexicons: tuple[Lexicon, ...], name: str) -> int:
    """Return how many characters of the words the longest of the phrases takes at their beginning."""
    low = fold(words)
    return max((len(phrase) for phrase in phrases(lexicons, name) if _starts(low, phrase)), default=0)


def _starts(low: str, phrase: str) -> bool:
    return low.startswith(phrase) and not low[len(phrase) : len(phrase) + 1].isalnum()


def _says(words: str, lexicons: tuple[Lexicon, ...], name: str) -> bool:
    low = f" {' '.join(_WORD.findall(fold(words)))} "
    return any(f" {' '.join(_WORD.findall(phrase))} " in low for phrase in phrases(lexicons, name))


def rest_after(words: str, begun: int, lexicons: tuple[Lexicon, ...]) -> str:
    """Return what follows a yes or a no, without what joins the two, and without thanks that say nothing."""
    rest = words[begun:].strip(_MARKS)
    while joined := max(begun_with(rest, lexicons, "joins"), begun_with(rest, lexicons, "courtesies")):
        rest = rest[joined:].strip(_MARKS)
    return rest


def _change(letter: Letter, rest: str, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Meaning | None:
    """Return what words after a yes would change, where they say nothing else; None where they are a condition in
    words."""
    context = Context(code="R-00000", booked=True)
    meaning = read(replace(letter, subject="", text=rest, in_reply_to=(), references=()), context, catalogue, lexica)
    if meaning.intent not in (Intent.CHANGE, Intent.BOOK) or not (meaning.items or meaning.hours != (None, None)):
        return None
    beside = phrases(tuple(lexica.values()), "beside")
    if any(word not in beside for word in _uncovered(rest, meaning)):
        return None
    return replace(meaning, intent=Intent.CHANGE, missing=frozenset())


def _uncovered(words: str, meaning: Meaning) -> Iterable[str]:
    """Return the words that are neither of a thing nor of a moment."""
    rest = fold(words)
    steps = (fold(step.words) for step in meaning.evidence if step.part in ("resource", "moment", "people"))
    for step in sorted(steps, key=len, reverse=True):
        rest = rest.replace(step, " ")
    return _WORD.findall(rest)


def _without_courtesy(said: str, lexicons: tuple[Lexicon, ...]) -> str:
    """Return folded words without the thanks behind them."""
    return next(
        (
            said[: -len(thanks)].strip(_MARKS)
            for thanks in sorted(phrases(lexicons, "courtesies"), key=len, reverse=True)
            if said.endswith(f" {thanks}")
        ),
        said,
    )


def _folded(words: str) -> str:
    return " ".join(fold(words).split()).strip(" .,!;:")


@cache
def phrases(lexicons: tuple[Lexicon, ...], name: str) -> frozenset[str]:
    """Return the phrases of a table in every language, folded."""
    return frozenset(_folded(phrase) for lexicon in lexicons for phrase in lexicon.table("staff")[name])
