"""Words of staff about a mail that was handed to them or about the College's list; of staff, stewards and others about
what they are asked to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from mailbot.errors import LostRace
from mailbot.model.cases import Answered, Ballot, Case, Verdict
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address, Context, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.notices import Notice
from mailbot.model.outbox import OurLetter, Thread
from mailbot.model.proof import Proof
from mailbot.model.reports import Report, Standing, Verb, Word
from mailbot.model.reservation import CODE, Reservation
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import DraftShown, Recalled, ToStaff
from mailbot.policy.cases import dealt_with, is_this_you
from mailbot.policy.decide import on_mail
from mailbot.policy.drafts import WHY as DRAFT
from mailbot.policy.drafts import dropped, released
from mailbot.policy.matter import Matter
from mailbot.reading.ballots import read_ballot
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.plainly import says_plainly_yes
from mailbot.reading.reports import read_report
from mailbot.reading.staff import read_answered, read_verdict
from mailbot.reading.words import own_words
from mailbot.service.approving import Asking, asking_of, decided_by, decider_at, thread_to_asker
from mailbot.service.cases import MOST_TEXT, as_sent, drafted, thread_of_case
from mailbot.service.college import Meeting, meeting_of, voted
from mailbot.service.conversation import Understood
from mailbot.service.desk import Desk
from mailbot.service.facts import facts_for
from mailbot.service.ports import Unit

ABOUT = frozenset({ToStaff.template, DraftShown.template, "case_told", Recalled.template})
"""Letters that are answered with words about a case."""


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

    def decided(self, mail: Understood, proof: Proof, desk: Desk) -> Decision:
        """Return what follows, from inside the transaction; where nothing proves whose words they are, a question."""
        if proof is Proof.FAILED:
            return forged(mail.letter, desk.rules)
        if proof is not Proof.PASSED and self.question is None:
            return is_this_you(self.word, self.person, mail.letter.message_id)
        decision = self._believed(mail.letter, desk)
        return replace(decision, report=replace(self.question, standing=Standing.DONE) if self.question else None)

    def _believed(self, letter: Letter, desk: Desk) -> Decision:
        match self.about, self.said:
            case Asking() as asking, Verdict() as verdict:
                return decided_by(self.person, verdict, asking, letter.message_id, desk.unit, desk.rules, desk.now)
            case Meeting() as meeting, Ballot() as ballot:
                return voted(ballot, meeting, self.person, letter.message_id, desk)
            case Case() as case, Answered() as said:
                return self._about_case(case, said, letter, desk)
        raise AssertionError(self)

    def _about_case(self, known: Case, said: Answered, letter: Letter, desk: Desk) -> Decision:
        """Return what follows about a mail that was handed to a person."""
        unit, rules = desk.unit, desk.rules
        case = unit.cases.get(known.id)
        if case is None or case != known:
            raise LostRace(known.id)
        conversation = unit.reservations.get(case.code) if case.code else None
        lets_go = said.agrees or (said.words and not (said.correction or said.unclear))
        if case.why == DRAFT and case.ending is None and (said.drop or said.refuses or lets_go):
            return self._about_draft(case, said, conversation, letter, desk)
        meaning = said.correction or _meaning_of(case)
        facts = facts_for(
            Understood(as_sent(case, letter.arrived), conversation, meaning), Proof.PASSED, unit, rules, desk.now
        )
        sure = replace(meaning, language=case.languages[0], language_sure=len(case.languages) == 1)
        return dealt_with(said, case, Matter(sure, facts, rules), self.person, letter.message_id)

    def _about_draft(
        self, case: Case, said: Answered, conversation: Reservation | None, letter: Letter, desk: Desk
    ) -> Decision:
        """Return what follows where a person lets an answer go, or nothing. It is decided once more, from fresh
        facts."""
        waits = conversation if conversation is not None and conversation.draft is not None else None
        mine = waits if waits is not None and waits.draft and waits.draft.case == case.id else None
        if said.drop or said.refuses:
            return dropped(case, mine, self.person, letter.message_id)
        theirs = as_sent(case, case.arrived or case.sent)
        meant = Understood(theirs, conversation, said.correction or _meaning_of(case), case.challenge)
        proof = Proof.PASSED if case.proven else Proof.NONE
        facts = facts_for(meant, proof, desk.unit, desk.rules, desk.now, again=mine is not None)
        decision = on_mail(meant.meaning, facts, desk.rules)
        words = "" if said.agrees else said.words
        gone = released(decision, case, mine, self.person, letter.message_id, words, desk.rules)
        if gone.case is None:
            gone, shown = drafted(theirs, gone, meant.meaning, facts)
            if shown:
                desk.unit.cases.keep(shown, desk.now)
        return gone


def of_staff(mail: Understood, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> OfStaff | None:
    """Return what one of the staff writes about a mail that was handed to them, or who decides about what they are
    asked; None where it is none of that."""
    letter, ours = mail.letter, mail.ours
    address = letter.sender.address
    if letter.machine or not (
        staff_at(address, rules) or any(one.address == address for one in rules.holders.values())
    ):
        return None
    question = mail.report(unit, {ReportChallenged.template})
    word = next((deed for deed in question.deeds if isinstance(deed, Word)), None) if question else None
    if question is not None and word is not None and question.standing is Standing.WAITING:
        if not says_yes(mail, rules, lexica, rules.commune.languages[0]):
            return None
        letter = replace(letter, text=word.text, subject=word.subject, sent=word.sent, in_reply_to=(word.answers,))
        ours = unit.mailbox.our_letters([word.answers])
    else:
        question = None
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
    written = Word(own, letter.text[:MOST_TEXT], letter.sent, answers, letter.subject)
    return OfStaff(person, about, said, written, question) if person else None


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


def says_yes(mail: Understood, rules: Rules, lexica: Mapping[Language, Lexicon], language: Language) -> bool:
    """Return whether a letter says yes to what our letter asked, plainly."""
    plain = says_plainly_yes(mail.letter, mail.quoting, rules.catalogue.banners)
    return plain and _says(Verb.YES, mail, rules, lexica, language)


def says_no(mail: Understood, rules: Rules, lexica: Mapping[Language, Lexicon], language: Language) -> bool:
    """Return whether a letter takes back what our letter told."""
    return _says(Verb.UNDO, mail, rules, lexica, language)


def _says(verb: Verb, mail: Understood, rules: Rules, lexica: Mapping[Language, Lexicon], language: Language) -> bool:
    told = read_report(mail.letter, mail.quoting, rules.catalogue, lexica, language)
    return told is not None and any(statement.verb is verb for statement in told.statements)


def _case(letter: Letter, ours: tuple[OurLetter, ...], unit: Unit) -> Case | None:
    """Return the case of the letter of ours that is answered; where a relay gave that another Message-ID, the newest
    one of the conversation whose code the subject holds."""
    about = next((mine.cause for mine in ours if mine.kind in ABOUT), "")
    if about:
        return unit.cases.get(about.removeprefix("recall "))
    codes = [] if ours or not letter.in_reply_to else CODE.findall(letter.subject.upper())
    return next((case for code in codes if (case := unit.cases.newest_of(code))), None)


def _meaning_of(case: Case) -> Meaning:
    """Return what a mail was read as: it decides which part of the calendar is looked at."""
    return case.meaning or Meaning(case.languages[0], Intent.HUMAN)


def forged(letter: Letter, rules: Rules) -> Decision:
    """Return what is done with words that the domain of their address disowns: a person looks at the mail."""
    content = ToStaff("forged", letter.sender, letter.subject, told=False)
    notices = tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    )
    return Decision(End.HANDED, ("the domain check failed: nothing of it counts",), (), notices)
