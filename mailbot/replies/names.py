"""What rooms, things, sites and counters are called in a letter. What rules.yaml no longer has is called by its id."""

from __future__ import annotations

import re

from msgspec import Struct

from mailbot.model.meaning import Language
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules, Words, in_language
from mailbot.replies.phrases import Phrases, one_line

LONGEST_WORDS = 2000
"""Characters of a person's words that a letter passes on in a line."""


class Names(Struct, frozen=True):
    """The names of one letter: its language, the rules, and its phrases."""

    language: Language
    rules: Rules
    phrases: Phrases

    def text(self, words: Words) -> str:
        """Return a text of the rules, on one line."""
        return one_line(in_language(words, self.language))

    def format(self, table: str, form: str, **parts: object) -> str:
        return self.phrases.words.table(table)[form].format(**parts)

    def name(self, resource: str) -> str:
        """Return what a room or a thing is called."""
        thing = self.rules.rooms.get(resource) or self.rules.equipment.get(resource)
        if thing is None:
            return resource
        names = thing.names.get(self.language) or next(iter(thing.names.values()), ())
        return one_line(names[0]) if names else resource

    def room(self, resource: str) -> str:
        """Return a room's name, with its site where that says more: "salle polyvalente (Maison communale)"."""
        name, site = self.name(resource), self._site_of(resource)
        return self.format("things", "room_at", room=name, site=site) if site else name

    def room_for(self, resource: str) -> str:
        """Return a room's name with its site and how many people it takes."""
        name, site = self.name(resource), self._site_of(resource)
        room = self.rules.rooms.get(resource)
        if room is None:
            return name
        form = "room_at_for" if site else "room_for"
        return self.format("things", form, room=name, site=site, capacity=room.capacity)

    def _site_of(self, resource: str) -> str:
        """Return the name of a room's site, or nothing where the room's own name tells it."""
        room = self.rules.rooms.get(resource)
        site = self.site(room.site) if room else ""
        return "" if _long_words(self.name(resource)) & _long_words(site) else site

    def site(self, site: str) -> str:
        known = self.rules.sites.get(site)
        if known is None:
            return site
        names = known.names.get(self.language) or next(iter(known.names.values()), (site,))
        return one_line(names[0])

    def thing(self, resource: str, quantity: int) -> str:
        """Return a room's name, or a quantity of equipment: "2 tonnelles"."""
        if resource in self.rules.rooms:
            return self.room(resource)
        return self.phrases.quantity(quantity, self.name(resource))

    def key_copy(self, key: str, copy: int, rooms: str = "") -> str:
        """Return one copy of a key by its number: "clé de la salle n° 2"; one without a name by what it opens."""
        known = self.rules.keys.get(key)
        if known and known.names:
            return self.format("things", "key_copy_named", copy=copy, key=self.text(known.names))
        return self.format("things", "key_copy", copy=copy, key=rooms or key)

    def asking(self, reservation: Reservation) -> str:
        """Return who asks: name, initiative, address and telephone, as far as they are known."""
        initiative = self.rules.initiatives.get(reservation.initiative or "")
        known = (reservation.asker.name, initiative.name if initiative else "", reservation.asker.address)
        return ", ".join(dict.fromkeys(filter(None, map(one_line, (*known, reservation.phone or "")))))

    def verbatim(self, words: str) -> str:
        """Return what a person wrote, whole, in quotation marks."""
        quoted = self.phrases.words.table("list")["quoted"]
        return quoted.format(one_line(words, LONGEST_WORDS).rstrip("."))

    def counter(self, counter: str) -> str:
        """Return where a counter is, and who stands there: "à la loge, rue du Parc 3 (Josiane Lambert, 0400 …)"."""
        known = self.rules.counters.get(counter)
        if known is None:
            return counter
        holder = self.rules.holders.get(known.holder)
        place, name = self.place(counter), one_line(holder.name) if holder else ""
        phone = known.phone or (holder.phone if holder else "")
        who = ", ".join(part for part in ("" if name in place else name, one_line(phone)) if part)
        form = "counter_in_brackets" if place.endswith(")") else "counter"
        return self.format("list", form, place=place, who=who) if who else place

    def place(self, counter: str) -> str:
        """Return where a counter is."""
        known = self.rules.counters.get(counter)
        return self.text(known.place) if known else counter

    def short_place(self, counter: str) -> str:
        """Return where a counter is in two or three words, for lists."""
        known = self.rules.counters.get(counter)
        return (self.text(known.names) if known else "") or self.place(counter)


def capital(text: str) -> str:
    """Return text that begins like a sentence."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return text that ends like a sentence."""
    return text if not text or text[-1] in ".!?…" else text + "."


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 4}
