"""The HTML of a mail becomes plain text that still shows what the page showed.

Rows of a table are lines with cells between ` | `, items of a list are lines with their mark, quotations carry `> `, a
rule is a line of underscores. What no one sees (style, hidden, struck out) is left out. What the markup calls a
signature or small print comes last in its stretch, after the line `-- `. The ready converters were weighed on the
corpus: they pad columns, flatten quotations, and descend by recursion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.errors import Unreadable
from mailbot.reading.charsets import cleaned

RULE = "_" * 32
"""What a horizontal rule becomes, as Outlook writes it in its own plain texts."""

MOST_MARKS = 30
"""Marks of quotation before a line, however deep it stands."""

LONGEST_ATTRIBUTE = 1_000
"""Characters of an attribute that are looked at."""

PIECE = 65_536
"""Octets of a page that the parser gets at a time."""

WIDEST = 6
"""Columns in which a cell may reach down over several rows."""

_UNSEEN = frozenset(
    {"head", "link", "meta", "noframes", "object", "script", "select", "style", "svg", "template", "title"}
)
_STRUCK = frozenset({"del", "s", "strike"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "figure"})
_BLOCKS = _PARAGRAPHS | frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dt",
        "fieldset",
        "figcaption",
        "footer",
    }
    | {
        "form",
        "header",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
    }
    | {"ul"}
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*[01](?:px|pt)?\s*(?:!|;|$)"
    r"|max-height\s*:\s*0(?:px)?\s*(?:!|;|$)|opacity\s*:\s*0\s*(?:!|;|$)",
    re.IGNORECASE,
)
_STRUCK_STYLE = re.compile(r"text-decoration[a-z-]*\s*:[^;]*line-through", re.IGNORECASE)
_SMALL = re.compile(r"font-size\s*:\s*(?:[2-9]px|10px|[2-6]pt|7(?:\.\d+)?pt|x+-small)", re.IGNORECASE)
_ASIDE = re.compile(r"signature|disclaimer|footer|(?:^|[\s_-])(?:foot|sig)(?:[\s_-]|$)", re.IGNORECASE)
_HISTORY = re.compile(
    r"gmail_(?:quote|attr)|divRplyFwdMsg|appendonsend|moz-(?:cite-prefix|forward-container)|yahoo_quoted|reference-message-container",
    re.IGNORECASE,
)
_NOT_QUOTED = re.compile(r"border(?:-left)?\s*:\s*(?:none|0|medium none)", re.IGNORECASE)
_BORDER_TOP = re.compile(r"border(?:-top)?\s*:[^;]*solid", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin\s*:\s*0(?:px|pt|cm|in)?\s*(?:;|$)|margin-bottom\s*:\s*0", re.IGNORECASE)
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:[a-z]{1,20}/[^\"'>\s]{64,}")
_SPACE = re.compile(r"\s+")


class _Frame(Struct, frozen=True):
    """What holds inside an open element; children inherit it."""

    tag: str = ""
    hidden: bool = False
    aside: bool = False
    pre: bool = False
    quote: int = 0
    margin: bool = False


class _Line(Struct, frozen=True):
    text: str
    quote: int = 0
    aside: bool = False
    history: bool = False
    """The sender's program says that what follows is the earlier mail."""


class _Table(Struct):
    """A table being read: the cells of the row so far; what reaches down from earlier rows (column → rows, text)."""

    cells: list[list[_Line]] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)
    start: int | None = None
    reaching: dict[int, tuple[int, list[_Line]]] = field(default_factory=dict)


def without_pictures(html: str) -> str:
    """Return a page without the pictures that stand in it as text."""
    return _EMBEDDED.sub("", cleaned(html))


def plain_text(html: str, deepest: int) -> str:
    """Return the text of an HTML mail, quotations marked by `> `, broken HTML read as browsers do. What it costs grows
    with its length and its depth. Raises Unreadable where more than `deepest` elements are open in each other."""
    from lxml import etree  # type: ignore[import-untyped]  # here: mails in plain text do without its 20 ms

    writer = _Writer(deepest)
    # its target interface gives events without building a tree, so that depth costs nothing
    parser = etree.HTMLParser(target=writer, encoding="utf-8", huge_tree=True)
    octets = html.encode("utf-8", errors="replace")
    if not octets.strip():
        return ""
    for begin in range(0, len(octets), PIECE):  # what the writer refuses is told at the end of a piece
        parser.feed(octets[begin : begin + PIECE])
    lines: list[_Line] = parser.close()
    return cleaned("\n".join(_shown(_asides_last(lines))))


