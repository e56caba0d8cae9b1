"""Files as they come from editors: what is not YAML, what is too much, and what YAML would have changed."""

from __future__ import annotations

import pytest

from mailbot.policy.outline import LARGEST, Branch, Leaf, Misread, Row, outline


def slips(raw: bytes | str) -> list[tuple[int, int, str]]:
    with pytest.raises(Misread) as caught:
        outline(raw.encode() if isinstance(raw, str) else raw)
    return [(s.place.line if s.place else -1, s.place.column if s.place else -1, s.kind) for s in caught.value.slips]


def leaves(raw: str) -> list[str]:
    [(_, row)] = outline(raw.encode()).entries
    assert isinstance(row, Row)
    return [part.text for part in row.parts if isinstance(part, Leaf)]


def test_text_stays_as_it_was_written() -> None:
    written = ["12:30", "no", "0400 00 00 01", "1_000", "0x1F", "2026-07-21", "1e3", "yes", "0o17", ".5", "on"]
    assert leaves(f"a: [{', '.join(written)}]") == written


def test_each_part_knows_its_line_and_column() -> None:
    tree = outline(b"rooms:\n  salle:\n    capacity: 80\n")
    [(rooms, entries)] = tree.entries
    assert isinstance(entries, Branch)
    [(salle, fields)] = entries.entries
    assert isinstance(fields, Branch)
    [(_, capacity)] = fields.entries
    assert [(node.line, node.column) for node in (rooms, salle, capacity)] == [(1, 1), (2, 3), (3, 15)]


def test_a_byte_order_mark_is_no_text() -> None:
    assert outline("\ufeffa: 1".encode()).entries[0][0].text == "a"


def test_windows_line_ends_are_line_ends() -> None:
    assert slips("a: 1\r\nb: 2\r\na: 3\r\n") == [(3, 1, "yaml.twice")]


def test_a_file_in_latin_1_is_told_where() -> None:
    assert slips("a: ok\nb: fermé\n".encode("latin-1")) == [(2, 8, "file.encoding")]


def test_a_file_in_utf_16_is_told() -> None:
    assert slips("a: ok\n".encode("utf-16")) == [(1, 1, "file.encoding")]


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert slips(b"#" * (LARGEST + 1)) == [(0, 0, "file.large")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a:\n\tb: 1\n", (2, 1, "yaml.tab")),
        ("a: Clé : à la loge: ici\n", (1, 8, "yaml.colon")),
        ("a: 'x\nb: 2\n", (1, 4, "yaml.quote")),
        ("a: [1,\nb: 2\n", (1, 4, "yaml.bracket")),
        ("a: {b: 1\nc: 2\n", (1, 4, "yaml.bracket")),
        ("a: [1, , 2]\n", (1, 8, "yaml.nothing")),
        ("a: @valleeverte.example\n", (1, 4, "yaml.start")),
        ("a: [x@y.example, @z.example]\n", (1, 18, "yaml.start")),
        ("a: 100%\nb: %\n", (2, 4, "yaml.start")),
        ("a:\n  b: 1\n c: 2\n", (3, 2, "yaml.indent")),
        ("a:\n  b: 1\n    c: 2\n", (3, 6, "yaml.colon")),
        ("a: 1\nb\nc: 2\n", (2, 1, "yaml.no-colon")),
        ("- a\nb: c\n", (2, 1, "yaml.indent")),
        ('a: "C:\\Data"\n', (1, 7, "yaml.escape")),
        ("a: *week\n", (1, 4, "yaml.alias")),
        ("a: &x [*x]\n", (1, 8, "yaml.alias")),
        ("a: !!python/object:os.system x\n", (1, 4, "yaml.tag")),
        ("a: \x07\n", (1, 4, "yaml.character")),
        ("[a, b]: c\n", (1, 1, "yaml.key")),
        ("a: 1\n---\nb: 2\n", (2, 1, "yaml.documents")),
        ("", (1, 1, "yaml.no-sections")),
        ("# rien\n", (1, 1, "yaml.no-sections")),
        ("juste du texte\n", (1, 1, "yaml.no-sections")),
        ("- a\n- b\n", (1, 1, "yaml.no-sections")),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, found: tuple[int, int, str]) -> None:
    assert slips(text) == [found]


def test_keys_that_stand_twice_are_all_told_even_before_a_syntax_error() -> None:
    assert slips("a: 1\na: 2\nb: {c: 1, c: 2}\nd: [\n") == [
        (2, 1, "yaml.twice"),
        (3, 11, "yaml.twice"),
        (5, 1, "yaml.nothing"),
    ]


def test_what_is_repeated_by_a_star_is_the_same_text() -> None:
    tree = outline(b"a: &name {fr: x}\nb: *name\n")
    assert tree.entries[0][1] == tree.entries[1][1]


def test_a_few_lines_cannot_become_a_billion() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert slips("\n".join(lines))[0][2] == "yaml.many"


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "a: " + "{b: " * 50_000, "- " * 100_000])
def test_brackets_without_end_do_not_break_the_reader(text: str) -> None:
    assert slips(text)[0][2] == "yaml.deep"
