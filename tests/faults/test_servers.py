"""Servers that misbehave: each fault ends within its time-out in one clear word, and what was to be done is done once
they behave again."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from mailbot.demo.embedded import EmbeddedSmtp, free_port
from mailbot.errors import BadSettings, Temporary
from mailbot.mail.imap import ImapSource
from mailbot.mail.server import Server
from mailbot.mail.smtp import SmtpSender
from mailbot.model.outbox import Receipt
from mailbot.model.reservation import State
from mailbot.model.servers import Tls
from mailbot.service import daemon as daemon_module
from mailbot.service import trouble as trouble_module
from mailbot.service.daemon import Daemon
from mailbot.service.deliver import deliver
from mailbot.service.rounds import fetch
from mailbot.store import open_store
from mailbot.store.memory import SourceMemory
from tests.contracts.test_sender import post
from tests.contracts.test_source import now, subjects
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, MARC, READING_ROOM, STAFF, to
from tests.service.test_daemon import run_until
from tests.stories.town import Clock, Town, opened, text_of
from tests.watchdog import waiting_ends

Before = Callable[[int], Proxy]
TIMEOUT = 1.0
MAIL = b"From: a@voisins.example\r\nSubject: number %d\r\n\r\n" + b"a line of many\r\n" * 3_000


# --- IMAP


@pytest.fixture
def user() -> str:
    return f"mailbot-{secrets.token_hex(4)}"


@pytest.fixture
def imap(dovecot: Dovecot, proxy: Before) -> Proxy:
    return proxy(dovecot.port)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SourceMemory]:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    store.migrate()
    yield store.memory
    store.close()


@pytest.fixture
def source(imap: Proxy, dovecot: Dovecot, user: str, memory: SourceMemory) -> Iterator[ImapSource]:
    server = Server(imap.host, imap.port, Tls.NONE, user, lambda: dovecot.password, TIMEOUT)
    source = ImapSource(server, memory, now)
    source.waiting(1)
    yield source
    imap.mend()
    source.close()


def fails_in_time(work: Callable[[], object]) -> str:
    """Return how it fails; it must do so within its time-outs."""
    with waiting_ends(), pytest.raises(Temporary) as raised:
        work()
    assert "\n" not in str(raised.value)
    return str(raised.value)


FAULTS: dict[str, Callable[[Proxy], None]] = {
    "drops the connection in the middle of a FETCH": lambda p: setattr(p, "cut_after", b"a line of many\r\na line"),
    "drops the connection after the list": lambda p: setattr(p, "cut_after", b"* SEARCH"),
    "hangs on FETCH": lambda p: setattr(p, "silent_after", b"FETCH"),
    "hangs on SEARCH": lambda p: setattr(p, "silent_after", b"SEARCH"),
    "hangs on SELECT": lambda p: setattr(p, "silent_after", b"SELECT"),
    "says BYE": lambda p: setattr(p, "answer_instead", (b"FETCH", b"* BYE shutting down\r\n")),
    "says no sense": lambda p: setattr(p, "answer_instead", (b"FETCH", b"\x00\xff)(*&^ {99999}\r\n")),
    "closes at once": lambda p: (p.drop(), setattr(p, "refuses", True))[1],
    "greets with BYE": lambda p: (p.drop(), setattr(p, "greeting", b"* BYE too many connections\r\n"))[1],
    "speaks another protocol": lambda p: (p.drop(), setattr(p, "greeting", b"220 mail ESMTP\r\n"))[1],
}


@pytest.mark.dovecot
@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_mailbox_does_wrong_is_temporary_and_no_mail_is_lost(
    fault: str, source: ImapSource, imap: Proxy, dovecot: Dovecot, user: str
) -> None:
    dovecot.deliver_all(user, [MAIL % number for number in range(3)])
    FAULTS[fault](imap)
    fails_in_time(lambda: [mail.raw for mail in source.waiting(5)])
    imap.mend()
    assert subjects(source) == [b"number 0", b"number 1", b"number 2"]


@pytest.mark.dovecot
def test_what_somebody_else_reads_meanwhile_is_no_mail_of_ours(
    imap: Proxy, source: ImapSource, dovecot: Dovecot, user: str
) -> None:
    """Servers tell of flags that others set, by the number of the mail alone (RFC 3501 section 7.4.2); where mails were
    moved away, it is the UID of none."""
    for number in range(4):
        dovecot.deliver(user, MAIL % number)
    for mail in source.waiting(3):
        mail.done()
    with IMAPClient(dovecot.host, dovecot.port, ssl=False) as other:
        other.login(user, dovecot.password)
        other.select_folder("INBOX")
        other.delete_messages([1, 2, 3])
        other.expunge()
    imap.say_first = (b"INTERNALDATE", b"* 1 FETCH (FLAGS (\\Seen))\r\n")
    [mail] = source.waiting(5)
    assert b"Subject: number 3" in mail.raw


@pytest.mark.dovecot
def test_an_idle_that_is_never_answered_ends_in_time(
    source: ImapSource, imap: Proxy, dovecot: Dovecot, user: str
) -> None:
    imap.silent_after = b"IDLE"
    fails_in_time(lambda: source.wait(20))
    imap.mend()
    dovecot.deliver(user, MAIL % 1)
    assert subjects(source) == [b"number 1"]


@pytest.mark.dovecot
def test_a_login_that_is_refused_is_temporary_and_works_once_the_password_does(
    source: ImapSource, imap: Proxy, dovecot: Dovecot, user: str
) -> None:
    imap.drop()
    imap.answer_instead = (b"LOGIN", b"A1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")
    fails_in_time(lambda: source.waiting(5))
    imap.mend()
    assert source.waiting(5) == []


def test_a_name_that_dns_does_not_know_is_temporary(memory: SourceMemory) -> None:
    source = ImapSource(Server("imap.nowhere.invalid", 993, Tls.TLS, "u", str, TIMEOUT), memory, now)
    with pytest.raises(Temporary):
        source.waiting(1)
    source.close()
    sender = SmtpSender(Server("smtp.nowhere.invalid", 587, Tls.STARTTLS, "u", str, TIMEOUT))
    [receipt] = sender.send([post(1)])
    sender.close()
    assert (receipt.taken, receipt.final, receipt.away) == (False, False, True)


@pytest.mark.dovecot
def test_a_server_that_hides_starttls_gets_no_password(dovecot: Dovecot, proxy: Before, memory: SourceMemory) -> None:
    """A stranger in the line who takes STARTTLS away must not hear the password."""
    heard: list[bytes] = []
    proxy_ = proxy(dovecot.port)
    proxy_.answer_instead = (b"STARTTLS", b"* BAD unknown command\r\n")
    asked = lambda: heard.append(b"asked") or dovecot.password  # noqa: E731
    source = ImapSource(Server("localhost", proxy_.port, Tls.STARTTLS, "u", asked, TIMEOUT), memory, now)
    with pytest.raises(Temporary):
        source.waiting(1)
    source.close()
    assert heard == []


# --- SMTP


def sent_through(proxy_: Proxy, *numbers: int) -> list[Receipt]:
    return sent_by(Server(proxy_.host, proxy_.port, Tls.NONE, timeout=TIMEOUT), *numbers)


def sent_by(server: Server, *numbers: int) -> list[Receipt]:
    sender = SmtpSender(server)
    try:
        return list(sender.send([post(number) for number in numbers]))
    finally:
        sender.close()


REFUSALS: dict[str, tuple[Callable[[Proxy], None], tuple[bool, bool, bool]]] = {
    # fault: (what is told of the first letter: taken, final, away)
    "hangs after DATA": (lambda p: setattr(p, "silent_after", b"DATA"), (False, False, False)),
    "hangs on EHLO": (lambda p: setattr(p, "silent_after", b"EHLO"), (False, False, True)),
    "closes after DATA": (lambda p: setattr(p, "answer_instead", (b"DATA", b"")), (False, False, False)),
    "421 at the greeting": (lambda p: setattr(p, "greeting", b"421 try later\r\n"), (False, False, True)),
    "554 at the greeting": (lambda p: setattr(p, "greeting", b"554 no service\r\n"), (False, False, True)),
    "421 on MAIL": (lambda p: setattr(p, "answer_instead", (b"MAIL FROM", b"421 busy\r\n")), (False, False, True)),
    "450 on RCPT": (lambda p: setattr(p, "answer_instead", (b"RCPT TO", b"450 grey\r\n")), (False, False, False)),
    "550 on RCPT": (lambda p: setattr(p, "answer_instead", (b"RCPT TO", b"550 nobody\r\n")), (False, True, False)),
    "550 on MAIL": (lambda p: setattr(p, "answer_instead", (b"MAIL FROM", b"550 not you\r\n")), (False, False, True)),
    "no sense": (lambda p: setattr(p, "greeting", b"\xff\xfe\x00 hello\r\n"), (False, False, True)),
    "closes at once": (lambda p: setattr(p, "refuses", True), (False, False, True)),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_what_the_sending_server_does_wrong_keeps_letters(
    fault: str, proxy: Before, embedded_smtp: EmbeddedSmtp
) -> None:
    before = proxy(embedded_smtp.port)
    break_it, expected = REFUSALS[fault]
    break_it(before)
    with waiting_ends():
        receipts = sent_through(before, 1, 2, 3)
    first = receipts[0]
    assert before.connections == 1 or not first.away, "not a time-out for each letter"
    assert (first.taken, first.final, first.away) == expected, first
    assert first.error
    assert "\n" not in first.error
    before.mend()
    assert [receipt.taken for receipt in sent_through(before, 1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize("told", [b"502 unknown\r\n", b"454 not now\r\n"])
def test_an_smtp_server_that_hides_starttls_gets_no_password(
    told: bytes, proxy: Before, embedded_smtp: EmbeddedSmtp
) -> None:
    before, heard = proxy(embedded_smtp.port), list[str]()
    before.answer_instead = (b"STARTTLS", told)
    server = Server("localhost", before.port, Tls.STARTTLS, "u", lambda: heard.append("asked") or "secret", TIMEOUT)
    [receipt] = sent_by(server, 1)
    assert (receipt.taken, receipt.final, receipt.away) == (False, False, True)
    assert heard == []
    assert embedded_smtp.arrived == []


@pytest.mark.dovecot
def test_an_smtp_server_whose_certificate_nobody_trusts_gets_no_password(dovecot: Dovecot) -> None:
    """The certificate is looked at before a word is said: here it is that of another kind of server."""
    heard = list[str]()
    server = Server("localhost", dovecot.tls_port, Tls.TLS, "u", lambda: heard.append("asked") or "secret", TIMEOUT)
    [receipt] = sent_by(server, 1)
    assert (receipt.taken, receipt.away) == (False, True)
    assert heard == []
    assert "CERTIFICATE_VERIFY_FAILED" in receipt.error


# --- what the service makes of it


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    town.round()
    yield town
    town.close()


class Away:
    """A server that sends, and that is away as long as it is told to be."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.away = True
        self.refused: list[float] = []
        """When it took no letter, on the monotonic clock, in seconds."""

    def send(self, posts: Any) -> Iterator[Receipt]:
        for one in posts:
            if self.away:
                self.refused.append(time.monotonic())
                yield Receipt(one.id, taken=False, error="connection refused", away=True)
            else:
                yield from self.town.outbox.send([one])

    def close(self) -> None:
        """Nothing to let go."""


