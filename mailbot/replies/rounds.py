"""A key-holder's list: what passes over their counters, day by day, in lines that a phone shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.rules import Holder
from mailbot.model.to_key_holders import Change, Digest, Direction, Passing
from mailbot.replies.names import capital
from mailbot.replies.phrases import one_line
from mailbot.replies.telling import Teller


class Line(Struct, frozen=True):
    """One passing in words. `when` has the day, `hours` has not."""

    number: int
    back: bool
    when: str
    hours: str
    counter: str
    load: str
    who: str
    deed: str
    """What is to be done with it, in capitals."""
    cancelled: bool = False
    altered: bool = False
    reminded: str = ""
    """Of what is late: how often the borrower was reminded, in words."""
    said_back: bool = False


class Section(Struct, frozen=True):
    """The lines of one day."""

    title: str
    lines: tuple[Line, ...]


class Round(Struct, frozen=True):
    """A whole list. `instead_of` names the key-holder where a stand-in reads it; `totals` are what a subject says."""

    totals: tuple[str, ...]
    instead_of: str
    late: tuple[Line, ...]
    sections: tuple[Section, ...]
    changed: tuple[Line, ...]
    first_out: int = 0
    """Number of the first line that goes out, and of the first that comes back, to show how they are answered; 0 where
    there is none."""
    first_back: int = 0
    silence: bool = False
    """Whether something comes back that counts as returned without a word."""
    steward: bool = False
    """Whether its reader looks after the things themselves, and stands at no counter."""
    stand_in: str = ""
    """Who gets the list where the key-holder is absent."""


def round_of(digest: Digest, teller: Teller, reader: str) -> Round:
    """Return a digest in words. `reader` is the address of who reads it."""
    holder = teller.rules.holders.get(digest.holder)
    numbered = tuple(_numbered([*digest.late, *_in_order(digest.lines)]))
    late, lines = numbered[: len(digest.late)], numbered[len(digest.late) :]
    return Round(
        totals=tuple(_totals(digest, teller)),
        instead_of=one_line(holder.name) if holder and holder.address.lower() != reader else "",
        late=tuple(_line(number, passing, teller) for number, passing in late),
        sections=tuple(_sections(digest, lines, teller)),
        changed=changes(digest.changed, teller),
        first_out=_first(numbered, Direction.OUT),
        first_back=_first(numbered, Direction.BACK),
        silence=any(
            passing.direction is Direction.BACK and _is_closed_by_silence(passing, teller) for _, passing in lines
        ),
        steward=bool(holder and holder.things),
        stand_in=_stand_in(holder, teller) if holder and holder.address.lower() == reader else "",
    )


def _first(numbered: Iterable[tuple[int, Passing]], direction: Direction) -> int:
    mine = (number for number, passing in numbered if passing.direction is direction and not passing.giver)
    return next(mine, 0)


def _is_closed_by_silence(passing: Passing, teller: Teller) -> bool:
    rules = teller.rules
    keys = (rules.keys[key] for key, _ in passing.keys if key in rules.keys)
    goods = (rules.equipment[thing] for thing, _ in passing.goods if thing in rules.equipment)
    return not (any(key.report_return for key in keys) or any(thing.report_return for thing in goods))


def _stand_in(holder: Holder, teller: Teller) -> str:
    other = teller.rules.holders.get(holder.stand_in or "")
    return one_line(other.name) if other else ""


def changes(changed: Sequence[Change], teller: Teller) -> tuple[Line, ...]:
    """Return what is new since the last list, soonest first."""
    ordered = sorted(changed, key=lambda change: change.passing.opening)
    return tuple(
        replace(_line(0, change.passing, teller), cancelled=change.cancelled, altered=change.altered)
        for change in ordered
    )


def lines_of(passings: Iterable[Passing], teller: Teller) -> tuple[Line, ...]:
    """Return passings as lines, with the numbers that they have."""
    return tuple(_line(passing.number, passing, teller) for passing in passings)


def _in_order(passings: Iterable[Passing]) -> list[Passing]:
    return sorted(passings, key=lambda passing: (passing.opening, passing.counter, passing.direction, passing.number))


def _numbered(passings: Iterable[Passing]) -> Iterable[tuple[int, Passing]]:
    return ((passing.number or place, passing) for place, passing in enumerate(passings, start=1))


def _totals(digest: Digest, teller: Teller) -> Iterable[str]:
    lines = [passing for passing in digest.lines if not passing.giver]
    going = sum(passing.direction is Direction.OUT for passing in lines)
    for number, what in ((going, "out"), (len(lines) - going, "back"), (len(digest.late), "late")):
        if number:
            yield teller.phrases.counted(number, what)


def _sections(digest: Digest, lines: Iterable[tuple[int, Passing]], teller: Teller) -> Iterable[Section]:
    for day, of_day in groupby(lines, key=lambda line: teller.phrases.local_day(line[1].opening)):
        title = teller.phrases.near_day(day, digest.day)
        yield Section(title, tuple(_line(number, passing, teller) for number, passing in of_day))


def _line(number: int, passing: Passing, teller: Teller) -> Line:
    say, opening = teller.phrases, passing.opening
    asker = passing.asker.name or passing.asker.address
    who = [passing.initiative, asker, passing.phone]
    if passing.comes:
        comes = one_line(passing.comes.name) or teller.format("list", "somebody")
        who = [teller.format("list", "comes", name=comes, asker=one_line(asker)), passing.comes.phone or passing.phone]
    marks = [teller.format("list", mark) for mark in ("reserved", "unreached") if getattr(passing, mark)]
    back = passing.direction is Direction.BACK
    line = Line(
        number=number,
        back=back,
        when=f"{say.short_day(say.local_day(opening))}, {say.hours(opening, 'short')}",
        hours=say.hours(opening, "short"),
        counter=teller.short_place(passing.counter),
        load=say.listed([*_keys(passing, teller), *(teller.thing(each, units) for each, units in passing.goods)]),
        who=f"{', '.join(one_line(part) for part in who if part)} ({passing.code}){''.join(marks)}.",
        deed=teller.format("list", "take_back" if back else "hand_out"),
        reminded=say.counted(passing.reminded, "reminders") if passing.reminded else "",
        said_back=passing.said_back,
    )
    return _between_them(line, passing, teller) if passing.giver else line


def _between_them(line: Line, passing: Passing, teller: Teller) -> Line:
    """Return the line of what passes directly: until when, from whom, and that nobody is needed at the counter."""
    assert passing.giver
    giver = [passing.giver.name or passing.giver.address or teller.format("list", "somebody"), passing.giver.phone]
    told = ", ".join(one_line(part) for part in giver if part)
    until = teller.format("list", "until", moment=teller.phrases.moment(passing.opening.end))
    return replace(
        line,
        when=until,
        hours=until,
        counter=teller.format("list", "directly"),
        who=capital(teller.format("list", "between", giver=told, taker=line.who)),
        deed=teller.format("list", "pass_on"),
    )


def _keys(passing: Passing, teller: Teller) -> Iterable[str]:
    rooms = teller.phrases.listed(teller.name(room) for room in passing.rooms)
    return (teller.key_copy(key, copy, rooms) for key, copy in passing.keys)
