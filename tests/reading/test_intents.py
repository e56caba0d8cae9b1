"""What a mail is for, said in many ways, of which none stands in a lexicon as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.model.meaning import Intent
from mailbot.reading.lexicon import load_all
from mailbot.reading.mime import parse
from mailbot.reading.reader import read
from tests.corpus.commune import MAILBOX
from tests.corpus.mails import COMMUNE, build

SENT = "2026-06-01T10:00:00+02:00"
SAID = {
    Intent.AVAILABILITY: [
        "Bonjour, quelqu'un occupe-t-il la salle polyvalente le samedi 13 juin après-midi ?",
        "La maison de quartier est-elle prise le 13 juin au soir ? On réfléchit encore.",
        "Y a-t-il encore une place pour nous le 13 juin à la bibliothèque, ou c'est complet ? Juste pour info.",
        "Dites, le 13 juin entre 14h et 18h, la salle polyvalente, c'est occupé ?",
        "On hésite entre le 13 et le 20 juin pour la salle polyvalente : lequel des deux est libre ?",
        "Avant d'en parler au comité, j'aimerais savoir si la classe 3 est disponible le mardi 16 juin de 19h à 21h.",
        "Combien de tonnelles vous reste-t-il pour le 13 juin ?",
        "Est-ce que quelque chose est prévu dans la salle polyvalente le 13 juin ?",
        "Quels soirs de juin la bibliothèque est-elle libre ?",
        "Is anybody using the multipurpose hall on Saturday 13 June in the afternoon?",
        "Is the community centre taken on the evening of 13 June? We're still mulling it over.",
        "Before I ask the committee, I would like to know whether classroom 3 is free on Tuesday 16 June, 7 to 9 pm.",
        "How many gazebos have you got left for 13 June?",
        "We can't decide between 13 and 20 June for the multipurpose hall: which of the two is open?",
        "Just out of curiosity, what's on in the community centre on 13 June?",
        "Could you tell me if the library room happens to be vacant on Tuesday 16 June, 7 to 9pm? Nothing firm yet.",
        "Any chance the hall is still going on 13 June from 2 to 6? Only asking.",
        "Which evenings in June is the library room free?",
        "Zit er iemand in de polyvalente zaal op zaterdag 13 juni in de namiddag?",
        "Is het buurthuis bezet op 13 juni 's avonds? We denken er nog over na.",
        "Voor ik het aan het bestuur voorleg, wil ik graag weten of klas 3 vrij is op dinsdag 16 juni van 19u tot 21u.",
        "Hoeveel partytenten zijn er nog over voor 13 juni?",
        "We twijfelen tussen 13 en 20 juni voor de polyvalente zaal: welke van de twee is vrij?",
        "Is er iets te doen in de polyvalente zaal op 13 juni?",
        "Zou je kunnen kijken of de leeszaal toevallig vrij is op dinsdag 16 juni van 19u tot 21u? Nog niets vast.",
        "Is de zaal nog te krijgen op 13 juni van 14u tot 18u? Ik vraag het maar.",
        "Welke avonden in juni is de leeszaal vrij?",
    ],
    Intent.LIST: [
        "Pouvez-vous me dire ce que nous avons chez vous pour cet automne ?",
        "Je ne sais plus quelles dates j'ai retenues, pouvez-vous me les redonner ?",
        "Qu'avons-nous de réservé au nom du comité Bas-Pré ?",
        "J'ai perdu mon agenda : quand sommes-nous inscrits, et où ?",
        "Merci de m'envoyer l'état de nos réservations.",
        "What have we got coming up with you this autumn?",
        "I can't remember which dates I took, could you send them again?",
        "What is down in the name of the Bas-Pré committee?",
        "I've lost my diary: when are we booked in, and where?",
        "Please send me a summary of everything we have reserved.",
        "Wat hebben wij dit najaar bij jullie staan?",
        "Ik weet niet meer welke data ik heb vastgelegd, kunt u ze opnieuw sturen?",
        "Wat staat er op naam van het comité Bas-Pré?",
        "Ik ben mijn agenda kwijt: wanneer en waar staan wij ingeschreven?",
        "Stuur me aub een overzicht van onze reservaties.",
    ],
    Intent.HELP: [
        "Comment fait-on pour emprunter du matériel chez vous ?",
        "Qui peut réserver une salle, et est-ce payant ?",
        "Faut-il être une asbl pour demander la salle ?",
        "Où va-t-on chercher la clé, et à quelles heures ?",
        "Quelles salles avez-vous, et pour combien de personnes ?",
        "How does one borrow equipment from you?",
        "Who may book a room, and is there a fee?",
        "Do we need to be a registered charity to ask for the hall?",
        "Where does one fetch the key, and when?",
        "Which rooms do you have, and for how many people?",
        "Hoe gaat dat in zijn werk, materiaal lenen bij jullie?",
        "Wie mag een zaal aanvragen, en kost dat iets?",
        "Moet je een vzw zijn om de zaal te vragen?",
        "Waar haal je de sleutel, en op welke uren?",
        "Welke zalen hebben jullie, en voor hoeveel mensen?",
    ],
    Intent.KEY: [
        "La clé de la maison de quartier est rentrée ce matin, tout est en ordre.",
        "J'ai glissé la clé de la bibliothèque dans la boîte aux lettres de Josiane hier soir.",
        "Les 4 tonnelles et les 20 chaises sont revenues au garage, rien ne manque.",
        "The community centre key came back this morning, all in order.",
        "I dropped the library key through Josiane's letterbox last night.",
        "The 4 gazebos and 20 chairs are back in the garage, nothing missing.",
        "De sleutel van het buurthuis is vanmorgen terug, alles in orde.",
        "Ik heb de sleutel van de bib gisteravond bij Josiane in de bus gestoken.",
        "De 4 partytenten en 20 stoelen staan terug in de garage, niets te kort.",
    ],
    Intent.FEEDBACK: [
        "La fête de samedi dernier dans la salle polyvalente était super, mais le chauffage ne marchait pas.",
        "Petit retour sur hier soir : une chaise cassée, et merci pour tout.",
        "Our party in the multipurpose hall last Saturday was great, but the heating didn't work.",
        "A word about last night: one chair broke, and thank you for everything.",
        "Ons feest van vorige zaterdag in de polyvalente zaal was top, alleen deed de verwarming het niet.",
        "Even over gisteravond: er is een stoel stuk, en bedankt voor alles.",
    ],
    Intent.HUMAN: [
        "Le camion poubelle n'est pas passé rue Haute cette semaine.",
        "Pouvez-vous me renvoyer la facture de mars ? Notre comptable la cherche.",
        "The bin lorry did not come to the High Street this week.",
        "Could you send the March invoice again? Our accountant needs it.",
        "De vuilniswagen is deze week niet door de Hoogstraat gereden.",
        "Kunt u de factuur van maart opnieuw sturen? Onze boekhouder zoekt ze.",
    ],
    Intent.BOOK: [
        "Could the guild use the library room on Tuesday 16 June, 7 to 9 pm?",
        "La petite salle de réunion le mardi 16 juin de 19h à 21h, ce serait possible pour notre comité ?",
        "Kan ons comité op dinsdag 16 juni van 19u tot 21u in de leeszaal terecht?",
    ],
}
CASES = [(intent, body) for intent, bodies in SAID.items() for body in bodies]


@pytest.mark.parametrize(("intent", "body"), CASES, ids=[body for _, body in CASES])
def test_what_a_mail_is_for(intent: Intent, body: str) -> None:
    case = {
        "id": "i",
        "from": "A <a@quarter.example>",
        "date": SENT,
        "subject": "",
        "body": f"{body}\n\nClaire",
        "gold": {},
    }
    letter = parse(build(case), datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    assert read(letter, NO_CONTEXT, COMMUNE, load_all()).intent is intent


@pytest.mark.parametrize(
    "body",
    [
        "Bonjour, pouvez-vous m'envoyer un accusé de réception de ma demande ?",
        "Bonjour, merci de m'envoyer un accusé de réception de ma demande.",
        "Bonjour, j'ai fait le virement de la caution hier.",
        "Bonjour, voici notre IBAN : BE71 0961 2345 6769.",
        "Bonjour, je ne veux plus recevoir vos messages de rappel pour la salle.",
        "Bonjour, je suis en congé jusqu'au 12 mais ma collègue viendra chercher la clé samedi.",
        "Bonjour, nous offrons gratuitement nos vieilles tables à la commune.",
        "Bonjour, inutile de me répondre, mais la porte du local était ouverte ce matin.",
        "Bonjour, le colis de gobelets est arrivé chez nous par erreur, il est en attente dans notre couloir.",
        "Beste, graag een ontvangstbevestiging van mijn aanvraag.",
        "Beste, wil je mij afmelden voor de herinneringen van de zaal?",
        "Hallo, ik ben momenteel op vakantie maar mijn zus haalt de sleutel.",
        "Beste, ons nieuwe adres voor de nieuwsbrief is Kerkstraat 3.",
        "Hello, please unsubscribe my colleague Jan from the booking mails, he left our association.",
        "Hello, we pay 10 euro per month for the cupboard. We would like to stop that.",
        "Hi, we won a prize with our street party, thanks to your tents!",
        "Hello, I am away until Friday, can my sister return the key?",
        "Hello, dear customer service, our beneficiary number is 12.",
    ],
)
def test_a_neighbour_is_not_taken_for_an_advertiser(body: str) -> None:
    """Silence would lose the mail: what is not surely a robot's or an advertiser's is for a person at least."""
    raw = build({"id": "x", "date": SENT, "from": "Ann <ann@initiative.example>", "subject": "", "body": body})
    letter = parse(raw, datetime.fromisoformat(SENT).astimezone(UTC), own=frozenset({MAILBOX}))
    assert read(letter, NO_CONTEXT, COMMUNE, load_all()).intent is not Intent.IGNORE
