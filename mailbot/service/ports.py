"""What the world must do for mailbot, one page: those who claim it sit the contract suites in tests/contracts/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Protocol

from mailbot.model.cases import Case
from mailbot.model.decision import End, Occupancy, Traffic, Window
from mailbot.model.erasure import Erased
from mailbot.model.evaluation import Evaluation
from mailbot.model.history import Entry
from mailbot.model.letters import Letter
from mailbot.model.outbox import OurLetter, Outgoing, Post, Receipt
from mailbot.model.personal import Personal
from mailbot.model.reports import Deed, Passed, Report
from mailbot.model.reservation import Put, Reservation
from mailbot.model.to_key_holders import Digest


class Delivered(Protocol):
    """One mail as its source holds it."""

    @property
    def raw(self) -> bytes: ...

    @property
    def arrived(self) -> datetime:
        """INTERNALDATE, aware, UTC."""
        ...

    @property
    def place(self) -> str:
        """Where it lies, for the log and the count of tries: folder, UIDVALIDITY and UID."""
        ...

    def done(self) -> None:
        """Flag it as handled and, if so set, move it away; harmless when called twice. Raises Temporary."""
        ...


class Heart(Protocol):
    """Tells the world that the daemon is alive. Never raises."""

    def ready(self) -> None: ...

    def beat(self) -> None:
        """Give a sign of life; may be called often."""
        ...

    def stopping(self) -> None: ...


class WayIn(Protocol):
    """What signs us in to mail servers where no password does."""

    def renew(self) -> None:
        """Sign in anew where the present sign-in ends soon; may be called often. Raises SignedOut, Temporary."""
        ...


class Source(Protocol):
    """A mailbox that is read. One thread owns it."""

    def waiting(self, limit: int) -> Sequence[Delivered]:
        """Return up to `limit` mails that are new since the first start and not done, oldest first. A mail comes back
        until it is done. Raises Temporary."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait until something may have arrived (IDLE where the server has it), `seconds` at most, or until `wake`.
        Return whether it is worth looking. Raises Temporary."""
        ...

    def wake(self) -> None:
        """End a `wait` early; from any thread."""
        ...

    def close(self) -> None: ...


class Sender(Protocol):
    """Hands letters to the mail server."""

    def send(self, posts: Sequence[Post]) -> Iterable[Receipt]:
        """Send each, on one connection where possible; yield a receipt for each as it is known. Never raises for what
        a server or network does: that is a receipt."""
        ...

    def close(self) -> None: ...


class Mailbox(Protocol):
    """The ledger of mails and the outbox."""

    def count_try(self, place: str) -> int:
        """Count one try of the mail that lies at `place` (committed at once, on its own) and return which it is."""
        ...

    def take_back_try(self, place: str) -> None:
        """Forget the last try of a mail: it was not the mail that failed."""
        ...

    def admit(self, letter: Letter) -> bool:
        """Enter the letter into the ledger; False where it (same digest) was admitted before."""
        ...

    def ended(self, digest: str, end: End, why: str, code: str = "") -> None:
        """Write how the mail ended."""
        ...

    def traffic(self, address: str, code: str, now: datetime) -> Traffic:
        """Return how many answers were written lately to this address and its domain, in this conversation (empty:
        none), and to anybody. Letters to staff and key-holders do not count."""
        ...

    def written(self, kind: str, since: datetime) -> int:
        """Return how many letters of a kind were written since then, sent or not."""
        ...

    def told(self, event: str, since: datetime) -> bool:
        """Return whether staff were told of this event since then."""
        ...

    def our_letters(self, message_ids: Sequence[str]) -> tuple[OurLetter, ...]:
        """Return those of our letters that have one of these Message-IDs, newest first."""
        ...

    def letters_in(self, code: str) -> tuple[OurLetter, ...]:
        """Return our letters of a conversation, newest first."""
        ...

    def newest_to(self, address: str, since: datetime) -> OurLetter | None:
        """Return the newest letter that was written to an address since then."""
        ...

    def bounced(self, message_id: str, said: str, now: datetime) -> bool:
        """Write that a letter came back, and why; False where that was written before."""
        ...

    def post(self, outgoing: Outgoing, now: datetime) -> None:
        """Put a letter into the outbox; it leaves after the commit."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[Post, ...]:
        """Return letters whose next try is due, oldest first, and lease them to this worker: commit before sending."""
        ...

    def next_due(self) -> datetime | None: ...

    def taken(self, receipt: Receipt, now: datetime) -> None:
        """Write that the server took it."""
        ...

    def postponed(self, receipt: Receipt, again: datetime) -> None: ...

    def given_up(self, receipt: Receipt, now: datetime) -> OurLetter:
        """Write that it will not be tried again, and return what it was."""
        ...

    def withhold(self, now: datetime) -> tuple[Post, ...]:
        """Write of all letters that wait that they will not leave by themselves, and return them, oldest first."""
        ...


