"""The office: all that handling a mail needs besides the mail, gathered once by `app`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailbot.model.cases import Case
from mailbot.model.meaning import Language
from mailbot.model.notices import Notice
from mailbot.model.outbox import Outgoing, Thread
from mailbot.model.rules import Rules
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.parts import DEFAULT_LIMITS, Limits
from mailbot.reading.proof import Check, by_nobody
from mailbot.service.ports import Store


class RulesInForce(Protocol):
    def current(self) -> Rules:
        """Return the rules in force: the last version of the file that held. Not to be called inside a unit: staff are
        told of one that does not hold in a unit of its own."""
        ...


class Composer(Protocol):
    def compose(
        self, notice: Notice, rules: Rules, thread: Thread, now: datetime, message_id: str, cause: str = ""
    ) -> Outgoing:
        """Return the notice as a letter."""
        ...


@dataclass(frozen=True)
class Office:
    """What one commune's mailbot works with."""

    rules: RulesInForce
    lexica: Mapping[Language, Lexicon]
    store: Store
    composer: Composer
    clock: Callable[[], datetime]
    """Now, aware, UTC."""
    wake_delivery: Callable[[], None] = lambda: None
    """Called after a commit that put letters into the outbox."""
    limits: Limits = DEFAULT_LIMITS
    """What is read of one mail; beyond, a person reads it."""
    keep_case: Callable[[Case], None] = lambda case: None
    """Called with a case that a person ended, before it is committed: harmless when called twice."""
    proof: Check = by_nobody
    """Whether the address in From may be believed; may ask the network, so never inside a transaction."""

    keep_photo: Callable[[str, bytes], bool] = lambda name, octets: False
    """Keep a photo under a name; whether there is room for it."""

    remember_forgotten: Callable[[str, tuple[str, ...]], None] = lambda address, photos: None
    """Remember, without the address, that what was kept of it was erased: an older backup may come back. Its photos go
    too."""
    tidy: Callable[[Rules, datetime], None] = lambda rules, now: None
    """Erase in files and in the folders of the mailbox what has served; called at night, once. Raises Temporary."""

    def message_id(self, rules: Rules, code: str = "") -> str:
        """Return a fresh Message-ID without brackets: hard to guess, since an answer to a challenge is a proof."""
        domain = rules.commune.mailbox.domain
        return f"{(code or 'mail').lower()}.{secrets.token_hex(12)}@{domain}"
