"""The demo's own servers, as fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbot.demo.embedded import EmbeddedImap, EmbeddedSmtp


@pytest.fixture
def embedded_imap() -> Iterator[EmbeddedImap]:
    with EmbeddedImap() as server:
        yield server


@pytest.fixture
def embedded_smtp() -> Iterator[EmbeddedSmtp]:
    with EmbeddedSmtp() as server:
        yield server
