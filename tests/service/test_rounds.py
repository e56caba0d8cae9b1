"""A round: mails that fail, many mails, offers that lapse, lists that go out once, rules that change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import BadRules, Temporary
from mailbot.model.letters import Letter
from mailbot.model.meaning import Meaning
from mailbot.model.reservation import State
from mailbot.policy.rules import RulesFile
from mailbot.service import conversation, handle
from mailbot.service.alerts import alert
from mailbot.service.office import Office
from mailbot.service.rounds import fetch, last_told, tick
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, KARIM, MARC, READING_ROOM, STAFF, to
from tests.stories.town import ROOT, Clock, Town, text_of


def stumbling(original: Callable[..., Meaning], over: str) -> Callable[..., Meaning]:
    """Return a reader that fails at letters with this subject."""

    def read(letter: Letter, *rest: Any) -> Meaning:
        if letter.subject == over:
            raise RuntimeError("nobody foresaw this")
        return original(letter, *rest)

    return read


# --- mails that fail


def test_one_mail_that_fails_three_times_goes_to_a_person_and_the_other_49_are_served_on_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "read", stumbling(conversation.read, "pierre"))
    stone = town.mail("Zoé <zoe@courrier.example>", "pierre", READING_ROOM)
    for number in range(25):
        town.inbox.put(town.mail(f"Voisin <voisin{number}@a.example>", "plainte", "Je me plains du bruit au parc."))
    town.inbox.put(stone)
    for number in range(24):
        town.inbox.put(town.mail(f"Voisin <voisin{number}@b.example>", "plainte", "Je me plains du bruit au parc."))
    told = [address for address in to(town.round()) if address.startswith("voisin")]
    assert len(set(told)) == 49, "the others were answered in the first round"
    assert [mail.raw for mail in town.inbox.mails if not mail.handled] == [stone]
    for _ in range(2):
        town.later(minutes=1)
        assert town.round() == []
    town.later(minutes=1)
    letters = town.round()
    assert to(letters) == [*STAFF, "zoe@courrier.example"]
    assert stone in town.outbox.sent[-3].raw, "whole"
    assert "a fait échouer le programme trois fois" in text_of(letters[0])
    assert all(mail.handled for mail in town.inbox.mails)
    assert town.round() == []


def test_a_mail_that_the_parser_itself_stumbles_over_is_set_aside_as_well(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: Any, **__: Any) -> Letter:
        raise RecursionError("deeper than anybody foresaw")

    monkeypatch.setattr(handle, "parse", stumble)
    raw = town.mail("Zoé <zoe@courrier.example>", "pierre", READING_ROOM)
    assert town.receive(raw) == []
    assert [town.round(), town.round()] == [[], []]
    assert to(town.round()) == [*STAFF, "zoe@courrier.example"]
    assert town.inbox.mails[-1].handled


def test_a_world_that_is_not_ready_is_no_fault_of_the_mail(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: Any, **__: Any) -> Any:
        raise Temporary("the database is locked")

    town.inbox.put(town.mail(MARC, "lecture", READING_ROOM))
    with monkeypatch.context() as away:
        away.setattr(town.office.store, "unit", locked)
        for _ in range(10):
            assert fetch(town.inbox, town.office) is False
    assert to(town.round()) == ["marc@valleeverte.example"], "read by the program, though it waited ten times"
    assert len(town.rows()) == 1


def test_a_source_that_is_away_is_told_to_who_asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(limit: int) -> Any:
        raise Temporary("connection refused")

    monkeypatch.setattr(town.inbox, "waiting", away)
    with pytest.raises(Temporary):
        fetch(town.inbox, town.office)


def test_a_flag_that_could_not_be_set_repeats_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = town.mail(MARC, "lecture", READING_ROOM)

    def refuse() -> None:
        raise Temporary("the server went away")

    town.inbox.put(raw)
    mail = town.inbox.mails[-1]
    with monkeypatch.context() as away:
        away.setattr(mail, "done", refuse)
        assert to(town.round()) == ["marc@valleeverte.example"], "the answer leaves, since it is committed"
        for _ in range(4):
            assert town.round() == []
    assert town.round() == []
    assert mail.handled
    assert len(town.rows()) == 1


def test_more_mails_than_one_batch_are_all_served_in_the_order_of_their_arrival(town: Town) -> None:
    for number in range(120):
        town.inbox.put(
            town.mail(f"Voisin <v{number:03}@{number % 2}.example>", "plainte", "Je me plains du bruit au parc.")
        )
    told = [address for address in to(town.round()) if address not in STAFF]
    assert told == [f"v{number:03}@{number % 2}.example" for number in range(120)]
    assert fetch(town.inbox, town.office) is True


# --- offers that lapse


@pytest.fixture
def offered(town: Town) -> Any:
    town.write(MARC, "lecture", READING_ROOM)
    [offer] = town.write(KARIM, "lecture", READING_ROOM)
    assert "jusqu'au jeudi 4 juin à 18 h" in text_of(offer)
    return offer


def holds(town: Town) -> bool:
    return any(one.state is State.OFFERED for one in town.standing())


def test_an_offer_lapses_only_after_a_look_that_began_after_its_deadline(town: Town, offered: Any) -> None:
    town.at("2026-06-04T18:00")
    fetch(town.inbox, town.office)
    assert holds(town)
    town.at("2026-06-04T18:01")
    fetch(town.inbox, town.office)
    assert not holds(town)


def test_an_answer_that_arrived_in_time_is_in_time_however_late_it_is_read(town: Town, offered: Any) -> None:
    town.at("2026-06-04T17:59")
    town.inbox.put(town.mail(KARIM, "", "1", answers=offered))
    town.at("2026-06-05T03:00")
    letters = town.round()
    assert "karim@leslombrics.example" in to(letters)
    assert len(town.rows()) == 2


def test_no_offer_lapses_while_a_mail_that_may_answer_it_cannot_be_read(
    town: Town, offered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.at("2026-06-04T17:59")
    town.inbox.put(town.mail(KARIM, "réponse", "1", answers=offered))
    town.at("2026-06-04T18:05")
    with monkeypatch.context() as broken:
        broken.setattr(conversation, "read", stumbling(conversation.read, "réponse"))
        town.round()
        assert holds(town)
    town.round()
    assert len(town.rows()) == 2


def test_what_was_held_is_free_for_the_first_mail_after_the_deadline(town: Town, offered: Any) -> None:
    """The mail is the first thing that is fetched after the deadline: the lapse comes before the facts are read."""
    town.at("2026-06-04T17:59")
    town.round()
    town.at("2026-06-04T18:01")
    assert "salle de lecture (Bibliothèque communale), jeudi 25 juin, de 19 h à 21 h" in text_of(offered)
    letters = town.write("Zoé <zoe@courrier.example>", "yoga", READING_ROOM.replace("18", "25"))
    assert "c'est réservé" in str(letters[0]["Subject"])


# --- the clock's duties


def test_two_mailbots_on_one_database_send_a_list_once(town: Town) -> None:
    town.at("2026-06-03T07:20")
    other = Office(town.office.rules, town.office.lexica, town.office.store, town.office.composer, town.clock)
    tick(town.office)
    tick(other)
    tick(town.office)
    assert sorted(to(town.round())) == ["josiane.lambert@voisines.example", "lieve.claes@heide.example"]


def test_a_list_that_was_due_while_the_program_was_down_is_caught_up_once(town: Town) -> None:
    town.at("2026-06-03T11:00")
    assert sorted(to(town.round())) == ["josiane.lambert@voisines.example", "lieve.claes@heide.example"]
    town.later(minutes=1)
    assert town.round() == []


def test_what_was_cancelled_before_the_oldest_list_is_known_to_all(town: Town) -> None:
    rules = town.office.rules.current()
    with town.store.reading() as unit:
        lists = unit.reservations.last_digests()
    assert last_told({}, town.clock(), rules) == town.clock()
    assert last_told(lists, town.clock(), rules) == NINE_THIRTY.replace(hour=0, minute=0)


def test_past_cells_are_swept_and_what_is_to_come_stays(town: Town) -> None:
    town.write(MARC, "lecture", READING_ROOM)
    town.at("2026-06-17T12:00")
    town.round()
    assert cells(town) > 0
    town.at("2026-06-21T12:01")
    town.round()
    assert cells(town) == 0
    assert town.rows() == [], "what is over is closed"


def cells(town: Town) -> int:
    import sqlite3

    with sqlite3.connect(town.folder / "mailbot.sqlite3") as rows:
        [(count,)] = rows.execute("SELECT count(*) FROM occupancy")
    return int(count)


# --- rules that change


@pytest.fixture
def editable(tmp_path: Path) -> Any:
    (tmp_path / "rules.yaml").write_bytes((ROOT / "rules.yaml").read_bytes())
    town = Town(tmp_path, Clock(NINE_THIRTY), tmp_path / "rules.yaml")
    town.round()
    yield town
    town.close()


def test_rules_that_do_not_hold_leave_the_old_ones_in_force(editable: Town) -> None:
    good = editable.rules.read_text(encoding="utf-8")
    editable.rules.write_text(good.replace("capacity: 25", "capacity: vingt-cinq"), encoding="utf-8")
    [letter] = editable.write(MARC, "lecture", READING_ROOM)
    assert "c'est réservé" in str(letter["Subject"])
    editable.rules.unlink()
    [letter] = editable.write(KARIM, "lecture", READING_ROOM.replace("jeudi 18", "vendredi 19"))
    assert "c'est réservé" in str(letter["Subject"])


def test_new_rules_that_hold_are_in_force_for_the_next_mail(editable: Town) -> None:
    good = editable.rules.read_text(encoding="utf-8")
    assert good.count("    capacity: 25\n") == 1
    editable.rules.write_text(good.replace("    capacity: 25\n", "    capacity: 11\n"), encoding="utf-8")
    [letter] = editable.write(MARC, "lecture", READING_ROOM)
    assert "11 places, et vous attendez 12 personnes" in text_of(letter)
    editable.rules.write_text(good, encoding="utf-8")
    [letter] = editable.write(KARIM, "lecture", READING_ROOM)
    assert "12 personnes" not in text_of(letter)


def test_staff_are_told_once_of_rules_that_do_not_hold(editable: Town) -> None:
    def tell(_: BadRules) -> None:
        alert("rules", lambda language: {"where": f"rules.yaml, {language}"}, editable.office)

    editable.office = replace(editable.office, rules=RulesFile(editable.rules, on_fault=tell))
    good = editable.rules.read_text(encoding="utf-8")
    editable.rules.write_text(good.replace("capacity: 25", "capacity: vingt-cinq"), encoding="utf-8")
    assert to(editable.round()) == STAFF, "also where nobody writes"
    assert editable.round() == []
    editable.rules.write_text(good, encoding="utf-8")
    assert editable.round() == []


def test_a_thing_that_is_added_to_the_rules_can_be_booked_by_the_next_mail(editable: Town) -> None:
    good = editable.rules.read_text(encoding="utf-8")
    added = """  trottinette:
    names:
      fr: [trottinette cargo]
      nl: [bakstep]
      en: [cargo scooter]
    stock: 2
    counter: garage
