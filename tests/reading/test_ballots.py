"""What staff answer to the list for a meeting of the College."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from mailbot.model.cases import Ballot, Vote, Voted
from mailbot.model.letters import Address, Context, Letter
from mailbot.reading.ballots import read_ballot
from mailbot.reading.lexicon import load_all
from tests.corpus.commune import catalogue

LEXICA = load_all()
SENT = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
LETTER = Letter(
    "m@commune.example",
    "digest",
    Address("Claire", "claire@commune.example"),
    (),
    (),
    (),
    SENT,
    SENT,
    "Re: Collège",
    "",
)
YES, NO, LATER = Vote.YES, Vote.NO, Vote.LATER


def read(text: str) -> Ballot:
    letter = replace(LETTER, text=text, in_reply_to=("list@commune.example",))
    return read_ballot(letter, Context(), catalogue(), LEXICA)


ALL = Voted(YES)
MEANS: list[tuple[tuple[Voted, ...], list[str]]] = [
    ((ALL,), ["oui à tout", "OK pour tout", "Tout OK", "d'accord pour tout.", "Bonjour,\n\nOui à tout.\n\nMerci\n"]),
    (
        (ALL,),
        ["tout est ok", "tt ok", "tous acceptés", "tout bon", "alles goed", "alles is goedgekeurd", "all is fine"],
    ),
    ((ALL,), ["ja op alles", "alles OK", "Akkoord voor alles", "Beste,\n\nalles goedgekeurd\n\nDank u"]),
    ((ALL,), ["yes to all", "all approved", "OK to everything", "ok for all"]),
    (
        (ALL, Voted(LATER, (3,))),
        ["OK sauf 3", "oui à tout sauf 3", "tout OK sauf le 3", "OK sauf n° 3", "OK sauf 3 (reporté)"],
    ),
    (
        (ALL, Voted(LATER, (3,))),
        ["OK behalve 3", "ja op alles behalve nr 3", "alles OK, behalve 3", "OK behalve 3: uitgesteld"],
    ),
    ((ALL, Voted(LATER, (3,))), ["OK except 3", "yes to all except number 3", "all approved but not 3"]),
    ((ALL, Voted(LATER, (2, 4))), ["OK sauf 2 et 4", "OK behalve 2 en 4", "OK except 2 and 4", "OK sauf 2, 4"]),
    (
        (ALL, Voted(NO, (3,), (), "trop de bruit")),
        ["OK sauf 3 : trop de bruit", "oui à tout, sauf 3 car trop de bruit"],
    ),
    (
        (Voted(NO, (3,), (), "trop de bruit"),),
        ["3 non : trop de bruit", "3: non, trop de bruit", "non au 3 : trop de bruit", "3 refusé (trop de bruit)"],
    ),
    (
        (Voted(NO, (3,), (), "te veel lawaai"),),
        ["3 nee: te veel lawaai", "nee voor 3: te veel lawaai", "3 geweigerd, te veel lawaai"],
    ),
    (
        (Voted(NO, (3,), (), "too much noise"),),
        ["3 no: too much noise", "no to 3: too much noise", "3 rejected because too much noise"],
    ),
    (
        (Voted(YES, (1, 2)), Voted(NO, (3,), (), "trop de bruit")),
        [
            "1 et 2 oui, 3 non : trop de bruit",
            "1 et 2 oui\n3 non : trop de bruit",
            "oui pour 1 et 2, non pour 3 : trop de bruit",
        ],
    ),
    ((Voted(NO, (3,), (), "trop de bruit"), Voted(YES, (1, 2))), ["3 non : trop de bruit, 1 et 2 oui"]),
    ((Voted(YES, (1, 2, 3)),), ["1 à 3 oui", "1-3 OK", "1 t/m 3 ja", "1 to 3 yes"]),
    (
        (Voted(NO, (1,), (), "x"), Voted(YES)),
        ["1 non : x\nle reste oui", "1 nee: x\nde rest ja", "1 no: x\nthe rest yes"],
    ),
    ((Voted(LATER, (2,)),), ["2 reporté", "2 : à la prochaine réunion", "2 uitgesteld", "2 postponed"]),
    ((Voted(NO, (), ("R-7K3F2",), "fermé"),), ["R-7K3F2 non : fermé", "non pour R-7K3F2 : fermé"]),
    ((Voted(NO, (3,)),), ["3 non", "3 nee", "3 no", "non au 3"]),
    (
        (Voted(NO, (3,), (), "le voisinage se plaint depuis des mois du bruit des répétitions du samedi soir"),),
        ["3 non : le voisinage se plaint depuis des mois du bruit des\nrépétitions du samedi soir"],
    ),
]
UNCLEAR = [
    "OK", "oui", "ja", "non", "Merci", "bien reçu", "OK merci", "3", "3 ?", "oui sauf la salle de l'école",
    "oui à tout\nmais pas la salle de classe", "Le Collège se réunit finalement jeudi.", "OK pour le 14 mai",
    "3 personnes en plus ?", "1 oui, et pour 2 il faut voir", "oui à tout à 20h",
]  # fmt: skip


@pytest.mark.parametrize(("votes", "text"), [(votes, text) for votes, texts in MEANS for text in texts])
def test_it_says_what_was_decided_about_what(votes: tuple[Voted, ...], text: str) -> None:
    assert read(text) == Ballot(votes)


@pytest.mark.parametrize("text", UNCLEAR)
def test_where_anything_else_is_said_it_is_not_clear(text: str) -> None:
    assert read(text).unclear
