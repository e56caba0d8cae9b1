"""What follows from a mail or from the clock: steps of reservations, and what must be told to whom.

A decision holds no sentence: notices carry values, and `replies` words them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

from msgspec import Struct, field

from mailbot.model.behalf import Party, Unresolved
from mailbot.model.cases import Case
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address, CalendarReply
from mailbot.model.meaning import Collector, Lack, Language, Meaning, Slot
from mailbot.model.personal import Personal
from mailbot.model.reports import Blocked, Deed, Opened, Passed, Report, Statement
from mailbot.model.reservation import Act, Claim, Handover, Neighbour, Put, Reservation, Use
from mailbot.model.rules import Words
from mailbot.model.spans import Days, Hours, Span


class Occupancy(Protocol):
    """What is taken, as the ledger of cells tells it, and the stock in force."""

    def taken(self, resource: str, first: int, last: int) -> int:
        """Return the highest number of units taken in any cell from `first` to `last`, both included."""
        ...

    def stock(self, resource: str, cell: int) -> int:
        """Return the units there are in a cell: the stock of the rules, less what is broken, out or blocked."""
        ...


class Window(Struct, frozen=True):
    """A part of the ledger that a decision will look at: cells of some resources, both ends included."""

    resources: frozenset[str]
    first: int
    last: int


# --- objections: why something cannot be as asked; each holds what the letter must say


class InThePast(Struct, frozen=True):
    day: date


class TooLate(Struct, frozen=True):
    """Asked too shortly before; `earliest` is the first moment that could be had (UTC)."""

    earliest: datetime


class TooFar(Struct, frozen=True):
    latest: date


class TooLong(Struct, frozen=True):
    """A use of a room is longer than allowed."""

    longest: timedelta


class LoanTooLong(Struct, frozen=True):
    longest: int


class OutsideHours(Struct, frozen=True):
    """`open` holds the opening hours of that day; empty where it is closed that weekday."""

    resource: str
    day: date
    open: tuple[Hours, ...]


class Closed(Struct, frozen=True):
    """Of the whole, or blocked for some hours or days; what staff wrote as a reason stands for every language."""

    resource: str
    when: Span | Days
    reason: Words


class TooManyPeople(Struct, frozen=True):
    resource: str
    capacity: int
    asked: int


class Taken(Struct, frozen=True):
    resource: str
    when: Span | Days


class ShortStock(Struct, frozen=True):
    """`free` units are left on the busiest day."""

    resource: str
    asked: int
    free: int
    days: Days


class TooManyUnits(Struct, frozen=True):
    """More of a thing is asked than one loan may have."""

    resource: str
    limit: int
    asked: int


class NoKey(Struct, frozen=True):
    """The room is free, but each copy of its key is out from the last opening before to the first after."""

    resource: str
    counter: str
    when: Span


class NoOpening(Struct, frozen=True):
    """No opening of the counter lies in reach before or after the use."""

    resource: str
    counter: str
    when: Span | Days


class TooManyBookings(Struct, frozen=True):
    limit: int


class TooManyHours(Struct, frozen=True):
    limit: int
    week: date
    """The Monday of the week that would be too full."""


class TooManyOptions(Struct, frozen=True):
    """More is held at their own wish than the rules allow."""

    limit: int


class BeforeCollege(Struct, frozen=True):
    """The College must agree first, and cannot before; `earliest` is the first day that could be had."""

    earliest: date


class NotAgreed(Struct, frozen=True):
    """Those who must agree do not, or do no longer."""

    resource: str
    when: Span | Days


class NotLent(Struct, frozen=True):
    """Something that the commune does not have; `name` as the asker called it."""

    name: str


Objection: TypeAlias = (
    InThePast
    | TooLate
    | TooFar
    | TooLong
    | LoanTooLong
    | OutsideHours
    | Closed
    | TooManyPeople
    | Taken
    | ShortStock
    | TooManyUnits
    | NoKey
    | NoOpening
    | TooManyBookings
    | TooManyHours
    | TooManyOptions
    | BeforeCollege
    | NotAgreed
    | NotLent
)


# --- notices: one class, one letter; `template` names its files in templates/<language>/


class Confirmed(Struct, frozen=True):
    """It is booked. With the calendar file (METHOD:REQUEST, or PUBLISH where the dates are no simple rule)."""

    template: ClassVar[str] = "confirmed"
    reservation: Reservation
    undo_until: datetime
    not_lent: tuple[NotLent, ...] = ()
    """Things asked besides that the commune does not have."""
    proven: bool = False
    """It is proven who asks: a bare NO is carried out at once."""
    chosen: int | None = None
    """The number of our proposal that the asker took, 0 where there was but one: what they first asked for is no longer
    read back."""
    said: str = ""
    """What the person who approved it adds, in their words."""


class Examined(Struct, frozen=True):
    """It is possible, held until the deadline (the single option), and a person decides."""

    template: ClassVar[str] = "examined"
    reservation: Reservation
    not_lent: tuple[NotLent, ...] = ()
    objections: tuple[Objection, ...] = ()
    """Why what they ask now is not possible; what they asked before goes on being examined."""


class ApprovedOtherwise(Struct, frozen=True):
    """A person agrees, but to something else than what was asked: that is held, as the single option, until a yes."""

    template: ClassVar[str] = "approved_otherwise"
    reservation: Reservation
    said: str
    after_all: bool = False
    """It is what was asked: they had said no before."""


class NotApproved(Struct, frozen=True):
    """A person does not agree, or nobody answered in time (`lapsed`); of a change: what is booked stays."""

    template: ClassVar[str] = "not_approved"
    reservation: Reservation
    reasons: tuple[str, ...]
    """Ids of the rules' approvals."""
    uses: tuple[Use, ...]
    """What was asked."""
    said: str = ""
    lapsed: bool = False


