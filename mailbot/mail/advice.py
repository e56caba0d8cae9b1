"""What to do where a mail server is not reached: one line, with the settings to look at."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from mailbot.errors import SignedOut
from mailbot.mail.server import Server
from mailbot.model.servers import Tls

MICROSOFT = (".office365.com", ".outlook.com")


def advice(error: BaseException, server: Server, which: str, *, refused: bool) -> str:
    """Return what went wrong and what to do. `which` begins the names of the settings (IMAP or SMTP); `refused`: the
    server knew us not."""
    causes = list(_causes(error))
    said = " ".join(str(cause) for cause in causes)
    place, setting = f"{server.host}, port {server.port}", f"MAILBOT_{which}_"
    if isinstance(error, SignedOut):
        return str(error)
    if refused and server.token is not None:
        return f"{place} refuses {server.user}: may the application open this mailbox? ({_short(error)})"
    if refused and server.host.endswith(MICROSOFT):
        return f"{place} takes no passwords any more: set MAILBOT_OAUTH=microsoft ({_short(error)})"
    if refused:
        return f"{place} refuses the user or the password: {setting}USER, {setting}PASSWORD ({_short(error)})"
    if _one_of(causes, socket.gaierror):
        return f"there is no machine called {server.host}: {setting}HOST"
    if _one_of(causes, ssl.SSLCertVerificationError):
        return f"the certificate of {place} is not trusted: {setting}HOST, or {setting}CERTIFICATES ({_short(error)})"
    if _one_of(causes, ssl.SSLError):
        return f"{place} does not speak TLS from the first byte: {setting}TLS=starttls, or another {setting}PORT"
    if any(words in said for words in ("unexpected response", "Malformed", "invalid literal")):
        return f"{place} is another kind of server: {setting}HOST, {setting}PORT"
    if "AUTH extension" in said:
        return f"{place} asks nobody to sign in: leave {setting}USER empty, or set {setting}TLS and {setting}PORT right"
    if "STARTTLS" in said.upper():
        return f"{place} offers no STARTTLS: {setting}TLS=tls with its port, or another server"
    if _one_of(causes, TimeoutError):
        other = "" if server.tls is Tls.TLS else f", or does that port want {setting}TLS=tls?"
        return f"{place} says nothing within {server.timeout:g} s: is {setting}PORT right{other or '?'}"
    if _one_of(causes, OSError):
        return f"nobody answers at {place}: {setting}HOST, {setting}PORT, or a firewall ({_short(error)})"
    return f"{place}: {_short(error)}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _one_of(causes: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(cause, kind) for cause in causes)


def _short(error: BaseException) -> str:
    return str(error).replace("\n", " ")[:160]
