"""Text records of the domain name system (RFC 1035): for the keys of DKIM signatures, and nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import dns.exception
import dns.resolver

log = logging.getLogger(__name__)

KEPT = 300.0
"""Seconds for which an answer, or that there is none, is not asked for again."""

MOST = 2_000
"""Names that are remembered."""


class TextRecords:
    """Looks up text records; each answer is waited for `timeout` seconds at most. One thread uses it."""

    def __init__(self, timeout: float = 5.0, *, nameservers: Sequence[str] = (), port: int = 53) -> None:
        """Without `nameservers`, those of this machine are asked."""
        self._timeout = timeout
        self._nameservers = list(nameservers)
        self._port = port
        self._resolver: dns.resolver.Resolver | None = None
        self._known: dict[str, tuple[float, bytes | None]] = {}

    def __call__(self, name: str) -> bytes | None:
        """Return the first text record at a name, its strings joined; None where there is none or nobody answers."""
        until, text = self._known.get(name, (0.0, None))
        if time.monotonic() < until:
            return text
        text = self._asked(name)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[name] = (time.monotonic() + KEPT, text)
        return text

    def _asked(self, name: str) -> bytes | None:
        try:
            if self._resolver is None:
                self._resolver = self._configured()
            answer = self._resolver.resolve(name, "TXT", lifetime=self._timeout, search=False)
            return next((b"".join(record.strings) for record in answer), None)
        except (dns.exception.DNSException, OSError, ValueError) as error:
            log.debug("no text record", extra={"error": type(error).__name__})
            return None

    def _configured(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = self._nameservers
            resolver.port = self._port
        return resolver
