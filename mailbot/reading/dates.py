"""The grammar of one day or period: written dates, days with their month, weekdays, feasts, weeks, seasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mailbot.reading.atoms import Atom, Is, Mark
from mailbot.reading.hours import HourReader
from mailbot.reading.numbers import LAST
from mailbot.reading.said import Entry, small

LEADS: Final = (
    Mark.FROM | Mark.SINCE | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.EVER_SINCE | Mark.IN | Mark.BETWEEN
    | Mark.EITHER | Mark.TO | Mark.ON | Mark.AT | Mark.FOR | Mark.OF | Mark.ARTICLE | Mark.MOVE_TO | Mark.THIS
    | Mark.NEXT | Mark.COMING | Mark.SAME | Mark.WHOLE | Mark.AHEAD | Mark.LAST | Mark.ONE | Mark.FOLLOWING
    | Mark.PRECEDING
)  # fmt: skip
"""Marks of the small words that may stand before a day."""

_SOON: Final = 5
"""Atoms from "the second" to its hours, at most."""
NAMED: Final = Mark.ON | Mark.ARTICLE
"""Marks that make a bare number a day: "le 12", "op 12", "the 12th"."""

_NAMED_SO: Final = Mark.ON | Mark.THIS | Mark.NEXT | Mark.COMING
_ENDS: Final = frozenset({Is.STOP, Is.END, Is.LINE, Is.PARAGRAPH, Is.COMMA, Is.CLOSE})
"""What may follow an abbreviated weekday that "on" or "for" leads: "for sat?"."""


class DateReader:
    """Reads one day or period in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom], hours: HourReader) -> None:
        self.atoms = atoms
        self.hours = hours
        self._barren = self._fruitful = 0
        """Up to which atom it is known that lists of numbers end in no month, or in one: each list is walked once."""

    def leads(self, at: int) -> tuple[int, int]:
        """Gather the small words before a day, and return their marks with the index behind them."""
        leads, position = 0, at
        while position - at < 5 and small(self.atoms[position], LEADS) and not self.atoms[position].marks & Mark.MOVE:
            leads |= self.atoms[position].marks
            position += 1
        return leads, position

    def entry(self, at: int, leads: int, *, listed: bool) -> tuple[Entry, int] | None:
        """Return the day or period whose name begins at atom `at`; `leads` are the small words before it, `listed` says
        that a list of days goes on here."""
        atom = self.atoms[at]
        sense = atom.sense
        found: tuple[Entry, int] | None
        if atom.kind is Is.DATE:
            found = self._written(at)
        elif atom.kind is Is.NUMBER:
            found = self._numbered(at, leads, listed)
        elif atom.kind is not Is.WORD:
            return None
        elif sense.weekday is not None and (not sense.weekday_weak or self.weekday_stands(at)):
            found = self._weekday(at)
        elif sense.month is not None and (not sense.month_weak or self._month_stands(at, leads)):
            found = self._month(at)
        else:
            found = self._named(at, leads)
        if found is not None:
            self._with_leads(found[0], leads)
        return found

    def _with_leads(self, entry: Entry, leads: int) -> None:
        entry.next = entry.next or bool(leads & Mark.NEXT and not leads & Mark.COMING)
        entry.following = entry.following or bool(leads & Mark.FOLLOWING and entry.weekday is not None)
        entry.preceding = entry.preceding or bool(leads & Mark.PRECEDING and entry.weekday is not None)
        entry.this = entry.this or bool(leads & (Mark.THIS | Mark.COMING))
        entry.gone = entry.gone or bool(leads & Mark.LAST and not entry.nth and not entry.has_month)
        entry.whole = entry.whole or bool(leads & Mark.WHOLE)

    # ── dates in digits, and days with their month ──────────────────────────────────────────────────────────────────

    def _written(self, at: int) -> tuple[Entry, int]:
        written = self.atoms[at].written
        assert written is not None, "a DATE has its numbers"
        day, month, year = written
        if year is None and self.atoms[at + 1].sense.month is not None:
            return self._two_days(at, day, month)
        return self._weekday_in_brackets(Entry(day=day, month=month, year=year), at + 1)

    def _two_days(self, at: int, first: int, second: int) -> tuple[Entry, int]:
        """3/4 octobre: the third and the fourth."""
        month = self.atoms[at + 1].sense.month
        year, behind = self.year(at + 2)
        last = Entry(day=second, month=month, year=year)
        return Entry(day=first, month=month, year=year, until=last), behind

    def _weekday_in_brackets(self, entry: Entry, at: int) -> tuple[Entry, int]:
        """Take in a weekday that follows its date: "13/06 (za)", "le 13 juin (samedi)"."""
        if self.atoms[at].kind is Is.OPEN and self.atoms[at + 2].kind is Is.CLOSE:
            weekday = self.atoms[at + 1].sense.weekday
            if weekday is not None:
                entry.weekday = weekday
                return entry, at + 3
        return entry, at

    def _numbered(self, at: int, leads: int, listed: bool) -> tuple[Entry, int] | None:
        atom = self.atoms[at]
        number = atom.number
        assert number is not None, "a NUMBER has its value"
        if number.ordinal or self._several_ranks(at):
            ranked = self._ranked(at)
            if ranked is not None:
                return ranked
        again = self._named_again(at, leads)
        if again is not None:
            return again
        apart = self._days_apart(at)
        if apart is not None:
            return apart
        if leads & Mark.AHEAD:
            ahead = self.ahead(at)
            if ahead is not None:
                return ahead
        unfit = number.about or not 1 <= number.value <= 31 or len(atom.digits) > 2
        if unfit or (number.article and not atom.digits):
            return None
        return self.with_month(Entry(day=number.value), at + 1) or self._bare(at, number.value, leads, listed)

    def _named_again(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "la première fois", "de tweede keer", "the first Monday", and "le second", with hours behind: one of the
        days named before."""
        number, following = self.atoms[at].number, self.atoms[at + 1]
        if number is None or not number.ordinal or self.atoms[at].digits or not -1 <= number.value <= 5:
            return None
        weekday = following.sense.weekday is not None and not following.sense.weekday_plural
        if following.marks & Mark.OCCASION or (weekday and not self.atoms[at + 2].marks & (Mark.OF | Mark.IN)):
            return Entry(nth_named=number.value), at + 2
        for position in range(at + 1, at + 1 + _SOON):
            if self.atoms[position].counted or self.atoms[position].sense.month or self.atoms[position].kind is Is.STOP:
                break
            clock = self.hours.clock(position) if self.atoms[position].kind is Is.WORD else None
            if clock is not None:
                timed = leads & Mark.ARTICLE and (clock[0].start is not None or clock[0].end is not None)
                return (Entry(nth_named=number.value), at + 1) if timed else None
        return None

    def with_month(self, entry: Entry, at: int) -> tuple[Entry, int] | None:
        """Read the month, and perhaps the year, behind a day's number."""
        position = at
        while position - at < 3:
            atom = self.atoms[position]
            if atom.sense.month is not None and not atom.digits:
                entry.month = atom.sense.month
                entry.year, behind = self.year(position + 1)
                entry.year_offset, behind = self._year_offset(entry, behind)
                return self._weekday_in_brackets(entry, behind)
            if atom.kind is Is.WORD and atom.sense.month_offset is not None:
                entry.month_offset = atom.sense.month_offset
                return entry, position + 1
            if atom.kind is not Is.WORD or not atom.marks & (Mark.OF | Mark.IN | Mark.ARTICLE):
                return None
            position += 1
        return None

    def year(self, at: int) -> tuple[int | None, int]:
        """Read a year, and return it with the index behind; None and the same index where there is none."""
        position = at + 1 if self.atoms[at].kind in (Is.COMMA, Is.SLASH) else at
        atom = self.atoms[position]
        value = atom.value
        if len(atom.digits) == 4 and value is not None and 1990 <= value <= 2100:
            return value, position + 1
        return None, at

    def _year_offset(self, entry: Entry, at: int) -> tuple[int | None, int]:
        """Read "de l'année prochaine", "next year" behind a month."""
        position = at + 1 if small(self.atoms[at], Mark.OF | Mark.IN) else at
        offset = self.atoms[position].sense.year_offset
        return (offset, position + 1) if entry.year is None and offset is not None else (None, at)

    def _bare(self, at: int, day: int, leads: int, listed: bool) -> tuple[Entry, int] | None:
        """A day's number without a month: in a list, or with an article ("le 12", "the 12th")."""
        atom, following = self.atoms[at], self.atoms[at + 1]
        ranks = atom.number is not None and atom.number.ordinal
        if self.is_hour(at, leads) or (
            ranks and atom.number is not None and (following.sense.weekday is not None or not atom.number.day)
        ):
            return None
        if (
            atom.number is not None
            and atom.number.ordinal
            and not atom.digits
            and (day in (2, 3) or self._is_for(at))
            and not listed
        ):
            return None  # "un beamer pour la seconde": of two events
        dashed = self._dashed_date(at, day, expected=bool(leads & NAMED))
        if dashed is not None:
            return dashed
        if not listed and self._counts_people(at):
            return None
        ordinal = atom.number is not None and atom.number.ordinal
        spelled = not atom.digits and not ordinal
        alone = not spelled or bool(self.atoms[at - 1].marks & Mark.SINGULAR)  # "le treize": a day, not thirteen things
        named = bool(leads & (NAMED | Mark.MOVE_TO)) and alone and (not leads & Mark.FOR or bool(leads & Mark.ON))
        named = named and not (at and self.atoms[at - 1].marks & Mark.NO_DAY)
        named = named and bool(
            self.atoms[at - 1].marks & (NAMED | Mark.MOVE_TO) or not leads & (Mark.UNTIL | Mark.TO)
        )  # "on till 10"
        night = leads & Mark.FROM and small(following, Mark.ON) and self.with_month(Entry(), at + 3) is not None
        if not (named or listed or ordinal or night or self.list_ahead(at)):
            return None
        ranked = ordinal and named and bool(atom.digits) and following.kind is Is.GAP and following.counted
        unsaid = following.kind is Is.GAP if ordinal and not atom.digits else following.counted  # "la première il faut"
        if not listed and not ranked and (unsaid or following.kind in (Is.COLON, Is.DOT)):
            return None
        if following.sense.unit or following.sense.weekday_plural or following.marks & Mark.TIMES:
            return None
        return Entry(day=day, loose=named, echo=ranked), at + 1

    def _is_for(self, at: int) -> bool:
        """Whether a word that says what something is for stands before, with an article at most."""
        before = at - 2 if small(self.atoms[at - 1], Mark.ARTICLE) else at - 1
        return before >= 0 and bool(self.atoms[before].marks & Mark.FOR)

    def list_ahead(self, at: int) -> bool:
        """Whether a number begins a list that ends in a month: "5, 12 en 19 september", "15 t/m 18/01"."""
        if at < self._barren or at < self._fruitful:
            return at < self._fruitful
        found, position = self._walked(at + 1)
        if found:
            self._fruitful = position
        else:
            self._barren = position
        return found

    def _walked(self, at: int) -> tuple[bool, int]:
        """Walk along a list of numbers; say whether it ends in a month, and where."""
        joins = Mark.AND | Mark.OR | Mark.TO | Mark.UNTIL | Mark.ARTICLE | Mark.ON
        position = at
        while True:
            atom, following = self.atoms[position], self.atoms[position + 1]
            if atom.kind not in (Is.COMMA, Is.DASH, Is.SLASH) and not (atom.kind is Is.WORD and atom.marks & joins):
                return False, position
            if (
                self.atoms[position - 1].kind is Is.NUMBER
                and not atom.marks & (joins & ~NAMED)
                and atom.kind is Is.WORD
            ):
                return False, position
            position += 1
            if following.kind is Is.DATE:
                return True, position
            if following.kind is Is.NUMBER and 1 <= (following.value or 0) <= 31:
                if self.with_month(Entry(), position + 1) is not None:
                    return True, position
                position += 1

    def _counts_people(self, at: int) -> bool:
        """ "les 8-12 ans": a glued range that ends in no month."""
        joint, second = self.atoms[at + 1], self.atoms[at + 2]
        glued = joint.kind is Is.DASH and joint.glued and second.kind is Is.NUMBER
        return glued and not self.list_ahead(at) and self._dashed_date(at, 1, expected=False) is None

    def is_hour(self, at: int, leads: int = 0) -> bool:
        """Whether a number is an hour by what follows: "14h", "14:30", "14 tot 18u"."""
        found = self.hours.face(at, led=True)
        if found is not None and found[0].explicit:
            return True
        if found is not None and found[0].dotted:
            clock = self.hours.clock(at)
            return clock is not None and clock[0].end is not None
        joint = self.atoms[at + 1]
        only_to = small(joint, Mark.TO) and (leads & Mark.FROM or not joint.marks & Mark.AT)
        if joint.kind is Is.DASH or only_to:
            end = self.hours.face(at + 2, led=True)
            return end is not None and end[0].explicit and (self.atoms[at].value or 0) <= 24
        return False

    def _dashed_date(self, at: int, day: int, *, expected: bool) -> tuple[Entry, int] | None:
        """14-06 and 14.06: a date where the month has its zero, or, with a dot, where a day is expected."""
        joint, second = self.atoms[at + 1], self.atoms[at + 2]
        month = second.value
        if joint.kind not in (Is.DASH, Is.DOT) or not (joint.glued and second.glued) or month is None:
            return None
        if not 1 <= month <= 12 or not 1 <= len(second.digits) <= 2:
            return None
        third = self.atoms[at + 3]
        dotted = joint.kind is Is.DOT and third.kind in (Is.DOT, Is.STOP) and third.glued  # "5.10., 18 Uhr"
        backwards = expected and day > month  # no range: "op 17-10"
        if not (second.digits.startswith("0") or dotted or (expected and joint.kind is Is.DOT) or backwards):
            return None
        if third.sense.hour_mark or third.sense.half_day:
            return None
        return Entry(day=day, month=month), at + 4 if dotted and self.atoms[at + 4].kind is Is.COMMA else at + 3

    # ── weekdays ────────────────────────────────────────────────────────────────────────────────────────────────────

    def weekday_stands(self, at: int) -> bool:
        """Whether an abbreviated or mistyped weekday is one: a number, an hour or a weekday beside it."""
        before, following, second = self.atoms[at - 1], self.atoms[at + 1], self.atoms[at + 2]
        mistyped = self.atoms[at].end - self.atoms[at].start >= 5
        if following.kind is Is.DATE:
            return True
        if following.kind is Is.NUMBER:
            return bool(following.digits) and (following.value or 0) <= 31
        joins = following.kind in (Is.DASH, Is.SLASH, Is.COMMA) or following.marks & (Mark.AND | Mark.TO)
        if joins and second.sense.weekday is not None:
            return True
        if mistyped and following.kind is not Is.GAP:
            return True
        led = bool(before.marks & _NAMED_SO and not before.marks & Mark.ARTICLE)
        handed = before.marks & (Mark.FETCH | Mark.BRING_BACK | Mark.BACK)
        led = bool(led or handed)  # "pick up fri, back mon"
        if following.sense.part is not None or (led and following.kind in _ENDS):
            return True
        if before.marks & (Mark.THIS | Mark.NEXT | Mark.COMING) and following.kind is Is.WORD:
            return True
        if following.marks & (Mark.AFTER | Mark.AT | Mark.BEFORE | Mark.FROM) and (
            second.digits or second.sense.named_clock
        ):
            return True
        joined = at >= 2 and (before.kind in (Is.DASH, Is.SLASH) or bool(before.marks & (Mark.AND | Mark.TO)))
        return joined and self.atoms[at - 2].sense.weekday is not None and following.kind is not Is.GAP

    def _weekday(self, at: int) -> tuple[Entry, int]:
        sense = self.atoms[at].sense
        entry = Entry(weekday=sense.weekday, plural=sense.weekday_plural, part=sense.part)
        behind = self._date_behind(entry, at + 1)
        if behind is not None:
            return entry, behind
        behind = self._weekday_tail(entry, at + 1)
        if entry.next or entry.this:  # "dimanche prochain 14 juin", "samedi prochain (le 12)"
            dated = self._date_behind(entry, behind)
            behind = behind if dated is None else dated
        entry.gone = entry.gone or (at > 0 and bool(self.atoms[at - 1].marks & Mark.LAST))
        entry.vague = entry.vague or (not entry.plural and at > 0 and self._is_one_of(self.atoms[at - 1]))
        return entry, behind

    @staticmethod
    def _is_one_of(atom: Atom) -> bool:
        """Whether a word before a weekday leaves open which it is: "un samedi", "the first Sunday of that month"."""
        ranked = atom.number is not None and atom.number.ordinal and not atom.digits
        return bool(atom.marks & Mark.ONE) or ranked

    def _date_behind(self, entry: Entry, at: int) -> int | None:
        """Read the date behind a weekday: "samedi 13 juin", "zaterdag (13/6)", "Saturday, June 13th"."""
        position, brackets = at, False
        while position - at < 3:
            atom = self.atoms[position]
            if atom.kind is Is.OPEN and not brackets:
                brackets = True
            elif not self._before_date(atom, first=position == at):
                break
            position += 1
        found = self._date_of_weekday(position, plain=position == at)
        if found is None:
            return None
        dated, behind = found
        if brackets and self.atoms[behind].kind is not Is.CLOSE and self.list_ahead(behind - 1):
            return None  # "on the Saturday (18 and 19 September)" speaks of more than the Saturday
        entry.day, entry.month, entry.year = dated.day, dated.month, dated.year
        entry.month_offset, entry.year_offset, entry.until = dated.month_offset, dated.year_offset, dated.until
        return behind + 1 if brackets and self.atoms[behind].kind is Is.CLOSE else behind

    def _before_date(self, atom: Atom, *, first: bool) -> bool:
        """Whether an atom may stand between a weekday and its date: a comma, an article, the end of a line."""
        if atom.kind is Is.COMMA or (atom.kind is Is.LINE and first):
            return True
        return small(atom, NAMED) and not atom.marks & (Mark.FROM | Mark.TO)

    def _date_of_weekday(self, at: int, *, plain: bool) -> tuple[Entry, int] | None:
        atom = self.atoms[at]
        if atom.kind is Is.DATE:
            return self._written(at)
        if atom.kind is Is.WORD and atom.sense.month is not None:
            found = self._month(at)
            return found if found[0].day is not None else None
        number = atom.number
        if number is None or number.about or not 1 <= number.value <= 31 or len(atom.digits) > 2:
            return None
        if number.article and not atom.digits:
            return None
        dated = self.with_month(Entry(day=number.value), at + 1)
        in_part = plain and self.atoms[at + 1].sense.part_alone
        if dated is not None or (self.is_hour(at) and not in_part):
            return dated
        dashed = self._dashed_date(at, number.value, expected=True)
        return dashed or self._number_of_weekday(at, number.value, plain)

    def _number_of_weekday(self, at: int, day: int, plain: bool) -> tuple[Entry, int] | None:
        """ "samedi 13": a day unless something counted follows, or it was set off by a comma."""
        atom, following = self.atoms[at], self.atoms[at + 1]
        ordinal = atom.number is not None and atom.number.ordinal
        if not atom.digits and not ordinal:
            return None
        if following.sense.unit or following.kind in (Is.OPAQUE, Is.DOT) or self._counts_people(at):
            return None
        if following.kind is Is.COLON and self.atoms[at + 2].glued:
            return None
        an_hour = (atom.value or 0) <= 24
        to_another = an_hour and small(following, Mark.TO) and not following.marks & NAMED and self.atoms[at + 2].digits
        hour = self.hours.face(at + 2, led=True) if to_another and following.marks & Mark.AT else None
        at_hour = hour is not None and hour[0].explicit  # "vendredi 6 à 17h"
        if to_another and not at_hour and self.with_month(Entry(), at + 3) is None:  # "Saturday 10 to 6"
            return None
        if not (plain or ordinal):
            set_off = not self.atoms[at - 1].marks & NAMED
            if (following.kind is Is.GAP and following.counted) or (set_off and not self.list_ahead(at)):
                return None
        return Entry(day=day), at + 1

    def _weekday_tail(self, entry: Entry, at: int) -> int:
        """Read what says which weekday: "prochain", "en huit", "de la semaine prochaine", "dans trois semaines"."""
        atom = self.atoms[at]
        if atom.sense.shift is not None:
            entry.shift = atom.sense.shift
            return at + 1
        week = self.week_behind(at) or (self.week_behind(at + 1) if atom.kind is Is.COMMA else None)
        if week is not None:
            entry.week_offset = week[0]
            return week[1]
        if atom.marks & Mark.LAST or (atom.number is not None and atom.number.value == LAST):
            entry.gone = True
            return at + 1
        entry.part = entry.part or (atom.sense.offset_part if atom.sense.next_day is not None else None)
        if small(atom, Mark.FOLLOWING) or atom.sense.next_day == 1:
            entry.following = True
            return at + 1
        beforehand = self.atoms[at + 1] if atom.sense.part is not None else atom  # "the Friday evening beforehand"
        if small(beforehand, Mark.PRECEDING) or atom.sense.next_day == -1:
            entry.preceding = True
            return at + 1 if beforehand is atom else at
        if self._is_relative(at, Mark.EARLIER):
            entry.preceding = True
            return at + 1
        if self._is_relative(at, Mark.LATER):
            entry.following = True
            return at + 1
        if small(atom, Mark.COMING):
            entry.this = True
            return at + 1
        if small(atom, Mark.NEXT):
            entry.next = not entry.plural
            return at + 1
        ahead = self.ahead(at + 1) if atom.marks & Mark.AHEAD else None
        if ahead is not None and (ahead[0].day_offset or 1) % 7 == 0:
            entry.shift = ahead[0].day_offset or 0
            return ahead[1]
        return self._month_of_weekday(entry, at)

    def _is_relative(self, at: int, mark: int) -> bool:
        """Whether "before" or "after" speaks of the day named last: "the Friday before", not "vendredi avant 18h"."""
        atom = self.atoms[at]
        if not small(atom, mark):
            return False
        following = self.atoms[at + 1]
        return following.kind not in (Is.DATE, Is.NUMBER) and not following.sense.timely and not following.marks

    def _month_of_weekday(self, entry: Entry, at: int) -> int:
        """ "un samedi de mars", "een zondag in juni": not fixed."""
        position = at
        while position - at < 3 and small(self.atoms[position], Mark.OF | Mark.IN) and not entry.plural:
            position += 1
            month = self.atoms[position].sense.month
            if self.atoms[position].kind is Is.WORD and month is not None:
                entry.vague, entry.month = True, month
                entry.year, behind = self.year(position + 1)
                return behind
        return at

    def week_behind(self, at: int) -> tuple[int, int] | None:
        """Read "de la semaine prochaine", "volgende week" behind a weekday: the week's offset, and the index behind."""
        position = at
        while position - at < 3:
            atom = self.atoms[position]
            if atom.sense.week_offset is not None:
                return atom.sense.week_offset, position + 1
            if not small(atom, Mark.OF | Mark.IN | Mark.ARTICLE):
                return None
            position += 1
        return None

    # ── months and ranks ────────────────────────────────────────────────────────────────────────────────────────────

    def _month_stands(self, at: int, leads: int) -> bool:
        """Whether "may" or "sept" is a month: a day's number follows, or a small word that goes before months."""
        atom, following = self.atoms[at], self.atoms[at + 1]
        if len(following.digits) == 4:
            return True
        if following.digits:
            return self._day_behind_month(at) is not None
        joined = at >= 2 and (
            self.atoms[at - 1].kind is Is.COMMA or self.atoms[at - 1].marks & (Mark.AND | Mark.OR | Mark.TO)
        )
        if joined and self.atoms[at - 2].sense.month is not None and self.atoms[at - 2].kind is Is.WORD:
            return True  # "January, February and March"
        whole_name = atom.end - atom.start >= 5 or (atom.end - atom.start == 3 and atom.sense.month == 5)
        called = Mark.IN | Mark.OF | Mark.UNTIL | Mark.NEXT | Mark.BETWEEN | Mark.SINCE | Mark.TO
        return whole_name and bool(leads & called)

    def _day_behind_month(self, at: int) -> int | None:
        """Return the day's number behind a month: "October 3rd", "June 13"."""
        following, second = self.atoms[at + 1], self.atoms[at + 2]
        number = following.number
        if number is None or not 1 <= len(following.digits) <= 2 or number.about or not 1 <= number.value <= 31:
            return None
        if self.is_hour(at + 1):
            return None
        counted = second.counted or second.kind is Is.COLON or second.sense.unit
        return None if counted and not number.ordinal else number.value

    def _month(self, at: int) -> tuple[Entry, int]:
        entry = Entry(month=self.atoms[at].sense.month)
        day = self._day_behind_month(at)
        if day is not None:
            entry.day, entry.month_first = day, True
            entry.year, behind = self.year(at + 2)
            return self._weekday_in_brackets(entry, behind)
        entry.year, behind = self.year(at + 1)
        entry.year_offset, behind = self._year_offset(entry, behind)
        return entry, behind

    def _ranked(self, at: int) -> tuple[Entry, int] | None:
        """ "le premier lundi de mars", "de laatste zaterdag van juni", "the first weekend of July"."""
        ranks, position = self.ranks(at)
        named = self.atoms[position].sense
        if not ranks or (named.weekday is None and named.unit not in ("weekend", "week")):
            return None
        found = self._month_of_rank(position + 1)
        if found is None:
            return None
        entry, behind = found
        entry.nth, entry.weekday, entry.part = ranks, named.weekday, named.part
        entry.weekend, entry.week = named.unit == "weekend", named.unit == "week"
        entry.vague = entry.week
        return entry, behind

    def ranks(self, at: int) -> tuple[tuple[int, ...], int]:
        """Read one rank or several: "1er et 3e", "eerste en derde", "last"."""
        several = self._several_ranks(at)
        if several:
            return several, at + 2
        ranks: list[int] = []
        position = behind = at
        while len(ranks) < 5:
            number = self.atoms[position].number
            if number is None or not number.ordinal or not (number.value < 0 or 1 <= number.value <= 5):
                break
            ranks.append(number.value)
            position = behind = position + 1
            while self.atoms[position].kind is Is.COMMA or small(self.atoms[position], Mark.AND | Mark.ARTICLE):
                position += 1
        return tuple(ranks), behind

    def _several_ranks(self, at: int) -> tuple[int, ...]:
        """ "les trois premiers lundis", "de eerste drie maandagen", "the last two Fridays": the ranks, if any."""
        pair = [self.atoms[at].number, self.atoms[at + 1].number if self.atoms[at].number is not None else None]
        ranks = [number.value for number in pair if number is not None and number.ordinal]
        many = [number.value for number in pair if number is not None and not (number.ordinal or number.about)]
        if len(ranks) != 1 or len(many) != 1 or not 2 <= many[0] <= 5 or ranks[0] not in (1, LAST):
            return ()
        return tuple(range(1, many[0] + 1)) if ranks[0] == 1 else tuple(range(-many[0], 0))

    def _month_of_rank(self, at: int) -> tuple[Entry, int] | None:
        """Read "de mars", "du mois prochain", "des mois de mars et mai", "of June 2027" behind a ranked weekday."""
        position = at
        while position - at < 4:
            atom = self.atoms[position]
            if atom.kind is Is.WORD and atom.sense.month is not None:
                return self._months(atom.sense.month, position + 1)
            if atom.sense.month_offset is not None and not atom.marks & Mark.OF_MONTH:
                return Entry(month_offset=atom.sense.month_offset), position + 1
            if not (small(atom, NAMED | Mark.OF | Mark.IN) or atom.sense.unit == "month"):
                return None
            position += 1
        return None

    def _months(self, first: int, at: int) -> tuple[Entry, int]:
        """Read the months that follow the first of a list or a range, and the year."""
        months, position, behind = [first], at, at
        while len(months) < 12:
            joint = self.atoms[position]
            to = joint.kind is Is.DASH or small(joint, Mark.TO | Mark.UNTIL)
            if not (to or joint.kind is Is.COMMA or small(joint, Mark.AND | Mark.OF)):
                break
            position += 1
            month = self.atoms[position].sense.month
            if month is None or self.atoms[position].kind is not Is.WORD:
                continue
            last = months[-1]
            skipped = range(1, (month - last) % 12) if to else ()
            months.extend([*((last + step - 1) % 12 + 1 for step in skipped), month])
            position = behind = position + 1
        year, behind = self.year(behind)
        return Entry(month=first, months=tuple(months[1:]), year=year), behind

    # ── named days and periods ──────────────────────────────────────────────────────────────────────────────────────

    def _named(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        if sense.day_offset is not None:
            shift = self.atoms[at + 1].sense.shift
            if shift is not None:  # "tomorrow fortnight"
                return Entry(day_offset=sense.day_offset + shift, part=sense.offset_part), at + 2
            return Entry(day_offset=sense.day_offset, part=sense.offset_part), at + 1
        found = self._edged(at) if sense.edge is not None else None
        if found is not None:
            return found
        if sense.shift_before is not None:
            return self._shifted(at)
        if sense.week_offset is not None:
            return self._in_week(at)
        if sense.unit == "weekend":
            return self._weekend(at, leads)
        if sense.unit == "week":
            if leads & Mark.AHEAD and leads & Mark.ARTICLE:
                return Entry(day_offset=7), self._over_time(at + 1)
            return self._week_of(at, leads)
        if sense.feast is not None:
            return self._feast(at, leads)
        if sense.span is not None and leads & (Mark.AHEAD | Mark.IN):
            return Entry(day_offset=sense.span), self._over_time(at + 1)
        return self._period(at, leads)

    def _period(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        called = Mark.IN | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.FOR | Mark.EXCEPT
        if sense.season is not None:
            return Entry(season=sense.season, vague=True), at + 1
        if sense.holidays is not None and leads & called:
            return Entry(holidays=sense.holidays, vague=True), at + 1
        if sense.next_day is not None:
            return self._from_another(sense.next_day, at + 1, sense.offset_part)
        if sense.month_offset is not None:
            return self._offset_month(at)
        if sense.year_offset is not None:
            return Entry(year_offset=sense.year_offset, vague=True), at + 1
        return None

    def _from_another(self, days: int, at: int, part: str | None = None) -> tuple[Entry, int]:
        """ "la veille du 5 juin", "the day after 5 June": so many `days` from a date; else from the day named last."""
        dated = self._day_named_by(at) if (days and self.atoms[at].kind is Is.WORD) or self.atoms[at].digits else None
        if dated is None or dated[0].until is not None or dated[0].bare_number:
            return Entry(next_day=days, part=part), at
        dated[0].apart, dated[0].part = days, dated[0].part or part
        return dated

    def _days_apart(self, at: int) -> tuple[Entry, int] | None:
        """ "trois jours plus tard", "2 dagen ervoor", "a week later": so many days from the day named last."""
        number, unit, tail = self.atoms[at].number, self.atoms[at + 1], self.atoms[at + 2]
        factor = {"day": 1, "week": 7, "fortnight": 14}.get(unit.sense.unit or "")
        if number is None or number.about or number.ordinal or factor is None or not 0 < number.value <= 60:
            return None
        if small(tail, Mark.NOTICE) and number.value * factor >= 7:
            return Entry(day_offset=-number.value * factor), at + 3  # "two weeks ahead", say the rules: nothing is then
        if small(tail, Mark.LATER | Mark.FOLLOWING) or tail.sense.next_day == 1:
            return self._from_another(number.value * factor, at + 3)
        if small(tail, Mark.EARLIER | Mark.PRECEDING) or tail.sense.next_day == -1:
            return self._from_another(-number.value * factor, at + 3)
        return None

    def _offset_month(self, at: int) -> tuple[Entry, int] | None:
        """ "le mois prochain", and "courant avril"."""
        if self.atoms[at + 1].sense.month is not None:
            return self._month(at + 1)
        if self.atoms[at].marks & (Mark.IN | Mark.FILLER):
            return None
        return Entry(month_offset=self.atoms[at].sense.month_offset, vague=True), at + 1

    def _edged(self, at: int) -> tuple[Entry, int] | None:
        """ "fin juin", "mi-mai", "the end of June", "la fin du mois", "fin de l'année"."""
        edge, position = self.atoms[at].sense.edge, at + 1
        while position - at < 4:
            atom = self.atoms[position]
            sense = atom.sense
            if sense.month is not None and atom.kind is Is.WORD:
                year, behind = self.year(position + 1)
                return Entry(month=sense.month, year=year, edge=edge, vague=True), behind
            if sense.month_offset is not None or sense.unit == "month":
                return Entry(month_offset=sense.month_offset or 0, edge=edge, vague=True), position + 1
            if sense.year_offset is not None or sense.unit == "year":
                return Entry(year_offset=sense.year_offset or 0, edge=edge, vague=True), position + 1
            if atom.kind is not Is.DASH and not small(atom, Mark.OF | Mark.ARTICLE | Mark.IN):
                return None
            position += 1
        return None

    def _shifted(self, at: int) -> tuple[Entry, int] | None:
        """ "a week on Saturday", "two weeks from Friday"."""
        position = at + 1
        while small(self.atoms[position], Mark.ON | Mark.THIS | Mark.COMING | Mark.ARTICLE):
            position += 1
        sense, shift = self.atoms[position].sense, self.atoms[at].sense.shift_before or 0
        if sense.weekday is not None and not sense.weekday_weak:
            return Entry(weekday=sense.weekday, shift=shift, part=sense.part), position + 1
        if sense.day_offset is not None:
            return Entry(day_offset=sense.day_offset + shift, part=sense.offset_part), position + 1
        return None

    def _in_week(self, at: int) -> tuple[Entry, int]:
        """ "la semaine prochaine", and with a weekday behind it that day: "volgende week donderdag"."""
        offset = self.atoms[at].sense.week_offset
        position = at + 2 if self.atoms[at + 1].kind is Is.COMMA else at + 1
        while small(self.atoms[position], NAMED):
            position += 1
        sense = self.atoms[position].sense
        if sense.weekday is not None and not sense.weekday_weak and not sense.weekday_plural:
            entry = Entry(weekday=sense.weekday, part=sense.part)
            behind = self._date_behind(entry, position + 1)
            if behind is not None:
                return entry, behind
            entry.week_offset = offset
            return entry, position + 1
        if sense.unit == "weekend":
            return Entry(weekend=True, week_offset=offset), position + 1
        return Entry(week_offset=offset, vague=True), at + 1

    def _weekend(self, at: int, leads: int) -> tuple[Entry, int]:
        """ "ce week-end", "le week-end du 13 juin", "het weekend van 13 en 14 juni", "un week-end de juillet"."""
        position = at + 1
        atom = self.atoms[position]
        week = self.week_behind(position)
        if week is not None:
            return Entry(weekend=True, week_offset=week[0]), week[1]
        if atom.marks & Mark.LAST or (atom.number is not None and atom.number.value == LAST):
            return Entry(weekend=True, gone=True), position + 1
        if small(atom, Mark.NEXT | Mark.COMING):
            coming = bool(atom.marks & Mark.COMING)
            return Entry(weekend=True, next=not coming, this=coming), position + 1
        if atom.sense.shift is not None:
            return Entry(weekend=True, shift=atom.sense.shift), position + 1
        dated = self._day_named_by(position)
        if dated is not None:
            dated[0].weekend = dated[0].until is None
            return dated
        month = self._month_of_rank(position) if self.atoms[position].marks & (Mark.OF | Mark.IN) else None
        if month is not None:
            month[0].vague = True
            return month
        before = self.atoms[at - 1].marks if at else 0
        return Entry(weekend=True, vague=bool(before & Mark.ONE), gone=bool(before & Mark.LAST)), position

    def _day_named_by(self, at: int) -> tuple[Entry, int] | None:
        """Read the day behind "du", "van", "of": the day that a weekend or a week is named by."""
        leads, position = self.leads(at)
        if not (leads & (Mark.OF | Mark.FROM | Mark.ON) or position == at):
            return None
        if leads & (Mark.SINCE | Mark.UNTIL | Mark.TO) and not leads & (Mark.OF | Mark.FROM):
            return None
        if self.atoms[position].sense.unit is not None:
            return None
        found = self.entry(position, leads | Mark.ON, listed=False)
        if found is None or (found[0].day is None and found[0].feast is None):
            return None
        return found

    def _week_of(self, at: int, leads: int) -> tuple[Entry, int] | None:
        """ "la semaine du 12 octobre", "de week van 4 mei", "the week of 5 June"."""
        dated = self._day_named_by(at + 1)
        if dated is None:
            return None
        entry, behind = dated
        joint = self.atoms[behind]
        if entry.until is None and not (joint.kind is Is.DASH or small(joint, Mark.TO | Mark.UNTIL)):
            entry.week = True
            entry.vague = not leads & Mark.WHOLE
        return entry, behind

    def _feast(self, at: int, leads: int) -> tuple[Entry, int] | None:
        sense = self.atoms[at].sense
        if self.atoms[at + 1].sense.unit == "weekend":
            return Entry(feast=sense.feast, weekend=True), at + 2
        called = leads & (Mark.ON | Mark.AT | Mark.UNTIL | Mark.BEFORE | Mark.AFTER | Mark.IN)
        named_after = leads & (Mark.OF | Mark.FROM) and not leads & (Mark.UNTIL | Mark.AT)
        if not sense.feast_sure and (not called or named_after):
            return None
        year, behind = self.year(at + 1)
        return Entry(feast=sense.feast, year=year, loose=not sense.feast_sure), behind

    def ahead(self, at: int) -> tuple[Entry, int] | None:
        """Read a distance behind "dans", "binnen", "in": "quinze jours", "10 dagen", "three weeks' time"."""
        atom, unit = self.atoms[at], self.atoms[at + 1]
        if atom.sense.span is not None:
            return Entry(day_offset=atom.sense.span), self._over_time(at + 1)
        if small(atom, Mark.ARTICLE | Mark.ONE) and unit.sense.unit == "week":
            return Entry(day_offset=7), self._over_time(at + 2)
        number = atom.number
        if number is None or not 0 < number.value <= 60:
            return None
        if number.about:
            return self._about_ahead(at, number.value)
        factor = {"day": 1, "week": 7, "fortnight": 14}.get(unit.sense.unit or "")
        return None if factor is None else (Entry(day_offset=number.value * factor), self._over_time(at + 2))

    def _about_ahead(self, at: int, number: int) -> tuple[Entry, int] | None:
        """ "dans une quinzaine (de jours)": fortnights and weeks are counted with both ends."""
        offset = {8: 7, 15: 14}.get(number)
        if offset is None:
            return None
        of_days = self.atoms[at + 1].marks & Mark.OF and self.atoms[at + 2].sense.unit == "day"
        return Entry(day_offset=offset), at + 3 if of_days else at + 1

    def _over_time(self, at: int) -> int:
        """Pass over the apostrophe and the "time" of "in two weeks' time"."""
        position = at
        while position - at < 3 and self.atoms[position].marks & Mark.FILLER and not self.atoms[position].sense.dated:
            position += 1
        return position
