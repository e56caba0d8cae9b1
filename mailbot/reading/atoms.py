"""Tokens become atoms: the words of time with all that they may mean, and what lies between them.

An atom is a phrase of the lexicons ("à partir du", "zaterdagavond"), a number, a written date, or a mark. What it may
mean is its `Sense`, shared by all atoms of the same phrase and put together from every table it stands in, so that the
grammar can ask "may this be a month?" of "mars" and "a number?" of "sept". Of two languages that use the same word, the
first lexicon decides; marks ("de", "en", "of") add up. Linear in the number of tokens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum, auto
from functools import cache
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import fields, force_setattr, replace
from rapidfuzz.distance import OSA

from mailbot.reading.lexicon import Lexicon, words_of
from mailbot.reading.numbers import Number, number_at, number_words
from mailbot.reading.tokens import Kind, Token, fold, wrapped_lines


class Mark:
    """What a small word does in a phrase of time: bits, each a key of the table `marks` of every lexicon (FROM is
    `from`, OF_MONTH is `of-month`). Plain numbers, for they are asked of every word of every mail."""

    FROM = 1 << 0
    TO = 1 << 1
    UNTIL = 1 << 2
    SINCE = 1 << 3
    BEFORE = 1 << 4
    AFTER = 1 << 5
    EVER_SINCE = 1 << 6
    AT = 1 << 7
    ON = 1 << 8
    IN = 1 << 9
    AHEAD = 1 << 10
    OF = 1 << 11
    ARTICLE = 1 << 12
    FOR = 1 << 13
    BETWEEN = 1 << 14
    AND = 1 << 15
    OR = 1 << 16
    EITHER = 1 << 17
    ELSE = 1 << 18
    EXCEPT = 1 << 19
    NOT = 1 << 20
    INSTEAD = 1 << 21
    CORRECTION = 1 << 22
    EVERY = 1 << 23
    EVERY_OTHER = 1 << 24
    OUT_OF = 1 << 25
    THIS = 1 << 26
    NEXT = 1 << 27
    COMING = 1 << 28
    LAST = 1 << 29
    WHOLE = 1 << 30
    SAME = 1 << 31
    OF_MONTH = 1 << 32
    IN_A_ROW = 1 << 33
    TIMES = 1 << 34
    LABEL_START = 1 << 35
    LABEL_END = 1 << 36
    LONG = 1 << 37
    FILLER = 1 << 38
    PAST = 1 << 39
    HABIT = 1 << 40
    MOVE = 1 << 41
    MOVE_TO = 1 << 42
    FETCH = 1 << 43
    BRING_BACK = 1 << 44
    WHICH = 1 << 46
    THAN = 1 << 47
    FOLLOWING = 1 << 48
    LABEL_HOURS = 1 << 49
    EARLIER = 1 << 50
    LATER = 1 << 51
    ONE = 1 << 45
    BACK = 1 << 52
    ALL = 1 << 53
    PRECEDING = 1 << 54
    SINGULAR = 1 << 55
    AS_BEFORE = 1 << 56
    NONE = 1 << 57
    OCCASION = 1 << 58
    FIRST_TIME = 1 << 59
    NOTICE = 1 << 60
    NO_DAY = 1 << 61


MARKS: Final = {name.lower().replace("_", "-"): bit for name, bit in vars(Mark).items() if name.isupper()}
"""Each key of the table `marks` with its bit."""

PASSED_OVER: Final = (
    Mark.FROM | Mark.TO | Mark.AT | Mark.ON | Mark.IN | Mark.OF | Mark.ARTICLE | Mark.AND | Mark.FILLER | Mark.FOR
    | Mark.SAME | Mark.LABEL_START | Mark.LABEL_END | Mark.LONG | Mark.THIS | Mark.SINCE | Mark.UNTIL
    | Mark.BETWEEN | Mark.EITHER | Mark.COMING
)  # fmt: skip
"""Marks that may stand between days and hours that belong together."""


class Is(IntEnum):
    """What sort of atom it is."""

    GAP = auto()
    """Words that mean nothing here."""
    WORD = auto()
    """A phrase of the lexicons."""
    NUMBER = auto()
    DATE = auto()
    """A day and a month in digits, perhaps with a year."""
    COMMA = auto()
    SEMICOLON = auto()
    DASH = auto()
    COLON = auto()
    DOT = auto()
    """A dot glued between two others: 14.30."""
    SLASH = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    """A line between the cells of a table."""
    LINE = auto()
    """The end of a line that was not wrapped by a program."""
    STOP = auto()
    """The end of a sentence."""
    PARAGRAPH = auto()
    OPAQUE = auto()
    END = auto()
    """Behind the last atom."""


_HOURLY: Final = (
    "part", "year_offset", "shift", "shift_before", "span", "repeat", "feast", "hour_mark", "half_day", "named_clock",
    "spelled_clock", "minutes_before", "minutes_after", "length",
)  # fmt: skip


class Sense(Struct, frozen=True):
    """All that a phrase may mean. Weekdays count from Monday, 0; minutes from midnight; offsets in days."""

    marks: int = 0
    weekday: int | None = None
    weekday_plural: bool = False
    weekday_weak: bool = False
    """An abbreviation or a typing error: a weekday only beside a number, an hour or another weekday."""
    month: int | None = None
    month_weak: bool = False
    part: str | None = None
    part_alone: bool = False
    day_offset: int | None = None
    offset_part: str | None = None
    """The part of the day said with `day_offset`: "vanavond"."""
    week_offset: int | None = None
    month_offset: int | None = None
    year_offset: int | None = None
    shift: int | None = None
    shift_before: int | None = None
    span: int | None = None
    next_day: int | None = None
    edge: str | None = None
    season: str | None = None
    unit: str | None = None
    repeat: str | None = None
    feast: str | None = None
    feast_sure: bool = False
    holidays: str | None = None
    hour_mark: bool = False
    half_day: str | None = None
    named_clock: int | None = None
    spelled_clock: int | None = None
    """A time of day in one word, of a clock of twelve hours: "halfacht"."""
    minutes_before: int | None = None
    """Minutes to add to the hour that follows: "kwart voor" is -15."""
    minutes_after: int | None = None
    length: int | None = None
    """Minutes of a length said as a whole: "anderhalf uur" is 90."""
    dated: bool = False
    """Whether it says anything of days, besides what small words do."""
    timely: bool = False
    """Whether it says anything of days or hours, besides what small words do."""

    def __post_init__(self) -> None:
        dated = bool(self.edge or self.season or self.holidays or self.unit) or not (
            self.weekday
            is self.month
            is self.month_offset
            is self.next_day
            is self.week_offset
            is self.day_offset
            is None
        )
        force_setattr(self, "dated", dated)
        force_setattr(self, "timely", dated or any(getattr(self, name) not in (None, False) for name in _HOURLY))

    def joined(self, other: Sense) -> Sense:
        """Return both in one; where both speak, this one is heard, and marks add up."""
        changes: dict[str, Any] = {
            name: getattr(other, name)
            for name in _NAMES
            if not _said(getattr(self, name)) and _said(getattr(other, name))
        }
        changes["marks"] = self.marks | other.marks
        # a weak reading of one language never weakens the full word of another
        changes["weekday_weak"] = self.weekday_weak if self.weekday is not None else other.weekday_weak
        changes["month_weak"] = self.month_weak if self.month is not None else other.month_weak
        return replace(self, **changes)


_NAMES: Final = tuple(each.name for each in fields(Sense) if each.name not in ("marks", "dated", "timely"))
NOTHING: Final = Sense()


def _said(value: object) -> bool:
    return value is not None and value is not False


class Atom(Struct):
    """One atom: characters `start` to `end` of the text, tokens `first` to `last` (excluded)."""

    kind: Is
    start: int
    end: int
    first: int
    last: int
    sense: Sense = NOTHING
    number: Number | None = None
    digits: str = ""
    """The digits as typed, of a NUMBER in digits."""
    written: tuple[int, int, int | None] | None = None
    """Day, month and year of a DATE."""
    glued: bool = False
    uncounted: bool = False
    """Of a GAP: its first word is none that a number counts ("le 21 nous aimerions", not "les 21 chaises")."""
    people: bool = False
    """Of a GAP: its last word names people: "enfants de 8 à 12"."""

    @property
    def marks(self) -> int:
        return self.sense.marks

    @property
    def value(self) -> int | None:
        return None if self.number is None else self.number.value

    @property
    def counted(self) -> bool:
        """Whether it may be what a number before it counts: words that mean nothing here, codes, addresses."""
        return self.kind is Is.OPAQUE or (self.kind is Is.GAP and not self.uncounted)


_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_Tree = dict[Any, Any]
"""Folded word → tree; None → the Sense of the phrase that ends here."""


class Vocabulary:
    """The phrases of several lexicons in one tree."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self.lexicons = tuple(lexicons)
        self.tree: _Tree = {}
        for rank, lexicon in enumerate(lexicons):
            taken = self._marked()
            for words, sense in _said_by(lexicon):
                if not rank or (_clear_enough(words, sense) and not (sense.marks and words in taken)):
                    self._add(words, sense)
            for compound, sense in _compounds(lexicon):
                if compound not in self.tree:
                    self._add((compound,), sense)
        self.never = self._never()
        self.number_words = frozenset().union(*(number_words(lexicon) for lexicon in lexicons))
        self.uncounted = frozenset(
            word for lexicon in lexicons for phrase in lexicon.table("never")["uncounted"] for word in words_of(phrase)
        )
        nouns = [fold(noun) for lexicon in lexicons for noun in lexicon.table("people")["nouns"] if noun.isalpha()]
        stems = [noun[:-1] for lexicon in lexicons for noun in lexicon.table("people")["nouns"] if noun.endswith("*")]
        self.people, self.people_stems = frozenset(nouns), tuple(fold(stem) for stem in stems if stem.isalpha())
        self.names = self._names()
        self.no_typing_error = frozenset(
            word for lexicon in lexicons for phrase in lexicon.table("typing")["never"] for word in words_of(phrase)
        )

    def _marked(self) -> set[tuple[str, ...]]:
        """The small words so far: of "en" or "de" the mail's own language decides what they do."""
        marked: set[tuple[str, ...]] = set()
        stack: list[tuple[tuple[str, ...], _Tree]] = [((), self.tree)]
        while stack:
            words, node = stack.pop()
            for word, below in node.items():
                if word is not None:
                    stack.append(((*words, word), below))
                elif below.marks:
                    marked.add(words)
        return marked

    def _add(self, words: Sequence[str], sense: Sense) -> None:
        node = self.tree
        for word in words:
            node = node.setdefault(word, {})
        node[None] = node[None].joined(sense) if None in node else sense

    def _never(self) -> _Tree:
        tree: _Tree = {}
        for lexicon in self.lexicons:
            for phrase in lexicon.table("never")["phrases"]:
                node = tree
                for word in words_of(phrase):
                    node = node.setdefault(word, {})
                node[None] = NOTHING
        return tree

    def _names(self) -> dict[str, list[str]]:
        """Full names of days and months of at least five letters, by first letter: the targets of typing errors."""
        names: dict[str, list[str]] = {}
        for lexicon in self.lexicons:
            for table in ("weekdays.full", "weekdays.plural", "months.full"):
                for phrases in lexicon.table(table).values():
                    for word in (words_of(phrase) for phrase in phrases):
                        if len(word) == 1 and len(word[0]) >= 5:
                            names.setdefault(word[0][0], []).append(word[0])
        return names

    def mistyped(self, word: str) -> Sense | None:
        """Return what a name of a day or month with one typing error (two in a long name) means, as a weak reading."""
        if len(word) < 5 or word in self.no_typing_error:
            return None
        for name in self.names.get(word[0], ()):
            if abs(len(name) - len(word)) <= 2:
                most = 2 if len(name) >= 8 and name[:2] == word[:2] else 1
                if OSA.distance(word, name, score_cutoff=most) <= most:
                    sense: Sense = self.tree[name][None]
                    return Sense(
                        weekday=sense.weekday,
                        weekday_plural=sense.weekday_plural,
                        weekday_weak=True,
                        month=sense.month,
                        month_weak=True,
                    )
        return None


