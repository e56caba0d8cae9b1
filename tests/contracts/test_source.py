"""The exam of mail sources: IMAP on Dovecot (plain and TLS), IMAP on the embedded server, in memory."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.demo.embedded import EmbeddedImap
from mailbot.errors import Temporary
from mailbot.mail.imap import ImapSource
from mailbot.mail.memory import MemorySource
from mailbot.mail.server import Server
from mailbot.model.servers import Tls
from mailbot.model.watermark import SourceMemory
from mailbot.service.ports import Source
from mailbot.store import open_store
from tests.servers.dovecot import Dovecot
from tests.watchdog import waiting_ends

Put = Callable[[bytes], None]
LONG = 600
"""Seconds that a source would wait for news: whoever is not woken is seen to hang."""
MAIL = b"From: a@voisins.example\r\nSubject: number %d\r\n\r\nline\r\n"


def now() -> datetime:
    return datetime.now(UTC)


def subjects(source: Source, limit: int = 50) -> list[bytes]:
    return [mail.raw.split(b"Subject: ")[1].split(b"\r\n")[0] for mail in source.waiting(limit)]


class SourceContract:
    @pytest.fixture
    def put(self) -> Put:
        raise AssertionError("each exam brings its own")

    @pytest.fixture
    def source(self) -> Iterator[Source]:
        raise AssertionError("each exam brings its own")

    def test_a_mail_comes_back_until_it_is_done(self, source: Source, put: Put) -> None:
        assert list(source.waiting(limit=5)) == []
        put(MAIL % 1)
        [first] = source.waiting(limit=5)
        [again] = source.waiting(limit=5)
        assert first.raw == again.raw == MAIL % 1
        assert first.place == again.place
        again.done()
        assert list(source.waiting(limit=5)) == []

    def test_done_twice_is_done(self, source: Source, put: Put) -> None:
        source.waiting(limit=1)
        put(MAIL % 1)
        [mail] = source.waiting(limit=5)
        mail.done()
        mail.done()
        assert list(source.waiting(limit=5)) == []

    def test_mails_come_oldest_first_and_not_more_than_asked(self, source: Source, put: Put) -> None:
        source.waiting(limit=1)
        for number in range(7):
            put(MAIL % number)
        assert subjects(source, 3) == [b"number 0", b"number 1", b"number 2"]

    def test_a_mail_to_retry_is_not_passed_over(self, source: Source, put: Put) -> None:
        source.waiting(limit=1)
        for number in range(4):
            put(MAIL % number)
        first, second, third, fourth = source.waiting(limit=5)
        first.done()
        third.done()
        fourth.done()
        assert [mail.place for mail in source.waiting(limit=5)] == [second.place]
        put(MAIL % 4)
        assert subjects(source) == [b"number 1", b"number 4"]

    def test_the_moment_of_arrival_is_in_utc(self, source: Source, put: Put) -> None:
        source.waiting(limit=1)
        before = now().replace(microsecond=0)
        put(MAIL % 1)
        [mail] = source.waiting(limit=5)
        assert mail.arrived.tzinfo is UTC
        assert before <= mail.arrived <= now()

    def test_news_ends_the_waiting(self, source: Source, put: Put) -> None:
        source.waiting(limit=1)
        threading.Timer(0.3, put, [MAIL % 1]).start()
        with waiting_ends():
            while not source.waiting(limit=5):
                source.wait(LONG)

    def test_another_thread_can_end_the_waiting(self, source: Source) -> None:
        source.waiting(limit=1)
        threading.Timer(0.3, source.wake).start()
        with waiting_ends():
            source.wait(LONG)


class TestMemory(SourceContract):
    @pytest.fixture
    def source(self) -> MemorySource:
        return MemorySource(now)

    @pytest.fixture
    def put(self, source: MemorySource) -> Put:
        return source.put


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SourceMemory]:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    store.migrate()
    yield store.memory
    store.close()


class ImapContract(SourceContract):
    """What IMAP sources must do besides."""

    @pytest.fixture
    def server(self) -> Server:
        raise AssertionError("each exam brings its own")

    @pytest.fixture
    def source(self, server: Server, memory: SourceMemory) -> Iterator[Source]:
        source = ImapSource(server, memory, now)
        yield source
        source.close()

    def test_old_mail_is_never_looked_at(self, server: Server, memory: SourceMemory, put: Put) -> None:
        put(MAIL % 0)
        source = ImapSource(server, memory, now)
        assert subjects(source) == []
        put(MAIL % 1)
        assert subjects(source) == [b"number 1"]
        source.close()

    def test_what_came_while_nobody_looked_is_found_after_a_restart(
        self, server: Server, memory: SourceMemory, put: Put
    ) -> None:
        first = ImapSource(server, memory, now)
        first.waiting(limit=1)
        put(MAIL % 1)
        put(MAIL % 2)
        mails = first.waiting(limit=5)
        mails[0].done()
        first.close()
        put(MAIL % 3)
        second = ImapSource(server, memory, now)
        assert subjects(second) == [b"number 2", b"number 3"]
        second.close()

    def test_handled_mail_is_moved_where_the_commune_wants_it(
        self, server: Server, memory: SourceMemory, put: Put
    ) -> None:
        source = ImapSource(server, memory, now, handled="Traites")
        source.waiting(limit=1)
        put(MAIL % 1)
        put(MAIL % 2)
        source.waiting(limit=5)[0].done()
        assert subjects(source) == [b"number 2"]
        source.close()
        elsewhere = ImapSource(server, memory, now, folder="Traites")
        elsewhere.waiting(limit=1)
        elsewhere.close()

    def test_a_mail_that_is_too_long_is_cut_after_the_limit(
        self, server: Server, memory: SourceMemory, put: Put
    ) -> None:
        source = ImapSource(server, memory, now, most_bytes=1000)
        source.waiting(limit=1)
        put(MAIL % 1 + b"x" * 70 + b"\r\n" * 2000)
        put(MAIL % 2)
        long, short = source.waiting(limit=5)
        assert len(long.raw) == 1001
        assert short.raw == MAIL % 2
        source.close()

    def test_a_wrong_password_is_told_as_temporary(self, server: Server, memory: SourceMemory) -> None:
        wrong = Server(server.host, server.port, server.tls, server.user, lambda: "wrong", 5, server.certificates)
        source = ImapSource(wrong, memory, now)
        with pytest.raises(Temporary):
            source.waiting(limit=1)
        source.close()


class TestEmbedded(ImapContract):
    @pytest.fixture
    def server(self, embedded_imap: EmbeddedImap) -> Server:
        imap = embedded_imap
        return Server(imap.host, imap.port, Tls.NONE, imap.user, lambda: imap.password, 5)

    @pytest.fixture
    def put(self, embedded_imap: EmbeddedImap) -> Put:
        return embedded_imap.put


@pytest.mark.dovecot
class TestDovecot(ImapContract):
    @pytest.fixture
    def user(self) -> str:
        return f"mailbot-{secrets.token_hex(4)}"

    @pytest.fixture
    def server(self, dovecot: Dovecot, user: str) -> Server:
        return Server(dovecot.host, dovecot.port, Tls.NONE, user, lambda: dovecot.password, 5)

    @pytest.fixture
    def put(self, dovecot: Dovecot, user: str) -> Put:
        """Deliver without the lines that delivery puts on top: the exam compares the mail as it was written."""

        def append(raw: bytes) -> None:
            client = dovecot.client(user)
            client.append("INBOX", raw)
            client.logout()

        return append

    def test_mail_that_is_delivered_ends_the_idle_at_once(self, source: Source, dovecot: Dovecot, user: str) -> None:
        source.waiting(limit=1)
        source.wait(0.1)
        threading.Timer(0.5, dovecot.deliver, [user, MAIL % 1]).start()
        with waiting_ends():
            assert source.wait(LONG)
        assert subjects(source) == [b"number 1"]

    def test_after_a_new_uidvalidity_only_new_mail_is_new(
        self, server: Server, memory: SourceMemory, dovecot: Dovecot, user: str, put: Put
    ) -> None:
        source = ImapSource(server, memory, now)
        source.waiting(limit=1)
        put(MAIL % 1)
        [mail] = source.waiting(limit=5)
        mail.done()
        source.close()
        dovecot.forget(user)
        time.sleep(1.1)  # Dovecot makes a UIDVALIDITY of the seconds
        client = dovecot.client(user)
        client.append("INBOX", MAIL % 0, msg_time=datetime(2020, 1, 1, tzinfo=UTC))
        client.logout()
        put(MAIL % 2)
        again = ImapSource(server, memory, now)
        assert subjects(again) == [b"number 2"]
        assert [one.place.split("/")[1] != mail.place.split("/")[1] for one in again.waiting(limit=5)] == [True]
        again.close()

    @pytest.mark.parametrize("tls", [Tls.TLS, Tls.STARTTLS])
    def test_mail_is_read_over_tls(self, dovecot: Dovecot, user: str, memory: SourceMemory, put: Put, tls: Tls) -> None:
        port = dovecot.tls_port if tls is Tls.TLS else dovecot.port
        trusted = str(dovecot.certificate)
        source = ImapSource(Server("localhost", port, tls, user, lambda: dovecot.password, 5, trusted), memory, now)
        source.waiting(limit=1)
        put(MAIL % 1)
        assert subjects(source) == [b"number 1"]
        threading.Timer(0.3, put, [MAIL % 2]).start()
        source.wait(5)
        source.close()

    def test_a_certificate_that_nobody_trusts_is_refused(
        self, dovecot: Dovecot, user: str, memory: SourceMemory
    ) -> None:
        source = ImapSource(
            Server("localhost", dovecot.tls_port, Tls.TLS, user, lambda: dovecot.password, 5), memory, now
        )
        with pytest.raises(Temporary, match="certificate"):
            source.waiting(limit=1)
        source.close()
