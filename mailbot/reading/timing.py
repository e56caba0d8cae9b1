"""Which moments of a mail are those of what it asks, and how surely; what a change newly says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from mailbot.model.meaning import Intent, Lack
from mailbot.model.spans import Days
from mailbot.reading.asides import FEW, LISTED, adding, is_listed, weighed, words_beside
from mailbot.reading.cues import Cue
from mailbot.reading.exceptions import Singled
from mailbot.reading.moments import Clock, Role, When, end_after
from mailbot.reading.occasions import DAY, Moment, anchored, by_line, ending, of_use, recurring, within_ranges, without
from mailbot.reading.sightings import FAR, NEAR, Sighting, Wanted
from mailbot.reading.things import Sort

ASKED = 3.0
"""The rank of what stands in a sentence that asks."""
_YEAR = 4
_SOON = 2
"""Words between "answer" and the day by which it is asked for, at most."""
_EDGES = frozenset({"stance-ends", "stance-begins", "stance-starts", "stance-elsewhere", "stance-reachable"})
_STRANGE = frozenset({"stance-elsewhere", "stance-reachable"})
_WANTS = frozenset({"book/strong", "book/weak"})
_NUMBERS = re.compile(r"\d+")


def moments_of(sighting: Sighting, intent: Intent, wanted: Sequence[Wanted]) -> list[Moment]:
    """Return the moments that may be those of what is asked, ranked; days that are left out taken off."""
    free = ("availability/",) if intent is Intent.AVAILABILITY else ("availability/strong",)
    changes = ("change/decisive", "change/strong") if intent in {Intent.CHANGE, Intent.CANCEL} else ()
    asking = sighting.sentences_of("book/strong", *free, *changes)
    asking |= sighting.sentences_of("stance-same-place")
    asking |= sighting.going_on(asking)
    if intent is Intent.AVAILABILITY:
        asking |= {sentence.number for sentence in sighting.page.sentences if sentence.question}
    if intent is Intent.CHANGE:  # "we have it booked" only tells what is
        asking -= sighting.sentences_of("stance-confirmed") - sighting.sentences_of("change/")
    if intent is not Intent.CHANGE:
        asking |= {sentence for one in wanted if one.room for _, sentence in one.places}
    if not any(one.room for one in wanted):
        asking |= {sentence for one in wanted for _, sentence in one.places}
    asking = asking | adding(sighting, asking)
    every = [_not_replaced(_ranked(sighting, i, asking), sighting) for i in range(len(sighting.whens))]
    every = weighed(every, sighting, asking) if intent is not Intent.CHANGE else every
    if intent in {Intent.CHANGE, Intent.CANCEL} and not any(m.sort is Sort.EQUIPMENT for m in sighting.mentions):
        every = [_of_a_room(m) for m in every]
    if intent is Intent.BOOK and not any(m.sort in {Sort.EQUIPMENT, Sort.UNLENT} for m in sighting.mentions):
        every = [
            _of_a_room(m) if m.when.role is Role.BRING_BACK else m for m in every
        ]  # "choir is back on Mondays 6-8"
    kept = sighting.sentences_of("stance-kept")
    fallback = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-fallback"]
    if intent is Intent.BOOK and fallback:
        every = _without_fallback(every, fallback)
    unfit = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-unfit"]
    found = [
        _told_now(m, sighting.stances.in_past(m.at)) if m.rank >= 3 else m
        for m in every
        if (
            not sighting.stances.in_past(m.at)
            or _is_loan_ahead(m)
            or _is_ahead(m)
            or _is_said_against(m, every, sighting)
        )
        and not _inside(m, unfit)
    ]
    if intent is Intent.CHANGE:
        every, found = _without_shifts(every), _without_shifts(found)
        return _new([m for m in found if m in every] or every, every, sighting)
    spans = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-kept"]
    found = [m for m in found if not _inside(m, spans)] if intent is Intent.CANCEL else found
    spared = [m for m in found if m.sentence not in kept]
    found = spared if any(m.when.counts and m.when.has_days for m in spared) else found
    single = Singled(sighting, _without_told_weekdays(_without_last_year(found)))
    off = single.left_out() if intent is not Intent.CANCEL else set()
    if intent is Intent.BOOK:
        single.without_second_choice()
        single.one_of_several()
    found = single.moments
    found = _without_strange_lengths(found, sighting)
    if intent is Intent.BOOK:
        found = _at_corrected_hours(_with_corrected_ends(found, every), sighting)
    used = _on_edges(within_ranges(_used(found, sighting)), sighting)
    if intent is Intent.CANCEL:
        return [_whole_day(moment) for moment in used]
    off |= _left_out(every, sighting)
    return _at_hours_of(off, every, without(used, off)) if intent is Intent.BOOK else without(used, off)


_CORRECTING = frozenset({"stance-rather", "stance-instead"})


def _at_corrected_hours(found: list[Moment], sighting: Sighting) -> list[Moment]:
    """Let hours that are said for all the days afterwards take the place of those before: "…, van 16u tot 18u. PS Doe
    maar van half vijf tot half zeven"."""
    for cue in sighting.cues:
        newly = [m for m in found if m.only_hours and m.complete and 0 <= m.at - cue.last <= 1]
        before = [m for m in found if m.at < cue.first and m.days and m.complete and m.when.counts]
        if cue.value in _CORRECTING and len(newly) == 1 and len({m.when.clocks for m in before}) == 1:
            moved = {id(m): replace(m, when=replace(m.when, clocks=newly[0].when.clocks)) for m in before}
            return [moved.get(id(m), m) for m in found if m is not newly[0]]
    return found


