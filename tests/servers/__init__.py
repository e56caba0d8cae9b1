"""Real servers for the tests, started on loopback in a temporary folder and stopped with the session.

Where a server's binaries are absent its tests skip and say so; under CI (the environment holds CI=true) they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable

import pytest

HOST = "127.0.0.1"
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def binary(name: str, package: str) -> str:
    """Return the path of a server's program; skip the test where it is absent, or fail it under CI."""
    found = shutil.which(name, path=SBIN)
    if found is None:
        told = f"{name} is not installed (Debian: {package})"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    return found


def until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is ready; fail loudly after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready after {seconds} s")
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
