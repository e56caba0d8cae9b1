"""The grammar of time, written once for all languages: from a text to its phrases of time.

Tokens become atoms (`atoms`), atoms pieces of days, hours and repetitions (`pieces`), pieces that belong together a use
(`uses`), and each use a `When`. Every step is one pass over what the step before made: linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from mailbot.model.meaning import Evidence, Lack
from mailbot.model.rules import Catalogue
from mailbot.model.spans import Days
from mailbot.reading import series
from mailbot.reading.almanac import Almanac
from mailbot.reading.atoms import Atom, Is, Mark, cut
from mailbot.reading.hours import DAY, is_of_twelve, read_clock
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import MOST, Clock, Moments, Repetition, Rival, Role, When, widened
from mailbot.reading.pieces import Piece, Scanner
from mailbot.reading.said import ClockPhrase, CountPhrase, DaysPhrase, Entry, ExceptPhrase, RulePhrase
from mailbot.reading.settle import Settled, choices, settle, spans_of
from mailbot.reading.tokens import Token
from mailbot.reading.uses import Use, uses

LONGEST: Final = 366
"""Days of one stretch, at most; of a longer one it is asked when."""
MOST_WHENS: Final = 200
"""Phrases of time of one text, at most."""

_LONG_AGO: Final = 165
"""Days ahead from which a date without a year was rather last year's, in a sentence that tells the past."""

_A_WHILE: Final = 275
"""Days ahead from which a date without a year was rather this year's, where a nearer one is named."""

_BESIDE: Final = 6
"""Atoms between "last year" and the date of it in brackets, at most."""

_CLAUSE: Final = 6
"""Atoms from a day to the verb that ends its clause, or from "push" to its "back", at most."""

_TWO: Final = 2
_LONGEST_MONTH: Final = 31
"""Days of a period that says of which month a day's number is, at most."""

_VERB_REACH: Final = 10
"""Atoms between a word of fetching or bringing back and its day, at most."""


def read(
    text: str, tokens: Sequence[Token], lexicons: Sequence[Lexicon], sent: datetime, catalogue: Catalogue
) -> Moments:
    """Read all phrases of time of a text; see `moments.find`."""
    atoms = cut(tokens, lexicons)
    scanner = Scanner(atoms)
    found = uses(scanner.scan(), scanner.verbs)
    return _Reading(text, atoms, Almanac(sent.date(), catalogue, tuple(lexicons)), scanner).moments(found)


