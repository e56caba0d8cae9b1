"""Trust by proof: who writes under somebody's name, or knows their code, moves nothing that stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailbot.model.reservation import Reservation
from mailbot.reading.proof import by_host
from tests.service.conftest import NINE_THIRTY
from tests.service.mails import INES, KARIM, MARC, READING_ROOM, STAFF, to
from tests.stories.test_stories import calendar_method, changed_rules
from tests.stories.town import EVER, Clock, Town, text_of

HOST = "mx.bruyere.example"
PASS = {"Authentication-Results": f"{HOST}; dmarc=pass header.from=codedojo.example"}
FAIL = {"Authentication-Results": f"{HOST}; dmarc=fail header.from=codedojo.example"}
UNKNOWN = {"Authentication-Results": f"{HOST}; dmarc=none header.from=codedojo.example"}
MALLORY = "mallory@evil.example"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A commune whose mail host checks senders."""
    town = checking(Town(tmp_path, Clock(NINE_THIRTY)))
    yield town
    town.close()


def checking(town: Town) -> Town:
    town.office = replace(town.office, proof=by_host(HOST))
    town.round()
    return town


def booked(town: Town) -> EmailMessage:
    """Let Inès book the reading room; return the confirmation."""
    [confirmation] = town.write(INES, "lecture", READING_ROOM, headers=PASS)
    assert len(town.rows()) == 1
    return confirmation


def code_of(letter: EmailMessage) -> str:
    return str(letter["Subject"]).rpartition("(")[2].rstrip(")")


def challenge_to(town: Town) -> EmailMessage:
    [challenge] = town.write(INES, "", "Merci d'annuler cette réservation.", answers=booked(town), headers=UNKNOWN)
    assert "OUI" in text_of(challenge)
    return challenge


# --- a domain check


def test_a_sender_whose_domain_vouches_needs_no_challenge(town: Town) -> None:
    [cancelled] = town.write(INES, "", "Merci d'annuler cette réservation.", answers=booked(town), headers=PASS)
    assert calendar_method(cancelled) == "CANCEL"
    assert town.rows() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        UNKNOWN,
        {"Authentication-Results": "mx.evil.example; dmarc=pass header.from=codedojo.example"},
        {"Authentication-Results": f"{HOST}; dmarc=pass header.from=evil.example"},
        {"X-Authentication-Results": PASS["Authentication-Results"]},
        {"ARC-Authentication-Results": f"i=1; {PASS['Authentication-Results']}"},
    ],
    ids=["nothing", "none", "another host", "another domain", "another header", "ARC"],
)
def test_without_a_proof_the_owner_gets_one_mail_to_answer(town: Town, headers: dict[str, str]) -> None:
    confirmation = booked(town)
    [challenge] = town.write(INES, "", "Merci d'annuler cette réservation.", answers=confirmation, headers=headers)
    assert to([challenge]) == ["ines@codedojo.example"]
    assert len(town.rows()) == 1
    [cancelled] = town.write(INES, "", "oui", answers=challenge, headers=headers)
    assert calendar_method(cancelled) == "CANCEL"
    assert town.rows() == []


def test_a_forged_header_below_the_hosts_own_is_ignored(town: Town) -> None:
    confirmation = booked(town)
    raw = town.mail(INES, "", "Merci d'annuler.", answers=confirmation, headers=PASS)
    own = f"Authentication-Results: {FAIL['Authentication-Results']}\r\n".encode()
    town.receive(own + raw)
    assert len(town.rows()) == 1


def test_a_mail_that_its_domain_disowns_goes_to_a_person(town: Town) -> None:
    letters = town.write(INES, "", "Merci d'annuler cette réservation.", answers=booked(town), headers=FAIL)
    assert to(letters) == ["ines@codedojo.example", *STAFF]
    assert "ce mail ne vient pas de cette adresse" in text_of(letters[1])
    assert "komt deze mail niet van dit adres" in text_of(letters[2])
    assert len(town.rows()) == 1


def test_a_failed_check_voids_the_answer_to_a_challenge(town: Town) -> None:
    challenge = challenge_to(town)
    letters = town.write(INES, "", "oui", answers=challenge, headers=FAIL)
    assert to(letters) == ["ines@codedojo.example", *STAFF]
    assert len(town.rows()) == 1


@pytest.mark.parametrize("words", ["Je ne dis pas oui, c'est qui ?", "Oui, je garde la salle !", "Oui ?"])
def test_what_is_no_plain_yes_to_a_challenge_is_for_a_person(town: Town, words: str) -> None:
    challenge = challenge_to(town)
    letters = town.write(INES, "", words, answers=challenge, headers=UNKNOWN)
    assert to(letters) == ["ines@codedojo.example", *STAFF]
    assert len(town.rows()) == 1


