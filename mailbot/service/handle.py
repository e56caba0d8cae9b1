"""The way of a mail: read it, then decide and write in one transaction, then let the source forget it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.errors import LostRace, Temporary, Unreadable
from mailbot.model.behalf import Party
from mailbot.model.cases import Answered, Ballot, Case, Ending, Verdict
from mailbot.model.decision import Alert, Decision, End, Facts, GoesOn, Handed, Notice, Sender, ToStaff
from mailbot.model.letters import Address, Bounce, Context, Letter
from mailbot.model.meaning import Intent, Lack, Language, Meaning, Wish
from mailbot.model.outbox import OurLetter, Outgoing, Thread
from mailbot.model.proof import Proof
from mailbot.model.reservation import (
    BOOKED,
    CODE,
    Act,
    Claim,
    Pending,
    Put,
    Reservation,
    State,
    claims_in_force,
    linked,
    neighbours,
)
from mailbot.model.rules import Rules
from mailbot.policy.behalf import handed_on, ordered
from mailbot.policy.blocks import agreed, offered_elsewhere, owners_told
from mailbot.policy.continued import OPEN, afterthought_to, continued, under_subject
from mailbot.policy.decide import on_mail
from mailbot.policy.direct import with_partners
from mailbot.policy.drafts import BEHIND, behind, comes_behind, dropped, released, supervised
from mailbot.policy.drafts import WHY as DRAFT
from mailbot.policy.due import lapsed
from mailbot.policy.floods import too_many_from_the_house
from mailbot.policy.matter import Matter
from mailbot.policy.on_the_spot import AFTER_OPENING, BEFORE
from mailbot.policy.personal import wish_of
from mailbot.policy.stock import stock_of
from mailbot.policy.waiting import in_turn
from mailbot.policy.windows import windows, windows_around
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from mailbot.reading.salvage import salvage
from mailbot.reading.words import bare_subject
from mailbot.service.approving import Asking, decided_by, thread_to_asker, undecided
from mailbot.service.behalf import ForOther, challenged, for_other, proof_of, settled
from mailbot.service.college import Meeting, voted
from mailbot.service.house import OfHouse, of_house, on_house, opens
from mailbot.service.office import Office
from mailbot.service.ports import Delivered, Unit
from mailbot.service.reports import cause_of, decided, heard, rules_now, with_photos
from mailbot.service.returned import came_back
from mailbot.service.staff import (
    OfStaff,
    answered_question,
    as_sent,
    drafted,
    judged_case,
    meaning_of,
    of_staff,
    opened,
    thread_of_case,
    unproven,
)

log = logging.getLogger(__name__)

MOST_TRIES = 3
"""A mail that failed so often is set aside, whole, for a person."""

MOST_FORWARDED = 12_000_000
"""Octets of a mail that staff get as an attachment: in base64 many servers take no more."""

MOST_RACES = 3
ALERTED_ONCE_IN = timedelta(days=1)
LONG_AGO = timedelta(days=500)
"""How far back an earlier booking is looked for: "comme l'an passé"."""
CHALLENGE_LIFE = A_WEEK = timedelta(days=7)
QUESTION_LIFE = timedelta(days=40)
"""For so long an answer to a letter that one address alone got is taken for its owner's."""
NO_THREAD = Thread()
NOTHING_HELD: tuple[Claim, ...] = ()
CHALLENGES = frozenset(
    {
        "challenged",
        "change_offered",
        "openings",
        "approved_otherwise",
        "displaced",
        "vouching",
        "direct_asked",
        "direct_awaited",
    }
)
"""Letters to one owner about one act: a yes to one of them is a proof of this act."""
NUMBERED = re.compile(r"^\s*(\d{1,2})[.)]\s+(.+)$", re.MULTILINE)


def handle(delivered: Delivered, office: Office) -> None:
    """Answer one mail, once. Raises Temporary where the world is not ready, LostRace where others were quicker each
    time: the mail then comes back."""
    rules, raw = office.rules.current(), delivered.raw  # a server that does not give it away costs no try
    with office.store.unit() as unit:
        tries = unit.mailbox.count_try(delivered.place)
        unit.commit()
    try:
        end(delivered, raw, tries, rules, office)
    except Temporary:
        take_back_try(delivered, office)
        raise
    delivered.done()


