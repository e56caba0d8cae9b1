"""The commune as rules.yaml tells it, checked: what is lent, where, when, by whom, within which limits.

`policy/schema` reads the file into these values; nothing here knows of YAML. Texts for letters are `Words`: one
string a language. Where a language is missing, letters take the first that is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from mailbot.model.addresses import one_form
from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.reports import Deed
from mailbot.model.spans import Days, Hours, Span

Words: TypeAlias = Mapping[Language, str]
Names: TypeAlias = Mapping[Language, tuple[str, ...]]
"""All that people call a thing, a language each; the first is the one that letters use."""

Week: TypeAlias = Mapping[int, tuple[Hours, ...]]
"""Opening hours by weekday, Monday is 0; a weekday that is not there is closed."""


def in_language(words: Words, language: Language) -> str:
    """Return the text in `language`, else in the first language there is, else nothing."""
    return words.get(language) or next(iter(words.values()), "")


class Closure(Struct, frozen=True):
    """Days on which something is closed, with the reason as letters give it."""

    days: Days
    reason: Words = field(default_factory=dict)


class Counter(Struct, frozen=True):
    """Where keys or goods are handed over and taken back: a loge, a desk, the garage."""

    id: str
    place: Words
    """Where exactly, with the address: "à la loge, rue du Parc 3"."""
    holder: str
    """Id of the key-holder who stands there."""
    week: Week
    phone: str = ""
    open_on_public_holidays: bool = False
    closures: tuple[Closure, ...] = ()
    names: Words = field(default_factory=dict)
    """In two or three words, for lists: "loge du Parc"."""
    deposit: Words = field(default_factory=dict)
    """For goods handed over here; a key has its own."""
    sign: Words = field(default_factory=dict)
    """What to sign or to show when goods are handed over here."""
    beside: tuple[str, ...] = ()
    """Ids of others who stand there too: each gets the list."""

    @property
    def holders(self) -> tuple[str, ...]:
        """All who stand there, the first named in letters."""
        return (self.holder, *self.beside)


class Key(Struct, frozen=True):
    """The key of one or more rooms, in numbered copies (1 to `copies`)."""

    id: str
    counter: str
    copies: int
    names: Words = field(default_factory=dict)
    deposit: Words = field(default_factory=dict)
    sign: Words = field(default_factory=dict)
    """What to sign or to show when it is handed over."""
    report_return: bool = False
    """Whether it is late until its return is reported; else silence counts as returned."""


class Site(Struct, frozen=True):
    id: str
    names: Names
    address: Words
    geo: tuple[float, float] | None = None
    """Latitude and longitude, WGS 84."""
    access: Words = field(default_factory=dict)
    """How to get in, where the plan hangs, what to close: given with the key."""
    on_call: str = ""
    """The number for a problem on the day itself."""
    plan: str = ""
    """A file beside rules.yaml that goes with the letter about its key: a plan of the place."""
    closures: tuple[Closure, ...] = ()


class Room(Struct, frozen=True):
    id: str
    names: Names
    site: str
    capacity: int
    """People."""
    term: Week
    """Opening hours in term."""
    holidays: Week
    """Opening hours in school holidays."""
    key: str | None = None
    features: frozenset[str] = frozenset()
    """Such as wheelchair, wifi, kitchen, daylight: named in letters by `feature_names` of the rules."""
    turnaround: timedelta = timedelta(0)
    """A multiple of 15 minutes kept free after each use."""
    open_on_public_holidays: bool = False
    closures: tuple[Closure, ...] = ()
    holiday_community: Language | None = None
    """Which community's school holidays apply; None: those of the first language that has any."""
    extra: tuple[Span, ...] = ()
    """When it is open besides, whatever its hours and closures say: said by mail."""


class Equipment(Struct, frozen=True):
    id: str
    names: Names
    stock: int
    counter: str
    contents: Words = field(default_factory=dict)
    transport: Words = field(default_factory=dict)
    """Weight and how to carry it."""
    weight_kg: float = 0.0
    days_between: int = 0
    """Whole days needed after a return before the next loan (drying, washing)."""
    closures: tuple[Closure, ...] = ()
    report_return: bool = False
    """Whether it is late until its return is reported; else silence counts as returned."""
    most_per_loan: int | None = None
    """Units of it that one loan may have; None: all there are."""


