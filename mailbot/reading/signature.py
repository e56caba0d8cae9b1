"""Where a sender stops asking and starts signing: closing formulas, names, addresses, opening hours, legal footers.

Nothing in a signature is asked for, but a request that follows one (a PS, an afterthought) is kept: to lose a word of
the sender is worse than to leak one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache, cached_property

from msgspec import Struct

from mailbot.model.letters import Address
from mailbot.reading.patterns import folded, one_of, whole_words

_DELIMITER = re.compile(r"\s*(?:--|—|–|-- -|---)\s*")
_SOFT_DELIMITER = re.compile(r"\s*(?:[-_=*~.#]{3,}|[-_=*~]\s[-_=*~\s]{3,})\s*")
_PHONE = re.compile(
    r"(?<![\w+./-])(?:(?:\+|00)\s?\d{2}[\s./-]{0,3}(?:\(0\)[\s./-]{0,2})?\d{1,3}|\(?0\d{1,3}\)?)(?:[\s./-]{0,3}\d{2,3}){2,4}(?![\w])"
)
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d\d(?:[ .-]?[0-9a-z]{4}){2,7}(?:[ .-]?[0-9a-z]{1,3})?(?!\w)")
_ENTERPRISE = re.compile(r"(?<!\w)(?:be ?)?[01]\d{3}[. ]\d{3}[. ]\d{3}(?!\w)")
_LINK = re.compile(
    r"https?://|www\.|[\w.+-]{1,64}@[\w-]{1,63}\.|(?<![\w.])[\w-]{2,40}\.(?:be|brussels|org|com|net|eu|example|vlaanderen)(?!\w)"
)
_POSTCODE = re.compile(r"(?<![\w/.:-])(?:b-?)?[1-9]\d{3} [a-z][a-z'-]{2,}")
_NUMBER = re.compile(r"(?<!\w)\d+(?![\w])")
_TIME = re.compile(r"\d\s?(?:h|u|uur|heures?|am|pm)(?!\w|\d{3})|\d[:.hu/]\d\d|\d/\d")
_BRACKETED = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_SLOGAN = re.compile(r'^\W{0,4}"[^"]{3,200}"\W{0,4}$|^\W{0,4}\*[^*]{3,200}\*\W{0,3}$')
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_CAPITALS = re.compile(r"[A-ZÀ-Þ][\w'’.-]*(?: (?:[A-ZÀ-Þ][\w'’.-]*|van|de|den|der|ter|le|la|du|et|en|&)){1,4}")
"""A first and a last name: "Hugo Van Damme"."""
_BULLET = re.compile(r"\s*(?:[-*•–+>]|\d{1,2}[.)])\s+\S")


_FEW = 5
"""Words of a line that greets, or is a name."""


class _End(Enum):
    """What ends the words of a sender, by how surely it does."""

    DELIMITER = 3
    CLOSING = 2
    WEAK = 1


class Signed(Struct, frozen=True):
    body: tuple[str, ...]
    signature: tuple[str, ...]


LONGEST = 1_000
"""Lines at the end of a mail among which a signature is looked for."""


def signed(lines: Sequence[str], sender: Address) -> Signed:
    """Part the own lines of a mail into what is said and how it is signed; both keep their order."""
    if len(lines) > LONGEST:
        last = signed(lines[-LONGEST:], sender)
        return Signed((*lines[:-LONGEST], *last.body), last.signature)
    page = _Page(lines, sender)
    body: list[str] = []
    signature: list[str] = []
    end: _End | None = None
    for index, line in enumerate(lines):
        if page.is_device_line(index) or page.is_footer(index):
            signature.append(line)
            end = end or (_End.DELIMITER if page.is_footer(index) and any(map(str.strip, body)) else None)
        elif end is not None and not page.is_said(index, end):
            signature.append(line)
        elif page.is_bare_name(index):
            signature.append(line)
            end = page.end_at(index)
        else:
            end = page.end_at(index) if any(map(str.strip, body)) or page.is_delimiter(index) else None
            (signature if end and not page.is_thanks(index) else body).append(line)
    return Signed(tuple(_trimmed(body)), tuple(_trimmed(signature)))


def phone_in(*texts: str) -> str | None:
    """Return the first telephone number in the texts, as written, with 9 to 13 digits; or None."""
    for text in texts:
        for found in _PHONE.finditer(text[:20_000]):
            digits = sum(letter.isdigit() for letter in found[0])
            if (
                9 <= digits <= 13
                and not _ENTERPRISE.fullmatch(found[0])
                and not _IBAN.search(folded(text[max(0, found.start() - 24) : found.end()]))
            ):
                number = " ".join(found[0].split())
                return number if ")" in number else number.lstrip("(")
    return None


class _Page:
    """The own lines of a mail with what each of them looks like."""

    def __init__(self, lines: Sequence[str], sender: Address) -> None:
        self.low = [folded(line) for line in lines]
        self._capitals = [bool(_CAPITALS.fullmatch(line.strip())) for line in lines]
        self.names = _names(sender)
        self._footers = self._footer_paragraphs()
        self._signs = [self._looks_signed(index) for index in range(len(lines))]
        self._signed_from = self._signed_to_the_end()

    @cached_property
    def _last_spoken(self) -> int:
        """The last line on which somebody who had ended would say more, postscripts left aside; -1: none."""
        for index in range(len(self.low) - 1, -1, -1):
            if self._signs[index] or _postscript().match(self.low[index]):
                continue
            if self._speaks_again(index, _End.CLOSING):
                return index
        return -1

    def _footer_paragraphs(self) -> list[bool]:
        """For each line, whether it belongs to a footer: from the line by which one is known to the next empty one."""
        footers: list[bool] = []
        for low in self.low:
            footers.append(bool(low.strip()) and (bool(footers and footers[-1]) or bool(_footer().match(low))))
        return footers

    def _signed_to_the_end(self) -> list[bool]:
        """For each line, whether from there on all looks signed, up to the end or to where the words surely end."""
        signed_from = [True] * (len(self.low) + 1)
        for index in range(len(self.low) - 1, -1, -1):
            low = self.low[index].strip()
            sure = bool(_DELIMITER.fullmatch(low) or _postscript().match(low)) or self._closes(low)
            signed_from[index] = sure or (self._signs[index] and signed_from[index + 1])
        return signed_from

    def end_at(self, index: int) -> _End | None:
        """Return how surely the words end at a line; None where they go on."""
        low = self.low[index]
        if not low.strip():
            return None
        if _DELIMITER.fullmatch(low):
            return _End.DELIMITER
        if self._closes(low):
            return _End.CLOSING
        if _SOFT_DELIMITER.fullmatch(low) and index and self._is_name(index - 1):
            return _End.DELIMITER
        if self._greets_before_name(index):
            return _End.CLOSING
        weak = _SOFT_DELIMITER.fullmatch(low) or self.is_thanks(index) or self._is_name(index)
        return _End.WEAK if weak and self._signed_from[index + 1] else None

    def is_delimiter(self, index: int) -> bool:
        return bool(_DELIMITER.fullmatch(self.low[index]))

    def is_said(self, index: int, end: _End) -> bool:
        """True for a line after an end that is said all the same.

        Somebody says something more, or is about to (the "end" was none), and the line is nothing that signs.
        """
        if self._speaks_again(index, end):
            return True
        return end is not _End.DELIMITER and index < self._last_spoken and not self._signs[index]

    def _speaks_again(self, index: int, end: _End) -> bool:
        low = self.low[index].strip()
        if not low:
            return False
        if _postscript().match(low):
            return True
        if _SLOGAN.match(low) or self.is_footer(index) or self._closes(low) or self.is_thanks(index):
            return False
        words, spoken = len(_WORD.findall(low)), len(set(_speech().findall(low)))
        if _details(low) and "?" not in low:
            return False
        if end is _End.DELIMITER:
            return (words > 4 and spoken > 1) or (words > 2 and "?" in low and spoken > 0)
        return (words > 3 and spoken > 0) or (words > 2 and "?" in low)

    def is_thanks(self, index: int) -> bool:
        return bool(_thanks().fullmatch(self.low[index].strip()))

    def is_device_line(self, index: int) -> bool:
        low = self.low[index].strip()
        return len(low) < 120 and bool(_device().match(low)) and bool(_devices().search(low)) and "?" not in low

    def is_footer(self, index: int) -> bool:
        return self._footers[index]

    def is_bare_name(self, index: int) -> bool:
        """True for a line, after an empty one or after thanks, that is the sender's name and nothing else."""
        words = _WORD.findall(self.low[index])
        parted = index > 0 and (not self.low[index - 1].strip() or self.is_thanks(index - 1))
        if not parted or not 0 < len(words) < 4 or _NUMBER.search(self.low[index]):
            return False
        return all(any(_same_name(word, name) for name in self.names) for word in words)

    def _closes(self, low: str) -> bool:
        low = low.strip()
        if len(low) > 160 or "?" in low:
            return False
        if _courtesy().search(low):
            return not _TIME.search(low)
        found = _closing().match(low)
        if not found:
            return False
        rest = _BRACKETED.sub("", _PHONE.sub("", low[found.end() :]))
        words = _WORD.findall(rest)
        return len(words) <= 5 and not _NUMBER.search(rest) and not set(_speech().findall(rest))

    def _greets_before_name(self, index: int) -> bool:
        """True for a few words before a comma, between an empty line and a name: "Met groene vingers,"."""
        low = self.low[index].strip()
        after_blank = index > 0 and not self.low[index - 1].strip()
        if not after_blank or not low.endswith(",") or len(_WORD.findall(low)) > _FEW or not self._signs[index]:
            return False
        following = next((i for i in range(index + 1, len(self.low)) if self.low[i].strip()), None)
        if following is None or following > index + 2:
            return False
        words = _WORD.findall(self.low[following])
        named = any(_same_name(word, name) for word in words[:1] for name in self.names)
        return 0 < len(words) <= _FEW and (named or self._capitals[following])

    def _is_name(self, index: int) -> bool:
        """True for a line that is the sender's name, with what people add to it."""
        words = _WORD.findall(self.low[index])
        if not words or index == 0 or not self._signs[index]:
            return False
        if any(_same_name(word, name) for word in words[:2] for name in self.names):
            return True
        following = next((i for i in range(index + 1, len(self.low)) if self.low[i].strip()), None)
        return len(words) < 5 and following is not None and following == index + 1 and _details(self.low[following])

    def _looks_signed(self, index: int) -> bool:
        """True for a line that can stand in a signature: details, a name, a few words without numbers."""
        low = self.low[index].strip()
        if (
            not low
            or _details(low)
            or _SOFT_DELIMITER.fullmatch(low)
            or _DELIMITER.fullmatch(low)
            or _SLOGAN.match(low)
        ):
            return True
        if self.is_device_line(index) or self.is_footer(index) or self.is_thanks(index) or self._closes(low):
            return True
        if "?" in low or _BULLET.match(low) or _postscript().match(low) or low.endswith(":"):
            return False
        if _asked_for().search(low):
            return False
        rest = _BRACKETED.sub("", low)
        words = _WORD.findall(rest)
        return len(words) < 7 and not _NUMBER.search(rest) and not _TIME.search(rest) and not _speech().search(rest)


