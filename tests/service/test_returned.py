"""Letters of ours that come back: staff hear of each once, and the key-holder sees who knows nothing."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from mailbot.service.returned import MOST_TOLD
from tests.service.mails import INES, MARC, READING_ROOM, STAFF, to
from tests.stories.town import Town, text_of

BOOKING = READING_ROOM + " Mon numéro : 0470 12 34 56."


def booked(town: Town) -> EmailMessage:
    [confirmation] = town.write(INES, "lecture", BOOKING)
    assert len(town.rows()) == 1
    return confirmation


def report(letter: EmailMessage, action: str = "failed") -> bytes:
    """Return a delivery report (RFC 3464) that gives the headers of the letter back."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.codedojo.example
To: reservations@bruyere.example
Message-ID: <{action}.dsn@mx.codedojo.example>
Subject: Undelivered Mail
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.codedojo.example

Final-Recipient: rfc822; ines@codedojo.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: text/rfc822-headers

Message-ID: {letter["Message-ID"]}
Subject: lecture
--b--
""".replace("\n", "\r\n").encode()


def plain(letter: EmailMessage, body: str, subject: str = "Non remis") -> bytes:
    return f"""From: Messagerie <messagerie@fai.example>
To: reservations@bruyere.example
Message-ID: <bounce@fai.example>
Subject: {subject}

{body}
""".replace("\n", "\r\n").encode()


def unreached(town: Town) -> list[bool]:
    return [reservation.unreached for reservation in town.standing()]


def test_a_confirmation_that_comes_back_is_told_to_staff_with_what_they_need_to_call(town: Town) -> None:
    letters = town.receive(report(booked(town)))
    assert to(letters) == STAFF
    text = text_of(letters[0])
    assert "ines@codedojo.example" in text
    assert "0470 12 34 56" in text
    assert "550 5.1.1 no such user" in text
    assert "(R-" in str(letters[0]["Subject"])
    assert unreached(town) == [True]
    assert len(town.rows()) == 1, "the booking stands"


def test_a_second_report_about_the_same_letter_is_not_told_again(town: Town) -> None:
    confirmation = booked(town)
    town.receive(report(confirmation))
    again = report(confirmation).replace(b"<failed.dsn@", b"<again.dsn@")
    assert town.receive(again) == []


@pytest.mark.parametrize("action", ["delayed", "relayed"])
def test_a_letter_that_is_late_is_not_lost(town: Town, action: str) -> None:
    assert town.receive(report(booked(town), action)) == []
    assert unreached(town) == [False]


def test_a_bounce_without_headers_is_known_by_the_address_it_names(town: Town) -> None:
    body = "Votre message n'a pas pu être remis au destinataire suivant :\nines@codedojo.example\n550 5.1.1 inconnu"
    assert to(town.receive(plain(booked(town), body))) == STAFF
    assert unreached(town) == [True]


def test_a_bounce_that_quotes_the_code_is_known_by_it(town: Town) -> None:
    confirmation = booked(town)
    body = "Uw bericht kon niet worden bezorgd.\n550 5.1.1 onbekend\n"
    assert to(town.receive(plain(confirmation, body, f"Onbestelbaar: {confirmation['Subject']}"))) == STAFF
    assert unreached(town) == [True]


def test_a_bounce_of_no_letter_of_ours_says_nothing(town: Town) -> None:
    confirmation = booked(town)
    raw = report(confirmation).replace(b"ines@", b"zoe@")
    assert town.receive(raw) == []
    town.later(days=8)
    town.round()
    body = "Votre message n'a pas pu être remis au destinataire suivant :\nines@codedojo.example\n550 5.1.1 inconnu"
    assert [one for one in to(town.receive(plain(confirmation, body))) if one in STAFF] == [], "too long ago"
    assert unreached(town) == [False]


def test_the_key_holder_sees_whose_confirmation_came_back(town: Town) -> None:
    town.receive(report(booked(town)))
    lists = []
    for _ in range(20):
        town.later(days=1)
        lists += [text_of(letter) for letter in town.round()]
    told = [text for text in lists if "Inès Lambrecht" in text and "0470 12 34 56" in text]
    assert told
    for text in told:
        assert "NOTRE LETTRE N'EST PAS ARRIVÉE" in text or "IS NIET AANGEKOMEN" in text


def test_staff_see_in_the_list_of_the_morning_whom_a_letter_did_not_reach(town: Town) -> None:
    town.receive(report(booked(town)))
    town.at("2026-06-05T07:35")
    morning = [text_of(letter) for letter in town.round() if to([letter]) == STAFF[:1]]
    assert [text for text in morning if "Inès Lambrecht" in text and "0470 12 34 56" in text]


def report_for(address: str, letter: EmailMessage, number: int) -> bytes:
    """Return a delivery report about a letter to that address."""
    raw = report(letter).replace(b"ines@codedojo.example", address.encode())
    return raw.replace(b"<failed.dsn@", b"<%d.dsn@" % number)


def flooded(town: Town) -> list[str]:
    """Let somebody write under addresses that there are none of, so that each answer comes back; return the subjects of
    what the first of the staff was told."""
    told = []
    for number in range(MOST_TOLD + 10):
        address = f"a{number}@b{number}.example"
        [answer] = town.write(address, "question", "Bonjour, la salle de lecture est-elle libre le 20 juin à 14h ?")
        letters = town.receive(report_for(address, answer, number))
        told += [str(letter["Subject"]) for letter in letters if to([letter]) == STAFF[:1]]
    return told


def test_a_flood_of_bounces_is_told_once_and_bookings_are_marked_all_the_same(town: Town) -> None:
    told = flooded(town)
    assert len(told) == MOST_TOLD + 1
    assert "Beaucoup de lettres reviennent" in told[-1]
    assert town.receive(report(booked(town))) == [], "it is in the list of the morning"
    assert unreached(town) == [True]
    town.later(days=1, minutes=1)
    town.round()
    [confirmation] = town.write(MARC, "lecture", READING_ROOM.replace("jeudi 18", "mercredi 17"))
    assert to(town.receive(report_for("marc@valleeverte.example", confirmation, 1_000))) == STAFF


def test_a_key_holders_list_that_comes_back_is_told_in_any_flood(town: Town) -> None:
    josiane = "josiane.lambert@voisines.example"
    [digest] = [letter for letter in town.letters() if to([letter]) == [josiane]]
    flooded(town)
    assert to(town.receive(report_for(josiane, digest, 1_000))) == STAFF


def test_an_alert_that_comes_back_is_not_told_to_those_it_did_not_reach(town: Town) -> None:
    alert = town.receive(report(booked(town)))[0]
    raw = report(alert).replace(b"ines@codedojo.example", STAFF[0].encode()).replace(b"failed.dsn", b"other.dsn")
    assert town.receive(raw) == []
