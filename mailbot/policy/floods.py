"""Programs that answer each other, and whoever sends too much: answers end, and staff hear of it once."""

from __future__ import annotations

from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Sender, Traffic
from mailbot.model.letters import Address
from mailbot.model.notices import Notice
from mailbot.model.rules import Rules
from mailbot.model.to_staff import Alert
from mailbot.policy.matter import Matter
from mailbot.policy.reports import reporter_of

OF_THE_HOUSE = 10
"""So many times the answers of anybody else get those who run it, and the domain of an initiative, once it is proven
that they write."""

Reached = tuple[str, int, dict[str, str]]
"""Which limit, what it is, and whom it is about."""


def most_answers(address: Address, proven: bool, rules: Rules) -> int:
    """Return how many answers an address gets in a day. A From line alone makes nobody staff or a key-holder: a forger
    could fill their mailbox with our questions."""
    times = OF_THE_HOUSE if proven and reporter_of(address, rules) else 1
    return rules.limits.answers_per_sender * times


def too_many(matter: Matter) -> Decision | None:
    """Return silence where a limit of the rules is reached: by the sender's address, in the conversation, by the domain
    where the rules do not name the whole address, and, for those who belong to no initiative, by all of them together.
    The widest is told."""
    limits, traffic, sender = matter.rules.limits, matter.facts.traffic, matter.facts.sender
    if found := _reached(sender, traffic, matter.rules):
        return _silence(matter, *found)
    if traffic.conversation >= limits.answers_per_conversation and matter.conversation:
        told = {"from": sender.address.address, "reservation": matter.conversation.code}
        return _silence(matter, "conversation", limits.answers_per_conversation, told)
    return None


def too_many_unread(address: Address, traffic: Traffic, rules: Rules) -> Decision | None:
    """Return silence where a mail that no program reads is one too many: neither its sender nor staff get a letter."""
    initiative = rules.initiative_of(address.address)
    found = _reached(Sender(address, initiative.id if initiative else None), traffic, rules)
    return _silent(rules, *found) if found else None


def _reached(sender: Sender, traffic: Traffic, rules: Rules) -> Reached | None:
    limits, address = rules.limits, sender.address
    if sender.initiative is None and traffic.strangers >= limits.answers_to_strangers_per_hour:
        return "strangers", limits.answers_to_strangers_per_hour, {}
    if not _named_whole(address, rules):  # a program, or a forger, has names without end in a domain
        most = limits.answers_per_domain * (OF_THE_HOUSE if sender.initiative and sender.proven else 1)
        if traffic.domain >= most:
            return "domain", most, {"domain": address.domain}
    if traffic.sender >= (most := most_answers(address, sender.proven, rules)):
        return "sender", most, {"from": address.address}
    return None


def _named_whole(address: Address, rules: Rules) -> bool:
    initiative = rules.initiative_of(address.address)
    return initiative is not None and address.address in initiative.addresses


def too_many_from_the_house(address: Address, proven: bool, traffic: Traffic, rules: Rules) -> Decision | None:
    """Return silence where somebody who runs it, or seems to, got more answers than a person reads in a day."""
    if traffic.sender < (most := most_answers(address, proven, rules)):
        return None
    return _silent(rules, "sender", most, {"from": address.address})


def _silent(rules: Rules, which: str, limit: int, details: dict[str, str]) -> Decision:
    because = f"too many answers, by {which}: {limit}"
    return Decision(End.IGNORED, (because,), (), _alerts(rules, which, {**details, "limit": str(limit)}))


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
