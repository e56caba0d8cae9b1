"""What a decision may know, gathered inside the transaction in which it is written."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.errors import LostRace
from mailbot.model.decision import Facts, Sender
from mailbot.model.letters import Address, Letter
from mailbot.model.meaning import Meaning, Wish
from mailbot.model.proof import Proof
from mailbot.model.reservation import BOOKED, Claim, Reservation, State, linked, neighbours
from mailbot.model.rules import Rules
from mailbot.model.to_askers import GoesOn
from mailbot.policy.cancelling import CHALLENGE_LIFE
from mailbot.policy.continued import continued
from mailbot.policy.on_the_spot import AFTER_OPENING, BEFORE
from mailbot.policy.personal import wish_of
from mailbot.policy.stock import stock_of
from mailbot.policy.windows import windows, windows_around
from mailbot.service.conversation import A_WEEK, Understood, codes_named, letters_to, may_go_on, mine
from mailbot.service.ports import Unit

LONG_AGO = timedelta(days=500)
"""How far back an earlier booking is looked for: "comme l'an passé"."""
QUESTION_LIFE = timedelta(days=40)
"""For so long an answer to a letter that one address alone got is taken for its owner's."""
NOTHING_HELD: tuple[Claim, ...] = ()


def facts_for(mail: Understood, proof: Proof, unit: Unit, rules: Rules, now: datetime, *, again: bool = False) -> Facts:
    """Return all that the decision may know, from inside the transaction. Raises LostRace where
    the conversation moved on since the letter was read. With `again`, it is known as it was before the answer that
    waits in it."""
    letter, meaning, conversation = mail.letter, mail.meaning, mail.conversation
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
    answered, owner_answers = answered_letter(mail, conversation, unit)
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
        anothers=None if conversation or initiative else anothers(mail, unit),
        colleagues=colleagues_of(letter, rules),
        in_use=unit.reservations.between(now - AFTER_OPENING, now + BEFORE) if Wish.HERE in meaning.wishes else (),
        arrived=letter.arrived,
        last_digests=unit.reservations.last_digests(),
        calendar_reply=letter.calendar_reply,
        challenge=mail.challenge,
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


def anothers(mail: Understood, unit: Unit) -> Reservation | None:
    """Return the booking of an initiative that a letter from an unknown address speaks of, by thread or code."""
    codes = [mine.code for mine in mail.ours if mine.code]
    codes += codes_named(mail.letter)
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


def answered_letter(mail: Understood, conversation: Reservation | None, unit: Unit) -> tuple[str, bool]:
    """Return the kind of our letter that a mail answers (of the newest in its conversation, where it names none), and
    whether that went to the sender's address alone, and not long ago: nobody else knows its Message-ID."""
    if mail.answered is not None:
        life = QUESTION_LIFE if mail.answered.kind == GoesOn.template else CHALLENGE_LIFE
        return mail.answered.kind, mail.alone and mail.letter.arrived - mail.answered.written <= life
    newest = letters_to(mail.letter.sender, conversation.code, unit)[:1] if conversation else ()
    return (newest[0].kind if newest else ""), False


def facts_around(booking: Reservation, unit: Unit, rules: Rules, now: datetime) -> Facts:
    """Return what the clock may know of a booking: what it is, and what is free around it."""
    return Facts(
        now=now,
        sender=Sender(booking.asker, booking.initiative),
        occupancy=unit.reservations.occupancy(windows_around(booking.uses, booking.attendees, rules), stock_of(rules)),
        conversation=booking,
        last_digests=unit.reservations.last_digests(),
    )
