"""Answers to a letter of the commune: yes, no, a number, a few words; read with what was asked or offered in mind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.letters import Context
from mailbot.model.meaning import ANY_ROOM, Evidence, Intent, Item, Lack, Meaning
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading import occasions
from mailbot.reading.amends import of_the_counter
from mailbot.reading.events import with_items
from mailbot.reading.intents import Judgement, Signs
from mailbot.reading.moments import Clock, When
from mailbot.reading.people import ALONE
from mailbot.reading.quantities import Count, starts_with
from mailbot.reading.sightings import Sighting
from mailbot.reading.things import Mention, Sort
from mailbot.reading.tokens import fold
from mailbot.reading.words import OwnWords

SHORT = 20
"""Words of a mail that may be nothing but thanks."""

_OFFER = re.compile(r"^[ \t>]*\(?(\d{1,2})[ ]?[.)°:-][ \t]+(\S.*[^?\s])[ \t]*$", re.MULTILINE)


def offers(context: Context, own: OwnWords) -> tuple[str, ...]:
    """Return what is on offer, in order: as the context tells, else as the letter that is answered numbers it."""
    if context.options:
        return context.options
    found = _OFFER.findall(own.quoted)
    if [int(number) for number, _ in found] != list(range(1, len(found) + 1)):
        return ()
    return tuple(text for _, text in found)


def numbered(text: str) -> bool:
    return len(_OFFER.findall(text)) > 1


class Traits(Struct, frozen=True):
    """What tells one offer from another: rooms and things, days, and hours that begin or end them. `weekdays` are those
    named without a date: of the days on offer, one that falls on them is meant."""

    ids: frozenset[str]
    days: frozenset[date]
    hours: frozenset[int]
    weekdays: frozenset[int] = frozenset()
    parts: frozenset[tuple[int, int]] = frozenset()
    """Parts of the day that are named without a clock time, in minutes: "the afternoon"."""

    @classmethod
    def of(cls, mentions: Iterable[Mention], whens: Iterable[When], catalogue: Catalogue) -> Traits:
        whens = list(whens)
        ids = {one for m in mentions if m.sort is not Sort.UNLENT for one in m.ids if one != ANY_ROOM}
        alone = {id(when) for when in whens if occasions.weekday_alone(when)}
        days = {day for when in whens if id(when) not in alone for span in when.days for day in span}
        weekdays = {day.weekday() for when in whens if id(when) in alone for span in when.days for day in span}
        clocks = [clock for when in whens for clock in when.clocks]
        hours = {minute for clock in clocks for minute in (clock.start, clock.end) if minute is not None}
        named = [catalogue.day_parts.get(clock.part or "") for clock in clocks if clock.start is None]
        parts = {(part.start, part.end) for part in named if part is not None}
        return cls(frozenset(ids), frozenset(days), frozenset(hours), frozenset(weekdays), frozenset(parts))

    def __bool__(self) -> bool:
        return bool(self.ids or self.days or self.hours or self.weekdays or self.parts)

    def fits(self, offer: Traits) -> bool:
        """Whether everything named here agrees with the offer."""
        return (
            (not self.ids or bool(self.ids & offer.ids))
            and (not self.days or self.days <= offer.days)
            and (not self.weekdays or self.weekdays <= {day.weekday() for day in offer.days} | offer.weekdays)
            and (not self.hours or self.hours <= offer.hours)
            and all(first <= min(offer.hours, default=-1) < last for first, last in self.parts)
        )


def adjusted(judged: Judgement, sighting: Sighting, signs: Signs) -> Judgement:
    """A mail that only thanks waits for no answer; a no with other hours than those on offer asks for these."""
    if judged.intent is Intent.DECLINE and signs.offer and signs.hours and not signs.fits_offer:
        return replace(judged, intent=Intent.BOOK, runner_up=judged.intent)
    light = {Intent.HUMAN, Intent.FEEDBACK, Intent.ACCEPT, Intent.BOOK, Intent.HELP}
    if judged.intent in light and not signs.offer and _thanks_alone(sighting, judged):
        return replace(judged, intent=Intent.IGNORE, runner_up=judged.intent)
    return judged


def accepting(meaning: Meaning, sighting: Sighting, fitting: Sequence[int], offered: int) -> Meaning:
    """Return the meaning of a mail that agrees. A bare yes with a but is none that a program may act on."""
    number = option(sighting, fitting, offered)
    if number is None and any(cue.value == "answer-but" for cue in sighting.cues):
        return replace(meaning, intent=Intent.HUMAN, runner_up=Intent.ACCEPT)
    return replace(meaning, option=number)


def asks_for_a_person(said: Sequence[str], words: Set[str], nobody: Sequence[tuple[str, ...]]) -> bool:
    """Return whether a mail says no more than the word that our letters name for it: PERSONNE, MEDEWERKER, PERSON.
    `said` are the folded words of it, `words` those of all languages: a letter may be in two; `nobody` are phrases in
    which they mean nobody: "personne ne viendra"."""
    if len(said) > FEW or words.isdisjoint(said):
        return False
    return not any(starts_with(said, at, len(said), nobody) for at in range(len(said)))


FEW = 4
"""Words of a mail that asks for a person and no more."""


_POLITE = frozenset({"answer-thanks", "answer-polite", "answer-yes"})


def only_thanks(sighting: Sighting, name: str) -> bool:
    """Whether each word of a mail thanks, takes leave, is polite or the sender's name; one of them thanks or takes
    leave."""
    words = sighting.page.words
    said = {cue.value for cue in sighting.cues if cue.first >= sighting.body_at}
    heard = {at for cue in sighting.cues if cue.value in _POLITE for at in range(cue.first, cue.last)}
    names = set(fold(name).split())
    unheard = (word for at, word in enumerate(words) if at >= sighting.body_at and at not in heard)
    rest = any(word.isalnum() and word not in names for word in unheard)
    return "answer-thanks" in said and not rest and not signs_question(sighting)


def _thanks_alone(sighting: Sighting, judged: Judgement) -> bool:
    thanks = any(cue.value == "answer-thanks" for cue in sighting.cues)
    strong = any(
        cue.value.endswith(("/decisive", "/strong")) for cue in judged.cues if judged.intent is not Intent.ACCEPT
    )
    words = len(sighting.page.words) - sighting.body_at
    days = [when for when, (at, _) in zip(sighting.whens, sighting.spans, strict=True) if at >= sighting.body_at]
    named = sighting.asked_mentions() or any(when.counts and when.has_days for when in days)
    return thanks and not strong and not named and words <= SHORT and not signs_question(sighting)


def signs_question(sighting: Sighting) -> bool:
    return any(sentence.question for sentence in sighting.page.sentences)


def option(sighting: Sighting, fitting: Sequence[int], offered: int) -> int | None:
    """Return the number of the proposal that is agreed to; None for a bare yes."""
    named = {cue.last for cue in sighting.cues if cue.value == "answer-option"}
    named |= {last + 1 for last in named if sighting.page.words[last : last + 1] == ["."]}  # "no. 3"
    polite = _Polite(sighting)
    for count in sighting.counts:
        if count.article or count.least is not None or count.first < sighting.body_at:
            continue
        if count.ordinal and count.value < 0 and offered and len(fitting) != 1:  # "last night" is none
            return max(offered + 1 + count.value, 1)
        alone = count.first == sighting.page.sentence(count.first).first and (
            len(fitting) != 1 or count.first == sighting.body_at
        )
        shown = bool(offered) and (_has_its_article(sighting, count) or polite.leads_to(count))
        if 0 < count.value <= max(offered, 9) and (count.ordinal or count.first in named or alone or shown):
            return count.value
    return fitting[0] if len(fitting) == 1 else _numbered_like_a_day(sighting.whens, offered)


def _has_its_article(sighting: Sighting, count: Count) -> bool:
    """Whether an article stands before a number that no day of the month has: "ok pour la 3"."""
    return count.first > 0 and sighting.page.words[count.first - 1] in sighting.stances.words.undated


class _Polite:
    """The words of agreement and of thanks around a number: "doe maar 2", "ok 1"."""

    def __init__(self, sighting: Sighting) -> None:
        self._sighting = sighting
        cues = [cue for cue in sighting.cues if cue.value.startswith(("accept/", "answer-yes", "answer-thanks"))]
        self._begins = {cue.first for cue in cues}
        self._ends = {cue.last for cue in cues}

    def leads_to(self, count: Count) -> bool:
        """Whether a number that counts nothing ends a mail of a few words, or stands behind a yes."""
        words = self._sighting.page.words
        ends = count.last == len(words) <= self._sighting.body_at + BARE_CHOICE
        behind = count.first - 1 if words[count.first - 1] == "," else count.first
        stops = count.last == len(words) or not words[count.last].isalnum() or count.last in self._begins
        return (ends or (behind in self._ends and stops)) and not _counts_somebody(self._sighting, count.value)


def by_size(sighting: Sighting, offers: Sequence[Traits], catalogue: Catalogue) -> int | None:
    """Return the number of the largest or the smallest room on offer, where the sender asks for that one."""
    said = {cue.value for cue in sighting.cues if cue.value in {"answer-biggest", "answer-smallest"}}
    sizes = [
        max((catalogue.rooms[id].capacity or 0 for id in one.ids if id in catalogue.rooms), default=0) for one in offers
    ]
    if len(said) != 1 or not all(sizes):
        return None
    wanted = max(sizes) if said == {"answer-biggest"} else min(sizes)
    return sizes.index(wanted) + 1 if sizes.count(wanted) == 1 else None


BARE_CHOICE = 4
"""Words of a mail that ends with the number it chooses: "doe maar 2"."""
BARE_DAY = 3
"""Words of a day that is nothing but a number: "pour la 2", "de tweede"."""


def _numbered_like_a_day(whens: Iterable[When], offered: int) -> int | None:
    """Return the number of a proposal that was read as a day of the month and fits no proposal's day."""
    bare = [when.days[0].first.day for when in whens if when.has_days and len(when.words.split()) <= BARE_DAY]
    return bare[0] if len(bare) == 1 and bare[0] <= offered else None


