"""Mails of those who hand out keys and goods: who wrote, what they told, and all that a decision about it must know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import (
    ApprovalAsked,
    ApprovalTold,
    BehalfTold,
    BehalfUnclear,
    BlockTold,
    CaseTold,
    CollegeTold,
    Decision,
    Digest,
    DraftShown,
    Overdue,
    ReportChallenged,
    ReportTold,
    ReportUnclear,
)
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Intent, Language
from mailbot.model.outbox import OurLetter
from mailbot.model.proof import Proof
from mailbot.model.reports import Found, Report, Standing, Told
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules
from mailbot.policy.borrowers import BORROWER, borrower, on_borrower
from mailbot.policy.hours import local_day
from mailbot.policy.reports import Reporter, ReportFacts, on_report, reporter_of
from mailbot.policy.stock import in_force
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.photos import photos
from mailbot.reading.reports import read_report
from mailbot.service.approving import cause_of_asking
from mailbot.service.college import cause_of_meeting
from mailbot.service.office import Office
from mailbot.service.ports import Unit

LISTS = frozenset({"digest", "short_notice", "coming", "report_unclear", "report_challenged", "report_told"})
"""Letters that are answered with a report."""
FOR_BORROWERS = frozenset({"overdue", "confirmed", "changed", "reminded", "brought_back"})
"""Letters that a borrower may answer by saying that it is back."""
ANSWERED_WITHIN = timedelta(days=7)
KEPT_DAYS = timedelta(days=16)
"""What ended so long ago alters no list any more."""


@dataclass(frozen=True)
class Heard:
    """A mail of somebody who runs it: who, what it tells, and the letter of ours that it answers."""

    reporter: Reporter
    told: Told
    answered: OurLetter | None


def heard(
    letter: Letter, conversation: Reservation | None, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]
) -> Heard | None:
    """Return what somebody who runs it tells, or a borrower about their own loan; None where anybody else wrote, or
    where it may be no report at all."""
    reporter = None if letter.machine else reporter_of(letter.sender, rules) or borrower(conversation)
    if reporter is None:
        return None
    ours = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    context = Context(our_texts=tuple(mine.text for mine in ours))
    answered = next((mine for mine in ours if mine.message_id in letter.in_reply_to[:1]), None)
    known = LISTS if reporter.id != BORROWER else FOR_BORROWERS
    if answered is not None and answered.kind not in known:
        return None
    told = read_report(letter, context, rules.catalogue, lexica, reporter.language)
    if told is None:
        return None
    alone = answered is not None and answered.recipients == (letter.sender.address,)
    in_time = answered is not None and letter.arrived - answered.written <= ANSWERED_WITHIN
    return Heard(reporter, told, answered if alone and in_time else None)


def brought_back(
    said: Heard, letter: Letter, conversation: Reservation, unit: Unit, rules: Rules, now: datetime
) -> Decision | None:
    """Return what follows where a borrower says that it is back."""
    outcomes = unit.reports.outcomes([conversation.code])
    return on_borrower(said.told, conversation, outcomes, letter.message_id, now, rules)


def decided(
    said: Heard,
    letter: Letter,
    intent: Intent,
    conversation: Reservation | None,
    proof: Proof,
    unit: Unit,
    rules: Rules,
    now: datetime,
) -> Decision | None:
    """Return what follows from a report, from inside the transaction; None where it takes the way of any other mail."""
    if said.reporter.id == BORROWER:
        asked = said.answered is not None and said.answered.kind == Overdue.template
        arrival = any(statement.arrival for statement in said.told.statements)
        believed = (asked or arrival or intent is Intent.KEY) and proof is not Proof.FAILED
        return brought_back(said, letter, conversation, unit, rules, now) if believed and conversation else None
    digest = digest_of(said, unit, now)
    lines = (*digest.late, *digest.lines) if digest else ()
    named = {code for statement in said.told.statements for code in statement.codes}
    codes = {line.code for line in lines} | named
    booked = unit.reservations.between(now, now + rules.limits.horizon)
    codes |= {reservation.code for reservation in booked}
    about = report_about(said.answered, unit)
    waits = said.answered is not None and said.answered.kind == ReportChallenged.template
    facts = ReportFacts(
        now=now,
        reporter=said.reporter,
        subject=letter.subject,
        message_id=letter.message_id,
        proven=proof is Proof.PASSED,
        forged=proof is Proof.FAILED,
        answers_list=said.answered is not None,
        digest=digest,
        reservations={code: found for code in codes if (found := unit.reservations.get(code))},
        outcomes=unit.reports.outcomes(codes),
        booked=booked,
        waiting=about if waits and about and about.standing is Standing.WAITING else None,
        undoable=about if about and about.standing is Standing.DONE else unit.reports.last_of(said.reporter.id),
    )
    return on_report(said.told, facts, rules)


def digest_of(said: Heard, unit: Unit, now: datetime) -> Digest | None:
    """Return the list that is answered, else the newest that the reporter has: their own."""
    last = unit.reservations.last_digests()
    if said.answered is not None and said.answered.cause.startswith("list "):
        _, holder, day = said.answered.cause.split(" ")
        found = unit.reservations.digest(holder, day)
        if found is not None:
            return found
    return last.get(said.reporter.id)


def report_about(answered: OurLetter | None, unit: Unit) -> Report | None:
    """Return the report that a letter of ours was about."""
    if answered is None or not answered.cause.startswith("report "):
        return None
    return unit.reports.get(int(answered.cause.removeprefix("report ")))


def with_photos(decision: Decision, letter: Letter, raw: bytes, office: Office) -> Decision:
    """Keep the photos that came with a condition that is noted, or that waits for a yes, and remember their names with
    it. A name follows from the mail, so that one that is handled again writes the same files."""
    report = decision.report
    if report is None or report.id or not any(isinstance(deed, Found) for deed in report.deeds):
        return decision
    code = next((deed.code for deed in report.deeds if isinstance(deed, Found) and deed.code), "place")
    named = [
        (f"{code}-{letter.digest[:10]}-{number}.{kind}", octets) for number, (kind, octets) in enumerate(photos(raw), 1)
    ]
    kept = tuple(name for name, octets in named if office.keep_photo(name, octets))
    deeds = tuple(replace(deed, photos=kept) if isinstance(deed, Found) else deed for deed in report.deeds)
    return replace(decision, report=replace(report, deeds=deeds))


def cause_of(content: object, report: int, otherwise: str) -> str:
    """Return what a letter is written for, so that its answer is known by it."""
    if isinstance(content, Digest):
        return f"list {content.holder} {content.day}"
    if isinstance(content, CaseTold | DraftShown) and content.case is not None:
        return content.case.id
    if isinstance(content, ApprovalAsked | ApprovalTold):
        return cause_of_asking(content.reservation)
    if isinstance(content, CollegeTold):
        return cause_of_meeting(content.meeting)
    about = isinstance(content, ReportChallenged | ReportTold | ReportUnclear | BehalfUnclear | BehalfTold | BlockTold)
    return f"report {report}" if about and report else otherwise


def rules_now(rules: Rules, unit: Unit, now: datetime) -> Rules:
    """Return the rules with what was said by mail since."""
    return in_force(rules, unit.reports.in_force(local_day(now - KEPT_DAYS, rules)))


def told_in(digests: Iterable[Digest]) -> tuple[int, ...]:
    """Return the numbers of the reports that lists tell."""
    return tuple(report.id for digest in digests for report in digest.noted)
