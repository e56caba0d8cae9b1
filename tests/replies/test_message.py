"""Headers and parts: nothing that people write can end a header, and every mail program understands the rest."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailbot.model.letters import Address
from mailbot.replies.message import REFERENCES, Heading, ascii_address, mailbox, message, multipart, original, plain
from tests.replies.examples import BRUSSELS

HEADING = Heading(
    sender=Address("Réservations – Reservaties", "reservations@bruyere.example"),
    to=Address("Yvette Collin", "yvette.collin@courrier.example"),
    subject="Re: Fête – c'est réservé (R-7K3F2)",
    date=datetime(2026, 6, 2, 9, 30, tzinfo=BRUSSELS),
    message_id="1.abc@bruyere.example",
    language="fr",
    automatic="auto-replied",
    in_reply_to="asked@courrier.example",
    references=("first@courrier.example",),
)


def parsed(heading: Heading) -> EmailMessage:
    raw = message(heading, plain("Bonjour\n"))
    assert raw.isascii()
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def test_an_answer_carries_what_its_thread_needs() -> None:
    found = parsed(HEADING)
    assert found["From"] == "Réservations – Reservaties <reservations@bruyere.example>"
    assert found["To"] == "Yvette Collin <yvette.collin@courrier.example>"
    assert found["Subject"] == HEADING.subject
    assert found["Date"] == "Tue, 02 Jun 2026 09:30:00 +0200"
    assert found["Message-ID"] == "<1.abc@bruyere.example>"
    assert found["In-Reply-To"] == "<asked@courrier.example>"
    assert found["References"].split() == ["<first@courrier.example>", "<asked@courrier.example>"]
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert found["Content-Language"] == "fr"


def test_a_letter_that_answers_nothing_names_no_other() -> None:
    found = parsed(replace(HEADING, in_reply_to=""))
    assert "In-Reply-To" not in found
    assert "References" not in found


def test_long_identifiers_stay_whole() -> None:
    """Some programs make identifiers longer than a line; as encoded words they would break the thread."""
    long = "x" * 120 + "@outlook.example"
    raw = message(replace(HEADING, in_reply_to=long, references=(long + "1", long + "2")), plain(""))
    assert f"<{long}>".encode() in raw
    assert b"=?utf-8?" not in raw.split(b"References:")[1].split(b"Subject:")[0]


def test_of_many_references_the_first_and_the_last_are_kept() -> None:
    many = tuple(f"{number}@courrier.example" for number in range(100))
    found = parsed(replace(HEADING, references=many))["References"].split()
    assert len(found) == REFERENCES
    assert found[0] == "<0@courrier.example>"
    assert found[-2:] == ["<99@courrier.example>", "<asked@courrier.example>"]


def test_what_is_no_identifier_is_dropped() -> None:
    bad = ("a b@x.example", "<a@x.example>", "a@x.example\r\nBcc: all@victim.example", "é@x.example", "", "y" * 500)
    assert parsed(replace(HEADING, references=bad))["References"] == "<asked@courrier.example>"
    assert "In-Reply-To" not in parsed(replace(HEADING, in_reply_to="a\r\nBcc: all@victim.example"))


@given(st.text(max_size=200), st.text(max_size=120))
def test_no_subject_and_no_name_can_add_a_header(subject: str, name: str) -> None:
    heading = replace(HEADING, subject=subject, to=Address(name, "yvette.collin@courrier.example"))
    raw = message(heading, plain("Bonjour\n"))
    assert raw.isascii()
    head = raw.split(b"\r\n\r\n")[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    expected = ["From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Subject", "Auto-Submitted"]
    expected += ["X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"]
    assert [name.decode() for name in names] == [*expected, "Content-Transfer-Encoding"]
    found = message_from_bytes(raw, policy=default)
    assert [address.addr_spec for address in found["To"].addresses] == ["yvette.collin@courrier.example"]


@pytest.mark.parametrize(
    "name", ['Anne "Nanou" Dubois', "Dubois, Anne", "ACME (Brussels)", "a@b", "=?utf-8?q?Chef?=", "Ὀδυσσεύς"]
)
def test_a_name_comes_back_as_it_was_written(name: str) -> None:
    [address] = parsed(replace(HEADING, to=Address(name, "a@b.example")))["To"].addresses
    assert address.display_name == name
    assert address.addr_spec == "a@b.example"


def test_a_long_name_is_several_words_of_one_line_each() -> None:
    name = "Ὀδυσσεύς Ὀδυσσεύς Ὀδυσσεύς Ὀδυσσεύς"
    written = mailbox(Address(name, "a@b.example"), "To")
    assert max(map(len, written.split("\r\n"))) <= 76
    words = written.rpartition(" <")[0]
    assert str(make_header(decode_header(words.replace("\r\n", "")))) == name


def test_a_domain_with_accents_goes_out_in_idna() -> None:
    assert ascii_address("info@bruyère.example") == "info@xn--bruyre-6ua.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.example",
        "a@",
        "é@b.example",
        "a b@c.example",
        "a@b.example>\r\nX: y",
        "a,b@c.example",
        '"a b"@c.be',
    ],
)
def test_an_address_that_cannot_be_sent_to_is_an_empty_group(address: str) -> None:
    assert ascii_address(address) == ""
    found = parsed(replace(HEADING, to=Address("Anne", address)))
    assert found["To"].addresses == ()
    assert "X" not in found


def test_our_own_identifier_must_be_one() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        message(replace(HEADING, message_id="a b"), plain(""))


def attached(raw: bytes) -> EmailMessage:
    body = multipart("mixed", [plain("Lisez.\n"), original(raw)], "seed")
    found = message_from_bytes(message(HEADING, body), policy=SMTP)
    assert isinstance(found, EmailMessage)
    part = list(found.iter_parts())[1]
    assert isinstance(part, EmailMessage)
    return part


def test_a_mail_of_seven_bits_is_attached_as_a_message() -> None:
    raw = b"Subject: cle\r\nFrom: a@b.example\r\n\r\nBonjour\r\n"
    part = attached(raw)
    assert part.get_content_type() == "message/rfc822"
    assert part.get_content()["Subject"] == "cle"
    assert raw in message(HEADING, multipart("mixed", [original(raw)], "seed"))


@pytest.mark.parametrize(
    "raw",
    [
        "Subject: clé\r\n\r\nété\r\n".encode(),
        b"Subject: a\n\nbare line feeds\n",
        b"a\x00b",
        b"x" * 2000,
        b"\xff" * 9000,
    ],
)
def test_any_other_mail_is_attached_byte_for_byte_as_a_file(raw: bytes) -> None:
    part = attached(raw)
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == raw
    assert part.get_filename() == "mail.eml"


def test_a_mail_that_holds_our_boundary_ends_no_part() -> None:
    boundary = multipart("mixed", [], "seed").content_type.split('"')[1]
    raw = f"Subject: a\r\n\r\n--{boundary}--\r\nstill inside\r\n".encode()
    assert b"still inside" in bytes(attached(raw).get_content())


def test_the_same_letter_has_the_same_bytes() -> None:
    assert message(HEADING, plain("é\n")) == message(HEADING, plain("é\n"))
