"""The grammar of time, written once for all languages: from atoms to phrases of time that belong together.

First the pieces are read, left to right (`_Scanner`): days, hours, repetitions, exceptions. Pieces with nothing but
small words between them are one use (`_runs`); pieces of one sentence that only make sense together are joined too
(`_joined`). Each group then becomes a `When` (`_Builder`). Every step is one pass: linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from mailbot.model.meaning import Evidence, Lack
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.almanac import ONE_DAY, Almanac, month_span, nth_weekday
from mailbot.reading.atoms import PASSED_OVER, Atom, Is, Mark, cut
from mailbot.reading.days import CountPhrase, DayReader, DaysPhrase, RulePhrase
from mailbot.reading.hours import ClockPhrase, Hours, read_clock
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import MOST, Clock, Moments, Repetition, Rival, Role, When
from mailbot.reading.settle import Settled, choices, settle, spans_of
from mailbot.reading.tokens import Token

MOST_WHENS: Final = 200
"""Phrases of time of one text, at most: more is no mail of a person."""


@dataclass(frozen=True, slots=True)
class ExceptPhrase:
    """What is left out: days, weekdays, holidays by their key."""

    days: tuple[DaysPhrase, ...] = ()
    weekdays: tuple[int, ...] = ()
    holidays: tuple[str, ...] = ()


Phrase: TypeAlias = DaysPhrase | RulePhrase | ClockPhrase | CountPhrase | ExceptPhrase


@dataclass(slots=True)
class Piece:
    """One phrase in its place: atoms `at` to `behind` (excluded)."""

    phrase: Phrase
    at: int
    behind: int
    near: bool
    """Only small words and commas between it and the piece before."""
    between: int
    """Marks of all atoms between it and the piece before."""
    sentence: int
    paragraph: int
    settled: list[Settled] = field(default_factory=list)

    @property
    def is_days(self) -> bool:
        return isinstance(self.phrase, DaysPhrase)

    @property
    def is_clock(self) -> bool:
        return isinstance(self.phrase, ClockPhrase)


@dataclass(slots=True)
class Group:
    """Pieces that speak of one use. `rival_of` is the group that this one is an alternative to."""

    pieces: list[Piece]
    rival: bool = False
    replaced: bool = False
    negated: bool = False

    def of(self, kind: type) -> list[Piece]:
        return [piece for piece in self.pieces if isinstance(piece.phrase, kind)]

    @property
    def days(self) -> list[Piece]:
        return self.of(DaysPhrase)

    @property
    def clocks(self) -> list[Piece]:
        return self.of(ClockPhrase)

    @property
    def rule(self) -> RulePhrase | None:
        return next((piece.phrase for piece in self.pieces if isinstance(piece.phrase, RulePhrase)), None)

    @property
    def sentence(self) -> int:
        return self.pieces[-1].sentence


def read(
    text: str, tokens: Sequence[Token], lexicons: Sequence[Lexicon], sent: datetime, catalogue: Catalogue
) -> Moments:
    """Read all phrases of time of a text; see `moments.find`."""
    atoms = cut(tokens, lexicons)
    scanner = _Scanner(atoms)
    pieces = scanner.pieces()
    almanac = Almanac(sent.date(), catalogue, tuple(lexicons))
    _hint_months(pieces)
    groups = _joined(_runs(pieces))
    return _Builder(text, atoms, almanac, scanner.sentences, scanner.verbs).moments(groups)


@dataclass(slots=True)
class Sentence:
    """What a sentence says besides its times."""

    marks: int = 0
    last_year: bool = False


class _Scanner:
    """Reads the pieces of a text, left to right."""

    def __init__(self, atoms: Sequence[Atom]) -> None:
        self.atoms = atoms
        self.hours = Hours(atoms)
        self.reader = DayReader(atoms, self.hours)
        self.sentences: list[Sentence] = [Sentence()]
        self.verbs: list[tuple[int, int]] = []
        """Places of words of fetching, bringing back and moving: atom and mark."""
        self.found: list[Piece] = []
        self.near = False
        self.between = 0
        self.paragraph = 0

    def pieces(self) -> list[Piece]:
        at = 0
        while at < len(self.atoms):
            read = self._piece(at) if self.atoms[at].kind in (Is.WORD, Is.NUMBER, Is.DATE) else None
            if read is None or len(self.found) >= MOST_WHENS * 4:
                self._pass(self.atoms[at], at)
                at += 1
            else:
                phrase, behind = read
                self._take(phrase, at, behind)
                at = behind
        return self.found

    def _take(self, phrase: Phrase, at: int, behind: int) -> None:
        near = self.near and bool(self.found)
        piece = Piece(phrase, at, behind, near, self.between, len(self.sentences) - 1, self.paragraph)
        self.found.append(piece)
        self.near, self.between = True, 0
        if isinstance(phrase, DaysPhrase):
            self.sentences[-1].last_year |= any(entry.year_offset == -1 for entry in phrase.entries)

    def _pass(self, atom: Atom, at: int) -> None:
        """Note what lies between two pieces."""
        self.between |= atom.marks
        self.sentences[-1].marks |= atom.marks
        if atom.marks & (Mark.FETCH | Mark.BRING_BACK | Mark.MOVE):
            self.verbs.append((at, atom.marks))
        if atom.kind in (Is.STOP, Is.PARAGRAPH):
            if self.sentences[-1].marks or (self.found and self.found[-1].sentence == len(self.sentences) - 1):
                self.sentences.append(Sentence())
            self.near = False
            if atom.kind is Is.PARAGRAPH:
                self.paragraph += 1
        elif atom.kind is Is.NUMBER:
            self.near = self.near and atom.number is not None and atom.number.article
        elif atom.kind in (Is.GAP, Is.OPAQUE, Is.SEMICOLON, Is.DATE) or (
            atom.kind is Is.WORD and not atom.marks & (_JOINS | PASSED_OVER)
        ):
            self.near = False

    def _piece(self, at: int) -> tuple[Phrase, int] | None:
        atom = self.atoms[at]
        if atom.marks & Mark.EXCEPT:
            found: tuple[Phrase, int] | None = self._except(at)
            if found is not None:
                return found
        return self.reader.rule(at) or self.reader.days(at) or self.reader.count(at) or self._clock(at)

    def _clock(self, at: int) -> tuple[ClockPhrase, int] | None:
        """Hours; a bare part of the day only beside a day, an hour or "every"."""
        found = self.hours.clock(at)
        if found is None:
            return None
        phrase = found[0]
        if phrase.part and not phrase.part_alone and phrase.start is None:
            before = self.found[-1] if self.found else None
            direct = before is not None and before.behind == at and not isinstance(before.phrase, CountPhrase)
            if not direct and not (self._beside(before) and self._led_by_and(at)):
                return None
        return found

    def _beside(self, before: Piece | None) -> bool:
        return (
            before is not None
            and self.near
            and isinstance(before.phrase, ClockPhrase)
            and before.phrase.part is not None
        )

    def _led_by_and(self, at: int) -> bool:
        return bool(self.between & (Mark.AND | Mark.OR))

    def _except(self, at: int) -> tuple[ExceptPhrase, int] | None:
        """ "sauf le 29 octobre et le 5 novembre", "hors congés scolaires", "behalve op zondag en in juli"."""
        days: list[DaysPhrase] = []
        weekdays: list[int] = []
        holidays: list[str] = []
        position, behind = at + 1, at
        while position < len(self.atoms) and len(days) + len(holidays) < 12:
            after = self._excepted(position, days, weekdays, holidays)
            if after is None:
                break
            behind = position = after
            while position < len(self.atoms) and (
                self.atoms[position].kind is Is.COMMA or self.atoms[position].marks & (Mark.AND | Mark.EXCEPT | Mark.OR)
            ):
                position += 1
        if behind == at:
            return None
        return ExceptPhrase(tuple(days), tuple(weekdays), tuple(holidays)), behind

    def _excepted(self, at: int, days: list[DaysPhrase], weekdays: list[int], holidays: list[str]) -> int | None:
        rule = self.reader.rule(at)
        if rule is not None and rule[0].weekdays:
            weekdays.extend(rule[0].weekdays)
            return rule[1]
        found = self.reader.days(at)
        if found is not None:
            days.append(found[0])
            return found[1]
        position = at
        while position < len(self.atoms) and position - at < 4:
            atom = self.atoms[position]
            if atom.sense.holidays is not None:
                holidays.append(atom.sense.holidays)
                return position + 1
            if atom.kind is not Is.WORD or not atom.marks & (PASSED_OVER | Mark.EVERY):
                return None
            position += 1
        return None


_JOINS: Final = (
    Mark.OR | Mark.ELSE | Mark.CORRECTION | Mark.NOT | Mark.INSTEAD | Mark.AFTER | Mark.BEFORE | Mark.EVERY | Mark.TIMES
    | Mark.IN_A_ROW | Mark.OF_MONTH | Mark.MOVE_TO | Mark.NEXT | Mark.WHOLE
)  # fmt: skip
"""Further marks that may stand between two pieces of one use."""


def _hint_months(pieces: Sequence[Piece]) -> None:
    """Let a day without a month take that of the next list in its sentence: "le 3 à 18h et le 10 octobre à 19h"."""
    following: Piece | None = None
    for piece in reversed(pieces):
        phrase = piece.phrase
        if not isinstance(phrase, DaysPhrase):
            continue
        if following is not None and following.sentence == piece.sentence:
            assert isinstance(following.phrase, DaysPhrase), "only days are kept"
            source = following.phrase.entries[0]
            if (
                source.day is not None
                and source.month is not None
                and not any(e.month or e.month_offset is not None for e in phrase.entries)
            ):
                for entry in phrase.entries:
                    if entry.day is not None and entry.until is None:
                        entry.month, entry.year = source.month, source.year
        following = piece


def _runs(pieces: Sequence[Piece]) -> list[Group]:
    """Put together pieces that only small words part, days with their hours: D C, C D, D D C, D C C."""
    groups: list[Group] = []
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else None
        current = groups[-1] if groups else None
        if piece.between & Mark.CORRECTION and _corrected(groups, piece):
            continue
        if piece.between & Mark.INSTEAD and piece.near | (current is not None):
            groups.append(Group([piece], replaced=True))
        elif current is not None and piece.near and not _closed(current) and _fits(current, piece, following):
            if (
                piece.between & Mark.NOT
                and not piece.between & Mark.EXCEPT
                and not isinstance(piece.phrase, ExceptPhrase)
            ):
                groups.append(Group([piece], negated=True))
            else:
                current.pieces.append(piece)
        else:
            negated = bool(piece.between & Mark.NOT) and piece.near
            rival = current is not None and piece.near and bool(piece.between & (Mark.OR | Mark.ELSE))
            groups.append(Group([piece], rival=rival and not negated, negated=negated))
    return groups


def _closed(group: Group) -> bool:
    return group.replaced or group.negated


def _corrected(groups: list[Group], piece: Piece) -> bool:
    """Let a piece take the place of the last of its kind: "le 14, non pardon, le 15"; say whether it did."""
    for group in reversed(groups[-2:]):
        old = next((each for each in reversed(group.pieces) if type(each.phrase) is type(piece.phrase)), None)
        if old is None or _closed(group) or piece.sentence - old.sentence > 1:
            continue
        group.pieces[group.pieces.index(old)] = piece
        groups.insert(groups.index(group), Group([old], replaced=True))
        return True
    return False


def _fits(group: Group, piece: Piece, following: Piece | None) -> bool:
    """Whether a near piece belongs to the group, or begins the next use."""
    if isinstance(piece.phrase, ExceptPhrase | RulePhrase | CountPhrase):
        return not (isinstance(piece.phrase, RulePhrase) and group.rule is not None)
    if piece.is_clock:
        return _clock_fits(group, piece, following)
    return _days_fit(group, piece, following)


def _clock_fits(group: Group, piece: Piece, following: Piece | None) -> bool:
    phrase = piece.phrase
    assert isinstance(phrase, ClockPhrase), "asked of hours"
    if not group.clocks:
        return True
    last = group.pieces[-1]
    if not last.is_clock:
        # C D and then C: the hours of the next use, unless they only add to these
        return phrase.start is None and (phrase.part is not None or phrase.length is not None or _open_start(group))
    return True


def _open_start(group: Group) -> bool:
    """Whether the last hours have a start and no end: "à partir de 19h … jusqu'à 22h"."""
    phrase = group.clocks[-1].phrase
    return isinstance(phrase, ClockPhrase) and phrase.start is not None and phrase.end is None


def _days_fit(group: Group, piece: Piece, following: Piece | None) -> bool:
    if group.rule is not None:
        return True
    if not group.days:
        return True
    last = group.pieces[-1]
    if last.is_clock and group.pieces[0].is_days:
        # D C D: the next use has begun, unless these days bound or fill the first ("les mardis, 18h, du … au …")
        return _is_bound(piece) and all(_bare(each) for each in group.days)
    if last.is_clock or (_bare(piece) and not all(_bare(each) for each in group.days)):
        return False
    if piece.between & (Mark.OR | Mark.ELSE):
        return not group.clocks
    return True


def _is_bound(piece: Piece) -> bool:
    """Whether days say from when to when, not on which day."""
    phrase = piece.phrase
    if not isinstance(phrase, DaysPhrase):
        return False
    entry = phrase.entries[0]
    return entry.is_period or entry.until is not None or bool(phrase.leads & (Mark.SINCE | Mark.UNTIL))


def _bare(piece: Piece) -> bool:
    return isinstance(piece.phrase, DaysPhrase) and all(entry.bare_weekday for entry in piece.phrase.entries)


def _joined(groups: list[Group]) -> list[Group]:
    """Join groups of one sentence that only make sense together, and exceptions that come a sentence later."""
    result: list[Group] = []
    for group in groups:
        before = result[-1] if result else None
        if before is not None and not _closed(before) and not _closed(group) and _completes(before, group):
            before.pieces.extend(group.pieces)
        else:
            result.append(group)
    return _hours_to_days(result)


def _completes(before: Group, group: Group) -> bool:
    same = group.pieces[0].sentence == before.sentence
    next_one = (
        group.pieces[0].sentence - before.sentence <= 1 and group.pieces[0].paragraph == before.pieces[-1].paragraph
    )
    first = group.pieces[0].phrase
    if isinstance(first, ExceptPhrase):
        return next_one and (before.rule is not None or bool(before.days))
    if before.rule is not None and group.rule is None and next_one:
        bound = all(_is_bound(piece) or not piece.is_days for piece in group.pieces) and bool(group.days)
        filled = before.rule.open_weekdays and bool(group.days)
        hours_once = not (before.clocks and group.clocks)
        if (bound or (filled and same)) and hours_once and not group.rival and (same or not group.clocks):
            return True
    if group.rule is not None and before.rule is None and same:
        bounds = bool(before.days) and all(_is_bound(piece) for piece in before.days)
        fills = group.rule.open_weekdays and bool(before.days)
        return (bounds or fills) and not (before.clocks and group.clocks)
    return False


def _hours_to_days(groups: list[Group]) -> list[Group]:
    """Where a sentence has one group of days without hours and one of hours without days, they are one."""
    by_sentence: dict[int, list[Group]] = {}
    for group in groups:
        if not _closed(group):
            by_sentence.setdefault(group.pieces[0].sentence, []).append(group)
    gone: set[int] = set()
    for together in by_sentence.values():
        if len(together) != 2:
            continue
        first, second = together
        lone_hours, lone_days = (first, second) if not (first.days or first.rule) else (second, first)
        if lone_hours.days or lone_hours.rule or lone_days.clocks or second.rival or not lone_hours.clocks:
            continue
        if _full(lone_hours) and (lone_days.rule is not None or lone_days.days) and not _deadline(lone_days):
            first.pieces.extend(second.pieces)
            gone.add(id(second))
    return [group for group in groups if id(group) not in gone]


def _full(group: Group) -> bool:
    """Whether hours are worth joining over words that are not known: they have a start."""
    phrase = group.clocks[0].phrase
    return (
        isinstance(phrase, ClockPhrase)
        and (phrase.start is not None or phrase.part is not None)
        and not phrase.loose
        and not phrase.after
    )


def _deadline(group: Group) -> bool:
    return any(isinstance(piece.phrase, DaysPhrase) and piece.phrase.leads & Mark.BEFORE for piece in group.pieces)


@dataclass(slots=True)
class _Window:
    """From when to when a repetition runs; None where it was not said."""

    first: date | None = None
    last: date | None = None
    open_end: bool = False


class _Builder:
    """Makes a When of each group."""

    def __init__(
        self,
        text: str,
        atoms: Sequence[Atom],
        almanac: Almanac,
        sentences: Sequence[Sentence],
        verbs: Sequence[tuple[int, int]],
    ) -> None:
        self.text = text
        self.atoms = atoms
        self.almanac = almanac
        self.sentences = sentences
        self.verbs = verbs
        self.last_named: date | None = None
        self.named: dict[int, tuple[Days, bool]] = {}
        """By weekday, the date last named in the mail that falls on it, and whether it counts."""
        self.occurrences = 0
        self.too_many = False

    def moments(self, groups: Sequence[Group]) -> Moments:
        whens: list[When] = []
        for group in groups:
            if len(whens) >= MOST_WHENS:
                self.too_many = True
                break
            when = self._when(group)
            if when is None:
                continue
            if group.rival and whens and when.counts and (when.days or when.clocks):
                whens[-1] = self._with_rival(whens[-1], when)
            else:
                whens.append(self._bounded(when))
        return Moments(tuple(whens), self.too_many)

    def _with_rival(self, first: When, second: When) -> When:
        """ "samedi de 14h à 16h ou dimanche de 10h à 12h": the second use is another way to take the first."""
        rival = Rival(second.days or first.days, second.clocks or first.clocks, either=True)
        return replace(first, end=second.end, words=self.text[first.start : second.end], rivals=(*first.rivals, rival))

    def _bounded(self, when: When) -> When:
        """Keep the whole text within MOST occurrences."""
        room = MOST - self.occurrences
        if when.counts:
            self.occurrences += len(when.days)
        if len(when.days) > room >= 0 and when.counts:
            self.too_many = True
            return replace(when, days=when.days[:room])
        return when

    def _when(self, group: Group) -> When | None:
        start = min(self.atoms[piece.at].start for piece in group.pieces)
        end = max(self.atoms[piece.behind - 1].end for piece in group.pieces)
        base = When(start, end, self._words(group), replaced=group.replaced, negated=group.negated)
        for piece in group.days:
            self._settle(piece)
        clocks = self._clocks(group)
        if group.rule is not None or self._is_habit(group):
            when = self._repeated(base, group)
        elif group.days:
            when = self._listed(base, group)
        else:
            when = base
        when = self._with_clocks(when, group, clocks)
        if not (when.days or when.clocks or when.vague or when.lacks or when.period):
            return None
        when = replace(when, role=self._role(group, when), loose=self._is_loose(group, when))
        when = self._aside(group, when)
        when = replace(when, derivation=self._derivation(group, when))
        self._note(group, when)
        return when

    def _words(self, group: Group) -> str:
        parts: list[str] = []
        last = -1
        for piece in sorted(group.pieces, key=lambda each: each.at):
            words = self.text[self.atoms[piece.at].start : self.atoms[piece.behind - 1].end]
            if parts and piece.near and last <= piece.at:
                parts[-1] += self.text[self.atoms[last - 1].end : self.atoms[piece.at].start] + words
            else:
                parts.append(words)
            last = piece.behind
        return " … ".join(" ".join(part.split()) for part in parts)

    # ── days ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _settle(self, piece: Piece) -> None:
        phrase = piece.phrase
        assert isinstance(phrase, DaysPhrase), "asked of days"
        piece.settled = settle(phrase, self.almanac, self.last_named)
        self.too_many = self.too_many or phrase.too_many
        if self._tells_the_past(piece):
            piece.settled = [self._past_reading(each) for each in piece.settled]
        named = [each.days for each in piece.settled if each.days is not None]
        if named:
            self.last_named = named[-1].last

    def _tells_the_past(self, piece: Piece) -> bool:
        return bool(self.sentences[piece.sentence].marks & Mark.PAST)

    def _past_reading(self, settled: Settled) -> Settled:
        """In a sentence that tells the past, a date that was a short while ago is not that of next year."""
        days = settled.days
        if days is None or not settled.sure or settled.past:
            return settled
        ahead = (days.first - self.almanac.today).days
        return replace(settled, past=True) if ahead > 165 else settled

    def _listed(self, when: When, group: Group) -> When:
        """Days without a repetition: lists, ranges, alternatives."""
        options: list[list[Settled]] = [[]]
        vague: list[Settled] = []
        for piece in group.days:
            phrase = piece.phrase
            assert isinstance(phrase, DaysPhrase), "asked of days"
            settled = self._meant_before(piece)
            ways = choices(phrase)
            fixed = [[settled[i] for i in way if settled[i].days is not None or settled[i].conflict] for way in ways]
            vague.extend(each for each in settled if each.days is None and not each.conflict)
            parted = bool(options[0]) and bool(piece.between & (Mark.OR | Mark.ELSE))
            if parted:
                options.extend(way for way in fixed if way)
            else:
                options[-1].extend(fixed[0])
                options.extend(way for way in fixed[1:] if way)
        options = [option for option in options if option] or [[]]
        return self._with_options(self._with_stretch(when, group, options), options, vague)

    def _with_stretch(self, when: When, group: Group, options: list[list[Settled]]) -> When:
        """A day with a number of days behind it: "à partir du 5 juin pour 3 jours"."""
        counted = next((piece.phrase for piece in group.pieces if isinstance(piece.phrase, CountPhrase)), None)
        if counted is not None and counted.unit in ("day", "week") and len(options[0]) == 1:
            span = options[0][0].days
            if span is not None and span.first == span.last:
                length = counted.number * (7 if counted.unit == "week" else 1)
                options[0] = [replace(options[0][0], days=Days(span.first, span.first + timedelta(days=length - 1)))]
        return when

    def _with_options(self, when: When, options: list[list[Settled]], vague: list[Settled]) -> When:
        first = options[0]
        conflict = any(each.conflict for option in options for each in option)
        days = spans_of(first)
        rivals = [Rival(spans_of(option), either=True) for option in options[1:] if spans_of(option)]
        for number, each in enumerate(first):
            if each.rival is not None:
                other = tuple(
                    each.rival if place == number else this.days for place, this in enumerate(first) if this.days
                )
                rivals.append(Rival(other))
        period = next((each.period for each in vague if each.period is not None), None)
        past = bool(first or vague) and all(each.past for each in (*first, *vague))
        if first and any(each.past for each in first) and not past:
            days = spans_of(each for each in first if not each.past)
        return replace(
            when,
            days=days,
            rivals=tuple(rivals),
            lacks=when.lacks | ({Lack.DATE} if conflict else set()),
            vague=not days and not conflict,
            period=period,
            past=past,
        )

    def _meant_before(self, piece: Piece) -> list[Settled]:
        """A weekday alone means the date of that weekday which the mail named before: "le samedi comme le dimanche"."""
        phrase = piece.phrase
        assert isinstance(phrase, DaysPhrase), "asked of days"
        meant: list[Settled] = []
        for entry, settled in zip(phrase.entries, piece.settled, strict=True):
            known = (
                self.named.get(entry.weekday)
                if entry.bare_weekday and entry.until is None and entry.weekday is not None
                else None
            )
            if known is not None and not entry.plural:
                meant.append(Settled(known[0], past=not known[1]))
            else:
                meant.append(settled)
        return meant

    def _note(self, group: Group, when: When) -> None:
        """Remember which dates were named, so that a later weekday alone is one of them."""
        if when.past or when.role is Role.HABIT:
            return
        sure = any(each.sure and each.days is not None for piece in group.days for each in piece.settled)
        if not sure or when.repetition is not None:
            return
        for span in when.days:
            if (span.last - span.first).days < 7:
                for day in span:
                    self.named[day.weekday()] = (Days(day, day), when.counts)

    # ── repetition ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_habit(self, group: Group) -> bool:
        """Weekdays alone, with a period or a long range: "le mardi et le jeudi, de septembre à décembre"."""
        weekdays = [piece for piece in group.days if _bare(piece)]
        bounds = [piece for piece in group.days if _is_bound(piece) and not _bare(piece)]
        if not weekdays or not bounds:
            return False
        spans = [each.days or each.period for piece in bounds for each in piece.settled]
        in_a_week = all(span is not None and (span.last - span.first).days < 6 for span in spans)
        if in_a_week:
            return False
        return not any(entry.vague for piece in group.days for entry in _entries(piece) if entry.weekday is not None)

    def _repeated(self, when: When, group: Group) -> When:
        """A repetition, written out."""
        rule = group.rule or RulePhrase("weekly", open_weekdays=True)
        if rule == RulePhrase("daily") and group.days and not any(_is_bound(piece) for piece in group.days):
            return self._listed(when, group)
        if rule.count is None:
            rule = self._with_count(rule, group)
        windows = self._windows(group)
        rule = self._with_weekdays(rule, group, windows)
        if rule.open_weekdays and rule.frequency != "daily":
            return replace(when, vague=True, period=None, lacks=when.lacks | {Lack.UNTIL})
        if any(each.conflict for piece in group.days for each in piece.settled):
            return replace(when, lacks=when.lacks | {Lack.DATE})
        return self._written_out(when, rule, windows, group)

    def _with_count(self, rule: RulePhrase, group: Group) -> RulePhrase:
        counted = next((piece.phrase for piece in group.pieces if isinstance(piece.phrase, CountPhrase)), None)
        if counted is None:
            return rule
        if counted.unit == "times":
            return replace(rule, count=counted.number)
        if counted.unit == "week" and rule.frequency == "weekly":
            uses = max(1, len(rule.weekdays)) * counted.number
            return replace(rule, count=max(1, -(-uses // rule.interval)))
        if counted.unit == "month" and rule.frequency == "monthly":
            return replace(rule, count=counted.number * max(1, len(rule.nth)))
        if counted.unit == "day" and rule.frequency == "daily":
            return replace(rule, count=counted.number)
        return rule

    def _with_weekdays(self, rule: RulePhrase, group: Group, windows: Sequence[_Window]) -> RulePhrase:
        """Fill in the weekdays that the rule left open: those said elsewhere, or that of the first day."""
        if not rule.open_weekdays or rule.frequency == "daily":
            return rule
        said = {
            entry.weekday for piece in group.days if not _is_bound(piece) or _bare(piece) for entry in _entries(piece)
        }
        weekdays = {weekday for weekday in said if weekday is not None}
        if not weekdays and rule.frequency == "weekly":
            weekdays = {
                each.days.first.weekday()
                for piece in group.days
                for each in piece.settled
                if each.days is not None and each.sure
            }
        if not weekdays:
            return rule
        return replace(rule, weekdays=tuple(sorted(weekdays)), open_weekdays=False)

    def _windows(self, group: Group) -> list[_Window]:
        """From when to when: ranges and periods each are a window; "à partir du" and "jusqu'au" bound one."""
        windows: list[_Window] = []
        bound = _Window()
        for piece in group.days:
            phrase = piece.phrase
            assert isinstance(phrase, DaysPhrase), "asked of days"
            for entry, each in zip(phrase.entries, piece.settled, strict=True):
                span = each.days or each.period
                if phrase.leads & Mark.UNTIL and entry.until is None and not phrase.leads & Mark.FROM:
                    bound.open_end = bound.open_end or each.open_end or span is None
                    bound.last = None if span is None or each.open_end else span.last
                elif entry.bare_weekday and entry.until is None:
                    continue
                elif span is None:
                    bound.open_end = bound.open_end or each.open_end
                elif phrase.leads & Mark.SINCE and entry.until is None:
                    bound.first = span.first
                elif each.ranged or entry.is_period:
                    windows.append(_Window(span.first, None if each.open_end else span.last, each.open_end))
                else:
                    bound.first = span.first if bound.first is None else min(bound.first, span.first)
        if not windows:
            return [bound]
        if bound.last is not None or bound.first is not None:
            windows = [
                _Window(_later(window.first, bound.first), _earlier(window.last, bound.last), window.open_end)
                for window in windows
            ]
        return windows

    def _written_out(self, when: When, rule: RulePhrase, windows: Sequence[_Window], group: Group) -> When:
        excluded = self._excluded(group)
        days: list[date] = []
        left_out: list[date] = []
        known_end = rule.count is not None or all(window.last is not None for window in windows)
        most = rule.count if rule.count is not None else MOST
        for window in windows:
            first = window.first or self.almanac.today + ONE_DAY
            first = max(first, self.almanac.today) if window.last is not None else first
            for taken, day in enumerate(_occurrences(rule, first, window.last)):
                if taken >= (most if known_end else 60):
                    self.too_many = self.too_many or (rule.count is None and taken >= MOST)
                    break
                if excluded.leaves_out(day):
                    left_out.append(day)
                    continue
                days.append(day)
                if not known_end:
                    break
        repetition = Repetition(
            rule.frequency,
            rule.interval,
            rule.weekdays,
            rule.nth,
            windows[-1].last if known_end and windows[-1].last else _last(days),
        )
        repetition = repetition if known_end else replace(repetition, until=None)
        return replace(
            when,
            days=tuple(Days(day, day) for day in sorted(set(days))),
            lacks=when.lacks | (set() if known_end else {Lack.UNTIL}),
            vague=not days,
            repetition=repetition,
            excluded=tuple(Days(day, day) for day in left_out if known_end),
        )

    def _excluded(self, group: Group) -> _Excluded:
        excluded = _Excluded()
        for piece in group.pieces:
            phrase = piece.phrase
            if not isinstance(phrase, ExceptPhrase):
                continue
            excluded.weekdays.update(phrase.weekdays)
            for key in phrase.holidays:
                excluded.spans.extend(self.almanac.holidays(key))
            for days in phrase.days:
                self._exclude_days(days, excluded)
        return excluded

    def _exclude_days(self, phrase: DaysPhrase, excluded: _Excluded) -> None:
        for entry, each in zip(phrase.entries, settle(phrase, self.almanac, self.last_named), strict=True):
            if entry.bare_weekday and entry.weekday is not None and entry.until is None:
                excluded.weekdays.add(entry.weekday)
            elif entry.holidays is not None:
                excluded.spans.extend(self.almanac.holidays(entry.holidays))
            else:
                span = each.days or each.period
                if span is not None:
                    excluded.spans.append(span)

    # ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _clocks(self, group: Group) -> list[list[Clock]]:
        """Return the hours of a group by alternative ("à 14h ou à 15h"), parts of the day read into them."""
        part = next((entry.part for piece in group.days for entry in _entries(piece) if entry.part), None)
        whole = self._merged(group, part)
        options: list[list[Clock]] = [[]]
        for phrase, apart in whole:
            if apart and options[-1]:
                options.append([])
            options[-1].append(phrase)
        return [option for option in options if option]

    def _merged(self, group: Group, part: str | None) -> list[tuple[Clock, bool]]:
        pieces = group.clocks
        phrases: list[tuple[ClockPhrase, bool]] = []
        waiting: str | None = part
        for piece in pieces:
            phrase = piece.phrase
            assert isinstance(phrase, ClockPhrase), "asked of hours"
            apart = bool(piece.between & (Mark.OR | Mark.ELSE)) and bool(phrases)
            if phrase.start is None and phrase.end is None and phrase.length is None:
                if (
                    phrases
                    and phrases[-1][0].part is None
                    and phrases[-1][0].start is not None
                    and not apart
                    and not waiting
                ):
                    phrases[-1] = (replace(phrases[-1][0], part=phrase.part), phrases[-1][1])
                elif phrases and waiting:
                    phrases.append((ClockPhrase(part=waiting), False))
                    waiting = phrase.part
                else:
                    if waiting and waiting != part and waiting != phrase.part:
                        phrases.append((ClockPhrase(part=waiting), False))
                    waiting = phrase.part
                continue
            last = phrases[-1][0] if phrases else None
            begun = last is not None and last.start is not None and last.end is None and last.length is None
            if last is not None and begun and not apart and _ends(phrase):
                length = phrase.length if phrase.start is None else phrase.start.said
                phrases[-1] = (replace(last, end=phrase.end, length=length), phrases[-1][1])
                continue
            if phrase.loose and not group.days and group.rule is None:
                continue
            phrases.append((replace(phrase, part=phrase.part or waiting), apart))
            waiting = None
        if waiting is not None:
            phrases.append((ClockPhrase(part=waiting), False))
        return [(_clock(phrase), apart) for phrase, apart in phrases]

    def _with_clocks(self, when: When, group: Group, options: list[list[Clock]]) -> When:
        if not options:
            return when
        rivals = [Rival(when.days, tuple(option), either=True) for option in options[1:]]
        return replace(when, clocks=tuple(dict.fromkeys(options[0])), rivals=(*when.rivals, *rivals))

    # ── what is not asked for ───────────────────────────────────────────────────────────────────────────────────────

    def _role(self, group: Group, when: When) -> Role:
        first = group.pieces[0]
        if any(isinstance(piece.phrase, DaysPhrase) and piece.phrase.leads & Mark.BEFORE for piece in group.pieces):
            return Role.DEADLINE
        habit = self.sentences[first.sentence].marks & Mark.HABIT
        if habit and not any(each.sure and each.days for piece in group.days for each in piece.settled):
            return Role.HABIT
        if not group.days:
            phrase = group.clocks[0].phrase if group.clocks else None
            lone = isinstance(phrase, ClockPhrase) and phrase.after
            return Role.HABIT if lone else Role.USE
        return self._handed_over(group)

    def _handed_over(self, group: Group) -> Role:
        """Whether a word of fetching or bringing back is the nearest verb of this sentence."""
        sentence = self.sentences[group.pieces[0].sentence]
        if not sentence.marks & (Mark.FETCH | Mark.BRING_BACK):
            return Role.USE
        at, behind = group.pieces[0].at, group.pieces[-1].behind
        near = [
            (min(abs(at - place), abs(place - behind)), marks)
            for place, marks in self.verbs
            if marks & (Mark.FETCH | Mark.BRING_BACK) and abs(at - place) <= 14
        ]
        if not near:
            return Role.USE
        _, marks = min(near)
        return Role.FETCH if marks & Mark.FETCH else Role.BRING_BACK

    def _is_loose(self, group: Group, when: When) -> bool:
        """A weekday that only names a habit ("la chorale du jeudi"), a feast that may be a theme."""
        if when.clocks or group.rule is not None:
            return (
                not group.days
                and group.rule is None
                and all(clock.start is None and clock.end is None for clock in when.clocks)
            )
        entries = [entry for piece in group.days for entry in _entries(piece)]
        leads = 0
        for piece in group.days:
            assert isinstance(piece.phrase, DaysPhrase), "asked of days"
            leads |= piece.phrase.leads
        named = bool(leads & (Mark.OF | Mark.FROM)) and not leads & (Mark.SINCE | Mark.TO & ~Mark.FROM)
        return all(entry.loose or (entry.bare_weekday and named and entry.until is None) for entry in entries)

    def _aside(self, group: Group, when: When) -> When:
        """Past where the sentence tells of last year, and where "depuis" or "il y a" stands before."""
        first = group.pieces[0]
        since = any(
            isinstance(piece.phrase, DaysPhrase) and piece.phrase.leads & Mark.EVER_SINCE for piece in group.pieces
        )
        before = self.atoms[first.at - 1].marks if first.at else 0
        sentence = self.sentences[first.sentence]
        last_year = (
            sentence.last_year
            and bool(sentence.marks & Mark.PAST)
            and not any(entry.year for piece in group.days for entry in _entries(piece))
        )
        if since or before & Mark.EVER_SINCE or (last_year and group.days):
            return replace(when, past=True)
        return when

    def _derivation(self, group: Group, when: When) -> tuple[Evidence, ...]:
        return tuple(self._evidence(group, when))

    def _evidence(self, group: Group, when: When) -> Iterator[Evidence]:
        for piece in group.pieces:
            words = " ".join(self.text[self.atoms[piece.at].start : self.atoms[piece.behind - 1].end].split())
            yield Evidence(_part_of(piece), words, _shown(piece, when))


def _entries(piece: Piece):  # type: ignore[no-untyped-def]
    return piece.phrase.entries if isinstance(piece.phrase, DaysPhrase) else []


def _part_of(piece: Piece) -> str:
    if isinstance(piece.phrase, RulePhrase | CountPhrase):
        return "repetition"
    if isinstance(piece.phrase, ExceptPhrase):
        return "exception"
    return "hours" if piece.is_clock else "day"


def _shown(piece: Piece, when: When) -> str:
    phrase = piece.phrase
    if isinstance(phrase, RulePhrase):
        days = ",".join(str(weekday + 1) for weekday in phrase.weekdays)
        return f"{phrase.frequency} every {phrase.interval} on {days or '?'}" + (
            f" × {phrase.count}" if phrase.count else ""
        )
    if isinstance(phrase, ClockPhrase):
        return " ".join(_clock_text(clock) for clock in when.clocks) or "?"
    if isinstance(phrase, CountPhrase):
        return f"{phrase.number} {phrase.unit}"
    if isinstance(phrase, ExceptPhrase):
        return "without " + ", ".join(str(span.first) for span in when.excluded)
    spans = [each.days or each.period for each in piece.settled]
    return ", ".join(
        "?" if span is None else str(span.first) if span.first == span.last else f"{span.first}/{span.last}"
        for span in spans
    )


def _clock_text(clock: Clock) -> str:
    if clock.start is None and clock.end is None:
        return clock.part or (f"{clock.length} min" if clock.length else "?")
    start = "?" if clock.start is None else f"{clock.start // 60:02}:{clock.start % 60:02}"
    end = "?" if clock.end is None else f"{clock.end // 60 % 24:02}:{clock.end % 60:02}"
    return f"{start}-{end}"


def _ends(phrase: ClockPhrase) -> bool:
    """Whether hours only say until when, or how long."""
    return phrase.start is None or (phrase.loose and phrase.start.maybe_length)


def _clock(phrase: ClockPhrase) -> Clock:
    start, end = read_clock(phrase)
    length = phrase.length if start is None and end is None else None
    return Clock(start, end, length, phrase.part)


@dataclass(slots=True)
class _Excluded:
    """Days that a repetition leaves out."""

    weekdays: set[int] = field(default_factory=set)
    spans: list[Days] = field(default_factory=list)

    def leaves_out(self, day: date) -> bool:
        return day.weekday() in self.weekdays or any(day in span for span in self.spans)


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _last(days: Sequence[date]) -> date | None:
    return max(days, default=None)


def _occurrences(rule: RulePhrase, first: date, last: date | None) -> Iterator[date]:
    """Yield the days of a rule from `first` on, at most five years of them."""
    end = min(last, first + timedelta(days=1830)) if last is not None else first + timedelta(days=1830)
    if rule.frequency == "monthly":
        yield from _monthly(rule, first, end)
        return
    day = first
    weekdays = rule.weekdays or tuple(range(7))
    if rule.frequency == "daily":
        while day <= end:
            yield day
            day += timedelta(days=rule.interval)
        return
    start = first - timedelta(days=first.weekday())
    begun = next(
        (start + timedelta(days=weekday) for weekday in weekdays if start + timedelta(days=weekday) >= first), None
    )
    monday = start if begun is not None else start + timedelta(days=7)
    while monday <= end:
        for weekday in weekdays:
            day = monday + timedelta(days=weekday)
            if first <= day <= end:
                yield day
        monday += timedelta(days=7 * rule.interval)


def _monthly(rule: RulePhrase, first: date, end: date) -> Iterator[date]:
    month = month_span(first.year, first.month)
    while month.first <= end:
        found = [
            day
            for nth in rule.nth
            for weekday in rule.weekdays
            if (day := nth_weekday(month.first.year, month.first.month, weekday, nth)) is not None
        ]
        yield from (day for day in sorted(found) if first <= day <= end)
        following = month.last
        for _ in range(rule.interval):
            following = month_span((following + ONE_DAY).year, (following + ONE_DAY).month).last
        month = month_span(following.year, following.month)
