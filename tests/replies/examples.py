"""Notices of every kind about the sample commune, for the tests and the gallery. Written on Tuesday 2 June 2026."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from mailbot.model.behalf import Behalf, Party, Unknown, Unresolved
from mailbot.model.cases import Case, Ending
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address
from mailbot.model.meaning import ANY_ROOM, Collector, Evidence, Intent, Item, Lack, Meaning, Slot
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import (
    BeforeCollege,
    Closed,
    InThePast,
    LoanTooLong,
    NoKey,
    NoOpening,
    NotAgreed,
    NotLent,
    Objection,
    OutsideHours,
    ShortStock,
    Taken,
    TooFar,
    TooLate,
    TooLong,
    TooManyBookings,
    TooManyHours,
    TooManyOptions,
    TooManyPeople,
    TooManyUnits,
)
from mailbot.model.outbox import Thread
from mailbot.model.personal import Personal
from mailbot.model.reports import (
    Amount,
    Away,
    Blocked,
    Deed,
    ForSomebody,
    Found,
    Held,
    Limited,
    Opened,
    Outcome,
    Passed,
    Report,
    Shut,
    Statement,
    Stocked,
    Unblocked,
    Undone,
    Verb,
    Why,
)
from mailbot.model.reservation import Act, Approval, Handover, Neighbour, Option, Pending, Reservation, State, Use
from mailbot.model.rules import Approvals, College, NeedsApproval, Rules
from mailbot.model.spans import Days, Hours, Span
from mailbot.model.to_askers import (
    AnswerBy,
    ApprovedOtherwise,
    Asked,
    BroughtBack,
    Cancelled,
    Challenged,
    Changed,
    ChangeOffered,
    CollectorNoted,
    Confirmed,
    DataAsked,
    Declined,
    DirectAgreed,
    DirectAsked,
    DirectAwaited,
    DirectOff,
    Displaced,
    Evaluated,
    Examined,
    Firm,
    ForgetAsked,
    Forgotten,
    Free,
    Freed,
    Freeing,
    FreeSlot,
    GoesOn,
    Handed,
    Helped,
    Kept,
    Lapsed,
    Listed,
    NotApproved,
    NotFetched,
    Offered,
    OnCall,
    OnTheSpot,
    OpeningsOffered,
    OptionHeld,
    Overdue,
    PersonSays,
    Problem,
    Proposed,
    Refused,
    Reminded,
    Repeated,
    ShortWarned,
    StillNeeded,
    Thanked,
    Unchanged,
    Vouching,
    WaitedInVain,
    Waits,
    Which,
    Withdrawn,
    YourData,
)
from mailbot.model.to_key_holders import (
    Change,
    Coming,
    Digest,
    Direction,
    Doubt,
    Passing,
    ReportChallenged,
    ReportTold,
    ReportUnclear,
    Shortfall,
    ShortNotice,
    Unclear,
)
from mailbot.model.to_staff import (
    Alert,
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    BlockUnclear,
    Carried,
    CaseTold,
    CollegeList,
    CollegeTold,
    Dealt,
    DraftShown,
    Inside,
    Listing,
    Morning,
    OverdueTold,
    OwnersTold,
    Puzzle,
    Recalled,
    Ruled,
    Ruling,
    Settled,
    StillInside,
    ToStaff,
    Waiting,
    WeekPlan,
)
from mailbot.policy.rules import load

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
BRUSSELS = ZoneInfo("Europe/Brussels")
LANGUAGES = ("fr", "nl", "en")


@cache
def rules() -> Rules:
    loaded = load(ROOT / "rules.yaml")
    approvals, college = ({need.id: need for need in needs} for needs in (NEEDS, COLLEGE))
    return replace(loaded, approvals=Approvals(approvals), college=College(college, meets_on=1))


NEEDS = (
    NeedsApproval("nuit", {"fr": "la salle après 22 h", "nl": "de zaal na 22 uur", "en": "the room after 10 pm"}),
    NeedsApproval("alcool", {"fr": "de l'alcool est servi", "nl": "er is alcohol", "en": "alcohol is served"}),
)


COLLEGE = (
    NeedsApproval(
        "quartier",
        {"fr": "la maison de quartier", "nl": "het buurthuis", "en": "the community centre"},
        rooms=frozenset({"maison-quartier"}),
    ),
)


def at(text: str) -> datetime:
    """Return a moment in Brussels: "2026-06-13 14:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


NOW = at("2026-06-02 09:30")


def span(day: str, hours: str) -> Span:
    """Return the span of "14:00-18:00" on a day; an end before the start is on the next day."""
    start, end = (datetime.fromisoformat(f"{day} {hour}") for hour in hours.split("-"))
    return Span.local(start, end if end > start else end + timedelta(days=1), BRUSSELS)


def days(first: str, last: str = "") -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


def slot(start: str, end: str) -> Slot:
    return Slot(datetime.fromisoformat(start), datetime.fromisoformat(end))


MARC = Address("Marc Petit", "marc.petit@courrier.example")
YVETTE = Address("Yvette Collin", "yvette.collin@courrier.example")
CLAIRE = Address("Claire Dumont", "participation@bruyere.example")
JOSIANE = Address("Josiane Lambert", "josiane.lambert@voisines.example")

OUT = Handover("loge", span("2026-06-12", "17:00-19:00"))
BACK = Handover("loge", span("2026-06-15", "08:00-10:00"))
GARAGE_OUT = Handover("garage", span("2026-06-12", "16:00-19:00"))
GARAGE_BACK = Handover("garage", span("2026-06-15", "08:00-10:00"))

ROOM = Use("maison-quartier", 1, span("2026-06-13", "14:00-18:00"), (), OUT, BACK, "maison-quartier", 1)
TENTS = Use("tonnelle", 2, days("2026-06-12", "2026-06-15"), (), GARAGE_OUT, GARAGE_BACK)
CHAIRS = Use("chaise", 30, days("2026-06-12", "2026-06-15"), (), GARAGE_OUT, GARAGE_BACK)

KARIM = Neighbour("R-9H2TD", "Karim Benali", "0400 11 22 33", "karim@voisins.example")
TAKEN_OVER = replace(ROOM, out=Handover("loge", span("2026-06-12", "22:00-14:00"), KARIM))
GIVEN = replace(
    ROOM, back=Handover("loge", span("2026-06-13", "18:00-10:00"), Neighbour("R-2B4CD", "Inès", "", "i@x.example"))
)

WORDS = {
    "fr": ("le 13 de 2 à 6", "les deux tentes", "une trentaine de chaises"),
    "nl": ("den 13de van 2 tot 6", "de twee tenten", "een dertigtal stoelen"),
    "en": ("on the 13th from 2 to 6", "the two tents", "about thirty chairs"),
}
SUBJECT = {"fr": "Fête de la rue", "nl": "Straatfeest", "en": "Street party"}


def request(language: str) -> Meaning:
    room, tents, chairs = WORDS[language]
    afternoon = slot("2026-06-13T14:00", "2026-06-13T18:00")
    weekend = Slot(date(2026, 6, 12), date(2026, 6, 15))
    items = (
        Item(("maison-quartier",), 1, (afternoon,), words=(room,)),
        Item(("tonnelle",), 2, (weekend,), words=(tents,)),
        Item(("chaise",), 30, (weekend,), words=(chairs,)),
    )
    return Meaning(language, Intent.BOOK, items, attendees=30, phone="0400 98 76 54")


def reservation(language: str = "fr", **changes: Any) -> Reservation:
    booked = Reservation(
        code="R-7K3F2",
        asker=YVETTE,
        language=language,
        created=NOW,
        state=State.CONFIRMED,
        version=1,
        sequence=1,
        subject=SUBJECT[language],
        uses=(ROOM, TENTS, CHAIRS),
        request=request(language),
    )
    return replace(booked, **changes)


def evenings(first: str, weeks: int, hours: str = "19:00-21:00", without: tuple[int, ...] = ()) -> tuple[Use, ...]:
    """Return the meeting room on so many weeks, less some; the key is fetched once and brought back once."""
    start = date.fromisoformat(first)
    out = Handover("accueil", span((start - timedelta(days=1)).isoformat(), "08:30-12:30"))
    back = Handover("accueil", span((start + timedelta(weeks=weeks - 1, days=1)).isoformat(), "08:30-12:30"))
    every = [start + timedelta(weeks=week) for week in range(weeks) if week not in without]
    return tuple(
        Use("salle-reunion", 1, span(day.isoformat(), hours), (), out, back, "maison-communale", 2) for day in every
    )


def sundays() -> tuple[Use, ...]:
    """Return four Sundays with the key fetched anew each time, and no rule in their dates."""
    uses = []
    for day in ("2026-06-07", "2026-06-21", "2026-07-12", "2026-08-30"):
        start = date.fromisoformat(day)
        out = Handover("loge", span((start - timedelta(days=1)).isoformat(), "09:00-11:00"))
        back = Handover("loge", span((start + timedelta(days=1)).isoformat(), "08:00-10:00"))
        uses.append(Use("refectoire-tilleuls", 1, span(day, "10:00-12:30"), (), out, back, "ecole-tilleuls", 1))
    return tuple(uses)


def option(number: int, room: str, day: str) -> Option:
    table, urn = (Use(thing, units, days(day), ()) for thing, units in (("table", 20), ("percolateur", 1)))
    return Option(number, (Use(room, 1, span(day, "19:00-23:00"), ()), table, urn))


OPTIONS = (
    option(1, "refectoire-tilleuls", "2026-11-14"),
    option(2, "salle-polyvalente", "2026-11-13"),
    option(3, "salle-polyvalente", "2026-11-21"),
)
DEADLINE = at("2026-06-04 18:00")

PARQUET = {
    "fr": "entretien annuel du parquet",
    "nl": "jaarlijks onderhoud van het parket",
    "en": "yearly care of the floor",
}
TAKEN = Taken("salle-polyvalente", span("2026-11-14", "19:00-23:00"))
TOO_FEW = ShortStock("tonnelle", 8, 3, days("2026-06-12", "2026-06-15"))
OBJECTIONS: tuple[Objection, ...] = (
    InThePast(date(2026, 5, 30)),
    TooLate(at("2026-06-04 10:00")),
    TooFar(date(2027, 6, 2)),
    TooLong(timedelta(hours=14)),
    LoanTooLong(10),
    OutsideHours("classe-tilleuls", date(2026, 6, 9), (Hours(990, 1380),)),
    OutsideHours("bibliotheque", date(2026, 6, 14), ()),
    Closed("salle-polyvalente", days("2026-08-17", "2026-08-21"), PARQUET),
    Closed("barbecue", days("2026-12-25"), {}),
    TooManyPeople("salle-reunion", 12, 55),
    TAKEN,
    TOO_FEW,
    ShortStock("sono", 1, 0, days("2026-06-13")),
    TooManyUnits("tonnelle", 4, 8),
    NoKey("bibliotheque", "bibliotheque", span("2026-06-14", "10:00-12:00")),
    NoOpening("maison-quartier", "loge", span("2026-12-27", "14:00-18:00")),
    TooManyBookings(6),
    TooManyHours(40, date(2026, 6, 8)),
    TooManyOptions(2),
    BeforeCollege(date(2026, 6, 10)),
    NotAgreed("maison-quartier", span("2026-06-13", "14:00-18:00")),
    NotLent("trampoline"),
)
"""One of each class at least."""


