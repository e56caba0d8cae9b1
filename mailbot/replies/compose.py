"""A notice becomes a letter: one template a language gives its words, from which text, page and calendar file follow.

A template's first line is the decision, for the subject; the rest is the letter as it reads. What is put into it
(`{{ … }}`) is made one line without invisible characters, so that nothing people write can begin a line of its own, and
is never itself looked at as a template.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.notices import Content, Notice
from mailbot.model.outbox import Outgoing, Thread
from mailbot.model.reports import Found
from mailbot.model.reservation import Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Span
from mailbot.model.to_askers import (
    Cancelled,
    Changed,
    Confirmed,
    DirectAgreed,
    DirectOff,
    Firm,
    Free,
    Freeing,
    Helped,
    NotFetched,
    Overdue,
    PersonSays,
    Problem,
    ShortWarned,
    Unchanged,
    Withdrawn,
    YourData,
)
from mailbot.model.to_key_holders import Coming, Digest, ReportTold, ShortNotice
from mailbot.model.to_staff import ApprovalAsked, CollegeList, CollegeTold, DraftShown, OverdueTold, ToStaff, WeekPlan
from mailbot.replies import ical, layout
from mailbot.replies.college import listings, rulings
from mailbot.replies.diary import entry_of
from mailbot.replies.heading import answers, asked_for, heading_of, reservation_of, subject_of
from mailbot.replies.message import (
    Heading,
    Part,
    ascii_address,
    attached_file,
    attached_page,
    calendar,
    document,
    message,
    multipart,
    original,
    plain,
)
from mailbot.replies.phrases import Phrases, Words, one_line
from mailbot.replies.reports import deeds, doubts, inside, lacking, shortfalls
from mailbot.replies.rounds import changes, lines_of, round_of
from mailbot.replies.samples import samples
from mailbot.replies.telling import Teller
from mailbot.replies.week import week_of

if TYPE_CHECKING:
    from jinja2 import Environment

_IN_CALENDAR = (
    Confirmed,
    Firm,
    Changed,
    DirectAgreed,
    DirectOff,
    Unchanged,
    Freeing,
    Withdrawn,
    Cancelled,
)
"""Letters that may carry a calendar file."""
_BETWEEN_LANGUAGES = "\n\n* * *\n\n"


class Worded(Struct, frozen=True):
    """A letter in one language: the decision for the subject, and the text."""

    language: Language
    decision: str
    text: str


class Composer:
    """Writes letters from a folder of templates: `letter.html`, `<language>/<name>.txt`, `<language>/words.toml`."""

    def __init__(self, templates: Path, files: Path | None = None) -> None:
        """`files` is the folder of what rules.yaml names to go with letters; without one nothing goes."""
        self._templates = templates
        self._files = files
        self._words: dict[Language, Words] = {}

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that have templates, sorted."""
        return tuple(sorted(words.parent.name for words in self._templates.glob("*/words.toml")))

    def compose(
        self, notice: Notice, rules: Rules, thread: Thread, now: datetime, message_id: str, cause: str = ""
    ) -> Outgoing:
        """Return the letter that tells a notice. `thread` is of the mail at hand, `now` aware, `message_id` ours and
        without angle brackets. Pure: the same arguments give the same bytes. A letter to an address that mail cannot
        be sent to has no recipient."""
        tellers = [self._teller(rules, language, now) for language in notice.languages]
        file = self._calendar(notice, tellers, now)
        worded = self._signposted([self._word(notice, teller, now, file, bool(thread.forwarded)) for teller in tellers])
        text = _BETWEEN_LANGUAGES.join(each.text for each in worded) + "\n"
        heading = heading_of(notice, rules, thread, now, message_id, [each.decision for each in worded])
        words = [plain(text), plain(self._page(worded), "html")]
        enclosed = [*_enclosed(notice, thread, file), *self._printed(notice, tellers, now), *self._plans(notice, rules)]
        reservation = reservation_of(notice.content)
        return Outgoing(
            message_id=message_id,
            sender=rules.commune.mailbox.address,
            recipients=tuple(filter(None, [ascii_address(notice.to.address)])),
            raw=message(heading, _body(words, enclosed, seed=message_id)),
            text=text,
            kind=notice.content.template,
            code=reservation.code if reservation else "",
            cause=cause,
            published=file is not None and file.method == ical.PUBLISH,
        )

    def all_letters(self, rules: Rules, language: Language, now: datetime) -> list[tuple[str, str]]:
        """Return subject and text of every letter, to who asks and to who runs it, with sample values."""
        words = self._words_of(language).table("samples")
        thread = Thread(words["subject"], "sample@mailbot.invalid")
        return [self._as_read(notice, thread, rules, now) for notice in samples(rules, words, language, now)]

    def for_approval(self, to: Address, rules: Rules, language: Language, now: datetime, message_id: str) -> Outgoing:
        """Return one letter that holds all letters in a language, to be approved: by the college, before they leave."""
        title = self._words_of(language).table("samples")["title"]
        each = "\n\n".join(f"* * *\n\n{subject}\n\n{text}" for subject, text in self.all_letters(rules, language, now))
        worded = Worded(language, title, f"{title}\n\n{each}")
        date = now.astimezone(rules.commune.zone)
        heading = Heading(rules.commune.mailbox, to, title, date, message_id, language, "auto-generated")
        body = _body([plain(worded.text + "\n"), plain(self._page([worded]), "html")], (), seed=message_id)
        return Outgoing(
            message_id,
            rules.commune.mailbox.address,
            tuple(filter(None, [ascii_address(to.address)])),
            message(heading, body),
            worded.text + "\n",
            "letters",
        )

    def _as_read(self, notice: Notice, thread: Thread, rules: Rules, now: datetime) -> tuple[str, str]:
        """Return the subject and the text of a letter, as its reader would have them."""
        text = self.compose(notice, rules, thread, now, "sample@mailbot.invalid").text.strip()
        tellers = [self._teller(rules, language, now) for language in notice.languages]
        worded = [self._word(notice, each, now, None, whole=False).decision for each in tellers]
        return subject_of(notice, thread, worded), text

    def sheet(self, digest: Digest, rules: Rules, language: Language, now: datetime, reader: str) -> str:
        """Return a list as a page to print, with a box for each line: HTML that fits one A4. `reader` is the address of
        who reads it."""
        teller = self._teller(rules, language, now)
        told = round_of(digest, teller, reader)
        lines = len(digest.late) + len(digest.lines)
        return self._pages.get_template("sheet.html").render(
            language=language,
            round=told,
            words=self._words_of(language).tables["sheet"],
            day=teller.phrases.day(digest.day, year=True),
            until=teller.phrases.moment(digest.until),
            closed=deeds(digest.blocked, teller),
            points=points_for(lines),
        )

    def _printed(self, notice: Notice, tellers: Sequence[Teller], now: datetime) -> list[Part]:
        """Return the page to print that goes with a list in which there is something to do."""
        content = notice.content
        if not isinstance(content, Digest) or not (content.lines or content.late):
            return []
        teller = tellers[0]
        page = self.sheet(content, teller.rules, teller.language, now, notice.to.address)
        return [attached_page(page, f"{content.day:%Y-%m-%d}.html")]

    def _plans(self, notice: Notice, rules: Rules) -> list[Part]:
        """Return the plans of the places whose key a letter speaks of; a file that is not there, or too large for a
        letter, is left out: the letter matters more."""
        if self._files is None or not isinstance(notice.content, Confirmed):
            return []
        keyed = [use.resource for use in notice.content.reservation.uses if use.key and use.resource in rules.rooms]
        sites = dict.fromkeys(rules.rooms[room].site for room in keyed)
        plans = [rules.sites[site].plan for site in sites if site in rules.sites and rules.sites[site].plan]
        return [part for plan in plans if (part := attached_file(self._files / plan)) is not None]

    def _word(
        self, notice: Notice, teller: Teller, now: datetime, file: ical.CalendarFile | None, whole: bool
    ) -> Worded:
        attached = file is not None and file.method == ical.PUBLISH
        seen = {
            **view(notice, teller, now),
            "attached": attached,
            "whole": whole,
            **self._proposed(notice, teller, now),
        }
        decision, text = self._rendered(notice.content.template, seen, teller)
        if notice.words:
            said = {**seen, "lines": spoken(notice.words), "person": notice.person}
            text = self._rendered(PersonSays.template, said, teller)[1]
        return Worded(teller.language, decision, text)

    def _rendered(self, template: str, seen: Mapping[str, Any], teller: Teller) -> tuple[str, str]:
        return _first_line(self._letters.get_template(f"{teller.language}/{template}.txt").render(seen))

    def _proposed(self, notice: Notice, teller: Teller, now: datetime) -> dict[str, Any]:
        """Return the letter that waits for a person as they see it: its subject, and its lines."""
        content = notice.content
        if not isinstance(content, DraftShown):
            return {}
        if content.letter is None or content.case is None:
            return {"proposed": ()}
        thread = Thread(content.case.subject, content.case.message_id)
        subject, text = self._as_read(content.letter, thread, teller.rules, now)
        return {"subject": subject, "proposed": text.split("\n")}

    def _signposted(self, worded: Sequence[Worded]) -> list[Worded]:
        """Return the letter with a line on top, where it goes on in another language, that says so in that one."""
        below = " ".join(str(self._words_of(each.language).tables["below"]) for each in worded[1:])
        first = worded[0]
        return [replace(first, text=f"{below}\n\n{first.text}") if below else first, *worded[1:]]

    def _page(self, worded: Sequence[Worded]) -> str:
        """Return the HTML part: the very words of the text."""
        sections = [
            (each.language, layout.blocks(each.text, self._words_of(each.language).unbroken)) for each in worded
        ]
        return self._pages.get_template("letter.html").render(sections=sections, title=worded[0].decision)

    def _calendar(self, notice: Notice, tellers: Sequence[Teller], now: datetime) -> ical.CalendarFile | None:
        content = notice.content
        if not isinstance(content, _IN_CALENDAR):
            return None
        told = (
            replace(content.reservation, uses=content.uses) if isinstance(content, Withdrawn) else content.reservation
        )
        if not told.uses:
            return None
        if isinstance(content, Unchanged) and content.objections:
            return None
        if isinstance(content, DirectOff) and not content.needed:
            return None

        def describe(teller: Teller, told: Reservation) -> tuple[str, str]:
            template = self._letters.get_template(f"{teller.language}/calendar.txt")
            return _first_line(template.render({**view(notice, teller, now), "reservation": told}))

        entry = entry_of(told, notice.to, tellers, describe)
        if isinstance(content, Cancelled | Withdrawn):
            return ical.cancellation(entry, now)
        if isinstance(content, Changed | DirectAgreed | DirectOff | Freeing):
            stood = (*content.reservation.uses, *content.uses) if isinstance(content, Freeing) else content.before
            before = replace(content.reservation, uses=stood)
            return ical.invitation(entry, now, entry_of(before, notice.to, tellers, describe))
        return ical.invitation(entry, now)

    def _teller(self, rules: Rules, language: Language, now: datetime) -> Teller:
        zone = rules.commune.zone
        return Teller(language, rules, Phrases(self._words_of(language), zone, now.astimezone(zone).date()))

    def _words_of(self, language: Language) -> Words:
        if language not in self._words:
            self._words[language] = Words.load(self._templates / language / "words.toml")
        return self._words[language]

    @cached_property
    def _letters(self) -> Environment:
        """The templates of plain text: nothing to escape, but nothing that is inserted can begin a line."""
        return _environment(self._templates, autoescape=False, finalize=_inserted)

    @cached_property
    def _pages(self) -> Environment:
        """The one template of HTML."""
        return _environment(self._templates, autoescape=True)


