"""The commands that keep an installation well: signing in, looking at everything, backups, erasure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.app import (
    OUTLOOK_FOR_SOMEBODY,
    SIGNED_IN,
    check,
    folders,
    kept,
    microsoft,
    migrated,
    now,
    office,
    opened,
    say,
    sender,
    server_of,
    settings,
    source,
    tokens,
)
from mailbot.errors import MailbotError, Temporary
from mailbot.kept import mark
from mailbot.model.servers import Provider
from mailbot.policy.rules import load

if TYPE_CHECKING:
    from mailbot.mail.oauth import Tokens
    from mailbot.mail.server import Visit
    from mailbot.settings import Settings
    from mailbot.store import Store

WRONG_CLOCK = timedelta(minutes=1)
"""A clock that differs by so much from a mail server's is set."""
MARGIN = timedelta(minutes=5)
"""Mails that came so long before a backup are looked at too: what is in it already is known to it."""


def login() -> None:
    """Let a person sign mailbot in, once; where an application signs in by itself, try that. Raises MailbotError."""
    from mailbot.mail.oauth import ask_for_device, keep, wait_for_person

    chosen = settings()
    way, oauth = tokens(chosen), chosen.oauth
    if way is None or oauth is None:
        raise MailbotError("MAILBOT_OAUTH is not set: the mailbox is reached with a password, nobody has to sign in")
    if oauth.provider is Provider.MICROSOFT and not oauth.secret and not oauth.key_file:
        timeout = chosen.timeout_seconds
        device = ask_for_device(microsoft(oauth, "devicecode"), oauth.client, OUTLOOK_FOR_SOMEBODY, timeout)
        say(f"Open {device.page} and enter the code {device.code}, as {chosen.imap.user}.")
        sys.stdout.flush()
        refresh_token = wait_for_person(device, microsoft(oauth, "token"), oauth.client, timeout)
        keep(refresh_token, chosen.data_folder / SIGNED_IN)
    way()
    say("Signed in. mailbot doctor says whether the mailbox opens; a daemon that runs goes on by itself.")


def doctor(*, mend: bool) -> int:
    """Look at everything: settings, rules, letters, servers, the clock, and whether the database agrees with itself.
    Returns 1 where something is wrong; with `mend`, what can be counted again is."""
    if faults := check(None):
        return faults
    chosen = settings()
    wrong = _letters_hold(chosen)
    with opened(chosen) as store:
        wrong += _servers_answer(chosen, store)
        wrong += _database_agrees(store, mend=mend)
    return 1 if wrong else 0


def _letters_hold(chosen: Settings) -> int:
    """Say what is wrong with the templates; return how many faults there are."""
    from mailbot.replies.compose import faults_of

    faults = faults_of(chosen.templates)
    for fault in faults:
        say(f"letters: {fault}")
    if not faults:
        say("letters: all templates hold")
    return len(faults)


def _servers_answer(chosen: Settings, store: Store) -> int:
    """Say whether both servers let us in and what time they think it is; return how much is wrong."""
    from mailbot.mail import session, smtp
    from mailbot.mail.advice import advice

    way = tokens(chosen)
    mailbox, outbox = source(chosen, store, way), sender(chosen, way)
    wrong, visits = 0, []
    looks = (
        ("mailbox", "IMAP", mailbox.greet, session.was_refused, chosen.imap),
        ("outgoing", "SMTP", outbox.greet, smtp.was_refused, chosen.smtp),
    )
    for name, setting, greet, was_refused, server in looks:
        try:
            visit = greet()
        except Temporary as error:
            refused = was_refused(error.__cause__)
            say(f"{name}: {advice(error, server_of(server, chosen, way), setting, refused=refused)}")
            wrong += 1
            continue
        for line in (*visit.wrong, *visit.remarks):
            say(f"{name}: {line}")
        if not visit.wrong:
            say(f"{name}: {server.host} lets us in")
        wrong += len(visit.wrong)
        visits.append(visit)
    mailbox.close()
    outbox.close()
    return wrong + _clock_agrees(visits, now())


def _clock_agrees(visits: Sequence[Visit], here: datetime) -> int:
    """Say whether this machine's clock is that of the servers; return 1 where it is not."""
    told = next((visit.told for visit in visits if visit.told), None)
    arrived = max((visit.arrived for visit in visits if visit.arrived), default=None)
    away = here - told if told else timedelta()
    if arrived and arrived - here > WRONG_CLOCK:  # mail from the future
        away = here - arrived
    if abs(away) > WRONG_CLOCK:
        seconds = round(abs(away).total_seconds())
        say(f"clock: this machine is {seconds} s {'ahead' if away > timedelta() else 'behind'}: set it by NTP")
        return 1
    if told:
        say("clock: agrees with the server that sends")
    elif arrived:
        say("clock: no mail is from the future (neither server tells what time it is)")
    return 0


