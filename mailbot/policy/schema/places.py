"""The sections of rules.yaml about places and things: counters, sites, keys, rooms, equipment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from mailbot.model.rules import (
    Counter,
    Equipment,
    Key,
    Room,
    Site,
    Week,
)
from mailbot.policy import notation
from mailbot.policy.form import Form, each, gathered, leaf, one_of, text
from mailbot.policy.outline import Branch, Leaf, Misread, Node, Slip, misread
from mailbot.policy.schema.fields import at_least, ids_of, read_quarters
from mailbot.policy.schema.known import Known


def read_counter(id: str, node: Node, known: Known) -> Counter:
    form = Form(node, id)
    holders = form.need("holder", each(one_of(known.holders, "no-holder"))) or ()
    counter = Counter(
        id=id,
        names=form.may("names", known.words, {}),
        place=form.need("place", known.words),
        holder=holders[0] if holders else "",
        beside=holders[1:],
        week=form.need("hours", _week),
        phone=form.may("phone", leaf(notation.read_phone), ""),
        open_on_public_holidays=form.may("open_on_public_holidays", leaf(notation.read_yes_no), False),
        closures=form.may("closures", known.closures, ()),
        deposit=form.may("deposit", known.words, {}),
        sign=form.may("sign", known.words, {}),
    )
    if counter.week is not None and not counter.week:
        form.say("never-open", "hours")
    form.close()
    return counter


def read_key(id: str, node: Node, known: Known) -> Key:
    form = Form(node, id)
    key = Key(
        id=id,
        counter=form.need("counter", one_of(known.counters, "no-counter")),
        copies=form.need("copies", at_least(1)),
        names=form.may("names", known.words, {}),
        deposit=form.may("deposit", known.words, {}),
        sign=form.may("sign", known.words, {}),
        report_return=form.may("report_return", leaf(notation.read_yes_no), False),
    )
    form.close()
    return key


def read_site(id: str, node: Node, known: Known) -> Site:
    form = Form(node, id)
    site = Site(
        id=id,
        names=form.need("names", known.names),
        address=form.need("address", known.words),
        geo=form.may("geo", leaf(notation.read_place), None),
        access=form.may("access", known.prose, {}),
        on_call=form.may("on_call", leaf(notation.read_phone), ""),
        plan=form.may("plan", _plan, ""),
        closures=form.may("closures", known.closures, ()),
    )
    form.close()
    return site


def _plan(node: Node) -> str:
    """Read the name of a file that can be opened anywhere, below the folder of rules.yaml."""
    name = text(node)
    if name.startswith(("/", "\\")) or ".." in name or not name.lower().endswith((".pdf", ".png", ".jpg", ".jpeg")):
        raise misread("plan", node, text=name)
    return name


def read_room(id: str, node: Node, known: Known) -> Room:
    form = Form(node, id)
    term = form.need("hours", _week)
    room = Room(
        id=id,
        names=form.need("names", known.names),
        site=form.need("site", one_of(known.sites, "no-site")),
        capacity=form.need("capacity", at_least(1)),
        term=term,
        holidays=form.may("holiday_hours", _week, term),
        key=form.may("key", one_of(known.keys, "no-key"), None),
        features=frozenset(form.may("features", ids_of(known.features, "no-feature"), ())),
        turnaround=form.may("turnaround", read_quarters, timedelta(0)),
        open_on_public_holidays=form.may("open_on_public_holidays", leaf(notation.read_yes_no), False),
        closures=form.may("closures", known.closures, ()),
        holiday_community=form.may("holiday_community", one_of(known.communities, "no-community"), None),
    )
    form.close()
    return room


def read_equipment(id: str, node: Node, known: Known) -> Equipment:
    form = Form(node, id)
    equipment = Equipment(
        id=id,
        names=form.need("names", known.names),
        stock=form.need("stock", at_least(0)),
        counter=form.need("counter", one_of(known.counters, "no-counter")),
        contents=form.may("contents", known.prose, {}),
        transport=form.may("transport", known.prose, {}),
        weight_kg=form.may("weight", leaf(notation.read_kilos), 0.0),
        days_between=form.may("days_between", leaf(notation.read_whole_days), 0),
        closures=form.may("closures", known.closures, ()),
        report_return=form.may("report_return", leaf(notation.read_yes_no), False),
        most_per_loan=form.may("most_per_loan", at_least(1), None),
    )
    form.close()
    return equipment


def _week(node: Node) -> Week:
    """Read opening hours: `{lu-ve: 8:00-22:00, sa: …}`, or one text for all days, such as "fermé"."""
    if isinstance(node, Leaf):
        hours = notation.read_hours(text(node))
        return {day: hours for day in range(7) if hours}
    if not isinstance(node, Branch):
        raise misread("week", node)
    try:
        weekdays = notation.read_weekdays([key.text for key, _ in node.entries])
    except Misread as error:
        raise Misread(*(Slip(s.kind, s.values, node.entries[_which(s)][0]) for s in error.slips)) from error
    _no_day_twice(node, weekdays)
    hours_of = gathered((value for _, value in node.entries), leaf(notation.read_hours))
    return {day: hours for days, hours in zip(weekdays, hours_of, strict=True) for day in days if hours}


def _which(slip: Slip) -> int:
    which = slip.values.get("which", 0)
    return which if isinstance(which, int) else 0


def _no_day_twice(node: Branch, weekdays: Iterable[tuple[int, ...]]) -> None:
    first: dict[int, str] = {}
    for (key, _), days in zip(node.entries, weekdays, strict=True):
        for day in days:
            if day in first:
                raise misread("weekday.twice", key, text=key.text, other=first[day])
            first[day] = key.text
