"""A letter as it is understood: the conversation that it belongs to, which of our letters it answers, what it means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from msgspec.structs import replace

from mailbot.model.letters import Address, Context, Letter
from mailbot.model.meaning import Intent, Lack, Language, Meaning
from mailbot.model.outbox import OurLetter
from mailbot.model.reports import Report
from mailbot.model.reservation import BOOKED, CODE, Act, Reservation, State, Use
from mailbot.model.rules import Rules
from mailbot.model.spans import Span
from mailbot.policy.cancelling import challenge_end
from mailbot.policy.continued import OPEN, afterthought_to, under_subject
from mailbot.policy.hours import local_day
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.plainly import says_plainly_yes
from mailbot.reading.reader import read
from mailbot.reading.words import bare_subject
from mailbot.service.causes import report_in
from mailbot.service.ports import Unit

ANSWERED_WITHIN = A_WEEK = timedelta(days=7)
CHALLENGES = frozenset(
    {
        "challenged",
        "change_offered",
        "openings",
        "approved_otherwise",
        "displaced",
        "vouching",
        "direct_asked",
        "direct_awaited",
    }
)
"""Letters to one owner about one act: a yes to one of them is a proof of this act."""
YES_ALONE = frozenset({"challenged", "vouching"})
"""Those that ask for a yes and nothing else: what is no plain one is for a person."""
HOW_IT_WENT = frozenset({"evaluation", "thanked"})
"""Letters whose answer tells how a use went."""
TELLING = frozenset(
    {
        "confirmed",
        "examined",
        "firm",
        "changed",
        "unchanged",
        "cancelled",
        "refused",
        "declined",
        "lapsed",
        "waits",
        "waited",
        "collector",
        "direct_agreed",
        "direct_off",
        "reminded",
        "kept",
        "freeing",
        "brought_back",
        "thanked",
        "free",
        "listed",
        "helped",
        "handed",
        "answer_by",
        "your_data",
    }
)
"""Letters that ask nothing: who only thanks for one waits for no answer."""
MOST_CODES = 50
"""A list of ours that is quoted names some dozens."""
NUMBERED = re.compile(r"^\s*(\d{1,2})[.)]\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Understood:
    """A letter as it was read: the sender's conversation that it belongs to, what it means there, the act whose
    challenge it answers, and the letters of ours in its thread."""

    letter: Letter
    conversation: Reservation | None
    meaning: Meaning
    challenge: Act | None = None
    ours: tuple[OurLetter, ...] = ()

    @cached_property
    def answered(self) -> OurLetter | None:
        """The letter of ours that it answers."""
        return next((mine for mine in self.ours if mine.message_id in self.letter.in_reply_to[:1]), None)

    @cached_property
    def quoting(self) -> Context:
        """What the reader must know to tell the sender's words from ours."""
        return Context(our_texts=tuple(mine.text for mine in self.ours))

    @property
    def alone(self) -> bool:
        """Whether the letter that it answers went to its sender and to nobody else: an answer to it is a proof."""
        return self.answered is not None and self.answered.recipients == (self.letter.sender.address,)

    @property
    def in_time(self) -> bool:
        """Whether the letter that it answers is not too old for that."""
        return self.answered is not None and self.letter.arrived - self.answered.written <= ANSWERED_WITHIN

    def report(self, unit: Unit, kinds: Collection[str]) -> Report | None:
        """Return the report that our letter of one of these kinds was about, where this is the answer of its only
        reader, in time."""
        if self.answered is None or self.answered.kind not in kinds or not (self.alone and self.in_time):
            return None
        number = report_in(self.answered.cause)
        return unit.reports.get(number) if number is not None else None


def understood(
    letter: Letter, rules: Rules, lexica: Mapping[Language, Lexicon], unit: Unit, now: datetime
) -> Understood:
    """Return what a letter means in its conversation. A few words without thread and code are read once more as an
    answer to our only open question, or as an afterthought to what was said or booked before."""
    ours = unit.mailbox.our_letters([*letter.references, *letter.in_reply_to])  # the last ones are the nearest
    conversation, context, challenge = conversation_of(letter, ours, rules, unit)
    mail = Understood(letter, conversation, read(letter, context, rules.catalogue, lexica), challenge, ours)
    if conversation is not None:
        return with_plain_yes(mail, context, rules) if context.yes_alone else mail
    earlier = afterthought_to(
        mail.meaning, may_go_on(letter, mine(letter, rules, unit, now)), letter.sender, now, rules
    )
    if not earlier:
        return mail
    last = earlier[0] if len(earlier) == 1 else None
    there = context_in(last, letters_to(letter.sender, last.code, unit), rules) if last else in_one_of(earlier)
    again = read(letter, there, rules.catalogue, lexica)
    means = again.intent not in (Intent.HUMAN, Intent.IGNORE) or again.option is not None
    return Understood(letter, last, again, ours=ours) if means else mail


def with_plain_yes(mail: Understood, context: Context, rules: Rules) -> Understood:
    """Return an answer to "is it you?" as it was read, or as one for a person where its yes is no plain one."""
    yes = mail.meaning.intent is Intent.ACCEPT
    if not yes or says_plainly_yes(mail.letter, context, rules.catalogue.banners):
        return mail
    return Understood(mail.letter, mail.conversation, replace(mail.meaning, intent=Intent.HUMAN), ours=mail.ours)


def may_go_on(letter: Letter, standing: Sequence[Reservation]) -> tuple[Reservation, ...]:
    """Return which of the sender's conversations a mail without thread and code may go on with, by its subject."""
    subject, mark = bare_subject(letter.subject)
    return under_subject(subject, standing, answers=mark == "reply")


