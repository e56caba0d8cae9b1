"""Whether a few words are a plain yes to "is it you?": the one answer that is a proof must not be guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from re import Pattern

from mailbot.model.letters import Context, Letter
from mailbot.reading.patterns import folded, whole_words
from mailbot.reading.words import own_words

NEAR = 4
"""Words that may stand before the yes: a greeting."""
_END = re.compile(r"[.!?\n]|$")


def says_plainly_yes(letter: Letter, context: Context, banners: Sequence[str] = ()) -> bool:
    """Return whether nothing in the sender's own words takes their yes back: it asks nothing ("Oui ?"), nothing before
    it says no ("je ne dis pas oui"), and they keep nothing ("oui, je garde la salle"). What stands behind a yes that
    comes first is its reason ("oui, nous n'en avons plus besoin"). Words that agree without a yes must deny nothing."""
    yes, negation, keeps = _words()
    body = folded(own_words(letter, context, banners).body).replace("'", "' ")
    found = yes.search(body)
    before = body[: found.start()] if found else body
    end = _END.search(body, found.end() if found else 0)
    asks = end is not None and end[0] == "?" if found else "?" in body
    near = found is None or len(before.split()) <= NEAR
    return near and not (asks or keeps.search(body) or negation.search(before) or "n' t" in before)


@cache
def _words() -> tuple[Pattern[str], Pattern[str], Pattern[str]]:
    return whole_words("answer", "yes"), whole_words("stance", "negations"), whole_words("stance", "keeps")
