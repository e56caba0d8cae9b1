"""Days and hours: the phrases of tests/corpus/moments, what they mean, and what must mean nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.spans import Days
from mailbot.reading.lexicon import Lexicon, load_all
from mailbot.reading.moments import Clock, Moments, When, combine, find, loan
from tests.corpus.commune import catalogue

SENT = datetime(2026, 6, 2, 9, 30)  # noqa: DTZ001 (local, as `find` takes it), a Tuesday
LANGUAGES = ("fr", "nl", "en")
COMMUNE = catalogue()
PHRASES = Path(__file__).parent.parent / "corpus" / "moments"
Group = dict[str, Any]


def lexicons(language: str) -> list[Lexicon]:
    """The lexicon of the language first, then the others, as a mail of Brussels is read."""
    every = load_all()
    return [every[language], *(lexicon for code, lexicon in every.items() if code != language)]


@cache
def corpus(language: str) -> dict[str, Any]:
    return tomllib.loads((PHRASES / f"{language}.toml").read_text("utf-8"))


def said(phrase: str, language: str) -> Moments:
    return find(phrase, lexicons(language), SENT, COMMUNE)


def cases() -> Iterator[Any]:
    for language in LANGUAGES:
        for group in corpus(language)["means"]:
            for phrase in group["phrases"]:
                yield pytest.param(language, phrase, group, id=f"{language}: {phrase}")


def nothings() -> Iterator[Any]:
    for language in LANGUAGES:
        for phrase in corpus(language)["nothing"]:
            yield pytest.param(language, phrase, id=f"{language}: {phrase}")


def span_text(span: Days) -> str:
    return f"{span.first}" if span.first == span.last else f"{span.first}/{span.last}"


def clock_text(clock: Clock) -> str:
    if clock.start is None and clock.end is None:
        return f"{clock.length} min" if clock.length is not None else clock.part or ""
    ends = ("" if end is None else f"{end // 60:02}:{end % 60:02}" for end in (clock.start, clock.end))
    return "-".join(ends)


def days_of(whens: tuple[When, ...]) -> list[str]:
    return sorted({span_text(span) for when in whens for span in when.days})


def hours_of(whens: tuple[When, ...]) -> list[str]:
    return sorted({clock_text(clock) for when in whens for clock in when.clocks})


def choices_of(whens: tuple[When, ...], *, either: bool) -> list[list[str]]:
    return [
        [span_text(span) for span in rival.days]
        for when in whens
        for rival in when.rivals
        if rival.either is either and rival.days != when.days
    ]


@pytest.mark.parametrize(("language", "phrase", "group"), [*cases()])
def test_a_phrase_means_its_days_and_hours(language: str, phrase: str, group: Group) -> None:
    moments = said(phrase, language)
    if "loan" in group:
        assert [span_text(span) for span in loan(moments.whens)] == group["loan"]
        return
    whens = combine(moments.whens)
    assert days_of(whens) == sorted(group.get("days", []))
    assert hours_of(whens) == sorted(group.get("hours", []))
    assert sorted({str(lack) for when in whens for lack in when.lacks}) == group.get("lacks", [])
    assert choices_of(whens, either=True) == group.get("either", [])
    assert choices_of(whens, either=False) == ([group["or"]] if "or" in group else [])


@pytest.mark.parametrize(("language", "phrase"), [*nothings()])
def test_words_that_are_no_time_mean_nothing(language: str, phrase: str) -> None:
    whens = combine(said(phrase, language).whens)
    assert [when.words for when in whens if when.days or any(c.start is not None for c in when.clocks)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_of_each_language_is_broad(language: str) -> None:
    phrases = [phrase for group in corpus(language)["means"] for phrase in group["phrases"]]
    assert len(phrases) + len(corpus(language)["nothing"]) >= 250
    assert len(set(phrases)) == len(phrases)
