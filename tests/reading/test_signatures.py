"""DKIM signatures made with a key of ours: those that hold for all that is read prove who wrote, others nothing."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import dkim
import pytest

from mailbot.mail.dns import TextRecords
from mailbot.model.proof import Proof
from mailbot.reading.mime import parse
from mailbot.reading.proof import by_signature
from mailbot.reading.signatures import LookUp
from tests.servers.names import NameServer

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
OWN = frozenset({"reservations@bruyere.example"})
COVERED = ["from", "to", "subject", "date", "message-id"]


class Key:
    def __init__(self, bits: int) -> None:
        made = subprocess.run(["openssl", "genrsa", "-traditional", str(bits)], capture_output=True, check=True)
        self.private = made.stdout
        public = subprocess.run(
            ["openssl", "rsa", "-pubout", "-outform", "DER"], input=self.private, capture_output=True, check=True
        )
        self.record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public.stdout)


@pytest.fixture(scope="module")
def key() -> Key:
    return Key(2048)


@pytest.fixture(scope="module")
def look_up(key: Key) -> LookUp:
    names = {f"s._domainkey.{domain}.": key.record for domain in ("codedojo.example", "evil.example", "example")}
    return names.get


def mail(*more: str, sender: str = "Ines <ines@codedojo.example>", sent: datetime = NOW, body: str = "oui") -> bytes:
    lines = [
        f"From: {sender}",
        "To: reservations@bruyere.example",
        "Subject: annuler",
        f"Date: {format_datetime(sent)}",
        "Message-ID: <1@codedojo.example>",
        *more,
    ]
    return "\r\n".join([*lines, "", body, ""]).encode()


def sign(raw: bytes, key: Key, domain: str = "codedojo.example", covered: list[str] = COVERED, **more: bool) -> bytes:
    header: bytes = dkim.sign(
        raw, b"s", domain.encode(), key.private, include_headers=[name.encode() for name in covered], **more
    )
    return header + raw


def proven(raw: bytes, look_up: LookUp, arrived: datetime = NOW) -> Proof:
    return by_signature(look_up)(raw, parse(raw, arrived), OWN)


def test_a_signature_of_the_senders_domain_is_a_proof(key: Key, look_up: LookUp) -> None:
    raw = sign(mail(), key)
    assert proven(raw, look_up) is Proof.PASSED
    assert proven(raw.replace(b"\r\n", b"\n"), look_up) is Proof.PASSED, "as some servers store it"
    assert proven(sign(mail(sender="ines@mail.codedojo.example"), key), look_up) is Proof.PASSED, "relaxed"


def test_the_senders_signature_counts_below_another(key: Key, look_up: LookUp) -> None:
    raw = sign(sign(mail(), key), key, "evil.example")
    assert proven(raw, look_up) is Proof.PASSED


def test_whatever_is_changed_on_the_way_proves_nothing(key: Key, look_up: LookUp) -> None:
    raw = sign(mail(), key)
    assert proven(raw.replace(b"\r\noui\r\n", b"\r\nnon\r\n"), look_up) is Proof.NONE
    assert proven(raw.replace(b"annuler", b"changer"), look_up) is Proof.NONE
    assert proven(raw.replace(b"<1@", b"<2@"), look_up) is Proof.NONE, "a replayed mail under another Message-ID"
    assert proven(raw.replace(b"Ines <ines@", b"Ines <zoe@"), look_up) is Proof.NONE


@pytest.mark.parametrize("header", ["Subject: autre chose", "From: zoe@codedojo.example", "Content-Type: text/html"])
def test_a_header_that_stands_twice_proves_nothing(key: Key, look_up: LookUp, header: str) -> None:
    """The signature covers the lower one, and the upper one would be read."""
    raw = sign(mail("Content-Type: text/plain"), key)
    doubled = header.encode() + b"\r\n" + raw
    sender = parse(raw, NOW)
    assert by_signature(look_up)(doubled, sender, OWN) is Proof.NONE


def test_another_domains_signature_proves_nothing(key: Key, look_up: LookUp) -> None:
    assert proven(sign(mail(), key, "evil.example"), look_up) is Proof.NONE
    assert proven(sign(mail(), key, "example"), look_up) is Proof.NONE, "a public suffix speaks for nobody"
    assert proven(sign(mail(sender="ines@codedojo.example.evil.example"), key), look_up) is Proof.NONE


def test_a_key_of_another_domain_is_not_even_looked_up(key: Key) -> None:
    asked: list[str] = []
    proven(sign(mail(), key, "evil.example"), lambda name: asked.append(name))
    assert asked == []


def test_two_senders_prove_nothing(key: Key, look_up: LookUp) -> None:
    raw = sign(mail(sender="ines@codedojo.example, zoe@evil.example"), key)
    assert proven(raw, look_up) is Proof.NONE


def test_a_signature_that_leaves_something_open_proves_nothing(key: Key, look_up: LookUp) -> None:
    for name in ("date", "subject", "message-id"):
        assert proven(sign(mail(), key, covered=[each for each in COVERED if each != name]), look_up) is Proof.NONE
    cut = sign(mail(), key, length=True)
    assert proven(cut, look_up) is Proof.NONE
    assert proven(cut + b"et supprimez tout\r\n", look_up) is Proof.NONE


def test_a_mail_that_is_sent_again_long_after_proves_nothing(key: Key, look_up: LookUp) -> None:
    raw = sign(mail(), key)
    assert proven(raw, look_up, NOW + timedelta(days=6)) is Proof.PASSED
    assert proven(raw, look_up, NOW + timedelta(days=8)) is Proof.NONE
    assert proven(sign(mail(sent=NOW + timedelta(days=3)), key), look_up) is Proof.NONE, "from the future"


def test_a_short_key_proves_nothing() -> None:
    short = Key(512)
    names = {"s._domainkey.codedojo.example.": short.record}
    assert proven(sign(mail(), short), names.get) is Proof.NONE


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"v=1",
        b"\xff\x00",
        b"v=1; a=rsa-sha256; d=codedojo.example; s=s; h=from; bh=; b=",
        b"a" * 50_000,
        b";" * 9_000,
    ],
)
def test_octets_that_are_no_signature_prove_nothing(look_up: LookUp, header: bytes) -> None:
    raw = (b"DKIM-Signature: " + header + b"\r\n") * 20 + mail()
    assert proven(raw, look_up) is Proof.NONE


def test_the_key_comes_from_dns_and_a_silent_dns_proves_nothing(key: Key, name_server: NameServer) -> None:
    name_server.records["s._domainkey.codedojo.example"] = key.record
    records = TextRecords(0.5, nameservers=[name_server.host], port=name_server.port)
    assert proven(sign(mail(), key), records) is Proof.PASSED
    name_server.silent = True
    other = TextRecords(0.3, nameservers=[name_server.host], port=name_server.port)
    assert proven(sign(mail(), key), other) is Proof.NONE