def test_a_server_that_is_away_for_days_costs_no_letter_its_tries(town: Town) -> None:
    server = Away(town)
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    fetch(town.inbox, town.office)
    for _ in range(200):
        with pytest.raises(Temporary, match="connection refused"):
            deliver(town.office, server)
        town.later(minutes=30)
    server.away = False
    deliver(town.office, server)
    assert "ines@codedojo.example" in to(town.letters())
    assert STAFF[0] not in to(town.letters()), "nothing was given up"


def test_a_connection_that_drops_costs_a_mail_none_of_its_tries(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    mail = town.inbox.mails[-1]
    original, fails = type(mail).__getattribute__, [True]

    def gone(self: Any, name: str) -> Any:
        if name == "raw" and fails[0]:
            raise Temporary("the connection dropped")
        return original(self, name)

    monkeypatch.setattr(type(mail), "__getattribute__", gone)
    for _ in range(10):
        assert not fetch(town.inbox, town.office)
    fails[0] = False
    [letter] = town.round()
    assert to([letter]) == ["ines@codedojo.example"]


def test_a_database_that_is_locked_for_a_while_costs_a_mail_none_of_its_tries(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbot.service import handle

    def locked(*_: object) -> None:
        raise Temporary("locked")

    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    with monkeypatch.context() as patched:
        patched.setattr(handle, "answer", locked)
        for _ in range(10):
            assert not fetch(town.inbox, town.office)
    [letter] = town.round()
    assert to([letter]) == ["ines@codedojo.example"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(daemon_module, "LONGEST_PAUSE", 0.03)
    monkeypatch.setattr(daemon_module, "LONGEST_REST", 0.05)
    monkeypatch.setattr(trouble_module, "TOLD_AFTER", 0.05)


def alerts(town: Town) -> list[str]:
    return [text_of(letter) for letter in town.letters() if to([letter]) == STAFF[:1]]


def test_staff_hear_once_of_a_mailbox_that_stays_away_and_the_daemon_goes_on(
    town: Town, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    waiting = town.inbox.waiting

    def away(limit: int) -> Any:
        tries.append(limit)
        if len(tries) < 40:
            raise Temporary("IMAP server imap.bruyere.example: AUTHENTICATIONFAILED")
        return waiting(limit)

    monkeypatch.setattr(town.inbox, "waiting", away)
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    run_until(Daemon(town.office, town.inbox, town.outbox, poll=0.05), lambda: len(town.rows()) == 1)
    [alert] = alerts(town)
    assert "n'arrive plus à lire la boîte" in alert
    assert "AUTHENTICATIONFAILED" in alert


def test_staff_hear_once_of_a_server_that_took_no_letters(town: Town, impatient: None) -> None:
    server = Away(town)
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))

    def answered() -> bool:
        town.later(seconds=61)
        if server.refused and server.refused[-1] - server.refused[0] > 4 * trouble_module.TOLD_AFTER:
            server.away = False
        return "marc@valleeverte.example" in to(town.letters()) and bool(alerts(town))

    run_until(Daemon(town.office, town.inbox, server, poll=0.05), answered)
    [alert] = alerts(town)
    assert "Le serveur d'envoi ne prend plus" in alert


# --- the database


def test_staff_hear_once_of_a_database_that_cannot_be_written_and_the_daemon_goes_on(
    town: Town, impatient: None
) -> None:
    """The outbox is in it: this one letter goes past it."""
    path = town.folder / "mailbot.sqlite3"
    store = open_store(f"sqlite:///{path}", wait=0.1)
    seen: list[int] = []
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))

        def answered() -> bool:
            seen.append(len(alerts(town)))
            if seen.count(1) > 20 and other.in_transaction:
                other.execute("ROLLBACK")
            return "marc@valleeverte.example" in to(town.letters())

        run_until(Daemon(replace(town.office, store=store), town.inbox, town.outbox, poll=0.05), answered)
    store.close()
    assert max(seen[: seen.index(1) + 20]) == 1
    [alert] = [text for text in alerts(town) if "sa base de données" in text]
    assert "locked" in alert
    assert len(town.rows()) == 1


