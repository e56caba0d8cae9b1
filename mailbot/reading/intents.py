"""What a mail is for: the cues of the lexicon, weighed, with what stands around the mail; the runner-up is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from mailbot.model.meaning import Intent
from mailbot.reading.cues import Cue

WEIGHTS = {"decisive": 6.0, "strong": 3.0, "fair": 1.2, "weak": 0.4}
LEAST = {
    Intent.CHANGE: 2.5,
    Intent.CANCEL: 2.5,
    Intent.KEY: 2.5,
    Intent.LIST: 2.5,
    Intent.AVAILABILITY: 2.0,
    Intent.IGNORE: 3.0,
}
"""The least score of an intent that is believed."""
UNASKED = 1.2
"""What a booking is less likely where it is asked what is free, and nothing is asked for outright."""
LEAST_OF_ANSWER = 2.0
"""What a bare answer to our question ("19h à 21h30") is worth as a booking."""
MOST_OF_A_KIND = 3
"""Cues of one strength that count for an intent; more of them prove little more."""


class Signs(Struct, frozen=True):
    """What stands around the words and in them, beside the cues."""

    thread: bool = False
    """It answers a letter."""
    offer: bool = False
    """The letter that is answered offers something, or asks for a yes; or nothing shows what it said."""
    fits_offer: bool = False
    """What is named is one of the things on offer."""
    chooses: bool = False
    """It names one of the things on offer by its number or its size."""
    asked: bool = False
    """Our letter asked something."""
    options: bool = False
    challenge: bool = False
    code: bool = False
    """A reservation code in the sender's own words or subject."""
    things: bool = False
    """A room or a thing is named as wanted."""
    moment: bool = False
    """A day to come is named."""
    hours: bool = False
    """Hours with a start and an end are named."""
    service: bool = False
    """Rooms, things or borrowing are spoken of at all."""
    question: bool = False
    words: int = 0
    people: bool = False
    replying: bool = False
    """Our letter, that it answers, asks something."""
    answering: bool = False
    """It says little but when or how many, and our letter asked."""
    unwanted: bool = False
    """A thing is named that is not, or no longer, wanted."""
    corrected: bool = False
    """Another number of a thing is said afterwards."""
    agreeable: bool = False
    """It asks whether something may be."""
    gives_up: bool = False
    """It cancels something, in other words than that it is not needed."""
    kept: bool = False
    """It says that something stays as it is."""
    wonders: bool = False
    """It asks how it stands with a thing, and says of nobody that he wants it."""
    booked: bool = False
    """It tells of a reservation that was made."""
    anew: bool = False
    """Another request than the one that the code names."""
    apart: bool = False
    """A sentence asks for a room or a thing outright, and gives up nothing."""
    counted: bool = False
    """How many of a thing are wanted is said."""
    dated: bool = False
    """A day is named, not a mere season or month."""
    plain: bool = False
    """A sentence names how many of a thing, or a room with its hours, and beside it the day; it does nothing else."""


class Judgement(Struct, frozen=True):
    intent: Intent
    runner_up: Intent | None
    scores: Mapping[Intent, float]
    cues: tuple[Cue, ...]
    """Those that spoke for the intent."""


def judge(cues: Sequence[Cue], signs: Signs, settled: Iterable[tuple[int, int]]) -> Judgement:
    """Weigh the cues, whose values are `intent/strength`. A cue for a booking counts nothing where it spans a word of
    wondering ("savoir si"), begins in what is said to be booked already (`settled`), or stands in what is told of
    earlier times ("le projecteur emprunté jeudi"); one for a question of what is free nothing in "if it is taken, …",
    one for giving up in "do not cancel", one for a yes in "neither suits us"."""
    wondered, done = [(cue.first, cue.last) for cue in cues if cue.value == "know"], list(settled)
    told = [(cue.first, cue.last) for cue in cues if cue.value == "stance-past"]
    otherwise = [(cue.first, cue.last) for cue in cues if cue.value == "stance-else"]
    kept = [cue for cue in cues if "/" in cue.value and not _void(cue, wondered, done)]
    kept = [cue for cue in kept if not (cue.value.startswith("book/") and _within(cue, told))]
    kept = [cue for cue in kept if not (cue.value.startswith("availability/") and _within(cue, otherwise))]
    denied = [(cue.first, cue.last) for cue in cues if cue.value == "stance-not-given-up"]
    kept = [cue for cue in kept if not (cue.value.startswith("cancel/") and overlaps(cue, denied))]
    declined = [(cue.first, cue.last) for cue in cues if cue.value in {"decline/decisive", "decline/strong"}]
    kept = [cue for cue in kept if not (cue.value.startswith("accept/") and _within(cue, declined))]
    values = {cue.value for cue in kept}
    if not values & {"availability/strong", "availability/fair"}:
        kept = [cue for cue in kept if cue.value != "availability/decisive"]
    scores, strongest = _sums(kept)
    if "availability/decisive" in {cue.value for cue in kept}:
        scores[Intent.BOOK] = scores.get(Intent.BOOK, 0.0) * 0.75  # "first I want to know"
    more = signs.question or any(cue.value == "answer-but" for cue in cues)
    if more and not _evidently_nobodys(kept):
        scores[Intent.IGNORE] = 0.0  # silence is no answer to a question, nor to "I am away, but my sister comes"
    _weigh_signs(scores, strongest, signs)
    ranked = sorted(scores, key=lambda intent: -scores[intent])
    believed = (intent for intent in ranked if scores[intent] >= LEAST.get(intent, 1.0))
    best = next(believed, Intent.HUMAN)
    runner_up = next((intent for intent in ranked if intent is not best and scores[intent] > 1.0), None)
    return Judgement(best, runner_up, scores, tuple(cue for cue in kept if cue.value.startswith(f"{best}/")))


