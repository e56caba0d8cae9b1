"""A sign-in service on loopback, as Microsoft and Google have them: tokens by HTTP (RFC 6749, 7523, 8628, 7662).

Dovecot asks it whether a token holds; so does an SMTP server of aiosmtpd.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from mailbot.demo.embedded import EmbeddedSmtp, free_port
from tests.servers import HOST
from tests.servers.dovecot import Dovecot

CLIENT, SECRET = "the-application", "a secret of the application"


def key_and_certificate() -> tuple[str, str]:
    """Return a private key and a certificate for it, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbot")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    return private, certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class SignIns:
    """The service. `user` is whose mailbox its tokens open."""

    user: str = "reservations"
    lasts: int = 3600
    """Seconds that a token lasts."""
    approved: bool = False
    """Whether the person entered the code of the device."""
    away: bool = False
    certificate: str = ""
    """Of the application, as PEM."""
    valid: set[str] = field(default_factory=set)
    renewing: str = ""
    """The one refresh token that holds: each use gives another one."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """What was posted to the token endpoint."""

    def __post_init__(self) -> None:
        self.port = free_port()
        self.address = f"http://{HOST}:{self.port}"
        self._server = ThreadingHTTPServer((HOST, self.port), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def begin_anew(self, user: str) -> None:
        self.user, self.lasts, self.approved, self.away = user, 3600, False, False
        self.valid.clear()
        self.asked.clear()
        self.renewing = ""

    def revoke(self) -> None:
        """No token holds any more, and nothing renews one: a changed password, a person who left."""
        self.valid.clear()
        self.renewing = ""

    # --- the endpoints

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.away:
            return 503, {}
        if path == "/introspect":
            return 200, {"active": form["token"] in self.valid, "username": self.user}
        if path.endswith("/devicecode"):
            page = f"{self.address}/device"
            return 200, {"device_code": "d" * 40, "user_code": "WDJB-MJHT", "verification_uri": page, "interval": 0.01}
        self.asked.append(form)
        return self._token(form)

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        kind = form["grant_type"]
        if kind == "client_credentials" and not self._is_the_application(form):
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000222: it expired.\r\nTrace ID: 1"}
        if kind.endswith("jwt-bearer") and not self._is_the_account(form):
            return 400, {"error": "unauthorized_client", "error_description": 'Client "is" unauthorized.'}
        if kind == "refresh_token" and (not self.renewing or form["refresh_token"] != self.renewing):
            return 400, {"error": "invalid_grant", "error_description": "AADSTS700082: The refresh token has expired."}
        if kind.endswith("device_code") and not self.approved:
            return 400, {"error": "authorization_pending"}
        token = f"token-{secrets.token_hex(8)}"
        self.valid.add(token)
        given = {"token_type": "Bearer", "access_token": token, "expires_in": self.lasts}
        if kind == "refresh_token" or kind.endswith("device_code"):
            self.renewing = f"renews-{secrets.token_hex(8)}"
            given["refresh_token"] = self.renewing
        return 200, given

    def _is_the_application(self, form: dict[str, str]) -> bool:
        if form.get("client_secret"):
            return (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        header, claims = self._signed(form["client_assertion"], certificate.public_key(), "PS256")
        thumbprint = sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
        named = header["x5t#S256"] == urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
        whole = (
            claims["iss"] == claims["sub"] == CLIENT and claims["aud"] == f"{self.address}/commune/oauth2/v2.0/token"
        )
        return named and whole and claims["exp"] > datetime.now(UTC).timestamp()

    def _is_the_account(self, form: dict[str, str]) -> bool:
        key = x509.load_pem_x509_certificate(self.certificate.encode()).public_key()
        _, claims = self._signed(form["assertion"], key, "RS256")
        return claims["sub"] == self.user and claims["scope"] == "https://mail.google.com/"

    def _signed(self, assertion: str, key: Any, algorithm: str) -> tuple[dict[str, Any], dict[str, Any]]:
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        token = jwt.decode(assertion, RSAKey.import_key(pem.decode()), algorithms=[algorithm])
        return token.header, token.claims


def _handler(service: SignIns) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            form = {name: values[0] for name, values in parse_qs(octets.decode()).items()}
            status, answer = service.answer(self.path, form)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


@dataclass
class SmtpWithTokens(EmbeddedSmtp):
    """Takes mail from whoever has a token that holds."""

    service: SignIns = field(kw_only=True)

    def __post_init__(self) -> None:
        self.port = free_port()
        self._controller = Controller(
            self, hostname=HOST, port=self.port, auth_require_tls=False, auth_exclude_mechanism=["LOGIN", "PLAIN"]
        )

    async def handle_MAIL(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def auth_XOAUTH2(self, server: Any, words: list[str]) -> AuthResult:  # noqa: N802 (aiosmtpd's name)
        user, bearer, *_ = b64decode(words[1]).decode().split("\x01")
        token = bearer.removeprefix("auth=Bearer ")
        holds = token in self.service.valid and user == f"user={self.service.user}"
        return AuthResult(success=holds, handled=False)


@pytest.fixture(scope="session")
def _sign_ins() -> Iterator[SignIns]:
    service = SignIns()
    yield service
    service.stop()


@pytest.fixture
def sign_ins(_sign_ins: SignIns) -> SignIns:
    """A sign-in service that has signed nobody in."""
    _sign_ins.begin_anew(f"mailbot-{secrets.token_hex(4)}")
    return _sign_ins


@pytest.fixture
def smtp_with_tokens(sign_ins: SignIns) -> Iterator[SmtpWithTokens]:
    server = SmtpWithTokens(service=sign_ins)
    with server:
        yield server


@pytest.fixture(scope="session")
def dovecot_with_tokens(_sign_ins: SignIns) -> Iterator[Dovecot]:
    """A Dovecot that lets in whoever has a token that the sign-in service knows, and nobody with a password."""
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder, introspection=f"{_sign_ins.address}/introspect")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
