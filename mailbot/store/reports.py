"""Reports of those who hand out keys and goods, kept whole, and the deeds of them that hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update

from mailbot.model.reports import (
    Away,
    Blocked,
    Deed,
    Limited,
    Opened,
    Outcome,
    Passed,
    Report,
    Shut,
    Standing,
    Stocked,
    Unblocked,
    Undone,
)
from mailbot.model.spans import Days, Span
from mailbot.store.schema import DEED, REPORT

_KINDS = frozenset(outcome.value for outcome in Outcome)
_NEW = insert(REPORT)
_DEED = insert(DEED)
_ONE = select(REPORT.c.id, REPORT.c.standing, REPORT.c.body).where(REPORT.c.id == bindparam("number"))
_LAST = (
    select(REPORT.c.id, REPORT.c.standing, REPORT.c.body)
    .where(REPORT.c.who == bindparam("whose"), REPORT.c.standing == Standing.DONE.value)
    .order_by(REPORT.c.id.desc())
    .limit(1)
)
_UNTOLD = (
    select(REPORT.c.id, REPORT.c.standing, REPORT.c.body)
    .where(REPORT.c.told.is_(None), REPORT.c.standing == Standing.DONE.value)
    .order_by(REPORT.c.id)
)
_LATER = DEED.alias("later")
_STANDS = and_(
    DEED.c.undone.is_(None),
    ~exists().where(
        _LATER.c.subject == DEED.c.subject,
        _LATER.c.undone.is_(None),
        _LATER.c.kind.in_(_KINDS),
        or_(_LATER.c.report > DEED.c.report, and_(_LATER.c.report == DEED.c.report, _LATER.c.place > DEED.c.place)),
    ),
)
"""Of a passing, what was reported last."""
_IN_FORCE = (
    select(DEED.c.body)
    .where(
        or_(
            and_(
                DEED.c.undone.is_(None),
                DEED.c.kind.in_(("stocked", "away", "shut", "blocked", "unblocked", "opened", "limited")),
                or_(DEED.c.last_day.is_(None), DEED.c.last_day >= bindparam("since")),
            ),
            and_(DEED.c.kind.in_((Outcome.NOT_BACK.value, Outcome.SAID_BACK.value)), _STANDS),
        )
    )
    .order_by(DEED.c.report, DEED.c.place)
)
_OUTCOMES = (
    select(DEED.c.body)
    .where(DEED.c.code.in_(bindparam("codes", expanding=True)), DEED.c.kind.in_(_KINDS), DEED.c.undone.is_(None))
    .order_by(DEED.c.report, DEED.c.place)
)


class Reports:
    """Reports and their deeds, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, report: Report, now: datetime) -> int:
        """Write a report and, unless it waits for a yes, what it does; return its number. One that waited and has its
        number already is done now; one that is not waiting any more stays as it is."""
        if report.id:
            waited = update(REPORT).where(REPORT.c.id == report.id, REPORT.c.standing == Standing.WAITING.value)
            if self._connection.execute(waited, {"standing": report.standing.value, "body": report}).rowcount != 1:
                return report.id
            number = report.id
        else:
            row = {"who": report.who, "at": now, "standing": report.standing.value, "body": report}
            number = int((self._connection.execute(_NEW, row).inserted_primary_key or (0,))[0])
        if report.standing is Standing.DONE:
            self._do(number, report, now)
        return number

    def _do(self, number: int, report: Report, now: datetime) -> None:
        for place, deed in enumerate(report.deeds):
            if isinstance(deed, Undone):
                self._undo(deed.report, now)
            else:
                self._connection.execute(_DEED, {"report": number, "place": place, **_row(deed), "body": deed})

    def _undo(self, number: int, now: datetime) -> None:
        self._connection.execute(update(REPORT).where(REPORT.c.id == number), {"standing": Standing.UNDONE.value})
        self._connection.execute(update(DEED).where(DEED.c.report == number), {"undone": now})

    def get(self, number: int) -> Report | None:
        """Return a report as it stands, or None where there is none with this number."""
        return self._first(_ONE, number=number)

    def of(self, code: str) -> tuple[tuple[datetime, Report], ...]:
        """Return the reports about a booking, each with when it came, oldest first."""
        about = select(DEED.c.report).where(DEED.c.code == code)
        wanted = select(REPORT.c.at, REPORT.c.id, REPORT.c.standing, REPORT.c.body).where(REPORT.c.id.in_(about))
        rows = self._connection.execute(wanted.order_by(REPORT.c.id))
        return tuple((row.at, _whole(row.id, row.standing, row.body)) for row in rows)

    def last_of(self, who: str) -> Report | None:
        """Return the last report of somebody that still holds."""
        return self._first(_LAST, whose=who)

    def untold(self) -> tuple[Report, ...]:
        """Return the reports that hold and that no list told yet, oldest first."""
        return tuple(_whole(*row) for row in self._connection.execute(_UNTOLD))

    def told(self, numbers: Iterable[int], now: datetime) -> None:
        """Write that a list told them."""
        self._connection.execute(update(REPORT).where(REPORT.c.id.in_(list(numbers))), {"told": now})

    def in_force(self, since: date) -> tuple[Deed, ...]:
        """Return what alters the rules on that day or later, oldest first."""
        return tuple(self._connection.execute(_IN_FORCE, {"since": since}).scalars())

    def outcomes(self, codes: Iterable[str]) -> dict[str, Passed]:
        """Return what was reported last of each passing of these bookings, by `Passing.place`."""
        wanted = list(codes)
        if not wanted:
            return {}
        return {deed.passing: deed for deed in self._connection.execute(_OUTCOMES, {"codes": wanted}).scalars()}

    def _first(self, wanted: object, **values: object) -> Report | None:
        row = self._connection.execute(wanted, values).first()  # type: ignore[call-overload]
        return _whole(*row) if row else None


def _whole(number: int, standing: str, body: Report) -> Report:
    return replace(body, id=number, standing=Standing(standing))


def _row(deed: Deed) -> dict[str, object]:
    """Return what a deed is looked for by."""
    row: dict[str, object] = {"kind": type(deed).__name__.lower(), "subject": "", "code": "", "last_day": None}
    if isinstance(deed, Passed):
        return row | {"kind": deed.outcome.value, "subject": deed.passing, "code": deed.code}
    if isinstance(deed, Stocked):
        last = None if deed.last is None else date.fromordinal(deed.last)
        return row | {"subject": deed.resource, "code": deed.code, "last_day": last}
    if isinstance(deed, Away):
        return row | {"subject": deed.holder, "last_day": deed.last}
    if isinstance(deed, Shut):
        return row | {"subject": deed.counter, "last_day": deed.last}
    if isinstance(deed, Blocked):
        return row | {"subject": deed.blocked, "last_day": _last_day(deed.when)}
    if isinstance(deed, Unblocked):
        return row | {"subject": deed.unblocked, "last_day": _last_day(deed.when)}
    if isinstance(deed, Limited):
        return row | {"subject": deed.limited}
    if isinstance(deed, Opened):
        return row | {"subject": deed.opened, "last_day": _last_day(deed.when)}
    return row | {"code": getattr(deed, "code", "")}


def _last_day(when: Span | Days) -> date:
    """Return the last day of it; of hours the day in UTC, which is that of the commune or the one before."""
    return when.last if isinstance(when, Days) else when.end.date()
