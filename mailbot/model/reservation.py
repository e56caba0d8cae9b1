"""A conversation and what it reserves: one code, one state, one table of steps.

Every change is one `Put` of the whole value; what it occupies follows from its state alone (`claims_in_force`), so that
the store can net what was and what shall be, and nothing is ever released twice or forgotten.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from mailbot.errors import MailbotError
from mailbot.model.letters import Address
from mailbot.model.meaning import Collector, Language, Meaning, Slot
from mailbot.model.spans import Days, Span

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What follows `R-` in a code, five times: no I, L, O, U, which are misread or spell words."""

CODE = re.compile(rf"\bR-[{CODE_LETTERS}]{{5}}\b", re.IGNORECASE)


class State(StrEnum):
    NEW = "new"
    """Not yet written: the state before the first step."""
    ASKED = "asked"
    """Something is missing; our question is open."""
    OFFERED = "offered"
    """Numbered options are held until the deadline."""
    WAITING = "waiting"
    """On the waiting list: nothing is held, and what becomes free is offered in order."""
    DRAFTED = "drafted"
    """Our answer waits for a person to let it go: what it would book or hold is held."""
    EXAMINED = "examined"
    """Staff, or a steward, must say yes first: held as the single option until the deadline."""
    CONFIRMED = "confirmed"
    CHANGING = "changing"
    """Booked, and a change is spoken of: our question about it is open, or its options are held besides what stands."""
    REFUSED = "refused"
    """Not possible, and there was nothing to offer."""
    HANDED = "handed"
    """A person at the commune deals with it."""
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    """The last use is over."""


class Act(StrEnum):
    ASK = "ask"
    OFFER = "offer"
    HOLD = "hold"
    """What the asker wanted kept for them is held until an hour that the letter names."""
    WAIT = "wait"
    DRAFT = "draft"
    """A person must let our answer go: what it would take is held, and nothing is done yet."""
    SUBMIT = "submit"
    """It is possible, and the rules want a person's yes first: it is held, and they are asked."""
    CONFIRM = "confirm"
    AGREE = "agree"
    """The College agrees to what is booked under reserve: it is firm."""
    REFUSE = "refuse"
    HAND_OVER_TO_PERSON = "hand-over-to-person"
    ACCEPT = "accept"
    DECLINE = "decline"
    """The asker takes nothing of an offer; of a booking that a change was spoken of, all stays as it is."""
    LAPSE = "lapse"
    """A deadline passed: what was held for it is free again, what is booked stays."""
    CHALLENGE = "challenge"
    """What is asked for is written down, and the owner is asked whether it is their wish."""
    PROPOSE = "propose"
    """Options for a change are held; what is booked stands."""
    INQUIRE = "inquire"
    """Something is missing before a change; what is booked stands."""
    CHANGE = "change"
    """Something else stands now, or less."""
    UNDO = "undo"
    """What stood before the last change stands again."""
    CANCEL = "cancel"
    NOTE = "note"
    """Something is written down that changes no state: who comes, an accepted invitation."""
    REMIND = "remind"
    """A reminder went out."""
    EVALUATE = "evaluate"
    """The asker is asked how it went."""
    CLOSE = "close"


BOOKED = frozenset({State.CONFIRMED, State.CHANGING})
"""States in which what `uses` holds is booked."""

HELD = frozenset({State.OFFERED, State.EXAMINED, State.DRAFTED})
"""States in which nothing is booked, and something is held."""

