"""Mails with the words that are their sender's own: README.md says how a case is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

HERE = Path(__file__).parent
MAILBOX = "reservations@bruyere.example"


@dataclass(frozen=True)
class WordsCase:
    """One mail: its name, its headers, and its parts by name."""

    name: str
    headers: dict[str, str]
    parts: dict[str, str]

    def raw(self) -> bytes:
        """Return the mail as it arrives."""
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = f"<{self.name}@mail.example>"
        message["Date"] = "Mon, 01 Jun 2026 09:00:00 +0200"
        message["To"] = MAILBOX
        for name, value in self.headers.items():
            message[name] = value
        if "html" in self.parts:
            message.set_content(self.parts["html"], subtype="html", cte="base64")
        else:
            message.set_content(self.parts["mail"], cte="base64")
        return message.as_bytes()


def cases() -> Iterator[WordsCase]:
    """Yield the cases of all files, in order."""
    for path in sorted(HERE.glob("*.txt")):
        for text in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            head, *rest = re.split(r"^--- (\w+)\n", text, flags=re.MULTILINE)
            name, *lines = head.strip().split("\n")
            headers = dict(line.split(": ", 1) for line in lines)
            yield WordsCase(name, headers, dict(zip(rest[::2], rest[1::2], strict=True)))
