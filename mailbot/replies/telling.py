"""All that a template can tell of a notice, in the reader's language. These are parts of sentences; the sentences stand
in templates/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from mailbot.model.meaning import Lack, Meaning
from mailbot.model.objections import NotLent, ShortStock, Taken
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Room
from mailbot.model.spans import Days, Span
from mailbot.model.to_askers import Asked, FreeSlot
from mailbot.replies import layout
from mailbot.replies.bookings import unsettled
from mailbot.replies.errands import Errands
from mailbot.replies.heading import asked_for
from mailbot.replies.names import capital
from mailbot.replies.phrases import one_line
from mailbot.replies.reasons import Reasons


class FreeTable(Struct, frozen=True):
    """A small table of what is free: its title, its lines as text, and why something is not free."""

    title: str
    lines: tuple[str, ...]
    reasons: tuple[str, ...]


class Teller(Reasons, Errands, frozen=True):
    """Tells of everything in one language."""

    def free(self, rows: Sequence[FreeSlot]) -> tuple[FreeTable, ...]:
        """Return what is free as small tables: of one room or thing the days, else of each day the rooms and things."""
        by_days = _by_days(rows, self._days)
        if len({row.resource for row in rows}) == 1:
            lines = [(capital(self.phrases.days(days)), self._cell(of)) for days, of in by_days]
            return (self._table(self.room_for(rows[0].resource), lines, rows),)
        tables = []
        for days, of_day in by_days:
            lines = [(self._cell(of), self.room_for(resource)) for resource, of in _by_resource(of_day)]
            tables.append(self._table(self.phrases.days(days), lines, of_day))
        return tuple(tables)

    def _table(self, title: str, lines: Sequence[tuple[str, str]], rows: Iterable[FreeSlot]) -> FreeTable:
        """Return a table, and below it why something is not free: that others were first is no reason to somebody who
        only asks; closing days and opening hours are."""
        reasons = [o for row in rows if not row.free and _has_reason(row) for o in row.objections]
        return FreeTable(capital(title), layout.table([line for line in lines if all(line)]), self.objections(reasons))

    def _cell(self, rows: Sequence[FreeSlot]) -> str:
        """Return what is free in few words; nothing where a reason says more."""
        free = [row for row in rows if row.free]
        if not free:
            return "" if all(_has_reason(row) for row in rows) else self.format("free", "taken")
        if isinstance(free[0].when, Span):
            spans = [row.when for row in free if isinstance(row.when, Span)]
            return self.phrases.listed(map(self.phrases.hours, spans))
        return self.format("free", "goods", free=free[0].free)

    def _days(self, when: Span | Days) -> Days:
        return when if isinstance(when, Days) else Days(self._day(when), self._day(when))

    def rooms_lent(self) -> tuple[str, ...]:
        """Return every room with how many people it takes and what it offers."""
        return tuple(map(self._lent_room, self.rules.rooms.values()))

    def _lent_room(self, room: Room) -> str:
        known = (self.text(self.rules.feature_names.get(each, {})) for each in sorted(room.features))
        features, name = ", ".join(each for each in known if each), self.room_for(room.id)
        return self.format("free", "lent_room", room=name, features=features) if features else name

    def lacking(self, reservation: Reservation) -> tuple[str, ...]:
        """Return a sentence for each booked room that does not have what its request speaks of."""
        asked = reservation.request.features if reservation.request else frozenset()
        return tuple(
            self.format("free", "lacking", features=self.phrases.listed(map(self._feature, lacks)), room=self.name(id))
            for id in dict.fromkeys(use.resource for use in reservation.uses if use.resource in self.rules.rooms)
            if (lacks := sorted(asked - self.rules.rooms[id].features))
        )

    def _feature(self, id: str) -> str:
        return self.phrases.quoted(self.text(self.rules.feature_names.get(id, {})) or id)

    def goods_lent(self) -> str:
        """Return all equipment with its stock, in a line."""
        things = self.rules.equipment.values()
        return self.phrases.listed(self.phrases.quantity(thing.stock, self.name(thing.id)) for thing in things)

    def answers(self, asked: Sequence[str] = ()) -> tuple[str, ...]:
        """Return staff's short answers, all or those asked for, each with its topic; "how" stands for itself."""
        topics = self.phrases.words.table("topics")
        return tuple(
            self.format("list", "note", thing=topics.get(topic, capital(topic)), note=self.text(words))
            for topic, words in self.rules.answers.items()
            if topic != "how" and words and (not asked or topic in asked)
        )

    def lent(self, resource: str) -> str:
        """Return a room with what it offers, or a thing with how many there are and what comes with it."""
        if resource in self.rules.rooms:
            return capital(self._lent_room(self.rules.rooms[resource]))
        thing = self.rules.equipment[resource]
        told = self._carried(thing)
        counted = self.phrases.quantity(thing.stock, self.name(resource))
        return self.format("free", "lent_thing", about=told, stock=thing.stock) if told else counted

    def questions(self, asked: Asked) -> tuple[str, ...]:
        """Return what is missing, a question each, the one with numbered choices last; a day to be chosen among rival
        readings is not asked twice."""
        lacks, request = set(asked.lacks), asked_for(asked.reservation)
        told = [self.format("questions", "name")] if asked.name else []
        last = ["resource"] if asked.choices and Lack.RESOURCE in lacks else []
        if asked.slots:
            lacks -= {Lack.DATE, Lack.START, Lack.END}
            last = ["slot" if len({slot.day for slot in asked.slots}) > 1 else "slot_hours"]
        forms = []
        if {Lack.START, Lack.END} <= lacks:
            forms.append("date_and_hours" if Lack.DATE in lacks else "hours")
            lacks -= {Lack.DATE, Lack.START, Lack.END}
        forms += [lack.value for lack in Lack if lack in lacks and lack is not Lack.QUANTITY and lack.value not in last]
        told += [self._with_doubt(self.format("questions", form), form, request) for form in forms]
        if Lack.QUANTITY in lacks:
            told += [self.format("questions", "quantity", things=things) for things in self._uncounted(request)]
        return (*told, *(self.format("questions", form) for form in last))

    def _with_doubt(self, question: str, form: str, request: Meaning | None) -> str:
        """Return the question for a day with the words that gave none: a weekday and a date that disagree."""
        words = unsettled(request) if form in ("date", "date_and_hours") else ()
        if not words:
            return question
        return self.format("questions", "doubt", question=question, words=self.besides(map(self.phrases.quoted, words)))

    def _uncounted(self, request: Meaning | None) -> Iterable[str]:
        """Return what has no number, in the plural; where all have one, and readings differ in it, all."""
        lent = [item for item in (request.items if request else ()) if item.resources[0] in self.rules.equipment]
        uncounted = [item for item in lent if item.quantity is None] or lent
        return dict.fromkeys(self.phrases.plural(self.name(item.resources[0])) for item in uncounted)

    def choices(self, asked: Asked) -> tuple[str, ...]:
        """Return what may be answered by a number, in order: rooms, or rival readings of a day."""
        return (*(self.room_for(room) for room in asked.choices), *(self.slot(slot) for slot in asked.slots))

    def unknown(self, things: Iterable[NotLent]) -> tuple[str, ...]:
        """Return what the commune does not have, in the asker's words."""
        return tuple(self.phrases.quoted(thing.name) for thing in things)

    def details(self, details: Mapping[str, str]) -> tuple[str, ...]:
        """Return what is known of a fault, a line each."""
        names = self.phrases.words.table("details")
        known = ((names.get(name, name), one_line(text, 300)) for name, text in details.items() if text)
        return tuple(self.format("list", "note", thing=name, note=text) for name, text in known)


def _by_days(
    rows: Iterable[FreeSlot], days: Callable[[Span | Days], Days]
) -> Iterable[tuple[Days, tuple[FreeSlot, ...]]]:
    """Return rows by the day or days that they are about, soonest first."""
    found: dict[Days, list[FreeSlot]] = {}
    for row in sorted(rows, key=lambda row: days(row.when)):
        found.setdefault(days(row.when), []).append(row)
    return [(when, tuple(of)) for when, of in found.items()]


def _by_resource(rows: Iterable[FreeSlot]) -> Iterable[tuple[str, tuple[FreeSlot, ...]]]:
    found: dict[str, list[FreeSlot]] = {}
    for row in rows:
        found.setdefault(row.resource, []).append(row)
    return [(resource, tuple(of)) for resource, of in found.items()]


def _has_reason(row: FreeSlot) -> bool:
    return bool(row.objections) and not all(isinstance(each, Taken | ShortStock) for each in row.objections)