class _Reading:
    """Makes a When of each use, and remembers which dates the text has named."""

    def __init__(self, text: str, atoms: Sequence[Atom], almanac: Almanac, scanner: Scanner) -> None:
        self.text = text
        self.atoms = atoms
        self.almanac = almanac
        self.sentences = scanner.sentences
        self.verbs = scanner.verbs
        self.too_many = scanner.too_many
        self.crowded: set[int] = set()
        """Sentences of more than one use."""
        self.has_dates = False
        """Whether the text names days by their date."""
        self.has_several = False
        """Whether the text names more days than one."""
        self.roles: dict[int, Role] = {}
        """By the first atom of a use, what the words of fetching and bringing back make of it."""
        self.last_named: date | None = None
        self.naming: list[tuple[int, date]] = []
        """The days named so far, each with its first atom: a correction is read before the words that it follows."""
        self.named_in = 0
        """The paragraph that named it."""
        self.named: dict[int, tuple[Days, bool]] = {}
        """By weekday, the date last named that falls on it, and whether it counts."""
        self.dates: set[date] = set()
        """All dates named so far, but those of long stretches."""
        self.repeated: dict[tuple[int, ...], tuple[Days, ...]] = {}
        """By their weekdays, the days of the repetitions with an end."""
        self.left_out: set[date] = set()
        """The days left out of all repetitions."""
        feasts = {self.almanac.feast(atom.sense.feast) for atom in atoms if atom.sense.feast is not None}
        self.themes = {feast.weekday(): feast for feast in sorted(feasts)} if len(feasts) < 9 else {}
        """By weekday, the feasts that are named, if only as what something is for: "le goûter de l'Ascension"."""
        self.weekday: int | None = None
        """The weekday last said alone: that of "8 weken na elkaar" a sentence later."""
        self.borrowed: int | None = None
        self.used_on: date | None = None
        """The day of use last named."""
        self.week: tuple[Days, int] | None = None
        """The week last named, and the paragraph that named it."""
        self.listed: tuple[date, ...] = ()
        """The days last named together, which "the first" and "the second" count."""
        self.told: list[When] = []
        self.period: date | None = None
        """The first day of the month or the shorter period last named, in which none was fixed."""
        self.room = MOST
        """Occurrences that the text may still name."""

    def moments(self, found: Sequence[Use]) -> Moments:
        self.roles = self._roles(found)
        sentences = [use.pieces[0].sentence for use in found if not use.closed]
        self.crowded = (
            {sentence for sentence in sentences if sentences.count(sentence) > 1} if len(found) < 99 else set()
        )
        self.has_dates = any(use.days and use.rule is None and not _all_bare(use) for use in found)
        self.has_several = _several_days(found)
        whens: list[When] = []
        for use in found:
            if len(whens) >= MOST_WHENS:
                self.too_many = True
                break
            when = self._when(use)
            if when is None:
                continue
            self._note_weekday(use, whens)
            if whens and whens[-1].rivals and not when.clocks and _only_points_back(use):
                continue  # "le 27 ou le 28 … et 10 bancs ce jour-là"
            if use.negated and whens and self._leaves_out(whens, use, when):
                continue
            self._stands_for(whens, use, when)
            if use.rival and whens and when.counts and (when.days or when.clocks):
                whens[-1] = self._with_rival(whens[-1], when)
            else:
                whens.append(self._bounded(when))
            self.told = whens
        return Moments(tuple(whens), self.too_many)

    def _with_rival(self, first: When, second: When) -> When:
        """ "samedi de 14h à 16h ou dimanche de 10h à 12h": the second use is another way to take the first."""
        rival = Rival(second.days or first.days, second.clocks or first.clocks, either=True)
        words = " ".join(self.text[first.start : second.end].split())
        return replace(first, end=second.end, words=words, rivals=(*first.rivals, rival, *second.rivals)[:MOST])

    def _bounded(self, when: When) -> When:
        """Keep the whole text within MOST occurrences."""
        if not when.counts:
            return when
        if len(when.days) > self.room:
            self.too_many = True
            when = replace(when, days=when.days[: self.room])
        self.room -= len(when.days)
        return when

    def _note_weekday(self, use: Use, whens: list[When]) -> None:
        """Remember a weekday alone, and take it back as a day once it has become that of a repetition."""
        if self.borrowed is not None:
            for number, when in enumerate(whens):
                lone = len(when.days) == 1 and when.days[0].first.weekday() == self.borrowed and when.repetition is None
                if lone and when.days[0].first == self.almanac.coming(self.borrowed):
                    whens[number] = replace(when, days=(), replaced=not when.clocks)
            self.borrowed = None
        entries = [entry for piece in use.days for entry in piece.entries]
        if len(entries) == 1 and entries[0].bare_weekday and entries[0].until is None and use.rule is None:
            self.weekday = entries[0].weekday

    def _leaves_out(self, whens: list[When], use: Use, refused: When) -> bool:
        """Take "pas le 12" out of the days before, if it is among them; say whether it was."""
        last = whens[-1]
        gone = series.Excluded(spans=[*refused.days, *([refused.period] if refused.period else [])])
        for piece in use.days:
            if isinstance(piece.phrase, DaysPhrase) and len(last.days) > 1:
                gone.numbers |= {entry.day for entry in piece.entries if entry.day is not None and not entry.has_month}
        kept = tuple(span for span in last.days if span.first != span.last or not gone.leaves_out(span.first))
        if len(kept) == len(last.days) or not kept or not last.counts:
            return False
        left_out = tuple(span for span in last.days if span not in kept)
        whens[-1] = replace(last, days=kept, excluded=(*last.excluded, *left_out), end=max(last.end, refused.end))
        return True

    def _stands_for(self, whens: list[When], use: Use, when: When) -> None:
        """Take back the day before that a new one stands for: "make it Sunday 6 September, not the Saturday"."""
        excepted = [piece.phrase for piece in use.pieces if isinstance(piece.phrase, ExceptPhrase)]
        if not excepted or use.rule is not None or len(when.days) != 1 or len(use.days) != 1:
            return
        entries = [entry for phrase in excepted for days in phrase.days for entry in days.entries]
        weekdays = {weekday for phrase in excepted for weekday in phrase.weekdays}
        weekdays |= {entry.weekday for entry in entries if entry.bare_weekday and entry.weekday is not None}
        numbers = {entry.day for entry in entries} | {rank for phrase in excepted for rank in phrase.ranks}
        for number, before in enumerate(whens):
            [first, *more] = before.days or (None,)
            if first is None or more or first.first != first.last or first == when.days[0] or before.repetition:
                continue
            if before.counts and (first.first.weekday() in weekdays or first.first.day in numbers):
                whens[number] = replace(before, negated=True)

    def _when(self, use: Use) -> When | None:
        start = min(self.atoms[piece.at].start for piece in use.pieces)
        end = max(self.atoms[piece.behind - 1].end for piece in use.pieces)
        when = When(start, end, self._words(use), replaced=use.replaced, negated=use.negated)
        if any(self._is_no_day(piece) for piece in use.days):  # "la salle du 1er étage de 9h à 11h"
            use = replace(use, pieces=[piece for piece in use.pieces if not self._is_no_day(piece)])
            if not use.pieces:
                return None
        for piece in use.days:
            self._settle(piece, firm=not use.closed)
        if use.rule is not None or self._is_series(use):
            when = self._repeated(when, use)
        elif use.days:
            when = self._listed(when, use)
        when = self._with_clocks(when, use)
        if not (when.days or when.clocks or when.vague or when.lacks):
            return None
        when = replace(when, role=self._role(use), loose=self._is_loose(use, when), since=_is_since(use))
        when = self._told_of_the_past(use, when)
        self._note(use, when)
        bare = bool(use.days) and use.rule is None and all(_is_bare(piece) for piece in use.days)
        entries = [entry for piece in use.days for entry in piece.entries]
        when = replace(
            when,
            bare_weekday=bare and all(day not in self.dates for span in when.days for day in span),
            dated=any(entry.is_dated for entry in entries),
            certain=bool(entries) and all(entry.is_certain for entry in entries),
        )
        if any((span.last - span.first).days > LONGEST for span in when.days):  # a slip, or no use at all
            when = replace(when, days=(), lacks=when.lacks | {Lack.DATE})
        return replace(when, derivation=tuple(self._evidence(use, when)))

    def _words(self, use: Use) -> str:
        """The words of a use; where others lie between its pieces, with a mark of omission."""
        parts: list[str] = []
        behind = 0
        for piece in sorted(use.pieces, key=lambda each: each.at):
            start, end = self.atoms[piece.at].start, self.atoms[piece.behind - 1].end
            if parts and piece.near and behind <= start:
                parts[-1] += self.text[behind:end]
            elif behind <= start:
                parts.append(self.text[start:end])
            behind = end
        return " … ".join(" ".join(part.split()) for part in parts)

    # ── days ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_no_day(self, piece: Piece) -> bool:
        """Whether it is a rank of something else than days: no day of its number was named, or not so many were."""
        ranks = [entry.nth_named for entry in piece.entries if entry.nth_named is not None]
        if any(self._nth_named(rank) is None for rank in ranks):
            return True
        return any(entry.echo and not self._named_day(entry.day) for entry in piece.entries)

    def _nth_named(self, rank: int) -> date | None:
        """Return one of the days last named together, or else of all days named, by its rank."""
        days = self.listed or tuple(sorted(self.dates))
        if len(days) < _TWO or not 0 < abs(rank) <= len(days):
            return None
        return days[rank - 1 if rank > 0 else rank]

    def _settle(self, piece: Piece, *, firm: bool) -> None:
        """Find the days of a piece; what is not `firm`, but refused or left behind, is not the day named last."""
        phrase = piece.phrase
        assert isinstance(phrase, DaysPhrase), "asked of days"
        hint = self.last_named if self.named_in == piece.paragraph else None
        again = self._named_before(phrase) if _is_number(phrase) else None  # "… les 6 et 20 juillet. Pour le 6, …"
        hint = self._of_a_series(phrase) or again or hint or self._named_before(phrase) or self.period
        piece.settled = settle(phrase, self.almanac, self._named_last(piece.at), hint)
        if self.sentences[piece.sentence].marks & Mark.PAST:
            piece.settled = [self._past_reading(each) for each in piece.settled]
        for entry, each in zip(piece.entries, piece.settled, strict=True):
            if entry.week or (entry.week_offset is not None and not entry.bare_weekday and entry.weekday is None):
                week = each.period or each.days
                self.week = (week, piece.paragraph) if week is not None and len(list(week)) == 7 else self.week
        for period in (each.period for each in piece.settled if each.period is not None and not each.past):
            if self.almanac.today <= period.last and (period.last - period.first).days < _LONGEST_MONTH:
                self.period = max(period.first, self.almanac.today)
        named = spans_of(piece.settled)
        if named and not any(entry.next_day for entry in phrase.entries) and self._is_named(piece, firm):
            self.last_named, self.named_in = named[-1].last, piece.paragraph
            self.naming.append((piece.at, named[-1].last))

    def _named_last(self, at: int) -> date | None:
        """Return the day named last before an atom; a correction behind it was read already."""
        if not self.naming or self.naming[-1][0] < at:
            return self.last_named
        return max(((place, day) for place, day in self.naming if place < at), default=(0, None))[1]

    def _is_named(self, piece: Piece, firm: bool) -> bool:
        """Whether "that day" may mean the day of a piece: not one that is refused, nor one of which the year before was
        meant ("dans notre lettre du 20 janvier"), where another was named."""
        if self.last_named is None or self.last_named < self.almanac.today:
            return True
        far = [each.days for each in piece.settled if each.days is not None]
        certain = all(entry.is_certain for entry in piece.entries)
        return firm and (certain or any((days.first - self.almanac.today).days <= _A_WHILE for days in far))

    def _named_day(self, number: int | None) -> bool:
        return any(day.day == number for day in self.dates | self._days_repeated())

    def _days_repeated(self) -> set[date]:
        return {day for days in self.repeated.values() for span in days for day in span}

    def _of_a_series(self, phrase: DaysPhrase) -> date | None:
        """Return the only day of a series that has the number of a day without a month: "tous les samedis de mai …
        Mais le 2, personne n'est disponible"."""
        first = phrase.entries[0]
        if first.day is None or first.has_month or any(entry.has_month for entry in phrase.entries):
            return None
        days = self._days_repeated() | self.left_out  # "except the 18th when it's 6pm to 8pm"
        known = [day for day in days if day.day == first.day and first.weekday in (None, day.weekday())]
        return known[0] if len(known) == 1 else None

    def _named_before(self, phrase: DaysPhrase) -> date | None:
        """Return the only date named elsewhere that has the number of the first day: "… le vendredi 10 décembre. Pour
        les trois jours, du 10 au 12"."""
        first = phrase.entries[0]
        if first.day is None or first.has_month:
            return None
        known = [day for day in self.dates if day.day == first.day and day >= self.almanac.today]
        return known[0] if len(known) == 1 else None

    def _past_reading(self, settled: Settled) -> Settled:
        """In a sentence that tells the past, a date that was a short while ago is not that of next year."""
        days = settled.days
        if days is None or not settled.sure or settled.past:
            return settled
        return replace(settled, past=(days.first - self.almanac.today).days > _LONG_AGO)

    def _listed(self, when: When, use: Use) -> When:
        """Days without a repetition: lists, ranges, alternatives."""
        options: list[list[Settled]] = [[]]
        vague: list[Settled] = []
        sure = [each for piece in use.days for each in piece.settled if each.days is not None and each.sure]
        for piece in use.days:
            phrase = piece.phrase
            assert isinstance(phrase, DaysPhrase), "asked of days"
            if self._is_theme(piece, use):
                continue
            settled = self._meant_before(piece, sure, self.roles.get(use.pieces[0].at))
            if any(entry.bare_weekday for entry in phrase.entries):
                self.last_named = next((each.days.last for each in settled if each.days is not None), self.last_named)
            if phrase.leads & Mark.BETWEEN:
                settled = [replace(each, days=None, period=each.days or each.period) for each in settled]
            if phrase.leads & Mark.AFTER and not phrase.leads & (Mark.SINCE | Mark.IN):
                settled = [replace(each, days=None, period=None) for each in settled]
            fixed = [
                [settled[i] for i in way if settled[i].days is not None or settled[i].conflict]
                for way in choices(phrase)
            ]
            vague.extend(each for each in settled if each.days is None and not each.conflict)
            if options[0] and piece.between & (Mark.OR | Mark.ELSE):
                options.append(fixed[0])
            else:
                options[-1].extend(fixed[0])
            options.extend(fixed[1:])
        options = [option for option in options if option] or [[]]
        options[0] = _from_to(self._stretched(options[0], None if self._is_sum(use) else use.count), use)
        return self._with_options(when, options, vague, use)

    def _is_theme(self, piece: Piece, use: Use) -> bool:
        """Whether days only name the feast of the date behind them: "our national day on Saturday 1 August"."""
        feast = all(entry.feast is not None and entry.day is None for entry in piece.entries)
        behind = next((each for each in use.days if each.at >= piece.behind), None) if feast else None
        if behind is None or not any(entry.day is not None for entry in behind.entries):
            return False
        return all(
            self.atoms[at].kind is Is.WORD and not self.atoms[at].marks & (Mark.AND | Mark.OR)
            for at in range(piece.behind, behind.at)
        )

    def _is_sum(self, use: Use) -> bool:
        """Whether the number of days stands before a colon, behind which they are named: "for two days: Saturday …"."""
        at = next((piece.behind for piece in use.pieces if piece.phrase is use.count), None)
        return at is not None and self.atoms[at].kind is Is.COLON

    def _stretched(self, option: list[Settled], counted: CountPhrase | None) -> list[Settled]:
        """A day with a number of days behind it: "à partir du 5 juin pour 3 jours"."""
        if counted is None or counted.unit not in ("day", "week") or len(option) != 1 or option[0].days is None:
            return option
        first = option[0].days.first
        length = counted.number * (7 if counted.unit == "week" else 1)
        return [replace(option[0], days=Days(first, first + timedelta(days=length - 1)))]

    def _with_options(self, when: When, options: list[list[Settled]], vague: list[Settled], use: Use) -> When:
        first = options[0]
        conflict = any(each.conflict for option in options for each in option)
        past = bool(first or vague) and all(each.past for each in (*first, *vague))
        days = spans_of(each for each in first if past or not each.past)
        left_out = series.excluded(use.pieces, self.almanac, self.last_named)
        kept = tuple(part for span in days for part in series.without(span, left_out))
        return replace(
            when,
            days=kept,
            rivals=tuple(_rivals(options)),
            lacks=when.lacks | ({Lack.DATE} if conflict else set()),
            vague=not days and not conflict,
            period=next((each.period for each in vague if each.period is not None), None),
            past=past,
            excluded=tuple(Days(day, day) for span in days for day in span if left_out.leaves_out(day)),
        )

    def _meant_before(self, piece: Piece, dated: Sequence[Settled], role: Role | None) -> list[Settled]:
        """A weekday alone means the date of that weekday which the mail named before: "le samedi comme le dimanche"."""
        meant: list[Settled] = []
        for entry, settled in zip(piece.entries, piece.settled, strict=True):
            in_week = self._in_week_named(entry, piece)
            if in_week is not None:
                meant.append(in_week)
                continue
            if entry.bare_weekday and entry.until is not None and entry.until.bare_weekday:
                meant.append(_within_a_stretch(entry, dated) or self._around_a_date(entry, settled))
                continue
            if entry.nth_named is not None and (day := self._nth_named(entry.nth_named)) is not None:
                meant.append(Settled(Days(day, day)))
                continue
            if entry.is_any_weekend and (named := self._weekend_named()):
                meant.append(Settled(named))
                continue
            if not entry.bare_weekday or entry.until is not None or entry.weekday is None:
                meant.append(settled)
                continue
            known = self.named.get(entry.weekday)
            handed_over = self._handed_over_on(entry.weekday, role)
            if handed_over is not None:
                meant.append(Settled(Days(handed_over, handed_over)))
            elif len(dated) == 1 and dated[0].days is not None and len(piece.entries) == 1 and not dated[0].ranged:
                same = any(day.weekday() == entry.weekday for day in dated[0].days)
                meant.append(dated[0] if same else Settled(conflict=True))
            elif known is not None and not entry.plural:
                meant.append(Settled(known[0], past=not known[1]))
            elif self.themes.get(entry.weekday) is not None and not entry.plural:
                feast = self.themes[entry.weekday]
                meant.append(Settled(Days(feast, feast)))
            else:
                meant.append(settled)
        return meant

    def _in_week_named(self, entry: Entry, piece: Piece) -> Settled | None:
        """ "la semaine du 26 octobre, du lundi au vendredi": the weekdays of that week."""
        last = entry.until or entry
        if self.week is None or self.week[1] != piece.paragraph or entry.plural or entry.weekday is None:
            return None
        if not (entry.bare_weekday and last.bare_weekday) or last.weekday is None or last.weekday < entry.weekday:
            return None
        monday = self.week[0].first
        first, until = monday + timedelta(days=entry.weekday), monday + timedelta(days=last.weekday)
        return Settled(Days(first, until), past=until < self.almanac.today, ranged=entry.until is not None)

    def _around_a_date(self, entry: Entry, settled: Settled) -> Settled:
        """ "van vrijdag tot zondag" beside "op 4 juli": the days around that Saturday."""
        first, last = entry.weekday, entry.until.weekday if entry.until is not None else None
        if first is None or last is None or self.used_on is None:
            return settled
        ahead = (self.used_on.weekday() - first) % 7
        if ahead > (last - first) % 7:
            return settled
        start = self.used_on - timedelta(days=ahead)
        return Settled(Days(start, start + timedelta(days=(last - first) % 7)), ranged=True)

    def _weekend_named(self) -> Days | None:
        """ "All of it for the whole weekend": the one that the mail named by its date."""
        saturday, sunday = (self.named.get(weekday) for weekday in (5, 6))
        if saturday is None or sunday is None or not (saturday[1] and sunday[1]):
            return None
        first, last = saturday[0].first, sunday[0].first
        return Days(first, last) if last - first == timedelta(days=1) else None

    def _handed_over_on(self, weekday: int, role: Role | None) -> date | None:
        """ "we'd collect on the Saturday and return on the Monday": beside the day of use that was named."""
        day = self.used_on
        if day is None or role not in (Role.FETCH, Role.BRING_BACK):
            return None
        if role is Role.FETCH:
            return day - timedelta(days=(day.weekday() - weekday) % 7)
        return day + timedelta(days=(weekday - day.weekday()) % 7)

    def _note(self, use: Use, when: When) -> None:
        """Remember which dates were named, so that a later weekday alone is one of them."""
        if when.past or when.role is Role.HABIT or when.repetition is not None:
            return
        if not any(each.sure and each.days is not None for piece in use.days for each in piece.settled):
            return
        if when.role is Role.USE and when.days and when.counts:
            self.used_on = when.days[-1].last
        single = [span.first for span in when.days if span.first == span.last]
        if when.role is Role.USE and when.counts and len(single) == len(when.days) > 1:
            self.listed = tuple(sorted(single))
        elif any(span.first not in self.dates for span in when.days):
            self.listed = ()
        for span in when.days:
            if (span.last - span.first).days < 7:
                self.named.update({day.weekday(): (Days(day, day), when.counts) for day in span})
                self.dates.update(span)

    # ── repetition ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_series(self, use: Use) -> bool:
        """Weekdays alone, with a period or a long range: "le mardi et le jeudi, de septembre à décembre"."""
        if _ranged_weekdays(use):
            return True
        bare = [piece for piece in use.days if isinstance(piece.phrase, DaysPhrase) and piece.phrase.bare_weekdays]
        bounds = [piece for piece in use.days if piece not in bare and _bounds(piece)]
        if use.count is not None and use.count.unit == "week" and (use.count.in_a_row or use.clocks) and use.days:
            return True
        if not bare or not bounds:
            return False
        if use.count is not None and use.count.unit == "times":
            return True
        spans = [each.days or each.period for piece in bounds for each in piece.settled]
        plural = all(entry.plural for piece in bare for entry in piece.entries)
        in_a_week = all(span is not None and (span.last - span.first).days < 6 for span in spans)
        in_a_week = in_a_week and all(_within_a_week(window, plural) for window in series.windows(use.days))
        return not in_a_week and not any(entry.vague for piece in bare for entry in piece.entries)

    def _repeated(self, when: When, use: Use) -> When:
        """A repetition, written out."""
        ranged = _ranged_weekdays(use)
        rule = use.rule or RulePhrase("weekly", weekdays=ranged, open_weekdays=not ranged)
        use, more = _with_bounds_alone(use)
        listed = [
            piece for piece in use.days if len(piece.entries) > 1 and not _bounds(piece) and piece.settled[0].sure
        ]
        if listed and not any(_bounds(piece) for piece in use.days):
            return self._listed(when, use)
        if use.rule is not None and (dated := _dates_of_rule(use)) is not None:
            return self._listed(
                when, replace(use, pieces=[piece for piece in use.pieces if piece in dated or not piece.entries])
            )
        if _is_every_day(use) and self.has_dates:
            return when  # "elke dag van 9u tot 16u": hours of the days that are named elsewhere
        if rule == RulePhrase("daily", part=rule.part) and use.days and not any(_bounds(piece) for piece in use.days):
            return self._listed(when, use)
        rule = series.with_count(series.with_weekdays(rule, use.days), use.count)
        if rule.open_weekdays and rule.frequency == "weekly" and self.weekday is not None:
            rule = replace(rule, weekdays=(self.weekday,), open_weekdays=False)
            self.borrowed = self.weekday
        if use.rule is not None and self._is_question(use):
            span = series.windows(use.days)[0]
            period = Days(span.first, span.last) if span.first is not None and span.last is not None else None
            return replace(when, vague=True, period=period)
        if rule.open_weekdays and rule.frequency != "daily" and rule.day_of_month is None:
            return replace(when, vague=True, lacks=when.lacks | {Lack.UNTIL})
        if any(each.conflict for piece in use.days for each in piece.settled):
            return replace(when, lacks=when.lacks | {Lack.DATE})
        known = self._known(rule) if not use.days else ()
        if known:
            return replace(when, days=known)  # "… elke woensdag van juli. Hebben jullie voor die woensdagen …"
        left_out = series.excluded(use.pieces, self.almanac, self.last_named)
        found = series.write_out(rule, series.windows(use.days), left_out, self.almanac.today, MOST)
        self.too_many = self.too_many or found.too_many
        days = tuple(Days(day, day) for day in sorted({*found.days, *more}))
        self.left_out.update(found.left_out)
        if found.ends:
            self.repeated.setdefault(rule.weekdays, days)
        return replace(
            when,
            days=days,
            lacks=when.lacks | (set() if found.ends else {Lack.UNTIL}),
            vague=not found.days,
            repetition=Repetition(rule.frequency, rule.interval, rule.weekdays, rule.nth, found.last),
            excluded=tuple(Days(day, day) for day in found.left_out),
        )

    def _known(self, rule: RulePhrase) -> tuple[Days, ...]:
        """Return the days that weekdays said without an end mean where the mail has named them before."""
        if rule.frequency != "weekly" or rule.count is not None or rule.interval != 1:
            return ()
        dates = sorted(day for day in self.dates if day.weekday() in rule.weekdays)
        listed = tuple(Days(day, day) for day in dates)
        return self.repeated.get(rule.weekdays, ()) or (listed if len(listed) > 1 else ())

    def _is_question(self, use: Use) -> bool:
        """ "quels samedis de mai sont libres": none of them is asked for yet."""
        at = next(piece.at for piece in use.pieces if isinstance(piece.phrase, RulePhrase))
        return at > 0 and bool(self.atoms[at - 1].marks & Mark.WHICH)

    # ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_clocks(self, when: When, use: Use) -> When:
        across = self._until_another_day(use)
        if across is not None:
            days, clock = across
            return replace(when, days=(days,), clocks=(clock,), vague=False, lacks=when.lacks - {Lack.DATE})
        same = next((clock for clock in use.clocks if clock.as_before), None)
        if same is not None and all(clock.as_before for clock in use.clocks):
            return replace(when, clocks=self._as_before(same))
        options = self._clocks(use)
        if not options:
            return when
        when = self._one_night(when, use, options[0])
        rivals = [Rival(when.days, tuple(option), either=True) for option in options[1:]]
        return replace(when, clocks=tuple(dict.fromkeys(options[0])), rivals=(*when.rivals, *rivals))

    def _as_before(self, same: ClockPhrase) -> tuple[Clock, ...]:
        """Return the hours of the day named last that has some, or of the last such weekday."""
        timed = [when for when in self.told if when.counts and when.days and when.clocks]
        if same.like is not None:
            timed = [when for when in timed if any(span.first.weekday() == same.like for span in when.days)]
        return timed[-1].clocks if timed else ()

    def _until_another_day(self, use: Use) -> tuple[Days, Clock] | None:
        """ "du samedi 27 juin 20h au dimanche 28 juin 2h": one use, from the first day into the second."""
        days, clocks = use.days, use.clocks
        if use.rule or len(days) != 2 or len(clocks) != 2:
            return None
        until = clocks[1].start is None and clocks[0].open_start  # "from 6pm on the 31st until 4am on the 1st"
        if not (days[1].leads & (Mark.TO | Mark.UNTIL) or until):
            return None
        first, last = days[0].settled[0].days, days[1].settled[0].days
        begun, ended = clocks[0].start, clocks[1].end if until else clocks[1].start
        if first is None or last is None or begun is None or ended is None or clocks[0].end:
            return None
        if clocks[1].end is not None and not until:
            return None
        start = read_clock(clocks[0])[0]
        apart = (last.first - first.first).days
        [entry], night = days[1].entries[:1], any(clock.part == "night" for clock in clocks)
        night = night or any(each.part == "night" for each in days[1].entries)
        if entry.bare_weekday:
            apart %= 7
            apart += int(night and not apart and ended.hour < 12)  # "van zaterdag 14u tot zaterdagnacht 2u"
        if start is None or not 0 < apart < 8:
            return None
        said = read_clock(clocks[1])
        end = min(ended.readings()) if apart == 1 and ended.hour < 12 else said[0] or said[1] or 0
        return first, Clock(start, end + DAY * apart)

    def _one_night(self, when: When, use: Use, clocks: Sequence[Clock]) -> When:
        """ "la nuit du 4 au 5 juillet, de 22h à 6h": the night that begins on the 4th."""
        night = any(clock.part == "night" for clock in clocks)
        over = any((clock.end or 0) > DAY or (clock.start is None and clock.part == "night") for clock in clocks)
        days = [day for span in when.days for day in span]
        if night and over and len(days) == 2 and (days[1] - days[0]).days == 1:
            return replace(when, days=(Days(days[0], days[0]),))
        return when

    def _clocks(self, use: Use) -> list[list[Clock]]:
        """Return the hours of a use by alternative ("à 14h ou à 15h"), parts of the day read into them."""
        options: list[list[Clock]] = [[]]
        for phrase, apart in self._phrases(use):
            if apart and options[-1]:
                options.append([])
            options[-1].append(_clock(phrase))
        return [_widened(option) for option in options if option]

    def _phrases(self, use: Use) -> list[tuple[ClockPhrase, bool]]:
        """Return the hours with the parts of the day beside them, and whether each is an alternative."""
        found: list[tuple[ClockPhrase, bool]] = []
        compound = next((entry.part for piece in use.days for entry in piece.entries if entry.part), None)
        waiting = compound or (use.rule.part if use.rule else None)
        for piece in use.pieces:
            phrase = piece.phrase
            if not isinstance(phrase, ClockPhrase):
                continue
            apart = bool(found) and bool(piece.between & (Mark.OR | Mark.ELSE))
            if phrase.as_before:
                continue
            if phrase.beside:  # "een uur vroeger: van 13u tot 17u" says it with the hours
                found.extend([(phrase, False)] if found or len(use.clocks) == 1 else [])
            elif phrase.only_part:
                waiting = _take_part(found, waiting, phrase.part, apart)
            elif found and piece.lead & Mark.LABEL_START and found[-1][0].open_start and phrase.open_start:
                continue  # "access from 8, doors open at 10"
            elif found and not apart and phrase.start is None and phrase.end and _only_length(found[-1][0]):
                found[-1] = (phrase, found[-1][1])  # "two hours, so until half past eight"
            elif found and not apart and _ends(found[-1][0], phrase, piece):
                found[-1] = (_ended(found[-1][0], phrase), found[-1][1])
            elif found and not apart and phrase.open_start and _length_before(found[-1][0]) is not None:
                if (piece.between | piece.lead) & Mark.FILLER and not piece.lead & (Mark.SINCE | Mark.AT | Mark.FROM):
                    found[-1] = (ClockPhrase(None, phrase.start, part=phrase.part), found[-1][1])
                    continue  # "all done inside two hours, so say half nine"
                found[-1] = (replace(phrase, length=_length_before(found[-1][0])), found[-1][1])
            else:
                timed = phrase.start is not None or phrase.end is not None
                led = piece.lead & (Mark.FROM | Mark.SINCE)  # "from 8, doors open at 10"
                alone = not led or all(clock.loose for clock in use.clocks)
                lone = alone and not use.days and use.rule is None and timed and phrase.loose and not phrase.apart
                if not lone:
                    found.append((replace(phrase, part=phrase.part or waiting), apart))
                    waiting = None
                elif phrase.start is not None and phrase.start.maybe_length and phrase.end is None:
                    found.append((ClockPhrase(length=phrase.start.said, loose=True), apart))
        if waiting is not None:
            found.append((ClockPhrase(part=waiting), False))
        return found

    # ── what is not asked for ───────────────────────────────────────────────────────────────────────────────────────

    def _role(self, use: Use) -> Role:
        role = self.roles.get(use.pieces[0].at, Role.USE)
        if any(piece.leads & Mark.BEFORE for piece in use.days):
            return role if role is Role.BRING_BACK else Role.DEADLINE
        habit = self.sentences[use.pieces[0].sentence].marks & Mark.HABIT
        if habit and not any(each.sure and each.days for piece in use.days for each in piece.settled):
            return Role.HABIT
        if _is_every_day(use) and self.has_dates and not self.has_several:
            return Role.HABIT  # "le 26 septembre … joignable tous les jours entre 17h et 19h"
        if not use.days and use.rule is None:
            lone = use.pieces[0].sentence not in self.crowded
            return Role.HABIT if lone and use.clocks and use.clocks[0].bounded else Role.USE
        return role

    def _roles(self, found: Sequence[Use]) -> dict[int, Role]:
        """Give each word of fetching or bringing back its day: the next in its sentence, or the one just before."""
        roles: dict[int, Role] = {}
        dated = [use for use in found if use.days and not use.closed]
        number = 0
        for place, marks in self.verbs:
            if not marks & (Mark.FETCH | Mark.BRING_BACK | Mark.BACK):
                continue
            while number < len(dated) and dated[number].pieces[0].at < place:
                number += 1
            before = dated[number - 1] if number else None
            after = dated[number] if number < len(dated) else None
            if before is not None and before.pieces[0].at in roles:
                before = None
            if marks & Mark.BACK and any(other & Mark.MOVE and 0 < place - at <= _CLAUSE for at, other in self.verbs):
                continue  # "push our evening back to Friday"
            if marks & Mark.BACK:
                use = after if after is not None and after.pieces[0].at == place + 1 else None
            else:
                use = self._handed_over(place, before, after)
            if use is not None:
                roles[use.pieces[0].at] = Role.FETCH if marks & Mark.FETCH else Role.BRING_BACK
        return {} if self._is_no_loan(roles, found) else roles

    def _is_no_loan(self, roles: dict[int, Role], found: Sequence[Use]) -> bool:
        """Whether all that is fetched is fetched within hours: the event is a fetching ("afhaling van 16u tot 19u")."""
        if list(roles.values()) != [Role.FETCH]:
            return False
        use = next(use for use in found if use.pieces and use.pieces[0].at in roles)
        return any(clock.start is not None and clock.end is not None for clock in use.clocks)

    def _handed_over(self, place: int, before: Use | None, after: Use | None) -> Use | None:
        behind = max((piece.behind for piece in before.pieces), default=0) if before is not None else 0
        if before is not None and behind == place:
            return before
        words = all(self.atoms[at].kind in (Is.GAP, Is.WORD) for at in range(behind, place))
        if before is not None and 0 <= place - behind <= 1 and words and self._brings_too(place, after):
            return before  # "we komen donderdag al halen en brengen alles maandag terug"
        if before is not None and after is not None and self._in_clause(behind, place, after.pieces[0].at):
            return before
        near = after is not None and after.pieces[0].at - place <= _VERB_REACH
        if after is not None and near and not self._parted(place, after.pieces[0].at):
            return after
        apart = before is None or not 0 <= place - behind <= 3 or not words
        return None if apart else before

    def _brings_too(self, place: int, after: Use | None) -> bool:
        """Whether another word of handing over stands at the day behind, which is its own."""
        if after is None:
            return False
        first, behind = after.pieces[0].at, max(piece.behind for piece in after.pieces)
        handing = Mark.FETCH | Mark.BRING_BACK
        return any(place < at < first or at == behind for at, marks in self.verbs if marks & handing and at != place)

    def _in_clause(self, behind: int, place: int, after: int) -> bool:
        """Whether nothing parts a verb from the day before it, and "and" parts it from the next: "we komen ze de dag
        ervoor tegen de avond halen en zaterdag breng ik alles terug"."""
        between, onward = self.atoms[behind:place], self.atoms[place + 1 : after]
        parts = any(atom.kind is not Is.GAP and (atom.kind is not Is.WORD or atom.marks & Mark.AND) for atom in between)
        return 0 < len(between) <= _CLAUSE and not parts and any(atom.marks & Mark.AND for atom in onward)

    def _parted(self, start: int, end: int) -> bool:
        """Whether a sentence ends between two atoms."""
        return any(self.atoms[at].kind in (Is.STOP, Is.PARAGRAPH) for at in range(start, end))

    def _is_loose(self, use: Use, when: When) -> bool:
        """A weekday that only names a habit ("la chorale du jeudi"), a feast that may be a theme, a number alone; what
        was named before is none of them."""
        if use.rule is not None:
            return False
        if not use.days:
            return all(clock.start is None and clock.end is None and clock.length is None for clock in when.clocks)
        if when.clocks:
            return False
        leads = 0
        for piece in use.days:
            leads |= piece.leads
        of = bool(leads & (Mark.OF | Mark.FROM)) and not leads & (Mark.SINCE | Mark.TO | Mark.MOVE_TO) & ~Mark.FROM
        if when.days and all(day in self.dates for span in when.days for day in span):
            return False
        entries = [entry for piece in use.days for entry in piece.entries]
        if leads & (Mark.TO | Mark.MOVE_TO) and not leads & Mark.FROM and self.dates:
            return False  # "R-4T8WZ du 10 octobre … au 17": where it is moved to
        return all(entry.loose or (entry.bare_weekday and of and entry.until is None) for entry in entries)

    def _told_of_the_past(self, use: Use, when: When) -> When:
        """Mark what "depuis" or "il y a" stands before, and the dates of a sentence about last year."""
        first = use.pieces[0]
        before = self.atoms[first.at - 1].marks if first.at else 0
        since = any(piece.leads & Mark.EVER_SINCE for piece in use.days) or before & Mark.EVER_SINCE
        sentence = self.sentences[first.sentence]
        beside = first.bracketed and 0 <= first.at - sentence.last_year <= _BESIDE  # "l'an dernier (le 18 octobre)"
        yearless = bool(use.days) and not any(entry.year for piece in use.days for entry in piece.entries)
        last_year = sentence.last_year <= first.at and yearless and bool(sentence.marks & Mark.PAST)
        named_so = any(entry.year_offset == -1 for piece in use.days for entry in piece.entries)
        return replace(when, past=True) if since or last_year or named_so or (beside and yearless) else when

    # ── how it was read ─────────────────────────────────────────────────────────────────────────────────────────────

    def _evidence(self, use: Use, when: When) -> Iterator[Evidence]:
        for piece in use.pieces:
            words = self.text[self.atoms[piece.at].start : self.atoms[piece.behind - 1].end]
            yield Evidence(_PARTS[type(piece.phrase)], " ".join(words.split()), _shown(piece, when))


