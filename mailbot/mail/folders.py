"""The folders of the mailbox besides the way of a mail: what came since a moment, drafts, and what is to be erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses

from imapclient import IMAPClient
from imapclient.imapclient import DRAFTS, SENT

from mailbot.mail.imap import HANDLED_FLAG
from mailbot.mail.server import Server
from mailbot.mail.session import ImapSession

MANY = 200
"""Mails whose headers are fetched at a time."""
_HEADERS = b"BODY.PEEK[HEADER.FIELDS (FROM TO MESSAGE-ID)]"
_PARSER = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True)
class Lying:
    """A mail as it lies in a folder: enough to know whether it is to go."""

    folder: str
    uid: int
    arrived: datetime
    answered: bool
    """Flagged as handled."""
    sender: str
    """The address in From, as it is written."""
    to: frozenset[str]
    message_id: str
    """Without brackets."""


@dataclass(frozen=True)
class Came:
    """A mail that came since a moment; it is read where it lies, and left there."""

    folders: Folders
    folder: str
    uid: int
    arrived: datetime

    @property
    def place(self) -> str:
        return f"{self.folder}/since/{self.uid}"

    @property
    def raw(self) -> bytes:
        return self.folders.body(self)

    def done(self) -> None:
        """Nothing to say to the server."""


def _addresses(head: Message, name: str) -> list[str]:
    values = [str(value) for value in head.get_all(name, [])]
    return [address for _, address in getaddresses(values) if address]


class Folders:
    """The folders that mailbot and its letters lie in, on a connection of its own. One thread owns it."""

    def __init__(self, server: Server, inbox: str, handled: str, most_bytes: int = 30_000_000) -> None:
        self._session = ImapSession(server)
        self._inbox = inbox
        self._handled = handled
        self._most_bytes = most_bytes

    def close(self) -> None:
        self._session.drop()

    def since(self, moment: datetime) -> list[Came]:
        """Return the mails that came since then, oldest first. Raises Temporary."""
        found = []
        with self._session.lend() as client:
            for folder in self._there(client, (self._inbox, self._handled)):
                client.select_folder(folder, readonly=True)
                days = client.search(["SINCE", (moment - timedelta(days=1)).date()])  # in the server's own time zone
                for uid, parts in client.fetch(days, [b"INTERNALDATE"]).items() if days else ():
                    arrived = parts[b"INTERNALDATE"].astimezone(UTC)
                    if arrived >= moment:
                        found.append(Came(self, folder, uid, arrived))
        return sorted(found, key=lambda mail: (mail.arrived, mail.uid))

    def body(self, mail: Came) -> bytes:
        """Return a mail as stored, cut one byte after what is read of one. Raises Temporary."""
        with self._session.lend() as client:
            client.select_folder(mail.folder, readonly=True)
            part = b"BODY.PEEK[]<0.%d>" % (self._most_bytes + 1)
            parts = client.fetch([mail.uid], [part]).get(mail.uid, {})
        raw = parts.get(b"BODY[]<0>", parts.get(b"BODY[]", b""))
        return raw if isinstance(raw, bytes) else b""

    def draft(self, letters: Sequence[bytes]) -> str:
        """Put letters into the folder of drafts; return its name. Raises Temporary."""
        with self._session.lend() as client:
            folder = client.find_special_folder(DRAFTS)
            if folder is None:
                folder = "Drafts"
                client.create_folder(folder)
            for raw in letters:
                client.append(folder, raw, flags=[rb"\Draft", rb"\Seen"])
        return str(folder)

    def erase(self, wanted: Callable[[Lying], bool]) -> int:
        """Erase the mails that are wanted gone, from all folders, for good; return how many. Raises Temporary."""
        erased = 0
        with self._session.lend() as client:
            special = (client.find_special_folder(SENT), client.find_special_folder(DRAFTS))
            for folder in self._there(client, (self._inbox, self._handled, *special)):
                client.select_folder(folder)
                gone = [mail.uid for mail in self._lying(client, folder) if wanted(mail)]
                if gone:
                    client.delete_messages(gone, silent=True)
                    if client.has_capability("UIDPLUS"):
                        client.uid_expunge(gone)
                    else:
                        client.expunge()
                erased += len(gone)
        return erased

    @staticmethod
    def _there(client: IMAPClient, names: Sequence[str | None]) -> list[str]:
        return [name for name in dict.fromkeys(names) if name and client.folder_exists(name)]

    @staticmethod
    def _lying(client: IMAPClient, folder: str) -> Iterator[Lying]:
        uids = client.search(["ALL"])
        for begin in range(0, len(uids), MANY):
            found = client.fetch(uids[begin : begin + MANY], [b"INTERNALDATE", b"FLAGS", _HEADERS])
            for uid, parts in found.items():
                raw = next((value for name, value in parts.items() if name.startswith(b"BODY[HEADER")), b"")
                head = _PARSER.parsebytes(raw)
                yield Lying(
                    folder,
                    uid,
                    parts[b"INTERNALDATE"].astimezone(UTC),
                    HANDLED_FLAG in parts[b"FLAGS"],
                    next(iter(_addresses(head, "From")), ""),
                    frozenset(_addresses(head, "To")),
                    str(head.get("Message-ID", "")).strip().strip("<>"),
                )
