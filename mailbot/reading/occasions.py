"""Which of the days and hours that a mail names are those of what it asks for.

A mail tells of much besides: when the club was founded, when somebody can be reached, what was last year. What stands
in the sentence that asks comes first, then lists and lines of details, then the rest of the mail, then the subject;
what is said in full before what is said in part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import Lack
from mailbot.model.spans import Days
from mailbot.reading.moments import (
    EVENING,
    LONGEST,
    SHORTEST,
    WINDOWS,
    Clock,
    Role,
    When,
    end_after,
    joined_hours,
    widened,
)

DAY = 1440


class Moment(Struct, frozen=True):
    """A phrase of time at words `at` to `last` (excluded) of the page. `rank` says how surely it is one of what is
    asked: 3 in a sentence that asks, 2 in a list, 1 elsewhere, 0 in the subject."""

    at: int
    last: int
    sentence: int
    when: When
    today: date
    """The day the mail was sent."""
    rank: float = 1.0
    ends: bool = False
    """Its hour is told as an end: "fini à 22h"."""
    starts: bool = False
    """Its hour is told as a start: "portes à 19h"."""
    begins: bool = False
    """Its hour is told as that from when the place is needed: "accès dès 16h pour l'installation"."""
    held: bool = False
    """Said right behind a room: "the walk starts at 5.30, so room from 8.30"."""

    @property
    def days(self) -> set[date]:
        return {day for span in self.when.days for day in span}

    @property
    def weekday_alone(self) -> bool:
        return self.when.has_days and weekday_alone(self.when)

    @property
    def only_hours(self) -> bool:
        return self.when.has_clock and not self.when.has_days

    @property
    def complete(self) -> bool:
        """Whether its hours have a start and an end, or a part of the day stands for both."""
        return any(_is_complete(clock) for clock in self.when.clocks)


def _is_complete(clock: Clock) -> bool:
    said = clock.start is not None and clock.end is not None
    return said or (clock.part is not None and clock.start is None and clock.end is None)


def of_use(moments: Sequence[Moment], *, asked: Callable[[int], bool]) -> list[Moment]:
    """Return the moments of use, firm ones if there are any. "Voor zaterdag" may say by when, or for which day: it is
    the day where nothing else is and the sentence asks (`asked`)."""
    found = [m for m in moments if m.when.role in {Role.USE, Role.DEADLINE} and (m.when.counts or _is_deadline(m))]
    found = [m for m in found if not _names_again(m, moments)]
    sure = [moment for moment in found if not _is_deadline(moment)]
    if not any(m.when.has_days for m in sure):
        sure = [m if not _is_deadline(m) else _used(m) for m in found if not _is_deadline(m) or asked(m.sentence)]
    if any(_says_day(moment.when) for moment in sure):
        timed = any(moment.when.has_clock for moment in sure if not moment.when.loose)
        loose = [m for m in sure if m.when.loose and not (m.only_hours and not timed)]
        sure = [m for m in sure if m not in loose and (m.when.has_days or not m.when.vague or _is_this_year(m))]
    return [_plain(moment) for moment in sure]


def _is_this_year(moment: Moment) -> bool:
    """Whether hours are those of this year, and not of earlier ones: "This year from 4pm to 10pm"."""
    period = moment.when.period
    return _has_range(moment) and period is not None and period.first.year == period.last.year == moment.today.year


def _names_again(moment: Moment, moments: Sequence[Moment]) -> bool:
    """Whether it only points at a day that is left behind: "le 31, ah non, ce jour-là …"."""
    if moment.when.dated or not moment.days or moment.when.repetition is not None:
        return False
    left = {day for other in moments if other.when.replaced or other.when.negated for day in other.days}
    left |= {day for other in moments for span in other.when.excluded for day in span}
    return moment.days <= left and not any(clock.start is not None for clock in moment.when.clocks)


def _is_deadline(moment: Moment) -> bool:
    return moment.when.role is Role.DEADLINE and not (moment.when.past or moment.when.negated or moment.when.replaced)


def _used(moment: Moment) -> Moment:
    return replace(moment, when=replace(moment.when, role=Role.USE))


def _says_day(when: When) -> bool:
    return (when.has_days or Lack.DATE in when.lacks) and not when.loose


def _plain(moment: Moment) -> Moment:
    """The hours of a phrase whose day is open ("un samedi de mars, de 9h à 13h") are hours said alone."""
    when = moment.when
    clocks = _settled(when.clocks)
    if when.vague and when.has_clock and not when.has_days:
        return replace(moment, when=replace(when, vague=False, clocks=clocks))
    return moment if clocks == when.clocks else replace(moment, when=replace(when, clocks=clocks))


def _settled(clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """Of hours said in one go, leave out those without an end where others have one ("fin à 12h, donc 8h-12h")."""
    whole = tuple(clock for clock in clocks if clock.start is not None and clock.end is not None)
    return whole if whole and any(clock.start is not None and clock.end is None for clock in clocks) else clocks


def by_line(found: Sequence[Moment]) -> list[Moment]:
    """Join each day with the hours behind it where several have hours of their own: "Mon 14 Sept, hall, 9-14", or "on
    the 6th we'd come in at seven and be out by nine. On the 20th, eight to ten"."""
    joined = [joint for line in _lines(found) for joint in [_as_one(line)] if joint is not None]
    if len({frozenset(day.days) for day, _ in joined}) < 2:
        return list(found)
    days = {id(line[0]): day for day, line in joined}
    left = {id(moment) for _, line in joined for moment in line[1:]}
    return [days.get(id(moment), moment) for moment in found if id(moment) not in left]