def end(delivered: Delivered, raw: bytes, tries: int, rules: Rules, office: Office) -> None:
    """Bring one mail to its end; set aside, whole, what failed too often or cannot be read."""
    if tries > MOST_TRIES:
        set_aside(delivered, "failed", rules, office)
        return
    try:
        letter = parse(raw, delivered.arrived, own=frozenset(rules.catalogue.mailboxes), limits=office.limits)
    except Unreadable as unreadable:
        log.warning("mail unreadable", extra={"place": delivered.place, "reason": unreadable.reason})
        set_aside(delivered, "unreadable", rules, office)
        return
    if letter.bounce:
        take_back(letter, letter.bounce, rules, office)
    else:
        answer(letter, raw, rules, office)


def take_back_try(mail: Delivered, office: Office) -> None:
    """Forget the try: what was not ready was the world. Where the database is away, the try was not counted either."""
    try:
        with office.store.unit() as unit:
            unit.mailbox.take_back_try(mail.place)
            unit.commit()
    except Temporary as error:
        log.warning("a try stays counted", extra={"place": mail.place, "error": str(error)})


def answer(letter: Letter, raw: bytes, current: Rules, office: Office) -> None:
    """Read the letter in its conversation, decide, and write all that follows in one transaction; whoever loses a race
    decides again from fresh facts."""
    rules = current
    proof = Proof.NONE if letter.machine else office.proof(raw, letter, frozenset(rules.catalogue.mailboxes))
    for _ in range(MOST_RACES):
        let_go(letter.arrived, current, office)
        with office.store.reading() as unit:
            conversation, meaning, challenge = understood(letter, rules, office.lexica, unit, office.clock())
            told = of_staff(letter, rules, unit, office.lexica)
            other = None if told else for_other(letter, rules, unit, office.lexica)
            house = None if told or other else of_house(letter, rules, unit, office.lexica)
            known = told or other or house
            said = None if known else heard(letter, conversation, rules, unit, office.lexica)  # of keys and goods
        try:
            with office.store.unit() as unit:
                if unit.mailbox.admit(letter):
                    now = office.clock()
                    rules = rules_now(current, unit, now)
                    thread = told.thread if told else other.thread if other else thread_of(letter, raw)
                    decision = (
                        decided(said, letter, meaning.intent, conversation, proof, unit, rules, now) if said else None
                    )
                    if told:
                        decision = by_staff(told, letter, proof, unit, rules, office, now)
                    if other:
                        decision = for_somebody(other, letter, proof, unit, rules, office, now)
                    if house:
                        decision = of_the_house(house, letter, proof, unit, rules, office, now)
                    if decision is not None:
                        decision = silenced(letter, proof, unit, rules, now) or decision
                    else:
                        facts = facts_for(letter, meaning, conversation, proof, challenge, unit, rules, now)
                        decision = looked_over(on_mail(meaning, facts, rules), letter, meaning, facts, unit, rules, now)
                    decision = with_photos(decision, letter, raw, office)
                    if case := opened(letter, decision, meaning, rules):
                        unit.cases.open(case, now)
                    carry_out(decision, unit, rules, office, thread, cause=letter.digest)
                    if decision.case and decision.code:
                        serve_behind(decision.code, unit, rules, office)
                    if gives_back(decision) or opens(decision):
                        serve_waiting(unit, rules_now(current, unit, now), office)
                    unit.mailbox.ended(letter.digest, decision.end, "; ".join(decision.because), decision.code)
                    note(letter, meaning, decision)
                unit.commit()
        except LostRace:
            continue
        office.wake_delivery()
        return
    raise LostRace("three in a row")


def by_staff(
    told: OfStaff, letter: Letter, proof: Proof, unit: Unit, rules: Rules, office: Office, now: datetime
) -> Decision:
    """Return what follows from words of staff, or of a steward, from inside the transaction."""
    if instead := unproven(told, proof, rules, letter):
        return instead
    if isinstance(told.about, Asking) and isinstance(told.said, Verdict):
        decision = decided_by(told.person, told.said, told.about, letter.message_id, unit, rules, now)
    elif isinstance(told.about, Meeting) and isinstance(told.said, Ballot):

        def carry(one: Decision, booking: Reservation) -> None:
            carry_out(one, unit, rules, office, thread_to_asker(booking))
            if gives_back(one):
                serve_waiting(unit, rules, office)

        decision = voted(told.said, told.about, told.person, letter.message_id, unit, rules, now, carry)
    else:
        decision = about_case(told, letter, unit, rules, now)
    return answered_question(told, decision)


