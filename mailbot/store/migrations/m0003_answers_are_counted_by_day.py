"""All answers of a day are counted for each mail: by address, by domain, by conversation."""

from __future__ import annotations

STATEMENTS = ("CREATE INDEX recipient_written ON recipient (written)",)
