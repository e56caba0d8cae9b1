"""Who holds letters of the outbox: one name for each open store, so that what a dead worker held is free at once."""

from __future__ import annotations

import os
import secrets
import socket

_OPEN_HERE: set[str] = set()
"""Workers of this very process."""


def enrol() -> str:
    """Return a name for a worker of this process: host, process id and a mark of its own."""
    name = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"
    _OPEN_HERE.add(name)
    return name


def leave(name: str) -> None:
    """Say that this worker is gone; harmless when called twice."""
    _OPEN_HERE.discard(name)


def is_gone(name: str) -> bool:
    """Return whether a worker is surely gone: only what runs, or ran, on this host can be known. A process id that came
    round again (in a container it is always the same one) is told by the mark."""
    host, number, _ = name.split(" ")
    if host != socket.gethostname():
        return False
    if int(number) == os.getpid():
        return name not in _OPEN_HERE
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
