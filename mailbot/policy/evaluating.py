"""An answer to our questions about how a use went: kept, thanked for, and passed on where something is broken."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.evaluation import Evaluation
from mailbot.model.meaning import Wish
from mailbot.model.to_askers import Thanked
from mailbot.policy.matter import Matter
from mailbot.policy.reminders import last_evaluation

POOR = 2
"""A place or its things that were found in such a state, or worse, are for staff to look at."""
LONGEST_REMARK = 2000


def evaluated(matter: Matter) -> Decision | None:
    """Return what becomes of an evaluation; None where nobody was asked for one."""
    conversation, meaning = matter.conversation, matter.meaning
    about = last_evaluation(conversation) if conversation else None
    if not meaning.evaluates or conversation is None or about is None:
        return None
    damage = Wish.DAMAGE in meaning.wishes or (bool(meaning.scores) and meaning.scores[0] <= POOR)
    evaluation = Evaluation(
        code=conversation.code,
        about=about,
        asked=matter.facts.now,
        address=matter.facts.sender.address.address,
        initiative=conversation.initiative,
        answered=matter.facts.now,
        scores=meaning.scores,
        remark=meaning.remark[:LONGEST_REMARK],
        damage=damage,
    )
    read_by_staff = damage or not meaning.scores or "?" in meaning.remark
    passed_on = read_by_staff or bool(meaning.further)
    thanks = matter.answered(Thanked(conversation, evaluation, passed_on), "tells how a use went")
    staff = matter.to_staff("damage" if damage else "feedback", conversation) if read_by_staff else ()
    return replace(thanks, notices=(*thanks.notices, *staff), evaluations=(evaluation,))
