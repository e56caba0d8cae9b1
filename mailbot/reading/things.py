"""Rooms, sites and equipment in the words of a mail, by the names of the catalogue and the word forms of the lexicons.

A name is kept as a row of symbols: each of its words stands for all forms of it (plural, diminutive, another ending),
generic words for a room are one symbol, words of size another: "vergaderlokaaltje" and "la petite salle" lead to the
small meeting room. Little words between are passed over. What is nearly such a word (a letter or two off) counts as
it where the word means nothing else. Names of different rooms that the words fit equally are all kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from enum import StrEnum
from functools import cache
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from mailbot.model.meaning import ANY_ROOM, UNKNOWN, Language
from mailbot.model.rules import Catalogue, Names
from mailbot.reading.cues import Cues
from mailbot.reading.lexicon import Lexicon
from mailbot.reading.numbers import number_at
from mailbot.reading.page import Page, Sentence, folded
from mailbot.reading.tokens import Kind, Token, fold, tokenize

ROOM_WORD = "@room"
SHORTEST_HEAD, SHORTEST_TAIL = 3, 5
"""Letters of a name of one word before the end of it that stands for it, and of that end."""
LONGEST = 14
"""Words of one name, with all that may stand between."""
KEPT = 20_000
"""Words of mails whose meaning is kept."""
LEAST_ALONE = 10
"""Letters of a word that may stand alone for the only room that has it in its names."""

Symbols = Mapping[str, bool]
"""What one written word may stand for, and whether the form is a plural."""


class Sort(StrEnum):
    ROOM = "room"
    SITE = "site"
    EQUIPMENT = "equipment"
    UNLENT = "unlent"
    """Something that is known, and that the commune does not lend."""


class Mention(Struct, frozen=True):
    """Words `first` to `last` (excluded) of the page name a thing; `ids` are all that fit them equally.

    `plural`: the form is one. `generic`: a room, and nothing says which. `near`: a word is spelt otherwise than the
    name. `hint`: the only room whose names have this very word for a room ("the hall")."""

    sort: Sort
    first: int
    last: int
    ids: tuple[str, ...]
    plural: bool = False
    generic: bool = False
    near: bool = False
    hint: tuple[str, ...] = ()
    name: str = ""
    stranger: bool = False
    """No list knows it: it is a thing because it is asked for beside others."""


class _Node(Struct):
    next: dict[str, _Node] = field(default_factory=dict)
    ids: dict[str, Sort] = field(default_factory=dict)


class _Part(Struct, frozen=True):
    """A stretch of a room's name: the rooms it fits, and what kind of stretch it is."""

    first: int
    last: int
    rooms: frozenset[str]
    full: bool = False
    """A name in full."""
    site: bool = False
    plural: bool = False
    head: bool = False
    """A word that may stand for a room alone."""
    hint: frozenset[str] = frozenset()


