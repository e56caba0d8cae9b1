"""Cues: patterns of words that a lexicon holds as data, and finding them on a page.

    nous voudrions|aimerions reserv*      words, alternatives, a stem
    on [ne] peut                          a word that may be left out
    (la semaine|le mois) prochain*        alternatives of several words
    annul* .. <room>                      a gap of at most five words, and a label that the page carries
    pas !mal                              not followed by this word
    ^ merci $                             the beginning and the end of a sentence
    {want} .. {reserve}                   any phrase of a group that the lexicon names in its table of groups

A pattern is read with the tokenizer of mails, so case, accents, hyphens and apostrophes do not matter. It never runs
past the end of a sentence. Finding is linear in the page: each word opens only the patterns that may begin with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailbot.reading.lexicon import words_of
from mailbot.reading.page import LONGEST_STEM, TO, Page

GAP = 5
_KEPT = 20_000

Labels = Mapping[int, Sequence[tuple[str, int]]]
"""For a word of a page, the labels of what begins there, each with the word behind it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One element of a pattern: any of `paths` (each some words), or a label, or a gap, or an end of the sentence."""

    paths: tuple[tuple[str, ...], ...] = ()
    labels: frozenset[str] = frozenset()
    optional: bool = False
    gap: int = 0
    absent: bool = False
    edge: str = ""
    by_word: dict[str, tuple[tuple[str, ...], ...]] = field(init=False, repr=False, compare=False)
    stems: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """How paths begin: of the words of a mail, hardly one begins any."""

    def __post_init__(self) -> None:
        first = {path[0]: None for path in self.paths}
        words = {word: tuple(path for path in self.paths if path[0] == word) for word in first if not _is_stem(word)}
        object.__setattr__(self, "by_word", words)
        object.__setattr__(self, "stems", tuple(word[:-1] for word in first if _is_stem(word)))

    @property
    def needed(self) -> frozenset[str]:
        """Beginnings of words, or labels in angles, one of which must be there; none where the step can be passed
        without any."""
        if self.optional or self.absent:
            return frozenset()
        stems = (stem[:LONGEST_STEM] for stem in self.stems)
        return frozenset((*self.by_word, *stems, *(f"<{label}>" for label in self.labels)))

    def beginning_at(self, page: Page, at: int) -> tuple[tuple[str, ...], ...]:
        """Return the paths that may begin at word `at`."""
        if at >= len(page.words):
            return ()
        word = page.words[at]
        return self.paths if word.startswith(self.stems) else self.by_word.get(word, ())


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern found: what it is evidence of, its words `first` to `last` (excluded), and the pattern as written."""

    value: str
    first: int
    last: int
    pattern: str


@dataclass(slots=True)
class _Pattern:
    value: str
    written: str
    steps: tuple[_Step, ...]
    needed: tuple[frozenset[str], ...]
    """Of each of these, one must be there."""

    def match(self, page: Page, at: int, labels: Labels, there: frozenset[str]) -> int | None:
        """Return the word behind the pattern if it begins at word `at`; `there` is what begins the words of the page,
        and its labels in angles."""
        for needed in self.needed:
            if there.isdisjoint(needed):
                return None
        return _match(self.steps, 0, page, at, at, labels)


