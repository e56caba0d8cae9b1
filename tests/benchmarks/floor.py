"""The floor: a loop that only fetches, commits one SQLite row (synchronous=FULL) and sends a fixed answer.

python -m tests.benchmarks.floor IMAP_PORT USER PASSWORD SMTP_PORT DATABASE COUNT
"""

from __future__ import annotations

import smtplib
import sqlite3
import sys

from imapclient import IMAPClient

ANSWER = b"From: reservations@bruyere.example\r\nTo: asker@voisins.example\r\nSubject: answer\r\n\r\n" + b"x" * 70 * 30


def main(imap_port: str, user: str, password: str, smtp_port: str, database: str, count: str) -> None:
    rows = sqlite3.connect(database, isolation_level=None)
    rows.execute("PRAGMA journal_mode=WAL")
    rows.execute("PRAGMA synchronous=FULL")
    rows.execute("CREATE TABLE mail (uid INTEGER PRIMARY KEY, size INTEGER)")
    client = IMAPClient("127.0.0.1", port=int(imap_port), ssl=False)
    client.login(user, password)
    client.select_folder("INBOX")
    uids = client.search()
    assert len(uids) == int(count), len(uids)
    with smtplib.SMTP("127.0.0.1", int(smtp_port)) as smtp:
        for begin in range(0, len(uids), 50):
            for uid, parts in client.fetch(uids[begin : begin + 50], ["BODY.PEEK[]"]).items():
                rows.execute("INSERT INTO mail VALUES (?, ?)", (uid, len(parts[b"BODY[]"])))
                smtp.sendmail("reservations@bruyere.example", ["asker@voisins.example"], ANSWER)
    client.logout()


if __name__ == "__main__":
    main(*sys.argv[1:])