class ApprovalAsked(Struct, frozen=True):
    """To those who decide, with the asker's mail: what is asked, by whom, why it needs them, and how to answer."""

    template: ClassVar[str] = "approval_asked"
    reservation: Reservation
    again: bool = False
    """The reminder of it."""


class Outcome(StrEnum):
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
    outcome: Outcome
    objections: tuple[Objection, ...] = ()
    who: str = ""
    """Who had decided."""


class Firm(Struct, frozen=True):
    """The College agreed: what was booked under reserve is firm. With the calendar file, one SEQUENCE higher."""

    template: ClassVar[str] = "firm"
    reservation: Reservation


class Withdrawn(Struct, frozen=True):
    """Those who must agree to what is booked do not (`college`), or do no longer: `uses` are given up. The reservation
    holds other options until its deadline, or none where there are none. With the calendar file METHOD:CANCEL."""

    template: ClassVar[str] = "withdrawn"
    reservation: Reservation
    uses: tuple[Use, ...]
    said: str = ""
    """Why, in their words."""
    college: bool = False
    reasons: tuple[str, ...] = ()
    """Ids of the rules' needs."""


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


class Offered(Struct, frozen=True):
    """Not possible as asked; the reservation holds one to three numbered options until its deadline."""

    template: ClassVar[str] = "offered"
    reservation: Reservation
    objections: tuple[Objection, ...]


class Proposed(Struct, frozen=True):
    """What they had before is free on the new day: held, as the single option, until they say yes."""

    template: ClassVar[str] = "proposed"
    reservation: Reservation
    earlier: Reservation


class Refused(Struct, frozen=True):
    """Not possible, and nothing to offer."""

    template: ClassVar[str] = "refused"
    reservation: Reservation
    objections: tuple[Objection, ...]


class Asked(Struct, frozen=True):
    """One question about all that is missing. `choices` are ids of rooms to choose from, numbered from 1 in the
    letter; `days` and `slots` are rival readings to choose from ("samedi prochain": the 7th or the 14th?)."""

    template: ClassVar[str] = "asked"
    reservation: Reservation
    lacks: frozenset[Lack]
    choices: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    name: bool = False
    """The sender is unknown, and the rules ask for whom it is."""


class Handed(Struct, frozen=True):
    """A person at the commune will answer."""

    template: ClassVar[str] = "handed"
    reservation: Reservation | None = None


class FreeSlot(Struct, frozen=True):
    """One line of the answer to "what is free?": when `free` is 0, `objections` say why."""

    resource: str
    when: Span | Days
    free: int
    objections: tuple[Objection, ...] = ()