def _details(low: str) -> bool:
    """True for what only signatures hold: a number to call, an address, an account, opening hours, an office."""
    if _PHONE.search(low) or _IBAN.search(low) or _ENTERPRISE.search(low) or _LINK.search(low):
        return len(_WORD.findall(low)) < 25
    words = len(_WORD.findall(low))
    if words < 12 and _office_days().match(low) and _TIME.search(low) and "?" not in low:
        return True
    if words < 12 and _hours_of_a_shop().search(low) and "?" not in low and not _asked_things().search(low):
        return True
    if _hours().search(low) and (_NUMBER.search(low) or _TIME.search(low)) and words < 25:
        return "?" not in low
    if _POSTCODE.search(low) or (_street().search(low) and _NUMBER.search(low)):
        return words < 12 and not _TIME.search(low) and not _speech().search(low)
    return words < 10 and bool(_office().search(low)) and not _NUMBER.search(low) and not _speech().search(low)


def _names(sender: Address) -> frozenset[str]:
    """Return the words that a sender may sign with: those of the name, and of the address where it is a person's."""
    local = sender.address.rpartition("@")[0]
    words = [*_WORD.findall(folded(sender.name)), *re.split(r"[^a-z]+", folded(local))]
    return frozenset(word for word in words if len(word) > 2)