OF_WHAT_IS_AHEAD = frozenset({"changed", "collector", "challenged", "openings"})
"""Letters in the middle of a series, perhaps: they tell of what is still to come."""


def ahead(uses: Sequence[Use], now: datetime, teller: Teller) -> tuple[Use, ...]:
    """Return the uses that are not over; all of them where all are."""
    today = now.astimezone(teller.rules.commune.zone).date()
    left = [use for use in uses if (use.when.end > now if isinstance(use.when, Span) else use.when.last >= today)]
    return tuple(left or uses)


def view(notice: Notice, teller: Teller, now: datetime) -> dict[str, Any]:
    """Return what a template sees: the fields of its notice, `tell` and `say` for words, and who writes to whom."""
    content, commune, reservation = notice.content, teller.rules.commune, reservation_of(notice.content)
    seen = asdict(content)
    if reservation is not None and content.template in OF_WHAT_IS_AHEAD:
        left = ahead(reservation.uses, now, teller)
        over = [use for use in reservation.uses if use not in left]
        seen |= {
            name: tuple(use for use in seen[name] if use not in over) for name in ("uses", "before") if name in seen
        }
        reservation = replace(reservation, uses=left)
    return {
        **seen,
        "content": content,
        "reservation": reservation,
        "code": reservation.code if reservation else "",
        "asked_for": asked_for(reservation),
        "changing": reservation is not None and reservation.state is State.CHANGING,
        "tell": teller,
        "say": teller.phrases,
        "name": greeted(notice.to.name),
        "through": notice.through,
        "now": now,
        "answering": answers(notice),
        "also": notice.also,
        "waits": reservation is not None and isinstance(content, Free | Helped),
        "commune": teller.text(commune.names),
        "service": teller.text(commune.service),
        "phone": commune.phone,
        "phone_hours": teller.text(commune.phone_hours),
        "privacy": teller.text(commune.privacy),
        "how": teller.text(teller.rules.answers.get("how", {})),
        "round": round_of(content, teller, notice.to.address) if isinstance(content, Digest) else None,
        "changed_lines": changes(content.changes, teller) if isinstance(content, ShortNotice) else (),
        "lines_listed": listings(content.lines, teller) if isinstance(content, CollegeList) else (),
        "left_lines": listings(content.left, teller) if isinstance(content, CollegeTold) else (),
        "ruled_lines": rulings(content.ruled, teller) if isinstance(content, CollegeTold) else {},
        "week": week_of(content, teller) if isinstance(content, WeekPlan) else (),
        "opened_lines": deeds(content.opened, teller) if isinstance(content, WeekPlan) else (),
        "lines": spoken(content.words) if isinstance(content, PersonSays) else (),
        "whose": one_line(reservation.asker.name or reservation.asker.address) if reservation else "",
        "people": teller.phrases.counted(reservation.attendees, "people")
        if reservation and reservation.attendees
        else "",
        **reported(content, teller),
    }