class Thesaurus:
    """The names of a catalogue, compiled with the word forms of the lexicons: once for each version of the rules."""

    def __init__(self, catalogue: Catalogue, lexica: Mapping[Language, Lexicon]) -> None:
        self._words = {code: _word_forms(lexicon) for code, lexicon in lexica.items()}
        self._links = frozenset(word for forms in self._words.values() for word in forms.links)
        self._rooms = frozenset(catalogue.rooms)
        self._rooms_of = {
            site: frozenset(room.id for room in catalogue.rooms.values() if room.site == site)
            for site in catalogue.sites
        }
        self._forms: dict[str, dict[str, bool]] = defaultdict(dict)
        self._spelt: dict[Language, dict[str, dict[str, bool]]] = {code: defaultdict(dict) for code in lexica}
        """The forms of the names in each language: a word is misspelt in the language that it is in."""
        self._tails: dict[str, dict[str, bool]] = defaultdict(dict)
        self._tail_things: dict[str, set[str]] = defaultdict(set)
        self._root = _Node()
        self._rooms_with: dict[str, set[str]] = defaultdict(set)
        self._sites_with: dict[str, set[str]] = defaultdict(set)
        self._numbers_after: dict[str, set[str]] = defaultdict(set)
        self._heads: dict[str, dict[str, bool]] = defaultdict(dict)
        self._qualifiers: dict[str, set[str]] = defaultdict(set)
        self._capitals: dict[str, str] = {}
        self._owners: dict[Language, dict[str, str]] = {}
        """The thing that a list of synonyms is of, by its key, where the catalogue has one of that kind."""
        self._named_by: dict[str, set[str]] = defaultdict(set)
        self._harmless = tuple({p for forms in self._words.values() for p in forms.harmless})
        self._room_suffixes = {s: plural for forms in self._words.values() for s, plural in forms.room_suffixes.items()}
        self._alone = frozenset(w for forms in self._words.values() for w in forms.alone)
        self._room_prefixes = frozenset(p for forms in self._words.values() for p in forms.room_prefixes)
        self._known = frozenset(w for forms in self._words.values() for w in forms.known)
        self._numerals = {w: n for forms in self._words.values() for w, n in forms.numerals.items()}
        self._calendar = frozenset(w for forms in self._words.values() for w in forms.calendar)
        self._compile(catalogue)
        self._symbols: dict[tuple[Language, ...], dict[tuple[str, bool], Symbols]] = {}
        self._nearest = {code: _Nearest(forms) for code, forms in self._spelt.items()}

    # -- the names ----------------------------------------------------------------------------------------------------

    def _compile(self, catalogue: Catalogue) -> None:
        for room in catalogue.rooms.values():
            self._add_names(room.id, Sort.ROOM, room.names)
        for thing in catalogue.equipment.values():
            self._add_names(thing.id, Sort.EQUIPMENT, thing.names)
        for site in catalogue.sites.values():
            for room in catalogue.rooms.values():
                if room.site == site.id:
                    self._add_names(room.id, Sort.ROOM, _holding(room.names, site.names))
            self._add_names(site.id, Sort.SITE, site.names)
        for code in self._words:
            self._add_synonyms(catalogue, code)

    def _add_synonyms(self, catalogue: Catalogue, code: Language) -> None:
        """Let what a language calls a thing besides be a name of it, where the catalogue has one thing of that kind:
        who lends a "tonnelle" is asked for a "barnum"."""
        sorts = {**dict.fromkeys(catalogue.rooms, Sort.ROOM), **dict.fromkeys(catalogue.equipment, Sort.EQUIPMENT)}
        owners: dict[str, set[str]] = defaultdict(set)
        named = [(room.id, room.names) for room in catalogue.rooms.values()]
        named += [(thing.id, thing.names) for thing in catalogue.equipment.values()]
        for id, names in named:
            for phrase in names.get(code, ()):
                owners[fold(phrase)].add(id)
        self._owners[code] = {}
        for key, phrases in self._words[code].lexicon.table("things.synonyms").items():
            called = {owner for phrase in phrases for owner in owners.get(fold(phrase), ())}
            if len(called) == 1:
                [thing] = called
                self._owners[code][key] = thing
                for phrase in phrases:
                    if fold(phrase) not in owners:
                        self._add(thing, sorts[thing], code, phrase, spelt=False)

    def _add_names(self, thing: str, sort: Sort, names: Names) -> None:
        for code, phrases in names.items():
            if code in self._words:
                short = any(len(self._content(phrase, code)) == 1 for phrase in phrases)
                for phrase in phrases:
                    self._add(thing, sort, code, phrase)
                    self._add_head(thing, sort, code, phrase, strict=not short)

    def _add(self, thing: str, sort: Sort, code: Language, phrase: str, *, spelt: bool = True) -> None:
        """Add a name; `spelt`: what is nearly such a word counts as it too."""
        words = self._content(phrase, code)
        symbols = [self._symbol(word, code, spelt) for word in words]
        if not symbols:
            return
        self._insert(symbols, thing, sort)
        if sort is Sort.EQUIPMENT and len(words) == 1 and self._words[code].room_suffixes:
            self._note_tails(words[0], thing, self._words[code])
        for at, (before, after) in enumerate(pairwise(words)):
            if before.isalpha() and after.isalpha():
                joined = self._symbol(before + after, code, spelt)
                self._insert([*symbols[:at], joined, *symbols[at + 2 :]], thing, sort)
        if sort in {Sort.ROOM, Sort.SITE}:
            self._note_parts(thing, sort, words, symbols)
        if len(symbols) > 1:
            self._qualifiers[thing].update(word[:5] for word in words if len(word) >= 4)
            capitals = [t.text for t in tokenize(phrase) if t.text.isupper() and len(t.text) > 1]
            self._capitals.update(dict.fromkeys(capitals, thing))

    def _note_parts(self, thing: str, sort: Sort, words: Sequence[str], symbols: Sequence[str]) -> None:
        where = self._rooms_with if sort is Sort.ROOM else self._sites_with
        for symbol in symbols:
            where[symbol].add(thing)
        if sort is Sort.ROOM:
            for word, symbol in zip(words, symbols, strict=True):
                if symbol == ROOM_WORD:
                    self._named_by[word].add(thing)
            for before, after in pairwise(symbols):
                if after[0] == "#":
                    self._numbers_after[before].add(after)

    def _insert(self, symbols: Sequence[str], thing: str, sort: Sort) -> None:
        node = self._root
        for symbol in symbols:
            node = node.next.setdefault(symbol, _Node())
        node.ids.setdefault(thing, sort)

    def _add_head(self, thing: str, sort: Sort, code: Language, phrase: str, strict: bool) -> None:
        """The head of a name of several words may stand for the whole: "les tentes" for "tentes pliantes". Where the
        head alone says little ("machine"), or no name of the thing is a single word, another word must stand near."""
        words = self._content(phrase, code)
        if len(words) < 2 or sort is Sort.SITE:
            return
        at = self._words[code].head_of(phrase, words)
        symbol = self._symbol(words[at], code)
        if symbol[0] not in "@#":
            needs = words[at] in self._words[code].weak or (strict and sort is Sort.EQUIPMENT)
            self._heads[symbol][thing] = needs and self._heads[symbol].get(thing, True)

    def _content(self, phrase: str, code: Language) -> list[str]:
        """The words of a name that count: little words left out, numbers and ordinals as #n."""
        tokens = [token for token in tokenize(phrase) if token.kind in {Kind.WORD, Kind.NUMBER}]
        words: list[str] = []
        at = 0
        while at < len(tokens):
            number = number_at(tokens, at, [self._words[code].lexicon])
            if number is not None and not number.article and not number.about:
                words.append(f"#{number.value}")
                at = number.last
            else:
                if tokens[at].norm not in self._links:
                    words.append(tokens[at].norm)
                at += 1
        return words

    def _note_tails(self, word: str, thing: str, forms: _WordForms) -> None:
        """Where words are made of words, the end of a name may stand for it: "tenten" for "partytenten"."""
        starts = [
            at
            for at in range(SHORTEST_HEAD, len(word) - 2)
            if len(word) - at >= SHORTEST_TAIL or word[:at] in forms.harmless
        ]
        for form, plural in forms.inflected(word):
            for tail in (form[at:] for at in starts):
                if tail not in forms.weak and tail not in forms.known:
                    self._tails[tail][word] = plural
                    self._tail_things[tail].add(thing)

    def _symbol(self, word: str, code: Language, spelt: bool = True) -> str:
        """Return the symbol of a word of a name, and keep all its forms; `spelt`: also for finding misspelt ones."""
        if word[0] == "#":
            return word
        forms = self._words[code]
        if word in forms.generic:
            return forms.generic[word][0]
        for suffix in forms.room_suffixes:
            stem = word.removesuffix(suffix)
            if len(word) - len(suffix) > 2 and stem != word:
                symbol = f"{stem}+{ROOM_WORD}"
                for other, plural in forms.room_suffixes.items():
                    self._forms[stem + other].setdefault(symbol, plural)
                    if spelt:
                        self._spelt[code][stem + other].setdefault(symbol, plural)
                return symbol
        for form, plural in forms.inflected(word):
            self._forms[form].setdefault(word, plural)
            if spelt:
                self._spelt[code][form].setdefault(word, plural)
        return word

    # -- finding them -------------------------------------------------------------------------------------------------

    def find(self, page: Page, spoken: Sequence[Language]) -> list[Mention]:
        """Return what the page names, in order, none overlapping. Names count in every language; words for a room,
        traps and things not lent are those of the languages `spoken`."""
        trapped: dict[int, int] = {}
        repeated: dict[int, int] = {}
        for code in spoken:
            for cue in _traps(self._words[code].lexicon).find(page):
                where = trapped if cue.value == "phrases" else repeated
                where[cue.first] = max(cue.last, where.get(cue.first, 0))
        described = self._described(page, spoken)
        symbols = [self._symbols_at(page, at, tuple(spoken)) for at in range(len(page.words))]
        unlent = [_unlent(self._words[code].lexicon) for code in spoken]
        titled = _titles(page)
        found: list[Mention] = []
        names: set[str] = set()
        at = 0
        while at < len(page.words):
            if at in trapped:
                at = trapped[at]
                continue
            if at in described:
                found.append(described[at])
                at = described[at].last
                continue
            if not (symbols[at] or self._stands_alone(page, at) or any(page.words[at] in things for things in unlent)):
                at += 1
                continue
            told = {id for one in found if one.sort is Sort.EQUIPMENT for id in one.ids}
            goods = [] if at in titled else self._goods(page, symbols, at, unlent, told)
            parts = [one for one in goods if self._is_in_a_name(page, symbols, one)]
            names.update(one.name for one in parts)
            goods = [one for one in goods if one not in parts]
            mentions = goods or self._room(page, symbols, at)
            if any(first < at < last for first, last in repeated.items()) and all(one.generic for one in mentions):
                mentions = []
            if mentions and self._goes_on_with(page, found, mentions[0], spoken):
                before = found.pop()
                name = page.quote(before.first, mentions[0].last)
                mentions = [replace(before, last=mentions[0].last, name=name)]
            found.extend(mentions)
            at = max(at + 1, *(mention.last for mention in mentions)) if mentions else at + 1
        found = [one for one in found if one.name not in names] if names else found
        return sorted([*found, *self._seats(page, found, spoken)], key=lambda one: one.first)

    def _seats(self, page: Page, found: Sequence[Mention], spoken: Sequence[Language]) -> Iterator[Mention]:
        """Yield the chairs that "seats" are beside other things, where no room is spoken of that holds so many."""
        if not found or any(one.sort is not Sort.EQUIPMENT for one in found):
            return
        for code in spoken:
            chair = self._owners[code].get("chair")
            words = folded(self._words[code].lexicon.table("things.generic")["seats"])
            for at, word in enumerate(page.words if chair is not None else ()):
                if word in words and not any(one.first <= at < one.last for one in found):
                    yield Mention(Sort.EQUIPMENT, at, at + 1, (chair or "",), plural=True, name=page.quote(at, at + 1))

    def _described(self, page: Page, spoken: Sequence[Language]) -> dict[int, Mention]:
        """Return the things that are only described, by their first word: "de quoi projeter un film"."""
        found: dict[int, Mention] = {}
        for code in spoken:
            lexicon = self._words[code].lexicon
            many = folded(lexicon.table("things.generic")["many"])
            for cue in _descriptions(lexicon).find(page):
                thing = self._owners[code].get(cue.value)
                if thing is not None and (cue.first not in found or found[cue.first].last < cue.last):
                    plural = page.words[cue.first] in many
                    name = page.quote(cue.first, cue.last)
                    found[cue.first] = Mention(Sort.EQUIPMENT, cue.first, cue.last, (thing,), plural, name=name)
        return found

    def _goes_on_with(self, page: Page, found: Sequence[Mention], mention: Mention, spoken: Sequence[Language]) -> bool:
        """Whether a thing not lent is only a part of the one before: "mât à drapeau"."""
        if not found or not mention.sort is found[-1].sort is Sort.UNLENT:
            return False
        between = page.words[found[-1].last : mention.first]
        links = {word for code in spoken for word in self._words[code].links}
        joined = len(between) == 1 and between[0] in links
        return joined and page.sentence_of[found[-1].first] == page.sentence_of[mention.first]

    def _is_in_a_name(self, page: Page, symbols: Sequence[Symbols], mention: Mention) -> bool:
        """Whether a thing is a part of a proper name, which its capital and that of a word beside it tell: "The Bench
        Project", "vzw Bord op Tafel"; but not "3 Black Tables", "Tables for Saturday", "Tables Chairs Gazebos"."""
        first, sentence = mention.first, page.sentence(mention.first)
        if not self._is_capital(page, first) or not _mostly_small(page, sentence):
            return False
        if first > sentence.first and (page.words[first - 1].isdigit() or page.words[first - 1] in self._numerals):
            return False
        before, after = first - 1, mention.last
        while before > sentence.first and page.words[before] in self._links and not self._is_capital(page, before):
            before -= 1
        while after < sentence.last and page.words[after] in self._links and not self._is_capital(page, after):
            after += 1
        told = [(before, first - before > 1)] if before > sentence.first else []
        if after < sentence.last and (first > sentence.first or after == mention.last):
            told.append((after, after > mention.last))
        return any(self._is_capital(page, at) and self._names(symbols[at], linked) for at, linked in told)

    def _is_capital(self, page: Page, at: int) -> bool:
        token = page.token(at)
        capital = token.kind is Kind.WORD and token.text[:1].isupper() and not token.text.isupper()
        return capital and page.words[at] not in self._calendar

    def _names(self, symbols: Symbols, linked: bool) -> bool:
        """Whether a word beside a thing may be of one name with it: none that is listed with it, and none of a room."""
        told = [symbol for symbol in symbols if symbol == ROOM_WORD or symbol[0] not in "@#~"]
        if any(symbol in self._rooms_with or symbol in self._sites_with for symbol in told):
            return False
        return linked or not told

    def _stands_alone(self, page: Page, at: int) -> bool:
        return page.words[at] in self._alone or page.token(at).text in self._capitals

    def _symbols_at(self, page: Page, at: int, spoken: tuple[Language, ...]) -> Symbols:
        """Return what a word may stand for. People use the same words again and again: what they are is kept."""
        word = page.words[at]
        counted = len(word) == 4 and at > 0 and page.words[at - 1][:1].isdigit()
        known = self._symbols.setdefault(spoken, {})
        if (word, counted) not in known:
            if len(known) > KEPT:
                known.clear()
            known[word, counted] = self._symbols_of(page.token(at), word, counted, spoken)
        return known[word, counted]

    def _symbols_of(self, token: Token, word: str, counted: bool, spoken: Sequence[Language]) -> Symbols:
        generic = [self._words[code].generic[word] for code in spoken if word in self._words[code].generic]
        forms = self._forms.get(word)
        if generic:
            return {**dict(generic), **(forms or {})}
        if forms:
            return forms
        if token.kind is Kind.NUMBER:
            return {f"#{token.value}": False}
        if token.kind is not Kind.WORD:
            return {}
        if word in self._numerals:
            return {f"#{self._numerals[word]}": False}
        if (len(word) < 5 and not counted) or word in self._known:
            return {}
        return self._compound(word) or self._tail(word) or self._misspelt(word, spoken)

    def _compound(self, word: str) -> Symbols:
        """tuinstoelen: a harmless word before a name; buurthuiszaaltje: a name before a word for a room."""
        for prefix in self._harmless:
            if word.startswith(prefix) and self._forms.get(word[len(prefix) :]):
                return self._forms[word[len(prefix) :]]
        for suffix, plural in self._room_suffixes.items():
            if word.endswith(suffix):
                stem = word[: -len(suffix)]
                named = self._forms.get(stem) or self._forms.get(stem.removesuffix("s"))
                if named and len(stem) > 2:
                    return {symbol: plural for symbol in named if symbol[0] not in "@#"}
                if stem in self._room_prefixes:
                    return {ROOM_WORD: plural}
        return {}

    def _tail(self, word: str) -> Symbols:
        return self._tails[word] if len(self._tail_things.get(word, ())) == 1 else {}

    def _misspelt(self, word: str, spoken: Sequence[Language]) -> Symbols:
        for code in spoken:
            near = self._nearest[code].of(word)
            if near is not None:
                return {f"~{symbol}": plural for symbol, plural in self._spelt[code][near].items()}
        return {}

    def _longest(
        self, page: Page, symbols: Sequence[Symbols], at: int, sorts: frozenset[Sort]
    ) -> tuple[int, dict[str, Sort], bool, bool] | None:
        """Return the word behind the longest name from word `at`, what it names, whether a form in it is a plural, and
        whether a word of it is misspelt."""
        best: tuple[int, dict[str, Sort], bool, bool] | None = None
        sentence, limit = page.sentence_of[at], min(len(page.words), at + LONGEST)
        stack = [(self._root, at, False, False)]
        while stack:
            node, position, plural, near = stack.pop()
            if position >= limit or page.sentence_of[position] != sentence:
                continue
            for symbol, many in symbols[position].items():
                following = node.next.get(symbol.removeprefix("~"))
                if following is None:
                    continue
                fits = {thing: sort for thing, sort in following.ids.items() if sort in sorts}
                state = (plural or many, near or symbol[0] == "~")
                if fits and (best is None or position + 1 > best[0]):
                    best = (position + 1, fits, *state)
                if following.next:
                    stack.append((following, self._over_links(page, position + 1), *state))
        return best

    def _over_links(self, page: Page, at: int) -> int:
        limit = min(len(page.words), at + 4)
        while at < limit and page.words[at] in self._links:
            at += 1
        return at

    def _goods(
        self, page: Page, symbols: Sequence[Symbols], at: int, things: Sequence[_Unlent], told: Set[str]
    ) -> list[Mention]:
        """Read the longest name of equipment, or of a thing not lent, unless a room's name is as long; `told` are the
        things named before."""
        found = self._longest(page, symbols, at, _LENT) if symbols[at] else None
        place = self._longest(page, symbols, at, _PLACES) if symbols[at] else None
        unlent = max((known.at(page, at) for known in things), default=(0, False))
        last = found[0] if found else 0
        if place is not None and place[0] >= max(last, unlent[0]):
            return []
        if unlent[0] > last:
            name = page.quote(at, unlent[0])
            return [Mention(Sort.UNLENT, at, unlent[0], (UNKNOWN,), unlent[1], name=name)]
        if found is None:
            return self._head(page, symbols, at, told) if place is None else []
        last, ids, plural, near = found
        if page.words[last : last + 2] == ["'", "s"] and page.token(last).glued:
            last, plural = last + 2, True
        return [Mention(Sort.EQUIPMENT, at, last, tuple(sorted(ids)), plural, near=near, name=page.quote(at, last))]

    def _head(self, page: Page, symbols: Sequence[Symbols], at: int, told: Set[str]) -> list[Mention]:
        """Read the head of a name alone; that of a name said before stands for it: "bike trailers … two trailers"."""
        capital = self._capitals.get(page.token(at).text)
        if capital is not None and capital not in self._rooms:
            return [Mention(Sort.EQUIPMENT, at, at + 1, (capital,), name=page.quote(at, at + 1))]
        for symbol, plural in symbols[at].items():
            fits = [
                thing
                for thing, needs in self._heads.get(symbol, {}).items()
                if thing not in self._rooms and (not needs or thing in told or self._qualified(page, at, thing))
            ]
            if len(fits) == 1:
                return [Mention(Sort.EQUIPMENT, at, at + 1, tuple(fits), plural, name=page.quote(at, at + 1))]
        return []

    def _qualified(self, page: Page, at: int, thing: str) -> bool:
        """Whether another word of the thing's names stands on the page."""
        stems = self._qualifiers[thing] - {page.words[at][:5]}
        beside = page.words[at + 1 : at + 4]
        if any(len(word) == 4 and stem.startswith(word) for word in beside for stem in stems):
            return True
        return any(stem in word for word in page.words if len(word) > 4 for stem in stems)

    # -- rooms and sites ----------------------------------------------------------------------------------------------

    def _room(self, page: Page, symbols: Sequence[Symbols], at: int) -> list[Mention]:
        mentions: list[Mention] = []
        together: list[_Part] = []
        if not symbols[at] and page.words[at] not in self._alone:
            return mentions
        for part in self._parts(page, symbols, at):
            if part.full and any(other.full and not other.rooms & part.rooms for other in together):
                mentions.extend(self._joined(page, symbols, together))
                together = []
            together.append(part)
        mentions.extend(self._joined(page, symbols, together))
        return mentions

    def _parts(self, page: Page, symbols: Sequence[Symbols], at: int) -> Iterator[_Part]:
        """Cut what follows into names of rooms, names of sites, and single words of such names."""
        position, sentence = at, page.sentence_of[at]
        while position < len(page.words) and page.sentence_of[position] == sentence and position < at + LONGEST:
            found = self._longest(page, symbols, position, _PLACES)
            if found is not None:
                last, ids, plural, _ = found
                part: _Part | None = self._full(position, last, ids, plural)
            else:
                part = self._single(page, symbols, position)
            if part is None:
                return
            yield part
            position = self._over_links(page, part.last)
            if part.rooms == self._rooms and position < len(page.words) and not symbols[position]:
                shortened = self._shortened(page, position)
                if shortened is not None:
                    yield shortened
                    return

    def _shortened(self, page: Page, at: int) -> _Part | None:
        """salle poly, polyv. zaal: the beginning of a word that only one room has in its names."""
        if at >= len(page.words) or len(page.words[at]) < 4:
            return None
        word = page.words[at]
        fits = {room for symbol, rooms in self._rooms_with.items() if symbol.startswith(word) for room in rooms}
        return _Part(at, at + 1, frozenset(fits)) if len(fits) == 1 else None

    def _full(self, first: int, last: int, ids: Mapping[str, Sort], plural: bool) -> _Part:
        rooms = frozenset(thing for thing, sort in ids.items() if sort is Sort.ROOM)
        if rooms:
            return _Part(first, last, rooms, full=True, plural=plural)
        return _Part(first, last, frozenset(r for s in ids for r in self._rooms_of[s]), full=True, site=True)

    def _single(self, page: Page, symbols: Sequence[Symbols], at: int) -> _Part | None:
        for written, plural in symbols[at].items():
            symbol = written.removeprefix("~")
            if symbol == ROOM_WORD:
                named = frozenset(self._named_by.get(page.words[at], ()))
                return _Part(at, at + 1, self._rooms, plural=plural, head=True, hint=named)
            if symbol[0] == "#" and at + 1 < len(page.words) and "@floor" in symbols[at + 1]:
                return _Part(
                    at, at + 2, frozenset(self._rooms_with[symbol] & self._rooms_with["@floor"]) or self._rooms
                )
            rooms = self._rooms_with.get(symbol)
            if rooms and symbol[0] != "#":
                if not self._number_fits(symbols, symbol, at):
                    return None
                strong = any(not weak for thing, weak in self._heads.get(symbol, {}).items() if thing in self._rooms)
                head = strong or symbol.endswith(ROOM_WORD) or page.words[at] in self._alone
                return _Part(at, at + 1, frozenset(rooms), plural=plural, head=head)
            sites = self._sites_with.get(symbol)
            if sites:
                return _Part(at, at + 1, frozenset(r for s in sites for r in self._rooms_of[s]), site=True)
        if not symbols[at] and page.words[at] in self._alone:
            short = self._shortened(page, at)
            return None if short is None else replace(short, head=True)
        return None

    def _number_fits(self, symbols: Sequence[Symbols], symbol: str, at: int) -> bool:
        """classe 4 is not classe 3."""
        following = symbols[at + 1] if at + 1 < len(symbols) else {}
        number = next((other for other in following if other[0] == "#"), None)
        return number is None or symbol not in self._numbers_after or number in self._numbers_after[symbol]

    def _joined(self, page: Page, symbols: Sequence[Symbols], parts: Sequence[_Part]) -> Iterator[Mention]:
        """Join the parts of one name: the rooms that fit all of them."""
        parts = self._with_buildings(parts)
        fits, used = self._rooms, list[_Part]()
        for part in sorted(parts, key=lambda part: (not part.full, part.site)):
            if fits & part.rooms:
                fits &= part.rooms
                used.append(part)
        named = any(part.head or (part.full and not part.site) for part in used)
        named = named or (len(used) == 1 and self._tells_alone(page, used[0]))
        sited = [part for part in used if part.site]
        named = named or any(not part.site and fits < part.rooms | sited[0].rooms for part in used if sited)
        if all(_spelt_otherwise(symbols[part.first]) and not part.full for part in used):
            return
        if not named and not any(part.full and part.site for part in used):
            return
        first, last = min(part.first for part in used), max(part.last for part in used)
        generic = fits == self._rooms
        near = any(_spelt_otherwise(symbols[at]) for part in used for at in range(part.first, part.last))
        if generic and near:
            return
        yield Mention(
            Sort.ROOM if named else Sort.SITE,
            first,
            last,
            (ANY_ROOM,) if generic else tuple(sorted(fits)),
            plural=any(part.plural for part in used if part.head or not part.site),
            generic=generic,
            near=near,
            hint=self._hint(used, fits),
            name=page.quote(first, last),
        )

    def _tells_alone(self, page: Page, part: _Part) -> bool:
        """Whether a word that only one room has in its names may stand for it: "la polyvalente"."""
        at = part.first
        long = len(page.words[at]) >= LEAST_ALONE and part.last == at + 1
        return long and len(part.rooms) == 1 and at > 0 and page.words[at - 1] in self._links

    def _with_buildings(self, parts: Sequence[_Part]) -> Sequence[_Part]:
        """ "The kitchen at the community centre": a name of a room and of its building is the building's, behind a
        word for another room there."""
        first = parts[0] if parts else _Part(0, 0, frozenset(), full=True)
        if first.full or not first.head or first.rooms == self._rooms:
            return parts
        told = []
        for part in parts:
            sites = [rooms for rooms in self._rooms_of.values() if part.full and not part.site and part.rooms <= rooms]
            if sites and not part.rooms & first.rooms and sites[0] & first.rooms:
                part = _Part(part.first, part.last, sites[0], full=True, site=True)
            told.append(part)
        return told

    def _hint(self, parts: Sequence[_Part], fits: frozenset[str]) -> tuple[str, ...]:
        """The only room, of those that fit, in whose names just this word for a room stands."""
        hints = [part.hint & fits for part in parts if part.hint]
        return tuple(hints[0]) if len(fits) > 1 and hints and len(hints[0]) == 1 else ()


