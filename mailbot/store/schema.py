"""The tables, as the newest migration leaves them (a test compares the two), and the types of their columns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    func,
)
from sqlalchemy.engine import Dialect

from mailbot.model.cases import Case
from mailbot.model.reports import Deed, Report
from mailbot.model.reservation import Reservation
from mailbot.model.to_key_holders import Digest
from mailbot.store.values import from_json, to_json

METADATA = MetaData()


class Moment(TypeDecorator[datetime]):
    """An instant: aware on the way in, UTC on the way out. SQLite keeps it as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"without a time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Whole(TypeDecorator[Any]):
    """A value of the model, whole, as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        """`kind` is a type of the model, or a union of some."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else from_json(self.kind, value)


OCCUPANCY = Table(
    "occupancy",
    METADATA,
    Column("resource", Text, primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("taken", Integer, nullable=False),
    Column("capacity", Integer, nullable=False),
)

RESERVATION = Table(
    "reservation",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("initiative", Text),
    Column("deadline", Moment),
    Column("first_start", Moment),
    Column("last_end", Moment),
    Column("released", Moment),
    Column("created", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("body", Whole(Reservation), nullable=False),
)

OCCASION = Table(
    "occasion",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("starts", Moment, primary_key=True),
    Column("ends", Moment, primary_key=True),
)

HISTORY = Table(
    "history",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("code", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("act", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("mail", Text, nullable=False, server_default=""),
)

QUOTA_LOCK = Table("quota_lock", METADATA, Column("whose", Text, primary_key=True))

DIGEST = Table(
    "digest",
    METADATA,
    Column("holder", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("written", Moment, nullable=False),
    Column("body", Whole(Digest), nullable=False),
)

EVALUATION = Table(
    "evaluation",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("about", Date, primary_key=True),
    Column("asked", Moment, nullable=False),
    Column("address", Text, nullable=False),
    Column("initiative", Text),
    Column("answered", Moment),
    Column("condition", Integer),
    Column("access", Integer),
    Column("usefulness", Integer),
    Column("remark", Text, nullable=False),
    Column("damage", Boolean, nullable=False),
)

REPORT = Table(
    "report",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("standing", Text, nullable=False),
    Column("told", Moment),
    Column("body", Whole(Report), nullable=False),
)

DEED = Table(
    "deed",
    METADATA,
    Column("report", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("last_day", Date),
    Column("undone", Moment),
    Column("body", Whole(Deed), nullable=False),
)

HANDED = Table(
    "handed",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("ended", Moment),
    Column("body", Whole(Case), nullable=False),
)

LEDGER = Table(
    "ledger",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("message_id_digest", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("arrived", Moment),
    Column("admitted", Moment, nullable=False, server_default=func.current_timestamp()),
    Column("ended", Text),
    Column("why", Text),
    Column("code", Text),
)

TRIES = Table(
    "tries",
    METADATA,
    Column("place", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("written", Moment, nullable=False),
    Column("next_try", Moment),
    Column("tries", Integer, nullable=False),
    Column("worker", Text),
    Column("leased_until", Moment),
    Column("sent", Moment),
    Column("given_up", Moment),
    Column("error", Text, nullable=False),
    Column("bounced", Moment),
)

RECIPIENT = Table(
    "recipient",
    METADATA,
    Column("post", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("written", Moment, nullable=False),
)

WATERMARK = Table(
    "watermark",
    METADATA,
    Column("folder", Text, primary_key=True),
    Column("uid_validity", BigInteger, nullable=False),
    Column("uid_next", BigInteger, nullable=False),
    Column("moment", Moment, nullable=False),
)

LOW_WATER = Table(
    "low_water",
    METADATA,
    Column("folder", Text, primary_key=True),
    Column("uid_validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, nullable=False),
)

DONE = Table(
    "done",
    METADATA,
    Column("folder", Text, primary_key=True),
    Column("uid_validity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
)
