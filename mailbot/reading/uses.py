"""Which pieces of time belong together: those of one use, days with their hours, a repetition with its bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.reading.atoms import Mark
from mailbot.reading.pieces import Piece
from mailbot.reading.said import ClockPhrase, CountPhrase, DaysPhrase, ExceptPhrase, RulePhrase

_WHERE_TO: Final = Mark.TO | Mark.MOVE_TO
_REACH: Final = 12
"""Atoms between a word of moving and what it moves, at most."""
_WEEK: Final = 7
_EARLIER: Final = 4 * 60
"""Minutes by which something is moved to an earlier hour, at most; else the end is in the night."""
MOST_PIECES: Final = 100
"""Pieces of one use, at most: no person says as many of one."""


class Use(Struct):
    """Pieces that speak of one use. `rival`: another way to take the use before ("ou dimanche de 10h à 12h")."""

    pieces: list[Piece] = field(default_factory=list)
    rival: bool = False
    replaced: bool = False
    negated: bool = False

    @property
    def days(self) -> list[Piece]:
        return [piece for piece in self.pieces if isinstance(piece.phrase, DaysPhrase)]

    @property
    def clocks(self) -> list[ClockPhrase]:
        return [piece.phrase for piece in self.pieces if isinstance(piece.phrase, ClockPhrase)]

    @property
    def rule(self) -> RulePhrase | None:
        return next((piece.phrase for piece in self.pieces if isinstance(piece.phrase, RulePhrase)), None)

    @property
    def count(self) -> CountPhrase | None:
        return next((piece.phrase for piece in self.pieces if isinstance(piece.phrase, CountPhrase)), None)

    @property
    def closed(self) -> bool:
        return self.replaced or self.negated


def uses(pieces: Sequence[Piece], verbs: Sequence[tuple[int, int]] = ()) -> list[Use]:
    """Put the pieces of a text together, each piece in one use, in the order of the text. `verbs` are the places of
    words of moving (and others), with their marks."""
    pieces = list(_moved(pieces, [at for at, marks in verbs if marks & Mark.MOVE]))
    _lend_months(pieces)
    pieces = _led_by_hours(pieces)
    return _hours_to_days(_joined(_runs(pieces)))


def _moved(pieces: Sequence[Piece], places: Sequence[int]) -> Iterator[Piece]:
    """Part what says from what to what something is moved: "déplacer du 9 au 16 mai", "van 19u naar 18u"."""
    ranges = [p.phrase for p in pieces if isinstance(p.phrase, ClockPhrase) and p.phrase.start and p.phrase.end]
    for before, piece, following in zip_longest([None, *pieces][: len(pieces)], pieces, pieces[1:]):
        bounds = before is not None and isinstance(before.phrase, RulePhrase) and piece.near
        if bounds:  # "remettre … tous les mardis du 8 septembre au 15 décembre"
            yield piece
            continue
        if following is not None and _moved_to(piece, following, places):
            yield replace(piece, left_behind=True)
            continue
        others = [phrase for phrase in ranges if phrase is not piece.phrase]
        told = {end.said for phrase in others for end in (phrase.start, phrase.end) if end is not None}
        parts = _parts(piece, places, told)
        if parts is None:
            yield piece
        else:
            yield from parts


def _moved_to(piece: Piece, following: Piece, places: Sequence[int]) -> bool:
    """Whether the piece behind says where to: "van 14u tot 16u naar 15u tot 17u"."""
    near = any(at < piece.at and piece.at - at <= _REACH for at in places)
    same = type(piece.phrase) is type(following.phrase) and isinstance(piece.phrase, ClockPhrase | DaysPhrase)
    where_to = (
        _WHERE_TO | Mark.FOR if isinstance(piece.phrase, DaysPhrase) else _WHERE_TO
    )  # "change the 10th for the 12th"
    return near and same and following.near and not following.between and bool(following.lead & where_to)


def _parts(piece: Piece, places: Sequence[int], told: Collection[int]) -> tuple[Piece, Piece] | None:
    """Return what a piece leaves behind and what it moves to; `told` are the hours at which other ranges begin, end."""
    phrase = piece.phrase
    near = [at for at in places if at < piece.at and piece.at - at <= _REACH]
    if isinstance(phrase, DaysPhrase) and len(phrase.entries) == 1:
        entry = phrase.entries[0]
        last = entry.until
        moved = entry.moved or (bool(near) and bool(phrase.leads & Mark.FROM) and not phrase.leads & Mark.BETWEEN)
        if last is not None and moved and entry.day is not None and last.day is not None and not piece.refused:
            if entry.month is None:
                entry.month, entry.year = last.month, last.year
            old, new = DaysPhrase([replace(entry, until=None)]), DaysPhrase([last])
            return replace(piece, phrase=old, left_behind=True), replace(piece, phrase=new, between=0, bracketed=False)
    if isinstance(phrase, ClockPhrase) and phrase.start is not None and phrase.end is not None:
        backwards = phrase.end.said < phrase.start.said and phrase.end.said >= phrase.start.said - _EARLIER
        if told and phrase.start.said not in told:
            return None  # "réservé de 14h à 18h … passer de 15h à 20h": the new hours
        if phrase.moved or (near and (backwards or piece.at - near[-1] <= 1)):
            old_hours, new_hours = ClockPhrase(phrase.start), ClockPhrase(phrase.end)
            behind = replace(piece, phrase=old_hours, left_behind=True)
            return behind, replace(piece, phrase=new_hours, between=0, bracketed=False)
    return None


def _lend_months(pieces: Sequence[Piece]) -> None:
    """Let a day without a month take that of the next list in its sentence: "le 3 à 18h et le 10 octobre à 19h"."""
    following: Piece | None = None
    for piece in reversed(pieces):
        if not isinstance(piece.phrase, DaysPhrase):
            continue
        if following is not None and following.sentence == piece.sentence:
            source = following.entries[0]
            if source.day is not None and source.month is not None and not any(e.has_month for e in piece.entries):
                for entry in piece.entries:
                    if entry.day is not None and entry.until is None:
                        entry.month, entry.year, entry.loose = source.month, source.year, False
        following = piece


def _led_by_hours(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Part a stretch of days from the hours of its weekdays that lead them: "over the weekend of 15 May, 10:00 to 17:00
    on the Saturday and 10:00 to 16:00 on the Sunday"."""
    parted = list(pieces)
    for number in range(len(pieces) - 4):
        stretch, *pairs = pieces[number : number + 5]
        together = all(piece.near and piece.sentence == stretch.sentence for piece in pairs)
        clocks = all(isinstance(piece.phrase, ClockPhrase) for piece in pairs[::2])
        if together and clocks and _is_stretch(stretch) and all(_is_weekday(piece) for piece in pairs[1::2]):
            for at in (number + 1, number + 3):
                parted[at] = replace(pieces[at], near=False)
    return parted