def about_case(told: OfStaff, letter: Letter, unit: Unit, rules: Rules, now: datetime) -> Decision:
    """Return what follows from proven words about a mail that was handed to a person."""
    assert isinstance(told.about, Case)
    assert isinstance(told.said, Answered)
    case = unit.cases.get(told.about.id)
    if case is None or case != told.about:
        raise LostRace(told.about.id)
    conversation = unit.reservations.get(case.code) if case.code else None
    said = told.said
    lets_go = said.agrees or (said.words and not (said.correction or said.unclear))
    if case.why == DRAFT and case.ending is None and (said.drop or said.refuses or lets_go):
        return about_draft(told, case, conversation, letter, unit, rules, now)
    meaning = meaning_of(case, told.said)
    facts = facts_for(as_sent(case, letter.arrived), meaning, conversation, Proof.PASSED, None, unit, rules, now)
    return judged_case(told, case, told.said, facts, meaning, rules, letter.message_id)


def about_draft(
    told: OfStaff, case: Case, conversation: Reservation | None, letter: Letter, unit: Unit, rules: Rules, now: datetime
) -> Decision:
    """Return what follows where a person lets an answer go, or nothing. It is decided once more, from fresh facts."""
    assert isinstance(told.said, Answered)
    waits = conversation if conversation is not None and conversation.draft is not None else None
    mine = waits if waits is not None and waits.draft and waits.draft.case == case.id else None
    if told.said.drop or told.said.refuses:
        return dropped(case, mine, told.person, letter.message_id)
    meaning = meaning_of(case, told.said)
    proof = Proof.PASSED if case.proven else Proof.NONE
    theirs = as_sent(case, case.arrived or case.sent)
    facts = facts_for(theirs, meaning, conversation, proof, case.challenge, unit, rules, now, again=mine is not None)
    decision = on_mail(meaning, facts, rules)
    words = "" if told.said.agrees else told.said.words
    gone = released(decision, case, mine, told.person, letter.message_id, words, rules)
    if gone.case is None:
        gone, shown = drafted(theirs, gone, meaning, facts)
        if shown:
            unit.cases.keep(shown, now)
    return gone


def looked_over(
    decision: Decision, letter: Letter, meaning: Meaning, facts: Facts, unit: Unit, rules: Rules, now: datetime
) -> Decision:
    """Return the decision; where a person must look at its answer first, or an answer before it waits for one, what is
    done meanwhile."""
    if comes_behind(decision):
        decision = behind(letter.sender, letter.subject, decision, rules)
        if waits := opened(letter, decision, meaning, rules):
            unit.cases.keep(replace(waits, proven=facts.sender.proven), now)
        return decision
    decision, case = drafted(letter, supervised(decision, letter.sender, letter.digest, rules), meaning, facts)
    if case:
        unit.cases.keep(case, now)
    return decision


def serve_behind(code: str, unit: Unit, rules: Rules, office: Office) -> None:
    """Look at the mails that came while an answer in the conversation waited, the oldest first, until one waits
    again."""
    now = office.clock()
    for case, _ in unit.cases.waiting():
        conversation = unit.reservations.get(code)
        if case.code != code or case.why != BEHIND or (conversation is not None and conversation.draft is not None):
            continue
        theirs = as_sent(case, case.arrived or case.sent)
        conversation, meaning, challenge = understood(theirs, rules, office.lexica, unit, now)
        proof = Proof.PASSED if case.proven else Proof.NONE
        facts = facts_for(theirs, meaning, conversation, proof, challenge, unit, rules, now)
        decision = looked_over(on_mail(meaning, facts, rules), theirs, meaning, facts, unit, rules, now)
        carry_out(decision, unit, rules, office, thread_of_case(case), cause=case.id)
        if decision.end is not End.HANDED:
            unit.cases.end(replace(case, ending=Ending.ANSWERED), now)
        elif handed := opened(theirs, decision, meaning, rules):
            unit.cases.keep(handed, now)


