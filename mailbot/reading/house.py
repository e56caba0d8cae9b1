"""A few words that close a place or open it: "bloquer la salle polyvalente du 1 au 5 juillet (peinture)", "l'école est
fermée le 12 mai", "uitzonderlijk open zondag 8 van 9 tot 12"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from mailbot.model.house import Act, Order, Stretch
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Language
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Hours
from mailbot.reading.cues import Cue, Cues
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import When, combine, find
from mailbot.reading.page import Page, page
from mailbot.reading.quantities import Counting
from mailbot.reading.reader import Library, library
from mailbot.reading.spelling import spelling
from mailbot.reading.things import Mention, Sort
from mailbot.reading.words import own_words

LONGEST = 60
"""Words of such a mail, at most: a longer one tells a story."""
FEW = 6
"""Words behind a colon that may be a reason."""
MOST_REASON = 80
"""Characters of a reason."""
_IN_BRACKETS = re.compile(r"\(([^()\n]{2,120})\)")


def read_order(
    letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon], language: Language
) -> Order | None:
    """Return what the letter closes or opens; None where it does nothing of the kind, or says more than that. Words of
    every language count, those of `language` first. Pure."""
    own = own_words(letter, context, catalogue.banners)
    with_subject = "" if own.answers else f"{own.subject}\n\n{own.body}".strip()
    for text in (own.body.strip(), with_subject):
        found = _read(
            text, letter, library(catalogue, lexica), (language, *(code for code in lexica if code != language))
        )
        if found is not None:
            return found
    return None


def _read(text: str, letter: Letter, kept: Library, spoken: Sequence[Language]) -> Order | None:
    lexicons = [kept.lexica[code] for code in spoken]
    brackets = _IN_BRACKETS.search(text)
    plain = text.replace(brackets[0], " ") if brackets else text
    sheet = page(plain, kept.abbreviations)
    if not text or len(sheet.words) > LONGEST or text.endswith("?"):
        return None
    mentions = [one for one in kept.thesaurus.find(sheet, spoken) if one.sort is not Sort.UNLENT and not one.generic]
    named = {at for one in mentions for at in range(one.first, one.last)}
    spelling(tuple(lexicons), "house").mend(sheet, named)
    cues = [cue for lexicon in lexicons for cue in _cues(lexicon).find(sheet)]
    said = find(plain, lexicons, letter.sent, kept.catalogue, sheet.tokens).whens
    told = {sheet.sentence_of[at] for at in (*(one.first for one in mentions), *_beginnings(said, sheet))}
    meant = (cue for cue in _outermost([cue for cue in cues if cue.value in set(Act)]))
    acts = {Act(cue.value) for cue in meant if sheet.sentence_of[cue.first] in told}
    if len(acts) != 1:
        return None
    whens = combine(said)
    things, several = _things(mentions, sheet, lexicons)
    return Order(
        acts.pop(),
        things,
        tuple(Stretch(span.first, span.last, tuple(_hours(when, kept))) for when in whens for span in when.stretches),
        (brackets[1].strip() if brackets else _reason(sheet, cues))[:MOST_REASON],
        " ".join(text.split()),
        several,
    )


def _beginnings(whens: Sequence[When], sheet: Page) -> Iterator[int]:
    """Yield the first words of phrases of time: what opens or closes is said in the sentence of a thing or a day."""
    return (at for when in whens if (at := sheet.word_at(when.start)) < len(sheet.words))


def _things(
    mentions: Sequence[Mention], sheet: Page, lexicons: Sequence[Lexicon]
) -> tuple[tuple[tuple[str, int | None], ...], bool]:
    """Return the rooms and things that are named, each with how many where a number was said, and whether one of the
    names fits several."""
    counting = Counting(lexicons)
    counts = counting.counts(sheet, [])
    by_end, by_start = {count.last: count for count in counts}, {count.first: count for count in counts}
    found: dict[str, int | None] = {}
    several = False
    for mention in mentions:
        if mention.sort is Sort.SITE:  # all its rooms
            found.update(dict.fromkeys(mention.ids))
            continue
        if len(mention.ids) > 1:
            several = True
            continue
        units = None
        if mention.sort is Sort.EQUIPMENT:
            quantity = counting.of_thing(sheet, mention, by_end, by_start, {})
            units = quantity.value if quantity.said else None
        found[mention.ids[0]] = units
    return tuple(found.items()), several


def _hours(when: When, kept: Library) -> Iterator[Hours]:
    """Yield the hours that are said; "all day" says none."""
    for clock in dict.fromkeys(when.clocks):
        if clock.part == "day" and clock.start is None and clock.end is None:
            continue
        part = kept.catalogue.day_parts.get(clock.part or "")
        start = part.start if clock.start is None and part else clock.start
        end = part.end if clock.end is None and part else clock.end
        if start is not None and end is not None:
            yield Hours(start, end)


def _reason(sheet: Page, cues: Sequence[Cue]) -> str:
    """Return what follows "en raison de", to the end of its sentence; or a last colon, in a few words."""
    cue = min((cue for cue in cues if cue.value == "because"), key=lambda cue: (cue.first, -cue.last), default=None)
    if cue is None:
        _, colon, behind = sheet.text.rstrip().rpartition(":")
        short = colon and len(behind.split()) <= FEW and not re.search(r"\d", behind)
        return " ".join(behind.split()).strip(" .,;!") if short else ""
    return sheet.quote(cue.last, sheet.sentence(cue.first).last).strip(" .,;:!")


def _outermost(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues that lie in no longer one: "opnieuw open" opens again, and is no opening besides the hours."""
    return [
        cue
        for cue in cues
        if not any(
            other.first <= cue.first and cue.last <= other.last and other.last - other.first > cue.last - cue.first
            for other in cues
        )
    ]


@cache
def _cues(lexicon: Lexicon) -> Cues:
    return Cues.of({key: phrases for key, phrases in lexicon.table("house").items() if key != "whole"})
