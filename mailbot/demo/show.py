"""`make demo`: mails go in, the daemon of production answers them, and each conversation is shown as people read it."""

from __future__ import annotations

import email
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path

from icalendar import Calendar
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.rule import Rule

from mailbot.demo.embedded import EmbeddedImap, EmbeddedSmtp, environment
from mailbot.demo.mails import Neighbour, neighbours, party_day
from mailbot.errors import MailbotError
from mailbot.policy.rules import load

ANSWER_SECONDS = 30.0
QUIET_SECONDS = 3.0
"""How long a mail that must not be answered is given to prove it."""

WIDTH = 100


class NoAnswer(MailbotError):
    """The daemon did not answer in time, or ended."""


def demo() -> int:
    """Show the main job; return the exit code. Ends by itself where nobody sits at the terminal."""
    console = Console(width=min(WIDTH, Console().width))
    folder = Path.cwd()
    rules = load(folder / "rules.yaml")
    with tempfile.TemporaryDirectory(prefix="mailbot-demo-") as data, EmbeddedImap() as imap, EmbeddedSmtp() as smtp:
        settings = environment(imap, imap.user, imap.password, smtp, Path(data))
        with daemon(settings, Path(data)) as process:
            stage = Stage(console, imap, smtp, process, rules.commune.mailbox.address)
            console.print(Rule("mailbot, on an embedded mail server"))
            console.print(
                f"{rules.commune.mailbox.address} on IMAP {imap.host}:{imap.port}, SMTP {smtp.host}:{smtp.port}"
            )
            console.print("rules.yaml of this folder, a database in a temporary folder\n")
            today = datetime.now(rules.commune.zone).date()
            offered = None
            for number, neighbour in enumerate(neighbours(rules, today), 1):
                answer = stage.play(number, neighbour)
                if answer is not None and neighbour.sender.startswith("Michel"):
                    offered = answer
            if offered is not None:
                stage.play(9, choice(offered), **thread_of(offered))
            show_digest(console, settings, party_day(rules, today))
            console.print(Rule("Your turn"))
            if sys.stdin.isatty():
                talk(stage)
            else:
                console.print("Writing mails of your own needs a terminal: run make demo in one.")
    console.print("\nNext: the README says how to connect a real mailbox.")
    return 0