def for_somebody(
    other: ForOther, letter: Letter, proof: Proof, unit: Unit, rules: Rules, office: Office, now: datetime
) -> Decision:
    """Return what follows from what one of the commune asks for somebody else, from inside the transaction."""
    if decision := challenged(other, letter, proof, rules):
        return settled(decision, other)
    assert isinstance(other.party, Party)
    theirs = other.as_theirs(other.party, letter)
    conversation, meaning, _ = understood(theirs, rules, office.lexica, unit, now)
    facts = facts_for(theirs, meaning, conversation, proof_of(other, meaning), None, unit, rules, now)
    matter, mail = Matter(meaning, facts, rules), letter.message_id
    if other.behalf.handed_on:
        return settled(handed_on(matter, other.party, other.person, mail), other)
    return settled(ordered(matter, other.behalf, other.party, other.person, mail), other)


def of_the_house(
    said: OfHouse, letter: Letter, proof: Proof, unit: Unit, rules: Rules, office: Office, now: datetime
) -> Decision:
    """Return what follows from words that close or open something, from inside the transaction. At an OK the owners of
    the bookings inside are offered something else, one after the other: what is held for one is not for the next."""
    booked = unit.reservations.between(now, now + rules.limits.horizon)
    if not said.agrees or proof is Proof.FAILED or not said.about:
        return on_house(said, letter, proof, booked, rules, now)
    done = []
    for one in agreed(said.about, booked, now, rules):
        booking = one.reservation
        unit.reservations.lock(booking.initiative or booking.asker.address)
        standing = unit.reservations.of(booking.asker.address, booking.initiative, now)
        facts = replace(facts_around(booking, unit, rules, now), standing=standing)
        matter = Matter(Meaning(booking.language, Intent.CHANGE), facts, rules)
        decision = offered_elsewhere(matter, one.uses, said.about, said.keeper.person, letter.message_id)
        carry_out(decision, unit, rules, office)
        done.append((one, decision))
    return owners_told(done, said.keeper.person)


def silenced(letter: Letter, proof: Proof, unit: Unit, rules: Rules, now: datetime) -> Decision | None:
    """Return silence where those who run it, or somebody under their name, get too many answers."""
    traffic = unit.mailbox.traffic(letter.sender.address, "", now)
    return too_many_from_the_house(letter.sender, proof is Proof.PASSED, traffic, rules)


def take_back(letter: Letter, bounce: Bounce, rules: Rules, office: Office) -> None:
    """Write that a letter of ours came back, and what follows from it."""
    with office.store.unit() as unit:
        if unit.mailbox.admit(letter):
            decision = came_back(letter, bounce, unit, rules, office.clock())
            carry_out(decision, unit, rules, office, cause=letter.digest)
            unit.mailbox.ended(letter.digest, decision.end, "; ".join(decision.because), decision.code)
        unit.commit()
    office.wake_delivery()


def understood(
    letter: Letter, rules: Rules, lexica: Mapping[Language, Lexicon], unit: Unit, now: datetime
) -> tuple[Reservation | None, Meaning, Act | None]:
    """Return the conversation that a letter belongs to, what it means there, and the act whose challenge it answers. A
    few words without thread and code are read once more as an answer to our only open question, or as an afterthought
    to what was said or booked before."""
    conversation, context, challenge = conversation_of(letter, rules, unit)
    meaning = read(letter, context, rules.catalogue, lexica)
    if conversation is not None:
        return conversation, meaning, challenge
    earlier = afterthought_to(meaning, may_go_on(letter, mine(letter, rules, unit, now)), now, rules)
    if not earlier:
        return None, meaning, challenge
    last = earlier[0] if len(earlier) == 1 else None
    there = context_in(last, letters_to(letter.sender, last.code, unit)) if last else in_one_of(earlier)
    again = read(letter, there, rules.catalogue, lexica)
    means = again.intent not in (Intent.HUMAN, Intent.IGNORE) or again.option is not None
    return (last, again, None) if means else (None, meaning, challenge)


def may_go_on(letter: Letter, standing: Sequence[Reservation]) -> tuple[Reservation, ...]:
    """Return which of the sender's conversations a mail without thread and code may go on with, by its subject."""
    subject, mark = bare_subject(letter.subject)
    return under_subject(subject, standing, answers=mark == "reply")


def in_one_of(booked: Sequence[Reservation]) -> Context:
    """Return what the reader must know where any of several bookings may be meant."""
    return Context(booked=True, language=booked[0].language)


