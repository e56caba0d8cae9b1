"""What would become of a mail: told without changing anything."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime

from mailbot.model.decision import End
from mailbot.service.explain import Explanation, explain
from tests.service.mails import KARIM, MARC, ONLY_A_START, READING_ROOM, TWO_SENDERS, nested
from tests.stories.town import BRUSSELS, Town

PROMISED = [
    "id",
    "language",
    "intent",
    "items",
    "attendees",
    "references",
    "missing",
    "option",
    "alternatives",
    "evidence",
    "answered",
    "because",
]
LATE = datetime(2030, 1, 1, tzinfo=UTC)


def explained(town: Town, raw: bytes, *, at: datetime | None = None, with_store: bool = True) -> Explanation:
    rules = town.office.rules.current()
    return explain(raw, rules, town.office.lexica, town.store if with_store else None, at, LATE)


def test_the_form_has_exactly_the_promised_keys(town: Town) -> None:
    form = explained(town, town.mail(MARC, "lecture", READING_ROOM)).to_json()
    assert list(form) == PROMISED
    assert json.loads(json.dumps(form)) == form
    assert form["id"] == "mail-1"
    assert form["intent"] == "book"
    assert form["items"] == [
        {"resource": "bibliotheque", "quantity": 1, "slots": [["2026-06-18T19:00", "2026-06-18T21:00"]]}
    ]
    assert form["attendees"] == 12
    assert form["answered"] is True
    assert form["because"] == ["free: bibliotheque, 18 June 2026 19:00-21:00"]


def test_a_mail_of_a_machine_is_not_answered_and_the_reason_is_told(town: Town) -> None:
    raw = town.mail(MARC, "Absence", "Je suis absent.", headers={"Auto-Submitted": "auto-replied"})
    form = explained(town, raw).to_json()
    assert (form["intent"], form["answered"]) == ("ignore", False)
    assert form["because"]


def test_an_unreadable_mail_is_for_a_person_and_has_the_same_form(town: Town) -> None:
    found = explained(town, TWO_SENDERS)
    assert found.decision.end is End.HANDED
    form = found.to_json()
    assert list(form) == PROMISED
    assert (form["id"], form["intent"], form["items"]) == ("deux", "human", [])
    assert form["because"] == ["unreadable", "it has several senders"]
    assert form["answered"] is False, "nobody knows whom to answer"
    assert explained(town, nested(200)).to_json()["answered"] is True


def test_explaining_changes_nothing(town: Town) -> None:
    before = rows_of(town)
    for _ in range(2):
        explained(town, town.mail(MARC, "lecture", READING_ROOM))
    assert rows_of(town) == before
    assert town.rows() == []


def rows_of(town: Town) -> list[str]:
    with sqlite3.connect(town.folder / "mailbot.sqlite3") as database:
        return list(database.iterdump())


def test_what_is_booked_counts_where_there_is_a_database(town: Town) -> None:
    town.write(MARC, "lecture", READING_ROOM)
    raw = town.mail(KARIM, "lecture", READING_ROOM)
    [told] = explained(town, raw).decision.because
    assert told.startswith("taken: bibliotheque, 18 June 2026 19:00-21:00")
    [told] = explained(town, raw, with_store=False).decision.because
    assert told == "free: bibliotheque, 18 June 2026 19:00-21:00"


def test_the_conversation_counts_where_there_is_a_database(town: Town) -> None:
    town.write(MARC, "lecture", READING_ROOM)
    [offer] = town.write(KARIM, "lecture", READING_ROOM)
    found = explained(town, town.mail(KARIM, "", "1", answers=offer))
    assert found.meaning.option == 1
    assert [notice.content.template for notice in found.decision.notices] == ["confirmed"]


def test_a_mail_is_read_as_on_the_day_it_was_sent_unless_another_moment_is_said(town: Town) -> None:
    raw = town.mail(MARC, "lecture", "Bonjour, nous voudrions la salle de lecture mardi 9 juin de 19h à 21h, à douze.")
    assert explained(town, raw).decision.because == ("free: bibliotheque, 9 June 2026 19:00-21:00",)
    later = datetime(2026, 6, 8, 9, tzinfo=BRUSSELS)
    [told] = explained(town, raw, at=later).decision.because
    assert told == "too late: earliest 10 June 2026 09:00", "the same Tuesday, but asked too late"


def test_a_question_is_told_with_what_is_missing(town: Town) -> None:
    form = explained(town, town.mail(MARC, "lecture", ONLY_A_START)).to_json()
    assert form["missing"] == ["end"]
    assert form["because"] == ["missing: end"]
    assert form["answered"] is True


def test_the_few_words_of_a_key_holder_are_explained_as_what_they_are(town: Town) -> None:
    list_now = next(letter for letter in town.letters() if "josiane" in str(letter["To"]))
    raw = town.mail("Josiane <josiane.lambert@voisines.example>", "Re: liste", "absente aujourd'hui", answers=list_now)
    found = explained(town, raw)
    assert found.decision.report is not None
    assert found.decision.because == ("a From line proves nothing: who seems to have reported is asked",)