def test_a_bare_no_that_the_domain_disowns_undoes_nothing(town: Town) -> None:
    letters = town.write(INES, "", "NON", answers=booked(town), headers=FAIL)
    assert STAFF[0] in to(letters)
    assert len(town.rows()) == 1


# --- bookings


def test_a_booking_needs_no_proof_where_the_rules_say_so(town: Town) -> None:
    town.write(INES, "lecture", READING_ROOM, headers=FAIL)
    assert len(town.rows()) == 1


def test_the_rules_may_want_a_person_for_an_unproven_booking(tmp_path: Path) -> None:
    rules = changed_rules([{"old": "unproven_bookings: allowed", "new": "unproven_bookings: to-staff"}], tmp_path)
    town = checking(Town(tmp_path, Clock(NINE_THIRTY), rules))
    letters = town.write(INES, "lecture", READING_ROOM, headers=UNKNOWN)
    assert to(letters) == ["ines@codedojo.example", *STAFF]
    assert "Rien ne prouve que ce mail vient de cette adresse" in text_of(letters[1])
    assert town.rows() == []
    town.write(INES, "lecture", f"{READING_ROOM} Merci.", headers=PASS)
    assert len(town.rows()) == 1
    town.close()


# --- forgers


@pytest.mark.parametrize(
    "sender",
    [
        f"Ines Lambrecht <{MALLORY}>",
        f'"ines@codedojo.example" <{MALLORY}>',
        f'"Ines <ines@codedojo.example>" <{MALLORY}>',
        f"ines@codedojo.example <{MALLORY}>",
        f"{MALLORY} (ines@codedojo.example)",
        '"ines@codedojo.example"@evil.example',
        "ines@codedojo.example.evil.example",
        "ines@c\u043ededojo.example",
        "ines@codedojo.examp1e",
        "ines@xn--cdedojo-hjf.example",
        "i\u0301nes@codedojo.example",
    ],
)
def test_who_only_looks_like_the_owner_learns_and_moves_nothing(town: Town, sender: str) -> None:
    """Whoever could be taken for her is not even asked about; a stranger under her name is, by the address alone."""
    confirmation = booked(town)
    plainly_another = MALLORY in sender
    headers = {"Authentication-Results": f"{HOST}; dmarc=pass header.from=evil.example"}
    raw = town.mail("x@evil.example", "", "x", answers=confirmation, headers=headers)
    raw = raw.replace(b"From: x@evil.example", b"From: " + sender.encode())
    for subject in (b"annuler", f"annuler ({code_of(confirmation)})".encode()):
        body = raw.replace(b"Subject: \r\n", b"Subject: " + subject + b"\r\n").replace(
            b"\r\n\r\nx", f"\r\n\r\nMerci d'annuler la réservation {code_of(confirmation)}.".encode()
        )
        letters = town.receive(body)
        asked = [letter for letter in letters if "ines@codedojo.example" in to([letter])]
        assert plainly_another or not asked
        for letter in asked:
            assert f"\n{MALLORY} " in text_of(letter)
            assert text_of(letter).count("ines@") == 0
        others = [letter for letter in letters if to([letter])[0] not in STAFF and letter not in asked]
        assert all("lecture" not in text_of(letter) for letter in others)
    assert len(town.rows()) == 1


def test_a_forged_from_moves_nothing_and_only_the_owner_hears_of_it(town: Town) -> None:
    """Whoever writes under her name, with her code, in her thread: the question goes to her alone."""
    confirmation = booked(town)
    letters = town.write(INES, "", f"Annulez {code_of(confirmation)}.", answers=confirmation)
    assert to(letters) == ["ines@codedojo.example"]
    assert len(town.rows()) == 1


@pytest.mark.parametrize("headers", [{}, PASS], ids=["forged", "proven"])
def test_answers_never_go_to_a_strangers_reply_to(town: Town, headers: dict[str, str]) -> None:
    letters = town.write(INES, "lecture", READING_ROOM, headers={**headers, "Reply-To": MALLORY})
    assert to(letters) == ["ines@codedojo.example"]
    confirmation = letters[0]
    letters = town.write(INES, "", "Merci d'annuler.", answers=confirmation, headers={"Reply-To": MALLORY})
    assert MALLORY not in to(letters)
    assert len(town.rows()) == 1


def test_a_guessed_code_opens_nothing(town: Town) -> None:
    code = code_of(booked(town))
    letters = town.write(KARIM, f"annuler ({code})", f"Merci d'annuler {code}.")
    assert len(town.rows()) == 1
    for letter in letters:
        if to([letter])[0] not in STAFF:
            assert "codedojo" not in text_of(letter)
            assert "Lambrecht" not in text_of(letter)