FREE = (
    FreeSlot(
        "salle-polyvalente",
        span("2026-06-13", "14:00-18:00"),
        0,
        (Taken("salle-polyvalente", span("2026-06-13", "14:00-18:00")),),
    ),
    FreeSlot("maison-quartier", span("2026-06-13", "08:00-22:30"), 1),
    FreeSlot("bibliotheque", span("2026-06-14", "10:00-18:00"), 1),
    FreeSlot("chaise", days("2026-06-13", "2026-06-14"), 50),
    FreeSlot("sono", days("2026-06-13", "2026-06-14"), 0, (ShortStock("sono", 1, 0, days("2026-06-13")),)),
)
WENT_WELL = Evaluation("R-7K3F2", date(2026, 6, 13), NOW, YVETTE.address, answered=NOW, scores=(4, 5, 5))
FREE_DAYS = tuple(
    FreeSlot("salle-polyvalente", span(day, hours), 1)
    for day, hours in (
        ("2026-09-05", "08:00-13:00"),
        ("2026-09-05", "18:00-23:00"),
        ("2026-09-12", "08:00-23:00"),
        ("2026-09-26", "08:00-23:00"),
    )
)


def passing(direction: Direction, opening: Span, code: str, who: str, **changes: Any) -> Passing:
    line = Passing(
        direction=direction,
        counter="loge",
        opening=opening,
        code=code,
        asker=Address(who, "someone@voisins.example"),
        initiative="",
        phone="0400 98 76 54",
        rooms=("maison-quartier",),
        keys=(("maison-quartier", 1),),
        goods=(),
    )
    return replace(line, **changes)


FRIDAY_MORNING, FRIDAY_EVENING = span("2026-06-12", "08:00-10:00"), span("2026-06-12", "17:00-19:00")
GOING = passing(Direction.OUT, FRIDAY_EVENING, "R-7K3F2", "Yvette Collin", initiative="Jardin partagé des Aubépines")
COMING = passing(
    Direction.BACK,
    FRIDAY_MORNING,
    "R-4M8TQ",
    "Inès",
    initiative="CodeDojo Bruyère",
    rooms=("classe-tilleuls",),
    keys=(("ecole-tilleuls", 3),),
    goods=(("percolateur", 1),),
    phone="0400 44 55 66",
    unreached=True,
)
DIRECT = passing(Direction.OUT, span("2026-06-12", "22:00-14:00"), "R-5N7PW", "Aurore Dubois", giver=KARIM)
LATE = passing(
    Direction.BACK,
    span("2026-06-11", "17:00-19:00"),
    "R-9H2TD",
    "Karim Benali",
    rooms=("refectoire-tilleuls",),
    keys=(("ecole-tilleuls", 2),),
    phone="0400 11 22 33",
)
GONE = passing(Direction.OUT, FRIDAY_EVENING, "R-2B4CD", "Aurore Dubois", phone="")
DIGEST = Digest(
    holder="josiane",
    day=date(2026, 6, 12),
    until=at("2026-06-15 06:45"),
    late=(LATE,),
    lines=(
        GOING,
        COMING,
        replace(GOING, direction=Direction.BACK, opening=span("2026-06-15", "08:00-10:00")),
    ),
    changed=(Change(GONE, cancelled=True),),
)
PLACE = "R-4M8TQ back loge 2026-06-12T08:00Z"
MONDAY = date(2026, 6, 15).toordinal()
NOT_BACK = (Held("key:ecole-tilleuls:2", 1, 0), Held("chaise", 4, 0))
DEEDS: tuple[Deed, ...] = (
    Passed(PLACE, "R-4M8TQ", Outcome.RETURNED, "CodeDojo Bruyère"),
    Passed(PLACE, "R-9H2TD", Outcome.NOT_BACK, "Karim Benali", NOT_BACK),
    Passed(PLACE, "R-7K3F2", Outcome.NOBODY, "Yvette Collin"),
    Stocked("tonnelle", -1, Why.DAMAGED, MONDAY, 6, code="R-4M8TQ"),
    Stocked("gobelet", -3, Why.MISSING, MONDAY, 500),
    Stocked("tonnelle", -1, Why.REPAIR, MONDAY, 6, MONDAY + 4),
    Stocked("tonnelle", 5, Why.COUNTED, MONDAY, 6),
    Away("josiane", date(2026, 6, 15), date(2026, 6, 16)),
    Shut("garage", date(2026, 6, 13), date(2026, 6, 13)),
    Found("vitre cassée", "R-4M8TQ", arrival=True, photos=("R-4M8TQ-0123456789-1.jpg",)),
    Undone(12),
    Limited("tonnelle", 4),
    Blocked("salle-polyvalente", days("2026-06-15", "2026-06-16"), 0, 1, "peinture"),
    Blocked("tonnelle", days("2026-06-15"), 0, 1, units=3),
    Unblocked("salle-polyvalente", days("2026-06-16"), 0, 1),
    Opened("refectoire-tilleuls", span("2026-06-14", "09:00-12:00")),
    ForSomebody(Behalf("Compost des Tilleuls", "", "2 tonnelles le 20 juin", "", NOW)),
)
WHICH = (replace(COMING, number=2), replace(LATE, number=1))
DOUBTS = (
    Doubt(Statement(Verb.RETURNED, words="rendu"), Unclear.WHICH, WHICH),
    Doubt(Statement(Verb.HANDED, (9,), words="9 remis"), Unclear.NUMBER),
    Doubt(Statement(Verb.MISSING, things=(Amount("chaise", None),), words="des chaises"), Unclear.HOW_MANY),
    Doubt(Statement(Verb.ADDED, words="ajouter 2 thermos"), Unclear.NEW_KIND),
    Doubt(Statement(Verb.LIMITED, words="maximum 4 tonnelles"), Unclear.NOT_LEFT),
)
NOTED = (Report("josiane", "josiane.lambert@voisines.example", DEEDS[:2], "2 rendu", id=7),)
CARINE = Collector("Carine", "0400 98 76 54")
EMPTY_DIGEST = Digest("josiane", date(2026, 6, 12), at("2026-06-13 06:45"))
ORIGINAL = b"From: yvette.collin@courrier.example\r\nSubject: Cle\r\n\r\nBonjour, la cle ne tourne pas.\r\n"


