"""One round of work: fetch and handle what waits, then do what the clock asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from mailbot.errors import Temporary
from mailbot.model.decision import ClockFacts
from mailbot.model.reservation import BOOKED, Reservation, State
from mailbot.model.rules import Rules
from mailbot.model.to_key_holders import Digest
from mailbot.policy.clock import on_clock
from mailbot.policy.due import due_span
from mailbot.policy.overdue import held_now
from mailbot.policy.quarters import ends_near
from mailbot.policy.reminders import LATE, TOGETHER
from mailbot.service.college import lists
from mailbot.service.desk import Due, desk_at
from mailbot.service.handle import handle
from mailbot.service.morning import drafts_again, morning
from mailbot.service.office import Office
from mailbot.service.ports import Delivered, Source, Unit
from mailbot.service.recalls import recalls
from mailbot.service.reports import told_in
from mailbot.service.week import plans

log = logging.getLogger(__name__)

BATCH = 50
QUIET = timedelta(days=14)
"""A reminder leaves earlier by as long as nobody is written to before its hour: holidays at most."""
SWEPT_AFTER = timedelta(days=2)
"""Cells are swept so long after their end."""
DUTIES: tuple[Callable[[Unit, Rules, datetime], Iterator[Due]], ...] = (recalls, plans, lists, drafts_again, morning)
"""What the clock asks for besides what follows from bookings."""


def fetch(source: Source, office: Office, *, right: Callable[[], bool] = lambda: True) -> bool:
    """Handle all that waits, oldest first; return whether nothing has to come back. A mail that fails stays, and the
    others are served. Where all was handled, and the clock is `right`, offers whose deadline passed before the last
    look are let go."""
    complete = False
    failed: set[str] = set()
    while not complete:
        started = office.clock()
        waiting = [mail for mail in source.waiting(BATCH + len(failed)) if mail.place not in failed]
        failed.update(mail.place for mail in waiting if not served(mail, office))
        complete = len(waiting) < BATCH
    if not failed and right():
        current = office.rules.current()
        with office.store.unit() as unit:
            desk_at(unit, current, office).lapse(started)
            unit.commit()
        office.wake_delivery()
    return not failed


def served(mail: Delivered, office: Office) -> bool:
    """Handle one mail. Return False where it must come back: after three tries it is set aside, whole."""
    try:
        handle(mail, office)
    except Temporary as error:
        log.warning("mail waits", extra={"place": mail.place, "error": str(error)})
        return False
    except Exception:  # nobody foresaw it: the mail is kept, and the others are served
        log.exception("mail failed", extra={"place": mail.place})
        return False
    return True


def last_told(last: Mapping[str, Digest], now: datetime, rules: Rules) -> datetime:
    """Return the midnight before the oldest of the lists that key-holders have: what was cancelled before it, they
    know. UTC; now where there is none."""
    days = [digest.day for digest in last.values()]
    return datetime.combine(min(days), time(), rules.commune.zone).astimezone(UTC) if days else now


NIGHT = 3
"""The hour, local time, in which what has served is erased; nothing is left to do the second time."""


def erase(office: Office) -> None:
    """Erase personal data that has served, at night: in the database, and once a night in files and in the mailbox."""
    now, rules = office.clock(), office.rules.current()
    if now.astimezone(rules.commune.zone).hour != NIGHT:
        return
    with office.store.unit() as unit:
        erased = unit.erasure.expire(now - rules.retention.bookings, now - rules.retention.letters)
        unit.commit()
    if erased.conversations or erased.letters or erased.mails:
        counted = {"conversations": erased.conversations, "letters": erased.letters, "mails": erased.mails}
        log.info("personal data erased", extra=counted)
    office.tidy(rules, now)


def crossing(now: datetime, unit: Unit, rules: Rules) -> tuple[Reservation, ...]:
    """Return what has a use after the end of a quarter about which series are asked now."""
    ends = ends_near(now, rules)
    if not ends:
        return ()
    after = datetime.combine(ends[0], time(), rules.commune.zone).astimezone(UTC) + timedelta(days=1)
    return unit.reservations.between(max(after, now), after + rules.limits.horizon)


def tick(office: Office) -> None:
    """Do what the clock asks for: close what is over, write the lists of key-holders that are due, sweep the past."""
    current = office.rules.current()
    with office.store.unit() as unit:
        desk = desk_at(unit, current, office)
        now, rules = desk.now, desk.rules
        last = unit.reservations.last_digests()
        span = due_span(last, now, rules)
        passing = unit.reservations.between(span.start, span.end) if span else ()
        ending = unit.reservations.ending(now)
        late = [found for code in sorted(held_now(rules)) if (found := unit.reservations.get(code))]
        facts = ClockFacts(
            now=now,
            ending=ending,
            passing=passing,
            cancelled=unit.reservations.cancelled(last_told(last, now, rules), span.start, span.end) if span else (),
            last_digests=last,
            coming=unit.reservations.between(now, now + rules.reminders.before_use + QUIET + TOGETHER),
            offers=unit.reservations.lapsing(now + max(rules.reminders.option, rules.approvals.reminder) + QUIET),
            series=crossing(now, unit, rules),
            used=unit.reservations.used(now - LATE - rules.reminders.after_use, now),
            late=tuple(one for one in late if one.state in (*BOOKED, State.CLOSED)),
            outcomes=unit.reports.outcomes({one.code for one in (*passing, *ending, *late)}),
            reports=unit.reports.untold() if span else (),
        )
        decision = on_clock(facts, rules)
        kept = [unit.reservations.keep_digest(digest, now) for digest in decision.digests]
        if all(kept):
            unit.reports.told(told_in(decision.digests), now)
            desk.carry_out(decision)
            desk.serve_waiting()
            for due in (due for duty in DUTIES for due in duty(unit, rules, now)):
                desk.carry_out(due.decision, due.thread, due.event)
            unit.personal.forget_goodbyes(now)
            unit.reservations.sweep(now - SWEPT_AFTER)
            unit.commit()
    erase(office)
    office.wake_delivery()