class _Writer:
    """Receives the events of the parser and lays out lines."""

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest
        self.lines: list[_Line] = []
        self.frames: list[_Frame] = [_Frame()]
        self.open: Counter[str] = Counter()
        self.words: list[str] = []
        self.tables: list[_Table] = []
        self.marks: list[int | None] = []
        self.mark = ""
        """What stands before the next line: the mark of an item whose text has not come yet."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self.frames) > self.deepest:
            raise Unreadable("its page is nested too deeply")
        attributes = {name: value[:LONGEST_ATTRIBUTE] for name, value in attributes.items()}
        outer = self.frames[-1]
        if tag == "br":
            self._end_line(even_empty=not outer.hidden)
        if tag in _BLOCKS:
            self._end_line()
        frame = _opened(tag, attributes, outer)
        if not frame.hidden:
            self._prepare(tag, attributes, frame)
        self.frames.append(frame)
        self.open[tag] += 1

    def _prepare(self, tag: str, attributes: Mapping[str, str], frame: _Frame) -> None:
        if frame.margin:
            self._blank()
        if _begins_history(tag, attributes):
            self.lines.append(_Line("", frame.quote, frame.aside, history=True))
        if tag == "hr":
            self._end_line()
            self.lines.append(_Line(RULE, frame.quote, frame.aside))
        elif tag in ("ul", "ol"):
            self.marks.append(_number(attributes.get("start"), 1) if tag == "ol" else None)
        elif tag == "li":
            self.mark = self._mark()
        elif tag == "table":
            self.tables.append(_Table())
        elif tag in ("td", "th") and self.tables:
            self._end_line()
            self.tables[-1].start = len(self.lines)
            self.tables[-1].spans.append(min(_number(attributes.get("rowspan"), 1), 50))

    def end(self, tag: str) -> None:
        if not self.open[tag]:
            return
        depth = next(i for i in range(len(self.frames) - 1, 0, -1) if self.frames[i].tag == tag)
        frame = self.frames[depth]
        if tag in _BLOCKS or tag in ("td", "th"):
            self._end_line()
        self.open.subtract(inner.tag for inner in self.frames[depth:])
        del self.frames[depth:]
        if not frame.hidden:
            self._finish(tag, frame)

    def _finish(self, tag: str, frame: _Frame) -> None:
        if frame.margin:
            self._blank()
        if tag in ("ul", "ol") and self.marks:
            self.marks.pop()
        elif tag in ("td", "th") and self.tables and self.tables[-1].start is not None:
            table = self.tables[-1]
            table.cells.append(self.lines[table.start :])
            del self.lines[table.start :]
            table.start = None
        elif tag == "tr" and self.tables:
            self.lines.extend(_row(self.tables[-1]))
        elif tag == "table" and self.tables:
            self.lines.extend(_row(self.tables.pop()))

    def data(self, text: str) -> None:
        frame = self.frames[-1]
        if frame.hidden:
            return
        if frame.pre and "\n" in text:
            first, *others = text.split("\n")
            self.words.append(first)
            for line in others:
                self._end_line(even_empty=True)
                self.words.append(line)
        else:
            self.words.append(text)

    def comment(self, text: str) -> None:
        """Comments, among them Outlook's conditional ones, are not shown."""

    def close(self) -> list[_Line]:
        self._end_line()
        while self.tables:
            self.lines.extend(_row(self.tables.pop()))
        return self.lines

    def _end_line(self, *, even_empty: bool = False) -> None:
        frame = self.frames[-1]
        text = "".join(self.words)
        self.words.clear()
        text = text.rstrip() if frame.pre else _SPACE.sub(" ", text).strip()
        if text or even_empty:
            self.lines.append(_Line(self.mark + text, frame.quote, frame.aside))
            self.mark = ""

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text and not self.mark:
            frame = self.frames[-1]
            self.lines.append(_Line("", min(frame.quote, self.lines[-1].quote), frame.aside))

    def _mark(self) -> str:
        if not self.marks or self.marks[-1] is None:
            return "- "
        self.marks[-1] += 1
        return f"{self.marks[-1] - 1}. "


