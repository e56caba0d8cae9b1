"""My data and forget me: what is given is whole, and what is erased is nowhere any more; the counts stay."""

from __future__ import annotations

import json
import sqlite3
from email.message import EmailMessage

from tests.service.mails import MARC, READING_ROOM, to
from tests.stories.town import Town, text_of

PHONE = "0470 12 34 56"


def dump(town: Town) -> str:
    """Return all that the database holds, as text."""
    with sqlite3.connect(town.folder / "mailbot.sqlite3") as rows:
        tables = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(repr(row) for table in tables for row in rows.execute(f"SELECT * FROM {table}"))


def counts(town: Town) -> dict[str, int]:
    with sqlite3.connect(town.folder / "mailbot.sqlite3") as rows:
        tables = ("reservation", "history", "ledger", "outbox", "evaluation")
        return {table: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def used_once(town: Town) -> None:
    """Let Marc book the reading room, be reminded, and say how it went."""
    town.write(MARC, "lecture", f"{READING_ROOM} Marc Delvaux, {PHONE}")
    town.at("2026-06-17T10:00")
    town.round()
    town.at("2026-06-19T10:00")
    [question] = [letter for letter in town.round() if "trois questions" in str(letter["Subject"])]
    town.write(MARC, "", "5 5 4, Marc vous remercie", answers=question)
    town.at("2026-06-22T10:00")
    town.round()


def proven(town: Town, wish: str) -> list[EmailMessage]:
    """Let Marc wish for something, and answer the letter that asks whether it is him."""
    [question] = town.write(MARC, "mes données", wish)
    return town.write(MARC, "", "oui", answers=question)


def test_who_asks_gets_all_that_is_kept_as_a_file(town: Town) -> None:
    used_once(town)
    [letter] = proven(town, "Quelles données avez-vous sur moi ?")
    [part] = [part for part in letter.walk() if part.get_content_type() == "application/json"]
    assert part.get_filename() == "mailbot.json"
    kept = json.loads(part.get_payload(decode=True))
    assert kept["address"] == "marc@valleeverte.example"
    [conversation] = kept["conversations"]
    assert conversation["phone"] == PHONE
    assert [one["remark"] for one in kept["evaluations"]] == ["Marc vous remercie"]
    assert len(kept["mails"]) == 4
    kinds = [one["kind"] for one in kept["letters"]]
    assert kinds == ["confirmed", "reminded", "evaluation", "thanked", "data_asked"]
    assert "C'est réservé" in kept["letters"][0]["text"]
    assert "5 5 4" in text_of(letter)


def test_somebody_elses_yes_is_no_proof(town: Town) -> None:
    used_once(town)
    [question] = town.write(MARC, "mes données", "Quelles données avez-vous sur moi ?")
    letters = town.write("Anne <anne@valleeverte.example>", "", "oui", answers=question)
    assert not any(part.get_content_type() == "application/json" for letter in letters for part in letter.walk())


def test_what_is_erased_is_nowhere_and_the_counts_stay(town: Town) -> None:
    used_once(town)
    before = counts(town)
    assert all(word in dump(town) for word in ("marc@valleeverte.example", "Marc Delvaux", PHONE, "remercie"))
    letters = proven(town, "Supprimez toutes mes données s'il vous plaît")
    assert to(letters)[0] == "marc@valleeverte.example"
    town.later(minutes=1)
    town.round()
    after = counts(town)
    left = dump(town)
    for word in ("marc@valleeverte.example", "Marc Delvaux", PHONE, "remercie"):
        assert [line for line in left.splitlines() if word in line] == [], word
    assert {table: after[table] >= before[table] for table in before} == dict.fromkeys(before, True)
    assert after["reservation"] == before["reservation"]


def test_a_mail_that_comes_again_after_all_was_erased_is_known(town: Town) -> None:
    raw = town.mail(MARC, "lecture", "Merci pour tout !")
    town.receive(raw)
    proven(town, "Supprimez toutes mes données s'il vous plaît")
    assert town.receive(raw) == []
