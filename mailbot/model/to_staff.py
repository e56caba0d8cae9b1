"""What letters to staff, to those who decide and to those who manage a place hold: values, no sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field

from mailbot.model.behalf import Party, Unresolved
from mailbot.model.cases import Case
from mailbot.model.letters import Address
from mailbot.model.meaning import Meaning
from mailbot.model.objections import Objection
from mailbot.model.reports import Blocked, Deed, Opened
from mailbot.model.reservation import Reservation, Use
from mailbot.model.spans import Days
from mailbot.model.to_askers import Asked
from mailbot.model.to_key_holders import Passing

if TYPE_CHECKING:
    from mailbot.model.notices import Notice  # one of its contents shows a notice


class ApprovalAsked(Struct, frozen=True):
    """To those who decide, with the asker's mail: what is asked, by whom, why it needs them, and how to answer."""

    template: ClassVar[str] = "approval_asked"
    reservation: Reservation
    again: bool = False
    """The reminder of it."""


class Settled(StrEnum):
    """What came of the words of one of those who decide."""

    OTHERWISE = "otherwise"
    """What they agreed to instead is offered to the asker."""
    NOT_POSSIBLE = "not-possible"
    UNCLEAR = "unclear"
    DECIDED = "decided"
    """Somebody had decided before."""
    OVER = "over"
    """There is nothing to decide any more: it was taken back, changed, or the deadline passed."""
    TAKEN_BACK = "taken-back"
    """Their own yes does not hold any more: the asker is told, and offered something else."""
    OFFERED = "offered"
    """They agree, and something changed meanwhile: it is not possible any more, and something else is offered."""
    REFUSED = "refused"
    """The same, and there was nothing to offer."""


class ApprovalTold(Struct, frozen=True):
    """To one of those who decide: what came of their words, where it is not just what they said."""

    template: ClassVar[str] = "approval_told"
    reservation: Reservation
    outcome: Settled
    objections: tuple[Objection, ...] = ()
    who: str = ""
    """Who had decided."""


class Listing(Struct, frozen=True):
    """A booking under reserve, with its number in the College's list."""

    number: int
    reservation: Reservation


class CollegeList(Struct, frozen=True):
    """To staff: what the College decides about at a meeting; `again`: of that, what nobody answered since."""

    template: ClassVar[str] = "college_list"
    meeting: date
    lines: tuple[Listing, ...]
    again: bool = False


class Ruling(StrEnum):
    """What came of what one of the staff says that the College decided about one booking."""

    FIRM = "firm"
    OFFERED = "offered"
    """No: something else is offered."""
    WITHOUT = "without"
    """No: there was nothing to offer."""
    BACK = "back"
    """Yes, after a no: what it was is free, and offered again."""
    LATER = "later"
    """Nothing is decided yet."""
    DECIDED = "decided"
    """Somebody had said it before."""
    OVER = "over"
    """It is changed or given up since the list, or not free any more."""
    BEGUN = "begun"
    """No, but it is fetched or in use already: nothing is done."""
    CLOSED = "closed"
    """Yes, but it is blocked by now: nothing is done."""


class Ruled(Struct, frozen=True):
    listing: Listing
    ruling: Ruling
    who: str = ""
    """Who had said it before."""


class CollegeTold(Struct, frozen=True):
    """To who of the staff said what the College decided: what was done, and what stays under reserve. `unclear` are
    their words that were not understood: nothing was done then."""

    template: ClassVar[str] = "college_told"
    meeting: date
    ruled: tuple[Ruled, ...] = ()
    left: tuple[Listing, ...] = ()
    unclear: tuple[str, ...] = ()


class ToStaff(Struct, frozen=True):
    """A mail that a person must read, whole, as an attached message, with what was understood. `told` says what the
    sender was told."""

    template: ClassVar[str] = "to_staff"
    why: str
    """human, unreadable, failed, feedback, damage, problem, forget, key, new-kind, change, unknown-sender, unproven,
    forged, questions: worded by the template."""
    sender: Address
    subject: str
    meaning: Meaning | None = None
    reservation: Reservation | None = None
    told: bool = True
    proposal: tuple[Use, ...] = ()
    """What would be booked if one of the staff agrees."""


class DraftShown(Struct, frozen=True):
    """To staff: an answer that waits for one of them, with the mail it answers; `again`: the reminder, without it."""

    template: ClassVar[str] = "draft"
    letter: Notice | None = None
    reservation: Reservation | None = None
    case: Case | None = None
    """Of the mail; put in where it is opened."""
    anew: bool = False
    """Another answer than the one they let go: something changed meanwhile."""
    again: bool = False
    since: datetime | None = None


class Dealt(StrEnum):
    """What came of the words of one of the staff about a case."""

    BOOKED = "booked"
    CHANGED = "changed"
    ENDED = "ended"
    """Somebody had ended it before."""
    UNCLEAR = "unclear"
    """It may be a correction, and may be words to pass on."""
    NOT_POSSIBLE = "not-possible"


