"""The only place that knows concrete classes and reads the clock: it builds the office and runs the commands."""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mailbot.errors import BadRules, BadSettings, MailbotError, Temporary
from mailbot.model.servers import Provider
from mailbot.policy.outline import line_of, outline, untranslated
from mailbot.policy.rules import RulesFile, load
from mailbot.policy.schema.known import LANGUAGES
from mailbot.settings import (
    LocalSettings,
    OAuthSettings,
    ServerSettings,
    Settings,
    load_local,
    load_settings,
    safe_address,
    worded,
)

if TYPE_CHECKING:
    from mailbot.kept import Kept
    from mailbot.mail.folders import Folders
    from mailbot.mail.imap import ImapSource
    from mailbot.mail.oauth import Ask, Tokens
    from mailbot.mail.server import Server
    from mailbot.mail.smtp import SmtpSender
    from mailbot.model.counts import Counts
    from mailbot.model.evaluation import Evaluation
    from mailbot.model.reports import Blocked
    from mailbot.model.reservation import Use
    from mailbot.model.rules import Equipment, Holder, Room, Rules
    from mailbot.model.to_key_holders import Digest
    from mailbot.reading.proof import Check
    from mailbot.service.office import Office
    from mailbot.store import Store

L = TypeVar("L", bound=LocalSettings)

# What a command does not need is imported where it is needed: `mailbot explain` must be there at once.

log = logging.getLogger("mailbot")
FOUR_WEEKS = timedelta(days=28)
COLLECTED_FROM = 10_000
"""Objects made and not let go, more than one mail needs at any moment, before the garbage collector looks at them."""
HEARTBEAT = "heartbeat"
"""A file in the data folder, touched by the daemon while it lives."""
SIGNED_IN = "oauth.json"
"""A file in the data folder: what renews the access token after `mailbot login`. No backup holds it."""
OUTLOOK_ALONE = "https://outlook.office365.com/.default"
"""For an application: what its registration was granted (IMAP.AccessAsApp, SMTP.SendAsApp)."""
OUTLOOK_FOR_SOMEBODY = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
)
GMAIL = "https://mail.google.com/"
MANY = 20
"""From so many mails on, `explain` shows how far it is."""


def now() -> datetime:
    return datetime.now(UTC)


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")


# --- what commands are made of


def settings() -> Settings:
    """Return the settings of the folder that the program was started in, and set the log up. Raises BadSettings, in the
    language of the environment."""
    language = spoken(os.environ)
    return _heeded(load_settings(os.environ, Path.cwd(), language), language)


def local_settings() -> LocalSettings:
    """Return what is kept on this machine, and set the log up: who only looks needs no mailbox. Raises BadSettings."""
    language = spoken(os.environ)
    return _heeded(load_local(os.environ, Path.cwd(), language), language)


def _heeded(chosen: L, language: str) -> L:
    from mailbot.logs import start_logs

    start_logs(chosen.log_level)
    for warning in chosen.warnings:
        log.warning(warning)
    if faults := faults_of_letters(chosen, language):
        raise BadSettings(faults)
    return chosen


def faults_of_letters(chosen: LocalSettings, language: str) -> list[str]:
    """Return what is wrong with the folder of letters: without them nobody is answered."""
    needed = ("letter.html", "sheet.html", *(f"{language}/words.toml" for language in LANGUAGES))
    missing = [name for name in needed if not (chosen.templates / name).is_file()]
    told = {"name": "MAILBOT_TEMPLATES", "missing": ", ".join(missing), "text": chosen.templates}
    return [worded("templates.missing", language, **told)] if missing else []


@contextmanager
def opened(chosen: LocalSettings) -> Iterator[Store]:
    """Lend the database, brought up to date; no restore begins meanwhile. Raises BadSettings, Temporary."""
    from mailbot.store.lock import at_work

    chosen.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with at_work(chosen.data_folder), migrated(chosen) as store:
        yield store


