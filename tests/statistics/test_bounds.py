"""Intervals for means of few bounded values."""

from __future__ import annotations

import math
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.bounds import clopper_pearson, mean_interval, ratio_interval

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 10, 0.443905, 0.974789), (10, 10, 0.691503, 1.0), (0, 5, 0.0, 0.521824)],
    ids=["8 of 10", "10 of 10", "0 of 5"],
)
def test_zeros_and_ones_have_the_exact_binomial_interval(successes: int, trials: int, low: float, high: float) -> None:
    """The published numbers, and no claim of certainty where all agree."""
    interval = mean_interval([1.0] * successes + [0.0] * (trials - successes))
    assert interval is not None
    assert interval.method == "clopper_pearson"
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("successes", "trials"), [(0, 3), (2, 7), (45, 50), (541, 541)], ids=str)
def test_clopper_pearson_agrees_with_statsmodels(successes: int, trials: int, level: float) -> None:
    """An independent implementation gives the same ends."""
    statsmodels = import_module("statsmodels.stats.proportion")  # it has no types to import by name
    expected: tuple[float, float] = statsmodels.proportion_confint(successes, trials, alpha=1 - level, method="beta")
    interval = clopper_pearson(successes, trials, level=level)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=10))
def test_almost_zeros_and_ones_have_almost_the_binomial_interval(values: list[int]) -> None:
    """The Dirichlet bound passes over into the exact one without a jump."""
    exact = mean_interval([float(value) for value in values])
    nearly = mean_interval([min(max(value, 1e-7), 1 - 1e-7) for value in values])
    assert exact is not None
    assert nearly is not None
    assert nearly.method == "dirichlet"
    assert (nearly.low, nearly.high) == pytest.approx((exact.low, exact.high), abs=1e-6)


def test_without_values_there_is_no_interval() -> None:
    """Nothing measured is not a measurement of nothing."""
    assert mean_interval([]) is None


@given(SHARES)
def test_the_interval_holds_the_mean_of_the_values(values: list[float]) -> None:
    """Low, mean and high stand in this order, within the range."""
    interval = mean_interval(values)
    assert interval is not None
    assert 0 <= interval.low <= math.fsum(values) / len(values) <= interval.high <= 1


@given(SHARES)
def test_turning_the_range_round_turns_the_interval_round(values: list[float]) -> None:
    """Low and high change places when every value is taken from 1."""
    interval = mean_interval(values)
    turned = mean_interval([1 - value for value in values])
    assert interval is not None
    assert turned is not None
    assert (1 - turned.high, 1 - turned.low) == pytest.approx((interval.low, interval.high), abs=1e-7)


@given(SHARES, st.floats(-100, 100), st.floats(0.1, 100))
def test_stretching_the_range_stretches_the_interval(values: list[float], start: float, width: float) -> None:
    """Values in another unit have the same interval in that unit."""
    interval = mean_interval(values)
    moved = mean_interval(
        [min(start + width * value, start + width) for value in values], low=start, high=start + width
    )
    assert interval is not None
    assert moved is not None
    assert ((moved.low - start) / width, (moved.high - start) / width) == pytest.approx(
        (interval.low, interval.high), abs=1e-6
    )


@given(SHARES, st.integers(0, 11), st.floats(0, 1))
def test_raising_a_value_lowers_neither_end(values: list[float], index: int, raised: float) -> None:
    """A better case never makes the interval look worse."""
    better = list(values)
    better[index % len(values)] = max(raised, values[index % len(values)])
    before, after = mean_interval(values), mean_interval(better)
    assert before is not None
    assert after is not None
    assert after.low >= before.low - 1e-8
    assert after.high >= before.high - 1e-8


def test_a_lower_level_makes_a_narrower_interval() -> None:
    """At 80 % both ends move inwards."""
    wide, narrow = mean_interval([0.2, 0.5, 0.9]), mean_interval([0.2, 0.5, 0.9], level=0.8)
    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf], ids=["below", "above", "not a number", "infinite"])
def test_values_outside_the_range_are_refused(value: float) -> None:
    """A bound that rests on the range would be wrong."""
    with pytest.raises(ValueError, match="values must lie between"):
        mean_interval([0.5, value])


