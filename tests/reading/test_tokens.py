"""Text becomes tokens that fold what people type in many ways, and hides what only looks like numbers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailbot.reading.tokens import Kind, fold, tokenize, wrapped_lines


def norms(text: str) -> list[str]:
    return [token.norm for token in tokenize(text)]


@pytest.mark.parametrize("text", ["Samedi", "SAMEDI", "samedi", "sa\u00admedi", "same\u200bdi"])
def test_case_and_invisible_signs_do_not_matter(text: str) -> None:
    assert norms(text) == ["samedi"]


def test_accents_dashes_and_apostrophes_are_folded() -> None:
    assert norms("l’après–midi d'août") == ["l'", "apres", "-", "midi", "d'", "aout"]
    assert fold("Cœur à l’ouvrage…") == "coeur a l'ouvrage."


def test_numbers_and_marks_stand_apart_and_know_what_they_are_glued_to() -> None:
    tokens = tokenize("14h30 - 18 u")
    assert [(token.norm, token.kind, token.glued) for token in tokens] == [
        ("14", Kind.NUMBER, False),
        ("h", Kind.WORD, True),
        ("30", Kind.NUMBER, True),
        ("-", Kind.MARK, False),
        ("18", Kind.NUMBER, False),
        ("u", Kind.WORD, False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0400 12 34 56",
        "0400/12.34.56",
        "0400/123456",
        "02 513 14 00",
        "02/513.14.00",
        "+32 400 65 43 21",
        "+32 (0)2 513 14 00",
        "0032 2 513 14 00",
        "BE68 5390 0754 7034",
        "BE68539007547034",
        "0412.345.678",
        "R-7K3F2",
        "12 €",
        "€ 12,50",
        "250.000 €",
        "5 euros",
        "12,- €",
        "100 %",
        "jo@quarter.example",
        "https://example.example/2026/06/14",
        "www.example.example/12",
        "12345678901",
    ],
)
def test_what_only_looks_like_numbers_is_opaque(text: str) -> None:
    assert [token.kind for token in tokenize(text)] == [Kind.OPAQUE]


@pytest.mark.parametrize(
    "text", ["14/06/2026", "14.30", "06/06 14:00", "2026", "3, 10 et 17", "14-06-2026", "19:00-21:00"]
)
def test_dates_and_hours_are_not_hidden(text: str) -> None:
    assert Kind.OPAQUE not in {token.kind for token in tokenize(text)}


def test_the_end_of_a_line_and_of_a_paragraph() -> None:
    assert norms("un\r\ndeux\r\n \r\ntrois") == ["un", "\n", "deux", "\n\n", "trois"]


@given(st.text())
@example("\u0301")  # an accent alone
def test_tokens_cover_all_signs_but_spaces_in_order(text: str) -> None:
    tokens = tokenize(text)
    assert all(token.norm for token in tokens)
    assert all(token.text == text[token.start : token.end] for token in tokens)
    ends = [0, *(token.end for token in tokens)]
    gaps = [text[end : token.start] for end, token in zip(ends, tokens, strict=False)]
    assert all(not gap.strip() for gap in [*gaps, text[ends[-1] :]])


BROKEN = "On s'est arrêté sur le samedi 13 juin, après bien des essais, à la maison de"


def wrapped(text: str) -> int:
    return len(wrapped_lines(tokenize(text)))


def test_a_sentence_that_goes_on_below_was_broken_there() -> None:
    page = f"Bonjour,\nC'est encore moi, et j'ai une grande nouvelle.\n{BROKEN}\nquartier.\n{'Merci ' * 20}"
    assert wrapped(page) == 1


def test_who_writes_no_capitals_ends_lines_where_he_means_it() -> None:
    assert wrapped(f"bonjour,\n{BROKEN.lower()}\nquartier.\n{'merci ' * 20}") == 0
