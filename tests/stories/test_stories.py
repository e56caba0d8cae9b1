"""Stories: mails in, letters out, rows after. Each is a file in fr/, nl/ or en/, told in steps.

A step may do something:
  at             sets the clock; what it brings till somebody writes is not told
  from, subject, body, headers    somebody writes; `reply = true` answers the last letter that they got, `thread` the
                 last letter that went to another address, `about` the last one they got whose subject holds these words
  calendar_says  somebody's calendar program answers our last invitation: ACCEPTED, TENTATIVE, DECLINED
  again          the last mail arrives once more
It says what must follow:
  letters        who gets one, in order;  askers: the same without key-holders, whose lists are then not looked at
  title, says    what subject and text of the first hold;  never: what no letter holds
  then           what the letters to an address hold
  rows           all that is booked then;  held: whether an offer holds something
  calendar       the method of the first letter's calendar file, or "";  status: what that says of its event
  evaluations    all that is kept of how it went, a line each
  whole          who gets the mail itself, whole, as an attachment
Above the steps, `rules` may change parts of rules.yaml (`old`, `new`), and `proven` names addresses whose domain
vouches for their mails.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from email.policy import compat32
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.reservation import HELD, State
from tests.stories.town import BRUSSELS, ROOT, Clock, Town, text_of

FOLDER = Path(__file__).parent
STORIES = sorted(FOLDER.glob("*/*.toml"))
DONE = {"at", "from", "subject", "body", "reply", "thread", "about", "headers", "calendar_says", "again"}
FOLLOWS = {
    "letters",
    "askers",
    "title",
    "says",
    "then",
    "never",
    "rows",
    "held",
    "calendar",
    "whole",
    "evaluations",
    "status",
}
RESIDUE = re.compile(
    r"None|[{}]|Undefined|datetime|\bR-00000\b|\(\)|\[\]| [,.)]|\( |\n\n\n|[ \t]\n|[^ ]  +[^ │]|,,|\.\.(?!\.)"
)
"""What no letter may hold: traces of a program, and holes that a missing word left."""


@pytest.mark.parametrize("path", STORIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_story_ends_as_told(path: Path, tmp_path: Path) -> None:
    story = tomllib.loads(path.read_text(encoding="utf-8"))
    assert story["step"], "a story without steps tells nothing"
    with closing(town_of(story, tmp_path)) as town:
        tell(story, path.stem, town)


def town_of(story: dict[str, Any], folder: Path) -> Town:
    """Return a commune on Tuesday 2 June 2026, half past nine, with the rules as the story changes them; the lists of
    that morning are out."""
    path = changed_rules(story["rules"], folder) if "rules" in story else ROOT / "rules.yaml"
    proven = frozenset(story.get("proven", ()))
    town = Town(folder, Clock(datetime(2026, 6, 2, 9, 30, tzinfo=BRUSSELS)), path, proven=proven)
    town.round()
    return town


def changed_rules(changes: list[dict[str, str]], folder: Path) -> Path:
    rules = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    for change in changes:
        assert rules.count(change["old"]) == 1, f"rules.yaml does not hold {change['old']!r} once"
        rules = rules.replace(change["old"], change["new"])
    path = folder / "rules.yaml"
    path.write_text(rules, encoding="utf-8")
    return path


def tell(story: dict[str, Any], name: str, town: Town) -> None:
    last: dict[str, EmailMessage] = {}
    for number, step in enumerate(story["step"], 1):
        assert set(step) <= DONE | FOLLOWS, f"step {number}: {set(step) - DONE - FOLLOWS}"
        assert set(step) & FOLLOWS, f"step {number} says nothing of what follows"
        letters = take(step, town, last)
        for letter in letters:
            last[address_of(letter)] = letter
        told = f"{name}, step {number}:\n" + "\n".join(text_of(letter) for letter in letters)
        for letter in letters:
            is_sound(letter, town, told)
        compare(step, letters, town, told)


def take(step: dict[str, Any], town: Town, last: dict[str, EmailMessage]) -> list[EmailMessage]:
    """Do what the step does; return the letters that left."""
    if "at" in step:
        town.at(step["at"])
        if {"from", "again"} & set(step):
            for letter in town.round():  # the lists of the hours between are out before anybody writes
                last[address_of(letter)] = letter
    if step.get("again"):
        return town.receive(town.inbox.mails[-1].raw)
    if "from" not in step:
        return town.round()
    if "about" in step:
        theirs = (one for one in reversed(town.letters()) if address_of(one) == parseaddr(step["from"])[1])
        answers = next(one for one in theirs if step["about"] in str(one["Subject"]))
        return town.write(step["from"], answered(str(answers["Subject"])), step["body"], answers=answers)
    answers = last[step.get("thread") or parseaddr(step["from"])[1]] if {"reply", "thread"} & set(step) else None
    if "calendar_says" in step:
        return town.answer_invitation(step["from"], invitation_to(step["from"], town), step["calendar_says"])
    subject = step.get("subject") or (answered(str(answers["Subject"])) if answers is not None else "")
    return town.write(step["from"], subject, step["body"], answers=answers, headers=step.get("headers"))


def answered(subject: str) -> str:
    return subject if subject.startswith("Re: ") else f"Re: {subject}"


def invitation_to(sender: str, town: Town) -> EmailMessage:
    """Return the last letter to somebody that carries a calendar file."""
    to_them = [letter for letter in town.letters() if address_of(letter) == parseaddr(sender)[1]]
    return next(letter for letter in reversed(to_them) if calendar_method(letter))


def compare(step: dict[str, Any], letters: list[EmailMessage], town: Town, told: str) -> None:
    """Hold what followed against what the step says."""
    if "askers" in step:
        holders = {holder.address for holder in town.office.rules.current().holders.values()}
        letters = [letter for letter in letters if address_of(letter) not in holders]
        assert [address_of(letter) for letter in letters] == step["askers"], told
    if "letters" in step:
        assert [address_of(letter) for letter in letters] == step["letters"], told
    for words in step.get("says", []):
        assert words in text_of(letters[0]), f"{words!r} is not in {told}"
    for words in step.get("title", []):
        assert words in str(letters[0]["Subject"]), f"{words!r} is not in {letters[0]['Subject']!r}"
    for address, all_words in step.get("then", {}).items():
        text = "\n".join(
            str(letter["Subject"]) + "\n" + text_of(letter) for letter in letters if address_of(letter) == address
        )
        for words in all_words:
            assert words in text, f"{words!r} is not what {address} got: {text}"
    for words in step.get("never", []):
        assert all(words not in text_of(letter) for letter in letters), f"{words!r} is in {told}"
    if "rows" in step:
        assert town.rows() == sorted(step["rows"]), told
    if "held" in step:
        offers = [one for one in town.standing() if one.state in (*HELD, State.CHANGING)]
        assert any(one.hold for one in offers) is step["held"], told
    if "evaluations" in step:
        assert town.evaluations() == step["evaluations"], told
    if "calendar" in step:
        assert calendar_method(letters[0]) == step["calendar"], told
    if "status" in step:
        assert f"STATUS:{step['status']}" in calendar_of(letters[0]).splitlines(), told
    if "whole" in step:
        holding = [address_of(letter) for letter in letters if attached_mail(letter) == town.inbox.mails[-1].raw]
        assert holding == step["whole"], told


def is_sound(letter: EmailMessage, town: Town, told: str) -> None:
    """Whatever it tells: it is automatic and says so, answers the mail at hand if it is an answer, and has no holes."""
    text = text_of(letter)
    found = RESIDUE.search(text)
    assert found is None, f"{found and found[0]!r} in {told}"
    assert str(letter["Auto-Submitted"]) in {"auto-replied", "auto-generated"}, told
    if letter["In-Reply-To"]:
        assert str(letter["In-Reply-To"]) in str(letter["References"]), told
        answered = str(letter["In-Reply-To"]).encode()
        theirs = [mail.raw for mail in town.inbox.mails if f"From: {letter['To']}".encode() in mail.raw]
        assert any(answered in raw for raw in (*theirs, town.inbox.mails[-1].raw)), told
    code = re.search(r"\bR-[0-9A-HJKMNP-TV-Z]{5}\b", str(letter["Subject"]))
    if calendar_method(letter):
        assert code is not None, "a booking's letter without its code"


def address_of(letter: EmailMessage) -> str:
    return parseaddr(str(letter["To"]))[1]


def calendar_method(letter: EmailMessage) -> str:
    """Return the method of the letter's calendar file, or nothing."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            return str(part.get_param("method"))
    return ""


def calendar_of(letter: EmailMessage) -> str:
    """Return the letter's calendar file, or nothing."""
    parts = (part for part in letter.walk() if part.get_content_type() == "text/calendar")
    return next((str(part.get_content()) for part in parts), "")


def attached_mail(letter: EmailMessage) -> bytes:
    """Return the mail that a letter passes on, byte for byte, or nothing."""
    for part in letter.walk():
        if part.get_content_type() == "message/rfc822":
            [inner] = part.get_payload()  # type: ignore[misc]
            return bytes(inner.as_bytes(policy=compat32.clone(linesep="\r\n")))  # type: ignore[union-attr]
        if part.get_filename() == "mail.eml":
            return bytes(part.get_payload(decode=True))  # type: ignore[arg-type]
    return b""
