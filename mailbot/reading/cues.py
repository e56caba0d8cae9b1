"""Cues: patterns of words that a lexicon holds as data, and finding them on a page.

    nous voudrions|aimerions reserv*      words, alternatives, a stem
    on [ne] peut                          a word that may be left out
    (la semaine|le mois) prochain*        alternatives of several words
    annul* .. <room>                      a gap of at most five words, and a label that the page carries
    pas !mal                              not followed by this word
    ^ merci $                             the beginning and the end of a sentence
    {want} .. {reserve}                   any phrase of a group that the lexicon names in its table of groups

A pattern is read with the tokenizer of mails, so case, accents, hyphens and apostrophes do not matter. It never runs
past the end of a sentence. Finding is linear in the page, and its time does not grow with the lexicon: all patterns
that the same words lead to are one state, and what the next word makes of them is found once and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from mailbot.reading.lexicon import words_of
from mailbot.reading.page import TO, Page

GAP = 5
_KEPT = 20_000

Labels = Mapping[int, Sequence[tuple[str, int]]]
"""For a word of a page, the labels of what begins there, each with the word behind it."""

_Path = tuple[str, ...]
"""Words in a row, as patterns have them: a word, a stem with its star, or a label in angles."""


class Cue(Struct, frozen=True):
    """A pattern found: what it is evidence of, its words `first` to `last` (excluded), and the pattern as written."""

    value: str
    first: int
    last: int
    pattern: str


class _Step(Struct, frozen=True):
    """One element of a pattern: any of some paths, the longest first, or a gap, or the end of the sentence."""

    paths: tuple[_Path, ...] = ()
    optional: bool = False
    absent: bool = False
    gap: int = 0
    end: bool = False


class _Node(Struct, eq=False):
    """A place between two elements of the patterns that begin alike so far: the steps that lead on, and what ends."""

    ends: list[int] = field(default_factory=list)
    """The patterns that end here."""
    paths: dict[str, list[_Item]] = field(default_factory=dict)
    """By its first word: the rest of a path, and the node behind it."""
    skipped: list[_Node] = field(default_factory=list)
    """Behind what may be left out."""
    others: list[tuple[_Step, _Node]] = field(default_factory=list)
    """Behind gaps, the end of a sentence, and what must not follow."""
    _behind: dict[str, _Node] = field(default_factory=dict)

    def behind(self, element: str, step: _Step) -> _Node:
        """Return the node behind an element, which means `step`; made with the first pattern that goes on so."""
        node = self._behind.get(element)
        if node is None:
            node = self._behind[element] = _Node()
            if step.gap or step.end or step.absent:
                self.others.append((step, node))
            else:
                for path in step.paths:
                    self.paths.setdefault(path[0], []).append((path[1:], node))
            if step.optional:
                self.skipped.append(node)
        return node

    def without(self) -> Iterator[_Node]:
        """Yield this node and those that are reached from it without a word."""
        yield self
        for node in self.skipped:
            yield from node.without()


_Item = tuple[_Path, _Node]
"""Where one way is: the words that a path still wants, and the node behind them."""


class _State(Struct, eq=False):
    """Where all ways are that the same words lead to."""

    items: Sequence[_Item]
    ends: Sequence[int]
    gaps: Sequence[tuple[int, _State]]
    at_end: _State | None
    absent: Sequence[tuple[_Step, _State]]
    plain: bool
    """Whether nothing but words leads on, and nothing ends here."""
    known: dict[str, _State | None] = field(default_factory=dict)
    """By the next word, what `States.after` returned."""


class _States:
    """The states of a set of patterns, each made when a mail first leads to it, and kept."""

    def __init__(self) -> None:
        self._made: dict[frozenset[_Item], _State] = {}

    def __len__(self) -> int:
        return len(self._made)

    def of(self, nodes: Iterable[_Node]) -> _State:
        return self._at([((), node) for node in nodes])

    def after(self, state: _State, word: str) -> _State | None:
        """Return the state that a word leads to, None where no pattern goes on with it."""
        if word not in state.known:
            items: list[_Item] = []
            for rest, node in state.items:
                if not rest:
                    items.extend(node.paths.get(word, ()))
                elif rest[0] == word:
                    items.append((rest[1:], node))
            state.known[word] = self._at(items) if items else None
        return state.known[word]

    def _at(self, items: Iterable[_Item]) -> _State:
        nodes = dict.fromkeys(node for rest, start in items if not rest for node in start.without())
        every = (*(item for item in items if item[0]), *(((), node) for node in nodes))
        return self._made.get(frozenset(every)) or self._make(every, tuple(nodes))

    def _make(self, items: Sequence[_Item], nodes: Sequence[_Node]) -> _State:
        others = [other for node in nodes for other in node.others]
        gaps = sorted({step.gap for step, _ in others if step.gap})
        closing = [node for step, node in others if step.end]
        made = self._made[frozenset(items)] = _State(
            items,
            ends=[pattern for node in nodes for pattern in node.ends],
            gaps=[(gap, self.of(node for step, node in others if step.gap == gap)) for gap in gaps],
            at_end=self.of(closing) if closing else None,
            absent=[(step, self.of([node])) for step, node in others if step.absent],
            plain=not others and not any(node.ends for node in nodes),
        )
        return made


class _Forms(dict[str, _Path]):
    """For each word of a mail what patterns may have for it: itself, and the stems that it begins with."""

    def __init__(self) -> None:
        self.heard: set[str] = set()
        """All words and stems of the patterns."""

    def __missing__(self, word: str) -> _Path:
        if len(self) > _KEPT:
            self.clear()
        stems = (f"{word[:length]}*" for length in range(1, len(word) + 1))
        forms = self[word] = tuple(form for form in (word, *stems) if form in self.heard)
        return forms


class Cues:
    """The patterns of a table, ready to be looked for."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._groups = groups
        self._patterns: list[tuple[str, str]] = []
        self._root, self._opening = _Node(), _Node()
        """Where patterns begin, and where those do that begin with a sentence."""
        self._steps: dict[str, _Step] = {}
        self._forms = _Forms()
        self._states = _States()

    @classmethod
    def of(cls, table: Mapping[str, Iterable[str]], groups: Mapping[str, Sequence[str]] | None = None) -> Cues:
        """Compile a table of patterns; `groups` are the words that patterns name in braces."""
        made = cls(groups or {})
        for value, patterns in table.items():
            for pattern in patterns:
                made._add(pattern, value)
        return made

    def find(self, page: Page, labels: Labels | None = None) -> list[Cue]:
        """Return every pattern on the page, at each place it begins, in order of its first word."""
        if len(self._states) > _KEPT:
            self._states = _States()
        forms, marks = list(map(self._forms.__getitem__, page.words)), labels or {}
        walk = _Walk(page, forms, marks, self._states)
        anywhere, opening = self._states.of([self._root]), self._states.of([self._opening])
        found: list[Cue] = []
        for sentence in page.sentences:
            begins = True
            for at in range(sentence.first, sentence.last):
                if forms[at] or at in marks:
                    roots = (anywhere, opening) if begins else (anywhere,)
                    for pattern, last in walk.from_word(at, sentence.last, roots):
                        value, written = self._patterns[pattern]
                        found.append(Cue(value, at, last, written))
                begins = begins and not page.words[at].isalnum()
        return found

    # -- compiling ----------------------------------------------------------------------------------------------------

    def _add(self, pattern: str, value: str) -> None:
        """Add a pattern, from each place where it may begin: what it begins with may be left out. Raise ValueError
        where it begins or ends with nothing to look for, KeyError for a group unheard of."""
        elements = _elements(pattern)
        root = self._root
        if elements[:1] == ["^"]:
            root, elements = self._opening, elements[1:]
        steps = [self._step(element) for element in elements]
        if not steps or steps[-1].optional or steps[-1].gap:
            raise ValueError(f"empty, or ends with what need not be there: {pattern!r}")
        number = len(self._patterns)
        self._patterns.append((value, pattern))
        for first, step in enumerate(steps):
            if not step.paths or step.absent:
                raise ValueError(f"begins with nothing to look for: {pattern!r}")
            node = root.behind(elements[first].strip("[]"), replace(step, optional=False))
            for following in range(first + 1, len(steps)):
                node = node.behind(elements[following], steps[following])
            node.ends.append(number)
            if not step.optional:
                return

    def _step(self, element: str) -> _Step:
        """Return what an element means; compiled once."""
        if element not in self._steps:
            self._steps[element] = _step(element, self._groups)
            self._forms.heard.update(word for path in self._steps[element].paths for word in path)
        return self._steps[element]


