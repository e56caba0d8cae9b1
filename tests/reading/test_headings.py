"""Days that head lines, things for an event, days with hours of their own: who gets which."""

from __future__ import annotations

from datetime import UTC, datetime

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
"""A Tuesday."""


def slots(body: str) -> dict[str, list[list[str | None]]]:
    raw = f"From: a@b.example\r\nTo: {MAILBOX}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()
    meaning = read(parse(raw, SENT, own=frozenset({MAILBOX})), NO_CONTEXT, COMMUNE, load_all())
    return {item.resources[0]: [slot.to_json() for slot in item.slots] for item in meaning.items}


def test_a_line_with_a_day_heads_the_hours_below_it() -> None:
    found = slots("Graag:\nzaterdag 3 oktober\n- feestzaal: 10u-18u\nzondag 4 oktober\n- feestzaal: 11u-16u\n")
    assert found["salle-polyvalente"] == [
        ["2026-10-03T10:00", "2026-10-03T18:00"],
        ["2026-10-04T11:00", "2026-10-04T16:00"],
    ]


def test_things_are_for_the_day_of_the_event_they_are_for() -> None:
    found = slots(
        "We willen de feestzaal op vrijdag 2 oktober van 18u tot 23u (repetitie) en op zaterdag 3 oktober van 19u"
        " tot 23u (première).\n\nVoor de première ook nog 80 stoelen."
    )
    assert found["chaise"] == [["2026-10-03", "2026-10-03"]]


def test_weekdays_with_hours_name_again_the_dates_that_have_none() -> None:
    found = slots("Graag de feestzaal op 2 en 3 oktober. Vrijdag van 19u tot 22u en zaterdag van 9u30 tot 18u.")
    assert found["salle-polyvalente"] == [
        ["2026-10-02T19:00", "2026-10-02T22:00"],
        ["2026-10-03T09:30", "2026-10-03T18:00"],
    ]


def test_one_of_several_days_may_begin_earlier() -> None:
    found = slots(
        "Pouvons-nous réserver la bibliothèque les 5, 6 et 7 octobre de 13h30 à 16h45 ? Le 7 octobre nous"
        " commencerons déjà à 13h."
    )
    assert found["bibliotheque"] == [
        ["2026-10-05T13:30", "2026-10-05T16:45"],
        ["2026-10-06T13:30", "2026-10-06T16:45"],
        ["2026-10-07T13:00", "2026-10-07T16:45"],
    ]


def test_a_day_in_brackets_is_of_the_thing_before_it_alone() -> None:
    found = slots(
        "Feestzaal op zaterdag 12 december 14u-21u en zondag 13 december 11u-18u. Ook 10 partytenten (enkel zaterdag),"
        " plus 200 bekers."
    )
    assert found["tonnelle"] == [["2026-12-12", "2026-12-12"]]
    assert found["gobelet"] == [["2026-12-12", "2026-12-13"]]