def _void(cue: Cue, wondered: Iterable[tuple[int, int]], done: Iterable[tuple[int, int]]) -> bool:
    if not cue.value.startswith("book/"):
        return False
    conditional = cue.value == "book/decisive"  # "la petite salle si elle est libre"
    return any(cue.first < first and last <= cue.last and not conditional for first, last in wondered) or any(
        first <= cue.first < last for first, last in done
    )


def _evidently_nobodys(cues: Iterable[Cue]) -> bool:
    """Whether two turns of phrase in different places are a robot's or an advertiser's."""
    found = [cue for cue in cues if cue.value == "ignore/decisive"]
    return any(one.last <= other.first for one in found for other in found)


def overlaps(cue: Cue, spans: Iterable[tuple[int, int]]) -> bool:
    return any(cue.first < last and first < cue.last for first, last in spans)


def _within(cue: Cue, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= cue.first and cue.last <= last for first, last in spans)


def _sums(cues: Iterable[Cue]) -> tuple[dict[Intent, float], dict[Intent, float]]:
    """Return the sum of the weights by intent, and the greatest of them. Of overlapping cues the strongest counts."""
    places: defaultdict[Intent, list[tuple[float, int, int]]] = defaultdict(list)
    for cue in cues:
        name, _, strength = cue.value.partition("/")
        places[Intent(name)].append((WEIGHTS[strength], cue.first, cue.last))
    scores: dict[Intent, float] = {}
    for intent, found in places.items():
        counted: list[tuple[float, int, int]] = []
        tally: defaultdict[float, int] = defaultdict(int)
        for weight, first, last in sorted(found, key=lambda one: (-one[0], one[1])):
            apart = all(last <= other_first or first >= other_last for _, other_first, other_last in counted)
            if apart and tally[weight] < MOST_OF_A_KIND:
                counted.append((weight, first, last))
                tally[weight] += 1
        scores[intent] = sum(weight for weight, _, _ in counted)
    return scores, {intent: max(weight for weight, _, _ in found) for intent, found in places.items()}


_TOPICS = (Intent.HUMAN, Intent.FEEDBACK, Intent.HELP, Intent.IGNORE, Intent.KEY)
"""What the mere topic of a mail may suggest, and a plain request outweighs."""
_CHAT = (Intent.HUMAN, Intent.FEEDBACK, Intent.HELP, Intent.IGNORE)
"""Those that a request without hours outweighs as well: who hands things out names people and days, too."""


