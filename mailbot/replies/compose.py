"""A notice becomes a letter: one template a language gives its words, from which text, page and calendar file follow.

A template's first line is the decision, for the subject; the rest is the letter as it reads. What is put into it
(`{{ … }}`) is made one line without invisible characters, so that nothing people write can begin a line of its own, and
is never itself looked at as a template.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailbot.model import decision as d
from mailbot.model.letters import Address
from mailbot.model.meaning import Language
from mailbot.model.outbox import Outgoing, Thread
from mailbot.model.reservation import Option, Reservation, Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Days, Span
from mailbot.replies import ical, layout
from mailbot.replies.message import Heading, Part, calendar, message, multipart, original, plain
from mailbot.replies.phrases import Phrases, Words, one_line
from mailbot.replies.rounds import changes, round_of
from mailbot.replies.telling import Teller

if TYPE_CHECKING:
    from jinja2 import Environment

INTERNAL = (d.ToStaff, d.Alert, d.Digest, d.ShortNotice)
"""Letters to those who run it: they answer no mail that their reader wrote, and have a subject of their own."""

SUBJECT = 70
"""Characters that are kept of the asker's own subject."""

_BETWEEN_LANGUAGES = "\n\n* * *\n\n"

_REPLY_MARKS = re.compile(
    r"^(?:(?:re|r[ée]f|aw|antw|antwoord|tr|fw|fwd|doorst|wg)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_OUR_MARK = re.compile(r"(?: – [^–]*)? ?\(R-[0-9A-HJKMNP-TV-Z]{5}\)\s*$")


@dataclass(frozen=True)
class Worded:
    """A letter in one language: the decision for the subject, and the text."""

    language: Language
    decision: str
    text: str


class Composer:
    """Writes letters from a folder of templates: `letter.html`, `<language>/<name>.txt`, `<language>/words.toml`."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._words: dict[Language, Words] = {}

    def compose(
        self, notice: d.Notice, rules: Rules, thread: Thread, now: datetime, message_id: str, cause: str = ""
    ) -> Outgoing:
        """Return the letter that tells a notice. `thread` is of the mail at hand, `now` aware, `message_id` ours and
        without angle brackets. Pure: the same arguments give the same bytes. Raises ValueError for an address that no
        header can hold."""
        file = self._calendar(notice, rules, now)
        worded = self._signposted([self._word(notice, rules, language, now, file) for language in notice.languages])
        text = _BETWEEN_LANGUAGES.join(each.text for each in worded) + "\n"
        reservation = reservation_of(notice.content)
        return Outgoing(
            message_id=message_id,
            sender=rules.commune.mailbox.address,
            recipients=(notice.to.address,),
            raw=message(
                _heading(notice, rules, thread, now, message_id, [each.decision for each in worded]),
                _parts([plain(text), plain(self._page(worded), "html")], _enclosed(notice, thread, file), message_id),
            ),
            text=text,
            kind=notice.content.template,
            code=reservation.code if reservation else "",
            cause=cause,
        )

    def options_in_words(self, options: Sequence[Option], rules: Rules, language: Language, now: datetime) -> list[str]:
        """Return each option as the letter words it, in order, without its number."""
        return list(self._teller(rules, language, now).options(options))

    def _word(
        self, notice: d.Notice, rules: Rules, language: Language, now: datetime, file: ical.CalendarFile | None
    ) -> Worded:
        teller = self._teller(rules, language, now)
        template = self._environment.get_template(f"{language}/{notice.content.template}.txt")
        attached = file is not None and file.method == "PUBLISH"
        decision, text = _first_line(template.render({**view(notice, teller, now), "attached": attached}))
        return Worded(language, decision, text)

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
        return self._environment.get_template("letter.html").render(sections=sections, title=worded[0].decision)

    def _calendar(self, notice: d.Notice, rules: Rules, now: datetime) -> ical.CalendarFile | None:
        content = notice.content
        if not isinstance(content, d.Confirmed | d.Cancelled) or not content.reservation.uses:
            return None
        entry = self._entry(notice, content.reservation, rules, now)
        make = ical.invitation if isinstance(content, d.Confirmed) else ical.cancellation
        return make(entry, now)

    def _entry(self, notice: d.Notice, reservation: Reservation, rules: Rules, now: datetime) -> ical.Entry:
        """Return what the calendar file says: of a series as a whole, else of each occasion its own."""
        zone, tellers = rules.commune.zone, [self._teller(rules, language, now) for language in notice.languages]
        bare = occasions_of(reservation, tellers[0])
        occasions = [
            self._described(notice, tellers, now, occasion, reservation if whole else replace(reservation, uses=uses))
            for whole in [ical.series_of([occasion for occasion, _ in bare], zone) is not None]
            for occasion, uses in bare
        ]
        return ical.Entry(
            uid=f"{reservation.uid}@{rules.commune.mailbox.domain}",
            sequence=reservation.sequence,
            organizer=rules.commune.mailbox,
            attendee=Address(one_line(notice.to.name), notice.to.address),
            occasions=tuple(occasions),
            zone=zone,
        )

    def _described(
        self, notice: d.Notice, tellers: Sequence[Teller], now: datetime, occasion: ical.Occasion, told: Reservation
    ) -> ical.Occasion:
        """Return an occasion with its description, in each language, and what the calendar reminds of before it."""
        texts = []
        for teller in tellers:
            template = self._environment.get_template(f"{teller.language}/calendar.txt")
            texts.append(_first_line(template.render({**view(notice, teller, now), "reservation": told})))
        once = len({use.when for use in told.uses if isinstance(use.when, Span)}) <= 1
        return replace(
            occasion,
            description="\n\n".join(text for _, text in texts),
            reminder=texts[0][0] if once else occasion.summary,
            alarm=alarm_before(told.uses, occasion.when) if once else timedelta(days=1),
        )

    def _teller(self, rules: Rules, language: Language, now: datetime) -> Teller:
        zone = rules.commune.zone
        return Teller(language, rules, Phrases(self._words_of(language), zone, now.astimezone(zone).date()))

    def _words_of(self, language: Language) -> Words:
        if language not in self._words:
            self._words[language] = Words.load(self._templates / language / "words.toml")
        return self._words[language]

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=_is_page,  # noqa: S701 - plain text has nothing to escape
            undefined=StrictUndefined,
            finalize=_inserted,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )


def view(notice: d.Notice, teller: Teller, now: datetime) -> dict[str, Any]:
    """Return what a template sees: the fields of its notice, `tell` and `say` for words, and who writes to whom."""
    commune, reservation = teller.rules.commune, reservation_of(notice.content)
    return {
        **vars(notice.content),
        "content": notice.content,
        "reservation": reservation,
        "code": reservation.code if reservation else "",
        "tell": teller,
        "say": teller.phrases,
        "name": greeted(notice.to.name),
        "now": now,
        "commune": teller.text(commune.names),
        "service": teller.text(commune.service),
        "phone": commune.phone,
        "phone_hours": teller.text(commune.phone_hours),
        "privacy": teller.text(commune.privacy),
        "round": round_of(notice.content, teller, notice.to.address) if isinstance(notice.content, d.Digest) else None,
        "changed_lines": changes(getattr(notice.content, "changes", ()), teller),
        "how": teller.text(teller.rules.answers.get("how", {})),
    }


_GREETED = re.compile(r"[^\W\d_][^\W\d_]*(?:[ .,'’&()-]{1,3}[^\W\d_]+)*\.?")
_NOBODY = {
    "info",
    "contact",
    "secretariat",
    "secrétariat",
    "secretariaat",
    "admin",
    "noreply",
    "no-reply",
    "mail",
    "webmaster",
}


def greeted(name: str) -> str:
    """Return a sender's name if it looks like one that people are greeted by, else nothing."""
    clean = one_line(name)
    looks = len(clean) <= 60 and _GREETED.fullmatch(clean) and clean.casefold() not in _NOBODY
    return clean if looks else ""


def reservation_of(content: d.Content) -> Reservation | None:
    """Return the conversation that a letter belongs to, if it belongs to one."""
    return getattr(content, "reservation", None)


def occasions_of(reservation: Reservation, teller: Teller) -> list[tuple[ical.Occasion, tuple[Use, ...]]]:
    """Return what the calendar shows, and of which uses: rooms with what shares their hours as one occasion; equipment
    only where no room is booked (the description tells of it otherwise)."""
    rooms = [use for use in reservation.uses if isinstance(use.when, Span)]
    bundles: dict[Span | Days, list[Use]] = {}
    for use in rooms or reservation.uses:
        bundles.setdefault(use.when, []).append(use)
    occasions = []
    for when, uses in bundles.items():
        things = teller.phrases.listed(teller.thing(use.resource, use.quantity) for use in uses)
        summary = f"{things} – {one_line(reservation.subject, SUBJECT)}" if reservation.subject else things
        venues = teller.venues(uses)
        location = "; ".join(f"{venue.name}, {venue.address}" for venue in venues)
        geo = venues[0].geo if len(venues) == 1 else None
        name = "-".join(use.resource for use in uses) if rooms else ""
        occasion = ical.Occasion(when, summary[:1].upper() + summary[1:], location, geo, name)
        occasions.append((occasion, tuple(uses)))
    return occasions


def alarm_before(uses: Sequence[Use], when: Span | Days) -> timedelta:
    """Return how long before its start the calendar reminds of an occasion: two hours before the first counter opens
    where something is fetched there, else a day."""
    openings = [use.out.opening.start for use in uses if use.out]
    if not openings or isinstance(when, Days):
        return timedelta(days=1)
    return max(when.start - min(openings), timedelta(0)) + timedelta(hours=2)


def own_subject(subject: str) -> str:
    """Return the asker's own subject: without marks of replies, and without what our letters have added to it."""
    bare = one_line(subject)
    while (shorter := _OUR_MARK.sub("", _REPLY_MARKS.sub("", bare)).strip()) != bare:
        bare = shorter
    return one_line(bare, SUBJECT)


def _heading(
    notice: d.Notice, rules: Rules, thread: Thread, now: datetime, message_id: str, decisions: Sequence[str]
) -> Heading:
    answers = _answers(notice)
    return Heading(
        sender=rules.commune.mailbox,
        to=notice.to,
        subject=_subject(notice, thread, decisions),
        date=now.astimezone(rules.commune.zone),
        message_id=message_id,
        language=", ".join(notice.languages),
        automatic="auto-replied" if answers else "auto-generated",
        in_reply_to=thread.message_id if answers else "",
        references=thread.references if answers else (),
    )


def _enclosed(notice: d.Notice, thread: Thread, file: ical.CalendarFile | None) -> list[Part]:
    """Return the parts that go with the words: an invitation first (it stands among the words), then attachments."""
    parts = []
    if file and file.method == "PUBLISH":
        # mail programs offer an invitation by themselves, but not this: people open it
        reservation = reservation_of(notice.content)
        parts.append(calendar(file.raw, file.method, f"{reservation.code if reservation else 'mailbot'}.ics"))
    elif file:
        parts.append(calendar(file.raw, file.method))
    if isinstance(notice.content, d.ToStaff) and thread.forwarded:
        parts.append(original(thread.forwarded))
    return parts


def _parts(words: Sequence[Part], enclosed: Sequence[Part], seed: str) -> Part:
    """Return the body. An invitation is one more way to say the same, and stands once: attached besides, it would show
    its buttons twice in many programs."""
    alternatives = [*words, *(part for part in enclosed if not part.disposition)]
    body = multipart("alternative", alternatives, seed)
    attached = [part for part in enclosed if part.disposition]
    return multipart("mixed", [body, *attached], f"{seed} mixed") if attached else body


def _subject(notice: d.Notice, thread: Thread, decisions: Sequence[str]) -> str:
    """Return "Re: <the asker's own subject> – <the decision> (<code>)"; letters to those who run it have their own."""
    decision = " / ".join(decisions)
    if isinstance(notice.content, INTERNAL):
        return decision[:1].upper() + decision[1:]
    reservation = reservation_of(notice.content)
    own = own_subject((reservation.subject if reservation else "") or thread.subject)
    mark = f" ({reservation.code})" if reservation else ""
    if not own:
        return decision[:1].upper() + decision[1:] + mark
    return f"{'Re: ' if _answers(notice) else ''}{own} – {decision}{mark}"


def _answers(notice: d.Notice) -> bool:
    return notice.answers and not isinstance(notice.content, INTERNAL)


def _first_line(source: str) -> tuple[str, str]:
    first, _, rest = source.lstrip().partition("\n")
    return first.strip(), layout.joined(rest)


def _is_page(name: str | None) -> bool:
    return bool(name and name.endswith(".html"))


def _inserted(value: Any) -> Any:
    return one_line(value) if type(value) is str else value
