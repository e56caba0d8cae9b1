"""Addresses as people's programs write them (RFC 5322 section 3.4, and what is found besides): nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from mailbot.model.addresses import one_form
from mailbot.model.letters import Address
from mailbot.reading.charsets import decoded, header_text, one_line

_ONE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|<[^<>]*>|\([^()]*\)|[^,;"<(]|["<(])+')
_ANGLE = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)|<([^<>]*)>')
"""An address in angle brackets, or what hides one: a quoted name or a comment is never the address."""
_BETWEEN_WORDS = re.compile(r"""[\s<>()",;:\[\]]+""")
_GROUP_NAME = re.compile(r"(?:^|(?<=[,;]))[^\"<@,:;=]*:(?!/)")
_COMMENT = re.compile(r"\(([^()]*)\)")
_SOUND = re.compile(r'(?:[^\s<>()@",;:\\]+|"[^"\\]*")@[^\s<>()@",;:\\.]+(?:\.[^\s<>()@",;:\\.]+)*')
"""Between the dots of a domain there is something: no server takes mail for "courrier...example"."""
LONGEST = 320
"""Characters of an address (RFC 3696 erratum 1690 allows 254 in a path; some are lenient)."""


def addresses(values: Iterable[bytes], limit: int) -> tuple[Address, ...]:
    """Return the mailboxes of headers such as To, `limit` at most; the name alone is kept where the address is none."""
    found = (_address(text[0]) for value in values for text in _ONE.finditer(_without_groups(decoded(value, "utf-8"))))
    return tuple(islice((address for address in found if address.address or address.name), limit))


def _without_groups(text: str) -> str:
    """Drop a group's name ("undisclosed-recipients:;"), and keep its members."""
    return _GROUP_NAME.sub(" ", text) if ";" in text else text


def _address(text: str) -> Address:
    angle = next((found for found in reversed([*_ANGLE.finditer(text)]) if found[1] is not None), None)
    if angle:
        name, address = text[: angle.start()] or text[angle.end() :], angle[1]
    elif '"@' in text:  # what is quoted is no address of its own: "a@good.example"@evil.example
        name, address = "", text.strip()
    elif "@" in text:
        comment = _COMMENT.search(text)
        name = comment[1] if comment else ""
        address = next((word for word in _BETWEEN_WORDS.split(text) if "@" in word), "")
    else:
        name, address = text, ""
    return Address(_name(name), _sound(address))


def _name(text: str) -> str:
    """Return a display name without its quotes, encoded words decoded, on one line, 200 characters at most."""
    name = header_text(text.strip().encode("utf-8", errors="replace"))
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1]
    return one_line(re.sub(r"\\(.)", r"\1", name))[:200].strip()


def _sound(address: str) -> str:
    """Return an address in its one form, or nothing where it cannot be one."""
    address = one_line(address).strip().removeprefix("mailto:").rstrip(".")
    return one_form(address) if len(address) <= LONGEST and _SOUND.fullmatch(address) else ""
