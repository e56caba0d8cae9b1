"""Mails of the commune for somebody else: who of the commune wrote, for whom, and the mail as that one would have sent
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.behalf import Behalf, Party, Unresolved
from mailbot.model.decision import Decision
from mailbot.model.letters import Address, Context, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.outbox import Thread
from mailbot.model.proof import Proof
from mailbot.model.reports import Report, Standing
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import BehalfTold, BehalfUnclear
from mailbot.policy.behalf import ORDERS, for_whom, handed_on, is_it_you, named_at, ordered, party_of
from mailbot.policy.matter import Matter
from mailbot.reading.behalf import read_behalf, read_whom
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.reader import read
from mailbot.reading.words import own_words
from mailbot.service.conversation import Understood, understood
from mailbot.service.desk import Desk
from mailbot.service.facts import facts_for
from mailbot.service.ports import Unit
from mailbot.service.reports import LISTS
from mailbot.service.staff import forged, says_yes, staff_at

LONG_AGO = timedelta(days=500)
QUESTIONS = frozenset({BehalfUnclear.template, BehalfTold.template, ReportChallenged.template})
"""Letters whose answer goes on with a request for somebody else."""


@dataclass(frozen=True)
class ForOther:
    """A request for somebody else: who of the commune wrote, what for, and whom it is for as far as the rules tell.
    `question` is the report that it answers; `vouched`: that answer proves that it is from them."""

    person: Staff
    behalf: Behalf
    party: Party | Unresolved
    question: Report | None = None
    vouched: bool = False

    def as_theirs(self, party: Party, letter: Letter) -> Letter:
        """Return the mail as they would have sent it."""
        behalf = self.behalf
        bare = Letter(
            "", letter.digest, party.address, (), letter.to, (), behalf.sent, letter.arrived, behalf.subject, ""
        )
        return replace(bare, text=behalf.text)

    @property
    def thread(self) -> Thread:
        return Thread(self.behalf.subject)

    def decided(self, mail: Understood, proof: Proof, desk: Desk) -> Decision:
        """Return what follows, from inside the transaction; a question where the mail proves nothing, or where it
        cannot be told for whom it is."""
        letter, rules = mail.letter, desk.rules
        if proof is Proof.FAILED:
            return self._settled(forged(letter, rules))
        if proof is not Proof.PASSED and not self.vouched:
            return self._settled(is_it_you(self.behalf, self.person, letter.message_id))
        if isinstance(self.party, Unresolved):
            return self._settled(for_whom(self.behalf, self.party, self.person, letter.message_id))
        theirs = understood(self.as_theirs(self.party, letter), rules, desk.office.lexica, desk.unit, desk.now)
        facts = facts_for(theirs, self._proof_of(theirs.meaning), desk.unit, rules, desk.now)
        matter = Matter(theirs.meaning, facts, rules)
        if self.behalf.handed_on:
            return self._settled(handed_on(matter, self.party, self.person, letter.message_id))
        return self._settled(ordered(matter, self.behalf, self.party, self.person, letter.message_id))

    def _proof_of(self, meaning: Meaning) -> Proof:
        """Return what the request proves: who hands a mail on vouches for a booking, for nothing that could hurt."""
        return Proof.PASSED if not self.behalf.handed_on or meaning.intent is Intent.BOOK else Proof.NONE

    def _settled(self, decision: Decision) -> Decision:
        """Return the decision with the question that this answers done, unless it asks anew: what was asked is no
        longer kept."""
        if self.question is None or decision.report is not None:
            return decision
        return replace(decision, report=replace(self.question, deeds=(), words="", standing=Standing.DONE))


def for_other(mail: Understood, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> ForOther | None:
    """Return what one of the commune asks for somebody else; None where it is none of that."""
    letter = mail.letter
    person = None if letter.machine else of_the_commune(letter.sender.address, rules)
    if person is None:
        return None
    question = mail.report(unit, QUESTIONS)
    if question and question.standing is Standing.WAITING and question.asks_for:
        behalf = _with_answer(question.asks_for, mail, rules, lexica, person.language)
        if behalf is None:
            return None
        return ForOther(person, behalf, _party(behalf, rules, unit, letter.arrived), question, vouched=True)
    if mail.answered is not None and mail.answered.kind in LISTS:
        return None
    behalf = read_behalf(letter, mail.quoting, rules.catalogue, lexica, lambda words: named_at(words, rules))
    if behalf is None or (behalf.named and not _asks(behalf, letter, rules, lexica)):
        return None
    if behalf.address and _is_own(behalf.address, rules):
        return None
    party = _party(behalf, rules, unit, letter.arrived)
    if isinstance(party, Unresolved) and not (behalf.sure and (party.near or _asks(behalf, letter, rules, lexica))):
        return None
    return ForOther(person, behalf, party)


def _asks(behalf: Behalf, letter: Letter, rules: Rules, lexica: Mapping[Language, Lexicon]) -> bool:
    """Return whether it asks for something: "pour info : …" is for nobody."""
    alone = replace(letter, subject=behalf.subject, text=behalf.text, in_reply_to=(), references=())
    return behalf.handed_on or read(alone, Context(), rules.catalogue, lexica).intent in ORDERS


def of_the_commune(address: str, rules: Rules) -> Staff | None:
    """Return who of the staff, or of those who stand at a counter, has an address."""
    at_counters = {holder for counter in rules.counters.values() for holder in counter.holders}
    holders = (rules.holders[id] for id in sorted(at_counters) if id in rules.holders)
    there = (Staff(found.name, found.address, found.language) for found in holders if found.address.lower() == address)
    return staff_at(address, rules) or next(there, None)


def _is_own(address: str, rules: Rules) -> bool:
    return address in rules.catalogue.mailboxes or of_the_commune(address, rules) is not None


def _with_answer(
    asked: Behalf, mail: Understood, rules: Rules, lexica: Mapping[Language, Lexicon], language: Language
) -> Behalf | None:
    """Return the request as the answer completes it: for whom it is, or what was missing. A new one, whole, goes
    before."""
    letter, context, answered = mail.letter, mail.quoting, mail.answered
    assert answered
    if answered.kind == ReportChallenged.template:
        return asked if says_yes(mail, rules, lexica, language) else None
    anew = read_behalf(letter, context, rules.catalogue, lexica)
    if anew is not None and anew.sure:
        return anew
    whom, address = read_whom(letter, context, rules.catalogue)
    if answered.kind == BehalfUnclear.template:
        return replace(asked, whom=whom or asked.whom, address=address) if whom or address else None
    said = own_words(letter, context, rules.catalogue.banners).body.strip()
    return replace(asked, text=f"{asked.text}\n{said}") if said else None


def _party(behalf: Behalf, rules: Rules, unit: Unit, now: datetime) -> Party | Unresolved:
    """Return for whom it is: of an initiative whose addresses are all of one domain, who last booked for it; with the
    name that they write under."""
    party = party_of(behalf, rules)
    initiative = party.initiative
    if initiative is None:
        return party
    before = [
        *unit.reservations.earlier("", initiative, now - LONG_AGO, now),
        *unit.reservations.of("", initiative, now),
    ]
    known = [one.asker for one in sorted(before, key=lambda one: one.created)]
    if isinstance(party, Unresolved):
        found = rules.initiatives[initiative]
        return Party(known[-1], initiative, found.name, found.language) if known else party
    names = [asker.name for asker in known if asker.address == party.address.address and asker.name]
    return (
        replace(party, address=Address(names[-1], party.address.address)) if names and not party.address.name else party
    )
