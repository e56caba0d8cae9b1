"""A watchdog for work that hostile input or a silent server could make endless: it interrupts, and the test fails.

It is no measure of speed, which tests/benchmarks has: the bounds are many times what the slowest machine needs, and far
less than what a regular expression gone wild, or a time-out that is not kept, takes.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

RUNAWAY = 30.0
"""Seconds of this process's processor time."""
HANG = 60.0
"""Seconds that pass."""


@contextmanager
def computing_ends(seconds: float = RUNAWAY) -> Iterator[None]:
    """Interrupt what computes for longer than these seconds of processor time. For the main thread only."""
    with _interrupted(signal.SIGPROF, signal.ITIMER_PROF, seconds):
        yield


@contextmanager
def waiting_ends(seconds: float = HANG) -> Iterator[None]:
    """Interrupt what takes longer than these seconds, be it computing or waiting. For the main thread only."""
    with _interrupted(signal.SIGALRM, signal.ITIMER_REAL, seconds):
        yield


@contextmanager
def _interrupted(number: signal.Signals, timer: int, seconds: float) -> Iterator[None]:
    def bark(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"it was stopped after {seconds:.0f} s")

    before = signal.signal(number, bark)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def calls(work: Callable[[], object]) -> int:
    """Return how many calls of functions the work takes: the same on each machine, as its seconds are not."""
    counted = 0

    def count(_frame: FrameType, event: str, _of: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted
