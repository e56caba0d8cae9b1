"""A raw mail becomes a letter, whatever programs, old charsets and people with bad intentions make of it."""

from __future__ import annotations

import base64
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.errors import Unreadable
from mailbot.model.letters import Address, Letter
from mailbot.reading import mime
from mailbot.reading.parts import Limits
from mailbot.reading.words import own_words
from tests.corpus.machines import mails
from tests.corpus.mails import SETS, build, load
from tests.corpus.words import cases
from tests.watchdog import computing_ends

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)

HEADER = b"From: Karim <karim@jeunes.example>\r\nTo: reservations@bruyere.example\r\nSubject: salle\r\n"


def parse(raw: bytes) -> Letter:
    return mime.parse(raw, ARRIVED)


def plain(body: bytes, content_type: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> Letter:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    return parse(HEADER + fields + body)


def headed(*fields: str) -> Letter:
    return parse("\r\n".join([*fields, "", "bonjour"]).encode("utf-8"))


# ── who, when, about what ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_plain_mail_has_all_its_fields() -> None:
    letter = parse(
        b"Message-ID: <1@jeunes.example>\r\nDate: Sun, 31 May 2026 21:14:00 +0200\r\n"
        b"In-Reply-To: <2@bruyere.example>\r\nReferences: <1@a.example>\r\n <2@bruyere.example>\r\n"
        b"From: Karim B. <Karim@Jeunes.example>\r\nReply-To: club@jeunes.example\r\n"
        b'To: "Service, commune" <reservations@bruyere.example>, info@bruyere.example\r\nCc: Paul <paul@x.example>\r\n'
        b"Subject: salle\r\n\r\nla salle samedi\r\n"
    )
    assert letter.message_id == "1@jeunes.example"
    assert letter.sender == Address("Karim B.", "karim@jeunes.example")
    assert letter.reply_to == (Address("", "club@jeunes.example"),)
    assert letter.to == (
        Address("Service, commune", "reservations@bruyere.example"),
        Address("", "info@bruyere.example"),
    )
    assert letter.cc == (Address("Paul", "paul@x.example"),)
    assert letter.sent == datetime(2026, 5, 31, 19, 14, tzinfo=UTC)
    assert letter.in_reply_to == ("2@bruyere.example",)
    assert letter.references == ("1@a.example", "2@bruyere.example")
    assert (letter.subject, letter.text, letter.machine) == ("salle", "la salle samedi", "")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("jean@x.example", Address("", "jean@x.example")),
        ("<jean@x.example>", Address("", "jean@x.example")),
        ("jean@x.example <jean@x.example>", Address("jean@x.example", "jean@x.example")),
        ("jean@x.example (Jean Dupont)", Address("Jean Dupont", "jean@x.example")),
        ('"Dupont, Jean" <jean@x.example>', Address("Dupont, Jean", "jean@x.example")),
        ("=?utf-8?B?w4lsb2RpZQ==?= <e@x.example>", Address("Élodie", "e@x.example")),
        ('"=?iso-8859-1?Q?Zo=EB?=" <zoe@x.example>', Address("Zoë", "zoe@x.example")),
        ("=?utf-8?Q?Asbl=2C_Les_Amis?= <a@x.example>", Address("Asbl, Les Amis", "a@x.example")),
        ("Zoé Peeters <zoe@x.example>", Address("Zoé Peeters", "zoe@x.example")),
        ("O\\'Neill <r@x.example>", Address("O'Neill", "r@x.example")),
        ("Jean <jean@x.example", Address("", "jean@x.example")),
        ("Jean <pas une adresse>", Address("Jean", "")),
        ("=?utf-8?Q?Jean=0D=0ABcc:_all@x.example?= <j@x.example>", Address("Jean Bcc: all@x.example", "j@x.example")),
        ("\u202eelpmaxe@naej <jean@x.example>", Address("elpmaxe@naej", "jean@x.example")),
        ('"a@good.example"@evil.example', Address("", '"a@good.example"@evil.example')),
    ],
)
def test_the_sender_is_read_as_programs_write_it(written: str, read: Address) -> None:
    assert headed(f"From: {written}").sender == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?Q?R=C3=A9servation?= de la =?iso-8859-1?Q?salle_f=EAte?=", "Réservation de la salle fête"),
        ("=?utf-8?Q?salle_?=\r\n =?utf-8?Q?polyvalente?=", "salle polyvalente"),
        ("=?utf-8?B?w4M=?= =?utf-8?B?wqk=?=", "Ã©"),
        ("=?utf-8?B?w?= =?utf-8?Q?=A9?=", "©"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("=?x-unknown?Q?caf=E9?=", "café"),
        ("=?utf-8?B?!!!!?= reste", "reste"),
        ("=?utf-8?Q?ligne=0Adeux=00?=", "ligne deux"),
        ("salle\u200b des\u00a0f\u00eates\u200e", "salle des fêtes"),
        ("fe\u0302te", "fête"),
        ("{{ 7*7 }} <script>", "{{ 7*7 }} <script>"),
    ],
)
def test_a_subject_is_one_decoded_line(written: str, read: str) -> None:
    assert headed("From: a@x.example", f"Subject: {written}").subject == read


