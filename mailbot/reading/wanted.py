"""Which of the rooms and things that a mail names are those that it asks for, gives up or changes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from mailbot.model.meaning import ANY_ROOM, Intent
from mailbot.reading.cues import Cue
from mailbot.reading.quantities import Quantity, in_brackets
from mailbot.reading.sightings import FAR, NEAR, Sighting, Wanted
from mailbot.reading.things import Mention, Sort


def _asked(sighting: Sighting) -> list[Wanted]:
    """Return the mentions that are asked for: those in requests if there are any of their sort, else those that are
    merely named; the body before the subject; names before words that leave the room open."""
    stances = sighting.stances
    able = [i for i in range(len(sighting.mentions)) if stances.asked(i) and _meant(sighting, i)]
    picked: list[int] = []
    goods = [i for i in able if sighting.mentions[i].sort in {Sort.EQUIPMENT, Sort.UNLENT}]
    rooms = _rooms(sighting, [i for i in able if i not in goods], bool(goods))
    if all(sighting.mentions[i].generic for i in rooms):
        rooms = _buildings(sighting) or rooms
    for pool in (rooms, goods):
        in_body = [i for i in pool if sighting.mentions[i].first >= sighting.body_at]
        requested = [i for i in in_body or pool if _is_requested(sighting, i)]
        if not requested and picked:
            in_body, pool = (
                [],
                [i for i in in_body if sighting.quantities[i].said],
            )  # who asks for a room tells of things
        picked.extend(requested or in_body or pool)
    return _merged(sighting, sorted(picked))


def _requested(sighting: Sighting) -> list[Wanted]:
    """Return what is asked for: some room, where hours are asked for and nothing is named ("can you find us something
    on Thursday evening?")."""
    wanted = _asked(sighting)
    timed = any(when.counts and when.has_days and when.has_clock for when in sighting.whens)
    named = any(mention.sort is not Sort.SITE for mention in sighting.mentions)
    if wanted or named or not timed:
        return wanted
    return [_any_room(sighting, cue) for cue in sighting.cues if cue.value == "book/strong"][:1]


def _any_room(sighting: Sighting, cue: Cue) -> Wanted:
    mention = Mention(Sort.ROOM, cue.first, cue.last, (ANY_ROOM,), plural=True, generic=True)
    place = (cue.first, sighting.page.sentence_of[cue.first])
    return Wanted(mention, Quantity(1, cue.first, cue.first, False), mention.ids, (place,))


def _is_requested(sighting: Sighting, index: int) -> bool:
    """Whether a thing stands in a request, or has a number of its own: "wat tafels betreft: 20"."""
    mention, quantity = sighting.mentions[index], sighting.quantities[index]
    counted = quantity.said and (quantity.corrected or quantity.last > mention.last)
    lent = mention.sort is Sort.EQUIPMENT and (counted or sighting.stances.is_yours(index))
    return lent or sighting.stances.in_request(mention.first)


def _buildings(sighting: Sighting) -> list[int]:
    """Return the building that is asked for where no room is named: "nous cherchons un point de chute à l'école"."""
    requests = sighting.sentences_of("book/strong", "availability/strong")
    return [
        i
        for i, mention in enumerate(sighting.mentions)
        if mention.sort is Sort.SITE
        and sighting.page.sentence_of[mention.first] in requests
        and mention.first >= sighting.body_at
        and not sighting.stances.in_past(mention.first)
        and i not in sighting.stances.unwanted | sighting.stances.old
    ][:1]


def _merged(sighting: Sighting, indexes: Sequence[int]) -> list[Wanted]:
    """Return the mentions once each: a thing named again without another number is the one named before."""
    kept: list[Wanted] = []
    for i in indexes:
        mention, quantity = sighting.mentions[i], sighting.quantities[i]
        ids = mention.hint if mention.hint and quantity.definite else mention.ids
        place = (mention.first, sighting.page.sentence_of[mention.first])
        one = Wanted(mention, quantity, ids, (place,))
        again = next((k for k, other in enumerate(kept) if _same(other, one)), None)
        if again is None:
            kept.append(_with_link(one, kept, sighting))
        elif one.room or not quantity.said or kept[again].quantity.value == quantity.value:
            kept[again] = replace(kept[again], places=(*kept[again].places, place))
        elif not kept[again].quantity.said or _taken_back(sighting, kept[again], one):
            kept[again] = replace(one, places=(place, *kept[again].places))
        else:
            kept.append(one)
    return kept


def _taken_back(sighting: Sighting, old: Wanted, new: Wanted) -> bool:
    """Whether another number of the same thing corrects the one before: "30 tafels… pardon, 20 tafels"."""
    between = sighting.page.words[old.mention.last : new.quantity.first]
    return len(between) <= FAR and any(word in sighting.stances.words.corrections for word in between)


def _same(one: Wanted, other: Wanted) -> bool:
    return one.ids == other.ids and (not one.unknown or one.mention.name.lower() == other.mention.name.lower())


def _with_link(one: Wanted, kept: Sequence[Wanted], sighting: Sighting) -> Wanted:
    """Mark a room that is named as one that will do as well as the one before it, or instead of it."""
    before = [other for other in kept if other.room]
    if not one.room or not before:
        return one
    first, last = before[-1].mention.last, one.at
    said = {cue.value for cue in sighting.cues if first <= cue.first and cue.last <= last}
    start = sighting.page.sentences[one.sentence].first
    begins = any(
        cue.value == "stance-else" and cue.first <= start + 1 and cue.last <= last
        for cue in sighting.cues
        if cue.first >= start
    )
    nearest = max(sentence for _, sentence in before[-1].places if sentence <= one.sentence)
    if begins and one.sentence - nearest <= 1:
        return replace(one, otherwise=True)
    leads = any(cue.value == "stance-or" and cue.first == start for cue in sighting.cues)
    if leads and one.sentence - nearest == 1 and one.sentence in sighting.sentences_of("answer-any"):
        return replace(one, either=True)  # "Of de leeszaal, dat is mij gelijk."
    if sighting.page.sentence_of[first - 1] != one.sentence or last - first > FAR:
        return one
    if "stance-else" in said or ("stance-or" in said and last - first > NEAR):
        return replace(one, otherwise=True)
    return replace(one, either="stance-or" in said)


def _meant(sighting: Sighting, index: int) -> bool:
    """Whether a thing that is not lent, or whose name is misspelt, is spoken of as wanted: counted, or listed."""
    mention, quantity = sighting.mentions[index], sighting.quantities[index]
    if quantity.value == 0:
        return False
    if mention.near and mention.sort is Sort.EQUIPMENT:
        return quantity.said
    if mention.sort is not Sort.UNLENT or mention.stranger:
        return True
    if any(cue.value == "stance-exists" and cue.first <= mention.first < cue.last for cue in sighting.cues):
        return False  # "is there a dishwasher?"
    if any(cue.last == mention.last and cue.pattern.startswith("{book}") for cue in sighting.cues):
        return True
    counted = quantity.said or (quantity.first < mention.first and not quantity.definite)
    sentence = sighting.page.sentence(mention.first)
    listed = sentence.bullet and mention.first <= sentence.first + 2
    return sighting.stances.in_request(mention.first) and (counted or listed or _beside_lent(sighting, index))


def _beside_lent(sighting: Sighting, index: int) -> bool:
    """Whether only small words part a thing from one that is lent: "avec micro, projecteur et écran"."""
    words, mentions = sighting.page.words, sighting.mentions
    for before, after in ((index - 1, index), (index, index + 1)):
        if before < 0 or after >= len(mentions):
            continue
        other = mentions[before if after == index else after]
        between = words[mentions[before].last : sighting.quantities[after].first]
        if other.sort is Sort.EQUIPMENT and 0 < len(between) <= 3 and sighting.stances.joins(between):
            return True
    return False


def _rooms(sighting: Sighting, pool: list[int], goods: bool) -> list[int]:
    """Leave out words that leave the room open where one is named ("la salle"), and ids that a narrower name holds."""
    named = [i for i in pool if not sighting.mentions[i].generic]
    if named:
        ids = [set(sighting.mentions[i].ids) for i in named]
        narrow = [i for i, own in zip(named, ids, strict=True) if not any(other < own for other in ids)]
        return sorted({*narrow, *_besides(sighting, named, pool)})
    either = [range(cue.first, cue.last + 1) for cue in sighting.cues if cue.value == "answer-any"]
    places = {at for words in either for at in words}
    generic = [
        i
        for i in pool
        if not goods or sighting.mentions[i].first in places or sighting.stances.in_request(sighting.mentions[i].first)
    ]
    told = [i for i in generic if not (goods and sighting.quantities[i].definite)]
    sites = [
        i
        for i, mention in enumerate(sighting.mentions)
        if mention.sort is Sort.SITE
        and mention.first >= sighting.body_at
        and sighting.stances.in_request(mention.first)
    ]
    if any(cue.value == "answer-any" for cue in sighting.cues):
        told = told or generic
    return sites[:1] if sites and (told or not goods) else told[:1]


def _besides(sighting: Sighting, named: Sequence[int], pool: Sequence[int]) -> list[int]:
    """Return a room that nothing tells, joined to one that is named: "la cuisine et la salle à côté"."""
    return [
        i
        for i in pool
        if sighting.mentions[i].generic
        and i - 1 in named
        and sighting.page.sentence_of[sighting.mentions[i - 1].first]
        == sighting.page.sentence_of[sighting.mentions[i].first]
        and _joined(sighting, sighting.mentions[i - 1].last, sighting.mentions[i].first)
    ]


def _joined(sighting: Sighting, first: int, last: int) -> bool:
    between = sighting.page.words[first:last]
    return 0 < len(between) <= 3 and between[0] in sighting.stances.words.joining


def _given_up(sighting: Sighting) -> list[Wanted]:
    """Return the part that is given up; nothing where the whole reservation is."""
    stances = sighting.stances
    cancelled = sighting.sentences_of("cancel/")
    parted = bool(stances.kept) or bool(sighting.sentences_of("stance-kept"))
    if sighting.sentences_of("stance-whole") - sighting.sentences_of("stance-not-given-up") and not parted:
        return []
    if not parted and _gives_up_room_and_things(sighting, cancelled):
        return []
    unchanged = sighting.sentences_of("stance-kept", "stance-confirmed") - cancelled
    parts = [
        i
        for i, mention in enumerate(sighting.mentions)
        if i not in stances.kept
        and not mention.generic
        and mention.sort is not Sort.UNLENT
        and (parted or mention.sort not in {Sort.ROOM, Sort.SITE})
    ]
    sentences = {i: sighting.page.sentence_of[sighting.mentions[i].first] for i in parts}
    if not parted and parts and all(_explains(sighting, i) and sentences[i] in cancelled for i in parts):
        return []  # "our reservation R-7K3F2 of 28 June (gazebos and benches)": what it is
    given_up = [
        i for i in parts if sentences[i] in cancelled or (i in stances.unwanted and sentences[i] not in unchanged)
    ]
    sure = [i for i in given_up if i in stances.refused or sentences[i] in cancelled]  # not "a member lends us his own"
    given_up = sure or [i for i in parts if i in stances.refused] or given_up
    in_body = [i for i in given_up if sighting.mentions[i].first >= sighting.body_at]
    ids = [set(sighting.mentions[i].ids) for i in in_body or given_up]
    narrow = [i for i in in_body or given_up if not any(other < set(sighting.mentions[i].ids) for other in ids)]
    return [
        replace(one, quantity=replace(one.quantity, value=stances.parts[i])) if i in stances.parts else one
        for one in _merged(sighting, narrow)
        for i in [sighting.mentions.index(one.mention)]
    ]


def _explains(sighting: Sighting, index: int) -> bool:
    first = sighting.mentions[index].first
    return in_brackets(sighting.page, sighting.page.sentence(first).first, first)


def is_parted(sighting: Sighting) -> bool:
    """Whether only days of a reservation are given up: "uniquement le 18 juin, les autres jeudis restent"."""
    cancelled = sighting.sentences_of("cancel/")
    whole = sighting.sentences_of("stance-whole")
    return not whole and bool(sighting.sentences_of("stance-kept") | (sighting.sentences_of("stance-only") & cancelled))


def _gives_up_room_and_things(sighting: Sighting, cancelled: Collection[int]) -> bool:
    """Whether a room is given up in one breath with a thing: then all of it is."""
    for one, other in itertools.pairwise(sighting.mentions):
        between = sighting.page.words[one.last : other.first]
        near = len(between) <= 3 and not any(word in sighting.stances.words.fors for word in between)
        both = one.generic != other.generic or {one.sort, other.sort} == {Sort.ROOM, Sort.EQUIPMENT}
        if near and both and sighting.page.sentence_of[one.first] in cancelled:
            return True
    return False


def _changed(sighting: Sighting) -> list[Wanted]:
    """Return what a change is about: what is newly wanted; else what the mail says of the reservation."""
    asked = _asked(sighting)
    changing = sighting.sentences_of("change/", "book/strong")
    changing |= sighting.going_on(changing)
    told = [one for one in asked if any(sentence in changing for _, sentence in one.places)]
    told = [one for one in asked if one in told or _adds(one, sighting)] if told else asked
    if not told:
        named = [
            i
            for i, mention in enumerate(sighting.mentions)
            if mention.sort is Sort.ROOM and not mention.generic and i not in sighting.stances.old
        ]
        told = _merged(sighting, named[-1:])
    told = [one for one in told if not one.mention.generic]
    rooms = [one for one in told if one.room]
    if len(rooms) < len(told) and not any(when.has_clock for when in sighting.whens if when.counts):
        moved = sighting.sentences_of("change/decisive", "stance-moves", "amends-rather", "amends-instead")
        changed = sighting.sentences_of("change/") - (sighting.sentences_of("amends-added") - moved)
        rooms = [one for one in rooms if one.sentence in changed]  # not "for the film in class 3 a screen comes on top"
    return [one for one in told if not one.room or one in rooms[-1:]]


def _adds(one: Wanted, sighting: Sighting) -> bool:
    """Whether a thing is counted in a sentence that asks: "Aussi 80 chaises."."""
    return not one.room and one.quantity.said and sighting.stances.in_request(one.at)


def _asked_about(sighting: Sighting) -> list[Wanted]:
    """Return what a question about free times is about: any room where it names nothing."""
    if wanted := _asked(sighting):
        return wanted
    return [_any_room(sighting, cue) for cue in sighting.cues if cue.value == "availability/strong"][:1]


WANTED: dict[Intent, Callable[[Sighting], list[Wanted]]] = {
    Intent.BOOK: _requested,
    Intent.AVAILABILITY: _asked_about,
    Intent.CHANGE: _changed,
    Intent.CANCEL: _given_up,
}
