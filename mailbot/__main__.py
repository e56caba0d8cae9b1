"""The command line: parses arguments, calls app."""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TypeVar

from mailbot import __version__
from mailbot.errors import BadRules, BadSettings, MailbotError

T = TypeVar("T", bound=date)

DONE, FAILED, MISUSED = 0, 1, 2
"""Exit codes: done; something failed or does not hold; the call itself is wrong (as argparse has it)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. A user's mistake is one clear line, never a traceback."""
    gc.set_threshold(20_000)  # what a start makes stays: to look for garbage every 700 objects costs a tenth of it
    chosen = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no « → » is no reason to stop
    try:
        return int(chosen.command(chosen) or DONE)
    except BadRules as bad:
        for line in bad.lines:
            sys.stderr.write(f"{line}\n")
    except BadSettings as bad:
        for line in _settings_faults(bad):
            sys.stderr.write(f"{line}\n")
    except MailbotError as error:
        sys.stderr.write(f"mailbot: {error}\n")
    except BrokenPipeError:  # whoever read the output stopped reading: `mailbot agenda | head`
        sys.stderr.close()
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"mailbot: {place}{error.strerror or error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    return FAILED


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="mailbot",
        description="Answers a commune's mailbox: citizens' initiatives book rooms and equipment by plain mail.",
        epilog="Settings come from the environment or from .env in this folder; the README lists them.",
    )
    top.add_argument("--version", action="version", version=f"mailbot {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="the daemon: read, answer, send, until stopped")
    run.set_defaults(command=_run)

    once = commands.add_parser("once", help="one round: fetch, handle, send; then exit")
    once.set_defaults(command=_once)

    explain = commands.add_parser(
        "explain",
        help="what would be understood and decided of a mail, and why; changes nothing",
        description="Says what would be understood and decided of mails, and why. Changes nothing, sends nothing.",
    )
    explain.add_argument(
        "files", nargs="+", type=Path, metavar="FILE.eml", help="a mail as a file; - reads it from here"
    )
    explain.add_argument("--json", action="store_true", help="one JSON object a line, in the form of the corpus")
    explain.add_argument(
        "--at", type=_moment, help="handle it as at this moment (2026-06-12T09:30), not as when it was sent"
    )
    explain.add_argument(
        "--language",
        choices=["fr", "nl", "en"],
        help="the language of the answer; otherwise that of LC_ALL, LC_MESSAGES or LANG, or English",
    )
    explain.set_defaults(command=_explain)

    check = commands.add_parser(
        "check", help="say whether rules.yaml and the settings hold, or every fault with its line"
    )
    check.add_argument(
        "--language",
        choices=["fr", "nl", "en"],
        help="the language of the report; otherwise that of LC_ALL, LC_MESSAGES or LANG, or English",
    )
    check.set_defaults(command=_check)

    digest = commands.add_parser(
        "digest",
        help="print the lists of the key-holders",
        description="Prints the lists that key-holders get by mail in the morning, as they would be on that day. "
        "Sends nothing.",
    )
    digest.add_argument("--date", type=_day, help="of that day (2026-06-12); today if not said")
    digest.add_argument("--busy", action="store_true", help="only those that have something in them")
    digest.set_defaults(command=_digest)

    sheet = commands.add_parser("sheet", help="print a key-holder's list as a page of HTML, with boxes to tick")
    sheet.add_argument("holder", help="as rules.yaml calls them, such as josiane")
    sheet.add_argument("--date", type=_day, help="of that day (2026-06-12); today if not said")
    sheet.set_defaults(command=_sheet)

    letters = commands.add_parser(
        "letters",
        help="print every letter, with sample values, or mail them for approval",
        description="Prints every letter, to askers and to those who run it, filled in with sample values of your "
        "rules, in each language of the commune. With --to they are mailed, one mail a language, for approval by the "
        "college.",
    )
    letters.add_argument("--to", metavar="ADDRESS", help="mail them to this address instead")
    letters.set_defaults(command=_letters)

    agenda = commands.add_parser("agenda", help="print what is booked, as a table")
    agenda.add_argument("--from", dest="first", type=_day, help="first day; today if not said")
    agenda.add_argument("--to", dest="last", type=_day, help="last day, included; four weeks later if not said")
    agenda.set_defaults(command=_agenda)

    evaluations = commands.add_parser("feedback", help="print what askers said of how it went, and the averages")
    evaluations.add_argument("--from", dest="first", type=_day, help="uses that ended from this day on")
    evaluations.add_argument("--to", dest="last", type=_day, help="until this day, included; today if not said")
    evaluations.add_argument("--csv", action="store_true", help="as a table for a spreadsheet")
    evaluations.set_defaults(command=_evaluations)

    history = commands.add_parser(
        "history",
        help="print what became of a conversation: when, what, by whom, and why",
        description="Prints each step of a conversation (when, what, by whom, why, from which mail) and the letters it "
        "got. Changes nothing.",
    )
    history.add_argument("code", help="its code, such as R-7K3F2")
    history.set_defaults(command=_history)

    login = commands.add_parser(
        "login",
        help="sign in to Microsoft 365 or Google, where OAuth 2.0 stands for a password",
        description="Signs mailbot in without a password (MAILBOT_OAUTH). Shows a page and a code to enter there, "
        "and keeps what renews the sign-in in the data folder, readable by you alone. Where an application or a "
        "service account signs in by itself, tries that. A daemon that runs goes on by itself.",
    )
    login.set_defaults(command=_login)

    doctor = commands.add_parser(
        "doctor", help="look at settings, servers and rules, and whether the database agrees with itself"
    )
    doctor.add_argument("--mend", action="store_true", help="count the ledger of cells again from what is booked")
    doctor.set_defaults(command=_doctor)

    backup = commands.add_parser(
        "backup",
        help="copy the database, photos and case files into a new file, while they are in use",
        description="Copies the SQLite database, the photos and the case files into a new tar that only you can read; "
        "the daemon may run meanwhile. It holds personal data. PostgreSQL: use pg_dump, and copy the "
        "data folder.",
    )
    backup.add_argument("file", type=Path, metavar="FILE.tar", help="where to; never overwritten")
    backup.set_defaults(command=_backup)

    restore = commands.add_parser(
        "restore",
        help="put a backup in the place of the database",
        description="Puts a backup in the place of the SQLite database, at once, without asking: what was booked since "
        "is lost from it. Refused while mailbot runs: stop it before, start it after. Who was forgotten since is "
        "erased again. Mails that came since the backup are read again: what they book is booked, under the same "
        "codes, and the answers go to the drafts of the mailbox, for a person to compare with what people got. "
        "PostgreSQL: put the dump back with pg_restore, then say with --since of when it is.",
    )
    backup_or_moment = restore.add_mutually_exclusive_group(required=True)
    backup_or_moment.add_argument("file", type=Path, nargs="?", metavar="FILE.tar", help="the backup")
    backup_or_moment.add_argument(
        "--since", type=_moment, help="the database was put back already, as it was then (2026-06-12T03:00)"
    )
    restore.set_defaults(command=_restore)

    forget = commands.add_parser(
        "forget",
        help="erase what is kept of an address",
        description="Erases what is kept of an address, at once and for good, without asking: in the database, photos, "
        "case files, and their mails in the folders of the mailbox. What is still to come (a booking, an open offer) "
        "is kept and named: cancel it, and forget again. Older backups stay.",
    )
    forget.add_argument("address", type=_address, help="the mail address of who asked to be forgotten")
    forget.set_defaults(command=_forget)

    demo = commands.add_parser("demo", help="see it at work on an embedded mail server; needs no settings")
    demo.set_defaults(command=_demo)
    return top


def _settings_faults(bad: BadSettings) -> list[str]:
    from mailbot import app

    language = app.spoken(os.environ)
    label = app.CHECKED[language]["settings"]
    return [*(f"{label}: {fault}" for fault in bad.faults), *([app.not_connected(language)] if bad.none_given else [])]


def _address(text: str) -> str:
    """Return a mail address: of a name misspelt as one, nothing would be found, and all would seem erased."""
    if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a mail address like zoe@courrier.example")
    return text


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Days that a command may name: months before and after them are still days of the calendar."""


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-06-12") from None
    return _in_calendar(day, text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a moment like 2026-06-12T09:30") from None
    return _in_calendar(moment, text)


def _in_calendar(moment: T, text: str) -> T:
    if FIRST_DAY <= date(moment.year, moment.month, moment.day) <= LAST_DAY:
        return moment
    raise argparse.ArgumentTypeError(f"{text!r} is not between {FIRST_DAY} and {LAST_DAY}")


# Each command imports the app only when it runs: `--help` is there at once.


def _run(_: argparse.Namespace) -> None:
    from mailbot import app

    app.run()


def _once(_: argparse.Namespace) -> int:
    from mailbot import app

    return app.once()


def _explain(chosen: argparse.Namespace) -> int:
    from mailbot import app

    return app.explain(chosen.files, as_json=chosen.json, at=chosen.at, language=chosen.language)


def _check(chosen: argparse.Namespace) -> int:
    from mailbot import app

    return app.check(chosen.language)


def _letters(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.letters(chosen.to)


def _sheet(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.sheet(chosen.holder, chosen.date)


def _digest(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.digest(chosen.date, busy=chosen.busy)


def _agenda(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.agenda(chosen.first, chosen.last)


def _evaluations(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.evaluations(chosen.first, chosen.last, as_csv=chosen.csv)


def _history(chosen: argparse.Namespace) -> None:
    from mailbot import app

    app.history(chosen.code)


def _login(_: argparse.Namespace) -> None:
    from mailbot import upkeep

    upkeep.login()


def _doctor(chosen: argparse.Namespace) -> int:
    from mailbot import upkeep

    return upkeep.doctor(mend=chosen.mend)


def _backup(chosen: argparse.Namespace) -> None:
    from mailbot import upkeep

    upkeep.backup(chosen.file)


def _restore(chosen: argparse.Namespace) -> int:
    from mailbot import upkeep

    return upkeep.restore(chosen.file, chosen.since)


def _forget(chosen: argparse.Namespace) -> None:
    from mailbot import upkeep

    upkeep.forget(chosen.address)


def _demo(_: argparse.Namespace) -> int:
    try:
        from mailbot.demo import show
    except ModuleNotFoundError as absent:
        raise MailbotError(f"the demo's mail servers are not installed ({absent.name}): make demo does that") from None
    return show.demo()


if __name__ == "__main__":
    sys.exit(main())
