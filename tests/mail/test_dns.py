"""Text records: found, remembered, and never waited for longer than said."""

from __future__ import annotations

import pytest

from mailbot.mail.dns import TextRecords
from tests.servers.names import NameServer
from tests.watchdog import waiting_ends


@pytest.fixture
def records(name_server: NameServer) -> TextRecords:
    return TextRecords(0.5, nameservers=[name_server.host], port=name_server.port)


def test_a_long_record_is_joined_and_asked_for_once(records: TextRecords, name_server: NameServer) -> None:
    name_server.records["s._domainkey.codedojo.example"] = b"v=DKIM1; p=" + b"A" * 600
    for _ in range(3):
        assert records("s._domainkey.codedojo.example.") == b"v=DKIM1; p=" + b"A" * 600
    assert name_server.asked == ["s._domainkey.codedojo.example"]


def test_a_name_that_is_not_there_is_none(records: TextRecords, name_server: NameServer) -> None:
    assert records("nothing.example.") is None
    assert records("nothing.example.") is None
    assert len(name_server.asked) == 1


@pytest.mark.parametrize(
    "name", ["", ".", "a..b.", "x" * 70 + ".example.", "\x00.example.", "é.example.", "a b.example."]
)
def test_what_is_no_name_is_none(records: TextRecords, name: str) -> None:
    assert records(name) is None


def test_a_server_that_is_silent_is_waited_for_once_and_not_for_long(
    records: TextRecords, name_server: NameServer
) -> None:
    name_server.silent = True
    with waiting_ends():
        assert records("s._domainkey.codedojo.example.") is None
        asked = len(name_server.asked)
        assert records("s._domainkey.codedojo.example.") is None
    assert len(name_server.asked) == asked
