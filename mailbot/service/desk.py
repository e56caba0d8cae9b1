"""One transaction at work, and how a decision is written in it: its steps, and the letters that tell them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from mailbot.errors import LostRace
from mailbot.model.decision import Decision, Facts, Sender
from mailbot.model.outbox import Outgoing, Thread
from mailbot.model.reservation import Pending, Put, Reservation, claims_in_force
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.policy.direct import with_partners
from mailbot.policy.due import lapsed
from mailbot.policy.hours import local_day
from mailbot.policy.matter import Matter
from mailbot.policy.stock import in_force, stock_of
from mailbot.policy.waiting import in_turn
from mailbot.policy.windows import windows, windows_around
from mailbot.service.approving import thread_to_asker, undecided
from mailbot.service.causes import cause_of
from mailbot.service.conversation import A_WEEK, CHALLENGES
from mailbot.service.office import Office
from mailbot.service.ports import Unit

log = logging.getLogger(__name__)

ALERTED_ONCE_IN = timedelta(days=1)
KEPT_DAYS = timedelta(days=16)
"""What was said by mail and ended so long ago alters no list any more."""
NO_THREAD = Thread()


@dataclass(frozen=True)
class Due:
    """A decision that the clock asks for, what its letters carry of a mail, and the event that they are remembered by,
    so that it is done once."""

    decision: Decision
    event: str = ""
    thread: Thread = NO_THREAD


@dataclass(frozen=True)
class Desk:
    """What is at hand in one transaction: the rules with what was said by mail since, and one moment that is now."""

    unit: Unit
    rules: Rules
    office: Office
    now: datetime

    def carry_out(self, decision: Decision, thread: Thread = NO_THREAD, cause: str = "") -> None:
        """Write the steps of a decision and put its letters into the outbox."""
        unit, rules, now = self.unit, self.rules, self.now
        decision = with_partners(decision, unit.reservations.get, self.facts_around, rules)
        report = unit.reports.keep(decision.report, now) if decision.report else 0
        letters = self._letters_of(decision, thread, cause, report)
        unit.reservations.put(as_written(decision.puts, letters), stock_of(rules), now)
        if decision.erase:
            erased = unit.erasure.forget(decision.erase)
            self.office.remember_forgotten(decision.erase, erased.photos)
        for evaluation in decision.evaluations:
            unit.evaluations.keep(evaluation)
        if decision.case:
            unit.cases.end(decision.case, now)
            self.office.keep_case(decision.case)
        for letter in letters:
            unit.mailbox.post(letter, now)

    def facts_around(self, booking: Reservation) -> Facts:
        """Return what the clock may know of a booking: what it is, and what is free around it."""
        seen = windows_around(booking.uses, booking.attendees, self.rules)
        return Facts(
            now=self.now,
            sender=Sender(booking.asker, booking.initiative),
            occupancy=self.unit.reservations.occupancy(seen, stock_of(self.rules)),
            conversation=booking,
            last_digests=self.unit.reservations.last_digests(),
        )

    def serve_waiting(self) -> None:
        """Offer what is free to those who wait for it, one after the other: what is held for the first is no longer
        free for the next. Called in the transaction in which it became free, before anybody else's mail is looked at.
        """
        unit, rules, now = self.unit, self.rules, self.now
        for waiting in unit.reservations.waiting():
            request = waiting.request
            assert request
            unit.reservations.lock(waiting.initiative or waiting.asker.address)
            facts = Facts(
                now=now,
                sender=Sender(waiting.asker, waiting.initiative),
                occupancy=unit.reservations.occupancy(windows(request, waiting, rules, now), stock_of(rules)),
                conversation=waiting,
                standing=unit.reservations.of(waiting.asker.address, waiting.initiative, now - A_WEEK),
            )
            if decision := in_turn(Matter(request, facts, rules)):
                self.carry_out(decision)
                log.info("waiting list", extra={"reservation": waiting.code, "because": "; ".join(decision.because)})

    def lapse(self, before: datetime) -> bool:
        """Let the offers go whose deadline passed before a mail arrived, do what the rules say with what nobody decided
        in time, and return whether there were any. Answers that came in time were handled before, since mails are
        handled in the order of their arrival."""
        over = tuple(one for one in self.unit.reservations.lapsing(before) if one.draft is None)
        if offers := [one for one in over if not one.examined]:
            self.carry_out(lapsed(offers, self.now, self.rules))
        for one in over:
            if one.examined:
                self.carry_out(undecided(one, self.unit, self.rules, self.now), thread_to_asker(one))
        return bool(over)

    def _letters_of(self, decision: Decision, thread: Thread, cause: str, report: int) -> list[Outgoing]:
        """Return the letters that tell a decision; an alert about the same thing is written once a day."""
        letters = []
        events = {notice.content.event for notice in decision.notices if isinstance(notice.content, Alert)} - {""}
        told = {event for event in events if self.unit.mailbox.told(event, self.now - ALERTED_ONCE_IN)}
        for notice in decision.notices:
            event = notice.content.event if isinstance(notice.content, Alert) else ""
            if event not in told:
                why = event or cause_of(notice.content, report, cause)
                message_id = self.office.message_id(self.rules, decision.code)
                letters.append(self.office.composer.compose(notice, self.rules, thread, self.now, message_id, why))
        return letters


def desk_at(unit: Unit, rules: Rules, office: Office) -> Desk:
    """Return the desk of a transaction, under the rules of the file."""
    now = office.clock()
    return Desk(unit, rules_now(rules, unit, now), office, now)


def rules_now(rules: Rules, unit: Unit, now: datetime) -> Rules:
    """Return the rules with what was said by mail since."""
    return in_force(rules, unit.reports.in_force(local_day(now - KEPT_DAYS, rules)))


def gives_back(decision: Decision) -> bool:
    """Return whether something that was taken or held is free again."""
    return any(set(claims_in_force(put.before)) - set(claims_in_force(put.after)) for put in decision.puts)


def let_go(before: datetime, current: Rules, office: Office) -> None:
    """Let the offers go whose deadline passed before a mail arrived, before that mail is read: it may answer one of
    them. In a transaction of its own, so that what is read and what is decided upon are the same."""
    with office.store.reading() as unit:
        if not unit.reservations.lapsing(before):
            return
    with suppress(LostRace), office.store.unit() as unit:
        desk = desk_at(unit, current, office)
        if desk.lapse(before):
            desk.serve_waiting()
        unit.commit()


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
