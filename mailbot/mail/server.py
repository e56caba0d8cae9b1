"""How a mail server is reached."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailbot.model.servers import Tls


@dataclass(frozen=True)
class Visit:
    """What a look at a server found."""

    wrong: tuple[str, ...] = ()
    """What keeps mailbot from working there, with what to do."""
    remarks: tuple[str, ...] = ()
    told: datetime | None = None
    """What time it is, as the server says it."""
    arrived: datetime | None = None
    """When the newest mail arrived, as the server says it: it is later than that."""


@dataclass(frozen=True)
class Server:
    """One server and how to sign in. `password` is a function, so that no secret stands in a value that is printed."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: Callable[[], str] = str
    timeout: float = 30.0
    """Seconds, for connecting and for each answer of the server."""
    certificates: str | None = None
    """A file of certificates to trust besides the system's (a server with a certificate of its own)."""
    token: Callable[[str], str] | None = None
    """Where OAuth 2.0 stands for the password: returns an access token, another than the one given, which was refused.
    Raises Temporary."""

    def context(self) -> ssl.SSLContext:
        """Return a context that verifies the server's certificate and name."""
        context = ssl.create_default_context()
        if self.certificates:
            context.load_verify_locations(self.certificates)
        return context
