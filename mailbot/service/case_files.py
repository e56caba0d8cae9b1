"""Cases that a person corrected, kept as files in the form of the corpus."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path

from mailbot.model.addresses import one_form
from mailbot.model.cases import Case
from mailbot.model.meaning import Intent, Meaning

CASES = "cases"
"""The folder of case files, in the data folder."""


def case_files(folder: Path) -> Callable[[Case], None]:
    """Return what writes a case that a person corrected into `folder`/cases, a JSON file a mail in the form of the
    corpus: the mail, what it was read as, and as `gold` what a person says that it means."""

    def keep(case: Case) -> None:
        if case.corrected is None:
            return
        there = folder / CASES
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = there / f"{case.sent:%Y-%m-%d}-{case.id[:12]}.json"
        written = path.with_suffix(".new")
        written.write_text(json.dumps(corpus_form(case), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.replace(path)

    return keep


def forget_case_files(folder: Path, address: str) -> None:
    """Delete the case files of mails from an address; harmless where there are none."""
    for path in (folder / CASES).glob("*.json"):
        if one_form(parseaddr(json.loads(path.read_text(encoding="utf-8"))["from"])[1]) == one_form(address):
            path.unlink()


def corpus_form(case: Case) -> dict[str, object]:
    """Return a corrected case as a line of the corpus has it."""
    gold = (case.corrected or case.meaning or Meaning(case.languages[0], Intent.HUMAN)).to_json()
    read = case.meaning.to_json() if case.meaning else None
    return {
        "id": case.id[:12],
        "from": f"{case.sender.name} <{case.sender.address}>".strip(),
        "date": case.sent.isoformat(),
        "subject": case.subject,
        "body": case.text,
        "gold": {name: value for name, value in gold.items() if name != "alternatives" or value},
        "read": read,
    }
