"""A letter as bytes (RFC 5322, MIME): pure ASCII, lines of at most 78 characters where the standard lets them be.

The headers are written here and not by `EmailMessage`: that costs 4 ms a letter, and its folding turns a long
Message-ID of References into encoded words, which breaks the thread. What comes from a mail has no control characters
any more (`one_line`), and is encoded here a second time over: nothing of it can end a header.
"""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, quote
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from mailbot.model.addresses import ascii_domain
from mailbot.model.letters import Address
from mailbot.replies.phrases import one_line

_ID = re.compile(r"[!-;=?-~]{3,250}")
"""A Message-ID without angle brackets: visible ASCII (RFC 5322 section 3.6.4), its length bounded."""

_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?=.{1,250}\Z)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""A dot-atom and a domain, more or less (RFC 5322 section 3.4.1); no label of the domain is empty, or servers and
clients read the header as another address."""

_SEVEN_BIT = re.compile(rb"(?:[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}\r\n)*[\x01-\x09\x0b\x0c\x0e-\x7f]{0,998}")
"""7bit data (RFC 2045 section 2.7)."""

SHORT = 76
"""Characters of a header that is not folded."""

REFERENCES = 12
"""How many references are kept, the first and the last ones."""


@dataclass(frozen=True)
class Part:
    """A body with its headers, ready to be put into a message. `content_type` has its parameters."""

    content_type: str
    body: bytes
    encoding: str
    disposition: str = ""

    def lines(self) -> bytes:
        headers = "Content-Type: {}\r\n".format(self.content_type.replace("; ", ";\r\n "))
        if self.encoding:
            headers += f"Content-Transfer-Encoding: {self.encoding}\r\n"
        if self.disposition:
            headers += f"Content-Disposition: {self.disposition}\r\n"
        return headers.encode("ascii") + b"\r\n" + self.body


def plain(text: str, subtype: str = "plain") -> Part:
    """Return text as a part: quoted-printable, so that one who reads the source can read it."""
    body = b2a_qp(text.replace("\n", "\r\n").encode("utf-8"), istext=True)
    return Part(f'text/{subtype}; charset="utf-8"', body, "quoted-printable")


def calendar(raw: bytes, method: str, filename: str = "") -> Part:
    """Return a calendar file as a part; with a file name, as an attachment. In base64: some programs read the CRLF of
    quoted-printable wrongly."""
    name = f'; name="{filename}"' if filename else ""
    return Part(
        f'text/calendar; charset="utf-8"; method={method}{name}',
        _base64(raw),
        "base64",
        f'attachment; filename="{filename}"' if filename else "",
    )


NESTED = 20
"""More parts in parts than any honest mail has."""


def attached_page(page: str, filename: str) -> Part:
    """Return a page of HTML as a file to open and print."""
    kind = f'text/html; charset="utf-8"; name="{filename}"'
    return Part(kind, _base64(page.encode("utf-8")), "base64", f'attachment; filename="{filename}"')


KINDS = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
LARGEST_FILE = 2_000_000
"""Bytes of a file that goes with letters."""


def attached_file(path: Path) -> Part | None:
    """Return a file as an attachment; None where there is none, or one that is too large or of another kind."""
    kind, name = KINDS.get(path.suffix.lower()), re.sub(r"[^A-Za-z0-9._-]", "-", path.name)
    try:
        if kind is None or not 0 < path.stat().st_size <= LARGEST_FILE:
            return None
        raw = path.read_bytes()
    except OSError:
        return None
    return Part(f'{kind}; name="{name}"', _base64(raw), "base64", f'attachment; filename="{name}"')


def document(text: str, filename: str) -> Part:
    """Return JSON text as an attachment."""
    body = _base64(text.encode("utf-8"))
    return Part(f'application/json; name="{filename}"', body, "base64", f'attachment; filename="{filename}"')


def original(raw: bytes) -> Part:
    """Return a whole mail as an attachment, byte for byte. message/rfc822 knows no encoding (RFC 2046 section 5.2.1):
    a mail that is not 7bit goes as a file in base64, which mail programs open just the same. So does one with parts in
    parts in parts: programs on the way that look into it would stumble where ours did not."""
    if _SEVEN_BIT.fullmatch(raw) and raw.lower().count(b"multipart/") <= NESTED:
        return Part("message/rfc822", raw, "7bit", 'attachment; filename="mail.eml"')
    return Part('application/octet-stream; name="mail.eml"', _base64(raw), "base64", 'attachment; filename="mail.eml"')


def multipart(subtype: str, parts: Sequence[Part], seed: str) -> Part:
    """Return the parts as one. The boundary follows from `seed`, which must differ from letter to letter, and is looked
    for in the parts: the same letter has the same bytes."""
    boundary, turn = _boundary(seed, 0), 0
    while any(boundary.encode() in part.body for part in parts):
        turn += 1
        boundary = _boundary(seed, turn)
    start = f"--{boundary}\r\n".encode()
    body = b"".join(start + part.lines() + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return Part(f'multipart/{subtype}; boundary="{boundary}"', body, "")


class Heading(Struct, frozen=True):
    """The headers of a letter. Message-IDs stand without angle brackets."""

    sender: Address
    to: Address
    subject: str
    date: datetime
    """Aware, in the zone that the header shall show."""
    message_id: str
    language: str
    """Values of Content-Language, joined by commas."""
    automatic: str
    """auto-replied or auto-generated (RFC 3834 section 5)."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: Address | None = None
    """Where answers go, if not to the sender."""


