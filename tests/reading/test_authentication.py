"""Authentication-Results: the host's own are read as it writes them, and nobody else's count."""

from __future__ import annotations

import pytest

from mailbot.model.proof import Proof
from mailbot.reading.alignment import aligned
from mailbot.reading.authentication import reported, reported_by_exchange
from tests.watchdog import computing_ends

HOST = "mx.bruyere.example"
SENDER = "codedojo.example"


def said(*values: str) -> dict[str, list[bytes]]:
    return {"authentication-results": [value.encode() for value in values]}


PASSED = [
    f"{HOST}; dmarc=pass header.from=codedojo.example",
    f"{HOST.upper()} 1; dmarc=pass (p=none dis=none) header.from=CodeDojo.example",
    f'"{HOST}"; dmarc=pass header.from="codedojo.example"',
    f"(by us) {HOST} (yes; us) 1; (a; (nested \\) one) b) dkim=pass (ok; fine) header.d=codedojo.example",
    f"{HOST}; dkim=pass header.i=@codedojo.example header.s=2026 header.b=abc/def=",
    f'{HOST}; dkim=pass reason="good; really" header.d=mail.codedojo.example',
    f"{HOST}; spf=pass smtp.mailfrom=bounces@lists.codedojo.example; dkim=none",
    f"{HOST}; spf=fail smtp.mailfrom=codedojo.example; dkim=pass header.d=codedojo.example",
    f"{HOST}; dmarc=none header.from=codedojo.example; dkim=pass header.d=codedojo.example",
    f"{HOST}; dkim=fail header.d=codedojo.example; dkim=pass header.d=codedojo.example",
    f"{HOST}; dkim/1=pass header.d=codedojo.example",
]
NOT_PASSED = [
    "",
    ";",
    HOST,
    f"{HOST}; none",
    f"{HOST}; dmarc=pass header.from=evil.example",
    f"{HOST}; dmarc=pass",
    f"{HOST}; dmarc=passed header.from=codedojo.example",
    f"{HOST}; dkim=pass header.d=evil.example",
    f"{HOST}; dkim=pass header.d=codedojo.example.evil.example",
    f"{HOST}; dkim=pass header.d=example",
    f"{HOST}; dkim=pass header.d=evil.example header.i=@codedojo.example",
    f"{HOST}; dkim=pass header.from=codedojo.example",
    f"{HOST}; dkim=neutral header.d=codedojo.example",
    f"{HOST}; spf=softfail smtp.mailfrom=codedojo.example",
    f"{HOST}; spf=pass smtp.helo=codedojo.example",
    f"{HOST}; spf=pass smtp.mailfrom=evil.example",
    f"{HOST}; auth=pass smtp.auth=codedojo.example",
    f"{HOST}; spf=none (dkim=pass header.d=codedojo.example)",
    f'{HOST}; dkim=fail reason="; dkim=pass header.d=codedojo.example"',
    f'{HOST}; dkim=fail reason="(" header.d=x.example ("; dkim=pass header.d=codedojo.example',
    f"other.example; dkim=pass header.d=codedojo.example; {HOST}; dmarc=pass header.from=codedojo.example",
    "mx.bruyere.example.evil.example; dmarc=pass header.from=codedojo.example",
    f"evil.example {HOST}; dmarc=pass header.from=codedojo.example",
    f"=?utf-8?q?{HOST}=3B?= dmarc=pass header.from=codedojo.example",
]
FAILED = [
    f"{HOST}; dmarc=fail header.from=codedojo.example",
    f"{HOST}; dmarc=fail (p=REJECT) header.from=codedojo.example; spf=pass smtp.mailfrom=codedojo.example",
    f"{HOST}; spf=fail smtp.mailfrom=ines@codedojo.example; dkim=none; dmarc=none",
]


@pytest.mark.parametrize("value", PASSED)
def test_the_host_vouches_for_the_sender(value: str) -> None:
    assert reported(said(value), SENDER, HOST) is Proof.PASSED


@pytest.mark.parametrize("value", NOT_PASSED)
def test_nothing_is_proven(value: str) -> None:
    assert reported(said(value), SENDER, HOST) is Proof.NONE


@pytest.mark.parametrize("value", FAILED)
def test_the_domain_disowns_the_mail(value: str) -> None:
    assert reported(said(value), SENDER, HOST) is Proof.FAILED