COMPLETING = frozenset({Intent.HUMAN, Intent.ACCEPT, Intent.CHANGE, Intent.AVAILABILITY, Intent.IGNORE})
"""What a few words that answer our question may look like by themselves."""


def completing(meaning: Meaning, sighting: Sighting, asked: Set[Lack], catalogue: Catalogue) -> Meaning | None:
    """Return what an answer to our open question adds to the request, as a booking; None where it adds nothing."""
    answer = replace(meaning, intent=Intent.BOOK, runner_up=meaning.intent)
    said = {cue.value for cue in sighting.cues}
    if "answer-later" in said:
        return replace(meaning, intent=Intent.HUMAN, runner_up=meaning.intent)  # "je vous dis quoi demain"
    if Lack.RESOURCE in asked and "answer-any" in said and not sighting.asked_mentions():
        return replace(answer, items=(Item((ANY_ROOM,), any_will_do=True),))
    told = [when for when in sighting.whens if when.counts]
    words = tuple(Evidence("moment", when.words, "hours") for when in told)
    if sighting.asked_mentions() or any(when.has_days for when in told):
        newly = with_items(replace(answer, intent=Intent.CHANGE), sighting, catalogue)
        return replace(newly, intent=Intent.BOOK) if newly.items else None
    clocks = [clock for when in told for clock in when.clocks]
    if len(clocks) == 1 and (hours := _hours(clocks[0], asked, catalogue)) != (None, None):
        return replace(answer, hours=hours, evidence=answer.evidence + words)
    numbers = [count.value for count in sighting.counts if count.first >= sighting.body_at]
    if Lack.QUANTITY in asked and len(numbers) == 1:
        return replace(answer, option=numbers[0])
    return None


