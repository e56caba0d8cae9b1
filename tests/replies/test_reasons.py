"""Why something is not possible, a sentence for each reason, in each language."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from msgspec.structs import replace

from mailbot.model.objections import (
    NoKey,
    NotLent,
    Objection,
    OutsideHours,
    ShortStock,
    Taken,
    TooManyBookings,
    TooManyPeople,
)
from mailbot.model.spans import Hours
from mailbot.replies.reasons import kind_of
from tests.replies.examples import LANGUAGES, OBJECTIONS, TAKEN, days, evenings, rules, span
from tests.replies.tellers import teller


def test_the_examples_hold_each_class_of_objections() -> None:
    assert {type(objection) for objection in OBJECTIONS} == set(get_args(Objection))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("objection", OBJECTIONS, ids=kind_of)
def test_each_reason_is_one_sentence(language: str, objection: Objection) -> None:
    [line] = teller(language).objections([objection])
    assert line[0].isupper() or not line[0].isalpha()
    assert line.endswith(".")
    assert "{" not in line


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_reasons_read_the_same(language: str) -> None:
    lines = [teller(language).objections([objection]) for objection in OBJECTIONS]
    assert len(set(lines)) == len(OBJECTIONS)


def test_more_than_there_is_at_all_is_told_and_not_waited_for() -> None:
    day = days("2026-06-13")
    assert teller().objections([ShortStock("sono", 2, 0, day)]) == (
        "2 sonos, samedi 13 juin : il n'en reste pas, et nous en avons 1 en tout.",
    )
    assert not teller().waitable([ShortStock("sono", 2, 0, day)])
    assert teller().waitable([ShortStock("sono", 1, 0, day)])


def test_what_is_taken_on_many_dates_is_one_line() -> None:
    taken = [Taken("salle-reunion", use.when) for use in evenings("2026-09-01", 4)]
    assert (
        teller()
        .objections([*taken, TAKEN, *taken])[0]
        .startswith("Petite salle de réunion, les 1er, 8, 15 et 22 septembre, de 19 h à 21 h : ")
    )
    assert len(teller().objections([*taken, TAKEN, *taken])) == 2


def test_what_is_closed_at_that_hour_on_many_dates_is_one_line() -> None:
    days = [date(2026, 9, 1), date(2026, 9, 3), date(2026, 10, 1)]
    late = [OutsideHours("classe-tilleuls", day, (Hours(990, 1380),)) for day in days]
    never = [OutsideHours("classe-tilleuls", day, ()) for day in days[:2]]
    assert teller().objections([*late, *never]) == (
        "Classe 3 : les 1er et 3 septembre, le 1er octobre, c'est ouvert de 16 h 30 à 23 h.",
        "Classe 3 : pas d'ouverture les 1er et 3 septembre.",
    )
    assert teller("nl").objections(never) == ("Klas 3: niet open op 1 en 3 september.",)


def test_the_article_is_named_where_the_rules_have_one() -> None:
    articles = {"no-key": {"fr": "art. 9"}, "order": {"fr": "art. 4"}}
    tell = teller("fr", replace(rules(), articles=articles))
    no_key = NoKey("bibliotheque", "bibliotheque", span("2026-06-14", "10:00-12:00"))
    assert tell.objections([no_key])[0].endswith("n'ouvre pas entre-temps (art. 9).")
    assert tell.objections([TAKEN])[0].endswith("avant la vôtre (art. 4).")
    assert tell.objections([TooManyBookings(6)])[0].endswith("le maximum.")


def test_kinds_are_called_as_in_the_rules() -> None:
    assert [kind_of(objection) for objection in (TooManyPeople("a", 1, 2), NotLent("x"), TAKEN)] == [
        "too-many-people",
        "not-lent",
        "taken",
    ]
