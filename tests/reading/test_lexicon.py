"""The lexicons hold the same tables and keys, and a language is nothing but its lexicon."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailbot.reading.atoms import MARKS
from mailbot.reading.lexicon import Lexicon, Phrases, from_toml, load_all
from mailbot.reading.moments import combine, find
from mailbot.reading.tokens import tokenize
from tests.corpus.commune import catalogue

OPEN_TABLES = {"number.groups"}
"""Tables whose keys are values, and a language has those it has: French has "une huitaine"."""


def keys(lexicon: Lexicon) -> set[tuple[str, str]]:
    return {(table, key) for table, values in lexicon.tables.items() if table not in OPEN_TABLES for key in values}


def time_tables(lexicon: Lexicon) -> set[tuple[str, str]]:
    """The tables that the grammar of time reads, with their keys."""
    return {(table, key) for table, key in keys(lexicon) if table.partition(".")[0] in TIME_TABLES}


TIME_TABLES = {
    "number", "weekdays", "months", "parts", "relative", "edges", "seasons", "units", "repeats", "feasts",
    "school-holidays", "clock", "lengths", "marks", "never", "typing",
}  # fmt: skip


@pytest.mark.parametrize("code", [code for code in load_all() if code != "fr"])
def test_every_lexicon_has_the_same_tables_and_keys(code: str) -> None:
    assert time_tables(load_all()[code]) == time_tables(load_all()["fr"])


@pytest.mark.parametrize("code", list(load_all()))
def test_the_marks_of_a_lexicon_are_those_of_the_grammar(code: str) -> None:
    assert set(load_all()[code].table("marks")) == set(MARKS)


@pytest.mark.parametrize("code", list(load_all()))
def test_every_weekday_and_month_has_a_name(code: str) -> None:
    lexicon = load_all()[code]
    assert all(lexicon.table("weekdays.full").values())
    named = [
        lexicon.table("months.full")[str(month)] + lexicon.table("months.short")[str(month)] for month in range(1, 13)
    ]
    assert all(named)


def test_the_longest_phrase_is_found_over_hyphens_and_a_wrapped_line() -> None:
    phrases = Phrases({"half-day": ["après-midi"], "day": ["après"]})
    for text in ("après-midi", "apres midi", "APRÈS\nMIDI"):
        tokens = tokenize(text)
        assert phrases.match(tokens, 0) == (("half-day",), len(tokens))
    assert phrases.match(tokenize("après minuit"), 0) == (("day",), 1)
    assert phrases.match(tokenize("minuit"), 0) is None


def test_a_table_that_is_no_list_of_phrases_is_refused() -> None:
    with pytest.raises(ValueError, match="a list of phrases is expected"):
        from_toml("xx", "[marks]\nfrom = 7\n")


def toy(words: dict[tuple[str, str], list[str]]) -> Lexicon:
    """A lexicon of an invented language: all tables and keys of the others, empty but for these words."""
    tables: dict[str, dict[str, tuple[str, ...]]] = {}
    for table, key in keys(load_all()["fr"]):
        tables.setdefault(table, {})[key] = tuple(words.get((table, key), ()))
    tables["number.groups"] = {}
    return Lexicon("zz", tables)


TOY = toy(
    {
        ("weekdays.full", "saturday"): ["zorgel"],
        ("weekdays.plural", "saturday"): ["zorgelin"],
        ("months.full", "6"): ["blim"],
        ("months.full", "9"): ["krat"],
        ("number.units", "2"): ["bo"],
        ("number.units", "4"): ["fi"],
        ("clock.hour", "mark"): ["tik"],
        ("clock.before", "-30"): ["ula"],
        ("parts.bare", "evening"): ["nok"],
        ("parts.alone", "evening"): ["im nok"],
        ("units", "week"): ["sev"],
        ("marks", "from"): ["un"],
        ("marks", "to"): ["ta"],
        ("marks", "every"): ["ogni"],
        ("marks", "in"): ["im"],
        ("marks", "except"): ["nur"],
        ("marks", "and"): ["ka"],
        ("marks", "or"): ["vel"],
        ("marks", "for"): ["dur"],
        ("units", "hour"): ["tik"],
        ("marks", "next"): ["prok"],
        ("marks", "ahead"): ["post"],
    }
)


@pytest.mark.parametrize(
    ("phrase", "days", "hours"),
    [
        ("zorgel", ["2026-06-06"], []),
        ("zorgel 13 blim un 14 ta 18 tik", ["2026-06-13"], [(840, 1080)]),
        ("13 ka 20 blim", ["2026-06-13", "2026-06-20"], []),
        ("ogni zorgel im krat nur 12 krat", ["2026-09-05", "2026-09-19", "2026-09-26"], []),
        ("zorgel 13 blim ula fi im nok", ["2026-06-13"], [(930, None)]),
        ("post bo sev", ["2026-06-16"], []),
        ("13 blim 14 tik dur 2 tik", ["2026-06-13"], [(840, 960)]),
    ],
)
def test_a_new_language_is_a_lexicon_and_no_code(
    phrase: str, days: list[str], hours: list[tuple[int, int | None]]
) -> None:
    moments = find(phrase, [TOY], datetime(2026, 6, 2, 9, 30), catalogue())  # noqa: DTZ001
    whens = combine(moments.whens)
    assert [str(span.first) for when in whens for span in when.days] == days
    assert [(clock.start, clock.end) for when in whens for clock in when.clocks] == hours


def test_each_mark_of_time_has_a_bit_of_its_own() -> None:
    assert len(set(MARKS.values())) == len(MARKS)
