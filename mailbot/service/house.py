"""Mails that close a place or open it: who wrote, what they say, and what a decision about it must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.house import Order
from mailbot.model.letters import Letter
from mailbot.model.meaning import Intent, Language, Meaning
from mailbot.model.proof import Proof
from mailbot.model.reports import Report, Standing, Unblocked, Undone
from mailbot.model.reservation import Reservation
from mailbot.model.rules import Rules, Staff
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import BlockTold
from mailbot.policy.blocks import (
    OF_HOUSE,
    TAKEN_BACK_WITHIN,
    Housekeeper,
    agreed,
    carried_out,
    offered_elsewhere,
    on_order,
    owners_told,
    taken_back,
)
from mailbot.policy.matter import Matter
from mailbot.reading.house import read_order
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.staff import read_answered
from mailbot.service.conversation import Understood
from mailbot.service.desk import Desk
from mailbot.service.ports import Unit
from mailbot.service.staff import forged, says_no, says_yes, staff_at


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

    @property
    def thread(self) -> None:
        return None

    def decided(self, mail: Understood, proof: Proof, desk: Desk) -> Decision:
        """Return what follows, from inside the transaction."""
        booked = desk.unit.reservations.between(desk.now, desk.now + desk.rules.limits.horizon)
        if self.agrees and self.about and proof is not Proof.FAILED:
            return self._agreed(self.about, mail.letter, booked, desk)
        return self._on_order(mail.letter, proof, booked, desk.rules, desk.now)

    def _agreed(self, about: Report, letter: Letter, booked: tuple[Reservation, ...], desk: Desk) -> Decision:
        """Offer the owners of the bookings inside something else, one after the other: what is held for one is not for
        the next."""
        unit, rules, now = desk.unit, desk.rules, desk.now
        done = []
        for one in agreed(about, booked, now, rules):
            booking = one.reservation
            unit.reservations.lock(booking.initiative or booking.asker.address)
            standing = unit.reservations.of(booking.asker.address, booking.initiative, now)
            facts = replace(desk.facts_around(booking), standing=standing)
            matter = Matter(Meaning(booking.language, Intent.CHANGE), facts, rules)
            decision = offered_elsewhere(matter, one.uses, about, self.keeper.person, letter.message_id)
            desk.carry_out(decision)
            done.append((one, decision))
        return owners_told(done, self.keeper.person)

    def _on_order(
        self, letter: Letter, proof: Proof, booked: tuple[Reservation, ...], rules: Rules, now: datetime
    ) -> Decision:
        """Return what follows, but for an OK: that is one decision for each owner."""
        if proof is Proof.FAILED:
            return forged(letter, rules)
        proven = proof is Proof.PASSED or self.vouched
        if self.order is not None:
            return on_order(self.order, self.keeper, letter.message_id, proven, booked, now, rules)
        assert self.about
        if self.about.standing is Standing.WAITING:
            return carried_out(self.about, self.keeper, booked, now, rules)
        return taken_back(self.about, self.keeper, self.in_time, booked, letter.message_id, rules)


def of_house(mail: Understood, rules: Rules, unit: Unit, lexica: Mapping[Language, Lexicon]) -> OfHouse | None:
    """Return what one of the staff, or who manages a place, closes or opens; None where it is none of that."""
    letter = mail.letter
    keeper = None if letter.machine else keeper_at(letter.sender.address, rules)
    if keeper is None:
        return None
    about = mail.report(unit, {BlockTold.template, ReportChallenged.template})
    if about and mail.answered and any(isinstance(deed, OF_HOUSE) for deed in about.deeds):
        if mail.answered.kind == ReportChallenged.template:
            if about.standing is Standing.WAITING and says_yes(mail, rules, lexica, keeper.person.language):
                return OfHouse(keeper, about=about, vouched=True)
            return None
        if keeper.rooms is None and read_answered(letter, mail.quoting, rules.catalogue, lexica).agrees:
            return OfHouse(keeper, about=about, agrees=True, vouched=True)
        if says_no(mail, rules, lexica, keeper.person.language):
            in_time = letter.arrived - mail.answered.written <= TAKEN_BACK_WITHIN
            return OfHouse(keeper, about=about, vouched=True, in_time=in_time)
    order = read_order(letter, mail.quoting, rules.catalogue, lexica, keeper.person.language)
    return OfHouse(keeper, order) if order and (order.things or order.when) else None


def keeper_at(address: str, rules: Rules) -> Housekeeper | None:
    """Return who of the staff, or of those who manage a place, has an address, and what they may close and open."""
    if person := staff_at(address, rules):
        return Housekeeper("staff", person)
    manager = next((one for one in rules.managers.values() if one.address.lower() == address), None)
    if manager is None:
        return None
    return Housekeeper(manager.id, Staff(manager.name, manager.address, manager.language), rules.rooms_of(manager))


def opens(decision: Decision) -> bool:
    """Return whether something that could not be had can be had again."""
    deeds = decision.report.deeds if decision.report and decision.report.standing is Standing.DONE else ()
    return any(isinstance(deed, Unblocked | Undone) for deed in deeds)
