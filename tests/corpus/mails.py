"""The corpus of mails: reading a set, building raw messages, and what makes a set ill formed.

GUIDE.md says what the fields mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Intent, Lack
from tests.corpus.commune import MAILBOX, catalogue

HERE = Path(__file__).parent
SETS = HERE / "mails"

COMMUNE = catalogue()
ROOMS = frozenset(COMMUNE.rooms)
EQUIPMENT = frozenset(COMMUNE.equipment)
CODE = re.compile(r"^R-[0-9A-HJKMNP-TV-Z]{5}$")
WITH_ITEMS = {Intent.BOOK, Intent.AVAILABILITY, Intent.CHANGE, Intent.CANCEL}

Case = dict[str, Any]
"""One mail with its meaning, as a line of a set has it."""


def load(path: Path) -> Iterator[Case]:
    """Yield the cases of a set in order; raises ValueError naming the line that is not JSON."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path}:{number}: {error}") from None


def build(case: Case) -> bytes:
    """Return the raw message of a case, with CRLF line ends (RFC 5322)."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<{case['id']}@{parseaddr(case['from'])[1].partition('@')[2]}>"
    message["Date"] = format_datetime(datetime.fromisoformat(case["date"]))
    message["From"] = case["from"]
    message["To"] = case.get("to", MAILBOX)
    message["Subject"] = case["subject"]
    for name, value in case.get("headers", {}).items():
        if name in message:
            message.replace_header(name, value)
        else:
            message[name] = value
    charset = case.get("charset", "utf-8")
    if "body" in case:
        message.set_content(case["body"], charset=charset)
        if "html" in case:
            message.add_alternative(case["html"], subtype="html", charset=charset)
    else:
        message.set_content(case["html"], subtype="html", charset=charset)
    return message.as_bytes()


def is_room(resource: str) -> bool:
    return resource in {ANY_ROOM, SAME} or resource.split("|")[0] in ROOMS


def faults(case: Case) -> Iterator[str]:
    """Yield what is wrong with a case, in words."""
    if absent := {"id", "from", "date", "subject", "gold"} - case.keys():
        yield f"no {', '.join(sorted(absent))}"
        return
    if "body" not in case and "html" not in case:
        yield "neither body nor html"
    if not parseaddr(case["from"])[1].endswith(".example"):
        yield f"from {case['from']!r} is not a .example address"
    if datetime.fromisoformat(case["date"]).tzinfo is None:
        yield "date has no offset"
    for meaning in [case["gold"], *case["gold"].get("alternatives", [])]:
        yield from _faults_of_meaning(meaning)


def _faults_of_meaning(gold: dict[str, Any]) -> Iterator[str]:
    if gold.get("language") not in COMMUNE.languages:
        yield f"language {gold.get('language')!r}"
    if gold.get("intent") not in set(Intent):
        yield f"intent {gold.get('intent')!r}"
    if any(not isinstance(gold.get(part), list) for part in ("items", "references", "missing")):
        yield "items, references and missing are lists"
        return
    if "attendees" not in gold:
        yield "no attendees"
    if stray := set(gold["missing"]) - set(Lack):
        yield f"missing holds {stray}"
    yield from (f"reference {code!r}" for code in gold["references"] if not CODE.match(code))
    if gold["intent"] not in WITH_ITEMS and gold["items"]:
        yield f"items under {gold['intent']}"
    for item in gold["items"]:
        yield from _faults_of_item(item, gold)


def _faults_of_item(item: dict[str, Any], gold: dict[str, Any]) -> Iterator[str]:
    parts = item["resource"].split("|")
    stand_ins = {ANY_ROOM, UNKNOWN} | ({SAME} if gold["intent"] == Intent.CHANGE else set())
    if parts != sorted(parts) or set(parts) - ROOMS - EQUIPMENT - stand_ins:
        yield f"resource {item['resource']!r}"
    asks = gold["intent"] in {Intent.BOOK, Intent.CHANGE}
    if item["quantity"] is None and Lack.QUANTITY not in gold["missing"] and asks:
        yield "quantity is null and not missing"
    for slot in item["slots"]:
        yield from _faults_of_slot(slot, is_room(item["resource"]))


def _faults_of_slot(slot: list[str | None], room: bool) -> Iterator[str]:
    if len(slot) != 2 or slot[0] is None:
        yield f"slot {slot}"
        return
    try:
        if room and "T" in slot[0]:
            start = datetime.fromisoformat(slot[0])
            if slot[1] is not None and datetime.fromisoformat(slot[1]) <= start:
                yield f"slot {slot} ends before it starts"
        else:
            first = date.fromisoformat(slot[0])
            if slot[1] is not None and (room or date.fromisoformat(slot[1]) < first):
                yield f"slot {slot}: a room's day has no end without a start, and no day ends before it starts"
    except ValueError as error:
        yield f"slot {slot}: {error}"
