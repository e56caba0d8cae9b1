"""The text of a YAML file as a tree: every leaf is text as it stands in the file, every part knows its line and column.

YAML would turn `12:30` into 750, `no` into False and `0400 00 00 01` into something else again; here nothing is turned
into anything: whoever knows the field converts it. This is the door of PyYAML, whose libyaml parser reads the sample
file some twenty times faster than a parser in Python does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import yaml
from msgspec import Struct

LARGEST = 512 * 1024
"""Bytes. The rules of a large commune are a tenth of it."""
DEEPEST = 12
MOST_PARTS = 50_000
"""Parts of the tree, with what stands behind an alias counted each time that it is used."""

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOTHING = ("", "~", "null")


class Leaf(Struct):
    """A piece of text. `empty` where nothing was written."""

    line: int
    column: int
    text: str
    empty: bool = False


class Row(Struct):
    """Lines that begin with a dash, or `[a, b]`."""

    line: int
    column: int
    parts: list[Node]


class Branch(Struct):
    """Lines `key: value`, or `{key: value}`, in the order of the file."""

    line: int
    column: int
    entries: list[tuple[Leaf, Node]]


Node: TypeAlias = Leaf | Row | Branch


class Spot(Struct, frozen=True):
    """A place in the file, counted from 1; 0 where there is none."""

    line: int
    column: int


class Slip(Struct, frozen=True):
    """One thing that does not hold: its kind (a key of faults.toml), the values that its sentence names, and where."""

    kind: str
    values: Mapping[str, object]
    place: Spot | Node | None = None


class Misread(Exception):
    """What was written cannot be meant; `slips` tells all that was found."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__(", ".join(slip.kind for slip in slips))
        self.slips = slips


def misread(kind: str, place: Spot | Node | None = None, **values: object) -> Misread:
    return Misread(Slip(kind, values, place))


def outline(raw: bytes) -> Branch:
    """Return the file as a tree. Raises Misread for what is not text, not YAML, too large, or written twice."""
    text = _decoded(raw)
    composer = _Composer()
    try:
        root = composer.compose(_events(text))
    except yaml.YAMLError as error:
        raise Misread(*composer.slips, _syntax(error, text)) from error
    if composer.slips:
        raise Misread(*composer.slips)
    if not isinstance(root, Branch):
        raise misread("yaml.no-sections", Spot(1, 1))
    return root


def untranslated(node: Node, languages: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the line of each text that is there in some of the languages and not in all, and those it lacks."""
    if isinstance(node, Row):
        for part in node.parts:
            yield from untranslated(part, languages)
    if not isinstance(node, Branch):
        return
    keys = {key.text for key, _ in node.entries}
    if node.entries and keys <= set(languages) and all(_is_text(value) for _, value in node.entries):
        if lacks := [language for language in languages if language not in keys]:
            yield node.entries[0][0].line, lacks
        return
    for _, value in node.entries:
        yield from untranslated(value, languages)


def _is_text(node: Node) -> bool:
    return isinstance(node, Leaf) or (isinstance(node, Row) and all(isinstance(part, Leaf) for part in node.parts))


def line_of(node: Node, text: str) -> int:
    """Return the first line on which a text stands as a value; 0 where it does not."""
    if isinstance(node, Leaf):
        return node.line if node.text == text else 0
    parts = node.parts if isinstance(node, Row) else [value for _, value in node.entries]
    return next((line for part in parts if (line := line_of(part, text))), 0)


def _decoded(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise misread("file.large", Spot(0, 0), kilobytes=LARGEST // 1024)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise misread("file.encoding", Spot(before.count(b"\n") + 1, column)) from error


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _Loader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


class _Composer:
    """Makes a tree of events. Keeps on after a key that stands twice, so that all of them are told at once."""

    def __init__(self) -> None:
        self.slips: list[Slip] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._parts = 0

    def compose(self, events: Iterator[yaml.Event]) -> Node | None:
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise Misread(*self.slips, Slip("yaml.documents", {}, _spot(event)))
                root = self._node(next(events), events, 0)
        return root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        spot = _spot(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, spot)
        assert isinstance(event, yaml.NodeEvent)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self.slips.append(Slip("yaml.tag", {"text": tag}, spot))
        if depth > DEEPEST:
            raise Misread(*self.slips, Slip("yaml.deep", {}, spot))
        before = self._parts
        self._count(1, spot)
        node = self._made(event, events, depth, spot)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._parts - before)
        return node

    def _made(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int, spot: Spot) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            text = event.value.strip()
            return Leaf(spot.line, spot.column, text, empty=not event.style and text in _NOTHING)
        if isinstance(event, yaml.SequenceStartEvent):
            row = Row(spot.line, spot.column, [])
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                row.parts.append(self._node(inner, events, depth + 1))
            return row
        branch = Branch(spot.line, spot.column, [])
        seen: dict[str, int] = {}  # the line of each key
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key, value = self._node(inner, events, depth + 1), self._node(next(events), events, depth + 1)
            if not isinstance(key, Leaf):
                self.slips.append(Slip("yaml.key", {}, key))
            elif key.text in seen:
                self.slips.append(Slip("yaml.twice", {"key": key.text, "first": seen[key.text]}, key))
            else:
                seen[key.text] = key.line
                branch.entries.append((key, value))
        return branch

    def _alias(self, event: yaml.AliasEvent, spot: Spot) -> Node:
        if event.anchor not in self._anchors:
            raise Misread(*self.slips, Slip("yaml.alias", {"text": event.anchor}, spot))
        node, parts = self._anchors[event.anchor]
        self._count(parts, spot)
        return node

    def _count(self, parts: int, spot: Spot) -> None:
        self._parts += parts
        if self._parts > MOST_PARTS:
            raise Misread(*self.slips, Slip("yaml.many", {}, spot))


def _spot(event: yaml.Event) -> Spot:
    mark = event.start_mark
    return Spot(mark.line + 1, mark.column + 1) if mark else Spot(0, 0)


_PROBLEMS = {
    "mapping values are not allowed": "yaml.colon",
    "could not find expected ':'": "yaml.no-colon",
    "did not find expected key": "yaml.indent",
    "did not find expected '-' indicator": "yaml.indent",
    "did not find expected <document start>": "yaml.indent",
    "expected <block end>": "yaml.indent",
    "expected '<document start>'": "yaml.indent",
    "found unexpected end of stream": "yaml.quote",
    "expected ',' or ']'": "yaml.bracket",
    "expected node content": "yaml.nothing",
    "expected the node content": "yaml.nothing",
    "expected ',' or '}'": "yaml.bracket",
    "cannot start any token": "yaml.start",
    "unknown escape character": "yaml.escape",
}
"""What libyaml (and the parser in Python) complains of, and what people do that makes it complain."""


def _syntax(error: yaml.YAMLError, text: str) -> Slip:
    if isinstance(error, yaml.reader.ReaderError):
        position = error.position if isinstance(error.position, int) else 0
        before = text[:position]
        return Slip("yaml.character", {}, Spot(before.count("\n") + 1, len(before) - before.rfind("\n")))
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot(0, 0)
    lines = text.split("\n")
    line = lines[spot.line - 1] if 0 < spot.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Slip("yaml.tab", {}, spot)
    kind = next((kind for words, kind in _PROBLEMS.items() if words in problem), "yaml.other")
    context = getattr(error, "context_mark", None)
    if kind in ("yaml.quote", "yaml.bracket", "yaml.no-colon") and context:
        spot = Spot(context.line + 1, context.column + 1)  # where it was opened, not where the file ran out
    return Slip(kind, {"problem": problem}, spot)
