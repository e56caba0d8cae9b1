"""The grammar of repetition: "tous les mardis", "om de twee weken", "every first Monday", "6 semaines d'affilée"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from mailbot.reading.atoms import Atom, Is, Mark
from mailbot.reading.dates import NAMED, DateReader
from mailbot.reading.days import DayReader
from mailbot.reading.said import CountPhrase, Link, RulePhrase, small

_WORKDAYS: Final = (0, 1, 2, 3, 4)
_MOST_TIMES: Final = 60


class RuleReader:
    """Reads repetitions in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom], dates: DateReader, days: DayReader) -> None:
        self.atoms = atoms
        self.dates = dates
        self.days = days

    def rule(self, at: int) -> tuple[RulePhrase, int] | None:
        """Return the repetition that begins at atom `at`, and the index behind it."""
        atom = self.atoms[at]
        if atom.kind is Is.NUMBER:
            return self._counted(at)
        if atom.kind is not Is.WORD:
            return None
        if atom.sense.repeat is not None:
            return self._repeated(atom.sense.repeat, at + 1)
        if atom.marks & (Mark.EVERY | Mark.EVERY_OTHER):
            return self._every(at)
        if atom.sense.weekday_plural and not atom.sense.weekday_weak:
            return self._plural(at)
        position = self.dates.leads(at)[1]
        if position == at:
            return None
        if self.atoms[position].kind is Is.NUMBER:
            return self._counted(position)
        return self._plural(position) if self.atoms[position].sense.weekday_plural else None

    def _repeated(self, repeat: str, at: int) -> tuple[RulePhrase, int]:
        if repeat == "daily":
            return RulePhrase("daily"), at
        if repeat == "workdays":
            return RulePhrase("weekly", 1, _WORKDAYS), at
        if repeat == "monthly":
            return RulePhrase("monthly", open_weekdays=True), at
        return self._opened(RulePhrase("weekly", 2 if repeat == "two-weekly" else 1, open_weekdays=True), at)

    def _opened(self, rule: RulePhrase, at: int) -> tuple[RulePhrase, int]:
        """Take in the weekdays behind "wekelijks" or "toutes les deux semaines": ", le mardi"."""
        position = at
        passed = NAMED | Mark.FILLER | Mark.EVERY
        while position - at < 4 and (self.atoms[position].kind is Is.COMMA or small(self.atoms[position], passed)):
            position += 1
        named = self._weekdays(position)
        if named is None:
            return rule, at
        part = self.atoms[named[1] - 1].sense.part  # "dinsdagvoormiddag"
        return replace(rule, weekdays=named[0], open_weekdays=False, part=part or rule.part), named[1]

    def _weekdays(self, at: int) -> tuple[tuple[int, ...], int] | None:
        """Read a list of weekdays without dates: "mardis et jeudis", "lundi à vendredi"."""
        found: list[int] = []
        position = behind = at
        while len(found) < 7:
            sense = self.atoms[position].sense
            if sense.weekday is None or (sense.weekday_weak and not self.dates.weekday_stands(position)):
                break
            if self._dated(position + 1):
                break
            found.append(sense.weekday)
            behind = position + 1
            cut_off = self.atoms[behind].kind is Is.DASH and self.atoms[behind].glued  # "maandag- en donderdagavond"
            joint = self.days.joint(behind + int(cut_off))
            if joint is None or joint[0] not in (Link.AND, Link.COMMA):
                break
            position = joint[1]
            while small(self.atoms[position], Mark.EVERY | NAMED):
                position += 1
        last = self._weekday_range(behind) if len(found) == 1 else None
        if last is not None:
            return tuple(sorted((found[0] + step) % 7 for step in range((last[0] - found[0]) % 7 + 1))), last[1]
        return (tuple(sorted(set(found))), behind) if found else None

    def _dated(self, at: int) -> bool:
        """Whether the number behind a weekday is a date: then it is that day, not every such day."""
        atom = self.atoms[at]
        if atom.kind is Is.DATE:
            return True
        return bool(atom.digits) and (atom.value or 99) <= 31 and not self.dates.is_hour(at)

    def _weekday_range(self, at: int) -> tuple[int, int] | None:
        joint, last = self.atoms[at], self.atoms[at + 1]
        if not (joint.kind is Is.DASH or joint.marks & (Mark.TO | Mark.UNTIL)) or last.sense.weekday is None:
            return None
        return None if self._dated(at + 2) else (last.sense.weekday, at + 2)

    def _plural(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "les mardis", "dinsdags", "Tuesdays and Thursdays": each of them, unless dates follow."""
        found = self._weekdays(at)
        return None if found is None else (RulePhrase("weekly", 1, found[0]), found[1])

    def _every(self, at: int) -> tuple[RulePhrase, int] | None:
        if self.atoms[at].marks & Mark.ALL and self.atoms[at + 1].kind is Is.NUMBER:
            return None  # "all three days" are those that were named
        other = bool(self.atoms[at].marks & Mark.EVERY_OTHER)
        position = at + 1
        while small(self.atoms[position], NAMED):
            position += 1
        ranks, behind = self.dates.ranks(position)
        found = self._weekdays(behind if ranks else position)
        if ranks:
            return None if found is None else (RulePhrase("monthly", 1, found[0], ranks), self._over_of_month(found[1]))
        if found is None:
            return self._every_unit(position, other)
        days, behind = found
        part = self.atoms[behind - 1].sense.part
        if other and self.atoms[behind].marks & Mark.OF_MONTH:
            return RulePhrase("monthly", 1, days, (2,), part=part), behind + 1
        return RulePhrase("weekly", 2 if other else 1, days, part=part), self._over_of_month(behind)

    def _over_of_month(self, at: int) -> int:
        """Pass over "du mois" and "of the month", unless the month's name follows."""
        atom = self.atoms[at]
        named = self.atoms[at + 1].sense.month is not None and atom.marks & Mark.OF
        return at + 1 if atom.marks & Mark.OF_MONTH and not named else at

    def _every_unit(self, at: int, other: bool) -> tuple[RulePhrase, int] | None:
        """ "toutes les trois semaines", "every day", "elke avond", "tous les week-ends"."""
        number = self.atoms[at].number
        interval, position = 2 if other else 1, at
        if number is not None and 1 <= number.value <= 12:
            interval, position = number.value, at + 1
            days = self._weekdays(position)
            if days is not None:
                return RulePhrase("weekly", interval, days[0]), days[1]
        sense = self.atoms[position].sense
        if sense.part is not None and sense.unit is None:
            return RulePhrase("daily", interval), position
        if sense.unit == "weekend":
            return RulePhrase("weekly", interval, (5, 6)), position + 1
        if sense.unit == "day":
            return self._daily(interval, position + 1)
        if sense.unit in ("week", "fortnight"):
            interval = 2 if sense.unit == "fortnight" else interval
            return self._opened(RulePhrase("weekly", interval, open_weekdays=True), position + 1)
        if sense.unit == "month" and interval <= 3:
            return RulePhrase("monthly", interval, open_weekdays=True), position + 1
        return None

    def _daily(self, interval: int, at: int) -> tuple[RulePhrase, int]:
        """ "tous les jours", and "tous les jours du lundi au vendredi"."""
        leads, position = self.dates.leads(at)
        days = self._weekdays(position) if leads & Mark.FROM and interval == 1 else None
        if days is not None and len(days[0]) > 1:
            return RulePhrase("weekly", 1, days[0]), days[1]
        return RulePhrase("daily", interval), at

    def _counted(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "un mardi sur deux", "6 semaines d'affilée", "les 6 prochains mardis"."""
        number = self.atoms[at].number
        assert number is not None, "a NUMBER has its value"
        ranked = self._ranked(at)
        if number.ordinal or ranked is not None:
            return ranked
        position, ahead = at + 1, False
        while small(self.atoms[position], Mark.NEXT | Mark.COMING | Mark.IN_A_ROW):
            position, ahead = position + 1, True
        sense = self.atoms[position].sense
        if number.about or number.value > _MOST_TIMES:
            return None
        if position == at + 1 and self.atoms[position].marks & Mark.OF_MONTH:
            return self._day_of_month(at)
        if sense.weekday is not None:
            return self._counted_weekdays(number.value, position, ahead)
        if sense.repeat is not None and self.atoms[position + 1].marks & Mark.TIMES:  # "ten weekly sessions"
            rule, behind = self._repeated(sense.repeat, position + 2)
            return replace(rule, count=number.value), behind
        behind = bool(self.atoms[position + 1].marks & Mark.IN_A_ROW)
        in_a_row = behind or bool((self.atoms[at - 1].marks | self.atoms[position - 1].marks) & Mark.IN_A_ROW)
        if sense.unit == "week" and in_a_row and number.value > 1:
            rule = RulePhrase("weekly", 1, count=number.value, open_weekdays=True)
            return self._opened(rule, position + 2 if behind else position + 1)
        return None

    def _counted_weekdays(self, number: int, at: int, ahead: bool) -> tuple[RulePhrase, int] | None:
        sense, following = self.atoms[at].sense, self.atoms[at + 1]
        assert sense.weekday is not None, "asked of weekdays"
        part = following.sense.part  # "un mardi matin sur deux"
        over = self.atoms[at + 2 if part else at + 1]
        step = self.atoms[at + 3 if part else at + 2].value
        if number == 1 and (monthly := self._once_a_month(at)) is not None:
            return monthly
        if number == 1 and over.marks & Mark.OUT_OF and step is not None and 2 <= step <= 8:
            return RulePhrase("weekly", step, (sense.weekday,), part=part or sense.part), at + 4 if part else at + 3
        row = bool(following.marks & Mark.IN_A_ROW)
        since = any(self.atoms[behind].marks & (Mark.SINCE | Mark.FROM) for behind in range(at + 1, at + 3))
        several = sense.weekday_plural or following.sense.part is not None
        if number > 1 and since and several and not (row or ahead):  # "eight Monday evenings from 11 January"
            return RulePhrase("weekly", 1, (sense.weekday,), count=number, part=sense.part), at + 1
        if number > 1 and (row or ahead):
            return RulePhrase("weekly", 1, (sense.weekday,), count=number, part=sense.part), at + 2 if row else at + 1
        return None

    def _once_a_month(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "un samedi par mois : le deuxième", "one Saturday a month, the last": the rank of the weekday."""
        weekday, position = self.atoms[at].sense.weekday, at + 2
        if weekday is None or not self.atoms[at + 1].marks & Mark.OF_MONTH:
            return None
        while self.atoms[position].kind in (Is.COLON, Is.COMMA, Is.OPEN, Is.DASH) or small(self.atoms[position], NAMED):
            position += 1
        ranks, behind = self.dates.ranks(position)
        return (RulePhrase("monthly", 1, (weekday,), ranks), behind) if ranks else None

    def _ranked(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "le premier lundi du mois", "de eerste woensdag van de maand"; with a month's name it is one day."""
        ranks, position = self.dates.ranks(at)
        found = self._weekdays(position) if ranks else None
        if found is None:
            return self._day_of_month(at)
        days, behind = found
        after = self._over_of_month(behind)
        part = self.atoms[behind - 1].sense.part
        return (RulePhrase("monthly", 1, days, ranks, part=part), after) if after > behind else None

    def _day_of_month(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "le 15 de chaque mois", "de 15de van elke maand"."""
        number, behind = self.atoms[at].number, at + 1
        if number is None or not 1 <= number.value <= 28 or number.about or not self.atoms[at].digits:
            return None
        after = self._over_of_month(behind)
        return (RulePhrase("monthly", day_of_month=number.value), after) if after > behind else None

    def count(self, at: int, *, beside_rule: bool = False) -> tuple[CountPhrase, int] | None:
        """Return how many times or through how many weeks: "pendant 6 semaines", "8 keer", "for three months"; with
        `beside_rule` a bare "6 semaines" too."""
        leads, position = self.dates.leads(at)
        number = self.atoms[position].number
        if number is None or number.ordinal or not 1 < number.value <= _MOST_TIMES:
            return None
        behind = position + 1
        while self.atoms[behind].marks & (Mark.IN_A_ROW | Mark.NEXT | Mark.COMING) or self._is_hyphen(behind):
            leads |= self.atoms[behind].marks
            behind += 1
        row = bool((leads | self.atoms[behind + 1].marks) & Mark.IN_A_ROW)
        long = bool(self.atoms[behind + 1].marks & Mark.LONG) or self._is_of_weeks(leads, position, number.value)
        unit = self.atoms[behind].sense.unit
        if unit in ("day", "week", "month") and (
            long or self._lasts(leads, row) or (beside_rule and unit == "week" and not leads & Mark.AHEAD)
        ):
            after = behind + 2 if self.atoms[behind + 1].marks & (Mark.IN_A_ROW | Mark.LONG) else behind + 1
            return CountPhrase(number.value, unit, in_a_row=row), after
        if self.atoms[behind].marks & Mark.TIMES:
            return CountPhrase(number.value, "times", in_a_row=row), behind + 1
        return None

    def _is_hyphen(self, at: int) -> bool:
        """Whether a dash joins a number to its unit: "a five-week course"."""
        return self.atoms[at].kind is Is.DASH and self.atoms[at].glued and self.atoms[at + 1].sense.unit is not None

    def _is_of_weeks(self, leads: int, at: int, number: int) -> bool:
        """Whether weeks say how long something is: "a five-week course", "een cursus van vijf weken"."""
        unit = at + 2 if self._is_hyphen(at + 1) else at + 1
        of = bool(leads & (Mark.OF | Mark.FROM)) and not leads & (Mark.AHEAD | Mark.SINCE & ~Mark.FROM)
        return self.atoms[unit].sense.unit == "week" and number > 2 and (of or unit == at + 2)

    def _lasts(self, leads: int, row: bool) -> bool:
        """Whether a number of weeks is how long, not how far ahead ("dans trois semaines")."""
        if row or leads & (Mark.FOR | Mark.NEXT | Mark.COMING):
            return True
        return bool(leads & Mark.IN) and not leads & Mark.AHEAD
