"""The commands that keep an installation well: signing in, looking at everything, backups, erasure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.app import (
    FORGOTTEN,
    OUTLOOK_FOR_SOMEBODY,
    SIGNED_IN,
    check,
    mark,
    microsoft,
    now,
    opened,
    remember_forgotten,
    say,
    sender,
    server_of,
    settings,
    source,
    tokens,
)
from mailbot.errors import MailbotError, Temporary
from mailbot.model.servers import Provider

if TYPE_CHECKING:
    from mailbot.mail.server import Visit
    from mailbot.settings import Settings
    from mailbot.store import Store

WRONG_CLOCK = timedelta(minutes=1)
"""A clock that differs by so much from a mail server's is set."""


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
    """Copy the database into a new file, while it is in use."""
    from mailbot.store.backup import back_up

    back_up(settings().database_url.reveal(), target)
    say(f"{target}: a copy of the database, with personal data in it. Keep it where only you can read it.")


def restore(file: Path) -> None:
    """Put a backup in the place of the database, and erase in it once more who asked to be forgotten."""
    from mailbot.store.backup import restore as restored

    chosen = settings()
    taken = datetime.fromtimestamp(file.stat().st_mtime, UTC).astimezone()
    restored(chosen.database_url.reveal(), file)
    forgotten = _forgotten(chosen)
    with opened(chosen) as store, store.unit() as unit:
        again = [address for address in unit.erasure.addresses() if mark(address) in forgotten]
        for address in again:
            unit.erasure.forget(address)
        unit.commit()
    say(f"{file} is in place; {len(again)} addresses that were forgotten since were erased in it again.")
    say(f"Mails that came after {taken:%d/%m/%Y %H:%M} are not answered again: please read them yourself.")
    say("If the daemon runs, restart it now.")


def forget(address: str) -> None:
    """Erase what is kept of an address, and remember, without the address, that it was."""
    chosen = settings()
    with opened(chosen) as store, store.unit() as unit:
        erased = unit.erasure.forget(address)
        unit.commit()
    remember_forgotten(chosen, address)
    say(f"erased: {erased.conversations} conversations, {erased.letters} letters, the sender of {erased.mails} mails")
    if erased.standing:
        say(f"kept until they are over: {', '.join(erased.standing)} (cancel them, and forget again)")
    say("Mails in the mailbox, its folders and older backups are yours to delete.")


def _forgotten(chosen: Settings) -> frozenset[str]:
    path = chosen.data_folder / FORGOTTEN
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return frozenset(line.partition(" ")[0] for line in lines)
