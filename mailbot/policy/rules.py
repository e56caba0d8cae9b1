"""rules.yaml becomes Rules, or a list of all that does not hold; and the rules in force while people edit the file.

Why the schema is these functions and not pydantic: what a person must hear (line, column, a sentence in their language,
a guess at what was meant) would have to be put back onto each of its errors, the dataclasses of the model would be
said twice, and its import alone takes longer than reading the file may.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import TypeVar, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from mailbot.errors import BadRules
from mailbot.model.addresses import one_form
from mailbot.model.decision import Objection
from mailbot.model.letters import Address
from mailbot.model.meaning import ANY_ROOM, SAME, UNKNOWN, Language
from mailbot.model.rules import (
    KINDS,
    Approvals,
    AtDeadline,
    Closure,
    College,
    Commune,
    Counter,
    Equipment,
    Handovers,
    Holder,
    Initiative,
    Key,
    Letting,
    Limits,
    Manager,
    Names,
    NeedsApproval,
    Reminders,
    Retention,
    Room,
    Rules,
    Site,
    Staff,
    Supervision,
    UnknownSender,
    UnprovenBookings,
    UseBefore,
    Week,
    Words,
    is_of,
)
from mailbot.model.spans import Hours
from mailbot.policy import notation
from mailbot.policy.faults import worded
from mailbot.policy.form import Form, closest, each, field_name, gathered, leaf, listed, one_of, plain, prose, text
from mailbot.policy.outline import Branch, Leaf, Misread, Node, Slip, misread, outline
from mailbot.policy.public_holidays import belgian_holidays, each_year

log = logging.getLogger(__name__)
T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

DAY_PARTS = ("morning", "midday", "afternoon", "evening", "day")
LANGUAGES = ("fr", "nl", "en")
"""Those that have a lexicon and templates."""


def load(path: Path, language: Language = "en") -> Rules:
    """Return the rules of the file. Raises BadRules with all faults at once, worded in `language`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadRules(
            str(path), worded([Slip("file.unreadable", {"text": error.strerror or ""})], language)
        ) from error
    return parse(raw, str(path), language)


def parse(raw: bytes, name: str = "rules.yaml", language: Language = "en") -> Rules:
    """Return the rules that these bytes hold. Raises BadRules."""
    try:
        return _rules(outline(raw), _version(raw))
    except Misread as error:
        raise BadRules(name, worded(error.slips, language)) from error


class RulesFile:
    """The rules in force: those of the file, as long as the file holds; otherwise the last that held.

    `on_fault` is called once for each version of the file that does not hold; `rejected` keeps what was wrong with it
    until a version holds again.
    """

    def __init__(
        self, path: Path, language: Language = "en", on_fault: Callable[[BadRules], None] | None = None
    ) -> None:
        """Read the file. Raises BadRules: there are no older rules to keep."""
        self._path = path
        self._language = language
        self._on_fault = on_fault
        self._lock = Lock()
        self._stamp = _stamp(path)
        self._rules = load(path, language)
        self._seen = self._rules.version
        self.rejected: BadRules | None = None

    def current(self) -> Rules:
        """Return the rules in force. The file is read again only where its times or size changed."""
        with self._lock:
            stamp = _stamp(self._path)
            fresh = self._reread() if stamp != self._stamp else None
            self._stamp = stamp
            rules = self._rules
        if fresh and self._on_fault:
            self._on_fault(fresh)
        return rules

    def _reread(self) -> BadRules | None:
        """Take the file's rules if they hold; return what is wrong with a version that was not seen before."""
        try:
            before, self._seen = self._seen, ""
            raw = _bytes_of(self._path, self._language)
            self._seen = _version(raw)
            if self._seen == before:
                return None
            self._rules, self.rejected = parse(raw, str(self._path), self._language), None
        except BadRules as error:
            self.rejected = error
            log.warning("rules do not hold", extra={"faults": len(error.faults), "kept": self._rules.version})
            return error
        log.info("rules in force", extra={"version": self._rules.version})
        return None


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is written, or nothing where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _version(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:12]


