"""The grammar of days: dates, weekdays, lists and ranges of them, periods, and rules of repetition.

What is read here is what was said (`Entry`, `DaysPhrase`, `RulePhrase`); which days that means is settled in
`settle`, once the list is complete: "les 3, 10 et 17 octobre" has its month at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from mailbot.reading.atoms import Atom, Is, Mark
from mailbot.reading.hours import Hours
from mailbot.reading.numbers import LAST

MOST_ENTRIES: Final = 60
"""Days of one list, at most."""


@dataclass(slots=True)
class Entry:
    """One day or period, as said. Atoms `at` to `behind` (excluded) say it."""

    at: int
    behind: int = 0
    weekday: int | None = None
    plural: bool = False
    day: int | None = None
    month: int | None = None
    year: int | None = None
    month_offset: int | None = None
    day_offset: int | None = None
    week_offset: int | None = None
    shift: int = 0
    next: bool = False
    gone: bool = False
    """Said to be past: "samedi dernier"."""
    this: bool = False
    nth: tuple[int, ...] = ()
    weekend: bool = False
    week: bool = False
    edge: str | None = None
    season: str | None = None
    feast: str | None = None
    holidays: str | None = None
    year_offset: int | None = None
    next_day: int | None = None
    whole: bool = False
    part: str | None = None
    vague: bool = False
    """One of several that is not fixed: "un samedi de mars"."""
    loose: bool = False
    until: Entry | None = None
    """The last day of a range that begins here."""

    @property
    def bare_number(self) -> bool:
        return self.day is not None and self.month is None and self.month_offset is None and self.weekday is None

    @property
    def bare_weekday(self) -> bool:
        """A weekday, and nothing that says which."""
        return (
            self.weekday is not None
            and self.day is None
            and self.month is None
            and not (self.next or self.gone or self.this or self.shift or self.nth or self.vague or self.weekend)
            and self.week_offset is None
        )

    @property
    def is_period(self) -> bool:
        """A period of months, weeks or holidays, not a day."""
        return (
            (
                self.day is None
                and self.weekday is None
                and not self.weekend
                and (self.month is not None or self.month_offset is not None)
            )
            or (self.week and not self.whole)
            or (self.week_offset is not None and self.weekday is None and not self.weekend)
            or self.edge is not None
            or self.season is not None
            or self.holidays is not None
            or (self.year_offset is not None and self.month is None)
        )


class Link(Enum):
    """How an entry is joined to the one before."""

    AND = auto()
    OR = auto()
    ELSE = auto()
    COMMA = auto()
    LINE = auto()


@dataclass(slots=True)
class DaysPhrase:
    """A list of days as said. `links[i]` joins entry i+1 to entry i. `leads` are the marks before it."""

    entries: list[Entry]
    links: list[Link] = field(default_factory=list)
    leads: int = 0
    too_many: bool = False

    @property
    def is_period(self) -> bool:
        return all(entry.is_period and (entry.until is None or entry.until.is_period) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class RulePhrase:
    """A repetition as said: every `interval` days, weeks or months, on these weekdays, so many times."""

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    count: int | None = None
    open_weekdays: bool = False
    """No weekday was said: that of the first day counts."""


@dataclass(frozen=True, slots=True)
class CountPhrase:
    """How many times, or through how many days, weeks or months."""

    number: int
    unit: str
    """times, day, week, month."""
    in_a_row: bool = False


_LEADS: Final = (
    Mark.FROM | Mark.SINCE | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.EVER_SINCE | Mark.IN | Mark.BETWEEN
    | Mark.EITHER | Mark.TO | Mark.ON | Mark.AT | Mark.FOR | Mark.OF | Mark.ARTICLE | Mark.MOVE_TO | Mark.THIS
    | Mark.NEXT | Mark.COMING | Mark.SAME | Mark.WHOLE | Mark.AHEAD | Mark.LAST
)  # fmt: skip
_NAMED_DAY: Final = Mark.ON | Mark.ARTICLE
_WORKDAYS: Final = (0, 1, 2, 3, 4)


class DayReader:
    """Reads days in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom], hours: Hours) -> None:
        self.atoms = atoms
        self.length = len(atoms)
        self.hours = hours

    # ── lists and ranges ────────────────────────────────────────────────────────────────────────────────────────────

    def days(self, at: int) -> tuple[DaysPhrase, int] | None:
        """Return the list of days that begins at atom `at`, and the index behind it."""
        leads, position = self._leads(at)
        found = self.entry(position, leads, listed=False) if position < self.length else None
        if found is None:
            return None
        first, behind = found
        phrase = DaysPhrase([first], leads=leads)
        positions = [self._ranged(phrase, first, behind)]
        while True:
            following = self._following(phrase, positions[-1])
            if following is None:
                break
            entry, link, behind = following
            if len(phrase.entries) >= MOST_ENTRIES:
                phrase.too_many = True
                positions[-1] = behind
                continue
            phrase.entries.append(entry)
            phrase.links.append(link)
            positions.append(self._ranged(phrase, entry, behind))
        behind = self._trimmed(phrase, positions)
        if not phrase.entries:
            return None
        behind = self._tail(phrase, behind)
        return _with_single_ranks(phrase), behind

    def _leads(self, at: int) -> tuple[int, int]:
        leads, position = 0, at
        while position < self.length and position - at < 5:
            atom = self.atoms[position]
            if atom.kind is not Is.WORD or not atom.marks & _LEADS or _names_time(atom):
                break
            leads |= atom.marks
            position += 1
        return leads, position

    def _ranged(self, phrase: DaysPhrase, entry: Entry, behind: int) -> int:
        """Read the end of a range behind an entry, and with "3-4-5 mai" the last of them."""
        position = behind
        for _ in range(6):
            found = self._range_end(phrase, position)
            if found is None:
                break
            entry.until, position = found
        return position

    def _range_end(self, phrase: DaysPhrase, at: int) -> tuple[Entry, int] | None:
        position = at
        while position < self.length and self.atoms[position].kind is Is.LINE:
            position += 1
        if position >= self.length:
            return None
        atom = self.atoms[position]
        between = bool(phrase.leads & Mark.BETWEEN and atom.marks & Mark.AND)
        if not (atom.kind is Is.DASH or (atom.kind is Is.WORD and atom.marks & (Mark.TO | Mark.UNTIL)) or between):
            return None
        dashed = atom.kind is Is.DASH
        leads, position = self._leads(position if not (dashed or between) else position + 1)
        if position >= self.length:
            return None
        found = self.entry(position, leads, listed=True)
        if found is None:
            return None
        last, behind = found
        if last.bare_number and not dashed and not leads & _NAMED_DAY and not phrase.entries[-1].bare_number:
            return None
        if last.vague or (dashed and self._not_a_range(phrase.entries[-1], last, at, behind)):
            return None
        return last, behind

    def _not_a_range(self, first: Entry, last: Entry, at: int, behind: int) -> bool:
        """Whether a dash separates rather than joins: "samedi 13 juin - 20 personnes", a new list line."""
        if self.atoms[at].kind is Is.LINE:
            return True
        following = self.atoms[behind] if behind < self.length else None
        counted = following is not None and following.kind in (Is.GAP, Is.OPAQUE)
        return last.bare_number and (counted or first.month is not None)

    def _following(self, phrase: DaysPhrase, at: int) -> tuple[Entry, Link, int] | None:
        joint = self._joint(at)
        if joint is None:
            return None
        link, position = joint
        leads, position = self._leads(position)
        if position >= self.length or leads & (Mark.SINCE & ~Mark.FROM | Mark.BEFORE | Mark.EVER_SINCE):
            return None
        found = self.entry(position, leads, listed=True)
        if found is None:
            return None
        entry, behind = found
        before = phrase.entries[-1]
        if leads & Mark.UNTIL and not leads & (Mark.FROM | Mark.ON | Mark.AT):
            return None
        if entry.bare_number and before.day is None:
            return None
        if entry.is_period != (before.is_period if before.until is None else before.until.is_period):
            return None
        if link is Link.LINE and (entry.bare_number or entry.bare_weekday or entry.is_period):
            return None
        if link is Link.COMMA and entry.bare_weekday and before.weekday is None and not entry.plural:
            return None
        if (entry.plural != before.plural and entry.bare_weekday) or (
            before.plural and before.bare_weekday and not entry.plural
        ):
            return None
        return entry, link, behind

    def _joint(self, at: int) -> tuple[Link, int] | None:
        """Read what joins two days of a list: a comma, "et", "ou", a new line, and their mixtures."""
        link: Link | None = None
        position = at
        while position < self.length and position - at < 4:
            atom = self.atoms[position]
            if atom.kind in (Is.COMMA, Is.SLASH):
                link = link or Link.COMMA
            elif atom.kind is Is.LINE:
                link = link or Link.LINE
            elif atom.kind in (Is.BAR, Is.DASH) and link is Link.LINE:
                pass
            elif (
                atom.kind is Is.WORD
                and not _names_time(atom)
                and atom.marks & (Mark.OR | Mark.EITHER)
                and not _is_of(atom, self._next(position))
            ):
                link = Link.OR
            elif atom.kind is Is.WORD and not _names_time(atom) and atom.marks & Mark.ELSE:
                link = Link.ELSE
            elif atom.kind is Is.WORD and not _names_time(atom) and atom.marks & Mark.AND:
                link = Link.AND if link is not Link.OR else link
            else:
                break
            position += 1
        return None if link is None else (link, position)

    def _next(self, at: int) -> Atom | None:
        return self.atoms[at + 1] if at + 1 < self.length else None

    def _trimmed(self, phrase: DaysPhrase, positions: list[int]) -> int:
        """Drop bare numbers that no month, article or list makes days; return the index behind what stays."""
        entries = phrase.entries
        month_at = [i for i, entry in enumerate(entries) if _has_month(entry)]
        while len(entries) > 1:
            last = entries[-1]
            if not last.bare_number or last.until is not None or last.loose:
                break
            joined = phrase.links[-1] in (Link.AND, Link.OR)
            if month_at and joined and self._ends_well(positions[-1]):
                break
            entries.pop()
            phrase.links.pop()
            positions.pop()
        if (
            len(entries) == 1
            and entries[0].bare_number
            and not _has_month(entries[0])
            and not self._stands_alone(phrase, positions[0])
        ) or (not month_at and all(entry.bare_number and not entry.loose for entry in entries)):
            entries.clear()
        return positions[-1]

    def _ends_well(self, at: int) -> bool:
        """Whether nothing that could be counted follows a number."""
        return at >= self.length or self.atoms[at].kind not in (Is.GAP, Is.OPAQUE, Is.NUMBER, Is.SLASH)

    def _stands_alone(self, phrase: DaysPhrase, behind: int) -> bool:
        """Whether a number without a month is a day: "le 12", "du 12 au 15", "on the 12th"."""
        entry = phrase.entries[0]
        if entry.until is not None:
            return entry.loose and entry.until.loose
        return entry.loose and self._ends_well(behind)

    def _tail(self, phrase: DaysPhrase, at: int) -> int:
        """Take in what follows a list and speaks of all of it: the week it is in, "e.k.", "inclus"."""
        position = at
        while position < self.length:
            atom = self.atoms[position]
            if atom.kind is Is.WORD and atom.marks & Mark.COMING and not _names_time(atom):
                position += 1
                continue
            week = self._week_behind(position)
            if week is not None and any(_may_take_week(entry) for entry in phrase.entries):
                for entry in phrase.entries:
                    for each in (entry, entry.until):
                        if each is not None and each.bare_weekday:
                            each.week_offset = week[0]
                position = week[1]
                continue
            break
        return position

    def _week_behind(self, at: int) -> tuple[int, int] | None:
        """Read "de la semaine prochaine", ", volgende week" behind a weekday."""
        position = at
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            if atom.sense.week_offset is not None:
                return atom.sense.week_offset, position + 1
            if not (atom.kind is Is.WORD and atom.marks & (Mark.OF | Mark.IN | Mark.ARTICLE)):
                return None
            position += 1
        return None

    # ── one day ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def entry(self, at: int, leads: int, *, listed: bool) -> tuple[Entry, int] | None:
        """Return the day or period whose name begins at atom `at`; `leads` are the small words before it."""
        atom = self.atoms[at]
        sense = atom.sense
        found: tuple[Entry, int] | None = None
        if atom.kind is Is.DATE:
            found = self._written(at)
        elif atom.kind is Is.NUMBER:
            found = self._numbered(at, leads, listed)
        elif atom.kind is not Is.WORD:
            return None
        elif sense.weekday is not None and (not sense.weekday_weak or self._weekday_stands(at)):
            found = self._weekday(at, leads)
        elif sense.month is not None and (not sense.month_weak or self._month_stands(at, leads)):
            found = self._month(at, leads)
        else:
            found = self._named(at, leads)
        if found is None:
            return None
        entry, behind = found
        entry.at, entry.behind = at, behind
        entry.next = entry.next or bool(leads & Mark.NEXT and not leads & Mark.COMING)
        entry.this = entry.this or bool(leads & (Mark.THIS | Mark.COMING))
        if leads & Mark.LAST and not entry.nth and not _has_month(entry):
            entry.gone = True
        entry.whole = entry.whole or bool(leads & Mark.WHOLE)
        return entry, behind

    def _written(self, at: int) -> tuple[Entry, int]:
        written = self.atoms[at].written
        assert written is not None, "a DATE has its numbers"
        day, month, year = written
        entry, behind = Entry(at, day=day, month=month, year=year), at + 1
        following = self._next(at)
        if year is None and following is not None and following.sense.month is not None and month <= 31:
            return self._two_days(at, day, month)
        return self._weekday_in_brackets(entry, behind)

    def _two_days(self, at: int, first: int, second: int) -> tuple[Entry, int]:
        """3/4 octobre: the third and the fourth."""
        month = self.atoms[at + 1].sense.month
        year, behind = self._year(at + 2)
        last = Entry(at, day=second, month=month, year=year)
        return Entry(at, day=first, month=month, year=year, until=last), behind

    def _weekday_in_brackets(self, entry: Entry, at: int) -> tuple[Entry, int]:
        """Take in a weekday that follows its date: "13/06 (za)", "le 13 juin (samedi)"."""
        if at + 2 < self.length and self.atoms[at].kind is Is.OPEN and self.atoms[at + 2].kind is Is.CLOSE:
            weekday = self.atoms[at + 1].sense.weekday
            if weekday is not None:
                entry.weekday = weekday
                return entry, at + 3
        return entry, at

    def _numbered(self, at: int, leads: int, listed: bool) -> tuple[Entry, int] | None:
        atom = self.atoms[at]
        number = atom.number
        assert number is not None, "a NUMBER has its value"
        ranked = self._ranked(at, leads) if number.ordinal or number.value == LAST else None
        if ranked is not None:
            return ranked
        if number.about:
            return self._span_of_days(at, leads)
        if leads & Mark.AHEAD or (self._next(at) is not None and self.atoms[at + 1].sense.unit):
            ahead = self._ahead(at, leads)
            if ahead is not None:
                return ahead
        if not 1 <= number.value <= 31 or len(atom.digits) > 2 or (number.article and not atom.digits):
            return None
        dated = self._with_month(Entry(at, day=number.value), at + 1)
        if dated is not None:
            return dated
        return self._bare(at, number.value, leads, listed)

    def _with_month(self, entry: Entry, at: int) -> tuple[Entry, int] | None:
        """Read the month, and perhaps the year, behind a day's number."""
        position = at
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            sense = atom.sense
            if atom.kind is Is.WORD and sense.month is not None:
                entry.month = sense.month
                entry.year, behind = self._year(position + 1)
                return self._weekday_in_brackets(entry, behind)
            if atom.kind is Is.WORD and sense.month_offset is not None:
                entry.month_offset = sense.month_offset
                return entry, position + 1
            if (
                atom.kind is Is.DOT
                or atom.kind is Is.SLASH
                or not (atom.kind is Is.WORD and atom.marks & (Mark.OF | Mark.IN | Mark.ARTICLE))
            ):
                return None
            position += 1
        return None

    def _year(self, at: int) -> tuple[int | None, int]:
        """Read a year, and return it with the index behind; None and the same index where there is none."""
        position = at
        if position + 1 < self.length and self.atoms[position].kind in (Is.COMMA, Is.SLASH):
            position += 1
        if position < self.length:
            atom = self.atoms[position]
            value = atom.value
            if atom.kind is Is.NUMBER and value is not None and len(atom.digits) == 4 and 1990 <= value <= 2100:
                return value, position + 1
            if atom.sense.year_offset is not None and position == at:
                return None, position
        return None, at

    def _bare(self, at: int, day: int, leads: int, listed: bool) -> tuple[Entry, int] | None:
        """A day's number without a month: in a list, or with an article ("le 12", "the 12th")."""
        atom = self.atoms[at]
        if self._is_hour(at, leads) or self._counts_people(at, listed):
            return None
        joined = self._dashed_date(at, day, leads)
        if joined is not None:
            return joined
        assert atom.number is not None, "a NUMBER has its value"
        named = bool(leads & _NAMED_DAY) and not leads & (Mark.FOR & ~Mark.ON)
        if not (named or listed or atom.number.ordinal or self._list_ahead(at)):
            return None
        if named and not atom.digits and not atom.number.ordinal:
            named = False
        following = self._next(at)
        if following is not None and following.kind in (Is.GAP, Is.OPAQUE, Is.COLON, Is.DOT) and not listed:
            return None
        if following is not None and (following.sense.unit or following.sense.part == "day"):
            return None
        return Entry(at, day=day, loose=named), at + 1

    def _list_ahead(self, at: int) -> bool:
        """Whether a number begins a list that ends in a month: "5, 12 en 19 september", "3-4 oktober"."""
        position, steps = at + 1, 0
        while position + 1 < self.length and steps < MOST_ENTRIES:
            atom, following = self.atoms[position], self.atoms[position + 1]
            joins = atom.kind in (Is.COMMA, Is.DASH, Is.SLASH) or (
                atom.kind is Is.WORD
                and atom.marks & (Mark.AND | Mark.OR | Mark.TO | Mark.UNTIL | Mark.ARTICLE | Mark.ON)
            )
            if not joins:
                return False
            if following.kind is Is.NUMBER and following.value is not None and 1 <= following.value <= 31:
                if self._with_month(Entry(position), position + 2) is not None:
                    return True
                position += 2
            else:
                position += 1
            steps += 1
        return False

    def _counts_people(self, at: int, listed: bool) -> bool:
        """ "les 8-12 ans": a glued range that ends in no month."""
        if at + 2 >= self.length or listed:
            return False
        joint, second = self.atoms[at + 1], self.atoms[at + 2]
        glued = joint.kind is Is.DASH and joint.glued and second.kind is Is.NUMBER
        return glued and not self._list_ahead(at) and self._dashed_date(at, 1, 0) is None

    def _is_hour(self, at: int, leads: int = 0) -> bool:
        """Whether a number is an hour by what follows: "14h", "14:30", "14 tot 18u"."""
        found = self.hours.face(at, led=True)
        if found is not None and found[0].explicit:
            return True
        position = at + 1
        if position + 1 < self.length:
            joint = self.atoms[position]
            only_to = joint.kind is Is.WORD and joint.marks & Mark.TO
            joins = joint.kind is Is.DASH or (only_to and (leads & Mark.FROM or not joint.marks & Mark.AT))
            if joins:
                end = self.hours.face(position + 1, led=True)
                return end is not None and end[0].explicit and (self.atoms[at].value or 0) <= 24
        return False

    def _dashed_date(self, at: int, day: int, leads: int) -> tuple[Entry, int] | None:
        """14-06 and 14.06: a date where the month has its zero, or where a day was to be expected."""
        if at + 2 >= self.length:
            return None
        joint, second = self.atoms[at + 1], self.atoms[at + 2]
        month = second.value
        if (
            joint.kind not in (Is.DASH, Is.DOT)
            or not (joint.glued and second.glued)
            or month is None
            or not second.digits
        ):
            return None
        if not 1 <= month <= 12 or len(second.digits) > 2:
            return None
        expected = bool(leads & _NAMED_DAY) and joint.kind is Is.DOT
        if not (second.digits.startswith("0") or expected):
            return None
        behind = at + 3
        if behind < self.length and (self.atoms[behind].sense.hour_mark or self.atoms[behind].sense.half_day):
            return None
        if (
            behind < self.length
            and self.atoms[behind].kind is Is.STOP
            and self.atoms[behind].glued
            and joint.kind is Is.DOT
        ):
            behind += 1 if behind + 1 < self.length and self.atoms[behind + 1].kind is Is.COMMA else 0
        return Entry(at, day=day, month=month), behind

    def _weekday_stands(self, at: int) -> bool:
        """Whether an abbreviated or mistyped weekday is one: a number, an hour or a weekday beside it."""
        following = self._next(at)
        before = self.atoms[at - 1] if at else None
        if following is not None:
            if following.kind in (Is.NUMBER, Is.DATE) and (following.value or 1) <= 31:
                return not (following.number is not None and following.number.spelled)
            if following.sense.part or (following.sense.month is None and following.marks & (Mark.NEXT | Mark.COMING)):
                return len(self.atoms[at].sense.repeat or "xxxxx") >= 5 and self._long(at)
            if following.kind in (Is.DASH, Is.SLASH, Is.COMMA) or following.marks & (Mark.AND | Mark.TO):
                second = self._next(at + 1)
                if second is not None and second.sense.weekday is not None:
                    return True
            if self._long(at) and (
                following.marks & (Mark.FROM | Mark.AT | Mark.AHEAD) or following.kind is not Is.GAP
            ):
                return True
        elif self._long(at):
            return True
        if (
            before is not None
            and (before.kind in (Is.DASH, Is.SLASH) or before.marks & (Mark.AND | Mark.TO))
            and at >= 2
        ):
            return self.atoms[at - 2].sense.weekday is not None
        return False

    def _long(self, at: int) -> bool:
        """Whether it is a mistyped name, not an abbreviation."""
        atom = self.atoms[at]
        return atom.end - atom.start >= 5

    def _weekday(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        entry = Entry(at, weekday=sense.weekday, plural=sense.weekday_plural, part=sense.part)
        behind = self._weekday_date(entry, at + 1)
        if behind is not None:
            return entry, behind
        behind = self._weekday_tail(entry, at + 1)
        if not entry.plural and self._one_of_many(at):
            entry.vague = True
        return entry, behind

    def _one_of_many(self, at: int) -> bool:
        """Whether "un" or "een" stands before: one of several, not fixed."""
        if at == 0:
            return False
        before = self.atoms[at - 1]
        return (
            before.number is not None
            and before.number.spelled
            and before.number.value == 1
            and not before.number.ordinal
        )

    def _weekday_date(self, entry: Entry, at: int) -> int | None:
        """Read the date behind a weekday: "samedi 13 juin", "zaterdag (13/6)", "Saturday, June 13th"."""
        position, brackets = at, False
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            if atom.kind is Is.OPEN and not brackets:
                brackets = True
            elif atom.kind is Is.LINE and position == at:
                pass
            elif not (
                atom.kind is Is.COMMA or (atom.kind is Is.WORD and atom.marks & _NAMED_DAY and not _names_time(atom))
            ):
                break
            position += 1
        if position >= self.length:
            return None
        found = self._date_of_weekday(entry, position, plain=position == at)
        if found is None:
            return None
        date_entry, behind = found
        entry.day, entry.month, entry.year = date_entry.day, date_entry.month, date_entry.year
        entry.month_offset, entry.until = date_entry.month_offset, date_entry.until
        if brackets and behind < self.length and self.atoms[behind].kind is Is.CLOSE:
            behind += 1
        return behind

    def _date_of_weekday(self, entry: Entry, at: int, *, plain: bool) -> tuple[Entry, int] | None:
        atom = self.atoms[at]
        if atom.kind is Is.DATE:
            return self._written(at)
        if atom.kind is Is.WORD and atom.sense.month is not None:
            found = self._month(at, 0)
            return found if found is not None and found[0].day is not None else None
        if atom.kind is not Is.NUMBER or atom.number is None or atom.number.about or atom.number.value == LAST:
            return None
        if not 1 <= atom.number.value <= 31 or len(atom.digits) > 2 or (atom.number.article and not atom.digits):
            return None
        dated = self._with_month(Entry(at, day=atom.number.value), at + 1)
        if dated is not None:
            return dated
        if self._is_hour(at):
            return None
        dashed = self._dashed_date(at, atom.number.value, Mark.ON)
        if dashed is not None:
            return dashed
        if not atom.digits and not atom.number.ordinal:
            return None
        return self._bare_after_weekday(at, atom.number.value, plain)

    def _bare_after_weekday(self, at: int, day: int, plain: bool) -> tuple[Entry, int] | None:
        """ "samedi 13": a day unless something counted follows, or it was set off by a comma."""
        following = self._next(at)
        if following is not None and (following.sense.unit or following.kind in (Is.OPAQUE, Is.COLON, Is.DOT)):
            return None
        ordinal = self.atoms[at].number is not None and self.atoms[at].number.ordinal  # type: ignore[union-attr]
        if following is not None and following.kind is Is.GAP and not (plain or ordinal):
            return None
        if not plain and not ordinal and not self.atoms[at - 1].marks & _NAMED_DAY and not self._list_ahead(at):
            return None
        return Entry(at, day=day), at + 1

    def _weekday_tail(self, entry: Entry, at: int) -> int:
        """Read what says which weekday: "prochain", "en huit", "de la semaine prochaine", "dans trois semaines"."""
        if at >= self.length:
            return at
        atom = self.atoms[at]
        sense = atom.sense
        if sense.shift is not None:
            entry.shift = sense.shift
            return at + 1
        week = self._week_behind(at)
        if week is not None:
            entry.week_offset = week[0]
            return week[1]
        if atom.kind is Is.COMMA:
            week = self._week_behind(at + 1)
            if week is not None and week[0] >= 0:
                entry.week_offset = week[0]
                return week[1]
        if atom.marks & Mark.LAST or (atom.number is not None and atom.number.value == LAST):
            entry.gone = True
            return at + 1
        if atom.marks & Mark.COMING:
            entry.this = True
            return at + 1
        if atom.marks & Mark.NEXT and not _names_time(atom):
            entry.next = not entry.plural
            return at + 1
        if atom.marks & Mark.AHEAD:
            ahead = self._ahead(at + 1, Mark.AHEAD)
            if ahead is not None and ahead[0].day_offset is not None and ahead[0].day_offset % 7 == 0:
                entry.shift = ahead[0].day_offset
                return ahead[1]
        return self._month_of_weekday(entry, at)

    def _month_of_weekday(self, entry: Entry, at: int) -> int:
        """ "un samedi de mars", "een zondag in juni": not fixed."""
        position = at
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            if atom.kind is Is.WORD and atom.sense.month is not None and position > at and not entry.plural:
                entry.vague = True
                entry.month = atom.sense.month
                entry.year, behind = self._year(position + 1)
                return behind
            if not (atom.kind is Is.WORD and atom.marks & (Mark.OF | Mark.IN)):
                break
            position += 1
        return at

    def _month_stands(self, at: int, leads: int) -> bool:
        """Whether "may" or "sept" is a month: a day's number follows, or a small word that goes before months."""
        following = self._next(at)
        if following is not None and following.kind is Is.NUMBER and (following.value or 0) <= 31 and following.digits:
            return self._day_behind_month(at) is not None
        if following is not None and following.kind is Is.NUMBER and len(following.digits) == 4:
            return True
        return self._long_month(at) and bool(
            leads & (Mark.IN | Mark.OF | Mark.UNTIL | Mark.NEXT | Mark.BETWEEN | Mark.SINCE | Mark.TO)
        )

    def _long_month(self, at: int) -> bool:
        """A whole name that is another word too ("may", "march"), or a mistyped one; not an abbreviation."""
        atom = self.atoms[at]
        return atom.end - atom.start >= 5 or (atom.end - atom.start == 3 and atom.sense.month == 5)

    def _day_behind_month(self, at: int) -> int | None:
        """Return the day's number behind a month: "October 3rd", "June 13"."""
        following = self._next(at)
        if following is None or following.kind is not Is.NUMBER or following.number is None or not following.digits:
            return None
        value = following.number.value
        if not 1 <= value <= 31 or len(following.digits) > 2 or following.number.about or self._is_hour(at + 1):
            return None
        second = self._next(at + 1)
        counted = second is not None and (second.kind in (Is.GAP, Is.OPAQUE, Is.COLON) or second.sense.unit)
        return None if counted and not following.number.ordinal else value

    def _month(self, at: int, leads: int) -> tuple[Entry, int] | None:
        entry = Entry(at, month=self.atoms[at].sense.month)
        day = self._day_behind_month(at)
        if day is not None:
            entry.day = day
            entry.year, behind = self._year(at + 2)
            return self._weekday_in_brackets(entry, behind)
        entry.year, behind = self._year(at + 1)
        if entry.year is None and behind < self.length:
            offset = self.atoms[behind].sense.year_offset
            if offset is not None:
                entry.year_offset = offset
                behind += 1
        return entry, behind

    # ── named days and periods ──────────────────────────────────────────────────────────────────────────────────────

    def _named(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        if sense.day_offset is not None:
            return Entry(at, day_offset=sense.day_offset, part=sense.part), at + 1
        if sense.edge is not None:
            edged = self._edged(at)
            if edged is not None:
                return edged
        if sense.shift_before is not None:
            return self._shifted(at)
        if sense.week_offset is not None:
            return self._in_week(at)
        if sense.unit == "weekend":
            return self._weekend(at, leads)
        if sense.unit == "week":
            if leads & Mark.AHEAD and leads & Mark.ARTICLE:
                return Entry(at, day_offset=7), self._over_time(at + 1)
            return self._week_of(at, leads)
        if sense.feast is not None:
            return self._feast(at, leads)
        if sense.span is not None and leads & (Mark.AHEAD | Mark.IN):
            return Entry(at, day_offset=sense.span), at + 1
        if sense.season is not None:
            return Entry(at, season=sense.season, vague=True), at + 1
        if sense.holidays is not None and leads & (
            Mark.IN | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.FOR | Mark.EXCEPT
        ):
            return Entry(at, holidays=sense.holidays, vague=True), at + 1
        if sense.next_day is not None:
            return Entry(at, next_day=sense.next_day), at + 1
        if sense.month_offset is not None:
            return self._offset_month(at)
        if sense.year_offset is not None:
            return Entry(at, year_offset=sense.year_offset, vague=True), at + 1
        return None

    def _offset_month(self, at: int) -> tuple[Entry, int] | None:
        following = self._next(at)
        if following is not None and following.sense.month is not None:
            return self._month(at + 1, 0)
        if self.atoms[at].marks & (Mark.IN | Mark.FILLER):
            return None
        return Entry(at, month_offset=self.atoms[at].sense.month_offset, vague=True), at + 1

    def _edged(self, at: int) -> tuple[Entry, int] | None:
        """ "fin juin", "mi-mai", "the end of June", "la fin du mois", "fin de l'année"."""
        position = at + 1
        while position < self.length and position - at < 4:
            atom = self.atoms[position]
            sense = atom.sense
            if sense.month is not None and atom.kind is Is.WORD:
                year, behind = self._year(position + 1)
                return Entry(at, month=sense.month, year=year, edge=self.atoms[at].sense.edge, vague=True), behind
            if sense.month_offset is not None:
                return Entry(
                    at, month_offset=sense.month_offset, edge=self.atoms[at].sense.edge, vague=True
                ), position + 1
            if sense.unit == "month":
                return Entry(at, month_offset=0, edge=self.atoms[at].sense.edge, vague=True), position + 1
            if sense.unit == "year" or sense.year_offset is not None:
                return Entry(
                    at, year_offset=sense.year_offset or 0, edge=self.atoms[at].sense.edge, vague=True
                ), position + 1
            if not (atom.kind is Is.DASH or (atom.kind is Is.WORD and atom.marks & (Mark.OF | Mark.ARTICLE | Mark.IN))):
                return None
            position += 1
        return None

    def _shifted(self, at: int) -> tuple[Entry, int] | None:
        """ "a week on Saturday", "two weeks from Friday"."""
        position = at + 1
        while position < self.length and self.atoms[position].marks & (
            Mark.ON | Mark.THIS | Mark.COMING | Mark.ARTICLE
        ):
            position += 1
        if position >= self.length:
            return None
        atom = self.atoms[position]
        shift = self.atoms[at].sense.shift_before or 0
        if atom.sense.weekday is not None and not atom.sense.weekday_weak:
            return Entry(at, weekday=atom.sense.weekday, shift=shift, part=atom.sense.part), position + 1
        if atom.sense.day_offset is not None:
            return Entry(at, day_offset=atom.sense.day_offset + shift, part=atom.sense.part), position + 1
        return None

    def _in_week(self, at: int) -> tuple[Entry, int]:
        """ "la semaine prochaine", and with a weekday behind it that day: "volgende week donderdag"."""
        offset = self.atoms[at].sense.week_offset
        position = at + 1
        if position < self.length and self.atoms[position].kind is Is.COMMA:
            position += 1
        while (
            position < self.length
            and self.atoms[position].kind is Is.WORD
            and self.atoms[position].marks & (Mark.ON | Mark.ARTICLE)
        ):
            position += 1
        if position < self.length:
            sense = self.atoms[position].sense
            if sense.weekday is not None and not sense.weekday_weak and not sense.weekday_plural:
                entry = Entry(at, weekday=sense.weekday, part=sense.part)
                behind = self._weekday_date(entry, position + 1)
                if behind is not None:
                    return entry, behind
                entry.week_offset = offset
                return entry, position + 1
            if sense.unit == "weekend":
                return Entry(at, weekend=True, week_offset=offset), position + 1
        return Entry(at, week_offset=offset, vague=True), at + 1

    def _weekend(self, at: int, leads: int) -> tuple[Entry, int]:
        """ "ce week-end", "le week-end du 13 juin", "het weekend van 13 en 14 juni", "Easter weekend"."""
        entry = Entry(at, weekend=True)
        position = at + 1
        week = self._week_behind(position)
        if week is not None:
            entry.week_offset = week[0]
            return entry, week[1]
        if position < self.length:
            atom = self.atoms[position]
            if atom.marks & Mark.LAST or (atom.number is not None and atom.number.value == LAST):
                entry.gone = True
                return entry, position + 1
            if atom.marks & (Mark.NEXT | Mark.COMING) and not _names_time(atom):
                entry.next = bool(atom.marks & Mark.NEXT)
                entry.this = not entry.next
                return entry, position + 1
            if atom.sense.shift is not None:
                entry.shift = atom.sense.shift
                return entry, position + 1
        dated = self._behind_of(position)
        if dated is None:
            return entry, position
        first, behind = dated
        first.weekend = first.until is None
        return first, behind

    def _behind_of(self, at: int) -> tuple[Entry, int] | None:
        """Read the day behind "du", "van", "of": the day that a weekend or a week is named by."""
        leads, position = self._leads(at)
        if position >= self.length or not (leads & (Mark.OF | Mark.FROM | Mark.ON) or position == at):
            return None
        if leads & (Mark.SINCE | Mark.UNTIL | Mark.TO) and not leads & (Mark.OF | Mark.FROM):
            return None
        found = self.entry(position, leads | Mark.ON, listed=False)
        if found is None:
            return None
        entry, behind = found
        if entry.is_period or entry.day_offset is not None or (entry.weekday is not None and entry.day is None):
            return None
        phrase = DaysPhrase([entry], leads=leads)
        return entry, self._ranged(phrase, entry, behind)

    def _week_of(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "la semaine du 12 octobre", "de week van 4 mei", "the week of 5 June"."""
        dated = self._behind_of(at + 1)
        if dated is None:
            return None
        entry, behind = dated
        if entry.feast is None and entry.day is None:
            return None
        if entry.until is None:
            entry.week = True
            entry.vague = not leads & Mark.WHOLE
        return entry, behind

    def _feast(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        following = self._next(at)
        if following is not None and following.sense.unit == "weekend":
            return Entry(at, feast=sense.feast, weekend=True), at + 2
        called = bool(leads & (Mark.ON | Mark.AT | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.IN))
        if not sense.feast_sure and (not called or (leads & (Mark.OF | Mark.FROM) and not leads & Mark.UNTIL)):
            return None
        year, behind = self._year(at + 1)
        return Entry(at, feast=sense.feast, year=year, loose=not sense.feast_sure), behind

    def _ahead(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "dans quinze jours", "binnen 10 dagen", "in three weeks' time", "over een maand"."""
        if not leads & Mark.AHEAD or at >= self.length:
            return None
        atom = self.atoms[at]
        if atom.marks & Mark.ARTICLE and at + 1 < self.length and self.atoms[at + 1].sense.unit == "week":
            return Entry(at, day_offset=7), self._over_time(at + 2)
        if atom.sense.span is not None:
            return Entry(at, day_offset=atom.sense.span), self._over_time(at + 1)
        number, unit = atom.value, self._next(at)
        if number is None or unit is None or not 0 < number <= 60:
            return None
        factor = {"day": 1, "week": 7, "fortnight": 14}.get(unit.sense.unit or "")
        if factor is None:
            return None
        return Entry(at, day_offset=number * factor), self._over_time(at + 2)

    def _span_of_days(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "dans une quinzaine (de jours)"."""
        sense, value = self.atoms[at].sense, self.atoms[at].value
        if leads & Mark.AHEAD and (sense.span is not None or value in (8, 15)):
            behind = at + 1
            if (
                behind + 1 < self.length
                and self.atoms[behind].marks & Mark.OF
                and self.atoms[behind + 1].sense.unit == "day"
            ):
                behind += 2
            return Entry(at, day_offset=sense.span or (7 if value == 8 else 14)), behind
        return None

    def _over_time(self, at: int) -> int:
        """Pass over the "time" of "in two weeks' time"."""
        position = at
        while (
            position < self.length
            and position - at < 3
            and self.atoms[position].marks & Mark.FILLER
            and self.atoms[position].glued
        ):
            position += 1
        if position > at and position < self.length and self.atoms[position].marks & Mark.FILLER:
            position += 1
        return position

    def _ranked(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "le premier lundi de mars", "de laatste zaterdag van juni", "the first weekend of July"."""
        ranks, position = self.ranks(at)
        if not ranks or position >= self.length:
            return None
        named = self.atoms[position].sense
        if named.weekday is None and named.unit not in ("weekend", "week"):
            return None
        month, behind = self._month_behind(position + 1)
        if month is None:
            return None
        entry = Entry(
            at, nth=ranks, month=month.month, year=month.year, month_offset=month.month_offset, part=named.part
        )
        entry.weekday = named.weekday
        entry.weekend = named.unit == "weekend"
        entry.week = named.unit == "week"
        entry.vague = entry.week
        return entry, behind

    def ranks(self, at: int) -> tuple[tuple[int, ...], int]:
        """Read one rank or several: "1er et 3e", "eerste en derde", "last"."""
        ranks: list[int] = []
        position = at
        while position < self.length and len(ranks) < 5:
            atom = self.atoms[position]
            if (
                atom.number is not None
                and atom.number.ordinal
                and (atom.number.value == LAST or 1 <= atom.number.value <= 5)
            ):
                ranks.append(atom.number.value)
                position += 1
                behind = position
                while position < self.length and (
                    self.atoms[position].kind is Is.COMMA or self.atoms[position].marks & (Mark.AND | Mark.ARTICLE)
                ):
                    position += 1
                following = self.atoms[position] if position < self.length else None
                if following is None or following.number is None or not following.number.ordinal:
                    return tuple(ranks), behind
            else:
                break
        return tuple(ranks), position

    def _month_behind(self, at: int) -> tuple[Entry | None, int]:
        """Read "de mars", "du mois prochain", "of June 2027" behind a ranked weekday."""
        position = at
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            if atom.kind is Is.WORD and atom.sense.month is not None:
                year, behind = self._year(position + 1)
                return Entry(at, month=atom.sense.month, year=year), behind
            if atom.kind is Is.WORD and atom.sense.month_offset is not None and not atom.marks & Mark.OF_MONTH:
                return Entry(at, month_offset=atom.sense.month_offset), position + 1
            if not (atom.kind is Is.WORD and atom.marks & (Mark.OF | Mark.IN | Mark.ARTICLE)):
                break
            position += 1
        return None, at

    # ── repetition ──────────────────────────────────────────────────────────────────────────────────────────────────

    def rule(self, at: int) -> tuple[RulePhrase, int] | None:
        """Return the repetition that begins at atom `at`, and the index behind it."""
        atom = self.atoms[at]
        if atom.kind is Is.WORD:
            if atom.sense.repeat is not None:
                return self._repeated(atom.sense.repeat, at + 1)
            if atom.marks & (Mark.EVERY | Mark.EVERY_OTHER):
                return self._every(at)
            if atom.sense.weekday_plural and not atom.sense.weekday_weak:
                return self._plural(at)
            position = self._leads(at)[1]
            if position > at and position < self.length and self.atoms[position].number is not None:
                return self._counted(position)
            if position > at and position < self.length and self.atoms[position].sense.weekday_plural:
                return self._plural(position)
            return None
        return self._counted(at) if atom.kind is Is.NUMBER else None

    def _repeated(self, repeat: str, at: int) -> tuple[RulePhrase, int]:
        rule = {
            "daily": RulePhrase("daily"),
            "weekly": RulePhrase("weekly", open_weekdays=True),
            "two-weekly": RulePhrase("weekly", 2, open_weekdays=True),
            "monthly": RulePhrase("monthly", open_weekdays=True),
            "workdays": RulePhrase("weekly", 1, _WORKDAYS),
        }[repeat]
        if not rule.open_weekdays or rule.frequency == "monthly":
            return rule, at
        named = self._weekdays_behind(at)
        return (rule, at) if named is None else (replace(rule, weekdays=named[0], open_weekdays=False), named[1])

    def _weekdays_behind(self, at: int) -> tuple[tuple[int, ...], int] | None:
        """Read the weekdays behind "wekelijks" or "toutes les deux semaines": ", le mardi"."""
        position = at
        while position < self.length and position - at < 3:
            atom = self.atoms[position]
            if not (
                atom.kind is Is.COMMA
                or (atom.kind is Is.WORD and atom.marks & (Mark.ON | Mark.ARTICLE) and not _names_time(atom))
            ):
                break
            position += 1
        return self._weekdays(position)

    def _weekdays(self, at: int) -> tuple[tuple[int, ...], int] | None:
        """Read a list of weekdays without dates: "mardis et jeudis", "lundi à vendredi"."""
        found: list[int] = []
        position, behind = at, at
        while position < self.length and len(found) < 7:
            atom = self.atoms[position]
            weekday = atom.sense.weekday
            if (
                atom.kind is not Is.WORD
                or weekday is None
                or (atom.sense.weekday_weak and not self._weekday_stands(position))
            ):
                break
            following = self._next(position)
            if following is not None and following.kind in (Is.NUMBER, Is.DATE) and not self._is_hour_at(position + 1):
                break
            found.append(weekday)
            behind = position + 1
            joint = self._joint(behind)
            position = (
                self._over_every(joint[1]) if joint is not None and joint[0] in (Link.AND, Link.COMMA) else self.length
            )
        if len(found) == 1:
            last = self._weekday_range(behind)
            if last is not None:
                return tuple((found[0] + step) % 7 for step in range((last[0] - found[0]) % 7 + 1)), last[1]
        return (tuple(sorted(set(found))), behind) if found else None

    def _is_hour_at(self, at: int) -> bool:
        return self.atoms[at].kind is Is.NUMBER and (self._is_hour(at) or (self.atoms[at].value or 99) > 31)

    def _over_every(self, at: int) -> int:
        position = at
        while (
            position < self.length
            and self.atoms[position].marks & (Mark.EVERY | Mark.ARTICLE | Mark.ON)
            and not _names_time(self.atoms[position])
        ):
            position += 1
        return position

    def _weekday_range(self, at: int) -> tuple[int, int] | None:
        if at + 1 >= self.length:
            return None
        joint, last = self.atoms[at], self.atoms[at + 1]
        if not (joint.kind is Is.DASH or joint.marks & (Mark.TO | Mark.UNTIL)) or last.sense.weekday is None:
            return None
        following = self._next(at + 1)
        if following is not None and following.kind in (Is.NUMBER, Is.DATE) and not self._is_hour_at(at + 2):
            return None
        return last.sense.weekday, at + 2

    def _every(self, at: int) -> tuple[RulePhrase, int] | None:
        other = bool(self.atoms[at].marks & Mark.EVERY_OTHER)
        position = at + 1
        while (
            position < self.length
            and self.atoms[position].kind is Is.WORD
            and self.atoms[position].marks & (Mark.ARTICLE | Mark.ON)
            and not _names_time(self.atoms[position])
        ):
            position += 1
        if position >= self.length:
            return None
        ranks, behind = self.ranks(position)
        if ranks:
            found = self._weekdays(behind)
            return None if found is None else (RulePhrase("monthly", 1, found[0], ranks), self._over_of_month(found[1]))
        found = self._weekdays(position)
        if found is not None:
            days, behind = found
            if other and behind < self.length and self.atoms[behind].marks & Mark.OF_MONTH:
                return RulePhrase("monthly", 1, days, (2,)), behind + 1
            return RulePhrase("weekly", 2 if other else 1, days), self._over_of_month(behind)
        return self._every_unit(position, other)

    def _over_of_month(self, at: int) -> int:
        """Pass over "du mois" and "of the month", unless the month's name follows."""
        if at < self.length and self.atoms[at].marks & Mark.OF_MONTH:
            following = self._next(at)
            if following is None or following.sense.month is None or not self.atoms[at].marks & Mark.OF:
                return at + 1
        return at

    def _every_unit(self, at: int, other: bool) -> tuple[RulePhrase, int] | None:
        """ "toutes les trois semaines", "every day", "elke avond", "tous les week-ends"."""
        atom = self.atoms[at]
        interval, position = 2 if other else 1, at
        if atom.number is not None and 1 <= atom.number.value <= 12:
            interval, position = atom.number.value, at + 1
            if position < self.length and self.atoms[position].sense.weekday is not None:
                days = self._weekdays(position)
                return None if days is None else (RulePhrase("weekly", interval, days[0]), days[1])
        if position >= self.length:
            return None
        sense = self.atoms[position].sense
        if sense.part is not None and sense.unit is None:
            return RulePhrase("daily", interval), position
        if sense.unit == "weekend":
            return RulePhrase("weekly", interval, (5, 6)), position + 1
        if sense.unit == "fortnight":
            return self._opened(RulePhrase("weekly", 2, open_weekdays=True), position + 1)
        if sense.unit == "day":
            return self._daily(interval, position + 1)
        if sense.unit == "week":
            return self._opened(RulePhrase("weekly", interval, open_weekdays=True), position + 1)
        if sense.unit == "month" and interval <= 3:
            return RulePhrase("monthly", interval, open_weekdays=True), position + 1
        return None

    def _daily(self, interval: int, at: int) -> tuple[RulePhrase, int]:
        leads, position = self._leads(at)
        days = self._weekdays(position) if leads & Mark.FROM and interval == 1 else None
        if days is not None and len(days[0]) > 1:
            return RulePhrase("weekly", 1, days[0]), days[1]
        return RulePhrase("daily", interval), at

    def _opened(self, rule: RulePhrase, at: int) -> tuple[RulePhrase, int]:
        named = self._weekdays_behind(at)
        return (rule, at) if named is None else (replace(rule, weekdays=named[0], open_weekdays=False), named[1])

    def _plural(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "les mardis", "dinsdags", "Tuesdays and Thursdays": each of them, unless dates follow."""
        found = self._weekdays(at)
        if found is None:
            return None
        return RulePhrase("weekly", 1, found[0]), found[1]

    def _counted(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "un mardi sur deux", "6 semaines d'affilée", "les 6 prochains mardis"."""
        number = self.atoms[at].number
        assert number is not None, "a NUMBER has its value"
        if number.ordinal:
            return self._ranked_rule(at)
        position, ahead = at + 1, False
        while (
            position < self.length
            and self.atoms[position].kind is Is.WORD
            and self.atoms[position].marks & (Mark.NEXT | Mark.COMING | Mark.IN_A_ROW)
        ):
            position, ahead = position + 1, True
        if position >= self.length or number.about:
            return None
        sense = self.atoms[position].sense
        if sense.weekday is not None:
            return self._counted_weekdays(number.value, sense.weekday, position, ahead, plural=sense.weekday_plural)
        row = position + 1 < self.length and self.atoms[position + 1].marks & Mark.IN_A_ROW
        if (
            sense.unit == "week"
            and (row or self._in_a_row_before(at) or self.atoms[position - 1].marks & Mark.IN_A_ROW)
            and 1 < number.value <= 60
        ):
            rule = RulePhrase("weekly", 1, count=number.value, open_weekdays=True)
            return self._opened(rule, position + (2 if row else 1))
        return None

    def _in_a_row_before(self, at: int) -> bool:
        return at > 0 and bool(self.atoms[at - 1].marks & Mark.IN_A_ROW)

    def _counted_weekdays(
        self, number: int, weekday: int, at: int, ahead: bool, *, plural: bool
    ) -> tuple[RulePhrase, int] | None:
        behind = at + 1
        if number == 1 and behind + 1 < self.length and self.atoms[behind].marks & Mark.OUT_OF:
            step = self.atoms[behind + 1].value
            if step is not None and 2 <= step <= 8:
                return RulePhrase("weekly", step, (weekday,)), behind + 2
        row = behind < self.length and bool(self.atoms[behind].marks & Mark.IN_A_ROW)
        if (row or (ahead and plural) or (ahead and number > 1)) and 1 < number <= 60:
            return RulePhrase("weekly", 1, (weekday,), count=number), behind + (1 if row else 0)
        return None

    def _ranked_rule(self, at: int) -> tuple[RulePhrase, int] | None:
        """ "le premier lundi du mois", "de eerste woensdag van de maand"; with a month's name it is one day."""
        ranks, position = self.ranks(at)
        found = self._weekdays(position) if ranks else None
        if found is None:
            return None
        days, behind = found
        if behind >= self.length or not self.atoms[behind].marks & Mark.OF_MONTH:
            return None
        after = self._over_of_month(behind)
        return (RulePhrase("monthly", 1, days, ranks), after) if after > behind else None

    def count(self, at: int) -> tuple[CountPhrase, int] | None:
        """Return how many times or through how many weeks: "pendant 6 semaines", "8 keer", "for three months"."""
        leads, position = self._leads(at)
        if position >= self.length:
            return None
        number = self.atoms[position].number
        if number is None or number.ordinal or not 1 < number.value <= 60:
            return None
        behind = position + 1
        row = False
        while behind < self.length and self.atoms[behind].marks & Mark.IN_A_ROW:
            behind, row = behind + 1, True
        if behind >= self.length:
            return None
        atom = self.atoms[behind]
        unit = atom.sense.unit
        after = behind + 1
        row = row or (after < self.length and bool(self.atoms[after].marks & Mark.IN_A_ROW))
        if (
            unit in ("day", "week", "month")
            and (leads & (Mark.FOR | Mark.IN) or row)
            and not leads & Mark.AHEAD & ~Mark.IN
        ):
            if leads & Mark.AHEAD and not leads & Mark.FOR and not row:
                return None
            if row and after < self.length and self.atoms[after].marks & Mark.IN_A_ROW:
                after += 1
            return CountPhrase(number.value, unit, in_a_row=row), after
        if atom.marks & Mark.TIMES:
            return CountPhrase(number.value, "times", in_a_row=row), after
        return None


def _with_single_ranks(phrase: DaysPhrase) -> DaysPhrase:
    """Make two entries of "les 1er et 3e mardis de mars"."""
    if all(len(entry.nth) < 2 for entry in phrase.entries):
        return phrase
    entries: list[Entry] = []
    links: list[Link] = []
    for number, entry in enumerate(phrase.entries):
        ranks: list[tuple[int, ...]] = [(rank,) for rank in entry.nth] or [()]
        links.extend([phrase.links[number - 1]] if number else [])
        links.extend([Link.AND] * (len(ranks) - 1))
        entries.extend(replace(entry, nth=rank) for rank in ranks)
    return replace(phrase, entries=entries, links=links)


def _names_time(atom: Atom) -> bool:
    """Whether an atom says a time of its own besides being a small word."""
    sense = atom.sense
    return (
        sense.weekday is not None
        or sense.month is not None
        or sense.edge is not None
        or sense.month_offset is not None
        or sense.season is not None
        or sense.holidays is not None
        or sense.unit is not None
        or sense.next_day is not None
        or sense.week_offset is not None
        or sense.day_offset is not None
    )


def _is_of(atom: Atom, following: Atom | None) -> bool:
    """ "of" is "or" in Dutch and joins a day to its month in English."""
    return bool(atom.marks & Mark.OF) and following is not None and following.sense.month is not None


def _has_month(entry: Entry) -> bool:
    until = entry.until
    return (
        entry.month is not None
        or entry.month_offset is not None
        or (until is not None and (until.month is not None or until.month_offset is not None))
    )


def _may_take_week(entry: Entry) -> bool:
    return entry.bare_weekday or (entry.until is not None and entry.until.bare_weekday)
