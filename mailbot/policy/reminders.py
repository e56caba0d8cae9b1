"""What the clock writes to askers by itself, once an event: before use how to fetch things, afterwards how it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.evaluation import Evaluation
from mailbot.model.notices import Content, Notice
from mailbot.model.reservation import BOOKED, Act, Put, Reservation, State, Use, next_state
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Evaluated, Reminded
from mailbot.model.to_key_holders import Direction, place_of
from mailbot.policy.hours import is_quiet, last_awake, local_day, whole

TOGETHER = timedelta(days=4)
"""Uses that are fetched or begin within so long are one event: who fetches the tents on Thursday and the key on Friday
gets one letter."""
LATE = timedelta(days=14)
"""For so long after its hour a question about a use that is over is still asked."""
SERIES = 3
"""From so many days on, a booking is a series: it is asked how it goes once a quarter."""


class Event(Struct, frozen=True):
    """Uses that begin together, and the first thing that happens: a fetching or a use."""

    start: datetime
    uses: tuple[Use, ...]

    def name(self, rules: Rules) -> str:
        return f"use:{local_day(self.start, rules)}"


# --- before use


def reminders(coming: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Remind of what is soon fetched or used and was not booked just now: the letter that booked it said the same."""
    if is_quiet(now, rules):
        return NOTHING
    steps = [
        told(reservation, event.name(rules), Act.REMIND, Reminded(replace(reservation, uses=event.uses)), "before use")
        for reservation in coming
        for event in events(reservation, rules)
        if reservation.state in BOOKED and _is_due(event, reservation, now, rules)
    ]
    return together(one_each(steps))


def _is_due(event: Event, reservation: Reservation, now: datetime, rules: Rules) -> bool:
    hour = last_awake(event.start - rules.reminders.before_use, rules)
    known = reservation.settled is not None and reservation.settled >= hour
    return hour <= now < event.start and not known and event.name(rules) not in reservation.told


def events(reservation: Reservation, rules: Rules) -> tuple[Event, ...]:
    """Return what is reminded of, soonest first: each time something is fetched, or used without any fetching. Of a
    series whose key stays with the asker, that is its first date."""
    found: list[Event] = []
    fetched: set[tuple[str, datetime]] = set()
    for use in sorted(reservation.uses, key=lambda use: _start(use, rules)):
        start, new = _start(use, rules), _fetches(use, fetched) if use.out else not found
        if found and start - found[-1].start < TOGETHER:
            found[-1] = replace(found[-1], uses=(*found[-1].uses, use))
        elif new:
            found.append(Event(start, (use,)))
    return tuple(found)


def _fetches(use: Use, fetched: set[tuple[str, datetime]]) -> bool:
    """Return whether a use is fetched by itself, and remember it."""
    assert use.out
    passing = (use.out.counter, use.out.opening.start)
    new = passing not in fetched
    fetched.add(passing)
    return new


def _start(use: Use, rules: Rules) -> datetime:
    begins = use.when.start if isinstance(use.when, Span) else whole(use.when, rules).start
    return min(begins, use.out.opening.start) if use.out else begins


# --- after use


def evaluations(used: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Ask how it went, once what was used is over: of a series, once a quarter."""
    if is_quiet(now, rules) or not rules.reminders.evaluation:
        return NOTHING
    steps = []
    for reservation in used:
        for uses in _chapters(reservation, rules):
            last = max(end_of(use, rules) for use in uses)
            name = evaluation_name(local_day(last - timedelta(minutes=1), rules))
            due = last + rules.reminders.after_use
            if due <= now < due + LATE and name not in reservation.told:
                steps.append(_asking(reservation, uses, name, now))
    return together(one_each(steps))


def _asking(reservation: Reservation, uses: Sequence[Use], name: str, now: datetime) -> Decision:
    step = told(reservation, name, Act.EVALUATE, Evaluated(replace(reservation, uses=tuple(uses))), "after use")
    asked = Evaluation(reservation.code, evaluation_day(name), now, reservation.asker.address, reservation.initiative)
    return replace(step, evaluations=(asked,))


def _chapters(reservation: Reservation, rules: Rules) -> Iterator[tuple[Use, ...]]:
    """Yield what is evaluated together: all of a booking; of a series, what lies in one quarter."""
    if reservation.state not in (*BOOKED, State.CLOSED):
        return
    used = tuple(use for use in reservation.uses if not _left_behind(use, reservation))
    days = {first_day(use, rules) for use in reservation.uses}
    if len(days) < SERIES and used:
        yield used
        return
    for quarter in sorted({_quarter(first_day(use, rules)) for use in used}):
        yield tuple(use for use in used if _quarter(first_day(use, rules)) == quarter)


def nobody_came(place: str) -> str:
    """Return the name of the letter that says that nobody came, by the passing (`Passing.place`)."""
    return f"nobody:{place}"


def _left_behind(use: Use, reservation: Reservation) -> bool:
    """Return whether nobody came to fetch it: who could not use it is not asked how that went."""
    out = use.out
    return out is not None and (
        nobody_came(place_of(reservation.code, Direction.OUT, out.counter, out.opening.start)) in reservation.told
    )


def evaluation_name(day: date) -> str:
    return f"evaluation:{day}"


def evaluation_day(name: str) -> date:
    return date.fromisoformat(name.partition(":")[2])


def last_evaluation(reservation: Reservation) -> date | None:
    """Return what the last asking was about, by the day of its last use; None where nobody was asked."""
    asked = [evaluation_day(name) for name in reservation.told if name.startswith("evaluation:")]
    return asked[-1] if asked else None


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def first_day(use: Use, rules: Rules) -> date:
    """Return the day on which a use begins."""
    return use.when.first if isinstance(use.when, Days) else local_day(use.when.start, rules)


def end_of(use: Use, rules: Rules) -> datetime:
    return use.when.end if isinstance(use.when, Span) else whole(use.when, rules).end


# --- letters of the clock


NOTHING = Decision(End.IGNORED)


def told(reservation: Reservation, name: str, act: Act, content: Content, why: str) -> Decision:
    """Return the decision to write to the asker about an event, and to remember that."""
    after = replace(
        reservation,
        state=next_state(reservation.state, act),
        version=reservation.version + 1,
        told=(*reservation.told, name),
    )
    notice = Notice(reservation.asker, (reservation.language,), content, answers=False)
    return Decision(End.ANSWERED, (f"{reservation.code}: {name}",), (Put(reservation, after, act, why),), (notice,))


def one_each(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the first decision about each conversation: the next minute sees to the others."""
    return list({decision.puts[0].after.code: decision for decision in reversed(list(decisions))}.values())[::-1]


def together(decisions: Iterable[Decision]) -> Decision:
    """Return decisions about different conversations as one."""
    decisions = [decision for decision in decisions if decision.puts or decision.notices or decision.digests]
    if not decisions:
        return NOTHING
    written = any(decision.notices for decision in decisions)
    return Decision(
        End.ANSWERED if written else End.IGNORED,
        tuple(reason for decision in decisions for reason in decision.because),
        tuple(put for decision in decisions for put in decision.puts),
        tuple(notice for decision in decisions for notice in decision.notices),
        digests=tuple(digest for decision in decisions for digest in decision.digests),
        evaluations=tuple(evaluation for decision in decisions for evaluation in decision.evaluations),
    )