def _with_corrected_ends(found: list[Moment], every: Sequence[Moment]) -> list[Moment]:
    """Put another end to hours: "de 9h30 à 12h30 … jusqu'à 13h au lieu de 12h30"."""
    for newly in found:
        old = next((m for m in every if m.when.replaced and m.sentence == newly.sentence and m.at > newly.at), None)
        if old is None or not (newly.only_hours and old.when.clocks):
            continue
        [clock, *more], gone = newly.when.clocks, {old.when.clocks[0].start, old.when.clocks[0].end} - {None}
        before = [m for m in found if m.at < newly.at and m.complete and m.when.clocks[-1].end in gone]
        if before and not more and clock.end is not None and clock.start is None:
            ended = {
                id(m): replace(m, when=replace(m.when, clocks=(Clock(m.when.clocks[-1].start, clock.end),)))
                for m in before
            }
            return [ended.get(id(m), m) for m in found if m is not newly]
    return found


def _at_hours_of(off: set[date], every: Sequence[Moment], used: list[Moment]) -> list[Moment]:
    """Let days for which no hours are told have those of the days that they stand for: "Not the 12th but the 19th"."""
    timed = [m for m in every if m.complete and m.when.role is Role.USE and m.days & off]
    without_hours = any(m.days for m in used) and not any(m.when.has_clock for m in used)
    if not without_hours or len({m.when.clocks for m in timed}) != 1:
        return used
    return [*used, replace(timed[0], when=replace(timed[0].when, days=(), repetition=None, negated=False))]


def _without_shifts(moments: Sequence[Moment]) -> list[Moment]:
    """Leave out by how much something is to be moved, "an hour earlier", and keep its day."""
    kept = []
    for moment in moments:
        if not any(clock.beside for clock in moment.when.clocks):
            kept.append(moment)
        elif moment.when.has_days:
            kept.append(replace(moment, when=replace(moment.when, clocks=())))
    return kept


def _whole_day(moment: Moment) -> Moment:
    """ "Nous renonçons à la journée du 9 avril" gives up the day, whichever hours it has."""
    day = all(clock.part == "day" and clock.start is None for clock in moment.when.clocks)
    return replace(moment, when=replace(moment.when, clocks=())) if day else moment


_A_WHILE = timedelta(days=275)
"""A day without a year that would be so far ahead was this year's, where the mail names a nearer one."""


def _without_last_year(found: Sequence[Moment]) -> list[Moment]:
    """Leave out "suite à notre appel du 1er septembre", written on the 3rd, beside what is asked for October."""
    ahead = [m for m in found if m.when.counts and any(day - m.today <= _A_WHILE for day in m.days)]
    if not ahead:
        return list(found)
    return [m for m in found if not _may_be_last_years(m) or (m.rank >= 3 and m.when.has_clock)]


def _without_told_weekdays(found: Sequence[Moment]) -> list[Moment]:
    """Leave out a weekday that only leads a sentence which names the date and its hours: "comme convenu lundi, …"."""
    whole = [m for m in found if m.when.counts and m.days and m.complete and not m.when.bare_weekday]
    return [
        m
        for m in found
        if not (
            m.when.bare_weekday
            and not m.when.has_clock
            and m.when.role is Role.USE
            and any(other.sentence == m.sentence and other.at > m.at and not m.days & other.days for other in whole)
        )
    ]


