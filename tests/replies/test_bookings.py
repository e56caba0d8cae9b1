"""What is booked and offered, in lines that a phone shows."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.meaning import UNKNOWN, Intent, Item, Meaning
from mailbot.model.reservation import Option, Use
from mailbot.model.spans import Days, Span
from tests.replies.examples import CHAIRS, OPTIONS, ROOM, TENTS, days, evenings, option, slot, span
from tests.replies.tellers import teller


def use(resource: str, when: Span | Days, quantity: int = 1) -> Use:
    return Use(resource, quantity, when, ())


def test_rooms_come_first_and_what_shares_its_days_is_one_line() -> None:
    assert teller().booked((CHAIRS, ROOM, TENTS)) == (
        "maison de quartier, samedi 13 juin 2026, de 14 h à 18 h",
        "30 chaises et 2 tonnelles, du vendredi 12 au lundi 15 juin",
    )


def test_two_rooms_of_one_hour_are_one_line() -> None:
    both = (ROOM, replace(ROOM, resource="cuisine-quartier"))
    [line] = teller("nl").booked(both)
    assert line == "buurthuis en keuken van het buurthuis, zaterdag 13 juni 2026, van 14 tot 18 uur"


def test_a_series_is_told_as_one_with_all_its_dates() -> None:
    assert teller().booked(evenings("2026-09-01", 7, without=(3,))) == (
        "petite salle de réunion (Maison communale), 6 mardis, du 1er septembre au 13 octobre 2026, de 19 h à 21 h : "
        "les 1er, 8, 15 et 29 septembre, les 6 et 13 octobre",
    )


def test_dates_of_several_weekdays_are_counted_as_dates() -> None:
    weekend = [use("barbecue", days(day)) for day in ("2026-06-13", "2026-06-14", "2026-06-20")]
    assert teller("en").booked(weekend) == ("1 barbecue, 3 dates, from 13 June to 20 June 2026: 13, 14 and 20 June",)


def test_two_dates_are_two_lines_and_the_year_is_said_once() -> None:
    assert teller().booked(evenings("2026-09-01", 2)) == (
        "petite salle de réunion (Maison communale), mardi 1er septembre 2026, de 19 h à 21 h",
        "petite salle de réunion (Maison communale), mardi 8 septembre, de 19 h à 21 h",
    )


def test_an_evening_of_another_length_stands_beside_its_series() -> None:
    uses = (*evenings("2026-09-01", 4), *evenings("2026-09-29", 1, "19:00-22:30"))
    series, other = teller().booked(uses)
    assert "4 mardis" in series
    assert other.endswith("mardi 29 septembre, de 19 h à 22 h 30")


def test_options_that_differ_by_their_room_say_the_goods_once() -> None:
    assert teller().shared(OPTIONS) == "20 tables et 1 percolateur"
    assert teller().options(OPTIONS) == (
        "réfectoire (École des Tilleuls), samedi 14 novembre, de 19 h à 23 h",
        "salle polyvalente (Maison communale), vendredi 13 novembre, de 19 h à 23 h",
        "salle polyvalente (Maison communale), samedi 21 novembre, de 19 h à 23 h",
    )


def test_options_with_other_goods_say_them_each() -> None:
    less = replace(OPTIONS[1], uses=(OPTIONS[1].uses[0], use("table", days("2026-11-13"), 12)))
    told = teller().options((OPTIONS[0], less))
    assert told[1].endswith("de 19 h à 23 h ; 12 tables, vendredi 13 novembre")
    assert teller().shared((OPTIONS[0], less)) == ""


def test_options_of_equipment_alone_share_what_is_the_same() -> None:
    days_of = [days("2026-06-13"), days("2026-06-20")]
    options = [Option(n, (CHAIRS, use("sono", when))) for n, when in enumerate(days_of, start=1)]
    assert teller().shared(options) == "30 chaises, du vendredi 12 au lundi 15 juin"
    assert teller().options(options) == ("1 sono, samedi 13 juin", "1 sono, samedi 20 juin")


def test_one_option_is_told_whole() -> None:
    assert teller().shared(OPTIONS[:1]) == ""
    assert teller().options(OPTIONS[:1])[0].endswith(" ; 20 tables et 1 percolateur, samedi 14 novembre")


def test_the_same_option_twice_is_still_told() -> None:
    again = (option(1, "salle-polyvalente", "2026-11-13"), option(2, "salle-polyvalente", "2026-11-13"))
    assert all(teller().options(again))


def test_times_that_are_taken_are_gathered_by_their_hours() -> None:
    whens = [each.when for each in evenings("2026-09-01", 4)]
    assert teller().occasions([*whens, span("2026-09-05", "10:00-12:00")]) == (
        "les 1er, 8, 15 et 22 septembre, de 19 h à 21 h et samedi 5 septembre, de 10 h à 12 h"
    )


def test_what_was_understood_is_told_to_a_person_who_takes_over() -> None:
    items = (
        Item(("classe-tilleuls", "refectoire-tilleuls"), 1, (slot("2026-06-13T14:00", "2026-06-13T18:00"),)),
        Item((UNKNOWN,), 1, name="trampoline"),
        Item(("chaise",), 30),
    )
    meaning = Meaning("fr", Intent.BOOK, items, attendees=20, phone="0400 98 76 54")
    assert teller().understood(meaning) == (
        "une réservation",
        "classe 3 ou réfectoire, samedi 13 juin 2026, de 14 h à 18 h",
        "trampoline",
        "30 × chaise",
        "20 personnes",
        "0400 98 76 54",
    )


def test_a_start_without_an_end_is_a_moment() -> None:
    only_start = replace(slot("2026-06-13T14:00", "2026-06-13T18:00"), end=None)
    assert teller().slot(only_start) == "samedi 13 juin à 14 h"
