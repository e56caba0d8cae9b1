"""The grammar of lists and ranges of days: "les 3, 10 et 17 octobre", "du 29 au 31 mai", "le 3 ou le 10"."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from mailbot.reading.atoms import Atom, Is, Mark
from mailbot.reading.dates import NAMED, DateReader
from mailbot.reading.said import DaysPhrase, Entry, Link, small

MOST_ENTRIES: Final = 60
"""Days of one list, at most."""


class DayReader:
    """Reads lists of days in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom], dates: DateReader) -> None:
        self.atoms = atoms
        self.dates = dates
        self._refused = 0
        """Up to which atom a list of numbers was refused: none of its numbers begins another."""

    def days(self, at: int) -> tuple[DaysPhrase, int] | None:
        """Return the list of days that begins at atom `at`, and the index behind it."""
        if at < self._refused and self.atoms[at].kind is Is.NUMBER:
            return None
        leads, position = self.dates.leads(at)
        headed = self._under_month(position, leads)
        if headed is not None:
            return headed
        found = self.dates.entry(position, leads, listed=False)
        if found is None:
            return None
        phrase = DaysPhrase([found[0]], leads=leads)
        behinds = [self._ranged(phrase, found[0], found[1])]
        while True:
            following = self._following(phrase, behinds[-1])
            if following is None:
                break
            entry, link, behind = following
            if phrase.entries[-1].vague and entry.bare_weekday and link is Link.OR:
                entry.vague = True
            entry.weekend = entry.weekend or (phrase.entries[-1].weekend and entry.day is not None)
            if len(phrase.entries) >= MOST_ENTRIES:
                phrase.too_many = True
                break
            phrase.entries.append(entry)
            phrase.links.append(link)
            behinds.append(self._ranged(phrase, entry, behind))
        end = behinds[-1]
        behind = self._trimmed(phrase, behinds)
        if not phrase.entries:
            self._refused = end
            return None
        _take_weeks_ahead(phrase)
        _share_week(phrase)
        _take_date_beside(phrase)
        behind = self._tail(phrase, behind)
        if len(phrase.entries) > 1 or phrase.entries[0].until is not None:
            for entry in phrase.entries:
                entry.loose = entry.loose and entry.feast is not None
        return _one_rank_each(phrase), behind

    def _under_month(self, at: int, leads: int) -> tuple[DaysPhrase, int] | None:
        """ "octobre : les 3, 17 et 31", "October: 3rd, 17th": the days behind the month that heads them."""
        month = self.atoms[at].sense.month
        if month is None or self.atoms[at].kind is not Is.WORD:
            return None
        year, behind = self.dates.year(at + 1)
        if self.atoms[behind].kind not in (Is.COLON, Is.DASH, Is.OPEN):
            return None
        phrase = DaysPhrase([], leads=leads)
        position = self.dates.leads(behind + 1)[1]
        while len(phrase.entries) < MOST_ENTRIES:
            number = self.atoms[position].number
            if number is None or number.about or not self.atoms[position].digits or not 1 <= number.value <= 31:
                break
            if self.dates.is_hour(position) or not self._ends_well(position + 1):
                break
            phrase.entries.append(Entry(day=number.value, month=month, year=year))
            behind = position + 1
            joint = self.joint(behind)
            if joint is None or joint[0] is Link.LINE:
                break
            phrase.links.append(joint[0])
            position = self.dates.leads(joint[1])[1]
        del phrase.links[max(0, len(phrase.entries) - 1) :]
        return (phrase, behind) if phrase.entries else None

    # ── ranges ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ranged(self, phrase: DaysPhrase, entry: Entry, behind: int) -> int:
        """Read the end of a range behind an entry, and with "3-4-5 mai" the last of them."""
        for _ in range(6):
            found = self._range_end(phrase, entry, behind)
            if found is None:
                break
            joint = self.atoms[behind].marks
            entry.moved = (
                bool(joint & Mark.MOVE_TO) and not joint & (Mark.UNTIL | Mark.AT) and bool(phrase.leads & Mark.FROM)
            )
            if entry.bare_weekday and entry.until is not None and entry.until.day is not None:
                entry.day, entry.month = entry.until.day, entry.until.month  # "Monday to Friday, 8-12 February"
            entry.until, behind = found
            entry.weekend = False
        return behind

    def _range_end(self, phrase: DaysPhrase, first: Entry, at: int) -> tuple[Entry, int] | None:
        position = at
        while self.atoms[position].kind is Is.LINE:
            position += 1
        atom = self.atoms[position]
        dashed = atom.kind is Is.DASH
        between = atom.kind is Is.WORD and phrase.leads & Mark.BETWEEN and atom.marks & Mark.AND
        named = phrase.leads & Mark.FROM or first.weekend
        into = named and (first.bare_number or first.weekend) and small(atom, Mark.ON)  # "de nacht van 4 op 5 juli"
        if not (dashed or between or into or (atom.kind is Is.WORD and atom.marks & (Mark.TO | Mark.UNTIL))):
            return None
        if dashed and position > at:
            return None
        leads, position = self.dates.leads(position + 1 if dashed or between else position)
        led = self.atoms[position - 1].marks & (Mark.TO | Mark.UNTIL)
        if leads and led and self.atoms[position].kind is Is.LINE:  # lines are broken anywhere
            more, position = self.dates.leads(position + 1)
            leads |= more
        found = self.dates.entry(position, leads, listed=True)
        if (
            found is None
            or (found[0].vague and not found[0].is_period)
            or (found[0].is_period and not (first.is_period or leads & (Mark.TO | Mark.UNTIL)))
        ):
            return None
        last, behind = found
        if last.bare_number and not self._closes(first, last, leads, dashed, behind):
            return None
        return found

    def _closes(self, first: Entry, last: Entry, leads: int, dashed: bool, behind: int) -> bool:
        """Whether a bare number ends a range: "du 12 au 15", not "samedi 13 juin - 20 personnes"."""
        if self.atoms[behind].counted and not leads & NAMED:
            return False
        if dashed or first.month_first:
            return first.month is None or first.month_first
        return first.bare_number or (bool(leads & NAMED) and first.day is not None)

    # ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _following(self, phrase: DaysPhrase, at: int) -> tuple[Entry, Link, int] | None:
        joint = self.joint(at)
        if joint is None:
            return None
        link, position = joint
        leads, position = self.dates.leads(position)
        if leads & (Mark.SINCE & ~Mark.FROM | Mark.BEFORE | Mark.AFTER | Mark.EVER_SINCE):
            return None
        if leads & Mark.UNTIL and not leads & (Mark.FROM | Mark.ON | Mark.AT):
            return None
        found = self.dates.entry(position, leads, listed=True)
        if found is None or not self._goes_on(phrase.entries[-1], found[0], link, position):
            return None
        return found[0], link, found[1]

    def _goes_on(self, before: Entry, entry: Entry, link: Link, at: int) -> bool:
        """Whether an entry belongs to the list, or only stands behind it."""
        last = before.until or before
        if entry.nth_named is not None:
            return False  # "les 13 et 20 juin, le premier dès 14h"
        if entry.is_period != last.is_period:
            return False
        if entry.bare_number:
            counted = self.atoms[at + 1].kind is Is.DASH or small(self.atoms[at + 1], Mark.TO)
            if before.day is None or link is Link.LINE:
                return False
            return not (link is Link.COMMA and counted and not self.dates.list_ahead(at))
        if entry.bare_weekday:
            if _weeks_ahead(before) and link is Link.COMMA:
                return True
            if link is Link.LINE or (entry.plural and not before.plural):
                return False
            return before.bare_weekday or link in (Link.AND, Link.OR, Link.ELSE) or before.weekday is not None
        if before.bare_weekday and link is Link.COMMA:
            return False
        return not (link is Link.LINE and entry.is_period) and not (before.plural and before.bare_weekday)

    def joint(self, at: int) -> tuple[Link, int] | None:
        """Read what joins two days of a list: a comma, "et", "ou", a new line, and their mixtures."""
        link: Link | None = None
        position = at
        while position - at < 4:
            atom = self.atoms[position]
            if atom.kind in (Is.COMMA, Is.SLASH):
                link = link or Link.COMMA
            elif atom.kind is Is.LINE:
                link = link or Link.LINE
            elif atom.kind in (Is.BAR, Is.DASH) and link is Link.LINE:
                pass
            elif small(atom, Mark.OR | Mark.EITHER) and not self._is_of(position):
                link = Link.OR
            elif small(atom, Mark.ELSE):
                link = Link.ELSE
            elif small(atom, Mark.AND):
                link = link if link is Link.OR else Link.AND
            else:
                break
            position += 1
        return None if link is None else (link, position)

    def _is_of(self, at: int) -> bool:
        """ "of" is "or" in Dutch and joins a day to its month in English."""
        return bool(self.atoms[at].marks & Mark.OF) and self.atoms[at + 1].sense.month is not None

    def _trimmed(self, phrase: DaysPhrase, behinds: list[int]) -> int:
        """Drop bare numbers that no month, article or list makes days; return the index behind what stays."""
        entries = phrase.entries
        months = any(entry.has_month for entry in entries)
        while len(entries) > 1:
            last = entries[-1]
            if not last.bare_number or last.loose or last.has_month:
                break
            joined = phrase.links[-1] in (Link.AND, Link.OR)
            ends_well = self._ends_well(behinds[-1])
            if months and joined and ends_well:
                break
            if joined and not months and not ends_well:  # "les 3 ou 4 tables"
                entries.clear()
                return behinds[-1]
            entries.pop()
            phrase.links.pop()
            behinds.pop()
        if not months and all(entry.bare_number for entry in entries) and not self._named_numbers(phrase, behinds[-1]):
            entries.clear()
        return behinds[-1]

    def _named_numbers(self, phrase: DaysPhrase, behind: int) -> bool:
        """Whether numbers without a month are days: "le 12", "du 12 au 15", "on the 12th", "le 3 ou le 10"."""
        ends = [end for entry in phrase.entries for end in (entry, entry.until) if end is not None]
        first = phrase.entries[0]
        return first.loose and (len(ends) > 1 or first.echo or self._ends_well(behind))

    def _ends_well(self, at: int) -> bool:
        """Whether nothing that could be counted follows a number."""
        atom = self.atoms[at]
        counted = atom.counted or atom.kind in (Is.NUMBER, Is.SLASH)
        to_another = small(atom, Mark.TO) and bool(self.atoms[at + 1].digits)
        if to_another and atom.marks & Mark.AT:  # "le 2 à 18h30"
            found = self.dates.hours.face(at + 1, led=True)
            to_another = found is None or not found[0].explicit
        return not counted and not to_another

    def _tail(self, phrase: DaysPhrase, at: int) -> int:
        """Take in what follows a list and speaks of all of it: the week it is in, "e.k.", "prochain"."""
        position = at
        while small(self.atoms[position], Mark.COMING) or (
            small(self.atoms[position], Mark.NEXT) and phrase.entries[-1].day is not None
        ):
            position += 1
        comma = self.atoms[position].kind is Is.COMMA
        week = self.dates.week_behind(position + 1 if comma else position)
        bare = [end for entry in phrase.entries for end in (entry, entry.until) if end is not None and end.bare_weekday]
        if week is None or not bare:
            return position
        for end in bare:
            end.week_offset = week[0]
        return week[1]