@dataclass(frozen=True)
class Example:
    """One letter of the gallery, and when it is written."""

    notice: Notice
    thread: Thread = field(default_factory=Thread)
    now: datetime = NOW


def a_week_later(use: Use) -> Use:
    week = timedelta(days=7)

    def later(span: Span) -> Span:
        return Span(span.start + week, span.end + week)

    when = later(use.when) if isinstance(use.when, Span) else Days(use.when.first + week, use.when.last + week)
    out, back = (one and replace(one, opening=later(one.opening)) for one in (use.out, use.back))
    return replace(use, when=when, out=out, back=back)


def contents(language: str) -> dict[str, Content]:
    """Return something to tell of each kind, by name: at least one of each class of notices."""
    booked = reservation(language)
    asked = replace(booked, state=State.ASKED, uses=(), sequence=0)
    offered = replace(booked, state=State.OFFERED, uses=(), options=OPTIONS, deadline=DEADLINE)
    partial = replace(offered, options=(Option(1, (ROOM, CHAIRS)),), partial=True)
    one_option = replace(offered, options=OPTIONS[:1])
    doubt = Evidence("doubt", "tables", "not wanted, or kept")
    unsure = replace(booked.request, doubts=(doubt,)) if booked.request else None
    refused = replace(booked, code="R-9F4YB", state=State.REFUSED, uses=(), phone="0400 98 76 54")
    option_held = replace(one_option, options=(Option(1, (ROOM,)),), deadline=at("2026-06-03 18:00"), optioned=NOW)
    series = replace(booked, uses=evenings("2026-09-01", 7, without=(3,)), request=None)
    undo = at("2026-06-03 09:30")
    rivals = tuple(slot(f"2026-06-{day}T14:00", f"2026-06-{day}T18:00") for day in ("06", "13"))
    later = replace(booked, uses=tuple(a_week_later(use) for use in booked.uses), sequence=1)
    two = (Option(1, later.uses), Option(2, (a_week_later(a_week_later(booked.uses[0])), *booked.uses[1:])))
    changing = replace(
        booked, state=State.CHANGING, options=two, deadline=DEADLINE, pending=Pending(Act.CHANGE, request(language))
    )
    several = replace(changing, options=(*two, Option(3, booked.uses)))
    asking = Approval(2, ("nuit", "alcool"), NOW)
    examined = replace(
        booked,
        state=State.EXAMINED,
        uses=(),
        options=(Option(1, booked.uses),),
        deadline=DEADLINE,
        attendees=120,
        initiative="jardin-partage",
        phone="0400 98 76 54",
        approval=asking,
    )
    waits = Approval(1, ("quartier",), NOW, meeting=date(2026, 6, 9))
    reserved = replace(booked, reserve=waits, initiative="jardin-partage", told=("college:2026-06-09:1",))
    also = replace(reserved, code="R-4M8TQ", uses=booked.uses[:1], attendees=20, initiative=None)
    listing = (Listing(1, reserved), Listing(2, also))
    given_up = replace(offered, sequence=2, reserve=replace(waits, granted=False, uses=booked.uses))
    chairs = Item(("chaise",), None, words=(WORDS[language][2],))
    vague = replace(asked, request=Meaning(language, Intent.BOOK, (Item((ANY_ROOM,)), chairs)))
    return {
        "confirmed": Confirmed(booked, undo),
        "confirmed-chosen": Confirmed(booked, undo, chosen=2),
        "confirmed-proposal": Confirmed(booked, undo, chosen=0),
        "confirmed-proven": Confirmed(booked, undo, proven=True),
        "confirmed-goods": Confirmed(replace(booked, uses=(TENTS, CHAIRS)), undo, (NotLent("trampoline"),)),
        "confirmed-series": Confirmed(series, undo),
        "confirmed-dates": Confirmed(replace(booked, uses=sundays(), request=None), undo),
        "confirmed-approved": Confirmed(booked, undo, said=SAID[language]),
        "confirmed-reserved": Confirmed(reserved, undo),
        "changed-reserved": Changed(replace(reserved, uses=later.uses), booked.uses, undo),
        "reminded-reserved": Reminded(reserved),
        "listed-reserved": Listed((reserved,)),
        "firm": Firm(replace(booked, sequence=2, reserve=replace(waits, granted=True, uses=booked.uses))),
        "withdrawn-college": Withdrawn(given_up, booked.uses, SAID[language], True, ("quartier",)),
        "withdrawn": Withdrawn(
            replace(offered, options=OPTIONS[:1]), booked.uses, SAID[language], reasons=("nuit", "alcool")
        ),
        "withdrawn-none": Withdrawn(
            replace(booked, state=State.REFUSED, uses=(), options=()), booked.uses, college=True, reasons=("quartier",)
        ),
        "college-list": CollegeList(date(2026, 6, 9), listing),
        "college-list-again": CollegeList(date(2026, 6, 9), listing[1:], again=True),
        "college-told": CollegeTold(
            date(2026, 6, 9),
            tuple(Ruled(listing[0], ruling, "Wouter Aerts" if ruling is Ruling.DECIDED else "") for ruling in Ruling),
            listing[1:],
        ),
        "college-told-unclear": CollegeTold(date(2026, 6, 9), (), listing, ("OK, bien reçu",)),
        "college-told-empty": CollegeTold(date(2026, 6, 9), (), listing, ("",)),
        "examined": Examined(examined),
        "examined-still": Examined(examined, objections=(TAKEN,)),
        "examined-change": Examined(replace(changing, options=two[:1], approval=asking)),
        "approval-asked": ApprovalAsked(examined),
        "approval-asked-again": ApprovalAsked(replace(changing, options=two[:1], approval=asking), again=True),
        "approved-otherwise": ApprovedOtherwise(
            replace(examined, state=State.OFFERED, options=(Option(1, (ROOM,)),)), SAID[language]
        ),
        "approved-after-all": ApprovedOtherwise(replace(examined, state=State.OFFERED), SAID[language], after_all=True),
        "not-approved": NotApproved(
            replace(booked, state=State.REFUSED, uses=()), ("nuit",), booked.uses, SAID[language]
        ),
        "not-approved-change": NotApproved(booked, ("nuit",), later.uses, SAID[language]),
        "not-approved-lapsed": NotApproved(
            replace(booked, state=State.LAPSED, uses=()), ("nuit",), booked.uses, lapsed=True
        ),
        "approval-otherwise": ApprovalTold(replace(examined, state=State.OFFERED), Settled.OTHERWISE),
        "approval-decided": ApprovalTold(
            replace(booked, approval=replace(asking, granted=True)), Settled.DECIDED, who="Wouter Aerts"
        ),
        "approval-over": ApprovalTold(replace(booked, state=State.DECLINED, uses=()), Settled.OVER),
        "approval-not-possible": ApprovalTold(examined, Settled.NOT_POSSIBLE, (TAKEN,)),
        "approval-taken-back": ApprovalTold(
            replace(examined, state=State.OFFERED, options=OPTIONS[:2]), Settled.TAKEN_BACK
        ),
        "approval-taken-back-change": ApprovalTold(booked, Settled.TAKEN_BACK),
        "approval-taken-back-none": ApprovalTold(replace(refused, options=()), Settled.TAKEN_BACK),
        "approval-not-possible-any-more": ApprovalTold(offered, Settled.OFFERED, (TAKEN,)),
        "approval-nothing-else": ApprovalTold(refused, Settled.REFUSED, (TAKEN,)),
        "approval-unclear": ApprovalTold(examined, Settled.UNCLEAR),
        "offered": Offered(offered, (TAKEN,)),
        "offered-one": Offered(one_option, (TAKEN,)),
        "offered-part": Offered(partial, (TOO_FEW,)),
        "offered-unsure": Offered(replace(one_option, request=unsure), ()),
        "refused": Refused(replace(booked, state=State.REFUSED, uses=()), OBJECTIONS),
        "asked-room": Asked(asked, frozenset({Lack.RESOURCE}), ("salle-polyvalente", "salle-reunion", "bibliotheque")),
        "asked-day": Asked(asked, frozenset(), slots=rivals),
        "asked-much": Asked(vague, frozenset({Lack.DATE, Lack.START, Lack.END, Lack.QUANTITY}), name=True),
        "handed": Handed(booked),
        "to-staff": ToStaff("change", YVETTE, SUBJECT[language], request(language), booked),
        "to-staff-proposal": ToStaff(
            "unknown-sender", YVETTE, SUBJECT[language], request(language), proposal=booked.uses
        ),
        "draft": DraftShown(Notice(YVETTE, (language,), Confirmed(booked, undo)), booked, case(language)),
        "draft-anew": DraftShown(
            Notice(YVETTE, (language,), Refused(refused, (TAKEN,))), refused, case(language), anew=True
        ),
        "draft-again": DraftShown(None, booked, case(language), again=True, since=at("2026-06-01 09:30")),
        "case-sent": CaseTold(replace(case(language), ending=Ending.SENT), Dealt.ENDED, who="Wouter Aerts"),
        "draft-unclear": CaseTold(replace(case(language), why="draft"), Dealt.UNCLEAR),
        "behind": ToStaff("behind", YVETTE, SUBJECT[language], reservation=booked, told=False),
        "case-booked": CaseTold(case(language), Dealt.BOOKED, booked),
        "case-ended": CaseTold(replace(case(language), ending=Ending.DROPPED), Dealt.ENDED, who="Wouter Aerts"),
        "case-unclear": CaseTold(case(language), Dealt.UNCLEAR),
        "case-not-possible": CaseTold(case(language), Dealt.NOT_POSSIBLE, objections=(TAKEN,)),
        "behalf-booked": BehalfTold(LOMBRICS, Carried.BOOKED, booked),
        "behalf-cancelled": BehalfTold(LOMBRICS, Carried.CANCELLED, booked),
        "behalf-answered": BehalfTold(Party(YVETTE), Carried.ANSWERED, offered),
        "behalf-lacking": BehalfTold(LOMBRICS, Carried.LACKING, asked=Asked(vague, frozenset({Lack.START, Lack.END}))),
        "behalf-not-possible": BehalfTold(LOMBRICS, Carried.NOT_POSSIBLE, objections=(TAKEN,)),
        "behalf-unclear": BehalfTold(LOMBRICS, Carried.UNCLEAR),
        "for-whom": BehalfUnclear(Unresolved(Unknown.WHOM, "Compost des Tilleuls"), BEHALF),
        "for-whom-of-these": BehalfUnclear(
            Unresolved(Unknown.SEVERAL, "Comité", ("Comité Vallée-Verte", "Comité du Parc")), BEHALF
        ),
        "which-address": BehalfUnclear(Unresolved(Unknown.ADDRESS, "Les Lombrics asbl"), BEHALF),
        "whose-mail": BehalfUnclear(Unresolved(Unknown.ADDRESS, ""), BEHALF),
        "block-told": BlockTold("Claire Dumont", CLOSED, (Inside(booked, booked.uses[:1]),), asks=True, until=undo),
        "block-told-manager": BlockTold("Els Maes", CLOSED[:1], (Inside(booked, booked.uses[:1]),), until=undo),
        "block-undone": BlockTold("Claire Dumont", CLOSED, undone=True),
        **{f"block-unclear-{puzzle}": BlockUnclear(puzzle, "bloquer la salle") for puzzle in Puzzle},
        "owners-told": OwnersTold((booked,), (Inside(booked, booked.uses[:1]),)),
        "owners-told-before": OwnersTold(),
        "displaced": Displaced(changing, booked.uses[:1], (SHUT,)),
        "displaced-one": Displaced(replace(changing, options=changing.options[:1]), booked.uses[:1], (SHUT,)),
        "displaced-none": Displaced(booked, booked.uses[:1], (SHUT,)),
        "displaced-back": Displaced(booked, booked.uses, back=True),
        "still-inside": StillInside(booked, booked.uses[:1]),
        "not-fetched": NotFetched(booked, GOING, span("2026-06-15", "08:00-10:00")),
        "not-fetched-any-more": NotFetched(booked, GOING, None),
        "recalled": Recalled(case(language), at("2026-05-27 16:10"), date(2026, 6, 5), told=True),
        "answer-by": AnswerBy(case(language), date(2026, 6, 5)),
        "week-plan": WeekPlan(
            "els",
            days("2026-06-08", "2026-06-14"),
            (replace(booked, uses=(CLASS,), attendees=20), replace(reserved, code="R-9F4YB", uses=(CLASS,))),
            CLOSED[:1],
            tuple(deed for deed in DEEDS if isinstance(deed, Opened)),
        ),
        "week-plan-empty": WeekPlan("els", days("2026-06-08", "2026-06-14")),
        "morning": Morning(
            (Waiting(case(language), at("2026-05-29 16:10")), Waiting(case(language), at("2026-06-01 11:00"))),
            (replace(booked, unreached=True),),
            (examined,),
            (Waiting(case(language), at("2026-06-01 12:00")),),
            (reserved,),
        ),
        "person-says": PersonSays(PERSON[language], "Claire Dumont", replace(booked, state=State.HANDED, uses=())),
        "free": Free(FREE),
        "free-hint": Free(FREE[1:3], hint=True),
        "free-none": Free(FREE[:1]),
        "listed": Listed((booked, replace(offered, code="R-9F4YB", uses=()))),
        "listed-none": Listed(()),
        "free-days": Free(FREE_DAYS, more=True),
        "helped": Helped(),
        "helped-topics": Helped(("wifi", "deposit"), ("salle-polyvalente", "tonnelle"), asked),
        "helped-lent": Helped(("lent",), (), offered),
        "challenged": Challenged(booked, Act.CANCEL, at("2026-06-09 09:30")),
        "challenged-calendar": Challenged(booked, Act.CANCEL, at("2026-06-09 09:30"), by_calendar=True),
        "challenged-change": Challenged(
            changing, Act.CHANGE, at("2026-06-09 09:30"), uses=later.uses, collector=CARINE
        ),
        "challenged-undo": Challenged(changing, Act.UNDO, at("2026-06-09 09:30"), uses=later.uses),
        "changed": Changed(replace(later, collector=CARINE), booked.uses, undo, asked=request(language)),
        "changed-less": Changed(replace(booked, uses=booked.uses[:1]), booked.uses, undo),
        "changed-back": Changed(booked, later.uses, None, undone=True),
        "change-offered": ChangeOffered(changing, (TAKEN,)),
        "change-offered-one": ChangeOffered(replace(changing, options=changing.options[:1]), (TOO_FEW,)),
        "change-offered-again": ChangeOffered(changing, ()),
        "repeated": Repeated(replace(asked, code="R-9F4YB"), booked, booked.uses),
        "repeated-else": Repeated(replace(asked, code="R-9F4YB"), booked, later.uses),
        "which": Which(replace(asked, code="R-9F4YB"), (booked, series)),
        "vouching": Vouching(booked, MARC),
        "vouching-awaited": Vouching(None, MARC),
        "vouching-done": Vouching(booked, MARC, vouched=True),
        "proposed": Proposed(replace(offered, options=(Option(1, later.uses),)), booked),
        "collector": CollectorNoted(replace(booked, collector=CARINE)),
        "challenged-collector": Challenged(booked, Act.NOTE, at("2026-06-09 09:30"), collector=CARINE),
        "openings": OpeningsOffered(changing, (OUT, GARAGE_OUT), fetching=True),
        "openings-one": OpeningsOffered(replace(changing, options=changing.options[:1]), (BACK,), fetching=False),
        "openings-direct": OpeningsOffered(several, (OUT, GARAGE_OUT), fetching=True, direct=True),
        "openings-direct-alone": OpeningsOffered(replace(several, options=several.options[:1]), (), True, direct=True),
        "openings-refused": OpeningsOffered(changing, (OUT, GARAGE_OUT), fetching=True, refused=True),
        "openings-unproven": OpeningsOffered(several, (OUT, GARAGE_OUT), True, direct=True, unproven=True),
        "direct-asked": DirectAsked(booked, (GIVEN,), DEADLINE),
        "direct-awaited": DirectAwaited(several),
        "direct-agreed": DirectAgreed(
            replace(booked, uses=(TAKEN_OVER, TENTS, CHAIRS)), (ROOM, TENTS, CHAIRS), DEADLINE
        ),
        "direct-agreed-giving": DirectAgreed(replace(booked, uses=(GIVEN,)), (ROOM,), DEADLINE),
        "direct-off": DirectOff(booked, (TAKEN_OVER, TENTS, CHAIRS)),
        "direct-off-unneeded": DirectOff(booked, booked.uses, needed=False),
        "unchanged": Unchanged(booked),
        "unchanged-no": Unchanged(booked, (TAKEN,)),
        "asked-change": Asked(replace(changing, options=()), frozenset(), slots=rivals),
        "cancelled": Cancelled(replace(booked, state=State.CANCELLED, sequence=2)),
        "declined": Declined(replace(offered, state=State.DECLINED)),
        "lapsed": Lapsed(replace(offered, state=State.LAPSED)),
        "thanked": Thanked(booked),
        "held": OptionHeld(option_held),
        "held-again": OptionHeld(option_held, again=True),
        "waits": Waits(replace(offered, state=State.WAITING, options=(), deadline=None), OPTIONS[1].uses),
        "freed": Freed(replace(one_option, options=OPTIONS[1:2])),
        "waited": WaitedInVain(replace(offered, state=State.LAPSED, options=()), OPTIONS[1].uses),
        "goes-on": GoesOn(series, series.uses[4:], date(2026, 9, 30), date(2026, 9, 30)),
        "goes-on-again": GoesOn(series, series.uses[4:], date(2026, 9, 30), date(2026, 9, 30), again=True, last=True),
        "kept": Kept(series, series.uses[4:], date(2026, 9, 30)),
        "freeing": Freeing(replace(series, uses=series.uses[:4]), series.uses[4:], date(2026, 9, 30)),
        "data-asked": DataAsked(),
        "forget-asked": ForgetAsked(),
        "your-data": YourData(Personal(YVETTE.address, (booked, refused), (WENT_WELL,), 3, 5, '{"address": "…"}')),
        "your-data-none": YourData(Personal(YVETTE.address)),
        "still-needed": StillNeeded((booked, replace(one_option, code="R-9F4YB", uses=()))),
        "forgotten": Forgotten(),
        "on-the-spot": OnTheSpot(booked, (ROOM,)),
        "problem": Problem(booked, (ROOM,), YVETTE, "0400 98 76 54"),
        "on-call": OnCall(("maison-quartier",)),
        "on-call-anywhere": OnCall(tuple(rules().sites), known=False),
        "on-call-no-number": OnCall((), known=False),
        "problem-without-booking": Problem(None, (), YVETTE, "", ("maison-quartier",)),
        "thanked-scores": Thanked(booked, WENT_WELL, passed_on=False),
        "reminded": Reminded(booked),
        "evaluation": Evaluated(booked),
        "alert": Alert(
            "undeliverable",
            {"to": "yvette@courrier.example", "reservation": "R-7K3F2", "error": "550 5.1.1 no such user"},
        ),
        "alert-flood": Alert("flood-domain", {"domain": "courrier.example", "limit": "100"}),
        "alert-bounces": Alert("flood-undeliverable", {"limit": "20"}),
        "alert-trouble": Alert("trouble-mailbox", {"since": "12/06/2026 09:30", "error": "IMAP: login refused"}),
        "alert-database": Alert("trouble-database", {"since": "12/06/2026 09:30", "error": "SQLITE_FULL"}),
        "alert-restored": Alert("restored", {"mails": "14", "letters": "12", "folder": "Drafts"}),
        "alert-login": Alert(
            "trouble-login",
            {"since": "12/06/2026 09:30", "error": "the sign-in service refuses: it expired. Run mailbot login."},
        ),
        "short-notice": ShortNotice("josiane", (Change(GOING, cancelled=False),)),
        "short-notice-two": ShortNotice("josiane", (Change(GOING, cancelled=False), Change(GONE, cancelled=True))),
        "offered-again": Offered(offered, ()),
        "digest": DIGEST,
        "digest-reserved": replace(DIGEST, late=(), lines=(replace(GOING, reserved=True),), changed=()),
        "digest-direct": replace(DIGEST, late=(), changed=(), lines=(GOING, DIRECT)),
        "digest-noted": replace(DIGEST, late=(), changed=(), noted=NOTED),
        "digest-blocked": replace(DIGEST, late=(), changed=(), blocked=CLOSED[:1]),
        "overdue": Overdue(booked, LATE, 1, span("2026-06-15", "08:00-10:00")),
        "overdue-told": OverdueTold(booked, replace(LATE, reminded=3), 3),
        "short-warned": ShortWarned(booked, Shortfall(booked, "tonnelle", 2, 1, GARAGE_OUT.opening)),
        "short-warned-key": ShortWarned(booked, Shortfall(booked, "key:maison-quartier:1", 1, 0, OUT.opening)),
        "brought-back": BroughtBack(booked),
        "brought-back-condition": BroughtBack(booked, condition=True),
        "brought-back-unseen": BroughtBack(booked, to_be_seen=True),
        "digest-late": replace(
            DIGEST, late=(replace(LATE, reminded=2), replace(LATE, code="R-5N6PQ", said_back=True)), changed=()
        ),
        "coming": Coming((replace(GOING, number=3), GONE), date(2026, 6, 12), at("2026-06-15 06:45")),
        "coming-none": Coming((), date(2026, 6, 12), at("2026-06-15 06:45")),
        "report-unclear": ReportUnclear(DOUBTS, DEEDS[:1]),
        "report-handed": ReportUnclear(handed=True),
        "report-challenged": ReportChallenged(DEEDS[1:5], DOUBTS[1:2]),
        "report-told": ReportTold(
            "Freddy Cools",
            DEEDS,
            (Shortfall(booked, "tonnelle", 2, 1, GARAGE_OUT.opening),),
            "rendu, une tonnelle déchirée",
            (GOING,),
            unread=True,
        ),
        "digest-empty": EMPTY_DIGEST,
    }


