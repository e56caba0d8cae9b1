"""What a mail says of a booking: which days it names, what comes on top, what is left of a series, who comes and when
not; and whether it only asks how things stand, corrects the mail before it, or points to last year's booking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from itertools import pairwise

from msgspec.structs import replace

from mailbot.model.meaning import Collector, Intent, Item, Meaning
from mailbot.reading.moments import Role
from mailbot.reading.page import Sentence
from mailbot.reading.sightings import Sighting, Wanted
from mailbot.reading.signature import phone_in
from mailbot.reading.things import Sort
from mailbot.reading.tokens import Kind, Token, tokenize
from mailbot.reading.words import OwnWords

SHORT = 25
"""Words of a mail that may be a mere afterthought to the one before it."""
LONGEST_NO = 40
"""Characters of a NO that stands alone, its marks included."""
NOT_DAYS_OF_USE = (Role.DEADLINE, Role.FETCH, Role.BRING_BACK)


def undoes(own: OwnWords, words: Set[str]) -> bool:
    """Return whether a mail says NO (NON, NEE) and nothing else: only alone it is an undo. `words` are folded."""
    if len(own.body) > LONGEST_NO:
        return False
    said = [token.norm for token in tokenize(own.body) if token.kind is not Kind.MARK]
    return len(said) == 1 and said[0] in words


def with_amends(meaning: Meaning, sighting: Sighting) -> Meaning:
    """Return the meaning with all that it says of something booked."""
    cues = {cue.value for cue in sighting.cues}
    words = len(sighting.page.words) - sighting.body_at
    return replace(
        meaning,
        days=days_named(sighting),
        rest=bool(sighting.sentences_of("amends-rest") - sighting.sentences_of("stance-kept")),
        comes=_collector(sighting),
        prevented=_prevented(sighting),
        asks_state="amends-received" in cues and not meaning.items and words <= SHORT,
        like_before="amends-like-before" in cues,
        same="amends-same" in cues and words <= SHORT,
        more=bool(cues & {"amends-added", "amends-also"}) and not sighting.mentions and words <= SHORT,
        corrects="amends-oops" in cues and words <= SHORT,
        rather="amends-rather" in cues and words <= SHORT,
    )


def days_named(sighting: Sighting) -> frozenset[date]:
    """Return all days of use that the mail names, also those that are given up, replaced, or only tell which booking
    it speaks of."""
    whens = [when for when in sighting.whens if when.role not in NOT_DAYS_OF_USE and not when.vague]
    return frozenset(day for when in whens for span in when.days for day in span)


def is_added(one: Wanted, sighting: Sighting) -> bool:
    """Return whether a thing is said to come on top of what is booked: "encore 20 chaises"; not "20 au lieu de 10"."""
    here = [cue for cue in sighting.cues if sighting.page.sentence_of[cue.first] == one.sentence]
    if not any(cue.value in ("amends-added", "amends-also") for cue in here):
        return False
    following = [mention.first for mention in sighting.mentions if mention.first > one.at]
    until = min(following, default=len(sighting.page.words))
    instead = any(cue.value == "amends-instead" and one.quantity.first <= cue.first < until for cue in here)
    own = _clause_of(sighting, one.at)
    beside = any(cue.value in ("amends-added", "amends-also") and cue.first in own for cue in here)
    turned = one.quantity.corrected or any(cue.value in _TURNING and cue.first in own for cue in here)
    return not instead and (beside or not turned)  # "make it 40 chairs, and 5 tables on top"


_TURNING = frozenset({"quantity-rather", "amends-rather", "stance-instead"})
_WANTING = (
    "amends-",
    "quantity-rather",
    "book/strong",
    "book/decisive",
    "change/strong",
    "change/decisive",
    "stance-instead",
)
_GIVING = ("cancel/decisive", "cancel/strong", "stance-unwanted", "stance-last-not")


def _parting(sighting: Sighting) -> Set[str]:
    words = sighting.stances.words
    return words.joining | words.contrast | {",", ";"}


def _clauses(sighting: Sighting) -> Iterator[range]:
    """Yield the words between commas, joining words and the ends of sentences."""
    page, parting = sighting.page, _parting(sighting)
    for sentence in page.sentences:
        first = max(sentence.first, sighting.body_at)
        cuts = [at for at in range(first + 1, sentence.last) if page.words[at] in parting]
        yield from (range(begin, end) for begin, end in pairwise([first, *cuts, max(sentence.last, first)]))


def _clause_of(sighting: Sighting, at: int) -> range:
    """Return the clause in which a word of the body stands."""
    page, parting = sighting.page, _parting(sighting)
    sentence = page.sentence(at)
    lowest = max(sentence.first, sighting.body_at)
    first = next((cut for cut in range(at, lowest, -1) if page.words[cut] in parting), lowest)
    last = next((cut for cut in range(at + 1, sentence.last) if page.words[cut] in parting), sentence.last)
    return range(first, last)


def exchanged(sighting: Sighting) -> tuple[frozenset[int], frozenset[int]]:
    """Return which things a mail wants in another number or besides, and which it gives up, each by its index: "40
    chairs rather, and you can drop the projector"."""
    wanted, given_up = set[int](), set[int]()
    goods = [i for i, mention in enumerate(sighting.mentions) if mention.sort is Sort.EQUIPMENT]
    clauses = list(_clauses(sighting))
    home = {at: number for number, clause in enumerate(clauses) for at in clause}
    wanting = {home.get(cue.first) for cue in sighting.cues if cue.value.startswith(_WANTING)}
    giving = {home.get(cue.last - 1) for cue in sighting.cues if cue.value.startswith(_GIVING)}
    taken_up = _taken_up(sighting, clauses, giving)
    for index in goods:
        number = home.get(sighting.mentions[index].first)
        if number is None:  # in the subject
            continue
        wants = number in wanting or sighting.page.sentence(clauses[number].start).question
        gives = number in giving or (not wants and number in taken_up)
        quantity = sighting.quantities[index]
        if quantity.said and (quantity.corrected or (wants and not gives)):
            wanted.add(index)
        elif gives or index in sighting.stances.refused:
            given_up.add(index)
    ids = {sighting.mentions[index].ids for index in wanted}
    return frozenset(wanted), frozenset(index for index in given_up if sighting.mentions[index].ids not in ids)


