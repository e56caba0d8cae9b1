"""The way of a mail: what becomes of those that cannot be read, of races, of answers, and what the log tells."""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from mailbot.errors import LostRace
from mailbot.logs import Fields
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Meaning
from mailbot.model.reservation import Put
from mailbot.service import conversation, handle, voices
from mailbot.service.rounds import fetch
from mailbot.store.mailbox import Mailbox
from mailbot.store.reservations import Reservations
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, KARIM, MARC, READING_ROOM, STAFF, TWO_SENDERS, nested, to
from tests.stories.test_stories import attached_mail, calendar_method
from tests.stories.town import Clock, Town, text_of

CODE = re.compile(r"\(R-[0-9A-HJKMNP-TV-Z]{5}\)$")


# --- mails that no program reads


def test_an_unreadable_mail_goes_to_staff_whole_and_its_sender_is_told_in_one_line(town: Town) -> None:
    letters = town.receive(nested(200))
    assert to(letters) == [*STAFF, "zoe@courrier.example"]
    assert attached_mail(letters[0]) == nested(200)
    assert "Il est transmis tel quel à une personne" in text_of(letters[2])
    assert letters[2]["In-Reply-To"] == "<profond@courrier.example>"
    town.proven = frozenset(STAFF)
    passed_on = town.write(f"Claire <{STAFF[0]}>", "Re: ", "Bonjour Zoé, écrivez-nous autrement.", answers=letters[0])
    assert to(passed_on) == ["zoe@courrier.example"], "who answers it, answers her"
    assert passed_on[0]["In-Reply-To"] == "<profond@courrier.example>"
    assert town.inbox.mails[-1].handled


def test_whose_mail_it_is_cannot_be_told_then_only_staff_get_it(town: Town) -> None:
    letters = town.receive(TWO_SENDERS)
    assert to(letters) == STAFF
    assert attached_mail(letters[0]) == TWO_SENDERS
    assert "n'a rien reçu" in text_of(letters[0])
    assert letters[0]["Reply-To"] is None


def test_an_unreadable_mail_of_a_machine_is_never_answered(town: Town) -> None:
    assert to(town.receive(nested(200, "Auto-Submitted: auto-replied"))) == STAFF
    assert to(town.receive(nested(201, "Return-Path: <>"))) == STAFF


def test_an_unreadable_mail_that_comes_again_is_not_told_again(town: Town) -> None:
    town.receive(nested(200))
    assert town.receive(nested(200)) == []


# --- races


