"""The checks of what a text holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.ifeval.content import (
    IfevalNoComma,
    IfevalPlaceholders,
    IfevalPostscript,
    IfevalTitle,
    IfevalYesNoMaybe,
)
from evalkit.verdicts import Span


@given(st.text("[]\na", max_size=30))
def test_placeholders_are_those_of_the_pattern(text: str) -> None:
    """The same places as the reference's pattern finds, which takes quadratic time."""
    places = tuple(Span(*match.span()) for match in re.finditer(r"\[.*?\]", text))
    assert IfevalPlaceholders(0).score(f"{text}\n.", whole=True).spans == places


@given(st.text("<>\n a", max_size=30))
def test_titles_are_those_of_the_pattern(text: str) -> None:
    """The same verdict as the reference's pattern gives, which takes quadratic time."""
    titles = re.findall(r"<<[^\n]+>>", text)
    expected = any(title.lstrip("<").rstrip(">").strip() for title in titles)
    assert (IfevalTitle().score(f"{text}\n.", whole=True).value == 1) is expected


@pytest.mark.parametrize(
    ("marker", "text", "value"),
    [
        ("P.S.", "so. p. s. more", 1.0),
        ("P.S.", "P.S more", 0.0),
        ("P.P.S", "p.p. s", 1.0),
        ("P.P.S", "P.S.", 0.0),
        ("P.S", "pass", 1.0),
        ("PS:", "ps: more", 1.0),
        ("[x", "ps", None),
    ],
)
def test_a_postscript_begins_with_its_marker(marker: str, text: str, value: float | None) -> None:
    """The two of the benchmark allow a space; others are patterns, and no verdict comes of what is none."""
    assert IfevalPostscript(marker).score(text, whole=True).value == value


@pytest.mark.parametrize(("text", "value"), [("So: My answer is no. Sorry.", 1.0), ("my answer is no.", 0.0)])
def test_an_answer_out_of_three(text: str, value: float) -> None:
    """In the very letters, anywhere."""
    assert IfevalYesNoMaybe().score(text, whole=True).value == value


def test_a_comma_is_pointed_at() -> None:
    """Only the ASCII one counts."""
    assert IfevalNoComma().score("a، b、 c, d", whole=True).spans == (Span(7, 8),)
    assert IfevalNoComma().score("a، b、 c", whole=True).value == 1