@dataclass
class Cues:
    """The patterns of a table, ready to be looked for."""

    _by_word: dict[str, list[_Pattern]] = field(default_factory=lambda: defaultdict(list))
    _by_stem: dict[str, list[_Pattern]] = field(default_factory=lambda: defaultdict(list))
    _by_label: dict[str, list[_Pattern]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, tuple[_Pattern, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Iterable[str]], groups: Mapping[str, Sequence[str]] | None = None) -> Cues:
        """Compile a table of patterns; `groups` are the words that patterns name in braces."""
        made = cls()
        for value, patterns in table.items():
            for pattern in patterns:
                made.add(pattern, value, groups or {})
        return made

    def add(self, pattern: str, value: str, groups: Mapping[str, Sequence[str]]) -> None:
        """Add a pattern. Raise ValueError where it begins with a gap or is empty, KeyError for a group unheard of."""
        steps = _steps(pattern, groups)
        compiled = _Pattern(value, pattern, steps, tuple(filter(None, (step.needed for step in steps[1:]))))
        self._known.clear()
        for step in compiled.steps:
            if step.gap or step.absent:
                raise ValueError(f"begins with nothing to look for: {pattern!r}")
            if step.edge == "^":
                continue
            for path in step.paths:
                if _is_stem(path[0]):
                    self._by_stem[path[0][:-1]].append(compiled)
                else:
                    self._by_word[path[0]].append(compiled)
            for label in step.labels:
                self._by_label[label].append(compiled)
            if not step.optional:
                return
        raise ValueError(f"nothing that must be there: {pattern!r}")

    def find(self, page: Page, labels: Labels | None = None) -> list[Cue]:
        """Return every pattern on the page, at each place it begins, in order of its first word."""
        found: list[Cue] = []
        marks = labels or {}
        there = page.beginnings | {f"<{label}>" for marked in marks.values() for label, _ in marked}
        for at, word in enumerate(page.words):
            opened = self._known.get(word)
            if opened is None:
                opened = self._opened_by(word)
            for pattern in opened:
                end = pattern.match(page, at, marks, there)
                if end is not None:
                    found.append(Cue(pattern.value, at, end, pattern.written))
            for label, _ in marks.get(at, ()):
                for pattern in self._by_label.get(label, ()):
                    end = pattern.match(page, at, marks, there)
                    if end is not None:
                        found.append(Cue(pattern.value, at, end, pattern.written))
        return found

    def _opened_by(self, word: str) -> tuple[_Pattern, ...]:
        opened = list(self._by_word.get(word, ()))
        for length in range(1, len(word) + 1):
            opened.extend(self._by_stem.get(word[:length], ()))
        if len(self._known) > _KEPT:
            self._known.clear()
        self._known[word] = tuple(opened)
        return self._known[word]


def _match(steps: Sequence[_Step], index: int, page: Page, first: int, at: int, labels: Labels) -> int | None:
    """Return the word behind the shortest match of steps[index:] at word `at`, None where there is none. What begins
    with word `first` ends in its sentence."""
    if index == len(steps):
        return at
    step = steps[index]
    if step.edge:
        return _match(steps, index + 1, page, first, at, labels) if _on_edge(step.edge, page, at) else None
    if step.absent:
        beside = at < len(page.words) and page.sentence_of[at] == page.sentence_of[first]
        present = beside and any(_path_end(path, page, at) is not None for path in step.beginning_at(page, at))
        return None if present else _match(steps, index + 1, page, first, at, labels)
    if at < len(page.words) and page.sentence_of[at] != page.sentence_of[first]:
        nothing = step.optional or step.gap
        return _match(steps, index + 1, page, first, at, labels) if nothing else None
    if step.gap:
        for skipped in range(step.gap + 1):
            end = _match(steps, index + 1, page, first, at + skipped, labels)
            if end is not None:
                return end
            if not _goes_on(page, at + skipped):
                break
        return None
    for path in step.beginning_at(page, at):
        behind = _path_end(path, page, at)
        if behind is not None and _same_sentence(page, at, behind):
            end = _match(steps, index + 1, page, first, behind, labels)
            if end is not None:
                return end
    for label, behind in labels.get(at, ()):
        if label in step.labels:
            end = _match(steps, index + 1, page, first, behind, labels)
            if end is not None:
                return end
    return _match(steps, index + 1, page, first, at, labels) if step.optional else None


def _path_end(path: tuple[str, ...], page: Page, at: int) -> int | None:
    words = page.words
    if at + len(path) > len(words):
        return None
    for offset, wanted in enumerate(path):
        word = words[at + offset]
        if _is_stem(wanted):
            if not word.startswith(wanted[:-1]):
                return None
        elif word != wanted:
            return None
    return at + len(path)


