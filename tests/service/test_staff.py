"""Words of staff about a mail that was handed to them: whose they are, what they do, and what is kept of them."""

from __future__ import annotations

import json
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.model.cases import Case, Ending
from mailbot.model.proof import Proof
from mailbot.model.reservation import State
from mailbot.service.case_files import case_files, forget_case_files
from tests.corpus.mails import build
from tests.service.mails import STAFF, to
from tests.stories.town import Town, text_of

CLAIRE = "Claire Dumont <participation@bruyere.example>"
WOUTER = "Wouter Aerts <participatie@bruyere.example>"
PAUL = "Paul Lejeune <paul@courrier.example>"
COMPLAINT = "Bonjour, je me plains de l'accueil au guichet, j'attends une explication. Paul Lejeune"
HALL = "salle polyvalente, 27 juin, 18-22h"


def handed(town: Town, *, proven: bool = True) -> EmailMessage:
    """Let Paul complain; return the letter that Claire got of it."""
    if proven:
        town.proven = frozenset(STAFF)
    letters = town.write(PAUL, "Accueil", COMPLAINT)
    assert to(letters) == ["paul@courrier.example", *STAFF]
    return letters[1]


def ended(town: Town) -> list[Ending | None]:
    with town.store.reading() as unit:
        return [case.ending for case, _ in unit.cases.waiting()]


def test_a_correction_books_for_who_wrote_and_the_case_is_kept_in_the_form_of_the_corpus(
    town: Town, tmp_path: Path
) -> None:
    town.office = replace(town.office, keep_case=case_files(tmp_path))
    mine = handed(town)
    assert ended(town) == [None]
    letters = town.write(CLAIRE, f"Re: {mine['Subject']}", HALL, answers=mine)
    assert to(letters) == ["paul@courrier.example", STAFF[0]]
    assert "nous vous ferons confirmer d'un OUI" in " ".join(text_of(letters[0]).split()), "Paul has proven nothing"
    [booked] = town.standing()
    assert (booked.asker.address, booked.state, booked.language) == ("paul@courrier.example", State.CONFIRMED, "fr")
    with town.store.reading() as unit:
        assert unit.reservations.history(booked.code)[-1].by == STAFF[0]
    assert ended(town) == []
    [path] = (tmp_path / "cases").iterdir()
    case = json.loads(path.read_text(encoding="utf-8"))
    assert case["from"] == PAUL
    assert case["body"].strip() == COMPLAINT
    assert case["gold"]["intent"] == "book"
    assert case["gold"]["items"] == [
        {"resource": "salle-polyvalente", "quantity": 1, "slots": [["2026-06-27T18:00", "2026-06-27T22:00"]]}
    ]
    assert case["read"]["intent"] == "human"
    assert COMPLAINT.encode() in build(case).replace(b"=\r\n", b"").replace(b"\r\n", b" ")
    forget_case_files(tmp_path, "somebody@courrier.example")
    assert path.exists()
    forget_case_files(tmp_path, "Paul@Courrier.example")
    assert not path.exists()


@pytest.mark.parametrize("words", [HALL, "sans suite", "Bonjour Paul, nous vous appelons demain."])
def test_what_nothing_proves_waits_for_a_yes(town: Town, words: str) -> None:
    mine = handed(town, proven=False)
    letters = town.write(CLAIRE, f"Re: {mine['Subject']}", words, answers=mine)
    assert to(letters) == [STAFF[0]]
    assert "est-ce bien vous ?" in text_of(letters[0])
    assert (town.rows(), ended(town)) == ([], [None])
    town.write("Eve <eve@courrier.example>", "Re: ", "oui", answers=letters[0])
    town.write(WOUTER, "Re: ", "oui", answers=letters[0])
    assert town.rows() == []
    assert None in ended(town)
    town.write(CLAIRE, f"Re: {letters[0]['Subject']}", "OUI", answers=letters[0])
    assert "paul@courrier.example" not in [case.sender.address for case in waiting(town)]
    assert town.rows() == (["salle-polyvalente 1 2026-06-27T18:00 2026-06-27T22:00"] if words == HALL else [])


def waiting(town: Town) -> list[Case]:
    with town.store.reading() as unit:
        return [case for case, _ in unit.cases.waiting()]


def test_a_yes_after_a_week_is_none(town: Town) -> None:
    mine = handed(town, proven=False)
    [question] = town.write(CLAIRE, "Re: ", HALL, answers=mine)
    town.later(days=8)
    town.round()
    town.write(CLAIRE, "Re: ", "OUI", answers=question)
    assert town.rows() == []