def _bytes_of(path: Path, language: Language) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        slip = Slip("file.unreadable", {"text": error.strerror or ""})
        raise BadRules(str(path), worded([slip], language)) from error


# --- the file, section by section


class _Known(Struct, frozen=True):
    """What other sections name: told before they are read, so that one fault does not make others."""

    languages: tuple[Language, ...]
    holders: tuple[str, ...]
    counters: tuple[str, ...]
    sites: tuple[str, ...]
    keys: tuple[str, ...]
    features: tuple[str, ...]
    communities: tuple[str, ...]
    equipment: tuple[str, ...]
    rooms: tuple[str, ...]
    initiatives: tuple[str, ...]

    def words(self, node: Node) -> Words:
        """Read a line in each language; one alone is in the first language."""
        return self._texts(node, text)

    def prose(self, node: Node) -> Words:
        """Read a text of some lines in each language; one alone is in the first language."""
        return self._texts(node, prose)

    def _texts(self, node: Node, read: Callable[[Node], str]) -> Words:
        if isinstance(node, Leaf):
            return {self.languages[0]: read(node)}
        return _by_language(node, self.languages, read)

    def names(self, node: Node) -> Names:
        """Read all names of a thing in each language."""
        return _by_language(node, self.languages, listed(str))

    def closures(self, node: Node) -> tuple[Closure, ...]:
        return each(self.closure)(node)

    def closure(self, node: Node) -> Closure:
        if isinstance(node, Leaf):
            return Closure(leaf(notation.read_days)(node))
        form = Form(node)
        closure = Closure(
            days=form.need("days", leaf(notation.read_days)),
            reason=form.may("reason", self.words, {}),
        )
        form.close()
        return closure


def _rules(root: Branch, version: str) -> Rules:
    form = Form(root, "rules.yaml")
    known = _known(root)
    holidays = form.may("public_holidays", lambda node: _public_holidays(node, known), belgian_holidays())
    rules = Rules(
        commune=form.need("commune", _commune),
        staff=form.need("staff", _all_staff),
        holders=_people(form, known),
        counters=form.need("counters", _table(_counter, known)),
        sites=form.need("sites", _table(_site, known)),
        keys=form.need("keys", _table(_key, known)),
        rooms=form.need("rooms", _table(_room, known)),
        equipment=form.need("equipment", _table(_equipment, known)),
        day_parts=form.need("day_parts", _day_parts),
        limits=form.need("limits", _limits),
        initiatives=form.may("initiatives", _table(_initiative, known), {}),
        unknown_senders=form.need("unknown_senders", _choice(UnknownSender)),
        unproven_bookings=form.may("unproven_bookings", _choice(UnprovenBookings), UnprovenBookings.ALLOWED),
        closures=form.may("closures", known.closures, ()),
        public_holidays=holidays,
        school_holidays=form.need("school_holidays", lambda node: _school_holidays(node, known)),
        answers=form.may("answers", _table(_prose_of, known), {}),
        feature_names=form.may("features", _table(_words_of, known), {}),
        managers=form.may("site_managers", _table(_manager, known), {}),
        articles=form.may("articles", lambda node: _articles(node, known), {}),
        banners=form.may("banners", each(text), ()),
        reminders=form.may("reminders", _reminders, Reminders()),
        retention=form.may("retention", _retention, Retention()),
        handovers=form.may("handed_to_staff", _handovers, Handovers()),
        supervision=form.may("supervision", _supervision, Supervision()),
        approvals=form.may("approvals", lambda node: _approvals(node, known), Approvals()),
        college=form.may("college", lambda node: _college(node, known), College()),
        version=version,
    )
    _unlike(form, root)
    form.close()
    return rules


def _people(form: Form, known: _Known) -> Mapping[str, Holder]:
    """Read all who get lists: those who stand at counters, and stewards."""
    holders = form.need("key_holders", _table(_holder, known)) or {}
    return {**holders, **form.may("stewards", _table(_steward, known), {})}