def in_one_of(booked: Sequence[Reservation]) -> Context:
    """Return what the reader must know where any of several bookings may be meant."""
    return Context(booked=True, language=booked[0].language)


def mine(letter: Letter, rules: Rules, unit: Unit, now: datetime) -> tuple[Reservation, ...]:
    """Return what the sender or their initiative has, and what is asked of them."""
    initiative = rules.initiative_of(letter.sender.address)
    return unit.reservations.of(letter.sender.address, initiative.id if initiative else None, now - A_WEEK)


def conversation_of(
    letter: Letter, ours: Sequence[OurLetter], rules: Rules, unit: Unit
) -> tuple[Reservation | None, Context, Act | None]:
    """Return the sender's conversation that the letter belongs to, what the reader must know of it, and the act that
    our challenge was about, where the letter is its owner's answer to it. Threads go before codes; neither counts for
    somebody else's conversation."""
    codes = [mine.code for mine in ours if mine.code]
    if letter.calendar_reply:  # calendar programs keep the UID and nothing else
        codes.insert(0, letter.calendar_reply.uid.partition("@")[0].upper())
    codes += codes_named(letter)
    conversation = next((found for code in codes if (found := own(unit, code, letter, rules))), None)
    if conversation is None:
        there = Context(our_texts=tuple(mine.text for mine in ours), settled=_asks_nothing(ours[:1]))
        return None, there, None
    letters = letters_to(letter.sender, conversation.code, unit)
    answered = next((mine for mine in ours if mine.message_id in letter.in_reply_to[:1]), None)
    latest = [answered] if answered else letters[:1]
    pending = conversation.pending
    challenge = answered is not None and pending is not None and answered.message_id in pending.letters
    return (
        conversation,
        replace(
            context_in(conversation, letters, rules),
            challenge=challenge,
            yes_alone=challenge and answered is not None and answered.kind in YES_ALONE,
            evaluation=any(mine.kind in HOW_IT_WENT for mine in latest),
            settled=conversation.pending is None and _asks_nothing(latest),
        ),
        pending.act
        if challenge and pending and answered is not None and proves(answered, letter, conversation, rules)
        else None,
    )


def _asks_nothing(letters: Sequence[OurLetter]) -> bool:
    return bool(letters) and all(mine.kind in TELLING for mine in letters)


def codes_named(letter: Letter) -> list[str]:
    """Return the codes that a letter names, those of the subject first, MOST_CODES at most: who names more guesses."""
    found = CODE.findall(f"{letter.subject}\n{letter.text}".upper())
    return list(dict.fromkeys(found))[:MOST_CODES]


def letters_to(reader: Address, code: str, unit: Unit) -> tuple[OurLetter, ...]:
    """Return our letters of a conversation, newest first, those to this reader before those to others: it is theirs
    that they answer, whatever staff were told since."""
    letters = unit.mailbox.letters_in(code)
    return tuple(sorted(letters, key=lambda mine: reader.address not in mine.recipients))


def context_in(conversation: Reservation, letters: Sequence[OurLetter], rules: Rules) -> Context:
    """Return what the reader must know of a conversation; `letters` are ours in it, newest first."""
    return Context(
        code=conversation.code,
        asked=asked_in(conversation),
        options=numbered_lines(letters) if conversation.state in OPEN else (),
        booked=conversation.state in BOOKED,
        days=days_of(conversation.uses, rules) if conversation.state in BOOKED else frozenset(),
        language=conversation.language,
        our_texts=tuple(mine.text for mine in letters),
    )


def days_of(uses: Iterable[Use], rules: Rules) -> frozenset[date]:
    """Return the local days on which uses begin."""
    whens = (use.when for use in uses)
    return frozenset(local_day(when.start, rules) if isinstance(when, Span) else when.first for when in whens)


def asked_in(conversation: Reservation) -> frozenset[Lack]:
    """Return what our open question asks for: of a request, or of a change."""
    if conversation.state is State.ASKED and conversation.request:
        return conversation.request.missing
    asked = conversation.state is State.CHANGING and not conversation.options and conversation.pending
    return asked.meaning.missing if asked and asked.meaning else frozenset()


def own(unit: Unit, code: str, letter: Letter, rules: Rules) -> Reservation | None:
    """Return the conversation if it is the sender's, of the sender's initiative, or one that they were vouched for."""
    found = unit.reservations.get(code)
    if found is None:
        return None
    initiative = rules.initiative_of(letter.sender.address)
    known = {found.asker.address, *(one.address for one in found.colleagues)}
    theirs = initiative is not None and initiative.id == found.initiative
    return found if theirs or letter.sender.address in known else None


def proves(challenge: OurLetter, letter: Letter, booking: Reservation, rules: Rules) -> bool:
    """A challenge went to one address alone; only its owner can answer it, and only for a while."""
    in_time = letter.arrived <= challenge_end(booking, challenge.written, rules)
    return in_time and challenge.recipients == (letter.sender.address,)


def numbered_lines(letters: Sequence[OurLetter]) -> tuple[str, ...]:
    """Return the choices of our newest letter that had any, as it worded them."""
    for mine in letters:
        if mine.kind in {
            "offered",
            "asked",
            "change_offered",
            "repeated",
            "openings",
            "which",
            "displaced",
            "withdrawn",
        }:
            return tuple(text for _, text in NUMBERED.findall(mine.text))
    return ()
