"""The ledger of mails that came in, the count of tries, and the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, case, func, insert, or_, select, text, update

from mailbot.model.addresses import one_form
from mailbot.model.decision import End, Traffic
from mailbot.model.letters import Letter
from mailbot.model.outbox import OurLetter, Outgoing, Post, Receipt
from mailbot.store.schema import LEDGER, OUTBOX, RECIPIENT, TRIES
from mailbot.store.upsert import insert_unless_there
from mailbot.store.worker import is_gone

LEASE = timedelta(minutes=10)
"""How long letters that were handed out stay with a worker that is not known to be gone. Longer than any batch takes to
send: a letter that is handed out twice is sent twice."""


LONGEST_PAUSE = timedelta(hours=6)
"""No letter waits longer for its next try; one that seems to was written while the clock was wrong."""

_MANY = 500
"""More Message-IDs than any honest mail refers to."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NO_ANSWERS = ("alert", "to_staff", "case_told", "morning", "digest", "short_notice")
"""Kinds of letters that the commune's own people get."""


# Statements are made once: making one costs three times what running a small one does.
_ENDED = update(LEDGER).where(LEDGER.c.digest == bindparam("of_digest"))
_ANSWERS = select(func.count()).where(OUTBOX.c.kind.not_in(NO_ANSWERS))
_ANSWERS_TO = _ANSWERS.where(OUTBOX.c.id == RECIPIENT.c.post, RECIPIENT.c.written >= bindparam("day"))
_TRAFFIC = select(
    _ANSWERS_TO.where(RECIPIENT.c.address == bindparam("address")).scalar_subquery(),
    _ANSWERS_TO.where(RECIPIENT.c.address.like(bindparam("domain"), escape="/")).scalar_subquery(),
    _ANSWERS.where(OUTBOX.c.code == bindparam("code"), OUTBOX.c.written >= bindparam("day")).scalar_subquery(),
    _ANSWERS.where(OUTBOX.c.written >= bindparam("hour")).scalar_subquery(),
)
_WRITTEN = select(func.count()).where(OUTBOX.c.kind == bindparam("of_kind"), OUTBOX.c.written >= bindparam("since"))
_TOLD = select(OUTBOX.c.id).where(
    OUTBOX.c.cause == bindparam("event"),
    OUTBOX.c.kind.in_(("alert", "morning", "week_plan", "recalled", "college_list")),
    OUTBOX.c.written >= bindparam("since"),
)
_NEWEST_TO = (
    select(RECIPIENT.c.post)
    .where(RECIPIENT.c.address == bindparam("address"), RECIPIENT.c.written >= bindparam("since"))
    .order_by(RECIPIENT.c.written.desc(), RECIPIENT.c.post.desc())
    .limit(1)
)
_BOUNCED = update(OUTBOX).where(OUTBOX.c.message_id == bindparam("of"), OUTBOX.c.bounced.is_(None))
_LETTERS = select(
    OUTBOX.c.id, OUTBOX.c.message_id, OUTBOX.c.code, OUTBOX.c.kind, OUTBOX.c.text, OUTBOX.c.written, OUTBOX.c.cause
).order_by(OUTBOX.c.written.desc(), OUTBOX.c.id.desc())
_RECIPIENTS = (
    select(RECIPIENT.c.post, RECIPIENT.c.address)
    .where(RECIPIENT.c.post.in_(bindparam("posts", expanding=True)))
    .order_by(RECIPIENT.c.post, RECIPIENT.c.place)
)
_TRY = text(
    "INSERT INTO tries (place, tries) VALUES (:place, 1) ON CONFLICT (place) DO UPDATE SET tries = tries.tries + 1"
)
_TRY_LESS = update(TRIES).where(TRIES.c.place == bindparam("at"), TRIES.c.tries > 0).values(tries=TRIES.c.tries - 1)
_TRIES = select(TRIES.c.tries).where(TRIES.c.place == bindparam("place"))
_POST, _TO = insert(OUTBOX), insert(RECIPIENT)
_OUTCOME = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("post"))
    .values(worker=None, leased_until=None, tries=OUTBOX.c.tries + bindparam("tried"))
)
_POSTS = (
    select(OUTBOX.c.id, OUTBOX.c.raw, OUTBOX.c.sender, OUTBOX.c.tries)
    .where(OUTBOX.c.id.in_(bindparam("posts", expanding=True)))
    .order_by(OUTBOX.c.id)
)


