"""After a restore: mails that came since the backup are read again. What follows is booked; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mailbot.service.alerts import alert
from mailbot.service.office import Office
from mailbot.service.ports import Delivered
from mailbot.service.rounds import served, tick


@dataclass(frozen=True)
class Replayed:
    mails: int
    letters: int
    folder: str = ""
    """Where the letters lie; empty where there are none."""


def replay(mails: Iterable[Delivered], office: Office, draft: Callable[[Sequence[bytes]], str]) -> Replayed:
    """Handle mails in the order in which they came; put what would leave, and what waited in the backup, into the
    drafts by `draft`: people have had such letters already, and a person sees which. Staff are told. Raises Temporary:
    even then nothing leaves by itself."""
    handled = 0
    for mail in mails:
        handled += served(mail, office)
    tick(office)
    with office.store.unit() as unit:
        posts = unit.mailbox.withhold(office.clock())
        unit.commit()
    folder = draft([post.raw for post in posts]) if posts else ""
    if posts:
        told = {"mails": str(handled), "letters": str(len(posts)), "folder": folder}
        alert("restored", lambda _: told, office)
    return Replayed(handled, len(posts), folder)
