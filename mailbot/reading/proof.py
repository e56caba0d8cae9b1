"""Whether the address in From may be believed: the ways to find out, each for one kind of mail host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from mailbot.errors import Unreadable
from mailbot.model.letters import Letter
from mailbot.model.proof import Proof
from mailbot.reading.addresses import addresses
from mailbot.reading.authentication import Headers, reported, reported_by_exchange
from mailbot.reading.parts import uncut
from mailbot.reading.signatures import LookUp, signed_by

Check: TypeAlias = Callable[[bytes, Letter, frozenset[str]], Proof]
"""(the raw mail, what was read of it, the commune's own addresses) → what is proven."""

LONGEST_WAY = timedelta(days=7)
"""Servers give up a mail after five days (RFC 5321 section 4.5.4.1); what took longer may be sent once more by somebody
else: the signature in it still holds."""

ONLY_ONCE = (
    "from",
    "date",
    "subject",
    "message-id",
    "reply-to",
    "to",
    "cc",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
)
"""A signature covers the lowest of each (RFC 6376 section 5.4.2), and what is read is the topmost."""


def by_nobody(raw: bytes, letter: Letter, own: frozenset[str]) -> Proof:
    """Prove nothing: only the answer to a challenge counts."""
    return Proof.NONE


def by_host(authserv_id: str) -> Check:
    """Believe the Authentication-Results of the host of that name."""
    return _checked(lambda raw, headers, letter, own: reported(headers, letter.sender.domain, authserv_id))


def by_exchange_online() -> Check:
    """Believe what Exchange Online writes."""
    return _checked(
        lambda raw, headers, letter, own: reported_by_exchange(
            headers, letter.sender.domain, frozenset(address.rpartition("@")[2] for address in own)
        )
    )


def by_signature(look_up: LookUp) -> Check:
    """Verify DKIM signatures. A broken one is none (RFC 6376 section 6.1)."""
    return _checked(
        lambda raw, headers, letter, own: Proof.PASSED if signed_by(raw, letter.sender.domain, look_up) else Proof.NONE
    )


def _checked(check: Callable[[bytes, Headers, Letter, frozenset[str]], Proof]) -> Check:
    """Return the check, which counts only for a mail that can be read in one way alone and has just been sent."""

    def proof(raw: bytes, letter: Letter, own: frozenset[str]) -> Proof:
        try:
            headers = uncut(raw).headers
        except Unreadable:
            return Proof.NONE
        found = check(raw, headers, letter, own)
        if found is Proof.PASSED and not (_can_be_read_once(headers) and _is_fresh(headers, letter.arrived)):
            return Proof.NONE
        return found

    return proof


def _can_be_read_once(headers: Headers) -> bool:
    """Return whether nothing stands twice that a signature covers once, and one person alone wrote it."""
    doubled = any(len(headers.get(name, ())) > 1 for name in ONLY_ONCE)
    return not doubled and len(addresses(headers.get("from", ()), 2)) == 1


def _is_fresh(headers: Headers, arrived: datetime) -> bool:
    """Return whether the mail may have been on its way since its Date."""
    try:
        sent = parsedate_to_datetime(headers["date"][0].decode("ascii"))
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)  # written -0000
        return -timedelta(days=1) <= arrived - sent <= LONGEST_WAY
    except (KeyError, ValueError, TypeError, OverflowError):
        return False
