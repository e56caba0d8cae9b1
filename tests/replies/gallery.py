"""Write every letter in each language to a folder, to be read as a neighbour would.

python -m tests.replies.gallery OUT/
"""

from __future__ import annotations

import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from mailbot.replies.compose import Composer
from tests.replies.examples import LANGUAGES, TEMPLATES, letters, rules


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def shown(raw: bytes) -> str:
    """Return a letter as a person sees it: subject, text, and what lies beside them."""
    message = parsed(raw)
    lines = [f"Subject: {message['Subject']}", "", text_of(raw)]
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            lines += [f"--- {part['Content-Type']}", *part.get_content().splitlines()]
    return "\n".join(lines)


def text_of(raw: bytes, kind: str = "plain") -> str:
    """Return the text of a letter, or its page (`kind` html)."""
    part = parsed(raw).get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    composer, sample = Composer(TEMPLATES), rules()
    for language in (*LANGUAGES, "both"):
        for name, example in letters("fr" if language == "both" else language, both=language == "both").items():
            letter = composer.compose(example.notice, sample, example.thread, example.now, f"{name}@bruyere.example")
            (folder / f"{language}-{name}.txt").write_text(shown(letter.raw), encoding="utf-8")
            (folder / f"{language}-{name}.html").write_text(text_of(letter.raw, "html"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