class Reservations(Protocol):
    """Conversations, what they occupy, and what key-holders were told."""

    def get(self, code: str) -> Reservation | None: ...

    def of(self, address: str, initiative: str | None, since: datetime) -> tuple[Reservation, ...]:
        """Return what the address or the initiative holds or has booked (held, confirmed) with a use that ends
        after `since`, and its open questions, soonest first."""
        ...

    def earlier(
        self, address: str, initiative: str | None, since: datetime, before: datetime
    ) -> tuple[Reservation, ...]:
        """Return what the address or the initiative had booked that began between the two, soonest first."""
        ...

    def lock(self, whose: str) -> None:
        """Lock the row of an initiative (or an address) until the commit: for what is counted, before any cell. Does
        nothing in a unit that only reads."""
        ...

    def occupancy(self, windows: Iterable[Window], stock: Callable[[str, int], int]) -> Occupancy:
        """Return the ledger of cells as far as these windows, to be asked before the transaction ends;
        `stock(resource, cell)` is the stock of the rules."""
        ...

    def put(self, puts: Sequence[Put], stock: Callable[[str, int], int], now: datetime) -> None:
        """Carry out the steps, and net all takings and releases per cell, in order of (resource, cell). Raises
        LostRace where a version moved on or a cell would overflow; the transaction is then of no use."""
        ...

    def history(self, code: str) -> tuple[Entry, ...]:
        """Return every step of a conversation, the first one first."""
        ...

    def new_code(self, mail: str) -> str:
        """Return a code that no conversation has; it follows from the digest of the mail that begins it."""
        ...

    def lapsing(self, before: datetime) -> tuple[Reservation, ...]:
        """Return what is held, for a change as well, and whose deadline is before that."""
        ...

    def ending(self, before: datetime) -> tuple[Reservation, ...]:
        """Return confirmed reservations of which nothing goes on any more: the last use, bringing back and claimed cell
        ended before that."""
        ...

    def between(self, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return confirmed reservations with a use, a fetching or a bringing back between the two."""
        ...

    def examined(self) -> tuple[Reservation, ...]:
        """Return what a person's yes is waited for: requests, and changes of what is booked."""
        ...

    def waiting(self) -> tuple[Reservation, ...]:
        """Return the waiting list, who came first at its head."""
        ...

    def used(self, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return reservations that are or were booked to their end, with something that happened between the two."""
        ...

    def cancelled(self, since: datetime, first: datetime, last: datetime) -> tuple[Reservation, ...]:
        """Return reservations that were cancelled since then and had a use, a fetching or a bringing back between the
        other two, soonest first."""
        ...

    def last_digests(self) -> dict[str, Digest]:
        """Return the last digest of each key-holder."""
        ...

    def digest(self, holder: str, day: str) -> Digest | None:
        """Return the list that a key-holder was given on a day (ISO 8601), or None."""
        ...

    def keep_digest(self, digest: Digest, now: datetime) -> bool:
        """Write that this digest goes out; False where that holder's digest of that day was written before."""
        ...

    def sweep(self, before: datetime) -> int:
        """Delete cells that ended before that; return how many."""
        ...


class Evaluations(Protocol):
    """How uses went, as their askers say."""

    def keep(self, evaluation: Evaluation) -> None:
        """Write an asking down, or an answer: the last one counts."""
        ...

    def between(self, first: date, last: date) -> tuple[Evaluation, ...]:
        """Return those about uses that ended on these days, both included, soonest first."""
        ...


class Reports(Protocol):
    """What those who hand out keys and goods reported, and what holds because of it."""

    def keep(self, report: Report, now: datetime) -> int:
        """Write a report and, unless it waits for a yes, what it does; return its number."""
        ...

    def get(self, number: int) -> Report | None: ...

    def of(self, code: str) -> tuple[tuple[datetime, Report], ...]:
        """Return the reports about a booking, each with when it came, oldest first."""
        ...

    def last_of(self, who: str) -> Report | None:
        """Return the last report of somebody that still holds."""
        ...

    def untold(self) -> tuple[Report, ...]:
        """Return the reports that hold and that no list told yet, oldest first."""
        ...

    def told(self, numbers: Iterable[int], now: datetime) -> None:
        """Write that a list told them."""
        ...

    def in_force(self, since: date) -> tuple[Deed, ...]:
        """Return what alters the rules on that day or later, oldest first."""
        ...

    def outcomes(self, codes: Iterable[str]) -> dict[str, Passed]:
        """Return what was reported last of each passing of these bookings, by `Passing.place`."""
        ...


class Erasure(Protocol):
    """Erases personal data."""

    def forget(self, address: str) -> Erased:
        """Erase what is kept of an address; what is not over yet is kept until it is, and named."""
        ...

    def expire(self, bookings: datetime, letters: datetime) -> Erased:
        """Erase names from conversations that were over before `bookings`, and letters and senders from before
        `letters`."""
        ...

    def addresses(self) -> frozenset[str]:
        """Return every address that something is kept of."""
        ...


class PersonalData(Protocol):
    """What is kept of one person."""

    def gather(self, address: str) -> Personal:
        """Return all that is kept under this address."""
        ...

    def forget_goodbyes(self, now: datetime) -> None:
        """Let the last letters to those who were forgotten go as well, once they were sent."""
        ...


class Cases(Protocol):
    """Mails that a person deals with, until one did."""

    def open(self, case: Case, now: datetime) -> None:
        """Write down that a mail waits for a person; one that is there stays as it is."""
        ...

    def get(self, case: str) -> Case | None: ...

    def newest_of(self, code: str) -> Case | None:
        """Return the newest case of a conversation."""
        ...

    def waiting(self) -> tuple[tuple[Case, datetime], ...]:
        """Return the cases that nobody ended, and since when each waits, the oldest first."""
        ...

    def keep(self, case: Case, now: datetime) -> None:
        """Write down that a mail waits for a person, as it is known now."""
        ...

    def end(self, case: Case, now: datetime) -> bool:
        """Write how a person ended a case; False where one had ended it before."""
        ...


class Unit(Protocol):
    """One transaction: nothing of it stands before `commit`; leaving without it rolls back."""

    @property
    def mailbox(self) -> Mailbox: ...

    @property
    def reservations(self) -> Reservations: ...

    @property
    def evaluations(self) -> Evaluations: ...

    @property
    def personal(self) -> PersonalData: ...

    @property
    def reports(self) -> Reports: ...

    @property
    def erasure(self) -> Erasure: ...

    @property
    def cases(self) -> Cases: ...

    def commit(self) -> None: ...

    def __enter__(self) -> Unit: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """The database: `unit()` writes, `reading()` only reads (it locks nobody); both raise Temporary where it is locked
    or away."""

    def unit(self) -> Unit: ...

    def reading(self) -> Unit: ...

    def migrate(self) -> None:
        """Bring the schema up to date; harmless when it is."""
        ...

    def close(self) -> None: ...