@contextmanager
def daemon(settings: dict[str, str], data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `mailbot run` in a process of its own; its log goes to a file of the data folder."""
    # The first start sets the mark below which mail is old: the neighbours write after it.
    subprocess.run([sys.executable, "-m", "mailbot", "once"], env=settings, stderr=subprocess.DEVNULL, check=True)
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "mailbot", "run"], env=settings, stderr=log)
        try:
            until = time.monotonic() + ANSWER_SECONDS
            while b"daemon started" not in (data / "log").read_bytes():
                if process.poll() is not None or time.monotonic() > until:
                    raise NoAnswer("the daemon did not start:\n" + (data / "log").read_text(errors="replace"))
                time.sleep(0.05)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


class Stage:
    """Where mails are put and answers awaited."""

    def __init__(
        self, console: Console, imap: EmbeddedImap, smtp: EmbeddedSmtp, process: subprocess.Popen[bytes], mailbox: str
    ) -> None:
        self.console = console
        self.imap = imap
        self.smtp = smtp
        self.process = process
        self.mailbox = mailbox

    def play(self, number: int, neighbour: Neighbour, **headers: str) -> EmailMessage | None:
        """Put one mail into the mailbox, and show it with its answer; return the answer, or None."""
        console = self.console
        console.print(Rule(f"{number}. {neighbour.shows}", align="left", style="bold"))
        console.print(f"[dim]From:[/] {escape(neighbour.sender)}\n[dim]Subject:[/] {escape(neighbour.subject)}\n")
        console.print(escape(neighbour.body.strip()))
        console.print()
        raw = neighbour.raw(self.mailbox, datetime.now(UTC), **headers)
        message_id = str(email.message_from_bytes(raw, policy=default)["Message-ID"])
        began = time.monotonic()
        self.imap.put(raw)
        machine = "Auto-Submitted" in neighbour.headers
        answers = self.answers_to(message_id, QUIET_SECONDS if machine else ANSWER_SECONDS)
        if machine:
            if answers:
                raise NoAnswer("an automatic mail was answered")
            console.print("[green]No answer, as it should be: a machine wrote it.[/]\n")
            return None
        if not answers:
            raise NoAnswer(f"no answer to {neighbour.subject!r} within {ANSWER_SECONDS:.0f} s")
        self.show(answers[0], time.monotonic() - began)
        for told in self.told_to_staff(message_id):
            console.print(f"[cyan]→ {escape(str(told['To']))}: {escape(str(told['Subject']))}[/]\n")
        return answers[0]

    def answers_to(self, message_id: str, seconds: float) -> list[EmailMessage]:
        """Return the answers to a mail, as soon as there is one."""

        def found() -> list[EmailMessage]:
            mails = (message(arrived.raw) for arrived in list(self.smtp.arrived))
            return [mail for mail in mails if str(mail.get("In-Reply-To", "")).strip() == message_id]

        self.smtp.wait_until(lambda _: bool(found()) or self.process.poll() is not None, seconds)
        return found()

    def told_to_staff(self, message_id: str) -> list[EmailMessage]:
        """Return the mails that carry this one, whole, to a person."""
        self.smtp.wait_until(lambda _: False, 0.3)
        mails = [message(arrived.raw) for arrived in list(self.smtp.arrived)]
        return [
            mail
            for mail in mails
            if any(message_id in part.as_string() for part in mail.iter_attachments() if "rfc822" in str(part))
        ]

    def show(self, answer: EmailMessage, seconds: float) -> None:
        body = answer.get_body(("plain",))
        text = body.get_content().strip() if body else ""
        # Above the box, not in its frame, which would cut a long subject in the middle of the code.
        self.console.print(f"[green]Answer after {seconds:.1f} s – {escape(str(answer['Subject']))}[/]")
        self.console.print(Panel(escape(text), border_style="green"))
        for words in calendar_in_words(answer):
            self.console.print(f"[blue]📅 {escape(words)}[/]")
        self.console.print()


def message(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def calendar_in_words(answer: EmailMessage) -> Iterator[str]:
    """Yield a line for each event of the answer's calendar file."""
    for part in answer.walk():
        if part.get_content_type() != "text/calendar":
            continue
        calendar = Calendar.from_ical(part.get_content())
        for event in calendar.walk("VEVENT"):
            when = span_in_words(event.decoded("DTSTART"), event.decoded("DTEND"))
            details = [when, str(event.get("LOCATION", "")), "repeated" if "RRULE" in event else ""]
            yield f"{calendar.get('METHOD')} {event.get('SUMMARY')}: {', '.join(filter(None, details))}"


def span_in_words(start: date, end: date) -> str:
    """Return the time of an event; the end of whole days is exclusive in the file, and the last day here."""
    if not isinstance(start, datetime):
        last = end - timedelta(days=1)
        return f"{start:%a %d %b %Y}" + (f" to {last:%a %d %b}" if last > start else "")
    same_day = start.date() == end.date() if isinstance(end, datetime) else False
    return f"{start:%a %d %b %Y %H:%M} to " + (f"{end:%H:%M}" if same_day else f"{end:%a %d %b %H:%M}")


def choice(offer: EmailMessage) -> Neighbour:
    """Return the answer of somebody who takes the second option, from a phone."""
    body = offer.get_body(("plain",))
    quoted = "\n".join(f"> {line}" for line in (body.get_content() if body else "").splitlines())
    return Neighbour(
        "the offer is answered from a phone",
        str(offer["To"]),
        str(offer["Subject"]),
        f"ok pour la 2\n\nEnvoyé de mon iPhone\n\n> Le {datetime.now(UTC):%d/%m}, Réservations a écrit :\n{quoted}\n",
    )


def thread_of(offer: EmailMessage) -> dict[str, str]:
    return {"In-Reply-To": str(offer["Message-ID"]), "References": str(offer["Message-ID"])}


def show_digest(console: Console, settings: dict[str, str], day: date) -> None:
    """Show what key-holders read on a morning, as the daemon would send it then."""
    command = [sys.executable, "-m", "mailbot", "digest", "--date", day.isoformat(), "--busy"]
    printed = subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout  # noqa: S603
    console.print(Rule(f"What key-holders read on the morning of {day:%d/%m}", align="left", style="bold"))
    console.print(Panel(escape(printed.strip()), border_style="yellow"))


REPLY = "r"
"""What is written in the place of a subject to answer the last letter."""


def talk(stage: Stage) -> None:
    """Let the user write mails of their own, and answer the letters they get, until an empty mail or Ctrl-D."""
    stage.console.print("Write a mail as you would, in French, Dutch or English. A line with a single dot sends it.")
    stage.console.print(f"The subject {REPLY} replies to the last answer. An empty mail, or Ctrl-D, ends the demo.\n")
    with suppress(EOFError, KeyboardInterrupt):
        sender = str(Address(typed("Your name: "), "you", "voisins.example"))
        answer = None
        for number in count(10):
            subject = typed("\nSubject: ")
            replied = answer if subject.lower() == REPLY else None
            if subject.lower() == REPLY and replied is None:
                stage.console.print("There is no answer to reply to yet.")
                continue
            text, more = typed_text()
            if not subject and not text:
                return
            if replied is not None and not text:
                stage.console.print("Nothing was written, nothing was sent.")
            else:
                answer = sent(stage, number, sender, subject, text, replied) or answer
            if not more:
                return


def typed(prompt: str = "") -> str:
    """Return a line of the terminal; what it sends that is no text becomes a question mark, as a mail can hold that."""
    return input(prompt).strip().encode("utf-8", "replace").decode()


def typed_text() -> tuple[str, bool]:
    """Return what is typed until a single dot, and whether more may come: not after Ctrl-D, which sends as well."""
    lines: list[str] = []
    with suppress(EOFError):
        while (line := typed()) != ".":
            lines.append(line)
        return "\n".join(lines).strip(), True
    return "\n".join(lines).strip(), False


def sent(
    stage: Stage, number: int, sender: str, subject: str, text: str, replied: EmailMessage | None
) -> EmailMessage | None:
    """Play a mail of the user, in the thread of the letter that it replies to; return the answer. A mail that is not
    answered, such as a note of absence, does not end the demo."""
    headers = {}
    if replied is not None:
        subject, headers = f"Re: {str(replied['Subject']).removeprefix('Re: ')}", thread_of(replied)
    try:
        return stage.play(number, Neighbour("your mail", sender, subject, text), **headers)
    except NoAnswer as silence:
        if stage.process.poll() is not None:
            raise
        stage.console.print(f"[yellow]{escape(str(silence))}[/]")
        return None
