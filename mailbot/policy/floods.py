"""Programs that answer each other, and whoever sends too much: answers end, and staff hear of it once."""

from __future__ import annotations

from dataclasses import replace

from mailbot.model.decision import Alert, Decision, Notice
from mailbot.model.letters import Address
from mailbot.policy.matter import Matter


def too_many(matter: Matter) -> Decision | None:
    """Return silence where a limit of the rules is reached: by the sender's address, in the conversation, and, for
    those who belong to no initiative, by the domain or by all of them together. The widest is told."""
    limits, traffic = matter.rules.limits, matter.facts.traffic
    address = matter.facts.sender.address
    if matter.facts.sender.initiative is None:
        if traffic.strangers >= limits.answers_to_strangers_per_hour:
            return _silence(matter, "strangers", limits.answers_to_strangers_per_hour, {})
        if traffic.domain >= limits.answers_per_domain:
            return _silence(matter, "domain", limits.answers_per_domain, {"domain": address.domain})
    if traffic.sender >= limits.answers_per_sender:
        return _silence(matter, "sender", limits.answers_per_sender, {"from": address.address})
    if traffic.conversation >= limits.answers_per_conversation and matter.conversation:
        told = {"from": address.address, "reservation": matter.conversation.code}
        return _silence(matter, "conversation", limits.answers_per_conversation, told)
    return None


def _silence(matter: Matter, which: str, limit: int, details: dict[str, str]) -> Decision:
    decision = matter.ignored(f"too many answers, by {which}: {limit}")
    return replace(decision, notices=_alerts(matter, which, {**details, "limit": str(limit)}))


def _alerts(matter: Matter, which: str, details: dict[str, str]) -> tuple[Notice, ...]:
    """Return what staff are told. It is the same event until tomorrow: an alert that was told is not told again."""
    event = ":".join(["flood", which, *list(details.values())[:-1]])
    content = Alert(f"flood-{which}", details, event=event)
    return tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in matter.rules.staff
    )