CLOSED = tuple(deed for deed in DEEDS if isinstance(deed, Blocked))
SHUT = Closed("maison-quartier", days("2026-06-12", "2026-06-14"), {"": "peinture"})
CLASS = replace(ROOM, resource="classe-tilleuls", when=span("2026-06-10", "17:00-19:00"))
LOMBRICS = Party(Address("", "karim@leslombrics.example"), "les-lombrics", "Les Lombrics asbl", "fr")
BEHALF = "salle polyvalente le 19 juin 18-22h"
SAID = {
    "fr": "la salle doit être vide à 22 h, et rangée.",
    "nl": "de zaal moet leeg en opgeruimd zijn om 22 uur.",
    "en": "the hall must be empty and tidy at 10 pm.",
}
PERSON = {
    "fr": "Bonjour Madame Collin,\n\nNous passerons jeudi pour le bruit.\nMerci de nous l'avoir dit.",
    "nl": "Dag mevrouw Collin,\n\nWij komen donderdag langs voor het lawaai.\nBedankt voor uw bericht.",
    "en": "Dear Ms Collin,\n\nWe shall come by on Thursday about the noise.\nThank you for telling us.",
}


def case(language: str) -> Case:
    return Case("digest", "human", YVETTE, (language,), SUBJECT[language], "…", NOW)