def picks(sighting: Sighting, number: int, asked: Set[Lack]) -> bool:
    """Whether a number in an answer to our open question picks one of its choices. One that counts somebody ("4
    personnes") does not, and neither does a day ("le 2") where it was the day that we asked."""
    return not _counts_somebody(sighting, number) and (Lack.DATE not in asked or _is_counted(sighting, number))


def _counts_somebody(sighting: Sighting, number: int) -> bool:
    people = sighting.people
    return people is not None and people.value == number and people.weight > ALONE


def _is_counted(sighting: Sighting, number: int) -> bool:
    return any(count.value == number and count.first >= sighting.body_at for count in sighting.counts)


def picked(said: Meaning | None, meaning: Meaning, sighting: Sighting, number: int) -> Meaning:
    """Return the answer that picks a choice, with what else it says of the request."""
    whole = said if said is not None and _is_counted(sighting, number) else replace(meaning, intent=Intent.ACCEPT)
    return replace(whole, option=number, attendees=None if whole.attendees == number else whole.attendees)


def in_their_week(sighting: Sighting, offered: Sequence[Traits]) -> Sighting | None:
    """Return what is seen with a weekday alone as that of the week on offer: "plutôt jeudi"; None where the offers lie
    in several weeks, or it is over: then nobody can tell which Thursday is meant."""
    return in_week_of(sighting, frozenset(day for offer in offered for day in offer.days))


