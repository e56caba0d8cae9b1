"""A relay between a client and a real server that misbehaves when it is told to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.servers import HOST


class Proxy:
    """Passes octets on, both ways. `fault` says what happens to what the server says; faults hold until `mend`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server((HOST, 0))
        self.host = HOST
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._stopped = False
        self.connections = 0
        self.mend()
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        """Behave again."""
        self.refuses = False
        self.greeting = b""
        """Said instead of the server's first words; the connection then ends."""
        self.cut_after = b""
        """Once the server says this, it says half of it and the connection ends."""
        self.answer_instead: tuple[bytes, bytes] = (b"", b"")
        """(words of the client, what it is told instead of the server's answer): the connection then ends."""
        self.say_first: tuple[bytes, bytes] = (b"", b"")
        """(words of the client, what it is told before the server's answer)."""
        self.silent_after = b""
        """Once the client says this, nothing passes any more."""

    def drop(self) -> None:
        """End all connections, as a server that is restarted."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def stop(self) -> None:
        self._stopped = True
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while not self._stopped:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuses:
                client.close()
                continue
            if self.greeting:
                client.sendall(self.greeting)
                client.close()
                continue
            server = socket.create_connection((HOST, self._to))
            self._open += [client, server]
            silence = threading.Event()
            for source, target, pass_on in (
                (client, server, self._from_client(client, silence)),
                (server, client, self._from_server(client, silence)),
            ):
                threading.Thread(target=self._pump, args=(source, target, pass_on), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, pass_on: Callable[[bytes], bytes | None]) -> None:
        with suppress(OSError):
            while octets := source.recv(65_536):
                passed = pass_on(octets)
                if passed is None:
                    break
                target.sendall(passed)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _from_client(self, client: socket.socket, silence: threading.Event) -> Callable[[bytes], bytes | None]:
        def pass_on(octets: bytes) -> bytes | None:
            words, told = self.answer_instead
            if words and words.lower() in octets.lower():
                client.sendall(told)
                return None
            asked, first = self.say_first
            if asked and asked.lower() in octets.lower():
                client.sendall(first)
            if self.silent_after and self.silent_after.lower() in octets.lower():
                silence.set()
            return octets

        return pass_on

    def _from_server(self, client: socket.socket, silence: threading.Event) -> Callable[[bytes], bytes | None]:
        def pass_on(octets: bytes) -> bytes | None:
            if self.cut_after and self.cut_after in octets:
                client.sendall(octets[: octets.index(self.cut_after) + len(self.cut_after)])
                return None
            while silence.is_set() and not self._stopped:
                time.sleep(0.05)
            return octets

        return pass_on


@pytest.fixture
def proxy() -> Iterator[Callable[[int], Proxy]]:
    """A function that puts a proxy before a port."""
    made: list[Proxy] = []

    def before(port: int) -> Proxy:
        made.append(Proxy(port))
        return made[-1]

    yield before
    for one in made:
        one.stop()
