"""The log: events with fields, one line each, on standard error. No body, no subject, no name, no secret."""

from __future__ import annotations

import logging

ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Fields(logging.Formatter):
    """The message, then the fields that came with it: `mail answered intent=book reservation=R-7K3F2`."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = {name: value for name, value in vars(record).items() if name not in ORDINARY}
        told = " ".join(f"{name}={_quoted(value)}" for name, value in fields.items() if value not in ("", None))
        first, newline, rest = line.partition("\n")
        return f"{first} {told}".rstrip() + newline + rest


def _quoted(value: object) -> str:
    text = str(value).replace("\n", " ").replace('"', "'")
    return f'"{text}"' if " " in text else text


def start_logs(level: str) -> None:
    """Log mailbot's own events from `level` on, and what libraries warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(Fields("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("mailbot").setLevel(level)
