"""A commune on a Tuesday morning whose lists of the day are out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.stories.town import BRUSSELS, Clock, Town

NINE_THIRTY = datetime(2026, 6, 2, 9, 30, tzinfo=BRUSSELS)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, Clock(NINE_THIRTY))
    town.round()
    yield town
    town.close()
