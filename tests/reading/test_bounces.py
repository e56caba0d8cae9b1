"""What bounces say: whom a letter did not reach, and why; late letters and absence notes are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import Bounce
from mailbot.reading.mime import parse
from tests.corpus.machines import mails

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
MAILS = {name: raw for kind in ("machines", "people") for name, raw in mails(kind)}
CAME_BACK = {
    "postfix-dsn": ("karim@jeunes.example", "5.1.1"),
    "qmail": ("nancy@hobby.example", "(#5.1.1)"),
    "qmail-behind-a-relay": ("nancy@hobby.example", "550 no such user here"),
    "exim": ("tom@basket.example", "550 5.1.1 mailbox unavailable"),
    "exchange-ndr-fr": ("frank@schaak.example", "550 5.1.10"),
    "exchange-ndr-nl-from-a-person's-name": ("frank@schaak.example", "R-8S3QX"),
    "exchange-ndr-en-via-multipart": ("margaret@expat.example", "R-3NB8V"),
    "gmail-dsn": ("clara@pages.example", "Failure"),
    "bounce-text-alone-fr": ("yvan@rue.example", ""),
    "bounce-text-alone-nl": ("els@sint.example", "552 5.2.2"),
    "bounce-text-alone-en": ("dan@canal.example", ""),
    "bounce-subject-empty-body": ("", "Undeliverable"),
}


def bounce(raw: bytes) -> Bounce | None:
    return parse(raw, ARRIVED).bounce


@pytest.mark.parametrize("name", CAME_BACK)
def test_a_bounce_says_whom_it_is_about_and_why(name: str) -> None:
    found = bounce(MAILS[name])
    assert found is not None
    recipient, said = CAME_BACK[name]
    assert found.recipients == ((recipient,) if recipient else ())
    assert said in found.said
    assert "\n" not in found.said


@pytest.mark.parametrize("name", sorted(set(MAILS) - set(CAME_BACK)))
def test_whatever_else_comes_is_no_bounce(name: str) -> None:
    assert bounce(MAILS[name]) is None


REPORT = """From: MAILER-DAEMON@mx.example
To: reservations@bruyere.example
Subject: Delivery Status
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

550 5.1.1 in a text that does not count
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--b--
"""


def report(*recipients: str) -> bytes:
    return REPORT.format(recipients="\n\n".join(recipients)).replace("\n", "\r\n").encode()


FAILED = "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550\n said no"
LATE = "Final-Recipient: rfc822; {}\nAction: delayed\nStatus: 4.4.1"


def test_a_report_counts_only_who_failed() -> None:
    found = bounce(report(LATE.format("a@x.example"), FAILED.format("B@X.example"), FAILED.format("c@x.example")))
    assert found == Bounce(("b@x.example", "c@x.example"), "5.0.0 smtp; 550 said no")


def test_the_original_recipient_is_named_before_where_it_was_passed_on_to() -> None:
    found = bounce(report("Original-Recipient: rfc822;a@x.example\n" + FAILED.format("b@y.example")))
    assert found is not None
    assert found.recipients == ("a@x.example", "b@y.example")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_that_nothing_failed_is_no_bounce(action: str) -> None:
    assert bounce(report(f"Final-Recipient: rfc822; a@x.example\nAction: {action}\nStatus: 4.0.0")) is None


@pytest.mark.parametrize(
    "field", ["\x00" * 3_000, "a: " * 3_000, "Action: failed\n\n" * 9_000, "Final-Recipient: ;" * 2_000]
)
def test_a_hostile_report_is_read_within_bounds(field: str) -> None:
    found = bounce(report(field))
    assert found is None or len(found.recipients) <= 20