_PARTS: Final = {
    DaysPhrase: "day",
    ClockPhrase: "hours",
    RulePhrase: "repetition",
    CountPhrase: "repetition",
    ExceptPhrase: "exception",
}


def _is_number(phrase: DaysPhrase) -> bool:
    """Whether days are one day said by its number alone."""
    return len(phrase.entries) == 1 and phrase.entries[0].bare_number and phrase.entries[0].until is None


def _is_every_day(use: Use) -> bool:
    """Whether it says "every day", and neither of which days nor of how many."""
    rule = use.rule
    return rule is not None and rule == RulePhrase("daily", part=rule.part) and not use.days and use.count is None


def _several_days(found: Sequence[Use]) -> bool:
    """Whether uses name more than one day: a list, a stretch, a repetition, or days here and there."""
    pieces = [piece for use in found if not use.closed for piece in use.days]
    entries = [entry for piece in pieces for entry in piece.entries if not entry.vague and entry.next_day != 0]
    stretch = any(entry.until or entry.weekend or entry.is_period for entry in entries)
    return stretch or len(entries) > 1 or any(use.rule and not _is_every_day(use) for use in found)


def _only_points_back(use: Use) -> bool:
    """Whether it only says "that day"."""
    return bool(use.days) and all(entry.next_day == 0 for piece in use.days for entry in piece.entries)


