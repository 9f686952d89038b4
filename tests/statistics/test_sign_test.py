"""Tests of the sign test."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.sign_test import median_above, median_below

_SCIPY: Any = import_module("scipy.stats")


@given(values=st.lists(st.sampled_from([-2.0, -1.0, 0.0, 1.0, 3.0]), min_size=1, max_size=60))
def test_it_is_the_binomial_test_of_how_many_lie_there(values: list[float]) -> None:
    """An independent implementation gives the same p on both sides, with values at the limit speaking against."""
    below, above = sum(each < 0 for each in values), sum(each > 0 for each in values)
    expected = [_SCIPY.binomtest(count, len(values), alternative="greater").pvalue for count in (below, above)]
    assert [median_below(values, 0.0), median_above(values, 0.0)] == pytest.approx(expected)


def test_many_values_are_exact() -> None:
    """At 3,000 values no float overflows."""
    values = [-1.0] * 1600 + [1.0] * 1400
    expected = _SCIPY.binomtest(1600, 3000, alternative="greater").pvalue
    assert median_below(values, 0.0) == pytest.approx(expected, rel=1e-9)


def test_nothing_is_no_evidence() -> None:
    """Without values, and where all lie at the limit, p is 1."""
    assert (median_below([], 0.0), median_above([], 0.0)) == (1.0, 1.0)
    assert (median_below([2.0] * 5, 2.0), median_above([2.0] * 5, 2.0)) == (1.0, 1.0)
