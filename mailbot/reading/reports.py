"""A few words of somebody who hands out keys and goods: "2 rendu, 3 remis", "12 terug, 3 bekers ontbreken".

Words are cut into clauses, each with one verb at most; numbers, codes, things and days beside it say of what. What is
said in a second clause of the same thing ("inventaire : 5 tonnelles, une en réparation") goes on with it. Nothing is
guessed: what has no verb of the lexicons' tables of reports is left for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from msgspec import Struct, field

from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Language
from mailbot.model.reports import Amount, Statement, Told, Verb
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading.cues import Cue, Cues
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import When, find
from mailbot.reading.page import Page, folded, page
from mailbot.reading.quantities import Count, Counting, Quantity
from mailbot.reading.reader import CODE, Library, library
from mailbot.reading.spelling import SHORTEST, spelling
from mailbot.reading.things import Mention, Sort
from mailbot.reading.tokens import Kind
from mailbot.reading.words import own_words

LONGEST = 2_000
"""Characters of a report; a longer mail is no few words."""
HIGHEST = 99
"""Number of a line."""
PASSING = frozenset({Verb.HANDED, Verb.RETURNED, Verb.NOT_BACK, Verb.NOBODY})
OF_THINGS = frozenset({Verb.MISSING, Verb.DAMAGED, Verb.FOUND, Verb.REPAIR, Verb.COUNTED, Verb.ADDED, Verb.LIMITED})
OF_PARTS = frozenset({Verb.MISSING, Verb.DAMAGED, Verb.STATE, Verb.REPAIR, Verb.FOUND})
"""What may be said of a part, or of something that no list has."""
OF_DAYS = frozenset({Verb.ABSENT, Verb.BACK, Verb.CLOSED})
ONCE = frozenset({Verb.YES, Verb.UNDO, Verb.WHO_COMES})
"""Said twice, it is said once."""
ASIDE = 3
"""Words that no verb goes with and that are passed over: "à ce soir", "bien à toi"."""


def read_report(
    letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon], language: Language
) -> Told | None:
    """Return what the letter tells in a few words; None where it has no words, or too many. Words of every language
    count, those of `language` first. Pure, and linear in the length of the letter."""
    own = own_words(letter, context, catalogue.banners)
    text = own.body if own.answers or not own.subject else f"{own.subject}\n\n{own.body}"
    if not text.strip() or len(text) > LONGEST:
        return None
    kept = library(catalogue, lexica)
    spoken = (language, *(code for code in lexica if code != language))
    return _Slip.made(text, letter, kept, spoken).told(language)


class _Clause(Struct):
    """Words `first` to `last` (excluded) with one verb at most."""

    first: int
    last: int
    verb: Verb | None = None
    verb_at: int = -1
    numbers: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    but: list[int] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    things: list[Amount] = field(default_factory=list)
    all: bool = False
    key: bool = False
    arrival: bool = False
    days: tuple[tuple[date, date], ...] = ()
    lacking: list[Amount] = field(default_factory=list)
    """Things that are excepted: "tout rendu sauf 2 chaises"."""
    lacks_key: bool = False
    """The key is: "rendu sauf la clé"."""
    of_what: set[int] = field(default_factory=set)
    """Numbers of something that no list has: "il manque 2 piquets" says it of no line."""
    done: bool = False
    """It says that all is well, with no other verb: "1 ok", "2 c'est fait"."""
    units: int | None = None
    """A number that names no line: "une", "deux"."""
    refs_at: int = -1
    apart: bool = False
    """A full stop or a new line stands before it."""

    @property
    def refers(self) -> bool:
        return bool(self.numbers or self.codes or self.copies)


class _Slip(Struct):
    """All that was found in a few words."""

    sheet: Page
    cues: list[Cue]
    mentions: Sequence[Mention]
    quantities: Sequence[Quantity]
    counts: Sequence[Count]
    whens: Sequence[When]
    today: date
    of: frozenset[str]
    """ "De", "van", "of"."""
    small: frozenset[str]
    """And articles."""

    @classmethod
    def made(cls, text: str, letter: Letter, kept: Library, spoken: tuple[Language, ...]) -> _Slip:
        lexicons = [kept.lexica[code] for code in spoken]
        sheet = page(text, kept.abbreviations)
        whens = find(text, lexicons, letter.sent, kept.catalogue, sheet.tokens).whens
        taken = [stretch for when in whens for stretch in _firm(sheet, when)]
        named = [one for one in kept.thesaurus.find(sheet, spoken) if one.sort is Sort.EQUIPMENT]
        cues = _cued(sheet, kept, lexicons, {at for one in named for at in range(one.first, one.last)})
        counting = Counting(lexicons)
        counts = counting.counts(sheet, taken)
        verbs = {at for cue in cues if cue.value != "but" for at in range(cue.first, cue.last)}
        mentions = [one for one in named if verbs.isdisjoint(range(one.first, one.last))]
        by_end, by_start = {count.last: count for count in counts}, {count.first: count for count in counts}
        quantities = [counting.of_thing(sheet, mention, by_end, by_start, dict(taken)) for mention in mentions]
        today = letter.sent.astimezone(kept.catalogue.zone).date()
        of = folded(word for lexicon in lexicons for word in lexicon.table("marks")["of"])
        return cls(sheet, cues, mentions, quantities, counts, whens, today, of, of | counting.definite | counting.one)

    def told(self, language: Language) -> Told:
        clauses = _joined(list(self._clauses()))
        once = {clause.verb: clause for clause in reversed(clauses) if clause.verb in ONCE}
        meant = (clause for clause in clauses if clause.verb and once.get(clause.verb, clause) is clause)
        statements = [statement for clause in meant for statement in self._statements(clause)]
        rest = any(self._says_more(clause) for clause in clauses if clause.verb is None)
        ahead = any(span.first > self.today for when in self.whens for span in when.days)
        return Told(language, tuple(statements), " ".join(self.sheet.text.split()), rest, ahead)

    def _statements(self, clause: _Clause) -> Iterator[Statement]:
        verb = clause.verb
        assert verb
        if verb in OF_PARTS:
            clause.numbers = [number for number in clause.numbers if number not in clause.of_what]
        if verb is Verb.MISSING and not clause.things and (clause.refers or clause.key):
            verb = Verb.NOT_BACK
        words = self._words(clause)
        yield Statement(
            verb,
            tuple(dict.fromkeys(clause.numbers)),
            tuple(dict.fromkeys(clause.codes)),
            tuple(clause.things),
            all=clause.all,
            but=tuple(clause.but),
            copies=tuple(clause.copies),
            key=clause.key,
            days=clause.days,
            arrival=clause.arrival,
            words=words,
        )
        if clause.lacks_key:
            refs = tuple(dict.fromkeys(clause.numbers)), tuple(dict.fromkeys(clause.codes))
            yield Statement(Verb.NOT_BACK, *refs, key=True, words=words)
        if clause.lacking:
            yield Statement(Verb.MISSING, things=tuple(clause.lacking), words=words)

    def _words(self, clause: _Clause) -> str:
        """Return what the clause says, without the word that only joins it to the next."""
        last = clause.last
        joints = {cue.first for cue in self.cues if cue.value == "joint"}
        while last > clause.first + 1 and (last - 1 in joints or not self.sheet.words[last - 1].isalnum()):
            last -= 1
        return self.sheet.quote(clause.first, last)

    def _says_more(self, clause: _Clause) -> bool:
        """Whether a clause without a verb says something that a person should read."""
        if clause.refers:
            return True
        idle = {at for cue in self.cues if cue.value in {"idle", "done"} for at in range(cue.first, cue.last)}
        words = [at for at in range(clause.first, clause.last) if self.sheet.words[at].isalpha() and at not in idle]
        return len(words) > ASIDE

    # --- clauses

    def _clauses(self) -> Iterator[_Clause]:
        for first, last, apart in self._stretches():
            clause = _Clause(first, first, apart=apart)
            marks = sorted(self._marks(first, last), key=lambda mark: mark[0])
            for place, (at, kind, what) in enumerate(marks):
                if _begins_another(clause, kind, what, marks[place + 1 :]):
                    yield self._filled(clause, at)
                    clause = _Clause(at + (kind == "joint"), at)
                _put(clause, at, kind, what)
            yield self._filled(clause, last)

    def _filled(self, clause: _Clause, last: int) -> _Clause:
        clause.last = last
        if clause.done and clause.verb is None and (clause.numbers or clause.copies):
            clause.verb = Verb.HANDED  # the line says which way it goes
        clause.days = self._days(clause) if clause.verb in OF_DAYS | {Verb.REPAIR} else ()
        return clause

    def _stretches(self) -> Iterator[tuple[int, int, bool]]:
        """Yield the words between full stops, line ends and commas, and whether more than a comma stands before."""
        for sentence in self.sheet.sentences:
            first, apart = sentence.first, True
            for at in range(sentence.first, sentence.last):
                if self.sheet.words[at] in {",", ";"}:
                    yield first, at, apart
                    first, apart = at + 1, False
            yield first, sentence.last, apart

    def _marks(self, first: int, last: int) -> Iterator[tuple[int, str, object]]:
        """Yield what counts among words `first` to `last`: (word, what it is, its value)."""
        without = next((cue.first for cue in self._within("but", first, last)), last)
        for cue in self.cues:
            if first <= cue.first < last and cue.value in _VERBS:
                yield cue.first, "verb", _VERBS[cue.value]
            elif first <= cue.first < last and cue.value == "key":
                yield cue.first, "key" if cue.first < without else "but-key", None
            elif first <= cue.first < last and cue.value in {"all", "arrival", "done", "joint"}:
                yield cue.first, cue.value, None
        keys = {cue.last for cue in self._within("key", first, last)}
        owned = set()
        for mention, quantity in zip(self.mentions, self.quantities, strict=True):
            if first <= mention.first < last and not self._is_of_a_part(mention.first):
                owned |= set(range(quantity.first, max(quantity.last, mention.last)))
                kind = "thing" if quantity.first < without else "but-thing"
                yield quantity.first, kind, Amount(mention.ids[0], quantity.value) if len(mention.ids) == 1 else None
        for count in self.counts:
            if first <= count.first < last and count.first not in owned and not self._is_in_a_word(count):
                yield count.first, self._kind_of(count, keys, without), count
                if self._counts_a_part(count):
                    yield count.first, "part", count
        for at in range(first, last):
            token = self.sheet.token(at)
            if token.kind is Kind.OPAQUE and CODE.fullmatch(token.text):
                yield at, "code", token.text.upper()
            elif not token.glued and (bare := _BARE_CODE.match(self.sheet.text, token.start)):
                yield at, "code", f"R-{bare[0].upper()}"

    def _kind_of(self, count: Count, keys: set[int], without: int) -> str:
        token = self.sheet.token(count.first)
        if token.kind is not Kind.NUMBER or not 0 < count.value <= HIGHEST or count.ordinal:
            return "units"
        if count.first > without:
            return "but-number"
        before = count.first
        while before and self.sheet.words[before - 1] in _NUMBER_SIGNS:
            before -= 1
        return "copy" if before in keys else "number"

    def _is_in_a_word(self, count: Count) -> bool:
        """Whether a number is a piece of a longer sign: "7K3F2", "B12"."""
        token = self.sheet.token(count.first)
        if token.kind is not Kind.NUMBER:
            return False
        before, after = self.sheet.text[: token.start][-1:], self.sheet.text[token.end : token.end + 1]
        verbs = {cue.first for cue in self.cues if cue.value in _VERBS}
        return before.isalpha() or (after.isalpha() and count.last not in verbs)

    def _counts_a_part(self, count: Count) -> bool:
        """Whether what is counted is nothing that is lent: "2 piquets"."""
        at = count.last
        if at >= len(self.sheet.words) or self.sheet.sentence_of[at] != self.sheet.sentence_of[count.first]:
            return False
        word, cued = self.sheet.words[at], any(cue.first <= at < cue.last for cue in self.cues)
        return word.isalpha() and len(word) >= SHORTEST and not cued

    def _is_of_a_part(self, first: int) -> bool:
        """Whether a thing only says whose part is meant: "un piquet de tente"."""
        at = first - 1
        while at >= 0 and self.sheet.words[at] in self.small:
            at -= 1
        if at < 0 or at == first - 1 or self.sheet.sentence_of[at] != self.sheet.sentence_of[first]:
            return False
        joined = self.sheet.words[first - 1] in self.of or self.sheet.words[at + 1] in self.of
        cued = any(cue.first <= at < cue.last for cue in self.cues)
        return joined and self.sheet.words[at].isalpha() and not cued

    def _within(self, value: str, first: int, last: int) -> Iterator[Cue]:
        return (cue for cue in self.cues if cue.value == value and first <= cue.first < last)

    def _days(self, clause: _Clause) -> tuple[tuple[date, date], ...]:
        """Return the days that are named in the clause; "jusqu'au 12" is from the day of sending on."""
        begin, end = self.sheet.token(clause.first).start, self.sheet.token(max(clause.first, clause.last - 1)).end
        spans = [span for when in self.whens if begin <= when.start < end for span in when.stretches]
        spans = spans or list(self._bare_day(clause))
        until = any(self._within("until", clause.first, clause.last))
        if until and len(spans) == 1 and spans[0].first == spans[0].last >= self.today:
            return ((self.today, spans[0].last),)
        return tuple((span.first, span.last) for span in spans)

    def _bare_day(self, clause: _Clause) -> Iterator[Days]:
        """Yield the day that "jusqu'au 12" names: the next 12th."""
        for cue in self._within("until", clause.first, clause.last):
            token = self.sheet.token(cue.last) if cue.last < clause.last else None
            if token and token.kind is Kind.NUMBER and 0 < token.value <= 31:
                ahead = (self.today + timedelta(days=days) for days in range(62))
                yield next(Days(day, day) for day in ahead if day.day == token.value)


_VERBS = {verb.value: verb for verb in Verb}
_BARE_CODE = re.compile(
    r"(?!\d{1,2}[a-z]+(?![0-9a-z]))(?=[a-z]*\d)(?=\d*[a-z])[0-9a-hjkmnp-tv-z]{5}(?![\w-])", re.IGNORECASE
)
"""A code without its R: letters and digits, and not a number with the word that follows glued to it."""
_NUMBER_SIGNS = frozenset({"n", "°", "n°", "no", "nr", "num", "numero", "nummer", "number", "#", "."})


def _firm(sheet: Page, when: When) -> Iterator[tuple[int, int]]:
    """Yield the words of a phrase of time that are no line's number: in such few words, "le 2" is one."""
    for step in when.derivation:
        if step.part == "hours" or any(len(word) > 2 and word.isalpha() for word in step.words.split()):
            start = sheet.text.find(step.words.split()[0], when.start, when.end) if step.words else -1
            if start >= 0:
                yield sheet.word_at(start), sheet.word_behind(min(when.end, start + len(step.words)))


