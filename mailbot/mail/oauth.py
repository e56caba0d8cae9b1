"""OAuth 2.0 instead of a password: access tokens for XOAUTH2, asked for again before they end.

Three ways to get one:
  an application signs in by itself, with a certificate or a secret (RFC 6749 section 4.4, RFC 7523 section 2.2)
  a service account acts for the mailbox (RFC 7523 section 2.1), as Google has it
  a person signed in once with a device code (RFC 8628); what renews it lies in a file that only we can read
"""

from __future__ import annotations

import json
import logging
import os
import re
import ssl
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from mailbot.errors import MailbotError, SignedOut, Temporary

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=15)
"""A token is replaced so long before its end: where that fails, staff can still be written to with the old one."""

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
IN_THE_BODY = "client_secret_post"
NOT_NOW = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
"""Refusals that say nothing about who asks (RFC 6749 section 4.1.2.1)."""
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

Ask = Callable[[], Mapping[str, object]]
"""Returns the answer of a token endpoint (RFC 6749 section 5.1). Raises SignedOut, Temporary."""


class Tokens:
    """The access token of one mailbox. Threads share it."""

    def __init__(self, ask: Ask, clock: Callable[[], datetime]) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._text = ""
        self._due = self._until = datetime.min.replace(tzinfo=UTC)
        """When to ask for another one, and when this one ends."""

    def __call__(self, refused: str = "") -> str:
        """Return a token that a server has not refused. Raises SignedOut, Temporary where there is none to be had."""
        with self._lock:
            if self._text == refused:
                self._due = self._until = self._clock()
            if self._clock() >= self._due:
                try:
                    self._replace()
                except Temporary as error:
                    if self._clock() >= self._until:
                        raise
                    log.warning("the old token serves on", extra={"error": str(error)})
            return self._text

    def renew(self) -> None:
        """Replace a token that ends soon. Raises SignedOut, Temporary, even while the old one still serves."""
        with self._lock:
            if self._clock() >= self._due:
                self._replace()

    def _replace(self) -> None:
        answer = self._ask()
        text, seconds = answer.get("access_token"), answer.get("expires_in", 3600)
        if not isinstance(text, str) or not text:
            raise Temporary("the sign-in service gave no token")
        try:
            lasts = timedelta(seconds=float(str(seconds)))
        except (ValueError, OverflowError):
            lasts = timedelta(hours=1)
        self._text, self._until = text, self._clock() + lasts
        self._due = self._until - min(EARLY, lasts / 2)


@contextmanager
def _told(what_to_do: str) -> Iterator[None]:
    """Tell a refusal as SignedOut, with what a person has to do, and everything else as Temporary."""
    try:
        yield
    except OAuthError as refused:
        said = str(refused.description or refused.error or "refused").strip().splitlines()[0][:200]
        if refused.error in NOT_NOW:
            raise Temporary(f"the sign-in service is busy: {said}") from None
        raise SignedOut(f"the sign-in service refuses: {said} ({refused.error}). {what_to_do}") from None
    except (OSError, ValueError) as error:  # requests' own errors are OSErrors
        raise Temporary(f"the sign-in service cannot be reached: {type(error).__name__}") from error


# --- the three ways


def by_secret(token_url: str, client: str, secret: str, scope: str, timeout: float) -> Ask:
    """An application signs in with its secret."""

    def ask() -> Mapping[str, object]:
        session = OAuth2Session(client, secret, IN_THE_BODY, default_timeout=timeout)
        return _asked(session, token_url, scope)

    return ask


def by_certificate(token_url: str, client: str, pem: str, scope: str, timeout: float) -> Ask:
    """An application signs in with a certificate; `pem` holds it and its key. Raises ValueError where it does not."""
    certificate = CERTIFICATE.search(pem)
    if certificate is None or "PRIVATE KEY-----" not in pem:
        raise ValueError("needs a certificate and its private key, as PEM")
    digest = sha256(ssl.PEM_cert_to_DER_cert(certificate.group())).digest()
    thumbprint = urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
    key = _private(CERTIFICATE.sub("", pem).strip())

    def ask() -> Mapping[str, object]:
        session = OAuth2Session(client, key, PrivateKeyJWT.name, default_timeout=timeout)
        session.register_client_auth_method(PrivateKeyJWT(token_url, headers={"x5t#S256": thumbprint}, alg="PS256"))
        return _asked(session, token_url, scope)

    return ask