def _is_stretch(piece: Piece) -> bool:
    return any(entry.weekend or entry.until is not None for entry in piece.entries)


def _is_weekday(piece: Piece) -> bool:
    return len(piece.entries) == 1 and piece.entries[0].bare_weekday and piece.entries[0].until is None


# ── pieces with only small words between them ───────────────────────────────────────────────────────────────────────


def _runs(pieces: Sequence[Piece]) -> list[Use]:
    """Put together pieces that only small words part, days with their hours: D C, C D, D D C, D C C."""
    found: list[Use] = []
    rows = _rows(pieces)
    taken = 0
    for number, piece in enumerate(pieces):
        current = found[-1] if found else None
        if number < taken:
            continue
        if _spans_days(pieces[number : number + 4]):
            found.append(Use(list(pieces[number : number + 4])))
            taken = number + 4
            continue
        if current is not None and _tells_which_weekend(current, piece):
            found[-1] = Use([piece])
            continue
        if _heads(pieces, number) or number in rows:
            found.append(Use([piece]))
            continue
        if current is not None and _gives_the_reason(current, pieces, number):
            found.append(Use([piece], replaced=True))
            continue
        own_day = isinstance(piece.phrase, ClockPhrase) and len(found) > 1 and _waits_for_hours(found[-1], piece)
        if piece.between & Mark.CORRECTION and _names_one_again(current, piece):
            found.append(Use([piece], negated=True))
            continue
        if piece.between & Mark.CORRECTION and not piece.refused and not own_day and _corrected(found, piece):
            continue
        if piece.between & Mark.INSTEAD:
            found.append(Use([piece], replaced=True))
            continue
        if piece.between & Mark.THAN and current is not None and current.pieces[-1].between & Mark.CORRECTION:
            found.append(Use([piece], replaced=True))
            continue
        if piece.left_behind:
            found.append(Use([piece], replaced=True))
            continue
        before = found[-2] if len(found) > 1 else None
        if current is not None and _begins_next(current, piece, pieces, number, before):
            found.append(Use([piece]))
            continue
        own = _own_hours(pieces, number)
        if own is not None and current is not None:
            current.pieces.append(piece)
            found.append(own)
            taken = number + 2
            continue
        refused = piece.refused or (bool(piece.between & Mark.NOT) and piece.near)
        refused = refused and not isinstance(piece.phrase, ExceptPhrase)
        if refused:
            found.append(Use([piece], negated=True))
        elif current and piece.near and not _of_the_next(pieces, number, current) and _continues(found, piece):
            continue
        else:
            rival = current is not None and piece.near and bool(piece.between & (Mark.OR | Mark.ELSE))
            rival = rival or (current is not None and _is_fallback(current, piece))
            found.append(Use([piece], rival=rival))
    return found


def _tells_which_weekend(use: Use, piece: Piece) -> bool:
    """ "our yearly weekend, 17 and 18 October": the dates say which."""
    [first, *more] = use.pieces
    named = isinstance(first.phrase, DaysPhrase) and len(first.entries) == 1 and first.entries[0].some_weekend
    dated = isinstance(piece.phrase, DaysPhrase) and piece.entries[0].day is not None
    return named and not more and dated and piece.near and not piece.between & (Mark.AND | Mark.OR)


def _rows(pieces: Sequence[Piece]) -> frozenset[int]:
    """Return which pieces begin a row of a table typed as text: days that lead one of several lines with hours of its
    own. The hours that end the line above are not theirs."""
    kinds: dict[int, set[type]] = {}
    for piece in pieces:
        kinds.setdefault(piece.line, set()).add(type(piece.phrase))
    rows = {line for line, found in kinds.items() if {DaysPhrase, ClockPhrase} <= found}
    if len(rows) < 2:
        return frozenset()
    first = next(piece for piece in pieces if piece.line in rows)
    leads = ClockPhrase if isinstance(first.phrase, ClockPhrase) else DaysPhrase  # "14u-18u buurthuis 18/11"
    return frozenset(
        number
        for number, (before, piece) in enumerate(pairwise(pieces), 1)
        if piece.line != before.line and {piece.line, before.line} <= rows and isinstance(piece.phrase, leads)
    )


def _spans_days(pieces: Sequence[Piece]) -> bool:
    """ "from 6pm on 31 December until 4am on 1 January": hours, a day, hours, a day."""
    phrases = [piece.phrase for piece in pieces]
    if len(phrases) < 4 or not all(piece.near for piece in pieces[1:]):
        return False
    begun, first, ended, last = phrases
    hours = isinstance(begun, ClockPhrase) and begun.open_start and isinstance(ended, ClockPhrase)
    days = isinstance(first, DaysPhrase) and isinstance(last, DaysPhrase)
    until = isinstance(ended, ClockPhrase) and ended.start is None and ended.end is not None
    return hours and days and until and len(pieces[1].entries) == len(pieces[3].entries) == 1


def _is_fallback(use: Use, piece: Piece) -> bool:
    """ "… le 14 novembre ? Sinon le 21 ?": a sentence later, but only if the day before it will not do."""
    days = isinstance(piece.phrase, DaysPhrase) and bool(use.days) and use.rule is None and not use.closed
    return days and piece.otherwise and piece.sentence - use.pieces[-1].sentence == 1


def _begins_next(use: Use, piece: Piece, pieces: Sequence[Piece], number: int, before: Use | None) -> bool:
    """ "(le 10) de 14h à 23h, et la veille de 18h à 21h": days joined by "and" behind hours have those that follow; so
    have those behind hours that the days `before` are waiting for: "le samedi nous sommes là de 10h à 18h, le …"."""
    if use.days or use.rule or use.closed or not use.clocks or not isinstance(piece.phrase, DaysPhrase | RulePhrase):
        return False
    following = pieces[number + 1] if number + 1 < len(pieces) else None
    if not piece.near or following is None or not isinstance(following.phrase, ClockPhrase):
        return False
    if before is not None and (before.days or before.rule) and not (before.clocks or before.closed):
        here = [each for each in pieces[number:] if each.sentence == piece.sentence]
        if before.pieces[-1].sentence == piece.sentence == following.sentence:
            return isinstance(
                here[-1].phrase, ClockPhrase
            )  # not "le week-end, de 9h à 17h le samedi et de … le dimanche"
    return following.near and bool(piece.between & Mark.AND)


