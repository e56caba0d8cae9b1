"""Who works on an installation's data: many at once, or a restore alone. The lock goes with its process, however that
ends; what other machines do to the same database it does not know."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailbot.errors import MailbotError, Temporary

LOCK = "lock"
"""A file in the data folder; what it holds means nothing."""


@contextmanager
def at_work(data_folder: Path) -> Iterator[None]:
    """Work beside others. Raises Temporary while a restore is under way."""
    with _locked(data_folder, fcntl.LOCK_SH, Temporary("a restore is under way: wait until it is done")):
        yield


@contextmanager
def alone(data_folder: Path) -> Iterator[None]:
    """Work alone. Raises MailbotError where anybody else is at work."""
    running = MailbotError("mailbot is running on this data: stop it (systemctl stop mailbot), then do this again")
    with _locked(data_folder, fcntl.LOCK_EX, running):
        yield


@contextmanager
def _locked(data_folder: Path, how: int, refused: MailbotError) -> Iterator[None]:
    descriptor = os.open(data_folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refused from None
        yield
    finally:
        os.close(descriptor)