def test_who_loses_a_race_decides_again_from_fresh_facts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Marc's answer to an offer is read, his colleague's answer to the same offer is carried out."""
    town.write(KARIM, "lecture", READING_ROOM)
    [offer] = town.write(MARC, "lecture", READING_ROOM)
    other = town.mail("Anne <anne@valleeverte.example>", "", "2", answers=offer)
    original, done = conversation.read, []

    def read_while_somebody_answers(letter: Letter, *rest: Any) -> Meaning:
        meaning = original(letter, *rest)
        if not done:
            done.append(letter)
            handle.answer(handle.parse(other, town.clock()), other, town.office.rules.current(), town.office)
        return meaning

    monkeypatch.setattr(conversation, "read", read_while_somebody_answers)
    letters = town.write(MARC, "", "1", answers=offer)
    assert len(done) == 1
    marc = "marc@valleeverte.example"  # who asked for it hears what his colleague took, and that his own is looked at
    assert to(letters) == ["anne@valleeverte.example", marc, marc, *STAFF]
    assert [calendar_method(letter) for letter in letters] == ["REQUEST", "REQUEST", "", "", ""]
    assert len(town.rows()) == 2, "one conversation, one booking"


def test_two_workers_on_one_database_give_the_last_slot_once(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read their mail before either decides; each has an answer, and one has the room."""
    original, both = conversation.read, threading.Barrier(2)

    def read_together(letter: Letter, context: Context, *rest: Any) -> Meaning:
        with suppress(threading.BrokenBarrierError):  # one that decides again reads alone
            both.wait(timeout=0.5)
        return original(letter, context, *rest)

    one = Town(tmp_path, Clock(NINE_THIRTY), database=database)
    other = Town(tmp_path, one.clock, database=database)
    one.round()
    monkeypatch.setattr(conversation, "read", read_together)
    for day in range(15, 20):
        both.reset()
        body = READING_ROOM.replace("jeudi 18", str(day))
        one.inbox.put(one.mail(f"A <a{day}@un.example>", "lecture", body))
        other.inbox.put(other.mail(f"B <b{day}@deux.example>", "lecture", body))
        workers = [threading.Thread(target=fetch, args=(town.inbox, town.office)) for town in (one, other)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        letters = one.round()
        assert sorted(to(letters)) == [f"a{day}@un.example", f"b{day}@deux.example"]
        assert sorted(calendar_method(letter) for letter in letters) == ["", "REQUEST"]
        assert len(one.rows()) == day - 14
    one.close()
    other.close()


def test_three_races_in_a_row_leave_the_mail_for_the_next_round(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(self: Reservations, puts: Sequence[Put], *_: Any) -> None:
        if puts:
            raise LostRace("somebody else came first")

    with monkeypatch.context() as lost:
        lost.setattr(Reservations, "put", lose)
        assert town.write(MARC, "lecture", READING_ROOM) == []
        assert not town.inbox.mails[-1].handled
        with pytest.raises(LostRace):
            handle.handle(town.inbox.mails[-1], town.office)
    assert to(town.round()) == ["marc@valleeverte.example"]
    assert town.rows() == ["bibliotheque 1 2026-06-18T19:00 2026-06-18T21:00"]


def test_nothing_of_a_mail_stands_when_its_transaction_fails(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Mailbox, "ended", fail)
        assert town.write(MARC, "lecture", READING_ROOM) == []
        assert town.rows() == []
    assert to(town.round()) == ["marc@valleeverte.example"]


# --- answers and conversations


def test_an_answer_hangs_in_the_thread_and_says_that_it_is_automatic(town: Town) -> None:
    headers = {"References": "<first@valleeverte.example> <second@valleeverte.example>"}
    [letter] = town.write(MARC, "lecture", READING_ROOM, headers=headers)
    assert letter["In-Reply-To"] == "<mail-1@voisins.example>"
    assert str(letter["References"]).split() == [
        "<first@valleeverte.example>",
        "<second@valleeverte.example>",
        "<mail-1@voisins.example>",
    ]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert CODE.search(str(letter["Subject"]))
    assert str(letter["From"]).endswith("<reservations@bruyere.example>")


def test_a_relay_that_rewrites_identifiers_does_not_break_a_conversation(town: Town) -> None:
    """The code in the subject is enough."""
    town.write(MARC, "lecture", READING_ROOM)
    [letter] = town.write(KARIM, "lecture", READING_ROOM)
    assert "\n1. " in text_of(letter)
    [answer] = town.write(KARIM, f"Re: {letter['Subject']}", "1")
    assert calendar_method(answer) == "REQUEST"
    assert len(town.rows()) == 2


def test_a_code_is_of_no_use_to_somebody_else(town: Town) -> None:
    town.write(MARC, "lecture", READING_ROOM)
    [letter] = town.write(KARIM, "lecture", READING_ROOM)
    letters = town.write("Zoé <zoe@courrier.example>", f"Re: {letter['Subject']}", "1")
    assert len(town.rows()) == 1
    assert all(calendar_method(letter) == "" for letter in letters)


def test_our_own_mail_that_comes_back_is_not_answered(town: Town) -> None:
    assert town.write("Réservations <reservations@bruyere.example>", "lecture", READING_ROOM) == []
    assert town.rows() == []


def test_what_somebody_may_be_answered_in_a_day_has_an_end(town: Town) -> None:
    for number in range(25):
        town.write("Zoé <zoe@courrier.example>", f"plainte {number}", f"Bonjour, je me plains du bruit, {number} fois.")
    answered = [letter for letter in town.letters() if to([letter]) == ["zoe@courrier.example"]]
    assert len(answered) == town.office.rules.current().limits.answers_per_sender


# --- proof


def asked_to_cancel(town: Town) -> Any:
    [booked] = town.write(INES, "lecture", READING_ROOM)
    [challenge] = town.write(INES, "", "Merci d'annuler cette réservation.", answers=booked)
    assert "OUI" in text_of(challenge)
    return challenge


def test_a_challenge_can_be_answered_for_seven_days(town: Town) -> None:
    challenge = asked_to_cancel(town)
    town.later(days=6, hours=23)
    town.round()
    [cancelled] = town.write(INES, "", "oui", answers=challenge)
    assert calendar_method(cancelled) == "CANCEL"
    assert town.rows() == []


def test_an_answer_that_arrived_in_time_proves_even_if_it_is_read_late(town: Town) -> None:
    challenge = asked_to_cancel(town)
    town.later(days=6, hours=23)
    town.inbox.put(town.mail(INES, "", "oui", answers=challenge))
    town.later(hours=5)
    town.round()
    assert town.rows() == []


def test_after_seven_days_a_challenge_proves_nothing(town: Town) -> None:
    challenge = asked_to_cancel(town)
    town.later(days=7, minutes=1)
    town.write(INES, "", "oui", answers=challenge)
    assert len(town.rows()) == 1


def test_a_yes_to_another_letter_of_the_thread_proves_nothing(town: Town) -> None:
    asked_to_cancel(town)
    confirmation = next(letter for letter in town.letters() if calendar_method(letter) == "REQUEST")
    town.write(INES, "", "oui", answers=confirmation)
    assert len(town.rows()) == 1


def test_a_colleague_who_got_the_challenge_forwarded_cannot_answer_it(town: Town) -> None:
    """The address is of the same initiative, but the challenge went to one address alone."""
    [booked] = town.write(MARC, "lecture", READING_ROOM)
    [challenge] = town.write(MARC, "", "Merci d'annuler cette réservation.", answers=booked)
    town.write("Anne <anne@valleeverte.example>", "", "oui", answers=challenge)
    assert len(town.rows()) == 1


# --- the log


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that mailbot logs, down to the finest, as it would be written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Fields("%(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("mailbot")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_the_log_tells_what_became_of_a_mail(town: Town, logged: io.StringIO) -> None:
    town.write(MARC, "lecture", READING_ROOM)
    line = logged.getvalue()
    assert "mail answered" in line
    assert "intent=book" in line
    assert "domain=valleeverte.example" in line
    assert re.search(r"reservation=R-\w{5}", line)
    assert "free: bibliotheque, 18 June 2026 19:00-21:00" in line


def test_bodies_subjects_and_names_never_reach_the_log(
    town: Town, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ["ZEBRURE", "CRAPAUDINE", "gonflable", "Marguerite", "maggy"]
    sender = "Marguerite <maggy@courrier.example>"
    bodies = [
        f"{READING_ROOM} Un ZEBRURE.",
        "Je me plains du ZEBRURE.",
        "Nous voudrions 4 tables, un château gonflable et deux ZEBRURE le samedi 20 juin.",
        "Nous voudrions un château gonflable le samedi 20 juin.",
        "Comment ça marche, chez ZEBRURE ?",
        "La salle de lecture est-elle libre le 20 juin pour le ZEBRURE ?",
    ]
    for body in bodies:
        town.write(sender, "CRAPAUDINE", body)
    town.receive(TWO_SENDERS.replace(b"salle", b"CRAPAUDINE").replace(b"Bonjour", b"ZEBRURE"))

    def stumble(letter: Letter, *_: Any) -> Meaning:
        raise ValueError(f"cannot read {letter.text} of {letter.sender}, {letter.subject}")

    monkeypatch.setattr(conversation, "read", stumble)
    town.write(sender, "CRAPAUDINE", "ZEBRURE qui fait trébucher")
    for _ in range(4):
        town.round()
    lines = logged.getvalue()
    assert "mail failed" in lines
    assert "ValueError" in lines, "what went wrong is told, and where"
    assert "in stumble" in lines
    for secret in secrets:
        assert secret.lower() not in lines.lower()


def test_a_refused_address_stays_out_of_the_log() -> None:
    record = logging.makeLogRecord({"msg": "letter postponed", "error": "550 <maggy@courrier.example>: unknown"})
    line = Fields("%(message)s").format(record)
    assert "maggy" not in line
    assert "courrier.example" in line


def test_an_answer_after_the_deadline_finds_the_offer_gone_and_is_answered_at_once(town: Town) -> None:
    """As when mailbot was stopped while the deadline passed: nobody had let the offer go."""
    town.write(MARC, "lecture", READING_ROOM)
    [offer] = town.write(INES, "lecture", READING_ROOM)
    town.later(days=9)
    letters = town.write(INES, f"Re: {offer['Subject']}", "2", answers=offer)
    assert all(mail.handled for mail in town.inbox.mails)
    assert to(letters).count("ines@codedojo.example") == 1
    with town.store.unit() as unit:
        assert unit.differences(town.clock()).found() == ()


def test_a_mail_that_loses_each_race_is_set_aside_at_last(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(*_: object) -> None:
        raise LostRace("R-7K3F2")

    monkeypatch.setattr(voices, "facts_for", lose)
    town.inbox.put(town.mail(INES, "lecture", READING_ROOM))
    letters = [letter for _ in range(4) for letter in town.round()]
    assert to(letters) == [*STAFF, "ines@codedojo.example"]
    assert all(mail.handled for mail in town.inbox.mails)
