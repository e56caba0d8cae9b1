"""What is made of a lexicon is kept, and never believed when the file says something else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mailbot.reading.kept import kept


@pytest.fixture(autouse=True)
def writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def made_again() -> dict[str, str]:
    raise AssertionError("it was kept")


def test_it_is_made_once(tmp_path: Path) -> None:
    source = tmp_path / "fr.toml"
    assert kept(source, "a", lambda: {"a": ("à", "â")}) == {"a": ("à", "â")}
    assert kept(source, "a", made_again) == {"a": ("à", "â")}


def test_another_text_is_made_anew(tmp_path: Path) -> None:
    source = tmp_path / "fr.toml"
    kept(source, "a", lambda: "old")
    assert kept(source, "b", lambda: "new") == "new"


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    source = tmp_path / "fr.toml"
    kept(source, "a", lambda: "old")
    [place] = (tmp_path / "__pycache__").iterdir()
    place.write_bytes(place.read_bytes()[:-2])
    assert kept(source, "a", lambda: "new") == "new"
    assert kept(source, "a", made_again) == "new"


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("a file is in the way")
    assert kept(tmp_path / "fr.toml", "a", lambda: "made") == "made"