def _asked(session: OAuth2Session, token_url: str, scope: str) -> Mapping[str, object]:
    with _told("Has the secret or the certificate of the application ended?"), session:
        answer: Mapping[str, object] = session.fetch_token(token_url, grant_type="client_credentials", scope=scope)
        return answer


def by_service_account(token_url: str, account: str, key: str, user: str, scope: str, timeout: float) -> Ask:
    """A service account asks in the name of the mailbox. Raises ValueError where `key` is no private key as PEM."""
    private = _private(key)

    def ask() -> Mapping[str, object]:
        session = AssertionSession(
            token_url, account, user, key=private, header={"alg": "RS256"}, scope=scope, default_timeout=timeout,
            claims={"scope": scope},
        )  # fmt: skip
        session.oauth_error_class = OAuthError  # its own refuses what Google says: quotation marks
        with _told("May the service account act for the mailbox (domain-wide delegation)?"), session:
            answer: Mapping[str, object] = session.refresh_token()
            return answer

    return ask


def _private(pem: str) -> RSAKey:
    try:
        return RSAKey.import_key(pem)
    except JoseError as error:
        raise ValueError("not a private key") from error


def by_person(token_url: str, client: str, kept: Path, scope: str, timeout: float) -> Ask:
    """What `mailbot login` left in a file renews the token; a provider may give another such text each time."""

    def ask() -> Mapping[str, object]:
        refresh = _kept(kept)
        session = OAuth2Session(client, scope=scope, default_timeout=timeout)
        with _told("Run mailbot login."), session:
            answer: Mapping[str, object] = session.refresh_token(token_url, refresh_token=refresh)
        again = str(answer.get("refresh_token") or refresh)
        if again != refresh:
            keep(again, kept)
        return answer

    return ask


def keep(refresh_token: str, path: Path) -> None:
    """Write what renews the token into a file that nobody else can read; a crash leaves the old one. What root writes
    belongs to whom the folder belongs to: the daemon's user."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        if os.geteuid() == 0:
            owner = path.parent.stat()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        json.dump({"refresh_token": refresh_token}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _kept(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["refresh_token"]
    except FileNotFoundError:
        raise SignedOut("Nobody has signed in yet. Run mailbot login.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise SignedOut(f"{path} cannot be read. Run mailbot login.") from None
    return str(found)


# --- signing in once


@dataclass(frozen=True)
class Device:
    """What a person must do: open `page`, enter `code`."""

    page: str
    code: str
    secret: str
    pause: float
    """Seconds between two looks whether they did."""
    lasts: float
    """Seconds within which they must."""


def ask_for_device(device_url: str, client: str, scope: str, timeout: float) -> Device:
    """Return what a person must do to sign this program in. Raises SignedOut, Temporary."""
    with _told("Is the application allowed to sign in on devices (public client flows)?"):
        with OAuth2Session(client, default_timeout=timeout) as session:
            answer = session.post(device_url, data={"client_id": client, "scope": scope}, withhold_token=True)
        found = answer.json()
        if "error" in found:
            raise OAuthError(str(found["error"]), str(found.get("error_description", "")))
        return Device(
            page=str(found.get("verification_uri") or found["verification_url"]),
            code=str(found["user_code"]),
            secret=str(found["device_code"]),
            pause=float(found.get("interval", 5)),
            lasts=float(found.get("expires_in", 900)),
        )


def wait_for_person(
    device: Device, token_url: str, client: str, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Wait until somebody signed in, and return what renews the token. Raises MailbotError where nobody does."""
    pause, waited = device.pause, 0.0
    while waited < device.lasts:
        sleep(pause)
        waited += pause
        try:
            with OAuth2Session(client, default_timeout=timeout) as session:
                answer = session.fetch_token(token_url, grant_type=DEVICE_CODE, device_code=device.secret)
        except OAuthError as refused:
            if refused.error == "slow_down":
                pause += 5  # RFC 8628 section 3.5
            elif refused.error != "authorization_pending":
                raise MailbotError(f"nobody signed in: {refused.description or refused.error}") from None
        except (OSError, ValueError) as error:
            log.warning("the sign-in service does not answer", extra={"error": type(error).__name__})
        else:
            if not answer.get("refresh_token"):
                raise MailbotError("the sign-in service gave nothing that lasts: is offline_access allowed?")
            return str(answer["refresh_token"])
    raise MailbotError("nobody signed in in time")
