"""Intervals for medians."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.order import median_interval


@pytest.mark.parametrize("count", range(6), ids=lambda count: f"{count} values")
def test_below_six_values_there_is_no_interval(count: int) -> None:
    """With five values, the least and the greatest hold the median only 15 times in 16."""
    assert median_interval(range(count)) is None


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (20, 6, 15), (30, 10, 21), (50, 18, 33)],
    ids=str,
)
def test_ranks_are_those_of_the_published_table(count: int, low: int, high: int) -> None:
    """The ranks of a 95 % interval for a median, as tables of the sign test give them."""
    interval = median_interval(range(1, count + 1))
    assert interval is not None
    assert (interval.low, interval.high) == (low, high)


@pytest.mark.parametrize("count", [6, 13, 40, 101])
def test_the_ranks_are_the_narrowest_that_the_binomial_distribution_allows(count: int) -> None:
    """The number of values below the median is binomial; one rank further in would no longer cover 95 %."""
    from scipy import stats  # noqa: TID251 - independent reference

    interval = median_interval(range(count))
    assert interval is not None
    rank = int(interval.low)  # values below the lower end
    outside: float = 2 * stats.binom.cdf(rank, count, 0.5)
    further: float = 2 * stats.binom.cdf(rank + 1, count, 0.5)
    assert outside <= 0.05 < further


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=30))
def test_the_interval_holds_the_median_in_any_order(values: list[float]) -> None:
    """Its ends are two of the values, on either side of the middle."""
    interval = median_interval(values)
    assert interval is not None
    assert interval == median_interval(sorted(values))
    ordered = sorted(values)
    assert interval.low <= ordered[(len(values) - 1) // 2] <= ordered[len(values) // 2] <= interval.high


def test_the_interval_covers_the_median_of_a_skewed_population() -> None:
    """Over 2,000 draws of eight exponential values it holds log 2 at least 95 % of the time."""
    chance = random.Random(5)
    log_two = 0.6931471805599453
    held = 0
    for _ in range(2000):
        interval = median_interval([chance.expovariate(1) for _ in range(8)])
        assert interval is not None
        held += interval.low <= log_two <= interval.high
    assert held / 2000 > 0.98  # 1 - 2 / 2**8 = .992 in theory