def mine(letter: Letter, rules: Rules, unit: Unit, now: datetime) -> tuple[Reservation, ...]:
    """Return what the sender or their initiative has, and what is asked of them."""
    initiative = rules.initiative_of(letter.sender.address)
    return unit.reservations.of(letter.sender.address, initiative.id if initiative else None, now - A_WEEK)


def conversation_of(letter: Letter, rules: Rules, unit: Unit) -> tuple[Reservation | None, Context, Act | None]:
    """Return the sender's conversation that the letter belongs to, what the reader must know of it, and the act that
    our challenge was about, where the letter is its owner's answer to it. Threads go before codes; neither counts for
    somebody else's conversation."""
    ours = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    codes = [mine.code for mine in ours if mine.code]
    if letter.calendar_reply:  # calendar programs keep the UID and nothing else
        codes.insert(0, letter.calendar_reply.uid.partition("@")[0].upper())
    codes += CODE.findall(letter.subject.upper()) + CODE.findall(letter.text.upper())
    conversation = next((found for code in codes if (found := own(unit, code, letter, rules))), None)
    if conversation is None:
        return None, Context(our_texts=tuple(mine.text for mine in ours)), None
    letters = letters_to(letter.sender, conversation.code, unit)
    answered = next((mine for mine in ours if mine.message_id in letter.in_reply_to[:1]), None)
    pending = conversation.pending
    challenge = answered is not None and pending is not None and answered.message_id in pending.letters
    return (
        conversation,
        replace(
            context_in(conversation, letters),
            challenge=challenge,
            evaluation=any(mine.kind == "evaluation" for mine in ([answered] if answered else letters[:1])),
        ),
        pending.act if challenge and pending and answered is not None and proves(answered, letter) else None,
    )


def letters_to(reader: Address, code: str, unit: Unit) -> tuple[OurLetter, ...]:
    """Return our letters of a conversation, newest first, those to this reader before those to others: it is theirs
    that they answer, whatever staff were told since."""
    letters = unit.mailbox.letters_in(code)
    return tuple(sorted(letters, key=lambda mine: reader.address not in mine.recipients))


def context_in(conversation: Reservation, letters: Sequence[OurLetter]) -> Context:
    """Return what the reader must know of a conversation; `letters` are ours in it, newest first."""
    return Context(
        code=conversation.code,
        asked=asked_in(conversation),
        options=numbered_lines(letters) if conversation.state in OPEN else (),
        booked=conversation.state in BOOKED,
        language=conversation.language,
        our_texts=tuple(mine.text for mine in letters),
    )


def asked_in(conversation: Reservation) -> frozenset[Lack]:
    """Return what our open question asks for: of a request, or of a change."""
    if conversation.state is State.ASKED and conversation.request:
        return conversation.request.missing
    asked = conversation.state is State.CHANGING and not conversation.options and conversation.pending
    return asked.meaning.missing if asked and asked.meaning else frozenset()


def own(unit: Unit, code: str, letter: Letter, rules: Rules) -> Reservation | None:
    """Return the conversation if it is the sender's, of the sender's initiative, or one that they were vouched for."""
    found = unit.reservations.get(code)
    if found is None:
        return None
    initiative = rules.initiative_of(letter.sender.address)
    known = {found.asker.address, *(one.address for one in found.colleagues)}
    theirs = initiative is not None and initiative.id == found.initiative
    return found if theirs or letter.sender.address in known else None


def proves(challenge: OurLetter, letter: Letter) -> bool:
    """A challenge went to one address alone; only its owner can answer it, and only for a while."""
    in_time = letter.arrived - challenge.written <= CHALLENGE_LIFE
    return in_time and challenge.recipients == (letter.sender.address,)


def numbered_lines(letters: Sequence[OurLetter]) -> tuple[str, ...]:
    """Return the choices of our newest letter that had any, as it worded them."""
    for mine in letters:
        if mine.kind in {
            "offered",
            "asked",
            "change_offered",
            "repeated",
            "openings",
            "which",
            "displaced",
            "withdrawn",
        }:
            return tuple(text for _, text in NUMBERED.findall(mine.text))
    return ()


