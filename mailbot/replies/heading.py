"""What the headers of a letter say: whom it answers, and a subject that holds the decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from mailbot.model.meaning import Meaning
from mailbot.model.notices import Content, Notice
from mailbot.model.outbox import Thread
from mailbot.model.reservation import Reservation, State
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Problem
from mailbot.model.to_key_holders import Coming, Digest, ReportChallenged, ReportTold, ReportUnclear, ShortNotice
from mailbot.model.to_staff import (
    Alert,
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    BlockUnclear,
    CaseTold,
    CollegeList,
    CollegeTold,
    DraftShown,
    Morning,
    OverdueTold,
    OwnersTold,
    Recalled,
    StillInside,
    ToStaff,
    WeekPlan,
)
from mailbot.replies.message import Heading
from mailbot.replies.phrases import one_line

INTERNAL = (
    ToStaff,
    ApprovalAsked,
    DraftShown,
    ApprovalTold,
    CollegeList,
    CollegeTold,
    Problem,
    Alert,
    Digest,
    ShortNotice,
    Coming,
    ReportUnclear,
    ReportChallenged,
    ReportTold,
    OverdueTold,
    CaseTold,
    BehalfTold,
    BehalfUnclear,
    BlockUnclear,
    BlockTold,
    OwnersTold,
    StillInside,
    WeekPlan,
    Recalled,
    Morning,
)
"""Letters to those who run it: they answer no mail that their reader wrote, and have a subject of their own."""

SUBJECT = 70
"""Characters that are kept of the asker's own subject."""

_REPLY_MARKS = re.compile(
    r"^(?:(?:re|r[ée]f|aw|antw|antwoord|tr|fw|fwd|doorst|wg)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_OUR_MARK = re.compile(r"(?: – [^–]*)? ?\(R-[0-9A-HJKMNP-TV-Z]{5}\)$")


def heading_of(
    notice: Notice, rules: Rules, thread: Thread, now: datetime, message_id: str, decisions: Sequence[str]
) -> Heading:
    """Return the headers of a letter; `decisions` are what it says in few words, a language each."""
    answering = answers(notice)
    return Heading(
        sender=rules.commune.mailbox,
        to=notice.to,
        subject=subject_of(notice, thread, decisions),
        date=now.astimezone(rules.commune.zone),
        message_id=message_id,
        language=", ".join(notice.languages),
        automatic="auto-replied" if answering else "auto-generated",
        in_reply_to=thread.message_id if answering else "",
        references=thread.references if answering else (),
        reply_to=notice.content.sender if isinstance(notice.content, Problem) else None,
    )


def answers(notice: Notice) -> bool:
    """Return whether a letter is the answer to the mail at hand. One to staff about that mail is not: its reader never
    had that mail, and References name only what all readers had."""
    return notice.answers and not isinstance(notice.content, INTERNAL)


def reservation_of(content: Content) -> Reservation | None:
    """Return the conversation that a letter belongs to, if it belongs to one."""
    return getattr(content, "reservation", None)


def asked_for(reservation: Reservation | None) -> Meaning | None:
    """Return what our question is about: the change that waits for the answer, else the request."""
    if reservation is None:
        return None
    if reservation.state is State.CHANGING:
        return reservation.pending.meaning if reservation.pending else None
    return reservation.request


def subject_of(notice: Notice, thread: Thread, decisions: Sequence[str]) -> str:
    """Return "Re: <the asker's own subject> – <the decision> (<code>)"; letters to those who run it have their own."""
    decision = " / ".join(decisions)
    if isinstance(notice.content, INTERNAL):
        return decision[:1].upper() + decision[1:]
    reservation = reservation_of(notice.content)
    own = own_subject((reservation.subject if reservation else "") or thread.subject)
    mark = f" ({reservation.code})" if reservation else ""
    if not own:
        return decision[:1].upper() + decision[1:] + mark
    own = own.removesuffix(f" – {decision}")  # an answer to a letter without a code
    return f"{'Re: ' if answers(notice) else ''}{own} – {decision}{mark}"


def own_subject(subject: str) -> str:
    """Return the asker's own subject: without marks of replies, and without what our letters have added to it."""
    bare = one_line(subject, 500)
    while (shorter := _OUR_MARK.sub("", _REPLY_MARKS.sub("", bare)).strip()) != bare:
        bare = shorter
    return one_line(bare, SUBJECT)
