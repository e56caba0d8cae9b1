"""How uses went, as their askers say: a row an asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from mailbot.model.evaluation import QUESTIONS, Evaluation
from mailbot.store.schema import EVALUATION
from mailbot.store.upsert import insert_unless_there

_OF = (EVALUATION.c.code == bindparam("of_code"), EVALUATION.c.about == bindparam("of_day"))
_ANSWER = update(EVALUATION).where(*_OF)
_GIVEN = select(EVALUATION).where(*_OF)
_BETWEEN = (
    select(EVALUATION)
    .where(EVALUATION.c.about >= bindparam("first"), EVALUATION.c.about <= bindparam("last"))
    .order_by(EVALUATION.c.about, EVALUATION.c.code)
)


KEPT = frozenset({"code", "about", "asked"})
"""What an answer leaves as it was."""


class Evaluations:
    """Askings and answers, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, evaluation: Evaluation) -> None:
        """Write an asking down, or an answer, which keeps the hour of the asking. A further answer adds to the one
        before: numbers stand in the place of numbers, words come behind words, damage stays told."""
        if insert_unless_there(self._connection, EVALUATION, _row(evaluation)) or evaluation.answered is None:
            return
        about = {"of_code": evaluation.code, "of_day": evaluation.about}
        before = evaluation_of(dict(self._connection.execute(_GIVEN, about).one()._mapping))
        row = {**_row(evaluation.after(before)), **about}
        self._connection.execute(_ANSWER, {name: value for name, value in row.items() if name not in KEPT})

    def between(self, first: date, last: date) -> tuple[Evaluation, ...]:
        """Return those about uses that ended on these days, both included, soonest first."""
        rows = self._connection.execute(_BETWEEN, {"first": first, "last": last})
        return tuple(evaluation_of(dict(row._mapping)) for row in rows)


def _row(evaluation: Evaluation) -> Mapping[str, object]:
    scores = evaluation.scores or (None,) * len(QUESTIONS)
    return {
        "code": evaluation.code,
        "about": evaluation.about,
        "asked": evaluation.asked,
        "address": evaluation.address,
        "initiative": evaluation.initiative,
        "answered": evaluation.answered,
        **dict(zip(QUESTIONS, scores, strict=True)),
        "remark": evaluation.remark,
        "damage": evaluation.damage,
    }


def evaluation_of(columns: Mapping[str, Any]) -> Evaluation:
    """Return the evaluation of a row, by the names of its columns."""
    scores = tuple(columns[question] for question in QUESTIONS if columns[question] is not None)
    kept = {name: value for name, value in columns.items() if name not in QUESTIONS}
    return Evaluation(**kept, scores=scores)
