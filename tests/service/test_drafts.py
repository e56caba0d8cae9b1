"""Answers that wait for a person: let go once, with their words, or not at all; what they would take is held."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.model.reservation import State
from mailbot.policy.rules import RulesFile
from tests.service.mails import STAFF, to
from tests.stories.town import ROOT, Town, text_of

CLAIRE = "Claire Dumont <participation@bruyere.example>"
WOUTER = "Wouter Aerts <participatie@bruyere.example>"
YVETTE = "Yvette Collin <yvette.collin@courrier.example>"
ASKER = "yvette.collin@courrier.example"
PARTY = "Bonjour, la maison de quartier le samedi 27 juin de 14 h à 18 h pour 30 personnes. Yvette Collin"
BOOKED = "maison-quartier 1 2026-06-27T14:00 2026-06-27T18:00"


@pytest.fixture
def drafting(town: Town, tmp_path: Path) -> Town:
    """A commune whose answers all wait for a person, who is proven."""
    text = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    start = text.index("\nsupervision:")
    section = text[start : text.index("reminder:", start)]
    rules = tmp_path / "rules.yaml"
    rules.write_text(text.replace(section, section.replace("automatic", "draft")), encoding="utf-8")
    town.office = replace(town.office, rules=RulesFile(rules))
    town.proven = frozenset({*STAFF, ASKER})
    return town


def asked(town: Town, body: str = PARTY, subject: str = "Fête") -> EmailMessage:
    """Let Yvette write; return what Claire is shown."""
    letters = town.write(YVETTE, subject, body)
    assert to(letters) == STAFF
    return letters[0]


def say(town: Town, words: str, shown: EmailMessage, who: str = CLAIRE) -> list[EmailMessage]:
    return town.write(who, f"Re: {shown['Subject']}", words, answers=shown)


def test_nothing_leaves_and_nothing_is_booked_before_a_person_lets_it_go(drafting: Town) -> None:
    shown = asked(drafting)
    assert drafting.rows() == []
    taken = drafting.write("Ana <ana@courrier.example>", "Salle", PARTY.replace("Yvette Collin", "Ana"))
    assert "pas possible tel quel" in text_of(taken[0])
    letters = say(drafting, "OK", shown)
    assert to(letters)[0] == ASKER
    assert drafting.rows() == [BOOKED]
    assert to(say(drafting, "OK", shown, WOUTER)) == [STAFF[1]], "the second is told, and nothing leaves twice"
    assert drafting.rows() == [BOOKED]


def test_what_nothing_proves_lets_nothing_go(drafting: Town) -> None:
    shown = asked(drafting)
    drafting.proven = frozenset()
    assert "est-ce bien vous ?" in text_of(say(drafting, "OK", shown)[0])
    say(drafting, "OK", shown, "Eve <eve@courrier.example>")
    assert drafting.rows() == []


@pytest.mark.parametrize("words", ["sans suite", "NON"])
def test_who_lets_nothing_go_gives_back_what_was_held(drafting: Town, words: str) -> None:
    assert say(drafting, words, asked(drafting)) == []
    again = asked(drafting, subject="Encore")
    assert "c'est réservé" in text_of(again)


def test_a_letter_that_is_corrected_leaves_whole_in_the_place_of_ours(drafting: Town) -> None:
    shown = asked(drafting)
    letter = text_of(shown).partition("LETTRE PROPOSÉE")[2].partition("FIN DE LA LETTRE")[0]
    ours = letter.partition("\n\n")[2].replace("C'est réservé", "C'est bien réservé")
    [left, *_] = say(drafting, ours.strip(), shown)
    assert left["To"] == YVETTE or ASKER in str(left["To"])
    assert "C'est bien réservé" in text_of(left)
    assert "maison de quartier, samedi 27 juin 2026, de 14 h à 18 h" in text_of(left)
    assert drafting.rows() == [BOOKED]


def test_another_room_and_hours_are_booked_instead(drafting: Town) -> None:
    letters = say(drafting, "salle polyvalente, 27 juin, 18-22h", asked(drafting))
    assert to(letters) == [ASKER, STAFF[0]]
    assert drafting.rows() == ["salle-polyvalente 1 2026-06-27T18:00 2026-06-27T22:00"]
    assert len(drafting.standing()) == 1


def test_an_answer_that_would_say_something_else_by_now_is_shown_again(drafting: Town) -> None:
    shown = asked(drafting)
    drafting.at("2026-06-26T09:00")
    letters = say(drafting, "OK", shown)
    assert (
        to([one for one in letters if "Changé" in str(one["Subject"]) or "Veranderd" in str(one["Subject"])]) == STAFF
    )
    assert ASKER not in to(letters)
    assert drafting.rows() == []
    anew = next(one for one in letters if "Changé" in str(one["Subject"]))
    assert ASKER in to(say(drafting, "OK", anew))
    assert drafting.rows() == []


def test_the_hold_of_an_offer_is_counted_from_when_it_left(drafting: Town) -> None:
    say(drafting, "OK", asked(drafting, PARTY.replace("Yvette Collin", "Y.")))
    offered = drafting.write("Ana <ana@courrier.example>", "Salle", PARTY.replace("Yvette Collin", "Ana"))
    drafting.at("2026-06-08T09:00")
    letters = say(drafting, "OK", offered[0])
    assert "jusqu'au mercredi 10 juin à 18 h" in text_of(next(one for one in letters if "ana@" in str(one["To"])))
    [held] = [one for one in drafting.standing() if one.state is State.OFFERED]
    assert held.draft is None


def test_a_mail_behind_an_answer_that_waits_is_looked_at_once_it_is_settled(drafting: Town) -> None:
    shown = asked(drafting)
    code = str(shown["Subject"]).rpartition("(")[2].rstrip(")")
    behind = drafting.write(YVETTE, f"Fête ({code})", "Annulez tout, s'il vous plaît. Yvette")
    assert to(behind) == STAFF
    assert "Quelqu'un a écrit de nouveau" in text_of(behind[0])
    assert drafting.rows() == []
    letters = say(drafting, "OK", shown)
    assert to(letters)[0] == ASKER
    assert drafting.rows() == [BOOKED]
    again = [one for one in letters if "À laisser partir" in str(one["Subject"])]
    assert to(again) == [STAFF[0]]
    assert ASKER in to(say(drafting, "OK", again[0]))
    assert drafting.rows() == []


def test_a_change_waits_too_with_its_place_held_and_what_is_booked_stands(drafting: Town) -> None:
    say(drafting, "OK", asked(drafting))
    [booked] = drafting.standing()
    shown = asked(drafting, "Finalement de 14 h à 20 h, s'il vous plaît.", f"Fête ({booked.code})")
    assert drafting.rows() == [BOOKED]
    taken = drafting.write("Ana <ana@courrier.example>", "Salle", PARTY.replace("14 h à 18 h", "18 h 30 à 20 h"))
    assert "pas possible tel quel" in text_of(taken[0])
    assert ASKER in to(say(drafting, "OK", shown))
    assert drafting.rows() == [BOOKED.replace("T18:00", "T20:00")]