class _Walk:
    """The ways through the patterns from a word of a page; of each pattern the first way to its end counts: the
    longest alternative, the shortest gap."""

    def __init__(self, page: Page, forms: Sequence[_Path], labels: Labels, states: _States) -> None:
        self._page, self._forms, self._labels, self._states = page, forms, labels, states
        self._stop = 0
        self._been: set[tuple[_State, int]] = set()
        self._ends: dict[int, int] = {}

    def from_word(self, at: int, stop: int, states: Iterable[_State]) -> Iterable[tuple[int, int]]:
        """Return the patterns that begin at word `at`, each with the word behind it; `stop` is behind the sentence."""
        self._stop = stop
        self._been.clear()
        self._ends.clear()
        for state in states:
            self._follow(state, at)
        return sorted(self._ends.items()) if self._ends else ()

    def _follow(self, state: _State, at: int) -> None:
        """Go on with what stands at word `at`."""
        known = state.known
        for word in self._forms[at]:
            following = known[word] if word in known else self._states.after(state, word)
            if following is not None:
                self._go(following, at + 1)
        if at in self._labels:
            for label, behind in self._labels[at]:
                following = self._states.after(state, f"<{label}>")
                if following is not None:
                    self._go(following, behind)

    def _go(self, state: _State, at: int) -> None:
        """Go on from a state, before word `at`."""
        if at < self._stop:
            self._follow(state, at)
        for pattern in state.ends:
            self._ends.setdefault(pattern, at)
        if state.plain:
            return
        for gap, following in state.gaps:
            self._leap(following, at, max(at + 1, min(at + gap + 1, self._stop)))
        if state.at_end is not None and _at_end(self._page, at):
            self._go(state.at_end, at)
        for step, following in state.absent:
            if not any(self._stands(path, at) for path in step.paths):
                self._go(following, at)

    def _leap(self, state: _State, at: int, last: int) -> None:
        """Go on from a state, before each word from `at` to `last` (excluded)."""
        for behind in range(at, last):
            idle = state.plain and (behind >= self._stop or not (self._forms[behind] or behind in self._labels))
            if not idle and (state, behind) not in self._been:
                self._been.add((state, behind))
                self._go(state, behind)

    def _stands(self, path: _Path, at: int) -> bool:
        """Whether the words of a path stand at word `at` and behind it, in the same sentence."""
        forms = self._forms[at : min(at + len(path), self._stop)]
        return len(forms) == len(path) and all(word in form for word, form in zip(path, forms, strict=True))


