"""One form of an address: the same mailbox however it is spelled, and never another one that looks alike."""

from __future__ import annotations

import pytest

from mailbot.model.addresses import one_form


@pytest.mark.parametrize(
    ("spelled", "form"),
    [
        ("Ines@CodeDojo.Example", "ines@codedojo.example"),
        ("ines@bruyère.example", "ines@xn--bruyre-6ua.example"),
        ("ines@BRUYE\u0300RE.example", "ines@xn--bruyre-6ua.example"),
        ("ines@XN--BRUYRE-6UA.example", "ines@xn--bruyre-6ua.example"),
        ("ines@codedojo\uff0eexample", "ines@codedojo.example"),
        ("ines@ｃｏｄｅｄｏｊｏ.example", "ines@codedojo.example"),
        ("ines@codedojo.example.", "ines@codedojo.example"),
        ("@Bruyère.example", "@xn--bruyre-6ua.example"),
        ("ine\u0300s@codedojo.example", "in\u00e8s@codedojo.example"),
        ("", ""),
    ],
)
def test_one_mailbox_has_one_form(spelled: str, form: str) -> None:
    assert one_form(spelled) == form
    assert one_form(form) == form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ines@codedojo.example", "ines@c\u043ededojo.example"),  # a Cyrillic o
        ("ines@codedojo.example", "in\u00e8s@codedojo.example"),
        ("a@stra\u00dfe.example", "a@strasse.example"),  # two owners in IDNA 2008
        ("a@codedojo.example", "a@codedoj0.example"),
        ("a@codedojo.example", "a@codedo\u0131o.example"),
        ("a@codedojo.example", "a@codedojo.example.evil.example"),
        ("a@bruyere.example", "a@bruy\u00e8re.example"),
    ],
)
def test_what_looks_alike_is_not_the_same(one: str, other: str) -> None:
    assert one_form(one) != one_form(other)