def _lines(found: Sequence[Moment]) -> list[list[Moment]]:
    """Return each day with the hours of its sentence: those behind it, or all where it is the only day there."""
    lines: dict[int, list[Moment]] = {}
    for moment in found:
        lines.setdefault(moment.sentence, []).append(moment)
    told: list[list[Moment]] = []
    for line in lines.values():
        days = [moment for moment in line if moment.when.has_days]
        if len(days) == 1:
            told.append([*days, *(moment for moment in line if moment is not days[0])])
        elif days and line[0] is days[0]:
            for number, day in enumerate(days):
                behind = days[number + 1].at if number + 1 < len(days) else line[-1].at + 1
                told.append([day, *(moment for moment in line if day.at < moment.at < behind)])
    return told


def _as_one(line: Sequence[Moment]) -> tuple[Moment, Sequence[Moment]] | None:
    """Return a day with the hours behind it, and what was joined; nothing where these are no hours of it."""
    day, hours = line[0], line[1:]
    if not hours or day.when.has_clock or not all(moment.only_hours for moment in hours):
        return None
    clocks = tuple(clock for moment in ending(hours) for clock in moment.when.clocks)
    words = " ".join(moment.when.words for moment in sorted(line, key=lambda each: each.at))
    when = replace(day.when, clocks=clocks, words=words)
    return replace(day, at=min(m.at for m in line), last=max(m.last for m in line), when=when), line


def anchored(found: Sequence[Moment]) -> list[Moment]:
    """Put weekdays said alone to the day that is dated elsewhere: "goûter de l'Ascension … jeudi de 14h à 17h", and a
    stretch of weekdays to the week of the event."""
    dated = {
        day for m in found if not m.when.past and (m.when.dated or m.when.loose) and len(m.days) == 1 for day in m.days
    }
    dated |= {day for m in found if m.when.counts and m.when.dated and m.when.has_days for day in m.days}
    told = []
    for moment in found:
        said = not moment.weekday_alone or moment.when.certain  # "mercredi de la semaine prochaine"
        if not dated or said or moment.when.loose or moment.days & dated:
            told.append(moment)
            continue
        same = sorted(day for day in dated if day.weekday() in {d.weekday() for d in moment.days})
        if len(moment.days) == 1 and len(same) == 1:
            told.append(_moved(moment, same[0] - min(moment.days)))
        elif len(moment.days) > 1 and len(moment.when.days) == 1 and len(dated) == 1:
            told.append(_covering(moment, next(iter(dated))))
        elif moment.when.bare_weekday and len(moment.days) == 1:
            told.append(_around(moment, dated))
        else:
            told.append(moment)
    return told


WEEK = 7
"""Days; a stretch that is longer holds a weekday more than once."""


