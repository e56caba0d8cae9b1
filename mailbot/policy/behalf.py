"""What somebody of the commune asks for somebody else: for whom it is, and what follows for both.

A mail that is handed on is answered as if its writer had sent it: a request for a booking is vouched for by who hands
it on, a change or a cancellation still needs its owner's word. What the commune asks in its own words is done as asked,
beyond the limits that bind the program (notice, quotas, length); what is taken or closed stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from mailbot.model.behalf import Behalf, Party, Unknown, Unresolved
from mailbot.model.decision import Decision, End
from mailbot.model.letters import Address
from mailbot.model.meaning import Intent
from mailbot.model.notices import Content, Notice
from mailbot.model.objections import Objection
from mailbot.model.reports import ForSomebody, Report, Standing
from mailbot.model.rules import Initiative, Rules, Staff
from mailbot.model.to_askers import Asked, Cancelled, Changed, Confirmed
from mailbot.model.to_key_holders import ReportChallenged
from mailbot.model.to_staff import BehalfTold, BehalfUnclear, Carried, ToStaff
from mailbot.policy.booking import decide
from mailbot.policy.cases import as_to_anybody, by, by_a_person
from mailbot.policy.decide import on_mail
from mailbot.policy.form import plain
from mailbot.policy.matter import Matter

REQUESTS = frozenset(
    {Intent.BOOK, Intent.CHANGE, Intent.CANCEL, Intent.AVAILABILITY, Intent.ACCEPT, Intent.DECLINE, Intent.LIST}
)
"""What is answered to who wrote a mail that is handed on; anything else stays with who handed it on."""
ORDERS = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL})
MOST_NAMES = 3
SMALL = frozenset(
    {"le", "la", "les", "l", "de", "du", "des", "d", "het", "een", "van", "the", "of", "asbl", "vzw", "npo"}
)
"""Words that say nothing of whose name it is."""
DONE = {Confirmed: Carried.BOOKED, Changed: Carried.CHANGED, Cancelled: Carried.CANCELLED}


def party_of(behalf: Behalf, rules: Rules) -> Party | Unresolved:
    """Return for whom it is: who has the address that was said, else the only initiative that is called so."""
    if behalf.address:
        theirs = rules.initiative_of(behalf.address)
        if theirs is None:
            return Party(Address(behalf.whom, behalf.address), None, behalf.whom or behalf.address)
        who = "" if _is_called(theirs, behalf.whom) else behalf.whom
        return Party(Address(who, behalf.address), theirs.id, theirs.name, theirs.language)
    found = [one for one in rules.initiatives.values() if _is_called(one, behalf.whom)]
    if len(found) == 1:
        return _of(found[0])
    if found:
        return Unresolved(Unknown.SEVERAL, behalf.whom, tuple(one.name for one in found[:MOST_NAMES]))
    if behalf.handed_on:
        return Unresolved(Unknown.ADDRESS, behalf.whom)
    return Unresolved(Unknown.WHOM, behalf.whom, _near(behalf.whom, rules))


def _of(initiative: Initiative) -> Party | Unresolved:
    if not initiative.written_to:
        return Unresolved(Unknown.ADDRESS, initiative.name, initiative=initiative.id)
    return Party(Address("", initiative.written_to), initiative.id, initiative.name, initiative.language)


def _is_called(initiative: Initiative, whom: str) -> bool:
    """Whether all words of a name are of the initiative's."""
    wanted = _words(whom)
    return bool(wanted) and wanted <= _words(initiative.name) | {plain(initiative.id)}


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", plain(name)))


def named_at(words: Sequence[str], rules: Rules) -> int:
    """Return how many words, from the first, hold the whole name of one initiative and nothing else: what the
    commune's own name and the little words add to it may be left out. 0 where it is none, or might be several."""
    lengths = [
        length
        for initiative in rules.initiatives.values()
        for core in _cores(initiative, rules)
        for length in range(1, len(words) + 1)
        if core == (set(words[:length]) - _added(rules)) and words[length - 1] not in SMALL
    ]
    return max(lengths, default=0)


def _cores(initiative: Initiative, rules: Rules) -> Iterator[set[str]]:
    """Yield the words that tell an initiative from others, for each of its names."""
    for name in re.split(r"\s[–—/|-]\s", initiative.name):
        if core := _words(name) - _added(rules):
            yield core


def _added(rules: Rules) -> frozenset[str]:
    """Return the words that names have besides: of the commune, of what kind of association it is, and articles."""
    return SMALL | {word for name in rules.commune.names.values() for word in _words(name)}


def _near(whom: str, rules: Rules) -> tuple[str, ...]:
    """Return the names that are nearly what was written, the nearest first."""
    from rapidfuzz import fuzz, process  # takes longer to import than most mails to read

    names = [one.name for one in rules.initiatives.values()]
    found = process.extract(
        whom, names, scorer=fuzz.token_sort_ratio, processor=plain, score_cutoff=60, limit=MOST_NAMES
    )
    return tuple(name for name, _, _ in found)


