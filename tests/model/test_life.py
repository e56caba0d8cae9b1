"""The one table of states and acts: nothing in it is out of reach, and what ends is meant to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.model.reservation import LIFE, Act, State, WrongStep, next_state
from tests.model.diagram import diagram

ENDS = {State.CANCELLED}
"""Nothing becomes of these any more: who writes again begins anew."""
AT_REST = {State.CLOSED}
"""Only written in, or asked about, never left."""


def reached() -> set[State]:
    found, ahead = {State.NEW}, [State.NEW]
    while ahead:
        for state in LIFE[ahead.pop()].values():
            if state not in found:
                found.add(state)
                ahead.append(state)
    return found


def test_each_state_can_be_reached_from_the_first() -> None:
    assert reached() == set(State)


def test_each_state_has_a_row_and_each_act_a_place() -> None:
    assert set(LIFE) == set(State)
    assert {act for acts in LIFE.values() for act in acts} == set(Act)


def test_only_what_ends_has_no_way_on() -> None:
    assert {state for state, acts in LIFE.items() if not acts} == ENDS
    assert {state for state, acts in LIFE.items() if acts and set(acts.values()) == {state}} == AT_REST


def test_each_state_can_end() -> None:
    ended = ENDS | AT_REST
    while more := {state for state, acts in LIFE.items() if state not in ended and ended & set(acts.values())}:
        ended |= more
    assert ended == set(State)


def test_a_step_that_the_table_does_not_have_is_an_error() -> None:
    with pytest.raises(WrongStep) as wrong:
        next_state(State.CANCELLED, Act.CONFIRM)
    assert (wrong.value.state, wrong.value.act) == (State.CANCELLED, Act.CONFIRM)


def test_the_diagram_in_the_readme_is_that_of_the_table() -> None:
    """`python -m tests.model.diagram` prints it anew."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in readme
    drawn = {state for state in State if state is not State.NEW and f"{state}" in diagram()}
    assert drawn == set(State) - {State.NEW}
