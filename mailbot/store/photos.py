"""Photos of the condition of places and things, as files in the data folder: bounded, under names that we choose."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

MOST_OCTETS = 2_000_000_000
"""Of all photos together; what would go beyond is not kept."""
_NAME = re.compile(r"[A-Za-z0-9-]{1,80}\.(?:jpg|png|webp|heic)")


class Photos:
    """A folder of photos."""

    def __init__(self, folder: Path, most_octets: int = MOST_OCTETS) -> None:
        self._folder = folder
        self._most = most_octets

    def keep(self, name: str, octets: bytes) -> bool:
        """Write a photo; return whether it is kept. Harmless when called twice. Raises ValueError for a name that is no
        file's of ours."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a photo's name: {name!r}")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = sum(file.stat().st_size for file in self._folder.iterdir())
        if kept + len(octets) > self._most:
            return False
        unfinished = self._folder / f"{name}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
        unfinished.replace(self._folder / name)
        return True

    def erase(self, names: Iterable[str]) -> None:
        """Delete these photos; harmless where they are gone."""
        for name in names:
            if _NAME.fullmatch(name):
                (self._folder / name).unlink(missing_ok=True)

    def expire(self, before: datetime) -> int:
        """Delete the photos that were kept before that; return how many."""
        return expire(self._folder, before)


def expire(folder: Path, before: datetime) -> int:
    """Delete the files of a folder that were written before that; return how many. Harmless where there is none."""
    old = [path for path in folder.glob("*") if path.is_file() and path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
