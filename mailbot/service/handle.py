"""The way of a mail: read it, then decide and write in one transaction, then let the source forget it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.errors import LostRace, Temporary, Unreadable
from mailbot.model.decision import Decision, End, Traffic
from mailbot.model.letters import Address, Bounce, Letter
from mailbot.model.meaning import Meaning
from mailbot.model.notices import Notice
from mailbot.model.outbox import Thread
from mailbot.model.proof import Proof
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Handed
from mailbot.model.to_staff import ToStaff
from mailbot.policy.floods import too_many_unread
from mailbot.reading.mime import parse
from mailbot.reading.salvage import salvage
from mailbot.service.cases import opened, serve_behind
from mailbot.service.conversation import Understood, understood
from mailbot.service.desk import Desk, desk_at, gives_back, let_go
from mailbot.service.house import opens
from mailbot.service.office import Office
from mailbot.service.ports import Delivered, Unit
from mailbot.service.reports import with_photos
from mailbot.service.returned import came_back
from mailbot.service.voices import decided, voice_of

log = logging.getLogger(__name__)

MOST_TRIES = 3
"""A mail that failed so often is set aside, whole, for a person."""

MOST_FORWARDED = 12_000_000
"""Octets of a mail that staff get as an attachment: in base64 many servers take no more."""

MOST_RACES = 3


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
            mail = understood(letter, rules, office.lexica, unit, office.clock())
            said = voice_of(mail, rules, unit, office.lexica)
        try:
            with office.store.unit() as unit:
                if unit.mailbox.admit(letter):
                    desk = desk_at(unit, current, office)
                    rules = desk.rules
                    decision = with_photos(decided(said, mail, proof, desk), letter, raw, office)
                    write(decision, mail, (said and said.thread) or thread_of(letter, raw), desk)
                    if gives_back(decision) or opens(decision):
                        desk_at(unit, current, office).serve_waiting()  # what was said just now counts
                unit.commit()
        except LostRace:
            continue
        office.wake_delivery()
        return
    raise LostRace("three in a row")


def write(decision: Decision, mail: Understood, thread: Thread, desk: Desk) -> None:
    """Write what was decided about a mail, and look at the mails that came behind an answer that waited for it."""
    letter, unit = mail.letter, desk.unit
    if case := opened(letter, decision, mail.meaning, desk.rules):
        unit.cases.open(case, desk.now)
    desk.carry_out(decision, thread, cause=letter.digest)
    if decision.case and decision.code:
        serve_behind(decision.code, desk)
    unit.mailbox.ended(letter.digest, decision.end, "; ".join(decision.because), decision.code)
    note(letter, mail.meaning, decision)


def take_back(letter: Letter, bounce: Bounce, rules: Rules, office: Office) -> None:
    """Write that a letter of ours came back, and what follows from it."""
    with office.store.unit() as unit:
        if unit.mailbox.admit(letter):
            desk = Desk(unit, rules, office, office.clock())
            decision = came_back(letter, bounce, unit, rules, desk.now)
            desk.carry_out(decision, cause=letter.digest)
            unit.mailbox.ended(letter.digest, decision.end, "; ".join(decision.because), decision.code)
        unit.commit()
    office.wake_delivery()


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
            now, thread = office.clock(), thread_of(letter, delivered.raw)
            flood = too_many_unread(letter.sender, unread_traffic(letter, unit, now), rules)
            decision = flood or given_to_staff(letter, why, rules)
            if case := opened(letter, decision, None, rules):
                unit.cases.open(case, now)
            Desk(unit, rules, office, now).carry_out(decision, thread, cause=letter.digest)
            unit.mailbox.ended(letter.digest, decision.end, "; ".join((why, *(flood.because if flood else ()))))
        unit.commit()
    office.wake_delivery()


def unread_traffic(letter: Letter, unit: Unit, now: datetime) -> Traffic:
    """Return what was written lately. Where nobody waits for an answer, staff get a letter all the same: these count
    as well."""
    traffic = unit.mailbox.traffic(letter.sender.address, "", now)
    handed = unit.mailbox.written(ToStaff.template, now - timedelta(hours=1))
    return replace(traffic, strangers=max(traffic.strangers, handed))


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


def thread_of(letter: Letter, raw: bytes) -> Thread:
    """Return what an answer to this letter carries of it."""
    return Thread(
        subject=letter.subject,
        message_id=letter.message_id,
        references=(*letter.references, *letter.in_reply_to),
        forwarded=raw if len(raw) <= MOST_FORWARDED else b"",
    )


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
