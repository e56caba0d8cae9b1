"""A raw mail becomes a Letter: its headers decoded, the best plain text of it, and why it may be a machine's.

Nothing of the mail is trusted. What cannot be read within the limits raises Unreadable, and nothing else is raised.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.errors import Unreadable
from mailbot.model.letters import Address, CalendarReply, Letter
from mailbot.reading import invitations, machines
from mailbot.reading.addresses import addresses
from mailbot.reading.bounces import bounce
from mailbot.reading.charsets import cleaned, decoded, header_text
from mailbot.reading.parts import DEFAULT_LIMITS, Limits, Part, split

OLDEST = timedelta(days=30)
NEWEST = timedelta(days=1)
"""How far before and after its arrival a mail may say that it was sent; beyond that its clock is wrong."""
PLAUSIBLE = range(1970, 2200)
"""Years in which a mail was sent: beyond them lies the end of what can be counted with."""

SUBJECT_LENGTH = 1_000
IDENTIFIERS = 200
REPORT_LENGTH = 50_000

_IDENTIFIER = re.compile(r"<([^<>\s]{1,998})>")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\bhtml\b|ne (?:supporte|prend) pas|ondersteunt geen|does not (?:support|display)"
    r"|view (?:it|this) in (?:your|a) browser",
    re.IGNORECASE,
)
_LINK_TARGET = re.compile(
    r"(?<=\S)<(?:mailto|tel|https?):[^<>\s]{1,2000}>|\[cid:[^\]\s]{1,200}\]|\[image: [^\]\n]{0,200}\]", re.IGNORECASE
)
_FOR_PROGRAMS = ("message/delivery-status", "message/global-delivery-status")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_LETTERS_AND_DIGITS = re.compile(r"[\W_]+")
_RETURNED_IDENTIFIER = re.compile(r"^[>\s]{0,8}message-id:\s{0,3}<([^<>\s]{1,998})>", re.IGNORECASE | re.MULTILINE)


def parse(
    raw: bytes, arrived: datetime, *, own: frozenset[str] = frozenset(), limits: Limits = DEFAULT_LIMITS
) -> Letter:
    """Return a raw mail as a Letter; `arrived` is its INTERNALDATE, aware; `own` holds the commune's own addresses.

    Raises Unreadable where the mail goes beyond `limits`, has no header, or cannot be understood as a mail at all.
    """
    try:
        return _letter(split(raw, limits), len(raw), arrived.astimezone(UTC), own, limits)
    except Unreadable:
        raise
    except Exception as error:  # whatever a stranger's mail provokes in a library: a person gets that mail
        raise Unreadable(f"it does not parse: {type(error).__name__}") from error


def date_of(raw: bytes) -> datetime | None:
    """Return the Date header of a raw mail as it stands, aware, or None: for mails read long after they came."""
    return _date(split(raw).value("date"))


def _letter(mail: Part, size: int, arrived: datetime, own: frozenset[str], limits: Limits) -> Letter:
    if len(set(addresses(mail.headers.get("from", ()), 2))) > 1 < len(mail.headers["from"]):
        raise Unreadable("it has several senders")
    contents = _Contents(mail, limits)
    headers = {name: tuple(map(header_text, values)) for name, values in mail.headers.items()}
    sender = next(iter(addresses(mail.headers.get("from", ()), 1)), Address("", ""))
    sent = _date(mail.value("date"))
    letter = Letter(
        message_id=next(iter(_identifiers(mail, "message-id")), ""),
        digest="",
        sender=sender,
        reply_to=addresses(mail.headers.get("reply-to", ()), limits.addresses),
        to=addresses(mail.headers.get("to", ()), limits.addresses),
        cc=addresses(mail.headers.get("cc", ()), limits.addresses),
        sent=sent if sent and -NEWEST <= arrived - sent <= OLDEST else arrived,
        arrived=arrived,
        subject=headers.get("subject", ("",))[0][:SUBJECT_LENGTH],
        text=contents.text,
        in_reply_to=_identifiers(mail, "in-reply-to"),
        references=_identifiers(mail, "references"),
        attachments=tuple(contents.attachments),
        calendar_reply=contents.calendar_reply,
        size=size,
        headers=headers,
    )
    machine = machines.machine(letter, own=own, content_type=mail.type)
    returned = _returned(contents) if machine else ()
    letter = replace(letter, digest=digest(letter), machine=machine, references=(*letter.references, *returned))
    return replace(letter, bounce=bounce(letter, contents.reports)) if machine else letter


def digest(letter: Letter) -> str:
    """Return what the ledger keys on, as SHA-256 in hexadecimal digits.

    The same Message-ID from another sender, with other words, or by way of a list, is another mail. Without a
    Message-ID, the date and the subject stand for it. Spaces and punctuation, which relays rewrap, do not count.
    """
    words = _LETTERS_AND_DIGITS.sub(" ", letter.text).casefold()
    way = "list" if machines.came_by_list(letter.headers) else "direct"
    name = letter.message_id or f"{letter.headers.get('date', ('',))[0]}\0{letter.subject}"
    return hashlib.sha256(f"{name}\0{letter.sender.address}\0{way}\0{words}".encode("utf-8", "replace")).hexdigest()


class _Contents(Struct):
    """What the parts of a mail hold: gathered in one walk, in the order of the mail."""

    mail: Part
    limits: Limits
    text: str = ""
    attachments: list[str] = field(default_factory=list)
    calendar_reply: CalendarReply | None = None
    returned: list[str] = field(default_factory=list)
    """Message-IDs of mails that a delivery report gives back."""
    reports: list[str] = field(default_factory=list)
    """What delivery reports say to programs."""

    def __post_init__(self) -> None:
        texts = [text.strip("\n") for text in self._texts(self.mail) if text.strip()]
        self.text = "\n\n".join(texts)
        if len(self.text) > self.limits.text:
            raise Unreadable("it has too much text")

    def _texts(self, part: Part) -> Iterator[str]:
        """Yield the texts of a part and of those in it, and note what is attached."""
        kind = part.type
        if kind == "multipart/alternative":
            yield from self._best(part)
        elif kind == "multipart/related" or kind == "multipart/signed":
            yield from self._first(part)
        elif kind == "multipart/report":
            self.returned += [name for inner in part.parts for name in _returned_identifiers(inner)]
            told = (inner for inner in part.parts if inner.type in _FOR_PROGRAMS)
            self.reports += [decoded(inner.octets()[:REPORT_LENGTH], "utf-8") for inner in told]
            yield from (text for inner in part.parts[:1] for text in self._texts(inner))
        elif kind.startswith("multipart/"):
            for inner in part.parts:
                yield from self._texts(inner)
        elif kind in ("message/rfc822", "message/global") and part.parts:
            yield from self._handed_on(part.parts[0])
        elif kind == "text/calendar" or part.filename.lower().endswith(".ics"):
            self._calendar(part)
        elif kind in _READERS and not part.is_attachment and not part.filename:
            yield _READERS[kind](part)
        else:
            self._attach(part)

    def _best(self, part: Part) -> Iterator[str]:
        """Yield the plain text among alternatives, or the next one where it is empty or points at the other."""
        texts: list[str] = []
        for inner in part.parts:
            texts.append("\n\n".join(self._texts(inner)))
            if _says_something(texts[-1]) and not _html_may_say_more(texts[-1]):
                break
        yield max(texts, key=lambda text: (_says_something(text), len(text.split())), default="")
        for inner in part.parts[len(texts) :]:
            for leaf in inner.walk():
                if leaf.type == "text/calendar":
                    self._calendar(leaf)
                elif not leaf.parts and not leaf.type.startswith(("text/", "multipart/")) and not _is_of_page(leaf):
                    self._attach(leaf)

    def _first(self, part: Part) -> Iterator[str]:
        for number, inner in enumerate(part.parts):
            if number == 0 or inner.type.startswith("multipart/"):
                yield from self._texts(inner)
            elif not _is_of_page(inner):
                self._attach(inner)

    def _handed_on(self, mail: Part) -> Iterator[str]:
        """Yield a mail that is attached to this one in the form of a forwarded mail."""
        names = (("From", "from"), ("Date", "date"), ("Subject", "subject"), ("To", "to"))
        header = "\n".join(f"{label}: {mail.value(name)[:300]}" for label, name in names if mail.value(name))
        texts = "\n\n".join(self._texts(mail))
        yield f"---------- Forwarded message ----------\n{header}\n\n{texts}"

    def _calendar(self, part: Part) -> None:
        if self.calendar_reply is None:
            self.calendar_reply = invitations.reply(part.octets())
        if self.calendar_reply is None:
            self._attach(part)

    def _attach(self, part: Part) -> None:
        if part.type not in ("message/delivery-status", *_SIGNATURES):
            self.attachments.append(part.filename or part.type)


def _is_of_page(part: Part) -> bool:
    """True for a picture that belongs to a page, such as a logo."""
    return "content-id" in part.headers and not part.is_attachment


def _plain(part: Part) -> str:
    charset = part.parameter("charset")
    text = cleaned(decoded(part.octets(), charset))
    if part.parameter("format").lower() == "flowed":
        text = unflowed(text, delsp=part.parameter("delsp").lower() == "yes")
    return _LINK_TARGET.sub("", text)


def _hypertext(part: Part) -> str:
    from mailbot.reading.hypertext import plain_text  # here: mails in plain text do without it

    octets = part.octets()
    meta = _META_CHARSET.search(octets[:2048])
    charset = part.parameter("charset") or (meta[1].decode("ascii", "replace") if meta else "")
    return plain_text(decoded(octets, charset))


_READERS: dict[str, Callable[[Part], str]] = {"text/plain": _plain, "text/html": _hypertext}


def unflowed(text: str, *, delsp: bool) -> str:
    """Return format=flowed text with each paragraph on one line (RFC 3676 section 4); `delsp` as in its parameter."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        kept = content[:-1] if flows and delsp else content
        if open_depth == depth and content != "-- ":
            out.append(kept)
        else:
            out.append("\n" + (">" * depth + " " if depth else "") + kept)
        open_depth = depth if flows else -1
    return "".join(out).removeprefix("\n")


