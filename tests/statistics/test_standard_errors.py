"""Standard errors, held against published numbers and statsmodels."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.standard_errors import error_of_mean, error_of_ratio, error_of_sum

CLUSTERS = [[1, 1, 1], [0, 0], [1, 0, 1], [1, 1]]


@pytest.mark.parametrize(
    ("met", "count", "error"),
    [(416, 541, 0.018139), (429, 541, 0.017436), (697, 834, 0.012838), (712, 834, 0.012244)],
    ids=["prompts, strict", "prompts, loose", "instructions, strict", "instructions, loose"],
)
def test_published_numbers_of_ifeval(met: int, count: int, error: float) -> None:
    """What the answers of GPT-4 come to, where the share alone fixes it: prompts, and instructions taken one by one."""
    assert error_of_mean([1.0] * met + [0.0] * (count - met)) == pytest.approx(error, abs=5e-7)


def test_clusters_count_as_one() -> None:
    """Miller's formula on four clusters gives .177200, and .204613 with the factor for few of them."""
    met, counts = [float(sum(cluster)) for cluster in CLUSTERS], [float(len(cluster)) for cluster in CLUSTERS]
    error = error_of_ratio(met, counts)
    assert error is not None
    assert error == pytest.approx(0.204613, abs=5e-7)
    assert error * math.sqrt(3 / 4) == pytest.approx(0.177200, abs=5e-7)


def test_taking_the_same_verdicts_one_by_one_says_too_little() -> None:
    """The same ten verdicts without their clusters have .144914, before the factor for few of them."""
    error = error_of_mean([float(value) for cluster in CLUSTERS for value in cluster])
    assert error is not None
    assert error * math.sqrt(9 / 10) == pytest.approx(0.144914, abs=5e-7)


@pytest.mark.parametrize("seed", range(3))
def test_statsmodels_gives_the_same(seed: int) -> None:
    """A regression on a constant with errors clustered by case: its factor for the verdicts is 1 there."""
    chance = np.random.default_rng(seed)
    sizes: list[int] = chance.integers(1, 4, 30).tolist()
    verdicts = [(chance.random(size) < chance.beta(2, 1)).astype(float).tolist() for size in sizes]
    regression: Any = import_module("statsmodels.regression.linear_model")  # it has no types to import by name
    flat = np.array([value for each in verdicts for value in each])
    groups = np.repeat(np.arange(len(sizes)), sizes)
    fitted = regression.OLS(flat, np.ones_like(flat)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    error = error_of_ratio([math.fsum(each) for each in verdicts], [float(size) for size in sizes])
    assert error == pytest.approx(float(fitted.bse[0]), rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.integers(1, 5))
def test_cases_of_one_size_have_the_error_of_their_mean(values: list[float], size: int) -> None:
    """With as many instructions in each case as in any other, the share of instructions is the mean over cases."""
    ratio = error_of_ratio([value * size for value in values], [float(size)] * len(values))
    assert ratio == pytest.approx(error_of_mean(values), abs=1e-12)


def test_one_case_has_no_error() -> None:
    """What a second case would say cannot be known."""
    assert error_of_mean([1.0]) is error_of_ratio([1.0], [2.0]) is error_of_sum([0.0]) is None
