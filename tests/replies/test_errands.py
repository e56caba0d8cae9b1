"""How the key and the goods are fetched and brought back, for exactly what is booked."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from mailbot.model.spans import Span
from tests.replies.examples import BACK, CHAIRS, GIVEN, NOW, OUT, ROOM, TAKEN_OVER, TENTS, at, evenings, rules, sundays
from tests.replies.tellers import teller


def test_key_and_goods_of_one_counter_are_one_errand() -> None:
    at_the_lodge = (ROOM, replace(TENTS, out=OUT, back=BACK))
    [errand] = teller().fetching(at_the_lodge)
    assert errand.kind == "both"
    assert errand.openings == ("vendredi 12 juin, entre 17 h et 19 h",)
    assert errand.load == "la clé et 2 tonnelles"
    assert errand.place == "chez la concierge, Josiane Lambert, à la loge, rue du Parc 3 (0400 00 00 11)"


def test_two_counters_are_two_errands_soonest_first() -> None:
    goods, key = teller().fetching((ROOM, TENTS, CHAIRS))
    assert (goods.kind, goods.load) == ("goods", "2 tonnelles et 30 chaises")
    assert (key.kind, key.load) == ("key", "la clé")


def test_what_passes_directly_is_no_errand_at_a_counter() -> None:
    assert teller().fetching((TAKEN_OVER,)) == teller().returning((GIVEN,)) == ()
    [taken], [given] = teller().direct((TAKEN_OVER,)), teller().direct((GIVEN,))
    assert (taken.gives, taken.who, taken.reach) == (False, "Karim Benali", "0400 11 22 33")
    assert (given.gives, given.who, given.reach) == (True, "Inès", "i@x.example"), "who gave no number has an address"


def test_who_holds_the_key_is_named_once() -> None:
    [errand] = teller().fetching(evenings("2026-09-01", 3))
    assert errand.place.endswith("rez-de-chaussée (Samir Haddad, 02 000 01 23)")


def test_a_whole_season_of_fetching_is_one_line() -> None:
    first = sundays()[0]
    assert first.out
    week = timedelta(days=7)
    season = [
        replace(
            first,
            out=replace(first.out, opening=Span(first.out.opening.start + n * week, first.out.opening.end + n * week)),
        )
        for n in range(6)
    ]
    [errand] = teller().fetching(season)
    assert errand.openings == ("6 samedis (les 6, 13, 20 et 27 juin, les 4 et 11 juillet), entre 9 h et 11 h",)


def test_two_fetchings_are_listed_and_from_three_on_like_ones_are_one_line() -> None:
    [two] = teller("nl").fetching(sundays()[:2])
    assert two.openings == ("zaterdag 6 juni tussen 9 en 11 uur", "zaterdag 20 juni tussen 9 en 11 uur")
    [errand] = teller("nl").fetching(sundays())
    assert errand.openings == ("4 zaterdagen (6 en 20 juni, 11 juli, 29 augustus) tussen 9 en 11 uur",)
    assert errand.load == "de sleutel"
    assert errand.often


def test_of_several_keys_each_is_named() -> None:
    other = replace(ROOM, resource="classe-tilleuls", key="ecole-tilleuls")
    [errand] = teller().fetching((ROOM, other))
    assert errand.load == "clé de la maison de quartier et clé de l'école des Tilleuls"
    nameless = replace(rules(), keys={})
    assert (
        teller("en", nameless).fetching((ROOM, other))[0].load == "the key (community centre) and the key (classroom 3)"
    )


def test_what_to_bring_to_sign_and_to_carry_is_told_when_it_is_fetched() -> None:
    notes = teller().fetching((TENTS,))[0].notes
    assert any(note.startswith("À signer ou à montrer : ") for note in notes)
    assert any(
        note.startswith("Tonnelle : toile de 3 m sur 3 m") and "25 kg pièce. Venez à deux" in note for note in notes
    )
    assert teller().returning((TENTS,))[0].notes == ()


def test_a_room_without_a_key_needs_no_errand() -> None:
    open_room = replace(ROOM, key=None, copy=None, out=None, back=None)
    assert teller().fetching((open_room,)) == ()
    assert teller().returning((open_room,)) == ()


def test_the_key_may_be_out_from_the_start_of_its_opening() -> None:
    assert not teller().handed_out((ROOM,), NOW)
    assert teller().handed_out((ROOM,), at("2026-06-12 17:00"))


def test_each_site_is_told_once_with_its_access_and_its_number() -> None:
    [venue] = teller("nl").venues((ROOM, replace(ROOM, resource="cuisine-quartier"), TENTS))
    assert (venue.name, venue.address) == ("Buurthuis Park", "Parkstraat 1, 1099 Heide-aan-de-Zenne")
    assert venue.access.startswith("De ingang is gelijkvloers")
    assert venue.on_call == "0400 00 00 12"