def _clear_enough(words: Sequence[str], sense: Sense) -> bool:
    """Whether a phrase of another language than the mail's may be heard at all: not the shortest words."""
    if sense.weekday_weak or sense.month_weak:
        return False
    return len(words) > 1 or len(words[0]) > 2 or (len(words[0]) == 2 and not sense.unit)


@cache
def _said_by(lexicon: Lexicon) -> tuple[tuple[tuple[str, ...], Sense], ...]:
    """Each phrase of the tables of time, cut once for all vocabularies that hold it, with its sense."""
    return tuple((tuple(words_of(phrase)), sense) for phrase, sense in _phrases(lexicon))


@cache
def _compounds(lexicon: Lexicon) -> tuple[tuple[str, Sense], ...]:
    """Minutes and hour, or weekday and part of the day, written as one word: halfacht, zaterdagavond."""
    table = lexicon.table
    written = [
        (before + name, Sense(spelled_clock=int(hour) * 60 + int(minutes)))
        for minutes, phrases in table("clock.before").items()
        for before in phrases
        for hour, names in table("number.units").items()
        for name in names
        if 1 <= int(hour) <= 12
    ]
    written += [
        (name + word, Sense(weekday=weekday, part=part))
        for weekday, day in enumerate(_WEEKDAYS)
        for part, words in table("parts.bare").items()
        for name in table("weekdays.full")[day]
        for word in words
    ]
    cut = [(words_of(compound), sense) for compound, sense in written]
    return tuple((words[0], sense) for words, sense in cut if len(words) == 1)


