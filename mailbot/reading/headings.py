"""Lines that head others, and names of events: what is said of a day by standing under it, or by the event's name.

samedi 25 avril                      Voor de première ook nog 80 stoelen.
  - salle polyvalente : 10h-18h      Pour la deuxième soirée : 3 tonnelles.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mailbot.model.spans import Days
from mailbot.reading.occasions import Moment
from mailbot.reading.page import Page
from mailbot.reading.quantities import Count, starts_with
from mailbot.reading.stance import SmallWords

LEAST_LETTERS = 4
"""Letters of a word that may be the name of an event."""
FARTHEST = 4
"""Words from "for" to the name of the event."""


def headed(moments: Sequence[Moment], page: Page) -> tuple[list[Moment], dict[int, Moment]]:
    """Give hours without a day the day of the line that heads them, where several lines are headings; return the
    moments, and for each sentence under a heading that heading."""
    heads = [m for m in moments if m.when.counts and m.when.has_days and not m.when.has_clock and _alone(m, page)]
    if len({tuple(sorted(m.days)) for m in heads}) < 2:
        return list(moments), {}
    under = _under(heads, page)
    found = []
    for moment in moments:
        head = under.get(moment.sentence)
        if head is not None and moment.only_hours:
            found.append(replace(moment, when=replace(moment.when, days=head.when.days, loose=False)))
        elif moment not in heads or not any(under.get(m.sentence) is moment and m.only_hours for m in moments):
            found.append(moment)
    return found, under


def _alone(moment: Moment, page: Page) -> bool:
    """Whether a line says nothing but this."""
    sentence = page.sentence(moment.at)
    words = [*page.words[sentence.first : moment.at], *page.words[moment.last : sentence.last]]
    return not any(word.isalnum() for word in words)


def _under(heads: Sequence[Moment], page: Page) -> dict[int, Moment]:
    """Return the heading of each sentence: the last before it, with no line between that is in no list."""
    under: dict[int, Moment] = {}
    starts = {page.sentence_of[m.at]: m for m in heads}
    head: Moment | None = None
    block = -1
    for sentence in page.sentences:
        if sentence.number in starts:
            head, block = starts[sentence.number], sentence.block
        elif head is not None and sentence.block <= block + 1 and (sentence.bullet or sentence.block == block):
            under[sentence.number] = head
            block = sentence.block if sentence.bullet else block
        else:
            head = None
    return under


def of_event(
    number: int, moments: Sequence[Moment], page: Page, counts: Sequence[Count], words: SmallWords
) -> list[Moment]:
    """Return the moments of the event that a sentence names, "voor de première", "on the night of the performance", or
    counts, "pour la première"."""
    sentence = page.sentences[number]
    left_out = {day for m in moments for span in m.when.excluded for day in span}
    dated = [m for m in moments if m.when.has_days and m.sentence != number and not m.days <= left_out]
    for at in range(sentence.first, sentence.last):
        lead = starts_with(page.words, at, sentence.last, words.of_event) or int(page.words[at] in words.fors)
        if not lead:
            continue
        for named in range(at + lead, min(at + lead + FARTHEST, sentence.last)):
            word = page.words[named]
            if len(word) >= LEAST_LETTERS and word.isalpha():
                many = next((c.value for c in counts if c.last == named and not c.ordinal), 1)
                told = _telling(word, number, dated, page, counts, many)
                if told:
                    return told
        ordinal = next((c for c in counts if c.ordinal and at < c.first <= at + 2), None)
        days = sorted({tuple(sorted(m.days)) for m in dated})
        alone = sorted(dated[0].days) if len(days) == 1 else []
        if ordinal is not None and alone and -1 <= ordinal.value <= len(alone) and ordinal.value:
            day = alone[ordinal.value - 1] if ordinal.value > 0 else alone[-1]
            return [replace(dated[0], when=replace(dated[0].when, days=(Days(day, day),), repetition=None))]
        if ordinal is not None and len(days) > 1 and -1 <= ordinal.value <= len(days) and ordinal.value:
            wanted = days[ordinal.value - 1] if ordinal.value > 0 else days[-1]
            return [m for m in dated if tuple(sorted(m.days)) == wanted]
    return []


def _is_another_number(one: str, other: str) -> bool:
    """Whether two words may be the singular and the plural of one: "voorstelling", "voorstellingen"."""
    short, long = sorted((one, other), key=len)
    return len(short) > LEAST_LETTERS and 0 < len(long) - len(short) <= 2 and long.startswith(short)


def _telling(
    word: str, number: int, dated: Sequence[Moment], page: Page, counts: Sequence[Count], many: int
) -> list[Moment]:
    """Return the moments said with a word in the only other sentence that has both; of several, as many behind it as
    are counted ("voor de twee voorstellingen"), else the one nearest."""
    spans = [range(moment.at, moment.last) for moment in dated]
    elsewhere = [at for at in range(len(page.words)) if page.sentence_of[at] != number]
    places = [at for at in elsewhere if page.words[at] == word]
    if many > 1:
        places = places or [at for at in elsewhere if _is_another_number(page.words[at], word)]
    places = [at for at in places if not any(at in span for span in spans)]  # "over twee dagen … voor de twee dagen"
    beside = {page.sentence_of[at]: at for at in places if any(m.sentence == page.sentence_of[at] for m in dated)}
    if len(beside) != 1:
        return []
    [(sentence, at)] = beside.items()
    there = [m for m in dated if m.sentence == sentence]
    behind = [m for m in there if m.at > at]
    if page.words[at + 1 : at + 2] == [":"] and behind:
        return behind  # "Représentations : samedi de 17h à 23h30 et dimanche de 13h à 19h"
    many = max([many, *(c.value for c in counts if c.last == at and not c.ordinal)])  # "for the two performances"
    if many > 1 and sum(len(m.days) for m in behind) == many:
        return behind
    return [min(there, key=lambda m: m.at - at if m.at > at else at - m.last + 2)]