def _weeks_ahead(entry: Entry) -> int:
    """How many whole weeks from now a day is said to be; 0 where it is not said so."""
    offset = entry.day_offset or 0
    return offset // 7 if offset > 0 and offset % 7 == 0 and entry.until is None else 0


def _take_weeks_ahead(phrase: DaysPhrase) -> None:
    """ "dans deux semaines, le samedi": the Saturday of that week."""
    if len(phrase.entries) == 2 and phrase.links == [Link.COMMA] and phrase.entries[1].bare_weekday:
        weeks = _weeks_ahead(phrase.entries[0])
        if weeks:
            phrase.entries[1].week_offset = weeks
            del phrase.entries[0], phrase.links[0]


def _share_week(phrase: DaysPhrase) -> None:
    """ "le mardi et le vendredi de la semaine prochaine": the week is that of all, if they come in its order."""
    *before, last = phrase.entries
    days = [entry.weekday for entry in phrase.entries]
    if last.week_offset is None or not all(entry.bare_weekday and entry.until is None for entry in before):
        return
    if all(one is not None and other is not None and one < other for one, other in itertools.pairwise(days)):
        for entry in before:
            entry.week_offset = last.week_offset


def _take_date_beside(phrase: DaysPhrase) -> None:
    """ "on the eve, 26 June", "our yearly weekend, the weekend of 17 October": the date says which day."""
    first = phrase.entries[0]
    if len(phrase.entries) < 2 or phrase.links[0] is not Link.COMMA:
        return
    if (first.next_day and phrase.entries[1].has_month) or (first.some_weekend and phrase.entries[1].day is not None):
        phrase.entries[1].part = phrase.entries[1].part or first.part
        del phrase.entries[0], phrase.links[0]


def _one_rank_each(phrase: DaysPhrase) -> DaysPhrase:
    """Make an entry of each rank and each month of "les 1er et 3e mardis de mars et avril"."""
    if all(len(entry.nth) < 2 and not entry.months for entry in phrase.entries):
        return phrase
    entries: list[Entry] = []
    links: list[Link] = []
    for number, entry in enumerate(phrase.entries):
        months = (entry.month, *entry.months)
        every = [replace(entry, month=month, months=(), nth=(rank,)) for month in months for rank in entry.nth] or [
            entry
        ]
        links.extend([phrase.links[number - 1]] if number else [])
        links.extend([Link.AND] * (len(every) - 1))
        entries.extend(every)
    return replace(phrase, entries=entries, links=links)
