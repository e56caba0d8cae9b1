"""Which lines of a mail are its sender's, and which repeat earlier mails.

Programs mark what they repeat by `>`, by a line such as "Le … a écrit :", by a block of headers, or not at all. Where
we know the letters we sent, what a mail repeats of them is recognised by comparison, and what is typed between is found
even where nothing marks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache

from msgspec import Struct, field

from mailbot.reading.patterns import folded, one_of, phrases

DEEPEST_SEARCH = 12
"""Lines that a block of headers, with its wrapped list of recipients, may take."""


class Role(Enum):
    OWN = "own"
    QUOTED = "quoted"
    """Repeats an earlier mail."""
    FRAME = "frame"
    """Announces one: an attribution, a separator, a block of headers."""


class Roles(Struct):
    """What each line of a mail is. `forwards` says that a line announced a mail that is handed on."""

    lines: list[str]
    roles: list[Role]
    forwards: bool = False
    announced: str = ""
    """Who wrote the first mail that is announced, as the announcement says it, folded; may be empty."""
    repeats_ours: bool = False
    """Most of what is quoted is a letter of ours."""
    from_addresses: frozenset[str] = frozenset()
    """Addresses in the From lines of the blocks that announce history, folded."""

    def stretches(self) -> Iterator[list[int]]:
        """Yield the indices of each run of own lines between what is quoted."""
        run: list[int] = []
        for index, role in enumerate(self.roles):
            if role is Role.OWN:
                run.append(index)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def text(self, role: Role) -> str:
        return "\n".join(line for line, own in zip(self.lines, self.roles, strict=True) if own is role)


_QUOTE = re.compile(r"[ \t]{0,3}>")
_QUOTE_MARKS = re.compile(r"(?:[ \t]{0,3}>)+ ?")
_LABELLED = re.compile(r"[\s*_>|]{0,8}([a-z' .\-]{1,20}?)[\s*_]{0,4}:[\s*_]{0,4}(.*)")
_RULE = re.compile(r"[\s>]*[-_=*]{5,}\s*")
_ORNAMENT = re.compile(r"[\s*_=#-]*")
_OPENS_WITH_RULE = re.compile(r"[\s>]*[-_=*#]{3,}")
_DATED = re.compile(r"20\d\d|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")
_TIMED = re.compile(r"\d{1,2}\s?[:.hu]\s?\d\d|\d\s?[ap]\.?m")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,190}")


def unquoted(line: str) -> str:
    """Return a line without one level of `>`."""
    mark = _QUOTE.match(line)
    return line[mark.end() :].removeprefix(" ") if mark else line


def roles_of(lines: Sequence[str], ours: Ours, *, in_thread: bool) -> Roles:
    """Tell the sender's own lines from history; `in_thread` says that the headers tie the mail to an earlier one.

    In a mail that answers nothing and announces nothing, `>` at the start of a line is a bullet of the sender's.
    """
    low = [folded(line) for line in lines]
    quotes = [bool(_QUOTE.match(line)) for line in lines]
    marks = dict(_marks(low, quotes))
    if not (in_thread or marks or ours or any(_starts_history(low, i) for i in range(len(low)) if quotes[i])):
        return Roles(list(lines), [Role.OWN] * len(lines))
    found = Roles(list(lines), [Role.QUOTED if quoted else Role.OWN for quoted in quotes])
    addresses: set[str] = set()
    index = 0
    while index < len(lines):
        mark = marks.get(index)
        if mark is None or quotes[index]:
            index += 1
            continue
        found.forwards = found.forwards or mark.forwards
        addresses.update(_ADDRESS.findall(mark.sender))
        found.announced = found.announced or mark.sender
        found.roles[index : mark.end] = [Role.FRAME] * (mark.end - index)
        following = next((i for i in range(mark.end, len(lines)) if low[i].strip()), len(lines))
        if following < len(lines) and not quotes[following] and not mark.alone:
            found.roles[mark.end :] = [Role.QUOTED] * (len(lines) - mark.end)
            break
        index = mark.end
    addresses.update(_quoted_senders(low, quotes))
    found.from_addresses = frozenset(addresses)
    _give_back(found, low, ours)
    return found


class _Mark(Struct, frozen=True):
    """An announcement of history from one line to another; `alone` where only this line is to be left out."""

    end: int
    forwards: bool = False
    sender: str = ""
    alone: bool = False


def _marks(low: Sequence[str], quotes: Sequence[bool]) -> Iterator[tuple[int, _Mark]]:
    """Yield where history is announced outside of what is quoted."""
    index = 0
    while index < len(low):
        mark = None if quotes[index] or len(low[index]) < 4 else _mark(low, quotes, index)
        if mark:
            yield index, mark
        index = mark.end if mark else index + 1


def _mark(low: Sequence[str], quotes: Sequence[bool], index: int) -> _Mark | None:
    line = low[index]
    if not line.strip():
        return None
    if _elided().fullmatch(line.strip(" .*")):
        return _Mark(index + 1, alone=True)
    if separator := _separator(line):
        block = _block(low, _next_said(low, index + 1), announced=True)
        return _Mark(block.end if block else index + 1, separator == "forwarded", block.sender if block else "")
    if _RULE.fullmatch(line) and (block := _block(low, _next_said(low, index + 1))):
        return block
    return _block(low, index) or _attribution(low, quotes, index)


def _starts_history(low: Sequence[str], index: int) -> bool:
    line = _QUOTE_MARKS.sub("", low[index], count=1)
    return bool(_wrote().search(line) and _attributions().fullmatch(line.strip())) or bool(_separator(line))


def _next_said(low: Sequence[str], index: int) -> int:
    return next((i for i in range(index, min(index + 3, len(low))) if low[i].strip()), len(low))


def _separator(line: str) -> str:
    """Return "forwarded" or "original" where a line announces such a message, else nothing."""
    bare = line.strip(" \t>*")
    words = bare.strip(" -_=:*")
    if not words or len(words) > 60 or (words == bare):
        return ""
    for kind in ("forwarded", "original"):
        if _announcement(kind).fullmatch(words) and (bare.endswith(":") or bare[:2] in ("--", "__", "==")):
            return kind
    return ""


def _block(low: Sequence[str], index: int, *, announced: bool = False) -> _Mark | None:
    """Return the block of headers (From, Sent, To, Subject) that begins at a line, in any order."""
    if index >= len(low):
        return None
    values: dict[str, str] = {}
    end = index
    for i in range(index, min(index + DEEPEST_SEARCH, len(low))):
        labelled = _LABELLED.fullmatch(low[i])
        kind = _labels().get(labelled[1].strip()) if labelled else None
        if labelled and kind:
            if kind in values and kind != "copy":
                break
            values[kind] = labelled[2]
            end = i + 1
        elif i == index:
            return _one_line_block(low, index)
        elif (not low[i].strip() and end < i) or not ({"to", "copy"} & values.keys() or not low[i].strip()):
            break  # two empty lines, or a line that is no wrapped list of recipients
    if _is_block(values) or (announced and "from" in values):
        return _Mark(end, sender=values["from"])
    return _one_line_block(low, index)


def _is_block(values: dict[str, str]) -> bool:
    """A block of headers, and not a list such as "De : 14h", "À : 18h", "Date : 14 juin" that a person types."""
    if "from" not in values or len(values) < 3 or not ("subject" in values or "sent" in values):
        return False
    sent = values.get("sent", "")
    return "@" in values["from"] or bool(_DATED.search(sent) and _TIMED.search(sent))


def _one_line_block(low: Sequence[str], index: int) -> _Mark | None:
    """A block whose line ends some converter lost: "From: … Sent: … To: … Subject: …"."""
    line = low[index]
    if not 40 < len(line) < 2_000 or not _first_label().match(line):
        return None
    kinds = {_labels()[name] for name in _any_label().findall(line)}
    if {"from", "subject"} <= kinds and len(kinds) > 2 and _DATED.search(line):
        return _Mark(index + 1, sender=line)
    return None


def _attribution(low: Sequence[str], quotes: Sequence[bool], index: int) -> _Mark | None:
    """Return the attribution ("Le … a écrit :") that begins at a line; programs wrap it over four lines at most."""
    opened = bool(_dated_opening().match(low[index].strip()))
    joined = ""
    for end in range(index, min(index + (4 if opened else 1), len(low))):
        line = low[end].strip()
        if quotes[end] or not line or (end > index and _dated_opening().match(line) and re.search(r"\d", line)):
            return None
        joined = f"{joined} {line}".strip()
        if len(joined) > 2_000:
            return None
        if not _wrote().search(joined):
            continue
        if _attributions().fullmatch(joined[:500]) and len(joined) <= 500:
            following = _next_said(low, end + 1)
            quoted = following < len(low) and quotes[following]
            dated = opened and bool(_TIMED.search(joined))
            if quoted or (joined.endswith(":") and (dated or "@" in joined)):
                return _Mark(end + 1, sender=joined)
        if opened and (before := _attribution_before_text().match(joined)) and "@" in before[0]:
            return _Mark(end + 1, sender=before[0])
    return None


def _quoted_senders(low: Sequence[str], quotes: Sequence[bool]) -> Iterator[str]:
    """Yield the addresses in the From lines of what is quoted."""
    for line, quoted in zip(low, quotes, strict=True):
        if quoted and "@" in line and len(line) < 500:
            bare = _QUOTE_MARKS.sub("", line, count=1)
            labelled = _LABELLED.fullmatch(bare)
            if (labelled and _labels().get(labelled[1].strip()) == "from") or _wrote().search(bare):
                yield from _ADDRESS.findall(bare)


# ── comparison with what we sent ────────────────────────────────────────────────────────────────────────────────────

_WORD = re.compile(r"\w+")
_ENOUGH = 0.7
"""The share of a line's runs of three words that must be ours for the line to be ours."""


