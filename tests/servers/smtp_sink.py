"""Postfix's smtp-sink: takes every mail and writes it to a folder; can be told to refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbot.demo.embedded import free_port
from tests.servers import HOST, binary, listens, until


class SmtpSink:
    def __init__(self, options: tuple[str, ...] = ()) -> None:
        self.program = binary("smtp-sink", "postfix")
        self.host = HOST
        self.port = free_port()
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="sink-"))
        self.folder.chmod(0o777)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        dump = ["-d", "mail."]
        command = [self.program, *user, *self.options, *dump, f"{HOST}:{self.port}", "100"]
        self._process = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.DEVNULL)
        until(lambda: listens(self.port), 10, "smtp-sink")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def mails(self) -> list[bytes]:
        """Return all complete mails that were taken, without the lines of the envelope that smtp-sink puts before."""
        found = []
        for path in self.folder.iterdir():
            raw = path.read_bytes().replace(b"\r\n", b"\n")
            envelope, _, mail = raw.partition(b"\nReceived: ")
            if mail and envelope:
                found.append(b"Received: " + mail.removesuffix(b"\n"))  # the dump ends with a line of its own
        return found

    def count(self) -> int:
        return len(os.listdir(self.folder))


@pytest.fixture
def smtp_sink() -> Iterator[Callable[..., SmtpSink]]:
    """A function that starts a sink with the options one gives it."""
    started: list[SmtpSink] = []

    def start(*options: str) -> SmtpSink:
        sink = SmtpSink(options)
        sink.start()
        started.append(sink)
        return sink

    yield start
    for sink in started:
        sink.stop()