def _waits_for_hours(use: Use, piece: Piece) -> bool:
    """Whether a day stands right before hours: "lundi de 19h à 22h, mardi plutôt de 18h à 20h" corrects nothing."""
    last = use.pieces[-1]
    return isinstance(last.phrase, DaysPhrase) and not (use.clocks or use.closed) and last.sentence == piece.sentence


def _own_hours(pieces: Sequence[Piece], number: int) -> Use | None:
    """Return the use of a day that is left out for hours of its own: "14h-16h30, sauf le 21 où on fait 14h-17h"."""
    piece, following = pieces[number], pieces[number + 1] if number + 1 < len(pieces) else None
    if not isinstance(piece.phrase, ExceptPhrase) or len(piece.phrase.days) != 1 or following is None:
        return None
    clock = following.phrase
    if not isinstance(clock, ClockPhrase) or following.sentence != piece.sentence or clock.start is None:
        return None
    before = (each for each in pieces[:number] if each.sentence == piece.sentence)
    if not any(isinstance(each.phrase, ClockPhrase) and each.phrase.start is not None for each in before):
        return None  # "elke woensdag behalve op 28 oktober, telkens van 14 tot 17u"
    days = replace(piece, phrase=piece.phrase.days[0], near=False, between=0)
    return Use([days, following])


def _gives_the_reason(use: Use, pieces: Sequence[Piece], number: int) -> bool:
    """Whether a time behind a correction only tells why, and the new hours follow: "19h-22h, ah non, le président ne
    sort qu'à 19h : mettez 19h30-22h". These then are the correction."""
    piece, clocks = pieces[number], use.clocks
    if not piece.between & Mark.CORRECTION or not isinstance(piece.phrase, ClockPhrase) or not piece.phrase.open_start:
        return False
    if not clocks or clocks[-1].start is None or clocks[-1].end is None:
        return False
    for following in pieces[number + 1 : number + 3]:
        phrase = following.phrase
        if following.sentence - piece.sentence > 1 or not isinstance(phrase, ClockPhrase):
            return False
        if phrase.start is not None and phrase.end is not None:
            following.between |= Mark.CORRECTION
            return True
    return False


def _heads(pieces: Sequence[Piece], number: int) -> bool:
    """Whether days on a line of their own head the hours on the lines below, and have none on the lines above."""
    if not 0 < number < len(pieces) - 1 or not isinstance(pieces[number].phrase, DaysPhrase):
        return False
    before, piece, after = pieces[number - 1 : number + 2]
    hours = isinstance(before.phrase, ClockPhrase) and isinstance(after.phrase, ClockPhrase)
    return hours and before.line < piece.line < after.line and before.paragraph == after.paragraph


def _of_the_next(pieces: Sequence[Piece], number: int, current: Use) -> bool:
    """Whether a part of the day is that of the day behind it: "all day on 3 October plus the morning of the 4th"."""
    piece = pieces[number]
    following = pieces[number + 1] if number + 1 < len(pieces) else None
    if following is None or not isinstance(piece.phrase, ClockPhrase) or not piece.phrase.only_part:
        return False
    direct = following.at == piece.behind and bool(following.leads & Mark.OF)
    return direct and bool(current.days) and bool(current.clocks) and bool(piece.between & Mark.AND)


def _continues(found: list[Use], piece: Piece) -> bool:
    """Add a piece to the last use that is open, if it fits there; say whether it did. What stands in brackets behind a
    use that is closed goes with it: "niet op 29 maart (paasmaandag)"."""
    if found[-1].closed and piece.bracketed:
        found[-1].pieces.append(piece)
        return True
    current = next((use for use in reversed(found[-2:]) if not use.closed), None)
    if current is None or not _fits(current, piece):
        return False
    current.pieces.append(piece)
    return True


