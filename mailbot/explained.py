"""What `mailbot explain` says to people, in the language of the terminal: what was read, in words; the reasons of the
decision as they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from mailbot.model.meaning import Item, Language, Meaning, Slot
from mailbot.model.rules import Rules
from mailbot.service.explain import Explanation

LABELS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "understood": "compris",
        "asked": "demandé",
        "people": "personnes",
        "codes": "codes",
        "missing": "il manque",
        "read": "lu",
        "or else": "ou bien",
        "decided": "décidé",
        "letter": "lettre",
        "none": "aucune",
        "no subject": "(sans objet)",
        "no sender": "(sans expéditeur)",
        "no day": "aucun jour",
        "days": "lun mar mer jeu ven sam dim",
        "open": "une salle, sans dire laquelle",
        "same": "ce qui est réservé",
    },
    "nl": {
        "understood": "begrepen",
        "asked": "gevraagd",
        "people": "mensen",
        "codes": "codes",
        "missing": "ontbreekt",
        "read": "gelezen",
        "or else": "of anders",
        "decided": "beslist",
        "letter": "brief",
        "none": "geen",
        "no subject": "(geen onderwerp)",
        "no sender": "(geen afzender)",
        "no day": "geen dag",
        "days": "ma di wo do vr za zo",
        "open": "een zaal, niet welke",
        "same": "wat gereserveerd is",
    },
    "en": {
        "understood": "understood",
        "asked": "asked",
        "people": "people",
        "codes": "codes",
        "missing": "missing",
        "read": "read",
        "or else": "or else",
        "decided": "decided",
        "letter": "letter",
        "none": "none",
        "no subject": "(no subject)",
        "no sender": "(no sender)",
        "no day": "no day",
        "days": "Mon Tue Wed Thu Fri Sat Sun",
        "open": "a room, not which",
        "same": "what is booked",
    },
}
WIDTH = 12
"""Columns of what stands before each line's words."""


def in_words(found: Explanation, rules: Rules, language: Language) -> str:
    """Return an explanation as people read it."""
    words, meaning = LABELS[language], found.meaning
    lines = [f"{found.letter.sender.address or words['no sender']}: {found.letter.subject or words['no subject']}"]

    def tell(label: str, text: str) -> None:
        lines.append(f"  {words[label]:<{WIDTH - 1}} {text}")

    tell("understood", f"{meaning.intent} ({meaning.language})")
    for item in meaning.items:
        tell("asked", _item(item, rules, language))
    if meaning.attendees is not None:
        tell("people", str(meaning.attendees))
    if meaning.references:
        tell("codes", ", ".join(meaning.references))
    if meaning.missing:
        tell("missing", ", ".join(sorted(meaning.missing)))
    for step in meaning.evidence:
        tell("read", f"«{step.words}» → {step.reading}")
    for rival in _rivals(meaning, rules, language):
        tell("or else", rival)
    for reason in found.decision.because:
        tell("decided", reason)
    for notice in found.decision.notices:
        tell("letter", f"{notice.content.template} → {notice.to.address} ({', '.join(notice.languages)})")
    if not found.decision.notices:
        tell("letter", words["none"])
    return "\n".join(lines)


def _rivals(meaning: Meaning, rules: Rules, language: Language) -> Iterator[str]:
    for rival in meaning.alternatives:
        items = "; ".join(_item(item, rules, language) for item in rival.items)
        yield f"{rival.intent}: {items}" if items else str(rival.intent)


def _item(item: Item, rules: Rules, language: Language) -> str:
    words = LABELS[language]
    names = [_name(id, rules, language) for id in item.resources]
    slots = ", ".join(_slot(slot, words) for slot in item.slots) or words["no day"]
    return f"{item.quantity or '?'} × {item.name or ' / '.join(names)}: {slots}"


def _name(id: str, rules: Rules, language: Language) -> str:
    known = rules.rooms.get(id) or rules.equipment.get(id)
    if known is None:
        return {"any-room": LABELS[language]["open"], "same": LABELS[language]["same"]}.get(id, id)
    names = known.names.get(language) or next(iter(known.names.values()), ())
    return names[0] if names else id


def _slot(slot: Slot, words: Mapping[str, str]) -> str:
    began = _moment(slot.start, words)
    if slot.end is None:
        return f"{began} – ?" if isinstance(slot.start, datetime) else began
    if slot.day == (slot.end.date() if isinstance(slot.end, datetime) else slot.end):
        return f"{began} – {slot.end:%H:%M}" if isinstance(slot.end, datetime) else began
    return f"{began} – {_moment(slot.end, words)}"


def _moment(moment: date, words: Mapping[str, str]) -> str:
    day = f"{words['days'].split()[moment.weekday()]} {moment:%d/%m/%Y}"
    return f"{day} {moment:%H:%M}" if isinstance(moment, datetime) else day