class Free(Struct, frozen=True):
    """What is free; nothing is booked."""

    template: ClassVar[str] = "free"
    rows: tuple[FreeSlot, ...]
    hint: bool = False
    """No day was asked: the rows are the next free times."""
    more: bool = False
    """There are more than a letter can hold."""
    reservation: Reservation | None = None
    """The conversation in which our question or offer goes on waiting."""


class Listed(Struct, frozen=True):
    """The asker's own reservations, soonest first."""

    template: ClassVar[str] = "listed"
    reservations: tuple[Reservation, ...]


class Helped(Struct, frozen=True):
    """Staff's short answers and what is lent, from the rules: what was asked about, or all of it where nothing was."""

    template: ClassVar[str] = "helped"
    topics: tuple[str, ...] = ()
    """Keys of the answers, and `lent`."""
    about: tuple[str, ...] = ()
    """Ids of rooms and things."""
    reservation: Reservation | None = None
    """The conversation in which our question or offer goes on waiting."""


class Challenged(Struct, frozen=True):
    """To the owner alone: shall this act be done? A bare yes to this letter is the proof. `by_calendar`: the cause was
    a calendar program's "declined", not a mail. `uses`: what would be booked then."""

    template: ClassVar[str] = "challenged"
    reservation: Reservation
    act: Act
    by_calendar: bool = False
    uses: tuple[Use, ...] = ()
    collector: Collector | None = None
    """Who would fetch the key."""


class Changed(Struct, frozen=True):
    """Something else stands now (`undone`: again). With the calendar file, one SEQUENCE higher."""

    template: ClassVar[str] = "changed"
    reservation: Reservation
    before: tuple[Use, ...]
    undo_until: datetime | None
    undone: bool = False
    not_lent: tuple[NotLent, ...] = ()
    asked: Meaning | None = None
    """The change as it was read."""
    said: str = ""
    """What the person who approved it adds, in their words."""


class Which(Struct, frozen=True):
    """Several bookings may be meant, and the mail names none: they are numbered from 1, and nothing is done yet."""

    template: ClassVar[str] = "which"
    reservation: Reservation
    among: tuple[Reservation, ...]


class Vouching(Struct, frozen=True):
    """A new address wrote about a booking. To who booked, alone: is it one of theirs? With no reservation, to the
    newcomer: that somebody was asked. `vouched`, to both: from now on they may speak of it. Letters show the address
    alone: a name is whatever its writer likes, that of who booked too."""

    template: ClassVar[str] = "vouching"
    reservation: Reservation | None
    who: Address
    vouched: bool = False


class CollectorNoted(Struct, frozen=True):
    """Somebody else fetches the key and the goods: it is in the key-holder's list."""

    template: ClassVar[str] = "collector"
    reservation: Reservation


class OpeningsOffered(Struct, frozen=True):
    """They cannot come to an opening: other ones, numbered, held until the deadline. To the owner alone."""

    template: ClassVar[str] = "openings"
    reservation: Reservation
    openings: tuple[Handover, ...]
    fetching: bool
    """Whether it is fetched then, or brought back."""
    direct: bool = False
    """One more choice, the last: directly from who has it before, if they agree."""
    refused: bool = False
    """That was wanted, and cannot be."""
    unproven: bool = False
    """What was chosen is asked once more: nothing proves who did."""


class DirectAsked(Struct, frozen=True):
    """To who has something before, alone: may it go from them to the next one directly? One answer to this letter is
    the proof; none until the deadline is a no. It names nobody."""

    template: ClassVar[str] = "direct_asked"
    reservation: Reservation
    uses: tuple[Use, ...]
    """What would pass directly."""
    deadline: datetime


class DirectAwaited(Struct, frozen=True):
    """To who cannot come: who has it before is asked, until the deadline; the other openings stay held."""

    template: ClassVar[str] = "direct_awaited"
    reservation: Reservation


class DirectAgreed(Struct, frozen=True):
    """To both: it passes directly, with the name and the number of the other; the calendar file says so too."""

    template: ClassVar[str] = "direct_agreed"
    reservation: Reservation
    before: tuple[Use, ...]
    undo_until: datetime


