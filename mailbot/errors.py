"""What can go wrong, and whose turn it is then.

Temporary    the world is not ready (a server, a lock): what was to be done stays, and the next round tries again
Unreadable   no later try will help: a person at the commune gets the mail, whole
SignedOut    Temporary, until a person signs in again or renews a secret: staff are told at once
LostRace     somebody else took the last one meanwhile: everything is rolled back and decided again from fresh facts
BadRules     rules.yaml does not hold: the rules in force stay in force
BadSettings  the environment or .env does not hold: the program does not start
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class MailbotError(Exception):
    """The root of all errors that mailbot raises on purpose."""


class Temporary(MailbotError):
    """A server, a lock or a disk is not ready; nothing was done, and a later try may succeed."""


class SignedOut(Temporary):
    """The mail provider no longer lets us in; the text says what a person has to do."""


class Unreadable(MailbotError):
    """This mail will never be read by a program; `reason` says why in a few words, without any of its text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LostRace(MailbotError):
    """The database refused a taking or a step because another one came first; nothing of the transaction stands."""


class Fault(Struct, frozen=True):
    """One fault in a file that people edit: where it is (1-based, 0 where there is no line) and what is wrong."""

    line: int
    column: int
    message: str


class BadRules(MailbotError):
    """rules.yaml does not hold; `faults` names all that was found, in the order of the file; `lines` are for people."""

    def __init__(self, path: str, faults: Sequence[Fault]) -> None:
        super().__init__(f"{path}: {len(faults)} fault(s)")
        self.path = path
        self.faults = tuple(faults)

    @property
    def lines(self) -> tuple[str, ...]:
        """A line a fault, as compilers write them: file, line and column, what is wrong."""
        places = (f"{self.path}:{f.line}:{f.column}" if f.line else self.path for f in self.faults)
        return tuple(f"{place}: {fault.message}" for place, fault in zip(places, self.faults, strict=True))


class BadSettings(MailbotError):
    """The settings do not hold; `faults` names each in one line, never with the value of a secret. `none_given`: there
    is no setting at all, as on a machine where nobody has connected the mailbox yet."""

    def __init__(self, faults: Sequence[str], *, none_given: bool = False) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)
        self.none_given = none_given