@pytest.mark.parametrize(("guesses", "asked"), [(5, 1), (5_000, 0)])
def test_who_names_thousands_of_codes_guesses(town: Town, guesses: int, asked: int) -> None:
    """A new address may be one of theirs, so the owner is asked; a list of codes is no mail about a booking."""
    codes = "\n".join([*(f"R-{number:05d}" for number in range(guesses)), code_of(booked(town))])
    letters = town.write("zoe@courrier.example", "annuler", f"Merci d'annuler.\n{codes}")
    assert to(letters).count("ines@codedojo.example") == asked
    assert len(town.rows()) == 1


def test_a_third_person_in_cc_who_answers_everybody_moves_nothing(town: Town) -> None:
    confirmation = booked(town)
    headers = {
        "Cc": "ines@codedojo.example",
        "Authentication-Results": f"{HOST}; dmarc=pass header.from=leslombrics.example",
    }
    town.write(
        KARIM, "Re: " + str(confirmation["Subject"]), "Annulez, s'il vous plaît.", answers=confirmation, headers=headers
    )
    assert len(town.rows()) == 1


@pytest.mark.parametrize("answer", ["oui", "OUI", "oui, annulez"])
def test_a_forwarded_challenge_cannot_be_answered_by_who_got_it(town: Town, answer: str) -> None:
    challenge = challenge_to(town)
    body = f"{answer}\n\n" + "\n".join(f"> {line}" for line in text_of(challenge).splitlines())
    for sender in (KARIM, MALLORY, MARC):
        town.write(sender, "Re: " + str(challenge["Subject"]), body, answers=challenge)
    assert len(town.rows()) == 1


def test_a_forwarded_thread_that_shows_the_code_and_our_message_ids_is_no_proof(town: Town) -> None:
    """The forger knows all that the owner's friends know, and writes under her name; only the challenge is unknown."""
    confirmation = booked(town)
    everything: dict[str, Any] = {"References": " ".join(str(letter["Message-ID"]) for letter in town.letters())}
    quoted = "\n".join(f"> {line}" for line in text_of(confirmation).splitlines())
    town.write(INES, "Re: " + str(confirmation["Subject"]), f"Oui, annulez.\n\n{quoted}", headers=everything)
    town.write(INES, "Re: " + str(confirmation["Subject"]), "oui", answers=confirmation)
    assert len(town.rows()) == 1


def test_a_challenge_is_valid_once(town: Town) -> None:
    challenge = challenge_to(town)
    town.write(INES, "", "oui", answers=challenge)
    assert town.rows() == []
    town.write(INES, "lecture", f"Rebonjour. {READING_ROOM}")
    town.write(INES, "Re: annuler", "oui, je confirme", answers=challenge)
    assert len(town.rows()) == 1, "the new booking stands"


def test_a_replayed_mail_has_no_second_effect(town: Town) -> None:
    confirmation = booked(town)
    raw = town.mail(INES, "", "Merci d'annuler cette réservation.", answers=confirmation, headers=PASS)
    town.receive(raw)
    assert town.rows() == []
    town.write(INES, "lecture", f"Rebonjour. {READING_ROOM}", headers=PASS)
    assert town.receive(raw) == []
    assert len(town.rows()) == 1


def test_a_replayed_mail_under_a_new_message_id_touches_only_what_it_named(town: Town) -> None:
    """A host may say pass for a signature that leaves the Message-ID out: the mail still names the old booking."""
    confirmation = booked(town)
    raw = town.mail(INES, "", "Merci d'annuler cette réservation.", answers=confirmation, headers=PASS)
    town.receive(raw)
    town.write(INES, "lecture", f"Rebonjour. {READING_ROOM}", headers=PASS)
    town.receive(raw.replace(b"<mail-2@", b"<mail-9@"))
    assert len(town.rows()) == 1
    town.later(days=8)
    town.receive(raw.replace(b"<mail-2@", b"<mail-10@"))
    assert len(town.rows()) == 1


# --- changes


def test_a_change_and_its_undo_by_a_sender_that_is_vouched_for_are_made_at_once(town: Town) -> None:
    confirmation = booked(town)
    rows = town.rows()
    [changed] = town.write(INES, "", "Peut-on venir de 18h à 21h ?", answers=confirmation, headers=PASS)
    assert "c'est changé" in str(changed["Subject"])
    assert calendar_method(changed) == "REQUEST"
    assert town.rows() != rows
    [back] = town.write(INES, "", "NON", answers=changed, headers=PASS)
    assert "tout est comme avant" in str(back["Subject"])
    assert town.rows() == rows


@pytest.mark.parametrize("words", ["Peut-on venir de 18h à 21h ?", "NON", "Ma fille Carine viendra chercher la clé."])
def test_nothing_is_touched_for_a_sender_whose_domain_disowns_the_mail(town: Town, words: str) -> None:
    confirmation = booked(town)
    rows = town.rows()
    letters = town.write(INES, "", words, answers=confirmation, headers=FAIL)
    assert town.rows() == rows
    assert not any("c'est noté, Carine" in str(letter["Subject"]) for letter in letters)


