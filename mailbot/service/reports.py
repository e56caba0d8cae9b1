"""Mails of those who hand out keys and goods: who wrote, what they told, and all that a decision about it must know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.letters import Letter
from mailbot.model.meaning import Intent, Language
from mailbot.model.outbox import OurLetter
from mailbot.model.proof import Proof
from mailbot.model.reports import Found, Report, Standing, Told, Verb
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Overdue
from mailbot.model.to_key_holders import Digest, ReportChallenged
from mailbot.policy.borrowers import BORROWER, borrower, on_borrower
from mailbot.policy.reports import Reporter, ReportFacts, on_report, reporter_of
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.photos import photos
from mailbot.reading.plainly import says_plainly_yes
from mailbot.reading.reports import read_report
from mailbot.service.causes import list_in, report_in
from mailbot.service.conversation import Understood
from mailbot.service.desk import Desk
from mailbot.service.office import Office
from mailbot.service.ports import Unit

LISTS = frozenset({"digest", "short_notice", "coming", "report_unclear", "report_challenged", "report_told"})
"""Letters that are answered with a report."""
FOR_BORROWERS = frozenset({"overdue", "confirmed", "changed", "reminded", "brought_back"})
"""Letters that a borrower may answer by saying that it is back."""


@dataclass(frozen=True)
class Heard:
    """A mail of somebody who runs it: who, what it tells, and the letter of ours that it answers."""

    reporter: Reporter
    told: Told
    answered: OurLetter | None

    @property
    def thread(self) -> None:
        return None

    def decided(self, mail: Understood, proof: Proof, desk: Desk) -> Decision | None:
        return decided(self, mail, proof, desk.unit, desk.rules, desk.now)


def heard(mail: Understood, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> Heard | None:
    """Return what somebody who runs it tells, or a borrower about their own loan; None where anybody else wrote, or
    where it may be no report at all."""
    letter, answered = mail.letter, mail.answered
    reporter = None if letter.machine else reporter_of(letter.sender, rules) or borrower(mail.conversation)
    if reporter is None:
        return None
    known = LISTS if reporter.id != BORROWER else FOR_BORROWERS
    if answered is not None and answered.kind not in known:
        return None
    told = read_report(letter, mail.quoting, rules.catalogue, lexica, reporter.language)
    if told is None:
        return None
    if answered is not None and answered.kind == ReportChallenged.template:
        told = _with_plain_yes(told, mail, rules)
    return Heard(reporter, told, answered if mail.alone and mail.in_time else None)


def _with_plain_yes(told: Told, mail: Understood, rules: Rules) -> Told:
    """Return what is told, without a yes to our question that is no plain one: a person looks at it."""
    others = tuple(one for one in told.statements if one.verb is not Verb.YES)
    if others == told.statements or says_plainly_yes(mail.letter, mail.quoting, rules.catalogue.banners):
        return told
    return replace(told, statements=others, rest=told.rest or told.words)


def decided(said: Heard, mail: Understood, proof: Proof, unit: Unit, rules: Rules, now: datetime) -> Decision | None:
    """Return what follows from a report, from inside the transaction; None where it takes the way of any other mail."""
    letter = mail.letter
    if said.reporter.id == BORROWER:
        return _of_borrower(said, mail, unit, rules, now) if proof is not Proof.FAILED else None
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


def _of_borrower(said: Heard, mail: Understood, unit: Unit, rules: Rules, now: datetime) -> Decision | None:
    """Return what follows where a borrower says that it is back."""
    asked = said.answered is not None and said.answered.kind == Overdue.template
    arrival = any(statement.arrival for statement in said.told.statements)
    if mail.conversation is None or not (asked or arrival or mail.meaning.intent is Intent.KEY):
        return None
    outcomes = unit.reports.outcomes([mail.conversation.code])
    return on_borrower(said.told, mail.conversation, outcomes, mail.letter.message_id, now, rules)


def digest_of(said: Heard, unit: Unit, now: datetime) -> Digest | None:
    """Return the list that is answered, else the newest that the reporter has: their own."""
    last = unit.reservations.last_digests()
    about = list_in(said.answered.cause) if said.answered is not None else None
    if about is not None and (found := unit.reservations.digest(*about)) is not None:
        return found
    return last.get(said.reporter.id)


def report_about(answered: OurLetter | None, unit: Unit) -> Report | None:
    """Return the report that a letter of ours was about."""
    number = report_in(answered.cause) if answered is not None else None
    return unit.reports.get(number) if number is not None else None


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


def told_in(digests: Iterable[Digest]) -> tuple[int, ...]:
    """Return the numbers of the reports that lists tell."""
    return tuple(report.id for digest in digests for report in digest.noted)
