"""Signs of life: a file that is touched, and what systemd hears; a loop that hangs gives none."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot import heartbeat as heartbeat_module
from mailbot.heartbeat import Heartbeat
from mailbot.service import daemon as daemon_module
from mailbot.service.daemon import Daemon
from tests.service.conftest import NINE_THIRTY
from tests.service.test_daemon import run_until
from tests.stories.town import Clock, Town


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0.2)
        yield listening


def heard(systemd: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words.append(systemd.recv(100).decode())
        except TimeoutError:
            return words


def test_systemd_hears_when_it_is_ready_alive_and_stopping(tmp_path: Path, systemd: socket.socket) -> None:
    heart = Heartbeat(tmp_path / "heartbeat", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
    heart.ready()
    heart.beat()
    heart.stopping()
    assert heard(systemd) == ["READY=1", "WATCHDOG=1", "STOPPING=1"], "not more often than needed"
    assert (tmp_path / "heartbeat").stat().st_mode & 0o777 == 0o600


def test_without_systemd_and_without_a_folder_nothing_fails(tmp_path: Path) -> None:
    heart = Heartbeat(tmp_path / "nowhere" / "heartbeat", {})
    heart.ready()
    heart.stopping()
    Heartbeat(tmp_path / "heartbeat", {"NOTIFY_SOCKET": str(tmp_path / "nobody-listens")}).ready()
    assert (tmp_path / "heartbeat").exists()


class Beats:
    def __init__(self) -> None:
        self.told: list[str] = []

    def ready(self) -> None:
        self.told.append("ready")

    def beat(self) -> None:
        self.told.append("beat")

    def stopping(self) -> None:
        self.told.append("stopping")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    yield town
    town.close()


def test_a_daemon_gives_signs_as_long_as_it_runs(town: Town) -> None:
    heart = Beats()
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=0.05, heart=heart)
    run_until(daemon, lambda: heart.told.count("beat") > 1)
    assert heart.told[0] == "ready"
    assert heart.told[-1] == "stopping"


def test_a_loop_that_hangs_gives_no_sign(town: Town) -> None:
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=60)
    assert daemon._turning()
    daemon._turns["mailbox"] = time.monotonic() - 24 * 3600
    assert not daemon._turning()


def test_duties_that_hang_give_no_sign(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = Daemon(town.office, town.inbox, town.outbox, poll=60)
    started = time.monotonic()
    monkeypatch.setattr(daemon_module.time, "monotonic", lambda: started + 24 * 3600)
    daemon._turns["mailbox"] = daemon._turns["outbox"] = time.monotonic()
    assert not daemon._turning()
    daemon._tick()
    assert daemon._turning()


def test_the_age_of_the_file_tells_when_it_last_lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat_module, "EVERY", 0.0)
    heart = Heartbeat(tmp_path / "heartbeat", {})
    heart.beat()
    os.utime(tmp_path / "heartbeat", (1, 1))
    heart.beat()
    assert time.time() - (tmp_path / "heartbeat").stat().st_mtime < 60
