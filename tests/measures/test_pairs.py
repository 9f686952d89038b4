"""Measures over the pairs of texts of a cell."""

from __future__ import annotations

from itertools import combinations
from os.path import commonprefix
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.measures.pairs import EditSimilarity, FirstDivergence

FOUR_TEXTS = ["Kafka is a log", "Kafka is a log", "Kafka is a queue", "RabbitMQ is a broker"]
TEXTS = st.lists(st.text(alphabet="abé 🙂", max_size=6), min_size=2, max_size=5)


def _edits(one: str, other: str) -> int:
    """Count the fewest edits by the textbook's table, which is independent of rapidfuzz."""
    costs = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        before, costs[0] = costs[0], row
        for column, wanted in enumerate(other, start=1):
            before, costs[column] = (
                costs[column],
                min(costs[column] + 1, costs[column - 1] + 1, before + (letter != wanted)),
            )
    return costs[-1]


def test_edit_similarity_of_the_worked_example() -> None:
    """The six pairs have distances 0, .3125, .6, .3125, .6 and .6 of the longer text: a mean of .404167."""
    assert EditSimilarity().compute(FOUR_TEXTS) == pytest.approx(1 - 0.404167, abs=5e-7)


@pytest.mark.parametrize(
    ("texts", "value"),
    [(["", ""], 1.0), (["", "abc"], 0.0), (["abc", "abd"], 2 / 3)],
    ids=["both empty", "one empty", "one letter of three"],
)
def test_edit_similarity_of_a_pair(texts: list[str], value: float) -> None:
    """Two empty texts are alike; an empty one and another have nothing in common."""
    assert EditSimilarity().compute(texts) == pytest.approx(value)


@given(TEXTS)
def test_edit_similarity_agrees_with_the_textbook_distance(texts: list[str]) -> None:
    """The mean over pairs is the one that a plain table of edits gives."""
    pairs = list(combinations(texts, 2))
    distances = [_edits(one, other) / max(len(one), len(other), 1) for one, other in pairs]
    assert EditSimilarity().compute(texts) == pytest.approx(1 - sum(distances) / len(pairs))


@given(TEXTS)
def test_edit_similarity_ignores_order_and_stays_in_bounds(texts: list[str]) -> None:
    """Any order of the same texts gives the same number, from 0 to 1."""
    value = EditSimilarity().compute(texts)
    assert value is not None
    assert 0 <= value <= 1
    assert EditSimilarity().compute(sorted(texts)) == pytest.approx(value)


def test_first_divergence_is_the_median_over_differing_pairs() -> None:
    """`Kafka is a ` is common to two pairs, nothing to three; the equal pair is left out."""
    assert FirstDivergence().compute(FOUR_TEXTS) == 0
    assert FirstDivergence().compute(FOUR_TEXTS[:3]) == len("Kafka is a ")


def test_equal_pairs_do_not_lengthen_first_divergence() -> None:
    """Many equal long texts do not hide that the odd one differs at once."""
    assert FirstDivergence().compute(["x" * 500] * 5 + ["y"]) == 0


@given(TEXTS)
def test_first_divergence_agrees_with_common_prefixes(texts: list[str]) -> None:
    """The standard library's common prefix of each differing pair gives the same median."""
    prefixes = [commonprefix(pair) for pair in combinations(texts, 2) if pair[0] != pair[1]]  # noqa: RUF071 - texts, not paths
    lengths = [len(prefix) for prefix in prefixes]
    assert FirstDivergence().compute(texts) == (median(lengths) if lengths else None)


@pytest.mark.parametrize("texts", [[], ["alone"], ["same", "same"]], ids=["none", "one", "all equal"])
def test_first_divergence_needs_two_different_texts(texts: list[str]) -> None:
    """Texts that never differ have no place where they do."""
    assert FirstDivergence().compute(texts) is None


@pytest.mark.parametrize("texts", [[], ["alone"]], ids=["none", "one"])
def test_edit_similarity_needs_two_texts(texts: list[str]) -> None:
    """One draw has nothing to be alike to."""
    assert EditSimilarity().compute(texts) is None


@pytest.mark.parametrize("measure", [EditSimilarity(), FirstDivergence()], ids=lambda measure: measure.name)
def test_the_label_is_the_name(measure: EditSimilarity | FirstDivergence) -> None:
    """Without arguments, reports show the suite's own word."""
    assert measure.label == measure.name
