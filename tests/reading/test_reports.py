"""A few words of those who hand out keys and goods, with what they tell; and what must tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.reports import Statement, Told, Verb
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reports import LONGEST, read_report
from tests.corpus.mails import COMMUNE

SENT = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)
"""A Friday."""


def told(words: str, language: str = "fr", subject: str = "Re: votre liste") -> Told | None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"], mail["Message-ID"] = "Josiane <josiane@loge.example>", subject, "<1@loge.example>"
    mail["Date"] = SENT
    mail.set_content(words)
    letter = parse(mail.as_bytes(), SENT, own=frozenset())
    return read_report(letter, NO_CONTEXT, COMMUNE, load_all(), language)


def shown(statement: Statement) -> str:
    """Return a statement in short: "returned 2 3", "missing gobelet×3", "absent 06-05..06-06"."""
    parts = [statement.verb.value, *(["all"] if statement.all else []), *map(str, statement.numbers)]
    parts += [f"but {number}" for number in statement.but]
    parts += [f"copy {number}" for number in statement.copies]
    parts += [*statement.codes, *(["key"] if statement.key else []), *(["arrival"] if statement.arrival else [])]
    parts += [f"{amount.resource}×{amount.units or '?'}" for amount in statement.things]
    parts += [f"{first:%m-%d}..{last:%m-%d}" for first, last in statement.days]
    return " ".join(parts)


MEANS = {
    "handed": ["Mme Collin est passée prendre les affaires", "Mevrouw Collin is langsgeweest", "they have come"],
    "handed R-7K3F2": [
        "7K3F2 remise",
        "7k3f2 afgegeven",
        "r-7k3f2 handed over",
        "R-7K3F2 remise",
        "R-7K3F2 afgegeven",
        "R-7K3F2 handed over",
    ],
    "handed 1": ["1 rmis", "1 ok", "1 c'est fait", "1 afgegevn", "1 in orde", "1 mee", "1 done", "1 hande out"],
    "returned 12": ["12 rendeu", "12 trug", "12 retured"],
    "returned": ["rendu par Rémi", "rendu par la dame de Vendu"],
    "returned / not-back key": ["rendu sauf la clé", "terug behalve de sleutel", "returned except the key"],
    "returned 2 / state": ["2 rendu mais sale", "2 rendu, pas rincés", "2 terug maar vuil", "2 back but dirty"],
    "returned 1 / missing": [
        "1 rendu, manque 1 piquet",
        "1 rendu, il manque un piquet de tente",
        "1 terug, 2 haringen ontbreken",
        "1 terug, een haring van de tent ontbreekt",
        "1 back, 2 pegs missing",
    ],
    "returned tonnelle×5 / damaged tonnelle×1": ["les 5 tonnelles sont rentrées mais une est trouée"],
    "not-back": ["isnt back", "pa rendu", "nie terug"],
    "handed 12": ["12 remise", "12 afgegeven", "12 handed over", "12: remis", "n° 12 remis", "Le 12 est remis, merci."],
    "returned 2 3": ["2 et 3 rendus", "2 en 3 terug", "2 and 3 back", "2, 3 rendus", "rendus : 2, 3", "2-3 rendus"],
    "returned 2 3 5": ["2, 3 et 5 rendus", "2, 3 en 5 terug", "2, 3 and 5 returned"],
    "returned 2 / handed 3": ["2 rendu, 3 remis", "2 rendu 3 remis", "2 terug, 3 afgegeven", "2 back and 3 handed out"],
    "returned all": ["tout rendu", "Tout est rentré !", "alles terug", "all back", "everything returned"],
    "returned all but 4": ["tout est rentré sauf le 4", "alles terug behalve 4", "all back except 4"],
    "returned all / missing chaise×2": [
        "tout rendu sauf 2 chaises",
        "alles terug behalve 2 stoelen",
        "alles terug op 2 stoelen na",
    ],
    "returned / missing gobelet×3 / damaged tonnelle×1": [
        "rendue, 3 gobelets manquent, une tonnelle déchirée",
        "terug, er ontbreken 3 bekers en een partytent is gescheurd",
        "returned, 3 cups missing, one gazebo torn",
    ],
    "returned 4 / missing chaise×2": [
        "4 rendu, manque 2 chaises",
        "4 terug, 2 stoelen te weinig",
        "4 back, 2 chairs missing",
    ],
    "missing chaise×?": ["il manque des chaises", "er ontbreken stoelen", "some chairs missing"],
    "nobody": [
        "prsonne n est venue",
        "nimand gekomen",
        "niemand",
        "nobodi came",
        "personne n'est venu",
        "niemand gekomen",
        "Er is niemand komen opdagen",
        "nobody came",
    ],
    "nobody 3": ["3 personne n'est venu", "3 pas venu", "3 niemand gekomen", "3 nobody came", "3 no show"],
    "not-back 2": ["2 pas rendu", "2 n'est pas revenu", "2 niet teruggebracht", "2 nog niet terug", "2 not back"],
    "not-back key": ["la clé n'est pas revenue", "sleutel niet terug", "the key is missing"],
    "returned copy 2 key": ["clé 2 rendue", "clé n° 2 rendue", "sleutel 2 terug", "key no. 2 back"],
    "returned 2": ["Bonjour, le 2 est rendu à 9h15. Merci, Josiane", "2 terug om 9.15 uur", "2 back at 9.15 am"],
    "counted tonnelle×5 / repair tonnelle×1 06-05..06-12": [
        "inventaire : 5 tonnelles, une en réparation jusqu'au 12",
        "inventaris: 5 partytenten, één in herstelling tot 12 juni",
        "inventory: 5 gazebos, one in repair until 12 June",
    ],
    "counted tonnelle×5 chaise×30": ["inventaire : 5 tonnelles, 30 chaises", "inventory: 5 gazebos and 30 chairs"],
    "added percolateur×2": ["ajouter 2 percolateurs", "2 percolators toevoegen", "add 2 coffee urns"],
    "found gobelet×3": ["les 3 gobelets sont retrouvés", "3 bekers teruggevonden", "found 3 cups"],
    "repair tonnelle×1": ["une tonnelle chez le réparateur", "1 partytent naar de hersteller"],
    "closed 06-06..06-06": [
        "garage zaterdag toe",
        "garage fermé samedi",
        "garage gesloten zaterdag",
        "garage closed on Saturday",
    ],
    "absent 06-05..06-05": ["absente aujourd'hui", "vandaag afwezig", "absent today", "Je ne suis pas là aujourd'hui"],
    "absent 06-08..06-14": ["absente la semaine prochaine", "volgende week met verlof", "away next week"],
    "absent 06-08..06-12": ["absente du 8 au 12 juin", "afwezig van 8 tot 12 juni", "away from 8 to 12 June"],
    "absent 06-06..06-06": ["abs demain", "morgen niet"],
    "absent 06-06..06-06 06-12..06-12": ["absente demain et vendredi", "afwezig morgen en vrijdag"],
    "absent 06-05..06-15": ["absente jusqu'au 15 juin", "afwezig tot 15 juni", "away until 15 June"],
    "who-comes": [
        "qui vien ce soir",
        "ki vient ce soir",
        "wie moet er nog komen?",
        "lijst aub",
        "qui vient ce soir ?",
        "Qui passe demain ?",
        "wie komt er vanavond?",
        "who's coming tonight?",
    ],
    "damaged arrival": ["à l'arrivée : vitre cassée", "bij aankomst: ruit kapot", "on arrival: window broken"],
    "undo": ["non", "c'est faux", "sorry fout", "annuler", "nee", "vergissing", "cancel", "undo"],
    "yes": ["oui", "Oui, c'est bien moi", "ja", "yes"],
}
MEANS_NOTHING = [
    "ok",
    "Merci !",
    "d'accord, bonne soirée",
    "ok, bedankt",
    "prima",
    "thanks, noted",
    "PERSONNE",
    "à demain",
]
IS_FOR_A_PERSON = [
    "La serrure de la grande salle, il faudrait que quelqu'un la regarde.",
    "Kan iemand mij bellen over de nieuwe uren van de loge?",
    "2 et 3",
]


@pytest.mark.parametrize(("meaning", "words"), [(meaning, words) for meaning in MEANS for words in MEANS[meaning]])
def test_a_few_words_tell(meaning: str, words: str) -> None:
    found = told(words)
    assert found
    assert " / ".join(map(shown, found.statements)) == meaning
    assert not found.rest


@pytest.mark.parametrize("words", MEANS_NOTHING)
def test_a_bare_ok_tells_nothing(words: str) -> None:
    found = told(words)
    assert found
    assert (found.statements, found.rest) == ((), False)


@pytest.mark.parametrize("words", IS_FOR_A_PERSON)
def test_what_has_no_verb_is_left_for_a_person(words: str) -> None:
    found = told(words)
    assert found
    assert (found.statements, found.rest) == ((), True)


def test_what_stands_beside_a_report_is_not_lost() -> None:
    found = told("2 rendu. Il faudrait que le service technique regarde la grande porte.")
    assert found
    assert [shown(statement) for statement in found.statements] == ["returned 2"]
    assert found.rest


def test_the_list_that_is_quoted_tells_nothing() -> None:
    quoted = (
        "ok\n\nLe ven. 5 juin 2026 à 06:45, Réservations a écrit :\n> 1. 8 h-10 h : REPRENDRE clé n° 3\n> « 2 rendu »\n"
    )
    found = told(quoted)
    assert found
    assert found.statements == ()


def test_a_subject_alone_is_enough() -> None:
    found = told("", subject="12 rendu")
    assert found
    assert [shown(statement) for statement in found.statements] == ["returned 12"]


def test_a_long_mail_is_no_report() -> None:
    assert told("2 rendu " * LONGEST) is None


def test_a_request_is_no_report() -> None:
    found = told("Bonjour, je voudrais deux tables samedi de 14h à 18h pour la fête de ma rue.", subject="tables")
    assert found
    assert found.statements == ()


@pytest.mark.parametrize("code", list(load_all()))
def test_each_language_has_words_for_every_verb(code: str) -> None:
    table = load_all()[code].table("reports")
    assert {verb.value for verb in Verb} <= set(table)
    assert set(table) == set(load_all()["fr"].table("reports"))