def test_a_raw_latin_subject_is_read() -> None:
    assert parse(b"From: a@x.example\r\nSubject: f\xeate\r\n\r\n").subject == "fête"


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 1 Jan 1990 00:00:00 +0000", "Fri, 1 Jan 2038 00:00:00 +0000", "1 Jun 2026 25:61:00"]
)
def test_a_date_that_makes_no_sense_is_that_of_the_arrival(date: str) -> None:
    assert headed("From: a@x.example", f"Date: {date}").sent == ARRIVED


def test_a_sender_that_a_relay_repeats_is_one_sender() -> None:
    twice = headed("From: Karim <karim@x.example>", "From: Karim <karim@x.example>")
    assert twice.sender == Address("Karim", "karim@x.example")


def test_a_date_keeps_its_offset_and_may_lack_a_zone() -> None:
    assert headed("From: a@x.example", "Date: Mon, 1 Jun 2026 08:00:00 +0200").sent.utcoffset() == timedelta(hours=2)
    assert headed("From: a@x.example", "Date: Mon, 1 Jun 2026 06:00:00 -0000").sent.tzinfo is UTC
    assert mime.date_of(b"From: a@x.example\r\nDate: Mon, 1 Jan 1990 00:00:00 +0000\r\n\r\n") == datetime(
        1990, 1, 1, tzinfo=UTC
    )


def test_a_date_at_the_end_of_the_calendar_is_none() -> None:
    assert mime.date_of(b"From: a@x.example\r\nDate: Fri, 31 Dec 9999 23:59:59 +0000\r\n\r\n") is None


# ── the text ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("octets", "charset", "text"),
    [
        ("fête à 18 h".encode("latin-1"), "iso-8859-1", "fête à 18 h"),
        ("5 € – “oui”…".encode("cp1252"), "windows-1252", "5 € – “oui”…"),
        ("5 € – “oui”…".encode("cp1252"), "iso-8859-1", "5 € – “oui”…"),
        ("5 € œuf".encode("iso-8859-15"), "iso-8859-15", "5 € œuf"),
        ("fête".encode(), "iso-8859-1", "fête"),
        ("fête".encode(), "us-ascii", "fête"),
        ("fête".encode("latin-1"), "utf-8", "fête"),
        ("fête".encode("latin-1"), "no-such-charset", "fête"),
        ("fête".encode("utf-16"), "utf-16", "fête"),
        ("fête".encode(), "punycode", "fête"),
        (b"f\xc3\xaate, 14 m\xc3\xa0i \xc3\xa9\xc3", "utf-8", "fête, 14 mài é\ufffd"),
        ("\ufefffête".encode(), "utf-8", "fête"),
        (b"salle\x00 poly\x07valente", "utf-8", "salle polyvalente"),
    ],
)
def test_a_text_is_read_in_the_charset_that_it_is_in(octets: bytes, charset: str, text: str) -> None:
    assert plain(octets, f"text/plain; charset={charset}").text.strip() == text


