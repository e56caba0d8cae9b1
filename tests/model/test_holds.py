"""What an offer holds: per cell the most that any one of its options needs, never their sum."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailbot.model.reservation import Claim, Option, Use, hold_of
from mailbot.model.spans import Days

DAY = Days(date(2026, 6, 13), date(2026, 6, 13))
CLAIMS = st.builds(
    lambda resource, first, length, units: Claim(resource, first, first + length, units),
    st.sampled_from(["table", "key:parc:1"]),
    st.integers(0, 20),
    st.integers(0, 8),
    st.integers(1, 5),
)
USES = st.lists(CLAIMS, max_size=3).map(lambda claims: Use("table", 1, DAY, tuple(claims)))
OPTIONS = st.lists(st.lists(USES, max_size=3), min_size=1, max_size=3).map(
    lambda baskets: [Option(number, tuple(uses)) for number, uses in enumerate(baskets, 1)]
)


def cell_by_cell(claims) -> Counter[tuple[str, int]]:
    cells: Counter[tuple[str, int]] = Counter()
    for claim in claims:
        cells.update({(claim.resource, cell): claim.units for cell in range(claim.first, claim.last + 1)})
    return cells


@given(OPTIONS)
def test_a_hold_is_the_most_that_one_option_needs_in_each_cell(options) -> None:
    most: Counter[tuple[str, int]] = Counter()
    for option in options:
        most |= cell_by_cell(claim for use in option.uses for claim in use.claims)
    assert cell_by_cell(hold_of(options)) == most


@given(OPTIONS)
def test_a_hold_is_written_in_as_few_claims_as_can_be(options) -> None:
    hold = hold_of(options)
    assert list(hold) == sorted(hold)
    for one, following in pairwise(hold):
        touches = one.resource == following.resource and one.last + 1 >= following.first
        assert not (touches and one.units == following.units)


def test_two_rooms_of_which_one_will_be_taken_are_held_side_by_side() -> None:
    first = Option(1, (Use("salle", 1, DAY, (Claim("salle", 4, 7), Claim("key:mairie:1", 0, 9))),))
    second = Option(2, (Use("salle", 1, DAY, (Claim("salle", 6, 9), Claim("key:mairie:1", 0, 12))),))
    assert hold_of([first, second]) == (Claim("key:mairie:1", 0, 12), Claim("salle", 4, 9))