def test_a_locked_database_is_temporary_and_free_again(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3", wait=0.3)
    store.migrate()
    with closing(sqlite3.connect(tmp_path / "mailbot.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Temporary, match="locked"), store.unit() as unit:
            unit.mailbox.count_try("x")
        other.execute("ROLLBACK")
    with store.unit() as unit:
        assert unit.mailbox.count_try("x") == 1
        unit.commit()
    store.close()


READ_ONLY = """
import os, pwd, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from mailbot.errors import Temporary
from mailbot.store import open_store
folder = Path({folder!r})
store = open_store(f"sqlite:///{{folder}}/mailbot.sqlite3", wait=0.3)
store.migrate()

def count():
    with store.unit() as unit:
        tries = unit.mailbox.count_try("x")
        unit.commit()
    return tries

print(count())
store._engines.close()
paths = [*folder.iterdir(), folder]
for path in paths:
    path.chmod(0o555)
if os.getuid() == 0:
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
try:
    count()
except Temporary as error:
    print(error)
if os.getuid() == 0:
    os.seteuid(0)
for path in paths:
    path.chmod(0o755)
store._engines.close()
print(count())
"""


def test_a_read_only_database_is_temporary_and_written_again_once_it_may_be() -> None:
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o755)
    program = READ_ONLY.format(root=str(Path(__file__).parents[2]), folder=str(folder))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=False)
    shutil.rmtree(folder)
    first, refused, again = done.stdout.splitlines() or ["", "", done.stderr]
    assert (first, again) == ("1", "2")
    assert refused.startswith("the database is locked or away: SQLITE_"), done.stderr


FULL = """
import resource, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests.service.mails import INES, READING_ROOM
from tests.stories.town import Clock, Town
from tests.service.conftest import NINE_THIRTY
from mailbot.service.rounds import fetch
town = Town(Path({folder!r}), Clock(NINE_THIRTY))
town.round()
size = max(path.stat().st_size for path in Path({folder!r}).iterdir())
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for number in range(20):
    body = "La salle de lecture est-elle libre le 20 juin ?"
    town.inbox.put(town.mail(f"a{{number}}@voisins.example", "question", body))
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, resource.RLIM_INFINITY))
complete = fetch(town.inbox, town.office)
print("complete while full:", complete, sum(mail.handled for mail in town.inbox.mails) < 20)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
letters = town.round()
print("answered:", len({{str(letter["To"]) for letter in town.letters() if "voisins" in str(letter["To"])}}))
print("handled:", sum(mail.handled for mail in town.inbox.mails))
"""


def test_a_full_disk_keeps_the_mails_and_all_are_answered_once_there_is_room(tmp_path: Path) -> None:
    program = FULL.format(root=str(Path(__file__).parents[2]), folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=False)
    assert done.stdout.splitlines() == ["complete while full: False True", "answered: 20", "handled: 20"], done.stderr


def test_a_damaged_database_stops_the_daemon_with_a_clear_word(town: Town, impatient: None) -> None:
    town.store.close()
    path = town.folder / "mailbot.sqlite3"
    path.write_bytes(b"no database any more" * 500)
    for suffix in ("-wal", "-shm"):
        (town.folder / f"mailbot.sqlite3{suffix}").unlink(missing_ok=True)
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.05)
    with pytest.raises(BadSettings, match="damaged, or not a database"):
        run_until(daemon, lambda: daemon._broken is not None)


