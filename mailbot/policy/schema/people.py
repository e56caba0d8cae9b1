"""The sections of rules.yaml about people: the commune, its staff, key-holders, stewards, managers, initiatives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from mailbot.model.letters import Address
from mailbot.model.rules import (
    Commune,
    Holder,
    Initiative,
    Manager,
    Staff,
    is_of,
)
from mailbot.model.zones import changes_with_europe
from mailbot.policy import notation
from mailbot.policy.form import Form, each, leaf, listed, one_of, text
from mailbot.policy.outline import Node, misread
from mailbot.policy.schema.fields import ids_of, read_one_weekday, read_weekdays, table
from mailbot.policy.schema.known import LANGUAGES, Known, read_languages


def read_commune(node: Node) -> Commune:
    form = Form(node, "commune")
    languages = form.need("languages", read_languages) or LANGUAGES
    words = Known(languages, (), (), (), (), (), (), (), (), ()).words
    commune = Commune(
        names=form.need("names", words),
        service=form.need("service", words),
        mailbox=form.need("mailbox", _mailbox),
        phone=form.need("phone", leaf(notation.read_phone)),
        phone_hours=form.may("phone_hours", words, {}),
        zone=form.need("timezone", _zone),
        languages=languages,
        privacy=form.may("privacy", words, {}),
    )
    form.close()
    return commune


def _mailbox(node: Node) -> Address:
    """Read `Name <address>` or an address alone."""
    written = text(node)
    found = re.fullmatch(r"(?:(?P<name>[^<>]*?)\s*<(?P<inside>[^<>]+)>|(?P<alone>[^<>\s]+))", written)
    if not found:
        raise misread("address", node, text=written)
    address = notation.read_address(found["inside"] or found["alone"])
    return Address((found["name"] or "").strip('"'), address)


def _zone(node: Node) -> ZoneInfo:
    name = text(node)
    try:
        zone = ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: a name that is a folder, or no file name
        raise misread("zone", node, text=name) from error
    if not changes_with_europe(zone):
        raise misread("zone-elsewhere", node, text=name)
    return zone


def read_staff(node: Node) -> tuple[Staff, ...]:
    staff = each(_staff)(node)
    if not staff:
        raise misread("no-staff", node)
    return staff


def _staff(node: Node) -> Staff:
    form = Form(node, "staff")
    staff = Staff(
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(LANGUAGES, "language")),
    )
    form.close()
    return staff


def _holder(id: str, node: Node, known: Known) -> Holder:
    form = Form(node, id)
    holder = Holder(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        phone=form.may("phone", leaf(notation.read_phone), ""),
        digest_at=form.may("digest_at", leaf(notation.read_clock), time(6, 45)),
        working_days=form.may("working_days", read_weekdays, frozenset(range(5))),
        absences=form.may("absences", each(leaf(notation.read_days)), ()),
        stand_in=form.may("stand_in", one_of(known.holders, "no-holder"), None),
        empty_digest=form.may("empty_digest", leaf(notation.read_yes_no), True),
    )
    if holder.stand_in == id:
        form.say("own-stand-in", "stand_in")
    form.close()
    return holder


def _steward(id: str, node: Node, known: Known) -> Holder:
    """Read who looks after some equipment: without `things`, after all of it."""
    form = Form(node, id)
    steward = Holder(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        phone=form.may("phone", leaf(notation.read_phone), ""),
        digest_at=form.may("digest_at", leaf(notation.read_clock), time(7)),
        working_days=form.may("working_days", read_weekdays, frozenset(range(5))),
        empty_digest=False,
        things=frozenset(form.may("things", ids_of(known.equipment, "no-thing"), known.equipment)),
        sets_limits=form.may("sets_limits", leaf(notation.read_yes_no), False),
    )
    if id in known.holders:
        form.say("same-person", "name")
    form.close()
    return steward


def read_holders(form: Form, known: Known) -> Mapping[str, Holder]:
    """Read all who get lists: those who stand at counters, and stewards."""
    holders = form.need("key_holders", table(_holder, known)) or {}
    return {**holders, **form.may("stewards", table(_steward, known), {})}


def read_manager(id: str, node: Node, known: Known) -> Manager:
    form = Form(node, id)
    manager = Manager(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        sites=form.need("sites", ids_of(known.sites, "no-site")),
        plan_day=form.may("plan_day", read_one_weekday, 0),
        plan_at=form.may("plan_at", leaf(notation.read_clock), time(7)),
    )
    if id in known.holders or id == "staff":
        form.say("same-person", "name")
    form.close()
    return manager


def read_initiative(id: str, node: Node, known: Known) -> Initiative:
    form = Form(node, id)
    initiative = Initiative(
        id=id,
        name=form.need("name", text),
        addresses=form.need("addresses", listed(notation.read_address_or_domain)),
        language=form.may("language", one_of(known.languages, "language"), None),
        contact=form.may("contact", leaf(notation.read_address), ""),
    )
    if initiative.contact and not (initiative.addresses is None or is_of(initiative.contact, initiative.addresses)):
        form.say("no-contact", "contact", text=initiative.contact)
    form.close()
    return initiative
