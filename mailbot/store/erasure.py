"""Personal data is erased: of one person who asks for it, and of everybody once it has served. What is counted stays,
without a name: what was booked, when, and how each mail ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from mailbot.model.addresses import one_form
from mailbot.model.erasure import Erased
from mailbot.model.letters import Address
from mailbot.model.reports import Found, Report, Standing
from mailbot.model.reservation import BOOKED, HELD, Handover, Neighbour, Reservation, State, Use, neighbours
from mailbot.model.to_key_holders import Digest, Passing
from mailbot.store.schema import DIGEST, EVALUATION, HANDED, HISTORY, LEDGER, OUTBOX, RECIPIENT, REPORT, RESERVATION

NOBODY = Address("", "")
STANDING = tuple(state.value for state in (State.ASKED, *HELD, State.WAITING, *BOOKED))
"""States in which a conversation still needs to know whose it is."""


class Erasure:
    """Erases inside one transaction; harmless when repeated."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget(self, address: str) -> Erased:
        """Erase what is kept of an address. What stands (a booking to come, an open offer) is kept until it is over,
        and named; letters that have not left yet are kept as well."""
        whose = one_form(address)
        standing = self._codes(RESERVATION.c.address == whose, RESERVATION.c.state.in_(STANDING))
        over = self._codes(RESERVATION.c.address == whose, RESERVATION.c.state.not_in(STANDING))
        mails = select(LEDGER.c.digest).where(LEDGER.c.sender == whose)
        to_them = select(RECIPIENT.c.post).where(RECIPIENT.c.address == whose)
        about = or_(OUTBOX.c.id.in_(to_them), OUTBOX.c.code.in_(over), OUTBOX.c.cause.in_(mails))
        letters = self._erase_letters(and_(about, OUTBOX.c.code.not_in(standing)), RECIPIENT.c.address == whose)
        self._erase_reservations(over)
        self._erase_from_lists(whose)
        photos = self._photos(whose, over)
        self._erase_from_reports(lambda report: report.by == whose)
        self._erase_requests(whose)
        self._connection.execute(delete(HANDED).where(HANDED.c.address == whose))
        self._connection.execute(update(EVALUATION).where(EVALUATION.c.address == whose).values(address="", remark=""))
        about_them = and_(LEDGER.c.sender == whose, or_(LEDGER.c.code.is_(None), LEDGER.c.code.not_in(standing)))
        ended = self._connection.execute(update(LEDGER).where(about_them).values(sender="")).rowcount
        return Erased(len(over), letters, ended, tuple(standing), photos)

    def expire(self, bookings: datetime, letters: datetime) -> Erased:
        """Erase names from conversations that were over before `bookings`, and letters and senders from before
        `letters`."""
        over = self._codes(
            RESERVATION.c.updated < bookings, RESERVATION.c.state.not_in(STANDING), RESERVATION.c.address != ""
        )
        self._erase_reservations(over)
        old = and_(OUTBOX.c.written < letters, func.length(OUTBOX.c.raw) > 0)
        gone = self._erase_letters(old, RECIPIENT.c.written < letters)
        newest_of = select(DIGEST.c.holder, func.max(DIGEST.c.day)).group_by(DIGEST.c.holder)
        for holder, newest in self._connection.execute(newest_of).all():
            older = and_(DIGEST.c.holder == holder, DIGEST.c.day < newest, DIGEST.c.written < letters)
            self._connection.execute(delete(DIGEST).where(older))
        self._erase_from_reports(lambda report: bool(report.by), REPORT.c.at < bookings)
        self._erase_requests("", REPORT.c.at < letters)
        self._connection.execute(update(EVALUATION).where(EVALUATION.c.asked < bookings).values(address="", remark=""))
        self._connection.execute(delete(HANDED).where(HANDED.c.ended < letters))
        senders = and_(LEDGER.c.admitted < letters, LEDGER.c.sender != "")
        mails = self._connection.execute(update(LEDGER).where(senders).values(sender="")).rowcount
        return Erased(len(over), gone, mails)

    def addresses(self) -> frozenset[str]:
        """Return every address that something is kept of."""
        columns = (
            RESERVATION.c.address,
            RECIPIENT.c.address,
            LEDGER.c.sender,
            EVALUATION.c.address,
            HANDED.c.address,
        )
        found = {one for column in columns for one in self._connection.execute(select(column).distinct()).scalars()}
        return frozenset(found - {""})

    def _codes(self, *which: ColumnElement[bool]) -> list[str]:
        return list(self._connection.execute(select(RESERVATION.c.code).where(*which)).scalars())

    def _erase_reservations(self, codes: Iterable[str]) -> None:
        codes = list(codes)
        rows = self._connection.execute(
            select(RESERVATION.c.code, RESERVATION.c.body).where(RESERVATION.c.code.in_(codes))
        )
        for code, body in rows.all():
            nameless = update(RESERVATION).where(RESERVATION.c.code == code)
            self._connection.execute(nameless.values(address="", body=_nameless(body)))
            self._erase_from_neighbours(code, body)
        of_them = update(HISTORY).where(HISTORY.c.code.in_(codes))
        self._connection.execute(of_them.values(by="", why="", mail=""))

    def _erase_from_neighbours(self, code: str, body: Reservation) -> None:
        """Take a name off the bookings from or to which something passed directly."""
        for neighbour in neighbours(_all_uses(body)):
            this = RESERVATION.c.code == neighbour.code
            other = self._connection.execute(select(RESERVATION.c.body).where(this)).scalar_one_or_none()
            if other is not None:
                told = update(RESERVATION).where(this).values(body=_without_neighbour(other, code))
                self._connection.execute(told)

    def _erase_letters(self, which: ColumnElement[bool], whose: ColumnElement[bool]) -> int:
        """Erase letters that have left, and these recipients of them."""
        ids = list(self._connection.execute(select(OUTBOX.c.id).where(which, OUTBOX.c.next_try.is_(None))).scalars())
        self._connection.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(text="", raw=b"", error=""))
        self._connection.execute(delete(RECIPIENT).where(RECIPIENT.c.post.in_(ids), whose))
        return len(ids)

    def _erase_from_lists(self, address: str) -> None:
        """Take a name off the key-holders' lists that were given, and erase the letters that gave them."""
        for holder, day, body in self._connection.execute(select(DIGEST.c.holder, DIGEST.c.day, DIGEST.c.body)).all():
            if (nameless := _list_without(body, address)) != body:
                this = and_(DIGEST.c.holder == holder, DIGEST.c.day == day)
                self._connection.execute(update(DIGEST).where(this).values(body=nameless))
                self._erase_letters(OUTBOX.c.cause == f"list {holder} {day}", RECIPIENT.c.address == address)

    def _photos(self, address: str, over: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the photos that somebody sent, and of those of what they had."""
        reports = self._connection.execute(select(REPORT.c.body)).scalars()
        found = [(report, deed) for report in reports for deed in report.deeds if isinstance(deed, Found)]
        theirs = (deed for report, deed in found if report.by == address or deed.code in over)
        return tuple(name for deed in theirs for name in deed.photos)

    def _erase_from_reports(self, of_whom: Callable[[Report], bool], *which: ColumnElement[bool]) -> None:
        """Take a name and the words off reports that were carried out; what they changed stays."""
        done = (REPORT.c.standing == Standing.DONE.value, *which)
        for number, report in self._connection.execute(select(REPORT.c.id, REPORT.c.body).where(*done)).all():
            if of_whom(report):
                nameless = replace(report, by="", words="", mail="")
                self._connection.execute(update(REPORT).where(REPORT.c.id == number).values(body=nameless))

    def _erase_requests(self, address: str, *which: ColumnElement[bool]) -> None:
        """Erase what the commune asked for somebody (empty: anybody) and what still waits for an answer of theirs."""
        waiting = (REPORT.c.standing == Standing.WAITING.value, *which)
        for number, report in self._connection.execute(select(REPORT.c.id, REPORT.c.body).where(*waiting)).all():
            behalf = report.asks_for
            if behalf is not None and (not address or behalf.address == address):
                nameless = replace(report, by="", words="", mail="", deeds=(), standing=Standing.UNDONE)
                undone = {"body": nameless, "standing": Standing.UNDONE.value}
                self._connection.execute(update(REPORT).where(REPORT.c.id == number).values(**undone))


def _nameless(reservation: Reservation) -> Reservation:
    """Return what was booked, by nobody."""
    return replace(
        _without_neighbour(reservation),
        asker=NOBODY,
        subject="",
        phone=None,
        request=None,
        thread=(),
        collector=None,
        pending=None,
        approval=None,
        draft=None,
        colleagues=(),
    )


def _all_uses(reservation: Reservation) -> tuple[Use, ...]:
    return (*reservation.uses, *(reservation.before.uses if reservation.before else ()))


def _without_neighbour(reservation: Reservation, code: str = "") -> Reservation:
    """Return a booking that does not name from whom, or to whom, something passed directly: anybody, or who has the
    booking `code`."""

    def of(handover: Handover | None) -> Handover | None:
        direct = handover.direct if handover else None
        hides = direct is not None and code in ("", direct.code)
        return replace(handover, direct=Neighbour(direct.code)) if handover and direct and hides else handover

    def bare(uses: Iterable[Use]) -> tuple[Use, ...]:
        return tuple(replace(use, out=of(use.out), back=of(use.back)) for use in uses)

    before = reservation.before and replace(reservation.before, uses=bare(reservation.before.uses))
    return replace(reservation, uses=bare(reservation.uses), before=before)


def _list_without(digest: Digest, address: str) -> Digest:
    def nameless(passing: Passing) -> Passing:
        if passing.giver is not None and passing.giver.address == address:
            passing = replace(passing, giver=Neighbour(passing.giver.code))
        if passing.asker.address != address:
            return passing
        return replace(passing, asker=NOBODY, initiative="", phone="", comes=None)

    return replace(
        digest,
        late=tuple(map(nameless, digest.late)),
        lines=tuple(map(nameless, digest.lines)),
        changed=tuple(replace(change, passing=nameless(change.passing)) for change in digest.changed),
    )
