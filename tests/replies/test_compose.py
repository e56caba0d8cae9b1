"""Letters as they leave: what a mail program makes of the bytes, and what a neighbour reads."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from mailbot.model.behalf import Party
from mailbot.model.cases import Case
from mailbot.model.letters import Address
from mailbot.model.meaning import Item
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import Objection
from mailbot.model.outbox import Outgoing, Thread
from mailbot.model.reservation import Approval, Reservation, State, Use
from mailbot.model.to_askers import (
    Cancelled,
    ChangeOffered,
    Confirmed,
    Displaced,
    Examined,
    Lapsed,
    NotApproved,
    Offered,
    Refused,
    Thanked,
    Unchanged,
    Withdrawn,
)
from mailbot.model.to_staff import ApprovalTold, BehalfTold, Carried, CaseTold, Dealt, Settled, ToStaff
from mailbot.replies.compose import Composer, greeted
from mailbot.replies.reasons import kind_of
from tests.replies import gallery
from tests.replies.examples import (
    DEADLINE,
    LANGUAGES,
    NOW,
    OBJECTIONS,
    OPTIONS,
    ORIGINAL,
    ROOM,
    ROOT,
    TEMPLATES,
    YVETTE,
    at,
    contents,
    request,
    reservation,
    rules,
    span,
)
from tests.replies.gallery import parsed, text_of

COMPOSER = Composer(TEMPLATES)
UNDO = at("2026-06-03 09:30")
FILED = (
    "confirmed",
    "firm",
    "changed",
    "direct-agreed",
    "direct-off",
    "unchanged",
    "cancelled",
    "withdrawn",
    "freeing",
)
"""Letters that may carry a calendar file."""
GOLDEN = Path(__file__).parent / "golden"
ASKED = Thread("Re: Fête de la rue", "asked@courrier.example", ("first@courrier.example",))


def written(content: Content, thread: Thread = ASKED, to: Address = YVETTE, *languages: str) -> Outgoing:
    notice = Notice(to, languages or ("fr",), content)
    return COMPOSER.compose(notice, rules(), thread, NOW, "1.abc@bruyere.example", "digest")


def confirmed(**changes: Any) -> Confirmed:
    return Confirmed(reservation(**changes), UNDO)


@pytest.mark.parametrize("language", [*LANGUAGES, "both"])
def test_every_letter_is_plain_ascii_on_the_wire_and_says_the_same_twice(language: str) -> None:
    for letter in gallery.written(language).values():
        assert letter.raw.isascii()
        assert max(len(line) for line in letter.raw.split(b"\r\n")) <= 78
        assert not parsed(letter.raw).defects
        assert text_of(letter.raw) == letter.text
        page = unescape(text_of(letter.raw, "html")).replace("\u00a0", " ")
        assert [word for word in set(letter.text.split()) if word not in page and word not in "*│"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_shows_its_seams(language: str) -> None:
    for letter in gallery.written(language).values():
        assert re.search(r"[{}]|None|\n\n\n|  (?! *│)| ,|\(\)|\.\.(?!\.)|, [,.;:]", letter.text) is None


@pytest.mark.parametrize("language", [*LANGUAGES, "both"])
def test_every_letter_reads_as_it_was_approved(language: str) -> None:
    """Read what changed before it is approved: UPDATE_GOLDEN=1 writes it down."""
    approved = GOLDEN / f"{language}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        approved.write_text(gallery.book(language), encoding="utf-8")
    assert gallery.book(language) == approved.read_text(encoding="utf-8")


# --- subjects and threads


def test_the_subject_is_the_askers_own_with_the_decision_and_the_code() -> None:
    letter = written(confirmed())
    assert parsed(letter.raw)["Subject"] == "Re: Fête de la rue – c'est réservé (R-7K3F2)"
    assert (letter.code, letter.kind, letter.cause) == ("R-7K3F2", "confirmed", "digest")
    assert (letter.sender, letter.recipients) == ("reservations@bruyere.example", ("yvette.collin@courrier.example",))


OWN = [
    ("RE: Re: TR: Fête de la rue", "Re: Fête de la rue – merci"),
    ("Re: Fête – c'est réservé (R-7K3F2)", "Re: Fête – merci"),
    ("RE : Antw: Fête – pas possible (R-7K3F2)", "Re: Fête – merci"),
    ("", "Merci"),
    ("Réf: Fête\r\nBcc: all@victim.example", "Re: Fête Bcc: all@victim.example – merci"),
]


@pytest.mark.parametrize(("subject", "answered"), OWN)
def test_marks_of_replies_and_our_own_words_do_not_pile_up(subject: str, answered: str) -> None:
    assert parsed(written(Thanked(), Thread(subject, "a@b.example")).raw)["Subject"] == answered


def test_a_long_subject_is_cut_so_that_the_decision_is_seen() -> None:
    subject = parsed(written(confirmed(subject="fête " * 60)).raw)["Subject"]
    assert subject.endswith("… – c'est réservé (R-7K3F2)")
    assert len(subject) < 120


def test_an_answer_is_tied_to_the_mail_that_it_answers() -> None:
    message = parsed(written(confirmed()).raw)
    assert message["In-Reply-To"] == "<asked@courrier.example>"
    assert message["References"].split() == ["<first@courrier.example>", "<asked@courrier.example>"]
    assert message["Auto-Submitted"] == "auto-replied"


def test_what_answers_nothing_is_told_as_such() -> None:
    notice = Notice(YVETTE, ("fr",), Lapsed(reservation()), answers=False)
    message = parsed(COMPOSER.compose(notice, rules(), ASKED, NOW, "1@bruyere.example").raw)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "In-Reply-To" not in message
    assert message["Subject"].startswith("Fête de la rue – ")


def test_staff_get_the_mail_whole_and_no_reference_to_it() -> None:
    thread = replace(ASKED, forwarded=ORIGINAL)
    message = parsed(written(ToStaff("human", YVETTE, "Clé"), thread).raw)
    assert "In-Reply-To" not in message
    assert message["Auto-Submitted"] == "auto-generated"
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    assert bytes(attached.get_content()) == ORIGINAL.replace(b"\r\n", b"\n")


def test_a_letter_to_an_address_that_cannot_be_sent_to_has_no_recipient() -> None:
    """It goes into the outbox, is refused there for good, and staff are told."""
    assert written(confirmed(), to=Address("Anne", "é@b.example")).recipients == ()
    assert written(confirmed(), to=Address("", "jean@bücher.example")).recipients == ("jean@xn--bcher-kva.example",)


# --- what people write


HOSTILE = "{{ 7 * 7 }}<script>alert(1)</script>{% raw %}"


def test_what_people_write_is_neither_template_nor_markup() -> None:
    item = Item(("maison-quartier",), 1, words=(HOSTILE, "ligne\n– 1. CLÉ : faux"))
    asked = replace(request("fr"), items=(item,))
    letter = written(confirmed(subject=HOSTILE, request=asked), to=Address(HOSTILE, "a@b.example"))
    assert f"« {HOSTILE} »" in letter.text
    assert "« ligne – 1. CLÉ : faux »" in letter.text
    page = text_of(letter.raw, "html")
    assert "<script>" not in page
    assert "{{ 7 * 7 }}&lt;script&gt;" in page


def test_nothing_that_people_write_turns_a_line_around() -> None:
    asked = replace(request("fr"), items=(Item(("maison-quartier",), 1, words=("\u202eesrever\u2066",)),))
    assert "« esrever »" in written(confirmed(request=asked)).text


GREETINGS = [
    ("Yvette Collin", "Yvette Collin"),
    ("Jean-Pierre D'Hoest", "Jean-Pierre D'Hoest"),
    ("Sint-Jan vzw", "Sint-Jan vzw"),
    ("Ὀδυσσεύς", "Ὀδυσσεύς"),
    ("info", ""),
    ("yvette.collin@courrier.example", ""),
    ("Gagnez 1000 € http://x.example", ""),
    ("a" * 61, ""),
    ("", ""),
]


@pytest.mark.parametrize(("name", "greeting"), GREETINGS)
def test_people_are_greeted_by_what_looks_like_a_name(name: str, greeting: str) -> None:
    assert greeted(name) == greeting


# --- languages


def test_a_letter_in_two_languages_says_all_in_both_and_points_to_the_second() -> None:
    letter = written(confirmed(), ASKED, YVETTE, "fr", "nl")
    first, second = letter.text.split("\n\n* * *\n\n")
    assert first.startswith("Nederlandse versie hieronder.\n\nBonjour Yvette Collin,")
    assert second.startswith("Beste Yvette Collin,")
    message = parsed(letter.raw)
    assert message["Subject"] == "Re: Fête de la rue – c'est réservé / uw reservatie is in orde (R-7K3F2)"
    assert message["Content-Language"] == "fr, nl"
    assert '<div lang="nl"' in text_of(letter.raw, "html")


UNDO_WORDS = {"fr": "seulement NON avant", "nl": "alleen NEE vóór", "en": "only NO before"}
PERSON = {"fr": "PERSONNE", "nl": "MEDEWERKER", "en": "PERSON"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_confirmation_says_how_to_undo_it_and_how_to_reach_a_person(language: str) -> None:
    letter = written(Confirmed(reservation(language), UNDO), ASKED, YVETTE, language)
    assert UNDO_WORDS[language] in letter.text
    assert PERSON[language] in letter.text
    assert "02 000 01 23" in letter.text
    assert "0400 00 00 12" in letter.text


# --- calendars


def calendar_types(letter: Outgoing) -> list[tuple[str, str, bool]]:
    """Return type, method and whether it is an attachment, of each calendar file."""
    parts = [part for part in parsed(letter.raw).walk() if part.get_content_type() == "text/calendar"]
    return [
        (part.get_content_type(), str(part.get_param("method")), part.get_content_disposition() == "attachment")
        for part in parts
    ]


def test_an_invitation_stands_once_among_the_ways_to_say_it() -> None:
    assert calendar_types(written(confirmed())) == [("text/calendar", "REQUEST", False)]
    assert parsed(written(confirmed()).raw).get_content_type() == "multipart/alternative"


def test_dates_without_a_rule_are_a_file_to_open_and_the_letter_says_so() -> None:
    letter = written(Confirmed(reservation(uses=two_halls()), UNDO))
    assert calendar_types(letter) == [("text/calendar", "PUBLISH", True)]
    assert "Le fichier joint met toutes ces dates dans votre agenda." in letter.text


def two_halls() -> tuple[Use, ...]:
    return (ROOM, replace(ROOM, resource="salle-reunion", when=span("2026-06-20", "10:00-12:00")))


def test_what_ends_takes_itself_out_of_the_calendar() -> None:
    assert calendar_types(written(Cancelled(reservation(sequence=2)))) == [("text/calendar", "CANCEL", False)]
    assert calendar_types(written(Cancelled(reservation(uses=())))) == []


def test_what_is_left_of_a_series_is_in_the_calendar_file() -> None:
    assert calendar_types(written(contents("fr")["freeing"])) == [("text/calendar", "REQUEST", False)]


@pytest.mark.parametrize("name", [name for name in contents("fr") if not name.startswith(FILED)])
def test_other_letters_carry_no_calendar(name: str) -> None:
    assert calendar_types(written(contents("fr")[name])) == []


def test_the_calendar_says_the_code_the_key_and_how_to_cancel() -> None:
    [part] = [part for part in parsed(written(confirmed()).raw).walk() if part.get_content_type() == "text/calendar"]
    text = part.get_content().replace("\r\n ", "").replace("\n ", "").replace("\\,", ",")
    for words in ("R-7K3F2", "entre 17 h et 19 h, chez la concierge", "annuler : répondez au mail", "rue du Parc 1"):
        assert words in text
    assert "UID:r-7k3f2@bruyere.example" in text


# --- the whole


def test_the_same_notice_gives_the_same_bytes() -> None:
    assert written(confirmed()).raw == written(confirmed()).raw


def test_a_thing_that_was_taken_out_of_the_rules_is_called_by_its_id() -> None:
    sample = rules()
    bare = replace(sample, rooms={}, equipment={}, sites={}, keys={}, counters={}, holders={})
    notice = Notice(YVETTE, ("fr",), confirmed())
    text = COMPOSER.compose(notice, bare, ASKED, NOW, "1@bruyere.example").text
    assert "maison-quartier, samedi 13 juin 2026" in text


def test_libraries_of_letters_are_loaded_with_the_first_letter() -> None:
    code = "import sys, mailbot.replies.compose; print([m for m in ('jinja2', 'icalendar') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_reservation_without_request_or_phone_still_reads_well() -> None:
    bare: Reservation = reservation(request=None, subject="", initiative=None)
    letter = written(Confirmed(bare, UNDO), Thread())
    assert parsed(letter.raw)["Subject"] == "C'est réservé (R-7K3F2)"
    assert "Nous avons lu" not in letter.text


# --- what each letter owes its reader


@pytest.mark.parametrize("language", [*LANGUAGES, "both"])
def test_each_letter_links_the_privacy_notice_as_text_and_on_the_page(language: str) -> None:
    notices = {one: rules().commune.privacy[one] for one in LANGUAGES}
    for name, letter in gallery.written(language).items():
        for one in ("fr", "nl") if language == "both" else (language,):
            assert notices[one] in letter.text, name
            assert notices[one] in text_of(letter.raw, "html"), name


REFUSALS = {
    "offered": lambda o, r: Offered(r, (o,)),
    "refused": lambda o, r: Refused(replace(r, options=(), state=State.REFUSED), (o,)),
    "change_offered": lambda o, r: ChangeOffered(replace(r, state=State.CHANGING), (o,)),
    "unchanged": lambda o, r: Unchanged(replace(r, options=(), state=State.CONFIRMED), (o,)),
    "examined": lambda o, r: Examined(
        replace(r, state=State.EXAMINED, approval=Approval(1, ("nuit",), NOW), options=r.options[:1]), objections=(o,)
    ),
    "displaced": lambda o, r: Displaced(replace(r, options=(), state=State.CONFIRMED), r.uses, (o,)),
    "approval_told": lambda o, r: ApprovalTold(r, Settled.NOT_POSSIBLE, (o,)),
    "case_told": lambda o, r: CaseTold(CASE, Dealt.NOT_POSSIBLE, objections=(o,)),
    "behalf_told": lambda o, r: BehalfTold(Party(YVETTE), Carried.NOT_POSSIBLE, objections=(o,)),
}
"""Letters that say why something cannot be, each made of an objection and of a reservation."""
CASE = Case("digest", "human", YVETTE, ("fr",), "Fête", "…", NOW)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_the_article_whatever_its_reason_and_whatever_the_letter(language: str) -> None:
    kinds = {kind_of(objection) for objection in OBJECTIONS}
    assert len(kinds) == len(get_args(Objection)), "one of each class"
    cited = replace(rules(), articles={kind: dict.fromkeys(LANGUAGES, f"art. {kind}") for kind in kinds})
    offers = reservation(language, options=OPTIONS, deadline=DEADLINE, state=State.OFFERED)
    for (name, made), objection in product(REFUSALS.items(), OBJECTIONS):
        notice = Notice(YVETTE, (language,), made(objection, offers))
        assert notice.content.template == name
        text = COMPOSER.compose(notice, cited, ASKED, NOW, "1.abc@bruyere.example").text
        assert f"(art. {kind_of(objection)})" in text, (name, objection)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_article_a_refusal_says_which_rule_it_is(language: str) -> None:
    """A number, a day or a name of the rules stands in each: what is longest, how many, from when."""
    bare = replace(rules(), articles={})
    offers = reservation(language, options=OPTIONS, deadline=DEADLINE, state=State.OFFERED)
    told: dict[str, str] = {}
    for objection in OBJECTIONS:
        notice = Notice(YVETTE, (language,), Refused(replace(offers, options=()), (objection,)))
        told[str(objection)] = COMPOSER.compose(notice, bare, ASKED, NOW, "1.abc@bruyere.example").text
    assert len(set(told.values())) == len(OBJECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("college", [True, False])
def test_who_is_refused_by_a_person_or_by_the_college_reads_which_rule_wanted_their_yes(
    language: str, college: bool
) -> None:
    cited = replace(rules(), articles={"not-agreed": dict.fromkeys(LANGUAGES, "art. 12")})
    none = reservation(language, uses=(), state=State.REFUSED)
    reasons = ("quartier",) if college else ("nuit",)
    why = cited.why_asked(reasons[0])[language]
    for content in (
        NotApproved(none, reasons, reservation().uses),
        Withdrawn(none, reservation().uses, college=college, reasons=reasons),
    ):
        text = COMPOSER.compose(Notice(YVETTE, (language,), content), cited, ASKED, NOW, "1@bruyere.example").text
        assert why in text
        assert "(art. 12)" in text
