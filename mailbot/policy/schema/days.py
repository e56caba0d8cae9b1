"""The sections of rules.yaml about days: parts of the day, school holidays, public holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mailbot.model.meaning import Language
from mailbot.model.rules import (
    Closure,
    Words,
)
from mailbot.model.spans import Hours
from mailbot.policy import notation
from mailbot.policy.form import Form, each, leaf, listed, text
from mailbot.policy.outline import Misread, Node, misread
from mailbot.policy.public_holidays import belgian_holidays, each_year
from mailbot.policy.schema.known import Known

DAY_PARTS = ("morning", "midday", "afternoon", "evening", "day")


def read_day_parts(node: Node) -> Mapping[str, Hours]:
    form = Form(node, "day_parts")
    parts = {name: form.need(name, _one_range) for name in DAY_PARTS}
    form.close()
    return parts


def _one_range(node: Node) -> Hours:
    ranges = notation.read_hours(text(node))
    if len(ranges) != 1:
        raise misread("hours", node, text=text(node))
    return ranges[0]


def read_school_holidays(node: Node, known: Known) -> Mapping[Language, tuple[Closure, ...]]:
    """Read, for each community, its holidays: their name is the reason of the closure."""
    form = Form(node, "school_holidays")
    holidays = {
        community: form.may(community, each(lambda part: _named_days(part, known)), ()) for community in known.languages
    }
    form.close()
    return {community: found for community, found in holidays.items() if found}


def _named_days(node: Node, known: Known) -> Closure:
    form = Form(node)
    closure = Closure(days=form.need("days", leaf(notation.read_days)), reason=form.need("name", known.words))
    form.close()
    return closure


def read_public_holidays(node: Node, known: Known) -> Mapping[date, Words]:
    """Return those of Belgium, with days added and removed."""
    form = Form(node, "public_holidays")
    added = form.may("add", each(lambda part: _added_holiday(part, known)), ())
    removed = form.may("remove", listed(_dates), ())
    form.close()
    gone = {day for days in removed for day in days}
    kept = {day: names for day, names in belgian_holidays().items() if day not in gone}
    return dict(sorted((kept | {day: names for days, names in added for day in days}).items()))


def _added_holiday(node: Node, known: Known) -> tuple[set[date], Words]:
    form = Form(node)
    found = form.need("day", leaf(_dates)), form.need("name", known.words)
    form.close()
    return found


def _dates(written: str) -> set[date]:
    """Return a date alone, or the same day of all years for "27/09"."""
    try:
        return each_year([notation.read_yearly(written)])
    except Misread:
        return set(notation.read_days(written))
