"""What is handed out with the program holds: the unit is as closed as it says, and the pages name what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailbot.model.rules import Retention

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "docs" / "mailbot.service"


def test_the_unit_leaves_little_open() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    command = [program, "security", "--offline=true", "--no-pager", str(UNIT)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"exposure level for mailbot\.service: ([\d.]+)", told.stdout)
    if found is None:
        pytest.skip(f"this systemd-analyze cannot look at a file: {told.stderr.strip()}")
    assert float(found[1]) < 3.0


def test_the_tests_that_the_threat_model_names_exist() -> None:
    named = re.findall(r"`((?:tests/)?[\w/]*\w+\.py)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 10
    there = {path.name for path in (ROOT / "tests").rglob("*.py")}
    assert [name for name in named if name.rpartition("/")[2] not in there] == []


@pytest.mark.parametrize("name", ["registre.fr.md", "register.nl.md", "vie-privee.fr.md", "privacy.nl.md"])
def test_the_pages_on_privacy_say_how_long_things_are_kept(name: str) -> None:
    text = (ROOT / "docs" / name).read_text("utf-8")
    usual = Retention()
    for days in (usual.bookings.days, usual.letters.days):
        assert re.search(rf"\b{round(days / 30.4)} (mois|maanden)\b", text)
    assert "`retention: mails`" in text, "what is erased in the mailbox itself"
    if "regist" in name:
        assert "rules.yaml" in text
        assert "mailbot forget" in text