@pytest.mark.parametrize(("mean", "most_by_t"), [(0.6, 0.95), (0.9, 0.7), (0.98, 0.3)], ids=str)
def test_five_cases_are_covered_where_t_is_not(mean: float, most_by_t: float) -> None:
    """With scores that pile up at the ends, it holds the mean at least 93 % of the time; a t interval far less."""
    spread = 3 / 7  # an intraclass correlation of 0.7
    suites = np.random.default_rng(7).beta(mean * spread, (1 - mean) * spread, (1000, 5))
    held = 0
    for suite in suites.tolist():
        interval = mean_interval(suite)
        assert interval is not None
        held += interval.low <= mean <= interval.high
    half = 2.776 * suites.std(axis=1, ddof=1) / math.sqrt(5)  # 2.776: the 97.5 % quantile of t with 4 degrees
    by_t = float((abs(suites.mean(axis=1) - mean) <= half).mean())
    assert held / 1000 >= 0.93
    assert by_t < most_by_t


CASES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)).map(lambda pair: (min(pair), pair[1])), min_size=1)


@given(CASES)
def test_the_interval_of_a_ratio_holds_the_ratio_and_turns_round(cases: list[tuple[int, int]]) -> None:
    """Low, ratio and high stand in this order; counting what is missed instead changes the ends' places."""
    met, counts = [float(each) for each, _ in cases], [float(count) for _, count in cases]
    interval = ratio_interval(met, counts)
    missed = ratio_interval([count - each for each, count in zip(met, counts, strict=True)], counts)
    assert interval is not None
    assert missed is not None
    assert 0 <= interval.low <= math.fsum(met) / math.fsum(counts) <= interval.high <= 1
    assert (1 - missed.high, 1 - missed.low) == pytest.approx((interval.low, interval.high), abs=1e-7)


def test_cases_of_one_size_have_the_interval_of_their_mean() -> None:
    """Three of three and none of three, five times, are five of ten cases."""
    interval = ratio_interval([3.0, 0.0] * 5, [3.0] * 10)
    assert interval == mean_interval([1.0, 0.0] * 5)
    assert interval is not None
    assert interval.method == "clopper_pearson"


def test_without_cases_there_is_no_interval_of_a_ratio() -> None:
    """Nothing measured is not a measurement of nothing."""
    assert ratio_interval([], []) is None


@pytest.mark.parametrize(("met", "count"), [(2, 1), (-1, 1), (0, 0), (math.nan, 1)], ids=str)
def test_what_is_no_share_is_refused(met: float, count: float) -> None:
    """A case cannot meet more than it has, and one without instructions says nothing."""
    with pytest.raises(ValueError, match="share between 0 and 1"):
        ratio_interval([met, 1], [count, 2])


@pytest.mark.parametrize("mean", [0.6, 0.98], ids=str)
def test_five_cases_of_different_sizes_are_covered(mean: float) -> None:
    """With one to three instructions, harder ones where there are more, it holds the share 93 % of the time."""
    chance = np.random.default_rng(11)
    sizes = np.array([1, 2, 3])
    frequencies = np.array([305, 179, 57]) / 541  # IFEval's
    means = mean - (1 - mean) * (sizes - 1) / 2
    truth = float((frequencies * sizes * means).sum() / (frequencies * sizes).sum())
    held = 0
    for _ in range(400):
        drawn = chance.choice(3, 5, p=frequencies)
        met = chance.binomial(sizes[drawn], chance.beta(means[drawn] * 3 / 7, (1 - means[drawn]) * 3 / 7))
        interval = ratio_interval(met.astype(float).tolist(), sizes[drawn].astype(float).tolist())
        assert interval is not None
        held += interval.low <= truth <= interval.high
    assert held / 400 >= 0.93


@pytest.mark.parametrize("trials", [1, 2, 7, 100, 5000])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_all_or_nothing_ends_where_it_would_be_as_rare_as_the_level_allows(trials: int, level: float) -> None:
    """By definition: at the lower end, all successes have the chance alpha; none of them is the mirror image."""
    every, none = clopper_pearson(trials, trials, level=level), clopper_pearson(0, trials, level=level)
    assert every.low**trials == pytest.approx((1 - level) / 2, rel=1e-9)
    assert (every.high, none.low) == (1.0, 0.0)
    assert none.high == pytest.approx(1 - every.low, rel=1e-12)
