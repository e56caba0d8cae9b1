"""Words of staff about a mail that was handed to them: which mail, whether they are theirs, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from msgspec.structs import replace

from mailbot.model.addresses import one_form
from mailbot.model.cases import Answered, Ballot, Case, Verdict
from mailbot.model.decision import Decision, DraftShown, End, Facts, Notice, Recalled, ReportChallenged, ToStaff
from mailbot.model.letters import Address, Context, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.outbox import OurLetter, Thread
from mailbot.model.proof import Proof
from mailbot.model.reports import Report, Standing, Verb, Word
from mailbot.model.reservation import CODE
from mailbot.model.rules import Rules, Staff
from mailbot.policy.cases import dealt_with, is_this_you
from mailbot.policy.drafts import WHY as DRAFT
from mailbot.policy.drafts import gist_of
from mailbot.policy.matter import Matter
from mailbot.reading.ballots import read_ballot
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.reports import read_report
from mailbot.reading.staff import read_answered, read_verdict
from mailbot.reading.words import own_words
from mailbot.service.approving import Asking, asking_of, decider_at, thread_to_asker
from mailbot.service.college import Meeting, meeting_of
from mailbot.service.ports import Unit

ABOUT = frozenset({ToStaff.template, DraftShown.template, "case_told", Recalled.template})
"""Letters that are answered with words about a case."""
ANSWERED_WITHIN = timedelta(days=7)
CASES = "cases"
"""The folder of case files, in the data folder."""
MOST_TEXT = 20_000
"""Characters of a mail that are kept beside what was made of it."""


@dataclass(frozen=True)
class OfStaff:
    """A mail of one of the staff about a case, or about the list for a meeting of the College, or of one who decides
    about an asking. `question` is the report that it says yes to: `said` is then what was written before."""

    person: Staff
    about: Case | Asking | Meeting
    said: Answered | Verdict | Ballot
    word: Word
    question: Report | None = None

    @property
    def thread(self) -> Thread:
        """What a letter to the sender of the mail that it is about carries of that."""
        match self.about:
            case Case():
                return thread_of_case(self.about)
            case Asking():
                return thread_to_asker(self.about.conversation)
        return Thread()


def of_staff(letter: Letter, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> OfStaff | None:
    """Return what one of the staff writes about a mail that was handed to them, or who decides about what they are
    asked; None where it is none of that."""
    address = letter.sender.address
    if letter.machine or not (
        staff_at(address, rules) or any(one.address == address for one in rules.holders.values())
    ):
        return None
    ours = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    answered = next((mine for mine in ours if mine.message_id in letter.in_reply_to[:1]), None)
    question = _question(answered, letter, unit)
    if question is not None:
        if not says_yes(letter, ours, rules, lexica, rules.commune.languages[0]):
            return None
        word = next(deed for deed in question.deeds if isinstance(deed, Word))
        letter = replace(letter, text=word.text, subject=word.subject, sent=word.sent, in_reply_to=(word.answers,))
        ours = unit.mailbox.our_letters([word.answers])
    about: Case | Asking | Meeting | None = (
        asking_of(letter, ours, unit) or meeting_of(ours) or _case(letter, ours, unit)
    )
    if about is None:
        return None
    here = Context(our_texts=tuple(mine.text for mine in ours))
    said: Answered | Verdict | Ballot
    if isinstance(about, Asking):
        person, said = decider_at(address, about, rules), read_verdict(letter, here, rules.catalogue, lexica)
    elif isinstance(about, Meeting):
        person, said = staff_at(address, rules), read_ballot(letter, here, rules.catalogue, lexica)
    else:
        person, said = staff_at(address, rules), answered_to(letter, here, about, rules, lexica)
    answers = letter.in_reply_to[0] if letter.in_reply_to else ""
    own = own_words(letter, here, rules.catalogue.banners).body.strip()
    word = Word(own, letter.text[:MOST_TEXT], letter.sent, answers, letter.subject)
    return OfStaff(person, about, said, word, question) if person else None


def answered_to(
    letter: Letter, here: Context, case: Case, rules: Rules, lexica: Mapping[Language, Lexicon]
) -> Answered:
    """Return what one of the staff writes about a case. A letter that they corrected repeats most of ours, and is
    theirs all the same."""
    said = read_answered(letter, here, rules.catalogue, lexica)
    if case.why != DRAFT or said.drop or said.agrees or said.refuses or said.correction:
        return said
    corrected = read_answered(letter, Context(), rules.catalogue, lexica)
    return said if corrected.unclear or corrected.correction else corrected


def staff_at(address: str, rules: Rules) -> Staff | None:
    return next((person for person in rules.staff if person.address.lower() == address), None)


def _question(answered: OurLetter | None, letter: Letter, unit: Unit) -> Report | None:
    """Return the words that our question was about, where this is their owner's answer, in time."""
    if answered is None or answered.kind != ReportChallenged.template or not answered.cause.startswith("report "):
        return None
    in_time = letter.arrived - answered.written <= ANSWERED_WITHIN
    if not in_time or answered.recipients != (letter.sender.address,):
        return None
    report = unit.reports.get(int(answered.cause.removeprefix("report ")))
    waits = report is not None and report.standing is Standing.WAITING
    return report if report and waits and any(isinstance(deed, Word) for deed in report.deeds) else None


