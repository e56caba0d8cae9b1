"""What letters to those who ask and borrow hold: values, no sentence. `replies` words them in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from msgspec import Struct

from mailbot.model.cases import Case
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address
from mailbot.model.meaning import Collector, Lack, Meaning, Slot
from mailbot.model.objections import NotLent, Objection
from mailbot.model.personal import Personal
from mailbot.model.reservation import Act, Handover, Reservation, Use
from mailbot.model.spans import Days, Span
from mailbot.model.to_key_holders import Passing, Shortfall


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
    """The asker's own reservations, soonest first; `arrived`: they only ask whether a mail has, and how it stands."""

    template: ClassVar[str] = "listed"
    reservations: tuple[Reservation, ...]
    arrived: bool = False

    @property
    def reservation(self) -> Reservation | None:
        """The conversation that an answer to this letter goes on with."""
        return self.reservations[0] if self.arrived and len(self.reservations) == 1 else None


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
    until: datetime
    """Until when a yes counts."""
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


class OptionHeld(Struct, frozen=True):
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
    again: bool = False
    """It was asked before."""
    last: bool = False
    """It is not asked once more."""


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


class Displaced(Struct, frozen=True):
    """To the owner alone: what they booked is closed then. The reservation holds other options until its deadline, or
    none where there are none; what is booked stands till they choose. `back`: it is open after all."""

    template: ClassVar[str] = "displaced"
    reservation: Reservation
    uses: tuple[Use, ...]
    objections: tuple[Objection, ...] = ()
    back: bool = False


class PersonSays(Struct, frozen=True):
    """To who wrote the mail: the words of the person who dealt with it, under the commune's name."""

    template: ClassVar[str] = "person_says"
    words: str
    person: str
    reservation: Reservation | None = None


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


class AnswerBy(Struct, frozen=True):
    """To who wrote a mail that waits for a person: by which day they have an answer."""

    template: ClassVar[str] = "answer_by"
    case: Case
    by: date
    reservation: Reservation | None = None


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