"""
    editable.rules.write_text(good.replace("  barbecue:\n", f"{added}  barbecue:\n"), encoding="utf-8")
    editable.write(MARC, "prêt", "Bonjour, nous voudrions deux trottinettes cargo le samedi 20 juin.")
    assert editable.rows() == ["trottinette 2 2026-06-20 2026-06-20"]


def test_a_reminder_is_sent_once_though_the_program_starts_again_and_is_caught_up_after_it_was_down(
    tmp_path: Path,
) -> None:
    first = Town(tmp_path, Clock(NINE_THIRTY))
    first.write(MARC, "lecture", READING_ROOM)
    first.close()
    told = []
    for hours in (9, 9.1, 10):
        town = Town(tmp_path, Clock(NINE_THIRTY.replace(day=17) + timedelta(hours=hours - 9.5)))
        town.round()
        told += [letter for letter in town.letters() if "rappel" in str(letter["Subject"])]
        town.close()
    assert to(told) == ["marc@valleeverte.example"], "hours after its time, and once"


def test_what_has_served_is_erased_at_night_and_never_by_day(town: Town) -> None:
    town.write(INES, "lecture", READING_ROOM)
    town.later(days=800)
    town.at("2028-08-12T12:00")
    town.round()

    def names() -> bool:
        with town.store.reading() as unit:
            return "ines@codedojo.example" in unit.erasure.addresses()

    assert names()
    town.at("2028-08-13T03:10")
    town.round()
    town.at("2028-08-14T03:10")
    town.round()
    town.at("2030-09-01T03:10")
    town.round()
    assert not names()
    assert town.rows() == []
