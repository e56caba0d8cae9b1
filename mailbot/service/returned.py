"""Letters of ours that did not arrive: refused when we sent them, or sent back later.

Staff are told, and the booking is marked, so that the key-holder knows that its asker knows nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address, Bounce, Letter
from mailbot.model.notices import Notice
from mailbot.model.outbox import OurLetter
from mailbot.model.reservation import BOOKED, CODE, Act, Put
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.policy.reports import reporter_of
from mailbot.service.ports import Unit

COMES_BACK_WITHIN = timedelta(days=7)
"""A bounce that names no letter is about the newest one to that address, no older than this."""
MOST_TOLD = 20
"""So many letters that did not arrive are told in a day, each by itself: whoever writes under addresses that there are
none of makes every answer come back."""
A_DAY = timedelta(days=1)


def came_back(letter: Letter, bounce: Bounce, unit: Unit, rules: Rules, now: datetime) -> Decision:
    """Return what follows from a bounce: an alert, once a letter. Nothing where it is about no letter of ours."""
    ours = letter_that_bounced(letter, bounce, unit, now)
    if ours is None:
        return Decision(End.IGNORED, ("a bounce, of no letter of ours",))
    if not unit.mailbox.bounced(ours.message_id, bounce.said, now):
        return Decision(End.IGNORED, ("a bounce that was told before",), code=ours.code)
    decision = did_not_arrive(ours, bounce.said, unit, rules, now)
    return replace(decision, end=End.IGNORED, because=(f"a bounce: {ours.kind} did not arrive",))


def letter_that_bounced(letter: Letter, bounce: Bounce, unit: Unit, now: datetime) -> OurLetter | None:
    """Return the letter that came back: by its Message-ID, else by the code that the bounce quotes, else the newest one
    to the address that it names."""
    named = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    codes = dict.fromkeys(CODE.findall(f"{letter.subject}\n{letter.text}".upper()))
    quoted = [mine for code in list(codes)[:3] for mine in unit.mailbox.letters_in(code)]
    for mine in (*named, *quoted):
        if not bounce.recipients or set(mine.recipients) & set(bounce.recipients):
            return mine
    newest = (unit.mailbox.newest_to(address, now - COMES_BACK_WITHIN) for address in bounce.recipients)
    return next(filter(None, newest), None)


def did_not_arrive(ours: OurLetter, said: str, unit: Unit, rules: Rules, now: datetime) -> Decision:
    """Return the decision for a letter that will never arrive: an alert to staff, but never about an alert itself; and
    where its reader has booked something, a mark on that booking."""
    if ours.kind == Alert.template:
        return Decision(End.HANDED, code=ours.code)
    reservation = unit.reservations.get(ours.code) if ours.code else None
    whose = reservation if reservation and reservation.asker.address in ours.recipients else None
    phone = (whose.phone or "") if whose else ""
    details = {"to": ", ".join(ours.recipients), "phone": phone, "reservation": ours.code, "error": said}
    puts: tuple[Put, ...] = ()
    if whose and whose.state in BOOKED and not whose.unreached:
        after = replace(whose, version=whose.version + 1, unreached=True)
        puts = (Put(whose, after, Act.NOTE, f"{ours.kind} did not arrive"),)
    alert = Alert("undeliverable", {**details, "kind": ours.kind})
    to_house = any(reporter_of(Address("", recipient), rules) for recipient in ours.recipients)
    if not to_house and unit.mailbox.written(Alert.template, now - A_DAY) >= MOST_TOLD * len(rules.staff):
        alert = Alert("flood-undeliverable", {"limit": str(MOST_TOLD)}, event="flood:undeliverable")
    notices = tuple(
        Notice(Address(person.name, person.address), (person.language,), alert, answers=False) for person in rules.staff
    )
    return Decision(End.HANDED, (f"{ours.kind} did not arrive",), puts, notices, ours.code)
