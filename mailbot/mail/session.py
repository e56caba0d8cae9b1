"""One connection to an IMAP server: opened when it is needed, let go when anything goes wrong on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from mailbot.errors import Temporary
from mailbot.mail.server import Server
from mailbot.model.servers import Tls


class ImapSession:
    """Lends a connection that is signed in. One thread owns it."""

    def __init__(self, server: Server, lost: Callable[[], None] = lambda: None) -> None:
        """`lost` is called when a connection is let go."""
        self._server = server
        self._lost = lost
        self._client: IMAPClient | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None

    @contextmanager
    def lend(self) -> Iterator[IMAPClient]:
        """Lend the connection; what goes wrong on it ends it, and is told as Temporary."""
        try:
            if self._client is None:
                self._client = self._connect()
            yield self._client
        except (IMAPClientError, OSError, EOFError, ValueError) as error:
            self.drop()
            raise Temporary(f"IMAP server {self._server.host}: {error}") from error

    def drop(self) -> None:
        """Let the connection go; harmless where there is none."""
        client, self._client = self._client, None
        self._lost()
        if client is not None:
            with suppress(IMAPClientError, OSError, EOFError):
                client.shutdown()

    def _connect(self) -> IMAPClient:
        """Sign in; with another token where the server refuses the first."""
        server = self._server
        if server.token is None:
            return self._opened(lambda client: client.login(server.user, server.password()))
        token = server.token("")
        try:
            return self._opened(lambda client: client.oauth2_login(server.user, token))
        except LoginError:
            another = server.token(token)
            return self._opened(lambda client: client.oauth2_login(server.user, another))

    def _opened(self, sign_in: Callable[[IMAPClient], object]) -> IMAPClient:
        server = self._server
        implicit = server.tls is Tls.TLS
        client = IMAPClient(
            server.host,
            port=server.port,
            ssl=implicit,
            ssl_context=server.context() if implicit else None,
            timeout=SocketTimeout(connect=server.timeout, read=server.timeout),
        )
        client.normalise_times = False  # INTERNALDATE with its time zone
        try:
            if server.tls is Tls.STARTTLS:
                client.starttls(server.context())
            sign_in(client)
        except BaseException:
            with suppress(IMAPClientError, OSError):  # a TLS that failed leaves no socket: what matters is why
                client.shutdown()
            raise
        return client


def was_refused(error: BaseException | None) -> bool:
    """Return whether the server knew us not, rather than that anything failed."""
    return isinstance(error, LoginError)