class Ours(Struct):
    """The letters we sent in this thread, as words to compare with."""

    texts: tuple[str, ...] = ()
    _words: list[str] = field(default_factory=list)
    _places: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    """The place behind the last word of each letter."""

    def __post_init__(self) -> None:
        for text in self.texts:
            self._words += _WORD.findall(folded(text[:50_000]))
            self.ends.append(len(self._words))
        for place in range(len(self._words) - 2):
            self._places.setdefault(tuple(self._words[place : place + 3]), []).append(place)

    def __bool__(self) -> bool:
        return bool(self._words)

    def match(self, line: str, after: int) -> int | None:
        """Return the place behind a folded line in what we sent, near `after` where the line is short; or None."""
        words = _WORD.findall(line)
        if len(words) < 3:
            for start in range(after, min(after + 3, len(self._words))):
                if words and self._words[start : start + len(words)] == words:
                    return start + len(words)
            return None
        runs = [tuple(words[i : i + 3]) for i in range(min(len(words) - 2, 200))]
        known = [run for run in runs if run in self._places]
        if len(known) < _ENOUGH * len(runs):
            return None
        places = self._places[known[-1]]
        return next((place for place in places[:20] if place >= after - 3), places[0]) + 3

    @property
    def newest(self) -> int:
        """Words of the newest letter."""
        return self.ends[0] if self.ends else 0


