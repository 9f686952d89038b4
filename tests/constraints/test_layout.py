"""The number of lines and paragraphs."""

from __future__ import annotations

import pytest

from evalkit.constraints.layout import LineCount, ParagraphCount
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "lines", "with_blank"),
    [("", 0, 0), ("a", 1, 1), ("a\n", 1, 1), ("\n\na\n\nb\n", 2, 3), ("a\r\n\r\nb", 2, 3)],
    ids=repr,
)
def test_lines_are_counted(text: str, lines: int, with_blank: int) -> None:
    """Blank lines count between others, and only when they are asked for."""
    for count, blank in ((lines, False), (with_blank, True)):
        assert LineCount(exactly=count, blank=blank).score(text, whole=True).value == 1
        assert LineCount(exactly=count + 1, blank=blank).score(text, whole=True).value == 0


@pytest.mark.parametrize(
    ("text", "paragraphs"), [("", 0), ("a\nb", 1), ("a\n\nb", 2), ("a\n \t\n\n\nb\n\n", 2)], ids=repr
)
def test_paragraphs_are_counted(text: str, paragraphs: int) -> None:
    """One blank line or several part them."""
    assert ParagraphCount(exactly=paragraphs).score(text, whole=True).value == 1


@pytest.mark.parametrize(("text", "value"), [("a\n\nb", None), ("a\n\nb\n\nc", 0.0)], ids=["at limit", "one over"])
def test_a_cut_text_keeps_a_broken_maximum(text: str, value: float | None) -> None:
    """More text never takes a paragraph away."""
    score = ParagraphCount(at_most=2).score(text, whole=False)
    assert score.value == value


def test_the_span_is_what_stands_beyond_the_limit() -> None:
    """From the first too many to the end."""
    assert ParagraphCount(at_most=1).score("a\n\nb\n\nc\n", whole=True).spans == (Span(3, 7),)
    assert LineCount(at_most=1).score("a\nb\n", whole=True).spans == (Span(2, 3),)


def test_a_number_must_be_demanded() -> None:
    """A bare name demands nothing."""
    with pytest.raises(ArgumentError, match="missing"):
        LineCount()
    with pytest.raises(ArgumentError, match="missing"):
        ParagraphCount()
