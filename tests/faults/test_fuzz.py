"""The fuzzer in a short form, and once more each mail that broke a promise before."""

from __future__ import annotations

import random
from pathlib import Path

from tests.faults.fuzz import FOUND, Commune, storm

MAILS = 60


def test_broken_mails_break_nothing() -> None:
    found: list[str] = []
    [*numbers] = storm(7, 60, MAILS, lambda name, _, why: found.append(f"{name}\n{why}"))
    assert found == []
    assert len(numbers) > MAILS / 4, "a machine so slow tests nothing"


def test_what_was_found_stays_mended(tmp_path: Path) -> None:
    commune = Commune(tmp_path, random.Random(1))
    for path in sorted(FOUND.glob("*.eml")):
        commune.receive(path.read_bytes())
    commune.go_on()
    commune.close()
