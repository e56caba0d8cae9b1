"""Programs that answer each other, and whoever sends too much: answers end, and staff hear of it once."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Traffic
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.policy.matter import Matter
from mailbot.policy.reports import reporter_of

OF_THE_HOUSE = 10
"""So many times the answers of anybody else get those who run it, once it is proven that they write."""


def most_answers(address: Address, proven: bool, rules: Rules) -> int:
    """Return how many answers an address gets in a day. A From line alone makes nobody staff or a key-holder: a forger
    could fill their mailbox with our questions."""
    times = OF_THE_HOUSE if proven and reporter_of(address, rules) else 1
    return rules.limits.answers_per_sender * times


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
    if traffic.sender >= (most := most_answers(address, matter.facts.sender.proven, matter.rules)):
        return _silence(matter, "sender", most, {"from": address.address})
    if traffic.conversation >= limits.answers_per_conversation and matter.conversation:
        told = {"from": address.address, "reservation": matter.conversation.code}
        return _silence(matter, "conversation", limits.answers_per_conversation, told)
    return None


def too_many_from_the_house(address: Address, proven: bool, traffic: Traffic, rules: Rules) -> Decision | None:
    """Return silence where somebody who runs it, or seems to, got more answers than a person reads in a day."""
    if traffic.sender < (most := most_answers(address, proven, rules)):
        return None
    details = {"from": address.address, "limit": str(most)}
    return Decision(End.IGNORED, (f"too many answers, by sender: {most}",), (), _alerts(rules, "sender", details))


def _silence(matter: Matter, which: str, limit: int, details: dict[str, str]) -> Decision:
    decision = matter.ignored(f"too many answers, by {which}: {limit}")
    return replace(decision, notices=_alerts(matter.rules, which, {**details, "limit": str(limit)}))


def _alerts(rules: Rules, which: str, details: dict[str, str]) -> tuple[Notice, ...]:
    """Return what staff are told. It is the same event until tomorrow: an alert that was told is not told again."""
    event = ":".join(["flood", which, *list(details.values())[:-1]])
    content = Alert(f"flood-{which}", details, event=event)
    return tuple(
        Notice(Address(person.name, person.address), (person.language,), content, answers=False)
        for person in rules.staff
    )
