"""How a thing or a moment is spoken of: asked for, not wanted, kept, told of the past, what a change leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from mailbot.reading.cues import Cue
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.page import Page, folded
from mailbot.reading.quantities import Count, Quantity, ends_with, phrases, starts_with
from mailbot.reading.things import Mention, Sort

CLOSE = 3
"""Words before one of tense that may belong to it: ", la nôtre a rendu l'âme"."""
REACH = 6
"""Words from a cue to the thing it speaks of, or from one thing of a list to the next."""

YOURS = 2
"""Words from "your" to the thing, at most."""

LONGEST_FRAGMENT = 7
"""Words behind a thing, to the next mark, in which no verb of its own is thought to stand."""

CORRECTED = 8
"""Words from a room to the cue that takes it back, and on to the one that is wanted instead."""

_REQUESTS = frozenset({"book/strong", "availability/strong", "change/decisive"})
_PARTICIPLES = "{book}"
"""How a pattern begins whose first word may be a participle."""
_NAMING = frozenset({"<number> <thing>"})
_ASKS = ("book/", "availability/", "change/", "cancel/")


_OWNED = frozenset({"own-after", "own-before"})
_PLACES = frozenset({Sort.ROOM, Sort.SITE})
_LENT = frozenset({Sort.EQUIPMENT, Sort.UNLENT})

_GIVING_UP = ("cancel/decisive", "cancel/strong", "stance-unwanted")
_OF_RESERVATIONS = ("change/", "cancel/", "stance-booked", "stance-confirmed")


def with_what_is_kept(cues: Sequence[Cue], code: bool) -> list[Cue]:
    """Leave out what says that something is kept, unless the mail speaks of a reservation, which has a `code` perhaps:
    "wij willen onze vergadering houden in de zaal" keeps nothing."""
    spoken = (cue.value for cue in cues if not cue.value.endswith(("/fair", "/weak")))  # "nog een zaal" changes nothing
    if code or any(value.startswith(_OF_RESERVATIONS) for value in spoken):
        return list(cues)
    return [cue for cue in cues if cue.value != "stance-kept"]


def without_ends(cues: Sequence[Cue], page: Page, clocks: Sequence[tuple[int, int]]) -> list[Cue]:
    """Leave out what gives up a room where it says when the use ends, in a sentence that has said when it starts:
    "dès 19h, on libère à 22h". `clocks` are the first word of each phrase of hours, and the word behind it."""
    told = [(cue.first, cue.last) for cue in cues if cue.value == "stance-ends"] + list(clocks)
    ends = [(first, last) for first, last in told if any(page.sentence(first).first <= at < first for at, _ in clocks)]
    if not ends:
        return list(cues)
    return [
        cue
        for cue in cues
        if not (cue.value.startswith("cancel/") and any(cue.first < last and first < cue.last for first, last in ends))
    ]


class SmallWords:
    """The small words of some languages that join, part and take back."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        def words(table: str, key: str) -> frozenset[str]:
            return folded(word for lexicon in lexicons for word in lexicon.table(table)[key])

        self.contrast, self.joints = words("stance", "contrast"), words("stance", "and")
        self.adding, self.opening = words("stance", "also"), words("stance", "opens")
        self.fragment, self.yours, self.back = (words("stance", key) for key in ("fragment", "yours", "back"))
        self.them = words("stance", "them")
        """Words that may follow a thing where no verb does."""
        self.parting = self.contrast | {",", ":", "(", "-"}
        self.like, self.articles = words("stance", "like"), words("marks", "article")
        self.undated = words("marks", "no-day")
        """Articles that stand before no day of the month: "la 3"."""
        self.leading = words("stance", "leads") | self.opening | self.adding | self.joints | self.articles
        """Words that may stand before what is listed in a sentence without a verb."""
        self.corrections = frozenset(word for word in words("marks", "correction") if " " not in word)
        """Words that take back what was said before."""
        self.fors = words("marks", "for")
        """Words that say what something is for."""
        self.of_event = phrases([lexicon.table("stance") for lexicon in lexicons], "of-event")
        """Words that say at what something is: "the night of the performance", "tijdens de voorstelling"."""
        self.bounds = words("marks", "after") | (words("marks", "before") - self.fors - words("marks", "on"))
        """Words that say before or after what something is."""
        self.ons = folded(word for lexicon in lexicons for word in lexicon.table("marks")["on"])
        self.ofs = folded(word for lexicon in lexicons for word in lexicon.table("marks")["of"])
        """Words that make a date that of something: "la réunion du 4 mai"."""
        self.myself = words("stance", "myself")
        """Words of who speaks of himself alone."""
        self.joining = frozenset(word for word in words("marks", "and") if " " not in word)
        self.conditions = words("stance", "if")
        self.supposing = phrases([lexicon.table("stance") for lexicon in lexicons], "supposing")
        """How what is only supposed begins."""
        self.what = phrases([lexicon.table("stance") for lexicon in lexicons], "what")
        self.can = frozenset(word for word in words("groups", "can") if word.isalpha())
        self.agreeable, self.state = words("stance", "agreeable"), words("stance", "state")
        self.wishing = words("stance", "persons") | self.agreeable
        """Words of who wants something for himself, or asks it of somebody, and of "is that all right?"."""


