"""What else one mail does: a booking beside a report, a cancellation beside a new request. A person sees to it.

Only what stands in sentences of its own, and is said beyond doubt, is another act.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mailbot.model.meaning import Intent, Meaning
from mailbot.model.rules import Catalogue
from mailbot.reading import events
from mailbot.reading.sightings import Sighting

ASKING = (Intent.BOOK, Intent.AVAILABILITY, Intent.CHANGE)
TOLD = (Intent.CANCEL, Intent.FEEDBACK, Intent.KEY)


def with_further(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Meaning:
    """Return the meaning with the other acts of the mail."""
    return replace(meaning, further=tuple(_others(meaning, sighting, catalogue)))


def _others(meaning: Meaning, sighting: Sighting, catalogue: Catalogue) -> Iterator[Meaning]:
    bare = Meaning(meaning.language, meaning.intent, references=meaning.references)
    if meaning.intent in ASKING:
        asked = sighting.sentences_of(*(f"{intent}/{how}" for intent in ASKING for how in ("decisive", "strong")))
        for intent in (Intent.FEEDBACK, Intent.CANCEL):
            if meaning.intent is not Intent.CHANGE and _told(intent, sighting) - asked:
                yield replace(bare, intent=intent)
    elif meaning.intent in TOLD:
        told = sighting.sentences_of(f"{meaning.intent}/")
        wanted = sighting.sentences_of("book/strong", "book/decisive") - told
        if meaning.intent is Intent.CANCEL:  # what is asked before it, is what is given up
            wanted = frozenset(number for number in wanted if number > max(told, default=0))
        named = {sighting.page.sentence_of[mention.first] for mention in sighting.asked_mentions()}
        if wanted & named and any(when.counts and when.has_days for when in sighting.whens):
            booking = events.with_items(replace(bare, intent=Intent.BOOK), sighting, catalogue)
            if booking.items:
                yield booking


def _told(intent: Intent, sighting: Sighting) -> frozenset[int]:
    """Return the sentences in which an act is told beyond doubt: that something is not needed cancels nothing, and what
    is reported has happened."""
    told = sighting.sentences_of(f"{intent}/decisive")
    if intent is Intent.CANCEL:
        return told - sighting.sentences_of("stance-unwanted")
    return told & sighting.sentences_of("wishes-damage", "stance-past") - sighting.sentences_of("stance-own")
