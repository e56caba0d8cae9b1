from __future__ import annotations

import os
import socket
import subprocess
import sys

from mailbot.store.worker import enrol, is_gone, leave


def test_a_worker_is_there_until_it_leaves() -> None:
    name = enrol()
    assert not is_gone(name)
    leave(name)
    leave(name)
    assert is_gone(name)


def test_a_killed_worker_is_gone() -> None:
    program = "import time; from mailbot.store.worker import enrol; print(enrol(), flush=True); time.sleep(60)"
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    name = worker.stdout.readline().strip()
    assert not is_gone(name)
    worker.kill()
    worker.communicate()
    assert is_gone(name)


def test_an_earlier_life_with_the_same_process_id_is_gone() -> None:
    assert is_gone(f"{socket.gethostname()} {os.getpid()} 0123456789abcdef")


def test_of_another_host_nothing_is_known() -> None:
    assert not is_gone("elsewhere 1 0123456789abcdef")
