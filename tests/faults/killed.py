"""One round of mailbot that dies (SIGKILL) at a chosen step."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mailbot import app
from mailbot.mail.imap import ImapMail, ImapSource
from mailbot.mail.smtp import SmtpSender
from mailbot.model.outbox import Post, Receipt
from mailbot.replies.compose import Composer
from mailbot.service import conversation, deliver, handle, rounds, voices
from mailbot.store.mailbox import Mailbox


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die where a function would be called."""
    setattr(owner, name, die)


def after(owner: Any, name: str, *, when: Callable[..., bool] = lambda *_: True) -> None:
    """Die when a function has returned."""
    original: Callable[..., Any] = getattr(owner, name)

    def dying(*positional: Any, **named: Any) -> Any:
        result = original(*positional, **named)
        if when(*positional):
            die()
        return result

    setattr(owner, name, dying)


def die_after_the_server_took_it(self: SmtpSender, posts: Sequence[Post]) -> Iterator[Receipt]:
    for _ in _send(self, posts):
        die()
    yield from ()


_send = SmtpSender.send
STEPS: dict[str, Callable[[], None]] = {
    "fetched": lambda: before(rounds, "handle"),
    "counted": lambda: before(handle, "parse"),
    "parsed": lambda: after(handle, "parse"),
    "read": lambda: after(conversation, "read"),
    "admitted": lambda: after(Mailbox, "admit"),
    "decided": lambda: after(voices, "on_mail"),
    "composed": lambda: after(Composer, "compose"),
    "before the commit": lambda: after(Mailbox, "ended"),
    "committed": lambda: after(handle, "answer"),
    "before the flag": lambda: before(ImapMail, "done"),
    "flagged": lambda: after(ImapSource, "_settle", when=lambda self, *_: not self._done and bool(self._batch)),
    "before sending": lambda: before(SmtpSender, "send"),
    "sent": lambda: setattr(SmtpSender, "send", die_after_the_server_took_it),
    "before the receipt": lambda: before(deliver, "settle"),
    "receipt written": lambda: after(deliver, "settle"),
}
"""Where a process may die, in the order of a mail's way."""


def once(environment: Mapping[str, str], step: str | None) -> None:
    """Run a round with these settings, to its end or to the step where it is to die. For a process of its own."""
    os.environ.clear()
    os.environ.update(environment)
    if step is not None:
        STEPS[step]()
    sys.exit(app.once())