def _names_one_again(use: Use | None, piece: Piece) -> bool:
    """Whether a correction names one day of a list again, to take it back: "le 13, le 20 et le 27. Ah non, le 27 on est
    en vacances, mettez le 4"."""
    listed = [entry for each in use.days for entry in each.entries] if use is not None else []
    if len(listed) < 2 or not isinstance(piece.phrase, DaysPhrase) or len(piece.entries) != 1:
        return False
    [again] = piece.entries
    return again.until is None and any(
        one.day is not None and one.day == again.day and again.month in {one.month, None} for one in listed
    )


def _corrected(found: list[Use], piece: Piece) -> bool:
    """Let a piece take the place of the last of its kind: "le 14, non pardon, le 15"; say whether it did."""
    far = piece.corrected and isinstance(piece.phrase, ClockPhrase | DaysPhrase)
    for use in reversed(found[-8:] if far else found[-2:]):
        old = next((each for each in reversed(use.pieces) if type(each.phrase) is type(piece.phrase)), None)
        if old is None or use.closed or (piece.sentence - old.sentence > 1 and not far):
            continue
        if isinstance(piece.phrase, ClockPhrase) and isinstance(old.phrase, ClockPhrase):
            piece.phrase = _completed(piece.phrase, old.phrase)
        use.pieces[use.pieces.index(old)] = piece
        found.insert(found.index(use), Use([old], replaced=True))
        return True
    return False


def _completed(phrase: ClockPhrase, old: ClockPhrase) -> ClockPhrase:
    """Keep what is not corrected of hours: the end in "20h-22h … plutôt 19h30, la fin ne change pas", the start in
    "18h30-23h … finalement jusque minuit"."""
    if old.start is None or old.end is None:
        return phrase
    if phrase.open_start:
        return replace(phrase, end=old.end)
    if phrase.start is None and phrase.end is not None and phrase.length is None:
        return replace(phrase, start=old.start)
    return phrase


def _fits(use: Use, piece: Piece) -> bool:
    """Whether a near piece belongs to the use, or begins the next one."""
    if len(use.pieces) >= MOST_PIECES:
        return False
    if isinstance(piece.phrase, RulePhrase):
        if use.rule is not None and piece.phrase.open_weekdays and piece.phrase.count is not None:
            piece.phrase = CountPhrase(piece.phrase.count, "week", in_a_row=True)  # "les lundis, 8 semaines d'affilée"
            return use.count is None
        return use.rule is None
    if isinstance(piece.phrase, ExceptPhrase | CountPhrase):
        return True
    if isinstance(piece.phrase, ClockPhrase):
        return _clock_fits(use, piece.phrase)
    return _days_fit(use, piece)


def _clock_fits(use: Use, phrase: ClockPhrase) -> bool:
    """C D and then C: the hours of the next use, unless they only add to those before."""
    if not use.clocks or isinstance(use.pieces[-1].phrase, ClockPhrase):
        return True
    if len(use.days) == 2 and use.days[1].leads & (Mark.TO | Mark.UNTIL) and phrase.open_start:
        return use.clocks[0].open_start
    if all(clock.only_part or clock.start is None or (clock.loose and clock.open_start) for clock in use.clocks):
        return phrase.start is not None or not any(clock.length for clock in use.clocks)
    return phrase.start is None or (use.rule is not None and not any(clock.start for clock in use.clocks))


def _days_fit(use: Use, piece: Piece) -> bool:
    assert isinstance(piece.phrase, DaysPhrase), "asked of days"
    if all(entry.echo for entry in piece.entries) or piece.entries[0].nth_named is not None:
        return False  # "(de 16e slaan we over)", "les 13 et 20 juin, le premier de 14h à 16h"
    if use.rule is not None or not use.days:
        return True
    bare = all(isinstance(each.phrase, DaysPhrase) and each.phrase.bare_weekdays for each in use.days)
    if bare and piece.phrase.is_bound and not piece.between & (Mark.OR | Mark.ELSE):
        return True
    if bare and use.clocks and len(piece.entries) > len(use.days):
        return False
    if isinstance(use.pieces[-1].phrase, ClockPhrase):
        return (bare and _same_day_again(use, piece)) or _until_another_day(use, piece)
    if piece.phrase.bare_weekdays and not bare:
        return False
    return not (piece.between & (Mark.OR | Mark.ELSE) and use.clocks)