_ANSWERS = {
    Act.ASK: State.ASKED,
    Act.OFFER: State.OFFERED,
    Act.HOLD: State.OFFERED,
    Act.WAIT: State.WAITING,
    Act.DRAFT: State.DRAFTED,
    Act.SUBMIT: State.EXAMINED,
    Act.CONFIRM: State.CONFIRMED,
    Act.REFUSE: State.REFUSED,
    Act.HAND_OVER_TO_PERSON: State.HANDED,
}
"""What can be answered to a request."""
_STANDS = {
    Act.CHANGE: State.CONFIRMED,
    Act.PROPOSE: State.CHANGING,
    Act.INQUIRE: State.CHANGING,
    Act.UNDO: State.CONFIRMED,
    Act.CANCEL: State.CANCELLED,
    Act.OFFER: State.OFFERED,
    Act.REFUSE: State.REFUSED,
}
"""What can become of a booking by mail. It is given up for other options, or for nothing, where those who must agree do
not, or do no longer."""
LIFE: Mapping[State, Mapping[Act, State]] = {
    State.NEW: _ANSWERS,
    State.ASKED: {
        **_ANSWERS,
        Act.DECLINE: State.DECLINED,
        Act.LAPSE: State.LAPSED,
        Act.NOTE: State.ASKED,
    },
    State.OFFERED: {
        **_ANSWERS,
        Act.ACCEPT: State.CONFIRMED,
        Act.DECLINE: State.DECLINED,
        Act.LAPSE: State.LAPSED,
        Act.NOTE: State.OFFERED,
        Act.REMIND: State.OFFERED,
    },
    State.WAITING: {
        **_ANSWERS,
        Act.DECLINE: State.DECLINED,
        Act.LAPSE: State.LAPSED,
        Act.NOTE: State.WAITING,
    },
    State.DRAFTED: {
        **_ANSWERS,
        Act.ACCEPT: State.CONFIRMED,
        Act.DECLINE: State.DECLINED,
        Act.LAPSE: State.LAPSED,
        Act.CLOSE: State.CLOSED,
        Act.NOTE: State.DRAFTED,
    },
    State.EXAMINED: {
        **_ANSWERS,
        Act.ACCEPT: State.CONFIRMED,
        Act.DECLINE: State.DECLINED,
        Act.LAPSE: State.LAPSED,
        Act.NOTE: State.EXAMINED,
        Act.REMIND: State.EXAMINED,
    },
    State.CONFIRMED: {
        **_STANDS,
        Act.AGREE: State.CONFIRMED,
        Act.DRAFT: State.CONFIRMED,
        Act.CHALLENGE: State.CONFIRMED,
        Act.NOTE: State.CONFIRMED,
        Act.REMIND: State.CONFIRMED,
        Act.EVALUATE: State.CONFIRMED,
        Act.CLOSE: State.CLOSED,
    },
    State.CHANGING: {
        **_STANDS,
        Act.AGREE: State.CHANGING,
        Act.DRAFT: State.CHANGING,
        Act.DECLINE: State.CONFIRMED,
        Act.LAPSE: State.CONFIRMED,
        Act.CHALLENGE: State.CHANGING,
        Act.NOTE: State.CHANGING,
        Act.REMIND: State.CHANGING,
        Act.EVALUATE: State.CHANGING,
    },
    State.REFUSED: _ANSWERS,
    State.HANDED: {**_ANSWERS, Act.CLOSE: State.CLOSED, Act.NOTE: State.HANDED},
    State.DECLINED: _ANSWERS,
    State.LAPSED: _ANSWERS,
    State.CANCELLED: {},
    State.CLOSED: {Act.NOTE: State.CLOSED, Act.EVALUATE: State.CLOSED, Act.REMIND: State.CLOSED},
}
"""The life of a conversation. An act that a state does not have is a step nobody may take."""


class WrongStep(MailbotError):
    """A step that the table does not have; a fault of the program or a mail that came too late."""

    def __init__(self, state: State, act: Act) -> None:
        super().__init__(f"{act} from {state}")
        self.state = state
        self.act = act


def next_state(state: State, act: Act) -> State:
    """Return the state after the step, or raise WrongStep."""
    try:
        return LIFE[state][act]
    except KeyError:
        raise WrongStep(state, act) from None


class Claim(Struct, frozen=True, order=True):
    """Units of one resource through consecutive cells, both ends included. Resources are ids of rooms and equipment,
    and `key:<id>:<copy>` for one numbered copy of a key."""

    resource: str
    first: int
    last: int
    units: int = 1

    def __post_init__(self) -> None:
        if self.last < self.first or self.units < 1:
            raise ValueError(f"claims nothing: {self}")


def key_copy(key: str, copy: int) -> str:
    """Return the resource that stands for one copy of a key."""
    return f"key:{key}:{copy}"


class Neighbour(Struct, frozen=True):
    """The other one of a direct hand-over, by the code of their booking: with the name, telephone and address that they
    gave themselves once both said yes, and not before."""

    code: str
    name: str = ""
    phone: str = ""
    address: str = ""


class Handover(Struct, frozen=True):
    """One passing of a key or of goods over a counter: the opening it happens in. Of a direct one, over no counter: the
    moments between which it must happen."""

    counter: str
    opening: Span
    direct: Neighbour | None = None


class Use(Struct, frozen=True):
    """One thing through one occurrence: a room for a span, equipment for days; with its key, how both are fetched and
    brought back, and the claims it occupies. `when` is what letters say; claims are wider."""

    resource: str
    quantity: int
    when: Span | Days
    claims: tuple[Claim, ...]
    out: Handover | None = None
    back: Handover | None = None
    key: str | None = None
    copy: int | None = None