def in_week_of(sighting: Sighting, known: Set[date]) -> Sighting | None:
    """Return what is seen with a weekday alone as that of the week of the days that are known; None where they lie in
    several weeks, or it is over."""
    weeks = {day - timedelta(days=day.weekday()) for day in known}
    alone = {id(when) for when in sighting.whens if when.counts and when.days and when.bare_weekday}
    if not alone or not weeks:
        return sighting
    [monday, *others] = weeks
    whens = tuple(_of_the_week(when, monday) if id(when) in alone else when for when in sighting.whens)
    over = any(span.first < sighting.today for when in whens if when.counts for span in when.days)
    return None if others or over else replace(sighting, whens=whens)


def _of_the_week(when: When, monday: date) -> When:
    days = (monday + timedelta(days=span.first.weekday()) for span in when.days)
    return replace(when, days=tuple(Days(day, day) for day in days))


def takes_any(meaning: Meaning, sighting: Sighting) -> bool:
    """Whether a few words leave it to us which of our proposals it is: "peu importe", "either is fine". The first is
    the nearest to what was asked."""
    said = {cue.value for cue in sighting.cues}
    any_will_do = "answer-any" in said and "answer-but" not in said
    few = len(sighting.page.words) - sighting.body_at <= SHORT
    light = {Intent.ACCEPT, Intent.HUMAN, Intent.BOOK, Intent.IGNORE}
    return any_will_do and few and meaning.intent in light and not signs_question(sighting)


_PROPOSING = frozenset({"amends-rather", "book/strong", "availability/strong", "stance-instead"})


def proposes(sighting: Sighting) -> bool:
    """Whether a no goes on with another day or room: "aucune ne nous va, et le 27 ?", "we'd rather have Thursday"."""
    page = sighting.page
    asking = {page.sentence_of[cue.first] for cue in sighting.cues if cue.value in _PROPOSING}
    asking |= {sentence.number for sentence in page.sentences if sentence.question}
    named = [mention.first for mention in sighting.asked_mentions() if mention.sort is Sort.ROOM]
    named += [at for when, (at, _) in zip(sighting.whens, sighting.spans, strict=True) if when.counts and when.has_days]
    return any(at >= sighting.body_at and page.sentence_of[at] in asking for at in named)


AMENDING = frozenset({Intent.HUMAN, Intent.IGNORE, Intent.AVAILABILITY})
"""What a few words about something that is booked may look like by themselves: "oups, 19 h"."""


def amending(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning | None:
    """Return what a few words in the conversation of a booking change of it; None where they change nothing."""
    words = len(sighting.page.words) - sighting.body_at
    told = [when for when in sighting.whens if when.counts and (when.has_days or when.has_clock)]
    about_the_key = meaning.comes or meaning.prevented or of_the_counter(sighting)
    few = words <= SHORT and (meaning.intent in AMENDING or (meaning.intent is Intent.ACCEPT and meaning.rather))
    if not few or about_the_key or not (told or sighting.asked_mentions()):
        return None
    if _only_agrees(sighting):
        return replace(meaning, intent=Intent.ACCEPT, runner_up=meaning.intent)
    changed = with_items(replace(meaning, intent=Intent.CHANGE, runner_up=meaning.intent), sighting, catalogue)
    return changed if changed.items or changed.hours != (None, None) else None


_ELSE = (
    "amends-",
    "answer-but",
    "change/",
    "book/",
    "stance-instead",
    "stance-unfit",
    "decline/",
    "cancel/",
    "contrast",
)


def _only_agrees(sighting: Sighting) -> bool:
    """Whether a mail that names a day, no hour, is pleased with it and wants nothing else: "super, à vendredi !"."""
    if any(clock.start is not None or clock.end is not None for when in sighting.whens for clock in when.clocks):
        return False
    said = {cue.value for cue in sighting.cues if cue.first >= sighting.body_at}
    pleased = any(value.startswith(("accept/", "answer-thanks", "feedback/")) for value in said)
    return pleased and not any(value.startswith(_ELSE) for value in said) and not signs_question(sighting)


def _hours(clock: Clock, asked: Set[Lack], catalogue: Catalogue) -> tuple[int | None, int | None]:
    """Return start and end in minutes; "21h" alone, where only the end was asked, is the end."""
    part = catalogue.day_parts.get(clock.part or "")
    if clock.start is None and clock.end is None and part is not None:
        return part.start, part.end
    if clock.end is None and asked & {Lack.START, Lack.END} == {Lack.END}:
        return None, clock.start
    return clock.start, clock.end
