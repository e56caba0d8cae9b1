"""Why something is not possible: a sentence for each class of objections, with the article it rests on."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence

from mailbot.model.objections import (
    BeforeCollege,
    Closed,
    InThePast,
    LoanTooLong,
    NoKey,
    NoOpening,
    NotAgreed,
    NotLent,
    Objection,
    OutsideHours,
    ShortStock,
    Taken,
    TooFar,
    TooLate,
    TooLong,
    TooManyBookings,
    TooManyHours,
    TooManyOptions,
    TooManyPeople,
    TooManyUnits,
    beyond_stock,
    may_be_freed,
)
from mailbot.replies.bookings import Bookings
from mailbot.replies.names import capital, sentence

_ARTICLES: Mapping[str, str] = {"taken": "order", "no-key": "order"}
"""Objections that rest on the order of arrival, where they have no article of their own."""


class Reasons(Bookings, frozen=True):
    """Tells of objections."""

    def objections(self, objections: Sequence[Objection]) -> tuple[str, ...]:
        """Return why it is not possible, a line each: what is taken, or closed at that hour, on many dates is one."""
        alike: dict[Hashable, list[Objection]] = {}
        for number, objection in enumerate(objections):
            alike.setdefault(_kept_together(objection) or number, []).append(objection)
        lines = (self._together(group) + self.article(group[0]) for group in alike.values())
        return tuple(dict.fromkeys(capital(sentence(line)) for line in lines))

    def _together(self, group: Sequence[Objection]) -> str:
        first = group[0]
        if isinstance(first, Taken | NoKey | NoOpening):
            whens = [one.when for one in group if isinstance(one, Taken | NoKey | NoOpening)]
            return self._elsewhere_needed(first, self.occasions(whens))
        days = sorted({one.day for one in group if isinstance(one, OutsideHours)})
        if isinstance(first, OutsideHours) and len(days) > 1:
            form, dates = "outside_hours_often" if first.open else "closed_days", self.phrases.dates(days)
            hours = self.phrases.opening_hours(first.open) if first.open else ""
            return self.format("objections", form, thing=self.name(first.resource), dates=dates, hours=hours)
        return self._objection(first)

    def needs(self, reasons: Sequence[str]) -> tuple[str, ...]:
        """Return why something needs a person's yes, in the words of the rules."""
        return tuple(self.text(self.rules.why_asked(reason)) or reason for reason in reasons)

    def waitable(self, objections: Sequence[Objection]) -> bool:
        """Return whether others have it, so that waiting makes sense."""
        return may_be_freed(objections, self.rules)

    def article(self, objection: Objection) -> str:
        """Return the rule or article that an objection rests on, in brackets, or nothing."""
        return self.article_of(kind_of(objection))

    def article_of(self, kind: str) -> str:
        """Return the rule or article that a kind of refusal rests on, in brackets, or nothing."""
        words = self.rules.articles.get(kind) or self.rules.articles.get(_ARTICLES.get(kind, ""))
        return self.format("objections", "article", article=self.text(words)) if words else ""

    def _elsewhere_needed(self, objection: Taken | NoKey | NoOpening, when: str) -> str:
        counter = "" if isinstance(objection, Taken) else self.short_place(objection.counter)
        form = kind_of(objection).replace("-", "_")
        return self.format("objections", form, thing=self.name(objection.resource), when=when, counter=counter)

    def _objection(self, objection: Objection) -> str:
        form, parts = self._objection_parts(objection)
        return self.format("objections", form, **parts)

    def _objection_parts(self, objection: Objection) -> tuple[str, Mapping[str, object]]:
        """Return which sentence of the table `objections` it is, and what fills it."""
        p = self.phrases
        match objection:
            case InThePast(day):
                return "in_the_past", {"day": p.day(day)}
            case TooLate(earliest):
                return "too_late", {"earliest": p.moment(earliest)}
            case TooFar(latest):
                return "too_far", {"latest": p.day(latest)}
            case TooLong(longest):
                return "too_long", {"longest": p.length(longest)}
            case LoanTooLong(longest):
                return "loan_too_long", {"longest": p.counted(longest, "days")}
            case OutsideHours(resource, day, ()):
                return "closed_day", {"thing": self.name(resource), "day": p.day(day)}
            case OutsideHours(resource, day, hours):
                return "outside_hours", {
                    "thing": self.name(resource),
                    "day": p.day(day),
                    "hours": p.opening_hours(hours),
                }
            case Closed(resource, when, reason):
                form = "closed_because" if self.text(reason) else "closed"
                return form, {"thing": self.name(resource), "days": p.when(when), "reason": self.text(reason)}
            case TooManyPeople(resource, capacity, asked):
                return "too_many_people", {"thing": self.name(resource), "capacity": capacity, "asked": asked}
            case ShortStock(resource, asked, free, days):
                name = self.name(resource)
                form = "short_stock" if free else "none_of_few" if beyond_stock(objection, self.rules) else "none_left"
                thing = self.rules.equipment.get(resource)
                return form, {
                    "asked": p.quantity(asked, name),
                    "free": free,
                    "stock": thing.stock if thing else 0,
                    "thing": p.plural(name),
                    "days": p.days(days),
                }
            case TooManyUnits(resource, limit, asked):
                name = self.name(resource)
                return "too_many_units", {"asked": p.quantity(asked, name), "most": limit}
            case TooManyBookings(limit):
                return "too_many_bookings", {"limit": limit}
            case TooManyHours(limit, week):
                return "too_many_hours", {"hours": p.counted(limit, "hours"), "week": p.day(week)}
            case TooManyOptions(limit):
                return "too_many_options", {"limit": limit}
            case BeforeCollege(earliest):
                return "before_college", {"earliest": p.day(earliest)}
            case NotAgreed(resource, when):
                return "not_agreed", {"thing": self.name(resource), "when": p.when(when)}
            case NotLent(name):
                return "not_lent", {"name": p.quoted(name)}
        raise TypeError(f"no sentence for {objection!r}")


def _kept_together(objection: Objection) -> Hashable:
    """Return what objections share that are told in one line, or nothing."""
    match objection:
        case Taken(resource) | NoKey(resource) | NoOpening(resource):
            return type(objection), resource
        case OutsideHours(resource, _, hours):
            return type(objection), resource, hours
    return None


def kind_of(objection: Objection) -> str:
    """Return an objection's kind as rules.yaml names it: `TooLate` is too-late."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(objection).__name__).lower()