class DirectOff(Struct, frozen=True):
    """It passes over the counter: the other booking changed, or nobody waits for it any more (`needed` false)."""

    template: ClassVar[str] = "direct_off"
    reservation: Reservation
    before: tuple[Use, ...]
    needed: bool = True


class Repeated(Struct, frozen=True):
    """They have this, or something in its place, already: the same (1), or more (2)? `uses`: what is asked now."""

    template: ClassVar[str] = "repeated"
    reservation: Reservation
    standing: Reservation
    uses: tuple[Use, ...]
    attendees: int | None = None


class ChangeOffered(Struct, frozen=True):
    """A change is not possible as asked; options are held besides what stands until the deadline. To the owner alone:
    one answer to this letter is the proof."""

    template: ClassVar[str] = "change_offered"
    reservation: Reservation
    objections: tuple[Objection, ...]


class Unchanged(Struct, frozen=True):
    """A change is not possible or not wanted: what stands stays as it is."""

    template: ClassVar[str] = "unchanged"
    reservation: Reservation
    objections: tuple[Objection, ...] = ()


class Cancelled(Struct, frozen=True):
    """With the calendar file METHOD:CANCEL where one was sent."""

    template: ClassVar[str] = "cancelled"
    reservation: Reservation


class Declined(Struct, frozen=True):
    """The asker refused the offer: nothing is held any more."""

    template: ClassVar[str] = "declined"
    reservation: Reservation


class Lapsed(Struct, frozen=True):
    """The offer that was answered is over; what was asked is looked at again or nothing stands."""

    template: ClassVar[str] = "lapsed"
    reservation: Reservation


class Thanked(Struct, frozen=True):
    """Feedback was received: `evaluation` is what is kept of it, where it answers our questions. `passed_on`: staff
    got it."""

    template: ClassVar[str] = "thanked"
    reservation: Reservation | None = None
    evaluation: Evaluation | None = None
    passed_on: bool = True


class Reminded(Struct, frozen=True):
    """Before use: what is fetched, when and where, once more. The reservation holds the uses that begin together."""

    template: ClassVar[str] = "reminded"
    reservation: Reservation


class Evaluated(Struct, frozen=True):
    """After use: three questions, answered by three numbers and a remark. The reservation holds the uses that they are
    about."""

    template: ClassVar[str] = "evaluation"
    reservation: Reservation


class Held(Struct, frozen=True):
    """It is held at their own wish until the deadline (the single option), and not booked; `again`: the reminder of
    it."""

    template: ClassVar[str] = "held"
    reservation: Reservation
    again: bool = False
    not_lent: tuple[NotLent, ...] = ()


class Waits(Struct, frozen=True):
    """They are on the waiting list for what would be these uses."""

    template: ClassVar[str] = "waits"
    reservation: Reservation
    uses: tuple[Use, ...]


class Freed(Struct, frozen=True):
    """What somebody waited for is free, and held for them until the deadline (the single option)."""

    template: ClassVar[str] = "freed"
    reservation: Reservation


class WaitedInVain(Struct, frozen=True):
    """What somebody waited for did not become free in time."""

    template: ClassVar[str] = "waited"
    reservation: Reservation
    uses: tuple[Use, ...]


class GoesOn(Struct, frozen=True):
    """At the end of a quarter, to the owner of a series alone: does it go on after `end`? These uses are freed where
    nobody answers before the day `until`."""

    template: ClassVar[str] = "goes_on"
    reservation: Reservation
    uses: tuple[Use, ...]
    end: date
    until: date


class Kept(Struct, frozen=True):
    """A series goes on: these uses after `end` stay booked."""

    template: ClassVar[str] = "kept"
    reservation: Reservation
    uses: tuple[Use, ...]
    end: date


class Freeing(Struct, frozen=True):
    """A series does not go on, or nobody said so: these uses after `end` are free again. With the calendar file of what
    stays."""

    template: ClassVar[str] = "freeing"
    reservation: Reservation
    uses: tuple[Use, ...]
    end: date