def _taken_up(sighting: Sighting, clauses: Sequence[range], giving: Set[int | None]) -> set[int]:
    """Return the numbers of the clauses of which the rest of the sentence, behind a comma, gives up what they only
    name: "the projector, we no longer need it"."""
    page, found = sighting.page, set[int]()
    naming = {mention.first for mention in sighting.mentions}
    gives_first = False
    """The clauses behind, up to the end of the sentence, give something up before any of them names a thing."""
    for number in range(len(clauses) - 1, -1, -1):
        clause = clauses[number]
        following = clauses[number + 1] if number + 1 < len(clauses) else range(0)
        if not (clause and following and page.sentence_of[clause.start] == page.sentence_of[following.start]):
            gives_first = False
        if gives_first and page.words[following.start] == ",":
            found.add(number)
        gives_first = not any(at in naming for at in clause) and (number in giving or gives_first)
    return found


def things_of(sighting: Sighting, indexes: Iterable[int]) -> tuple[Item, ...]:
    """Return things as items: as many as are said, or none said."""
    return tuple(
        Item(
            tuple(sorted(sighting.mentions[index].ids)),
            sighting.quantities[index].value if sighting.quantities[index].said else None,
            words=(sighting.page.quote(sighting.mentions[index].first, sighting.mentions[index].last),),
        )
        for index in sorted(indexes)
    )


def wants_besides(sighting: Sighting) -> bool:
    """Whether a mail that gives something up wants a number of things, or other hours, as well: "plus besoin du
    projecteur, et 40 chaises au lieu de 20", "annulez les chaises et ajoutez 10 tables"."""
    page = sighting.page
    for mention, quantity in zip(sighting.mentions, sighting.quantities, strict=True):
        following = [other.first for other in sighting.mentions if other.first > mention.first]
        until = min(following, default=len(page.words))
        here = [cue for cue in sighting.cues if page.sentence_of[cue.first] == page.sentence_of[mention.first]]
        instead = any(cue.value == "amends-instead" and quantity.first <= cue.first < until for cue in here)
        if quantity.said and (instead or any(cue.value == "amends-added" for cue in here)):
            return True
    hours = {
        page.sentence_of[at] for when, (at, _) in zip(sighting.whens, sighting.spans, strict=True) if when.has_clock
    }
    ends = {last for when, (_, last) in zip(sighting.whens, sighting.spans, strict=True) if when.has_clock}
    return any(
        (cue.value == "amends-instead" and cue.first in ends)
        or (cue.value == "amends-rather" and page.sentence_of[cue.first] in hours)
        for cue in sighting.cues
    )


