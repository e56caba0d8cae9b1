"""Days and hours of a mail: which words say when, and which days and hours they mean.

`find` reads a text and returns one `When` for each phrase of time in it, in order, with the place of its words.
A phrase may hold days alone ("samedi 7 février"), hours alone ("de 14h à 18h") or both; the reader joins what belongs
together with `combine`, and `room_slots` and `equipment_slots` turn the result into slots. Times are local and naive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import Evidence, Lack, Slot
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days, Hours
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import Token, tokenize

MOST = 60
"""Occurrences of one request, at most."""


class Clock(Struct, frozen=True, order=True):
    """Hours as said, in minutes after the midnight that begins the day; an end past 1440 is in the night that follows.

    What was not said is None. `length` is kept where no start was said that it could be added to. `part` is a part of
    the day, a key of Catalogue.day_parts, said beside or instead of clock times."""

    start: int | None = None
    end: int | None = None
    length: int | None = None
    part: str | None = None
    beside: int = 0
    """Of a length: it goes before (-1) or behind (1) hours said elsewhere: "une heure avant pour installer"."""
    twelve: bool = False
    """Nothing said which half of the day: a part of the day that stands elsewhere ("demain soir") may still tell."""

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and not self.start < self.end:
            raise ValueError(f"ends before it starts: {self}")


class Repetition(Struct, frozen=True):
    """A rule that days follow (RFC 5545 section 3.3.10, in the little that people say)."""

    frequency: str
    """daily, weekly or monthly."""
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    """Monday is 0."""
    nth: tuple[int, ...] = ()
    """Which weekday of the month, 1 the first, -1 the last."""
    until: date | None = None
    """The last day it may fall on; None where no end was said."""


WINDOWS = {
    "morning": (0, 785),
    "midday": (660, 900),
    "afternoon": (720, 1140),
    "evening": (960, 1500),
    "night": (1200, 1860),
    "day": (360, 1320),
}
"""The hours that a part of the day may speak of, generously, in minutes after midnight."""


class Role(StrEnum):
    """What a phrase of time is about."""

    USE = "use"
    FETCH = "fetch"
    """When things are fetched."""
    BRING_BACK = "bring-back"
    DEADLINE = "deadline"
    """The last day for an answer or the like: "avant le 15 mai"."""
    HABIT = "habit"
    """Opening hours, when somebody can be reached."""


class Rival(Struct, frozen=True):
    """Another reading of the same words. `either`: the writer accepts both ("le 3 ou le 10")."""

    days: tuple[Days, ...]
    clocks: tuple[Clock, ...] = ()
    either: bool = False


class When(Struct, frozen=True):
    """What one phrase of time says: its days, its hours, or both (each of the hours on each of the days).

    `text[start:end]` of the text are its words. Where `days` is empty only hours were said, or `vague` is set, or the
    words contradict each other (`lacks` holds DATE). One element of `days` of several days is one stretch ("du 29 au 31
    mai", a weekend): a room is used on each of its days, equipment through all of it."""

    start: int
    end: int
    words: str
    days: tuple[Days, ...] = ()
    clocks: tuple[Clock, ...] = ()
    rivals: tuple[Rival, ...] = ()
    lacks: frozenset[Lack] = frozenset()
    """DATE where weekday and date disagree; UNTIL for a repetition without an end (`days` is then the first)."""
    vague: bool = False
    """A period was named in which no day is fixed: "en avril", "un samedi de mars". `period` says which."""
    period: Days | None = None
    past: bool = False
    """Over before the mail was sent, or told in the past: nobody asks for it."""
    negated: bool = False
    """Said not to be wanted: "pas le 12", "niet op zaterdag", and what stands before "au lieu de"."""
    replaced: bool = False
    """What a correction or a change leaves behind: "le 14, non pardon, le 15"."""
    role: Role = Role.USE
    loose: bool = False
    """Perhaps no time that is asked for: a weekday that names a habit ("la chorale du jeudi"), a feast that may be a
    theme, a part of the day without a day. Where anything firmer is said, it does not count."""
    bare_weekday: bool = False
    """Weekdays alone, of which nothing says which they are: those around a date that is named elsewhere, perhaps."""
    dated: bool = False
    """It says which day by a number, a feast, or from another day; not by the weekday alone, nor by "that day"."""
    certain: bool = False
    """Nobody can mean another year: a date with its weekday or year, "demain", "vendredi de la semaine prochaine"."""
    repetition: Repetition | None = None
    excluded: tuple[Days, ...] = ()
    """Days that were left out of the repetition."""
    since: bool = False
    """A day from which on something is needed: "à partir du jeudi 1er"."""
    derivation: tuple[Evidence, ...] = ()

    @property
    def has_days(self) -> bool:
        return bool(self.days)

    @property
    def stretches(self) -> tuple[Days, ...]:
        """The days that are said, else the period that is: who is away "next week" is away all through it."""
        return self.days or ((self.period,) if self.period else ())

    @property
    def has_clock(self) -> bool:
        return bool(self.clocks)

    @property
    def counts(self) -> bool:
        """Whether this is asked for at all."""
        told = self.past or self.negated or self.replaced
        return not told and self.role not in (Role.DEADLINE, Role.HABIT)


class Moments(Struct, frozen=True):
    """All phrases of time of a text, in its order. `too_many`: more than MOST occurrences were said, some left out."""

    whens: tuple[When, ...]
    too_many: bool = False

    @property
    def asked(self) -> tuple[When, ...]:
        """Those that count: not past, not negated, not replaced."""
        return tuple(when for when in self.whens if when.counts)


def find(
    text: str,
    lexicons: Sequence[Lexicon],
    sent: datetime,
    catalogue: Catalogue,
    tokens: Sequence[Token] | None = None,
) -> Moments:
    """Return the phrases of time in `text`. `sent` gives "today" (an aware one is taken in the commune's zone); the
    lexicons are tried together, the first winning where words of two languages are the same. Linear in the text."""
    from mailbot.reading import grammar

    local = sent.astimezone(catalogue.zone).replace(tzinfo=None) if sent.tzinfo else sent
    return grammar.read(text, tokenize(text) if tokens is None else tokens, lexicons, local, catalogue)


def combine(whens: Sequence[When]) -> tuple[When, ...]:
    """Join what was said about one use of a room: days alone take the hours that were said alone, in whatever order.

    Return what is then known, each with its days and its hours. What does not count is left out, and so are days of
    fetching and bringing back, what is loose beside something firm, and days said again without their hours. A length
    alone is put to a start that has no end, an end alone to a start alone."""
    asked = [when for when in whens if when.counts and when.role is Role.USE]
    if any(when.days and not when.loose for when in asked):
        asked = [when for when in asked if (when.has_clock and not when.days) or not when.loose]
    whole = [when for when in asked if when.days and when.has_clock]
    known = {day for when in whole for span in when.days for day in span}
    days = [when for when in asked if when.days and not when.has_clock and not all(day in known for day in _all(when))]
    other = [when for when in asked if not when.days]
    clocks = joined_hours([clock for when in other for clock in when.clocks])
    if whole and not days:
        return _overridden([_completed(when, clocks) for when in whole])
    if whole:
        return _overridden([*whole, *(replace(when, clocks=clocks) for when in days)])
    if days:
        return tuple(replace(when, clocks=clocks) for when in days)
    if not other:
        return ()
    return (replace(_vaguest(other), clocks=clocks),)


def _all(when: When) -> list[date]:
    return [day for span in when.days for day in span]


def _overridden(whens: Sequence[When]) -> tuple[When, ...]:
    """Let what was said of one of several days go before what was said of all: "3, 4 en 10 mei van 13u30 tot 16u45,
    op 10 mei al om 13u"."""
    result = list(whens)
    for number, when in enumerate(whens):
        if len(when.clocks) != 1 or (when.clocks[0].start is None) is (when.clocks[0].end is None):
            continue
        own = set(_all(when))
        base = next((i for i, other in enumerate(result) if other is not when and _is_fuller(other, own)), None)
        if base is None:
            continue
        full, part = result[base].clocks[0], when.clocks[0]
        start = full.start if part.start is None else part.start
        end = full.end if part.end is None else part.end
        if start is None or end is None or end <= start:
            continue
        kept = tuple(span for span in result[base].days if span.first not in own)
        result[base] = replace(result[base], days=kept)
        result[number] = replace(when, clocks=(Clock(start, end),))
    return tuple(when for when in result if when.days)


def _is_fuller(when: When, days: set[date]) -> bool:
    """Whether hours were said in full, once, of these single days and perhaps others."""
    full = len(when.clocks) == 1 and when.clocks[0].start is not None and when.clocks[0].end is not None
    return full and days <= set(_all(when)) and all(span.first == span.last for span in when.days)


def _vaguest(whens: Sequence[When]) -> When:
    """Return the phrase that speaks of days, though it fixes none, else the first."""
    return next((when for when in whens if when.vague or when.lacks), whens[0])


def _completed(when: When, more: Sequence[Clock]) -> When:
    """Fill the hours of one use with those that were said elsewhere, where they lack something."""
    if all(clock.start is not None and clock.end is not None for clock in when.clocks) or not more:
        return when
    return replace(when, clocks=joined_hours((*when.clocks, *more)))


def joined_hours(clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """Make one of what belongs together among hours that were said apart: whole ranges go before single ends, a start
    takes the end or the length that has none (of two lengths neither is sure), two starts are a start and an end."""
    more = [clock for clock in clocks if clock.beside]
    if more:
        return tuple(widened(clock, more) for clock in joined_hours([one for one in clocks if not one.beside]))
    part = next((clock.part for clock in clocks if clock.start is clock.end is clock.length is None), None)
    clocks = tuple(dict.fromkeys(_in_part(clock, part) for clock in clocks))
    ranges = tuple(clock for clock in clocks if clock.start is not None and clock.end is not None)
    if ranges:
        return _around(tuple(one for one in ranges if not any(_within(one, other) for other in ranges)), clocks)
    starts = [clock for clock in clocks if clock.start is not None]
    ends = [clock for clock in clocks if clock.start is None and clock.end is not None]
    lengths = [clock for clock in clocks if clock.length is not None]
    if not starts:
        return tuple(ends[:1]) or tuple(lengths[:1]) or clocks
    start = starts[0].start
    assert start is not None, "chosen for its start"
    if ends:
        return tuple(replace(clock, end=end_after(clock.start or 0, ends[0].end or 0)) for clock in starts)
    if len(lengths) == 1:
        return tuple(replace(clock, end=(clock.start or 0) + (lengths[0].length or 0)) for clock in starts)
    if len(starts) == 2:
        return (_from_to(*starts),)
    return tuple(starts)


def _from_to(first: Clock, second: Clock) -> Clock:
    """Make a start and an end of two times of day, told in that order unless their halves of the day are sure: "om zes
    uur 's avonds … om tien uur". What is near is rather two starts: "portes à 19h, concert à 20h"."""
    start, end = first.start or 0, second.start or 0
    if end <= start:
        if second.twelve or (start >= EVENING and end <= NIGHT):
            end = end_after(start, end)
        else:
            first, start, end = second, end, start
    return replace(first, end=end) if SHORTEST <= end - start <= LONGEST else first


SHORTEST, LONGEST = 75, 840
"""Minutes from one time of day to the next that may be an end, though nothing says so."""


def widened(clock: Clock, more: Sequence[Clock]) -> Clock:
    """Return hours with what is said to go before and behind them ("et une heure avant pour installer")."""
    start, end = clock.start, clock.end
    for one in more:
        if one.beside < 0 and start is not None:
            start = max(0, start - (one.length or 0))
        elif one.beside > 0 and end is not None:
            end += one.length or 0
    return replace(clock, start=start, end=end)


def _in_part(clock: Clock, part: str | None) -> Clock:
    """Return hours in the other half of the day where only there they lie in a part of the day said elsewhere."""
    low, high = WINDOWS.get(part or "", (0, DAY))
    start = clock.start if clock.start is not None else clock.end
    if not clock.twelve or start is None or low <= start <= high:
        return clock
    for shift in (720, -720):
        if low <= start + shift <= high and start + shift >= 0:
            moved = [None if end is None else end + shift for end in (clock.start, clock.end)]
            return replace(clock, start=moved[0], end=moved[1], part=part, twelve=False)
    return clock


def _within(clock: Clock, other: Clock) -> bool:
    """Whether hours lie within others: those of the concert within those of the room."""
    if clock == other or None in (clock.start, clock.end, other.start, other.end):
        return False
    return (other.start or 0) <= (clock.start or 0) and (clock.end or 0) <= (other.end or 0)


def _around(ranges: tuple[Clock, ...], clocks: Sequence[Clock]) -> tuple[Clock, ...]:
    """Where a range lies between a start and an end said apart, these are meant: "dès 13h, spectacle de 15h à 17h,
    rangement jusqu'à 18h30"."""
    starts = [clock.start for clock in clocks if clock.start is not None and clock.end is None]
    ends = [clock.end for clock in clocks if clock.start is None and clock.end is not None]
    if len(ranges) != 1 or not starts or not ends:
        return ranges
    start, end = ranges[0].start or 0, ranges[0].end or 0
    return (
        (replace(ranges[0], start=min(starts), end=max(ends)),) if min(starts) <= start and end <= max(ends) else ranges
    )


NOON, EVENING, DAY, NIGHT = 720, 17 * 60, 1440, 360


def end_after(start: int, end: int) -> int:
    """Return the end in the half of the day that makes the shorter time, or in the night that follows."""
    if end > start:
        return end
    early = start >= EVENING and NOON < end <= 7 * 60 + NOON  # "jusqu'à 1h" was read as the afternoon by itself
    return end + NOON if start < end + NOON <= DAY or early else end + DAY


def loan(whens: Sequence[When]) -> tuple[Days, ...]:
    """Return the days that equipment is away: those of use, from the day of fetching to that of bringing back."""
    asked = [when for when in whens if when.counts and when.days]
    if any(not when.loose for when in asked):
        asked = [when for when in asked if not when.loose]
    used = [span for when in asked if when.role is Role.USE for span in when.days]
    fetched = [span.first for when in asked if when.role is Role.FETCH for span in when.days]
    returned = [span.last for when in asked if when.role is Role.BRING_BACK for span in when.days]
    if not fetched and not returned:
        return tuple(used)
    first = min([*fetched, *(span.first for span in used)], default=min(returned, default=None))
    last = max([*returned, *(span.last for span in used)], default=max(fetched, default=None))
    return () if first is None or last is None else (Days(first, max(first, last)),)


def room_slots(whens: Sequence[When], catalogue: Catalogue) -> tuple[tuple[Slot, ...], frozenset[Lack]]:
    """Return the slots of a room and what is missing: one slot for each day and each of its hours."""
    slots: dict[Slot, None] = {}
    missing: set[Lack] = set()
    for when in whens:
        found, lacks = _slots_on(when.days, when.clocks, when.lacks, catalogue.day_parts)
        slots.update(dict.fromkeys(found))
        missing |= lacks
    if not whens:
        missing = {Lack.DATE, Lack.START, Lack.END}
    return tuple(sorted(slots, key=_order)), frozenset(missing)


def equipment_slots(days: Sequence[Days]) -> tuple[Slot, ...]:
    """Return the slots of a piece of equipment, whole days, those that touch made one."""
    merged: list[Days] = []
    for span in sorted(days):
        if merged and span.first <= merged[-1].last + timedelta(days=1):
            merged[-1] = Days(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(Slot(span.first, span.last) for span in merged)


def _slots_on(
    days: Sequence[Days], clocks: Sequence[Clock], lacks: frozenset[Lack], parts: Mapping[str, Hours]
) -> tuple[tuple[Slot, ...], frozenset[Lack]]:
    missing = set(lacks)
    if not days:
        missing.add(Lack.DATE)
    slots: list[Slot] = []
    for clock in clocks or (Clock(),):
        start, end = _hours(clock, parts)
        if start is None:
            missing.add(Lack.START)
            if end is None and clock.length is None:
                missing.add(Lack.END)
        elif end is None:
            missing.add(Lack.END)
        slots.extend(_slot(day, start, end) for span in days for day in span)
    return tuple(sorted(dict.fromkeys(slots), key=_order)), frozenset(missing)


def _order(slot: Slot) -> tuple[date, str]:
    return slot.day, slot.to_json()[0] or ""


def _hours(clock: Clock, parts: Mapping[str, Hours]) -> tuple[int | None, int | None]:
    part = parts.get(clock.part or "")
    if clock.start is None and clock.end is None and clock.length is None and part is not None:
        return part.start, part.end
    return clock.start, clock.end


def _slot(day: date, start: int | None, end: int | None) -> Slot:
    midnight = datetime.combine(day, time())
    if start is None:
        return Slot(day, None)
    return Slot(midnight + timedelta(minutes=start), None if end is None else midnight + timedelta(minutes=end))