def recurring(found: Sequence[Moment], short: Collection[int]) -> list[Moment]:
    """Let a weekday with its hours be each such day of a stretch that a short sentence names for it: "toujours le mardi
    de 18h à 20h. Du 8 au 29 septembre donc"; `short` are the sentences that say little besides days and hours."""
    weekly = [m for m in found if m.when.counts and m.when.bare_weekday and len(m.days) == 1 and m.complete]
    spans = [m for m in found if m.when.counts and m.when.dated and not m.when.has_clock and len(m.when.days) == 1]
    spans = (
        [m for m in spans if len(m.days) > WEEK and (m.sentence in short or m.sentence == weekly[-1].sentence)]
        if weekly
        else []
    )
    others = [m for m in found if m.when.counts and m.when.has_days and m not in weekly and m not in spans]
    if len(weekly) != 1 or len(spans) != 1 or others:
        return list(found)
    [one], [span] = weekly, spans
    weekday = min(one.days).weekday()
    days = tuple(Days(day, day) for day in sorted(span.days) if day.weekday() == weekday)
    told = replace(
        one, rank=max(one.rank, span.rank), when=replace(one.when, days=days, bare_weekday=False, dated=True)
    )
    return [told if m is one else m for m in found if m is not span]


NEXT_TO = 3
"""Days between an event and a weekday that is told of it, at most: "le jeudi pour monter, le lundi pour démonter"."""


def _around(moment: Moment, dated: Collection[date]) -> Moment:
    """Move a weekday alone to the one just before or behind the days of the event, where it is near."""
    first, last = min(dated), max(dated)
    if (last - first).days >= 6 or first < moment.today:
        return moment
    [day] = moment.days
    before, behind = (first.weekday() - day.weekday()) % 7, (day.weekday() - last.weekday()) % 7
    back = moment.when.role is not Role.BRING_BACK and (before <= behind or moment.when.role is Role.FETCH)
    near, there = (before, first - timedelta(days=before)) if back else (behind, last + timedelta(days=behind))
    return _moved(moment, there - day) if near <= NEXT_TO and there >= moment.today else moment


def _moved(moment: Moment, by: timedelta) -> Moment:
    days = tuple(Days(span.first + by, span.last + by) for span in moment.when.days)
    return replace(moment, when=replace(moment.when, days=days))


def _covering(moment: Moment, day: date) -> Moment:
    """Move a stretch of weekdays by whole weeks so that it holds the day of the event, if it can."""
    first, last = min(moment.days), max(moment.days)
    weeks = (day - first).days // 7
    moved = timedelta(weeks=weeks)
    return _moved(moment, moved) if first + moved <= day <= last + moved else moment


def within_ranges(found: Sequence[Moment]) -> list[Moment]:
    """Let "every day from 9 to 4" be the hours of a stretch of days named elsewhere: "from the 12th to the 16th"."""
    ranged = any(
        m.when.counts and not m.when.has_clock and any(span.first < span.last for span in m.when.days) for m in found
    )
    return [_only_hours(m) if ranged and _is_endless_daily(m.when) else m for m in found]


def _is_endless_daily(when: When) -> bool:
    daily = when.repetition is not None and when.repetition.frequency == "daily" and when.repetition.interval == 1
    return daily and Lack.UNTIL in when.lacks and when.has_clock


def _only_hours(moment: Moment) -> Moment:
    lacks = moment.when.lacks - {Lack.UNTIL}
    return replace(moment, when=replace(moment.when, days=(), lacks=lacks, repetition=None))


def chosen(found: Sequence[Moment]) -> list[Moment]:
    """Return the days that rank highest, with their own hours, and the hours for those that have none."""
    more = [clock for m in found for clock in m.when.clocks if clock.beside and m.only_hours]
    found = [m for m in found if not (m.only_hours and all(clock.beside for clock in m.when.clocks))]
    return [_widened(m, more, found) for m in _chosen(_without_exceptions(found))]


def _holds_others(moment: Moment, every: Sequence[Moment]) -> bool:
    """Whether other hours in full lie within those of a moment: it already has what goes before and behind them."""
    own = {(clock.start, clock.end) for clock in moment.when.clocks}
    told = {(clock.start, clock.end) for other in every if other.complete for clock in other.when.clocks} - own
    return any(
        first is not None and start is not None and end is not None and last is not None
        and first <= start < end <= last
        for first, last in own for start, end in told
    )  # fmt: skip


def _widened(moment: Moment, more: Sequence[Clock], every: Sequence[Moment]) -> Moment:
    """Put what goes before and behind to hours, but for "four hours later" that only says their end again."""
    lengths = {
        clock.end - clock.start for clock in moment.when.clocks if clock.start is not None and clock.end is not None
    }
    more = [clock for clock in more if clock.beside < 0 or clock.length not in lengths]
    if _holds_others(moment, every):
        return moment  # "de 10h à midi, une demi-heure avant et après, donc de 9h30 à 12h30"
    clocks = tuple(widened(clock, more) for clock in moment.when.clocks)
    return moment if clocks == moment.when.clocks else replace(moment, when=replace(moment.when, clocks=clocks))


