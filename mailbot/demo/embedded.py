"""A mail server on loopback for the demo and for tests: IMAP by pymap in a process of its own, SMTP by aiosmtpd."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from aiosmtpd.controller import Controller
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

HOST = "127.0.0.1"
START_SECONDS = 20.0


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class EmbeddedImap:
    """One mailbox, empty at each start, with IDLE. UIDVALIDITY is new at each start."""

    def __init__(self) -> None:
        self.host = HOST
        self.port = free_port()
        self.user = "mailbot"
        self.password = secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None
        self._delivery: Any = None
        """A client that stays signed in: the server takes a quarter of a second to look at a password."""

    def __enter__(self) -> EmbeddedImap:
        options = ["--host", HOST, "--port", str(self.port), "--no-tls"]
        account = ["--demo-user", self.user, "--demo-password", self.password]
        command = [sys.executable, "-c", "from pymap.main import main; main()", *options, "dict", *account]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self._delivery = self.client()
                return self
            except (OSError, IMAPClientError):
                if time.monotonic() > until or self._process.poll() is not None:
                    self.__exit__(None, None, None)
                    raise
                time.sleep(0.05)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._delivery is not None:
            with suppress(OSError, IMAPClientError):
                self._delivery.shutdown()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def client(self) -> Any:
        """Return a signed-in client; whoever asked logs out."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=10)
        client.login(self.user, self.password)
        return client

    def put(self, raw: bytes, arrived: datetime | None = None) -> None:
        """Deliver one mail, as if it had arrived then. The server may have let the connection go meanwhile."""
        try:
            self._delivery.append("INBOX", raw, msg_time=arrived)
        except (OSError, IMAPClientError):
            self._delivery = self.client()
            self._delivery.append("INBOX", raw, msg_time=arrived)


@dataclass
class Arrived:
    """One mail that the embedded SMTP server took."""

    sender: str
    recipients: list[str]
    raw: bytes


@dataclass
class EmbeddedSmtp:
    """Takes every mail and keeps it in memory."""

    arrived: list[Arrived] = field(default_factory=list)
    host: str = HOST
    _news: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Controller(self, hostname=HOST, port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        with self._news:
            self.arrived.append(Arrived(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
            self._news.notify_all()
        return "250 OK"

    def wait_until(self, enough: Callable[[list[Arrived]], bool], seconds: float) -> bool:
        """Wait until what arrived is enough, `seconds` at most; return whether it is."""
        with self._news:
            return self._news.wait_for(lambda: enough(self.arrived), timeout=seconds)

    def __enter__(self) -> EmbeddedSmtp:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class Host(Protocol):
    """A server on loopback that speaks in the clear."""

    host: str
    port: int


def environment(imap: Host, user: str, password: str, smtp: Host, folder: Path) -> dict[str, str]:
    """Return the environment of a mailbot on these servers that keeps its data in `folder`. Nothing else of this
    machine's settings counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
    return kept | {
        "MAILBOT_IMAP_HOST": imap.host,
        "MAILBOT_IMAP_PORT": str(imap.port),
        "MAILBOT_IMAP_TLS": "none",
        "MAILBOT_IMAP_USER": user,
        "MAILBOT_IMAP_PASSWORD": password,
        "MAILBOT_SMTP_HOST": smtp.host,
        "MAILBOT_SMTP_PORT": str(smtp.port),
        "MAILBOT_SMTP_TLS": "none",
        "MAILBOT_DATA_FOLDER": str(folder),
    }