def _may_be_last_years(moment: Moment) -> bool:
    yearless = not any(len(word) == _YEAR for step in moment.when.derivation for word in _NUMBERS.findall(step.words))
    far = bool(moment.days) and min(moment.days) - moment.today > _A_WHILE
    return far and yearless and moment.when.repetition is None


def _not_replaced(moment: Moment, sighting: Sighting) -> Moment:
    """ "In plaats van de refter, van 14u tot 18u": what is replaced is the thing, not the hours behind it."""
    if not moment.when.replaced:
        return moment
    for cue in sighting.cues:
        if cue.value == "stance-old-after" and cue.last <= moment.at and moment.at - cue.last < FAR:
            between = range(cue.last, moment.at)
            if any(mention.first in between for mention in sighting.mentions):
                return replace(moment, when=replace(moment.when, replaced=False))
    return moment


def _without_fallback(every: list[Moment], fallback: Sequence[tuple[int, int]]) -> list[Moment]:
    """Leave out the day that is meant only if another will not do: "le 18 juin (19 juin en cas de pluie)"."""
    firm = [moment for moment in every if not _inside(moment, fallback)]
    if any(moment.days for moment in firm):
        return firm
    return [
        replace(m, when=replace(m.when, days=m.when.days[:-1])) if _inside(m, fallback) and len(m.when.days) > 1 else m
        for m in every
    ]


_AROUND = ("stance-begins", "stance-ends", "stance-sets-up", "stance-takes-down", "book/")