def _phrases(lexicon: Lexicon) -> Iterator[tuple[str, Sense]]:
    """Each phrase of the tables of time, with its sense."""
    table = lexicon.table
    bare = _without_article(lexicon)
    for key, bit in MARKS.items():
        yield from ((phrase, Sense(marks=bit)) for phrase in table("marks")[key])
    for number, name in enumerate(_WEEKDAYS):
        yield from ((phrase, Sense(weekday=number)) for phrase in table("weekdays.full")[name])
        yield from ((phrase, Sense(weekday=number, weekday_plural=True)) for phrase in table("weekdays.plural")[name])
        yield from ((phrase, Sense(weekday=number, weekday_weak=True)) for phrase in table("weekdays.short")[name])
    for key, names in table("months.full").items():
        yield from ((phrase, Sense(month=int(key))) for phrase in names)
        yield from ((phrase, Sense(month=int(key), month_weak=True)) for phrase in table("months.short")[key])
    for part, names in table("parts.bare").items():
        yield from ((phrase, Sense(part=part)) for phrase in names)
        yield from ((phrase, Sense(part=part, part_alone=True)) for phrase in table("parts.alone")[part])
    for key, names in table("relative.parts").items():
        offset, _, part = key.partition("-")
        yield from ((phrase, Sense(day_offset=int(offset), offset_part=part)) for phrase in names)
    for edge, names in table("edges").items():
        yield from ((phrase, Sense(edge=edge)) for phrase in bare(names))
    for season, names in table("seasons").items():
        yield from ((phrase, Sense(season=season)) for phrase in names)
    for unit, names in table("units").items():
        yield from ((phrase, Sense(unit=unit)) for phrase in names)
    for repeat, names in table("repeats").items():
        yield from ((phrase, Sense(repeat=repeat)) for phrase in names)
    for feast, names in table("feasts.day").items():
        yield from ((phrase, Sense(feast=feast, feast_sure=True)) for phrase in bare(names))
        yield from ((phrase, Sense(feast=feast)) for phrase in table("feasts.name")[feast])
    for holidays, names in table("school-holidays").items():
        yield from ((phrase, Sense(holidays=holidays)) for phrase in names)
    yield from ((phrase, Sense(hour_mark=True)) for phrase in table("clock.hour")["mark"])
    for half, names in table("clock.half-day").items():
        yield from ((phrase, Sense(half_day=half)) for phrase in names)
    for name, attribute in _COUNTED:
        for key, names in table(name).items():
            changes: dict[str, Any] = {attribute: int(key)}
            sense = replace(NOTHING, **changes)
            if attribute == "next_day":
                yield from _next_days(bare(names), sense, table("parts.bare"))
                continue
            yield from ((phrase, sense) for phrase in (bare(names) if name.startswith("relative") else names))


