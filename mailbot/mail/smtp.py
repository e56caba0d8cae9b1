"""Mail goes out by SMTP (RFC 5321), several letters on one connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from mailbot.errors import Temporary
from mailbot.mail.server import Server, Visit
from mailbot.model.outbox import Post, Receipt
from mailbot.model.servers import Tls

DATE = re.compile(r"\b[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
"""A moment in a greeting: Microsoft's servers tell one."""
FAILURES = (SMTPException, OSError, ValueError, Temporary)
"""What servers, networks and sign-in services do."""


class SmtpSender:
    """Hands letters to an SMTP server. One thread owns it; `pause` lets the connection go until the next batch."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._client: SMTP | None = None
        self._greeting = ""

    def send(self, posts: Sequence[Post]) -> Iterator[Receipt]:
        """Send each letter; yield its receipt as soon as the server has spoken. Where the server is away, the rest of
        the batch is to be tried again, without waiting for a time-out each."""
        away = ""
        for post in posts:
            receipt = (
                Receipt(post.id, taken=False, error=away, away=True) if away else self._runner.run(self._send(post))
            )
            if not away and not receipt.taken and not receipt.final and self._client is None:
                away = receipt.error
            yield receipt

    def greet(self) -> Visit:
        """Sign in and out again; changes nothing. Raises Temporary."""
        try:
            return self._runner.run(self._greet())
        except FAILURES as error:
            raise Temporary(_told(error)) from error

    async def _greet(self) -> Visit:
        self._greeting = ""
        self._client = await self._connect()
        await self._quit()
        found = DATE.search(self._greeting)
        return Visit(told=parsedate_to_datetime(found.group()).astimezone(UTC) if found else None)

    def close(self) -> None:
        self._runner.run(self._quit())
        self._runner.close()

    async def _send(self, post: Post) -> Receipt:
        """Send one letter. A kept connection that the server closed meanwhile is opened again once."""
        kept = self._client is not None
        if not post.deliverable:
            return Receipt(post.id, taken=False, final=True, error="no address that mail can be sent to")
        try:
            return await self._try(post)
        except SMTPServerDisconnected as error:
            reached = self._client is not None
            await self._quit()
            if not kept:
                return Receipt(post.id, taken=False, error=_told(error), away=not reached)
        except FAILURES as error:
            return await self._refused(post, error)
        try:
            return await self._try(post)
        except FAILURES as error:
            return await self._refused(post, error)

    async def _try(self, post: Post) -> Receipt:
        if self._client is None:
            self._client = await self._connect()
        refused, _ = await self._client.sendmail(post.sender, list(post.recipients), post.raw)
        if refused:  # some recipients only: a letter of ours has one, so this is for good
            told = "; ".join(f"{address}: {response}" for address, response in refused.items())
            return Receipt(post.id, taken=False, final=True, error=told)
        return Receipt(post.id, taken=True)

    async def _refused(self, post: Post, error: SMTPException | OSError | ValueError | Temporary) -> Receipt:
        """Return the receipt for an error; one that is not about this letter alone ends the connection."""
        if isinstance(error, SMTPRecipientsRefused):
            final = all(refusal.code >= 500 for refusal in error.recipients)
            told = "; ".join(f"{refusal.code} {refusal.message}" for refusal in error.recipients)
            return Receipt(post.id, taken=False, final=final, error=told)
        ours = isinstance(error, SMTPAuthenticationError | SMTPSenderRefused)  # our account's trouble, not the letter's
        if isinstance(error, SMTPResponseException) and not ours and self._client is not None and error.code != 421:
            return Receipt(post.id, taken=False, final=error.code >= 500, error=_told(error))
        reached = self._client is not None and not ours
        await self._quit()
        return Receipt(post.id, taken=False, error=_told(error), away=not reached)

    async def _connect(self) -> SMTP:
        """Sign in; with another token where the server refuses the first."""
        server = self._server
        if server.token is None:
            return await self._opened("")
        token = server.token("")
        try:
            return await self._opened(token)
        except SMTPAuthenticationError:
            return await self._opened(server.token(token))

    async def _opened(self, token: str) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout,
            use_tls=server.tls is Tls.TLS,
            start_tls=server.tls is Tls.STARTTLS,
            tls_context=None if server.tls is Tls.NONE else server.context(),
        )
        self._greeting = (await client.connect()).message
        try:
            with suppress(SMTPHeloError):  # some know nothing but HELO: the library says that with the first letter
                await client.ehlo()
            if token:
                await client.auth_xoauth2(server.user, token)
            elif server.user:
                await client.login(server.user, server.password())
        except BaseException:
            client.close()
            raise
        return client

    async def _quit(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(SMTPException, OSError):
                if client.is_connected:
                    await client.quit()
            client.close()


def _told(error: Exception) -> str:
    """Return what the server or the network said, in one line."""
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}".replace("\n", " ")
    if isinstance(error, Temporary):
        return str(error)
    return f"{type(error).__name__}: {error}".replace("\n", " ")


def was_refused(error: BaseException | None) -> bool:
    """Return whether the server knew us not, rather than that anything failed."""
    return isinstance(error, SMTPAuthenticationError)
