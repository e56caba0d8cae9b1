"""Mails that wait for a person, and answers that wait for one: what is kept of them, and what comes behind them."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from mailbot.model.cases import Case, Ending
from mailbot.model.decision import Decision, End, Facts
from mailbot.model.letters import Letter
from mailbot.model.meaning import Language, Meaning
from mailbot.model.outbox import Thread
from mailbot.model.proof import Proof
from mailbot.model.rules import Rules
from mailbot.model.to_staff import DraftShown, ToStaff
from mailbot.policy.decide import on_mail
from mailbot.policy.drafts import BEHIND, behind, comes_behind, gist_of, supervised
from mailbot.policy.drafts import WHY as DRAFT
from mailbot.service.conversation import Understood, understood
from mailbot.service.desk import Desk
from mailbot.service.facts import facts_for

MOST_TEXT = 20_000
"""Characters of a mail that are kept beside what was made of it."""


def as_sent(case: Case, arrived: datetime) -> Letter:
    """Return the mail of a case as far as a decision about it must know it."""
    return Letter(
        message_id=case.message_id,
        digest=case.id,
        sender=case.sender,
        reply_to=(),
        to=case.copied,
        cc=(),
        sent=case.sent,
        arrived=arrived,
        subject=case.subject,
        text=case.text,
        in_reply_to=(case.answers,) if case.answers else (),
        references=case.references,
    )


def thread_of_case(case: Case) -> Thread:
    return Thread(case.subject, case.message_id, case.references)


def opened(letter: Letter, decision: Decision, meaning: Meaning | None, rules: Rules) -> Case | None:
    """Return the case that a decision opens, where staff get the mail."""
    content = next((n.content for n in decision.notices if isinstance(n.content, ToStaff)), None)
    if content is None or decision.case is not None:
        return None
    to_sender = (n.languages for n in decision.notices if n.to.address == letter.sender.address)
    sure = (meaning.language,) if meaning is not None and meaning.language_sure else rules.commune.languages[:2]
    code = content.reservation.code if content.reservation else ""
    return _case_of(letter, content.why, next(to_sender, sure), code, content.meaning or meaning)


def drafted(letter: Letter, decision: Decision, meaning: Meaning, facts: Facts) -> tuple[Decision, Case | None]:
    """Return the decision with the mail in what staff are shown of an answer that waits, and the case that it opens;
    None where nothing waits."""
    shown = next((n.content for n in decision.notices if isinstance(n.content, DraftShown)), None)
    if shown is None or shown.letter is None:
        return decision, None
    bare = _case_of(letter, DRAFT, shown.letter.languages, decision.code, meaning)
    case = replace(bare, proven=facts.sender.proven, challenge=facts.challenge, gist=gist_of(shown.letter))
    return with_case(decision, case), case


def _case_of(letter: Letter, why: str, languages: tuple[Language, ...], code: str, meaning: Meaning | None) -> Case:
    return Case(
        id=letter.digest,
        why=why,
        sender=letter.sender,
        languages=languages,
        subject=letter.subject,
        text=letter.text[:MOST_TEXT],
        sent=letter.sent,
        message_id=letter.message_id,
        references=(*letter.references, *letter.in_reply_to),
        code=code,
        meaning=meaning,
        arrived=letter.arrived,
        copied=(*letter.to, *letter.cc),
        answers=(*letter.in_reply_to, "")[0],
    )


def with_case(decision: Decision, case: Case) -> Decision:
    """Return the decision with a case in what staff are shown."""
    notices = tuple(
        replace(notice, content=replace(notice.content, case=case))
        if isinstance(notice.content, DraftShown)
        else notice
        for notice in decision.notices
    )
    return replace(decision, notices=notices)


def looked_over(decision: Decision, mail: Understood, facts: Facts, desk: Desk) -> Decision:
    """Return the decision; where a person must look at its answer first, or an answer before it waits for one, what is
    done meanwhile."""
    letter, rules = mail.letter, desk.rules
    if comes_behind(decision):
        decision = behind(letter.sender, letter.subject, decision, rules)
        if waits := opened(letter, decision, mail.meaning, rules):
            desk.unit.cases.keep(replace(waits, proven=facts.sender.proven), desk.now)
        return decision
    decision, case = drafted(letter, supervised(decision, letter.sender, letter.digest, rules), mail.meaning, facts)
    if case:
        desk.unit.cases.keep(case, desk.now)
    return decision


def serve_behind(code: str, desk: Desk) -> None:
    """Look at the mails that came while an answer in the conversation waited, the oldest first, until one waits
    again."""
    unit, rules = desk.unit, desk.rules
    for case, _ in unit.cases.waiting():
        conversation = unit.reservations.get(code)
        if case.code != code or case.why != BEHIND or (conversation is not None and conversation.draft is not None):
            continue
        theirs = as_sent(case, case.arrived or case.sent)
        mail = understood(theirs, rules, desk.office.lexica, unit, desk.now)
        proof = Proof.PASSED if case.proven else Proof.NONE
        facts = facts_for(mail, proof, unit, rules, desk.now)
        decision = looked_over(on_mail(mail.meaning, facts, rules), mail, facts, desk)
        desk.carry_out(decision, thread_of_case(case), cause=case.id)
        if decision.end is not End.HANDED:
            unit.cases.end(replace(case, ending=Ending.ANSWERED), desk.now)
        elif handed := opened(theirs, decision, mail.meaning, rules):
            unit.cases.keep(handed, desk.now)
