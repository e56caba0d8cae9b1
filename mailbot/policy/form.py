"""Reading a tree by what its parts are called: each field is asked for by name, and what nobody asked for is a slip.

Whatever does not hold is kept, and reading goes on: `close` raises all of it at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from mailbot.policy.outline import Branch, Leaf, Misread, Node, Row, Slip, Spot, misread

T = TypeVar("T")
U = TypeVar("U")
LONGEST_TEXT = 4000
"""Characters: more than a screen of a letter, and little enough for any pattern."""
_SPACE = re.compile(r"[ \t\r\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Form:
    """The fields of one thing. `owner` is what messages call it: an id, or the name of a section; nothing where it
    belongs to a field of another form, whose owner it then has."""

    def __init__(self, node: Node, owner: str = "") -> None:
        self._owner: dict[str, object] = {"owner": owner} if owner else {}
        self._slips: list[Slip] = []
        self._asked: list[str] = []
        self._place = Spot(node.line, node.column)
        self._entries: dict[str, tuple[Leaf, Node]] = {}
        self._whole = isinstance(node, Branch)
        if isinstance(node, Branch):
            self._entries = {field_name(key.text): (key, value) for key, value in node.entries}
        else:
            self._slips.append(Slip("fields", self._owner, node))

    def may(self, name: str, read: Callable[[Node], T], otherwise: U) -> T | U:
        """Return the field, or `otherwise` where it is not there or left empty."""
        self._asked.append(name)
        key, value = self._entries.get(name, (None, None))
        if key is None or value is None or (isinstance(value, Leaf) and value.empty):
            return otherwise
        try:
            return read(value)
        except Misread as error:
            self._keep(error, value, name)
            return otherwise

    def need(self, name: str, read: Callable[[Node], T]) -> T:
        """Return the field. Where it is missing or does not hold, that is a slip, and nothing of use is returned."""
        if self._whole and name not in self._entries:
            self._slips.append(Slip("missing", self._owner | {"field": name}, self._place))
        elif name in self._entries:
            key, value = self._entries[name]
            if isinstance(value, Leaf) and value.empty:
                self._slips.append(Slip("empty", self._owner | {"field": name}, key))
        return self.may(name, read, cast(T, None))

    def say(self, kind: str, name: str, **values: object) -> None:
        """Keep a slip about a field that was read well but does not fit."""
        place = self._entries[name][1] if name in self._entries else self._place
        self._slips.append(Slip(kind, {**self._owner, "field": name, **values}, place))

    def keep(self, kind: str, place: Node, **values: object) -> None:
        """Keep a slip that stands at `place`."""
        self._slips.append(Slip(kind, values, place))

    def close(self) -> None:
        """Raise Misread where anything did not hold."""
        for name, (key, _) in self._entries.items():
            if name not in self._asked:
                guess = closest(name, [asked for asked in self._asked if asked not in self._entries] or self._asked)
                guess = guess.replace("_", "-") if "-" in key.text else guess
                self._slips.append(Slip("unknown", self._owner | {"key": key.text, "guess": guess}, key))
        if self._slips:
            raise Misread(*self._slips)

    def _keep(self, error: Misread, value: Node, name: str) -> None:
        for slip in error.slips:
            values = {**self._owner, "field": name, **slip.values}
            self._slips.append(Slip(slip.kind, values, slip.place or value))


def field_name(key: str) -> str:
    """Return the name of the field that was meant: `key holders`, `Key-Holders` and `key_holders` are one."""
    return key.lower().replace("-", "_").replace(" ", "_")


def closest(word: str, known: Iterable[str]) -> str:
    """Return what of `known` was probably meant, or nothing."""
    from rapidfuzz import fuzz, process, utils  # takes longer to import than the rules to read; only faults need it

    found = process.extractOne(word, list(known), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=75)
    return found[0] if found else ""


# --- readers of nodes, made of readers of text


def text(node: Node) -> str:
    """Read a text on one line, as names and subjects are: a line break becomes a space."""
    return _SPACE.sub(" ", prose(node))


def prose(node: Node) -> str:
    """Read a text in which line breaks stand as they were written."""
    if not isinstance(node, Leaf):
        raise misread("text", node)
    if node.empty or not node.text:
        raise misread("text.empty", node)
    if len(node.text) > LONGEST_TEXT:
        raise misread("text.long", node, longest=LONGEST_TEXT)
    if _CONTROL.search(node.text):
        raise misread("text.control", node)
    return node.text


def leaf(read: Callable[[str], T]) -> Callable[[Node], T]:
    """Make a reader of nodes of a reader of text."""
    return lambda node: read(text(node))


def each(read: Callable[[Node], T]) -> Callable[[Node], tuple[T, ...]]:
    """Make a reader of a row of things; one thing alone needs no dash."""

    def read_all(node: Node) -> tuple[T, ...]:
        return gathered(node.parts if isinstance(node, Row) else [node], read)

    return read_all


def listed(read: Callable[[str], T]) -> Callable[[Node], tuple[T, ...]]:
    """Make a reader of several texts: a row of them, or one line with commas."""

    def read_all(node: Node) -> tuple[T, ...]:
        if isinstance(node, Row):
            return gathered(node.parts, leaf(read))
        pieces = [piece.strip() for piece in text(node).split(",")]
        return gathered([Leaf(node.line, node.column, piece) for piece in pieces if piece], leaf(read))

    return read_all


def gathered(parts: Iterable[Node], read: Callable[[Node], T]) -> tuple[T, ...]:
    """Return each part read. Raises Misread with the slips of all of them."""
    values: list[T] = []
    slips: list[Slip] = []
    for part in parts:
        try:
            values.append(read(part))
        except Misread as error:
            slips += [Slip(slip.kind, slip.values, slip.place or part) for slip in error.slips]
    if slips:
        raise Misread(*slips)
    return tuple(values)


def one_of(known: Iterable[str], kind: str) -> Callable[[Node], str]:
    """Make a reader of the name of something that stands elsewhere; `kind` is the slip where it does not."""
    names = tuple(known)

    def read(node: Node) -> str:
        name = text(node)
        if name not in names:
            raise misread(kind, node, text=name, guess=closest(name, names))
        return name

    return read


def plain(name: str) -> str:
    """Return a name as mails may write it: lower case, no accents."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