def _is_bare(piece: Piece) -> bool:
    return all(entry.bare_weekday and entry.until is None and not entry.plural for entry in piece.entries)


def _is_since(use: Use) -> bool:
    """Whether a use is one day from which on something is needed."""
    if len(use.pieces) != 1 or len(use.days) != 1 or len(use.days[0].entries) != 1:
        return False
    [entry] = use.days[0].entries
    return bool(use.days[0].leads & Mark.SINCE) and entry.until is None and not entry.is_period


def _from_to(option: list[Settled], use: Use) -> list[Settled]:
    """Make a stretch of two days with only parts of the day beside them ("du jeudi soir 10 au dimanche soir 13"), or of
    which the second is that of the end: "start 1 augustus en eindigt de tiende"."""
    until = len(use.days) == 2 and use.days[0].leads & Mark.FROM and use.days[1].leads & (Mark.TO | Mark.UNTIL)
    parts = bool(use.clocks) and all(clock.only_part for clock in use.clocks)
    ends = len(use.days) == 2 and use.days[1].between & Mark.LABEL_END and use.days[1].between & Mark.AND
    if not ((until and parts) or (ends and not use.clocks)) or len(option) != 2:
        return option
    first, last = option[0].days, option[1].days
    if first is None or last is None or last.last < first.first:
        return option
    return [replace(option[0], days=Days(first.first, last.last), ranged=True)]


