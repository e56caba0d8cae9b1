"""Numbers for Prometheus, over HTTP on this machine alone, for whoever watches many programs at once.

They are counted in the database when they are asked for: nothing is kept in memory, and a restart loses none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from mailbot.model.counts import Counts

HOST = "127.0.0.1"


class Metrics(Collector):
    """Collects what `count` tells, and the age of the sign of life. What fails is told as `mailbot_up 0`."""

    def __init__(self, count: Callable[[], Counts], now: Callable[[], datetime], heartbeat: Path) -> None:
        self._count = count
        self._now = now
        self._heartbeat = heartbeat

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return each number; never raises, for who watches must see the others all the same."""
        now = self._now()
        if (beat := _modified(self._heartbeat)) is not None:
            age = max(0.0, now.timestamp() - beat)
            yield GaugeMetricFamily("mailbot_heartbeat_age_seconds", "Since the last sign of life.", age)
        try:
            counts = self._count()
        except Exception:  # noqa: BLE001 - a database that is away is what the number is for
            yield GaugeMetricFamily("mailbot_up", "Whether the database could be asked.", 0)
            return
        yield GaugeMetricFamily("mailbot_up", "Whether the database could be asked.", 1)
        for name, label, values, words in (
            ("mailbot_mails", "end", counts.mails, "Mails, by how they ended."),
            ("mailbot_letters", "state", counts.letters, "Letters, by what became of them."),
            ("mailbot_conversations", "state", counts.bookings, "Conversations, by their state."),
        ):
            family = GaugeMetricFamily(name, words, labels=[label])
            for value, number in sorted(values.items()):
                family.add_metric([value], number)
            yield family
        for name, since, words in (
            ("mailbot_oldest_mail_seconds", counts.oldest_mail, "Age of the oldest mail that waits."),
            ("mailbot_oldest_letter_seconds", counts.oldest_letter, "Age of the oldest letter that waits."),
        ):
            yield GaugeMetricFamily(name, words, max(0.0, (now - since).total_seconds()) if since else 0.0)
        yield GaugeMetricFamily("mailbot_failures_being_retried", "Failed tries of what is tried again.", counts.tries)


class Endpoint:
    """The numbers at http://127.0.0.1:PORT/metrics, in a thread of its own."""

    def __init__(self, metrics: Metrics, port: int) -> None:
        """Raises OSError where the port is taken."""
        registry = CollectorRegistry()
        registry.register(metrics)
        self._server, self._thread = start_http_server(port, HOST, registry)
        self.port: int = self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _modified(file: Path) -> float | None:
    try:
        return os.stat(file).st_mtime
    except OSError:
        return None
