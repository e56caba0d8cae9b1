"""A supervised start: answers of the kinds that the rules say wait for a person, who lets them go as they are, with
words of their own, or not at all. Meanwhile nothing is done, and what they would take is held.

When it is let go, it is decided once more, from what is known then: a letter never names an hour that is over, and
where it would no longer say the same, it is shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from mailbot.model.cases import Case, Ending
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.notices import Content, Notice
from mailbot.model.reservation import (
    BOOKED,
    Act,
    Draft,
    Option,
    Put,
    Reservation,
    State,
    Use,
    claims_in_force,
    covering,
    next_state,
)
from mailbot.model.rules import Letting, Rules, Staff
from mailbot.model.to_askers import (
    Asked,
    Cancelled,
    Changed,
    ChangeOffered,
    CollectorNoted,
    Confirmed,
    Declined,
    Free,
    Freeing,
    Helped,
    Kept,
    Lapsed,
    Listed,
    Offered,
    OpeningsOffered,
    OptionHeld,
    Proposed,
    Refused,
    Repeated,
    Thanked,
    Unchanged,
    Waits,
    Which,
)
from mailbot.model.to_staff import DraftShown, ToStaff
from mailbot.policy.approvals import to_people

WHY = "draft"
BEHIND = "behind"
"""Why staff get a mail in a conversation of which an answer waits: it is looked at once that is settled."""

_KINDS: Mapping[str, tuple[type, ...]] = {
    "bookings": (Confirmed, OptionHeld, Waits, Kept),
    "offers": (Offered, Proposed, ChangeOffered, OpeningsOffered),
    "refusals": (Refused, Lapsed),
    "questions": (Asked, Repeated, Which),
    "changes": (Changed, CollectorNoted, Freeing),
    "cancellations": (Cancelled, Declined),
    "information": (Free, Listed, Helped, Thanked),
}
"""What is none of these (proofs, alarms, what a person asked for) leaves by itself."""


def kind_of(content: Content) -> str:
    """Return the kind of an answer as the rules name it; empty for what is never supervised."""
    if isinstance(content, Unchanged):
        return "refusals" if content.objections else "changes"
    return next((kind for kind, classes in _KINDS.items() if isinstance(content, classes)), "")


def supervised(decision: Decision, asker: Address, case: str, rules: Rules) -> Decision:
    """Return the decision, or, where a person must let its answer go, what is done meanwhile: what it would take is
    held, and staff see the letter. `case` is the id of the mail."""
    answer = answer_in(decision, asker)
    if answer is None or rules.supervision.kinds.get(kind_of(answer.content)) is not Letting.DRAFT:
        return decision
    puts = tuple(_kept(put, case) for put in decision.puts)
    about = puts[-1].after if puts else getattr(answer.content, "reservation", None)
    shown = DraftShown(answer, about)
    return Decision(
        End.HANDED, ("waits for a person", *decision.because), puts, to_people(rules.staff, shown), decision.code
    )


def answer_in(decision: Decision, asker: Address) -> Notice | None:
    """Return the letter that answers the asker."""
    return next((n for n in decision.notices if n.answers and n.to.address == asker.address), None)


def gist_of(answer: Notice) -> str:
    """Return what an answer says, in short: which letter, and what is booked or held by it."""
    reservation = getattr(answer.content, "reservation", None)
    uses = _uses(reservation) if isinstance(reservation, Reservation) else ()
    return " | ".join([answer.content.template, *sorted(f"{use.resource} {use.quantity} {use.when}" for use in uses)])


def _uses(reservation: Reservation) -> list[Use]:
    return [*reservation.uses, *(use for option in reservation.options for use in option.uses)]


def _kept(put: Put, case: str) -> Put:
    """Return the step that holds what another step would take, and does nothing else."""
    before, after = put.before, put.after
    stands = before is not None and before.state in BOOKED
    hold = covering(claims_in_force(before), claims_in_force(after))
    draft = Draft(case, hold, None if stands else _as_it_was(before))
    why = f"waits for a person: {put.act}"
    if stands:
        assert before
        return _step(before, replace(before, draft=draft), Act.DRAFT, why, put)
    options = after.options or ((Option(1, after.uses),) if after.uses else ())
    drafted = replace(after, uses=(), options=options, hold=(), deadline=None, draft=draft)
    return _step(before, drafted, Act.DRAFT, why, put)


def _as_it_was(before: Reservation | None) -> Reservation | None:
    """Return the conversation before the first of its answers that wait."""
    return before.draft.before if before is not None and before.draft is not None else before


def _step(before: Reservation | None, after: Reservation, act: Act, why: str, of: Put) -> Put:
    state = next_state(State.NEW if before is None else before.state, act)
    version = 1 if before is None else before.version + 1
    return Put(before, replace(after, state=state, version=version), act, why, of.by, of.mail)


# --- mails behind an answer that waits


def comes_behind(decision: Decision) -> bool:
    """Return whether a decision would change a conversation of which an answer waits."""
    return any(put.before is not None and put.before.draft is not None for put in decision.puts)


def behind(asker: Address, subject: str, decision: Decision, rules: Rules) -> Decision:
    """Return what is done with such a mail: staff get it, and it is looked at once the answer before it is settled."""
    waits = next(put.before for put in decision.puts if put.before is not None and put.before.draft is not None)
    content = ToStaff(BEHIND, asker, subject, reservation=waits, told=False)
    because = (f"an answer waits in {waits.code}: looked at after it",)
    return Decision(End.HANDED, because, (), to_people(rules.staff, content), waits.code)


# --- let go


def released(
    decision: Decision, case: Case, drafted: Reservation | None, person: Staff, mail: str, words: str, rules: Rules
) -> Decision:
    """Return the decision, made anew, as what a person lets go; shown again where it would no longer say the same.
    `drafted` is the conversation as it stands, `words` are said in the place of the letter's own."""
    answer = answer_in(decision, case.sender)
    if answer is None or gist_of(answer) != case.gist:
        return shown_again(decision, answer, case, drafted, rules)
    puts = _rebased(decision.puts, drafted)
    puts = tuple(replace(put, by=person.address, mail=mail) for put in puts)
    notices = [notice for notice in decision.notices if not isinstance(notice.content, ToStaff)]
    if words:
        notices = [replace(n, words=words, person=person.name) if n is answer else n for n in notices]
    return replace(
        decision,
        end=End.ANSWERED,
        because=(f"let go by {person.address}", *decision.because),
        puts=_settled(puts, drafted, person.address, mail),
        notices=tuple(notices),
        case=replace(case, ending=Ending.SENT, by=person.address),
    )


