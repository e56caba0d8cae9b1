"""The page shows the very words of the text, with a little more shape."""

from __future__ import annotations

import re

from mailbot.replies.layout import Block, Line, blocks, joined, table


def test_a_line_that_begins_with_a_space_goes_on_with_the_one_before() -> None:
    assert joined("Bonjour,\n\n\n\nC'est\n  réservé.  \nOui.\n") == "Bonjour,\n\nC'est réservé.\nOui."


def test_dashes_and_numbers_are_items_capitals_are_labels_and_headings() -> None:
    text = "Voici :\n– une salle\n2. CLÉ ET MATÉRIEL : lundi\n\nEN RETARD\n1. clé\n\nR-7K3F2 : réservé"
    assert blocks(text) == (
        Block((Line("Voici :"), Line("une salle", mark="–"), Line("lundi", "CLÉ ET MATÉRIEL :", "2."))),
        Block((Line("", "EN RETARD"), Line("clé", mark="1."))),
        Block((Line("R-7K3F2 : réservé"),)),
    )


def test_what_belongs_together_is_not_parted_at_the_end_of_a_line() -> None:
    [block] = blocks("de 14 h à 18 h 30 :", [(re.compile(r"(?<=\d) h"), "\u00a0h")])
    assert block.lines[0].text == "de 14\u00a0h à 18\u00a0h 30 :"


def test_a_heading_with_a_date_that_stays_together_is_still_one() -> None:
    [block] = blocks("LUNDI 15 JUIN\n1. clé", [(re.compile(r"(\d+) (?=\w)"), "\\1\u00a0")])
    assert block.lines[0] == Line("", "LUNDI 15\u00a0JUIN")


def test_lines_with_a_bar_are_a_table_below_the_line_that_names_it() -> None:
    lines = table([("samedi 13 juin", "8 h-22 h"), ("lundi", "a │ b")])
    assert lines == ("samedi 13 juin │ 8 h-22 h", "lundi          │ a | b"), "people cannot add a cell"
    assert blocks("Salle :\n" + "\n".join(lines)) == (
        Block((Line("Salle :"),)),
        Block(rows=(("samedi 13 juin", "8 h-22 h"), ("lundi", "a | b"))),
    )