def _known(root: Branch) -> _Known:
    sections = {field_name(key.text): node for key, node in root.entries}

    def ids(section: str) -> tuple[str, ...]:
        node = sections.get(section)
        return tuple(key.text for key, _ in node.entries) if isinstance(node, Branch) else ()

    return _Known(
        languages=_languages_of(sections.get("commune")),
        holders=ids("key_holders"),
        counters=ids("counters"),
        sites=ids("sites"),
        keys=ids("keys"),
        features=ids("features"),
        communities=ids("school_holidays"),
        equipment=ids("equipment"),
        rooms=ids("rooms"),
        initiatives=ids("initiatives"),
    )


def _languages_of(commune: Node | None) -> tuple[Language, ...]:
    if isinstance(commune, Branch):
        for key, node in commune.entries:
            if field_name(key.text) == "languages":
                try:
                    return _languages(node)
                except Misread:
                    break  # told where the section is read
    return LANGUAGES


def _languages(node: Node) -> tuple[Language, ...]:
    languages = listed(str)(node)
    for language in languages:
        if language not in LANGUAGES:
            raise misread("language", node, text=language, known=", ".join(LANGUAGES))
    return languages


def _by_language(node: Node, languages: tuple[Language, ...], read: Callable[[Node], T]) -> dict[Language, T]:
    form = Form(node)
    found = {language: form.may(language, read, None) for language in languages}
    try:
        form.close()
    except Misread as error:
        raise Misread(*(_of_the_field(slip) for slip in error.slips)) from error
    there = {language: value for language, value in found.items() if value is not None}
    if not there:
        raise misread("language.none", node)
    return there


def _of_the_field(slip: Slip) -> Slip:
    """Return the slip of a text in a language as one of the field that holds it: that has a name people know."""
    kind = {"unknown": "language.unknown", "fields": "language.fields"}.get(slip.kind, slip.kind)
    return Slip(kind, {key: value for key, value in slip.values.items() if key != "field"}, slip.place)


def _table(read: Callable[[str, Node, _Known], T], known: _Known) -> Callable[[Node], dict[str, T]]:
    """Make a reader of a section in which each entry has an id."""

    def read_all(node: Node) -> dict[str, T]:
        if not isinstance(node, Branch):
            raise misread("entries", node)
        slips: list[Slip] = []
        things: dict[str, T] = {}
        for key, part in node.entries:
            try:
                things[key.text] = read(key.text, part, known)
            except Misread as error:
                slips += [Slip(s.kind, {"owner": key.text, **s.values}, s.place or part) for s in error.slips]
            slips += _id_slips(key)
        if slips:
            raise Misread(*slips)
        return things

    return read_all


def _id_slips(key: Leaf) -> list[Slip]:
    if key.text in (ANY_ROOM, UNKNOWN, SAME):
        return [Slip("id.reserved", {"text": key.text}, key)]
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key.text):
        guess = re.sub(r"[^a-z0-9]+", "-", plain(key.text)).strip("-")
        return [Slip("id", {"text": key.text, "guess": guess}, key)]
    return []


def _words_of(_id: str, node: Node, known: _Known) -> Words:
    return known.words(node)


def _prose_of(_id: str, node: Node, known: _Known) -> Words:
    return known.prose(node)


def _articles(node: Node, known: _Known) -> Mapping[str, Words]:
    """Read which article a refusal names: by the kind of objection, or `order` for all that came too late."""
    form = Form(node, "articles")
    kinds = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower() for kind in get_args(Objection)]
    articles = {kind.replace("_", "-"): form.may(kind, known.words, None) for kind in ["order", *kinds]}
    form.close()
    return {kind: words for kind, words in articles.items() if words is not None}


def _commune(node: Node) -> Commune:
    form = Form(node, "commune")
    languages = form.need("languages", _languages) or LANGUAGES
    words = _Known(languages, (), (), (), (), (), (), (), (), ()).words
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
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: a name that is a folder, or no file name
        raise misread("zone", node, text=name) from error