@contextmanager
def migrated(chosen: LocalSettings) -> Iterator[Store]:
    """Lend the database, brought up to date, to who holds the data already. Raises BadSettings, Temporary."""
    from mailbot.store import open_store

    store = open_store(chosen.database_url.reveal())
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def office(chosen: Settings, store: Store, way: Tokens | None = None) -> Office:
    """Return the office with its real furniture; `way` signs in where no password does. Staff are told, in their
    language, of each version of rules.yaml that does not hold. Raises BadRules where the first one does not."""
    from mailbot.reading.lexicon import load_all
    from mailbot.reading.parts import Limits
    from mailbot.replies.compose import Composer
    from mailbot.service.alerts import alert
    from mailbot.service.case_files import case_files
    from mailbot.service.office import Office

    besides = kept(chosen, way, store)

    def tell(_: BadRules) -> None:
        alert("rules", lambda language: _faults(chosen.rules, language), furnished)

    rules = RulesFile(chosen.rules, on_fault=tell)
    limits = Limits(octets=chosen.most_megabytes * 1_000_000)
    composer = Composer(chosen.templates, chosen.rules.parent)
    furnished = Office(
        rules,
        load_all(),
        store,
        composer,
        now,
        proof=_check_of_senders(chosen),
        limits=limits,
        keep_case=case_files(chosen.data_folder),
        keep_photo=besides.photos.keep,
        remember_forgotten=lambda address, photos: besides.remember_forgotten(address, photos, now()),
        tidy=besides.tidy,
    )
    return furnished


def _check_of_senders(chosen: Settings) -> Check:
    """Return the way to find out who wrote a mail that this installation's mail host has."""
    from mailbot.model.servers import Proving
    from mailbot.reading.proof import by_exchange_online, by_host, by_nobody, by_signature

    match chosen.proof:
        case Proving.HOST:
            return by_host(chosen.authserv_id)
        case Proving.EXCHANGE_ONLINE:
            return by_exchange_online()
        case Proving.DKIM:
            from mailbot.mail.dns import TextRecords

            return by_signature(TextRecords())
    return by_nobody


def _faults(path: Path, language: str) -> dict[str, str]:
    """Return what is wrong with the rules, by line."""
    try:
        load(path, language)
    except BadRules as bad:
        return {f"{number}. {path.name}:{fault.line}": fault.message for number, fault in enumerate(bad.faults[:50], 1)}
    return {}


def kept(chosen: Settings, way: Tokens | None, store: Store) -> Kept:
    """Return what is kept besides the database."""
    from mailbot.kept import Kept

    def ledger(before: datetime) -> Callable[[str], bool]:
        with store.reading() as unit:
            return unit.mailbox.handled(before)

    return Kept(chosen.data_folder, chosen.inbox, chosen.handled_folder, lambda: folders(chosen, way), ledger)


def folders(chosen: Settings, way: Tokens | None) -> Folders:
    """Return the folders of the mailbox, not yet opened."""
    from mailbot.mail.folders import Folders

    server = server_of(chosen.imap, chosen, way)
    return Folders(server, chosen.inbox, chosen.handled_folder, chosen.most_megabytes * 1_000_000)


def get_ready(furnished: Office) -> None:
    """Compile all that reading needs, and let the garbage collector look at it no more: it stays for good, and would be
    walked through with each mail."""
    from mailbot.reading.reader import prepare

    prepare(furnished.rules.current().catalogue, furnished.lexica)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_FROM)


def tokens(chosen: Settings) -> Tokens | None:
    """Return what gets access tokens, where OAuth 2.0 stands for a password. Raises BadSettings."""
    if chosen.oauth is None:
        return None
    from mailbot.mail.oauth import Tokens

    try:
        return Tokens(_way_in(chosen.oauth, chosen), now)
    except (OSError, ValueError, KeyError, TypeError) as error:  # a key is named by a message of ours, never quoted
        kind = "key.unreadable" if isinstance(error, OSError) else "key.kind"
        why = error.strerror if isinstance(error, OSError) else ""
        named = {"name": "MAILBOT_OAUTH_KEY_FILE", "text": chosen.oauth.key_file, "why": why}
        raise BadSettings([worded(kind, spoken(os.environ), **named)]) from None


