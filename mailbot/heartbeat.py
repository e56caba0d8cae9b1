"""Signs of life: a file whose age anybody can look at, and systemd's watchdog (sd_notify) where it asks for one."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

EVERY = 10.0
"""Seconds between two signs."""


class Heartbeat:
    """Touches a file and tells systemd. What fails here stops nothing: a missing sign is the sign."""

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        self._file = file
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._last = float("-inf")

    def ready(self) -> None:
        self._tell("READY=1")
        self.beat()

    def beat(self) -> None:
        """Give a sign, at most one in EVERY seconds."""
        if time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        with suppress(OSError):
            self._file.touch(mode=0o600)
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, words: str) -> None:
        if not self._address:
            return
        place = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as systemd:
            systemd.connect(place)
            systemd.sendall(words.encode())