def _all_staff(node: Node) -> tuple[Staff, ...]:
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


def _holder(id: str, node: Node, known: _Known) -> Holder:
    form = Form(node, id)
    holder = Holder(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        phone=form.may("phone", leaf(notation.read_phone), ""),
        digest_at=form.may("digest_at", leaf(notation.read_clock), time(6, 45)),
        working_days=form.may("working_days", _weekdays, frozenset(range(5))),
        absences=form.may("absences", each(leaf(notation.read_days)), ()),
        stand_in=form.may("stand_in", one_of(known.holders, "no-holder"), None),
        empty_digest=form.may("empty_digest", leaf(notation.read_yes_no), True),
    )
    if holder.stand_in == id:
        form.say("own-stand-in", "stand_in")
    form.close()
    return holder


def _steward(id: str, node: Node, known: _Known) -> Holder:
    """Read who looks after some equipment: without `things`, after all of it."""
    form = Form(node, id)
    steward = Holder(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        phone=form.may("phone", leaf(notation.read_phone), ""),
        digest_at=form.may("digest_at", leaf(notation.read_clock), time(7)),
        working_days=form.may("working_days", _weekdays, frozenset(range(5))),
        empty_digest=False,
        things=frozenset(form.may("things", _ids(known.equipment, "no-thing"), known.equipment)),
        sets_limits=form.may("sets_limits", leaf(notation.read_yes_no), False),
    )
    if id in known.holders:
        form.say("same-person", "name")
    form.close()
    return steward


def _manager(id: str, node: Node, known: _Known) -> Manager:
    form = Form(node, id)
    manager = Manager(
        id=id,
        name=form.need("name", text),
        address=form.need("address", leaf(notation.read_address)),
        language=form.need("language", one_of(known.languages, "language")),
        sites=form.need("sites", _ids(known.sites, "no-site")),
        plan_day=form.may("plan_day", _one_weekday, 0),
        plan_at=form.may("plan_at", leaf(notation.read_clock), time(7)),
    )
    if id in known.holders or id == "staff":
        form.say("same-person", "name")
    form.close()
    return manager


def _one_weekday(node: Node) -> int:
    days = _weekdays(node)
    if len(days) != 1:
        raise misread("one-day", node, text=text(node))
    return next(iter(days))


def _ids(known: tuple[str, ...], kind: str) -> Callable[[Node], tuple[str, ...]]:
    """Make a reader of names of things that stand elsewhere; `kind` is the slip where one does not."""

    def read(node: Node) -> tuple[str, ...]:
        names = listed(str)(node)
        return gathered([Leaf(node.line, node.column, name) for name in names], one_of(known, kind))

    return read


def _weekdays(node: Node) -> frozenset[int]:
    written = ", ".join(listed(str)(node))
    try:
        return frozenset(notation.read_weekdays([written])[0])
    except Misread as error:
        raise Misread(*(Slip(slip.kind, slip.values, node) for slip in error.slips)) from error


def _counter(id: str, node: Node, known: _Known) -> Counter:
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


def _key(id: str, node: Node, known: _Known) -> Key:
    form = Form(node, id)
    key = Key(
        id=id,
        counter=form.need("counter", one_of(known.counters, "no-counter")),
        copies=form.need("copies", _at_least(1)),
        names=form.may("names", known.words, {}),
        deposit=form.may("deposit", known.words, {}),
        sign=form.may("sign", known.words, {}),
        report_return=form.may("report_return", leaf(notation.read_yes_no), False),
    )
    form.close()
    return key


def _site(id: str, node: Node, known: _Known) -> Site:
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