def _way_in(oauth: OAuthSettings, chosen: Settings) -> Ask:
    from mailbot.mail.oauth import by_certificate, by_person, by_secret, by_service_account

    timeout, token_url = chosen.timeout_seconds, microsoft(oauth, "token")
    if oauth.provider is Provider.GOOGLE and oauth.key_file:
        key = json.loads(oauth.key_file.read_text("utf-8"))
        return by_service_account(
            safe_address(key["token_uri"]), key["client_email"], key["private_key"], chosen.imap.user, GMAIL, timeout
        )
    if oauth.key_file:
        return by_certificate(token_url, oauth.client, oauth.key_file.read_text("utf-8"), OUTLOOK_ALONE, timeout)
    if oauth.secret:
        return by_secret(token_url, oauth.client, oauth.secret.reveal(), OUTLOOK_ALONE, timeout)
    return by_person(token_url, oauth.client, chosen.data_folder / SIGNED_IN, OUTLOOK_FOR_SOMEBODY, timeout)


def microsoft(oauth: OAuthSettings, what: str) -> str:
    return f"{oauth.authority}/{oauth.tenant}/oauth2/v2.0/{what}"


def source(chosen: Settings, store: Store, way: Tokens | None = None) -> ImapSource:
    from mailbot.mail.imap import ImapSource

    server = server_of(chosen.imap, chosen, way)
    most = chosen.most_megabytes * 1_000_000
    return ImapSource(server, store.memory, now, folder=chosen.inbox, handled=chosen.handled_folder, most_bytes=most)


def sender(chosen: Settings, way: Tokens | None = None) -> SmtpSender:
    from mailbot.mail.smtp import SmtpSender

    return SmtpSender(server_of(chosen.smtp, chosen, way))


def server_of(one: ServerSettings, chosen: Settings, way: Tokens | None) -> Server:
    """Return how one of the two mail servers is reached."""
    from mailbot.mail.server import Server

    certificates = str(one.certificates) if one.certificates else None
    password = one.password.reveal if one.password else str
    token = way if one.user and not one.password else None
    return Server(one.host, one.port, one.tls, one.user, password, chosen.timeout_seconds, certificates, token)


# --- the commands; each returns its exit code, None for 0


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    from mailbot.heartbeat import Heartbeat
    from mailbot.service.daemon import Daemon

    chosen = settings()
    with opened(chosen) as store:
        way = tokens(chosen)
        furnished = office(chosen, store, way)
        get_ready(furnished)
        mailbox, outbox = source(chosen, store, way), sender(chosen, way)
        try:
            heart = Heartbeat(chosen.data_folder / HEARTBEAT, os.environ)
            with watched(chosen, store):
                Daemon(furnished, mailbox, outbox, poll=chosen.poll_seconds, heart=heart, way_in=way).run()
        finally:
            mailbox.close()
            outbox.close()


@contextmanager
def watched(chosen: Settings, store: Store) -> Iterator[None]:
    """Give Prometheus its numbers meanwhile, where the settings want it. Raises BadSettings where the port is taken."""
    if not chosen.metrics_port:
        yield
        return
    from mailbot.metrics import Endpoint, Metrics

    def count() -> Counts:
        with store.reading() as unit:
            return unit.counts()

    metrics = Metrics(count, now, chosen.data_folder / HEARTBEAT)
    try:
        endpoint = Endpoint(metrics, chosen.metrics_port)
    except OSError as error:
        named = {"name": "MAILBOT_METRICS_PORT", "text": chosen.metrics_port, "why": error.strerror}
        raise BadSettings([worded("port.taken", spoken(os.environ), **named)]) from error
    try:
        yield
    finally:
        endpoint.close()


def once() -> int:
    """One round. Returns 1 where a mail or a letter has to wait for the next one."""
    from mailbot.service.rounds import fetch, tick

    chosen = settings()
    with opened(chosen) as store:
        way = tokens(chosen)
        furnished = office(chosen, store, way)
        mailbox, outbox = source(chosen, store, way), sender(chosen, way)
        try:
            complete = fetch(mailbox, furnished)
            tick(furnished)
            posted = post_all(furnished, outbox)
        finally:
            mailbox.close()
            outbox.close()
        with store.reading() as unit:
            posted = posted and unit.mailbox.next_due() is None
    return 0 if complete and posted else 1


