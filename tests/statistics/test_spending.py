"""Levels of planned looks, held against published constants and simulated paths."""

from __future__ import annotations

import math
from importlib import import_module
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.spending import (
    LEAST,
    Spending,
    crossing_chances,
    look_levels,
    overall_level,
    overall_levels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)
DOUBLING = (0.0625, 0.125, 0.25, 0.5, 1.0)
SPENDINGS: tuple[Spending, ...] = get_args(Spending)


@pytest.mark.parametrize(
    ("looks", "constant", "power"),
    [(2, 2.178, 0), (5, 2.413, 0), (10, 2.555, 0), (2, 1.977, 0.5), (5, 2.040, 0.5), (10, 2.087, 0.5)],
    ids=str,
)
def test_published_constants_use_up_the_level(looks: int, constant: float, power: float) -> None:
    """Pocock's and O'Brien and Fleming's limits (Jennison and Turnbull, tables 2.1 and 2.3) add up to 2.5 % a side."""
    fractions = [look / looks for look in range(1, looks + 1)]
    chances = crossing_chances([constant * fraction**-power for fraction in fractions], fractions)
    assert sum(chances) == pytest.approx(0.025, abs=5e-5)


@pytest.mark.parametrize(
    ("spending", "scores"),
    [
        ("pocock", [2.4380, 2.4268, 2.4102, 2.3966, 2.3860]),
        ("obrien_fleming", [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]),
    ],
)
def test_limits_of_lan_and_demets(spending: Spending, scores: list[float]) -> None:
    """Five even looks at 2.5 % a side have the limits that other programs print."""
    levels = look_levels(FIVE, 0.025, spending)
    assert [-NormalDist().inv_cdf(level) for level in levels] == pytest.approx(scores, abs=2e-4)


@pytest.mark.parametrize("spending", SPENDINGS)
@pytest.mark.parametrize("fractions", [FIVE, DOUBLING, (0.3, 1.0)], ids=["even", "doubling", "two"])
def test_simulated_paths_stop_as_often_as_the_level_says(fractions: Sequence[float], spending: Spending) -> None:
    """Of 200,000 Brownian motions without drift, 5 % reach a limit at some look."""
    levels = look_levels(fractions, 0.05, spending)
    chance = np.random.default_rng(3)
    moves = chance.standard_normal((200_000, len(fractions))) * np.sqrt(np.diff(fractions, prepend=0.0))
    scores = moves.cumsum(axis=1) / np.sqrt(fractions)
    limits = [-NormalDist().inv_cdf(level) for level in levels]
    stopped = float((scores >= limits).any(axis=1).mean())
    assert stopped == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 200_000))


@pytest.mark.parametrize("spending", SPENDINGS)
def test_the_least_overall_level_is_a_p_value(spending: Spending) -> None:
    """Of simulated paths, whatever the level, just that share ever reads as low: so it may go through Holm."""
    from scipy.special import ndtr

    chance = np.random.default_rng(4)
    moves = chance.standard_normal((100_000, len(DOUBLING))) * np.sqrt(np.diff(DOUBLING, prepend=0.0))
    p = ndtr(-moves.cumsum(axis=1) / np.sqrt(DOUBLING))
    least = np.min([overall_levels(p[:, look], look, DOUBLING, spending) for look in range(5)], axis=0)
    for alpha in (0.001, 0.0125, 0.05, 0.2):
        error = math.sqrt(alpha * (1 - alpha) / 100_000)
        assert float((least <= alpha).mean()) == pytest.approx(alpha, abs=4 * error)


@pytest.mark.parametrize("rise", [0.3, 0.01], ids=str)
def test_looks_close_together_are_integrated_as_exactly(rise: float) -> None:
    """A second look after a little more data, with a lower limit, stops what the bivariate normal distribution says."""
    statistics: Any = import_module("scipy.stats")  # its types know nothing of the frozen distribution
    first, second = crossing_chances([3.2, 2.5, 9.0], [0.3, 0.3 + rise, 1.0])[:2]
    correlation = math.sqrt(0.3 / (0.3 + rise))
    both = statistics.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    assert first == pytest.approx(NormalDist().cdf(-3.2), rel=1e-9)
    assert second == pytest.approx(NormalDist().cdf(3.2) - both.cdf([3.2, 2.5]), rel=1e-4)


