from __future__ import annotations

import json
from datetime import UTC, date
from typing import ClassVar, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.meaning import Slot
from mailbot.model.reservation import Reservation, Use
from mailbot.model.spans import Days, Span
from mailbot.model.to_key_holders import Digest
from mailbot.store.values import _decoder, from_json, to_json
from tests.store.examples import digest, everything, hours, reservation, room, tables


def test_a_reservation_with_everything_in_it_comes_back_equal() -> None:
    assert from_json(Reservation, to_json(everything())) == everything()


def test_a_reservation_with_nothing_in_it_comes_back_equal() -> None:
    assert from_json(Reservation, to_json(reservation())) == reservation()


def test_a_digest_comes_back_equal() -> None:
    assert from_json(Digest, to_json(digest())) == digest()


def test_hours_and_days_are_told_apart() -> None:
    assert isinstance(from_json(Use, to_json(room(hours(13, 12, 16)))).when, Span)
    assert isinstance(from_json(Use, to_json(tables(2, date(2026, 6, 1), date(2026, 6, 2)))).when, Days)


@pytest.mark.parametrize("start", ["2026-06-13", "2026-06-13T00:00", "2026-06-13T00:01"])
def test_midnight_is_not_a_bare_day(start: str) -> None:
    slot = Slot.from_json([start, None])
    again = from_json(Slot, to_json(slot))
    assert again == slot
    assert type(again.start) is type(slot.start)


@given(st.datetimes(timezones=st.just(UTC)))
def test_utc_stays_the_very_same_utc(moment: object) -> None:
    created = from_json(Reservation, to_json(replace(reservation(), created=moment))).created
    assert created == moment
    assert created.tzinfo is UTC


@given(st.text())
def test_any_words_come_back(words: str) -> None:
    assert from_json(Reservation, to_json(replace(reservation(), subject=words))).subject == words


def test_defaults_are_not_written_so_that_a_new_field_reads_as_its_default() -> None:
    kept = json.loads(to_json(reservation()))
    assert sorted(kept) == ["asker", "code", "created", "initiative", "language", "subject"]


def test_what_checks_itself_refuses_to_come_back_wrong() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        from_json(Days, '{"first": "2026-06-02", "last": "2026-06-01"}')


def test_a_field_that_the_model_does_not_have_is_not_dropped_in_silence() -> None:
    with pytest.raises(KeyError):
        from_json(Days, '{"first": "2026-06-01", "last": "2026-06-02", "colour": "red"}')


def test_a_kind_of_value_that_cannot_be_kept_is_refused() -> None:
    class Odd(Struct, frozen=True):
        either: int | str

    with pytest.raises(TypeError, match="told apart"):
        from_json(Odd, '{"either": 1}')
    with pytest.raises(TypeError, match="cannot be kept"):
        to_json(object())


def test_whatever_a_reservation_or_a_digest_may_hold_can_be_read_back() -> None:
    def walk(hint: object, seen: set[object]) -> None:
        if hint in seen or hint is Ellipsis:
            return
        seen.add(hint)
        if isinstance(hint, type) and issubclass(hint, Struct):
            for inner in get_type_hints(hint).values():
                if get_origin(inner) is not ClassVar:
                    _decoder(inner)
                    walk(inner, seen)
        for inner in get_args(hint):
            walk(inner, seen)

    seen: set[object] = set()
    walk(Reservation, seen)
    walk(Digest, seen)
    assert {Slot, Span, Days, Use} < seen
