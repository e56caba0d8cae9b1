"""The daemon: a real process on real servers, and its loops when a server is away."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from mailbot.demo.embedded import EmbeddedImap, EmbeddedSmtp, environment, free_port
from mailbot.errors import SignedOut, Temporary
from mailbot.service import daemon as daemon_module
from mailbot.service.daemon import Daemon
from mailbot.service.deliver import deliver
from tests.service.mails import MARC, READING_ROOM
from tests.stories.town import MAILBOX, ROOT, Town, opened, text_of

SECONDS = 20.0
"""The longest that a busy machine may take for what takes a second."""


class Process:
    """A mailbot that runs as in production."""

    def __init__(self, imap: EmbeddedImap, smtp: EmbeddedSmtp, folder: Path) -> None:
        self.log = folder / "log"
        self.environment = environment(imap, imap.user, imap.password, smtp, folder / "data") | {
            "MAILBOT_RULES": str(ROOT / "rules.yaml"),
            "MAILBOT_TEMPLATES": str(ROOT / "templates"),
            "PYTHONPATH": str(ROOT),
            "MAILBOT_POLL_SECONDS": str(60 * 60),  # so what is answered within SECONDS was told by the server
            "MAILBOT_METRICS_PORT": str(free_port()),
        }
        # The first start is silent: what a mail must come after to be answered.
        subprocess.run([sys.executable, "-m", "mailbot", "once"], env=self.environment, cwd=folder, check=True)
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "mailbot", "run"]
            self.process = subprocess.Popen(command, env=self.environment, cwd=folder, stderr=log)

    def wait_for_log(self, words: str) -> None:
        until = time.monotonic() + SECONDS
        while words not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def stop(self, number: int) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)


@pytest.fixture
def process(embedded_imap: EmbeddedImap, embedded_smtp: EmbeddedSmtp, tmp_path: Path) -> Iterator[Process]:
    process = Process(embedded_imap, embedded_smtp, tmp_path)
    yield process
    if process.process.poll() is None:
        process.process.kill()
        process.process.wait()


def plain_question(number: int) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<question-{number}@voisins.example>"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["From"] = "Zoé Martens <zoe@courrier.example>"
    mail["To"] = MAILBOX
    mail["Subject"] = "question"
    mail.set_content("Bonjour, comment fait-on pour réserver une salle, et que prêtez-vous ?")
    return mail.as_bytes()


def test_the_daemon_starts_answers_within_seconds_and_stops_when_told(
    process: Process, embedded_imap: EmbeddedImap, embedded_smtp: EmbeddedSmtp
) -> None:
    process.wait_for_log("daemon started")
    embedded_imap.put(plain_question(1))

    def answered(arrived: list[Any]) -> bool:
        return any(mail.recipients == ["zoe@courrier.example"] for mail in arrived)

    assert embedded_smtp.wait_until(answered, SECONDS), process.log.read_text()
    [letter] = [opened(mail.raw) for mail in embedded_smtp.arrived if mail.recipients == ["zoe@courrier.example"]]
    assert letter["In-Reply-To"] == "<question-1@voisins.example>"
    assert "LES SALLES" in text_of(letter)
    watched = f"http://127.0.0.1:{process.environment['MAILBOT_METRICS_PORT']}/metrics"
    with urllib.request.urlopen(watched, timeout=SECONDS) as page:
        assert 'mailbot_mails{end="answered"} 1.0' in page.read().decode()
    assert process.stop(signal.SIGTERM) == 0, process.log.read_text()
    assert "daemon stopped" in process.log.read_text()
    assert "comment fait-on" not in process.log.read_text()
    assert "Traceback" not in process.log.read_text()


# --- its loops


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(daemon_module, "LONGEST_PAUSE", 0.05)


def run_until(daemon: Daemon, enough: Any) -> None:
    """Run the daemon in this thread until something holds, as another thread sees it."""
    missed = []

    def watch() -> None:
        until = time.monotonic() + SECONDS
        while not enough() and time.monotonic() < until:
            time.sleep(0.02)
        missed.append(not enough())
        daemon.stop()

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        daemon.run()
    finally:
        watcher.join()
        for number, handler in before.items():
            signal.signal(number, handler)
    assert missed == [False]


def daemon_of(town: Town) -> Daemon:
    return Daemon(town.office, town.inbox, town.outbox, poll=0.05)


def test_a_mailbox_that_is_away_for_a_while_is_asked_again_and_the_outbox_goes_on(
    town: Town, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []
    waiting = town.inbox.waiting

    def away_at_first(limit: int) -> Any:
        tries.append(limit)
        if len(tries) < 5:
            raise Temporary("connection refused")
        return waiting(limit)

    monkeypatch.setattr(town.inbox, "waiting", away_at_first)
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    before = len(town.outbox.sent)
    run_until(daemon_of(town), lambda: len(town.outbox.sent) > before)
    assert len(tries) >= 5
    assert len(town.rows()) == 1


def test_what_nobody_foresaw_in_one_loop_ends_neither(town: Town, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stumbles = []
    send = town.outbox.send

    def stumble_at_first(posts: Any) -> Any:
        if posts and len(stumbles) < 3:
            stumbles.append(len(posts))
            raise ZeroDivisionError
        return send(posts)

    monkeypatch.setattr(town.outbox, "send", stumble_at_first)
    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    before = len(town.outbox.sent)
    run_until(daemon_of(town), lambda: len(town.outbox.sent) > before)
    assert stumbles == [1, 1, 1], "the letter was handed out again each time"


def test_the_clock_is_looked_at_when_the_daemon_starts(town: Town, quick: None) -> None:
    town.clock.now += timedelta(days=1)
    before = len(town.outbox.sent)
    run_until(daemon_of(town), lambda: len(town.outbox.sent) == before + 2)
    told = {str(opened(post.raw)["To"]) for post in town.outbox.sent[before:]}
    assert told == {"Josiane Lambert <josiane.lambert@voisines.example>", "Lieve Claes <lieve.claes@heide.example>"}


def test_clock_duties_that_fail_are_tried_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fail(_: object) -> None:
        calls.append(1)
        raise Temporary("locked") if len(calls) == 1 else ValueError("nobody foresaw this")

    monkeypatch.setattr(daemon_module, "tick", fail)
    daemon = daemon_of(town)
    daemon._tick()
    daemon._tick()
    assert len(calls) == 2


class Door:
    """A way in that a person has to open."""

    def __init__(self) -> None:
        self.shut: Temporary | None = None

    def renew(self) -> None:
        if self.shut:
            raise self.shut


def test_a_sign_in_that_ended_is_told_at_once_and_once_and_again_after_it_was_mended(town: Town) -> None:
    door = Door()
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.05, way_in=door)

    def told() -> list[str]:
        before = len(town.outbox.sent)
        daemon._renew()
        while deliver(town.office, town.outbox):
            pass
        return [text_of(opened(post.raw)) for post in town.outbox.sent[before:]]

    assert told() == []
    door.shut = Temporary("connection refused")
    assert told() == [], "a minute without the service is nobody's business"
    door.shut = SignedOut("the sign-in service refuses: it expired (invalid_grant). Run mailbot login.")
    letters = told()
    assert len(letters) == len(town.office.rules.current().staff)
    assert all("Run mailbot login." in letter for letter in letters)
    assert told() == []
    door.shut = None
    assert told() == []
    town.clock.now += timedelta(days=2)
    door.shut = SignedOut("Run mailbot login.")
    assert len(told()) == len(letters)
