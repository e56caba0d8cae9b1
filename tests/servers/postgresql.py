"""A throw-away PostgreSQL: one cluster a test run, in a temporary folder on a unix socket, one schema a test."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # nobody cuts the power during a test
    "max_connections": "60",
    "shared_buffers": "32MB",
    "deadlock_timeout": "200ms",
    "timezone": "Europe/Brussels",  # not UTC: what is read back must not hang on it
}
_NUMBERS = itertools.count(1)


def binaries() -> Path | None:
    """Return the folder of initdb and postgres: on the PATH, or the newest of Debian's; None where there is none."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _user() -> str | None:
    """Return who must run the server: it refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


class Cluster:
    """A server of our own."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._user = _user()
        if self._user is not None:
            shutil.chown(folder, self._user)

    def start(self) -> None:
        self._run("initdb", "-D", f"{self._folder}/data", "-U", "mailbot", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = [f"-c {name}='{value}'" for name, value in SETTINGS.items()]
        options.append(f"-c unix_socket_directories='{self._folder}'")
        log = f"{self._folder}/log"
        self._run("pg_ctl", "-D", f"{self._folder}/data", "-l", log, "-w", "-o", " ".join(options), "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self._folder}/data", "-m", "immediate", "-w", "stop")

    def database(self) -> str:
        """Make what looks like an empty database and return its address: a schema of its own, which takes a hundredth
        of the time. Nobody tidies up: the cluster is thrown away."""
        name = f"commune{next(_NUMBERS)}"
        with psycopg.connect(host=str(self._folder), user="mailbot", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql+psycopg://mailbot@/postgres?host={self._folder}&options=-csearch_path%3D{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            user=self._user,
            timeout=60,
        )


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    programs = binaries()
    if programs is None:
        reason = "no PostgreSQL server here (apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="mailbot-postgresql-", ignore_cleanup_errors=True) as name:
        cluster = Cluster(Path(name), programs)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture
def postgresql(postgresql_cluster: Cluster) -> str:
    """The address of an empty database."""
    return postgresql_cluster.database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/mailbot.sqlite3"
    address: str = request.getfixturevalue("postgresql")
    return address
