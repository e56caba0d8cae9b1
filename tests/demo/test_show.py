"""The demo: what it shows of a calendar file, and how the user's own mails are typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from io import StringIO
from types import SimpleNamespace
from typing import cast

import pytest
from rich.console import Console

from mailbot.demo import show
from mailbot.demo.mails import Neighbour
from mailbot.demo.show import NoAnswer, Stage, span_in_words, talk


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (date(2026, 12, 19), date(2026, 12, 20), "Sat 19 Dec 2026"),
        (date(2026, 12, 19), date(2026, 12, 22), "Sat 19 Dec 2026 to Mon 21 Dec"),
        (
            datetime(2026, 12, 19, 14, tzinfo=UTC),
            datetime(2026, 12, 19, 18, tzinfo=UTC),
            "Sat 19 Dec 2026 14:00 to 18:00",
        ),
        (
            datetime(2026, 12, 19, 20, tzinfo=UTC),
            datetime(2026, 12, 20, 0, tzinfo=UTC),
            "Sat 19 Dec 2026 20:00 to Sun 20 Dec 00:00",
        ),
    ],
)
def test_the_last_day_of_an_event_is_the_last_one_of_use(start: date, end: date, told: str) -> None:
    assert span_in_words(start, end) == told


DAY = ("DTSTART;VALUE=DATE:20261219", "DTEND;VALUE=DATE:20261220")


def letter(location: str) -> EmailMessage:
    """Return an answer with the event of one whole day."""
    mail = EmailMessage()
    mail["Subject"] = "Confirmé : quatre tables et trente chaises pour samedi 19 décembre [R-7K3F2]"
    mail.set_content("Bonjour,\n\nC'est réservé.")
    lines = ["BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", "SUMMARY:4 × table", *DAY, location]
    calendar = "\r\n".join([line for line in lines if line] + ["END:VEVENT", "END:VCALENDAR", ""])
    mail.add_attachment(calendar, subtype="calendar", filename="agenda.ics")
    return mail


@pytest.mark.parametrize(("location", "told"), [("", "Sat 19 Dec 2026"), ("LOCATION:dépôt", "Sat 19 Dec 2026, dépôt")])
def test_a_calendar_line_has_no_comma_for_what_is_not_there(location: str, told: str) -> None:
    assert list(show.calendar_in_words(letter(location))) == [f"REQUEST 4 × table: {told}"]


def test_a_long_subject_is_shown_whole() -> None:
    out = StringIO()
    answer = letter("")
    Stage.show(cast(Stage, SimpleNamespace(console=Console(file=out, width=60))), answer, 0.4)
    assert " ".join(out.getvalue().split()).startswith(f"Answer after 0.4 s – {answer['Subject']} ╭")


class Played:
    """A stage that keeps what is put into the mailbox, and answers all but notes of absence."""

    def __init__(self) -> None:
        self.out = StringIO()
        self.console = Console(file=self.out, width=100)
        self.process = SimpleNamespace(poll=lambda: None)
        self.mails: list[Neighbour] = []
        self.headers: list[dict[str, str]] = []

    def play(self, number: int, neighbour: Neighbour, **headers: str) -> EmailMessage:
        self.mails.append(neighbour)
        self.headers.append(headers)
        if neighbour.subject == "absent":
            raise NoAnswer("no answer to 'absent'")
        answer = EmailMessage()
        answer["Subject"] = f"Re: {neighbour.subject} – confirmé [R-0000{number - 9}]"
        answer["Message-ID"] = f"<{number}@bruyere.example>"
        return answer


def play(monkeypatch: pytest.MonkeyPatch, *lines: str) -> tuple[Played, list[str]]:
    """Type lines, then Ctrl-D; return the stage, and the lines that were not read any more."""
    stage, keys = Played(), iter(lines)

    def read(_: str = "") -> str:
        for line in keys:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", read)
    talk(cast(Stage, stage))
    return stage, list(keys)


def test_a_mail_without_a_subject_is_sent_and_an_empty_one_ends_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, left = play(monkeypatch, "Zoé Martens", "", "Bonjour,", "", "4 tables ?", ".", "", ".", "not read")
    assert [(mail.sender, mail.subject, mail.body) for mail in stage.mails] == [
        ("Zoé Martens <you@voisins.example>", "", "Bonjour,\n\n4 tables ?")
    ]
    assert left == ["not read"]


def test_the_end_of_input_sends_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    stage, _ = play(monkeypatch, "", "tables", "4 tables ?")
    assert [(mail.sender, mail.subject, mail.body) for mail in stage.mails] == [
        ("you@voisins.example", "tables", "4 tables ?")
    ]
    assert play(monkeypatch, "Zoé")[0].mails == []


def test_a_reply_goes_into_the_thread_of_the_last_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ("Zoé", "r", "tables", "4 tables ?", ".", "absent", "Je suis absente.", ".", "R", "ok pour la 2", ".")
    stage, _ = play(monkeypatch, *typed, "r", ".", "", ".")
    assert [mail.subject for mail in stage.mails] == ["tables", "absent", "Re: tables – confirmé [R-00002]"]
    assert stage.headers[0] == {}
    assert stage.headers[2] == {"In-Reply-To": "<11@bruyere.example>", "References": "<11@bruyere.example>"}
    said = stage.out.getvalue()
    assert "There is no answer to reply to yet." in said
    assert "no answer to 'absent'" in said
    assert "Nothing was written, nothing was sent." in said