@cache
def _small_words(lexicons: tuple[Lexicon, ...]) -> SmallWords:
    return SmallWords(lexicons)


class Stances:
    """For each mention (by its index) and each moment: how it is spoken of."""

    def __init__(
        self,
        page: Page,
        cues: Sequence[Cue],
        mentions: Sequence[Mention],
        quantities: Sequence[Quantity],
        lexicons: Sequence[Lexicon],
        counts: Sequence[Count] = (),
        body_at: int = 0,
    ) -> None:
        """`counts` are the numbers of the page; words before `body_at` are the subject."""
        self._counts = counts
        self._only_named = frozenset(
            i for i, mention in enumerate(mentions) if mention.sort in _LENT and mention.first < body_at
        )
        if len(self._only_named) == sum(1 for mention in mentions if mention.sort in _LENT):
            self._only_named = frozenset()
        """Things that the subject names, where the body says what becomes of things."""
        self.parts: dict[int, int] = {}
        """How many of a thing are given up: "one of them"."""
        self._page, self._cues, self._mentions, self._quantities = page, cues, mentions, quantities
        self.words = _small_words(tuple(lexicons))
        self._asking = frozenset(page.sentence_of[cue.first] for cue in cues if self._asks(cue))
        self._told = self._tenses()
        self.unwanted: set[int] = set()
        self.kept: set[int] = set()
        self.old: set[int] = set()
        self.refused: set[int] = set()
        """What is said not to be wanted; `unwanted` holds what the sender has already, too."""
        owned: set[int] = set()
        self._spread("unwanted-after", self.refused, onward=True)
        self._spread("unwanted-before", self.refused, onward=False)
        self._refuse_from_afar()
        self._refuse_the_communes()
        self._spread("own-after", owned, onward=True)
        self._spread("own-before", owned, onward=False)
        self._provided(owned)
        corrected = {i for i, quantity in enumerate(quantities) if quantity.corrected}
        self.refused -= corrected  # "niet meer 20 maar 12"
        goods = {i for i in owned if mentions[i].sort in {Sort.EQUIPMENT, Sort.UNLENT}}
        goods -= corrected  # "we hebben er al 2, we zouden er nog 3 willen"
        self.unwanted |= self.refused | goods
        self._refuse_what_is_asked_back()
        self._refuse_what_is_taken_back()
        self.unwanted |= self.refused
        self._spread("old-after", self.old, onward=True, farthest=3)
        self.old -= corrected
        for cue in cues:
            if cue.value == "people-times":
                self.unwanted.update(self._seating(cue))
            if cue.value == "stance-last-not":
                last = [i for i, m in enumerate(mentions) if m.last <= cue.last][-1:]
                last = [i for i in last if mentions[i].sort in _LENT]  # of a room, "scrap that" takes back the hours
                self.unwanted.update(last)
                self.refused.update(last)
            if cue.value == "stance-old-before":
                self.old.update(self._too_small(cue))
            if cue.value == "stance-rather":
                self.old.update(self._given_up_for_another(cue))
            if cue.value == "stance-kept":
                kept = {i for i, m in enumerate(mentions) if cue.first <= m.first < cue.last}
                self.kept |= kept - self.refused  # "we don't need the projector, the rest stays"
        self._listing = frozenset(
            page.sentence_of[mention.first] for i, mention in enumerate(mentions) if self._heads_a_list(i)
        )
        self._meant_by_pronouns = self._antecedents()
        void = {"stance-confirmed", "stance-unwanted-after", "stance-unwanted-before", "stance-kept"}
        now = [(cue.first, cue.last) for cue in cues if cue.value == "stance-now"]
        self.void = [
            (cue.first, cue.last)
            for cue in cues
            if cue.value in void and not any(first <= cue.first < last for first, last in now)
        ]
        """Stretches in which no request begins: what is booked already, not wanted, or kept."""

    def _heads_a_list(self, index: int) -> bool:
        """Whether a sentence begins with a thing and says nothing of it: "20 tables", "Et la sono !", but not "De
        tafels zetten de mensen zelf buiten"."""
        mention, quantity = self._mentions[index], self._quantities[index]
        sentence = self._page.sentence(mention.first)
        first = min(quantity.first, mention.first)
        before = self._page.words[sentence.first : first]
        if before and before[-1] not in {":", "="} and not self._leads_to_a_list(sentence.first, first):
            return False
        named = first < mention.first and not quantity.definite and self._is_short(mention.last, sentence.last)
        return quantity.said or named or mention.sort in _PLACES or self._is_fragment(index)

    def _leads_to_a_list(self, first: int, last: int) -> bool:
        """Whether words say nothing but "and also", or where: "Ah si, aussi …", "In de grote zaal …"."""
        rooms = {
            at for mention in self._mentions if mention.sort in _PLACES for at in range(mention.first, mention.last)
        }
        return all(self._page.words[at] in self.words.leading for at in range(first, last) if at not in rooms)

    def _is_fragment(self, index: int) -> bool:
        """Whether no verb follows a thing, or the last of those that are listed with it."""
        words, last = self._page.words, self._page.sentence(self._mentions[index].first).last
        at = self._mentions[index].last
        for other, quantity in zip(self._mentions[index + 1 :], self._quantities[index + 1 :], strict=True):
            if other.first >= last or not self.joins(words[at : quantity.first]):
                break
            if quantity.said:
                return True
            at = other.last
        if at + 1 < last and words[at] == ":":
            return words[at + 1] not in self.words.articles  # "Benches: the brewery delivers them"
        at += at < last and words[at] == ","
        if at >= last or not words[at].isalpha():
            return True
        return words[at] in self.words.fragment and self._is_short(at, last)

    def _is_short(self, at: int, last: int) -> bool:
        """Whether few words stand from one on, up to a mark or a word that joins."""
        words = self._page.words[at : min(at + LONGEST_FRAGMENT + 1, last)]
        joining = self.words.joining
        return len(words) <= LONGEST_FRAGMENT or any(not word[0].isalnum() or word in joining for word in words)

    def _asks(self, cue: Cue) -> bool:
        """Whether a cue says that a sentence asks; "a projector" alone does not, as "3 projectors" does."""
        named = cue.pattern in _NAMING and self._page.words[cue.first] in self.words.articles
        return cue.value.startswith(_ASKS) and not cue.value.endswith("/weak") and not named

    def _tenses(self) -> dict[int, list[tuple[int, bool]]]:
        """For each sentence that tells of earlier times: where it speaks of then (True) and of now, in order. What is
        like an earlier time ("comme l'an dernier") is of now."""
        told: dict[int, list[tuple[int, bool]]] = {}
        ends: dict[int, int] = {}
        now = [(cue.first, cue.last) for cue in self._cues if cue.value == "stance-now"]
        for cue in self._cues:
            then = cue.value == "stance-past"
            if then and any(first <= cue.first < last for first, last in now):
                continue
            if then and not self.words.like.isdisjoint(self._page.words[max(cue.first - 2, 0) : cue.first]):
                continue
            if then and self._is_supposed(cue.first):
                continue
            sentence = self._page.sentence_of[cue.first]
            if cue.value in _REQUESTS and sentence in told and self._goes_on(ends.get(sentence), cue):
                continue  # "l'an dernier vous nous aviez prêté 10 tables"
            if then or cue.value == "stance-now" or cue.value in _REQUESTS:
                ends[sentence] = cue.last if then else 0
                told.setdefault(sentence, []).append((cue.first, then))
        for found in told.values():
            found += [(end, False) for at, then in found if then and (end := self._bracket_after(at))]
        return {number: sorted(found) for number, found in told.items() if any(then for _, then in found)}

    def _is_supposed(self, at: int) -> bool:
        """Whether a word of tense stands in a condition: "s'il y avait moyen", "if there were two to be had"."""
        first = self._page.sentence(at).first
        commas = [place for place in range(first, at) if self._page.words[place] == ","]
        first = commas[-1] + 1 if commas else first
        return any(starts_with(self._page.words, place, at, self.words.supposing) for place in range(first, first + 3))

    def _goes_on(self, told: int | None, cue: Cue) -> bool:
        """Whether a request goes on with what is told of then up to word `told`, as nothing parts them."""
        if not told:
            return False
        between = self._page.words[told : cue.first]
        parted = any(word in self.words.parting for word in between[between[:1] == [","] :])
        return cue.pattern.startswith(_PARTICIPLES) or not parted

    def _bracket_after(self, at: int) -> int:
        """Return where the bracket closes that word `at` stands in, 0 where it stands in none."""
        words, sentence = self._page.words, self._page.sentence(at)
        opened = words[sentence.first : at].count("(") - words[sentence.first : at].count(")")
        if opened <= 0:
            return 0
        return next((behind for behind in range(at, sentence.last) if words[behind] == ")"), 0)

    def _spread(self, key: str, into: set[int], *, onward: bool, farthest: int = REACH) -> None:
        """Mark the things that a cue speaks of: the next one in its clause, and those that are listed with it."""
        for cue in self._cues:
            before = self._page.words[cue.first - 1] if cue.first else ""
            if cue.value != f"stance-{key}" or before.isdigit() or (key == "own-after" and before in self.words.can):
                continue  # "may I have the projector" is had by nobody
            if key in _OWNED and ends_with(self._page.words, 0, cue.first, self.words.what):
                continue  # "three tables on top of what we already have"
            if key == "own-before" and not self.words.conditions.isdisjoint(
                self._page.words[max(cue.first - 3, 0) : cue.first]
            ):
                continue  # "the bike trailer if it is there"
            if cue.pattern.startswith("{kin}") and self._asks_for_others(cue):
                continue
            inside = [i for i, mention in enumerate(self._mentions) if cue.first <= mention.first < cue.last]
            if key == "old-after":  # "liever de leeszaal dan": what is left behind comes after
                inside = [i for i in inside if self._on_edge(self._mentions[i], cue)]
            into.update(inside)
            if not inside or key != "unwanted-before":
                into |= self._reached(cue, inside, onward=onward, farthest=farthest, bare=key != "old-after")

    def _asks_for_others(self, cue: Cue) -> bool:
        """Whether what somebody has is what is asked for: "could the church have", "de school heeft 6 tafels nodig"."""
        sentence = self._page.sentence(cue.first)
        asked = (one for one in self._cues if one.value in _REQUESTS and cue.last <= one.first < sentence.last)
        return sentence.question or any(asked)

    def _reached(
        self, cue: Cue, inside: Sequence[int] = (), *, onward: bool, farthest: int = REACH, bare: bool = True
    ) -> set[int]:
        """Return the next thing from a cue in its clause, and those listed with it; `inside` are those that the
        cue holds itself, `bare`: also what nothing but an article parts from the one before."""
        order = range(len(self._mentions)) if onward else range(len(self._mentions) - 1, -1, -1)
        edge, listed, found = cue.last if onward else cue.first, bool(inside), set[int]()
        for index in order:
            mention, first = self._mentions[index], self._quantities[index].first
            if index in inside or ((mention.first < edge) if onward else (mention.last > edge)):
                continue
            between = (edge, max(first, edge)) if onward else (mention.last, edge)
            if not self._linked(*between, farthest, listed) or (not bare and self._bare(between, listed)):
                break
            found.add(index)
            edge, listed = (mention.last if onward else first), True
        return found

    def _provided(self, into: set[int]) -> None:
        """Mark what somebody else sees to: "Judith brings the benches", "het geluid brengt de dj mee"; not what is
        brought back, and nothing that is only asked about."""
        for cue in self._cues:
            sentence = self._page.sentence(cue.first)
            behind = self._page.words[cue.first : min(cue.last + REACH, sentence.last)]
            if cue.value == "stance-own-both" and not sentence.question and self.words.back.isdisjoint(behind):
                into |= self._reached(cue, onward=True) or self._reached(cue, onward=False)

    @staticmethod
    def _on_edge(mention: Mention, cue: Cue) -> bool:
        return mention.first == cue.first or mention.last >= cue.last

    def _antecedents(self) -> set[int]:
        """Return the rooms and things that a request of the next sentence takes up: "Pouvons-nous l'avoir le 16 ?"."""
        found = set()
        for cue in self._cues:
            if cue.value == "stance-pronoun":
                before = [i for i, mention in enumerate(self._mentions) if mention.last <= cue.first]
                near = (
                    before
                    and self._page.sentence_of[cue.first] - self._page.sentence_of[self._mentions[before[-1]].first]
                )
                if before and near == 1 and self._page.sentence_of[cue.first] in self._asking:
                    found.add(before[-1])
        return found

    def _refuse_from_afar(self) -> None:
        """Mark the things that a sentence begins with and ends by not needing: "the ten chairs that I had asked for by
        telephone are no longer needed", or that the next sentence speaks of as "one of them"."""
        for cue in self._cues:
            if cue.value != "stance-unwanted-before":
                continue
            number = self._page.sentence_of[cue.first]
            here = [i for i, m in enumerate(self._mentions) if self._page.sentence_of[m.first] == number]
            before = [i for i in here if self._mentions[i].last <= cue.first]
            if len(here) == 1 and before and self._is_topic(before[0]):
                self.refused.update(before)
            elif not here and self._takes_up(number, cue.first):
                last = [i for i, m in enumerate(self._mentions) if self._page.sentence_of[m.first] == number - 1][-1:]
                self.refused.update(i for i in last if self._mentions[i].sort in _LENT)
                said = [c for c in self._counts if self._page.sentence_of[c.first] == number and c.last <= cue.first]
                self.parts.update((i, said[0].value) for i in last if said and not said[0].ordinal)

    def _refuse_the_communes(self) -> None:
        """Mark what others bring where the commune's own is given up: "he brings his own screen, so take ours off"."""
        for cue in self._cues:
            if cue.value != "stance-the-communes":
                continue
            number = self._page.sentence_of[cue.first]
            near = range(cue.first - YOURS, cue.last + YOURS)
            given_up = any(
                one.value.startswith(_GIVING_UP)
                and (one.first in near or one.last in near or one.first < cue.first < one.last)
                for one in self._cues
                if self._page.sentence_of[one.first] == number
            )
            goods = [i for i, m in enumerate(self._mentions) if m.sort in _LENT and m.last <= cue.first]
            for sentence in (number, number - 1) if given_up else ():
                if meant := [i for i in goods if self._page.sentence_of[self._mentions[i].first] == sentence]:
                    self.refused.update(meant)
                    break

    def _is_topic(self, index: int) -> bool:
        """Whether a thing stands first in its sentence, or first behind a colon."""
        mention, quantity = self._mentions[index], self._quantities[index]
        before = self._page.words[self._page.sentence(mention.first).first : min(quantity.first, mention.first)]
        while before and before[-1] in self.words.articles:
            before = before[:-1]
        return mention.sort in _LENT and (not before or before[-1] in {":", ",", "-"})

    def _takes_up(self, number: int, last: int) -> bool:
        """Whether a sentence speaks of what was named in the one before: "One of them …", "Ze …"."""
        first = self._page.sentences[number].first
        return not self.words.them.isdisjoint(self._page.words[first:last])

    def _refuse_what_is_asked_back(self) -> None:
        """ "Sound system? I bring my own.": what a question only names is answered by the next sentence."""
        answered = {
            self._page.sentence_of[cue.first] - 1
            for cue in self._cues
            if cue.value.startswith(("stance-own", "stance-unwanted"))
        }
        for number in answered:
            if number < 0 or not self._page.sentences[number].question:
                continue
            there = [i for i, m in enumerate(self._mentions) if self._page.sentence_of[m.first] == number]
            next_one = any(self._page.sentence_of[m.first] == number + 1 for m in self._mentions)
            sentence = self._page.sentences[number]
            named = sum(self._mentions[i].last - self._mentions[i].first for i in there)
            if there and not next_one and sentence.last - sentence.first <= named + 3:
                self.refused.update(there)

    def _refuse_what_is_taken_back(self) -> None:
        """Mark what was asked before it is refused: "Ook tien stoelen… nee wacht, stoelen zijn er genoeg"."""
        for index in sorted(self.refused):
            mention = self._mentions[index]
            before = [i for i in range(index) if self._mentions[i].ids == mention.ids]
            if mention.sort is Sort.EQUIPMENT and before and not self._quantities[index].said:
                between = range(self._mentions[before[-1]].last, mention.first)
                refusing = {
                    at
                    for cue in self._cues
                    if cue.value == "stance-unwanted-after"
                    for at in range(cue.first, cue.last)
                }
                said = [self._page.words[at] for at in between if at not in refusing]  # not "no need for tables"
                if not self.words.corrections.isdisjoint(said) and len(between) <= CORRECTED:
                    self.refused.add(before[-1])

    def _seating(self, seated: Cue) -> list[int]:
        """Return the tables that only tell how people will sit: "dix tables de huit, soit 80 convives"."""
        asked = [cue for cue in self._cues if cue.value in _REQUESTS]
        return [
            i
            for i, mention in enumerate(self._mentions)
            if seated.first <= mention.first < seated.last
            and not any(cue.first <= mention.first < cue.last for cue in asked)
        ]

    def _too_small(self, cue: Cue) -> list[int]:
        """Return the room that a cue says does not fit, where another is named."""
        inside = [i for i, m in enumerate(self._mentions) if cue.first <= m.first < cue.last and m.sort is Sort.ROOM]
        ids = {self._mentions[i].ids for i in inside}
        others = any(m.sort is Sort.ROOM and not m.generic and m.ids not in ids for m in self._mentions)
        return inside if others else []

    def _bare(self, between: tuple[int, int], listed: bool) -> bool:
        """Whether nothing joins a thing to the one before: "au lieu de la classe 3 le réfectoire"."""
        return listed and all(word in self.words.articles for word in self._page.words[between[0] : between[1]])

    def _given_up_for_another(self, cue: Cue) -> list[int]:
        """Return the room that a cue of correction takes back: "la classe 3… non, plutôt le réfectoire"."""
        rooms = [i for i, mention in enumerate(self._mentions) if mention.sort is Sort.ROOM and not mention.generic]
        before = [i for i in rooms if self._mentions[i].last <= cue.first]
        after = [i for i in rooms if self._mentions[i].first >= cue.last]
        if not before or not after or self._mentions[before[-1]].ids == self._mentions[after[0]].ids:
            return []
        old, new = self._mentions[before[-1]], self._mentions[after[0]]
        sentences = self._page.sentence_of[new.first] - self._page.sentence_of[old.first]
        near = cue.first - old.last <= CORRECTED and new.first - cue.last <= CORRECTED
        return before[-1:] if near and sentences <= 2 else []

    def _linked(self, first: int, last: int, farthest: int, listed: bool) -> bool:
        """Whether the words `first` to `last` lead from a cue to its thing, or from one of a list to the next."""
        page = self._page
        if last - first > farthest or first == 0 or page.sentence_of[first - 1] != page.sentence_of[last]:
            return False
        between = page.words[first:last]
        if listed:
            return all(word in self.words.joints for word in between)
        if between[:1] == [","] and all(word in self.words.contrast for word in between[1:]):
            return True  # "les tables, nous les avons", "tafels, maar die staan er al"
        return "," not in between and not any(word in self.words.contrast for word in between)

    def joins(self, words: Sequence[str]) -> bool:
        """Whether these are small words, such as part things of one list."""
        return all(word in self.words.joints for word in words)

    def in_past(self, word: int) -> bool:
        """Whether what stands at a word is told of earlier times: by the last word of tense before it, or the next."""
        word = min(word, len(self._page.words) - 1)
        told = self._told.get(self._page.sentence_of[word])
        if told:
            told = [one for one in told if not (one[1] and self._in_other_brackets(one[0], word))]
        if not told:
            return False
        before = [then for first, then in told if first <= word]
        if before:
            return before[-1]
        first, then = told[0]
        close = CLOSE if self._is_requested(self._page.sentence_of[word]) else 1
        return then and "," not in self._page.words[max(word, first - close) : first]  # "35 eters, vorig jaar 40"

    def _is_requested(self, number: int) -> bool:
        """Whether a sentence asks for something outright, or for something more."""
        asked = (cue.first for cue in self._cues if cue.value in _REQUESTS or cue.value == "amends-added")
        return any(self._page.sentence_of[at] == number for at in asked)

    def _in_other_brackets(self, cue: int, word: int) -> bool:
        """Whether a word of tense stands in brackets that another word stands before: "40 stoelen (vorig jaar 30)"."""
        if word >= cue:
            return False
        between = self._page.words[word:cue]
        return between.count("(") > between.count(")")

    def tells_of_then(self, sentence: int) -> bool:
        return sentence in self._told

    def wonders(self) -> bool:
        """Whether a question asks how it stands with a thing, and nobody says what is wanted: "is anything on in the
        hall on Saturday?"."""
        for sentence in self._page.sentences:
            said = self._page.words[sentence.first : sentence.last]
            words = set(said[len(said) - said[::-1].index(":") :] if ":" in said else said)
            named = any(sentence.first <= mention.first < sentence.last for mention in self._mentions)
            if sentence.question and named and words & self.words.state and not words & self.words.wishing:
                return True
        return False

    def asks_if_possible(self) -> bool:
        """Whether a question asks if something may be: "est-ce que le 20 juin serait possible ?"."""
        return any(
            sentence.question and not self.words.agreeable.isdisjoint(self._page.words[sentence.first : sentence.last])
            for sentence in self._page.sentences
        )

    def in_request(self, word: int) -> bool:
        """Whether the sentence of a word asks for something, or lists what is asked."""
        sentence = self._page.sentence(word)
        return (
            sentence.number in self._asking
            or sentence.bullet
            or sentence.question
            or sentence.number in self._listing
            or self._continues(sentence.number)
        )

    def _continues(self, number: int) -> bool:
        """Whether a sentence goes on with what the one before it asks: "Et une rallonge aussi."."""
        sentence = self._page.sentences[number]
        opens = self.opens(number)
        adds = any(word in self.words.adding for word in self._page.words[sentence.first : sentence.last])
        return (number - 1 in self._asking and (opens or adds)) or (number - 1 in self._listing and opens)

    def opens(self, number: int) -> bool:
        """Whether a sentence begins with a word that goes on with the one before: "Et", "Ook", "And"."""
        return self._page.words[self._page.sentences[number].first] in self.words.opening

    def is_yours(self, index: int) -> bool:
        """Whether a thing is called that of the commune: "your gazebos", "une de vos tonnelles"."""
        first = max(self._page.sentence(self._mentions[index].first).first, self._mentions[index].first - YOURS)
        return not self.words.yours.isdisjoint(self._page.words[first : self._mentions[index].first])

    def asked(self, index: int) -> bool:
        """Whether a mention may be asked for: named, and not put aside."""
        mention = self._mentions[index]
        if index in self.unwanted or index in self.kept or index in self.old or index in self._only_named:
            return False
        then = self.in_past(mention.first) and index not in self._meant_by_pronouns
        then = then and not self._quantities[index].corrected  # "we hadden 15 tafels maar 12 is genoeg"
        return not then and mention.sort is not Sort.SITE
