"""A raw mail is cut into its parts, within limits and in linear time (RFC 2045, RFC 2046).

The standard library's parser descends by recursion and copies each line; a hostile mail costs it a RecursionError or
minutes. Here a part is a slice of the mail, and what is too deep or too much is refused before it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice

from msgspec import Struct

from mailbot.errors import Unreadable
from mailbot.reading.charsets import header_text, one_line, transfer_decoded


class Limits(Struct, frozen=True):
    """What is read of one mail; what goes beyond is for a person."""

    octets: int = 30_000_000
    """The whole mail."""
    header_octets: int = 2_000_000
    """The header of the mail, or of one part."""
    headers: int = 2_000
    value_octets: int = 64_000
    """One header: the rest of it is not read."""
    addresses: int = 1_000
    """Addresses in one header: further ones are not read."""
    depth: int = 30
    parts: int = 1_000
    text: int = 1_000_000
    """Characters of text."""
    page: int = 2_000_000
    """Characters of HTML, pictures that stand in it left out."""
    page_depth: int = 1_000
    """Elements that are open in each other."""
    calendars: int = 4
    """Calendars that are looked at for an answer."""


DEFAULT_LIMITS = Limits()

_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,120}", re.ASCII)
_FOLD = re.compile(rb"[\r\n]+[ \t]*")


@dataclass
class Part:
    """One part: its headers as octets (names in lower case, unfolded) and where its body is, still encoded."""

    headers: dict[str, list[bytes]]
    raw: bytes = field(repr=False)
    start: int
    end: int
    """Where the body stands in `raw`: nothing is copied until it is asked for."""
    parts: list[Part] = field(default_factory=list)
    _content_type: Message | None = field(default=None, repr=False)

    @property
    def body(self) -> bytes:
        return self.raw[self.start : self.end]

    def value(self, name: str) -> str:
        """Return the first header of that name, decoded, or nothing."""
        values = self.headers.get(name)
        return header_text(values[0]) if values else ""

    @property
    def type(self) -> str:
        """The media type in lower case; text/plain where none is given or it makes no sense (RFC 2045 section 5.2)."""
        kind = self._typed().get_content_type()
        return kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"

    def parameter(self, name: str) -> str:
        """Return a parameter of the Content-Type (RFC 2231 forms too), or nothing."""
        return self._parameter("content-type", name)

    @property
    def is_attachment(self) -> bool:
        return self.value("content-disposition").lower().startswith("attachment")

    @property
    def filename(self) -> str:
        """The name without any path; empty where there is none."""
        for header, name in (("content-disposition", "filename"), ("content-type", "name")):
            if found := self._parameter(header, name):
                return re.split(r"[/\\]", one_line(header_text(found.encode("utf-8", "replace"))))[-1][:200]
        return ""

    def octets(self) -> bytes:
        return transfer_decoded(self.body, self.value("content-transfer-encoding"))

    def walk(self) -> Iterator[Part]:
        """Yield the part and all parts in it, in the order of the mail."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def _parameter(self, header: str, name: str) -> str:
        try:
            return _text_of(self._typed().get_param(name, "", header=header))
        except (ValueError, LookupError, TypeError):  # what the library makes of half an RFC 2231 parameter
            return ""

    def _typed(self) -> Message:
        if self._content_type is None:
            self._content_type = Message()
            for name in ("content-type", "content-disposition"):
                if name in self.headers:
                    value = _FOLD.sub(b" ", self.headers[name][0])[:2_000]
                    self._content_type[name] = value.decode("utf-8", errors="replace").replace("\x00", "")
        return self._content_type


def _text_of(parameter: object) -> str:
    """Return a parameter as the standard library gives it (text, or charset, language and octets) as text."""
    if isinstance(parameter, tuple):
        charset, _, value = parameter
        octets = str(value).encode("latin-1", errors="replace")
        try:
            return octets.decode(charset or "utf-8", errors="replace")
        except (LookupError, ValueError):
            return octets.decode("utf-8", errors="replace")
    return str(parameter or "")


def split(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Part:
    """Return a raw mail (RFC 5322, any line ends) as a tree of parts.

    Raises Unreadable where the mail, its header, its depth or the number of its parts goes beyond `limits`, or where it
    has no header at all.
    """
    mail = uncut(raw, limits)
    _cut(mail, limits, 0, [limits.parts])
    return mail


def uncut(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Part:
    """Return a raw mail with its headers, and none of its parts. Raises Unreadable as `split` does."""
    if len(raw) > limits.octets:
        raise Unreadable("the mail is too large")
    if raw.startswith(b"From "):  # an mbox's line, kept by some export
        raw = raw[raw.find(b"\n") + 1 :]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    mail = _part(raw, 0, len(raw), limits)
    if not mail.headers:
        raise Unreadable("there is no mail header")
    return mail


def _cut(part: Part, limits: Limits, depth: int, left: list[int]) -> None:
    """Find the parts of a part, and theirs; `left` holds how many more may be found."""
    if depth > limits.depth:
        raise Unreadable("its parts are nested too deeply")
    for raw, start, end in _stretches(part):
        left[0] -= 1
        if left[0] < 0:
            raise Unreadable("it has too many parts")
        inner = _part(raw, start, end, limits)
        part.parts.append(inner)
        _cut(inner, limits, depth + 1, left)


def _stretches(part: Part) -> Iterator[tuple[bytes, int, int]]:
    if "content-type" not in part.headers:
        return
    kind = part.type
    if kind.startswith("multipart/"):
        yield from _between(part, part.parameter("boundary").rstrip())
    elif kind in ("message/rfc822", "message/global"):
        if part.value("content-transfer-encoding").lower() in ("base64", "quoted-printable"):
            inner = part.octets()
            yield inner, 0, len(inner)
        else:
            yield part.raw, part.start, part.end


def _between(part: Part, boundary: str) -> Iterator[tuple[bytes, int, int]]:
    """Yield the stretches between delimiter lines (RFC 2046 section 5.1.1); a missing last line is forgiven."""
    if not boundary or len(boundary) > 200:
        return
    delimiter = re.compile(
        rb"^--" + re.escape(boundary.encode("utf-8", errors="replace")) + rb"(--)?[ \t]*\r?$", re.MULTILINE
    )
    start = None
    for line in delimiter.finditer(part.raw, part.start, part.end):
        if start is not None:
            # The break before it belongs to the delimiter.
            before = 2 if part.raw[line.start() - 2 : line.start()] == b"\r\n" else 1
            yield part.raw, start, max(start, line.start() - before)
        start = min(line.end() + 1, part.end)
        if line[1]:
            return
    if start is not None:
        yield part.raw, start, part.end


def _part(raw: bytes, start: int, end: int, limits: Limits) -> Part:
    """Read the header of the part that `raw` holds from `start` to `end`."""
    blank = re.compile(rb"[\r\n]*").match(raw, start, end)
    if blank and blank.end() > start:
        return Part({}, raw, blank.end(), end)
    found = _END_OF_HEADER.search(raw, start, end)
    stop, body = (end, end) if found is None else found.span()
    if stop - start > limits.header_octets:
        raise Unreadable("its header is too large")
    headers: dict[str, list[bytes]] = {}
    for header in islice(_HEADER.finditer(raw, start, stop), limits.headers):
        value = _FOLD.sub(b" ", header[2][: limits.value_octets]).strip()
        headers.setdefault(header[1].decode("ascii").lower(), []).append(value)
    return Part(headers, raw, body, end)
