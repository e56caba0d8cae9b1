"""Letters as they leave: what a mail program makes of the bytes, and what a neighbour reads."""

from __future__ import annotations

import pytest

from mailbot.replies.compose import Composer
from tests.replies.examples import LANGUAGES, TEMPLATES, letters, rules
from tests.replies.gallery import parsed, text_of

COMPOSER = Composer(TEMPLATES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", list(letters("fr")))
def test_every_letter_is_plain_ascii_on_the_wire_and_says_the_same_twice(language: str, name: str) -> None:
    example = letters(language)[name]
    letter = COMPOSER.compose(example.notice, rules(), example.thread, example.now, f"{name}@bruyere.example")
    assert letter.raw.isascii()
    assert max(len(line) for line in letter.raw.split(b"\r\n")) <= 78
    message = parsed(letter.raw)
    assert not message.defects
    assert text_of(letter.raw).replace("\r\n", "\n") == letter.text
    assert message["Content-Language"] == language