def _room(id: str, node: Node, known: _Known) -> Room:
    form = Form(node, id)
    term = form.need("hours", _week)
    room = Room(
        id=id,
        names=form.need("names", known.names),
        site=form.need("site", one_of(known.sites, "no-site")),
        capacity=form.need("capacity", _at_least(1)),
        term=term,
        holidays=form.may("holiday_hours", _week, term),
        key=form.may("key", one_of(known.keys, "no-key"), None),
        features=frozenset(form.may("features", _ids(known.features, "no-feature"), ())),
        turnaround=form.may("turnaround", _quarters, timedelta(0)),
        open_on_public_holidays=form.may("open_on_public_holidays", leaf(notation.read_yes_no), False),
        closures=form.may("closures", known.closures, ()),
        holiday_community=form.may("holiday_community", one_of(known.communities, "no-community"), None),
    )
    form.close()
    return room


def _equipment(id: str, node: Node, known: _Known) -> Equipment:
    form = Form(node, id)
    equipment = Equipment(
        id=id,
        names=form.need("names", known.names),
        stock=form.need("stock", _at_least(0)),
        counter=form.need("counter", one_of(known.counters, "no-counter")),
        contents=form.may("contents", known.prose, {}),
        transport=form.may("transport", known.prose, {}),
        weight_kg=form.may("weight", leaf(notation.read_kilos), 0.0),
        days_between=form.may("days_between", leaf(notation.read_whole_days), 0),
        closures=form.may("closures", known.closures, ()),
        report_return=form.may("report_return", leaf(notation.read_yes_no), False),
        most_per_loan=form.may("most_per_loan", _at_least(1), None),
    )
    form.close()
    return equipment


def _initiative(id: str, node: Node, known: _Known) -> Initiative:
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


def _limits(node: Node) -> Limits:
    form = Form(node, "limits")
    limits = Limits(
        notice=form.need("notice", leaf(notation.read_length)),
        horizon=form.need("horizon", _some_time),
        longest=form.need("longest", _some_time),
        longest_loan=form.need("longest_loan", _some_days),
        active_bookings=form.need("active_bookings", _at_least(1)),
        hours_per_week=form.need("hours_per_week", _at_least(1)),
        hold=form.may("hold", _some_days, 2),
        hold_until=form.may("hold_until", leaf(notation.read_clock), time(18)),
        options=form.may("options", _at_least(0), 2),
        longest_option=form.may("longest_option", _some_days, 14),
        answers_per_sender=form.may("answers_per_sender", _at_least(1), 20),
        answers_per_conversation=form.may("answers_per_conversation", _at_least(1), 10),
        answers_per_domain=form.may("answers_per_domain", _at_least(1), 100),
        answers_to_strangers_per_hour=form.may("answers_to_strangers_per_hour", _at_least(1), 200),
    )
    if limits.notice and limits.horizon and limits.notice >= limits.horizon:
        form.say("notice-beyond-horizon", "notice")
    form.close()
    return limits


def _reminders(node: Node) -> Reminders:
    form, usual = Form(node, "reminders"), Reminders()
    reminders = Reminders(
        before_use=form.may("before_use", _some_time, usual.before_use),
        after_use=form.may("after_use", leaf(notation.read_length), usual.after_use),
        evaluation=form.may("evaluation", leaf(notation.read_yes_no), usual.evaluation),
        quiet=form.may("quiet", leaf(notation.read_night), usual.quiet),
        on_rest_days=form.may("on_rest_days", leaf(notation.read_yes_no), usual.on_rest_days),
        option=form.may("option", _some_time, usual.option),
        quarter=form.may("quarter", _some_time, usual.quarter),
        quarter_again=form.may("quarter_again", _some_time, usual.quarter_again),
    )
    if 2 * reminders.quarter_again >= reminders.quarter:
        form.say("reminders-too-slow", "quarter_again")
    form.close()
    return reminders


def _supervision(node: Node) -> Supervision:
    form, usual = Form(node, "supervision"), Supervision()
    kinds = {kind: form.may(kind, _choice(Letting), Letting.AUTOMATIC) for kind in KINDS}
    supervision = Supervision(kinds, form.may("reminder", _some_time, usual.reminder))
    form.close()
    return supervision


