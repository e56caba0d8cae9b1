"""A programme typed as lines, rows, paragraphs or a table: each use keeps its own day, room and hours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-10-13T10:00:00+02:00"
MEANT = {
    ("salle-polyvalente", "2027-01-16T18:00", "2027-01-16T23:30"),
    ("salle-polyvalente", "2027-03-12T19:00", "2027-03-12T23:00"),
    ("salle-reunion", "2027-04-20T20:00", "2027-04-20T22:00"),
}
LAYOUTS = {
    "day, purpose, room, hours": "- {day}: {purpose} in {room}, {hours}",
    "day, room, hours": "- {day}, {room}, {hours}",
    "room, day, hours": "- {room}, {day}, {hours}",
    "room: day hours": "- {room} : {day} {hours}",
    "day hours: room": "- {day} {hours} : {room}",
    "no bullets": "{day} {hours} {room} ({purpose})",
    "purpose first": "* {purpose}: {day}, {hours}, {room}",
    "numbered": "{number}. {room} - {day} - {hours}",
    "numbered with brackets": "{number}) {day} - {hours} - {room} - {purpose}",
    "drawn table": "| {day} | {room} | {hours} | {purpose} |",
    "tabs": "{day}\t{hours}\t{room}\t{purpose}",
    "paragraphs": "{purpose}\n{day}\n{hours}\n{room}\n",
    "indented": "{day}\n  {room}\n  {hours}",
    "brackets": "{room} ({day}, {hours})",
    "semicolons": "{day} {hours} in {room};",
    "nothing between": "{day} {room} {hours}",
}
PROGRAMMES = {
    "fr": (
        "Bonjour,\n\nNous souhaitons réserver :\n{}\n\nMerci,\nLuc",
        ("samedi 16 janvier", "salle polyvalente", "de 18h à 23h30", "souper du club"),
        ("vendredi 12 mars", "salle polyvalente", "de 19h à 23h", "soirée fromage"),
        ("mardi 20 avril", "petite salle de réunion", "de 20h à 22h", "réunion du conseil"),
    ),
    "fr, numbers": (
        "Bonjour,\n\nVoici notre programme, pouvez-vous nous réserver les salles ?\n{}\n\nMerci,\nLuc",
        ("16/01/2027", "salle polyvalente", "18h-23h30", "souper"),
        ("12/03/2027", "salle polyvalente", "19h-23h", "soirée fromage"),
        ("20/04/2027", "salle de réunion", "20h-22h", "AG"),
    ),
    "nl": (
        "Beste,\n\nGraag reserveren wij:\n{}\n\nMet dank,\nJef",
        ("zaterdag 16 januari", "polyvalente zaal", "van 18u tot 23u30", "nieuwjaarsfeest"),
        ("vrijdag 12 maart", "polyvalente zaal", "19u tot 23u", "kaasavond"),
        ("dinsdag 20 april", "kleine vergaderzaal", "van 20 tot 22 uur", "bestuur"),
    ),
    "en": (
        "Hello,\n\nCould we book:\n{}\n\nThanks,\nJo",
        ("Saturday 16 January", "village hall", "6pm to 11.30pm", "New Year party"),
        ("Friday 12 March", "village hall", "7pm-11pm", "cheese evening"),
        ("Tuesday 20 April", "small meeting room", "8 to 10 pm", "committee"),
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
@pytest.mark.parametrize(("frame", "rows"), [(f, r) for f, *r in PROGRAMMES.values()], ids=PROGRAMMES.keys())
def test_each_use_keeps_its_day_room_and_hours(frame: str, rows: list[tuple[str, ...]], layout: str) -> None:
    lines = [
        layout.format(number=number, day=day, room=room, hours=hours, purpose=purpose)
        for number, (day, room, hours, purpose) in enumerate(rows, 1)
    ]
    case = {"id": "x", "from": "A B <a@b.example>", "date": SENT, "subject": "", "body": frame.format("\n".join(lines))}
    letter = parse(build(case), datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    meaning = read(letter, NO_CONTEXT, COMMUNE, load_all())
    assert meaning.intent is Intent.BOOK
    assert {(item.resource, *slot.to_json()) for item in meaning.items for slot in item.slots} == MEANT
    assert not meaning.missing
