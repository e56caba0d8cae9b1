"""What the sections of rules.yaml name of each other, and texts in the languages of the commune."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from mailbot.model.meaning import Language
from mailbot.model.rules import (
    Closure,
    Names,
    Words,
)
from mailbot.policy import notation
from mailbot.policy.form import Form, each, field_name, leaf, listed, prose, text
from mailbot.policy.outline import Branch, Leaf, Misread, Node, Slip, misread

T = TypeVar("T")
LANGUAGES = ("fr", "nl", "en")
"""Those that have a lexicon and templates."""


class Known(Struct, frozen=True):
    """What other sections name: told before they are read, so that one fault does not make others."""

    languages: tuple[Language, ...]
    holders: tuple[str, ...]
    counters: tuple[str, ...]
    sites: tuple[str, ...]
    keys: tuple[str, ...]
    features: tuple[str, ...]
    communities: tuple[str, ...]
    equipment: tuple[str, ...]
    rooms: tuple[str, ...]
    initiatives: tuple[str, ...]

    def words(self, node: Node) -> Words:
        """Read a line in each language; one alone is in the first language."""
        return self._texts(node, text)

    def prose(self, node: Node) -> Words:
        """Read a text of some lines in each language; one alone is in the first language."""
        return self._texts(node, prose)

    def _texts(self, node: Node, read: Callable[[Node], str]) -> Words:
        if isinstance(node, Leaf):
            return {self.languages[0]: read(node)}
        return _by_language(node, self.languages, read)

    def names(self, node: Node) -> Names:
        """Read all names of a thing in each language."""
        return _by_language(node, self.languages, _some_names)

    def closures(self, node: Node) -> tuple[Closure, ...]:
        return each(self.closure)(node)

    def closure(self, node: Node) -> Closure:
        if isinstance(node, Leaf):
            return Closure(leaf(notation.read_days)(node))
        form = Form(node)
        closure = Closure(
            days=form.need("days", leaf(notation.read_days)),
            reason=form.may("reason", self.words, {}),
        )
        form.close()
        return closure


def _some_names(node: Node) -> tuple[str, ...]:
    """Read the names of a thing in one language: one at least, or nobody could ask for it."""
    names = listed(str)(node)
    if not names:
        raise misread("no-name", node)
    return names


def known_in(root: Branch) -> Known:
    sections = {field_name(key.text): node for key, node in root.entries}

    def ids(section: str) -> tuple[str, ...]:
        node = sections.get(section)
        return tuple(key.text for key, _ in node.entries) if isinstance(node, Branch) else ()

    return Known(
        languages=_languages_of(sections.get("commune")),
        holders=ids("key_holders"),
        counters=ids("counters"),
        sites=ids("sites"),
        keys=ids("keys"),
        features=ids("features"),
        communities=ids("school_holidays"),
        equipment=ids("equipment"),
        rooms=ids("rooms"),
        initiatives=ids("initiatives"),
    )


def _languages_of(commune: Node | None) -> tuple[Language, ...]:
    if isinstance(commune, Branch):
        for key, node in commune.entries:
            if field_name(key.text) == "languages":
                try:
                    return read_languages(node)
                except Misread:
                    break  # told where the section is read
    return LANGUAGES


def read_languages(node: Node) -> tuple[Language, ...]:
    languages = listed(str)(node)
    for language in languages:
        if language not in LANGUAGES:
            raise misread("language", node, text=language, known=", ".join(LANGUAGES))
    return languages


def _by_language(node: Node, languages: tuple[Language, ...], read: Callable[[Node], T]) -> dict[Language, T]:
    form = Form(node)
    found = {language: form.may(language, read, None) for language in languages}
    try:
        form.close()
    except Misread as error:
        raise Misread(*(_of_the_field(slip) for slip in error.slips)) from error
    there = {language: value for language, value in found.items() if value is not None}
    if not there:
        raise misread("language.none", node)
    return there


def _of_the_field(slip: Slip) -> Slip:
    """Return the slip of a text in a language as one of the field that holds it: that has a name people know."""
    kind = {"unknown": "language.unknown", "fields": "language.fields"}.get(slip.kind, slip.kind)
    return Slip(kind, {key: value for key, value in slip.values.items() if key != "field"}, slip.place)
