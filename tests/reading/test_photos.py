"""Photos in a mail: told by their first bytes, bounded in size and number."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailbot.reading.photos import LARGEST, MOST, SMALLEST, kind_of, photos

JPEG = b"\xff\xd8\xff\xe0" + b"j" * SMALLEST


def mail(*files: tuple[str, bytes]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "josiane@loge.example"
    message.set_content("vitre cassée")
    for name, octets in files:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe1....", "jpg"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"RIFF....WEBPVP8 ", "webp"),
        (b"....ftypheic....", "heic"),
        (b"%PDF-1.4", ""),
        (b"<svg onload=alert(1)>", ""),
        (b"MZ", ""),
        (b"", ""),
    ],
)
def test_a_photo_is_told_by_its_first_bytes(start: bytes, kind: str) -> None:
    assert kind_of(start) == kind


def test_photos_are_found_whatever_they_are_called() -> None:
    assert photos(mail(("../../etc/passwd", JPEG), ("virus.jpg", b"MZ" + b"x" * SMALLEST))) == (("jpg", JPEG),)


def test_logos_and_giants_are_left_out_and_so_is_what_is_too_many() -> None:
    assert photos(mail(("logo.jpg", JPEG[:100]))) == ()
    assert photos(mail(("film.jpg", JPEG[:4] + b"x" * LARGEST))) == ()
    assert len(photos(mail(*[("a.jpg", JPEG)] * (MOST + 2)))) == MOST


def test_what_is_no_mail_has_none() -> None:
    assert photos(b"") == ()
