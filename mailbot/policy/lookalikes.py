"""Addresses that a reader in haste takes for another: what such an address asks is nobody's to vouch for."""

from __future__ import annotations

import unicodedata

from mailbot.model.addresses import one_form

ALIKE = 2
"""So many letters of a domain may differ without catching the eye."""


def looks_like(address: str, other: str) -> bool:
    """Return whether a reader could take the first address for the second, though it is another: a domain of nearly the
    same letters, the second address inside the first, or the same name before the @ but for its accents."""
    from rapidfuzz.distance import OSA  # takes longer to import than most mails to read

    one, two = _seen(address), _seen(other)
    if one_form(address) == one_form(other):
        return False
    if two in one:
        return True
    (_, _, domain), (_, _, theirs) = one.rpartition("@"), two.rpartition("@")
    return domain != theirs and OSA.distance(domain, theirs, score_cutoff=ALIKE) <= ALIKE


def _seen(address: str) -> str:
    """Return an address as a reader sees it in haste: A-labels as the letters they stand for, no case, no accents."""
    local, at, domain = address.rpartition("@")
    shown = local + at + ".".join(map(_unlabelled, domain.split(".")))
    decomposed = unicodedata.normalize("NFKD", shown.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _unlabelled(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
