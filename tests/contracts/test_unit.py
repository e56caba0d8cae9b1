"""What every Store must do: the same exam on a SQLite file and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from mailbot.errors import LostRace, Temporary
from mailbot.model.cases import Case, Ending
from mailbot.model.decision import End, Traffic, Window
from mailbot.model.evaluation import Evaluation
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.outbox import OurLetter, Receipt
from mailbot.model.reports import Away, Found, Held, Outcome, Passed, Report, Standing, Stocked, Undone, Why
from mailbot.model.reservation import CODE_LETTERS, Act, Option, Reservation, State, hold_of
from mailbot.service import ports
from mailbot.store import Store, open_store
from tests.store.examples import (
    ASKER,
    NOW,
    ONE_EACH,
    booked,
    digest,
    everything,
    hours,
    letter,
    offered,
    outgoing,
    reservation,
    room,
    step,
    stock_of,
    tables,
    with_key,
)

MINUTE = timedelta(minutes=1)
READ = Meaning("fr", Intent.HUMAN)
SATURDAY = room(hours(13, 12, 16))


def put(store: ports.Store, *puts: ports.Put, stock: ports.Callable[[str, int], int] = ONE_EACH) -> None:
    with store.unit() as unit:
        unit.reservations.put(puts, stock, NOW)
        unit.commit()


def get(store: ports.Store, code: str) -> Reservation:
    with store.reading() as unit:
        found = unit.reservations.get(code)
    assert found is not None
    return found


def busiest(store: ports.Store, resource: str, first: int, last: int) -> int:
    with store.reading() as unit:
        window = Window(frozenset({resource}), first, last)
        return unit.reservations.occupancy([window], ONE_EACH).taken(resource, first, last)


def in_saturday(store: ports.Store) -> int:
    cells = hours(13, 12, 16).cells()
    return busiest(store, "hall", cells[0], cells[-1])


# --- reports of those who hand out keys and goods


BACK = "R-7K3F9 back garage 2026-06-15T10:00Z"
MISSING = Stocked("table", -3, Why.MISSING, date(2026, 6, 16).toordinal(), 12)
TODAY = date(2026, 6, 15)


def passed(outcome: Outcome, held: tuple[Held, ...] = ()) -> Passed:
    return Passed(BACK, "R-7K3F9", outcome, "Vélo", held)


def kept(store: ports.Store, *deeds: object, **more: object) -> int:
    report = Report("freddy", "freddy@garage.example", deeds, "mots", **more)  # type: ignore[arg-type]
    with store.unit() as unit:
        number = unit.reports.keep(report, NOW)
        unit.commit()
    return number


def holding(store: ports.Store, day: date = TODAY) -> tuple[object, ...]:
    with store.reading() as unit:
        return unit.reports.in_force(day)


def outcomes(store: ports.Store) -> dict[str, Passed]:
    with store.reading() as unit:
        return unit.reports.outcomes(["R-7K3F9", "R-OTHER"])


class UnitContract:
    """TestSqlite and TestPostgresql inherit it; a fake may, too."""

    @pytest.fixture
    def other(self, store: ports.Store) -> ports.Store:
        """The same database as another worker has it open."""
        raise AssertionError("say how another worker opens it")

    # --- numbers for those who watch

    def test_what_waits_and_what_is_done_is_counted(self, store: Store) -> None:
        with store.unit() as unit:
            empty = unit.counts()
            unit.mailbox.admit(letter("d1"))
            unit.mailbox.admit(letter("d2"))
            unit.mailbox.ended("d1", End.HANDED, "for a person")
            unit.commit()
        with store.reading() as unit:
            counts = unit.counts()
        assert (dict(empty.mails), empty.oldest_mail, empty.oldest_letter) == ({}, None, None)
        assert counts.mails == {"handed": 1, "waiting": 1}
        assert counts.oldest_mail is not None
        assert counts.oldest_mail.tzinfo is UTC
        assert counts.letters == {"sent": 0, "waiting": 0, "given_up": 0, "bounced": 0}

    # --- transactions

    def test_nothing_stands_before_the_commit(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.reservations.put([booked("R-00001", SATURDAY)], ONE_EACH, NOW)
            unit.mailbox.post(outgoing(), NOW)
            assert unit.mailbox.admit(letter())
        with store.unit() as unit:
            assert unit.reservations.get("R-00001") is None
            assert unit.mailbox.letters_in("R-7K3F9") == ()
            assert unit.mailbox.admit(letter())

    def test_an_error_in_the_middle_undoes_all(self, store: ports.Store) -> None:
        def fail() -> None:
            with store.unit() as unit:
                unit.reservations.put([booked("R-00001", SATURDAY)], ONE_EACH, NOW)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert in_saturday(store) == 0

    def test_a_reader_sees_one_moment_and_waits_for_nobody(self, store: ports.Store, other: ports.Store) -> None:
        with store.reading() as reader:
            assert reader.reservations.get("R-00001") is None
            with other.unit() as writer:
                writer.reservations.put([booked("R-00001", SATURDAY)], ONE_EACH, NOW)
                assert reader.reservations.get("R-00001") is None
                writer.commit()
            assert reader.reservations.get("R-00001") is None
        assert get(store, "R-00001").state is State.CONFIRMED

    def test_a_reader_cannot_write(self, store: ports.Store) -> None:
        with pytest.raises(Exception, match=r"(?i)read-?only"), store.reading() as unit:
            unit.mailbox.admit(letter())

    def test_migrating_again_changes_nothing(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        store.migrate()
        assert get(store, "R-00001").uses == (SATURDAY,)

    # --- conversations

    def test_a_conversation_comes_back_as_it_was_written(self, store: ports.Store) -> None:
        whole = everything()
        put(store, step(None, whole, Act.OFFER), stock=stock_of(table=20))
        assert get(store, "R-7K3F9") == replace(whole, version=1)

    def test_an_unknown_code_is_no_conversation(self, store: ports.Store) -> None:
        with store.reading() as unit:
            assert unit.reservations.get("R-ZZZZZ") is None

    def test_each_step_is_one_version_more(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        before = get(store, "R-00001")
        put(store, step(before, replace(before, calendar_status="ACCEPTED"), Act.NOTE))
        assert (before.version, get(store, "R-00001").version) == (1, 2)

    def test_a_step_from_a_version_that_moved_on_is_lost(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        before = get(store, "R-00001")
        put(store, step(before, before, Act.NOTE))
        with pytest.raises(LostRace):
            put(store, step(before, before, Act.CANCEL))
        assert get(store, "R-00001").state is State.CONFIRMED
        assert in_saturday(store) == 1

    def test_two_cancellations_release_once(self, store: ports.Store) -> None:
        put(store, booked("R-00001", tables(6, date(2026, 6, 12), date(2026, 6, 12))), stock=stock_of(table=12))
        put(store, booked("R-00002", tables(6, date(2026, 6, 12), date(2026, 6, 12))), stock=stock_of(table=12))
        before = get(store, "R-00001")
        put(store, step(before, before, Act.CANCEL))
        with pytest.raises(LostRace):
            put(store, step(before, before, Act.CANCEL))
        cell = date(2026, 6, 12).toordinal()
        assert busiest(store, "table", cell, cell) == 6

    def test_one_code_cannot_be_given_twice(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        with pytest.raises(LostRace):
            put(store, booked("R-00001"))

    def test_several_steps_of_one_conversation_follow_one_another(self, store: ports.Store) -> None:
        put(store, offered("R-00001", (SATURDAY,)))
        offer = get(store, "R-00001")
        lapse = step(offer, replace(offer, options=(), hold=(), deadline=None), Act.LAPSE)
        again = step(lapse.after, replace(lapse.after, uses=(SATURDAY,)), Act.CONFIRM)
        put(store, lapse, again)
        assert (get(store, "R-00001").state, get(store, "R-00001").version) == (State.CONFIRMED, 3)
        assert in_saturday(store) == 1

    def test_a_new_code_has_five_letters_that_nobody_misreads(self, store: ports.Store) -> None:
        with store.reading() as unit:
            codes = {unit.reservations.new_code(f"mail {number}") for number in range(20)}
        assert len(codes) == 20
        assert all(code[:2] == "R-" and len(code) == 7 and set(code[2:]) <= set(CODE_LETTERS) for code in codes)

    def test_a_new_code_follows_from_the_mail_and_is_free(self, store: ports.Store) -> None:
        with store.reading() as unit:
            code = unit.reservations.new_code("mail")
            assert unit.reservations.new_code("mail") == code
        put(store, booked(code))
        with store.reading() as unit:
            assert unit.reservations.new_code("mail") not in (code, unit.reservations.new_code("another mail"))

    def test_letters_that_are_withheld_leave_no_more(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing("1@mairie.example"), NOW)
            unit.mailbox.post(outgoing("2@mairie.example"), NOW)
            assert len(unit.mailbox.withhold(NOW)) == 2
            assert unit.mailbox.withhold(NOW) == ()
            assert unit.mailbox.due(NOW, 5) == ()
            unit.commit()
        with store.reading() as unit:
            assert unit.mailbox.next_due() is None

    # --- what is looked for

    def test_an_asker_finds_their_own_and_their_initiatives(self, store: ports.Store) -> None:
        mine = replace(reservation("R-00001"), initiative=None, uses=(room(hours(20, 12, 16)),))
        ours = replace(reservation("R-00002"), asker=Address("", "tom@velo.example"), uses=(SATURDAY,))
        theirs = replace(
            reservation("R-00003"),
            asker=Address("", "x@choir.example"),
            initiative="choir",
            uses=(room(hours(14, 8, 9)),),
        )
        put(store, *(step(None, value, Act.CONFIRM) for value in (mine, ours, theirs)))
        with store.reading() as unit:
            assert [found.code for found in unit.reservations.of(ASKER.address, "velo", NOW)] == ["R-00002", "R-00001"]
            assert [found.code for found in unit.reservations.of(ASKER.address, None, NOW)] == ["R-00001"]

    def test_what_somebody_had_before_is_found(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY), offered("R-00002", (SATURDAY,)), stock=stock_of(hall=2))
        before = get(store, "R-00001")
        put(store, step(before, before, Act.CLOSE))
        with store.reading() as unit:
            since, later = hours(1, 8, 9).start, hours(20, 8, 9).start
            assert [one.code for one in unit.reservations.earlier(ASKER.address, None, since, later)] == ["R-00001"]
            assert [one.code for one in unit.reservations.earlier("x@choir.example", "velo", since, later)] == [
                "R-00001"
            ]
            assert unit.reservations.earlier("x@choir.example", None, since, later) == ()
            assert unit.reservations.earlier(ASKER.address, None, later, later + MINUTE) == ()

    def test_what_is_over_or_refused_no_longer_stands(self, store: ports.Store) -> None:
        question = step(None, reservation("R-00004"), Act.ASK)
        refusal = step(None, reservation("R-00005"), Act.REFUSE)
        offer = offered("R-00002", (room(hours(20, 8, 9)),), (room(hours(21, 8, 9)),))
        put(store, booked("R-00001", SATURDAY), offer, question, refusal)
        with store.reading() as unit:
            standing = unit.reservations.of(ASKER.address, None, hours(13, 15, 16).start)
            later = unit.reservations.of(ASKER.address, None, hours(13, 15, 16).end)
        assert [found.code for found in standing] == ["R-00001", "R-00002", "R-00004"]
        assert [found.code for found in later] == ["R-00002", "R-00004"]

    def test_an_evaluation_keeps_its_asking_and_a_further_answer_adds_to_the_first(self, store: ports.Store) -> None:
        asked = Evaluation("R-00001", date(2026, 6, 13), NOW, ASKER.address, "parc")
        first = replace(asked, asked=NOW + MINUTE, answered=NOW + MINUTE, scores=(4, 5, 5), remark="bien")
        second = replace(first, answered=NOW + 2 * MINUTE, scores=(), remark="une chaise est cassée", damage=True)
        third = replace(first, answered=NOW + 3 * MINUTE, scores=(3, 5, 5), remark="")
        for evaluation in (asked, asked, first, second, third):
            with store.unit() as unit:
                unit.evaluations.keep(evaluation)
                unit.commit()
        said = replace(third, asked=NOW, remark="bien\nune chaise est cassée", damage=True)
        with store.reading() as unit:
            assert unit.evaluations.between(date(2026, 6, 13), date(2026, 6, 13)) == (said,)
            assert unit.evaluations.between(date(2026, 6, 14), date(2026, 6, 30)) == ()

    def test_an_offer_lapses_after_its_deadline(self, store: ports.Store) -> None:
        put(store, offered("R-00001", (SATURDAY,), deadline=NOW), booked("R-00002"))
        with store.reading() as unit:
            assert unit.reservations.lapsing(NOW) == ()
            assert [found.code for found in unit.reservations.lapsing(NOW + MINUTE)] == ["R-00001"]

    def test_options_for_a_change_are_held_besides_what_stands_and_lapse(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        standing = get(store, "R-00001")
        sunday = room(hours(14, 12, 16))
        options = (Option(1, (sunday,)),)
        hold = hold_of((Option(0, standing.uses), *options))
        put(store, step(standing, replace(standing, options=options, hold=hold, deadline=NOW), Act.PROPOSE))
        cells = hours(14, 12, 16).cells()
        with store.reading() as unit:
            assert [found.code for found in unit.reservations.lapsing(NOW + MINUTE)] == ["R-00001"]
            assert [found.code for found in unit.reservations.of(ASKER.address, None, NOW)] == ["R-00001"]
            assert len(unit.reservations.between(hours(13, 8, 9).start, hours(13, 17, 18).start)) == 1
        assert (in_saturday(store), busiest(store, "hall", cells[0], cells[-1])) == (1, 1)
        changing = get(store, "R-00001")
        put(store, step(changing, replace(changing, options=(), hold=(), deadline=None), Act.LAPSE))
        assert (in_saturday(store), busiest(store, "hall", cells[0], cells[-1])) == (1, 0)
        assert get(store, "R-00001").uses == (SATURDAY,)

    def test_a_booking_ends_when_its_key_is_back(self, store: ports.Store) -> None:
        back = hours(15, 8, 10)
        put(store, booked("R-00001", with_key(SATURDAY, hours(12, 8, 10), back)))
        with store.reading() as unit:
            assert unit.reservations.ending(hours(13, 16, 17).end) == ()
            assert unit.reservations.ending(back.end) == ()
            assert [found.code for found in unit.reservations.ending(back.end + MINUTE)] == ["R-00001"]

    @pytest.mark.parametrize(
        ("between", "found"),
        [
            (hours(12, 8, 10), True),
            (hours(13, 15, 20), True),
            (hours(15, 9, 12), True),
            (hours(12, 10, 23), False),
            (hours(13, 16, 20), False),
            (hours(16, 0, 23), False),
        ],
        ids=["fetched", "used", "brought back", "between fetching and use", "just after", "long after"],
    )
    def test_the_agenda_tells_uses_and_passings(self, store: ports.Store, between: ports.Window, found: bool) -> None:
        put(store, booked("R-00001", with_key(SATURDAY, hours(12, 8, 10), hours(15, 8, 10))))
        with store.reading() as unit:
            seen = unit.reservations.between(between.start, between.end)
        assert [one.code for one in seen] == ["R-00001"] * found

    def test_the_agenda_tells_the_days_of_equipment(self, store: ports.Store) -> None:
        put(store, booked("R-00001", tables(2, date(2026, 6, 20), date(2026, 6, 22))), stock=stock_of(table=12))
        with store.reading() as unit:
            assert len(unit.reservations.between(hours(21, 10, 11).start, hours(21, 10, 11).end)) == 1
            assert unit.reservations.between(hours(18, 10, 11).start, hours(18, 10, 11).end) == ()

    def test_what_was_cancelled_leaves_the_agenda_and_is_told(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY), booked("R-00002", room(hours(14, 8, 9))))
        before = get(store, "R-00001")
        put(store, step(before, before, Act.CANCEL))
        month = (NOW, NOW + timedelta(days=30))
        with store.reading() as unit:
            assert [one.code for one in unit.reservations.between(*month)] == ["R-00002"]
            assert [one.code for one in unit.reservations.cancelled(NOW, *month)] == ["R-00001"]
            assert unit.reservations.cancelled(NOW + MINUTE, *month) == ()
            assert unit.reservations.cancelled(NOW, hours(14, 0, 1).start, hours(14, 22, 23).end) == ()

    # --- cells

    def test_the_last_slot_is_given_once(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        with pytest.raises(LostRace):
            put(store, booked("R-00002", room(hours(13, 15, 18))))
        with store.reading() as unit:
            assert unit.reservations.get("R-00002") is None

    def test_the_hour_after_is_free(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        put(store, booked("R-00002", room(hours(13, 16, 18))))
        assert get(store, "R-00002").state is State.CONFIRMED

    def test_ten_tables_of_twelve_leave_two(self, store: ports.Store) -> None:
        day = date(2026, 6, 12)
        put(store, booked("R-00001", tables(10, day, day)), stock=stock_of(table=12))
        with pytest.raises(LostRace):
            put(store, booked("R-00002", tables(3, day, day)), stock=stock_of(table=12))
        put(store, booked("R-00003", tables(2, day, day)), stock=stock_of(table=12))
        assert busiest(store, "table", day.toordinal(), day.toordinal()) == 12

    def test_a_cell_without_a_row_has_the_stock_of_the_rules(self, store: ports.Store) -> None:
        with pytest.raises(LostRace):
            put(store, booked("R-00001", SATURDAY), stock=stock_of(hall=0))

    def test_a_cancelled_slot_is_free_again(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        before = get(store, "R-00001")
        put(store, step(before, before, Act.CANCEL))
        put(store, booked("R-00002", SATURDAY))
        assert in_saturday(store) == 1

    def test_a_hold_becomes_the_booking_of_one_option(self, store: ports.Store) -> None:
        sunday = room(hours(14, 12, 16))
        put(store, offered("R-00001", (SATURDAY,), (sunday,)))
        cells = sunday.claims[0]
        assert (in_saturday(store), busiest(store, "hall", cells.first, cells.last)) == (1, 1)
        offer = get(store, "R-00001")
        put(store, step(offer, replace(offer, uses=(sunday,), options=(), hold=()), Act.ACCEPT))
        assert (in_saturday(store), busiest(store, "hall", cells.first, cells.last)) == (0, 1)

    def test_one_steps_release_makes_room_for_anothers_taking(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY))
        before = get(store, "R-00001")
        put(store, booked("R-00002", SATURDAY), step(before, before, Act.CANCEL))
        assert in_saturday(store) == 1

    def test_less_stock_takes_nothing_from_those_who_have_booked(self, store: ports.Store) -> None:
        day = date(2026, 6, 12)
        put(store, booked("R-00001", tables(10, day, day)), stock=stock_of(table=12))
        put(store, booked("R-00002", tables(2, day, day)), stock=stock_of(table=12))
        before = get(store, "R-00001")
        with pytest.raises(LostRace):
            put(store, booked("R-00003", tables(1, day, day)), stock=stock_of(table=5))
        put(store, step(before, before, Act.CANCEL), stock=stock_of(table=1))
        assert busiest(store, "table", day.toordinal(), day.toordinal()) == 2
        with pytest.raises(LostRace):
            put(store, booked("R-00004", tables(1, day, day)), stock=stock_of(table=2))

    def test_more_stock_can_be_booked_at_once(self, store: ports.Store) -> None:
        day = date(2026, 6, 12)
        put(store, booked("R-00001", tables(12, day, day)), stock=stock_of(table=12))
        put(store, booked("R-00002", tables(3, day, day)), stock=stock_of(table=15))
        assert busiest(store, "table", day.toordinal(), day.toordinal()) == 15

    def test_what_was_not_read_does_not_look_free(self, store: ports.Store) -> None:
        with store.reading() as unit:
            read = unit.reservations.occupancy([Window(frozenset({"hall"}), 10, 20)], stock_of(hall=3))
            assert (read.taken("hall", 10, 20), read.stock("hall", 10)) == (0, 3)
            with pytest.raises(ValueError, match="not read"):
                read.taken("hall", 10, 21)
            with pytest.raises(ValueError, match="not read"):
                read.taken("foyer", 10, 20)

    def test_the_busiest_cell_counts(self, store: ports.Store) -> None:
        first = tables(10, date(2026, 6, 12), date(2026, 6, 13))
        second = tables(2, date(2026, 6, 13), date(2026, 6, 14))
        put(store, booked("R-00001", first), booked("R-00002", second), stock=stock_of(table=12))
        day = date(2026, 6, 11).toordinal()
        windows = [Window(frozenset({"table"}), day, day + 1), Window(frozenset({"table"}), day + 2, day + 4)]
        with store.reading() as unit:
            read = unit.reservations.occupancy(windows, stock_of(table=12))
            assert [read.taken("table", day + n, day + n) for n in range(5)] == [0, 10, 12, 2, 0]
            assert read.taken("table", day, day + 4) == 12

    def test_past_cells_are_swept_and_may_still_be_released(self, store: ports.Store) -> None:
        put(store, booked("R-00001", SATURDAY), booked("R-00002", tables(1, date(2026, 6, 12), date(2026, 6, 15))))
        with store.unit() as unit:
            assert unit.reservations.sweep(hours(13, 13, 14).start) == 4 + 1
            assert unit.reservations.sweep(hours(14, 13, 14).start) == 12 + 1
            assert unit.reservations.sweep(hours(14, 13, 14).start) == 0
            unit.commit()
        before = get(store, "R-00001")
        put(store, step(before, before, Act.CLOSE))
        assert get(store, "R-00001").state is State.CLOSED

    def test_a_quota_is_counted_by_one_at_a_time(self, store: ports.Store, other: ports.Store) -> None:
        order: list[str] = []

        def second() -> None:
            with other.unit() as unit:
                unit.reservations.lock("velo")
                order.append("second locked")

        with store.unit() as unit:
            unit.reservations.lock("velo")
            unit.reservations.lock("velo")
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(0.3)
            order.append("first counted")
            unit.commit()
        thread.join(20)
        assert order == ["first counted", "second locked"]

    def test_who_only_reads_locks_nothing(self, store: ports.Store) -> None:
        with store.reading() as reader, store.unit() as writer:
            reader.reservations.lock("velo")
            writer.reservations.lock("velo")

    # --- digests

    def test_a_digest_is_written_once_a_day(self, store: ports.Store) -> None:
        with store.unit() as unit:
            assert unit.reservations.keep_digest(digest(), NOW)
            assert not unit.reservations.keep_digest(digest(), NOW)
            assert unit.reservations.keep_digest(digest("garage"), NOW)
            unit.commit()
        with store.reading() as unit:
            assert unit.reservations.last_digests() == {"loge": digest(), "garage": digest("garage")}

    def test_the_last_digest_of_each_holder_is_known(self, store: ports.Store) -> None:
        today, tomorrow = digest(), digest(day=date(2026, 6, 3))
        with store.unit() as unit:
            unit.reservations.keep_digest(tomorrow, NOW)
            unit.reservations.keep_digest(today, NOW)
            assert unit.reservations.last_digests() == {"loge": tomorrow}

    # --- the ledger of mails

    def test_a_mail_is_admitted_once(self, store: ports.Store) -> None:
        with store.unit() as unit:
            assert unit.mailbox.admit(letter("d1"))
            unit.mailbox.ended("d1", End.ANSWERED, "booked", "R-00001")
            unit.commit()
        with store.unit() as unit:
            assert not unit.mailbox.admit(letter("d1"))
            assert unit.mailbox.admit(letter("d2"))

    def test_a_mail_that_nobody_can_read_ends_too(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.ended("d1", End.HANDED, "unreadable")
            unit.commit()
        with store.unit() as unit:
            assert not unit.mailbox.admit(letter("d1"))

    def test_two_workers_do_not_both_admit_a_mail(self, store: ports.Store, other: ports.Store) -> None:
        admitted: list[bool] = []

        def second() -> None:
            with other.unit() as unit:
                admitted.append(unit.mailbox.admit(letter()))

        with store.unit() as unit:
            admitted.append(unit.mailbox.admit(letter()))
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(0.3)
            unit.commit()
        thread.join(20)
        assert admitted == [True, False]

    @pytest.mark.parametrize("committed", [False, True])
    def test_a_try_is_counted_whatever_becomes_of_the_unit(self, store: ports.Store, committed: bool) -> None:
        with store.unit() as unit:
            assert unit.mailbox.count_try("INBOX/1/7") == 1
            unit.mailbox.admit(letter())
            assert unit.mailbox.count_try("INBOX/1/7") == 2
            assert unit.mailbox.count_try("INBOX/1/8") == 1
            if committed:
                unit.commit()
        with store.reading() as unit:
            assert unit.mailbox.count_try("INBOX/1/7") == 3
            assert unit.mailbox.count_try("INBOX/1/8") == 2

    # --- the outbox

    def test_a_letter_leaves_as_it_was_written(self, store: ports.Store) -> None:
        written = outgoing("1@mairie.example", "b@velo.example", "a@velo.example")
        with store.unit() as unit:
            unit.mailbox.post(written, NOW)
            unit.commit()
        with store.unit() as unit:
            [post] = unit.mailbox.due(NOW, 10)
        assert (post.raw, post.sender, post.recipients, post.tries) == (
            written.raw,
            "salles@mairie.example",
            ("b@velo.example", "a@velo.example"),
            0,
        )

    def test_letters_leave_in_the_order_they_were_written(self, store: ports.Store) -> None:
        with store.unit() as unit:
            for number in range(5):
                unit.mailbox.post(outgoing(f"{number}@mairie.example", f"{number}@velo.example"), NOW)
            assert unit.mailbox.due(NOW - MINUTE, 3) == ()
            assert [post.recipients for post in unit.mailbox.due(NOW, 3)] == [(f"{n}@velo.example",) for n in range(3)]

    def test_one_message_id_is_one_letter(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            with pytest.raises(LostRace):
                unit.mailbox.post(outgoing(), NOW)

    def test_a_letter_that_was_taken_is_not_due_again(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            [post] = unit.mailbox.due(NOW, 10)
            unit.mailbox.taken(Receipt(post.id, True), NOW)
            unit.commit()
        with store.unit() as unit:
            assert unit.mailbox.due(NOW + timedelta(days=9), 10) == ()
            assert unit.mailbox.next_due() is None

    def test_a_letter_that_was_not_taken_waits_for_its_next_try(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            assert unit.mailbox.next_due() == NOW
            [post] = unit.mailbox.due(NOW, 10)
            unit.mailbox.postponed(Receipt(post.id, False, error="450 later"), NOW + MINUTE)
            assert unit.mailbox.next_due() == NOW + MINUTE
            assert unit.mailbox.due(NOW, 10) == ()
            [again] = unit.mailbox.due(NOW + MINUTE, 10)
        assert (again.id, again.tries) == (post.id, 1)

    def test_a_letter_that_was_given_up_says_what_it_was(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            [post] = unit.mailbox.due(NOW, 10)
            lost = unit.mailbox.given_up(Receipt(post.id, False, True, "550 no such user"), NOW)
            assert unit.mailbox.due(NOW + timedelta(days=9), 10) == ()
        assert lost == OurLetter(
            "1@mairie.example", "R-7K3F9", "confirmed", (ASKER.address,), "C'est noté : samedi 13 juin.", NOW, "d1"
        )

    def test_two_workers_do_not_send_the_same_letter(self, store: ports.Store, other: ports.Store) -> None:
        with store.unit() as unit:
            for number in range(4):
                unit.mailbox.post(outgoing(f"{number}@mairie.example"), NOW)
            unit.commit()
        with store.unit() as unit:
            mine = {post.id for post in unit.mailbox.due(NOW, 2)}
            unit.commit()
        with other.unit() as unit:
            theirs = {post.id for post in unit.mailbox.due(NOW, 10)}
            unit.commit()
        assert (len(mine), len(theirs), mine & theirs) == (2, 2, set())

    def test_a_letter_that_a_worker_took_is_due_again_when_the_worker_is_gone(
        self, store: Store, other: ports.Store
    ) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            assert len(unit.mailbox.due(NOW, 2)) == 1
            unit.commit()
        with other.unit() as unit:
            assert unit.mailbox.due(NOW, 2) == ()
        store.close()
        with other.unit() as unit:
            assert len(unit.mailbox.due(NOW, 2)) == 1

    def test_a_lease_ends(self, store: ports.Store, other: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing(), NOW)
            assert len(unit.mailbox.due(NOW, 2)) == 1
            unit.commit()
        with other.unit() as unit:
            wait = unit.mailbox.next_due()
            assert wait is not None
            assert wait > NOW
            assert len(unit.mailbox.due(wait, 2)) == 1

    def test_our_letters_are_known_by_their_message_ids(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing("1@mairie.example"), NOW)
            unit.mailbox.post(outgoing("2@mairie.example", code="R-00002"), NOW + MINUTE)
            found = unit.mailbox.our_letters(["x@elsewhere.example", "1@mairie.example", "2@mairie.example"])
            assert [one.message_id for one in found] == ["2@mairie.example", "1@mairie.example"]
            assert [one.code for one in unit.mailbox.letters_in("R-00002")] == ["R-00002"]
            assert unit.mailbox.our_letters([]) == ()

    def test_answers_are_counted_by_address_domain_conversation_and_in_all(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing("1@mairie.example"), NOW - timedelta(days=2))
            unit.mailbox.post(outgoing("2@mairie.example"), NOW - timedelta(hours=2))
            unit.mailbox.post(outgoing("3@mairie.example", "x@y.example", ASKER.address, code="R-00002"), NOW)
            unit.mailbox.post(outgoing("4@mairie.example", "tom@velo.example", code=""), NOW)
            unit.mailbox.post(outgoing("5@mairie.example", "tom@xvelo.example", code=""), NOW)
            assert unit.mailbox.traffic("Lea@velo.example", "R-7K3F9", NOW) == Traffic(2, 3, 1, 3), (
                "a letter to two is one answer"
            )
            assert unit.mailbox.traffic("nobody@v_lo.example", "", NOW) == Traffic(0, 0, 0, 3)
            unit.mailbox.post(outgoing("6@mairie.example", "lea@v\u00e9lo.example", code=""), NOW)
            for spelled in ("lea@VE\u0301LO.example", "lea@xn--vlo-bma.example"):
                assert unit.mailbox.traffic(spelled, "", NOW).sender == 1, "one domain, two spellings"

    def test_what_the_communes_own_people_get_is_no_answer(self, store: ports.Store) -> None:
        with store.unit() as unit:
            for number, kind in enumerate(("alert", "to_staff", "digest", "short_notice")):
                letter = replace(outgoing(f"{number}@mairie.example"), kind=kind)
                unit.mailbox.post(letter, NOW)
            assert unit.mailbox.traffic(ASKER.address, "R-7K3F9", NOW) == Traffic()
            assert unit.mailbox.written("to_staff", NOW) == 1
            assert unit.mailbox.written("to_staff", NOW + MINUTE) == 0

    def test_a_letter_comes_back_once(self, store: ports.Store) -> None:
        with store.unit() as unit:
            unit.mailbox.post(outgoing("1@mairie.example"), NOW)
            unit.mailbox.post(outgoing("2@mairie.example"), NOW + MINUTE)
            newest = unit.mailbox.newest_to("LEA@velo.example", NOW)
            assert newest is not None
            assert newest.message_id == "2@mairie.example"
            assert unit.mailbox.newest_to(ASKER.address, NOW + 2 * MINUTE) is None
            assert unit.mailbox.newest_to("tom@velo.example", NOW) is None
            assert unit.mailbox.bounced("2@mairie.example", "550 no", NOW)
            assert not unit.mailbox.bounced("2@mairie.example", "550 no", NOW)
            assert not unit.mailbox.bounced("3@mairie.example", "550 no", NOW)

    @pytest.mark.parametrize("kind", ["alert", "morning", "week_plan", "recalled"])
    def test_an_event_is_known_once_it_was_told(self, store: ports.Store, kind: str) -> None:
        day = timedelta(days=1)
        with store.unit() as unit:
            assert not unit.mailbox.told("flood:sender:a@b.example", NOW - day)
            letter = replace(outgoing("1@mairie.example"), kind=kind, cause="flood:sender:a@b.example")
            unit.mailbox.post(letter, NOW)
            assert unit.mailbox.told("flood:sender:a@b.example", NOW - day)
            assert not unit.mailbox.told("flood:sender:a@b.example", NOW + day)
            assert not unit.mailbox.told("flood:sender:c@b.example", NOW - day)

    # --- mails that a person deals with

    def test_a_case_waits_until_one_person_ends_it(self, store: ports.Store) -> None:
        first = Case("d1", "human", ASKER, ("fr", "nl"), "Salle", "Bonjour", NOW, code="R-7K3F9", meaning=READ)
        later = replace(first, id="d2", subject="Encore")
        with store.unit() as unit:
            unit.cases.open(first, NOW)
            unit.cases.open(later, NOW + MINUTE)
            unit.cases.open(replace(first, subject="again"), NOW + MINUTE)
            unit.cases.open(replace(first, id="d3", code=""), NOW + 2 * MINUTE)
            unit.commit()
        with store.unit() as unit:
            assert unit.cases.get("d1") == first
            assert unit.cases.get("none") is None
            assert unit.cases.newest_of("R-7K3F9") == later
            assert unit.cases.newest_of("") is None
            assert unit.cases.waiting()[:2] == ((first, NOW), (later, NOW + MINUTE))
            ended = replace(first, ending=Ending.BOOKED, by="claire@commune.example", corrected=READ)
            assert unit.cases.end(ended, NOW)
            assert not unit.cases.end(replace(ended, ending=Ending.DROPPED), NOW)
            unit.commit()
        with store.reading() as unit:
            assert unit.cases.get("d1") == ended
            assert [case.id for case, _ in unit.cases.waiting()] == ["d2", "d3"]

    # --- reports of those who hand out keys and goods

    def test_a_report_is_kept_whole_and_its_deeds_hold(self, store: ports.Store) -> None:
        deeds = (passed(Outcome.RETURNED), MISSING, Found("vitre cassée", "R-7K3F9", arrival=True))
        number = kept(store, *deeds)
        with store.reading() as unit:
            report = unit.reports.get(number)
            assert report
            assert (report.id, report.deeds, report.standing) == (number, deeds, Standing.DONE)
            assert unit.reports.last_of("freddy") == report
            assert unit.reports.last_of("josiane") is None
            assert unit.reports.of("R-7K3F9") == ((NOW, report),)
            assert unit.reports.of("R-OTHER") == ()
            assert unit.reports.get(number + 1) is None
        assert holding(store) == (MISSING,)
        assert outcomes(store) == {BACK: deeds[0]}

    def test_of_a_passing_the_last_report_counts_and_an_undone_one_does_not(self, store: ports.Store) -> None:
        late = passed(Outcome.NOT_BACK, (Held("table", 4, TODAY.toordinal()),))
        kept(store, late)
        assert holding(store) == (late,)
        second = kept(store, passed(Outcome.RETURNED))
        assert holding(store) == ()
        kept(store, Undone(second))
        assert holding(store) == (late,)
        assert outcomes(store) == {BACK: late}
        with store.reading() as unit:
            undone = unit.reports.get(second)
            assert undone
            assert undone.standing is Standing.UNDONE

    def test_a_report_that_waits_does_nothing_before_the_yes_and_all_of_it_then_once(self, store: ports.Store) -> None:
        number = kept(store, MISSING, standing=Standing.WAITING)
        assert holding(store) == ()
        for _ in range(2):
            kept(store, MISSING, id=number)
        assert holding(store) == (MISSING,)

    def test_what_ends_by_itself_holds_until_its_last_day(self, store: ports.Store) -> None:
        repair = Stocked("table", -1, Why.REPAIR, TODAY.toordinal(), 12, TODAY.toordinal() + 3)
        away = Away("josiane", TODAY, TODAY + timedelta(days=1))
        kept(store, repair, away)
        assert holding(store) == (repair, away)
        assert holding(store, TODAY + timedelta(days=3)) == (repair,)
        assert holding(store, TODAY + timedelta(days=4)) == ()

    def test_each_report_is_told_in_one_list(self, store: ports.Store) -> None:
        first, waiting = kept(store, MISSING), kept(store, MISSING, standing=Standing.WAITING)
        with store.unit() as unit:
            assert [report.id for report in unit.reports.untold()] == [first]
            unit.reports.told([first], NOW)
            assert unit.reports.untold() == ()
            unit.commit()
        kept(store, MISSING, id=waiting)
        with store.reading() as unit:
            assert [report.id for report in unit.reports.untold()] == [waiting]


class TestSqlite(UnitContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        yield from opened(f"sqlite:///{tmp_path}/mailbot.sqlite3")

    @pytest.fixture
    def other(self, store: Store, tmp_path: Path) -> Iterator[Store]:
        yield from opened(f"sqlite:///{tmp_path}/mailbot.sqlite3")

    def test_a_locked_database_is_tried_again_later(self, store: Store, tmp_path: Path) -> None:
        hasty = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3", wait=0.05)
        with store.unit() as unit:
            unit.mailbox.admit(letter("d1"))
            with pytest.raises(Temporary), hasty.unit() as late:
                late.mailbox.admit(letter("d2"))
        hasty.close()


@pytest.mark.postgresql
class TestPostgresql(UnitContract):
    @pytest.fixture
    def store(self, postgresql: str) -> Iterator[Store]:
        yield from opened(postgresql)

    @pytest.fixture
    def other(self, store: Store, postgresql: str) -> Iterator[Store]:
        yield from opened(postgresql)

    def test_a_locked_row_is_tried_again_later(self, store: Store, postgresql: str) -> None:
        hasty = open_store(postgresql, wait=0.05)
        with store.unit() as unit:
            unit.mailbox.admit(letter("d1"))
            with pytest.raises(Temporary), hasty.unit() as late:
                late.mailbox.admit(letter("d1"))
        hasty.close()

    def test_a_lost_connection_is_tried_again_later(self, store: Store, other: Store) -> None:
        with store.unit() as unit:
            unit.mailbox.admit(letter("d1"))
            with other._engines.writing.begin() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database()"
                )
            with pytest.raises(Temporary):
                unit.mailbox.admit(letter("d2"))
        with store.unit() as unit:
            assert unit.mailbox.admit(letter("d1"))

    def test_a_deadlock_is_a_lost_race(self, store: Store, other: Store) -> None:
        lost: list[BaseException] = []

        def second() -> None:
            try:
                with other.unit() as unit:
                    unit.reservations.lock("b")
                    ready.set()
                    unit.reservations.lock("a")
            except LostRace as error:
                lost.append(error)

        ready = threading.Event()
        thread = threading.Thread(target=second)
        try:
            with store.unit() as unit:
                unit.reservations.lock("a")
                thread.start()
                ready.wait(10)
                unit.reservations.lock("b")
        except LostRace as error:
            lost.append(error)
        thread.join(10)
        assert len(lost) == 1


def opened(address: str) -> Iterator[Store]:
    store = open_store(address)
    store.migrate()
    yield store
    store.close()


def test_the_store_keeps_what_the_port_promises(tmp_path: Path) -> None:
    store: ports.Store = open_store(f"sqlite:///{tmp_path}/mailbot.sqlite3")
    store.close()


def test_moments_come_back_in_utc(database: str) -> None:
    in_brussels = datetime.fromisoformat("2026-06-02T09:30:00.5+02:00")
    store = open_store(database)
    store.migrate()
    with store.unit() as unit:
        unit.mailbox.post(outgoing(), in_brussels)
        [ours] = unit.mailbox.letters_in("R-7K3F9")
    store.close()
    assert ours.written == in_brussels
    assert ours.written.tzinfo is UTC
