"""What is booked, offered or asked, in lines that a phone shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Evidence, Lack, Meaning, Slot
from mailbot.model.objections import Objection
from mailbot.model.reservation import Option, Reservation, State, Use
from mailbot.model.spans import Days, Span
from mailbot.replies.names import Names
from mailbot.replies.phrases import one_line

SERIES = 3
"""From how many dates on they are told as one series."""

_STAND_INS = {ANY_ROOM, UNKNOWN, SAME}


class Bookings(Names, frozen=True):
    """Tells of reservations."""

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

    def first_day(self, uses: Sequence[Use]) -> date:
        """Return the day on which the first of them begins."""
        return min(self._day(use.when) for use in uses)

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
            lines.append(self.besides(told or self.booked(option.uses, year=False)))
        return tuple(lines)

    def shared(self, options: Sequence[Option]) -> str:
        """Return what all of several options share: things on the same days, or at least the same things."""
        told = [self.booked(option.uses, year=False) for option in options]
        common = [line for line in told[0] if all(line in other for other in told[1:])] if len(told) > 1 else []
        return self.besides(common) or (self._goods(options[0].uses) if self._same_goods(options) else "")

    def besides(self, lines: Iterable[str]) -> str:
        """Return several lines as one."""
        return self.phrases.words.table("list")["besides"].join(lines)

    def only_in(self, uses: Sequence[Use], others: Sequence[Use]) -> tuple[str, ...]:
        """Return what is booked in `uses` and not in `others`, a line each."""
        known = {(use.resource, use.quantity, use.when) for use in others}
        return self.booked([use for use in uses if (use.resource, use.quantity, use.when) not in known], year=False)

    def new_options(self, reservation: Reservation) -> tuple[Option, ...]:
        """Return the options for a change with what is new in each; all of it, where an option is only less."""
        known = {(use.resource, use.quantity, use.when) for use in reservation.uses}

        def new(option: Option) -> Option:
            uses = tuple(use for use in option.uses if (use.resource, use.quantity, use.when) not in known)
            return replace(option, uses=uses or option.uses)

        return tuple(map(new, reservation.options))

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
        """Return the asker's own words that the reading rests on, in quotation marks, each once; words that stand in
        others too ("demain", "demain soir à 8 h") are told with these."""
        if request is None:
            return ()
        words = [word for item in request.items for word in item.words]
        words += [moment for moment in _moments(request) if moment not in unsettled(request)]
        once = list({word.casefold(): word for word in words if one_line(word)}.values())
        whole = (one for one in once if not any(one is not o and one.casefold() in o.casefold() for o in once))
        return tuple(map(self.phrases.quoted, whole))

    def reads_back(self, reservation: Reservation, objections: Sequence[Objection]) -> bool:
        """Whether the one option is what was asked for, as it was read: the asker says whether that is right."""
        request = reservation.request
        return len(reservation.options) == 1 and not objections and request is not None and bool(request.doubts)

    def slot(self, slot: Slot) -> str:
        """Return one reading of a time in words."""
        start, end, zone = slot.start, slot.end, self.rules.commune.zone
        if isinstance(start, datetime):
            if isinstance(end, datetime):
                return self.phrases.when(Span.local(start, end, zone), year=True)
            return self.phrases.moment(start.replace(tzinfo=zone))
        return self.phrases.days(Days(start, end or start), year=True)

    def state(self, reservation: Reservation) -> str:
        reserved = reservation.reserved and reservation.state is State.CONFIRMED
        return self.format("states", "reserved" if reserved else reservation.state.value)

    def understood(self, meaning: Meaning) -> tuple[str, ...]:
        """Return what was understood of a mail, for a person who takes over: a line for the intent, one a thing."""
        lines = [self.format("intents", meaning.intent.value)]
        if meaning.scores:
            condition, access, usefulness = meaning.scores
            lines.append(self.format("intents", "scores", condition=condition, access=access, usefulness=usefulness))
        for item in meaning.items:
            names = (self.name(each) for each in item.resources if each not in _STAND_INS)
            things = self.phrases.listed(names, "or") or one_line(item.name) or self.format("intents", "open")
            if item.quantity and item.quantity > 1:
                things = f"{item.quantity} × {things}"
            whens = self.besides(self.slot(slot) for slot in item.slots[:5])
            more = " …" if len(item.slots) > 5 else ""
            lines.append(self.format("things", "booked", things=things, when=whens + more) if whens else things)
        if meaning.attendees:
            lines.append(self.phrases.counted(meaning.attendees, "people"))
        if meaning.phone:
            lines.append(one_line(meaning.phone, 40))
        return tuple(lines)


def beginning(use: Use) -> float:
    """Order uses of rooms by their start, and uses of equipment by theirs."""
    return _start(use.when)


def _start(when: Span | Days) -> float:
    return when.first.toordinal() if isinstance(when, Days) else when.start.timestamp()


def _moments(request: Meaning) -> list[str]:
    return [_bare(step) for step in request.evidence if step.part == "moment"]


def unsettled(request: Meaning | None) -> tuple[str, ...]:
    """Return the words that speak of a day and give none, such as a weekday and a date that disagree."""
    steps = request.evidence if request else ()
    return tuple(_bare(step) for step in steps if step.part == "moment" and Lack.DATE.value in step.reading.split())


def _bare(step: Evidence) -> str:
    return step.words.strip(" ,.;:")
