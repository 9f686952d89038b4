"""Lists, tables, quotes and rules of Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.blocks import BlockQuotes, HorizontalRules, ListItems, Table
from evalkit.errors import ArgumentError

LISTS = "- a\n  1. b\n  2. c\n- d\n\n* * *\n\n> + e\n\n3) f\n\n• no\n\n    - code\n"


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ({}, 6),
        ({"kind": "bulleted"}, 3),
        ({"kind": "numbered"}, 3),
        ({"nested": False}, 4),
        ({"kind": "numbered", "nested": False}, 1),
    ],
    ids=str,
)
def test_items_are_counted(arguments: dict[str, Any], count: int) -> None:
    """By their marks, in quotes too; rules, bullets that Markdown does not know and code are none."""
    assert ListItems(exactly=count, **arguments).score(LISTS, whole=True).value == 1
    assert ListItems(at_least=count + 1, **arguments).score(LISTS, whole=True).value == 0
    assert ListItems(at_most=count - 1, **arguments).score(LISTS, whole=True).value == 0


def test_an_item_in_a_quote_in_an_item_is_nested() -> None:
    """Whatever stands between the two lists."""
    assert ListItems(exactly=1, nested=False).score("- > - a", whole=True).value == 1


def test_quotes_and_rules_are_counted() -> None:
    """A quote in a quote counts; dashes below text are no rule."""
    text = "> a\n> > b\n\nc\n---\n\n---\n***\n"
    assert BlockQuotes(2).score(text, whole=True).value == 1
    score = HorizontalRules(2).score(text, whole=True)
    assert (score.value, [text[span.start : span.end] for span in score.spans]) == (1, ["---", "***"])


@pytest.mark.parametrize(("text", "value"), [("-", None), ("- a", None), ("- a\n", 1), ("- a|b\n", None)])
def test_an_item_of_a_cut_text_counts_once_nothing_can_undo_it(text: str, value: float | None) -> None:
    """A dash may become a rule, and a line with a pipe a table's header."""
    assert ListItems(at_least=1).score(text, whole=False).value == value


TABLE = "| Name | *Kind* |\n|---|:-:|\n| a | b |\n| c |\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({}, 1),
        ({"columns": 2, "rows": 2}, 1),
        ({"columns": 3}, 0),
        ({"rows": 1}, 0),
        ({"min_rows": 2, "max_rows": 2}, 1),
        ({"min_rows": 3}, 0),
        ({"max_rows": 1}, 0),
        ({"header": ("kind",)}, 1),
        ({"header": ("Name", "Kind")}, 1),
        ({"header": ("Kind", "Name")}, 0),
        ({"header": ("Other",)}, 0),
    ],
    ids=str,
)
def test_one_table_must_have_it_all(arguments: dict[str, Any], value: float) -> None:
    """Rows are those below the header; header cells come in order."""
    assert Table(**arguments).score(f"Before.\n\n{TABLE}\nAfter.", whole=True).value == value


def test_another_table_may_fit() -> None:
    """The first that fits is shown; where none does, the reason says why."""
    text = f"| x |\n|---|\n\n{TABLE}"
    assert Table(columns=2).score(text, whole=True).reason == "a table of 2 columns and 2 rows"
    assert Table(columns=3).score(text, whole=True).reason == "2 tables: 1 column, not 3; 2 columns, not 3"
    assert Table().score("a | b\n--\n", whole=True).reason == "no table"


@pytest.mark.parametrize(
    ("text", "open_end", "bounded"), [(TABLE, 1, None), (f"{TABLE}\nx\n", 1, 1), ("| a | b |\n|-|-|", None, None)]
)
def test_a_table_of_a_cut_text(text: str, open_end: float | None, bounded: float | None) -> None:
    """It is there once its second line has ended; its number of rows is known once something follows."""
    assert Table(columns=2).score(text, whole=False).value == open_end
    assert Table(columns=2, rows=2).score(text, whole=False).value == bounded


@pytest.mark.parametrize(
    "arguments",
    [{"columns": 0}, {"rows": 1, "min_rows": 1}, {"min_rows": 2, "max_rows": 1}, {"header": ("",)}],
    ids=str,
)
def test_arguments_of_tables_are_checked(arguments: dict[str, Any]) -> None:
    """Numbers must go together."""
    with pytest.raises(ArgumentError):
        Table(**arguments)
