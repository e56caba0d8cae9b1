"""Conversations as the tests of the store need them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from mailbot.model.letters import Address, Letter
from mailbot.model.meaning import Evidence, Intent, Item, Lack, Meaning, Slot
from mailbot.model.outbox import Outgoing
from mailbot.model.reservation import (
    Act,
    Claim,
    Handover,
    Option,
    Put,
    Reservation,
    State,
    Use,
    hold_of,
    key_copy,
    next_state,
)
from mailbot.model.spans import Days, Span
from mailbot.model.to_key_holders import Digest, Direction, Passing

NOW = datetime(2026, 6, 2, 7, 30, tzinfo=UTC)
ASKER = Address("Léa Dubois", "lea@velo.example")


def hours(day: int, start: int, end: int) -> Span:
    """Return hours (UTC) of a day in June 2026."""
    return Span(datetime(2026, 6, day, start, tzinfo=UTC), datetime(2026, 6, day, end, tzinfo=UTC))


def room(when: Span, resource: str = "hall") -> Use:
    cells = when.cells()
    return Use(resource, 1, when, (Claim(resource, cells[0], cells[-1]),))


def with_key(use: Use, out: Span, back: Span, copy: int = 1) -> Use:
    """Return the use with a copy of the room's key, claimed from the opening before to the one after."""
    resource = key_copy(use.resource, copy)
    claim = Claim(resource, out.cells()[0], back.cells()[-1])
    return replace(
        use,
        claims=(*use.claims, claim),
        out=Handover("loge", out),
        back=Handover("loge", back),
        key=use.resource,
        copy=copy,
    )


def tables(quantity: int, first: date, last: date, resource: str = "table") -> Use:
    days = Days(first, last)
    claim = Claim(resource, days.cells()[0], days.cells()[-1], quantity)
    return Use(
        resource, quantity, days, (claim,), Handover("garage", hours(12, 8, 10)), Handover("garage", hours(15, 8, 10))
    )


def reservation(code: str = "R-7K3F9", *uses: Use) -> Reservation:
    return Reservation(code, ASKER, "fr", NOW, initiative="velo", subject="Salle samedi", uses=uses)


def step(before: Reservation | None, after: Reservation, act: Act, why: str = "") -> Put:
    """Return the step with the state that the act leads to."""
    state = next_state(State.NEW if before is None else before.state, act)
    return Put(before, replace(after, state=state), act, why, ASKER.address)


def booked(code: str, *uses: Use) -> Put:
    return step(None, reservation(code, *uses), Act.CONFIRM)


def offered(code: str, *baskets: tuple[Use, ...], deadline: datetime = NOW + timedelta(days=2)) -> Put:
    options = tuple(Option(number, uses) for number, uses in enumerate(baskets, 1))
    after = replace(reservation(code), options=options, hold=hold_of(options), deadline=deadline)
    return step(None, after, Act.OFFER)


def stock_of(**units: int) -> Callable[[str, int], int]:
    return lambda resource, cell: units.get(resource.partition(":")[0], 1)


ONE_EACH = stock_of()


def letter(digest: str = "d1", message_id: str = "a@velo.example", sender: Address = ASKER) -> Letter:
    return Letter(
        message_id=message_id,
        digest=digest,
        sender=sender,
        reply_to=(),
        to=(),
        cc=(),
        sent=NOW,
        arrived=NOW,
        subject="Salle samedi",
        text="Bonjour",
    )


def outgoing(message_id: str = "1@mairie.example", *recipients: str, code: str = "R-7K3F9") -> Outgoing:
    return Outgoing(
        message_id=message_id,
        sender="salles@mairie.example",
        recipients=recipients or (ASKER.address,),
        raw=b"Subject: =?utf-8?q?Votre_r=C3=A9servation?=\r\n\r\n\xff\x00 raw bytes\r\n",
        text="C'est noté : samedi 13 juin.",
        kind="confirmed",
        code=code,
        cause="d1",
    )


def digest(holder: str = "loge", day: date = date(2026, 6, 2)) -> Digest:
    passing = Passing(
        Direction.OUT,
        "loge",
        hours(12, 8, 10),
        "R-7K3F9",
        ASKER,
        "Vélo",
        "",
        ("hall",),
        (("hall", 1),),
        (("table", 10),),
        1,
    )
    return Digest(holder, day, NOW + timedelta(days=1), lines=(passing,))


def everything() -> Reservation:
    """Return a reservation in which each field holds something."""
    use = with_key(room(hours(13, 12, 16)), hours(12, 8, 10), hours(15, 8, 10))
    goods = tables(10, date(2026, 6, 12), date(2026, 6, 15))
    at_midnight = Slot.from_json(["2026-06-13T00:00", "2026-06-13T02:00"])
    bare_day, open_end = Slot.from_json(["2026-06-13", None]), Slot.from_json(["2026-06-13T00:00", None])
    item = Item(("hall", "foyer"), None, (at_midnight, bare_day, open_end), True, ("la « salle »", "samedi"), "")
    rival = Meaning("fr", Intent.BOOK, (Item(("table",), 12, (Slot(date(2026, 6, 12), date(2026, 6, 15)),)),))
    asked = Meaning(
        language="fr",
        intent=Intent.BOOK,
        items=(item,),
        attendees=40,
        references=("R-00000",),
        missing=frozenset({Lack.END, Lack.DATE}),
        option=2,
        alternatives=(rival,),
        either=True,
        further=(Meaning("nl", Intent.KEY),),
        runner_up=Intent.AVAILABILITY,
        language_sure=False,
        phone="02 513 14 00",
        evidence=(Evidence("day", "samedi", "13 June"),),
    )
    return Reservation(
        code="R-7K3F9",
        asker=ASKER,
        language="fr",
        created=NOW.replace(microsecond=123456),
        state=State.OFFERED,
        version=3,
        sequence=2,
        initiative="velo",
        subject='Re: "Été" \\ 🎉',
        attendees=40,
        phone="02 513 14 00",
        uses=(use, goods),
        options=(Option(1, (use,)), Option(2, (goods,))),
        hold=hold_of([Option(1, (use, goods))]),
        deadline=NOW + timedelta(days=2),
        partial=True,
        request=asked,
        questions=1,
        calendar_status="ACCEPTED",
        thread=("a@velo.example", "b@velo.example"),
    )
