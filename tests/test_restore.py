"""Backups, restores and erasure, on a Dovecot: what came since is booked again, nobody is written to twice, and who is
forgotten is so in the mailbox too."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest

from mailbot.__main__ import DONE, FAILED
from mailbot.demo.embedded import EmbeddedSmtp
from mailbot.errors import Temporary
from mailbot.kept import Kept, mark
from mailbot.mail.folders import Folders, Lying
from mailbot.mail.server import Server
from mailbot.model.decision import End
from mailbot.model.reports import Found, Report
from mailbot.model.servers import Tls
from mailbot.policy.rules import load
from mailbot.store import archive, open_store
from mailbot.store.lock import alone
from mailbot.store.photos import Photos
from tests.servers.dovecot import Dovecot
from tests.servers.postgresql import binaries
from tests.store.examples import letter as mail_of
from tests.stories.town import ROOT, opened
from tests.test_main import Said, folder, mailbot, next_weekday

__all__ = ["folder", "mailbot"]
pytestmark = pytest.mark.dovecot
ANSWERED = [rb"\Answered"]
OURS = "reservations@bruyere.example"


class Installation:
    """A mailbot on a Dovecot and an SMTP server."""

    def __init__(self, folder: Path, dovecot: Dovecot, smtp: EmbeddedSmtp, run: Callable[..., Said]) -> None:
        self.folder, self.dovecot, self.smtp, self.run = folder, dovecot, smtp, run
        self.user = f"restore-{secrets.token_hex(4)}"
        self.written = 0

    def set_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = {
            "IMAP_HOST": self.dovecot.host,
            "IMAP_PORT": str(self.dovecot.port),
            "IMAP_TLS": "none",
            "IMAP_USER": self.user,
            "IMAP_PASSWORD": self.dovecot.password,
            "SMTP_HOST": self.smtp.host,
            "SMTP_PORT": str(self.smtp.port),
            "SMTP_TLS": "none",
            "HANDLED_FOLDER": "Traites",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"MAILBOT_{name}", value)

    def write(self, who: str, hour: int) -> None:
        """Let somebody ask for the reading room; the mailbox has it, nobody looks yet."""
        self.written += 1
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<{self.written}@{who}.example>"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["From"] = f"{who.title()} <{who}@{who}.example>"
        mail["To"] = OURS
        mail["Subject"] = "lecture"
        day = next_weekday(2)
        when = f"le {day:%d/%m/%Y} de {hour}h à {hour + 1}h"
        mail.set_content(f"Bonjour, nous voudrions la salle de lecture {when}, pour 12 personnes.")
        self.dovecot.deliver(self.user, mail.as_bytes())

    def round(self) -> list[EmailMessage]:
        before = len(self.smtp.arrived)
        code, _, err = self.run("once")
        assert code == DONE, err
        return [opened(mail.raw) for mail in self.smtp.arrived[before:]]

    def codes(self) -> dict[str, str]:
        """Return who has which booking."""
        address = os.environ.get("MAILBOT_DATABASE_URL", f"sqlite:///{self.folder}/data/mailbot.sqlite3")
        with closing(open_store(address)) as store, store.reading() as unit:
            far = datetime.now(UTC) + timedelta(days=99)
            return {one.asker.address: one.code for one in unit.reservations.between(datetime.now(UTC), far)}

    def in_folder(self, name: str) -> list[EmailMessage]:
        client = self.dovecot.client(self.user)
        if not client.folder_exists(name):
            return []
        client.select_folder(name, readonly=True)
        found = client.fetch(client.search(["ALL"]), [b"BODY[]"]) if client.search(["ALL"]) else {}
        client.logout()
        return [opened(parts[b"BODY[]"]) for _, parts in sorted(found.items())]


@pytest.fixture
def here(
    folder: Path, dovecot: Dovecot, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    with EmbeddedSmtp() as smtp:
        here = Installation(folder, dovecot, smtp, mailbot)
        here.set_up(monkeypatch)
        assert here.round() is not None
        yield here
    dovecot.forget(here.user)


def to(letters: list[EmailMessage]) -> list[str]:
    return sorted(str(letter["To"]).partition("<")[2].rstrip(">") for letter in letters)


def test_mails_since_the_backup_are_booked_again_under_their_codes_and_nobody_is_written_to_twice(
    here: Installation,
) -> None:
    here.write("ines", 14)
    here.round()
    assert here.run("backup", "copy.tar")[0] == DONE
    here.write("marc", 16)
    here.write("karim", 18)
    assert to(here.round())[:2] == ["karim@karim.example", "marc@marc.example"]
    before = here.codes()
    assert len(before) == 3
    sent = len(here.smtp.arrived)

    code, out, _ = here.run("restore", "copy.tar")
    assert code == DONE
    assert "mails of then and later were looked at again" in out
    assert here.codes() == before, "people know these codes"
    assert len(here.smtp.arrived) == sent, "nothing left"
    drafts = here.in_folder("Drafts")
    assert {"karim@karim.example", "marc@marc.example"} <= set(to(drafts))
    assert "ines@ines.example" not in to(drafts)
    assert all(str(before[f"{who}@{who}.example"]) in str(draft["Subject"])
               for who in ("marc", "karim") for draft in drafts if who in str(draft["To"]))  # fmt: skip

    here.write("zoe", 20)
    letters = here.round()
    assert "zoe@zoe.example" in to(letters)
    assert not {"karim@karim.example", "marc@marc.example", "ines@ines.example"} & set(to(letters))
    told = [str(letter["Subject"]) for letter in letters if "participati" in str(letter["To"])]
    assert "Une sauvegarde a été remise en place" in told
    assert here.round() == []
    assert here.run("doctor")[0] == DONE


def test_a_backup_is_put_back_only_once_the_daemon_is_stopped(here: Installation) -> None:
    here.write("ines", 14)
    here.round()
    assert here.run("backup", "copy.tar")[0] == DONE
    daemon = subprocess.Popen([sys.executable, "-m", "mailbot", "run"], stderr=subprocess.DEVNULL)
    try:
        until(lambda: (here.folder / "data" / "heartbeat").exists(), 60)
        here.write("marc", 16)
        until(lambda: len(here.codes()) == 2, 60)
        assert here.run("backup", "live.tar")[0] == DONE, "a backup keeps nobody waiting"
        for arguments in (("copy.tar",), ("--since", "2026-06-12T03:00")):
            code, out, err = here.run("restore", *arguments)
            assert (code, out) == (FAILED, "")
            assert err.startswith("mailbot: mailbot is running on this data: stop it")
        assert len(here.codes()) == 2, "nothing was touched"
    finally:
        daemon.kill()  # the lock goes with the process, however that ends
        daemon.wait()
    assert here.run("restore", "copy.tar")[0] == DONE
    assert len(here.codes()) == 2, "what came since was read again"
    assert here.run("doctor")[0] == DONE


def test_nothing_begins_while_a_backup_is_put_back(here: Installation) -> None:
    with alone(here.folder / "data"):
        for command in (["run"], ["once"], ["forget", "a@b.example"]):
            code, _, err = here.run(*command)
            assert code == FAILED
            assert "a restore is under way" in err
    assert here.run("once")[0] == DONE


@pytest.mark.postgresql
def test_on_postgresql_other_tools_put_the_database_back_and_the_mails_since_are_read_again(
    here: Installation, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_DATABASE_URL", postgresql)
    here.round()
    here.write("ines", 14)
    here.round()
    code, _, err = here.run("backup", "copy.tar")
    assert code == FAILED
    assert "pg_dump" in err
    assert "mailbot restore --since" in err
    socket_folder, schema = re.findall(r"host=(.*?)&|%3D(\w+)", postgresql)
    connect = ["-h", socket_folder[0], "-U", "mailbot"]
    since = datetime.now(UTC)
    program = binaries()
    assert program
    dump = subprocess.run([program / "pg_dump", *connect, "-n", schema[1], "postgres"], capture_output=True, check=True)
    time.sleep(1.1)
    here.write("marc", 16)
    here.write("karim", 18)
    here.round()
    before, sent = here.codes(), len(here.smtp.arrived)
    assert len(before) == 3
    psql = [program / "psql", *connect, "-q", "-v", "ON_ERROR_STOP=1", "postgres"]
    subprocess.run([*psql, "-c", f"DROP SCHEMA {schema[1]} CASCADE"], check=True, capture_output=True)
    subprocess.run(psql, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)
    assert len(here.codes()) == 1

    assert here.run("restore", "--since", since.isoformat())[0] == DONE
    assert here.codes() == before, "people know these codes"
    assert len(here.smtp.arrived) == sent, "nothing left"
    assert {"karim@karim.example", "marc@marc.example"} <= set(to(here.in_folder("Drafts")))
    here.write("zoe", 20)
    assert "zoe@zoe.example" in to(here.round())
    assert here.run("doctor")[0] == DONE


def until(enough: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not enough():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)


def test_photos_and_case_files_come_back_and_nothing_else_is_taken_from_a_backup(
    here: Installation, tmp_path: Path
) -> None:
    data = here.folder / "data"
    for name in ("photos/R-7K3F2-abc-1.jpg", "cases/2026-06-02-abc.json", "oauth.json", "heartbeat"):
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text(f'{{"from": "a <a@b.example>", "is": "{name}"}}')
    old = (datetime.now(UTC) - timedelta(days=40)).timestamp()
    os.utime(data / "photos/R-7K3F2-abc-1.jpg", (old, old))
    assert here.run("backup", "copy.tar")[0] == DONE
    assert (here.folder / "copy.tar").stat().st_mode & 0o777 == 0o600
    with tarfile.open(here.folder / "copy.tar") as whole:
        assert whole.getnames() == ["mailbot.sqlite3", "cases/2026-06-02-abc.json", "photos/R-7K3F2-abc-1.jpg"]
    assert here.run("backup", "copy.tar")[0] == FAILED, "never overwritten"
    with tarfile.open(here.folder / "copy.tar", "a") as whole:
        for name in ("../evil", "/etc/evil", "photos/../../evil.jpg", "oauth.json", "photos/evil.sh"):
            whole.add(here.folder / "rules.yaml", name)
        link = tarfile.TarInfo("photos/link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        whole.addfile(link)
    (data / "photos/R-7K3F2-abc-1.jpg").unlink()
    (data / "cases/2026-06-02-abc.json").unlink()
    code, out, _ = here.run("restore", "copy.tar")
    assert (code, "with 2 files that were missing" in out) == (DONE, True)
    photo = data / "photos/R-7K3F2-abc-1.jpg"
    assert photo.stat().st_mode & 0o777 == 0o600
    assert abs(photo.stat().st_mtime - old) < 2, "it is as old as it was: that decides when it is erased"
    assert not list(here.folder.parent.rglob("*evil*"))
    assert not (data / "photos/link.jpg").exists()


def test_who_was_forgotten_before_the_backup_is_so_on_another_machine(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "db").write_bytes(b"db")
    (tmp_path / "old" / "forgotten").write_text(f"{mark('a@b.example')} 2026-06-01\n")
    archive.pack(tmp_path / "copy.tar", tmp_path / "db", tmp_path / "old")
    (tmp_path / "new" / "forgotten").write_text(f"{mark('c@d.example')} 2026-07-01\n")
    for _ in range(2):
        archive.take_files(tmp_path / "copy.tar", tmp_path / "new")
    assert len((tmp_path / "new" / "forgotten").read_text().splitlines()) == 2


def test_who_is_forgotten_is_so_in_every_folder_and_others_are_not(here: Installation) -> None:
    here.write("ines", 14)
    here.write("marc", 16)
    letters = here.round()
    client = here.dovecot.client(here.user)
    for name in ("Sent", "Drafts"):
        client.create_folder(name)
        for letter in letters:
            client.append(name, letter.as_bytes(policy=SMTP))
    other = (
        b"From: Paul <paul@c.example>\r\nTo: reservations@bruyere.example, ines@ines.example\r\nSubject: x\r\n\r\ny\r\n"
    )
    client.append("INBOX", other)
    client.logout()
    time.sleep(1.1)  # servers tell arrivals in whole seconds, and what comes in the same one is not erased
    code, out, _ = here.run("forget", "Ines@INES.example")
    assert code == DONE
    assert "mailbox: 3 mails erased" in out
    assert [str(mail["From"]) for mail in here.in_folder("Traites")] == ["Marc <marc@marc.example>"]
    for name in ("Sent", "Drafts"):
        assert "ines@ines.example" not in to(here.in_folder(name))
        assert "marc@marc.example" in to(here.in_folder(name))
    assert len(here.in_folder("INBOX")) == 1, "the mail of somebody else is theirs"
    time.sleep(1.1)
    here.write("ines", 15)
    here.run("forget", "paul@c.example")
    assert [str(mail["Subject"]) for mail in here.in_folder("INBOX")] == ["lecture"]


def test_the_photos_of_who_is_forgotten_go_with_them(here: Installation) -> None:
    here.write("ines", 14)
    here.write("marc", 16)
    here.round()
    codes = here.codes()
    cabinet = Photos(here.folder / "data" / "photos")
    with closing(open_store(f"sqlite:///{here.folder}/data/mailbot.sqlite3")) as store, store.unit() as unit:
        for who in ("ines", "marc"):
            address = f"{who}@{who}.example"
            cabinet.keep(f"{codes[address]}-abc-1.jpg", b"photo")
            deed = Found("vitre cassée", codes[address], photos=(f"{codes[address]}-abc-1.jpg",))
            unit.reports.keep(Report("borrower", address, (deed,), "vitre cassée", "m"), datetime.now(UTC))
        unit.commit()
    assert here.run("forget", "ines@ines.example")[0] == DONE
    left = [path.name for path in (here.folder / "data" / "photos").iterdir()]
    assert left == [f"{codes['marc@marc.example']}-abc-1.jpg"]


# --- what has served


RULES = load(ROOT / "rules.yaml")
NOW = datetime(2027, 6, 1, 1, 30, tzinfo=UTC)


def ledger_of(folder: Path, *handled: str) -> Callable[[datetime], Callable[[str], bool]]:
    """Return the ledger of a database that handled mails with these Message-IDs a moment ago."""
    store = open_store(f"sqlite:///{folder}/mailbot.sqlite3")
    store.migrate()
    with store.unit() as unit:
        for number, message_id in enumerate(handled):
            mail = mail_of(digest=f"{number}", message_id=message_id)
            assert unit.mailbox.admit(mail)
            unit.mailbox.ended(mail.digest, End.ANSWERED, "")
        unit.commit()

    def handled_before(before: datetime) -> Callable[[str], bool]:
        assert before == NOW - RULES.retention.mails
        with store.reading() as unit:
            return unit.mailbox.handled(datetime.now(UTC) + timedelta(minutes=1))

    return handled_before


def test_mails_that_have_served_go_and_what_a_person_keeps_stays(dovecot: Dovecot, tmp_path: Path) -> None:
    user = f"tidy-{secrets.token_hex(4)}"
    client = dovecot.client(user)
    old, new = NOW - timedelta(days=400), NOW - timedelta(days=300)
    ours = f"Message-ID: <r-7k3f2.{'a1' * 12}@bruyere.example>\r\n"
    done = "Message-ID: <handled@b.example>\r\n"
    by_people = "Message-ID: <answered-by-a-person@b.example>\r\n"
    lying: dict[str, list[tuple[str, str, datetime, list[bytes]]]] = {
        "INBOX": [
            ("old, done", done, old, ANSWERED),
            ("old, kept", done, old, []),
            ("new", done, new, ANSWERED),
            ("old, answered by people", by_people, old, ANSWERED),
            ("old, without a name", "", old, ANSWERED),
        ],
        "Traites": [("old", done, old, []), ("new", done, new, []), ("old, put there by people", by_people, old, [])],
        "Sent": [("ours, old", ours, old, []), ("theirs, old", "Message-ID: <x@bruyere.example>\r\n", old, [])],
    }  # fmt: skip
    for name, mails in lying.items():
        if name != "INBOX":
            client.create_folder(name)
        for subject, head, arrived, flags in mails:
            client.append(name, f"{head}From: a@b.example\r\nSubject: {subject}\r\n\r\nx\r\n".encode(), flags, arrived)
    server = Server(dovecot.host, dovecot.port, Tls.NONE, user, lambda: dovecot.password, 5)
    ledger = ledger_of(tmp_path, "handled@b.example", "")
    kept = Kept(tmp_path, "INBOX", "Traites", lambda: Folders(server, "INBOX", "Traites"), ledger)
    kept.photos.keep("R-7K3F2-a-1.jpg", b"photo")
    os.utime(tmp_path / "photos" / "R-7K3F2-a-1.jpg", (0, 0))
    kept.photos.keep("R-7K3F2-b-1.jpg", b"photo")
    kept.tidy(RULES, NOW)
    left = {}
    for name in lying:
        client.select_folder(name, readonly=True)
        found = client.fetch(client.search(["ALL"]), [b"ENVELOPE"])
        left[name] = sorted(parts[b"ENVELOPE"].subject.decode() for parts in found.values())
    assert left == {
        "INBOX": ["new", "old, answered by people", "old, kept", "old, without a name"],
        "Traites": ["new", "old, put there by people"],
        "Sent": ["theirs, old"],
    }
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["R-7K3F2-b-1.jpg"]
    client.logout()
    dovecot.forget(user)


class Away:
    """A mailbox that is away at first."""

    def __init__(self) -> None:
        self.asked = 0

    def erase(self, wanted: Callable[[Lying], bool]) -> int:
        self.asked += 1
        if self.asked == 1:
            raise Temporary("away")
        return 0

    def close(self) -> None:
        """Nothing to let go."""


def test_the_mailbox_is_tidied_once_a_night_and_again_where_it_was_away(tmp_path: Path) -> None:
    away = Away()
    kept = Kept(tmp_path, "INBOX", "", lambda: away)
    for minute in range(5):
        kept.tidy(RULES, NOW + timedelta(minutes=minute))
    assert away.asked == 2
    kept.tidy(RULES, NOW + timedelta(days=1))
    assert away.asked == 3