class Limits(Struct, frozen=True):
    """What one request, and one initiative, may ask."""

    notice: timedelta
    """From the moment the mail is handled to the first use."""
    horizon: timedelta
    longest: timedelta
    """One use of a room."""
    longest_loan: int
    """Days, first and last included."""
    active_bookings: int
    hours_per_week: int
    """Hours of rooms per calendar week (Monday to Sunday)."""
    hold: int = 2
    """Working days that an offer is held; it ends at `hold_until` of the last."""
    hold_until: time = time(18)
    options: int = 2
    """What an initiative may have held at its own wish at a time."""
    longest_option: int = 14
    """Days."""
    answers_per_sender: int = 20
    """Answers a day."""
    answers_per_conversation: int = 10
    answers_per_domain: int = 100
    """Answers a day to addresses of one domain that `initiatives` does not name in full."""
    answers_to_strangers_per_hour: int = 200
    """Once so many letters went out within an hour, who belongs to no initiative waits for a person."""


class Reminders(Struct, frozen=True):
    """When the clock writes to askers by itself."""

    before_use: timedelta = timedelta(days=2)
    """From the reminder to the fetching of the key or the goods, or to the use where nothing is fetched."""
    after_use: timedelta = timedelta(hours=12)
    """From the end of the last use to the questions about how it went."""
    evaluation: bool = True
    """Whether these are asked at all."""
    quiet: Hours = field(default_factory=lambda: Hours(20 * 60, 32 * 60))
    """From an evening to the next morning, in which none of these letters leaves."""
    on_rest_days: bool = False
    """Whether they leave on Sundays, public holidays and days on which all is closed."""
    option: timedelta = timedelta(days=1)
    """From the reminder of an option to its end."""
    quarter: timedelta = timedelta(weeks=3)
    """From the question whether a series goes on to the end of the quarter."""
    quarter_again: timedelta = timedelta(weeks=1)
    """Between that question and each of its two reminders."""


class Handovers(Struct, frozen=True):
    """How long a mail that was handed to a person may wait. Working days."""

    recall_after: int = 3
    """Then staff are reminded of it, and its sender is told by which day they have an answer."""
    answer_within: int = 3
    """From that reminder to that day."""


class Retention(Struct, frozen=True):
    """How long personal data is kept after it has served."""

    bookings: timedelta = timedelta(days=730)
    """Who asked for what, after it is over."""
    letters: timedelta = timedelta(days=365)
    """Letters that were sent, and the senders of mails."""
    mails: timedelta | None = None
    """Handled mails and our letters in the folders of the mailbox; None: those are left alone."""


class Initiative(Struct, frozen=True):
    id: str
    name: str
    addresses: tuple[str, ...]
    """In their one form: whole addresses, or `@domain` for all of a domain."""
    language: Language | None = None
    contact: str = ""
    """The address that gets letters which none of them asked for: what the commune books for them."""

    @property
    def written_to(self) -> str:
        """Return where to write to them: the contact, else the first whole address; empty where there is none."""
        return self.contact or next((one for one in self.addresses if not one.startswith("@")), "")


def is_of(address: str, patterns: tuple[str, ...]) -> bool:
    """Return whether an address is one of these whole addresses, or of one of these domains."""
    wanted = one_form(address)
    return wanted in patterns or "@" + wanted.rpartition("@")[2] in patterns


class UnknownSender(StrEnum):
    """What becomes of a request from an address that belongs to no initiative."""

    ALLOWED = "allowed"
    ASK_NAME = "ask-name"
    TO_STAFF = "to-staff"


class Letting(StrEnum):
    """Who lets an answer go."""

    AUTOMATIC = "automatic"
    DRAFT = "draft"
    """A person, who sees it first."""


class Supervision(Struct, frozen=True):
    """Which answers a person lets go, by their kind, and when staff are reminded of one that waits."""

    kinds: Mapping[str, Letting] = field(default_factory=dict)
    reminder: timedelta = timedelta(days=1)


