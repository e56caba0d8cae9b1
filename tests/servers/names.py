"""A name server on loopback (UDP) that knows some text records; can be told to be silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from tests.servers import HOST


class NameServer:
    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}
        self.silent = False
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self.host = HOST
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                octets, client = self._socket.recvfrom(4096)
            except OSError:
                return
            answer = self._answer(octets)
            if answer:
                self._socket.sendto(answer, client)

    def _answer(self, octets: bytes) -> bytes:
        query = dns.message.from_wire(octets)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.silent:
            return b""
        response = dns.message.make_response(query)
        record = self.records.get(name)
        if record is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
            return response.to_wire()
        strings = " ".join(f'"{record[at : at + 250].decode()}"' for at in range(0, len(record), 250))
        response.answer.append(dns.rrset.from_text(query.question[0].name, 300, "IN", "TXT", strings))
        return response.to_wire()


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    server = NameServer()
    server.start()
    yield server
    server.stop()
