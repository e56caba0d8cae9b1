"""The life of a conversation as a diagram for the README, drawn from the table.

    python -m tests.model.diagram

prints it, for the README.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from mailbot.model.reservation import LIFE, Act, State

ANSWERS = LIFE[State.NEW]
OPEN = tuple(state for state, acts in LIFE.items() if state is not State.NEW and ANSWERS.items() <= acts.items())
"""States in which a request can be answered as if it were new."""


def diagram() -> str:
    """Return the table as a diagram in Mermaid's language: what all open states share is drawn once."""
    return "\n".join(["stateDiagram-v2", *(f"    {line}" for line in _lines())])


def _lines() -> Iterator[str]:
    yield "state open {"
    yield from (f"    {state}" for state in OPEN)
    yield "}"
    yield "[*] --> open"
    yield from _arrows("open", ANSWERS.items())
    for state, acts in LIFE.items():
        if state is not State.NEW:
            shared = ANSWERS if state in OPEN else {}
            yield from _arrows(state, ((act, then) for act, then in acts.items() if act not in shared))
        if state not in (State.NEW, *OPEN) and set(acts.values()) <= {state}:
            yield f"{state} --> [*]"


def _arrows(start: str, acts: Iterable[tuple[Act, State]]) -> Iterator[str]:
    ends: dict[State, list[Act]] = {}
    for act, then in acts:
        ends.setdefault(then, []).append(act)
    yield from (f"{start} --> {then}: {', '.join(found)}" for then, found in ends.items())


if __name__ == "__main__":
    sys.stdout.write(diagram() + "\n")
