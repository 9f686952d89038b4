"""Tests of the inference on paired differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.differences import Differences, interval_of, p_above, p_below, paired
from evalkit.statistics.dirichlet import chance_at_most, exact_chance

_units = st.lists(st.sampled_from([-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=30)


@given(values=_units, limit=st.floats(-0.9, 0.9))
def test_evidence_and_bound_say_the_same(values: list[float], limit: float) -> None:
    """The p-value is below a level exactly when the bound at that level lies beyond the limit."""
    found = paired(values, [0.0] * len(values))
    interval = interval_of(found, level=0.9)
    assert interval is not None
    if abs(interval.low - limit) > 1e-6:
        assert (p_above(found, limit) < 0.05) == (interval.low > limit)
    if abs(interval.high - limit) > 1e-6:
        assert (p_below(found, limit) < 0.05) == (interval.high < limit)


@given(values=_units, limit=st.floats(-0.9, 0.9))
def test_exchanging_the_sides_exchanges_the_evidence(values: list[float], limit: float) -> None:
    """What lies below a limit lies above its negative when the sides are exchanged."""
    zeros = [0.0] * len(values)
    assert p_below(paired(values, zeros), limit) == pytest.approx(p_above(paired(zeros, values), -limit))


@given(values=_units, weight=st.floats(0.1, 10))
def test_a_common_weight_changes_nothing(values: list[float], weight: float) -> None:
    """Only differences between the weights count."""
    plain = paired(values, [0.0] * len(values))
    heavy = Differences(plain.values, (weight,) * len(values))
    assert p_above(heavy, -0.1) == pytest.approx(p_above(plain, -0.1))
    assert heavy.mean == pytest.approx(plain.mean)


@pytest.mark.parametrize(("cases", "shown"), [(58, False), (59, True)])
def test_cases_without_a_difference_needed_to_exclude_a_drop(cases: int, shown: bool) -> None:
    """It takes ln 0.05 / ln 0.95 cases, rounded up, to exclude a mean drop of 5 points at a level of 0.05."""
    assert (p_above(paired([1.0] * cases, [1.0] * cases), -0.05) <= 0.05) is shown


def test_nothing_to_go_on_is_no_evidence() -> None:
    """Without units both p-values are 1, and there is no interval."""
    empty = paired([], [])
    assert (p_above(empty, 0.0), p_below(empty, 0.0), interval_of(empty), empty.mean) == (1.0, 1.0, None, None)


@pytest.mark.parametrize(
    ("new", "old", "weights"),
    [([2.0], [0.5], None), ([float("nan")], [0.0], None), ([0.5], [0.5], [0.0]), ([0.5, 1.0], [0.5, 1.0], [1.0])],
    ids=["beyond reach", "nan", "weight 0", "too few weights"],
)
def test_what_is_no_difference_is_refused(new: list[float], old: list[float], weights: list[float] | None) -> None:
    """Values that differ by more than they can, or weights that do not fit, are refused."""
    with pytest.raises(ValueError, match=r"must lie|needs a weight"):
        paired(new, old, weights=weights)


@pytest.mark.parametrize("limit", [-0.3, -0.1, -0.02, 0.05, 0.3])
def test_many_units_get_nearly_the_exact_chance(limit: float) -> None:
    """The approximation for many values stays close to the recursion on both sides of the mean."""
    chance = np.random.default_rng(3)
    values = sorted(chance.choice([-1.0, -0.5, 0.0, 0.0, 0.5, 1.0], 120).tolist())
    assert chance_at_most(values, limit) == pytest.approx(exact_chance(values, limit), rel=0.01, abs=1e-12)


@pytest.mark.parametrize(("limit", "chance"), [(-1.5, 0.0), (1.0, 1.0), (2.0, 1.0)])
def test_limits_outside_the_values_are_certain(limit: float, chance: float) -> None:
    """No weighted mean lies outside the values."""
    assert chance_at_most([-1.0, 0.0, 1.0], limit) == chance


@pytest.mark.parametrize("limit", [-1.0, 1.0])
def test_limits_at_the_end_of_the_range_are_never_passed(limit: float) -> None:
    """Nothing lies beyond the least or the greatest possible difference, however many units there are."""
    found = paired([1.0, 0.5] * 50, [0.5, 1.0] * 50)
    assert p_above(found, 1.0) == 1.0
    assert p_below(found, -1.0) == 1.0
    assert (p_above if limit < 0 else p_below)(found, limit) == 0.0
