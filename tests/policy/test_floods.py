"""Answers come to an end: by sender, conversation, domain and hour; staff are told of the widest limit."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailbot.model.decision import Decision, End, Traffic
from mailbot.model.meaning import Intent
from mailbot.model.to_staff import Alert
from mailbot.policy.decide import on_mail
from tests.policy.commune import STRANGER, YVETTE, Office, asks, room, says, slot

LIMITS = {"sender": 20, "conversation": 10, "domain": 100, "strangers": 200}


def answered(
    traffic: Traffic, *, stranger: bool = False, proven: bool = False, whole: bool = False, intent: Intent = Intent.HELP
) -> Decision:
    """`whole`: the rules name the address of the initiative in full, and not its domain."""
    office = Office()
    if whole:
        named = {id: replace(one, addresses=(YVETTE.address,)) for id, one in office.rules.initiatives.items()}
        office.rules = replace(office.rules, initiatives=named)
    code = office.mail(asks(room("kiosque", slot("2026-06-12", "14-18")))).code
    facts = office.facts(STRANGER if stranger else YVETTE, "" if stranger else code, traffic=traffic)
    facts = replace(facts, sender=replace(facts.sender, proven=proven))
    return on_mail(says(intent), facts, office.rules)


def alerts(decision: Decision) -> list[Alert]:
    return [notice.content for notice in decision.notices if isinstance(notice.content, Alert)]


@pytest.mark.parametrize("which", ["sender", "conversation"])
def test_two_programs_that_answer_each_other_come_to_an_end(which: str) -> None:
    assert answered(Traffic(**{which: LIMITS[which] - 1})).end is End.ANSWERED
    decision = answered(Traffic(**{which: LIMITS[which]}))
    assert (decision.end, decision.puts) == (End.IGNORED, ())
    [alert] = alerts(decision)
    assert len(decision.notices) == 1, "nobody but staff hears of it"
    assert alert.why == f"flood-{which}"
    assert alert.event


@pytest.mark.parametrize("which", ["domain", "strangers"])
def test_those_of_no_initiative_are_counted_together(which: str) -> None:
    assert answered(Traffic(**{which: LIMITS[which] - 1}), stranger=True).end is End.ANSWERED
    decision = answered(Traffic(**{which: LIMITS[which]}), stranger=True)
    assert decision.end is End.IGNORED
    assert alerts(decision)[0].why == f"flood-{which}"
    assert answered(Traffic(**{which: 10_000}), whole=True).end is End.ANSWERED, "an initiative is served all the same"


def test_whoever_is_known_by_a_domain_alone_is_counted_by_it_and_gets_more_where_it_vouches() -> None:
    assert answered(Traffic(domain=LIMITS["domain"] - 1, strangers=10_000)).end is End.ANSWERED
    decision = answered(Traffic(domain=LIMITS["domain"]))
    assert (decision.end, alerts(decision)[0].why) == (End.IGNORED, "flood-domain")
    assert answered(Traffic(domain=LIMITS["domain"]), proven=True).end is End.ANSWERED
    assert answered(Traffic(domain=10 * LIMITS["domain"]), proven=True).end is End.IGNORED
    assert answered(Traffic(domain=LIMITS["domain"]), stranger=True, proven=True).end is End.IGNORED


def test_a_flood_of_many_senders_is_one_event() -> None:
    office = Office()
    flood = Traffic(sender=20, domain=100, strangers=200)
    senders = [replace(STRANGER, address=f"a{number}@b{number}.example") for number in range(3)]
    decisions = [on_mail(says(Intent.HELP), office.facts(one, traffic=flood), office.rules) for one in senders]
    assert len({alert.event for decision in decisions for alert in alerts(decision)}) == 1


def test_nobody_is_told_of_a_machine_that_writes_much() -> None:
    decision = answered(Traffic(sender=1_000), intent=Intent.IGNORE)
    assert (decision.end, decision.notices) == (End.IGNORED, ())
