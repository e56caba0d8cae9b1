"""How keys and goods are fetched and brought back, and what to know on site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from msgspec import Struct

from mailbot.model.reservation import Handover, Use
from mailbot.model.rules import Equipment
from mailbot.model.spans import Span
from mailbot.replies.names import Names, capital, sentence
from mailbot.replies.phrases import one_line

MANY = 3
"""From so many openings on the same weekday at the same hours, they are told in one line."""


class Errand(Struct, frozen=True):
    """What is fetched at one counter, or brought back to it, and when: `openings` in words, soonest first."""

    kind: str
    """key, goods or both."""
    place: str
    short_place: str
    openings: tuple[str, ...]
    load: str
    """What passes over the counter."""
    notes: tuple[str, ...]
    """Deposit, signature, weight, contents; only for what is fetched."""
    often: bool = False
    """It happens several times."""


class Direct(Struct, frozen=True):
    """What passes from one borrower to the next, over no counter: between which moments, and how to agree on one."""

    kind: str
    load: str
    gives: bool
    """The reader gives it; else they take it."""
    who: str
    """The other one's name; empty where it is no longer kept."""
    reach: str
    """Their telephone number, else their address."""
    after: str
    before: str
    within: str
    """The day and the hours, where both moments lie on one day; else empty."""


class Venue(Struct, frozen=True):
    """Where rooms are, and what to know there."""

    name: str
    address: str
    geo: tuple[float, float] | None
    access: str
    on_call: str


