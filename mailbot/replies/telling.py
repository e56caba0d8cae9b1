"""What a letter says of a reservation, in the reader's language: what is booked, how it is fetched, why not.

These are parts of sentences; the sentences stand in templates/. A thing that rules.yaml no longer has is called by
its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.model import decision as d
from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Lack, Language, Meaning, Slot
from mailbot.model.reservation import Handover, Option, Reservation, Use
from mailbot.model.rules import Equipment, Rules, Words, in_language
from mailbot.model.spans import Days, Span
from mailbot.replies.phrases import Phrases, one_line

SERIES = 3
"""From how many dates on they are told as one series."""


@dataclass(frozen=True)
class Errand:
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


@dataclass(frozen=True)
class Venue:
    """Where rooms are, and what to know there."""

    name: str
    address: str
    geo: tuple[float, float] | None
    access: str
    on_call: str


@dataclass(frozen=True)
class Teller:
    """Tells of reservations in one language."""

    language: Language
    rules: Rules
    phrases: Phrases

    def text(self, words: Words) -> str:
        """Return a text of the rules, on one line."""
        return one_line(in_language(words, self.language))

    def format(self, table: str, form: str, **parts: object) -> str:
        return self.phrases.words.table(table)[form].format(**parts)

    # --- things and places

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

    # --- what is booked

    def booked(self, uses: Sequence[Use], *, year: bool = True) -> tuple[str, ...]:
        """Return what is booked, a line each, rooms first: what shares its hours is one line, and so is what comes back
        on three dates or more. The first line says the year."""
        bundles: dict[Span | Days, list[Use]] = {}
        for use in sorted(uses, key=lambda use: (isinstance(use.when, Days), _start(use.when))):
            bundles.setdefault(use.when, []).append(use)
        series: dict[tuple[str, str], list[Span | Days]] = {}
        for when, bundle in bundles.items():
            things = self.phrases.listed(self.thing(use.resource, use.quantity) for use in bundle)
            series.setdefault((things, self._hours_alike(when)), []).append(when)
        lines: list[str] = []
        for (things, hours), whens in series.items():
            lines += self._told(things, hours, whens, year=year and not lines)
        return tuple(lines)

    def _hours_alike(self, when: Span | Days) -> str:
        """Return what uses must share to be told as one series: hours in words, or nothing for single days."""
        if isinstance(when, Days):
            return "" if when.first == when.last else self.phrases.days(when)
        return self.phrases.hours(when) if when.length <= timedelta(hours=24) else self.phrases.when(when)

    def _told(self, things: str, hours: str, whens: Sequence[Span | Days], *, year: bool) -> list[str]:
        if len(whens) < SERIES:
            said = [self.phrases.when(when, year=year and not number) for number, when in enumerate(whens)]
            return [self.format("things", "booked", things=things, when=when) for when in said]
        days = [self._day(when) for when in whens]
        return [
            self.format(
                "things",
                "series" if hours else "series_days",
                things=things,
                times=self.phrases.recurring(days),
                range=self.phrases.plain_range(Days(days[0], days[-1]), year=year),
                hours=hours,
                dates=self.phrases.dates(days),
            )
        ]

    def occasions(self, whens: Sequence[Span | Days]) -> str:
        """Return several times in a line, days of like hours told together: "les 3, 10 et 17 juin, de 19 h à 21 h"."""
        alike: dict[str, list[Span | Days]] = {}
        for when in sorted(set(whens), key=_start):
            alike.setdefault(self._hours_alike(when), []).append(when)
        parts = []
        for hours, group in alike.items():
            if len(group) < SERIES:
                parts += [self.phrases.when(when) for when in group]
            else:
                dates = self.phrases.dates([self._day(when) for when in group])
                parts.append(self.format("hours", "on_day", day=dates, hours=hours) if hours else dates)
        return self.phrases.listed(parts)

    def _day(self, when: Span | Days) -> date:
        return when.first if isinstance(when, Days) else self.phrases.local_day(when)

    def options(self, options: Sequence[Option]) -> tuple[str, ...]:
        """Return each option in a line, without what all of them share (`shared`)."""
        lines = []
        for option, told in zip(options, self._told_apart(options), strict=True):
            lines.append("; ".join(told) or "; ".join(self.booked(option.uses, year=False)))
        return tuple(lines)

    def shared(self, options: Sequence[Option]) -> str:
        """Return what all of several options share: things on the same days, or at least the same things."""
        told = [self.booked(option.uses, year=False) for option in options]
        common = [line for line in told[0] if all(line in other for other in told[1:])] if len(told) > 1 else []
        return "; ".join(common) or (self._goods(options[0].uses) if self._same_goods(options) else "")

    def _told_apart(self, options: Sequence[Option]) -> Iterable[tuple[str, ...]]:
        if self._same_goods(options):
            rooms = ([use for use in option.uses if use.resource in self.rules.rooms] for option in options)
            return [self.booked(uses, year=False) for uses in rooms]
        told = [self.booked(option.uses, year=False) for option in options]
        return [
            tuple(line for line in lines if len(told) < 2 or not all(line in other for other in told)) for lines in told
        ]

    def _same_goods(self, options: Sequence[Option]) -> bool:
        """Whether several options differ in their rooms alone: the same goods on other days go without saying."""
        with_rooms = all(any(use.resource in self.rules.rooms for use in option.uses) for option in options)
        goods = {self._goods(option.uses) for option in options}
        return len(options) > 1 and with_rooms and len(goods) == 1 and goods != {""}

    def _goods(self, uses: Sequence[Use]) -> str:
        quantities: dict[str, int] = {}
        for use in uses:
            if use.resource in self.rules.equipment:
                quantities[use.resource] = max(quantities.get(use.resource, 0), use.quantity)
        return self.phrases.listed(
            self.phrases.quantity(number, self.name(each)) for each, number in quantities.items()
        )

    def words_read(self, request: Meaning | None) -> tuple[str, ...]:
        """Return the asker's own words that the reading rests on, in quotation marks, each once."""
        if request is None:
            return ()
        words = (word for item in request.items for word in item.words)
        return tuple(dict.fromkeys(self.phrases.quoted(word) for word in words if one_line(word)))

    # --- how it is fetched and brought back

    def fetching(self, uses: Sequence[Use]) -> tuple[Errand, ...]:
        return self._errands(uses, [(use.out, use) for use in uses], notes=True)

    def returning(self, uses: Sequence[Use]) -> tuple[Errand, ...]:
        return self._errands(uses, [(use.back, use) for use in uses], notes=False)

    def handed_out(self, uses: Sequence[Use], now: datetime) -> bool:
        """Return whether a key or goods may already be with the asker."""
        return any(use.out and use.out.opening.start <= now for use in uses)

    def _errands(
        self, uses: Sequence[Use], passing: Iterable[tuple[Handover | None, Use]], *, notes: bool
    ) -> tuple[Errand, ...]:
        """Group what passes by counter and opening, then openings with the same load."""
        loads: dict[tuple[str, Span], list[Use]] = {}
        for handover, use in passing:
            if handover:
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
                tuple(self.phrases.opening(opening) for opening in openings),
                load,
                self._notes(together) if notes else (),
            )
            for (counter, kind, load), (together, openings) in alike.items()
        )

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
        return tuple(dict.fromkeys(_sentence(note) for note in (*terms, *filter(None, map(self._carried, goods)))))

    def _carried(self, thing: Equipment) -> str:
        """Return what comes with a thing, what it weighs and how it is carried."""
        weight = self.format("things", "weight", weight=f"{thing.weight_kg:g}") if thing.weight_kg else ""
        said = [_sentence(part) for part in (self.text(thing.contents), weight, self.text(thing.transport)) if part]
        note = " ".join(_capital(part) for part in said)
        return self.format("list", "note", thing=_capital(self.name(thing.id)), note=note) if said else ""

    def venues(self, uses: Sequence[Use]) -> tuple[Venue, ...]:
        rooms = [self.rules.rooms[use.resource] for use in uses if use.resource in self.rules.rooms]
        sites = [
            self.rules.sites[site] for site in dict.fromkeys(room.site for room in rooms) if site in self.rules.sites
        ]
        return tuple(
            Venue(
                self.site(site.id),
                self.text(site.address),
                site.geo,
                _sentence(self.text(site.access)),
                one_line(site.on_call),
            )
            for site in sites
        )

    # --- what is free, and what is lent at all

    def free(self, rows: Sequence[d.FreeSlot]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return what is free, by day: the day in words, and a line for each thing, with the reason where none is."""
        by_day: dict[Days, list[str]] = {}
        for row in sorted(rows, key=lambda row: self._days(row.when)):
            by_day.setdefault(self._days(row.when), []).extend(self._free(row))
        return tuple(
            (_capital(self.phrases.days(days)), tuple(dict.fromkeys(map(_capital, lines))))
            for days, lines in by_day.items()
        )

    def _days(self, when: Span | Days) -> Days:
        return when if isinstance(when, Days) else Days(self._day(when), self._day(when))

    def _free(self, row: d.FreeSlot) -> Iterable[str]:
        if not row.free:
            return self.objections(row.objections)
        if isinstance(row.when, Span):
            return [self.format("free", "room", thing=self.room(row.resource), hours=self.phrases.hours(row.when))]
        return [self.format("free", "goods", things=self.phrases.plural(self.name(row.resource)), free=row.free)]

    def rooms_lent(self) -> tuple[str, ...]:
        """Return every room with how many people it takes and what it offers."""
        lines = []
        for room in self.rules.rooms.values():
            known = (self.text(self.rules.feature_names.get(each, {})) for each in sorted(room.features))
            features, name = ", ".join(each for each in known if each), self.room_for(room.id)
            lines.append(self.format("free", "lent_room", room=name, features=features) if features else name)
        return tuple(lines)

    def goods_lent(self) -> str:
        """Return all equipment with its stock, in a line."""
        things = self.rules.equipment.values()
        return self.phrases.listed(self.phrases.quantity(thing.stock, self.name(thing.id)) for thing in things)

    def answers(self) -> tuple[str, ...]:
        """Return staff's short answers, each with its topic; the first, "how", stands for itself."""
        topics = self.phrases.words.table("topics")
        return tuple(
            self.format("list", "note", thing=topics.get(topic, _capital(topic)), note=self.text(words))
            for topic, words in self.rules.answers.items()
            if topic != "how" and words
        )

    # --- what is asked

    def questions(self, asked: d.Asked) -> tuple[str, ...]:
        """Return what is missing, a question each; a day to be chosen among rival readings is not asked twice."""
        lacks, forms = set(asked.lacks), ["name"] if asked.name else []
        if asked.slots:
            lacks -= {Lack.DATE, Lack.START, Lack.END}
            forms.append("slot")
        if {Lack.START, Lack.END} <= lacks:
            forms.append("date_and_hours" if Lack.DATE in lacks else "hours")
            lacks -= {Lack.DATE, Lack.START, Lack.END}
        forms += [lack.value for lack in Lack if lack in lacks]
        things = self.phrases.listed(self._uncounted(asked.reservation.request))
        return tuple(self.format("questions", form, things=things) for form in forms)

    def _uncounted(self, request: Meaning | None) -> Iterable[str]:
        items = request.items if request else ()
        names = (self.name(item.resources[0]) for item in items if item.quantity is None and item.resources)
        return dict.fromkeys(self.phrases.plural(name) for name in names)

    def choices(self, asked: d.Asked) -> tuple[str, ...]:
        """Return what may be answered by a number, in order: rooms, or rival readings of a day."""
        return (*(self.room_for(room) for room in asked.choices), *(self.slot(slot) for slot in asked.slots))

    def unknown(self, things: Iterable[d.NotLent]) -> tuple[str, ...]:
        """Return what the commune does not have, in the asker's words."""
        return tuple(self.phrases.quoted(thing.name) for thing in things)

    def state(self, reservation: Reservation) -> str:
        return self.format("states", reservation.state.value)

    def understood(self, meaning: Meaning) -> tuple[str, ...]:
        """Return what was understood of a mail, for a person who takes over: a line for the intent, one a thing."""
        lines = [self.format("intents", meaning.intent.value)]
        for item in meaning.items:
            names = (self.name(each) for each in item.resources if each not in _STAND_INS)
            things = self.phrases.listed(names, "or") or one_line(item.name) or self.format("intents", "open")
            if item.quantity and item.quantity > 1:
                things = f"{item.quantity} × {things}"
            whens = "; ".join(self.slot(slot) for slot in item.slots[:5])
            more = " …" if len(item.slots) > 5 else ""
            lines.append(self.format("things", "booked", things=things, when=whens + more) if whens else things)
        if meaning.attendees:
            lines.append(self.phrases.counted(meaning.attendees, "people"))
        if meaning.phone:
            lines.append(one_line(meaning.phone, 40))
        return tuple(lines)

    def details(self, details: Mapping[str, str]) -> tuple[str, ...]:
        """Return what is known of a fault, a line each."""
        names = self.phrases.words.table("details")
        known = ((names.get(name, name), one_line(text, 300)) for name, text in details.items() if text)
        return tuple(self.format("list", "note", thing=name, note=text) for name, text in known)

    def slot(self, slot: Slot) -> str:
        """Return one reading of a time in words."""
        start, end, zone = slot.start, slot.end, self.rules.commune.zone
        if isinstance(start, datetime):
            if isinstance(end, datetime):
                return self.phrases.when(Span.local(start, end, zone), year=True)
            return self.phrases.moment(start.replace(tzinfo=zone))
        return self.phrases.days(Days(start, end or start), year=True)

    # --- why not

    def objections(self, objections: Sequence[d.Objection]) -> tuple[str, ...]:
        """Return why it is not possible, a line each: what is taken on many dates is one line."""
        lines: list[str] = []
        gathered: dict[tuple[type, str], list[Span | Days]] = {}
        for objection in objections:
            if isinstance(objection, d.Taken | d.NoKey | d.NoOpening):
                gathered.setdefault((type(objection), objection.resource), []).append(objection.when)
        for objection in objections:
            if isinstance(objection, d.Taken | d.NoKey | d.NoOpening):
                whens = gathered.pop((type(objection), objection.resource), None)
                if whens is None:
                    continue
                line = self._elsewhere_needed(objection, self.occasions(whens))
            else:
                line = self._objection(objection)
            lines.append(_sentence(line + self.article(objection)))
        return tuple(dict.fromkeys(_capital(line) for line in lines))

    def article(self, objection: d.Objection) -> str:
        """Return the rule or article that an objection rests on, in brackets, or nothing."""
        kind = kind_of(objection)
        words = self.rules.articles.get(kind) or self.rules.articles.get(_ARTICLES.get(kind, ""))
        return self.format("objections", "article", article=self.text(words)) if words else ""

    def _elsewhere_needed(self, objection: d.Taken | d.NoKey | d.NoOpening, when: str) -> str:
        counter = "" if isinstance(objection, d.Taken) else self.short_place(objection.counter)
        form = kind_of(objection).replace("-", "_")
        return self.format("objections", form, thing=self.name(objection.resource), when=when, counter=counter)

    def _objection(self, objection: d.Objection) -> str:
        form, parts = self._objection_parts(objection)
        return self.format("objections", form, **parts)

    def _objection_parts(self, objection: d.Objection) -> tuple[str, Mapping[str, object]]:
        """Return which sentence of the table `objections` it is, and what fills it."""
        p = self.phrases
        match objection:
            case d.InThePast(day):
                return "in_the_past", {"day": p.day(day)}
            case d.TooLate(earliest):
                return "too_late", {"earliest": p.moment(earliest)}
            case d.TooFar(latest):
                return "too_far", {"latest": p.day(latest)}
            case d.TooLong(longest):
                return "too_long", {"longest": p.length(longest)}
            case d.LoanTooLong(longest):
                return "loan_too_long", {"longest": p.counted(longest, "days")}
            case d.OutsideHours(resource, day, ()):
                return "closed_day", {"thing": self.name(resource), "day": p.day(day)}
            case d.OutsideHours(resource, day, hours):
                return "outside_hours", {
                    "thing": self.name(resource),
                    "day": p.day(day),
                    "hours": p.opening_hours(hours),
                }
            case d.Closed(resource, days, reason):
                form = "closed_because" if self.text(reason) else "closed"
                return form, {"thing": self.name(resource), "days": p.days(days), "reason": self.text(reason)}
            case d.TooManyPeople(resource, capacity, asked):
                return "too_many_people", {"thing": self.name(resource), "capacity": capacity, "asked": asked}
            case d.ShortStock(resource, asked, free, days):
                name = self.name(resource)
                return "short_stock" if free else "none_left", {
                    "asked": p.quantity(asked, name),
                    "free": free,
                    "thing": p.plural(name),
                    "days": p.days(days),
                }
            case d.TooManyBookings(limit):
                return "too_many_bookings", {"limit": limit}
            case d.TooManyHours(limit, week):
                return "too_many_hours", {"hours": p.counted(limit, "hours"), "week": p.day(week)}
            case d.NotLent(name):
                return "not_lent", {"name": p.quoted(name)}
        raise TypeError(f"no sentence for {objection!r}")


_STAND_INS = {ANY_ROOM, UNKNOWN, SAME}

_ARTICLES: Mapping[str, str] = {"taken": "order", "short-stock": "order", "no-key": "order"}
"""Objections that rest on the order of arrival, where they have no article of their own."""


def kind_of(objection: d.Objection) -> str:
    """Return an objection's kind as rules.yaml names it: `TooLate` is too-late."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(objection).__name__).lower()


def _long_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 4}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    """Return text that ends like a sentence."""
    return text if not text or text[-1] in ".!?…" else text + "."


def _start(when: Span | Days) -> float:
    """Order of spans and days among their own."""
    return when.first.toordinal() if isinstance(when, Days) else when.start.timestamp()
