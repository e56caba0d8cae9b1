"""The text of a letter as blocks that an HTML page can show: the same words, one source.

A letter is paragraphs between empty lines. Lines that begin with a dash or a number are items; a line of capitals, or
capitals before a colon at the start of a line, are a label. What people wrote never begins a line, and the
page escapes every word: nothing of it is markup. Lines with a bar between cells are a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from mailbot.replies.phrases import one_line

_ITEM = re.compile(r"(–|\d{1,3}\.) +(.+)")
_LABEL = re.compile(r"((?:[A-ZÀ-ÖØ-Þ'’]{2,}(?: [A-ZÀ-ÖØ-Þ'’]+)*)\s?:)(?= |$)")
_HEADING = re.compile(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ0-9'’ \u00a0]{2,}")

Unbroken = Sequence[tuple[re.Pattern[str], str]]


class Line(Struct, frozen=True):
    """One line: its mark where it is an item ("–", "1."), the label that it begins with, and the rest."""

    text: str
    label: str = ""
    mark: str = ""


class Block(Struct, frozen=True):
    """One paragraph, or one table: then `rows` holds its cells."""

    lines: tuple[Line, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Kept(str):
    """Text whose spaces stand as they are: the cells of a table."""

    __slots__ = ()


BAR = " │ "
WIDEST = 40
"""Characters to which the first cells of a table are filled up, at most."""


def table(rows: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return rows of two cells as lines of text, the second cells below one another; to be put in as they are."""
    cells = [tuple(one_line(cell).replace("│", "|") for cell in row) for row in rows]
    width = min(max((len(first) for first, _ in cells), default=0), WIDEST)
    return tuple(Kept(f"{first:<{width}}{BAR}{second}") for first, second in cells)


def joined(source: str) -> str:
    """Return what a template gave, tidied: a line that begins with a space goes on with the one before, two empty
    lines or more are one."""
    flowing = re.sub(r"[ \t]*\n[ \t]+(?=\S)", " ", source)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", flowing)).strip()


def blocks(text: str, unbroken: Unbroken = ()) -> tuple[Block, ...]:
    """Return the paragraphs of a text that `joined` has tidied; `unbroken` are patterns of what must not be parted at
    the end of a line."""
    for pattern, together in unbroken:
        text = pattern.sub(together, text)
    paragraphs = (paragraph.split("\n") for paragraph in text.split("\n\n") if paragraph)
    return tuple(block for lines in paragraphs for block in _parts(lines))


def _parts(lines: Sequence[str]) -> Iterator[Block]:
    """Yield a paragraph with its tables apart."""
    for in_table, group in groupby(lines, key=lambda line: BAR in line):
        if in_table:
            yield Block(rows=tuple(tuple(cell.strip() for cell in line.split(BAR)) for line in group))
        else:
            yield Block(tuple(map(_line, group)))


def _line(line: str) -> Line:
    if _HEADING.fullmatch(line):
        return Line("", label=line)
    item = _ITEM.fullmatch(line)
    mark, rest = (item[1], item[2]) if item else ("", line)
    label = _LABEL.match(rest)
    return Line(rest[label.end() :].lstrip() if label else rest, label[1] if label else "", mark)
