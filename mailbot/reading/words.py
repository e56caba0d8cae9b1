"""A sender's own words: the text of a mail without history, signature and footers.

What a mail repeats, and how it is signed, means nothing: dates and numbers in it are nobody's request.
Where a mail only hands another one on, the one that is handed on is the request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from mailbot.model.letters import NO_CONTEXT, Address, Context, Letter
from mailbot.model.reservation import CODE_LETTERS
from mailbot.reading.history import Ours, Role, Roles, roles_of, unquoted
from mailbot.reading.patterns import beginnings, folded, one_of, whole_words
from mailbot.reading.signature import phone_in, signed

DEEPEST = 3
"""How many mails that only hand another one on are gone through."""


class OwnWords(Struct, frozen=True):
    """What the sender says, and what stands around it, each as plain text that occurs so in the mail."""

    subject: str
    """Without Re:, Fwd:, TR:, Antw: and without the tags that lists and servers put before it."""
    body: str
    forwarded: str = ""
    """What the mail that is handed on says, where the sender's own words only hand it on; else empty."""
    announced: str = ""
    """The lines that announce that mail: who wrote it, when, about what."""
    original: str = ""
    """That mail with its signature."""
    signature: str = ""
    phone: str | None = None
    """A telephone number of the sender, as written."""
    quoted: str = ""
    """All that repeats earlier mails, marks and announcements left out."""
    answers: bool = False
    """The subject carries Re: or its like: its words are likely those of the mail that is answered."""


def own_words(letter: Letter, context: Context = NO_CONTEXT, banners: Sequence[str] = ()) -> OwnWords:
    """Return the sender's own words; `banners` are lines that the commune's servers add. Linear."""
    subject, prefix = bare_subject(letter.subject)
    text = _without_banners(letter.text, tuple(banners))
    in_thread = bool(prefix or letter.in_reply_to or letter.references)
    roles = roles_of(text.split("\n"), Ours(context.our_texts), in_thread=in_thread)
    body, signature = _said(roles, letter.sender)
    quoted = _quoted(roles)
    handed_on = _request_in(quoted, DEEPEST) if _hands_on(body, roles, letter, prefix) else ("", "", "")
    phone = phone_in(signature, body)
    return OwnWords(subject, body, *handed_on, signature, phone, quoted, answers=prefix == "reply")


def bare_subject(subject: str) -> tuple[str, str]:
    """Return a subject without the marks of programs, and what the first one was: "reply", "forward" or nothing. What
    our own letters add to it, a decision and the code, is no word of the sender either."""
    first = ""
    rest = subject
    while found := _subject_mark().match(folded(rest)):
        kind = "forward" if found["forward"] else "reply" if found["reply"] else ""
        if not kind and not first and not _outside_tag().fullmatch(found["tag"].strip(" *!:")):
            break
        first, rest = first or kind, rest[found.end() :]
    if first:
        rest = _OUR_DECISION.sub("", rest)
    return rest.strip(), first


_OUR_DECISION = re.compile(rf"(?: – [^–]*)? ?\(R-[{CODE_LETTERS}]{{5}}\)\s*$", re.IGNORECASE)
"""As in "Souper – pas possible tel quel, 3 autres possibilités (R-7K3F2)"."""


def _said(roles: Roles, sender: Address) -> tuple[str, str]:
    """Return what the own lines say and how they are signed; what was typed between quotations is parted by a line."""
    parted = [signed([roles.lines[index] for index in stretch], sender) for stretch in roles.stretches()]
    bodies = ["\n".join(part.body) for part in parted if part.body]
    signatures = ["\n".join(part.signature) for part in parted if part.signature]
    return "\n\n".join(bodies), "\n".join(signatures)


def _quoted(roles: Roles) -> str:
    """Return the history with its announcements; without its marks `>`, unless these mark only what is older still."""
    quoted = [line for line, role in zip(roles.lines, roles.roles, strict=True) if role is Role.QUOTED and line.strip()]
    marked = all(unquoted(line) != line for line in quoted)
    lines = (line for line, role in zip(roles.lines, roles.roles, strict=True) if role is not Role.OWN)
    return "\n".join(unquoted(line) if marked else line for line in lines).strip("\n")