class DataAsked(Struct, frozen=True):
    """To the owner of an address alone: is it you who asks for all that is kept? A bare yes is the proof."""

    template: ClassVar[str] = "data_asked"


class ForgetAsked(Struct, frozen=True):
    """To the owner of an address alone: is it you who asks to be forgotten? A bare yes is the proof."""

    template: ClassVar[str] = "forget_asked"


class YourData(Struct, frozen=True):
    """All that is kept of them: in few words, and whole as an attachment."""

    template: ClassVar[str] = "your_data"
    personal: Personal


class StillNeeded(Struct, frozen=True):
    """They cannot be forgotten yet: this is still held or booked for them."""

    template: ClassVar[str] = "still_needed"
    reservations: tuple[Reservation, ...]


class Forgotten(Struct, frozen=True):
    """Nothing of them is kept any more but counts."""

    template: ClassVar[str] = "forgotten"


class OnTheSpot(Struct, frozen=True):
    """The number to call, to somebody who has a problem with what they use right now."""

    template: ClassVar[str] = "on_the_spot"
    reservation: Reservation
    uses: tuple[Use, ...]


class OnCall(Struct, frozen=True):
    """The same, to somebody who has no booking of their own in use: a colleague, a husband. Nothing is told of any
    booking."""

    template: ClassVar[str] = "on_call"
    sites: tuple[str, ...]
    """Where they may be; empty: nothing tells, and no site has a number."""
    known: bool = True
    """Whether the mail, or what is in use, tells where."""


class Problem(Struct, frozen=True):
    """To a key-holder: somebody has a problem right now. With their mail, whole."""

    template: ClassVar[str] = "problem"
    reservation: Reservation | None
    """None where the sender has no booking of their own in use."""
    uses: tuple[Use, ...]
    sender: Address
    reached_at: str
    """Their telephone number; may be empty."""
    sites: tuple[str, ...] = ()
    """Without a booking: where they are."""


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


class Displaced(Struct, frozen=True):
    """To the owner alone: what they booked is closed then. The reservation holds other options until its deadline, or
    none where there are none; what is booked stands till they choose. `back`: it is open after all."""

    template: ClassVar[str] = "displaced"
    reservation: Reservation
    uses: tuple[Use, ...]
    objections: tuple[Objection, ...] = ()
    back: bool = False


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


class PersonSays(Struct, frozen=True):
    """To who wrote the mail: the words of the person who dealt with it, under the commune's name."""

    template: ClassVar[str] = "person_says"
    words: str
    person: str
    reservation: Reservation | None = None


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


class Direction(StrEnum):
    OUT = "out"
    BACK = "back"


class Passing(Struct, frozen=True):
    """One line of a key-holder's list: what passes over the counter, to or from whom, in which opening."""

    direction: Direction
    counter: str
    opening: Span
    code: str
    asker: Address
    initiative: str
    """The initiative's name, or empty."""
    phone: str
    rooms: tuple[str, ...]
    keys: tuple[tuple[str, int], ...]
    """Key and number of the copy."""
    goods: tuple[tuple[str, int], ...]
    """Equipment and quantity."""
    number: int = 0
    reminded: int = 0
    """Of what is late: how often the borrower was reminded."""
    said_back: bool = False
    """Of what is late: the borrower says that it is back."""
    unreached: bool = False
    """A letter to the asker came back."""
    comes: Collector | None = None
    """Who comes in the asker's place."""
    reserved: bool = False
    """It is booked under reserve: the College has not agreed yet."""
    giver: Neighbour | None = None
    """Who hands it over directly: nothing of it passes over the counter."""

    @property
    def place(self) -> str:
        """What makes it the same passing from list to list: the opening by the end that a use does not cut short."""
        edge = self.opening.start if self.direction is Direction.OUT else self.opening.end
        return f"{self.code} {self.direction} {self.counter} {edge:%Y-%m-%dT%H:%MZ}"


