"""Mails that close a place or open it: who wrote, what they say, and what a decision about it must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.model.decision import BlockTold, Decision, ReportChallenged
from mailbot.model.house import Order
from mailbot.model.letters import Context, Letter
from mailbot.model.meaning import Language
from mailbot.model.outbox import OurLetter
from mailbot.model.proof import Proof
from mailbot.model.reports import Report, Standing, Unblocked, Undone
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules, Staff
from mailbot.policy.blocks import OF_HOUSE, TAKEN_BACK_WITHIN, Housekeeper, carried_out, on_order, taken_back
from mailbot.reading.house import read_order
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.staff import read_answered
from mailbot.service.ports import Unit
from mailbot.service.staff import forged, says_no, says_yes, staff_at

ANSWERED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class OfHouse:
    """A mail that closes or opens something: one of an order, a yes to our question whether it is from them (`vouched`
    then), or an answer to what was told of it: OK (`agrees`) or a bare NO."""

    keeper: Housekeeper
    order: Order | None = None
    about: Report | None = None
    vouched: bool = False
    agrees: bool = False
    in_time: bool = False


def of_house(letter: Letter, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> OfHouse | None:
    """Return what one of the staff, or who manages a place, closes or opens; None where it is none of that."""
    keeper = None if letter.machine else keeper_at(letter.sender.address, rules)
    if keeper is None:
        return None
    ours = unit.mailbox.our_letters([*letter.in_reply_to, *letter.references])
    answered = next((mine for mine in ours if mine.message_id in letter.in_reply_to[:1]), None)
    if about := _about(answered, letter, unit):
        assert answered
        if answered.kind == ReportChallenged.template:
            if about.standing is Standing.WAITING and says_yes(letter, ours, rules, lexica, keeper.person.language):
                return OfHouse(keeper, about=about, vouched=True)
            return None
        context = Context(our_texts=tuple(mine.text for mine in ours))
        alone = answered.recipients == (letter.sender.address,)
        if keeper.rooms is None and read_answered(letter, context, rules.catalogue, lexica).agrees:
            return OfHouse(keeper, about=about, agrees=True, vouched=alone)
        if says_no(letter, ours, rules, lexica, keeper.person.language):
            in_time = letter.arrived - answered.written <= TAKEN_BACK_WITHIN
            return OfHouse(keeper, about=about, vouched=alone, in_time=in_time)
    context = Context(our_texts=tuple(mine.text for mine in ours))
    order = read_order(letter, context, rules.catalogue, lexica, keeper.person.language)
    return OfHouse(keeper, order) if order and (order.things or order.when) else None


def keeper_at(address: str, rules: Rules) -> Housekeeper | None:
    """Return who of the staff, or of those who manage a place, has an address, and what they may close and open."""
    if person := staff_at(address, rules):
        return Housekeeper("staff", person)
    manager = next((one for one in rules.managers.values() if one.address.lower() == address), None)
    if manager is None:
        return None
    return Housekeeper(manager.id, Staff(manager.name, manager.address, manager.language), rules.rooms_of(manager))


def _about(answered: OurLetter | None, letter: Letter, unit: Unit) -> Report | None:
    """Return what our letter was about, where this is its reader's answer, in time."""
    kinds = (BlockTold.template, ReportChallenged.template)
    if answered is None or answered.kind not in kinds or not answered.cause.startswith("report "):
        return None
    if letter.arrived - answered.written > ANSWERED_WITHIN or answered.recipients != (letter.sender.address,):
        return None
    report = unit.reports.get(int(answered.cause.removeprefix("report ")))
    return report if report and any(isinstance(deed, OF_HOUSE) for deed in report.deeds) else None


def on_house(
    said: OfHouse, letter: Letter, proof: Proof, booked: tuple[Reservation, ...], rules: Rules, now: datetime
) -> Decision:
    """Return what follows, but for an OK: that is one decision for each owner."""
    if proof is Proof.FAILED:
        return forged(letter, rules)
    proven = proof is Proof.PASSED or said.vouched
    if said.order is not None:
        return on_order(said.order, said.keeper, letter.message_id, proven, booked, now, rules)
    assert said.about
    if said.about.standing is Standing.WAITING:
        return carried_out(said.about, said.keeper, booked, now, rules)
    return taken_back(said.about, said.keeper, said.in_time, booked, letter.message_id, rules)


def opens(decision: Decision) -> bool:
    """Return whether something that could not be had can be had again."""
    deeds = decision.report.deeds if decision.report and decision.report.standing is Standing.DONE else ()
    return any(isinstance(deed, Unblocked | Undone) for deed in deeds)