def _without_exceptions(found: Sequence[Moment]) -> list[Moment]:
    """Leave out what is said of some of the days alone: "op de 29e wordt het later, tot 12u" is put to them later."""
    days = [m for m in found if m.when.counts and m.days]
    partial = [m for m in days if _said_alone(m, "start") or _said_alone(m, "end")]
    exceptions = [m for m in partial if any(m.days < other.days for other in days if other not in partial)]
    return [m for m in found if m not in exceptions]


def _chosen(found: Sequence[Moment]) -> list[Moment]:
    found = _spanning(_surrounded(_apart(found)))
    found = _beginning(_at_home(ending(found)))
    found = _dated_weekdays(found)
    days = _once(_asked_days([m for m in found if m.when.has_days or Lack.DATE in m.when.lacks], found))
    hours = [m for m in (*found, *days) if m.only_hours and Lack.DATE not in m.when.lacks]
    days = [m for m in days if not (m.only_hours and Lack.DATE not in m.when.lacks)]
    timed = [moment for moment in days if moment.when.has_clock]
    best = _hours(hours)
    if timed and len(timed) == len(days):
        best = _better(best, timed)
        if not best:
            return [*days, *_lengths(hours, timed)]
        days = [replace(m, when=replace(m.when, clocks=())) for m in days]
    elif timed and days:
        best = [] if _one_clock(timed) and not _of_the_others(best, timed) else best
        if not best:
            days = [m if m.when.has_clock else _at_hours_before(m, timed) for m in days]
    return [*days, *best, *_lengths(hours, best)]


def _at_hours_before(moment: Moment, timed: Sequence[Moment]) -> Moment:
    """Give a day the hours of the day before it ("le 5 de 10h à 12h, idem le lendemain"), else of the first."""
    before = [m for m in timed if m.at < moment.at]
    return replace(moment, when=replace(moment.when, clocks=(before or timed)[-1 if before else 0].when.clocks))


def _asked_days(moments: Sequence[Moment], found: Sequence[Moment]) -> list[Moment]:
    """Return the days that rank highest; a date with hours of its own always counts, and so does a date without any
    where hours are said that none of the others has."""
    best = _highest(moments)
    asked = {day for m in best for day in m.days}
    kept = [
        m
        for m in moments
        if m in best
        or (m.rank >= 1 and _has_range(m) and (m.when.dated or (m.days < asked and not _has_range(best[0]))))
    ]
    if kept and all(m.when.has_clock for m in kept):
        hours = [m for m in found if m.only_hours and m.rank >= best[0].rank and Lack.DATE not in m.when.lacks]
        others = _highest([m for m in moments if m not in kept and m.rank >= 1 and m.when.dated])
        if _of_the_others(hours, kept) and len(others) == 1:
            kept = [m for m in moments if m in kept or m in others]
    return kept


def _of_the_others(hours: Sequence[Moment], timed: Sequence[Moment]) -> bool:
    """Whether hours alone are whole, and stand before the days that have hours of their own: they are of other days."""
    whole = [m for m in hours if _has_range(m)]
    return len(whole) == 1 == len(hours) and all(whole[0].at < m.at or m.begins for m in timed)


def _exact(moment: Moment, found: Sequence[Moment]) -> set[date]:
    """Return the days of which hours are told that lie in the part of the day of a moment."""
    low, high = WINDOWS.get(moment.when.clocks[0].part or "", (0, DAY))
    timed = [m for m in found if _has_range(m) and low <= (m.when.clocks[0].start or 0) < high]
    return {day for m in timed for day in m.days}


def _only_part(moment: Moment) -> bool:
    """Whether its hours are a part of the day, and nothing more exact."""
    return moment.when.has_clock and all(
        clock.start is clock.end is None and clock.part for clock in moment.when.clocks
    )


def _has_range(moment: Moment) -> bool:
    return any(clock.start is not None and clock.end is not None for clock in moment.when.clocks)


def _apart(found: Sequence[Moment]) -> list[Moment]:
    """Part two times of day said in one breath of which the last is an end: "deuren om 14u en om 17u naar huis"."""
    parted: list[Moment] = []
    for moment in found:
        clocks = moment.when.clocks
        starts = [clock.start for clock in clocks if clock.end is None and clock.start is not None]
        if moment.ends and moment.only_hours and len(clocks) == len(starts) == 2 and starts[0] < starts[1]:
            first, last = (replace(moment, when=replace(moment.when, clocks=(clock,))) for clock in clocks)
            parted += [replace(first, ends=False), last]
        else:
            parted.append(moment)
    return parted


