"""Mails that were handed to a person and wait for long: staff are reminded, and their senders told a day."""

from __future__ import annotations

from datetime import date, datetime

from mailbot.model.cases import Case
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules
from mailbot.model.to_askers import AnswerBy
from mailbot.model.to_staff import Recalled
from mailbot.policy.hours import ONE_DAY, is_working_day, local_day

NOT_TOLD = frozenset({"forged", "unreadable"})
"""Why staff got a mail whose From line is no address to write to."""
NO_ANSWER = frozenset({"feedback", "damage", "problem", "forget", "new-kind", "draft", "behind"})
"""Why staff get mails that need no answer, or are reminded of it otherwise, and nothing leaves by itself."""


def is_old(case: Case, since: datetime, now: datetime, rules: Rules) -> bool:
    """Return whether a mail has waited for so many working days, its own day not counted."""
    if case.why in NO_ANSWER:
        return False
    day, today = local_day(since, rules), local_day(now, rules)
    waited = sum(is_working_day(day + ahead * ONE_DAY, rules) for ahead in range(1, (today - day).days + 1))
    return waited >= rules.handovers.recall_after


def answer_day(now: datetime, rules: Rules) -> date:
    """Return the working day by which its sender is to have an answer."""
    day, left = local_day(now, rules), rules.handovers.answer_within
    while left:
        day += ONE_DAY
        left -= is_working_day(day, rules)
    return day


def recalled(case: Case, since: datetime, conversation: Reservation | None, now: datetime, rules: Rules) -> Decision:
    """Return the reminder to staff, and the letter to who waits."""
    by = answer_day(now, rules)
    writes = bool(case.sender.address) and case.why not in NOT_TOLD
    content = Recalled(case, since, by, writes)
    notices = [
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    ]
    if writes:
        notices.append(Notice(case.sender, case.languages, AnswerBy(case, by, conversation), answers=False))
    return Decision(End.HANDED, (f"waits since {since:%Y-%m-%d}: recalled",), (), tuple(notices), case.code)
