"""Programs that answer us, and senders without measure: answers are bounded, staff are told once, others are served."""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest

from mailbot.demo.embedded import EmbeddedImap
from mailbot.mail.imap import ImapSource
from mailbot.mail.server import Server
from mailbot.model.rules import Limits
from mailbot.model.servers import Tls
from mailbot.service.rounds import fetch
from tests.servers.dovecot import Dovecot
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, READING_ROOM, STAFF, nested, to
from tests.stories.test_stories import changed_rules
from tests.stories.town import Clock, Town
from tests.watchdog import waiting_ends

QUESTION = "Bonjour, la salle de lecture est-elle libre le 20 juin de 14h à 16h ?"

MANY = 2_000 if os.environ.get("CI") == "true" else 600
"""Mails that come within a minute."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    town.round()
    yield town
    town.close()


def limits(town: Town) -> Limits:
    return town.office.rules.current().limits


def others(letters: list[EmailMessage]) -> list[EmailMessage]:
    """Return the letters that are not for staff or key-holders."""
    return [letter for letter in letters if not to([letter])[0].endswith(("bruyere.example", "heide.example"))]


def alerts(town: Town) -> list[str]:
    """Return the subjects of what the first of the staff was alerted to."""
    return [str(letter["Subject"]) for letter in town.letters() if to([letter]) == STAFF[:1]]


def answer_for_ever(town: Town, sender: Callable[[int], str], body: str = QUESTION, most: int = 400) -> int:
    """Let a program answer each of our letters; return how many letters it got before we fell silent."""
    letters = others(town.write(sender(0), "question", body))
    got = 0
    for number in range(1, most):
        if not letters:
            return got
        got += len(letters)
        subject = f"Re: {letters[0]['Subject']}"
        letters = others(town.write(sender(number), subject, f"{body} ({number})", answers=letters[0]))
    pytest.fail(f"still answered after {most} rounds")


# --- programs that answer


def test_a_responder_with_one_address_gets_a_days_answers_and_staff_one_alert(town: Town) -> None:
    got = answer_for_ever(town, lambda _: "robot@responder.example")
    assert got <= limits(town).answers_per_sender
    assert len(alerts(town)) == 1
    answer_for_ever(town, lambda _: "robot@responder.example")
    assert len(alerts(town)) == 1, "told once a day"
    town.later(days=1, minutes=1)
    town.round()
    assert answer_for_ever(town, lambda _: "robot@responder.example") > 0, "and answered again the day after"


def test_a_responder_that_answers_from_a_new_address_each_time_is_bounded_by_its_domain(town: Town) -> None:
    got = answer_for_ever(town, lambda number: f"robot{number}@responder.example")
    assert got <= limits(town).answers_per_domain
    [alert] = alerts(town)
    assert "d'un même domaine" in alert


def test_a_responder_with_a_new_domain_each_time_is_bounded_by_the_hour_and_initiatives_are_served(town: Town) -> None:
    got = answer_for_ever(town, lambda number: f"robot@responder{number}.example")
    assert got <= limits(town).answers_to_strangers_per_hour
    [alert] = alerts(town)
    assert "en une heure" in alert
    [served] = town.write(INES, "lecture", READING_ROOM)
    assert to([served]) == ["ines@codedojo.example"]
    town.later(hours=1, minutes=1)
    assert others(town.write("zoe@courrier.example", "question", QUESTION)), (
        "an hour later strangers are answered again"
    )


def test_a_responder_within_the_domain_of_an_initiative_is_bounded_by_its_domain(town: Town) -> None:
    """Whoever writes under "@valleeverte.example" is theirs: a program there, or a forger, has names without end."""
    for number in range(limits(town).answers_per_domain + 50):
        town.inbox.put(town.mail(f"robot{number}@valleeverte.example", "question", f"{QUESTION} {number}"))
    letters = others(town.round())
    assert len(letters) == limits(town).answers_per_domain
    [alert] = alerts(town)
    assert "d'un même domaine" in alert
    [served] = town.write(INES, "lecture", READING_ROOM)
    assert to([served]) == ["ines@codedojo.example"]


def test_an_initiative_whose_domain_vouches_is_served_while_somebody_writes_under_its_name(tmp_path: Path) -> None:
    town = Town(tmp_path, Clock(NINE_THIRTY), proven=frozenset({"marc@valleeverte.example"}))
    town.round()
    for number in range(limits(town).answers_per_domain + 10):
        town.inbox.put(town.mail(f"robot{number}@valleeverte.example", "question", f"{QUESTION} {number}"))
    town.round()
    [served] = town.write("Marc Delvaux <marc@valleeverte.example>", "lecture", READING_ROOM)
    assert to([served]) == ["marc@valleeverte.example"]
    town.close()


BOUNCE = "Votre message n'a pas pu être remis à son destinataire : boîte pleine.\n550 5.2.2 mailbox full"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Auto-Submitted": "auto-replied"}, {"Return-Path": "<>"}, {"X-Failed-Recipients": "a@b.example"}],
    ids=["no sign", "auto-submitted", "return-path", "failed"],
)
def test_who_bounces_our_letters_gets_no_answer(town: Town, headers: dict[str, str]) -> None:
    [answer] = town.write("x@voisins.example", "question", QUESTION)
    for number in range(30):
        sender = f"Mail <bounce{number}@voisins.example>"
        assert others(town.write(sender, "Undelivered mail", BOUNCE, answers=answer, headers=headers)) == []


def test_two_mailbots_fall_silent_at_once(tmp_path: Path, town: Town) -> None:
    """The other one reads our answer, sees that it is automatic, and says nothing."""
    other = neighbouring(tmp_path, town)
    [question] = others(town.write("reservations@autre.example", "question", QUESTION))
    assert other.receive(question.as_bytes()) == []
    other.close()


def test_two_mailbots_behind_gateways_that_drop_headers_come_to_an_end(tmp_path: Path, town: Town) -> None:
    other = neighbouring(tmp_path, town)
    turn, talking = 0, others(town.write("reservations@autre.example", "question", QUESTION))
    for turn in count():
        if not talking:
            break
        listener = other if turn % 2 == 0 else town
        raw = talking[0].as_bytes().replace(b"Auto-Submitted:", b"X-Dropped:").replace(b"X-Auto-Response", b"X-Drop")
        talking = [letter for letter in listener.receive(raw) if to([letter])[0].startswith("reservations@")]
    assert turn <= 2 * limits(town).answers_per_sender
    other.close()


def neighbouring(folder: Path, town: Town) -> Town:
    """Return a second mailbot, whose mailbox has another address."""
    there = folder / "other"
    there.mkdir()
    changes = [{"old": "reservations@bruyere.example", "new": "reservations@autre.example"}]
    other = Town(there, Clock(town.clock.now), changed_rules(changes, there))
    other.round()
    return other


def test_human_mail_that_says_it_is_not_automatic_is_answered(town: Town) -> None:
    for value in ("no", "No", "no (by hand)"):
        assert others(town.write(INES, "question", f"{QUESTION} {value}", headers={"Auto-Submitted": value}))


# --- senders without measure


def test_one_sender_with_500_mails_gets_a_days_answers_and_the_others_are_served(town: Town) -> None:
    for number in range(500):
        town.inbox.put(town.mail("zoe@courrier.example", "question", f"{QUESTION} {number}"))
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    letters = Counter(to(town.round()))
    assert letters["zoe@courrier.example"] == limits(town).answers_per_sender
    assert letters[STAFF[0]] == 1
    assert letters["ines@codedojo.example"] == 1
    assert all(mail.handled for mail in town.inbox.mails)


def unread(number: int, *headers: str) -> bytes:
    """Return one of many mails that no program reads."""
    return nested(200, *headers).replace(b"<profond@", b"<%d-profond@" % number).replace(b"Bonjour", b"%d" % number)


def test_one_sender_of_mails_that_nobody_can_read_gets_a_days_answers_and_staff_one_alert(town: Town) -> None:
    """A program whose answers cannot be read answers ours all the same."""
    most = limits(town).answers_per_sender
    for number in range(most + 30):
        town.inbox.put(unread(number))
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    letters = Counter(to(town.round()))
    assert letters["zoe@courrier.example"] == most
    assert letters[STAFF[0]] == most + 1
    assert len([subject for subject in alerts(town) if "Trop de mails d'une même adresse" in subject]) == 1
    assert letters["ines@codedojo.example"] == 1
    assert all(mail.handled for mail in town.inbox.mails)


def test_mails_that_nobody_can_read_and_nobody_waits_for_are_bounded_as_well(town: Town) -> None:
    most = limits(town).answers_to_strangers_per_hour
    for number in range(most + 20):
        town.inbox.put(unread(number, "Auto-Submitted: auto-replied"))
    letters = Counter(to(town.round()))
    assert set(letters) == set(STAFF)
    assert letters.total() <= most + len(STAFF)
    assert len([subject for subject in alerts(town) if "en une heure" in subject]) == 1
    assert all(mail.handled for mail in town.inbox.mails)


def test_two_thousand_mails_at_once_each_end_and_memory_is_bounded(town: Town) -> None:
    for number in range(MANY):
        town.inbox.put(town.mail(f"a{number}@b{number % 50}.example", "question", f"{QUESTION} {number}"))
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    letters = Counter(to(town.round()))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert all(mail.handled for mail in town.inbox.mails)
    assert sum(number for who, number in letters.items() if "@b" in who and who[0] == "a") == 200
    assert letters["ines@codedojo.example"] == 1
    assert letters[STAFF[0]] == 1
    assert grown < 60, f"{grown:.0f} MB"
    with town.store.reading() as unit:
        assert unit.mailbox.next_due() is None


@pytest.mark.dovecot
def test_five_thousand_old_mails_are_not_looked_at_on_the_first_start(dovecot: Dovecot, town: Town) -> None:
    user = "mailbot-old"
    dovecot.fill(user, 5_000, lambda n: town.mail(f"a{n}@voisins.example", "question", QUESTION))
    server = Server(dovecot.host, dovecot.port, Tls.NONE, user, lambda: dovecot.password, 10)
    source = ImapSource(server, town.store.memory, town.clock)
    with waiting_ends():
        assert fetch(source, town.office)
    dovecot.deliver(user, town.mail(INES, "lecture", READING_ROOM))
    assert fetch(source, town.office)
    source.close()
    assert {address for letter in town.round() for address in to([letter])} == {"ines@codedojo.example"}


def test_old_mails_of_the_embedded_server_are_not_looked_at(embedded_imap: EmbeddedImap, town: Town) -> None:
    for number in range(50):
        embedded_imap.put(town.mail(f"a{number}@voisins.example", "question", QUESTION))
    server = Server(
        embedded_imap.host, embedded_imap.port, Tls.NONE, embedded_imap.user, lambda: embedded_imap.password
    )
    source = ImapSource(server, town.store.memory, town.clock)
    assert fetch(source, town.office)
    source.close()
    assert town.round() == []


def reports_of_a_day(town: Town, number: int) -> int:
    """Let the key-holder write reports; return how many are answered."""
    josiane = "josiane.lambert@voisines.example"
    letters = [to(town.write(josiane, "rapport", f"qui vient le {n % 27 + 1}/07 ?")) for n in range(number)]
    return sum(josiane in each for each in letters)


def test_a_key_holder_who_is_proven_gets_ten_times_the_answers_of_anybody(tmp_path: Path) -> None:
    town = Town(tmp_path, Clock(NINE_THIRTY), proven=frozenset({"josiane.lambert@voisines.example"}))
    town.round()
    most = limits(town).answers_per_sender
    assert reports_of_a_day(town, most + 10) == most + 10
    town.close()


def test_under_a_key_holders_name_nobody_fills_their_mailbox(town: Town) -> None:
    most = limits(town).answers_per_sender
    assert reports_of_a_day(town, most + 10) <= most
    assert sum("Trop de mails d'une même adresse" in subject for subject in alerts(town)) == 1
