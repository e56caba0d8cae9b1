"""rules.yaml becomes Rules, or a list of all that does not hold; and the rules in force while people edit the file.

Why the schema is these functions and not pydantic: what a person must hear (line, column, a sentence in their language,
a guess at what was meant) would have to be put back onto each of its errors, the dataclasses of the model would be
said twice, and its import alone takes longer than reading the file may.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from mailbot.errors import BadRules
from mailbot.model.meaning import Language
from mailbot.model.rules import (
    Approvals,
    College,
    Handovers,
    Reminders,
    Retention,
    Rules,
    Supervision,
    UnknownSender,
    UnprovenBookings,
)
from mailbot.policy.faults import worded
from mailbot.policy.form import Form, each, text
from mailbot.policy.outline import Branch, Misread, Slip, outline
from mailbot.policy.public_holidays import belgian_holidays
from mailbot.policy.schema.days import read_day_parts, read_public_holidays, read_school_holidays
from mailbot.policy.schema.fields import choice, read_prose, read_words, table
from mailbot.policy.schema.known import known_in
from mailbot.policy.schema.limits import (
    read_approvals,
    read_articles,
    read_college,
    read_handovers,
    read_limits,
    read_reminders,
    read_retention,
    read_supervision,
)
from mailbot.policy.schema.people import read_commune, read_holders, read_initiative, read_manager, read_staff
from mailbot.policy.schema.places import read_counter, read_equipment, read_key, read_room, read_site
from mailbot.policy.schema.twice import unlike

log = logging.getLogger(__name__)


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


def _rules(root: Branch, version: str) -> Rules:
    form = Form(root, "rules.yaml")
    known = known_in(root)
    holidays = form.may("public_holidays", lambda node: read_public_holidays(node, known), belgian_holidays())
    rules = Rules(
        commune=form.need("commune", read_commune),
        staff=form.need("staff", read_staff),
        holders=read_holders(form, known),
        counters=form.need("counters", table(read_counter, known)),
        sites=form.need("sites", table(read_site, known)),
        keys=form.need("keys", table(read_key, known)),
        rooms=form.need("rooms", table(read_room, known)),
        equipment=form.need("equipment", table(read_equipment, known)),
        day_parts=form.need("day_parts", read_day_parts),
        limits=form.need("limits", read_limits),
        initiatives=form.may("initiatives", table(read_initiative, known), {}),
        unknown_senders=form.need("unknown_senders", choice(UnknownSender)),
        unproven_bookings=form.may("unproven_bookings", choice(UnprovenBookings), UnprovenBookings.ALLOWED),
        closures=form.may("closures", known.closures, ()),
        public_holidays=holidays,
        school_holidays=form.need("school_holidays", lambda node: read_school_holidays(node, known)),
        answers=form.may("answers", table(read_prose, known), {}),
        feature_names=form.may("features", table(read_words, known), {}),
        managers=form.may("site_managers", table(read_manager, known), {}),
        articles=form.may("articles", lambda node: read_articles(node, known), {}),
        banners=form.may("banners", each(text), ()),
        reminders=form.may("reminders", read_reminders, Reminders()),
        retention=form.may("retention", read_retention, Retention()),
        handovers=form.may("handed_to_staff", read_handovers, Handovers()),
        supervision=form.may("supervision", read_supervision, Supervision()),
        approvals=form.may("approvals", lambda node: read_approvals(node, known), Approvals()),
        college=form.may("college", lambda node: read_college(node, known), College()),
        version=version,
    )
    unlike(form, root)
    form.close()
    return rules
