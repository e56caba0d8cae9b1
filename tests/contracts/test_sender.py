"""The exam of senders: Postfix's smtp-sink, aiosmtpd, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mailbot.demo.embedded import EmbeddedSmtp, free_port
from mailbot.mail.memory import MemorySender
from mailbot.mail.server import Server
from mailbot.mail.smtp import SmtpSender
from mailbot.model.outbox import Post
from mailbot.model.servers import Tls
from mailbot.service.ports import Sender
from tests.servers.smtp_sink import SmtpSink

RAW = b"From: a@bruyere.example\r\nTo: b@voisins.example\r\nSubject: number %d\r\n\r\n.first line is a dot\r\nlast\r\n"


UNREACHABLE: list[tuple[str, ...]] = [(), ("é@voisins.example",), ("a b@voisins.example",), ("a\r\nRCPT TO:<b>@c",)]


def post(number: int) -> Post:
    return Post(number, RAW % number, "a@bruyere.example", ("b@voisins.example",), tries=0)


class SenderContract:
    @pytest.fixture
    def sender(self) -> Iterator[Sender]:
        raise AssertionError("each exam brings its own")

    @pytest.fixture
    def arrived(self) -> Callable[[], list[bytes]]:
        raise AssertionError("each exam brings its own")

    def test_a_letter_arrives_as_it_was_written(self, sender: Sender, arrived: Callable[[], list[bytes]]) -> None:
        [receipt] = sender.send([post(1)])
        assert (receipt.id, receipt.taken, receipt.error) == (1, True, "")
        [raw] = arrived()
        assert raw.replace(b"\r\n", b"\n").endswith(b"\n\n.first line is a dot\nlast\n")

    def test_many_letters_get_a_receipt_each(self, sender: Sender, arrived: Callable[[], list[bytes]]) -> None:
        receipts = list(sender.send([post(number) for number in range(30)]))
        assert [receipt.id for receipt in receipts if receipt.taken] == list(range(30))
        assert len(arrived()) == 30

    def test_a_receipt_comes_before_the_next_letter_leaves(
        self, sender: Sender, arrived: Callable[[], list[bytes]]
    ) -> None:
        receipts = iter(sender.send([post(1), post(2)]))
        assert next(receipts).id == 1
        assert len(arrived()) == 1
        assert next(receipts).id == 2

    def test_an_address_that_no_mail_can_go_to_holds_nobody_else_up(self, sender: Sender) -> None:
        wrong = [Post(n, RAW % n, "a@bruyere.example", to, tries=0) for n, to in enumerate(UNREACHABLE)]
        receipts = list(sender.send([*wrong, post(9)]))
        assert [(receipt.taken, receipt.final) for receipt in receipts[:-1]] == [(False, True)] * len(wrong)
        assert all(receipt.error for receipt in receipts[:-1])
        assert receipts[-1].taken

    def test_nothing_to_send_sends_nothing(self, sender: Sender, arrived: Callable[[], list[bytes]]) -> None:
        assert list(sender.send([])) == []
        assert arrived() == []


class TestMemory(SenderContract):
    @pytest.fixture
    def sender(self) -> MemorySender:
        return MemorySender()

    @pytest.fixture
    def arrived(self, sender: MemorySender) -> Callable[[], list[bytes]]:
        return lambda: [sent.raw for sent in sender.sent]


class TestAiosmtpd(SenderContract):
    @pytest.fixture
    def sender(self, embedded_smtp: EmbeddedSmtp) -> Iterator[Sender]:
        sender = SmtpSender(Server(embedded_smtp.host, embedded_smtp.port, Tls.NONE, timeout=5))
        yield sender
        sender.close()

    @pytest.fixture
    def arrived(self, embedded_smtp: EmbeddedSmtp) -> Callable[[], list[bytes]]:
        return lambda: [mail.raw for mail in embedded_smtp.arrived]


@pytest.mark.postfix
class TestSmtpSink(SenderContract):
    @pytest.fixture
    def sink(self, smtp_sink: Callable[..., SmtpSink]) -> SmtpSink:
        return smtp_sink()

    @pytest.fixture
    def sender(self, sink: SmtpSink) -> Iterator[Sender]:
        sender = SmtpSender(Server(sink.host, sink.port, Tls.NONE, timeout=5))
        yield sender
        sender.close()

    @pytest.fixture
    def arrived(self, sink: SmtpSink) -> Callable[[], list[bytes]]:
        return sink.mails


@pytest.mark.postfix
class TestARefusal:
    """What only a server that refuses can show."""

    def send(self, sink: SmtpSink, *posts: Post) -> list[tuple[bool, bool]]:
        sender = SmtpSender(Server(sink.host, sink.port, Tls.NONE, timeout=5))
        try:
            return [(receipt.taken, receipt.final) for receipt in sender.send(posts)]
        finally:
            sender.close()

    def test_an_unknown_recipient_is_final(self, smtp_sink: Callable[..., SmtpSink]) -> None:
        assert self.send(smtp_sink("-f", "RCPT"), post(1), post(2)) == [(False, True), (False, True)]

    def test_a_busy_recipient_is_tried_again(self, smtp_sink: Callable[..., SmtpSink]) -> None:
        assert self.send(smtp_sink("-r", "RCPT"), post(1)) == [(False, False)]

    def test_refused_data_is_final_and_busy_data_is_not(self, smtp_sink: Callable[..., SmtpSink]) -> None:
        assert self.send(smtp_sink("-f", "."), post(1)) == [(False, True)]
        assert self.send(smtp_sink("-r", "."), post(1)) == [(False, False)]

    def test_a_server_that_closes_after_data_is_tried_again(self, smtp_sink: Callable[..., SmtpSink]) -> None:
        assert self.send(smtp_sink("-q", "."), post(1), post(2)) == [(False, False), (False, False)]

    def test_a_server_that_says_421_is_tried_again(self, smtp_sink: Callable[..., SmtpSink]) -> None:
        assert self.send(smtp_sink("-Q", "MAIL"), post(1), post(2)) == [(False, False), (False, False)]

    def test_a_server_that_is_away_postpones_the_whole_batch_at_once(self) -> None:
        sender = SmtpSender(Server("127.0.0.1", free_port(), Tls.NONE, timeout=5))
        receipts = list(sender.send([post(number) for number in range(50)]))
        sender.close()
        assert [receipt.taken or receipt.final for receipt in receipts] == [False] * 50
        assert all(receipt.error for receipt in receipts)

    def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again(
        self, smtp_sink: Callable[..., SmtpSink]
    ) -> None:
        sink = smtp_sink()
        sender = SmtpSender(Server(sink.host, sink.port, Tls.NONE, timeout=5))
        assert [receipt.taken for receipt in sender.send([post(1)])] == [True]
        assert sender._client is not None
        sender._client.close()
        assert [receipt.taken for receipt in sender.send([post(2)])] == [True]
        sender.close()