@pytest.mark.parametrize("alpha", [1e-6, 0.05, 0.5])
def test_one_look_has_the_whole_level(alpha: float) -> None:
    """Without an earlier look nothing is split, and a p-value stays what it is."""
    assert look_levels([1.0], alpha) == (alpha,)
    assert overall_level(alpha, 0, [1.0]) == alpha


@given(
    st.lists(st.floats(0.02, 1), min_size=1, max_size=5),
    st.floats(1e-6, 0.3),
    st.sampled_from(SPENDINGS),
)
@settings(max_examples=40, deadline=None)
def test_what_the_looks_use_up_adds_to_the_level(steps: list[float], alpha: float, spending: Spending) -> None:
    """For any plan the chances to stop at the nominal levels sum to the level, and none lies above it."""
    fractions = (np.cumsum(steps) / math.fsum(steps)).tolist()
    fractions[-1] = 1.0
    levels = look_levels(fractions, alpha, spending)
    assert all(0 <= level <= alpha * (1 + 1e-9) for level in levels)
    limits = [-NormalDist().inv_cdf(level) if level > 0 else 40.0 for level in levels]
    assert sum(crossing_chances(limits, fractions)) == pytest.approx(alpha, rel=1e-6)


@pytest.mark.parametrize("spending", SPENDINGS)
@pytest.mark.parametrize("fractions", [FIVE, DOUBLING, (0.9, 1.0)], ids=["even", "doubling", "late"])
def test_overall_levels_turn_the_levels_of_looks_back(fractions: Sequence[float], spending: Spending) -> None:
    """A p-value that just rejects at a look gets the level of the plan, within 1 %, at any look."""
    for alpha in np.geomspace(1e-9, 0.5, 60).tolist():
        for look, level in enumerate(look_levels(fractions, alpha, spending)):
            assert overall_level(level, look, fractions, spending) == pytest.approx(alpha, rel=0.01)


@pytest.mark.parametrize("spending", SPENDINGS)
@pytest.mark.parametrize("look", range(5))
def test_overall_levels_rise_with_the_p_value(look: int, spending: Spending) -> None:
    """More evidence never reads as less, from 0 to 1, and the plan's level is never below the p-value."""
    p = np.linspace(0, 1, 2001)
    levels = overall_levels(p, look, FIVE, spending)
    assert np.all(np.diff(levels) >= 0)
    assert np.all(levels >= p * (1 - 1e-9))
    assert levels[0] == pytest.approx(LEAST)
    assert levels[-1] == 1


def test_many_p_values_are_turned_at_once() -> None:
    """A whole table gives what each of its p-values gives alone, in its shape."""
    table = np.array([[0.001, 0.02], [0.2, 0.9]])
    levels = overall_levels(table, 2, FIVE)
    assert levels.tolist() == [[overall_level(p, 2, FIVE) for p in row] for row in table.tolist()]


def test_limits_out_of_reach_leave_the_rest_to_later_looks() -> None:
    """Early on a level that is too small for any number is 0, and the last look gets the rest."""
    levels = look_levels([0.005, 1.0], 1e-9, "obrien_fleming")
    assert levels[0] == 0
    assert levels[1] == pytest.approx(1e-9)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
def test_levels_that_are_none_are_refused(alpha: float) -> None:
    """Never and always reject need no looks."""
    with pytest.raises(ValueError, match="alpha must lie above 0 and below 1"):
        look_levels(FIVE, alpha)


@pytest.mark.parametrize(
    "fractions",
    [[], [0.5], [0.5, 0.5, 1.0], [0.5, 0.4, 1.0], [0.0, 1.0], [0.5, 1.5], [math.nan, 1.0], [0.996, 1.0]],
    ids=str,
)
def test_plans_that_do_not_rise_to_the_end_are_refused(fractions: list[float]) -> None:
    """No looks, looks at the same data, before the first or past the last are no plan."""
    with pytest.raises(ValueError, match="fractions must rise"):
        look_levels(fractions, 0.05)
    with pytest.raises(ValueError, match="fractions must rise"):
        overall_level(0.05, 0, fractions)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_p_values_that_are_none_are_refused(p: float) -> None:
    """A chance lies from 0 to 1."""
    with pytest.raises(ValueError, match="p must be a number from 0 to 1"):
        overall_level(p, 0, FIVE)


@pytest.mark.parametrize("look", [-1, 5])
def test_looks_that_were_not_planned_are_refused(look: int) -> None:
    """An added look has no share of the level."""
    with pytest.raises(ValueError, match="look must lie from 0 to 4"):
        overall_level(0.01, look, FIVE)
