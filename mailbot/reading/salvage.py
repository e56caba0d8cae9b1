"""What little can be told of a mail that no program will read: who wrote it, and under what subject."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32

from msgspec.structs import replace

from mailbot.model.letters import Address, Letter
from mailbot.reading.addresses import addresses
from mailbot.reading.charsets import header_text
from mailbot.reading.machines import machine

_ID = re.compile(r"<([!-;=?-~]{3,250})>")
HEADER_BYTES = 64_000
SUBJECT_LENGTH = 200
OF_MACHINES = ("auto-submitted", "precedence", "return-path", "list-id", "x-failed-recipients")
COUNTED = ("from", "message-id", "subject", *OF_MACHINES)


def salvage(raw: bytes, arrived: datetime, *, own: frozenset[str] = frozenset()) -> Letter:
    """Return a letter without text whose digest is that of the raw bytes. Never raises: what cannot be told stays
    empty, and a mail without a sender counts as a machine's."""
    headers: dict[str, tuple[str, ...]] = {}
    sender = Address("", "")
    head = raw[:HEADER_BYTES].partition(b"\r\n\r\n")[0]
    try:
        parsed = BytesHeaderParser(policy=compat32).parsebytes(head)
        for name in COUNTED:
            values = [str(value).encode("utf-8", "surrogateescape") for value in parsed.get_all(name, [])]
            if values:
                headers[name] = tuple(header_text(value) for value in values[:2])
            if name == "from" and len(values) == 1:
                sender = next(iter(addresses(values, 1)), sender)
    except Exception:  # noqa: BLE001, S110 - the mail is broken: that is why we are here
        pass
    named = _ID.search(next(iter(headers.get("message-id", ())), ""))
    letter = Letter(
        message_id=named[1] if named else "",
        digest=hashlib.sha256(raw).hexdigest(),
        sender=sender,
        reply_to=(),
        to=(),
        cc=(),
        sent=arrived,
        arrived=arrived,
        subject=next(iter(headers.get("subject", ())), "")[:SUBJECT_LENGTH],
        text="",
        size=len(raw),
        headers=headers,
    )
    why = machine(letter, own=own, content_type="text/plain") if sender.address else "no sender"
    return replace(letter, machine=why)