def _rebased(puts: Iterable[Put], drafted: Reservation | None) -> tuple[Put, ...]:
    """Return steps that were decided from the conversation as it was, as steps of what it is."""
    if drafted is None or drafted.state is not State.DRAFTED:
        return tuple(puts)
    version = drafted.version + 1
    return tuple(
        replace(put, before=drafted, after=replace(put.after, version=version, draft=put.after.draft))
        if put.after.code == drafted.code
        else put
        for put in puts
    )


def _settled(puts: tuple[Put, ...], drafted: Reservation | None, by: str, mail: str) -> tuple[Put, ...]:
    """Return the steps with one that takes the draft off a conversation that they leave alone."""
    if drafted is None or drafted.draft is None or any(put.after.code == drafted.code for put in puts):
        return puts
    return (*puts, _taken_off(drafted, by, mail))


def _taken_off(drafted: Reservation, by: str, mail: str) -> Put:
    act = Act.CLOSE if drafted.state is State.DRAFTED else Act.NOTE
    after = replace(drafted, draft=None, options=() if act is Act.CLOSE else drafted.options)
    state = next_state(drafted.state, act)
    return Put(drafted, replace(after, state=state, version=drafted.version + 1), act, "not sent", by, mail)


def shown_again(
    decision: Decision, answer: Notice | None, case: Case, drafted: Reservation | None, rules: Rules
) -> Decision:
    """Show staff what would go now; nothing is done."""
    puts = tuple(_kept(put, case.id) for put in _rebased(decision.puts, drafted))
    about = puts[-1].after if puts else drafted
    shown = DraftShown(answer, about, case, anew=True)
    because = ("something changed meanwhile: shown again", *decision.because)
    return Decision(End.ANSWERED, because, puts, to_people(rules.staff, shown), case.code)


def dropped(case: Case, drafted: Reservation | None, person: Staff, mail: str) -> Decision:
    """Let nothing go: what was held is free, what stood stands."""
    ended = replace(case, ending=Ending.DROPPED, by=person.address)
    puts = (_taken_off(drafted, person.address, mail),) if drafted is not None and drafted.draft is not None else ()
    return Decision(End.IGNORED, ("a person lets nothing go",), puts, code=case.code, case=ended)
