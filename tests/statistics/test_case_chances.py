"""Tests of what is known of the chances of cases."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from evalkit.statistics.case_chances import CaseChances, World


@pytest.mark.parametrize("strength", [0.0, 1.0, 7 / 3, 50.0, inf])
@pytest.mark.parametrize("mean", [0.0, 0.3, 0.9, 1.0])
def test_a_distribution_keeps_its_mean_and_spread(mean: float, strength: float) -> None:
    """The grid has the mean of the beta distribution, and nearly its variance."""
    world = World.of([CaseChances(mean, strength)])
    assert world.weights.sum() == pytest.approx(1)
    assert world.mean == pytest.approx(mean, abs=0.01)
    spread = float(world.weights @ (world.chances - mean) ** 2)
    assert spread == pytest.approx(mean * (1 - mean) / (strength + 1), abs=0.01)


def test_cases_count_as_often_as_there_are() -> None:
    """Cases alike can be given together, and shares do for numbers."""
    one = World.of([CaseChances(0.5)] * 3 + [CaseChances(0.8)])
    other = World.of([CaseChances(0.5, cases=0.75), CaseChances(0.8, cases=0.25)])
    assert np.array_equal(one.chances, other.chances)
    assert one.weights == pytest.approx(other.weights)
    assert one.mean == pytest.approx(0.575)
    assert one.after(0.1) == pytest.approx(one.chances - 0.1)
    assert one.after(0.0) is one.chances
