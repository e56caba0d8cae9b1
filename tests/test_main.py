"""The command line, as an employee and a machine use it: what it says, on which stream, with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from mailbot import __version__
from mailbot.__main__ import DONE, FAILED, MISUSED, main
from mailbot.demo.embedded import EmbeddedSmtp
from mailbot.model.evaluation import Evaluation
from mailbot.store import open_store
from tests.servers.tokens import CLIENT, SECRET, SignIns, key_and_certificate
from tests.service.mails import TWO_SENDERS
from tests.service.test_explain import PROMISED
from tests.stories.town import BRUSSELS, ROOT, Clock, Town

COMMANDS = [
    "run",
    "once",
    "explain",
    "check",
    "digest",
    "sheet",
    "letters",
    "agenda",
    "feedback",
    "history",
    "login",
    "doctor",
    "backup",
    "restore",
    "forget",
    "demo",
]
SPOKEN = ("LC_ALL", "LC_MESSAGES", "LANG")
NOWHERE = {
    "MAILBOT_IMAP_HOST": "127.0.0.1",
    "MAILBOT_IMAP_PORT": "1",
    "MAILBOT_IMAP_TLS": "none",
    "MAILBOT_IMAP_USER": "reservations",
    "MAILBOT_IMAP_PASSWORD": "tres-secret",
    "MAILBOT_SMTP_HOST": "127.0.0.1",
    "MAILBOT_SMTP_PORT": "1",
    "MAILBOT_SMTP_TLS": "none",
}
"""Settings that hold, of servers that do not answer."""
MAIL = """From: Marc Delvaux <marc@valleeverte.example>
To: reservations@bruyere.example
Date: Tue, 02 Jun 2026 09:30:00 +0200
Message-ID: <{id}@valleeverte.example>
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{body}
"""
READING_ROOM = "Bonjour, nous voudrions la salle de lecture le jeudi 18 juin de 19h à 21h, pour 12 personnes."


def mail(id: str = "un", subject: str = "lecture", body: str = READING_ROOM) -> bytes:
    return MAIL.format(id=id, subject=subject, body=body).encode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation: rules and letters in a folder of their own, no settings."""
    for name in [name for name in os.environ if name.startswith("MAILBOT_")]:
        monkeypatch.delenv(name)
    for name in SPOKEN:
        monkeypatch.delenv(name, raising=False)
    shutil.copy(ROOT / "rules.yaml", tmp_path)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def with_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    return folder


Said = tuple[int, str, str]
"""Exit code, standard output, standard error."""


