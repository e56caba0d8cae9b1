"""What would be understood and decided of a mail, and why: changes nothing, sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from mailbot.errors import Unreadable
from mailbot.model.decision import Decision, End, Facts, Sender
from mailbot.model.letters import NO_CONTEXT, Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.proof import Proof
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules
from mailbot.policy.decide import on_mail
from mailbot.policy.stock import stock_of
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.mime import date_of, parse
from mailbot.reading.reader import read
from mailbot.reading.salvage import salvage
from mailbot.service.conversation import understood
from mailbot.service.desk import rules_now
from mailbot.service.facts import facts_for
from mailbot.service.handle import given_to_staff
from mailbot.service.ports import Store
from mailbot.service.reports import decided, heard


@dataclass(frozen=True)
class Explanation:
    """One mail, what was read in it, and what would be done. An unreadable mail is for a person."""

    letter: Letter
    meaning: Meaning
    decision: Decision

    def to_json(self) -> dict[str, Any]:
        """Return the corpus's form of the meaning with `id`, `answered` and `because`."""
        form: dict[str, Any] = {"id": self.letter.message_id.rpartition("@")[0], **self.meaning.to_json()}
        form["evidence"] = [[step.part, step.words, step.reading] for step in self.meaning.evidence]
        form["answered"] = self.decision.end is End.ANSWERED or any(notice.answers for notice in self.decision.notices)
        form["because"] = list(self.decision.because)
        return form


class Untouched:
    """The occupancy of a commune where nothing is booked yet."""

    def __init__(self, rules: Rules) -> None:
        self._stock = stock_of(rules)

    def taken(self, resource: str, first: int, last: int) -> int:
        return 0

    def stock(self, resource: str, cell: int) -> int:
        return self._stock(resource, cell)


def explain(
    raw: bytes,
    rules: Rules,
    lexica: Mapping[Language, Lexicon],
    store: Store | None,
    at: datetime | None,
    otherwise: datetime,
) -> Explanation:
    """Return what would become of a mail that arrives at `at`, or else when it says it was sent (`otherwise` where it
    does not say). Without a store, nothing is booked and nobody wrote before."""
    own = frozenset(rules.catalogue.mailboxes)
    try:
        letter = parse(raw, at or date_of(raw) or otherwise, own=own)
    except Unreadable as unreadable:
        letter = salvage(raw, at or otherwise, own=own)
        unread = Meaning(rules.commune.languages[0], Intent.HUMAN, language_sure=False)
        handed = given_to_staff(letter, "unreadable", rules)
        return Explanation(letter, unread, replace(handed, because=("unreadable", unreadable.reason)))
    now = at or letter.sent
    if store is None:
        meaning = read(letter, NO_CONTEXT, rules.catalogue, lexica)
        return Explanation(letter, meaning, on_mail(meaning, first_facts(letter, rules, now), rules))
    with store.reading() as unit:
        mail = understood(letter, rules, lexica, unit, now)
        said = heard(mail, rules, unit, lexica)
        rules = rules_now(rules, unit, now)
        decision = decided(said, mail, Proof.NONE, unit, rules, now) if said else None
        if decision is None:
            decision = on_mail(mail.meaning, facts_for(mail, Proof.NONE, unit, rules, now), rules)
        return Explanation(letter, mail.meaning, decision)


def first_facts(letter: Letter, rules: Rules, now: datetime, conversation: Reservation | None = None) -> Facts:
    """Return the facts for somebody who writes for the first time to a commune where nothing is booked."""
    initiative = rules.initiative_of(letter.sender.address)
    return Facts(
        now=now,
        sender=Sender(letter.sender, initiative.id if initiative else None),
        occupancy=Untouched(rules),
        subject=letter.subject,
        message_id=letter.message_id,
        new_code="R-00000",
        conversation=conversation,
        arrived=now,
        calendar_reply=letter.calendar_reply,
    )