def _next_days(phrases: Iterable[str], sense: Sense, parts: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Sense]]:
    """Yield "the evening before" with its part of the day, and "the day before" without any."""
    by_word = {word: part for part, words in parts.items() for word in words if part not in ("day", "night")}
    for phrase in phrases:
        part = next((by_word[word] for word in words_of(phrase) if word in by_word), None)
        yield phrase, sense if part is None else replace(sense, offset_part=part)


def _without_article(lexicon: Lexicon) -> Callable[[Sequence[str]], Iterator[str]]:
    """Return what adds to phrases the same without their article, which another word may hold: "op de dag erna"."""
    one = set(lexicon.table("marks")["one"])
    articles = tuple(f"{word} " for word in lexicon.table("marks")["article"] if word not in one)

    def both(phrases: Sequence[str]) -> Iterator[str]:
        for phrase in phrases:
            yield phrase
            shorter = next((phrase[len(article) :] for article in articles if phrase.startswith(article)), "")
            if " " in shorter:
                yield shorter

    return both


_COUNTED: Final = (
    ("relative.days", "day_offset"),
    ("relative.weeks", "week_offset"),
    ("relative.months", "month_offset"),
    ("relative.years", "year_offset"),
    ("relative.shift", "shift"),
    ("relative.shift-before", "shift_before"),
    ("relative.span", "span"),
    ("relative.next-day", "next_day"),
    ("clock.named", "named_clock"),
    ("clock.before", "minutes_before"),
    ("clock.after", "minutes_after"),
    ("lengths", "length"),
)