@pytest.fixture
def mailbot(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command in this process, as the console script does."""

    def run(*arguments: str) -> Said:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


def process(*arguments: str, folder: Path, stdin: bytes = b"", **environment: str) -> Said:
    """Run a command as a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAILBOT_", *SPOKEN))}
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", *arguments],
        cwd=folder,
        input=stdin,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        timeout=60,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err
    return done.returncode, out, err


# --- help


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot(command, "--help")
    assert (code, err) == (DONE, "")
    assert out.startswith(f"usage: mailbot {command}")


@pytest.mark.parametrize("command", ["explain", "digest", "history", "login", "backup", "restore", "forget"])
def test_what_changes_or_tells_much_is_described(command: str, mailbot: Callable[..., Said]) -> None:
    described = mailbot(command, "--help")[1].split("\n\n")[1]
    assert described.split()[0] in ("Says", "Prints", "Signs", "Copies", "Puts", "Erases")


def test_the_help_names_each_command(mailbot: Callable[..., Said]) -> None:
    code, out, _ = mailbot("--help")
    assert code == DONE
    assert re.findall(r"^    (\w+) ", out, re.MULTILINE) == COMMANDS


def test_help_and_version_are_there_at_once(folder: Path) -> None:
    code, out, err = process("--version", folder=folder)
    assert (code, out, err) == (DONE, f"mailbot {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "required: COMMAND"),
        (["reserve"], "invalid choice: 'reserve'"),
        (["explain"], "required: FILE.eml"),
        (["explain", "--at", "demain", "a.eml"], "'demain' is not a moment like 2026-06-12T09:30"),
        (["digest", "--date", "12/06/2026"], "'12/06/2026' is not a day like 2026-06-12"),
        (["agenda", "--from", "juin"], "'juin' is not a day like 2026-06-12"),
        (["check", "--language", "de"], "invalid choice: 'de'"),
        (["once", "--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_with_it(arguments: list[str], told: str, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot(*arguments)
    assert (code, out) == (MISUSED, "")
    assert told in err


# --- settings


@pytest.mark.parametrize("command", [["run"], ["once"]])
def test_all_faults_of_the_settings_are_told_at_once(
    command: list[str], folder: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_IMAP_PORT", "zero")
    monkeypatch.setenv("MAILBOT_IMAP_PASSWORD", "tres-secret")
    code, out, err = mailbot(*command)
    assert (code, out) == (FAILED, "")
    for name in ("MAILBOT_IMAP_HOST", "MAILBOT_IMAP_USER", "MAILBOT_SMTP_HOST", "MAILBOT_IMAP_PORT"):
        assert f"settings: {name} " in err
    assert "tres-secret" not in err


def test_letters_that_are_not_there_are_told_before_anybody_is_left_without_an_answer(
    with_settings: Path, mailbot: Callable[..., Said]
) -> None:
    (with_settings / "templates" / "nl" / "words.toml").unlink()
    for command in ("run", "once", "check"):
        code, out, err = mailbot(command)
        assert code == FAILED
        assert "MAILBOT_TEMPLATES: no nl/words.toml in " in out + err


def test_servers_that_do_not_answer_are_one_line(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot("once")
    assert (code, out) == (FAILED, "")
    assert err.startswith("mailbot: IMAP server 127.0.0.1")
    assert err.count("\n") == 1
    assert "tres-secret" not in err


def test_a_data_folder_that_is_made_is_closed_to_others(
    with_settings: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_DATA_FOLDER", str(with_settings / "there"))
    mailbot("agenda")
    assert (with_settings / "there").stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_one_line(
    with_settings: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    (with_settings / "file").write_text("no folder")
    monkeypatch.setenv("MAILBOT_DATA_FOLDER", "file/data")
    code, _, err = mailbot("agenda")
    assert code == FAILED
    assert err.count("\n") == 1
    assert "file/data: Not a directory" in err


def test_a_database_that_is_none_is_one_line(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    (with_settings / "data").mkdir(mode=0o700)
    (with_settings / "data" / "mailbot.sqlite3").write_bytes(b"this is a letter, not a database" * 40)
    for command in (["agenda"], ["digest"], ["once"]):
        code, _, err = mailbot(*command)
        assert code == FAILED
        assert "not a database" in err


# --- check


def test_check_says_that_all_holds(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot("check")
    assert (code, err) == (DONE, "")
    assert out == "rules.yaml: in order (7 rooms, 14 kinds of equipment, 4 keys, 9 initiatives)\nsettings: in order\n"


NOT_CONNECTED = "settings: the mailbox is not connected yet: cp .env.example .env, fill it in, then run check again"


def test_check_names_every_fault_of_rules_and_settings_with_its_line(
    folder: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = folder / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("capacity: 25", "capacity: beaucoup").replace("stock: 16", "stock: -1"), "utf-8")
    lines = rules.read_text(encoding="utf-8").splitlines()
    capacity, stock = (1 + lines.index(f"    {wrong}") for wrong in ("capacity: beaucoup", "stock: -1"))
    code, out, _ = mailbot("check")
    assert code == FAILED
    assert f"rules.yaml:{capacity}:15: “capacity” of bibliotheque must be a whole number, not “beaucoup”" in out
    assert f"rules.yaml:{stock}:12: " in out
    assert out.splitlines()[-1] == NOT_CONNECTED
    assert "MAILBOT_" not in out
    monkeypatch.setenv("MAILBOT_IMAP_PORT", "143")
    out = mailbot("check")[1]
    assert out.index(f"rules.yaml:{stock}:12: ") < out.index("settings: MAILBOT_IMAP_HOST is missing")
    assert NOT_CONNECTED not in out


def test_check_speaks_the_language_of_who_edits(folder: Path, mailbot: Callable[..., Said]) -> None:
    rules = folder / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("capacity: 25", "capacity: veel"), "utf-8")
    said = {language: mailbot("check", "--language", language)[1] for language in ("fr", "nl", "en")}
    assert len(set(said.values())) == 3
    assert "veel" in said["nl"]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LANG": "fr_BE.UTF-8"}, "en ordre (7 salles"),
        ({"LANG": "fr_BE.UTF-8", "LC_MESSAGES": "nl_BE.UTF-8"}, "in orde (7 zalen"),
        ({"LANG": "nl_BE.UTF-8", "LC_ALL": "C.UTF-8"}, "in order (7 rooms"),
        ({"LANG": "fr_BE.UTF-8", "LC_ALL": ""}, "en ordre (7 salles"),
        ({"LANG": "de_DE.UTF-8"}, "in order (7 rooms"),
    ],
)
def test_check_speaks_the_language_of_the_terminal(
    environment: dict[str, str],
    told: str,
    folder: Path,
    mailbot: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert told in mailbot("check")[1]
    assert "(7 zalen" in mailbot("check", "--language", "nl")[1]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", "réglages : MAILBOT_IMAP_HOST manque"),
        ("nl", "instellingen: MAILBOT_IMAP_HOST ontbreekt"),
        ("en", "settings: MAILBOT_IMAP_HOST is missing"),
    ],
)
def test_faults_of_the_settings_are_told_in_the_language_of_the_reader(
    language: str, told: str, folder: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("MAILBOT_IMAP_PORT=imaps\n")
    assert told in mailbot("check", "--language", language)[1]
    monkeypatch.setenv("LC_ALL", f"{language}_BE.UTF-8")
    assert told in mailbot("run")[2]
    assert told in mailbot("check")[1]


@pytest.mark.parametrize(
    "command", [["agenda"], ["digest"], ["sheet", "josiane"], ["letters"], ["feedback"]], ids=lambda command: command[0]
)
def test_who_only_looks_needs_no_mailbox(command: list[str], folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / ".env").write_text("MAILBOT_IMAP_PORT=imaps\nMAILBOT_LOG_LEVEL=WARNING\n")
    (folder / ".env").chmod(0o600)
    code, _, err = mailbot(*command)
    assert (code, err) == (DONE, "")


@pytest.mark.parametrize("command", [["run"], ["once"], ["forget", "a@b.example"]])
def test_without_settings_the_next_step_is_told(command: list[str], folder: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot(*command)
    assert (code, out) == (FAILED, "")
    assert "settings: MAILBOT_IMAP_HOST is missing" in err
    assert err.splitlines()[-1] == NOT_CONNECTED
    (folder / ".env").write_text("# nothing yet\n")
    assert NOT_CONNECTED not in mailbot(*command)[2]


def test_check_tells_what_is_to_be_translated_and_goes_on(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    rules = with_settings / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "to be translated" not in mailbot("check")[1]
    line = "      nl: [polyvalente zaal, feestzaal, grote zaal van het gemeentehuis]\n"
    assert line in text
    rules.write_text(text.replace(line, ""), encoding="utf-8")
    at = text[: text.index(line)].count("\n")
    code, out, _ = mailbot("check")
    assert code == DONE
    assert f"rules.yaml:{at}: to be translated (nl): letters in that language will say this in another" in out


def test_a_plan_that_is_not_there_is_told_with_its_line(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    rules = with_settings / "rules.yaml"
    lines = rules.read_text(encoding="utf-8").splitlines(keepends=True)
    sites = lines.index("sites:\n")
    at = next(number for number in range(sites, len(lines)) if lines[number].startswith("  maison-communale:"))
    lines.insert(at + 1, "    plan: plans/nulle-part.pdf\n")
    rules.write_text("".join(lines), encoding="utf-8")
    code, out, err = mailbot("check")
    assert code == FAILED
    assert f"rules.yaml:{at + 2}: the plan of maison-communale is not there: plans/nulle-part.pdf" in out + err


def test_rules_that_are_not_there_are_told_without_a_line(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "rules.yaml").unlink()
    (folder / "a.eml").write_bytes(mail())
    for command in (["check"], ["explain", "a.eml"]):
        code, out, err = mailbot(*command)
        assert code == FAILED
        assert f"{folder}/rules.yaml: the file cannot be read" in out + err


@pytest.mark.parametrize("command", ["run", "once", "digest", "agenda"])
def test_no_command_begins_with_rules_that_do_not_hold(
    command: str, with_settings: Path, mailbot: Callable[..., Said]
) -> None:
    rules = with_settings / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("capacity: 25", "capacity: beaucoup"), "utf-8")
    code, out, err = mailbot(command)
    assert (code, out) == (FAILED, "")
    assert re.search(r"rules\.yaml:\d+:\d+: .*beaucoup", err)


# --- explain


def test_explain_needs_no_settings_and_changes_nothing(folder: Path) -> None:
    (folder / "un.eml").write_bytes(mail())
    before = sorted(str(path) for path in folder.rglob("*"))
    code, out, err = process("explain", "un.eml", folder=folder)
    assert (code, err) == (DONE, "")
    assert "marc@valleeverte.example: lecture" in out
    assert "understood  book (fr)" in out
    assert "decided     free: bibliotheque, 18 June 2026 19:00-21:00" in out
    assert "letter      confirmed → marc@valleeverte.example (fr)" in out
    assert sorted(str(path) for path in folder.rglob("*")) == before


EXPLAINED = [
    ("fr", "  demandé     1 × salle de lecture: jeu 18/06/2026 19:00 – 21:00"),
    ("nl", "  gevraagd    1 × leeszaal: do 18/06/2026 19:00 – 21:00"),
    ("en", "  asked       1 × reading room: Thu 18/06/2026 19:00 – 21:00"),
]


@pytest.mark.parametrize(("language", "line"), EXPLAINED)
def test_explain_speaks_the_language_of_the_terminal(
    language: str, line: str, folder: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "un.eml").write_bytes(mail())
    assert line in mailbot("explain", "--language", language, "un.eml")[1]
    monkeypatch.setenv("LC_ALL", f"{language}_BE.UTF-8")
    assert line in mailbot("explain", "un.eml")[1]


def test_explain_tells_rival_readings_in_words(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "un.eml").write_bytes(mail().replace(b"jeudi 18 juin", b"samedi prochain"))
    _, out, _ = mailbot("explain", "--language", "fr", "un.eml")
    rivals = [line for line in out.splitlines() if line.startswith("  ou bien")]
    assert rivals
    assert all("[" not in line and "{" not in line for line in rivals)


def test_explain_reads_several_files_and_what_is_piped_to_it(folder: Path) -> None:
    (folder / "un.eml").write_bytes(mail("un"))
    (folder / "deux.eml").write_bytes(mail("deux", body="Bonjour, comment fait-on pour réserver une salle ?"))
    arguments = ["explain", "--json", "un.eml", "-", "deux.eml"]
    code, out, err = process(*arguments, folder=folder, stdin=mail("trois", body="Je me plains du bruit."))
    assert (code, err) == (DONE, "")
    forms = [json.loads(line) for line in out.splitlines()]
    assert [form["id"] for form in forms] == ["un", "trois", "deux"]
    assert [form["intent"] for form in forms] == ["book", "human", "help"]


def test_the_json_form_has_exactly_the_promised_keys(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "un.eml").write_bytes(mail())
    (folder / "absence.eml").write_bytes(b"Auto-Submitted: auto-replied\r\n" + mail("absent"))
    (folder / "illisible.eml").write_bytes(TWO_SENDERS)
    (folder / "vide.eml").write_bytes(b"")
    code, out, _ = mailbot("explain", "--json", "un.eml", "absence.eml", "illisible.eml", "vide.eml")
    assert code == DONE
    forms = [json.loads(line) for line in out.splitlines()]
    assert [list(form) for form in forms] == [PROMISED] * 4
    assert [form["answered"] for form in forms] == [True, False, False, False]
    assert [form["intent"] for form in forms][:3] == ["book", "ignore", "human"]


def test_explain_as_at_another_moment_in_the_communes_time(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "un.eml").write_bytes(mail())
    in_time = mailbot("explain", "--json", "--at", "2026-06-16T18:59", "un.eml")
    too_late = mailbot("explain", "--json", "--at", "2026-06-16T19:01", "un.eml")
    assert json.loads(in_time[1])["because"] == ["free: bibliotheque, 18 June 2026 19:00-21:00"]
    assert json.loads(too_late[1])["because"] == ["too late: earliest 18 June 2026 19:01"]
    with_zone = mailbot("explain", "--json", "--at", "2026-06-16T17:01+00:00", "un.eml")
    assert with_zone[1] == too_late[1]


def test_a_file_that_is_not_there_does_not_keep_the_others(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "un.eml").write_bytes(mail())
    code, out, err = mailbot("explain", "--json", "aucun.eml", ".", "un.eml")
    assert code == FAILED
    assert err.splitlines() == ["mailbot: aucun.eml: No such file or directory", "mailbot: .: Is a directory"]
    assert json.loads(out)["id"] == "un"


def test_a_database_that_nothing_was_written_to_is_as_none(folder: Path, mailbot: Callable[..., Said]) -> None:
    (folder / "data").mkdir(mode=0o700)
    (folder / "data" / "mailbot.sqlite3").touch()
    (folder / "un.eml").write_bytes(mail())
    code, out, _ = mailbot("explain", "--json", "un.eml")
    assert code == DONE
    assert json.loads(out)["because"] == ["free: bibliotheque, 18 June 2026 19:00-21:00"]


def test_a_terminal_that_has_few_letters_stops_nothing(folder: Path) -> None:
    (folder / "un.eml").write_bytes(mail())
    code, out, _ = process("explain", "un.eml", folder=folder, PYTHONIOENCODING="ascii")
    assert code == DONE
    assert "understood  book (fr)" in out


# --- signing in without a password


@pytest.fixture
def at_microsoft(folder: Path, sign_ins: SignIns, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {
        "OAUTH": "microsoft",
        "OAUTH_TENANT": "commune",
        "OAUTH_CLIENT": CLIENT,
        "OAUTH_AUTHORITY": sign_ins.address,
        "IMAP_USER": "reservations@bruyere.example",
    }.items():
        monkeypatch.setenv(f"MAILBOT_{name}", value)
    return folder


def test_a_person_signs_in_with_a_page_and_a_code(
    at_microsoft: Path, sign_ins: SignIns, mailbot: Callable[..., Said]
) -> None:
    sign_ins.approved = True
    code, out, err = mailbot("login")
    assert (code, err) == (DONE, "")
    assert out.splitlines() == [
        f"Open {sign_ins.address}/device and enter the code WDJB-MJHT, as reservations@bruyere.example.",
        "Signed in. mailbot doctor says whether the mailbox opens; a daemon that runs goes on by itself.",
    ]
    kept = at_microsoft / "data" / "oauth.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sign_ins.renewing in kept.read_text()


def test_an_application_signs_in_by_itself(
    at_microsoft: Path, sign_ins: SignIns, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOT_OAUTH_SECRET", SECRET)
    code, out, _ = mailbot("login")
    assert (code, out.startswith("Signed in.")) == (DONE, True)
    monkeypatch.delenv("MAILBOT_OAUTH_SECRET")
    key, sign_ins.certificate = key_and_certificate()
    (at_microsoft / "key.pem").write_text(key + sign_ins.certificate)
    (at_microsoft / "key.pem").chmod(0o600)
    monkeypatch.setenv("MAILBOT_OAUTH_KEY_FILE", "key.pem")
    assert mailbot("login")[0] == DONE
    (at_microsoft / "key.pem").write_text(key)
    code, _, err = mailbot("login")
    assert code == FAILED
    assert err == (f"settings: MAILBOT_OAUTH_KEY_FILE: {at_microsoft}/key.pem: not a key of the kind that is needed\n")


def test_googles_service_account_signs_in_by_itself(
    folder: Path, sign_ins: SignIns, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, sign_ins.certificate = key_and_certificate()
    account = {"client_email": "bot@p.example", "private_key": key, "token_uri": f"{sign_ins.address}/token"}
    (folder / "account.json").write_text(json.dumps(account))
    (folder / "account.json").chmod(0o600)
    for name, value in {"OAUTH": "google", "OAUTH_KEY_FILE": "account.json", "IMAP_USER": sign_ins.user}.items():
        monkeypatch.setenv(f"MAILBOT_{name}", value)
    code, out, _ = mailbot("login")
    assert (code, out.startswith("Signed in.")) == (DONE, True)
    (folder / "account.json").write_text(json.dumps(account | {"token_uri": "http://elsewhere.example/token"}))
    assert mailbot("login")[0] == FAILED, "a secret is sent over TLS alone"


def test_who_has_a_password_need_not_sign_in(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    code, _, err = mailbot("login")
    assert (code, "MAILBOT_OAUTH is not set" in err) == (FAILED, True)


# --- digest and agenda


@pytest.fixture
def booked(with_settings: Path) -> Path:
    """An installation with two bookings in ten days' time and two days later."""
    (with_settings / "data").mkdir(mode=0o700)
    town = Town(with_settings / "data", Clock(datetime.now(BRUSSELS)))
    day = next_weekday(2)
    body = f"Bonjour, nous voudrions la salle de lecture le {day:%d/%m/%Y} de 19h à 21h, pour 12 personnes."
    town.write("Marc Delvaux <marc@valleeverte.example>", "lecture", body)
    body = f"Bonjour, nous voudrions 4 tables et le barbecue le {day:%d/%m/%Y}. 0400 11 22 33"
    town.write("Zoé Martens <zoe@courrier.example>", "grillades", body)
    assert len(town.rows()) == 3
    town.close()
    return with_settings


def test_who_was_forgotten_is_forgotten_again_after_a_restore(booked: Path, mailbot: Callable[..., Said]) -> None:
    import sqlite3

    def senders() -> set[str]:
        with closing(sqlite3.connect(booked / "data" / "mailbot.sqlite3")) as rows:
            return {sender for (sender,) in rows.execute("SELECT sender FROM ledger")}

    def lapse() -> None:
        with closing(sqlite3.connect(booked / "data" / "mailbot.sqlite3")) as rows:
            rows.execute("UPDATE reservation SET state = 'cancelled' WHERE address = 'zoe@courrier.example'")
            rows.commit()

    code, out, _ = mailbot("forget", "zoe@courrier.example")
    assert code == DONE
    assert re.search(r"kept until they are over: R-\w{5}", out)
    lapse()
    assert mailbot("backup", "copy.tar")[0] == DONE
    code, out, _ = mailbot("forget", "ZOE@courrier.example")
    assert code == DONE
    assert "erased: 1 conversations" in out
    assert senders() == {"marc@valleeverte.example", ""}
    code, out, _ = mailbot("restore", "copy.tar")
    assert code == FAILED, "the mailbox is away"
    assert "1 addresses that were forgotten since" in out
    assert "Restore once more when the mailbox answers, or read them yourself" in out
    assert senders() == {"marc@valleeverte.example", ""}
    remembered = (booked / "data" / "forgotten").read_text()
    assert "zoe" not in remembered
    assert (booked / "data" / "forgotten").stat().st_mode & 0o777 == 0o600
    code, _, err = mailbot("backup", "copy.tar")
    assert (code, "is there already" in err) == (FAILED, True)
    code, _, err = mailbot("restore", "rules.yaml")
    assert code == FAILED
    assert "no backup of mailbot" in err


def next_weekday(weekday: int) -> datetime:
    """Return that weekday of a week to come that is no holiday: ten days from now at least."""
    from mailbot.policy.rules import load

    rules = load(ROOT / "rules.yaml")
    day = datetime.now(BRUSSELS) + timedelta(days=10)
    while day.weekday() != weekday or any(
        (day + timedelta(days=near)).date() in {*rules.public_holidays, *(d for c in rules.closures for d in c.days)}
        for near in range(-3, 4)
    ):
        day += timedelta(days=1)
    return day


def test_the_agenda_is_a_table_of_what_is_booked(booked: Path, mailbot: Callable[..., Said]) -> None:
    day = f"{next_weekday(2):%Y-%m-%d}"
    code, out, err = mailbot("agenda", "--from", day, "--to", day)
    assert (code, err) == (DONE, "")
    rows = [line for line in out.splitlines() if "R-" in line]
    assert len(rows) == 3
    assert "19:00-21:00" in next(row for row in rows if "reading room" in row)
    assert "Comité de quartier Vallée-Verte" in next(row for row in rows if "reading room" in row)
    assert "4 × table" in next(row for row in rows if "table" in row)
    assert "Zoé Martens" in next(row for row in rows if "barbecue" in row)


def test_the_agenda_says_what_is_closed_by_mail(booked: Path, mailbot: Callable[..., Said]) -> None:
    from mailbot.model.reports import Blocked, Report
    from mailbot.model.spans import Days
    from mailbot.store import open_store

    day = next_weekday(2)
    days = Days(day.date(), day.date())
    with closing(open_store(f"sqlite:///{booked}/data/mailbot.sqlite3")) as store, store.unit() as unit:
        cells = days.cells()
        deed = Blocked("tonnelle", days, cells[0], cells[-1], "peinture", 2)
        unit.reports.keep(Report("staff", "claire@bruyere.example", (deed,)), day)
        unit.commit()
    code, out, _ = mailbot("agenda", "--from", f"{day:%Y-%m-%d}", "--to", f"{day:%Y-%m-%d}")
    assert code == DONE
    [row] = [line for line in out.splitlines() if "closed peinture" in line]
    assert "2 × gazebo" in row


def test_what_people_call_themselves_is_shown_as_they_wrote_it(booked: Path, mailbot: Callable[..., Said]) -> None:
    town = Town(booked / "data", Clock(datetime.now(BRUSSELS)))
    day = next_weekday(3)
    body = f"Bonjour, nous voudrions la salle de lecture le {day:%d/%m/%Y} de 19h à 21h, pour 12 personnes."
    letter, *_ = town.write('"[bold]Zoé[/] [/x]" <zoe@courrier.example>', "lecture", body)
    town.close()
    code, out, err = mailbot("agenda", "--from", f"{day:%Y-%m-%d}", "--to", f"{day:%Y-%m-%d}")
    assert (code, err) == (DONE, "")
    assert "[bold]Zoé[/] [/x]" in out
    [booking] = re.findall(r"R-\w{5}", str(letter["Subject"]))
    assert mailbot("history", booking)[0] == DONE


@pytest.mark.parametrize("text", ["zoe", "Zoé Martens", "zoe@", "@courrier.example", "zoe@courrier.example,"])
def test_nothing_is_said_to_be_erased_of_what_is_no_address(
    text: str, booked: Path, mailbot: Callable[..., Said]
) -> None:
    code, out, err = mailbot("forget", text)
    assert (code, out) == (MISUSED, "")
    assert f"{text!r} is not a mail address like zoe@courrier.example" in err
    assert not (booked / "data" / "forgotten").exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "command",
    [["agenda", "--from"], ["agenda", "--to"], ["digest", "--date"], ["sheet", "el", "--date"], ["feedback", "--to"]],
)
def test_a_day_beyond_the_calendar_is_a_mistake(
    command: list[str], day: str, booked: Path, mailbot: Callable[..., Said]
) -> None:
    code, out, err = mailbot(*command, day)
    assert (code, out) == (MISUSED, "")
    assert f"'{day}' is not between 2000-01-01 and 2199-12-31" in err


def test_an_empty_agenda_is_one_line(booked: Path, mailbot: Callable[..., Said]) -> None:
    code, out, _ = mailbot("agenda", "--from", "2020-01-01", "--to", "2020-01-31")
    assert (code, out) == (DONE, "Nothing is booked from 01/01/2020 to 31/01/2020.\n")


@pytest.mark.parametrize(
    ("language", "told"), [("fr", "Rien n'est réservé du"), ("nl", "Er is niets gereserveerd van")]
)
def test_the_agenda_speaks_the_language_of_the_terminal(
    language: str, told: str, folder: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}_BE.UTF-8")
    assert mailbot("agenda", "--from", "2020-01-01", "--to", "2020-01-31")[1].startswith(told)


def test_an_agenda_that_ends_before_it_begins_is_a_mistake(booked: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot("agenda", "--from", "2026-06-10", "--to", "2026-06-01")
    assert (code, out, err) == (FAILED, "", "mailbot: 2026-06-01 is before 2026-06-10\n")


def test_the_digest_of_a_day_is_printed_as_its_reader_gets_it(booked: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot("digest", "--date", f"{next_weekday(2):%Y-%m-%d}", "--busy")
    assert (code, err) == (DONE, "")
    assert "Lieve Claes <lieve.claes@heide.example>" in out
    assert "1. 13-18 uur, balie van de bibliotheek: AFGEVEN sleutel van de leeszaal nr. 1." in out
    assert "Josiane" not in out, "she has nothing that day"


def test_a_list_is_printed_as_a_page_with_a_box_for_each_line(booked: Path, mailbot: Callable[..., Said]) -> None:
    code, out, err = mailbot("sheet", "lieve", "--date", f"{next_weekday(2):%Y-%m-%d}")
    assert (code, err) == (DONE, "")
    assert out.startswith("<!DOCTYPE html>")
    assert out.count('class="box"') == 1
    assert mailbot("sheet", "nobody") == (FAILED, "", "mailbot: nobody called nobody gets a list\n")


def test_the_digest_of_today_says_where_there_is_nothing(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    code, out, _ = mailbot("digest")
    assert code == DONE
    assert out.count("Rien à remettre ni à reprendre.") >= 1
    assert mailbot("digest", "--busy")[1] == ""


def test_the_history_tells_each_step_and_letter_of_a_booking(booked: Path, mailbot: Callable[..., Said]) -> None:
    day = f"{next_weekday(2):%Y-%m-%d}"
    [code] = set(
        re.findall(
            r"R-\w{5}",
            next(line for line in mailbot("agenda", "--from", day)[1].splitlines() if "reading room" in line),
        )
    )
    done, out, err = mailbot("history", code.lower())
    assert (done, err) == (DONE, "")
    assert "confirm → confirmed" in out
    assert "marc@valleeverte.example" in out
    assert "mail-1@voisins.example" in out
    assert "letter: confirmed" in out
    assert mailbot("history", "R-00000") == (FAILED, "", "mailbot: there is no conversation R-00000\n")


def test_evaluations_are_printed_with_their_averages_and_as_a_table_for_a_spreadsheet(
    booked: Path, mailbot: Callable[..., Said]
) -> None:
    asked = Evaluation("R-7K3F2", date(2026, 6, 13), datetime(2026, 6, 15, 8, tzinfo=UTC), "a@b.example")
    with closing(open_store(f"sqlite:///{booked}/data/mailbot.sqlite3")) as store, store.unit() as unit:
        unit.evaluations.keep(replace(asked, answered=asked.asked, scores=(4, 5, 3), remark="=1+1 [b]propre[/b]"))
        unit.evaluations.keep(replace(asked, code="R-9F4YB", answered=asked.asked, scores=(2, 5, 5), damage=True))
        unit.evaluations.keep(replace(asked, code="R-00001"))
        unit.commit()
    done, out, err = mailbot("feedback", "--to", "2026-06-30")
    assert (done, err) == (DONE, "")
    assert "2 answers to 3 letters" in out
    assert "[b]propre[/b]" in out
    averages = next(line for line in out.splitlines() if "average" in line)
    assert re.findall(r"\d\.\d", averages) == ["3.0", "5.0", "4.0"]
    rows = mailbot("feedback", "--to", "2026-06-30", "--csv")[1].splitlines()
    assert rows[0] == "day,code,who,condition,access,usefulness,remark,damage"
    assert rows[1] == "2026-06-13,R-7K3F2,a@b.example,4,5,3,'=1+1 [b]propre[/b],"
    assert rows[2] == "2026-06-13,R-9F4YB,a@b.example,2,5,5,,damage"
    assert mailbot("feedback", "--from", "2026-06-14", "--to", "2026-06-30", "--csv")[1].splitlines() == rows[:1]


def test_looking_at_what_is_booked_sends_nothing(booked: Path, mailbot: Callable[..., Said]) -> None:
    import sqlite3

    def letters() -> int:
        with sqlite3.connect(booked / "data" / "mailbot.sqlite3") as rows:
            return int(rows.execute("SELECT count(*) FROM outbox").fetchone()[0])

    before = letters()
    mailbot("digest")
    mailbot("agenda")
    assert letters() == before


def test_a_port_for_prometheus_that_is_taken_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = process("run", folder=folder, **NOWHERE, MAILBOT_METRICS_PORT=str(port))
    assert (code, out) == (FAILED, "")
    assert f"MAILBOT_METRICS_PORT: {port} cannot be had" in err
    assert "Traceback" not in err


def test_settings_in_a_file_do_as_well(folder: Path) -> None:
    lines: Mapping[str, str] = NOWHERE
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    (folder / ".env").chmod(0o600)
    code, out, err = process("check", folder=folder)
    assert (code, err) == (DONE, "")
    assert out.endswith("settings: in order\n")
    (folder / ".env").chmod(0o644)
    code, out, _ = process("check", folder=folder)
    assert code == DONE
    assert "can be read by other users" in out


# --- letters for approval


def test_letters_are_mailed_for_approval_through_a_real_server_one_mail_a_language(
    with_settings: Path, mailbot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedSmtp() as server:
        monkeypatch.setenv("MAILBOT_SMTP_HOST", server.host)
        monkeypatch.setenv("MAILBOT_SMTP_PORT", str(server.port))
        code, out, err = mailbot("letters", "--to", "college@commune.example")
        assert (code, out.strip(), err) == (0, "college@commune.example: sent, one mail a language", "")
        arrived = [message_from_bytes(mail.raw, policy=default) for mail in server.arrived]
    assert all(mail.recipients == ["college@commune.example"] for mail in server.arrived)
    assert [letter["Content-Language"] for letter in arrived] == ["fr", "nl", "en"]
    assert str(arrived[0]["Subject"]) == "Toutes les lettres de mailbot, pour approbation"
    for letter, words in zip(
        arrived, (("C'est réservé", "À lire"), ("in orde", "Te lezen"), ("It is booked", "To read")), strict=True
    ):
        for kind in ("plain", "html"):
            part = letter.get_body((kind,))
            assert part is not None
            text = unescape(str(part.get_content())).replace("\u00a0", " ")
            assert all(word in text for word in words), kind
            assert text.count("bruyere.example/") > 50, "each of them links the privacy notice"


def test_letters_wait_where_the_server_is_away(with_settings: Path, mailbot: Callable[..., Said]) -> None:
    code, out, _ = mailbot("letters", "--to", "college@commune.example")
    assert (code, out.strip()) == (0, "college@commune.example: waiting to be sent, one mail a language")