def _without_banners(text: str, banners: tuple[str, ...]) -> str:
    """Leave out the lines that servers add: those that the commune names, and the well-known ones at the top."""
    for banner in _banners(banners):
        text = banner.sub("", text)
    paragraphs = text.lstrip("\n").split("\n\n", 1)
    for _ in range(2):
        if len(paragraphs) == 2 and _outside_banner().match(folded(paragraphs[0][:400])) and len(paragraphs[0]) < 1_000:
            paragraphs = paragraphs[1].lstrip("\n").split("\n\n", 1)
    return "\n\n".join(paragraphs)


# ── mails that hand another one on ──────────────────────────────────────────────────────────────────────────────────


SHORT_NOTE = 25
"""Words of a note that asks for nothing, over a mail that is handed on."""


def _hands_on(body: str, roles: Roles, letter: Letter, prefix: str) -> bool:
    """True where the own words only point at the foreign mail below them."""
    if (Role.FRAME not in roles.roles and prefix != "forward") or roles.repeats_ours:
        return False
    ours = {address.address for address in (*letter.to, *letter.cc)}
    if roles.from_addresses & ours or (prefix == "reply" and not roles.from_addresses):
        return False
    low = _without_courtesies(folded(body))
    words = len(low.split())
    if _pointer("pointer").search(low):
        return words <= 40
    if not (prefix or letter.in_reply_to or letter.references) and not low:
        return True  # a request typed below lines such as "De :", "À :", "Objet :"
    if not (roles.forwards or prefix == "forward"):
        return False
    if _pointer("handed-on").search(low):
        return words <= 30
    return words <= SHORT_NOTE and not re.search(r"\d", low) and not _acts().search(low)


def _without_courtesies(low: str) -> str:
    lines = (line.strip() for line in low.split("\n"))
    return "\n".join(line for line in lines if line and not _courtesies().fullmatch(line))


def _request_in(history: str, deepest: int) -> tuple[str, str, str]:
    """Return what the mail in a quoted history says, the lines that announce it, and all of it; where that only hands
    another on, those of this one."""
    roles = roles_of(history.split("\n"), Ours(), in_thread=True)
    start = next((i for i, role in enumerate(roles.roles) if role is Role.FRAME), None)
    lines, announced = roles.lines, ""
    if start is not None:
        stop = next((i for i in range(start, len(lines)) if roles.roles[i] is not Role.FRAME), len(lines))
        announced = "\n".join(lines[start:stop])
        lines = lines[stop:]
    inner = roles_of(lines, Ours(), in_thread=True)
    body, _ = _said(inner, Address(roles.announced, ""))
    if deepest and Role.FRAME in inner.roles and not _without_courtesies(folded(body)).strip():
        return _request_in("\n".join(lines), deepest - 1)
    return body, announced, "\n".join(lines)


# ── the lexicons' words for it ──────────────────────────────────────────────────────────────────────────────────────


@cache
def _banners(banners: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The banners that a commune names, however a program wrapped or marked them."""
    return tuple(
        re.compile(
            r"[ \t*_>]{0,6}" + r"[\s>*_]{1,8}".join(map(re.escape, banner.split())) + r"[*_]{0,2}[ \t]*\n?",
            re.IGNORECASE,
        )
        for banner in banners
        if banner.strip()
    )


@cache
def _subject_mark() -> re.Pattern[str]:
    number = r"(?:\s?\[\d{1,3}\]|\s?\(\d{1,3}\)|\s?\d{1,2})?"
    return re.compile(
        rf"\s*(?:(?:(?P<reply>{one_of('words', 'reply')})|(?P<forward>{one_of('words', 'forward')})){number}\s?:"
        rf"|(?P<tag>\[[^\[\]\d]{{1,40}}\]|\*{{2,5}} ?[^*\d]{{1,40}}\*{{2,5}}|{one_of('words', 'outside-tags')}\s?:))\s*"
    )


@cache
def _outside_tag() -> re.Pattern[str]:
    return re.compile(rf"[\[*\s]*{one_of('words', 'outside-tags')}[\]*\s]*")


@cache
def _outside_banner() -> re.Pattern[str]:
    return re.compile(rf"[\W_]{{0,12}}{one_of('words', 'banner')}")


@cache
def _pointer(key: str) -> re.Pattern[str]:
    return whole_words("words", key)


@cache
def _acts() -> re.Pattern[str]:
    return beginnings("words", "acts")


@cache
def _courtesies() -> re.Pattern[str]:
    formula = one_of("words", "greeting", "thanks", "closing")
    return re.compile(rf"\W{{0,4}}{formula}(?!\w)(?:[ ,]{{1,3}}[^\W\d_]{{1,20}}){{0,3}}[^\w?]*")
