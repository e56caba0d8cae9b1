"""Which part of the ledger a decision may look at. That it never looks elsewhere is held by the ledger of all policy
tests, which refuses what no window announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailbot.model.meaning import Intent
from mailbot.policy.windows import windows
from tests.policy.commune import NOW, RULES, any_room, asks, goods, room, says, slot, span

DAY = "2026-06-13"
WEEKLY = [slot((date(2026, 6, 9) + timedelta(weeks=week)).isoformat(), "19-21") for week in range(26)]
CASES = {
    "a room, and the weeks around": (asks(room("salle", slot(DAY, "14-18"))), 5),
    "a room and tables": (asks(room("salle", slot(DAY, "14-18")), goods("table", 4, slot(DAY))), 10),
    "any room": (asks(any_room(slot(DAY, "14-18"))), 5),
    "a weekly series": (asks(room("kiosque", *WEEKLY)), 26),
    "what is free on a day": (says(Intent.AVAILABILITY, any_room(slot(DAY))), 1),
    "what is free at all": (says(Intent.AVAILABILITY, any_room()), 1),
    "a day without hours": (asks(room("salle", slot(DAY))), 0),
    "how it works": (says(Intent.HELP), 0),
    "a code that is given up": (says(Intent.CANCEL, references=("R-7K3F2",)), 0),
}


@pytest.mark.parametrize("case", CASES)
def test_few_looks_are_enough(case) -> None:
    meaning, most = CASES[case]
    assert len(windows(meaning, None, RULES, NOW)) <= most


def test_the_copies_of_a_key_are_looked_at_from_the_opening_before_to_the_one_after() -> None:
    looked_at = windows(asks(room("quartier", slot(DAY, "14-18"))), None, RULES, NOW)
    [window] = [window for window in looked_at if window.first <= span(DAY, "14-18").cells()[0] <= window.last]
    assert window.first <= span("2026-06-12", "17-19").cells()[0]
    assert window.last >= span("2026-06-15", "8-10").cells()[-1]
    assert {"quartier", "key:parc:1", "salle", "key:mairie:2", "kiosque"} <= window.resources
    assert "bureau" not in window.resources, "twelve places are no alternative to fifty"
