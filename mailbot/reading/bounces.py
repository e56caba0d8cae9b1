"""What comes back: which letter of ours did not arrive, to whom, and what the server there said (RFC 3464, and the many
bounces that are no such report)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from mailbot.model.letters import Bounce, Letter
from mailbot.reading.addresses import addresses
from mailbot.reading.patterns import folded, whole_words

MOST = 20
"""Recipients that one bounce may speak of."""
LONGEST = 6_000
"""Characters of a text that may tell what happened: what follows is the letter itself."""

_FIELD = re.compile(r"^([A-Za-z-]{3,40}):[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([45])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY = re.compile(r"(?<![\d.-])([45])\d\d[ -](?=\S)")
_COPY = re.compile(
    r"below this line is a copy|original message|message d'origine|oorspronkelijk bericht|^-{3,}", re.I | re.M
)
_SAID = re.compile(r"[^\n]*(?:(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.-])5\d\d[ -])[^\n]*")
_DAEMON = re.compile(r"(?:mailer-?daemon|mail-?daemon|postmaster|microsoftexchange[0-9a-f]{32})(?:[.+-].*)?")
_TELLS = frozenset({"the text of a bounce", "the subject of a bounce", "the header x-failed-recipients"})
"""What `machines` found that is a bounce."""


def bounce(letter: Letter, reports: Iterable[str]) -> Bounce | None:
    """Return what a machine's mail says of a letter that did not arrive, or None: also where it only says that the
    letter is late. `reports` are the parts for programs, message/delivery-status."""
    groups = [group for report in reports for group in _groups(report)]
    if groups:
        return _reported(groups)
    daemon = _DAEMON.fullmatch(letter.sender.address.rpartition("@")[0])
    nobody = letter.machine == "a From without an address" and _SAID.search(letter.text[:LONGEST])
    if not letter.machine or not (letter.machine in _TELLS or daemon or nobody):
        return None
    return _told(letter)


def _groups(report: str) -> Iterator[dict[str, str]]:
    """Yield the fields of each recipient (RFC 3464 section 2.3), names in lower case."""
    for text in re.split(r"\n\s*\n", report.replace("\r\n", "\n"))[: MOST + 1]:
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(text)}
        if "action" in fields or "final-recipient" in fields:
            yield fields


def _reported(groups: Iterable[dict[str, str]]) -> Bounce | None:
    failed = [fields for fields in groups if fields.get("action", "").lower().startswith("failed")]
    if not failed:
        return None
    named = [fields.get("original-recipient") or fields.get("final-recipient", "") for fields in failed]
    also = [fields.get("final-recipient", "") for fields in failed]
    said = next((fields["diagnostic-code"] for fields in failed if "diagnostic-code" in fields), "")
    status = next((fields["status"] for fields in failed if "status" in fields), "")
    return Bounce(_addresses(value.partition(";")[2] for value in (*named, *also)), f"{status} {said}".strip()[:300])


def _told(letter: Letter) -> Bounce | None:
    """Read a bounce for people: whom it names, and that it is for good."""
    text = _COPY.split(letter.text[:LONGEST], maxsplit=1)[0]
    answers = {found[1] for pattern in (_STATUS, _REPLY) for found in pattern.finditer(text)}
    if answers == {"4"} or ("5" not in answers and _late().search(folded(f"{letter.subject}\n{text}"))):
        return None  # the server there is still trying
    failed = letter.headers.get("x-failed-recipients", ())
    named = [*failed, *re.findall(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{3,190}", text)]
    said = _SAID.search(text)
    return Bounce(_addresses(named), " ".join(said[0].split())[:300] if said else letter.subject[:300])


@cache
def _late() -> re.Pattern[str]:
    return whole_words("machines", "delays")


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    """Return what are addresses, in their one form, each once."""
    found = (one.address for value in values for one in addresses([value.encode("utf-8", "replace")], MOST))
    return tuple(dict.fromkeys(address for address in found if address))[:MOST]
