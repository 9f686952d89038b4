"""The two-sample test on draws, held against plain loops, scipy's relabelling and simulated runs."""

from __future__ import annotations

import math
from importlib import import_module
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.discrepancy import PooledCase, discrepancy_test, gaussian_case

if TYPE_CHECKING:
    from numpy.typing import NDArray


def by_loops(kernel: NDArray[np.float64], first: list[int], second: list[int]) -> float:
    """Average the kernel over pairs of different draws, inside each run and across."""
    inside = [np.mean([kernel[i, j] for i in run for j in run if i != j]) for run in (first, second)]
    return float(inside[0] + inside[1] - 2 * np.mean([kernel[i, j] for i in first for j in second]))


def random_case(chance: np.random.Generator, first: int, second: int, shift: float = 0.0) -> PooledCase:
    """Draw features of a case, those of the second run shifted."""
    return gaussian_case(chance.standard_normal((first, 3)), shift + chance.standard_normal((second, 3)))


def test_two_and_two_draws_by_hand() -> None:
    """Alike inside a run and not across, the distance is 1 + 1 - 0; two of the six relabellings come as far."""
    kernel = np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    found = discrepancy_test([PooledCase(kernel, 2)])
    assert found is not None
    assert (found.squared, found.p, found.smallest_p) == pytest.approx((2.0, 1 / 3, 1 / 3))
    assert (found.cases, found.relabellings, found.exact) == (1, 6, True)


@pytest.mark.parametrize(("first", "second"), [(2, 2), (3, 4), (5, 2)])
def test_the_distance_and_its_exact_p_by_loops(first: int, second: int) -> None:
    """Every relabelling of a case, one at a time, gives the same."""
    case = random_case(np.random.default_rng(first), first, second, shift=0.5)
    found = discrepancy_test([case])
    draws = range(first + second)
    relabelled = [(list(one), [i for i in draws if i not in one]) for one in combinations(draws, first)]
    every = np.array([by_loops(case.kernel, *runs) for runs in relabelled])
    assert found is not None
    assert found.exact
    assert found.squared == pytest.approx(every[0])
    assert found.p == pytest.approx(float((every >= every[0] - 1e-12).mean()))
    assert found.smallest_p == pytest.approx(float((every >= every.max() - 1e-12).mean()))


