"""How what stands in a field of rules.yaml is read, in any section."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN
from mailbot.model.rules import (
    Words,
)
from mailbot.policy import notation
from mailbot.policy.form import closest, gathered, listed, one_of, plain, text
from mailbot.policy.outline import Branch, Leaf, Misread, Node, Slip, misread
from mailbot.policy.schema.known import Known

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


def table(read: Callable[[str, Node, Known], T], known: Known) -> Callable[[Node], dict[str, T]]:
    """Make a reader of a section in which each entry has an id."""

    def read_all(node: Node) -> dict[str, T]:
        if not isinstance(node, Branch):
            raise misread("entries", node)
        slips: list[Slip] = []
        things: dict[str, T] = {}
        for key, part in node.entries:
            try:
                things[key.text] = read(key.text, part, known)
            except Misread as error:
                slips += [Slip(s.kind, {"owner": key.text, **s.values}, s.place or part) for s in error.slips]
            slips += _id_slips(key)
        if slips:
            raise Misread(*slips)
        return things

    return read_all


def _id_slips(key: Leaf) -> list[Slip]:
    if key.text in (ANY_ROOM, UNKNOWN, SAME):
        return [Slip("id.reserved", {"text": key.text}, key)]
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key.text):
        guess = re.sub(r"[^a-z0-9]+", "-", plain(key.text)).strip("-")
        return [Slip("id", {"text": key.text, "guess": guess}, key)]
    return []


def ids_of(known: tuple[str, ...], kind: str) -> Callable[[Node], tuple[str, ...]]:
    """Make a reader of names of things that stand elsewhere; `kind` is the slip where one does not."""

    def read(node: Node) -> tuple[str, ...]:
        names = listed(str)(node)
        return gathered([Leaf(node.line, node.column, name) for name in names], one_of(known, kind))

    return read


def read_weekdays(node: Node) -> frozenset[int]:
    written = ", ".join(listed(str)(node))
    try:
        return frozenset(notation.read_weekdays([written])[0])
    except Misread as error:
        raise Misread(*(Slip(slip.kind, slip.values, node) for slip in error.slips)) from error


def read_one_weekday(node: Node) -> int:
    days = read_weekdays(node)
    if len(days) != 1:
        raise misread("one-day", node, text=text(node))
    return next(iter(days))


def choice(kind: type[Choice]) -> Callable[[Node], Choice]:
    """Make a reader of one of a few words."""

    def read(node: Node) -> Choice:
        known = [choice.value for choice in kind]
        name = text(node)
        if name not in known:
            raise misread("choice", node, text=name, known=", ".join(known), guess=closest(name, known))
        return kind(name)

    return read


def at_least(least: int) -> Callable[[Node], int]:
    def read(node: Node) -> int:
        number = notation.read_whole(text(node))
        if number < least:
            raise misread("least", node, text=text(node), least=least)
        return number

    return read


def some_time(node: Node) -> timedelta:
    length = notation.read_length(text(node))
    if not length:
        raise misread("length.none", node)
    return length


def some_days(node: Node) -> int:
    days = notation.read_whole_days(text(node))
    if days < 1:
        raise misread("least", node, text=text(node), least=1)
    return days


def read_quarters(node: Node) -> timedelta:
    length = notation.read_length(text(node))
    if length % timedelta(minutes=15):
        raise misread("quarters", node, text=text(node))
    return length


def read_minutes_of_day(node: Node) -> int:
    clock = notation.read_clock(text(node))
    return clock.hour * 60 + clock.minute


def read_words(_id: str, node: Node, known: Known) -> Words:
    return known.words(node)


def read_prose(_id: str, node: Node, known: Known) -> Words:
    return known.prose(node)
