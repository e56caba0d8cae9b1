"""Hostile mail, end to end: each ends within seconds, nothing of it is obeyed, and the next one is served."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import BadRules
from mailbot.model.letters import Letter
from mailbot.policy.rules import load
from mailbot.service import conversation
from tests.corpus.machines import mails
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, READING_ROOM, STAFF, nested, to
from tests.stories.town import ROOT, Clock, Town, text_of
from tests.watchdog import computing_ends

SECONDS = 10.0
HEAD = (
    "From: Zoe <zoe@courrier.example>\r\nTo: reservations@bruyere.example\r\n"
    "Date: Tue, 02 Jun 2026 09:30:00 +0200\r\nMessage-ID: <hostile@courrier.example>\r\n"
)
BODY = f"Subject: lecture\r\n\r\n{READING_ROOM}\r\n".encode("latin-1")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    town.round()
    yield town
    town.close()


def head(*more: str) -> bytes:
    return (HEAD + "".join(f"{line}\r\n" for line in more)).encode()


def mixed(*parts: bytes) -> bytes:
    start = head("Subject: lecture", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"')
    text = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + READING_ROOM.encode()
    return start + b"\r\n" + b"".join(b"--b\r\n" + part + b"\r\n" for part in (text, *parts)) + b"--b--\r\n"


def attached(name: str, octets: bytes, kind: str = "application/octet-stream") -> bytes:
    head = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(octets)


def zip_bomb() -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", b"0" * 10_000_000)
    return octets.getvalue()


ENDLESS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:bomb@evil.example\r\n"
    "DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY;INTERVAL=1\r\n" + "RDATE:19700101T000000Z\r\n" * 3_000 +
    "SUMMARY:lecture\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)  # fmt: skip

HOSTILE: dict[str, Callable[[], bytes]] = {
    "31 MB": lambda: head("Subject: x") + b"\r\n" + b"a line of text\r\n" * 2_000_000,
    "29 MB of attachment": lambda: mixed(attached("photo.jpg", b"\x00" * 21_000_000)),
    "500 nested parts": lambda: nested(500),
    "2,000 nested parts": lambda: nested(2_000),
    "10,000 recipients": lambda: head("Cc: " + ", ".join(f"a{n}@voisins.example" for n in range(10_000))) + BODY,
    "a header of 1 MB": lambda: head("X-Long: " + "x" * 1_000_000) + BODY,
    "a subject of 1 MB": lambda: head("Subject: " + "x" * 1_000_000) + b"\r\n" + READING_ROOM.encode(),
    "100,000 headers": lambda: head(*["X-Many: y"] * 100_000) + BODY,
    "broken base64": lambda: (
        head("Content-Transfer-Encoding: base64") + b"\r\n" + b"====!!!\x00=Qm9uam91cg=\xff=\r\n" * 99
    ),
    "a charset that there is none of": lambda: head("Content-Type: text/plain; charset=klingon-8") + BODY,
    "UTF-16 that is none": lambda: head("Content-Type: text/plain; charset=utf-16") + BODY,
    "NUL": lambda: head("Subject: a\x00b") + b"\r\n\x00" + READING_ROOM.encode().replace(b" ", b" \x00") + b"\x00",
    "nothing but NUL": lambda: b"\x00" * 100_000,
    "nothing": lambda: b"",
    "a header alone": lambda: head("Subject: x"),
    "right-to-left marks": lambda: (
        head("Subject: \u202efdp.exe\u202c") + b"\r\n" + f"\u202e{READING_ROOM}\u2066".encode()
    ),
    "a zip bomb": lambda: mixed(attached("plan.zip", zip_bomb(), "application/zip")),
    "an endless calendar": lambda: mixed(attached("invite.ics", ENDLESS.encode(), "text/calendar; method=REQUEST")),
    "an endless answer": lambda: mixed(
        attached("a.ics", ENDLESS.replace("REQUEST", "REPLY").encode(), "text/calendar; method=REPLY")
    ),
    "paths in names": lambda: mixed(
        attached("../../../etc/passwd", b"root"),
        attached("C:\\\\windows\\\\x.exe", b"MZ"),
        attached("/etc/cron.d/x", b"*"),
    ),
    "a script in HTML": lambda: (
        head("Content-Type: text/html")
        + b"\r\n<script>alert(1)</script><style>*{}</style>"
        + b"<div>" * 30_000
        + READING_ROOM.encode("utf-8")
    ),
    "a boundary that is a bomb": lambda: (
        head(f'Content-Type: multipart/mixed; boundary="{"(a+)+" * 30}"') + b"\r\n" + b"--" * 90_000
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_ends_in_seconds_and_the_next_one_is_served(name: str, town: Town) -> None:
    town.inbox.put(HOSTILE[name]())
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM.replace("jeudi 18", "mercredi 17")))
    with computing_ends():
        letters = town.round()
    assert "ines@codedojo.example" in to(letters)
    assert all(mail.handled for mail in town.inbox.mails)
    assert set(to(letters)) <= {"ines@codedojo.example", "zoe@courrier.example", *STAFF}, "nobody in Cc is written to"
    assert len(letters) <= 4
    for letter in letters:
        assert len(letter.as_bytes()) < 20_000_000


def test_a_mail_that_is_too_large_is_told_without_being_attached(town: Town) -> None:
    letters = town.receive(HOSTILE["31 MB"]())
    assert to(letters) == [*STAFF, "zoe@courrier.example"]
    assert "trop grand pour être joint" in text_of(letters[0])
    assert "te groot als bijlage" in text_of(letters[1])


INJECTED = [
    "salle\r\nBcc: victim@evil.example",
    "salle\nBcc: victim@evil.example",
    "=?utf-8?q?salle=0D=0ABcc:_victim@evil.example?=",
    "=?utf-8?b?c2FsbGUNCkJjYzogdmljdGltQGV2aWwuZXhhbXBsZQ==?=",
    "salle\u2028Bcc: victim@evil.example",
    "salle\x0bBcc: victim@evil.example\x85",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fsalle=3D0D=3D0ABcc=3A_victim=40evil.example=3F=3D?=",
]


@pytest.mark.parametrize("words", INJECTED)
@pytest.mark.parametrize("where", ["Subject", "From"])
def test_nothing_of_a_mail_reaches_a_header_unencoded(words: str, where: str, town: Town) -> None:
    folded = words.replace("\r\n", "\r\n ").replace("\n", "\n ") if "\n" in words else words
    lines = {"From": '"Zoe" <zoe@courrier.example>', "Subject": "salle"} | (
        {"Subject": folded} if where == "Subject" else {"From": f'"{folded}" <zoe@courrier.example>'}
    )
    start = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    raw = f"{start}Message-ID: <i@courrier.example>\r\n\r\nJe me plains : rappelez-moi.".encode()
    town.receive(raw)
    for post in town.outbox.sent:
        header = post.raw.partition(b"\r\n\r\n")[0]
        assert header.isascii()
        assert not re.search(rb"^(bcc|victim)", header, re.IGNORECASE | re.MULTILINE)
        assert not any("victim" in recipient for recipient in post.recipients)
        assert b"\r" not in header.replace(b"\r\n", b"")
        assert b"\n" not in header.replace(b"\r\n", b"")


def html_of(letter: EmailMessage) -> str:
    page = letter.get_body(("html",))
    assert page is not None
    return str(page.get_content())


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


NAMES = [
    "<script>alert(1)</script>",
    "<a href='https://evil.example'>Inès</a>",
    "{{ 7*7 }}{% include '/etc/passwd' %}",
    "{{ rules.staff }}",
    "<img src=x onerror=alert(1)>",
    "https://evil.example/login",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("words", NAMES)
def test_markup_links_and_templates_in_names_and_subjects_are_words(words: str, town: Town) -> None:
    raw = town.mail("Zoe <zoe@courrier.example>", "X-SUBJECT", READING_ROOM)
    encoded = base64.b64encode(words.encode()).decode()
    raw = raw.replace(b"Subject: X-SUBJECT", f"Subject: =?utf-8?b?{encoded}?=".encode())
    raw = raw.replace(b"From: Zoe", f"From: =?utf-8?b?{encoded}?=".encode())
    town.receive(raw)
    town.later(days=16)
    for letter in [*town.letters(), *town.round()]:
        tags = Tags()
        tags.feed(html_of(letter))
        for tag, attributes in tags.found:
            assert tag not in {"script", "img", "iframe", "form"}
            assert not [name for name in attributes if name.startswith("on")]
            assert "evil" not in (attributes.get("href") or "")
            assert "javascript" not in (attributes.get("href") or "")
        text = str(letter["Subject"]) + text_of(letter)
        assert "49" not in re.sub(r"[\w-]*\d[\w-]*49[\w-]*|49[\w-]+", "", text.replace("0400 49", ""))
        assert "root:" not in text
        assert "Staff(" not in text


# --- a mail that makes the program fail


def test_a_poison_mail_is_tried_three_times_set_aside_whole_and_told_once_and_99_others_are_served(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, tries = conversation.read, []

    def stumble(letter: Letter, *rest: Any) -> Any:
        if "POISON" in letter.text:
            tries.append(letter)
            raise RecursionError("nobody foresaw it")
        return original(letter, *rest)

    monkeypatch.setattr(conversation, "read", stumble)
    poison = town.mail("zoe@courrier.example", "salle", "POISON")
    town.inbox.put(poison)
    for number in range(99):
        body = f"La salle de lecture est-elle libre le 20 juin à {number % 8 + 10} h ?"
        town.inbox.put(town.mail(f"a{number}@b{number}.example", "question", body))
    first = town.round()
    assert len({address for address in to(first) if "@b" in address} - set(STAFF)) == 99, "served in the first round"
    later = [letter for _ in range(5) for letter in town.round()]
    assert len(tries) == 3
    assert to(later) == [*STAFF, "zoe@courrier.example"]
    assert poison in town.outbox.sent[-3].raw
    assert "a fait échouer le programme trois fois" in text_of(later[0])


# --- robots


@pytest.mark.parametrize(("name", "raw"), [pytest.param(*mail, id=mail[0]) for mail in mails("machines")])
def test_a_robots_mail_ends_in_silence_or_with_a_person(name: str, raw: bytes, town: Town) -> None:
    letters = town.receive(raw.replace(b"\r\n\r\n", b"\r\nMessage-ID: <robot@x.example>\r\n\r\n", 1))
    assert set(to(letters)) <= set(STAFF)


# --- rules.yaml


RULES = (ROOT / "rules.yaml").read_text(encoding="utf-8")
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + RULES,
        RULES + "\nclosures: !!python/object/apply:os.system [id]\n",
        RULES + "\nx: !!python/name:os.system\n",
        RULES.replace("unknown_senders: allowed", "unknown_senders: &u allowed\nx: *u"),
        RULES + "\n<<: *nothing\n",
        "? " * 3_000,
        "[" * 20_000,
        "{a: " * 20_000,
        "\x00" + RULES,
        "- " * 200_000,
    ],
    ids=["laughs", "object", "name", "alias", "merge", "keys", "lists", "maps", "nul", "dashes"],
)
def test_tricks_in_rules_are_faults_and_nothing_else(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with computing_ends(), pytest.raises(BadRules) as bad:
        load(path)
    assert bad.value.lines
