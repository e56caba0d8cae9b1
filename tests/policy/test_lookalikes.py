"""Addresses that look like another, and such as only have something in common with it."""

from __future__ import annotations

import pytest

from mailbot.policy.lookalikes import looks_like

INES = "ines@codedojo.example"


@pytest.mark.parametrize(
    "address",
    [
        "ines@codedoj0.example",
        "ines@c\u043ededojo.example",
        "ines@xn--cdedojo-hjf.example",
        "ines@codedojo.example.evil.example",
        '"ines@codedojo.example"@evil.example',
        "in\u00e8s@codedojo.example",
        "tom@codedojo.exemple",
    ],
)
def test_they_look_alike(address: str) -> None:
    assert looks_like(address, INES)


@pytest.mark.parametrize(
    "address", [INES, "Ines@CodeDojo.example", "tom@codedojo.example", "ines@courrier.example", "ines.l@post.example"]
)
def test_they_do_not(address: str) -> None:
    assert not looks_like(address, INES)
