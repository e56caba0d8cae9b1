"""How servers are reached."""

from __future__ import annotations

from enum import StrEnum


class Tls(StrEnum):
    """How a connection is encrypted: from its first byte, by STARTTLS before anything is said, or not at all (for a
    server on this machine)."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Provider(StrEnum):
    """Who signs us in by OAuth 2.0, instead of a password."""

    MICROSOFT = "microsoft"
    GOOGLE = "google"


class Proving(StrEnum):
    """How an installation knows who wrote a mail."""

    HOST = "host"
    """Its own mail server checks, and writes Authentication-Results under a name of its own."""
    EXCHANGE_ONLINE = "exchange-online"
    """Microsoft 365 checks, and writes them without a name."""
    DKIM = "dkim"
    """mailbot verifies signatures itself."""
    CHALLENGE = "challenge"
    """Nobody checks: only an answer to a challenge is a proof."""
