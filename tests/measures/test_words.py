"""Measures over the words of the texts of a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import ArgumentError
from evalkit.measures.words import DistinctN, LengthDispersion

FOUR_TEXTS = ["Kafka is a log", "Kafka is a log", "Kafka is a queue", "RabbitMQ is a broker"]
TEXTS = st.lists(st.text(alphabet="ab \n", max_size=12), min_size=2, max_size=5)


@pytest.mark.parametrize(("length", "value"), [(1, 7 / 16), (2, 6 / 12)], ids=["words", "pairs of words"])
def test_distinct_n_of_the_worked_example(length: int, value: float) -> None:
    """Four texts of four words have 7 different words of 16, and 6 different pairs of 12."""
    assert DistinctN(length).compute(FOUR_TEXTS) == value


@pytest.mark.parametrize("length", [1, 2, 3])
def test_distinct_n_is_labelled_with_its_length(length: int) -> None:
    """Reports say which length of runs was counted."""
    assert DistinctN(length).label == f"distinct_{length}"


def test_distinct_n_counts_pairs_unless_told() -> None:
    """The default is runs of two words."""
    assert DistinctN().label == "distinct_2"


def test_runs_do_not_cross_from_one_text_to_the_next() -> None:
    """Two texts of one word have no pair of words."""
    assert DistinctN(2).compute(["one", "two"]) is None


@pytest.mark.parametrize("length", [0, -1])
def test_distinct_n_refuses_runs_of_no_words(length: int) -> None:
    """The message names the argument and the value met."""
    with pytest.raises(ArgumentError, match=f"n must be at least 1, got {length}") as refused:
        DistinctN(length)
    assert refused.value.path == ("n",)


@given(TEXTS)
def test_distinct_n_ignores_order_and_stays_in_bounds(texts: list[str]) -> None:
    """Any order of the same texts gives the same share, above 0 and at most 1, or none."""
    value = DistinctN(1).compute(texts)
    assert DistinctN(1).compute(sorted(texts)) == value
    assert value is None or 0 < value <= 1


@pytest.mark.parametrize(
    ("texts", "value"),
    [(["a", "a b c"], 2**0.5 / 2), (["a b", "c d"], 0.0), (["", "a b"], 2**0.5)],
    ids=["1 and 3 words", "same length", "one empty"],
)
def test_length_dispersion_by_hand(texts: list[str], value: float) -> None:
    """Two word counts x and y have a sample standard deviation of their distance over the root of 2."""
    assert LengthDispersion().compute(texts) == pytest.approx(value)


def test_length_dispersion_has_no_upper_end_within_one() -> None:
    """One long text among empty ones disperses by the root of N, so that no bounds are claimed."""
    assert LengthDispersion().compute(["a b c", *[""] * 8]) == pytest.approx(3)
    assert LengthDispersion.bounds is None


@pytest.mark.parametrize(
    "texts", [[], ["alone"], ["", ""], [" ", "\n"]], ids=["none", "one", "all empty", "only white space"]
)
def test_length_dispersion_needs_words(texts: list[str]) -> None:
    """Without two texts, or without a word in them, there is no ratio."""
    assert LengthDispersion().compute(texts) is None


@pytest.mark.parametrize("texts", [[], ["alone here"]], ids=["none", "one"])
def test_distinct_n_needs_two_texts(texts: list[str]) -> None:
    """One text says nothing of how draws vary."""
    assert DistinctN().compute(texts) is None


def test_length_dispersion_is_labelled_with_its_name() -> None:
    """Without arguments, reports show the suite's own word."""
    assert LengthDispersion().label == "length_dispersion"
