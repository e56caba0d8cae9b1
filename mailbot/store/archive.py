"""A backup as one file: the database, the photos, what a person corrected, and who was forgotten. A tar that any
program opens; of what it holds only names of ours are taken out."""

from __future__ import annotations

import os
import re
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mailbot.errors import BadSettings, MailbotError

DATABASE = "mailbot.sqlite3"
FORGOTTEN = "forgotten"
_OURS = re.compile(r"(?:photos/[A-Za-z0-9-]{1,80}\.(?:jpg|png|webp|heic)|cases/[A-Za-z0-9-]{1,80}\.json|forgotten)")


def pack(target: Path, database: Path, data_folder: Path) -> None:
    """Write a new file that nobody else can read. Raises MailbotError where it is there already, OSError."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MailbotError(f"{target} is there already: a backup never overwrites another") from None
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(database, DATABASE)
            for path in _files(data_folder):
                archive.add(path, str(path.relative_to(data_folder)))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _files(data_folder: Path) -> Iterator[Path]:
    for path in sorted(data_folder.rglob("*")):
        if path.is_file() and _OURS.fullmatch(str(path.relative_to(data_folder))):
            yield path


def taken_at(file: Path) -> datetime:
    """Return when a backup was made. Raises BadSettings where the file is none."""
    try:
        with tarfile.open(file) as archive:
            return datetime.fromtimestamp(archive.getmember(DATABASE).mtime, UTC)
    except (tarfile.TarError, KeyError, EOFError) as error:
        raise BadSettings([f"{file} is no backup of mailbot: {error}"]) from None


def take_database(file: Path, into: Path) -> None:
    """Write the database of a backup into a new file that nobody else can read. Raises BadSettings, OSError."""
    taken_at(file)
    with tarfile.open(file) as archive:
        _write(archive, archive.getmember(DATABASE), into)


def take_files(file: Path, data_folder: Path) -> int:
    """Put the photos and the cases of a backup back where they are missing; who was forgotten since stays so, and who
    was forgotten then is so again. Return how many files came back. Raises OSError."""
    back = 0
    with tarfile.open(file) as archive:
        for member in archive:
            if not member.isfile() or not _OURS.fullmatch(member.name):
                continue
            place = data_folder / member.name
            if member.name == FORGOTTEN:
                _merge(archive, member, place)
            elif not place.exists():
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(archive, member, place)
                back += 1
    return back


def _merge(archive: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    there = place.read_bytes() if place.is_file() else b""
    lines = [line for line in _read(archive, member).splitlines(keepends=True) if line not in there]
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.writelines(lines)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(_read(archive, member))
    os.utime(place, (time.time(), member.mtime))  # how old it is decides when it is erased


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    if stream is None:
        raise BadSettings([f"{member.name} in the backup is no file"])
    with stream:
        return stream.read()