class CaseTold(Struct, frozen=True):
    """To who of the staff wrote about a case: what was booked for its sender, or why nothing was done."""

    template: ClassVar[str] = "case_told"
    case: Case
    outcome: Dealt
    reservation: Reservation | None = None
    objections: tuple[Objection, ...] = ()
    who: str = ""
    """Who had ended it."""


class Carried(StrEnum):
    """What came of a request for somebody else."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    ANSWERED = "answered"
    """They got another answer: a question, an offer, what is free."""
    LACKING = "lacking"
    NOT_POSSIBLE = "not-possible"
    UNCLEAR = "unclear"
    """It is no request, or not a clear one: nothing is done, and nobody else is written to."""


class BehalfTold(Struct, frozen=True):
    """To who of the commune asked something for somebody else: that it is done, or why nothing is."""

    template: ClassVar[str] = "behalf_told"
    party: Party
    outcome: Carried
    reservation: Reservation | None = None
    objections: tuple[Objection, ...] = ()
    asked: Asked | None = None
    """What is missing."""


class BehalfUnclear(Struct, frozen=True):
    """To who of the commune asked something for somebody else: for whom, or where to write? `text` is what was asked;
    the answer needs no more than a name or an address."""

    template: ClassVar[str] = "behalf_unclear"
    unresolved: Unresolved
    text: str


class Puzzle(StrEnum):
    """Why what closes or opens something is not done."""

    THING = "thing"
    """What is meant is not told, or a name fits several."""
    DAYS = "days"
    HOURS = "hours"
    NOT_YOURS = "not-yours"
    """It is of a place that somebody else manages."""
    NOT_BLOCKED = "not-blocked"
    TOO_LATE = "too-late"
    """A bare NO counts for a day."""


class BlockUnclear(Struct, frozen=True):
    """To who closes or opens something: what is missing, in a line. Nothing is done."""

    template: ClassVar[str] = "block_unclear"
    puzzle: Puzzle
    words: str


class Inside(Struct, frozen=True):
    """A booking with uses in what is blocked."""

    reservation: Reservation
    uses: tuple[Use, ...]


class BlockTold(Struct, frozen=True):
    """To staff, and to who manages the place: what is closed or open now, and whose bookings lie inside. `asks`: OK
    offers their owners something else, and a bare NO takes it back until `until`."""

    template: ClassVar[str] = "block_told"
    who: str
    deeds: tuple[Deed, ...]
    inside: tuple[Inside, ...] = ()
    asks: bool = False
    until: datetime | None = None
    undone: bool = False
    """It is taken back: these deeds do not hold any more."""


class OwnersTold(Struct, frozen=True):
    """To who of the staff said OK: who was offered something else, and for whom there was nothing. Both are empty where
    somebody had said it before."""

    template: ClassVar[str] = "owners_told"
    offered: tuple[Reservation, ...] = ()
    without: tuple[Inside, ...] = ()


class StillInside(Struct, frozen=True):
    """To staff: the owner of a booking in what is blocked chose nothing in time."""

    template: ClassVar[str] = "still_inside"
    reservation: Reservation
    uses: tuple[Use, ...]


class Waiting(Struct, frozen=True):
    """A mail that waits for a person, and since when."""

    case: Case
    since: datetime


class Morning(Struct, frozen=True):
    """To staff, once a working day, where anything waits: mails that nobody dealt with, answers to let go, requests
    that nobody decided about, and bookings of whose owners a letter came back."""

    template: ClassVar[str] = "morning"
    waiting: tuple[Waiting, ...] = ()
    unreached: tuple[Reservation, ...] = ()
    examined: tuple[Reservation, ...] = ()
    drafts: tuple[Waiting, ...] = ()
    reserved: tuple[Reservation, ...] = ()
    """Booked under reserve of a meeting of the College that is over."""


class Alert(Struct, frozen=True):
    """Something is wrong with the program's own work (a letter that could not be sent): for staff."""

    template: ClassVar[str] = "alert"
    why: str
    """undeliverable, flood-sender, flood-conversation, flood-domain, flood-strangers, trouble-mailbox, trouble-outbox,
    trouble-clock, trouble-login, restored, rules: worded by the template."""
    details: Mapping[str, str] = field(default_factory=dict)
    event: str = ""
    """What happened, as a key: an alert about the same is written once a day. Empty: each time."""


class WeekPlan(Struct, frozen=True):
    """To who manages a place, once a week: what is booked in it on these days, what is closed, what is open besides."""

    template: ClassVar[str] = "week_plan"
    manager: str
    days: Days
    booked: tuple[Reservation, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    opened: tuple[Opened, ...] = ()


class Recalled(Struct, frozen=True):
    """To staff: a mail that was handed to them waits for long. Its sender is told that they have an answer by the day
    `by`, where `told`."""

    template: ClassVar[str] = "recalled"
    case: Case
    since: datetime
    by: date
    told: bool


class OverdueTold(Struct, frozen=True):
    """To staff: it is still not back after `reminders` reminders; nothing more goes to the borrower by itself."""

    template: ClassVar[str] = "overdue_told"
    reservation: Reservation
    passing: Passing
    reminders: int
