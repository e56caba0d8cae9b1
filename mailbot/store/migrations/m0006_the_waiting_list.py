"""The waiting list is looked at with each mail that gives something back."""

from __future__ import annotations

STATEMENTS = ("CREATE INDEX reservation_waiting ON reservation (code) WHERE state = 'waiting'",)