def _without_strange_lengths(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Leave out "an hour later" that is told of others: neither beside hours nor of what goes before or behind."""
    around = sighting.sentences_of(*_AROUND)
    timed = {m.sentence for m in found if m.complete}
    return [
        m
        for m in found
        if m.sentence in around | timed or not (m.only_hours and all(clock.beside for clock in m.when.clocks))
    ]


def _inside(moment: Moment, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= moment.at < last for first, last in spans)


def _is_said_against(moment: Moment, every: Sequence[Moment], sighting: Sighting) -> bool:
    """Whether whole hours stand behind "but", and those of then before it: "eerst 10 tot 16 uur, maar nu 11 tot 16"."""
    before = [m for m in every if m.sentence == moment.sentence and m.at < moment.at and m.complete]
    if not before or not moment.complete:
        return False
    return any(word in sighting.stances.words.contrast for word in sighting.page.words[before[-1].last : moment.at])


def _is_loan_ahead(moment: Moment) -> bool:
    """ "Returned on the Monday": the participle of what is still to come tells of no earlier times."""
    ahead = bool(moment.days) and min(moment.days) >= moment.today and not moment.when.past
    return ahead and moment.when.role in {Role.FETCH, Role.BRING_BACK}


def _is_ahead(moment: Moment) -> bool:
    """ "L'AG a été fixée au vendredi de la semaine prochaine": what is past is only that it was decided."""
    return moment.when.certain and bool(moment.days) and min(moment.days) > moment.today and moment.when.counts


def _on_edges(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Put hours on the first or the last day of a stretch: "le dernier jour, de 16h à 18h, la grande salle"."""
    edges = {"stance-first-day": 0, "stance-last-day": -1}
    moved = list(found)
    for cue in sighting.cues:
        if cue.value not in edges:
            continue
        days = [day for m in found if m.at < cue.first for day in sorted(m.days) if len(m.days) > 1]
        behind = [i for i, m in enumerate(found) if m.only_hours and cue.last <= m.at <= cue.last + NEAR]
        if days and behind and sighting.page.sentence_of[cue.first] == found[behind[0]].sentence:
            day = days[edges[cue.value]]
            hours = moved[behind[0]]
            moved[behind[0]] = replace(hours, when=replace(hours.when, days=(Days(day, day),)))
    return moved


def _told_now(moment: Moment, then: bool) -> Moment:
    """A day to come that is asked for is not past where its sentence does not tell of earlier times (`then`)."""
    if moment.when.past and not then and moment.days and min(moment.days) >= moment.today:
        return replace(moment, when=replace(moment.when, past=False))
    return moment


def _used(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    replying = sighting.sentences_of("stance-reply")
    asking = sighting.sentences_of("book/", "availability/", "change/") - replying
    loan = [m for m in found if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.counts]
    short = {m.sentence for m in found if words_beside(sighting, sighting.page.sentences[m.sentence]) <= FEW}
    found = recurring(found, short) if any(one.sort is Sort.ROOM for one in sighting.mentions) else found
    return _within_loan(by_line(of_use(anchored(found), asked=lambda sentence: sentence in asking)), loan) + loan


def _within_loan(used: list[Moment], loan: Sequence[Moment]) -> list[Moment]:
    """Leave out dates that lie outside the days of fetching and bringing back: nothing is used then."""
    fetched = [day for m in loan if m.when.role is Role.FETCH and m.when.dated for day in m.days]
    returned = [day for m in loan if m.when.role is Role.BRING_BACK and m.when.dated for day in m.days]
    first, last = min(fetched, default=date.min), max(returned, default=date.max)
    within = [m for m in used if m.when.has_clock or not m.days or (first <= max(m.days) and min(m.days) <= last)]
    return within if any(m.days for m in within) else used


def _ranked(sighting: Sighting, index: int, asking: frozenset[int] | set[int]) -> Moment:
    (first, last), when = sighting.spans[index], sighting.whens[index]
    page = sighting.page
    sentence = page.sentence(min(first, len(page.words) - 1))
    listed = is_listed(sighting, first)
    named = any(sentence.first <= mention.first < sentence.last for mention in sighting.mentions)
    if sentence.number in sighting.sentences_of("stance-reply") and not named:
        asking = frozenset()
    sure = listed or _is_whole_day(when) or _goes_with_next(sighting, index)
    rank = 0.0 if first < sighting.body_at else ASKED if sentence.number in asking else LISTED if sure else 1.0
    if when.loose:
        rank -= 0.5 if sentence.number in asking else 2
    if rank == ASKED and when.has_days and not when.has_clock and _leads_another(sighting, first, last):
        rank -= 0.25
    told = {cue.value for cue in sighting.cues if cue.first <= first < cue.last and _speaks_of(cue, index, sighting)}
    ends, begins = "stance-ends" in told, "stance-begins" in told and "stance-ends" not in told
    if ends and when.role is Role.HABIT and not when.has_days and when.has_clock:
        when = replace(when, role=Role.USE)
    if not when.has_clock and _is_answered_by(sighting, first, sentence.number):
        when = replace(when, role=Role.DEADLINE)
    if begins and when.has_days and when.counts and any(clock.end is not None for clock in when.clocks):
        rank = max(rank, 3.0)
    if ends and when.role is Role.HABIT and all(clock.start is None and clock.end is not None for clock in when.clocks):
        when = replace(when, role=Role.USE)  # "out by 9 at the latest"
    usual = when.bare_weekday and sentence.number in sighting.sentences_of("stance-usual")
    whole = any(_is_whole(clock) for clock in when.clocks)
    strange = "stance-reachable" in told or (not whole and ("stance-elsewhere" in told or _is_of_a_timetable(when)))
    if (strange and when.has_days and "stance-reachable" not in told) or _ends_elsewhere(sighting, index):
        when = replace(when, clocks=())  # "op 18 november … aankomst van de trein 12u48"
    if (strange and not when.has_days) or (usual and _names_another_day(sighting, index)):
        when = replace(when, role=Role.HABIT)
    starts = "stance-starts" in told and not ends
    held = any(mention.last == first and mention.sort is Sort.ROOM for mention in sighting.mentions)
    return Moment(first, last, sentence.number, when, sighting.today, rank, ends, starts, begins, held)


def _ends_elsewhere(sighting: Sighting, index: int) -> bool:
    """Whether hours that follow their day at a distance are of something else: "libre le lundi, mais après son travail
    à la pharmacie, laquelle ferme à 17 h"."""
    (first, last), when = sighting.spans[index], sighting.whens[index]
    if not when.has_days or " … " not in when.words:
        return False
    told = [c for c in sighting.cues if c.value == "stance-elsewhere" and first < c.first < last <= c.last]
    return any(sighting.page.words[c.first - 1] not in sighting.stances.words.wishing for c in told)  # not "we train"


def _is_of_a_timetable(when: When) -> bool:
    """Whether a time of day is to the minute, as those of trains are: "la dernière correspondance est à 18h12"."""
    ends = [end for clock in when.clocks for end in (clock.start, clock.end) if end is not None]
    return any(end % 5 for end in ends)


def _names_another_day(sighting: Sighting, index: int) -> bool:
    """Whether a day that is asked for is named besides a weekday, on which something usually is."""
    days = set(sighting.whens[index].days)
    return any(
        when.counts and when.days and not when.bare_weekday and days.isdisjoint(when.days) for when in sighting.whens
    )


def _speaks_of(cue: Cue, index: int, sighting: Sighting) -> bool:
    """Whether a word that tells of ending or beginning, or of what else has its hours, is said of this hour: none other
    stands between them, and behind the hour it stands in the same clause: "projection à 20h, clôture à 23h"."""
    if cue.value not in _EDGES:
        return True
    first, last = sighting.spans[index]
    between = range(last, cue.last) if cue.first == first else range(cue.first, first)
    if any(other in between for other, _ in sighting.spans):
        return False
    parting = sighting.stances.words.joining | sighting.stances.words.contrast
    words = [sighting.page.words[at] for at in between]
    before = index and sighting.page.sentence_of[sighting.spans[index - 1][0]] == sighting.page.sentence_of[cue.first]
    if cue.first < first and not (before and cue.value not in _STRANGE):
        return True  # "fini, rangé et propre à 22h"
    return not any(word == "," or word in parting for word in words)


def _is_whole_day(when: When) -> bool:
    return when.has_days and when.dated and any(_is_whole(clock) for clock in when.clocks)


def _goes_with_next(sighting: Sighting, index: int) -> bool:
    """Whether "and" joins a date to one behind it that has the hours of both: "on the 23rd and again on the 30th, from
    7 to 9"."""
    following = sighting.whens[index + 1] if index + 1 < len(sighting.whens) else None
    if following is None or not sighting.whens[index].dated or not _is_whole_day(following):
        return False
    between = sighting.page.words[sighting.spans[index][1] : sighting.spans[index + 1][0]]
    return len(between) <= _SOON + 1 and not sighting.stances.words.joining.isdisjoint(between)


def _leads_another(sighting: Sighting, first: int, last: int) -> bool:
    """Whether a day stands in a clause before the one that asks: "j'aurai 18 ans le 3 septembre et je voudrais …"."""
    sentence = sighting.page.sentence(first)
    asks = [cue.first for cue in sighting.cues if cue.value in _WANTS and last < cue.first < sentence.last]
    between = sighting.page.words[last : min(asks, default=last)]
    return first > sentence.first + _SOON and any(word in sighting.stances.words.opening for word in between)


def _is_answered_by(sighting: Sighting, at: int, sentence: int) -> bool:
    """Whether an answer, a payment or the like is asked for right before a day: "graag antwoord voor 15 september"."""
    replies = (cue for cue in sighting.cues if cue.value == "stance-reply" and cue.last <= at <= cue.last + _SOON)
    return any(sighting.page.sentence_of[cue.first] == sentence for cue in replies)


def _left_out(every: Sequence[Moment], sighting: Sighting) -> set[date]:
    """The days on which it is not: "pas de séance le 31 octobre"."""
    spans = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-except"]
    unfit = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-unfit"]
    return {
        day
        for moment in every
        for day in moment.days
        if moment.when.negated
        or any(first < moment.at < last for first, last in spans)
        or (_inside(moment, unfit) and not moment.when.has_clock)
    }


def _new(found: Sequence[Moment], every: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Return what a change newly wants: the day and hours it asks for, completed by what it says of the reservation."""
    found = _without_given_up(found, sighting)
    wanted = use = ending(of_use(anchored(found), asked=lambda sentence: True))
    loan = [m for m in found if m.when.role in {Role.FETCH, Role.BRING_BACK} and m.when.counts]
    short = {m.sentence for m in found if words_beside(sighting, sighting.page.sentences[m.sentence]) <= FEW}
    found = recurring(found, short) if any(one.sort is Sort.ROOM for one in sighting.mentions) else found
    days = [m for m in use if m.when.has_days or Lack.DATE in m.when.lacks]
    asked = [m for m in days if m.rank >= 2.5] or days
    if not use:
        return loan
    day = _last_named(_timed_again(asked[-1], days)) if asked else None
    hours = [m for m in use if m.only_hours and any(not _is_length(clock) for clock in m.when.clocks)]
    newly = [m for m in hours if m.rank >= 3 and (day is None or not day.when.has_clock or _goes_before(m, day))]
    newly = newly or ([m for m in hours if m.complete and m.at > day.at][-1:] if day else hours)
    clock = day.when.clocks[-1] if day is not None and day.when.has_clock else None
    clock = newly[-1].when.clocks[-1] if newly else clock
    if day is not None and clock is None:  # "… on Monday 18 May? Monday 18 May, 7 to 9 pm, as before"
        again = [m for m in use if m.complete and m.days == day.days]
        clock = again[-1].when.clocks[-1] if again else None
    if day is None:
        told = [m for m in every if m.when.has_days and m.when.role is Role.USE and not m.when.negated]
        day = told[-1] if told and clock is not None else None
    use = [m for m in every if m.when.role is Role.USE]
    before = [
        c
        for m in use
        for c in m.when.clocks
        if c != clock and (_is_whole(c) or not (m.when.replaced or m.when.negated))
    ]
    same = any(cue.value == "stance-same-hours" for cue in sighting.cues)
    clock = _completed(_in_same_half(clock, before), before, same)
    base = day or (newly or use or wanted)[-1]
    when = replace(base.when, days=base.when.days, clocks=(clock,) if clock else ())
    return [replace(base, when=when), *loan]


def _timed_again(last: Moment, days: Sequence[Moment]) -> Moment:
    """Return the day that a change wants, or what says its hours where it only points back at it: "… de 20h à 23h30 ?
    Et la sono pour ce soir-là"."""
    timed = [m for m in days if any(map(_is_whole, m.when.clocks)) and m.days == last.days]
    return timed[-1] if timed and not any(map(_is_whole, last.when.clocks)) else last


def _without_given_up(found: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Leave out the days of which a clause says no, where another is wanted: "10 October no longer suits us"."""
    given_up = Singled(sighting, list(found)).refused()
    kept = [m for m in found if m not in given_up]
    return kept if any(m.when.has_days and m.when.counts for m in kept) else list(found)


def _of_a_room(moment: Moment) -> Moment:
    """ "Could we take the 17th instead?": no thing is fetched; "nous rendons la salle du 24, de 20h à 22h"."""
    given_back = moment.when.role is Role.BRING_BACK and any(map(_is_whole, moment.when.clocks))
    fetched = moment.when.role is Role.FETCH or given_back
    return replace(moment, when=replace(moment.when, role=Role.USE)) if fetched else moment


def _goes_before(hours: Moment, day: Moment) -> bool:
    """Whether hours alone are newer than those said with the day: told where it is asked, or behind them."""
    return (hours.rank, hours.at) > (day.rank, day.at)


def _in_same_half(clock: Clock | None, before: Sequence[Clock]) -> Clock | None:
    """Return new hours, of which nothing says the half of the day, in that of the reservation: "so 6.30 to 8.30"."""
    told = [old for old in before if _is_whole(old)]
    if clock is None or not told or not clock.twelve or clock.start is None or told[-1].start is None:
        return clock
    shift = min((0, DAY // 2, -DAY // 2), key=lambda by: abs((clock.start or 0) + by - (told[-1].start or 0)))
    start, end = clock.start + shift, None if clock.end is None else clock.end + shift
    return replace(clock, start=start, end=end) if start >= 0 else clock


def _completed(clock: Clock | None, before: Sequence[Clock], same: bool) -> Clock | None:
    """Fill what new hours leave open with those of the reservation, where the mail tells them."""
    told = [old for old in before if _is_whole(old)]
    if clock is None:
        return told[-1] if same and told else None
    starts = {old.start for old in told[-1:] or before if old.start is not None}
    ends = {old.end for old in told[-1:] or before if old.end is not None}
    if clock.start is None and clock.end is not None and clock.part is None and len(starts) == 1:
        start = starts.pop()
        end = end_after(start, clock.end)
        return Clock(start, end) if end <= start + DAY else clock
    if clock.start is not None and clock.end is None and len(ends) == 1:
        end = ends.pop()
        end = end_after(clock.start, end) if any(old.twelve and old.end == end for old in before) else end
        return Clock(clock.start, end) if clock.start < end <= clock.start + DAY // 2 else clock
    return clock


def _is_length(clock: Clock) -> bool:
    return clock.length is not None and clock.start is None and clock.end is None


def _is_whole(clock: Clock) -> bool:
    return clock.start is not None and clock.end is not None


def _last_named(moment: Moment) -> Moment:
    """Of days said as "(mardi 9 juin) au mardi 16 juin", the last."""
    if ")" in moment.when.words and len(moment.when.days) > 1:
        return replace(moment, when=replace(moment.when, days=moment.when.days[-1:]))
    return moment