def _approvals(node: Node, known: _Known) -> Approvals:
    form, usual = Form(node, "approvals"), Approvals()
    approvals = Approvals(
        needs=form.may("needs", _table(_needs_approval, known), {}),
        within=form.may("within", _some_days, usual.within),
        reminder=form.may("reminder", _some_time, usual.reminder),
        at_deadline=form.may("at_deadline", _choice(AtDeadline), usual.at_deadline),
    )
    form.close()
    return approvals


def _needs_approval(id: str, node: Node, known: _Known) -> NeedsApproval:
    form = Form(node, id)
    need = NeedsApproval(
        id=id,
        because=form.need("because", known.words),
        rooms=frozenset(form.may("rooms", _ids(known.rooms, "no-room"), ())),
        capacity_above=form.may("capacity_above", _at_least(0), None),
        people_above=form.may("people_above", _at_least(0), None),
        after=form.may("after", _minutes_of_day, None),
        days=form.may("days", each(leaf(notation.read_days)), ()),
        things=frozenset(form.may("things", _ids(known.equipment, "no-thing"), ())),
        units_above=form.may("units_above", _at_least(0), None),
        hours_per_week_above=form.may("hours_per_week_above", _at_least(0), None),
        alcohol=form.may("alcohol", leaf(notation.read_yes_no), False),
        unknown_initiative=form.may("unknown_initiative", leaf(notation.read_yes_no), False),
        sites=frozenset(form.may("sites", _ids(known.sites, "no-site"), ())),
        initiatives=frozenset(form.may("initiatives", _ids(known.initiatives, "no-initiative"), ())),
    )
    form.close()
    if need == NeedsApproval(id, need.because):
        form.say("needs-nothing", "because")
    of_rooms = need.rooms or need.sites or need.capacity_above is not None or need.after
    if (need.things or need.units_above is not None) and of_rooms:
        form.say("needs-both", "because")
    form.close()
    return need


def _college(node: Node, known: _Known) -> College:
    form, usual = Form(node, "college"), College()
    college = College(
        needs=form.need("needs", _table(_needs_approval, known)) or {},
        meets_on=form.need("meets_on", _one_weekday),
        recess=form.may("recess", each(leaf(notation.read_days)), ()),
        list_before=form.may("list_before", _some_days, usual.list_before),
        list_at=form.may("list_at", leaf(notation.read_clock), usual.list_at),
        use_before=form.may("use_before", _choice(UseBefore), usual.use_before),
    )
    form.close()
    return college


def _minutes_of_day(node: Node) -> int:
    clock = notation.read_clock(text(node))
    return clock.hour * 60 + clock.minute


def _handovers(node: Node) -> Handovers:
    form, usual = Form(node, "handed_to_staff"), Handovers()
    handovers = Handovers(
        recall_after=form.may("recall_after", _some_days, usual.recall_after),
        answer_within=form.may("answer_within", _some_days, usual.answer_within),
    )
    form.close()
    return handovers


def _retention(node: Node) -> Retention:
    form, usual = Form(node, "retention"), Retention()
    retention = Retention(
        bookings=form.may("bookings", _some_time, usual.bookings),
        letters=form.may("letters", _some_time, usual.letters),
        mails=form.may("mails", _some_time, usual.mails),
    )
    form.close()
    return retention


def _choice(kind: type[Choice]) -> Callable[[Node], Choice]:
    """Make a reader of one of a few words."""

    def read(node: Node) -> Choice:
        known = [choice.value for choice in kind]
        name = text(node)
        if name not in known:
            raise misread("choice", node, text=name, known=", ".join(known), guess=closest(name, known))
        return kind(name)

    return read


def _at_least(least: int) -> Callable[[Node], int]:
    def read(node: Node) -> int:
        number = notation.read_whole(text(node))
        if number < least:
            raise misread("least", node, text=text(node), least=least)
        return number

    return read


def _some_time(node: Node) -> timedelta:
    length = notation.read_length(text(node))
    if not length:
        raise misread("length.none", node)
    return length


def _some_days(node: Node) -> int:
    days = notation.read_whole_days(text(node))
    if days < 1:
        raise misread("least", node, text=text(node), least=1)
    return days