def _database_agrees(store: Store, *, mend: bool) -> int:
    """Say where bookings, cells, letters and mails differ; return how often they do."""
    with store.unit() as unit:
        looked = unit.differences(now())
        found = looked.found()
        for one in found:
            say(f"database: {one.kind}: {one.where} ({one.detail}){'' if one.mends else ' – for a person'}")
        if mend and any(one.mends for one in found):
            say(f"database: {looked.mend()} cells counted again")
            found = looked.found()
        unit.commit()
    if any(one.mends for one in found):
        say("mailbot doctor --mend counts the ledger of cells again from what is booked.")
    if not found:
        say("database: bookings, cells, letters and mails agree")
    return len(found)


def backup(target: Path) -> None:
    """Copy the database, while it is in use, and the files beside it into one new file."""
    from mailbot.store.archive import pack
    from mailbot.store.backup import back_up

    chosen = settings()
    copy = target.with_name(f".{target.name}.copy")
    copy.unlink(missing_ok=True)
    try:
        back_up(chosen.database_url.reveal(), copy)
        pack(target, copy, chosen.data_folder)
    finally:
        copy.unlink(missing_ok=True)
    say(f"{target}: the database, photos and case files, with personal data. Keep it where only you can read it.")


def restore(file: Path | None, since: datetime | None) -> int:
    """Put a backup in the place of the database, erase in it once more who asked to be forgotten, and read the mails
    again that came since: what they booked is booked again, and the answers lie in the drafts. Without a file, other
    tools put the database back (pg_restore), as it was at `since`. Returns 1 where the mailbox is away: then a person
    reads the mails, or restores once more. Raises MailbotError where mailbot runs."""
    from mailbot.store.lock import alone

    chosen = settings()
    chosen.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(chosen.data_folder):
        if file is not None:
            since = _put_back(file, chosen)
        assert since is not None
        since = since if since.tzinfo else since.replace(tzinfo=load(chosen.rules).commune.zone)
        with migrated(chosen) as store:
            return _caught_up(chosen, store, since.astimezone(UTC))


def _put_back(file: Path, chosen: Settings) -> datetime:
    """Put a backup in the place of the database, and its files where they are missing; return when it was made."""
    from mailbot.store.archive import take_database, take_files, taken_at
    from mailbot.store.backup import restore as restored

    taken = taken_at(file)
    database = chosen.data_folder / ".restoring.sqlite3"
    try:
        take_database(file, database)
        restored(chosen.database_url.reveal(), database)
    finally:
        database.unlink(missing_ok=True)
    files = take_files(file, chosen.data_folder)
    say(f"{file} of {taken.astimezone():%d/%m/%Y %H:%M} is in place, with {files} files that were missing.")
    return taken


def _caught_up(chosen: Settings, store: Store, since: datetime) -> int:
    """Do again what was done since a moment: erase who was forgotten, read the mails that came."""
    way = tokens(chosen)
    besides = kept(chosen, way, store)
    forgotten = besides.forgotten()
    store.memory.forget()
    with store.unit() as unit:
        again = [address for address in unit.erasure.addresses() if mark(address) in forgotten]
        gone = [name for address in again for name in unit.erasure.forget(address).photos]
        unit.commit()
    besides.photos.erase(gone)
    say(f"{len(again)} addresses that were forgotten since were erased in it again.")
    try:
        _replay(chosen, store, since, way)
    except Temporary as error:
        say(f"The mails that came since could not be read again: {error}")
        say("Restore once more when the mailbox answers, or read them yourself: they are not answered again.")
        return 1
    say("Now start mailbot again.")
    return 0


def _replay(chosen: Settings, store: Store, taken: datetime, way: Tokens | None) -> None:
    """Read the mails again that came since a moment; the letters go to the drafts, and staff are told. Raises
    Temporary where the mailbox is away."""
    from mailbot.service.replay import replay

    mailbox, drawers = source(chosen, store, way), folders(chosen, way)
    try:
        mailbox.waiting(1)  # what comes from now on is the daemon's
        replayed = replay(drawers.since(taken - MARGIN), office(chosen, store, way), drawers.draft)
    finally:
        mailbox.close()
        drawers.close()
    say(f"{replayed.mails} mails of then and later were looked at again; {replayed.letters} letters were not sent.")
    if replayed.letters:
        say(f"They lie in the folder {replayed.folder}: compare with what people got, send what is missing.")


def forget(address: str) -> None:
    """Erase what is kept of an address, and remember, without the address, that it was."""
    chosen = settings()
    with opened(chosen) as store:
        _forget(address, chosen, store)


def _forget(address: str, chosen: Settings, store: Store) -> None:
    besides = kept(chosen, tokens(chosen), store)
    with store.unit() as unit:
        erased = unit.erasure.forget(address)
        unit.commit()
    besides.remember_forgotten(address, erased.photos, now())
    say(f"erased: {erased.conversations} conversations, {erased.letters} letters, the sender of {erased.mails} mails")
    if erased.standing:
        say(f"kept until they are over: {', '.join(erased.standing)} (cancel them, and forget again)")
    try:
        say(f"mailbox: {besides.erase_from_mailbox(load(chosen.rules), now())} mails erased")
    except Temporary as error:
        say(f"mailbox: {error}; its mails are erased in the coming night")
    say("Older backups are yours to delete; after a restore, the address is erased again.")
