"""How this installation reaches the world: servers, secrets, database and folders, from the environment, then `.env`.

Every setting is an environment variable that begins with MAILBOT_; the environment goes before the file. All that does
not hold is told at once, in the language of whoever sets it up (the words are in settings.toml). Secrets are `Secret`:
no repr, log or message shows them, and faults never quote a value that could be one.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from mailbot.errors import BadSettings
from mailbot.model.meaning import Language
from mailbot.model.servers import Provider, Proving, Tls

PREFIX = "MAILBOT_"
T = TypeVar("T")


class Secret:
    """A text that shows itself only to who asks for it by `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True)
class ServerSettings:
    """One mail server and how to sign in; without `user`, nobody signs in."""

    host: str
    port: int
    tls: Tls
    user: str
    password: Secret | None
    """None: nobody signs in, or OAuth 2.0 does it."""
    certificates: Path | None = None
    """A file of certificates to trust besides the system's."""


@dataclass(frozen=True)
class OAuthSettings:
    """How a provider signs us in without a password. Microsoft: an application with a key or a secret, or, without
    both, a person once by `mailbot login`. Google: a service account."""

    provider: Provider
    authority: str
    """Microsoft's address for sign-ins, without a slash at its end."""
    tenant: str
    client: str
    secret: Secret | None
    key_file: Path | None
    """A certificate with its key (PEM), or the key of a service account (JSON)."""


@dataclass(frozen=True, kw_only=True)
class LocalSettings:
    """What an installation keeps on this machine, checked: all that is needed to look at it. Paths are absolute."""

    database_url: Secret
    """An SQLAlchemy URL; a secret, since it may hold a password."""
    data_folder: Path
    rules: Path
    templates: Path
    log_level: str
    """DEBUG, INFO, WARNING or ERROR."""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What should be looked at, though the program starts."""


@dataclass(frozen=True, kw_only=True)
class Settings(LocalSettings):
    """All that an installation may set, checked."""

    imap: ServerSettings
    smtp: ServerSettings
    oauth: OAuthSettings | None
    """In place of the passwords that are not set."""
    inbox: str
    handled_folder: str
    """Where handled mail is moved to; empty leaves it in the inbox, flagged."""
    poll_seconds: int
    timeout_seconds: int
    """For connecting to a mail server and for each of its answers."""
    metrics_port: int
    """Where Prometheus finds numbers, on this machine alone; 0: nowhere."""
    most_megabytes: int
    """A mail that is larger is not read by the program, but by a person."""
    proof: Proving
    authserv_id: str
    """The name under which the commune's own server writes Authentication-Results (RFC 8601); empty trusts none."""


def load_local(environ: Mapping[str, str], folder: Path, language: Language = "en") -> LocalSettings:
    """Return what is kept on this machine; the servers of mail may be missing. Raises BadSettings."""
    desk = _Desk(environ, folder, language)
    data_folder = _data_folder(desk)
    local = LocalSettings(
        database_url=_database(desk, data_folder),
        data_folder=data_folder,
        rules=_rules(desk),
        templates=_templates(desk),
        log_level=desk.may("LOG_LEVEL", _log_level, "INFO"),
        warnings=tuple(desk.warnings),
    )
    desk.hold()  # what else the file sets is for who reads the mailbox
    return local


def load_settings(environ: Mapping[str, str], folder: Path, language: Language = "en") -> Settings:
    """Return the settings of `environ`, completed by the file `.env` in `folder`; relative paths begin at `folder`.

    Raises BadSettings with all faults, worded in `language`.
    """
    desk = _Desk(environ, folder, language)
    data_folder = _data_folder(desk)
    inbox, handled_folder = desk.may("INBOX", str, "INBOX"), desk.may("HANDLED_FOLDER", str, "")
    if _one_folder(handled_folder) == _one_folder(inbox):  # each move gives a new UID: it would never end
        desk.fault("HANDLED_FOLDER", "folder.same", text=handled_folder)
    oauth = _oauth(desk)
    provider = oauth.provider if oauth else None
    settings = Settings(
        imap=_server(desk, "IMAP", {Tls.TLS: 993, Tls.STARTTLS: 143, Tls.NONE: 143}, Tls.TLS, provider),
        smtp=_server(desk, "SMTP", {Tls.TLS: 465, Tls.STARTTLS: 587, Tls.NONE: 25}, Tls.STARTTLS, provider),
        oauth=oauth,
        inbox=inbox,
        handled_folder=handled_folder,
        database_url=_database(desk, data_folder),
        data_folder=data_folder,
        rules=_rules(desk),
        templates=_templates(desk),
        poll_seconds=desk.may("POLL_SECONDS", _between(5, 3600), 60),
        timeout_seconds=desk.may("TIMEOUT_SECONDS", _between(1, 600), 30),
        metrics_port=desk.may("METRICS_PORT", _between(0, 65535), 0),
        log_level=desk.may("LOG_LEVEL", _log_level, "INFO"),
        most_megabytes=desk.may("MOST_MEGABYTES", _between(1, 200), 30),
        proof=_proof(desk),
        authserv_id=desk.may("AUTHSERV_ID", str, ""),
        warnings=tuple(desk.warnings),
    )
    desk.close()
    return settings


def _data_folder(desk: _Desk) -> Path:
    data_folder = desk.may("DATA_FOLDER", desk.folder, desk.base.resolve() / "data")
    desk.look_into(data_folder)
    return data_folder


def _database(desk: _Desk, data_folder: Path) -> Secret:
    return desk.may("DATABASE_URL", desk.database_url, Secret(f"sqlite:///{data_folder / 'mailbot.sqlite3'}"))


def _rules(desk: _Desk) -> Path:
    return desk.may("RULES", desk.path, desk.base.resolve() / "rules.yaml")


def _templates(desk: _Desk) -> Path:
    return desk.may("TEMPLATES", desk.path, desk.base.resolve() / "templates")


HOSTS = {
    (Provider.MICROSOFT, "IMAP"): "outlook.office365.com",
    (Provider.MICROSOFT, "SMTP"): "smtp.office365.com",
    (Provider.GOOGLE, "IMAP"): "imap.gmail.com",
    (Provider.GOOGLE, "SMTP"): "smtp.gmail.com",
}
AUTHORITY = "https://login.microsoftonline.com"


def _server(
    desk: _Desk, which: str, ports: Mapping[Tls, int], otherwise: Tls, provider: Provider | None
) -> ServerSettings:
    """Read the server whose settings begin with `which`. The mailbox needs a user; the server that sends may not,
    except that of a provider who signs us in."""
    tls = desk.may(f"{which}_TLS", _tls, otherwise)
    theirs = provider is not None and not desk.may(f"{which}_HOST", str, "")
    host = HOSTS[provider, which] if provider is not None and theirs else desk.need(f"{which}_HOST", _host)
    allowed = desk.may("ALLOW_UNENCRYPTED", _yes_no, False)
    if tls is Tls.NONE and host and not allowed and not _on_this_machine(host):
        desk.fault(f"{which}_TLS", "clear", text=host, other=f"{PREFIX}ALLOW_UNENCRYPTED")
    user = desk.need(f"{which}_USER", str) if which == "IMAP" else desk.may(f"{which}_USER", str, "")
    if theirs and not user and which == "SMTP":
        user = desk.may("IMAP_USER", str, "")
    password = desk.secret(f"{which}_PASSWORD")
    if user and password is None and provider is None:
        desk.fault(f"{which}_PASSWORD", "missing.password", other=f"{PREFIX}{which}_PASSWORD_FILE")
    return ServerSettings(
        host=host,
        port=desk.may(f"{which}_PORT", _between(1, 65535), ports[tls]),
        tls=tls,
        user=user,
        password=password,
        certificates=desk.may(f"{which}_CERTIFICATES", desk.file, None),
    )


def _oauth(desk: _Desk) -> OAuthSettings | None:
    """Read how a provider signs us in; what only makes sense with one is a fault without."""
    provider = desk.may("OAUTH", _provider, None)
    tenant, client = desk.may("OAUTH_TENANT", str, ""), desk.may("OAUTH_CLIENT", str, "")
    secret, key_file = desk.secret("OAUTH_SECRET"), desk.may("OAUTH_KEY_FILE", desk.secret_file, None)
    authority = desk.may("OAUTH_AUTHORITY", safe_address, AUTHORITY)
    if provider is None:
        if tenant or client or secret or key_file:
            desk.fault("OAUTH", "missing.oauth")
        return None
    if provider is Provider.MICROSOFT:
        for name, value in (("OAUTH_TENANT", tenant), ("OAUTH_CLIENT", client)):
            if not value:
                desk.fault(name, "missing")
        if secret and key_file:
            desk.fault("OAUTH_SECRET", "both", other=f"{PREFIX}OAUTH_KEY_FILE")
    elif key_file is None:
        desk.fault("OAUTH_KEY_FILE", "missing.key")
    return OAuthSettings(provider, authority, tenant, client, secret, key_file)


def _proof(desk: _Desk) -> Proving:
    named = bool(desk.may("AUTHSERV_ID", str, ""))
    proof = desk.may("PROOF", _proving, Proving.HOST if named else Proving.CHALLENGE)
    if named != (proof is Proving.HOST):
        desk.fault("AUTHSERV_ID", f"authserv.{'set' if named else 'missing'}", other=f"{PREFIX}PROOF", text=proof)
    return proof


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


class _Wrong(ValueError):
    """A value does not hold: the kind of fault (a key of settings.toml) and what its sentence names, never what could
    be a secret."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(kind)
        self.kind, self.values = kind, values


def worded(kind: str, language: Language, **values: object) -> str:
    """Return the sentence of a fault; a language without sentences gets English."""
    import tomllib  # only where there is a fault

    words = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))[kind]
    return str(words.get(language, words["en"])).format(**values)


class _Desk:
    """Hands out settings by name, and keeps what is wrong with them."""

    def __init__(self, environ: Mapping[str, str], folder: Path, language: Language) -> None:
        self.warnings: list[str] = []
        self._language = language
        self.base = folder
        self._faults: list[str] = []
        self._asked: list[str] = []
        self._from_file = self._read_file(folder / ".env")
        self._environ = environ

    def may(self, name: str, read: Callable[[str], T], otherwise: T) -> T:
        """Return the setting, or `otherwise` where it is not set or empty."""
        written = self._written(name)
        if not written:
            return otherwise
        try:
            return read(written)
        except _Wrong as error:
            self.fault(name, error.kind, **error.values)
            return otherwise

    def need(self, name: str, read: Callable[[str], str]) -> str:
        if not self._written(name):
            self.fault(name, "missing")
        return self.may(name, read, "")

    def secret(self, name: str) -> Secret | None:
        """Return the secret that is set, or what the file named by …_FILE holds, without the line break at its end."""
        written, named = self._written(name), self._written(f"{name}_FILE")
        if written and named:
            self.fault(name, "both", other=f"{PREFIX}{name}_FILE")
        if not named:
            return Secret(written) if written else None
        path = self.base / named
        try:
            text = path.read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            self.fault(f"{name}_FILE", "file.unreadable", text=error.strerror)
            return Secret("")
        except ValueError:
            self.fault(f"{name}_FILE", "file.binary")
            return Secret("")
        if not text:
            self.fault(f"{name}_FILE", "file.empty")
        self._look_at_rights(path)
        return Secret(text)

    def path(self, written: str) -> Path:
        return (self.base / Path(written).expanduser()).resolve()

    def file(self, written: str) -> Path:
        path = self.path(written)
        if not path.is_file():
            raise _Wrong("file.none", text=written)
        return path

    def folder(self, written: str) -> Path:
        """Return a folder, which may still have to be made."""
        path = self.path(written)
        if path.exists() and not path.is_dir():
            raise _Wrong("folder.file", text=path)
        return path

    def secret_file(self, written: str) -> Path:
        path = self.file(written)
        self._look_at_rights(path)
        return path

    def database_url(self, written: str) -> Secret:
        """Read an SQLAlchemy URL; a relative path of SQLite begins at the folder. The value is never quoted."""
        kind, found, rest = written.partition("://")
        if kind in ("postgres", "postgresql", "postgresql+psycopg") and rest:
            return Secret(f"postgresql+psycopg://{rest}")
        if kind != "sqlite" or not found:
            raise _Wrong("database.kind")
        if not rest.startswith("/") or rest in ("/", "/:memory:"):
            raise _Wrong("database.file")
        return Secret(f"sqlite:///{self.path(rest[1:])}")

    def fault(self, name: str, kind: str, **values: object) -> None:
        self._note(kind, name=PREFIX + name, **values)

    def _note(self, kind: str, **values: object) -> None:
        fault = worded(kind, self._language, **values)
        if fault not in self._faults:
            self._faults.append(fault)

    def close(self) -> None:
        """Raise BadSettings where anything does not hold, or where the file names a setting that there is none of."""
        for name in self._from_file:
            if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in self._asked:
                near = self._near(name)
                self._note("env.near" if near else "env.unknown", name=name, other=PREFIX + near)
        self.hold()

    def hold(self) -> None:
        """Raise BadSettings where what was asked for does not hold."""
        if self._faults:
            raise BadSettings(self._faults, none_given=self._none_given())

    def _none_given(self) -> bool:
        return not (self.base / ".env").exists() and not any(name.startswith(PREFIX) for name in self._environ)

    def _near(self, name: str) -> str:
        from rapidfuzz import process  # only where there is a fault

        found = process.extractOne(name.removeprefix(PREFIX), self._asked, score_cutoff=70)
        return found[0] if found else ""

    def _written(self, name: str) -> str:
        if name not in self._asked:
            self._asked.append(name)
        full = PREFIX + name
        value = self._environ[full] if full in self._environ else self._from_file.get(full, "")
        return value if "PASSWORD" in name else value.strip()

    def _read_file(self, path: Path) -> dict[str, str]:
        if not path.is_file():
            return {}
        from dotenv.parser import parse_stream  # takes longer to import than all else here

        found: dict[str, str] = {}
        try:
            with path.open(encoding="utf-8-sig") as stream:
                bindings = list(parse_stream(stream))
        except OSError as error:
            self._note("env.unreadable", text=error.strerror)
            return {}
        except ValueError:
            self._note("env.encoding")
            return {}
        for binding in bindings:
            line = binding.original.line
            if binding.error or (binding.key is not None and binding.value is None):
                self._note("env.line", line=line)
            elif binding.key is not None and binding.key in found:
                self._note("env.twice", line=line, name=binding.key)
            elif binding.key is not None:
                found[binding.key] = binding.value or ""
        self._look_at_rights(path)
        return found

    def _look_at_rights(self, path: Path) -> None:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            self.warnings.append(worded("file.rights", self._language, text=path))

    def look_into(self, folder: Path) -> None:
        """Warn of a folder of personal data that others can look into: git leaves it open."""
        others = stat.S_IRWXG | stat.S_IRWXO
        if os.name == "posix" and folder.is_dir() and folder.stat().st_mode & others:
            self.warnings.append(worded("folder.rights", self._language, text=folder))


def _tls(written: str) -> Tls:
    try:
        return Tls(written.lower())
    except ValueError:
        raise _not_one_of("tls, starttls", "none", written) from None


def _not_one_of(first: str, last: str, written: str) -> _Wrong:
    return _Wrong("choice", first=first, last=last, text=written)


def _provider(written: str) -> Provider:
    try:
        return Provider(written.lower())
    except ValueError:
        raise _not_one_of("microsoft", "google", written) from None


def safe_address(written: str) -> str:
    """Return an address that secrets may be sent to: https, or this machine."""
    parts = urlsplit(written)
    if parts.scheme == "https" or (parts.scheme == "http" and _on_this_machine(parts.hostname or "")):
        return written.rstrip("/")
    raise _Wrong("https", text=written)


def _host(written: str) -> str:
    """Return the name or the address of a server: no scheme, no port, no path."""
    if re.search(r"[\s/@]", written) or (":" in written and not _is_ipv6(written.strip("[]"))):
        raise _Wrong("host")  # not quoted: a URL may hold a password
    return written


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


def _one_folder(name: str) -> str:
    """Return one form of the name of a mail folder: INBOX is the only one whose case says nothing (RFC 3501 5.1)."""
    return name.upper() if name.upper() == "INBOX" else name


def _proving(written: str) -> Proving:
    try:
        return Proving(written.lower())
    except ValueError:
        raise _not_one_of("host, exchange-online, dkim", "challenge", written) from None


def _yes_no(written: str) -> bool:
    if written.lower() not in ("yes", "no", "true", "false", "1", "0"):
        raise _not_one_of("yes", "no", written)
    return written.lower() in ("yes", "true", "1")


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(written: str) -> int:
        if not (written.isascii() and written.isdigit() and len(written) < 10 and least <= int(written) <= most):
            raise _Wrong("number", least=least, most=most, text=written)
        return int(written)

    return read


def _log_level(written: str) -> str:
    if written.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise _not_one_of("DEBUG, INFO, WARNING", "ERROR", written)
    return written.upper()


def rules_and_database(environ: Mapping[str, str], folder: Path) -> tuple[Path, Secret | None]:
    """Return where the rules are, and the address of the database where there is one already: all that explaining a
    mail needs. Whatever else is missing or wrong does not matter here."""
    desk = _Desk(environ, folder, "en")
    data_folder = desk.may("DATA_FOLDER", desk.path, folder.resolve() / "data")
    otherwise = Secret(f"sqlite:///{data_folder / 'mailbot.sqlite3'}")
    url = desk.may("DATABASE_URL", desk.database_url, otherwise)
    file = url.reveal().removeprefix("sqlite:///")
    there = file == url.reveal() or Path(file).is_file()
    return desk.may("RULES", desk.path, folder.resolve() / "rules.yaml"), url if there else None
