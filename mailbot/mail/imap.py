"""Mail comes in by IMAP (RFC 9051 and 3501): found by UID and UIDVALIDITY, never by the Seen flag.

One thread owns an ImapSource; only `wake` may be called from another. What is done is remembered in memory first and
written out between batches: the ledger knows already that these mails were answered, so a crash costs one more look.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient

from mailbot.errors import Temporary
from mailbot.mail.server import Server, Visit
from mailbot.mail.session import ImapSession
from mailbot.model.watermark import SourceMemory, Watermark

HANDLED_FLAG = rb"\Answered"
"""A system flag: some servers drop keywords silently."""

LONGEST_IDLE = 25 * 60.0
"""Seconds; servers may end an IDLE after 30 minutes (RFC 2177 section 3)."""

FIRST_WAIT = 5.0
"""Seconds of the first wait after mail came: what arrives while IDLE begins may show only at the next look."""

GROUP_BYTES = 8_000_000
"""Bodies are fetched in groups of about this size."""


@dataclass
class ImapMail:
    """One mail on the server. Its body is fetched, together with its neighbours, when first asked for."""

    source: ImapSource
    uid: int
    size: int
    arrived: datetime
    place: str

    @property
    def raw(self) -> bytes:
        """The message as stored, cut after the source's `most_bytes`. Raises Temporary."""
        return self.source.body(self)

    def done(self) -> None:
        self.source.forget(self)