class Option(Struct, frozen=True):
    """One numbered choice of an offer: the whole basket as it would be booked. `number` counts from 1."""

    number: int
    uses: tuple[Use, ...]


class Pending(Struct, frozen=True):
    """What is asked of a booking and not done yet: it waits for a yes, for an answer, or for the owner's word."""

    act: Act
    """CANCEL, CHANGE, UNDO, or NOTE: who comes."""
    meaning: Meaning | None = None
    """The change that is asked for, as far as it was said."""
    rivals: tuple[Meaning, ...] = ()
    """What it may mean, as our open question numbered it from 1."""
    newcomer: Address | None = None
    """Who wrote about it from an address that is not known: is that one of theirs? (NOTE)"""
    letters: tuple[str, ...] = ()
    """Message-IDs of our letters that named exactly this: only an answer to one of them is their word on it."""
    partner: str = ""
    """Code of the booking with which a direct hand-over waits for a yes: of who would give (CHANGE), and of who would
    take (NOTE)."""


class Approval(Struct, frozen=True):
    """What a person, or the College, is asked to agree to: why (ids of the rules' needs), since when, and what they
    said of it."""

    number: int
    """The version of the conversation that asked: an answer to an older letter is no answer to this one."""
    reasons: tuple[str, ...]
    since: datetime
    granted: bool | None = None
    """None while nobody answered."""
    by: str = ""
    """The address of who answered; empty where the clock did."""
    said: str = ""
    """Their own words besides yes or no."""
    uses: tuple[Use, ...] = ()
    """What they said it of."""
    at: datetime | None = None
    """When they said it, UTC."""
    meeting: date | None = None
    """The day of the meeting that decides, where it is the College."""


class Draft(Struct, frozen=True):
    """An answer that waits for a person: to which mail (the id of its case), what it would take, with what is taken
    already, and the conversation as it was (of one that is booked: nothing, it stays as it is)."""

    case: str
    hold: tuple[Claim, ...] = ()
    before: Reservation | None = None


class Booked(Struct, frozen=True):
    """What stood before the last change."""

    uses: tuple[Use, ...]
    attendees: int | None = None


class Reservation(Struct, frozen=True):
    """A conversation, from its first answer to its end. `version` grows by one with each write (0: never written),
    `sequence` with each letter that carries a calendar file (RFC 5546 section 2.1.4)."""

    code: str
    asker: Address
    language: Language
    created: datetime
    state: State = State.NEW
    version: int = 0
    sequence: int = 0
    initiative: str | None = None
    subject: str = ""
    """The asker's own subject, without Re:"""
    attendees: int | None = None
    phone: str | None = None
    uses: tuple[Use, ...] = ()
    """What is booked (states confirmed and changing, and after)."""
    options: tuple[Option, ...] = ()
    hold: tuple[Claim, ...] = ()
    """What the offer holds: per cell, the most that any one option needs."""
    deadline: datetime | None = None
    """When the offer ends, UTC."""
    partial: bool = False
    """The single option is a part of what was asked: a bare yes books it."""
    request: Meaning | None = None
    """All that was understood so far; what later answers complete."""
    questions: int = 0
    """Questions asked in a row that brought nothing new."""
    unreached: bool = False
    """A letter about it came back: whoever asked for it may know nothing."""
    published: bool = False
    """Its dates went out as one calendar entry each (METHOD:PUBLISH): they go on so, or old ones would stay behind."""
    calendar_status: str = ""
    """The asker's calendar answer: ACCEPTED, TENTATIVE, DECLINED."""
    thread: tuple[str, ...] = ()
    """Message-IDs of the asker's mails, oldest first."""
    choices: tuple[str, ...] = ()
    """Ids of the rooms that our open question numbered from 1 (state asked)."""
    slots: tuple[Slot, ...] = ()
    """The first occurrence of each rival reading that our open question numbered from 1 (state asked): of the request,
    then of its alternatives."""
    repeats: str = ""
    """Code of the booking that our open question asks about: the same, or more? (state asked)"""
    among: tuple[str, ...] = ()
    """Codes of the bookings that our open question numbered from 1: which of them does the mail speak of? (state
    asked)"""
    settled: datetime | None = None
    """When it was confirmed or last changed, UTC: from then on an undo counts for a day. None: nothing to undo."""
    optioned: datetime | None = None
    """Since when it is held at the asker's own wish, UTC (state offered)."""
    waiting: datetime | None = None
    """Since when it is on the waiting list, UTC (state waiting)."""
    told: tuple[str, ...] = ()
    """What the clock wrote about, each event once: `use:2026-06-13`, `evaluation:2026-06-13`."""

    colleagues: tuple[Address, ...] = ()
    """Others of the initiative who had a copy of a mail of the asker's: they get the calendar file too."""
    collector: Collector | None = None
    """Who fetches the key and the goods in the asker's place."""
    pending: Pending | None = None
    """What is asked of the booking and not done yet (states confirmed and changing)."""
    before: Booked | None = None
    """What stood before the last change: what an undo puts back. None where nothing stood."""
    approval: Approval | None = None
    """What a person is, or was, asked to agree to, of a request or of a change."""
    reserve: Approval | None = None
    """What the College is, or was, asked to agree to, of what is booked. None: it need not be asked."""

    draft: Draft | None = None
    """The answer that waits for a person."""

    @property
    def examined(self) -> bool:
        """Whether a person's yes is waited for: to a request, or to a change of what is booked."""
        waits = self.approval is not None and self.approval.granted is None
        return waits and self.state in (State.EXAMINED, State.CHANGING)

    @property
    def reserved(self) -> bool:
        """Whether it is booked under reserve: the College has not agreed yet."""
        return self.state in BOOKED and self.reserve is not None and self.reserve.granted is None

    @property
    def uid(self) -> str:
        """The UID of its calendar file, one for life, without a domain."""
        return self.code.lower()


