"""The daemon: one thread reads the mailbox, one posts the outbox, and a scheduler looks at the clock each minute."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from mailbot.errors import BadSettings, SignedOut, Temporary
from mailbot.service.alerts import alert, alert_past_the_outbox
from mailbot.service.deliver import deliver
from mailbot.service.office import Office
from mailbot.service.ports import Heart, Sender, Source, WayIn
from mailbot.service.rounds import fetch, tick
from mailbot.service.trouble import Trouble

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 300.0
"""Seconds between tries while a server is away: doubling from the first to the longest."""

LONGEST_REST = 60.0
"""Seconds after which the outbox is looked at even if nobody said that there is something in it."""

STUCK = 900.0
"""Seconds that a turn of a loop may take besides its waiting: thousands of mails, or a server with long time-outs."""

JUMP = timedelta(minutes=5)
"""A clock that is set by so much has jumped."""

AFTER_A_JUMP = 3600.0
"""Seconds for which the clock's duties rest after it jumped ahead: what they close and sweep does not come back, and a
clock that is wrong is mostly set right soon."""


class Daemon:
    """Runs until `stop`, or until a signal says so. What fails for a while is tried again; the rest goes on."""

    def __init__(
        self,
        office: Office,
        source: Source,
        sender: Sender,
        *,
        poll: float,
        heart: Heart | None = None,
        way_in: WayIn | None = None,
    ) -> None:
        """`poll` is the longest time between two looks at the mailbox, in seconds, IDLE or not."""
        self._heart = heart
        self._way_in = way_in
        self._turns = dict.fromkeys(("mailbox", "outbox", "clock"), time.monotonic())
        self._source = source
        self._sender = sender
        self._poll = poll
        self._stopping = threading.Event()
        self._outbox = threading.Event()
        self._office = replace(office, wake_delivery=self._outbox.set)
        self._trouble = Trouble(self._tell)
        self._broken: BadSettings | None = None
        self._clocks = (office.clock(), time.monotonic())
        self._rests_until = 0.0

    def stop(self, *_: int | FrameType | None) -> None:
        """End all loops soon: the mail or letter at hand is finished first. Serves as a signal handler."""
        self._stopping.set()
        self._outbox.set()
        self._source.wake()

    def run(self) -> None:
        """Work until stopped. Call it from the main thread, which then hears the signals. Raises BadSettings where what
        is broken needs a person: a damaged database."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        clock = BackgroundScheduler(timezone="UTC")
        # A minute that was missed is made up for once, however late: what was sent is known to the database.
        minute = clock.add_job(
            self._tick, "interval", minutes=1, misfire_grace_time=None, coalesce=True, max_instances=1
        )
        if self._way_in:
            clock.add_job(self._renew, "interval", minutes=1, misfire_grace_time=None, coalesce=True, max_instances=1)
        threads = [
            threading.Thread(target=self._keep(self._receive), name="mailbox"),
            threading.Thread(target=self._keep(self._post), name="outbox"),
        ]
        for thread in threads:
            thread.start()
        clock.start()
        self._tick()
        log.info("daemon started")
        if self._heart:
            self._heart.ready()
        while any(thread.is_alive() for thread in threads):  # joined in slices: a signal is heard between them
            for thread in threads:
                thread.join(timeout=0.5)
            if self._jumped():  # the scheduler waits for an hour that may be far away now
                minute.reschedule("interval", minutes=1)
            if self._heart and self._turning():
                self._heart.beat()
        if self._heart:
            self._heart.stopping()
        clock.shutdown()
        log.info("daemon stopped")
        if self._broken:
            raise self._broken

    def _receive(self) -> None:
        fetch(self._source, self._office, right=lambda: not self._rests())
        if not self._stopping.is_set():
            self._source.wait(self._poll)
        self._trouble.well("mailbox")

    def _post(self) -> None:
        self._outbox.clear()
        if deliver(self._office, self._sender):
            self._trouble.well("outbox")
        elif not self._stopping.is_set():
            self._outbox.wait(self._rest())

    def _rest(self) -> float:
        """Return for how long there is nothing to post, in seconds."""
        with self._office.store.reading() as unit:
            due = unit.mailbox.next_due()
        if due is None:
            return LONGEST_REST
        return min(max((due - self._office.clock()) / timedelta(seconds=1), 0.05), LONGEST_REST)

    def _tick(self) -> None:
        self._turns["clock"] = time.monotonic()
        if self._rests():
            return
        try:
            tick(self._office)
            self._trouble.well("clock")
        except Temporary as error:
            log.warning("the clock's duties wait", extra={"error": str(error)})
            self._trouble.failed("clock", str(error))
        except Exception as error:  # the next minute tries again
            log.exception("the clock's duties failed")
            self._trouble.failed("clock", type(error).__name__)

    def _renew(self) -> None:
        """Stay signed in. Staff hear at once of a sign-in that a person has to renew: the old one serves a while yet,
        and takes that letter."""
        if self._way_in is None:
            return
        try:
            self._way_in.renew()
            self._trouble.well("login")
        except Temporary as error:
            log.warning("the sign-in waits", extra={"error": str(error)})
            self._trouble.failed("login", str(error), at_once=isinstance(error, SignedOut))
        except Exception as error:  # the next minute tries again
            log.exception("the sign-in failed")
            self._trouble.failed("login", type(error).__name__)

    def _turning(self) -> bool:
        """Return whether both loops and the clock's duties still turn: what hangs in spite of all time-outs gives no
        sign of life."""
        return time.monotonic() - min(self._turns.values()) < self._poll + LONGEST_PAUSE + STUCK

    def _rests(self) -> bool:
        """Return whether nothing is closed or swept for now, also where nobody looked at the clock since it was set."""
        return time.monotonic() < self._rests_until or self._set_ahead() >= JUMP

    def _set_ahead(self) -> timedelta:
        """Return by how much the clock was set ahead since the last look; negative where it was set back."""
        wall, steady = self._clocks
        return self._office.clock() - wall - timedelta(seconds=time.monotonic() - steady)

    def _jumped(self) -> bool:
        """Return whether the clock was set since the last look; where it was set ahead, its duties rest for a while."""
        jump = self._set_ahead()
        if jumped := abs(jump) >= JUMP:
            log.warning("the clock jumped", extra={"seconds": round(jump.total_seconds())})
            self._rests_until = time.monotonic() + AFTER_A_JUMP if jump > timedelta() else 0.0
        self._clocks = self._office.clock(), time.monotonic()
        return jumped

    def _keep(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return a loop that does the work until the end, with growing pauses while it fails."""
        what = {self._receive: "mailbox", self._post: "outbox"}[work]

        def loop() -> None:
            pause = FIRST_PAUSE
            while not self._stopping.is_set():
                self._turns[what] = time.monotonic()
                try:
                    work()
                    pause = FIRST_PAUSE
                    continue
                except Temporary as error:
                    log.warning("%s waits", what, extra={"error": str(error), "pause": pause})
                    self._trouble.failed(what, str(error))
                except BadSettings as broken:
                    log.error("%s cannot go on", what, extra={"error": str(broken)})
                    self._broken = broken
                    self.stop()
                except Exception as error:  # whatever it is, the other thread and the next try go on
                    log.exception("%s failed", what)
                    self._trouble.failed(what, type(error).__name__)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

        return loop

    def _tell(self, what: str, error: str, lasted: timedelta) -> None:
        """Tell staff what fails, and since when. Of a database that cannot be written they hear past the outbox, from
        the thread that owns the sender."""
        details = {"since": self._since(lasted), "error": error}
        try:
            alert(f"trouble-{what}", lambda _: details, self._office, f"trouble:{what}")
        except Temporary:
            if what != "outbox":
                raise
            alert_past_the_outbox("trouble-database", lambda _: details, self._office, self._sender)

    def _since(self, lasted: timedelta) -> str:
        zone = self._office.rules.current().commune.zone
        began: datetime = (self._office.clock() - lasted).astimezone(zone)
        return f"{began:%d/%m/%Y %H:%M}"
