"""What `mailbot doctor` says of servers, clock and letters: each fault with one line that tells what to do."""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailbot import upkeep
from mailbot.__main__ import DONE, FAILED
from mailbot.demo.embedded import EmbeddedSmtp, free_port
from tests.servers.dovecot import Dovecot
from tests.servers.tokens import CLIENT, SECRET, SignIns, SmtpWithTokens
from tests.test_main import Said, folder, mailbot

__all__ = ["folder", "mailbot"]


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture
def well(folder: Path, dovecot: Dovecot, smtp: EmbeddedSmtp, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """An installation where all is well; call it with what is not."""

    def set_up(**changed: str) -> None:
        right = {
            "IMAP_HOST": "localhost",
            "IMAP_PORT": str(dovecot.port),
            "IMAP_TLS": "starttls",
            "IMAP_CERTIFICATES": str(dovecot.certificate),
            "IMAP_USER": f"doctor-{secrets.token_hex(4)}",
            "IMAP_PASSWORD": dovecot.password,
            "SMTP_HOST": "localhost",
            "SMTP_PORT": str(smtp.port),
            "SMTP_TLS": "none",
            "TIMEOUT_SECONDS": "2",
        }
        for name, value in (right | changed).items():
            monkeypatch.setenv(f"MAILBOT_{name}", value)

    return set_up


@pytest.mark.dovecot
def test_all_is_well(well: Callable[..., None], mailbot: Callable[..., Said]) -> None:
    well()
    code, out, _ = mailbot("doctor")
    assert (code, out.splitlines()[2:]) == (
        DONE,
        [
            "letters: all templates hold",
            "mailbox: localhost lets us in",
            "outgoing: localhost lets us in",
            "database: bookings, cells, letters and mails agree",
        ],
    )


def places(dovecot: Dovecot, smtp: EmbeddedSmtp) -> Mapping[str, str]:
    return {"imap": str(dovecot.port), "imaps": str(dovecot.tls_port), "smtp": str(smtp.port), "none": str(free_port())}


FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "wrong password": (
        {"IMAP_PASSWORD": "wrong"},
        "mailbox: localhost, port {imap} refuses the user or the password: MAILBOT_IMAP_USER, MAILBOT_IMAP_PASSWORD "
        "(IMAP server localhost: b'[AUTHENTICATIONFAILED] Authentication failed.')",
    ),
    "no such machine": (
        {"IMAP_HOST": "nowhere.invalid"},
        "mailbox: there is no machine called nowhere.invalid: MAILBOT_IMAP_HOST",
    ),
    "nobody listens": (
        {"IMAP_PORT": "{none}"},
        "mailbox: nobody answers at localhost, port {none}: MAILBOT_IMAP_HOST, MAILBOT_IMAP_PORT, or a firewall "
        "(IMAP server localhost: [Errno 111] Connection refused)",
    ),
    "TLS where none is spoken": (
        {"IMAP_TLS": "tls"},
        "mailbox: localhost, port {imap} does not speak TLS from the first byte: MAILBOT_IMAP_TLS=starttls, or another "
        "MAILBOT_IMAP_PORT",
    ),
    "STARTTLS where TLS is spoken": (
        {"IMAP_PORT": "{imaps}"},
        "mailbox: localhost, port {imaps} says nothing within 2 s: is MAILBOT_IMAP_PORT right, or does that port want "
        "MAILBOT_IMAP_TLS=tls?",
    ),
    "a certificate that nobody trusts": (
        {"IMAP_CERTIFICATES": ""},
        "mailbox: the certificate of localhost, port {imap} is not trusted: MAILBOT_IMAP_HOST, or "
        "MAILBOT_IMAP_CERTIFICATES (IMAP server localhost: [SSL: CERTIFICATE_VERIFY_FAILED] ",
    ),
    "another server": (
        {"IMAP_PORT": "{smtp}", "IMAP_TLS": "none"},
        "mailbox: localhost, port {smtp} is another kind of server: MAILBOT_IMAP_HOST, MAILBOT_IMAP_PORT",
    ),
    "a folder that is not there": (
        {"INBOX": "Réservations"},
        "mailbox: there is no folder Réservations: MAILBOT_INBOX names it; there are INBOX",
    ),
    "no STARTTLS": (
        {"SMTP_TLS": "starttls"},
        "outgoing: localhost, port {smtp} offers no STARTTLS: MAILBOT_SMTP_TLS=tls with its port, or another server",
    ),
    "no sign-in": (
        {"SMTP_USER": "somebody", "SMTP_PASSWORD": "something"},
        "outgoing: localhost, port {smtp} asks nobody to sign in: leave MAILBOT_SMTP_USER empty, or set "
        "MAILBOT_SMTP_TLS and MAILBOT_SMTP_PORT right",
    ),
    "SMTP to IMAP": (
        {"SMTP_PORT": "{imap}"},
        "outgoing: localhost, port {imap} is another kind of server: MAILBOT_SMTP_HOST, MAILBOT_SMTP_PORT",
    ),
    "SMTP in the clear where TLS is spoken": (
        {"SMTP_PORT": "{imaps}"},
        "outgoing: localhost, port {imaps} says nothing within 2 s: is MAILBOT_SMTP_PORT right, or does that port want "
        "MAILBOT_SMTP_TLS=tls?",
    ),
}


