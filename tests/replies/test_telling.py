"""What is asked back, what is free, and what is lent at all."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.meaning import Evidence, Intent, Item, Lack, Meaning
from mailbot.model.objections import OutsideHours
from mailbot.model.to_askers import Asked, FreeSlot
from tests.replies.examples import FREE, FREE_DAYS, reservation, slot
from tests.replies.tellers import teller

CHAIRS = Meaning("fr", Intent.BOOK, (Item(("chaise",), None), Item(("tonnelle",), None), Item(("chaise",), None)))

QUESTIONS = [
    ({Lack.DATE}, ("Quel jour ?",)),
    ({Lack.END}, ("Jusqu'à quelle heure ?",)),
    ({Lack.START, Lack.END}, ("De quelle heure à quelle heure ?",)),
    ({Lack.DATE, Lack.START, Lack.END}, ("Quel jour, et de quelle heure à quelle heure ?",)),
    ({Lack.RESOURCE, Lack.UNTIL}, ("Quelle salle ?", "Jusqu'à quelle date ?")),
    ({Lack.QUANTITY}, ("Combien de chaises ?", "Combien de tonnelles ?")),
]


@pytest.mark.parametrize(("lacks", "questions"), QUESTIONS, ids=[" ".join(sorted(lacks)) for lacks, _ in QUESTIONS])
def test_what_is_missing_is_asked_in_as_few_questions_as_there_are(
    lacks: set[Lack], questions: tuple[str, ...]
) -> None:
    assert teller().questions(Asked(reservation(request=CHAIRS), frozenset(lacks))) == questions


def test_what_is_not_lent_is_not_counted() -> None:
    items = (Item(("unknown",), None, name="barrières"), Item(("banc",), None))
    request = Meaning("fr", Intent.BOOK, items)
    asked = Asked(reservation(request=request), frozenset({Lack.QUANTITY}))
    assert teller().questions(asked) == ("Combien de bancs ?",)


def test_the_question_with_numbered_choices_comes_last() -> None:
    asked = Asked(reservation(request=CHAIRS), frozenset({Lack.RESOURCE, Lack.DATE}), choices=("maison-quartier",))
    assert teller().questions(asked) == ("Quel jour ?", "Quelle salle ?")


def test_a_weekday_and_a_date_that_disagree_are_named_in_the_question() -> None:
    evidence = (
        Evidence("moment", "le vendredi 13 juin, de 18h à 20h", "18:00-20:00 date"),
        Evidence("moment", "le 20 juin", "2026-06-20"),
    )
    request = replace(CHAIRS, evidence=evidence)
    asked = Asked(reservation(request=request), frozenset({Lack.DATE}))
    assert teller().questions(asked) == (
        "Quel jour ? (Nous ne savons pas quelle date vous entendez par « le vendredi 13 juin, de 18h à 20h ».)",
    )
    assert teller().words_read(request) == ("« le 20 juin »",)


def test_words_that_stand_in_others_are_read_back_with_these() -> None:
    steps = ["demain", "Demain soir de 19h30 à 22h", "demain soir de 19h30 à 22h"]
    request = replace(CHAIRS, evidence=tuple(Evidence("moment", words, "…") for words in steps))
    assert teller().words_read(request) == ("« demain soir de 19h30 à 22h »",)


def test_rival_readings_are_asked_by_what_differs() -> None:
    days = (slot("2026-06-06T14:00", "2026-06-06T18:00"), slot("2026-06-13T14:00", "2026-06-13T18:00"))
    hours = (slot("2026-06-06T08:00", "2026-06-06T10:00"), slot("2026-06-06T20:00", "2026-06-06T22:00"))
    lacks = frozenset({Lack.DATE, Lack.START, Lack.END})
    assert teller().questions(Asked(reservation(), lacks, slots=days)) == ("Quel jour voulez-vous dire ?",)
    assert teller().questions(Asked(reservation(), lacks, slots=hours)) == ("Quelles heures voulez-vous dire ?",)
    assert teller().choices(Asked(reservation(), lacks, slots=hours)) == (
        "samedi 6 juin 2026, de 8 h à 10 h",
        "samedi 6 juin 2026, de 20 h à 22 h",
    )


def test_rooms_to_choose_from_say_where_they_are_and_for_how_many() -> None:
    asked = Asked(reservation(), frozenset({Lack.RESOURCE}), ("salle-reunion", "maison-quartier"))
    assert teller("nl").choices(asked) == ("kleine vergaderzaal (Gemeentehuis, 12 plaatsen)", "buurthuis (50 plaatsen)")


def test_what_is_free_is_told_in_a_small_table_a_day() -> None:
    tables = {table.title: table.lines for table in teller().free(FREE)}
    assert list(tables) == ["Samedi 13 juin", "Du samedi 13 au dimanche 14 juin", "Dimanche 14 juin"]
    assert tables["Samedi 13 juin"] == (
        "pas libre        │ salle polyvalente (Maison communale, 80 places)",
        "de 8 h à 22 h 30 │ maison de quartier (50 places)",
    )
    assert tables["Du samedi 13 au dimanche 14 juin"] == ("il en reste 50 │ chaise", "pas libre      │ sono")


def test_what_is_free_of_one_room_is_one_table_of_its_days() -> None:
    [table] = teller("nl").free(FREE_DAYS)
    assert table.title == "Polyvalente zaal (Gemeentehuis, 80 plaatsen)"
    assert table.lines == (
        "Zaterdag 5 september  │ van 8 tot 13 uur en van 18 tot 23 uur",
        "Zaterdag 12 september │ van 8 tot 23 uur",
        "Zaterdag 26 september │ van 8 tot 23 uur",
    )


def test_a_day_of_closing_is_told_with_its_reason() -> None:
    closed = FreeSlot("bibliotheque", FREE[3].when, 0, (OutsideHours("bibliotheque", slot_day(), ()),))
    [table] = teller().free([closed])
    assert (table.lines, table.reasons) == ((), ("Salle de lecture : pas d'ouverture le samedi 13 juin.",))


def test_what_was_asked_about_is_answered_and_nothing_else() -> None:
    tell = teller("en")
    assert [line.partition(":")[0] for line in tell.answers(("wifi", "deposit"))] == ["Deposit", "Wifi"]
    assert tell.lent("bibliotheque").startswith("Reading room (Municipal library, for 25 people): ")
    assert tell.lent("tonnelle").endswith("We have 6.")


def slot_day() -> date:
    return slot("2026-06-13T14:00", "2026-06-13T18:00").day


def test_how_it_works_tells_all_rooms_all_things_and_all_answers_but_the_first() -> None:
    tell = teller("en")
    assert len(tell.rooms_lent()) == len(tell.rules.rooms)
    assert "500 cups" in tell.goods_lent()
    assert not any(line.startswith("How") for line in tell.answers())
    assert any(line.startswith("Wifi: Network") for line in tell.answers())


def test_details_of_a_fault_are_one_line_each_and_bounded() -> None:
    lines = teller("nl").details({"to": "a@b.example", "error": "550\r\nno " + "x" * 500, "extra": "1", "kind": ""})
    assert lines[0] == "Bestemmeling: a@b.example"
    assert lines[1].startswith("Antwoord van de server: 550 no xxx")
    assert lines[1].endswith("…")
    assert lines[2:] == ("extra: 1",)
