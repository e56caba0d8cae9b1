"""What the commune's own mail host found out about a mail: its Authentication-Results (RFC 8601), and nobody else's.

Anybody can write such a header. The host's own is told by its name and stands on top; all others are text. The values
are read as octets: an encoded word that decodes to a verdict is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from mailbot.model.addresses import ascii_domain
from mailbot.model.proof import Proof
from mailbot.reading.alignment import aligned

Headers: TypeAlias = Mapping[str, Sequence[bytes]]
"""Names in lower case; values unfolded, topmost first."""

LONGEST = 8_000
"""Octets of a header that are read."""

_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()]|[^"\\()]+|["\\]')
_IN_COMMENT = re.compile(r"\\.|[()]|[^\\()]+|\\")
_STATEMENT = re.compile(r'(?:[^;"]+|"(?:[^"\\]|\\.)*")+')
_METHOD = re.compile(r"\s*([a-z][\w-]*)\s*(?:/\s*\d+\s*)?=\s*([a-z]\w*)(?=\s|$)", re.IGNORECASE)
_PROPERTY = re.compile(r'([a-z][\w-]*\s*\.\s*[\w-]+|[a-z][\w-]*)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)', re.IGNORECASE)


class Finding(Struct, frozen=True):
    """One method and its result, with its properties ("header.from"): all in lower case."""

    method: str
    result: str
    properties: Mapping[str, str]

    def domain(self, *names: str) -> str:
        """Return the domain of the first of these properties that is there, in ASCII."""
        for name in names:
            if value := self.properties.get(name):
                return ascii_domain(value.rpartition("@")[2])
        return ""


def reported(headers: Headers, sender_domain: str, authserv_id: str) -> Proof:
    """Return what the host of that name says in its topmost header; NONE where it says nothing."""
    for value in headers.get("authentication-results", ()):
        name, statements = _read(value)
        if name == authserv_id.lower():
            return verdict([*_findings(statements)], sender_domain)
    return Proof.NONE


def reported_by_exchange(headers: Headers, sender_domain: str, own_domains: frozenset[str]) -> Proof:
    """Return what Exchange Online says. Its header has no name, so that only the topmost is its own; mail inside the
    tenant is not signed, and marked by a header that Exchange takes off all mail from outside."""
    marks = headers.get("x-ms-exchange-organization-authas", ())
    inside = len(marks) == 1 and marks[0].strip().lower() == b"internal"
    if inside and any(aligned(sender_domain, own) for own in own_domains):
        return Proof.PASSED
    top = next(iter(headers.get("authentication-results", ())), b"")
    first, statements = _read(top)
    if not [*_findings([first])]:  # it begins with a host's name: it is another host's
        return Proof.NONE
    return verdict([*_findings([first, *statements])], sender_domain)


def verdict(found: Sequence[Finding], sender_domain: str) -> Proof:
    """Return what the findings say of the domain of From, as DMARC does; its own verdict counts before all others."""
    wanted = ascii_domain(sender_domain)
    if not wanted:
        return Proof.NONE
    passed = {each.method for each in found if each.result == "pass" and _speaks_of(each, wanted)}
    dmarc = [each.result for each in found if each.method == "dmarc"]
    if "fail" in dmarc:
        return Proof.FAILED
    if passed & {"dmarc", "dkim", "spf"}:
        return Proof.PASSED
    disowned = any(each.method == "spf" and each.result == "fail" and _speaks_of(each, wanted) for each in found)
    return Proof.FAILED if disowned and "dkim" in {each.method for each in found} else Proof.NONE


def _speaks_of(finding: Finding, wanted: str) -> bool:
    """Return whether a finding is about the domain of From: DMARC's exactly, the others by alignment."""
    match finding.method:
        case "dmarc":
            return finding.domain("header.from") == wanted
        case "dkim":
            return aligned(finding.domain("header.d", "header.i"), wanted)
        case "spf":
            return aligned(finding.domain("smtp.mailfrom"), wanted)
    return False


def _read(value: bytes) -> tuple[str, list[str]]:
    """Return the name of the host and its statements."""
    bare = "".join(_without_comments(value[:LONGEST].decode("utf-8", "replace")))
    name, *statements = [each[0] for each in _STATEMENT.finditer(bare)] or [""]
    words = name.split()
    named = len(words) == 1 or (len(words) == 2 and words[1] == "1")  # a version may follow
    return (words[0].strip('"').lower() if named else name), statements


def _without_comments(text: str) -> Iterator[str]:
    """Yield what stands outside of comments, which nest and may hold quotes (RFC 5322 section 3.2.2)."""
    depth = at = 0
    while at < len(text):
        piece = (_IN_COMMENT if depth else _PIECES).match(text, at)
        assert piece, "every character begins a piece"
        at = piece.end()
        if piece[0] == "(":
            depth += 1
        elif piece[0] == ")":
            depth = max(0, depth - 1)
            yield " "
        elif not depth:
            yield piece[0]


def _findings(statements: Sequence[str]) -> Iterator[Finding]:
    for statement in statements:
        method = _METHOD.match(statement)
        if method is None:
            continue
        properties: dict[str, str] = {}
        for name, value in _PROPERTY.findall(statement, method.end()):
            properties.setdefault(re.sub(r"\s", "", name).lower(), value.strip('"').lower())
        yield Finding(method[1].lower(), method[2].lower(), properties)
