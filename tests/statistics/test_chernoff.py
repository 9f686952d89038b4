"""Bounds on a mean agreement, held against closed forms, the exact binomial and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.bounds import clopper_pearson
from evalkit.statistics.chernoff import divergence, largest_difference, upper_bound
from evalkit.statistics.permutation import agreement


@pytest.mark.parametrize("trials", [1, 5, 40])
def test_no_success_has_a_bound_in_closed_form(trials: int) -> None:
    """Solving (1 - p)^n = alpha gives the exact binomial bound, which Chernoff's is there."""
    assert upper_bound(0.0, trials, alpha=0.05) == pytest.approx(1 - 0.05 ** (1 / trials))


@given(st.integers(0, 30), st.floats(0.001, 0.2))
def test_never_tighter_than_the_exact_bound(successes: int, alpha: float) -> None:
    """On plain trials the exact bound is the best there is, and Chernoff's lies beyond it."""
    exact = clopper_pearson(successes, 30, level=1 - 2 * alpha)
    assert upper_bound(successes / 30, 30, alpha=alpha) >= exact.high - 1e-9
    assert 1 - upper_bound(1 - successes / 30, 30, alpha=alpha) <= exact.low + 1e-9


def test_nothing_is_known_without_trials() -> None:
    """Without a single pair the share may be anything."""
    assert upper_bound(0.0, 0, alpha=0.05) == 1
    assert upper_bound(1.0, 0, alpha=0.05) == 1


def test_difference_at_equal_shares() -> None:
    """Where both are the same, the bound solves 4ab = alpha^(1/n) for coins a and b around one half."""
    bound = largest_difference(0.2, 0.2, 20, alpha=0.01)
    a, b = (1 + bound) / 2, (1 - bound) / 2
    assert (4 * a * b) ** 20 == pytest.approx(0.01)


def test_divergence_is_that_of_two_coins() -> None:
    """The worked number: half a nat of log 2 less half of log 1.5."""
    assert divergence(0.5, 0.75) == pytest.approx(0.5 * math.log(2) - 0.5 * math.log(1.5))
    assert divergence(0.5, 1.0) == math.inf


@pytest.mark.parametrize("sharpness", [0.3, 3.0], ids=["few texts", "many texts"])
def test_the_bound_on_all_pairs_of_draws_holds(sharpness: float) -> None:
    """For draws from random distributions the bound is too low no more often than it says."""
    chance = np.random.default_rng(5)
    alpha, draws, prompts, times = 0.05, 6, 3, 1500
    missed = 0
    for _ in range(times):
        shares = [chance.dirichlet([sharpness] * 8) for _ in range(prompts)]
        truth = np.mean([float((each**2).sum()) for each in shares])
        met = [agreement(list(map(int, chance.choice(8, draws, p=each)))) or 0.0 for each in shares]
        missed += bool(upper_bound(float(np.mean(met)), prompts * (draws // 2), alpha=alpha) < truth)
    assert missed / times <= alpha