def facts_for(
    letter: Letter,
    meaning: Meaning,
    conversation: Reservation | None,
    proof: Proof,
    challenge: Act | None,
    unit: Unit,
    rules: Rules,
    now: datetime,
    *,
    again: bool = False,
) -> Facts:
    """Return all that the decision may know, from inside the transaction. Raises LostRace where
    the conversation moved on since the letter was read. With `again`, it is known as it was before the answer that
    waits in it."""
    address = letter.sender.address
    initiative = rules.initiative_of(address)
    unit.reservations.lock(initiative.id if initiative else address)
    if conversation is not None and unit.reservations.get(conversation.code) != conversation:
        raise LostRace(conversation.code)
    standing = mine(letter, rules, unit, now)
    new_code, held = unit.reservations.new_code(letter.digest), NOTHING_HELD
    if again and conversation is not None and conversation.state is State.DRAFTED and conversation.draft is not None:
        drafted, draft = conversation, conversation.draft
        standing = tuple(one for one in standing if one.code != drafted.code)
        new_code, held = drafted.code, draft.hold
        conversation = draft.before and replace(draft.before, draft=draft, version=drafted.version)
    else:
        conversation = conversation or continued(meaning, may_go_on(letter, standing), now, rules)
    whose = initiative.id if initiative else None
    earlier = unit.reservations.earlier(address, whose, now - LONG_AGO, now) if meaning.like_before else ()
    sender = Sender(
        address=letter.sender,
        initiative=initiative.id if initiative else None,
        proven=proof is Proof.PASSED,
        forged=proof is Proof.FAILED,
    )
    answered, owner_answers = answered_letter(letter, conversation, unit)
    return Facts(
        now=now,
        sender=sender,
        answered=answered,
        personal=unit.personal.gather(address) if wish_of(meaning, answered) else None,
        owner_answers=owner_answers and not sender.forged,
        occupancy=unit.reservations.occupancy(
            windows(meaning, conversation, rules, now, (*standing, *earlier)), stock_of(rules)
        ),
        subject=letter.subject,
        message_id=letter.message_id,
        new_code=new_code,
        held=held,
        conversation=conversation,
        standing=standing,
        earlier=earlier,
        others=neighbours_of(conversation, meaning, unit, now),
        anothers=None if conversation or initiative else anothers(letter, unit),
        colleagues=colleagues_of(letter, rules),
        in_use=unit.reservations.between(now - AFTER_OPENING, now + BEFORE) if Wish.HERE in meaning.wishes else (),
        arrived=letter.arrived,
        last_digests=unit.reservations.last_digests(),
        calendar_reply=letter.calendar_reply,
        challenge=challenge,
        traffic=unit.mailbox.traffic(address, conversation.code if conversation else "", now),
    )


def neighbours_of(
    conversation: Reservation | None, meaning: Meaning, unit: Unit, now: datetime
) -> tuple[Reservation, ...]:
    """Return the bookings with which one shares a direct hand-over, or is asked about one; where its asker cannot come,
    those from which it might be had."""
    if conversation is None or conversation.state not in BOOKED:
        return ()
    offered = neighbours([use for option in conversation.options for use in option.uses])
    codes = sorted(linked(conversation) | {one.code for one in offered})
    known = [found for code in codes if (found := unit.reservations.get(code)) is not None]
    fetched = [use.out.opening.end for use in conversation.uses if use.out]
    before = unit.reservations.between(now, max(fetched) + A_WEEK) if meaning.prevented and fetched else ()
    return tuple({one.code: one for one in (*known, *before)}.values())


def anothers(letter: Letter, unit: Unit) -> Reservation | None:
    """Return the booking of an initiative that a letter from an unknown address speaks of, by thread or code."""
    ours = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    codes = [mine.code for mine in ours if mine.code]
    codes += CODE.findall(letter.subject.upper()) + CODE.findall(letter.text.upper())
    found = (unit.reservations.get(code) for code in dict.fromkeys(codes))
    return next((one for one in found if one is not None and one.initiative and one.state in BOOKED), None)


def colleagues_of(letter: Letter, rules: Rules) -> tuple[Address, ...]:
    """Return the others of the sender's initiative to whom a letter went as well. Nobody else's address in a copy gets
    to know anything."""
    initiative = rules.initiative_of(letter.sender.address)
    if initiative is None:
        return ()
    others = (one for one in (*letter.to, *letter.cc) if one.address != letter.sender.address)
    return tuple(dict.fromkeys(one for one in others if rules.initiative_of(one.address) == initiative))


