"""The posterior of a mean share, held against beta distributions, numerical integration and simulated cases."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.beta_binomial import beta_binomial_posterior
from evalkit.statistics.bounds import mean_interval

CASES = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)).map(lambda pair: (min(pair), pair[1])), min_size=1)


@pytest.mark.parametrize(("met", "cases"), [(2, 5), (8, 10), (450, 500), (100_000, 150_000)], ids=str)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_one_draw_a_case_has_a_beta_distribution(met: int, cases: int, level: float) -> None:
    """The correlation drops out: a share of single draws, uniform beforehand, has the known posterior."""
    statistics: Any = import_module("scipy.stats")  # typed too narrowly for a frozen distribution
    expected = statistics.beta(met + 1, cases - met + 1)
    found = beta_binomial_posterior([(1, 1)] * met + [(0, 1)] * (cases - met), level=level)
    assert found is not None
    width = expected.std()
    assert [found.low, found.high] == pytest.approx(expected.interval(level), abs=width / 500)
    assert found.mean == pytest.approx(expected.mean(), abs=width / 500)
    assert found.correlation == pytest.approx(0.5)


@pytest.mark.parametrize(
    "cases",
    [[(3, 4), (4, 4), (1, 4)], [(9, 10), (2, 3)], [(0, 2), (1, 8), (0, 5), (3, 3)]],
    ids=["three", "uneven", "near an end"],
)
def test_integration_over_both_unknowns_gives_the_same(cases: list[tuple[int, int]]) -> None:
    """Gauss's quadrature over scipy's beta-binomial distribution has the same means, and the chances at the ends."""
    statistics: Any = import_module("scipy.stats")
    nodes, weights = np.polynomial.legendre.leggauss(120)
    nodes, weights = (nodes + 1) / 2, weights / 2
    found = beta_binomial_posterior(cases)
    assert found is not None

    def integral(low: float, high: float) -> tuple[float, float, float]:
        """Integrate the likelihood, and it times the mean and the correlation, over means from `low` to `high`."""
        mean = (low + (high - low) * nodes)[:, None]
        first, second = mean * (1 / nodes - 1), (1 - mean) * (1 / nodes - 1)
        likelihood = np.prod([statistics.betabinom.pmf(met, draws, first, second) for met, draws in cases], axis=0)
        weighted = likelihood * weights[:, None] * weights * (high - low)
        return float(weighted.sum()), float((weighted * mean).sum()), float((weighted * nodes).sum())

    total, mean, correlation = integral(0, 1)
    assert (found.mean, found.correlation) == pytest.approx((mean / total, correlation / total), abs=1e-4)
    assert integral(0, found.low)[0] / total == pytest.approx(0.025, abs=2e-4)
    assert integral(found.high, 1)[0] / total == pytest.approx(0.025, abs=2e-4)


@pytest.mark.parametrize("cases", [[(4, 4)] * 5, [(1, 1)], [(16, 16)] * 100], ids=["few", "one", "many"])
def test_all_met_reaches_to_the_end_and_claims_no_certainty(cases: list[tuple[int, int]]) -> None:
    """An interval that shut out what was found would be odd; below, it is as wide as the data demand."""
    found = beta_binomial_posterior(cases)
    none = beta_binomial_posterior([(0, draws) for _, draws in cases])
    assert found is not None
    assert none is not None
    assert found.high == 1
    assert 0 < found.low < found.mean < 1
    assert (none.low, none.high) == pytest.approx((0, 1 - found.low), abs=1e-6)


@settings(deadline=None, max_examples=30)
@given(CASES)
def test_missed_for_met_turns_the_posterior_round(cases: list[tuple[int, int]]) -> None:
    """Low and high change places, and the correlation stays, in any order of the cases."""
    found = beta_binomial_posterior(cases)
    turned = beta_binomial_posterior([(draws - met, draws) for met, draws in reversed(cases)])
    assert found is not None
    assert turned is not None
    assert 0 <= found.low < found.mean < found.high <= 1
    assert (1 - turned.high, 1 - turned.mean, 1 - turned.low, turned.correlation) == pytest.approx(
        (found.low, found.mean, found.high, found.correlation), abs=1e-6
    )


def test_more_draws_of_alike_cases_say_more_than_of_unlike_ones() -> None:
    """Cases that all meet half of their draws leave a narrower interval than all or nothing, with as many met."""
    alike, unlike = beta_binomial_posterior([(8, 16)] * 20), beta_binomial_posterior([(16, 16), (0, 16)] * 10)
    assert alike is not None
    assert unlike is not None
    assert alike.high - alike.low < (unlike.high - unlike.low) / 2
    assert alike.correlation < 0.05
    assert unlike.correlation > 0.8


@pytest.mark.parametrize(("mean", "correlation"), [(0.6, 0.3), (0.9, 0.3), (0.9, 0.7)], ids=str)
def test_ten_cases_are_nearly_covered(mean: float, correlation: float) -> None:
    """It holds the mean at least 92 % of the time and is narrower than the bound that assumes nothing."""
    chance = np.random.default_rng(21)
    spread = 1 / correlation - 1
    held = narrower = 0
    for _ in range(200):
        met = chance.binomial(4, chance.beta(mean * spread, (1 - mean) * spread, 10)).tolist()
        found = beta_binomial_posterior([(each, 4) for each in met])
        bound = mean_interval([each / 4 for each in met])
        assert found is not None
        assert bound is not None
        held += found.low <= mean <= found.high
        narrower += found.high - found.low < bound.high - bound.low
    assert held / 200 >= 0.92
    assert narrower / 200 >= 0.95


def test_without_draws_there_is_no_posterior() -> None:
    """Cases without draws are left out, and nothing measured is not a measurement of nothing."""
    assert beta_binomial_posterior([]) is beta_binomial_posterior([(0, 0)]) is None
    assert beta_binomial_posterior([(0, 0), (2, 3)]) == beta_binomial_posterior([(2, 3)])


@pytest.mark.parametrize("case", [(2, 1), (-1, 1), (1, 0)], ids=str)
def test_what_is_no_share_is_refused(case: tuple[int, int]) -> None:
    """A case cannot meet more than it has."""
    with pytest.raises(ValueError, match="from none to all of its draws"):
        beta_binomial_posterior([(1, 1), case])


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_levels_that_are_none_are_refused(level: float) -> None:
    """An interval that holds nothing, or everything, is no interval."""
    with pytest.raises(ValueError, match="level must lie above 0 and below 1"):
        beta_binomial_posterior([(1, 1)], level=level)