class Digest(Struct, frozen=True):
    """A key-holder's list from now to the next one. Lines are numbered in the order of the letter."""

    template: ClassVar[str] = "digest"
    holder: str
    """Id of the key-holder whose counters these are (the reader may be the stand-in)."""
    day: date
    until: datetime
    """When the next list comes, UTC."""
    late: tuple[Passing, ...] = ()
    lines: tuple[Passing, ...] = ()
    changed: tuple[Change, ...] = ()
    noted: tuple[Report, ...] = ()
    """What the key-holder reported since the last list, as it was noted."""
    blocked: tuple[Blocked, ...] = ()
    """What is closed until the next list, of the places and things whose keys or goods they hand out."""


class Change(Struct, frozen=True):
    """What is new since the last list: a passing that was added or cancelled, or at which something else passes
    (`altered`)."""

    passing: Passing
    cancelled: bool
    altered: bool = False


class ShortNotice(Struct, frozen=True):
    """One short extra mail to a key-holder: something inside the list they already have was booked or cancelled."""

    template: ClassVar[str] = "short_notice"
    holder: str
    changes: tuple[Change, ...]


class Unclear(StrEnum):
    """Why a statement of a report was not noted."""

    WHICH = "which"
    """Several lines could be meant, or none."""
    NUMBER = "number"
    """No line has that number, or no booking that code."""
    HOW_MANY = "how-many"
    THING = "thing"
    """What it is of is not known."""
    NEW_KIND = "new-kind"
    """There is more of something that rules.yaml does not know: a person adds it there."""
    NOT_LEFT = "not-left"
    """A limit that rules.yaml does not leave to them."""
    DAYS = "days"


class Doubt(Struct, frozen=True):
    """A statement that was not noted, why, and the lines that it may be about."""

    statement: Statement
    why: Unclear
    lines: tuple[Passing, ...] = ()


class ReportUnclear(Struct, frozen=True):
    """To who reported: what was not understood, and what was noted besides."""

    template: ClassVar[str] = "report_unclear"
    doubts: tuple[Doubt, ...] = ()
    deeds: tuple[Deed, ...] = ()
    handed: bool = False
    """Nothing of it was understood, and a person gets it."""


class ReportChallenged(Struct, frozen=True):
    """To who seems to have reported, alone: is this from you? Nothing of it holds before a bare yes."""

    template: ClassVar[str] = "report_challenged"
    deeds: tuple[Deed, ...]
    doubts: tuple[Doubt, ...] = ()


class Shortfall(Struct, frozen=True):
    """A later booking of which `free` units are there of the `asked`, at the worst of its days or hours."""

    reservation: Reservation
    resource: str
    asked: int
    free: int
    out: Span | None
    """The opening in which it is fetched."""


class Overdue(Struct, frozen=True):
    """To the borrower: something is not back. `number` says which reminder it is, `opening` when it can be brought."""

    template: ClassVar[str] = "overdue"
    reservation: Reservation
    passing: Passing
    number: int
    opening: Span | None


class NotFetched(Struct, frozen=True):
    """To the borrower: nobody came for what they booked; `opening` is when it can still be fetched."""

    template: ClassVar[str] = "not_fetched"
    reservation: Reservation
    passing: Passing
    opening: Span | None


class Recalled(Struct, frozen=True):
    """To staff: a mail that was handed to them waits for long. Its sender is told that they have an answer by the day
    `by`, where `told`."""

    template: ClassVar[str] = "recalled"
    case: Case
    since: datetime
    by: date
    told: bool


class AnswerBy(Struct, frozen=True):
    """To who wrote a mail that waits for a person: by which day they have an answer."""

    template: ClassVar[str] = "answer_by"
    case: Case
    by: date
    reservation: Reservation | None = None


class OverdueTold(Struct, frozen=True):
    """To staff: it is still not back after `reminders` reminders; nothing more goes to the borrower by itself."""

    template: ClassVar[str] = "overdue_told"
    reservation: Reservation
    passing: Passing
    reminders: int


class ShortWarned(Struct, frozen=True):
    """To a later borrower, in time: what they are to fetch is not back, and what they can do."""

    template: ClassVar[str] = "short_warned"
    reservation: Reservation
    shortfall: Shortfall


class BroughtBack(Struct, frozen=True):
    """To the borrower: that it is back is noted; `to_be_seen` where the key-holder had reported otherwise."""

    template: ClassVar[str] = "brought_back"
    reservation: Reservation
    to_be_seen: bool = False
    condition: bool = False
    """What is noted is how they found it on arrival."""