def says_yes(
    letter: Letter, ours: tuple[OurLetter, ...], rules: Rules, lexica: Mapping[Language, Lexicon], language: Language
) -> bool:
    """Return whether a letter says yes to what our letter asked."""
    return _says(Verb.YES, letter, ours, rules, lexica, language)


def says_no(
    letter: Letter, ours: tuple[OurLetter, ...], rules: Rules, lexica: Mapping[Language, Lexicon], language: Language
) -> bool:
    """Return whether a letter takes back what our letter told."""
    return _says(Verb.UNDO, letter, ours, rules, lexica, language)


def _says(
    verb: Verb,
    letter: Letter,
    ours: tuple[OurLetter, ...],
    rules: Rules,
    lexica: Mapping[Language, Lexicon],
    language: Language,
) -> bool:
    context = Context(our_texts=tuple(mine.text for mine in ours))
    told = read_report(letter, context, rules.catalogue, lexica, language)
    return told is not None and any(statement.verb is verb for statement in told.statements)


def _case(letter: Letter, ours: tuple[OurLetter, ...], unit: Unit) -> Case | None:
    """Return the case of the letter of ours that is answered; where a relay gave that another Message-ID, the newest
    one of the conversation whose code the subject holds."""
    about = next((mine.cause for mine in ours if mine.kind in ABOUT), "")
    if about:
        return unit.cases.get(about.removeprefix("recall "))
    codes = [] if ours or not letter.in_reply_to else CODE.findall(letter.subject.upper())
    return next((case for code in codes if (case := unit.cases.newest_of(code))), None)


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


def meaning_of(case: Case, said: Answered) -> Meaning:
    """Return what a decision about a case is about: it decides which part of the calendar is looked at."""
    return said.correction or case.meaning or Meaning(case.languages[0], Intent.HUMAN)


def unproven(told: OfStaff, proof: Proof, rules: Rules, letter: Letter) -> Decision | None:
    """Return what is done instead of what the words say, where nothing proves whose they are; None where it is
    proven."""
    if proof is Proof.FAILED:
        return forged(letter, rules)
    if proof is not Proof.PASSED and told.question is None:
        return is_this_you(told.word, told.person, letter.message_id)
    return None


def answered_question(told: OfStaff, decision: Decision) -> Decision:
    """Return the decision with our question, whether the words are theirs, ended."""
    done = replace(told.question, standing=Standing.DONE) if told.question else None
    return replace(decision, report=done)


def judged_case(
    told: OfStaff, case: Case, said: Answered, facts: Facts, meaning: Meaning, rules: Rules, mail: str
) -> Decision:
    """Return what follows from words about a case, which are proven."""
    sure = replace(meaning, language=case.languages[0], language_sure=len(case.languages) == 1)
    return dealt_with(said, case, Matter(sure, facts, rules), told.person, mail)


