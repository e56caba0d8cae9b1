"""No person waits behind a machine's mail, and every person's mail is a person's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.reading import mime
from tests.corpus.machines import mails
from tests.corpus.mails import SETS, Case, build, load

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
OWN = frozenset({"reservations@bruyere.example"})
CASES = [case for path in sorted(SETS.glob("*.jsonl")) for case in load(path)]
HUMAN = [case for case in CASES if case["gold"]["intent"] != "ignore"]


def why(raw: bytes) -> str:
    return mime.parse(raw, ARRIVED, own=OWN).machine


@pytest.mark.parametrize(("name", "raw"), [pytest.param(*mail, id=mail[0]) for mail in mails("machines")])
def test_a_machine_waits_for_no_answer(name: str, raw: bytes) -> None:
    assert why(raw), name


@pytest.mark.parametrize(("name", "raw"), [pytest.param(*mail, id=mail[0]) for mail in mails("people")])
def test_a_person_who_could_be_taken_for_a_machine_is_a_person(name: str, raw: bytes) -> None:
    assert why(raw) == "", name


@pytest.mark.parametrize("case", HUMAN, ids=lambda case: case["id"])
def test_a_person_who_wants_something_is_not_taken_for_a_machine(case: Case) -> None:
    assert why(build(case)) == ""


def test_the_reason_names_the_header_that_told() -> None:
    found = dict(mails("machines"))
    assert why(found["auto-submitted-with-comment"]) == "Auto-Submitted: auto-replied"
    assert why(found["own-mail"]) == "it is our own mail"
    assert why(found["mailing-list"]) == "the header list-id"


def test_a_bounce_names_the_letter_of_ours_that_came_back() -> None:
    found = dict(mails("machines"))
    returned = {name: mime.parse(found[name], ARRIVED).references for name in ("postfix-dsn", "qmail", "exim")}
    assert returned == {
        "postfix-dsn": ("r7k3f2.1@bruyere.example",),
        "qmail": ("r9f4yb.2@bruyere.example",),
        "exim": ("r2b9kd.1@bruyere.example",),
    }
