"""The log: events with fields, one line each, on standard error. No body, no subject, no name, no secret."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

from mailbot.errors import MailbotError

ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Fields(logging.Formatter):
    """The message, then the fields that came with it: `mail answered intent=book reservation=R-7K3F2`."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        fields = {name: value for name, value in vars(record).items() if name not in ORDINARY}
        told = " ".join(f"{name}={_quoted(value)}" for name, value in fields.items() if value not in ("", None))
        first, newline, rest = line.partition("\n")
        return f"{first} {told}".rstrip() + newline + rest

    def formatException(  # noqa: N802 (logging's name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return where it went wrong and by what kind of error. The messages of foreign errors stay out: they may quote
        a mail."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            told = f": {error}" if isinstance(error, MailbotError | OSError) else ""
            lines += [*traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}{told}\n"]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip("\n")


_LOCAL_PART = re.compile(r"[^\s<>\"'(),;:]+(?=@)")


def _quoted(value: object) -> str:
    """Return a field's value on one line, and only the domain of addresses: servers name those that they refuse."""
    text = _LOCAL_PART.sub("…", str(value)).replace("\n", " ").replace('"', "'")
    return f'"{text}"' if " " in text else text


def start_logs(level: str) -> None:
    """Log mailbot's own events from `level` on, and what libraries warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(Fields("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("mailbot").setLevel(level)