def marked(item: Item, one: Wanted, sighting: Sighting, intent: Intent) -> Item:
    """Return an item of a change with whether it is added."""
    return replace(item, added=True) if intent is Intent.CHANGE and is_added(one, sighting) else item


# --- who comes, and when not


def _collector(sighting: Sighting) -> Collector | None:
    for cue in sighting.cues:
        if cue.value == "amends-comes":
            sentence = sighting.page.sentence(cue.first)
            name = _name_in(sighting, sentence)
            phone = phone_in(_text_of(sighting, sentence)) or phone_in(_text_of(sighting, _after(sighting, sentence)))
            if name or phone:
                return Collector(name, phone or "")
    return None


def _name_in(sighting: Sighting, sentence: Sentence) -> str:
    """Return the first words with a capital that are no beginning of a sentence, no room and no day."""
    taken = {at for mention in sighting.mentions for at in range(mention.first, mention.last)}
    taken |= {at for first, last in sighting.spans for at in range(first, last)}
    names: list[int] = []
    for at in range(sentence.first, sentence.last):
        token = sighting.page.token(at)
        alone = at == sentence.first and not _is_name_like(sighting, at)
        if _is_capital(token) and at not in taken and not alone:
            names.append(at)
        elif names and token.text != "-":
            break
    return sighting.page.quote(names[0], names[-1] + 1) if names else ""


def _is_capital(token: Token) -> bool:
    return token.kind is Kind.WORD and token.text[:1].isupper() and not token.text.isupper() and len(token.text) > 1


def _is_name_like(sighting: Sighting, at: int) -> bool:
    """Whether the word that begins a sentence is a name: more of it follows, or a verb of coming ("Carine viendra")."""
    if at + 1 < len(sighting.page.words) and (
        sighting.page.words[at + 1] == "-" or _is_capital(sighting.page.token(at + 1))
    ):
        return True
    return any(cue.value == "amends-comes" and cue.first == at + 1 for cue in sighting.cues)


def _after(sighting: Sighting, sentence: Sentence) -> Sentence:
    at = min(sentence.number + 1, len(sighting.page.sentences) - 1)
    return sighting.page.sentences[at]


def _text_of(sighting: Sighting, sentence: Sentence) -> str:
    return sighting.page.quote(sentence.first, sentence.last)


def _prevented(sighting: Sighting) -> frozenset[date]:
    """Return the days on which they say that they cannot come."""
    return frozenset(day for first, last in _stretches(sighting) for day in _days_within(sighting, first, last))


def _stretches(sighting: Sighting) -> Iterator[tuple[int, int]]:
    given_up = sighting.sentences_of("cancel/decisive", "cancel/strong") - sighting.sentences_of("amends-counter")
    for cue in sighting.cues:
        if cue.value == "amends-prevented" and sighting.page.sentence_of[cue.first] not in given_up:
            yield cue.first, cue.last


def of_the_counter(sighting: Sighting) -> bool:
    """Whether all times that a mail names are of the counter: when the key or the goods are fetched or brought back,
    not when anything is used."""
    page, there = sighting.page, sighting.sentences_of("amends-counter")
    times = [
        at for when, (at, _) in zip(sighting.whens, sighting.spans, strict=True) if when.has_days or when.has_clock
    ]
    named = times + [mention.first for mention in sighting.asked_mentions() if mention.sort is Sort.ROOM]
    said = [at for at in named if at >= sighting.body_at]
    return bool(said) and all(page.sentence_of[at] in there for at in said)


def _days_within(sighting: Sighting, first: int, last: int) -> Iterator[date]:
    for when, (begin, _) in zip(sighting.whens, sighting.spans, strict=True):
        if first <= begin < last:
            yield from (day for span in when.days for day in span)
