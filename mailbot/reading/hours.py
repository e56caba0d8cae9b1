"""The grammar of hours: clock times, ranges of them, parts of the day, lengths.

A time of day is kept as it was said (`Face`) until all that helps to read it is known, for "8 uur" is another hour
beside "'s avonds", and an end takes the half of the day of its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mailbot.reading.atoms import Atom, Is, Mark

NOON: Final = 720
MIDNIGHT: Final = 1440
DAY: Final = 1440


@dataclass(frozen=True, slots=True)
class Face:
    """A time of day as said. `half` is am or pm where it was; `sure` where the hours run to 24 (19h, 09:00, midi);
    `spelled` where they run to 12 (half acht, quarter past seven); `explicit` where a mark made it an hour."""

    hour: int
    minute: int = 0
    half: str | None = None
    part: str | None = None
    sure: bool = False
    spelled: bool = False
    explicit: bool = True
    dotted: bool = False
    maybe_length: bool = False
    """It may also say how long: "2 uur"."""

    @property
    def said(self) -> int:
        return self.hour * 60 + self.minute

    def readings(self) -> tuple[int, ...]:
        """Return the minutes after midnight that it may mean, the one as said first."""
        if self.half == "am":
            return ((self.hour % 12) * 60 + self.minute,)
        if self.half == "pm":
            return ((self.hour % 12) * 60 + NOON + self.minute,)
        if self.sure or self.hour > 12:
            return (self.said,)
        return self.said, self.said + NOON


@dataclass(frozen=True, slots=True)
class ClockPhrase:
    """Hours as said: a start, an end, a length in minutes, a part of the day, or several of them."""

    start: Face | None = None
    end: Face | None = None
    length: int | None = None
    part: str | None = None
    after: bool = False
    """ "après 19h": not before, which is a start only beside a day."""
    loose: bool = False
    """It says hours only beside a day: "samedi 2 heures"."""
    part_alone: bool = False


_WINDOWS: Final = {
    "morning": (0, 785),
    "midday": (660, 900),
    "afternoon": (NOON, 1140),
    "evening": (960, 1500),
    "night": (1200, 1860),
    "day": (360, 1320),
}
"""The hours that a part of the day may speak of, generously, in minutes after midnight."""

_DAYTIME: Final = range(1, 8)
"""Hours that are read as afternoon or evening where nothing says which half of the day."""


def _within(readings: Sequence[int], part: str | None) -> tuple[int, ...]:
    """Return the readings that lie in the part of the day; all of them where none does."""
    if part is None or part not in _WINDOWS or len(readings) == 1:
        return tuple(readings)
    low, high = _WINDOWS[part]
    found = tuple(reading for reading in readings if low <= reading <= high)
    if not found and part == "night":
        found = tuple(reading for reading in readings if reading <= 360)
    return found or tuple(readings)


def read_clock(phrase: ClockPhrase, part: str | None = None) -> tuple[int | None, int | None]:
    """Return start and end in minutes after midnight, the end past 1440 where it is in the night that follows.

    `part` is what was said of the day beside it ("samedi soir … à 8h")."""
    part = phrase.part or part
    start, end = phrase.start, phrase.end
    if start is None:
        return None, None if end is None else _alone(end, end.part or part)
    if end is None:
        begun = _alone(start, start.part or part)
        return begun, None if phrase.length is None else begun + phrase.length
    return _range(start, end, part)


def _alone(face: Face, part: str | None) -> int:
    readings = _within(face.readings(), part)
    return readings[-1] if len(readings) > 1 and face.hour in _DAYTIME else readings[0]


def _range(start: Face, end: Face, part: str | None) -> tuple[int, int]:
    starts = _within(start.readings(), start.part or (end.part if end.part != "night" else None) or part)
    ends = _within(end.readings(), end.part or (None if start.part else part))
    if start.part and not end.part and len(ends) > 1:
        ends = tuple(sorted(ends, key=lambda minute: _until(starts[0], minute)))
    begun = starts[0] if len(starts) == 1 else _start_before(start, end, starts, ends)
    length = min(_until(begun, minute) for minute in ends)
    return begun, begun + length


def _start_before(start: Face, end: Face, starts: Sequence[int], ends: Sequence[int]) -> int:
    """Choose the half of the day of a start that said none, by its end."""
    if (len(ends) == 1 and not (end.sure or end.hour > 12)) or (len(ends) == 1 and start.hour in _DAYTIME):
        return min(starts, key=lambda minute: _until(minute, ends[0]))
    if start.hour not in _DAYTIME or len(ends) == 1:
        return starts[0]
    in_the_morning = not start.spelled and start.hour >= 6 and 8 <= end.hour <= 12 and not end.spelled
    return starts[0] if in_the_morning else starts[-1]


def _until(start: int, end: int) -> int:
    """Minutes from one time of day to the next: never 0."""
    return (end - start - 1) % DAY + 1


_LEADS: Final = (
    Mark.FROM | Mark.SINCE | Mark.UNTIL | Mark.AT | Mark.BETWEEN | Mark.AFTER | Mark.BEFORE | Mark.FOR | Mark.TO
    | Mark.ON | Mark.LABEL_START | Mark.LABEL_END | Mark.FILLER
)  # fmt: skip


class Hours:
    """Reads hours in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.length = len(atoms)

    def clock(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Return the hours that begin at atom `at`, and the index behind them."""
        atom = self.atoms[at]
        if atom.kind not in (Is.WORD, Is.NUMBER):
            return None
        leads, behind = self._leads(at)
        if leads & Mark.FOR:
            found = self.lasting(behind)
            if found is not None:
                return found
        if behind < self.length:
            found = self._clock_behind(leads, behind)
            if found is not None:
                return found
        return self._part(at)

    def _leads(self, at: int) -> tuple[int, int]:
        """Gather the small words before a time of day: "à partir de", "tussen", "van ongeveer", "début :"."""
        leads, position = 0, at
        while position < self.length and position - at < 4:
            atom = self.atoms[position]
            if atom.kind is Is.COLON and leads:
                position += 1
                continue
            if atom.kind is not Is.WORD or not atom.marks & _LEADS or _says_more(atom):
                break
            leads |= atom.marks
            position += 1
        return leads, position

    def _clock_behind(self, leads: int, at: int) -> tuple[ClockPhrase, int] | None:
        first = self.face(at, led=bool(leads & (Mark.AT | Mark.FROM | Mark.TO | Mark.UNTIL | Mark.SINCE)))
        if first is None:
            return None
        start, behind = first
        second = self._second(start, leads, at, behind)
        if second is not None:
            end, after = second
            unmarked = not (start.explicit or end.explicit or start.dotted) and end.part is None
            return ClockPhrase(start, end, loose=unmarked), after
        if not start.explicit and not self._bare_hour_stands(start, leads, behind):
            return None
        return self._single(start, leads, at, behind)

    def _second(self, start: Face, leads: int, at: int, behind: int) -> tuple[Face, int] | None:
        """Read the end of a range whose start is behind us."""
        position, joint, spaced = behind, 0, False
        while position < self.length and position - behind < 3:
            atom = self.atoms[position]
            if atom.kind is Is.DASH:
                joint |= Mark.TO
                spaced = spaced or not atom.glued
            elif atom.kind is Is.WORD and (
                atom.marks & (Mark.TO | Mark.UNTIL) or (atom.marks & Mark.AND and leads & Mark.BETWEEN)
            ):
                joint |= Mark.TO
            elif atom.kind is Is.LINE and joint:
                pass
            elif not (
                (joint and atom.kind is Is.WORD and atom.marks & (Mark.AT | Mark.FILLER) and not _says_more(atom))
                or (atom.kind is Is.COMMA and self._until_follows(position + 1))
            ):
                break
            position += 1
        if position >= self.length:
            return None
        cells = not joint and position == behind and self._next_cell(start, behind)
        if not joint and not cells:
            return None
        if cells and self.atoms[position].kind in (Is.BAR, Is.COMMA):
            position += 1
        found = self.face(position, led=True)
        if found is None:
            return None
        end, after = found
        return (end, after) if self._range_stands(start, end, leads, at, after, cells) else None

    def _until_follows(self, at: int) -> bool:
        return at < self.length and bool(self.atoms[at].marks & Mark.UNTIL)

    def _next_cell(self, start: Face, behind: int) -> bool:
        """Whether an hour in the next cell of a table is an end: "19h | 21h", "19h  21h"."""
        atom = self.atoms[behind]
        position = behind + 1 if atom.kind is Is.BAR else behind
        if position >= self.length or not start.explicit or start.maybe_length is None:
            return False
        found = self.face(position, led=False)
        return found is not None and found[0].explicit and (atom.kind is Is.BAR or atom.kind is Is.NUMBER)

    def _range_stands(self, start: Face, end: Face, leads: int, at: int, after: int, cells: bool) -> bool:
        """Tell "19-22h" and "van 19 tot 22" from "20 à 25 personnes", "8-12 ans" and scores."""
        if start.explicit and end.explicit:
            return True
        if cells:
            return False
        following = self.atoms[after] if after < self.length else None
        counted = following is not None and (
            following.kind is Is.GAP or following.sense.unit in ("day", "week", "month", "year")
        )
        if end.explicit:
            return not (end.maybe_length and start.hour == 0)
        if start.dotted and end.dotted:
            return True
        if counted or (following is not None and (following.sense.month or following.kind is Is.OPAQUE)):
            return False
        if start.explicit:
            return True
        if end.part or (following is not None and (following.sense.part_alone or following.sense.half_day)):
            return True
        led = bool(leads & (Mark.FROM | Mark.BETWEEN)) or self._day_before(at)
        return led and end.hour <= 24 and start.said != end.said

    def _day_before(self, at: int) -> bool:
        """Whether a weekday or a date stands directly before, perhaps with a comma."""
        position = at - 1
        while position >= 0 and self.atoms[position].kind in (Is.COMMA, Is.DASH, Is.COLON, Is.OPEN):
            position -= 1
        if position < 0:
            return False
        atom = self.atoms[position]
        return atom.sense.weekday is not None or atom.sense.month is not None or atom.kind is Is.DATE

    def _bare_hour_stands(self, start: Face, leads: int, behind: int) -> bool:
        """Whether a number without any mark of hours is one: "om 8", "at 7", "om half acht"."""
        if not leads & Mark.AT or leads & Mark.TO or start.hour == 0:
            return False
        following = self.atoms[behind] if behind < self.length else None
        return following is None or not (
            following.kind in (Is.GAP, Is.OPAQUE, Is.SLASH, Is.DOT, Is.NUMBER)
            or following.sense.unit
            or following.sense.month
        )

    def _single(self, start: Face, leads: int, at: int, behind: int) -> tuple[ClockPhrase, int] | None:
        if leads & Mark.UNTIL and not leads & Mark.FROM:
            return ClockPhrase(None, start), behind
        if leads & Mark.LABEL_END and self._labelled(at):
            return ClockPhrase(None, start), behind
        if leads & Mark.BEFORE and not leads & Mark.AT:
            return ClockPhrase(None, start, after=True), behind
        if leads & Mark.AFTER:
            return ClockPhrase(start, after=True), behind
        if (
            start.maybe_length
            and leads & (Mark.FROM | Mark.OF)
            and not leads & (Mark.SINCE | Mark.AT)
            and start.hour <= 6
        ):
            return ClockPhrase(length=start.said, loose=True), behind
        if start.maybe_length and not leads & (Mark.AT | Mark.SINCE | Mark.TO | Mark.ON | Mark.FROM | Mark.LABEL_START):
            return ClockPhrase(start, loose=True), behind
        return self._with_length(ClockPhrase(start), behind)

    def _labelled(self, at: int) -> bool:
        return at > 0 and self.atoms[at - 1].kind is Is.COLON

    def _with_length(self, phrase: ClockPhrase, behind: int) -> tuple[ClockPhrase, int]:
        """Take in a length that follows: "à 14h pour 3 heures", "14h (durée 2h)"."""
        position = behind
        while position < self.length and self.atoms[position].kind in (Is.COMMA, Is.OPEN, Is.LINE):
            position += 1
        if position < self.length and self.atoms[position].marks & Mark.FOR:
            _leads, after = self._leads(position)
            found = self.lasting(after) if after < self.length else None
            if found is not None and found[0].length is not None:
                return replace(phrase, length=found[0].length), found[1]
        return phrase, behind

    def face(self, at: int, *, led: bool) -> tuple[Face, int] | None:
        """Return the time of day that begins at `at`, `explicit` or a bare number, and the index behind it."""
        if at >= self.length:
            return None
        atom = self.atoms[at]
        sense = atom.sense
        if sense.named_clock is not None:
            if sense.part and not led and self._day_before(at):
                return None
            return self._rounded(Face(sense.named_clock // 60, sure=True), at + 1)
        if sense.minutes_before is not None:
            return self._offset_face(sense.minutes_before, at + 1)
        if atom.kind is not Is.NUMBER or atom.number is None or atom.number.ordinal or atom.number.about:
            return None
        value = atom.number.value
        if value > 24 or len(atom.digits) > 2:
            return None
        return self._numbered(atom, value, at + 1)

    def _offset_face(self, offset: int, at: int) -> tuple[Face, int] | None:
        if at >= self.length:
            return None
        atom = self.atoms[at]
        value = atom.value
        if atom.kind is not Is.NUMBER or value is None or not 1 <= value <= 24 or (atom.number and atom.number.ordinal):
            return None
        minutes = value * 60 + offset
        behind = at + 1
        if behind < self.length and self.atoms[behind].sense.hour_mark:
            behind += 1
        return self._in_part(Face(minutes // 60, minutes % 60, spelled=True), behind)

    def _numbered(self, atom: Atom, hour: int, at: int) -> tuple[Face, int] | None:
        spelled = not atom.digits
        sure = atom.digits.startswith("0") or hour == 0
        following = self.atoms[at] if at < self.length else None
        if following is None:
            return Face(hour, sure=sure, spelled=spelled, explicit=False), at
        minute = self._two_digits(at + 1)
        if following.kind is Is.COLON and following.glued and minute is not None and self.atoms[at + 1].glued:
            return self._marked(Face(hour, minute, sure=sure), at + 2)
        if following.kind is Is.DOT and minute is not None:
            return self._dotted(Face(hour, minute, sure=sure), at + 2)
        if following.sense.hour_mark:
            return self._after_mark(Face(hour, sure=sure, spelled=spelled), at + 1)
        if following.sense.half_day and (not following.sense.weekday_weak or following.glued) and hour <= 12:
            return self._in_part(Face(hour, half=following.sense.half_day, spelled=spelled), at + 1)
        if following.sense.minutes_after is not None and following.kind is Is.WORD and following.marks == 0:
            return self._rounded(Face(hour, sure=sure, spelled=True), at)
        if atom.number is not None and atom.number.article:
            return None
        return self._in_part(Face(hour, sure=sure, spelled=spelled, explicit=False), at)

    def _two_digits(self, at: int) -> int | None:
        if at >= self.length:
            return None
        atom = self.atoms[at]
        value = atom.value
        return value if atom.kind is Is.NUMBER and len(atom.digits) == 2 and value is not None and value < 60 else None

    def _marked(self, face: Face, at: int) -> tuple[Face, int]:
        """Pass over seconds and a mark of hours behind 14:30."""
        if at + 1 < self.length and self.atoms[at].kind is Is.COLON and self._two_digits(at + 1) is not None:
            at += 2
        if at < self.length and self.atoms[at].sense.hour_mark:
            at += 1
        return self._in_half(face, at)

    def _dotted(self, face: Face, at: int) -> tuple[Face, int] | None:
        """14.30u, 2.30 pm; without a mark it may be a date, and only what stands beside it tells."""
        if at < self.length and self.atoms[at].kind is Is.DOT:
            return None
        if at < self.length and self.atoms[at].sense.hour_mark:
            return self._in_half(face, at + 1)
        found, behind = self._in_half(face, at)
        return replace(found, explicit=found.half is not None or found.part is not None, dotted=True), behind

    def _after_mark(self, face: Face, at: int) -> tuple[Face, int]:
        minute = self._two_digits(at)
        if minute is not None and (self.atoms[at].glued or self._spaced_minutes(at, minute)):
            after = at + 1
            if after < self.length and self.atoms[after].sense.unit == "minute":
                after += 1
            return self._in_half(replace(face, minute=minute), after)
        rounded, behind = self._rounded(face, at)
        if behind > at:
            return rounded, behind
        length_too = face.hour <= 12 and not face.sure
        return self._in_half(replace(face, maybe_length=length_too), at)

    def _spaced_minutes(self, at: int, minute: int) -> bool:
        """Whether "18 h 15" ends in minutes: round ones, spaced as the hour is, and nothing counted behind."""
        following = self.atoms[at + 1] if at + 1 < self.length else None
        if following is None:
            return minute % 5 == 0
        counted = following.kind in (Is.GAP, Is.SLASH) or following.sense.hour_mark or following.sense.month
        return minute % 5 == 0 and not counted

    def _rounded(self, face: Face, at: int) -> tuple[Face, int]:
        """Add what follows the hour in words: "et demie", "moins le quart", "trente"."""
        if at < self.length:
            offset = self.atoms[at].sense.minutes_after
            if offset is not None:
                minutes = face.said + offset
                return self._in_part(replace(face, hour=minutes // 60, minute=minutes % 60), at + 1)
            minute = self._two_digits(at)
            if minute is not None and face.sure and minute % 5 == 0 and at + 1 < self.length:
                return self._in_part(replace(face, minute=minute), at + 1)
            spelled = self.atoms[at]
            if (
                spelled.kind is Is.NUMBER
                and not spelled.digits
                and (spelled.value or 0) in (5, 10, 15, 20, 25, 30, 40, 45, 50)
            ):
                return self._in_part(replace(face, minute=spelled.value or 0), at + 1)
        return face, at

    def _in_half(self, face: Face, at: int) -> tuple[Face, int]:
        if at < self.length and self.atoms[at].sense.half_day and face.hour <= 12:
            return replace(face, half=self.atoms[at].sense.half_day, maybe_length=False), at + 1
        return self._in_part(face, at)

    def _in_part(self, face: Face, at: int) -> tuple[Face, int]:
        """Take in a part of the day that follows: "10h du matin", "half acht 's avonds"."""
        if at < self.length:
            sense = self.atoms[at].sense
            if sense.part and sense.part_alone and sense.part != "day" and face.hour <= 12 and not face.half:
                return replace(face, part=sense.part, explicit=True, maybe_length=False), at + 1
        return face, at

    def lasting(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Return a length of hours and minutes: "3 heures", "2h30", "1,5 uur", "anderhalf uur", "90 minutes"."""
        found = self.minutes(at)
        if found is None:
            return None
        minutes, behind = found
        if behind < self.length and self.atoms[behind].marks & Mark.LONG:
            behind += 1
        return ClockPhrase(length=minutes), behind

    def minutes(self, at: int) -> tuple[int, int] | None:
        if at >= self.length:
            return None
        atom = self.atoms[at]
        if atom.sense.length is not None:
            return atom.sense.length, at + 1
        value = atom.value
        if (
            atom.kind is not Is.NUMBER
            or value is None
            or at + 1 >= self.length
            or atom.number is None
            or atom.number.ordinal
        ):
            return None
        unit = self.atoms[at + 1]
        if unit.kind in (Is.DOT, Is.COMMA) and unit.glued and at + 3 < self.length:
            return self._decimal(value, at)
        if unit.sense.unit == "minute":
            return (value, at + 2) if value <= 600 else None
        if unit.sense.unit != "hour" or not 0 < value <= 12:
            return None
        minutes, behind = value * 60, at + 2
        extra = self.atoms[behind] if behind < self.length else None
        if extra is None:
            return minutes, behind
        if extra.sense.minutes_after is not None and not extra.marks:
            return minutes + extra.sense.minutes_after, behind + 1
        if (
            extra.kind is Is.NUMBER
            and (extra.glued or extra.value in (15, 30, 45))
            and self._two_digits(behind) is not None
        ):
            after = behind + 1
            if after < self.length and self.atoms[after].sense.unit == "minute":
                after += 1
            return minutes + (extra.value or 0), after
        if extra.marks & Mark.AND and behind + 1 < self.length:
            more = self.minutes(behind + 1)
            if more is not None and more[0] < 60:
                return minutes + more[0], more[1]
        return minutes, behind

    def _decimal(self, value: int, at: int) -> tuple[int, int] | None:
        """1,5 uur and 2.5 hours."""
        tenths, unit = self.atoms[at + 2], self.atoms[at + 3]
        if (
            tenths.kind is Is.NUMBER
            and tenths.glued
            and tenths.value == 5
            and unit.sense.unit == "hour"
            and value <= 12
        ):
            return value * 60 + 30, at + 4
        return None

    def _part(self, at: int) -> tuple[ClockPhrase, int] | None:
        """A part of the day by itself; a bare one counts only beside a day, which the caller knows."""
        sense = self.atoms[at].sense
        if sense.part is None or sense.day_offset is not None or sense.weekday is not None:
            return None
        if self.atoms[at].kind is Is.NUMBER:
            return None
        return ClockPhrase(part=sense.part, part_alone=sense.part_alone), at + 1


def _says_more(atom: Atom) -> bool:
    """Whether a small word is a time of its own too: "midi", "half"."""
    sense = atom.sense
    return sense.named_clock is not None or sense.minutes_before is not None or sense.part is not None