# --- the clock


def test_a_clock_that_jumps_ahead_closes_and_sweeps_nothing_at_once(town: Town, impatient: None) -> None:
    [_] = town.write(INES, "lecture", READING_ROOM)
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.05)
    town.later(days=3650)
    assert daemon._jumped()
    daemon._tick()
    town.later(days=-3650)
    assert daemon._jumped()
    daemon._tick()
    assert len(town.rows()) == 1
    assert len(to(town.write(MARC, "lecture", READING_ROOM))) == 1
    assert len(town.rows()) == 1, "the room is still taken"


def test_an_offer_outlives_a_clock_that_jumped_ahead(town: Town, impatient: None) -> None:
    """The mailbox is looked at before anybody saw the jump, and afterwards."""
    town.write(INES, "lecture", READING_ROOM)
    [offer] = town.write(MARC, "lecture", READING_ROOM)
    assert State.OFFERED in {one.state for one in town.standing()}
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.01)
    town.later(days=3650)
    daemon._receive()
    assert daemon._jumped()
    daemon._receive()
    assert State.OFFERED in {one.state for one in town.standing()}
    town.later(days=-3650)
    assert daemon._jumped()
    town.inbox.put(town.mail(MARC, "", "1", answers=offer))
    daemon._receive()
    assert len(town.rows()) == 2


