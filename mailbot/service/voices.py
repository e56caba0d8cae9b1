"""Whose words a mail holds: of those who run it, each in their part, or of anybody who asks for something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from mailbot.model.decision import Decision
from mailbot.model.meaning import Language
from mailbot.model.outbox import Thread
from mailbot.model.proof import Proof
from mailbot.model.rules import Rules
from mailbot.policy.decide import on_mail
from mailbot.policy.floods import too_many_from_the_house
from mailbot.reading.lexicon import Lexicon
from mailbot.service.behalf import for_other
from mailbot.service.cases import looked_over
from mailbot.service.conversation import Understood
from mailbot.service.desk import Desk
from mailbot.service.facts import facts_for
from mailbot.service.house import of_house
from mailbot.service.ports import Unit
from mailbot.service.reports import heard
from mailbot.service.staff import of_staff


class Voice(Protocol):
    """What one of those who run it says, read before the transaction and decided upon inside of it."""

    @property
    def thread(self) -> Thread | None:
        """What letters carry of the mail that it is about; None: of the mail itself."""
        ...

    def decided(self, mail: Understood, proof: Proof, desk: Desk) -> Decision | None:
        """Return what follows; None where the mail takes the way of any other. Raises LostRace."""
        ...


Listener = Callable[[Understood, Rules, Unit, Mapping[Language, Lexicon]], Voice | None]
"""Returns what a mail says, if it is of those whom it listens to."""

LISTENERS: tuple[Listener, ...] = (of_staff, for_other, of_house, heard)
"""The first that hears its own decides."""


def voice_of(mail: Understood, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> Voice | None:
    """Return whose words a mail holds; None: of anybody who asks for something."""
    return next((said for listen in LISTENERS if (said := listen(mail, rules, unit, lexica))), None)


def decided(said: Voice | None, mail: Understood, proof: Proof, desk: Desk) -> Decision:
    """Return what follows from a mail, from inside the transaction."""
    decision = said.decided(mail, proof, desk) if said else None
    if decision is None:
        return on_asker(mail, proof, desk)
    traffic = desk.unit.mailbox.traffic(mail.letter.sender.address, "", desk.now)
    return too_many_from_the_house(mail.letter.sender, proof is Proof.PASSED, traffic, desk.rules) or decision


def on_asker(mail: Understood, proof: Proof, desk: Desk) -> Decision:
    """Return what follows from a mail of somebody who asks; its answer may have to wait for a person."""
    facts = facts_for(mail, proof, desk.unit, desk.rules, desk.now)
    return looked_over(on_mail(mail.meaning, facts, desk.rules), mail, facts, desk)
