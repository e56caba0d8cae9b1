"""Numbers as people write them, in words and in digits."""

from __future__ import annotations

import pytest

from mailbot.reading.lexicon import load_all
from mailbot.reading.numbers import LAST, Number, numbers
from mailbot.reading.tokens import tokenize


def said(language: str, text: str) -> list[Number]:
    return list(numbers(tokenize(text), [load_all()[language]]))


SAID = {
    "fr": {
        2: "deux | 2",
        12: "douze | une douzaine",
        15: "quinze | une quinzaine",
        17: "dix-sept",
        20: "vingt | une vingtaine | une petite vingtaine",
        21: "vingt et un | vingt-et-un | vingt-et-une",
        25: "vingt-cinq",
        6: "six | une demi-douzaine",
        24: "deux douzaines | vingt-quatre",
        50: "une cinquantaine | cinquante",
        70: "septante | soixante-dix",
        71: "soixante et onze | septante et un",
        77: "soixante-dix-sept | septante-sept",
        80: "quatre-vingts | huitante | octante",
        81: "quatre-vingt-un",
        90: "nonante | quatre-vingt-dix",
        99: "quatre-vingt-dix-neuf | nonante-neuf",
        100: "cent | une centaine",
        150: "cent cinquante",
        200: "deux cents",
        247: "deux cent quarante-sept",
        1200: "mille deux cents",
        2000: "deux mille",
    },
    "nl": {
        2: "twee | 2",
        6: "zes | een half dozijn | half dozijn",
        12: "twaalf | een dozijn",
        20: "twintig | een twintigtal | 20-tal | een 20-tal",
        22: "tweeëntwintig | tweeentwintig",
        25: "vijfentwintig",
        33: "drieëndertig",
        50: "vijftig | een vijftigtal | 50-tal",
        99: "negenennegentig",
        100: "honderd | een honderdtal",
        101: "honderd en één | honderdeneen",
        125: "honderdvijfentwintig",
        150: "honderdvijftig",
        200: "tweehonderd",
        250: "tweehonderdvijftig",
        5: "vijf | vijven",
        1000: "duizend",
    },
    "en": {
        2: "two | 2",
        6: "six | half a dozen",
        12: "twelve | a dozen",
        13: "thirteen",
        20: "twenty",
        18: "eighteen | a dozen and a half",
        24: "two dozen | twenty-four | 2 dozen | a couple of dozen | couple dozen",
        25: "twenty-five | twenty five",
        40: "forty",
        65: "sixty-five",
        90: "ninety | four score and ten | 4 score & ten",
        100: "a hundred | hundred | one hundred",
        120: "a hundred and twenty | one hundred and twenty",
        300: "three hundred",
        1000: "a thousand",
    },
}


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        (language, value, text)
        for language, values in SAID.items()
        for value, texts in values.items()
        for text in texts.split(" | ")
    ],
)
def test_a_number_is_read_in_words_and_digits(language: str, value: int, text: str) -> None:
    assert [number.value for number in said(language, text) if not number.article] == [value]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("fr", "1er", 1),
        ("fr", "2e", 2),
        ("fr", "3ème", 3),
        ("fr", "deuxième", 2),
        ("fr", "premières", 1),
        ("fr", "dernier", LAST),
        ("nl", "1ste", 1),
        ("nl", "3de", 3),
        ("nl", "derde", 3),
        ("nl", "laatste", LAST),
        ("en", "1st", 1),
        ("en", "22nd", 22),
        ("en", "third", 3),
        ("en", "last", LAST),
        ("en", "twelfth", 12),
        ("nl", "twaalfde", 12),
    ],
)
def test_a_rank_is_told_from_a_quantity(language: str, text: str, value: int) -> None:
    [number] = said(language, text)
    assert (number.value, number.ordinal) == (value, True)


@pytest.mark.parametrize(("language", "text"), [("fr", "une"), ("fr", "un"), ("nl", "een")])
def test_an_article_may_be_no_number(language: str, text: str) -> None:
    assert [number.article for number in said(language, text)] == [True]


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "une vingtaine"), ("nl", "een twintigtal"), ("nl", "50-tal"), ("en", "a dozen")]
)
def test_a_round_figure_says_so(language: str, text: str) -> None:
    assert [number.about for number in said(language, text)] == [True]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("fr", "2 douzaines de chaises", 24),
        ("fr", "1 douzaine et demie de tables", 18),
        ("nl", "anderhalf dozijn tafels", 18),
        ("nl", "een dozijn en een half", 18),
    ],
)
def test_groups_are_multiplied_and_halved(language: str, text: str, value: int) -> None:
    assert [number.value for number in said(language, text)] == [value]


def test_units_are_added_to_scores_alone() -> None:
    assert [number.value for number in said("en", "two dozen and ten")] == [24, 10]


def test_numbers_in_a_row_stay_apart() -> None:
    assert [number.value for number in said("fr", "trois tables, deux bancs et 40 chaises")] == [3, 2, 40]
    assert [number.value for number in said("en", "two, three or 4")] == [2, 3, 4]
