"""A mailbox and a mail server in memory: for tests and for trying out. They pass the contract suites of the real."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.model.outbox import Post, Receipt


@dataclass
class MemoryMail:
    raw: bytes
    arrived: datetime
    place: str
    handled: bool = False

    def done(self) -> None:
        self.handled = True


@dataclass
class MemorySource:
    """Mails that were put here wait until they are done."""

    clock: Callable[[], datetime]
    mails: list[MemoryMail] = field(default_factory=list)
    _news: threading.Event = field(default_factory=threading.Event)

    def put(self, raw: bytes) -> None:
        self.mails.append(MemoryMail(raw, self.clock().replace(microsecond=0), f"memory/1/{len(self.mails) + 1}"))
        self._news.set()

    def waiting(self, limit: int) -> Sequence[MemoryMail]:
        return [mail for mail in self.mails if not mail.handled][:limit]

    def wait(self, seconds: float) -> bool:
        news = self._news.wait(seconds)
        self._news.clear()
        return news

    def wake(self) -> None:
        self._news.set()

    def close(self) -> None:
        self.wake()


@dataclass
class MemorySender:
    """Takes every letter that has an address, and shows them."""

    sent: list[Post] = field(default_factory=list)

    def send(self, posts: Sequence[Post]) -> Iterator[Receipt]:
        for post in posts:
            if post.deliverable:
                self.sent.append(post)
                yield Receipt(post.id, taken=True)
            else:
                yield Receipt(post.id, taken=False, final=True, error="no address that mail can be sent to")

    def close(self) -> None:
        """Nothing to let go."""