class ImapSource:
    """A folder of an IMAP server as a source of mail."""

    def __init__(
        self,
        server: Server,
        memory: SourceMemory,
        clock: Callable[[], datetime],
        *,
        folder: str = "INBOX",
        handled: str = "",
        most_bytes: int = 30_000_000,
    ) -> None:
        """`handled` names the folder that handled mail is moved to; empty leaves it where it is, flagged. A mail longer
        than `most_bytes` is cut one byte after that, so that the parser sees that it is too long."""
        self._memory = memory
        self._clock = clock
        self._folder = folder
        self._handled = handled
        self._most_bytes = most_bytes
        self._session = ImapSession(server, self._forget_connection)
        self._validity = 0
        self._batch: list[ImapMail] = []
        self._bodies: dict[int, bytes] = {}
        self._done: list[int] = []
        self._busy = True
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_out.setblocking(False)

    # --- the port

    def waiting(self, limit: int) -> Sequence[ImapMail]:
        with self._session.lend() as client:
            self._settle(client)
            watermark, next_uid = self._look(client)
            low = self._memory.low_water(self._folder, self._validity)
            found = [] if next_uid and next_uid <= low + 1 else client.search(["UID", f"{low + 1}:*"])
            undone = self._memory.undone(self._folder, self._validity, [uid for uid in found if uid > low])
            self._batch = list(self._described(client, undone, watermark, limit))
            self._bodies = {}
        self._busy = bool(self._batch)
        return self._batch

    def wait(self, seconds: float) -> bool:
        with self._session.lend() as client:
            self._settle(client)
            if not self._validity:
                self._look(client)
            seconds = min(seconds, LONGEST_IDLE, FIRST_WAIT if self._busy else LONGEST_IDLE)
            self._busy = False
            if not client.has_capability("IDLE"):
                self._until(seconds)
                return True
            client.idle()
            try:
                return self._until(seconds, client.socket())
            finally:
                client.idle_done()

    def greet(self) -> Visit:
        """Sign in, look for the folders and at the newest mail; changes nothing. Raises Temporary."""
        with self._session.lend() as client:
            if not client.folder_exists(self._folder):
                there = ", ".join(str(name) for _, _, name in client.list_folders()[:12])
                return Visit((f"there is no folder {self._folder}: MAILBOT_INBOX names it; there are {there}",))
            client.select_folder(self._folder, readonly=True)
            last = client.search(["UID", "*"])
            newest = client.fetch(last, [b"INTERNALDATE"]) if last else {}
            arrived = max((parts[b"INTERNALDATE"].astimezone(UTC) for parts in newest.values()), default=None)
            remarks = [] if client.has_capability("IDLE") else ["the server has no IDLE: it is asked each minute"]
            if self._handled and not client.folder_exists(self._handled):
                remarks.append(f"the folder {self._handled} will be made when the first mail is handled")
        return Visit((), tuple(remarks), arrived=arrived)

    def wake(self) -> None:
        with suppress(BlockingIOError):
            self._wake_out.send(b"!")

    def close(self) -> None:
        if self._session.is_open:
            with suppress(Temporary), self._session.lend() as client:
                self._settle(client)
            self._session.drop()
        self._wake_in.close()
        self._wake_out.close()

    # --- what mails ask of their source

    def body(self, mail: ImapMail) -> bytes:
        """Return the body of a mail of the present batch; fetches its neighbours along."""
        if mail.uid not in self._bodies:
            with self._session.lend() as client:
                self._bodies = self._fetch_from(client, mail)
        try:
            return self._bodies[mail.uid]
        except KeyError:
            raise Temporary(f"{mail.place} is no longer there") from None

    def forget(self, mail: ImapMail) -> None:
        """Remember that a mail is done; it is flagged and moved with the rest of its batch."""
        self._bodies.pop(mail.uid, None)
        if mail.uid not in self._done:
            self._done.append(mail.uid)

    # --- the connection

    def _forget_connection(self) -> None:
        """What was done but not yet flagged is flagged when it comes back from the ledger."""
        self._validity = 0
        self._done = []

    def _look(self, client: IMAPClient) -> tuple[Watermark, int]:
        """Select the folder anew (only so is a changed UIDVALIDITY seen) and return the watermark and UIDNEXT."""
        state = client.select_folder(self._folder)
        self._validity = int(state[b"UIDVALIDITY"])
        next_uid = int(state.get(b"UIDNEXT") or 0)
        if not next_uid:  # only SHOULD be sent (RFC 3501 section 6.3.1)
            next_uid = max(client.search(["UID", "1:*"]), default=0) + 1
        moment = self._clock().replace(microsecond=0)
        return self._memory.first_start(self._folder, self._validity, next_uid, moment), next_uid

    def _until(self, seconds: float, sock: Any = None) -> bool:
        """Wait for the server to say something, or for `wake`."""
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        ready, _, _ = select.select([self._wake_in, *([sock] if sock else [])], [], [], seconds)
        if self._wake_in in ready:
            self._wake_in.recv(4096)
        return bool(ready)

    # --- what lies in the folder

    def _described(
        self, client: IMAPClient, uids: Sequence[int], watermark: Watermark, limit: int
    ) -> Iterator[ImapMail]:
        """Yield up to `limit` mails that are new to us. Under another UIDVALIDITY than the first start's, mail from
        before that moment is old, and never looked at again."""
        found = 0
        for begin in range(0, len(uids), limit):
            group = uids[begin : begin + limit]
            described = client.fetch(group, [b"INTERNALDATE", b"RFC822.SIZE"])
            for uid in sorted(described):
                arrived = described[uid][b"INTERNALDATE"].astimezone(UTC)
                if self._validity != watermark.uid_validity and arrived < watermark.moment:
                    self._memory.done(self._folder, self._validity, uid)
                    continue
                found += 1
                place = f"{self._folder}/{self._validity}/{uid}"
                yield ImapMail(self, uid, int(described[uid][b"RFC822.SIZE"]), arrived, place)
                if found == limit:
                    return

    def _fetch_from(self, client: IMAPClient, mail: ImapMail) -> dict[int, bytes]:
        """Fetch the body of a mail and of those that follow it in the batch, about GROUP_BYTES in all."""
        group = [mail.uid]
        total = mail.size
        for other in self._batch[self._batch.index(mail) + 1 :]:
            total += other.size
            if total > GROUP_BYTES:
                break
            group.append(other.uid)
        part = b"BODY.PEEK[]" if total <= self._most_bytes else b"BODY.PEEK[]<0.%d>" % (self._most_bytes + 1)
        bodies = {}
        for uid, parts in client.fetch(group, [part]).items():
            raw = parts.get(b"BODY[]", parts.get(b"BODY[]<0>"))
            if raw is not None:
                bodies[uid] = raw
        return bodies

    def _settle(self, client: IMAPClient) -> None:
        """Flag, move and remember what is done."""
        if not self._done or not self._validity:
            return
        done, self._done = self._done, []
        client.add_flags(done, [HANDLED_FLAG], silent=True)
        if self._handled:
            self._move(client, done)
        batch = {mail.uid for mail in self._batch}
        if batch == set(done):
            self._memory.settle(self._folder, self._validity, max(done) + 1)
        else:
            for uid in done:
                self._memory.done(self._folder, self._validity, uid)

    def _move(self, client: IMAPClient, uids: Sequence[int]) -> None:
        if not client.folder_exists(self._handled):
            client.create_folder(self._handled)
        if client.has_capability("MOVE"):
            client.move(uids, self._handled)
            return
        client.copy(uids, self._handled)
        client.delete_messages(uids, silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)
