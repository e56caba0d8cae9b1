"""The plan of a place goes with the letter about its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from mailbot.model.notices import Notice
from mailbot.model.outbox import Thread
from mailbot.model.to_askers import Confirmed
from mailbot.replies.compose import Composer
from mailbot.replies.message import LARGEST_FILE, attached_file
from tests.replies.examples import CHAIRS, NOW, TEMPLATES, YVETTE, at, reservation, rules
from tests.replies.gallery import parsed

PLAN = b"%PDF-1.4 a plan"


def letter(folder: Path, plan: str = "plans/parc.pdf", **changes: object) -> list[tuple[str, bytes]]:
    """Return what is attached to a confirmation: names and contents."""
    site = next(room.site for room in rules().rooms.values() if room.id == "maison-quartier")
    with_plan = replace(rules(), sites={**rules().sites, site: replace(rules().sites[site], plan=plan)})
    notice = Notice(YVETTE, ("fr",), Confirmed(reservation(**changes), at("2026-06-03 09:30")))
    written = Composer(TEMPLATES, folder).compose(notice, with_plan, Thread(), NOW, "1@bruyere.example")
    files = [part for part in parsed(written.raw).walk() if part.get_content_disposition() == "attachment"]
    return [(str(part.get_filename()), part.get_payload(decode=True)) for part in files]  # type: ignore[misc]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "parc.pdf").write_bytes(PLAN)
    return tmp_path


def test_the_plan_of_the_place_goes_with_the_key(folder: Path) -> None:
    assert letter(folder) == [("parc.pdf", PLAN)]


def test_without_a_key_no_plan_goes(folder: Path) -> None:
    assert letter(folder, uses=(CHAIRS,)) == []


def test_a_plan_that_is_not_there_keeps_no_letter_back(folder: Path) -> None:
    assert letter(folder, "plans/autre.pdf") == []
    assert letter(folder, "") == []


def test_a_file_that_is_too_large_or_of_another_kind_does_not_go(tmp_path: Path) -> None:
    large, script = tmp_path / "plan.png", tmp_path / "plan.sh"
    large.write_bytes(b"x" * (LARGEST_FILE + 1))
    script.write_bytes(b"x")
    assert attached_file(large) is None
    assert attached_file(script) is None


def test_the_name_of_a_file_cannot_end_a_header(tmp_path: Path) -> None:
    strange = tmp_path / 'pl"an é.png'
    strange.write_bytes(b"x")
    part = attached_file(strange)
    assert part is not None
    assert part.disposition == 'attachment; filename="pl-an--.png"'