def test_invisible_characters_are_gone_and_spaces_are_spaces() -> None:
    text = "\u200fsal\u00adle\u00a0polyvalente\u202f! \u2066sa\u200bmedi\u2069 1\ufe0f\u20e3 🎉\u2028fin"
    assert plain(text.encode()).text == "salle polyvalente ! samedi 1 🎉\nfin"


def test_quoted_printable_and_base64_are_decoded() -> None:
    assert plain(b"f=C3=AAte =\r\n14h", encoding="quoted-printable").text == "fête 14h"
    assert plain(base64.encodebytes("fête".encode()), encoding="BASE64").text == "fête"


@pytest.mark.parametrize("broken", [b"w6p0w6k", b"w6p0w6k=\r\n\r\nfooter of a list", b"w6p0 w6k!!!\r\n", b"w6p0w6k=="])
def test_broken_base64_gives_what_can_be_read(broken: bytes) -> None:
    assert plain(broken, encoding="base64").text.startswith("êtê"[:1]) or plain(broken, encoding="base64").text


def test_flowed_text_has_a_paragraph_on_a_line() -> None:
    body = b"la salle \r\npolyvalente \r\nsamedi\r\n 4 tables\r\n"
    body += b"> combien de \r\n> tables ?\r\n>> deux\r\n-- \r\nKarim\r\n"
    assert plain(body, "text/plain; format=flowed").text == (
        "la salle polyvalente samedi\n4 tables\n> combien de tables ?\n>> deux\n-- \nKarim"
    )


def test_flowed_text_with_delsp_joins_words() -> None:
    assert plain(b"poly \r\nvalente", "text/plain; format=flowed; delsp=yes").text == "polyvalente"


def alternative(text: str, html: str) -> bytes:
    message = EmailMessage()
    message["From"] = "a@x.example"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_the_plain_text_goes_before_the_html() -> None:
    assert parse(alternative("la salle samedi, texte", "<p>la salle samedi, html</p>")).text == "la salle samedi, texte"


@pytest.mark.parametrize("text", ["", " \n", "This message is in HTML. Please use a program that shows it.", "[logo]"])
def test_the_html_is_read_where_the_plain_text_says_nothing(text: str) -> None:
    assert parse(alternative(text, "<p>la salle polyvalente samedi 14</p>")).text == "la salle polyvalente samedi 14"


def test_a_bare_yes_beside_its_html_is_a_yes() -> None:
    assert parse(alternative("oui", "<p>oui</p>")).text == "oui"


def mixed(*parts: tuple[str, str, str]) -> bytes:
    body = "".join(f"--b\r\nContent-Type: {kind}\r\n{fields}\r\n{text}\r\n" for kind, fields, text in parts)
    return HEADER + f"Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}--b--\r\n".encode()


def test_texts_around_a_picture_are_all_read() -> None:
    raw = mixed(
        ("text/plain", "", "la salle"),
        ("image/jpeg; name=photo.jpg", "Content-Disposition: inline\r\n", "xx"),
        ("text/plain", "", "samedi"),
    )
    letter = parse(raw)
    assert (letter.text, letter.attachments) == ("la salle\n\nsamedi", ("photo.jpg",))


def test_what_is_attached_is_named_and_not_read() -> None:
    letter = parse(
        mixed(
            ("text/plain", "", "voir annexe"),
            (
                'application/pdf; name="x"',
                'Content-Disposition: attachment; filename="../../etc/demande.pdf"\r\n',
                "%PDF",
            ),
            ("text/plain", 'Content-Disposition: attachment; filename="notes.txt"\r\n', "500 chaises"),
            ("application/x", "Content-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.docx\r\n", "x"),
        )
    )
    assert letter.text == "voir annexe"
    assert letter.attachments == ("demande.pdf", "notes.txt", "été.docx")


def test_a_mail_that_is_attached_is_a_mail_that_is_handed_on() -> None:
    inner = "From: Amina <amina@x.example>\r\nSubject: tournoi\r\n\r\nLe 24 octobre, 32 joueurs"
    letter = parse(mixed(("text/plain", "", "voir ci-dessous"), ("message/rfc822", "", inner)))
    assert own_words(letter).forwarded == "Le 24 octobre, 32 joueurs"