def _begins_another(clause: _Clause, kind: str, what: object, behind: Sequence[tuple[int, str, object]]) -> bool:
    """Whether a mark no longer belongs to the clause: a second verb, or a number that has a verb of its own."""
    if clause.verb is None:
        return False
    verb_follows = any(other == "verb" for _, other, _ in behind)
    if kind == "verb":
        second = isinstance(what, Verb) and what is not clause.verb
        return second and not (clause.verb in PASSING and what in PASSING and not clause.refers)
    if kind in {"number", "code", "copy"}:
        return verb_follows and clause.refers
    if kind == "joint":
        return verb_follows
    return kind == "thing" and verb_follows and bool(clause.things) and clause.verb in OF_THINGS


def _put(clause: _Clause, at: int, kind: str, what: object) -> None:
    if kind == "verb" and isinstance(what, Verb):
        if clause.verb is None:
            clause.verb, clause.verb_at = what, at
    elif kind == "code" and isinstance(what, str):
        clause.codes.append(what)
        clause.refs_at = at
    elif kind in {"thing", "but-thing"} and isinstance(what, Amount):
        (clause.things if kind == "thing" else clause.lacking).append(what)
    elif kind in {"number", "but-number", "copy"} and isinstance(what, Count):
        numbers = {"number": clause.numbers, "but-number": clause.but, "copy": clause.copies}[kind]
        numbers.extend(range(what.value if what.least is None else what.least, what.value + 1))
        clause.refs_at = at
    elif kind == "but-key":
        clause.lacks_key = True
    elif kind == "part" and isinstance(what, Count):
        clause.of_what.add(what.value)
    elif kind == "units" and isinstance(what, Count):
        clause.units = what.value
    elif kind in {"all", "key", "arrival", "done"}:
        setattr(clause, kind, True)


