"""What tells the sample commune's reservations, a language each."""

from __future__ import annotations

from datetime import date

from mailbot.model.rules import Rules
from mailbot.replies.phrases import Phrases, Words
from mailbot.replies.telling import Teller
from tests.replies.examples import BRUSSELS, LANGUAGES, TEMPLATES, rules

WORDS = {language: Words.load(TEMPLATES / language / "words.toml") for language in LANGUAGES}


def teller(language: str = "fr", sample: Rules | None = None) -> Teller:
    """Return what tells in a language, on 2 June 2026."""
    return Teller(language, sample or rules(), Phrases(WORDS[language], BRUSSELS, date(2026, 6, 2)))