def test_logos_of_a_page_are_no_attachments() -> None:
    raw = HEADER + (
        b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>la salle</p>\r\n"
        b"--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <1>\r\n\r\nxx\r\n--b--\r\n"
    )
    assert (parse(raw).text, parse(raw).attachments) == ("la salle", ())


def test_an_html_charset_may_stand_in_the_page_alone() -> None:
    page = b'<html><head><meta charset="iso-8859-15"></head><body>5 \xa4 f\xeate</body></html>'
    assert plain(page, "text/html").text == "5 € fête"


# ── the key of the ledger ───────────────────────────────────────────────────────────────────────────────────────────


def digest(*fields: str, body: str = "la salle samedi") -> str:
    return parse("\r\n".join([*fields, "", body]).encode()).digest


KARIM = ("Message-ID: <1@x.example>", "From: Karim <karim@x.example>", "Subject: salle")


def test_the_same_mail_twice_has_one_key() -> None:
    assert digest(*KARIM) == digest(*KARIM, "Received: by mx.example", body="la salle\r\nsamedi\r\n")


def test_another_sender_or_other_words_under_one_identifier_are_another_mail() -> None:
    assert digest(*KARIM) != digest(KARIM[0], "From: Paul <paul@x.example>", KARIM[2])
    assert digest(*KARIM) != digest(*KARIM, body="la salle dimanche")


def test_the_copy_of_a_list_does_not_stand_for_the_direct_mail() -> None:
    assert digest(*KARIM) != digest(*KARIM, "List-Id: <assos.listes.example>")


def test_without_an_identifier_date_and_subject_stand_for_it() -> None:
    without = KARIM[1:]
    assert digest(*without) == digest(*without)
    assert digest(*without) != digest(*without, "Date: Mon, 1 Jun 2026 08:00:00 +0200")
    assert digest(*without) != digest(without[0], "Subject: autre")


# ── hostile mails ───────────────────────────────────────────────────────────────────────────────────────────────────


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\nla salle"
    for level in range(depth):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (
            level,
            level,
            inner,
            level,
        )
    return HEADER + inner


def test_a_mail_that_is_nested_as_programs_do_is_read() -> None:
    assert parse(nested(8)).text == "la salle"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (lambda: nested(500), "nested"),
        (lambda: HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000, "parts"),
        (lambda: HEADER + b"\r\n" + b"la salle " * 200_000, "text"),
        (lambda: HEADER + b"X: y\r\n" + b"\r\n" + b"a" * 41_000_000, "large"),
        (lambda: HEADER + b"X-Long: " + b"a" * 3_000_000 + b"\r\n\r\nbonjour", "header"),
        (lambda: HEADER + b"From: other@x.example\r\n\r\nbonjour", "senders"),
        (lambda: b"", "header"),
        (lambda: b"bonjour\r\n", "header"),
    ],
    ids=[
        "500-levels",
        "5000-parts",
        "too-much-text",
        "41-megabytes",
        "3-megabytes-of-header",
        "two-senders",
        "empty",
        "no-header",
    ],
)
def test_a_mail_beyond_the_limits_goes_to_a_person(raw: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(raw())


def test_ten_thousand_recipients_and_a_header_of_a_megabyte_are_read_at_once() -> None:
    to = ", ".join(f"Nom {number} <n{number}@x.example>" for number in range(10_000)).encode()
    raw = b"From: a@x.example\r\nTo: " + to + b"\r\nX-Long: " + b"a " * 500_000 + b"\r\n\r\nla salle"
    with computing_ends():
        letter = parse(raw)
    assert letter.text == "la salle"
    assert 100 < len(letter.to) <= Limits().addresses


def test_thirty_megabytes_of_attachment_cost_little() -> None:
    picture = base64.encodebytes(bytes(22_000_000))
    raw = mixed(("text/plain", "", "la salle"), ("image/jpeg; name=p.jpg", "", "@"))
    raw = raw.replace(b"@\r\n--b--", picture + b"\r\n--b--")
    tracemalloc.start()
    with computing_ends():
        letter = parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (letter.text, letter.attachments) == ("la salle", ("p.jpg",))
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: " + b"=?utf-8?Q?" * 6_000,
        b"Subject: " + b"=?a?b?" * 10_000 + b"?=",
        b"Subject: " + b"re: " * 15_000,
        b"To: " + b'"' * 60_000,
        b"To: " + b"<" * 60_000,
        b"To: " + b"(" * 60_000,
        b"To: " + b"a" * 60_000,
        b"To: " + b"a@" * 30_000,
        b"To: " + b": " * 30_000,
        b"Content-Type: text/plain; " + b"a=b; " * 12_000,
        b"Content-Type: multipart/mixed; boundary*0*=x; boundary*1=" + b"y" * 500,
        b"References: " + b"<a@b> " * 10_000,
    ],
    ids=lambda header: header[:24].decode(),
)
def test_a_header_made_to_cost_time_does_not(header: bytes) -> None:
    with computing_ends():
        own_words(parse(b"From: a@x.example\r\n" + header + b"\r\n\r\nla salle"))


