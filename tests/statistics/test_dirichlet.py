"""The Dirichlet bound, held against other ways to the same number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.dirichlet import EXACT_UP_TO, dirichlet_lower_bound, exact_chance, ratio_lower_bound

ALPHA = 0.025
SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize(("successes", "trials"), [(1, 1), (1, 5), (8, 10), (10, 10), (3, 40), (63, 64)], ids=str)
def test_on_zeros_and_ones_it_is_clopper_pearson(successes: int, trials: int) -> None:
    """The weight of the ones then has a beta distribution, whose quantile is the exact binomial bound."""
    from scipy import stats  # noqa: TID251 - independent reference

    values = [1.0] * successes + [0.0] * (trials - successes)
    expected = float(stats.beta.ppf(ALPHA, successes, trials - successes + 1))
    assert dirichlet_lower_bound(values, alpha=ALPHA) == pytest.approx(expected, abs=2e-9)


@pytest.mark.parametrize("count", [1, 5, 64, 200], ids=lambda count: f"{count} values")
def test_equal_values_have_a_bound_in_closed_form(count: int) -> None:
    """The weight of n equal values is the largest of n uniform numbers, with quantile alpha to the power of 1 / n."""
    assert dirichlet_lower_bound([0.7] * count, alpha=ALPHA) == pytest.approx(0.7 * ALPHA ** (1 / count), abs=2e-4)


def test_zeros_alone_bound_the_mean_at_zero() -> None:
    """Nothing lies below the least possible value."""
    assert dirichlet_lower_bound([0.0] * 5, alpha=ALPHA) == 0


@pytest.mark.parametrize("limit", [0.05, 0.3, 0.5, 0.72, 0.9], ids=lambda limit: f"limit {limit}")
def test_the_chance_is_the_integral_of_a_spline(limit: float) -> None:
    """The weighted mean's density is the B-spline with the values as its knots (Curry and Schoenberg 1966)."""
    from scipy.interpolate import BSpline

    values = [0.0, 0.2, 0.5, 0.75, 0.9, 0.95]
    spline = BSpline.basis_element(values)
    expected = float(spline.integrate(0.0, limit)) / float(spline.integrate(0.0, 0.95))
    assert exact_chance(values, limit) == pytest.approx(expected, abs=1e-12)


def test_a_simulation_finds_the_same_bound() -> None:
    """The quantile of 400,000 weighted means, ties among the values included, lies within the simulation's error."""
    values = np.array([0.0, 0.4, 0.8, 0.8, 1.0, 1.0])
    weights = np.random.default_rng(3).dirichlet(np.ones(len(values)), 400_000)
    simulated = float(np.quantile(weights @ values, ALPHA))
    assert dirichlet_lower_bound(values[1:].tolist(), alpha=ALPHA) == pytest.approx(simulated, abs=0.0015)


def _many(kind: str, count: int) -> list[float]:
    chance = np.random.default_rng(count)
    one_half = np.ones(count)
    one_half[0] = 0.5
    kinds = {
        "spread": chance.beta(9, 1, count),
        "quarters": chance.integers(0, 5, count) / 4,
        "near one": 1 - chance.random(count) / 1000,
        "one half": one_half,
        "nearly zero": 1 - one_half,
    }
    return sorted([0.0, *kinds[kind].tolist()])


@pytest.mark.parametrize("kind", ["spread", "quarters", "near one", "one half", "nearly zero"])
@pytest.mark.parametrize("count", [EXACT_UP_TO + 1, 150], ids=lambda count: f"{count} values")
def test_many_values_have_nearly_the_exact_chance(count: int, kind: str) -> None:
    """Where the approximation takes over, it moves the bound by less than 0.0005 of the range."""
    values = _many(kind, count)
    bound = dirichlet_lower_bound(values[1:], alpha=ALPHA)
    assert exact_chance(values, bound - 5e-4) <= ALPHA <= exact_chance(values, bound + 5e-4)


def test_25_000_values_take_no_long_time_and_end_close_below_their_mean() -> None:
    """The bound then is the normal one: 1.96 standard errors below the mean."""
    values = np.random.default_rng(1).beta(2, 2, 25_000)
    expected = float(values.mean() - 1.959964 * values.std() / math.sqrt(25_000))
    assert dirichlet_lower_bound(values.tolist(), alpha=ALPHA) == pytest.approx(expected, abs=1e-4)


@given(SHARES, st.integers(0, 11), st.floats(0, 1))
def test_raising_a_value_never_lowers_the_bound(values: list[float], index: int, raised: float) -> None:
    """The bound grows with every value."""
    better = list(values)
    better[index % len(values)] = max(raised, values[index % len(values)])
    assert dirichlet_lower_bound(better, alpha=ALPHA) >= dirichlet_lower_bound(values, alpha=ALPHA) - 2e-9


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=EXACT_UP_TO + 1, max_size=EXACT_UP_TO + 30))
def test_any_many_values_have_a_bound_below_their_mean(values: list[float]) -> None:
    """The approximation neither fails nor leaves its range, however the values lie."""
    assert 0 <= dirichlet_lower_bound(values, alpha=ALPHA) <= math.fsum(values) / len(values) + 1e-12


@given(SHARES)
def test_the_order_of_values_does_not_matter(values: list[float]) -> None:
    """The same values have the same bound to the last digit."""
    assert dirichlet_lower_bound(values[::-1], alpha=ALPHA) == dirichlet_lower_bound(values, alpha=ALPHA)


@pytest.mark.parametrize(
    ("values", "alpha"), [([], ALPHA), ([0.5], 0.0), ([0.5], 0.4)], ids=["no values", "alpha 0", "alpha above 1/e"]
)
def test_what_has_no_bound_is_refused(values: list[float], alpha: float) -> None:
    """Neither no values nor an alpha outside its range make a bound."""
    with pytest.raises(ValueError, match="alpha"):
        dirichlet_lower_bound(values, alpha=alpha)


@given(SHARES, st.integers(1, 5))
def test_a_ratio_with_equal_denominators_is_a_mean(values: list[float], size: int) -> None:
    """Cases with as many instructions each have the bound of their shares."""
    bound = ratio_lower_bound([value * size for value in values], [float(size)] * len(values), alpha=ALPHA)
    assert bound == pytest.approx(dirichlet_lower_bound(values, alpha=ALPHA), abs=2e-9)


@pytest.mark.parametrize("times", [1, 20], ids=["exact", "approximated"])
def test_a_simulation_finds_the_same_bound_of_a_ratio(times: int) -> None:
    """The quantile of 100,000 weighted ratios, with one more case at the worst end, lies within its error."""
    met, counts = np.array([0.0, 3.0, 1.0, 0.0, 2.0] * times), np.array([0.0, 3.0, 2.0, 1.0, 2.0] * times)
    met, counts = np.append(met[counts > 0], 0.0), np.append(counts[counts > 0], 3.0)
    weights = np.random.default_rng(5).dirichlet(np.ones(len(met)), 100_000)
    simulated = float(np.quantile((weights @ met) / (weights @ counts), ALPHA))
    bound = ratio_lower_bound(met[:-1].tolist(), counts[:-1].tolist(), alpha=ALPHA)
    assert bound == pytest.approx(simulated, abs=0.003)


@pytest.mark.parametrize(("met", "alpha"), [([], ALPHA), ([0.5], 0.0)], ids=["no cases", "alpha 0"])
def test_what_has_no_bound_of_a_ratio_is_refused(met: list[float], alpha: float) -> None:
    """As for a mean."""
    with pytest.raises(ValueError, match="alpha"):
        ratio_lower_bound(met, [1.0] * len(met), alpha=alpha)
