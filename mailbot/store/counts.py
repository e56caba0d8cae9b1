"""Numbers for those who watch: a few sums over the ledger, the outbox and the bookings."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from mailbot.model.counts import Counts
from mailbot.store.schema import LEDGER, OUTBOX, RESERVATION, TRIES

_MAILS = select(func.coalesce(LEDGER.c.ended, "waiting"), func.count()).group_by(LEDGER.c.ended)
_OLDEST_MAIL = select(func.min(LEDGER.c.admitted)).where(LEDGER.c.ended.is_(None))
_LETTERS = select(
    func.count(OUTBOX.c.sent),
    func.count(OUTBOX.c.given_up),
    func.count(OUTBOX.c.bounced),
    func.count(),
)
_OLDEST_LETTER = select(func.min(OUTBOX.c.written)).where(OUTBOX.c.sent.is_(None), OUTBOX.c.given_up.is_(None))
_TRIES = select(func.coalesce(func.sum(TRIES.c.tries), 0))
_BOOKINGS = select(RESERVATION.c.state, func.count()).group_by(RESERVATION.c.state)


def counts(connection: Connection) -> Counts:
    """Return how it stands in this transaction."""
    sent, given_up, bounced, every = connection.execute(_LETTERS).one()
    letters = {"sent": sent, "waiting": every - sent - given_up, "given_up": given_up, "bounced": bounced}
    return Counts(
        mails=dict(connection.execute(_MAILS).all()),
        oldest_mail=connection.execute(_OLDEST_MAIL).scalar(),
        letters=letters,
        oldest_letter=connection.execute(_OLDEST_LETTER).scalar(),
        tries=int(connection.execute(_TRIES).scalar_one()),
        bookings=dict(connection.execute(_BOOKINGS).all()),
    )