_vocabularies: dict[tuple[int, ...], Vocabulary] = {}


def vocabulary(lexicons: Sequence[Lexicon]) -> Vocabulary:
    """Return the vocabulary of these lexicons in this order, built once."""
    key = tuple(map(id, lexicons))
    found = _vocabularies.get(key)
    if found is None or any(mine is not theirs for mine, theirs in zip(found.lexicons, lexicons, strict=True)):
        found = _vocabularies[key] = Vocabulary(lexicons)
    return found


_SIGNS: Final = {
    ",": Is.COMMA, ";": Is.SEMICOLON, "-": Is.DASH, ":": Is.COLON, "/": Is.SLASH, "(": Is.OPEN, ")": Is.CLOSE,
    "[": Is.OPEN, "]": Is.CLOSE, "|": Is.BAR, "!": Is.STOP, "?": Is.STOP, "*": Is.BAR, "~": Is.DASH,
}  # fmt: skip
_SENSES: Final = {
    "&": Sense(marks=Mark.AND),
    "+": Sense(marks=Mark.AND),
    ">": Sense(marks=Mark.TO),
    "=": Sense(marks=Mark.FILLER),
    "'": Sense(marks=Mark.FILLER),
    '"': Sense(marks=Mark.FILLER),
}
LOOKAHEAD: Final = 8
"""How many END atoms follow the last one, so that the grammar may look ahead without asking where the text ends."""