def _quarters(node: Node) -> timedelta:
    length = notation.read_length(text(node))
    if length % timedelta(minutes=15):
        raise misread("quarters", node, text=text(node))
    return length


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


def _day_parts(node: Node) -> Mapping[str, Hours]:
    form = Form(node, "day_parts")
    parts = {name: form.need(name, _one_range) for name in DAY_PARTS}
    form.close()
    return parts


def _one_range(node: Node) -> Hours:
    ranges = notation.read_hours(text(node))
    if len(ranges) != 1:
        raise misread("hours", node, text=text(node))
    return ranges[0]


def _school_holidays(node: Node, known: _Known) -> Mapping[Language, tuple[Closure, ...]]:
    """Read, for each community, its holidays: their name is the reason of the closure."""
    form = Form(node, "school_holidays")
    holidays = {
        community: form.may(community, each(lambda part: _named_days(part, known)), ()) for community in known.languages
    }
    form.close()
    return {community: found for community, found in holidays.items() if found}


def _named_days(node: Node, known: _Known) -> Closure:
    form = Form(node)
    closure = Closure(days=form.need("days", leaf(notation.read_days)), reason=form.need("name", known.words))
    form.close()
    return closure


def _public_holidays(node: Node, known: _Known) -> Mapping[date, Words]:
    """Return those of Belgium, with days added and removed."""
    form = Form(node, "public_holidays")
    added = form.may("add", each(lambda part: _added_holiday(part, known)), ())
    removed = form.may("remove", listed(_dates), ())
    form.close()
    gone = {day for days in removed for day in days}
    kept = {day: names for day, names in belgian_holidays().items() if day not in gone}
    return dict(sorted((kept | {day: names for days, names in added for day in days}).items()))


def _added_holiday(node: Node, known: _Known) -> tuple[set[date], Words]:
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


# --- what must not stand twice


def _unlike(form: Form, root: Branch) -> None:
    """Tell what two things share that only one may have: ids, names, addresses of initiatives."""
    sections = {field_name(key.text): node for key, node in root.entries if isinstance(node, Branch)}
    things = [entry for name in ("rooms", "equipment") for entry in _entries(sections.get(name))]
    seen_ids: dict[str, int] = {}
    seen_names: dict[tuple[str, str], tuple[str, int]] = {}
    for key, node in things:
        if seen_ids.setdefault(key.text, key.line) != key.line:
            form.keep("same-id", key, text=key.text, first=seen_ids[key.text])
        for language, name in _names_of(node):
            owner, line = seen_names.setdefault((language, plain(name.text)), (key.text, name.line))
            if owner != key.text:
                form.keep("same-name", name, text=name.text, owner=key.text, other=owner, first=line)
    seen_addresses: dict[str, tuple[str, int]] = {}
    for key, node in _entries(sections.get("initiatives")):
        for address in _leaves(dict(_fields(node)).get("addresses")):
            owner, line = seen_addresses.setdefault(one_form(address.text), (key.text, address.line))
            if owner != key.text:
                form.keep("same-address", address, text=address.text, owner=key.text, other=owner, first=line)


def _entries(node: Branch | None) -> list[tuple[Leaf, Node]]:
    return node.entries if node else []


def _fields(node: Node) -> list[tuple[str, Node]]:
    return [(field_name(key.text), value) for key, value in node.entries] if isinstance(node, Branch) else []


def _names_of(node: Node) -> list[tuple[Language, Leaf]]:
    names = dict(_fields(node)).get("names")
    return [(language, name) for language, value in _fields(names) for name in _leaves(value)] if names else []


def _leaves(node: Node | None) -> list[Leaf]:
    if isinstance(node, Leaf):
        return [Leaf(node.line, node.column, piece.strip()) for piece in node.text.split(",") if piece.strip()]
    if node is None or isinstance(node, Branch):
        return []
    return [leaf for part in node.parts for leaf in _leaves(part)]
