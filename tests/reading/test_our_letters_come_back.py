"""What a reply repeats of a letter of ours is not its own, whatever the program put around it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

import pytest

from mailbot.model.letters import Context
from mailbot.reading import mime
from mailbot.reading.words import own_words
from tests.replies.gallery import text_of, written

Program = Callable[[str, str], str]
"""Makes an answer from the text and the page of the letter that is answered."""

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
SAID = "Plutôt à 19h30, et avec 12 chaises en plus."
ATTRIBUTION = "Le lun. 1 juin 2026 à 09:00, R <r@bruyere.example> a écrit :"
BLOCK = "De : Réservations\nEnvoyé : lundi 1 juin 2026 09:00\nÀ : Karim\nObjet : salle"
INTERNAL = frozenset({"to-staff", "alert", "digest", "handovers", "short-notice"})
"""Letters that the commune's own people get."""


def letters() -> Iterator[tuple[str, str, str]]:
    """Yield name, plain text and page of each letter that goes out, in each language."""
    for language in ("fr", "nl", "en", "both"):
        for name, letter in written(language).items():
            if not any(name.startswith(internal) for internal in INTERNAL):
                yield f"{language}-{name}", text_of(letter.raw), text_of(letter.raw, "html")


LETTERS = {name: (text, page) for name, text, page in letters()}


def quoted(text: str, _page: str) -> str:
    return f"{SAID}\n\n{ATTRIBUTION}\n\n{textwrap.indent(text, '> ', lambda _: True)}"


def rewrapped(text: str, _page: str) -> str:
    lines = [piece for line in text.split("\n") for piece in (textwrap.wrap(line, 60) or [""])]
    return f"{SAID}\n\n" + "\n".join(lines)


def unmarked(text: str, _page: str) -> str:
    return f"{SAID}\n\n{text}"


def below_a_block(text: str, _page: str) -> str:
    return f"{SAID}\n\n{BLOCK}\n\n{text}"


def answered_below(text: str, _page: str) -> str:
    return f"{textwrap.indent(text, '> ', lambda _: True)}\n\n{SAID}"


def inner(page: str) -> str:
    found = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)
    return found[1] if found else page


def gmail_page(_text: str, page: str) -> str:
    return (
        f'<div dir="ltr">{SAID}</div><div class="gmail_quote"><div class="gmail_attr">{escape(ATTRIBUTION)}<br></div>'
        f'<blockquote class="gmail_quote" style="border-left:1px solid">{inner(page)}</blockquote></div>'
    )


def outlook_page(_text: str, page: str) -> str:
    return (
        f'<p class="MsoNormal">{SAID}</p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{BLOCK.replace(chr(10), "<br>")}</p></div>{inner(page)}'
    )


def unknown_page(_text: str, page: str) -> str:
    return f"<div>{SAID}</div><div>{inner(page)}</div>"


def typed_between(text: str) -> str:
    """Put the answer after a paragraph in the middle of a letter, as people do who answer point by point."""
    lines = text.split("\n")
    gaps = [index for index, line in enumerate(lines) if not line.strip() and 2 < index < len(lines) - 3]
    middle = gaps[len(gaps) // 2] if gaps else len(lines)
    return "\n".join([*lines[:middle], SAID, *lines[middle:]])


def typed_into_quotation(text: str, _page: str) -> str:
    return f"{ATTRIBUTION}\n\n{textwrap.indent(typed_between(text), '> ', lambda _: True)}"


def typed_below_a_block(text: str, _page: str) -> str:
    return f"{BLOCK}\n\n{typed_between(text)}"


def typed_into_nothing_marked(text: str, _page: str) -> str:
    return typed_between(text)


def typed_into_page(_text: str, page: str) -> str:
    paragraphs = inner(page).split("</p>")
    middle = len(paragraphs) // 2
    before, after = "</p>".join(paragraphs[:middle]), "</p>".join(paragraphs[middle:])
    between = f"{before}</p><div>{SAID}</div>{after}"
    return f'<div class="gmail_attr">{escape(ATTRIBUTION)}</div><blockquote type="cite">{between}</blockquote>'


PROGRAMS = (
    *(quoted, rewrapped, unmarked, below_a_block, answered_below, gmail_page, outlook_page, unknown_page),
    *(typed_into_quotation, typed_below_a_block, typed_into_nothing_marked, typed_into_page),
)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_only_what_was_typed_is_the_sender_s(program: Program) -> None:
    found = {name: returned(program, text, page) for name, (text, page) in LETTERS.items()}
    assert {name: words for name, words in found.items() if words != (SAID, "")} == {}


def returned(program: Program, text: str, page: str) -> tuple[str, str]:
    """Return the own words, on one line, and what is handed on, of an answer that a program made."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "Karim <karim@jeunes.example>", "Re: salle"
    kind = "html" if program.__name__.endswith("page") else "plain"
    message.set_content(program(text, page), subtype=kind, cte="base64")
    found = own_words(mime.parse(message.as_bytes(), ARRIVED), Context(our_texts=(text,)))
    return " ".join(found.body.split()), found.forwarded
