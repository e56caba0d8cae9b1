"""Which dates of a mail tell of something else than what it asks for: the printer, the holidays, last year's feast.

What is asked for is said in the sentence that asks, in a list, or with hours. Of the other dates none is sure. But a
date of which the writer says no, or "but that …", or that names another meeting ("la réunion du 4 mai"), or that stands
behind the request while another stands before it, is less likely that of the event: any other goes before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from mailbot.reading.exceptions import Singled
from mailbot.reading.moments import Role
from mailbot.reading.occasions import Moment
from mailbot.reading.page import Sentence
from mailbot.reading.sightings import Sighting
from mailbot.reading.tokens import Kind

LISTED = 2.0
"""The rank of what stands in a list."""
MUCH, LITTLE = 0.5, 0.25
"""By how much a sign lowers the rank of a date."""
_DECIDED = frozenset({"change/decisive", "change/strong"})
"""Cues of what was chosen instead of something else: "Ce sera donc le 10 octobre"."""
FEW = 6
"""Words beside its days and hours, at most, with which a line that begins with a day is one of a list."""
_NOUN = 5
"""Words from "after" to the date of what it is after, at most: "after our meeting of 20 February"."""
_MANY = 10
"""Words beside its days and hours, at most, with which a sentence only adds a day."""


def is_listed(sighting: Sighting, word: int) -> bool:
    """Whether a word stands in a list, behind a colon, or in a line that begins with a day and says little besides."""
    page = sighting.page
    sentence = page.sentence(word)
    if sentence.bullet or ":" in page.words[sentence.first : word]:
        return True
    whens = list(zip(sighting.spans, sighting.whens, strict=True))
    here = [(span, when) for span, when in whens if sentence.first <= span[0] < sentence.last]
    if not any(first == sentence.first for (first, _), _ in here):
        return False
    if any(when.has_clock for _, when in here):
        return True
    before = page.at[sentence.first] - 1
    begins = before < 0 or page.tokens[before].kind is Kind.NEWLINE
    return begins and words_beside(sighting, sentence) <= FEW


def words_beside(sighting: Sighting, sentence: Sentence) -> int:
    """Return how many words a sentence has beside its days and hours."""
    told = {at for first, last in sighting.spans for at in range(first, last)}
    words = sighting.page.words
    return sum(at not in told and words[at].isalnum() for at in range(sentence.first, sentence.last))


def adding(sighting: Sighting, asking: Collection[int]) -> set[int]:
    """Return the sentences that add a day to what the one before asks, in a few words: "Et si possible le 22 aussi"."""
    page, words = sighting.page, sighting.stances.words
    found = set()
    for number in sorted(asking):
        sentence = page.sentences[number + 1] if number + 1 < len(page.sentences) else None
        if sentence is None or words_beside(sighting, sentence) > _MANY:
            continue
        said = page.words[sentence.first : sentence.last]
        if not words.adding.isdisjoint(said) and words.myself.isdisjoint(said):
            found.add(number + 1)
    return found


def weighed(moments: Sequence[Moment], sighting: Sighting, asking: Collection[int]) -> list[Moment]:
    """Return the moments, those lower in rank that are rather told by the way; `asking` are the sentences that ask."""
    moments = _refused(moments, sighting)
    unsure = [m for m in moments if _is_unsure(m, sighting)]
    lowered = {id(m): m.rank - _doubt(m, sighting) - _late(m, unsure, sighting, asking) for m in unsure}
    found = [_lowered(m, lowered[id(m)], sighting) if id(m) in lowered else m for m in moments]
    return [_as_the_date(m, found) for m in found]


def _refused(moments: Sequence[Moment], sighting: Sighting) -> list[Moment]:
    """Lower the days of which a clause says no in a sentence that asks: "Comme le 11 novembre est férié, …"."""
    refused = {id(m) for m in Singled(sighting, list(moments)).refused() if m.rank > LISTED}
    return [replace(m, rank=m.rank - MUCH) if id(m) in refused else m for m in moments]


def _lowered(moment: Moment, rank: float, sighting: Sighting) -> Moment:
    """Return a date at a lower rank; that of what something comes before or after ("after our meeting of 4 May") is a
    deadline."""
    page, words = sighting.page, sighting.stances.words
    first = max(page.sentence(moment.at).first, moment.at - _NOUN)
    bounded = page.words[moment.at] in words.ofs and not words.bounds.isdisjoint(page.words[first : moment.at])
    when = replace(moment.when, role=Role.DEADLINE) if bounded else moment.when
    return replace(moment, rank=max(rank, LITTLE), when=when)


def _is_unsure(moment: Moment, sighting: Sighting) -> bool:
    """Whether a date stands alone in a sentence that asks for nothing."""
    when = moment.when
    told = when.role is Role.USE and when.counts and when.has_days and not when.has_clock
    return told and 1 <= moment.rank <= LISTED and not sighting.page.sentences[moment.sentence].bullet


def _doubt(moment: Moment, sighting: Sighting) -> float:
    """Return by how much the words around a date lower its rank."""
    page, words = sighting.page, sighting.stances.words
    sentence = page.sentence(moment.at)
    here = {c.value for c in sighting.cues if sentence.first <= c.first < sentence.last}
    behind = {c.value for c in sighting.cues if moment.last <= c.first < sentence.last}
    named = any(sentence.first <= mention.first < sentence.last for mention in sighting.mentions)
    doubt = MUCH if "stance-but-that" in behind else 0.0
    doubt -= LITTLE if here & _DECIDED else 0.0
    doubt += MUCH if moment.days == {moment.today} else 0.0  # "onze bond telt vandaag 118 leden"
    if named:
        return doubt
    doubt += MUCH if "stance-drops" in here else 0.0
    doubt += MUCH if here & {"stance-reply", "stance-ago"} else 0.0
    doubt += LITTLE if not words.myself.isdisjoint(page.words[sentence.first : sentence.last]) else 0.0
    doubt += LITTLE if page.words[moment.at] in words.ofs and len(moment.days) == 1 else 0.0
    return doubt


def _late(moment: Moment, unsure: Sequence[Moment], sighting: Sighting, asking: Collection[int]) -> float:
    """Return by how much it lowers a date that it stands behind the request, while another stands before it."""
    last = max(asking, default=-1)
    before = [m for m in unsure if m.sentence <= last]
    if any(m.days & moment.days for m in unsure if m is not moment):
        return 0.0
    if moment.sentence > last and before:
        return LITTLE
    after = min((m.sentence for m in unsure if m.sentence > last), default=moment.sentence)
    return LITTLE if moment.sentence > after and not _goes_on(moment.sentence, sighting) else 0.0


def _goes_on(number: int, sighting: Sighting) -> bool:
    """Whether a sentence adds to the one before: "Et encore le 14", "The second one is on the 14th"."""
    sentence = sighting.page.sentences[number]
    said = sighting.page.words[sentence.first : sentence.last]
    ordinal = any(count.ordinal and sentence.first <= count.first < sentence.last for count in sighting.counts)
    return ordinal or sighting.stances.opens(number) or not sighting.stances.words.adding.isdisjoint(said)


def _as_the_date(moment: Moment, found: Sequence[Moment]) -> Moment:
    """Let a weekday that names a date again rank no higher than it: "It is on 6 December, but this is a Sunday"."""
    if moment.when.dated or moment.when.has_clock or not moment.days or moment.when.repetition is not None:
        return moment
    dates = [m.rank for m in found if m.when.dated and m.days == moment.days and m.sentence == moment.sentence]
    return replace(moment, rank=min(moment.rank, *dates)) if dates else moment
