"""What a mail says besides what its intent needs: periods in which no day is fixed, topics that are asked about, and
wishes such as an option, a place on the waiting list, or help on the spot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, Intent, Meaning, Period, Wish
from mailbot.model.rules import Catalogue
from mailbot.reading.cues import Cue
from mailbot.reading.intents import overlaps
from mailbot.reading.lexicon import Lexicon, Phrases
from mailbot.reading.moments import Role, When
from mailbot.reading.sightings import Sighting
from mailbot.reading.things import Sort

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKEND = (5, 6)
LENT = "lent"
"""The topic of who asks what there is to be had."""
ACTING = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL, Intent.ACCEPT, Intent.DECLINE})
"""What a mail may do besides which its questions are answered."""
BEFORE = 3
"""Words before a period in which its weekdays and parts of the day may stand: "welke avonden volgende week"."""


def with_besides(meaning: Meaning, sighting: Sighting, lexicons: Sequence[Lexicon], catalogue: Catalogue) -> Meaning:
    """Return the meaning with its periods, its topics, and what it wishes besides."""
    cues = sorted(sighting.cues, key=lambda cue: cue.first)
    told = [cue for cue in cues if cue.value.startswith("topics-")]
    if meaning.intent in ACTING:  # "pour notre fête de la bière" asks nothing about beer
        told = [cue for cue in told if sighting.page.sentence(cue.first).question]
    topics = dict.fromkeys(cue.value.removeprefix("topics-") for cue in told)
    free = meaning.intent is Intent.AVAILABILITY
    return replace(
        meaning,
        periods=tuple(_periods(sighting, tuple(lexicons), catalogue)) if free else (),
        topics=tuple(topics),
        about=_about(sighting),
        wishes=frozenset(_wishes(cues)),
    )


_HERE_AND_THERE = frozenset({Wish.DAMAGE})
"""What a denial takes back only where it is said: "rien de cassé, mais le lavabo fuit"; "sans alcool" holds for all."""


def _wishes(cues: Sequence[Cue]) -> Iterator[Wish]:
    for wish in Wish:
        said = [cue for cue in cues if cue.value in {f"wishes-{wish}", f"topics-{wish}"}]
        denied = [(cue.first, cue.last) for cue in cues if cue.value == f"wishes-no-{wish}"]
        if wish in _HERE_AND_THERE:
            said, denied = [cue for cue in said if not overlaps(cue, denied)], []
        if said and not denied:
            yield wish


def _about(sighting: Sighting) -> tuple[str, ...]:
    """Return the rooms and things that are named, each once, in order."""
    named = (mention for mention in sighting.mentions if mention.sort in {Sort.ROOM, Sort.EQUIPMENT})
    return tuple(dict.fromkeys(id for mention in named for id in mention.ids if id != ANY_ROOM))


# --- periods


def _periods(sighting: Sighting, lexicons: tuple[Lexicon, ...], catalogue: Catalogue) -> Iterator[Period]:
    """Yield the periods that are asked about, with the weekdays and hours that stand in their words or before them."""
    for when, (first, last) in zip(sighting.whens, sighting.spans, strict=True):
        if not when.vague or when.period is None or when.past or when.negated or when.replaced:
            continue
        since = max(first - BEFORE, sighting.page.sentence(first).first)
        weekdays = tuple(sorted(int(day) for day in _said(sighting, since, last, _weekdays(lexicons))))
        parts = _said(sighting, since, last, _parts(lexicons))
        yield Period(when.period, weekdays, _hours(when, parts, catalogue))


def _hours(when: When, parts: Sequence[str], catalogue: Catalogue) -> tuple[int, int] | None:
    for clock in when.clocks:
        if clock.start is not None and clock.end is not None:
            return clock.start, clock.end
    named = [clock.part for clock in when.clocks if clock.part] or parts
    part = catalogue.day_parts.get(named[0]) if named else None
    return (part.start, part.end) if part else None


def _said(sighting: Sighting, first: int, last: int, phrases: Phrases) -> list[str]:
    """Return what phrases say between two words of the page, each once."""
    tokens = [sighting.page.token(at) for at in range(first, last)]
    found: dict[str, None] = {}
    for at in range(len(tokens)):
        match = phrases.match(tokens, at)
        found |= dict.fromkeys(match[0] if match else ())
    return list(found)


@cache
def _weekdays(lexicons: tuple[Lexicon, ...]) -> Phrases:
    phrases = Phrases({})
    for lexicon in lexicons:
        for number, name in enumerate(WEEKDAYS):
            for phrase in (*lexicon.table("weekdays.full")[name], *lexicon.table("weekdays.plural")[name]):
                phrases.add(phrase, str(number))
        for phrase in lexicon.table("units")["weekend"]:
            for number in WEEKEND:
                phrases.add(phrase, str(number))
    return phrases


@cache
def _parts(lexicons: tuple[Lexicon, ...]) -> Phrases:
    phrases = Phrases({})
    for lexicon in lexicons:
        for part, words in lexicon.table("parts.bare").items():
            for phrase in words if part != "day" else ():  # "Dag, welke zaterdagen…" greets
                phrases.add(phrase, part)
    return phrases


# --- options


def until_decided(sighting: Sighting, lexicons: Sequence[Lexicon]) -> tuple[Sighting, date | None]:
    """Return the sighting without the day on which they decide about an option, and the day by whose evening an answer
    can be there: the day itself after "jusqu'à", the one after a meeting. A day with hours is one of the use."""
    if not any(cue.value == f"wishes-{Wish.HOLD}" for cue in sighting.cues) or len(sighting.whens) == 1:
        return sighting, None
    for index, (when, (first, last)) in enumerate(zip(sighting.whens, sighting.spans, strict=True)):
        if not when.has_days or when.has_clock or when.past:
            continue
        until = when.role is Role.DEADLINE or bool(_said(sighting, max(first - 2, 0), last, _untils(tuple(lexicons))))
        if until or _meets(sighting, first):
            whens = (*sighting.whens[:index], replace(when, role=Role.DEADLINE), *sighting.whens[index + 1 :])
            return replace(sighting, whens=whens), when.days[-1].last + timedelta(days=0 if until else 1)
    return sighting, None


def _meets(sighting: Sighting, at: int) -> bool:
    """Whether a meeting or a decision is named before a day in its sentence, nearer than any thing or other day is."""
    meetings = [cue.first for cue in sighting.cues if cue.value == "wishes-hold-meeting" and cue.first < at]
    if not meetings or sighting.page.sentence_of[meetings[-1]] != sighting.page.sentence_of[at]:
        return False
    named = [mention.first for mention in sighting.mentions if mention.first < at]
    others = [first for first, _ in sighting.spans if first < at]
    return max(meetings) > max([*named, *others], default=-1)


@cache
def _untils(lexicons: tuple[Lexicon, ...]) -> Phrases:
    words = (word for lexicon in lexicons for word in lexicon.table("wishes")["hold-until"])
    return Phrases({"until": tuple(words)})