def _same_day_again(use: Use, piece: Piece) -> bool:
    """ "Tuesday evening, 6 October": the date of the weekday."""
    only = len(use.days) == 1 and len(use.days[0].entries) == 1 and len(piece.entries) == 1
    part = all(clock.only_part for clock in use.clocks)
    entry = piece.entries[0]
    joined = piece.between & (Mark.AND | Mark.OR)
    return only and part and entry.day is not None and entry.weekday is None and entry.has_month and not joined


def _until_another_day(use: Use, piece: Piece) -> bool:
    """ "du samedi 27 juin 20h au dimanche 28 juin 2h": an end on another day."""
    begun = len(use.clocks) == 1 and len(use.days) == 1 and use.days[0].leads & Mark.FROM
    begun = begun and (use.clocks[0].open_start or use.clocks[0].only_part)
    ends = piece.leads & (Mark.TO | Mark.UNTIL) and len(piece.entries) == 1 and piece.entries[0].until is None
    return bool(begun and ends)


# ── pieces that only make sense together ────────────────────────────────────────────────────────────────────────────


def _joined(found: Sequence[Use]) -> list[Use]:
    """Join uses of one sentence that only make sense together, and exceptions that come a sentence later."""
    result: list[Use] = []
    for number, use in enumerate(found):
        before = result[-1] if result else None
        following = found[number + 1] if number + 1 < len(found) else None
        if following is not None and before is not None and _each_its_own(before, use, following):
            result.append(use)
            continue
        if before is not None and before.clocks and not before.days and isinstance(use.pieces[0].phrase, ExceptPhrase):
            before = next((other for other in reversed(result[-2:]) if other.days or other.rule), before)
        if before is not None and len(result) > 1 and _only_echoes(before):
            before = result[-2]  # "du 1er étage" says no day
        if before is not None:
            _leave_weekdays_to(use, before)
        if before is not None and not before.closed and not use.closed and _completes(before, use):
            before.pieces.extend(use.pieces)
        else:
            result.append(use)
    return result


def _leave_weekdays_to(use: Use, before: Use) -> None:
    """Drop "chaque semaine" where the same sentence goes on to say on which days: "…, tous les mercredis"."""
    open_rule, rule = before.rule, use.rule
    if open_rule is None or rule is None or not open_rule.open_weekdays or not rule.weekdays or not before.days:
        return
    same = use.pieces[0].sentence == before.pieces[-1].sentence and not before.clocks
    if same and (open_rule.frequency, open_rule.interval) == (rule.frequency, rule.interval):
        before.pieces = [piece for piece in before.pieces if piece.phrase is not open_rule]


def _only_echoes(use: Use) -> bool:
    return bool(use.days) and not use.clocks and all(entry.echo for piece in use.days for entry in piece.entries)


def _each_its_own(before: Use, use: Use, following: Use) -> bool:
    """Whether weekdays of a stretch have hours of their own: "the weekend of 11-12 April: Sat 9-6, Sun 10-5"."""
    stretch = len(before.pieces) == 1 and _is_stretch(before.pieces[0])
    return stretch and all(
        len(each.days) == 1 and _is_weekday(each.days[0]) and bool(each.clocks) and not each.closed
        for each in (use, following)
    )


def _completes(before: Use, use: Use) -> bool:
    first, last = use.pieces[0], before.pieces[-1]
    same = first.sentence == last.sentence
    alone = all(isinstance(piece.phrase, ExceptPhrase) for piece in use.pieces[1:])
    from_to = alone and _is_from_to(first) and (before.rule is not None or _are_plural(before))
    next_one = first.sentence - last.sentence <= (2 if from_to else 1) and first.paragraph == last.paragraph
    if isinstance(first.phrase, ExceptPhrase):
        return next_one and (before.rule is not None or bool(before.days))
    if before.count is not None and len(before.pieces) == 1 and same and not use.rival:
        since = any(piece.leads & Mark.SINCE for piece in use.days)
        return use.rule is not None or (since and any(entry.bare_weekday for p in use.days for entry in p.entries))
    if use.rival or (before.clocks and use.clocks) or not next_one:
        return False
    if from_to and before.rule is None:
        return True
    if before.rule is not None and use.rule is None:
        bounds = bool(use.days) and all(_is_bound(piece) for piece in use.days)
        bounds = bounds and (same or not any(_is_bound(piece) for piece in before.days))
        fills = before.rule.open_weekdays and bool(use.days) and same
        periods = all(entry.is_period for piece in use.days for entry in piece.entries)
        return (bounds or fills) and (same or not use.clocks or periods)
    if use.rule is None and before.rule is None and same and before.days and use.days:
        ranged = all(_is_long(piece) and _is_bound(piece) for piece in before.days)
        return ranged and all(isinstance(p.phrase, DaysPhrase) and p.phrase.bare_weekdays for p in use.days)
    if use.rule is not None and before.rule is None and same:
        bounds = bool(before.days) and all(_is_bound(piece) for piece in before.days)
        return bounds or (use.rule.open_weekdays and bool(before.days))
    return False


