"""The key-holder's list, read at a quarter past seven on a phone."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.to_key_holders import Change
from mailbot.replies.rounds import changes, round_of
from tests.replies.examples import COMING, DIGEST, DIRECT, EMPTY_DIGEST, GOING, GONE, JOSIANE, LATE, span
from tests.replies.tellers import teller


def test_late_things_come_first_then_day_by_day_by_the_hour_and_each_line_has_a_number() -> None:
    told = round_of(DIGEST, teller(), JOSIANE.address)
    assert [line.number for line in told.late] == [1]
    assert [section.title for section in told.sections] == ["AUJOURD'HUI", "LUNDI 15 JUIN"]
    assert [line.number for section in told.sections for line in section.lines] == [2, 3, 4]
    assert [line.hours for line in told.sections[0].lines] == ["8 h-10 h", "17 h-19 h"]


def test_a_line_says_what_passes_who_comes_and_the_code() -> None:
    line = round_of(DIGEST, teller(), JOSIANE.address).sections[0].lines[0]
    assert line.back
    assert line.counter == "loge du Parc"
    assert line.load == "clé de l'école des Tilleuls n° 3 et 1 percolateur"
    unreached = "NOTRE LETTRE N'EST PAS ARRIVÉE : à prévenir autrement"
    assert line.who == f"CodeDojo Bruyère, Inès, 0400 44 55 66 (R-4M8TQ) – {unreached}."


def test_numbers_that_were_given_before_are_kept() -> None:
    numbered = replace(DIGEST, late=(replace(LATE, number=7),), lines=(replace(GOING, number=9),))
    told = round_of(numbered, teller(), JOSIANE.address)
    assert (told.late[0].number, told.sections[0].lines[0].number) == (7, 9)


def test_the_subject_counts_what_there_is_to_do() -> None:
    assert round_of(DIGEST, teller(), JOSIANE.address).totals == ("1 remise", "2 retours", "1 retard")
    assert round_of(DIGEST, teller("nl"), JOSIANE.address).totals == ("1 afhaling", "2 teruggaven", "1 te laat")
    assert round_of(EMPTY_DIGEST, teller(), JOSIANE.address).totals == ()


def test_a_stand_in_reads_whose_list_it_is() -> None:
    assert round_of(DIGEST, teller(), JOSIANE.address).instead_of == ""
    assert round_of(DIGEST, teller(), "samir.haddad@bruyere.example").instead_of == "Josiane Lambert"


def test_tomorrow_is_called_tomorrow() -> None:
    tomorrow = replace(DIGEST, lines=(replace(GOING, opening=span("2026-06-13", "09:00-11:00")),))
    assert [section.title for section in round_of(tomorrow, teller("en"), "").sections] == ["TOMORROW"]


def test_changes_are_told_soonest_first_and_say_what_was_cancelled() -> None:
    lines = changes((Change(GOING, cancelled=False), Change(replace(COMING, number=3), cancelled=True)), teller())
    assert [(line.cancelled, line.when) for line in lines] == [
        (True, "ven. 12 juin, 8 h-10 h"),
        (False, "ven. 12 juin, 17 h-19 h"),
    ]


def test_who_has_no_name_is_called_by_the_address_and_rooms_name_a_key_without_one() -> None:
    nameless = replace(GONE, asker=replace(GONE.asker, name=""), keys=(("old-key", 2),))
    [line] = changes((Change(nameless, cancelled=True),), teller())
    assert line.who == "someone@voisins.example (R-2B4CD)."
    assert line.load == "clé n° 2 (maison de quartier)"


def test_goods_alone_are_told_without_a_key() -> None:
    goods = replace(GOING, rooms=(), keys=(), goods=(("tonnelle", 2), ("chaise", 30)))
    [line] = changes((Change(goods, cancelled=False),), teller("nl"))
    assert line.load == "2 partytenten en 30 stoelen"


def test_what_passes_directly_says_from_whom_to_whom_and_asks_nothing() -> None:
    told = round_of(replace(DIGEST, late=(), lines=(DIRECT,)), teller(), JOSIANE.address)
    [line] = told.sections[0].lines
    assert (line.hours, line.counter) == ("avant samedi 13 juin à 14 h", "sans vous")
    assert line.who == "De Karim Benali, 0400 11 22 33, à Aurore Dubois, 0400 98 76 54 (R-5N7PW)."
    assert (told.totals, told.first_out, told.first_back) == ((), 0, 0)