def _at_home(found: Sequence[Moment]) -> list[Moment]:
    """Give the only day of a sentence the hours of that sentence, where another sentence has a day with other hours:
    "le vendredi il nous faut la salle de 15h à minuit. La veille, toute la soirée"."""
    days = [moment for moment in found if moment.when.has_days]
    timed = {moment.sentence for moment in days if moment.when.has_clock}
    kept = list(found)
    for moment in days:
        if moment.when.has_clock or not timed or len([m for m in days if m.sentence == moment.sentence]) > 1:
            continue
        hours = [m for m in found if m.only_hours and m.sentence == moment.sentence]
        clocks = joined_hours([clock for m in hours for clock in m.when.clocks])
        if len(clocks) == 1 and _is_complete(clocks[0]):
            kept = [m for m in kept if m not in hours]
            kept[kept.index(moment)] = replace(moment, when=replace(moment.when, clocks=clocks))
    return kept


LONGEST_SETUP = 480
"""Minutes that a place is needed before the event begins, at most."""


def _beginning(found: Sequence[Moment]) -> list[Moment]:
    """Let hours begin when the place is needed: "concert à 20h, accès dès 16h" is from 16h."""
    needed = [m for m in found if m.begins and m.only_hours and _said_alone(m, "start")] or _needed_earlier(found)
    others = [m for m in found if m not in needed]
    if not needed or not any(m.when.has_clock for m in others):
        return list(found)
    from_when = min(m.when.clocks[0].start or 0 for m in needed)
    starts = {clock.start for m in others for clock in m.when.clocks}
    if len(starts) != 1 or None in starts or not 0 < (starts.pop() or 0) - from_when <= LONGEST_SETUP:
        return list(found)
    return [_from(m, from_when) for m in others]


def _surrounded(found: Sequence[Moment]) -> list[Moment]:
    """Let two times that stand around the hours of the event be those of the room: "de beurs loopt van 9 tot 12u, maar
    we zetten klaar vanaf 7u30 en om 13u zijn we weg"."""
    whole = [m for m in found if m.only_hours and len(m.when.clocks) == 1 and _has_range(m)]
    pairs = [m for m in found if m.only_hours and len(m.when.clocks) == len(_starts(m)) == PAIR]
    if len(whole) == 1 and not pairs:
        return _held_around(whole[0], found)
    if len(whole) != 1 or len(pairs) != 1:
        return list(found)
    clock = whole[0].when.clocks[0]
    begun, ended = clock.start or 0, clock.end or 0
    start, end = (_starts(pairs[0])[number] for number in range(PAIR))
    if pairs[0].when.clocks[0].twelve and start > begun:
        start -= DAY // 2
    if not 0 <= start <= begun < ended <= end:
        return list(found)
    room = replace(whole[0], rank=max(whole[0].rank, pairs[0].rank))
    room = replace(room, when=replace(room.when, clocks=(Clock(start, end),)))
    return [room if m is whole[0] else m for m in found if m is not pairs[0]]


def _held_around(event: Moment, found: Sequence[Moment]) -> list[Moment]:
    """The same where each of the two stands alone, in one sentence: "the concert is from 4 to 5.30, but we need the
    hall from noon and will be out by 7"."""
    starts = [m for m in found if m.only_hours and _said_alone(m, "start") and m.at > event.at]
    ends = [m for m in found if m.only_hours and _said_alone(m, "end") and m.at > event.at]
    clock = event.when.clocks[0]
    if len(starts) != 1 or len(ends) != 1 or starts[0].sentence != ends[0].sentence or starts[0].at > ends[0].at:
        return list(found)
    start, end = _minute(starts[0]), _minute(ends[0])
    if not start <= (clock.start or 0) < (clock.end or 0) <= end_after(start, end):
        return list(found)
    room = replace(event, when=replace(event.when, clocks=(Clock(start, end_after(start, end)),)))
    return [room if m is event else m for m in found if m not in {starts[0], ends[0]}]


PAIR = 2


def _starts(moment: Moment) -> list[int]:
    return [clock.start for clock in moment.when.clocks if clock.start is not None and clock.end is None]