def _ranged_weekdays(use: Use) -> tuple[int, ...]:
    """Return the weekdays said of many in a stretch: "on Tuesdays 8 September to 6 October"."""
    entries = [entry for piece in use.days for entry in piece.entries]
    found = {
        e.weekday for e in entries if e.plural and e.day is not None and e.until is not None and e.weekday is not None
    }
    return tuple(sorted(found)) if use.rule is None else ()


def _with_bounds_alone(use: Use) -> tuple[Use, set[date]]:
    """Part the dates that come on top of a repetition from its bounds: "les mardis du 8 septembre au 6 octobre ainsi
    que le samedi 10 octobre"."""
    pieces: list[Piece] = []
    more: set[date] = set()
    for piece in use.pieces:
        told = list(zip(piece.entries, piece.settled, strict=False))
        single = [entry.day is not None and entry.until is None and each.days is not None for entry, each in told]
        if isinstance(piece.phrase, DaysPhrase) and all(single) and _comes_on_top(piece, pieces):
            more |= {each.days.first for _, each in told if each.days}
            continue
        if not isinstance(piece.phrase, DaysPhrase) or all(single) or not any(single) or single[0]:
            pieces.append(piece)
            continue
        more |= {each.days.first for (_, each), alone in zip(told, single, strict=True) if alone and each.days}
        kept = [one for one, alone in zip(told, single, strict=True) if not alone]
        phrase = replace(piece.phrase, entries=[entry for entry, _ in kept], links=piece.phrase.links[: len(kept) - 1])
        pieces.append(replace(piece, phrase=phrase, settled=[each for _, each in kept]))
    return replace(use, pieces=pieces), more


