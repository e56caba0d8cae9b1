"""Why something is not possible: a sentence for each class of objections, with the article it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailbot.model import decision as d
from mailbot.model.spans import Days, Span
from mailbot.replies.bookings import Bookings
from mailbot.replies.names import capital, sentence

_ARTICLES: Mapping[str, str] = {"taken": "order", "no-key": "order"}
"""Objections that rest on the order of arrival, where they have no article of their own."""


class Reasons(Bookings):
    """Tells of objections."""

    def objections(self, objections: Sequence[d.Objection]) -> tuple[str, ...]:
        """Return why it is not possible, a line each: what is taken on many dates is one line."""
        lines: list[str] = []
        gathered: dict[tuple[type, str], list[Span | Days]] = {}
        for objection in objections:
            if isinstance(objection, d.Taken | d.NoKey | d.NoOpening):
                gathered.setdefault((type(objection), objection.resource), []).append(objection.when)
        for objection in objections:
            if isinstance(objection, d.Taken | d.NoKey | d.NoOpening):
                whens = gathered.pop((type(objection), objection.resource), None)
                if whens is None:
                    continue
                line = self._elsewhere_needed(objection, self.occasions(whens))
            else:
                line = self._objection(objection)
            lines.append(sentence(line + self.article(objection)))
        return tuple(dict.fromkeys(capital(line) for line in lines))

    def article(self, objection: d.Objection) -> str:
        """Return the rule or article that an objection rests on, in brackets, or nothing."""
        kind = kind_of(objection)
        words = self.rules.articles.get(kind) or self.rules.articles.get(_ARTICLES.get(kind, ""))
        return self.format("objections", "article", article=self.text(words)) if words else ""

    def _elsewhere_needed(self, objection: d.Taken | d.NoKey | d.NoOpening, when: str) -> str:
        counter = "" if isinstance(objection, d.Taken) else self.short_place(objection.counter)
        form = kind_of(objection).replace("-", "_")
        return self.format("objections", form, thing=self.name(objection.resource), when=when, counter=counter)

    def _objection(self, objection: d.Objection) -> str:
        form, parts = self._objection_parts(objection)
        return self.format("objections", form, **parts)

    def _objection_parts(self, objection: d.Objection) -> tuple[str, Mapping[str, object]]:
        """Return which sentence of the table `objections` it is, and what fills it."""
        p = self.phrases
        match objection:
            case d.InThePast(day):
                return "in_the_past", {"day": p.day(day)}
            case d.TooLate(earliest):
                return "too_late", {"earliest": p.moment(earliest)}
            case d.TooFar(latest):
                return "too_far", {"latest": p.day(latest)}
            case d.TooLong(longest):
                return "too_long", {"longest": p.length(longest)}
            case d.LoanTooLong(longest):
                return "loan_too_long", {"longest": p.counted(longest, "days")}
            case d.OutsideHours(resource, day, ()):
                return "closed_day", {"thing": self.name(resource), "day": p.day(day)}
            case d.OutsideHours(resource, day, hours):
                return "outside_hours", {
                    "thing": self.name(resource),
                    "day": p.day(day),
                    "hours": p.opening_hours(hours),
                }
            case d.Closed(resource, days, reason):
                form = "closed_because" if self.text(reason) else "closed"
                return form, {"thing": self.name(resource), "days": p.days(days), "reason": self.text(reason)}
            case d.TooManyPeople(resource, capacity, asked):
                return "too_many_people", {"thing": self.name(resource), "capacity": capacity, "asked": asked}
            case d.ShortStock(resource, asked, free, days):
                name = self.name(resource)
                return "short_stock" if free else "none_left", {
                    "asked": p.quantity(asked, name),
                    "free": free,
                    "thing": p.plural(name),
                    "days": p.days(days),
                }
            case d.TooManyBookings(limit):
                return "too_many_bookings", {"limit": limit}
            case d.TooManyHours(limit, week):
                return "too_many_hours", {"hours": p.counted(limit, "hours"), "week": p.day(week)}
            case d.NotLent(name):
                return "not_lent", {"name": p.quoted(name)}
        raise TypeError(f"no sentence for {objection!r}")


def kind_of(objection: d.Objection) -> str:
    """Return an objection's kind as rules.yaml names it: `TooLate` is too-late."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(objection).__name__).lower()
