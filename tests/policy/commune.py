"""A small commune, its ledger on paper, and short ways to write a mail's meaning: what the policy is tested with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from mailbot.model import rules as model
from mailbot.model.cases import Verdict
from mailbot.model.decision import Decision, Facts, Sender, Window
from mailbot.model.letters import Address
from mailbot.model.meaning import ANY_ROOM, UNKNOWN, Intent, Item, Lack, Meaning, Slot
from mailbot.model.reservation import Claim, Put, Reservation, claims_in_force
from mailbot.model.rules import Closure, Holder, Initiative, Limits, Rules, Staff, UnknownSender
from mailbot.model.spans import Days, Hours, Span
from mailbot.policy.approving import Judge, as_booked, judged
from mailbot.policy.continued import continued
from mailbot.policy.decide import on_mail
from mailbot.policy.direct import with_partners
from mailbot.policy.matter import Matter
from mailbot.policy.windows import windows, windows_around
from mailbot.service.approving import looked_at

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 6, 2, 9, 30, tzinfo=BRUSSELS).astimezone(UTC)
"""A Tuesday."""
YVETTE = Address("Yvette Collin", "yvette@parc.example")
KARIM = Address("Karim Benali", "karim@canal.example")
STRANGER = Address("", "someone@elsewhere.example")


def hours(*stretches: str) -> tuple[Hours, ...]:
    """Return "8-10" and "17:30-26" as hours of a day."""
    return tuple(Hours(*(_minutes(end) for end in stretch.split("-"))) for stretch in stretches)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute or 0)


EVERY_DAY = {day: hours("8-23") for day in range(7)}
WORKING_DAYS = {day: hours("8-10", "17-19") for day in range(5)}

LIMITS = Limits(
    notice=timedelta(hours=24),
    horizon=timedelta(days=365),
    longest=timedelta(hours=12),
    longest_loan=7,
    active_bookings=5,
    hours_per_week=20,
)
RULES = Rules(
    commune=model.Commune(
        {"fr": "Commune"},
        {"fr": "le service"},
        Address("Commune", "salles@commune.example"),
        "02 000 01 23",
        {},
        BRUSSELS,
        ("fr", "nl", "en"),
    ),
    staff=(Staff("Claire", "claire@commune.example", "fr"),),
    holders={
        "josiane": Holder("josiane", "Josiane", "josiane@commune.example", "fr", stand_in="samir"),
        "samir": Holder("samir", "Samir", "samir@commune.example", "nl"),
        "freddy": Holder("freddy", "Freddy", "freddy@commune.example", "fr", empty_digest=False),
    },
    counters={
        "loge": model.Counter("loge", {}, "josiane", WORKING_DAYS),
        "garage": model.Counter("garage", {}, "freddy", {0: hours("8-10"), 4: hours("16-19")}),
    },
    sites={"parc": model.Site("parc", {}, {}), "mairie": model.Site("mairie", {}, {})},
    keys={"parc": model.Key("parc", "loge", 1), "mairie": model.Key("mairie", "loge", 2)},
    rooms={
        "salle": model.Room("salle", {}, "mairie", 80, {**EVERY_DAY, 5: hours("8-26")}, EVERY_DAY, "mairie"),
        "bureau": model.Room("bureau", {}, "mairie", 12, EVERY_DAY, EVERY_DAY, "mairie"),
        "quartier": model.Room(
            "quartier",
            {},
            "parc",
            50,
            EVERY_DAY,
            {**EVERY_DAY, 0: ()},
            "parc",
            turnaround=timedelta(minutes=30),
            open_on_public_holidays=True,
        ),
        "cuisine": model.Room("cuisine", {}, "parc", 15, EVERY_DAY, EVERY_DAY, "parc"),
        "kiosque": model.Room("kiosque", {}, "parc", 30, EVERY_DAY, EVERY_DAY),
    },
    equipment={
        "table": model.Equipment("table", {}, 12, "garage"),
        "gobelet": model.Equipment("gobelet", {}, 500, "garage", days_between=2),
        "sono": model.Equipment("sono", {}, 1, "garage"),
    },
    day_parts={},
    limits=LIMITS,
    initiatives={
        "parc": Initiative("parc", "Comité du Parc", ("@parc.example",)),
        "canal": Initiative("canal", "Rue du Canal", ("karim@canal.example",)),
    },
    unknown_senders=UnknownSender.ALLOWED,
    closures=(Closure(Days(date(2026, 8, 10), date(2026, 8, 14)), {"fr": "congé"}),),
    public_holidays={date(2026, 7, 21): {"fr": "Fête nationale"}, date(2026, 11, 11): {"fr": "Armistice"}},
    school_holidays={"fr": (Closure(Days(date(2026, 7, 4), date(2026, 8, 24)), {"fr": "vacances d'été"}),)},
    answers={},
    feature_names={},
)


def limited(**changes: object) -> Rules:
    return replace(RULES, limits=replace(LIMITS, **changes))  # type: ignore[arg-type]


def stock_of(rules: Rules, resource: str) -> int:
    if resource in rules.equipment:
        return rules.equipment[resource].stock
    return 1


@dataclass
class Ledger:
    """What is taken, cell by cell. An Occupancy that refuses to be asked what no window announced."""

    rules: Rules = RULES
    cells: Counter[tuple[str, int]] = field(default_factory=Counter)
    windows: tuple[Window, ...] | None = None

    def taken(self, resource: str, first: int, last: int) -> int:
        for cell in range(first, last + 1) if self.windows is not None else ():
            if not any(resource in w.resources and w.first <= cell <= w.last for w in self.windows or ()):
                raise AssertionError(f"no window for {resource} {cell}: asked from {first} to {last}")
        return max(self.cells[resource, cell] for cell in range(first, last + 1))

    def stock(self, resource: str, cell: int) -> int:
        return stock_of(self.rules, resource)

    def take(self, claims: Iterable[Claim], sign: int = 1) -> None:
        for claim in claims:
            for cell in range(claim.first, claim.last + 1):
                self.cells[claim.resource, cell] += sign * claim.units
                assert 0 <= self.cells[claim.resource, cell] <= self.stock(claim.resource, cell), (claim, cell)

    def carry_out(self, puts: Iterable[Put]) -> None:
        """Take and release as the store does, net: the database would refuse what overflows."""
        for put in puts:
            self.take(claims_in_force(put.before), -1)
            self.take(claims_in_force(put.after))


@dataclass
class Office:
    """The commune at work: mails in, decisions out, their steps carried out. Time stands still unless it is set."""

    rules: Rules = RULES
    now: datetime = NOW
    ledger: Ledger = field(default_factory=Ledger)
    reservations: dict[str, Reservation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger.rules = self.rules

    def facts(self, sender: Address = YVETTE, code: str = "", **more: object) -> Facts:
        initiative = self.rules.initiative_of(sender.address)
        whose = initiative.id if initiative else None
        standing = tuple(
            r
            for r in self.reservations.values()
            if (r.initiative == whose if whose else r.asker == sender)
            and r.state.value in ("asked", "offered", "examined", "confirmed", "changing")
        )
        facts = Facts(
            self.now,
            Sender(sender, whose),
            self.ledger,
            subject="Demande",
            message_id=f"{len(self.reservations)}@parc.example",
            new_code=f"R-{len(self.reservations):05}",
            conversation=self.reservations.get(code),
            standing=standing,
            arrived=self.now,
            others=tuple(one for one in self.reservations.values() if one.code != code),
        )
        return replace(facts, **more)  # type: ignore[arg-type]

    def mail(
        self,
        meaning: Meaning,
        sender: Address = YVETTE,
        code: str = "",
        *,
        sender_is_proven: bool = False,
        **more: object,
    ) -> Decision:
        facts = self.facts(sender, code, **more)
        conversation = facts.conversation or continued(meaning, facts.standing, self.now, self.rules)
        facts = replace(facts, conversation=conversation)
        facts = replace(facts, sender=replace(facts.sender, proven=sender_is_proven))
        self.ledger.windows = windows(
            meaning, facts.conversation, self.rules, self.now, (*facts.standing, *facts.earlier)
        )
        return self.carry_out(on_mail(meaning, facts, self.rules))

    def judge(self, said: Verdict, person: Staff, code: str, number: int = 0) -> Decision:
        """Let one of those who decide answer about a conversation; `number` says which asking, the last one if 0."""
        conversation = self.reservations[code]
        assert conversation.approval
        about = as_booked(conversation) if conversation.examined else conversation
        facts = self.facts(conversation.asker, code)
        facts = replace(facts, sender=replace(facts.sender, proven=True))
        meaning = said.change or Meaning("fr", Intent.CHANGE)
        self.ledger.windows = looked_at(meaning, about, self.rules, self.now)
        judge = Judge(person, number or conversation.approval.number, "m@commune.example")
        return self.carry_out(judged(said, Matter(meaning, facts, self.rules), judge))

    def carry_out(self, decision: Decision) -> Decision:
        """Carry out a decision with what follows from it for others, and return it all."""
        decision = with_partners(decision, self.reservations.get, self._around, self.rules)
        self.ledger.carry_out(decision.puts)
        for put in decision.puts:
            assert put.after.version == (put.before.version if put.before else 0) + 1
            self.reservations[put.after.code] = put.after
        return decision

    def _around(self, booking: Reservation) -> Facts:
        self.ledger.windows = windows_around(booking.uses, booking.attendees, self.rules)
        return self.facts(booking.asker, booking.code)


# --- short ways to write what was read


def slot(day: str, between: str = "") -> Slot:
    """Return "2026-06-13", "14-18" as a slot; a day alone for equipment; "14-" where no end was said."""
    first = date.fromisoformat(day)
    if not between:
        return Slot(first, first)
    start, _, end = between.partition("-")
    midnight = datetime.combine(first, time())
    return Slot(
        midnight + timedelta(minutes=_minutes(start)), midnight + timedelta(minutes=_minutes(end)) if end else None
    )


def room(id: str, *slots: Slot, **more: object) -> Item:
    return Item(tuple(id.split("|")), 1, slots, **more)  # type: ignore[arg-type]


def any_room(*slots: Slot, will_do: bool = False) -> Item:
    return Item((ANY_ROOM,), 1, slots, any_will_do=will_do)


def goods(id: str, quantity: int | None, *slots: Slot) -> Item:
    return Item((id,), quantity, slots)


def not_lent(name: str, *slots: Slot) -> Item:
    return Item((UNKNOWN,), 1, slots, name=name)


def asks(*items: Item, missing: Iterable[Lack] = (), **more: object) -> Meaning:
    return says(Intent.BOOK, *items, missing=frozenset(missing), **more)


def says(intent: Intent, *items: Item, **more: object) -> Meaning:
    return Meaning("fr", intent, items, **more)  # type: ignore[arg-type]


def local(text: str) -> datetime:
    """Return a local moment, such as "2026-06-13 14:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


def span(day: str, between: str) -> Span:
    one = slot(day, between)
    assert isinstance(one.start, datetime)
    assert isinstance(one.end, datetime)
    return Span.local(one.start, one.end, BRUSSELS)
