"""Mails of machines and of people who could be taken for one, raw: `=== name`, then the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def mails(kind: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and raw mail of a file ("machines" or "people"), in order, with CRLF line ends."""
    text = (HERE / f"{kind}.txt").read_text("utf-8")
    for mail in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, raw = mail.partition("\n")
        yield name, raw.replace("\n", "\r\n").encode()