class ReportTold(Struct, frozen=True):
    """To staff: what was reported and noted, by whom, and who goes short by it."""

    template: ClassVar[str] = "report_told"
    who: str
    """The name of who reported."""
    deeds: tuple[Deed, ...]
    short: tuple[Shortfall, ...] = ()
    words: str = ""
    """What they wrote, whole."""
    stranded: tuple[Passing, ...] = ()
    """What would pass over a counter that is now closed."""
    unread: bool = False
    """Something in it was not understood: the mail goes with it, whole."""


class Coming(Struct, frozen=True):
    """The answer to "who comes?": what is still ahead until the next list; those that the last one told have its
    numbers."""

    template: ClassVar[str] = "coming"
    lines: tuple[Passing, ...]
    day: date
    until: datetime


Content: TypeAlias = (
    Coming
    | Overdue
    | OverdueTold
    | ShortWarned
    | BroughtBack
    | ReportUnclear
    | ReportChallenged
    | ReportTold
    | Confirmed
    | Examined
    | ApprovedOtherwise
    | NotApproved
    | ApprovalAsked
    | ApprovalTold
    | Firm
    | Withdrawn
    | CollegeList
    | CollegeTold
    | Offered
    | Refused
    | Asked
    | Handed
    | Free
    | Listed
    | Helped
    | Challenged
    | Changed
    | ChangeOffered
    | Proposed
    | Repeated
    | Which
    | Vouching
    | CollectorNoted
    | OpeningsOffered
    | DirectAsked
    | DirectAwaited
    | DirectAgreed
    | DirectOff
    | Unchanged
    | Cancelled
    | Declined
    | Lapsed
    | Thanked
    | Reminded
    | Evaluated
    | Held
    | Waits
    | Freed
    | WaitedInVain
    | GoesOn
    | Kept
    | Freeing
    | DataAsked
    | ForgetAsked
    | YourData
    | StillNeeded
    | Forgotten
    | OnTheSpot
    | OnCall
    | Problem
    | ToStaff
    | DraftShown
    | CaseTold
    | BehalfTold
    | BehalfUnclear
    | BlockUnclear
    | BlockTold
    | OwnersTold
    | Displaced
    | StillInside
    | WeekPlan
    | NotFetched
    | Recalled
    | AnswerBy
    | Morning
    | PersonSays
    | Alert
    | Digest
    | ShortNotice
)


class Notice(Struct, frozen=True):
    """One letter to be written: to whom, in which language(s) (two where the asker's is unclear), about what.
    `answers` is set where it answers the mail at hand: it then carries In-Reply-To, References and its subject."""

    to: Address
    languages: tuple[Language, ...]
    content: Content
    answers: bool = True
    through: str = ""
    """Who of the commune passed the request on, where the reader did not send it themselves."""
    also: tuple[str, ...] = ()
    """Topics that the mail asks about besides, which the rules answer."""
    words: str = ""
    """Of a person, that stand in the place of the letter's own."""
    person: str = ""
    """Whose words these are."""


class End(StrEnum):
    """How a mail ended; the reason stands beside it."""

    ANSWERED = "answered"
    IGNORED = "ignored"
    HANDED = "handed"


class Decision(Struct, frozen=True):
    """What is to be done, in order, and why. `because` names rules and values for people: "free: salle-polyvalente,
    13 June 14:00-18:00"."""

    end: End
    because: tuple[str, ...] = ()
    puts: tuple[Put, ...] = ()
    notices: tuple[Notice, ...] = ()
    code: str = ""
    """Of the conversation it speaks of; empty where there is none."""
    digests: tuple[Digest, ...] = ()
    """Lists to be kept as given, also one that has nothing to tell and so no letter; where a holder's list of that day
    was kept before, its notice is not sent."""
    evaluations: tuple[Evaluation, ...] = ()
    """Askings and answers to be kept."""
    erase: str = ""
    """The address under which nothing is to be kept any more."""
    report: Report | None = None
    """To be kept; one that waited for its sender's yes has its number already."""
    case: Case | None = None
    """Ended by this decision."""