def _joined(clauses: list[_Clause]) -> list[_Clause]:
    """Return the clauses with a verb, what stands beside them with none put where it belongs; and those left over."""
    done: list[_Clause] = []
    waiting: list[_Clause] = []
    for clause in clauses:
        before = next((other for other in reversed(done) if other.verb), None)
        if clause.verb is None and clause.refers and not clause.things:
            back = before is not None and before.refers and before.verb_at < before.refs_at and not waiting
            _merge(clause, before) if back and before else waiting.append(clause)
            continue
        if clause.verb is None and clause.things and before is not None and before.verb in OF_THINGS:
            before.things += clause.things
            before.last = clause.last
            continue
        if clause.verb is not None:
            for other in waiting:
                _merge(other, clause)
            waiting = []
            _named_before(clause, before)
        done.append(clause)
    return [*done, *waiting]


def _merge(clause: _Clause, into: _Clause) -> None:
    into.numbers = [*clause.numbers, *into.numbers] if clause.first < into.first else [*into.numbers, *clause.numbers]
    into.codes += clause.codes
    into.copies += clause.copies
    into.first, into.last = min(into.first, clause.first), max(into.last, clause.last)
    into.all |= clause.all


def _named_before(clause: _Clause, before: _Clause | None) -> None:
    """ "inventaire : 5 tonnelles, une en réparation": the thing is that of the clause before."""
    if before is None or not before.things or clause.things or clause.verb not in OF_THINGS:
        return
    units = clause.units or (clause.numbers[0] if len(clause.numbers) == 1 else None)
    if units and units not in clause.of_what:
        clause.things.append(Amount(before.things[-1].resource, units))
        clause.numbers = []


def _cued(sheet: Page, kept: Library, lexicons: Sequence[Lexicon], named: set[int]) -> list[Cue]:
    """Return the cues of a text, misspelt words mended but those that name a thing; the shortest only where it says
    nothing without them."""
    spelt = spelling(tuple(lexicons), "reports")
    spelt.mend(sheet, named)
    cues = _longest([cue for lexicon in lexicons for cue in _cues(lexicon).find(sheet)])
    if not any(cue.value in _VERBS for cue in cues) and spelt.mend(sheet, named, SHORTEST):
        cues = _longest([cue for lexicon in lexicons for cue in _cues(lexicon).find(sheet)])
    return cues


def _longest(cues: list[Cue]) -> list[Cue]:
    """Return the cues that lie in no longer one, in order, one for the same words."""
    found: list[Cue] = []
    for cue in sorted(dict.fromkeys(cues), key=lambda cue: (cue.first - cue.last, cue.first)):
        if not any(other.first <= cue.first and cue.last <= other.last for other in found):
            found.append(cue)
    return sorted(found, key=lambda cue: cue.first)


@cache
def _cues(lexicon: Lexicon) -> Cues:
    return Cues.of(lexicon.table("reports"))