def forged(letter: Letter, rules: Rules) -> Decision:
    """Return what is done with words that the domain of their address disowns: a person looks at the mail."""
    content = ToStaff("forged", letter.sender, letter.subject, told=False)
    notices = tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    )
    return Decision(End.HANDED, ("the domain check failed: nothing of it counts",), (), notices)


def case_files(folder: Path) -> Callable[[Case], None]:
    """Return what writes a case that a person corrected into `folder`/cases, a JSON file a mail in the form of the
    corpus: the mail, what it was read as, and as `gold` what a person says that it means."""

    def keep(case: Case) -> None:
        if case.corrected is None:
            return
        there = folder / CASES
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = there / f"{case.sent:%Y-%m-%d}-{case.id[:12]}.json"
        written = path.with_suffix(".new")
        written.write_text(json.dumps(corpus_form(case), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.replace(path)

    return keep


def forget_case_files(folder: Path, address: str) -> None:
    """Delete the case files of mails from an address; harmless where there are none."""
    for path in (folder / CASES).glob("*.json"):
        if one_form(parseaddr(json.loads(path.read_text(encoding="utf-8"))["from"])[1]) == one_form(address):
            path.unlink()


def corpus_form(case: Case) -> dict[str, object]:
    """Return a corrected case as a line of the corpus has it."""
    gold = (case.corrected or case.meaning or Meaning(case.languages[0], Intent.HUMAN)).to_json()
    read = case.meaning.to_json() if case.meaning else None
    return {
        "id": case.id[:12],
        "from": f"{case.sender.name} <{case.sender.address}>".strip(),
        "date": case.sent.isoformat(),
        "subject": case.subject,
        "body": case.text,
        "gold": {name: value for name, value in gold.items() if name != "alternatives" or value},
        "read": read,
    }


def thread_of_case(case: Case) -> Thread:
    return Thread(case.subject, case.message_id, case.references)


def opened(letter: Letter, decision: Decision, meaning: Meaning | None, rules: Rules) -> Case | None:
    """Return the case that a decision opens, where staff get the mail."""
    content = next((n.content for n in decision.notices if isinstance(n.content, ToStaff)), None)
    if content is None or decision.case is not None:
        return None
    to_sender = (n.languages for n in decision.notices if n.to.address == letter.sender.address)
    sure = (meaning.language,) if meaning is not None and meaning.language_sure else rules.commune.languages[:2]
    return Case(
        id=letter.digest,
        why=content.why,
        sender=letter.sender,
        languages=next(to_sender, sure),
        subject=letter.subject,
        text=letter.text[:MOST_TEXT],
        sent=letter.sent,
        message_id=letter.message_id,
        references=(*letter.references, *letter.in_reply_to),
        code=content.reservation.code if content.reservation else "",
        meaning=content.meaning or meaning,
        arrived=letter.arrived,
        copied=(*letter.to, *letter.cc),
        answers=(*letter.in_reply_to, "")[0],
    )


def drafted(letter: Letter, decision: Decision, meaning: Meaning, facts: Facts) -> tuple[Decision, Case | None]:
    """Return the decision with the mail in what staff are shown of an answer that waits, and the case that it opens;
    None where nothing waits."""
    shown = next((n.content for n in decision.notices if isinstance(n.content, DraftShown)), None)
    if shown is None or shown.letter is None:
        return decision, None
    case = Case(
        id=letter.digest,
        why=DRAFT,
        sender=letter.sender,
        languages=shown.letter.languages,
        subject=letter.subject,
        text=letter.text[:MOST_TEXT],
        sent=letter.sent,
        message_id=letter.message_id,
        references=(*letter.references, *letter.in_reply_to),
        code=decision.code,
        meaning=meaning,
        arrived=letter.arrived,
        copied=(*letter.to, *letter.cc),
        answers=(*letter.in_reply_to, "")[0],
        proven=facts.sender.proven,
        challenge=facts.challenge,
        gist=gist_of(shown.letter),
    )
    return with_case(decision, case), case


def with_case(decision: Decision, case: Case) -> Decision:
    """Return the decision with a case in what staff are shown."""
    notices = tuple(
        replace(notice, content=replace(notice.content, case=case))
        if isinstance(notice.content, DraftShown)
        else notice
        for notice in decision.notices
    )
    return replace(decision, notices=notices)
