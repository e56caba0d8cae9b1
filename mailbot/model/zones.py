"""Time zones that calendar files can name by two rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


def changes_with_europe(zone: ZoneInfo) -> bool:
    """Return whether the clocks of a zone change with the European Union's: at 1:00 UTC on the last Sundays of March
    and October."""
    winter, summer = datetime(2026, 1, 1, tzinfo=zone), datetime(2026, 7, 1, tzinfo=zone)
    for year in (2026, 2027):
        for month, day_of in ((3, winter), (10, summer)):
            last_sunday = max(day for day in range(25, 32) if date(year, month, day).weekday() == 6)
            change = datetime(year, month, last_sunday, 1, tzinfo=UTC)
            before, after = (change - SECOND).astimezone(zone), change.astimezone(zone)
            if before.utcoffset() != day_of.utcoffset() or before.utcoffset() == after.utcoffset():
                return False
    return True