def _mostly_small(page: Page, sentence: Sentence) -> bool:
    """Whether most words of a sentence have no capital, so that one tells something."""
    said = [page.token(at).text for at in range(sentence.first + 1, sentence.last)]
    long = [text for text in said if len(text) > 3 and text.isalpha()]
    return 2 * sum(1 for text in long if text.islower()) > len(long)


def _titles(page: Page) -> frozenset[int]:
    """Return the words between quotes, which name something: the project "Bien dans mon assiette" asks for no plate."""
    if '"' not in page.words:
        return frozenset()
    inside: set[int] = set()
    for sentence in page.sentences:
        quotes = [at for at in range(sentence.first, sentence.last) if page.words[at] == '"']
        for first, last in zip(quotes[::2], quotes[1::2], strict=False):
            if 2 < last - first <= LONGEST:
                inside.update(range(first, last))
    return frozenset(inside)


def _spelt_otherwise(symbols: Symbols) -> bool:
    return bool(symbols) and all(symbol[0] == "~" for symbol in symbols)


_LENT = frozenset({Sort.EQUIPMENT})


def _holding(room: Names, site: Names) -> Names:
    """Return the names of a site that hold the name of its room, and mean it: the "Park community centre"."""
    named = {code: [fold(name) for name in names] for code, names in room.items()}
    return {
        code: tuple(name for name in names if any(f" {own} " in f" {fold(name)} " for own in named.get(code, ())))
        for code, names in site.items()
    }


