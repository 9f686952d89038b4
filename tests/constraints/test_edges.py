"""Constraints on beginning and ending."""

from __future__ import annotations

import pytest

from evalkit.constraints.edges import EndsWith, StartsWith
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "value"),
    [("In short: Kafka", 1.0), (" \n in SHORT", 1.0), ("In shor", 0.0), ("Kafka. In short", 0.0), ("", 0.0)],
    ids=["exact", "blanks and case", "one short", "elsewhere", "empty"],
)
def test_a_beginning_is_demanded(text: str, value: float) -> None:
    """White space before it and case do not count."""
    assert StartsWith("In short").score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("In short", 1.0), ("In shor", None), ("  ", None), ("", None), ("In shox", 0.0), ("x", 0.0)],
    ids=["long enough", "on its way", "blank", "empty", "left the way", "wrong at once"],
)
def test_a_cut_beginning_is_open_only_while_it_can_go_either_way(text: str, value: float | None) -> None:
    """Both verdicts are final once the text tells."""
    assert StartsWith("In short").score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("start", "text", "value"),
    [("ss", "ß", 1.0), ("s", "ß", 0.0), ("ß", "SSo", 1.0), ("é", "e\u0301a", 1.0), ("İ", "İx", 1.0)],
    ids=["one for two", "half", "two for one", "decomposed", "dotted i"],
)
def test_a_beginning_may_change_length_in_folding(start: str, text: str, value: float) -> None:
    """Whole characters are compared, however many they fold to."""
    assert StartsWith(start).score(text, whole=True).value == value


def test_the_beginning_found_is_the_span() -> None:
    """It is where the text really begins."""
    assert StartsWith("ss").score("  ßx", whole=True).spans == (Span(2, 3),)


def test_a_wrong_beginning_is_quoted() -> None:
    """The reason shows as much as was compared."""
    score = StartsWith("In short").score("Use Kafka.", whole=True)
    assert score.reason == "begins with `Use Kafk`, not `In short`"


@pytest.mark.parametrize(
    ("text", "value"),
    [("Use it.\nregards \n", 1.0), ("REGARDS", 1.0), ("regards.", 0.0), ("regard", 0.0), ("", 0.0)],
    ids=["blanks", "case", "full stop", "one short", "empty"],
)
def test_an_ending_is_demanded(text: str, value: float) -> None:
    """White space after it and case do not count; a full stop does."""
    assert EndsWith("regards").score(text, whole=True).value == value


@pytest.mark.parametrize("text", ["regards", "else", ""])
def test_a_cut_ending_is_always_open(text: str) -> None:
    """What ends a cut text is not its ending."""
    assert EndsWith("regards").score(text, whole=False).value is None


@pytest.mark.parametrize(
    ("end", "text", "span"),
    [("ss", "xß ", Span(1, 2)), ("é.", "cafe\u0301.", Span(3, 6)), ("log", "blog", Span(1, 4))],
    ids=["folded", "decomposed", "plain"],
)
def test_the_ending_found_is_the_span(end: str, text: str, span: Span) -> None:
    """It is where the text really ends."""
    assert EndsWith(end).score(text, whole=True).spans == (span,)


def test_half_a_character_is_no_ending() -> None:
    """`ß` does not end with one `s`."""
    assert EndsWith("s").score("ß", whole=True).value == 0


@pytest.mark.parametrize("cls", [StartsWith, EndsWith])
@pytest.mark.parametrize("text", ["", " \n", 3], ids=repr)
def test_an_edge_must_hold_something(cls: type[StartsWith], text: str) -> None:
    """An empty demand would always be met."""
    with pytest.raises(ArgumentError):
        cls(text)


@pytest.mark.parametrize(("text", "value"), [("Dear", 1.0), ("dear", 0.0)], ids=["same", "other"])
def test_case_can_matter_at_the_edges(text: str, value: float) -> None:
    """With `ignore_case: false` only the exact spelling counts."""
    assert StartsWith("Dear", ignore_case=False).score(text, whole=True).value == value
    assert EndsWith("Dear", ignore_case=False).score(text, whole=True).value == value