def _same_name(word: str, name: str) -> bool:
    return word == name or (len(word) > 2 and len(name) > 2 and (name.startswith(word) or word.startswith(name)))


def _trimmed(lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


# ── the lexicons' words for it ──────────────────────────────────────────────────────────────────────────────────────


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(
        rf"\W{{0,4}}(?:{one_of('words', 'thanks')}(?: et|,| en| and)?\W{{0,3}})?{one_of('words', 'closing')}(?!\w)"
    )


@cache
def _courtesy() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){one_of('words', 'courtesy')}(?!\w)")


@cache
def _thanks() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,4}}{one_of('words', 'thanks')}(?:[ ,!.]{{1,4}}[^\W\d_]{{2,20}}){{0,2}}\W{{0,6}}")


@cache
def _postscript() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,4}}{one_of('words', 'postscript')}(?!\w)")


@cache
def _speech() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-]){one_of('words', 'speech')}(?!\w)")


@cache
def _asked_for() -> re.Pattern[str]:
    """Days, months, and what people ask a commune for."""
    days = "|".join((one_of("weekdays.full"), one_of("months.full")))
    return re.compile(rf"(?<!\w)(?:(?:{days})(?!\w)|{one_of('machines', 'requests')})")


@cache
def _device() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,4}}{one_of('words', 'device')}(?!\w)")


