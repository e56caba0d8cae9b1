"""What is kept besides the database: files of the data folder, and mails in the folders of the mailbox. How both go."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mailbot.errors import Temporary
from mailbot.model.addresses import one_form
from mailbot.model.rules import Rules
from mailbot.service.case_files import CASES, forget_case_files
from mailbot.store.photos import Photos, expire

if TYPE_CHECKING:
    from mailbot.mail.folders import Lying

log = logging.getLogger(__name__)

FORGOTTEN = "forgotten"
"""A file in the data folder: a digest and a day for each address that was forgotten, to be erased again after a
restore."""
PHOTOS = "photos"
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
GOODBYE = timedelta(hours=1)
"""Within which the last letter to who asked to be forgotten leaves."""
_OURS = re.compile(r"[a-z0-9-]+\.[0-9a-f]{24}@(?P<domain>[^@]+)")


def _nothing_known(_: datetime) -> Callable[[str], bool]:
    return lambda _: False


class Folders(Protocol):
    """The folders of the mailbox."""

    def erase(self, wanted: Callable[[Lying], bool]) -> int: ...

    def close(self) -> None: ...


class Kept:
    """The files of one installation, and the folders of its mailbox."""

    def __init__(
        self,
        data_folder: Path,
        inbox: str,
        handled: str,
        folders: Callable[[], Folders],
        ledger: Callable[[datetime], Callable[[str], bool]] = _nothing_known,
    ) -> None:
        """`folders` opens the mailbox; `ledger` gives what tells of a Message-ID whether mailbot itself handled a mail
        with it before a moment."""
        self._folder = data_folder
        self._inbox = inbox
        self._handled = handled
        self._open = folders
        self._ledger = ledger
        self._tidied: date | None = None
        self.photos = Photos(data_folder / PHOTOS)

    def remember_forgotten(self, address: str, photos: tuple[str, ...], now: datetime) -> None:
        """Delete what files hold of an address, and remember, without it, that it was forgotten now (UTC)."""
        forget_case_files(self._folder, address)
        self.photos.erase(photos)
        path = self._folder / FORGOTTEN
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(f"{mark(address)} {now:%Y-%m-%dT%H:%M:%S+00:00}\n")

    def forgotten(self) -> Mapping[str, datetime]:
        """Return when each address, by its mark, was forgotten last."""
        path = self._folder / FORGOTTEN
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        return {line.partition(" ")[0]: _moment(line.partition(" ")[2]) for line in sorted(lines)}

    def tidy(self, rules: Rules, now: datetime) -> None:
        """Erase what has served, once a day. Where the mailbox is away, the next call tries again."""
        if self._tidied == now.date():
            return
        files = self.photos.expire(now - rules.retention.bookings)
        files += expire(self._folder / CASES, now - rules.retention.letters)
        try:
            mails = self.erase_from_mailbox(rules, now)
        except Temporary as error:
            log.warning("the mailbox is not tidied yet", extra={"error": str(error)})
            return
        self._tidied = now.date()
        if files or mails:
            log.info("files and mails erased", extra={"files": files, "mails": mails})

    def erase_from_mailbox(self, rules: Rules, now: datetime) -> int:
        """Erase the mails of who was forgotten, and those that have served; return how many. Of what has served only
        what mailbot itself handled goes, and its own letters: a mail that people answered before mailbot came, or that
        lies in the same folder, is theirs. Raises Temporary."""
        forgotten, ours = self.forgotten(), rules.commune.mailbox
        before = now - rules.retention.mails if rules.retention.mails else None
        if not forgotten and before is None:
            return 0

        handled = self._ledger(before) if before else _nothing_known(NEVER)

        def is_of_somebody_forgotten(mail: Lying) -> bool:
            if one_form(mail.sender) != ours.address:
                return mail.arrived < forgotten.get(mark(mail.sender), NEVER)  # who writes again is read again
            return any(mail.arrived <= forgotten.get(mark(address), NEVER) + GOODBYE for address in mail.to)

        def has_served(mail: Lying) -> bool:
            if before is None or mail.arrived >= before:
                return False
            found = _OURS.fullmatch(mail.message_id)
            if found is not None and found["domain"] == ours.domain and mail.folder != self._inbox:
                return True
            done = mail.answered or mail.folder == self._handled  # what a person takes the flag off is theirs
            return done and handled(mail.message_id)

        with closing(self._open()) as folders:
            return folders.erase(lambda mail: is_of_somebody_forgotten(mail) or has_served(mail))


def mark(address: str) -> str:
    """Return what stands for an address without telling it."""
    return sha256(one_form(address.strip()).encode("utf-8", "surrogateescape")).hexdigest()


def _moment(text: str) -> datetime:
    """Read a moment of the list; of a day alone (as it was written at first) its end."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC) + timedelta(days=1)