class Sender(Struct, frozen=True):
    """Who wrote, as rules and ledger know them. `proven`: a domain check passed; `forged`: the domain of the address
    disowns the mail."""

    address: Address
    initiative: str | None
    proven: bool = False
    forged: bool = False


class Traffic(Struct, frozen=True):
    """Answers that were written lately; what staff and key-holders get is none."""

    sender: int = 0
    """To the sender's address, in the last 24 hours."""
    domain: int = 0
    """To its domain, in the last 24 hours."""
    conversation: int = 0
    """In the conversation that the mail belongs to, in the last 24 hours."""
    strangers: int = 0
    """To anybody, in the last hour."""


class Facts(Struct, frozen=True):
    """All that a decision may know besides the meaning and the rules."""

    now: datetime
    sender: Sender
    occupancy: Occupancy
    subject: str = ""
    message_id: str = ""
    new_code: str = ""
    """A code that is free, for a new conversation."""
    conversation: Reservation | None = None
    """The one that the mail belongs to, if it is the sender's."""
    standing: tuple[Reservation, ...] = ()
    """What the sender or their initiative holds or has booked, from today on, soonest first."""
    arrived: datetime | None = None
    """An answer is in time by its arrival."""
    last_digests: Mapping[str, Digest] = field(default_factory=dict)
    """By key-holder: the list that they have."""
    calendar_reply: CalendarReply | None = None
    traffic: Traffic = Traffic()
    personal: Personal | None = None
    """All that is kept of the sender, where it is asked for."""
    answered: str = ""
    """The kind of our letter that the mail answers; of the newest in its conversation where it names none."""
    owner_answers: bool = False
    """It answers, by its Message-ID, a letter that went to the sender's address alone not long ago."""
    held: tuple[Claim, ...] = ()
    """What is held for this very mail, where it has no conversation yet: our first answer to it waited for a person."""
    challenge: Act | None = None
    """The act that our challenge asked about, where the mail is the one answer to it, from its owner, in time. It
    proves this act as the challenge named it, and nothing else that the mail may ask."""
    earlier: tuple[Reservation, ...] = ()
    """What the sender or their initiative had in the year before, where the mail points to it."""
    anothers: Reservation | None = None
    """A booking of an initiative that the mail of an unknown address speaks of, by thread or code."""
    colleagues: tuple[Address, ...] = ()
    """Others of the sender's initiative to whom the mail went as well."""
    in_use: tuple[Reservation, ...] = ()
    """What anybody has booked about now, where the mail tells of a problem at this moment."""
    others: tuple[Reservation, ...] = ()
    """Bookings of others with which a direct hand-over is spoken of, or could be."""
    stays: tuple[Use, ...] = ()
    """Of the booking that a change is asked of: what it leaves as it is. It is planned together with what is new, but
    need not be asked in time again."""


class ClockFacts(Struct, frozen=True):
    """All that the clock's duties may know besides the rules."""

    now: datetime
    lapsing: tuple[Reservation, ...] = ()
    """Offers whose deadline is before the start of the last complete fetch."""
    ending: tuple[Reservation, ...] = ()
    """Confirmed reservations whose last use is over."""
    passing: tuple[Reservation, ...] = ()
    """Confirmed reservations with a fetching or a bringing back in the span of the lists that are due."""
    cancelled: tuple[Reservation, ...] = ()
    """Reservations that were cancelled since the last lists, with a passing in that span."""
    last_digests: Mapping[str, Digest] = field(default_factory=dict)
    """By key-holder: the last list they were given."""
    coming: tuple[Reservation, ...] = ()
    """Booked reservations with a use or a fetching soon."""
    used: tuple[Reservation, ...] = ()
    """Reservations that are or were booked, with a use that ended lately."""
    offers: tuple[Reservation, ...] = ()
    """Offers and options that soon end."""
    series: tuple[Reservation, ...] = ()
    """Booked reservations with a use after the end of the quarter, where that is near."""
    outcomes: Mapping[str, Passed] = field(default_factory=dict)
    """By `Passing.place`: what was reported last."""
    reports: tuple[Report, ...] = ()
    """Those that no list told yet."""
    late: tuple[Reservation, ...] = ()
    """Bookings of which something is reported not to be back."""
