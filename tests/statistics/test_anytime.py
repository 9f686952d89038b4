"""Evidence that may be looked at any time: published numbers, error rates under peeking, and properties."""

from __future__ import annotations

import math
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.anytime import always_valid_p, betting_interval, log_e_value
from evalkit.statistics.proportions import wilson


@pytest.mark.parametrize(
    ("only_old", "only_new", "concentration", "evidence"),
    [
        (15, 5, 0.5, 2.404461),
        (6, 0, 0.5, 14.4375),
        (9, 1, 0.5, 9.496094),
        (20, 5, 0.5, 19.485281),
        (10, 10, 0.5, 0.176197),
        (15, 5, 1.0, 3.220601),
        (20, 5, 1.0, 24.290515),
        (0, 0, 0.5, 1.0),
    ],
    ids=str,
)
def test_the_evidence_is_as_published(only_old: int, only_new: int, concentration: float, evidence: float) -> None:
    """Both ways round."""
    assert exp(log_e_value(only_old, only_new, concentration=concentration)) == pytest.approx(evidence, abs=1e-6)
    assert exp(log_e_value(only_new, only_old, concentration=concentration)) == pytest.approx(evidence, abs=1e-6)


@pytest.mark.parametrize("concentration", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("pairs", [1, 2, 7, 20])
def test_the_evidence_is_1_on_average_if_nothing_differs(concentration: float, pairs: int) -> None:
    """Summed over all outcomes of a fair coin: a fair bet."""
    total = sum(
        math.comb(pairs, new) / 2**pairs * exp(log_e_value(pairs - new, new, concentration=concentration))
        for new in range(pairs + 1)
    )
    assert total == pytest.approx(1, abs=1e-12)


def test_peeking_after_each_pair_keeps_the_level() -> None:
    """Of 2,000 streams of 80 fair coins, at most 5 % ever reach it, where the exact test at each look would 3 times."""
    coins = np.random.default_rng(2).random((2000, 80)) < 0.5
    stopped = sum(always_valid_p(stream)[-1] <= 0.05 for stream in coins.tolist())
    assert stopped / 2000 <= 0.05


@given(coins=st.lists(st.booleans(), max_size=40))
def test_the_p_never_rises(coins: list[bool]) -> None:
    """It is at most 1, and 1 over the greatest evidence so far."""
    p_values = always_valid_p(coins)
    assert len(p_values) == len(coins)
    assert p_values == sorted(p_values, reverse=True)
    assert all(0 < p <= 1 for p in p_values)
    evidence = [exp(log_e_value(t - sum(coins[:t]), sum(coins[:t]))) for t in range(1, len(coins) + 1)]
    assert p_values == pytest.approx([min(1, 1 / max(evidence[: t + 1])) for t in range(len(coins))])


def test_the_interval_is_about_as_wide_as_published() -> None:
    """100 values with mean 0.8: over orders, about from 0.674 to 0.914; one look only has 0.711 to 0.867."""
    values = [1.0] * 80 + [0.0] * 20
    intervals = [betting_interval(np.random.default_rng(seed).permutation(values).tolist()) for seed in range(40)]
    assert float(np.mean([interval.low for interval in intervals])) == pytest.approx(0.674, abs=0.02)
    assert float(np.mean([interval.high for interval in intervals])) == pytest.approx(0.914, abs=0.02)
    once = wilson(80, 100)
    assert once is not None
    assert all(interval.high - interval.low > once.high - once.low for interval in intervals)
    assert {interval.values for interval in intervals} == {100}


@pytest.mark.parametrize("mean", [0.5, 0.9, 0.98])
def test_all_intervals_along_the_way_hold_the_mean(mean: float) -> None:
    """Of 300 streams of 60 scores, at least 95 % never rule it out: the last interval is what all looks left."""
    chance = np.random.default_rng(4)
    drawn = chance.binomial(4, chance.beta(mean * 2, (1 - mean) * 2, (300, 60))) / 4
    held = 0
    for stream in drawn.tolist():
        interval = betting_interval(stream)
        held += interval.low <= mean <= interval.high
    assert held / 300 >= 0.95


def test_the_bets_are_those_of_the_paper() -> None:
    """A plain loop over values and means comes to the same ends."""
    values = np.random.default_rng(6).beta(3, 1, 40).tolist()
    tried = np.linspace(0.0005, 0.9995, 1000)
    ruled_out = np.zeros(1000, dtype=bool)
    up, down = np.ones(1000), np.ones(1000)
    variance, total, squares = 0.25, 0.0, 0.0
    for t, value in enumerate(values, start=1):
        bet = math.sqrt(2 * math.log(2 / 0.05) / (variance * t * math.log(1 + t)))
        up *= 1 + np.minimum(bet, 0.5 / tried) * (value - tried)
        down *= 1 - np.minimum(bet, 0.5 / (1 - tried)) * (value - tried)
        ruled_out |= np.maximum(up, down) / 2 >= 1 / 0.05
        total += value
        squares += (value - (0.5 + total) / (t + 1)) ** 2
        variance = (0.25 + squares) / (t + 1)
    left = tried[~ruled_out]
    interval = betting_interval(values)
    assert (interval.low, interval.high) == pytest.approx((left.min(), left.max()), abs=0.0011)


@given(values=st.lists(st.floats(0, 1), max_size=30), level=st.sampled_from([0.5, 0.95, 0.999]))
def test_the_interval_holds_the_mean_of_the_values(values: list[float], level: float) -> None:
    """It lies in the range; failures instead of successes mirror it."""
    interval = betting_interval(values, level=level)
    assert 0 <= interval.low <= interval.high <= 1
    if values:
        assert interval.low <= float(np.mean(values)) <= interval.high
    mirrored = betting_interval([1 - value for value in values], level=level)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - interval.high, 1 - interval.low), abs=1e-9)


def test_without_values_all_is_open() -> None:
    """From 0 to 1, and all values alike do not close it."""
    assert betting_interval([]).low == 0
    assert betting_interval([]).high == 1
    assert 0.9 < betting_interval([1.0] * 100).low < 0.99
    assert betting_interval([1.0] * 100).high == 1


def test_impossible_arguments_are_refused() -> None:
    """Each by its value."""
    for level in (0, 1):
        with pytest.raises(ValueError, match=f"level must lie above 0 and below 1, got {level}"):
            betting_interval([0.5], level=level)
    with pytest.raises(ValueError, match="values must lie between 0 and 1, got nan"):
        betting_interval([0.5, math.nan])
    with pytest.raises(ValueError, match="only_new must not be below 0, got -2"):
        log_e_value(1, -2)
    with pytest.raises(ValueError, match="concentration must be above 0, got 0"):
        log_e_value(1, 2, concentration=0)