def cut(tokens: Sequence[Token], lexicons: Sequence[Lexicon]) -> list[Atom]:
    """Return the atoms of a text, in order, and LOOKAHEAD times END; every token is in one atom."""
    atoms = _Cutter(tokens, vocabulary(lexicons)).cut()
    end = tokens[-1].end if tokens else 0
    atoms.extend(Atom(Is.END, end, end, len(tokens), len(tokens)) for _ in range(LOOKAHEAD))
    return atoms


class _Cutter:
    def __init__(self, tokens: Sequence[Token], words: Vocabulary) -> None:
        self.tokens = tokens
        self.words = words
        self.atoms: list[Atom] = []
        self.wrapped = wrapped_lines(tokens)

    def cut(self) -> list[Atom]:
        at, tokens = 0, self.tokens
        tree, never, number_words = self.words.tree, self.words.never, self.words.number_words
        while at < len(tokens):
            token = tokens[at]
            norm = token.norm
            if token.kind is Kind.NUMBER:
                at = self._number(at)
            elif norm in tree or norm in number_words or norm in never:
                at = self._word(at)
            elif token.kind is Kind.WORD:
                sense = self.words.mistyped(norm)
                if sense is None:
                    self._gap(at)
                else:
                    self._add(Is.WORD, at, at + 1, sense)
                at += 1
            else:
                at = self._sign(at)
        return self.atoms

    def _add(self, kind: Is, first: int, last: int, sense: Sense = NOTHING) -> Atom:
        tokens = self.tokens
        atom = Atom(kind, tokens[first].start, tokens[last - 1].end, first, last, sense, glued=tokens[first].glued)
        self.atoms.append(atom)
        return atom

    def _gap(self, at: int) -> None:
        """Unknown words in a row are one atom."""
        norm = self.tokens[at].norm
        if self.atoms and self.atoms[-1].kind is Is.GAP:
            atom = self.atoms[-1]
            atom.last, atom.end = at + 1, self.tokens[at].end
        else:
            atom = self._add(Is.GAP, at, at + 1)
            atom.uncounted = norm in self.words.uncounted
        atom.people = norm in self.words.people or norm.startswith(self.words.people_stems)

    def _longest(self, tree: _Tree, at: int, stop: int = sys.maxsize) -> tuple[Sense, int] | None:
        """Return the longest phrase of the tree at a token, which ends before token `stop`, and the token behind it."""
        tokens, node, position, best = self.tokens, tree, at, None
        while position < min(len(tokens), stop):
            following = node.get(tokens[position].norm)
            if following is None:
                token = tokens[position]
                passed = (token.norm == "-" and token.glued) or token.norm == "\n"
                if position == at or not passed or position + 1 >= len(tokens):
                    break
                following = node.get(tokens[position + 1].norm)
                if following is None:
                    break
                position += 1
            node, position = following, position + 1
            if None in node:
                best = (node[None], position)
        return best

    def _word(self, at: int) -> int:
        found = self._longest(self.words.tree, at)
        if found is not None and found[0].shift_before is not None and not self._is_weekday(found[1]):
            found = self._longest(self.words.tree, at, found[1] - 1)  # "in a fortnight from 2pm to 4pm"
        nothing = None if self._is_month(at) else self._longest(self.words.never, at)
        number = (
            number_at(self.tokens, at, self.words.lexicons) if self.tokens[at].norm in self.words.number_words else None
        )
        last = max(found[1] if found else 0, number.last if number else 0)
        if nothing is not None and nothing[1] >= last:
            self._gap(at)
            for position in range(at + 1, nothing[1]):
                self._gap(position)
            return nothing[1]
        if number is not None and found is not None and self._counts_from(*found):
            found = None
        if number is not None and (found is None or number.last >= found[1]):
            sense = found[0] if found is not None and found[1] == number.last else NOTHING
            self._add(Is.NUMBER, at, number.last, sense).number = number
            return number.last
        if found is None:
            if self.tokens[at].kind is Kind.MARK:
                return self._sign(at)
            self._gap(at)
            return at + 1
        sense, last = found
        if sense.day_offset is not None and self._greets(at, last):
            self._gap(at)
            return last
        self._add(Is.WORD, at, last, sense)
        return self._over_dot(sense, last)

    def _greets(self, first: int, last: int) -> bool:
        """Whether a word stands alone on its line, before a comma: "Morgen," is a greeting, and no tomorrow."""
        opens = not first or self.tokens[first - 1].kind is Kind.NEWLINE
        following = self.tokens[last : last + 2]
        return opens and [token.norm for token in following[:1]] == [","] and following[-1].kind is Kind.NEWLINE

    def _is_weekday(self, at: int) -> bool:
        norm = self.tokens[at].norm if at < len(self.tokens) else ""
        sense: Sense = self.words.tree.get(norm, {}).get(None, NOTHING)
        return sense.weekday is not None

    def _is_month(self, at: int) -> bool:
        """Whether a month follows its day, whatever phrase it might begin: "on 12 May we will finish earlier"."""
        before = self.atoms[-1] if self.atoms else None
        sense: Sense = self.words.tree.get(self.tokens[at].norm, {}).get(None, NOTHING)
        return before is not None and before.kind is Is.NUMBER and bool(before.digits) and sense.month is not None

    def _counts_from(self, sense: Sense, behind: int) -> bool:
        """ "from ten to twelve" is no ten minutes to twelve, nor is "half past ten to twelve"; "every two weeks on
        Monday" is no Monday in two weeks."""
        before = self.atoms[-1].marks if self.atoms else 0
        if sense.shift_before is not None and before & (Mark.EVERY | Mark.EVERY_OTHER):
            return True
        last: Sense = self.words.tree.get(self.tokens[behind - 1].norm, {}).get(None, NOTHING)
        ranged = bool(before & Mark.FROM) or (bool(self.atoms) and self.atoms[-1].sense.minutes_before is not None)
        return sense.minutes_before is not None and ranged and bool(last.marks & Mark.TO)

    def _over_dot(self, sense: Sense, at: int) -> int:
        """Pass over the dot of an abbreviation: "sam. 13 sept. à 14h"; a month before a capital ends its sentence."""
        if (sense.weekday_weak or sense.month_weak) and at < len(self.tokens):
            token = self.tokens[at]
            following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
            ends = sense.month_weak and following is not None and following.text[:1].isupper()
            if token.norm == "." and token.glued and not ends:
                self.atoms[-1].end, self.atoms[-1].last = token.end, at + 1
                return at + 1
        return at

    def _number(self, at: int) -> int:
        tokens = self.tokens
        found = self._longest(self.words.tree, at) if tokens[at].norm in self.words.tree else None
        nothing = self._longest(self.words.never, at) if tokens[at].norm in self.words.never else None
        if nothing is not None and (found is None or nothing[1] >= found[1]):
            self._add(Is.OPAQUE, at, nothing[1])
            return nothing[1]
        written = None if self._minutes(at) else _written_date(tokens, at)
        if written is not None:
            atom = self._add(Is.DATE, at, written[1])
            atom.written = written[0]
            return written[1]
        if found is not None and found[1] > at + 1:
            atom = self._add(Is.WORD, at, found[1], found[0])
            return found[1]
        number = number_at(tokens, at, self.words.lexicons)
        assert number is not None, "digits are a number"
        atom = self._add(Is.NUMBER, at, number.last)
        atom.number, atom.digits = number, tokens[at].norm
        return number.last

    def _minutes(self, at: int) -> bool:
        """Whether a number is the minutes of an hour, and no day: "9h30/12h"."""
        return self.tokens[at].glued and bool(self.atoms) and self.atoms[-1].sense.hour_mark

    def _sign(self, at: int) -> int:
        token = self.tokens[at]
        norm = token.norm
        if token.kind is Kind.NEWLINE:
            self._line_end(at)
        elif token.kind is Kind.OPAQUE:
            self._add(Is.OPAQUE, at, at + 1)
        elif norm == "." and self._leaders(at) > 3:
            return self._leaders(at, write=True)
        elif norm == ".":
            following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
            inside = following is not None and following.glued and following.kind is not Kind.NEWLINE
            if following is not None and token.glued and self._abbreviates_hours(following):
                self.atoms[-1].end, self.atoms[-1].last = token.end, at + 1
                return at + 1
            self._add(Is.DOT if inside and token.glued else Is.STOP, at, at + 1)
        elif norm == "-" and at + 1 < len(self.tokens) and self.tokens[at + 1].norm == ">":
            self._add(Is.WORD, at, at + 2, _SENSES[">"])
            return at + 2
        elif norm in _SENSES:
            self._add(Is.WORD, at, at + 1, _SENSES[norm])
        elif norm in {"!", "?"} and at + 1 < len(self.tokens) and self.tokens[at + 1].norm == ")":
            self._gap(at)  # "on ramène tout (propre !) le lendemain"
        elif norm in _SIGNS:
            self._add(_SIGNS[norm], at, at + 1)
        else:
            self._gap(at)
        return at + 1

    def _abbreviates_hours(self, following: Token) -> bool:
        """Whether a dot behind "u" or "h" ends no sentence: "van 13.30 u. tot 23 u.", "14 h. à 17 h."."""
        before = self.atoms[-1] if self.atoms else None
        if before is None or not before.sense.hour_mark or before.end - before.start > 1:
            return False
        return following.kind is Kind.WORD and following.text[:1].islower()

    def _leaders(self, at: int, *, write: bool = False) -> int:
        """Count dots in a row; with `write` make a colon of them ("Début ....... 17h") and return what is behind."""
        behind = at + 1
        while behind < len(self.tokens) and self.tokens[behind].norm == "." and self.tokens[behind].glued:
            behind += 1
        if not write:
            return behind - at
        self._add(Is.COLON, at, behind)
        return behind

    def _line_end(self, at: int) -> None:
        """A blank line ends a paragraph; the end of a line that a program wrapped means nothing."""
        if self.tokens[at].norm == "\n\n":
            self._add(Is.PARAGRAPH, at, at + 1)
        elif at not in self.wrapped or (self.atoms and self.atoms[-1].kind in (Is.COLON, Is.SEMICOLON)):
            self._add(Is.LINE, at, at + 1)


