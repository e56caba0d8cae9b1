"""Why something was decided, for people: rules, values and dates in plain English, as `mailbot explain` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec.structs import fields

from mailbot.model.meaning import Meaning
from mailbot.model.objections import NotLent, Objection
from mailbot.model.reservation import Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Hours, Span


def of_use(use: Use, rules: Rules) -> str:
    """Return "free: 2 tonnelle, 13 June 2026"."""
    count = "" if isinstance(use.when, Span) else f"{use.quantity} "
    return f"free: {count}{use.resource}, {_worded(use.when, rules)}"


def of_objections(objections: Iterable[Objection], rules: Rules) -> tuple[str, ...]:
    """Return one line an objection: "taken: salle-polyvalente, 13 June 2026 14:00-18:00"."""
    return tuple(_of_objection(objection, rules) for objection in objections)


def of_doubts(request: Meaning) -> tuple[str, ...]:
    """Return one line a doubt: "read back first: hours of no use". The words themselves are the asker's."""
    return tuple(dict.fromkeys(f"read back first: {doubt.reading}" for doubt in request.doubts))


def _of_objection(objection: Objection, rules: Rules) -> str:
    if isinstance(objection, NotLent):  # its name is a word of the mail, and reasons are logged
        return "not lent: a thing that is asked for"
    kind = re.sub(r"(?<!^)(?=[A-Z])", " ", type(objection).__name__).lower()
    values = ((part.name, getattr(objection, part.name)) for part in fields(objection))
    told = ", ".join(_named(name, _worded(value, rules)) for name, value in values if name != "reason")
    return f"{kind}: {told}"


def _named(name: str, value: str) -> str:
    return value if name in ("resource", "when", "day", "days", "name") else f"{name} {value}"


def _worded(value: object, rules: Rules) -> str:
    match value:
        case Span():
            zone = rules.commune.zone
            start, end = value.start.astimezone(zone), value.end.astimezone(zone)
            until = f"{end:%H:%M}" if end.date() == start.date() else f"{_worded(end, rules)}"
            return f"{_worded(start, rules)}-{until}"
        case Days():
            last = "" if value.last == value.first else f" to {_worded(value.last, rules)}"
            return f"{_worded(value.first, rules)}{last}"
        case datetime():
            return f"{value.astimezone(rules.commune.zone):%-d %B %Y %H:%M}"
        case date():
            return f"{value:%-d %B %Y}"
        case timedelta():
            return f"{value.total_seconds() / 3600:g} h"
        case Hours():
            return f"{value.start // 60:02}:{value.start % 60:02}-{value.end // 60:02}:{value.end % 60:02}"
        case tuple():
            return ", ".join(_worded(one, rules) for one in value) or "none"
    return str(value)
