"""What fails for long: staff hear of it once, in the words of whoever refused, and not each minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from mailbot.errors import Temporary

log = logging.getLogger(__name__)

TOLD_AFTER = 900.0
"""Seconds of failing without a break; servers are restarted, and connections drop, and nobody need know."""

Tell = Callable[[str, str, timedelta], None]
"""(what fails, the last error, for how long already)."""


class Trouble:
    """Since when each kind of work fails. Each kind is told by one thread."""

    def __init__(self, tell: Tell, clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def failed(self, what: str, error: str, *, at_once: bool = False) -> None:
        """Note a failure; tell it where it lasts, or `at_once`. Where even that fails, the next failure tells it."""
        lasted = self._clock() - self._since.setdefault(what, self._clock())
        if (lasted < TOLD_AFTER and not at_once) or what in self._told:
            return
        try:
            self._tell(what, error, timedelta(seconds=round(lasted)))
            self._told.add(what)
        except Temporary as away:
            log.warning("staff cannot be told", extra={"error": str(away)})

    def well(self, what: str) -> None:
        """Note that it works again."""
        since = self._since.pop(what, None)
        if what in self._told and since is not None:
            self._told.discard(what)
            log.info("%s works again", what, extra={"after": round(self._clock() - since)})