def test_an_offer_ends_at_its_hour_where_the_clock_is_right(
    town: Town, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.write(INES, "lecture", READING_ROOM)
    town.write(MARC, "lecture", READING_ROOM)
    steady = [100.0]
    monkeypatch.setattr(daemon_module.time, "monotonic", lambda: steady[0])
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.01)
    town.later(days=4)
    steady[0] += 4 * 86_400
    daemon._receive()
    assert State.OFFERED not in {one.state for one in town.standing()}


def test_a_clock_that_is_right_never_jumps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    steady = [100.0]
    monkeypatch.setattr(daemon_module.time, "monotonic", lambda: steady[0])
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.05)
    for _ in range(100):
        steady[0] += 60
        town.later(seconds=61)
        assert not daemon._jumped()


def test_letters_that_were_written_while_the_clock_was_ahead_leave_all_the_same(town: Town) -> None:
    town.later(days=30)
    town.inbox.put(town.mail(INES, "question", "La salle de lecture est-elle libre le 20 août ?"))
    fetch(town.inbox, town.office)
    town.later(days=-30)
    before = len(town.outbox.sent)
    while deliver(town.office, town.outbox):
        pass
    assert [opened(one.raw)["To"] for one in town.outbox.sent[before:]]


def test_nothing_listens_at_all(memory: SourceMemory) -> None:
    source = ImapSource(Server("127.0.0.1", free_port(), Tls.NONE, "u", str, TIMEOUT), memory, now)
    fails_in_time(lambda: source.waiting(1))
    source.close()