def _needed_earlier(found: Sequence[Moment]) -> list[Moment]:
    """Return the start that is asked for where the event, with all its hours, is told of before: "notre conférence est
    de 19h à 21h. Pouvons-nous avoir la salle dès 18h ?"."""
    asked = [m for m in found if m.only_hours and m.rank >= 3 and _said_alone(m, "start")]
    told = [m for m in found if m.when.has_clock and m not in asked]
    whole = all(_is_complete(clock) and clock.start is not None for m in told for clock in m.when.clocks)
    return asked if len(asked) == 1 and told and whole and all(m.sentence < asked[0].sentence for m in told) else []


def _from(moment: Moment, start: int) -> Moment:
    clocks = tuple(replace(clock, start=start) for clock in moment.when.clocks)
    return replace(moment, when=replace(moment.when, clocks=clocks))


def _highest(moments: Sequence[Moment]) -> list[Moment]:
    most = max((moment.rank for moment in moments), default=0.0)
    return [moment for moment in moments if moment.rank == most]


def _hours(moments: Sequence[Moment]) -> list[Moment]:
    """Return the hours said alone that count: those that rank highest, complete ones if there are any."""
    starts = [moment for moment in moments if any(clock.length is None for clock in moment.when.clocks)]
    best = _highest(starts)
    complete = [moment for moment in best if moment.complete] or [moment for moment in starts if moment.complete]
    if complete and (len(complete) < len(best) or not any(moment.complete for moment in best)):
        best = _agreeing(best, complete)
    return best


def _agreeing(best: Sequence[Moment], complete: list[Moment]) -> list[Moment]:
    """Complete hours stand for incomplete ones, unless these say a start outside of them at a higher rank."""
    higher = [m for m in best if m.rank > complete[0].rank and not m.complete]
    starts = {clock.start for m in higher for clock in m.when.clocks if clock.start is not None}
    told = [(clock.start or 0, clock.end or DAY) for m in complete for clock in m.when.clocks]
    within = any(start <= each < end for each in starts for start, end in told)
    return complete if not starts or within else list(best)


def _better(hours: list[Moment], timed: Sequence[Moment]) -> list[Moment]:
    """Return the hours said alone that stand before those said with the days: said where it is asked and the others
    elsewhere, or exact where the others are a part of the day."""
    parts = all(clock.start is None and clock.part for m in timed for clock in m.when.clocks)
    exact = [m for m in hours if any(clock.start is not None and clock.end is not None for clock in m.when.clocks)]
    most = max(other.rank for other in timed)
    if exact and (parts or (not any(m.complete for m in timed) and max(m.rank for m in exact) >= most)):
        return (
            [_in_half(m, {clock.part for other in timed for clock in other.when.clocks}) for m in exact]
            if parts
            else exact
        )
    starting = [m for m in hours if _said_alone(m, "start") and any(sign.isdigit() for sign in m.when.words)]
    if parts and starting and starting[0].rank >= 1:
        return [_in_half(starting[0], {clock.part for m in timed for clock in m.when.clocks})]
    return [m for m in hours if m.rank > most and m.complete]


def _in_half(moment: Moment, parts: Collection[str | None]) -> Moment:
    """Read an hour up to noon, "vanaf 8 uur", in the half of the day that the part of it is in."""
    if not all(part in _LATE for part in parts):
        return moment
    clocks = tuple(_later(clock) for clock in moment.when.clocks)
    return replace(moment, when=replace(moment.when, clocks=clocks))


def _later(clock: Clock) -> Clock:
    noon = DAY // 2
    if clock.start is None or not 0 < clock.start < noon or (clock.end is not None and clock.end > noon):
        return clock
    return replace(clock, start=clock.start + noon, end=None if clock.end is None else clock.end + noon)


_LATE = frozenset({"afternoon", "evening", "night"})
"""Parts of the day that lie behind noon."""


def _lengths(hours: Sequence[Moment], starts: Sequence[Moment]) -> list[Moment]:
    if any(moment.complete for moment in starts):
        return []
    return [m for m in hours if all(clock.length is not None and clock.start is None for clock in m.when.clocks)]


def _one_clock(timed: Sequence[Moment]) -> bool:
    return len({moment.when.clocks for moment in timed}) == 1


