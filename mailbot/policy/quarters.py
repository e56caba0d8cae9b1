"""At the end of a quarter a series is asked about: does it go on? Silence, after two reminders, frees its dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End
from mailbot.model.meaning import Intent
from mailbot.model.notices import Notice
from mailbot.model.reservation import Act, Put, Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Days
from mailbot.model.to_askers import Freeing, GoesOn, Kept
from mailbot.policy.hours import ONE_DAY, is_quiet, local_day, whole
from mailbot.policy.matter import Matter
from mailbot.policy.reminders import SERIES, first_day, one_each, together, told

LETTERS = 3
"""The question and its two reminders."""
YES = "yes"


class Turn(Struct, frozen=True):
    """What was said so far about the end of a quarter: when each letter left, and whether they go on."""

    end: date
    asked: tuple[date, ...]
    goes_on: bool

    @classmethod
    def of(cls, reservation: Reservation, end: date) -> Turn:
        prefix = f"quarter:{end}:"
        said = [name.removeprefix(prefix) for name in reservation.told if name.startswith(prefix)]
        return cls(end, tuple(date.fromisoformat(day) for day in said if day != YES), YES in said)

    def name(self, what: object) -> str:
        return f"quarter:{self.end}:{what}"


def quarter_end(day: date) -> date:
    """Return the last day of the quarter that a day lies in."""
    month = (day.month - 1) // 3 * 3 + 4
    return date(day.year + month // 13, (month - 1) % 12 + 1, 1) - ONE_DAY


def ends_near(now: datetime, rules: Rules) -> tuple[date, ...]:
    """Return the ends of quarters about which series are asked now: the last one, for as long as its answers may be
    awaited, and the next, once it is near."""
    end = quarter_end(local_day(now, rules))
    last = quarter_end(end - timedelta(days=100))
    awaited = now < whole(Days(last, last), rules).end + rules.reminders.quarter
    return (*([last] if awaited else []), *([end] if now >= first_letter(end, rules) else []))


def first_letter(end: date, rules: Rules) -> datetime:
    return whole(Days(end, end), rules).end - rules.reminders.quarter


def quarters(series: Iterable[Reservation], now: datetime, rules: Rules) -> Decision:
    """Ask what goes on after this quarter, remind twice, then let its dates go."""
    ends = () if is_quiet(now, rules) else ends_near(now, rules)
    steps = (
        _next(reservation, end, now, rules)
        for reservation in series
        for end in ends
        if reservation.state is State.CONFIRMED and crosses(reservation, end, rules)
    )
    return together(one_each(step for step in steps if step))


def crosses(reservation: Reservation, end: date, rules: Rules) -> bool:
    """Return whether it is a series with dates before the end of a quarter and well after it: one that soon ends by
    itself needs no question."""
    days = {first_day(use, rules) for use in reservation.uses}
    return len(days) >= SERIES and min(days) <= end and max(days) > end + rules.reminders.quarter


def after(reservation: Reservation, end: date, rules: Rules) -> tuple[Use, ...]:
    return tuple(use for use in reservation.uses if first_day(use, rules) > end)


def _next(reservation: Reservation, end: date, now: datetime, rules: Rules) -> Decision | None:
    turn, today = Turn.of(reservation, end), local_day(now, rules)
    if today > end and not turn.asked:
        return None
    booked_since = reservation.settled is not None and reservation.settled >= first_letter(end, rules)
    due = not turn.asked or today >= turn.asked[-1] + rules.reminders.quarter_again
    if turn.goes_on or booked_since or not due:
        return None
    if len(turn.asked) >= LETTERS:
        gone = after(reservation, max(end, today), rules)
        return freed(reservation, gone, end, "nobody answered three letters") if gone else None
    left = LETTERS - len(turn.asked)
    until = today + left * rules.reminders.quarter_again
    content = GoesOn(reservation, after(reservation, end, rules), end, until, again=bool(turn.asked), last=left == 1)
    return told(reservation, turn.name(today), Act.REMIND, content, "does it go on?")


def freed(
    reservation: Reservation, gone: tuple[Use, ...], end: date, why: str, by: str = "", mail: str = ""
) -> Decision:
    """Let dates after the end of the quarter go, and tell the asker."""
    kept = tuple(use for use in reservation.uses if use not in gone)
    then = replace(
        reservation, uses=kept, version=reservation.version + 1, sequence=reservation.sequence + 1, settled=None
    )
    notice = Notice(reservation.asker, (reservation.language,), Freeing(then, gone, end), answers=bool(mail))
    put = Put(reservation, then, Act.CHANGE, why, by, mail)
    because = f"{reservation.code}: freed after {end}, {why}"
    return Decision(End.ANSWERED, (because,), (put,), (notice,), reservation.code)


def goes_on(matter: Matter) -> Decision | None:
    """Return what follows from the answer to our question whether a series goes on; None where that was not asked."""
    conversation, meaning = matter.conversation, matter.meaning
    if matter.facts.answered != GoesOn.template or conversation is None or conversation.state is not State.CONFIRMED:
        return None
    ends = sorted({name.split(":")[1] for name in conversation.told if name.startswith("quarter:")})
    end = date.fromisoformat(ends[-1]) if ends else local_day(matter.facts.now, matter.rules)
    gone = after(conversation, max(end, local_day(matter.facts.now, matter.rules)), matter.rules)
    if not ends or not gone:
        return None
    if meaning.intent is Intent.ACCEPT:
        name = Turn.of(conversation, end).name(YES)
        put = matter.step(matter.reservation(told=(*conversation.told, name)), Act.NOTE, "it goes on")
        return matter.answered(Kept(put.after, gone, end), "it goes on", puts=(put,))
    if meaning.intent not in (Intent.DECLINE, Intent.CANCEL) or meaning.items:
        return None
    if not (matter.facts.owner_answers or matter.facts.sender.proven):
        return matter.handed("change", "does not go on, and it is not clear who says so")
    by, mail = matter.facts.sender.address.address, matter.facts.message_id
    decision = freed(conversation, gone, end, "it does not go on", by, mail)
    return replace(decision, notices=tuple(matter.letter(notice.content) for notice in decision.notices))