BODIES = {
    "quotes": "> " * 100_000,
    "deep quotes": ">" * 200_000,
    "spaces": " " * 200_000,
    "one word": "a" * 200_000,
    "dashes": "-" * 200_000,
    "dash lines": "--\n" * 66_000,
    "underscores": "_______\n" * 25_000,
    "or": "le 3 ou le 4 et " * 12_500,
    "numbers": "12 " * 66_000,
    "phones": "0400 11 22 33 " * 14_000,
    "attributions": "Le jeu. 5 mars 2026 à 17:30, X\n" * 6_000,
    "wrote": "Le 5 mars a écrit " * 11_000,
    "wrote lines": "Le 5 mars a écrit : oui\n" * 8_000,
    "headers": "De : a@b.example\n" * 11_000,
    "labels": "De :\nÀ :\nObjet :\nEnvoyé :\n" * 7_000,
    "closings": "Cordialement,\n" * 14_000,
    "names": "Karim\n" * 33_000,
    "thanks": "merci\n\n" * 25_000,
    "addresses": "a@b.example " * 16_000,
    "at signs": "@" * 200_000,
    "a at": "a@" * 100_000,
    "brackets": "(" * 100_000 + ")" * 100_000,
    "stars": "*" * 200_000,
    "quotation marks": '"' * 200_000,
    "footers": "Ce message est confidentiel\n" * 7_000,
    "message ids": "Message-ID: <" * 15_000,
    "links": "x<https://" * 20_000,
    "banner": "ATTENTION : " * 16_000,
    "sentences": "Bonjour, je voudrais la salle polyvalente le 14 juin de 14h à 18h svp\n" * 5_000,
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("html", [False, True], ids=["text", "html"])
def test_a_text_of_200_kilobytes_is_read_in_linear_time(name: str, html: bool) -> None:
    body = BODIES[name].encode()
    with computing_ends():
        own_words(plain(body, "text/html; charset=utf-8" if html else "text/plain; charset=utf-8"))


HYPERTEXTS = {
    "depth": "<div>" * 40_000 + "x",
    "quotes": "<blockquote>" * 15_000 + "x",
    "tables": "<table><tr><td>" * 12_000 + "x",
    "cells": "<table><tr>" + "<td rowspan=50>x" * 15_000,
    "rows": "<table>" + "<tr><td rowspan=50>a<td>b" * 8_000,
    "lists": "<ul><li>" * 25_000 + "x",
    "open": "<" * 200_000,
    "entities": "&" * 200_000,
    "comments": "<!--" * 50_000,
    "styles": '<p style="font-size:9px">x' * 8_000,
    "attributes": "<p " + "a=b " * 50_000 + ">x",
    "closing": "</div>" * 30_000,
    "unclosed script": "x<script>" + "y" * 200_000,
    "quotes that say something": "<blockquote>x" * 40_000,
    "tables that say something": "<table><tr><td>x" * 60_000,
    "lines in quotes": "<blockquote>" * 900 + "x<br>" * 300_000,
    "closing what is not open": "<b>" * 900 + "</i>" * 450_000,
    "closing what is not open, deep": "<b>" * 150_000 + "</i>" * 150_000,
    "struck out": "<p style='" + "text-decoration:" * 60_000 + "'>x",
    "borders": "<div style='border:padding" + "border:" * 60_000 + "'>x",
    "much": "<div>x</div>" * 2_000_000,
    "deep": "<div>" * 5_000_000,
    "pictures": '<img src="data:image/png;base64,' + "A" * 6_000_000 + '">x',
}


@pytest.mark.parametrize("name", HYPERTEXTS)
def test_a_page_made_to_cost_time_does_not(name: str) -> None:
    with computing_ends(), suppress(Unreadable):
        own_words(plain(HYPERTEXTS[name].encode(), "text/html"))


def test_a_page_whose_pictures_stand_in_it_is_read_and_one_of_too_much_or_too_deep_is_for_a_person() -> None:
    assert plain(HYPERTEXTS["pictures"].encode(), "text/html").text == "x"
    assert plain(b"<div><font><b>" * 100 + b"la salle", "text/html").text == "la salle"
    for name, why in (("much", "too much"), ("deep", "too much"), ("depth", "nested too deeply")):
        with pytest.raises(Unreadable, match=why):
            plain(HYPERTEXTS[name].encode(), "text/html")


def test_the_pages_of_a_mail_are_measured_together() -> None:
    page = b"Content-Type: text/html\r\n\r\n" + b"<p>x" * 100_000
    head = b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    with pytest.raises(Unreadable, match="too much"):
        parse(head + b"".join(b"--b\r\n" + page + b"\r\n" for _ in range(10)) + b"--b--\r\n")


def test_of_a_hundred_calendars_a_few_are_looked_at() -> None:
    part = b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
    part += b"CATEGORIES:" + b"a," * 90_000 + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    head = b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    with computing_ends():
        letter = parse(head + (b"--b\r\n" + part) * 150 + b"--b--\r\n")
    assert letter.calendar_reply is None
    assert len(letter.attachments) == 150


SEEDS = [raw for kind in ("machines", "people") for _, raw in mails(kind)]
SEEDS += [case.raw() for case in list(cases())[::4]]
SEEDS += [build(case) for path in sorted(SETS.glob("dev.jsonl")) for case in list(load(path))[::4]]


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A mail of the corpora with pieces cut, doubled, swapped for others' or for octets out of the blue."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        start, length = draw(st.integers(0, len(raw))), draw(st.integers(0, 200))
        other = draw(st.sampled_from(SEEDS))
        piece = draw(
            st.one_of(st.binary(max_size=40), st.sampled_from([b"\r\n", b"\x00", b"--", b"=", b">", b"<", b'"']))
        )
        begin = draw(st.integers(0, len(other)))
        piece = draw(st.sampled_from([piece, b"", raw[start : start + length] * 2, other[begin : begin + length]]))
        raw = raw[:start] + piece + raw[start + length :]
    return raw


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=3_000), spoiled()))
@example(b"\x00\ncontenT-type:\x01/")
def test_nothing_but_unreadable_is_raised(raw: bytes) -> None:
    try:
        letter = parse(raw)
    except Unreadable:
        return
    shown = "".join([letter.subject, letter.sender.name, letter.sender.address, *letter.attachments])
    assert not any(character < " " or character in "\x7f\u202e\u2028" for character in shown)
    words = own_words(letter)
    assert len(words.body) <= len(letter.text) + 4


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=2_000), st.sampled_from(["plain", "html"]))
def test_any_text_in_any_part_is_read(text: str, kind: str) -> None:
    message = MIMEMultipart()
    message["From"] = "a@x.example"
    message.attach(MIMEText(text.encode("utf-8", "replace").decode(), kind, "utf-8"))
    assert isinstance(parse(message.as_bytes()), Letter)


@pytest.mark.parametrize("domain", ["courrier...example", ".example", "courrier..", "."])
def test_a_domain_with_nothing_between_its_dots_is_no_address(domain: str) -> None:
    letter = parse(f"From: Zoe <zoe@{domain}>\r\nSubject: salle\r\n\r\nBonjour\r\n".encode())
    assert letter.sender.address in ("", "zoe@courrier"), "one dot at the end is that of the root"
