"""The waiting list, and options held at the asker's own wish."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailbot.model.decision import Decision
from mailbot.model.meaning import Intent, Meaning, Wish
from mailbot.model.objections import TooManyOptions, may_be_freed
from mailbot.model.reservation import Act, State
from mailbot.model.to_askers import Freed, OptionHeld, Refused, WaitedInVain, Waits
from mailbot.policy.holding import option_reminders
from mailbot.policy.matter import Matter
from mailbot.policy.waiting import in_turn
from mailbot.policy.windows import windows
from tests.policy.commune import (
    KARIM,
    NOW,
    RULES,
    STRANGER,
    YVETTE,
    Office,
    asks,
    goods,
    limited,
    local,
    room,
    says,
    slot,
)

WAIT = says(Intent.HUMAN, wishes=frozenset({Wish.WAIT}))
HALL = asks(room("salle", slot("2026-06-13", "14-18")), attendees=70)
"""The only room for so many."""


def full(office: Office) -> str:
    """Let Karim have the hall."""
    return office.mail(HALL, KARIM).code


def refused(office: Office, sender=YVETTE) -> str:
    decision = office.mail(HALL, sender)
    assert decision.puts[-1].after.state in (State.REFUSED, State.OFFERED)
    return decision.code


def turn(office: Office, code: str) -> Decision | None:
    """Let one who waits have their turn, as the service does."""
    waiting = office.reservations[code]
    assert waiting.request
    office.ledger.windows = windows(waiting.request, waiting, office.rules, office.now)
    facts = office.facts(waiting.asker, code, message_id="")
    decision = in_turn(Matter(waiting.request, facts, office.rules))
    if decision:
        office.carry_out(decision)
    return decision


def test_who_waits_holds_nothing_and_gets_what_becomes_free() -> None:
    office = Office()
    taken, code = full(office), refused(office)
    decision = office.mail(WAIT, code=code)
    [notice] = decision.notices
    assert isinstance(notice.content, Waits)
    assert [use.resource for use in notice.content.uses] == ["salle"]
    assert office.reservations[code].state is State.WAITING
    assert turn(office, code) is None, "it is still taken"
    office.mail(says(Intent.CANCEL), KARIM, taken, sender_is_proven=True)
    freed = turn(office, code)
    assert freed
    [notice] = freed.notices
    assert isinstance(notice.content, Freed)
    assert (notice.to, notice.answers) == (YVETTE, False)
    [put] = freed.puts
    assert (put.act, put.by, put.mail) == (Act.OFFER, "", "")
    held = office.reservations[code]
    assert (held.state, len(held.options), held.waiting) == (State.OFFERED, 1, None)
    assert held.deadline == local("2026-06-04 18:00")


def test_what_is_held_for_the_first_is_not_free_for_the_next() -> None:
    office = Office()
    taken, first, second = full(office), refused(office), refused(office, STRANGER)
    office.mail(WAIT, code=first)
    office.mail(WAIT, STRANGER, second)
    office.mail(says(Intent.CANCEL), KARIM, taken, sender_is_proven=True)
    assert turn(office, first)
    assert turn(office, second) is None
    office.mail(says(Intent.DECLINE), code=first)
    assert turn(office, second)


def test_who_says_wait_again_is_told_the_same() -> None:
    office = Office()
    full(office)
    code = refused(office)
    office.mail(WAIT, code=code)
    again = office.mail(WAIT, code=code)
    assert again.puts == ()
    assert isinstance(again.notices[0].content, Waits)


def test_a_no_leaves_the_waiting_list() -> None:
    office = Office()
    full(office)
    code = refused(office)
    office.mail(WAIT, code=code)
    office.mail(says(Intent.DECLINE), code=code)
    assert office.reservations[code].state is State.DECLINED


def test_what_did_not_become_free_in_time_is_told_once() -> None:
    office = Office()
    full(office)
    code = refused(office)
    office.mail(WAIT, code=code)
    office.now = local("2026-06-12 15:00")
    told = turn(office, code)
    assert told
    assert isinstance(told.notices[0].content, WaitedInVain)
    assert office.reservations[code].state is State.LAPSED


def test_nobody_waits_for_a_day_of_closing() -> None:
    office = Office()
    closed = asks(room("salle", slot("2026-08-12", "14-18")))
    decision = office.mail(closed)
    again = office.mail(WAIT, code=decision.code)
    assert office.reservations[decision.code].state is not State.WAITING
    assert not isinstance(again.notices[0].content, Waits)


def test_nobody_waits_for_more_than_there_is() -> None:
    office = Office()
    office.mail(asks(goods("table", 12, slot("2026-06-13"))), KARIM)
    decision = office.mail(asks(goods("table", 13, slot("2026-06-13"))))
    assert not may_be_freed(decision.notices[0].content.objections, office.rules)  # type: ignore[union-attr]
    again = office.mail(WAIT, code=decision.code)
    assert office.reservations[decision.code].state is not State.WAITING
    assert not isinstance(again.notices[0].content, Waits)


def test_without_anything_to_wait_for_a_person_reads_it() -> None:
    assert Office().mail(WAIT).end.value == "handed"


# --- options


def option(until: str = "", **more: object) -> Meaning:
    wish = {"wishes": frozenset({Wish.HOLD}), "hold_until": date.fromisoformat(until) if until else None}
    return asks(room("salle", slot("2026-06-20", "14-18")), **wish, **more)


@pytest.mark.parametrize(
    ("until", "deadline"),
    [
        ("2026-06-09", "2026-06-09 18:00"),
        ("2026-06-06", "2026-06-08 18:00"),  # a Saturday
        ("2026-06-01", "2026-06-04 18:00"),  # past: as an offer
        ("", "2026-06-04 18:00"),
        ("2026-06-30", "2026-06-16 18:00"),  # the longest that the rules allow
    ],
)
def test_an_option_ends_in_the_evening_of_the_day_on_which_they_will_have_decided(until: str, deadline: str) -> None:
    office = Office()
    decision = office.mail(option(until))
    [notice] = decision.notices
    assert isinstance(notice.content, OptionHeld)
    [put] = decision.puts
    assert (put.act, put.after.state, put.after.uses) == (Act.HOLD, State.OFFERED, ())
    assert put.after.deadline == local(deadline)
    assert put.after.optioned == NOW


def test_a_yes_books_an_option_and_a_no_gives_it_back() -> None:
    for answer, state in [(Intent.ACCEPT, State.CONFIRMED), (Intent.DECLINE, State.DECLINED)]:
        office = Office()
        code = office.mail(option("2026-06-09")).code
        office.mail(says(answer), code=code)
        assert office.reservations[code].state is state
        assert office.reservations[code].optioned is None


def test_an_initiative_has_so_many_options_at_a_time() -> None:
    office = Office(rules=limited(options=1))
    office.mail(option("2026-06-09"))
    other = replace(option("2026-06-09"), items=(room("bureau", slot("2026-06-21", "14-18")),))
    decision = office.mail(other)
    [notice] = decision.notices
    assert isinstance(notice.content, Refused)
    assert notice.content.objections == (TooManyOptions(1),)
    assert decision.puts[-1].after.state is State.REFUSED


def test_an_option_is_reminded_of_once_a_day_before_it_ends() -> None:
    office = Office()
    code = office.mail(option("2026-06-09")).code

    def reminded(moment: str) -> bool:
        decision = option_reminders(office.reservations.values(), local(moment), RULES)
        office.carry_out(decision)
        return bool(decision.notices)

    moments = ["2026-06-08 17:59", "2026-06-08 18:00", "2026-06-08 18:01", "2026-06-09 10:00"]
    assert [reminded(moment) for moment in moments] == [False, True, False, False]
    assert office.reservations[code].told == ("option",)


def test_an_option_that_was_made_within_its_last_day_is_not_reminded_of() -> None:
    office = Office(now=local("2026-06-09 09:00"))
    office.mail(option("2026-06-09"))
    assert option_reminders(office.reservations.values(), local("2026-06-09 12:00"), RULES).notices == ()


def test_an_option_that_is_not_free_is_like_any_request() -> None:
    office = Office()
    office.mail(asks(room("salle", slot("2026-06-20", "14-18"))), KARIM)
    decision = office.mail(replace(option("2026-06-09"), attendees=70))
    assert decision.puts[-1].after.state in (State.OFFERED, State.REFUSED)
    assert not isinstance(decision.notices[0].content, OptionHeld)