def message(heading: Heading, body: Part) -> bytes:
    """Return the whole letter, lines ended by CRLF. Raises ValueError for a Message-ID of ours that is none."""
    if not _ID.fullmatch(heading.message_id):
        raise ValueError(f"not a Message-ID: {heading.message_id!r}")
    fields = [
        ("From", mailbox(heading.sender, "From")),
        ("To", mailbox(heading.to, "To")),
        *_reply_to(heading),
        ("Date", format_datetime(heading.date)),
        ("Message-ID", f"<{heading.message_id}>"),
        *_thread(heading),
        ("Subject", _encoded(heading.subject, "Subject")),
        ("Auto-Submitted", heading.automatic),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", heading.language),
        ("MIME-Version", "1.0"),
    ]
    head = "".join(f"{name}: {text}\r\n" for name, text in fields)
    return head.encode("ascii") + body.lines()


def _reply_to(heading: Heading) -> Iterable[tuple[str, str]]:
    if heading.reply_to is not None and ascii_address(heading.reply_to.address):
        yield "Reply-To", mailbox(heading.reply_to, "Reply-To")


def mailbox(address: Address, header: str) -> str:
    """Return an address with its name, encoded (RFC 5322 section 3.4, RFC 2047 section 5). One that no header can hold
    becomes the name of an empty group: the letter is then kept, and known to have nowhere to go."""
    spec, name = ascii_address(address.address), one_line(address.name, 80)
    if not spec:
        return f"{_encoded(one_line(address.address, 80) or '?', header, charset='utf-8')}:;"
    if not name:
        return spec
    word = f'"{quote(name)}"' if name.isascii() and "=?" not in name else _encoded(name, header)
    return f"{word} <{spec}>" if len(word) + len(spec) < 66 else f"{word}\r\n <{spec}>"


def ascii_address(address: str) -> str:
    """Return an address with its domain in ASCII, or nothing where a letter cannot be sent to it: without SMTPUTF8 (RFC
    6531) a mailbox is ASCII, and quoted ones are more often an attack than a name."""
    local, at, domain = address.rpartition("@")
    whole = local + at + ascii_domain(domain)
    return whole if _MAILBOX.fullmatch(whole) else ""


def _thread(heading: Heading) -> Iterable[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 section 3.6.4), one identifier a line; what is no identifier is dropped."""
    if not _ID.fullmatch(heading.in_reply_to):
        return
    every = [each for each in dict.fromkeys(heading.references) if _ID.fullmatch(each) and each != heading.in_reply_to]
    kept = every if len(every) < REFERENCES else [every[0], *every[-(REFERENCES - 2) :]]
    yield "In-Reply-To", f"<{heading.in_reply_to}>"
    yield "References", "\r\n ".join(f"<{each}>" for each in (*kept, heading.in_reply_to))


@lru_cache(maxsize=64)
def _encoded(text: str, header: str, charset: str = "") -> str:
    """Return one line of text as a header's value: as it is where ASCII suffices, else encoded words, folded."""
    line = one_line(text)
    fitting = "us-ascii" if line.isascii() and "=?" not in line else "utf-8"
    if (charset or fitting) == "us-ascii" and len(header) + len(": ") + len(line) <= SHORT:
        return line  # as it is below, at a thousandth of the cost
    return Header(line, charset or fitting, header_name=header).encode(linesep="\r\n")


def _base64(raw: bytes) -> bytes:
    return encodebytes(raw).replace(b"\n", b"\r\n")


def _boundary(seed: str, turn: int) -> str:
    """With `=_`, which quoted-printable never holds (RFC 2045 section 6.7)."""
    return "=_" + sha256(f"{seed} {turn}".encode()).hexdigest()[:32]
