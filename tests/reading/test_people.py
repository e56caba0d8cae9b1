"""How many people a mail expects: those that come, and not all others that a mail counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-06-01T10:00:00+02:00"
ASKS = {
    "en": "We would like to book the multipurpose hall on Saturday 13 June from 2 pm to 6 pm for our party.",
    "fr": "Nous voudrions réserver la salle polyvalente le samedi 13 juin de 14h à 18h pour notre fête.",
    "nl": "Wij willen graag de polyvalente zaal reserveren op zaterdag 13 juni van 14u tot 18u voor ons feest.",
}
MEANS: dict[str, dict[int | None, list[str]]] = {
    "en": {
        30: [
            "Thirty of us, including ten children.",
        ],
        16: [
            "Eight couples are coming.",
        ],
        20: [
            "Not more than 20.",
        ],
        23: [
            "Two teams of eleven plus a referee.",
        ],
        10: [
            "I come with nine friends, so ten with me.",
        ],
        18: [
            "My lot are five, the Kowalskis six and the Mbekis seven, eighteen altogether.",
        ],
        25: [
            "We'll be 25.",
            "About 25 people will come.",
            "Some 25 neighbours have signed up.",
            "It is a dinner for 25 people.",
            "25 guests.",
            "There will be 25 of us.",
            "We expect 25 visitors or so.",
            "Count on 25 heads.",
            "25 kids are coming with their parents' blessing.",
            "A course for 25 beginners.",
            "Twenty-five women meet to sew.",
            "We hope to welcome 25 newcomers.",
            "Participants: 25",
            "20 adults and 5 children are coming.",
            "Numbers: 25 at most.",
            "Our group has grown to 25.",
            "That makes 25 of us.",
        ],
        40: [
            "How many? Hard to say, call it 40.",
        ],
        80: [
            "We are looking for a room that seats 80.",
        ],
        None: [
            "My two daughters will fetch the key.",
            "Three volunteers will set up the tables beforehand.",
            "We are a non-profit run by six volunteers.",
            "The association was founded by 12 neighbours.",
            "We have put flyers in the letterboxes of 300 residents.",
            "Last year 60 people came, this year I have no idea.",
            "I believe it seats 80 people.",
            "I have four children, so mornings are busy.",
            "The street counts 40 inhabitants.",
            "Two men from the brewery deliver the beer.",
            "A mother of three, I know what tired means.",
            "Entry is 5 euro, children under 12 go free.",
            "The first 20 visitors get a biscuit.",
            "Two people will come by on Friday to look at the kitchen.",
            "Our choir has won against 14 other choirs.",
            "We'll inform our 85 subscribers.",
            "The caterer brings four waiters.",
            "Two of our singers use a wheelchair.",
            "With 2 colleagues I look after the accounts.",
            "How many will turn up is anybody's guess; our club has 94 members.",
            "We are 60 on paper. How many will come, heaven knows.",
            "I read that the hall takes 80 people.",
        ],
    },
    "fr": {
        30: [
            "Nous serons 30, dont 10 enfants.",
            "35 inscrits, 5 désistements, restent 30.",
        ],
        16: [
            "Huit couples viendront.",
        ],
        20: [
            "Pas plus de 20.",
        ],
        10: [
            "Neuf amis et moi, dix donc.",
        ],
        18: [
            "Chez moi nous sommes cinq, chez eux sept, chez les autres six, donc dix-huit en tout.",
        ],
        25: [
            "Nous serons 25.",
            "Environ 25 personnes viendront.",
            "Quelque 25 voisins se sont inscrits.",
            "C'est un souper pour 25 personnes.",
            "25 convives.",
            "Il y aura 25 personnes.",
            "Nous attendons 25 visiteurs.",
            "Comptez 25 têtes.",
            "25 enfants viennent avec leurs parents ravis.",
            "Un cours pour 25 débutants.",
            "Vingt-cinq dames se réunissent pour coudre.",
            "Nous espérons accueillir 25 nouveaux.",
            "Participants : 25",
            "20 adultes et 5 enfants viendront.",
            "On sera 25 à tout casser.",
            "Notre groupe est passé à 25.",
            "Cela fait 25 personnes.",
            "On est 25 normalement.",
        ],
        40: [
            "Combien de monde ? Difficile à dire, disons 40.",
        ],
        48: [
            "Nous en sommes déjà à quarante-huit.",
        ],
        80: [
            "Il nous faut une salle où tiennent 80 personnes.",
        ],
        None: [
            "Mes deux filles viendront chercher la clé.",
            "Nous sommes une asbl portée par six bénévoles.",
            "L'association a été fondée par 12 voisins.",
            "Nous avons distribué des flyers à 300 habitants.",
            "L'an dernier 60 personnes sont venues, cette année aucune idée.",
            "Je crois que la salle peut contenir 80 personnes.",
            "J'ai quatre enfants, donc le matin c'est chargé.",
            "Le comité, sept personnes en tout, s'est réuni hier soir.",
            "La rue compte 40 habitants.",
            "Deux hommes de la brasserie livrent la bière.",
            "Maman de trois enfants, je sais ce que fatigue veut dire.",
            "L'entrée est à 5 euros, gratuit pour les enfants de moins de 12 ans.",
            "Les 20 premiers visiteurs reçoivent un biscuit.",
            "Deux personnes passeront vendredi pour voir la cuisine.",
            "Nous avertirons nos 85 abonnés.",
            "Le traiteur amène quatre serveurs.",
            "Deux de nos chanteurs sont en chaise roulante.",
            "Avec 2 collègues je tiens les comptes.",
            "Combien viendront, mystère ; notre club compte 94 membres.",
            "J'ai lu que la salle est autorisée pour 80 personnes.",
        ],
    },
    "nl": {
        30: [
            "We zijn met 30, waarvan 10 kinderen.",
            "35 inschrijvingen, 5 afzeggingen, blijven er 30 over.",
        ],
        16: [
            "Acht koppels komen.",
        ],
        5: [
            "Deelnemers: Bart, Fatma, Ingrid, Luc en ikzelf, vijf dus.",
        ],
        10: [
            "Negen cursisten en ikzelf, tien dus.",
        ],
        25: [
            "We zijn met 25.",
            "Ongeveer 25 mensen zullen komen.",
            "Een 25-tal buren heeft zich ingeschreven.",
            "Het is een etentje voor 25 mensen.",
            "25 gasten.",
            "Er zullen 25 mensen zijn.",
            "We verwachten 25 bezoekers.",
            "Reken op 25 koppen.",
            "25 kinderen komen mee.",
            "Een cursus voor 25 beginners.",
            "Vijfentwintig dames komen samen om te naaien.",
            "We hopen 25 nieuwkomers te verwelkomen.",
            "Deelnemers: 25",
            "20 volwassenen en 5 kinderen komen.",
            "We zullen met 25 zijn.",
            "Onze groep is gegroeid tot 25.",
            "Dat maakt 25 man.",
            "Tzijn er 25.",
        ],
        40: [
            "Hoeveel volk? Moeilijk te zeggen, zeg maar 40.",
        ],
        80: [
            "We zoeken een zaal waar 80 man in kan.",
        ],
        None: [
            "Mijn twee dochters komen de sleutel halen.",
            "Drie vrijwilligers zetten de tafels vooraf klaar.",
            "Wij zijn een vzw die door zes vrijwilligers wordt gedragen.",
            "De vereniging werd gesticht door 12 buren.",
            "We hebben flyers gebust bij 300 bewoners.",
            "Onze nieuwsbrief gaat naar 450 mensen.",
            "Vorig jaar kwamen er 60 mensen, dit jaar geen idee.",
            "Ik geloof dat er 80 mensen in kunnen.",
            "Ik heb vier kinderen, dus 's morgens is het druk.",
            "De straat telt 40 inwoners.",
            "Twee mannen van de brouwerij leveren het bier.",
            "Als moeder van drie kinderen weet ik wat moe is.",
            "De inkom is 5 euro, kinderen onder de 12 mogen gratis binnen.",
            "De eerste 20 bezoekers krijgen een koekje.",
            "Twee mensen komen vrijdag eens langs om de keuken te bekijken.",
            "We verwittigen onze 85 abonnees.",
            "De traiteur brengt vier kelners mee.",
            "Twee van onze zangers zitten in een rolstoel.",
            "Hoeveel er zullen komen weet alleen Sinterklaas; onze club telt 94 leden.",
            "Ik las dat die zaal plaats biedt aan 80 mensen.",
            "Dat is die zaal waar 80 man in kan.",
        ],
    },
}
CASES = [(code, many, said) for code, counts in MEANS.items() for many, phrases in counts.items() for said in phrases]


def expected_in(body: str) -> int | None:
    raw = build(
        {"id": "people", "from": "A <a@quarter.example>", "date": SENT, "subject": "", "body": body, "gold": {}}
    )
    letter = parse(raw, datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    return read(letter, NO_CONTEXT, COMMUNE, load_all()).attendees


@pytest.mark.parametrize(("code", "many", "said"), CASES, ids=[said for _, _, said in CASES])
def test_those_that_come_are_counted_wherever_it_is_said(code: str, many: int | None, said: str) -> None:
    assert expected_in(f"{ASKS[code]} {said}\n\nClaire") == many
    assert expected_in(f"{said} {ASKS[code]}\n\nClaire") == many
