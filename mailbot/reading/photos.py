"""Photos that a mail brings: told by what is in them, never by what they are called."""

from __future__ import annotations

from mailbot.errors import Unreadable
from mailbot.reading.parts import DEFAULT_LIMITS, Limits, split

MOST = 6
"""Photos that are kept of one mail."""
SMALLEST, LARGEST = 15_000, 10_000_000
"""Bytes: what is smaller is a logo in a signature, what is larger no phone makes."""


def photos(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[tuple[str, bytes], ...]:
    """Return the photos of a raw mail, each with the ending that its contents ask for, in the order of the mail."""
    try:
        parts = split(raw, limits).walk()
    except Unreadable:
        return ()
    found: list[tuple[str, bytes]] = []
    for part in parts:
        octets = part.octets() if not part.parts and not part.type.startswith("text/") else b""
        kind = kind_of(octets) if SMALLEST <= len(octets) <= LARGEST else ""
        if kind and len(found) < MOST:
            found.append((kind, octets))
    return tuple(found)


def kind_of(octets: bytes) -> str:
    """Return the ending of a photo by its first bytes: jpg, png, webp, heic; nothing where it is none."""
    if octets.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if octets[:4] == b"RIFF" and octets[8:12] == b"WEBP":
        return "webp"
    if octets[4:8] == b"ftyp" and octets[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        return "heic"
    return ""
