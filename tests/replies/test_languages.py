"""A language is data: every language says everything, with the same things to fill in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from mailbot.model.meaning import Intent, Lack
from mailbot.model.notices import Content
from mailbot.model.reservation import State
from mailbot.replies.compose import Composer
from tests.replies.examples import LANGUAGES, TEMPLATES, contents

FREE = {"things.plurals", "things.plural", "unbroken", "name", "below"}
"""What each language fills as it needs."""

PATTERNS = re.compile(r"\{(\w*)\}")


def forms(tables: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return every text by its path, with what it must be filled with."""
    found: dict[str, Any] = {}
    for key, value in tables.items():
        here = f"{path}.{key}".strip(".")
        if here in FREE:
            continue
        if isinstance(value, dict):
            found |= forms(value, here)
        else:
            found[here] = len(value) if isinstance(value, list) else frozenset(PATTERNS.findall(value))
    return found


def words(language: str) -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / language / "words.toml").read_text(encoding="utf-8"))


def test_the_languages_are_the_folders_that_have_words() -> None:
    assert set(Composer(TEMPLATES).languages) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_to_fill_in(language: str) -> None:
    ours, french = forms(words(language)), forms(words("fr"))
    assert ours.keys() == french.keys()
    spoken_alike = ("hours", "dates")  # who says the hour twice, or am and pm, differs by language
    differ = {key for key in ours if ours[key] != french[key] and not key.startswith(spoken_alike)}
    assert not differ


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_templates(language: str) -> None:
    ours, french = ({path.name for path in (TEMPLATES / each).iterdir()} for each in (language, "fr"))
    assert ours == french


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_notice_has_its_letter_and_its_example(language: str) -> None:
    kinds = {kind.template for kind in get_args(Content)}
    assert kinds <= {path.stem for path in (TEMPLATES / language).glob("*.txt")}
    assert kinds == {content.template for content in contents(language).values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_intents_and_lacks_all_have_words(language: str) -> None:
    tables = words(language)
    assert {state.value for state in State} | {"reserved"} == set(tables["states"])
    assert {intent.value for intent in Intent} <= set(tables["intents"])
    assert {lack.value for lack in Lack} <= set(tables["questions"])
