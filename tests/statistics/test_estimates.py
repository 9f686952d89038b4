"""Estimates and the words that say how they were made."""

from __future__ import annotations

import math

import pytest

from evalkit.findings import Estimate
from evalkit.statistics.estimates import (
    NOT_DEFINED,
    UNDECIDED,
    mean_over_cases,
    mean_over_draws,
    measure_over_cases,
    ratio_over_cases,
    ratio_over_draws,
)


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ([1.0] * 6, "exact binomial (Clopper-Pearson) over 6 cases, 95 %"),
        ([1.0, 0.5], "Dirichlet bound over 2 cases, 95 %"),
    ],
    ids=["all at the ends", "one between"],
)
def test_a_mean_over_cases_names_its_method(values: list[float], method: str) -> None:
    """A report prints how the interval was made and over how many cases."""
    estimate = mean_over_cases(values)
    assert estimate.method == method
    assert estimate.scope == "population"
    assert estimate.estimate == math.fsum(values) / len(values)


@pytest.mark.parametrize(
    ("draws", "method"),
    [
        ([1.0] * 8, "exact binomial (Clopper-Pearson) over its 8 draws, 95 %; speaks of that case alone"),
        ([0.5, 1.0], "Dirichlet bound over its 2 draws, 95 %; speaks of that case alone"),
        ([0.5], "Dirichlet bound over its only draw, 95 %; speaks of that case alone"),
    ],
    ids=["eight draws", "two draws", "one draw"],
)
def test_a_mean_over_draws_speaks_of_its_case_alone(draws: list[float], method: str) -> None:
    """The words and the scope say that nothing follows for other cases."""
    estimate = mean_over_draws(draws)
    assert estimate.method == method
    assert estimate.scope == "case"


def test_one_draw_bounds_almost_nothing() -> None:
    """A single success leaves every chance above 2.5 % open."""
    estimate = mean_over_draws([1.0])
    assert (estimate.estimate, estimate.high) == (1.0, 1.0)
    assert estimate.low == pytest.approx(0.025)


def test_without_values_nothing_was_decided() -> None:
    """Neither draws nor cases make an estimate out of nothing."""
    assert mean_over_draws([]) == UNDECIDED
    assert mean_over_cases([]) == UNDECIDED
    assert measure_over_cases([], (0, 1)) == NOT_DEFINED
    assert measure_over_cases([], None) == NOT_DEFINED


@pytest.mark.parametrize("bounds", [(0.0, 1.0), None], ids=["bounded", "unbounded"])
def test_a_measure_of_one_case_has_no_interval(bounds: tuple[float, float] | None) -> None:
    """The draws of one cell make one number, whose spread over cases cannot be seen."""
    expected = Estimate(0.25, None, None, "no interval: the draws of one case make one number", "case")
    assert measure_over_cases([0.25], bounds) == expected


def test_a_bounded_measure_is_a_mean_within_its_bounds() -> None:
    """The range of the interval is the measure's own."""
    estimate = measure_over_cases([-1.0, 0.5, 1.0], (-1.0, 1.0))
    assert estimate.estimate == pytest.approx(1 / 6)
    assert estimate.low is not None
    assert estimate.high is not None
    assert -1 < estimate.low < 1 / 6 < estimate.high < 1
    assert estimate.method == "Dirichlet bound over 3 cases, 95 %"


def test_an_unbounded_measure_is_a_median_between_two_of_its_values() -> None:
    """From six cases on, the least and the greatest of them hold the median."""
    expected = Estimate(25.0, 10.0, 400.0, "median over 6 cases; order statistics, 95 %")
    assert measure_over_cases([10, 20, 20, 30, 40, 400], None) == expected


def test_below_six_cases_a_median_has_no_interval() -> None:
    """Five values cannot hold a median with 95 %."""
    expected = Estimate(20.0, None, None, "median over 5 cases; no interval below 6 cases")
    assert measure_over_cases([10, 20, 20, 30, 40], None) == expected


def test_a_share_of_instructions_names_its_method_and_its_error() -> None:
    """Four cases of different sizes: the ratio of the sums, with the published error clustered by case."""
    estimate = ratio_over_cases([(3, 3), (0, 2), (2, 3), (2, 2)])
    assert estimate.estimate == 0.7
    assert estimate.standard_error == pytest.approx(0.204613, abs=5e-7)
    assert estimate.method == "Dirichlet bound on a ratio over 4 cases, 95 %"
    assert ratio_over_cases([]) == UNDECIDED


def test_a_share_of_instructions_of_one_case_is_over_its_draws() -> None:
    """The draws are then the unit, and the scope says so."""
    estimate = ratio_over_draws([(1, 2), (2, 2), (0, 1)])
    assert (estimate.estimate, estimate.scope) == (0.6, "case")
    assert estimate.method == "Dirichlet bound on a ratio over its 3 draws, 95 %; speaks of that case alone"
    assert ratio_over_draws([]) == UNDECIDED


def test_another_level_is_named() -> None:
    """A reader must not take it for 95 %."""
    assert mean_over_cases([0.5, 1.0], level=0.9875).method == "Dirichlet bound over 2 cases, 98.75 %"


def test_standard_errors_stand_where_a_mean_has_one() -> None:
    """Means over several cases or draws have one, medians and single numbers have none."""
    assert mean_over_cases([0.0, 1.0]).standard_error == 0.5
    assert mean_over_draws([0.0, 1.0]).standard_error == 0.5
    assert mean_over_draws([1.0]).standard_error is None
    assert measure_over_cases([1, 2, 3], None).standard_error is None
