"""Signing in without a password, on a sign-in service, a Dovecot and an SMTP server that know each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.errors import MailbotError, SignedOut, Temporary
from mailbot.mail.imap import ImapSource
from mailbot.mail.oauth import (
    Tokens,
    ask_for_device,
    by_certificate,
    by_person,
    by_secret,
    by_service_account,
    keep,
    wait_for_person,
)
from mailbot.mail.server import Server
from mailbot.mail.smtp import SmtpSender
from mailbot.model.outbox import Post
from mailbot.model.servers import Tls
from mailbot.model.watermark import SourceMemory
from mailbot.store import open_store
from tests.servers.dovecot import Dovecot
from tests.servers.tokens import CLIENT, SECRET, SignIns, SmtpWithTokens, key_and_certificate

SCOPE = "https://outlook.office365.com/.default"
POST = Post(1, b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\ny\r\n", "a@b.example", ("c@d.example",), 0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(sign_ins: SignIns, clock: Clock) -> Tokens:
    return Tokens(by_secret(token_url(sign_ins), CLIENT, SECRET, SCOPE, 5), clock)


def token_url(sign_ins: SignIns) -> str:
    return f"{sign_ins.address}/commune/oauth2/v2.0/token"


# --- tokens


def test_a_token_is_asked_for_once_and_again_before_it_ends(sign_ins: SignIns, tokens: Tokens, clock: Clock) -> None:
    first = tokens()
    clock.now += timedelta(minutes=44)
    assert tokens() == first
    clock.now += timedelta(minutes=2)
    assert tokens() != first
    assert len(sign_ins.asked) == 2


def test_a_token_that_lasts_minutes_is_not_asked_for_each_time(sign_ins: SignIns, tokens: Tokens, clock: Clock) -> None:
    sign_ins.lasts = 300
    first = tokens()
    clock.now += timedelta(minutes=2)
    assert tokens() == first
    clock.now += timedelta(minutes=1)
    assert tokens() != first


def test_a_refused_token_is_replaced_once_for_both_threads(sign_ins: SignIns, tokens: Tokens) -> None:
    first = tokens()
    second = tokens(refused=first)
    assert second != first
    assert tokens(refused=first) == second
    assert len(sign_ins.asked) == 2


def test_while_the_service_is_away_the_old_token_serves_to_its_end(
    sign_ins: SignIns, tokens: Tokens, clock: Clock
) -> None:
    first = tokens()
    sign_ins.away = True
    clock.now += timedelta(minutes=50)
    assert tokens() == first
    with pytest.raises(Temporary) as caught:
        tokens.renew()
    assert not isinstance(caught.value, SignedOut)
    clock.now += timedelta(minutes=10)
    with pytest.raises(Temporary):
        tokens()
    sign_ins.away = False
    assert tokens() != first


def test_a_secret_that_ended_is_told_with_what_to_do(sign_ins: SignIns, clock: Clock) -> None:
    wrong = Tokens(by_secret(token_url(sign_ins), CLIENT, "an old one", SCOPE, 5), clock)
    with pytest.raises(SignedOut) as caught:
        wrong()
    assert str(caught.value) == (
        "the sign-in service refuses: AADSTS7000222: it expired. (invalid_client). "
        "Has the secret or the certificate of the application ended?"
    )


# --- the ways in


def test_an_application_signs_in_with_its_certificate(sign_ins: SignIns, clock: Clock) -> None:
    key, sign_ins.certificate = key_and_certificate()
    tokens = Tokens(by_certificate(token_url(sign_ins), CLIENT, key + sign_ins.certificate, SCOPE, 5), clock)
    assert tokens() in sign_ins.valid
    assert sign_ins.asked[0]["scope"] == SCOPE
    with pytest.raises(ValueError, match="certificate"):
        by_certificate(token_url(sign_ins), CLIENT, key, SCOPE, 5)


def test_a_service_account_acts_for_the_mailbox_and_for_no_other(sign_ins: SignIns, clock: Clock) -> None:
    key, sign_ins.certificate = key_and_certificate()
    gmail = "https://mail.google.com/"
    assert Tokens(by_service_account(token_url(sign_ins), "bot@x.example", key, sign_ins.user, gmail, 5), clock)()
    other = by_service_account(token_url(sign_ins), "bot@x.example", key, "somebody else", gmail, 5)
    with pytest.raises(SignedOut, match=r'Client "is" unauthorized.*domain-wide delegation'):
        other()


def test_a_person_signs_in_once_and_what_renews_it_changes_each_time(
    sign_ins: SignIns, clock: Clock, tmp_path: Path
) -> None:
    device = ask_for_device(f"{sign_ins.address}/commune/oauth2/v2.0/devicecode", CLIENT, SCOPE, 5)
    assert (device.page, device.code) == (f"{sign_ins.address}/device", "WDJB-MJHT")
    looks = iter(range(5))

    def sleep(_: float) -> None:
        sign_ins.approved = next(looks) == 3

    kept = tmp_path / "data" / "oauth.json"
    keep(wait_for_person(device, token_url(sign_ins), CLIENT, 5, sleep), kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(sign_ins.asked) == 4
    first = kept.read_text()
    tokens = Tokens(by_person(token_url(sign_ins), CLIENT, kept, SCOPE, 5), clock)
    assert tokens() in sign_ins.valid
    assert kept.read_text() != first
    clock.now += timedelta(hours=2)
    assert tokens() in sign_ins.valid
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["oauth.json"]
    assert json.loads(kept.read_text()) == {"refresh_token": sign_ins.renewing}


def test_who_never_enters_the_code_is_told(sign_ins: SignIns) -> None:
    device = replace(ask_for_device(f"{sign_ins.address}/commune/oauth2/v2.0/devicecode", CLIENT, SCOPE, 5), lasts=0.05)
    with pytest.raises(MailbotError, match="in time"):
        wait_for_person(device, token_url(sign_ins), CLIENT, 5, sleep=lambda _: None)


def test_nobody_signed_in_is_told_with_what_to_do(sign_ins: SignIns, tmp_path: Path) -> None:
    ask = by_person(token_url(sign_ins), CLIENT, tmp_path / "oauth.json", SCOPE, 5)
    with pytest.raises(SignedOut, match="Run mailbot login"):
        ask()
    keep("of last year", tmp_path / "oauth.json")
    with pytest.raises(SignedOut, match=r"AADSTS700082: The refresh token has expired\. .*Run mailbot login"):
        ask()


# --- servers


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SourceMemory]:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    store.migrate()
    yield store.memory
    store.close()


@pytest.mark.dovecot
def test_dovecot_lets_a_token_in_and_a_revoked_one_is_replaced_at_once(
    sign_ins: SignIns, tokens: Tokens, clock: Clock, dovecot_with_tokens: Dovecot, memory: SourceMemory
) -> None:
    dovecot = dovecot_with_tokens
    server = Server(dovecot.host, dovecot.port, Tls.NONE, sign_ins.user, timeout=5, token=tokens)
    source = ImapSource(server, memory, clock)
    assert list(source.waiting(5)) == []
    source.close()
    sign_ins.valid.clear()
    again = ImapSource(server, memory, clock)
    assert list(again.waiting(5)) == []
    again.close()
    assert len(sign_ins.asked) == 2


@pytest.mark.dovecot
def test_dovecot_refuses_a_token_of_somebody_else(
    sign_ins: SignIns, tokens: Tokens, clock: Clock, dovecot_with_tokens: Dovecot, memory: SourceMemory
) -> None:
    dovecot = dovecot_with_tokens
    server = Server(dovecot.host, dovecot.port, Tls.NONE, "somebody-else", timeout=5, token=tokens)
    source = ImapSource(server, memory, clock)
    with pytest.raises(Temporary, match="IMAP server"):
        source.waiting(5)
    source.close()


def test_letters_leave_with_a_token_and_a_revoked_one_is_replaced_at_once(
    sign_ins: SignIns, tokens: Tokens, smtp_with_tokens: SmtpWithTokens
) -> None:
    server = Server(smtp_with_tokens.host, smtp_with_tokens.port, Tls.NONE, sign_ins.user, timeout=5, token=tokens)
    for _ in range(2):
        sender = SmtpSender(server)
        assert [receipt.taken for receipt in sender.send([POST])] == [True]
        sender.close()
        sign_ins.valid.clear()
    assert len(smtp_with_tokens.arrived) == 2
    assert len(sign_ins.asked) == 2


def test_without_a_token_letters_wait(sign_ins: SignIns, tokens: Tokens, smtp_with_tokens: SmtpWithTokens) -> None:
    sign_ins.away = True
    sender = SmtpSender(
        Server(smtp_with_tokens.host, smtp_with_tokens.port, Tls.NONE, sign_ins.user, timeout=5, token=tokens)
    )
    [receipt] = sender.send([POST])
    assert (receipt.taken, receipt.final, receipt.away) == (False, False, True)
    assert "sign-in service" in receipt.error
    sender.close()