def faults_of(templates: Path) -> list[str]:
    """Return what keeps letters from being written: templates that do not hold, and those that a language lacks."""
    from jinja2 import TemplateError, TemplateSyntaxError

    environment, faults = _environment(templates, autoescape=False), []
    names = environment.list_templates(extensions=("txt", "html"))
    for name in names:
        try:
            environment.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"{name}, line {error.lineno}: {error.message}")
        except (TemplateError, OSError, ValueError) as error:
            faults.append(f"{name}: {error}")
    languages = [words.parent for words in sorted(templates.glob("*/words.toml"))]
    for language in languages:
        try:
            Words.load(language / "words.toml")
        except (OSError, ValueError) as error:
            faults.append(f"{language.name}/words.toml: {error}")
    letters = {name.partition("/")[2] for name in names if "/" in name}
    faults += [f"{each.name}/{letter} is missing" for each in languages for letter in sorted(letters - _in(each))]
    return faults


def _in(language: Path) -> set[str]:
    return {path.name for path in language.glob("*.txt")}


WITH_LINE = (Overdue, OverdueTold, NotFetched)
"""Letters about one passing over a counter."""
LARGEST, SMALLEST = 11.0, 6.0
"""Type of a page to print, in points."""
ROOM = 1050.0
"""Lines of a list on one A4, times the square of the points of their type: small type needs fewer turns. Measured on
pages that WeasyPrint made of lines with a key and two kinds of goods; more than some 29 of these take a second page."""


