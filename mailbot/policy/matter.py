"""One mail on the clerk's desk: what it means, what is known, the rules; and the words of a decision about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Facts
from mailbot.model.letters import Address
from mailbot.model.meaning import Language, Meaning
from mailbot.model.notices import Content, Notice
from mailbot.model.reservation import BOOKED, Act, Put, Reservation, State, next_state
from mailbot.model.rules import Rules
from mailbot.model.to_askers import Handed
from mailbot.model.to_staff import ToStaff
from mailbot.policy.due import last_use


class Matter(Struct, frozen=True):
    meaning: Meaning
    facts: Facts
    rules: Rules

    @property
    def conversation(self) -> Reservation | None:
        return self.facts.conversation

    def anew(self) -> Matter:
        """Return the same outside of its conversation: what it asks gets a code of its own."""
        return replace(self, facts=replace(self.facts, conversation=None))

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the language of the mail, else that in which we last wrote to its sender or their initiative, else the
        first two of the commune."""
        if self.meaning.language_sure:
            return (self.meaning.language,)
        known = self._known_language()
        return (known,) if known else self.rules.commune.languages[:2]

    def _known_language(self) -> Language | None:
        if self.conversation:
            return self.conversation.language
        sender, standing = self.facts.sender, self.facts.standing
        mine = [one for one in standing if one.asker.address == sender.address.address]
        last = max(mine or standing, key=lambda one: one.created, default=None)
        if last is not None:
            return last.language
        initiative = self.rules.initiatives.get(sender.initiative or "")
        return initiative.language if initiative else None

    def ahead(self, *states: State) -> tuple[Reservation, ...]:
        """Return what the sender or their initiative has in these states with a use still to come, soonest first."""
        standing = (r for r in self.facts.standing if r.state in states)
        return tuple(r for r in standing if last_use(r, self.rules) > self.facts.now)

    def reservation(self, **changes: Any) -> Reservation:
        """Return the conversation (a new one where there is none) as this mail leaves it, with `changes`."""
        facts, sender = self.facts, self.facts.sender
        whose = self.conversation or Reservation(
            facts.new_code,
            sender.address,
            self.languages[0],
            facts.now,
            initiative=sender.initiative,
            subject=facts.subject,
        )
        thread = dict.fromkeys((*whose.thread, facts.message_id) if facts.message_id else whose.thread)
        language = self.meaning.language if self.meaning.language_sure else whose.language
        comes = self.meaning.comes
        of_another = comes is not None and comes.phone == self.meaning.phone
        believed = whose.state not in BOOKED or sender.proven  # the key-holder calls it
        phone = self.meaning.phone if believed and not of_another else None
        colleagues = tuple(dict.fromkeys((*whose.colleagues, *facts.colleagues)))
        kept: dict[str, Any] = {
            "thread": tuple(thread),
            "language": language,
            "phone": phone or whose.phone,
            "colleagues": colleagues,
            "draft": None,
        }
        if whose.state not in BOOKED and comes is not None:
            kept["collector"] = comes
        return replace(whose, **{**kept, **changes})

    def cleared(self, **changes: Any) -> Reservation:
        """Return the same with nothing left of an older question or offer."""
        nothing: dict[str, Any] = {
            "options": (),
            "hold": (),
            "deadline": None,
            "partial": False,
            "choices": (),
            "slots": (),
            "repeats": "",
            "among": (),
        }
        approval = self.conversation.approval if self.conversation else None
        undecided = approval is not None and approval.granted is None
        nothing |= {"optioned": None, "waiting": None, "approval": None if undecided else approval}
        return self.reservation(**{**nothing, "questions": 0, **changes})

    def step(self, after: Reservation, act: Act, why: str) -> Put:
        """Return the step that leads to `after`, whose state and version follow from the act."""
        before = self.conversation
        state = next_state(State.NEW if before is None else before.state, act)
        version = 1 if before is None else before.version + 1
        by, mail = self.facts.sender.address.address, self.facts.message_id
        return Put(before, replace(after, state=state, version=version), act, why, by, mail)

    def letter(self, content: Content) -> Notice:
        return Notice(self.facts.sender.address, self.languages, content)

    def answered(self, content: Content, *because: str, puts: Iterable[Put] = (), code: str = "") -> Decision:
        return Decision(End.ANSWERED, because, tuple(puts), (self.letter(content),), code or self._code)

    def ignored(self, *because: str, puts: Iterable[Put] = ()) -> Decision:
        return Decision(End.IGNORED, because, tuple(puts), (), self._code)

    def handed(self, why: str, *because: str) -> Decision:
        """Give the mail to a person, whole, and tell the sender so. What is open or held stays as it is."""
        after = self.conversation
        puts: tuple[Put, ...] = ()
        if after is None or after.state in (State.REFUSED, State.LAPSED, State.DECLINED):
            put = self.step(
                self.reservation(request=self.meaning), Act.HAND_OVER_TO_PERSON, because[0] if because else why
            )
            after, puts = put.after, (put,)
        notices = (self.letter(Handed(after)), *self.to_staff(why, after))
        return Decision(End.HANDED, because, puts, notices, after.code)

    def to_staff(self, why: str, reservation: Reservation | None) -> tuple[Notice, ...]:
        content = ToStaff(why, self.facts.sender.address, self.facts.subject, self.meaning, reservation)
        return tuple(
            Notice(Address(person.name, person.address), (person.language,), content, answers=False)
            for person in self.rules.staff
        )

    @property
    def _code(self) -> str:
        return self.conversation.code if self.conversation else ""