def _says_something(text: str) -> bool:
    return bool(text.strip()) and not (len(text) < 400 and _PLACEHOLDER.search(text))


def _html_may_say_more(text: str) -> bool:
    """True for a text of so few words that it may be a stand-in ("Image", "[logo]") for the HTML beside it."""
    return len(text) < 40 and len(text.split()) < 4


def _identifiers(mail: Part, name: str) -> tuple[str, ...]:
    """Return the message identifiers of a header, without angle brackets; a bare one is taken as it is."""
    value = mail.value(name)
    found = _IDENTIFIER.findall(value)
    if not found and value and " " not in value and len(value) < 999:
        found = [value.strip("<>")]
    return tuple(identifier for identifier in found[-IDENTIFIERS:] if identifier)


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.year in PLAUSIBLE else None


def _returned_identifiers(part: Part) -> Iterator[str]:
    if part.type in ("message/rfc822", "message/global"):
        for mail in part.parts[:1]:
            yield from _identifiers(mail, "message-id")
    elif part.type in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        yield from _RETURNED_IDENTIFIER.findall(decoded(part.octets()[:100_000], "utf-8"))


def _returned(contents: _Contents) -> tuple[str, ...]:
    """Return the Message-IDs that a machine's mail gives back, in a part or in its text (qmail, Exim)."""
    found = [*contents.returned, *_RETURNED_IDENTIFIER.findall(contents.text)]
    return tuple(dict.fromkeys(found))[:IDENTIFIERS]
