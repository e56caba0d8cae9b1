"""The map of design, walked: imports point inwards, and each outside library enters by its own door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mailbot"

MAY_IMPORT = {
    "errors": set(),
    "model": {"errors"},
    "reading": {"model", "errors"},
    "policy": {"model", "errors"},
    "replies": {"model", "errors"},
    "store": {"model", "errors"},
    "mail": {"model", "errors"},
    "settings": {"model", "errors"},
    "service": {"reading", "policy", "replies", "model", "errors"},
    "demo": {"app", "policy", "model", "errors", "settings"},
    "logs": {"errors"},
    "heartbeat": set(),
    "metrics": {"model"},
    "app": {
        "kept",
        "explained",
        "logs",
        "heartbeat",
        "metrics",
        "service",
        "store",
        "mail",
        "reading",
        "policy",
        "replies",
        "model",
        "settings",
        "errors",
    },
    "kept": {"mail", "service", "store", "model", "errors"},
    "upkeep": {"kept", "app", "store", "mail", "replies", "policy", "service", "model", "settings", "errors"},
    "explained": {"service", "model"},
    "__main__": {"app", "upkeep", "demo", "errors", "__init__"},
    "__init__": set(),
}
"""Which parts of mailbot a part may import, itself aside."""

DOORS = {
    "sqlalchemy": {"store"},
    "psycopg": {"store"},
    "imapclient": {"mail/session.py", "mail/imap.py", "mail/folders.py", "demo"},
    "aiosmtplib": {"mail/smtp.py"},
    "authlib": {"mail/oauth.py"},
    "joserfc": {"mail/oauth.py"},
    "aiosmtpd": {"demo"},
    "pymap": {"demo"},
    "apscheduler": {"service/daemon.py"},
    "jinja2": {"replies/compose.py"},
    "icalendar": {"replies/ical.py", "reading/invitations.py", "demo"},
    "yaml": {"policy/outline.py"},
    "dotenv": {"settings.py"},
    "dkim": {"reading/signatures.py"},
    "dns": {"mail/dns.py"},
    "publicsuffixlist": {"reading/alignment.py"},
    "prometheus_client": {"metrics.py"},
    "rich": {"app.py", "demo"},
}
"""The only files or folders where a library may be imported."""

FILES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_point_inwards(path: Path) -> None:
    here = part_of(path)
    for module in imported(path):
        if module == "mailbot":
            continue
        if module.startswith("mailbot."):
            there = module.split(".")[1]
            assert there == here or there in MAY_IMPORT[here], f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_library_enters_by_its_own_door(path: Path) -> None:
    for module in imported(path):
        doors = DOORS.get(module.split(".")[0])
        if doors is not None:
            assert any(name(path) == door or name(path).startswith(f"{door}/") for door in doors), module


@pytest.mark.parametrize("path", [path for path in FILES if part_of(path) == "model"], ids=name)
def test_the_model_needs_the_standard_library_and_its_structs_alone(path: Path) -> None:
    """msgspec makes the classes of values: 300 of them as dataclasses are a quarter of the start of a command."""
    outside = {module.split(".")[0] for module in imported(path)} - {"mailbot"} - set(sys.stdlib_module_names)
    assert outside <= {"msgspec"}


def test_only_app_and_the_rim_look_at_the_clock() -> None:
    """A clock read in the middle cannot be tested and cannot be replayed."""
    for path in FILES:
        if part_of(path) in {"app", "demo", "__main__"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                assert not isinstance(node.value, ast.Name) or node.value.id not in {"datetime", "date"}, name(path)
