"""What the README promises is there: settings, commands, make targets, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbot import settings
from mailbot.__main__ import parser
from mailbot.errors import BadSettings
from mailbot.settings import load_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_that_exist(tmp_path: Path) -> set[str]:
    """Return the names that the program asks for."""
    asked: set[str] = set()

    class Environment(dict[str, str]):
        def __contains__(self, name: object) -> bool:
            asked.add(str(name))
            return super().__contains__(name)

    with pytest.raises(BadSettings):
        load_settings(Environment(), tmp_path)
    return asked


def test_the_table_of_settings_is_that_of_the_program(tmp_path: Path) -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `MAILBOT_"))
    told = set(re.findall(r"MAILBOT_[A-Z_]+", table))
    exist = settings_that_exist(tmp_path)
    files = {name for name in exist if name.endswith(("_PASSWORD_FILE", "_SECRET_FILE"))}
    assert "…_PASSWORD_FILE" in table
    assert "…_SECRET_FILE" in table
    assert told == exist - files


def test_the_example_names_no_setting_that_there_is_none_of(tmp_path: Path) -> None:
    example = set(re.findall(r"^#? ?(MAILBOT_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example
    assert example <= settings_that_exist(tmp_path)


def test_what_holds_where_nothing_is_said_is_as_the_table_says(tmp_path: Path) -> None:
    needed = {"IMAP_HOST": "a", "SMTP_HOST": "b", "IMAP_USER": "u", "IMAP_PASSWORD": "p"}
    chosen = load_settings({settings.PREFIX + name: value for name, value in needed.items()}, tmp_path)
    rows = {row[0]: row[-1] for line in README.splitlines() if (row := cells(line)) and "MAILBOT_" in row[0]}
    defaults = {name: value for names, value in rows.items() for name in re.findall(r"MAILBOT_([A-Z_]+)", names)}
    assert defaults["IMAP_TLS"] == f"`{chosen.imap.tls}`, `{chosen.smtp.tls}`"
    assert defaults["IMAP_PORT"].startswith(f"{chosen.imap.port} ")
    assert f" {chosen.smtp.port} " in defaults["SMTP_PORT"]
    assert defaults["INBOX"] == f"`{chosen.inbox}`"
    assert defaults["POLL_SECONDS"] == f"`{chosen.poll_seconds}`"
    assert defaults["TIMEOUT_SECONDS"] == f"`{chosen.timeout_seconds}`"
    assert defaults["LOG_LEVEL"] == f"`{chosen.log_level}`"
    assert defaults["DATA_FOLDER"] == f"`{chosen.data_folder.name}`"
    assert defaults["RULES"] == f"`{chosen.rules.name}`, `{chosen.templates.name}`"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def test_the_commands_that_it_names_exist() -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?mailbot ([a-z]+)", README)) | set(
        re.findall(r"\.venv/bin/mailbot (\w+)", README)
    )
    exist = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr, arg-type]
    assert named
    assert named <= exist
    assert exist - named == {"demo"}, "each command is named; the demo by its make target"


def test_the_options_that_it_names_exist() -> None:
    for call in re.findall(r"`mailbot ((?:digest|agenda|explain)[^`]*)`", README.replace("\n", " ")):
        words = [word.strip("[]") for word in call.split()]
        parser().parse_args(words)


def test_the_make_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", README)) | set(re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= targets


def test_the_files_that_it_names_exist() -> None:
    named = set(re.findall(r"`((?:mailbot|tests|templates|policy|model|reading)/[\w./*]*\w/?)`", README))
    assert named
    for name in named:
        places = [ROOT / name, ROOT / "mailbot" / name]
        assert any(place.exists() or list(place.parent.glob(place.name)) for place in places), name
    for folder in re.findall(r"^  (\w+)/ ", README, re.MULTILINE):
        assert (ROOT / "mailbot" / folder).is_dir(), folder


def test_what_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target
