"""What one of the staff answers to the list for a meeting of the College: "oui à tout", "OK sauf 3", "3 non : trop de
bruit". Each line says what was decided about some of it, and nothing else but a reason behind a no."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from mailbot.model.cases import Ballot, Vote, Voted
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Language
from mailbot.model.reservation import CODE_LETTERS
from mailbot.model.rules import Catalogue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.staff import begun_with, phrases, rest_after
from mailbot.reading.tokens import fold
from mailbot.reading.words import own_words

WRAPPED = 55
"""Characters from which a line may have been cut by a mail program: the next one may go on with its reason."""
MOST_LISTED = 99
_NUMBER = r"\d{1,2}(?![\d/]|[:.]\d|\s*(?:h|u|uur|am|pm)\b)"
_CODE = rf"r-[{CODE_LETTERS.lower()}]{{5}}"
_AND = r"\s*(?:,|&|\+|\bet\b|\ben\b|\band\b)\s*"
_TO = r"\s*(?:-|–|\ba\b|\btot(?: en met)?\b|\bto\b|\bt/m\b)\s*"
_ONE = rf"(?:{_CODE}|{_NUMBER}(?:{_TO}{_NUMBER})?)"
_SEVERAL = re.compile(rf"(?:n[o°r]\.?\s*)?{_ONE}(?:{_AND}{_ONE})*", re.IGNORECASE)
_PIECE = re.compile(rf"(?P<code>{_CODE})|(?P<first>\d{{1,2}})(?:{_TO}(?P<last>\d{{1,2}}))?", re.IGNORECASE)
_BETWEEN = " \t,.;:!–—-()"
_PARTS = re.compile(r"[,;.]\s+|\s+(?:et|en|and)\s+")


class _Found(Struct, frozen=True):
    """What a place of a line speaks of: `numbers` and `codes`, or all where both are empty; and where it ends."""

    end: int
    numbers: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()


def read_ballot(letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Ballot:
    """Return what the letter says that was decided. A yes or a no alone says it of nothing: it is not clear. Pure."""
    lexicons = tuple(lexica.values())
    votes: list[Voted] = []
    unclear: list[str] = []
    before = ""
    for line in own_words(letter, context, catalogue.banners).body.splitlines():
        found = tuple(_votes(line.strip(), lexicons))
        if found:
            votes += found
        elif votes and votes[-1].reason and len(before) >= WRAPPED and line.strip():
            last = votes.pop()
            votes.append(Voted(last.vote, last.numbers, last.codes, f"{last.reason} {line.strip()}"))
        elif not _says_nothing(line, lexicons):
            unclear.append(line.strip())
        before = line.strip()
    return Ballot(tuple(votes), tuple(unclear or ([] if votes else [""])))


def _says_nothing(line: str, lexicons: tuple[Lexicon, ...]) -> bool:
    """Return whether a line is empty, a greeting or thanks."""
    words = re.findall(r"[^\W\d_]+", fold(line))
    greets = bool(words) and words[0] in phrases(lexicons, "greetings") and len(words) <= 4
    return not words or greets or not rest_after(line, 0, lexicons)


def _votes(line: str, lexicons: tuple[Lexicon, ...]) -> Iterator[Voted]:
    """Yield what a line says was decided; nothing where it says something else as well."""
    found: list[Voted] = []
    rest = line.replace("…", "...")
    while rest := rest.strip(_BETWEEN):
        if found and not rest_after(rest, 0, lexicons):
            break
        vote = _vote(rest, lexicons)
        if vote is None:
            return
        several, rest = vote
        found += several
    yield from found


def _vote(text: str, lexicons: tuple[Lexicon, ...]) -> tuple[list[Voted], str] | None:
    """Return what is decided at the beginning of a text, and the text behind it: "3 non : trop de bruit", "non au 3",
    "oui à tout sauf 3"."""
    about = _about(text, 0, lexicons)
    start = _skipped(text, about.end) if about else 0
    verdict = _verdict(text, start, lexicons)
    if verdict is None:
        return None
    vote, end = verdict
    if about is None:
        about = _about(text, _skipped(text, end), lexicons)
        end = about.end if about else end
    left_out = _left_out(text, _skipped(text, end), lexicons)
    if about is None and left_out is None:
        return None
    everything = about or _Found(end)
    if left_out is not None:
        reason, rest = _reason(text[left_out.end :], lexicons)
        put_off = not reason or _begins(reason, "later", lexicons)
        out = Voted(Vote.LATER if put_off else Vote.NO, left_out.numbers, left_out.codes, "" if put_off else reason)
        return [Voted(vote, everything.numbers, everything.codes), out], rest
    if vote is Vote.YES:
        return [Voted(vote, everything.numbers, everything.codes)], text[end:]
    reason, rest = _reason(text[end:], lexicons)
    return [Voted(vote, everything.numbers, everything.codes, reason)], rest


def _left_out(text: str, start: int, lexicons: tuple[Lexicon, ...]) -> _Found | None:
    """Return what is excepted from a yes to all at a place of a text."""
    begun = begun_with(text[start:], lexicons, "except")
    return _about(text, _skipped(text, start + begun), lexicons, all_too=False) if begun else None


def _about(text: str, start: int, lexicons: tuple[Lexicon, ...], *, all_too: bool = True) -> _Found | None:
    """Return what of the list is named at a place of a text, behind words that lead to it."""
    if found := _SEVERAL.match(fold(text), start):
        pieces = list(_PIECE.finditer(found.group()))
        codes = tuple(piece["code"].upper() for piece in pieces if piece["code"])
        return _Found(found.end(), tuple(n for piece in pieces if piece["first"] for n in _numbers(piece)), codes)
    if all_too and (every := begun_with(text[start:], lexicons, "everything")):
        return _Found(start + every)
    led = begun_with(text[start:], lexicons, "about")
    return _about(text, _skipped(text, start + led), lexicons, all_too=all_too) if led else None


def _numbers(piece: re.Match[str]) -> range:
    first, last = int(piece["first"]), int(piece["last"] or piece["first"])
    return range(first, min(last, MOST_LISTED) + 1)


def _verdict(text: str, start: int, lexicons: tuple[Lexicon, ...]) -> tuple[Vote, int] | None:
    """Return the yes, no or later that stands at a place of a text, and where it ends: the longest counts."""
    tables = ((Vote.YES, "approves"), (Vote.NO, "refuses"), (Vote.LATER, "later"))
    found = [(begun_with(text[start:], lexicons, table), vote) for vote, table in tables]
    length, vote = max(found, key=lambda one: one[0])
    return (vote, start + length) if length else None


def _reason(text: str, lexicons: tuple[Lexicon, ...]) -> tuple[str, str]:
    """Return the reason behind a no, and what follows it: where something else of the list is decided."""
    for part in _PARTS.finditer(text):
        if _vote(text[part.end() :], lexicons) is not None:
            return _bare(text[: part.start()], lexicons), text[part.end() :]
    return _bare(text, lexicons), ""


def _bare(text: str, lexicons: tuple[Lexicon, ...]) -> str:
    return rest_after(text.strip(_BETWEEN), 0, lexicons).strip(_BETWEEN)


def _begins(text: str, table: str, lexicons: tuple[Lexicon, ...]) -> bool:
    return bool(begun_with(text, lexicons, table))


def _skipped(text: str, start: int) -> int:
    """Return the next place of a text at which a word may begin."""
    while start < len(text) and text[start] in _BETWEEN:
        start += 1
    return start
