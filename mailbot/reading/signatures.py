"""DKIM signatures (RFC 6376) are checked here where no host of the commune's does it: dkimpy verifies, this decides
which signatures count.

Stricter than the standard: a signature must cover what a decision is taken from.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeAlias

from mailbot.reading.alignment import aligned

LookUp: TypeAlias = Callable[[str], bytes | None]
"""The TXT record at a name, its strings joined; None where there is none or nobody answers."""

MOST = 5
"""Signatures that are looked at, topmost first."""

MUST_COVER = frozenset({b"from", b"date", b"subject", b"message-id"})

_SILENT = logging.getLogger("mailbot.reading.signatures.library")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False  # the library's log quotes mails


def signed_by(raw: bytes, sender_domain: str, look_up: LookUp) -> bool:
    """Return whether a signature of the sender's domain holds and covers all that is read."""
    import dkim  # takes longer to import than most mails to read

    for number in range(MOST):
        try:
            message = dkim.DKIM(raw, logger=_SILENT)
            if number == 0 and not message.present():
                return False
            if message.verify(number, dnsfunc=_only_of(message, sender_domain, look_up)) and _covers(message):
                return True
        except Exception:  # noqa: BLE001, S112 - a stranger's octets in a library: this signature proves nothing
            continue
    return False


def _only_of(message: Any, sender_domain: str, look_up: LookUp) -> Callable[..., bytes | None]:
    """Return what looks up the key of a signature, for the sender's own domain alone."""

    def key(name: bytes, timeout: float = 0) -> bytes | None:
        domain = message.domain.decode("ascii", "replace")
        return look_up(name.decode("ascii", "replace")) if aligned(domain, sender_domain) else None

    return key


def _covers(message: Any) -> bool:
    """Return whether a signature is for the whole text (no l=) and for the headers that a decision rests on."""
    return b"l" not in message.signature_fields and set(message.include_headers) >= MUST_COVER
