"""The condition in which something was found, with the photos that came along."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from mailbot.model.reports import Found
from mailbot.store.photos import Photos
from tests.reading.test_photos import JPEG
from tests.service.mails import INES, STAFF, to
from tests.stories.town import Town, text_of

LIEVE = "Lieve Claes <lieve.claes@heide.example>"
READING_ROOM = "Bonjour, nous voudrions la salle de lecture le vendredi 5 juin de 19h à 21h, pour 12 personnes."


def with_photo(raw: bytes) -> bytes:
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="IMG 1.jpg")
    return mail.as_bytes()


def furnished(town: Town, folder: Path) -> Town:
    town.office = replace(town.office, keep_photo=Photos(folder).keep)
    return town


def booked(town: Town) -> tuple[EmailMessage, str]:
    [confirmation] = town.write(INES, "lecture", READING_ROOM)
    return confirmation, str(confirmation["Subject"]).rpartition("(")[2].rstrip(")")


def conditions(town: Town, code: str) -> list[Found]:
    with town.store.reading() as unit:
        return [deed for _, report in unit.reports.of(code) for deed in report.deeds if isinstance(deed, Found)]


def test_how_a_place_was_found_on_arrival_is_kept_with_its_photo(town: Town, tmp_path: Path) -> None:
    furnished(town, tmp_path / "photos")
    confirmation, code = booked(town)
    town.at("2026-06-05T19:05")
    town.round()
    raw = with_photo(town.mail(INES, "Re: lecture", "À l'arrivée : vitre cassée dans la salle", answers=confirmation))
    letters = town.receive(raw)
    [kept] = conditions(town, code)
    assert (kept.arrival, kept.state, len(kept.photos)) == (True, "À l'arrivée : vitre cassée dans la salle", 1)
    assert (tmp_path / "photos" / kept.photos[0]).read_bytes() == JPEG
    assert kept.photos[0].startswith(f"{code}-")
    assert to(letters) == ["ines@codedojo.example", *STAFF]
    assert "on ne vous le reprochera pas" in text_of(letters[0])


def test_how_it_was_when_it_came_back_is_kept_with_its_photo_and_staff_see_it(town: Town, tmp_path: Path) -> None:
    furnished(town, tmp_path / "photos")
    town.proven = frozenset({"lieve.claes@heide.example"})
    _, code = booked(town)
    town.at("2026-06-06T12:40")
    town.round()
    raw = with_photo(town.mail(LIEVE, "", f"{code} terug, porte-clés kapot"))
    letters = town.receive(raw)
    [kept] = conditions(town, code)
    assert (tmp_path / "photos" / kept.photos[0]).read_bytes() == JPEG
    copies = [letter for letter in letters if to([letter])[0] in STAFF]
    assert to(copies) == STAFF
    assert "état : " in text_of(copies[0])
    assert any("mail.eml" in str(part.get_filename()) for part in copies[0].walk()), "with the photo itself"


def test_a_photo_is_kept_while_its_report_waits_for_a_yes(town: Town, tmp_path: Path) -> None:
    furnished(town, tmp_path / "photos")
    _, code = booked(town)
    town.at("2026-06-06T12:40")
    town.round()
    letters = town.receive(with_photo(town.mail(LIEVE, "", f"{code} terug, porte-clés kapot")))
    [asked] = [letter for letter in letters if to([letter]) == ["lieve.claes@heide.example"]]
    assert conditions(town, code) == [], "nothing is noted before the yes"
    [photo] = (tmp_path / "photos").iterdir()
    town.write(LIEVE, "Re: ", "ja", answers=asked)
    [kept] = conditions(town, code)
    assert kept.photos == (photo.name,)
