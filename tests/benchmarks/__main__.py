"""The figures of the main job, on real servers (Dovecot, smtp-sink): python -m tests.benchmarks [COUNT]

End to end beside the floor, memory, the time from delivery to answer with IDLE, the start of `mailbot explain`, and
where the time of a mail goes.
"""

from __future__ import annotations

import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from mailbot.demo.embedded import environment
from tests.benchmarks.requests import requests
from tests.benchmarks.shares import shares, table
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

ROOT = Path(__file__).resolve().parents[2]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's machine keeps bytecode
QUIET = {"MAILBOT_LOG_LEVEL": "WARNING"}
LATENCY_TRIES = 7
START_TRIES = 9


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def wait_for(enough: Callable[[], bool], seconds: float) -> float:
    """Return the seconds until it was enough."""
    began = time.monotonic()
    while not enough():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"not after {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - began


def sink() -> SmtpSink:
    started = SmtpSink()
    started.start()
    return started


def answering_all(folder: Path) -> dict[str, str]:
    """Return the setting of rules that answer any number of strangers in an hour: so many are a flood by the sample."""
    bounded = (ROOT / "rules.yaml").read_text("utf-8")
    path = folder.with_suffix(".yaml")
    path.write_text(re.sub(r"(?m)^( +answers_to_strangers_per_hour:).*", r"\1 1000000", bounded), "utf-8")
    return {"MAILBOT_RULES": str(path)}


def floor(dovecot: Dovecot, mails: list[bytes], folder: Path) -> float:
    """Return the mails a second of the floor, its start included."""
    dovecot.deliver_all("floor", mails)
    answers = sink()
    ports = (str(dovecot.port), "floor", dovecot.password, str(answers.port))
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.floor", *ports, str(folder / "floor.sqlite3"), str(len(mails))],
        check=True,
        cwd=ROOT,
    )
    wait_for(lambda: answers.count() >= len(mails), 30)
    seconds = time.monotonic() - began
    answers.stop()
    return len(mails) / seconds


def daemon(dovecot: Dovecot, mails: list[bytes], folder: Path) -> float:
    """Say the mails a second of the daemon (and return them), its start included, its memory after them, and how soon
    it answers with IDLE."""
    answers = sink()
    settings = environment(dovecot, "commune", dovecot.password, answers, folder) | QUIET | answering_all(folder)
    command = [sys.executable, "-m", "mailbot"]
    subprocess.run([*command, "once"], env=settings, check=True, cwd=ROOT)  # the first start is silent
    dovecot.deliver_all("commune", mails)
    began = time.monotonic()
    process = subprocess.Popen([*command, "run"], env=settings, cwd=ROOT)
    wait_for(lambda: answers.count() >= len(mails) or process.poll() is not None, 600)
    rate = len(mails) / (time.monotonic() - began)
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    memory = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    say(f"mailbot          {rate:8.1f} mails/s  (start included; {answers.count()} answers)")
    say(f"memory           {memory:8.1f} MB at most, of the daemon")
    delays = []
    for number, raw in enumerate(requests(LATENCY_TRIES, datetime.now(UTC), seed=99)):
        time.sleep(6 + random.random() * 2)
        before = answers.count()
        dovecot.deliver("commune", raw.replace(b"@voisins", b"@later%d" % number))
        delays.append(wait_for(lambda seen=before: answers.count() > seen, 60))  # type: ignore[misc]
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    answers.stop()
    say(f"delivery→answer  {statistics.median(delays):8.2f} s median, {max(delays):.2f} s at most, with IDLE")
    return rate


def where_the_time_goes(dovecot: Dovecot, mails: list[bytes], folder: Path) -> None:
    answers = sink()
    settings = environment(dovecot, "shares", dovecot.password, answers, folder) | QUIET | answering_all(folder)
    shares(settings, ROOT)  # the first start is silent
    dovecot.deliver_all("shares", mails)
    for line in table(shares(settings, ROOT), len(mails)):
        say(line)
    assert answers.count() >= len(mails)
    answers.stop()


def explain(mail: bytes, folder: Path) -> None:
    path = folder / "one.eml"
    path.write_bytes(mail)
    bare, whole = [], []
    for _ in range(START_TRIES):
        for times, command in ((bare, ["-c", ""]), (whole, ["-m", "mailbot", "explain", "--json", str(path)])):
            began = time.monotonic()
            subprocess.run([sys.executable, *command], check=True, capture_output=True, cwd=ROOT)
            times.append(time.monotonic() - began)
    ratio = statistics.median(whole) / statistics.median(bare)
    say(f"mailbot explain  {statistics.median(whole):8.2f} s median ({ratio:.0f} × a bare Python)")


def main(count: int) -> None:
    mails = list(requests(count, datetime.now(UTC)))
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "dovecot").mkdir()
        dovecot = Dovecot(folder / "dovecot")
        dovecot.start()
        try:
            say(f"{count} mails, Dovecot to smtp-sink")
            lowest = floor(dovecot, mails, folder)
            say(f"floor            {lowest:8.1f} mails/s")
            rate = daemon(dovecot, mails, folder / "daemon")
            say(f"ratio            {rate / lowest:8.0%} of the floor")
            explain(mails[0], folder)
            where_the_time_goes(dovecot, mails, folder / "shares")
        finally:
            dovecot.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
