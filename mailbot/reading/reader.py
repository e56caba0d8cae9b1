"""A letter becomes a meaning: the own words are cut, things, days, hours, people and purpose are found and joined.

Pure: the same letter, context, catalogue and lexicons give the same meaning. Linear in the length of the letter.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from msgspec.structs import replace

from mailbot.model.letters import NO_CONTEXT, Address, Context, Letter
from mailbot.model.meaning import ANY_ROOM, Evidence, Intent, Language, Meaning
from mailbot.model.rules import Catalogue
from mailbot.reading import answers, events
from mailbot.reading.amends import exchanged, of_the_counter, things_of, undoes, wants_besides, with_amends
from mailbot.reading.besides import LENT, until_decided, with_besides
from mailbot.reading.cues import Cue, Cues
from mailbot.reading.doubts import with_doubts
from mailbot.reading.exceptions import sentences_on_series
from mailbot.reading.features import Features
from mailbot.reading.further import with_further
from mailbot.reading.intents import Judgement, Signs, judge, overlaps
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.moments import When, find
from mailbot.reading.numbers import Number
from mailbot.reading.page import Page, folded, page
from mailbot.reading.people import Assembly, Sight
from mailbot.reading.quantities import Count, Counting, Quantity, corrected, phrases
from mailbot.reading.relations import Relations
from mailbot.reading.scores import evaluating
from mailbot.reading.sightings import Sighting
from mailbot.reading.sizes import Sizes
from mailbot.reading.speech import Speech, Tongues
from mailbot.reading.stance import Stances, with_what_is_kept, without_ends
from mailbot.reading.strangers import Strangers
from mailbot.reading.things import Mention, Sort, Thesaurus
from mailbot.reading.tokens import Kind, Token, fold, tokenize
from mailbot.reading.verdicts import Verdict, Verdicts, in_answer
from mailbot.reading.words import OwnWords, own_words

LONGEST = 20_000
"""Characters of own words that are read; a longer mail goes to a person."""

CODE = re.compile(r"(?<![\w-])R-[0-9A-HJKMNP-TV-Z]{5}(?![\w-])", re.IGNORECASE)

_DECORATION = re.compile(r"(?:image|logo|outlook|facebook|instagram|icon)[\w-]*\.(?:png|gif|jpe?g|svg)$", re.IGNORECASE)
"""Names of pictures that programs put under every mail."""
_ACTING = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL, Intent.ACCEPT, Intent.DECLINE, Intent.AVAILABILITY})
_AMENDING = frozenset({Intent.BOOK, Intent.CHANGE, Intent.CANCEL})
_OF_USE = frozenset({Intent.BOOK, Intent.CHANGE, Intent.DECLINE})
"""What a mail about another time for the key may look like, in the conversation of a booking."""
_WITH_ITEMS = frozenset({Intent.BOOK, Intent.AVAILABILITY, Intent.CHANGE, Intent.CANCEL})


def read(letter: Letter, context: Context, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Meaning:
    """Return what the letter means. Never raises for what a letter says: what makes no sense is for a person."""
    return library(catalogue, lexica).read(letter, context or NO_CONTEXT)


def prepare(catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> None:
    """Compile what the first letter in each language would else wait for, by reading one made of its small words."""
    nobody = Address("", "nobody@mailbot.invalid")
    day = datetime(2026, 1, 1, tzinfo=UTC)
    for lexicon in lexica.values():
        phrases = (
            *lexicon.table("language")["words"],
            *lexicon.table("groups")["want"],
            *lexicon.table("words")["closing"],
        )
        letter = Letter("", "", nobody, (), (), (), day, day, "1", " ".join(phrases))
        read(letter, NO_CONTEXT, catalogue, lexica)


def library(catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> Library:
    """Return what was compiled for these rules and lexicons; the last few are kept."""
    for kept in _KEPT:
        if kept.catalogue is catalogue and kept.lexica is lexica:
            return kept
    made = Library(catalogue, lexica)
    _KEPT.insert(0, made)
    del _KEPT[4:]
    return made


class Library:
    """All that is compiled from a catalogue and the lexicons before the first letter is read."""

    def __init__(self, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> None:
        self.catalogue = catalogue
        self.lexica = lexica
        self.tongues = Tongues(lexica)
        self.thesaurus = Thesaurus(catalogue, lexica)
        self.person = frozenset(fold(word) for lexicon in lexica.values() for word in lexicon.table("answer")["person"])
        self.nobody = phrases([lexicon.table("answer") for lexicon in lexica.values()], "nobody")
        self.features = Features(catalogue, lexica)
        self._sizes_of: dict[tuple[Language, ...], Sizes] = {}
        self.undo = frozenset(fold(word) for lexicon in lexica.values() for word in lexicon.table("amends")["undo"])
        self.abbreviations = self._abbreviations(lexica)

    def _abbreviations(self, spoken: Iterable[Language]) -> frozenset[str]:
        """Return the words of these languages whose full stop ends nothing: "do." is a Thursday in Dutch alone."""
        return frozenset(fold(word) for code in spoken for word in self.lexica[code].table("language")["abbreviations"])

    def read(self, letter: Letter, context: Context) -> Meaning:
        own = own_words(letter, context, self.catalogue.banners)
        if own.answers and (_open(context) or letter.subject.rstrip().endswith(f"({context.code})")):
            own = replace(own, subject="")  # it is that of the mail which began it, and was read then
        text = "\n\n".join(part for part in (own.subject, own.body, own.forwarded) if part)
        tokens = tokenize(text)
        body_at = len(own.subject) + 2 if own.subject else 0
        subject, body = _words(tokens, 0, body_at), _words(tokens, body_at, body_at + len(own.body))
        speech = self._speech(own, subject, body, context)
        codes = _codes(f"{letter.subject}\n{own.body}\n{own.signature}\n{own.forwarded}")
        meaning = Meaning(speech.language, Intent.HUMAN, references=codes, language_sure=speech.sure, phone=own.phone)
        if letter.machine:
            return replace(meaning, intent=Intent.IGNORE, evidence=(Evidence("intent", letter.machine, "ignore"),))
        if len(text) > LONGEST:
            return replace(meaning, evidence=(Evidence("intent", "", "too long to be one request"),))
        if answers.asks_for_a_person(body, self.person, self.nobody):
            return replace(meaning, evidence=(Evidence("intent", own.body.strip(), "human, asked for"),))
        if undoes(own, self.undo):
            said = Evidence("intent", own.body.strip(), "decline, alone")
            return replace(meaning, intent=Intent.DECLINE, undo=True, evidence=(said,))
        spoken = self._spoken(speech, own)
        read = self._meaning(letter, context, own, page(text, self._abbreviations(spoken), tokens), spoken, meaning)
        read = self._guarded(read, letter, context)
        return evaluating(read, own.body, self.lexica) if context.evaluation else read

    def _guarded(self, meaning: Meaning, letter: Letter, context: Context) -> Meaning:
        """Give to a person what is asked of somebody else with us in copy, or only in what is attached."""
        mine = {address.address for address in letter.to} & set(self.catalogue.mailboxes)
        copied = letter.to and not mine and {address.address for address in letter.cc} & set(self.catalogue.mailboxes)
        documents = [name for name in letter.attachments if not _DECORATION.match(name)]
        attached = documents and meaning.intent in {Intent.BOOK, Intent.CHANGE, Intent.AVAILABILITY, Intent.IGNORE}
        unsaid = not (meaning.items or context.asked or context.options or meaning.hours != (None, None))
        if (copied and meaning.intent in _ACTING) or (attached and unsaid):
            return replace(meaning, intent=Intent.HUMAN, runner_up=meaning.intent, items=(), missing=frozenset())
        return meaning

    def _speech(self, own: OwnWords, subject: Sequence[str], body: Sequence[str], context: Context) -> Speech:
        def otherwise() -> Language:
            repeated = tokenize(own.forwarded or own.quoted[:2000])
            return context.language or self.tongues.of([(_words(repeated), 1.0)]).language

        weight = 0.2 if own.answers else 0.7
        signature = _words(tokenize(own.signature))
        return self.tongues.of([(body, 1.0), (subject, weight), (signature, 0.05)], otherwise)

    def _spoken(self, speech: Speech, own: OwnWords) -> tuple[Language, ...]:
        if own.forwarded:
            inner = self.tongues.of([(_words(tokenize(own.forwarded)), 1.0)], lambda: speech.language)
            return tuple(dict.fromkeys((inner.language, *inner.spoken, *speech.spoken)))
        return speech.spoken

    def _meaning(
        self, letter: Letter, context: Context, own: OwnWords, sheet: Page, spoken: tuple[Language, ...], bare: Meaning
    ) -> Meaning:
        lexicons = [self.lexica[code] for code in spoken]
        body_at = sheet.word_behind(len(own.subject)) if own.subject else 0
        sighting, until = until_decided(self._sight(sheet, lexicons, letter, spoken, body_at, own), lexicons)
        if context.days:  # "can we make it Thursday?": of the week that is booked
            sighting = answers.in_week_of(sighting, context.days) or sighting
        offers = answers.offers(context, own)
        offered = [self._traits(offer, letter) for offer in offers]
        sighting = in_answer(sighting, [day for offer in offered for day in offer.days], len(offers))
        found = self._fitting(offered, sighting)
        fitting = found or ()
        signs = _signs(sighting, letter, context, own, bare.references, self._offered(context, own), fitting)
        chosen = answers.option(sighting, fitting, len(offers)) if offers or not own.quoted else None
        signs = replace(signs, chooses=chosen is not None)
        numbers = bool(offers) or not own.quoted
        cues = [cue for cue in _of_intent(sighting, signs) if numbers or not cue.pattern.startswith(_NUMBER_ALONE)]
        judged = judge(cues, signs, sighting.stances.void)
        judged = answers.adjusted(judged, sighting, signs)
        meaning = replace(
            bare,
            intent=judged.intent,
            runner_up=judged.runner_up,
            attendees=sighting.people.value if sighting.people and judged.intent not in _WITHOUT_PEOPLE else None,
            evidence=tuple(_intent_evidence(sheet, judged)),
            hold_until=until,
            features=self.features.named(sheet, spoken),
        )
        meaning = with_amends(with_besides(meaning, sighting, lexicons, self.catalogue), sighting)
        if meaning.asks_state and meaning.intent is Intent.IGNORE:
            meaning = replace(
                meaning, intent=Intent.HUMAN, runner_up=Intent.IGNORE
            )  # "bien reçu ?" waits for an answer
        if context.settled and answers.only_thanks(sighting, letter.sender.name):
            return replace(meaning, intent=Intent.IGNORE, runner_up=meaning.intent)
        asking = [sheet.words[cue.first : cue.last] for cue in judged.cues if cue.value == "list/decisive"]
        theirs = any(not sighting.stances.words.wishing.isdisjoint(said) for said in asking)  # "which rooms have we …"
        if (
            meaning.intent in {Intent.HUMAN, Intent.LIST}
            and LENT in meaning.topics
            and signs.words <= SHORT
            and not theirs
        ):
            return replace(meaning, intent=Intent.HELP, runner_up=meaning.intent)
        if context.booked and judged.intent is Intent.BOOK and meaning.rather:
            judged = replace(judged, intent=Intent.CHANGE, runner_up=judged.intent)
            meaning = replace(meaning, intent=Intent.CHANGE, runner_up=Intent.BOOK)
        if context.booked and judged.intent in _OF_USE and of_the_counter(sighting):
            return replace(meaning, intent=Intent.KEY, runner_up=judged.intent)
        bare_book = judged.intent is Intent.BOOK and not sighting.asked_mentions()
        if context.asked and (bare_book or judged.intent in answers.COMPLETING):
            said = answers.completing(meaning, sighting, context.asked, self.catalogue)
            if offers and chosen is not None and answers.picks(sighting, chosen, context.asked):
                return answers.picked(said, meaning, sighting, chosen)
            if said is not None:
                return said
        if offers and found != () and answers.takes_any(meaning, sighting):
            return replace(meaning, intent=Intent.ACCEPT, option=fitting[0] if fitting else 1)
        open_answer = judged.intent in {Intent.ACCEPT, Intent.HUMAN} and offers and not signs.chooses
        if judged.intent is Intent.DECLINE and offers:
            return self._declining(meaning, sighting, fitting)
        if open_answer and found == ():
            near = answers.in_their_week(sighting, offered)  # "plutôt jeudi"
            other = answers.completing(meaning, near, frozenset(), self.catalogue) if near else None
            return other or replace(meaning, intent=Intent.HUMAN, runner_up=Intent.ACCEPT)
        if judged.intent in _AMENDING and (context.booked or meaning.references):
            wanted, given_up = exchanged(sighting)
            if given_up and (wanted or judged.intent is Intent.CHANGE):
                swap = events.with_items(replace(meaning, intent=Intent.CHANGE), sighting, self.catalogue)
                if wanted or swap.items or swap.hours != (None, None):
                    asked = {item.resources for item in swap.items if item.quantity is not None}
                    drops = tuple(one for one in things_of(sighting, given_up) if one.resources not in asked)
                    gone = asked | {item.resources for item in drops}
                    kept = [item for item in swap.items if item.resources in asked or item.resources not in gone]
                    more = [item for item in things_of(sighting, wanted) if item.resources not in gone]
                    swap = replace(swap, items=(*kept, *more), drops=drops)
                    return with_doubts(swap, sighting, lexicons)
        if judged.intent is Intent.CANCEL and context.booked and wants_besides(sighting):
            return replace(meaning, intent=Intent.HUMAN, runner_up=Intent.CANCEL)  # one mail gets one decision
        if judged.intent is Intent.CANCEL and _gives_up_some_part(sighting):
            meaning = events.with_items(meaning, sighting, self.catalogue)
            return meaning if meaning.items else replace(meaning, intent=Intent.HUMAN, runner_up=Intent.CANCEL)
        if judged.intent is Intent.ACCEPT:
            rather = context.booked and not offers and meaning.rather  # "en fait on préfère le 26"
            if rather and (amended := answers.amending(meaning, sighting, self.catalogue)):
                return amended
            return answers.accepting(meaning, sighting, fitting, len(offers))
        if judged.intent in _WITH_ITEMS:
            told = events.with_items(meaning, sighting, self.catalogue)
            if signs.replying and not context.asked and (restated := self._restated(own, told, letter)):
                again = replace(own, subject=restated, quoted="", answers=False)
                whole_page = page(f"{restated}\n\n{own.body}", self.abbreviations)
                return self._meaning(letter, context, again, whole_page, spoken, bare)
            if told.intent is Intent.BOOK and not told.items and own.answers:  # "Re: Demande classe 3"
                whole = self._sight(sheet, lexicons, letter, spoken, body_at, replace(own, answers=False))
                told = events.with_items(meaning, whole, self.catalogue)
            return with_further(with_doubts(told, sighting, lexicons), sighting, self.catalogue)
        if context.booked and (amended := answers.amending(meaning, sighting, self.catalogue)):
            return amended
        return with_further(meaning, sighting, self.catalogue)

    def _declining(self, meaning: Meaning, sighting: Sighting, fitting: Sequence[int]) -> Meaning:
        """Return the meaning of a no to our offers, which may want one of them all the same ("pas le 13, mais le 27
        oui"), or go on with another day: "none suits us; the 27th?"."""
        verdicts = Verdicts(sighting)
        wished = verdicts.wishes() or answers.proposes(sighting)
        if wished and fitting:
            return replace(meaning, intent=Intent.ACCEPT, option=fitting[0] if len(fitting) == 1 else None)
        other = answers.completing(meaning, verdicts.without_refused(), frozenset(), self.catalogue) if wished else None
        return other or meaning

    def _restated(self, own: OwnWords, told: Meaning, letter: Letter) -> str:
        """Return the room and the day that the question which is answered names, where the answer leaves them out and
        there is but one of each; else nothing."""
        if told.intent is not Intent.BOOK or not own.quoted:
            return ""
        sheet = page(own.quoted[:QUOTED], self.abbreviations)
        moments = find(sheet.text, tuple(self.lexica.values()), letter.sent, self.catalogue, sheet.tokens)
        rooms = [m for m in self.thesaurus.find(sheet, tuple(self.lexica)) if m.sort is Sort.ROOM and not m.generic]
        days = [when for when in moments.whens if when.counts and when.has_days]
        said = []
        if not any(item.resources != (ANY_ROOM,) for item in told.items) and len({room.ids for room in rooms}) == 1:
            said.append(sheet.quote(rooms[0].first, rooms[0].last))
        if said and not any(item.slots for item in told.items) and len({span for w in days for span in w.days}) == 1:
            said.append(days[0].words.replace(" … ", " "))
        return ", ".join(said)

    def _offered(self, context: Context, own: OwnWords) -> bool:
        """Whether the letter that is answered offers something; where nothing of it is seen, it may."""
        if context.options or context.asked or context.challenge:
            return True
        ours = context.our_texts[0] if context.our_texts else own.quoted
        if not ours:
            return own.answers
        return (
            "?" in ours
            or answers.numbered(ours)
            or any(
                cue.value == "answer-offer"
                for lexicon in self.lexica.values()
                for cue in _compiled(lexicon).find(page(ours[:4000], self.abbreviations))
            )
        )

    def _fitting(self, offered: Sequence[answers.Traits], sighting: Sighting) -> tuple[int, ...] | None:
        """Return the numbers of the offers that name just the rooms, days and hours that the sender names, or that are
        the largest or smallest if that is asked for; None where nothing of the kind is named."""
        verdicts = Verdicts(sighting)
        mentions = [mention for mention in sighting.asked_mentions() if mention.first >= sighting.body_at]
        told = [
            (at, when)
            for when, (at, _) in zip(sighting.whens, sighting.spans, strict=True)
            if at >= sighting.body_at and when.counts and verdicts.of(at) is not Verdict.REFUSED
        ]

        def named_in(first: int, last: int) -> answers.Traits:
            there = [mention for mention in mentions if first <= mention.first < last]
            return answers.Traits.of(there, [when for at, when in told if first <= at < last], self.catalogue)

        named = named_in(sighting.body_at, len(sighting.page.words))
        sized = any(cue.value in {"answer-biggest", "answer-smallest"} for cue in sighting.cues)
        if not offered or not (named or sized):
            return None
        for sentence in reversed(sighting.page.sentences):
            said = named_in(sentence.first, sentence.last)
            fitting = tuple(number for number, traits in enumerate(offered, 1) if said and said.fits(traits))
            if len(fitting) == 1:
                return fitting
        fitting = tuple(number for number, traits in enumerate(offered, 1) if named and named.fits(traits))
        if not fitting and sized:
            largest = answers.by_size(sighting, offered, self.catalogue)
            return None if largest is None else (largest,)
        return fitting

    def _sizes(self, spoken: tuple[Language, ...]) -> Sizes:
        """Compiled with the first letter in these languages."""
        if spoken not in self._sizes_of:
            self._sizes_of[spoken] = Sizes(self.catalogue, [self.lexica[code] for code in spoken])
        return self._sizes_of[spoken]

    def _traits(self, offer: str, letter: Letter) -> answers.Traits:
        sheet = page(offer, self.abbreviations)
        moments = find(offer, tuple(self.lexica.values()), letter.sent, self.catalogue, sheet.tokens)
        return answers.Traits.of(self.thesaurus.find(sheet, tuple(self.lexica)), moments.whens, self.catalogue)

    def _sight(
        self,
        sheet: Page,
        lexicons: Sequence[Lexicon],
        letter: Letter,
        spoken: tuple[Language, ...],
        body_at: int,
        own: OwnWords,
    ) -> Sighting:
        """Find all that the page holds: things, moments, numbers, cues, and how each is spoken of."""
        every = self.thesaurus.find(sheet, spoken)
        counting = _counting(tuple(lexicons))
        numbers = counting.numbers(sheet)
        tokens = _without_counts(sheet, every, tuple(lexicons), numbers)
        moments = find(sheet.text, lexicons, letter.sent, self.catalogue, tokens)
        spans = [(sheet.word_at(when.start), sheet.word_behind(when.end)) for when in moments.whens]
        taken = [span for when in moments.whens for span in _pieces(sheet, when)]
        since = body_at if own.answers else 0
        mentions = [
            mention
            for mention in every
            if mention.first >= since and not any(a <= mention.first and mention.last <= b for a, b in taken)
        ]
        mentions = _without_somebodys(sheet, mentions, _day_words(tuple(lexicons))[2])
        counts = counting.counts(sheet, taken, numbers)
        rooms = [mention for mention in mentions if mention.sort is Sort.ROOM]
        places = [Quantity(1, mention.first, mention.last, said=False) for mention in rooms]
        bare = _labels(sheet, rooms, places, moments.whens, counts)
        small = [cue for code in spoken for cue in _number_cues(self.lexica[code]).find(sheet, bare)]
        small = [cue for cue in small if cue.value != "people-lead" or not _holds_goods(cue, mentions)]
        mentions = self._sizes(spoken).narrowed(sheet, mentions, small, counts)
        nobody = {at for first, last in taken for at in range(first, last)}
        nobody |= {cue.first for cue in small if cue.value == "people-nouns"}
        nobody |= _assembly(tuple(lexicons)).named(sheet, counts)
        spoken_for = [cue for cue in small if cue.value in {"quantity-rather", "quantity-moves", "people-lead"}]
        alone = [count for count in counts if not any(cue.first <= count.first < cue.last for cue in spoken_for)]
        by_end = {count.last: count for count in counts}
        by_start = {count.first: count for count in counts}
        quantities = [counting.of_thing(sheet, mention, by_end, by_start, dict(taken)) for mention in mentions]
        quantities, apart = counting.apart(quantities, mentions, alone, sheet)
        alone = [count for count in alone if (count.first, count.last) not in apart]
        nobody |= {at for first, last in apart for at in range(first, last)}
        strangers = _strangers(tuple(lexicons)).find(sheet, mentions, alone, small, nobody.__contains__)
        told = [*zip(mentions, quantities, strict=True)]
        told += [(one, counting.of_thing(sheet, one, by_end, by_start, dict(taken))) for one in strangers]
        told.sort(key=lambda pair: pair[0].first)
        mentions, quantities = [mention for mention, _ in told], [quantity for _, quantity in told]
        beside = (
            counting.small | counting.verbs | {sheet.words[first] for first, _ in taken if first < len(sheet.words)}
        )
        quantities, afterwards = corrected(quantities, mentions, counts, small, sheet, counting.contrast, beside)
        quantities = _relations(tuple(lexicons)).related(quantities, mentions, sheet)
        labels = _labels(sheet, mentions, quantities, moments.whens, counts)
        cues = small + [cue for code in spoken for cue in _compiled(self.lexica[code]).find(sheet, labels)]
        coded = any(name == "code" for found in labels.values() for name, _ in found)
        cues = with_what_is_kept([cue for cue in cues if cue.first >= since], coded)
        if not coded:
            clocks = zip(spans, moments.whens, strict=True)
            cues = without_ends(cues, sheet, [span for span, when in clocks if when.has_clock])
        stances = Stances(sheet, cues, mentions, quantities, lexicons, counts, body_at)
        bare_cues = {"book/fair", "book/weak", "availability/fair", "availability/strong", "change/strong"}
        cues = [cue for cue in cues if cue.value not in bare_cues or not stances.in_past(cue.first)]
        named = frozenset(mention.first for mention in mentions)
        days = frozenset(first for (first, _), when in zip(spans, moments.whens, strict=True) if when.has_days)
        seated = {at for cue in small if cue.value == "people-times" for at in range(cue.first, cue.last)}
        counted = [
            (quantity.first, quantity.last)
            for quantity, mention in zip(quantities, mentions, strict=True)
            if quantity.said and mention.sort in _GOODS and mention.first not in seated
        ]
        counted += afterwards + apart
        dated = frozenset(at for first, last in taken for at in range(first, last))
        goods = frozenset(mention.first for mention in mentions if mention.sort in _GOODS)
        free = [count for count in counts if not any(first <= count.first < last for first, last in counted)]
        heads = _assembly(tuple(lexicons)).count(
            free, Sight(sheet, small, stances.in_past, named, days, dated, goods, body_at)
        )
        return Sighting(
            sheet, tuple(mentions), tuple(quantities), moments.whens, tuple(spans), tuple(counts), tuple(cues),
            stances, heads, body_at, letter.sent.astimezone(self.catalogue.zone).date(),
        )  # fmt: skip


_KEPT: list[Library] = []
_NO_CUES = frozenset(
    {
        *(
            "and",
            "also",
            "opens",
            "contrast",
            "fragment",
            "them",
            "back",
            "leads",
            "yours",
            "like",
            "persons",
            "state",
            "if",
            "agreeable",
            "hold-until",
            "everywhere",
            "myself",
            "negations",
            "turns",
            "supposing",
            "of-event",
        ),
        "undo",
    }
)
"""Lists of single words among tables of cues."""
_NUMBER_ALONE = "^ <digit>"
"""How the cue begins of a proposal that is taken by its number; where none has one, something else is answered."""
QUOTED = 2_000
"""Characters of a quoted letter that are looked at for what it asked about."""
NOWHERE = -9
"""No word is beside it."""
SHORT_NAME = 2
"""Words of a room that is named by one, with its article."""
SHORT = 25
"""Words of an answer that says little but when or how many."""
_WITHOUT_PEOPLE = frozenset(
    {Intent.FEEDBACK, Intent.HELP, Intent.DECLINE, Intent.IGNORE, Intent.HUMAN, Intent.KEY, Intent.LIST, Intent.CANCEL}
)


@cache
def _compiled(lexicon: Lexicon) -> Cues:
    """All cues of a language in one: what they are evidence of is `intent/strength`, or the table and key. Compiled
    with the first letter in that language."""
    table: dict[str, Sequence[str]] = {"know": ("{know}",)}
    for intent in Intent:
        for strength, patterns in lexicon.table(f"intents.{intent}").items():
            table[f"{intent}/{strength}"] = patterns
    for name in ("stance", "answer", "topics", "wishes", "amends"):
        for key, patterns in lexicon.table(name).items():
            if key not in _NO_CUES:
                table[f"{name}-{key}"] = patterns
    return Cues.of(table, lexicon.table("groups"))


@cache
def _number_cues(lexicon: Lexicon) -> Cues:
    """The cues that tell what is counted, which need no things named."""
    table = {f"people-{key}": lexicon.table("people")[key] for key in _COUNTED}
    table["service"] = ("{service}",)
    for key in ("rather", "moves", "taken-up"):
        table[f"quantity-{key}"] = lexicon.table("quantity")[key]
    table["things-lend"] = lexicon.table("things.stranger")["lend"]
    return Cues.of(table, lexicon.table("groups"))


def _holds_goods(cue: Cue, mentions: Sequence[Mention]) -> bool:
    """Whether a cue of people holds a thing: "the number of plates goes from 60 to 90" counts no heads."""
    return any(mention.sort in _GOODS and cue.first <= mention.first < cue.last for mention in mentions)


@cache
def _counting(lexicons: tuple[Lexicon, ...]) -> Counting:
    return Counting(lexicons)


@cache
def _relations(lexicons: tuple[Lexicon, ...]) -> Relations:
    return Relations(lexicons)


@cache
def _assembly(lexicons: tuple[Lexicon, ...]) -> Assembly:
    return Assembly(lexicons)


@cache
def _strangers(lexicons: tuple[Lexicon, ...]) -> Strangers:
    return Strangers(lexicons)


def _without_counts(
    sheet: Page, mentions: Sequence[Mention], lexicons: tuple[Lexicon, ...], numbers: Sequence[Number]
) -> tuple[Token, ...]:
    """Return the tokens for finding moments: a number right before goods counts them, and is no day of the month, as
    in "kunnen we zaterdag 3 vouwtenten lenen"; nor is one of two that something is between, "tussen de 20 en 25", nor
    that of a room's name: "classroom 3 - 10 am to noon"."""
    tokens = list(sheet.tokens)
    for room in mentions:
        if room.sort is Sort.ROOM:
            for at in range(sheet.at[room.first], sheet.at[room.last - 1] + 1):
                if tokens[at].kind is Kind.NUMBER:
                    tokens[at] = tokens[at]._replace(kind=Kind.OPAQUE, value=-1)
    before_goods = {mention.first: mention for mention in mentions if mention.sort in _GOODS}
    counting = _counting(lexicons)
    ends = {mention.last for mention in before_goods.values()}
    moved = NOWHERE
    for count in counting.counts(sheet, (), numbers):
        first = sheet.at[count.first]
        moves = count.first - 1 == moved or counting.is_moved(sheet, count, ends)
        moved = count.last if moves else NOWHERE
        mention = before_goods.get(count.last)
        if mention is not None and count.first >= sheet.sentence(mention.first).first:
            counts = not tokens[first].glued and not (first and tokens[first - 1].norm in _day_words(lexicons)[0])
        else:
            behind = sheet.words[count.last] if count.last < len(sheet.words) else ""
            capped = counting.is_capped(sheet, count)
            counts = (capped and behind == ".") or behind not in _day_words(lexicons)[1]
            counts = (counts and (capped or counting.is_between(sheet, count))) or moves
        if counts:
            for at in range(first, sheet.at[count.last - 1] + 1):
                tokens[at] = tokens[at]._replace(kind=Kind.OPAQUE, value=-1)
    return tuple(tokens)


_COUNTED = ("nouns", "lead", "total", "other", "generic", "times", "besides", "unknown", "capacity")
"""The tables of people that are cues."""
_GOODS = frozenset({Sort.EQUIPMENT, Sort.UNLENT})


def _without_somebodys(sheet: Page, mentions: Sequence[Mention], ofs: frozenset[str]) -> list[Mention]:
    """Leave out a room that is said to be somebody's, where another is named: "la cuisine de Jacques est petite"."""

    def is_somebodys(mention: Mention) -> bool:
        words = sheet.words[mention.last : mention.last + 2]
        name = sheet.token(mention.last + 1).text if len(words) == 2 and words[0] in ofs else ""
        return mention.sort is Sort.ROOM and name[:1].isupper() and not name.isupper()

    rooms = [mention for mention in mentions if mention.sort is Sort.ROOM]
    theirs = [mention for mention in rooms if mention.last - mention.first <= SHORT_NAME and is_somebodys(mention)]
    own = {mention.ids for mention in rooms if mention not in theirs}
    return [mention for mention in mentions if mention not in theirs or not own - {mention.ids}]


@cache
def _day_words(lexicons: tuple[Lexicon, ...]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words before a day of the month, the months and hours that may follow a number, and those of whose it is."""
    after = (
        "months.full",
        "months.short",
        "clock.hour",
        "clock.half-day",
        "parts.bare",
        "parts.alone",
        "relative.months",
    )
    behind = (w for lexicon in lexicons for name in after for words in lexicon.table(name).values() for w in words)
    return (
        folded(word for lexicon in lexicons for word in lexicon.table("marks")["on"] if " " not in word),
        folded(word.split()[0] for word in behind) | {"/", ".", ":"},
        folded(word for lexicon in lexicons for word in lexicon.table("marks")["of"] if " " not in word),
    )


def _labels(
    sheet: Page,
    mentions: Sequence[Mention],
    quantities: Sequence[Quantity],
    whens: Sequence[When],
    counts: Sequence[Count],
) -> dict[int, list[tuple[str, int]]]:
    labels: dict[int, list[tuple[str, int]]] = {}

    def put(first: int, name: str, last: int) -> None:
        labels.setdefault(first, []).append((name, last))

    for mention, quantity in zip(mentions, quantities, strict=True):
        name = "room" if mention.sort in {Sort.ROOM, Sort.SITE} else "goods"
        for first in {mention.first, quantity.first}:
            put(first, name, mention.last)
            put(first, "thing", mention.last)
    for when in whens:
        for first, last in _pieces(sheet, when):
            put(first, "day" if when.has_days or when.vague else "time", last)
            if when.has_clock:
                put(first, "time", last)
    for count in counts:
        put(count.first, "ordinal" if count.ordinal else "number", count.last)
        if not (count.ordinal or count.about or count.article):
            put(count.first, "digit", count.last)
    for at, index in enumerate(sheet.at):
        if sheet.tokens[index].kind is Kind.OPAQUE and CODE.fullmatch(sheet.tokens[index].text):
            put(at, "code", at + 1)
    return labels


def _pieces(sheet: Page, when: When) -> Iterator[tuple[int, int]]:
    """Yield the words that say when: a phrase may be in two pieces, with others between ("le 6 mars … de 13 à 19h")."""
    if " … " not in when.words:
        yield sheet.word_at(when.start), sheet.word_behind(when.end)
        return
    start = when.start
    for piece in when.words.split(" … "):
        said = re.compile(r"\s+".join(map(re.escape, piece.split())))  # lines are broken anywhere
        found = said.search(sheet.text, start, when.end)
        begin, end = found.span() if found else (start, when.end)
        yield sheet.word_at(begin), sheet.word_behind(end)
        start = end


def _open(context: Context) -> bool:
    """Whether our last letter waits for an answer: the code in its subject says no more than that this is one."""
    return bool(context.asked or context.options or context.challenge)


def _signs(
    sighting: Sighting,
    letter: Letter,
    context: Context,
    own: OwnWords,
    codes: tuple[str, ...],
    offered: bool,
    fitting: tuple[int, ...],
) -> Signs:
    ago = sighting.sentences_of("stance-ago")
    wishes = [(cue.first, cue.last) for cue in sighting.cues if cue.value == "stance-now"]  # "had graag gereserveerd"
    ours = context.our_texts[0] if context.our_texts else own.quoted
    asks = bool(context.asked) or ("?" in ours and not _open(context) and bool(letter.in_reply_to or own.answers))
    says = any(when.counts for when in sighting.whens) or bool(sighting.counts)
    answering = asks and says and len(sighting.page.words) - sighting.body_at <= SHORT
    thread = bool(letter.in_reply_to or letter.references or own.quoted or own.answers)
    return Signs(
        thread=thread or bool(context.code),
        offer=offered,
        fits_offer=bool(fitting),
        asked=bool(context.asked),
        replying=asks,
        answering=answering,
        options=bool(context.options),
        challenge=context.challenge,
        code=bool(set(codes) - {context.code} if _open(context) else codes),
        service=bool(sighting.mentions) or any(cue.value.startswith(("service", "topics-")) for cue in sighting.cues),
        things=any(sighting.stances.asked(index) for index in range(len(sighting.mentions))),
        moment=any(_to_come(when, sighting) for when in sighting.whens),
        hours=any(
            clock.start is not None and clock.end is not None for when in sighting.whens for clock in when.clocks
        ),
        question=any(sentence.question for sentence in sighting.page.sentences),
        words=len(sighting.page.words),
        people=sighting.people is not None,
        unwanted=bool(sighting.stances.refused),
        corrected=any(quantity.corrected for quantity in sighting.quantities),
        agreeable=sighting.stances.asks_if_possible(),
        gives_up=_gives_up(sighting),
        kept=bool(sighting.sentences_of("stance-kept")),
        wonders=sighting.stances.wonders(),
        booked=any(
            cue.value == "stance-booked"
            and sighting.page.sentence_of[cue.first] not in ago
            and not overlaps(cue, wishes)
            for cue in sighting.cues
        ),
        anew=any(cue.value == "stance-anew" for cue in sighting.cues),
        apart=_asks_apart(sighting),
        counted=any(
            quantity.said and mention.sort is Sort.EQUIPMENT and sighting.stances.asked(index)
            for index, (mention, quantity) in enumerate(zip(sighting.mentions, sighting.quantities, strict=True))
        ),
        dated=any(when.counts and when.has_days for when in sighting.whens),
        plain=_asks_plainly(sighting),
    )


def _of_intent(sighting: Sighting, signs: Signs) -> list[Cue]:
    """Return the cues that tell what the mail is for: what is left out of a series, or moved in it, while it is asked
    for, gives up or changes nothing that is booked."""
    if signs.code or signs.booked:
        return list(sighting.cues)
    single, page = sentences_on_series(sighting), sighting.page
    return [
        cue for cue in sighting.cues if not (cue.value.startswith(_UNDOING) and page.sentence_of[cue.first] in single)
    ]


_UNDOING = ("cancel/", "change/", "decline/", "accept/")


def _asks_apart(sighting: Sighting) -> bool:
    """Whether a sentence asks outright for a room or a thing, and gives up or moves nothing."""
    asking = sighting.sentences_of("book/strong", "book/decisive")
    asking -= sighting.sentences_of("cancel/", "change/decisive", "stance-unwanted", "stance-not-given-up")
    named = {sighting.page.sentence_of[mention.first] for mention in sighting.asked_mentions()}
    return any(not sighting.stances.tells_of_then(number) for number in asking & named)


def _asks_plainly(sighting: Sighting) -> bool:
    """Whether a sentence is a request as it stands ("Pour le 6 novembre : 4 bancs"), whatever the others tell: it names
    how many of a thing, or a room with its hours; the day stands in it or beside it, and both do nothing else."""
    page, stances = sighting.page, sighting.stances
    if sighting.sentences_of("availability/strong"):
        return False
    reports = [n for n in sighting.sentences_of("key/decisive", "key/strong") if not page.sentences[n].question]
    wishing = sighting.sentences_of("book/strong", "book/weak")
    apart = sighting.sentences_of(*_ELSE)
    named, timed, dated = set(), set(), set()
    for index, (mention, quantity) in enumerate(zip(sighting.mentions, sighting.quantities, strict=True)):
        number = page.sentence_of[mention.first]
        if reports and not (page.sentences[number].question or number in wishing):
            continue
        if stances.asked(index) and number not in apart and not stances.tells_of_then(number):
            if mention.sort is Sort.EQUIPMENT and quantity.said:
                named.add(number)
            elif mention.sort is Sort.ROOM and not mention.generic:
                timed.add(number)
    for (first, _), when in zip(sighting.spans, sighting.whens, strict=True):
        number = page.sentence_of[first]
        if number in apart or not _to_come(when, sighting):
            continue
        dated.add(number)
        if number in timed and any(clock.start is not None and clock.end is not None for clock in when.clocks):
            named.add(number)
    return any(number + beside in dated for number in named for beside in (0, 1, -1))


_ELSE = tuple(f"{intent}/{s}" for intent in Intent for s in ("decisive", "strong") if intent is not Intent.BOOK)


def _gives_up(sighting: Sighting) -> bool:
    """Whether something is cancelled, in other words than that it is not needed."""
    single = sentences_on_series(sighting)
    needless = [(cue.first, cue.last) for cue in sighting.cues if cue.value.startswith("stance-unwanted")]
    return any(
        cue.value in {"cancel/decisive", "cancel/strong"}
        and sighting.page.sentence_of[cue.first] not in single
        and not any(cue.first < last and first < cue.last for first, last in needless)
        for cue in sighting.cues
    )


def _gives_up_some_part(sighting: Sighting) -> bool:
    """Whether a part of a reservation is given up, or something of it is kept: which part must be named, or a person
    asks."""
    cancelled = sighting.sentences_of("cancel/")
    return bool(sighting.sentences_of("stance-part") & cancelled) or bool(sighting.sentences_of("stance-kept"))


def _to_come(when: When, sighting: Sighting) -> bool:
    """Whether a phrase names a day to come; what is told of earlier times today ("ce matin") is none."""
    if not when.counts or not (when.has_days or when.vague):
        return False
    days = [span.last for span in when.days]
    place = sighting.page.word_at(when.start)
    return not days or max(days) > sighting.today or not sighting.stances.in_past(place)


def _intent_evidence(sheet: Page, judged: Judgement) -> Iterable[Evidence]:
    seen: set[str] = set()
    for cue in judged.cues:
        words = sheet.quote(cue.first, cue.last)
        if words not in seen and len(seen) < 6:
            seen.add(words)
            yield Evidence("intent", words, cue.value.replace("/", ", "))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.upper() for found in CODE.findall(text)))


def _words(tokens: Iterable[Token], first: int = 0, last: int = sys.maxsize) -> list[str]:
    """Return the words that begin in characters `first` to `last` (excluded) of the text."""
    return [token.norm for token in tokens if token.kind is Kind.WORD and first <= token.start < last]