def test_the_answer_to_the_challenge_of_a_change_counts_from_its_owner_alone_and_once(town: Town) -> None:
    confirmation = booked(town)
    rows = town.rows()
    [challenge] = town.write(INES, "", "Peut-on venir de 18h à 21h ?", answers=confirmation, headers=UNKNOWN)
    assert "faut-il changer ?" in str(challenge["Subject"])
    town.write(MALLORY, "", "oui", answers=challenge)
    town.write(INES, "", "oui", answers=confirmation, headers=UNKNOWN)  # in the thread, but not to the challenge
    assert town.rows() == rows
    challenge = [letter for letter in town.letters() if "faut-il changer ?" in str(letter["Subject"])][-1]
    [changed] = town.write(INES, "", "oui", answers=challenge, headers=UNKNOWN)
    assert "c'est changé" in str(changed["Subject"])
    after = town.rows()
    town.write(INES, "", "oui", answers=challenge, headers=UNKNOWN)
    assert town.rows() == after != rows


# --- one answer, about one act


CARINE = "Ma fille Carine viendra chercher la clé."


def asked_who_comes(town: Town, headers: dict[str, str] = UNKNOWN) -> EmailMessage:
    """Let somebody under Inès's name say who comes for the key; return the question that she gets."""
    [challenge] = town.write(INES, "", CARINE, answers=booked(town), headers=headers)
    assert "Carine" in text_of(challenge)
    return challenge


@pytest.mark.parametrize(
    "words",
    [
        "Oui. Et annulez la réservation.",
        "Oui.\n\nAnnulez aussi la réservation, s'il vous plaît.",
        "Merci d'annuler cette réservation.",
        "Oui, et de 18h à 21h plutôt.",
        "Peut-on venir de 18h à 21h ?",
        "Oui, mais c'est Paul Durand qui viendra chercher la clé, 0499 66 66 66.",
        "Oui.\n\nQuelles données gardez-vous de moi ? Oubliez-moi.",
        "NON",
    ],
)
def test_the_answer_to_a_harmless_question_proves_nothing_else(town: Town, words: str) -> None:
    """What a third person added to the mail, or whoever the owner believed, is not what we asked."""
    challenge = asked_who_comes(town)
    rows = town.rows()
    letters = town.write(INES, "", words, answers=challenge, headers=UNKNOWN)
    assert town.rows() == rows
    assert not any("Paul" in text_of(letter) for letter in letters if "notons" in str(letter["Subject"]))
    assert not any("tout ce que nous avons" in text_of(letter) for letter in letters)
    assert not any(calendar_method(letter) == "CANCEL" for letter in letters)


def test_a_question_that_was_replaced_is_no_longer_answered(town: Town) -> None:
    """Two forgers: the owner's yes to the first question does not count for the second."""
    first = asked_who_comes(town)
    [second] = town.write(INES, "", "Mon fils Paul viendra chercher la clé.", answers=first)
    assert "Paul" in text_of(second)
    town.write(INES, "", "oui", answers=first, headers=UNKNOWN)
    assert collectors(town) == [None]
    newest = [letter for letter in town.letters() if "Paul" in text_of(letter)][-1]
    town.write(INES, "", "oui", answers=newest, headers=UNKNOWN)
    assert collectors(town) == ["Paul"]


def test_a_question_about_one_act_does_not_prove_another_that_waits_since(town: Town) -> None:
    confirmation = booked(town)
    [cancel] = town.write(INES, "", "Merci d'annuler cette réservation.", answers=confirmation, headers=UNKNOWN)
    town.write(INES, "", "Plutôt à partir de 18h, le 25 ou le 26 juin ?", answers=confirmation)
    town.write(INES, "", "On pourrait venir de 18h à 21h ?", answers=confirmation)
    rows = town.rows()
    town.write(INES, "", "oui", answers=cancel, headers=UNKNOWN)
    assert town.rows() == rows


def test_a_telephone_number_that_a_from_line_alone_gives_is_not_the_key_holders_to_call(town: Town) -> None:
    confirmation = booked(town)
    town.write(INES, "", "Merci d'annuler. Mon numéro est le 0499 66 66 66.", answers=confirmation, headers=UNKNOWN)
    [booking] = standing(town)
    assert booking.phone is None
    town.write(INES, "", "Peut-on venir de 18h à 21h ? Gsm 0470 11 22 33.", answers=confirmation, headers=PASS)
    [booking] = standing(town)
    assert booking.phone == "0470 11 22 33"


def standing(town: Town) -> list[Reservation]:
    with town.store.reading() as unit:
        return [*unit.reservations.between(*EVER)]


def collectors(town: Town) -> list[str | None]:
    return [one.collector.name if one.collector else None for one in standing(town)]
