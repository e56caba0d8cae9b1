"""What the patterns of the lexicons find, and what they do not."""

from __future__ import annotations

import pytest

from mailbot.reading.cues import Cues
from mailbot.reading.page import page

GROUPS = {"want": ["nous voudrions", "on aimerait", "voudrais"], "reserve": ["reserv*"]}
FOUND = {
    "nous voudrions|aimerions reserv*": ["nous aimerions réserver", "Nous voudrions réservation"],
    "on [ne] peut": ["on peut", "on ne peut"],
    "[ne] venez pas": ["ne venez pas"],
    "(la semaine|la semaine prochaine|le mois) !passee": ["la semaine prochaine", "le mois"],
    "annul* .. <thing>": ["annuler demain toute la salle", "annulons la salle"],
    "pas !mal": ["pas", "pas très"],
    "^ merci $": ["merci", "- merci !"],
    "{want} .. {reserve}": ["nous voudrions tous réserver", "on aimerait réserver"],
    "mettre à": ["mettre à", "mettre a"],
}
NOT_FOUND = {
    "nous voudrions reserv*": ["nous voudrions. Réserver", "nous voudrions une réservation"],
    "(la semaine|le mois) !passee": ["la semaine passée"],
    "annul* .. <thing>": ["annuler un deux trois quatre cinq six salle", "annuler. La salle"],
    "pas !mal": ["pas mal"],
    "^ merci $": ["oui merci", "merci, Anne"],
    "mettre à": ["mettre au"],
}
BAD = ["", ".. deux", "un [deux]", "un ..", "!un deux", "(un|deux)trois", "un ^ deux", "$ un", "{nobody}"]


def found(pattern: str, text: str) -> list[str]:
    sheet = page(text, frozenset())
    labels = {at: [("thing", at + 1)] for at, word in enumerate(sheet.words) if word == "salle"}
    return [sheet.quote(cue.first, cue.last) for cue in Cues.of({"it": [pattern]}, GROUPS).find(sheet, labels)]


@pytest.mark.parametrize(("pattern", "text"), [(pattern, text) for pattern in FOUND for text in FOUND[pattern]])
def test_a_pattern_finds(pattern: str, text: str) -> None:
    assert found(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), [(one, text) for one in NOT_FOUND for text in NOT_FOUND[one]])
def test_a_pattern_does_not_find(pattern: str, text: str) -> None:
    assert found(pattern, text) == []


@pytest.mark.parametrize("pattern", BAD)
def test_a_pattern_that_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Cues.of({"it": [pattern]}, GROUPS)


def test_the_longest_alternative_and_the_shortest_gap_count() -> None:
    assert found("(la semaine|la semaine prochaine)", "la semaine prochaine") == ["la semaine prochaine"]
    assert found("un .. deux", "un et deux et deux") == ["un et deux"]


def test_a_pattern_is_found_wherever_it_may_begin() -> None:
    assert found("[ne] venez pas", "ne venez pas") == ["ne venez pas", "venez pas"]


def test_patterns_that_begin_alike_are_all_found() -> None:
    sheet = page("nous voudrions réserver la salle", frozenset())
    cues = Cues.of({"wish": ["nous voudrions"], "book": ["nous voudrions reserv*", "nous .. salle"]}).find(sheet)
    assert [(cue.value, sheet.quote(cue.first, cue.last)) for cue in cues] == [
        ("wish", "nous voudrions"),
        ("book", "nous voudrions réserver"),
        ("book", "nous voudrions réserver la salle"),
    ]


def test_a_state_that_is_forgotten_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbot.reading.cues._KEPT", 0)
    cues = Cues.of({"book": ["nous .. salle"]})
    sheet = page("nous voudrions la salle", frozenset())
    assert cues.find(sheet) == cues.find(sheet) != []
