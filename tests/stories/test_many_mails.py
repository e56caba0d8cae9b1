"""Two years of a commune's mail in a minute: whatever people write, each mail ends, and each letter is sound."""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from mailbot.model.reservation import State, claims_in_force
from tests.corpus.mails import SETS, build, load
from tests.stories.test_stories import address_of, is_sound
from tests.stories.town import Clock, Town, text_of

MACHINES = {"ignore"}


def test_each_mail_ends_and_each_letter_is_sound(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cases = sorted(load(SETS / "dev.jsonl"), key=lambda case: datetime.fromisoformat(case["date"]))
    assert len(cases) > 150
    with closing(Town(tmp_path, Clock(datetime.fromisoformat(cases[0]["date"])))) as town:
        with caplog.at_level(logging.WARNING, "mailbot"):
            for case in cases:
                town.clock.now = max(town.clock.now, datetime.fromisoformat(case["date"]))
                while town.round():  # what the clock brings is no answer to the mail
                    pass
                letters = town.receive(build(case))
                assert town.inbox.mails[-1].handled, case["id"]
                to_each = Counter(map(address_of, letters))
                assert set(to_each.values()) <= {1}, f"{case['id']}: one letter at most to each"
                for letter in letters:
                    is_sound(letter, town, f"{case['id']}: {text_of(letter)}")
                if case["gold"]["intent"] in MACHINES:
                    assert letters == [], case["id"]
        assert caplog.records == [], "nothing failed, nothing had to wait"
        assert occupied(town) == claimed(town), "the ledger is the sum of what stands"
        assert sum(count for _, count in ends(town)) == len(cases)
        assert {end for end, _ in ends(town)} == {"answered", "handed", "ignored"}


def ends(town: Town) -> list[tuple[str, int]]:
    with sqlite3.connect(town.folder / "mailbot.sqlite3") as rows:
        return rows.execute("SELECT ended, count(*) FROM ledger GROUP BY ended").fetchall()


def occupied(town: Town) -> Counter[tuple[str, int]]:
    with sqlite3.connect(town.folder / "mailbot.sqlite3") as rows:
        query = "SELECT resource, cell, taken FROM occupancy WHERE taken > 0"
        return Counter({(resource, cell): taken for resource, cell, taken in rows.execute(query)})


def claimed(town: Town) -> Counter[tuple[str, int]]:
    """Return what stands in cells, those left out that were swept: nothing of it is still to come."""
    kept = {(resource, cell) for resource, cell in occupied(town)}
    cells: Counter[tuple[str, int]] = Counter()
    for one in town.standing():
        assert one.state in {State.CONFIRMED, State.OFFERED}
        for claim in claims_in_force(one):
            cells.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
    return Counter({place: units for place, units in cells.items() if place in kept})
