"""Dates that are told by the way: whatever else a mail tells, the day is that of what it asks for."""

from __future__ import annotations

import pytest

from tests.reading.test_exceptions import days, meant

EVENT = "2026-10-10"
BESIDE = [
    "Bonjour,\n\nNotre fête a lieu le samedi 10 octobre. Il nous faudrait 10 bancs. "
    "Je passe au guichet le 28 août, on peut en parler.\n\nClaire",
    "Bonjour,\n\nNous organisons une brocante le 10 octobre. Pourriez-vous nous prêter 10 bancs ? "
    "L'assemblée du 12 septembre doit encore voter.",
    "Bonjour,\n\n10 bancs pour la fête du 10 octobre, svp. Nous imprimons les affiches le 20 septembre.\n\nClaire",
    "Bonjour,\n\nNous voudrions 10 bancs. Le bal est le 10 octobre. "
    "Notre autre fête, celle du 5 décembre, se fait chez les scouts.",
    "Bonjour,\n\nD'habitude c'est toujours le 3 octobre, mais cette année ça tombe mal. "
    "Ce sera donc le 10 octobre. Pouvons-nous avoir 10 bancs ?",
    "Bonjour,\n\nNotre fête est le 10 octobre. 10 bancs seraient parfaits. "
    "Merci de ne pas m'appeler le 2 septembre, je me fais opérer.",
    "Dag,\n\nOns feest is op zaterdag 10 oktober. Mogen we 10 banken lenen? Ik heb examens tot 4 september.\n\nKlaar",
    "Dag,\n\nWe vieren op 10 oktober. Graag 10 banken. De flyers gaan op 20 september naar de drukker.",
    "Dag,\n\nEerst dachten we aan 3 oktober, maar dan is het kermis. Het wordt dus zaterdag 10 oktober. "
    "Kunnen we 10 banken krijgen?",
    "Dag,\n\nKunnen we 10 banken krijgen? Het bal is op 10 oktober. "
    "Ons kerstfeest op 12 december doen we bij de paters.",
    "Dag,\n\nHet buurtfeest gaat door op 10 oktober. 10 banken graag. "
    "De vergadering van 1 september moet het nog goedkeuren.",
    "Dag,\n\nOp 10 oktober is het straatfeest en daarvoor willen we 10 banken. "
    "Op 5 september ben ik niet bereikbaar, want dan trouwt mijn broer.",
    "Hello,\n\nOur party is on Saturday 10 October. Could we borrow 10 benches? I'm away until 4 September.\n\nClare",
    "Hello,\n\nThe street fair takes place on 10 October. 10 benches please. "
    "The committee meeting of 1 September still has to approve it.",
    "Hello,\n\nIt is usually on 3 October, but that is a school day this year. "
    "So we chose 10 October. Please lend us 10 benches.",
    "Hello,\n\nPlease lend us 10 benches. The ball is on 10 October. "
    "Our Christmas concert on 12 December is in the church.",
    "Hello,\n\nHarvest supper this year: 10 October. My birthday is the day after. Please put us down for 10 benches.",
    "Hello,\n\nWe celebrate on 10 October and need 10 benches. We shan't be at home on 2 September.",
]


@pytest.mark.parametrize("mail", BESIDE)
def test_dates_told_by_the_way_are_not_those_of_the_event(mail: str) -> None:
    assert days(meant(mail)) == [EVENT]


SEVERAL = [
    "Bonjour,\n\nNotre bal a lieu le 10 octobre. Le 14 novembre, on recommence. Pourrions-nous avoir 10 bancs ?",
    "Dag,\n\nGraag 10 banken:\n- zaterdag 10 oktober\n- zaterdag 14 november\n\nKlaar",
    "Hello,\n\nCould we have 10 benches on 10 October, and again on 14 November?\n\nClare",
]


@pytest.mark.parametrize("mail", SEVERAL)
def test_several_days_of_one_request_are_all_asked(mail: str) -> None:
    assert days(meant(mail)) == [EVENT, "2026-11-14"]
