"""Tests of the evidence of many data sets at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.batched import p_above_counts, p_below_counts
from evalkit.statistics.differences import Differences, p_above, p_below
from evalkit.statistics.dirichlet import EXACT_UP_TO

_LATTICES = {"right or wrong": [-1.0, 0.0, 1.0], "of four draws": [each / 4 for each in range(-4, 5)]}


def _one(counts: list[int], values: list[float], reach: float = 1.0) -> Differences:
    units = tuple(value for value, count in zip(values, counts, strict=True) for _ in range(count))
    return Differences(units, (1.0,) * len(units), reach)


@pytest.mark.parametrize("limit", [-1.0, -0.3, -0.05, 0.0, 0.05, 1.0])
@pytest.mark.parametrize("units", [1, 5, EXACT_UP_TO, EXACT_UP_TO + 1, 400])
@pytest.mark.parametrize("lattice", _LATTICES)
def test_many_sets_get_what_each_alone_gets(lattice: str, units: int, limit: float) -> None:
    """Both p are those of the scalar functions, on both sides of where these change from exact to nearly exact."""
    values, chance = _LATTICES[lattice], np.random.default_rng(units)
    counts = chance.multinomial(units, chance.dirichlet(np.full(len(values), 0.5), 12))
    above = p_above_counts(counts, np.array(values), limit)
    below = p_below_counts(counts, np.array(values), limit)
    alone = [_one(each, values) for each in counts.tolist()]
    assert above == pytest.approx([p_above(each, limit) for each in alone], rel=1e-8, abs=1e-13)
    assert below == pytest.approx([p_below(each, limit) for each in alone], rel=1e-8, abs=1e-13)


@settings(max_examples=50)
@given(counts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 90), st.integers(0, 9)), min_size=1, max_size=5))
def test_sets_of_different_sizes_do_not_disturb_one_another(counts: list[tuple[int, int, int]]) -> None:
    """A set's p does not depend on which others are computed with it; a set without differences is no evidence."""
    values = np.array([-1.0, 0.0, 1.0])
    together = p_above_counts(np.array(counts), values, -0.05)
    for one, found in zip(counts, together, strict=True):
        assert found == pytest.approx(p_above(_one(list(one), [-1.0, 0.0, 1.0]), -0.05), rel=1e-8, abs=1e-13)


def test_reach_sets_the_worst_value() -> None:
    """Differences that can be twice as far apart leave twice as much open."""
    counts = np.array([[3, 40, 9]])
    found = p_above_counts(counts, np.array([-1.0, 0.0, 1.0]), -0.2, reach=2.0)
    assert found[0] == pytest.approx(p_above(_one([3, 40, 9], [-1.0, 0.0, 1.0], 2.0), -0.2))


def test_more_sets_than_fit_a_chunk() -> None:
    """Sets beyond the first chunk get the same p as the first."""
    counts = np.tile(np.array([[2, 70, 1]]), (40_000, 1))
    found = p_below_counts(counts, np.array([-1.0, 0.0, 1.0]), -0.05)
    assert found.shape == (40_000,)
    assert np.ptp(found) == 0