def answered_letter(letter: Letter, conversation: Reservation | None, unit: Unit) -> tuple[str, bool]:
    """Return the kind of our letter that a mail answers (of the newest in its conversation, where it names none), and
    whether that went to the sender's address alone, and not long ago: nobody else knows its Message-ID."""
    found = unit.mailbox.our_letters(letter.in_reply_to[:1])
    if found:
        life = QUESTION_LIFE if found[0].kind == GoesOn.template else CHALLENGE_LIFE
        recent = letter.arrived - found[0].written <= life
        return found[0].kind, recent and found[0].recipients == (letter.sender.address,)
    newest = letters_to(letter.sender, conversation.code, unit)[:1] if conversation else ()
    return (newest[0].kind if newest else ""), False


def thread_of(letter: Letter, raw: bytes) -> Thread:
    """Return what an answer to this letter carries of it."""
    return Thread(
        subject=letter.subject,
        message_id=letter.message_id,
        references=(*letter.references, *letter.in_reply_to),
        forwarded=raw if len(raw) <= MOST_FORWARDED else b"",
    )


def carry_out(
    decision: Decision, unit: Unit, rules: Rules, office: Office, thread: Thread = NO_THREAD, cause: str = ""
) -> None:
    """Write the steps of a decision and put its letters into the outbox, in the transaction at hand."""
    now = office.clock()
    decision = with_partners(decision, unit.reservations.get, lambda one: facts_around(one, unit, rules, now), rules)
    report = unit.reports.keep(decision.report, now) if decision.report else 0
    letters = letters_of(decision, unit, rules, office, thread, cause, report)
    unit.reservations.put(as_written(decision.puts, letters), stock_of(rules), now)
    if decision.erase:
        erased = unit.erasure.forget(decision.erase)
        office.remember_forgotten(decision.erase, erased.photos)
    for evaluation in decision.evaluations:
        unit.evaluations.keep(evaluation)
    if decision.case:
        unit.cases.end(decision.case, now)
        office.keep_case(decision.case)
    for letter in letters:
        unit.mailbox.post(letter, now)


def facts_around(booking: Reservation, unit: Unit, rules: Rules, now: datetime) -> Facts:
    """Return what the clock may know of a booking: what it is, and what is free around it."""
    return Facts(
        now=now,
        sender=Sender(booking.asker, booking.initiative),
        occupancy=unit.reservations.occupancy(windows_around(booking.uses, booking.attendees, rules), stock_of(rules)),
        conversation=booking,
        last_digests=unit.reservations.last_digests(),
    )


def letters_of(
    decision: Decision, unit: Unit, rules: Rules, office: Office, thread: Thread, cause: str, report: int
) -> list[Outgoing]:
    """Return the letters that tell a decision; an alert about the same thing is written once a day."""
    now, letters = office.clock(), []
    events = {notice.content.event for notice in decision.notices if isinstance(notice.content, Alert)} - {""}
    told = {event for event in events if unit.mailbox.told(event, now - ALERTED_ONCE_IN)}
    for notice in decision.notices:
        event = notice.content.event if isinstance(notice.content, Alert) else ""
        if event not in told:
            message_id, why = office.message_id(rules, decision.code), cause_of(notice.content, report, cause)
            letters.append(office.composer.compose(notice, rules, thread, now, message_id, event or why))
    return letters


def as_written(puts: Sequence[Put], letters: Sequence[Outgoing]) -> tuple[Put, ...]:
    """Return the steps with what the letters did: whose dates went out one by one goes on so, whatever they become; and
    what waits for the owner's word knows which letters asked for it."""
    published = {letter.code for letter in letters if letter.published}
    found = []
    for put in puts:
        after = replace(put.after, pending=_as_named(put, letters))
        found.append(replace(put, after=replace(after, published=after.published or after.code in published)))
    return tuple(found)


def _as_named(put: Put, letters: Sequence[Outgoing]) -> Pending | None:
    """Return what waits for the owner's word after a step, with the letters that name it. An older letter that named
    the same, with the same choices, still asks for it."""
    before, after = put.before, put.after
    if after.pending is None:
        return None
    asked = tuple(one.message_id for one in letters if one.code == after.code and one.kind in CHALLENGES)
    same = before is not None and before.pending == after.pending and before.options == after.options
    return replace(after.pending, letters=(*after.pending.letters, *asked) if same else asked)


def gives_back(decision: Decision) -> bool:
    """Return whether something that was taken or held is free again."""
    return any(set(claims_in_force(put.before)) - set(claims_in_force(put.after)) for put in decision.puts)


