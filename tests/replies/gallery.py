"""Every letter in each language, to be read as a neighbour would.

    python -m tests.replies.gallery OUT/

writes a file a language, and a page a letter to open in a browser.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from mailbot.model.outbox import Outgoing
from mailbot.replies.compose import Composer
from tests.replies.examples import LANGUAGES, TEMPLATES, letters, rules

COMPOSER = Composer(TEMPLATES)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(raw: bytes, kind: str = "plain") -> str:
    """Return the text of a letter, or its page (`kind` html)."""
    part = parsed(raw).get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def enclosed(raw: bytes) -> Iterator[str]:
    """Yield what lies beside the text and the page, a line each."""
    for part in parsed(raw).walk():
        if part.get_content_type() == "text/calendar":
            yield f"text/calendar, {part.get_param('method')}, {part.get_content_disposition() or 'an alternative'}"
        elif part.get_content_disposition() == "attachment":
            yield f"{part.get_content_type()}, attachment"


def shown(letter: Outgoing) -> str:
    """Return a letter as a person sees it: subject, text, and what lies beside them."""
    beside = "".join(f"[{line}]\n" for line in enclosed(letter.raw))
    return f"Subject: {parsed(letter.raw)['Subject']}\n\n{text_of(letter.raw)}{beside}"


def written(language: str) -> dict[str, Outgoing]:
    """Return every letter in a language ("both": in French and Dutch at once), by name."""
    examples = letters("fr", both=True) if language == "both" else letters(language)
    return {
        name: COMPOSER.compose(example.notice, rules(), example.thread, example.now, f"{name}@bruyere.example")
        for name, example in examples.items()
    }


def book(language: str) -> str:
    """Return all letters of a language, one after the other."""
    return "\n".join(f"===== {name} =====\n{shown(letter)}" for name, letter in written(language).items())


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for language in (*LANGUAGES, "both"):
        (folder / f"{language}.txt").write_text(book(language), encoding="utf-8")
        for name, letter in written(language).items():
            (folder / f"{language}-{name}.html").write_text(text_of(letter.raw, "html"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
