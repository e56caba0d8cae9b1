"""Conversations kept whole, each step guarded by state and version, and what key-holders were told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import count

from msgspec.structs import replace
from sqlalchemy import Connection, Executable, and_, bindparam, delete, func, insert, or_, select, text, update

from mailbot.errors import LostRace
from mailbot.model.decision import Occupancy, Window
from mailbot.model.history import Entry
from mailbot.model.reservation import BOOKED, CODE_LETTERS, HELD, Put, Reservation, State, Use
from mailbot.model.spans import Span
from mailbot.model.to_key_holders import Digest
from mailbot.store import occupancy
from mailbot.store.schema import DIGEST, HISTORY, OCCASION, QUOTA_LOCK, RESERVATION
from mailbot.store.upsert import insert_unless_there

_CODE_LENGTH = 5
_EVER_BOOKED = BOOKED | {State.CANCELLED, State.CLOSED}
"""States in which `uses` is, or was, booked."""

_STANDS = tuple(sorted(state.value for state in BOOKED))
_HELD = tuple(sorted(state.value for state in HELD))

# Statements are made once: making one costs three times what running a small one does.
_COLUMN = RESERVATION.c
_WHOLE = select(_COLUMN.body).order_by(
    _COLUMN.first_start.is_(None), _COLUMN.first_start, _COLUMN.created, _COLUMN.code
)
_ONE = select(_COLUMN.body).where(_COLUMN.code == bindparam("code"))
_CODE_THERE = select(_COLUMN.code).where(_COLUMN.code == bindparam("code"))
_STANDING = _WHOLE.where(
    or_(_COLUMN.address == bindparam("address"), _COLUMN.initiative == bindparam("initiative")),
    or_(
        and_(
            _COLUMN.state.in_((*_HELD, *_STANDS)),
            _COLUMN.last_end > bindparam("since"),
        ),
        _COLUMN.state == State.ASKED.value,
    ),
)
# Words instead of parameters, and as the indexes have them: else SQLite cannot know that a partial index holds them.
_EARLIER = _WHOLE.where(
    or_(_COLUMN.address == bindparam("address"), _COLUMN.initiative == bindparam("initiative")),
    _COLUMN.state.in_((State.CLOSED.value, *_STANDS)),
    _COLUMN.first_start > bindparam("since"),
    _COLUMN.first_start < bindparam("before"),
)
_LAPSING = _WHOLE.where(text("state IN ('offered', 'examined', 'changing')"), _COLUMN.deadline < bindparam("before"))
_ENDING = _WHOLE.where(text("state = 'confirmed'"), _COLUMN.released < bindparam("before"))
_EXAMINED = _WHOLE.where(text("state IN ('examined', 'changing')"))
_WAITING = _WHOLE.where(text("state = 'waiting'"))
_HAPPENING = _WHOLE.where(
    _COLUMN.code.in_(
        select(OCCASION.c.code).where(OCCASION.c.starts < bindparam("last"), OCCASION.c.ends > bindparam("first"))
    )
)
_BETWEEN = _HAPPENING.where(_COLUMN.state.in_(_STANDS))
_USED = _HAPPENING.where(_COLUMN.state.in_((*_STANDS, State.CLOSED.value)))
_CANCELLED = _HAPPENING.where(_COLUMN.state == State.CANCELLED.value, _COLUMN.updated >= bindparam("since"))
_NEW = insert(RESERVATION)
_STEP = update(RESERVATION).where(
    _COLUMN.code == bindparam("of_code"),
    _COLUMN.state == bindparam("from_state"),
    _COLUMN.version == bindparam("seen_version"),
)
_REMEMBER = insert(HISTORY)
_HISTORY = (
    select(HISTORY.c.at, HISTORY.c.act, HISTORY.c.state, HISTORY.c.by, HISTORY.c.why, HISTORY.c.mail)
    .where(HISTORY.c.code == bindparam("code"))
    .order_by(HISTORY.c.version)
)
_HAPPENS = insert(OCCASION)
_FORGET = delete(OCCASION).where(OCCASION.c.code == bindparam("of_code"))
_LAST = select(DIGEST.c.holder, func.max(DIGEST.c.day).label("day")).group_by(DIGEST.c.holder).subquery()
_LAST_DIGESTS = select(DIGEST.c.holder, DIGEST.c.body).join(
    _LAST, and_(DIGEST.c.holder == _LAST.c.holder, DIGEST.c.day == _LAST.c.day)
)
_LOCK = select(QUOTA_LOCK.c.whose).where(QUOTA_LOCK.c.whose == bindparam("whose")).with_for_update()


class Reservations:
    """Conversations and what they occupy, inside one transaction."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._writes = writes

    def get(self, code: str) -> Reservation | None:
        """Return the conversation as it stands, or None where there is none with this code (upper case)."""
        found: Reservation | None = self._connection.execute(_ONE, {"code": code}).scalar_one_or_none()
        return found

    def of(self, address: str, initiative: str | None, since: datetime) -> tuple[Reservation, ...]:
        """Return what the address or the initiative has booked or held with a use that ends after `since`, and its open
        questions, soonest first, questions at the end."""
        return self._all(_STANDING, address=address, initiative=initiative, since=since)

    def earlier(
        self, address: str, initiative: str | None, since: datetime, before: datetime
    ) -> tuple[Reservation, ...]:
        """Return what the address or the initiative had booked that began between the two, soonest first."""
        return self._all(_EARLIER, address=address, initiative=initiative, since=since, before=before)

    def lock(self, whose: str) -> None:
        """Let nobody else lock the same initiative (or address) until the end of the transaction; returns when it is
        our turn. Raises Temporary where that takes too long. A unit that only reads locks nothing: it books nothing.
        On SQLite whoever writes is alone."""
        if not self._writes:
            return
        if self._connection.dialect.name == "sqlite":
            if not self._connection.in_transaction():
                self._connection.begin()
            return
        insert_unless_there(self._connection, QUOTA_LOCK, {"whose": whose})
        self._connection.execute(_LOCK, {"whose": whose})

    def occupancy(self, windows: Iterable[Window], stock: Callable[[str, int], int]) -> Occupancy:
        """Return the ledger of cells as far as these windows, to be asked before the transaction ends. What lies
        outside of them raises ValueError when it is asked for."""
        return occupancy.TakenCells(self._connection, windows, stock)

    def put(self, puts: Sequence[Put], stock: Callable[[str, int], int], now: datetime) -> None:
        """Carry out the steps, each with its line in the history, then all they take and release, netted per cell.

        The version kept is the one that stood plus one, whatever `after` says; several steps of one conversation may
        follow one another. Raises LostRace where a version or state moved on or a cell would overflow; the transaction
        is then of no use. To meet others in the same order, all steps of a transaction belong into one call."""
        written: dict[str, int] = {}
        for step in sorted(puts, key=lambda step: step.after.code):
            version = written.get(step.after.code, 0 if step.before is None else step.before.version) + 1
            self._write(step, version, now)
            written[step.after.code] = version
        occupancy.write(self._connection, occupancy.netted(puts), stock)

    def _write(self, step: Put, version: int, now: datetime) -> None:
        after = replace(step.after, version=version)
        row = _row(after, now)
        if step.before is None:
            self._connection.execute(_NEW, row)
        else:
            stood = {"of_code": after.code, "from_state": step.before.state.value, "seen_version": version - 1}
            if self._connection.execute(_STEP, {**row, **stood}).rowcount != 1:
                raise LostRace(f"{after.code} is no longer {step.before.state} in version {version - 1}")
        self._remember(step, version, now)
        self._write_occasions(step)

    def _remember(self, step: Put, version: int, now: datetime) -> None:
        line = {"code": step.after.code, "version": version, "act": step.act.value, "state": step.after.state.value}
        self._connection.execute(_REMEMBER, {**line, "at": now, "by": step.by, "why": step.why, "mail": step.mail})

    def history(self, code: str) -> tuple[Entry, ...]:
        """Return every step of a conversation, the first one first; nothing where there is none with this code."""
        return tuple(Entry(*row) for row in self._connection.execute(_HISTORY, {"code": code}))

    def _write_occasions(self, step: Put) -> None:
        was = frozenset() if step.before is None else _occasions(step.before)
        shall = _occasions(step.after)
        if was == shall:
            return
        if was:
            self._connection.execute(_FORGET, {"of_code": step.after.code})
        if shall:
            rows = [{"code": step.after.code, "starts": span.start, "ends": span.end} for span in sorted(shall)]
            self._connection.execute(_HAPPENS, rows)

    def new_code(self, mail: str) -> str:
        """Return a code that no conversation has. It follows from the mail (its digest): where a mail is read again
        after a restore, its conversation has the code that people know."""
        for number in count():
            octets = sha256(f"{mail} {number}".encode("utf-8", "surrogateescape")).digest()
            code = "R-" + "".join(CODE_LETTERS[octet % len(CODE_LETTERS)] for octet in octets[:_CODE_LENGTH])
            if self._connection.execute(_CODE_THERE, {"code": code}).first() is None:
                return code
        raise AssertionError("counting does not end")

    def lapsing(self, before: datetime) -> tuple[Reservation, ...]:
        """Return what is held, for a change as well, and whose deadline is before that."""
        return self._all(_LAPSING, before=before)

    def ending(self, before: datetime) -> tuple[Reservation, ...]:
        """Return confirmed reservations of which nothing goes on any more: the last use, the last bringing back and
        the last cell claimed (turnaround, drying) ended before that. To close one earlier would give away its key."""
        return self._all(_ENDING, before=before)

    def between(self, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return confirmed reservations with a use, a fetching or a bringing back between the two, soonest first. The
        days of equipment are taken in the widest sense (any time zone): look closer."""
        return self._all(_BETWEEN, first=first, last=last)

    def examined(self) -> tuple[Reservation, ...]:
        """Return what a person's yes is waited for: requests, and changes of what is booked."""
        return tuple(one for one in self._all(_EXAMINED) if one.examined)

    def waiting(self) -> tuple[Reservation, ...]:
        """Return the waiting list, who came first at its head."""
        return tuple(sorted(self._all(_WAITING), key=lambda one: (one.waiting or one.created, one.code)))

    def used(self, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return reservations that are or were booked to their end, with something that happened between the two,
        soonest first."""
        return self._all(_USED, first=first, last=last)

    def cancelled(self, since: datetime, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return reservations that were cancelled since then and had a use, a fetching or a bringing back between the
        other two, soonest first."""
        return self._all(_CANCELLED, since=since, first=first, last=last)

    def _all(self, wanted: Executable, **values: str | datetime | None) -> tuple[Reservation, ...]:
        return tuple(row.body for row in self._connection.execute(wanted, values))

    def last_digests(self) -> dict[str, Digest]:
        """Return the last digest of each key-holder."""
        return {row.holder: row.body for row in self._connection.execute(_LAST_DIGESTS)}

    def digest(self, holder: str, day: str) -> Digest | None:
        """Return the list that a key-holder was given on a day (ISO 8601), or None."""
        wanted = select(DIGEST.c.body).where(DIGEST.c.holder == holder, DIGEST.c.day == date.fromisoformat(day))
        found: Digest | None = self._connection.execute(wanted).scalar_one_or_none()
        return found

    def keep_digest(self, digest: Digest, now: datetime) -> bool:
        """Write that this digest goes out; False where that holder's digest of that day was written before."""
        row = {"holder": digest.holder, "day": digest.day, "written": now, "body": digest}
        return insert_unless_there(self._connection, DIGEST, row)

    def sweep(self, before: datetime) -> int:
        """Delete cells that ended before that; return how many."""
        return occupancy.sweep(self._connection, before)


def _row(reservation: Reservation, now: datetime) -> dict[str, object]:
    uses = _uses(reservation)
    stretches = [occupancy.stretch_of(use.when) for use in uses]
    return {
        "code": reservation.code,
        "state": reservation.state.value,
        "version": reservation.version,
        "address": reservation.asker.address,
        "initiative": reservation.initiative,
        "deadline": reservation.deadline,
        "first_start": min((stretch.start for stretch in stretches), default=None),
        "last_end": max((stretch.end for stretch in stretches), default=None),
        "released": _released(uses),
        "created": reservation.created,
        "updated": now,
        "body": reservation,
    }


def _uses(reservation: Reservation) -> tuple[Use, ...]:
    """Return what is offered or booked, whatever the state."""
    if reservation.state in HELD:
        return tuple(use for option in reservation.options for use in option.uses)
    return reservation.uses


def _released(uses: Sequence[Use]) -> datetime | None:
    spans = [span for use in uses for span in _spans(use)]
    cells = [occupancy.end_of(claim.last) for use in uses for claim in use.claims]
    return max([*cells, *(span.end for span in spans)], default=None)


def _occasions(reservation: Reservation) -> frozenset[Span]:
    """Return when something of a booking happens, or would have: its uses, and the openings in which it is fetched or
    brought back."""
    if reservation.state not in _EVER_BOOKED:
        return frozenset()
    return frozenset(span for use in reservation.uses for span in _spans(use))


def _spans(use: Use) -> list[Span]:
    passings = [passing.opening for passing in (use.out, use.back) if passing is not None]
    return [occupancy.stretch_of(use.when), *passings]