def serve_waiting(unit: Unit, rules: Rules, office: Office) -> None:
    """Offer what is free to those who wait for it, one after the other: what is held for the first is no longer free
    for the next. Called in the transaction in which it became free, before anybody else's mail is looked at."""
    now = office.clock()
    for waiting in unit.reservations.waiting():
        request = waiting.request
        assert request
        unit.reservations.lock(waiting.initiative or waiting.asker.address)
        facts = Facts(
            now=now,
            sender=Sender(waiting.asker, waiting.initiative),
            occupancy=unit.reservations.occupancy(windows(request, waiting, rules, now), stock_of(rules)),
            conversation=waiting,
            standing=unit.reservations.of(waiting.asker.address, waiting.initiative, now - timedelta(days=7)),
        )
        if decision := in_turn(Matter(request, facts, rules)):
            carry_out(decision, unit, rules, office)
            log.info("waiting list", extra={"reservation": waiting.code, "because": "; ".join(decision.because)})


def let_go(before: datetime, current: Rules, office: Office) -> None:
    """Let the offers go whose deadline passed before a mail arrived, before that mail is read: it may answer one of
    them. In a transaction of its own, so that what is read and what is decided upon are the same."""
    with office.store.reading() as unit:
        if not unit.reservations.lapsing(before):
            return
    with suppress(LostRace), office.store.unit() as unit:
        rules = rules_now(current, unit, office.clock())
        if lapse(before, unit, rules, office):
            serve_waiting(unit, rules, office)
        unit.commit()


def lapse(before: datetime, unit: Unit, rules: Rules, office: Office) -> bool:
    """Let the offers go whose deadline passed before a mail arrived, do what the rules say with what nobody decided in
    time, and return whether there were any. Answers that came in time were handled before, since mails are handled in
    the order of their arrival."""
    over = unit.reservations.lapsing(before)
    over = tuple(one for one in over if one.draft is None)
    if offers := [one for one in over if not one.examined]:
        carry_out(lapsed(offers, office.clock(), rules), unit, rules, office)
    for one in over:
        if one.examined:
            carry_out(undecided(one, unit, rules, office.clock()), unit, rules, office, thread_to_asker(one))
    return bool(over)


def set_aside(delivered: Delivered, why: str, rules: Rules, office: Office) -> None:
    """Hand a mail that no program will read to a person, whole, and tell the sender in one line where one can be made
    out and no machine is behind it."""
    own_addresses = frozenset(rules.catalogue.mailboxes)
    try:
        letter = parse(delivered.raw, delivered.arrived, own=own_addresses, limits=office.limits)
    except Exception:  # noqa: BLE001 - unreadable, or what nobody foresaw: a person gets it either way
        letter = salvage(delivered.raw, delivered.arrived, own=own_addresses)
    with office.store.unit() as unit:
        if unit.mailbox.admit(letter):
            decision, thread = given_to_staff(letter, why, rules), thread_of(letter, delivered.raw)
            if case := opened(letter, decision, None, rules):
                unit.cases.open(case, office.clock())
            carry_out(decision, unit, rules, office, thread, cause=letter.digest)
            unit.mailbox.ended(letter.digest, End.HANDED, why)
        unit.commit()
    office.wake_delivery()


def given_to_staff(letter: Letter, why: str, rules: Rules) -> Decision:
    """Return the decision for a mail that was not read."""
    told = bool(letter.sender.address) and not letter.machine
    to_staff = ToStaff(why=why, sender=letter.sender, subject=letter.subject, told=told)
    notices = [
        Notice(to=Address(person.name, person.address), languages=(person.language,), content=to_staff, answers=False)
        for person in rules.staff
    ]
    if told:
        notices.append(Notice(to=letter.sender, languages=rules.commune.languages[:2], content=Handed()))
    return Decision(end=End.HANDED, because=(why,), notices=tuple(notices))


def note(letter: Letter, meaning: Meaning, decision: Decision) -> None:
    """Log how the mail ended: no body, no name; the address only as its domain."""
    log.info(
        "mail %s",
        decision.end,
        extra={
            "mail": letter.digest[:12],
            "domain": letter.sender.domain,
            "intent": str(meaning.intent),
            "reservation": decision.code,
            "because": "; ".join(decision.because),
        },
    )
