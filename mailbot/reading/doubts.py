"""What gives reason to doubt a reading: it leaves out what was said firmly, or the mail left its reader many choices.

Its reading may be right all the same: it is read back and held, and waits for a yes. One firm day or one firm hour
that nothing of what would be booked has is enough for that; of the other signs (times in several sentences, days that
nothing is booked on, words that turn or take back what was said, …) several are.

Of 430 mails set aside, 222 would be booked, 42 of them wrongly in some point: four such signs or more are found in 19
of the 42 and in 34 of the 180 right ones, five or more in 14 and in 23."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from functools import cache

from msgspec.structs import replace

from mailbot.model.meaning import Evidence, Intent, Item, Meaning
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import NOON, Clock, Role, When
from mailbot.reading.page import folded
from mailbot.reading.sightings import SECOND_CHOICE, Sighting
from mailbot.reading.things import Mention

SIGNS = 4
"""So many choices make a reading unsure."""
LONG = 80
"""Words from which on a request tells more than what it asks for."""
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


# ── what is read back ───────────────────────────────────────────────────────────────────────────────────────────────


def with_doubts(meaning: Meaning, sighting: Sighting, lexicons: Sequence[Lexicon]) -> Meaning:
    """Return a request with what makes its reading unsure. What lacks something, or has rivals of which not either
    will do, is asked about already."""
    asked = meaning.missing or (meaning.alternatives and not meaning.either)
    if meaning.intent is not Intent.BOOK or not meaning.items or asked:
        return meaning
    certain = (*_exceptions_of_no_date(sighting), *_left_out([meaning, *meaning.alternatives], sighting))
    if meaning.alternatives:
        return replace(meaning, doubts=certain)
    signs = tuple(_signs(meaning, sighting, _turning(tuple(lexicons))))
    return replace(meaning, doubts=certain + signs if len(signs) >= SIGNS else certain)


def _exceptions_of_no_date(sighting: Sighting) -> Iterator[Evidence]:
    for when in sighting.whens:
        excepting = [step.words for step in when.derivation if step.part == "exception"]
        if when.repetition is not None and excepting and not when.excluded:
            yield Evidence("doubt", excepting[0], "an exception of no date")


def _signs(meaning: Meaning, sighting: Sighting, turning: Mapping[str, frozenset[str]]) -> Iterator[Evidence]:
    """Yield what the reader had to choose between, in the words of the mail."""
    page, told = sighting.page, [when for when in sighting.whens if when.counts]
    if len(page.words) > LONG:
        yield Evidence("doubt", "", "a long mail")
    sentences = {_sentence(at, sighting) for when, (at, _) in _spanned(sighting) if when.counts}
    yield from (Evidence("doubt", "", f"times in {number} sentences") for number in (2, 3) if len(sentences) >= number)
    if len({span for when in told for span in when.days}) > 1:
        yield Evidence("doubt", "", "several days")
    clocks = {(clock.start, clock.end) for when in sighting.whens for clock in when.clocks if clock.start is not None}
    if len(clocks) > 1:
        yield Evidence("doubt", "", "several hours")
    booked = set(_days(meaning.items))
    unused = [when for when in told if when.has_days and not any(a <= d <= b for a, b in _ends(when) for d in booked)]
    if unused:
        yield Evidence("doubt", unused[0].words, "a day on which nothing is booked")
    if any(cue.value == "stance-past" for cue in sighting.cues):
        yield Evidence("doubt", "", "tells of earlier times")
    for key, reading in (("negations", "says what is not"), ("turns", "turns or takes back")):
        found = [at for at, word in enumerate(page.words) if word in turning[key]]
        if len(found) > 1:
            yield Evidence("doubt", page.words[found[-1]], reading)
    if meaning.runner_up in {Intent.CHANGE, Intent.CANCEL}:
        yield Evidence("doubt", "", f"may be a {meaning.runner_up}")
    yield from _left_aside(meaning, sighting)


def _left_aside(meaning: Meaning, sighting: Sighting) -> Iterator[Evidence]:
    """Yield a thing that is named and not booked, and one that is said not to be wanted, or to stay as it is."""
    ids = {one for item in meaning.items for one in item.resources}
    stances = sighting.stances
    put_aside = stances.unwanted | stances.old | stances.kept
    for reading, unused in (
        ("named, and not booked", [m for m in sighting.mentions if not m.generic and ids.isdisjoint(m.ids)]),
        ("not wanted, or kept", [sighting.mentions[index] for index in sorted(put_aside)]),
    ):
        if unused:
            yield Evidence("doubt", _quote(unused[0], sighting), reading)


def _quote(mention: Mention, sighting: Sighting) -> str:
    return sighting.page.quote(mention.first, mention.last)


def _ends(when: When) -> Iterator[tuple[date, date]]:
    return ((span.first, span.last) for span in when.days)


@cache
def _turning(lexicons: tuple[Lexicon, ...]) -> Mapping[str, frozenset[str]]:
    stances = [lexicon.table("stance") for lexicon in lexicons]
    return {key: folded(word for stance in stances for word in stance[key]) for key in ("negations", "turns")}


# ── what no reading has ─────────────────────────────────────────────────────────────────────────────────────────────


def _left_out(readings: Iterable[Meaning], sighting: Sighting) -> Iterator[Evidence]:
    """Yield the days and hours that were said firmly, and are in none of the readings."""
    items = [item for meaning in readings for item in meaning.items]
    hours, days = set(_hours(items)), set(_days(items))
    whole = {(c.start, c.end) for when in sighting.whens if _is_firm(when) for c in when.clocks if _whole(c)}
    asking = sighting.sentences_of("book/") if hours <= whole else None
    aside = [(cue.first, cue.last) for cue in sighting.cues if cue.value in _ASIDE]
    otherwise = [cue.first for cue in sighting.cues if cue.value in SECOND_CHOICE]
    whens = _spanned(sighting)
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
            if any(_whole(clock) for clock in when.clocks):
                yield Evidence("doubt", when.words, "hours on a day on which nothing is booked")
        elif any(_is_outside(clock, hours, alone=alone) for clock in when.clocks):
            yield Evidence("doubt", when.words, "hours at which nothing is booked")


def _days_of(when: When, read: Set[date]) -> set[date]:
    """Return the days of a phrase; of a weekday alone those of the days read that it may mean, if any."""
    own = {day for span in when.days for day in span}
    if not when.bare_weekday:
        return own
    return {day for day in read if day.weekday() in {one.weekday() for one in own}} or own


def _spanned(sighting: Sighting) -> list[tuple[When, tuple[int, int]]]:
    return list(zip(sighting.whens, sighting.spans, strict=True))


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