def _comes_on_top(piece: Piece, before: Sequence[Piece]) -> bool:
    """Whether dates are joined by "and" to a repetition that has its bounds."""
    ranged = any(entry.until is not None for each in before for entry in each.entries)
    return ranged and bool(piece.between & Mark.AND) and not piece.leads & (Mark.SINCE | Mark.UNTIL)


def _dates_of_rule(use: Use) -> list[Piece] | None:
    """Return the dates that are listed right behind weekdays, and are all of them: "on these Sundays: 6 May, …"."""
    pieces = [piece for piece in use.pieces if not isinstance(piece.phrase, ClockPhrase)]
    at = next(number for number, piece in enumerate(pieces) if isinstance(piece.phrase, RulePhrase))
    following = pieces[at + 1 : at + 2]
    listed = [piece for piece in following if len(piece.entries) > 1 and not _bounds(piece) and piece.settled[0].sure]
    return listed or None


def _all_bare(use: Use) -> bool:
    return all(isinstance(piece.phrase, DaysPhrase) and piece.phrase.bare_weekdays for piece in use.days)


def _within_a_stretch(entry: Entry, dated: Sequence[Settled]) -> Settled | None:
    """ "du lundi au vendredi, du 8 au 12 février": the weekdays of the stretch that is dated beside them."""
    first, last = entry.weekday, entry.until.weekday if entry.until is not None else None
    for stretch in (each.days for each in dated if each.ranged and each.days is not None):
        begun = next((day for day in stretch if day.weekday() == first), None)
        if begun is not None and first is not None and last is not None:
            ended = begun + timedelta(days=(last - first) % 7)
            if ended <= stretch.last and (stretch.last - stretch.first).days < 7:
                return Settled(Days(begun, ended), ranged=True)
    return None


