"""How servers are reached."""

from __future__ import annotations

from enum import StrEnum


class Tls(StrEnum):
    """How a connection is encrypted: from its first byte, by STARTTLS before anything is said, or not at all (for a
    server on this machine)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