def _are_plural(use: Use) -> bool:
    """Whether a use names weekdays alone, each of many: "Tuesdays 10 to 11.30"."""
    return bool(use.days) and all(entry.plural and entry.bare_weekday for piece in use.days for entry in piece.entries)


def _is_from_to(piece: Piece) -> bool:
    """Whether days stretch from one to another and are nothing else: "From 17 Sept till mid December."."""
    return _is_bound(piece) and bool(piece.leads & Mark.FROM) and piece.entries[0].until is not None


def _is_long(piece: Piece) -> bool:
    """Whether a range may hold a weekday more than once: not "the weekend of 11-12 April"."""
    first, last = piece.entries[0], piece.entries[0].until
    if last is None:
        return False
    days = (last.day or 0) - first.day if first.day is not None and last.day is not None else 0
    return not 0 < days < _WEEK or first.month not in (None, last.month)


def _is_bound(piece: Piece) -> bool:
    """Whether days bound a repetition: no deadlines, no weeks and months that tell of something else."""
    return (
        isinstance(piece.phrase, DaysPhrase)
        and piece.phrase.is_bound
        and not piece.leads & Mark.BEFORE
        and not _is_gone(piece)
    )


def _is_gone(piece: Piece) -> bool:
    """Whether days tell of earlier times: "comme l'an passé"."""
    return any(entry.gone or (entry.year_offset or 0) < 0 for entry in piece.entries)


def _hours_to_days(found: list[Use]) -> list[Use]:
    """Where a sentence has one use of days without hours and one of hours without days, they are one."""
    by_sentence: dict[int, list[Use]] = {}
    for use in found:
        if not use.closed:
            by_sentence.setdefault(use.pieces[0].sentence, []).append(use)
    gone: set[int] = set()
    for together in by_sentence.values():
        pairs = [together] if len(together) == 2 else _each_with_hours(together)
        for days, hours in pairs:
            if _belong(days, hours):
                days.pieces.extend(hours.pieces)
                gone.add(id(hours))
    return [use for use in found if id(use) not in gone]


def _each_with_hours(together: Sequence[Use]) -> list[tuple[Use, Use]]:
    """Pair days with the hours right behind them, where then all days of the sentence have hours of their own: "le 14
    et le 18 de 14 à 16h, et le 9 décembre mais de 13 à 15h"; behind the first, one end will do: "mais le 9 dès 13h"."""
    pairs = [
        (days, hours)
        for days, hours in pairwise(together)
        if (days.days or days.rule) and not days.clocks and hours.clocks and not (hours.days or hours.rule)
    ]
    alone = [use for use in together if (use.days or use.rule) and not use.clocks]
    whole = [clock.start is not None and clock.end is not None for _, hours in pairs for clock in hours.clocks]
    timed = any(use.clocks and (use.days or use.rule) for use in together)
    return pairs if whole and (all(whole) or whole[0] or timed) and len(alone) == len(pairs) else []


def _belong(first: Use, second: Use) -> bool:
    hours, days = (first, second) if not (first.days or first.rule) else (second, first)
    if hours.days or hours.rule or days.clocks or second.rival or not hours.clocks or not (days.days or days.rule):
        return False
    if first.pieces[-1].line != second.pieces[0].line:
        return False
    if any(piece.leads & Mark.BEFORE or _is_gone(piece) for piece in days.days):
        return False
    clock = hours.clocks[0]
    if clock.bounded:
        return clock.end is not None and days is first
    if clock.start is None and clock.end is not None:
        return days is first
    sure = not clock.loose or clock.led or clock.apart
    return clock.length is not None or (sure and (clock.start is not None or clock.part is not None))