def post_all(furnished: Office, outbox: SmtpSender) -> bool:
    """Send all letters that are due; return whether the server took part."""
    from mailbot.service.deliver import deliver

    try:
        while deliver(furnished, outbox):
            pass
    except Temporary as error:
        log.warning("letters wait", extra={"error": str(error)})
        return False
    return True


def explain(files: Sequence[Path], *, as_json: bool, at: datetime | None, language: str | None) -> int:
    """Say what would be understood and decided of each file. Without a zone, `at` is in that of the commune; without
    `language`, it is said in that of the environment."""
    from mailbot.explained import in_words
    from mailbot.reading.lexicon import load_all
    from mailbot.service.explain import explain as explained

    rules_path, store = _without_servers()
    speaking = language or spoken(os.environ)
    rules, lexica = load(rules_path, speaking), load_all()
    at = at and (at if at.tzinfo else at.replace(tzinfo=rules.commune.zone)).astimezone(UTC)
    unread = 0
    for number, path in enumerate(files, 1):
        try:
            raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        except OSError as error:
            sys.stderr.write(f"mailbot: {path}: {error.strerror}\n")
            unread += 1
            continue
        found = explained(raw, rules, lexica, store, at, now())
        say(json.dumps(found.to_json(), ensure_ascii=False) if as_json else in_words(found, rules, speaking))
        if len(files) >= MANY and sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(files)}" + ("\n" if number == len(files) else ""))
    if store is not None:
        store.close()
    return 1 if unread else 0


def _without_servers() -> tuple[Path, Store | None]:
    """Return where the rules are, and the database if there is one: explaining needs no mail server's settings."""
    from mailbot.settings import rules_and_database

    rules_path, database = rules_and_database(os.environ, Path.cwd())
    if database is None:
        return rules_path, None
    from mailbot.store import open_store

    store = open_store(database.reveal())
    if store.prepared():
        return rules_path, store
    store.close()
    return rules_path, None


CHECKED = {
    "fr": {
        "settings": "réglages ",
        "in order": "en ordre",
        "counted": "{rooms} salles, {equipment} sortes de matériel, {keys} clés, {initiatives} initiatives",
        "no settings": "la boîte mail n'est pas encore connectée : cp .env.example .env, complétez ce fichier, puis "
        "relancez check",
        "no plan": "le plan de {site} n'existe pas : {plan}",
        "untranslated": "à traduire ({lacks}) : dans cette langue, les lettres diront ceci dans une autre",
        "large plan": "le plan de {site} dépasse {most} Mo : {plan}",
    },
    "nl": {
        "settings": "instellingen",
        "in order": "in orde",
        "counted": "{rooms} zalen, {equipment} soorten materiaal, {keys} sleutels, {initiatives} initiatieven",
        "no settings": "de mailbox is nog niet verbonden: cp .env.example .env, vul dat bestand in, en doe check "
        "opnieuw",
        "no plan": "het plan van {site} bestaat niet: {plan}",
        "untranslated": "te vertalen ({lacks}): in die taal zeggen de brieven dit in een andere",
        "large plan": "het plan van {site} is groter dan {most} MB: {plan}",
    },
    "en": {
        "settings": "settings",
        "in order": "in order",
        "counted": "{rooms} rooms, {equipment} kinds of equipment, {keys} keys, {initiatives} initiatives",
        "no settings": "the mailbox is not connected yet: cp .env.example .env, fill it in, then run check again",
        "no plan": "the plan of {site} is not there: {plan}",
        "untranslated": "to be translated ({lacks}): letters in that language will say this in another",
        "large plan": "the plan of {site} is larger than {most} MB: {plan}",
    },
}
"""What `check` says besides the faults."""


def spoken(environ: Mapping[str, str]) -> str:
    """Return the language of whoever sits at the terminal, as POSIX has it, or English where it is none of ours."""
    named = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return next((language for language in LANGUAGES if named.lower().startswith(language)), "en")


def not_connected(language: str) -> str:
    """Return the next step where no setting is given at all."""
    words = CHECKED[language]
    return f"{words['settings']}: {words['no settings']}"


def check(language: str | None) -> int:
    """Say whether rules.yaml and the settings hold, with all faults of both; without `language`, in that of the
    environment."""
    language = language or spoken(os.environ)
    rules_faults, settings_faults = _check_rules(language), _check_settings(language)
    return 1 if rules_faults or settings_faults else 0