IN_BOTH = ("confirmed", "confirmed-dates", "offered", "asked-much", "handed")


FOR_STAFF = (
    ToStaff,
    Alert,
    ReportTold,
    OverdueTold,
    CaseTold,
    Morning,
    ApprovalAsked,
    ApprovalTold,
    CollegeList,
    CollegeTold,
    DraftShown,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    BlockUnclear,
    OwnersTold,
    StillInside,
    WeekPlan,
    Recalled,
)
BY_THE_CLOCK = (
    Freed,
    WaitedInVain,
    GoesOn,
    Freeing,
    Overdue,
    ShortWarned,
    Displaced,
    NotFetched,
    AnswerBy,
)
"""Letters that answer no mail, written at any hour."""


def letters(language: str, *, both: bool = False) -> dict[str, Example]:
    """Return every letter in a language, by name; with `both`, some of them in French and Dutch at once."""
    languages = ("fr", "nl") if both else (language,)
    thread = Thread(SUBJECT[language], "asked-1@courrier.example", (), ORIGINAL)
    examples = {}
    told = contents(language)
    for name, content in ({name: told[name] for name in IN_BOTH} if both else told).items():
        if isinstance(content, Reminded | Evaluated):
            now = at("2026-06-10 09:30") if isinstance(content, Reminded) else at("2026-06-15 09:30")
            notice = Notice(YVETTE, languages, content, answers=False)
        elif isinstance(content, BY_THE_CLOCK) or name == "held-again":
            notice, now = Notice(YVETTE, languages, content, answers=False), NOW
        elif isinstance(content, Problem):
            notice, now = Notice(JOSIANE, languages, content, answers=False), at("2026-06-13 14:05")
        elif isinstance(content, Digest | ShortNotice | Coming | ReportUnclear | ReportChallenged):
            notice, now = Notice(JOSIANE, languages, content, answers=False), at("2026-06-12 06:45")
        elif isinstance(content, FOR_STAFF):
            notice, now = Notice(CLAIRE, languages, content, answers=False), NOW
        else:
            notice, now = Notice(YVETTE, languages, content), NOW
        forwarded = isinstance(content, ToStaff | Problem | ReportTold | ApprovalAsked | DraftShown)
        examples[name] = Example(notice, thread if notice.answers or forwarded else Thread(), now)
    return examples
