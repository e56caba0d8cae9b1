"""Whether two domains belong to one owner, as DMARC has it (RFC 7489 section 3.1): by their organisational domain."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList

from mailbot.model.addresses import ascii_domain


def aligned(one: str, other: str) -> bool:
    """Return whether two domains have the same organisational domain. A public suffix is nobody's: it is aligned with
    itself alone."""
    one, other = ascii_domain(one), ascii_domain(other)
    return bool(one) and (one == other or (_organisation(one) or one) == (_organisation(other) or other))


@cache
def _suffixes() -> PublicSuffixList:
    """The list that comes with the library, private suffixes (github.io) too: their subdomains have other owners."""
    return PublicSuffixList()


def _organisation(domain: str) -> str:
    return _suffixes().privatesuffix(domain) or ""
