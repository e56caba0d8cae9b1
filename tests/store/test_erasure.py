"""Personal data is erased on both databases: of one person, and of all once it has served; counts stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from mailbot.model.behalf import Behalf
from mailbot.model.cases import Case, Ending
from mailbot.model.decision import End
from mailbot.model.letters import Address
from mailbot.model.outbox import Receipt
from mailbot.model.reports import ForSomebody, Found, Report, Standing
from mailbot.model.reservation import Act, Booked, Handover, Neighbour, State, neighbours
from mailbot.model.spans import Span
from mailbot.store import Store, open_store
from tests.store.examples import (
    ASKER,
    NOW,
    ONE_EACH,
    booked,
    digest,
    everything,
    hours,
    letter,
    outgoing,
    room,
    step,
)

COLLEAGUE = Address("Nadia", "nadia@velo.example")

LATER = NOW + timedelta(days=900)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = open_store(database)
    store.migrate()
    yield store
    store.close()


def fill(store: Store) -> None:
    """Let Léa have one booking that is over, one that stands, a letter about each, a mail, and a line in a list."""
    with store.unit() as unit:
        unit.reservations.put([booked("R-7K3F9", room(hours(13, 12, 16)))], ONE_EACH, NOW)
        over = unit.reservations.get("R-7K3F9")
        assert over is not None
        known = replace(
            over,
            phone="02 513 14 00",
            subject="Fête",
            request=everything().request,
            thread=("a@velo.example",),
            colleagues=(COLLEAGUE,),
        )
        unit.reservations.put([step(over, known, Act.CANCEL, "sa mère est malade")], ONE_EACH, NOW)
        unit.reservations.put([booked("R-00002", room(hours(20, 12, 16)))], ONE_EACH, NOW)
        assert unit.mailbox.admit(letter("mail"))
        unit.mailbox.ended("mail", End.ANSWERED, "cancelled", "R-7K3F9")
        for number, code in ((1, "R-7K3F9"), (2, "R-00002")):
            unit.mailbox.post(outgoing(f"{number}@mairie.example", code=code), NOW)
        unit.mailbox.post(replace(outgoing("3@mairie.example", "staff@mairie.example", code=""), cause="mail"), NOW)
        for post in unit.mailbox.due(NOW, 9):
            unit.mailbox.taken(Receipt(post.id, True), NOW)
        unit.reservations.keep_digest(digest(), NOW)
        unit.reports.keep(Report("borrower", ASKER.address, (), "Léa: tout rendu", "back@velo.example"), NOW)
        case = Case("mail", "human", ASKER, ("fr",), "Fête", "sa mère est malade", NOW, code="R-7K3F9")
        unit.cases.open(case, NOW)
        unit.cases.end(replace(case, ending=Ending.DROPPED), NOW)
        unit.commit()


def everything_kept(store: Store) -> str:
    """Return all that the database holds, as text."""
    tables = ("reservation", "history", "digest", "ledger", "outbox", "recipient", "evaluation", "report", "handed")
    with store._engines.reading.connect() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables]
    return repr(rows)


def test_who_asks_to_be_forgotten_is_except_in_what_stands(store: Store) -> None:
    fill(store)
    with store.unit() as unit:
        erased = unit.erasure.forget("LEA@Velo.example")
        unit.commit()
    assert erased.standing == ("R-00002",)
    assert (erased.conversations, erased.letters, erased.mails) == (1, 2, 1)
    with store.reading() as unit:
        over, stands = unit.reservations.get("R-7K3F9"), unit.reservations.get("R-00002")
        assert over is not None
        assert stands is not None
        assert stands.asker == ASKER, "it must still be known whose booking it is"
        assert (over.asker.address, over.asker.name, over.phone, over.subject, over.thread) == ("", "", None, "", ())
        assert over.colleagues == ()
        assert over.uses, "what was booked is counted"
        assert over.state is State.CANCELLED
        assert unit.mailbox.letters_in("R-00002")[0].text
        assert unit.mailbox.letters_in("R-7K3F9")[0].text == ""
        assert not unit.mailbox.our_letters(["3@mairie.example"])[0].text, "her mail that staff got is gone"
        assert unit.reservations.last_digests()["loge"].lines[0].asker.address == ""
    kept = everything_kept(store)
    assert "sa mère est malade" not in kept
    assert "02 513 14 00" not in kept


def test_nothing_is_left_once_nothing_stands(store: Store) -> None:
    fill(store)
    with store.unit() as unit:
        stands = unit.reservations.get("R-00002")
        assert stands is not None
        unit.reservations.put([step(stands, stands, Act.CANCEL, "")], ONE_EACH, NOW)
        erased = unit.erasure.forget(ASKER.address)
        unit.commit()
    assert erased.standing == ()
    with store.reading() as unit:
        assert ASKER.address not in unit.erasure.addresses()
    kept = everything_kept(store)
    assert ASKER.address not in kept
    assert ASKER.name not in kept


def test_who_had_something_directly_is_forgotten_by_the_other_as_well(store: Store) -> None:
    opening = Span(NOW, NOW + timedelta(hours=2))
    with store.unit() as unit:
        unit.reservations.put([booked("R-00001", room(hours(13, 12, 16)))], ONE_EACH, NOW)
        unit.reservations.put([booked("R-00002", room(hours(20, 12, 16)))], ONE_EACH, NOW)
        first, second = unit.reservations.get("R-00001"), unit.reservations.get("R-00002")
        assert first is not None
        assert second is not None
        to, of = Neighbour("R-00002", "Nadia", "0400"), Neighbour("R-00001", "Léa", "02 513 14 00", ASKER.address)
        given = replace(first.uses[0], back=Handover("loge", opening, to))
        taken = replace(second.uses[0], out=Handover("loge", opening, of))
        theirs = replace(second, asker=COLLEAGUE, uses=(taken,), before=Booked((taken,)))
        unit.reservations.put([step(second, theirs, Act.NOTE)], ONE_EACH, NOW)
        unit.reservations.put([step(first, replace(first, uses=(given,)), Act.CANCEL)], ONE_EACH, NOW)
        unit.commit()
    with store.unit() as unit:
        unit.erasure.forget(ASKER.address)
        kept, erased = unit.reservations.get("R-00002"), unit.reservations.get("R-00001")
        assert kept is not None
        assert erased is not None
        assert kept.before is not None
        assert {*neighbours(kept.uses), *neighbours(kept.before.uses)} == {Neighbour("R-00001")}
        assert neighbours(erased.uses) == (Neighbour("R-00002"),)


def test_the_photos_that_go_are_those_somebody_sent_and_those_of_what_they_had(store: Store) -> None:
    fill(store)
    found = [
        ("borrower", ASKER.address, "R-7K3F9", "sent-by-her.jpg"),
        ("borrower", ASKER.address, "R-00002", "sent-by-her-of-what-stands.jpg"),
        ("loge", "loge@mairie.example", "R-7K3F9", "of-what-she-had.jpg"),
        ("loge", "loge@mairie.example", "R-00002", "of-what-stands.jpg"),
        ("loge", "loge@mairie.example", "R-0000A", "of-somebody-else.jpg"),
        ("borrower", "paul@c.example", "R-0000A", "sent-by-somebody-else.jpg"),
    ]
    with store.unit() as unit:
        for who, by, code, name in found:
            unit.reports.keep(Report(who, by, (Found("vitre cassée", code, photos=(name,)),), "", "m"), NOW)
        unit.commit()
    with store.unit() as unit:
        photos = unit.erasure.forget("Lea@Velo.example").photos
        unit.commit()
    assert sorted(photos) == ["of-what-she-had.jpg", "sent-by-her-of-what-stands.jpg", "sent-by-her.jpg"]


def test_the_same_mail_is_known_even_by_who_forgot_its_sender(store: Store) -> None:
    fill(store)
    with store.unit() as unit:
        unit.erasure.forget(ASKER.address)
        assert not unit.mailbox.admit(letter("mail")), "keys outlive erasure"
        unit.commit()


def test_somebody_else_keeps_everything(store: Store) -> None:
    fill(store)
    before = everything_kept(store)
    with store.unit() as unit:
        erased = unit.erasure.forget("tom@velo.example")
        unit.commit()
    assert (erased.conversations, erased.letters, erased.mails, erased.standing) == (0, 0, 0, ())
    assert everything_kept(store) == before


def test_a_letter_that_has_not_left_yet_still_leaves(store: Store) -> None:
    with store.unit() as unit:
        unit.mailbox.post(outgoing("1@mairie.example", code=""), NOW)
        unit.erasure.forget(ASKER.address)
        unit.commit()
    with store.unit() as unit:
        [post] = unit.mailbox.due(NOW, 9)
        assert post.recipients == (ASKER.address,)
        assert post.raw


def test_what_has_served_is_erased_and_what_stands_is_not(store: Store) -> None:
    fill(store)
    with store.unit() as unit:
        soon = unit.erasure.expire(NOW - timedelta(days=1), NOW - timedelta(days=1))
        assert (soon.conversations, soon.letters, soon.mails) == (0, 0, 0)
        erased = unit.erasure.expire(LATER, LATER)
        unit.commit()
    assert (erased.conversations, erased.letters, erased.mails) == (1, 3, 1)
    with store.unit() as unit:
        again = unit.erasure.expire(LATER, LATER)
        assert (again.conversations, again.letters, again.mails) == (0, 0, 0)
        stands = unit.reservations.get("R-00002")
        assert stands is not None
        assert stands.asker == ASKER
        assert "loge" in unit.reservations.last_digests(), "the last list is known: it is not given twice"


def test_bookings_and_letters_have_times_of_their_own(store: Store) -> None:
    fill(store)
    with store.unit() as unit:
        erased = unit.erasure.expire(NOW - timedelta(days=1), LATER)
        assert (erased.conversations, erased.letters) == (0, 3)
        over = unit.reservations.get("R-7K3F9")
        assert over is not None
        assert over.asker == ASKER


def test_what_the_commune_asked_for_somebody_goes_with_them_and_in_time(store: Store) -> None:
    def asked(name: str, address: str) -> Report:
        behalf = Behalf(name, address, f"{name} veut la salle", "", NOW)
        return Report("staff", "claire@mairie.example", (ForSomebody(behalf),), f"pour {name}", "", Standing.WAITING)

    with store.unit() as unit:
        first = unit.reports.keep(asked("Léa", ASKER.address), NOW)
        unit.reports.keep(asked("Odile", "odile@velo.example"), NOW)
        unit.commit()
    with store.unit() as unit:
        assert "Léa veut la salle" in unit.personal.gather(ASKER.address).document
        unit.erasure.forget(ASKER.address)
        unit.commit()
    kept = everything_kept(store)
    assert "Léa" not in kept
    assert "Odile veut la salle" in kept
    with store.unit() as unit:
        report = unit.reports.get(first)
        assert report is not None
        assert report.standing is Standing.UNDONE, "a yes that comes now books nothing"
        unit.erasure.expire(NOW, NOW + timedelta(days=1))
        unit.commit()
    assert "Odile" not in everything_kept(store)


def test_only_mails_that_ended_here_before_a_moment_are_known_as_handled(store: Store) -> None:
    with store.unit() as unit:
        for number, message_id in enumerate(("done@a.example", "open@a.example", "")):
            mail = letter(digest=f"handled-{number}", message_id=message_id)
            assert unit.mailbox.admit(mail)
            if message_id != "open@a.example":
                unit.mailbox.ended(mail.digest, End.ANSWERED, "")
        unit.commit()
    now = datetime.now(UTC)
    with store.reading() as unit:
        later, earlier = (unit.mailbox.handled(now + timedelta(minutes=sign)) for sign in (5, -5))
    assert [later(one) for one in ("done@a.example", "open@a.example", "", "else@a.example")] == [True, *[False] * 3]
    assert not earlier("done@a.example")
