"""Mails that the tests of the service send: some that are understood at once, some that nobody can read."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parseaddr

INES = "Inès Lambrecht <ines@codedojo.example>"
MARC = "Marc Delvaux <marc@valleeverte.example>"
KARIM = "Karim Benali <karim@leslombrics.example>"
STAFF = ["participation@bruyere.example", "participatie@bruyere.example"]

READING_ROOM = "Bonjour, nous voudrions la salle de lecture le jeudi 18 juin de 19h à 21h, pour 12 personnes."
HALL = "Bonjour, nous voudrions la salle polyvalente le vendredi 19 juin de 18h à 22h, pour 60 personnes."
ONLY_A_START = "Bonjour, nous voudrions la salle de lecture le jeudi 18 juin à partir de 19h, pour 12 personnes."

TWO_SENDERS = (
    b"From: Zoe <zoe@courrier.example>\r\nFrom: Paul <paul@courrier.example>\r\nTo: reservations@bruyere.example\r\n"
    b"Date: Tue, 02 Jun 2026 09:30:00 +0200\r\nMessage-ID: <deux@courrier.example>\r\nSubject: salle\r\n\r\n"
    b"Bonjour !\r\n"
)
"""Nobody can say whose mail this is: no program reads it."""


def nested(depth: int, *more: str) -> bytes:
    """Return a mail from Zoé with parts inside parts, deeper than any program reads."""
    head = ["From: Zoe <zoe@courrier.example>", "Message-ID: <profond@courrier.example>", "Subject: poupees", *more]
    lines = [*head, "MIME-Version: 1.0"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    return "\r\n".join([*lines, "Content-Type: text/plain", "", "Bonjour", ""]).encode()


def to(letters: list[EmailMessage]) -> list[str]:
    """Return who got these letters, in order."""
    return [parseaddr(str(letter["To"]))[1] for letter in letters]
