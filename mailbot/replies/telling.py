"""All that a template can tell of a notice, in the reader's language. These are parts of sentences; the sentences stand
in templates/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mailbot.model import decision as d
from mailbot.model.meaning import Lack, Meaning
from mailbot.model.spans import Days, Span
from mailbot.replies.bookings import unsettled
from mailbot.replies.errands import Errands
from mailbot.replies.names import capital
from mailbot.replies.phrases import one_line
from mailbot.replies.reasons import Reasons


class Teller(Reasons, Errands):
    """Tells of everything in one language."""

    def free(self, rows: Sequence[d.FreeSlot]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return what is free, by day: the day in words, and a line for each thing, with the reason where none is."""
        by_day: dict[Days, list[str]] = {}
        for row in sorted(rows, key=lambda row: self._days(row.when)):
            by_day.setdefault(self._days(row.when), []).extend(self._free(row))
        return tuple(
            (capital(self.phrases.days(days)), tuple(dict.fromkeys(map(capital, lines))))
            for days, lines in by_day.items()
        )

    def _days(self, when: Span | Days) -> Days:
        return when if isinstance(when, Days) else Days(self._day(when), self._day(when))

    def _free(self, row: d.FreeSlot) -> Iterable[str]:
        """Return a line of the answer to "what is free?": that others were first is no reason to somebody who only
        asks; closing days and opening hours are."""
        others_first = all(isinstance(each, d.Taken | d.ShortStock) for each in row.objections)
        if not row.free and not others_first:
            return self.objections(row.objections)
        if isinstance(row.when, Span):
            form, hours = "room" if row.free else "taken", self.phrases.hours(row.when)
            return [self.format("free", form, thing=self.room(row.resource), hours=hours)]
        things = self.phrases.plural(self.name(row.resource))
        return [self.format("free", "goods" if row.free else "none", things=things, free=row.free)]

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
            self.format("list", "note", thing=topics.get(topic, capital(topic)), note=self.text(words))
            for topic, words in self.rules.answers.items()
            if topic != "how" and words
        )

    def questions(self, asked: d.Asked) -> tuple[str, ...]:
        """Return what is missing, a question each, the one with numbered choices last; a day to be chosen among rival
        readings is not asked twice."""
        lacks, request = set(asked.lacks), asked.reservation.request
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

    def choices(self, asked: d.Asked) -> tuple[str, ...]:
        """Return what may be answered by a number, in order: rooms, or rival readings of a day."""
        return (*(self.room_for(room) for room in asked.choices), *(self.slot(slot) for slot in asked.slots))

    def unknown(self, things: Iterable[d.NotLent]) -> tuple[str, ...]:
        """Return what the commune does not have, in the asker's words."""
        return tuple(self.phrases.quoted(thing.name) for thing in things)

    def details(self, details: Mapping[str, str]) -> tuple[str, ...]:
        """Return what is known of a fault, a line each."""
        names = self.phrases.words.table("details")
        known = ((names.get(name, name), one_line(text, 300)) for name, text in details.items() if text)
        return tuple(self.format("list", "note", thing=name, note=text) for name, text in known)