def _weigh_signs(scores: dict[Intent, float], strongest: Mapping[Intent, float], signs: Signs) -> None:
    for intent in Intent:
        scores.setdefault(intent, 0.0)
    requested = strongest.get(Intent.BOOK, 0) >= WEIGHTS["strong"] or (signs.plain and not spoken_of_before(signs))
    wondered = strongest.get(Intent.AVAILABILITY, 0) >= WEIGHTS["strong"]
    if signs.things and wondered and signs.moment:
        scores[Intent.HUMAN] *= 0.35
    if signs.things and requested and (signs.moment or signs.asked):
        for intent in _TOPICS:
            scores[intent] *= 0.35
        if not signs.code and (signs.plain or strongest.get(Intent.CANCEL, 0) < WEIGHTS["decisive"]):
            scores[Intent.CANCEL] *= 0.35
    spoken_of = signs.code or signs.booked or signs.kept or signs.gives_up
    if signs.things and signs.moment and (signs.unwanted or requested) and not spoken_of:
        scores[Intent.CANCEL] *= 0.35  # what is not wanted is so in what is asked for
    if signs.apart and signs.moment and not spoken_of_before(signs):
        scores[Intent.CANCEL] *= 0.35  # "on 7 December we do not meet": an exception of what is asked for
        if strongest.get(Intent.CHANGE, 0) < WEIGHTS["decisive"]:
            scores[Intent.CHANGE] = min(scores[Intent.CHANGE], scores[Intent.BOOK])  # "the same hours as last time"
    if strongest.get(Intent.LIST, 0) >= WEIGHTS["decisive"]:
        scores[Intent.HELP] *= 0.6
        scores[Intent.FEEDBACK] *= 0.6  # what was lost is the sender's diary
    if strongest.get(Intent.HELP, 0) >= WEIGHTS["decisive"] and not signs.dated and not signs.asked:
        scores[Intent.BOOK] *= 0.3
    if signs.things and signs.moment:
        scores[Intent.BOOK] += 2.5 if strongest.get(Intent.BOOK, 0) >= WEIGHTS["fair"] else 1.5 if signs.hours else 1.1
        if strongest.get(Intent.AVAILABILITY, 0) >= WEIGHTS["strong"]:
            scores[Intent.AVAILABILITY] += 2.5
            scores[Intent.BOOK] -= 0 if requested else UNASKED
    elif signs.things:
        scores[Intent.BOOK] += 1 if strongest.get(Intent.BOOK, 0) >= WEIGHTS["fair"] else 0.0
    elif not signs.asked:
        scores[Intent.BOOK] -= 2
        asks_when = signs.moment and strongest.get(Intent.AVAILABILITY, 0) >= WEIGHTS["strong"]
        scores[Intent.AVAILABILITY] -= 0 if asks_when else 2  # "qu'est-ce qui est libre samedi ?" names no room
    if signs.wonders and signs.moment and not requested and not signs.code:
        scores[Intent.AVAILABILITY] = max(scores[Intent.AVAILABILITY], scores[Intent.BOOK] + 0.5, 2.5)
    if signs.replying and signs.things and signs.moment:
        scores[Intent.BOOK] += 2
    if signs.answering and max(scores.values()) < LEAST_OF_ANSWER:
        scores[Intent.BOOK] = max(scores[Intent.BOOK], LEAST_OF_ANSWER)
    told = signs.hours or signs.people or signs.counted
    if signs.things and signs.moment and told and not requested and not signs.code:
        for intent in _TOPICS if signs.hours else _CHAT if signs.people else (Intent.HUMAN, Intent.IGNORE):
            scores[intent] *= 0.5
    if not signs.service:
        scores[Intent.HELP] *= 0.3
    if strongest.get(Intent.HUMAN, 0) >= WEIGHTS["decisive"]:
        scores[Intent.HELP] *= 0.6  # how another service of the commune works
        scores[Intent.FEEDBACK] *= 0.6 if signs.question else 1.0  # "c'était bien. Et qui donne la prime vélo ?"
    _weigh_code(scores, signs)
    if signs.offer and not signs.code:
        scores[Intent.CHANGE] -= 3
    if not signs.offer:
        scores[Intent.ACCEPT] -= 20
        scores[Intent.DECLINE] -= 20
    elif signs.options or signs.fits_offer:
        agrees = scores[Intent.ACCEPT] > 0 or signs.chooses
        scores[Intent.ACCEPT] += 4 if signs.fits_offer else 1 if agrees else 0
        scores[Intent.DECLINE] += 1 if scores[Intent.DECLINE] > 0 else 0
        scores[Intent.BOOK] -= 6 if signs.fits_offer else 0


def spoken_of_before(signs: Signs) -> bool:
    """Whether the mail speaks of a reservation that there is."""
    return signs.code or signs.booked or signs.kept


def _weigh_code(scores: dict[Intent, float], signs: Signs) -> None:
    """A mail that names a reservation and asks for something changes that reservation."""
    if signs.booked and not signs.anew and scores[Intent.CHANGE] >= WEIGHTS["fair"]:
        scores[Intent.CHANGE] = max(scores[Intent.CHANGE] + 2, scores[Intent.BOOK] + 0.5)
    if not (signs.code or signs.booked or signs.kept or signs.things) and scores[Intent.BOOK] > 0:
        scores[Intent.CHANGE] -= 1  # of what, nothing tells
    if not signs.code or signs.anew:
        return
    if signs.unwanted and not signs.things:
        scores[Intent.CANCEL] += WEIGHTS["decisive"]
    for intent in (Intent.CHANGE, Intent.CANCEL):
        scores[intent] += 2 if scores[intent] > 1 else 0
    scores[Intent.CHANGE] = max(scores[Intent.CHANGE], scores[Intent.BOOK])
    scores[Intent.BOOK] = -1.0
    asks_other = signs.corrected or (signs.moment and (signs.things or signs.agreeable))
    if asks_other and max(scores.values()) < LEAST[Intent.CHANGE]:
        scores[Intent.CHANGE] = LEAST[Intent.CHANGE]