# --- what follows


def is_it_you(behalf: Behalf, person: Staff, mail: str) -> Decision:
    """Return the question to whose mail proves nothing: nothing of it counts before a bare yes."""
    report = _kept(behalf, person, mail)
    because = "a From line proves nothing: who seems to have written is asked"
    return Decision(End.ANSWERED, (because,), (), (_letter(ReportChallenged(report.deeds), person),), report=report)


def for_whom(behalf: Behalf, unresolved: Unresolved, person: Staff, mail: str) -> Decision:
    """Return the question for whom it is, or where to write to them."""
    notice = _letter(BehalfUnclear(unresolved, behalf.text), person)
    report = _kept(behalf, person, mail)
    return Decision(End.ANSWERED, (f"for whom is not known: {unresolved.why}",), (), (notice,), report=report)


def handed_on(matter: Matter, party: Party, person: Staff, mail: str) -> Decision:
    """Return what follows from a mail that is handed on; the sender of `matter` is who wrote it."""
    if matter.meaning.intent not in REQUESTS:
        return _not_done(BehalfTold(party, Carried.UNCLEAR), person, "no request: it stays with who handed it on")
    decision = on_mail(matter.meaning, matter.facts, matter.rules)
    if any(isinstance(notice.content, ToStaff) for notice in decision.notices):
        return _not_done(BehalfTold(party, Carried.UNCLEAR), person, *decision.because)
    return _carried(decision, party, person, mail)


def ordered(matter: Matter, behalf: Behalf, party: Party, person: Staff, mail: str) -> Decision:
    """Return what follows from a request in the words of the commune. Pure."""
    here = by_a_person(matter)
    meaning = replace(
        matter.meaning,
        items=tuple(replace(item, words=()) for item in matter.meaning.items),
        language=party.language or matter.meaning.language,
        language_sure=bool(party.language) or matter.meaning.language_sure,
        phone=None,
        evidence=(),
    )
    here = replace(here, meaning=meaning)
    if meaning.intent is Intent.BOOK:
        decision = decide(here.anew(), meaning, more=True)
    elif meaning.intent in ORDERS and here.conversation is not None:
        decision = on_mail(meaning, here.facts, here.rules)
    else:
        return _asked_back(behalf, BehalfTold(party, Carried.UNCLEAR), person, mail, "no request for a booking")
    contents = [notice.content for notice in decision.notices]
    if not any(type(content) in DONE for content in contents):
        asked = next((content for content in contents if isinstance(content, Asked)), None)
        told = BehalfTold(party, Carried.UNCLEAR)
        if asked is not None:
            told = replace(told, outcome=Carried.LACKING, asked=asked)
        elif objections := _objections(contents):
            told = replace(told, outcome=Carried.NOT_POSSIBLE, objections=objections)
        return _asked_back(behalf, told, person, mail, f"not done: {told.outcome}")
    return _carried(decision, party, person, mail)


def _objections(contents: list[Content]) -> tuple[Objection, ...]:
    return next((found for content in contents if (found := getattr(content, "objections", ()))), ())


def _carried(decision: Decision, party: Party, person: Staff, mail: str) -> Decision:
    """Name who of the commune is behind it, in the letters to whom it is for and in the history; and tell them."""
    notices = tuple(_through(notice, party, person) for notice in decision.notices)
    to_them = next((notice.content for notice in notices if notice.to.address == party.address.address), None)
    told = BehalfTold(party, Carried.ANSWERED, decision.puts[-1].after if decision.puts else None)
    if to_them is not None:
        told = replace(told, outcome=DONE.get(type(to_them), Carried.ANSWERED))
    because = (f"for {party.name or party.address.address}, through {person.address}", *decision.because)
    puts = by(decision.puts, person, mail)
    return replace(decision, puts=puts, notices=(*notices, _letter(told, person)), because=because)


def _through(notice: Notice, party: Party, person: Staff) -> Notice:
    if notice.to.address != party.address.address:
        return notice
    return replace(as_to_anybody(notice), through=person.name)


def _asked_back(behalf: Behalf, told: BehalfTold, person: Staff, mail: str, why: str) -> Decision:
    """Nothing is done: who of the commune wrote hears why, and may answer with what is missing."""
    return replace(_not_done(told, person, why), report=_kept(behalf, person, mail))


def _not_done(told: BehalfTold, person: Staff, *because: str) -> Decision:
    return Decision(End.ANSWERED, because, (), (_letter(told, person),))


def _kept(behalf: Behalf, person: Staff, mail: str) -> Report:
    return Report("staff", person.address, (ForSomebody(behalf),), behalf.text, mail, Standing.WAITING)


def _letter(content: Content, person: Staff) -> Notice:
    return Notice(Address(person.name, person.address), (person.language,), content, answers=False)