def _check_rules(language: str) -> int:
    """Say what is wrong with the rules and the plans they name; return how many faults there are."""
    path, _ = _rules_path()
    words = CHECKED[language]
    try:
        rules = load(path, language)
    except BadRules as bad:
        for line in bad.lines:
            say(line)
        return len(bad.faults)
    counted = words["counted"].format(
        rooms=len(rules.rooms),
        equipment=len(rules.equipment),
        keys=len(rules.keys),
        initiatives=len(rules.initiatives),
    )
    say(f"{path.name}: {words['in order']} ({counted})")
    written = outline(path.read_bytes())
    for at, lacks in untranslated(written, rules.commune.languages):
        say(f"{path.name}:{at}: {words['untranslated'].format(lacks=', '.join(lacks))}")
    missing = list(_plans_missing(rules, path.parent, words))
    for plan, line in missing:
        say(f"{path.name}:{line_of(written, plan)}: {line}")
    return len(missing)


def _check_settings(language: str) -> int:
    """Say what is wrong with the settings, or the next step where there are none; return how many faults there are."""
    label = CHECKED[language]["settings"]
    try:
        chosen = load_settings(os.environ, Path.cwd(), language)
        for warning in chosen.warnings:
            say(f"{label}: {warning}")
        if wrong := faults_of_letters(chosen, language):
            raise BadSettings(wrong)
    except BadSettings as bad:
        for line in [not_connected(language)] if bad.none_given else [f"{label}: {fault}" for fault in bad.faults]:
            say(line)
        return len(bad.faults)
    say(f"{label}: {CHECKED[language]['in order']}")
    return 0


