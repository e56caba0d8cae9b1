"""Every letter, with sample values, for approval by the college."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from msgspec.structs import replace

from mailbot.model.letters import Address
from mailbot.model.notices import Content
from mailbot.model.rules import Approvals, College, Manager, Rules
from mailbot.model.to_askers import Examined, Firm, Withdrawn
from mailbot.model.to_staff import ApprovalAsked, CollegeList, WeekPlan
from mailbot.replies.compose import Composer
from mailbot.replies.heading import INTERNAL
from mailbot.replies.samples import samples
from tests.replies.examples import LANGUAGES, NOW, TEMPLATES, rules
from tests.replies.gallery import parsed, text_of

COMPOSER = Composer(TEMPLATES)
WORDS = {
    "asker": "Yvette",
    "subject": "Fête",
    "request": "la salle",
    "said": "oui",
    "letter": "Bonjour",
    "collector": "C",
    "closed": "peinture",
    "returned": "12 rendu",
}


ELS = Manager("els", "Els Maes", "els@ecole.example", "nl", ("ecole-tilleuls",))


def managed() -> Rules:
    return replace(rules(), managers={"els": ELS})


def test_each_kind_of_letter_has_its_sample_and_goes_to_its_reader() -> None:
    shown = samples(managed(), WORDS, "fr", NOW)
    assert {type(notice.content) for notice in shown} == set(get_args(Content))
    asker = {notice.to.address for notice in shown if not isinstance(notice.content, INTERNAL)}
    assert asker == {"asker@example.org"}
    assert all(notice.to.address != "asker@example.org" for notice in shown if isinstance(notice.content, INTERNAL))


def test_what_the_rules_do_not_have_is_not_shown() -> None:
    bare = replace(rules(), approvals=Approvals(), college=College())
    shown = {type(notice.content) for notice in samples(bare, WORDS, "fr", NOW)}
    assert not shown & {Examined, ApprovalAsked, CollegeList, Firm, Withdrawn, WeekPlan}


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_whole_and_show_no_seams(language: str) -> None:
    every = COMPOSER.all_letters(rules(), language, NOW)
    for subject, text in every:
        assert subject
        assert re.search(r"[{}]|None|\n\n\n|  (?! *│)| ,|\(\)|\.\.(?!\.)|, [,.;:]", text) is None, text
    assert len({text for _, text in every}) == len(every)


def test_they_go_in_one_mail_a_language() -> None:
    letter = COMPOSER.for_approval(Address("", "college@commune.example"), rules(), "nl", NOW, "1@bruyere.example")
    assert letter.recipients == ("college@commune.example",)
    assert str(parsed(letter.raw)["Subject"]) == "Alle brieven van mailbot, ter goedkeuring"
    assert text_of(letter.raw) == letter.text
    for subject, text in COMPOSER.all_letters(rules(), "nl", NOW):
        assert subject in letter.text
        assert text in letter.text


def test_a_commune_without_keys_and_equipment_has_them_too() -> None:
    bare = replace(rules(), equipment={}, rooms={id: replace(room, key=None) for id, room in rules().rooms.items()})
    assert len(COMPOSER.all_letters(bare, "fr", NOW)) == len(COMPOSER.all_letters(rules(), "fr", NOW))