def _written_date(tokens: Sequence[Token], at: int) -> tuple[tuple[int, int, int | None], int] | None:
    """Read 14/06, 14/6/26, 14.06.2026, 14-06-2026 or 2026-06-14: day, month and year, and the index behind."""
    if at + 2 >= len(tokens):
        return None
    sign, second = tokens[at + 1].norm, tokens[at + 2]
    if sign not in ("/", ".", "-") or second.kind is not Kind.NUMBER:
        return None
    if not (tokens[at + 1].glued and second.glued) and sign != "/":
        return None
    if at + 4 < len(tokens) and tokens[at + 3].norm == sign and tokens[at + 4].kind is Kind.NUMBER:
        third = tokens[at + 4]
        if third.glued or sign == "/":
            first = tokens[at]
            if len(first.norm) == 4 and len(third.norm) <= 2:
                return _checked(third.value, second.value, first.value, at + 5)
            if len(third.norm) in (2, 4) and len(first.norm) <= 2:
                year = third.value + 2000 if len(third.norm) == 2 else third.value
                return _checked(first.value, second.value, year, at + 5)
            return None
    if sign == "/" and second.glued and tokens[at + 1].glued and len(tokens[at].norm) <= 2 and len(second.norm) <= 2:
        return _checked(tokens[at].value, second.value, None, at + 3)
    return None


def _checked(day: int, month: int, year: int | None, after: int) -> tuple[tuple[int, int, int | None], int] | None:
    if not (1 <= day <= 31 and 1 <= month <= 12) or (year is not None and not 1990 <= year <= 2100):
        return None
    return (day, month, year), after