def _give_back(found: Roles, low: Sequence[str], ours: Ours) -> None:
    """Compare with what we sent: drop what repeats it unmarked, and give back what was typed between its lines."""
    if not ours:
        return
    places: dict[int, int] = {}
    after = 0
    for index, line in enumerate(low):
        bare = _QUOTE_MARKS.sub("", line, count=1) if found.roles[index] is not Role.OWN else line
        place = ours.match(bare, after) if bare.strip() and found.roles[index] is not Role.FRAME else None
        if place is not None:
            places[index], after = place, place
    quoted = [i for i, role in enumerate(found.roles) if role is Role.QUOTED and low[i].strip(" >")]
    found.repeats_ours = bool(quoted) and sum(i in places for i in quoted) * 2 >= len(quoted)
    _drop_repeated(found, low, places, ours)
    _return_typed(found, low, places, ours)


def _drop_repeated(found: Roles, low: Sequence[str], places: dict[int, int], ours: Ours) -> None:
    """Mark as quoted the runs of own lines that repeat our letter; a line or two may be an option that was copied."""
    own = [index for index in places if found.roles[index] is Role.OWN]
    whole = len(own) > 2 and _is_most_of(own, low, ours)
    for stretch in list(found.stretches()):
        said = [index for index in stretch if _WORD.search(low[index])]
        run: list[int] = []
        for index in [*said, -1]:
            if index in places:
                run.append(index)
                continue
            if run and (whole or len(run) > 3 or sum(len(low[i]) for i in run) > 250 or _is_most_of(run, low, ours)):
                stop = next((i for i in range(run[-1] + 1, len(low)) if not _ORNAMENT.fullmatch(low[i])), len(low))
                found.roles[run[0] : stop] = [Role.QUOTED] * (stop - run[0])
                _mark_separator(found, low, run[0])
            run = []


