"""Sample sizes: published numbers, statsmodels and properties."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.sample_size import (
    Spread,
    cases_for_difference,
    detectable_difference,
    least_cases_for_not_worse,
    pairs_for_not_worse,
    trials_for_proportions,
)


def _published(repeats: int) -> Spread:
    return Spread(1 / 9, 1 / 6, 1 / 6, repeats_old=repeats, repeats_new=repeats)


@pytest.mark.parametrize(
    ("repeats", "cases", "detectable"),
    [(1, 3875.99, 0.13273), (5, 1550.40, 0.08395), (10, 1259.70, 0.07567)],
    ids=["1 repeat", "5 repeats", "10 repeats"],
)
def test_repeats_save_cases_as_published(repeats: int, cases: float, detectable: float) -> None:
    """Cases for a difference of 0.03, and what 198 cases detect."""
    spread = _published(repeats)
    assert cases_for_difference(spread, difference=0.03) == pytest.approx(cases, abs=0.005)
    assert detectable_difference(spread, cases=198) == pytest.approx(detectable, abs=5e-6)


@given(
    spread=st.builds(Spread, *[st.floats(0.001, 1)] * 3, repeats_old=st.integers(1, 9), repeats_new=st.integers(1, 9)),
    cases=st.integers(1, 10_000),
    alpha=st.floats(0.001, 0.5),
    power=st.floats(0.5, 0.99),
)
def test_the_detectable_difference_needs_just_these_cases(
    spread: Spread, cases: int, alpha: float, power: float
) -> None:
    """One is the inverse of the other."""
    difference = detectable_difference(spread, cases=cases, alpha=alpha, power=power)
    assert difference is not None
    assert cases_for_difference(spread, difference=difference, alpha=alpha, power=power) == pytest.approx(cases)


def test_the_power_is_what_was_asked_for() -> None:
    """Of 4,000 simulated comparisons with as many cases as it says, 80 % reject."""
    chance = np.random.default_rng(1)
    spread, difference = Spread(0.01, 0.05, 0.03, repeats_old=2, repeats_new=3), 0.06
    cases = math.ceil(cases_for_difference(spread, difference=difference))
    drawn = difference + chance.normal(0, 0.1, (4000, cases))
    drawn += chance.normal(0, math.sqrt(0.05), (4000, cases, 2)).mean(axis=2)
    drawn -= chance.normal(0, math.sqrt(0.03), (4000, cases, 3)).mean(axis=2)
    scores = drawn.mean(axis=1) / (drawn.std(axis=1, ddof=1) / math.sqrt(cases))
    assert float((scores > 1.96).mean()) == pytest.approx(0.8, abs=0.025)


def test_two_proportions_need_the_published_trials() -> None:
    """From 0.8 to 0.9, and from 0.95 down to 0.9."""
    assert trials_for_proportions(0.8, 0.9) == pytest.approx(194.91, abs=0.005)
    assert trials_for_proportions(0.95, 0.9) == pytest.approx(423.73, abs=0.005)


@pytest.mark.parametrize(("old", "new", "alpha", "power"), [(0.5, 0.6, 0.05, 0.8), (0.99, 0.9, 0.01, 0.95)], ids=str)
def test_statsmodels_needs_as_many_trials(old: float, new: float, alpha: float, power: float) -> None:
    """Its normal power with the arcsine effect, whose second tail adds next to nothing."""
    powers: Any = import_module("statsmodels.stats.power")
    proportions: Any = import_module("statsmodels.stats.proportion")
    expected = powers.NormalIndPower().solve_power(
        abs(proportions.proportion_effectsize(old, new)), alpha=alpha, power=power, alternative="two-sided"
    )
    assert trials_for_proportions(old, new, alpha=alpha, power=power) == pytest.approx(float(expected), rel=1e-4)


def test_not_worse_needs_the_published_pairs() -> None:
    """At a margin of 5 points with 10 and 20 % discordance."""
    assert pairs_for_not_worse(0.1, margin=0.05) == pytest.approx(247.3, abs=0.05)
    assert pairs_for_not_worse(0.2, margin=0.05) == pytest.approx(494.6, abs=0.05)


@pytest.mark.parametrize(
    ("margin", "alpha", "cases"), [(0.05, 0.05, 59), (0.1, 0.05, 29), (0.02, 0.01, 228), (0.5, 0.25, 2)], ids=str
)
def test_not_worse_needs_cases_whatever_the_repeats(margin: float, alpha: float, cases: int) -> None:
    """It is the first number at which no failing case is unlikely enough."""
    assert least_cases_for_not_worse(margin, alpha=alpha) == cases
    assert (1 - margin) ** cases <= alpha * (1 + 1e-9)
    assert (1 - margin) ** (cases - 1) > alpha


def test_without_cases_there_is_no_detectable_difference() -> None:
    """None, not infinity."""
    assert detectable_difference(_published(1), cases=0) is None


def test_levels_of_0_and_1_are_refused() -> None:
    """By name, wherever there is one."""
    for wrong in (0, 1):
        with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {wrong}"):
            cases_for_difference(_published(1), difference=0.1, alpha=wrong)
        with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {wrong}"):
            detectable_difference(_published(1), cases=3, alpha=wrong)
        with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {wrong}"):
            trials_for_proportions(0.5, 0.6, alpha=wrong)
        with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {wrong}"):
            pairs_for_not_worse(0.1, margin=0.05, alpha=wrong)
        with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {wrong}"):
            least_cases_for_not_worse(0.05, alpha=wrong)
        with pytest.raises(ValueError, match=f"power must lie above 0 and below 1, got {wrong}"):
            cases_for_difference(_published(1), difference=0.1, power=wrong)
        with pytest.raises(ValueError, match=f"margin must lie above 0 and below 1, got {wrong}"):
            least_cases_for_not_worse(wrong)
        with pytest.raises(ValueError, match=f"margin must lie above 0 and below 1, got {wrong}"):
            pairs_for_not_worse(0.1, margin=wrong)


def test_impossible_arguments_are_refused() -> None:
    """Each by its value."""
    with pytest.raises(ValueError, match="difference must be a number other than 0, got 0"):
        cases_for_difference(_published(1), difference=0)
    with pytest.raises(ValueError, match="cases must not be below 0, got -1"):
        detectable_difference(_published(1), cases=-1)
    with pytest.raises(ValueError, match=r"cannot be told apart, got 0.5 twice"):
        trials_for_proportions(0.5, 0.5)
    with pytest.raises(ValueError, match=r"a proportion must lie between 0 and 1, got 1.5"):
        trials_for_proportions(0.5, 1.5)
    with pytest.raises(ValueError, match=r"discordance must lie between 0 and 1, got -0.1"):
        pairs_for_not_worse(-0.1, margin=0.05)
    with pytest.raises(ValueError, match="within_old must be a finite variance of at least 0, got nan"):
        Spread(0.1, math.nan, 0.1)
    with pytest.raises(ValueError, match="repeats_new must be at least 1, got 0"):
        Spread(0.1, 0.1, 0.1, repeats_new=0)
