"""Where the time of a mail goes: the way of the daemon in one thread, each part with a watch of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from mailbot import app
from mailbot.mail.imap import ImapSource
from mailbot.mail.smtp import SmtpSender
from mailbot.replies.compose import Composer
from mailbot.service import conversation, deliver, desk, facts, handle, rounds, voices
from mailbot.settings import load_settings
from mailbot.store.mailbox import Mailbox
from mailbot.store.memory import SourceMemory
from mailbot.store.reservations import Reservations
from mailbot.store.unit import Unit

PARTS: Mapping[str, tuple[tuple[Any, str], ...]] = {
    "fetch from IMAP": ((ImapSource, "waiting"), (ImapSource, "body"), (ImapSource, "close")),
    "remember what was fetched": ((SourceMemory, "first_start"), (SourceMemory, "undone"), (SourceMemory, "settle")),
    "count the try": ((Mailbox, "count_try"),),
    "parse": ((handle, "parse"),),
    "find the conversation": ((conversation, "conversation_of"),),
    "read": ((conversation, "read"),),
    "admit to the ledger": ((Mailbox, "admit"),),
    "say what to look at": ((facts, "windows"),),
    "gather the facts": ((voices, "facts_for"), (desk.Desk, "lapse")),
    "look at what is taken": ((Reservations, "occupancy"),),
    "decide": ((voices, "on_mail"),),
    "write what is booked": ((Reservations, "put"),),
    "compose": ((Composer, "compose"),),
    "write the letter": ((Mailbox, "post"), (Mailbox, "ended")),
    "commit": ((Unit, "commit"),),
    "take from the outbox": ((Mailbox, "due"), (Mailbox, "taken")),
    "send by SMTP": ((SmtpSender, "send"),),
}
"""The parts of the way, in its order, and the functions in which each is done."""

REST = "all the rest"


@dataclass
class Share:
    """Seconds in one part, without those of parts inside of it."""

    wall: float = 0.0
    processor: float = 0.0


class Watches:
    """Tells the time to the part that is at work; a part inside another stops the other's watch."""

    def __init__(self) -> None:
        self.shares = {part: Share() for part in (*PARTS, REST)}
        self._at_work = [REST]
        self._since = self._now()

    def start(self) -> None:
        self._since = self._now()

    def enter(self, part: str) -> None:
        self.stop()
        self._at_work.append(part)

    def leave(self) -> None:
        self.stop()
        self._at_work.pop()

    def stop(self) -> None:
        share, (wall, processor) = self.shares[self._at_work[-1]], self._since
        self._since = self._now()
        share.wall += self._since[0] - wall
        share.processor += self._since[1] - processor

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.thread_time()

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time going to a part; of an iterator, the time of its steps."""

        def timed(*positional: Any, **named: Any) -> Any:
            self.enter(part)
            try:
                result = work(*positional, **named)
            finally:
                self.leave()
            return self._steps(part, result) if isinstance(result, Iterator) else result

        return timed

    def _steps(self, part: str, iterator: Iterator[Any]) -> Iterator[Any]:
        while True:
            self.enter(part)
            try:
                step = next(iterator)
            except StopIteration:
                return
            finally:
                self.leave()
            yield step


def shares(settings: Mapping[str, str], folder: Path) -> dict[str, Share]:
    """Handle what waits in the mailbox and send the answers; return the seconds of each part."""
    chosen = load_settings(settings, folder)
    watches = Watches()
    with app.opened(chosen) as store, ExitStack() as patches:
        office = app.office(chosen, store)
        app.get_ready(office)
        for part, functions in PARTS.items():
            for owner, name in functions:
                patches.enter_context(patch.object(owner, name, watches.timed(part, getattr(owner, name))))
        source, sender = app.source(chosen, store), app.sender(chosen)
        watches.start()
        rounds.fetch(source, office)
        source.close()
        while deliver.deliver(office, sender):
            pass
        watches.stop()
        sender.close()
    return watches.shares


def table(shares: Mapping[str, Share], mails: int) -> Iterator[str]:
    """Yield the lines of a report: milliseconds a mail, and the share of the whole."""
    wall = sum(share.wall for share in shares.values())
    processor = sum(share.processor for share in shares.values())
    yield f"{'where the time of a mail goes':<28}{'ms':>7}{'share':>8}{'of it CPU':>12}"
    for part, share in (*shares.items(), ("together", Share(wall, processor))):
        each, cpu = share.wall / mails * 1000, share.processor / mails * 1000
        yield f"  {part:<26}{each:7.2f}{share.wall / wall:8.1%}{cpu:9.2f} ms"
