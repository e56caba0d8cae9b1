"""What a mail means: the form of the corpus (shared by `mailbot explain --json` and the tests), as checked values.

Times in a meaning are local and naive, as people write them; the policy turns them into spans with the commune's zone.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from mailbot.model.spans import Days

Language: TypeAlias = str
"""The code of a language that has a lexicon and templates: "fr", "nl", "en"."""

ANY_ROOM = "any-room"
UNKNOWN = "unknown"
SAME = "same"
"""Stand-ins for the id of a resource: a room and none is named; something that is not lent; the one already booked."""


class Intent(StrEnum):
    BOOK = "book"
    AVAILABILITY = "availability"
    CHANGE = "change"
    CANCEL = "cancel"
    LIST = "list"
    ACCEPT = "accept"
    DECLINE = "decline"
    KEY = "key"
    FEEDBACK = "feedback"
    HELP = "help"
    HUMAN = "human"
    IGNORE = "ignore"


class Wish(StrEnum):
    """What a mail wants besides, or instead of, what its intent says."""

    HOLD = "hold"
    """That it is held until they have decided: "mettez une option"."""
    WAIT = "wait"
    """To be told when it becomes free."""
    DATA = "data"
    """All that is kept of them."""
    FORGET = "forget"
    """That nothing of them is kept."""
    PROBLEM = "problem"
    """Help, now: "la clé ne tourne pas"."""
    HERE = "here"
    """It is so at this moment: "on est devant la porte"."""
    ALCOHOL = "alcohol"
    """To serve alcohol; not a wish, but it may need somebody's yes."""
    DAMAGE = "damage"
    """That something be known to be broken, dirty or missing."""


class Lack(StrEnum):
    """What must be asked before a reservation can be made."""

    RESOURCE = "resource"
    DATE = "date"
    START = "start"
    END = "end"
    QUANTITY = "quantity"
    UNTIL = "until"


class Slot(Struct, frozen=True, order=True):
    """One occurrence of a use. Rooms: local `start` and `end` to the minute, or a bare day where no start is known.
    Equipment: first and last day, inclusive. `end` is None where it was not said."""

    start: date | datetime
    end: date | datetime | None

    def __post_init__(self) -> None:
        if self.end is not None and isinstance(self.start, datetime) is not isinstance(self.end, datetime):
            raise ValueError(f"mixes a day and an hour: {self}")
        if self.end is not None and (
            self.end <= self.start if isinstance(self.start, datetime) else self.end < self.start
        ):
            raise ValueError(f"ends before it starts: {self}")

    @property
    def day(self) -> date:
        return self.start.date() if isinstance(self.start, datetime) else self.start

    def to_json(self) -> list[str | None]:
        return [_text(self.start), None if self.end is None else _text(self.end)]

    @classmethod
    def from_json(cls, pair: list[str | None]) -> Slot:
        start, end = pair
        if start is None:
            raise ValueError("a slot without a start")
        return cls(_moment(start), None if end is None else _moment(end))


