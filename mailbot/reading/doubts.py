"""What a reading leaves out: days and hours that were said firmly, and that nothing of what is asked has.

A reading that passes over them may be right, for mails tell of much. But hours said in full, that lie outside all that
would be booked, or a date with hours of its own on which nothing is, were never yet said for nothing: then it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date, datetime, timedelta

from mailbot.model.meaning import Item, Lack, Meaning
from mailbot.reading.moments import NOON, Clock, Role, When
from mailbot.reading.sightings import SECOND_CHOICE, Sighting

_ASIDE = frozenset(
    {
        "stance-fallback",
        "stance-unfit",
        "stance-except",
        "stance-kept",
        "stance-reply",
        "stance-elsewhere",
        "stance-reachable",
    }
)
"""Cues of days and hours that are told so as not to be booked."""
Span = tuple[int, int]
"""First and last minute of hours, counted from the midnight that begins the day."""


def left_out(readings: Iterable[Meaning], sighting: Sighting) -> frozenset[Lack]:
    """Return what must be asked, since it was said and is in none of the readings; nothing where all is in them."""
    items = [item for meaning in readings for item in meaning.items]
    hours, days = set(_hours(items)), set(_days(items))
    whole = {(c.start, c.end) for when in sighting.whens if _is_firm(when) for c in when.clocks if _whole(c)}
    asking = sighting.sentences_of("book/") if hours <= whole else None
    lacks: set[Lack] = set()
    aside = [(cue.first, cue.last) for cue in sighting.cues if cue.value in _ASIDE]
    otherwise = [cue.first for cue in sighting.cues if cue.value in SECOND_CHOICE]
    whens = list(zip(sighting.whens, sighting.spans, strict=True))
    told = {_sentence(at, sighting) for when, (at, _) in whens if any(_whole(clock) for clock in when.clocks)}
    usual = sighting.sentences_of("stance-usual")
    habits = {_sentence(at, sighting) for when, (at, _) in whens if _repeats(when)}
    for when, (at, _) in whens:
        if not hours or not _is_firm(when) or at < sighting.body_at or sighting.stances.in_past(at):
            continue
        if any(first <= at < last for first, last in aside) or _sentence(at, sighting) in habits:
            continue
        if when.bare_weekday and _sentence(at, sighting) in usual:
            continue
        if any(first <= at and _sentence(first, sighting) == _sentence(at, sighting) for first in otherwise):
            continue
        own = _days_of(when, days)
        here = _sentence(at, sighting)
        alone = not own and (asking is None or (here in asking and here not in told))
        if own and not own & days:
            lacks |= {Lack.DATE} if any(_whole(clock) for clock in when.clocks) else set()
        elif any(_is_outside(clock, hours, alone=alone) for clock in when.clocks):
            lacks |= {Lack.START, Lack.END}
    return frozenset(lacks)


def _days_of(when: When, read: Set[date]) -> set[date]:
    """Return the days of a phrase; of a weekday alone those of the days read that it may mean, if any."""
    own = {day for span in when.days for day in span}
    if not when.bare_weekday:
        return own
    return {day for day in read if day.weekday() in {one.weekday() for one in own}} or own


def _sentence(at: int, sighting: Sighting) -> int:
    return sighting.page.sentence_of[min(at, len(sighting.page.words) - 1)]


def _repeats(when: When) -> bool:
    return when.repetition is not None or any(step.part == "repetition" for step in when.derivation)


def _is_firm(when: When) -> bool:
    return when.counts and when.role is Role.USE and not when.loose


def _whole(clock: Clock) -> bool:
    return clock.start is not None and clock.end is not None


def _is_outside(clock: Clock, hours: set[Span], *, alone: bool) -> bool:
    """Whether hours lie in none of those that would be booked, in whichever half of the day; a start alone only where
    it was said so that it may be one of what is asked (`alone`)."""
    if clock.start is None or clock.beside or (clock.end is None and (not alone or clock.length is not None)):
        return False
    shifts = (0, NOON, -NOON) if clock.twelve else (0, 2 * NOON)
    ends = [(clock.start + by, (clock.start if clock.end is None else clock.end) + by) for by in shifts]
    return not any(first <= start and end <= last for start, end in ends for first, last in hours)


def _hours(items: Iterable[Item]) -> Iterable[Span]:
    for item in items:
        for slot in item.slots:
            if isinstance(slot.start, datetime) and isinstance(slot.end, datetime):
                start = slot.start.hour * 60 + slot.start.minute
                yield start, start + int((slot.end - slot.start) / timedelta(minutes=1))


def _days(items: Iterable[Item]) -> Iterable[date]:
    for item in items:
        for slot in item.slots:
            last = slot.end.date() if isinstance(slot.end, datetime) else slot.end or slot.day
            yield from (slot.day + timedelta(days=ahead) for ahead in range((last - slot.day).days + 1))