def _within_a_week(window: series.Window, plural: bool) -> bool:
    """Whether bounds are those of a few days; open ones are, unless the weekday is said of many (`plural`)."""
    if window.first is None or window.last is None:
        return not plural
    return (window.last - window.first).days < 6


def _bounds(piece: Piece) -> bool:
    return isinstance(piece.phrase, DaysPhrase) and piece.phrase.is_bound


def _rivals(options: Sequence[Sequence[Settled]]) -> Iterator[Rival]:
    """Yield the alternatives to the first option, and the other readings of its days."""
    yield from (Rival(spans_of(option), either=True) for option in options[1:] if spans_of(option))
    first = options[0]
    for number, each in enumerate(first):
        if each.rival is not None:
            spans = (each.rival if place == number else this.days for place, this in enumerate(first))
            yield Rival(tuple(span for span in spans if span is not None))


def _take_part(found: list[tuple[ClockPhrase, bool]], waiting: str | None, part: str | None, apart: bool) -> str | None:
    """Give a part of the day to the hours before it, or return it to wait for those behind."""
    if found and not waiting and not apart and found[-1][0].part is None and found[-1][0].start is not None:
        found[-1] = (replace(found[-1][0], part=part), found[-1][1])
        return None
    if waiting and waiting != part:
        found.append((ClockPhrase(part=waiting), apart))
    return part


