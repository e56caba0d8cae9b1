"""Days, hours and repetitions as they were said, before anybody knows which they are."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from msgspec import Struct, field

from mailbot.reading.atoms import Atom, Is, Mark

NOON: Final = 720


class Face(Struct, frozen=True):
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


class ClockPhrase(Struct, frozen=True):
    """Hours as said: a start, an end, a length in minutes, a part of the day, or several of them."""

    start: Face | None = None
    end: Face | None = None
    length: int | None = None
    part: str | None = None
    part_alone: bool = False
    """The part was said so that it needs no day beside it: "en soirée"."""
    bounded: bool = False
    """ "après 19h", "avant 17h": no start and no end of a use by itself."""
    loose: bool = False
    """Hours only beside a day: "samedi 2 heures", "le 12 mai, 9 à 17"."""
    apart: bool = False
    """Bare numbers, but set off by a comma: ", van 4 tot 6."."""
    led: bool = False
    """Bare numbers, but led as a range: "from 1 to 3 because …"."""

    moved: bool = False
    """Not a range but a change: "van 19u naar 18u"."""
    beside: int = 0
    """Of a length: before (-1) or after (1) hours that are said elsewhere: "une heure avant"."""
    strung: bool = False
    """Its end is the last of several times in a row: "montage à 13h, portes à 14h, fin à 18h"."""
    as_before: bool = False
    """The hours of the day before it, or of the one on weekday `like`: "vr 9 okt: zelfde", "idem que lundi"."""
    like: int | None = None

    @property
    def open_start(self) -> bool:
        """Whether a start was said, and neither an end nor a length."""
        return self.start is not None and self.end is None and self.length is None

    @property
    def only_part(self) -> bool:
        return self.start is None and self.end is None and self.length is None and not self.as_before


class Entry(Struct):
    """One day or period, as said."""

    weekday: int | None = None
    plural: bool = False
    day: int | None = None
    month: int | None = None
    months: tuple[int, ...] = ()
    """Further months of a ranked weekday: "le premier lundi d'octobre, de novembre et de décembre"."""
    year: int | None = None
    month_first: bool = False
    """The month was said before the day: "October 3"."""
    month_offset: int | None = None
    day_offset: int | None = None
    week_offset: int | None = None
    year_offset: int | None = None
    shift: int = 0
    """Days after the coming weekday: "samedi en huit" is 7."""
    next: bool = False
    following: bool = False
    """The next after the day named last: "le samedi qui suit"."""
    preceding: bool = False
    """The last before it: "le vendredi qui précède"."""
    this: bool = False
    gone: bool = False
    """Said to be past: "samedi dernier"."""
    nth: tuple[int, ...] = ()
    weekend: bool = False
    week: bool = False
    whole: bool = False
    edge: str | None = None
    season: str | None = None
    feast: str | None = None
    holidays: str | None = None
    next_day: int | None = None
    nth_named: int | None = None
    """Which of the days named before, 1 the first, -1 the last: "de tweede keer", "le second"."""
    apart: int = 0
    """Days from the date that it is told by: "la veille du 5 juin" is -1."""
    part: str | None = None
    vague: bool = False
    """One of several that is not fixed: "un samedi de mars"."""
    loose: bool = False
    """A bare number with an article, a feast that may be a theme."""
    echo: bool = False
    """A rank with other words behind ("op de 29e wordt het later"): a day only if one of that number was named."""
    until: Entry | None = None
    """The last day of a range that begins here."""
    moved: bool = False
    """Not a range but a change: "van 9 mei naar 16 mei"."""

    @property
    def bare_number(self) -> bool:
        return self.day is not None and self.month is None and self.month_offset is None and self.weekday is None

    @property
    def some_weekend(self) -> bool:
        """A weekend, and nothing that says which: "notre week-end"."""
        told = (self.day, self.month, self.week_offset, self.shift, self.feast, self.season, self.month_offset)
        return self.weekend and not (any(told) or self.next or self.following)

    @property
    def bare_weekday(self) -> bool:
        """A weekday, and nothing that says which."""
        told = (
            self.next
            or self.following
            or self.preceding
            or self.gone
            or self.this
            or self.shift
            or self.nth
            or self.vague
            or self.weekend
        )
        dated = self.day is not None or self.month is not None or self.week_offset is not None
        return self.weekday is not None and not told and not dated

    @property
    def is_any_weekend(self) -> bool:
        """A weekend, and nothing that says which."""
        told = self.next or self.gone or self.this or self.shift or self.nth or self.vague or self.feast
        dated = self.day is not None or self.month is not None or self.week_offset is not None
        return self.weekend and not (told or dated or self.until)

    @property
    def is_dated(self) -> bool:
        """Whether it tells which day otherwise than by a weekday alone, or by "that day"."""
        told = (self.day, self.day_offset or None, self.feast, self.next_day or None, self.nth or None, self.nth_named)
        return any(each is not None for each in told) or (self.until is not None and self.until.is_dated)

    @property
    def is_certain(self) -> bool:
        """Whether only one year is meant: by the weekday of a date, its year, or from the day of sending."""
        if self.day is not None:
            return self.weekday is not None or self.year is not None
        return self.day_offset is not None or self.week_offset is not None or self.next or self.this

    @property
    def has_month(self) -> bool:
        return any(
            each.month is not None or each.month_offset is not None for each in (self, self.until) if each is not None
        )

    @property
    def is_period(self) -> bool:
        """A period of months, weeks or holidays, not a day."""
        if self.edge or self.season or self.holidays or (self.week and not self.whole):
            return True
        if self.day is not None or self.weekday is not None or self.weekend or self.feast or self.nth:
            return False
        offsets = (self.month, self.month_offset, self.week_offset, self.year_offset)
        return any(offset is not None for offset in offsets)


class Link(Enum):
    """How an entry is joined to the one before."""

    AND = auto()
    OR = auto()
    ELSE = auto()
    COMMA = auto()
    LINE = auto()


class DaysPhrase(Struct):
    """A list of days as said. `links[i]` joins entry i+1 to entry i. `leads` are the marks before it."""

    entries: list[Entry]
    links: list[Link] = field(default_factory=list)
    leads: int = 0
    too_many: bool = False

    @property
    def bare_weekdays(self) -> bool:
        return all(entry.bare_weekday and (entry.until is None or entry.until.bare_weekday) for entry in self.entries)

    @property
    def is_bound(self) -> bool:
        """Whether it says from when to when, not on which day."""
        entry = self.entries[0]
        ranged = entry.until is not None and not (entry.bare_weekday and entry.until.bare_weekday)
        return entry.is_period or ranged or bool(self.leads & (Mark.SINCE | Mark.UNTIL))


class RulePhrase(Struct, frozen=True):
    """A repetition as said: every `interval` days, weeks or months, on these weekdays, so many times."""

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: tuple[int, ...] = ()
    day_of_month: int | None = None
    """ "le 15 de chaque mois"."""
    count: int | None = None
    part: str | None = None
    open_weekdays: bool = False
    """No weekday was said: that of the first day counts."""


class CountPhrase(Struct, frozen=True):
    """How many times, or through how many days, weeks or months."""

    number: int
    unit: str
    """times, day, week, month."""
    in_a_row: bool = False


class ExceptPhrase(Struct, frozen=True):
    """What is left out: days, weekdays, holidays by their key, and of a repetition the first, the last and so on."""

    days: tuple[DaysPhrase, ...] = ()
    weekdays: tuple[int, ...] = ()
    holidays: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()
    monthly: bool = False
    """The ranks are those of each month: "sauf le dernier du mois"."""


def small(atom: Atom, marks: int) -> bool:
    """Whether an atom is a small word that does one of these things, and no day of its own."""
    sense = atom.sense
    return bool(sense.marks & marks) and atom.kind is Is.WORD and not sense.dated
