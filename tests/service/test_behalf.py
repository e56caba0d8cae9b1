"""Whose words are taken for a request for somebody else, and what is kept of them."""

from __future__ import annotations

from mailbot.model.reports import ForSomebody, Standing
from tests.service.mails import STAFF, to
from tests.stories.town import Town, text_of

CLAIRE = "Claire Dumont <participation@bruyere.example>"
FREDDY = "Freddy Cools <freddy.cools@garage-ressources.example>"
HALL = "pour Les Lombrics : salle polyvalente, 19 juin, 18-22h"


def test_somebody_else_may_book_for_nobody(town: Town) -> None:
    town.proven = frozenset({"marc@valleeverte.example"})
    town.write("Marc Delvaux <marc@valleeverte.example>", "salle", HALL)
    assert [one.asker.address for one in town.standing()] in ([], ["marc@valleeverte.example"])


def test_a_note_is_for_nobody(town: Town) -> None:
    town.proven = frozenset(STAFF)
    letters = town.write(CLAIRE, "salle", "Pour info : la salle polyvalente est sale.")
    assert not any("Pour qui" in str(letter["Subject"]) for letter in letters)
    assert town.rows() == []


def test_words_about_a_line_of_a_list_are_no_request_for_somebody(town: Town) -> None:
    town.proven = frozenset({"karim@leslombrics.example", "freddy.cools@garage-ressources.example"})
    town.write("Karim Benali <karim@leslombrics.example>", "", "Bonjour, 2 tonnelles le samedi 13 juin. Karim")
    town.at("2026-06-12T07:05")
    lists = [letter for letter in town.round() if "freddy" in str(letter["To"])]
    letters = town.write(FREDDY, "Re: liste", "Pour Karim : remis", answers=lists[0])
    assert not any("Pour qui" in str(letter["Subject"]) for letter in letters)


def test_a_request_that_was_carried_out_is_no_longer_kept(town: Town) -> None:
    asked = town.write(CLAIRE, "salle", HALL)
    assert "est-ce bien vous ?" in text_of(asked[0])
    assert town.rows() == []
    with town.store.reading() as unit:
        waiting = unit.reports.get(1)
    assert waiting is not None
    assert isinstance(waiting.deeds[0], ForSomebody)
    letters = town.write(CLAIRE, "Re: ", "oui", answers=asked[0])
    assert to(letters) == ["karim@leslombrics.example", STAFF[0]]
    assert town.rows() == ["salle-polyvalente 1 2026-06-19T18:00 2026-06-19T22:00"]
    with town.store.reading() as unit:
        done = unit.reports.get(1)
    assert done is not None
    assert (done.standing, done.deeds, done.words) == (Standing.DONE, (), "")
