"""The list on paper: a page that fits one A4, with a box for each line."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from mailbot.replies.compose import SMALLEST, points_for
from tests.replies.examples import CLOSED, COMING, DIGEST, GOING, JOSIANE, LANGUAGES, rules
from tests.replies.gallery import COMPOSER, enclosed, written
from tests.replies.test_compose import NOW


class Page(HTMLParser):
    """What is on a page: how often each class, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.classes: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.classes += [value for name, value in attrs if name == "class" and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_has_a_box_and_a_place_for_a_remark(language: str) -> None:
    page = Page(COMPOSER.sheet(DIGEST, rules(), language, NOW, JOSIANE.address))
    lines = len(DIGEST.late) + len(DIGEST.lines)
    assert page.classes.count("box") == lines
    assert page.classes.count("remark") == lines + 3, "and one in each heading"
    text = " ".join(page.words)
    assert "Karim Benali, 0400 11 22 33 (R-9H2TD)." in text
    assert [word for word in page.words if word.isdigit()] == ["1", "2", "3", "4"]


def test_what_people_wrote_is_no_markup() -> None:
    wicked = replace(GOING, asker=replace(GOING.asker, name="<script>alert(1)</script>"))
    html = COMPOSER.sheet(replace(DIGEST, lines=(wicked,)), rules(), "fr", NOW, JOSIANE.address)
    assert "<script" not in html


def test_a_long_list_is_printed_smaller() -> None:
    assert [points_for(lines) for lines in (0, 4, 8)] == [11.0, 11.0, 11.0]
    assert SMALLEST <= points_for(40) < points_for(20) < 11.0
    page = COMPOSER.sheet(replace(DIGEST, lines=(COMING,) * 20), rules(), "fr", NOW, JOSIANE.address)
    assert f"font: {points_for(21)}pt" in page


def test_it_says_what_is_closed() -> None:
    html = COMPOSER.sheet(replace(DIGEST, blocked=CLOSED[:1]), rules(), "fr", NOW, JOSIANE.address)
    assert "<b>FERMÉ</b> salle polyvalente : fermé du lundi 15 au mardi 16 juin (peinture)" in html


def test_it_goes_with_the_list_where_there_is_something_to_do() -> None:
    letters = written("fr")
    assert list(enclosed(letters["digest"].raw)) == ["text/html, attachment"]
    assert list(enclosed(letters["digest-empty"].raw)) == []