def test_what_its_domain_disowns_does_nothing_and_staff_are_told(town: Town) -> None:
    mine = handed(town)
    town.office = replace(town.office, proof=lambda *_: Proof.FAILED)
    letters = town.write(CLAIRE, "Re: ", HALL, answers=mine)
    assert to(letters) == STAFF
    assert "ATTENTION" in text_of(letters[0])
    assert town.rows() == []


def test_somebody_else_who_answers_the_letter_to_staff_is_not_staff(town: Town) -> None:
    mine = handed(town)
    town.proven = frozenset({"eve@courrier.example"})
    town.write("Eve <eve@courrier.example>", f"Re: {mine['Subject']}", "sans suite", answers=mine)
    assert "paul@courrier.example" in [case.sender.address for case in waiting(town)]


def test_the_limits_of_the_rules_do_not_bind_a_person_but_what_is_taken_does(town: Town) -> None:
    mine = handed(town)
    town.write(CLAIRE, "Re: ", "salle polyvalente, 27 juin, 18-22h", answers=mine)
    again = town.write("Ana <ana@courrier.example>", "Accueil", COMPLAINT)[1]
    letters = town.write(CLAIRE, "Re: ", "salle polyvalente, 27 juin, 20-22h", answers=again)
    assert to(letters) == [STAFF[0]]
    assert "Rien n'est réservé" in text_of(letters[0])
    letters = town.write(CLAIRE, "Re: ", "maison de quartier, 27 juin, 14-18h", answers=letters[0])
    assert to(letters)[:1] == ["ana@courrier.example"]
    assert len(town.rows()) == 2


def test_words_of_a_person_are_passed_on_line_by_line_and_the_second_who_writes_is_told(town: Town) -> None:
    mine = handed(town)
    letters = town.write(CLAIRE, "Re: ", "Bonjour Paul,\n\n\n\nNous vous appelons.\n– à demain", answers=mine)
    assert to(letters) == ["paul@courrier.example"]
    assert "Bonjour Paul,\n\nNous vous appelons.\n– à demain\n\nClaire Dumont" in text_of(letters[0])
    letters = town.write(CLAIRE, "Re: ", "Bonjour Paul, encore un mot de notre part.", answers=mine)
    assert to(letters) == ["paul@courrier.example"], "the same person may write again"
    letters = town.write(WOUTER, "Re: ", "Beste Paul, hier is Wouter, ik bel u morgen.", answers=mine)
    assert to(letters) == [STAFF[1]], "the second is told, and nothing leaves twice"


# --- one mail a morning


def test_what_waits_is_told_once_a_working_morning_and_nothing_once_it_is_dealt_with(town: Town) -> None:
    mine = handed(town)
    town.write("Marc Delvaux <marc@valleeverte.example>", "Merci", "Merci, la salle était parfaite.")
    town.at("2026-06-03T07:00")
    assert not set(STAFF) & set(to(town.round()))
    town.at("2026-06-03T07:31")
    told = [
        letter for letter in town.round() if letter["Subject"] in ("Ce qui attend quelqu'un", "Wat op iemand wacht")
    ]
    assert to(told) == STAFF
    assert "– Paul Lejeune, « Accueil », depuis mardi 2 juin à 9 h 30 (R-" in text_of(told[0])
    assert "Marc" not in text_of(told[0]), "thanks wait for nobody"
    town.later(minutes=1)
    assert not set(STAFF) & set(to(town.round())), "once a morning"
    town.at("2026-06-04T07:31")
    assert to(town.round())[-2:] == STAFF
    assert town.write(CLAIRE, "Re: ", "sans suite", answers=mine) == []
    for day in ("2026-06-05", "2026-06-06"):
        town.at(f"{day}T07:31")
        assert not set(STAFF) & set(to(town.round()))


def test_what_comes_after_the_hour_waits_for_the_next_working_morning(town: Town) -> None:
    town.at("2026-06-05T07:45")
    town.round()
    handed(town)
    town.later(minutes=1)
    assert not set(STAFF) & set(to(town.round()))
    town.at("2026-06-06T08:00")
    assert not set(STAFF) & set(to(town.round())), "a Saturday"
    town.at("2026-06-08T08:00")
    assert set(STAFF) <= set(to(town.round()))
