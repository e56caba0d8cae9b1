"""One form of each address: two spellings of one mailbox are equal, two mailboxes that look alike are not."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
"""The full stops of other scripts, which separate labels too (RFC 3490 section 3.1)."""


@lru_cache(maxsize=4_000)
def one_form(address: str) -> str:
    """Return an address (or `@domain`) in lower case with its domain in ASCII, as SMTP and Authentication-Results have
    it. Letters that no domain holds are left as they are: such an address equals no other."""
    local, at, domain = address.rpartition("@")
    return unicodedata.normalize("NFC", local).lower() + at + ascii_domain(domain)


def ascii_domain(domain: str) -> str:
    """Return a domain as it is looked up: lower case, labels beyond ASCII as A-labels (RFC 5891), no dot at its end.

    Unlike the standard library's codec, which knows only the older IDNA, this keeps ß apart from ss: they may have two
    owners.
    """
    if domain.isascii():
        return domain.lower().removesuffix(".")
    composed = unicodedata.normalize("NFKC", domain.translate(_DOTS)).lower()
    return ".".join(map(_label, unicodedata.normalize("NFKC", composed).removesuffix(".").split(".")))


def _label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:  # half a surrogate pair
        return label
