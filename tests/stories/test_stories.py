"""Stories: mails in, letters out, rows after. Each is a file in fr/, nl/ or en/, told in steps.

A step may set the time (`at`), let somebody write (`from`, `subject`, `body`, and `reply = true` for an answer to the
last letter they got, `headers`), and says what must follow: `letters` (who gets one, in order), `title` and `says`
(what the subject and the text of the first hold), `never` (what no letter holds), `rows` (all that is booked then),
`held` (whether an offer holds something), `calendar` (the method of the first letter's calendar file, or "").
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.reservation import State
from tests.stories.town import BRUSSELS, Clock, Town, text_of

FOLDER = Path(__file__).parent
STORIES = sorted(FOLDER.glob("*/*.toml"))
DONE = {"at", "from", "subject", "body", "reply", "headers"}
FOLLOWS = {"letters", "title", "says", "never", "rows", "held", "calendar"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(datetime(2026, 6, 2, 9, 30, tzinfo=BRUSSELS)))
    yield town
    town.close()


@pytest.mark.parametrize("path", STORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_story_ends_as_told(path: Path, town: Town) -> None:
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    last: dict[str, EmailMessage] = {}
    assert story["step"], "a story without steps tells nothing"
    for number, step in enumerate(story["step"], 1):
        assert set(step) <= DONE | FOLLOWS, f"step {number}: {set(step) - DONE - FOLLOWS}"
        assert set(step) & FOLLOWS, f"step {number} says nothing of what follows"
        letters = take(step, town, last)
        for letter in letters:
            last[parseaddr(str(letter["To"]))[1]] = letter
        told = f"{path.stem}, step {number}:\n" + "\n".join(text_of(letter) for letter in letters)
        compare(step, letters, town, told)


def take(step: dict[str, Any], town: Town, last: dict[str, EmailMessage]) -> list[EmailMessage]:
    """Do what the step does; return the letters that left."""
    if "at" in step:
        town.at(step["at"])
    if "from" not in step:
        return town.round()
    answers = last[parseaddr(step["from"])[1]] if step.get("reply") else None
    subject = step.get("subject") or (f"Re: {answers['Subject']}" if answers is not None else "")
    return town.write(step["from"], subject, step["body"], answers=answers, headers=step.get("headers"))


def compare(step: dict[str, Any], letters: list[EmailMessage], town: Town, told: str) -> None:
    """Hold what followed against what the step says."""
    if "letters" in step:
        assert [parseaddr(str(letter["To"]))[1] for letter in letters] == step["letters"], told
    for words in step.get("says", []):
        assert words in text_of(letters[0]), f"{words!r} is not in {told}"
    for words in step.get("title", []):
        assert words in str(letters[0]["Subject"]), f"{words!r} is not in {letters[0]['Subject']!r}"
    for words in step.get("never", []):
        assert all(words not in text_of(letter) for letter in letters), f"{words!r} is in {told}"
    if "rows" in step:
        assert town.rows() == sorted(step["rows"]), told
    if "held" in step:
        assert any(one.state is State.OFFERED for one in town.standing()) is step["held"], told
    if "calendar" in step:
        assert calendar_method(letters[0]) == step["calendar"], told


def calendar_method(letter: EmailMessage) -> str:
    """Return the method of the letter's calendar file, or nothing."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            return str(part.get_param("method"))
    return ""