def test_scipy_relabels_to_the_same_p() -> None:
    """Its permutation test over the places of the draws, with all 1,716 relabellings, ends at the same p."""
    statistics: Any = import_module("scipy.stats")  # typed for statistics of values alone
    case = random_case(np.random.default_rng(8), 6, 7, shift=0.6)

    def distance(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
        return by_loops(case.kernel, first.tolist(), second.tolist())

    theirs = statistics.permutation_test(
        (np.arange(6), np.arange(6, 13)), distance, n_resamples=np.inf, vectorized=False, alternative="greater"
    )
    found = discrepancy_test([case])
    assert found is not None
    assert found.exact
    assert found.p == pytest.approx(theirs.pvalue)


def test_random_relabellings_come_near_the_exact_p() -> None:
    """With fewer tries than there are relabellings, p strays by chance alone."""
    cases = [random_case(np.random.default_rng(seed), 4, 4, shift=0.4) for seed in range(2)]
    exact, tried = discrepancy_test(cases, resamples=70**2), discrepancy_test(cases, resamples=70**2 - 1)
    assert exact is not None
    assert tried is not None
    assert exact.exact
    assert not tried.exact
    assert tried.p == pytest.approx(exact.p, abs=4 * math.sqrt(exact.p * (1 - exact.p) / 4899))
    assert exact.smallest_p == pytest.approx(tried.smallest_p) == pytest.approx((2 / 70) ** 2)


def test_the_kernel_is_gaussian_with_the_median_distance_as_width() -> None:
    """Points at 0, 1 and 3 lie 1, 2 and 3 apart, so that 2 is the width."""
    case = gaussian_case([[0.0], [1.0]], [[3.0]])
    assert (case.first, case.second) == (2, 1)
    apart = np.array([[0.0, 1, 3], [1, 0, 2], [3, 2, 0]])
    assert np.allclose(case.kernel, np.exp(-np.square(apart) / (2 * 2**2)), rtol=1e-12)


@given(st.integers(0, 1000), st.floats(-1000, 1000), st.floats(0.01, 100))
def test_moving_or_stretching_features_changes_nothing(seed: int, start: float, width: float) -> None:
    """The width goes with the features."""
    chance = np.random.default_rng(seed)
    first, second = chance.random((3, 2)), chance.random((3, 2))
    before = gaussian_case(first, second)
    after = gaussian_case(start + width * first, start + width * second)
    assert after.kernel == pytest.approx(before.kernel, abs=1e-5)


def test_unchanged_models_are_flagged_as_often_as_the_level_says() -> None:
    """Of 1,000 pairs of runs over four unlike cases, 5 % come out at .05 or below, within chance."""
    chance = np.random.default_rng(12)
    flagged = 0
    for run in range(1000):
        cases = [random_case(chance, 4, 4 + case, shift=0.0) for case in range(4)]
        found = discrepancy_test(cases, resamples=99, seed=run)
        assert found is not None
        flagged += found.p <= 0.05
    assert flagged / 1000 == pytest.approx(0.05, abs=3.5 * math.sqrt(0.05 * 0.95 / 1000))


def test_many_small_changes_add_up_over_cases() -> None:
    """A shift that most cases do not show is beyond doubt over forty of them."""
    chance = np.random.default_rng(3)
    cases = [random_case(chance, 6, 6, shift=0.6) for _ in range(40)]
    alone = [discrepancy_test([case]) for case in cases]
    assert sum(found is not None and found.p > 0.05 for found in alone) > 20
    together = discrepancy_test(cases)
    assert together is not None
    assert together.p == together.smallest_p == 1 / 2000
    assert together.squared > 0.05


def test_a_hundred_cases_take_no_loop_over_relabellings() -> None:
    """Sixteen draws a run and 1,999 relabellings of each case are a matter of a second, not of minutes."""
    chance = np.random.default_rng(0)
    found = discrepancy_test([random_case(chance, 16, 16) for _ in range(100)])
    assert found is not None
    assert (found.cases, found.relabellings) == (100, 1999)
    assert found.p > 0.01


def test_the_same_seed_gives_the_same_p() -> None:
    """Another seed gives another one."""
    cases = [random_case(np.random.default_rng(seed), 5, 5) for seed in range(3)]
    assert discrepancy_test(cases, seed=1) == discrepancy_test(cases, seed=1)
    assert discrepancy_test(cases, seed=1) != discrepancy_test(cases, seed=2)


@pytest.mark.parametrize("draws", [2, 9], ids=["exact", "random"])
def test_answers_that_are_all_the_same_can_show_nothing(draws: int) -> None:
    """The distance is 0, and no relabelling could have given a p below 1."""
    case = gaussian_case(np.ones((draws, 2)), np.ones((draws, 2)))
    found = discrepancy_test([case, case])
    assert found is not None
    assert (found.squared, found.p, found.smallest_p) == (0.0, 1.0, 1.0)


def test_each_run_giving_one_answer_of_its_own_is_the_greatest_distance() -> None:
    """Nine draws of one text against nine of another cannot be beaten by any relabelling but their exchange."""
    found = discrepancy_test([gaussian_case(np.zeros((9, 1)), np.ones((9, 1)))], resamples=100_000)
    assert found is not None
    assert found.exact
    assert found.p == found.smallest_p == pytest.approx(2 / math.comb(18, 9))


def test_cases_with_one_draw_of_a_run_are_left_out() -> None:
    """How alike the draws of a run are takes two."""
    chance = np.random.default_rng(5)
    case = random_case(chance, 4, 4)
    lonely = [random_case(chance, 1, 5), random_case(chance, 5, 0), random_case(chance, 0, 0)]
    assert discrepancy_test([*lonely, case]) == discrepancy_test([case])
    assert discrepancy_test(lonely) is discrepancy_test([]) is None


def test_no_relabellings_are_refused() -> None:
    """A p-value of nothing does not exist."""
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        discrepancy_test([], resamples=0)


@pytest.mark.parametrize(("shape", "first"), [((2, 3), 1), ((4,), 1), ((2, 2), 3), ((2, 2), -1)], ids=str)
def test_what_is_no_kernel_is_refused(shape: tuple[int, ...], first: int) -> None:
    """Every draw must be compared with every other one."""
    with pytest.raises(ValueError, match="a kernel must be square"):
        PooledCase(np.ones(shape), first)


def test_features_of_different_numbers_are_refused() -> None:
    """Two runs must be described in the same terms."""
    with pytest.raises(ValueError, match=r"features must have the shape \(draw, feature\)"):
        gaussian_case(np.ones((2, 3)), np.ones((2, 4)))
