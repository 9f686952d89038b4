"""Betting bounds, held against a plain loop, other bounds and simulated errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.betting import TOLERANCE, betting_lower_bound, betting_p_above
from evalkit.statistics.dirichlet import dirichlet_lower_bound

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def wealth_by_loops(values: Sequence[float], mean: float, alpha: float) -> float:
    """Bet on values in the order given, as the source writes it."""
    wealth, total, squares = 1.0, 0.5, 0.25
    for met, value in enumerate(values):
        stake = math.sqrt(2 * math.log(1 / alpha) / (len(values) * (squares / (met + 1))))
        wealth *= 1 + min(stake, 0.75 / mean) * (value - mean)
        total += value
        squares += (value - total / (met + 2)) ** 2
    return wealth


@pytest.mark.parametrize("mean", [0.1, 0.4, 0.55])
@pytest.mark.parametrize("alpha", [0.01, 0.2])
def test_one_order_bets_as_the_source_says(mean: float, alpha: float) -> None:
    """The p-value is 1 over the wealth of the loop in that order."""
    values = np.random.default_rng(3).random(30)
    order = np.random.default_rng(9).permuted(np.sort(values)[None, :], axis=1)[0].tolist()
    found = betting_p_above(values.tolist(), mean, alpha=alpha, orders=1, seed=9)
    assert found == pytest.approx(min(1.0, 1 / wealth_by_loops(order, mean, alpha)), rel=1e-9)


def test_values_that_are_all_the_same_meet_in_one_order() -> None:
    """Twenty ones are above .8227 by 1 - alpha, as the loop says, and no seed changes it."""
    bound = betting_lower_bound([1.0] * 20, alpha=0.05)
    assert wealth_by_loops([1.0] * 20, bound, 0.05) == pytest.approx(20, rel=1e-6)
    assert bound == pytest.approx(0.822742, abs=5e-7)
    assert bound == betting_lower_bound([1.0] * 20, alpha=0.05, orders=1, seed=4)


@pytest.mark.parametrize(("mean", "cases"), [(0.6, 5), (0.9, 20), (0.98, 20), (0.9, 100)], ids=str)
def test_the_bound_is_too_high_at_most_as_often_as_it_says(mean: float, cases: int) -> None:
    """With scores that pile up at the ends, 5 % of bounds at most lie above the mean, but for chance."""
    spread = 3 / 7  # an intraclass correlation of 0.7
    suites = np.random.default_rng(17).beta(mean * spread, (1 - mean) * spread, (1000, cases))
    wrong = [betting_p_above(suite, mean, orders=20) <= 0.05 for suite in suites.tolist()]
    assert sum(wrong) / 1000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 1000)


@settings(deadline=None)
@given(SHARES, st.floats(0.01, 0.3))
def test_the_p_value_and_the_bound_are_one(values: list[float], alpha: float) -> None:
    """Just below the bound the p-value is at most alpha, and a little above it is more."""
    bound = betting_lower_bound(values, alpha=alpha, orders=5)
    assert 0 <= bound <= math.fsum(values) / len(values)
    if bound > 0:
        assert betting_p_above(values, max(0.0, bound - TOLERANCE / 2), alpha=alpha, orders=5) <= alpha
    assert betting_p_above(values, min(1.0, bound + 2 * TOLERANCE), alpha=alpha, orders=5) > alpha


@settings(deadline=None)
@given(SHARES, st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted))
def test_a_lower_mean_is_refuted_no_later(values: list[float], means: list[float]) -> None:
    """The p-value rises with the mean that is claimed to be above all."""
    low, high = (betting_p_above(values, mean, orders=5) for mean in means)
    assert low <= high * (1 + 1e-9)


def test_the_order_of_the_values_changes_nothing() -> None:
    """Orders are drawn from the values, not from how they came."""
    values = np.random.default_rng(1).random(15).tolist()
    assert betting_lower_bound(values[::-1], alpha=0.05) == betting_lower_bound(values, alpha=0.05)


def test_more_orders_leave_less_to_chance() -> None:
    """Over twenty seeds the bound strays less with a hundred orders than with one."""
    values = np.random.default_rng(1).beta(4, 1, 40).tolist()

    def strayed(orders: int) -> float:
        return float(np.std([betting_lower_bound(values, alpha=0.05, orders=orders, seed=seed) for seed in range(20)]))

    assert strayed(100) < strayed(1) / 4


@pytest.mark.parametrize("cases", [5, 50])
def test_certainty_costs_a_little_against_the_dirichlet_bound(cases: int) -> None:
    """It lies below, the less so the more values there are."""
    values = np.random.default_rng(2).beta(9, 1, cases).tolist()
    proved, conjectured = betting_lower_bound(values, alpha=0.05), dirichlet_lower_bound(values, alpha=0.05)
    assert conjectured - 0.8 / cases < proved < conjectured


@pytest.mark.parametrize("values", [[0.0], [0.0] * 30], ids=["one", "thirty"])
def test_values_at_the_bottom_show_nothing(values: list[float]) -> None:
    """The bound is 0, and no mean is refuted."""
    assert betting_lower_bound(values, alpha=0.05) == 0
    assert betting_p_above(values, 0.0) == 1


def test_many_values_take_fewer_orders() -> None:
    """A million values are met in one order."""
    values = [1.0, 0.5] * 500_000
    assert betting_lower_bound(values, alpha=0.05) == pytest.approx(0.75, abs=0.001)


@pytest.mark.parametrize("values", [[], [0.5, 1.1], [-0.1], [math.nan]], ids=str)
def test_values_outside_the_range_are_refused(values: list[float]) -> None:
    """A bound that rests on the range would be wrong, and one on nothing is none."""
    with pytest.raises(ValueError, match="values must lie between 0 and 1"):
        betting_lower_bound(values, alpha=0.05)


@pytest.mark.parametrize(("alpha", "orders"), [(0.0, 1), (1.0, 1), (math.nan, 1), (0.05, 0)], ids=str)
def test_levels_and_orders_that_are_none_are_refused(alpha: float, orders: int) -> None:
    """Never and always wrong take no bet."""
    with pytest.raises(ValueError, match="alpha must lie above 0 and below 1"):
        betting_lower_bound([0.5], alpha=alpha, orders=orders)


@pytest.mark.parametrize("mean", [-0.1, 1.1, math.nan])
def test_means_outside_the_range_are_refused(mean: float) -> None:
    """They are refuted, or stand, without a bet."""
    with pytest.raises(ValueError, match="mean must lie between 0 and 1"):
        betting_p_above([0.5], mean)