@cache
def _devices() -> re.Pattern[str]:
    return whole_words("words", "devices")


@cache
def _footer() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,6}}{one_of('words', 'footer')}(?!\w)")


@cache
def _hours() -> re.Pattern[str]:
    return whole_words("words", "hours")


@cache
def _office_days() -> re.Pattern[str]:
    """Hours from one weekday to another, without a date: nobody asks for a room that way."""
    day = f"(?:{one_of('weekdays.full')}|{one_of('weekdays.short')})"
    to = r"(?: ?[-/&,] ?| (?:t/m|tot|tot en met|tem|a|au|to|through|until|et|en|and) )"
    return re.compile(
        rf"\W{{0,4}}(?:du |van |from |le |op |on )?{day}[.s]?(?:{to}{day}[.s]?){{1,5}}(?![\w ]{{0,3}}\d{{1,2}} \w{{3}})"
    )


@cache
def _hours_of_a_shop() -> re.Pattern[str]:
    """Behind the name of a shop, the hours from one weekday to another: "Schoenen Maes, ma-za 10.00-18.30"."""
    day = f"(?:{one_of('weekdays.full')}|{one_of('weekdays.short')})"
    return re.compile(rf"[,:|(–-] ?{day}[.s]? ?(?:[-/]|t/m|tem|au) ?{day}[.s]?:? \d\d?[.:hu]?\d* ?(?:-|–|tot|à|to) ?\d")


@cache
def _asked_things() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){one_of('machines', 'requests')}")


@cache
def _office() -> re.Pattern[str]:
    return whole_words("words", "titles", "organisation")


@cache
def _street() -> re.Pattern[str]:
    return re.compile(rf"{one_of('words', 'streets')}(?!\w)")
