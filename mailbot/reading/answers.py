"""Answers to a letter of the commune: yes, no, a number, a few words; read with what was asked or offered in mind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mailbot.model.letters import Context
from mailbot.model.meaning import Intent, Language
from mailbot.reading.events import Sighting
from mailbot.reading.intents import Judgement, Signs
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.things import Thesaurus
from mailbot.reading.words import OwnWords

_OFFER = re.compile(r"^\s*(?:>\s*)*\(?(\d{1,2})\s?[.)°:-]\s+(\S.*)$", re.MULTILINE)
SHORT = 12


def adjusted(judged: Judgement, sighting: Sighting, signs: Signs, context: Context, own: OwnWords) -> Judgement:
    """Set right what the cues alone cannot tell."""
    if judged.intent is Intent.HUMAN and _thanks_alone(sighting):
        return replace(judged, intent=Intent.IGNORE)
    return judged


def _thanks_alone(sighting: Sighting) -> bool:
    thanks = any(cue.value == "answer-thanks" for cue in sighting.cues)
    return thanks and not sighting.mentions and len(sighting.page.words) <= SHORT + 8


def option(
    sighting: Sighting, context: Context, own: OwnWords, thesaurus: Thesaurus, lexica: Mapping[Language, Lexicon]
) -> int | None:
    """Return the number of the proposal that is agreed to; None for a bare yes."""
    for count in sighting.counts:
        if not count.article and count.least is None and 0 < count.value <= 9:
            named = {cue.last for cue in sighting.cues if cue.value == "answer-option"}
            if count.ordinal or count.first in named or count.first == sighting.page.sentence(count.first).first:
                return count.value
    return None
