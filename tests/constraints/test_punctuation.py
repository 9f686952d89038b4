"""Forbidden punctuation."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.punctuation import NoPunctuation
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("marks", "text", "value"),
    [
        (",", "Kafka is a log.", 1.0),
        (",", "1,000", 0.0),
        (",", "速い\uff0c", 0.0),
        (",", "速い、 نعم،", 1.0),
        (";", "a\u037e", 0.0),
        ("…", "...", 1.0),
        ("👍", "ok 👍", 0.0),
        (None, "a + b = $5 < 6", 1.0),
        (None, "a_b", 0.0),
        (None, "速い。", 0.0),
        (None, "", 1.0),
    ],
    ids=ascii,
)
def test_marks_are_found_in_every_width(marks: str | None, text: str, value: float) -> None:
    """Those given, or all that Unicode calls punctuation."""
    assert NoPunctuation(marks).score(text, whole=True).value == value


@given(text=st.text(st.characters(max_codepoint=127)))
def test_marks_are_found_where_they_stand(text: str) -> None:
    """Against a search character by character."""
    places = tuple(Span(at, at + 1) for at, each in enumerate(text) if each in ",;")
    assert NoPunctuation(",;").score(text, whole=True).spans == places[:100]
    found = any(each in set(string.punctuation) - set("$+<=>^`|~") for each in text)
    assert NoPunctuation().score(text, whole=True).value == (not found)


@pytest.mark.parametrize(("text", "value"), [("a, b", 0.0), ("a b", None)], ids=["found", "not yet"])
def test_only_a_mark_found_survives_a_cut(text: str, value: float | None) -> None:
    """What is not there yet may still come."""
    assert NoPunctuation(",").score(text, whole=False).value == value


def test_the_reason_names_the_marks() -> None:
    """And how often they stand there."""
    assert NoPunctuation(",;").score("a, b; c, d", whole=True).reason == "found `,` and `;`, 3 places in all"
    assert NoPunctuation(",;").score("a", whole=True).reason == "found none of `,` and `;`"


@pytest.mark.parametrize("marks", ["", "a", ", ;", "1", 3], ids=repr)
def test_marks_are_no_letters(marks: Any) -> None:  # noqa: ANN401 - wrong on purpose
    """Other constraints forbid those."""
    with pytest.raises(ArgumentError) as raised:
        NoPunctuation(marks)
    assert raised.value.path == ("marks",)