def _once(found: Sequence[Moment]) -> list[Moment]:
    """Leave out days that are named elsewhere with their hours, and weekdays that a date names again."""
    whole = {day for m in found if m.when.has_clock for day in m.days}
    found = [m for m in found if m.when.has_clock or not m.when.has_days or not m.days <= whole]
    found = [m for m in found if not (m.days and _only_part(m) and m.days <= _exact(m, found))]
    dated = [m for m in found if m.when.dated]
    weekdays = {day.weekday() for m in dated for day in m.days}
    untimed = not any(moment.when.has_clock for moment in dated)
    again = [m for m in found if m.days and weekday_alone(m.when) and {day.weekday() for day in m.days} <= weekdays]
    kept = []
    for moment in found:
        if moment not in again:
            kept.append(moment)
        elif moment.when.has_clock and untimed:
            kept.append(replace(moment, when=replace(moment.when, days=())))
    return kept


def _dated_weekdays(found: Sequence[Moment]) -> list[Moment]:
    """Put weekdays with hours of their own on the dates that have none: "les 2 et 3 octobre: vendredi à 19h, …"."""
    dated = [m for m in found if m.when.counts and m.days and m.when.dated]
    weekdays = {day.weekday() for m in dated for day in m.days}
    timed = [m for m in found if m.when.counts and m.weekday_alone and m.when.has_clock]
    named = {day.weekday() for m in timed for day in m.days}
    stretch = all(span.first < span.last for m in dated for span in m.when.days)
    each = named == weekdays or (stretch and named < weekdays)  # "du 5 au 9 octobre : lundi …, mardi …, jeudi …"
    if any(m.when.has_clock for m in dated) or len({m.when.clocks for m in timed}) < 2 or not each:
        return list(found)
    return [_on_dates(m, dated) for m in found if m not in dated]


def _on_dates(moment: Moment, dated: Sequence[Moment]) -> Moment:
    """Put the hours of a weekday on the dates that it names again: "les 2 et 3 octobre: vendredi de 19h à 22h, …"."""
    weekdays = {day.weekday() for day in moment.days}
    if not moment.when.has_clock or not weekday_alone(moment.when):
        return moment
    days = sorted(day for m in dated for day in m.days if day.weekday() in weekdays)
    spans = tuple(Days(day, day) for day in dict.fromkeys(days))
    rank = max(moment.rank, *(m.rank for m in dated))
    return replace(moment, rank=rank, when=replace(moment.when, days=spans or moment.when.days, loose=False))


def weekday_alone(when: When) -> bool:
    """Whether it names a weekday without a date."""
    return not when.dated and when.repetition is None


def ending(found: Sequence[Moment]) -> list[Moment]:
    """Put an end said alone to the start said without one: "fini à 22h" to "dès 19h30", "jusqu'à 22h" where no hours
    are said in full, and of times of day that nothing tells apart the last in the text to the first."""
    pair = _first_and_last(found)
    if pair is None:
        return list(found)
    first, last, lone = pair
    start, end = _minute(first), end_after(_minute(first), _minute(last))
    if end > start + DAY:
        return list(found)
    told = next((m for m in found if m.only_hours and _covers(m, start, end)), None)
    if told is not None:  # "… om 17u10 sluiten we. Dus van 14u tot 17u10"
        return [m for m in found if m not in lone or m.when.has_days]
    base = first if first.when.has_days or not last.when.has_days else last
    whole = replace(base, rank=max(first.rank, last.rank), when=replace(base.when, clocks=(Clock(start, end),)))
    left = [m for m in found if m is not first and m is not last and (m not in lone or m.when.has_days)]
    left = [replace(m, when=replace(m.when, clocks=())) if m in lone else m for m in left]
    return sorted([*left, whole], key=lambda m: m.at)


def _covers(moment: Moment, start: int, end: int) -> bool:
    """Whether hours were said from when to when, and hold others, which end with them."""
    clocks = [clock for clock in moment.when.clocks if clock.start is not None and clock.end is not None]
    return len(clocks) == 1 == len(moment.when.clocks) and (clocks[0].start or 0) <= start and end == clocks[0].end


