"""The pieces of time in a text, left to right: days, hours, repetitions, exceptions, with what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec import Struct, field

from mailbot.reading.atoms import PASSED_OVER, Atom, Is, Mark
from mailbot.reading.dates import DateReader
from mailbot.reading.days import DayReader
from mailbot.reading.hours import HourReader
from mailbot.reading.numbers import LAST
from mailbot.reading.repetitions import RuleReader
from mailbot.reading.said import ClockPhrase, CountPhrase, DaysPhrase, Entry, ExceptPhrase, RulePhrase, small
from mailbot.reading.settle import Settled

MOST_PIECES: Final = 800
"""Pieces of one text, at most: more is no mail of a person, and the rest is left unread."""

Phrase: TypeAlias = DaysPhrase | RulePhrase | ClockPhrase | CountPhrase | ExceptPhrase

_JOINS: Final = (
    Mark.OR | Mark.ELSE | Mark.CORRECTION | Mark.NOT | Mark.INSTEAD | Mark.AFTER | Mark.BEFORE | Mark.EVERY | Mark.TIMES
    | Mark.IN_A_ROW | Mark.OF_MONTH | Mark.MOVE_TO | Mark.NEXT | Mark.FOLLOWING | Mark.WHOLE | Mark.ONE
)  # fmt: skip
"""Further marks that may stand between two pieces of one use."""
_NEAR: Final = _JOINS | PASSED_OVER
_LONGEST_REASON: Final = 10
"""Atoms of a bracket that says why a day is left out, at most."""
_NEAR_RULE: Final = 6
"""Pieces from a repetition to its first and last day, at most."""
_NEAR_RANK: Final = 5
"""Atoms from "the first" to its day, at most."""
_FEW_WORDS: Final = 3
"""Words in a row between them that mean nothing here, at most."""
_TIMELY: Final = frozenset({Is.WORD, Is.NUMBER, Is.DATE})
_SET_OFF: Final = frozenset({Is.COMMA, Is.COLON, Is.LINE, Is.STOP, Is.PARAGRAPH, Is.OPEN, Is.CLOSE, Is.END, Is.DASH})
_PARTING: Final = frozenset({Is.GAP, Is.OPAQUE, Is.SEMICOLON, Is.DATE})
"""Atoms that part two uses."""
_BESIDE: Final = 3
"""Atoms before "last year" that may still speak of it: "le 3 mai l'an dernier"."""
_VERBS: Final = Mark.FETCH | Mark.BRING_BACK | Mark.BACK | Mark.MOVE


class Piece(Struct):
    """One phrase in its place: atoms `at` to `behind` (excluded)."""

    phrase: Phrase
    at: int
    behind: int
    near: bool
    """Only small words and commas lie between it and the piece before."""
    between: int
    """Marks of all atoms between it and the piece before."""
    sentence: int
    paragraph: int
    line: int = 0
    bracketed: bool = False
    """A bracket opens between it and the piece before."""
    lead: int = 0
    """Marks of its first atom."""
    left_behind: bool = False
    """What something is moved away from."""
    corrected: bool = False
    """ "plutôt", "sorry" or the like stands directly before."""
    refused: bool = False
    """ "pas" or the like stands directly before: "pas le 15"."""
    otherwise: bool = False
    """ "sinon" or the like stands before it, with only small words between."""
    settled: list[Settled] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        return self.phrase.entries if isinstance(self.phrase, DaysPhrase) else []

    @property
    def leads(self) -> int:
        return self.phrase.leads if isinstance(self.phrase, DaysPhrase) else 0


class Sentence(Struct):
    """What a sentence says besides its times."""

    marks: int = 0
    last_year: float = float("inf")
    """The first atom that speaks of last year, if any does."""


class Scanner:
    """Reads the pieces of a text, left to right, and notes what its sentences say besides."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.hours = HourReader(atoms)
        self.dates = DateReader(atoms, self.hours)
        self.days = DayReader(atoms, self.dates)
        self.rules = RuleReader(atoms, self.dates, self.days)
        self.sentences: list[Sentence] = [Sentence()]
        self.verbs: list[tuple[int, int]] = []
        """Places of words of fetching, bringing back and moving: atom and mark."""
        self.pieces: list[Piece] = []
        self.too_many = False
        self._near = False
        self._between = 0
        self._paragraph = 0
        self._line = 0
        self._bracketed = False

    def scan(self) -> list[Piece]:
        at = 0
        while self.atoms[at].kind is not Is.END:
            if len(self.pieces) >= MOST_PIECES or self.too_many:
                self.too_many = True
                break
            found = self._piece(at) if self._may_begin(at) else None
            if found is None:
                self._pass(self.atoms[at], at)
                at += 1
            else:
                self._take(found[0], at, found[1])
                at = found[1]
        return self.pieces

    def _may_begin(self, at: int) -> bool:
        """Whether a time may begin here: at a word of time, or at small words that go before one."""
        atom = self.atoms[at]
        if (atom.marks | self.atoms[at + 1].marks) & Mark.FIRST_TIME or atom.marks & (Mark.EXCEPT | Mark.AS_BEFORE):
            return True
        position = at
        while (atom.kind is Is.WORD and not atom.sense.timely) or (atom.kind is Is.COLON and position > at):
            position += 1
            if position - at > 6:
                return False
            atom = self.atoms[position]
        return atom.kind in _TIMELY

    def _piece(self, at: int) -> tuple[Phrase, int] | None:
        if self.atoms[at].marks & Mark.EXCEPT:
            found = self._except(at)
            if found is not None:
                return found
        if self.atoms[at].marks & Mark.AS_BEFORE and (same := self.hours.clock(at)) is not None:
            return same
        return self._first_time(at) or self.rules.rule(at) or self.days.days(at) or self._count(at) or self._clock(at)

    def _first_time(self, at: int) -> tuple[DaysPhrase, int] | None:
        """ "De eerste keer zijn we met tien", "la première fois de 14h à 16h": the first of the days named before,
        unless a day follows, which then is the first of a repetition."""
        behind = at + 1 if small(self.atoms[at], Mark.ARTICLE) and not self.atoms[at].marks & Mark.FIRST_TIME else at
        if not self.atoms[behind].marks & Mark.FIRST_TIME or self.days.days(at) is not None:
            return None
        return DaysPhrase([Entry(nth_named=1)]), behind + 1

    def _count(self, at: int) -> tuple[CountPhrase, int] | None:
        days = self.pieces[-1] if self.pieces else None
        bare = days is not None and self._near and isinstance(days.phrase, DaysPhrase) and days.phrase.bare_weekdays
        return self.rules.count(at, beside_rule=bare or self._follows_a_rule())

    def _take(self, phrase: Phrase, at: int, behind: int) -> None:
        if isinstance(phrase, DaysPhrase):
            self.too_many = self.too_many or phrase.too_many
            if any(entry.year_offset == -1 for entry in phrase.entries):
                self.sentences[-1].last_year = min(self.sentences[-1].last_year, at - _BESIDE)
            parts = {entry.part for entry in phrase.entries if entry.part}
            own = len(phrase.entries) > 1 and any(e.part and e.next_day is not None for e in phrase.entries)
            if len(parts) > 1 or own:  # "le 10 octobre et la veille au soir"
                self._take_apart(phrase, at, behind)
                return
        self._append(phrase, at, behind)

    def _take_apart(self, phrase: DaysPhrase, at: int, behind: int) -> None:
        """ "vrijdagavond en zaterdagvoormiddag": each day with its own part of the day."""
        for entry in phrase.entries:
            part, entry.part = entry.part, None
            self._append(DaysPhrase([entry], leads=phrase.leads), at, behind)
            if part:
                self._append(ClockPhrase(part=part), at, behind)

    def _append(self, phrase: Phrase, at: int, behind: int) -> None:
        before = self.atoms[at - 1].marks if at else 0
        if isinstance(phrase, DaysPhrase) and len(phrase.entries) == 1 and self._follows_a_rule():
            phrase.leads |= self._first_or_last(at)
        self.pieces.append(
            Piece(
                phrase,
                at,
                behind,
                near=self._near and bool(self.pieces),
                between=self._between,
                sentence=len(self.sentences) - 1,
                paragraph=self._paragraph,
                line=self._line,
                bracketed=self._bracketed,
                lead=self.atoms[at].marks,
                corrected=bool(before & Mark.CORRECTION),
                refused=bool(before & Mark.NOT) or (isinstance(phrase, DaysPhrase) and self._is_off(behind)),
                otherwise=self._led_by_else(at),
            )
        )
        if isinstance(phrase, DaysPhrase | RulePhrase | ExceptPhrase):
            self.hours.day_behind = behind
        self._near, self._between, self._bracketed = True, 0, False

    def _is_off(self, at: int) -> bool:
        """Whether a day is only named as one on which there is nothing: "mercredi : rien", "Wed 26: off"."""
        while self.atoms[at].kind in (Is.COLON, Is.DASH, Is.COMMA) or small(self.atoms[at], Mark.TO):
            at += 1
        return bool(self.atoms[at].marks & Mark.NONE) and self.atoms[at + 1].kind in _SET_OFF

    def _follows_a_rule(self) -> bool:
        """Whether a repetition stands near before, of which days may be the first or the last."""
        near = [piece for piece in self.pieces[-_NEAR_RULE:] if piece.paragraph == self._paragraph]
        return any(isinstance(p.phrase, RulePhrase) and len(self.sentences) - 1 - p.sentence <= 1 for p in near)

    def _first_or_last(self, at: int) -> int:
        """Return SINCE where "the first" leads a day with a few words between ("la première séance étant le 9"), UNTIL
        where "the last" does."""
        behind = self.pieces[-1].behind if self.pieces else 0
        for position in range(at - 1, max(behind, at - _NEAR_RANK) - 1, -1):
            atom = self.atoms[position]
            if atom.number is not None:
                edge = {1: Mark.SINCE, LAST: Mark.UNTIL}.get(atom.number.value, 0)
                return edge if atom.number.ordinal else 0
            if atom.kind is not Is.WORD and (atom.kind is not Is.GAP or atom.last - atom.first > _FEW_WORDS):
                break
        return 0

    def _led_by_else(self, at: int) -> bool:
        position = at - 1
        while position >= 0 and (self.atoms[position].kind is Is.COMMA or small(self.atoms[position], _NEAR)):
            if self.atoms[position].marks & Mark.ELSE:
                return True
            position -= 1
        return False

    def _pass(self, atom: Atom, at: int) -> None:
        """Note what lies between two pieces."""
        marks = atom.marks
        if marks & Mark.NOT and marks & Mark.CORRECTION and self.atoms[at + 1].kind is Is.GAP:
            marks &= ~Mark.CORRECTION  # "no class on 24 September" takes nothing back
        self._between |= marks
        self.sentences[-1].marks |= atom.marks
        if atom.marks & _VERBS:
            self.verbs.append((at, atom.marks))
        if atom.kind in (Is.STOP, Is.PARAGRAPH):
            self._end_sentence(atom)
        elif atom.kind is Is.LINE:
            self._line += 1
        elif atom.kind is Is.OPEN:
            self._bracketed = True
        elif atom.kind is Is.NUMBER:
            self._between &= ~Mark.INSTEAD  # "au lieu de 40, pour samedi"
            self._near = self._near and atom.number is not None and atom.number.article
        elif atom.kind in _PARTING:
            self._near = False
        elif atom.kind is Is.WORD:
            self._near = self._near and bool(atom.marks & _NEAR)

    def _end_sentence(self, atom: Atom) -> None:
        self._between &= ~(Mark.INSTEAD | Mark.THAN)  # what is left behind stands in the same sentence
        if self.sentences[-1].marks or (self.pieces and self.pieces[-1].sentence == len(self.sentences) - 1):
            self.sentences.append(Sentence())
        self._near = False
        self._between &= ~Mark.INSTEAD
        if atom.kind is Is.PARAGRAPH:
            self._paragraph += 1

    def _clock(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Hours; a bare part of the day only beside a day, or between "the" and "of"."""
        found = self.hours.clock(at)
        if found is None or not found[0].only_part or found[0].part_alone:
            return found
        before = self.pieces[-1] if self.pieces else None
        direct = at - 1 if self.atoms[at - 1].kind in (Is.COMMA, Is.DASH, Is.OPEN) else at
        if before is not None and before.behind in (at, direct) and not isinstance(before.phrase, CountPhrase):
            return found
        beside = before is not None and self._near and isinstance(before.phrase, ClockPhrase) and before.phrase.part
        if beside and self._between & (Mark.AND | Mark.OR):
            return found
        if before is not None and self.atoms[at - 1].kind in _SET_OFF and self.atoms[at + 1].kind in _SET_OFF:
            return found  # "tis voor een babyborrel, namiddag."
        of = bool(self.atoms[at + 1].marks & (Mark.OF | Mark.FROM)) and self.days.days(at + 1) is not None
        return found if of else None

    def _except(self, at: int) -> tuple[ExceptPhrase, int] | None:
        """ "sauf le 29 octobre et le 5 novembre", "hors congés scolaires", "behalve op zondag en in juli"."""
        days: list[DaysPhrase] = []
        weekdays: list[int] = []
        holidays: list[str] = []
        ranks, behind = self._excepted_ranks(at + 1)
        if ranks:
            monthly = bool(self.atoms[behind].marks & Mark.OF_MONTH)
            return ExceptPhrase(ranks=ranks, monthly=monthly), behind + int(monthly)
        position, behind = at + 1, at
        joints = Mark.AND | Mark.EXCEPT | Mark.OR
        while len(days) + len(holidays) < 12:
            after = self._excepted(position, days, weekdays, holidays)
            if after is None:
                break
            after = self._bracketed_days(after, days, holidays)
            behind = position = self._over_reason(after) if days else after
            joined = 0
            while self.atoms[position].kind is Is.COMMA or self.atoms[position].marks & joints:
                joined |= self.atoms[position].marks
                position += 1
            if not joined & joints and self._bound_follows(position):
                break
        if behind == at:
            return None
        return ExceptPhrase(tuple(days), tuple(weekdays), tuple(holidays)), behind

    def _bracketed_days(self, at: int, days: list[DaysPhrase], holidays: list[str]) -> int:
        """Let the days in brackets stand for the holidays before them: "sauf les congés (du 19 au 30 octobre)"."""
        named = bool(days) and days[-1].entries[-1].holidays is not None
        found = self.days.days(at + 1) if (holidays or named) and self.atoms[at].kind is Is.OPEN else None
        if found is None:
            return at
        (days if named else holidays).pop()
        days.append(found[0])
        return found[1] + int(self.atoms[found[1]].kind is Is.CLOSE)

    def _excepted_ranks(self, at: int) -> tuple[tuple[int, ...], int]:
        """ "sauf le dernier", "except the last one", "behalve de eerste twee": which of a repetition are left out."""
        edge = self.atoms[at].marks & (Mark.UNTIL | Mark.SINCE)
        if edge and self.atoms[at + 1].kind not in _TIMELY:
            return ((-1,) if edge & Mark.UNTIL else (1,)), at + 1
        position = self.dates.leads(at)[1] if self.atoms[at].number is None else at
        ranks, behind = self.dates.ranks(position)
        following = self.atoms[behind]
        dated = following.sense.dated or following.digits or self.atoms[position].digits
        return ((), at) if dated or following.counted else (ranks, behind + int(following.marks & Mark.TIMES > 0))

    def _over_reason(self, at: int) -> int:
        """Pass over a bracket behind a day left out that names no other: "sauf le 31 octobre (congé)"."""
        if self.atoms[at].kind is not Is.OPEN:
            return at
        for position in range(at + 1, at + _LONGEST_REASON):
            if self.atoms[position].kind is Is.CLOSE:
                return position + 1
            if self.atoms[position].kind in (Is.NUMBER, Is.DATE, Is.END):
                break
        return at

    def _bound_follows(self, at: int) -> bool:
        """Whether days behind a comma bound the repetition: "sauf le dimanche, du 3 au 10 août"."""
        found = self.days.days(at)
        return found is not None and found[0].is_bound

    def _excepted(self, at: int, days: list[DaysPhrase], weekdays: list[int], holidays: list[str]) -> int | None:
        rule = self.rules.rule(at)
        if rule is not None and rule[0].weekdays:
            weekdays.extend(rule[0].weekdays)
            return rule[1]
        found = self.days.days(at)
        if found is not None:
            days.append(found[0])
            return found[1]
        position = at
        while position - at < 4:
            atom = self.atoms[position]
            if atom.sense.holidays is not None:
                holidays.append(atom.sense.holidays)
                return position + 1
            if atom.kind is not Is.WORD or not atom.marks & (PASSED_OVER | Mark.EVERY):
                return None
            position += 1
        return None