KINDS = ("bookings", "offers", "refusals", "questions", "changes", "cancellations", "information")
"""The kinds of answers that may be supervised."""


class AtDeadline(StrEnum):
    """What becomes of a request that nobody approved in time."""

    LAPSE = "lapse"
    ACCEPT = "accept"
    REFUSE = "refuse"


class NeedsApproval(Struct, frozen=True):
    """What needs a person's yes. All that is said here must be so, of one thing that is asked for."""

    id: str
    because: Words
    """Why, for those who decide and for the asker."""
    rooms: frozenset[str] = frozenset()
    """Any of these; where it is empty, any room or thing."""
    capacity_above: int | None = None
    """A room for more people than that."""
    people_above: int | None = None
    """More people come than that."""
    after: int | None = None
    """A room is used beyond that time of the day, in minutes after midnight."""
    days: tuple[Days, ...] = ()
    things: frozenset[str] = frozenset()
    """Any of this equipment."""
    units_above: int | None = None
    """More of one thing than that."""
    hours_per_week_above: int | None = None
    """More hours of rooms in a week than that, with what the initiative has already."""
    alcohol: bool = False
    """Alcohol is served."""
    unknown_initiative: bool = False
    sites: frozenset[str] = frozenset()
    """Rooms in any of these places."""
    initiatives: frozenset[str] = frozenset()
    """Any of these asks."""


class Approvals(Struct, frozen=True):
    """What needs a person's yes, and how long it is waited for."""

    needs: Mapping[str, NeedsApproval] = field(default_factory=dict)
    within: int = 3
    """Working days."""
    reminder: timedelta = timedelta(days=1)
    """From the reminder to the end."""
    at_deadline: AtDeadline = AtDeadline.LAPSE


class UseBefore(StrEnum):
    """What becomes of a use that comes before the College can decide."""

    STAFF = "staff"
    """One of the staff decides, as about an approval."""
    FIRM = "firm"
    """It is booked without reserve."""
    REFUSE = "refuse"


class College(Struct, frozen=True):
    """What is booked under reserve of the College (the mayor and aldermen), and when it meets."""

    needs: Mapping[str, NeedsApproval] = field(default_factory=dict)
    """What its agreement is for, as `Approvals.needs`."""
    meets_on: int = 0
    """The weekday of its meeting, Monday is 0."""
    recess: tuple[Days, ...] = ()
    """Days on which it does not meet."""
    list_before: int = 2
    """Days from the list of what it decides about to the meeting; a day of rest is gone back over."""
    list_at: time = time(8)
    use_before: UseBefore = UseBefore.STAFF


class UnprovenBookings(StrEnum):
    """What becomes of a booking whose sender nobody can vouch for."""

    ALLOWED = "allowed"
    TO_STAFF = "to-staff"


class Holder(Struct, frozen=True):
    """A key-holder, who reads one digest a day."""

    id: str
    name: str
    address: str
    language: Language
    phone: str = ""
    digest_at: time = time(6, 45)
    working_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    """Monday is 0: the days on which a digest is sent."""
    absences: tuple[Days, ...] = ()
    stand_in: str | None = None
    empty_digest: bool = True
    """Whether a day with nothing to do gets one line, or no mail."""
    things: frozenset[str] = frozenset()
    """Of a steward: the equipment they look after. They stand at no counter, and get the list of what is theirs."""
    sets_limits: bool = False
    """Of a steward: whether they say how much of their things one loan may have."""


class Manager(Struct, frozen=True):
    """Who manages some places (a head teacher, a librarian): closes and opens them, and gets their plan once a week."""

    id: str
    name: str
    address: str
    language: Language
    sites: tuple[str, ...]
    plan_day: int = 0
    """Monday is 0."""
    plan_at: time = time(7)


class Staff(Struct, frozen=True):
    name: str
    address: str
    language: Language


class Commune(Struct, frozen=True):
    names: Words
    service: Words
    """Who signs: "le service Participation"."""
    mailbox: Address
    phone: str
    phone_hours: Words
    zone: ZoneInfo
    languages: tuple[Language, ...]
    """In the order of preference; an answer in no clear language is given in the first two."""
    privacy: Words = field(default_factory=dict)
    """Address of the privacy notice."""