def _is_most_of(run: Sequence[int], low: Sequence[str], ours: Ours) -> bool:
    return len(run) > 1 and sum(len(_WORD.findall(low[index])) for index in run) * 2 > ours.newest


def _mark_separator(found: Roles, low: Sequence[str], index: int) -> None:
    """Leave out the line before a repeated letter by which some unknown program announces it."""
    before = next((i for i in range(index - 1, max(index - 3, -1), -1) if low[i].strip()), None)
    if before is not None and (_OPENS_WITH_RULE.match(low[before]) or "@" in low[before]):
        found.roles[before] = Role.FRAME


def _return_typed(found: Roles, low: Sequence[str], places: dict[int, int], ours: Ours) -> None:
    """Give the sender back the lines that stand between lines of our letter, or after its end, and are not of it."""
    quoted = [index for index in sorted(places) if found.roles[index] is Role.QUOTED]
    if len(quoted) < 2 or places[quoted[-1]] - places[quoted[0]] < 8:
        return
    last = quoted[-1]
    at_end = any(end - 6 <= places[last] <= end for end in ours.ends)
    for index in range(quoted[0], len(low) if at_end else last):
        bare = _QUOTE_MARKS.sub("", low[index], count=1)
        if found.roles[index] is Role.FRAME or (index > last and (_separator(bare) or _block(low, index))):
            if index > last:
                return
            continue
        deep = low[index].lstrip(" >").strip() and low[index].lstrip().startswith((">>", "> >"))
        if index not in places and bare.strip() and not deep and not _wraps(low, places, index):
            found.roles[index] = Role.OWN
            found.lines[index] = unquoted(found.lines[index])


def _wraps(low: Sequence[str], places: dict[int, int], index: int) -> bool:
    """True for the few words that a client wrapped from the end of a line of ours."""
    words = _WORD.findall(low[index])
    return len(words) < 1 or (
        index - 1 in places and len(words) < 4 and low[index][:1].isalpha() and low[index][-1:] == ","
    )


# ── the lexicons' words for it ──────────────────────────────────────────────────────────────────────────────────────


@cache
def _labels() -> dict[str, str]:
    kinds = ("from", "sent", "to", "copy", "subject")
    return {label: kind for kind in kinds for label in phrases("words", f"header-{kind}")}


@cache
def _first_label() -> re.Pattern[str]:
    return re.compile(rf"[\s*_>]{{0,8}}{one_of('words', 'header-from')}[\s*_]{{0,4}}:")


@cache
def _any_label() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_labels(), key=len, reverse=True))
    return re.compile(rf"(?<!\w)({names})[\s*_]{{0,4}}:")


@cache
def _announcement(kind: str) -> re.Pattern[str]:
    return re.compile(one_of("words", kind))


@cache
def _elided() -> re.Pattern[str]:
    return re.compile(rf"[\[(<]?{one_of('words', 'elided')}[\])>]?")


@cache
def _wrote() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){one_of('words', 'wrote')}(?!\w)")


@cache
def _attributions() -> re.Pattern[str]:
    return re.compile(rf"[\s*\-]{{0,6}}{one_of('words', 'attribution')}\s?[:;]?[\s*\-]{{0,4}}")


@cache
def _attribution_before_text() -> re.Pattern[str]:
    """An attribution whose line goes on with the mail that it announces."""
    return re.compile(rf"[\s*\-]{{0,6}}{one_of('words', 'attribution')}\s?: +(?=\S)")


@cache
def _dated_opening() -> re.Pattern[str]:
    openings = {phrase.partition(" …")[0] for phrase in phrases("words", "attribution") if not phrase.startswith("…")}
    return re.compile(rf"[\s*\-]{{0,6}}(?:{'|'.join(map(re.escape, sorted(openings)))})(?!\w)")
