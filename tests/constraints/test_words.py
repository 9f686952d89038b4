"""Word limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.words import MaxWords, MinWords, WordCount
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "value"), [("", 1.0), ("a b", 1.0), ("a b c", 0.0)], ids=["empty", "at limit", "one over"]
)
def test_max_words_counts_the_limit_in(text: str, value: float) -> None:
    """A reply of exactly the limit passes; one word more fails."""
    assert MaxWords(2).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("", 0.0), ("a", 0.0), ("a b", 1.0)], ids=["empty", "one under", "at limit"]
)
def test_min_words_counts_the_limit_in(text: str, value: float) -> None:
    """A reply of exactly the limit passes; one word less fails."""
    assert MinWords(2).score(text, whole=True).value == value


@pytest.mark.parametrize(("text", "value"), [("a b", None), ("a b c", 0.0)], ids=["at limit", "one over"])
def test_a_cut_text_keeps_a_broken_maximum(text: str, value: float | None) -> None:
    """A limit already exceeded stays exceeded; one not yet exceeded is open."""
    assert MaxWords(2).score(text, whole=False).value == value


@pytest.mark.parametrize(("text", "value"), [("a", None), ("a b", 1.0)], ids=["one under", "at limit"])
def test_a_cut_text_keeps_a_reached_minimum(text: str, value: float | None) -> None:
    """A number already reached stays reached; one not yet reached is open."""
    assert MinWords(2).score(text, whole=False).value == value


def test_the_span_is_what_stands_beyond_the_limit() -> None:
    """From the first word too many to the last word's end."""
    assert MaxWords(1).score("Use Kafka now!", whole=True).spans == (Span(4, 13),)


def test_the_reason_names_the_count_and_the_limit() -> None:
    """A reader sees by how much a limit was missed."""
    assert MaxWords(1).score("Use Kafka", whole=True).reason == "2 words, limit 1"
    assert MinWords(2).score("Kafka", whole=True).reason == "1 word, at least 2 wanted"


@pytest.mark.parametrize(
    ("text", "value"),
    [("漢字", 1.0), ("漢字カ", None), ("漢 字 カ", 0.0)],
    ids=["two characters", "three in a run", "three runs"],
)
def test_words_that_a_script_hides_are_not_guessed(text: str, value: float | None) -> None:
    """Two words at most when every character is one; three at least when there are three runs; open between."""
    assert MaxWords(2).score(text, whole=True).value == value


def test_a_minimum_in_a_script_without_spaces_is_open_while_it_may_be_reached() -> None:
    """Four characters of Thai may be one word or four, but never five."""
    assert MinWords(4).score("ขอบค", whole=True).value is None
    assert MinWords(5).score("ขอบค", whole=True).value == 0


@pytest.mark.parametrize("limit", [-1, True, 2.0, "2", None], ids=str)
def test_a_limit_must_be_a_whole_number_from_0(limit: int) -> None:
    """Negative numbers, booleans and fractions are refused with the value met."""
    with pytest.raises(ArgumentError, match=str(limit)) as raised:
        MaxWords(limit)
    assert raised.value.path == ("limit",)


def test_a_minimum_that_is_always_met_is_refused() -> None:
    """No words at all is nothing to demand."""
    with pytest.raises(ArgumentError, match="at least 1, got 0"):
        MinWords(0)


@pytest.mark.parametrize(
    ("text", "value"),
    [("a", 0.0), ("a b", 1.0), ("a b c", 1.0), ("a b c d", 0.0), ("漢 字カ", 1.0), ("漢字カナ", None)],
    ids=["one under", "least", "most", "one over", "hidden, but enough", "hidden"],
)
def test_a_range_of_words_counts_both_bounds_in(text: str, value: float | None) -> None:
    """Words that a script hides leave it open."""
    assert WordCount(at_least=2, at_most=3).score(text, whole=True).value == value


@given(text=st.text(st.sampled_from("ab 漢-")), limit=st.integers(1, 5), whole=st.booleans())
def test_a_range_agrees_with_the_limits(text: str, limit: int, whole: bool) -> None:
    """With one bound it is `max_words` or `min_words`."""
    assert WordCount(at_most=limit).score(text, whole=whole) == MaxWords(limit).score(text, whole=whole)
    assert WordCount(at_least=limit).score(text, whole=whole) == MinWords(limit).score(text, whole=whole)


def test_a_number_of_words_must_be_demanded() -> None:
    """A bare name demands nothing."""
    with pytest.raises(ArgumentError, match="missing"):
        WordCount()
