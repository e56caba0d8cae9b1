"""What a sender says, and what a mail merely repeats, hands on or signs with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailbot.model.letters import NO_CONTEXT, Context, Letter
from mailbot.reading import mime
from mailbot.reading.words import OwnWords, bare_subject, own_words
from tests.corpus.words import WordsCase, cases
from tests.watchdog import computing_ends

ARRIVED = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
CASES = list(cases())


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def read(case: WordsCase) -> OwnWords:
    context = Context(our_texts=(case.parts["ours"],)) if "ours" in case.parts else NO_CONTEXT
    return own_words(mime.parse(case.raw(), ARRIVED), context)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_sender_says_is_told_from_the_rest(case: WordsCase) -> None:
    found = read(case)
    assert lines(found.body) == lines(case.parts["own"])
    assert lines(found.forwarded) == lines(case.parts.get("forwarded", ""))
    if "phone" in case.parts:
        assert found.phone == case.parts["phone"].strip()
    if "subject" in case.parts:
        assert found.subject == case.parts["subject"].strip()


def letter(text: str, subject: str = "salle", **fields: object) -> Letter:
    raw = "\r\n".join(
        [f"From: Karim <karim@x.example>\r\nSubject: {subject}", *(f"{k}: {v}" for k, v in fields.items())]
    )
    return mime.parse(f"{raw}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode(), ARRIVED)


@pytest.mark.parametrize(
    ("subject", "bare", "mark"),
    [
        ("salle", "salle", ""),
        ("Re: salle", "salle", "reply"),
        ("RE : salle", "salle", "reply"),
        ("Re[2]: salle", "salle", "reply"),
        ("Antw.: zaal", "Antw.: zaal", ""),
        ("Antw: zaal", "zaal", "reply"),
        ("TR: Re: salle", "salle", "forward"),
        ("Fwd: FW: salle", "salle", "forward"),
        ("Doorst: zaal", "zaal", "forward"),
        ("Re: [assos-bruyere] salle", "salle", "reply"),
        ("[EXTERNE] Re: salle", "salle", "reply"),
        ("EXTERNAL: room", "room", ""),
        ("***SPAM*** salle", "salle", ""),
        ("[annulation] salle", "[annulation] salle", ""),
        ("Re: [R-9D2WX] Votre réservation", "[R-9D2WX] Votre réservation", "reply"),
        ("Réservation : salle", "Réservation : salle", ""),
        ("Ref: 12", "Ref: 12", ""),
        ("Re: Souper – pas possible tel quel, 3 autres possibilités (R-9D2WX)", "Souper", "reply"),
        ("Antw: Re: quiz – bis – moet dit geannuleerd worden? (R-9D2WX)", "quiz – bis", "reply"),
        ("annulation – salle (R-9D2WX)", "annulation – salle (R-9D2WX)", ""),
        ("", "", ""),
    ],
)
def test_a_subject_without_the_marks_of_programs(subject: str, bare: str, mark: str) -> None:
    assert bare_subject(subject) == (bare, mark)


@pytest.mark.parametrize(
    "text",
    [
        "Avis : courrier venu de dehors, méfiance 24h/24.\nla salle samedi",
        "la salle samedi\n\n*Avis : courrier venu\nde dehors, méfiance 24h/24.*",
        "la salle samedi\n> Avis : courrier venu de dehors,\n> méfiance 24h/24.",
    ],
)
def test_what_the_commune_s_own_servers_add_is_nobody_s_word(text: str) -> None:
    found = own_words(letter(text), banners=("Avis : courrier venu de dehors, méfiance 24h/24.",))
    assert lines(found.body) == ["la salle samedi"]


def test_all_that_is_not_own_is_kept_apart() -> None:
    text = "ok\n\nCordialement,\nKarim\n0400 11 22 33\n\n"
    text += "Le 5 mars 2026 à 17:30, X <x@y.example> a écrit :\n> R-9D2WX le 14\n"
    found = own_words(letter(text, "Re: salle"))
    assert (found.body, found.answers, found.phone) == ("ok", True, "0400 11 22 33")
    assert found.signature == "Cordialement,\nKarim\n0400 11 22 33"
    assert found.quoted.endswith("R-9D2WX le 14")


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("GSM 0400 12 34 56", "0400 12 34 56"),
        ("0400/23.45.67", "0400/23.45.67"),
        ("+32 (0)2 513 14 00", "+32 (0)2 513 14 00"),
        ("tel. 02 000 10 12", "02 000 10 12"),
        ("(0400 44 55 66, na 17u)", "0400 44 55 66"),
        ("BE68 5390 0754 7034", None),
        ("0876.543.210", None),
        ("de 14 à 18 h le 12/06/2026", None),
        ("1099 Bruyère", None),
    ],
)
def test_a_telephone_number_is_told_from_other_numbers(written: str, phone: str | None) -> None:
    assert own_words(letter(f"la salle\n\nCordialement,\nKarim\n{written}")).phone == phone


def test_a_long_mail_is_compared_with_our_letters_to_its_end() -> None:
    ours = "\n".join(f"{number}. la salle polyvalente, le {number} mars, de 14h à 18h" for number in range(1_000))
    text = "la 3 svp\n" + "\n".join(f"> {line}" for line in ours.split("\n") * 3) + "\nle 3 ou le 4 et " * 5_000
    mail = letter(text, "Re: salle")
    with computing_ends():
        found = own_words(mail, Context(our_texts=(ours,) * 5))
    assert found.body.startswith("la 3 svp")