def test_only_the_topmost_of_the_host_counts() -> None:
    forged = f"{HOST}; dmarc=pass header.from=codedojo.example"
    assert reported(said(f"{HOST}; dmarc=fail header.from=codedojo.example", forged), SENDER, HOST) is Proof.FAILED
    assert reported(said(f"{HOST}; dmarc=none", forged), SENDER, HOST) is Proof.NONE
    assert reported(said("relay.example; dkim=fail header.d=codedojo.example", forged), SENDER, HOST) is Proof.PASSED
    assert reported({}, SENDER, HOST) is Proof.NONE
    assert reported(said(forged), "", HOST) is Proof.NONE, "no address, no proof"


# --- Exchange Online, as its mails look


GMAIL = (
    "spf=pass (sender IP is 209.85.208.41) smtp.mailfrom=gmail.com; dkim=pass (signature was verified)"
    " header.d=gmail.com;dmarc=pass action=none header.from=gmail.com;compauth=pass reason=100"
)
SPOOFED = (
    "spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=codedojo.example; dkim=none (message not signed)"
    " header.d=none;dmarc=fail action=quarantine header.from=codedojo.example;compauth=fail reason=000"
)
INSIDE = "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=bruyere.example;"
OWN = frozenset({"bruyere.example"})


def exchange(sender: str, *values: str, marks: tuple[bytes, ...] = ()) -> Proof:
    headers = said(*values)
    if marks:
        headers["x-ms-exchange-organization-authas"] = list(marks)
    return reported_by_exchange(headers, sender, OWN)


def test_exchange_online_vouches_without_a_name() -> None:
    assert exchange("gmail.com", GMAIL) is Proof.PASSED
    assert exchange("codedojo.example", GMAIL) is Proof.NONE
    assert exchange("codedojo.example", SPOOFED) is Proof.FAILED
    assert exchange("gmail.com", SPOOFED, GMAIL) is not Proof.PASSED, "only the topmost is Exchange's"
    assert exchange("gmail.com") is Proof.NONE


def test_another_hosts_header_is_not_that_of_exchange() -> None:
    assert exchange("gmail.com", f"mx.evil.example; {GMAIL}") is Proof.NONE
    assert exchange("gmail.com", f"mx.evil.example; x=y; {GMAIL}") is Proof.NONE


def test_mail_inside_the_tenant_is_proven_by_exchanges_own_mark() -> None:
    assert exchange("bruyere.example", INSIDE) is Proof.NONE
    assert exchange("bruyere.example", INSIDE, marks=(b"Internal",)) is Proof.PASSED
    assert exchange("cpas.bruyere.example", INSIDE, marks=(b"Internal",)) is Proof.PASSED
    assert exchange("codedojo.example", INSIDE, marks=(b"Internal",)) is Proof.NONE
    assert exchange("bruyere.example", INSIDE, marks=(b"Anonymous",)) is Proof.NONE
    assert exchange("bruyere.example", INSIDE, marks=(b"Internal", b"Anonymous")) is Proof.NONE


# --- alignment


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("codedojo.example", "CODEDOJO.example."),
        ("mail.codedojo.be", "codedojo.be"),
        ("a.b.codedojo.co.uk", "codedojo.co.uk"),
        ("bruyère.be", "xn--bruyre-6ua.be"),
        ("gov.be", "gov.be"),
    ],
)
def test_one_organisation(one: str, other: str) -> None:
    assert aligned(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.co.uk", "b.co.uk"),
        ("co.uk", "b.co.uk"),
        ("be", "codedojo.be"),
        ("a.github.io", "b.github.io"),
        ("codedojo.be", "codedojo.be.evil.be"),
        ("codedojo.be", "notcodedojo.be"),
        ("codedojo.be", "c\u043ededojo.be"),
        ("", ""),
        ("", "codedojo.be"),
    ],
)
def test_two_owners(one: str, other: str) -> None:
    assert not aligned(one, other)


@pytest.mark.parametrize("piece", ["(", "((", '"', '";', "(\\", "a=", "; a=b c.d=", "=?q?", "\x00", "é"])
def test_a_hostile_header_costs_no_time_and_proves_nothing(piece: str) -> None:
    with computing_ends():
        assert reported(said(f"{HOST}; " + piece * 30_000), SENDER, HOST) is Proof.NONE
        assert reported(said(piece * 30_000), SENDER, HOST) is Proof.NONE
