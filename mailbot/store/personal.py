"""What is kept of one person, gathered for them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select, update

from mailbot.model.personal import Personal
from mailbot.model.reports import Report
from mailbot.model.reservation import Reservation
from mailbot.store.evaluations import evaluation_of
from mailbot.store.schema import EVALUATION, HANDED, HISTORY, LEDGER, OUTBOX, RECIPIENT, REPORT, RESERVATION
from mailbot.store.values import to_json

GOODBYE_LIFE = timedelta(days=7)
"""A letter is sent or given up long before."""
GOODBYE = "forgotten"
"""The kind of the last letter to somebody: it goes once it was sent."""


class PersonalData:
    """What is kept under an address, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def gather(self, address: str) -> Personal:
        """Return all that is kept under this address (lower case)."""
        bodies = self._rows(select(RESERVATION.c.body).where(RESERVATION.c.address == address))
        reservations: tuple[Reservation, ...] = tuple(row["body"] for row in bodies)
        history = self._rows(select(HISTORY).where(HISTORY.c.by == address).order_by(HISTORY.c.id))
        mails = self._rows(select(LEDGER).where(LEDGER.c.sender == address).order_by(LEDGER.c.arrived))
        letters = self._rows(
            select(OUTBOX.c.written, OUTBOX.c.kind, OUTBOX.c.code, OUTBOX.c.sent, OUTBOX.c.text)
            .where(OUTBOX.c.id.in_(select(RECIPIENT.c.post).where(RECIPIENT.c.address == address)))
            .order_by(OUTBOX.c.id)
        )
        kept = self._rows(select(EVALUATION).where(EVALUATION.c.address == address).order_by(EVALUATION.c.about))
        bodies = self._rows(select(REPORT.c.body).order_by(REPORT.c.id))
        reports = [row["body"] for row in bodies if address in _of_whom(row["body"])]
        cases = self._rows(select(HANDED.c.body).where(HANDED.c.address == address).order_by(HANDED.c.opened))
        document = {
            "address": address,
            "conversations": [json.loads(to_json(one)) for one in reservations],
            "steps": history,
            "mails": mails,
            "letters": letters,
            "evaluations": kept,
            "reports": [json.loads(to_json(one)) for one in reports],
            "handed to a person": [json.loads(to_json(row["body"])) for row in cases],
        }
        text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
        evaluations = tuple(map(evaluation_of, kept))
        return Personal(address, reservations, evaluations, len(mails), len(letters), text)

    def forget_goodbyes(self, now: datetime) -> None:
        """Let the last letters to those who were forgotten go as well, and what staff were told of it, once sent."""
        lately = and_(OUTBOX.c.kind == GOODBYE, OUTBOX.c.written > now - GOODBYE_LIFE)
        farewells = list(self._connection.execute(select(OUTBOX.c.cause).where(lately)).scalars())
        if not farewells:
            return
        sent = and_(OUTBOX.c.cause.in_(farewells), OUTBOX.c.next_try.is_(None), OUTBOX.c.text != "")
        posts = list(self._connection.execute(select(OUTBOX.c.id).where(sent)).scalars())
        if posts:
            own = select(OUTBOX.c.id).where(OUTBOX.c.id.in_(posts), OUTBOX.c.kind == GOODBYE)
            self._connection.execute(update(RECIPIENT).where(RECIPIENT.c.post.in_(own)).values(address=""))
            self._connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(posts)).values(text="", raw=b"", error=""))

    def _rows(self, wanted: Any) -> list[dict[str, Any]]:
        return [dict(row._mapping) for row in self._connection.execute(wanted)]


def _of_whom(report: Report) -> tuple[str, ...]:
    """Return whose words a report holds: who reported, and for whom the commune asks something in it."""
    return (report.by, report.asks_for.address) if report.asks_for else (report.by,)