def _ends(before: ClockPhrase, phrase: ClockPhrase, piece: Piece) -> bool:
    """Whether hours only say until when, or how long, the start before them is meant."""
    if before.strung and not piece.between & Mark.AND and not phrase.loose:
        return phrase.open_start or (phrase.start is None and phrase.end is not None)
    if not before.open_start or before.bounded or _is_length(before):
        return False
    if phrase.start is None:
        return True
    if phrase.loose and phrase.start.maybe_length:
        return True
    return (
        phrase.open_start and not piece.between & Mark.AND and phrase.start.said != (before.start or phrase.start).said
    )


def _ended(before: ClockPhrase, phrase: ClockPhrase) -> ClockPhrase:
    if phrase.start is None:
        return replace(before, end=phrase.end or before.end, length=phrase.length)
    if phrase.loose and phrase.start.maybe_length:
        return replace(before, length=phrase.start.said)
    return replace(before, end=phrase.start, length=phrase.length, strung=True)


def _only_length(phrase: ClockPhrase) -> bool:
    return phrase.length is not None and phrase.start is phrase.end is None and not phrase.beside


def _length_before(phrase: ClockPhrase) -> int | None:
    """Return the length that was said before the start: "pour 2 heures le 10 octobre, à partir de 14h"."""
    if phrase.start is None and phrase.end is None:
        return None if phrase.beside else phrase.length
    return phrase.start.said if _is_length(phrase) and phrase.start is not None else None


def _is_length(phrase: ClockPhrase) -> bool:
    """Whether hours may only say how long: "2 heures le 10 octobre, à partir de 14h"."""
    return phrase.loose and phrase.open_start and phrase.start is not None and phrase.start.maybe_length


def _clock(phrase: ClockPhrase) -> Clock:
    start, end = read_clock(phrase)
    length = phrase.length if start is None and end is None else None
    return Clock(start, end, length, phrase.part, phrase.beside, is_of_twelve(phrase))


def _widened(clocks: list[Clock]) -> list[Clock]:
    """Put "et une heure avant" to the hours beside it, where there are any."""
    more = [clock for clock in clocks if clock.beside]
    others = [widened(clock, more) for clock in clocks if not clock.beside]
    return others or clocks


def _shown(piece: Piece, when: When) -> str:
    """Say in a short form what a piece was read as."""
    phrase = piece.phrase
    if isinstance(phrase, RulePhrase):
        weekdays = ",".join(str(weekday + 1) for weekday in phrase.weekdays) or "?"
        return f"{phrase.frequency} every {phrase.interval} on {weekdays}" + (
            f" × {phrase.count}" if phrase.count else ""
        )
    if isinstance(phrase, ClockPhrase):
        return " ".join(_clock_text(clock) for clock in when.clocks) or "?"
    if isinstance(phrase, CountPhrase):
        return f"{phrase.number} {phrase.unit}"
    if isinstance(phrase, ExceptPhrase):
        return "without " + ", ".join(_span_text(span) for span in when.excluded)
    spans = [each.days or each.period for each in piece.settled]
    return ", ".join("?" if span is None else _span_text(span) for span in spans)


def _span_text(span: Days) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}/{span.last}"


def _clock_text(clock: Clock) -> str:
    if clock.start is None and clock.end is None:
        return clock.part or (f"{clock.length} min" if clock.length else "?")
    start = "?" if clock.start is None else f"{clock.start // 60:02}:{clock.start % 60:02}"
    end = "?" if clock.end is None else f"{clock.end // 60 % 24:02}:{clock.end % 60:02}"
    return f"{start}-{end}"
