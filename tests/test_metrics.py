"""Numbers for Prometheus: over HTTP, read back with its own parser."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailbot.metrics import Endpoint, Metrics
from mailbot.model.counts import Counts
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, READING_ROOM
from tests.stories.town import Clock, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    town.round()
    yield town
    town.close()


def scraped(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Return what Prometheus would: (name, value of the label) to number."""
    endpoint = Endpoint(metrics, 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}/metrics", timeout=30) as page:
            text = page.read().decode()
    finally:
        endpoint.close()
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_what_came_and_what_left_is_told(town: Town, tmp_path: Path) -> None:
    def count() -> Counts:
        with town.store.reading() as unit:
            return unit.counts()

    (tmp_path / "heartbeat").touch()
    metrics = Metrics(count, town.clock, tmp_path / "heartbeat")
    town.receive(town.mail(INES, "lecture", READING_ROOM))
    told = scraped(metrics)
    assert told["mailbot_up",] == 1
    assert told["mailbot_mails", "answered"] == 1
    assert told["mailbot_conversations", "confirmed"] == 1
    assert told["mailbot_letters", "sent"] >= 1
    assert told["mailbot_letters", "waiting"] == told["mailbot_oldest_letter_seconds",] == 0
    assert ("mailbot_heartbeat_age_seconds",) in told
    assert not any("ines" in word for words in told for word in words)


def test_what_waits_has_its_age(tmp_path: Path) -> None:
    clock = Clock(NINE_THIRTY)
    waiting = Counts({"waiting": 1}, clock() - timedelta(minutes=5), {}, clock() - timedelta(hours=1), 2, {})
    told = scraped(Metrics(lambda: waiting, clock, tmp_path / "none"))
    assert told["mailbot_oldest_mail_seconds",] == 300
    assert told["mailbot_oldest_letter_seconds",] == 3600
    assert told["mailbot_failures_being_retried",] == 2
    assert ("mailbot_heartbeat_age_seconds",) not in told


def test_a_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    def away() -> Counts:
        raise OSError("disk")

    (tmp_path / "heartbeat").touch()
    told = scraped(Metrics(away, Clock(NINE_THIRTY), tmp_path / "heartbeat"))
    assert told["mailbot_up",] == 0
    assert ("mailbot_heartbeat_age_seconds",) in told


def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    metrics = Metrics(lambda: Counts({}, None, {}, None, 0, {}), Clock(NINE_THIRTY), tmp_path / "none")
    first = Endpoint(metrics, 0)
    with pytest.raises(OSError, match="in use"):
        Endpoint(metrics, first.port)
    first.close()
