"""The College's list in words: a numbered line for each booking, with its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mailbot.model.to_staff import Listing, Ruled, Ruling
from mailbot.replies.names import capital
from mailbot.replies.phrases import one_line
from mailbot.replies.telling import Teller


class Line(Struct, frozen=True):
    number: int
    text: str
    who: str = ""
    """Who had said before what was decided."""


def listings(lines: Iterable[Listing], teller: Teller) -> tuple[Line, ...]:
    return tuple(Line(line.number, _text(line, teller)) for line in lines)


def rulings(ruled: Iterable[Ruled], teller: Teller) -> Mapping[str, tuple[Line, ...]]:
    """Return what came of each line, by what it was."""
    found: dict[str, tuple[Line, ...]] = {ruling.value: () for ruling in Ruling}
    for one in ruled:
        line = Line(one.listing.number, _text(one.listing, teller), one_line(one.who))
        found[one.ruling.value] = (*found[one.ruling.value], line)
    return found


def _text(line: Listing, teller: Teller) -> str:
    booking = line.reservation
    initiative = teller.rules.initiatives.get(booking.initiative or "")
    asker = booking.asker.name or booking.asker.address
    known = (initiative.name if initiative else "", asker, booking.subject and teller.phrases.quoted(booking.subject))
    reasons = booking.reserve.reasons if booking.reserve else ()
    return teller.format(
        "list",
        "listed",
        who=", ".join(dict.fromkeys(one_line(part) for part in known if part)),
        what=teller.besides(teller.booked(booking.uses or (booking.reserve.uses if booking.reserve else ()))),
        people=f", {teller.phrases.counted(booking.attendees, 'people')}" if booking.attendees else "",
        why=f". {capital(teller.phrases.listed(teller.needs(reasons)))}" if reasons else "",
        code=booking.code,
    )