_PLACES = frozenset({Sort.ROOM, Sort.SITE})


class _WordForms:
    """What a lexicon says of the words that names are made of."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.links = folded(lexicon.table("things.links")["words"])
        self.many = [(key, value) for key, values in lexicon.table("things.plural").items() for value in values]
        self.one = [(key, value) for key, values in lexicon.table("things.singular").items() for value in values]
        head = lexicon.table("things.head")
        self.head_first = "first" in head["place"]
        self.head_ends = frozenset(map(fold, head["ends"]))
        self.weak = frozenset(map(fold, head["weak"]))
        compound = lexicon.table("things.compound")
        self.harmless = tuple(map(fold, compound["harmless"]))
        self.room_prefixes = frozenset(map(fold, compound["rooms"]))
        self.known = frozenset(fold(word) for words in lexicon.table("things.known").values() for word in words)
        self.known |= frozenset(lexicon.words())
        room = lexicon.table("things.room")
        self.generic = {fold(word): (ROOM_WORD, False) for word in room["one"]}
        self.generic |= {fold(word): (ROOM_WORD, True) for word in room["many"]}
        self.generic |= {fold(word): (f"~{ROOM_WORD}", False) for word in room["misspelt"]}
        for symbol in ("big", "small", "floor"):
            self.generic |= {fold(word): (f"@{symbol}", False) for word in room[symbol]}
        self.alone = frozenset(map(fold, room["alone"]))
        suffixes = {"one": False, "many": True}
        self.room_suffixes = {fold(w): plural for key, plural in suffixes.items() for w in compound[f"ends-{key}"]}
        self.numerals = {
            fold(word): int(value)
            for name in ("number.units", "number.ordinals")
            for value, words in lexicon.table(name).items()
            for word in words
            if value.isdigit() and value not in {"0"} and " " not in word and "-" not in word
        }
        dated = ("weekdays.full", "weekdays.plural", "weekdays.short", "months.full", "months.short", "feasts.day")
        self.calendar = folded(w for name in dated for words in lexicon.table(name).values() for w in words)
        """Words that have a capital in some languages."""
        for article in lexicon.table("number.units").get("1", ()):
            self.numerals.pop(fold(article), None)

    def inflected(self, word: str) -> Iterator[tuple[str, bool]]:
        """Yield the word and its forms, each with whether it is a plural. Forms that nobody writes do no harm."""
        yield word, False
        for endings, plural in ((self.many, True), (self.one, False)):
            for ending, other in endings:
                if word.endswith(ending) and (len(word) > len(ending) + 1 or len(ending) > 4):
                    yield word[: len(word) - len(ending)] + other, plural

    def head_of(self, phrase: str, words: Sequence[str]) -> int:
        """Return which of the words of a name is its head: the first, or the last before "of"."""
        if self.head_first:
            return 0
        norms = [token.norm for token in tokenize(phrase)]
        for at, norm in enumerate(norms):
            if norm in self.head_ends and at:
                before = sum(1 for other in norms[:at] if other in words)
                return max(before - 1, 0)
        return len(words) - 1


@cache
def _traps(lexicon: Lexicon) -> Cues:
    """Compiled with the first letter in that language."""
    return Cues.of(lexicon.table("things.traps"), lexicon.table("groups"))


@cache
def _descriptions(lexicon: Lexicon) -> Cues:
    """Compiled with the first letter in that language."""
    return Cues.of(lexicon.table("things.described"), lexicon.table("things.generic"))


class _Unlent:
    """Things that are asked for besides and that the commune does not lend, as a lexicon lists them."""

    def __init__(self, forms: _WordForms) -> None:
        self._links = forms.links
        self._forms: dict[str, dict[str, bool]] = defaultdict(dict)
        self._root = _Node()
        for phrase in forms.lexicon.table("things.unlent")["things"]:
            node = self._root
            for word in (token.norm for token in tokenize(phrase) if token.kind is Kind.WORD):
                if word not in self._links:
                    for form, plural in forms.inflected(word):
                        self._forms[form].setdefault(word, plural)
                    node = node.next.setdefault(word, _Node())
            node.ids[UNKNOWN] = Sort.UNLENT

    def __contains__(self, word: str) -> bool:
        """Whether such a thing may have this word in its name."""
        return word in self._forms

    def at(self, page: Page, at: int) -> tuple[int, bool]:
        """Return the word behind the longest such thing at word `at` (0: there is none), and whether it is a plural."""
        best, plural, node, position = 0, False, self._root, at
        while position < len(page.words) and page.sentence_of[position] == page.sentence_of[at]:
            forms = self._forms.get(page.words[position], {})
            step = next((word for word in forms if word in node.next), None)
            if step is None:
                break
            node, plural, position = node.next[step], plural or forms[step], position + 1
            if node.ids:
                best = position
            while position < len(page.words) and page.words[position] in self._links and position < at + LONGEST:
                position += 1
        return best, plural and best > 0


@cache
def _word_forms(lexicon: Lexicon) -> _WordForms:
    return _WordForms(lexicon)


@cache
def _unlent(lexicon: Lexicon) -> _Unlent:
    return _Unlent(_word_forms(lexicon))


class _Nearest:
    """The word of a name that a misspelt word was meant to be."""

    def __init__(self, forms: Mapping[str, Symbols]) -> None:
        self._by_start: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        self._kept: dict[str, str | None] = {}
        for word, symbols in forms.items():
            if len(word) >= 5 and word.isalpha():
                edits = 2 if min(map(len, symbols)) >= 9 else 1
                self._by_start[word[0], len(word)].append((word, edits))

    def of(self, word: str) -> str | None:
        """Return the nearest word: one letter off, or two for names of nine letters; the first letter agrees."""
        if word not in self._kept:
            if len(self._kept) > KEPT:
                self._kept.clear()
            self._kept[word] = self._search(word)
        return self._kept[word]

    def _search(self, word: str) -> str | None:
        most = 2 if len(word) >= 8 else 1
        best: tuple[int, str] | None = None
        for length in range(len(word) - most, len(word) + most + 1):
            for other, edits in self._by_start.get((word[0], length), ()):
                distance = OSA.distance(word, other, score_cutoff=edits)
                if distance <= edits and (best is None or distance < best[0]):
                    best = (distance, other)
        return None if best is None else best[1]
