"""Rooms told by their size: "la plus petite de vos salles", "die zaal waar 80 man in kan", "the one for 30"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM
from mailbot.model.rules import Catalogue
from mailbot.reading.cues import Cue, Cues
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page, folded
from mailbot.reading.quantities import Count
from mailbot.reading.things import Mention, Sort

REACH = 4
"""Words from a word of size to the room that it speaks of, at most."""


class Sizes:
    """The words of some languages that tell a room by its size, and how many people each room holds."""

    def __init__(self, catalogue: Catalogue, lexicons: Sequence[Lexicon]) -> None:
        self._holds: Mapping[str, int] = {room.id: room.capacity for room in catalogue.rooms.values()}
        self._cues = [Cues.of(lexicon.table("things.sized"), lexicon.table("groups")) for lexicon in lexicons]
        self._definite = folded(word for lexicon in lexicons for word in lexicon.table("quantity")["definite"])

    def narrowed(
        self, page: Page, mentions: Sequence[Mention], cues: Iterable[Cue], counts: Iterable[Count]
    ) -> list[Mention]:
        """Return the mentions, a room that its size tells being that one; `cues` tell how many people a room holds."""
        found = list(mentions)
        for cue in (cue for every in self._cues for cue in every.find(page)):
            index = self._room_at(page, found, cue)
            if index is not None:
                found[index] = self._told(found[index], self._extreme(found[index], largest=cue.value == "largest"))
        by_last = {count.last: count for count in counts}
        for cue in cues:
            number = next((by_last[at].value for at in range(cue.last, cue.first, -1) if at in by_last), None)
            index = self._room_at(page, found, cue) if cue.value == "people-capacity" else None
            if number is None or index is None or not self._is_definite(page, found[index], cue):
                continue
            fitting = [room for room in self._candidates(found[index]) if self._holds[room] == number]
            found[index] = self._told(found[index], fitting)
        return found

    def _room_at(self, page: Page, mentions: Sequence[Mention], cue: Cue) -> int | None:
        """Return the room, of those that may be several, that a cue holds or stands beside."""
        sentence, best = page.sentence(cue.first), None
        for index, mention in enumerate(mentions):
            inside = sentence.first <= mention.first < sentence.last
            away = max(mention.first - cue.last, cue.first - mention.last, 0)
            if mention.sort is Sort.ROOM and inside and away <= REACH and (best is None or away < best[0]):
                best = (away, index)
        return best[1] if best and len(self._candidates(mentions[best[1]])) > 1 else None

    def _is_definite(self, page: Page, mention: Mention, cue: Cue) -> bool:
        """Whether one room is meant that the writer knows: "la salle de 12 places", and no "une salle de …"."""
        return any(page.words[at - 1] in self._definite for at in {mention.first, cue.first} if at > 0)

    def _candidates(self, mention: Mention) -> Collection[str]:
        return tuple(self._holds) if mention.ids == (ANY_ROOM,) else mention.ids

    def _extreme(self, mention: Mention, *, largest: bool) -> list[str]:
        rooms = self._candidates(mention)
        size = (max if largest else min)(self._holds[room] for room in rooms)
        return [room for room in rooms if self._holds[room] == size]

    @staticmethod
    def _told(mention: Mention, rooms: Sequence[str]) -> Mention:
        return replace(mention, ids=(rooms[0],), generic=False, plural=False) if len(rooms) == 1 else mention
