"""What was made of a file of ours, kept beside it as Python keeps its bytecode: a lexicon is read twenty times sooner.

It is known by a digest of the file's text, and is nothing but plain values; where it cannot be written, or read again,
it is made anew.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

Plain = TypeVar("Plain")


def kept(source: Path, text: str, make: Callable[[], Plain]) -> Plain:
    """Return what was made of `text`, the text of `source`: dictionaries, tuples, strings and numbers."""
    place = source.parent / "__pycache__" / f"{source.name}.{sys.implementation.cache_tag}"
    digest = sha256(text.encode("utf-8")).digest()
    with suppress(OSError, EOFError, ValueError, TypeError):
        found = place.read_bytes()
        if found[: len(digest)] == digest:
            made: Plain = marshal.loads(found[len(digest) :])  # noqa: S302 - as trusted as the bytecode beside it
            return made
    made = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            plain: Any = made
            _write(place, digest + marshal.dumps(plain))
    return made


def _write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it."""
    place.parent.mkdir(exist_ok=True)
    beside = place.with_name(f"{place.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(place)
