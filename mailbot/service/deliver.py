"""The second hand: letters leave the outbox, as often as needed, always under the Message-ID they were written with."""

from __future__ import annotations

import logging
from datetime import timedelta

from mailbot.errors import Temporary
from mailbot.model.outbox import Post, Receipt
from mailbot.service.desk import Desk
from mailbot.service.office import Office
from mailbot.service.ports import Sender
from mailbot.service.returned import did_not_arrive

log = logging.getLogger(__name__)

MOST_TRIES = 12
"""With the pauses below, a letter is tried for a day and a half before it is given up."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


def pause_after(tries: int) -> timedelta:
    """Return the pause after that many tries (1 or more): a minute, then doubling, six hours at most."""
    doublings: int = 2 ** min(tries - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def deliver(office: Office, sender: Sender, limit: int = 50) -> int:
    """Send letters that are due, `limit` at most; return how many were tried. What became of each is written at once,
    so that a crash repeats one letter at most, under its own Message-ID. Raises Temporary, after all is written, where
    the server itself was away."""
    with office.store.unit() as unit:
        posts = unit.mailbox.due(office.clock(), limit)
        unit.commit()
    by_id = {post.id: post for post in posts}
    away = ""
    for receipt in sender.send(posts):
        settle(receipt, by_id[receipt.id], office)
        away = receipt.error if receipt.away else ""
    if away:
        raise Temporary(f"SMTP server: {away}")
    return len(posts)


def settle(receipt: Receipt, post: Post, office: Office) -> None:
    """Write what became of one letter; tell staff about one that will never arrive."""
    now = office.clock()
    rules = office.rules.current()
    tries = post.tries + 1
    with office.store.unit() as unit:
        if receipt.taken:
            unit.mailbox.taken(receipt, now)
        elif receipt.away:
            unit.mailbox.postponed(receipt, now + FIRST_PAUSE)
        elif receipt.final or tries >= MOST_TRIES:
            lost = unit.mailbox.given_up(receipt, now)
            log.error("letter given up", extra={"kind": lost.kind, "reservation": lost.code, "error": receipt.error})
            Desk(unit, rules, office, now).carry_out(did_not_arrive(lost, receipt.error, unit, rules, now))
        else:
            log.warning("letter postponed", extra={"tries": tries, "error": receipt.error})
            unit.mailbox.postponed(receipt, now + pause_after(tries))
        unit.commit()
