"""Headings of Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.headings import Headings
from evalkit.constraints.markdown import LONGEST
from evalkit.errors import ArgumentError

TEXT = "# Title\n\n## **Context:**\n\na\n\nDecision\n---\n\nb\n\n> ### Quoted\n\n**bold**\n\n```\n# code\n```\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"exactly": 4}, 1),
        ({"exactly": 3}, 0),
        ({"at_least": 4}, 1),
        ({"at_least": 5}, 0),
        ({"at_most": 4}, 1),
        ({"at_most": 3}, 0),
        ({"exactly": 2, "level": 2}, 1),
        ({"exactly": 0, "level": 4}, 1),
        ({"texts": ("Context", "DECISION")}, 1),
        ({"texts": ("Title", "Quoted")}, 1),
        ({"texts": ("Decision", "Context")}, 0),
        ({"texts": ("code",)}, 0),
        ({"texts": ("bold",)}, 0),
        ({"texts": ("Context", "Context")}, 0),
        ({"texts": ("Title",), "level": 2}, 0),
        ({"texts": ("Title",), "at_most": 3}, 0),
        ({"texts": ("Title",), "at_most": 4}, 1),
    ],
    ids=str,
)
def test_headings_are_counted_and_read(arguments: dict[str, Any], value: float) -> None:
    """Underlined and quoted ones count, bold lines and code do not; texts must come in order."""
    assert Headings(**arguments).score(TEXT, whole=True).value == value


def test_what_is_missing_is_named() -> None:
    """With what was found before it."""
    score = Headings(texts=("Title", "Costs")).score(TEXT, whole=True)
    assert score.reason == "no heading `Costs` after `Title`"
    assert [TEXT[span.start : span.end] for span in score.spans] == ["# Title"]


@pytest.mark.parametrize(("text", "value"), [("# A\n", 1), ("# A", None), ("A\n===\n", None), ("A\n===\n\n", 1)])
def test_a_heading_of_a_cut_text_counts_once_its_line_has_ended(text: str, value: float | None) -> None:
    """What is underlined may still be the title of a link's definition, until a blank line follows."""
    assert Headings(at_least=1).score(text, whole=False).value == value


def test_a_long_text_is_judged_by_its_beginning() -> None:
    """Too many there are too many anywhere."""
    assert Headings(at_most=1).score("# a\n" * LONGEST, whole=True).value == 0
    assert Headings(at_least=1, texts=("b",)).score("# a\n" * LONGEST, whole=True).value is None


@pytest.mark.parametrize("arguments", [{}, {"level": 7, "exactly": 1}, {"texts": ("",)}, {"at_least": 2, "at_most": 1}])
def test_arguments_are_checked(arguments: dict[str, Any]) -> None:
    """A number or texts must be given, and a level that there is."""
    with pytest.raises(ArgumentError):
        Headings(**arguments)
