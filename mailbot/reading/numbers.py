"""Numbers as people write them: 25, vijfentwintig, quatre-vingt-dix, a dozen, une vingtaine, 50-tal, 1er, third."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from mailbot.reading.lexicon import Lexicon
from mailbot.reading.tokens import Kind, Token, fold

LAST = -1
"""The value of the ordinal "last"; -2 is the last but one."""
SCORE = 20
"""The one group to which units may be added: "four score and ten"."""
_FROM_BEHIND = {"last": LAST, "last-but-one": LAST - 1}


class Number(Struct, frozen=True):
    """A number that tokens `first` to `last` (excluded) say. `ordinal`: it ranks (1er, third; LAST for "last").
    `day`: it may be that of a month ("the 4th", "le 1er", not "au 4e"). `about`: a round figure (une vingtaine, een
    twintigtal). `spelled`: in words. `article`: the words "un", "une",
    "een", which may be no number at all."""

    value: int
    first: int
    last: int
    ordinal: bool = False
    about: bool = False
    spelled: bool = False
    article: bool = False
    day: bool = True


def number_at(tokens: Sequence[Token], at: int, lexicons: Iterable[Lexicon]) -> Number | None:
    """Return the longest number that begins at token `at`, in the first of the lexicons that reads the most tokens."""
    lone = tokens[at].kind is Kind.NUMBER and (at + 1 == len(tokens) or not tokens[at + 1].glued)
    if lone and (at + 1 == len(tokens) or tokens[at + 1].kind is not Kind.WORD):
        return Number(tokens[at].value, at, at + 1)
    best: Number | None = None
    for lexicon in lexicons:
        found = _Speller.of(lexicon).read(tokens, at)
        if found is not None and (best is None or found.last > best.last):
            best = found
    return best


def numbers(tokens: Sequence[Token], lexicons: Sequence[Lexicon]) -> tuple[Number, ...]:
    """Return all numbers, left to right, none overlapping."""
    found: list[Number] = []
    firsts = [number_words(lexicon) for lexicon in lexicons]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        begins = token.kind is Kind.NUMBER or any(token.norm in words for words in firsts)
        number = number_at(tokens, at, lexicons) if begins else None
        if number is None or (len(lexicons) > 1 and _is_of_another_language(tokens, at, lexicons)):
            at += 1
        else:
            found.append(number)
            at = number.last
    return tuple(found)


def _is_of_another_language(tokens: Sequence[Token], at: int, lexicons: Sequence[Lexicon]) -> bool:
    """Whether the word of a number is a small word of a language that reads none in it, as the word before it is:
    "voor onze collega" in a mail that is in French as well."""
    word, before = tokens[at].norm, tokens[at - 1].norm if at else ""
    smalls = (_small_words(lexicon) for lexicon in lexicons if word not in number_words(lexicon))
    return tokens[at].kind is Kind.WORD and any(word in small and before in small for small in smalls)


@cache
def _small_words(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(fold(word) for word in lexicon.table("language")["words"])


def number_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the folded words that a number in words may begin with."""
    return _Speller.of(lexicon).first_words


