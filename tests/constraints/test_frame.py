"""Titles, sections, postscripts and quotation marks."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.frame import HasPostscript, HasTitle, InQuotes, Sections
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("text", "markdown", "angled"),
    [
        ("# Title\n\na", 1, 0),
        ("\n\n# Title #", 1, 0),
        ("\ufeff# Title", 1, 0),
        ("Title\n=====\na", 1, 0),
        ("Title\r\n=\r\n", 1, 0),
        ("Title\n\n===", 0, 0),
        ("## Title", 0, 0),
        ("#Title", 0, 0),
        ("# #", 0, 0),
        ("#", 0, 0),
        ("<<Title>>\na", 0, 1),
        ("  << a b >>  ", 0, 1),
        ("<< >>", 0, 0),
        ("a <<b>>", 0, 0),
        ("Intro\n# Title", 0, 0),
        ("", 0, 0),
    ],
)
def test_a_title_is_the_first_line(text: str, markdown: float, angled: float) -> None:
    """A heading of the first level or a line between double angle brackets."""
    assert HasTitle("markdown").score(text, whole=True).value == markdown
    assert HasTitle("angled").score(text, whole=True).value == angled
    assert HasTitle().score(text, whole=True).value == max(markdown, angled)


@pytest.mark.parametrize(("text", "value"), [("# T", None), ("# T\na\n", 1), ("T\n=", None), ("a\nb\n", 0), ("", None)])
def test_a_title_of_a_cut_text_is_decided_once_its_lines_have_ended(text: str, value: float | None) -> None:
    """The second line may still underline the first."""
    assert HasTitle().score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a\nP.S. b", 1),
        ("a\n\n**PS:** b", 1),
        ("a\r\nP. S. b", 1),
        ("p.p.s. b", 1),
        ("PS b", 1),
        ("PS5 is out", 0),
        ("psst, b", 0),
        ("a P.S. b", 0),
        ("P.S.", 0),
        ("P.S. **", 0),
        ("", 0),
    ],
)
def test_a_postscript_begins_a_line_and_says_something(text: str, value: float) -> None:
    """With the usual markers."""
    assert HasPostscript().score(text, whole=True).value == value


def test_a_marker_is_taken_as_it_stands() -> None:
    """Case included."""
    assert HasPostscript("P.P.S").score("P.P.S. b", whole=True).value == 1
    assert HasPostscript("P.P.S").score("p.p.s. b", whole=True).value == 0
    assert HasPostscript("P.P.S").score("P.S. b", whole=True).value == 0
    assert HasPostscript().score("P.S. b", whole=False).value == 1
    assert HasPostscript().score("P.S.", whole=False).value is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Section 1\na\nSection 2: b", 2),
        ("**SECTION IV**\n## section B.\n> Section ten", 3),
        ("See Section 1\nSections 2\nSection one-off", 1),
        ("Section 12th\nSection\n1", 0),
        ("Section A's end\nSection a is\nSection I like", 0),
        ("Section A\nSection b: c\n**Section I**", 3),
    ],
)
def test_sections_begin_with_the_word_and_a_number(text: str, count: int) -> None:
    """At the start of a line."""
    assert Sections("Section", exactly=count).score(text, whole=True).value == 1


def test_a_splitter_is_no_pattern() -> None:
    """It may have several words."""
    assert Sections("Part. No", exactly=1).score("part.  no 1\nPartX No 2", whole=True).value == 1
    assert Sections("Day", at_least=1).score("Day 1", whole=False).value is None
    assert Sections("Day", at_least=1).score("Day 1\n", whole=False).value == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a"', 1),
        (' "a "b" c"\n', 1),
        ("“a”", 1),
        ("„a“", 1),
        ("«a»", 1),
        ("「a「b」」", 1),
        ("“a” and “b”", 0),
        ('"a', 0),
        ('"', 0),
        ('""', 0),
        ('“a"', 0),
        ("'a'", 0),
        ("a", 0),
        ("", 0),
    ],
)
def test_the_whole_text_stands_in_one_pair_of_marks(text: str, value: float) -> None:
    """Double ones that belong together."""
    assert InQuotes().score(text, whole=True).value == value


def test_a_cut_text_is_broken_when_it_begins_without_a_mark() -> None:
    """Otherwise it may still be closed, or go on."""
    assert [InQuotes().score(text, whole=False).value for text in ("a", '"a', '"a"', "")] == [0, None, None, None]


def test_arguments_are_checked() -> None:
    """A style that there is, texts with something in them, a number of sections."""
    bad: list[tuple[Any, tuple[Any, ...]]] = [(HasTitle, ("bold",)), (HasPostscript, (" ",)), (Sections, ("Day",))]
    for constraint, arguments in bad:
        with pytest.raises(ArgumentError):
            constraint(*arguments)


def test_accents_of_a_splitter_or_marker_may_be_composed_or_not() -> None:
    """Whichever way the suite writes them."""
    for word in ("\u00c9tape", "E\u0301tape"):
        for text in ("\u00c9tape 1\n", "E\u0301tape 1\n"):
            assert Sections(word, exactly=1).score(text, whole=True).value == 1
            assert HasPostscript(word).score(text, whole=True).value == 1