class Errands(Names, frozen=True, dict=True):
    """Tells of errands and venues."""

    def fetching(self, uses: Sequence[Use]) -> tuple[Errand, ...]:
        return self._at_counters(tuple(uses), fetched=True)

    def returning(self, uses: Sequence[Use]) -> tuple[Errand, ...]:
        return self._at_counters(tuple(uses), fetched=False)

    def direct(self, uses: Sequence[Use]) -> tuple[Direct, ...]:
        """Return what passes directly between the reader and another borrower, soonest first."""
        found: dict[tuple[Handover, bool], list[Use]] = {}
        for use in uses:
            for handover, gives in ((use.out, False), (use.back, True)):
                if handover is not None and handover.direct is not None:
                    found.setdefault((handover, gives), []).append(use)
        ordered = sorted(found.items(), key=lambda item: item[0][0].opening)
        return tuple(self._direct(handover, gives, together, uses) for (handover, gives), together in ordered)

    def _direct(self, handover: Handover, gives: bool, together: Sequence[Use], uses: Sequence[Use]) -> Direct:
        whom, opening = handover.direct, handover.opening
        assert whom
        return Direct(
            self._kind(together),
            self._load(together, uses),
            gives,
            one_line(whom.name) or one_line(whom.address),
            one_line(whom.phone) or one_line(whom.address),
            self.phrases.moment(opening.start),
            self.phrases.moment(opening.end),
            self.phrases.opening(opening) if self._on_one_day(opening) else "",
        )

    def _on_one_day(self, span: Span) -> bool:
        zone = self.rules.commune.zone
        return span.start.astimezone(zone).date() == span.end.astimezone(zone).date()

    def _at_counters(self, uses: tuple[Use, ...], *, fetched: bool) -> tuple[Errand, ...]:
        """The letter and its calendar file tell the same, each more than once."""
        if (uses, fetched) not in self._errands_known:
            passing = [(use.out if fetched else use.back, use) for use in uses]
            self._errands_known[uses, fetched] = self._errands(uses, passing, notes=fetched)
        return self._errands_known[uses, fetched]

    @cached_property
    def _errands_known(self) -> dict[tuple[tuple[Use, ...], bool], tuple[Errand, ...]]:
        return {}

    def handed_out(self, uses: Sequence[Use], now: datetime) -> bool:
        """Return whether a key or goods may already be with the asker."""
        return any(use.out and use.out.opening.start <= now for use in uses)

    def _errands(
        self, uses: Sequence[Use], passing: Iterable[tuple[Handover | None, Use]], *, notes: bool
    ) -> tuple[Errand, ...]:
        """Group what passes by counter and opening, then openings with the same load."""
        loads: dict[tuple[str, Span], list[Use]] = {}
        for handover, use in passing:
            if handover and not handover.direct:
                loads.setdefault((handover.counter, handover.opening), []).append(use)
        alike: dict[tuple[str, str, str], tuple[list[Use], list[Span]]] = {}
        for (counter, opening), together in sorted(loads.items(), key=lambda load: load[0][1]):
            entry = alike.setdefault((counter, self._kind(together), self._load(together, uses)), (together, []))
            entry[1].append(opening)
        return tuple(
            Errand(
                kind,
                self.counter(counter),
                self.short_place(counter),
                self._openings(openings),
                load,
                self._notes(together) if notes else (),
                len(openings) > 1,
            )
            for (counter, kind, load), (together, openings) in alike.items()
        )

    def _openings(self, openings: Sequence[Span]) -> tuple[str, ...]:
        """Return a line an opening, soonest first; like hours of many like weekdays are one line."""
        alike: dict[tuple[int, str], list[Span]] = {}
        for opening in openings:
            weekday = self.phrases.local_day(opening).weekday()
            alike.setdefault((weekday, self.phrases.hours(opening, "between")), []).append(opening)
        lines: list[str] = []
        for (_, hours), group in alike.items():
            if len(group) < MANY:
                lines += [self.phrases.opening(opening) for opening in group]
            else:
                days = [self.phrases.local_day(opening) for opening in group]
                said = f"{self.phrases.recurring(days)} ({self.phrases.dates(days)})"
                lines.append(self.format("hours", "on_day_between", day=said, hours=hours))
        return tuple(lines)

    def handed(self, uses: Sequence[Use]) -> str:
        """Return "la clé", "le matériel" or both: what passes the counter for these uses."""
        return self.format("things", f"handed_{self._kind(uses)}")

    def _kind(self, uses: Sequence[Use]) -> str:
        keys, goods = any(use.key for use in uses), any(use.resource in self.rules.equipment for use in uses)
        return "both" if keys and goods else "key" if keys else "goods"

    def _load(self, uses: Sequence[Use], all_uses: Sequence[Use]) -> str:
        keys = dict.fromkeys(use.key for use in uses if use.key)
        several = len({use.key for use in all_uses if use.key}) > 1
        quantities: dict[str, int] = {}
        for use in uses:
            if use.resource in self.rules.equipment:
                quantities[use.resource] = quantities.get(use.resource, 0) + use.quantity
        goods = (self.phrases.quantity(number, self.name(resource)) for resource, number in quantities.items())
        return self.phrases.listed([*(self.key(key, several, uses) for key in keys), *goods])

    def key(self, key: str, several: bool, uses: Sequence[Use]) -> str:
        """Return "la clé", or which one where the letter speaks of several."""
        if not several:
            return self.format("things", "key")
        known = self.rules.keys.get(key)
        if known and known.names:
            return self.format("things", "key_named", name=self.text(known.names))
        rooms = self.phrases.listed(dict.fromkeys(self.name(use.resource) for use in uses if use.key == key))
        return self.format("things", "key_of", rooms=rooms)

    def _notes(self, uses: Sequence[Use]) -> tuple[str, ...]:
        """Return what to bring, to sign, to carry: for keys, for the goods of a counter, and for each thing."""
        keys = [self.rules.keys[use.key] for use in uses if use.key and use.key in self.rules.keys]
        goods = [self.rules.equipment[use.resource] for use in uses if use.resource in self.rules.equipment]
        counters = [self.rules.counters[thing.counter] for thing in goods if thing.counter in self.rules.counters]
        terms = [
            self.format("things", form, text=text)
            for deposit, sign in [(each.deposit, each.sign) for each in keys]
            + [(each.deposit, each.sign) for each in counters]
            for form, text in (("deposit", self.text(deposit)), ("sign", self.text(sign)))
            if text
        ]
        return tuple(dict.fromkeys(sentence(note) for note in (*terms, *filter(None, map(self._carried, goods)))))

    def _carried(self, thing: Equipment) -> str:
        """Return what comes with a thing, what it weighs and how it is carried."""
        weight = self.format("things", "weight", weight=f"{thing.weight_kg:g}") if thing.weight_kg else ""
        said = [sentence(part) for part in (self.text(thing.contents), weight, self.text(thing.transport)) if part]
        note = " ".join([*said[:1], *map(capital, said[1:])])
        return self.format("list", "note", thing=capital(self.name(thing.id)), note=note) if said else ""

    def on_call(self, uses: Sequence[Use]) -> tuple[str, ...]:
        """Return the numbers for a problem right now: those of the sites; else of the counters; else of the service."""
        numbers = [venue.on_call for venue in self.venues(uses)]
        for use in uses:
            counter = self.rules.counters.get(use.out.counter) if use.out else None
            holder = self.rules.holders.get(counter.holder) if counter else None
            numbers += [counter.phone if counter else "", holder.phone if holder else ""] if not any(numbers) else []
        known = [one_line(number) for number in numbers if number]
        return tuple(dict.fromkeys(known or [one_line(self.rules.commune.phone)]))

    def venues(self, uses: Sequence[Use]) -> tuple[Venue, ...]:
        rooms = [self.rules.rooms[use.resource] for use in uses if use.resource in self.rules.rooms]
        return self.venues_at([room.site for room in rooms])

    def on_call_at(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the numbers of these sites for a problem right now, else that of the service."""
        numbers = dict.fromkeys(venue.on_call for venue in self.venues_at(ids) if venue.on_call)
        return tuple(numbers) or (one_line(self.rules.commune.phone),)

    def venues_at(self, ids: Iterable[str]) -> tuple[Venue, ...]:
        sites = [self.rules.sites[site] for site in dict.fromkeys(ids) if site in self.rules.sites]
        return tuple(
            Venue(
                self.site(site.id),
                self.text(site.address),
                site.geo,
                sentence(self.text(site.access)),
                one_line(site.on_call),
            )
            for site in sites
        )
