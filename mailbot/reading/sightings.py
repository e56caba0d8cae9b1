"""What was found on a page of a mail, and what of it is asked for."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from mailbot.model.meaning import UNKNOWN
from mailbot.reading.cues import Cue
from mailbot.reading.moments import When
from mailbot.reading.page import Page
from mailbot.reading.people import People
from mailbot.reading.quantities import Count, Quantity
from mailbot.reading.stance import Stances
from mailbot.reading.things import Mention, Sort

NEAR, FAR = 6, 14
"""Words between two rooms of which one is to be had: "la classe 3 ou le réfectoire", "ou, sinon, …"."""


SECOND_CHOICE = frozenset({"stance-else", "stance-unless"})
"""Cues behind which stands what is meant only where something else will not do."""


class Sighting(Struct, frozen=True):
    """All that was found on a page, and how it is spoken of. Words before `body_at` are the subject."""

    page: Page
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]
    whens: tuple[When, ...]
    spans: tuple[tuple[int, int], ...]
    """The words of each of `whens`."""
    counts: tuple[Count, ...]
    cues: tuple[Cue, ...]
    stances: Stances
    people: People | None
    body_at: int
    today: date

    def asked_mentions(self) -> list[Mention]:
        return [mention for index, mention in enumerate(self.mentions) if self.stances.asked(index)]

    def sentences_of(self, *values: str) -> frozenset[int]:
        """Return the sentences that hold a cue of one of these values, or of an intent's values ("change/")."""
        return frozenset(self.page.sentence_of[cue.first] for cue in self.cues if cue.value.startswith(values))

    def going_on(self, asking: frozenset[int] | set[int]) -> set[int]:
        """Return the sentences that only go on with one that asks: "And one rehearsal there on Wednesday, 7 to 10"."""
        return {
            number + 1 for number in asking if number + 1 < len(self.page.sentences) and self.stances.opens(number + 1)
        }


class Wanted(Struct, frozen=True):
    """A thing asked for. `places` are the words and sentences where it is named, the first that of `mention`. `either`:
    or this one instead of the room before it; `otherwise`: this one only where that is not to be had."""

    mention: Mention
    quantity: Quantity
    ids: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    either: bool = False
    otherwise: bool = False

    @property
    def sentence(self) -> int:
        return self.places[0][1]

    @property
    def at(self) -> int:
        return self.mention.first

    @property
    def room(self) -> bool:
        return self.mention.sort in {Sort.ROOM, Sort.SITE}

    @property
    def unknown(self) -> bool:
        return self.ids == (UNKNOWN,)