class _Speller(Struct, frozen=True):
    """The number words of one language, ready to read with."""

    units: Mapping[str, int]
    """One word or several joined by a space: "dix sept"."""
    tens: Mapping[str, int]
    scales: Mapping[str, int]
    groups: Mapping[str, int]
    ordinals: Mapping[str, int]
    group_one: frozenset[str]
    group_half: frozenset[str]
    group_suffix: frozenset[str]
    group_pair: frozenset[str]
    group_more: frozenset[str]
    """What is said before a group of two of them, and of one and a half."""
    half_more: tuple[tuple[str, ...], ...]
    """What is said behind a group and half of another."""
    ordinal_suffix: frozenset[str]
    day_suffix: frozenset[str]
    after_tens: frozenset[str]
    after_scales: frozenset[str]
    teens_after: frozenset[int]
    articles: frozenset[str]
    first_words: frozenset[str]

    @staticmethod
    def of(lexicon: Lexicon) -> _Speller:
        return _speller(lexicon)

    def read(self, tokens: Sequence[Token], at: int) -> Number | None:
        token = tokens[at]
        if token.kind is Kind.NUMBER:
            return self._digits(tokens, at)
        if token.kind is not Kind.WORD or token.norm not in self.first_words:
            return None
        return self._group(tokens, at) or self._ordinal(tokens, at) or self._spelled(tokens, at)

    def _digits(self, tokens: Sequence[Token], at: int) -> Number:
        value, after = tokens[at].value, at + 1
        if after < len(tokens) and tokens[after].glued and tokens[after].norm in self.ordinal_suffix:
            return Number(value, at, after + 1, ordinal=True, day=tokens[after].norm in self.day_suffix)
        tal = after + 1 if after < len(tokens) and tokens[after].norm == "-" and tokens[after].glued else after
        if tal < len(tokens) and tokens[tal].glued and tokens[tal].norm in self.group_suffix:
            return Number(value, at, tal + 1, about=True)
        return self._times_group(Number(value, at, after), tokens)

    def _group(self, tokens: Sequence[Token], at: int) -> Number | None:
        """une vingtaine, half a dozen, een half dozijn, anderhalf dozijn, a couple of dozen, twintigtal."""
        word = tokens[at].norm
        for suffix in self.group_suffix:
            spelled = self._word(word.removesuffix(suffix)) if word.endswith(suffix) else None
            if spelled is not None:
                return Number(spelled, at, at + 1, about=True, spelled=True)
        kinds = ((self.group_half, 1), (self.group_more, 3), (self.group_pair, 4), (self.group_one, 2))
        for prefixes, halves in kinds:
            for length in (3, 2, 1):
                said = " ".join(t.norm for t in tokens[at : at + length])
                after = _over_hyphen(tokens, at + length)
                if said in prefixes and after < len(tokens):
                    value = self._group_word(tokens, after)
                    if value is not None:
                        return self._with_half(tokens, Number(value, at, after + 1, about=True, spelled=True), halves)
        value = self.groups.get(word)
        return None if value is None else self._with_half(tokens, Number(value, at, at + 1, about=True, spelled=True))

    def _with_half(self, tokens: Sequence[Token], group: Number, halves: int = 2) -> Number:
        """Return so many halves of a group, and one more where that is said behind: "une douzaine et demie"."""
        behind = [token.norm for token in tokens[group.last : group.last + 3]]
        more = next((len(said) for said in self.half_more if tuple(behind[: len(said)]) == said), 0)
        return replace(group, value=group.value * (halves + bool(more)) // 2, last=group.last + more)

    def _group_word(self, tokens: Sequence[Token], at: int) -> int | None:
        word = tokens[at].norm
        if word in self.groups:
            return self.groups[word]
        for suffix in self.group_suffix:
            if word.endswith(suffix) and word != suffix:
                return self._word(word.removesuffix(suffix))
        return None

    def _spelled(self, tokens: Sequence[Token], at: int) -> Number | None:
        value, position = 0, at
        while position < len(tokens):
            step = self._below_hundred(tokens, position)
            if step is not None:
                below, after = step
                scale = self._scale(tokens, after)
                if scale is None:
                    if value and value % 100 and below >= 100:
                        break
                    return self._number(value + below, at, after, tokens)
                value += below * scale[0]
                position = scale[1]
            else:
                scale = self._scale(tokens, position)
                if scale is None or value:
                    break
                value, position = scale
            joint = _over_hyphen(tokens, position)
            if joint < len(tokens) and tokens[joint].norm in self.after_scales:
                following = self._below_hundred(tokens, _over_hyphen(tokens, joint + 1))
                if following is not None and self._scale(tokens, following[1]) is None:
                    return self._number(value + following[0], at, following[1], tokens)
                break
            position = joint if self._below_hundred(tokens, joint) else position
            if self._below_hundred(tokens, position) is None:
                break
        return self._number(value, at, position, tokens) if position > at else None

    def _number(self, value: int, at: int, after: int, tokens: Sequence[Token]) -> Number:
        """The number, times a group that follows it: deux douzaines, two dozen."""
        article = after == at + 1 and tokens[at].norm in self.articles
        number = Number(value, at, after, spelled=True, article=article)
        return number if article else self._times_group(number, tokens)

    def _times_group(self, number: Number, tokens: Sequence[Token]) -> Number:
        """The number, times a group that follows it: deux douzaines, 2 dozen, four score and ten."""
        after = number.last
        word = tokens[after].norm if after < len(tokens) else ""
        group = self.groups.get(word) or self.groups.get(word.removesuffix("s"))
        if group is None:
            return number
        found = self._with_half(
            tokens, Number(group, number.first, after + 1, about=True, spelled=True), 2 * number.value
        )
        joint = found.last
        if group == SCORE and joint + 1 < len(tokens) and tokens[joint].norm in {*self.after_scales, "&"}:
            below = self._below_hundred(tokens, joint + 1)
            if below is not None and below[0] < SCORE:
                return replace(found, value=found.value + below[0], last=below[1])
        return found

    def _below_hundred(self, tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
        tens = self._longest(self.tens, tokens, at)
        if tens is None:
            return self._longest(self.units, tokens, at)
        value, after = tens
        position = _over_hyphen(tokens, after)
        if position < len(tokens) and tokens[position].norm in self.after_tens:
            position = _over_hyphen(tokens, position + 1)
        units = self._longest(self.units, tokens, position)
        if units is not None and 0 < units[0] < (20 if value in self.teens_after else 10):
            return value + units[0], units[1]
        return tens

    def _scale(self, tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
        return self._longest(self.scales, tokens, _over_hyphen(tokens, at))

    def _longest(self, words: Mapping[str, int], tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
        if at >= len(tokens) or tokens[at].kind is not Kind.WORD:
            return None
        second = _over_hyphen(tokens, at + 1)
        if second < len(tokens):
            pair = words.get(f"{tokens[at].norm} {tokens[second].norm}")
            if pair is not None:
                return pair, second + 1
        one = words.get(tokens[at].norm)
        return None if one is None else (one, at + 1)

    def _word(self, word: str) -> int | None:
        return self.units.get(word) or self.tens.get(word) or self.scales.get(word)

    def _ordinal(self, tokens: Sequence[Token], at: int) -> Number | None:
        found = self._longest(self.ordinals, tokens, at)
        return None if found is None else Number(found[0], at, found[1], ordinal=True, spelled=True)


def _over_hyphen(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if at < len(tokens) and tokens[at].norm == "-" and tokens[at].glued else at


@cache
def _speller(lexicon: Lexicon) -> _Speller:
    joints, group = lexicon.table("number.joints"), lexicon.table("number.group")
    units, tens = _by_word(lexicon, "number.units"), _by_word(lexicon, "number.tens")
    joined = {
        one + fold(joint) + ten: value + count
        for ten, value in tens.items()
        for one, count in units.items()
        if 0 < count < 10
        for joint in joints["before-tens"]
    }
    scales = _by_word(lexicon, "number.scales")
    if joints["before-tens"]:
        joined |= _with_hundreds(units, {**tens, **joined}, scales, tuple(map(fold, joints["scales"])))
    groups, ordinals = _by_word(lexicon, "number.groups"), _by_word(lexicon, "number.ordinals")
    suffixes = tuple(map(fold, group["suffix"]))
    grouped = {word + suffix for suffix in suffixes for word in (*units, *tens, *joined, *scales)}
    halves = (*group["one"], *group["half"], *group["pair"], *group["one-and-half"])
    return _Speller(
        first_words=frozenset(
            word.partition(" ")[0]
            for word in (*units, *tens, *joined, *scales, *groups, *ordinals, *grouped, *map(fold, halves))
        ),
        units=units,
        tens={**tens, **joined},
        scales=scales,
        groups=groups,
        ordinals=ordinals,
        group_one=frozenset(map(fold, group["one"])),
        group_half=frozenset(map(fold, group["half"])),
        group_suffix=frozenset(suffixes),
        group_pair=frozenset(map(fold, group["pair"])),
        group_more=frozenset(map(fold, group["one-and-half"])),
        half_more=tuple(tuple(fold(phrase).split()) for phrase in group["and-half"]),
        ordinal_suffix=frozenset(map(fold, lexicon.table("number.ordinal")["suffix"])),
        day_suffix=frozenset(map(fold, lexicon.table("number.ordinal")["day"])),
        after_tens=frozenset(map(fold, joints["tens"])),
        after_scales=frozenset(map(fold, joints["scales"])),
        teens_after=frozenset(map(int, joints["teens-after"])),
        articles=frozenset(word for word, value in units.items() if value == 1),
    )


def _with_hundreds(
    units: Mapping[str, int], tens: Mapping[str, int], scales: Mapping[str, int], joints: Sequence[str]
) -> dict[str, int]:
    """Numbers below a thousand that are written as one word: honderdvijftig, tweehonderdtwintig."""
    words: dict[str, int] = {}
    for scale, value in scales.items():
        if value == 100:
            for many, count in (("", 1), *((one, count) for one, count in units.items() if 1 < count < 10)):
                words |= {many + scale: count * value} if many else {}
                for joint in ("", *joints):
                    words |= {
                        f"{many}{scale}{joint}{rest}": count * value + below
                        for rest, below in (*units.items(), *tens.items())
                        if below
                    }
    return words


def _by_word(lexicon: Lexicon, name: str) -> dict[str, int]:
    return {
        fold(phrase).replace("-", " "): _FROM_BEHIND[value] if value in _FROM_BEHIND else int(value)
        for value, phrases in lexicon.table(name).items()
        for phrase in phrases
    }
