"""A yes that is a proof: what counts as a plain one."""

from __future__ import annotations

import pytest

from mailbot.model.letters import NO_CONTEXT
from mailbot.reading.plainly import says_plainly_yes
from tests.reading.test_words import letter


@pytest.mark.parametrize(
    "text",
    [
        "Oui",
        "oui merci!",
        "Bonjour,\n\nOui, c'est bien moi.\n\nInès",
        "Bonjour madame, oui. Nous n'avons plus besoin de la salle.",
        "OK. À quelle heure ouvre la loge ?",
        "C'est bien nous.",
        "Ja",
        "ja hoor, klopt",
        "Dag,\nJa, dat mag geannuleerd worden, we komen niet.\nTom",
        "Dat klopt.",
        "Yes that's us. Thanks, see you Saturday?",
        "yep",
        "Hello there, yes please. We can't make it, sorry.",
    ],
)
def test_an_ordinary_yes_is_plain(text: str) -> None:
    assert says_plainly_yes(letter(text), NO_CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        "Oui ?",
        "Je ne dis pas oui.",
        "Oui, je garde la salle !",
        "Je n'ai jamais demandé ça, donc non et pas oui.",
        "Ce n'est pas moi.",
        "J'ai reçu votre mail ce matin et je ne comprends rien : oui à quoi ?",
        "Ja?",
        "Ik zeg niet ja",
        "ja, wij houden de zaal",
        "Dat was ik niet.",
        "Yes?",
        "I did not say yes",
        "yes, we are keeping the room",
        "It wasn't me.",
    ],
)
def test_what_doubts_denies_or_keeps_is_no_plain_yes(text: str) -> None:
    assert not says_plainly_yes(letter(text), NO_CONTEXT)