def claims_in_force(reservation: Reservation | None) -> tuple[Claim, ...]:
    """Return what a reservation occupies: what is held of it, the claims of what is booked, else nothing. The hold of
    options for a change covers what is booked as well."""
    if reservation is None:
        return ()
    if reservation.draft is not None:
        return reservation.draft.hold
    if reservation.state in HELD or (reservation.state is State.CHANGING and reservation.hold):
        return reservation.hold
    if reservation.state in BOOKED:
        return tuple(claim for use in reservation.uses for claim in use.claims)
    return ()


def linked(reservation: Reservation | None) -> frozenset[str]:
    """Return the codes of the bookings with which a booking shares a direct hand-over, agreed or asked for."""
    if reservation is None or reservation.state not in (*BOOKED, State.CLOSED):
        return frozenset()
    asked = {reservation.pending.partner} if reservation.pending else set()
    return frozenset((asked | {one.code for one in neighbours(reservation.uses)}) - {""})


def neighbours(uses: Iterable[Use]) -> tuple[Neighbour, ...]:
    """Return with whom something of this passes directly."""
    handovers = (handover for use in uses for handover in (use.out, use.back))
    return tuple(dict.fromkeys(one.direct for one in handovers if one is not None and one.direct is not None))


def hold_of(options: Iterable[Option]) -> tuple[Claim, ...]:
    """Return the claims that hold any one of the options: per cell the most that one of them needs, never the sum."""
    return covering(*((claim for use in option.uses for claim in use.claims) for option in options))


def covering(*takings: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims that cover each of several takings alone: per cell the most that one of them needs."""
    by_resource: dict[str, list[tuple[int, Claim]]] = {}
    for number, claims in enumerate(takings):
        for claim in claims:
            by_resource.setdefault(claim.resource, []).append((number, claim))
    return tuple(claim for resource in sorted(by_resource) for claim in _most(resource, by_resource[resource]))


def _most(resource: str, claims: Sequence[tuple[int, Claim]]) -> Iterator[Claim]:
    """Yield claims for the most units of any option, from edge to edge of the claims of all, neighbours that agree made
    one."""
    edges = sorted({edge for _, claim in claims for edge in (claim.first, claim.last + 1)})
    held: Claim | None = None
    for first, after in pairwise(edges):
        needed = Counter[int]()
        for number, claim in claims:
            needed[number] += claim.units if claim.first <= first <= claim.last else 0
        units = max(needed.values())
        if held and units == held.units and held.last + 1 == first:
            held = Claim(resource, held.first, after - 1, units)
            continue
        if held:
            yield held
        held = Claim(resource, first, after - 1, units) if units else None
    if held:
        yield held


class Put(Struct, frozen=True):
    """One step of one reservation: what was read, what shall be, and the act that leads there. The store refuses it
    (LostRace) where `before` is no longer what stands."""

    before: Reservation | None
    after: Reservation
    act: Act
    why: str = ""
    """For the history: the rule or the words behind it, short."""
    by: str = ""
    """For the history: the address of who did it; empty where the clock did."""
    mail: str = ""
    """For the history: the Message-ID of the mail it follows from; empty where there is none."""

    def __post_init__(self) -> None:
        state = State.NEW if self.before is None else self.before.state
        if next_state(state, self.act) is not self.after.state:
            raise WrongStep(state, self.act)