class Mailbox:
    """The ledger and the outbox, inside one transaction."""

    def __init__(
        self, connection: Connection, counting: Engine, worker: str, redo: Callable[[str], None], *, writes: bool
    ) -> None:
        """`counting` gives connections for tries; `redo` is told which to count again if this transaction, which may
        write or not, rolls back."""
        self._connection = connection
        self._counting = counting
        self._may_write = writes
        self._worker = worker
        self._redo = redo

    def count_try(self, place: str) -> int:
        """Count one try of the mail that lies at `place` (committed at once, on its own) and return which it is.

        Works whatever the unit did before. SQLite has one writer: where this unit already writes there, the try is
        counted inside it, and once more on its own if it rolls back; only a crash in between would lose it."""
        if self._connection.dialect.name == "sqlite" and self._may_write and self._connection.in_transaction():
            self._redo(place)
            return count_try(self._connection, place)
        with self._counting.begin() as connection:
            return count_try(connection, place)

    def take_back_try(self, place: str) -> None:
        """Forget the last try of a mail: it was not the mail that failed."""
        self._connection.execute(_TRY_LESS, {"at": place})

    def admit(self, letter: Letter) -> bool:
        """Enter the letter into the ledger; False where it (same digest) was admitted before. Where another transaction
        is admitting it at this moment, this waits for how that ends."""
        row = {
            "digest": letter.digest,
            "message_id_digest": _digest(letter.message_id),
            "sender": letter.sender.address,
            "arrived": letter.arrived,
        }
        return insert_unless_there(self._connection, LEDGER, row)

    def ended(self, digest: str, end: End, why: str, code: str = "") -> None:
        """Write how the mail ended. A mail that could not be admitted because nobody could read it gets its line in the
        ledger here."""
        how = {"ended": end.value, "why": why, "code": code}
        if self._connection.execute(_ENDED, {"of_digest": digest, **how}).rowcount == 0:
            unread = {"digest": digest, "message_id_digest": "", "sender": "", **how}
            self._connection.execute(insert(LEDGER), unread)

    def handled(self, before: datetime) -> Callable[[str], bool]:
        """Return what tells of a Message-ID whether a mail with it was handled here before that moment."""
        ended = select(LEDGER.c.message_id_digest).where(LEDGER.c.admitted < before, LEDGER.c.ended.is_not(None))
        digests = frozenset(self._connection.execute(ended).scalars())
        return lambda message_id: bool(message_id) and _digest(message_id) in digests

    def traffic(self, address: str, code: str, now: datetime) -> Traffic:
        """Return how many answers were written lately, sent or not, to this address and its domain, in this
        conversation (empty: none), and at all. Letters to staff and key-holders do not count."""
        address = one_form(address)
        domain = re.sub(r"([%_/])", r"/\1", address.rpartition("@")[2])
        about = {"address": address, "domain": f"%@{domain}", "code": code or None}
        row = self._connection.execute(_TRAFFIC, {**about, "day": now - DAY, "hour": now - HOUR}).one()
        return Traffic(*row)

    def written(self, kind: str, since: datetime) -> int:
        """Return how many letters of a kind were written since then, sent or not."""
        found: int = self._connection.execute(_WRITTEN, {"of_kind": kind, "since": since}).scalar_one()
        return found

    def told(self, event: str, since: datetime) -> bool:
        """Return whether staff were told of this event since then."""
        return self._connection.execute(_TOLD, {"event": event, "since": since}).first() is not None

    def our_letters(self, message_ids: Sequence[str]) -> tuple[OurLetter, ...]:
        """Return those of our letters that have one of these Message-IDs, newest first."""
        wanted = list(message_ids)[-_MANY:]  # the last references are the nearest (RFC 5322 section 3.6.4)
        return self._letters(OUTBOX.c.message_id.in_(wanted)) if wanted else ()

    def letters_in(self, code: str) -> tuple[OurLetter, ...]:
        """Return our letters of a conversation, newest first."""
        return self._letters(OUTBOX.c.code == code)

    def newest_to(self, address: str, since: datetime) -> OurLetter | None:
        """Return the newest letter that was written to an address since then."""
        there = {"address": one_form(address), "since": since}
        found = self._connection.execute(_NEWEST_TO, there).scalar_one_or_none()
        return next(iter(self._letters(OUTBOX.c.id == found)), None) if found is not None else None

    def bounced(self, message_id: str, said: str, now: datetime) -> bool:
        """Write that a letter came back, and why; False where that was written before."""
        came_back = {"of": message_id, "bounced": now, "error": said}
        return self._connection.execute(_BOUNCED, came_back).rowcount == 1

    def _letters(self, which: ColumnElement[bool]) -> tuple[OurLetter, ...]:
        rows = self._connection.execute(_LETTERS.where(which)).all()
        recipients = self._recipients([row.id for row in rows])
        return tuple(
            OurLetter(row.message_id, row.code, row.kind, recipients[row.id], row.text, row.written, row.cause)
            for row in rows
        )

    def _recipients(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = dict.fromkeys(ids, ())
        for post, address in self._connection.execute(_RECIPIENTS, {"posts": list(ids)}):
            found[post] += (address,)
        return found

    def post(self, outgoing: Outgoing, now: datetime) -> None:
        """Put a letter into the outbox; it leaves after the commit. Raises LostRace where a letter with this Message-ID
        was written before: somebody else did the same work."""
        row = {
            "message_id": outgoing.message_id,
            "code": outgoing.code,
            "kind": outgoing.kind,
            "cause": outgoing.cause,
            "sender": outgoing.sender,
            "text": outgoing.text,
            "raw": outgoing.raw,
            "written": now,
            "next_try": now,
            "tries": 0,
            "error": "",
        }
        [post] = self._connection.execute(_POST, row).inserted_primary_key or (None,)
        recipients = [
            {"post": post, "place": place, "address": one_form(address), "written": now}
            for place, address in enumerate(outgoing.recipients)
        ]
        if recipients:
            self._connection.execute(_TO, recipients)

    def due(self, now: datetime, limit: int) -> tuple[Post, ...]:
        """Return letters whose next try is due, oldest first, and lease them to this worker: needs a unit that writes,
        and its commit before anything is sent. No other worker gets them until their outcome is written, this worker
        is gone, or the lease ends (10 minutes). Asked again, this worker gets its own again."""
        free = or_(
            OUTBOX.c.worker.is_(None), OUTBOX.c.worker.in_(self._mine_and_orphaned()), OUTBOX.c.leased_until <= now
        )
        due = or_(OUTBOX.c.next_try <= now, OUTBOX.c.next_try > now + LONGEST_PAUSE)
        waiting = OUTBOX.c.next_try.is_not(None)  # as the index has it; ordered by the bare id, SQLite would not use it
        wanted = select(OUTBOX.c.id).where(waiting, due, free).order_by(OUTBOX.c.id + 0).limit(limit)
        ids = list(self._connection.execute(wanted.with_for_update(skip_locked=True)).scalars())
        if not ids:
            return ()
        lease = {"worker": self._worker, "leased_until": now + LEASE}
        self._connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)), lease)
        rows = self._connection.execute(_POSTS, {"posts": ids})
        recipients = self._recipients(ids)
        return tuple(Post(row.id, row.raw, row.sender, recipients[row.id], row.tries) for row in rows)

    def _mine_and_orphaned(self) -> list[str]:
        holding = select(OUTBOX.c.worker).where(OUTBOX.c.next_try.is_not(None), OUTBOX.c.worker.is_not(None)).distinct()
        holders = self._connection.execute(holding).scalars()
        return [holder for holder in holders if holder == self._worker or is_gone(holder)]

    def next_due(self) -> datetime | None:
        """Return when a letter is next to be tried, or a lease ends; None where nothing waits."""
        when = case((OUTBOX.c.worker.is_(None), OUTBOX.c.next_try), else_=OUTBOX.c.leased_until)
        soonest: datetime | None = self._connection.scalar(select(func.min(when)).where(OUTBOX.c.next_try.is_not(None)))
        return soonest

    def taken(self, receipt: Receipt, now: datetime) -> None:
        """Write that the server took it."""
        self._outcome(receipt, {"next_try": None, "sent": now, "error": ""})

    def postponed(self, receipt: Receipt, again: datetime) -> None:
        """Write that it was not taken, why, and when it is tried again."""
        self._outcome(receipt, {"next_try": again, "error": receipt.error})

    def given_up(self, receipt: Receipt, now: datetime) -> OurLetter:
        """Write that it will not be tried again, and return what it was."""
        self._outcome(receipt, {"next_try": None, "given_up": now, "error": receipt.error})
        [letter] = self._letters(OUTBOX.c.id == receipt.id)
        return letter

    def withhold(self, now: datetime) -> tuple[Post, ...]:
        """Write of all letters that wait that they will not leave by themselves, and return them, oldest first."""
        waits = OUTBOX.c.next_try.is_not(None)
        columns = (OUTBOX.c.id, OUTBOX.c.raw, OUTBOX.c.sender, OUTBOX.c.tries)
        rows = self._connection.execute(select(*columns).where(waits).order_by(OUTBOX.c.id)).all()
        recipients = self._recipients([row.id for row in rows])
        held = {"next_try": None, "worker": None, "given_up": now, "error": "withheld: a person decides"}
        self._connection.execute(update(OUTBOX).where(waits).values(**held))
        return tuple(Post(row.id, row.raw, row.sender, recipients[row.id], row.tries) for row in rows)

    def _outcome(self, receipt: Receipt, what: dict[str, object]) -> None:
        self._connection.execute(_OUTCOME, {**what, "post": receipt.id, "tried": 0 if receipt.away else 1})


def count_try(connection: Connection, place: str) -> int:
    """Count one try and return which it is, the first is 1."""
    connection.execute(_TRY, {"place": place})
    tries: int = connection.execute(_TRIES, {"place": place}).scalar_one()
    return tries


def _digest(message_id: str) -> str:
    return sha256(message_id.encode("utf-8", "surrogateescape")).hexdigest() if message_id else ""