def _plans_missing(rules: Rules, folder: Path, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each plan that rules name and that is not as it should be, and what is wrong with it."""
    from mailbot.replies.message import LARGEST_FILE

    for site in rules.sites.values():
        path = folder / site.plan
        if site.plan and not path.is_file():
            yield site.plan, words["no plan"].format(site=site.id, plan=site.plan)
        elif site.plan and path.stat().st_size > LARGEST_FILE:
            yield site.plan, words["large plan"].format(site=site.id, plan=site.plan, most=LARGEST_FILE // 1_000_000)


def _rules_path() -> tuple[Path, object]:
    from mailbot.settings import rules_and_database

    return rules_and_database(os.environ, Path.cwd())


def digest(day: date | None, *, busy: bool) -> None:
    """Print the lists of the key-holders as they would be on a day; `busy`: only those that have something in them."""
    from mailbot.model.letters import Address
    from mailbot.model.notices import Notice
    from mailbot.model.outbox import Thread
    from mailbot.replies.compose import Composer

    chosen = local_settings()
    rules = load(chosen.rules)
    composer = Composer(chosen.templates)
    for reader, found, midnight in _lists(chosen, rules, day):
        if busy and not (found.late or found.lines):
            continue
        notice = Notice(Address(reader.name, reader.address), (reader.language,), found, answers=False)
        letter = composer.compose(notice, rules, Thread(), midnight, "printed@localhost")
        say(f"{reader.name} <{reader.address}>\n\n{letter.text}\n")


def letters(to: str | None) -> None:
    """Print every letter that somebody who asks may get, with sample values, in each language; or mail them: one mail a
    language."""
    from mailbot.model.letters import Address
    from mailbot.replies.compose import Composer

    if to is None:
        here = local_settings()
        rules, composer = load(here.rules), Composer(here.templates)
        for language in rules.commune.languages:
            for subject, text in composer.all_letters(rules, language, now()):
                say(f"* * *\n\n{subject}\n\n{text}\n")
        return
    chosen = settings()
    rules, composer = load(chosen.rules), Composer(chosen.templates)
    with opened(chosen) as store:
        furnished = office(chosen, store)
        with store.unit() as unit:
            for language in rules.commune.languages:
                one = composer.for_approval(Address("", to), rules, language, now(), furnished.message_id(rules))
                unit.mailbox.post(one, now())
            unit.commit()
        outbox = sender(chosen)
        try:
            posted = post_all(furnished, outbox)
        finally:
            outbox.close()
    say(f"{to}: {'sent' if posted else 'waiting to be sent'}, one mail a language")


def sheet(holder: str, day: date | None) -> None:
    """Print the page of a key-holder's list on a day, as HTML that fits one A4. Raises MailbotError for an id that is
    none."""
    from mailbot.replies.compose import Composer

    chosen = local_settings()
    rules = load(chosen.rules)
    for reader, found, midnight in _lists(chosen, rules, day):
        if found.holder == holder:
            say(Composer(chosen.templates).sheet(found, rules, reader.language, midnight, reader.address))
            return
    raise MailbotError(f"nobody called {holder} gets a list")


def _lists(chosen: LocalSettings, rules: Rules, day: date | None) -> Iterator[tuple[Holder, Digest, datetime]]:
    """Yield who reads each list of a day, the list as it would be then, and the midnight before it."""
    from mailbot.policy.due import digest_for, list_readers, reader_of

    zone = rules.commune.zone
    day = day or now().astimezone(zone).date()
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    with opened(chosen) as store, store.reading() as unit:
        reservations = unit.reservations.between(midnight, midnight + FOUR_WEEKS / 2)
    for holder in list_readers(rules):
        yield reader_of(holder, day, rules), digest_for(holder.id, day, reservations, rules), midnight


AGENDA = {
    "fr": {
        "columns": ("jour", "heures", "quoi", "qui", "personnes", "code"),
        "weekdays": ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
        "closed": "fermé",
        "nothing": "Rien n'est réservé du {first:%d/%m/%Y} au {last:%d/%m/%Y}.",
    },
    "nl": {
        "columns": ("dag", "uren", "wat", "wie", "personen", "code"),
        "weekdays": ("ma", "di", "wo", "do", "vr", "za", "zo"),
        "closed": "gesloten",
        "nothing": "Er is niets gereserveerd van {first:%d/%m/%Y} tot {last:%d/%m/%Y}.",
    },
    "en": {
        "columns": ("day", "hours", "what", "who", "people", "code"),
        "weekdays": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        "closed": "closed",
        "nothing": "Nothing is booked from {first:%d/%m/%Y} to {last:%d/%m/%Y}.",
    },
}
"""How the table of what is booked is worded, by the language of the terminal."""


def agenda(first: date | None, last: date | None) -> None:
    """Print what is booked between two days, a line a use, and what is closed by mail."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from mailbot.model.spans import Span
    from mailbot.policy.stock import blocks_during, in_force

    chosen = local_settings()
    rules, language = load(chosen.rules), spoken(os.environ)
    words: Mapping[str, Any] = AGENDA[language]
    zone = rules.commune.zone
    first = first or now().astimezone(zone).date()
    last = last or first + FOUR_WEEKS
    if last < first:
        raise MailbotError(f"{last} is before {first}")
    begin = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    with opened(chosen) as store, store.reading() as unit:
        reservations = unit.reservations.between(begin, end)
        blocked = blocks_during(Span(begin, end), in_force(rules, unit.reports.in_force(first)))

    def local_day(use: Use | Blocked) -> date:
        return use.when.start.astimezone(zone).date() if isinstance(use.when, Span) else use.when.first

    def hours(use: Use | Blocked) -> str:
        if isinstance(use.when, Span):
            return f"{use.when.start.astimezone(zone):%H:%M}-{use.when.end.astimezone(zone):%H:%M}"
        return "" if use.when.first == use.when.last else f"→ {use.when.last:%d/%m}"

    lent: dict[str, Room | Equipment] = {**rules.rooms, **rules.equipment}
    names = {id_: (one.names.get(language) or next(iter(one.names.values())))[0] for id_, one in lent.items()}
    table = Table(*words["columns"], title=f"{first:%d/%m/%Y} – {last:%d/%m/%Y}")

    def said(day: date) -> str:
        return f"{words['weekdays'][day.weekday()]} {day:%d/%m/%Y}"

    def show(*cells: str) -> None:
        table.add_row(*map(Text, cells))  # what people call themselves is nobody's markup

    uses = [(local_day(use), hours(use), use, one) for one in reservations for use in one.uses]
    for day, when, use, one in sorted(uses, key=lambda row: (row[0], row[1], row[2].resource)):
        if first <= day <= last or (not isinstance(use.when, Span) and day <= last and use.when.last >= first):
            name = names.get(use.resource, use.resource)
            what = name if use.resource in rules.rooms else f"{use.quantity} × {name}"
            initiative = rules.initiatives.get(one.initiative or "")
            who = initiative.name if initiative else one.asker.name or one.asker.address
            show(said(day), when, what, who, str(one.attendees or ""), one.code)
    for block in blocked:
        name = names.get(block.blocked, block.blocked)
        what = name if block.units is None else f"{block.units} × {name}"
        show(said(local_day(block)), hours(block), what, f"{words['closed']} {block.reason}".strip(), "", "")
    console = Console() if sys.stdout.isatty() else Console(width=120)
    console.print(table if table.row_count else words["nothing"].format(first=first, last=last))


def history(code: str) -> None:
    """Print each step of a conversation, and the letters it got. Raises MailbotError where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    chosen = local_settings()
    zone = load(chosen.rules).commune.zone
    code = code.strip().upper()
    with opened(chosen) as store, store.reading() as unit:
        steps, letters = unit.reservations.history(code), unit.mailbox.letters_in(code)
        reports = unit.reports.of(code)
    if not steps:
        raise MailbotError(f"there is no conversation {code}")
    rows = [(step.at, f"{step.act} → {step.state}", step.by or "the clock", step.why, step.mail) for step in steps]
    rows += [
        (one.written, f"letter: {one.kind}", "mailbot", f"to {', '.join(one.recipients)}", "")
        for one in reversed(letters)
    ]
    for at, report in reports:
        photos = (name for deed in report.deeds for name in getattr(deed, "photos", ()))
        rows.append((at, f"reported by {report.who}", report.by, " ".join((report.words, *photos)), report.mail))
    table = Table("when", "what", "by", "why", "from which mail", title=code)
    for at, what, by, why, mail in sorted(rows, key=lambda row: row[0]):
        told = (f"{at.astimezone(zone):%d/%m/%Y %H:%M}", what, by, why, mail)
        table.add_row(*map(Text, told))  # names and words of mails are nobody's markup
    (Console() if sys.stdout.isatty() else Console(width=160)).print(table)


def evaluations(first: date | None, last: date | None, *, as_csv: bool) -> None:
    """Print what askers said of uses that ended on these days, and how it is on average."""
    from mailbot.model.evaluation import QUESTIONS

    chosen = local_settings()
    rules = load(chosen.rules)
    first, last = first or date.min, last or now().astimezone(rules.commune.zone).date()
    if last < first:
        raise MailbotError(f"{last} is before {first}")
    with opened(chosen) as store, store.reading() as unit:
        found = unit.evaluations.between(first, last)
    names = {id_: one.name for id_, one in rules.initiatives.items()}
    rows = [_told_of(one, names) for one in found if one.answered]
    head = ["day", "code", "who", *QUESTIONS, "remark", "damage"]
    if as_csv:
        import csv

        csv.writer(sys.stdout, lineterminator="\n").writerows([head, *map(_harmless, rows)])
        return
    _print_evaluations(head, rows, asked=len(found), scores=[one.scores for one in found if one.scores])


def _told_of(one: Evaluation, names: Mapping[str, str]) -> list[str]:
    scores = [str(score) for score in one.scores] or ["", "", ""]
    who = names.get(one.initiative or "", one.address)
    return [str(one.about), one.code, who, *scores, one.remark, "damage" if one.damage else ""]


def _harmless(row: Sequence[str]) -> list[str]:
    """Return cells that no spreadsheet takes for a formula."""
    return [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row]


def _print_evaluations(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, asked: int, scores: Sequence[Sequence[int]]
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, title=f"{len(rows)} answers to {asked} letters")
    for row in rows:
        table.add_row(*map(Text, row))  # a remark is nobody's markup
    if scores:
        averages = [f"{sum(each) / len(each):.1f}" for each in zip(*scores, strict=True)]
        table.add_section()
        table.add_row("average", "", "", *averages, "", "")
    (Console() if sys.stdout.isatty() else Console(width=160)).print(table)
