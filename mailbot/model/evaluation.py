"""What askers say of a use afterwards: the three questions of the pilot, and a remark."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

QUESTIONS = ("condition", "access", "usefulness")
"""The state of the place and the things; how easy it was to get in, with keys and plans; whether it served its use."""
WORST, BEST = 1, 5


class Evaluation(Struct, frozen=True):
    """One asking, and its answer once there is one. `about` is the day of the last use that it is about."""

    code: str
    about: date
    asked: datetime
    address: str
    initiative: str | None = None
    answered: datetime | None = None
    scores: tuple[int, ...] = ()
    """One for each of QUESTIONS, from WORST to BEST; empty where the answer holds no numbers."""
    remark: str = ""
    damage: bool = False
    """The answer tells of something broken, dirty or missing."""

    def __post_init__(self) -> None:
        if len(self.scores) not in (0, len(QUESTIONS)) or any(not WORST <= score <= BEST for score in self.scores):
            raise ValueError(f"no answer to the three questions: {self.scores}")

    def after(self, before: Evaluation) -> Evaluation:
        """Return this answer with what an earlier one said and this one does not say again."""
        remarks = dict.fromkeys(filter(None, (before.remark, self.remark)))
        return replace(
            self,
            scores=self.scores or before.scores,
            remark="\n".join(remarks),
            damage=self.damage or before.damage,
        )
