"""For whom the commune asks something: found by name or address, else asked."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailbot.model.behalf import Behalf, Party, Unknown, Unresolved
from mailbot.model.decision import Decision
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent, Lack
from mailbot.model.notices import Content
from mailbot.model.reports import Standing
from mailbot.model.reservation import State
from mailbot.model.rules import Initiative, Rules
from mailbot.model.to_askers import Confirmed, Refused
from mailbot.model.to_staff import BehalfTold, Carried
from mailbot.policy.behalf import handed_on, named_at, ordered, party_of
from mailbot.policy.matter import Matter
from tests.policy.commune import KARIM, NOW, RULES, Office, asks, limited, room, says, slot

CLAIRE = RULES.staff[0]
MORE = {
    "canal": Initiative("canal", "Rue du Canal", ("karim@canal.example",), "fr"),
    "verte": Initiative("verte", "Comité Vallée-Verte", ("@verte.example",)),
    "jeunes": Initiative("jeunes", "Comité des jeunes du Parc", ("jeunes@parc.example",)),
}
TOWN = replace(RULES, initiatives={**RULES.initiatives, **MORE})
HALL = room("salle", slot("2026-06-13", "14-18"))


def behalf(whom: str, address: str = "", *, on: bool = False) -> Behalf:
    return Behalf(whom, address, "salle le 13 juin 14-18h", "", NOW, handed_on=on)


@pytest.mark.parametrize("whom", ["Rue du Canal", "rue du canal", "Canal", "canal"])
def test_all_words_of_a_name_are_of_the_initiatives(whom: str) -> None:
    party = party_of(behalf(whom), TOWN)
    assert isinstance(party, Party)
    assert (party.initiative, party.address.address, party.language) == ("canal", "karim@canal.example", "fr")


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("rue du canal salle le 13 juin", 3),
        ("la rue du canal salle", 4),
        ("comite vallee verte salle", 3),
        ("vallee verte salle", 0),
        ("la rue salle", 0),
        ("comite salle", 0),
        ("salle", 0),
    ],
)
def test_a_name_inside_a_sentence_is_whole(words: str, length: int) -> None:
    assert named_at(words.split(), TOWN) == length


def test_an_address_goes_before_any_name() -> None:
    assert party_of(behalf("Odile", "odile@parc.example"), TOWN) == Party(
        Address("Odile", "odile@parc.example"), "parc", "Comité du Parc"
    )
    assert party_of(behalf("Odile", "odile@elsewhere.example"), TOWN) == Party(
        Address("Odile", "odile@elsewhere.example"), None, "Odile"
    )


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (behalf("Compost des Tilleuls"), Unknown.WHOM),
        (behalf("Comité"), Unknown.SEVERAL),
        (behalf("Vallée Verte"), Unknown.ADDRESS),
        (behalf("Odile Maes", on=True), Unknown.ADDRESS),
    ],
)
def test_what_cannot_be_told_is_asked(asked: Behalf, why: Unknown) -> None:
    unresolved = party_of(asked, TOWN)
    assert isinstance(unresolved, Unresolved)
    assert unresolved.why is why


def test_who_is_nearly_called_so_is_named() -> None:
    unresolved = party_of(behalf("Comité de la Vallée Vert"), TOWN)
    assert isinstance(unresolved, Unresolved)
    assert unresolved.near[0] == "Comité Vallée-Verte"


def carried(meaning, rules: Rules = TOWN, *, on: bool = False) -> Decision:
    office = Office(rules)
    matter = Matter(meaning, office.facts(KARIM), rules)
    party = party_of(behalf("canal"), rules)
    assert isinstance(party, Party)
    if on:
        return handed_on(matter, party, CLAIRE, "mail@commune.example")
    return ordered(matter, behalf("canal"), party, CLAIRE, "mail@commune.example")


def contents(decision: Decision) -> dict[str, Content]:
    return {notice.to.address: notice.content for notice in decision.notices}


def test_the_booking_is_theirs_beyond_the_limits_and_the_history_names_the_person() -> None:
    rules = replace(limited(hours_per_week=1), initiatives=TOWN.initiatives)
    decision = carried(asks(HALL), rules)
    [put] = decision.puts
    assert (put.after.state, put.after.initiative, put.after.asker) == (State.CONFIRMED, "canal", KARIM)
    assert (put.by, put.mail) == (CLAIRE.address, "mail@commune.example")
    told = contents(decision)
    assert isinstance(told[KARIM.address], Confirmed)
    assert isinstance(told[CLAIRE.address], BehalfTold)
    assert {notice.through for notice in decision.notices if notice.to == KARIM} == {"Claire"}


def test_their_own_mail_keeps_to_the_limits_and_they_hear_why() -> None:
    rules = replace(limited(hours_per_week=1), initiatives=TOWN.initiatives)
    decision = carried(asks(HALL), rules, on=True)
    told = contents(decision)
    assert isinstance(told[KARIM.address], Refused)
    assert isinstance(told[CLAIRE.address], BehalfTold)
    assert told[CLAIRE.address].outcome is Carried.ANSWERED


@pytest.mark.parametrize(
    ("meaning", "outcome"),
    [
        (asks(room("salle", slot("2026-06-13", "14-")), missing={Lack.END}), Carried.LACKING),
        (asks(room("salle", slot("2026-07-21", "14-18"))), Carried.NOT_POSSIBLE),
        (says(Intent.HUMAN), Carried.UNCLEAR),
        (says(Intent.CANCEL), Carried.UNCLEAR),
    ],
)
def test_what_is_not_done_is_told_to_the_commune_alone_and_may_be_completed(meaning, outcome: Carried) -> None:
    decision = carried(meaning)
    assert decision.puts == ()
    [notice] = decision.notices
    assert isinstance(notice.content, BehalfTold)
    assert (notice.to.address, notice.content.outcome) == (CLAIRE.address, outcome)
    assert decision.report is not None
    assert decision.report.standing is Standing.WAITING


@pytest.mark.parametrize("intent", [Intent.HUMAN, Intent.FEEDBACK, Intent.IGNORE, Intent.KEY])
def test_what_is_no_request_stays_with_who_handed_it_on(intent: Intent) -> None:
    decision = carried(says(intent), on=True)
    assert [notice.to.address for notice in decision.notices] == [CLAIRE.address]
    assert decision.puts == ()
