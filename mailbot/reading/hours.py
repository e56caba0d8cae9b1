"""The grammar of hours: clock times, ranges of them, parts of the day, lengths.

A time of day is kept as it was said (`Face`) until all that helps to read it is known, for "8 uur" is another hour
beside "'s avonds", and an end takes the half of the day of its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from mailbot.reading.atoms import PASSED_OVER, Atom, Is, Mark
from mailbot.reading.moments import WINDOWS
from mailbot.reading.said import ClockPhrase, Face, small

DAY: Final = 1440

_LONGEST_WITH_MINUTES: Final = 4
"""Hours of "2h30" that may say how long as well as when."""
_DAYTIME: Final = range(1, 8)
"""Hours that are read as afternoon or evening where nothing says which half of the day."""


def read_clock(phrase: ClockPhrase) -> tuple[int | None, int | None]:
    """Return start and end in minutes after midnight, the end past 1440 where it is in the night that follows."""
    start, end, part = phrase.start, phrase.end, phrase.part
    if start is None:
        return None, None if end is None else _alone(end, end.part or part)
    if end is None:
        begun = _alone(start, start.part or part)
        return begun, None if phrase.length is None else begun + phrase.length
    return _range(start, end, part)


def is_of_twelve(phrase: ClockPhrase) -> bool:
    """Whether nothing said which half of the day hours are in."""
    ends = [end for end in (phrase.start, phrase.end) if end is not None]
    return phrase.part is None and bool(ends) and all(end.part is None and len(end.readings()) > 1 for end in ends)


def _within(readings: Sequence[int], part: str | None) -> tuple[int, ...]:
    """Return the readings that lie in the part of the day; all of them where none does."""
    if part is None or part not in WINDOWS or len(readings) == 1:
        return tuple(readings)
    low, high = WINDOWS[part]
    found = tuple(reading for reading in readings if low <= reading <= high)
    if not found and part == "night":
        found = tuple(reading for reading in readings if reading <= 360)
    return found or tuple(readings)


def _alone(face: Face, part: str | None) -> int:
    readings = _within(face.readings(), part)
    return readings[-1] if len(readings) > 1 and face.hour in _DAYTIME else readings[0]


def _range(start: Face, end: Face, part: str | None) -> tuple[int, int]:
    if end.half == "am" and end.hour == 12 and start.half is None and not start.sure:
        end = replace(end, half="pm")  # "10-12 am" ends at noon
    starts = _within(start.readings(), start.part or (end.part if end.part != "night" else None) or part)
    ends = _within(end.readings(), end.part or (None if start.part else part))
    if part == "night" and start.hour > 12 and not end.spelled:
        ends = end.readings()[:1]  # "la nuit, de 18h à 10h"
    begun = starts[0] if len(starts) == 1 else _start_before(start, end, starts, ends)
    return begun, begun + min(_until(begun, minute) for minute in ends)


def _start_before(start: Face, end: Face, starts: Sequence[int], ends: Sequence[int]) -> int:
    """Choose the half of the day of a start that said none, by its end."""
    said_by_12 = not (end.sure or end.hour > 12)
    if len(ends) == 1 and (said_by_12 or start.hour in _DAYTIME):
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
_APART: Final = frozenset({Is.COMMA, Is.LINE, Is.DASH, Is.OPEN, Is.COLON, Is.STOP, Is.PARAGRAPH})
_FORENOON: Final = range(8, 13)
_BESIDE: Final = frozenset({Is.COMMA, Is.DASH, Is.COLON, Is.OPEN, Is.CLOSE})
_CLOSING: Final = frozenset({Is.COMMA, Is.STOP, Is.END, Is.LINE, Is.PARAGRAPH, Is.CLOSE})
_AS_FAR: Final = 5
"""Atoms from "the same" to the weekday that it is the same as, at most."""
_COUNTED: Final = frozenset({"day", "week", "month", "year"})


class HourReader:
    """Reads hours in a row of atoms."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.day_behind = -1
        """The atom behind the last day or repetition, which its reader tells: hours there need no mark."""

    def clock(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Return the hours that begin at atom `at`, and the index behind them."""
        if self.atoms[at].kind not in (Is.WORD, Is.NUMBER):
            return None
        if self.atoms[at].marks & Mark.AS_BEFORE:
            return self._as_before(at)
        leads, behind = self._leads(at)
        if leads & Mark.FOR:
            found = self.lasting(behind)
            if found is not None:
                return found
        return (
            self._beside(behind)
            or self._clock_behind(leads, at, behind)
            or self._length_alone(at, behind)
            or self._part(at)
        )

    def _as_before(self, at: int) -> tuple[ClockPhrase, int] | None:
        """ "vr 9 okt: zelfde", "ma 26/10, zelfde als de andere maandag": right behind a day, and nothing else of it."""
        before = at
        while before > self.day_behind and (
            self.atoms[before - 1].kind in _BESIDE or small(self.atoms[before - 1], Mark.TO)
        ):
            before -= 1
        if before != self.day_behind:
            return None
        if self.atoms[at + 1].kind in _CLOSING:
            return ClockPhrase(as_before=True), at + 1
        for position in range(at + 1, at + 1 + _AS_FAR):
            sense = self.atoms[position].sense
            if sense.weekday is not None and not sense.weekday_plural:
                return ClockPhrase(as_before=True, like=sense.weekday), position + 1
            if self.atoms[position].kind not in (Is.GAP, Is.WORD):
                break
        return None

    def _beside(self, at: int) -> tuple[ClockPhrase, int] | None:
        """ "une heure avant", "half an hour afterwards": how much longer than the hours said elsewhere."""
        found = self.lasting(at)
        if found is None:
            return None
        phrase, behind = found
        marks, following = self.atoms[behind].marks, self.atoms[behind + 1]
        if not marks & (Mark.EARLIER | Mark.LATER) or self.atoms[behind].kind is not Is.WORD:
            return None
        if self.face(behind + 1, led=True) is not None or following.kind is Is.DATE or following.sense.dated:
            return None
        return replace(phrase, loose=True, beside=-1 if marks & Mark.EARLIER else 1), behind + 1

    def _leads(self, at: int) -> tuple[int, int]:
        """Gather the small words before a time of day: "à partir de", "tussen", "van ongeveer", "début :"."""
        leads, position = 0, at
        while position - at < 4:
            atom = self.atoms[position]
            if atom.kind is Is.COLON and leads:
                position += 1
                continue
            if atom.kind is not Is.WORD or not atom.marks & _LEADS or _says_hours(atom):
                break
            labelled = self.atoms[position + 1].kind is Is.COLON or not atom.marks & (Mark.AT | Mark.TO | Mark.FROM)
            leads |= atom.marks if labelled else atom.marks & ~(Mark.LABEL_START | Mark.LABEL_END)
            position += 1
        return leads, position

    def _length_alone(self, at: int, behind: int) -> tuple[ClockPhrase, int] | None:
        """ "une heure et demie suffira", "nous avons besoin de deux heures": a length where a start is said."""
        found = self.lasting(behind)
        return None if found is None else (replace(found[0], loose=True), found[1])

    def _clock_behind(self, leads: int, led_at: int, at: int) -> tuple[ClockPhrase, int] | None:
        first = self.face(at, led=bool(leads & (Mark.AT | Mark.FROM | Mark.TO | Mark.UNTIL | Mark.SINCE)))
        if first is None:
            return None
        start, behind = first
        late = self._for_later(start, behind)
        if late is not None:
            return late
        second = self._second(start, leads, led_at, behind)
        if second is not None:
            end, after = second
            marked = start.explicit or end.explicit or start.dotted or _is_no_date(end)
            unmarked = not marked and end.part is None
            moved = bool(leads & Mark.FROM) and _only_to(self.atoms[behind])
            said = bool(leads & (Mark.FROM | Mark.BETWEEN)) or self.atoms[behind].marks & Mark.UNTIL
            said = said or self._ends_lower(start, end, led_at, after)
            backwards = end.said < start.said and start.hour in _FORENOON  # "from 12 to 2" counts nothing
            apart = led_at == 0 or self.atoms[led_at - 1].kind in _APART or backwards
            apart = unmarked and ((bool(said) and apart) or self._labelled(led_at))
            led = unmarked and (bool(leads & (Mark.FROM | Mark.BETWEEN)) or self._only_until(behind))
            led = led and self.atoms[after].kind is not Is.NUMBER
            onward = end.said > start.said or backwards  # not "down from 6 to 4 on R-7K3F2"
            closed = self.atoms[after].kind in _CLOSING and start.hour > 0
            closed = closed or (onward and self._stands_alone(start, led_at, after))
            apart = apart or (led and closed and not leads & Mark.BETWEEN)
            return ClockPhrase(start, end, loose=unmarked, apart=apart, led=led, moved=moved), after
        labelled = start.dotted and bool(leads & (Mark.LABEL_START | Mark.LABEL_END | Mark.BEFORE))
        if start.explicit or labelled:
            return self._single(start, leads, at, behind)
        if start.dotted and not leads and self._dotted_alone(start, at, behind):
            return ClockPhrase(start, loose=True), behind
        named = bool(self.atoms[at - 1].marks & Mark.ARTICLE)  # "finit le 10" is a day
        if not named and (self._bare_hour_stands(start, leads, behind) or self._instead(led_at, behind)):
            if leads & Mark.BEFORE:
                after = behind + 1 if self.atoms[behind].marks & Mark.BEFORE else behind
                return ClockPhrase(None, start, bounded=True), after
            labels = Mark.LABEL_START | Mark.LABEL_END
            sure = bool(leads & (Mark.AT | labels)) and (not start.dotted or start.minute == 0 or start.minute > 12)
            alone = self._stands_alone(start, led_at, behind)
            if leads & (Mark.UNTIL | Mark.LABEL_END) and not leads & Mark.FROM:
                return ClockPhrase(None, start, loose=not (alone or (sure and start.dotted))), behind
            return ClockPhrase(start, loose=not (sure or alone)), behind
        return None

    def _for_later(self, start: Face, behind: int) -> tuple[ClockPhrase, int] | None:
        """ "7 for 7.30 pm": people come at seven, and it begins half an hour later."""
        if not small(self.atoms[behind], Mark.FOR) or start.spelled or start.explicit:
            return None
        found = self.face(behind + 1, led=True)
        if found is None or found[0].maybe_length or not (found[0].half or _is_no_date(found[0])):
            return None
        later = found[0]
        if not 0 < later.said - start.said <= 60:
            return None
        return ClockPhrase(replace(start, half=start.half or later.half, explicit=True)), found[1]

    def _instead(self, at: int, behind: int) -> bool:
        """Whether a bare number is the hour that another takes the place of: "at 9 instead of 10"."""
        following = self.atoms[behind]
        led = at > 1 and bool(self.atoms[at - 1].marks & Mark.INSTEAD) and self.atoms[at - 2].number is not None
        return led and not (following.counted or following.sense.unit or following.sense.month or following.digits)

    def _labelled(self, at: int) -> bool:
        """Whether a word for hours stands before, perhaps with a colon: "Time: 2-6", "Horaire : 14 - 18"."""
        if at > 0 and self.atoms[at - 1].marks & Mark.LABEL_HOURS and not self.atoms[at - 1].sense.hour_mark:
            return True
        labelled = at > 1 and self.atoms[at - 1].kind is Is.COLON
        return labelled and (self.atoms[at - 2].sense.hour_mark or bool(self.atoms[at - 2].marks & Mark.LABEL_HOURS))

    def _second(self, start: Face, leads: int, led_at: int, behind: int) -> tuple[Face, int] | None:
        """Read the end of a range whose start is behind us."""
        corrected = led_at > 0 and bool(self.atoms[led_at - 1].marks & Mark.CORRECTION)
        joined, position = self._joint(leads, behind, Mark.UNTIL | Mark.TO if corrected else Mark.UNTIL)
        cells = not joined and self._next_cell(start, behind)
        if not joined and not cells:
            return None
        if cells:
            position = behind + 1 if self.atoms[behind].kind in (Is.BAR, Is.SLASH) else behind
        found = self.face(position, led=True)
        if found is None:
            return None
        end, after = found
        return (end, after) if cells or self._range_stands(start, end, leads, led_at, after) else None

    def _joint(self, leads: int, at: int, behind_comma: int) -> tuple[bool, int]:
        """Pass over what joins the two ends of a range; say whether there was anything. `behind_comma` are the marks
        that join even behind a comma."""
        joined, position = False, at
        while position - at < 4:
            atom = self.atoms[position]
            between = atom.kind is Is.WORD and atom.marks & Mark.AND and leads & Mark.BETWEEN
            if between or atom.kind is Is.DASH or small(atom, Mark.TO | Mark.UNTIL):
                joined = True
            elif joined and (atom.kind is Is.LINE or self._filler(atom)):
                pass
            elif not (atom.kind is Is.COMMA and self.atoms[position + 1].marks & behind_comma):
                break
            position += 1
        return joined, position

    def _filler(self, atom: Atom) -> bool:
        return atom.kind is Is.WORD and bool(atom.marks & (Mark.AT | Mark.FILLER)) and not _says_hours(atom)

    def _next_cell(self, start: Face, behind: int) -> bool:
        """Whether an hour in the next cell of a table is an end: "19h | 21h", "19h  21h", "10h/13h"."""
        atom = self.atoms[behind]
        if not start.explicit or atom.kind not in (Is.BAR, Is.SLASH, Is.NUMBER):
            return False
        found = self.face(behind if atom.kind is Is.NUMBER else behind + 1, led=False)
        return found is not None and found[0].explicit

    def _range_stands(self, start: Face, end: Face, leads: int, led_at: int, after: int) -> bool:
        """Tell "19-22h" and "van 19 tot 22" from "20 à 25 personnes", "8-12 ans" and scores."""
        if end.explicit:
            return start.explicit or not (end.maybe_length and start.hour == 0)
        if leads & Mark.BETWEEN and start.explicit and not self.atoms[after].people:
            return end.hour <= 24  # "tussen half elf en twaalf beschikbaar"
        if (start.dotted and end.dotted) or (_is_no_date(end) and not self.atoms[after].counted):
            return True
        following = self.atoms[after]
        counted = following.counted or following.sense.unit in _COUNTED or following.sense.month
        if counted or (led_at > 0 and self.atoms[led_at - 1].people and not start.explicit):
            return False
        told_of = following.sense.part_alone or following.sense.half_day or following.sense.next_day == 0
        if start.explicit or end.part or told_of:
            return True
        led = bool(leads & (Mark.FROM | Mark.BETWEEN)) or self._day_before(led_at) or self._labelled(led_at)
        led = led or (self._till(after) and (self._begins_sentence(led_at) or (start.dotted and _is_no_date(start))))
        led = led or (self._till(after) and self._only_until(after - 2) and self._stands_alone(start, led_at, after))
        led = led or self._ends_lower(start, end, led_at, after)
        return led and end.hour <= 24 and start.said != end.said

    def _ends_lower(self, start: Face, end: Face, at: int, after: int) -> bool:
        """Whether two numbers stand by themselves and the second is the lower: "…, 10 to 4." counts nothing."""
        apart = at == 0 or self.atoms[at - 1].kind in _APART
        return apart and self._closed(after) and 1 <= end.hour < 7 <= start.hour <= 12

    def _begins_sentence(self, at: int) -> bool:
        return at == 0 or self.atoms[at - 1].kind in (Is.STOP, Is.PARAGRAPH)

    def _till(self, behind: int) -> bool:
        """Whether the two ends of a range are joined by a word that says until when: "2 till 6"."""
        return any(atom.marks & Mark.UNTIL for atom in self.atoms[max(0, behind - 3) : behind])

    def _only_until(self, at: int) -> bool:
        """Whether a word says until when, and never how many: "two till five", not "twee tot vijf"."""
        return small(self.atoms[at], Mark.UNTIL) and not self.atoms[at].marks & Mark.LABEL_END

    def _day_before(self, at: int) -> bool:
        """Whether a weekday, a date or a part of the day stands directly before, perhaps with a comma or a bracket:
        "Wednesday (the 9th) 10-12", "that afternoon, say 2-5"."""
        position = at - 1
        while position >= 0 and (self.atoms[position].kind in _BESIDE or small(self.atoms[position], Mark.FILLER)):
            position -= 1
        if position < 0:
            return False
        if position + 1 == self.day_behind:
            return True
        atom = self.atoms[position]
        sense = atom.sense
        said = (sense.weekday, sense.month, sense.part, sense.day_offset, sense.next_day)
        ordinal = atom.number is not None and atom.number.ordinal
        return atom.kind is Is.DATE or ordinal or any(each is not None for each in said)

    def _bare_hour_stands(self, start: Face, leads: int, behind: int) -> bool:
        """Whether a number without any mark of hours is one: "om 8", "at 7", "from 2", "om half acht"."""
        if leads & Mark.BEFORE and self.atoms[behind].marks & Mark.BEFORE:  # "by 9 at the latest"
            return True
        at = leads & (Mark.AT | Mark.LABEL_START | Mark.LABEL_END) and not leads & Mark.TO
        since = (leads & Mark.SINCE and not leads & Mark.TO) or (leads & Mark.UNTIL and not leads & Mark.FROM)
        following = self.atoms[behind]
        ends = following.kind in (Is.END, Is.STOP, Is.COMMA, Is.LINE, Is.PARAGRAPH, Is.CLOSE)
        if leads & Mark.BEFORE and (following.marks & Mark.BEFORE or ends):
            return 0 < start.hour <= 12  # "by 9 at the latest", "we'll be out by 7."
        if not (at or since) or start.hour == 0:
            return False
        ends = ends or following.uncounted
        if (since and not at and not ends) or small(following, Mark.OF):  # "about ten of us"
            return False
        counted = following.counted or following.kind in (Is.SLASH, Is.DOT, Is.NUMBER)
        return not (counted or following.sense.unit or following.sense.month)

    def _stands_alone(self, start: Face, led_at: int, behind: int) -> bool:
        """Whether a bare number behind "until", "from" or the like can only be an hour: of twelve, and neither what
        stands behind it nor before it is counted: "we finish at 10.", "vanaf drie, …", not "kinderen vanaf 3" nor "5
        tot 7"."""
        before = self.atoms[led_at - 1] if led_at else None
        counted = before is not None and (before.people or before.kind is Is.NUMBER)
        return 0 < start.hour <= 12 and not counted and self._closed(behind)

    def _closed(self, at: int) -> bool:
        """Whether what follows a number is nothing that it counts: the end of a clause, or a small word."""
        atom = self.atoms[at]
        return atom.kind in _CLOSING or atom.uncounted or (small(atom, PASSED_OVER) and not small(atom, Mark.OF))

    def _dotted_alone(self, start: Face, at: int, behind: int) -> bool:
        """Whether "19.30" can only be a time, and nothing is counted or paid: "film 19.30, done by 22.30"."""
        priced = self.atoms[at - 1].kind in (Is.OPAQUE, Is.COLON) if at else False
        no_month = start.minute == 0 or start.minute > 12
        ends = self.atoms[behind].kind in (Is.COMMA, Is.STOP, Is.LINE, Is.PARAGRAPH, Is.END, Is.CLOSE)
        return start.hour >= 7 and start.minute % 5 == 0 and no_month and ends and not priced

    def _single(self, start: Face, leads: int, at: int, behind: int) -> tuple[ClockPhrase, int]:
        latest = bool(self.atoms[behind].marks & Mark.BEFORE) and not self.atoms[behind].marks & Mark.EARLIER
        if leads & Mark.BEFORE or latest:
            after = behind + 1 if latest else behind
            return ClockPhrase(None, start, bounded=True), after
        if leads & Mark.UNTIL and not leads & Mark.FROM:
            return ClockPhrase(None, start), behind
        if leads & Mark.LABEL_END and not leads & Mark.LABEL_START:
            return ClockPhrase(None, start), behind
        if leads & Mark.AFTER:
            return ClockPhrase(start, bounded=True), behind
        if start.maybe_length and self._means_length(start, leads):
            return ClockPhrase(length=start.said, loose=True), behind
        if start.maybe_length and not leads & (Mark.AT | Mark.SINCE | Mark.TO | Mark.ON | Mark.FROM | Mark.LABEL_START):
            return ClockPhrase(start, loose=True), behind
        return self._with_length(ClockPhrase(start), behind)

    def _means_length(self, start: Face, leads: int) -> bool:
        """ "une séance de 2 heures": after "de" alone, a few hours are a length."""
        only_of = leads & (Mark.FROM | Mark.OF) and not leads & (Mark.SINCE | Mark.AT | Mark.LABEL_START & ~Mark.FROM)
        return bool(only_of) and start.hour <= 6

    def _with_length(self, phrase: ClockPhrase, behind: int) -> tuple[ClockPhrase, int]:
        """Take in a length that follows: "à 14h pour 3 heures", "14h (durée 2h)"."""
        position = behind
        while self.atoms[position].kind in (Is.COMMA, Is.OPEN, Is.LINE):
            position += 1
        if self.atoms[position].marks & Mark.FOR:
            found = self.lasting(self._leads(position)[1])
            if found is not None:
                return replace(phrase, length=found[0].length), found[1]
        return phrase, behind

    # ── a time of day ───────────────────────────────────────────────────────────────────────────────────────────────

    def face(self, at: int, *, led: bool) -> tuple[Face, int] | None:
        """Return the time of day that begins at `at`, `explicit` or a bare number, and the index behind it."""
        atom = self.atoms[at]
        sense = atom.sense
        if led and sense.part_alone and sense.part != "day" and sense.named_clock is None:
            return self._behind_part(sense.part, at + 1)
        if sense.named_clock is not None:
            if sense.part and not led and self._day_before(at) and not self._range_ahead(at + 1):
                return None
            return self._rounded(Face(sense.named_clock // 60, sure=True), at + 1)
        if sense.spelled_clock is not None:
            return self._in_part(Face(sense.spelled_clock // 60 or 12, sense.spelled_clock % 60, spelled=True), at + 1)
        if sense.minutes_before is not None and atom.kind is Is.WORD:
            return self._offset_face(sense.minutes_before, at + 1)
        military = self._military(at)
        if military is not None:
            return military
        number = atom.number
        if number is None or number.ordinal or number.about or number.value > 24 or len(atom.digits) > 2:
            return None
        return self._numbered(atom, number.value, at + 1, led=led)

    def _range_ahead(self, at: int) -> bool:
        """Whether another hour follows as an end: "midi à minuit", "noon to four"."""
        joint = self.atoms[at]
        return (joint.kind is Is.DASH or small(joint, Mark.TO | Mark.UNTIL)) and self.face(at + 1, led=True) is not None

    def _military(self, at: int) -> tuple[Face, int] | None:
        """ "0900 to 1700 hrs": four digits, where a mark of hours stands behind the last of them."""
        digits = self.atoms[at].digits
        if len(digits) != 4 or int(digits[:2]) > 24 or int(digits[2:]) % 5 or int(digits[2:]) > 55:
            return None
        marked = next((behind for behind in (at + 1, at + 3) if self.atoms[behind].sense.hour_mark), None)
        if marked is None or (marked == at + 3 and len(self.atoms[at + 2].digits) != 4):
            return None
        face = Face(int(digits[:2]), int(digits[2:]), sure=True)
        return face, marked + 1 if marked == at + 1 else at + 1

    def _behind_part(self, part: str | None, at: int) -> tuple[Face, int] | None:
        """ "van 's ochtends 9 uur tot 's middags 3 uur"."""
        if self.atoms[at].sense.part is not None:
            return None
        found = self.face(at, led=True)
        if found is None or found[0].hour > 12:
            return None
        return replace(found[0], part=part, explicit=True, maybe_length=False), found[1]

    def _offset_face(self, offset: int, at: int) -> tuple[Face, int] | None:
        """ "half acht", "kwart voor acht", "quarter past seven": minutes and the hour they are counted from."""
        number = self.atoms[at].number
        if number is None or number.ordinal or not 1 <= number.value <= 24:
            return None
        minutes = number.value * 60 + offset
        behind = at + 1 if not self.atoms[at + 1].sense.hour_mark else at + 2
        return self._in_part(Face(minutes // 60 or 12, minutes % 60, spelled=True), behind)

    def _numbered(self, atom: Atom, hour: int, at: int, *, led: bool) -> tuple[Face, int] | None:
        face = Face(hour, sure=atom.digits.startswith("0") or hour == 0, spelled=not atom.digits, explicit=False)
        following = self.atoms[at]
        minute = self._two_digits(at + 1)
        if following.kind is Is.COLON and following.glued and minute is not None and self.atoms[at + 1].glued:
            return self._marked(replace(face, minute=minute, explicit=True), at + 2)
        if following.kind is Is.DOT and minute is not None:
            return self._dotted(replace(face, minute=minute), at + 2)
        about = self.atoms[at + 2]
        some = atom.number is not None and atom.number.article and following.sense.hour_mark
        if some and self.atoms[at + 1].marks & Mark.OR and about.number is not None and 0 < about.number.value <= 12:
            return self._in_part(Face(about.number.value, spelled=True), at + 3)  # "een uur of tien"
        if following.sense.hour_mark:
            return self._after_mark(replace(face, explicit=True), at + 1)
        if following.sense.half_day and (not following.sense.weekday_weak or following.glued) and hour <= 12:
            return self._in_half(replace(face, explicit=True), at)
        spoken = following.kind is Is.WORD or (face.spelled and following.kind is Is.NUMBER and not following.digits)
        if following.sense.minutes_after is not None and spoken and following.marks == 0:
            more = following.last > following.first + 1 or following.kind is Is.NUMBER
            if more and (self.atoms[at + 1].counted or self.atoms[at + 1].kind is Is.DASH):
                return None  # "two and a half tables", "five fifteen-year-olds"
            return self._rounded(replace(face, spelled=True, explicit=True), at)
        if following.glued and small(following, Mark.FILLER) and atom.digits:
            return self._in_part(replace(face, explicit=True), at + 1)  # "8 to 11ish"
        if atom.number is not None and atom.number.article and not (led and small(following, Mark.TO | Mark.UNTIL)):
            return None  # but "van een tot drie"
        return self._in_part(face, at)

    def _two_digits(self, at: int) -> int | None:
        atom = self.atoms[at]
        value = atom.value
        return value if len(atom.digits) == 2 and value is not None and value < 60 else None

    def _marked(self, face: Face, at: int) -> tuple[Face, int]:
        """Pass over seconds and a mark of hours behind 14:30."""
        if self.atoms[at].kind is Is.COLON and self._two_digits(at + 1) is not None:
            at += 2
        return self._in_half(face, at + 1 if self.atoms[at].sense.hour_mark else at)

    def _dotted(self, face: Face, at: int) -> tuple[Face, int] | None:
        """14.30u, 2.30 pm; without a mark it may be a date, and only what stands beside it tells."""
        if self.atoms[at].kind is Is.DOT:
            return None
        if self.atoms[at].sense.hour_mark:
            return self._in_half(replace(face, explicit=True), at + 1)
        found, behind = self._in_half(face, at)
        return replace(found, explicit=found.half is not None or found.part is not None, dotted=True), behind

    def _after_mark(self, face: Face, at: int) -> tuple[Face, int]:
        minute = self._two_digits(at)
        if minute is not None and (self.atoms[at].glued or self._spaced_minutes(at, minute)):
            after = at + 2 if self.atoms[at + 1].sense.unit == "minute" else at + 1
            short = face.hour <= _LONGEST_WITH_MINUTES and not face.sure  # "comptez 2h30"
            return self._in_half(replace(face, minute=minute, maybe_length=short), after)
        rounded, behind = self._rounded(face, at)
        if behind > at:
            short = rounded.hour <= _LONGEST_WITH_MINUTES and not (rounded.sure or rounded.part)
            return replace(rounded, maybe_length=short), behind
        return self._in_half(replace(face, maybe_length=face.hour <= 12 and not face.sure), at)

    def _spaced_minutes(self, at: int, minute: int) -> bool:
        """Whether "18 h 15" ends in minutes: round ones, and nothing counted behind."""
        following = self.atoms[at + 1]
        counted = following.kind is Is.GAP or following.sense.hour_mark or following.sense.month
        return minute % 5 == 0 and not counted

    def _rounded(self, face: Face, at: int) -> tuple[Face, int]:
        """Add what follows the hour in words: "et demie", "moins le quart", "trente"."""
        atom = self.atoms[at]
        offset = atom.sense.minutes_after
        if offset is None and atom.kind is Is.NUMBER and not atom.digits and atom.value in _SPOKEN_MINUTES:
            offset = atom.value
        if offset is None and face.sure and atom.digits and atom.value in _SPOKEN_MINUTES:
            offset = atom.value if self.atoms[at + 1].kind not in (Is.GAP, Is.SLASH) else None
        if offset is None or (atom.number is not None and atom.number.about):
            return face, at
        minutes = face.said + offset
        return self._in_part(replace(face, hour=minutes // 60, minute=minutes % 60), at + 1)

    def _in_half(self, face: Face, at: int) -> tuple[Face, int]:
        half = self.atoms[at].sense.half_day
        if half and face.hour <= 12:
            return replace(face, half=half, maybe_length=False), at + 1
        return self._in_part(face, at)

    def _in_part(self, face: Face, at: int) -> tuple[Face, int]:
        """Take in a part of the day that follows: "10h du matin", "half acht 's avonds"."""
        sense = self.atoms[at].sense
        if sense.part_alone and sense.part not in (None, "day") and face.hour <= 12 and not face.half:
            return replace(face, part=sense.part, explicit=True, maybe_length=False), at + 1
        return face, at

    # ── lengths and parts of the day ────────────────────────────────────────────────────────────────────────────────

    def lasting(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Return a length of hours and minutes: "3 heures", "2h30", "1,5 uur", "anderhalf uur", "90 minutes"."""
        found = self._minutes(at)
        if found is None:
            return None
        minutes, behind = found
        return ClockPhrase(length=minutes), behind + 1 if self.atoms[behind].marks & Mark.LONG else behind

    def _minutes(self, at: int) -> tuple[int, int] | None:
        atom = self.atoms[at]
        if atom.sense.length is not None:
            return atom.sense.length, at + 1
        skipped = int(small(self.atoms[at + 1], Mark.FILLER) and not self.atoms[at + 1].sense.timely)
        value, unit = atom.value, self.atoms[at + 1 + skipped]
        if value is None or (atom.number is not None and atom.number.ordinal):
            return None
        if unit.kind in (Is.DOT, Is.COMMA) and unit.glued:
            return self._decimal(value, at)
        if unit.sense.unit == "minute":
            return (value, at + 2 + skipped) if 10 <= value <= 600 else None
        if unit.sense.unit != "hour" or not 0 < value <= 12:
            return None
        return self._and_minutes(value * 60, at + 2 + skipped)

    def _and_minutes(self, minutes: int, at: int) -> tuple[int, int]:
        extra = self.atoms[at]
        if extra.sense.minutes_after is not None and not extra.marks:
            return minutes + extra.sense.minutes_after, at + 1
        more = self._two_digits(at)
        if more is not None and (extra.glued or more in (15, 30, 45)):
            return minutes + more, at + 2 if self.atoms[at + 1].sense.unit == "minute" else at + 1
        if extra.marks & Mark.AND and self.atoms[at + 2].sense.unit == "minute":
            return minutes + (self.atoms[at + 1].value or 0), at + 3
        if extra.marks & Mark.AND and self.atoms[at + 1].sense.length in (15, 30, 45):
            return minutes + (self.atoms[at + 1].sense.length or 0), at + 2
        return minutes, at

    def _decimal(self, value: int, at: int) -> tuple[int, int] | None:
        """1,5 uur and 2.5 hours."""
        tenths, unit = self.atoms[at + 2], self.atoms[at + 3]
        if tenths.glued and tenths.digits == "5" and unit.sense.unit == "hour" and value <= 12:
            return value * 60 + 30, at + 4
        return None

    def _part(self, at: int) -> tuple[ClockPhrase, int] | None:
        """A part of the day by itself; a bare one counts only beside a day, which the caller knows."""
        atom = self.atoms[at]
        sense = atom.sense
        if sense.part is None or sense.day_offset is not None or sense.weekday is not None or atom.kind is Is.NUMBER:
            return None
        return ClockPhrase(part=sense.part, part_alone=sense.part_alone), at + 1


_SPOKEN_MINUTES: Final = frozenset({5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55})


def _is_no_date(face: Face) -> bool:
    """Whether "11.30" can only be a time of day."""
    return face.dotted and face.minute % 5 == 0 and (face.minute == 0 or face.minute > 12)


def _only_to(atom: Atom) -> bool:
    """Whether what joins two hours says where to, and not until when: "naar"."""
    return bool(atom.marks & Mark.MOVE_TO) and not atom.marks & (Mark.UNTIL | Mark.AT)


def _says_hours(atom: Atom) -> bool:
    """Whether a small word is a time of day of its own too: "midi", "half"."""
    sense = atom.sense
    said = (sense.named_clock, sense.spelled_clock, sense.minutes_before, sense.part)
    return any(each is not None for each in said)