@pytest.mark.dovecot
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_one_line_that_says_what_to_do(
    name: str, well: Callable[..., None], dovecot: Dovecot, smtp: EmbeddedSmtp, mailbot: Callable[..., Said]
) -> None:
    ports = places(dovecot, smtp)
    changed, told = FAULTS[name]
    well(**{setting: value.format(**ports) for setting, value in changed.items()})
    code, out, _ = mailbot("doctor")
    assert code == FAILED
    [line] = [line for line in out.splitlines() if line.startswith(told.partition(":")[0]) and "lets us in" not in line]
    assert line.startswith(told.format(**ports))
    assert "database: bookings, cells, letters and mails agree" in out


@pytest.mark.dovecot
def test_a_token_that_opens_another_mailbox_is_told(
    well: Callable[..., None],
    sign_ins: SignIns,
    dovecot_with_tokens: Dovecot,
    smtp_with_tokens: SmtpWithTokens,
    mailbot: Callable[..., Said],
) -> None:
    oauth = {
        "OAUTH": "microsoft",
        "OAUTH_TENANT": "commune",
        "OAUTH_CLIENT": CLIENT,
        "OAUTH_AUTHORITY": sign_ins.address,
        "IMAP_PASSWORD": "",
        "IMAP_PORT": str(dovecot_with_tokens.port),
        "IMAP_CERTIFICATES": str(dovecot_with_tokens.certificate),
        "IMAP_USER": sign_ins.user,
        "SMTP_PORT": str(smtp_with_tokens.port),
        "SMTP_USER": sign_ins.user,
    }
    well(**oauth)
    code, out, _ = mailbot("doctor")
    assert (code, out.count("Nobody has signed in yet. Run mailbot login.")) == (FAILED, 2)
    well(**oauth, OAUTH_SECRET=SECRET)
    code, out, _ = mailbot("doctor")
    assert (code, out.count("localhost lets us in")) == (DONE, 2)
    well(**{**oauth, "IMAP_USER": "another-mailbox"}, OAUTH_SECRET=SECRET)
    code, out, _ = mailbot("doctor")
    assert code == FAILED
    assert "refuses another-mailbox: may the application open this mailbox?" in out


# --- the clock


class Greets(EmbeddedSmtp):
    """An SMTP server that tells what time it is, as Microsoft's do."""

    def __init__(self, told: datetime) -> None:
        super().__init__()
        self._controller.SMTP_kwargs["ident"] = f"Microsoft ESMTP MAIL Service ready at {format_datetime(told)}"


@pytest.mark.dovecot
@pytest.mark.parametrize(
    ("off", "told"),
    [
        (timedelta(), "clock: agrees with the server that sends"),
        (timedelta(minutes=7), r"clock: this machine is 4[12]\d s behind: set it by NTP"),
        (-timedelta(minutes=7), r"clock: this machine is 4[12]\d s ahead: set it by NTP"),
    ],
)
def test_a_clock_that_is_not_the_servers_is_told(
    off: timedelta, told: str, well: Callable[..., None], mailbot: Callable[..., Said]
) -> None:
    with Greets(datetime.now(UTC) + off) as server:
        well(SMTP_PORT=str(server.port))
        code, out, _ = mailbot("doctor")
    assert code == (FAILED if off else DONE)
    assert re.search(f"^{told}$", out, re.MULTILINE)


@pytest.mark.dovecot
def test_mail_from_the_future_shows_a_clock_that_is_late(
    well: Callable[..., None], dovecot: Dovecot, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    well(IMAP_USER="late-clock")
    dovecot.deliver("late-clock", b"From: a@b.example\r\nSubject: x\r\n\r\ny\r\n")
    code, out, _ = mailbot("doctor")
    assert (code, "clock: no mail is from the future (neither server tells what time it is)" in out) == (DONE, True)
    monkeypatch.setattr(upkeep, "now", lambda: datetime.now(UTC) - timedelta(hours=1))
    code, out, _ = mailbot("doctor")
    assert code == FAILED
    assert re.search(r"^clock: this machine is 3[56]\d\d s behind", out, re.MULTILINE)
    dovecot.forget("late-clock")


# --- what differs


@pytest.mark.dovecot
def test_what_differs_in_the_database_is_told_and_mended_where_it_is_wanted(
    folder: Path, well: Callable[..., None], mailbot: Callable[..., Said]
) -> None:
    well()
    assert mailbot("doctor")[0] == DONE
    with closing(sqlite3.connect(folder / "data" / "mailbot.sqlite3")) as rows:
        rows.execute("INSERT INTO occupancy VALUES ('salle-lecture', 9999999, 1, 1)")
        rows.commit()
    code, out, _ = mailbot("doctor")
    assert code == FAILED
    assert "database: taken-by-nobody: salle-lecture (1 cells)" in out
    assert "mailbot doctor --mend counts the ledger of cells again" in out
    code, out, _ = mailbot("doctor", "--mend")
    assert (code, "database: 1 cells counted again" in out) == (DONE, True)
    code, out, _ = mailbot("doctor")
    assert (code, "database: bookings, cells, letters and mails agree" in out) == (DONE, True)


# --- letters


@pytest.mark.dovecot
def test_letters_that_cannot_be_written_are_told_before_anybody_waits_for_them(
    folder: Path, well: Callable[..., None], mailbot: Callable[..., Said]
) -> None:
    well()
    (folder / "templates" / "fr" / "free.txt").write_text("{% if so %}\nBonjour {{ name }\n", encoding="utf-8")
    (folder / "templates" / "nl" / "held.txt").unlink()
    (folder / "templates" / "en" / "words.toml").write_text("= =", encoding="utf-8")
    code, out, _ = mailbot("doctor")
    assert code == FAILED
    assert "letters: fr/free.txt, line 2: unexpected '}'" in out
    assert "letters: nl/held.txt is missing" in out
    assert "letters: en/words.toml: " in out
    shutil.rmtree(folder / "templates")