def _first_and_last(found: Sequence[Moment]) -> tuple[Moment, Moment, list[Moment]] | None:
    """Return the moments that say when it begins and when it ends, each said alone, and all such moments."""
    lone = [m for m in found if _said_alone(m, "start") or (m.only_hours and _said_alone(m, "end"))]
    best = _highest(lone)
    if 1 < len(best) < len(lone):
        others = [m for m in lone if m not in best]
        pair = _first_and_last([m for m in found if m not in others])
        if pair is not None:
            return pair[0], pair[1], lone
    complete = any(m.complete and any(clock.start is not None for clock in m.when.clocks) for m in found)
    ends = [m for m in lone if m.ends]
    if not ends and not complete:
        ends = [m for m in lone if _said_alone(m, "end")]
    starts = [m for m in lone if m not in ends and _said_alone(m, "start")]
    if not ends and not complete:
        ends = _last_in_text(starts)
    starts = [m for m in starts if m not in ends]
    starts = [m for m in starts if not m.begins] or starts
    if not ends or not starts:
        return None
    first = min(starts, key=lambda m: (-m.rank, not m.held, _minute(m)))
    return first, _latest(ends, first), [*starts, *ends]


def _latest(ends: Sequence[Moment], first: Moment) -> Moment:
    """Return the end that counts: of those that rank as high as the last, the latest."""
    start = _minute(first)
    best = [m for m in ends if m.rank >= ends[-1].rank]
    return max(best, key=lambda m: end_after(start, _minute(m)))


def _last_in_text(starts: Sequence[Moment]) -> list[Moment]:
    """Return the last of several times of day, of which nothing says that it is an end, where it can be one: it is not
    told as a start, lies behind the others, and long enough: "om 13u45 gaat de deur open en om 15u45 is het stil"."""
    if len(starts) < PAIR or len({frozenset(m.days) for m in starts if m.days}) > 1:
        return []
    last, others = starts[-1], starts[:-1]
    near = last.sentence - others[-1].sentence <= 1
    latest = max(_minute(m) for m in others)
    if last.starts or last.begins or last.when.has_days or not near:
        return []
    end = _minute(last) if _minute(last) > latest else end_after(latest, _minute(last))
    late = end <= DAY or latest >= EVENING
    return [last] if SHORTEST <= end - latest <= LONGEST and late else []


def _minute(moment: Moment) -> int:
    clock = moment.when.clocks[0]
    return clock.start if clock.start is not None else clock.end or 0


def _said_alone(moment: Moment, which: Literal["start", "end"]) -> bool:
    """Whether its hours are one time of day, which was read as this."""
    if len(moment.when.clocks) != 1:
        return False
    clock = moment.when.clocks[0]
    said, other = (clock.start, clock.end) if which == "start" else (clock.end, clock.start)
    return said is not None and other is None


def _spanning(found: Sequence[Moment]) -> list[Moment]:
    """Join "van vrijdag 21u" and "tot zaterdag 6u": a stretch over a night."""
    joined: list[Moment] = []
    for moment in found:
        before = joined[-1] if joined else None
        over = _overnight(before, moment) if before is not None else None
        if over is not None:
            joined[-1] = over
        else:
            joined.append(moment)
    return joined


def _overnight(first: Moment, second: Moment) -> Moment | None:
    if second.at - first.last > 1 or len(first.days) != 1 or len(second.days) != 1:
        return None
    if len(first.when.clocks) != 1 or len(second.when.clocks) != 1:
        return None
    start, end = first.when.clocks[0], second.when.clocks[0]
    later = (min(second.days) - min(first.days)).days
    if later != 1 or start.start is None or start.end is not None or end.start is None or end.end is not None:
        return None
    if end.start + DAY - start.start > DAY or start.start < EVENING or end.start > DAY // 2:
        return None
    clock = Clock(start.start, end.start + DAY)
    words = f"{first.when.words} {second.when.words}"
    return replace(first, last=second.last, when=replace(first.when, clocks=(clock,), words=words))


def on_the_way(loan: Iterable[Moment], first: date, last: date) -> list[date]:
    """Return the days of fetching and bringing back; a weekday alone is the one next to the days of use."""
    days = []
    for moment in loan:
        for day in moment.days:
            if moment.when.dated or moment.when.repetition is not None:
                days.append(day)
            elif moment.when.role is Role.FETCH:
                days.append(first - timedelta(days=(first.weekday() - day.weekday()) % 7))
            else:
                days.append(last + timedelta(days=(day.weekday() - last.weekday()) % 7))
    return days


def without(found: Iterable[Moment], days: set[date]) -> list[Moment]:
    """Return the moments less some days ("pas le 31 octobre"): whatever names only these is left out."""
    kept = []
    for moment in found:
        if not moment.days & days:
            kept.append(moment)
            continue
        spans = tuple(span for span in moment.when.days if not set(span) <= days)
        if spans:
            kept.append(replace(moment, when=replace(moment.when, days=spans)))
    return kept