def _text(moment: date | datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class Item(Struct, frozen=True):
    """One thing that is asked for, with all its occurrences.

    `resources` holds the ids that fit the words equally (sorted), or one stand-in alone. `quantity` is None where a
    plural had no number. `any_will_do` is set where the asker leaves the choice to the commune. `words` are the
    sender's own words it was taken from, for the read-back, in the order of the mail. `name` is what the thing was
    called where the commune does not have it."""

    resources: tuple[str, ...]
    quantity: int | None = 1
    slots: tuple[Slot, ...] = ()
    any_will_do: bool = False
    words: tuple[str, ...] = ()
    name: str = ""
    added: bool = False
    """Said to come on top of what is booked ("encore 20 chaises", "ajoutez la cuisine"), not in its place."""

    @property
    def resource(self) -> str:
        """The resource in the corpus's form: ids joined by `|`, or a stand-in."""
        return "|".join(self.resources)

    def to_json(self) -> dict[str, Any]:
        return {
            "resource": self.resource,
            "quantity": self.quantity,
            "slots": [slot.to_json() for slot in self.slots],
        }


class Period(Struct, frozen=True):
    """A time in which no day is fixed, in a question about what is free ("quels samedis soirs de mai"): its days, the
    weekdays among them (Monday is 0; all where none), and the hours in minutes after midnight, where they were said."""

    days: Days
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None


class Collector(Struct, frozen=True):
    """Somebody who fetches the key or the goods in the asker's place; either may be empty."""

    name: str
    phone: str


class Evidence(Struct, frozen=True):
    """One step of the derivation: which words of the mail gave which part of the meaning."""

    part: str
    """What it fed: language, intent, resource, quantity, day, hours, repetition, people, reference, option…"""
    words: str
    reading: str
    """What the words were read as, in a short readable form."""


class Meaning(Struct, frozen=True):
    """What a careful employee would read in one mail. `alternatives` are rival readings, likeliest first; where
    `either` is set the asker accepts any of them ("le 3 ou le 10, les deux vont"), otherwise the bot asks where they
    differ in what it would do. `further` are other acts of the same mail, in its order."""

    language: Language
    intent: Intent
    items: tuple[Item, ...] = ()
    attendees: int | None = None
    references: tuple[str, ...] = ()
    missing: frozenset[Lack] = frozenset()
    option: int | None = None
    alternatives: tuple[Meaning, ...] = ()
    either: bool = False
    further: tuple[Meaning, ...] = ()
    runner_up: Intent | None = None
    language_sure: bool = True
    """False where the words do not tell: the answer is then in French and Dutch both."""
    phone: str | None = None
    """A telephone number of the sender, as written, from the own words or the signature."""
    hours: tuple[int | None, int | None] = (None, None)
    """Start and end that were said without any day ("de 19h à 22h" in an answer), in minutes after midnight; an end at
    or before the start is in the night that follows. They complete the days that were said in an earlier mail."""
    periods: tuple[Period, ...] = ()
    """When it asks what is free, where no day is fixed."""
    topics: tuple[str, ...] = ()
    """What it asks about how things work: keys of the answers in rules.yaml, and `lent`."""
    about: tuple[str, ...] = ()
    """Ids of the rooms and things that it asks about."""
    wishes: frozenset[Wish] = frozenset()
    features: frozenset[str] = frozenset()
    """What the rooms must have, by the ids of rules.yaml: "accessible en fauteuil roulant"."""
    hold_until: date | None = None
    """The day on which they will have decided, where an option is wished: by its evening an answer can be there."""
    evaluates: bool = False
    """It answers our questions about how it went: with `scores`, one a question, where it holds numbers."""
    scores: tuple[int, ...] = ()
    remark: str = ""
    """The own words of an evaluation, without its numbers."""
    days: frozenset[date] = frozenset()
    """All days that a change or a cancellation names, also those that only say which booking, or which of its dates, it
    speaks of."""
    drops: tuple[Item, ...] = ()
    """What a change gives up beside what it newly wants: "40 chairs rather, and you can drop the projector"."""
    rest: bool = False
    """It speaks of all that is left of a series, from the day that it names or from now on."""
    undo: bool = False
    """It says NO and nothing else, in the words that our letters name for it."""
    comes: Collector | None = None
    """Who comes in the asker's place."""
    prevented: frozenset[date] = frozenset()
    """Days on which they say that they cannot come."""
    asks_state: bool = False
    """It asks whether a mail has arrived, and how it stands: "bien reçu ?"."""
    like_before: bool = False
    """It points to an earlier booking: "comme l'an passé"."""
    same: bool = False
    """It says that a request is the one before it, once more: "c'est la même"."""
    more: bool = False
    """It says that something comes on top of what there is, and not what: "en plus"."""
    corrects: bool = False
    """A short afterthought to the mail before it: "oups, 19 h"."""
    rather: bool = False
    """A few words that want something else than was said or booked before: "et le 26 plutôt à 19 h"."""
    doubts: tuple[Evidence, ...] = ()
    """What makes the reading of a request unsure: it is read back, and held, before it is booked."""
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the corpus's form: gold-label keys, `alternatives` only where there are any."""
        form: dict[str, Any] = {
            "language": self.language,
            "intent": str(self.intent),
            "items": [item.to_json() for item in self.items],
            "attendees": self.attendees,
            "references": list(self.references),
            "missing": sorted(self.missing),
            "option": self.option,
            "alternatives": [replace(rival, alternatives=()).to_json() for rival in self.alternatives],
        }
        return form