def _is_stem(wanted: str) -> bool:
    return wanted[-1] == "*" and len(wanted) > 1


def _same_sentence(page: Page, first: int, behind: int) -> bool:
    return page.sentence_of[first] == page.sentence_of[behind - 1] if behind > first else True


def _goes_on(page: Page, at: int) -> bool:
    """Whether the sentence goes on behind word `at`."""
    return at + 1 < len(page.words) and page.sentence_of[at] == page.sentence_of[at + 1]


def _on_edge(edge: str, page: Page, at: int) -> bool:
    if edge == "^":
        first = at
        while first > 0 and page.sentence_of[first - 1] == page.sentence_of[at] and not page.words[first - 1].isalnum():
            first -= 1
        return at < len(page.words) and page.sentences[page.sentence_of[at]].first == first
    last = at
    while last < len(page.words) and not page.words[last].isalnum() and page.words[last] != ",":
        if last and page.sentence_of[last] != page.sentence_of[last - 1]:
            return True
        last += 1
    return last == len(page.words) or (last > 0 and page.sentence_of[last] != page.sentence_of[last - 1])


def _steps(pattern: str, groups: Mapping[str, Sequence[str]]) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for element in _elements(pattern):
        if element in {"^", "$"}:
            steps.append(_Step(edge=element))
        elif element.strip(".") == "" and len(element) > 1:
            steps.append(_Step(gap=GAP if element == ".." else 2 * GAP))
        elif element.startswith("!"):
            steps.append(_Step(paths=_paths(element[1:], groups), absent=True))
        elif element[0] in "[(":
            steps.append(_alternatives(element[1:-1], groups, optional=element[0] == "["))
        else:
            steps.append(_alternatives(element, groups, optional=False))
    if not steps:
        raise ValueError(f"an empty pattern: {pattern!r}")
    if steps[-1].optional or steps[-1].gap:
        raise ValueError(f"ends with what need not be there: {pattern!r}")
    return tuple(steps)


def _elements(pattern: str) -> list[str]:
    """Split at spaces outside brackets."""
    elements: list[str] = []
    closing = {"[": "]", "(": ")"}
    inside = False
    for part in pattern.split():
        if inside:
            elements[-1] += " " + part
        else:
            elements.append(part)
        opened = closing.get(elements[-1][0])
        inside = opened is not None and not elements[-1].endswith(opened)
        if opened is not None and opened in elements[-1][:-1]:
            raise ValueError(f"words hang on a bracket: {pattern!r}")
    return elements


def _alternatives(element: str, groups: Mapping[str, Sequence[str]], optional: bool) -> _Step:
    parts = element.split("|")
    labels = frozenset(part[1:-1] for part in parts if part.startswith("<"))
    return _Step(_paths("|".join(part for part in parts if not part.startswith("<")), groups), labels, optional)


def _paths(element: str, groups: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the alternatives, the longer ones first."""
    phrases: list[str] = []
    for part in element.split("|"):
        phrases.extend(groups[part[1:-1]] if part.startswith("{") else [part])
    paths = {path: None for phrase in phrases if (path := _path(phrase))}
    paths |= {tuple("a" if word == TO else word for word in path): None for path in paths}
    return tuple(sorted(paths, key=len, reverse=True))


def _path(phrase: str) -> tuple[str, ...]:
    """Cut one alternative as mails are cut; a star stays with its stem."""
    path: list[str] = []
    for part in phrase.split():
        if part in {"..", "..."} or part[0] in "![(":
            raise ValueError(f"only words stand inside a group: {phrase!r}")
        if part == TO:
            path.append(TO)
            continue
        stem = _is_stem(part)
        norms = words_of(part[:-1] if stem else part)
        if stem:
            norms[-1] += "*"
        path.extend(norms)
    return tuple(path)
