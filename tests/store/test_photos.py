"""Photos in the data folder: kept once, bounded, under safe names."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.store.photos import Photos

NAME = "R-7K3F2-0123456789-1.jpg"


def test_a_photo_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    cabinet = Photos(tmp_path / "photos")
    assert cabinet.keep(NAME, b"photo")
    assert cabinet.keep(NAME, b"photo"), "harmless when called twice"
    [kept] = (tmp_path / "photos").iterdir()
    assert (kept.name, kept.read_bytes(), kept.stat().st_mode & 0o077) == (NAME, b"photo", 0)


@pytest.mark.parametrize("name", ["../x.jpg", "a/b.jpg", "x.exe", ".jpg", "x.jpg\n", "x" * 90 + ".jpg"])
def test_a_name_that_is_none_of_ours_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a photo"):
        Photos(tmp_path / "photos").keep(name, b"photo")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_does_not_grow_beyond_its_bound(tmp_path: Path) -> None:
    cabinet = Photos(tmp_path / "photos", most_octets=10)
    assert cabinet.keep(NAME, b"12345678")
    assert not cabinet.keep("R-7K3F2-0123456789-2.jpg", b"123")
    assert len(list((tmp_path / "photos").iterdir())) == 1