def _at_end(page: Page, at: int) -> bool:
    """Whether the sentence ends before word `at`, or nothing but signs goes before its end."""
    while at < len(page.words) and not page.words[at].isalnum() and page.words[at] != ",":
        if at and page.sentence_of[at] != page.sentence_of[at - 1]:
            return True
        at += 1
    return at == len(page.words) or (at > 0 and page.sentence_of[at] != page.sentence_of[at - 1])


def _is_stem(wanted: str) -> bool:
    return wanted[-1] == "*" and len(wanted) > 1


def _step(element: str, groups: Mapping[str, Sequence[str]]) -> _Step:
    if element == "$":
        return _Step(end=True)
    if element == "^":
        raise ValueError("^ stands first")
    if element.strip(".") == "" and len(element) > 1:
        return _Step(gap=GAP if element == ".." else 2 * GAP)
    if element.startswith("!"):
        return _Step(_paths(element[1:], groups), absent=True)
    bracketed = element[0] in "[("
    parts = (element[1:-1] if bracketed else element).split("|")
    labels = [(part,) for part in parts if part.startswith("<")]
    words = _paths("|".join(part for part in parts if not part.startswith("<")), groups)
    return _Step((*words, *labels), optional=element[0] == "[")


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


def _paths(element: str, groups: Mapping[str, Sequence[str]]) -> tuple[_Path, ...]:
    """Return the alternatives, the longer ones first."""
    phrases: list[str] = []
    for part in element.split("|"):
        phrases.extend(groups[part[1:-1]] if part.startswith("{") else [part])
    phrases = [form for phrase in phrases for form in _participles(phrase)]
    paths = {path: None for phrase in phrases if (path := _path(phrase))}
    paths |= {tuple("a" if word == TO else word for word in path): None for path in paths}
    return tuple(sorted(paths, key=len, reverse=True))


def _participles(phrase: str) -> Iterator[str]:
    """Yield the forms of a French participle that a phrase ends with: "rapporté*" is no "rapportera"."""
    if phrase.endswith("é*"):
        yield from (f"{phrase[:-1]}{ending}" for ending in ("", "e", "s", "es"))
    else:
        yield phrase


def _path(phrase: str) -> _Path:
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