class Catalogue(Struct, frozen=True):
    """All that reading needs to know of the commune, and nothing else."""

    zone: ZoneInfo
    languages: tuple[Language, ...]
    rooms: Mapping[str, Room]
    equipment: Mapping[str, Equipment]
    sites: Mapping[str, Site]
    day_parts: Mapping[str, Hours]
    """morning, midday, afternoon, evening, day."""
    school_holidays: Mapping[Language, tuple[Closure, ...]]
    """By community; the reason of each is its name ("vacances de Noël")."""
    public_holidays: Mapping[date, Words]
    """Over the years that can be booked, and the names they have."""
    features: Mapping[str, Words] = {}
    """What rooms may have, by id, and what it is called."""
    mailboxes: tuple[str, ...] = ()
    """Our own addresses, lower case."""
    banners: tuple[str, ...] = ()
    """Texts that a mail server or a law puts around mails: nobody's words."""


class Rules(Struct, frozen=True, dict=True):
    """One version of rules.yaml. Ids are the keys of the mappings."""

    commune: Commune
    staff: tuple[Staff, ...]
    holders: Mapping[str, Holder]
    counters: Mapping[str, Counter]
    sites: Mapping[str, Site]
    keys: Mapping[str, Key]
    rooms: Mapping[str, Room]
    equipment: Mapping[str, Equipment]
    day_parts: Mapping[str, Hours]
    limits: Limits
    initiatives: Mapping[str, Initiative]
    unknown_senders: UnknownSender
    closures: tuple[Closure, ...]
    """Of everything."""
    public_holidays: Mapping[date, Words]
    school_holidays: Mapping[Language, tuple[Closure, ...]]
    answers: Mapping[str, Words]
    """Staff's short answers by topic: how, cost, deposit, insurance…"""
    feature_names: Mapping[str, Words]
    managers: Mapping[str, Manager] = field(default_factory=dict)
    articles: Mapping[str, Words] = field(default_factory=dict)
    """Which rule or article a refusal names, by the objection's kind: "order": "règlement des salles, art. 4"."""
    banners: tuple[str, ...] = ()
    reminders: Reminders = field(default_factory=Reminders)
    unproven_bookings: UnprovenBookings = UnprovenBookings.ALLOWED
    retention: Retention = field(default_factory=Retention)
    handovers: Handovers = field(default_factory=Handovers)
    approvals: Approvals = field(default_factory=Approvals)
    college: College = field(default_factory=College)
    supervision: Supervision = field(default_factory=Supervision)
    version: str = ""
    """A digest of the file's text."""
    said: tuple[Deed, ...] = ()
    """What key-holders, stewards and staff said by mail and what holds besides the file, oldest first."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """What reading needs: one value for one version of the rules, since reading keeps what it compiled of it."""
        return Catalogue(
            zone=self.commune.zone,
            languages=self.commune.languages,
            rooms=self.rooms,
            equipment=self.equipment,
            sites=self.sites,
            day_parts=self.day_parts,
            school_holidays=self.school_holidays,
            public_holidays=self.public_holidays,
            features=self.feature_names,
            mailboxes=(self.commune.mailbox.address,),
            banners=self.banners,
        )

    def rooms_of(self, manager: Manager) -> frozenset[str]:
        """Return the ids of the rooms in the places that somebody manages."""
        return frozenset(room.id for room in self.rooms.values() if room.site in manager.sites)

    def why_asked(self, reason: str) -> Words:
        """Return why somebody must agree; nothing where the rules no longer have it."""
        need = self.approvals.needs.get(reason) or self.college.needs.get(reason)
        return need.because if need else {}

    def initiative_of(self, address: str) -> Initiative | None:
        """Return whose address it is: a whole address goes before a domain."""
        wanted = one_form(address)
        domain = "@" + wanted.rpartition("@")[2]
        for pattern in (wanted, domain):
            for initiative in self.initiatives.values():
                if pattern in initiative.addresses:
                    return initiative
        return None
