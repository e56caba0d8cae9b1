"""What follows from the words of one of the staff about a mail that was handed to them.

They may book what the limits of the rules (notice, quotas, length) keep the program from booking; what is taken or
closed stays so. Of two who answer, the first counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from mailbot.model.cases import Answered, Case, Ending
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent, Meaning
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import Objection
from mailbot.model.reports import Report, Standing, Word
from mailbot.model.reservation import BOOKED, LIFE, Act, Put, Use
from mailbot.model.rules import Approvals, Limits, Rules, Staff, UseBefore
from mailbot.model.to_askers import Changed, Confirmed, PersonSays
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import CaseTold, Dealt, ToStaff
from mailbot.policy.answers import lacks_of
from mailbot.policy.booking import decide
from mailbot.policy.changing import change
from mailbot.policy.matter import Matter

MANY = 1_000_000
CHANGES = ("change", "draft")
"""Why a mail may be handed to a person that is about what is booked."""
PROPOSED = frozenset({"unknown-sender", "unproven", "human"})
"""Why a mail may be handed to a person although what it asks is understood."""


def dealt_with(said: Answered, case: Case, matter: Matter, person: Staff, mail: str) -> Decision:
    """Return what follows from words that are proven. `matter` is that of the mail of the case, as if its sender were
    proven; `mail` is the Message-ID of who of the staff wrote. Pure."""
    if case.ending is not None and not (_words_alone(said) and case.by == person.address):
        return _told(CaseTold(case, Dealt.ENDED, who=_name(case.by, matter.rules)), person, "a person ended it before")
    if said.drop:
        return _dropped(case, matter, person, mail)
    if said.agrees and case.meaning is not None and proposal(matter, case.why, case.meaning):
        return _booked(case, case.meaning, matter, person, mail)
    if said.correction is not None:
        return _booked(case, _corrected(said.correction, case), matter, person, mail)
    if said.unclear or said.agrees or not said.words:
        return _told(CaseTold(case, Dealt.UNCLEAR), person, "a correction or words to pass on: not clear")
    return _passed_on(said.words, case, matter, person, mail)


def is_this_you(word: Word, person: Staff, mail: str) -> Decision:
    """Return the question to one of the staff whose mail proves nothing: nothing of it counts before a bare yes."""
    report = Report("staff", person.address, (word,), word.words, mail, Standing.WAITING)
    notice = _letter(ReportChallenged(report.deeds), person)
    return Decision(
        End.ANSWERED, ("a From line proves nothing: who seems to have written is asked",), (), (notice,), report=report
    )


def proposal(matter: Matter, why: str, meaning: Meaning | None) -> tuple[Use, ...]:
    """Return what would be booked if a person agrees to what a mail asks; nothing where that is not one clear thing."""
    if why not in PROPOSED or meaning is None or meaning.intent is not Intent.BOOK:
        return ()
    if not meaning.items or lacks_of(meaning, matter.rules) or meaning.alternatives or meaning.further:
        return ()
    decision = decide(by_a_person(matter), meaning, more=True)
    booked = _first(decision, Confirmed)
    return booked.reservation.uses if isinstance(booked, Confirmed) else ()


def with_proposal(decision: Decision, matter: Matter) -> Decision:
    """Return the decision with what would be booked, where a person gets what is understood."""
    uses: tuple[Use, ...] | None = None
    notices = []
    for notice in decision.notices:
        content = notice.content
        if isinstance(content, ToStaff) and content.why in PROPOSED:
            uses = proposal(matter, content.why, content.meaning) if uses is None else uses
            notice = replace(notice, content=replace(content, proposal=uses))
        notices.append(notice)
    return replace(decision, notices=tuple(notices))


def _words_alone(said: Answered) -> bool:
    return not (said.drop or said.agrees or said.correction or said.unclear)


def _corrected(correction: Meaning, case: Case) -> Meaning:
    """Return the correction as if the sender had written it: in their language, and with nothing to read back to them
    that they did not write."""
    people = case.meaning.attendees if case.meaning and correction.attendees is None else correction.attendees
    return replace(
        correction,
        items=tuple(replace(item, words=()) for item in correction.items),
        attendees=people,
        language=case.languages[0],
        language_sure=len(case.languages) == 1,
        evidence=(),
    )


def by_a_person(matter: Matter) -> Matter:
    """Return the matter as it is when a person of the commune asks it: proven, and not bound by the limits."""
    college = replace(matter.rules.college, use_before=UseBefore.FIRM)
    rules = replace(matter.rules, limits=_beyond(matter.rules.limits), approvals=Approvals(), college=college)
    sender = replace(matter.facts.sender, proven=True, forged=False)
    return replace(matter, rules=rules, facts=replace(matter.facts, sender=sender))


def as_to_anybody(notice: Notice) -> Notice:
    """Return a letter about what a person of the commune had booked: that person is proven, not who gets it. A NO of
    theirs may have to be confirmed."""
    content = notice.content
    return replace(notice, content=replace(content, proven=False)) if isinstance(content, Confirmed) else notice


def _beyond(limits: Limits) -> Limits:
    """Return the limits as they bind a person: not at all."""
    long = timedelta(days=MANY)
    return replace(
        limits, notice=timedelta(0), longest=long, longest_loan=MANY, active_bookings=MANY, hours_per_week=MANY
    )


def _booked(case: Case, request: Meaning, matter: Matter, person: Staff, mail: str) -> Decision:
    here = by_a_person(matter)
    conversation = here.conversation
    changes = conversation is not None and conversation.state in BOOKED and case.why in CHANGES
    if changes:
        meaning = replace(request, intent=Intent.CHANGE)
        decision = change(replace(here, meaning=meaning))
    else:
        open_still = conversation is not None and Act.CONFIRM in LIFE[conversation.state]
        here = here if open_still else here.anew()
        decision = decide(replace(here, meaning=request), request, more=True)
    done = _first(decision, Changed if changes else Confirmed)
    if done is None:
        objections = _objections(decision)
        outcome = Dealt.NOT_POSSIBLE if objections else Dealt.UNCLEAR
        return _told(CaseTold(case, outcome, objections=objections), person, "not possible: nothing is booked")
    told = CaseTold(case, Dealt.CHANGED if changes else Dealt.BOOKED, decision.puts[-1].after)
    return replace(
        decision,
        puts=by(decision.puts, person, mail),
        notices=(*(as_to_anybody(notice) for notice in decision.notices), _letter(told, person)),
        because=(f"booked by a person: {person.address}", *decision.because),
        case=replace(case, ending=Ending.BOOKED, by=person.address, corrected=request, code=decision.code),
    )


def _dropped(case: Case, matter: Matter, person: Staff, mail: str) -> Decision:
    ended = replace(case, ending=Ending.DROPPED, by=person.address)
    puts = _stepped(matter, Act.CLOSE, "nothing more is to be done", person, mail)
    return Decision(End.IGNORED, ("a person ended it: nothing more is to be done",), puts, code=case.code, case=ended)


def _passed_on(words: str, case: Case, matter: Matter, person: Staff, mail: str) -> Decision:
    puts = _stepped(matter, Act.NOTE, "a person answered", person, mail)
    content = PersonSays(words, person.name, puts[-1].after if puts else matter.conversation)
    notice = Notice(case.sender, case.languages[:1], content)
    ended = replace(case, ending=Ending.ANSWERED, by=person.address)
    return Decision(End.ANSWERED, ("words of a person, passed on",), puts, (notice,), case.code, case=ended)


def _stepped(matter: Matter, act: Act, why: str, person: Staff, mail: str) -> tuple[Put, ...]:
    conversation = matter.conversation
    if conversation is None or act not in LIFE[conversation.state] or (act is Act.CLOSE and conversation.uses):
        return ()
    after = replace(conversation, state=LIFE[conversation.state][act], version=conversation.version + 1)
    return (Put(conversation, after, act, why, person.address, mail),)


def by(puts: Iterable[Put], person: Staff, mail: str) -> tuple[Put, ...]:
    """Return steps as those of one of the commune, for the history; `mail` is the Message-ID of theirs."""
    return tuple(replace(put, by=person.address, mail=mail) for put in puts)


def _first(decision: Decision, kind: type[Content]) -> Content | None:
    return next((notice.content for notice in decision.notices if isinstance(notice.content, kind)), None)


def _objections(decision: Decision) -> tuple[Objection, ...]:
    return next((found for notice in decision.notices if (found := getattr(notice.content, "objections", ()))), ())


def _letter(content: Content, person: Staff) -> Notice:
    return Notice(Address(person.name, person.address), (person.language,), content, answers=False)


def _told(content: CaseTold, person: Staff, why: str) -> Decision:
    return Decision(End.ANSWERED, (why,), (), (_letter(content, person),), content.case.code)


def _name(address: str, rules: Rules) -> str:
    return next((person.name for person in rules.staff if person.address == address), address)