def points_for(lines: int) -> float:
    """Return the size of type with which so many lines of a list fit one page: never smaller than can be read."""
    return max(SMALLEST, min(LARGEST, round(math.sqrt(ROOM / max(lines, 1)), 1)))


def spoken(words: str) -> tuple[str, ...]:
    """Return what a person wrote line by line, as they parted them; one empty line at most between two."""
    return tuple(one_line(line, 2000) for line in re.sub(r"\n\s*\n", "\n\n", words.strip()).split("\n"))


def reported(content: Content, teller: Teller) -> dict[str, Any]:
    """Return what a template sees of a report: what was noted, what was not, and who goes short."""
    noted = [deed for report in getattr(content, "noted", ()) for deed in report.deeds]
    return {
        "noted_lines": deeds([*noted, *getattr(content, "deeds", ())], teller),
        "doubtful": doubts(getattr(content, "doubts", ()), teller),
        "short_lines": shortfalls(getattr(content, "short", ()), teller),
        "blocked_lines": deeds(getattr(content, "blocked", ()), teller),
        "inside_lines": inside(getattr(content, "inside", ()) or getattr(content, "without", ()), teller),
        "stranded_lines": lines_of(getattr(content, "stranded", ()), teller),
        "coming_lines": lines_of(content.lines, teller) if isinstance(content, Coming) else (),
        "line": lines_of([content.passing], teller)[0] if isinstance(content, WITH_LINE) else None,
        "lacking": lacking(content.shortfall, teller) if isinstance(content, ShortWarned) else "",
    }