def _opened(tag: str, attributes: Mapping[str, str], outer: _Frame) -> _Frame:
    """Return what holds inside an element, from what holds around it."""
    if outer.hidden or tag in _UNSEEN or tag in _STRUCK or "hidden" in attributes:
        return replace(outer, tag=tag, hidden=True, margin=False)
    style, names = attributes.get("style", ""), f"{attributes.get('class', '')} {attributes.get('id', '')}"
    if style and (_HIDDEN.search(style) or _STRUCK_STYLE.search(style)):
        return replace(outer, tag=tag, hidden=True, margin=False)
    return _Frame(
        tag,
        aside=outer.aside or tag == "footer" or bool(_ASIDE.search(names)) or bool(style and _SMALL.search(style)),
        pre=(outer.pre or tag == "pre" or bool(style and _PRE.search(style))),
        quote=outer.quote + (tag == "blockquote" and _quotes(attributes)),
        margin=tag in _PARAGRAPHS and "MsoNormal" not in names and not _NO_MARGIN.search(style),
    )


def _quotes(attributes: Mapping[str, str]) -> bool:
    """Tell a quotation from a blockquote that only indents, as Gmail and Outlook make them."""
    if attributes.get("type") == "cite" or "cite" in attributes or "quote" in attributes.get("class", ""):
        return True
    return not _NOT_QUOTED.search(attributes.get("style", ""))


def _begins_history(tag: str, attributes: Mapping[str, str]) -> bool:
    if _HISTORY.search(f"{attributes.get('class', '')} {attributes.get('id', '')}"):
        return True
    style = attributes.get("style", "")
    return tag == "div" and "border" in style and "padding" in style and bool(_BORDER_TOP.search(style))


def _row(table: _Table) -> list[_Line]:
    """Return the lines of a finished row: one where it holds data, those of its cells where it only lays out a page."""
    cells = _with_reaching(table)
    texts = [" ".join(line.text for line in cell if line.text) for cell in cells]
    said = [text for text in texts if text]
    lines = [line for cell in cells for line in cell]
    few = all(sum(1 for line in cell if line.text) <= 3 for cell in cells)
    if len(said) > 1 and few and sum(map(len, said)) <= 300 and not any(line.quote or line.aside for line in lines):
        return [_Line(" | ".join(said))]
    return lines


def _with_reaching(table: _Table) -> list[list[_Line]]:
    """Put the cells that reach down from earlier rows (rowspan) back where they stand, and empty the table's row."""
    own, spans = list(table.cells), list(table.spans)
    table.cells.clear()
    table.spans.clear()
    table.start = None
    if not own or (not table.reaching and max(spans, default=1) < 2):
        return own
    cells: list[list[_Line]] = []
    below: dict[int, tuple[int, list[_Line]]] = {}
    while own or len(cells) in table.reaching:
        column = len(cells)
        if column in table.reaching:
            rows, cell = table.reaching[column]
        else:
            rows, cell = (spans.pop(0) if spans else 1), own.pop(0)
        if rows > 1 and column < WIDEST:
            below[column] = rows - 1, cell
        cells.append(cell)
    table.reaching = below
    return cells


def _asides_last(lines: Iterable[_Line]) -> list[_Line]:
    """Move signatures and small print to the end of their stretch of unquoted lines, after `-- `.

    The stretch ends where a quotation or the earlier mail begins; what comes after that is left as it is.
    """
    out: list[_Line] = []
    stretch: list[_Line] = []
    in_history = False
    for line in lines:
        if line.quote or line.history or in_history:
            in_history = in_history or line.history
            out += _aside_last(stretch)
            stretch = []
            out.append(line)
        else:
            stretch.append(line)
    return out + _aside_last(stretch)


def _aside_last(stretch: list[_Line]) -> list[_Line]:
    asides = [line for line in stretch if line.aside and line.text]
    if not asides or not any(line.text and not line.aside for line in stretch):
        return stretch
    return [*(line for line in stretch if not line.aside), _Line("-- "), *asides, _Line("")]


def _shown(lines: Iterable[_Line]) -> Iterable[str]:
    """Yield the lines with their marks of quotation, two empty ones in a row at most."""
    empty = 2
    for line in lines:
        empty = 0 if line.text else empty + 1
        if empty < 3 and not (line.history and not line.text):
            yield (">" * min(line.quote, MOST_MARKS) + " " + line.text).rstrip(" ") if line.quote else line.text


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