_GREETED = re.compile(r"[^\W\d_]+(?:[ .,'’&()-]{1,3}[^\W\d_]+)*\.?")
_NOBODY = {"info", "contact", "secretariat", "secrétariat", "secretariaat", "admin", "noreply", "mail", "webmaster"}


def greeted(name: str) -> str:
    """Return a sender's name if it looks like one that people are greeted by, else nothing."""
    clean = one_line(name)
    looks = len(clean) <= 60 and _GREETED.fullmatch(clean) and clean.casefold() not in _NOBODY
    return clean if looks else ""


def _enclosed(notice: Notice, thread: Thread, file: ical.CalendarFile | None) -> list[Part]:
    """Return what goes with the words: an invitation, a published calendar, the mail that staff must read."""
    parts, reservation = [], reservation_of(notice.content)
    if file and file.method == ical.PUBLISH:
        # mail programs offer an invitation by themselves, but not this: people open it
        parts.append(calendar(file.raw, file.method, f"{reservation.code if reservation else 'mailbot'}.ics"))
    elif file:
        parts.append(calendar(file.raw, file.method))
    unread = isinstance(notice.content, ReportTold) and (
        notice.content.unread or any(isinstance(deed, Found) for deed in notice.content.deeds)
    )
    if (isinstance(notice.content, ToStaff | Problem | ApprovalAsked | DraftShown) or unread) and thread.forwarded:
        parts.append(original(thread.forwarded))
    if isinstance(notice.content, YourData):
        parts.append(document(notice.content.personal.document, "mailbot.json"))
    return parts


def _body(words: Sequence[Part], enclosed: Sequence[Part], seed: str) -> Part:
    """Return the whole body. An invitation is one more way to say the same, and stands once: attached besides, it would
    show its buttons twice in many programs."""
    attached = [part for part in enclosed if part.disposition]
    body = multipart("alternative", [*words, *(part for part in enclosed if not part.disposition)], seed)
    return multipart("mixed", [body, *attached], f"{seed} mixed") if attached else body


def _environment(folder: Path, *, autoescape: bool, finalize: Callable[[Any], Any] | None = None) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,  # noqa: S701 - on for the one template that is HTML
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _first_line(source: str) -> tuple[str, str]:
    """Return the first line of what a template gave, and the rest, tidied."""
    first, _, rest = source.lstrip().partition("\n")
    return first.strip(), layout.joined(rest)


def _inserted(value: Any) -> Any:
    return one_line(value) if type(value) is str else value
